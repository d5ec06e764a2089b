/* SPDX-License-Identifier: Apache-2.0 */
/* What the runs of uncertainty.c say, as text, comma-separated values and JSON. */
#include <stdio.h>

#include "experiment/uncertainty.h"

static const char *option_name(const struct uncertainty *u, int row)
{
    return row < 0 ? "-" : u->rows[row].option;
}

/* "walk_read_cycles=13", "base". */
static void name_run(const struct uncertainty *u, const struct uncertainty_run *run, char *out, size_t size)
{
    if (run) snprintf(out, size, "%s=%s", u->rows[run->row].option, run->value);
    else snprintf(out, size, "base");
}

static void value_of(const struct config *config, const char *option, char out[CONFIG_VALUE_MAX])
{
    const struct option_row *row = option_find(option);

    if (row) config_format(row, config_get(config, row), out);
    else out[0] = 0;
}

/* Set by the user: it has no runs. */
static bool is_held(const struct uncertainty *u, unsigned row)
{
    for (unsigned k = 0; k < u->runs; k++)
        if (u->run[k].row == row) return false;
    return true;
}

/* ---- parameters: mean over all page sizes and footprints of one kind of cell ---- */
enum { KINDS = 6 };

static double mean(const struct uncertainty *u, const double *cost, unsigned kind)
{
    double total = 0;
    unsigned n = 0;

    for (unsigned k = 0; k < u->e->cells; k++) {
        const struct embedded_cell *c = &u->e->cell[k];

        if (c->who != kind / 2 || c->phase != (kind & 1 ? EMBEDDED_WARM : EMBEDDED_COLD)) continue;
        total += cost[k];
        n++;
    }
    return n ? total / n : 0;
}

static void means_line(const struct uncertainty *u, const char *name, const double *cost, struct emit *out)
{
    emit_text(out, "  %-40s", name);
    for (unsigned kind = 0; kind < KINDS; kind++) emit_text(out, "%12.1f", mean(u, cost, kind));
    emit_text(out, "\n");
}

static void parameter_line(const struct uncertainty *u, unsigned row, struct emit *out)
{
    char value[CONFIG_VALUE_MAX], name[128];

    value_of(&u->config, u->rows[row].option, value);
    if (is_held(u, row)) {
        emit_text(out, "  %-20s%-8s%s\n", u->rows[row].option, value, "was set, so it stays");
        return;
    }
    snprintf(name, sizeof name, "%-20s%-8s%s", u->rows[row].option, value, u->rows[row].values);
    emit_text(out, "  %-40s", name);
    for (unsigned kind = 0; kind < KINDS; kind++) {
        double base = mean(u, u->base, kind), least = base, greatest = base;
        char text[32];

        for (unsigned k = 0; k < u->runs; k++) {
            double m = mean(u, u->run[k].cost, kind);
            if (u->run[k].row == row && m < least) least = m;
            if (u->run[k].row == row && m > greatest) greatest = m;
        }
        snprintf(text, sizeof text, "%.1f..%.1f", least, greatest);
        if (greatest - least < 0.05) snprintf(text, sizeof text, "-");
        emit_text(out, "%12s", text);
    }
    emit_text(out, "\n");
}

static void parameters(const struct uncertainty *u, struct emit *out)
{
    emit_text(out,
              "Uncertainty: translation cycles a load, mean over all page sizes and footprints (-: nothing changes)\n\n"
              "  %-20s%-8s%-12s%12s%12s%12s%12s%12s%12s\n",
              "one at a time", "is", "could be", "host cold", "warm", "guest cold", "warm", "nested cold", "warm");
    means_line(u, "as it is", u->base, out);
    for (unsigned row = 0; row < u->row_count; row++) parameter_line(u, row, out);
    if (!u->has_joint) return;
    means_line(u, "all where it is cheapest", u->cheapest, out);
    means_line(u, "all where it is dearest", u->dearest, out);
}

/* ---- cells ---- */

/* The text shows a choice of page sizes and footprints; the files have all. */
static bool is_shown(const struct embedded_cell *c)
{
    u8 p = c->process_shift, g = c->guest_shift, h = c->partition_shift;
    u64 footprint = c->footprint_bytes;
    bool single = c->phase == EMBEDDED_SINGLE_COLD;

    if (!single && c->phase != EMBEDDED_COLD && c->phase != EMBEDDED_WARM) return false;
    if (!single && footprint != 1 << 20 && footprint != 64 << 20 && footprint != 4ULL << 30) return false;
    if (c->who == EMBEDDED_HOST) return p == 12 || p == 16 || p == 21;
    if (c->who == EMBEDDED_NESTED) return (g == 16 && h == 16) || (g == 21 && h == 21);
    return (p == 12 && h == 12) || (p == 16 && h == 16) || (p == 16 && h == 21) || (p == 21 && h == 21);
}

