/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What removes translations: tlbie, tlbiel, slbia, and the machine itself when a page becomes code or decoded code is
 * thrown away.  A broadcast reaches every thread of the machine before the call returns.
 */
#ifndef P9_MMU_INVALIDATE_H
#define P9_MMU_INVALIDATE_H

#include "base/bits.h"

struct insn;
struct mmu;
struct mmu_system;

/* tlbie / tlbiel as decoded, with the two facts about the thread that decide what it means (Book III 5.9.3.3). */
struct tlbie_op {
    u64 rb, rs;
    u8 ric; /* 0 TLB, 1 page-walk cache, 2 both and the table-entry caches, 3 a cluster of HPT entries */
    bool prs, r;
    bool local; /* tlbiel */
    bool hv;    /* MSR[HV] */
    u32 lpid;   /* LPIDR */
};
void mmu_tlbie(struct mmu *mmu, const struct tlbie_op *op);

/* slbie: forget what was translated by the segment of 2^shift bytes that ea lies in, and an SLB entry for it that
 * hardware made from a segment table. */
void mmu_slbie(struct mmu *mmu, u64 ea, unsigned shift);

/* slbieg: the same of every thread, but only of this partition and process; software's own SLB entries stay. */
void mmu_slbieg(struct mmu *mmu, u64 rb, u32 lpid, u32 pid);

/* slbiag: all that hardware made for this partition, in every thread. */
void mmu_slbiag(struct mmu *mmu, u32 lpid);

/* slbia IH: the ERAT part of it and the SLB entries that hardware made, this thread only. */
void mmu_slbia(struct mmu *mmu, unsigned ih);

/* Drop everything of every thread and core (TLB, ERATs, PWC, host-side tables). */
void mmu_flush_all(struct mmu_system *system);

/* The 4 KiB page at ra is becoming decoded code: no direct write path to it may remain. Cheap if there is none. */
void mmu_code_page(struct mmu_system *system, u64 ra);

/* This decoded page is recycled: no fetch slot may point to it any more. */
void mmu_forget_fetch(struct mmu_system *system, const struct insn *page);

#endif
