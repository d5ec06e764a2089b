/* SPDX-License-Identifier: Apache-2.0 */
/* Watchpoint and breakpoint of the architecture: what matches; see watch.c.  watch_allows() is declared in slow.h. */
#ifndef P9_CORE_RUN_WATCH_H
#define P9_CORE_RUN_WATCH_H

#include "core/isa/slow.h"

/* CIABR names the instruction at cia, completed in a state with this MSR. */
bool watch_is_breakpoint(const struct thread *t, u64 cia, u64 msr);

/* The page may hold the instruction that CIABR names. */
static inline bool watch_has_breakpoint(const struct thread *t, u64 page_ea)
{
    return (t->spr.CIABR & 3) && (t->spr.CIABR & HOST_PAGE_MASK) == page_ea;
}

#endif
