/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Finding a row by its key.  The rows are their owner's: a list that only grows, in the order in which things were
 * first seen.  Beside it lies an index, a power of two of cells, each with 1 + the number of a row, or 0: empty.  A
 * search begins in the cell that the hash of the key names and goes on to the next one until it meets the row or an
 * empty cell (open addressing, linear probing).  At least half of the cells are empty, so that is soon.  When a row is
 * taken out, those behind it that it had pushed on move up, so an empty cell always means that the key is nowhere.
 *
 * A hash is any u64 made of the numbers of the key alone - the key itself if it fits, for it is spread over the cells
 * here - and never of addresses of the host.  Nobody goes through the cells: what a report says comes from the list, in
 * the order of the list, whatever the hash.
 *
 * The owner says how its rows compare and what they hash to, by two functions that are given the owner and the number
 * of a row.  To look up and, if need be, to add:
 *
 *     u32 row = hash_find(&owner->index, hash_of_key(&key), is_key, owner, &key);
 *     if (row == HASH_NONE && hash_room(&owner->index, owner->count, hash_of_row, owner)) {
 *         row = owner->count++;
 *         owner->list[row] = ...;
 *         hash_add(&owner->index, hash_of_key(&key), row);
 *     }
 */
#ifndef P9_BASE_HASH_H
#define P9_BASE_HASH_H

#include "base/bits.h"

/* 2**64 / the golden ratio: odd, so that multiplication loses nothing, with bits everywhere. */
#define HASH_MULTIPLIER 0x9e3779b97f4a7c15ULL
#define HASH_NONE 0xffffffffu

/* Where a value falls among `places`, a power of two from 2 on.  A product is mixed best at its top. */
inline_hot u32 hash_place(u64 value, u32 places)
{
    return (u32)(value * HASH_MULTIPLIER >> (64 - __builtin_ctz(places)));
}

/* One value of what was mixed before (0: nothing) and of one more, for keys that have more bits than a u64. */
inline_hot u64 hash_mix(u64 hash, u64 value)
{
    hash = (hash ^ value) * HASH_MULTIPLIER;
    return hash ^ hash >> 32;
}

/* All zeros: an index of nothing, without memory. */
struct hash_index {
    u32 *cell;
    u32 cells; /* 0 or a power of two */
};

typedef bool hash_same(const void *owner, u32 row, const void *key);
typedef u64 hash_of_row(const void *owner, u32 row);

/* The cell of the key, or the empty one where it belongs; no `same`: the empty one.  There are cells. */
inline_hot u32 *hash_cell(const struct hash_index *h, u64 hash, hash_same *same, const void *owner, const void *key)
{
    u32 at = hash_place(hash, h->cells);

    while (h->cell[at] && !(same && same(owner, h->cell[at] - 1, key))) at = (at + 1) & (h->cells - 1);
    return &h->cell[at];
}

/* The row of this key; HASH_NONE: there is none. */
inline_hot u32 hash_find(const struct hash_index *h, u64 hash, hash_same *same, const void *owner, const void *key)
{
    return h->cells ? *hash_cell(h, hash, same, owner, key) - 1 : HASH_NONE;
}

/* Room for one row more than the `rows` that are there.  False: the host has no memory for it, and all is as it was. */
must_use bool hash_room(struct hash_index *h, u32 rows, hash_of_row *of_row, const void *owner);

/* A row whose key is not there yet, and for which there is room. */
void hash_add(struct hash_index *h, u64 hash, u32 row);

/* This row is not found any more; its key is still what `hash` was made of, and those of the others too. */
void hash_remove(struct hash_index *h, u64 hash, u32 row, hash_of_row *of_row, const void *owner);

/* To an index of nothing. */
void hash_close(struct hash_index *h);

#endif
