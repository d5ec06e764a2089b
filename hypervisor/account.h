/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who is running.  Every counter, at every moment, belongs to one account: a partition (LPID) in one privilege state.
 * A thread holds a pointer to the counters of its active account; changing account moves that pointer after adding what
 * was counted in packed form, so no event is tested for its owner.
 *
 * Level: an LPID of 0 is the host, L0; another LPID is a guest of it, L1.  (The tree of deeper guests is recovered from
 * hypercalls; see the design, section 7.)
 */
#ifndef P9_HYPERVISOR_ACCOUNT_H
#define P9_HYPERVISOR_ACCOUNT_H

#include "stats/counters.h"
#include "stats/walk_tally.h"

enum account_state { ACCOUNT_ULTRAVISOR, ACCOUNT_HYPERVISOR, ACCOUNT_OS, ACCOUNT_PROBLEM };

struct account {
    u32 number; /* its place in the book */
    u32 lpid;
    enum account_state state;
    unsigned level;
    struct counters counters;
    struct walk_tally walks;
};

enum { ACCOUNTS_MAX = 1024, ACCOUNT_CELLS = 256 };
struct account_book {
    struct account *list[ACCOUNTS_MAX]; /* in order of first appearance */
    unsigned count;
    struct account *cell[ACCOUNT_CELLS]; /* direct-mapped: the last account of each hash */
};

/* The account of this LPID (0..4095) and state; made on first use.  When the book is full the newcomer shares the last
 * one, so that totals stay right. NULL only if the host has no memory for the very first account. */
struct account *account_find(struct account_book *book, u32 lpid, enum account_state state);

/* The state that MSR (with LPIDR) is in: S, HV and PR decide. */
enum account_state account_state_of(u64 msr);

const char *account_state_name(enum account_state state);

void account_book_clear(struct account_book *book);

#endif
