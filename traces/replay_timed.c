/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The model of the core in a replay.  It reads records, and from those of the trace it would learn what the arrays of
 * the recorded run held; so each block is put together anew, with its accesses as this replay's arrays translate them.
 *
 * Time is this model's own: a thread goes on where its last block ended, and idle cycles pass as they did.
 */
#include <stdlib.h>

#include "base/log.h"
#include "traces/replay_parts.h"

/* ---- blocks ---- */

void replay_begin_block(struct replay_thread *t)
{
    struct replay_block *b = t->block;

    b->records = b->accesses = b->open = b->kept = 0;
    t->story.reads = 0;
}

void replay_keep_record(struct replay_thread *t, const struct retire *r)
{
    struct replay_block *b = t->block;
    struct retire *to = &b->record[b->records++];

    *to = *r;
    to->access = (u16)b->open;
    if (r->kind != RETIRE_INSN) return;
    to->accesses = (u8)(b->accesses - b->open);
    b->open = b->accesses;
}

void replay_keep_access(struct replay_thread *t, const struct retire_access *a)
{
    struct replay_block *b = t->block;
    struct retire_access *to = &b->access[b->accesses++];

    *to = *a;
    to->read = t->story.reads;
    to->reads = 0;
}

void replay_keep_slot(struct replay_thread *t, const struct retire_access *a)
{
    unsigned store = a->flags & ACCESS_AS_STORE ? HOSTMAP_STORE : 0;
    struct retire_access *to = &t->block->access[t->block->accesses];

    replay_keep_access(t, a);
    to->by = TRANSLATED_BY_ERAT;
    to->page_shift = t->map.shift[store + (a->ea >> 12 & HOST_SLOT_MASK)];
}

void replay_keep_translated(struct replay_thread *t, const struct retire_access *a, u32 read)
{
    struct retire_access *to = &t->block->access[t->block->accesses];

    replay_keep_access(t, a);
    to->read = read;
    to->reads = (u8)(t->story.reads - read);
    to->by = t->story.by;
    to->page_shift = t->story.page_shift;
}

/* Idle cycles pass in the twin as here. */
static void take_for_twin(struct trace_replay *r, struct replay_thread *t, const struct retire_block *block, u64 cycles)
{
    struct retire_block same = *block;
    u64 free_cycles;

    same.time = t->twin_end + (block->time - t->end);
    free_cycles = timing_sink(r->twin)->take(timing_sink(r->twin), &same);
    t->end = block->time + cycles;
    t->twin_end = same.time + free_cycles;
    t->counters->cycles_walks_free += free_cycles;
}

void replay_time_block(struct trace_replay *r, struct replay_thread *t, const struct retire_block *block)
{
    const struct retire_block here = {.record = t->block->record,
                                      .access = t->block->access,
                                      .read = t->block->read,
                                      .count = t->block->records,
                                      .kept = t->block->kept,
                                      .order = block->order,
                                      .time = t->now};
    u64 cycles = timing_sink(r->timing)->take(timing_sink(r->timing), &here);

    if (r->twin) take_for_twin(r, t, &here, cycles);
    t->now += cycles;
    t->stall_cycles += cycles;
}

/* ---- opening ---- */

static void account_of(void *self, unsigned thread, struct timing_account *out)
{
    const struct trace_replay *r = self;

    *out = (struct timing_account){r->thread[thread].counters, r->thread[thread].walks};
}

static void account_unseen(void *self, unsigned thread, struct timing_account *out)
{
    struct trace_replay *r = self;

    (void)thread;
    *out = (struct timing_account){&r->unseen, &r->unseen_walks};
}

/* The parts that are as they were in the recorded run; the others begin empty. */
static bool warm(struct trace_replay *r, struct state_reader *arrays, const char *name)
{
    unsigned cold = 0, of_twin = 0;

    if (!arrays) return true;
    if (!timing_restore(r->timing, arrays, "core", &cold) ||
        (r->twin && !timing_restore(r->twin, arrays, "twin", &of_twin)))
        return p9_error("%s: cannot be replayed: %s", name, arrays->why);
    for (unsigned k = 0; k < TIMING_PARTS; k++)
        if ((cold | of_twin) >> k & 1) mmu_note_cold(&r->cold, timing_part_name((enum timing_part)k));
    return true;
}

static bool open_thread(struct trace_replay *r, struct replay_thread *t, const struct trace_thread *from)
{
    t->block = calloc(1, sizeof *t->block);
    if (!t->block) return false;
    t->story.read = t->block->read;
    t->now = t->stall_cycles = t->counted_cycles = from->cycles;
    timing_set_stream(r->timing, t->number, from->dscr);
    *timing_account(r->timing, t->number) = (struct timing_account){t->counters, t->walks};
    if (!r->twin) return true;
    timing_set_stream(r->twin, t->number, from->dscr);
    *timing_account(r->twin, t->number) = (struct timing_account){&r->unseen, &r->unseen_walks};
    return true;
}

bool replay_open_timing(struct trace_replay *r, const struct trace_start *start, struct state_reader *arrays,
                        const char *name)
{
    const struct timing_listener listener = {account_of, NULL, r}, seen_by_nobody = {account_unseen, NULL, r};

    r->timing = r->model.beside
                    ? timing_open_beside(r->model.beside->timing, &r->model.timing, &listener)
                    : timing_open(&r->model.timing, r->isa, start->cores, start->threads_per_core, &listener);
    if (r->timing && r->model.twin) r->twin = timing_open_twin(r->timing, &seen_by_nobody);
    if (!r->timing || (r->model.twin && !r->twin) || !warm(r, arrays, name)) return false;
    mmu_set_timed(r->mmus, true);
    for (unsigned k = 0; k < r->threads; k++)
        if (!open_thread(r, &r->thread[k], &start->thread[k]))
            return p9_error("%s: the host has no memory to replay it", name);
    return true;
}

void replay_close_timing(struct trace_replay *r)
{
    for (unsigned k = 0; r->thread && k < r->threads; k++) free(r->thread[k].block);
    timing_close(r->twin);
    timing_close(r->timing);
}
