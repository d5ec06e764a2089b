/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The model `core` in a machine.  It runs in one of four gears, which may change between any two instructions:
 *
 *   OFF    as the model `mmu`: nobody keeps records for it; what its caches and predictors hold stays as it was
 *   WARM   as the model `mmu` in all that the guest can see and that is counted, but records go to the model, whose
 *          caches and predictors follow what happens
 *   BETWEEN as WARM, but that time passes at the pace of the windows between which it is sampled (sampling.c), and
 *          translation is charged nothing besides
 *   ON     every thread is timed (core/state/thread.h): its cycles are what the model says
 *
 * Architected state, translation arrays and time itself go on from where they are; only who says how long instructions
 * take changes.  What the model finds out goes to the account that the thread is counted for just then.
 */
#include "machine/machine_internal.h"

#include "core/isa/slow.h"
#include "core/timing/timing.h"
#include "hypervisor/account.h"

static void account_of(void *self, unsigned thread, struct timing_account *out)
{
    struct machine *m = self;
    struct account *account = m->threads[thread]->account;

    *out = (struct timing_account){&account->counters, &account->walks};
}

static void note_walk(void *self, unsigned thread, u64 cia, const struct hot_walk *walk)
{
    struct machine *m = self;

    thread_note_timed_walk(m->threads[thread], cia, walk);
}

/* ---- records ---- */

void machine_account_unseen(void *self, unsigned thread, struct timing_account *out)
{
    struct machine *m = self;

    (void)thread;
    *out = (struct timing_account){&m->core.unseen, &m->core.unseen_walks};
}

/* The twin reads the same records in a time of its own: idle cycles pass there as here, all others as they would
 * without walks. */
static void take_for_twin(struct machine *m, const struct retire_block *block, u64 cycles)
{
    struct machine_core *core = &m->core;
    unsigned thread = retire_thread(block);
    struct core_clock *clock = &core->clock[thread];
    struct retire_block same = *block;
    u64 free_cycles;

    same.time = clock->twin_end + (block->time - clock->end);
    free_cycles = timing_sink(core->twin)->take(timing_sink(core->twin), &same);
    clock->end = block->time + cycles;
    clock->twin_end = same.time + free_cycles;
    m->threads[thread]->account->counters.cycles_walks_free += free_cycles;
}

static u64 take_timed(struct machine *m, const struct retire_block *block)
{
    struct retire_sink *sink = timing_sink(m->core.timing);
    u64 cycles = sink->take(sink, block);

    if (m->core.twin) take_for_twin(m, block, cycles);
    if (m->core.variants) machine_time_variants(m, block, cycles);
    return cycles;
}

/* The model's answer counts if it is on; others only read. */
static u64 take_for_both(struct retire_sink *sink, const struct retire_block *block)
{
    struct machine *m = container_of(sink, struct machine, core.both);
    struct machine_core *core = &m->core;

    if (core->reader) core->reader->take(core->reader, block);
    if (core->gear == CORE_ON) return take_timed(m, block);
    if (core->gear == CORE_OFF) return 0;
    timing_warm(core->timing, block);
    if (core->twin) timing_warm(core->twin, block);
    if (core->variants) machine_warm_variants(m, block);
    return 0;
}

struct retire_sink *machine_sink(struct machine *m, struct retire_sink *reader)
{
    struct machine_core *core = &m->core;

    if (!core->timing) return reader;
    core->reader = reader;
    core->both = (struct retire_sink){
        .take = take_for_both, .at_once = reader && reader->at_once, .values = reader && reader->values};
    return &core->both;
}

/* ---- gears ---- */

static void keep_no_records(struct machine *m)
{
    for (unsigned k = 0; k < m->thread_count; k++) {
        retire_drain(m->threads[k]->ring);
        thread_record(m->threads[k], false);
    }
    m->bus->dma = NULL;
}

void machine_read_no_more(struct machine *m)
{
    machine_hand_over_records(m);
    m->core.reads = false;
    if (!m->core.timing || m->core.gear == CORE_OFF) keep_no_records(m);
    m->core.reader = NULL;
}

static bool keep_records(struct machine *m, enum core_gear gear)
{
    if (gear == CORE_OFF && !m->core.reads) {
        keep_no_records(m);
        return true;
    }
    return m->threads[0]->traced || machine_trace_on(m, m->core.reader);
}

/* What records do not tell, because they begin here. */
static void tell_streams(struct machine *m)
{
    for (unsigned k = 0; k < m->thread_count; k++) {
        timing_set_stream(m->core.timing, k, m->threads[k]->spr.DSCR);
        if (m->core.twin) timing_set_stream(m->core.twin, k, m->threads[k]->spr.DSCR);
        machine_set_stream_of_variants(m, k, m->threads[k]->spr.DSCR);
    }
}

