/* SPDX-License-Identifier: Apache-2.0 */
/* The commands behind the callthru word; see callthru.h. */
#include "machine/callthru.h"

#include <stdlib.h>

#include "core/isa/slow.h"
#include "core/state/timer.h"
#include "machine/console.h"
#include "machine/machine_internal.h"

enum command {
    CALL_WRITE_CONSOLE = 0,
    CALL_EXIT = 31,
    CALL_READ_CONSOLE = 60,
    CALL_TIME = 70,
    CALL_REGION_BEGIN = 4096,
    CALL_REGION_END,
    CALL_RESET_COUNTERS,
    CALL_DUMP_COUNTERS,
    CALL_REGION_NAME,
    CALL_CHECKPOINT,
};
enum { WRITE_MAX = 65536 };

/* Bytes one by one: a console line is short, and a fault in the middle must be the guest's as any load's would be. */
static bool write_console(struct machine *m, struct thread *t)
{
    u64 ea = t->gpr[4], n = t->gpr[5];

    if (n > WRITE_MAX) n = WRITE_MAX;
    for (u64 k = 0; k < n; k++) {
        if (!slow_load(t, (ea + k) & t->ea_mask, 1)) return false;
        console_put(m->console, (u8)t->slow_value[0]);
    }
    t->gpr[3] = n;
    return true;
}

/* Nobody goes on in this turn, and this thread not even to the end of its straight run: it stands behind the call. */
static enum next hold_threads(struct machine *m, struct thread *t)
{
    for (unsigned k = 0; k < m->thread_count; k++) m->threads[k]->held = true;
    thread_attend(t);
    t->nia = (t->page_ea + (u64)(t->at + 1 - t->page) * 4) & t->ea_mask;
    return JUMP;
}

static enum next exit_run(struct machine *m, struct thread *t)
{
    m->exit_code = (int)(t->gpr[4] & 0xff);
    m->end = m->exit_code ? MACHINE_GUEST_DIED : MACHINE_OFF;
    if (m->exit_code) m->death = "the guest ended the run with a status other than 0";
    return hold_threads(m, t);
}

/* Too many regions, or no memory on the host: the newcomers are not counted. */
static bool room_for_region(struct machine *m)
{
    unsigned n = m->region_count;
    struct machine_region *more;

    if (n & (n - 1)) return true;
    if (n == MACHINE_MAX_REGIONS) return false;
    more = realloc(m->regions, (n ? 2 * n : 1) * sizeof *more);
    if (more) m->regions = more;
    m->levels_starved |= !more;
    return more;
}

static struct machine_region *region_of(struct machine *m, u64 tag)
{
    for (unsigned k = 0; k < m->region_count; k++)
        if (m->regions[k].tag == tag) return &m->regions[k];
    return NULL;
}

static struct machine_region *new_region_of(struct machine *m, u64 tag)
{
    struct machine_region *r = region_of(m, tag);

    if (r || !room_for_region(m)) return r;
    r = &m->regions[m->region_count++];
    *r = (struct machine_region){.tag = tag};
    return r;
}

/* A name for outputs; what could end a string in one of them, or a counter's name, becomes an underscore. */
static bool name_region(struct machine *m, struct thread *t)
{
    char name[sizeof m->regions->name] = "";
    u64 ea = t->gpr[5], n = t->gpr[6];
    struct machine_region *r;

    if (n > sizeof name - 1) n = sizeof name - 1;
    for (u64 k = 0; k < n; k++) {
        char c[2] = "";
        if (!slow_load(t, (ea + k) & t->ea_mask, 1)) return false;
        c[0] = (char)t->slow_value[0];
        name[k] = strspn(c, REGION_NAME_CHARACTERS) ? c[0] : '_';
    }
    r = new_region_of(m, t->gpr[4]);
    if (r) memcpy(r->name, name, sizeof name);
    t->gpr[3] = r ? 0 : ~0ULL;
    return true;
}

