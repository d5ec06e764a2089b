/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Inside the folder: what of the model is state, as rows (base/state.h).  Each file of rows stands beside what it
 * describes; rows.c puts them together into the objects of a checkpoint.
 */
#ifndef P9_CORE_TIMING_ROWS_H
#define P9_CORE_TIMING_ROWS_H

#include "base/state.h"
#include "core/timing/timing.h"

/* booking_rows.c, memory_rows.c */
extern const struct state_table booking_state, room_state, cache_state;
extern const struct state_table memory_config_state, memory_core_state, memory_pair_state, memory_level_state;
/* branch.c, whose tables nobody else sees */
extern const struct state_table branch_config_state, branch_unit_state;
/* rows.c */
extern const struct state_table timing_config_state, timing_core_state, timing_state;

/* What there is of the caches of a memory system, each in an object whose name begins so; and of its queues. */
void memory_save(const struct memory_system *m, struct state_writer *w, const char *name);
/* Those that have their geometry still; `queues` if everything else is as it was, too.  False: r->why. */
must_use bool memory_restore(struct memory_system *m, struct state_reader *r, const char *name,
                             const struct memory_config *then, bool queues, unsigned *cold);

/* Tables of these sizes hold the same. */
bool branch_tables_fit(const struct branch_config *then, const struct branch_config *now);

/* "NAME: what of whose N" */
enum { TIMING_NAME = 96 };
void timing_object_name(char to[TIMING_NAME], const char *name, const char *what, unsigned n);

#endif
