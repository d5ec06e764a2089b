/* SPDX-License-Identifier: Apache-2.0 */
/* See timed.h.  A block is handed on in stretches: one ends where the context changes, and before an idle stretch. */
#include "traces/timed.h"

#include <stdlib.h>

#include "base/log.h"
#include "stats/counters.h"
#include "stats/walk_tally.h"

struct clock {
    u64 now;
    bool runs; /* it has begun */
};

struct timed {
    struct timing *timing;
    const struct trace_source *source;
    unsigned threads; /* of all cores */
    bool began;
    struct contexts contexts;
    struct trace_context context; /* of the stretch */
    struct counters counters;
    struct walk_tally tally;
    struct clock clock[CONTEXT_THREADS];
};

static void count_all(void *self, unsigned thread, struct timing_account *out)
{
    struct timed *t = self;

    (void)thread;
    *out = (struct timing_account){&t->counters, &t->tally};
}

struct timed *timed_open(const struct timing_config *config, const struct isa *isa, const struct trace_source *source,
                         unsigned cores, unsigned threads, const struct timing_listener *listener)
{
    struct timed *t = calloc(1, sizeof *t);
    const struct timing_listener sum = {.account = count_all, .self = t};

    if (!t) {
        p9_error("the host has no memory for a model of the core");
        return NULL;
    }
    t->source = source;
    t->threads = cores * threads;
    t->timing = timing_open(config, isa, cores, threads, listener ? listener : &sum);
    if (t->timing) return t;
    free(t);
    return NULL;
}

void timed_close(struct timed *t)
{
    if (!t) return;
    timing_close(t->timing);
    free(t);
}

/* ---- clocks ---- */

/* Where the block's time begins lies behind the idle stretch with which it begins. */
static void start_clock(struct clock *clock, const struct retire_block *block)
{
    const struct retire *first = block->record;
    u64 idle = first->kind == RETIRE_IDLE ? first->idle_cycles : 0;

    clock->runs = true;
    clock->now = block->time > idle ? block->time - idle : 0;
}

static void stand_still(struct clock *clock, u64 cycles)
{
    clock->now = cycles < TIMING_LATEST - clock->now ? clock->now + cycles : TIMING_LATEST;
}

/* ---- blocks ---- */

/* Records from one up to another, which are of one context. */
static void hand_on(struct timed *t, const struct retire_block *block, size_t from, size_t to)
{
    struct retire_block stretch = *block;
    struct retire_sink *sink = timing_sink(t->timing);
    struct clock *clock;
    u64 cycles;

    if (from == to) return;
    stretch.record += from;
    stretch.count = to - from;
    stretch.order += from;
    clock = &t->clock[retire_thread(&stretch)];
    stretch.time = clock->now;
    cycles = sink->take(sink, &stretch);
    stand_still(clock, cycles);
}

static void take_records(struct timed *t, const struct retire_block *block, struct clock *clock)
{
    size_t from = 0;
    bool fresh = true; /* no record has said yet whose the stretch is */

    for (size_t k = 0; k < block->count; k++) {
        const struct retire *r = &block->record[k];
        const struct trace_context *context;

        if (r->thread == RETIRE_NO_THREAD) continue;
        context = contexts_meet(&t->contexts, block, k);
        if (context->change != t->context.change || fresh || r->kind == RETIRE_IDLE) {
            hand_on(t, block, from, k);
            t->context = *context;
            from = k;
            fresh = false;
        }
        if (r->kind == RETIRE_IDLE) stand_still(clock, r->idle_cycles);
        contexts_pass(&t->contexts, block, k);
    }
    hand_on(t, block, from, block->count);
}

bool timed_take(struct timed *t, const struct retire_block *block)
{
    unsigned thread = retire_thread(block);
    struct clock *clock;

    if (thread >= t->threads || thread >= CONTEXT_THREADS)
        return p9_error("the trace has a thread %u; say how many there are with --cores and --threads", thread);
    if (!t->began) contexts_begin_at(&t->contexts, t->source);
    t->began = t->contexts.at_once = true; /* as accounts are in a run: who changes the context is of the new one */
    clock = &t->clock[thread];
    if (!clock->runs && block->count) start_clock(clock, block);
    take_records(t, block, clock);
    return true;
}

/* ---- what it knows ---- */

const struct trace_context *timed_context(const struct timed *t)
{
    return &t->context;
}

const struct counters *timed_counters(const struct timed *t)
{
    return &t->counters;
}

struct timing *timed_model(struct timed *t)
{
    return t->timing;
}
