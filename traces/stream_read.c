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
#include "traces/index.h"
#include "traces/member.h"
#include "traces/stream.h"

enum { RAW = 64 << 10, ROOM = 4 * STREAM_MOST, GZIP_WINDOW = 15 + 16, BARE_WINDOW = -15, MEMBER_TAIL = 8 };

struct stream_reader {
    char *path;
    FILE *file;
    bool packed, inflating; /* inflating: within a member */
    bool is_bare;           /* entered within a member, so that its end is not looked for by zlib */
    bool ended, failed;
    unsigned tail;              /* bytes behind the deflate data of such a member, still to come */
    struct stream_place *place; /* to be filled in; NULL: nobody asks */
    u64 at;                     /* of bytes[from], from the start of the stream */
    u64 file_at;                /* of the byte behind raw[], in the file */
    size_t from, have;          /* bytes[from .. from + have) are not taken yet */
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

/* Of a member that was entered within, what stands behind its data. */
static bool skip_tail(struct stream_reader *r)
{
    while (r->tail) {
        uInt n = r->z.avail_in < r->tail ? r->z.avail_in : r->tail;

        if (!n && !read_raw(r)) return r->failed ? false : damaged(r, "is cut off within its packed data");
        r->z.next_in += n;
        r->z.avail_in -= n;
        r->tail -= n;
    }
    return true;
}

/* The place that is asked for, if there is one. */
static void meet_place(struct stream_reader *r, enum stream_place_kind kind)
{
    struct stream_place *p = r->place;
    uInt size = 0;

    if (!p) return;
    r->place = NULL;
    p->bits = kind == STREAM_WITHIN ? (u8)(r->z.data_type & 7) : 0;
    p->at = r->at + r->have;
    p->file_at = r->file_at - r->z.avail_in;
    if (kind == STREAM_WITHIN && inflateGetDictionary(&r->z, p->window, &size) != Z_OK) return;
    p->window_size = size;
    p->kind = (u8)kind;
}

/* Behind a member comes another one, or the end. */
static bool next_member(struct stream_reader *r)
{
    if (!skip_tail(r)) return false;
    if (!r->z.avail_in && !read_raw(r)) {
        r->ended = true;
        return !r->failed;
    }
    if (inflateReset2(&r->z, GZIP_WINDOW) != Z_OK) return damaged(r, "the host has no memory to unpack it");
    meet_place(r, STREAM_MEMBER);
    r->inflating = true;
    return true;
}

/* Is the inflater between two blocks of one member? zlib says so if it was asked to stop there. */
static bool is_between(const z_stream *z)
{
    enum { AT_BLOCK = 128, LAST_BLOCK = 64 };

    return (z->data_type & (AT_BLOCK | LAST_BLOCK)) == AT_BLOCK;
}

static bool inflate_some(struct stream_reader *r)
{
    size_t end = r->from + r->have;
    int answer;

    if (!r->inflating) return next_member(r);
    if (!r->z.avail_in && !read_raw(r)) return r->failed ? false : damaged(r, "is cut off within its packed data");
    r->z.next_out = r->bytes + end;
    r->z.avail_out = (uInt)(ROOM - end);
    answer = inflate(&r->z, r->place ? Z_BLOCK : Z_NO_FLUSH);
    r->have = (size_t)(r->z.next_out - r->bytes) - r->from;
    if (answer == Z_OK && r->place && is_between(&r->z)) meet_place(r, STREAM_WITHIN);
    if (answer == Z_STREAM_END) {
        r->inflating = false;
        r->tail = r->is_bare ? MEMBER_TAIL : 0;
        r->is_bare = false;
    } else if (answer != Z_OK && answer != Z_BUF_ERROR) return damaged(r, "its packed data are damaged");
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
    } else if (r->file) {
        p9_error("%s: the host has no memory to unpack it", path);
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
    r->from = r->have = r->tail = 0;
    r->ended = r->inflating = r->is_bare = false;
}

bool stream_is_marked(struct stream_reader *r)
{
    off_t now = ftello(r->file);
    bool marked;
    u64 mark;
    u32 size;

    if (!r->packed || now < 0) return false;
    marked = head_at(r, 0, &size, &mark);
    clearerr(r->file);
    return !fseeko(r->file, now, SEEK_SET) && marked;
}

/* By an index, of a file that has no marks of its own. */
static bool seek_by_index(struct stream_reader *r, u64 mark, u64 *found)
{
    struct index_entry *entry = malloc(sizeof *entry);
    bool ok = entry && index_find(r->path, 0, mark, entry) && stream_go(r, &entry->place, entry->at);

    if (ok) *found = entry->number;
    free(entry);
    return ok;
}

bool stream_seek(struct stream_reader *r, u64 mark, u64 *found)
{
    off_t now = ftello(r->file), at = 0, best = -1;
    u64 here;
    u32 size;

    if (now < 0) return false;
    if (!r->packed) return seek_by_index(r, mark, found);
    for (; head_at(r, at, &size, &here) && (best < 0 || here <= mark); at += size) {
        best = at;
        *found = here;
    }
    if (fseeko(r->file, best < 0 ? now : best, SEEK_SET)) return false;
    if (best < 0) return seek_by_index(r, mark, found);
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

/* ---- places ---- */

void stream_note_place(struct stream_reader *r, struct stream_place *place)
{
    place->kind = STREAM_NOWHERE;
    r->place = place;
    if (r->packed) return;
    r->place = NULL;
    place->bits = 0;
    place->window_size = 0;
    place->at = place->file_at = r->at;
    place->kind = STREAM_PLAIN;
}

/* The inflater as it was at a place, of which `byte` is the one before file_at. */
static bool prepare(struct stream_reader *r, const struct stream_place *p, int byte)
{
    if (p->kind == STREAM_MEMBER) return inflateReset2(&r->z, GZIP_WINDOW) == Z_OK;
    if (inflateReset2(&r->z, BARE_WINDOW) != Z_OK) return false;
    if (p->bits && inflatePrime(&r->z, p->bits, byte >> (8 - p->bits)) != Z_OK) return false;
    return !p->window_size || inflateSetDictionary(&r->z, p->window, p->window_size) == Z_OK;
}

bool stream_go(struct stream_reader *r, const struct stream_place *p, u64 at)
{
    bool fits = r->packed ? p->kind >= STREAM_MEMBER : p->kind == STREAM_PLAIN;
    off_t now = ftello(r->file);
    int byte = 0;

    if (!fits || now < 0 || p->bits > 7 || p->window_size > STREAM_WINDOW || p->file_at > INT64_MAX ||
        p->file_at < (p->bits ? 1 : 0) || at < p->at)
        return false;
    if (fseeko(r->file, (off_t)p->file_at - (p->bits ? 1 : 0), SEEK_SET) ||
        (p->bits && (byte = getc(r->file)) == EOF)) {
        clearerr(r->file);
        (void)fseeko(r->file, now, SEEK_SET);
        return false;
    }
    r->z.avail_in = 0;
    r->file_at = p->file_at;
    r->at = p->at;
    r->from = r->have = r->tail = 0;
    r->ended = false;
    r->inflating = r->packed;
    r->is_bare = p->kind == STREAM_WITHIN;
    if (r->packed && !prepare(r, p, byte)) return damaged(r, "its index names a place that is none");
    while (r->at < at) {
        size_t have = 0, left = at - r->at > STREAM_MOST ? STREAM_MOST : (size_t)(at - r->at);

        if (!stream_peek(r, left, &have)) return false;
        if (!have) return damaged(r, "ends before a place that its index names");
        stream_skip(r, have < left ? have : left);
    }
    return true;
}
