/* SPDX-License-Identifier: Apache-2.0 */
/* p9sim trace show: what a trace holds, as lines. */
#include <stdio.h>

#include "base/log.h"
#include "tools/trace.h"
#include "traces/show.h"

static bool show(const struct options *o, const struct isa *isa, struct trace_source *source)
{
    struct show s = {.to = stdout, .isa = isa, .count = ~0ULL, .walks = o->walks};
    struct retire_block block;

    if (o->from && !cli_number("--from", o->from, &s.from)) return false;
    if (o->count && !cli_number("--count", o->count, &s.count)) return false;
    while (s.count && source->next(source, &block) && show_block(&s, &block)) {
    }
    return !source->failed;
}

static int run(struct options *options)
{
    struct isa *isa = isa_new();
    struct trace_source *source = trace_open_file(options, options->words.item[0], isa);
    bool ok = false;

    if (source) {
        ok = show(options, isa, source);
        source->close(source);
    }
    if (isa) isa_free(isa);
    return ok ? EXIT_FINE : EXIT_BAD_INPUT;
}

static const struct cli_row rows[] = {
    {"from", "N", NULL, KIND_TEXT, offsetof(struct options, from), NULL, "begin at instruction N of the trace"},
    {"count", "N", NULL, KIND_TEXT, offsetof(struct options, count), NULL, "so many instructions"},
    {"walks", NULL, NULL, KIND_FLAG, offsetof(struct options, walks), NULL,
     "a line for each table entry of a walk too"},
    {.name = NULL},
};
static const struct cli_row *const tables[] = {rows, trace_file_rows, NULL};

const struct command command_trace_show = {
    .name = "trace show",
    .arguments = "FILE",
    .summary = "Show what a trace holds: a line for each instruction, with its access to storage.",
    .tables = tables,
    .words_least = 1,
    .words_most = 1,
    .run = run,
};
