/* SPDX-License-Identifier: Apache-2.0 */
/* The figures of the answer, and which of them says why; see answer.h. */
#include "stats/answer.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "stats/cpi.h"
#include "stats/metrics.h"
#include "stats/report_parts.h"
#include "stats/spread.h"
#include "stats/tower.h"

static struct answer_figure exactly(double value)
{
    return (struct answer_figure){.is_there = true, .value = value, .least = value, .greatest = value};
}

static struct answer_figure quotient(u64 part, u64 whole)
{
    return whole ? exactly((double)part / (double)whole) : (struct answer_figure){0};
}

static void widen(struct answer_figure *f, double value)
{
    f->has_range = true;
    f->least = fmin(f->least, value);
    f->greatest = fmax(f->greatest, value);
}

/* These were timed by the model `core`, walks and all: a region may be where the whole run was not.  (What is under way
 * at either end of a region may be in one of the two sums alone.) */
static bool is_timed(const struct report *r, const struct counters *c)
{
    return r->model == REPORT_CORE && !r->walks_are_free && !report_is_sampled(r) &&
           cpi_sum(c) >= (c->cycles - c->idle_cycles) / 100 * 99;
}

/* ---- what the model mmu charges, with other prices ---- */

enum { PRICES = 8 };
struct prices { /* the values that a price has in the run, and else could have */
    double value[PRICES];
    unsigned count;
};

static const struct report_option *assumed(const struct report *r, const char *option)
{
    for (unsigned k = 0; k < r->option_count; k++)
        if (!strcmp(r->options[k].name, option) && !strcmp(r->options[k].provenance, "ASSUMED")) return &r->options[k];
    return NULL;
}

static struct prices prices_of(const struct report *r, const char *option, u64 is)
{
    const struct report_option *o = assumed(r, option);
    struct prices p = {.value = {(double)is}, .count = 1};

    for (const char *at = o ? o->could_be : NULL; at && *at && p.count < PRICES; at = *at == '|' ? at + 1 : NULL) {
        char *end;
        p.value[p.count++] = (double)strtoull(at, &end, 10);
        at = end;
    }
    return p;
}

static void weigh_prices(const struct report *r, struct answer_figure *cycles, double reads)
{
    struct prices look_up = prices_of(r, "tlb_hit_cycles", r->look_up_cycles);
    struct prices read = prices_of(r, "walk_read_cycles", r->read_cycles);

    if (look_up.count + read.count == 2) return; /* nobody says that they could be others */
    for (unsigned k = 0; k < look_up.count; k++)
        for (unsigned n = 0; n < read.count; n++) widen(cycles, look_up.value[k] + reads * read.value[n]);
}

/* Reads of a walk if the TLB kept no guest real addresses: one more for each of the walker's own translations that it
 * had, which begin with level 1. (That the TLB would have more room is not counted.) */
static double reads_without_guest_real(const struct answer_line *line, const struct counters *c,
                                       const struct walk_tally *w)
{
    u64 more = 0;

    for (unsigned row = 0; row < WALK_ROWS; row++) more += w->reads[WALK_FROM_TLB][row][1];
    return line->reads.value + (double)more / (double)c->walks;
}

/* ---- one line ---- */

/* Cycles for one miss. */
struct cost {
    double look_ups;             /* all of them, those that hit as well, and waiting for a walker */
    double walks;                /* reads */
    double waited, walks_waited; /* of both, of walks: completion waited for it */
};

static struct cost cost_of(const struct report *r, const struct counters *c)
{
    double misses = (double)c->tlb_miss, walks = (double)c->walk_cycles / misses;
    double look_ups = (double)(c->tlb_access * r->look_up_cycles) / misses;

    if (!is_timed(r, c)) return (struct cost){look_ups, walks, look_ups + walks, walks};
    look_ups = fmax((double)c->translation_cycles / misses - walks, 0);
    return (struct cost){look_ups, walks, (double)c->translation_exposed / misses, (double)c->walk_exposed / misses};
}

