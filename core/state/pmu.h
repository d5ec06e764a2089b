/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The performance monitor (Book III chapter 9).
 *
 * A counter is a view: while PMCn counts, its value is the register's field plus what its source has grown by since it
 * was last settled, so counting costs nothing per instruction.  The sources are the instructions that the thread has
 * completed, the cycles in which it was not stopped, and the rows of stats/counters.def that have an event code (the
 * active account's; so the counters are settled whenever the account, the privilege or the thread that runs changes).
 *
 * A counter that may become negative has a deadline like the decrementer's: exact for cycles and instructions, the
 * earliest possible one for other events, looked at again then.  So an alert comes at the first place after it at which
 * the run loop looks up: the handful of instructions that hardware calls skid.
 *
 * Not modelled: marked instructions (random sampling) and thresholds - events that need them count nothing, and with
 * MMCRA[63] = 1 an alert leaves SIAR and SIER alone; SDAR is software's; the counters of other threads (SHRFC).
 */
#ifndef P9_CORE_STATE_PMU_H
#define P9_CORE_STATE_PMU_H

#include "core/state/thread.h"

void pmu_reset(struct thread *t);
void pmu_restored(struct thread *t); /* its registers and what was going on are as they were when they were saved */

/* Add to the counters what they have counted so far.  Before the active account changes or the thread's turn ends. */
void pmu_settle(struct thread *t);
/* And after it: count from here. */
void pmu_rebase(struct thread *t);

/* What decides about counting changed (MMCRs, PMCs, MSR, run latch, time base): settle, then see what counts now. */
void pmu_update(struct thread *t);

/* The time base was set: its next transition is another. */
void pmu_time_changed(struct thread *t);

/* Do what is due: freeze, trigger, alert.  Cheap until then.  nia: where execution stands, for SIAR. */
void pmu_alert(struct thread *t, u64 nia);
static inline void pmu_check(struct thread *t, u64 nia)
{
    if (t->completed >= t->pmu.at_completed || thread_time(t) >= t->pmu.at_cycles) pmu_alert(t, nia);
}

/* ---- branch history (III 9.5, II chapter 8) ---- */

/* A branch was taken; called while t->bhrb.on. */
enum branch_form { BRANCH_I, BRANCH_B, BRANCH_XL };
void bhrb_record(struct thread *t, enum branch_form form, unsigned bo, bool lk, u64 from, u64 to);
void bhrb_clear(struct thread *t);
/* Entry n, 0 is the most recent; 0 if there is none. */
u64 bhrb_read(const struct thread *t, unsigned n);

#endif
