/* SPDX-License-Identifier: Apache-2.0 */
/* p9sim trace diff: where two traces part, or a trace and a log of QEMU. */
#include <inttypes.h>
#include <stdio.h>

#include "base/log.h"
#include "tools/session.h"
#include "tools/trace.h"
#include "traces/ahead.h"
#include "traces/diff.h"
#include "traces/diff_qemu.h"

enum { CONTEXT = 10 };

/* What the command line says; B is there when it is compared with another trace. */
struct both {
    const struct options *options;
    const struct isa *isa;
    struct session session; /* for the names of addresses alone */
    struct trace_source *a, *b;
    u64 context, thread;
};

static void name_of(void *self, u64 address, char out[128])
{
    char name[SYMBOL_TEXT];

    symbols_name(self, address, name);
    snprintf(out, 128, "%s", name);
}

static enum exit_status status_of(enum diff_is is)
{
    return is == DIFF_SAME ? EXIT_FINE : is == DIFF_PARTED ? EXIT_DIFFERS : EXIT_BAD_INPUT;
}

/* ---- two traces ---- */

static enum exit_status compare(struct both *both, struct diff *d)
{
    struct retire_block block;
    enum diff_is is = DIFF_SAME;

    while (is == DIFF_SAME && both->a->next(both->a, &block)) is = diff_take(d, &block);
    if (both->a->failed) is = DIFF_FAILED;
    if (is == DIFF_SAME) is = diff_end(d, false);
    if (is == DIFF_SAME) printf("the same: %" PRIu64 " instructions\n", diff_same(d));
    else if (is == DIFF_FAILED)
        printf("the same as far as they could be read: %" PRIu64 " instructions\n", diff_same(d));
    return status_of(is);
}

static enum exit_status diff_traces(struct both *both)
{
    const struct options *o = both->options;
    struct diff_options d = {.isa = both->isa,
                             .name_a = o->words.item[0],
                             .name_b = o->words.item[1],
                             .lacks_a = both->a->lacks,
                             .context = (unsigned)both->context,
                             .thread = o->thread ? (int)both->thread : DIFF_ALL_THREADS,
                             .to = stdout,
                             .name = name_of,
                             .self = &both->session.symbols};
    enum exit_status status = EXIT_BAD_INPUT;
    struct diff *diff;

    if (o->ignore && !diff_read_words(o->ignore, &d.ignore)) return EXIT_BAD_INPUT;
    trace_skip_same(both->a, both->b, &d.begin);
    both->a = trace_ahead(both->a);
    both->b = trace_ahead(both->b);
    diff = diff_open(&d, both->b);
    if (diff) status = compare(both, diff);
    diff_close(diff);
    return status;
}

/* ---- a trace and a log ---- */

static enum exit_status diff_with_qemu(struct both *both)
{
    const struct options *o = both->options;
    struct diff_qemu d = {.isa = both->isa,
                          .a = both->a,
                          .name_a = o->words.item[0],
                          .context = (unsigned)both->context,
                          .thread = (unsigned)both->thread,
                          .to = stdout,
                          .name = name_of,
                          .self = &both->session.symbols};
    u64 resync = 0;

    if (o->resync && !cli_number("resync", o->resync, &resync)) return EXIT_BAD_INPUT;
    if (resync > DIFF_QEMU_RESYNC_MOST) {
        p9_error("--resync %s: at most %d instructions", o->resync, DIFF_QEMU_RESYNC_MOST);
        return EXIT_BAD_INPUT;
    }
    d.resync = (unsigned)resync;
    return status_of(diff_qemu(&d, o->qemu));
}

/* ---- the command ---- */

static bool read_numbers(struct both *both)
{
    const struct options *o = both->options;

    both->context = CONTEXT;
    if (o->context && !cli_number("context", o->context, &both->context)) return false;
    if (o->thread && !cli_number("thread", o->thread, &both->thread)) return false;
    if (both->context > DIFF_CONTEXT_MOST)
        return p9_error("--context %s: at most %d records", o->context, DIFF_CONTEXT_MOST);
    if (both->thread >= RETIRE_NO_THREAD) return p9_error("--thread %s: there are not so many", o->thread);
    return session_symbols(&both->session, NULL);
}

static enum exit_status open_and_diff(struct both *both)
{
    const struct options *o = both->options;

    if (!read_numbers(both)) return EXIT_BAD_INPUT;
    both->a = trace_open_file(o, o->words.item[0], both->isa);
    if (!both->a) return EXIT_BAD_INPUT;
    if (o->qemu) return diff_with_qemu(both);
    both->b = trace_open_file(o, o->words.item[1], both->isa);
    return both->b ? diff_traces(both) : EXIT_BAD_INPUT;
}

static int run(struct options *options)
{
    struct isa *isa;
    struct both both = {.options = options, .session = {.options = options}};
    enum exit_status status;

    if ((options->words.count == 1) != (options->qemu != NULL)) {
        p9_error("trace diff: name two traces, or one and --qemu LOG; see `p9sim help trace diff`");
        return EXIT_USAGE;
    }
    if (options->qemu ? options->ignore != NULL : options->resync != NULL) {
        p9_error("trace diff: --ignore is for two traces, --resync for --qemu");
        return EXIT_USAGE;
    }
    isa = isa_new();
    both.isa = isa;
    status = open_and_diff(&both);
    if (both.a) both.a->close(both.a);
    if (both.b) both.b->close(both.b);
    symbols_close(&both.session.symbols);
    if (isa) isa_free(isa);
    return status;
}

static const struct cli_row rows[] = {
    {"context", "N", NULL, KIND_TEXT, offsetof(struct options, context), NULL,
     "show so many records before the place (default 10)"},
    {"ignore", "WORD[,WORD...]", NULL, KIND_TEXT, offsetof(struct options, ignore), NULL,
     "what may differ: events, interrupts, returns, context, invalidations, barriers, rc, dma, idle, dscr, faults, "
     "waits, sources, walks, real, registers, values"},
    {"thread", "N", NULL, KIND_TEXT, offsetof(struct options, thread), NULL, "compare this hardware thread alone"},
    {"symbols", "FILE[@OFFSET]", NULL, KIND_LIST | OF_FILE, offsetof(struct options, symbols), NULL,
     "name the place by this ELF file, as it was linked or moved by OFFSET"},
    {"qemu", "LOG", NULL, KIND_TEXT, offsetof(struct options, qemu), NULL,
     "compare the addresses of A with those of a log of qemu-system-ppc64 -d exec,nochain -singlestep"},
    {"resync", "N", NULL, KIND_TEXT, offsetof(struct options, resync), NULL,
     "with --qemu: go on where both meet again within N instructions, and count such detours"},
    {.name = NULL},
};
static const struct cli_row *const tables[] = {rows, trace_file_rows, NULL};

const struct command command_trace_diff = {
    .name = "trace diff",
    .arguments = "A B | A --qemu LOG",
    .summary = "Find where two traces part, and say what differs there.",
    .details =
        "Formats can be mixed: what one of them does not say is not compared; a qtrace is held against thread 0 of a\n"
        "state trace unless --thread says which. Times, and how records are cut into blocks, are never compared.\n"
        "Exit status: 0 the same, 5 they differ, 1 a file cannot be read (to its end), 2 usage.\n",
    .tables = tables,
    .words_least = 1,
    .words_most = 2,
    .run = run,
};
