/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What would the model do with one access: which arrays have it, who would answer each step of its walk, what that
 * costs - now, or with nothing cached, or if the leaves had another size.  Asked on a copy of the core's arrays, so
 * nothing changes; the walk is the pure one.
 */
#ifndef P9_MMU_PRICE_H
#define P9_MMU_PRICE_H

#include "mmu/mmu.h"
#include "stats/walk_tally.h"

struct price_question {
    struct xlate_req req;
    bool cold; /* as if nothing were cached */
    /* Leaves of 2^shift bytes (12, 16, 21, 30) instead of what the tables have; 0: as they are.  A table that would
     * have to be added is taken to lie beside the one above it, where nothing of it is cached. */
    u8 process_shift, partition_shift;
};

enum { PRICE_STEPS = 64 };
struct mmu_price {
    struct xlate result;
    bool in_erat, in_tlb; /* with the right to it */
    unsigned steps;
    struct walk_step step[PRICE_STEPS];
    u8 source[PRICE_STEPS]; /* enum walk_source of each step, if the TLB had to ask for a walk */
    u64 reads;              /* of that walk, from storage */
    u64 cycles;             /* of these reads */
    u64 look_up_cycles;     /* of the TLB look-up before it; 0: there is none */
};

/* False: the model `none` has no prices, or (after an error line) the host has no memory for the copy. */
must_use bool mmu_price(const struct mmu *mmu, const struct price_question *question, struct mmu_price *price);

#endif
