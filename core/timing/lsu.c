/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Loads, stores and what translates their addresses.
 *
 * An ERAT miss takes an entry of the ERAT miss queue, asks the TLB, and if that fails, waits for a walker, which reads
 * the table entries that it needs one after the other, from the L2 or beyond; the access then begins anew.  Accesses to
 * other pages go on meanwhile; one to a page whose translation is under way waits for it.
 *
 * A load that meets a store in the queue gets its bytes from there if the store has all of them, and waits until the
 * store has left the queue otherwise.  A store finishes without having written anything: that happens when it has
 * completed, and its entry of the store queue is taken until then.
 */
#include "core/timing/lane.h"
#include "mmu/story.h"
#include "stats/counters.h"
#include "stats/hot.h"
#include "stats/walk_tally.h"

/* ---- translation ---- */

static void count_read(struct lane *l, const struct walk_step *s, u64 cycles, enum served_by from)
{
    static const u8 served[SERVED_COUNT] = {[SERVED_L1] = WALK_SERVED_L2,
                                            [SERVED_L2] = WALK_SERVED_L2,
                                            [SERVED_L3] = WALK_SERVED_L3,
                                            [SERVED_OTHER] = WALK_SERVED_OTHER,
                                            [SERVED_MEMORY] = WALK_SERVED_MEMORY};
    struct walk_tally *t = l->account.tally;
    enum walk_served by = (enum walk_served)served[from];

    if (s->kind == WALK_PATE) {
        t->partition_table_cycles += cycles;
        t->partition_table_served[by]++;
    } else if (s->kind == WALK_PTEG) {
        t->group_cycles += cycles;
        t->group_served[by]++;
    } else {
        t->cycles[walk_row(s)][walk_column(s)] += cycles;
        t->served[by][walk_row(s)][walk_column(s)]++;
    }
    l->account.counters->walk_reads_l2 += by == WALK_SERVED_L2;
    l->account.counters->walk_reads_l3 += by == WALK_SERVED_L3;
    l->account.counters->walk_reads_other += by == WALK_SERVED_OTHER;
    l->account.counters->walk_reads_memory += by == WALK_SERVED_MEMORY;
}

/* The steps of a walk for the segment of a hashed page stand before those for the page. */
static unsigned segment_steps_of(const struct walk_read *read, unsigned count)
{
    unsigned last = 0;

    for (unsigned k = 0; k < count; k++)
        if (walk_is_for_segment(&read[k].step, last)) last = k + 1;
    return last;
}

struct walked {
    u64 done, segment_cycles;
    u32 reads; /* segment tables left out */
};

/* The entry that a walk ends with is mostly the page's, and the entries of the pages behind it lie behind it. */
static void prefetch_entries(const struct timing_core *core, const struct walk_read *read, unsigned count, u64 when)
{
    const struct timing *t = core->timing;

    if (likely(!t->config.pte_prefetch) || t->config.walk_free || !count) return;
    if (read[count - 1].source == WALK_FROM_STORAGE)
        memory_table_prefetch(t->memory, core->number, read[count - 1].step.entry_ra, when);
}

/* One after the other, beginning in cycle `when`. */
static struct walked read_tables(struct lane *l, const struct retire_access *a, const struct retire_block *block,
                                 u64 when)
{
    const struct walk_read *read = &block->read[a->read];
    unsigned segment = segment_steps_of(read, a->reads);
    struct walked w = {.done = when};

    for (unsigned k = 0; k < a->reads; k++) {
        struct memory_answer line;

        if (read[k].source != WALK_FROM_STORAGE) continue;
        w.reads += k >= segment;
        if (l->core->timing->config.walk_free) continue;
        line = memory_table_read(l->core->timing->memory, l->core->number, read[k].step.entry_ra, w.done);
        if (k < segment) w.segment_cycles += line.when - w.done;
        else count_read(l, &read[k].step, line.when - w.done, line.from);
        w.done = line.when;
    }
    l->account.counters->segment_cycles += w.segment_cycles;
    prefetch_entries(l->core, read, a->reads, w.done);
    return w;
}

/* Of the page that was translated, 0: of none. */
static u8 page_shift_of(const struct retire_access *a)
{
    return a->page_shift < 64 ? a->page_shift : 0;
}

