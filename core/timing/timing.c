/* SPDX-License-Identifier: Apache-2.0 */
/* The model as a whole: it is opened, gets blocks of records, and answers with cycles; see timing.h. */
#include "core/timing/timing.h"

#include <stdlib.h>

#include "base/assert.h"
#include "base/log.h"
#include "core/timing/pipeline.h"
#include "mmu/story.h"
#include "stats/counters.h"

/* ---- opening ---- */

struct bound {
    const char *name;
    u32 value, least, most;
};

/* What is fetched anew goes through the front end. */
static bool behind_front(const char *name, u32 cycles, const struct timing_config *c)
{
    return cycles >= c->front_cycles ||
           p9_error("%s: %u is less than front_cycles = %u, which a refetch takes in any case", name, cycles,
                    c->front_cycles);
}

/* The most that one instruction takes, so that each thread's share has room for it. */
enum { ICT_LEAST = 16 };

bool timing_config_is_sane(const struct timing_config *c, unsigned threads)
{
    const struct bound bounds[] = {
        {"fetch_width", c->fetch_width, 1, 8},
        {"fetch_block", c->fetch_block, 32, LINE_BYTES},
        {"fetch_queue", c->fetch_queue, 8, LSU_QUEUE_MOST - 1},
        {"front_cycles", c->front_cycles, 1, 64},
        {"dispatch_slots", c->dispatch_slots, 1, DISPATCH_SLOTS},
        {"complete_width", c->complete_width, 1, 64},
        {"ict_entries", c->ict, ICT_LEAST * threads, ICT_MOST - 64},
        {"issue_queue", c->issue_queue, 8, ISSUE_QUEUE_MOST},
        {"load_queue", c->load_queue, 8, LSU_QUEUE_MOST - 1},
        {"store_queue", c->store_queue, 8, LSU_QUEUE_MOST - 1},
        {"mispredict_cycles", c->mispredict_cycles, 1, 1000},
        {"flush_cycles", c->flush_cycles, 1, 1000},
        {"interrupt_cycles", c->interrupt_cycles, 1, 10000},
        {"erat_miss_queue", c->erat_misses, 1, ROOM_MAX},
        {"data_walkers", c->data_walkers, 1, ROOM_MAX},
        {"fetch_walkers", c->fetch_walkers, 1, ROOM_MAX},
    };

    for (unsigned k = 0; k < ARRAY_SIZE(bounds); k++) {
        const struct bound *b = &bounds[k];
        if (b->value < b->least || b->value > b->most)
            return p9_error("%s = %u: give %u to %u", b->name, b->value, b->least, b->most);
    }
    if (c->fetch_block & (c->fetch_block - 1)) return p9_error("fetch_block: %u: give 32, 64 or 128", c->fetch_block);
    return behind_front("mispredict_cycles", c->mispredict_cycles, c) &&
           behind_front("flush_cycles", c->flush_cycles, c) &&
           behind_front("interrupt_cycles", c->interrupt_cycles, c) && memory_config_is_sane(&c->memory) &&
           branch_config_is_sane(&c->branch);
}

void core_share(struct timing_core *core, u32 sharers)
{
    const struct timing_config *c = &core->timing->config;

    core->sharers = sharers;
    core->lightly = sharers == 1 && !core->timing->watcher.step && c->dispatch_slots >= OP_SLOTS_FEW;
    core->ict = c->ict / sharers;
    core->issue_queue = c->issue_queue / sharers;
    core->load_queue = c->load_queue / sharers;
    core->store_queue = c->store_queue / sharers;
}

static bool open_core(struct timing *t, u32 number)
{
    const struct timing_config *c = &t->config;
    struct timing_core *core = &t->core[number];

    core->timing = t;
    core->number = number;
    core->branches = branch_open(&c->branch);
    if (!core->branches) return false;
    units_reset(&core->units, c->dispatch_slots);
    room_reset(&core->data_walkers, c->data_walkers);
    room_reset(&core->fetch_walkers, c->fetch_walkers);
    booking_reset(&core->fetches, 1000);
    core_share(core, 1);
    for (u32 k = 0; k < LANES_OF_CORE; k++) {
        struct lane *l = &core->lane[k];
        l->core = core;
        l->in_core = k;
        l->leave = units_leave(k);
        l->thread = number * t->threads + k;
        l->line = ~0ULL;
        l->redirect = CPI_noslot_fetch;
        room_reset(&l->erat_misses, c->erat_misses);
    }
    return true;
}

