/* SPDX-License-Identifier: Apache-2.0 */
/* p9sim trace lint: does what must hold of every trace hold of this one? (traces/lint.def) */
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "tools/trace.h"
#include "traces/lint.h"

enum { MOST_TOLD = 20 };

static bool read_all(struct trace_source *source, struct lint *lint)
{
    struct retire_block block;

    while (source->next(source, &block)) lint_block(lint, &block);
    return !source->failed;
}

/* What was found is told of a trace that ends in error, too. */
static enum exit_status lint_source(const struct options *o, const struct isa *isa, struct trace_source *source)
{
    const char *path = o->words.item[0];
    u64 most = MOST_TOLD;
    struct lint *lint;
    bool ok, violated;

    if (o->most && !cli_number("--most", o->most, &most)) return EXIT_BAD_INPUT;
    lint = lint_open(stdout, path, isa, source, most);
    if (!lint) return EXIT_BAD_INPUT;
    ok = read_all(source, lint);
    if (ok && !strcmp(source->format, "qtrace")) ok = lint_terminations(lint, o->as_qtlib);
    lint_summary(lint);
    violated = lint_violations(lint);
    lint_close(lint);
    if (!ok) return EXIT_BAD_INPUT;
    return violated ? EXIT_DIFFERS : EXIT_FINE;
}

static int run(struct options *options)
{
    struct isa *isa = isa_new();
    struct trace_source *source = trace_open_file(options, options->words.item[0], isa);
    enum exit_status status = EXIT_BAD_INPUT;

    if (source) {
        status = lint_source(options, isa, source);
        source->close(source);
    }
    if (isa) isa_free(isa);
    return status;
}

static const struct cli_row rows[] = {
    {"most", "N", NULL, KIND_TEXT, offsetof(struct options, most), NULL, "findings that are told one by one (20)"},
    {.name = NULL},
};
static const struct cli_row *const tables[] = {rows, trace_file_rows, NULL};

const struct command command_trace_lint = {
    .name = "trace lint",
    .arguments = "FILE",
    .summary = "Ask whether a trace holds together: control, addresses, walks, privilege; ours or another's.",
    .details = "A line for each finding, and a table of the rules: how often each was asked, and how often it did not\n"
               "hold.  Exit status 5: something does not hold; 1: the file cannot be read to its end.\n\n"
#define LINT_RULE(name, needs, text) "  " #name ": " text "\n"
#include "traces/lint.def"
#undef LINT_RULE
    ,
    .tables = tables,
    .words_least = 1,
    .words_most = 1,
    .run = run,
};