static void cell_line(const struct uncertainty *u, unsigned k, struct emit *out)
{
    const struct uncertainty_cell c = uncertainty_of(u, k);
    char name[64], footprint[16], range[48], joint[48] = "-", who[128] = "nothing";

    embedded_name(&u->e->cell[k], name, sizeof name);
    embedded_name_footprint(u->e->cell[k].footprint_bytes, footprint, sizeof footprint);
    if (u->e->cell[k].phase == EMBEDDED_SINGLE_COLD) snprintf(footprint, sizeof footprint, "1 load");
    snprintf(range, sizeof range, "%.1f..%.1f", c.least, c.greatest);
    if (u->has_joint) snprintf(joint, sizeof joint, "%.1f..%.1f", u->cheapest[k], u->dearest[k]);
    if (c.second >= 0 && c.second_share >= 0.005)
        snprintf(who, sizeof who, "%s %.0f %%, %s %.0f %%", option_name(u, c.dominant), c.dominant_share * 100,
                 option_name(u, c.second), c.second_share * 100);
    else if (c.dominant >= 0)
        snprintf(who, sizeof who, "%s %.0f %%", option_name(u, c.dominant), c.dominant_share * 100);
    emit_text(out, "  %-28s%7s%9.1f%16s%18s  %s\n", name, footprint, u->base[k], range, joint, who);
}

static void cells(const struct uncertainty *u, enum embedded_phase phase, const char *title, struct emit *out)
{
    emit_text(out, "\n%-30s%7s%9s%16s%18s  %s\n", title, "", "as it is", "one at a time", "all cheap..dear",
              "largest swings");
    for (unsigned k = 0; k < u->e->cells; k++)
        if (u->e->cell[k].phase == phase && is_shown(&u->e->cell[k])) cell_line(u, k, out);
}

/* ---- against the host: most of what a common price adds falls out of a ratio ---- */

struct ratio {
    double base, least, greatest;
    unsigned row; /* of the parameter with the largest swing */
};

/* False: the host pays nothing in one of the runs. */
static bool ratio_of(const struct uncertainty *u, unsigned cell, unsigned host, struct ratio *ratio)
{
    double largest = -1;

    if (u->base[host] <= 0) return false;
    ratio->base = ratio->least = ratio->greatest = u->base[cell] / u->base[host];
    ratio->row = 0;
    for (unsigned row = 0; row < u->row_count; row++) {
        double least = ratio->base, greatest = least;

        for (unsigned k = 0; k < u->runs; k++) {
            const double *cost = u->run[k].cost;

            if (u->run[k].row != row) continue;
            if (cost[host] <= 0) return false;
            if (cost[cell] / cost[host] < least) least = cost[cell] / cost[host];
            if (cost[cell] / cost[host] > greatest) greatest = cost[cell] / cost[host];
        }
        if (greatest - least > largest) largest = greatest - least, ratio->row = row;
        if (least < ratio->least) ratio->least = least;
        if (greatest > ratio->greatest) ratio->greatest = greatest;
    }
    return !u->has_joint || (u->cheapest[host] > 0 && u->dearest[host] > 0);
}

static void ratio_line(const struct uncertainty *u, unsigned k, struct emit *out)
{
    const struct embedded_cell *c = &u->e->cell[k];
    unsigned host = embedded_host_of(u->e, k);
    struct ratio ratio;
    char name[64], footprint[16], range[48], joint[48] = "-";

    if (host == k || !ratio_of(u, k, host, &ratio)) return;
    embedded_name(c, name, sizeof name);
    embedded_name_footprint(c->footprint_bytes, footprint, sizeof footprint);
    snprintf(range, sizeof range, "%.2f..%.2f", ratio.least, ratio.greatest);
    if (u->has_joint)
        snprintf(joint, sizeof joint, "%.2f, %.2f", u->cheapest[k] / u->cheapest[host],
                 u->dearest[k] / u->dearest[host]);
    emit_text(out, "  %-28s%7s%9.2f%16s%18s  %s\n", name, footprint, ratio.base, range, joint,
              ratio.greatest > ratio.least ? u->rows[ratio.row].option : "nothing");
}

static void ratios(const struct uncertainty *u, struct emit *out)
{
    emit_text(out, "\n%-30s%7s%9s%16s%18s  %s\n", "Times the host's cost, warm", "", "as it is", "one at a time",
              "all cheap, dear", "largest swing");
    for (unsigned k = 0; k < u->e->cells; k++)
        if (u->e->cell[k].phase == EMBEDDED_WARM && is_shown(&u->e->cell[k])) ratio_line(u, k, out);
}

