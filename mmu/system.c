/* SPDX-License-Identifier: Apache-2.0 */
/* Making, checking and resetting the translation model of a machine; see mmu.h. */
#include <stdlib.h>

#include "base/assert.h"
#include "base/log.h"
#include "mmu/check.h"
#include "mmu/model.h"

/*
 * Where the numbers come from: TLB 1024 x 4 ways and the halving in radix mode are CONFIRMED (firmware device tree of
 * an AC922; skiboot on HID0).  Everything else is ASSUMED: ERAT 64 + 64 fully associative is a recollection, sizes of
 * the page-walk cache are half a TLB array divided over levels and scopes, and no latency is published.  FIFO in the
 * ERAT needs nothing on a hit, which the fast path could not tell.
 */
struct mmu_config mmu_config_default(void)
{
    return (struct mmu_config){
        .model = MMU_MODEL_MMU,
        .derat_entries = 64,
        .ierat_entries = 64,
        .tlb_entries = 1024,
        .tlb_ways = 4,
        .tlb_halved = true,
        .pwc_entries = 64,
        .pwc_ways = 4,
        .pate_entries = 4,
        .prte_entries = 16,
        .tlb_guest_real = true,
        .erat_replacement = REPLACE_FIFO,
        .tlb_replacement = REPLACE_LRU,
        .pwc_replacement = REPLACE_LRU,
        .seed = 1,
        .tlb_hit_cycles = 20,
        .walk_read_cycles = 15,
        .needless_insns = 10000,
        .contexts = 64,
    };
}

static bool array_is_sane(const char *name, u32 entries, u32 ways, enum replacement policy)
{
    if (entries < 1 || entries > 65536) return p9_error("%s entries %u: must be 1 .. 65536", name, entries);
    if (ways > entries || (ways && entries % ways))
        return p9_error("%s ways %u: %u entries are not a whole number of sets", name, ways, entries);
    if (policy == REPLACE_PLRU && (ways ? ways : entries) > 64)
        return p9_error("%s: tree-PLRU works up to 64 ways", name);
    return true;
}

bool mmu_config_is_sane(const struct mmu_config *c)
{
    if (c->contexts < 1 || c->contexts > 4096) return p9_error("contexts %u: must be 1 .. 4096", c->contexts);
    if (c->model == MMU_MODEL_NONE) return true;
    return array_is_sane("derat", c->derat_entries, c->derat_ways, c->erat_replacement) &&
           array_is_sane("ierat", c->ierat_entries, c->ierat_ways, c->erat_replacement) &&
           array_is_sane("tlb", c->tlb_entries >> c->tlb_halved, c->tlb_ways, c->tlb_replacement) &&
           (!c->pwc_entries || array_is_sane("pwc", c->pwc_entries, c->pwc_ways, c->pwc_replacement)) &&
           array_is_sane("pate", c->pate_entries, 0, c->pwc_replacement) &&
           array_is_sane("prte", c->prte_entries, 0, c->pwc_replacement);
}

bool core_open(struct mmu_core *core, const struct mmu_config *c, u64 seed)
{
    if (!xarray_open(&core->hash_tlb, c->tlb_entries, c->tlb_ways, c->tlb_replacement, seed)) return false;
    if (!xarray_open(&core->tlb, c->tlb_entries >> c->tlb_halved, c->tlb_ways, c->tlb_replacement, seed)) return false;
    if (c->needless_insns && !(xarray_open_graves(&core->tlb) && xarray_open_graves(&core->hash_tlb))) return false;
    for (unsigned k = 0; c->pwc_entries && k < 2 * PWC_LEVELS; k++)
        if (!assoc_open(&core->pwc[k / PWC_LEVELS][k % PWC_LEVELS], c->pwc_entries, c->pwc_ways, c->pwc_replacement,
                        seed + k))
            return false;
    return assoc_open(&core->pate, c->pate_entries, 0, c->pwc_replacement, seed) &&
           assoc_open(&core->prte, c->prte_entries, 0, c->pwc_replacement, seed);
}

void core_close(struct mmu_core *core)
{
    xarray_close(&core->tlb);
    xarray_close(&core->hash_tlb);
    for (unsigned k = 0; k < 2 * PWC_LEVELS; k++) assoc_close(&core->pwc[k / PWC_LEVELS][k % PWC_LEVELS]);
    assoc_close(&core->pate);
    assoc_close(&core->prte);
}

void core_reset(struct mmu_core *core)
{
    xarray_reset(&core->tlb);
    xarray_reset(&core->hash_tlb);
    for (unsigned k = 0; k < 2 * PWC_LEVELS; k++) assoc_reset(&core->pwc[k / PWC_LEVELS][k % PWC_LEVELS]);
    assoc_reset(&core->pate);
    assoc_reset(&core->prte);
}

static bool open_erat(struct erat *erat, u32 entries, u32 ways, const struct mmu_config *c, u64 seed)
{
    if (!xarray_open(&erat->x, entries, ways, c->erat_replacement, seed)) return false;
    if (c->needless_insns && !xarray_open_graves(&erat->x)) return false;
    erat->slots = malloc(erat->x.tags.lines * sizeof *erat->slots);
    for (u32 line = 0; erat->slots && line < erat->x.tags.lines; line++) erat->slots[line] = SLOT_NONE;
    return erat->slots != NULL;
}

