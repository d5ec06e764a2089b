/* SPDX-License-Identifier: Apache-2.0 */
/* See tables.h; the formats are those of Book III 5.7.10. */
#include "experiment/tables.h"

enum { ROOT_SHIFT = 39, L2_SHIFT = 30, L3_SHIFT = 21, ROOT_BYTES = 65536 };
#define RTS_52_BITS (SETFIELD(ROOT_RTS1, 0ULL, 2) | SETFIELD(ROOT_RTS2, 0ULL, 5)) /* 52 - 31 */

u64 tables_alloc(struct table_builder *b, u64 size)
{
    u64 at = (b->next + size - 1) & ~(size - 1);

    if (at + size > b->size) {
        b->full = true;
        return 0;
    }
    b->next = at + size;
    return at;
}

void tables_put(struct table_builder *b, u64 ra, u64 value)
{
    if (!b->full) put_be64(b->memory + ra, value);
}

u64 tables_tree(struct table_builder *b)
{
    return RTS_52_BITS | tables_alloc(b, ROOT_BYTES) | 13;
}

/* The table that the entry at `at` points to; made, with 2^bits entries, if there is none. */
static u64 table_below(struct table_builder *b, u64 at, unsigned bits)
{
    u64 entry = b->full ? 0 : get_be64(b->memory + at);

    if (!(entry & PTE_VALID)) {
        entry = PTE_VALID | tables_alloc(b, 8ULL << bits) | bits;
        tables_put(b, at, entry);
    }
    return entry & PDE_NLB;
}

/* The place of the entry of 2^shift bytes for address; tables on the way are made. */
static u64 entry_at(struct table_builder *b, u64 tree, u64 address, unsigned shift)
{
    u64 at = (tree & ROOT_RPDB) + (address >> ROOT_SHIFT) * 8;

    for (unsigned above = ROOT_SHIFT; above != shift;) {
        unsigned bits = above == L3_SHIFT && shift == 16 ? 5 : 9;

        at = table_below(b, at, bits);
        above -= bits;
        at += (address >> above & ((1ULL << bits) - 1)) * 8;
    }
    return at;
}

u64 tables_map(struct table_builder *b, u64 tree, u64 address, u64 bytes, u64 target, unsigned shift, bool fill)
{
    static const u8 levels[] = {L2_SHIFT, L3_SHIFT};
    u64 first;

    for (unsigned k = 0; k < 2; k++) /* level by level, so that the tables of a level are neighbours */
        for (u64 at = address; levels[k] > shift && at < address + bytes; at += 1ULL << levels[k])
            entry_at(b, tree, at, levels[k]);
    first = entry_at(b, tree, address, shift);
    for (u64 offset = 0; offset < bytes; offset += 1ULL << shift) {
        u64 at = entry_at(b, tree, address + offset, shift);
        if (fill) tables_put(b, at, TABLES_LEAF | (target + offset));
    }
    return first;
}
