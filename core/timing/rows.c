/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What of the model is state, as rows (base/state.h), and the objects that a checkpoint holds of it:
 *
 *   numbers       struct timing_config: what the others belong to
 *   L1D ... L3    the caches (memory_rows.c)
 *   predictors    of a core (branch.c); tables of the same sizes come back whatever else is another
 *   pipeline      of a core: its threads on their way, units, walkers - times, which mean something with the same
 *                 numbers alone; so do the queues of memory, and what tlbie waits for
 *
 * With the same numbers a model that was restored goes on as the one that was saved.  With others it takes what fits,
 * and the rest starts as it does in a new model, at the time at which the threads are.  What an instruction needs
 * (struct op) follows from its facts, and is made again.
 */
#include "core/timing/rows.h"

#include <stdio.h>

#include "base/assert.h"
#include "core/timing/lane.h"
#include "core/timing/memory_parts.h"

/* ---- the numbers ---- */

#define CONFIG(member) STATE(struct timing_config, member)
static const struct state_row config_rows[] = {
    STATE_PART(struct timing_config, memory, struct memory_config, memory_config_state),
    STATE_PART(struct timing_config, branch, struct branch_config, branch_config_state),
    CONFIG(fetch_width),
    CONFIG(fetch_block),
    CONFIG(fetch_queue),
    CONFIG(front_cycles),
    CONFIG(dispatch_slots),
    CONFIG(complete_width),
    CONFIG(ict),
    CONFIG(issue_queue),
    CONFIG(load_queue),
    CONFIG(store_queue),
    CONFIG(mispredict_cycles),
    CONFIG(flush_cycles),
    CONFIG(interrupt_cycles),
    CONFIG(tlb_hit_cycles),
    CONFIG(erat_misses),
    CONFIG(data_walkers),
    CONFIG(fetch_walkers),
    CONFIG(walk_free),
    CONFIG(translate_after_icache_miss),
    CONFIG(pte_prefetch),
    CONFIG(store_forward_cycles),
    CONFIG(load_hit_store_cycles),
    CONFIG(sync_cycles),
    CONFIG(lwsync_cycles),
    CONFIG(eieio_cycles),
    CONFIG(larx_cycles),
    CONFIG(stcx_cycles),
    CONFIG(tlbie_cycles),
    CONFIG(tlbiel_cycles),
    CONFIG(slb_cycles),
    CONFIG(io_cycles),
};
const struct state_table timing_config_state = STATE_TABLE(struct timing_config, config_rows);

/* ---- a core and its threads ---- */

static const struct state_row forward_rows[] = {
    STATE(struct forward, granule), STATE(struct forward, ready), STATE(struct forward, drained),
    STATE(struct forward, first),   STATE(struct forward, last),
};
static const struct state_table forward_state = STATE_TABLE(struct forward, forward_rows);

static const struct state_row pending_rows[] = {
    STATE(struct pending, page),
    STATE(struct pending, from),
    STATE(struct pending, ready),
    STATE(struct pending, shift, .most = 63),
};
static const struct state_table pending_state = STATE_TABLE(struct pending, pending_rows);

#define LANE(member, ...) STATE(struct lane, member, ##__VA_ARGS__)
#define DERIVED(member) STATE_DERIVED(struct lane, member)
static const struct state_row lane_rows[] = {
    LANE(ready),
    LANE(fetch_at),
    LANE(next_fetch),
    LANE(redirect, .most = CPI_COUNT - 1),
    LANE(expected),
    LANE(fetch_left),
    LANE(line),
    LANE(page),
    LANE(front, .most = CPI_COUNT - 1),
    LANE(fetch_missed),
    LANE(fetch_translated),
    LANE(fetch_walk_from),
    LANE(fetch_walk_to),
    LANE(dispatch_at),
    LANE(slots_used),
    LANE(hold_until),
    LANE(hold, .most = CPI_COUNT - 1),
    LANE(ict),
    LANE(ict_at),
    LANE(dispatched),
    LANE(placed),
    DERIVED(leave), /* of in_core */
    LANE(queued),
    LANE(queued_at),
    LANE(last_issue),
    LANE(load_done),
    LANE(store_done),
    LANE(loads),
    LANE(stores),
    LANE(stores_done),
    LANE(loads_done),
    LANE(io_done),
    STATE_PART(struct lane, forward, struct forward, forward_state),
    STATE_PART(struct lane, pending, struct pending, pending_state),
    LANE(pending_at),
    LANE(pending_until),
    STATE_PART(struct lane, erat_misses, struct room, room_state),
    LANE(spr_written),
    LANE(conditional),
    LANE(tlbie_done),
    LANE(complete_at),
    LANE(complete_used),
    DERIVED(core), /* who it is */
    DERIVED(thread),
    DERIVED(in_core),
    LANE(share_at),
    LANE(charged),
    LANE(number),
    LANE(walk_exposed),
    LANE(walk_told),
    LANE(told),
    DERIVED(account), /* whoever knows accounts says it again: timing_account() */
    DERIVED(before),  /* taken from it when a block begins */
    DERIVED(cpi),     /* zero between blocks */
};
static const struct state_table lane_state = STATE_TABLE(struct lane, lane_rows);

static const struct state_row cycle_rows[] = {STATE(struct unit_cycle, cycle), STATE(struct unit_cycle, taken)};
static const struct state_table cycle_state = STATE_TABLE(struct unit_cycle, cycle_rows);

static const struct state_row units_rows[] = {
    STATE_DERIVED(struct units, nothing), /* of the configuration */
    STATE_PART(struct units, at, struct unit_cycle, cycle_state),
};
static const struct state_table units_state = STATE_TABLE(struct units, units_rows);

