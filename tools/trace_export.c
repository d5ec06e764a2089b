/* SPDX-License-Identifier: Apache-2.0 */
/* p9sim trace export: a trace as what other tools read (traces/export.h), with the model of the core or without. */
#include <stdio.h>

#include "base/log.h"
#include "core/timing/timing.h"
#include "tools/session.h"
#include "tools/trace.h"
#include "traces/export.h"
#include "traces/timed.h"

struct export
{
    const struct options *options;
    const struct isa *isa;
    struct symbols symbols;
    struct output *to;
    struct exporter *exporter;
    struct trace_source *source;
    struct timed *timed; /* NULL: nobody asks for a model */
    struct contexts contexts;
    u64 from, count, interval;
    u64 number; /* of the next instruction */
};

/* ---- kinds ---- */

static void name_symbol(void *self, u64 address, char *out, size_t size)
{
    char name[SYMBOL_TEXT];

    symbols_name(self, address, name);
    snprintf(out, size, "%.*s", (int)strcspn(name, "+"), name);
}

static struct exporter *folded(struct export *x, bool of_walks)
{
    const struct export_names names = {name_symbol, &x->symbols};

    return export_folded(x->to, of_walks, x->options->config.model == MODEL_CORE, &names);
}

static struct exporter *open_bbv(struct export *x)
{
    return export_bbv(x->to, x->interval);
}
static struct exporter *open_accesses(struct export *x)
{
    return export_accesses(x->to, ACCESSES_TEXT);
}
static struct exporter *open_binary(struct export *x)
{
    return export_accesses(x->to, ACCESSES_BINARY);
}
static struct exporter *open_din(struct export *x)
{
    return export_accesses(x->to, ACCESSES_DIN);
}
static struct exporter *open_folded(struct export *x)
{
    return folded(x, false);
}
static struct exporter *open_walks(struct export *x)
{
    return folded(x, true);
}
static struct exporter *open_konata(struct export *x)
{
    return export_pipeline(x->to, x->isa);
}

static const struct kind {
    const char *name;
    struct exporter *(*open)(struct export *x);
} kinds[] = {
    {"bbv", open_bbv},       {"accesses", open_accesses},  {"accesses-binary", open_binary}, {"din", open_din},
    {"folded", open_folded}, {"folded-walks", open_walks}, {"konata", open_konata},
};

static const struct kind *kind_of(const char *name)
{
    for (unsigned k = 0; name && k < ARRAY_SIZE(kinds); k++)
        if (!strcmp(kinds[k].name, name)) return &kinds[k];
    p9_error("--as %.40s: say bbv, accesses, accesses-binary, din, folded, folded-walks or konata", name ? name : "");
    return NULL;
}

/* ---- instructions ---- */

static bool is_wanted(const struct export *x)
{
    return x->number >= x->from && x->number - x->from < x->count;
}

static void placed(void *self, const struct timing_step *step)
{
    struct export *x = self;
    const struct export_insn i = {
        .record = step->record, .context = timed_context(x->timed), .step = step, .number = x->number};

    if (is_wanted(x)) x->exporter->take(x->exporter, &i);
    x->number++;
}

static void take_block(struct export *x, const struct retire_block *block)
{
    for (size_t k = 0; k < block->count; k++) {
        const struct retire *r = &block->record[k];
        const struct trace_context *context;

        if (r->thread == RETIRE_NO_THREAD) continue;
        context = contexts_meet(&x->contexts, block, k);
        if (r->kind == RETIRE_INSN && is_wanted(x))
            x->exporter->take(x->exporter, &(struct export_insn){r, block, context, NULL, x->number});
        x->number += r->kind == RETIRE_INSN;
        contexts_pass(&x->contexts, block, k);
    }
}

static bool take_blocks(struct export *x)
{
    struct retire_block block;
    bool began = false;

    while ((x->number < x->from || x->number - x->from < x->count) && !output_has_failed(x->to) &&
           x->source->next(x->source, &block)) {
        if (!began) contexts_begin_at(&x->contexts, x->source);
        began = true;
        if (x->timed && !timed_take(x->timed, &block)) return false;
        if (!x->timed) take_block(x, &block);
    }
    return !x->source->failed;
}

/* ---- beginning and end ---- */

static bool read_count(const char *option, const char *text, u64 fallback, u64 *value)
{
    *value = fallback;
    return !text || config_read_count(text, value) ||
           p9_error("--%s: \"%.60s\" is no number of instructions (write 5000 or 10M)", option, text);
}

