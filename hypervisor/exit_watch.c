/* SPDX-License-Identifier: Apache-2.0 */
/* See exit_watch.h. */
#include "hypervisor/exit_watch.h"

#include <stdlib.h>

#include "base/hash.h"
#include "base/power.h"
#include "core/state/interrupt.h"
#include "core/state/thread.h"
#include "hypervisor/rows.h"
#include "mmu/mmu.h"

enum { PAGE_OFFSET = 0xfff };

/* SPRG0-3, which a hypervisor gives back as it found them. */
static u64 processor_of(const struct thread *t)
{
    const u64 sprg[] = {t->spr.SPRG0, t->spr.SPRG1, t->spr.SPRG2, t->spr.SPRG3};
    u64 mix = 0;

    for (unsigned k = 0; k < ARRAY_SIZE(sprg); k++) mix = hash_mix(mix, sprg[k]);
    return mix;
}

static struct fault_seen fault_of(const struct thread *t, unsigned interrupt)
{
    bool fetch = interrupt == INTERRUPT_HINSTRUCTION_STORAGE;
    u64 status = fetch ? interrupt_saved(t).image : t->spr.HDSISR, ea = fetch ? interrupt_saved(t).nia : t->spr.HDAR;
    struct fault_seen f = {.fetch = fetch};

    if (!fetch && interrupt != INTERRUPT_HDATA_STORAGE) return f;
    f.is_fault = true;
    f.has_address = (t->spr.LPCR & LPCR_HR) != 0; /* hash: ASDR has the segment, not the page */
    f.store = !fetch && (status & DSISR_STORE);
    f.for_table = (status & DSISR_PROCESS_TABLE) != 0;
    f.gra = (t->spr.ASDR & ~(u64)PAGE_OFFSET) | (f.for_table ? 0 : ea & PAGE_OFFSET);
    return f;
}

static struct exit_clock clock_of(const struct thread *t)
{
    return (struct exit_clock){.cycles = thread_time(t),
                               .idle_cycles = t->idle_cycles,
                               .completed = t->completed,
                               .tlbies = mmu_tlbies(t->mmu)};
}

static struct exit_seen seen_of(struct exit_watch *w, const struct thread *t, const struct partition *guest)
{
    w->mmu = t->mmu;
    w->tables.ptcr = t->spr.PTCR;
    return (struct exit_seen){.thread = t->pir, .guest = guest, .processor = processor_of(t), .at = clock_of(t)};
}

static void left(void *self, const struct guest_exit *exit)
{
    struct exit_watch *w = self;
    const struct thread *t = exit->thread;
    struct exit_seen seen = seen_of(w, t, exit->from);

    seen.reason = exit->reason;
    seen.call = exit->call;
    seen.nia = interrupt_saved(t).nia;
    seen.fault = fault_of(t, exit->interrupt);
    exits_left(&w->exits, &seen);
}

/* The guest's MSR came from one of the images; both may be alike, and KVM uses hrfid. */
static bool came_by_hrfid(const struct thread *t)
{
    return !((t->spr.HSRR1 ^ t->msr) & (MSR_SF | MSR_HV | MSR_PR | MSR_EE | MSR_IR | MSR_DR | MSR_LE));
}

static void entered(void *self, const struct guest_entry *entry)
{
    struct exit_watch *w = self;
    const struct thread *t = entry->thread;
    struct exit_seen seen = seen_of(w, t, entry->to);

    seen.srr0 = t->spr.SRR0;
    seen.nia = came_by_hrfid(t) ? t->spr.HSRR0 : t->spr.SRR0;
    exits_entered(&w->exits, &seen);
}

static void tally(void *self, unsigned thread, struct miss_tally *to, u64 until)
{
    struct exit_watch *w = self;

    (void)thread; /* always the one that switches */
    mmu_tally_misses(w->mmu, to, until);
}

struct exit_watch *exit_watch_new(struct partition_tree *tree, struct bus *bus, u64 window, u64 soon)
{
    struct exit_watch *w = calloc(1, sizeof *w);

    if (!w || !exits_open(&w->exits, window, soon)) {
        free(w);
        return NULL;
    }
    machine_tables_init(&w->tables, bus);
    w->exits.tree = tree;
    w->exits.tables = &w->tables.face;
    w->exits.tally = tally;
    w->exits.tally_self = w;
    w->watcher = (struct partition_watcher){.left = left, .entered = entered, .self = w};
    partition_watch(tree, &w->watcher);
    return w;
}

void exit_watch_free(struct exit_watch *w)
{
    if (w) exits_close(&w->exits);
    free(w);
}

void exit_watch_pause(struct exit_watch *w, struct thread *t)
{
    const struct exit_clock now = clock_of(t);

    w->mmu = t->mmu;
    exits_pause(&w->exits, t->pir, &now);
}

void exit_watch_resume(struct exit_watch *w, struct thread *t)
{
    w->mmu = t->mmu;
    exits_resume(&w->exits, t->pir);
}

static const struct state_row rows[] = {
    STATE_PART(struct exit_watch, exits, struct exits, exits_state),
    STATE_DERIVED(struct exit_watch, tables), /* what it asks with is set before each question */
    STATE_DERIVED(struct exit_watch, watcher),
    STATE_DERIVED(struct exit_watch, mmu),
};
const struct state_table exit_watch_state = STATE_TABLE(struct exit_watch, rows);
