/* SPDX-License-Identifier: Apache-2.0 */
/* The moves to and from single bits and fields of the FPSCR (Book I 4.6.10): rare, and shared by all ports. */
#include "core/isa/fpscr.h"

void fpscr_write(struct thread *t, u64 value, u64 mask)
{
    mask &= FPSCR_WRITABLE;
    t->fpscr = fpscr_summarised((t->fpscr & ~mask) | (value & mask));
}

void fpscr_set_bit(struct thread *t, unsigned n, bool value)
{
    u64 bit = PPC_BIT32(n) & FPSCR_WRITABLE;

    if (value)
        t->fpscr = fpscr_summarised(fpscr_raised(t->fpscr | (bit & ~(u64)FPSCR_EXCEPTIONS), bit & FPSCR_EXCEPTIONS));
    else t->fpscr = fpscr_summarised(t->fpscr & ~bit);
}

unsigned fpscr_read_and_clear(struct thread *t, unsigned field)
{
    unsigned shift = 28 - 4 * field, was = (unsigned)(t->fpscr >> shift) & 15;

    t->fpscr = fpscr_summarised(t->fpscr & ~((u64)(FPSCR_FX | FPSCR_EXCEPTIONS) & (u64)15 << shift));
    return was;
}
