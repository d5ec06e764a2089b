/* SPDX-License-Identifier: Apache-2.0 */
/* Execution units, booked by cycle; see units.h. */
#include "core/timing/units.h"

_Static_assert(FIELDS *FIELD_BITS + LANES_OF_CORE * LEAVING_BITS == 64, "a cycle's word is full");

/* The field of a kind; there is none of UNIT_NONE. */
static unsigned field_of(enum unit unit)
{
    return (unsigned)unit - 1;
}

u64 unit_take_without_ports(enum unit unit, unsigned count)
{
    return unit == UNIT_NONE ? 0 : field_take(field_of(unit), count);
}

u64 unit_take(enum unit unit, unsigned count)
{
    const struct unit_row *row = &unit_rows[unit];

    return unit_take_without_ports(unit, count) + field_take(FIELD_EXEC, row->exec * count) +
           field_take(FIELD_AGEN, row->agen * count);
}

/* A field that begins so high that one more than `count` sets its top bit. */
static u64 field_start(unsigned field, unsigned count)
{
    return field_take(field, (1 << (FIELD_BITS - 1)) - 1 - count);
}

void units_reset(struct units *u, unsigned dispatch_slots)
{
    u->nothing = field_start(FIELD_EXEC, EXEC_PORTS) + field_start(FIELD_AGEN, AGEN_PORTS) +
                 field_start(FIELD_DISPATCH, dispatch_slots);
    for (unsigned unit = UNIT_NONE + 1; unit < UNIT_KINDS; unit++)
        u->nothing += field_start(field_of(unit), unit_rows[unit].count);
    for (unsigned n = 0; n < UNITS_RING; n++) u->at[n] = (struct unit_cycle){.taken = u->nothing};
}

void units_leave_at(struct units *u, unsigned lane, u64 cycle)
{
    const unsigned most = (1 << (LEAVING_BITS - 1)) - 1; /* half of them: operations may come to the cycle later */
    struct unit_cycle *c;

    while (units_leaving(u, lane, cycle) >= most) cycle--;
    c = units_at(u, cycle);
    if (c) c->taken += units_leave(lane);
}

/* Is it free for `busy` cycles?  If not: *next is the first cycle in which it may be. */
static bool is_free_for(struct units *u, u64 take, u64 busy_take, unsigned busy, u64 when, u64 *next)
{
    for (unsigned n = 0; n < busy; n++) {
        const struct unit_cycle *c = units_at(u, when + n);

        *next = when + n + 1;
        if (c && (c->taken + (n ? busy_take : take)) & FIELD_FULL) return false;
    }
    return true;
}

u64 units_take_long(struct units *u, u64 take, u64 busy_take, unsigned busy, u64 when, u64 end)
{
    u64 next;

    while (when + busy < end && !is_free_for(u, take, busy_take, busy, when, &next)) when = next;
    if (when + busy >= end) return when;
    for (unsigned n = 0; n < busy; n++) {
        struct unit_cycle *c = units_at(u, when + n);
        if (c) c->taken += n ? busy_take : take;
    }
    return when;
}
