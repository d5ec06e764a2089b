/* SPDX-License-Identifier: Apache-2.0 */
/* How a tower's run ended, and which regions of the machine's report are its measures; see tower.h. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "experiment/tower.h"
#include "machine/machine_report.h"

/* ---- how it ended ---- */

static void say(struct tower *t, const char *fmt, ...) printf_like(2, 3);
static void say(struct tower *t, const char *fmt, ...)
{
    va_list arguments;

    va_start(arguments, fmt);
    vsnprintf(t->result.verdict, sizeof t->result.verdict, fmt, arguments);
    va_end(arguments);
}

/* Powered off: did every level come up, and end before the one below it? */
static enum tower_end judge_off(struct tower *t)
{
    unsigned depth = t->result.depth;

    if (t->failed) return t->failure;
    for (unsigned k = 0; k <= depth; k++) {
        if (!t->result.level[k].is_up) {
            say(t, k ? "level %u never came up: level %u powered off first" : "level %u never came up", k, k - 1);
            return TOWER_DIED;
        }
        if (k && !t->ended[k]) {
            say(t, "level %u did not end before level %u powered off", k, k - 1);
            return TOWER_DIED;
        }
    }
    say(t,
        depth ? "all levels came up, 0 to %u, and powered off one after the other" : "level %u came up and powered off",
        depth);
    return TOWER_FINE;
}

/* A panic that no level above has told of is the host's own: its kernel spins for ever. */
static enum tower_end judge_limit(struct tower *t, const char *text)
{
    char where[64];

    tower_where(t, where, sizeof where);
    if (t->failed) return t->failure;
    if (*t->panic) {
        say(t, "level 0 died, while %s: %s", where, t->panic);
        return TOWER_DIED;
    }
    say(t, "%.160s while %s", text, where);
    return TOWER_LIMIT;
}

enum tower_end tower_judge(struct tower *t, enum machine_end end, const char *text)
{
    char where[64];

    tower_where(t, where, sizeof where);
    tower_turn(t, t->kind, t->level);
    switch (end) {
    case MACHINE_OFF: return judge_off(t);
    case MACHINE_LIMIT: return judge_limit(t, text);
    case MACHINE_STOPPED:
        if (t->failed) return t->failure;
        say(t, "%.160s, while %s", text, where);
        return TOWER_STOPPED;
    default: break;
    }
    if (t->failed) return t->failure;
    if (end == MACHINE_GUEST_DIED && machine_panicked(t->machine))
        say(t, "level 0 died, while %s: %s", where, machine_death(t->machine));
    else say(t, "level 0: %.160s, while %s", text, where);
    return TOWER_DIED;
}

/* ---- the regions ---- */

/* nestbench names its regions "level1.syscall". */
static void take(struct tower *t, const struct report_region *region)
{
    struct tower_measure *m = t->result.measure;
    struct tower_cell *cell;
    unsigned level;
    int at = 0;

    if (sscanf(region->name, "level%u.%n", &level, &at) != 1 || !at || level > t->result.depth || region->times != 1)
        return;
    for (unsigned k = 0; k < t->result.measure_count; k++, m++) {
        cell = &m->cell[level];
        if (!cell->ops || strcmp(m->name, region->name + at) != 0) continue;
        cell->is_measured = true;
        cell->elapsed = region->elapsed;
        cell->sum = region->counters;
        cell->region = region;
        cell->walks = region->walks;
        for (unsigned j = 0; j < region->level_count; j++)
            counters_add(&cell->level[j < TOWER_LEVELS ? j : TOWER_LEVELS - 1], &region->levels[j].counters);
    }
}

void tower_complete(struct tower *t, struct report *r)
{
    t->result.core_mhz = r->core_mhz;
    t->result.quantum_cycles = r->quantum_cycles;
    t->result.level[0].memory_mib = r->memory_bytes >> 20;
    t->result.look_up_cycles = r->look_up_cycles;
    t->result.read_cycles = r->read_cycles;
    for (unsigned k = 0; k < r->region_count; k++) take(t, &r->regions[k]);
    tower_weigh(&t->result, r);
    r->tower = &t->result;
}
