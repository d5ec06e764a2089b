/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How far the figures of a tower could be off: what the variants of the run (struct report_variant) make of them.
 *
 * A variant has timed a sample of a region, and so has the first one, which differs in nothing.  By how much a variant
 * of these differs from the first one is taken for the whole region in proportion to its timed cycles; idle cycles are
 * the machine's in any case.  A ratio to level 0 is made within each variant, of both of its figures: what a parameter
 * does to both of them falls out.
 */
#include "stats/cpi.h"
#include "stats/tower.h"

const char *tower_ranged_name(enum tower_ranged what)
{
    static const char *const names[RANGED_FIGURES] = {"cycles_per_op", "walks_per_op", "times_level_0"};

    return names[what];
}

const char *tower_ranged_text(enum tower_ranged what)
{
    static const char *const texts[RANGED_FIGURES] = {"cycles", "for walks", "times L0"};

    return texts[what];
}

static double positive(double value)
{
    return value > 0 ? value : 0;
}

/* Variants that this measure was looked at with: a tower that was restored may have measured without them. */
static unsigned variants_of(const struct report *r, const struct tower_cell *c)
{
    unsigned count = c->is_measured && c->region ? c->region->variant_count : 0;

    if (!count || !c->region->variant[0].timed || !cpi_sum(&c->sum)) return 0;
    return count < r->variant_count ? count : r->variant_count;
}

/* Of an operation: that variant k takes more than the first one. */
static double more(const struct tower_cell *c, unsigned k)
{
    const struct variant_cycles *is = &c->region->variant[0], *v = &c->region->variant[k];
    double of = (double)cpi_sum(&c->sum) / (double)is->timed;

    return ((double)v->timed - (double)is->timed) * of / (double)c->ops;
}

static double more_without_walks(const struct tower_cell *c, unsigned k)
{
    const struct variant_cycles *is = &c->region->variant[0], *v = &c->region->variant[k];
    double of = (double)cpi_sum(&c->sum) / (double)is->timed;

    return ((double)v->walks_free - (double)is->walks_free) * of / (double)c->ops;
}

static double cycles(const struct tower_cell *c, unsigned k)
{
    return (double)c->elapsed / (double)c->ops + more(c, k);
}

static double walks(const struct tower_cell *c, unsigned k)
{
    double is = ((double)cpi_sum(&c->sum) - (double)c->sum.cycles_walks_free) / (double)c->ops;

    return positive(is + more(c, k) - more_without_walks(c, k));
}

static double figure(const struct tower_measure *m, unsigned level, enum tower_ranged what, unsigned k)
{
    const struct tower_cell *c = &m->cell[level];

    switch (what) {
    case RANGED_CYCLES: return cycles(c, k);
    case RANGED_WALKS: return walks(c, k);
    default: return cycles(c, k) / cycles(&m->cell[0], k);
    }
}

bool tower_range(const struct report *r, const struct tower_measure *m, unsigned level, enum tower_ranged what,
                 struct tower_range *range)
{
    unsigned count = variants_of(r, &m->cell[level]);

    range->points = 0;
    if (what == RANGED_TIMES && variants_of(r, &m->cell[0]) < count) count = variants_of(r, &m->cell[0]);
    if (count < 2 || (what == RANGED_TIMES && !level)) return false;
    if (what == RANGED_WALKS && !m->cell[level].sum.cycles_walks_free) return false;
    for (unsigned k = 1; k < count && range->points < TOWER_POINTS; k++)
        range->point[range->points++] =
            (struct spread_point){r->variants[k].option, r->variants[k].value, figure(m, level, what, k)};
    range->spread = spread_of(figure(m, level, what, 0), range->point, range->points);
    return true;
}

bool tower_is_moved_by(const struct report *r, const char *option)
{
    struct tower_range range;

    for (unsigned k = 0; k < r->tower->measure_count; k++)
        for (unsigned level = 0; level <= r->tower->depth; level++)
            for (enum tower_ranged what = 0; what < RANGED_FIGURES; what++)
                if (tower_range(r, &r->tower->measure[k], level, what, &range) &&
                    spread_is_moved_by(range.spread.is, range.point, range.points, option))
                    return true;
    return false;
}
