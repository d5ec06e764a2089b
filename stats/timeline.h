/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who ran when, in two scales, both bounded, and the same for the same run.
 *
 * The overview covers the whole run in slices that begin and end with world switches: neighbours of the same partition
 * and state are one slice, and when the list is full, slices shorter than a minimum (which doubles each time) are
 * absorbed by what ran before them.  So a long run is told coarsely, a short one finely.
 *
 * A burst shows what the overview absorbs: each of the next TIMELINE_BURST world switches by itself, with the reason of
 * each exit.  One begins where somebody says so: when a partition is entered for the first time, at a region, at a
 * mark.
 */
#ifndef P9_STATS_TIMELINE_H
#define P9_STATS_TIMELINE_H

#include "base/bits.h"

enum { TIMELINE_SLICES = 8192, TIMELINE_BURST = 96, TIMELINE_BURSTS = 96 };

struct timeline_slice {
    u64 start, end; /* cycles of machine time */
    u32 thread;     /* PIR */
    u32 lpid;
    u8 level;
    const char *state; /* "hypervisor", "guest", "idle" ...: a constant, or one of the timeline's words */
};

/* A guest was left for the hypervisor, or entered. */
struct timeline_switch {
    u64 cycle;
    u32 thread; /* PIR */
    u32 lpid;   /* of the guest, */
    u8 level;   /* and its level */
    bool is_exit;
    const char *reason; /* of an exit; the same; NULL: of an entry */
};

struct timeline_burst {
    char name[48]; /* where it began */
    u64 start;
    unsigned first, count; /* its switches */
};

struct timeline {
    struct timeline_slice *slice; /* in order of their ends; NULL until the first one */
    unsigned count;
    u64 least_cycles;
    struct timeline_switch *switches; /* NULL until the first burst */
    unsigned switch_count;
    struct timeline_burst burst[TIMELINE_BURSTS];
    unsigned burst_count;
    bool starved; /* the host had no memory for slices or switches */
    char **word;  /* those that came with a restored state; its own */
    unsigned words;
};

/* This ran from start to end. Slices of one thread come in order of time. */
void timeline_note(struct timeline *timeline, const struct timeline_slice *slice);

/* A burst begins here, and ends the one before it, which is forgotten if it saw no switch. Once there are
 * TIMELINE_BURSTS of them, no more. */
void timeline_begin_burst(struct timeline *timeline, const char *name, u64 cycle);
/* A world switch, in order of time on each thread; kept if a burst is under way. */
void timeline_switch(struct timeline *timeline, const struct timeline_switch *what);

/* A copy of its own, but for the words; false if the host has no memory. */
bool timeline_copy(struct timeline *to, const struct timeline *from);
void timeline_free(struct timeline *timeline);

#endif
