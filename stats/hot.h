/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where the cost of walks goes: by the page that was missing in the TLB, and by the instruction whose access (or fetch)
 * missed it.  The run loop notes each walk that the model made, which is off the fast path: a walk is a TLB miss.
 *
 * Both tables are exact.  They grow with what they see, up to a number of rows; what comes after that is not
 * approximated but summed up in one row, "other", and a report says how much that is: an address which shows up only
 * after the table is full is not seen, however hot it becomes.  Rows are kept in order of first appearance and sorted
 * by figures and address alone, so the same run gives the same answer on every host.
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
    u64 walks, reads, cycles;
};

struct hot_table {
    struct hot_row *row;
    struct hash_index index;
    u32 used, room, most; /* rows */
    bool full;            /* newcomers go to other */
    bool starved;         /* because the host has no memory for more */
    struct hot_row other, all;
};

enum { HOT_ROWS_MAX = 196608 };
struct hot {
    struct hot_table pages, code;
};

void hot_open(struct hot *hot, u32 most_rows); /* takes no memory until the first walk */
void hot_close(struct hot *hot);               /* gives all of it back; what is noted then counts from nothing */

void hot_note(struct hot *hot, const struct hot_place *place, const struct hot_walk *walk);

/* After a restore: every row's account is below `accounts`. */
bool hot_accounts_below(const struct hot *hot, u32 accounts);

/* The rows that cost the most cycles, in order (then by walks, then by address and the rest); how many there are. */
unsigned hot_top(const struct hot_table *table, struct hot_row *out, unsigned most);

#endif
