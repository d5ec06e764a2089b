/* SPDX-License-Identifier: Apache-2.0 */
/* What a tower measured, as tables for people, comma-separated values and JSON; see tower.h. */
#include <inttypes.h>
#include <stdio.h>

#include "experiment/tower.h"
#include "stats/metrics.h"

enum { LEFT = 38, WIDTH = 13 };

/* ---- for people ---- */

static void head(const struct report_tower *t, struct emit *out, const char *first, bool relative)
{
    bool fits = strlen(first) < LEFT; /* if not, it has a line of its own */

    emit_text(out, "\n%s%s%*s", first, fits ? "" : "\n", LEFT - (int)(fits ? strlen(first) : 0), "");
    for (unsigned level = 0; level <= t->depth; level++) emit_text(out, "%*sL%u", WIDTH - 2, "", level);
    for (unsigned level = 1; level <= t->depth && relative; level++) emit_text(out, "%*sL%u/L0", 3, "", level);
    emit_text(out, "\n");
}

static void cell(struct emit *out, bool is_there, double value, unsigned decimals)
{
    if (is_there) emit_text(out, "%*.*f", WIDTH, (int)decimals, value);
    else emit_text(out, "%*s", WIDTH, "-");
}

static void ratio(struct emit *out, double value, double base)
{
    if (base > 0) emit_text(out, "%8.2f", value / base);
    else emit_text(out, "%8s", "-");
}

/* One line of the table of what it cost to come up. */
enum boot_line {
    BOOT_MEMORY,
    BOOT_TIME,
    BOOT_INSNS,
    BOOT_CYCLES,
    BOOT_TRANSLATION,
    BOOT_READS,
    BOOT_EXITS,
    BOOT_LINES
};
static const struct {
    const char *text;
    unsigned decimals;
    bool relative;
} boot_lines[BOOT_LINES] = {
    [BOOT_MEMORY] = {"memory, MiB", 0, false},
    [BOOT_TIME] = {"guest time, ms", 1, true},
    [BOOT_INSNS] = {"instructions, millions", 1, true},
    [BOOT_CYCLES] = {"busy cycles, millions", 1, true},
    [BOOT_TRANSLATION] = {"translation, percent of these", 2, false},
    [BOOT_READS] = {"table reads for each TLB miss", 2, false},
    [BOOT_EXITS] = {"exits from guests", 0, false},
};

static bool boot_value(const struct report_tower *t, unsigned level, enum boot_line line, double *value)
{
    const struct tower_stretch *s = tower_boot(t, level);
    struct counters sum;

    *value = (double)t->level[level].memory_mib;
    if (line == BOOT_MEMORY) return *value > 0;
    if (!s) return false;
    sum = tower_sum(s->level);
    switch (line) {
    case BOOT_TIME: *value = (double)(s->end - s->begin) / (double)t->core_mhz / 1e3; return true;
    case BOOT_INSNS: *value = (double)sum.completed / 1e6; return true;
    case BOOT_CYCLES: *value = (double)(sum.cycles - sum.idle_cycles) / 1e6; return true;
    case BOOT_TRANSLATION: return tower_translation_share(t, &sum, value);
    case BOOT_READS: return metric_value(METRIC_reads_per_walk, &sum, t->look_up_cycles, value);
    default: *value = (double)sum.guest_exits; return true;
    }
}

/* The pages of that memory, one level below. */
static void backing_line(const struct report_tower *t, struct emit *out)
{
    bool any = false;

    for (unsigned level = 0; level <= t->depth; level++) any |= t->level[level].backing != BACKING_NOT_SAID;
    if (!any) return;
    emit_text(out, "  %-*s", LEFT - 2, "  backed by");
    for (unsigned level = 0; level <= t->depth; level++) {
        const char *name = tower_backing_name(t->level[level].backing);
        emit_text(out, "%*s", WIDTH, name ? name : "-");
    }
    emit_text(out, "\n");
}

static void boot_table(const struct report_tower *t, struct emit *out)
{
    head(t, out, "What it cost until each level was up", true);
    for (enum boot_line line = 0; line < BOOT_LINES; line++) {
        double value[TOWER_LEVELS];
        emit_text(out, "  %-*s", LEFT - 2, boot_lines[line].text);
        for (unsigned level = 0; level <= t->depth; level++) {
            bool is_there = boot_value(t, level, line, &value[level]);
            cell(out, is_there, value[level], boot_lines[line].decimals);
            if (!is_there) value[level] = 0;
        }
        for (unsigned level = 1; level <= t->depth && boot_lines[line].relative; level++)
            ratio(out, value[level], value[level] > 0 ? value[0] : 0);
        emit_text(out, "\n");
        if (line == BOOT_MEMORY) backing_line(t, out);
    }
}

/* Who executed the instructions of it. */
static void boot_split(const struct report_tower *t, struct emit *out)
{
    head(t, out, "  of these instructions, millions", false);
    for (unsigned by = 0; by <= t->depth; by++) {
        emit_text(out, "    executed by L%-*u", LEFT - 17, by);
        for (unsigned level = 0; level <= t->depth; level++) {
            const struct tower_stretch *s = tower_boot(t, level);
            cell(out, s && by <= level, s ? (double)s->level[by].completed / 1e6 : 0, 1);
        }
        emit_text(out, "\n");
    }
}

