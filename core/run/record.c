/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The loop of a thread that is recorded (core/state/retire.h): one instruction at a time through the traced port, a
 * record of each.  Runs begin and end exactly where the fast gear's do (run.h), so nothing simulated differs.  Trace
 * interrupts are not its business: where they may come, stepwise.c runs and calls record_step().
 */
#include "base/assert.h"
#include "core/isa/slow.h"
#include "core/run/run_internal.h"
#include "core/state/retire.h"
#include "hypervisor/partition.h"
#include "mmu/mmu.h"

/* ---- learning ---- */

static bool completed(const struct thread *t, enum next n)
{
    return n != FAULT || (t->fault.completed && t->turn != TURN_WAITS);
}

/* In the place of an instruction that has not completed yet: the learning port executes it.  What it has learned is
 * that of the record to come, and of every later one unless the row's registers vary. */
enum next record_learn(struct thread *t, const struct insn *i)
{
    struct retire_ring *ring = t->ring;
    const struct insn_row *row = isa_row(t->code->isa, i->row);
    struct insn_facts *facts = code_facts(t->code, t->page) + (i - t->page);
    enum next n;

    ring->now = (struct insn_facts){.word = facts->word, .row = facts->row, .issue_class = facts->issue_class};
    n = row->fn[PORT_learning](t, i);
    ring->vary[ring->count] = ring->now;
    if (!completed(t, n) || row->flags & VARIES) return n;
    *facts = ring->now;
    code_learned(t->code, i);
    return n;
}

void thread_record(struct thread *t, bool on)
{
    t->traced = on;
    mmu_tell(t->mmu, on ? &t->ring->story : NULL);
    t->ring->idle_told = t->idle_cycles;
    thread_attend(t);
}

/* ---- records ---- */

/* The look-up before an access and the access are one (ACCESS_PROBED): how it was translated moves to the access. */
static noinline_cold void merge_probes(struct retire_ring *ring)
{
    u32 kept = ring->open;

    for (u32 k = ring->open; k < ring->accesses; k++) {
        const struct retire_access *probe = &ring->access[k];
        struct retire_access *same = NULL;

        for (u32 n = k + 1; n < ring->accesses && probe->flags & ACCESS_PROBED && !same; n++) {
            struct retire_access *a = &ring->access[n];
            if (a->ea == probe->ea && a->kind == probe->kind && !(a->flags & ACCESS_PROBED)) same = a;
        }
        if (!same) {
            ring->access[kept++] = *probe;
            continue;
        }
        if (same->by != TRANSLATED_BY_ERAT) continue;
        same->by = probe->by;
        same->read = probe->read;
        same->reads = probe->reads;
    }
    ring->accesses = kept;
}

/* Of the page that the thread is in: what its records have in common. */
struct record_page {
    const struct insn_facts *facts; /* of its first instruction */
    u64 ra;
    unsigned shift; /* page size of its translation */
};
static inline struct record_page page_of(const struct thread *t)
{
    return (struct record_page){code_facts(t->code, t->page), code_page_of(t->page)->ra, t->fetch_shift};
}

/* Instruction i, which `fn` has executed, leaves its record. */
inline_hot struct retire *record(struct thread *t, const struct insn *i, insn_fn *fn, const struct record_page *page,
                                 u64 cia, u64 nia)
{
    struct retire_ring *ring = t->ring;
    const struct insn_facts *facts = page->facts + (i - t->page);
    struct retire *r;

    if (unlikely(fn == t->code->learn)) facts = &ring->vary[ring->count];
    if (unlikely(ring->accesses - ring->open > 1)) merge_probes(ring);
    r = retire_insn(ring, cia, nia, page->ra + (u64)(i - t->page) * 4, page->shift);
    r->facts = facts;
    if (unlikely(ring->values)) retire_values_after(ring, r);
    return r;
}

static void hand_over(struct thread *t)
{
    thread_stall(t, retire_drain(t->ring));
}

/* Behind each record: is it time to hand over? */
inline_hot void hand_over_if_full(struct thread *t)
{
    if (unlikely(retire_is_full(t->ring) || t->ring->at_once)) hand_over(t);
}

static bool has_walked(const struct retire_ring *ring)
{
    for (u32 k = ring->open; k < ring->accesses; k++)
        if (ring->access[k].by > TRANSLATED_BY_ERAT) return true;
    return false;
}

