/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Shadow arrays: what another TLB, page-walk cache or table-entry cache would have done with the same ERAT misses.
 *
 * A variant is a whole set of one core's arrays, not a bare TLB, because they depend on each other: a TLB that misses
 * more walks more, so it keeps other directories and other guest real translations.  Each ERAT miss asks the variant's
 * TLB as it asked the machine's; where it misses, the walk that the machine made is charged to it, or, if the machine
 * needed none, the walk is made here and only watched: nothing is written to storage.  (An entry that the machine has
 * and that allows the access proves that R and C are set, so the watched walk reads what a real one would have read.)
 * Invalidations reach the variants like any core.
 *
 * What a variant cannot show: its own timing, which would move interrupts and so the guest's course, and other ERATs.
 */
#include <stdlib.h>

#include "base/log.h"
#include "mmu/model.h"

static void free_variant(struct what_if *w, unsigned cores)
{
    for (unsigned n = 0; w->core && n < cores; n++) core_close(&w->core[n]);
    free(w->core);
    free(w);
}

static bool same_erats(const struct mmu_config *a, const struct mmu_config *b)
{
    return a->derat_entries == b->derat_entries && a->derat_ways == b->derat_ways &&
           a->ierat_entries == b->ierat_entries && a->ierat_ways == b->ierat_ways &&
           a->erat_replacement == b->erat_replacement && a->tlbiel_spares_erat == b->tlbiel_spares_erat &&
           a->erratum_tlbie_erat == b->erratum_tlbie_erat && a->model == b->model &&
           a->rc_by_software == b->rc_by_software;
}

bool mmu_what_if(struct mmu_system *s, const struct mmu_config *variant)
{
    struct what_if *w;
    bool ok;

    if (s->config.model == MMU_MODEL_NONE)
        return p9_error("what-if: the model `none` has no arrays to compare with; use --model mmu");
    if (!same_erats(&s->config, variant))
        return p9_error("what-if: only what lies behind the ERATs can be varied (TLB, page-walk cache, table-entry "
                        "caches, their latencies); their own hits are not seen one by one");
    if (s->what_ifs == WHAT_IF_MOST) return p9_error("what-if: at most %d variants", WHAT_IF_MOST);
    if (!mmu_config_is_sane(variant)) return false;
    w = calloc(1, sizeof *w);
    if (!w) return p9_error("what-if: the host has no memory for another variant");
    w->config = *variant;
    w->core = calloc(s->cores, sizeof *w->core);
    ok = w->core != NULL;
    for (unsigned n = 0; ok && n < s->cores; n++) ok = core_open(&w->core[n], &w->config, variant->seed + n);
    if (!ok) {
        free_variant(w, s->cores);
        return p9_error("what-if: the host has no memory for another variant");
    }
    s->what_if[s->what_ifs++] = w;
    return true;
}

const struct counters *mmu_what_if_counters(const struct mmu_system *s, unsigned variant, unsigned level)
{
    return variant < s->what_ifs && level < WHAT_IF_LEVELS ? &s->what_if[variant]->counters[level] : NULL;
}

void mmu_what_if_clear(struct mmu_system *s)
{
    for (unsigned k = 0; k < s->what_ifs; k++) memset(s->what_if[k]->counters, 0, sizeof s->what_if[k]->counters);
}

void what_if_free(struct mmu_system *s)
{
    for (unsigned k = 0; k < s->what_ifs; k++) free_variant(s->what_if[k], s->cores);
    s->what_ifs = 0;
}

void what_if_reset(struct mmu_system *s)
{
    for (unsigned k = 0; k < s->what_ifs; k++)
        for (unsigned n = 0; n < s->cores; n++) core_reset(&s->what_if[k]->core[n]);
}

/* The walk that the machine did not need: watched, nothing applied. */
struct own_walk {
    struct walk_record record;
    struct xlate out;
};

void what_if_miss(struct mmu *m, const struct tlb_question *q, const struct walk_record *record,
                  const struct xlate *out)
{
    struct own_walk own;
    size_t number = (size_t)(m->core - m->system->core);

    for (unsigned k = 0; k < m->system->what_ifs; k++) {
        struct what_if *w = m->system->what_if[k];
        const struct tlb_model model = {m,         &w->core[number], &w->config, &w->counters[m->level],
                                        &w->tally, &m->ctx,          NULL};
        struct translation t;

        if (tlb_look_up(&model, q->e, q->key, q->at ? q->at->rights : 0, q->req.access, &t)) continue;
        if (!record) {
            walk_record_start(&own.record);
            walk_from(&m->ctx, q->e, q->at, q->req.access, &own.record.who, &own.out);
            record = &own.record;
            out = &own.out;
        }
        walk_charge(&model, q->e, record, out->why == XL_OK);
        if (out->why == XL_OK) tlb_keep(&model, q->key, out, q->req.access);
    }
}

void what_if_segment(struct mmu *m, const struct effective *e, const struct walk_record *record)
{
    size_t number = (size_t)(m->core - m->system->core);

    for (unsigned k = 0; k < m->system->what_ifs; k++) {
        struct what_if *w = m->system->what_if[k];
        const struct tlb_model model = {m,         &w->core[number], &w->config, &w->counters[m->level],
                                        &w->tally, &m->ctx,          NULL};

        (void)segment_charge(&model, e, record, record->count);
    }
}
