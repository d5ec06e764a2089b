/* SPDX-License-Identifier: Apache-2.0 */
/* See pack.h. */
#include "machine/pack.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "base/hash.h"
#include "base/log.h"

enum {
    NAME = 8,
    MAGIC = 8 + 4, /* bytes at the start of the file */
    SECTION = NAME + 8 + 4,
    BLOCK_HEAD = 4 + 4,
    BATCH = 32,           /* blocks that are compressed before they are written */
    DEFLATE_WINDOW = -15, /* raw */
    DEFLATE_MEMORY = 9,   /* the fastest of what was measured on a booted Linux: 100 MB/s, a third of the size */
    DEFLATE_LEAST = 64,   /* what is smaller stays as it is */
    DEFLATE_RATIO = 1032, /* bytes that a byte of deflate can become, at most */
};
static const char magic[NAME + 1] = "p9sim-ck";

static u32 crc_of(const void *bytes, size_t size)
{
    return (u32)crc32_z(crc32_z(0, NULL, 0), bytes, size);
}

/* ---- two threads ---- */

enum { WORKERS = 2 };

/* Call work(self, n, worker) for every n below count, from two threads of the host if it has them. */
struct share {
    void (*work)(void *self, unsigned n, unsigned worker);
    void *self;
    unsigned count;
    atomic_uint next, workers;
};

static void *take_share(void *shared)
{
    struct share *s = shared;
    unsigned worker = atomic_fetch_add(&s->workers, 1);

    for (unsigned n; (n = atomic_fetch_add(&s->next, 1)) < s->count;) s->work(s->self, n, worker);
    return NULL;
}

static void share_work(void (*work)(void *self, unsigned n, unsigned worker), void *self, unsigned count)
{
    struct share s = {.work = work, .self = self, .count = count};
    pthread_t second;
    bool two = count > 1 && !pthread_create(&second, NULL, take_share, &s);

    take_share(&s);
    if (two) pthread_join(second, NULL);
}

/* ---- writing ---- */

static bool write_failed(struct pack_writer *w, int why)
{
    if (!w->failed) p9_error("%s: cannot be written: %s", w->path, strerror(why));
    w->failed = true;
    return false;
}

static bool write_all(struct pack_writer *w, const u8 *bytes, size_t size)
{
    while (size && !w->failed) {
        ssize_t n = write(w->fd, bytes, size);

        if (n < 0 && errno == EINTR) continue; /* a signal ends the run, not this */
        if (n <= 0) return write_failed(w, n ? errno : ENOSPC);
        bytes += n;
        size -= (size_t)n;
    }
    return !w->failed;
}

