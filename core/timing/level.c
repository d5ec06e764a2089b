/* SPDX-License-Identifier: Apache-2.0 */
/* The L2s and L3s of a chip, and memory; see memory_parts.h. */
#include "core/timing/memory_parts.h"

#include <stdlib.h>

#include "base/assert.h"

static struct memory_pair *pair_of(const struct memory_system *m, unsigned core)
{
    return &m->level->pair[core / 2];
}

/* ---- the state of a line ---- */

static u32 state_of(const struct cache *c, u32 at)
{
    return c->state[at] | (c->tag[at] & CACHE_CLOSER ? LINE_TABLE : 0);
}

/* Of a line that was just filled. */
static void set_state(struct cache *c, u32 at, u32 state)
{
    c->state[at] = (u8)state;
    if (state & LINE_TABLE) c->tag[at] |= CACHE_CLOSER;
}

void level_note_table(struct memory_system *m, unsigned core, u32 at)
{
    pair_of(m, core)->l2.tag[at] |= CACHE_CLOSER;
}

struct memory_space level_space(const struct memory_system *m, enum served_by cache)
{
    struct memory_space space = {0};

    for (u32 k = 0; k < m->level->pairs; k++) {
        const struct memory_pair *pair = &m->level->pair[k];
        const struct cache *c = cache == SERVED_L2 ? &pair->l2 : &pair->l3;

        space.lines += c->lines;
        for (u32 at = 0; at < c->lines; at++) {
            space.held += c->tag[at] != CACHE_EMPTY;
            space.tables += c->tag[at] != CACHE_EMPTY && (state_of(c, at) & LINE_TABLE);
        }
    }
    return space;
}

/* ---- lines that leave ---- */

/* Some L1s of a pair give up a line: those that the state of its line in the L2 names. */
static void drop_l1(struct memory_system *m, u32 pair, u64 line, u8 l1s)
{
    for (unsigned core = 2 * pair; core <= 2 * pair + 1; core++) {
        if (l1s & line_in_l1d(core)) core_drop_data(m, core, line);
        if (l1s & line_in_l1i(core)) core_drop_instructions(m, core, line);
    }
}

static void write_back(struct memory_system *m, u64 when)
{
    booking_take(&m->level->channels, when);
}

/* A line that is in neither cache of the pair. */
static void fill_l3(struct memory_system *m, struct memory_pair *pair, u64 line, u64 ready, u32 state, u64 when)
{
    struct cache *l3 = &pair->l3;
    u32 at = cache_victim(l3, line);

    if (l3->tag[at] != CACHE_EMPTY) {
        pair->castout_l3++;
        if (l3->state[at] & LINE_DIRTY) write_back(m, when);
    }
    cache_fill(l3, at, line, ready);
    set_state(l3, at, state);
}

static void cast_out(struct memory_system *m, struct memory_pair *pair, u32 at, u64 when)
{
    struct cache *l2 = &pair->l2;
    u64 line = cache_line(l2, at);
    u32 state = state_of(l2, at);

    pair->castout_l2++;
    drop_l1(m, (u32)(pair - m->level->pair), line, state & LINE_L1);
    cache_remove(l2, at);
    fill_l3(m, pair, line, l2->ready[at], state & ~(u32)LINE_L1, when);
}

/* A line that is in neither cache of the pair; the answer is its way. */
static u32 fill_l2(struct memory_system *m, struct memory_pair *pair, u64 line, u64 ready, u32 state, u64 when)
{
    struct cache *l2 = &pair->l2;
    u32 at = cache_victim(l2, line);

    if (l2->tag[at] != CACHE_EMPTY) cast_out(m, pair, at, when);
    booking_take(&pair->arrays, ready);
    cache_fill(l2, at, line, ready);
    set_state(l2, at, state);
    return at;
}

/* ---- lines that are sought ---- */

static u32 state_from(enum served_by from)
{
    return (u32)(from - SERVED_L2) << LINE_FROM_SHIFT;
}

/* A line of this cache, whose data would be there at `when` if it were not still under way. */
static struct level_answer answer_of(const struct cache *c, u32 at, u64 when, enum served_by from)
{
    if (c->ready[at] <= when) return (struct level_answer){.when = when, .from = from, .at = at};
    from = (enum served_by)(SERVED_L2 + ((c->state[at] & LINE_FROM) >> LINE_FROM_SHIFT));
    return (struct level_answer){.when = c->ready[at], .from = from, .merged = true, .at = at};
}

/* In another pair's cache: it keeps the line, which is shared from now on. */
static bool share(struct cache *c, u64 line, u64 when, struct level_answer *answer)
{
    u32 at = cache_find(c, line);

    if (at == CACHE_NONE) return false;
    c->state[at] |= LINE_SHARED;
    *answer = answer_of(c, at, when, SERVED_OTHER);
    return true;
}

