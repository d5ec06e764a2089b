/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What translation has to do with the measures that have a footprint: one block of lines for each, a column for each level.
 * A line stands there only if some level has a figure for it that is more than zero as it is written, so a model without a
 * counter has no line of it, and a measure that never misses has few.  What a miss is made of is told where one operation in
 * a thousand has one.
 *
 * The ratio to level 0 has a range, because the prices behind it are assumed: every plausible price of a TLB look-up with
 * every plausible price of a table read (plausible.def), at the counts of this run.  Nothing is run again, so the sizes and
 * policies of the arrays, and what time does to a guest's course, are not in it.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "experiment/tower.h"
#include "experiment/uncertainty.h"

enum { LEFT = 38, WIDTH = 13, PRICES = 8, MISSES_IN = 1000 };

/* ---- the range of a ratio ---- */

struct prices { /* what an option is, and what else it could be */
    u64 is, could_be[PRICES];
    unsigned count;
};

/* What the user set is what it is. */
static struct prices prices_of(const struct report *r, const char *option)
{
    struct prices p = {.count = 0};
    const struct plausible *row = plausible_rows;

    for (unsigned k = 0; k < r->option_count; k++) {
        const struct report_option *o = &r->options[k];
        if (strcmp(o->name, option) != 0) continue;
        p.is = p.could_be[p.count++] = o->amount;
        if (!strcmp(o->provenance, "SET")) return p;
    }
    while (row->option && strcmp(row->option, option) != 0) row++;
    for (const char *at = row->option ? row->values : ""; *at && p.count < PRICES; at += *at == '|') {
        char *end;
        p.could_be[p.count++] = strtoull(at, &end, 10);
        at = end;
    }
    return p;
}

static double cycles_at(const struct tower_cell *c, const struct prices *look_up, u64 look_up_price,
                        const struct prices *read, u64 read_price)
{
    double reads = (double)(c->sum.walk_reads + c->sum.segment_reads);

    return (double)c->elapsed + (double)c->sum.tlb_access * ((double)look_up_price - (double)look_up->is) +
           reads * ((double)read_price - (double)read->is);
}

static void weigh(struct tower_cell *c, const struct tower_cell *base, const struct prices *look_up,
                  const struct prices *read)
{
    for (unsigned k = 0; k < look_up->count; k++)
        for (unsigned n = 0; n < read->count; n++) {
            u64 a = look_up->could_be[k], b = read->could_be[n];
            double times = cycles_at(c, look_up, a, read, b) / (double)c->ops /
                           (cycles_at(base, look_up, a, read, b) / (double)base->ops);

            if ((!k && !n) || times < c->least_times) c->least_times = times;
            if ((!k && !n) || times > c->greatest_times) c->greatest_times = times;
        }
}

/* With one hardware thread the time that passes is the sum of what it did; with more nobody could say whose price counts. */
void tower_weigh(struct report_tower *t, const struct report *r)
{
    struct prices look_up = prices_of(r, "tlb_hit_cycles"), read = prices_of(r, "walk_read_cycles");

    if (r->thread_count != 1) return;
    for (unsigned k = 0; k < t->measure_count; k++) {
        const struct tower_cell *base = &t->measure[k].cell[0];

        for (unsigned level = 1; level <= t->depth && base->is_measured && base->footprint_kib; level++)
            if (t->measure[k].cell[level].is_measured) weigh(&t->measure[k].cell[level], base, &look_up, &read);
    }
}

/* ---- the lines ---- */

struct line {
    const char *text;
    unsigned decimals;
    bool (*value)(const struct report_tower *t, const struct tower_measure *m, unsigned level, unsigned what,
                  double *value);
    unsigned what; /* for value() */
};

static bool figure(const struct report_tower *t, const struct tower_measure *m, unsigned level, unsigned what,
                   double *value)
{
    return tower_value(t, m, level, (enum tower_figure)what, value);
}

static bool misses(const struct tower_measure *m, unsigned level)
{
    return m->cell[level].sum.tlb_miss * MISSES_IN >= m->cell[level].ops;
}

static bool entries(const struct report_tower *t, const struct tower_measure *m, unsigned level, unsigned what,
                    double *value)
{
    return misses(m, level) && tower_value(t, m, level, (enum tower_figure)what, value);
}

static bool source(const struct report_tower *t, const struct tower_measure *m, unsigned level, unsigned what,
                   double *value)
{
    (void)t;
    return misses(m, level) && tower_source_value(m, level, (enum walk_source)what, value);
}

static bool times(const struct report_tower *t, const struct tower_measure *m, unsigned level, unsigned what,
                  double *value)
{
    double base;

    (void)what;
    if (!level || !tower_value(t, m, level, TOWER_CYCLES, value) || !tower_value(t, m, 0, TOWER_CYCLES, &base))
        return false;
    *value /= base;
    return base > 0;
}

