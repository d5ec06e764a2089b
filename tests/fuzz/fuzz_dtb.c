/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a device tree, once as they are and once behind a correct magic number and size. */
#include <libfdt.h>
#include <stdlib.h>

#include "loader/devicetree.h"
#include "tests/fuzz/seeds.h"

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
    u8 *bytes = malloc(size + 1);
    bool ok;

    if (!bytes) return 0;
    memcpy(bytes, data, size);
    ok = devicetree_check("fuzz", bytes, size);
    if (ok && size < 40) abort();
    if (size >= 40) {
        put_be32(bytes, 0xd00dfeed);
        put_be32(bytes + 4, (u32)size);
        ok = devicetree_check("fuzz", bytes, size);
    }
    free(bytes);
    return 0;
}

static size_t good_input(u8 *bytes, size_t max, unsigned variety)
{
    static const char *const names[] = {"cpus", "memory@0", "chosen", "ibm,opal"};
    u8 *tree = calloc(1, 2048);
    size_t size = 0;
    int e;

    if (!tree) return 0;
    e = fdt_create(tree, 2048);
    e |= fdt_finish_reservemap(tree);
    e |= fdt_begin_node(tree, "");
    for (unsigned k = 0; k < 1 + variety % 4; k++) {
        e |= fdt_begin_node(tree, names[k]);
        e |= fdt_property_u64(tree, "reg", variety);
        e |= fdt_property_string(tree, "compatible", names[variety / 4 % 4]);
        e |= fdt_end_node(tree);
    }
    e |= fdt_end_node(tree);
    e |= fdt_finish(tree);
    if (!e && fdt_totalsize(tree) <= max) {
        size = fdt_totalsize(tree);
        memcpy(bytes, tree, size);
        if (!devicetree_check("good", bytes, size)) abort();
    }
    free(tree);
    return size;
}
