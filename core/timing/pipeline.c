/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Placing an instruction: dispatched, issued, finished, completed; see timing.h.  Each step takes the latest of the
 * times that it must wait for, all of which are known when the instruction's turn comes.
 *
 *   dispatch    in order; its group is through the front end, and there is a slot, an entry of the completion table, of
 *               the issue queue if it needs a unit, of the load or store queue if it is one
 *   issue       the first cycle in which its operands are ready and its units free, whatever was placed before
 *   completion  in order, so many a cycle
 *
 * Threads of a core share its tables and queues in equal parts, as long as they run; units and dispatch slots they take
 * as they come.  How POWER9 divides them is not published.
 */
#include "core/timing/pipeline.h"

/* ---- dispatch ---- */

/* Entries of the issue queue that have become free up to the cycle are no longer counted. */
static inline void leave_queue(struct lane *l, u64 cycle)
{
    u32 queued = l->queued;
    u64 at = l->queued_at;

    if (cycle >= l->last_issue || cycle - at >= UNITS_RING) {
        l->queued = 0;
        l->queued_at = later(at, cycle);
        return;
    }
    while (at < cycle) queued -= units_leaving(&l->core->units, l->in_core, ++at);
    l->queued = queued;
    l->queued_at = at;
}

/* Whoever has not left when the last one has been issued, or the ring ends, was not written down there, because another
 * thread is far ahead. */
u64 pipeline_room_in_queue(struct lane *l, u64 when)
{
    u32 queued, most = l->core->issue_queue;
    u64 end;

    leave_queue(l, when);
    queued = l->queued;
    if (queued < most) return when;
    end = l->last_issue < lane_horizon(l) ? l->last_issue : lane_horizon(l);
    while (queued >= most && when < end) queued -= units_leaving(&l->core->units, l->in_core, ++when);
    l->queued = queued < most ? queued : 0;
    l->queued_at = when;
    return when;
}

/* Who has left is counted when the queue seems full, and before the ring of units forgets it. */
inline_hot u64 room_in_queue(struct lane *l, u64 when)
{
    bool look = l->queued >= l->core->issue_queue || when - l->queued_at > UNITS_RING / 2;

    return look ? pipeline_room_in_queue(l, when) : when;
}

enum cpi pipeline_why_late(const struct lane *l, const struct op *op, const struct gates *g)
{
    if (g->room > g->open) return CPI_noslot_held_issq;
    if (g->held == g->open) return (enum cpi)l->hold;
    if (g->front == g->open) return (enum cpi)l->front;
    if (g->queue == g->open) return op->kind == OP_LOAD ? CPI_stall_lrq_full : CPI_stall_srq_full;
    return CPI_noslot_held;
}

/* Slots are those of its own cycle alone as long as no other thread runs. */
static u64 take_shared_slots(struct lane *l, const struct op *op, u64 when)
{
    const u32 most = l->core->timing->config.dispatch_slots;
    unsigned slots = op->slots < most ? op->slots : most;

    return units_take(&l->core->units, field_take(FIELD_DISPATCH, slots), when, lane_horizon(l));
}

inline_hot u64 take_slots(struct lane *l, const struct op *op, u64 when)
{
    const u32 most = l->core->timing->config.dispatch_slots;
    bool alone = op->rule == DISPATCH_ALONE;

    if (when > l->dispatch_at) l->slots_used = 0;
    if (l->slots_used + op->slots > most || (alone && l->slots_used)) {
        if (l->slots_used) when++;
        l->slots_used = 0;
    }
    if (unlikely(l->core->sharers > 1)) {
        u64 at = take_shared_slots(l, op, when);
        if (at > when) l->slots_used = 0;
        when = at;
    }
    l->slots_used += op->slots;
    l->dispatch_at = when;
    if (unlikely(l->slots_used > most)) { /* it takes several cycles by itself */
        l->dispatch_at += (l->slots_used - 1) / most;
        l->slots_used = (l->slots_used - 1) % most + 1;
    }
    if (unlikely(alone)) l->slots_used = most;
    return l->dispatch_at;
}

inline_hot u64 dispatch(struct lane *l, const struct op *op, struct gates *g)
{
    const struct timing_core *core = l->core;
    u64 when;

    g->front = l->fetch_at + core->timing->config.front_cycles;
    g->held = l->hold_until;
    g->ict = l->ict[(l->ict_at + op->ict - 1U - core->ict) & ICT_MASK];
    g->queue = lane_gate_of_queue(l, (enum op_kind)op->kind);
    when = g->open = later(later(l->dispatch_at, g->front), later(later(g->held, g->ict), g->queue));
    if (likely(!(op->flags & OP_UNQUEUED))) when = room_in_queue(l, when);
    g->room = when;
    return take_slots(l, op, when);
}

