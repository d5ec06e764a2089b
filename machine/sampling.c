/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sampled measurement under the model `core` (SMARTS: Wunderlich et al., ISCA 2003).  Of each period of instructions a
 * few are timed - a warm-up, in which the pipeline fills, and then a window, which is measured -, and in all others
 * caches, predictors, ERAT and TLB only follow what happens.  From the windows follows what a run that is timed
 * throughout would have measured, and how sure that is (stats/sample.h).
 *
 *     period |-----between-----|warm-up|window|-----------between-----------|  ...
 *
 * Where in its period a window lies changes from period to period, by the fractional parts of multiples of the golden
 * ratio: spread evenly, and never in step with a loop of the program.  Instructions are those of all threads together,
 * counted while the model is to be on (--model core@WHEN, core@regions); the options are for each hardware thread.
 * What of a window lies at the end of a region is a unit of its own, smaller than others; so every instruction is as
 * likely to be measured as every other.
 *
 * Time between windows passes for each thread at the cycles per instruction that it had in the last one (before the
 * first at base_cpi).  So guest time comes to what the estimate says, timers interrupt a sampled run as often as a full
 * one, and threads that wait for each other get as far.
 */
#include <stdlib.h>

#include "core/run/run.h"
#include "machine/machine_internal.h"

_Static_assert((int)SAMPLE_LEVELS == (int)MACHINE_LEVELS, "a cell for each level");

/* ---- where in its period an instruction is ---- */

enum phase { BETWEEN, WARM_UP, WINDOW };
struct place {
    enum phase phase;
    u64 number; /* of the period */
    u64 until;  /* position at which another phase, or period, begins */
};

static u64 begin_of_warm_up(const struct sampling *s, u64 number)
{
    u64 room = s->period - s->warm_up - s->window + 1;

    return number * s->period + (u64)((u128)((number + 1) * HASH_MULTIPLIER) * room >> 64);
}

static struct place place_of(const struct sampling *s, u64 position)
{
    u64 number = position / s->period, at = begin_of_warm_up(s, number);

    if (position < at) return (struct place){BETWEEN, number, at};
    if (position < at + s->warm_up) return (struct place){WARM_UP, number, at + s->warm_up};
    if (position < at + s->warm_up + s->window) return (struct place){WINDOW, number, at + s->warm_up + s->window};
    return (struct place){BETWEEN, number, (number + 1) * s->period};
}

u64 machine_sampling_left(const struct machine *m)
{
    const struct sampling *s = &m->sampling;
    u64 position = s->position + machine_completed(m) - s->completed;

    return s->period && s->on ? place_of(s, position).until - position : UINT64_MAX;
}

/* ---- what everybody has counted up to now ---- */

static u64 level_of(const struct account *a)
{
    return a->level < SAMPLE_LEVELS ? a->level : SAMPLE_LEVELS - 1;
}

static struct sample_unit sum_of(const struct level_totals *t)
{
    struct sample_unit sum = {0};

    for (unsigned k = 0; k < t->levels; k++) {
        const struct sample_unit level = sample_read(&t->level[k].counters);
        sample_add(&sum, &level);
    }
    return sum;
}

/* all: what everybody has counted up to now. */
static struct sample_unit region_now(const struct machine_region *r, const struct sample_unit *all)
{
    struct sample_unit now = sum_of(&r->sum), begin;

    if (!r->open) return now;
    begin = sum_of(&r->at_begin);
    sample_add(&now, all);
    sample_subtract(&now, &begin);
    return now;
}

/* A list of zeros, as long as `wanted` or longer; false: the host has no memory. */
static bool make_room(void **list, u32 *count, u32 wanted, size_t size)
{
    u32 more = wanted + wanted / 2;
    void *longer;

    if (wanted <= *count) return true;
    longer = realloc(*list, more * size);
    if (!longer) return false;
    memset((char *)longer + *count * size, 0, (more - *count) * size);
    *list = longer;
    *count = more;
    return true;
}

static bool room_for_everybody(struct machine *m)
{
    struct sampling *s = &m->sampling;
    bool ok =
        make_room((void **)&s->family, &s->families, m->accounts.count, sizeof *s->family) &&
        make_room((void **)&s->region, &s->regions, m->region_count, sizeof *s->region) &&
        make_room((void **)&s->account_before, &s->accounts_before, m->accounts.count, sizeof *s->account_before) &&
        make_room((void **)&s->region_before, &s->regions_before, m->region_count, sizeof *s->region_before);

    s->starved |= !ok;
    return ok;
}

