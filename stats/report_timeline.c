/* SPDX-License-Identifier: Apache-2.0 */
/*
 * timeline.json, in the Trace Event Format that chrome://tracing and Perfetto open: times are microseconds.  Processes
 * of the trace are its chapters, their threads its tracks:
 *
 * 1, the run: a track for each level of nesting on each hardware thread: who ran when (timeline.h, the overview).
 *
 * 2, switches: the same tracks, but every single world switch of the bursts; each is an arrow from the world that is
 * left to the one that goes on, and says why.
 *
 * 3, the guests: what the tower's levels said of themselves, and the regions that guests named.
 *
 * 4, exits: those with the most cycles in hypervisors, from the exit to the return, each with who handled it.
 */
#include <inttypes.h>
#include <stdio.h>

#include "stats/report_parts.h"
#include "stats/tower.h"

enum chapter { CHAPTER_RUN = 1, CHAPTER_SWITCHES, CHAPTER_GUESTS, CHAPTER_EXITS };
enum { TRACK_LEVELS = 32, TRACK_TOWER = 0, TRACK_REGIONS };

/* Times are written with four decimals.  Lengths are differences of such times, so that what ends where the next one
 * begins does so as written too. */
enum { TICKS_PER_MICROSECOND = 10000 };

static u64 ticks_of(const struct report *r, u64 cycles)
{
    return (u64)(((u128)cycles * TICKS_PER_MICROSECOND + r->core_mhz / 2) / r->core_mhz);
}

static void emit_ticks(struct emit *e, const char *key, u64 ticks)
{
    char number[32];

    snprintf(number, sizeof number, "%" PRIu64 ".%04" PRIu64, ticks / TICKS_PER_MICROSECOND,
             ticks % TICKS_PER_MICROSECOND);
    emit_value(e, key, number);
}

static void emit_time(const struct report *r, struct emit *e, u64 cycles)
{
    emit_ticks(e, "ts", ticks_of(r, cycles));
}

static u64 track_of(u32 thread, unsigned level)
{
    return (u64)thread * TRACK_LEVELS + level % TRACK_LEVELS;
}

static void open_event(struct emit *e, const char *ph, const char *name, enum chapter chapter, u64 track)
{
    emit_open(e, NULL, '{');
    emit_string(e, "ph", ph);
    emit_string(e, "name", name);
    emit_u64(e, "pid", chapter);
    emit_u64(e, "tid", track);
}

/* ---- names of chapters and tracks ---- */

static void name_event(struct emit *e, const char *what, enum chapter chapter, u64 track, const char *name)
{
    open_event(e, "M", what, chapter, track);
    emit_open(e, "args", '{');
    emit_string(e, "name", name);
    emit_close(e, '}');
    emit_close(e, '}');
}

static void name_tracks(const struct report *r, struct emit *e, enum chapter chapter, const char *title)
{
    unsigned levels = report_levels(r);
    char name[64];

    name_event(e, "process_name", chapter, 0, title);
    for (unsigned k = 0; k < r->thread_count; k++)
        for (unsigned level = 0; level < (levels ? levels : 1); level++) {
            u32 pir = r->threads[k].pir;
            snprintf(name, sizeof name, "core %u thread %u: L%u", pir >> 2, pir & 3, level);
            name_event(e, "thread_name", chapter, track_of(pir, level), name);
        }
}

/* ---- slices and arrows ---- */

static void slice(const struct report *r, struct emit *e, enum chapter chapter, u64 track, const char *name, u64 start,
                  u64 end)
{
    open_event(e, "X", name, chapter, track);
    emit_time(r, e, start);
    emit_ticks(e, "dur", ticks_of(r, end) - ticks_of(r, start));
}

static void overview(const struct report *r, struct emit *e)
{
    for (unsigned k = 0; k < r->timeline.count; k++) {
        const struct timeline_slice *s = &r->timeline.slice[k];
        char name[64];

        snprintf(name, sizeof name, "L%u %s", s->level, s->state);
        slice(r, e, CHAPTER_RUN, track_of(s->thread, s->level), name, s->start, s->end);
        emit_open(e, "args", '{');
        emit_u64(e, "lpid", s->lpid);
        emit_close(e, '}');
        emit_close(e, '}');
    }
}

/* One end of an arrow. A start must lie inside the slice that it leaves: a few cycles before its end. */
static void arrow(const struct report *r, struct emit *e, const char *ph, const char *name, u64 track, u64 cycle,
                  unsigned id)
{
    open_event(e, ph, name, CHAPTER_SWITCHES, track);
    emit_string(e, "cat", "switch");
    emit_u64(e, "id", id);
    emit_time(r, e, cycle);
    if (*ph == 'f') emit_string(e, "bp", "e");
    emit_close(e, '}');
}

static const struct timeline_switch *next_of(const struct timeline_switch *s, const struct timeline_switch *end)
{
    for (const struct timeline_switch *n = s + 1; n < end; n++)
        if (n->thread == s->thread) return n;
    return NULL;
}

