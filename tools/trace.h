/* SPDX-License-Identifier: Apache-2.0 */
/* What the verbs of `p9sim trace` share. */
#ifndef P9_TOOLS_TRACE_H
#define P9_TOOLS_TRACE_H

#include "tools/cli.h"
#include "traces/source.h"

extern const struct command command_trace_show, command_trace_replay, command_trace_diff, command_trace_lint,
    command_trace_export, command_trace_index;

extern const struct cli_row trace_file_rows[]; /* how files are read */

/* The trace at path.  NULL after an error line, or if isa is NULL. */
struct trace_source *trace_open_file(const struct options *options, const char *path, const struct isa *isa);

#endif