/* Somebody's share of what is added up, in whichever cells it belongs to. */
typedef void share_of(struct sample_cell *cell, const struct sample_unit *share);

static void share_account(struct sampling *s, const struct account *a, const struct sample_unit *share, share_of *give)
{
    give(&s->total, share);
    give(&s->level[level_of(a)], share);
    give(&s->family[a->number], share);
}

/* ---- windows ---- */

static void add_to_part(struct sample_cell *cell, const struct sample_unit *share)
{
    sample_add(&cell->part, share);
}

/* What records that are under way took is counted, and there is room for everybody. */
static bool settle(struct machine *m)
{
    machine_hand_over_records(m);
    machine_accounts(m);
    return room_for_everybody(m);
}

static void note_where_it_begins(struct machine *m)
{
    struct sampling *s = &m->sampling;
    struct sample_unit all = {0};

    for (unsigned k = 0; k < m->accounts.count; k++) {
        s->account_before[k] = sample_read(&m->accounts.list[k]->counters);
        sample_add(&all, &s->account_before[k]);
    }
    for (unsigned k = 0; k < m->region_count; k++) s->region_before[k] = region_now(&m->regions[k], &all);
}

static u64 busy_cycles(const struct thread *t)
{
    return thread_cycles(t) + t->owed_cycles - t->idle_cycles;
}

static void note_threads(struct machine *m)
{
    for (unsigned k = 0; k < m->thread_count; k++) {
        m->sampling.thread[k].completed = thread_completed(m->threads[k]);
        m->sampling.thread[k].busy = busy_cycles(m->threads[k]);
    }
}

/* Whoever has come since has nothing before. */
static void begin_window(struct machine *m)
{
    struct sampling *s = &m->sampling;

    if (!settle(m)) return;
    if (s->accounts_before) memset(s->account_before, 0, s->accounts_before * sizeof *s->account_before);
    if (s->regions_before) memset(s->region_before, 0, s->regions_before * sizeof *s->region_before);
    note_where_it_begins(m);
    note_threads(m);
    s->open = true;
}

/* Each thread's time goes on as it did in the window, if the thread did enough in it to tell; 0 would be a thread that
 * is timed. */
static void follow_pace(struct machine *m)
{
    enum { TELLING = 100 };

    for (unsigned k = 0; k < m->thread_count; k++) {
        struct sampled_thread *t = &m->sampling.thread[k];
        u64 insns = thread_completed(m->threads[k]) - t->completed;
        u128 pace;

        if (insns < TELLING) continue;
        pace = ((u128)(busy_cycles(m->threads[k]) - t->busy) << PACE_SHIFT) / insns;
        t->pace = pace > PACE_MOST ? PACE_MOST : pace ? (u64)pace : 1;
    }
}

static void end_cells(struct machine *m)
{
    struct sampling *s = &m->sampling;

    sample_end_window(&s->total);
    for (unsigned k = 0; k < SAMPLE_LEVELS; k++) sample_end_window(&s->level[k]);
    for (unsigned k = 0; k < m->accounts.count; k++) sample_end_window(&s->family[k]);
    for (unsigned k = 0; k < m->region_count; k++) sample_end_window(&s->region[k]);
}

static void end_window(struct machine *m)
{
    struct sampling *s = &m->sampling;
    struct sample_unit all = {0};

    s->open = false;
    if (!settle(m)) return;
    for (unsigned k = 0; k < m->accounts.count; k++) {
        struct sample_unit now = sample_read(&m->accounts.list[k]->counters);

        sample_add(&all, &now);
        sample_subtract(&now, &s->account_before[k]);
        share_account(s, m->accounts.list[k], &now, add_to_part);
    }
    for (unsigned k = 0; k < m->region_count; k++) {
        s->region[k].part = region_now(&m->regions[k], &all);
        sample_subtract(&s->region[k].part, &s->region_before[k]);
    }
    follow_pace(m);
    end_cells(m);
}

/* ---- what the windows stand for ---- */

static void stand_for(struct sample_cell *cell, const struct sample_unit *share)
{
    cell->instructions += share->instructions;
}

static void stand_for_no_more(struct sample_cell *cell, const struct sample_unit *share)
{
    cell->instructions -= share->instructions;
}