static void tell_walk(struct lane *l, const struct retire *r, const struct retire_access *a, u64 cycles, u32 reads,
                      bool fetch)
{
    const struct timing_listener *listener = &l->core->timing->listener;

    l->account.counters->walk_cycles += cycles;
    if (!listener->walk) return;
    listener->walk(
        listener->self, l->thread, r->cia,
        &(struct hot_walk){.ea = a->ea, .cycles = cycles, .reads = reads, .shift = page_shift_of(a), .fetch = fetch});
}

static u64 walk(struct lane *l, const struct retire *r, const struct retire_access *a, const struct retire_block *block,
                u64 when, bool fetch, struct moments *m)
{
    struct timing_core *core = l->core;
    struct room *walkers = fetch ? &core->fetch_walkers : &core->data_walkers;
    u64 start = when;
    struct walked walked;
    u32 walker;

    walker = room_find(walkers, &start);
    l->account.counters->walker_waits += start > when;
    walked = read_tables(l, a, block, start);
    room_hold(walkers, walker, start, walked.done);
    tell_walk(l, r, a, walked.done - start - walked.segment_cycles, walked.reads, fetch);
    m->walk_from = start;
    m->walk_to = walked.done;
    return walked.done;
}

/* The instruction that changes who runs is counted for whom it leaves to; but its fetch walked before that, and the MMU
 * has counted the walk for whom it leaves. */
static u64 walk_for_whom(struct lane *l, const struct retire *r, const struct retire_access *a,
                         const struct retire_block *block, u64 when, bool fetch, struct moments *m)
{
    struct timing_account now = l->account;
    u64 done;

    if ((size_t)(a - block->access) < block->kept) l->account = l->before;
    done = walk(l, r, a, block, when, fetch, m);
    l->account = now;
    return done;
}

/* A younger instruction may ask in an earlier cycle than the one that was placed with the miss: then it began that
 * early. */
static u64 wait_for_pending(struct lane *l, const struct retire_access *a, u64 when)
{
    for (unsigned k = 0; k < PENDING; k++) {
        struct pending *p = &l->pending[k];
        if (p->ready <= when || a->ea >> p->shift != p->page) continue;
        l->account.counters->walks_merged++;
        l->account.counters->translation_cycles += p->from - (p->from < when ? p->from : when);
        p->from = p->from < when ? p->from : when;
        return p->ready;
    }
    return when;
}

static void note_pending(struct lane *l, const struct retire_access *a, u64 from, u64 ready)
{
    u8 shift = page_shift_of(a) ? page_shift_of(a) : 12;

    l->pending[l->pending_at++ % PENDING] = (struct pending){a->ea >> shift, from, ready, shift};
    l->pending_until = later(l->pending_until, ready);
}

u64 lsu_translate(struct lane *l, const struct retire *r, const struct retire_access *a,
                  const struct retire_block *block, u64 when, bool fetch, struct moments *m)
{
    u64 start = when, done;
    u32 entry;

    m->missed = m->walk_from = m->walk_to = 0;
    if (unlikely(l->charged) && a < block->access + l->charged) return when;
    if (a->by <= TRANSLATED_BY_ERAT) return when < l->pending_until ? wait_for_pending(l, a, when) : when;
    if (a->by == TRANSLATED_REAL) return when;
    entry = room_find(&l->erat_misses, &start);
    m->missed = start;
    done = start + l->core->timing->config.tlb_hit_cycles;
    if (a->by == TRANSLATED_BY_WALK) done = walk_for_whom(l, r, a, block, done, fetch, m);
    room_hold(&l->erat_misses, entry, start, done);
    l->account.counters->translation_cycles += done - when;
    note_pending(l, a, when, done);
    return done;
}

void lsu_waited(struct lane *l, const struct retire *r, const struct retire_block *block)
{
    struct moments m;

    for (const struct retire_access *a = &block->access[r->access], *end = a + r->accesses; a < end; a++)
        if (a->by > TRANSLATED_BY_ERAT) lsu_translate(l, r, a, block, l->complete_at, a->kind == ACCESSED_FETCH, &m);
}

/* ---- loads ---- */

