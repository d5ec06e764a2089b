/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading; see stream.h.  Bytes of the file go through a buffer of their own to zlib, or straight to the buffer that is
 * peeked into.  Whatever is wrong is said once, with the place; from then on the stream has ended in error.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <zlib.h>

#include "base/file.h"
#include "base/log.h"
#include "traces/member.h"
#include "traces/stream.h"

enum { RAW = 64 << 10, ROOM = 4 * STREAM_MOST, GZIP_WINDOW = 15 + 16 };

struct stream_reader {
    char *path;
    FILE *file;
    bool packed, inflating; /* inflating: within a member */
    bool ended, failed;
    u64 at;            /* of bytes[from], from the start of the stream */
    u64 file_at;       /* of the byte behind raw[], in the file */
    size_t from, have; /* bytes[from .. from + have) are not taken yet */
    z_stream z;
    u8 raw[RAW];
    u8 bytes[ROOM];
};

/* ---- from the file ---- */

static bool damaged(struct stream_reader *r, const char *what)
{
    r->failed = true;
    return p9_error("%s: %s, at byte %llu of the file", r->path, what,
                    (unsigned long long)(r->file_at - r->z.avail_in));
}

/* More raw bytes behind those that are there, which move to the front; false: the file has ended, or an error line. */
static bool read_raw(struct stream_reader *r)
{
    size_t n;

    if (r->z.avail_in) memmove(r->raw, r->z.next_in, r->z.avail_in);
    n = fread(r->raw + r->z.avail_in, 1, RAW - r->z.avail_in, r->file);
    if (!n && ferror(r->file)) {
        r->failed = true;
        return p9_error("%s: cannot be read: %s", r->path, strerror(errno));
    }
    r->z.next_in = r->raw;
    r->z.avail_in += (uInt)n;
    r->file_at += n;
    return n;
}

/* Raw bytes as they are. */
static bool copy(struct stream_reader *r)
{
    size_t end = r->from + r->have, n = ROOM - end;

    if (!r->z.avail_in && !read_raw(r)) {
        r->ended = true;
        return !r->failed;
    }
    if (n > r->z.avail_in) n = r->z.avail_in;
    memcpy(r->bytes + end, r->z.next_in, n);
    r->z.next_in += n;
    r->z.avail_in -= (uInt)n;
    r->have += n;
    return true;
}

/* Behind a member comes another one, or the end. */
static bool next_member(struct stream_reader *r)
{
    if (!r->z.avail_in && !read_raw(r)) {
        r->ended = true;
        return !r->failed;
    }
    if (inflateReset(&r->z) != Z_OK) return damaged(r, "the host has no memory to unpack it");
    r->inflating = true;
    return true;
}

static bool inflate_some(struct stream_reader *r)
{
    size_t end = r->from + r->have;
    int answer;

    if (!r->inflating) return next_member(r);
    if (!r->z.avail_in && !read_raw(r)) return r->failed ? false : damaged(r, "is cut off within its packed data");
    r->z.next_out = r->bytes + end;
    r->z.avail_out = (uInt)(ROOM - end);
    answer = inflate(&r->z, Z_NO_FLUSH);
    r->have = (size_t)(r->z.next_out - r->bytes) - r->from;
    if (answer == Z_STREAM_END) r->inflating = false;
    else if (answer != Z_OK && answer != Z_BUF_ERROR) return damaged(r, "its packed data are damaged");
    return true;
}

/* ---- the face ---- */

const u8 *stream_peek(struct stream_reader *r, size_t size, size_t *have)
{
    if (r->have < size && !r->ended && r->from) {
        memmove(r->bytes, r->bytes + r->from, r->have);
        r->from = 0;
    }
    while (r->have < size && !r->ended && !r->failed)
        if (!(r->packed ? inflate_some(r) : copy(r))) break;
    *have = r->have;
    return r->failed ? NULL : r->bytes + r->from;
}

void stream_skip(struct stream_reader *r, size_t size)
{
    r->from += size;
    r->have -= size;
    r->at += size;
}

u64 stream_at(const struct stream_reader *r)
{
    return r->at;
}

struct stream_reader *stream_open(const char *path)
{
    struct stream_reader *r = calloc(1, sizeof *r);

    if (!r || !(r->path = strdup(path))) {
        free(r);
        p9_error("%s: the host has no memory for it", path);
        return NULL;
    }
    r->file = file_read(path);
    if (r->file && inflateInit2(&r->z, GZIP_WINDOW) == Z_OK) {
        while (r->z.avail_in < 2 && read_raw(r)) {
        }
        r->packed = r->z.avail_in >= 2 && r->raw[0] == 0x1f && r->raw[1] == 0x8b;
        r->inflating = r->packed;
        if (!r->failed) return r;
    }
    stream_close(r);
    return NULL;
}

void stream_close(struct stream_reader *r)
{
    if (!r) return;
    inflateEnd(&r->z);
    if (r->file) fclose(r->file);
    free(r->path);
    free(r);
}

/* ---- finding the way ---- */

static bool head_at(struct stream_reader *r, off_t at, u32 *size, u64 *mark)
{
    u8 head[MEMBER_HEAD];

    return !fseeko(r->file, at, SEEK_SET) && fread(head, 1, sizeof head, r->file) == sizeof head &&
           member_read(head, size, mark);
}

/* The file stands at the member that begins there. */
static void stand_at(struct stream_reader *r, off_t at)
{
    r->file_at = (u64)at;
    r->z.avail_in = 0;
    r->from = r->have = 0;
    r->ended = r->inflating = false;
}

bool stream_seek(struct stream_reader *r, u64 mark, u64 *found)
{
    off_t now = ftello(r->file), at = 0, best = -1;
    u64 here;
    u32 size;

    if (!r->packed || now < 0) return false;
    for (; head_at(r, at, &size, &here) && (best < 0 || here <= mark); at += size) {
        best = at;
        *found = here;
    }
    if (fseeko(r->file, best < 0 ? now : best, SEEK_SET) || best < 0) return false;
    stand_at(r, best);
    return true;
}

/* So many bytes are there in both files, and are the same; *unpacked: what the last four of them say. */
static bool is_same(struct stream_reader *a, struct stream_reader *b, off_t at, u32 size, u32 *unpacked)
{
    enum { PART = 32 << 10 };
    u8 *x = a->raw, *y = b->raw; /* nothing of it is needed any more if this is the same, else it is read again */

    if (fseeko(a->file, at, SEEK_SET) || fseeko(b->file, at, SEEK_SET)) return false;
    for (size_t n; size; size -= (u32)n) {
        n = size > PART + 4 ? PART : size;
        if (fread(x, 1, n, a->file) != n || fread(y, 1, n, b->file) != n || memcmp(x, y, n) != 0) return false;
        *unpacked = (u32)get_le(x + n - 4, 4);
    }
    return true;
}

bool stream_skip_same(struct stream_reader *a, struct stream_reader *b, u64 *mark)
{
    off_t at = 0, last = 0;
    u64 before = 0, behind = 0, here;
    u32 size, unpacked = 0;

    if (!a->packed || !b->packed || a->at || b->at || ftello(a->file) < 0 || ftello(b->file) < 0) return false;
    for (; head_at(a, at, &size, &here) && is_same(a, b, at, size, &unpacked); at += size) {
        last = at;
        *mark = here;
        before = behind;
        behind += unpacked;
    }
    if (fseeko(a->file, last, SEEK_SET) || fseeko(b->file, last, SEEK_SET)) return false;
    stand_at(a, last);
    stand_at(b, last);
    a->at = b->at = before;
    return at;
}
