/* SPDX-License-Identifier: Apache-2.0 */
/* What must be true of every thread, whatever it executed. */
#ifndef P9_TESTS_INVARIANTS_H
#define P9_TESTS_INVARIANTS_H

#include <stdio.h>
#include <stdlib.h>

#include "core/state/context.h"

/* say_seed(what) is the program's own: it prints how to repeat the case. */
void say_seed(const char *what);

#define HOLDS(condition)                                                                                               \
    do {                                                                                                               \
        if (!(condition)) {                                                                                            \
            say_seed("not true: " #condition);                                                                         \
            abort();                                                                                                   \
        }                                                                                                              \
    } while (0)

static inline void check_thread(const struct thread *t)
{
    const u64 ultra_user = MSR_S | MSR_HV | MSR_PR;

    HOLDS(!(t->msr & ~MSR_VALID));
    HOLDS((t->msr & ultra_user) != ultra_user);
    HOLDS((t->msr & MSR_TS) != MSR_TS);
    HOLDS(t->le == ((t->msr & MSR_LE) != 0));
    HOLDS(t->ea_mask == ((t->msr & MSR_SF) ? ~0ULL : 0xffffffffULL));
    HOLDS(t->so <= 1 && t->ov <= 1 && t->ca <= 1 && t->ov32 <= 1 && t->ca32 <= 1);
    for (unsigned k = 0; k < 8; k++) HOLDS(t->cr[k] < 16);
    HOLDS(!(t->nia & 3));
    HOLDS(t->idle_cycles <= t->stall_cycles);
}

#endif
