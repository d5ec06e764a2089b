/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How far a figure could be off: what becomes of it when parameters of the model are others, one at a time.
 *
 * `least` and `greatest` are what one parameter alone makes of it, so no bound: parameters add to each other.  What all
 * of them together may do is told as the root of the sum of squares, upwards and downwards apart: each parameter's
 * farthest point to that side is taken for a deviation of its own, independent of the others.  (The sum of them all
 * would need every one to be wrong at its very end and in the same direction; nothing speaks for that.)  It is no bound
 * either, and as good as the ranges of the parameters, which are judgement.
 */
#ifndef P9_STATS_SPREAD_H
#define P9_STATS_SPREAD_H

#include "base/bits.h"

/* The figure with another value of one option; those of an option stand one behind the other. */
struct spread_point {
    const char *option, *value;
    double figure;
};

struct spread {
    double is, least, greatest;                        /* one at a time */
    double low, high;                                  /* all together */
    const struct spread_point *least_by, *greatest_by; /* NULL: as it is */
    const char *first, *second;       /* options with the largest swings; NULL: nothing moves it, or only one does */
    double first_share, second_share; /* of the sum of all swings, 0..1 */
};

struct spread spread_of(double is, const struct spread_point *points, unsigned count);

/* "memory_ns 80 %, l3_cycles 12 %"; "nothing".  Less than one part in SPREAD_NOTHING of the figure is nothing. */
enum { SPREAD_NOTHING = 1000 };
void spread_tell(const struct spread *spread, char *out, size_t size);

/* Does a value of the option move it by more than that? */
bool spread_is_moved_by(double is, const struct spread_point *points, unsigned count, const char *option);

#endif
