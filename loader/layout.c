/* SPDX-License-Identifier: Apache-2.0 */
/* See layout.h. A list, because there are a handful of items. */
#include "loader/layout.h"

#include "base/log.h"

static bool sticks_out(const struct layout *layout, const char *name, u64 base, u64 size)
{
    return p9_error("%s: 0x%llx bytes at 0x%llx do not fit into %llu MiB of memory; give more with --mem", name,
                    (unsigned long long)size, (unsigned long long)base, (unsigned long long)layout->memory_bytes >> 20);
}

bool layout_add(struct layout *layout, const char *name, u64 base, u64 size_bytes)
{
    if (base > layout->memory_bytes || size_bytes > layout->memory_bytes - base)
        return sticks_out(layout, name, base, size_bytes);
    for (unsigned k = 0; k < layout->count && size_bytes; k++) {
        u64 other = layout->item[k].base, other_size = layout->item[k].size;
        if (base < other + other_size && other < base + size_bytes)
            return p9_error("%s at 0x%llx and %s at 0x%llx overlap in memory", name, (unsigned long long)base,
                            layout->item[k].name, (unsigned long long)other);
    }
    if (layout->count == LAYOUT_MAX) return p9_error("%s: more than %d pieces to load", name, LAYOUT_MAX);
    layout->item[layout->count].name = name;
    layout->item[layout->count].base = base;
    layout->item[layout->count++].size = size_bytes;
    return true;
}