static bool open_thread(struct mmu *m, struct mmu_system *system, unsigned number, unsigned threads_per_core)
{
    const struct mmu_config *c = &system->config;

    m->system = system;
    m->core = &system->core[number / threads_per_core];
    m->config = c;
    mmu_set_counters(m, NULL, NULL, 0);
    mmu_set_clock(m, NULL);
    m->watch = (struct mmu_watch){{HOST_NO_PAGE, HOST_NO_PAGE}, HOST_NO_PAGE};
    m->context = calloc(c->contexts, sizeof *m->context);
    if (!m->context) return false;
    if (c->model == MMU_MODEL_MMU && (!open_erat(&m->derat, c->derat_entries, c->derat_ways, c, c->seed + number) ||
                                      !open_erat(&m->ierat, c->ierat_entries, c->ierat_ways, c, c->seed + number)))
        return false;
    mmu_set_context(m, &(struct xlate_ctx){.msr = MSR_HV, .bus = system->bus});
    return m->current != NULL;
}

struct mmu_system *mmu_system_new(const struct mmu_config *config, struct bus *bus, unsigned cores,
                                  unsigned threads_per_core)
{
    struct mmu_system *s;
    bool ok = true;

    if (!mmu_config_is_sane(config)) return NULL;
    s = calloc(1, sizeof *s);
    if (s) {
        *s = (struct mmu_system){.config = *config, .bus = bus, .cores = cores, .threads = cores * threads_per_core};
        s->core = calloc(cores, sizeof *s->core);
        s->mmu = calloc(s->threads, sizeof *s->mmu);
    }
    ok = s && s->core && s->mmu;
    for (unsigned n = 0; ok && n < cores && config->model == MMU_MODEL_MMU; n++)
        ok = core_open(&s->core[n], &s->config, config->seed + n);
    for (unsigned n = 0; ok && n < s->threads; n++) ok = open_thread(&s->mmu[n], s, n, threads_per_core);
    if (ok) return s;
    p9_error("no memory for the translation model of %u threads", cores * threads_per_core);
    mmu_system_free(s);
    return NULL;
}

static void close_thread(struct mmu *m)
{
    for (u32 k = 0; k < m->context_count; k++) free(m->context[k]);
    free(m->context);
    xarray_close(&m->derat.x);
    xarray_close(&m->ierat.x);
    free(m->derat.slots);
    free(m->ierat.slots);
}

void mmu_system_free(struct mmu_system *s)
{
    if (!s) return;
    what_if_free(s);
    for (unsigned n = 0; s->core && n < s->cores; n++) core_close(&s->core[n]);
    for (unsigned n = 0; s->mmu && n < s->threads; n++) close_thread(&s->mmu[n]);
    free(s->core);
    free(s->mmu);
    free(s);
}

void mmu_set_timed(struct mmu_system *system, bool timed)
{
    system->timed = timed;
}

void mmu_set_walker(struct mmu_system *system, const struct mmu_walker *walker)
{
    system->walker = *walker;
}

struct mmu *mmu_of_thread(struct mmu_system *system, unsigned thread)
{
    return &system->mmu[thread];
}

void mmu_set_counters(struct mmu *m, struct counters *counters, struct walk_tally *tally, unsigned level)
{
    m->counters = counters ? counters : &m->unowned;
    m->tally = tally ? tally : &m->unowned_tally;
    m->level = level < WHAT_IF_LEVELS ? level : WHAT_IF_LEVELS - 1;
}

void mmu_set_clock(struct mmu *m, const u64 *completed)
{
    static const u64 stands_still;

    m->instructions = completed ? completed : &stands_still;
}

void mmu_tally_misses(struct mmu *m, struct miss_tally *to, u64 until)
{
    m->missed_to = to;
    m->missed_until = to ? until : 0;
}

u64 mmu_tlbies(const struct mmu *m)
{
    return m->tlbies;
}

/* Power-on: empty arrays in their first order, so that a run after a reset repeats the run before it. */
void mmu_system_reset(struct mmu_system *s)
{
    bool arrays = s->config.model == MMU_MODEL_MMU;

    for (unsigned n = 0; arrays && n < s->cores; n++) core_reset(&s->core[n]);
    what_if_reset(s);
    for (unsigned n = 0; n < s->threads; n++) {
        struct mmu *m = &s->mmu[n];

        if (arrays) {
            erat_reset(m, &m->derat);
            erat_reset(m, &m->ierat);
            memset(m->segment, 0, sizeof m->segment);
            m->next_segment = 0;
            m->segments_cached = false;
        }
        contexts_empty(m);
    }
}

/* ---- what must hold ---- */

static const char *check_core(const struct mmu_core *core)
{
    MUST_HOLD_OF(xarray_check(&core->tlb));
    MUST_HOLD_OF(xarray_check(&core->hash_tlb));
    for (unsigned k = 0; k < 2 * PWC_LEVELS; k++) MUST_HOLD_OF(assoc_check(&core->pwc[k / PWC_LEVELS][k % PWC_LEVELS]));
    MUST_HOLD_OF(assoc_check(&core->pate));
    MUST_HOLD_OF(assoc_check(&core->prte));
    return NULL;
}

const char *mmu_check(const struct mmu_system *s)
{
    for (unsigned n = 0; n < s->cores; n++) MUST_HOLD_OF(check_core(&s->core[n]));
    for (unsigned k = 0; k < s->what_ifs; k++)
        for (unsigned n = 0; n < s->cores; n++) MUST_HOLD_OF(check_core(&s->what_if[k]->core[n]));
    for (unsigned n = 0; n < s->threads; n++) {
        MUST_HOLD_OF(xarray_check(&s->mmu[n].derat.x));
        MUST_HOLD_OF(xarray_check(&s->mmu[n].ierat.x));
        MUST_HOLD_OF(contexts_check(&s->mmu[n]));
    }
    return NULL;
}
