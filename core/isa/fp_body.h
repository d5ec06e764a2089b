/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the scalar floating-point bodies of float.c and vsx_float.c share: finishing an instruction with its result.
 * Included after insn.h, so it is compiled once per port like the chapters.
 */
#ifndef P9_CORE_ISA_FP_BODY_H
#define P9_CORE_ISA_FP_BODY_H

#include "core/isa/fpscr.h"

/* CR1 is FX FEX VX OX (Book I 4.6). */
inline_hot void set_cr1(struct thread *t)
{
    set_cr_field(t, 1, (unsigned)(t->fpscr >> 28) & 15);
}

/* An arithmetic result: target, FPSCR, CR1 if Rc, and the interrupt if one is enabled. */
inline_hot enum next finish_scalar(struct thread *t, unsigned target, u64 result, const struct fp_env *e, bool rc)
{
    if (likely(fpscr_take_scalar(t, e))) set_fpr(t, target, result);
    if (rc) set_cr1(t);
    return fpscr_done(t);
}

/* A conversion to an integer: FPRF is undefined by the book and stays. */
inline_hot enum next finish_convert(struct thread *t, unsigned target, u64 result, const struct fp_env *e, bool rc)
{
    if (likely(fpscr_take_convert(t, e))) set_fpr(t, target, result);
    if (rc) set_cr1(t);
    return fpscr_done(t);
}

/* A comparison: an ordered one also has VXVC for quiet NaNs, and for signalling ones unless VE is set (4.6.8). */
inline_hot u32 compare_exceptions(const struct thread *t, bool any_snan, bool unordered, bool ordered)
{
    u32 flags = any_snan ? FPSCR_VXSNAN : 0;

    if (ordered && unordered && !(any_snan && (t->fpscr & FPSCR_VE))) flags |= FPSCR_VXVC;
    return flags;
}

inline_hot enum next finish_compare(struct thread *t, unsigned bf, unsigned relation, u32 exceptions)
{
    struct fp_env e = {0, exceptions, 0, 0};

    fpscr_set_fpcc(t, relation);
    set_cr_field(t, bf, relation);
    fpscr_take_status(t, &e);
    return fpscr_done(t);
}

/* A word result is delivered in both words of the doubleword, as POWER9 does; the upper one is undefined by the book. */
inline_hot u64 both_words(u64 word) { return word << 32 | (u32)word; }

#endif
