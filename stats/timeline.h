/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which account ran when, in a bounded number of slices: neighbours of the same account are one slice, and when the
 * list is full, slices shorter than a minimum (which doubles each time) are absorbed by what ran before them.  So a
 * long run is told coarsely, a short one finely, and the same run always in the same way.
 */
#ifndef P9_STATS_TIMELINE_H
#define P9_STATS_TIMELINE_H

#include "base/bits.h"

enum { TIMELINE_SLICES = 8192 };

struct timeline_slice {
    u64 start, end; /* cycles of machine time */
    u32 thread;     /* PIR */
    u32 lpid;
    u8 level;
    const char *state; /* "hypervisor", "idle" ...: a constant */
};

struct timeline {
    struct timeline_slice *slice; /* in order of their ends; NULL until the first one */
    unsigned count;
    u64 least_cycles;
};

/* This ran from start to end. Slices of one thread come in order of time. */
void timeline_note(struct timeline *timeline, const struct timeline_slice *slice);
void timeline_free(struct timeline *timeline);

#endif
