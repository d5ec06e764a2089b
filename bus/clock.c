/* SPDX-License-Identifier: Apache-2.0 */
/* A short list of alarms: a board has a handful, so a linear scan on the rare arm and fire is the simplest correct
 * thing. */
#include "bus/clock.h"

void clock_add(struct clock *clock, struct alarm *alarm, void (*fire)(void *), void *self)
{
    struct alarm **end = &clock->alarms;

    while (*end) end = &(*end)->next;
    *alarm = (struct alarm){.deadline_tb = ALARM_NEVER, .fire = fire, .self = self};
    *end = alarm;
}

static void find_next(struct clock *clock)
{
    clock->next_deadline_tb = ALARM_NEVER;
    for (struct alarm *a = clock->alarms; a; a = a->next)
        if (a->deadline_tb < clock->next_deadline_tb) clock->next_deadline_tb = a->deadline_tb;
}

void clock_restored(struct clock *clock)
{
    find_next(clock);
}

void clock_arm(struct clock *clock, struct alarm *alarm, u64 deadline_tb)
{
    alarm->deadline_tb = deadline_tb;
    find_next(clock);
}

void clock_advance(struct clock *clock, u64 now_tb)
{
    if (now_tb > clock->now_tb) clock->now_tb = now_tb;
    if (!clock->alarms || clock->next_deadline_tb > clock->now_tb) return;
    for (struct alarm *a = clock->alarms; a; a = a->next) {
        if (a->deadline_tb > clock->now_tb) continue;
        a->deadline_tb = ALARM_NEVER;
        a->fire(a->self);
    }
    find_next(clock);
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