/* Beyond the pair: the others', or memory's.  state: of the line when it comes. */
static struct level_answer seek_outside(struct memory_system *m, const struct memory_pair *pair, u64 line, u64 start,
                                        u32 *state)
{
    u64 other = start + m->config.other_cycles;
    struct level_answer answer = {.from = SERVED_MEMORY};

    *state = LINE_SHARED;
    for (u32 k = 0; k < m->level->pairs; k++) {
        struct memory_pair *p = &m->level->pair[k];

        if (p != pair && (share(&p->l2, line, other, &answer) || share(&p->l3, line, other, &answer))) return answer;
    }
    *state = 0;
    answer.when = booking_take(&m->level->channels, start) + m->config.memory_cycles;
    return answer;
}

/* Beyond the L2; it leaves the L3 if it was there. */
static struct level_answer seek(struct memory_system *m, struct memory_pair *pair, u64 line, u64 start, u32 *state)
{
    u32 at = cache_find(&pair->l3, line);
    struct level_answer answer;

    if (at == CACHE_NONE) return seek_outside(m, pair, line, start, state);
    answer = answer_of(&pair->l3, at, start + m->config.l3_cycles, SERVED_L3);
    *state = state_of(&pair->l3, at) & (LINE_DIRTY | LINE_SHARED | LINE_TABLE);
    cache_remove(&pair->l3, at);
    return answer;
}

/* An L2 miss. */
static struct level_answer bring(struct memory_system *m, struct memory_pair *pair, u64 line, u64 start)
{
    u32 state;
    struct level_answer answer = seek(m, pair, line, start, &state);

    answer.at = fill_l2(m, pair, line, answer.when, state | state_from(answer.from), start);
    return answer;
}

struct level_answer level_read(struct memory_system *m, unsigned core, u64 line, u64 when)
{
    struct memory_pair *pair = pair_of(m, core);
    u64 start = booking_take(&pair->arrays, when);
    u32 at = cache_find(&pair->l2, line);

    if (at == CACHE_NONE) return bring(m, pair, line, start);
    cache_touch(&pair->l2, at);
    return answer_of(&pair->l2, at, start + m->config.l2_cycles, SERVED_L2);
}

/* ---- lines that are stored to ---- */

static void take_from(struct memory_system *m, u32 pair, u64 line)
{
    struct memory_pair *p = &m->level->pair[pair];
    u32 at = cache_find(&p->l2, line);

    if (at != CACHE_NONE) {
        drop_l1(m, pair, line, p->l2.state[at] & LINE_L1);
        cache_remove(&p->l2, at);
    }
    at = cache_find(&p->l3, line);
    if (at != CACHE_NONE) cache_remove(&p->l3, at);
}

static void take_from_others(struct memory_system *m, u32 pair, u64 line)
{
    for (u32 k = 0; k < m->level->pairs; k++)
        if (k != pair) take_from(m, k, line);
}

/* It is wanted whole, and the pair has not got it: the others are told, and that is all. */
static struct level_answer claim(struct memory_system *m, struct memory_pair *pair, u64 line, u64 start)
{
    u64 when = start + m->config.other_cycles;

    return (struct level_answer){
        .when = when, .from = SERVED_L2, .at = fill_l2(m, pair, line, when, LINE_SHARED, start)};
}

struct level_answer level_own(struct memory_system *m, unsigned core, u64 line, u64 when, bool whole)
{
    struct memory_pair *pair = pair_of(m, core);
    u64 start = booking_take(&pair->arrays, when);
    u32 at = cache_find(&pair->l2, line);
    struct level_answer answer;
    u8 *state, l1s;

    if (at != CACHE_NONE) {
        cache_touch(&pair->l2, at);
        answer = answer_of(&pair->l2, at, start + m->config.l2_busy_cycles, SERVED_L2);
    } else if (whole && cache_find(&pair->l3, line) == CACHE_NONE) {
        answer = claim(m, pair, line, start);
    } else {
        answer = bring(m, pair, line, start);
    }
    state = &pair->l2.state[answer.at];
    if (*state & LINE_SHARED) {
        take_from_others(m, core / 2, line);
        if (answer.when < start + m->config.other_cycles) answer.when = start + m->config.other_cycles;
    }
    l1s = *state & LINE_L1 & (u8)~line_in_l1d(core);
    if (l1s) drop_l1(m, core / 2, line, l1s);
    *state = (u8)((*state & ~(LINE_SHARED | l1s)) | LINE_DIRTY);
    return answer;
}

/* ---- prefetches, flushes ---- */

enum served_by level_of(const struct memory_system *m, unsigned core, u64 line)
{
    const struct memory_pair *pair = pair_of(m, core);

    if (cache_find(&pair->l2, line) != CACHE_NONE) return SERVED_L2;
    return cache_find(&pair->l3, line) != CACHE_NONE ? SERVED_L3 : SERVED_MEMORY;
}

bool level_has_now(const struct memory_system *m, unsigned core, u64 line, u64 when)
{
    const struct cache *l2 = &pair_of(m, core)->l2;
    u32 at = cache_find(l2, line);

    return at != CACHE_NONE && l2->ready[at] <= when;
}

