/* SPDX-License-Identifier: Apache-2.0 */
/* p9sim nested --embedded: the built-in experiment; see experiment/embedded.h. */
#include <stdio.h>
#include <unistd.h>

#include "base/emit.h"
#include "experiment/embedded.h"
#include "experiment/uncertainty.h"
#include "experiment/uncertainty_core.h"
#include "machine/machine_report.h"
#include "mmu/price.h"
#include "tools/nested.h"
#include "tools/explain.h"
#include "tools/session.h"
#include "tools/terminal.h"

/* The experiment, while its report is written. */
struct shown {
    const struct embedded *e;
    struct machine *machine;
    struct mmu_price walk;
    struct report_embedded picture;
    struct answer answer;
    char end[512]; /* how the run ended */
};

static void show(struct shown *x, struct report *report, const struct embedded_ranges *ranges)
{
    embedded_picture(x->e, report, &x->walk, ranges, &x->picture);
    embedded_name_partitions(&x->picture, report);
    report->embedded = &x->picture;
    embedded_answer(x->e, report, &x->answer);
    if (x->answer.count) report->answer = &x->answer;
}

/* Before the report is written. */
static bool complete(void *self, struct report *report)
{
    struct shown *x = self;

    snprintf(x->end, sizeof x->end, "%s", report->end);
    if (!embedded_nested_price(machine_thread(x->machine, 0)->mmu, 1, 1, &x->walk)) return false;
    show(x, report, NULL);
    return true;
}

/* ---- how sure that is ---- */

struct documents {
    struct emit table, csv, json, html;
};

/* The report once more, with ranges beside its figures. */
static void show_ranges(struct session *s, struct shown *x, struct report *report, const struct embedded_ranges *ranges,
                        struct emit *html)
{
    report->end = x->end;
    session_name(s, report);
    show(x, report, ranges);
    report_html(report, html);
}

/* How far the other runs are: one line that changes on a terminal, lines in a file, nothing with --quiet. */
static void tell_progress(void *self, const char *what, unsigned done, unsigned all)
{
    struct session *s = self;

    if (!isatty(STDERR_FILENO)) {
        if (done) log_say(&s->log, LOG_INFO, "uncertainty, %s: %u of %u", what, done, all);
    } else if (!s->options->quiet) {
        fprintf(stderr, "\rp9sim: uncertainty, %s: %u of %u\033[K%s", what, done, all, done == all ? "\r\033[K" : "");
        fflush(stderr);
    }
}

/* A signal ends several runs at once, and is told once. */
static bool is_measured(bool ok)
{
    if (terminal_interrupted && isatty(STDERR_FILENO)) fputs("\r\033[K", stderr);
    return ok || (terminal_interrupted && p9_error("uncertainty: stopped by a signal"));
}

static struct crew crew_of(struct session *s)
{
    return (struct crew){.interrupted = &terminal_interrupted, .tell = tell_progress, .self = s};
}

/* Ranges of translation cycles, by other runs. */
static bool ranges_of_mmu(struct session *s, struct shown *x, struct report *base, struct documents *d)
{
    struct uncertainty *u = uncertainty_new(x->e, &s->options->config, base, plausible_rows);
    const struct crew crew = crew_of(s);
    bool ok = u != NULL;

    if (ok) log_say(&s->log, LOG_INFO, "uncertainty: %u more runs of the experiment", uncertainty_machines(u));
    ok = ok && is_measured(uncertainty_measure(u, &crew));
    if (ok) {
        uncertainty_table(u, &d->table);
        uncertainty_csv(u, &d->csv);
        uncertainty_json(u, &d->json);
        show_ranges(s, x, base, &(struct embedded_ranges){uncertainty_range, u}, &d->html);
    }
    uncertainty_free(u);
    return ok;
}

