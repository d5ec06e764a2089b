/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Simulated time as devices see it: timebase ticks (512 MHz) since power-on, and alarms.  Machine time moves only
 * between the run loop's quanta, so a device sees the same instants on every host.  An alarm fires once, at the first
 * such instant at or after its deadline; alarms with equal deadlines fire in the order they were added (clock_add).
 * The idle machine jumps straight to the earliest armed deadline.
 */
#ifndef P9_BUS_CLOCK_H
#define P9_BUS_CLOCK_H

#include "base/state.h"

enum { TIMEBASE_HZ = 512000000 };
#define ALARM_NEVER UINT64_MAX

struct alarm {
    u64 deadline_tb; /* ALARM_NEVER: not armed */
    void (*fire)(void *self);
    void *self;
    struct alarm *next;
};

struct clock {
    u64 now_tb;
    struct alarm *alarms; /* every alarm of the machine, in the order of clock_add */
    u64 next_deadline_tb; /* the smallest deadline, kept by clock_add, clock_arm and clock_advance */
};

/* Make the alarm known; it starts unarmed.  The alarm must outlive the clock. */
void clock_add(struct clock *clock, struct alarm *alarm, void (*fire)(void *), void *self);

/* Arm (or re-arm) for an absolute time in timebase ticks; ALARM_NEVER disarms. */
void clock_arm(struct clock *clock, struct alarm *alarm, u64 deadline_tb);

/* Of an alarm its deadline, of the clock its time: what is next is known again when clock_restored() has been called,
 * by whoever has restored both. */
extern const struct state_table alarm_state, clock_state;
void clock_restored(struct clock *clock);

/* Move time forward to now_tb (never backwards) and fire what is due. */
void clock_advance(struct clock *clock, u64 now_tb);

#endif
