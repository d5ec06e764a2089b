/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writing; see stream.h.  Blocks go round in a ring: the trace's thread fills one, packers take full ones as they come
 * and pack them, and whoever has packed the one that is next in the file writes it.
 *
 * A member's header has a field (RFC 1952 2.3.1.1) "P9": u32 bytes of the whole member, u64 mark.
 */
#include "traces/stream.h"

#include <errno.h>
#include <libdeflate.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "traces/member.h"

enum { BLOCKS = 8, PACKERS_MOST = 4, LEVEL = 1 };

enum state { EMPTY, FILLED, PACKING, PACKED };
struct block {
    enum state state;
    u64 number, mark;
    size_t size, packed;
    u8 *bytes;
    u8 *member; /* packed */
};

struct stream_writer {
    char *path;
    int fd;
    bool packed, at_start;
    u64 filled, written; /* blocks handed over; blocks in the file */
    u64 told;
    struct block block[BLOCKS]; /* number n is in block[n % BLOCKS] */
    size_t member_room;

    pthread_mutex_t lock;
    pthread_cond_t moved; /* the state of some block */
    bool over;            /* nothing more will be filled */
    int failed;           /* errno of a write */
    unsigned packers;
    pthread_t packer[PACKERS_MOST];
};

static struct block *block_of(struct stream_writer *w, u64 number)
{
    return &w->block[number % BLOCKS];
}

/* ---- in the file ---- */

static int write_all(int fd, const u8 *bytes, size_t size)
{
    while (size) {
        ssize_t n = write(fd, bytes, size);

        if (n < 0 && errno == EINTR) continue; /* a signal ends the run, not this */
        if (n <= 0) return n ? errno : ENOSPC;
        bytes += n;
        size -= (size_t)n;
    }
    return 0;
}

/* With the lock, which is given up meanwhile.  Once a write has failed nothing more is written: what is there stays
 * readable. */
static void write_block(struct stream_writer *w, const struct block *b)
{
    int why;

    if (w->failed) return;
    pthread_mutex_unlock(&w->lock);
    why = w->packed ? write_all(w->fd, b->member, b->packed) : write_all(w->fd, b->bytes, b->size);
    pthread_mutex_lock(&w->lock);
    w->failed = why;
}

/* ---- packers ---- */

static void pack(struct stream_writer *w, struct libdeflate_compressor *c, struct block *b)
{
    if (w->packed) b->packed = member_pack(c, b->bytes, b->size, b->mark, b->member, w->member_room);
}

/* The lowest number that waits to be packed, or NULL. */
static struct block *next_to_pack(struct stream_writer *w)
{
    for (u64 n = w->written; n < w->filled; n++)
        if (block_of(w, n)->state == FILLED) return block_of(w, n);
    return NULL;
}

/* Blocks that are packed and next in the file; the lock is given up while one is written, but no other thread begins
 * with one behind it: that is not next before this one is EMPTY. */
static void write_packed(struct stream_writer *w)
{
    struct block *b;

    while (w->written < w->filled && (b = block_of(w, w->written))->state == PACKED) {
        b->state = PACKING; /* this thread's */
        write_block(w, b);
        b->state = EMPTY;
        w->written++;
        pthread_cond_broadcast(&w->moved);
    }
}

static void *pack_blocks(void *self)
{
    struct stream_writer *w = self;
    struct libdeflate_compressor *c = libdeflate_alloc_compressor(LEVEL);

    pthread_mutex_lock(&w->lock);
    if (!c) w->failed = ENOMEM;
    for (;;) {
        struct block *b = next_to_pack(w);

        if (!b && w->over) break;
        if (!b) {
            pthread_cond_wait(&w->moved, &w->lock);
            continue;
        }
        b->state = PACKING;
        pthread_mutex_unlock(&w->lock);
        if (c) pack(w, c, b);
        pthread_mutex_lock(&w->lock);
        b->state = PACKED;
        write_packed(w);
    }
    pthread_mutex_unlock(&w->lock);
    libdeflate_free_compressor(c);
    return NULL;
}

/* ---- the trace's thread ---- */

static void wait_for_block(struct stream_writer *w)
{
    pthread_mutex_lock(&w->lock);
    while (block_of(w, w->filled)->state != EMPTY) pthread_cond_wait(&w->moved, &w->lock);
    pthread_mutex_unlock(&w->lock);
    block_of(w, w->filled)->size = 0;
    block_of(w, w->filled)->mark = 0;
}

