/* SPDX-License-Identifier: Apache-2.0 */
/* Reading and dropping SLB entries (Book III 5.7.8, 5.9.3.1); see slb.h. */
#include "mmu/slb.h"

#include <stddef.h>

static const struct state_row entry_rows[] = {STATE_ARCH(struct slb_entry, esid), STATE_ARCH(struct slb_entry, vsid)};
static const struct state_table entry_state = STATE_TABLE(struct slb_entry, entry_rows);
static const struct state_row slb_rows[] = {STATE_PART(struct slb, entry, struct slb_entry, entry_state)};
const struct state_table slb_state = STATE_TABLE(struct slb, slb_rows);

/* B = 2 and 3 are reserved; they behave as their low bit says. */
unsigned slb_segment_shift(u64 vsid)
{
    return GETFIELD(SLB_SEGMENT_SIZE, vsid) & 1 ? 40 : 28;
}

bool slb_holds(const struct slb_entry *e, u64 ea)
{
    return (e->esid & SLB_VALID) && !((e->esid ^ ea) >> slb_segment_shift(e->vsid));
}

const struct slb_entry *slb_find(const struct slb *slb, u64 ea)
{
    for (unsigned n = 0; n < SLB_ENTRIES; n++)
        if (slb_holds(&slb->entry[n], ea)) return &slb->entry[n];
    return NULL;
}

unsigned slb_base_shift(u64 vsid)
{
    switch ((vsid & SLB_L ? 4 : 0) | GETFIELD(SLB_LP, vsid)) {
    case 0: return 12;
    case 5: return 16;
    case 4: return 24;
    case 6: return 34;
    default: return 0;
    }
}

unsigned slb_drop(struct slb *slb, u64 rb)
{
    unsigned shift = GETFIELD(SLBIE_SEGMENT_SIZE, rb) & 1 ? 40 : 28;

    for (unsigned n = 0; n < SLB_ENTRIES; n++)
        if (slb_holds(&slb->entry[n], rb)) {
            if (slb_segment_shift(slb->entry[n].vsid) > shift) shift = slb_segment_shift(slb->entry[n].vsid);
            slb->entry[n].esid &= ~SLB_VALID;
        }
    return shift;
}

/* 0, 1, 2, 6: all but entry 0;  3: those of class 1;  4: all;  7: none;  5 is reserved and taken as 0. */
void slb_drop_all(struct slb *slb, unsigned ih)
{
    if (ih == 7) return;
    for (unsigned n = ih == 3 || ih == 4 ? 0 : 1; n < SLB_ENTRIES; n++)
        if (ih != 3 || slb->entry[n].vsid & SLB_CLASS) slb->entry[n].esid &= ~SLB_VALID;
}
