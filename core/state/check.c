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

static const char *check_fields(const struct thread *t)
{
    for (unsigned n = 0; n < 8; n++) MUST_HOLD(t->cr[n] <= 15);
    MUST_HOLD(t->so <= 1 && t->ov <= 1 && t->ca <= 1 && t->ov32 <= 1 && t->ca32 <= 1);
    MUST_HOLD(!(t->msr & ~MSR_VALID));
    MUST_HOLD(t->le == ((t->msr & MSR_LE) != 0));
    MUST_HOLD(t->ea_mask == (t->msr & MSR_SF ? ~0ULL : 0xffffffffULL));
    MUST_HOLD(!t->reserved || !(t->reserve_ra & 127));
    MUST_HOLD(t->idle_cycles <= thread_time(t));
    MUST_HOLD(t->counted_idle <= t->idle_cycles);
    MUST_HOLD(t->sibling[t->index_in_core] == t && t->index_in_core < t->threads_in_core);
    return NULL;
}

/* A write to a register of the core reaches all threads of the core. */
static const char *check_core_registers(struct thread *t)
{
    EACH_SPR(row) {
        if (row->is_alias || row->scope != SPR_CORE) continue;
        for (unsigned n = 0; n < t->threads_in_core; n++)
            MUST_HOLD(!t->sibling[n] || *spr_field(t->sibling[n], row) == *spr_field(t, row));
    }
    return NULL;
}

static const char *check_timers(const struct thread *t, struct thread *copy)
{
    if (thread_time(t) >= t->timer_deadline) return NULL; /* it has come, and is looked at next */
    timer_update(copy);
    MUST_HOLD(copy->timer_deadline == t->timer_deadline);
    MUST_HOLD(copy->pending == t->pending && copy->hdec_was_negative == t->hdec_was_negative);
    return NULL;
}

static const char *check_performance_monitor(const struct thread *t, struct thread *copy)
{
    bool alert = (t->spr.MMCR0 & (MMCR0_PMAO | MMCR0_EBE)) == MMCR0_PMAO;

    MUST_HOLD(alert == ((t->pending & PENDING_PERFORMANCE_MONITOR) != 0));
    ebb_update(copy);
    MUST_HOLD(copy->spr.BESCR == t->spr.BESCR && copy->pending == t->pending);
    pmu_update(copy);
    MUST_HOLD(copy->pmu.running == t->pmu.running && copy->pmu.accounted == t->pmu.accounted);
    MUST_HOLD(copy->pmu.by_state == t->pmu.by_state && copy->bhrb.on == t->bhrb.on);
    return NULL;
}

const char *thread_check(const struct thread *t)
{
    struct thread copy = *t;

    MUST_HOLD_OF(check_fields(t));
    MUST_HOLD_OF(check_core_registers(&copy));
    thread_facilities_changed(&copy);
    MUST_HOLD(copy.withheld == t->withheld);
    MUST_HOLD(((t->spr.LPCR & LPCR_MER) != 0) == ((t->pending & PENDING_MEDIATED_EXTERNAL) != 0));
    MUST_HOLD_OF(check_timers(t, &copy));
    copy = *t;
    MUST_HOLD_OF(check_performance_monitor(t, &copy));
    return NULL;
}
