/* SPDX-License-Identifier: Apache-2.0 */
/* What a tower has come to while its run goes on, as rows (base/state.h): of the lists, what is filled. */
#include "stats/rows.h"
#include "stats/tower.h"

static bool is_text(const char *text, size_t room)
{
    return memchr(text, 0, room) != NULL;
}

static const struct state_row stretch_rows[] = {
    STATE(struct tower_stretch, kind, .most = TOWER_KINDS - 1),
    STATE(struct tower_stretch, level_of, .most = TOWER_LEVELS - 1),
    STATE(struct tower_stretch, begin),
    STATE(struct tower_stretch, end),
    STATE_PART(struct tower_stretch, level, struct counters, counters_state),
};
const struct state_table tower_stretch_state = STATE_TABLE(struct tower_stretch, stretch_rows);

static bool cell_restored(struct state_reader *r, void *self)
{
    const struct tower_cell *c = self;

    return is_text(c->skipped, sizeof c->skipped) || state_refuse(r, "a measure that was left out without end");
}

static const struct state_row cell_rows[] = {
    STATE(struct tower_cell, ops),
    STATE(struct tower_cell, ticks),
    STATE_DERIVED(struct tower_cell, is_measured), /* of the regions of the report, when the run is over: */
    STATE(struct tower_cell, skipped),
    STATE(struct tower_cell, footprint_kib),
    STATE(struct tower_cell, tells_huge),
    STATE(struct tower_cell, huge_kib),
    STATE_DERIVED(struct tower_cell, elapsed),
    STATE_DERIVED(struct tower_cell, cycles),
    STATE_DERIVED(struct tower_cell, sum),
    STATE_DERIVED(struct tower_cell, level),
    STATE_DERIVED(struct tower_cell, region),
    STATE_DERIVED(struct tower_cell, walks),
    STATE_DERIVED(struct tower_cell, least_times),
    STATE_DERIVED(struct tower_cell, greatest_times),
};
static const struct state_table tower_cell_state = STATE_TABLE(struct tower_cell, cell_rows, .restored = cell_restored);

static bool measure_restored(struct state_reader *r, void *self)
{
    const struct tower_measure *m = self;

    /* As it is taken from the console: the documents show it as it is. */
    return (is_text(m->name, sizeof m->name) && !m->name[strspn(m->name, "abcdefghijklmnopqrstuvwxyz0123456789_-")]) ||
           state_refuse(r, "a measure with a name that none has");
}

static const struct state_row measure_rows[] = {
    STATE(struct tower_measure, name),
    STATE_PART(struct tower_measure, cell, struct tower_cell, tower_cell_state),
};
const struct state_table tower_measure_state =
    STATE_TABLE(struct tower_measure, measure_rows, .restored = measure_restored);

static const struct state_row level_rows[] = {
    STATE(struct tower_level, is_up),
    STATE(struct tower_level, memory_mib),
    STATE(struct tower_level, backing, .most = BACKINGS - 1),
};
static const struct state_table tower_level_state = STATE_TABLE(struct tower_level, level_rows);

static void save_stretches(struct state_writer *w, const void *self)
{
    const struct report_tower *t = self;

    state_put_list(w, &tower_stretch_state, t->stretch, t->stretch_count);
}

static bool restore_stretches(struct state_reader *r, void *self)
{
    struct report_tower *t = self;
    u64 count = state_get_count(r, &tower_stretch_state, TOWER_STRETCHES);

    for (t->stretch_count = 0; t->stretch_count < count; t->stretch_count++)
        if (!state_get(r, &tower_stretch_state, &t->stretch[t->stretch_count])) return false;
    return !r->failed;
}

static void save_measures(struct state_writer *w, const void *self)
{
    const struct report_tower *t = self;

    state_put_list(w, &tower_measure_state, t->measure, t->measure_count);
}

static bool restore_measures(struct state_reader *r, void *self)
{
    struct report_tower *t = self;
    u64 count = state_get_count(r, &tower_measure_state, TOWER_MEASURES);

    for (t->measure_count = 0; t->measure_count < count; t->measure_count++)
        if (!state_get(r, &tower_measure_state, &t->measure[t->measure_count])) return false;
    return !r->failed;
}

static bool tower_restored(struct state_reader *r, void *self)
{
    const struct report_tower *t = self;

    return is_text(t->verdict, sizeof t->verdict) || state_refuse(r, "a verdict without end");
}

static const struct state_row rows[] = {
    STATE(struct report_tower, depth, .most = TOWER_DEPTH_MAX),
    STATE(struct report_tower, verdict),
    STATE_PART(struct report_tower, level, struct tower_level, tower_level_state),
    STATE_CALL(struct report_tower, stretch, save_stretches, restore_stretches),
    STATE_CALL(struct report_tower, measure, save_measures, restore_measures),
    STATE_WITH(struct report_tower, stretch_count),
    STATE_WITH(struct report_tower, measure_count),
    STATE_DERIVED(struct report_tower, varied),
    STATE_DERIVED(struct report_tower, core_mhz), /* of the report */
    STATE_DERIVED(struct report_tower, quantum_cycles),
    STATE_DERIVED(struct report_tower, look_up_cycles),
    STATE_DERIVED(struct report_tower, read_cycles),
};
const struct state_table report_tower_state = STATE_TABLE(struct report_tower, rows, .restored = tower_restored);
