/* SPDX-License-Identifier: Apache-2.0 */
/* Files into memory; see image.h.  gzip by zlib, several members one after the other as gzip itself allows. */
#include "loader/image.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "base/log.h"

enum { CHUNK_BYTES = 1 << 20, GZIP_WINDOW = 15 + 16 };

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

/* ---- gzip ----------------------------------------------------------------------------------------------------------
 */

static bool is_gzip(const u8 *bytes, u64 size)
{
    return size >= 3 && bytes[0] == 0x1f && bytes[1] == 0x8b && bytes[2] == 8;
}

struct unpacked {
    u8 *bytes;
    u64 size, room;
};

static bool make_room(struct unpacked *out)
{
    u64 room = out->room ? out->room * 2 : CHUNK_BYTES;
    u8 *grown;

    if (out->size < out->room) return true;
    grown = realloc(out->bytes, room);
    if (!grown) return false;
    out->bytes = grown;
    out->room = room;
    return true;
}

static const char *gzip_trouble(int status)
{
    switch (status) {
    case Z_OK:
    case Z_BUF_ERROR: return "is cut short";
    case Z_MEM_ERROR: return "does not fit into the host's memory";
    default: return "is damaged";
    }
}

/* Zlib counts in 32 bits: feed and drain it in pieces. */
static int inflate_piece(z_stream *z, const u8 *bytes, u64 size, u64 *at, struct unpacked *out)
{
    u64 in = size - *at < CHUNK_BYTES ? size - *at : CHUNK_BYTES, room;
    int status;

    if (!make_room(out)) return Z_MEM_ERROR;
    room = out->room - out->size < CHUNK_BYTES ? out->room - out->size : CHUNK_BYTES;
    z->next_in = (Bytef *)(uintptr_t)(bytes + *at);
    z->avail_in = (uInt)in;
    z->next_out = out->bytes + out->size;
    z->avail_out = (uInt)room;
    status = inflate(z, Z_NO_FLUSH);
    *at += in - z->avail_in;
    out->size += room - z->avail_out;
    if (status == Z_OK && z->avail_in == in && z->avail_out == room) return Z_BUF_ERROR; /* no progress */
    return status;
}

static bool gunzip(const char *name, const u8 *bytes, u64 size, u64 max_bytes, struct unpacked *out)
{
    z_stream z = {0};
    u64 at = 0;
    int status = inflateInit2(&z, GZIP_WINDOW);

    if (status != Z_OK) return no_memory(name);
    for (;;) {
        status = at < size ? inflate_piece(&z, bytes, size, &at, out) : Z_BUF_ERROR;
        if (out->size > max_bytes) break;
        if (status == Z_STREAM_END && is_gzip(bytes + at, size - at)) status = inflateReset(&z);
        else if (status == Z_STREAM_END) break;
        if (status != Z_OK) break;
    }
    inflateEnd(&z);
    if (out->size > max_bytes) return too_large(name, max_bytes);
    if (status != Z_STREAM_END)
        return p9_error("%s: the gzip data %s; fetch or make it again", name, gzip_trouble(status));
    return out->size || p9_error("%s: unpacks to nothing", name);
}

/* ---- files ---------------------------------------------------------------------------------------------------------
 */

static bool unpack(struct image *image, u64 max_bytes)
{
    struct unpacked out = {0};

    if (!gunzip(image->name, image->bytes, image->size, max_bytes, &out)) {
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
    if (packing == IMAGE_UNPACK && is_gzip(image->bytes, image->size) && !unpack(image, max_bytes)) {
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
    if (!ok) image_close(image);
    return ok && settle(image, packing, max_bytes);
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
