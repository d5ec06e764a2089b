/* SPDX-License-Identifier: Apache-2.0 */
/* What the runs of uncertainty_core.c say, as text, comma-separated values and JSON. */
#include <stdio.h>

#include "experiment/uncertainty_core.h"

const char *core_figure_name(enum core_figure figure)
{
    static const char *const names[CORE_FIGURES] = {"cycles_per_load", "walks_per_load", "times_host"};

    return names[figure];
}

/* ---- the figures ---- */

static double figure_of(const struct core_run *run, unsigned cell, unsigned host, enum core_figure figure)
{
    switch (figure) {
    case CORE_CYCLES: return run->cycles[cell];
    case CORE_WALKS: return run->walks[cell] > 0 ? run->walks[cell] : 0;
    default: return run->cycles[cell] / run->cycles[host];
    }
}

bool core_uncertainty_of(const struct core_uncertainty *u, unsigned cell, enum core_figure figure,
                         struct spread_point *points, unsigned *count, struct spread *spread)
{
    unsigned host = embedded_host_of(u->e, cell);

    *count = 0;
    if (figure == CORE_TIMES && host == cell) return false;
    for (unsigned k = 0; k < u->runs; k++)
        if (!u->run[k].is_idle)
            points[(*count)++] = (struct spread_point){u->run[k].row->option, u->run[k].value,
                                                       figure_of(&u->run[k], cell, host, figure)};
    *spread = spread_of(figure_of(&u->as_it_is, cell, host, figure), points, *count);
    return true;
}

bool core_uncertainty_range(const void *u, unsigned cell, enum embedded_figure figure, double *least, double *greatest)
{
    struct spread_point points[CORE_RUNS_MAX];
    struct spread s;
    unsigned count;

    if (figure != EMBEDDED_ALL && figure != EMBEDDED_FOR_WALKS) return false;
    if (!core_uncertainty_of(u, cell, figure == EMBEDDED_ALL ? CORE_CYCLES : CORE_WALKS, points, &count, &s))
        return false;
    *least = s.least;
    *greatest = s.greatest;
    return true;
}

/* ---- for people ---- */

/* The text shows a choice of page sizes and footprints; the files have all. */
static bool is_shown(const struct embedded_cell *c)
{
    u8 p = c->process_shift, g = c->guest_shift, h = c->partition_shift;
    u64 footprint = c->footprint_bytes;

    if (c->phase != EMBEDDED_COLD && c->phase != EMBEDDED_WARM) return false;
    if (footprint != 1 << 20 && footprint != 64 << 20 && footprint != 4ULL << 30) return false;
    if (c->who == EMBEDDED_HOST) return p == 12 || p == 16;
    if (c->who == EMBEDDED_NESTED) return g == h && (g == 16 || g == 21);
    return (p == 12 && h == 12) || (p == 16 && (h == 16 || h == 21));
}

static void cell_line(const struct core_uncertainty *u, unsigned k, enum core_figure figure, struct emit *out)
{
    char name[64], footprint[16], single[32], joint[32], who[128];
    struct spread_point points[CORE_RUNS_MAX];
    int digits = figure == CORE_TIMES ? 2 : 1;
    struct spread s;
    unsigned count;

    if (!core_uncertainty_of(u, k, figure, points, &count, &s)) return;
    embedded_name(&u->e->cell[k], name, sizeof name);
    embedded_name_footprint(u->e->cell[k].footprint_bytes, footprint, sizeof footprint);
    snprintf(single, sizeof single, "%.*f..%.*f", digits, s.least, digits, s.greatest);
    snprintf(joint, sizeof joint, "%.*f..%.*f", digits, s.low, digits, s.high);
    spread_tell(&s, who, sizeof who);
    emit_text(out, "  %-28s%7s%9.*f%17s%17s  %s\n", name, footprint, digits, s.is, single, joint, who);
}

static void cells(const struct core_uncertainty *u, enum embedded_phase phase, enum core_figure figure,
                  const char *title, struct emit *out)
{
    emit_text(out, "%-37s%9s%17s%17s  %s\n", title, "as it is", "one at a time", "all together", "largest swings");
    for (unsigned k = 0; k < u->e->cells; k++)
        if (u->e->cell[k].phase == phase && is_shown(&u->e->cell[k])) cell_line(u, k, figure, out);
    emit_text(out, "\n");
}

/* None of its values is worth a run. */
static bool is_idle(const struct core_uncertainty *u, const struct plausible *row)
{
    for (unsigned k = 0; k < u->runs; k++)
        if (u->run[k].row == row && !u->run[k].is_idle) return false;
    return true;
}

static bool begins_option(const struct core_uncertainty *u, unsigned k)
{
    return !k || u->run[k - 1].row != u->run[k].row;
}

