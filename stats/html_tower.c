/* SPDX-License-Identifier: Apache-2.0 */
/* The tower of guests: what each level cost to come up, and what each measure costs at each level; see html.h. */
#include <math.h>
#include <stdio.h>

#include "stats/html.h"
#include "stats/tower.h"

enum { PATTERNS = 6, COLUMNS = 16 };

static void fixed_cell(struct emit *e, bool is_there, double value, unsigned decimals)
{
    if (is_there) emit_text(e, "<td>%.*f</td>", (int)decimals, value);
    else emit_text(e, "<td>-</td>");
}

/* ---- coming up ---- */

static void boot_bar(struct emit *e, const struct tower_stretch *s, const struct counters *sum)
{
    emit_text(e, "<div>Level %u</div><div class=stack role=img aria-label=\"Level %u:", s->level_of, s->level_of);
    for (unsigned by = 0; by < TOWER_LEVELS; by++)
        if (s->level[by].completed)
            emit_text(e, " %.2f percent by level %u;", 100.0 * (double)s->level[by].completed / (double)sum->completed,
                      by);
    emit_text(e, "\">");
    for (unsigned by = 0; by < TOWER_LEVELS; by++)
        if (s->level[by].completed)
            emit_text(e, "<span class=s%u style=\"width:%.3f%%\" title=\"level %u\"></span>", by % PATTERNS,
                      100.0 * (double)s->level[by].completed / (double)sum->completed, by);
    emit_text(e, "</div>\n");
}

static void boot_row(const struct report_tower *t, struct emit *e, const struct tower_stretch *s)
{
    const char *backing = tower_backing_name(t->level[s->level_of].backing);
    struct counters sum = tower_sum(s->level);
    double value;
    bool ok;

    emit_text(e, "<tr><th scope=row>Level %u</th>", s->level_of);
    html_cell(e, t->level[s->level_of].memory_mib);
    emit_text(e, "<td>%s</td>", backing ? backing : "-");
    fixed_cell(e, true, (double)(s->end - s->begin) / (double)t->core_mhz / 1e3, 1);
    html_cell(e, sum.completed);
    html_cell(e, sum.cycles - sum.idle_cycles);
    ok = tower_translation_share(t, &sum, &value);
    fixed_cell(e, ok, value, 2);
    ok = metric_value(METRIC_reads_per_walk, &sum, t->look_up_cycles, &value);
    fixed_cell(e, ok, value, 2);
    html_cell(e, sum.guest_exits);
    for (unsigned by = 0; by <= t->depth; by++) html_cell(e, s->level[by].completed);
    emit_text(e, "</tr>\n");
}

static void boots(const struct page *p, const struct report_tower *t)
{
    const char *columns[COLUMNS + TOWER_LEVELS] = {"Level",
                                                   "Memory, MiB",
                                                   "Backed by",
                                                   "Guest time, ms",
                                                   "Instructions",
                                                   "Busy cycles",
                                                   "Translation, percent of these",
                                                   "Table reads for each TLB miss",
                                                   "Exits from guests"};
    char name[TOWER_LEVELS][32];

    emit_text(p->e, "<h3>What it cost until each level was up</h3>\n<figure><figcaption>Instructions by the level that "
                    "executed them; the table below has the same figures.</figcaption>\n<ul class=keys>");
    for (unsigned by = 0; by <= t->depth; by++)
        emit_text(p->e, "<li><span class=\"key s%u\"></span>executed by level %u</li>", by % PATTERNS, by);
    emit_text(p->e, "</ul>\n");
    for (unsigned level = 0; level <= t->depth; level++) {
        const struct tower_stretch *s = tower_boot(t, level);
        struct counters sum = {0};
        if (s) sum = tower_sum(s->level);
        if (sum.completed) boot_bar(p->e, s, &sum);
        snprintf(name[level], sizeof name[level], "Executed by level %u", level);
        columns[9 + level] = name[level];
    }
    emit_text(p->e, "</figure>\n");
    html_head(p->e, "From the moment the level below starts it until its init runs", columns, 10 + t->depth);
    for (unsigned level = 0; level <= t->depth; level++)
        if (tower_boot(t, level)) boot_row(t, p->e, tower_boot(t, level));
    html_foot(p->e);
    html_leans(p, LEAN_ALL);
}

