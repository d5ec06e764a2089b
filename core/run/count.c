/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a thread has done, on its way into the accounts.  A straight run adds packed class counts (thread.h) to the
 * thread alone; they are unpacked at every look-up of the run loop, and whatever the thread has done since the last
 * time enters the active account when that changes or somebody reads it.
 */
#include "core/run/run_internal.h"

#include "hypervisor/account.h"
#include "mmu/mmu.h"
#include "stats/hot.h"

void count_unpack(struct thread *t)
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
    u64 cycles = thread_cycles(t) + t->owed_cycles, completed = thread_completed(t);
    /* Of a straight run in whose middle the thread stands still.  It enters class_sums when it ends, whole: what of it
     * has been unpacked here is taken off in advance, so that class_sums are less than 0 until then. */
    u64 part = t->paused ? t->paused->sums - t->run_start->sums : 0;

    t->class_sums += part;
    count_unpack(t);
    t->class_sums -= part;
    c->completed += completed - t->counted_completed;
    c->cycles += cycles - t->counted_cycles;
    c->idle_cycles += t->idle_cycles - t->counted_idle;
    t->counted_completed = completed;
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

    if (likely(!walk) || !t->pace) return; /* of a thread that is timed another model says what it cost */
    thread_note_timed_walk(t, cia, walk);
}

void thread_note_timed_walk(struct thread *t, u64 cia, const struct hot_walk *walk)
{
    if (!t->hot) return;
    hot_note(t->hot, &(struct hot_place){cia & t->ea_mask, t->account->number, pid_of_code(t, cia)}, walk);
}
