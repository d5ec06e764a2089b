/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One loop, two gears.  In the fast ports each body jumps to the next one and control returns here only when a run
 * leaves its page, t->limit is reached, or an instruction faults; in the traced port - and in builds without tail calls
 * - each body returns to stepwise.c, which makes the same decisions at the same places.
 *
 *   fetch.c     which decoded page comes next      count.c     what has been done enters the accounts
 *   stepwise.c  the slow gear                      context.c   MSR, LPIDR, PIDR ... changed
 *   record.c    the same, with a record of each    services.c  what the machine does for an instruction
 *   access.c    accesses that go the slow way
 */
#include "core/run/run.h"

#include "base/assert.h"
#include "core/isa/fpscr.h"
#include "core/isa/port_entry.h"
#include "core/isa/slow.h"
#include "core/run/run_internal.h"
#include "core/state/check.h"
#include "core/state/ebb.h"
#include "core/state/fabric.h"
#include "core/state/interrupt.h"
#include "core/state/pmu.h"
#include "core/state/retire.h"
#include "core/state/timer.h"
#include "mmu/check.h"

enum { BARREN_MAX = 1000 };

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
    if (!t->pace) thread_take_time(t);
    t->due = 0;
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

/* Class counts must be unpacked before they overflow; and of a thread that is timed nobody knows how late it is before
 * it looks up, so its timers may be late by that many instructions. */
enum { INSNS_UNTIL_LOOK = 1 << 20, INSNS_TIMED = 256 };

static u64 insns_until_look(const struct thread *t)
{
    return t->pace ? INSNS_UNTIL_LOOK : INSNS_TIMED;
}

/* When to look up: the end of the window, or the next timer. */
static void set_due(struct thread *t)
{
    u64 now = thread_cycles(t), deadline = timer_next_deadline_cycles(t), end = turn_end(t);

    if (deadline > now && deadline < end) end = deadline; /* one that has passed is pending already */
    if (t->pmu.at_cycles > now && t->pmu.at_cycles < end) end = t->pmu.at_cycles;
    P9_ASSERT(end > now);
    t->due = thread_completed_in(t, end - now);
    if (t->due > t->completed + insns_until_look(t)) t->due = t->completed + insns_until_look(t);
    if (t->due > t->pmu.at_completed) t->due = t->pmu.at_completed;
}

/* ---- standing still ---- */

static void clear_pause(struct thread *t)
{
    if (likely(!t->pause_at)) return;
    code_set_pause(t->code, t->pause_at, false);
    t->pause_at = NULL;
}

/* The slot behind the last instruction of a page comes back by itself, since t->limit is 0. */
static void pause_before(struct thread *t, const struct insn *i)
{
    clear_pause(t);
    if (i - t->page >= PAGE_INSNS) return;
    t->pause_at = i;
    code_set_pause(t->code, i, true);
}

/* Instruction i is the next: let the gear come back for *stop.  A straight run that begins before t->limit may go on
 * for the rest of its page; in the last page before the stop it comes back behind each. */
static void set_limit(struct thread *t, const struct insn *i, const struct run_stop *stop)
{
    u64 left = stop->completed - thread_completed(t), cycles_left = stop->cycles - thread_cycles(t);

    t->limit = t->due;
    if (unlikely(left <= PAGE_INSNS)) {
        t->limit = 0;
        pause_before(t, i + left);
        return;
    }
    if (t->limit > stop->completed - PAGE_INSNS) t->limit = stop->completed - PAGE_INSNS;
    if (stop->cycles != UINT64_MAX && t->limit > thread_completed_in(t, cycles_left))
        t->limit = thread_completed_in(t, cycles_left);
}

/* An instruction that jumps comes back because t->limit is 0; behind another one is the stub. */
void thread_halt(struct thread *t)
{
    t->halt = true;
    t->limit = 0;
    if (t->at >= t->page && t->at < t->page + PAGE_INSNS) pause_before(t, t->at + 1);
}

static bool stands_still(const struct thread *t, const struct run_stop *stop)
{
    return t->halt || thread_completed(t) >= stop->completed || (!t->paused && thread_cycles(t) >= stop->cycles);
}

