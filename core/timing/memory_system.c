/* SPDX-License-Identifier: Apache-2.0 */
/* A memory system is made, and what must hold of it; see memory.h. */
#include <inttypes.h>
#include <stdlib.h>

#include "base/assert.h"
#include "base/log.h"
#include "core/timing/memory_parts.h"

/* ---- numbers ---- */

struct memory_config memory_config_default(void)
{
    return (struct memory_config){
        .l1i_bytes = 32 << 10,
        .l1i_ways = 8,
        .l1d_bytes = 32 << 10,
        .l1d_ways = 8,
        .l2_bytes = 512 << 10,
        .l2_ways = 8,
        .l3_bytes = 10 << 20,
        .l3_ways = 20,
        .l1_replacement = REPLACE_LRU,
        .l2_replacement = REPLACE_LRU,
        .l3_replacement = REPLACE_LRU,
        .seed = 1,
        .l1d_cycles = 4,
        .l2_cycles = 16,
        .l3_cycles = 28,
        .other_cycles = 134,
        .memory_cycles = 216,
        .sector_cycles = 2,
        .fetch_cycles = 9,
        .l2_busy_cycles = 4,
        .line_millicycles = 2384,
        .load_misses = 16,
        .store_stations = 16,
        .gather_cycles = 16,
        .fetch_ahead = 4,
        .streams = 16,
        .stream_depth = 12,
        .stream_l1_lines = 1,
        .stream_l2_lines = 11,
        .stream_boundary = 64 << 10,
        .prefetch_machines = 32,
    };
}

/* A cache of lines, in a power of two of sets. */
static bool shape_fits(const char *cache, u64 bytes, u64 ways)
{
    const u64 most = 1ULL << 30;
    u64 sets;

    if (ways < 1 || ways > CACHE_WAYS_MAX)
        return p9_error("%s_ways: %" PRIu64 " ways; give 1..%d", cache, ways, CACHE_WAYS_MAX);
    sets = bytes / LINE_BYTES / ways;
    if (bytes > most || bytes != sets * ways * LINE_BYTES || !sets || sets & (sets - 1))
        return p9_error("%s_bytes: %" PRIu64 " bytes in %" PRIu64
                        " ways of lines of %d bytes are no power of two of sets, or more than 1 GiB (see %s_ways)",
                        cache, bytes, ways, LINE_BYTES, cache);
    return true;
}

static bool number_fits(const char *name, u64 value, u64 least, u64 most)
{
    if (value >= least && value <= most) return true;
    return p9_error("%s: %" PRIu64 "; give %" PRIu64 "..%" PRIu64, name, value, least, most);
}

static bool boundary_fits(u64 bytes)
{
    if (bytes >= LINE_BYTES && bytes <= 1ULL << 34 && !(bytes & (bytes - 1))) return true;
    return p9_error("stream_boundary: %" PRIu64 " bytes; give a power of two from %d bytes to 16 GiB", bytes,
                    LINE_BYTES);
}

/* A farther place is not nearer in time. */
static bool follows(const char *name, u64 cycles, const char *nearer, u64 nearer_cycles)
{
    if (cycles >= nearer_cycles) return true;
    return p9_error("%s: %" PRIu64 " cycles; give at least the %" PRIu64 " of %s, which is nearer", name, cycles,
                    nearer_cycles, nearer);
}

static bool latencies_fit(const struct memory_config *c)
{
    return follows("l2_cycles", c->l2_cycles, "l1d_cycles", c->l1d_cycles) &&
           follows("l3_cycles", c->l3_cycles, "l2_cycles", c->l2_cycles) &&
           follows("other_cache_ns", c->other_cycles, "l3_cycles", c->l3_cycles) &&
           follows("memory_ns", c->memory_cycles, "l3_cycles", c->l3_cycles);
}

bool memory_config_is_sane(const struct memory_config *c)
{
    return shape_fits("l1i", c->l1i_bytes, c->l1i_ways) && shape_fits("l1d", c->l1d_bytes, c->l1d_ways) &&
           shape_fits("l2", c->l2_bytes, c->l2_ways) && shape_fits("l3", c->l3_bytes, c->l3_ways) && latencies_fit(c) &&
           number_fits("memory_cycles", c->memory_cycles, 0, 1000000) &&
           number_fits("other_cycles", c->other_cycles, 0, 1000000) &&
           number_fits("sector_cycles", c->sector_cycles, 0, 1000) &&
           number_fits("fetch_cycles", c->fetch_cycles, 0, 1000000) &&
           number_fits("l2_busy_cycles", c->l2_busy_cycles, 0, 1000) &&
           number_fits("line_millicycles", c->line_millicycles, 0, 1000000) &&
           number_fits("load_misses", c->load_misses, 1, ROOM_MAX) &&
           number_fits("store_stations", c->store_stations, 1, ROOM_MAX) &&
           number_fits("gather_cycles", c->gather_cycles, 0, 1000) &&
           number_fits("fetch_ahead", c->fetch_ahead, 0, AHEAD_MAX) &&
           number_fits("streams", c->streams, 0, STREAMS_MAX) &&
           number_fits("stream_depth", c->stream_depth, 0, STREAM_DEPTH_MAX) &&
           number_fits("stream_l1_lines", c->stream_l1_lines, 0, STREAM_DEPTH_MAX) &&
           number_fits("stream_l2_lines", c->stream_l2_lines, 0, STREAM_DEPTH_MAX) &&
           number_fits("prefetch_machines", c->prefetch_machines, 1, ROOM_MAX) && boundary_fits(c->stream_boundary);
}

