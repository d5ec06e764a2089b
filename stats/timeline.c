/* SPDX-License-Identifier: Apache-2.0 */
/* See timeline.h. */
#include "stats/timeline.h"

#include <stdio.h>
#include <stdlib.h>

static bool same_account(const struct timeline_slice *a, const struct timeline_slice *b)
{
    return a->lpid == b->lpid && a->level == b->level && a->state == b->state;
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
    return ok;
}

void timeline_free(struct timeline *t)
{
    free(t->slice);
    free(t->switches);
    *t = (struct timeline){0};
}
