/* SPDX-License-Identifier: Apache-2.0 */
/* p9sim nested --embedded: the built-in experiment; see experiment/embedded.h. */
#include <stdio.h>

#include "base/emit.h"
#include "experiment/embedded.h"
#include "experiment/uncertainty.h"
#include "experiment/uncertainty_core.h"
#include "machine/machine_report.h"
#include "tools/nested.h"
#include "tools/explain.h"
#include "tools/session.h"
#include "tools/terminal.h"

struct documents {
    struct emit table, csv, json;
};

/* Ranges of translation cycles, by other runs. */
static bool ranges_of_mmu(struct session *s, const struct embedded *e, const struct report *base, struct documents *d)
{
    struct uncertainty *u = uncertainty_new(e, &s->options->config, base, plausible_rows);
    bool ok = u != NULL;

    if (ok) log_say(&s->log, LOG_INFO, "uncertainty: %u more runs of the experiment", uncertainty_machines(u));
    ok = ok && uncertainty_measure(u, &terminal_interrupted);
    if (ok) {
        uncertainty_table(u, &d->table);
        uncertainty_csv(u, &d->csv);
        uncertainty_json(u, &d->json);
    }
    uncertainty_free(u);
    return ok;
}

/* Ranges of all cycles, by variants, and by other runs where arrays differ. */
static bool ranges_of_core(struct session *s, const struct embedded *e, const struct report *base, struct documents *d)
{
    struct core_uncertainty *u = core_uncertainty_new(e, &s->options->config, base->completed, plausible_rows);
    bool ok = u != NULL;

    if (ok) log_say(&s->log, LOG_INFO, "uncertainty: more runs of the experiment, some minutes");
    ok = ok && core_uncertainty_measure(u, &terminal_interrupted);
    if (ok) {
        core_uncertainty_table(u, &d->table);
        core_uncertainty_csv(u, &d->csv);
        core_uncertainty_json(u, &d->json);
    }
    core_uncertainty_free(u);
    return ok;
}

/* The tables on standard output, every cell in embedded-uncertainty.csv and .json. */
static bool tell_uncertainty(struct session *s, const struct embedded *e, const struct report *base)
{
    struct documents d = {.table = {0}};
    bool ok = s->options->config.model == MODEL_CORE ? ranges_of_core(s, e, base, &d) : ranges_of_mmu(s, e, base, &d);

    ok = ok && results_save(&s->results, RESULT_UNCERTAINTY_TXT, &d.table) &&
         results_save(&s->results, RESULT_UNCERTAINTY_CSV, &d.csv) &&
         results_save(&s->results, RESULT_UNCERTAINTY_JSON, &d.json);
    if (ok && d.table.bytes) printf("\n%s", d.table.bytes);
    emit_free(&d.table);
    emit_free(&d.csv);
    emit_free(&d.json);
    return ok;
}

/* The tables on standard output, every cell in embedded.csv. */
static enum exit_status tell(struct session *s, const struct embedded *e, struct machine *machine)
{
    struct report report = {.end = ""};
    struct emit table = {0}, csv = {0};
    bool ok = machine_report(machine, &report);

    if (ok) {
        embedded_table(e, &report, &table);
        embedded_csv(e, &report, &csv);
        ok = results_save(&s->results, RESULT_EMBEDDED_CSV, &csv) &&
             results_save(&s->results, RESULT_EMBEDDED_TXT, &table);
        if (ok && table.bytes) fputs(table.bytes, stdout);
    }
    if (ok && s->options->uncertainty) ok = tell_uncertainty(s, e, &report);
    emit_free(&table);
    emit_free(&csv);
    report_free(&report);
    return ok ? EXIT_FINE : EXIT_BAD_INPUT;
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
    struct session session;
    struct machine *machine = NULL;
    enum exit_status status = EXIT_BAD_INPUT;

    if (options->config.model == MODEL_NONE) {
        p9_error("nested: --model none has no translation model to measure; use --model mmu");
        return EXIT_BAD_INPUT;
    }
    if (!options->out) options->out = "p9out";
    if (!options->console) options->console = "stdio";
    options->config.mem = EMBEDDED_MEMORY_BYTES;
    if (embedded_open(&e)) {
        if (session_open(&session, options) && session_symbols(&session, NULL)) {
            embedded_labels(take_label, &session);
            machine = machine_new_bare(&options->config, &e.bare, session.console, &session.log);
        }
        if (machine) status = session_run(&session, machine);
        if (machine && status == EXIT_FINE) status = tell(&session, &e, machine);
        if (machine && status == EXIT_FINE && !explain_nested_miss(machine_thread(machine, 0))) status = EXIT_BAD_INPUT;
        machine_free(machine);
        session_close(&session);
    }
    embedded_close(&e);
    return status;
}
