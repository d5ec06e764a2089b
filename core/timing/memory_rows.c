/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What of the caches, the queues and the bandwidth is state, as rows (base/state.h).
 *
 * Each cache is an object of its own: one whose geometry is still the same comes back as it was - lines, when their
 * data is there, order of replacement - and any other starts empty.  What an L1 holds is in the L2, so L1s come back
 * with their L2 alone.  Queues, prefetch streams and bookings are full of times that belong to one set of numbers of
 * the model; with others they start empty.
 */
#include <stdio.h>
#include <stdlib.h>

#include "core/timing/memory_parts.h"
#include "core/timing/rows.h"

/* ---- the numbers ---- */

#define CONFIG(member) STATE(struct memory_config, member)
static const struct state_row config_rows[] = {
    CONFIG(l1i_bytes),         CONFIG(l1d_bytes),       CONFIG(l2_bytes),       CONFIG(l3_bytes),
    CONFIG(l1i_ways),          CONFIG(l1d_ways),        CONFIG(l2_ways),        CONFIG(l3_ways),
    CONFIG(l1_replacement),    CONFIG(l2_replacement),  CONFIG(l3_replacement), CONFIG(seed),
    CONFIG(l1d_cycles),        CONFIG(l2_cycles),       CONFIG(l3_cycles),      CONFIG(other_cycles),
    CONFIG(memory_cycles),     CONFIG(fetch_cycles),    CONFIG(l2_busy_cycles), CONFIG(line_millicycles),
    CONFIG(sector_cycles),     CONFIG(perfect),         CONFIG(load_misses),    CONFIG(store_stations),
    CONFIG(gather_cycles),     CONFIG(fetch_ahead),     CONFIG(streams),        CONFIG(stream_depth),
    CONFIG(stream_l1_lines),   CONFIG(stream_l2_lines), CONFIG(stream_stride),  CONFIG(stream_boundary),
    CONFIG(prefetch_machines),
};
const struct state_table memory_config_state = STATE_TABLE(struct memory_config, config_rows);

/* ---- bookings ---- */

static const struct state_row booking_rows[] = {
    STATE(struct booking, taken), STATE(struct booking, number),
    STATE_DERIVED(struct booking, slot_millicycles), /* of the configuration */
};
const struct state_table booking_state = STATE_TABLE(struct booking, booking_rows);

static const struct state_row room_rows[] = {
    STATE(struct room, from), STATE(struct room, until), STATE_DERIVED(struct room, entries), /* of the configuration */
};
const struct state_table room_state = STATE_TABLE(struct room, room_rows);

/* ---- a cache ---- */

static void save_lines(struct state_writer *w, const void *self)
{
    const struct cache *c = self;

    state_put_numbers(w, c->tag, 8, c->lines);
    state_put_numbers(w, c->ready, 8, c->lines);
    state_put_numbers(w, c->state, 1, c->lines);
    state_put_numbers(w, c->order, 1, (size_t)c->sets * c->row);
    if (c->tree) state_put_numbers(w, c->tree, 8, c->sets);
}

/* Whether the lists of the sets are what they must be, cache_check() says when all is there. */
static bool restore_lines(struct state_reader *r, void *self)
{
    struct cache *c = self;

    if (!state_get_numbers(r, c->tag, 8, c->lines) || !state_get_numbers(r, c->ready, 8, c->lines) ||
        !state_get_numbers(r, c->state, 1, c->lines) || !state_get_numbers(r, c->order, 1, (size_t)c->sets * c->row) ||
        (c->tree && !state_get_numbers(r, c->tree, 8, c->sets)))
        return false;
    cache_set_marks(c);
    return true;
}

static const struct state_row cache_rows[] = {
    STATE_DERIVED(struct cache, sets), /* of the configuration: */
    STATE_DERIVED(struct cache, ways),   STATE_DERIVED(struct cache, lines),
    STATE_DERIVED(struct cache, row),    STATE_DERIVED(struct cache, set_shift),
    STATE_DERIVED(struct cache, policy), STATE_CALL(struct cache, tag, save_lines, restore_lines),
    STATE_WITH(struct cache, ready),     STATE_WITH(struct cache, state),
    STATE_WITH(struct cache, order),     STATE_DERIVED(struct cache, mark), /* of the tags */
    STATE_WITH(struct cache, tree),      STATE_DERIVED(struct cache, seed),
    STATE(struct cache, random),
};
const struct state_table cache_state = STATE_TABLE(struct cache, cache_rows);

