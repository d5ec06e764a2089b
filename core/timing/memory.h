/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The caches and the main storage of a chip as answers to one question: an access that begins at this cycle, when does
 * it have its data, and from where?  Loads, stores, fetches, the walker's reads of table entries, and what prefetches
 * they set off all ask here, so they share lines, queues and bandwidth.
 *
 *     core           L1I, L1D, load misses, gathered stores, prefetch streams    memory.c, prefetch.c
 *     pair of cores  L2, and L3 as its victim                                    level.c
 *     chip           the other pairs' caches, memory with its bandwidth          level.c
 *
 * One pass.  A question is answered at once and changes the state at once, in the order in which the questions come,
 * which is the program's; a line that was asked for is in its cache from then on, with the cycle in which its data
 * arrives. Nothing is simulated cycle by cycle.  Times grow within a thread only roughly (a younger instruction may ask
 * for an earlier cycle than an older one) and not between threads (their turns are up to some hundred cycles long, or
 * some thousand if they wait for memory), so a question may find what, in time, comes after it: a line that a later
 * access brought is waited for as if it had been asked for then, and what was replaced by a later access is missing
 * already.  Queues and bandwidth are booked by cycle, so there what comes late in the run but early in time still finds
 * its place.
 *
 * Real addresses are any u64; whether storage is there is not asked.  A load, store or fetch that crosses a boundary of
 * 128 bytes is two questions.
 *
 * A line of the L1D is two sectors of 64 bytes: the one that was asked for comes first, the other one sector_cycles
 * later.
 *
 * Left out: memory's 64-byte mode (all lines come whole), where on the chip an L3 is and where in memory a line (each
 * place has one latency), castouts to other pairs' L3s, and what devices take of the memory channels.
 */
#ifndef P9_TIMING_MEMORY_H
#define P9_TIMING_MEMORY_H

#include "core/timing/cache.h"

enum served_by {
    SERVED_L1,
    SERVED_L2,
    SERVED_L3,
    SERVED_OTHER, /* caches of another pair of cores on the chip */
    SERVED_MEMORY,
    SERVED_COUNT
};

struct memory_answer {
    u64 when;            /* the data is there; of a store: it has left the store queue */
    enum served_by from; /* of a line that was under way: where it comes from */
    bool merged;         /* with a miss or a prefetch that was under way; of a store: gathered with one before it */
    bool queued;         /* it had to wait for room in the load miss queue, or in the queue of gathered stores */
};

enum { MEMORY_CORES_MAX = 24, MEMORY_THREADS = 4 };

/* Sizes in bytes, latencies in cycles of the core.  What memory_open() refuses it says. */
struct memory_config {
    u64 l1i_bytes, l1d_bytes, l2_bytes, l3_bytes; /* L2 and L3: of a pair of cores */
    u32 l1i_ways, l1d_ways, l2_ways, l3_ways;
    enum replacement l1_replacement, l2_replacement, l3_replacement;
    u64 seed; /* for REPLACE_RANDOM */

    /* From the cycle in which the L1D is read to the data, for a load that is served there. */
    u32 l1d_cycles, l2_cycles, l3_cycles, other_cycles, memory_cycles;
    u32 sector_cycles;    /* later than the sector that was asked for comes the other one of its line, 0..1000 */
    u32 fetch_cycles;     /* what a fetch waits longer than a load, wherever beyond the L1I it is served */
    u32 l2_busy_cycles;   /* for which one access keeps the L2's arrays; 0: any number at a time */
    u32 line_millicycles; /* that a line keeps the chip's memory channels, in thousandths of a cycle; 0: as above */

    u32 load_misses;    /* load miss queue: lines under way to one L1D */
    u32 store_stations; /* of 64 bytes, in which a core's stores wait for the L2 */
    u32 gather_cycles;  /* that a store waits in its station for others to the same 64 bytes */
    u32 fetch_ahead;    /* buffers: lines behind a missing one that are fetched too, within 4 KiB */

    u32 streams;           /* prefetch streams of a core; 0: none */
    u32 stream_depth;      /* lines ahead with the default DSCR */
    u32 stream_l1_lines;   /* the next ones of these go into the L1D, if the L2 has them by then */
    u32 stream_l2_lines;   /* so far ahead they go into the L2, the others into the L3 */
    bool stream_stride;    /* stride-N streams whatever DSCR says */
    u64 stream_boundary;   /* bytes, a power of two; streams end there */
    u32 prefetch_machines; /* prefetches of a core that may be under way beyond its L3 */

    bool perfect; /* loads and fetches find their line in the L1, table entries in the L2; stores wait for nobody */
};
struct memory_config memory_config_default(void); /* as machine/config.def */
/* False after an error line that names the number that does not fit. */
must_use bool memory_config_is_sane(const struct memory_config *config);

struct memory_level; /* L2s, L3s and memory of the chip */
struct memory_core;  /* queues and streams of one core */

