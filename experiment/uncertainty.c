/* SPDX-License-Identifier: Apache-2.0 */
/* The runs; see uncertainty.h.  What they say is told by uncertainty_result.c. */
#include "experiment/uncertainty.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"

static bool is_latency(const char *option)
{
    return !strcmp(option, "tlb_hit_cycles") || !strcmp(option, "walk_read_cycles");
}

static void price(const struct embedded *e, const struct uncertainty_count *count, const struct config *config,
                  double *cost)
{
    for (unsigned k = 0; k < e->cells; k++)
        cost[k] =
            (double)(count[k].tlb_access * config->tlb_hit_cycles + count[k].walk_reads * config->walk_read_cycles) /
            (double)e->cell[k].loads;
}

static bool count_cells(const struct embedded *e, const struct report *report, struct uncertainty_count *count)
{
    for (unsigned k = 0; k < e->cells; k++) {
        const struct report_region *region = embedded_region(report, k);

        if (!region) return p9_error("uncertainty: a run of the experiment did not get to its cell %u", k);
        count[k] = (struct uncertainty_count){region->counters.tlb_access, region->counters.walk_reads};
    }
    return true;
}

/* ---- the list of runs ---- */
static bool set(struct config *config, const char *option, const char *value)
{
    return config_set(config, option, value, "plausible.def");
}

static bool add_run(struct uncertainty *u, unsigned row, const char *value, size_t length)
{
    struct uncertainty_run *run = &u->run[u->runs];
    struct config config = u->config;

    if (u->runs == UNCERTAINTY_RUNS_MAX) return p9_error("uncertainty: more than %d runs", UNCERTAINTY_RUNS_MAX);
    run->row = row;
    snprintf(run->value, sizeof run->value, "%.*s", (int)length, value);
    if (!set(&config, u->rows[row].option, run->value)) return false;
    if (!config_check(&config))
        return p9_error("uncertainty: %s=%s does not go with the options given", u->rows[row].option, run->value);
    u->runs++;
    return true;
}

/* Options of the pipeline and of its caches are none of the model mmu. */
static bool decides_something(const struct config *config, const char *option)
{
    const struct option_row *row = option_find(option);

    (void)config;
    return !row || option_is_of_mmu(row);
}

static bool add_row(struct uncertainty *u, const struct plausible *p)
{
    const struct option_row *option = option_find(p->option);
    unsigned row = u->row_count;
    size_t length;

    if (row == UNCERTAINTY_ROWS_MAX) return p9_error("uncertainty: too many parameters");
    u->rows[u->row_count++] = *p;
    if (option && !strcmp(config_provenance(&u->config, option), "SET")) return true; /* the user knows better */
    for (const char *value = p->values;; value += length + 1) {
        length = strcspn(value, "|");
        if (!add_run(u, row, value, length)) return false;
        if (!value[length]) return true;
    }
}

struct uncertainty *uncertainty_new(const struct embedded *e, const struct config *config, const struct report *base,
                                    const struct plausible *rows)
{
    struct uncertainty *u = calloc(1, sizeof *u);
    bool ok;

    if (!u) {
        p9_error("uncertainty: the host has no memory");
        return NULL;
    }
    u->e = e;
    u->config = *config;
    u->most_insns = base->completed * 4;
    ok = count_cells(e, base, u->count);
    for (; ok && rows->option; rows++)
        if (decides_something(config, rows->option)) ok = add_row(u, rows);
    if (ok) price(e, u->count, config, u->base);
    if (!ok) uncertainty_free(u);
    return ok ? u : NULL;
}

void uncertainty_free(struct uncertainty *u)
{
    free(u);
}

unsigned uncertainty_machines(const struct uncertainty *u)
{
    unsigned n = 2;

    for (unsigned k = 0; k < u->runs; k++) n += !is_latency(u->rows[u->run[k].row].option);
    return n;
}