static void set_paces(struct machine *m)
{
    enum core_gear gear = m->core.gear;

    for (unsigned k = 0; k < m->thread_count; k++)
        thread_set_pace(m->threads[k], gear == CORE_ON        ? 0
                                       : gear == CORE_BETWEEN ? m->sampling.thread[k].pace
                                                              : machine_pace(m->config));
}

/* Of an instruction that has been fetched and not executed yet the fetch belongs to the gear that it was made in: the
 * model hears of it as of one that waits, because the instruction's record comes too late. */
static void settle_fetch(struct machine *m, struct thread *t)
{
    struct retire record;
    struct retire_block block = retire_open_block(t->ring, &record);

    if (block.record->accesses) take_timed(m, &block);
}

void machine_charge_no_fetch(struct machine *m, unsigned thread)
{
    const struct retire_ring *ring = m->threads[thread]->ring;

    timing_charged(m->core.timing, thread, ring->accesses - ring->open);
    if (m->core.twin) timing_charged(m->core.twin, thread, ring->accesses - ring->open);
}

bool machine_set_gear(struct machine *m, enum core_gear gear)
{
    for (unsigned k = 0; k < m->thread_count; k++) {
        struct thread *t = m->threads[k];

        if (m->core.gear == CORE_ON) thread_take_time(t);
        else retire_drain(t->ring);
        if (m->core.gear == CORE_ON) settle_fetch(m, t);
        machine_charge_no_fetch(m, k);
    }
    m->core.gear = gear;
    tell_streams(m);
    machine_begin_stretch(m);
    set_paces(m);
    mmu_set_timed(m->mmus, gear == CORE_BETWEEN || gear == CORE_ON);
    return keep_records(m, gear);
}

static bool region_is_open(const struct machine *m)
{
    for (unsigned k = 0; k < m->region_count; k++)
        if (m->regions[k].open) return true;
    return false;
}

static enum core_gear gear_wanted(struct machine *m)
{
    const struct machine_core *core = &m->core;
    bool on = core->by_regions ? region_is_open(m) : !core->waits || machine_reached(m, core->stop);

    enum core_gear gear = m->sampling.period ? machine_sampling_gear(m, on) : CORE_ON;

    return on ? gear : m->config->warm ? CORE_WARM : CORE_OFF;
}

void machine_change_gear(struct machine *m)
{
    enum core_gear wanted;

    if (likely(!m->core.waits && !m->core.by_regions && !m->sampling.period)) return;
    wanted = gear_wanted(m);
    if (wanted == m->core.gear || m->end != MACHINE_RUNNING) return;
    if (machine_set_gear(m, wanted)) return;
    m->end = MACHINE_GUEST_DIED;
    m->death = "the host has no memory for the records of the model core";
}

bool machine_core_always(struct machine *m)
{
    struct machine_core *core = &m->core;

    if (!core->timing || (!core->waits && !core->by_regions)) return true;
    core->waits = core->by_regions = false;
    return machine_set_gear(m, CORE_ON);
}

/* ---- opening ---- */

/* It is what a machine that was restored waits for already. */
static bool waits_for(const struct machine *m, const struct when *when)
{
    const struct machine_core *core = &m->core;

    if (!when) return core->by_regions;
    return core->waits && state_same(&when_state, &m->stops[core->stop].when, when);
}

bool machine_core_at(struct machine *m, const struct when *when)
{
    struct machine_core *core = &m->core;

    if (!core->timing) return p9_error("--model: WHEN goes with the model core; write --model core@WHEN");
    if (waits_for(m, when)) return true;
    core->by_regions = !when;
    core->waits = when;
    if (when && !machine_stop_inside(m, when, &core->stop)) return false;
    return machine_set_gear(m, gear_wanted(m));
}

bool machine_open_core_model(struct machine *m)
{
    const struct timing_listener listener = {account_of, note_walk, m},
                                 seen_by_nobody = {machine_account_unseen, NULL, m};
    const struct config *c = m->config;
    struct timing_config config = config_timing(c);

    if (c->model != MODEL_CORE) return true;
    machine_open_sampling(m);
    m->core.timing = timing_open(&config, m->isa, (unsigned)c->cores, (unsigned)c->threads, &listener);
    if (m->core.timing && c->walk_twin) m->core.twin = timing_open_twin(m->core.timing, &seen_by_nobody);
    return m->core.timing && (m->core.twin || !c->walk_twin) && machine_set_gear(m, CORE_ON);
}

void machine_resume_core_model(struct machine *m)
{
    machine_resume_sampling(m);
    if (m->core.timing) tell_streams(m);
    set_paces(m);
    if (m->core.gear == CORE_ON) return;
    for (unsigned k = 0; k < m->thread_count; k++) {
        struct thread *t = m->threads[k];

        thread_stall(t, t->owed_cycles); /* nobody will ask for them any more */
        t->owed_cycles = 0;
    }
}

void machine_close_core_model(struct machine *m)
{
    machine_close_sampling(m);
    machine_close_variants(m);
    timing_close(m->core.twin);
    timing_close(m->core.timing);
}