bool pack_create(struct pack_writer *w, const char *path)
{
    size_t room = strlen(path) + 32;
    u8 head[MAGIC];
    struct stat st;

    *w = (struct pack_writer){.path = path, .fd = -1};
    if (!stat(path, &st) && !S_ISREG(st.st_mode)) return p9_error("%s: is no plain file", path);
    w->temporary = malloc(room);
    if (!w->temporary) return p9_error("%s: the host has no memory for it", path);
    snprintf(w->temporary, room, "%s.%ld", path, (long)getpid());
    unlink(w->temporary); /* of a process that was killed */
    w->fd = open(w->temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
    if (w->fd < 0) return write_failed(w, errno);
    memcpy(head, magic, NAME);
    put_le(head + NAME, PACK_VERSION, 4);
    return write_all(w, head, sizeof head);
}

struct packing {
    const struct pack_source *source;
    u64 at, size; /* of the batch; of the section */
    u8 *room;     /* BATCH blocks as they are written, and one as it was for each worker */
    size_t used[BATCH];
};
enum { PACKED = BLOCK_HEAD + PACK_BLOCK };

static size_t block_size(u64 size, u64 at)
{
    return size - at < PACK_BLOCK ? (size_t)(size - at) : PACK_BLOCK;
}

/* What cannot be made smaller stays as it is. */
static size_t deflate_block(const u8 *raw, size_t size, u8 *out)
{
    z_stream z = {0};
    size_t used = 0;

    if (size < DEFLATE_LEAST) return 0;
    if (deflateInit2(&z, 1, Z_DEFLATED, DEFLATE_WINDOW, DEFLATE_MEMORY, Z_DEFAULT_STRATEGY) != Z_OK) return 0;
    z.next_in = (u8 *)(uintptr_t)raw;
    z.avail_in = (uInt)size;
    z.next_out = out;
    z.avail_out = (uInt)size - 1;
    if (deflate(&z, Z_FINISH) == Z_STREAM_END) used = size - 1 - z.avail_out;
    deflateEnd(&z);
    return used;
}

static void pack_block(void *self, unsigned n, unsigned worker)
{
    struct packing *p = self;
    u64 at = p->at + (u64)n * PACK_BLOCK;
    size_t size = block_size(p->size, at), used;
    u8 *out = p->room + (size_t)n * PACKED, *raw = p->room + (size_t)BATCH * PACKED + (size_t)worker * PACK_BLOCK;

    p->source->fill(p->source->self, at, size, raw);
    used = deflate_block(raw, size, out + BLOCK_HEAD);
    if (!used) memcpy(out + BLOCK_HEAD, raw, size);
    put_le(out, used ? used : size | PACK_PLAIN, 4);
    used = used ? used : size;
    put_le(out + 4, crc_of(out + BLOCK_HEAD, used), 4);
    p->used[n] = BLOCK_HEAD + used;
}

static bool write_batch(struct pack_writer *w, struct packing *p)
{
    u64 blocks = (p->size - p->at + PACK_BLOCK - 1) / PACK_BLOCK;
    unsigned count = blocks < BATCH ? (unsigned)blocks : BATCH;

    share_work(pack_block, p, count);
    for (unsigned n = 0; n < count; n++) {
        const u8 *out = p->room + (size_t)n * PACKED;

        w->identity = hash_mix(w->identity, get_le(out, 8));
        if (!write_all(w, out, p->used[n])) return false;
    }
    p->at += (u64)count * PACK_BLOCK;
    return true;
}

static void section_head(u8 head[SECTION], const char *name, u64 size)
{
    memset(head, 0, SECTION);
    memcpy(head, name, strnlen(name, NAME));
    put_le(head + NAME, size, 8);
    put_le(head + NAME + 8, crc_of(head, NAME + 8), 4);
}

bool pack_section_from(struct pack_writer *w, const char *name, const struct pack_source *source, u64 size)
{
    struct packing p = {.source = source, .size = size};
    u8 head[SECTION];
    bool ok;

    section_head(head, name, size);
    w->identity = hash_mix(w->identity, get_le(head + NAME + 8, 4));
    if (!write_all(w, head, sizeof head)) return false;
    p.room = malloc((size_t)BATCH * PACKED + (size_t)WORKERS * PACK_BLOCK);
    ok = p.room != NULL;
    if (!ok) w->failed = !p9_error("%s: the host has no memory for it", w->path) || w->failed;
    while (ok && p.at < size) ok = write_batch(w, &p);
    free(p.room);
    return ok;
}

static void fill_from_memory(const void *bytes, u64 at, size_t size, u8 *to)
{
    memcpy(to, (const u8 *)bytes + at, size);
}

bool pack_section(struct pack_writer *w, const char *name, const void *bytes, u64 size)
{
    return pack_section_from(w, name, &(struct pack_source){fill_from_memory, bytes}, size);
}

bool pack_finish(struct pack_writer *w)
{
    u8 identity[8];
    int fd = w->fd;

    put_le(identity, w->identity, 8);
    if (!pack_section(w, "end", identity, sizeof identity)) return false;
    w->fd = -1;
    if (close(fd)) return write_failed(w, errno);
    if (rename(w->temporary, w->path)) return write_failed(w, errno);
    free(w->temporary);
    w->temporary = NULL;
    return true;
}

void pack_abandon(struct pack_writer *w)
{
    if (w->fd >= 0) close(w->fd);
    if (w->temporary) unlink(w->temporary);
    free(w->temporary);
    w->temporary = NULL;
    w->fd = -1;
}

/* ---- reading ---- */

static bool is_damaged(const struct pack_reader *r, const char *what)
{
    return p9_error("%s: is no whole checkpoint: %s", r->path, what);
}

static bool add_block(struct pack_reader *r, const u8 *block)
{
    if (r->blocks == r->room) {
        size_t room = r->room ? 2 * r->room : 1024;
        const u8 **more = realloc(r->block, room * sizeof *more);

        if (!more) return false;
        r->block = more;
        r->room = room;
    }
    r->block[r->blocks++] = block;
    return true;
}

/* The section at *at; *at is moved behind it. What is wrong, or NULL. */
static const char *next_section(struct pack_reader *r, u64 *at, struct pack_found *s)
{
    static const char early[] = "it ends too early";
    u64 blocks, stored;

    if (r->size - *at < SECTION) return early;
    s->name = r->bytes + *at;
    s->size = get_le(s->name + NAME, 8);
    s->first = r->blocks;
    *at += SECTION;
    if (crc_of(s->name, NAME + 8) != get_le(s->name + NAME + 8, 4) || s->size / DEFLATE_RATIO > r->size - *at)
        return "a section is damaged";
    r->identity = hash_mix(r->identity, get_le(s->name + NAME + 8, 4));
    blocks = s->size / PACK_BLOCK + (s->size % PACK_BLOCK != 0);
    for (u64 n = 0; n < blocks; n++) {
        if (r->size - *at < BLOCK_HEAD) return early;
        if (!add_block(r, r->bytes + *at)) return "the host has no memory for it";
        stored = get_le(r->bytes + *at, 4) & ~PACK_PLAIN;
        r->identity = hash_mix(r->identity, get_le(r->bytes + *at, 8));
        *at += BLOCK_HEAD;
        if (r->size - *at < stored) return early;
        *at += stored;
    }
    return NULL;
}

struct checking {
    const struct pack_reader *reader;
    atomic_bool failed;
};

static void check_block(void *self, unsigned n, unsigned worker)
{
    struct checking *c = self;
    const u8 *block = c->reader->block[n];

    (void)worker;
    if (crc_of(block + BLOCK_HEAD, get_le(block, 4) & ~PACK_PLAIN) != get_le(block + 4, 4)) c->failed = true;
}

static bool is_called(const struct pack_found *s, const char *name)
{
    return !strncmp((const char *)s->name, name, NAME);
}

/* All CRCs, and the identity. */
static bool check(struct pack_reader *r)
{
    struct checking checking = {.reader = r};
    u64 at = MAGIC, before;
    struct pack_found s;
    const char *wrong;

    if (r->size < MAGIC || memcmp(r->bytes, magic, NAME) != 0)
        return p9_error("%s: is no checkpoint (p9sim run --checkpoint writes one)", r->path);
    if (get_le(r->bytes + NAME, 4) != PACK_VERSION)
        return p9_error("%s: is a checkpoint of format %u; this program reads format %u", r->path,
                        (unsigned)get_le(r->bytes + NAME, 4), PACK_VERSION);
    do {
        before = r->identity;
        wrong = next_section(r, &at, &s);
        if (!wrong && r->sections == PACK_SECTIONS) wrong = "it has too many sections";
        if (wrong) return is_damaged(r, wrong);
        r->section[r->sections++] = s;
    } while (!is_called(&s, "end"));
    r->identity = before;
    if (at != r->size) return is_damaged(r, "something lies behind its end");
    if (r->blocks > UINT_MAX) return is_damaged(r, "it is too long");
    share_work(check_block, &checking, (unsigned)r->blocks);
    if (checking.failed) return is_damaged(r, "a block is damaged");
    if (s.size != 8 || get_le(r->block[s.first], 4) != (8 | PACK_PLAIN) ||
        get_le(r->block[s.first] + BLOCK_HEAD, 8) != r->identity)
        return is_damaged(r, "its end belongs to another one");
    return true;
}

/* All of it at once: page by page it would take longer than to read it. */
static bool make_room(struct pack_reader *r, u64 size)
{
    void *room = mmap(NULL, size + 1, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);

    if (room == MAP_FAILED) return p9_error("%s: the host has no memory for it", r->path);
    r->bytes = room;
    r->bytes_room = size + 1;
    return true;
}

static bool read_whole(struct pack_reader *r, int fd)
{
    struct stat st;

    if (fstat(fd, &st)) return p9_error("%s: %s", r->path, strerror(errno));
    if (!S_ISREG(st.st_mode)) return p9_error("%s: is no plain file", r->path);
    if (!make_room(r, (u64)st.st_size)) return false;
    while (r->size < (u64)st.st_size) {
        ssize_t n = read(fd, r->bytes + r->size, (size_t)st.st_size - r->size);

        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return p9_error("%s: cannot be read: %s", r->path, strerror(errno));
        if (!n) break;
        r->size += (u64)n;
    }
    return true;
}

bool pack_open(struct pack_reader *r, const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    bool ok;

    *r = (struct pack_reader){.path = path};
    if (fd < 0) return p9_error("%s: %s", path, strerror(errno));
    ok = read_whole(r, fd) && check(r);
    close(fd);
    return ok;
}

bool pack_open_bytes(struct pack_reader *r, const char *name, const void *bytes, u64 size)
{
    *r = (struct pack_reader){.path = name};
    if (!make_room(r, size)) return false;
    memcpy(r->bytes, bytes, size);
    r->size = size;
    return check(r);
}

void pack_close(struct pack_reader *r)
{
    if (r->bytes) munmap(r->bytes, r->bytes_room);
    free(r->block);
    *r = (struct pack_reader){0};
}

static const struct pack_found *find(const struct pack_reader *r, const char *name)
{
    for (unsigned k = 0; k < r->sections; k++)
        if (is_called(&r->section[k], name)) return &r->section[k];
    return NULL;
}

bool pack_has(const struct pack_reader *r, const char *name)
{
    return find(r, name) != NULL;
}

u64 pack_size(const struct pack_reader *r, const char *name)
{
    const struct pack_found *s = find(r, name);

    return s ? s->size : 0;
}

struct unpacking {
    const struct pack_sink *sink;
    const struct pack_found *section;
    const u8 *const *block; /* the section's first */
    u8 *room;               /* a block for each worker */
    atomic_bool failed;
};

static bool inflate_block(const u8 *from, size_t stored, u8 *to, size_t size)
{
    z_stream z = {.next_in = (u8 *)(uintptr_t)from, .avail_in = (uInt)stored, .next_out = to, .avail_out = (uInt)size};
    bool ok;

    if (inflateInit2(&z, DEFLATE_WINDOW) != Z_OK) return false;
    ok = inflate(&z, Z_FINISH) == Z_STREAM_END && !z.avail_out && !z.avail_in;
    inflateEnd(&z);
    return ok;
}

static void unpack_block(void *self, unsigned n, unsigned worker)
{
    struct unpacking *u = self;
    u64 at = (u64)n * PACK_BLOCK;
    size_t size = block_size(u->section->size, at), stored = get_le(u->block[n], 4) & ~PACK_PLAIN;
    const u8 *from = u->block[n] + BLOCK_HEAD;
    u8 *room = u->room + (size_t)worker * PACK_BLOCK;
    bool ok;

    if (u->failed) return;
    if (get_le(u->block[n], 4) & PACK_PLAIN) ok = stored == size && u->sink->take(u->sink->self, at, from, size);
    else ok = inflate_block(from, stored, room, size) && u->sink->take(u->sink->self, at, room, size);
    if (!ok) u->failed = true;
}

bool pack_read_to(const struct pack_reader *r, const char *name, const struct pack_sink *sink)
{
    const struct pack_found *s = find(r, name);
    struct unpacking u = {.sink = sink, .section = s};

    if (!s) return p9_error("%s: lacks its %s", r->path, name);
    u.block = r->block + s->first;
    u.room = malloc((size_t)WORKERS * PACK_BLOCK);
    if (!u.room) return p9_error("%s: the host has no memory for it", r->path);
    share_work(unpack_block, &u, (unsigned)((s->size + PACK_BLOCK - 1) / PACK_BLOCK));
    free(u.room);
    return !u.failed || is_damaged(r, "a block does not hold what it should");
}

static bool take_to_memory(void *self, u64 at, const u8 *bytes, size_t size)
{
    memcpy((u8 *)self + at, bytes, size);
    return true;
}

bool pack_read(const struct pack_reader *r, const char *name, u64 most, u8 **bytes, u64 *size)
{
    *bytes = NULL;
    *size = pack_size(r, name);
    if (*size > most) return p9_error("%s: its %s is too long", r->path, name);
    if (!*size) return pack_has(r, name) || p9_error("%s: lacks its %s", r->path, name);
    *bytes = malloc(*size);
    if (!*bytes) return p9_error("%s: the host has no memory for it", r->path);
    if (pack_read_to(r, name, &(struct pack_sink){take_to_memory, *bytes})) return true;
    free(*bytes);
    *bytes = NULL;
    return false;
}
