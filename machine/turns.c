/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who runs next, and how far.  Threads are simulated one after the other; each has a local time, and the one that is
 * furthest behind goes first.  What it may do while others are behind, fabric.h says; how far it gets ahead is decided
 * here:
 *
 *   alone                 to the end of the window: the others sleep until a time that is known
 *   others are awake      by a 32nd of the time since threads last told each other something, 8 to 128 cycles: so a
 *                         message reaches a thread that is busy at most that much late in its own time, and the error
 *                         stays a small part of the time that a hand-over takes
 *   somebody waits        not beyond the time of the one who waits, because it is about to look at the time or to talk
 *
 * and always to the next point where the run loop looks up (a taken branch, at most a page of instructions).  Stores
 * are seen at once by whoever runs next; so what is handed over by plain stores alone is seen up to 128 cycles (and a
 * straight run) early or late.  None of this depends on the length of the window, quantum_cycles.
 */
#include "base/assert.h"
#include "core/run/run.h"
#include "core/state/fabric.h"
#include "core/state/timer.h"
#include "machine/machine_internal.h"

enum { AHEAD_LEAST = 8, AHEAD_MOST = 128, AHEAD_PART = 32 };
#define NEVER UINT64_MAX

/* If not, its deadlines - there is always a next one, when the count wraps - are no events: a machine that waits for
 * nothing else must be found out. */
bool machine_is_woken_by_timers(struct thread *t)
{
    u32 pending = t->pending;
    bool wakes;

    t->pending |= PENDING_DECREMENTER | PENDING_HDECREMENTER;
    wakes = thread_wakes(t);
    t->pending = pending;
    return wakes;
}

/* Twice the local time before which the thread does nothing, and one more unless it waits: of two that are equally far
 * the one that waits comes first. */
static u64 place_of(struct thread *t)
{
    u64 at = thread_cycles(t), wakes;

    if (t->held || t->checkstop) return NEVER;
    if (t->stopped) {
        timer_check(t);
        if (!thread_wakes(t)) {
            wakes = machine_is_woken_by_timers(t) ? timer_next_deadline_cycles(t) : NEVER;
            if (wakes > at) at = wakes;
        }
    }
    return at >= NEVER / 2 ? NEVER : at << 1 | (t->turn != TURN_WAITS);
}

static void find_places(struct machine *m)
{
    for (unsigned k = 0; k < m->thread_count; k++) m->place[k] = place_of(m->threads[k]);
    m->fabric.told = false;
    m->places_known = true;
}

struct next_turn {
    unsigned who;
    u64 at;         /* its local time */
    u64 others_at;  /* of the first of the others */
    u64 waiting_at; /* of the first of the others that waits */
};

/* The thread that is furthest behind.  Others that are beyond the window do not count. */
static struct next_turn choose(const struct machine *m, u64 end)
{
    u64 first = NEVER, second = end << 1, waiting = NEVER;
    unsigned who = 0;

    for (unsigned k = 0; k < m->thread_count; k++) {
        u64 place = m->place[k];
        if (place < first) {
            if (first < second) second = first;
            if (!(first & 1) && first < waiting) waiting = first;
            first = place;
            who = k;
        } else {
            if (place < second) second = place;
            if (!(place & 1) && place < waiting) waiting = place;
        }
    }
    return (struct next_turn){who, first >> 1, second >> 1, waiting >> 1};
}

static u64 end_of_turn(const struct machine *m, const struct next_turn *next, u64 end)
{
    u64 told_at = m->fabric.told_at, quiet = next->at > told_at ? next->at - told_at : 0;
    u64 ahead = quiet / AHEAD_PART < AHEAD_LEAST  ? AHEAD_LEAST
                : quiet / AHEAD_PART > AHEAD_MOST ? AHEAD_MOST
                                                  : quiet / AHEAD_PART;
    u64 until = next->others_at < end ? next->others_at + ahead : end;

    if (until > next->waiting_at) until = next->waiting_at;
    if (until > end) until = end;
    return until > next->at ? until : next->at + 1;
}

/* One thread runs on in its turn, or begins one.  False: it stands still. */
static bool take_turn(struct machine *m, struct thread *t, u64 end)
{
    struct run_stop stop = machine_stops_next(m, t);
    u64 before = thread_completed(t);
    bool over;

    m->whose_turn = m->fabric.running = t;
    over = thread_run(t, end, &stop);
    m->fabric.running = NULL;
    if (over) m->whose_turn = NULL;
    if (m->bound.completed != UINT64_MAX) m->bound.completed -= thread_completed(t) - before;
    return over;
}

static void begin_turn(struct machine *m, struct thread *t, const struct next_turn *next)
{
    if (t != m->last_to_run) t->reserved = false; /* others have run since: their stores may have hit it */
    m->last_to_run = t;
    if (t->stopped) fabric_stand_still(t, next->at);
    P9_ASSERT(thread_cycles(t) == next->at && !m->fabric.running);
    t->others_at = next->others_at;
}

static void turn_is_over(struct machine *m, unsigned who)
{
    m->place[who] = place_of(m->threads[who]);
    if (m->fabric.told || !m->places_known) find_places(m);
}

static unsigned number_of(const struct machine *m, const struct thread *t)
{
    unsigned n = 0;

    while (m->threads[n] != t) n++;
    return n;
}

bool machine_take_turns(struct machine *m)
{
    u64 end = m->window_end;

    if (m->thread_count == 1) return take_turn(m, m->threads[0], end);
    if (m->whose_turn) {
        unsigned who = number_of(m, m->whose_turn);
        if (!take_turn(m, m->whose_turn, end)) return false;
        turn_is_over(m, who);
    } else {
        find_places(m);
    }
    while (m->end == MACHINE_RUNNING) {
        struct next_turn next = choose(m, end);

        if (next.at >= end) return true;
        P9_ASSERT(next.at <= next.others_at && next.at <= next.waiting_at);
        begin_turn(m, m->threads[next.who], &next);
        if (!take_turn(m, m->threads[next.who], end_of_turn(m, &next, end))) return false;
        turn_is_over(m, next.who);
    }
    return true;
}