static const struct state_row core_rows[] = {
    STATE_PART(struct timing_core, units, struct units, units_state),
    STATE_DERIVED(struct timing_core, timing),
    STATE_DERIVED(struct timing_core, branches), /* an object of its own */
    STATE_PART(struct timing_core, data_walkers, struct room, room_state),
    STATE_PART(struct timing_core, fetch_walkers, struct room, room_state),
    STATE_PART(struct timing_core, fetches, struct booking, booking_state),
    STATE_DERIVED(struct timing_core, number),
    STATE(struct timing_core, sharers, .most = LANES_OF_CORE),
    STATE_DERIVED(struct timing_core, lightly), /* of sharers, with what follows */
    STATE_DERIVED(struct timing_core, ict),
    STATE_DERIVED(struct timing_core, issue_queue),
    STATE_DERIVED(struct timing_core, load_queue),
    STATE_DERIVED(struct timing_core, store_queue),
    STATE_PART(struct timing_core, lane, struct lane, lane_state),
};
static bool core_restored(struct state_reader *r, void *self)
{
    struct timing_core *core = self;
    u32 sharers = core->sharers;

    if (!sharers || sharers > core->timing->threads) return state_refuse(r, "a core that %u threads share", sharers);
    core_share(core, sharers);
    return true;
}
const struct state_table timing_core_state = STATE_TABLE(struct timing_core, core_rows, .restored = core_restored);

static const struct state_row rows[] = {
    STATE_DERIVED(struct timing, sink),     STATE_DERIVED(struct timing, config), /* objects of their own: */
    STATE_DERIVED(struct timing, listener), STATE_DERIVED(struct timing, watcher),
    STATE_DERIVED(struct timing, ops), /* made again from facts */
    STATE_DERIVED(struct timing, own_ops),  STATE_DERIVED(struct timing, memory),
    STATE_DERIVED(struct timing, core),     STATE_DERIVED(struct timing, cores),
    STATE_DERIVED(struct timing, threads),  STATE(struct timing, tlbie_at),
};
const struct state_table timing_state = STATE_TABLE(struct timing, rows);

/* ---- objects ---- */

void timing_object_name(char to[TIMING_NAME], const char *name, const char *what, unsigned n)
{
    snprintf(to, TIMING_NAME, "%s: %s %u", name, what, n);
}

void timing_save(const struct timing *t, struct state_writer *w, const char *name)
{
    char whole[TIMING_NAME];

    timing_object_name(whole, name, "numbers", 0);
    state_put_object(w, whole, &timing_config_state, &t->config);
    memory_save(t->memory, w, name);
    for (unsigned n = 0; n < t->cores; n++) {
        timing_object_name(whole, name, "predictors of core", n);
        state_put_object(w, whole, &branch_unit_state, t->core[n].branches);
        timing_object_name(whole, name, "pipeline of core", n);
        state_put_object(w, whole, &timing_core_state, &t->core[n]);
    }
    timing_object_name(whole, name, "invalidations", 0);
    state_put_object(w, whole, &timing_state, t);
}

static bool restore_predictors(struct timing *t, struct state_reader *r, const char *name)
{
    char whole[TIMING_NAME];
    bool ok = true;

    for (unsigned n = 0; ok && n < t->cores; n++) {
        timing_object_name(whole, name, "predictors of core", n);
        ok = state_get_object(r, whole, &branch_unit_state, t->core[n].branches);
    }
    return ok;
}

static bool restore_pipeline(struct timing *t, struct state_reader *r, const char *name)
{
    char whole[TIMING_NAME];
    bool ok = true;

    for (unsigned n = 0; ok && n < t->cores; n++) {
        timing_object_name(whole, name, "pipeline of core", n);
        ok = state_get_object(r, whole, &timing_core_state, &t->core[n]);
    }
    timing_object_name(whole, name, "invalidations", 0);
    return ok && state_get_object(r, whole, &timing_state, t);
}

bool timing_restore(struct timing *t, struct state_reader *r, const char *name, unsigned *cold)
{
    char whole[TIMING_NAME];
    struct timing_config then;
    bool same, predictors;

    timing_object_name(whole, name, "numbers", 0);
    if (!state_has_object(r, whole)) {
        *cold |= (1U << TIMING_PARTS) - 1;
        return true;
    }
    if (!state_get_object(r, whole, &timing_config_state, &then)) return false;
    same = state_same(&timing_config_state, &then, &t->config);
    predictors = branch_tables_fit(&then.branch, &t->config.branch);
    *cold |= (predictors ? 0U : 1U << TIMING_PREDICTORS) | (same ? 0U : 1U << TIMING_PIPELINE);
    return memory_restore(t->memory, r, name, &then.memory, same, cold) &&
           (!predictors || restore_predictors(t, r, name)) && (!same || restore_pipeline(t, r, name));
}

const char *timing_part_name(enum timing_part part)
{
    static const char *const names[TIMING_PARTS] = {[TIMING_L1] = "L1 caches",
                                                    [TIMING_L2] = "L2",
                                                    [TIMING_L3] = "L3",
                                                    [TIMING_PREDICTORS] = "branch predictors",
                                                    [TIMING_PIPELINE] = "pipeline"};

    return names[part];
}

u64 timing_time(const struct timing *t, unsigned thread)
{
    return t->core[thread / t->threads].lane[thread % t->threads].complete_at;
}

struct timing_account *timing_account(struct timing *t, unsigned thread)
{
    return &t->core[thread / t->threads].lane[thread % t->threads].account;
}
