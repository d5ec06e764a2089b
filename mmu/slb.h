/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The segment look-aside buffer: 32 entries of a thread, managed by slbmte and its family (Book III 5.7.8).  Data, and
 * how an entry is read: slbmte's RB (without the index) and RS are kept as they came, so whatever software wrote must
 * have a defined answer here.
 */
#ifndef P9_MMU_SLB_H
#define P9_MMU_SLB_H

#include "base/power.h"
#include "base/state.h"

enum { SLB_ENTRIES = 32, SLB_OF_SOFTWARE = 4 }; /* the latter if there are segment tables */

struct slb_entry {
    u64 esid, vsid; /* as slbmte's RB (without the index) and RS */
};
struct slb {
    struct slb_entry entry[SLB_ENTRIES];
};

unsigned slb_segment_shift(u64 vsid);                            /* 28 or 40 */
bool slb_holds(const struct slb_entry *e, u64 ea);               /* valid, and this segment */
const struct slb_entry *slb_find(const struct slb *slb, u64 ea); /* the first that holds it, or NULL */
unsigned slb_base_shift(u64 vsid);                               /* base page size of the segment; 0: no such L||LP */

extern const struct state_table slb_state;

/* slbie: drop the entry of this segment; the answer is log2 of how much of the address space was named. */
unsigned slb_drop(struct slb *slb, u64 rb);
/* slbia: what IH drops from the SLB (the ERAT part is mmu_slbia's). */
void slb_drop_all(struct slb *slb, unsigned ih);

#endif
