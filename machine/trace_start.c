/* SPDX-License-Identifier: Apache-2.0 */
/* See trace_start.h. */
#include "machine/trace_start.h"

#include <stdlib.h>

#include "base/hash.h"
#include "base/log.h"
#include "bus/bus.h"
#include "core/timing/timing.h"
#include "machine/config.h"
#include "machine/machine_internal.h"
#include "mmu/state.h"
#include "mmu/xlate.h"

_Static_assert((int)MACHINE_LEVELS == (int)TRACE_LEVELS, "a trace has the levels of a machine");

/* ---- table entries ---- */

/* The entries of walks, each doubleword once. */
struct entries {
    struct observer who; /* first */
    struct trace_entry *list;
    u32 count, room;
    struct hash_index index;
    bool starved;
};

static u64 hash_of(const void *self, u32 row)
{
    return ((const struct entries *)self)->list[row].ra;
}
static bool is_at(const void *self, u32 row, const void *key)
{
    return ((const struct entries *)self)->list[row].ra == *(const u64 *)key;
}

static void add(struct entries *e, u64 ra, u64 value)
{
    if (e->starved || hash_find(&e->index, ra, is_at, e, &ra) != HASH_NONE) return;
    if (e->count == e->room) {
        u32 room = e->room ? 2 * e->room : 1024;
        struct trace_entry *more = realloc(e->list, room * sizeof *more);

        e->starved = !more;
        if (!more) return;
        e->list = more;
        e->room = room;
    }
    e->starved = !hash_room(&e->index, e->count, hash_of, e);
    if (e->starved) return;
    e->list[e->count] = (struct trace_entry){ra, value};
    hash_add(&e->index, ra, e->count++);
}

static void note(struct observer *who, const struct walk_step *s)
{
    struct entries *e = (struct entries *)(void *)who;

    if (s->absent) return;
    add(e, s->entry_ra, s->entry);
    if (walk_has_second(s->kind)) add(e, s->entry_ra + 8, s->second);
}

/* ---- threads ---- */

static void fill_thread(struct trace_thread *to, struct machine *m, unsigned n)
{
    const struct thread *t = m->threads[n];
    const struct retire context = machine_context(m, n);

    *to = (struct trace_thread){.msr = context.context.msr,
                                .completed = t->completed,
                                .cycles = thread_time(t) + t->owed_cycles,
                                .dscr = t->spr.DSCR,
                                .lpid = context.context.lpid,
                                .pid = context.context.pid,
                                .partition = context.context.partition,
                                .level = context.context.level,
                                .slb = t->slb};
    for (unsigned k = 0; k < RETIRE_REGISTERS; k++) to->reg[k] = retire_register_value(t, k);
    to->end = m->core.clock[n].end;
    to->twin_end = m->core.clock[n].twin_end;
}

/* ---- all of it ---- */

static void count(struct machine *m, struct trace_counted *c)
{
    const struct account_book *book = machine_accounts(m);

    memset(c, 0, sizeof *c);
    for (unsigned k = 0; k < book->count; k++) {
        const struct account *a = book->list[k];
        unsigned level = a->level < TRACE_LEVELS ? a->level : TRACE_LEVELS - 1;

        counters_add(&c->counters[level], &a->counters);
        walk_tally_add(&c->walks[level], &a->walks);
    }
}

static bool put(struct state_sink *sink, enum trace_part part, struct state_writer *w)
{
    struct state_bytes whole = {0};
    bool ok = state_written(w, &whole);

    if (ok) state_sink_part(sink, part, whole.at, whole.size);
    state_bytes_free(&whole);
    return ok || p9_error("--trace: the host has no memory");
}

static bool put_start(struct state_sink *sink, struct machine *m, struct trace_start *start)
{
    struct state_writer *w = calloc(1, sizeof *w);
    bool ok;

    if (!w) return p9_error("--trace: the host has no memory");
    state_put_object(w, "trace", &trace_start_state, start);
    mmu_save(m->mmus, w, NULL);
    if (m->core.timing) timing_save(m->core.timing, w, "core");
    if (m->core.twin) timing_save(m->core.twin, w, "twin");
    ok = put(sink, TRACE_START, w);
    free(w);
    return ok;
}

bool machine_put_start(struct state_sink *sink, struct machine *m, struct trace_counted *before)
{
    const struct config *c = m->config;
    struct entries entries = {.who = {note}};
    struct trace_region region[BUS_MAX_REGIONS];
    struct trace_start start = {.version = (char[]){P9_VERSION},
                                .config = config_text(c),
                                .ram_bytes = m->bus->ram->size_bytes,
                                .cores = (u32)c->cores,
                                .threads_per_core = (u32)c->threads,
                                .timed = m->core.timing && m->core.gear == CORE_ON,
                                .twin = m->core.twin != NULL,
                                .threads = m->thread_count,
                                .region = region};
    bool ok;

    start.thread = calloc(start.threads, sizeof *start.thread);
    for (unsigned n = 0; start.thread && n < start.threads; n++) fill_thread(&start.thread[n], m, n);
    mmu_walk_contents(m->mmus, &entries.who);
    start.entry = entries.list;
    start.entries = entries.count;
    for (; start.regions < m->bus->count; start.regions++)
        region[start.regions] =
            (struct trace_region){m->bus->regions[start.regions].base, m->bus->regions[start.regions].size};
    ok = (start.config && start.thread && !entries.starved) || p9_error("--trace: the host has no memory");
    ok = ok && put_start(sink, m, &start);
    count(m, before);
    free(start.config);
    free(start.thread);
    free(entries.list);
    hash_close(&entries.index);
    return ok;
}

bool machine_put_counted(struct state_sink *sink, struct machine *m, const struct trace_counted *before)
{
    struct trace_counted *now = malloc(sizeof *now);
    struct state_writer *w = calloc(1, sizeof *w);
    bool ok = now && w;

    if (ok) {
        count(m, now);
        for (unsigned k = 0; k < TRACE_LEVELS; k++) {
            counters_subtract(&now->counters[k], &before->counters[k]);
            walk_tally_subtract(&now->walks[k], &before->walks[k]);
        }
        state_put_object(w, "counted", &trace_counted_state, now);
        ok = put(sink, TRACE_COUNTED, w);
    } else {
        p9_error("--trace: the host has no memory");
    }
    free(w);
    free(now);
    return ok;
}
