/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The run loop of one thread.  thread_run() executes until the thread's local time (thread_time()) reaches
 * the end of its window, or it stops, dies, or the machine asks it to come back.  Interrupts are looked for where
 * t->limit says: at taken branches, page ends and context-synchronising instructions - the same places in every port,
 * so the fast and the traced port deliver them at the same instruction.
 *
 * A thread can be made to stand still behind any instruction, exactly and in every port: behind so many instructions
 * (struct run_stop), behind the one that is being executed (thread_halt), before the one at some address (code_watch in
 * code.h).  Nothing simulated can tell: when it goes on, it looks up where it would have looked up without the stop.
 * The fast ports run at full speed until the last page of instructions before the stop; then the slot of the
 * instruction to stand still before leads to a stub instead.
 */
#ifndef P9_CORE_RUN_RUN_H
#define P9_CORE_RUN_RUN_H

#include "core/run/code.h"
#include "core/state/thread.h"

/* What the machine does on behalf of an instruction. */
struct run_services {
    enum next (*callthru)(void *self, struct thread *t); /* 0x000eaeb0; NULL: illegal instruction */
    u64 (*random)(void *self);                           /* darn */
    /* The thread is about to execute the instruction at a watched address (code_watch): stand still before it?  Asked
     * once each time it comes there.  May be NULL. */
    bool (*arrived)(void *self, struct thread *t, u64 ea);
    void (*context)(void *self, struct thread *t); /* its context changed; if t->tells_context */
    void *self;
};

/* Stubs that decoded pages point to. */
void run_install_stubs(struct code *code);

/* Where a thread stands still: at once when it has completed so many instructions, or where a straight run ends (or in
 * the middle of a stop) when its local time has come to so many cycles.  UINT64_MAX: never. */
struct run_stop {
    u64 completed, cycles;
};

/* Run until local time reaches window_end (cycles); in company also until the thread stops, has told another thread
 * something, or must wait for others (t->turn says so).  True: the turn is up.  False: the thread stands still in the
 * middle of its turn, because of *stop or thread_halt(); call again to go on with it (window_end counts no more). */
bool thread_run(struct thread *t, u64 window_end, const struct run_stop *stop);

/* Stand still behind the instruction that is being executed (t->at), or at once if none is. */
void thread_halt(struct thread *t);

/* Somebody outside of the simulation is about to change the registers, or the storage, of a thread that stands still or
 * whose turn is over: the straight run that it is in the middle of ends here, and it looks up before its next
 * instruction. */
void thread_end_run(struct thread *t);

/* The same, and it goes on at this address, a multiple of 4. */
void thread_go_to(struct thread *t, u64 nia);

/* From now on this thread is recorded (core/state/retire.h), or no more.  Facts must be kept (code_keep_facts). */
void thread_record(struct thread *t, bool on);

/* Its records tell how long it has stopped (stop instruction) since they told it last, if they are kept. */
void thread_record_idle(struct thread *t);

/* Instructions completed, exact also where it stands still. */
static inline u64 thread_completed(const struct thread *t)
{
    return t->completed + (t->paused ? (u64)(t->paused - t->run_start) : 0);
}

/* Local time in cycles; exact whenever the thread is not inside a run, and where it stands still. */
static inline u64 thread_cycles(const struct thread *t)
{
    return thread_insn_cycles(t, thread_completed(t)) + t->stall_cycles;
}

/* All that is derived is what it would be if it were computed now, between any two instructions; what does not hold, or
 * NULL (base/assert.h). */
const char *thread_contradiction(const struct thread *t);

/* The thread is counted for this account from now on, in t->partition; what came before has been settled. */
void thread_set_account(struct thread *t, struct account *account);

/* Add what was counted since the last time to the active account (before switching it, and before a report). */
void thread_settle_account(struct thread *t);

/* The last translation was for the instruction at cia: if the model charged a walk for it, note where it goes
 * (stats/hot.h). */
void thread_note_walk(struct thread *t, u64 cia);

/* The same for a walk that a model of timing tells of. */
struct hot_walk;
void thread_note_timed_walk(struct thread *t, u64 cia, const struct hot_walk *walk);

/* A conditional store has ended the reservation, and with it what it added to the turn. t->at is that instruction. */
void thread_reservation_ends(struct thread *t);

/* True if a stopped thread has an interrupt pending that would wake it now. */
bool thread_wakes(const struct thread *t);

#endif
