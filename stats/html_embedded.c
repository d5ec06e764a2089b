/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The embedded experiment as pictures: what page sizes do to one cold load, what a footprint does to a chase, and one
 * cold walk of a guest's guest entry by entry; see report_embedded.h.  Each drawing has a table with its figures.
 */
#include "stats/report_embedded.h"

#include <math.h>
#include <stdio.h>

#include "stats/html.h"

/* "27.8", and under it what else it could be. */
static void figure_text(struct emit *e, const struct report_ranged *f)
{
    emit_text(e, "%.1f", f->value);
    if (f->has_range) emit_text(e, "<small>%.1f to %.1f</small>", f->least, f->greatest);
}

/* ---- maps ---- */

static double most_of(const struct report_map *m)
{
    double most = 0;

    for (unsigned r = 0; r < m->rows; r++)
        for (unsigned c = 0; c < REPORT_MAP_COLUMNS; c++) most = fmax(most, m->cycles[r][c].value);
    return most;
}

/* Shades by the share of the greatest: nothing is 0, everything 9. */
static unsigned shade(double value, double most)
{
    return most > 0 ? (unsigned)(9 * value / most + 0.5) : 0;
}

static void map_cell(struct emit *e, const struct report_map *m, unsigned r, unsigned c, double most)
{
    const struct report_ranged *f = &m->cycles[r][c];

    if (!f->is_there) {
        emit_text(e, "<td>-</td>");
        return;
    }
    emit_text(e, "<td class=\"heat h%u\"><b>%.1f</b>", shade(f->value, most), f->value);
    if (f->has_range) emit_text(e, "<small>%.1f to %.1f</small>", f->least, f->greatest);
    emit_text(e, "<small>%.*f read</small></td>", m->reads[r][c] == floor(m->reads[r][c]) ? 0 : 2, m->reads[r][c]);
}

static void scale(struct emit *e, const struct report_map *m)
{
    enum { STEPS = 4 };
    double most = most_of(m);

    emit_text(e, "<ul class=keys>");
    for (unsigned k = 0; k < STEPS; k++)
        emit_text(e, "<li><span class=\"key h%u\"></span>%.0f</li>", shade(k, STEPS - 1), most * k / (STEPS - 1));
    emit_text(e, "<li>cycles; shades by their number</li></ul>\n");
}

static void map(struct emit *e, const struct report_map *m)
{
    const char *columns[REPORT_MAP_COLUMNS + 1] = {m->corner};
    double most = most_of(m);

    for (unsigned c = 0; c < REPORT_MAP_COLUMNS; c++) columns[c + 1] = m->column[c];
    emit_text(e, "<h3>%s</h3>\n", m->title);
    scale(e, m);
    html_head(e, m->caption, columns, REPORT_MAP_COLUMNS + 1);
    for (unsigned r = 0; r < m->rows; r++) {
        emit_text(e, "<tr><th scope=row>%s</th>", m->row[r]);
        for (unsigned c = 0; c < REPORT_MAP_COLUMNS; c++) map_cell(e, m, r, c, most);
        emit_text(e, "</tr>\n");
    }
    html_foot(e);
}

/* ---- lines ---- */
enum { WIDTH = 360, HEIGHT = 196, LEFT = 40, RIGHT = 348, TOP = 12, BOTTOM = 172 };

struct axes {
    double most, tick; /* of cycles */
};

static double highest(const struct report_drawing *d)
{
    double most = 0;

    for (unsigned n = 0; n < REPORT_LINES; n++)
        for (unsigned k = 0; k < REPORT_POINTS; k++) most = fmax(most, d->line[n].all[k].value);
    return most;
}

/* 1, 2 or 5 times a power of ten, so that four or more ticks reach the top. */
static struct axes axes_of(const struct report_drawing *d)
{
    double most = fmax(highest(d), 1), tick = pow(10, floor(log10(most / 4)));

    while (most / tick > 5) tick *= most / tick > 20 ? 5 : 2;
    return (struct axes){ceil(most / tick) * tick, tick};
}