static struct timing *given_up(struct timing *t)
{
    timing_close(t);
    return NULL;
}

static u64 take(struct retire_sink *sink, const struct retire_block *block);

struct timing *timing_open(const struct timing_config *config, const struct isa *isa, unsigned cores, unsigned threads,
                           const struct timing_listener *listener)
{
    struct timing *t;

    if (!timing_config_is_sane(config, threads)) return NULL;
    t = calloc(1, sizeof *t);
    if (t) t->core = calloc(cores, sizeof *t->core);
    if (!t || !t->core) {
        p9_error("the host has no memory for the model of %u cores", cores);
        return given_up(t);
    }
    t->sink.take = take;
    t->config = *config;
    t->listener = *listener;
    t->own_ops.isa = isa;
    t->ops = &t->own_ops;
    t->threads = threads;
    t->memory = memory_open(&config->memory, cores);
    if (!t->memory) return given_up(t);
    for (t->cores = 0; t->cores < cores; t->cores++)
        if (!open_core(t, t->cores)) return given_up(t);
    return t;
}

struct timing *timing_open_beside(const struct timing *of, const struct timing_config *config,
                                  const struct timing_listener *listener)
{
    struct timing *beside = timing_open(config, of->own_ops.isa, of->cores, of->threads, listener);

    if (beside) beside->ops = of->ops; /* facts have one annotation */
    return beside;
}

struct timing *timing_open_twin(const struct timing *of, const struct timing_listener *listener)
{
    struct timing_config config = of->config;

    config.walk_free = true;
    return timing_open_beside(of, &config, listener);
}

void timing_close(struct timing *t)
{
    if (!t) return;
    for (u32 k = 0; t->core && k < t->cores; k++) branch_close(t->core[k].branches);
    memory_close(t->memory);
    ops_close(&t->own_ops);
    free(t->core);
    free(t);
}

struct retire_sink *timing_sink(struct timing *t)
{
    return &t->sink;
}

struct memory_space timing_cache_space(const struct timing *t, enum served_by cache)
{
    return memory_space_of(t->memory, cache);
}

static void tell_from_now(struct lane *l)
{
    l->told = l->complete_at;
    l->walk_told = l->walk_exposed;
}

void timing_watch(struct timing *t, const struct timing_watcher *watcher)
{
    t->watcher = *watcher;
    for (u32 k = 0; k < t->cores; k++) {
        core_share(&t->core[k], t->core[k].sharers);
        for (u32 n = 0; n < LANES_OF_CORE; n++) tell_from_now(&t->core[k].lane[n]);
    }
}

/* ---- blocks ---- */

/* Asked whenever so many cycles have passed, wherever blocks begin; a thread counts as running for so long after its
 * last completion. */
enum { SHARE_CYCLES = 256, STILL_RUNS = 1024 };

void lane_count_sharers(struct lane *l)
{
    struct timing_core *core = l->core;
    u32 sharers = 1;

    l->share_at = l->complete_at + SHARE_CYCLES;
    for (u32 k = 0; k < core->timing->threads; k++) {
        const struct lane *other = &core->lane[k];
        sharers += other != l && other->number && other->complete_at + STILL_RUNS > l->complete_at;
    }
    if (sharers != core->sharers) core_share(core, sharers);
}

/* The thread has stood still, or nobody kept time, until `now`. */
static void move_to(struct lane *l, u64 now)
{
    if (now <= l->complete_at) return;
    l->complete_at = l->told = now;
    l->complete_used = 0;
    l->dispatch_at = later(l->dispatch_at, now);
    l->next_fetch = later(l->next_fetch, now);
}

