/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Event-based branches (Book II chapter 7): an exception that goes straight to a program's own handler.  The status
 * bits of BESCR say that an event occurred, the enable bits whether it may branch; PENDING_EBB is their product, so
 * that the run loop looks at it where it looks at interrupts, and nowhere else.
 */
#ifndef P9_CORE_STATE_EBB_H
#define P9_CORE_STATE_EBB_H

#include "core/state/thread.h"

/* BESCR, or what raises a performance monitor event, changed: PENDING_EBB follows. */
void ebb_update(struct thread *t);

/* If an event may branch now - problem state, facility available - go to the handler; t->nia is where execution stands.
 */
void ebb_deliver(struct thread *t);

/* The line of external events (from outside the thread) went up or down. */
void ebb_external(struct thread *t, bool level);

#endif
