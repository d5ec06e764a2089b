/* SPDX-License-Identifier: Apache-2.0 */
/* The answer in sentences, for stats.txt, and as members of stats.json; see answer.h. */
#include <inttypes.h>
#include <stdio.h>

#include "stats/answer.h"
#include "stats/metrics.h"
#include "stats/report_parts.h"

static const char *const had_names[WALK_SOURCES] = {"storage", "the walk cache", "the TLB", "the entry caches"};
static const char *const served_names[WALK_SERVED] = {"the L2", "the L3", "another pair of cores", "memory"};

const char *answer_why_name(enum answer_why why)
{
    static const char *const names[ANSWER_WHYS] = {"spared", "overlapped", "look_ups", "reads"};

    return names[why];
}

/* ---- figures ---- */

/* Behind the point: three figures in all, if there are so many. */
static int decimals(double value)
{
    return value < 9.995 ? 2 : value < 99.95 ? 1 : 0;
}

/* lean: a mask of enum report_lean, of what decides the figure. */
static void put_figure(const struct report *r, struct emit *out, double value, unsigned lean)
{
    emit_text(out, "%.*f", decimals(value), value);
    if (report_is_assumed(r, lean)) emit_text(out, "%c", ANSWER_MARK);
}

static void put_range(struct emit *out, const struct answer_figure *f)
{
    if (f->has_range)
        emit_text(out, " (could be %.*f to %.*f)", decimals(f->least), f->least, decimals(f->greatest), f->greatest);
}

static const char *count_of(unsigned n, char text[16])
{
    static const char *const words[] = {"no", "one", "two", "three", "four", "five", "six"};

    snprintf(text, 16, "%u", n);
    return n < ARRAY_SIZE(words) ? words[n] : text;
}

/* ---- why ---- */

#define NEARLY_ALL 0.9

/* "the walk cache had 14.6, the TLB 7.40": whatever is not nothing as it is written. */
static void list_parts(const struct answer_figure *part, const char *const *names, unsigned from, unsigned count,
                       const char *verb, char *out, size_t size)
{
    size_t at = 0;
    bool any = false;

    *out = 0;
    for (unsigned k = from; k < count && at < size; k++) {
        if (!part[k].is_there || part[k].value < 0.005) continue;
        at += (size_t)snprintf(out + at, size - at, "%s%s%s %.*f", any ? ", " : "", names[k], any ? "" : verb,
                               decimals(part[k].value), part[k].value);
        any = true;
    }
}

static void because_spared(const struct answer_line *l, char *out, size_t size)
{
    char parts[160], count[16], usual[32];

    list_parts(l->had, had_names, WALK_FROM_STORAGE + 1, WALK_SOURCES, " had", parts, sizeof parts);
    if (l->usual_percent >= 100) snprintf(usual, sizeof usual, "all");
    else if (l->usual_percent >= 99.5) snprintf(usual, sizeof usual, "nearly all");
    else snprintf(usual, sizeof usual, "%.0f %%", l->usual_percent);
    snprintf(out, size, "%s of its walks read at most %s %s, because of the %.*f on the path %s", usual,
             count_of(l->usual, count), l->usual == 1 ? "entry" : "entries", decimals(l->entries.value),
             l->entries.value, parts);
}

static void because_look_ups(const struct answer_line *l, char *out, size_t size)
{
    double each = (double)l->look_ups / (double)l->misses;

    snprintf(out, size, "%s of %s TLB look-ups after ERAT misses, not walks: %.*f look-ups for each that misses",
             l->why_part >= NEARLY_ALL ? "nearly all" : "most",
             l->waited.is_there ? "what completion waited for is" : "translation is", decimals(each), each);
}

static void because_reads(const struct answer_line *l, char *out, size_t size)
{
    char parts[160];

    list_parts(l->served, served_names, 0, WALK_SERVED, " served", parts, sizeof parts);
    snprintf(out, size, "of the %.*f entries on the path of a walk %.*f were read from storage%s%s",
             decimals(l->entries.value), l->entries.value, decimals(l->reads.value), l->reads.value, *parts ? ": " : "",
             parts);
}

void answer_because(const struct answer_line *l, char *out, size_t size)
{
    *out = 0;
    if (*l->because) {
        snprintf(out, size, "%s", l->because);
        return;
    }
    switch (l->why) {
    case ANSWER_SPARED: because_spared(l, out, size); break;
    case ANSWER_OVERLAPPED:
        snprintf(out, size, "%.0f %% of the time that translations took was overlapped with other work",
                 100 * l->why_part);
        break;
    case ANSWER_LOOK_UPS: because_look_ups(l, out, size); break;
    case ANSWER_READS: because_reads(l, out, size); break;
    case ANSWER_WHYS: break;
    }
}

/* ---- sentences ---- */

