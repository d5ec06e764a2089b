/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The model `core` in a checkpoint, as rows (base/state.h): in which gear it was and what it waits for, records that it
 * has not read yet, and what it holds itself (core/timing/rows.c).  A machine of another model has none of these
 * objects, and passes over them.
 *
 * The gear comes first, because whether threads are recorded decides how they are restored; the rest comes last.
 */
#include <stdio.h>

#include "base/assert.h"
#include "core/run/rows.h"
#include "core/timing/timing.h"
#include "hypervisor/rows.h"
#include "machine/machine_internal.h"
#include "mmu/state.h"

enum { NAME_BYTES = 48 };

/* ---- what it waits for ---- */

static bool when_restored(struct state_reader *r, void *self)
{
    const struct when *w = self;

    return (memchr(w->text, 0, sizeof w->text) && w->length < MATCH_MAX && (w->kind != WHEN_TEXT || w->length)) ||
           state_refuse(r, "a moment that nobody can have named");
}

static const struct state_row when_rows[] = {
    STATE(struct when, kind, .most = WHEN_STATE),
    STATE(struct when, at_end),
    STATE(struct when, value),
    STATE(struct when, count),
    STATE(struct when, text),
    STATE(struct when, length),
};
const struct state_table when_state = STATE_TABLE(struct when, when_rows, .restored = when_restored);

static const struct state_row stop_rows[] = {
    STATE_PART(struct machine_stop, when, struct when, when_state),
    STATE(struct machine_stop, reached),
    STATE_DERIVED(struct machine_stop, inside),
    STATE(struct machine_stop, seen),
    STATE(struct machine_stop, before),
    STATE_PART(struct machine_stop, match, struct match, match_state),
};
const struct state_table machine_stop_state = STATE_TABLE(struct machine_stop, stop_rows);

/* ---- the gear ---- */

static const struct state_row clock_rows[] = {STATE(struct core_clock, end), STATE(struct core_clock, twin_end)};
static const struct state_table core_clock_state = STATE_TABLE(struct core_clock, clock_rows);

#define DERIVED(member) STATE_DERIVED(struct machine_core, member)
static const struct state_row core_rows[] = {
    DERIVED(timing), /* objects of its own */
    STATE(struct machine_core, gear, .most = CORE_ON),
    DERIVED(twin),
    STATE_PART(struct machine_core, clock, struct core_clock, core_clock_state),
    DERIVED(unseen), /* nobody asks for it */
    DERIVED(unseen_walks),
    STATE(struct machine_core, waits),
    STATE(struct machine_core, by_regions),
    STATE(struct machine_core, resumed),
    DERIVED(stop), /* an object of its own */
    DERIVED(both), /* of this run */
    DERIVED(reader),
    DERIVED(reads),
    DERIVED(variants), /* they begin empty */
    DERIVED(saved),
};
const struct state_table machine_core_state = STATE_TABLE(struct machine_core, core_rows);

/* ---- whose cycles the last ones were ---- */

static u32 number_of_account(const struct machine *m, const struct timing_account *account)
{
    for (u32 k = 0; k < m->accounts.count; k++)
        if (&m->accounts.list[k]->counters == account->counters) return k + 1;
    return 0; /* it has had no block yet */
}

static void save_accounts(struct state_writer *w, const void *self)
{
    const struct machine *m = ((const struct core_accounts *)self)->machine;

    for (unsigned n = 0; n < m->thread_count; n++)
        state_put_number(w, number_of_account(m, timing_account(m->core.timing, n)));
}

static bool restore_accounts(struct state_reader *r, void *self)
{
    struct machine *m = ((struct core_accounts *)self)->machine;

    for (unsigned n = 0; n < m->thread_count; n++) {
        u64 number = state_get_below(r, m->accounts.count + 1, "an account of cycles");
        struct account *a = number ? m->accounts.list[number - 1] : NULL;

        *timing_account(m->core.timing, n) = (struct timing_account){a ? &a->counters : NULL, a ? &a->walks : NULL};
    }
    return !r->failed;
}

static const struct state_row accounts_rows[] = {
    STATE_CALL(struct core_accounts, machine, save_accounts, restore_accounts)};
const struct state_table core_accounts_state = STATE_TABLE(struct core_accounts, accounts_rows);

/* ---- saving ---- */

static void name_of_ring(char name[NAME_BYTES], unsigned thread)
{
    snprintf(name, NAME_BYTES, "core: records of thread %u", thread);
}

