/* SPDX-License-Identifier: Apache-2.0 */
/* See timeline.h. */
#include "stats/timeline.h"

#include <stdio.h>
#include <stdlib.h>

#include "stats/rows.h"

/* The same text is not always the same constant. */
static bool same_word(const char *a, const char *b)
{
    return a == b || (a && b && !strcmp(a, b));
}

static bool same_account(const struct timeline_slice *a, const struct timeline_slice *b)
{
    return a->lpid == b->lpid && a->level == b->level && same_word(a->state, b->state);
}

/* The latest slice of this thread among the newest few (threads take turns), or NULL. */
static struct timeline_slice *latest(struct timeline_slice *list, unsigned count, u32 thread)
{
    enum { LOOK_BACK = 96 };

    for (unsigned k = 0; k < LOOK_BACK && k < count; k++)
        if (list[count - 1 - k].thread == thread) return &list[count - 1 - k];
    return NULL;
}

/* Absorb what is short, join what became neighbours; in place, in order. */
static void coarsen(struct timeline *t)
{
    unsigned kept = 0;

    t->least_cycles = t->least_cycles ? t->least_cycles * 2 : 1024;
    for (unsigned k = 0; k < t->count; k++) {
        struct timeline_slice s = t->slice[k], *before = latest(t->slice, kept, s.thread);
        bool is_short = s.end - s.start < t->least_cycles;
        if (before && before->end == s.start && (is_short || same_account(before, &s))) before->end = s.end;
        else t->slice[kept++] = s;
    }
    t->count = kept;
}

void timeline_note(struct timeline *t, const struct timeline_slice *slice)
{
    struct timeline_slice *before;

    if (slice->end <= slice->start) return;
    if (!t->slice) t->slice = calloc(TIMELINE_SLICES, sizeof *t->slice);
    t->starved |= !t->slice;
    if (!t->slice) return;
    before = latest(t->slice, t->count, slice->thread);
    if (before && before->end == slice->start &&
        (same_account(before, slice) || slice->end - slice->start < t->least_cycles)) {
        before->end = slice->end;
        return;
    }
    while (t->count == TIMELINE_SLICES && t->least_cycles < UINT64_MAX / 4) coarsen(t);
    if (t->count < TIMELINE_SLICES) t->slice[t->count++] = *slice;
}

void timeline_begin_burst(struct timeline *t, const char *name, u64 cycle)
{
    struct timeline_burst *b;

    if (t->burst_count && !t->burst[t->burst_count - 1].count) t->burst_count--; /* nothing happened in that one */
    if (t->burst_count == TIMELINE_BURSTS) return;
    b = &t->burst[t->burst_count];
    if (!t->switches) t->switches = calloc((size_t)TIMELINE_BURSTS * TIMELINE_BURST, sizeof *t->switches);
    t->starved |= !t->switches;
    if (!t->switches) return;
    *b = (struct timeline_burst){.start = cycle, .first = t->switch_count};
    snprintf(b->name, sizeof b->name, "%s", name);
    t->burst_count++;
}

void timeline_switch(struct timeline *t, const struct timeline_switch *what)
{
    struct timeline_burst *b = t->burst_count ? &t->burst[t->burst_count - 1] : NULL;

    if (!b || b->count == TIMELINE_BURST) return;
    t->switches[t->switch_count++] = *what;
    b->count++;
}

static bool copy_list(void **to, const void *from, size_t count, size_t size)
{
    *to = calloc(count ? count : 1, size);
    if (*to && count) memcpy(*to, from, count * size);
    return *to;
}

bool timeline_copy(struct timeline *to, const struct timeline *from)
{
    void *slices = NULL, *switches = NULL;
    bool ok = copy_list(&slices, from->slice, from->count, sizeof *from->slice) &&
              copy_list(&switches, from->switches, from->switch_count, sizeof *from->switches);

    *to = *from;
    to->slice = slices;
    to->switches = switches;
    to->word = NULL;
    to->words = 0;
    return ok;
}

static void free_words(struct timeline *t)
{
    for (unsigned k = 0; k < t->words; k++) free(t->word[k]);
    free(t->word);
    t->word = NULL;
    t->words = 0;
}

void timeline_free(struct timeline *t)
{
    free(t->slice);
    free(t->switches);
    free_words(t);
    *t = (struct timeline){0};
}

/* ---- state ---- */

enum { SWITCHES_MAX = TIMELINE_BURSTS * TIMELINE_BURST, WORDS_MAX = 1024, NO_WORD = WORDS_MAX };

/* The different words of a timeline, each once, in the order in which they turn up. */
struct words {
    const char *word[WORDS_MAX];
    u32 count;
};

static u32 number_of(struct words *words, const char *word)
{
    u32 k = 0;

    if (!word) return NO_WORD;
    while (k < words->count && !same_word(words->word[k], word)) k++;
    if (k == words->count && k < WORDS_MAX) words->word[words->count++] = word;
    return k; /* NO_WORD if there are too many: more than there are states and reasons */
}

static const struct state_row slice_rows[] = {
    STATE(struct timeline_slice, start),  STATE(struct timeline_slice, end),
    STATE(struct timeline_slice, thread), STATE(struct timeline_slice, lpid),
    STATE(struct timeline_slice, level),  STATE_WITH(struct timeline_slice, state), /* its number, before the slice */
};
const struct state_table timeline_slice_state = STATE_TABLE(struct timeline_slice, slice_rows);

static const struct state_row switch_rows[] = {
    STATE(struct timeline_switch, cycle),   STATE(struct timeline_switch, thread),
    STATE(struct timeline_switch, lpid),    STATE(struct timeline_switch, level),
    STATE(struct timeline_switch, is_exit), STATE_WITH(struct timeline_switch, reason),
};
const struct state_table timeline_switch_state = STATE_TABLE(struct timeline_switch, switch_rows);

