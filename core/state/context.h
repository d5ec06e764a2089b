/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Changes of what a thread is: its MSR, its context, its life.  Everything that other state is derived from is written
 * here and nowhere else.
 */
#ifndef P9_CORE_STATE_CONTEXT_H
#define P9_CORE_STATE_CONTEXT_H

#include <stdio.h>

#include "base/state.h"
#include "core/state/thread.h"

/* The bits that POWER9's MSR has. */
#define MSR_VALID                                                                                                      \
    (MSR_SF | MSR_HV | MSR_TS | MSR_TM | MSR_VEC | MSR_VSX | MSR_S | MSR_EE | MSR_PR | MSR_FP | MSR_ME | MSR_FE0 |     \
     MSR_SE | MSR_BE | MSR_FE1 | MSR_IR | MSR_DR | MSR_PMM | MSR_RI | MSR_LE)

/* Implemented by core/run: MSR, LPCR, LPIDR, PIDR, PTCR, HRMOR, URMOR, AMR, IAMR or SMFCTRL changed; choose the
 * translation context, the account and the port anew, and look up (thread_attend). */
void thread_context_changed(struct thread *t);

/* Implemented by core/run: the hypervisor has told everybody to forget the partition-table entry of this LPID. */
void thread_partition_invalidated(struct thread *t, u32 lpid);

/* Implemented by core/run: DAWR0, DAWRX0 or CIABR changed. */
void thread_watch_changed(struct thread *t);

/* HFSCR changed: t->withheld follows. */
void thread_facilities_changed(struct thread *t);

/* Store an MSR image: bits that do not exist are dropped, derived state follows. Who may set what is the caller's. */
void thread_set_msr(struct thread *t, u64 msr);

/* Power-on state of POWER9: 64-bit hypervisor real mode, at nia; cycles and connections are kept. */
void thread_reset(struct thread *t, u64 nia);

/* The thread died: nothing wakes it any more. */
void thread_checkstop(struct thread *t);

/* The rows of a thread; what points to other parts of the machine is restored by whoever owns these. */
extern const struct state_table thread_state;

/* Registers in a form to read. */
void thread_dump(FILE *to, struct thread *t);

#endif
