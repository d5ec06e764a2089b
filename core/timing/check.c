/* SPDX-License-Identifier: Apache-2.0 */
/* What must hold of a model between two blocks, whatever it was fed with; see timing.h. */
#include "base/assert.h"
#include "core/timing/lane.h"
#include "stats/counters.h"

/* Nobody was given a unit, a port or a dispatch slot that there is not. */
static const char *check_units(const struct units *u)
{
    for (u32 n = 0; n < UNITS_RING; n++) {
        MUST_HOLD(!(u->at[n].taken & FIELD_FULL));
        MUST_HOLD(u->at[n].cycle % UNITS_RING == n || u->at[n].taken == u->nothing);
    }
    return NULL;
}

static const char *check_lane(const struct lane *l)
{
    const struct timing_config *c = &l->core->timing->config;

    MUST_HOLD(l->complete_used <= c->complete_width && l->slots_used <= c->dispatch_slots);
    /* What is dispatched and issued completes later. */
    MUST_HOLD(l->fetch_at <= l->complete_at && l->dispatch_at <= l->complete_at);
    MUST_HOLD(l->queued_at <= l->complete_at && l->last_issue <= l->complete_at);
    MUST_HOLD(l->fetch_left <= c->fetch_width);
    MUST_HOLD(l->queued <= c->issue_queue);
    MUST_HOLD(l->redirect < CPI_COUNT && l->front < CPI_COUNT && l->hold < CPI_COUNT);
    for (u32 k = 0; k < PENDING; k++) MUST_HOLD(l->pending[k].shift < 64);
    for (u32 k = 0; k < CPI_COUNT; k++) MUST_HOLD(!l->cpi[k]); /* counted with the block */
    return NULL;
}

const char *timing_check(const struct timing *t)
{
    for (u32 k = 0; k < t->cores; k++) {
        const struct timing_core *core = &t->core[k];

        MUST_HOLD(core->sharers >= 1 && core->sharers <= t->threads);
        MUST_HOLD_OF(check_units(&core->units));
        MUST_HOLD_OF(branch_check(core->branches));
        for (u32 n = 0; n < t->threads; n++) MUST_HOLD_OF(check_lane(&core->lane[n]));
    }
    return memory_check(t->memory);
}
