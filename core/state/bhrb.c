/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The branch history rolling buffer: 32 entries, each the address of a taken branch or, with bit 62 (T), the target of
 * an XL-form branch, which precedes the entry of the branch itself when they are read.  Bit 63 says that a prediction
 * was wrong; nothing is predicted here.
 */
#include "core/state/pmu.h"

#include "core/state/spr_bits.h"

#define ENTRY_TARGET PPC_BIT(62)

static void push(struct thread *t, u64 entry)
{
    t->bhrb.newest = (t->bhrb.newest + 1) % BHRB_ENTRIES;
    t->bhrb.entry[t->bhrb.newest] = entry;
}

static bool is_always(unsigned bo)
{
    return (bo & 0x14) == 0x14;
}

/* The a bit of BO (I 2.4): the program told how the branch goes.  BO[0] = 1 has it elsewhere and is filtered anyway. */
static bool has_hint(unsigned bo)
{
    return (bo & 0x14) == 0x04 && (bo & 2);
}

/*
 * MMCRA[IFM] (III 9.4.8, from memory), for I form, B form, XL form:
 *
 *   0   everything
 *   1   only with LK = 1
 *   2   no I form; of "branch always" no B form, and of XL form only the target
 *   3   as 2, for every BO with BO[0] = 1 or the a bit
 */
void bhrb_record(struct thread *t, enum branch_form form, unsigned bo, bool lk, u64 from, u64 to)
{
    unsigned filter = (unsigned)GETFIELD(MMCRA_IFM, t->spr.MMCRA);
    bool known = filter == 2 ? is_always(bo) : filter == 3 && ((bo & 0x10) || has_hint(bo));

    if (filter == 1 && !lk) return;
    if (filter >= 2 && (form == BRANCH_I || (form == BRANCH_B && known))) return;
    if (!known) push(t, from & ~3ULL);
    if (form == BRANCH_XL) push(t, (to & ~3ULL) | ENTRY_TARGET);
}

void bhrb_clear(struct thread *t)
{
    memset(t->bhrb.entry, 0, sizeof t->bhrb.entry);
    t->bhrb.newest = 0;
}

u64 bhrb_read(const struct thread *t, unsigned n)
{
    return n < BHRB_ENTRIES ? t->bhrb.entry[(t->bhrb.newest + BHRB_ENTRIES - n) % BHRB_ENTRIES] : 0;
}
