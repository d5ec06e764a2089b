/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The CPI stack of the model core as rows, and its sums; cpi.def says what each row is.  Every cycle in which a thread
 * was not stopped is in exactly one of them.
 */
#ifndef P9_STATS_CPI_H
#define P9_STATS_CPI_H

#include "stats/counters.h"

/* The branches of POWER9's tree, as cpi.def names them. */
enum cpi_branch { CPI_OF_COMPLETED, CPI_OF_NOSLOT, CPI_OF_EXEC, CPI_OF_LSU, CPI_OF_SYNC, CPI_OF_OTHER, CPI_BRANCHES };

struct cpi_row {
    const char *counter, *event, *text; /* "cpi_stall_lhs", "PM_CMPLU_STALL_LHS", what the cycles waited for */
    enum cpi_branch branch;
    u32 code;      /* raw PMU event code; 0: hardware has none */
    size_t offset; /* in struct counters */
};
extern const struct cpi_row cpi_rows[];
extern const unsigned cpi_row_count;
#define EACH_CPI_ROW(row) for (const struct cpi_row *row = cpi_rows; row < cpi_rows + cpi_row_count; row++)

u64 cpi_cycles(const struct counters *counters, const struct cpi_row *row);
u64 cpi_branch_cycles(const struct counters *counters, enum cpi_branch branch);
u64 cpi_sum(const struct counters *counters); /* of all rows */
/* By so many cycles fewer the same instructions would have been done, had walks been free (walk_twin).  Other things
 * may be in the way then, so that it even takes longer: 0, as without a twin. */
u64 cpi_cost_of_walks(const struct counters *counters);

const char *cpi_branch_text(enum cpi_branch branch); /* "Loads and stores" */

#endif
