/* SPDX-License-Identifier: Apache-2.0 */
/* Rows and sums of the CPI stack; see cpi.h. */
#include "stats/cpi.h"

const struct cpi_row cpi_rows[] = {
#define CPI(name, branch, code, event, text)                                                                           \
    {"cpi_" #name, #event, text, CPI_OF_##branch, code, offsetof(struct counters, cpi_##name)},
#include "stats/cpi.def"
#undef CPI
};
const unsigned cpi_row_count = ARRAY_SIZE(cpi_rows);

u64 cpi_cycles(const struct counters *counters, const struct cpi_row *row)
{
    return *(const u64 *)(const void *)((const char *)counters + row->offset);
}

u64 cpi_branch_cycles(const struct counters *counters, enum cpi_branch branch)
{
    u64 sum = 0;

    EACH_CPI_ROW(row) if (row->branch == branch) sum += cpi_cycles(counters, row);
    return sum;
}

u64 cpi_sum(const struct counters *counters)
{
    u64 sum = 0;

    EACH_CPI_ROW(row) sum += cpi_cycles(counters, row);
    return sum;
}

u64 cpi_cost_of_walks(const struct counters *counters)
{
    u64 timed = cpi_sum(counters), walks_free = counters->cycles_walks_free;

    return walks_free && timed > walks_free ? timed - walks_free : 0;
}

const char *cpi_branch_text(enum cpi_branch branch)
{
    static const char *const texts[CPI_BRANCHES] = {"Completing",       "Nothing to complete",  "Execution",
                                                    "Loads and stores", "Barriers and atomics", "Other"};

    return texts[branch];
}