/* ---- measures ---- */

/* One measure: how many times the cycles of the first level that could make it an operation takes; a scale of powers of
 * two. */
static void curve(const struct report_tower *t, struct emit *e, const struct tower_measure *m)
{
    enum { WIDTH = 340, HEIGHT = 150, LEFT = 34, RIGHT = 320, TOP = 22, BOTTOM = 122 };
    double base = 0, value, most = 1;
    unsigned first = 0;

    while (first <= t->depth && !(tower_value(t, m, first, TOWER_CYCLES, &base) && base > 0)) first++;
    if (first >= t->depth) return; /* fewer than two levels: nothing to compare */
    for (unsigned k = first + 1; k <= t->depth; k++)
        if (tower_value(t, m, k, TOWER_CYCLES, &value)) most = fmax(most, log2(fmax(value / base, 1)));
    emit_text(e,
              "<figure><figcaption>%s, times level %u</figcaption><svg viewBox=\"0 0 %d %d\" role=img aria-label=\"%s:",
              m->name, first, WIDTH, HEIGHT, m->name);
    for (unsigned k = 0; k <= t->depth; k++)
        if (tower_value(t, m, k, TOWER_CYCLES, &value)) emit_text(e, " level %u %.2f times;", k, value / base);
    emit_text(e, "\"><path class=axis d=\"M%d %dV%dH%d\"/>", LEFT, TOP - 8, BOTTOM, RIGHT);
    for (unsigned k = 0; k <= t->depth; k++) {
        double x = LEFT + 12 + (double)k * (RIGHT - LEFT - 40) / (t->depth ? t->depth : 1), y;

        emit_text(e, "<text x=\"%.1f\" y=\"%d\">L%u</text>", x - 6, BOTTOM + 16, k);
        if (!tower_value(t, m, k, TOWER_CYCLES, &value)) continue;
        y = BOTTOM - (BOTTOM - TOP) * log2(fmax(value / base, 1)) / most;
        emit_text(e, "<path class=line d=\"M%.1f %dV%.1f\"/><circle class=dot cx=\"%.1f\" cy=\"%.1f\" r=\"4\"/>", x,
                  BOTTOM, y, x, y);
        emit_text(e, "<text x=\"%.1f\" y=\"%.1f\">%.2f</text>", x + 6, y - 4, value / base);
    }
    emit_text(e, "</svg></figure>\n");
}

static void figure_table(const struct page *p, const struct report_tower *t, enum tower_figure figure,
                         unsigned decimals)
{
    bool relative = figure == TOWER_CYCLES || figure == TOWER_INSNS;
    const char *columns[COLUMNS + 2 * TOWER_LEVELS] = {"Measure"};
    char name[2 * TOWER_LEVELS][32];
    unsigned n = 0;

    for (unsigned level = 0; level <= t->depth; level++) snprintf(name[n++], 32, "Level %u", level);
    for (unsigned level = 1; level <= t->depth && relative; level++) snprintf(name[n++], 32, "Level %u / 0", level);
    for (unsigned k = 0; k < n; k++) columns[k + 1] = name[k];
    html_head(p->e, tower_figure_text(figure), columns, n + 1);
    for (unsigned k = 0; k < t->measure_count; k++) {
        const struct tower_measure *m = &t->measure[k];
        double value, base;
        bool has_base = tower_value(t, m, 0, figure, &base) && base > 0;

        emit_text(p->e, "<tr><th scope=row>%s</th>", m->name);
        for (unsigned level = 0; level <= t->depth; level++) {
            bool is_there = tower_value(t, m, level, figure, &value);
            fixed_cell(p->e, is_there, value, decimals);
        }
        for (unsigned level = 1; level <= t->depth && relative; level++) {
            bool is_there = tower_value(t, m, level, figure, &value) && has_base;
            fixed_cell(p->e, is_there, is_there ? value / base : 0, 2);
        }
        emit_text(p->e, "</tr>\n");
    }
    html_foot(p->e);
}

