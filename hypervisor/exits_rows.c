/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the exit table is, as rows (base/state.h): exits in flight, what each thread has come to, the table itself.
 * Reasons go by name, partitions and rows by number.
 */
#include <stdlib.h>
#include <string.h>

#include "hypervisor/exits.h"
#include "hypervisor/rows.h"
#include "stats/rows.h"

/* Reasons go by name: there may be others some day. */
static enum exit_reason get_reason(struct state_reader *r)
{
    char *name = state_get_text(r);
    enum exit_reason reason = name ? exit_reason_named(name) : EXIT_REASONS;

    if (name && reason == EXIT_REASONS) state_refuse(r, "no reason of an exit is called %.40s", name);
    free(name);
    return r->failed ? (enum exit_reason)0 : reason;
}

static const struct state_row clock_rows[] = {
    STATE(struct exit_clock, cycles),
    STATE(struct exit_clock, idle_cycles),
    STATE(struct exit_clock, completed),
    STATE(struct exit_clock, tlbies),
};
static const struct state_table exit_clock_state = STATE_TABLE(struct exit_clock, clock_rows);

static void save_open_reason(struct state_writer *w, const void *self)
{
    state_put_text(w, exit_reason_rows[((const struct exit_open *)self)->reason].name);
}

static bool restore_open_reason(struct state_reader *r, void *self)
{
    ((struct exit_open *)self)->reason = get_reason(r);
    return !r->failed;
}

static const struct state_row open_rows[] = {
    STATE(struct exit_open, serial),
    STATE_WITH(struct exit_open, guest), /* its number, before the exit */
    STATE(struct exit_open, processor),
    STATE(struct exit_open, nia),
    STATE(struct exit_open, thread),
    STATE(struct exit_open, follows),
    STATE_CALL(struct exit_open, reason, save_open_reason, restore_open_reason),
    STATE(struct exit_open, handled_by, .most = EXIT_LEVELS - 1),
    STATE_PART(struct exit_open, at, struct exit_clock, exit_clock_state),
    STATE_PART(struct exit_open, before, struct exit_cost, exit_cost_state),
    STATE(struct exit_open, first_leg_cycles),
    STATE(struct exit_open, waiting),
    STATE_PART(struct exit_open, nested, struct nested_exit, nested_exit_state),
};
const struct state_table exit_open_state = STATE_TABLE(struct exit_open, open_rows);

static const struct state_row thread_rows[] = {
    STATE(struct exit_thread, is_known),
    STATE(struct exit_thread, in_guest),
    STATE(struct exit_thread, level, .most = EXIT_LEVELS - 1),
    STATE_PART(struct exit_thread, at, struct exit_clock, exit_clock_state),
    STATE_PART(struct exit_thread, sum, struct exit_cost, exit_cost_state),
    STATE(struct exit_thread, waiting),
    STATE(struct exit_thread, first_leg),
    STATE_WITH(struct exit_thread, window), /* its row's number, before the thread */
    STATE(struct exit_thread, window_from),
    STATE_PART(struct exit_thread, nested, struct nested_thread, nested_thread_state),
};
const struct state_table exit_thread_state = STATE_TABLE(struct exit_thread, thread_rows);

static const struct state_row party_rows[] = {
    STATE(struct exit_party, entries),
    STATE(struct exit_party, exits),
    STATE(struct exit_party, inside),
};
static const struct state_table exit_party_state = STATE_TABLE(struct exit_party, party_rows);

static void save_row_reason(struct state_writer *w, const void *self)
{
    state_put_text(w, ((const struct exit_row *)self)->reason);
}

static bool restore_row_reason(struct state_reader *r, void *self)
{
    const struct exit_reason_row *reason = &exit_reason_rows[get_reason(r)];
    struct exit_row *row = self;

    row->reason = reason->name;
    row->symbol = reason->symbol;
    row->text = reason->text;
    return !r->failed;
}