/* What everybody has executed up to now is added to what the windows stand for, or taken from it: where the model is
 * off again, and where it is on. */
static void count_up_to_now(struct machine *m, share_of *give)
{
    struct sampling *s = &m->sampling;
    struct sample_unit all = {0};

    machine_accounts(m);
    if (!room_for_everybody(m)) return;
    for (unsigned k = 0; k < m->accounts.count; k++) {
        const struct sample_unit now = sample_read(&m->accounts.list[k]->counters);

        sample_add(&all, &now);
        share_account(s, m->accounts.list[k], &now, give);
    }
    for (unsigned k = 0; k < m->region_count; k++) {
        const struct sample_unit now = region_now(&m->regions[k], &all);
        give(&s->region[k], &now);
    }
}

/* ---- the machine asks ---- */

enum core_gear machine_sampling_gear(struct machine *m, bool on)
{
    struct sampling *s = &m->sampling;
    u64 done = machine_completed(m);
    struct place place;

    if (s->on) s->position += done - s->completed;
    s->completed = done;
    place = place_of(s, s->position);
    if (!on) place.phase = BETWEEN;
    if (s->open && (place.phase != WINDOW || place.number != s->number)) end_window(m);
    if (s->on != on) count_up_to_now(m, on ? stand_for_no_more : stand_for);
    s->on = on;
    if (place.phase == WINDOW && !s->open) begin_window(m);
    s->number = place.number;
    return place.phase == BETWEEN ? CORE_BETWEEN : CORE_ON;
}

static void forget_cells(struct sampling *s)
{
    s->open = false;
    s->total = (struct sample_cell){0};
    memset(s->level, 0, sizeof s->level);
    if (s->families) memset(s->family, 0, s->families * sizeof *s->family);
    if (s->regions) memset(s->region, 0, s->regions * sizeof *s->region);
}

void machine_sampling_forget(struct machine *m)
{
    struct sampling *s = &m->sampling;

    if (!s->period) return;
    forget_cells(s);
    if (s->on) count_up_to_now(m, stand_for_no_more);
}

void machine_open_sampling(struct machine *m)
{
    const struct config *c = m->config;
    u64 threads = m->thread_count;

    m->sampling = (struct sampling){.period = c->sample_period * threads,
                                    .warm_up = c->sample_warmup * threads,
                                    .window = c->sample_window * threads};
    for (unsigned k = 0; k < m->thread_count; k++) m->sampling.thread[k].pace = machine_pace(c);
}

void machine_resume_sampling(struct machine *m)
{
    m->sampling.completed = machine_completed(m);
    machine_sampling_forget(m);
}

void machine_close_sampling(struct machine *m)
{
    struct sampling *s = &m->sampling;

    free(s->family);
    free(s->region);
    free(s->account_before);
    free(s->region_before);
    *s = (struct sampling){0};
}

/* ---- for the report ---- */

static const struct sample_cell *cell_of(const struct machine *m, const struct report_account *a)
{
    for (unsigned k = 0; k < m->accounts.count; k++) {
        const struct account *one = m->accounts.list[k];

        if (one->partition->id == a->partition && !strcmp(account_state_name(one->state), a->state))
            return &m->sampling.family[one->number];
    }
    return NULL;
}

static bool fill_report(const struct machine *m, struct report *r)
{
    const struct sampling *s = &m->sampling;
    struct report_sampling *to = &r->sampling;

    *to = (struct report_sampling){.period = s->period, .warm_up = s->warm_up, .window = s->window, .total = s->total};
    memcpy(to->level, s->level, sizeof to->level);
    to->account = calloc(r->account_count + 1, sizeof *to->account);
    to->region = calloc(r->region_count + 1, sizeof *to->region);
    if (!to->account || !to->region) return false;
    for (unsigned k = 0; k < r->account_count; k++) {
        const struct sample_cell *cell = cell_of(m, &r->accounts[k]);
        if (cell) to->account[k] = *cell;
    }
    for (unsigned k = 0; k < r->region_count; k++) to->region[k] = s->region[k];
    return true;
}

bool machine_report_sampling(struct machine *m, struct report *r)
{
    bool on = m->sampling.on, ok;

    if (!m->sampling.period) return true;
    if (!room_for_everybody(m)) return false;
    if (on) count_up_to_now(m, stand_for);
    ok = fill_report(m, r);
    if (on) count_up_to_now(m, stand_for_no_more);
    return ok;
}