static double x_of(unsigned point)
{
    return LEFT + 10 + (double)point * (RIGHT - LEFT - 24) / (REPORT_POINTS - 1);
}

static double y_of(const struct axes *a, double cycles)
{
    return BOTTOM - (BOTTOM - TOP) * fmin(cycles, a->most) / a->most;
}

static void draw_axes(struct emit *e, const struct report_embedded *x, const struct axes *a)
{
    emit_text(e, "<path class=axis d=\"M%d %dV%dH%d\"></path>", LEFT, TOP, BOTTOM, RIGHT);
    for (unsigned k = 0; k <= (unsigned)(a->most / a->tick + 0.5); k++) {
        double y = y_of(a, k * a->tick);

        emit_text(
            e,
            "<path class=\"axis faint\" d=\"M%d %.1fH%d\"></path><text x=\"%d\" y=\"%.1f\" text-anchor=end>%.*f</text>",
            LEFT, y, RIGHT, LEFT - 5, y + 4, a->tick < 1 ? 1 : 0, k * a->tick);
    }
    for (unsigned k = 0; k < REPORT_POINTS; k++)
        emit_text(e, "<path class=axis d=\"M%.1f %dv4\"></path><text x=\"%.1f\" y=\"%d\" text-anchor=middle>%s</text>",
                  x_of(k), BOTTOM, x_of(k), BOTTOM + 16, x->footprint[k]);
}

static void draw_path(struct emit *e, const struct axes *a, const struct report_ranged *points, const char *class)
{
    bool goes_on = false;

    emit_text(e, "<path class=\"line %s\" d=\"", class);
    for (unsigned k = 0; k < REPORT_POINTS; k++) {
        if (points[k].is_there) emit_text(e, "%c%.1f %.1f", goes_on ? 'L' : 'M', x_of(k), y_of(a, points[k].value));
        goes_on = points[k].is_there;
    }
    emit_text(e, "\"></path>");
}

/* The shapes differ too: where two lines are one, a square lies in a ring, and the ring's line is the wider one. */
static void draw_marks(struct emit *e, const struct axes *a, const struct report_ranged *points, unsigned n)
{
    for (unsigned k = 0; k < REPORT_POINTS; k++) {
        double x = x_of(k), y = y_of(a, points[k].value);

        if (!points[k].is_there) continue;
        if (points[k].has_range)
            emit_text(e, "<path class=\"axis l%u\" d=\"M%.1f %.1fV%.1f\"></path>", n, x, y_of(a, points[k].least),
                      y_of(a, points[k].greatest));
        if (n == 0) emit_text(e, "<circle class=f0 cx=\"%.1f\" cy=\"%.1f\" r=\"2.5\"></circle>", x, y);
        else if (n == 1) emit_text(e, "<path class=f1 d=\"M%.1f %.1fh6v6h-6z\"></path>", x - 3, y - 3);
        else emit_text(e, "<circle class=\"line l2\" cx=\"%.1f\" cy=\"%.1f\" r=\"5.5\"></circle>", x, y);
    }
}

static void draw(const struct report_embedded *x, struct emit *e, const struct report_drawing *d)
{
    struct axes a = axes_of(d);

    emit_text(e,
              "<figure><figcaption>%s</figcaption><svg viewBox=\"0 0 %d %d\" role=img aria-label=\"%s, %s:", d->title,
              WIDTH, HEIGHT, d->title, x->of_load);
    for (unsigned n = 0; n < REPORT_LINES; n++) {
        emit_text(e, " %s", d->line[n].name);
        for (unsigned k = 0; k < REPORT_POINTS; k++)
            if (d->line[n].all[k].is_there) emit_text(e, " %s %.1f", x->footprint[k], d->line[n].all[k].value);
        emit_text(e, ";");
    }
    emit_text(e, "\">");
    draw_axes(e, x, &a);
    for (unsigned n = REPORT_LINES; n--;) {
        char class[24];

        snprintf(class, sizeof class, "l%u", n);
        draw_path(e, &a, d->line[n].all, class);
        snprintf(class, sizeof class, "l%u part", n);
        if (x->has_walks) draw_path(e, &a, d->line[n].walks, class);
        draw_marks(e, &a, d->line[n].all, n);
    }
    emit_text(e, "</svg></figure>\n");
}

