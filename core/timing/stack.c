/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where the cycles went.  Between two completions lies a gap, unless both are in one cycle; its last cycle completes an
 * instruction, the others are somebody's fault:
 *
 *       elder completes       dispatched        issued      translated     finished = completes
 *     ------|---------------------|----------------|-------------|--------------|----
 *            nothing is in the ICT    the oldest waits: its class | ERAT miss    | its line, unit ...
 *
 * Until it is dispatched the completion table is empty of this thread, because all that is older has completed; the
 * front end is at fault, and why it was late was said when the group was fetched.  From then on it is the oldest
 * instruction, all that it depends on has completed, so what it waits for is its own.  Sums are exact by construction.
 *
 * What of a translation lies in such a gap is exposed.  Of a chain of accesses, each of which waits for the one before,
 * the run would have been that much shorter without it; of accesses that are limited by queues it would not, and only a
 * model with free walks tells (timing_open_twin()).  The rest of it was overlapped with the completion of others.
 */
#include "core/timing/lane.h"
#include "stats/counters.h"

/* Of the cycles from `from` to `to`, those up to `until`. */
inline_hot u64 part(u64 from, u64 to, u64 until)
{
    return until <= from ? 0 : (until < to ? until : to) - from;
}

/* Cycles from the later of both to the earlier of both. */
static u64 common(u64 from, u64 to, u64 also_from, u64 also_to)
{
    u64 first = later(from, also_from), last = to < also_to ? to : also_to;

    return last > first ? last - first : 0;
}

static void expose_walk(struct lane *l, u64 cycles)
{
    l->account.counters->walk_exposed += cycles;
    l->walk_exposed += cycles;
}

/* The front end is late; some of that may be for a translation. */
static void blame_front(struct lane *l, u64 from, u64 to, enum cpi late)
{
    u64 behind = l->core->timing->config.front_cycles, translates = 0;

    if (l->fetch_translated > l->fetch_missed) {
        translates = common(from, to, l->fetch_missed + behind, l->fetch_translated + behind);
        l->cpi[CPI_noslot_translation] += translates;
        l->account.counters->translation_exposed += translates;
        expose_walk(l, common(from, to, l->fetch_walk_from + behind, l->fetch_walk_to + behind));
    }
    l->cpi[late] += to - from - translates;
}

static void blame_translation(struct lane *l, const struct moments *m, u64 from, u64 to)
{
    u64 queues = part(from, to, m->missed);

    l->cpi[CPI_stall_emq_full] += queues;
    l->cpi[CPI_stall_erat_miss] += to - from - queues;
    l->account.counters->translation_exposed += to - from;
    expose_walk(l, common(from, to, m->walk_from, m->walk_to));
}

void stack_gap(struct lane *l, const struct moments *m, u64 dispatched, enum cpi late, u64 completed)
{
    u64 from = l->complete_at, to = completed - 1, empty = part(from, to, dispatched), waits, translates;

    if (empty) blame_front(l, from, from + empty, late);
    from += empty;
    waits = part(from, to, m->issue);
    translates = part(from + waits, to, m->translated);
    if (unlikely(translates)) blame_translation(l, m, from + waits, from + waits + translates);
    l->cpi[m->stall] += to - from - translates;
}