static bool burst_restored(struct state_reader *r, void *self)
{
    const struct timeline_burst *b = self;

    if (!memchr(b->name, 0, sizeof b->name)) return state_refuse(r, "a burst with a name without end");
    return (b->first <= SWITCHES_MAX && b->count <= TIMELINE_BURST) ||
           state_refuse(r, "a burst of switches that are not there");
}

static const struct state_row burst_rows[] = {
    STATE(struct timeline_burst, name),
    STATE(struct timeline_burst, start),
    STATE(struct timeline_burst, first),
    STATE(struct timeline_burst, count),
};
const struct state_table timeline_burst_state =
    STATE_TABLE(struct timeline_burst, burst_rows, .restored = burst_restored);

/* The words; slices and switches, each after the number of its word; the bursts. */
static void save_lists(struct state_writer *w, const void *self)
{
    const struct timeline *t = self;
    struct words words = {.count = 0};

    for (unsigned k = 0; k < t->count; k++) (void)number_of(&words, t->slice[k].state);
    for (unsigned k = 0; k < t->switch_count; k++) (void)number_of(&words, t->switches[k].reason);
    state_put_number(w, words.count);
    for (u32 k = 0; k < words.count; k++) state_put_text(w, words.word[k]);
    state_put_number(w, t->count);
    for (unsigned k = 0; k < t->count; k++) {
        state_put_number(w, number_of(&words, t->slice[k].state));
        state_put(w, &timeline_slice_state, &t->slice[k]);
    }
    state_put_number(w, t->switch_count);
    for (unsigned k = 0; k < t->switch_count; k++) {
        state_put_number(w, number_of(&words, t->switches[k].reason));
        state_put(w, &timeline_switch_state, &t->switches[k]);
    }
    state_put_list(w, &timeline_burst_state, t->burst, t->burst_count);
}

static bool restore_words(struct state_reader *r, struct timeline *t)
{
    u64 count = state_get_count(r, NULL, WORDS_MAX);

    t->word = calloc(count ? count : 1, sizeof *t->word);
    if (!t->word) return state_refuse(r, "the host has no memory for it");
    while (t->words < count) {
        t->word[t->words] = state_get_text(r);
        if (!t->word[t->words]) return false;
        t->words++;
    }
    return !r->failed;
}

/* A slice has a word. */
static bool restore_slices(struct state_reader *r, struct timeline *t)
{
    u64 count = state_get_count(r, NULL, TIMELINE_SLICES);

    if (count) t->slice = calloc(TIMELINE_SLICES, sizeof *t->slice);
    if (count && !t->slice) return state_refuse(r, "the host has no memory for it");
    for (; t->count < count; t->count++) {
        struct timeline_slice *slice = &t->slice[t->count];
        u64 word = state_get_below(r, t->words, "a slice's word");
        if (r->failed || !state_get(r, &timeline_slice_state, slice)) return false;
        slice->state = t->word[word];
    }
    return !r->failed;
}

static bool restore_switches(struct state_reader *r, struct timeline *t)
{
    u64 count = state_get_count(r, NULL, SWITCHES_MAX);

    if (count) t->switches = calloc(SWITCHES_MAX, sizeof *t->switches);
    if (count && !t->switches) return state_refuse(r, "the host has no memory for it");
    for (; t->switch_count < count; t->switch_count++) {
        struct timeline_switch *s = &t->switches[t->switch_count];
        u64 word = state_get_number(r);
        if (!state_get(r, &timeline_switch_state, s)) return false;
        if (word >= t->words && (word != NO_WORD || s->is_exit)) return state_refuse(r, "a switch without a reason");
        s->reason = word < t->words ? t->word[word] : NULL;
    }
    return !r->failed;
}

/* Whatever a burst holds is there, and there is room for what comes: each has at most TIMELINE_BURST of its own. */
static bool restore_bursts(struct state_reader *r, struct timeline *t)
{
    u64 count = state_get_count(r, &timeline_burst_state, TIMELINE_BURSTS), end = 0;

    for (; t->burst_count < count; t->burst_count++) {
        struct timeline_burst *b = &t->burst[t->burst_count];
        if (!state_get(r, &timeline_burst_state, b)) return false;
        if (b->first != end) return state_refuse(r, "bursts that do not follow each other");
        end += b->count;
    }
    if (count && !t->switches) t->switches = calloc(SWITCHES_MAX, sizeof *t->switches);
    if (count && !t->switches) return state_refuse(r, "the host has no memory for it");
    return (!r->failed && end == t->switch_count) || state_refuse(r, "switches that are in no burst");
}

static bool restore_lists(struct state_reader *r, void *self)
{
    struct timeline *t = self;

    free(t->slice);
    free(t->switches);
    free_words(t);
    t->slice = NULL;
    t->switches = NULL;
    t->count = t->switch_count = t->burst_count = 0;
    return restore_words(r, t) && restore_slices(r, t) && restore_switches(r, t) && restore_bursts(r, t);
}

static const struct state_row rows[] = {
    STATE_CALL(struct timeline, slice, save_lists, restore_lists),
    STATE_WITH(struct timeline, count),
    STATE(struct timeline, least_cycles),
    STATE_WITH(struct timeline, switches),
    STATE_WITH(struct timeline, switch_count),
    STATE_WITH(struct timeline, burst),
    STATE_WITH(struct timeline, burst_count),
    STATE(struct timeline, starved),
    STATE_WITH(struct timeline, word),
    STATE_WITH(struct timeline, words),
};
const struct state_table timeline_state = STATE_TABLE(struct timeline, rows);