static void count_source(struct lane *l, const struct memory_answer *data, struct moments *m)
{
    static const u8 stall[SERVED_COUNT] = {[SERVED_L1] = CPI_stall_load_finish,
                                           [SERVED_L2] = CPI_stall_dmiss_l2l3,
                                           [SERVED_L3] = CPI_stall_dmiss_l2l3,
                                           [SERVED_OTHER] = CPI_stall_dmiss_l21_l31,
                                           [SERVED_MEMORY] = CPI_stall_dmiss_lmem};
    struct counters *c = l->account.counters;

    m->stall = data->queued ? CPI_stall_lmq_full : stall[data->from];
    c->l1d_miss++;
    c->data_from_l2 += data->from <= SERVED_L2;
    c->data_from_l3 += data->from == SERVED_L3;
    c->data_from_other += data->from == SERVED_OTHER;
    c->data_from_memory += data->from == SERVED_MEMORY;
}

/* The data of a line, asked for in cycle `when`. */
inline_hot u64 load_line(struct lane *l, u64 ra, u64 when, struct moments *m)
{
    struct timing *t = l->core->timing;
    struct memory_answer data = memory_load(t->memory, l->core->number, l->in_core, ra, when);

    if (unlikely(data.when > when + t->memory->l1d_cycles || data.from != SERVED_L1)) count_source(l, &data, m);
    return data.when;
}

/* A store that is still in the queue in cycle `when` has bytes of it. */
static u64 from_store(struct lane *l, const struct forward *f, const struct retire_access *a, u64 when, u64 loaded,
                      struct moments *m)
{
    const struct timing_config *c = &l->core->timing->config;
    u64 granule = a->ra >> FORWARD_SHIFT, last = (a->ra + a->size - 1) & ((1 << FORWARD_SHIFT) - 1), ready;
    u64 first = a->ra & ((1 << FORWARD_SHIFT) - 1);
    bool one_granule = (a->ra + a->size - 1) >> FORWARD_SHIFT == granule;

    if (one_granule && (first > f->last || last < f->first)) return loaded; /* other bytes */
    if (one_granule && first >= f->first && last <= f->last) {
        ready = later(f->ready, when) + c->store_forward_cycles;
        l->account.counters->store_forwards++;
        m->stall = CPI_stall_st_fwd;
        return ready;
    }
    ready = f->drained + c->load_hit_store_cycles;
    l->account.counters->load_hit_store++;
    m->stall = CPI_stall_lhs;
    return later(loaded, ready);
}

inline_hot u64 forwarded(struct lane *l, const struct retire_access *a, u64 when, u64 loaded, struct moments *m)
{
    const struct forward *f = &l->forward[(a->ra >> FORWARD_SHIFT) % FORWARDS];

    if (likely(f->granule != a->ra >> FORWARD_SHIFT || f->drained <= when)) return loaded;
    return from_store(l, f, a, when, loaded, m);
}

/* Devices, and storage that is not cached: one after the other. */
static u64 access_device(struct lane *l, u64 when, struct moments *m)
{
    m->stall = CPI_stall_io;
    return l->io_done = later(when, l->io_done) + l->core->timing->config.io_cycles;
}

static u64 load_access(struct lane *l, const struct retire *r, const struct retire_access *a,
                       const struct retire_block *block, u64 when, struct moments *m)
{
    u64 done;

    if (unlikely(a->by > TRANSLATED_BY_ERAT || when < l->pending_until)) {
        when = lsu_translate(l, r, a, block, when, false, m);
        m->translated = later(m->translated, when);
    }
    if (unlikely(a->flags & (ACCESS_REFUSED | ACCESS_INHIBITED)))
        return a->flags & ACCESS_REFUSED ? when : access_device(l, when, m);
    done = forwarded(l, a, when, load_line(l, a->ra, when, m), m);
    if (unlikely(a->size && (a->ra & (LINE_BYTES - 1)) + a->size > LINE_BYTES))
        done = later(done, load_line(l, a->ra + a->size - 1, when, m) + 1);
    return done;
}

