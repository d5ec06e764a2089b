/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where the cost of walks goes: by the page that was missing in the TLB, and by the instruction whose access (or fetch)
 * missed it.  The run loop notes each walk that the model made, which is off the fast path: a walk is a TLB miss.
 *
 * A table has so many rows and no more.  Until they are used up it is exact.  From then on it is a Space-Saving sketch
 * (Metwally, Agrawal, El Abbadi: Efficient Computation of Frequent and Top-k Elements in Data Streams, 2005), weighted
 * by cycles: whoever is not in the table takes the row with the fewest cycles, and inherits these as its `error`,
 * because no more than that can have been counted for it before without its being in the table.  So of every row it is
 * known that
 *
 *     cycles <= what its page really cost <= cycles + error
 *
 * and of every page that is in no row, that it cost no more than the least `cycles + error` of all, which is at most
 * all cycles divided by the number of rows: what is hot is in the table, whenever it became hot.  What rows had counted
 * when they were taken away is summed up in `other`, so rows and `other` together are all that was noted.
 *
 * The row with the fewest cycles is on top of a heap, which is made when it is first needed.  (The list of buckets of
 * the paper is for counts that grow by one.)  Equal rows go by their number, so which one is the least depends on the
 * rows alone, not on how the heap came about; and the same run gives the same answer on every host, also from a
 * checkpoint.
 */
#ifndef P9_STATS_HOT_H
#define P9_STATS_HOT_H

#include "base/hash.h"

/* What the model says of one walk. */
struct hot_walk {
    u64 ea, cycles;
    u32 lpid, pid; /* whose address it is: of the guest, if a hypervisor reaches into it; pid 0 for the kernel's half */
    u32 reads;     /* of table entries, from storage */
    u8 shift;      /* effective page size; 0: the walk ended in a fault */
    bool fetch;
};

/* Who made the access. */
struct hot_place {
    u64 cia;
    u32 account; /* a number that the owner of the table can turn into a partition and a state */
    u32 pid;     /* of a program; 0: a kernel, or no translation */
};

struct hot_row {
    u64 address; /* of the page, or of the instruction */
    u32 account, lpid, pid;
    u8 shift;
    bool fetch;
    u64 walks, reads, cycles; /* since it is in the table: at least so many */
    u64 error;                /* cycles that it can have cost besides */
};

struct hot_table {
    struct hot_row *row;
    struct hash_index index;
    u32 used, room, most; /* rows */
    u32 *heap;            /* numbers of rows, the one with the fewest cycles first; NULL: none was needed yet */
    u32 *place;           /* of each row in the heap */
    u64 taken;            /* rows that were taken away for others; 0: the table is exact, if other is empty too */
    bool starved;         /* the host has no memory for more: newcomers go to other */
    struct hot_row other, all;
};

enum { HOT_ROWS_MAX = 196608 };
struct hot {
    struct hot_table pages, code;
};

void hot_open(struct hot *hot, u32 most_rows); /* of each table, 1 or more; takes no memory until the first walk */
void hot_close(struct hot *hot);               /* gives all of it back; what is noted then counts from nothing */

void hot_note(struct hot *hot, const struct hot_place *place, const struct hot_walk *walk);

/* After a restore: every row's account is below `accounts`. */
bool hot_accounts_below(const struct hot *hot, u32 accounts);

/* The rows that certainly cost the most cycles, in order (then by walks, then by address and the rest), without those
 * of which more is error than certain; how many there are. */
unsigned hot_top(const struct hot_table *table, struct hot_row *out, unsigned most);

#endif
