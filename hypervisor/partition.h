/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The tree of partitions, recovered from what hardware sees: LPIDR, the interrupts that leave a guest and the returns
 * that enter one, hypercalls and their arguments.  L0 is the hypervisor (HV = 1, or LPIDR = 0); whatever runs with HV =
 * 0 under another LPID is a guest, and its level is its parent's plus one.  All guests of all levels are entered by L0,
 * each under an LPID of L0's; whose child an LPID is follows from who asked for it (partition.c says how).
 *
 * A partition is more than an LPID: an LPID that comes back with another parent is another partition.
 *
 * Two hooks tell others of every world switch (struct partition_watcher).  They are called when a thread leaves a guest
 * for the hypervisor and when it enters one - not for interrupts within one partition, nor per instruction.
 */
#ifndef P9_HYPERVISOR_PARTITION_H
#define P9_HYPERVISOR_PARTITION_H

#include "base/bits.h"
#include "hypervisor/guest_call.h"

struct ram;
struct thread;

/* When the list is full, newcomers share its last place, as guests of L0.  Deeper than the deepest is told as deepest.
 */
enum { PARTITIONS_MAX = 1024, PARTITION_LPIDS = 4096, PARTITION_DEEPEST = 15, PARTITION_WHAT = 48 };

struct partition {
    u32 id; /* place in the tree's list, in order of first appearance; L0 is 0 */
    u32 lpid;
    unsigned level;
    struct partition *parent;    /* NULL: L0 itself */
    u64 first_cycle, last_cycle; /* of a thread's time: when it was first entered, and last left (or entered) */
    u64 entries;
    bool ended;                /* L0 has taken its partition-table entry away, or the machine was reset */
    u64 table;                 /* of its own guests, as H_SET_PARTITION_TABLE told it; 0: none */
    char what[PARTITION_WHAT]; /* "Linux 6.1.0-40-powerpc64le", from the banner in its storage; empty: unknown */
    unsigned searches;         /* for the banner */
};

/* A thread has taken an interrupt from a guest into the hypervisor: state is that of the first instruction there. */
struct guest_exit {
    struct thread *thread;
    const struct partition *from;
    unsigned interrupt; /* enum interrupt: the row of interrupt.def */
    enum exit_reason reason;
    struct guest_call call; /* of a kernel: what it asks for guests of its own */
    u64 cycle, completed;   /* of this thread, before the handler's first instruction */
};

/* A thread goes on in a guest: registers are the guest's, but for the address it goes to, which is in SRR0 or HSRR0. */
struct guest_entry {
    struct thread *thread;
    const struct partition *to;
    u64 cycle, completed; /* of this thread; the returning instruction itself counts as the guest's */
};

/* Either function may be NULL.  The accounts are settled: t->counters of the thread are exact at that moment, and still
 * those of the account that is left. */
struct partition_watcher {
    void (*left)(void *self, const struct guest_exit *);
    void (*entered)(void *self, const struct guest_entry *);
    void *self;
    struct partition_watcher *next; /* of the tree */
};

struct partition_tree {
    struct partition *list[PARTITIONS_MAX];
    unsigned count;
    struct partition *of_lpid[PARTITION_LPIDS]; /* the latest of this LPID; NULL: not seen yet */
    struct nesting nesting;
    struct partition_watcher *watchers;
    bool starved; /* the host had no memory for one, which is told as another */
    u64 changes;  /* of what is shown: grows with each newcomer, end and name found */
};

/* A tree of L0 alone; false if the host has no memory. */
must_use bool partition_tree_open(struct partition_tree *tree);
void partition_tree_close(struct partition_tree *tree);

/* Tell this watcher from now on, after those that watch already; it belongs to the caller. */
void partition_watch(struct partition_tree *tree, struct partition_watcher *watcher);

static inline struct partition *partition_l0(const struct partition_tree *tree)
{
    return tree->list[0];
}

/* The machine was reset: every guest has ended, and the threads run L0. */
void partition_restart(struct partition_tree *tree, struct thread *const *threads, unsigned count);

/* L0 has told everybody to forget this LPID's partition-table entry: if there is none any more, the partition has
 * ended. */
void partition_invalidated(struct thread *t, u32 lpid);

/* Look into main storage what L0 is, if that is not known yet. */
void partition_name_l0(struct partition_tree *tree, const struct ram *ram);

/* The thread, whose MSR, LPIDR and counters are up to date, no longer runs t->partition: set it anew and tell the
 * watchers.  lpid: of the guest that runs now; 0: the hypervisor. */
void partition_cross(struct thread *t, u32 lpid);

#endif
