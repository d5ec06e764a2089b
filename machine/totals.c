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

/* What the variants of the run have counted (mmu_what_if()); no memory if there is none. */
static bool what_if_totals(const struct machine *m, struct level_totals *now)
{
    now->what_ifs = m->what_if_count;
    now->what_if = now->what_ifs ? calloc(now->what_ifs, sizeof *now->what_if) : NULL;
    if (now->what_ifs && !now->what_if) {
        level_totals_free(now);
        return false;
    }
    for (unsigned k = 0; k < now->what_ifs; k++)
        for (unsigned level = 0; level < WHAT_IF_LEVELS; level++)
            counters_add(&now->what_if[k], mmu_what_if_counters(m->mmus, k, level));
    return true;
}

static bool variant_totals(const struct machine *m, struct level_totals *now)
{
    now->variants = machine_variant_count(m);
    now->variant = now->variants ? calloc(now->variants, sizeof *now->variant) : NULL;
    if (now->variants && !now->variant) {
        level_totals_free(now);
        return false;
    }
    for (unsigned k = 0; k < now->variants; k++) now->variant[k] = machine_variant_sum(m, k);
    return true;
}

bool machine_level_totals(struct machine *m, struct level_totals *now)
{
    unsigned levels = 1;

    for (unsigned k = 0; k < m->thread_count; k++) thread_settle_account(m->threads[k]);
    machine_flush_variants(m);
    for (unsigned k = 0; k < m->accounts.count; k++)
        if (place_of(m->accounts.list[k]->level) >= levels) levels = place_of(m->accounts.list[k]->level) + 1;
    *now = (struct level_totals){.level = calloc(levels, sizeof *now->level), .levels = levels};
    if (!now->level) return false;
    for (unsigned k = 0; k < m->accounts.count; k++) {
        const struct account *a = m->accounts.list[k];
        add(&now->level[place_of(a->level)], &a->counters, &a->walks);
    }
    return what_if_totals(m, now) && variant_totals(m, now);
}

static bool add_what_ifs_since(struct level_totals *sum, const struct level_totals *now,
                               const struct level_totals *before)
{
    if (sum->what_ifs < now->what_ifs) {
        struct counters *more = realloc(sum->what_if, now->what_ifs * sizeof *more);
        if (!more) return false;
        memset(more + sum->what_ifs, 0, (now->what_ifs - sum->what_ifs) * sizeof *more);
        sum->what_if = more;
        sum->what_ifs = now->what_ifs;
    }
    for (unsigned k = 0; k < now->what_ifs; k++) {
        struct counters since = now->what_if[k];
        if (k < before->what_ifs) counters_subtract(&since, &before->what_if[k]);
        counters_add(&sum->what_if[k], &since);
    }
    return true;
}

static bool add_variants_since(struct level_totals *sum, const struct level_totals *now,
                               const struct level_totals *before)
{
    if (sum->variants < now->variants) {
        struct variant_cycles *more = realloc(sum->variant, now->variants * sizeof *more);
        if (!more) return false;
        memset(more + sum->variants, 0, (now->variants - sum->variants) * sizeof *more);
        sum->variant = more;
        sum->variants = now->variants;
    }
    for (unsigned k = 0; k < now->variants; k++) {
        struct variant_cycles none = {0}, was = k < before->variants ? before->variant[k] : none;
        sum->variant[k].timed += now->variant[k].timed - was.timed;
        sum->variant[k].walks_free += now->variant[k].walks_free - was.walks_free;
    }
    return true;
}

bool level_totals_add_since(struct level_totals *sum, const struct level_totals *now, const struct level_totals *before)
{
    if (!add_what_ifs_since(sum, now, before) || !add_variants_since(sum, now, before)) return false;
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
    free(totals->what_if);
    free(totals->variant);
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
