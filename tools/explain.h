/* SPDX-License-Identifier: Apache-2.0 */
/* The part of `p9sim walk` that needs a machine. */
#ifndef P9_TOOLS_EXPLAIN_H
#define P9_TOOLS_EXPLAIN_H

#include "core/state/thread.h"
#include "mmu/xlate.h"
#include "tools/cli.h"

/* Before the machine is made: false after an error line. */
must_use bool explain_options_are_good(const struct options *options);

/* Print everything about this access by thread t: each table entry and who would answer for it, what a walk costs now,
 * cold, and with the leaves of --assume-leaf, or the interrupt and every register it would set.  A fault is delivered
 * to the thread for that, so the machine cannot run on.  False after an error line. */
must_use bool explain_access(const struct options *options, struct thread *t, struct xlate_req req);

/* Of the embedded experiment: one TLB miss of a guest's guest, and why it costs what it costs.  The thread is left in
 * that guest's context, so the machine cannot run on.  False after an error line. */
must_use bool explain_nested_miss(struct thread *t);

#endif
