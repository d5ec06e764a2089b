/* SPDX-License-Identifier: Apache-2.0 */
/* The numbers of the model `core` out of the options: the only place that knows both structs. */
#include "core/timing/timing.h"
#include "machine/config.h"

struct timing_config config_timing(const struct config *c)
{
    return (struct timing_config){
        .memory = memory_config_default(),
        .branch = branch_config_default(),
        .ict = (u32)c->ict_entries,
        .erat_misses = (u32)c->erat_miss_queue,
        .fetch_width = (u32)c->fetch_width,
        .fetch_block = (u32)c->fetch_block,
        .fetch_queue = (u32)c->fetch_queue,
        .front_cycles = (u32)c->front_cycles,
        .dispatch_slots = (u32)c->dispatch_slots,
        .complete_width = (u32)c->complete_width,
        .issue_queue = (u32)c->issue_queue,
        .load_queue = (u32)c->load_queue,
        .store_queue = (u32)c->store_queue,
        .mispredict_cycles = (u32)c->mispredict_cycles,
        .flush_cycles = (u32)c->flush_cycles,
        .interrupt_cycles = (u32)c->interrupt_cycles,
        .data_walkers = (u32)c->data_walkers,
        .fetch_walkers = (u32)c->fetch_walkers,
        .tlb_hit_cycles = (u32)c->tlb_hit_cycles,
        .store_forward_cycles = (u32)c->store_forward_cycles,
        .load_hit_store_cycles = (u32)c->load_hit_store_cycles,
        .sync_cycles = (u32)c->sync_cycles,
        .lwsync_cycles = (u32)c->lwsync_cycles,
        .eieio_cycles = (u32)c->eieio_cycles,
        .larx_cycles = (u32)c->larx_cycles,
        .stcx_cycles = (u32)c->stcx_cycles,
        .tlbie_cycles = (u32)c->tlbie_cycles,
        .tlbiel_cycles = (u32)c->tlbiel_cycles,
        .slb_cycles = (u32)c->slb_cycles,
        .io_cycles = (u32)c->io_cycles,
        .walk_free = c->walk_free,
        .translate_after_icache_miss = c->translate_after_icache_miss,
    };
}
