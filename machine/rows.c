/* SPDX-License-Identifier: Apache-2.0 */
/* What of the machine itself is state, as rows (base/state.h): time, and what has been noted for the report. */
#include <stdlib.h>

#include "core/run/run.h"
#include "hypervisor/rows.h"
#include "machine/machine_internal.h"
#include "stats/rows.h"

/* ---- regions and marks ---- */

static const struct state_row totals_rows[] = {
    STATE_PART(struct totals, counters, struct counters, counters_state),
    STATE_PART(struct totals, walks, struct walk_tally, walk_tally_state),
};
static const struct state_table totals_state = STATE_TABLE(struct totals, totals_rows);

static void save_levels(struct state_writer *w, const void *self)
{
    const struct level_totals *t = self;

    state_put_list(w, &totals_state, t->level, t->levels);
}

static bool restore_levels(struct state_reader *r, void *self)
{
    struct level_totals *t = self;
    u64 count;

    level_totals_free(t);
    t->level = state_get_list(r, &totals_state, MACHINE_LEVELS, &count);
    t->levels = (unsigned)count;
    return !r->failed;
}

static const struct state_row levels_rows[] = {
    STATE_CALL(struct level_totals, level, save_levels, restore_levels, .part = &totals_state),
    STATE_WITH(struct level_totals, levels),
    STATE_DERIVED(struct level_totals, what_if), /* variants start empty in a restored run */
    STATE_DERIVED(struct level_totals, what_ifs),
    STATE_DERIVED(struct level_totals, variant),
    STATE_DERIVED(struct level_totals, variants),
};
static const struct state_table levels_state = STATE_TABLE(struct level_totals, levels_rows);

static bool region_restored(struct state_reader *r, void *self)
{
    const struct machine_region *region = self;

    return (memchr(region->name, 0, sizeof region->name) &&
            !region->name[strspn(region->name, REGION_NAME_CHARACTERS)]) ||
           state_refuse(r, "a region with a name that the guest cannot have given it");
}

static const struct state_row region_rows[] = {
    STATE(struct machine_region, tag),
    STATE(struct machine_region, times),
    STATE(struct machine_region, open),
    STATE(struct machine_region, name),
    STATE(struct machine_region, first_begin),
    STATE(struct machine_region, last_end),
    STATE(struct machine_region, begun),
    STATE(struct machine_region, elapsed),
    STATE_PART(struct machine_region, at_begin, struct level_totals, levels_state),
    STATE_PART(struct machine_region, sum, struct level_totals, levels_state),
};
static const struct state_table region_state =
    STATE_TABLE(struct machine_region, region_rows, .restored = region_restored);

static void save_regions(struct state_writer *w, const void *self)
{
    const struct machine *m = self;

    state_put_list(w, &region_state, m->regions, m->region_count);
}

/* Room for a power of two of them; each is counted as soon as there is something in it to free. */
static bool restore_regions(struct state_reader *r, void *self)
{
    struct machine *m = self;
    u64 count = state_get_count(r, &region_state, MACHINE_MAX_REGIONS), room = 1;

    machine_free_regions(m);
    m->regions = NULL;
    m->region_count = 0;
    while (room < count) room *= 2;
    if (!count) return !r->failed;
    m->regions = calloc(room, sizeof *m->regions);
    if (!m->regions) return state_refuse(r, "the host has no memory for regions");
    while (m->region_count < count)
        if (!state_get(r, &region_state, &m->regions[m->region_count++])) return false;
    return true;
}

static void save_marks(struct state_writer *w, const void *self)
{
    const struct machine *m = self;

    state_put_number(w, m->mark_count);
    for (unsigned k = 0; k < m->mark_count; k++) {
        state_put_text(w, m->marks[k].name);
        state_put_number(w, m->marks[k].cycle);
        state_put_number(w, m->marks[k].completed);
    }
}

static bool restore_marks(struct state_reader *r, void *self)
{
    struct machine *m = self;
    u64 count = state_get_count(r, NULL, MACHINE_MAX_MARKS);

    machine_free_marks(m);
    while (m->mark_count < count) {
        char *name = state_get_text(r);

        if (!name) return false;
        m->marks[m->mark_count].name = name;
        m->marks[m->mark_count].cycle = state_get_number(r);
        m->marks[m->mark_count++].completed = state_get_number(r);
    }
    return !r->failed;
}

void machine_free_marks(struct machine *m)
{
    for (unsigned k = 0; k < m->mark_count; k++) free((char *)(uintptr_t)m->marks[k].name);
    m->mark_count = 0;
}

/* ---- where threads belong ---- */

static void save_place(struct state_writer *w, const void *self)
{
    const struct thread_place *p = self;
    const struct thread *t = p->machine->threads[p->thread];

    partition_put(w, t->partition);
    account_put(w, &p->machine->accounts, t->account);
}

static bool restore_place(struct state_reader *r, void *self)
{
    const struct thread_place *p = self;
    struct thread *t = p->machine->threads[p->thread];
    struct partition *partition;
    struct account *account;

    if (!partition_get(r, &p->machine->partitions, &partition) || !account_get(r, &p->machine->accounts, &account))
        return false;
    if (!partition || !account) return state_refuse(r, "a thread that nobody is counted for");
    t->partition = partition;
    thread_set_account(t, account);
    return true;
}

