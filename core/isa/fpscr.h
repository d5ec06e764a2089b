/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The Floating-Point Status and Control Register (Book I 4.2.2, 4.4).  t->fpscr is the 64-bit register; VX and FEX are
 * summaries, recomputed whenever anything below them changes and never written by themselves.
 *
 * An instruction runs in a struct fp_env and hands it to one of the fpscr_take functions:
 *   scalar   FR, FI and FPRF are set.  Returns false if an enabled Invalid Operation or Zero Divide suppresses the
 *            result: then FR and FI are 0 and FPRF stays.
 *   vector   only exception bits are set.  Returns false if any enabled exception occurred: the target stays (7.4).
 *   status   exception bits only, FR and FI stay (comparisons); always true.
 * What is left to do afterwards - CR1, and the interrupt if MSR[FE0|FE1] and FEX - is fpscr_done().
 */
#ifndef P9_CORE_ISA_FPSCR_H
#define P9_CORE_ISA_FPSCR_H

#include "core/isa/softfp.h"
#include "core/state/fault.h"
#include "core/state/thread.h"

#define FPSCR_DRN PPC_BITMASK(29, 31)
#define FPSCR_CONTROL (FPSCR_DRN | PPC_BITMASK(56, 63)) /* what mffsc* give: DRN, enables, NI, RN */
#define FPSCR_ENABLES (FPSCR_VE | FPSCR_OE | FPSCR_UE | FPSCR_ZE | FPSCR_XE)
#define FPSCR_WRITABLE (FPSCR_DRN | (0xffffffffULL & ~((u64)FPSCR_FEX | FPSCR_VX | PPC_BIT32(20))))

inline_hot struct fp_env fpscr_env(const struct thread *t)
{
    struct fp_env e = {(u32)t->fpscr, 0, 0, (u8)(t->fpscr & FPSCR_RN)};
    return e;
}

/* VX and FEX of the rest.  Exceptions VX OX UX ZX XX stand 22 bits left of their enables. */
inline_hot u64 fpscr_summarised(u64 f)
{
    f &= ~((u64)FPSCR_FEX | FPSCR_VX);
    if (f & FPSCR_VX_ALL) f |= FPSCR_VX;
    if (f >> 22 & f & FPSCR_ENABLES) f |= FPSCR_FEX;
    return f;
}

/* Exception bits that become 1 set FX. */
inline_hot u64 fpscr_raised(u64 f, u32 exceptions)
{
    if (likely(!(exceptions & ~f))) return f;
    return fpscr_summarised(f | exceptions | FPSCR_FX);
}

inline_hot bool fpscr_suppresses(u64 f, u32 exceptions)
{
    return ((exceptions & FPSCR_VX_ALL) && (f & FPSCR_VE)) || ((exceptions & FPSCR_ZX) && (f & FPSCR_ZE));
}

inline_hot must_use bool fpscr_take_scalar(struct thread *t, const struct fp_env *e)
{
    u32 exceptions = e->flags & FPSCR_EXCEPTIONS;
    u64 f = t->fpscr;

    if (unlikely(exceptions & ~FPSCR_XX) && fpscr_suppresses(f, exceptions)) {
        t->fpscr = fpscr_raised(f & ~(u64)(FPSCR_FR | FPSCR_FI), exceptions);
        return false;
    }
    f = (f & ~(u64)(FPSCR_FR | FPSCR_FI | FPSCR_FPRF)) | (e->flags & (FPSCR_FR | FPSCR_FI)) | e->fprf;
    t->fpscr = fpscr_raised(f, exceptions);
    return true;
}

inline_hot void fpscr_take_status(struct thread *t, const struct fp_env *e)
{
    t->fpscr = fpscr_raised(t->fpscr, e->flags & FPSCR_EXCEPTIONS);
}

inline_hot must_use bool fpscr_take_vector(struct thread *t, const struct fp_env *e)
{
    u32 exceptions = e->flags & FPSCR_EXCEPTIONS, classes = exceptions;

    t->fpscr = fpscr_raised(t->fpscr, exceptions);
    if (exceptions & FPSCR_VX_ALL) classes |= FPSCR_VX;
    return likely(!(classes >> 22 & t->fpscr & FPSCR_ENABLES));
}

/* FPCC of a comparison; C stays. */
inline_hot void fpscr_set_fpcc(struct thread *t, unsigned relation)
{
    t->fpscr = (t->fpscr & ~(u64)FPSCR_FPCC) | FPRF_CODE(relation);
}

/* The end of every instruction that wrote the FPSCR. */
inline_hot enum next fpscr_done(struct thread *t)
{
    if (likely(!(t->fpscr & FPSCR_FEX) || !(t->msr & (MSR_FE0 | MSR_FE1)))) return NEXT;
    return fault_fp_enabled(t);
}

/* Move To FPSCR: mask is 64 bits; FEX and VX of the value are ignored, FX is taken as given. */
void fpscr_write(struct thread *t, u64 value, u64 mask);
/* mtfsb1: a bit that sets an exception sets FX too. n is 32..63 less 32; bits 1 and 2 (FEX, VX) cannot be set. */
void fpscr_set_bit(struct thread *t, unsigned n, bool value);
/* mcrfs: the field as it was; its exception bits are then 0. */
unsigned fpscr_read_and_clear(struct thread *t, unsigned field);

#endif
