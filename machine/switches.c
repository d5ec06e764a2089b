/* SPDX-License-Identifier: Apache-2.0 */
/*
 * World switches, as hypervisor/partition.h tells them, and the turns of the run loop: counted to whoever is left, and
 * noted in the timeline.  Between two switches the hypervisor's slices are as fine as a turn: each goes to the state
 * that the turn ends in.
 */
#include "core/state/thread.h"
#include "machine/console.h"
#include "machine/machine_internal.h"

static u64 *slice_start(struct machine *m, const struct thread *t)
{
    for (unsigned k = 0; k < m->thread_count; k++)
        if (m->threads[k] == t) return &m->slice_start[k];
    return &m->slice_start[0];
}

/* What ran on this thread since its last slice: partition in this state, up to now. */
static void slice_ends(struct machine *m, const struct thread *t, const struct partition *partition, const char *state,
                       u64 cycle)
{
    u64 *start = slice_start(m, t);

    if (cycle <= *start) return; /* a turn may run over its end by a few cycles, which are in this slice already */
    timeline_note(&m->timeline, &(struct timeline_slice){.start = *start,
                                                         .end = cycle,
                                                         .thread = t->pir,
                                                         .lpid = partition->lpid,
                                                         .level = (u8)partition->level,
                                                         .state = state});
    *start = cycle;
}

static void left(void *self, const struct guest_exit *exit)
{
    struct machine *m = self;

    exit->thread->counters->guest_exits++;
    machine_guest_calls(m, exit);
    slice_ends(m, exit->thread, exit->from, "guest", exit->cycle);
    timeline_switch(&m->timeline, &(struct timeline_switch){.cycle = exit->cycle,
                                                            .thread = exit->thread->pir,
                                                            .lpid = exit->from->lpid,
                                                            .level = (u8)exit->from->level,
                                                            .is_exit = true,
                                                            .reason = exit_reason_rows[exit->reason].name});
}

static void entered(void *self, const struct guest_entry *entry)
{
    struct machine *m = self;
    char name[48];

    entry->thread->counters->guest_entries++;
    slice_ends(m, entry->thread, partition_l0(&m->partitions), "hypervisor", entry->cycle);
    if (entry->to->entries == 1) {
        snprintf(name, sizeof name, "level %u begins (LPID %u)", entry->to->level, entry->to->lpid);
        timeline_begin_burst(&m->timeline, name, entry->cycle);
    }
    timeline_switch(&m->timeline, &(struct timeline_switch){.cycle = entry->cycle,
                                                            .thread = entry->thread->pir,
                                                            .lpid = entry->to->lpid,
                                                            .level = (u8)entry->to->level});
}

void machine_watch_switches(struct machine *m)
{
    m->switches = (struct partition_watcher){.left = left, .entered = entered, .self = m};
    partition_watch(&m->partitions, &m->switches);
}

static const char *state_of(const struct thread *t)
{
    if (t->held || t->stopped) return "idle";
    return t->partition->lpid ? "guest" : account_state_name(account_state_of(t->msr));
}

void machine_note_window(struct machine *m)
{
    const char *mark = console_take_mark(m->console);
    u64 now = machine_cycles(m);

    for (unsigned k = 0; k < m->thread_count; k++) {
        const struct thread *t = m->threads[k];
        slice_ends(m, t, t->partition, state_of(t), now);
    }
    for (; mark && m->mark_count < MACHINE_MAX_MARKS; mark = console_take_mark(m->console)) {
        char *name = strdup(mark); /* a restored mark is nobody's expectation */

        m->marks_starved |= !name;
        if (name) m->marks[m->mark_count++] = (struct report_mark){name, now, machine_completed(m)};
        timeline_begin_burst(&m->timeline, mark, now);
    }
}
