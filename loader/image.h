/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A file that somebody wants in the machine: read whole, unpacked if it is packed by gzip, xz or zstd, and recognised.
 * Everything that can be wrong with it is one line that names the file.  The bytes are untrusted.
 */
#ifndef P9_LOADER_IMAGE_H
#define P9_LOADER_IMAGE_H

#include "base/bits.h"
#include "base/digest.h"

enum image_kind { IMAGE_FLAT, IMAGE_ELF, IMAGE_SQUASHFS };
enum image_packing { IMAGE_UNPACK, IMAGE_AS_IT_IS }; /* a packed initramfs is the kernel's to unpack */

struct image {
    const char *name; /* the path; the caller keeps it alive */
    u8 *bytes;
    u64 size; /* never 0 once open */
    enum image_kind kind;
    /* What was read by image_open(), before it was unpacked: as `stat` and `sha256sum` tell them of the file. */
    u64 file_bytes;
    char digest[DIGEST_TEXT];
};

/* False after an error line: missing, a directory, empty, unreadable, cut short or damaged (packed ones), more than
 * max_bytes, packed or unpacked. */
must_use bool image_open(struct image *image, const char *path, enum image_packing packing, u64 max_bytes);

/* The same of bytes in memory, which are copied. */
must_use bool image_from(struct image *image, const char *name, const u8 *bytes, u64 size, enum image_packing packing,
                         u64 max_bytes);

void image_close(struct image *image);

#endif
