/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a state trace says besides its records, for whoever replays it (replay.h): the machine as it was when they
 * begin, and what the live run counted until they ended.  Both are objects by name in the saved form of base/state.h.
 *
 *   at the beginning   "trace"      struct trace_start: options, size, threads with the registers that translation
 *                                   depends on, and the table entries of every translation that some array held
 *                      "mmu ..."    ERATs, TLBs, page-walk caches (mmu/state.h)
 *                      "core ...", "twin ..."  the model of the core, if it kept time (core/timing/timing.h)
 *   at the end         "counted"    struct trace_counted: counters and walks of each level
 */
#ifndef P9_TRACES_START_H
#define P9_TRACES_START_H

#include "base/state.h"
#include "core/state/retire.h"
#include "mmu/slb.h"
#include "stats/counters.h"
#include "stats/walk_tally.h"

enum { TRACE_LEVELS = 16 }; /* of nesting; the last one has the deeper ones too */

/* A hardware thread where records begin. */
struct trace_thread {
    u64 msr, completed, cycles; /* cycles: its local time */
    u64 reg[RETIRE_REGISTERS];  /* values of retire_register[] */
    u64 dscr;
    u64 end, twin_end; /* of a thread that is timed: where its last block ended, in its time and in the twin's */
    u32 lpid, pid, partition, level;
    struct slb slb;
};
struct trace_entry { /* a doubleword of a table */
    u64 ra, value;
};
struct trace_region { /* real addresses at which a device answered */
    u64 base, size;
};
struct trace_start {
    char *version, *config; /* of p9sim; lines "name = value", every option (machine/config.h) */
    u64 ram_bytes;
    u32 cores, threads_per_core;
    bool timed, twin; /* by the model of the core; which has a twin without walks */
    struct trace_thread *thread;
    u64 threads;
    struct trace_entry *entry;
    u64 entries;
    struct trace_region *region;
    u64 regions;
};
extern const struct state_table trace_start_state, trace_thread_state, trace_entry_state, trace_region_state;
void trace_start_free(struct trace_start *start); /* what its pointers lead to */

struct trace_counted {
    struct counters counters[TRACE_LEVELS];
    struct walk_tally walks[TRACE_LEVELS];
};
extern const struct state_table trace_counted_state;

#endif
