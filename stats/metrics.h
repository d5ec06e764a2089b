/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rates and shares made of counters; the rows are metrics.def.  Whoever shows them shows all of them that say
 * something of the model that ran, so a new row is in every document.
 */
#ifndef P9_STATS_METRICS_H
#define P9_STATS_METRICS_H

#include "stats/counters.h"

struct metric_row {
    const char *name, *unit, *text;
    unsigned models; /* bit n: it says something of enum report_model n, or of METRICS_OF_SAMPLED */
};
extern const struct metric_row metric_rows[];

enum metric_index {
#define METRIC(name, model, numerator, denominator, scale, unit, text) METRIC_##name,
#include "stats/metrics.def"
#undef METRIC
    METRICS
};

/* Of a run under the model core that was sampled. */
enum { METRICS_OF_SAMPLED = REPORT_CORE + 1 };

/* Is it in the reports of such a run?  model: enum report_model, or METRICS_OF_SAMPLED. */
bool metric_is_of(enum metric_index metric, unsigned model);
#define EACH_METRIC_OF(metric, model)                                                                                  \
    for (unsigned metric = 0; metric < METRICS; metric++)                                                              \
        if (metric_is_of(metric, model))

/* look_up_cycles: what one TLB look-up costs. False: the denominator is zero, there is no such figure. */
bool metric_value(enum metric_index metric, const struct counters *counters, u64 look_up_cycles, double *value);

#endif
