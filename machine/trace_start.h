/* SPDX-License-Identifier: Apache-2.0 */
/* What a state trace says besides its records (traces/start.h), out of the machine that is traced. */
#ifndef P9_MACHINE_TRACE_START_H
#define P9_MACHINE_TRACE_START_H

#include "machine/machine.h"
#include "traces/start.h"
#include "traces/state_sink.h"

/* How the machine stands, before its first record; and what has been counted until then.  False after an error line:
 * the host has no memory. */
must_use bool machine_put_start(struct state_sink *sink, struct machine *m, struct trace_counted *before);

/* What it has counted since, behind the last record. */
must_use bool machine_put_counted(struct state_sink *sink, struct machine *m, const struct trace_counted *before);

#endif
