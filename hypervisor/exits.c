/* SPDX-License-Identifier: Apache-2.0 */
/* See exits.h. */
#include "hypervisor/exits.h"

#include <stdlib.h>
#include <string.h>

bool exits_open(struct exits *x, u64 window, u64 soon)
{
    memset(x, 0, sizeof *x);
    x->window = window;
    return nested_open(&x->nested, soon);
}

void exits_close(struct exits *x)
{
    nested_close(&x->nested);
    for (unsigned k = 0; k < x->row_count; k++) free(x->row[k]);
    hash_close(&x->index);
    x->row_count = 0;
}

/* ---- rows ---- */
static u32 key_of(unsigned level, enum exit_reason reason, unsigned handled_by)
{
    return (u32)reason << 8 | level << 4 | handled_by;
}

static u64 hash_of_number(const void *self, u32 row)
{
    const struct exits *x = self;

    return x->key[row];
}

static bool is_key(const void *self, u32 row, const void *key)
{
    const struct exits *x = self;

    return x->key[row] == *(const u32 *)key;
}

struct exit_row *exits_row(struct exits *x, unsigned level, enum exit_reason reason, unsigned handled_by)
{
    u32 key = key_of(level, reason, handled_by), number = hash_find(&x->index, key, is_key, x, &key);
    const struct exit_reason_row *what = &exit_reason_rows[reason];
    struct exit_row *row;

    if (number != HASH_NONE) return x->row[number];
    if (x->row_count == EXITS_ROWS_MAX) return NULL;
    row = hash_room(&x->index, x->row_count, hash_of_number, x) ? calloc(1, sizeof *row) : NULL;
    if (!row) {
        x->starved = true;
        return NULL;
    }
    *row = (struct exit_row){
        .level = level, .handled_by = handled_by, .reason = what->name, .symbol = what->symbol, .text = what->text};
    x->key[x->row_count] = key;
    x->row[x->row_count] = row;
    hash_add(&x->index, key, x->row_count++);
    return row;
}

static struct exit_row *row_of(struct exits *x, const struct exit_open *open)
{
    return exits_row(x, open->guest->level, open->reason, open->handled_by);
}

/* ---- time ---- */
/* What ran on the thread since the last switch ran at this level. */
static void charge(struct exit_thread *th, const struct exit_clock *at)
{
    u64 idle = at->idle_cycles - th->at.idle_cycles;

    if (th->is_known) {
        th->sum.cycles[th->level] += at->cycles - th->at.cycles - idle;
        th->sum.instructions[th->level] += at->completed - th->at.completed;
        th->sum.idle_cycles += idle;
    }
    th->is_known = true;
    th->at = *at;
}

static u64 total_of(const struct exit_cost *cost)
{
    u64 sum = cost->idle_cycles + cost->elsewhere_cycles;

    for (unsigned k = 0; k < EXIT_LEVELS; k++) sum += cost->cycles[k];
    return sum;
}

/* From the exit until now. */
static struct exit_cost cost_of(const struct exit_open *open, const struct exit_thread *th,
                                const struct exit_seen *seen)
{
    struct exit_cost cost = th->sum;

    if (open->thread != seen->thread)
        return (struct exit_cost){.elsewhere_cycles =
                                      seen->at.cycles > open->at.cycles ? seen->at.cycles - open->at.cycles : 0};
    for (unsigned k = 0; k < EXIT_LEVELS; k++) {
        cost.cycles[k] -= open->before.cycles[k];
        cost.instructions[k] -= open->before.instructions[k];
    }
    cost.idle_cycles -= open->before.idle_cycles;
    return cost;
}

/* ---- the aftershock ---- */
static void open_window(struct exits *x, struct exit_thread *th, struct exit_row *row, const struct exit_seen *seen)
{
    if (!row || !x->window) return;
    th->window = row;
    th->window_from = seen->at.completed;
    if (x->tally) x->tally(x->tally_self, seen->thread, &row->after, seen->at.completed + x->window);
}

static void close_window(struct exits *x, struct exit_thread *th, unsigned thread, u64 completed)
{
    u64 length = completed - th->window_from;

    if (!th->window) return;
    if (x->tally) x->tally(x->tally_self, thread, NULL, 0);
    th->window->after_cut += length < x->window;
    th->window->after_instructions += length < x->window ? length : x->window;
    th->window = NULL;
}

/* ---- open exits ---- */
static struct exit_open *by_serial(struct exits *x, u64 serial)
{
    for (unsigned k = 0; serial && k < x->open_end; k++)
        if (x->open[k].serial == serial) return &x->open[k];
    return NULL;
}

/* When all are taken the oldest goes: a virtual processor that will hardly come back. */
static struct exit_open *free_place(struct exits *x)
{
    struct exit_open *oldest = &x->open[0];

