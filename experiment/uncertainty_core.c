/* SPDX-License-Identifier: Apache-2.0 */
/* The runs; see uncertainty_core.h.  What they say is told by uncertainty_core_result.c. */
#include "experiment/uncertainty_core.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"
#include "stats/cpi.h"

/* ---- the list of runs ---- */

static bool is_variant(const struct core_run *run)
{
    return option_is_of_timing(option_find(run->row->option));
}

/* Prices of the model mmu decide nothing here; what the user set is what the user says it is. */
static bool decides_something(const struct config *config, const char *option)
{
    const struct option_row *row = option_find(option);

    return strcmp(option, "walk_read_cycles") != 0 && strcmp(config_provenance(config, row), "SET") != 0;
}

static bool config_of(const struct core_uncertainty *u, const struct core_run *run, struct config *config)
{
    *config = u->config;
    return config_set(config, run->row->option, run->value, "plausible.def") &&
           (config_check(config) ||
            p9_error("uncertainty: %s=%s does not go with the options given", run->row->option, run->value));
}

static bool add_row(struct core_uncertainty *u, const struct plausible *row)
{
    char value[CONFIG_VALUE_MAX];
    struct config config;

    for (unsigned n = 0; plausible_value(row, n, value); n++) {
        struct core_run *run = &u->run[u->runs];

        if (u->runs == CORE_RUNS_MAX) return p9_error("uncertainty: more than %d values", CORE_RUNS_MAX);
        run->row = row;
        memcpy(run->value, value, sizeof run->value);
        if (!config_of(u, run, &config)) return false;
        u->runs++;
    }
    return true;
}

struct core_uncertainty *core_uncertainty_new(const struct embedded *e, const struct config *config, u64 completed,
                                              const struct plausible *rows)
{
    struct core_uncertainty *u = calloc(1, sizeof *u);
    bool ok = true;

    if (u) u->run = calloc(CORE_RUNS_MAX, sizeof *u->run);
    if (!u || !u->run) {
        p9_error("uncertainty: the host has no memory");
        core_uncertainty_free(u);
        return NULL;
    }
    u->e = e;
    u->config = *config;
    u->config.walk_twin = 1;
    u->most_insns = completed * 4;
    for (; ok && rows->option; rows++)
        if (decides_something(config, rows->option)) ok = add_row(u, rows);
    if (ok) return u;
    core_uncertainty_free(u);
    return NULL;
}

void core_uncertainty_free(struct core_uncertainty *u)
{
    if (u) free(u->run);
    free(u);
}

/* ---- what regions say ---- */

static void take_region(struct core_run *run, unsigned cell, double loads, u64 timed, u64 walks_free)
{
    run->cycles[cell] = (double)timed / loads;
    run->walks[cell] = ((double)timed - (double)walks_free) / loads;
}

/* The run itself, and its variants: the n-th is of the n-th run that is a variant and not idle. */
static bool take_all(struct core_uncertainty *u, const struct report *report, struct core_run *as_it_is, bool variants)
{
    for (unsigned k = 0; k < u->e->cells; k++) {
        const struct report_region *region = embedded_region(report, k);
        double loads = (double)u->e->cell[k].loads;
        unsigned n = 1;

        if (!region) return p9_error("uncertainty: a run of the experiment did not get to its cell %u", k);
        if (variants && !region->variant_count) return p9_error("uncertainty: the host has no memory for a region");
        take_region(as_it_is, k, loads, cpi_sum(&region->counters), region->counters.cycles_walks_free);
        for (unsigned r = 0; variants && r < u->runs; r++) {
            if (u->run[r].is_idle || !is_variant(&u->run[r])) continue;
            take_region(&u->run[r], k, loads, region->variant[n].timed, region->variant[n].walks_free);
            n++;
        }
    }
    return true;
}

static bool vary(void *self, struct machine *machine)
{
    struct core_uncertainty *u = self;

    for (unsigned k = 0; k < u->runs; k++)
        if (!u->run[k].is_idle && is_variant(&u->run[k]) &&
            !machine_vary(machine, u->run[k].row->option, u->run[k].value))
            return false;
    return true;
}

