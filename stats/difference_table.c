/* SPDX-License-Identifier: Apache-2.0 */
/* What moved, for people and for programs; see difference.h. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "stats/difference.h"

enum { COLUMNS = 6, CELL_MAX = 256 };

struct line {
    char cell[COLUMNS][CELL_MAX]; /* where, what, a, b, difference, percent */
};

/* Names are what guests have given: nothing but text goes to a terminal. */
static void set_text(char *cell, const char *text, size_t length)
{
    size_t n = 0;

    for (; n < length && n + 1 < CELL_MAX && text[n]; n++)
        cell[n] = (char)((u8)text[n] < ' ' || text[n] == 0x7f ? '?' : text[n]);
    cell[n] = 0;
}

static void set_step(char *cell, const struct figure *a, const struct figure *b)
{
    u64 size = a->whole > b->whole ? a->whole - b->whole : b->whole - a->whole;

    if (a->is_whole && b->is_whole) snprintf(cell, CELL_MAX, "%c%" PRIu64, a->whole > b->whole ? '-' : '+', size);
    else snprintf(cell, CELL_MAX, "%+.6f", b->number - a->number);
}

static void set_percent(char *cell, const struct figure *a, const struct figure *b)
{
    double percent = 100 * (b->number - a->number) / fabs(a->number);

    if (a->number == 0) snprintf(cell, CELL_MAX, "from 0"); /* NOLINT(bugprone-*): it was read as such */
    else snprintf(cell, CELL_MAX, fabs(percent) < 0.01 ? "%+.1g%%" : "%+.2f%%", percent);
}

static void set_line(struct line *l, const struct difference *d, const char *a, const char *b)
{
    size_t n = figure_place_length(d->name);

    *l = (struct line){.cell = {""}};
    set_text(l->cell[0], n ? d->name : "all", n ? n : 3);
    if (d->figures > 1) snprintf(l->cell[1], CELL_MAX, "%u figures", d->figures);
    else set_text(l->cell[1], figure_what(d->name), CELL_MAX);
    set_text(l->cell[2], d->figures > 1 && d->a ? "there" : d->a ? d->a->value : "-", CELL_MAX);
    set_text(l->cell[3], d->figures > 1 && d->b ? "there" : d->b ? d->b->value : "-", CELL_MAX);
    if (d->a && d->b) {
        set_step(l->cell[4], d->a, d->b);
        set_percent(l->cell[5], d->a, d->b);
    } else {
        snprintf(l->cell[4], CELL_MAX, "only in %.200s", d->a ? a : b);
    }
}

static void put_line(const struct line *l, const size_t *width, const char *indent, struct emit *out)
{
    unsigned last = COLUMNS;

    while (last && !*l->cell[last - 1]) last--;
    emit_text(out, "%s", indent);
    for (unsigned k = 0; k < last; k++) {
        int w = (int)width[k];
        if (k < 2) emit_text(out, "%-*s  ", w, l->cell[k]);
        else emit_text(out, "%*s%s", w, l->cell[k], k + 1 < last ? "  " : "");
    }
    emit_text(out, "\n");
}

void differences_table(const struct differences *d, const char *a, const char *b, const char *indent, struct emit *out)
{
    size_t width[COLUMNS] = {0};
    struct line line = {.cell = {"where", "what", "", "", "difference", "percent"}};

    set_text(line.cell[2], a, strlen(a));
    set_text(line.cell[3], b, strlen(b));
    if (!d->count) return;
    for (size_t row = 0; row <= d->count; row++) {
        if (row) set_line(&line, &d->item[row - 1], a, b);
        for (unsigned k = 0; k < COLUMNS; k++)
            if (strlen(line.cell[k]) > width[k]) width[k] = strlen(line.cell[k]);
    }
    line = (struct line){.cell = {"where", "what", "", "", "difference", "percent"}};
    set_text(line.cell[2], a, strlen(a));
    set_text(line.cell[3], b, strlen(b));
    for (size_t row = 0; row <= d->count; row++) {
        if (row) set_line(&line, &d->item[row - 1], a, b);
        put_line(&line, width, indent, out);
    }
}

static void emit_figure(struct emit *out, const char *key, const struct figure *f)
{
    if (!f) emit_null(out, key);
    else if (f->is_whole) emit_u64(out, key, f->whole);
    else emit_fixed(out, key, f->number, 6);
}

void differences_json(const struct differences *d, const char *a, const char *b, struct emit *out)
{
    emit_open(out, NULL, '{');
    emit_string(out, "a", a);
    emit_string(out, "b", b);
    emit_u64(out, "compared", d->compared);
    emit_u64(out, "moved", d->moved);
    emit_open(out, "differences", '[');
    for (size_t k = 0; k < d->count; k++) {
        const struct difference *i = &d->item[k];

        emit_open(out, NULL, '{');
        emit_string(out, "name", i->name);
        emit_u64(out, "figures", i->figures);
        emit_figure(out, "a", i->a);
        emit_figure(out, "b", i->b);
        emit_close(out, '}');
    }
    emit_close(out, ']');
    emit_close(out, '}');
    emit_text(out, "\n");
}
