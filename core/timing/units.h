/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The execution units of a core, booked by cycle.  An instruction takes the first cycle from a given one on in which
 * the units and issue ports that it needs are free.  So one that is placed later may still get an earlier cycle than
 * one before it, which is out-of-order issue; and threads whose turns are simulated one after the other compete for the
 * same cycles.
 *
 * A ring of UNITS_RING cycles.  Who comes with a cycle too far ahead for it, or too late, is not held up and not
 * written down.  (A thread that waits for memory may be that far ahead of its siblings; it takes few units then.)  What
 * is taken of a cycle is a word of small fields, one for each kind of unit, each kind of port, and dispatch; a field
 * begins so high that its top bit is set when more is taken than there is, so one addition and one test answer for all
 * of them.  Above them the word counts how many issue queue entries of each thread become free.
 */
#ifndef P9_CORE_TIMING_UNITS_H
#define P9_CORE_TIMING_UNITS_H

#include "core/timing/schedule.h"

enum { UNITS_RING = 2048, LANES_OF_CORE = 4, FIELD_BITS = 4, LEAVING_BITS = 5 };
enum { FIELD_EXEC = UNIT_KINDS - 1, FIELD_AGEN, FIELD_DISPATCH, FIELDS, LEAVING_SHIFT = FIELDS * FIELD_BITS };
#define FIELD_FULL 0x88888888888ULL /* the top bit of each field */

/* What one operation takes, to be added to a cycle's word. */
inline_hot u64 field_take(unsigned field, unsigned count)
{
    return (u64)count << field * FIELD_BITS;
}
u64 unit_take(enum unit unit, unsigned count); /* with its issue ports; UNIT_NONE: nothing */
u64 unit_take_without_ports(enum unit unit, unsigned count);

struct unit_cycle {
    u64 cycle;
    u64 taken;
};
struct units {
    u64 nothing; /* the word of a cycle of which nothing is taken */
    struct unit_cycle at[UNITS_RING];
};

void units_reset(struct units *u, unsigned dispatch_slots);

/* This cycle in the ring; NULL: the ring is at a later one. */
inline_hot struct unit_cycle *units_at(struct units *u, u64 cycle)
{
    struct unit_cycle *c = &u->at[cycle % UNITS_RING];

    if (likely(c->cycle == cycle)) return c;
    if (c->cycle > cycle) return NULL;
    c->cycle = cycle;
    c->taken = u->nothing;
    return c;
}

/* The first cycle from `when` on in which all of `take` is free; it is taken.  `end` is the first cycle that the ring
 * may not hold yet. */
inline_hot u64 units_take(struct units *u, u64 take, u64 when, u64 end)
{
    for (; when < end; when++) {
        struct unit_cycle *c = &u->at[when % UNITS_RING];
        u64 held = -(u64)(c->cycle == when); /* a mask: the host could not foresee a branch */
        u64 taken = (u->nothing ^ ((u->nothing ^ c->taken) & held)) + take;

        if (unlikely(c->cycle > when)) break;
        if (taken & FIELD_FULL) continue;
        *c = (struct unit_cycle){when, taken};
        break;
    }
    return when;
}

/* As units_take(), and all of `busy_take` in each of the `busy` - 1 cycles behind it. */
u64 units_take_long(struct units *u, u64 take, u64 busy_take, unsigned busy, u64 when, u64 end);

/* To be added to what an operation takes: in that cycle an entry of this thread's issue queue becomes free. */
inline_hot u64 units_leave(unsigned lane)
{
    return 1ULL << (LEAVING_SHIFT + lane * LEAVING_BITS);
}
/* It becomes free in that cycle without an operation, or before, if that many leave in that one already. */
void units_leave_at(struct units *u, unsigned lane, u64 cycle);
inline_hot unsigned units_leaving(const struct units *u, unsigned lane, u64 cycle)
{
    const struct unit_cycle *c = &u->at[cycle % UNITS_RING];

    return c->cycle == cycle ? c->taken >> (LEAVING_SHIFT + lane * LEAVING_BITS) & ((1 << LEAVING_BITS) - 1) : 0;
}

#endif
