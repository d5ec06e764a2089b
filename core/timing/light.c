/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Most instructions are one operation on a few registers: arithmetic, a load or store that the ERAT translates, a
 * branch. As long as such ones follow each other, in a core that one thread has for itself, they are placed here.
 * Every time is the one that pipeline.c would find, by the same rules, whose parts that cannot matter are left out;
 * what changes with each instruction is kept in locals (struct course), which a loop can hold in registers, and goes
 * back to the lane where anybody else needs it.  Whatever is not as usual - a fetch that is translated or misses the
 * L1I, a load that meets a store or a miss - goes the full way.
 */
#include "core/timing/lane.h"
#include "stats/counters.h"

struct course {
    u64 expected, gate; /* the latest of what the whole group waits for before dispatch */
    u64 dispatch_at, queued_at, last_issue, complete_at;
    u64 gaps; /* cycles since it began in which nothing completed */
    u32 fetch_left, slots_used, ict_at, placed, queued, complete_used;

    /* As long as nobody else places anything: */
    const struct op *ops;
    u64 began; /* what complete_at was */
    u64 leave, front_cycles;
    u32 slots, width, ict, issue_queue;
};

inline_hot struct course course_of(const struct lane *l)
{
    const struct timing_core *core = l->core;
    const struct timing_config *config = &core->timing->config;

    return (struct course){.expected = l->expected,
                           .gate = later(l->fetch_at + config->front_cycles, l->hold_until),
                           .dispatch_at = l->dispatch_at,
                           .queued_at = l->queued_at,
                           .last_issue = l->last_issue,
                           .complete_at = l->complete_at,
                           .fetch_left = l->fetch_left,
                           .slots_used = l->slots_used,
                           .ict_at = l->ict_at,
                           .placed = l->placed,
                           .queued = l->queued,
                           .complete_used = l->complete_used,
                           .ops = core->timing->ops->op,
                           .began = l->complete_at,
                           .leave = l->leave,
                           .front_cycles = config->front_cycles,
                           .slots = config->dispatch_slots,
                           .width = config->complete_width,
                           .ict = core->ict,
                           .issue_queue = core->issue_queue};
}

inline_hot void course_ends(struct lane *l, const struct course *c)
{
    l->expected = c->expected;
    l->dispatch_at = c->dispatch_at;
    l->queued_at = c->queued_at;
    l->last_issue = c->last_issue;
    l->cpi[CPI_completed] += c->complete_at - c->began - c->gaps;
    l->complete_at = c->complete_at;
    l->fetch_left = c->fetch_left;
    l->slots_used = c->slots_used;
    l->ict_at = c->ict_at;
    l->number += c->placed - l->placed;
    l->placed = c->placed;
    l->queued = c->queued;
    l->complete_used = c->complete_used;
}

/* ---- which ones ---- */

/* It completed, and is an instruction. */
#define UNUSUAL (RETIRE_TAIL(0, 0, RETIRE_FAULTED | RETIRE_WAITED) | RETIRE_TAIL_OF_KIND(0xff))

/* Its op; NULL: it goes the full way. */
inline_hot const struct op *light_op(const struct course *c, const struct retire *r)
{
    const struct op *op;

    if (unlikely(r->tail & UNUSUAL || !r->facts->annotation)) return NULL;
    op = &c->ops[r->facts->annotation - 1];
    return likely(op->flags & OP_LIGHT) ? op : NULL;
}

/* One access of a load or a store, none of any other. */
inline_hot bool accesses_are_usual(const struct retire *r, const struct retire_block *block, enum op_kind kind)
{
    if (kind == OP_LOAD) return r->accesses == 1 && block->access[r->access].kind == ACCESSED_LOAD;
    if (kind == OP_STORE) return r->accesses == 1 && block->access[r->access].kind == ACCESSED_STORE;
    return !r->accesses;
}

/* ---- fetch ---- */

