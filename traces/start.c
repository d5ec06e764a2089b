/* SPDX-License-Identifier: Apache-2.0 */
/* The rows of what a state trace says besides its records; see start.h. */
#include "traces/start.h"

#include <stdlib.h>

#include "bus/bus.h"
#include "stats/rows.h"

enum { THREADS_MOST = 96, ENTRIES_MOST = 1 << 24 };

static const struct state_row thread_rows[] = {
    STATE(struct trace_thread, msr),      STATE(struct trace_thread, completed),
    STATE(struct trace_thread, cycles),   STATE(struct trace_thread, reg),
    STATE(struct trace_thread, dscr),     STATE(struct trace_thread, end),
    STATE(struct trace_thread, twin_end), STATE(struct trace_thread, lpid),
    STATE(struct trace_thread, pid),      STATE(struct trace_thread, partition),
    STATE(struct trace_thread, level),    STATE_PART(struct trace_thread, slb, struct slb, slb_state),
};
const struct state_table trace_thread_state = STATE_TABLE(struct trace_thread, thread_rows);

static const struct state_row entry_rows[] = {STATE(struct trace_entry, ra), STATE(struct trace_entry, value)};
const struct state_table trace_entry_state = STATE_TABLE(struct trace_entry, entry_rows);

static const struct state_row region_rows[] = {STATE(struct trace_region, base), STATE(struct trace_region, size)};
const struct state_table trace_region_state = STATE_TABLE(struct trace_region, region_rows);

static void save_texts(struct state_writer *w, const void *self)
{
    state_put_text(w, ((const struct trace_start *)self)->version);
    state_put_text(w, ((const struct trace_start *)self)->config);
}

static bool restore_texts(struct state_reader *r, void *self)
{
    struct trace_start *s = self;

    s->version = state_get_text(r);
    s->config = state_get_text(r);
    return s->version && s->config;
}

static void save_lists(struct state_writer *w, const void *self)
{
    const struct trace_start *s = self;

    state_put_list(w, &trace_thread_state, s->thread, s->threads);
    state_put_list(w, &trace_entry_state, s->entry, s->entries);
    state_put_list(w, &trace_region_state, s->region, s->regions);
}

static bool restore_lists(struct state_reader *r, void *self)
{
    struct trace_start *s = self;

    s->thread = state_get_list(r, &trace_thread_state, THREADS_MOST, &s->threads);
    s->entry = state_get_list(r, &trace_entry_state, ENTRIES_MOST, &s->entries);
    s->region = state_get_list(r, &trace_region_state, BUS_MAX_REGIONS, &s->regions);
    return !r->failed;
}

static bool start_restored(struct state_reader *r, void *self)
{
    const struct trace_start *s = self;

    return (s->cores && s->threads_per_core && s->threads == (u64)s->cores * s->threads_per_core) ||
           state_refuse(r, "a machine of %u cores with %u threads each, and %llu threads", s->cores,
                        s->threads_per_core, (unsigned long long)s->threads);
}

static const struct state_row start_rows[] = {
    STATE_CALL(struct trace_start, version, save_texts, restore_texts),
    STATE_WITH(struct trace_start, config),
    STATE(struct trace_start, ram_bytes, .most = 1ULL << 40),
    STATE(struct trace_start, cores, .most = 24),
    STATE(struct trace_start, threads_per_core, .most = 4),
    STATE(struct trace_start, timed),
    STATE(struct trace_start, twin),
    STATE_CALL(struct trace_start, thread, save_lists, restore_lists, .part = &trace_thread_state),
    STATE_WITH(struct trace_start, threads),
    STATE_WITH(struct trace_start, entry),
    STATE_WITH(struct trace_start, entries),
    STATE_WITH(struct trace_start, region),
    STATE_WITH(struct trace_start, regions),
};
const struct state_table trace_start_state = STATE_TABLE(struct trace_start, start_rows, .restored = start_restored);

void trace_start_free(struct trace_start *s)
{
    free(s->version);
    free(s->config);
    free(s->thread);
    free(s->entry);
    free(s->region);
    *s = (struct trace_start){0};
}

static const struct state_row counted_rows[] = {
    STATE_PART(struct trace_counted, counters, struct counters, counters_state),
    STATE_PART(struct trace_counted, walks, struct walk_tally, walk_tally_state),
};
const struct state_table trace_counted_state = STATE_TABLE(struct trace_counted, counted_rows);
