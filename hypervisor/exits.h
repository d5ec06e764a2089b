/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The exit table: every world switch from a guest into a hypervisor and back, by level, reason and who handled it.
 *
 * What one exit is.  It begins with the interrupt that takes a guest's virtual processor into L0 and ends when the same
 * virtual processor goes on.  Hardware has no name for a virtual processor; it is told by what the hypervisor must give
 * back unchanged: its partition and SPRG0-3, in which a kernel keeps what belongs to this processor.  Of several exits
 * that fit, the one of the same hardware thread is taken, then the oldest.
 *
 * Who handled it.  L0 takes every exit.  A guest at level 2 or deeper runs because one of its ancestors asked for it
 * (H_ENTER_NESTED): that ancestor is itself waiting in an exit.  If it is let go on before the guest is, then it was
 * told of the guest's exit: reflected.  "Handled by" is the deepest level of such ancestors.  The links are noted when
 * the exit begins, so another virtual processor of the ancestor, scheduled in between, makes nothing "reflected".
 *
 * What is measured is made of snapshots at the switches; nothing is asked per instruction.
 *
 * The aftershock: translation misses while the guest completes its next `window` instructions.  The translation model
 * adds its misses to the row as long as the window lasts (mmu_tally_misses()), counting time in instructions completed
 * before the current straight run; if the guest exits again first, the window is cut short there, and
 * after_instructions has what it came to.
 */
#ifndef P9_HYPERVISOR_EXITS_H
#define P9_HYPERVISOR_EXITS_H

#include "base/hash.h"
#include "hypervisor/nested.h"

enum { EXITS_OPEN_MAX = 512, EXITS_ROWS_MAX = 1024, EXITS_THREADS_MAX = 256, EXITS_FLOWS = 256 };

/* Local time of a hardware thread; its tlbie instructions too. */
struct exit_clock {
    u64 cycles, idle_cycles, completed, tlbies;
};

/* One switch, as hardware shows it. */
struct exit_seen {
    unsigned thread; /* PIR */
    const struct partition *guest;
    u64 processor; /* which of its virtual processors: made of SPRG0-3 */
    u64 nia;       /* where the guest would go on, or goes on */
    u64 srr0;      /* of an entry: where it was, if it goes on at a vector */
    struct exit_clock at;
    /* Of an exit: */
    enum exit_reason reason;
    struct guest_call call;
    struct fault_seen fault; /* of HDSI and HISI */
};

struct exit_open {
    u64 serial; /* 0: this place is free */
    const struct partition *guest;
    u64 processor, nia;
    unsigned thread;
    unsigned follows; /* of H_ENTER_NESTED: the thread that the guest which it asked for ran on last, or may run on */
    enum exit_reason reason;
    u8 handled_by;
    struct exit_clock at;
    struct exit_cost before; /* what the thread had come to: cost.cycles[level] and so on are differences */
    u64 first_leg_cycles;
    u64 waiting[EXIT_LEVELS]; /* serials of the ancestors' exits under which the guest ran, by level; 0: none */
    struct nested_exit nested;
};

struct exit_thread {
    bool is_known, in_guest;
    unsigned level; /* that runs since .at */
    struct exit_clock at;
    struct exit_cost sum;     /* since the thread was first seen */
    u64 waiting[EXIT_LEVELS]; /* as of the exit that ends what runs here now */
    u64 first_leg;            /* serial of the exit whose first leg runs; 0: none */
    struct exit_row *window;  /* whose aftershock is counted, since .window_from */
    u64 window_from;
    struct nested_thread nested;
};

/* By partition id. */
struct exit_party {
    u64 entries, exits;
    u32 inside; /* hardware threads in it now */
};

struct exits {
    u64 window;                        /* instructions */
    const struct partition_tree *tree; /* whose partitions these are, for a restore */
    struct guest_tables *tables;
    /* Add the thread's misses to *to until its instructions have come to `until`; to NULL: no more. */
    void (*tally)(void *self, unsigned thread, struct miss_tally *to, u64 until);
    void *tally_self;

    u64 serial;        /* of the last exit */
    u64 lost;          /* open exits that had to make room for others */
    u64 first_entries; /* entries that end no exit: a virtual processor's first */
    struct exit_open open[EXITS_OPEN_MAX];
    unsigned open_end; /* no open exit lies at or behind it */
    struct exit_row *row[EXITS_ROWS_MAX];
    u32 key[EXITS_ROWS_MAX];
    unsigned row_count;
    struct hash_index index; /* of the rows, by key */
    struct exit_thread thread[EXITS_THREADS_MAX];
    struct exit_party party[PARTITIONS_MAX];
    struct exit_flow flow[EXITS_FLOWS]; /* the longest by hypervisor_cycles, in no order */
    unsigned flow_count;
    bool starved;   /* the host had no memory for a row */
    u64 flow_least; /* once the list is full: none of it is shorter */
    struct nested nested;
};

/* window: instructions of the aftershock; soon: of made_again_soon. tables and tally are the caller's to set, or NULL.
 */
must_use bool exits_open(struct exits *x, u64 window, u64 soon);
void exits_close(struct exits *x);

/* The row of this kind of exit, made if need be; NULL: there is no room, or the host has no memory. */
struct exit_row *exits_row(struct exits *x, unsigned level, enum exit_reason reason, unsigned handled_by);

void exits_left(struct exits *x, const struct exit_seen *seen);
void exits_entered(struct exits *x, const struct exit_seen *seen);

/* For a report: this is how far the thread has come. Its window is closed, and its last episode. */
void exits_pause(struct exits *x, unsigned thread, const struct exit_clock *now);
/* After a restore: the window that runs on this thread goes on. */
void exits_resume(struct exits *x, unsigned thread);

/* For a report: exits that have not ended are counted into their rows, living shadow entries into their levels. */
void exits_settle(struct exits *x);
/* After a pause of every thread: all sums start again from zero, and what is open begins now. */
void exits_clear(struct exits *x);

/* Every entry into this partition has its exit, but for the threads that are inside. */
bool exits_agree(const struct exits *x, u32 partition_id);

#endif