    for (unsigned k = 0; k < EXITS_OPEN_MAX; k++) {
        if (x->open[k].serial) {
            if (x->open[k].serial < oldest->serial) oldest = &x->open[k];
            continue;
        }
        if (k >= x->open_end) x->open_end = k + 1;
        return &x->open[k];
    }
    x->lost++;
    return oldest;
}

void exits_left(struct exits *x, const struct exit_seen *seen)
{
    struct exit_thread *th = &x->thread[seen->thread % EXITS_THREADS_MAX];
    struct exit_open *open = free_place(x);

    close_window(x, th, seen->thread, seen->at.completed);
    *open = (struct exit_open){.serial = ++x->serial,
                               .guest = seen->guest,
                               .processor = seen->processor,
                               .nia = seen->nia,
                               .thread = seen->thread,
                               .follows = seen->thread,
                               .reason = seen->reason,
                               .at = seen->at};
    nested_left(&x->nested, x->tables, open, th, seen);
    charge(th, &seen->at);
    open->before = th->sum;
    memcpy(open->waiting, th->waiting, sizeof open->waiting);
    th->level = 0;
    th->in_guest = false;
    th->first_leg = open->serial;
    x->party[seen->guest->id].exits++;
    x->party[seen->guest->id].inside--;
}

/* The exit of this virtual processor; NULL: it runs for the first time. */
static struct exit_open *ended_by(struct exits *x, const struct exit_seen *seen)
{
    struct exit_open *best = NULL;
    unsigned best_fit = 0;

    for (unsigned k = 0; k < x->open_end; k++) {
        struct exit_open *o = &x->open[k];
        unsigned fit;

        if (!o->serial || o->guest != seen->guest || o->processor != seen->processor) continue;
        fit = 1 + (o->thread == seen->thread);
        if (fit > best_fit || (fit == best_fit && o->serial < best->serial)) {
            best = o;
            best_fit = fit;
        }
    }
    return best;
}

/* An ancestor goes on: those that ran by the exit it waited in have been reflected to it. */
static void note_reflected(struct exits *x, const struct exit_open *ended)
{
    unsigned level = ended->guest->level;

    for (unsigned k = 0; k < x->open_end; k++) {
        struct exit_open *o = &x->open[k];
        if (o->serial && o->waiting[level] == ended->serial && o->handled_by < level) o->handled_by = (u8)level;
    }
}

static void note_flow(struct exits *x, const struct exit_open *open, const struct exit_seen *seen,
                      const struct exit_cost *cost)
{
    struct exit_flow flow = {.reason = exit_reason_rows[open->reason].name,
                             .thread = seen->thread,
                             .lpid = seen->guest->lpid,
                             .start = open->at.cycles,
                             .end = seen->at.cycles,
                             .level = (u8)seen->guest->level,
                             .handled_by = open->handled_by};
    unsigned least = 0;

    for (unsigned k = 0; k < flow.level; k++) flow.hypervisor_cycles += cost->cycles[k];
    if (open->thread != seen->thread) return;
    if (x->flow_count < EXITS_FLOWS) {
        x->flow[x->flow_count++] = flow;
        return;
    }
    if (flow.hypervisor_cycles <= x->flow_least) return;
    for (unsigned k = 1; k < EXITS_FLOWS; k++)
        if (x->flow[k].hypervisor_cycles < x->flow[least].hypervisor_cycles) least = k;
    x->flow_least = x->flow[least].hypervisor_cycles;
    if (flow.hypervisor_cycles > x->flow_least) x->flow[least] = flow;
}

static struct exit_row *end_exit(struct exits *x, struct exit_open *open, struct exit_thread *th,
                                 const struct exit_seen *seen)
{
    struct exit_cost cost = cost_of(open, th, seen);
    struct exit_row *row;

    nested_entered(&x->nested, x->tables, open, th, seen, &cost);
    row = row_of(x, open);
    if (row) {
        exit_cost_add(&row->cost, &cost);
        histogram_add(&row->time, total_of(&cost));
        row->first_leg_cycles += open->first_leg_cycles;
        if (open->thread == seen->thread) row->host_tlbies += seen->at.tlbies - open->at.tlbies;
    }
    note_flow(x, open, seen, &cost);
    note_reflected(x, open);
    open->serial = 0;
    while (x->open_end && !x->open[x->open_end - 1].serial) x->open_end--;
    return row;
}

/* The H_ENTER_NESTED of this partition under which the thread may run a guest now: the latest one that came from this
 * thread; else the latest whose thread does something else - the hypervisor moved that virtual processor. */
static struct exit_open *waiting_of(struct exits *x, const struct partition *p, unsigned thread)
{
    struct exit_open *best = NULL;

