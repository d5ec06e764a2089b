/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The core's side of memory.h: its L1s, and what waits there.
 *
 *   load misses    a line that misses the L1D takes an entry of the load miss queue until it comes; a load of a line
 *                  under way is merged with it and takes none.  Prefetches to the L1D take none either, because they
 *                  only fetch what the L2 has already.
 *   stores         wait in stations of 64 bytes, in which later stores to the same 64 bytes join them, and go to the L2
 *                  one by one; the L1D is written through and never filled (a copy that it has stays valid).
 *   instructions   behind a line that misses the L1I the next one is fetched into a buffer, and while lines in a row
 *                  miss twice as many each time, not further than the page of 4 KiB.  They go to the L1I when they are
 *                  wanted: a chain of branches through 256 pages shows no lines in the L1I, and few in the L2, that
 *                  were not wanted; and lines of nops from the L2 are run through as fast as four lines ahead allow.
 */
#include "core/timing/memory_parts.h"

/* ---- the L1s ---- */

static void fill_l1(struct cache *l1, u64 line, u64 ready, u8 state)
{
    u32 at = cache_victim(l1, line);

    cache_fill(l1, at, line, ready);
    l1->state[at] = state;
    l1->tag[at] |= CACHE_CLOSER;
}

/* The L2's line knows from now on that this L1 has it. */
static void tell_l2(struct memory_system *m, unsigned core, u32 at, u8 l1)
{
    m->level->pair[core / 2].l2.state[at] |= l1;
}

static bool drop_from(struct cache *l1, u64 line)
{
    u32 at = cache_find(l1, line);

    if (at != CACHE_NONE) cache_remove(l1, at);
    return at != CACHE_NONE;
}

static struct fetch_buffer *buffer_find(const struct memory_system *m, unsigned core, u64 line)
{
    struct fetch_buffer *b = m->core[core].ahead;

    for (u32 k = 0; k < m->config.fetch_ahead; k++)
        if (b[k].used && b[k].line == line) return &b[k];
    return NULL;
}

void core_drop_data(struct memory_system *m, unsigned core, u64 line)
{
    m->core[core].counts.invalidated += drop_from(&m->l1d[core], line);
}

void core_drop_instructions(struct memory_system *m, unsigned core, u64 line)
{
    struct fetch_buffer *buffer = buffer_find(m, core, line);

    m->core[core].counts.invalidated += drop_from(&m->l1i[core], line);
    if (buffer) buffer->used = false;
}

/* A line of an L1 that needs a closer look: it was found, and would be used in cycle `used` if it were there.  ready:
 * what is wanted of it; whole: all of it. */
static struct memory_answer arriving(struct cache *l1, u32 at, u64 used, u64 ready, u64 whole)
{
    enum served_by from = (enum served_by)(l1->state[at] & L1_FROM);

    cache_touch(l1, at);
    if (whole <= used) l1->tag[at] &= ~CACHE_CLOSER;
    if (ready > used) return (struct memory_answer){.when = ready, .from = from, .merged = true};
    return (struct memory_answer){.when = used, .from = SERVED_L1};
}

/* The state of a line of which the sector at ra comes first. */
static u8 sector_of(u64 ra)
{
    return ra >> SECTOR_SHIFT & 1 ? L1_SECTOR : 0;
}

/* ---- prefetches ---- */

static void prefetch_l1(struct memory_system *m, unsigned core, u64 line, u64 when)
{
    struct level_answer a;

    if (cache_find(&m->l1d[core], line) != CACHE_NONE || !level_has_now(m, core, line, when)) return;
    a = level_read(m, core, line, when);
    fill_l1(&m->l1d[core], line, a.when, (u8)(a.from | L1_PREFETCHED));
    tell_l2(m, core, a.at, line_in_l1d(core));
    m->core[core].counts.prefetch[SERVED_L1]++;
}

/* To the L2 or L3 of the pair; what is already there, or nearer, is not asked for. */
static void prefetch(struct memory_system *m, unsigned core, u64 line, u64 when, enum served_by to)
{
    struct memory_core *c = &m->core[core];
    enum served_by is = level_of(m, core, line);
    u64 start = when;
    u32 machine = ROOM_UNTOLD;
    struct level_answer a;

    if (is <= to) return;
    if (is > SERVED_L3) machine = room_find(&c->machines, &start);
    if (start > when) {
        c->counts.prefetch_dropped++;
        return;
    }
    a = to == SERVED_L2 ? level_read(m, core, line, when) : level_prefetch_l3(m, core, line, when);
    room_hold(&c->machines, machine, when, a.when);
    c->counts.prefetch[to]++;
}

/* A load was the first to use the line, or missed it. */
static void tell_streams(struct memory_system *m, unsigned core, unsigned thread, u64 line, u64 when)
{
    struct stream_wish wish;

    if (!streams_use(&m->core[core].streams, thread, line, &wish)) return;
    for (u32 k = wish.l2_first; k <= wish.l2_last; k++)
        prefetch(m, core, wish.line + k * (u64)wish.step, when, SERVED_L2);
    for (u32 k = wish.l3_first; k <= wish.l3_last; k++)
        prefetch(m, core, wish.line + k * (u64)wish.step, when, SERVED_L3);
    for (u32 k = 1; k <= wish.l1; k++) prefetch_l1(m, core, wish.line + k * (u64)wish.step, when);
}

