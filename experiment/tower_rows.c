/* SPDX-License-Identifier: Apache-2.0 */
/* What a tower knows while its machine runs, as rows (base/state.h). */
#include "base/state.h"
#include "experiment/tower.h"
#include "stats/rows.h"

static const struct state_row region_level_rows[] = {
    STATE_PART(struct region_level, counters, struct counters, counters_state),
    STATE_PART(struct region_level, walks, struct walk_tally, walk_tally_state),
};
static const struct state_table region_level_state = STATE_TABLE(struct region_level, region_level_rows);

static bool restored(struct state_reader *r, void *self)
{
    const struct tower *t = self;

    return memchr(t->panic, 0, sizeof t->panic) || state_refuse(r, "a panic without end");
}

static const struct state_row rows[] = {
    STATE_PART(struct tower, result, struct report_tower, report_tower_state),
    STATE_DERIVED(struct tower, machine),
    STATE_DERIVED(struct tower, console),
    STATE_PART(struct tower, before, struct region_level, region_level_state),
    STATE(struct tower, begun),
    STATE(struct tower, kind, .most = TOWER_KINDS - 1),
    STATE(struct tower, level, .most = TOWER_LEVELS - 1),
    STATE(struct tower, panic),
    STATE(struct tower, ended),
    STATE(struct tower, failed),
    STATE(struct tower, failure, .most = TOWER_STOPPED),
};
const struct state_table tower_state = STATE_TABLE(struct tower, rows, .restored = restored);