static void choose_why(struct answer_line *line, const struct cost *cost)
{
    double a_read = line->reads.value > 0 ? cost->walks / line->reads.value : 0, whole = 0;
    const double part[ANSWER_WHYS] = {[ANSWER_SPARED] = (line->entries.value - line->reads.value) * a_read,
                                      [ANSWER_OVERLAPPED] = fmax(cost->look_ups + cost->walks - cost->waited, 0),
                                      [ANSWER_LOOK_UPS] = fmax(cost->waited - cost->walks_waited, 0),
                                      [ANSWER_READS] = cost->walks_waited};

    line->why = ANSWER_WHYS;
    for (enum answer_why k = 0; k < ANSWER_WHYS; k++) {
        whole += part[k];
        if (part[k] > 0 && (line->why == ANSWER_WHYS || part[k] > part[line->why])) line->why = k;
    }
    if (line->why == ANSWER_WHYS) return;
    line->why_share = part[line->why] / whole;
    if (line->why == ANSWER_OVERLAPPED) line->why_part = part[line->why] / (whole - part[ANSWER_SPARED]);
    if (line->why == ANSWER_LOOK_UPS) line->why_part = part[line->why] / (part[line->why] + part[ANSWER_READS]);
}

static void note_lengths(struct answer_line *line, const struct walk_tally *w)
{
    u64 all = 0, sum = 0;

    for (unsigned k = 0; k < WALK_LENGTHS; k++) {
        all += w->length[k];
        if (w->length[k]) line->longest = k;
    }
    for (unsigned k = 0; k < WALK_LENGTHS && all; k++) {
        sum += w->length[k];
        line->usual = k;
        line->usual_percent = 100.0 * (double)sum / (double)all;
        if (4 * sum >= 3 * all) return;
    }
}

static void note_entries(struct answer_line *line, const struct counters *c, const struct walk_tally *w)
{
    line->entries = quotient(c->walk_reads + c->walk_reads_pwc, c->walks);
    line->reads = quotient(c->walk_reads, c->walks);
    for (unsigned k = 0; k < WALK_SOURCES; k++) line->had[k] = quotient(walk_tally_reads(w, k), c->walks);
}

static void note_served(struct answer_line *line, const struct counters *c)
{
    const u64 served[WALK_SERVED] = {c->walk_reads_l2, c->walk_reads_l3, c->walk_reads_other, c->walk_reads_memory};

    for (unsigned k = 0; k < WALK_SERVED; k++) line->served[k] = quotient(served[k], c->walks);
}

static void note_cycles(struct answer_line *line, const struct report *r, const struct counters *c,
                        const struct walk_tally *w)
{
    line->look_up = exactly((double)r->look_up_cycles);
    line->walk = quotient(c->walk_cycles, c->tlb_miss);
    line->cycles = exactly(line->look_up.value + line->walk.value);
    if (r->model == REPORT_MMU) {
        weigh_prices(r, &line->cycles, line->reads.value);
        if (assumed(r, "tlb_guest_real")) weigh_prices(r, &line->cycles, reads_without_guest_real(line, c, w));
    }
    if (!is_timed(r, c)) return;
    note_served(line, c);
    line->waited = quotient(c->walk_exposed, c->tlb_miss);
    if (c->cycles_walks_free) line->spared = quotient(cpi_cost_of_walks(c), c->tlb_miss);
}

static void note_share(struct answer_line *line, const struct report *r, const struct counters *c)
{
    enum metric_index share = r->model == REPORT_CORE ? METRIC_translation_exposed_share : METRIC_translation_share;
    double value;

    if (metric_value(share, c, r->look_up_cycles, &value)) line->share = exactly(value);
    line->misses_per_1000 = quotient(1000 * c->tlb_miss, c->completed);
}

struct answer_line *answer_add(struct answer *a, const struct report *r, unsigned level, const struct counters *c,
                               const struct walk_tally *w, const char *name, ...)
{
    struct answer_line *line = a->count < ANSWER_LINES ? &a->line[a->count++] : NULL;
    struct cost cost;
    va_list args;

    if (!line) return NULL;
    *line = (struct answer_line){.level = level, .misses = c->tlb_miss, .look_ups = c->tlb_access, .why = ANSWER_WHYS};
    va_start(args, name);
    vsnprintf(line->name, sizeof line->name, name, args);
    va_end(args);
    note_share(line, r, c);
    if (!c->tlb_miss || !c->walks) return line;
    note_entries(line, c, w);
    note_lengths(line, w);
    note_cycles(line, r, c, w);
    cost = cost_of(r, c);
    choose_why(line, &cost);
    return line;
}

/* ---- levels of the whole run ---- */