static bool run_it(struct core_uncertainty *u, const struct config *config, bool variants, struct report *report)
{
    const struct embedded_run run = {.e = u->e,
                                     .config = config,
                                     .most_insns = u->most_insns,
                                     .interrupted = u->interrupted,
                                     .prepare = variants ? vary : NULL,
                                     .self = u};

    *report = (struct report){.end = ""};
    return embedded_run(&run, report);
}

/* ---- variants ---- */

/* Variant n in the beginning of some region. */
static bool moves_something(const struct core_uncertainty *u, const struct report *report, unsigned n)
{
    for (unsigned k = 0; k < u->e->cells; k++) {
        const struct report_region *region = embedded_region(report, k);
        const struct variant_cycles *is, *v;
        double walks;

        if (!region || region->variant_count <= n) continue;
        is = &region->variant[0], v = &region->variant[n];
        walks = ((double)v->timed - (double)v->walks_free) - ((double)is->timed - (double)is->walks_free);
        if (fabs((double)v->timed - (double)is->timed) * SPREAD_NOTHING > (double)is->timed ||
            fabs(walks) * SPREAD_NOTHING > (double)is->timed)
            return true;
    }
    return false;
}

static bool screen(struct core_uncertainty *u)
{
    enum { BEGINNING = 4096, NEVER = 1000000 };
    struct config config = u->config;
    struct report report;
    unsigned n = 1;
    bool ok;

    config.variant_whole = BEGINNING;
    config.variant_every = NEVER;
    ok = run_it(u, &config, true, &report);
    for (unsigned k = 0; ok && k < u->runs; k++)
        if (is_variant(&u->run[k])) u->run[k].is_idle = !moves_something(u, &report, n++);
    report_free(&report);
    return ok;
}

static bool measure_variants(struct core_uncertainty *u)
{
    struct config config = u->config;
    struct report report;
    bool ok;

    config.variant_every = 1;
    ok = run_it(u, &config, true, &report) && take_all(u, &report, &u->as_it_is, true);
    report_free(&report);
    return ok;
}

/* ---- other arrays ---- */

static bool same_counts(const struct core_uncertainty *u, const struct report *a, const struct report *b)
{
    for (unsigned k = 0; k < u->e->cells; k++) {
        const struct report_region *x = embedded_region(a, k), *y = embedded_region(b, k);

        if (!x || !y || x->counters.derat_miss != y->counters.derat_miss ||
            x->counters.ierat_miss != y->counters.ierat_miss || x->counters.tlb_miss != y->counters.tlb_miss ||
            x->counters.walk_reads != y->counters.walk_reads ||
            x->counters.walk_reads_pwc != y->counters.walk_reads_pwc || x->counters.completed != y->counters.completed)
            return false;
    }
    return true;
}

/* By the model mmu: does it change what is counted? */
static bool screen_arrays(struct core_uncertainty *u)
{
    struct config config = u->config;
    struct report base;
    bool ok;

    config.model = MODEL_MMU;
    ok = run_it(u, &config, false, &base);
    for (unsigned k = 0; ok && k < u->runs; k++) {
        struct core_run *run = &u->run[k];
        struct report other = {.end = ""};

        if (is_variant(run)) continue;
        ok = config_of(u, run, &config);
        config.model = MODEL_MMU;
        ok = ok && run_it(u, &config, false, &other);
        run->is_idle = ok && same_counts(u, &base, &other);
        report_free(&other);
    }
    report_free(&base);
    return ok;
}

static bool measure_arrays(struct core_uncertainty *u)
{
    bool ok = true;

    for (unsigned k = 0; ok && k < u->runs; k++) {
        struct core_run *run = &u->run[k];
        struct report report = {.end = ""};
        struct config config;

        if (run->is_idle || is_variant(run)) continue;
        ok = config_of(u, run, &config) && run_it(u, &config, false, &report);
        ok = ok && take_all(u, &report, run, false);
        report_free(&report);
    }
    return ok;
}

bool core_uncertainty_measure(struct core_uncertainty *u, const volatile sig_atomic_t *interrupted)
{
    u->interrupted = interrupted;
    return screen(u) && measure_variants(u) && screen_arrays(u) && measure_arrays(u);
}
