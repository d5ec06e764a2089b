/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One set-associative array of tags: ERATs, TLB, page-walk cache and table-entry caches are all this, with what they
 * remember kept beside it by line number.  Any number of sets and ways.  A tag is two doublewords.
 *
 * A look-up costs the same for 4 ways and for 64: lines are also chained by a hash of the tag.  Replacement keeps the
 * lines of a set in a list from oldest to newest - an empty line is oldest - so choosing a victim needs no search:
 *   FIFO    oldest filled;   LRU  oldest filled or touched;   PLRU  tree of direction bits, at most 64 ways;
 *   RANDOM  a seeded generator, so that a run repeats.
 */
#ifndef P9_MMU_ASSOC_H
#define P9_MMU_ASSOC_H

#include "base/hash.h"
#include "mmu/mmu.h"

enum { ASSOC_NONE = 0xffffffff, NO_SHIFT = 32 };

struct assoc_line {
    u64 key[2];
    u32 newer, older; /* in the set, ASSOC_NONE at the ends */
    u32 chain;        /* next line with the same hash */
    bool valid;
};

struct assoc {
    u32 sets, ways, lines, used;
    u32 set_mask, way_shift; /* of powers of two: divisions are slow; else 0 and NO_SHIFT */
    enum replacement policy;
    struct assoc_line *line; /* set after set */
    u32 *oldest, *newest;    /* per set */
    u64 *tree;               /* per set: PLRU direction bits, node n at bit n */
    u32 *bucket, buckets;
    u64 seed, random;
};

/* ways 0 means fully associative. False if memory ran out (assoc_close is fine then). */
must_use bool assoc_open(struct assoc *a, u32 lines, u32 ways, enum replacement policy, u64 seed);
void assoc_close(struct assoc *a);
void assoc_reset(struct assoc *a);
void assoc_copy(struct assoc *to, const struct assoc *from); /* of one geometry, both open */

inline_hot u32 assoc_bucket(const struct assoc *a, u64 key0, u64 key1)
{
    u64 h = (key0 ^ rotl64(key1, 29)) * HASH_MULTIPLIER; /* a mask costs less than hash_place() of a variable */

    return (u32)(h >> 32) & (a->buckets - 1);
}

/* A line number or ASSOC_NONE. */
inline_hot u32 assoc_find(const struct assoc *a, u64 key0, u64 key1)
{
    u32 n = a->bucket[assoc_bucket(a, key0, key1)];

    while (n != ASSOC_NONE && (a->line[n].key[0] != key0 || a->line[n].key[1] != key1)) n = a->line[n].chain;
    return n;
}

void assoc_touch(struct assoc *a, u32 line);  /* it was used (LRU and PLRU) */
u32 assoc_victim(struct assoc *a, u64 index); /* the line of set index % sets to replace; maybe in use */
void assoc_fill(struct assoc *a, u32 line, u64 key0, u64 key1); /* the line must be empty */
void assoc_remove(struct assoc *a, u32 line);

#endif
