/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The loop of a thread that is recorded (core/state/retire.h): one instruction at a time through the traced port, a
 * record of each.  Runs begin and end exactly where the fast gear's do (run.h), so nothing simulated differs.  It does
 * what a sink of blocks needs and nothing else; where trace interrupts may come, or the sink wants records at once or
 * with values, stepwise.c runs and calls record_step().
 */
#include "core/isa/slow.h"
#include "core/run/run_internal.h"
#include "core/state/interrupt.h"
#include "core/state/retire.h"
#include "hypervisor/partition.h"
#include "mmu/mmu.h"

/* ---- learning ---- */

/* Did it do its work?  An assist is counted as if it had (fault.c), but the hypervisor is to do the work. */
static bool is_done(const struct thread *t, enum next n)
{
    return n != FAULT || (t->fault.completed && t->turn != TURN_WAITS && t->fault.row != INTERRUPT_SOFT_PATCH);
}

/* What is known without executing it. */
static struct insn_facts unlearned(const struct insn_facts *f)
{
    return (struct insn_facts){.word = f->word, .row = f->row, .issue_class = f->issue_class, .is = f->is};
}

/* In the place of an instruction that has not completed yet: the learning port executes it.  What it has learned is
 * that of the record to come, and of every later one unless the row's registers vary. */
enum next record_learn(struct thread *t, const struct insn *i)
{
    struct retire_ring *ring = t->ring;
    const struct insn_row *row = isa_row(t->code->isa, i->row);
    struct insn_facts *facts = code_facts(t->code, t->page) + (i - t->page);
    enum next n;

    ring->now = unlearned(facts);
    n = row->fn[PORT_learning](t, i);
    ring->vary[retire_count(ring)] = ring->now;
    ring->flags |= RETIRE_OWN_FACTS;
    if (!is_done(t, n) || row->flags & VARIES) return n;
    *facts = ring->now;
    code_learned(t->code, i);
    return n;
}

void thread_record(struct thread *t, bool on)
{
    if (on && !t->traced) retire_forget(t->ring); /* what the traced port has noted for nobody */
    t->traced = on;
    mmu_tell(t->mmu, on ? &t->ring->story : NULL);
    t->ring->idle_told = t->idle_cycles;
    retire_know_registers(t);
    thread_attend(t);
}

/* ---- records ---- */

/* The look-up before an access and the access are one (ACCESS_PROBED): how it was translated moves to the access. */
static void merge_probes(struct retire_ring *ring, const struct retire *r)
{
    u8 number[RETIRE_ACCESSES_OF_ONE];
    u32 kept = r->access;

    for (u32 k = r->access; k < ring->accesses; k++) {
        const struct retire_access *probe = &ring->access[k];
        struct retire_access *same = NULL;

        for (u32 n = k + 1; n < ring->accesses && probe->flags & ACCESS_PROBED && !same; n++) {
            struct retire_access *a = &ring->access[n];
            if (a->ea == probe->ea && a->kind == probe->kind && !(a->flags & ACCESS_PROBED)) same = a;
        }
        number[k - r->access] = (u8)(kept - r->access);
        if (!same) {
            ring->access[kept++] = *probe;
            continue;
        }
        if (same->by != TRANSLATED_BY_ERAT) continue;
        same->by = probe->by;
        same->read = probe->read;
        same->reads = probe->reads;
    }
    if (unlikely(ring->values) && kept < ring->accesses) retire_values_moved(ring, number);
    ring->accesses = ring->open = kept;
}

/* Of the page that the thread is in: what its records have in common. */
struct record_page {
    const struct insn *page;
    const struct insn_facts *facts; /* of its first instruction */
    u64 ea, to_ra, ea_mask;         /* its address; what makes a real address of an effective one */
    u64 tail;                       /* RETIRE_TAIL_OF_PAGE */
};
static inline struct record_page page_of(const struct thread *t)
{
    const struct code_page *page = code_page_of(t->page);

    return (struct record_page){t->page,    code_facts(t->code, t->page),
                                t->page_ea, page->ra - t->page_ea,
                                t->ea_mask, RETIRE_TAIL_OF_PAGE(t->fetch_shift, t->ring->number)};
}

/* Of an instruction's record, what is seldom: facts of its own, several accesses. */
static noinline_cold void amend(struct retire_ring *ring, struct retire *r)
{
    if (r->flags & RETIRE_OWN_FACTS) r->facts = &ring->vary[r - ring->record];
    if (r->accesses <= 1) return;
    merge_probes(ring, r);
    r->accesses = (u8)(ring->open - r->access);
    retire_look_for_room(ring);
}

static void thread_take_owed(struct thread *t)
{
    thread_stall(t, t->owed_cycles);
    t->owed_cycles = 0;
}

/* Two accesses or more (to look at all bits but the lowest is enough), or RETIRE_OWN_FACTS. */
#define AMENDED RETIRE_TAIL(0, 0xfe, RETIRE_OWN_FACTS)

/* Instruction i leaves its record. */
inline_hot struct retire *record(struct retire_ring *ring, const struct insn *i, const struct record_page *page,
                                 u64 cia, u64 nia)
{
    struct retire *r = retire_insn(ring, cia, nia, cia + page->to_ra, page->tail);

    r->facts = page->facts + (i - page->page);
    if (unlikely(r->tail & AMENDED)) amend(ring, r);
    return r;
}

