/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How sure is what the embedded experiment says under the model `core`?
 *
 * Options that decide no more than how long things take are variants of one run (machine_vary()).  Most of them do
 * nothing to a chase through memory, so a run of which only the beginning of each region is looked at finds those that
 * move some cell by one part in SPREAD_NOTHING, and the run that counts has variants for these alone.
 *
 * Options of the translation arrays change what happens: each of their values has a run of its own, if it changes what
 * the model mmu, which is much faster, counts in any cell.
 *
 * Figures are cycles of a load, cycles of it that free walks would spare, and times the host's cycles, each with what
 * one parameter at a time makes of it, and all together (stats/spread.h).  A parameter that the user set away from its
 * default stays.
 */
#ifndef P9_EXPERIMENT_UNCERTAINTY_CORE_H
#define P9_EXPERIMENT_UNCERTAINTY_CORE_H

#include "experiment/crew.h"
#include "experiment/embedded.h"
#include "stats/spread.h"

enum core_figure { CORE_CYCLES, CORE_WALKS, CORE_TIMES, CORE_FIGURES };
const char *core_figure_name(enum core_figure figure); /* "cycles_per_load" */

enum { CORE_RUNS_MAX = 192 };
struct core_run {
    const struct plausible *row; /* NULL: as it is */
    char value[CONFIG_VALUE_MAX];
    bool is_idle; /* it changes nothing that is worth a run */
    double cycles[EMBEDDED_CELLS_MAX], walks[EMBEDDED_CELLS_MAX];
};

struct core_uncertainty {
    const struct embedded *e;
    struct config config;
    u64 most_insns;
    const struct crew *crew; /* while it measures */
    struct core_run as_it_is;
    struct core_run *run; /* those of an option stand one behind the other */
    unsigned runs;
};

/* completed: instructions of the run that is told about.  NULL after an error line: a value does not go with the
 * options. */
struct core_uncertainty *core_uncertainty_new(const struct embedded *e, const struct config *config, u64 completed,
                                              const struct plausible *rows);
void core_uncertainty_free(struct core_uncertainty *u);

/* Minutes of each thread of the crew (may be NULL).  False after an error line, or, without one, if interrupted. */
must_use bool core_uncertainty_measure(struct core_uncertainty *u, const struct crew *crew);

/* The figure of a cell, and what is made of it: points has room for CORE_RUNS_MAX.  False: there is none. */
bool core_uncertainty_of(const struct core_uncertainty *u, unsigned cell, enum core_figure figure,
                         struct spread_point *points, unsigned *count, struct spread *spread);

/* For embedded_picture(): one parameter at a time; of EMBEDDED_ALL and EMBEDDED_FOR_WALKS, false for other figures. */
bool core_uncertainty_range(const void *u, unsigned cell, enum embedded_figure figure, double *least, double *greatest);

void core_uncertainty_table(const struct core_uncertainty *u, struct emit *out);
void core_uncertainty_csv(const struct core_uncertainty *u, struct emit *out);
void core_uncertainty_json(const struct core_uncertainty *u, struct emit *out);

#endif
