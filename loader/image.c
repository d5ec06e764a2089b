/* SPDX-License-Identifier: Apache-2.0 */
/* Files into memory; see image.h.  What is packed is unpacked by unpack.c. */
#include "loader/image.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/digest.h"
#include "base/log.h"
#include "loader/unpack.h"

static bool too_large(const char *name, u64 max_bytes)
{
    return p9_error("%s: more than %llu MiB; is it the right file?", name, (unsigned long long)max_bytes >> 20);
}

static bool no_memory(const char *name)
{
    return p9_error("%s: the host has no memory to read it", name);
}

static enum image_kind kind_of(const u8 *bytes, u64 size)
{
    if (size >= 4 && !memcmp(bytes, "\177ELF", 4)) return IMAGE_ELF;
    if (size >= 4 && !memcmp(bytes, "hsqs", 4)) return IMAGE_SQUASHFS;
    return IMAGE_FLAT;
}

/* ---- files ---------------------------------------------------------------------------------------------------------
 */

static bool replace_by_unpacked(struct image *image, u64 max_bytes)
{
    struct unpacked out = {0};

    if (!unpack(image->name, image->bytes, image->size, max_bytes, &out)) {
        free(out.bytes);
        return false;
    }
    free(image->bytes);
    image->bytes = out.bytes;
    image->size = out.size;
    return true;
}

/* The bytes are in: unpack and recognise; on failure nothing stays open. */
static bool settle(struct image *image, enum image_packing packing, u64 max_bytes)
{
    if (packing == IMAGE_UNPACK && unpack_knows(image->bytes, image->size) && !replace_by_unpacked(image, max_bytes)) {
        image_close(image);
        return false;
    }
    image->kind = kind_of(image->bytes, image->size);
    return true;
}

static bool read_all(struct image *image, int fd)
{
    for (u64 at = 0; at < image->size;) {
        ssize_t n = read(fd, image->bytes + at, image->size - at < 1 << 30 ? image->size - at : 1 << 30);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return p9_error("%s: cannot be read: %s", image->name, strerror(errno));
        if (n == 0) return p9_error("%s: became shorter while it was read", image->name);
        at += (u64)n;
    }
    return true;
}

static bool read_file(struct image *image, int fd, u64 max_bytes)
{
    struct stat st;

    if (fstat(fd, &st)) return p9_error("%s: %s", image->name, strerror(errno));
    if (S_ISDIR(st.st_mode)) return p9_error("%s: is a directory; give a file", image->name);
    if (!S_ISREG(st.st_mode)) return p9_error("%s: is not a plain file", image->name);
    if (st.st_size == 0) return p9_error("%s: is empty", image->name);
    if ((u64)st.st_size > max_bytes) return too_large(image->name, max_bytes);
    image->size = (u64)st.st_size;
    image->bytes = malloc(image->size);
    return image->bytes ? read_all(image, fd) : no_memory(image->name);
}

bool image_open(struct image *image, const char *path, enum image_packing packing, u64 max_bytes)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* a FIFO must not hang us: it is refused below */
    bool ok;

    *image = (struct image){.name = path};
    if (fd < 0) return p9_error("%s: %s", path, strerror(errno));
    ok = read_file(image, fd, max_bytes);
    close(fd);
    if (!ok) {
        image_close(image);
        return false;
    }
    image->file_bytes = image->size;
    digest_of(image->bytes, image->size, image->digest);
    return settle(image, packing, max_bytes);
}

bool image_from(struct image *image, const char *name, const u8 *bytes, u64 size, enum image_packing packing,
                u64 max_bytes)
{
    *image = (struct image){.name = name, .size = size};
    if (!size) return p9_error("%s: is empty", name);
    if (size > max_bytes) return too_large(name, max_bytes);
    image->bytes = malloc(size);
    if (!image->bytes) return no_memory(name);
    memcpy(image->bytes, bytes, size);
    return settle(image, packing, max_bytes);
}

void image_close(struct image *image)
{
    free(image->bytes);
    image->bytes = NULL;
    image->size = 0;
}
