/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is known about the ways from a guest into a hypervisor, as data: hypervisor/exits.c and nested.c fill it, the
 * documents print it.  All cycles are those of the hardware thread, at the model's price.
 *
 * One exit lasts from the interrupt that leaves the guest until that virtual processor runs again.  It is split by the
 * level of nesting that ran meanwhile on the hardware thread: the levels above the guest (with smaller numbers) are its
 * hypervisors, the others are guests that ran in between - after H_ENTER_NESTED the guest's own guest.  Waiting in stop
 * is idle time; if the virtual processor comes back on another hardware thread, all is "elsewhere".
 */
#ifndef P9_STATS_EXIT_TABLE_H
#define P9_STATS_EXIT_TABLE_H

#include "stats/histogram.h"

enum { EXIT_LEVELS = 16 }; /* of nesting, as many as the tree of partitions has */

struct exit_cost {
    u64 cycles[EXIT_LEVELS], instructions[EXIT_LEVELS]; /* idle cycles are not among them */
    u64 idle_cycles, elsewhere_cycles;
};

static inline void exit_cost_add(struct exit_cost *to, const struct exit_cost *cost)
{
    for (unsigned k = 0; k < EXIT_LEVELS; k++) {
        to->cycles[k] += cost->cycles[k];
        to->instructions[k] += cost->instructions[k];
    }
    to->idle_cycles += cost->idle_cycles;
    to->elsewhere_cycles += cost->elsewhere_cycles;
}

/* Misses of one hardware thread's translation while somebody counts them (mmu_tally_misses()). */
struct miss_tally {
    u64 erat, tlb, pwc;
};

struct exit_row {
    unsigned level;      /* of the guest that exited */
    unsigned handled_by; /* the deepest of its hypervisors that ran before it went on: 0 is L0 alone */
    const char *reason;  /* "HDSI", "H_CEDE" */
    const char *symbol, *text;
    u64 open; /* had not ended when the run did; not in what follows */
    struct exit_cost cost;
    u64 first_leg_cycles;    /* of L0, until it entered the next guest on that thread, whichever that was */
    u64 host_tlbies;         /* tlbie of the hardware thread until the guest ran again */
    struct histogram time;   /* of all cycles, idle and elsewhere included */
    struct miss_tally after; /* the aftershock: in the windows behind these exits */
    u64 after_instructions;  /* what the windows came to; those that the next exit cut short end there */
    u64 after_cut;           /* so many were cut short */
};

/* An exit worth an arrow in the timeline. */
struct exit_flow {
    const char *reason;
    u32 thread; /* PIR */
    u32 lpid;
    u64 start, end, hypervisor_cycles;
    u8 level, handled_by;
};

/* ---- hypervisor storage interrupts: partition-scoped translation, by level of the guest that took them ---- */

/* From the first fault of an instruction until it is let run for good, with all faults of the same instruction. */
enum fault_kind {
    FAULT_KIND_SHADOW,    /* L0 alone made or mended its entry: of a nested guest, the shadow of what the parent has */
    FAULT_KIND_REFLECTED, /* a hypervisor below L0 had to run */
    FAULT_KIND_EMULATED,  /* the instruction was emulated: an access to a device */
    FAULT_KIND_OTHER,     /* let run again without any of these, or an interrupt was injected */
    FAULT_KINDS
};

struct fault_episodes {
    u64 exits; /* how many faults and other exits it took before the instruction ran */
    struct exit_cost cost;
    struct histogram time;
};

struct nested_level {
    u64 data, instruction, for_table; /* faults: HDSI, HISI; of both, on the walk's read of a process-scoped table */
    u64 handled_by[EXIT_LEVELS];      /* faults that have ended, by the deepest hypervisor that ran */
    /* What became of L0's entry for the refused guest real address (pure walks, when it faults and when it goes on): */
    u64 made, upgraded, emulated, injected, unchanged;
    /* Derived: a pure walk of the table that whoever called H_ENTER_NESTED keeps for this guest, when it faults. */
    u64 parent_had, parent_forbade, parent_had_not, parent_unknown;
    u64 parent_had_and_alone, parent_lacked_and_reflected; /* so often did the walk foretell who handles it */
    u64 parent_reads;                                      /* entries on these walks */
    /* Shadow entries by their guest real page: */
    u64 made_first, made_again, made_again_soon, made_again_unseen, unlisted, killed, alive;
    /* The parent's invalidations that name this guest (H_TLB_INVALIDATE, H_RPT_INVALIDATE): */
    u64 calls, calls_address, calls_all, calls_tlbies;
    struct exit_cost calls_cost;
    struct fault_episodes episodes[FAULT_KINDS];
};

#endif
