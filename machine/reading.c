/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Somebody reads the records between two moments of a run (machine_plan_reading()).  Before the first and behind the
 * second no records are made for him, so the rest of the run is as fast as without.
 */
#include <stdlib.h>

#include "base/log.h"
#include "core/timing/timing.h"
#include "machine/machine_internal.h"
#include "mmu/state.h"

struct machine_reading {
    struct machine_reader reader;
    unsigned from, until; /* numbers of stops */
    bool has_from, has_until, on, over;
};

bool machine_plan_reading(struct machine *m, const struct machine_reader *reader, const struct when *from,
                          const struct when *until)
{
    struct machine_reading *reading = calloc(1, sizeof *reading);

    if (!reading) return p9_error("the host has no memory for a reader of records");
    m->reading = reading;
    *reading = (struct machine_reading){.reader = *reader, .has_from = from, .has_until = until};
    return (!from || machine_stop_inside(m, from, &reading->from)) &&
           (!until || machine_stop_inside(m, until, &reading->until));
}

static bool begin(struct machine *m, struct machine_reading *reading)
{
    machine_hand_over_records(m);
    if (reading->reader.begins) reading->reader.begins(reading->reader.self, m);
    reading->on = true;
    return machine_trace(m, reading->reader.sink);
}

void machine_look_at_reading(struct machine *m)
{
    struct machine_reading *reading = m->reading;

    if (likely(!reading || reading->over)) return;
    if (!reading->on && (!reading->has_from || machine_reached(m, reading->from)) && !begin(m, reading))
        m->end = MACHINE_STOPPED;
    if (!reading->on || !reading->has_until || !machine_reached(m, reading->until)) return;
    machine_read_no_more(m);
    reading->over = true;
    if (reading->reader.ends) reading->reader.ends(reading->reader.self, m);
}

bool machine_has_read(const struct machine *m)
{
    return m->reading && m->reading->on;
}

struct retire machine_context(const struct machine *m, unsigned thread)
{
    const struct thread *t = m->threads[thread];

    return (struct retire){.context = {.msr = t->msr,
                                       .lpid = (u32)t->spr.LPIDR,
                                       .pid = (u32)t->spr.PIDR,
                                       .partition = t->partition->id,
                                       .level = t->partition->level},
                           .kind = RETIRE_CONTEXT,
                           .thread = (u16)thread};
}

void machine_save_models(struct machine *m, struct state_writer *w)
{
    mmu_save(m->mmus, w, NULL);
    if (!m->core.timing) return;
    timing_save(m->core.timing, w, "core");
    if (m->core.twin) timing_save(m->core.twin, w, "twin");
}

void machine_model_clock(const struct machine *m, unsigned thread, u64 *end, u64 *twin_end)
{
    *end = m->core.clock[thread].end;
    *twin_end = m->core.clock[thread].twin_end;
}

bool machine_is_timed(const struct machine *m)
{
    return m->core.timing && m->core.gear == CORE_ON;
}

bool machine_has_twin(const struct machine *m)
{
    return m->core.twin;
}

void machine_walk_contents(const struct machine *m, struct observer *who)
{
    mmu_walk_contents(m->mmus, who);
}

const struct config *machine_config(const struct machine *m)
{
    return m->config;
}

bool machine_region(const struct machine *m, unsigned n, u64 *base, u64 *size_bytes)
{
    if (n >= m->bus->count) return false;
    *base = m->bus->regions[n].base;
    *size_bytes = m->bus->regions[n].size;
    return true;
}

void machine_counted(struct machine *m, unsigned level, struct counters *counters, struct walk_tally *walks)
{
    const struct account_book *book = machine_accounts(m);

    *counters = (struct counters){0};
    memset(walks, 0, sizeof *walks);
    for (unsigned k = 0; k < book->count; k++) {
        const struct account *a = book->list[k];
        unsigned place = a->level < MACHINE_COUNTED_LEVELS ? a->level : MACHINE_COUNTED_LEVELS - 1;

        if (place != level) continue;
        counters_add(counters, &a->counters);
        walk_tally_add(walks, &a->walks);
    }
}

void machine_close_reading(struct machine *m)
{
    free(m->reading);
    m->reading = NULL;
}
