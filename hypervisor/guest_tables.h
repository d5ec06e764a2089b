/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pure questions about partition-scoped tables: what does the table of an LPID say about a guest real address?  Nothing
 * is filled, marked, counted or charged.
 *
 *   partition   the table that hardware uses, which L0 keeps: partition table [LPID]
 *   nested      the table that a guest keeps for a guest of its own: its partition table, which it named with
 *               H_SET_PARTITION_TABLE, lies in its guest real storage, and so do the tables behind it.  Hardware never
 *               reads it; L0 does, to make the shadow.
 */
#ifndef P9_HYPERVISOR_GUEST_TABLES_H
#define P9_HYPERVISOR_GUEST_TABLES_H

#include "base/bits.h"

struct bus;

struct table_leaf {
    bool is_known; /* the tables could be read: radix, and in storage */
    bool valid;
    u8 shift; /* of a valid leaf: log2 of its page size */
    u8 prot;  /* PROT_READ_OK ... (mmu/xlate.h) */
    u8 reads; /* entries of directories and tables read on the way */
};

struct guest_tables {
    struct table_leaf (*partition)(struct guest_tables *self, u32 lpid, u64 gra);
    /* lpid: of the guest that keeps the table; ptcr: what it gave to H_SET_PARTITION_TABLE; for: its own LPID of its
     * guest. */
    struct table_leaf (*nested)(struct guest_tables *self, u32 lpid, u64 ptcr, u32 for_lpid, u64 gra);
};

/* The machine's own. */
struct machine_tables {
    struct guest_tables face; /* first */
    struct bus *bus;
    u64 ptcr; /* hardware's: set before each question */
};
void machine_tables_init(struct machine_tables *tables, struct bus *bus);

#endif
