/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where the machine stands still: the moments of when.h that somebody waits for.  Those that count (instructions, time)
 * bound how far a thread runs; the others are told by whoever sees them - the console, the callthru, a change of
 * context, the run loop at a watched address - and halt the thread behind the instruction that made them.  Once each:
 * what has been reached waits for nothing any more.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"
#include "core/run/run.h"
#include "machine/console.h"
#include "machine/machine_internal.h"

/* ---- who has reached what ---- */

static void note_reached(struct machine *m, struct machine_stop *stop)
{
    stop->reached = m->stop_came = true;
    m->reached_now |= !stop->inside;
}

/* Between instructions there is nobody to halt: machine_run() looks at reached_now behind each turn. */
static void reach(struct machine *m, struct machine_stop *stop, struct thread *t)
{
    note_reached(m, stop);
    if (t) thread_halt(t);
}

#define EACH_STOP(m, stop, kind_)                                                                                      \
    for (struct machine_stop *stop = (m)->stops; stop < (m)->stops + (m)->stop_count; stop++)                          \
        if (!stop->reached && stop->when.kind == (kind_))

/* ---- what the console prints ---- */

static void printed(void *self, char c)
{
    struct machine *m = self;

    EACH_STOP(m, stop, WHEN_TEXT)
    if (match_step(&stop->match, c)) reach(m, stop, m->whose_turn);
}

/* ---- regions ---- */

void machine_stops_region(struct machine *m, const struct machine_region *region, bool ends, struct thread *t)
{
    char tag[24];

    snprintf(tag, sizeof tag, "%llu", (unsigned long long)region->tag);
    EACH_STOP(m, stop, WHEN_REGION)
    if (stop->when.at_end == ends && (!strcmp(stop->when.text, region->name) || !strcmp(stop->when.text, tag)))
        reach(m, stop, t);
}

/* ---- addresses ---- */

bool machine_stops_arrived(void *self, struct thread *t, u64 ea)
{
    struct machine *m = self;
    bool now = false;

    (void)t;
    EACH_STOP(m, stop, WHEN_PC)
    {
        if (stop->when.value != ea || ++stop->seen < stop->when.count) continue;
        note_reached(m, stop); /* the run loop halts the thread itself, before the instruction */
        now = true;
    }
    return now;
}

/* Watch the addresses that are still waited for, and no others. */
static void forget_addresses(struct machine *m)
{
    for (unsigned k = 0; k < m->stop_count; k++) {
        const struct machine_stop *stop = &m->stops[k];
        bool wanted = false;

        if (stop->when.kind != WHEN_PC || !stop->reached) continue;
        EACH_STOP(m, other, WHEN_PC)
        wanted |= other->when.value == stop->when.value;
        if (!wanted) code_unwatch(&m->code, stop->when.value);
    }
}

/* ---- who runs ---- */

static unsigned level_of(const struct thread *t)
{
    return t->partition->level < MACHINE_LEVELS ? t->partition->level : MACHINE_LEVELS - 1;
}

/* Give its level what the thread has executed since the last time. */
static void tally_level(struct machine *m, const struct thread *t, unsigned n, unsigned level)
{
    u64 now = thread_completed(t);

    m->level_insns[m->level_of[n]] += now - m->level_since[n];
    m->level_since[n] = now;
    m->level_of[n] = level;
}

static bool runs(const struct thread *t, const struct when *w)
{
    switch (w->kind) {
    case WHEN_LEVEL: return t->partition->level == w->value;
    case WHEN_LPID: return t->guest_lpid && t->guest_lpid == w->value;
    case WHEN_PID: return (t->msr & MSR_PR) && t->spr.PIDR == w->value;
    case WHEN_STATE: return account_state_of(t->msr) == w->value;
    default: return false;
    }
}

static void look_who_runs(struct machine *m, struct thread *t, struct thread *halt)
{
    for (unsigned k = 0; k < m->stop_count; k++)
        if (!m->stops[k].reached && runs(t, &m->stops[k].when)) reach(m, &m->stops[k], halt);
}

void machine_stops_context(void *self, struct thread *t)
{
    struct machine *m = self;

    for (unsigned n = 0; m->stops_count_levels && n < m->thread_count; n++) {
        if (m->threads[n] != t || m->level_of[n] == level_of(t)) continue;
        tally_level(m, t, n, level_of(t));
        if (t == m->whose_turn) thread_halt(t); /* how far it may run is decided anew */
    }
    look_who_runs(m, t, t == m->whose_turn ? t : NULL);
}

/* ---- how far a thread may run ---- */

static u64 least(u64 a, u64 b)
{
    return a < b ? a : b;
}

static u64 cycles_of_ns(const struct machine *m, u64 ns)
{
    u128 cycles = ((u128)ns * m->core_mhz + 999) / 1000;

    return cycles > UINT64_MAX ? UINT64_MAX : (u64)cycles;
}

static u64 done_by_level(const struct machine *m, const struct machine_stop *stop)
{
    return stop->before + m->level_insns[least(stop->when.value, MACHINE_LEVELS - 1)];
}