/* It interrupts, or must wait for other threads. */
static noinline_cold void record_fault(struct thread *t, const struct insn *i, insn_fn *fn, u64 cia)
{
    const struct record_page page = page_of(t);
    struct retire_ring *ring = t->ring;
    bool waits = t->turn == TURN_WAITS, done = t->fault.completed && !waits;

    if (waits && !has_walked(ring)) { /* as if it had not been tried */
        ring->accesses = ring->open;
        ring->flags = 0;
        return;
    }
    ring->flags |= waits ? RETIRE_WAITED : done ? 0 : RETIRE_FAULTED;
    record(t, i, fn, &page, cia, done ? (cia + 4) & t->ea_mask : cia);
    hand_over_if_full(t);
}

void record_step(struct thread *t, const struct insn *i, insn_fn *fn, u64 cia, enum next n)
{
    const struct record_page page = page_of(t);

    if (n == FAULT) {
        record_fault(t, i, fn, cia);
        return;
    }
    record(t, i, fn, &page, cia, n == JUMP ? t->nia : (cia + 4) & t->ea_mask);
    hand_over_if_full(t);
}

void record_fetch(struct thread *t, u32 read, const struct xlate *x)
{
    struct retire_ring *ring = t->ring;
    struct retire_access *a;

    if (x->why == XL_OK && ring->story.by == TRANSLATED_BY_ERAT) return; /* as the host-side table would have known */
    a = retire_access(ring, t->nia, 4, ACCESSED_FETCH);
    retire_translated(ring, a, read);
    if (x->why == XL_OK) a->ra = x->ra;
    else a->flags |= ACCESS_REFUSED;
}

void record_refused_fetch(struct thread *t)
{
    static const struct insn_facts nothing = {.row = ROW_NONE};
    struct retire_ring *ring = t->ring;
    struct retire *r;

    ring->flags = RETIRE_FAULTED;
    r = retire_insn(ring, t->nia, t->nia, ~0ULL, 0);
    r->facts = &nothing;
    if (ring->values) retire_values_after(ring, r);
    hand_over_if_full(t);
}

void record_idle(struct thread *t)
{
    struct retire_ring *ring = t->ring;

    if (likely(t->idle_cycles == ring->idle_told)) return;
    retire_event(ring, RETIRE_IDLE)->idle_cycles = t->idle_cycles - ring->idle_told;
    ring->idle_told = t->idle_cycles;
}

void record_context(struct thread *t)
{
    struct retire *r = retire_event(t->ring, RETIRE_CONTEXT);

    r->context.msr = t->msr;
    r->context.lpid = (u32)t->spr.LPIDR;
    r->context.pid = (u32)t->spr.PIDR;
    r->context.partition = t->partition->id;
    r->context.level = t->partition->level;
}

/* ---- the loop ---- */

enum next run_recorded(struct thread *t, const struct insn *i)
{
    const struct code *code = t->code;
    struct retire_ring *ring = t->ring;
    struct record_page page = page_of(t);

    for (;;) {
        u64 cia = (t->page_ea + (u64)(i - t->page) * 4) & t->ea_mask;
        insn_fn *fn = i->fn;
        enum next n;

        if (unlikely(fn == code->pause)) {
            if (fetch_pauses_at(t, i)) return JUMP;
            fn = code_meaning(code, i);
        }
        if (unlikely(fn == code->leave)) return fn(t, i);
        if (unlikely(ring->values)) retire_values_before(ring);
        n = fn(t, i);
        if (unlikely(n == FAULT)) {
            record_fault(t, i, fn, cia);
            return FAULT;
        }
        record(t, i, fn, &page, cia, n == JUMP ? t->nia : (cia + 4) & t->ea_mask);
        hand_over_if_full(t);
        if (likely(n == NEXT)) {
            i++;
            continue;
        }
        insn_end_run(t, i + 1);
        if (t->completed >= t->limit) return JUMP;
        if (t->nia - t->page_ea >= RAM_PAGE_SIZE) {
            if (!fetch_follow_traced(t)) return JUMP;
            page = page_of(t);
        }
        i = t->page + ((t->nia & (RAM_PAGE_SIZE - 1)) >> 2);
        t->run_start = i;
    }
}
