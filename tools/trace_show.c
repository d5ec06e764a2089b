/* SPDX-License-Identifier: Apache-2.0 */
/* p9sim trace show: what a trace holds, as lines. */
#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"
#include "tools/filtering.h"
#include "tools/session.h"
#include "tools/trace.h"
#include "traces/commit.h"
#include "traces/show.h"

static void name(void *self, u64 address, char out[SHOW_NAME])
{
    symbols_name(self, address, out);
}

/* --only and --symbols; path is for messages. */
static bool plan(struct show *s, const struct options *o, struct symbols *symbols)
{
    _Static_assert((int)SHOW_NAME >= (int)SYMBOL_TEXT, "room for a name");
    if (o->from && !cli_number("from", o->from, &s->from)) return false;
    if (o->count && !cli_number("count", o->count, &s->count)) return false;
    if (!symbols_of_files(o, symbols)) return false;
    if (symbols->count) {
        s->name = name;
        s->self = symbols;
    }
    return filtering_read(&s->picker.filter, "--only", &o->only, symbols);
}

/* Does the trace say what is asked of it?  Its first block has been read. */
static bool says(const struct show *s, const struct trace_source *source, const struct retire_block *block,
                 const char *path)
{
    const char *word = "";

    if (filter_needs(&s->picker.filter, &word) & source->lacks)
        return p9_error("%s: a %s does not say what --only %s asks for; a state trace does", path, source->format,
                        word);
    return !s->commit || block->value ||
           p9_error("%s: has no values, which --commit shows; record it with --trace FILE,format=state,values", path);
}

static void head(const struct show *s)
{
    char lines[COMMIT_MOST];

    if (s->commit) fwrite(lines, 1, commit_begin(s->picker.filter.words ? "filtered" : NULL, lines), s->to);
}

static bool show(struct show *s, struct trace_source *source, const char *path)
{
    struct retire_block block;

    if (s->from && trace_seek(source, s->from, &s->number) && s->number > s->from)
        return p9_error("%s: its members are out of order", path);
    if (!s->count || !source->next(source, &block)) return !source->failed;
    if (!says(s, source, &block, path)) return false;
    contexts_begin_at(&s->picker.contexts, source);
    head(s);
    if (source->has_gaps && !s->commit) fputs("# filtered: not all instructions are in it\n", s->to);
    while (show_block(s, &block) && source->next(source, &block)) {
    }
    return !source->failed;
}

static int run(struct options *options)
{
    const char *path = options->words.item[0];
    struct isa *isa = isa_new();
    struct trace_source *source = trace_open_file(options, path, isa);
    struct words *words = words_open(isa);
    struct show *s = calloc(1, sizeof *s);
    struct symbols symbols = {0};
    bool ok = false;

    if (source && words && s) {
        *s = (struct show){
            .to = stdout, .words = words, .count = ~0ULL, .walks = options->walks, .commit = options->commit};
        ok = plan(s, options, &symbols) && show(s, source, path);
    } else if (source) {
        p9_error("%s: the host has no memory to show it", path);
    }
    if (source) source->close(source);
    words_close(words);
    if (isa) isa_free(isa);
    symbols_close(&symbols);
    free(s);
    return ok ? EXIT_FINE : EXIT_BAD_INPUT;
}

#define AT(field) offsetof(struct options, field)
static const struct cli_row rows[] = {
    {"from", "N", NULL, KIND_TEXT, AT(from), NULL, "begin at instruction N of the trace"},
    {"count", "N", NULL, KIND_TEXT, AT(count), NULL, "so many instructions, and no more"},
    {"only", "WORDS", NULL, KIND_LIST, AT(only), NULL,
     "only these instructions: level=K, lpid=N, pid=N, state=NAME, thread=N, pc=A..B, pc=NAME, ea=A..B, walks, with "
     "commas "
     "between them; all of them must hold"},
    {"walks", NULL, NULL, KIND_FLAG, AT(walks), NULL, "a line for each table entry of a walk too"},
    {"symbols", "FILE[@OFFSET]", NULL, KIND_LIST | OF_HOST, AT(symbols), NULL,
     "name addresses by this ELF file, as it was linked or moved by OFFSET"},
    {"commit", NULL, NULL, KIND_FLAG, AT(commit), NULL,
     "as a commit log: what each instruction changed, for programs (docs/FORMATS.md)"},
    {.name = NULL},
};
static const struct cli_row *const tables[] = {rows, trace_file_rows, NULL};

const struct command command_trace_show = {
    .name = "trace show",
    .arguments = "FILE",
    .summary = "Show what a trace holds: a line for each instruction, with its access to storage.",
    .details = filter_help,
    .tables = tables,
    .words_least = 1,
    .words_most = 1,
    .run = run,
};
