/* SPDX-License-Identifier: Apache-2.0 */
/* The translation model's numbers out of the options: the only place that knows both structs. */
#include "machine/config.h"
#include "mmu/mmu.h"

_Static_assert(REPLACE_FIFO == 0 && REPLACE_LRU == 1 && REPLACE_PLRU == 2 && REPLACE_RANDOM == 3,
               "the words fifo|lru|plru|random in config.def");

/* config.def keeps them together. */
bool option_is_of_mmu(const struct option_row *row)
{
    return row->offset >= offsetof(struct config, derat_entries) &&
           row->offset <= offsetof(struct config, rc_by_software);
}

struct mmu_config config_mmu(const struct config *c)
{
    return (struct mmu_config){
        .model = c->model == MODEL_NONE ? MMU_MODEL_NONE : MMU_MODEL_MMU,
        .derat_entries = (u32)c->derat_entries,
        .derat_ways = (u32)c->derat_ways,
        .ierat_entries = (u32)c->ierat_entries,
        .ierat_ways = (u32)c->ierat_ways,
        .tlb_entries = (u32)c->tlb_entries,
        .tlb_ways = (u32)c->tlb_ways,
        .tlb_halved = c->tlb_halved,
        .pwc_entries = (u32)c->pwc_entries,
        .pwc_ways = (u32)c->pwc_ways,
        .pate_entries = (u32)c->pate_entries,
        .prte_entries = (u32)c->prte_entries,
        .tlb_guest_real = c->tlb_guest_real,
        .erat_replacement = (enum replacement)c->erat_replacement,
        .tlb_replacement = (enum replacement)c->tlb_replacement,
        .pwc_replacement = (enum replacement)c->pwc_replacement,
        .seed = c->seed,
        .tlb_hit_cycles = (u32)c->tlb_hit_cycles,
        .walk_read_cycles = (u32)c->walk_read_cycles,
        .tlbiel_spares_erat = c->tlbiel_spares_erat,
        .erratum_tlbie_erat = c->erratum_tlbie_erat,
        .needless_insns = c->needless_insns,
        .rc_by_software = c->rc_by_software,
        .contexts = (u32)c->host_contexts,
    };
}
