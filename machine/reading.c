/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Somebody reads the records between two moments of a run (machine_plan_reading()).  Before the first and behind the
 * second no records are made for him, so the rest of the run is as fast as without.
 */
#include <stdlib.h>

#include "base/log.h"
#include "machine/machine_internal.h"

struct machine_reading {
    struct machine_reader reader;
    unsigned from, until; /* numbers of stops */
    bool has_from, has_until, on, over, enough;
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
    if (!reading->on) return;
    if (!reading->enough && (!reading->has_until || !machine_reached(m, reading->until))) return;
    machine_read_no_more(m);
    reading->over = true;
    if (reading->reader.ends) reading->reader.ends(reading->reader.self, m);
}

bool machine_has_read(const struct machine *m)
{
    return m->reading && m->reading->on;
}

void machine_read_enough(struct machine *m)
{
    m->reading->enough = true;
}

void machine_stand_still(struct machine *m)
{
    if (m->end == MACHINE_RUNNING) m->end = MACHINE_STOPPED;
    if (!m->whose_turn) return;
    m->whose_turn->halt = true;
    thread_attend(m->whose_turn);
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

void machine_close_reading(struct machine *m)
{
    free(m->reading);
    m->reading = NULL;
}
