/* SPDX-License-Identifier: Apache-2.0 */
/* p9sim trace: what to do with a trace that was written (traces/). */
#include <stdio.h>

#include "base/log.h"
#include "tools/cli.h"
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

static const struct verb {
    const char *name;
    bool (*work)(const struct options *options, const struct isa *isa, struct trace_source *source);
} verbs[] = {{"show", show}};

static const struct verb *find(const char *name)
{
    for (unsigned k = 0; k < ARRAY_SIZE(verbs); k++)
        if (!strcmp(verbs[k].name, name)) return &verbs[k];
    return NULL;
}

static int run(struct options *options)
{
    const struct verb *verb = find(options->words.item[0]);
    struct trace_source *source;
    struct isa *isa;
    bool ok = false;

    if (!verb) {
        p9_error("trace: there is no %.40s; see `p9sim help trace`", options->words.item[0]);
        return EXIT_USAGE;
    }
    isa = isa_new();
    source = isa ? trace_open(options->words.item[1], isa, options->as_qtlib ? TRACE_AS_QTLIB : 0) : NULL;
    if (source) {
        ok = verb->work(options, isa, source);
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
    {"as-qtlib", NULL, NULL, KIND_FLAG, offsetof(struct options, as_qtlib), NULL,
     "the file's page sizes stand in the order in which qtlib's writer puts them (docs/FORMATS.md)"},
    {.name = NULL},
};
static const struct cli_row *const tables[] = {rows, NULL};

const struct command command_trace = {
    .name = "trace",
    .arguments = "show FILE",
    .summary = "Show what a trace holds.",
    .details = "show FILE: a line for each instruction, with its access to storage.\n"
               "FILE is a qtrace, packed by gzip or not; `p9sim run --trace` writes one.\n",
    .tables = tables,
    .words_least = 2,
    .words_most = 2,
    .run = run,
};
