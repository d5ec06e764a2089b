/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a few windows of a run say of the whole: ratios with confidence intervals.
 *
 * A window is a sampling unit: so many instructions, and what was counted while they ran (sample.def).  Whoever is
 * looked at - the whole run, a level of nesting, an account, a region - is a cell, and has of each window the part that
 * is its own, which may be more or less.  So its estimate is the ratio of two sums, R = sum(y) / sum(n), not the mean
 * of ratios, and its variance is that of the residuals y - R n (Cochran, Sampling Techniques, 6.4):
 *
 *     s(R) = sqrt(k / (k - 1) x sum((y - R n)^2)) / sum(n)       of k windows in which the cell had a part
 *     R +- t s(R), t of Student's distribution with k - 1 degrees of freedom
 *
 * Sums are exact integers, so the order of windows does not matter and every host says the same.
 */
#ifndef P9_STATS_SAMPLE_H
#define P9_STATS_SAMPLE_H

#include "stats/counters.h"

enum sample_index {
#define SAMPLE(name, scale, sum, unit, text) SAMPLE_##name,
#include "stats/sample.def"
#undef SAMPLE
    SAMPLES
};
struct sample_row {
    const char *name, *unit, *text;
    double scale;
};
extern const struct sample_row sample_rows[SAMPLES];
#define EACH_SAMPLE(s) for (enum sample_index s = 0; s < SAMPLES; s++)

/* Instructions, and what was counted with them. */
struct sample_unit {
    u64 instructions, sum[SAMPLES];
};
struct sample_unit sample_read(const struct counters *counters); /* all of them so far */
void sample_add(struct sample_unit *to, const struct sample_unit *what);
void sample_subtract(struct sample_unit *from, const struct sample_unit *what);

/* Whoever is looked at. */
struct sample_cell {
    u64 instructions;        /* of all that the windows stand for, whether they were in one or not */
    u64 windows;             /* in which it had a part, with */
    u64 n;                   /* so many instructions */
    u128 nn;                 /* sum of n^2 over the windows */
    u64 seen[SAMPLES];       /* windows in which anything was counted, */
    u64 y[SAMPLES];          /* sums of it */
    u128 yy[SAMPLES];        /* of y^2, */
    u128 yn[SAMPLES];        /* of y n */
    struct sample_unit part; /* of the window that has not ended */
};
void sample_end_window(struct sample_cell *cell); /* part is complete, and zero from now on */

enum { SAMPLE_LEVELS = 16 }; /* of nesting, in lists of cells; the last one and deeper */

/* Anything that was counted in fewer windows has no interval: rare events come in heavy windows, of which the sample
 * has seen too few to know how heavy they are, and none at all says nothing of what is seldom. */
enum { SAMPLE_WINDOWS_LEAST = 30 };
struct sample_estimate {
    double value; /* for an instruction, times the scale of the row */
    double half;  /* of the interval in which the value of the whole lies with a confidence of 95 %: value +- half */
    bool is_interval; /* false: it was seen in too few windows; half is 0 */
};
/* False: none of its instructions was in a window. */
must_use bool sample_estimate(const struct sample_cell *cell, enum sample_index s, struct sample_estimate *out);

/* So that |t| is less with a probability of 95 %: 12.706 for one degree of freedom, 1.96 for very many. */
double sample_student(u64 degrees);

#endif
