/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Inside memory.h: what the system is made of, and what level.c does beyond the L1s.
 *
 *   struct memory_system     L1Ds and L1Is, side by side, for the inline hit
 *     struct memory_core     what waits in a core: load misses, stores, lines fetched ahead; and its prefetch streams
 *     struct memory_level    the chip: memory channels
 *       struct memory_pair   the L2 and the L3 of two cores
 *
 * The L2 is store-in and holds whatever the L1s of its two cores hold: a line that leaves it leaves them too.  What the
 * L2 replaces goes to the pair's L3 (castout), whether changed or not, and what is found in the L3 goes back to the L2,
 * so a line is in one of them at most.  Prefetches may also go to the L3 at once.  What the L3 replaces goes to memory
 * if it was changed.  (Hardware also casts out to the L3s of other pairs; that is not modelled.)
 *
 * Pairs agree by asking each other: a line that another pair has or may have is marked, and storing to it takes the
 * others' copies away first.
 *
 * Each access to the L2, and each line that is put into it, takes a booking of its arrays; each line to or from memory
 * one of the memory channels.
 */
#ifndef P9_TIMING_MEMORY_PARTS_H
#define P9_TIMING_MEMORY_PARTS_H

#include "core/timing/booking.h"
#include "core/timing/memory.h"
#include "core/timing/prefetch.h"

/* The state of a line in L2 or L3, of which the cache keeps the highest bit in the tag. */
enum {
    LINE_DIRTY = 0x01,
    LINE_SHARED = 0x02, /* another pair may have it */
    LINE_L1 = 0x3c,     /* which L1s of the pair may have it: line_in_l1d() and line_in_l1i() of either core */
    LINE_FROM = 0xc0,   /* while it is under way: enum served_by less SERVED_L2 */
    LINE_FROM_SHIFT = 6,
    LINE_TABLE = 0x100 /* walks read table entries of it */
};
inline_hot u8 line_in_l1d(unsigned core)
{
    return (u8)(0x04 << (core & 1) * 2);
}
inline_hot u8 line_in_l1i(unsigned core)
{
    return (u8)(0x08 << (core & 1) * 2);
}

/* The state of a line in an L1. */
enum {
    L1_FROM = 0x07,       /* enum served_by: where it came from */
    L1_PREFETCHED = 0x08, /* and no load has used it since */
    L1_SECTOR = 0x10      /* its second half was asked for, so that the first comes later */
};

enum {
    SECTOR_SHIFT = 6,
    STATION_SHIFT = 6,
    AHEAD_MAX = 16,
    PAGE_LINES = 4096 / LINE_BYTES,
    FETCH_STREAMS = MEMORY_THREADS
};

struct fetch_buffer {
    u64 line, ready;
    enum served_by from;
    bool used; /* there is a line in it */
};

/* Code that is run through in a row, so far as it missed the L1I. */
struct fetch_stream {
    u64 next; /* line */
    u32 depth;
};

struct memory_core {
    struct room misses, machines, stations;
    u64 block[ROOM_MAX]; /* in each station: real address / 64 */
    u8 served[ROOM_MAX]; /* and where the L2 had its line from */
    u32 latest_station;
    struct fetch_buffer ahead[AHEAD_MAX];
    u32 next_ahead;
    struct fetch_stream fetches[FETCH_STREAMS]; /* latest first */
    struct streams streams;
    struct memory_counts counts;
};

struct memory_pair {
    struct cache l2, l3;
    struct booking arrays; /* of the L2 */
    u64 castout_l2, castout_l3;
};

struct memory_level {
    struct memory_pair *pair;
    u32 pairs;
    struct booking channels; /* of memory */
};

must_use bool level_open(struct memory_system *m);
void level_close(struct memory_system *m);
void level_reset(struct memory_system *m);

struct level_answer {
    u64 when;
    enum served_by from;
    bool merged;
    u32 at; /* in the pair's L2 */
};

/* The line, to the L2 of the core's pair and on to the core; from: with a latency of a load that began at `when`. */
struct level_answer level_read(struct memory_system *m, unsigned core, u64 line, u64 when);

/* A walk has read the line, that is there in the pair's L2. */
void level_note_table(struct memory_system *m, unsigned core, u32 at);

/* The same for a store: afterwards no other pair and no L1 has it but the core's own L1D. whole: all of it is written,
 * so its bytes are not asked for. */
struct level_answer level_own(struct memory_system *m, unsigned core, u64 line, u64 when, bool whole);

/* What the pairs' L2s or L3s hold. */
struct memory_space level_space(const struct memory_system *m, enum served_by cache);

/* Where level_read() would find it: SERVED_L2, SERVED_L3, or beyond the pair: SERVED_MEMORY.  Nothing changes. */
enum served_by level_of(const struct memory_system *m, unsigned core, u64 line);
/* It is in the L2 of the core's pair, and no longer under way. */
bool level_has_now(const struct memory_system *m, unsigned core, u64 line, u64 when);

/* A line that is beyond the pair, to its L3; the answer is when it is there. */
struct level_answer level_prefetch_l3(struct memory_system *m, unsigned core, u64 line, u64 when);

/* The line out of every cache of the chip (keep: it stays, unchanged); a changed one is written to memory, and true. */
bool level_flush(struct memory_system *m, u64 line, u64 when, bool keep);

/* No cache has these lines (first..last) afterwards, whatever they held. */
void level_drop(struct memory_system *m, u64 first, u64 last);

const char *level_check(const struct memory_system *m);

/* ---- memory.c, for level.c ---- */
void core_drop_data(struct memory_system *m, unsigned core, u64 line);
void core_drop_instructions(struct memory_system *m, unsigned core, u64 line);

#endif
