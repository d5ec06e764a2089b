/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How sure is what the embedded experiment says?  Each parameter of plausible.def takes each of its values in turn, the
 * others staying as they are, and the experiment is run again (for the two latencies it is priced again: a cost is TLB
 * look-ups times one of them plus reads times the other, and nothing in this program depends on time).  So each cell
 * gets the least and the greatest cost of one parameter at a time, and the parameter with the largest swing.
 *
 * That is no bound: parameters act on each other.  Two more runs take for every parameter the value that made the whole
 * experiment cheapest, or dearest; a cell for which another combination is worse can still lie outside.
 *
 * A parameter that the user set away from its default is what the user says it is, and stays.
 */
#ifndef P9_EXPERIMENT_UNCERTAINTY_H
#define P9_EXPERIMENT_UNCERTAINTY_H

#include "experiment/crew.h"
#include "experiment/embedded.h"

enum { UNCERTAINTY_RUNS_MAX = 160, UNCERTAINTY_ROWS_MAX = 96 };

struct uncertainty_count { /* of one cell in one run: all that its cost depends on */
    u64 tlb_access, walk_reads;
};

struct uncertainty_run {
    unsigned row;                    /* of the parameter that was changed */
    char value[CONFIG_VALUE_MAX];    /* to this */
    double cost[EMBEDDED_CELLS_MAX]; /* translation cycles a load */
};

struct uncertainty {
    const struct embedded *e;
    struct plausible rows[UNCERTAINTY_ROWS_MAX]; /* of options that decide something in the model that ran */
    unsigned row_count;
    struct config config;                               /* of the base run */
    u64 most_insns;                                     /* for any other run: it cannot need more */
    struct uncertainty_count count[EMBEDDED_CELLS_MAX]; /* of the base run */
    double base[EMBEDDED_CELLS_MAX];
    struct uncertainty_run run[UNCERTAINTY_RUNS_MAX];
    unsigned runs;
    bool has_joint; /* the two combinations are legal configurations */
    struct config cheap, dear;
    double cheapest[EMBEDDED_CELLS_MAX], dearest[EMBEDDED_CELLS_MAX];
    const struct crew *crew; /* while it measures */
};

/* Make the list of runs from the rows, and see that each is a legal configuration.  base is the report of the
 * experiment under config.  NULL after an error line. */
struct uncertainty *uncertainty_new(const struct embedded *e, const struct config *config, const struct report *base,
                                    const struct plausible *rows);
void uncertainty_free(struct uncertainty *u);
unsigned uncertainty_machines(const struct uncertainty *u); /* runs still to be made */

/* Make them: a second or two each, several at a time if the crew (may be NULL) has several threads.  False after an
 * error line, or, without one, if it was interrupted. */
must_use bool uncertainty_measure(struct uncertainty *u, const struct crew *crew);

/* What came out for one cell. */
struct uncertainty_cell {
    double least, greatest;                                 /* of one parameter at a time, the base run among them */
    const struct uncertainty_run *least_run, *greatest_run; /* NULL: the base run */
    int dominant, second;                                   /* rows with the largest swings; -1: nothing changes it */
    double dominant_share, second_share;                    /* of the sum of all swings */
};
struct uncertainty_cell uncertainty_of(const struct uncertainty *u, unsigned cell);

/* The same for embedded_picture(): the least and the greatest of EMBEDDED_TRANSLATION; false for other figures. */
bool uncertainty_range(const void *u, unsigned cell, enum embedded_figure figure, double *least, double *greatest);

/* Tables for people; every cell as comma-separated values; both parameters and cells as JSON. */
void uncertainty_table(const struct uncertainty *u, struct emit *out);
void uncertainty_csv(const struct uncertainty *u, struct emit *out);
void uncertainty_json(const struct uncertainty *u, struct emit *out);

#endif