struct run_stop machine_stops_next(struct machine *m, const struct thread *t)
{
    struct run_stop stop = m->bound;
    u64 left = stop.completed;

    for (unsigned n = 0; m->stops_count_levels && n < m->thread_count; n++)
        if (m->threads[n] == t) tally_level(m, t, n, level_of(t));
    EACH_STOP(m, level, WHEN_LEVEL_INSNS)
    {
        u64 done = done_by_level(m, level);
        if (level_of(t) == level->when.value && level->when.count > done) left = least(left, level->when.count - done);
    }
    stop.completed = left == UINT64_MAX ? UINT64_MAX : thread_completed(t) + left;
    return stop;
}

/* m->bound.completed: instructions that are left to all threads. */
void machine_stops_bound(struct machine *m, const struct machine_limits *limits)
{
    u64 insns = limits->max_insns, done = machine_completed(m), left = machine_sampling_left(m);

    if (left < insns - least(insns, done)) insns = done + left;
    m->bound.cycles = limits->max_cycles;
    EACH_STOP(m, stop, WHEN_INSNS) insns = least(insns, stop->when.value);
    EACH_STOP(m, stop, WHEN_SECONDS) m->bound.cycles = least(m->bound.cycles, cycles_of_ns(m, stop->when.value));
    m->bound.completed = insns == UINT64_MAX ? UINT64_MAX : insns > done ? insns - done : 0;
}

void machine_stops_look(struct machine *m)
{
    u64 done = machine_completed(m), now = machine_cycles(m);

    if (!m->stop_count) return;
    if (m->stops_count_levels)
        for (unsigned n = 0; n < m->thread_count; n++) tally_level(m, m->threads[n], n, level_of(m->threads[n]));
    EACH_STOP(m, stop, WHEN_INSNS) if (done >= stop->when.value) reach(m, stop, NULL);
    EACH_STOP(m, stop, WHEN_SECONDS) if (now >= cycles_of_ns(m, stop->when.value)) reach(m, stop, NULL);
    EACH_STOP(m, stop, WHEN_LEVEL_INSNS)
    if (done_by_level(m, stop) >= stop->when.count) reach(m, stop, NULL);
    if (m->stop_came) forget_addresses(m);
    m->stop_came = false;
}

/* ---- from outside ---- */

static void watch_contexts(struct machine *m)
{
    for (unsigned n = 0; n < m->thread_count; n++) {
        m->threads[n]->tells_context = true;
        look_who_runs(m, m->threads[n], NULL);
    }
}

static void watch_levels(struct machine *m)
{
    if (m->stops_count_levels) return;
    m->stops_count_levels = true;
    for (unsigned n = 0; n < m->thread_count; n++) {
        m->level_of[n] = level_of(m->threads[n]);
        m->level_since[n] = thread_completed(m->threads[n]);
    }
}

bool machine_stop_at(struct machine *m, const struct when *when, unsigned *number)
{
    struct machine_stop *stop = &m->stops[m->stop_count];

    if (m->stop_count == MACHINE_MAX_STOPS) return p9_error("a run can wait for at most %d moments", MACHINE_MAX_STOPS);
    if (when->kind == WHEN_PC && !code_watch(&m->code, when->value))
        return p9_error("a run can wait for at most %d addresses", CODE_WATCHED);
    *stop = (struct machine_stop){.when = *when};
    if (number) *number = m->stop_count;
    m->stop_count++;
    switch (when->kind) {
    case WHEN_TEXT:
        match_begin(&stop->match, stop->when.text, stop->when.length);
        console_tap(m->console, printed, m);
        break;
    case WHEN_LEVEL_INSNS: watch_levels(m); /* fall through */
    case WHEN_LEVEL:
    case WHEN_LPID:
    case WHEN_PID:
    case WHEN_STATE: watch_contexts(m); break;
    default: break;
    }
    return true;
}

bool machine_stop_inside(struct machine *m, const struct when *when, unsigned *number)
{
    if (!machine_stop_at(m, when, number)) return false;
    m->stops[*number].inside = true;
    return true;
}

struct machine_stop machine_stop_so_far(const struct machine *m, unsigned number)
{
    struct machine_stop stop = m->stops[number];

    if (stop.when.kind == WHEN_LEVEL_INSNS) stop.before = done_by_level(m, &m->stops[number]);
    return stop;
}

/* What was reached waits for nothing. */
bool machine_stop_goes_on(struct machine *m, const struct machine_stop *so_far, unsigned *number)
{
    struct machine_stop *stop;

    if (so_far->reached && m->stop_count < MACHINE_MAX_STOPS) {
        *number = m->stop_count++;
        m->stops[*number] = *so_far;
    } else if (!machine_stop_at(m, &so_far->when, number)) {
        return false;
    }
    stop = &m->stops[*number];
    stop->inside = true;
    stop->seen = so_far->seen;
    stop->before = so_far->before;
    stop->match.matched = so_far->match.matched;
    return true;
}

bool machine_reached(const struct machine *m, unsigned number)
{
    return number < m->stop_count && m->stops[number].reached;
}