    for (unsigned k = 0; k < x->open_end; k++) {
        struct exit_open *o = &x->open[k];
        bool here = o->follows == thread;

        if (!o->serial || o->guest != p || o->reason != EXIT_H_ENTER_NESTED) continue;
        if (!here && x->thread[o->follows % EXITS_THREADS_MAX].in_guest) continue;
        if (!best || (here && best->follows != thread) ||
            (here == (best->follows == thread) && o->serial > best->serial))
            best = o;
    }
    return best;
}

/* By which exits of its ancestors the guest runs; the latest of them is whose H_ENTER_NESTED L0 carries out. */
static void note_waiting(struct exits *x, struct exit_thread *th, const struct exit_seen *seen)
{
    const struct exit_open *latest = NULL;

    memset(th->waiting, 0, sizeof th->waiting);
    for (const struct partition *p = seen->guest->parent; p && p->level; p = p->parent) {
        struct exit_open *o = waiting_of(x, p, seen->thread);
        if (!o) continue;
        o->follows = seen->thread;
        th->waiting[p->level] = o->serial;
        if (!latest || o->serial > latest->serial) latest = o;
    }
    if (latest) nested_called(&x->nested, seen->guest, latest);
}

void exits_entered(struct exits *x, const struct exit_seen *seen)
{
    struct exit_thread *th = &x->thread[seen->thread % EXITS_THREADS_MAX];
    struct exit_open *leg, *open;
    struct exit_row *row = NULL;

    charge(th, &seen->at);
    leg = by_serial(x, th->first_leg);
    if (leg) leg->first_leg_cycles = th->sum.cycles[0] - leg->before.cycles[0];
    th->first_leg = 0;
    open = ended_by(x, seen);
    if (open) row = end_exit(x, open, th, seen);
    else x->first_entries++;
    note_waiting(x, th, seen);
    th->level = seen->guest->level;
    th->in_guest = true;
    x->party[seen->guest->id].entries++;
    x->party[seen->guest->id].inside++;
    open_window(x, th, row, seen);
}

/* ---- reports ---- */
void exits_pause(struct exits *x, unsigned thread, const struct exit_clock *now)
{
    struct exit_thread *th = &x->thread[thread % EXITS_THREADS_MAX];

    close_window(x, th, thread, now->completed);
    nested_settle(&x->nested, th);
    charge(th, now);
}

void exits_resume(struct exits *x, unsigned thread)
{
    struct exit_thread *th = &x->thread[thread % EXITS_THREADS_MAX];

    if (th->window && x->tally) x->tally(x->tally_self, thread, &th->window->after, th->window_from + x->window);
}

void exits_settle(struct exits *x)
{
    for (unsigned k = 0; k < x->row_count; k++) x->row[k]->open = 0;
    for (unsigned k = 0; k < x->open_end; k++) {
        struct exit_row *row = x->open[k].serial ? row_of(x, &x->open[k]) : NULL;
        if (row) row->open++;
    }
    for (unsigned k = 0; k < EXIT_LEVELS; k++) x->nested.level[k].alive = 0;
    for (u32 k = 0; k < x->nested.shadow_count; k++) {
        const struct shadow_entry *s = &x->nested.shadow[k];
        const struct partition *p = x->nested.party[s->partition].partition;
        if (s->alive && p) x->nested.level[p->level].alive++;
    }
}

void exits_clear(struct exits *x)
{
    for (unsigned k = 0; k < x->row_count; k++) {
        struct exit_row *row = x->row[k];
        *row = (struct exit_row){.level = row->level,
                                 .handled_by = row->handled_by,
                                 .reason = row->reason,
                                 .symbol = row->symbol,
                                 .text = row->text};
    }
    x->first_entries = 0; /* whoever is inside, or was, is taken to have entered now for the first time */
    for (unsigned k = 0; k < PARTITIONS_MAX; k++) {
        x->party[k].exits = 0;
        x->party[k].entries = x->party[k].inside;
        x->first_entries += x->party[k].inside;
    }
    for (unsigned k = 0; k < x->open_end; k++) {
        struct exit_open *o = &x->open[k];
        if (!o->serial) continue;
        o->at = x->thread[o->thread % EXITS_THREADS_MAX].at;
        o->before = x->thread[o->thread % EXITS_THREADS_MAX].sum;
        o->first_leg_cycles = 0;
        x->party[o->guest->id].exits++;
        x->party[o->guest->id].entries++;
        x->first_entries++;
    }
    memset(x->nested.level, 0, EXIT_LEVELS * sizeof *x->nested.level);
    x->flow_count = 0;
    x->flow_least = x->lost = 0;
}

bool exits_agree(const struct exits *x, u32 id)
{
    const struct exit_party *p = &x->party[id];

    return p->entries == p->exits + p->inside;
}
