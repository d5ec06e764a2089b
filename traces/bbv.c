/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Basic-block vectors, in the format that SimPoint 3.2 reads and valgrind's exp-bbv writes: a line for each interval,
 *
 *     T:1:1024 :2:30 :7:8946
 *
 * with the number of each block that ran in it and how many of the interval's instructions were of that block; these
 * sum to the interval.  A block is what was run from one address on, by one context, until control went elsewhere than
 * to the next word, or a branch was there.  Numbers go up from 1 as blocks appear, so a trace that goes on further says
 * the same of its beginning.  Behind the vectors comments name the blocks.
 *
 * Instructions of all hardware threads count.  One that did not complete does not.
 */
#include <stdlib.h>

#include "base/hash.h"
#include "base/log.h"
#include "base/power.h"
#include "traces/export.h"

enum { BLOCKS_MOST = 1 << 20 }; /* what comes later shares a number */

struct bb_key {
    u64 address;
    u32 lpid, pid, partition, level;
};
struct bb {
    struct bb_key key;
    u64 count; /* instructions in this interval */
};
struct bb_thread { /* where its block goes on */
    u64 next;
    u32 change; /* the context that it is of */
    u32 row;    /* its block */
    bool open;
};
struct bbv {
    struct exporter exporter;
    struct output *to;
    u64 interval, taken; /* of the interval */
    struct bb *list;     /* [0]: those that found no room */
    u32 *touched;        /* rows that the interval has, in order of appearance */
    u32 count, room, touches;
    struct hash_index index;
    bool starved;
    struct bb_thread thread[CONTEXT_THREADS];
};

/* ---- blocks ---- */

static u64 hash_of(const struct bb_key *k)
{
    u64 hash = hash_mix(k->address, (u64)k->lpid << 32 | k->pid);

    return hash_mix(hash, (u64)k->partition << 32 | k->level);
}
static u64 hash_of_listed(const void *self, u32 row)
{
    return hash_of(&((const struct bbv *)self)->list[row].key);
}
static bool is_key(const void *self, u32 row, const void *key)
{
    const struct bb_key *a = &((const struct bbv *)self)->list[row].key, *b = key;

    return a->address == b->address && a->lpid == b->lpid && a->pid == b->pid && a->partition == b->partition &&
           a->level == b->level;
}

static bool grow(struct bbv *v)
{
    u32 room = v->room ? 2 * v->room : 4096;
    struct bb *list = realloc(v->list, room * sizeof *list);
    u32 *touched;

    if (!list) return false;
    v->list = list;
    touched = realloc(v->touched, room * sizeof *touched);
    if (!touched) return false;
    v->touched = touched;
    v->room = room;
    return true;
}

/* Row 0 if there is no room for one more. */
static u32 row_of(struct bbv *v, const struct bb_key *key)
{
    u64 hash = hash_of(key);
    u32 row = hash_find(&v->index, hash, is_key, v, key);

    if (row != HASH_NONE) return row;
    if (v->starved || v->count > BLOCKS_MOST || (v->count == v->room && !grow(v)) ||
        !hash_room(&v->index, v->count, hash_of_listed, v)) {
        v->starved = true;
        return 0;
    }
    row = v->count++;
    v->list[row] = (struct bb){.key = *key};
    hash_add(&v->index, hash, row);
    return row;
}

/* A program's addresses are of its PID; the upper half, and real mode, of every one. */
static u32 pid_of(const struct trace_context *c, u64 address)
{
    return !(address >> 62) && (!c->msr || c->msr & MSR_IR) ? c->pid : 0;
}

/* ---- vectors ---- */

/* Row 0 is the last. */
static int by_row(const void *a, const void *b)
{
    u32 x = *(const u32 *)a - 1, y = *(const u32 *)b - 1;

    return x < y ? -1 : x > y;
}

/* Row 0 goes behind the last number that a block can have. */
static u32 number_of(u32 row)
{
    return row ? row : BLOCKS_MOST + 1;
}

static void put_vector(struct bbv *v)
{
    output_text(v->to, "T");
    qsort(v->touched, v->touches, sizeof *v->touched, by_row);
    for (u32 k = 0; k < v->touches; k++) {
        struct bb *b = &v->list[v->touched[k]];
        char *from = output_room(v->to, 48), *at = from;

        *at++ = ':';
        at = output_decimal(at, number_of(v->touched[k]));
        *at++ = ':';
        at = output_decimal(at, b->count);
        *at++ = k + 1 < v->touches ? ' ' : '\n';
        output_take(v->to, (size_t)(at - from));
        b->count = 0;
    }
    v->touches = 0;
    v->taken = 0;
}

static void count(struct bbv *v, u32 row)
{
    if (!v->list[row].count++) v->touched[v->touches++] = row;
    if (++v->taken == v->interval) put_vector(v);
}

static void take(struct exporter *e, const struct export_insn *i)
{
    struct bbv *v = (struct bbv *)e;
    const struct retire *r = i->record;
    struct bb_thread *t = &v->thread[r->thread < CONTEXT_THREADS ? r->thread : CONTEXT_THREADS - 1];

    if (!retire_completed(r)) return;
    if (!t->open || r->cia != t->next || i->context->change != t->change) {
        const struct trace_context *c = i->context;
        const struct bb_key key = {r->cia, context_lpid(c), pid_of(c, r->cia), c->partition, c->level};

        t->row = row_of(v, &key);
        t->change = c->change;
    }
    t->open = r->nia == r->cia + 4 && !(r->facts->is & IS_BRANCH);
    t->next = r->nia;
    count(v, t->row);
}

/* ---- beginning and end ---- */

static void put_names(struct bbv *v)
{
    for (u32 row = 1; row < v->count; row++) {
        const struct bb_key *k = &v->list[row].key;

        output_text(v->to, "# block %u: 0x%016llx, level %u, LPID %u, PID %u, partition %u\n", row,
                    (unsigned long long)k->address, k->level, k->lpid, k->pid, k->partition);
    }
    if (v->starved) output_text(v->to, "# block %u: all others\n", number_of(0));
}

static bool finish(struct exporter *e)
{
    struct bbv *v = (struct bbv *)e;

    if (v->touches) put_vector(v);
    put_names(v);
    if (v->starved)
        p9_error("the trace has more than %u basic blocks: those that came later are one block, number %u",
                 v->count - 1, number_of(0));
    free(v->list);
    free(v->touched);
    hash_close(&v->index);
    free(v);
    return true;
}

struct exporter *export_bbv(struct output *to, u64 interval)
{
    struct bbv *v = calloc(1, sizeof *v);

    if (!v || !grow(v)) {
        if (v) free(v->list);
        free(v);
        p9_error("the host has no memory for basic blocks");
        return NULL;
    }
    v->exporter = (struct exporter){.take = take, .finish = finish};
    v->to = to;
    v->interval = interval;
    v->list[v->count++] = (struct bb){0};
    return &v->exporter;
}
