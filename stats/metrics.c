/* SPDX-License-Identifier: Apache-2.0 */
/* The quotients of metrics.def. */
#include "stats/metrics.h"

#include "stats/cpi.h"

enum { OF_MMU = 1 << REPORT_MMU, OF_CORE_TIMED = 1 << REPORT_CORE, OF_CORE = OF_CORE_TIMED | 1 << METRICS_OF_SAMPLED };
enum { OF_TABLES_TIMED = OF_MMU | OF_CORE_TIMED, OF_TABLES = OF_MMU | OF_CORE, OF_ANY = 1 << REPORT_NONE | OF_TABLES };

const struct metric_row metric_rows[] = {
#define METRIC(name, model, numerator, denominator, scale, unit, text) {#name, unit, text, OF_##model},
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
#define BUSY (c->cycles - c->idle_cycles)
#define TIMED cpi_sum(c)
#define COST_OF_WALKS cpi_cost_of_walks(c)
#define WITH_TWIN(field) (c->cycles_walks_free ? (field) : 0)
#define SERVED (c->walk_reads_l2 + c->walk_reads_l3 + c->walk_reads_other + c->walk_reads_memory)
#define BRANCH(branch) cpi_branch_cycles(c, CPI_OF_##branch)
    const struct quotient all[METRICS] = {
#define METRIC(name, model, numerator, denominator, scale, unit, text) {numerator, denominator, scale},
#include "stats/metrics.def"
#undef METRIC
    };
#undef BRANCH
#undef SERVED
#undef WITH_TWIN
#undef COST_OF_WALKS
#undef TIMED
#undef BUSY
#undef TLB_CYCLES
#undef N

    return all[metric];
}

bool metric_is_of(enum metric_index metric, unsigned model)
{
    return metric_rows[metric].models >> model & 1;
}

bool metric_value(enum metric_index metric, const struct counters *counters, u64 look_up_cycles, double *value)
{
    struct quotient q = quotient_of(metric, counters, look_up_cycles);

    *value = q.denominator ? (double)q.scale * (double)q.numerator / (double)q.denominator : 0;
    return q.denominator != 0;
}