void machine_save_core(struct machine *m, struct state_writer *w)
{
    const struct machine_core *core = &m->core;
    char name[NAME_BYTES];

    if (!core->timing) return;
    state_put_object(w, "core", &machine_core_state, core);
    if (core->waits) {
        const struct machine_stop stop = machine_stop_so_far(m, core->stop);
        state_put_object(w, "core: moment", &machine_stop_state, &stop);
    }
    state_put_object(w, "core: accounts", &core_accounts_state, &(struct core_accounts){m});
    state_put_object(w, "core: facts", &code_learning_state, &(struct code_learning){&m->code});
    for (unsigned n = 0; core->gear != CORE_OFF && n < m->thread_count; n++) {
        name_of_ring(name, n);
        state_put_object(w, name, &retire_ring_state, m->threads[n]->ring);
    }
    timing_save(core->timing, w, "core");
    if (core->twin) timing_save(core->twin, w, "twin");
}

/* ---- restoring ---- */

static bool restore_moment(struct machine *m, struct state_reader *r)
{
    struct machine_stop stop = {.reached = false};

    return state_get_object(r, "core: moment", &machine_stop_state, &stop) &&
           (!stop.match.matched || stop.match.matched < stop.when.length ||
            state_refuse(r, "more of a text than there is")) &&
           (machine_stop_goes_on(m, &stop, &m->core.stop) || state_refuse(r, "a moment that cannot be waited for"));
}

bool machine_restore_gear(struct machine *m, struct state_reader *r)
{
    struct machine_core then = {.gear = CORE_OFF};

    m->core.resumed = true;
    if (!m->core.timing || !state_has_object(r, "core")) return true;
    if (!state_get_object(r, "core", &machine_core_state, &then)) return false;
    m->core.waits = then.waits;
    m->core.by_regions = then.by_regions;
    m->core.resumed = then.resumed;
    m->core.saved = then.gear;
    if (then.gear == CORE_BETWEEN && !m->sampling.period) then.gear = CORE_ON; /* this run takes no samples */
    if (!machine_set_gear(m, then.gear)) return state_refuse(r, "the host has no memory for records");
    memcpy(m->core.clock, then.clock, sizeof then.clock); /* which what the reset left in the rings has moved */
    return true;
}

/* Records that are waiting to be read, if they were kept for the gear that this run is in. */
static bool restore_rings(struct machine *m, struct state_reader *r)
{
    char name[NAME_BYTES];

    for (unsigned n = 0; n < m->thread_count; n++) {
        struct thread *t = m->threads[n];

        name_of_ring(name, n);
        t->ring->idle_told = t->idle_cycles;
        if (m->core.gear == CORE_OFF || !state_has_object(r, name)) continue;
        if (!state_get_object(r, name, &retire_ring_state, t->ring)) return false;
        if (m->core.saved != CORE_ON) machine_charge_no_fetch(m, n);
    }
    return true;
}

static bool restore_models(struct machine *m, struct state_reader *r, struct mmu_cold *cold)
{
    unsigned empty = 0, of_twin = 0;

    if (!timing_restore(m->core.timing, r, "core", &empty)) return false;
    if (m->core.twin && !timing_restore(m->core.twin, r, "twin", &of_twin)) return false;
    for (unsigned k = 0; k < TIMING_PARTS; k++)
        if (empty >> k & 1) mmu_note_cold(cold, timing_part_name((enum timing_part)k));
    if (of_twin & ~empty) mmu_note_cold(cold, "model without walks");
    m->core.resumed |= empty || of_twin;
    return true;
}

bool machine_restore_core(struct machine *m, struct state_reader *r, struct mmu_cold *cold)
{
    struct machine_core *core = &m->core;

    machine_resume_core_model(m);
    if (!core->timing) return true;
    if (!restore_models(m, r, cold)) return false;
    if (!state_has_object(r, "core")) return restore_rings(m, r);
    return (!core->waits || restore_moment(m, r)) &&
           state_get_object(r, "core: accounts", &core_accounts_state, &(struct core_accounts){m}) &&
           state_get_object(r, "core: facts", &code_learning_state, &(struct code_learning){&m->code}) &&
           restore_rings(m, r);
}

/* ---- what must hold ---- */

/* No thread is before what its instructions took, in its own time or in the twin's. */
const char *machine_core_contradiction(struct machine *m)
{
    const struct machine_core *core = &m->core;

    if (!core->timing) return NULL;
    MUST_HOLD_OF(timing_check(core->timing));
    if (core->twin) MUST_HOLD_OF(timing_check(core->twin));
    for (unsigned n = 0; n < m->thread_count; n++) {
        u64 now = thread_cycles(m->threads[n]) + m->threads[n]->owed_cycles;

        MUST_HOLD(timing_time(core->timing, n) <= now);
        MUST_HOLD(core->clock[n].end <= now);
        MUST_HOLD(!core->twin || timing_time(core->twin, n) <= core->clock[n].twin_end);
    }
    return NULL;
}
