/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Checks a --dtb file before firmware sees it: skiboot would stop without a word on a damaged tree, since it has no
 * console yet.  The structure is libfdt's to judge (fdt_check_full walks every node and property against the bounds);
 * what a machine needs beyond it is a /cpus node.
 */
#include "loader/devicetree.h"

#include <libfdt.h>
#include <stdlib.h>

#include "base/log.h"

enum { VERSION = 17 };

bool devicetree_check(const char *name, const u8 *bytes, u64 size)
{
    void *aligned = NULL; /* libfdt reads words of an 8-byte aligned blob */
    int error, cpus;

    if (size < sizeof(struct fdt_header) || get_be32(bytes) != FDT_MAGIC)
        return p9_error("%s: is not a flattened device tree (dtc -O dtb writes one)", name);
    if (get_be32(bytes + 4) > size)
        return p9_error("%s: is cut short: its header says %u bytes, the file has %llu", name, get_be32(bytes + 4),
                        (unsigned long long)size);
    /* libfdt reads older versions as well, but its full check of them may crash (1.6.1, version 1: a null pointer). */
    if (get_be32(bytes + 20) < VERSION)
        return p9_error("%s: is a device tree of version %u; version %d is needed (dtc -V 17)", name,
                        get_be32(bytes + 20), VERSION);
    if (posix_memalign(&aligned, 8, size)) return p9_error("%s: the host has no memory to check it", name);
    memcpy(aligned, bytes, size);
    error = fdt_check_full(aligned, size);
    cpus = error ? 0 : fdt_path_offset(aligned, "/cpus");
    free(aligned);
    if (error) return p9_error("%s: is a damaged device tree (%s)", name, fdt_strerror(error));
    if (cpus < 0) return p9_error("%s: has no /cpus node; firmware cannot start from it", name);
    return true;
}