static void tell_cost(const struct report *r, const struct answer_line *l, struct emit *out)
{
    bool core = r->model == REPORT_CORE;

    emit_text(out, "%cA TLB miss of %s %s ", ANSWER_STRONG, l->name, core ? "takes" : "costs");
    put_figure(r, out, l->cycles.value, LEAN_ALL);
    emit_text(out, " cycles%c", ANSWER_WEAK);
    put_range(out, &l->cycles);
    emit_text(out, ": ");
    put_figure(r, out, l->look_up.value, LEAN_ALL);
    emit_text(out, " for the look-up that fails and ");
    put_figure(r, out, l->walk.value, LEAN_ALL);
    emit_text(out, " for a walk that reads ");
    put_figure(r, out, l->reads.value, LEAN_READS);
    emit_text(out, " of the %.*f table entries on its path", decimals(l->entries.value), l->entries.value);
}

static void tell_served(const struct report *r, const struct answer_line *l, struct emit *out)
{
    char parts[160];

    list_parts(l->served, served_names, 0, WALK_SERVED, " served", parts, sizeof parts);
    if (*parts) emit_text(out, " (%s)", parts);
    emit_text(out, ".");
    if (l->waited.is_there) {
        emit_text(out, " Completion waited for ");
        put_figure(r, out, l->waited.value, LEAN_ALL);
        emit_text(out, " cycles of the walk");
    }
    if (l->spared.is_there) {
        emit_text(out, "; were walks free, all of it would take ");
        put_figure(r, out, l->spared.value, LEAN_ALL);
        emit_text(out, " cycles less per miss");
        put_range(out, &l->spared);
    }
    if (l->waited.is_there) emit_text(out, ".");
}

static bool is_timed_in_part(const struct report *r, const struct answer_line *l)
{
    return r->model == REPORT_CORE && r->partly_timed && !l->waited.is_there && !report_is_sampled(r);
}

static void tell_share(const struct report *r, const struct answer_line *l, struct emit *out)
{
    if (l->share.is_there) {
        emit_text(out, r->model == REPORT_CORE ? " Completion waits for translation in " : " Translation is ");
        emit_text(out, "%c", ANSWER_STRONG);
        put_figure(r, out, l->share.value, LEAN_ALL);
        emit_text(out, " %%%c of its busy cycles%s", ANSWER_WEAK, is_timed_in_part(r, l) ? " that were timed" : "");
        emit_text(out, l->misses_per_1000.is_there ? ", at " : ".");
    } else if (l->misses_per_1000.is_there) {
        emit_text(out, " It has ");
    }
    if (!l->misses_per_1000.is_there) return;
    put_figure(r, out, l->misses_per_1000.value, LEAN_MISSES);
    emit_text(out, " misses in 1000 instructions.");
}

static void tell_times(const struct report *r, const struct answer_line *l, struct emit *out)
{
    if (!l->times.is_there) return;
    emit_text(out, " An operation takes ");
    put_figure(r, out, l->times.value, LEAN_ALL);
    emit_text(out, " times the cycles of level 0");
    put_range(out, &l->times);
    emit_text(out, ".");
}

void answer_tell_line(const struct report *r, const struct answer_line *l, struct emit *out)
{
    char why[ANSWER_SENTENCE];

    if (!l->misses) {
        emit_text(out, "Nothing of %s missed the TLB: no walk.", l->name);
        tell_share(r, l, out);
        return;
    }
    if (l->cycles.is_there) tell_cost(r, l, out), tell_served(r, l, out);
    else emit_text(out, "What a TLB miss of %s costs is not known: no window of the sample saw one.", l->name);
    tell_share(r, l, out);
    tell_times(r, l, out);
    answer_because(l, why, sizeof why);
    if (*why) emit_text(out, " Why: %s.", why);
}

static bool is_deeper(const struct answer_line *a, const struct answer_line *b)
{
    return a->level != b->level ? a->level > b->level : a->entries.value > b->entries.value;
}

/* Of the levels of the whole run, or what an experiment has put there, the deepest with walks; of one level the one
 * with the longest path. */
static const struct answer_line *deepest(const struct answer *a)
{
    const struct answer_line *found = NULL;

    for (unsigned k = a->first_level; k < a->count; k++) {
        const struct answer_line *l = &a->line[k];

        if (l->misses && l->cycles.is_there && l->reads.value > 0 && (!found || is_deeper(l, found))) found = l;
    }
    return found;
}

void answer_tell_cold(const struct report *r, const struct answer *a, struct emit *out)
{
    const struct answer_line *l = deepest(a);
    double a_read = l ? l->walk.value / l->reads.value : 0;

    if (!l) return;
    emit_text(
        out,
        "A cold walk costs more. With nothing cached it would read up to all of the %.*f entries on its path, at the ",
        decimals(l->entries.value), l->entries.value);
    put_figure(r, out, a_read, LEAN_ALL);
    emit_text(out, " cycles that a read %s here up to ", r->model == REPORT_CORE ? "took" : "costs");
    put_figure(r, out, a_read * l->entries.value, LEAN_ALL);
    emit_text(out,
              " cycles%s; `p9sim walk` shows one entry by entry, and what a walk spares itself. The longest of %s read "
              "%u%s: ",
              r->model == REPORT_CORE ? ", and more from memory" : "", l->name, l->longest,
              l->longest == WALK_LENGTHS - 1 ? " or more" : "");
    put_figure(r, out, a_read * l->longest, LEAN_ALL);
    emit_text(out, " cycles. What runs pays ");
    put_figure(r, out, l->walk.value, LEAN_ALL);
    emit_text(out, " on the average, because walk cache, TLB and entry caches keep what earlier walks have read.");
}

