/* SPDX-License-Identifier: Apache-2.0 */
/* See difference.h. */
#define _GNU_SOURCE /* strverscmp() */
#include "stats/difference.h"

#include <fnmatch.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"

/* ---- thresholds ---- */

static bool read_amount(struct threshold *t, const char *text)
{
    char *end;

    t->is_any = !strcmp(text, "any");
    if (t->is_any) return true;
    if (*text < '0' || *text > '9') return false;
    t->amount = strtod(text, &end);
    t->is_percent = *end == '%';
    return !end[t->is_percent] && isfinite(t->amount);
}

bool tolerance_threshold(struct tolerance *tolerance, const char *text, const char *where)
{
    struct threshold t = {.amount = 0};
    const char *equals = strrchr(text, '='); /* names of --what-if have some too */

    if (!equals || equals == text || (size_t)(equals - text) >= sizeof t.pattern || !read_amount(&t, equals + 1))
        return p9_error("%s %.200s: write NAME=AMOUNT, NAME=PERCENT%% or NAME=any", where, text);
    if (tolerance->thresholds == THRESHOLDS_MAX) return p9_error("%s: at most %d of them", where, THRESHOLDS_MAX);
    memcpy(t.pattern, text, (size_t)(equals - text));
    tolerance->threshold[tolerance->thresholds++] = t;
    return true;
}

bool tolerance_only(struct tolerance *tolerance, const char *patterns, const char *where)
{
    for (const char *at = patterns, *end; *at; at = end + (*end == ',')) {
        size_t n = strcspn(at, ",");

        end = at + n;
        for (; n && *at == ' '; at++) n--;
        while (n && at[n - 1] == ' ') n--;
        if (!n || n >= PATTERN_MAX) return p9_error("%s %.200s: write names, parted by commas", where, patterns);
        if (tolerance->onlys == THRESHOLDS_MAX) return p9_error("%s: at most %d names", where, THRESHOLDS_MAX);
        snprintf(tolerance->only[tolerance->onlys++], PATTERN_MAX, "%.*s", (int)n, at);
    }
    return true;
}

static bool fits(const char *pattern, const char *name)
{
    char whole[1024];

    if (!strchr(pattern, '.')) return !fnmatch(pattern, figure_what(name), 0);
    if (figure_place_length(name)) return !fnmatch(pattern, name, 0);
    snprintf(whole, sizeof whole, "all.%s", name);
    return !fnmatch(pattern, whole, 0);
}

bool tolerance_wants(const struct tolerance *t, const char *name)
{
    for (unsigned k = 0; k < t->onlys; k++)
        if (fits(t->only[k], name)) return true;
    return !t->onlys;
}

static const struct threshold *threshold_of(const struct tolerance *t, const char *name)
{
    static const struct threshold none = {.amount = 0};
    const struct threshold *found = NULL, *otherwise = &none;

    for (unsigned k = 0; k < t->thresholds; k++)
        if (!strcmp(t->threshold[k].pattern, "default")) otherwise = &t->threshold[k];
        else if (fits(t->threshold[k].pattern, name)) found = &t->threshold[k];
    return found ? found : otherwise;
}

/* ---- one figure ---- */

static const struct figure zero = {.name = "", .value = "0", .about = "", .is_whole = true};

/* b - a, and without a sign: counters have more digits than a double. */
static double size_of_step(const struct figure *a, const struct figure *b)
{
    if (a->is_whole && b->is_whole) return (double)(a->whole > b->whole ? a->whole - b->whole : b->whole - a->whole);
    return fabs(b->number - a->number);
}

/* Infinite from 0. */
static double percent_of_step(const struct figure *a, const struct figure *b)
{
    double step = size_of_step(a, b);

    return step > 0 ? 100.0 * step / fabs(a->number) : 0;
}

static bool is_beyond(const struct figure *a, const struct figure *b, const struct threshold *t)
{
    double size = t->is_percent ? percent_of_step(a, b) : size_of_step(a, b);

    /* Six decimals are printed: a step of 0.01 and an amount of 0.01 are not to differ in the sixteenth digit. */
    return !t->is_any && size > t->amount * (1 + 1e-12);
}

/* ---- both runs ---- */

static bool add(struct differences *d, const struct difference *item, size_t *room)
{
    if (d->count == *room) {
        size_t more = *room ? 2 * *room : 256;
        struct difference *grown = realloc(d->item, more * sizeof *grown);

        if (!grown) return p9_error("the host has no memory to compare two runs");
        d->item = grown;
        *room = more;
    }
    d->item[d->count++] = *item;
    d->moved += item->figures;
    return true;
}

