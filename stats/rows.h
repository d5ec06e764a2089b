/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The state rows (base/state.h) of what is counted.  hot_state is restored into tables that are open (hot_open()),
 * timeline_state into any.  The others are parts of what somebody else saves.
 */
#ifndef P9_STATS_ROWS_H
#define P9_STATS_ROWS_H

#include "base/state.h"

extern const struct state_table counters_state, walk_tally_state, histogram_state;                 /* counters.c ... */
extern const struct state_table exit_cost_state, miss_tally_state, nested_level_state;             /* exit_table.c */
extern const struct state_table hot_state;                                                         /* hot.c */
extern const struct state_table timeline_state;                                                    /* timeline.c */
extern const struct state_table timeline_slice_state, timeline_switch_state, timeline_burst_state; /* of its lists */
extern const struct state_table report_tower_state, tower_stretch_state, tower_measure_state;      /* tower_rows.c */

#endif