static bool is_measured(const struct report_tower *t, const struct tower_measure *m)
{
    bool any = false;

    for (unsigned level = 0; level <= t->depth; level++) any |= m->cell[level].is_measured;
    return any;
}

static void figure_table(const struct report_tower *t, enum tower_figure figure, struct emit *out)
{
    static const struct {
        bool shown;
        unsigned decimals;
        bool relative;
    } form[TOWER_FIGURES] = {
        [TOWER_CYCLES] = {true, 1, true}, [TOWER_INSNS] = {true, 1, true},  [TOWER_TRANSLATION] = {true, 1, false},
        [TOWER_READS] = {true, 2, false}, [TOWER_EXITS] = {true, 3, false}, [TOWER_OWN_SHARE] = {true, 1, false}};

    if (!form[figure].shown) return;
    head(t, out, tower_figure_text(figure), form[figure].relative);
    for (unsigned k = 0; k < t->measure_count; k++) {
        const struct tower_measure *m = &t->measure[k];
        double value[TOWER_LEVELS];

        if (!is_measured(t, m)) continue; /* below the tables stands why */
        emit_text(out, "  %-*s", LEFT - 2, m->name);
        for (unsigned level = 0; level <= t->depth; level++) {
            bool is_there = tower_value(t, m, level, figure, &value[level]);
            cell(out, is_there, value[level], form[figure].decimals);
        }
        for (unsigned level = 1; level <= t->depth && form[figure].relative; level++)
            ratio(out, value[level], value[level] > 0 ? value[0] : 0);
        emit_text(out, "\n");
    }
}

/* A line for each reason, of all levels that have it: "not at L1, L2: chase-4g (too little memory is free)". */
static void skipped(const struct report_tower *t, const struct tower_measure *m, struct emit *out)
{
    for (unsigned level = 0; level <= t->depth; level++) {
        const char *why = m->cell[level].skipped;
        bool is_told = !*why;

        for (unsigned k = 0; k < level; k++) is_told |= !strcmp(m->cell[k].skipped, why);
        if (is_told) continue;
        for (unsigned k = level; k <= t->depth; k++)
            if (!strcmp(m->cell[k].skipped, why)) emit_text(out, "%sL%u", k == level ? "not at " : ", ", k);
        emit_text(out, ": %s (%s)\n", m->name, why);
    }
}

void tower_table(const struct report *r, struct emit *out)
{
    const struct report_tower *t = r->tower;
    struct invariants checks = report_check(r, NULL, NULL);

    emit_text(out, "A tower of depth %u: %s.\nLk is level k; cycles are the model's, of %" PRIu64 " MHz.\n", t->depth,
              t->verdict, t->core_mhz);
    boot_table(t, out);
    boot_split(t, out);
    for (enum tower_figure f = 0; f < TOWER_FIGURES && t->measure_count; f++) figure_table(t, f, out);
    tower_translation_table(t, out);
    tower_uncertainty_table(r, out);
    emit_text(out, "\n");
    for (unsigned k = 0; k < t->measure_count; k++) skipped(t, &t->measure[k], out);
    report_text_leans(r, "", out);
    emit_text(out, "%u of %u sums hold: accounts, exits and entries, regions against the guests' own clocks\n",
              checks.checked - checks.failed, checks.checked);
}

/* ---- for programs ---- */

#define FLAT_FIELDS "instructions,cycles,idle_cycles,derat_miss,ierat_miss,tlb_miss,walk_reads,walk_cycles,guest_exits"

static void csv_counters(struct emit *out, const struct counters *c)
{
    emit_text(
        out, "%" PRIu64 ",%" PRIu64 ",%" PRIu64 ",%" PRIu64 ",%" PRIu64 ",%" PRIu64 ",%" PRIu64 ",%" PRIu64 ",%" PRIu64,
        c->completed, c->cycles, c->idle_cycles, c->derat_miss, c->ierat_miss, c->tlb_miss, c->walk_reads,
        c->walk_cycles, c->guest_exits);
}

static void csv_lines(struct emit *out, const char *what, const char *name, unsigned level, u64 ops, u64 elapsed,
                      u64 ticks, const struct counters by[TOWER_LEVELS], unsigned levels)
{
    for (unsigned k = 0; k < levels; k++) {
        emit_text(out, "%s,%s,%u,%u,%" PRIu64 ",%" PRIu64 ",%" PRIu64 ",", what, name, level, k, ops, elapsed, ticks);
        csv_counters(out, &by[k]);
        emit_text(out, "\n");
    }
}

