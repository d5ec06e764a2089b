/* SPDX-License-Identifier: Apache-2.0 */
/* Event-based branches: BESCR and the branch; see ebb.h. */
#include "core/state/ebb.h"

#include "core/state/retire.h"
#include "core/state/spr_hooks.h"

/*
 * Performance monitor event (II 7.2.1, III 9.4.4): an alert has occurred (MMCR0[PMAO]), MMCR0[EBE] gives it to the
 * program, and BESCR[PME] lets it through once.
 */
static void note_performance_monitor_event(struct thread *t)
{
    const u64 given = MMCR0_PMAO | MMCR0_EBE;

    if ((t->spr.MMCR0 & given) != given || !(t->spr.BESCR & BESCR_PME)) return;
    t->spr.BESCR = (t->spr.BESCR & ~BESCR_PME) | BESCR_PMEO;
}

/* An external event waits until BESCR[EE] lets it through, once. */
static void note_external_event(struct thread *t)
{
    if (t->external_event && (t->spr.BESCR & BESCR_EE)) t->spr.BESCR = (t->spr.BESCR & ~BESCR_EE) | BESCR_EEO;
}

/* An event whose exception occurred has disabled itself, so its enable bit no longer asks for the branch: the status
 * does. */
void ebb_update(struct thread *t)
{
    note_performance_monitor_event(t);
    note_external_event(t);
    if ((t->spr.BESCR & BESCR_GE) && (t->spr.BESCR & (BESCR_PMEO | BESCR_EEO))) thread_raise(t, PENDING_EBB);
    else t->pending &= ~(u32)PENDING_EBB;
}

void ebb_external(struct thread *t, bool level)
{
    t->external_event = level;
    ebb_update(t);
}

/* While the facility is not available the branch waits (III 6.2.12, 6.2.13). */
static bool may_branch(const struct thread *t)
{
    if (!(t->msr & MSR_PR)) return false;
    return (t->spr.FSCR & t->spr.HFSCR & FACILITY_BIT(FACILITY_EBB)) != 0;
}

static void record_branch(struct thread *t)
{
    struct retire *r = retire_event(t->ring, RETIRE_EVENT_BRANCH);

    r->interrupt.from = t->spr.EBBRR;
    r->interrupt.to = t->nia;
    r->interrupt.msr = t->msr;
}

/* II 7.3.  A transaction would be suspended here; no instruction ever runs in one (tm.h). */
void ebb_deliver(struct thread *t)
{
    if (!may_branch(t)) return;
    t->spr.EBBRR = t->nia & t->ea_mask & ~3ULL;
    t->spr.BESCR = SETFIELD(BESCR_TS, t->spr.BESCR & ~BESCR_GE, GETFIELD(MSR_TS, t->msr));
    t->pending &= ~(u32)PENDING_EBB;
    t->nia = t->spr.EBBHR & t->ea_mask & ~3ULL;
    if (unlikely(t->traced)) record_branch(t);
}

/* ---- BESCR under its five names (II 7.2.1) ---- */

static enum spr_result set_bescr(struct thread *t, u64 value)
{
    t->spr.BESCR = value & BESCR_VALID;
    ebb_update(t);
    return (t->pending & PENDING_EBB) ? SPR_CONTEXT : SPR_DONE;
}

/* One hook a line reads as a table. */
/* clang-format off */
#define UNUSED_ROW (void)row
HOOK_GET(bescr) { UNUSED_ROW; return t->spr.BESCR; }
HOOK_PUT(bescr) { UNUSED_ROW; return set_bescr(t, value); }
HOOK_GET(bescru) { UNUSED_ROW; return t->spr.BESCR >> 32; }
HOOK_PUT(bescrs) { UNUSED_ROW; return set_bescr(t, t->spr.BESCR | value); }
HOOK_PUT(bescrsu) { UNUSED_ROW; return set_bescr(t, t->spr.BESCR | value << 32); }
HOOK_PUT(bescrr) { UNUSED_ROW; return set_bescr(t, t->spr.BESCR & ~value); }
HOOK_PUT(bescrru) { UNUSED_ROW; return set_bescr(t, t->spr.BESCR & ~(value << 32)); }