/* ---- a core ---- */

static const struct state_row buffer_rows[] = {
    STATE(struct fetch_buffer, line),
    STATE(struct fetch_buffer, ready),
    STATE(struct fetch_buffer, from, .most = SERVED_COUNT - 1),
    STATE(struct fetch_buffer, used),
};
static const struct state_table buffer_state = STATE_TABLE(struct fetch_buffer, buffer_rows);

static const struct state_row fetch_rows[] = {STATE(struct fetch_stream, next), STATE(struct fetch_stream, depth)};
static const struct state_table fetch_state = STATE_TABLE(struct fetch_stream, fetch_rows);

static const struct state_row stream_rows[] = {
    STATE(struct stream, line),     STATE(struct stream, used),  STATE(struct stream, step),
    STATE(struct stream, distance), STATE(struct stream, depth), STATE(struct stream, asked_l2),
    STATE(struct stream, asked_l3),
};
static bool stream_restored(struct state_reader *r, void *self)
{
    const struct stream *s = self;

    return (s->step >= -STREAM_STRIDE_MAX && s->step <= STREAM_STRIDE_MAX) ||
           state_refuse(r, "a prefetch stream in steps of %lld lines", (long long)s->step);
}
static const struct state_table stream_state = STATE_TABLE(struct stream, stream_rows, .restored = stream_restored);

static const struct state_row streams_rows[] = {
    STATE_PART(struct streams, stream, struct stream, stream_state),
    STATE_DERIVED(struct streams, count), /* of the configuration: */
    STATE_DERIVED(struct streams, depth_default),
    STATE_DERIVED(struct streams, l1_lines),
    STATE_DERIVED(struct streams, l2_lines),
    STATE_DERIVED(struct streams, boundary_lines),
    STATE_DERIVED(struct streams, stride),
    STATE(struct streams, clock),
    STATE(struct streams, allocated),
    STATE(struct streams, confirmed),
    STATE(struct streams, dscr),
};
static const struct state_table streams_state = STATE_TABLE(struct streams, streams_rows);

#define COUNT(member) STATE(struct memory_counts, member)
static const struct state_row counts_rows[] = {
    COUNT(stream_allocated), COUNT(stream_confirmed), COUNT(prefetch),         COUNT(prefetch_dropped),
    COUNT(prefetch_used),    COUNT(fetch_ahead),      COUNT(fetch_ahead_used), COUNT(fetch_ahead_at_page_end),
    COUNT(castout_l2),       COUNT(castout_l3),       COUNT(invalidated),
};
static const struct state_table counts_state = STATE_TABLE(struct memory_counts, counts_rows);

static const struct state_row core_rows[] = {
    STATE_PART(struct memory_core, misses, struct room, room_state),
    STATE_PART(struct memory_core, machines, struct room, room_state),
    STATE_PART(struct memory_core, stations, struct room, room_state),
    STATE(struct memory_core, block),
    STATE(struct memory_core, served, .most = SERVED_COUNT - 1),
    STATE(struct memory_core, latest_station, .most = ROOM_MAX - 1),
    STATE_PART(struct memory_core, ahead, struct fetch_buffer, buffer_state),
    STATE(struct memory_core, next_ahead, .most = AHEAD_MAX - 1),
    STATE_PART(struct memory_core, fetches, struct fetch_stream, fetch_state),
    STATE_PART(struct memory_core, streams, struct streams, streams_state),
    STATE_PART(struct memory_core, counts, struct memory_counts, counts_state),
};
const struct state_table memory_core_state = STATE_TABLE(struct memory_core, core_rows);

/* ---- the chip ---- */

static const struct state_row pair_rows[] = {
    STATE_DERIVED(struct memory_pair, l2), /* objects of their own */
    STATE_DERIVED(struct memory_pair, l3), STATE_PART(struct memory_pair, arrays, struct booking, booking_state),
    STATE(struct memory_pair, castout_l2), STATE(struct memory_pair, castout_l3),
};
const struct state_table memory_pair_state = STATE_TABLE(struct memory_pair, pair_rows);

