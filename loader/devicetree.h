/* SPDX-License-Identifier: Apache-2.0 */
/* A flattened device tree that somebody gives with --dtb: is it one, whole and well formed?  The bytes are untrusted.
 */
#ifndef P9_LOADER_DEVICETREE_H
#define P9_LOADER_DEVICETREE_H

#include "base/bits.h"

/* False after an error line that names the file: not a tree, cut short, damaged, or without a node of processors. */
must_use bool devicetree_check(const char *name, const u8 *bytes, u64 size);

#endif
