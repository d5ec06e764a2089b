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
                                     .interrupted = u->crew ? u->crew->interrupted : NULL,
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

static bool screen_variants(struct core_uncertainty *u)
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

/* What the model mmu counts in a cell. */
struct array_counts {
    u64 derat_miss, ierat_miss, tlb_miss, walk_reads, walk_reads_pwc, completed;
};

static bool count_cells(const struct core_uncertainty *u, const struct report *report, struct array_counts *to)
{
    for (unsigned k = 0; k < u->e->cells; k++) {
        const struct report_region *region = embedded_region(report, k);
        const struct counters *n;

        if (!region) return p9_error("uncertainty: a run of the experiment did not get to its cell %u", k);
        n = &region->counters;
        to[k] = (struct array_counts){n->derat_miss, n->ierat_miss,     n->tlb_miss,
                                      n->walk_reads, n->walk_reads_pwc, n->completed};
    }
    return true;
}

/* With the arrays of one run, or as it is (NULL), by the model mmu. */
static bool count_arrays(struct core_uncertainty *u, const struct core_run *run, struct array_counts *to)
{
    struct config config = u->config;
    struct report report = {.end = ""};
    bool ok = !run || config_of(u, run, &config);

    config.model = MODEL_MMU;
    ok = ok && run_it(u, &config, false, &report) && count_cells(u, &report, to);
    report_free(&report);
    return ok;
}

static bool measure_arrays(struct core_uncertainty *u, struct core_run *run)
{
    struct report report = {.end = ""};
    struct config config;
    bool ok = config_of(u, run, &config) && run_it(u, &config, false, &report) && take_all(u, &report, run, false);

    report_free(&report);
    return ok;
}

/* ---- the crew ---- */

/* Pieces that can be done beside each other. */
struct pieces {
    struct core_uncertainty *u;
    struct core_run *run[CORE_RUNS_MAX + 2];        /* NULL: the variants, or while screening arrays as they are */
    struct array_counts *counts[CORE_RUNS_MAX + 2]; /* while screening; NULL: the variants */
    unsigned count;
};

static bool screen_piece(void *self, unsigned number)
{
    struct pieces *p = self;

    return p->counts[number] ? count_arrays(p->u, p->run[number], p->counts[number]) : screen_variants(p->u);
}

static bool measure_piece(void *self, unsigned number)
{
    struct pieces *p = self;

    return p->run[number] ? measure_arrays(p->u, p->run[number]) : measure_variants(p->u);
}

static void list_arrays(struct pieces *p)
{
    for (unsigned k = 0; k < p->u->runs; k++)
        if (!p->u->run[k].is_idle && !is_variant(&p->u->run[k])) p->run[p->count++] = &p->u->run[k];
}

/* The variants first, for they take longest; then as it is, and with each value of the arrays. */
static bool screen(struct core_uncertainty *u)
{
    struct pieces p = {.u = u, .count = 2};
    size_t bytes = u->e->cells * sizeof **p.counts;
    struct array_counts *all;
    bool ok;

    list_arrays(&p);
    all = calloc(p.count, bytes);
    if (!all) return p9_error("uncertainty: the host has no memory");
    for (unsigned k = 1; k < p.count; k++) p.counts[k] = all + (size_t)k * u->e->cells;
    ok = crew_run(u->crew, "what matters", p.count, screen_piece, &p);
    for (unsigned k = 2; ok && k < p.count; k++) p.run[k]->is_idle = !memcmp(p.counts[k], p.counts[1], bytes);
    free(all);
    return ok;
}

static bool measure(struct core_uncertainty *u)
{
    struct pieces p = {.u = u, .count = 1};

    list_arrays(&p);
    return crew_run(u->crew, "measuring", p.count, measure_piece, &p);
}

bool core_uncertainty_measure(struct core_uncertainty *u, const struct crew *crew)
{
    u->crew = crew;
    return screen(u) && measure(u);
}
