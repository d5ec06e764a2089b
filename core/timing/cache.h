/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One set-associative cache of 128-byte lines: which lines of storage it holds, and for each when its data is there.
 * The bytes themselves are not here; they are in main storage, always.
 *
 * A set keeps the numbers of its ways in a list of bytes, newest first.  A hit is mostly in the newest way, so that one
 * is compared first, inline.  For the others each way has a mark, a byte made of its tag: those of eight ways are
 * compared at once, and only a way whose mark fits is looked at.  What the list means is up to the policy:
 *   LRU     newest used; the last one is replaced        FIFO    newest filled; the last one is replaced
 *   PLRU    as LRU, but a tree of direction bits says what is replaced (at most 64 ways)
 *   RANDOM  as LRU, but a seeded generator says what is replaced, so that a run repeats
 * An empty way is always last, and is filled before any other is replaced.
 *
 * A line that needs a closer look at its next use - it is still under way, or a prefetch brought it and nobody has used
 * it yet - has the lowest bit of its tag set, so that a plain hit stays one comparison.  A cache that is not asked for
 * plain hits may use the bit for something else.
 */
#ifndef P9_TIMING_CACHE_H
#define P9_TIMING_CACHE_H

#include "base/bits.h"
#include "mmu/mmu.h" /* enum replacement */

enum { LINE_SHIFT = 7, LINE_BYTES = 1 << LINE_SHIFT, CACHE_WAYS_MAX = 64, CACHE_NONE = 0xffffffff };
#define CACHE_CLOSER 1ULL
#define CACHE_EMPTY (~0ULL)

struct cache {
    u32 sets, ways, lines; /* sets: a power of two */
    u32 row;               /* bytes of a list: ways, and what is missing to a multiple of 8 */
    u32 set_shift;         /* sets = 1 << set_shift */
    enum replacement policy;
    u64 *tag;   /* set after set: real address / LINE_BYTES * 2, and CACHE_CLOSER; or CACHE_EMPTY */
    u64 *ready; /* the cycle in which the data is there */
    u8 *state;  /* the owner's; 0 in a line that was just filled */
    u8 *order;  /* of each set a row: its ways, newest first; behind them 0xff */
    u8 *mark;   /* of each set a row: for each way an odd number, 0 if it is empty; behind them 0 */
    u64 *tree;  /* of each set: PLRU direction bits, node n at bit n; NULL: another policy */
    u64 seed, random;
};

/* lines = sets * ways with a power of two of sets and 1..CACHE_WAYS_MAX ways.  False: the host has no memory
 * (cache_close is fine then). */
must_use bool cache_open(struct cache *c, u32 lines, u32 ways, enum replacement policy, u64 seed);
void cache_close(struct cache *c);
void cache_reset(struct cache *c); /* to an empty cache */

inline_hot u64 line_of(u64 ra)
{
    return ra >> LINE_SHIFT;
}

inline_hot u32 cache_set(const struct cache *c, u64 line)
{
    return (u32)line & (c->sets - 1);
}

/* The number of the way that holds the line (in the whole cache), or CACHE_NONE.  Nothing changes. */
u32 cache_find(const struct cache *c, u64 line);

/* The line is there and was used: the policy takes note. */
void cache_touch(struct cache *c, u32 at);

/* Beyond the newest way: as cache_hit(). */
must_use bool cache_hit_older(struct cache *c, u64 line);

/* It is there, needs no closer look, and was used: the policy has taken note. */
inline_hot bool cache_hit(struct cache *c, u64 line)
{
    u32 set = cache_set(c, line);

    return likely(c->tag[set * c->ways + c->order[set * c->row]] == line << 1) || cache_hit_older(c, line);
}

/* Where the line would go: its set's next way to be filled, which may be in use (tag != CACHE_EMPTY). */
u32 cache_victim(struct cache *c, u64 line);

/* A line that is not there, into this way of its set, whatever it held; state is 0, no closer look. */
void cache_fill(struct cache *c, u32 at, u64 line, u64 ready);
void cache_remove(struct cache *c, u32 at);

inline_hot u64 cache_line(const struct cache *c, u32 at) /* that is in this way, which is in use */
{
    return c->tag[at] >> 1;
}

/* Tags have been restored: the marks that follow from them. */
void cache_set_marks(struct cache *c);

/* What does not hold of the lists and tags, or NULL. */
const char *cache_check(const struct cache *c);

#endif