static void idle_options(const struct core_uncertainty *u, struct emit *out)
{
    enum { WIDTH = 116 };
    size_t used = WIDTH;

    emit_text(out, "No cell is moved by 0.1 %% by:");
    for (unsigned k = 0; k < u->runs; k++) {
        const struct plausible *row = u->run[k].row;

        if (!begins_option(u, k) || !is_idle(u, row)) continue;
        if (used + strlen(row->option) + 1 > WIDTH) used = 1, emit_text(out, "\n ");
        used += strlen(row->option) + 1;
        emit_text(out, " %s", row->option);
    }
    emit_text(out, "\n");
}

void core_uncertainty_table(const struct core_uncertainty *u, struct emit *out)
{
    emit_text(out, "Uncertainty under the model core\n\n");
    cells(u, EMBEDDED_COLD, CORE_CYCLES, "Cycles a load, cold", out);
    cells(u, EMBEDDED_WARM, CORE_CYCLES, "Cycles a load, warm", out);
    cells(u, EMBEDDED_COLD, CORE_WALKS, "Cycles of walks a load, cold", out);
    cells(u, EMBEDDED_WARM, CORE_WALKS, "Cycles of walks a load, warm", out);
    cells(u, EMBEDDED_WARM, CORE_TIMES, "Times the host's cycles, warm", out);
    idle_options(u, out);
    emit_text(out,
              "\nThe ranges are judgement (machine/plausible.def says why each), not measurement. One at a time: the "
              "least and the\ngreatest that another value of one parameter makes of a figure. All together: the root "
              "of the sum of the squares of\nwhat each does, upwards and downwards apart, as if they were wrong "
              "independently of each other. Neither is a bound.\nShares are of the sum of all swings.\n");
}

/* ---- for programs ---- */

void core_uncertainty_csv(const struct core_uncertainty *u, struct emit *out)
{
    emit_text(out, EMBEDDED_CSV_CELL ",what,as_it_is,least,greatest,low,high,dominant,dominant_share,second,"
                                     "second_share\n");
    for (unsigned k = 0; k < u->e->cells; k++)
        for (enum core_figure figure = 0; figure < CORE_FIGURES; figure++) {
            struct spread_point points[CORE_RUNS_MAX];
            struct spread s;
            unsigned count;

            if (!core_uncertainty_of(u, k, figure, points, &count, &s)) continue;
            embedded_csv_cell(u->e, k, out);
            emit_text(out, ",%s,%.3f,%.3f,%.3f,%.3f,%.3f,%s,%.3f,%s,%.3f\n", core_figure_name(figure), s.is, s.least,
                      s.greatest, s.low, s.high, s.first ? s.first : "-", s.first_share, s.second ? s.second : "-",
                      s.second_share);
        }
}

static void json_parameters(const struct core_uncertainty *u, struct emit *out)
{
    emit_open(out, "parameters", '{');
    for (unsigned k = 0; k < u->runs; k++) {
        const struct plausible *row = u->run[k].row;

        if (!begins_option(u, k)) continue;
        emit_open(out, row->option, '{');
        emit_bool(out, "moves_nothing", is_idle(u, row));
        emit_open(out, "values", '[');
        for (unsigned n = k; n < u->runs && u->run[n].row == row; n++) emit_string(out, NULL, u->run[n].value);
        emit_close(out, ']');
        emit_string(out, "why", row->why);
        emit_close(out, '}');
    }
    emit_close(out, '}');
}

static void json_figure(const struct core_uncertainty *u, unsigned k, enum core_figure figure, struct emit *out)
{
    struct spread_point points[CORE_RUNS_MAX];
    struct spread s;
    unsigned count;

    if (!core_uncertainty_of(u, k, figure, points, &count, &s)) return;
    emit_open(out, core_figure_name(figure), '{');
    emit_fixed(out, "as_it_is", s.is, 3);
    emit_fixed(out, "least", s.least, 3);
    emit_fixed(out, "greatest", s.greatest, 3);
    emit_fixed(out, "low", s.low, 3);
    emit_fixed(out, "high", s.high, 3);
    emit_string(out, "dominant", s.first);
    emit_fixed(out, "dominant_share", s.first_share, 3);
    emit_close(out, '}');
}

void core_uncertainty_json(const struct core_uncertainty *u, struct emit *out)
{
    emit_open(out, NULL, '{');
    emit_string(out, "unit", "cycles a load; times_host: of the host's");
    emit_string(out, "ranges",
                "judgement, not measurement; least and greatest: one parameter at a time; low and high: root of the "
                "sum of squares of all; no bounds");
    json_parameters(u, out);
    emit_open(out, "cells", '[');
    for (unsigned k = 0; k < u->e->cells; k++) {
        emit_open(out, NULL, '{');
        emit_u64(out, "tag", k);
        for (enum core_figure figure = 0; figure < CORE_FIGURES; figure++) json_figure(u, k, figure, out);
        emit_close(out, '}');
    }
    emit_close(out, ']');
    emit_close(out, '}');
    emit_text(out, "\n");
}
