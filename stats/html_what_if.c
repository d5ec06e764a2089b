/* SPDX-License-Identifier: Apache-2.0 */
/* What other values of one option would have cost: a table and, for numbers, curves; see html.h. */
#include "stats/html.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

/* One value of an option: a variant, or the run itself. */
struct point {
    const char *value; /* "2048" */
    bool is_base;
    u64 amount; /* of a number */
    struct counters sum;
    const struct counters *levels; /* REPORT_LEVELS of them */
    u64 look_up_cycles;
};

struct curve {
    char option[64];
    struct point *points; /* by value if all are numbers */
    unsigned count;
    bool is_numeric;
};

static u64 translation_cycles(const struct counters *c, u64 look_up_cycles)
{
    return c->walk_cycles + c->tlb_access * look_up_cycles;
}

static void add_point(struct curve *curve, struct point point, bool is_amount)
{
    for (unsigned level = 0; level < REPORT_LEVELS; level++) counters_add(&point.sum, &point.levels[level]);
    curve->points[curve->count++] = point;
    curve->is_numeric &= is_amount;
}

static int by_amount(const void *a, const void *b)
{
    const struct point *x = a, *y = b;

    if (x->amount != y->amount) return x->amount < y->amount ? -1 : 1;
    return y->is_base - x->is_base;
}

/* The run itself and all variants of one option. points has room for all of them. */
static void collect(const struct page *p, const struct counters *base, struct curve *curve)
{
    const struct report *r = p->report;
    size_t length = strlen(curve->option);

    curve->count = 0;
    curve->is_numeric = true;
    for (unsigned k = 0; k < r->option_count; k++) {
        const struct report_option *o = &r->options[k];
        struct point point = {.value = o->value,
                              .is_base = true,
                              .amount = o->amount,
                              .levels = base,
                              .look_up_cycles = r->look_up_cycles};
        if (!strcmp(o->name, curve->option)) add_point(curve, point, o->is_amount);
    }
    for (unsigned k = 0; k < r->what_if_count; k++) {
        const struct report_what_if *w = &r->what_if[k];
        if (strncmp(w->setting, curve->option, length) || w->setting[length] != '=') continue;
        add_point(curve,
                  (struct point){.value = w->setting + length + 1,
                                 .amount = w->amount,
                                 .levels = w->counters,
                                 .look_up_cycles = w->look_up_cycles},
                  w->is_amount);
    }
    if (curve->is_numeric) qsort(curve->points, curve->count, sizeof *curve->points, by_amount);
}

/* ---- the drawing ---- */
enum { LEFT = 52, RIGHT = 340, TOP = 22, BOTTOM = 150, LABELS_MAX = 8 };

/* Three digits or four: the table has them all. */
static void short_number(u64 value, char *out, size_t size)
{
    static const char units[] = "kMGTPE";
    double short_value = (double)value;
    unsigned unit = 0;

    if (value < 10000) {
        snprintf(out, size, "%" PRIu64, value);
        return;
    }
    short_value /= 1000;
    while (short_value >= 999.5) {
        short_value /= 1000;
        unit++;
    }
    snprintf(out, size, "%.*f %c", short_value < 9.995 ? 2 : short_value < 99.95 ? 1 : 0, short_value, units[unit]);
}

static double x_of(const struct curve *curve, unsigned k)
{
    return LEFT + 10 + (double)(RIGHT - LEFT - 20) * k / (curve->count - 1);
}

static double y_of(u64 value, u64 most)
{
    return BOTTOM - (double)(BOTTOM - TOP) * (double)value / (double)most;
}

static void draw(struct emit *e, const struct curve *curve, const char *title, const u64 *values)
{
    unsigned every = (curve->count - 1) / LABELS_MAX + 1;
    char text[32];
    u64 most = 1;

    for (unsigned k = 0; k < curve->count; k++)
        if (values[k] > most) most = values[k];
    emit_text(e,
              "<figure><figcaption>%s</figcaption><svg viewBox=\"0 0 360 184\" role=img aria-label=\"%s by %s:", title,
              title, curve->option);
    for (unsigned k = 0; k < curve->count; k++) {
        emit_text(e, " ");
        emit_escaped(e, curve->points[k].value);
        emit_text(e, "%s: %" PRIu64 ";", curve->points[k].is_base ? " (this run)" : "", values[k]);
    }
    short_number(most, text, sizeof text);
    emit_text(e, "\"><path class=axis d=\"M%d %dV%dH%d\"></path><text x=%d y=%d text-anchor=end>%s</text>", LEFT, TOP,
              BOTTOM, RIGHT, LEFT - 6, TOP + 4, text);
    emit_text(e, "<text x=%d y=%d text-anchor=end>0</text><polyline class=line points=\"", LEFT - 6, BOTTOM + 4);
    for (unsigned k = 0; k < curve->count; k++)
        emit_text(e, "%s%.1f,%.1f", k ? " " : "", x_of(curve, k), y_of(values[k], most));
    emit_text(e, "\"></polyline>");
    for (unsigned k = 0; k < curve->count; k++) {
        double x = x_of(curve, k), y = y_of(values[k], most);

        if (curve->points[k].is_base)
            emit_text(e, "<rect class=base x=%.1f y=%.1f width=9 height=9></rect>", x - 4.5, y - 4.5);
        else emit_text(e, "<circle class=dot cx=%.1f cy=%.1f r=3.5></circle>", x, y);
        if (k % every) continue;
        short_number(values[k], text, sizeof text);
        emit_text(e, "<text x=%.1f y=%.1f text-anchor=middle>%s</text>", x, y - 9, text);
        emit_text(e, "<text x=%.1f y=%d text-anchor=middle>", x, BOTTOM + 16);
        emit_escaped(e, curve->points[k].value);
        emit_text(e, "</text>");
    }
    emit_text(e, "<text x=%d y=%d text-anchor=middle>%s</text></svg></figure>\n", (LEFT + RIGHT) / 2, BOTTOM + 31,
              curve->option);
}

