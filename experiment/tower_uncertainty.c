/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How sure the cycles of a tower under the model `core` are, as a table, as comma-separated values, and in nested.json.
 * What a range is, and how those of the parameters are put together, says stats/spread.h; what a variant makes of a
 * measure, stats/tower.h.
 */
#include <stdio.h>

#include "experiment/tower.h"

enum { LEFT = 38, FIGURE = 10, RANGE = 20 };

/* ---- for people ---- */

/* Three figures at least, and none behind the point of what is large. */
static int digits(double value)
{
    return value < 10 ? 2 : value < 10000 ? 1 : 0;
}

static void put_range(struct emit *out, double from, double to, double like)
{
    char text[48];

    snprintf(text, sizeof text, "%.*f..%.*f", digits(like), from, digits(like), to);
    emit_text(out, "%*s", RANGE, text);
}

static void put_line(const struct spread *s, const char *left, enum tower_ranged what, struct emit *out)
{
    char who[128];

    spread_tell(s, who, sizeof who);
    emit_text(out, "  %-*s%-10s%*.*f", LEFT - 12, left, tower_ranged_text(what), FIGURE, digits(s->is), s->is);
    put_range(out, s->least, s->greatest, s->is);
    put_range(out, s->low, s->high, s->is);
    emit_text(out, "  %s\n", who);
}

static void put_measure(const struct report *r, const struct tower_measure *m, struct emit *out)
{
    const char *name = m->name;

    for (unsigned level = 0; level <= r->tower->depth; level++) {
        char left[TOWER_NAME + 16];

        snprintf(left, sizeof left, "%-20s L%u", name, level);
        for (enum tower_ranged what = 0; what < RANGED_FIGURES; what++) {
            struct tower_range range;

            if (!tower_range(r, m, level, what, &range)) continue;
            put_line(&range.spread, left, what, out);
            snprintf(left, sizeof left, "%s", "");
            name = "";
        }
    }
}

/* Options that have variants, one after the other; the first variant is none. */
static bool is_new_option(const struct report *r, unsigned k)
{
    return k && (k == 1 || strcmp(r->variants[k].option, r->variants[k - 1].option) != 0);
}

static void put_idle_options(const struct report *r, struct emit *out)
{
    enum { WIDTH = 116 };
    size_t used = WIDTH;

    emit_text(out, "  no figure of any measure is moved by 0.1 %% by:");
    for (unsigned k = 0; k < r->variant_count; k++) {
        const char *option = r->variants[k].option;

        if (!is_new_option(r, k) || tower_is_moved_by(r, option)) continue;
        if (used + strlen(option) + 1 > WIDTH) used = 3, emit_text(out, "\n   ");
        used += strlen(option) + 1;
        emit_text(out, " %s", option);
    }
    emit_text(out, "\n");
}

#define WHAT_IT_IS                                                                                                     \
    "  one at a time: the least and the greatest that another value of one parameter makes of it. all together: the\n" \
    "  root of the sum of the squares of what each does, upwards and downwards apart, as if they were wrong\n"         \
    "  independently of each other. Neither is a bound. Shares are of the sum of all swings. The values are\n"         \
    "  judgement (machine/plausible.def says why each). times L0 is made within each variant. Sizes of ERAT, TLB "     \
    "and\n"                                                                                                            \
    "  walk cache are not in it: they change what happens, not only how long it takes (what-ifs count that; see\n"     \
    "  `p9sim nested --embedded --uncertainty`).\n"

void tower_uncertainty_table(const struct report *r, struct emit *out)
{
    if (r->variant_count < 2) return;
    emit_text(out, "\n%-*s%*s%*s%*s  %s\n", LEFT, "How sure that is, for an operation", FIGURE, "as it is", RANGE,
              "one at a time", RANGE, "all together", "largest swings");
    for (unsigned k = 0; k < r->tower->measure_count; k++) put_measure(r, &r->tower->measure[k], out);
    put_idle_options(r, out);
    emit_text(out, WHAT_IT_IS);
}

/* ---- for programs ---- */

static void csv_points(const char *measure, unsigned level, enum tower_ranged what, const struct tower_range *range,
                       struct emit *out)
{
    emit_text(out, "%s,%u,%s,,,%.6f\n", measure, level, tower_ranged_name(what), range->spread.is);
    for (unsigned k = 0; k < range->points; k++)
        emit_text(out, "%s,%u,%s,%s,%s,%.6f\n", measure, level, tower_ranged_name(what), range->point[k].option,
                  range->point[k].value, range->point[k].figure);
}

void tower_uncertainty_csv(const struct report *r, struct emit *out)
{
    emit_text(out, "measure,level,what,option,value,figure\n");
    for (unsigned k = 0; k < r->tower->measure_count; k++)
        for (unsigned level = 0; level <= r->tower->depth; level++)
            for (enum tower_ranged what = 0; what < RANGED_FIGURES; what++) {
                struct tower_range range;

                if (tower_range(r, &r->tower->measure[k], level, what, &range))
                    csv_points(r->tower->measure[k].name, level, what, &range, out);
            }
}

static void json_end(const char *name, double value, const struct spread_point *by, struct emit *out)
{
    char who[128];

    emit_fixed(out, name, value, 6);
    if (!by) return;
    snprintf(who, sizeof who, "%s=%s", by->option, by->value);
    emit_string(out, !strcmp(name, "least") ? "least_by" : "greatest_by", who);
}

static void json_spread(const char *name, const struct spread *s, struct emit *out)
{
    emit_open(out, name, '{');
    emit_fixed(out, "as_it_is", s->is, 6);
    json_end("least", s->least, s->least_by, out);
    json_end("greatest", s->greatest, s->greatest_by, out);
    emit_fixed(out, "low", s->low, 6);
    emit_fixed(out, "high", s->high, 6);
    emit_string(out, "dominant", s->first);
    emit_fixed(out, "dominant_share", s->first_share, 3);
    emit_close(out, '}');
}

void tower_uncertainty_json(const struct report *r, const struct tower_measure *m, unsigned level, struct emit *out)
{
    if (r->variant_count < 2) return;
    emit_open(out, "uncertainty", '{');
    for (enum tower_ranged what = 0; what < RANGED_FIGURES; what++) {
        struct tower_range range;

        if (tower_range(r, m, level, what, &range)) json_spread(tower_ranged_name(what), &range.spread, out);
    }
    emit_close(out, '}');
}
