/* SPDX-License-Identifier: Apache-2.0 */
/* Several files, one ramdisk; see initrd.h. */
#include "loader/initrd.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"
#include "loader/unpack.h"

enum { ALIGN_BYTES = 512, PATH_BYTES = 4096, CPIO_HEADER_BYTES = 110 };

static bool append(struct image *to, const void *bytes, u64 size, u64 max_bytes)
{
    u64 grown_size = to->size + size;
    u8 *grown;

    if (grown_size > max_bytes)
        return p9_error("%s: the ramdisk is larger than %llu MiB; give the machine more memory with --mem", to->name,
                        (unsigned long long)max_bytes >> 20);
    if (!size) return true;
    grown = realloc(to->bytes, grown_size);
    if (!grown) return p9_error("%s: the host has no memory for the ramdisk", to->name);
    memcpy(grown + to->size, bytes, size);
    to->bytes = grown;
    to->size = grown_size;
    return true;
}

static bool pad(struct image *to, u64 multiple, u64 max_bytes)
{
    static const u8 zeros[ALIGN_BYTES];

    return append(to, zeros, -to->size & (multiple - 1), max_bytes);
}

/* One member of a "newc" archive (cpio(5)): header of hexadecimal fields, name, data, each padded to 4 bytes. */
static bool append_member(struct image *to, const char *name, u32 mode, const u8 *bytes, u64 size, u64 max_bytes)
{
    char header[CPIO_HEADER_BYTES + 1];

    snprintf(header, sizeof header, "070701%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X", 0, mode, 0, 0, 1, 0,
             (u32)size, 0, 0, 0, 0, (u32)strlen(name) + 1, 0);
    return append(to, header, CPIO_HEADER_BYTES, max_bytes) && append(to, name, strlen(name) + 1, max_bytes) &&
           pad(to, 4, max_bytes) && append(to, bytes, size, max_bytes) && pad(to, 4, max_bytes);
}

static bool append_disk(struct image *to, const struct image *disk, u64 max_bytes)
{
    const u32 regular_file = 0100444;

    if (disk->size > UINT32_MAX) return p9_error("%s: a disk of 4 GiB or more does not fit into a ramdisk", disk->name);
    return append_member(to, "disk.img", regular_file, disk->bytes, disk->size, max_bytes) &&
           append_member(to, "TRAILER!!!", 0, NULL, 0, max_bytes);
}

/* Of a packed file: can it be unpacked, and is it a disk then?  False after an error line. */
static bool look_inside(const struct image *part, u64 max_bytes, struct image *disk)
{
    struct image inside;
    bool ok = image_from(&inside, part->name, part->bytes, part->size, IMAGE_UNPACK, max_bytes);

    if (ok && inside.kind == IMAGE_SQUASHFS) *disk = inside;
    else image_close(&inside);
    return ok;
}

static bool append_part(struct image *to, const struct image *part, u64 max_bytes)
{
    struct image disk = {.bytes = NULL};
    bool ok = pad(to, ALIGN_BYTES, max_bytes) &&
              (!unpack_knows(part->bytes, part->size) || look_inside(part, max_bytes, &disk));

    if (ok && (disk.bytes || part->kind == IMAGE_SQUASHFS)) ok = append_disk(to, disk.bytes ? &disk : part, max_bytes);
    else if (ok) ok = append(to, part->bytes, part->size, max_bytes);
    image_close(&disk);
    return ok;
}

static bool append_file(struct image *to, const char *path, u64 max_bytes, struct initrd_parts *parts)
{
    struct image part;
    bool ok;

    if (!image_open(&part, path, IMAGE_AS_IT_IS, max_bytes)) return false;
    ok = append_part(to, &part, max_bytes);
    if (ok && parts) {
        struct initrd_part *p = &parts->part[parts->count++];

        snprintf(p->path, sizeof p->path, "%s", path);
        p->bytes = part.file_bytes;
        memcpy(p->digest, part.digest, sizeof p->digest);
    }
    image_close(&part);
    return ok;
}

/* The file name at `at`, of n bytes. */
static bool append_named(struct image *to, const char *at, size_t n, u64 max_bytes, struct initrd_parts *parts)
{
    char path[PATH_BYTES];

    if (!n || n >= sizeof path)
        return p9_error("--initrd %.100s: %s", to->name, n ? "a file name is too long" : "a file name is missing");
    snprintf(path, sizeof path, "%.*s", (int)n, at);
    return append_file(to, path, max_bytes, parts);
}

bool initrd_join(struct image *image, const char *list, u64 max_bytes, struct initrd_parts *parts)
{
    const char *at = list;

    *image = (struct image){.name = list};
    if (parts) parts->count = 0;
    for (unsigned count = 0;; count++) {
        size_t n = strcspn(at, ",");
        bool ok = count < INITRD_PARTS || p9_error("--initrd %.100s...: at most %d files", list, INITRD_PARTS);

        if (!ok || !append_named(image, at, n, max_bytes, parts)) {
            image_close(image);
            return false;
        }
        if (!at[n]) return true;
        at += n + 1;
    }
}
