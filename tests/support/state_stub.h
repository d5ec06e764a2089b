/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A core of four threads without anything around it: what core/state needs to be tested.  context_changes counts the
 * calls that core/run would have got.
 */
#ifndef P9_TESTS_STATE_STUB_H
#define P9_TESTS_STATE_STUB_H

#include "core/state/context.h"
#include "core/state/fabric.h"
#include "stats/counters.h"

enum { STUB_THREADS = 4 };
struct state_stub {
    struct thread thread[STUB_THREADS];
    struct thread *list[STUB_THREADS];
    struct fabric fabric;
    struct counters counters;
};

/* Power-on state of all four; the timebase ticks once every eight cycles. */
void state_stub_reset(struct state_stub *stub);

#endif