static const struct state_row exit_row_rows[] = {
    STATE(struct exit_row, level, .most = EXIT_LEVELS - 1),
    STATE(struct exit_row, handled_by, .most = EXIT_LEVELS - 1),
    STATE_CALL(struct exit_row, reason, save_row_reason, restore_row_reason),
    STATE_WITH(struct exit_row, symbol),
    STATE_WITH(struct exit_row, text),
    STATE(struct exit_row, open),
    STATE_PART(struct exit_row, cost, struct exit_cost, exit_cost_state),
    STATE(struct exit_row, first_leg_cycles),
    STATE(struct exit_row, host_tlbies),
    STATE_PART(struct exit_row, time, struct histogram, histogram_state),
    STATE_PART(struct exit_row, after, struct miss_tally, miss_tally_state),
    STATE(struct exit_row, after_instructions),
    STATE(struct exit_row, after_cut),
};
const struct state_table exit_row_state = STATE_TABLE(struct exit_row, exit_row_rows);

static void save_flow_reason(struct state_writer *w, const void *self)
{
    state_put_text(w, ((const struct exit_flow *)self)->reason);
}

static bool restore_flow_reason(struct state_reader *r, void *self)
{
    ((struct exit_flow *)self)->reason = exit_reason_rows[get_reason(r)].name;
    return !r->failed;
}

static const struct state_row flow_rows[] = {
    STATE_CALL(struct exit_flow, reason, save_flow_reason, restore_flow_reason),
    STATE(struct exit_flow, thread),
    STATE(struct exit_flow, lpid),
    STATE(struct exit_flow, start),
    STATE(struct exit_flow, end),
    STATE(struct exit_flow, hypervisor_cycles),
    STATE(struct exit_flow, level, .most = EXIT_LEVELS - 1),
    STATE(struct exit_flow, handled_by, .most = EXIT_LEVELS - 1),
};
const struct state_table exit_flow_state = STATE_TABLE(struct exit_flow, flow_rows);

static void save_flows(struct state_writer *w, const void *self)
{
    const struct exits *x = self;

    state_put_list(w, &exit_flow_state, x->flow, x->flow_count);
}

static bool restore_flows(struct state_reader *r, void *self)
{
    struct exits *x = self;
    u64 count = state_get_count(r, &exit_flow_state, EXITS_FLOWS);

    for (x->flow_count = 0; x->flow_count < count; x->flow_count++)
        if (!state_get(r, &exit_flow_state, &x->flow[x->flow_count])) return false;
    return !r->failed;
}

static u32 row_number(const struct exits *x, const struct exit_row *row)
{
    u32 k = 0;

    while (k < x->row_count && x->row[k] != row) k++;
    return k;
}

/* Rows; then what points to them and to partitions: open exits in their places, threads that were seen, parties. */
static void save_tables(struct state_writer *w, const void *self)
{
    const struct exits *x = self;
    unsigned threads = 0;

    state_put_number(w, x->row_count);
    for (unsigned k = 0; k < x->row_count; k++) state_put(w, &exit_row_state, x->row[k]);
    state_put_number(w, x->open_end);
    for (unsigned k = 0; k < x->open_end; k++) {
        partition_put(w, x->open[k].serial ? x->open[k].guest : NULL);
        state_put(w, &exit_open_state, &x->open[k]);
    }
    for (unsigned k = 0; k < EXITS_THREADS_MAX; k++) threads += x->thread[k].is_known;
    state_put_number(w, threads);
    for (unsigned k = 0; k < EXITS_THREADS_MAX; k++) {
        const struct exit_thread *th = &x->thread[k];
        if (!th->is_known) continue;
        state_put_number(w, k);
        state_put_number(w, th->window ? row_number(x, th->window) + 1 : 0);
        state_put(w, &exit_thread_state, th);
    }
    state_put_number(w, x->tree->count);
    for (unsigned k = 0; k < x->tree->count; k++) {
        partition_put(w, x->nested.party[k].partition);
        state_put(w, &nested_party_state, &x->nested.party[k]);
    }
}

