/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who is running.  Every counter, at every moment, belongs to one account: a partition in one privilege state for one
 * process (PIDR).  A thread holds a pointer to the counters of its active account; changing account moves that pointer
 * after adding what was counted in packed form, so no event is tested for its owner, and the account of each process is
 * kept as exactly as that of its partition.
 *
 * Processes come and go: a partition has at most ACCOUNT_PIDS of them in one state, and there are at most ACCOUNTS_MAX
 * in all.  Whoever comes later shares one account "others" of its partition and state, so sums over processes, states
 * and partitions stay what they are.  First come, first kept: PIDs are the kernel's context numbers, which it uses
 * again.
 */
#ifndef P9_HYPERVISOR_ACCOUNT_H
#define P9_HYPERVISOR_ACCOUNT_H

#include "base/hash.h"
#include "stats/counters.h"
#include "stats/walk_tally.h"

struct partition;
struct partition_tree;

enum account_state { ACCOUNT_ULTRAVISOR, ACCOUNT_HYPERVISOR, ACCOUNT_OS, ACCOUNT_PROBLEM, ACCOUNT_STATES };
#define ACCOUNT_OTHERS 0xffffffffU /* no PID: PIDR has 20 bits */

struct account {
    u32 number; /* the place in the book of the first account of its partition and state */
    const struct partition *partition;
    unsigned level; /* the partition's */
    enum account_state state;
    u32 pid; /* or ACCOUNT_OTHERS */
    struct counters counters;
    struct walk_tally walks;
};

enum { ACCOUNTS_MAX = 4096, ACCOUNT_PIDS = 512 };
struct account_family { /* one partition in one state */
    const struct partition *partition;
    enum account_state state;
    unsigned count;
    u32 number;             /* place of its first account */
    struct account *others; /* NULL: there are none */
};
struct account_book {
    struct account **list; /* in order of first appearance */
    unsigned count, room;
    struct hash_index index; /* of the list, by partition, state and PID */
    struct account_family *family;
    unsigned families, family_room;
    bool starved;                      /* the host had no memory for somebody, who is counted as somebody else */
    const struct partition_tree *tree; /* whose partitions these are, for a restore */
};

/* The account of this partition, state and process; made on first use.  NULL only if the host has no memory for the
 * very first account; later a newcomer shares what there is, so that totals stay right. */
struct account *account_find(struct account_book *book, const struct partition *partition, enum account_state state,
                             u32 pid);

/* The state that MSR (with LPIDR) is in: S, HV and PR decide. */
enum account_state account_state_of(u64 msr);

const char *account_state_name(enum account_state state);

void account_book_clear(struct account_book *book);

#endif