/* ---- running them ---- */
static bool run_one(const struct uncertainty *u, const struct config *config, double *cost)
{
    const struct embedded_run run = {
        .e = u->e, .config = config, .most_insns = u->most_insns, .interrupted = u->crew ? u->crew->interrupted : NULL};
    struct uncertainty_count *count = calloc(EMBEDDED_CELLS_MAX, sizeof *count);
    struct report report = {.end = ""};
    bool ok = count && embedded_run(&run, &report) && count_cells(u->e, &report, count);

    if (ok) price(u->e, count, config, cost);
    report_free(&report);
    free(count);
    return ok;
}

/* Of the whole experiment: each measured cell counts the same. */
static double sum(const struct uncertainty *u, const double *cost)
{
    double total = 0;

    for (unsigned k = 0; k < u->e->cells; k++) total += cost[k];
    return total;
}

static bool run_joint(void *self, unsigned number)
{
    struct uncertainty *u = self;

    return number ? run_one(u, &u->dear, u->dearest) : run_one(u, &u->cheap, u->cheapest);
}

static bool measure_joint(struct uncertainty *u)
{
    bool ok = true;

    u->cheap = u->dear = u->config;
    for (unsigned row = 0; ok && row < u->row_count; row++) {
        double least = sum(u, u->base), greatest = least;

        for (unsigned k = 0; ok && k < u->runs; k++) {
            double total = sum(u, u->run[k].cost);

            if (u->run[k].row != row) continue;
            if (total < least) least = total, ok = set(&u->cheap, u->rows[row].option, u->run[k].value);
            if (total > greatest) greatest = total, ok = ok && set(&u->dear, u->rows[row].option, u->run[k].value);
        }
    }
    u->has_joint = ok && config_check(&u->cheap) && config_check(&u->dear); /* if not, an error line says why */
    return ok && (!u->has_joint || crew_run(u->crew, "all together", 2, run_joint, u));
}

static bool run_or_price(void *self, unsigned number)
{
    struct uncertainty *u = self;
    struct uncertainty_run *run = &u->run[number];
    struct config config = u->config;

    if (!set(&config, u->rows[run->row].option, run->value)) return false;
    if (!is_latency(u->rows[run->row].option)) return run_one(u, &config, run->cost);
    price(u->e, u->count, &config, run->cost);
    return true;
}

bool uncertainty_measure(struct uncertainty *u, const struct crew *crew)
{
    u->crew = crew;
    return crew_run(crew, "one at a time", u->runs, run_or_price, u) && measure_joint(u);
}

struct uncertainty_cell uncertainty_of(const struct uncertainty *u, unsigned cell)
{
    struct uncertainty_cell c = {.least = u->base[cell], .greatest = u->base[cell], .dominant = -1, .second = -1};
    double swing[UNCERTAINTY_ROWS_MAX] = {0}, all = 0;

    for (unsigned row = 0; row < u->row_count; row++) {
        double least = u->base[cell], greatest = least;

        for (unsigned k = 0; k < u->runs; k++) {
            const struct uncertainty_run *run = &u->run[k];
            double cost = run->cost[cell];

            if (run->row != row) continue;
            if (cost < least) least = cost;
            if (cost > greatest) greatest = cost;
            if (cost < c.least) c.least = cost, c.least_run = run;
            if (cost > c.greatest) c.greatest = cost, c.greatest_run = run;
        }
        swing[row] = greatest - least;
        all += swing[row];
    }
    for (unsigned row = 0; row < u->row_count; row++) {
        if (swing[row] <= 0) continue;
        if (c.dominant < 0 || swing[row] > swing[c.dominant]) c.second = c.dominant, c.dominant = (int)row;
        else if (c.second < 0 || swing[row] > swing[c.second]) c.second = (int)row;
    }
    if (c.dominant >= 0) c.dominant_share = swing[c.dominant] / all;
    if (c.second >= 0) c.second_share = swing[c.second] / all;
    return c;
}

bool uncertainty_range(const void *u, unsigned cell, enum embedded_figure figure, double *least, double *greatest)
{
    struct uncertainty_cell c;

    if (figure != EMBEDDED_TRANSLATION) return false;
    c = uncertainty_of(u, cell);
    *least = c.least;
    *greatest = c.greatest;
    return true;
}
