/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Time as a thread sees it.  Local time in cycles is thread_time(); cycles_to_tb scales it to ticks of the
 * 512 MHz time base, and every timer is a constant added to or subtracted from those ticks, so nothing is done per
 * instruction.  The counters must be settled (the run loop, and instructions of class SPR and SYS).
 */
#ifndef P9_CORE_STATE_TIMER_H
#define P9_CORE_STATE_TIMER_H

#include "core/state/thread.h"

#define TIMER_NEVER UINT64_MAX

/* Ticks since power-on, and the time base register. */
u64 timer_ticks(const struct thread *t);
u64 timer_tb(const struct thread *t);

/* Power-on: time base 0, decrementers far away. */
void timer_reset(struct thread *t);

/* Bring PENDING_DECREMENTER and PENDING_HDECREMENTER up to date: cheap until the deadline has come. */
void timer_check(struct thread *t);
/* The same after a change of what they depend on (DEC, HDEC, LPCR[LD]); before LPCR[HDICE] changes, timer_check. */
void timer_update(struct thread *t);

/* Local time in cycles at which timer_check will have something to do; TIMER_NEVER if that is beyond counting. */
u64 timer_next_deadline_cycles(const struct thread *t);

/* The first cycle of local time at which timer_ticks() has reached this; TIMER_NEVER as above. */
u64 timer_cycles_at(const struct thread *t, u64 ticks);

/* The chip's TOD unit sends its value: the time base of this thread's core takes it if TFMR waits for it. */
void timer_load_tod(struct thread *t, u64 tod);

#endif
