/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The fields of a thread that follow from others, computed afresh on a copy by the very functions that keep them; see
 * check.h.  What they say of pending bits is compared too, because these are levels of the same registers.
 */
#include "core/state/check.h"

#include "base/assert.h"
#include "core/state/context.h"
#include "core/state/ebb.h"
#include "core/state/pmu.h"
#include "core/state/spr.h"
#include "core/state/spr_bits.h"
#include "core/state/timer.h"

static void check_fields(const struct thread *t)
{
    for (unsigned n = 0; n < 8; n++) P9_ASSERT(t->cr[n] <= 15);
    P9_ASSERT(t->so <= 1 && t->ov <= 1 && t->ca <= 1 && t->ov32 <= 1 && t->ca32 <= 1);
    P9_ASSERT(!(t->msr & ~MSR_VALID));
    P9_ASSERT(t->le == ((t->msr & MSR_LE) != 0));
    P9_ASSERT(t->ea_mask == (t->msr & MSR_SF ? ~0ULL : 0xffffffffULL));
    P9_ASSERT(!t->reserved || !(t->reserve_ra & 127));
    P9_ASSERT(t->idle_cycles <= t->stall_cycles);
    P9_ASSERT(t->counted_completed <= t->completed && t->counted_idle <= t->idle_cycles);
    P9_ASSERT(t->sibling[t->index_in_core] == t && t->index_in_core < t->threads_in_core);
}

/* A write to a register of the core reaches all threads of the core. */
static void check_core_registers(struct thread *t)
{
    EACH_SPR(row) {
        if (row->is_alias || row->scope != SPR_CORE) continue;
        for (unsigned n = 0; n < t->threads_in_core; n++)
            P9_ASSERT(!t->sibling[n] || *spr_field(t->sibling[n], row) == *spr_field(t, row));
    }
}

static void check_timers(const struct thread *t, struct thread *copy)
{
    if (t->completed + t->stall_cycles >= t->timer_deadline) return; /* it has come, and is looked at next */
    timer_update(copy);
    P9_ASSERT(copy->timer_deadline == t->timer_deadline);
    P9_ASSERT(copy->pending == t->pending && copy->hdec_was_negative == t->hdec_was_negative);
}

static void check_performance_monitor(const struct thread *t, struct thread *copy)
{
    bool alert = (t->spr.MMCR0 & (MMCR0_PMAO | MMCR0_EBE)) == MMCR0_PMAO;

    P9_ASSERT(alert == ((t->pending & PENDING_PERFORMANCE_MONITOR) != 0));
    ebb_update(copy);
    P9_ASSERT(copy->spr.BESCR == t->spr.BESCR && copy->pending == t->pending);
    pmu_update(copy);
    P9_ASSERT(copy->pmu.running == t->pmu.running && copy->pmu.accounted == t->pmu.accounted);
    P9_ASSERT(copy->pmu.by_state == t->pmu.by_state && copy->bhrb.on == t->bhrb.on);
}

void thread_check(const struct thread *t)
{
    struct thread copy = *t;

    check_fields(t);
    check_core_registers(&copy);
    thread_facilities_changed(&copy);
    P9_ASSERT(copy.withheld == t->withheld);
    P9_ASSERT(((t->spr.LPCR & LPCR_MER) != 0) == ((t->pending & PENDING_MEDIATED_EXTERNAL) != 0));
    check_timers(t, &copy);
    copy = *t;
    check_performance_monitor(t, &copy);
}
