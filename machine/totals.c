/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What everybody has counted up to now, in all and by level of nesting, and the difference between two such moments: a
 * region, a stretch between two lines of the console.  An account belongs to one level for as long as it lives, so the
 * differences by level add up to the difference of the sums.
 */
#include <stdlib.h>

#include "core/run/run.h"
#include "machine/machine_internal.h"

static void add(struct totals *sum, const struct counters *counters, const struct walk_tally *walks)
{
    counters_add(&sum->counters, counters);
    walk_tally_add(&sum->walks, walks);
}

struct totals machine_totals(struct machine *m)
{
    struct totals sum = {0};

    for (unsigned k = 0; k < m->thread_count; k++) thread_settle_account(m->threads[k]);
    for (unsigned k = 0; k < m->accounts.count; k++)
        add(&sum, &m->accounts.list[k]->counters, &m->accounts.list[k]->walks);
    return sum;
}

static unsigned place_of(unsigned level)
{
    return level < MACHINE_LEVELS ? level : MACHINE_LEVELS - 1;
}

bool machine_level_totals(struct machine *m, struct level_totals *now)
{
    unsigned levels = 1;

    for (unsigned k = 0; k < m->thread_count; k++) thread_settle_account(m->threads[k]);
    for (unsigned k = 0; k < m->accounts.count; k++)
        if (place_of(m->accounts.list[k]->level) >= levels) levels = place_of(m->accounts.list[k]->level) + 1;
    *now = (struct level_totals){.level = calloc(levels, sizeof *now->level), .levels = levels};
    if (!now->level) return false;
    for (unsigned k = 0; k < m->accounts.count; k++) {
        const struct account *a = m->accounts.list[k];
        add(&now->level[place_of(a->level)], &a->counters, &a->walks);
    }
    return true;
}

bool level_totals_add_since(struct level_totals *sum, const struct level_totals *now, const struct level_totals *before)
{
    if (sum->levels < now->levels) {
        struct totals *more = realloc(sum->level, now->levels * sizeof *more);
        if (!more) return false;
        memset(more + sum->levels, 0, (now->levels - sum->levels) * sizeof *more);
        sum->level = more;
        sum->levels = now->levels;
    }
    for (unsigned k = 0; k < now->levels; k++) {
        struct totals since = now->level[k];
        if (k < before->levels) {
            counters_subtract(&since.counters, &before->level[k].counters);
            walk_tally_subtract(&since.walks, &before->level[k].walks);
        }
        add(&sum->level[k], &since.counters, &since.walks);
    }
    return true;
}

void level_totals_free(struct level_totals *totals)
{
    free(totals->level);
    *totals = (struct level_totals){0};
}

void machine_free_regions(struct machine *m)
{
    for (unsigned k = 0; k < m->region_count; k++) {
        level_totals_free(&m->regions[k].at_begin);
        level_totals_free(&m->regions[k].sum);
    }
    free(m->regions);
}