void memory_set_stream(struct memory_system *m, unsigned core, unsigned thread, u64 dscr)
{
    m->core[core].streams.dscr[thread] = dscr;
}

/* ---- loads ---- */

static struct memory_answer load_missing(struct memory_system *m, unsigned core, u64 ra, u64 when)
{
    u64 line = line_of(ra);
    struct room *misses = &m->core[core].misses;
    u64 start = when;
    u32 entry = room_find(misses, &start);
    struct level_answer a = level_read(m, core, line, start);

    room_hold(misses, entry, start, a.when);
    fill_l1(&m->l1d[core], line, a.when, (u8)a.from | sector_of(ra));
    tell_l2(m, core, a.at, line_in_l1d(core));
    return (struct memory_answer){.when = a.when, .from = a.from, .merged = a.merged, .queued = start > when};
}

static struct memory_answer load_arriving(struct memory_system *m, unsigned core, unsigned thread, u32 at, u64 ra,
                                          u64 when)
{
    struct cache *l1d = &m->l1d[core];
    bool first_use = l1d->state[at] & L1_PREFETCHED, is_first = sector_of(ra) == (l1d->state[at] & L1_SECTOR);
    u64 whole = l1d->ready[at] + m->config.sector_cycles;
    struct memory_answer answer = arriving(l1d, at, when + m->l1d_cycles, is_first ? l1d->ready[at] : whole, whole);

    if (first_use) {
        l1d->state[at] &= (u8)~L1_PREFETCHED;
        m->core[core].counts.prefetch_used++;
        tell_streams(m, core, thread, line_of(ra), when);
    }
    return answer;
}

/* Of a hit. */
static struct memory_answer in_l1(u64 when)
{
    return (struct memory_answer){.when = when, .from = SERVED_L1};
}

struct memory_answer memory_load_slowly(struct memory_system *m, unsigned core, unsigned thread, u64 ra, u64 when)
{
    u64 line = line_of(ra);
    u32 at = cache_find(&m->l1d[core], line);
    struct memory_answer answer;

    if (m->config.perfect) return in_l1(when + m->l1d_cycles);
    if (at != CACHE_NONE) return load_arriving(m, core, thread, at, ra, when);
    answer = load_missing(m, core, ra, when);
    tell_streams(m, core, thread, line, when);
    return answer;
}

void memory_touch(struct memory_system *m, unsigned core, u64 ra, u64 when)
{
    if (m->config.perfect) return;
    if (cache_find(&m->l1d[core], line_of(ra)) == CACHE_NONE) (void)load_missing(m, core, ra, when);
}

struct memory_answer memory_table_read(struct memory_system *m, unsigned core, u64 ra, u64 when)
{
    struct level_answer a;

    if (m->config.perfect) return (struct memory_answer){.when = when + m->config.l2_cycles, .from = SERVED_L2};
    a = level_read(m, core, line_of(ra), when);
    level_note_table(m, core, a.at);
    return (struct memory_answer){.when = a.when, .from = a.from, .merged = a.merged};
}

struct memory_space memory_space_of(const struct memory_system *m, enum served_by cache)
{
    return level_space(m, cache);
}

void memory_table_prefetch(struct memory_system *m, unsigned core, u64 ra, u64 when)
{
    u64 next = line_of(ra) + 1;

    if (next % PAGE_LINES != 0 && !m->config.perfect) prefetch(m, core, next, when, SERVED_L2);
}

/* ---- stores ---- */

static bool station_has(const struct memory_core *c, u32 k, u64 block, u64 when)
{
    return c->block[k] == block && c->stations.until[k] > when;
}

/* The station in which stores to these 64 bytes wait in cycle `when`, or ROOM_UNTOLD. */
static u32 station_of(const struct memory_core *c, u64 block, u64 when)
{
    if (station_has(c, c->latest_station, block, when)) return c->latest_station;
    for (u32 k = 0; k < c->stations.entries; k++)
        if (station_has(c, k, block, when)) return k;
    return ROOM_UNTOLD;
}

static void station_hold(struct memory_core *c, u32 station, u64 block, enum served_by from)
{
    if (station == ROOM_UNTOLD) return;
    c->block[station] = block;
    c->served[station] = (u8)from;
    c->latest_station = station;
}

static struct memory_answer store(struct memory_system *m, unsigned core, u64 ra, u64 when, bool whole)
{
    struct memory_core *c = &m->core[core];
    u64 block = ra >> STATION_SHIFT, start = when;
    u32 station = whole ? ROOM_UNTOLD : station_of(c, block, when);
    struct level_answer a;

