/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What moved between two runs: the figures (figures.h) that differ by more than they may.  What they may is said by
 * thresholds, NAME=AMOUNT:
 *
 *     tlb_miss=100          by up to 100         default=1%    whatever no other threshold names
 *     level1.walk_*=0.5%    by up to a part of the first run's value          idle_cycles=any   as it likes
 *
 * NAME may have * and ?.  With a dot in it it is compared with the whole name of a figure, where "all." is in front of
 * the figures of the whole run; without one with its last part, wherever it was counted.  Of several that fit the last
 * counts; without any the least difference is one.
 */
#ifndef P9_STATS_DIFFERENCE_H
#define P9_STATS_DIFFERENCE_H

#include "stats/figures.h"

enum { THRESHOLDS_MAX = 64, PATTERN_MAX = 128 };

struct threshold {
    char pattern[PATTERN_MAX];
    double amount; /* not negative */
    bool is_percent, is_any;
};

struct tolerance {
    struct threshold threshold[THRESHOLDS_MAX];
    unsigned thresholds;
    char only[THRESHOLDS_MAX][PATTERN_MAX]; /* figures that are looked at; none: all */
    unsigned onlys;
    bool new_is_fine; /* figures that the second run alone has are none */
};

/* where: "--threshold", for error lines, after which both are false. */
must_use bool tolerance_threshold(struct tolerance *tolerance, const char *text, const char *where);
must_use bool tolerance_only(struct tolerance *tolerance, const char *patterns,
                             const char *where);                           /* parted by commas */
bool tolerance_wants(const struct tolerance *tolerance, const char *name); /* by tolerance_only() */

struct difference {
    const struct figure *a, *b; /* NULL: that run has none of this name, and it is not taken as 0 */
    const char *name;
    unsigned figures; /* that this row stands for: of a place that only one run has, all of them */
};

struct differences {
    struct difference *item; /* the whole run first, then levels, then other places; in each what moved most */
    size_t count;
    size_t compared, moved; /* figures */
};

/* Figures that an account has none of are left out of stats.txt: they are 0 if their place is there.  The result points
 * into a and b.  False after an error line (memory). */
must_use bool differences_find(struct differences *d, const struct figures *a, const struct figures *b,
                               const struct tolerance *tolerance);
void differences_free(struct differences *d);

/* A table with these headings for the two runs, each line behind `indent`; nothing if nothing moved. */
void differences_table(const struct differences *d, const char *a, const char *b, const char *indent, struct emit *out);
void differences_json(const struct differences *d, const char *a, const char *b, struct emit *out);

#endif