/* ---- issue ---- */

static u64 many_sources(const struct lane *l, const struct op *op, u64 when)
{
    for (unsigned k = OP_SOURCES_FEW; k < op->sources; k++) when = later(when, l->ready[op->source[k]]);
    return when;
}

static void many_targets(struct lane *l, const struct op *op, u64 when)
{
    for (unsigned k = OP_TARGETS_FEW; k < op->targets; k++) l->ready[op->target[k]] = when;
}

static u64 wide_sources(const struct lane *l, const struct insn_facts *f, u64 when)
{
    for (u32 mask = f->gpr_in; mask; mask &= mask - 1) when = later(when, l->ready[REG_GPR + __builtin_ctz(mask)]);
    for (u64 mask = f->vsr_in; mask; mask &= mask - 1) when = later(when, l->ready[REG_VSR + __builtin_ctzll(mask)]);
    for (u32 mask = f->cr_in; mask; mask &= mask - 1) when = later(when, l->ready[REG_CR + __builtin_ctz(mask)]);
    return when;
}

static void wide_targets(struct lane *l, const struct insn_facts *f, u64 when)
{
    for (u32 mask = f->gpr_out; mask; mask &= mask - 1) l->ready[REG_GPR + __builtin_ctz(mask)] = when;
    for (u64 mask = f->vsr_out; mask; mask &= mask - 1) l->ready[REG_VSR + __builtin_ctzll(mask)] = when;
    for (u32 mask = f->cr_out; mask; mask &= mask - 1) l->ready[REG_CR + __builtin_ctz(mask)] = when;
}

static u64 issue_long(struct lane *l, const struct op *op, u64 when)
{
    struct units *u = &l->core->units;
    u64 end = lane_horizon(l);
    u64 first = units_take_long(u, op->take + l->leave, op->busy_take, op->busy, when, end), next = first;

    for (unsigned k = 0; k < op->times; k++) next = units_take(u, op->then_take, next + op->after, end);
    return first;
}

/* What not every instruction has. */
inline_hot u64 wait_for_others(const struct lane *l, const struct op *op, const struct insn_facts *facts, u64 when)
{
    if (unlikely(op->sources > OP_SOURCES_FEW)) when = many_sources(l, op, when);
    if (unlikely(op->flags & OP_WIDE)) when = wide_sources(l, facts, when);
    return unlikely(op->flags & OP_SERIAL) ? serial_issue(l, op, when) : when;
}

inline_hot u64 take_units(struct lane *l, const struct op *op, u64 when, u64 end)
{
    struct units *u = &l->core->units;

    if (unlikely(op->flags & OP_LONG)) return issue_long(l, op, when);
    when = units_take(u, op->take + l->leave, when, end);
    if (op->times) units_take(u, op->then_take, when + op->after, end);
    if (op->update_take) units_take(u, op->update_take, when, end);
    return when;
}

inline_hot u64 issue(struct lane *l, const struct op *op, const struct insn_facts *facts, u64 when)
{
    u64 end = lane_horizon(l);

    for (unsigned k = 0; k < OP_SOURCES_FEW; k++) when = later(when, l->ready[op->source[k]]);
    when = wait_for_others(l, op, facts, when);
    if (unlikely(op->flags & OP_UNQUEUED)) return when;
    when = take_units(l, op, when, end);
    l->queued++;
    /* What issues beyond the ring leaves at its end, so that it does leave: the completion table holds it up long
     * before. */
    if (unlikely(when >= end)) units_leave_at(&l->core->units, l->in_core, end - 1);
    l->last_issue = later(l->last_issue, when);
    return when;
}

/* ---- completion ---- */

inline_hot u64 complete(struct lane *l, u64 finish)
{
    if (finish > l->complete_at) return finish;
    return l->complete_at + (l->complete_used >= l->core->timing->config.complete_width);
}

inline_hot void set_targets(struct lane *l, const struct op *op, const struct insn_facts *facts,
                            const struct moments *m)
{
    l->ready[op->target[1]] = m->finish;
    l->ready[op->target[0]] = op->update ? m->issue + op->update : m->finish;
    if (unlikely(op->targets > OP_TARGETS_FEW)) many_targets(l, op, m->finish);
    if (unlikely(op->flags & OP_WIDE)) wide_targets(l, facts, m->finish);
}