    if (m->config.perfect) return (struct memory_answer){.when = when, .from = SERVED_L2};
    if (station != ROOM_UNTOLD)
        return (struct memory_answer){.when = when, .from = (enum served_by)c->served[station], .merged = true};
    station = room_find(&c->stations, &start);
    a = level_own(m, core, line_of(ra), start + (whole ? 0 : m->config.gather_cycles), whole);
    room_hold(&c->stations, station, start, a.when);
    station_hold(c, station, block, a.from);
    return (struct memory_answer){.when = start, .from = a.from, .queued = start > when};
}

struct memory_answer memory_store(struct memory_system *m, unsigned core, u64 ra, u64 when)
{
    return store(m, core, ra, when, false);
}

struct memory_answer memory_zero(struct memory_system *m, unsigned core, u64 ra, u64 when)
{
    return store(m, core, ra, when, true);
}

/* ---- fetches ---- */

/* How many lines to fetch behind this one, which missed: one, and twice as many as before if it follows one that
 * missed. */
static u32 depth_of_fetch(struct memory_core *c, u64 line, u32 most)
{
    struct fetch_stream *f = c->fetches;
    u32 k = 0, depth = 1;

    while (k < FETCH_STREAMS - 1 && f[k].next != line) k++;
    if (f[k].next == line && f[k].depth) depth = 2 * f[k].depth;
    if (depth > most) depth = most;
    memmove(f + 1, f, k * sizeof *f);
    f[0] = (struct fetch_stream){.next = line + 1, .depth = depth};
    return depth;
}

/* The lines behind it, as far as the page goes on. */
static void fetch_ahead(struct memory_system *m, unsigned core, u64 line, u64 when)
{
    struct memory_core *c = &m->core[core];
    u64 last = line + depth_of_fetch(c, line, m->config.fetch_ahead);

    for (u64 next = line + 1; next <= last; next++) {
        struct level_answer a;

        if (next % PAGE_LINES == 0) {
            c->counts.fetch_ahead_at_page_end++;
            return;
        }
        if (buffer_find(m, core, next) || cache_find(&m->l1i[core], next) != CACHE_NONE) continue;
        a = level_read(m, core, next, when);
        tell_l2(m, core, a.at, line_in_l1i(core));
        c->ahead[c->next_ahead] = (struct fetch_buffer){next, a.when + m->config.fetch_cycles, a.from, true};
        c->next_ahead = (c->next_ahead + 1) % m->config.fetch_ahead;
        c->counts.fetch_ahead++;
    }
}

static struct memory_answer fetch_missing(struct memory_system *m, unsigned core, u64 line, u64 when)
{
    struct fetch_buffer *buffer = buffer_find(m, core, line);
    struct level_answer a;

    if (!buffer) {
        a = level_read(m, core, line, when);
        tell_l2(m, core, a.at, line_in_l1i(core));
        return (struct memory_answer){.when = a.when + m->config.fetch_cycles, .from = a.from, .merged = a.merged};
    }
    buffer->used = false;
    m->core[core].counts.fetch_ahead_used++;
    return (struct memory_answer){
        .when = buffer->ready > when ? buffer->ready : when, .from = buffer->from, .merged = buffer->ready > when};
}

struct memory_answer memory_fetch_slowly(struct memory_system *m, unsigned core, u64 ra, u64 when)
{
    u64 line = line_of(ra);
    u32 at = cache_find(&m->l1i[core], line);
    struct memory_answer answer;

    if (m->config.perfect) return in_l1(when);
    if (at != CACHE_NONE) return arriving(&m->l1i[core], at, when, m->l1i[core].ready[at], m->l1i[core].ready[at]);
    answer = fetch_missing(m, core, line, when);
    fill_l1(&m->l1i[core], line, answer.when, (u8)answer.from);
    fetch_ahead(m, core, line, when);
    return answer;
}

/* ---- lines that software or a device takes away ---- */

struct memory_answer memory_flush(struct memory_system *m, unsigned core, u64 ra, u64 when, bool keep)
{
    (void)core;
    level_flush(m, line_of(ra), when, keep);
    return (struct memory_answer){.when = when + m->config.other_cycles, .from = SERVED_L2};
}

void memory_icbi(struct memory_system *m, u64 ra)
{
    for (unsigned core = 0; core < m->cores; core++) core_drop_instructions(m, core, line_of(ra));
}

void memory_dma(struct memory_system *m, u64 ra, u64 bytes, bool write)
{
    u64 last = bytes && ra + (bytes - 1) < ra ? UINT64_MAX : ra + (bytes - 1);

    if (write && bytes) level_drop(m, line_of(ra), line_of(last));
}

struct memory_counts memory_counts_of(const struct memory_system *m, unsigned core)
{
    const struct memory_core *c = &m->core[core];
    const struct memory_pair *pair = &m->level->pair[core / 2];
    struct memory_counts counts = c->counts;

    counts.stream_allocated = c->streams.allocated;
    counts.stream_confirmed = c->streams.confirmed;
    if (core % 2 == 0) {
        counts.castout_l2 = pair->castout_l2;
        counts.castout_l3 = pair->castout_l3;
    }
    return counts;
}
