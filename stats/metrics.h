/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rates and shares made of counters; the rows are metrics.def.  Whoever shows them shows all of them, so a new row is
 * in every document.
 */
#ifndef P9_STATS_METRICS_H
#define P9_STATS_METRICS_H

#include "stats/counters.h"

struct metric_row {
    const char *name, *unit, *text;
};
extern const struct metric_row metric_rows[];

enum metric_index {
#define METRIC(name, numerator, denominator, scale, unit, text) METRIC_##name,
#include "stats/metrics.def"
#undef METRIC
    METRICS
};

/* look_up_cycles: what one TLB look-up costs. False: the denominator is zero, there is no such figure. */
bool metric_value(enum metric_index metric, const struct counters *counters, u64 look_up_cycles, double *value);

#endif
