/* SPDX-License-Identifier: Apache-2.0 */
/* Ranges of a figure; see spread.h. */
#include "stats/spread.h"

#include <math.h>
#include <stdio.h>

/* What one option makes of it. */
struct swing {
    const char *option;
    double up, down;
};

/* The points of the option that the first one is of; how many they are. */
static unsigned swing_of(double is, const struct spread_point *points, unsigned count, struct swing *swing)
{
    unsigned n = 0;

    *swing = (struct swing){.option = points->option};
    for (; n < count && !strcmp(points[n].option, points->option); n++) {
        swing->up = fmax(swing->up, points[n].figure - is);
        swing->down = fmax(swing->down, is - points[n].figure);
    }
    return n;
}

static void rank(struct spread *s, const struct swing *swing)
{
    double size = swing->up + swing->down; /* shares are sizes until all are known */

    if (size <= 0) return;
    if (size > s->first_share) {
        s->second = s->first, s->second_share = s->first_share;
        s->first = swing->option, s->first_share = size;
    } else if (size > s->second_share) {
        s->second = swing->option, s->second_share = size;
    }
}

static void find_ends(struct spread *s, const struct spread_point *points, unsigned count)
{
    for (unsigned k = 0; k < count; k++) {
        double figure = points[k].figure;

        if (figure < s->least) s->least = figure, s->least_by = &points[k];
        if (figure > s->greatest) s->greatest = figure, s->greatest_by = &points[k];
    }
}

struct spread spread_of(double is, const struct spread_point *points, unsigned count)
{
    struct spread s = {.is = is, .least = is, .greatest = is};
    double up = 0, down = 0, all = 0;
    struct swing swing;

    find_ends(&s, points, count);
    for (unsigned k = 0; k < count;) {
        k += swing_of(is, points + k, count - k, &swing);
        up += swing.up * swing.up;
        down += swing.down * swing.down;
        all += swing.up + swing.down;
        rank(&s, &swing);
    }
    s.low = fmax(is - sqrt(down), 0);
    s.high = is + sqrt(up);
    if (s.first) s.first_share /= all;
    if (s.second) s.second_share /= all;
    return s;
}

void spread_tell(const struct spread *s, char *out, size_t size)
{
    if (!s->first || (s->greatest - s->least) * SPREAD_NOTHING < s->is) snprintf(out, size, "nothing");
    else if (s->second && s->second_share >= 0.005)
        snprintf(out, size, "%s %.0f %%, %s %.0f %%", s->first, 100 * s->first_share, s->second, 100 * s->second_share);
    else snprintf(out, size, "%s %.0f %%", s->first, 100 * s->first_share);
}

bool spread_is_moved_by(double is, const struct spread_point *points, unsigned count, const char *option)
{
    for (unsigned k = 0; k < count; k++)
        if (!strcmp(points[k].option, option) && fabs(points[k].figure - is) * SPREAD_NOTHING > is) return true;
    return false;
}