static bool huge(const struct report_tower *t, const struct tower_measure *m, unsigned level, unsigned what,
                 double *value)
{
    const struct tower_cell *c = &m->cell[level];
    u64 in_use = c->huge_kib < c->footprint_kib ? c->huge_kib : c->footprint_kib; /* the arena may be larger */

    (void)t, (void)what;
    *value = c->footprint_kib ? 100.0 * (double)in_use / (double)c->footprint_kib : 0;
    return c->tells_huge;
}

static const struct line lines[] = {
    {"cycles", 1, figure, TOWER_CYCLES},
    {"times L0", 2, times, 0},
    {"for translation, of these", 1, figure, TOWER_TRANSLATION},
    {"TLB look-ups", 3, figure, TOWER_LOOK_UPS},
    {"TLB misses", 3, figure, TOWER_MISSES},
    {"entries on the path of a miss", 2, entries, TOWER_ENTRIES},
    {"  read from storage", 2, source, WALK_FROM_STORAGE},
    {"  the walk cache had", 2, source, WALK_FROM_WALK_CACHE},
    {"  the TLB had", 2, source, WALK_FROM_TLB},
    {"  an entry cache had", 2, source, WALK_FROM_ENTRY_CACHE},
    {"percent of it in huge pages", 0, huge, 0},
};

static void left(struct emit *out, const char *text)
{
    emit_text(out, "    %-*s", LEFT - 4, text);
}

static void put_line(const struct report_tower *t, const struct tower_measure *m, const struct line *line,
                     struct emit *out)
{
    static const double tens[] = {1, 10, 100, 1000};
    double value[TOWER_LEVELS];
    bool is_there[TOWER_LEVELS], any = false;

    for (unsigned level = 0; level <= t->depth; level++) {
        is_there[level] = line->value(t, m, level, line->what, &value[level]);
        any |= is_there[level] && value[level] * tens[line->decimals] >= 0.5;
    }
    if (!any) return;
    left(out, line->text);
    for (unsigned level = 0; level <= t->depth; level++)
        if (is_there[level]) emit_text(out, "%*.*f", WIDTH, (int)line->decimals, value[level]);
        else emit_text(out, "%*s", WIDTH, "-");
    emit_text(out, "\n");
}

/* Below "times L0". */
static void put_range(const struct report_tower *t, const struct tower_measure *m, struct emit *out)
{
    bool any = false;

    for (unsigned level = 1; level <= t->depth; level++) any |= m->cell[level].greatest_times > 0;
    if (!any) return;
    left(out, "  could be");
    for (unsigned level = 0; level <= t->depth; level++) {
        const struct tower_cell *c = &m->cell[level];
        char text[32] = "-";

        if (c->greatest_times > 0) snprintf(text, sizeof text, "%.2f..%.2f", c->least_times, c->greatest_times);
        emit_text(out, "%*s", WIDTH, text);
    }
    emit_text(out, "\n");
}

static void put_measure(const struct report_tower *t, const struct tower_measure *m, u64 footprint_kib,
                        struct emit *out)
{
    emit_text(out, "  %s: %" PRIu64 " %s\n", m->name, footprint_kib >> 10 ? footprint_kib >> 10 : footprint_kib,
              footprint_kib >> 10 ? "MiB" : "KiB");
    for (unsigned k = 0; k < ARRAY_SIZE(lines); k++) {
        put_line(t, m, &lines[k], out);
        if (lines[k].value == times) put_range(t, m, out);
    }
}

static u64 footprint_of(const struct report_tower *t, const struct tower_measure *m)
{
    u64 kib = 0;

    for (unsigned level = 0; level <= t->depth; level++)
        if (m->cell[level].is_measured && m->cell[level].footprint_kib) kib = m->cell[level].footprint_kib;
    return kib;
}

void tower_translation_table(const struct report_tower *t, struct emit *out)
{
    bool any = false;

    for (unsigned k = 0; k < t->measure_count; k++) {
        const struct tower_measure *m = &t->measure[k];
        u64 kib = footprint_of(t, m);

        if (!kib) continue;
        if (!any) {
            emit_text(out, "\n%-*s", LEFT, "Translation, for an operation");
            for (unsigned level = 0; level <= t->depth; level++) emit_text(out, "%*sL%u", WIDTH - 2, "", level);
            emit_text(out, "\n");
            any = true;
        }
        put_measure(t, m, kib, out);
    }
    if (any)
        emit_text(out, "  (could be: at every plausible price of a look-up and of a read, experiment/plausible.def)\n");
}
