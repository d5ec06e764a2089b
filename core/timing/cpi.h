/* SPDX-License-Identifier: Apache-2.0 */
/* Whose fault a cycle is, as a number: the rows of stats/cpi.def, which are successive fields of struct
 * counters too. */
#ifndef P9_CORE_TIMING_CPI_H
#define P9_CORE_TIMING_CPI_H

enum cpi {
#define CPI(name, branch, code, event, text) CPI_##name,
#include "stats/cpi.def"
#undef CPI
    CPI_COUNT
};

#endif