/* ---- making it ---- */

static u32 lines_of(u64 bytes)
{
    return (u32)(bytes >> LINE_SHIFT);
}

static bool open_l1s(struct memory_system *m)
{
    const struct memory_config *c = &m->config;

    for (unsigned core = 0; core < m->cores; core++)
        if (!cache_open(&m->l1d[core], lines_of(c->l1d_bytes), c->l1d_ways, c->l1_replacement, c->seed + core) ||
            !cache_open(&m->l1i[core], lines_of(c->l1i_bytes), c->l1i_ways, c->l1_replacement, c->seed + core))
            return false;
    return true;
}

struct memory_system *memory_open(const struct memory_config *config, unsigned cores)
{
    struct memory_system *m;

    if (!number_fits("cores", cores, 1, MEMORY_CORES_MAX) || !memory_config_is_sane(config)) return NULL;
    m = calloc(1, sizeof *m);
    if (m) {
        m->config = *config;
        m->cores = cores;
        m->l1d_cycles = config->l1d_cycles;
        m->l1d = calloc(cores, sizeof *m->l1d);
        m->l1i = calloc(cores, sizeof *m->l1i);
        m->core = calloc(cores, sizeof *m->core);
        if (m->l1d && m->l1i && m->core && open_l1s(m) && level_open(m)) {
            memory_reset(m);
            return m;
        }
    }
    p9_error("no memory for the caches of %u cores", cores);
    memory_close(m);
    return NULL;
}

void memory_close(struct memory_system *m)
{
    if (!m) return;
    for (unsigned core = 0; core < m->cores; core++) {
        if (m->l1d) cache_close(&m->l1d[core]);
        if (m->l1i) cache_close(&m->l1i[core]);
    }
    level_close(m);
    free(m->l1d);
    free(m->l1i);
    free(m->core);
    free(m);
}

void memory_reset(struct memory_system *m)
{
    for (unsigned core = 0; core < m->cores; core++) {
        struct memory_core *c = &m->core[core];

        cache_reset(&m->l1d[core]);
        cache_reset(&m->l1i[core]);
        *c = (struct memory_core){0};
        room_reset(&c->misses, m->config.load_misses);
        room_reset(&c->machines, m->config.prefetch_machines);
        room_reset(&c->stations, m->config.store_stations);
        streams_reset(&c->streams, &m->config);
    }
    level_reset(m);
}

/* ---- what must hold ---- */

/* What an L1 has is in the L2, which knows of it. */
static const char *check_l1(const struct memory_system *m, unsigned core, const struct cache *l1, u8 name)
{
    const struct cache *l2 = &m->level->pair[core / 2].l2;

    MUST_HOLD_OF(cache_check(l1));
    for (u32 at = 0; at < l1->lines; at++) {
        u32 below = l1->tag[at] == CACHE_EMPTY ? CACHE_NONE : cache_find(l2, cache_line(l1, at));

        MUST_HOLD(l1->tag[at] == CACHE_EMPTY || (below != CACHE_NONE && (l2->state[below] & name)));
    }
    return NULL;
}

static const char *check_buffers(const struct memory_system *m, unsigned core)
{
    const struct cache *l2 = &m->level->pair[core / 2].l2;
    const struct fetch_buffer *b = m->core[core].ahead;

    for (u32 k = 0; k < AHEAD_MAX; k++) {
        u32 below = b[k].used ? cache_find(l2, b[k].line) : CACHE_NONE;

        MUST_HOLD(!b[k].used || (below != CACHE_NONE && (l2->state[below] & line_in_l1i(core))));
        MUST_HOLD(!b[k].used || cache_find(&m->l1i[core], b[k].line) == CACHE_NONE);
    }
    return NULL;
}

const char *memory_check(const struct memory_system *m)
{
    for (unsigned core = 0; core < m->cores; core++) {
        MUST_HOLD_OF(check_l1(m, core, &m->l1d[core], line_in_l1d(core)));
        MUST_HOLD_OF(check_l1(m, core, &m->l1i[core], line_in_l1i(core)));
        MUST_HOLD_OF(check_buffers(m, core));
    }
    return level_check(m);
}