static void begin_region(struct machine *m, struct thread *t, u64 tag)
{
    struct machine_region *r = new_region_of(m, tag);

    if (!r || r->open) return;
    r->open = machine_level_totals(m, &r->at_begin);
    m->levels_starved |= !r->open;
    r->begun = thread_cycles(t);
    if (!r->times && r->open) {
        r->first_begin = r->begun;
        timeline_begin_burst(&m->timeline, *r->name ? r->name : "region", r->begun);
    }
    if (m->core.by_regions) thread_halt(t);
    machine_begin_stretch(m);
    machine_stops_region(m, r, false, t);
}

/* A time that the host has no memory for is not counted. */
static void end_region(struct machine *m, struct thread *t, u64 tag)
{
    struct machine_region *r = region_of(m, tag);
    struct level_totals now = {0};
    u64 cycles = thread_cycles(t);

    if (!r || !r->open) return;
    if (machine_level_totals(m, &now) && level_totals_add_since(&r->sum, &now, &r->at_begin)) {
        r->elapsed += cycles > r->begun ? cycles - r->begun : 0; /* another thread may end it, up to a turn behind */
        r->last_end = cycles;
        r->times++;
    } else {
        m->levels_starved = true;
    }
    r->open = false;
    level_totals_free(&now);
    level_totals_free(&r->at_begin);
    if (m->core.by_regions) thread_halt(t);
    machine_stops_region(m, r, true, t);
}

/* Who is in a guest when counting begins again is taken to have been entered then (exits_clear() does the same). */
static void count_those_inside(struct machine *m)
{
    struct account *host = account_find(&m->accounts, partition_l0(&m->partitions), ACCOUNT_HYPERVISOR, 0);

    for (unsigned k = 0; host && k < m->thread_count; k++)
        host->counters.guest_entries += m->threads[k]->guest_lpid != 0;
}

/* Counters start again from zero for everybody; what the threads have executed (time, limits) goes on. */
static void reset_counters(struct machine *m)
{
    for (unsigned k = 0; k < m->thread_count; k++) thread_settle_account(m->threads[k]);
    for (unsigned k = 0; k < m->accounts.count; k++) {
        m->accounts.list[k]->counters = (struct counters){0};
        m->accounts.list[k]->walks = (struct walk_tally){0};
    }
    count_those_inside(m);
    for (unsigned k = 0; k < m->region_count; k++) level_totals_free(&m->regions[k].at_begin); /* open ones: from now */
    for (unsigned k = 0; k < m->thread_count; k++) exit_watch_pause(m->exits, m->threads[k]);
    exits_clear(&m->exits->exits);
    mmu_what_if_clear(m->mmus);
    machine_clear_variants(m);
    hot_close(&m->hot);
    machine_forget_profile(m);
    machine_sampling_forget(m);
    m->completed_at_reset = machine_completed(m);
}

static void dump_counters(struct machine *m)
{
    struct totals totals = machine_totals(m);

    if (!log_guest_begin(m->log, LOG_INFO)) return;
    EACH_COUNTER(row)
        if (counter_get(&totals.counters, row))
            log_say(m->log, LOG_INFO, "%-20s %llu", row->name, (unsigned long long)counter_get(&totals.counters, row));
    log_guest_end(m->log);
}

enum next machine_callthru(void *self, struct thread *t)
{
    struct machine *m = self;

    switch (t->gpr[3]) {
    case CALL_WRITE_CONSOLE:
        if (!write_console(m, t)) return FAULT;
        if (console_is_interrupted(m->console)) return hold_threads(m, t); /* a turn can print for minutes */
        break;
    case CALL_EXIT: return exit_run(m, t);
    case CALL_READ_CONSOLE: t->gpr[3] = (u64)(s64)console_get(m->console); break;
    case CALL_TIME: t->gpr[3] = timer_tb(t); break;
    case CALL_REGION_BEGIN: begin_region(m, t, t->gpr[4]); break;
    case CALL_REGION_END: end_region(m, t, t->gpr[4]); break;
    case CALL_RESET_COUNTERS: reset_counters(m); break;
    case CALL_DUMP_COUNTERS: dump_counters(m); break;
    case CALL_REGION_NAME:
        if (!name_region(m, t)) return FAULT;
        break;
    case CALL_CHECKPOINT: t->gpr[3] = machine_call_checkpoint(m, t) ? 0 : ~0ULL; break;
    default: t->gpr[3] = ~0ULL; break;
    }
    return NEXT;
}
