/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One loop, two gears.  In the fast ports each body jumps to the next one and control returns here only when a run
 * leaves its page, t->limit is reached, or an instruction faults; in the traced port - and in builds without tail calls
 * - each body returns here and this loop makes the same decisions at the same places.
 */
#include "core/run/run.h"

#include "base/power.h"
#include "bus/bus.h"
#include "core/isa/port_entry.h"
#include "core/isa/slow.h"
#include "core/run/watch.h"
#include "core/state/context.h"
#include "core/state/ebb.h"
#include "core/state/fabric.h"
#include "core/state/interrupt.h"
#include "core/state/pmu.h"
#include "core/state/retire.h"
#include "core/state/timer.h"
#include "hypervisor/account.h"
#include "hypervisor/partition.h"
#include "mmu/mmu.h"
#include "stats/hot.h"

enum { BARREN_MAX = 1000, CALLTHRU_WORD = 0x000eaeb0 };

/* ---- counting ---- */

static void unpack_sums(struct thread *t)
{
    struct counters *c = t->counters;

    c->loads += t->class_sums >> SUM_LOADS_SHIFT & SUM_MASK;
    c->stores += t->class_sums >> SUM_STORES_SHIFT & SUM_MASK;
    c->branches += t->class_sums >> SUM_BRANCHES_SHIFT & SUM_MASK;
    t->class_sums = 0;
}

void thread_settle_account(struct thread *t)
{
    struct counters *c = t->counters;
    u64 cycles = thread_cycles(t);

    unpack_sums(t);
    c->completed += t->completed - t->counted_completed;
    c->cycles += cycles - t->counted_cycles;
    c->idle_cycles += t->idle_cycles - t->counted_idle;
    t->counted_completed = t->completed;
    t->counted_cycles = cycles;
    t->counted_idle = t->idle_cycles;
}

/* A program's addresses are of its PID; the upper half of the kernel's (III 5.7.5.2) belongs to every one. */
static u32 pid_of_code(const struct thread *t, u64 cia)
{
    return (t->msr & MSR_IR) && !(cia >> 62) ? (u32)t->spr.PIDR : 0;
}

void thread_note_walk(struct thread *t, u64 cia)
{
    const struct hot_walk *walk = mmu_take_walk(t->mmu);
    const struct account *account = container_of(t->counters, struct account, counters);

    if (likely(!walk) || !t->hot) return;
    hot_note(t->hot, &(struct hot_place){cia & t->ea_mask, account->number, pid_of_code(t, cia)}, walk);
}

/* ---- context ---- */

/* Of the page at t->page_ea. */
static enum code_variant variant_of(const struct thread *t)
{
    bool slow =
        t->traced || t->ea_mask != ~0ULL || (t->msr & MSR_TE) || t->bhrb.on || watch_has_breakpoint(t, t->page_ea);

    if (slow) return t->le ? CODE_TRACED_LE : CODE_TRACED_BE;
    return t->le ? CODE_FAST_LE : CODE_FAST_BE;
}

/* PCR speaks of problem state only, so to write it changes nothing at once (III 2.5). */
static u8 withheld_by_pcr(const struct thread *t)
{
    if (likely(!(t->msr & MSR_PR) || !t->spr.PCR)) return 0;
    return (u8)(GETFIELD(PCR_AFTER, t->spr.PCR) | (t->spr.PCR & PCR_TM ? WITHHELD_TM : 0));
}

void thread_context_changed(struct thread *t)
{
    struct xlate_ctx ctx = {
        .msr = t->msr,
        .lpcr = t->spr.LPCR,
        .ptcr = t->spr.PTCR,
        .hrmor = t->spr.HRMOR,
        .urmor = t->spr.URMOR,
        .lpid = (u32)t->spr.LPIDR,
        .pid = (u32)t->spr.PIDR,
        .amr = t->spr.AMR,
        .iamr = t->spr.IAMR,
        .slb = &t->slb,
        .bus = t->bus,
        .decoding = t->pcr_withheld = withheld_by_pcr(t),
    };
    bool hv = (t->msr & MSR_HV) != 0;
    u32 lpid = hv ? 0 : ctx.lpid;
    struct account *account;

    if (unlikely(lpid != t->guest_lpid)) {
        if (t->pmu.accounted) pmu_settle(t);
        thread_settle_account(t);
        partition_cross(t, lpid);
    }
    if (!ctx.lpid) t->host_pid = ctx.pid;
    account = account_find(t->accounts, t->partition, account_state_of(t->msr), hv ? t->host_pid : ctx.pid);
    if (t->counters != &account->counters) {
        if (t->pmu.accounted) pmu_settle(t);
        if (t->counters) thread_settle_account(t); /* NULL: the thread is being made */
        t->counters = &account->counters;
        if (t->pmu.accounted) pmu_rebase(t);
        mmu_set_counters(t->mmu, t->counters, &account->walks, t->partition->level);
    }
    t->map = mmu_set_context(t->mmu, &ctx);
    thread_attend(t);
}

