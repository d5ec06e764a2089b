/* SPDX-License-Identifier: Apache-2.0 */
/* Figures of a tower, and the sums that they must obey; see tower.h. */
#include "stats/tower.h"

#include <inttypes.h>
#include <stdio.h>

#include "stats/cpi.h"
#include "stats/metrics.h"

enum { TIMEBASE_MHZ = 512 };

const char *tower_kind_name(enum tower_kind kind)
{
    static const char *const names[TOWER_KINDS] = {"boot", "work", "end"};

    return names[kind];
}

static const char *const backings[BACKINGS] = {
    [BACKING_BASE] = "base", [BACKING_THP] = "thp", [BACKING_HUGETLBFS] = "hugetlbfs"};

const char *tower_backing_name(enum tower_backing backing)
{
    return backings[backing];
}

enum tower_backing tower_backing_of(const char *name)
{
    for (enum tower_backing k = BACKING_BASE; k < BACKINGS; k++)
        if (!strcmp(backings[k], name)) return k;
    return BACKING_NOT_SAID;
}

const struct tower_stretch *tower_boot(const struct report_tower *t, unsigned level)
{
    for (unsigned k = 0; k < t->stretch_count; k++)
        if (t->stretch[k].kind == TOWER_BOOT && t->stretch[k].level_of == level && t->level[level].is_up)
            return &t->stretch[k];
    return NULL;
}

struct counters tower_sum(const struct counters level[TOWER_LEVELS])
{
    struct counters sum = {0};

    for (unsigned k = 0; k < TOWER_LEVELS; k++) counters_add(&sum, &level[k]);
    return sum;
}

u64 tower_ticks(const struct report_tower *t, u64 cycles)
{
    return t->core_mhz ? (u64)((u128)cycles * TIMEBASE_MHZ / t->core_mhz) : 0;
}

/* ---- figures ---- */
static const struct {
    const char *name, *text;
} figures[TOWER_FIGURES] = {
    [TOWER_CYCLES] = {"cycles_per_op", "Cycles an operation"},
    [TOWER_INSNS] = {"instructions_per_op", "Instructions an operation, of every level"},
    [TOWER_TRANSLATION] = {"translation_cycles_per_op", "Cycles of translation an operation: TLB look-ups and walks"},
    [TOWER_EXPOSED] = {"translation_exposed_per_op", "Of these, cycles that completion waited for"},
    [TOWER_AS_MMU] = {"translation_as_mmu_charges_per_op", "What the model mmu charges for translation, an operation"},
    [TOWER_SPARED] = {"spared_by_free_walks_per_op", "Cycles an operation that it would take less, were walks free"},
    [TOWER_LOOK_UPS] = {"tlb_look_ups_per_op", "TLB look-ups an operation"},
    [TOWER_MISSES] = {"tlb_misses_per_op", "TLB misses an operation"},
    [TOWER_ENTRIES] = {"entries_per_miss", "Table entries on the path of a walk"},
    [TOWER_READS] = {"reads_per_miss", "Table entries read from storage for each TLB miss"},
    [TOWER_FROM_L2] = {"reads_per_miss_from_l2", "Of these, served by the L2"},
    [TOWER_FROM_L3] = {"reads_per_miss_from_l3", "Of these, served by the L3"},
    [TOWER_FROM_OTHER] = {"reads_per_miss_from_other", "Of these, served by another pair of cores"},
    [TOWER_FROM_MEMORY] = {"reads_per_miss_from_memory", "Of these, served by memory"},
    [TOWER_WALK_CYCLES] = {"walk_cycles_per_op", "Cycles of page-table walks an operation"},
    [TOWER_MISS_CYCLES] = {"cycles_per_tlb_miss", "Cycles of a TLB miss: the look-up that fails, and the walk"},
    [TOWER_EXITS] = {"exits_per_op", "Exits from guests to the hypervisor an operation"},
    [TOWER_OWN_SHARE] = {"own_share", "Percent of the busy cycles that the level itself executed"},
};

const char *tower_figure_name(enum tower_figure figure)
{
    return figures[figure].name;
}

const char *tower_figure_text(enum tower_figure figure)
{
    return figures[figure].text;
}

static u64 translation_cycles(const struct report_tower *t, const struct counters *c)
{
    return c->translation_cycles ? c->translation_cycles
                                 : c->walk_cycles + c->segment_cycles + c->tlb_access * t->look_up_cycles;
}

bool tower_translation_share(const struct report_tower *t, const struct counters *sum, double *value)
{
    enum metric_index share = sum->translation_cycles ? METRIC_translation_exposed_share : METRIC_translation_share;

    return metric_value(share, sum, t->look_up_cycles, value);
}

