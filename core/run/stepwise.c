/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The slow gear: one instruction at a time.  The traced port runs here, which makes a record of each instruction and
 * takes trace interrupts; so do the fast ports in builds without tail calls.  Runs begin and end exactly where the fast
 * gear's do, so every count and every interrupt is the same.
 */
#include "core/isa/slow.h"
#include "core/run/run_internal.h"
#include "core/run/watch.h"
#include "core/state/interrupt.h"
#include "core/state/retire.h"

static void open_record(struct thread *t, const struct insn *i)
{
    t->ring->record[t->ring->count] = (struct retire){
        .cia = t->page_ea + (u64)(i - t->page) * 4,
        .word = i->row == ROW_NONE && i == t->page + PAGE_INSNS ? 0 : slow_word(t, i),
        .row = i->row,
    };
}

static void close_record(struct thread *t, u64 nia, enum next n)
{
    struct retire *r = &t->ring->record[t->ring->count];

    if (n == FAULT && t->turn == TURN_WAITS) return; /* it has not been executed yet */
    r->nia = nia;
    if (n == FAULT && !t->fault.completed) r->flags |= RETIRE_FAULTED;
    if (++t->ring->count < RETIRE_RING) return;
    if (t->ring->sink) t->ring->sink->take(t->ring->sink, t->ring->record, t->ring->count);
    t->ring->count = 0;
}

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

/* Loads and Stores count as such however many bytes they move, and others by what they are specified to be treated as.
 */
static u64 trace_access(const struct insn_row *row, const struct retire *r)
{
    bool load = (row->flags & LOADS) || (r->flags & RETIRE_LOAD);
    bool store = (row->flags & STORES) || (r->flags & RETIRE_STORE);

    return (load ? SRR1_TRACE_LOAD : 0) | (store ? SRR1_TRACE_STORE : 0);
}

/* SIAR and SDAR name the instruction that the MSR wants traced, and its access; CIABR says of the one it names only
 * that it was this one. t->nia is where it would go on. */
static void take_trace(struct thread *t, u64 srr1, u64 msr, const struct retire *r)
{
    const struct insn_row *row = isa_row(t->code->isa, r->row);

    if (is_traced(row, msr)) {
        t->spr.SIAR = r->cia & t->ea_mask;
        if (r->flags & (RETIRE_LOAD | RETIRE_STORE)) t->spr.SDAR = r->ea;
    }
    if (!(srr1 & SRR1_TRACE_CIABR)) srr1 |= trace_access(row, r);
    fault_trace(t, srr1);
    interrupt_take(t, t->nia);
}

enum next run_stepwise(struct thread *t, const struct insn *i)
{
    bool traced = t->ring && code_page_of(t->page)->variant >= CODE_TRACED_BE;
    bool asks = traced && ((t->msr & MSR_TE) || watch_has_breakpoint(t, t->page_ea));

    for (;;) {
        bool stub = i->fn == t->code->leave;
        u64 cia = t->page_ea + (u64)(i - t->page) * 4, offset, msr = t->msr, cause = 0;
        struct retire *record = t->ring ? &t->ring->record[t->ring->count] : NULL;
        const struct insn *at = i;
        insn_fn *fn = i->fn;
        enum next n;

        if (unlikely(fn == t->code->pause)) {
            if (fetch_pauses_at(t, i)) return JUMP;
            fn = code_meaning(t->code, i);
        }
        if (traced && !stub) open_record(t, i);
        n = fn(t, i);
        if (stub) return JUMP;
        if (traced) close_record(t, n == JUMP ? t->nia : cia + 4, n);
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
            take_trace(t, cause, msr, record);
            return JUMP;
        }
        offset = t->nia - t->page_ea;
        if (offset >= RAM_PAGE_SIZE || t->completed >= t->limit) return JUMP;
        i = t->page + (offset >> 2);
        t->run_start = i;
    }
}