/* What is no instruction. */
static void read_other(struct lane *l, const struct retire *r)
{
    struct timing *t = l->core->timing;

    switch ((enum retire_kind)r->kind) {
    case RETIRE_INTERRUPT:
    case RETIRE_EVENT_BRANCH: front_restart(l, l->complete_at + t->config.interrupt_cycles, CPI_stall_exception); break;
    case RETIRE_DMA: memory_dma(t->memory, r->dma.ra, r->dma.bytes, r->dma.write); break;
    case RETIRE_STREAM: memory_set_stream(t->memory, l->core->number, l->in_core, r->dscr); break;
    default: break;
    }
}

/* What was counted since the block began belongs to the thread's account. */
static void count_cycles(struct lane *l)
{
    u64 *cell = &l->account.counters->cpi_completed;

    for (unsigned k = 0; k < CPI_COUNT; k++) {
        cell[k] += l->cpi[k];
        l->cpi[k] = 0;
    }
}

/* NULL: the model has no such thread. */
static struct lane *lane_of(struct timing *t, const struct retire_block *block)
{
    unsigned thread = retire_thread(block);

    if (thread >= t->cores * t->threads) return NULL;
    return &t->core[thread / t->threads].lane[thread % t->threads];
}

void timing_charged(struct timing *t, unsigned thread, u32 accesses)
{
    t->core[thread / t->threads].lane[thread % t->threads].charged = accesses;
}

static u64 take(struct retire_sink *sink, const struct retire_block *block)
{
    struct timing *t = container_of(sink, struct timing, sink);
    struct lane *l = lane_of(t, block);
    u64 begins = block->time < TIMING_LATEST ? block->time : TIMING_LATEST;

    if (!l) return 0;
    l->before = l->account;
    t->listener.account(t->listener.self, l->thread, &l->account);
    if (!l->before.counters) l->before = l->account; /* the first one */
    move_to(l, begins);
    pipeline_place(l, block, read_other);
    l->charged = 0;
    count_cycles(l);
    return l->complete_at - begins;
}

/* ---- warming ---- */

static void warm_walk(struct lane *l, const struct retire_access *a, const struct retire_block *block, u64 now)
{
    const struct timing *t = l->core->timing;

    for (unsigned k = 0; k < a->reads; k++) {
        const struct walk_read *read = &block->read[a->read + k];

        if (read->source != WALK_FROM_STORAGE) continue;
        memory_table_read(t->memory, l->core->number, read->step.entry_ra, now);
        if (t->config.pte_prefetch && k + 1 == a->reads)
            memory_table_prefetch(t->memory, l->core->number, read->step.entry_ra, now);
    }
}

static void warm_access(struct lane *l, const struct retire_access *a, const struct retire_block *block, u64 now)
{
    struct memory_system *memory = l->core->timing->memory;

    if (a->by == TRANSLATED_BY_WALK) warm_walk(l, a, block, now);
    if (a->flags & (ACCESS_REFUSED | ACCESS_INHIBITED) || a->kind == ACCESSED_FETCH || a->kind >= ACCESSED_CACHE)
        return;
    if (a->flags & ACCESS_AS_STORE) memory_store(memory, l->core->number, a->ra, now);
    else memory_load(memory, l->core->number, l->in_core, a->ra, now);
}

static void warm_instruction(struct lane *l, const struct retire *r, const struct retire_block *block, u64 now)
{
    struct timing *t = l->core->timing;
    struct op scratch;
    const struct op *op = ops_find(t->ops, r->facts, r->facts->learned, &scratch);

    if (r->ra != ~0ULL && line_of(r->ra) != l->line) memory_fetch(t->memory, l->core->number, r->ra, now);
    l->line = line_of(r->ra);
    for (unsigned k = 0; k < r->accesses; k++) warm_access(l, &block->access[r->access + k], block, now);
    if (op->kind == OP_BRANCH) front_predict(l, op, r);
}

void timing_set_stream(struct timing *t, unsigned thread, u64 dscr)
{
    memory_set_stream(t->memory, thread / t->threads, thread % t->threads, dscr);
}

void timing_warm(struct timing *t, const struct retire_block *block)
{
    struct lane *l = lane_of(t, block);

    for (size_t k = 0; l && k < block->count; k++) {
        const struct retire *r = &block->record[k];

        if (r->kind == RETIRE_INSN) warm_instruction(l, r, block, block->time + k);
        else if (r->kind == RETIRE_DMA || r->kind == RETIRE_STREAM) read_other(l, r);
    }
}