/* What the windows of a sample say of it; false and 0 if no window had any of its instructions. */
static bool estimated(const struct sample_cell *cell, enum sample_index s, struct sample_estimate *out)
{
    *out = (struct sample_estimate){0};
    return sample_estimate(cell, s, out);
}

static struct cost cost_of_sample(const struct sample_cell *cell, double misses)
{
    struct sample_estimate translation, walk, waited, walks_waited;

    estimated(cell, SAMPLE_translation_cycles_per_1000, &translation);
    estimated(cell, SAMPLE_walk_cycles_per_1000, &walk);
    estimated(cell, SAMPLE_translation_exposed_per_1000, &waited);
    estimated(cell, SAMPLE_walk_exposed_per_1000, &walks_waited);
    return (struct cost){fmax(translation.value - walk.value, 0) / misses, walk.value / misses, waited.value / misses,
                         walks_waited.value / misses};
}

static void estimate(struct answer_line *line, const struct sample_cell *cell)
{
    double misses = line->misses_per_1000.value;
    struct sample_estimate cycles, walk;
    struct cost cost;

    line->cycles = line->walk = line->share = (struct answer_figure){0};
    line->why = ANSWER_WHYS;
    if (!estimated(cell, SAMPLE_cycles_per_instruction, &cycles) || !(misses > 0) || !(cycles.value > 0)) return;
    cost = cost_of_sample(cell, misses);
    choose_why(line, &cost);
    line->walk = exactly(cost.walks);
    line->cycles = exactly(line->look_up.value + cost.walks);
    line->share = exactly(cost.waited * misses / (10 * cycles.value));
    if (!estimated(cell, SAMPLE_walk_cycles_per_1000, &walk) || !walk.is_interval) return;
    widen(&line->cycles, line->look_up.value + fmax(walk.value - walk.half, 0) / misses);
    widen(&line->cycles, line->look_up.value + (walk.value + walk.half) / misses);
}

/* Other arrays behind the same ERATs counted this. */
static void weigh_what_if(const struct report *r, struct answer_line *line, unsigned what_if, const struct counters *c)
{
    if (r->model == REPORT_MMU && line->cycles.is_there && c->tlb_miss)
        widen(&line->cycles, (double)r->what_if[what_if].look_up_cycles + (double)c->walk_cycles / (double)c->tlb_miss);
}

/* Variants of the model core timed a sample: what they make of it holds for all in proportion. */
static void weigh_variants(const struct report *r, struct answer_line *line, const struct counters *c)
{
    struct spread_point *point = calloc(r->variant_count + 1, sizeof *point);
    unsigned level = line->level < REPORT_LEVELS ? line->level : REPORT_LEVELS - 1, count = 0;
    double is = line->spared.value;

    for (unsigned k = 1; k < r->variant_count && point && line->spared.is_there; k++) {
        const struct variant_cycles *base = &r->variants[0].level[level], *v = &r->variants[k].level[level];
        double of = base->timed ? (double)cpi_sum(c) / (double)base->timed / (double)c->tlb_miss : 0;
        double more = ((double)v->timed - (double)v->walks_free) - ((double)base->timed - (double)base->walks_free);

        point[count++] = (struct spread_point){r->variants[k].option, r->variants[k].value, fmax(is + more * of, 0)};
    }
    if (count) {
        struct spread s = spread_of(is, point, count);
        widen(&line->spared, s.low);
        widen(&line->spared, s.high);
    }
    free(point);
}

static void add_levels(const struct report *r, struct answer *a)
{
    a->first_level = a->count;
    for (unsigned level = 0; level < report_levels(r); level++) {
        struct answer_line *line;
        struct counters c;
        struct walk_tally w;

        if (!report_level(r, level, &c, &w)) continue;
        line = answer_add(a, r, level, &c, &w, "level %u%s", level, r->tower ? " in the whole run" : "");
        if (!line) return;
        if (report_is_sampled(r)) estimate(line, &r->sampling.level[level < SAMPLE_LEVELS ? level : SAMPLE_LEVELS - 1]);
        for (unsigned k = 0; k < r->what_if_count; k++)
            weigh_what_if(r, line, k, &r->what_if[k].counters[level < REPORT_LEVELS ? level : REPORT_LEVELS - 1]);
        weigh_variants(r, line, &c);
    }
}

/* ---- the largest chase of a tower ---- */