/* A group that begins in a line which the L1I has, with nobody else to look at; false: nothing has changed. */
inline_hot bool begin_group(struct lane *l, struct course *c, const struct retire *r)
{
    const struct timing *t = l->core->timing;

    if (unlikely(t->threads > 1 && c->complete_at >= l->share_at)) return false;
    if (line_of(r->ra) != l->line) {
        if (unlikely(!cache_hit(&t->memory->l1i[l->core->number], line_of(r->ra)))) return false;
        l->line = line_of(r->ra);
    }
    front_open_group(l);
    l->fetch_at = front_earliest(l, c->placed);
    l->next_fetch = l->fetch_at + 1;
    c->fetch_left = front_group_length(l, r);
    c->gate = later(l->fetch_at + c->front_cycles, l->hold_until);
    return true;
}

/* ---- dispatch ---- */

inline_hot u64 wait_for_queue(struct lane *l, struct course *c, u64 when)
{
    l->queued = c->queued;
    l->queued_at = c->queued_at;
    l->last_issue = c->last_issue;
    when = pipeline_room_in_queue(l, when);
    c->queued = l->queued;
    c->queued_at = l->queued_at;
    return when;
}

inline_hot u64 take_slots(struct course *c, const struct op *op, u64 when)
{
    u32 used = (when > c->dispatch_at ? 0 : c->slots_used) + op->slots;
    bool next = used > c->slots; /* if so, others are there: it takes no more than there are */

    c->slots_used = next ? op->slots : used;
    return c->dispatch_at = when + next;
}

/* ---- issue ---- */

inline_hot u64 issue(struct lane *l, struct course *c, const struct op *op, u64 when)
{
    u64 a = later(l->ready[op->source[0]], l->ready[op->source[1]]);
    u64 b = later(l->ready[op->source[2]], l->ready[op->source[3]]);
    u64 end = c->queued_at + UNITS_RING;

    when = units_take(&l->core->units, op->take + c->leave, later(when, later(a, b)), end);
    c->queued++;
    if (unlikely(when >= end)) units_leave_at(&l->core->units, l->in_core, end - 1);
    c->last_issue = later(c->last_issue, when);
    return when;
}

/* ---- loads and stores ---- */

/* Its page is in the ERAT, its line in the L1D, and no store to these bytes is in the queue. */
inline_hot bool load_is_plain(const struct lane *l, const struct retire_access *a, u64 when)
{
    const struct forward *f = &l->forward[(a->ra >> FORWARD_SHIFT) % FORWARDS];

    if (unlikely(a->by > TRANSLATED_BY_ERAT || when < l->pending_until)) return false;
    if (unlikely(a->flags & (ACCESS_REFUSED | ACCESS_INHIBITED) || !a->size)) return false;
    if (unlikely(f->granule == a->ra >> FORWARD_SHIFT && f->drained > when)) return false;
    return likely(line_of(a->ra) == line_of(a->ra + a->size - 1)) &&
           cache_hit(&l->core->timing->memory->l1d[l->core->number], line_of(a->ra));
}

/* A load or store that is not as usual: m says all of it. */
static noinline_cold void access_slowly(struct lane *l, const struct op *op, const struct retire *r,
                                        const struct retire_block *block, u64 issued, struct moments *m)
{
    *m = (struct moments){.issue = issued, .translated = issued, .finish = issued + op->latency, .stall = op->stall};
    if (op->kind == OP_LOAD) lsu_load(l, op, r, block, m);
    else lsu_store(l, op, r, block, m);
}

/* ---- all of it ---- */

/* More than one cycle behind the completion of its elder: g lacks what holds for the group. */
static void gap(struct lane *l, const struct op *op, const struct moments *m, struct gates *g, u64 dispatched,
                u64 completed)
{
    g->front = l->fetch_at + l->core->timing->config.front_cycles;
    g->held = l->hold_until;
    stack_gap(l, m, dispatched, pipeline_why_late(l, op, g), completed);
}