bool tower_value(const struct report_tower *t, const struct tower_measure *m, unsigned level, enum tower_figure figure,
                 double *value)
{
    const struct tower_cell *c = &m->cell[level];
    const struct counters *own = &c->level[level];
    u64 part = 0, whole = c->ops;

    *value = 0;
    if (!c->is_measured) return false;
    switch (figure) {
    case TOWER_CYCLES: part = c->elapsed; break;
    case TOWER_INSNS: part = c->sum.completed; break;
    case TOWER_TRANSLATION: part = translation_cycles(t, &c->sum); break;
    case TOWER_EXPOSED: part = c->sum.translation_exposed; break;
    case TOWER_AS_MMU:
        part =
            c->sum.translation_cycles ? c->sum.tlb_access * t->look_up_cycles + c->sum.walk_reads * t->read_cycles : 0;
        break;
    case TOWER_SPARED: part = cpi_cost_of_walks(&c->sum); break;
    case TOWER_LOOK_UPS: part = c->sum.tlb_access; break;
    case TOWER_MISSES: part = c->sum.tlb_miss; break;
    case TOWER_ENTRIES: part = c->sum.walk_reads + c->sum.walk_reads_pwc, whole = c->sum.tlb_miss; break;
    case TOWER_READS: part = c->sum.walk_reads, whole = c->sum.tlb_miss; break;
    case TOWER_FROM_L2: part = c->sum.walk_reads_l2, whole = c->sum.tlb_miss; break;
    case TOWER_FROM_L3: part = c->sum.walk_reads_l3, whole = c->sum.tlb_miss; break;
    case TOWER_FROM_OTHER: part = c->sum.walk_reads_other, whole = c->sum.tlb_miss; break;
    case TOWER_FROM_MEMORY: part = c->sum.walk_reads_memory, whole = c->sum.tlb_miss; break;
    case TOWER_WALK_CYCLES: part = c->sum.walk_cycles; break;
    case TOWER_MISS_CYCLES:
        part = c->sum.tlb_miss * t->look_up_cycles + c->sum.walk_cycles, whole = c->sum.tlb_miss;
        break;
    case TOWER_EXITS: part = c->sum.guest_exits; break;
    case TOWER_OWN_SHARE:
        part = 100 * (own->cycles - own->idle_cycles), whole = c->sum.cycles - c->sum.idle_cycles;
        break;
    case TOWER_FIGURES: break;
    }
    if (whole) *value = (double)part / (double)whole;
    return whole != 0;
}

bool tower_source_value(const struct tower_measure *m, unsigned level, enum walk_source source, double *value)
{
    const struct tower_cell *c = &m->cell[level];
    bool is_there = c->is_measured && c->sum.tlb_miss;

    *value = is_there ? (double)walk_tally_reads(&c->walks, source) / (double)c->sum.tlb_miss : 0;
    return is_there;
}

/* ---- do they add up? ---- */

/* The region is marked outside the two readings of the timebase, so it is the longer one: by the instructions between,
 * by the rounding of the clock, and by an interrupt that falls exactly there - of at most one turn of the run loop.
 * Hardware threads are up to a turn apart, and a guest may wander from one to the other. */
static void check_cell(const struct report_tower *t, const struct tower_measure *m, unsigned level, bool many_threads,
                       void (*judge)(void *, bool, const char *, const char *, u64, u64), void *self)
{
    const struct tower_cell *c = &m->cell[level];
    u64 region = tower_ticks(t, c->elapsed), slack = tower_ticks(t, t->quantum_cycles) + 1;
    u64 least = many_threads ? slack : 1, most = many_threads ? 2 * slack : slack;
    char whose[TOWER_NAME + 32];

    if (!c->is_measured) return;
    snprintf(whose, sizeof whose, "level %u, %s", level, m->name);
    judge(self, region + least >= c->ticks && region <= c->ticks + most,
          "time of the region = time that nestbench measured, within a turn", whose, region, c->ticks);
}

static void check_stretches(const struct report *r, const struct report_tower *t,
                            void (*judge)(void *, bool, const char *, const char *, u64, u64), void *self)
{
    for (unsigned level = 0; level < TOWER_LEVELS; level++) {
        u64 insns = 0, cycles = 0;
        struct counters counters;
        struct walk_tally walks;
        char whose[32];

        if (!report_level(r, level, &counters, &walks)) continue;
        for (unsigned k = 0; k < t->stretch_count; k++) {
            insns += t->stretch[k].level[level].completed;
            cycles += t->stretch[k].level[level].cycles;
        }
        snprintf(whose, sizeof whose, "level %u", level);
        judge(self, insns == counters.completed, "instructions of the tower's stretches = those of the accounts", whose,
              insns, counters.completed);
        judge(self, cycles == counters.cycles, "cycles of the tower's stretches = those of the accounts", whose, cycles,
              counters.cycles);
    }
}

void tower_check(const struct report *r,
                 void (*judge)(void *self, bool holds, const char *text, const char *whose, u64 left, u64 right),
                 void *self)
{
    const struct report_tower *t = r->tower;

    if (!t) return;
    check_stretches(r, t, judge, self);
    for (unsigned k = 0; k < t->measure_count; k++)
        for (unsigned level = 0; level <= t->depth; level++)
            check_cell(t, &t->measure[k], level, r->thread_count > 1, judge, self);
}