static bool read_numbers(struct export *x)
{
    const struct options *o = x->options;

    if (!read_count("from", o->from, 0, &x->from) || !read_count("count", o->count, ~0ULL, &x->count) ||
        !read_count("interval", o->interval, 10000000, &x->interval))
        return false;
    return x->interval || p9_error("--interval: an interval has at least one instruction");
}

static bool open_model(struct export *x)
{
    const struct config *c = &x->options->config;
    const struct timing_config timing = config_timing(c);

    x->timed = timed_open(&timing, x->isa, x->source, (unsigned)c->cores, (unsigned)c->threads, NULL);
    if (x->timed) timing_watch(timed_model(x->timed), &(struct timing_watcher){placed, x});
    return x->timed;
}

static bool convert(struct export *x, const struct kind *kind)
{
    bool ok;

    x->exporter = kind->open(x);
    if (!x->exporter) return false;
    ok = (!x->exporter->timed || open_model(x)) && take_blocks(x);
    ok &= x->exporter->finish(x->exporter);
    if (ok && x->timed && x->source->lacks & TRACE_LACKS_REGISTERS)
        p9_error("%s: names no registers, so that in the model no instruction waits for another's result",
                 x->options->words.item[0]);
    return ok;
}

/* The output is made when all else is there, and stays only if it is whole. */
static bool export(struct export *x, const struct kind *kind)
{
    bool ok;

    x->source = trace_open_file(x->options, x->options->words.item[0], x->isa);
    if (!x->source) return false;
    x->to = output_open(x->options->out);
    ok = x->to && convert(x, kind);
    if (x->to) ok = output_close(x->to, ok) && ok;
    timed_close(x->timed);
    x->source->close(x->source);
    return ok;
}

static int run(struct options *options)
{
    struct isa *isa = isa_new();
    struct export x = {.options = options, .isa = isa};
    const struct kind *kind = kind_of(options->as);
    bool ok = isa && kind && read_numbers(&x) && symbols_of_files(options, &x.symbols) && export(&x, kind);

    symbols_close(&x.symbols);
    if (isa) isa_free(isa);
    return ok ? EXIT_FINE : EXIT_BAD_INPUT;
}

#define AT(field) offsetof(struct options, field)
static const struct cli_row rows[] = {
    {"as", "KIND", NULL, KIND_TEXT, AT(as), NULL, "what to make of it, see above"},
    {"out", "FILE", NULL, KIND_TEXT | OF_HOST, AT(out), NULL,
     "into this file, packed by gzip if its name ends in .gz; else on standard output"},
    {"from", "N", NULL, KIND_TEXT, AT(from), NULL, "begin at instruction N of the trace"},
    {"count", "N", NULL, KIND_TEXT, AT(count), NULL, "so many instructions"},
    {"interval", "N", NULL, KIND_TEXT, AT(interval), NULL, "bbv: so many instructions a vector (10M)"},
    {"symbols", "FILE[@OFFSET]", NULL, KIND_LIST | OF_FILE, AT(symbols), NULL,
     "folded: name code by this ELF file, as it was linked or moved by OFFSET"},
    {"model", "none|mmu|core", NULL, KIND_CONFIG, 0, "model",
     "folded: with core, of cycles and what walks exposed of them, by the model of the core"},
    {"cores", "N", NULL, KIND_CONFIG, 0, "cores", "of the machine that the model of the core is of (1..24)"},
    {"threads", "N", NULL, KIND_CONFIG, 0, "threads", "hardware threads of each (1, 2 or 4)"},
    {"set", "NAME=VALUE", NULL, KIND_LIST | OF_HOST, AT(set), NULL,
     "any option of the model of the core that `p9sim config` lists"},
    {.name = NULL},
};
static const struct cli_row *const tables[] = {rows, trace_file_rows, NULL};

const struct command command_trace_export = {
    .name = "trace export",
    .arguments = "FILE --as KIND [options]",
    .summary = "Make of a trace what other tools read.",
    .details = "KIND is one of (docs/FORMATS.md, Exports):\n"
               "  bbv              basic-block vectors of intervals, for SimPoint\n"
               "  accesses         fetched lines, loads, stores and the reads of walks, a line each\n"
               "  accesses-binary  the same in records of 40 bytes\n"
               "  din              real addresses for Dinero IV\n"
               "  folded           instructions by level, partition, state and symbol, for flame graphs\n"
               "  folded-walks     the same of table entries that walks read\n"
               "  konata           the pipeline of the model of the core, for the viewer Konata\n",
    .tables = tables,
    .words_least = 1,
    .words_most = 1,
    .run = run,
};
