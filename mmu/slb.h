/* SPDX-License-Identifier: Apache-2.0 */
/* The segment look-aside buffer: 32 entries, managed by slbmte and its family (Book III 5.7.8); data only. */
#ifndef P9_MMU_SLB_H
#define P9_MMU_SLB_H

#include "base/bits.h"

enum { SLB_ENTRIES = 32 };
#define SLB_ESID PPC_BITMASK(0, 35)
#define SLB_VALID PPC_BIT(36)
#define SLB_INDEX PPC_BITMASK(52, 63)
#define SLB_SEGMENT_SIZE PPC_BITMASK(0, 1) /* B of the VSID doubleword: 0 is 256 MB, 1 is 1 TB */
#define SLB_CLASS PPC_BIT(56)

struct slb_entry {
    u64 esid, vsid; /* as slbmte's RB (without the index) and RS */
};
struct slb {
    struct slb_entry entry[SLB_ENTRIES];
};

#endif
