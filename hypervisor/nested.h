/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Partition-scoped translation as events: the hypervisor storage interrupts of guests, what became of the entry that
 * was missing, and how it was taken away again.
 *
 * A guest at level 1 faults because L0 has no entry for a page of it.  A guest at level 2 or deeper runs on a shadow: a
 * table of L0's that composes the table which the guest's hypervisor keeps with L0's own.  So a fault of it means that
 * the shadow lacks the page (L0 alone mends it), or that the hypervisor's table lacks it too (reflected; that
 * hypervisor mends its table and asks L0 to go on, and the same instruction faults once more, for the shadow).  A page
 * fault of the guest's own, in its process-scoped tables, leaves no trace here: it needs no exit.
 *
 * What is seen exactly: each fault with its guest real address; whether L0's entry is there when the guest faults and
 * when it goes on (a pure walk each); who ran; what it cost.  Faults of one instruction - no instruction of the guest
 * completed between, the same address - are one episode, whose cost runs from the first fault until the instruction was
 * let run for the last time.
 *
 * What is derived: the parent's table, by a pure walk of our own at the moment of the fault; L0's reads of it are
 * supposed to be that one walk, since nobody counts L0's loads by where they go.
 *
 * Shadow entries are remembered by guest real page (65,536 of them; more are counted as unlisted).  After a
 * hypervisor's H_TLB_INVALIDATE or H_RPT_INVALIDATE of a guest of its own, those it named are looked up: what is gone
 * was killed. Whatever L0 takes away for reasons of its own shows when the entry is made again: "unseen".
 */
#ifndef P9_HYPERVISOR_NESTED_H
#define P9_HYPERVISOR_NESTED_H

#include "base/hash.h"
#include "hypervisor/guest_tables.h"
#include "hypervisor/partition.h"
#include "stats/exit_table.h"

_Static_assert((int)PARTITION_DEEPEST < (int)EXIT_LEVELS,
               "each level of the tree has its place in the tables of exits");

struct exit_seen;
struct exit_open;
struct exit_thread;

/* A hypervisor storage interrupt, from HDSISR or HSRR1, ASDR and HDAR. */
struct fault_seen {
    bool is_fault;
    bool has_address; /* radix: the guest real address is known */
    bool fetch, store, for_table;
    u64 gra;
};

struct nested_episode {
    bool is_on;
    u32 partition;
    unsigned level, thread;
    u64 processor, nia, exits;
    u64 entered; /* instructions completed by the thread when it was let run */
    u8 handled_by;
    bool made, emulated;
    struct exit_cost cost; /* until it was let run */
    u64 cycles;
};

struct nested_exit { /* part of an open exit */
    struct fault_seen fault;
    struct table_leaf before, parent;
    struct guest_call call;
    struct nested_episode episode;
};

struct nested_thread {
    struct nested_episode episode; /* of the guest that runs now: it may not be over */
};

enum { SHADOWS_MAX = 1 << 16, NO_PARTY = 0xffffffff };
struct nested_party {
    const struct partition *partition;
    u64 ptcr;         /* its own, from H_SET_PARTITION_TABLE; 0: none */
    u32 caller;       /* partition id of whose H_ENTER_NESTED runs it; NO_PARTY: L0's own guest */
    u32 lpid_there;   /* its LPID in that one's numbering */
    u64 instructions; /* completed in it */
};

struct shadow_entry {
    u64 page; /* guest real address, with the page size (log2) in the low bits */
    u32 partition;
    bool alive;
    u64 killed_at; /* instructions of the partition */
};

struct nested {
    u64 soon;                   /* instructions: see made_again_soon */
    struct nested_level *level; /* EXIT_LEVELS of them */
    struct nested_party party[PARTITIONS_MAX];
    u32 of_lpid[PARTITION_LPIDS]; /* partition id + 1 of the latest that ran under it */
    struct shadow_entry *shadow;  /* in order of first appearance */
    u32 shadow_count;
    struct hash_index index; /* of the shadow entries, by partition and page */
    bool starved;            /* the host had no memory for the shadow entries */
};

must_use bool nested_open(struct nested *n, u64 soon);
void nested_close(struct nested *n);

/* An exit begins: fills open->nested. caller of exits.c only. */
void nested_left(struct nested *n, struct guest_tables *tables, struct exit_open *open, struct exit_thread *thread,
                 const struct exit_seen *seen);
/* It has ended: what it cost and who handled it is known. May change open->reason. */
void nested_entered(struct nested *n, struct guest_tables *tables, struct exit_open *open, struct exit_thread *thread,
                    const struct exit_seen *seen, const struct exit_cost *cost);
/* This partition runs because of that exit (H_ENTER_NESTED) of `caller`. */
void nested_called(struct nested *n, const struct partition *guest, const struct exit_open *caller);
/* The run is over: the last episode of a thread, too. */
void nested_settle(struct nested *n, struct exit_thread *thread);

#endif