struct memory_system {
    struct cache *l1d, *l1i; /* one of each per core */
    u32 l1d_cycles;
    u32 cores;
    struct memory_config config;
    struct memory_core *core;
    struct memory_level *level;
};

/* 1..MEMORY_CORES_MAX cores; cores 2n and 2n + 1 are a pair.  NULL after an error line: the configuration is not sane,
 * or the host has no memory. */
struct memory_system *memory_open(const struct memory_config *config, unsigned cores);
void memory_close(struct memory_system *m); /* may be NULL */
void memory_reset(struct memory_system *m); /* as after memory_open() */

/* The rest of memory_load(), for a line that is not simply there. */
struct memory_answer memory_load_slowly(struct memory_system *m, unsigned core, unsigned thread, u64 ra, u64 when);

/* A load that reads the L1D in cycle `when`; the answer of a hit is `when` + l1d_cycles.  thread (0..3, of the core):
 * whose prefetch depth counts. */
inline_hot struct memory_answer memory_load(struct memory_system *m, unsigned core, unsigned thread, u64 ra, u64 when)
{
    if (likely(cache_hit(&m->l1d[core], line_of(ra))))
        return (struct memory_answer){.when = when + m->l1d_cycles, .from = SERVED_L1};
    return memory_load_slowly(m, core, thread, ra, when);
}

/* A completed store, handed to the L2 in cycle `when`: it leaves the store queue when it has a station.  from: where
 * the L2 had its line from.  Other cores' copies are gone; the L1D is written through if it has the
 * line, never filled. */
struct memory_answer memory_store(struct memory_system *m, unsigned core, u64 ra, u64 when);

/* dcbz: the line is the core's own from now on, without being read. */
struct memory_answer memory_zero(struct memory_system *m, unsigned core, u64 ra, u64 when);

struct memory_answer memory_fetch_slowly(struct memory_system *m, unsigned core, u64 ra, u64 when);

/* Instructions at ra: the answer of a hit in the L1I is `when` itself (its pipeline is the front end's). */
inline_hot struct memory_answer memory_fetch(struct memory_system *m, unsigned core, u64 ra, u64 when)
{
    if (likely(cache_hit(&m->l1i[core], line_of(ra)))) return (struct memory_answer){.when = when, .from = SERVED_L1};
    return memory_fetch_slowly(m, core, ra, when);
}

/* A table entry, read by a walk: from the L2 or beyond; it does not fill the L1D. */
struct memory_answer memory_table_read(struct memory_system *m, unsigned core, u64 ra, u64 when);

/* A walk read the entry at ra last: the line behind it goes to the L2, if it is in the same 4 KiB of the table. */
void memory_table_prefetch(struct memory_system *m, unsigned core, u64 ra, u64 when);

/* dcbt and dcbtst of one line: into the L1D, nobody waits. */
void memory_touch(struct memory_system *m, unsigned core, u64 ra, u64 when);

/* dcbf (keep false) and dcbst (keep true): to memory if it was changed; the answer is when all caches of the chip have
 * heard of it. */
struct memory_answer memory_flush(struct memory_system *m, unsigned core, u64 ra, u64 when, bool keep);

/* icbi: out of every L1I. */
void memory_icbi(struct memory_system *m, u64 ra);

/* A device reads or writes bytes from ra on: what it writes is in no cache afterwards.  bytes: any, 0 does nothing. */
void memory_dma(struct memory_system *m, u64 ra, u64 bytes, bool write);

/* The thread's DSCR from now on. */
void memory_set_stream(struct memory_system *m, unsigned core, unsigned thread, u64 dscr);

/* What happened apart from the answers, per core. */
struct memory_counts {
    u64 stream_allocated, stream_confirmed; /* candidates, and those that became streams */
    u64 prefetch[SERVED_COUNT]; /* lines brought to L1, L2, L3 (SERVED_L1 .. SERVED_L3) by streams and for walks */
    u64 prefetch_dropped;       /* no machine was free */
    u64 prefetch_used;          /* lines that a prefetch had brought to the L1D, at their first use */
    u64 fetch_ahead, fetch_ahead_used, fetch_ahead_at_page_end; /* lines of instructions; the last: not asked for */
    u64 castout_l2, castout_l3; /* lines that the pair's L2 and L3 replaced; in the pair's first core */
    u64 invalidated; /* lines of this core's L1D and L1I taken by other cores' stores, or with their line of the L2 */
};
struct memory_counts memory_counts_of(const struct memory_system *m, unsigned core);

/* Lines that the L2s (SERVED_L2) or L3s (SERVED_L3) of all pairs have room for, that they hold, and that they hold of
 * tables: walks have read entries of them since they came to the pair. */
struct memory_space {
    u64 lines, held, tables;
};
struct memory_space memory_space_of(const struct memory_system *m, enum served_by cache);

/* What does not hold of the state, or NULL. */
const char *memory_check(const struct memory_system *m);

#endif
