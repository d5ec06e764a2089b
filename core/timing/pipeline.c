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

/* Entries of the issue queue that have become free up to the cycle. */
inline_hot void leave_queue(struct lane *l, u64 cycle)
{
    if (cycle >= l->last_issue) {
        l->queued = 0;
        l->queued_at = later(l->queued_at, cycle);
        return;
    }
    while (l->queued_at < cycle) l->queued -= units_leaving(&l->core->units, l->in_core, ++l->queued_at);
}

/* The first cycle from `when` on in which there is an entry. */
inline_hot u64 room_in_queue(struct lane *l, u64 when)
{
    leave_queue(l, when);
    while (unlikely(l->queued >= l->core->issue_queue)) leave_queue(l, ++when);
    return when;
}

/* What an instruction waits for before it is dispatched, as the cycle of each. */
struct gates {
    u64 front, held, ict, queue;
    u64 open, room; /* the last of them; and an entry of the issue queue */
};

/* Why it was dispatched no earlier, as far as the gates say. */
static enum cpi why_late(const struct lane *l, const struct op *op, const struct gates *g)
{
    if (g->room > g->open) return CPI_noslot_held_issq;
    if (g->held == g->open) return (enum cpi)l->hold;
    if (g->front == g->open) return (enum cpi)l->front;
    if (g->queue == g->open) return op->kind == OP_LOAD ? CPI_stall_lrq_full : CPI_stall_srq_full;
    return CPI_noslot_held;
}

inline_hot u64 gate_of_queue(const struct lane *l, const struct op *op)
{
    if (op->kind == OP_LOAD) return l->load_done[(l->loads - l->core->load_queue) & QUEUE_MASK];
    if (op->kind == OP_STORE) return l->store_done[(l->stores - l->core->store_queue) & QUEUE_MASK];
    return 0;
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
    g->ict = l->ict[(l->ict_at + op->ict - 1 - core->ict) & ICT_MASK];
    g->queue = gate_of_queue(l, op);
    when = g->open = later(later(l->dispatch_at, g->front), later(later(g->held, g->ict), g->queue));
    if (likely(!(op->flags & OP_UNQUEUED))) when = room_in_queue(l, when);
    g->room = when;
    return take_slots(l, op, when);
}

/* ---- issue ---- */

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
    u64 end = lane_horizon(l), first = units_take_long(u, op->take, op->busy_take, op->busy, when, end), next = first;

    for (unsigned k = 0; k < op->times; k++) next = units_take(u, op->then_take, next + op->after, end);
    return first;
}

inline_hot u64 issue(struct lane *l, const struct op *op, const struct insn_facts *facts, u64 when)
{
    struct units *u = &l->core->units;
    u64 end;

    for (unsigned k = 0; k < op->sources; k++) when = later(when, l->ready[op->source[k]]);
    if (unlikely(op->flags & OP_WIDE)) when = wide_sources(l, facts, when);
    if (unlikely(op->flags & OP_SERIAL)) when = serial_issue(l, op, when);
    if (unlikely(op->flags & OP_UNQUEUED)) return when;
    end = lane_horizon(l);
    if (likely(!(op->flags & OP_LONG))) {
        when = units_take(u, op->take, when, end);
        if (op->times) units_take(u, op->then_take, when + op->after, end);
        if (op->update_take) units_take(u, op->update_take, when, end);
    } else {
        when = issue_long(l, op, when);
    }
    l->queued++;
    if (likely(when < end)) units_note_leaving(u, l->in_core, when);
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
    for (unsigned k = 0; k < op->targets; k++) l->ready[op->target[k]] = m->finish;
    if (op->update && op->targets) l->ready[op->target[0]] = m->issue + op->update;
    if (unlikely(op->flags & OP_WIDE)) wide_targets(l, facts, m->finish);
}

static noinline_cold void tell_watcher(const struct lane *l, const struct retire *r, u64 dispatched,
                                       const struct moments *m, u64 completed)
{
    const struct timing_watcher *w = &l->core->timing->watcher;

    w->step(w->self, &(struct timing_step){.record = r,
                                           .number = l->number,
                                           .fetched = l->fetch_at,
                                           .dispatched = dispatched,
                                           .issued = m->issue,
                                           .finished = m->finish,
                                           .completed = completed});
}

void pipeline_place(struct lane *l, const struct op *op, const struct retire *r, const struct retire_block *block)
{
    const struct timing *t = l->core->timing;
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
    m.missed = m.walk_from = m.walk_to = 0;
    m.stall = op->stall;
    m.store = false;
    if (op->kind != OP_PLAIN) {
        if (op->kind == OP_LOAD) lsu_load(l, op, r, block, &m);
        else if (op->kind == OP_STORE) lsu_store(l, op, r, block, &m);
        else if (op->kind == OP_BRANCH) front_branch(l, op, r, m.finish);
        else lsu_cache(l, op, r, block, &m);
    }
    if (unlikely(op->flags & OP_SERIAL)) serial_finish(l, op, &m);
    if (likely(retire_completed(r))) set_targets(l, op, r->facts, &m);
    completed = complete(l, m.finish);
    if (completed > l->complete_at) {
        if (completed > l->complete_at + 1) stack_gap(l, &m, dispatched, why_late(l, op, &gates), completed);
        l->cpi[CPI_completed]++;
        l->complete_at = completed;
        l->complete_used = 0;
    }
    l->complete_used++;
    for (unsigned k = 0; k < op->ict; k++) l->ict[l->ict_at++ & ICT_MASK] = completed;
    l->dispatched[l->placed++ & QUEUE_MASK] = dispatched;
    if (op->kind == OP_LOAD) l->load_done[l->loads++ & QUEUE_MASK] = completed;
    if (m.store) lsu_drain(l, op, r, block, &m, completed);
    if (unlikely(op->flags & OP_SERIAL)) serial_completed(l, op);
    if (unlikely(t->watcher.step)) tell_watcher(l, r, dispatched, &m, completed);
    l->number++;
}
