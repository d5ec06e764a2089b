/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes behind a gzip header: unpacked within the limit, or refused. */
#include <stdlib.h>

#include "loader/image.h"

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
    static const u8 header[10] = {0x1f, 0x8b, 8};
    const u64 limit = 1 << 22;
    u8 *bytes = malloc(sizeof header + size);
    struct image image;

    if (!bytes) return 0;
    memcpy(bytes, header, sizeof header);
    memcpy(bytes + sizeof header, data, size);
    if (image_from(&image, "fuzz", bytes, sizeof header + size, IMAGE_UNPACK, limit)) {
        if (!image.size || image.size > limit) abort();
        image_close(&image);
    }
    free(bytes);
    return 0;
}
