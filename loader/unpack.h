/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a packed file unpacks to: gzip, xz and zstd, told by how they begin, several pieces one after the other as
 * these formats allow; what lies behind them is left alone, as gzip does.  The bytes are untrusted: a small file may
 * unpack to more than any memory holds, so the limit is looked at while it is unpacked.
 */
#ifndef P9_LOADER_UNPACK_H
#define P9_LOADER_UNPACK_H

#include "base/bits.h"

struct unpacked {
    u8 *bytes; /* the caller frees them, whatever was answered */
    u64 size, room;
};

/* Does it begin as a packed file does? */
bool unpack_knows(const u8 *bytes, u64 size);

/* All of it into out, which is {0}.  False after an error line that begins with the name: cut short, damaged, more than
 * max_bytes, nothing at all, no memory. */
must_use bool unpack(const char *name, const u8 *bytes, u64 size, u64 max_bytes, struct unpacked *out);

#endif
