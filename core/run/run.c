/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One loop, two gears.  In the fast ports each body jumps to the next one and control returns here only when a run
 * leaves its page, t->limit is reached, or an instruction faults; in the traced port - and in builds without tail calls
 * - each body returns to stepwise.c, which makes the same decisions at the same places.
 *
 *   fetch.c     which decoded page comes next      count.c     what has been done enters the accounts
 *   stepwise.c  the slow gear                      context.c   MSR, LPIDR, PIDR ... changed
 *   access.c    accesses that go the slow way      services.c  what the machine does for an instruction
 */
#include "core/run/run.h"

#include "core/isa/port_entry.h"
#include "core/run/run_internal.h"
#include "core/state/ebb.h"
#include "core/state/fabric.h"
#include "core/state/interrupt.h"
#include "core/state/pmu.h"
#include "core/state/timer.h"

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

        count_unpack(t);
        if (t->stopped) {
            timer_check(t);
            if (thread_wakes(t)) interrupt_wake(t);
            else if (t->in_company) break; /* who knows what comes first is the machine */
            else idle_until(t, window_end);
            continue;
        }
        attend(t);
        set_limit(t, max_completed);
        if (fetch_enter_page(t, &variant)) {
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
