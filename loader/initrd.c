/* SPDX-License-Identifier: Apache-2.0 */
/* Several files, one ramdisk; see initrd.h. */
#include "loader/initrd.h"

#include <stdio.h>

#include "base/log.h"
#include "loader/archive.h"
#include "loader/unpack.h"

enum { PATH_BYTES = 4096, FOR_READING = 0444 };

static bool append_disk(struct archive *to, const struct image *disk)
{
    return archive_file(to, "disk.img", FOR_READING, disk->bytes, disk->size) && archive_end(to);
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

static bool append_part(struct archive *to, const struct image *part)
{
    struct image disk = {.bytes = NULL};
    bool ok = archive_append(to, NULL, 0) &&
              (!unpack_knows(part->bytes, part->size) || look_inside(part, to->max_bytes, &disk));

    if (ok && (disk.bytes || part->kind == IMAGE_SQUASHFS)) ok = append_disk(to, disk.bytes ? &disk : part);
    else if (ok) ok = archive_append(to, part->bytes, part->size);
    image_close(&disk);
    return ok;
}

static bool append_file(struct archive *to, const char *path, struct initrd_parts *parts)
{
    struct image part;
    bool ok;

    if (!image_open(&part, path, IMAGE_AS_IT_IS, to->max_bytes)) return false;
    ok = append_part(to, &part);
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
static bool append_named(struct archive *to, const char *at, size_t n, struct initrd_parts *parts)
{
    char path[PATH_BYTES];

    if (!n || n >= sizeof path)
        return p9_error("--initrd %.100s: %s", to->name, n ? "a file name is too long" : "a file name is missing");
    snprintf(path, sizeof path, "%.*s", (int)n, at);
    return append_file(to, path, parts);
}

bool initrd_join(struct image *image, const char *list, u64 max_bytes, struct initrd_parts *parts)
{
    struct archive all = {.name = list, .max_bytes = max_bytes};
    const char *at = list;

    *image = (struct image){.name = list};
    if (parts) parts->count = 0;
    for (unsigned count = 0;; count++) {
        size_t n = strcspn(at, ",");
        bool ok = count < INITRD_PARTS || p9_error("--initrd %.100s...: at most %d files", list, INITRD_PARTS);

        if (!ok || !append_named(&all, at, n, parts)) {
            archive_close(&all);
            return false;
        }
        if (!at[n]) break;
        at += n + 1;
    }
    image->bytes = all.bytes;
    image->size = all.size;
    return true;
}