void uncertainty_table(const struct uncertainty *u, struct emit *out)
{
    parameters(u, out);
    cells(u, EMBEDDED_SINGLE_COLD, "Cycles of one cold load", out);
    cells(u, EMBEDDED_COLD, "Cycles a load, cold", out);
    cells(u, EMBEDDED_WARM, "Cycles a load, warm", out);
    ratios(u, out);
    emit_text(out,
              "\nThe ranges are judgement (machine/plausible.def says why each), not measurement. One at a time "
              "is no bound:\nparameters act on each other. The last range takes for every parameter the value that "
              "makes the whole experiment\ncheapest, or dearest; one cell can be worse with another mix. Shares are "
              "of the sum of all parameters' swings.\n");
}

void uncertainty_csv(const struct uncertainty *u, struct emit *out)
{
    emit_text(out, EMBEDDED_CSV_CELL ",base,least,greatest,least_by,greatest_by,dominant,dominant_share,second,"
                                     "second_share,joint_cheapest,joint_dearest\n");
    for (unsigned k = 0; k < u->e->cells; k++) {
        const struct uncertainty_cell c = uncertainty_of(u, k);
        char least[128], greatest[128];

        name_run(u, c.least_run, least, sizeof least);
        name_run(u, c.greatest_run, greatest, sizeof greatest);
        embedded_csv_cell(u->e, k, out);
        emit_text(out, ",%.3f,%.3f,%.3f,%s,%s,%s,%.3f,%s,%.3f,", u->base[k], c.least, c.greatest, least, greatest,
                  option_name(u, c.dominant), c.dominant_share, option_name(u, c.second), c.second_share);
        if (u->has_joint) emit_text(out, "%.3f,%.3f\n", u->cheapest[k], u->dearest[k]);
        else emit_text(out, ",\n");
    }
}

/* ---- JSON ---- */
static void json_parameter(const struct uncertainty *u, unsigned row, struct emit *out)
{
    const char *option = u->rows[row].option;
    char value[CONFIG_VALUE_MAX];

    emit_open(out, option, '{');
    value_of(&u->config, option, value);
    emit_string(out, "base", value);
    emit_bool(out, "held", is_held(u, row));
    emit_open(out, "values", '[');
    for (unsigned k = 0; k < u->runs; k++)
        if (u->run[k].row == row) emit_string(out, NULL, u->run[k].value);
    emit_close(out, ']');
    if (u->has_joint) {
        value_of(&u->cheap, option, value);
        emit_string(out, "joint_cheapest", value);
        value_of(&u->dear, option, value);
        emit_string(out, "joint_dearest", value);
    }
    emit_string(out, "why", u->rows[row].why);
    emit_close(out, '}');
}

static void json_cell(const struct uncertainty *u, unsigned k, struct emit *out)
{
    const struct uncertainty_cell c = uncertainty_of(u, k);
    char name[128];

    emit_open(out, NULL, '{');
    emit_u64(out, "tag", k);
    emit_fixed(out, "base", u->base[k], 3);
    emit_fixed(out, "least", c.least, 3);
    name_run(u, c.least_run, name, sizeof name);
    emit_string(out, "least_by", name);
    emit_fixed(out, "greatest", c.greatest, 3);
    name_run(u, c.greatest_run, name, sizeof name);
    emit_string(out, "greatest_by", name);
    emit_string(out, "dominant", c.dominant < 0 ? NULL : option_name(u, c.dominant));
    emit_fixed(out, "dominant_share", c.dominant_share, 3);
    if (u->has_joint) {
        emit_fixed(out, "joint_cheapest", u->cheapest[k], 3);
        emit_fixed(out, "joint_dearest", u->dearest[k], 3);
    }
    emit_close(out, '}');
}

void uncertainty_json(const struct uncertainty *u, struct emit *out)
{
    emit_open(out, NULL, '{');
    emit_string(out, "unit", "translation cycles a load");
    emit_string(out, "ranges",
                "judgement, not measurement; least and greatest: one parameter at a time, no joint bound");
    emit_open(out, "parameters", '{');
    for (unsigned row = 0; row < u->row_count; row++) json_parameter(u, row, out);
    emit_close(out, '}');
    emit_open(out, "cells", '[');
    for (unsigned k = 0; k < u->e->cells; k++) json_cell(u, k, out);
    emit_close(out, ']');
    emit_close(out, '}');
    emit_text(out, "\n");
}