static const struct state_row place_rows[] = {
    STATE_CALL(struct thread_place, machine, save_place, restore_place),
    STATE_DERIVED(struct thread_place, thread),
};
const struct state_table thread_place_state = STATE_TABLE(struct thread_place, place_rows);

/* ---- the machine ---- */

static void save_thread(struct state_writer *w, const struct machine *m, const struct thread *t)
{
    u64 n = 0;

    while (n < m->thread_count && m->threads[n] != t) n++;
    state_put_number(w, n);
}

static struct thread *restore_thread(struct state_reader *r, struct machine *m, const char *what)
{
    u64 n = state_get_below(r, m->thread_count + 1, what);

    return n < m->thread_count ? m->threads[n] : NULL;
}

static void save_last_to_run(struct state_writer *w, const void *self)
{
    save_thread(w, self, ((const struct machine *)self)->last_to_run);
}

static bool restore_last_to_run(struct state_reader *r, void *self)
{
    ((struct machine *)self)->last_to_run = restore_thread(r, self, "the last thread to run");
    return !r->failed;
}

static void save_whose_turn(struct state_writer *w, const void *self)
{
    save_thread(w, self, ((const struct machine *)self)->whose_turn);
}

static bool restore_whose_turn(struct state_reader *r, void *self)
{
    ((struct machine *)self)->whose_turn = restore_thread(r, self, "whose turn it is");
    return !r->failed;
}

#define DERIVED(member) STATE_DERIVED(struct machine, member)
static const struct state_row rows[] = {
    DERIVED(config),
    DERIVED(console),
    DERIVED(log),
    DERIVED(isa),
    DERIVED(ram),                                                 /* a part of the file of its own */
    STATE_PART(struct machine, clock, struct clock, clock_state), /* alarms are in what they belong to */
    STATE_PART(struct machine, bare_bus, struct bus, bus_state),
    DERIVED(bus),
    DERIVED(board), /* an object of its own */
    DERIVED(code),  /* objects of their own: */
    DERIVED(mmus),
    STATE_PART(struct machine, fabric, struct fabric, fabric_state),
    DERIVED(accounts),
    DERIVED(partitions),
    DERIVED(hot),
    DERIVED(exits),
    DERIVED(services),
    DERIVED(records),
    DERIVED(core),         /* an object of its own, with what belongs to it */
    DERIVED(sampling),     /* a restored machine begins a sample of its own */
    DERIVED(reading),      /* of this run */
    DERIVED(pipeline_log), /* of this run */
    DERIVED(profile),
    DERIVED(log_steps),
    STATE_PART(struct machine, bare_rng, struct rng, rng_state),
    DERIVED(threads),
    DERIVED(thread_count),
    DERIVED(powernv), /* what the checkpoint is of: */
    DERIVED(restoring),
    DERIVED(bring_images),
    DERIVED(bring_self),
    DERIVED(initrd_ra),
    DERIVED(bare),
    STATE(struct machine, now),
    STATE(struct machine, window_end),
    STATE_CALL(struct machine, whose_turn, save_whose_turn, restore_whose_turn),
    DERIVED(place), /* found anew when the turn is over: */
    DERIVED(places_known),
    STATE_CALL(struct machine, last_to_run, save_last_to_run, restore_last_to_run),
    DERIVED(quantum), /* of the configuration */
    DERIVED(core_mhz),
    DERIVED(cycles_to_tb),
    DERIVED(end), /* it is running */
    DERIVED(exit_code),
    DERIVED(death),
    STATE(struct machine, reboot_wanted),
    STATE_PART(struct machine, panic, struct panic_watch, panic_state),
    STATE_PART(struct machine, guest_panics, struct guest_panics, guest_panics_state),
    STATE(struct machine, completed_at_reset),
    STATE_CALL(struct machine, regions, save_regions, restore_regions, .part = &region_state),
    STATE_WITH(struct machine, region_count),
    STATE(struct machine, levels_starved),
    DERIVED(what_if), /* asked for anew by whoever restores */
    DERIVED(what_if_count),
    DERIVED(switches),
    DERIVED(timeline),
    STATE(struct machine, slice_start),
    STATE_CALL(struct machine, marks, save_marks, restore_marks),
    STATE_WITH(struct machine, mark_count),
    STATE(struct machine, marks_starved),
    DERIVED(checkpoints), /* of this run */
    DERIVED(checkpoint_count),
    DERIVED(checkpoint_base),
    DERIVED(checkpoint_called),
    DERIVED(checkpoint_failed),
    DERIVED(companion),
    DERIVED(stops), /* of this run */
    DERIVED(stop_count),
    DERIVED(stop_came),
    DERIVED(reached_now),
    DERIVED(bound),
    DERIVED(stops_count_levels),
    DERIVED(level_insns),
    DERIVED(level_since),
    DERIVED(level_of),
    STATE(struct machine, typed),
};
const struct state_table machine_state = STATE_TABLE(struct machine, rows);