static void line_row(struct emit *e, const char *name, const char *part, const struct report_ranged *points)
{
    emit_text(e, "<tr><th scope=row>%s%s</th>", name, part);
    for (unsigned k = 0; k < REPORT_POINTS; k++) {
        emit_text(e, "<td class=who>");
        if (points[k].is_there) figure_text(e, &points[k]);
        else emit_text(e, "-");
        emit_text(e, "</td>");
    }
    emit_text(e, "</tr>\n");
}

static void line_table(const struct report_embedded *x, struct emit *e, const struct report_drawing *d)
{
    const char *columns[REPORT_POINTS + 1] = {"Footprint"};
    char caption[160];

    for (unsigned k = 0; k < REPORT_POINTS; k++) columns[k + 1] = x->footprint[k];
    snprintf(caption, sizeof caption, "%s: %s", d->title, x->of_load);
    html_head(e, caption, columns, REPORT_POINTS + 1);
    for (unsigned n = 0; n < REPORT_LINES; n++) {
        line_row(e, d->line[n].name, "", d->line[n].all);
        if (x->has_walks) line_row(e, d->line[n].name, ": of it for walks", d->line[n].walks);
    }
    html_foot(e);
}

static void drawings(const struct report_embedded *x, struct emit *e)
{
    static const char *const shapes[REPORT_LINES] = {"host (dots)", "guest (squares)", "guest's guest (rings)"};

    emit_text(e,
              "<h3>What a footprint does</h3>\n<p>A chase through so many bytes: %s, over the footprint, which "
              "grows by four from mark to mark.%s%s Where guest and guest's guest lie on each other, nesting costs "
              "nothing once the pages are there.</p>\n<ul class=keys>",
              x->of_load, x->has_walks ? " Dashed: the part of it that free walks would spare." : "",
              x->has_ranges ? " Uprights: its range, cut off at the top of the drawing." : "");
    for (unsigned n = 0; n < REPORT_LINES; n++)
        emit_text(e, "<li><span class=\"key k%u\"></span>%s</li>", n, shapes[n]);
    emit_text(e, "</ul>\n<div class=curves>\n");
    for (unsigned k = 0; k < REPORT_DRAWINGS; k++) draw(x, e, &x->drawing[k]);
    emit_text(e, "</div>\n");
    for (unsigned k = 0; k < REPORT_DRAWINGS; k++) line_table(x, e, &x->drawing[k]);
}

/* ---- the plane ---- */

static void step_cell(struct emit *e, const struct report_embedded *x, unsigned k)
{
    const struct report_step *s = &x->step[k];

    emit_text(e, "<td class=\"who w%u\"><b>%u</b><small>%s</small><small>%s</small></td>", s->source, k + 1, s->what,
              html_walk_sources[s->source]);
}

static void plane_row(struct emit *e, const struct report_embedded *x, unsigned row)
{
    emit_text(e, "<tr><th scope=row>%s</th>", html_walk_rows[row]);
    for (unsigned column = 0; column < WALK_COLUMNS; column++) {
        unsigned k = 0;

        while (k < x->steps &&
               (x->step[k].is_of_partition_table || x->step[k].row != row || x->step[k].column != column))
            k++;
        if (k < x->steps) step_cell(e, x, k);
        else emit_text(e, "<td>-</td>");
    }
    emit_text(e, "</tr>\n");
}

static void sources(const struct report_embedded *x, struct emit *e)
{
    unsigned by[WALK_SOURCES] = {0};

    for (unsigned k = 0; k < x->steps; k++) by[x->step[k].source]++;
    emit_text(e, "<ul class=keys>");
    for (unsigned k = 0; k < WALK_SOURCES; k++)
        emit_text(e, "<li><span class=\"key w%u\"></span>%s: %u</li>", k, html_walk_sources[k], by[k]);
    emit_text(e, "</ul>\n");
}

