/* SPDX-License-Identifier: Apache-2.0 */
/* Records of all threads as a state trace: everything that they say, in the order in which blocks come. */
#ifndef P9_TRACES_STATE_SINK_H
#define P9_TRACES_STATE_SINK_H

#include "traces/source.h"

struct state_sink;
struct stream_writer;

/* To a stream that stays its caller's.  values: with what instructions read and wrote; the sink asks for them.  NULL
 * after an error line. */
struct state_sink *state_sink_open(struct stream_writer *stream, unsigned threads, bool values);
/* Before the first record: the context in which a thread is, as a record of that kind. */
void state_sink_context(struct state_sink *s, unsigned thread, const struct retire *context);
void state_sink_has_gaps(struct state_sink *s); /* before the first record: some will be missing */
struct retire_sink *state_sink_of(struct state_sink *s);
/* A part of the trace (start.h), in pieces: before its records, or behind them. */
void state_sink_part(struct state_sink *s, enum trace_part part, const u8 *bytes, size_t size);
u64 state_sink_written(const struct state_sink *s); /* instructions */
void state_sink_close(struct state_sink *s);        /* the trace has its end */

#endif
