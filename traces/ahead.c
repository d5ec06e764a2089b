/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See ahead.h.  A ring of copies: the reading thread fills, who asks empties, each side waits for the other.  A copy
 * that was handed out is filled again when the next one is asked for.
 */
#include "traces/ahead.h"

#include <pthread.h>
#include <stdlib.h>

#include "traces/block_copy.h"

enum { COPIES = 32 };

struct ahead {
    struct trace_source source, *from;
    pthread_mutex_t lock;
    pthread_cond_t moved;
    pthread_t thread;
    u64 filled, emptied; /* copies so far */
    bool holds;          /* the one at `emptied` is handed out */
    bool ended, closing, failed;
    struct block_copy copy[COPIES];
};

/* One copy more; false: the trace has ended, or nobody wants the rest. */
static bool fill(struct ahead *a)
{
    struct retire_block block;
    struct block_copy *to = &a->copy[a->filled % COPIES];
    bool ok = a->from->next(a->from, &block), wanted;

    if (ok && !block_copy(to, &block, 0, block.count)) {
        a->failed = true;
        ok = false;
    }
    pthread_mutex_lock(&a->lock);
    if (ok) a->filled++;
    while (a->filled - a->emptied == COPIES && !a->closing) pthread_cond_wait(&a->moved, &a->lock);
    a->ended = !ok;
    wanted = ok && !a->closing;
    pthread_cond_broadcast(&a->moved);
    pthread_mutex_unlock(&a->lock);
    return wanted;
}

static void *read_ahead(void *self)
{
    while (fill(self)) {
    }
    return NULL;
}

static bool next(struct trace_source *source, struct retire_block *block)
{
    struct ahead *a = (struct ahead *)source;
    bool is_there;

    pthread_mutex_lock(&a->lock);
    if (a->holds) {
        a->emptied++;
        a->holds = false;
        pthread_cond_broadcast(&a->moved);
    }
    while (a->filled == a->emptied && !a->ended) pthread_cond_wait(&a->moved, &a->lock);
    is_there = a->holds = a->filled != a->emptied;
    if (!is_there) source->failed = a->failed || a->from->failed;
    pthread_mutex_unlock(&a->lock);
    if (is_there) *block = a->copy[a->emptied % COPIES].block;
    return is_there;
}

static void free_all(struct ahead *a)
{
    for (unsigned k = 0; k < COPIES; k++) block_copy_free(&a->copy[k]);
    pthread_mutex_destroy(&a->lock);
    pthread_cond_destroy(&a->moved);
    free(a);
}

static void close_source(struct trace_source *source)
{
    struct ahead *a = (struct ahead *)source;

    pthread_mutex_lock(&a->lock);
    a->closing = true;
    pthread_cond_broadcast(&a->moved);
    pthread_mutex_unlock(&a->lock);
    pthread_join(a->thread, NULL);
    a->from->close(a->from);
    free_all(a);
}

struct trace_source *trace_ahead(struct trace_source *source)
{
    struct ahead *a = calloc(1, sizeof *a);

    if (!a) return source;
    a->source =
        (struct trace_source){.next = next, .close = close_source, .format = source->format, .lacks = source->lacks};
    a->from = source;
    pthread_mutex_init(&a->lock, NULL);
    pthread_cond_init(&a->moved, NULL);
    if (!pthread_create(&a->thread, NULL, read_ahead, a)) return &a->source;
    free_all(a);
    return source;
}