/* Ranges of all cycles, by variants, and by other runs where arrays differ. */
static bool ranges_of_core(struct session *s, struct shown *x, struct report *base, struct documents *d)
{
    struct core_uncertainty *u = core_uncertainty_new(x->e, &s->options->config, base->completed, plausible_rows);
    const struct crew crew = crew_of(s);
    bool ok = u != NULL;

    if (ok) log_say(&s->log, LOG_INFO, "uncertainty: more runs of the experiment, some minutes");
    ok = ok && is_measured(core_uncertainty_measure(u, &crew));
    if (ok) {
        core_uncertainty_table(u, &d->table);
        core_uncertainty_csv(u, &d->csv);
        core_uncertainty_json(u, &d->json);
        show_ranges(s, x, base, &(struct embedded_ranges){core_uncertainty_range, u}, &d->html);
    }
    core_uncertainty_free(u);
    return ok;
}

/* The tables on standard output, every cell in embedded-uncertainty.csv and .json. */
static bool tell_uncertainty(struct session *s, struct shown *x, struct report *base)
{
    struct documents d = {.table = {0}};
    bool ok = s->options->config.model == MODEL_CORE ? ranges_of_core(s, x, base, &d) : ranges_of_mmu(s, x, base, &d);

    ok = ok && results_save(&s->results, RESULT_UNCERTAINTY_TXT, &d.table) &&
         results_save(&s->results, RESULT_UNCERTAINTY_CSV, &d.csv) &&
         results_save(&s->results, RESULT_UNCERTAINTY_JSON, &d.json) &&
         results_save(&s->results, RESULT_REPORT_HTML, &d.html);
    if (ok && d.table.bytes) printf("\n%s", d.table.bytes);
    emit_free(&d.table);
    emit_free(&d.csv);
    emit_free(&d.json);
    emit_free(&d.html);
    return ok;
}

/* The tables on standard output, every cell in embedded.csv. */
static enum exit_status tell(struct session *s, struct shown *x)
{
    struct report report = {.end = ""};
    struct emit table = {0}, csv = {0};
    bool ok = machine_report(x->machine, &report);

    if (ok) {
        embedded_table(x->e, &report, &table);
        embedded_csv(x->e, &report, &csv);
        ok = results_save(&s->results, RESULT_EMBEDDED_CSV, &csv) &&
             results_save(&s->results, RESULT_EMBEDDED_TXT, &table);
        if (ok && table.bytes) fputs(table.bytes, stdout);
    }
    if (ok && s->options->uncertainty) ok = tell_uncertainty(s, x, &report);
    emit_free(&table);
    emit_free(&csv);
    report_free(&report);
    return ok ? EXIT_FINE : EXIT_BAD_INPUT;
}

/* ---- the experiment ---- */

static enum exit_status run_and_tell(struct session *session, struct shown *x)
{
    const struct session_judge judge = {.complete = complete, .self = x};
    enum exit_status status;

    session->judge = &judge;
    status = session_run(session, x->machine);
    session->judge = NULL;
    if (status == EXIT_FINE) status = tell(session, x);
    if (status == EXIT_FINE && !explain_nested_miss(machine_thread(x->machine, 0))) status = EXIT_BAD_INPUT;
    return status;
}

/* A name that finds no room is no name. */
static void take_label(void *self, const char *name, u64 from, u64 to)
{
    struct session *s = self;

    if (!symbols_add(&s->symbols, name, from, to - from)) log_say(&s->log, LOG_DEBUG, "no name for %s", name);
}

int nested_embedded(struct options *options)
{
    static struct embedded e;
    static struct shown x;
    struct session session;
    enum exit_status status = EXIT_BAD_INPUT;

    if (options->config.model == MODEL_NONE) {
        p9_error("nested: --model none has no translation model to measure; use --model mmu");
        return EXIT_BAD_INPUT;
    }
    if (!options->out) options->out = "p9out";
    if (!options->console) options->console = "stdio";
    options->config.mem = EMBEDDED_MEMORY_BYTES;
    x.e = &e;
    if (embedded_open(&e)) {
        if (session_open(&session, options) && session_symbols(&session, NULL)) {
            embedded_labels(take_label, &session);
            x.machine = machine_new_bare(&options->config, &e.bare, session.console, &session.log);
        }
        if (x.machine) status = run_and_tell(&session, &x);
        machine_free(x.machine);
        session_close(&session);
    }
    embedded_close(&e);
    return status;
}
