/* SPDX-License-Identifier: Apache-2.0 */
/* The tower of guests: what each level cost to come up, and what each measure costs at each level; see html.h. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "stats/html.h"
#include "stats/tower.h"

enum { PATTERNS = 6, COLUMNS = 16 };

static void fixed_cell(struct emit *e, bool is_there, double value, unsigned decimals)
{
    if (is_there) emit_text(e, "<td>%.*f</td>", (int)decimals, emit_rounded(value, decimals));
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
                                                   "VM exits"};
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

/* Those with a footprint say what a miss costs; the others say nothing about misses. */
static bool is_of_memory(const struct report_tower *t, const struct tower_measure *m)
{
    for (unsigned level = 0; level <= t->depth; level++)
        if (m->cell[level].is_measured && m->cell[level].footprint_kib) return true;
    return false;
}

static bool has_measures(const struct report_tower *t, bool of_memory)
{
    for (unsigned k = 0; k < t->measure_count; k++)
        if (is_of_memory(t, &t->measure[k]) == of_memory) return true;
    return false;
}

/* The cycles of an operation by those at the first level that could make it; that level; TOWER_LEVELS: fewer than two
 * levels could, so there is nothing to compare. */
static unsigned base_level(const struct report_tower *t, const struct tower_measure *m, double *base)
{
    unsigned first = 0;

    while (first <= t->depth && !(tower_value(t, m, first, TOWER_CYCLES, base) && *base > 0)) first++;
    return first < t->depth ? first : TOWER_LEVELS;
}

static bool times(const struct report_tower *t, const struct tower_measure *m, unsigned level, double *value)
{
    double base;

    if (base_level(t, m, &base) == TOWER_LEVELS || !tower_value(t, m, level, TOWER_CYCLES, value) || !(*value > 0))
        return false;
    *value /= base;
    return true;
}

/* One for all drawings of a group: from 2 to the power of low to 2 to that of high. */
struct scale {
    int low, high;
};
enum { WIDTH = 340, HEIGHT = 170, LEFT = 40, RIGHT = 326, TOP = 18, BOTTOM = 142, TICKS = 6 };

static struct scale scale_of(const struct report_tower *t, bool of_memory)
{
    struct scale s = {.high = 1};
    double value;

    for (unsigned k = 0; k < t->measure_count; k++)
        for (unsigned level = 0; level <= t->depth; level++) {
            if (is_of_memory(t, &t->measure[k]) != of_memory || !times(t, &t->measure[k], level, &value)) continue;
            s.low = (int)fmin(s.low, floor(log2(value)));
            s.high = (int)fmax(s.high, ceil(log2(value)));
        }
    return s;
}

static double y_of(const struct scale *s, double times)
{
    return BOTTOM - (BOTTOM - TOP) * (log2(times) - s->low) / (s->high - s->low);
}

static void axes(struct emit *e, const struct scale *s)
{
    emit_text(e, "<path class=axis d=\"M%d %dV%dH%d\"/>", LEFT, TOP - 8, BOTTOM, RIGHT);
    for (int power = s->low; power <= s->high; power += (s->high - s->low) / TICKS + 1) {
        double y = y_of(s, exp2(power));

        emit_text(
            e, "<path class=grid d=\"M%d %.1fH%d\"/><text class=tick x=\"%d\" y=\"%.1f\" text-anchor=end>%s%.0f</text>",
            LEFT - 3, y, RIGHT, LEFT - 6, y + 4, power < 0 ? "1/" : "", exp2(abs(power)));
    }
}

/* How many times the cycles of the first level an operation takes at each: a dot, on a line that begins at once. */
static void curve(const struct report_tower *t, struct emit *e, const struct tower_measure *m, const struct scale *s)
{
    double base, value;
    unsigned first = base_level(t, m, &base);

    if (first == TOWER_LEVELS) return;
    emit_text(e,
              "<figure><figcaption>%s, times level %u</figcaption><svg viewBox=\"0 0 %d %d\" role=img aria-label=\"%s:",
              m->name, first, WIDTH, HEIGHT, m->name);
    for (unsigned k = 0; k <= t->depth; k++)
        if (times(t, m, k, &value)) emit_text(e, " level %u %.2f times;", k, value);
    emit_text(e, "\">");
    axes(e, s);
    for (unsigned k = 0; k <= t->depth; k++) {
        double x = LEFT + 18 + (double)k * (RIGHT - LEFT - 58) / (t->depth ? t->depth : 1);

        emit_text(e, "<text x=\"%.1f\" y=\"%d\">L%u</text>", x - 6, BOTTOM + 16, k);
        if (!times(t, m, k, &value)) continue;
        emit_text(e, "<path class=line d=\"M%.1f %.1fV%.1f\"/><circle class=dot cx=\"%.1f\" cy=\"%.1f\" r=\"4\"/>", x,
                  y_of(s, 1), y_of(s, value), x, y_of(s, value));
        emit_text(e, "<text x=\"%.1f\" y=\"%.1f\">%.2f</text>", x + 6, y_of(s, value) - 4, value);
    }
    emit_text(e, "</svg></figure>\n");
}

static void curves(const struct report_tower *t, struct emit *e, bool of_memory)
{
    struct scale s = scale_of(t, of_memory);

    emit_text(e,
              "<p>The drawings of this section share one scale, on which each doubling is as high as the next: cycles "
              "per operation as multiples of what the first level needs that can make the measure.</p>\n"
              "<div class=curves>\n");
    for (unsigned k = 0; k < t->measure_count; k++)
        if (is_of_memory(t, &t->measure[k]) == of_memory) curve(t, e, &t->measure[k], &s);
    emit_text(e, "</div>\n");
}

