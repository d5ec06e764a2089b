/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The model `core` in a machine: every thread is timed (core/state/thread.h), its records go to the model
 * (core/timing), and so to whoever else reads them, and what the model finds out goes to the account that the thread is
 * counted for just then.
 */
#include "machine/machine_internal.h"

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

/* The model's answer counts; others only read. */
static u64 take_for_both(struct retire_sink *sink, const struct retire_block *block)
{
    struct machine *m = container_of(sink, struct machine, both);
    struct retire_sink *timing = timing_sink(m->timing);

    if (m->reader) m->reader->take(m->reader, block);
    return timing->take(timing, block);
}

struct retire_sink *machine_sink(struct machine *m, struct retire_sink *reader)
{
    if (!m->timing) return reader;
    m->reader = reader;
    m->both = (struct retire_sink){
        .take = take_for_both, .at_once = reader && reader->at_once, .values = reader && reader->values};
    return &m->both;
}

bool machine_open_core_model(struct machine *m)
{
    const struct timing_listener listener = {account_of, note_walk, m};
    const struct config *c = m->config;
    struct timing_config config = config_timing(c);

    if (c->model != MODEL_CORE) return true;
    m->timing = timing_open(&config, m->isa, (unsigned)c->cores, (unsigned)c->threads, &listener);
    if (!m->timing || !machine_trace(m, NULL)) return false;
    for (unsigned k = 0; k < m->thread_count; k++) thread_set_pace(m->threads[k], 0);
    return true;
}