/* Is anything of this name's place among these?  They are by name, so what shares a beginning stands together. */
static bool has_place(const struct figures *f, const char *name)
{
    size_t length = figure_place_length(name) + 1, least = 0, most = f->count;

    while (least < most) {
        size_t middle = least + (most - least) / 2;
        if (strncmp(f->item[middle].name, name, length) < 0) least = middle + 1;
        else most = middle;
    }
    for (; least < f->count && !strncmp(f->item[least].name, name, length); least++)
        if (figure_place_length(f->item[least].name) + 1 == length) return true;
    return false;
}

static bool same_place(const char *a, const char *b)
{
    size_t n = figure_place_length(a);

    return n == figure_place_length(b) && !strncmp(a, b, n);
}

struct both {
    const struct figures *a, *b;
    const struct tolerance *tolerance;
    struct differences *d;
    size_t room;
};

/* Of a figure that one run lacks. */
static bool take_lonely(struct both *c, const struct figure *f, bool is_a)
{
    struct difference *last = c->d->count ? &c->d->item[c->d->count - 1] : NULL;
    struct difference item = {.a = is_a ? f : NULL, .b = is_a ? NULL : f, .name = f->name, .figures = 1};
    const struct threshold *t = threshold_of(c->tolerance, f->name);
    bool has_others = figure_place_length(f->name) && has_place(is_a ? c->b : c->a, f->name);

    if (f->is_whole && has_others) {
        if (is_a) item.b = &zero;
        else item.a = &zero;
        return !is_beyond(item.a, item.b, t) || add(c->d, &item, &c->room);
    }
    if (t->is_any) return true;
    if (last && figure_place_length(f->name) && !has_others && same_place(last->name, f->name) && !last->a == !item.a &&
        !last->b == !item.b) {
        last->figures++;
        c->d->moved++;
        return true;
    }
    return add(c->d, &item, &c->room);
}

static bool take_pair(struct both *c, const struct figure *a, const struct figure *b)
{
    struct difference item = {a, b, a->name, 1};

    return !strcmp(a->value, b->value) || !is_beyond(a, b, threshold_of(c->tolerance, a->name)) ||
           add(c->d, &item, &c->room);
}

static bool merge(struct both *c)
{
    size_t i = 0, k = 0;

    while (i < c->a->count || k < c->b->count) {
        const struct figure *a = i < c->a->count ? &c->a->item[i] : NULL, *b = k < c->b->count ? &c->b->item[k] : NULL;
        int order = !a ? 1 : !b ? -1 : strcmp(a->name, b->name);
        const struct figure *first = order <= 0 ? a : b;

        i += order <= 0;
        k += order >= 0;
        if (!first || !tolerance_wants(c->tolerance, first->name) || (order > 0 && c->tolerance->new_is_fine)) continue;
        c->d->compared++;
        if (!(order == 0 ? take_pair(c, a, b) : take_lonely(c, first, order < 0))) return false;
    }
    return true;
}

/* ---- order ---- */

static unsigned rank(const char *name)
{
    size_t n = figure_place_length(name);

    if (!n) return 0;
    return !strncmp(name, "level", 5) && !memchr(name, '.', n) ? 1 : 2;
}

static double weight(const struct difference *d)
{
    return d->a && d->b ? percent_of_step(d->a, d->b) : INFINITY;
}

static int by_place(const void *a, const void *b)
{
    const struct difference *x = a, *y = b;
    char place[2][512];
    double wx = weight(x), wy = weight(y);
    int order;

    if (rank(x->name) != rank(y->name)) return rank(x->name) < rank(y->name) ? -1 : 1;
    snprintf(place[0], sizeof *place, "%.*s", (int)figure_place_length(x->name), x->name);
    snprintf(place[1], sizeof *place, "%.*s", (int)figure_place_length(y->name), y->name);
    order = strverscmp(place[0], place[1]);
    if (!order && wx != wy) order = wx > wy ? -1 : 1;
    return order ? order : strcmp(x->name, y->name);
}

bool differences_find(struct differences *d, const struct figures *a, const struct figures *b,
                      const struct tolerance *tolerance)
{
    struct both both = {.a = a, .b = b, .tolerance = tolerance, .d = d};

    *d = (struct differences){.count = 0};
    if (!merge(&both)) return false;
    if (d->count) qsort(d->item, d->count, sizeof *d->item, by_place);
    return true;
}

void differences_free(struct differences *d)
{
    free(d->item);
    *d = (struct differences){.count = 0};
}
