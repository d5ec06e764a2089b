/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The slow gear: one instruction at a time.  The traced port runs here where it does what no other does - 32-bit mode,
 * trace interrupts, the branch history - and so do the fast ports in builds without tail calls.  Runs begin and end
 * exactly where the fast gear's do, so every count and every interrupt is the same.  A thread that is recorded and that
 * no trace interrupt can hit has a loop of its own (record.c).
 */
#include "core/isa/slow.h"
#include "core/run/run_internal.h"
#include "core/run/watch.h"
#include "core/state/interrupt.h"
#include "core/state/retire.h"

/*
 * Trace interrupts (Book III 6.5.15) come after an instruction that completed, unless it is a return or stop: every one
 * with MSR[SE], branches with MSR[BE] - as the MSR was when the instruction began - and the one that CIABR names.
 */
static bool is_traced(const struct insn_row *row, u64 msr)
{
    return (msr & MSR_SE) || ((msr & MSR_BE) && row->flags & BRANCHES);
}

/* SRR1 of the interrupt, or 0. */
static u64 trace_cause(const struct thread *t, const struct insn *i, u64 cia, u64 msr)
{
    const struct insn_row *row = isa_row(t->code->isa, i->row);

    if (row->flags & UNTRACED) return 0;
    if (watch_is_breakpoint(t, cia & t->ea_mask, msr)) return SRR1_TRACE | SRR1_TRACE_CIABR;
    return is_traced(row, msr) ? SRR1_TRACE : 0;
}

/* What the instruction accessed, for the trace interrupt: taken before its record may have been handed over. */
struct accessed {
    bool any, load, store;
    u64 ea; /* of the first access */
};
static struct accessed accesses_of(const struct retire_ring *ring)
{
    struct accessed found = {0};

    for (u32 k = ring->open; k < ring->accesses; k++) {
        const struct retire_access *a = &ring->access[k];

        if (a->kind == ACCESSED_FETCH) continue;
        if (!found.any) found.ea = a->ea;
        found.any = true;
        found.store |= (a->flags & ACCESS_AS_STORE) != 0;
        found.load |= !(a->flags & ACCESS_AS_STORE);
    }
    return found;
}

/* Loads and Stores count as such however many bytes they move, and others by what they are specified to be treated as.
 */
static u64 trace_access(const struct insn_row *row, const struct accessed *accessed)
{
    bool load = (row->flags & LOADS) || accessed->load;
    bool store = (row->flags & STORES) || accessed->store;

    return (load ? SRR1_TRACE_LOAD : 0) | (store ? SRR1_TRACE_STORE : 0);
}

/* SIAR and SDAR name the instruction that the MSR wants traced, and its access; CIABR says of the one it names only
 * that it was this one. t->nia is where it would go on. */
static void take_trace(struct thread *t, u64 srr1, u64 msr, const struct insn_row *row, u64 cia,
                       const struct accessed *accessed)
{
    if (is_traced(row, msr)) {
        t->spr.SIAR = cia & t->ea_mask;
        if (accessed->any) t->spr.SDAR = accessed->ea;
    }
    if (!(srr1 & SRR1_TRACE_CIABR)) srr1 |= trace_access(row, accessed);
    fault_trace(t, srr1);
    interrupt_take(t, t->nia);
}

bool stepwise_may_trace(const struct thread *t)
{
    return (t->msr & MSR_TE) || watch_has_breakpoint(t, t->page_ea);
}

enum next run_stepwise(struct thread *t, const struct insn *i)
{
    bool recorded = t->noting && t->traced, asks = t->noting && stepwise_may_trace(t);

    for (;;) {
        bool stub = i->fn == t->code->leave;
        u64 cia = t->page_ea + (u64)(i - t->page) * 4, offset, msr = t->msr, cause = 0;
        const struct insn *at = i;
        struct accessed accessed = {0};
        insn_fn *fn = i->fn;
        enum next n;

        if (unlikely(fn == t->code->pause)) {
            if (fetch_pauses_at(t, i)) return JUMP;
            fn = code_meaning(t->code, i);
        }
        if (t->noting && !t->traced) retire_forget(t->ring);
        if (recorded && t->ring->values) retire_values_before(t->ring);
        n = fn(t, i);
        if (stub) return JUMP;
        if (asks) accessed = accesses_of(t->ring);
        if (recorded) record_step(t, at, cia & t->ea_mask, n);
        if (n == FAULT) return FAULT;
        if (asks) cause = trace_cause(t, at, cia, msr);
        if (n == NEXT) {
            i++;
            if (!cause) continue;
            insn_end_run(t, i);
            t->nia = (cia + 4) & t->ea_mask;
        } else {
            insn_end_run(t, i + 1);
        }
        if (cause) {
            take_trace(t, cause, msr, isa_row(t->code->isa, at->row), cia, &accessed);
            return JUMP;
        }
        offset = t->nia - t->page_ea;
        if (offset >= RAM_PAGE_SIZE || t->completed >= t->limit) return JUMP;
        i = t->page + (offset >> 2);
        t->run_start = i;
    }
}