static const struct state_row level_rows[] = {
    STATE_DERIVED(struct memory_level, pair), /* objects of their own */
    STATE_DERIVED(struct memory_level, pairs),
    STATE_PART(struct memory_level, channels, struct booking, booking_state),
};
const struct state_table memory_level_state = STATE_TABLE(struct memory_level, level_rows);

/* ---- all of it ---- */

static void put(struct state_writer *w, const char *name, const char *what, unsigned n, const struct state_table *table,
                const void *self)
{
    char whole[TIMING_NAME];

    timing_object_name(whole, name, what, n);
    state_put_object(w, whole, table, self);
}

static bool get(struct state_reader *r, const char *name, const char *what, unsigned n, const struct state_table *table,
                void *self)
{
    char whole[TIMING_NAME];

    timing_object_name(whole, name, what, n);
    return state_get_object(r, whole, table, self);
}

void memory_save(const struct memory_system *m, struct state_writer *w, const char *name)
{
    for (unsigned n = 0; n < m->cores; n++) {
        put(w, name, "L1D of core", n, &cache_state, &m->l1d[n]);
        put(w, name, "L1I of core", n, &cache_state, &m->l1i[n]);
        put(w, name, "queues of core", n, &memory_core_state, &m->core[n]);
    }
    for (unsigned n = 0; n < m->level->pairs; n++) {
        put(w, name, "L2 of pair", n, &cache_state, &m->level->pair[n].l2);
        put(w, name, "L3 of pair", n, &cache_state, &m->level->pair[n].l3);
        put(w, name, "queues of pair", n, &memory_pair_state, &m->level->pair[n]);
    }
    put(w, name, "channels of chip", 0, &memory_level_state, m->level);
}

static bool restore_l1s(struct memory_system *m, struct state_reader *r, const char *name)
{
    bool ok = true;

    for (unsigned n = 0; ok && n < m->cores; n++)
        ok = get(r, name, "L1D of core", n, &cache_state, &m->l1d[n]) &&
             get(r, name, "L1I of core", n, &cache_state, &m->l1i[n]);
    return ok;
}

static bool restore_l2s(struct memory_system *m, struct state_reader *r, const char *name)
{
    bool ok = true;

    for (unsigned n = 0; ok && n < m->level->pairs; n++)
        ok = get(r, name, "L2 of pair", n, &cache_state, &m->level->pair[n].l2);
    return ok;
}

static bool restore_l3s(struct memory_system *m, struct state_reader *r, const char *name)
{
    bool ok = true;

    for (unsigned n = 0; ok && n < m->level->pairs; n++)
        ok = get(r, name, "L3 of pair", n, &cache_state, &m->level->pair[n].l3);
    return ok;
}

static bool restore_queues(struct memory_system *m, struct state_reader *r, const char *name)
{
    bool ok = get(r, name, "channels of chip", 0, &memory_level_state, m->level);

    for (unsigned n = 0; ok && n < m->cores; n++)
        ok = get(r, name, "queues of core", n, &memory_core_state, &m->core[n]);
    for (unsigned n = 0; ok && n < m->level->pairs; n++)
        ok = get(r, name, "queues of pair", n, &memory_pair_state, &m->level->pair[n]);
    return ok;
}

bool memory_restore(struct memory_system *m, struct state_reader *r, const char *name, const struct memory_config *then,
                    bool queues, unsigned *cold)
{
    const struct memory_config *now = &m->config;
    bool l3 =
        then->l3_bytes == now->l3_bytes && then->l3_ways == now->l3_ways && then->l3_replacement == now->l3_replacement;
    bool l2 =
        then->l2_bytes == now->l2_bytes && then->l2_ways == now->l2_ways && then->l2_replacement == now->l2_replacement;
    bool l1 = l2 && then->l1d_bytes == now->l1d_bytes && then->l1d_ways == now->l1d_ways &&
              then->l1i_bytes == now->l1i_bytes && then->l1i_ways == now->l1i_ways &&
              then->l1_replacement == now->l1_replacement;

    *cold |= (l1 ? 0U : 1U << TIMING_L1) | (l2 ? 0U : 1U << TIMING_L2) | (l3 ? 0U : 1U << TIMING_L3);
    return (!l1 || restore_l1s(m, r, name)) && (!l2 || restore_l2s(m, r, name)) && (!l3 || restore_l3s(m, r, name)) &&
           (!queues || restore_queues(m, r, name));
}