void thread_partition_invalidated(struct thread *t, u32 lpid)
{
    partition_invalidated(t, lpid);
}

/* ---- stubs: what a decoded page holds besides instructions ---- */

static enum next leave_at(struct thread *t, const struct insn *i)
{
    u64 here = t->page_ea + (u64)(i - t->page) * 4;

    insn_end_run(t, i);
    t->nia = here & t->ea_mask;
    t->at = i;
    return code_page_of(t->page)->variant < CODE_TRACED_BE ? slow_jump(t, i) : JUMP;
}

/* Past the last instruction of a page, and any instruction of a page that was written to: find the page anew. */
static enum next stub_leave(struct thread *t, const struct insn *i)
{
    return leave_at(t, i);
}

static enum next stub_illegal(struct thread *t, const struct insn *i)
{
    t->at = i;
    return fault_illegal(t, slow_word(t, i));
}

void run_install_stubs(struct code *code)
{
    code->leave = stub_leave;
    code->stale = stub_leave;
    code->illegal = stub_illegal;
}

enum next slow_jump(struct thread *t, const struct insn *i)
{
    const struct fetch_slot *slot = &t->map.fetch[(t->nia >> 12) & FETCH_SLOT_MASK];

    if (t->completed >= t->limit || slot->tag != (t->nia & HOST_PAGE_MASK) || !run_threads()) return JUMP;
    t->page = slot->page;
    t->page_ea = slot->tag;
    i = t->page + ((t->nia & 0xfff) >> 2);
    t->run_start = i;
    return i->fn(t, i);
}

u64 port_random(struct thread *t)
{
    return t->services->random(t->services->self);
}

enum next slow_callthru(struct thread *t)
{
    if (!fabric_in_order(t)) return FAULT;
    return t->services->callthru ? t->services->callthru(t->services->self, t) : fault_illegal(t, CALLTHRU_WORD);
}

/* ---- fetch ---- */

/* Make t->page the page of t->nia; false if the fetch raised an interrupt (described in t->fault). */
static bool enter_page(struct thread *t, enum code_variant *variant)
{
    const struct fetch_slot *slot = &t->map.fetch[(t->nia >> 12) & FETCH_SLOT_MASK];
    struct code_page *page;
    struct xlate x;
    u64 stall = 0;
    bool ok;

    t->page_ea = t->nia & HOST_PAGE_MASK;
    *variant = variant_of(t);
    if (slot->tag == t->page_ea && *variant < CODE_TRACED_BE) { /* what slots lead to; a context has one byte order */
        t->page = slot->page;
        return true;
    }
    ok = mmu_translate(t->mmu, t->nia, ACCESS_FETCH, 4, &x, &stall);
    thread_note_walk(t, t->nia);
    thread_stall(t, stall);
    if (!ok) return fault_storage(t, &x, t->nia, ACCESS_FETCH);
    if (!ram_holds(t->bus->ram, x.ra & HOST_PAGE_MASK, RAM_PAGE_SIZE)) {
        log_guest(t->log, "thread %x: fetch from real address 0x%llx, where there is no storage", t->pir,
                  (unsigned long long)x.ra);
        return fault_machine_check(t, t->nia, ACCESS_FETCH);
    }
    page = code_page(t->code, x.ra & HOST_PAGE_MASK, *variant, t->pcr_withheld);
    t->page = page->insn;
    /* Only fast pages: slow_jump() runs whatever it finds without asking. */
    if (*variant < CODE_TRACED_BE) mmu_install_fetch(t->mmu, t->page_ea, t->page);
    return true;
}

/* ---- the traced gear ---- */

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
    return (msr & MSR_SE) || ((msr & MSR_BE) && row->issue_class == CLASS_BR);
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
    bool load = row->issue_class == CLASS_LD || (r->flags & RETIRE_LOAD);
    bool store = row->issue_class == CLASS_ST || (r->flags & RETIRE_STORE);

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

/* Run from instruction i until the run ends; every body returns here. Leaves like the fast gear: JUMP (counted, t->nia
 * set) or FAULT (t->at). */
static enum next run_stepwise(struct thread *t, const struct insn *i)
{
    bool traced = t->ring && code_page_of(t->page)->variant >= CODE_TRACED_BE;
    bool asks = traced && ((t->msr & MSR_TE) || watch_has_breakpoint(t, t->page_ea));