static void plane(const struct report_embedded *x, struct emit *e)
{
    char caption[256];

    emit_text(
        e, "<h3>One cold walk, entry by entry</h3>\n<p>One TLB miss of a guest's guest when nothing was cached before: "
           "the number of each entry is its place on the way, and that of its line in the explanation that the "
           "command prints. Who had it is told by shade and by name; the walk learns while it goes.</p>\n");
    sources(x, e);
    snprintf(caption, sizeof caption, "%s: the %u table entries of a cold walk, by their place", x->walk, x->steps);
    html_head(e, caption, html_walk_columns, WALK_COLUMNS + 1);
    for (unsigned k = 0; k < x->steps; k++) {
        if (!x->step[k].is_of_partition_table) continue;
        emit_text(e, "<tr><th scope=row>Partition-table entry</th>");
        step_cell(e, x, k);
        for (unsigned column = 1; column < WALK_COLUMNS; column++) emit_text(e, "<td>-</td>");
        emit_text(e, "</tr>\n");
    }
    for (unsigned row = 0; row < WALK_ROWS; row++) plane_row(e, x, row);
    html_foot(e);
}

/* ---- cold, and running ---- */

static void miss_row(const struct report_embedded *x, struct emit *e, const struct report_miss *m)
{
    emit_text(e, "<tr><th scope=row>%s</th><td>%.2f</td><td>%.2f</td><td>%.1f</td>", m->name, m->entries, m->reads,
              m->cycles);
    if (x->has_walks) emit_text(e, "<td>%.1f</td>", m->longer);
    emit_text(e, "</tr>\n");
}

static void misses(const struct report_embedded *x, struct emit *e)
{
    static const char *const columns[] = {"A TLB miss", "Entries on the path", "Read from storage",
                                          "Cycles of the walk", "The run longer by"};
    const struct report_miss *cold = &x->miss[0], *running = &x->miss[1];

    if (x->misses < 2) return;
    emit_text(e,
              "<h3>A cold walk and a running guest</h3>\n<p>These are two prices. When everything was invalidated, the "
              "first miss of a guest reads %.0f of the %.0f entries on its path from storage, and its walk takes "
              "%.0f cycles. A guest that has been running for a while does not pay that: the entries of the two tables "
              "stay cached, the walk cache knows the upper levels, and the TLB knows where the tables lie. A miss of "
              "its chase reads %.2f entries and takes %.1f cycles, %.1f times less. Before both comes the look-up in "
              "the TLB, %.0f cycles.</p>\n",
              cold->reads, cold->entries, cold->cycles, running->reads, running->cycles,
              running->cycles > 0 ? cold->cycles / running->cycles : 0, x->look_up_cycles);
    html_head(e, "What one TLB miss costs, cold and in a running chase", columns, x->has_walks ? 5 : 4);
    for (unsigned k = 0; k < x->misses; k++) miss_row(x, e, &x->miss[k]);
    html_foot(e);
}

bool html_has_embedded(const struct page *p)
{
    return p->report->embedded != NULL;
}

void html_embedded(const struct page *p)
{
    const struct report_embedded *x = p->report->embedded;

    emit_text(p->e,
              "<p>The same chase as a host, as a guest and as a guest's guest, in pages of every size at each scope. "
              "All figures are those of <code>embedded.txt</code> and <code>embedded.csv</code>%s.</p>\n",
              x->has_ranges ? "; ranges are what another value of one parameter at a time makes of them "
                              "(<code>embedded-uncertainty.csv</code>), judgement and no bound"
                            : "");
    if (x->has_walks)
        emit_text(p->e,
                  "<p>Cold means that no array of translation has anything. The caches of storage are not emptied "
                  "between cells, so a walk finds lines of tables there that an earlier cell has read.</p>\n");
    for (unsigned k = 0; k < REPORT_MAPS; k++) map(p->e, &x->map[k]);
    html_leans(p, LEAN_ALL);
    misses(x, p->e);
    drawings(x, p->e);
    html_leans(p, LEAN_ALL);
    plane(x, p->e);
}