static void draw_all(struct emit *e, const struct curve *curve, u64 *values)
{
    emit_text(e, "<p class=soft>Values stand at equal distances. The square is this run.</p>\n<div class=curves>\n");
    for (unsigned k = 0; k < curve->count; k++) values[k] = curve->points[k].sum.tlb_miss;
    draw(e, curve, "TLB misses", values);
    for (unsigned k = 0; k < curve->count; k++)
        values[k] = translation_cycles(&curve->points[k].sum, curve->points[k].look_up_cycles);
    draw(e, curve, "Translation cycles", values);
    emit_text(e, "</div>\n");
}

/* ---- the table ---- */
static void change(struct emit *e, u64 value, u64 base)
{
    double percent = base ? 100.0 * ((double)value - (double)base) / (double)base : 0;

    if (base) emit_text(e, "<td>%+.2f&#8239;%%</td>", emit_rounded(percent, 2));
    else emit_text(e, "<td>-</td>");
}

static void row(struct emit *e, const struct point *point, const char *who, const struct counters *c, u64 base_cycles)
{
    u64 cycles = translation_cycles(c, point->look_up_cycles);

    emit_text(e, point->is_base ? "<tr class=base><th scope=row>" : "<tr><th scope=row>");
    emit_escaped(e, point->value);
    emit_text(e, "%s</th><td>%s</td>", point->is_base ? " (this run)" : "", who);
    html_cell(e, c->tlb_access);
    html_cell(e, c->tlb_miss);
    html_cell(e, c->walk_reads);
    html_cell(e, cycles);
    change(e, cycles, base_cycles);
    emit_text(e, "</tr>\n");
}

static void table(const struct page *p, const struct curve *curve, const struct point *base)
{
    const char *columns[] = {curve->option,        "Level",           "TLB look-ups", "TLB misses", "Table reads",
                             "Translation cycles", "Against this run"};
    char caption[160];

    snprintf(caption, sizeof caption, "The same ERAT misses with other values of %s", curve->option);
    html_head(p->e, caption, columns, ARRAY_SIZE(columns));
    for (unsigned k = 0; k < curve->count; k++) {
        const struct point *point = &curve->points[k];

        row(p->e, point, "all", &point->sum, base ? translation_cycles(&base->sum, base->look_up_cycles) : 0);
        for (unsigned level = 0; level < REPORT_LEVELS && p->levels > 1; level++) {
            char who[16];
            if (!point->levels[level].tlb_access) continue;
            snprintf(who, sizeof who, "%u", level);
            row(p->e, point, who, &point->levels[level],
                base ? translation_cycles(&base->levels[level], base->look_up_cycles) : 0);
        }
    }
    html_foot(p->e);
}

static void option_of(const struct page *p, const struct counters *levels, struct curve *curve, u64 *values)
{
    const struct point *base = NULL;

    collect(p, levels, curve);
    for (unsigned k = 0; k < curve->count; k++)
        if (curve->points[k].is_base) base = &curve->points[k];
    emit_text(p->e, "<h3>");
    emit_escaped(p->e, curve->option);
    emit_text(p->e, "</h3>\n");
    if (curve->is_numeric && curve->count > 2) draw_all(p->e, curve, values);
    table(p, curve, base);
}

bool html_has_what_if(const struct page *p)
{
    return p->report->what_if_count != 0;
}

void html_what_if(const struct page *p)
{
    const struct report *r = p->report;
    struct counters levels[REPORT_LEVELS] = {0};
    struct curve curve = {.points = calloc(r->what_if_count + 1, sizeof *curve.points)};
    u64 *values = calloc(r->what_if_count + 1, sizeof *values);

    if (!curve.points || !values) p->e->failed = true;
    if (p->e->failed) goto out;
    for (unsigned k = 0; k < r->account_count; k++) {
        unsigned level = r->accounts[k].level < REPORT_LEVELS ? r->accounts[k].level : REPORT_LEVELS - 1;
        counters_add(&levels[level], &r->accounts[k].counters);
    }
    emit_text(p->e, "<p>Other arrays behind the same ERATs saw the same misses and "
                    "invalidations in the same run. Counts are those of a run with that value as long as the time of "
                    "misses does not change the guest's course.</p>\n");
    for (unsigned k = 0; k < r->what_if_count; k++) {
        size_t length = strcspn(r->what_if[k].setting, "=");
        bool seen = false;

        for (unsigned j = 0; j < k; j++)
            seen |= strcspn(r->what_if[j].setting, "=") == length &&
                    !strncmp(r->what_if[j].setting, r->what_if[k].setting, length);
        if (seen) continue;
        snprintf(curve.option, sizeof curve.option, "%.*s", (int)length, r->what_if[k].setting);
        option_of(p, levels, &curve, values);
    }
    html_leans(p, LEAN_ALL);
out:
    free(curve.points);
    free(values);
}