struct level_answer level_prefetch_l3(struct memory_system *m, unsigned core, u64 line, u64 when)
{
    struct memory_pair *pair = pair_of(m, core);
    u32 state;
    struct level_answer answer = seek_outside(m, pair, line, when, &state);

    fill_l3(m, pair, line, answer.when, state | state_from(answer.from), when);
    return answer;
}

static bool flush_cache(struct cache *c, u64 line, bool keep)
{
    u32 at = cache_find(c, line);
    bool dirty = at != CACHE_NONE && (c->state[at] & LINE_DIRTY);

    if (dirty) c->state[at] &= (u8)~LINE_DIRTY;
    if (at != CACHE_NONE && !keep) cache_remove(c, at);
    return dirty;
}

bool level_flush(struct memory_system *m, u64 line, u64 when, bool keep)
{
    bool dirty = false;

    for (u32 k = 0; k < m->level->pairs; k++) {
        struct memory_pair *p = &m->level->pair[k];
        u32 at = cache_find(&p->l2, line);

        if (at != CACHE_NONE && !keep) drop_l1(m, k, line, p->l2.state[at] & LINE_L1);
        dirty |= flush_cache(&p->l2, line, keep);
        dirty |= flush_cache(&p->l3, line, keep);
    }
    if (dirty) write_back(m, when);
    return dirty;
}

/* Those of first..last that a cache holds are looked for line by line, or, if these are more, cache by cache. */
static void drop_from_pair(struct memory_system *m, u32 pair, u64 first, u64 last)
{
    struct memory_pair *p = &m->level->pair[pair];
    struct cache *caches[2] = {&p->l2, &p->l3};

    for (unsigned k = 0; k < 2; k++)
        for (u32 at = 0; at < caches[k]->lines; at++)
            if (caches[k]->tag[at] != CACHE_EMPTY && cache_line(caches[k], at) - first <= last - first)
                take_from(m, pair, cache_line(caches[k], at));
}

void level_drop(struct memory_system *m, u64 first, u64 last)
{
    for (u32 k = 0; k < m->level->pairs; k++)
        if (last - first >= m->level->pair[k].l3.lines) drop_from_pair(m, k, first, last);
        else
            for (u64 line = first; line <= last; line++) take_from(m, k, line);
}

/* ---- what must hold ---- */

static const char *check_pair(const struct memory_system *m, u32 pair)
{
    const struct memory_pair *p = &m->level->pair[pair];

    MUST_HOLD_OF(cache_check(&p->l2));
    MUST_HOLD_OF(cache_check(&p->l3));
    for (u32 at = 0; at < p->l2.lines; at++) {
        u64 line = cache_line(&p->l2, at);

        if (p->l2.tag[at] == CACHE_EMPTY) continue;
        MUST_HOLD(cache_find(&p->l3, line) == CACHE_NONE);
        for (u32 k = 0; k < m->level->pairs; k++) {
            const struct memory_pair *other = &m->level->pair[k];
            bool has = cache_find(&other->l2, line) != CACHE_NONE || cache_find(&other->l3, line) != CACHE_NONE;

            MUST_HOLD(k == pair || !has || (p->l2.state[at] & LINE_SHARED));
        }
    }
    return NULL;
}

const char *level_check(const struct memory_system *m)
{
    for (u32 k = 0; k < m->level->pairs; k++) MUST_HOLD_OF(check_pair(m, k));
    return NULL;
}

/* ---- making it ---- */

static u32 lines_of(u64 bytes)
{
    return (u32)(bytes >> LINE_SHIFT);
}

bool level_open(struct memory_system *m)
{
    const struct memory_config *c = &m->config;
    bool ok = true;

    m->level = calloc(1, sizeof *m->level);
    if (!m->level) return false;
    m->level->pairs = (m->cores + 1) / 2;
    m->level->pair = calloc(m->level->pairs, sizeof *m->level->pair);
    if (!m->level->pair) return false;
    for (u32 k = 0; ok && k < m->level->pairs; k++) {
        struct memory_pair *p = &m->level->pair[k];

        ok = cache_open(&p->l2, lines_of(c->l2_bytes), c->l2_ways, c->l2_replacement, c->seed + k) &&
             cache_open(&p->l3, lines_of(c->l3_bytes), c->l3_ways, c->l3_replacement, c->seed + k);
    }
    return ok;
}

void level_close(struct memory_system *m)
{
    for (u32 k = 0; m->level && m->level->pair && k < m->level->pairs; k++) {
        cache_close(&m->level->pair[k].l2);
        cache_close(&m->level->pair[k].l3);
    }
    if (m->level) free(m->level->pair);
    free(m->level);
}

void level_reset(struct memory_system *m)
{
    booking_reset(&m->level->channels, m->config.line_millicycles);
    for (u32 k = 0; k < m->level->pairs; k++) {
        struct memory_pair *p = &m->level->pair[k];

        cache_reset(&p->l2);
        cache_reset(&p->l3);
        booking_reset(&p->arrays, m->config.l2_busy_cycles * 1000);
        p->castout_l2 = p->castout_l3 = 0;
    }
}
