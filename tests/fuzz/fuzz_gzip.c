/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes behind a gzip header: unpacked within the limit, or refused. */
#include <stdlib.h>
#include <zlib.h>

#include "loader/image.h"
#include "tests/fuzz/seeds.h"

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

/* A whole file of one or two members, without the first header, which the target puts in front. */
static size_t good_input(u8 *bytes, size_t max, unsigned variety)
{
    static const u8 text[512] = "what is packed repeats itself, repeats itself, repeats itself, and ends";
    u8 packed[2048];
    size_t size = 0;

    for (unsigned member = 0; member <= variety % 2; member++) {
        z_stream z = {0};
        if (deflateInit2(&z, (int)(variety / 2 % 10), Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK) return 0;
        z.next_in = (u8 *)(uintptr_t)text;
        z.avail_in = 1 + variety / 32 % (sizeof text - 1);
        z.next_out = packed + size;
        z.avail_out = (unsigned)(sizeof packed - size);
        if (deflate(&z, Z_FINISH) == Z_STREAM_END) size = sizeof packed - z.avail_out;
        deflateEnd(&z);
    }
    if (size <= 10 || size - 10 > max) return 0;
    memcpy(bytes, packed + 10, size - 10);
    return size - 10;
}
