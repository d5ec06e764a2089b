/* SPDX-License-Identifier: Apache-2.0 */
/* p9sim trace: what to do with traces that were written (traces/).  Each verb is in a file of its name. */
#include "tools/trace.h"

const struct cli_row trace_file_rows[] = {
    {"as-qtlib", NULL, NULL, KIND_FLAG, offsetof(struct options, as_qtlib), NULL,
     "the file's page sizes stand in the order in which qtlib's writer puts them (docs/FORMATS.md)"},
    {.name = NULL},
};

struct trace_source *trace_open_file(const struct options *options, const char *path, const struct isa *isa)
{
    return isa ? trace_open(path, isa, options->as_qtlib ? TRACE_AS_QTLIB : 0) : NULL;
}

static const struct cli_row *const none[] = {NULL};
static const struct command *const verbs[] = {
    &command_trace_show,   /* trace_show.c */
    &command_trace_replay, /* trace_replay.c */
    &command_trace_diff,   /* trace_diff.c */
    &command_trace_lint,   /* trace_lint.c */
    &command_trace_export, /* trace_export.c */
    &command_trace_index,  /* trace_index.c */
    NULL,
};
const struct command command_trace = {
    .name = "trace",
    .arguments = "VERB FILE",
    .summary = "Read traces, which `p9sim run --trace` writes.",
    .details = "FILE is a state trace or a qtrace, packed by gzip or not (docs/FORMATS.md).\n",
    .tables = none,
    .verbs = verbs,
};