static bool restore_row(struct state_reader *r, struct exits *x)
{
    unsigned count = x->row_count;
    struct exit_row saved, *row;

    if (!state_get(r, &exit_row_state, &saved)) return false;
    row = exits_row(x, saved.level, exit_reason_named(saved.reason), saved.handled_by);
    if (!row) return state_refuse(r, "the host has no memory for it");
    if (x->row_count == count) return state_refuse(r, "two rows of one kind of exit");
    *row = saved;
    return true;
}

static bool restore_rows(struct state_reader *r, struct exits *x)
{
    u64 count = state_get_count(r, NULL, EXITS_ROWS_MAX);

    for (unsigned k = 0; k < EXITS_THREADS_MAX; k++) x->thread[k] = (struct exit_thread){0};
    for (unsigned k = 0; k < x->row_count; k++) free(x->row[k]);
    hash_close(&x->index);
    for (x->row_count = 0; x->row_count < count;)
        if (!restore_row(r, x)) return false;
    return !r->failed;
}

static bool restore_open(struct state_reader *r, struct exits *x)
{
    u64 count = state_get_count(r, NULL, EXITS_OPEN_MAX);

    memset(x->open, 0, sizeof x->open);
    for (x->open_end = 0; x->open_end < count; x->open_end++) {
        struct exit_open *o = &x->open[x->open_end];
        struct partition *guest;
        if (!partition_get(r, x->tree, &guest) || !state_get(r, &exit_open_state, o)) return false;
        o->guest = guest;
        if (o->serial && !guest) return state_refuse(r, "an exit of nobody");
    }
    return !r->failed;
}

static bool restore_threads(struct state_reader *r, struct exits *x)
{
    u64 count = state_get_count(r, NULL, EXITS_THREADS_MAX);

    for (u64 k = 0; k < count; k++) {
        struct exit_thread *th = &x->thread[state_get_below(r, EXITS_THREADS_MAX, "a thread")];
        u64 row = state_get_below(r, x->row_count + 1ULL, "a row of exits");
        if (!state_get(r, &exit_thread_state, th)) return false;
        th->window = row ? x->row[row - 1] : NULL;
    }
    return !r->failed;
}

static bool restore_parties(struct state_reader *r, struct exits *x)
{
    u64 count = state_get_count(r, NULL, x->tree->count);

    for (unsigned k = 0; k < PARTITIONS_MAX; k++) x->nested.party[k] = (struct nested_party){.caller = NO_PARTY};
    for (u64 k = 0; k < count; k++) {
        struct partition *p;
        if (!partition_get(r, x->tree, &p)) return false;
        if (p && p->id != k) return state_refuse(r, "a partition in the place of another one");
        x->nested.party[k].partition = p;
        if (!state_get(r, &nested_party_state, &x->nested.party[k])) return false;
    }
    return !r->failed;
}

static bool restore_tables(struct state_reader *r, void *self)
{
    struct exits *x = self;

    return restore_rows(r, x) && restore_open(r, x) && restore_threads(r, x) && restore_parties(r, x);
}

static const struct state_row rows[] = {
    STATE_DERIVED(struct exits, window), /* an option */
    STATE_DERIVED(struct exits, tree),
    STATE_DERIVED(struct exits, tables),
    STATE_DERIVED(struct exits, tally),
    STATE_DERIVED(struct exits, tally_self),
    STATE(struct exits, serial),
    STATE(struct exits, lost),
    STATE(struct exits, first_entries),
    STATE_WITH(struct exits, open),
    STATE_WITH(struct exits, open_end),
    STATE_CALL(struct exits, row, save_tables, restore_tables),
    STATE_WITH(struct exits, key),
    STATE_WITH(struct exits, row_count),
    STATE_WITH(struct exits, index),
    STATE_WITH(struct exits, thread),
    STATE_PART(struct exits, party, struct exit_party, exit_party_state),
    STATE_CALL(struct exits, flow, save_flows, restore_flows),
    STATE_WITH(struct exits, flow_count),
    STATE(struct exits, starved),
    STATE(struct exits, flow_least),
    STATE_PART(struct exits, nested, struct nested, nested_state),
};
const struct state_table exits_state = STATE_TABLE(struct exits, rows);
