/* SPDX-License-Identifier: Apache-2.0 */
/* Instructions that the machine carries out: Mambo's callthru word, and darn's random numbers. */
#include "core/isa/slow.h"
#include "core/run/run.h"
#include "core/state/fabric.h"
#include "core/state/fault.h"

enum { CALLTHRU_WORD = 0x000eaeb0 };

u64 port_random(struct thread *t)
{
    return t->services->random(t->services->self);
}

enum next slow_callthru(struct thread *t)
{
    if (!fabric_in_order(t)) return FAULT;
    return t->services->callthru ? t->services->callthru(t->services->self, t) : fault_illegal(t, CALLTHRU_WORD);
}
