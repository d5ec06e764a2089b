/* SPDX-License-Identifier: Apache-2.0 */
/* What lies where in main storage before the first instruction: nothing may overlap, nothing may stick out. */
#ifndef P9_LOADER_LAYOUT_H
#define P9_LOADER_LAYOUT_H

#include "base/bits.h"

enum { LAYOUT_MAX = 128 };

struct layout {
    u64 memory_bytes;
    struct {
        const char *name;
        u64 base, size;
    } item[LAYOUT_MAX];
    unsigned count;
};

/* False after an error line that names both items that collide, or how much memory would be enough. */
must_use bool layout_add(struct layout *layout, const char *name, u64 base, u64 size_bytes);

#endif