/* The world that goes on after switch s, until the next one of its thread; and the arrow there. */
static void burst_slice(const struct report *r, struct emit *e, const struct timeline_switch *s,
                        const struct timeline_switch *next, unsigned id)
{
    u64 here = track_of(s->thread, s->is_exit ? 0 : s->level);
    char name[96];

    if (s->is_exit) snprintf(name, sizeof name, "L0: %s of L%u", s->reason, s->level);
    else snprintf(name, sizeof name, "L%u", s->level);
    slice(r, e, CHAPTER_SWITCHES, here, name, s->cycle, next->cycle);
    emit_open(e, "args", '{');
    emit_u64(e, "lpid", s->lpid);
    if (s->is_exit) emit_string(e, "exit", s->reason);
    emit_close(e, '}');
    emit_close(e, '}');
    if (next->is_exit == s->is_exit) return; /* a guest was left and entered out of sight: no arrow between them */
    arrow(r, e, "s", next->is_exit ? next->reason : "enter", here, next->cycle - (next->cycle > s->cycle + 4 ? 4 : 0),
          id);
    arrow(r, e, "f", next->is_exit ? next->reason : "enter", track_of(next->thread, next->is_exit ? 0 : next->level),
          next->cycle, id);
}

static void bursts(const struct report *r, struct emit *e)
{
    const struct timeline *t = &r->timeline;

    for (unsigned b = 0; b < t->burst_count; b++) {
        const struct timeline_switch *first = &t->switches[t->burst[b].first], *end = first + t->burst[b].count;

        open_event(e, "i", t->burst[b].name, CHAPTER_SWITCHES, track_of(0, 0));
        emit_time(r, e, t->burst[b].start);
        emit_string(e, "s", "p");
        emit_close(e, '}');
        for (const struct timeline_switch *s = first; s < end; s++) {
            const struct timeline_switch *next = next_of(s, end);
            if (next) burst_slice(r, e, s, next, (unsigned)(s - t->switches) + 1);
        }
    }
}

static void tower(const struct report *r, struct emit *e)
{
    const struct report_tower *t = r->tower;

    name_event(e, "process_name", CHAPTER_GUESTS, 0, "the guests");
    if (t) name_event(e, "thread_name", CHAPTER_GUESTS, TRACK_TOWER, "tower");
    for (unsigned k = 0; t && k < t->stretch_count; k++) {
        const struct tower_stretch *s = &t->stretch[k];
        char name[48];
        snprintf(name, sizeof name, "level %u: %s", s->level_of, tower_kind_name(s->kind));
        slice(r, e, CHAPTER_GUESTS, TRACK_TOWER, name, s->begin, s->end);
        emit_close(e, '}');
    }
}

/* Guests begin and end them as they like, also overlapping, so they are no slices of a track but "async" events, for
 * which the viewer finds tracks. */
static void regions(const struct report *r, struct emit *e)
{
    if (r->region_count) name_event(e, "thread_name", CHAPTER_GUESTS, TRACK_REGIONS, "regions");
    for (unsigned k = 0; k < r->region_count; k++) {
        const struct report_region *g = &r->regions[k];
        char name[64];

        if (g->last_end <= g->first_begin) continue;
        if (*g->name) snprintf(name, sizeof name, "%s", g->name);
        else snprintf(name, sizeof name, "region %" PRIx64, g->tag);
        for (unsigned end = 0; end < 2; end++) {
            open_event(e, end ? "e" : "b", name, CHAPTER_GUESTS, TRACK_REGIONS);
            emit_string(e, "cat", "region");
            emit_u64(e, "id", k + 1);
            emit_time(r, e, end ? g->last_end : g->first_begin);
            emit_close(e, '}');
        }
    }
}

/* They overlap as well: an exit of level 2 that level 1 handles has exits of level 1 in it. */
static void longest_exits(const struct report *r, struct emit *e)
{
    if (r->flow_count) name_event(e, "process_name", CHAPTER_EXITS, 0, "exits: the longest");
    for (unsigned k = 0; k < r->flow_count; k++) {
        const struct exit_flow *f = &r->flows[k];
        char name[96];

        snprintf(name, sizeof name, "L%u %s, by L%u", f->level, f->reason, f->handled_by);
        for (unsigned end = 0; end < 2; end++) {
            open_event(e, end ? "e" : "b", name, CHAPTER_EXITS, f->level);
            emit_string(e, "cat", "exit");
            emit_u64(e, "id", k + 1);
            emit_time(r, e, end ? f->end : f->start);
            emit_open(e, "args", '{');
            emit_u64(e, "lpid", f->lpid);
            emit_u64(e, "hypervisor_cycles", f->hypervisor_cycles);
            emit_close(e, '}');
            emit_close(e, '}');
        }
    }
}

static void marks(const struct report *r, struct emit *e)
{
    for (unsigned k = 0; k < r->mark_count; k++) {
        open_event(e, "i", r->marks[k].name, CHAPTER_GUESTS, TRACK_TOWER);
        emit_time(r, e, r->marks[k].cycle);
        emit_string(e, "s", "g");
        emit_close(e, '}');
    }
}

void report_timeline(const struct report *r, struct emit *e)
{
    emit_open(e, NULL, '{');
    emit_string(e, "displayTimeUnit", "ns");
    emit_open(e, "traceEvents", '[');
    name_tracks(r, e, CHAPTER_RUN, "the run: who ran when");
    if (r->timeline.switch_count) name_tracks(r, e, CHAPTER_SWITCHES, "switches: every one, for a while");
    overview(r, e);
    bursts(r, e);
    tower(r, e);
    regions(r, e);
    longest_exits(r, e);
    marks(r, e);
    emit_close(e, ']');
    emit_close(e, '}');
}
