/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the walks of one account did, by the place of each table entry in the two-dimensional radix walk:
 *
 *   row     what of process scope is wanted: 0 the process-table entry, 1..4 the entry of that level, 5 the page itself
 *   column  0 the process-scoped entry; 1..4 the partition-scoped level read to translate that entry's (or the page's)
 *           guest real address.  The host's own walks have column 0 only.
 *
 * and by who had the entry.  A hash walk has no such plane: it reads groups.  The sums equal the counters walk_reads,
 * walk_reads_pwc, walk_cycles, walks and walk_faults (invariants.c); under the model core those by where reads were
 * served equal walk_reads_l2 and its like.
 */
#ifndef P9_STATS_WALK_TALLY_H
#define P9_STATS_WALK_TALLY_H

#include "base/bits.h"

enum { WALK_ROWS = 6, WALK_COLUMNS = 5, WALK_LENGTHS = 33, WALK_REASONS = 16 };

enum walk_source {
    WALK_FROM_STORAGE,     /* read: by the latency of storage */
    WALK_FROM_WALK_CACHE,  /* a directory level that the page-walk cache has spared */
    WALK_FROM_TLB,         /* the TLB knew the guest real address */
    WALK_FROM_ENTRY_CACHE, /* partition- and process-table entries */
    WALK_SOURCES
};

/* Which of the caches had an entry that was read from storage: of a model with caches. */
enum walk_served { WALK_SERVED_L2, WALK_SERVED_L3, WALK_SERVED_OTHER, WALK_SERVED_MEMORY, WALK_SERVED };

struct walk_tally {
    u64 reads[WALK_SOURCES][WALK_ROWS][WALK_COLUMNS];
    u64 partition_table[WALK_SOURCES]; /* the partition-table entry, needed once for each walk at most */
    u64 group[2];                      /* hash: primary and secondary groups, from storage */
    u64 cycles[WALK_ROWS][WALK_COLUMNS], partition_table_cycles, group_cycles;
    u64 length[WALK_LENGTHS]; /* walks by the number of reads from storage; the last cell is that many or more */
    u64 served[WALK_SERVED][WALK_ROWS][WALK_COLUMNS]; /* of reads[WALK_FROM_STORAGE] */
    u64 partition_table_served[WALK_SERVED], group_served[WALK_SERVED];
    u64 fault[WALK_REASONS]; /* translations refused, by enum xlate_why; also those that needed no walk */
};

void walk_tally_add(struct walk_tally *to, const struct walk_tally *from);
void walk_tally_subtract(struct walk_tally *from, const struct walk_tally *what);

/* Everything that a source gave, and all cycles. */
u64 walk_tally_reads(const struct walk_tally *tally, enum walk_source source);
u64 walk_tally_cycles(const struct walk_tally *tally);
u64 walk_tally_served(const struct walk_tally *tally, enum walk_served by);

const char *walk_source_name(enum walk_source source); /* "storage" */
const char *walk_served_name(enum walk_served by);     /* "l2" */

#endif