static void hand_over(struct stream_writer *w)
{
    pthread_mutex_lock(&w->lock);
    block_of(w, w->filled)->state = FILLED;
    w->filled++;
    pthread_cond_broadcast(&w->moved);
    pthread_mutex_unlock(&w->lock);
    wait_for_block(w);
}

u8 *stream_room(struct stream_writer *w, size_t size)
{
    struct block *b = block_of(w, w->filled);

    if (unlikely(b->size + size > STREAM_BLOCK)) {
        hand_over(w);
        b = block_of(w, w->filled);
    }
    return b->bytes + b->size;
}

void stream_take(struct stream_writer *w, size_t size)
{
    block_of(w, w->filled)->size += size;
    w->told += size;
}

bool stream_is_at_start(const struct stream_writer *w)
{
    return !w->block[w->filled % BLOCKS].size;
}

void stream_mark(struct stream_writer *w, u64 mark)
{
    block_of(w, w->filled)->mark = mark;
}

u64 stream_told(const struct stream_writer *w)
{
    return w->told;
}

bool stream_has_failed(struct stream_writer *w)
{
    bool failed;

    pthread_mutex_lock(&w->lock);
    failed = w->failed;
    pthread_mutex_unlock(&w->lock);
    return failed;
}

/* ---- beginning and end ---- */

static void free_blocks(struct stream_writer *w)
{
    for (unsigned k = 0; k < BLOCKS; k++) {
        free(w->block[k].bytes);
        free(w->block[k].member);
    }
    free(w->path);
    free(w);
}

static void free_writer(struct stream_writer *w)
{
    pthread_mutex_destroy(&w->lock);
    pthread_cond_destroy(&w->moved);
    free_blocks(w);
}

static bool has_room(struct stream_writer *w)
{
    w->member_room = w->packed ? member_room(STREAM_BLOCK) : 0;
    for (unsigned k = 0; k < BLOCKS; k++) {
        w->block[k].bytes = malloc(STREAM_BLOCK);
        if (w->packed) w->block[k].member = malloc(w->member_room);
        if (!w->block[k].bytes || (w->packed && !w->block[k].member)) return false;
    }
    return true;
}

static unsigned packers_of_host(void)
{
    long cpus = sysconf(_SC_NPROCESSORS_ONLN);

    return cpus <= 2 ? 1 : cpus > PACKERS_MOST ? PACKERS_MOST : (unsigned)cpus - 1;
}

static bool start_packers(struct stream_writer *w)
{
    unsigned most = packers_of_host();

    while (w->packers < most && !pthread_create(&w->packer[w->packers], NULL, pack_blocks, w)) w->packers++;
    return w->packers;
}

static void end_packers(struct stream_writer *w)
{
    pthread_mutex_lock(&w->lock);
    w->over = true;
    pthread_cond_broadcast(&w->moved);
    pthread_mutex_unlock(&w->lock);
    for (unsigned k = 0; k < w->packers; k++) pthread_join(w->packer[k], NULL);
}

/* NULL after an error line. */
static struct stream_writer *new_writer(const char *path, bool packed)
{
    struct stream_writer *w = calloc(1, sizeof *w);

    if (w) w->path = strdup(path);
    if (w) w->packed = packed;
    if (w && w->path && has_room(w)) {
        pthread_mutex_init(&w->lock, NULL);
        pthread_cond_init(&w->moved, NULL);
        return w;
    }
    p9_error("%s: the host has no memory for it", path);
    if (w) free_blocks(w);
    return NULL;
}

static struct stream_writer *begin_writer(struct stream_writer *w, int fd)
{
    w->fd = fd;
    if (fd >= 0 && start_packers(w)) return w;
    if (fd >= 0) p9_error("%s: the host has no thread for it", w->path);
    if (fd >= 0) close(fd);
    free_writer(w);
    return NULL;
}

struct stream_writer *stream_create(const char *path, bool packed)
{
    struct stream_writer *w = new_writer(path, packed);

    return w ? begin_writer(w, file_create(path)) : NULL;
}

struct stream_writer *stream_create_on(int fd, const char *path, bool packed)
{
    struct stream_writer *w = new_writer(path, packed);

    if (!w) close(fd);
    return w ? begin_writer(w, fd) : NULL;
}

bool stream_finish(struct stream_writer *w)
{
    int why;

    if (block_of(w, w->filled)->size) hand_over(w);
    end_packers(w);
    why = w->failed;
    if (close(w->fd) && !why) why = errno;
    if (why) p9_error("%s: cannot be written: %s; it ends early", w->path, strerror(why));
    free_writer(w);
    return !why;
}