/* The accesses of an instruction but its fetch. */
#define EACH_DATA_ACCESS(a, r, block)                                                                                  \
    for (const struct retire_access *a = &(block)->access[(r)->access], *end_of_##a = a + (r)->accesses;               \
         a < end_of_##a; a++)                                                                                          \
        if (a->kind != ACCESSED_FETCH)

void lsu_load(struct lane *l, const struct op *op, const struct retire *r, const struct retire_block *block,
              struct moments *m)
{
    u64 when = m->issue, behind = lsu_behind_data(op), done = 0;

    EACH_DATA_ACCESS(a, r, block)
    {
        if (a->kind == ACCESSED_HINT) continue;
        done = later(done, load_access(l, r, a, block, when, m));
        when++; /* those of a multiple follow each other */
    }
    if (!done) return;
    m->finish = done + behind;
    l->loads_done = later(l->loads_done, done);
}

/* ---- stores ---- */

void lsu_store(struct lane *l, const struct op *op, const struct retire *r, const struct retire_block *block,
               struct moments *m)
{
    (void)op;
    EACH_DATA_ACCESS(a, r, block)
    {
        u64 when;

        m->store |= !(a->flags & ACCESS_REFUSED) && a->kind != ACCESSED_HINT;
        if (likely(a->by <= TRANSLATED_BY_ERAT && m->issue >= l->pending_until)) continue;
        when = lsu_translate(l, r, a, block, m->issue, false, m);
        m->translated = later(m->translated, when);
    }
    m->finish += m->translated - m->issue;
}

static void note_forward(struct lane *l, const struct retire_access *a, u64 ready, u64 drained)
{
    const u64 mask = (1 << FORWARD_SHIFT) - 1;
    u64 granule = a->ra >> FORWARD_SHIFT, last = a->ra + a->size - 1;

    l->forward[granule % FORWARDS] = (struct forward){granule, ready, drained, (u8)(a->ra & mask),
                                                      (u8)(last >> FORWARD_SHIFT == granule ? last & mask : mask)};
    if (last >> FORWARD_SHIFT == granule || a->size > 1 << FORWARD_SHIFT) return;
    granule++;
    l->forward[granule % FORWARDS] = (struct forward){granule, ready, drained, 0, (u8)(last & mask)};
}

/* One access, from cycle `when` on; the answer: it has left the store queue. */
static u64 drain_access(struct lane *l, const struct op *op, const struct retire_access *a, u64 when)
{
    struct memory_system *memory = l->core->timing->memory;
    u64 done;

    if (a->flags & ACCESS_INHIBITED) return l->io_done = later(when, l->io_done) + l->core->timing->config.io_cycles;
    if (op->cache == CACHE_ZERO) return memory_zero(memory, l->core->number, a->ra, when).when;
    done = memory_store(memory, l->core->number, a->ra, when).when;
    if (unlikely(a->size && (a->ra & (LINE_BYTES - 1)) + a->size > LINE_BYTES))
        done = later(done, memory_store(memory, l->core->number, a->ra + a->size - 1, when).when);
    return done;
}

void lsu_drain(struct lane *l, const struct op *op, const struct retire *r, const struct retire_block *block,
               u64 finish, u64 completed)
{
    /* In order: behind the stores before it, one a cycle. */
    u64 when = later(completed, l->stores_done), done = when;

    if (retire_completed(r)) EACH_DATA_ACCESS(a, r, block)
        {
            if (a->flags & ACCESS_REFUSED || a->kind == ACCESSED_HINT) continue;
            if (a->kind == ACCESSED_CONDITIONAL && !(r->flags & RETIRE_PERFORMED)) continue;
            done = later(done, drain_access(l, op, a, when));
            if (a->size && !(a->flags & ACCESS_INHIBITED)) note_forward(l, a, finish, done);
        }
    l->stores_done = later(l->stores_done, done);
    l->store_done[l->stores++ & QUEUE_MASK] = done;
}

/* ---- cache management ---- */

void lsu_cache(struct lane *l, const struct op *op, const struct retire *r, const struct retire_block *block,
               struct moments *m)
{
    struct memory_system *memory = l->core->timing->memory;

    EACH_DATA_ACCESS(a, r, block)
    {
        if (a->kind == ACCESSED_HINT) continue;
        m->translated = later(m->translated, lsu_translate(l, r, a, block, m->issue, false, m));
        if (a->flags & (ACCESS_REFUSED | ACCESS_INHIBITED)) continue;
        if (op->cache == CACHE_ZERO) m->store = true;
        if (op->cache == CACHE_ICBI) memory_icbi(memory, a->ra);
        if (op->cache >= CACHE_FLUSH)
            l->stores_done =
                later(l->stores_done,
                      memory_flush(memory, l->core->number, a->ra, m->translated, op->cache == CACHE_CLEAN).when);
    }
    m->finish = m->translated + op->latency;
}
