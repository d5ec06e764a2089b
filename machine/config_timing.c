/* SPDX-License-Identifier: Apache-2.0 */
/* The numbers of the model `core` out of the options: the only place that knows both structs. */
#include "core/timing/timing.h"
#include "machine/config.h"

/* config.def keeps them together, those of caches and predictors behind those of the pipeline. */
bool option_is_of_timing(const struct option_row *row)
{
    return (row->offset >= offsetof(struct config, fetch_width) &&
            row->offset <= offsetof(struct config, tage_cycles)) ||
           row->offset == offsetof(struct config, tlb_hit_cycles);
}

static u32 cycles_of(const struct config *c, u64 ns)
{
    return (u32)((ns * c->core_mhz + 500) / 1000);
}

/* That a line takes, in thousandths: at core_mhz million cycles a second. */
static u32 line_millicycles(const struct config *c)
{
    return (u32)(LINE_BYTES * c->core_mhz * 1000000000 / c->memory_bandwidth);
}

static struct memory_config memory_of(const struct config *c)
{
    return (struct memory_config){
        .l1i_bytes = c->l1i_bytes,
        .l1i_ways = (u32)c->l1i_ways,
        .l1d_bytes = c->l1d_bytes,
        .l1d_ways = (u32)c->l1d_ways,
        .l2_bytes = c->l2_bytes,
        .l2_ways = (u32)c->l2_ways,
        .l3_bytes = c->l3_bytes,
        .l3_ways = (u32)c->l3_ways,
        .l1_replacement = (enum replacement)c->l1_replacement,
        .l2_replacement = (enum replacement)c->l2_replacement,
        .l3_replacement = (enum replacement)c->l3_replacement,
        .seed = c->seed,
        .l1d_cycles = (u32)c->l1d_cycles,
        .l2_cycles = (u32)c->l2_cycles,
        .l3_cycles = (u32)c->l3_cycles,
        .other_cycles = cycles_of(c, c->other_cache_ns),
        .memory_cycles = cycles_of(c, c->memory_ns),
        .sector_cycles = (u32)c->sector_cycles,
        .fetch_cycles = (u32)c->fetch_cycles,
        .l2_busy_cycles = (u32)c->l2_busy_cycles,
        .line_millicycles = line_millicycles(c),
        .load_misses = (u32)c->load_misses,
        .store_stations = (u32)c->store_stations,
        .gather_cycles = (u32)c->gather_cycles,
        .fetch_ahead = (u32)c->fetch_ahead,
        .streams = (u32)c->streams,
        .stream_depth = (u32)c->stream_depth,
        .stream_l1_lines = (u32)c->stream_l1_lines,
        .stream_l2_lines = (u32)c->stream_l2_lines,
        .stream_stride = c->stream_stride,
        .stream_boundary = c->stream_boundary,
        .prefetch_machines = (u32)c->prefetch_machines,
        .perfect = c->perfect_caches,
    };
}

static struct branch_config branch_of(const struct config *c)
{
    return (struct branch_config){
        .next_address = (u32)c->next_address_entries,
        .bht = (u32)c->bht_entries,
        .tage = (u32)c->tage_entries,
        .tage_tag_bits = (u32)c->tage_tag_bits,
        .count_cache = c->count_cache,
        .count_entries = (u32)c->count_entries,
        .link_stack = (u32)c->link_stack_entries,
        .static_hints = c->static_hints,
        .next_address_cycles = (u32)c->next_address_cycles,
        .bht_cycles = (u32)c->bht_cycles,
        .tage_cycles = (u32)c->tage_cycles,
    };
}

struct timing_config config_timing(const struct config *c)
{
    return (struct timing_config){
        .memory = memory_of(c),
        .branch = branch_of(c),
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
        .pte_prefetch = c->pte_prefetch,
        .translate_after_icache_miss = c->translate_after_icache_miss,
    };
}
