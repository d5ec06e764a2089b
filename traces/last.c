/* SPDX-License-Identifier: Apache-2.0 */
/* See last.h. */
#include "traces/last.h"

#include <stdlib.h>

#include "base/log.h"

enum { ACCESSES = 2, ROOM_PER_INSN = 2, ROOM_BESIDES = 64 };
struct kept {
    struct retire record;
    u32 word;
    u16 row;
    u64 order;
    struct trace_context context;
    struct retire_access access[ACCESSES];
};

struct last {
    struct retire_sink sink;
    struct contexts contexts;
    u64 records; /* that were kept so far, older ones overwritten */
    unsigned count, room;
    struct kept kept[];
};

static void keep(struct last *l, const struct trace_context *context, const struct retire_block *block, size_t k)
{
    struct kept *to = &l->kept[l->records++ % l->room];
    const struct retire *r = &block->record[k];

    *to = (struct kept){.record = *r, .order = block->order + k, .context = *context};
    if (r->kind != RETIRE_INSN) return;
    to->word = r->facts->word;
    to->row = r->facts->row;
    if (to->record.accesses > ACCESSES) to->record.accesses = ACCESSES;
    for (unsigned n = 0; n < to->record.accesses; n++) {
        to->access[n] = block->access[r->access + n];
        to->access[n].reads = 0;
    }
}

static u64 take(struct retire_sink *sink, const struct retire_block *block)
{
    struct last *l = container_of(sink, struct last, sink);
    size_t first = block->count > l->room ? block->count - l->room : 0;

    for (size_t k = 0; k < block->count; k++) {
        const struct retire *r = &block->record[k];
        const struct trace_context *context = contexts_meet(&l->contexts, block, k);

        if (k >= first && r->kind != RETIRE_CONTEXT) keep(l, context, block, k);
        contexts_pass(&l->contexts, block, k);
    }
    return 0;
}

struct last *last_open(unsigned count)
{
    unsigned room = count * ROOM_PER_INSN + ROOM_BESIDES;
    struct last *l = calloc(1, sizeof *l + room * sizeof l->kept[0]);

    if (!l) {
        p9_error("the host has no memory for the last %u instructions", count);
        return NULL;
    }
    l->sink.take = take;
    l->count = count;
    l->room = room;
    return l;
}

struct retire_sink *last_sink(struct last *l)
{
    return &l->sink;
}

void last_begin(struct last *l, unsigned thread, const struct retire *context)
{
    contexts_begin(&l->contexts, thread, context);
}

/* The oldest record that is wanted, and how many instructions come from there on. */
static u64 first_of(const struct last *l, u64 *insns)
{
    u64 at = l->records, oldest = l->records > l->room ? l->records - l->room : 0;

    for (*insns = 0; at > oldest && *insns < l->count; at--)
        *insns += l->kept[(at - 1) % l->room].record.kind == RETIRE_INSN;
    return at;
}

static void show_one(struct show *s, const struct kept *kept)
{
    const struct insn_facts facts = {.word = kept->word, .row = kept->row};
    struct retire record = kept->record;
    const struct retire_block block = {.record = &record, .access = kept->access, .count = 1, .order = kept->order};
    struct thread_context *t = &s->picker.contexts.thread[contexts_thread(&record)];

    *t = (struct thread_context){.now = kept->context, .order = kept->order - 1};
    if (record.kind == RETIRE_INSN) {
        record.facts = &facts;
        record.access = 0;
    }
    if (!show_block(s, &block)) return; /* whatever can be shown was */
}

void last_show(const struct last *l, const struct show *how)
{
    struct show *s = malloc(sizeof *s);
    u64 at, insns;

    if (!s) return;
    *s = *how;
    s->count = ~0ULL;
    for (at = first_of(l, &insns); at < l->records; at++) show_one(s, &l->kept[at % l->room]);
    free(s);
}

void last_close(struct last *l)
{
    free(l);
}
