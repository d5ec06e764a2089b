/* SPDX-License-Identifier: Apache-2.0 */
/* A short list of alarms: a board has a handful, so a linear scan on the rare arm and fire is the simplest correct
 * thing. */
#include "bus/clock.h"

#include "base/assert.h"

static u64 earliest(const struct clock *clock)
{
    u64 earliest = ALARM_NEVER;

    for (const struct alarm *a = clock->alarms; a; a = a->next)
        if (a->deadline_tb < earliest) earliest = a->deadline_tb;
    return earliest;
}

void clock_add(struct clock *clock, struct alarm *alarm, void (*fire)(void *), void *self)
{
    struct alarm **end = &clock->alarms;

    while (*end) end = &(*end)->next;
    *alarm = (struct alarm){.deadline_tb = ALARM_NEVER, .fire = fire, .self = self};
    *end = alarm;
    clock->next_deadline_tb = earliest(clock);
}

void clock_restored(struct clock *clock)
{
    clock->next_deadline_tb = earliest(clock);
}

void clock_arm(struct clock *clock, struct alarm *alarm, u64 deadline_tb)
{
    alarm->deadline_tb = deadline_tb;
    clock->next_deadline_tb = earliest(clock);
}

void clock_advance(struct clock *clock, u64 now_tb)
{
    P9_ASSERT(!clock->alarms || clock->next_deadline_tb == earliest(clock));
    if (now_tb > clock->now_tb) clock->now_tb = now_tb;
    if (!clock->alarms || clock->next_deadline_tb > clock->now_tb) return;
    for (struct alarm *a = clock->alarms; a; a = a->next) {
        if (a->deadline_tb > clock->now_tb) continue;
        a->deadline_tb = ALARM_NEVER;
        a->fire(a->self);
    }
    clock->next_deadline_tb = earliest(clock);
}

static const struct state_row alarm_rows[] = {
    STATE(struct alarm, deadline_tb, .kept = true), /* a device disarms it */
    STATE_DERIVED(struct alarm, fire), STATE_DERIVED(struct alarm, self),
    STATE_DERIVED(struct alarm, next), /* they fire in the order of clock_add(), which building repeats */
};
const struct state_table alarm_state = STATE_TABLE(struct alarm, alarm_rows);

static const struct state_row clock_rows[] = {
    STATE(struct clock, now_tb),
    STATE_DERIVED(struct clock, alarms),
    STATE_DERIVED(struct clock, next_deadline_tb),
};
const struct state_table clock_state = STATE_TABLE(struct clock, clock_rows);