void tower_csv(const struct report_tower *t, struct emit *out)
{
    emit_text(out, "what,name,level,executed_by,ops,elapsed_cycles,guest_ticks," FLAT_FIELDS "\n");
    for (unsigned k = 0; k < t->stretch_count; k++) {
        const struct tower_stretch *s = &t->stretch[k];
        csv_lines(out, "stretch", tower_kind_name(s->kind), s->level_of, 1, s->end - s->begin, 0, s->level,
                  t->depth + 1);
    }
    for (unsigned k = 0; k < t->measure_count; k++)
        for (unsigned level = 0; level <= t->depth; level++) {
            const struct tower_cell *c = &t->measure[k].cell[level];
            if (c->is_measured)
                csv_lines(out, "measure", t->measure[k].name, level, c->ops, c->elapsed, c->ticks, c->level,
                          t->depth + 1);
        }
}

static void json_levels(const struct report_tower *t, const struct counters by[TOWER_LEVELS], struct emit *out)
{
    emit_open(out, "executed_by", '[');
    for (unsigned k = 0; k <= t->depth; k++) {
        emit_open(out, NULL, '{');
        emit_u64(out, "level", k);
        EACH_COUNTER(row)
            if (counter_get(&by[k], row)) emit_u64(out, row->name, counter_get(&by[k], row));
        emit_close(out, '}');
    }
    emit_close(out, ']');
}

/* The footprint and who had the entries on the path of a miss. */
static void json_storage(const struct tower_measure *m, unsigned level, struct emit *out)
{
    const struct tower_cell *c = &m->cell[level];
    double value;

    if (c->greatest_times > 0) {
        emit_fixed(out, "times_level_0_least", c->least_times, 6);
        emit_fixed(out, "times_level_0_greatest", c->greatest_times, 6);
    }
    if (c->footprint_kib) emit_u64(out, "footprint_kib", c->footprint_kib);
    if (c->tells_huge) emit_u64(out, "huge_kib", c->huge_kib);
    emit_open(out, "entries_per_miss_from", '{');
    for (enum walk_source s = 0; s < WALK_SOURCES; s++)
        if (tower_source_value(m, level, s, &value)) emit_fixed(out, walk_source_name(s), value, 6);
    emit_close(out, '}');
}

static void json_cell(const struct report *r, const struct tower_measure *m, unsigned level, struct emit *out)
{
    const struct report_tower *t = r->tower;
    const struct tower_cell *c = &m->cell[level];
    double value, base;

    emit_open(out, NULL, '{');
    emit_u64(out, "level", level);
    if (*c->skipped) emit_string(out, "skipped", c->skipped);
    emit_u64(out, "ops", c->ops);
    emit_u64(out, "guest_ticks", c->ticks);
    emit_u64(out, "elapsed_cycles", c->elapsed);
    for (enum tower_figure f = 0; f < TOWER_FIGURES; f++)
        if (tower_value(t, m, level, f, &value)) emit_fixed(out, tower_figure_name(f), value, 6);
        else emit_null(out, tower_figure_name(f));
    if (tower_value(t, m, level, TOWER_CYCLES, &value) && tower_value(t, m, 0, TOWER_CYCLES, &base) && base > 0)
        emit_fixed(out, "times_level_0", value / base, 6);
    else emit_null(out, "times_level_0");
    json_storage(m, level, out);
    tower_uncertainty_json(r, m, level, out);
    json_levels(t, c->level, out);
    emit_close(out, '}');
}

static void json_stretches(const struct report_tower *t, struct emit *out)
{
    emit_open(out, "stretches", '[');
    for (unsigned k = 0; k < t->stretch_count; k++) {
        const struct tower_stretch *s = &t->stretch[k];
        emit_open(out, NULL, '{');
        emit_string(out, "what", tower_kind_name(s->kind));
        emit_u64(out, "level", s->level_of);
        emit_u64(out, "begin_cycle", s->begin);
        emit_u64(out, "end_cycle", s->end);
        json_levels(t, s->level, out);
        emit_close(out, '}');
    }
    emit_close(out, ']');
}

void tower_json(const struct report *r, struct emit *out)
{
    const struct report_tower *t = r->tower;

    emit_open(out, NULL, '{');
    emit_u64(out, "schema", 1);
    emit_u64(out, "depth", t->depth);
    emit_string(out, "end", t->verdict);
    emit_u64(out, "core_mhz", t->core_mhz);
    emit_open(out, "levels", '[');
    for (unsigned k = 0; k <= t->depth; k++) {
        emit_open(out, NULL, '{');
        emit_u64(out, "level", k);
        emit_bool(out, "came_up", t->level[k].is_up);
        emit_u64(out, "memory_mib", t->level[k].memory_mib);
        if (tower_backing_name(t->level[k].backing))
            emit_string(out, "backed_by", tower_backing_name(t->level[k].backing));
        emit_close(out, '}');
    }
    emit_close(out, ']');
    json_stretches(t, out);
    emit_open(out, "measures", '[');
    for (unsigned k = 0; k < t->measure_count; k++) {
        emit_open(out, NULL, '{');
        emit_string(out, "name", t->measure[k].name);
        emit_open(out, "cells", '[');
        for (unsigned level = 0; level <= t->depth; level++) json_cell(r, &t->measure[k], level, out);
        emit_close(out, ']');
        emit_close(out, '}');
    }
    emit_close(out, ']');
    emit_close(out, '}');
}
