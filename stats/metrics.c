/* SPDX-License-Identifier: Apache-2.0 */
/* The quotients of metrics.def. */
#include "stats/metrics.h"

const struct metric_row metric_rows[] = {
#define METRIC(name, numerator, denominator, scale, unit, text) {#name, unit, text},
#include "stats/metrics.def"
#undef METRIC
};

struct quotient {
    u64 numerator, denominator, scale;
};

static struct quotient quotient_of(enum metric_index metric, const struct counters *c, u64 look_up_cycles)
{
#define N(field) (c->field)
#define TLB_CYCLES (c->tlb_access * look_up_cycles)
    const struct quotient all[METRICS] = {
#define METRIC(name, numerator, denominator, scale, unit, text) {numerator, denominator, scale},
#include "stats/metrics.def"
#undef METRIC
    };
#undef TLB_CYCLES
#undef N

    return all[metric];
}

bool metric_value(enum metric_index metric, const struct counters *counters, u64 look_up_cycles, double *value)
{
    struct quotient q = quotient_of(metric, counters, look_up_cycles);

    *value = q.denominator ? (double)q.scale * (double)q.numerator / (double)q.denominator : 0;
    return q.denominator != 0;
}