struct figure {
    enum tower_figure figure;
    unsigned decimals;
    bool is_relative; /* also by level 0 */
    const char *caption;
};

static void figure_row(struct emit *e, const struct report_tower *t, const struct tower_measure *m,
                       const struct figure *f)
{
    double value, base;
    bool has_base = tower_value(t, m, 0, f->figure, &base) && base > 0;

    emit_text(e, "<tr><th scope=row>%s</th>", m->name);
    for (unsigned level = 0; level <= t->depth; level++) {
        bool is_there = tower_value(t, m, level, f->figure, &value);
        fixed_cell(e, is_there, value, f->decimals);
    }
    for (unsigned level = 1; level <= t->depth && f->is_relative; level++) {
        bool is_there = tower_value(t, m, level, f->figure, &value) && has_base;
        fixed_cell(e, is_there, is_there ? value / base : 0, 2);
    }
    emit_text(e, "</tr>\n");
}

static bool has_figure(const struct report_tower *t, bool of_memory, enum tower_figure figure)
{
    double value;

    for (unsigned k = 0; k < t->measure_count; k++)
        for (unsigned level = 0; level <= t->depth; level++)
            if (is_of_memory(t, &t->measure[k]) == of_memory && tower_value(t, &t->measure[k], level, figure, &value) &&
                value > 0)
                return true;
    return false;
}

static void figure_table(const struct page *p, const struct report_tower *t, const struct figure *f, bool of_memory)
{
    const char *columns[COLUMNS + 2 * TOWER_LEVELS] = {"Measure"};
    char name[2 * TOWER_LEVELS][32];
    unsigned n = 0;

    if (!has_figure(t, of_memory, f->figure)) return;
    for (unsigned level = 0; level <= t->depth; level++) snprintf(name[n++], 32, "Level %u", level);
    for (unsigned level = 1; level <= t->depth && f->is_relative; level++)
        snprintf(name[n++], 32, "Level %u / 0", level);
    for (unsigned k = 0; k < n; k++) columns[k + 1] = name[k];
    html_head(p->e, f->caption, columns, n + 1);
    for (unsigned k = 0; k < t->measure_count; k++)
        if (is_of_memory(t, &t->measure[k]) == of_memory) figure_row(p->e, t, &t->measure[k], f);
    html_foot(p->e);
}

/* What a miss costs stands first; a table that no measure has a figure for is left out. */
static const struct figure of_misses[] = {
    {TOWER_MISS_CYCLES, 1, true, "Cycles per TLB miss: the look-up that fails, and the walk"},
    {TOWER_READS, 2, true, "Table entries read from storage per TLB miss"},
    {TOWER_ENTRIES, 2, false, "Table entries on the path of a walk, per TLB miss"},
    {TOWER_MISSES, 3, false, "TLB misses per operation"},
    {TOWER_TRANSLATION, 1, false, "Cycles of translation per operation: TLB look-ups and walks"},
    {TOWER_EXPOSED, 1, false, "of these, cycles that completion waited for, per operation"},
    {TOWER_SPARED, 1, false, "Cycles per operation that it would take less, were walks free"},
};
static const struct figure of_operations[] = {
    {TOWER_CYCLES, 1, true, "Cycles per operation"},
    {TOWER_INSNS, 1, true, "Instructions per operation, of every level"},
    {TOWER_EXITS, 3, false, "VM exits per operation"},
    {TOWER_OWN_SHARE, 1, false, "Percent of the busy cycles that the level itself executed"},
};

static void figure_tables(const struct page *p, const struct figure *figures, unsigned count, bool of_memory)
{
    for (unsigned k = 0; k < count; k++) figure_table(p, p->report->tower, &figures[k], of_memory);
}

#define WHAT_CYCLES_ARE                                                                                                \
    "<p>Cycles are the time from the first operation to the last, waiting and the work of every hypervisor below "     \
    "among them.</p>\n"

static void memory_measures(const struct page *p)
{
    emit_text(p->e, "<h3>What a TLB miss costs at each level</h3>\n");
    figure_tables(p, of_misses, ARRAY_SIZE(of_misses), true);
    html_leans(p, LEAN_ALL);
    emit_text(p->e, "<h3>What that makes of an operation in memory</h3>\n" WHAT_CYCLES_ARE);
    curves(p->report->tower, p->e, true);
    figure_tables(p, of_operations, ARRAY_SIZE(of_operations), true);
    html_leans(p, LEAN_ALL);
}

/* System calls, pipes, timers, ...: their misses are few, and tell of the kernels' course rather than of a miss. */
static void other_measures(const struct page *p)
{
    emit_text(p->e, "<h3>Other operations: what virtualization costs besides</h3>\n" WHAT_CYCLES_ARE);
    curves(p->report->tower, p->e, false);
    figure_tables(p, of_operations, ARRAY_SIZE(of_operations), false);
    figure_tables(p, of_misses, ARRAY_SIZE(of_misses), false);
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

static void range_rows(const struct page *p, bool of_memory)
{
    const struct report_tower *t = p->report->tower;

    for (unsigned k = 0; k < t->measure_count; k++)
        for (unsigned level = 0; is_of_memory(t, &t->measure[k]) == of_memory && level <= t->depth; level++)
            for (enum tower_ranged what = 0; what < RANGED_FIGURES; what++) range_row(p, &t->measure[k], level, what);
}

static void ranges(const struct page *p)
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
    html_head(p->e, "Cycles per operation, those of walks, and multiples of level 0, as ranges", columns,
              ARRAY_SIZE(columns));
    range_rows(p, true);
    range_rows(p, false);
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
    if (has_measures(t, true)) memory_measures(p);
    boots(p, t);
    if (has_measures(t, false)) other_measures(p);
    if (t->measure_count && p->report->variant_count > 1) ranges(p);
}