void thread_end_run(struct thread *t)
{
    if (t->paused) insn_end_run(t, t->paused); /* t->nia is its address */
    t->paused = NULL;
    thread_attend(t);
}

void thread_go_to(struct thread *t, u64 nia)
{
    thread_end_run(t);
    t->nia = nia & t->ea_mask;
    t->arrived = false; /* that was another address */
}

/* ---- the loop ---- */

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

static void idle_until(struct thread *t, u64 end)
{
    u64 now = thread_cycles(t), until = timer_next_deadline_cycles(t);

    if (until > end || until <= now) until = end;
    fabric_stand_still(t, until);
}

const char *thread_contradiction(const struct thread *t)
{
    MUST_HOLD_OF(thread_check(t));
    MUST_HOLD_OF(context_check(t));
    MUST_HOLD(t->counted_completed <= thread_completed(t));
    MUST_HOLD(t->fpscr == fpscr_summarised(t->fpscr));
    return NULL;
}

static void check_page(const struct thread *t, const struct insn *i)
{
    code_check_page(t->code, t->page, i);
    P9_ASSERT_OF(mmu_check_fetch(t->mmu, t->page_ea, code_page_of(t->page)->ra));
}

static void begin_turn(struct thread *t, u64 window_end)
{
    t->window_end = window_end;
    t->turn = TURN_GOES_ON;
    t->mid_turn = true;
    t->due = 0;
    pmu_rebase(t); /* other threads may share the account, and a thread that stood still was moved on */
}

static bool has_turn(const struct thread *t)
{
    return !t->checkstop && !t->held && !t->turn && thread_cycles(t) < turn_end(t);
}

/* A stopped thread: false if nothing is left of its turn. */
static bool sleep_on(struct thread *t, const struct run_stop *stop)
{
    timer_check(t);
    if (thread_wakes(t)) interrupt_wake(t);
    else if (t->in_company) return false; /* who knows what comes first is the machine */
    else idle_until(t, t->window_end < stop->cycles ? t->window_end : stop->cycles);
    return true;
}

/* Look for interrupts, then find the next instruction; NULL if its fetch raised one. */
static const struct insn *look_up(struct thread *t)
{
    enum code_variant variant;

    if (unlikely(t->traced)) thread_record_idle(t);
    attend(t);
    set_due(t);
    if (!fetch_enter_page(t, &variant)) return NULL;
    t->run_start = t->page + ((t->nia & 0xfff) >> 2);
    if (P9_ASSERTS) check_page(t, t->run_start);
    return t->run_start;
}

static enum next run_from(struct thread *t, const struct insn *i, const struct run_stop *stop)
{
    enum next n;

    set_limit(t, i, stop);
    t->paused = NULL;
    t->told = t->arrived ? i : NULL; /* of this one; whether its address is still waited for or not */
    t->arrived = false;
    if (run_threads() && likely(!t->noting)) n = i->fn(t, i);
    else if (record_goes_on(t)) n = run_recorded(t, i);
    else n = run_stepwise(t, i);
    clear_pause(t);
    return n;
}

bool thread_run(struct thread *t, u64 window_end, const struct run_stop *stop)
{
    if (!t->mid_turn) begin_turn(t, window_end);
    for (;;) {
        const struct insn *i = t->paused;

        if (stands_still(t, stop)) return false;
        if (!i) {
            count_unpack(t);
            i = fetch_carry_on(t);
        }
        if (!i) {
            if (!t->pace) thread_take_time(t);
            if (!t->pace && stands_still(t, stop)) return false;
            if (!has_turn(t)) break;
            P9_ASSERT_OF(thread_contradiction(t));
            if (t->stopped) {
                if (!sleep_on(t, stop)) break;
                continue;
            }
            i = look_up(t);
        }
        if (!i) deliver(t, NULL);
        else if (run_from(t, i, stop) == FAULT) deliver(t, t->at);
    }
    t->mid_turn = false;
    pmu_settle(t);
    if (unlikely(t->traced) && t->in_company) retire_drain(t->ring); /* another thread's records come next */
    return true;
}
