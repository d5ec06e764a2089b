/* SPDX-License-Identifier: Apache-2.0 */
/* World switches, as hypervisor/partition.h tells them: counted to whoever is left. */
#include "core/state/thread.h"
#include "machine/machine_internal.h"

static void left(void *self, const struct guest_exit *exit)
{
    (void)self;
    exit->thread->counters->guest_exits++;
}

static void entered(void *self, const struct guest_entry *entry)
{
    (void)self;
    entry->thread->counters->guest_entries++;
}

void machine_watch_switches(struct machine *m)
{
    m->switches = (struct partition_watcher){.left = left, .entered = entered, .self = m};
    partition_watch(&m->partitions, &m->switches);
}
