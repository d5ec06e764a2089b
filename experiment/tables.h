/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Radix trees written into an image of main storage, as an operating system lays them out: 13 + 9 + 9 + 9 (or 5) bits.
 * The tables of one level of a range lie side by side, so its leaves are one array.
 */
#ifndef P9_EXPERIMENT_TABLES_H
#define P9_EXPERIMENT_TABLES_H

#include "base/power.h"

struct table_builder {
    u8 *memory;
    u64 next, size; /* real addresses: what is free, and the end */
    bool full;      /* something did not fit: the whole image is worthless */
};

/* size bytes at a multiple of their size (a power of two); zeroed. */
u64 tables_alloc(struct table_builder *b, u64 size);
void tables_put(struct table_builder *b, u64 ra, u64 value);

/* An empty tree; the doubleword that a process-table entry (or, with HR, a partition-table entry) begins with. */
u64 tables_tree(struct table_builder *b);

/* Directories for [address, address + bytes) down to leaves of 2^shift bytes (12, 16, 21, 30); the real address of the
 * first leaf's entry.  fill: the leaves map to target; else they stay empty. */
u64 tables_map(struct table_builder *b, u64 tree, u64 address, u64 bytes, u64 target, unsigned shift, bool fill);

/* It may be read, written and executed; nothing has to be noted. */
#define TABLES_LEAF (PTE_VALID | PTE_LEAF | PTE_R | PTE_C | PTE_EAA_READ | PTE_EAA_RW | PTE_EAA_EXEC)

#endif
