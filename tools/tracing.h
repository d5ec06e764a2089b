/* SPDX-License-Identifier: Apache-2.0 */
/* The trace that a run writes: --trace FILE[,format=FORMAT], --trace-from WHEN, --trace-until WHEN,
 * --trace-only WORDS, --trace-sample N,M. */
#ifndef P9_TOOLS_TRACING_H
#define P9_TOOLS_TRACING_H

#include "tools/session.h"

struct tracing;

/* As the options say, before the run; *tracing is NULL if they want none.  False after an error line. */
must_use bool tracing_plan(struct session *session, struct machine *machine, struct tracing **tracing);
/* The run is over: the file is whole.  False after an error line. */
must_use bool tracing_finish(struct tracing *tracing, struct machine *machine);
/* In a copy of the process: nothing of what follows gets into the trace.  NULL: there is none. */
void tracing_mute(struct tracing *tracing);
/* The run did not come to its end.  NULL: there is none. */
void tracing_abandon(struct tracing *tracing);

#endif