static noinline_cold void hand_over(struct thread *t)
{
    retire_drain(t->ring);
    if (t->ring->at_once) thread_take_owed(t);
}

void thread_take_time(struct thread *t)
{
    retire_drain(t->ring);
    thread_take_owed(t);
}

/* What a sink may want besides records in blocks. */
static void finish(struct thread *t, const struct retire *r)
{
    struct retire_ring *ring = t->ring;

    if (ring->values) retire_values_after(ring, r);
    retire_look_for_room(ring);
    if (ring->at_once || retire_is_full(ring)) hand_over(t);
}

static void record_slowly(struct thread *t, const struct insn *i, u64 cia, u64 nia)
{
    const struct record_page page = page_of(t);

    finish(t, record(t->ring, i, &page, cia, nia));
}

static bool has_walked(const struct retire_ring *ring)
{
    for (u32 k = ring->open; k < ring->accesses; k++)
        if (ring->access[k].by > TRANSLATED_BY_ERAT) return true;
    return false;
}

/* The program interrupt of an enabled exception comes when the instruction has written what it may (I 4.3.2). */
static bool has_written(const struct fault *f)
{
    return f->row == INTERRUPT_PROGRAM && f->srr1 & SRR1_FP_ENABLED;
}

/* Facts of an instruction that completed without doing anything. */
static void note_nothing_done(struct thread *t, const struct insn *i)
{
    const struct insn_facts *facts = code_facts(t->code, t->page) + (i - t->page);

    t->ring->vary[retire_count(t->ring)] = unlearned(facts);
    t->ring->flags |= RETIRE_OWN_FACTS;
}

/* It interrupts, or must wait for other threads. */
static noinline_cold void record_fault(struct thread *t, const struct insn *i, u64 cia)
{
    struct retire_ring *ring = t->ring;
    bool waits = t->turn == TURN_WAITS, done = t->fault.completed && !waits;
    u64 nia = !done ? cia : t->fault.at_nia ? t->nia : (cia + 4) & t->ea_mask;

    if (waits && !has_walked(ring)) { /* as if it had not been tried */
        ring->accesses = ring->open;
        ring->flags = 0;
        return;
    }
    ring->flags |= waits ? RETIRE_WAITED : done ? 0 : RETIRE_FAULTED | (has_written(&t->fault) ? RETIRE_WROTE : 0);
    if (done && !is_done(t, FAULT)) note_nothing_done(t, i);
    record_slowly(t, i, cia, nia);
}

void record_step(struct thread *t, const struct insn *i, u64 cia, enum next n)
{
    if (n == FAULT) record_fault(t, i, cia);
    else record_slowly(t, i, cia, n == JUMP ? t->nia : (cia + 4) & t->ea_mask);
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
    r = retire_insn(ring, t->nia, t->nia, ~0ULL, RETIRE_TAIL_OF_PAGE(0, ring->number));
    r->facts = &nothing;
    finish(t, r);
}

void thread_record_idle(struct thread *t)
{
    struct retire_ring *ring = t->ring;

    if (likely(!t->traced || t->idle_cycles == ring->idle_told)) return;
    retire_event(ring, RETIRE_IDLE)->idle_cycles = t->idle_cycles - ring->idle_told;
    ring->idle_told = t->idle_cycles;
}

void record_context(struct thread *t)
{
    struct retire *r;

    retire_tell_registers(t);
    r = retire_event(t->ring, RETIRE_CONTEXT);
    r->context.msr = t->msr;
    r->context.lpid = (u32)t->spr.LPIDR;
    r->context.pid = (u32)t->spr.PIDR;
    r->context.partition = t->partition->id;
    r->context.level = t->partition->level;
}

/* ---- the loop ---- */

/* Its sink wants blocks, without values. */
static bool is_plain(const struct thread *t)
{
    return !t->ring->at_once && !t->ring->values;
}

bool record_goes_on(const struct thread *t)
{
    return t->traced && t->noting && is_plain(t) && !stepwise_may_trace(t);
}

enum next run_recorded(struct thread *t, const struct insn *i)
{
    struct retire_ring *ring = t->ring;
    struct record_page page = page_of(t);

    for (;;) {
        enum next n = i->fn(t, i);
        u64 cia = page.ea + (u64)(i - page.page) * 4;

        if (likely(n == NEXT)) {
            record(ring, i, &page, cia, (cia + 4) & page.ea_mask);
            i++;
            if (retire_is_full(ring)) hand_over(t);
            continue;
        }
        if (n == NO_INSN) return JUMP;
        if (n == FAULT) {
            record_fault(t, i, cia);
            return FAULT;
        }
        record(ring, i, &page, cia, t->nia);
        if (retire_is_full(ring)) hand_over(t);
        insn_end_run(t, i + 1);
        if (t->completed >= t->limit) return JUMP;
        if (t->nia - page.ea >= RAM_PAGE_SIZE) {
            if (!fetch_follow_traced(t)) return JUMP;
            page = page_of(t);
        }
        i = page.page + ((t->nia & (RAM_PAGE_SIZE - 1)) >> 2);
        t->run_start = i;
    }
}
