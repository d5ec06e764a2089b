/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What only so many can have at a time, booked by cycle.  Whoever asks may name any cycle, earlier ones after later
 * ones: what is free then is free, whatever was booked for later before.
 *
 *   struct booking   a resource that serves one after the other, each for the same time: the L2's arrays, the memory
 *                    channels.  Time is cut into slots of that length, a bit each, in a ring of words of 64.
 *   struct room      a queue with so many entries, each taken from one cycle to another: load misses, prefetch
 *                    machines. An entry remembers its last occupant alone; who comes for an earlier time when that one
 *                    was not there yet takes the entry before it, and it is taken the longer for that.
 *
 * Both forget what is long past: a word or an entry belongs to the latest time that asked for it, and whoever comes
 * with an earlier one is served at once and not written down.
 */
#ifndef P9_TIMING_BOOKING_H
#define P9_TIMING_BOOKING_H

#include "base/bits.h"

enum { BOOKING_WORDS = 64, ROOM_MAX = 64 };
#define BOOKING_LATEST (1ULL << 53) /* cycles, a month of guest time; who comes later is served at once */

struct booking {
    u64 taken[BOOKING_WORDS];  /* slot n: bit n % 64 of word n / 64 % BOOKING_WORDS */
    u64 number[BOOKING_WORDS]; /* n / 64, of the slots that the word stands for now */
    u32 slot_millicycles;      /* 0: as many as like at a time */
};

void booking_reset(struct booking *b, u32 slot_millicycles);

/* The first cycle from `when` on in which a slot is free; it is taken.  If none is within the ring, the end of it. */
u64 booking_take(struct booking *b, u64 when);

struct room {
    u64 from[ROOM_MAX], until[ROOM_MAX]; /* in the first `entries` of them */
    u32 entries;
};
enum { ROOM_UNTOLD = ROOM_MAX }; /* none of them: nothing is to be remembered */

void room_reset(struct room *r, u32 entries); /* 1..ROOM_MAX */

/* An entry that is free in cycle *when, or - *when moves on - the one that is free first: room_hold() says for how long
 * it is taken. */
u32 room_find(const struct room *r, u64 *when);

/* Whoever had to wait for the entry follows its last occupant without a gap.  Whoever comes for an earlier time and is
 * in the way of the last occupant leaves that one's answer as it was given, but the entry serves both in all. */
inline_hot void room_hold(struct room *r, u32 entry, u64 from, u64 until)
{
    if (entry == ROOM_UNTOLD) return;
    if (unlikely(from < r->from[entry])) {
        if (until <= r->from[entry]) return;
        until = r->until[entry] + (until - r->from[entry]);
        r->from[entry] = from;
    } else if (r->until[entry] < from) {
        r->from[entry] = from;
    }
    r->until[entry] = until;
}

#endif