inline_hot void place(struct lane *l, struct course *c, const struct op *op, const struct retire *r,
                      const struct retire_block *block, enum op_kind kind)
{
    u64 ict = l->ict[(c->ict_at - c->ict) & ICT_MASK], queue = lane_gate_of_queue(l, kind);
    u64 open = later(later(c->dispatch_at, c->gate), later(ict, queue)), room = open;
    u64 dispatched, issued, finish, completed;
    bool slowly = false; /* m says more */
    struct moments m;

    if (c->queued >= c->issue_queue || unlikely(open - c->queued_at > UNITS_RING / 2))
        room = wait_for_queue(l, c, open);
    dispatched = take_slots(c, op, room);
    issued = issue(l, c, op, dispatched + 1);
    finish = issued + op->latency;
    c->fetch_left--;
    c->expected = r->cia + 4;
    if (kind == OP_LOAD) {
        u64 data = issued + l->core->timing->memory->l1d_cycles;

        slowly = !load_is_plain(l, &block->access[r->access], issued);
        if (unlikely(slowly)) {
            access_slowly(l, op, r, block, issued, &m);
            finish = m.finish;
        } else {
            finish = data + lsu_behind_data(op);
            l->loads_done = later(l->loads_done, data);
        }
    } else if (kind == OP_STORE) {
        slowly = block->access[r->access].by > TRANSLATED_BY_ERAT || issued < l->pending_until;
        if (unlikely(slowly)) {
            access_slowly(l, op, r, block, issued, &m);
            finish = m.finish;
        }
    } else if (kind == OP_BRANCH) {
        if (front_branch(l, op, r, finish)) c->fetch_left = 0;
    }
    l->ready[op->target[1]] = finish;
    l->ready[op->target[0]] = finish;
    completed = later(finish, c->complete_at + (c->complete_used >= c->width));
    if (completed > c->complete_at + 1) {
        struct gates g;

        if (!slowly) {
            m.issue = m.translated = issued;
            m.stall = op->stall;
        }
        g.ict = ict;
        g.queue = queue;
        g.open = open;
        g.room = room;
        c->gaps += completed - c->complete_at - 1;
        l->complete_at = c->complete_at;
        gap(l, op, &m, &g, dispatched, completed);
    }
    c->complete_used = completed > c->complete_at ? 1 : c->complete_used + 1;
    c->complete_at = completed;
    l->ict[c->ict_at++ & ICT_MASK] = completed;
    l->dispatched[c->placed++ & QUEUE_MASK] = dispatched;
    if (kind == OP_LOAD) l->load_done[l->loads++ & QUEUE_MASK] = completed;
    if (kind == OP_STORE) lsu_drain(l, op, r, block, finish, completed);
}

/* False: it goes the full way, and nothing has changed.  kind: op->kind, so that there is a copy of all this for
 * each. */
inline_hot bool place_as(enum op_kind kind, struct lane *l, struct course *c, const struct op *op,
                         const struct retire *r, const struct retire_block *block)
{
    if (unlikely(!accesses_are_usual(r, block, kind))) return false;
    if ((!c->fetch_left || r->cia != c->expected) && unlikely(!begin_group(l, c, r))) return false;
    place(l, c, op, r, block, kind);
    return true;
}

inline_hot bool place_any(struct lane *l, struct course *c, const struct op *op, const struct retire *r,
                          const struct retire_block *block)
{
    switch ((enum op_kind)op->kind) {
    case OP_LOAD: return place_as(OP_LOAD, l, c, op, r, block);
    case OP_STORE: return place_as(OP_STORE, l, c, op, r, block);
    case OP_BRANCH: return place_as(OP_BRANCH, l, c, op, r, block);
    default: return place_as(OP_PLAIN, l, c, op, r, block);
    }
}

size_t light_place(struct lane *l, const struct retire_block *block, size_t k)
{
    struct course c = course_of(l);
    const struct retire *r = block->record + k, *end = block->record + block->count;

    for (; r < end; r++) {
        const struct op *op = light_op(&c, r);

        if (unlikely(!op) || unlikely(!place_any(l, &c, op, r, block))) break;
    }
    course_ends(l, &c);
    return (size_t)(r - block->record);
}