/* Measures with less than one miss in ten operations say nothing of what a miss costs. */
enum { MISS_IN = 10 };

static u64 footprint_of(const struct report_tower *t, const struct tower_measure *m)
{
    u64 least = 0;

    for (unsigned level = 0; level <= t->depth; level++) {
        const struct tower_cell *c = &m->cell[level];

        if (!t->level[level].is_up || !c->is_measured) continue;
        if (!c->footprint_kib || c->sum.tlb_miss * MISS_IN < c->ops) return 0;
        if (!least || c->footprint_kib < least) least = c->footprint_kib;
    }
    return least;
}

static bool is_measured_above(const struct report_tower *t, const struct tower_measure *m)
{
    for (unsigned level = 1; level <= t->depth; level++)
        if (m->cell[level].is_measured) return true;
    return !t->depth;
}

static const struct tower_measure *largest_chase(const struct report_tower *t)
{
    const struct tower_measure *best = NULL;

    for (unsigned k = 0; k < t->measure_count; k++) {
        const struct tower_measure *m = &t->measure[k];

        if (is_measured_above(t, m) && footprint_of(t, m) > (best ? footprint_of(t, best) : 0)) best = m;
    }
    return best;
}

static void note_times(const struct report *r, const struct tower_measure *m, unsigned level, struct answer_line *line)
{
    const struct tower_cell *c = &m->cell[level];
    struct tower_range range;
    double value, base;

    if (!level || !tower_value(r->tower, m, level, TOWER_CYCLES, &value) ||
        !tower_value(r->tower, m, 0, TOWER_CYCLES, &base) || !(base > 0))
        return;
    line->times = exactly(value / base);
    if (c->greatest_times > 0) widen(&line->times, c->least_times), widen(&line->times, c->greatest_times);
    if (!tower_range(r, m, level, RANGED_TIMES, &range)) return;
    widen(&line->times, range.spread.low);
    widen(&line->times, range.spread.high);
}

static void note_walks_range(const struct report *r, const struct tower_measure *m, unsigned level,
                             struct answer_line *line)
{
    const struct tower_cell *c = &m->cell[level];
    double misses = (double)c->sum.tlb_miss / (double)c->ops;
    struct tower_range range;

    if (!line->spared.is_there || !(misses > 0) || !tower_range(r, m, level, RANGED_WALKS, &range)) return;
    widen(&line->spared, range.spread.low / misses);
    widen(&line->spared, range.spread.high / misses);
}

static void add_chase(const struct report *r, struct answer *a)
{
    const struct tower_measure *m = r->tower ? largest_chase(r->tower) : NULL;

    for (unsigned level = 0; m && level <= r->tower->depth; level++) {
        const struct tower_cell *c = &m->cell[level];
        struct answer_line *line;

        if (!c->is_measured) continue;
        line = answer_add(a, r, level, &c->sum, &c->walks, "level %u in %s", level, m->name);
        if (!line) return;
        for (unsigned k = 0; c->region && k < c->region->what_if_count && k < r->what_if_count; k++)
            weigh_what_if(r, line, k, &c->region->what_if[k]);
        note_times(r, m, level, line);
        note_walks_range(r, m, level, line);
    }
}

/* ---- all of it ---- */

/* Where there are no lines, a sentence says why. */
static void say_why_none(const struct report *r, const struct counters *total, struct answer *a)
{
    char look_ups[64] = "";

    if (total->tlb_access) snprintf(look_ups, sizeof look_ups, " but %" PRIu64 " TLB look-ups", total->tlb_access);
    if (r->model == REPORT_NONE)
        snprintf(
            a->sentence, sizeof a->sentence,
            "This run did not model translation (--model none), so nothing says what a TLB miss costs: --model mmu "
            "counts misses and walks, --model core times them.");
    else
        snprintf(a->sentence, sizeof a->sentence,
                 "No access of this run missed the TLB: there was no walk, and translation cost nothing%s.", look_ups);
}

void answer_of(const struct report *r, struct answer *a)
{
    struct counters total = report_total(r);

    if (r->answer) {
        *a = *r->answer;
        return;
    }
    *a = (struct answer){.count = 0};
    if (r->model == REPORT_NONE || !total.tlb_miss) {
        say_why_none(r, &total, a);
        return;
    }
    add_chase(r, a);
    add_levels(r, a);
}
