/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The run loop of one thread.  thread_run() executes until the thread's local time (completed + stall_cycles) reaches
 * the end of its window, or it stops, dies, or the machine asks it to come back.  Interrupts are looked for where
 * t->limit says: at taken branches, page ends and context-synchronising instructions - the same places in every port,
 * so the fast and the traced port deliver them at the same instruction.
 */
#ifndef P9_CORE_RUN_RUN_H
#define P9_CORE_RUN_RUN_H

#include "core/run/code.h"
#include "core/state/thread.h"

/* What the machine does on behalf of an instruction. */
struct run_services {
    enum next (*callthru)(void *self, struct thread *t); /* 0x000eaeb0; NULL: illegal instruction */
    u64 (*random)(void *self);                           /* darn */
    void *self;
};

/* Stubs that decoded pages point to. */
void run_install_stubs(struct code *code);

/* Run until local time reaches window_end (cycles) or completed reaches max_completed.  In company also until the
 * thread stops, has told another thread something, or must wait for others (t->turn says so). */
void thread_run(struct thread *t, u64 window_end, u64 max_completed);

/* Local time in cycles; exact whenever the thread is not inside a run. */
static inline u64 thread_cycles(const struct thread *t)
{
    return t->completed + t->stall_cycles;
}

/* Add what was counted since the last time to the active account (before switching it, and before a report). */
void thread_settle_account(struct thread *t);

/* The last translation was for the instruction at cia: if the model charged a walk for it, note where it goes
 * (stats/hot.h). */
void thread_note_walk(struct thread *t, u64 cia);

/* A conditional store has ended the reservation, and with it what it added to the turn. t->at is that instruction. */
void thread_reservation_ends(struct thread *t);

/* True if a stopped thread has an interrupt pending that would wake it now. */
bool thread_wakes(const struct thread *t);

#endif