static void measures(const struct page *p, const struct report_tower *t)
{
    emit_text(p->e,
              "<h3>What an operation costs at each level</h3>\n<p>Cycles are the time from the first operation to "
              "the last, waiting and the work of every hypervisor below among them. The drawings show them as "
              "multiples of what the first level that can make the measure needs, each step of height a "
              "doubling.</p>\n<div class=curves>\n");
    for (unsigned k = 0; k < t->measure_count; k++) curve(t, p->e, &t->measure[k]);
    emit_text(p->e, "</div>\n");
    figure_table(p, t, TOWER_CYCLES, 1);
    html_leans(p, LEAN_ALL);
    figure_table(p, t, TOWER_INSNS, 1);
    figure_table(p, t, TOWER_TRANSLATION, 1);
    html_leans(p, LEAN_ALL);
    figure_table(p, t, TOWER_MISSES, 3);
    figure_table(p, t, TOWER_READS, 2);
    html_leans(p, LEAN_TLB | LEAN_WALK);
    figure_table(p, t, TOWER_EXITS, 3);
    figure_table(p, t, TOWER_OWN_SHARE, 1);
    html_leans(p, LEAN_ALL);
}

/* ---- how sure that is ---- */

static unsigned digits(double value)
{
    return value < 10 ? 2 : value < 10000 ? 1 : 0;
}

static void range_cell(struct emit *e, double from, double to, double like)
{
    emit_text(e, "<td>%.*f to %.*f</td>", (int)digits(like), from, (int)digits(like), to);
}

static void range_row(const struct page *p, const struct tower_measure *m, unsigned level, enum tower_ranged what)
{
    struct tower_range range;
    char who[128];

    if (!tower_range(p->report, m, level, what, &range)) return;
    spread_tell(&range.spread, who, sizeof who);
    emit_text(p->e, "<tr><th scope=row>%s</th><td>%u</td>", m->name, level);
    html_text_cell(p->e, tower_ranged_text(what));
    fixed_cell(p->e, true, range.spread.is, digits(range.spread.is));
    range_cell(p->e, range.spread.least, range.spread.greatest, range.spread.is);
    range_cell(p->e, range.spread.low, range.spread.high, range.spread.is);
    html_text_cell(p->e, who);
    emit_text(p->e, "</tr>\n");
}

static void ranges(const struct page *p, const struct report_tower *t)
{
    static const char *const columns[] = {"Measure",       "Level",        "<Figure",        "As it is",
                                          "One at a time", "All together", "<Largest swings"};

    emit_text(p->e,
              "<h3>How sure that is</h3>\n<p>What else the parameters of the model could be is judgement: the table of "
              "<a href=\"#assumed\">what the figures lean on</a> has the values. One at a time: the least and the "
              "greatest that another value of one parameter makes of a figure. All together: the root of the sum of "
              "the squares of what each does, upwards and downwards apart, as if they were wrong independently of "
              "each other. Neither is a bound. The multiple of level 0 is made under each value by itself. Sizes of "
              "ERAT, TLB and walk cache are not in it.</p>\n");
    html_head(p->e, "Cycles of an operation, those of walks, and multiples of level 0, as ranges", columns,
              ARRAY_SIZE(columns));
    for (unsigned k = 0; k < t->measure_count; k++)
        for (unsigned level = 0; level <= t->depth; level++)
            for (enum tower_ranged what = 0; what < RANGED_FIGURES; what++) range_row(p, &t->measure[k], level, what);
    html_foot(p->e);
    html_leans(p, LEAN_ALL);
}

bool html_has_tower(const struct page *p)
{
    return p->report->tower != NULL;
}

void html_tower(const struct page *p)
{
    const struct report_tower *t = p->report->tower;

    emit_text(p->e, "<p>Depth %u: ", t->depth);
    emit_escaped(p->e, t->verdict);
    emit_text(p->e, ".</p>\n");
    boots(p, t);
    if (t->measure_count) measures(p, t);
    if (t->measure_count && p->report->variant_count > 1) ranges(p, t);
}
