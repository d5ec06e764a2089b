/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A trace through the model of the core: its records are placed by core/timing/timing.h as those of a live run are, in
 * a time of this model's own.  Each thread has a clock: it begins where the trace says that the thread's time was (0 if
 * it does not), goes on by what the model answers, and stands still for as long as idle stretches were in the run.  So
 * the trace of a run under the model core, on one thread, takes the cycles that it took there.
 *
 * What a trace lacks it cannot give back: who names no registers (qtrace) has no operand to wait for.
 */
#ifndef P9_TRACES_TIMED_H
#define P9_TRACES_TIMED_H

#include "core/timing/timing.h"
#include "traces/context.h"
#include "traces/source.h"

struct counters;
struct timed;

/* For the blocks of this source, from its first on: a machine of so many cores with so many threads each (1, 2 or 4).
 * listener: asked whose cycles these are for each stretch of records in one context (timed_context()); NULL: all are
 * counted in one place (timed_counters()).  Both stay their caller's.  NULL after an error line. */
struct timed *timed_open(const struct timing_config *config, const struct isa *isa, const struct trace_source *source,
                         unsigned cores, unsigned threads, const struct timing_listener *listener);
void timed_close(struct timed *t); /* may be NULL */

/* The next block.  False after an error line: it is of a thread that this machine does not have. */
must_use bool timed_take(struct timed *t, const struct retire_block *block);

/* Of the stretch that the listener is asked about, or whose instructions a watcher sees. */
const struct trace_context *timed_context(const struct timed *t);

/* What the model counts if there is no listener. */
const struct counters *timed_counters(const struct timed *t);

/* The model itself, for whoever watches it (timing_watch()). */
struct timing *timed_model(struct timed *t);

#endif
