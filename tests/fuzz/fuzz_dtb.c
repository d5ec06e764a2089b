/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a device tree, once as they are and once behind a correct magic number and size. */
#include <stdlib.h>

#include "loader/devicetree.h"

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
