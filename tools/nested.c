/* SPDX-License-Identifier: Apache-2.0 */
/* p9sim nested: the prepared experiments.  --embedded needs no images. */
#include <stdio.h>

#include "base/emit.h"
#include "experiment/embedded.h"
#include "experiment/uncertainty.h"
#include "machine/machine_report.h"
#include "tools/session.h"

/* The tables on standard output, every cell in embedded-uncertainty.csv and .json. */
static bool tell_uncertainty(const struct options *o, const struct embedded *e, const struct report *base,
                             struct log *log)
{
    struct uncertainty *u = uncertainty_new(e, &o->config, base, plausible_rows);
    struct emit table = {0}, csv = {0}, json = {0};
    bool ok = u != NULL;

    if (ok) log_say(log, LOG_INFO, "uncertainty: %u more runs of the experiment", uncertainty_machines(u));
    ok = ok && uncertainty_measure(u);
    if (ok) {
        uncertainty_table(u, &table);
        uncertainty_csv(u, &csv);
        uncertainty_json(u, &json);
        ok = emit_save(&table, o->out, "embedded-uncertainty.txt") &&
             emit_save(&csv, o->out, "embedded-uncertainty.csv") &&
             emit_save(&json, o->out, "embedded-uncertainty.json");
    }
    if (ok && table.bytes) printf("\n%s", table.bytes);
    emit_free(&table);
    emit_free(&csv);
    emit_free(&json);
    uncertainty_free(u);
    return ok;
}

/* The tables on standard output, every cell in embedded.csv. */
static enum exit_status tell(const struct options *o, const struct embedded *e, struct machine *machine,
                             struct log *log)
{
    struct report report = {.end = ""};
    struct emit table = {0}, csv = {0};
    bool ok = machine_report(machine, &report);

    if (ok) {
        embedded_table(e, &report, &table);
        embedded_csv(e, &report, &csv);
        ok = emit_save(&csv, o->out, "embedded.csv") && emit_save(&table, o->out, "embedded.txt");
        if (ok && table.bytes) fputs(table.bytes, stdout);
    }
    if (ok && o->uncertainty) ok = tell_uncertainty(o, e, &report, log);
    emit_free(&table);
    emit_free(&csv);
    report_free(&report);
    return ok ? EXIT_FINE : EXIT_BAD_INPUT;
}

static int run(struct options *options)
{
    static struct embedded e;
    struct session session;
    struct machine *machine = NULL;
    enum exit_status status = EXIT_BAD_INPUT;

    if (!options->embedded) {
        p9_error("nested: give --embedded (the tower of Linux guests is run by p9sim run; see README.md)");
        return EXIT_USAGE;
    }
    if (options->config.model != MODEL_MMU) {
        p9_error("nested: --model none has no translation model to measure; use --model mmu");
        return EXIT_BAD_INPUT;
    }
    if (!options->out) options->out = "p9out";
    if (!options->console) options->console = "stdio";
    options->config.mem = EMBEDDED_MEMORY_BYTES;
    if (embedded_open(&e) && session_open(&session, options)) {
        machine = machine_new_bare(&options->config, &e.bare, session.console, &session.log);
        if (machine) status = session_run(&session, machine);
        if (machine && status == EXIT_FINE) status = tell(options, &e, machine, &session.log);
        machine_free(machine);
        session_close(&session);
    }
    embedded_close(&e);
    return status;
}

static const struct cli_row rows[] = {
    {"embedded", NULL, NULL, KIND_FLAG, offsetof(struct options, embedded), NULL,
     "the built-in experiment: host, guest and nested guest, every mix of page sizes; needs no images"},
    {"uncertainty", NULL, NULL, KIND_FLAG, offsetof(struct options, uncertainty), NULL,
     "run it again over what each assumed parameter could be (about a minute): costs as ranges, and what decides them"},
    {.name = NULL},
};
static const struct cli_row *const tables[] = {rows, cli_machine_rows, cli_run_rows, NULL};

const struct command command_nested = {
    .name = "nested",
    .arguments = "--embedded [options]",
    .summary = "Measure what nested translation costs.",
    .details =
        "Prints the tables and writes them, every cell (embedded.csv) and the report into --out (default p9out).\n"
        "--uncertainty adds embedded-uncertainty.txt, .csv and .json; a parameter that you set stays as you set it.\n",
    .tables = tables,
    .run = run,
};