/* The stack gets the cycles since the last completion. */
inline_hot void complete_in(struct lane *l, const struct op *op, const struct gates *g, const struct moments *m,
                            u64 dispatched, u64 completed)
{
    if (completed > l->complete_at) {
        if (completed > l->complete_at + 1) stack_gap(l, m, dispatched, pipeline_why_late(l, op, g), completed);
        l->cpi[CPI_completed]++;
        l->complete_at = completed;
        l->complete_used = 0;
    }
    l->complete_used++;
}

inline_hot void access_storage(struct lane *l, const struct op *op, const struct retire *r,
                               const struct retire_block *block, struct moments *m)
{
    if (op->kind == OP_LOAD) lsu_load(l, op, r, block, m);
    else if (op->kind == OP_STORE) lsu_store(l, op, r, block, m);
    else if (op->kind == OP_BRANCH && front_branch(l, op, r, m->finish)) l->fetch_left = 0;
    else if (op->kind == OP_CACHE) lsu_cache(l, op, r, block, m);
}

/* Entries that it holds until it completes, and what follows from that. */
inline_hot void leave_behind(struct lane *l, const struct op *op, const struct retire *r,
                             const struct retire_block *block, const struct moments *m, u64 completed)
{
    for (unsigned k = 1; unlikely(k < op->ict); k++) l->ict[l->ict_at++ & ICT_MASK] = completed;
    if (op->kind == OP_LOAD) l->load_done[l->loads++ & QUEUE_MASK] = completed;
    if (m->store) lsu_drain(l, op, r, block, m->finish, completed);
    if (unlikely(op->flags & OP_SERIAL)) serial_completed(l, op);
}

static noinline_cold void tell_watcher(struct lane *l, const struct retire *r, u64 dispatched, const struct moments *m,
                                       u64 completed)
{
    const struct timing_watcher *w = &l->core->timing->watcher;

    w->step(w->self, &(struct timing_step){.record = r,
                                           .number = l->number,
                                           .fetched = l->fetch_at,
                                           .dispatched = dispatched,
                                           .issued = m->issue,
                                           .finished = m->finish,
                                           .completed = completed,
                                           .cycles = completed - l->told,
                                           .walk_exposed = l->walk_exposed - l->walk_told});
    l->told = completed;
    l->walk_told = l->walk_exposed;
}

static void place(struct lane *l, const struct op *op, const struct retire *r, const struct retire_block *block)
{
    struct gates gates;
    struct moments m;
    u64 dispatched, completed;

    if (unlikely(!l->fetch_left || r->cia != l->expected || lane_fetch_access(r, block)))
        front_begin_group(l, r, block);
    l->fetch_left--;
    l->expected = r->cia + 4;
    dispatched = dispatch(l, op, &gates);
    m.issue = issue(l, op, r->facts, dispatched + 1);
    m.translated = m.issue;
    m.finish = m.issue + op->latency;
    m.stall = op->stall;
    m.store = false;
    access_storage(l, op, r, block, &m);
    if (unlikely(op->flags & OP_SERIAL)) serial_finish(l, op, &m);
    if (likely(retire_completed(r))) set_targets(l, op, r->facts, &m);
    completed = complete(l, m.finish);
    complete_in(l, op, &gates, &m, dispatched, completed);
    l->ict[l->ict_at++ & ICT_MASK] = completed;
    l->dispatched[l->placed++ & QUEUE_MASK] = dispatched;
    leave_behind(l, op, r, block, &m, completed);
    if (unlikely(l->core->timing->watcher.step)) tell_watcher(l, r, dispatched, &m, completed);
    l->number++;
}

static void place_instruction(struct lane *l, const struct retire *r, const struct retire_block *block)
{
    struct op scratch;

    if (r->flags & RETIRE_WAITED) lsu_waited(l, r, block);
    else place(l, ops_find(l->core->timing->ops, r->facts, r->facts->learned, &scratch), r, block);
}

void pipeline_place(struct lane *l, const struct retire_block *block, pipeline_other *other)
{
    for (size_t k = 0;; k++) {
        if (likely(l->core->lightly)) k = light_place(l, block, k);
        if (k == block->count) return;
        if (likely(block->record[k].kind == RETIRE_INSN)) place_instruction(l, &block->record[k], block);
        else other(l, &block->record[k]);
    }
}