    for (;;) {
        bool stub = i->fn == t->code->leave;
        u64 cia = t->page_ea + (u64)(i - t->page) * 4, offset, msr = t->msr, cause = 0;
        struct retire *record = t->ring ? &t->ring->record[t->ring->count] : NULL;
        const struct insn *at = i;
        enum next n;

        if (traced && !stub) open_record(t, i);
        n = i->fn(t, i);
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

/* ---- the loop ---- */

/* A guest whose interrupt vectors hold nothing takes interrupts for ever without completing an instruction. */
static void look_for_barren_loop(struct thread *t)
{
    if (t->completed != t->barren_completed) t->barren_interrupts = 0;
    t->barren_completed = t->completed;
    if (++t->barren_interrupts < BARREN_MAX) return;
    t->checkstop = true;
    t->death = "interrupts follow each other without an instruction completing: the vectors hold no code";
}

/* An interrupt that the instruction at t->at (or the fetch at t->nia) raised. */
static void deliver(struct thread *t, const struct insn *i)
{
    u64 cia = i ? (t->page_ea + (u64)(i - t->page) * 4) & t->ea_mask : t->nia;

    if (i && t->turn == TURN_WAITS) {
        insn_end_run(t, i);
        t->nia = cia;
        return;
    }
    if (i) insn_end_run(t, t->fault.completed ? i + 1 : i);
    interrupt_take(t, cia);
    look_for_barren_loop(t);
}

/*
 * Stores of other threads do not look for this thread's reservation, so the machine drops it when others have run
 * (III allows that at any time).  That what is between the load and the conditional store is not cut in two, the turn
 * is so much longer while there is a reservation.
 */
enum { RESERVATION_CYCLES = 64 };
static u64 turn_end(const struct thread *t)
{
    return t->window_end + (t->reserved && t->in_company ? RESERVATION_CYCLES : 0);
}

void thread_reservation_ends(struct thread *t)
{
    if (likely(!t->in_company)) return;
    insn_end_run(t, t->at);
    if (thread_cycles(t) >= t->window_end) thread_attend(t);
}

/* How far to run before looking up: the end of the window, the next timer, or the instruction limit. */
static void set_limit(struct thread *t, u64 max_completed)
{
    u64 now = thread_cycles(t), deadline = timer_next_deadline_cycles(t), end = turn_end(t);

    if (deadline > now && deadline < end) end = deadline; /* one that has passed is pending already */
    if (t->pmu.at_cycles > now && t->pmu.at_cycles < end) end = t->pmu.at_cycles;
    t->limit = t->completed + (end - now);
    if (t->limit > max_completed) t->limit = max_completed;
    if (t->limit > t->pmu.at_completed) t->limit = t->pmu.at_completed;
}

/* Timers and asynchronous interrupts. */
static void attend(struct thread *t)
{
    int bit;

    timer_check(t);
    pmu_check(t, t->nia & t->ea_mask);
    bit = t->pending ? interrupt_pick(t) : 0;
    if (bit) interrupt_take_async(t, (u32)bit, t->nia);
    else if (t->pending & PENDING_EBB) ebb_deliver(t);
}

bool thread_wakes(const struct thread *t)
{
    return t->pending && interrupt_wakes(t);
}

static void idle_until(struct thread *t, u64 window_end)
{
    u64 now = thread_cycles(t), until = timer_next_deadline_cycles(t);

    if (until > window_end || until <= now) until = window_end;
    fabric_stand_still(t, until);
}

void thread_run(struct thread *t, u64 window_end, u64 max_completed)
{
    t->window_end = window_end;
    t->turn = TURN_GOES_ON;
    pmu_rebase(t); /* other threads may share the account, and a thread that stood still was moved on */
    while (!t->checkstop && !t->held && !t->turn && thread_cycles(t) < turn_end(t) && t->completed < max_completed) {
        const struct insn *i = NULL;
        enum code_variant variant;
        enum next n;

        unpack_sums(t);
        if (t->stopped) {
            timer_check(t);
            if (thread_wakes(t)) interrupt_wake(t);
            else if (t->in_company) break; /* who knows what comes first is the machine */
            else idle_until(t, window_end);
            continue;
        }
        attend(t);
        set_limit(t, max_completed);
        if (enter_page(t, &variant)) {
            i = t->page + ((t->nia & 0xfff) >> 2);
            t->run_start = i;
            if (run_threads() && variant < CODE_TRACED_BE) n = i->fn(t, i);
            else n = run_stepwise(t, i);
            i = t->at;
        } else {
            n = FAULT;
        }
        if (n == FAULT) deliver(t, i);
    }
    pmu_settle(t);
}