static bool any_range(const struct answer *a)
{
    for (unsigned k = 0; k < a->count; k++)
        if (a->line[k].cycles.has_range || a->line[k].spared.has_range || a->line[k].times.has_range) return true;
    return false;
}

void answer_tell_ranges(const struct report *r, const struct answer *a, struct emit *out)
{
    if (!any_range(a)) return;
    if (report_is_sampled(r)) emit_text(out, "Could be: the interval in which the sample says it lies.");
    else if (r->model == REPORT_CORE)
        emit_text(out, "Could be: with other plausible values of the model, all of them together as if each were wrong "
                       "independently of the others (no bound).");
    else
        emit_text(
            out,
            "Could be: with each plausible price of a TLB look-up and of a table read, and with a TLB that keeps no "
            "guest real addresses, as far as these are ASSUMED%s.",
            r->what_if_count ? "; and with each --what-if" : "");
}

/* ---- stats.txt ---- */

enum { WIDTH = 112 };

/* In lines of bounded length behind "# "; a star where a figure leans on something. */
static void put_wrapped(struct emit *e, const char *text)
{
    size_t used = 0;

    emit_text(e, "# ");
    while (*text) {
        char word[64];
        size_t n = 0;

        for (; *text && *text != ' ' && n + 2 < sizeof word; text++)
            if (*text == ANSWER_MARK) word[n++] = '*';
            else if ((u8)*text >= ' ') word[n++] = *text;
        word[n] = 0;
        if (used && used + n + 1 > WIDTH) emit_text(e, "\n# "), used = 0;
        emit_text(e, "%s%s", used ? " " : "", word);
        used += n + 1;
        while (*text == ' ') text++;
    }
    emit_text(e, "\n");
}

static void put_document(struct emit *e, struct emit *sentences)
{
    if (sentences->size) put_wrapped(e, sentences->bytes);
    e->failed |= sentences->failed;
    emit_free(sentences);
}

void report_text_answer(const struct report *r, struct emit *e)
{
    struct answer a;
    struct emit sentences = {0};

    answer_of(r, &a);
    emit_text(e, "#\n");
    if (*a.sentence) put_wrapped(e, a.sentence);
    for (unsigned k = 0; k < a.count; k++) {
        answer_tell_line(r, &a.line[k], &sentences);
        put_document(e, &sentences);
    }
    answer_tell_cold(r, &a, &sentences);
    put_document(e, &sentences);
    answer_tell_ranges(r, &a, &sentences);
    put_document(e, &sentences);
    if (a.count && report_is_assumed(r, LEAN_ALL))
        emit_text(e, "# * leans on ASSUMED values of the model, listed below.\n");
}

/* ---- stats.json ---- */

static void json_figure(struct emit *e, const char *name, const struct answer_figure *f)
{
    if (!f->is_there) return;
    emit_open(e, name, '{');
    emit_fixed(e, "value", f->value, 6);
    if (f->has_range) {
        emit_fixed(e, "least", f->least, 6);
        emit_fixed(e, "greatest", f->greatest, 6);
    }
    emit_close(e, '}');
}

static void json_line(const struct answer_line *l, struct emit *e)
{
    static const char *const served[WALK_SERVED] = {"from_l2", "from_l3", "from_other", "from_memory"};

    emit_open(e, NULL, '{');
    emit_string(e, "of", l->name);
    emit_u64(e, "level", l->level);
    emit_u64(e, "tlb_misses", l->misses);
    json_figure(e, "cycles", &l->cycles);
    json_figure(e, "look_up_cycles", &l->look_up);
    json_figure(e, "walk_cycles", &l->walk);
    json_figure(e, "waited_cycles", &l->waited);
    json_figure(e, "spared_cycles", &l->spared);
    json_figure(e, "entries", &l->entries);
    for (unsigned k = 0; k < WALK_SOURCES; k++) json_figure(e, walk_source_name(k), &l->had[k]);
    for (unsigned k = 0; k < WALK_SERVED; k++) json_figure(e, served[k], &l->served[k]);
    json_figure(e, "tlb_misses_per_1000", &l->misses_per_1000);
    json_figure(e, "translation_percent", &l->share);
    json_figure(e, "times_level_0", &l->times);
    if (l->misses) emit_u64(e, "longest_walk", l->longest);
    if (l->why < ANSWER_WHYS) {
        emit_string(e, "why", answer_why_name(l->why));
        emit_fixed(e, "why_share", l->why_share, 6);
    }
    emit_close(e, '}');
}

void report_json_answer(const struct report *r, struct emit *e)
{
    struct answer a;

    answer_of(r, &a);
    emit_open(e, "answer", '[');
    for (unsigned k = 0; k < a.count; k++) json_line(&a.line[k], e);
    emit_close(e, ']');
}
