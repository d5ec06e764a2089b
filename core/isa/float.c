/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Book I, chapter 4: the floating-point processor.  The arithmetic is softfp.h, the exceptions are fpscr.h; what stands
 * here is which operands go where.  Single-precision forms compute from the double-format operands and round once to
 * single; operands that are no singles are undefined by the book and simply take part.
 */
#include "core/isa/insn.h"

#include "core/isa/fp_body.h"

typedef u64 fp_binary(struct fp_env *e, u64 a, u64 b);
typedef u64 fp_unary(struct fp_env *e, u64 b);
typedef u64 fp_add_or_subtract(struct fp_env *e, u64 a, u64 b, bool subtract);
typedef u64 fp_fused(struct fp_env *e, u64 a, u64 c, u64 b, unsigned how);

inline_hot enum next add_or_subtract(struct thread *t, const struct insn *i, fp_add_or_subtract *op, bool subtract)
{
    struct fp_env e = fpscr_env(t);
    u64 result = op(&e, fpr(t, F(fra)), fpr(t, F(frb)), subtract);

    return finish_scalar(t, F(frt), result, &e, F(rc));
}

inline_hot enum next binary(struct thread *t, const struct insn *i, fp_binary *op, u64 b)
{
    struct fp_env e = fpscr_env(t);
    u64 result = op(&e, fpr(t, F(fra)), b);

    return finish_scalar(t, F(frt), result, &e, F(rc));
}

inline_hot enum next unary(struct thread *t, const struct insn *i, fp_unary *op)
{
    struct fp_env e = fpscr_env(t);
    u64 result = op(&e, fpr(t, F(frb)));

    return finish_scalar(t, F(frt), result, &e, F(rc));
}

inline_hot enum next fused(struct thread *t, const struct insn *i, fp_fused *op, unsigned how)
{
    struct fp_env e = fpscr_env(t);
    u64 result = op(&e, fpr(t, F(fra)), fpr(t, F(frc)), fpr(t, F(frb)), how);

    return finish_scalar(t, F(frt), result, &e, F(rc));
}

/* Conversion to an integer of `bits` bits in this rounding mode. */
inline_hot enum next to_integer(struct thread *t, const struct insn *i, unsigned bits, bool is_signed,
                                unsigned rounding)
{
    struct fp_env e = fpscr_env(t);
    u64 result;

    e.rounding = (u8)rounding;
    result = fp_double_to_int(&e, fpr(t, F(frb)), bits, is_signed);
    return finish_scalar(t, F(frt), bits == 32 ? both_words(result) : result, &e, F(rc));
}

inline_hot enum next from_integer(struct thread *t, const struct insn *i, bool is_signed, bool single)
{
    struct fp_env e = fpscr_env(t);
    u64 v = fpr(t, F(frb)),
        result = single ? fp_int_to_round_single(&e, v, is_signed) : fp_int_to_double(&e, v, is_signed);

    return finish_scalar(t, F(frt), result, &e, F(rc));
}

/* fri*: neither inexact nor rounded is recorded. */
inline_hot enum next to_integral(struct thread *t, const struct insn *i, unsigned rounding)
{
    struct fp_env e = fpscr_env(t);
    u64 result;

    e.rounding = (u8)rounding;
    result = fp_round_int_d(&e, fpr(t, F(frb)));
    e.flags &= ~(FPSCR_XX | FPSCR_FI | FPSCR_FR);
    return finish_scalar(t, F(frt), result, &e, F(rc));
}

/* Moves: bits only, no exception whatever they are. */
inline_hot enum next move(struct thread *t, const struct insn *i, u64 result)
{
    set_fpr(t, F(frt), result);
    if (F(rc)) set_cr1(t);
    return NEXT;
}

inline_hot enum next compare(struct thread *t, const struct insn *i, bool ordered)
{
    u64 a = fpr(t, F(fra)), b = fpr(t, F(frb));
    unsigned relation = fp_compare_d(a, b);
    bool unordered = relation == FP_UNORDERED, snan = unordered && (fp_is_snan_d(a) || fp_is_snan_d(b));

    return finish_compare(t, F(bf), relation, compare_exceptions(t, snan, unordered, ordered));
}

/* ---- the long way of what the host can do as well (fp_body.h) ---- */

LONG_WAY long_sum_d(struct thread *t, const struct insn *i, bool subtract)
{
    return add_or_subtract(t, i, fp_add_d, subtract);
}
LONG_WAY long_sum_s(struct thread *t, const struct insn *i, bool subtract)
{
    return add_or_subtract(t, i, fp_add_s, subtract);
}
LONG_WAY long_product_d(struct thread *t, const struct insn *i)
{
    return binary(t, i, fp_mul_d, fpr(t, F(frc)));
}
LONG_WAY long_product_s(struct thread *t, const struct insn *i)
{
    return binary(t, i, fp_mul_s, fpr(t, F(frc)));
}
LONG_WAY long_quotient_d(struct thread *t, const struct insn *i)
{
    return binary(t, i, fp_div_d, fpr(t, F(frb)));
}
LONG_WAY long_quotient_s(struct thread *t, const struct insn *i)
{
    return binary(t, i, fp_div_s, fpr(t, F(frb)));
}
LONG_WAY long_root_d(struct thread *t, const struct insn *i)
{
    return unary(t, i, fp_sqrt_d);
}
LONG_WAY long_root_s(struct thread *t, const struct insn *i)
{
    return unary(t, i, fp_sqrt_s);
}
LONG_WAY long_fused_d(struct thread *t, const struct insn *i, unsigned how)
{
    return fused(t, i, fp_fma_d, how);
}
LONG_WAY long_fused_s(struct thread *t, const struct insn *i, unsigned how)
{
    return fused(t, i, fp_fma_s, how);
}
LONG_WAY long_round_to_single(struct thread *t, const struct insn *i)
{
    return unary(t, i, fp_round_to_single);
}
LONG_WAY long_to_integer(struct thread *t, const struct insn *i, unsigned bits)
{
    return to_integer(t, i, bits, true, FP_TO_ZERO);
}
LONG_WAY long_from_integer(struct thread *t, const struct insn *i, bool single)
{
    return from_integer(t, i, true, single);
}
LONG_WAY long_compare(struct thread *t, const struct insn *i, bool ordered)
{
    return compare(t, i, ordered);
}

inline_hot must_use bool by_host(struct thread *t, const struct insn *i, host_binary *op, u64 b)
{
    return take_host(t, F(frt), op(fpr(t, F(fra)), b), F(rc));
}
inline_hot must_use bool unary_by_host(struct thread *t, const struct insn *i, host_unary *op)
{
    return take_host(t, F(frt), op(fpr(t, F(frb))), F(rc));
}
inline_hot must_use bool fused_by_host(struct thread *t, const struct insn *i, unsigned how, bool single)
{
    return take_host(t, F(frt), host_fused(fpr(t, F(fra)), fpr(t, F(frc)), fpr(t, F(frb)), how, single), F(rc));
}

inline_hot enum next to_signed_toward_zero(struct thread *t, const struct insn *i, unsigned bits)
{
    struct hostfp r = host_to_signed(fpr(t, F(frb)), bits);

    if (bits == 32) r.bits = both_words(r.bits);
    return take_host_convert(t, F(frt), r, F(rc)) ? NEXT : long_to_integer(t, i, bits);
}

/* ---- 4.6.6 arithmetic ---- */

/* Floating Add. */
INSN(fadd, "63 FRT FRA FRB ///// 21 Rc", "fadd%r FRT, FRA, FRB", FP, NEEDS_FP | SHORT_BODY)
{
    return by_host(t, i, host_add, fpr(t, F(frb))) ? NEXT : long_sum_d(t, i, false);
}

/* Floating Add Single. */
INSN(fadds, "59 FRT FRA FRB ///// 21 Rc", "fadds%r FRT, FRA, FRB", FP, NEEDS_FP | SHORT_BODY)
{
    return by_host(t, i, host_add_single, fpr(t, F(frb))) ? NEXT : long_sum_s(t, i, false);
}

/* Floating Subtract. */
INSN(fsub, "63 FRT FRA FRB ///// 20 Rc", "fsub%r FRT, FRA, FRB", FP, NEEDS_FP | SHORT_BODY)
{
    return by_host(t, i, host_subtract, fpr(t, F(frb))) ? NEXT : long_sum_d(t, i, true);
}

/* Floating Subtract Single. */
INSN(fsubs, "59 FRT FRA FRB ///// 20 Rc", "fsubs%r FRT, FRA, FRB", FP, NEEDS_FP | SHORT_BODY)
{
    return by_host(t, i, host_subtract_single, fpr(t, F(frb))) ? NEXT : long_sum_s(t, i, true);
}

/* Floating Multiply. */
INSN(fmul, "63 FRT FRA ///// FRC 25 Rc", "fmul%r FRT, FRA, FRC", FP, NEEDS_FP | SHORT_BODY)
{
    return by_host(t, i, host_mul, fpr(t, F(frc))) ? NEXT : long_product_d(t, i);
}

/* Floating Divide. */
INSN(fdiv, "63 FRT FRA FRB ///// 18 Rc", "fdiv%r FRT, FRA, FRB", FPDIV, NEEDS_FP | SHORT_BODY)
{
    return by_host(t, i, host_div, fpr(t, F(frb))) ? NEXT : long_quotient_d(t, i);
}

/* Floating Square Root. */
INSN(fsqrt, "63 FRT ///// FRB ///// 22 Rc", "fsqrt%r FRT, FRB", FPDIV, NEEDS_FP | SHORT_BODY)
{
    return unary_by_host(t, i, host_sqrt) ? NEXT : long_root_d(t, i);
}

/* Floating Reciprocal Estimate - here the nearest number. */
INSN(fre, "63 FRT ///// FRB ///// 24 Rc", "fre%r FRT, FRB", FP, NEEDS_FP)
{
    return unary(t, i, fp_reciprocal_d);
}

/* Floating Reciprocal Square Root Estimate. */
INSN(frsqrte, "63 FRT ///// FRB ///// 26 Rc", "frsqrte%r FRT, FRB", FP, NEEDS_FP)
{
    return unary(t, i, fp_rsqrt_d);
}

/* Floating Multiply Single. */
INSN(fmuls, "59 FRT FRA ///// FRC 25 Rc", "fmuls%r FRT, FRA, FRC", FP, NEEDS_FP | SHORT_BODY)
{
    return by_host(t, i, host_mul_single, fpr(t, F(frc))) ? NEXT : long_product_s(t, i);
}

/* Floating Divide Single. */
INSN(fdivs, "59 FRT FRA FRB ///// 18 Rc", "fdivs%r FRT, FRA, FRB", FPDIV, NEEDS_FP | SHORT_BODY)
{
    return by_host(t, i, host_div_single, fpr(t, F(frb))) ? NEXT : long_quotient_s(t, i);
}

/* Floating Square Root Single. */
INSN(fsqrts, "59 FRT ///// FRB ///// 22 Rc", "fsqrts%r FRT, FRB", FPDIV, NEEDS_FP | SHORT_BODY)
{
    return unary_by_host(t, i, host_sqrt_single) ? NEXT : long_root_s(t, i);
}

/* Floating Reciprocal Estimate Single - here the nearest number. */
INSN(fres, "59 FRT ///// FRB ///// 24 Rc", "fres%r FRT, FRB", FP, NEEDS_FP)
{
    return unary(t, i, fp_reciprocal_s);
}

/* Floating Reciprocal Square Root Estimate Single. */
INSN(frsqrtes, "59 FRT ///// FRB ///// 26 Rc", "frsqrtes%r FRT, FRB", FP, NEEDS_FP)
{
    return unary(t, i, fp_rsqrt_s);
}

/* Test for software Divide - no FPSCR bit changes. */
INSN(ftdiv, "63 BF // FRA FRB 128 /", "ftdiv BF, FRA, FRB", FP, NEEDS_FP | SINCE_2_06)
{
    set_cr_field(t, F(bf), fp_test_divide_d(fpr(t, F(fra)), fpr(t, F(frb))));
    return NEXT;
}

/* Test for software Square Root. */
INSN(ftsqrt, "63 BF // ///// FRB 160 /", "ftsqrt BF, FRB", FP, NEEDS_FP | SINCE_2_06)
{
    set_cr_field(t, F(bf), fp_test_sqrt_d(fpr(t, F(frb))));
    return NEXT;
}

/* ---- 4.6.6.2 multiply-add: A * C + B, rounded once; the n forms negate the rounded result unless it is a NaN ---- */

INSN(fmadd, "63 FRT FRA FRB FRC 29 Rc", "fmadd%r FRT, FRA, FRC, FRB", FP, NEEDS_FP | SHORT_BODY)
{
    return fused_by_host(t, i, 0, false) ? NEXT : long_fused_d(t, i, 0);
}

INSN(fmadds, "59 FRT FRA FRB FRC 29 Rc", "fmadds%r FRT, FRA, FRC, FRB", FP, NEEDS_FP | SHORT_BODY)
{
    return fused_by_host(t, i, 0, true) ? NEXT : long_fused_s(t, i, 0);
}

INSN(fmsub, "63 FRT FRA FRB FRC 28 Rc", "fmsub%r FRT, FRA, FRC, FRB", FP, NEEDS_FP | SHORT_BODY)
{
    return fused_by_host(t, i, FP_FMA_SUBTRACT, false) ? NEXT : long_fused_d(t, i, FP_FMA_SUBTRACT);
}

INSN(fmsubs, "59 FRT FRA FRB FRC 28 Rc", "fmsubs%r FRT, FRA, FRC, FRB", FP, NEEDS_FP | SHORT_BODY)
{
    return fused_by_host(t, i, FP_FMA_SUBTRACT, true) ? NEXT : long_fused_s(t, i, FP_FMA_SUBTRACT);
}

INSN(fnmadd, "63 FRT FRA FRB FRC 31 Rc", "fnmadd%r FRT, FRA, FRC, FRB", FP, NEEDS_FP | SHORT_BODY)
{
    return fused_by_host(t, i, FP_FMA_NEGATE, false) ? NEXT : long_fused_d(t, i, FP_FMA_NEGATE);
}

INSN(fnmadds, "59 FRT FRA FRB FRC 31 Rc", "fnmadds%r FRT, FRA, FRC, FRB", FP, NEEDS_FP | SHORT_BODY)
{
    return fused_by_host(t, i, FP_FMA_NEGATE, true) ? NEXT : long_fused_s(t, i, FP_FMA_NEGATE);
}

INSN(fnmsub, "63 FRT FRA FRB FRC 30 Rc", "fnmsub%r FRT, FRA, FRC, FRB", FP, NEEDS_FP | SHORT_BODY)
{
    return fused_by_host(t, i, FP_FMA_SUBTRACT | FP_FMA_NEGATE, false)
               ? NEXT
               : long_fused_d(t, i, FP_FMA_SUBTRACT | FP_FMA_NEGATE);
}

INSN(fnmsubs, "59 FRT FRA FRB FRC 30 Rc", "fnmsubs%r FRT, FRA, FRC, FRB", FP, NEEDS_FP | SHORT_BODY)
{
    return fused_by_host(t, i, FP_FMA_SUBTRACT | FP_FMA_NEGATE, true)
               ? NEXT
               : long_fused_s(t, i, FP_FMA_SUBTRACT | FP_FMA_NEGATE);
}

/* ---- 4.6.7 rounding and conversion ---- */

/* Floating Round to Single-Precision. */
INSN(frsp, "63 FRT ///// FRB 12 Rc", "frsp%r FRT, FRB", FP, NEEDS_FP | SHORT_BODY)
{
    return unary_by_host(t, i, host_round_to_single) ? NEXT : long_round_to_single(t, i);
}

INSN(fctid, "63 FRT ///// FRB 814 Rc", "fctid%r FRT, FRB", FP, NEEDS_FP)
{
    return to_integer(t, i, 64, true, fpscr_of(t) & FPSCR_RN);
}

INSN(fctidu, "63 FRT ///// FRB 942 Rc", "fctidu%r FRT, FRB", FP, NEEDS_FP | SINCE_2_06)
{
    return to_integer(t, i, 64, false, fpscr_of(t) & FPSCR_RN);
}

INSN(fctidz, "63 FRT ///// FRB 815 Rc", "fctidz%r FRT, FRB", FP, NEEDS_FP | SHORT_BODY)
{
    return to_signed_toward_zero(t, i, 64);
}

INSN(fctiduz, "63 FRT ///// FRB 943 Rc", "fctiduz%r FRT, FRB", FP, NEEDS_FP | SINCE_2_06)
{
    return to_integer(t, i, 64, false, FP_TO_ZERO);
}

INSN(fctiw, "63 FRT ///// FRB 14 Rc", "fctiw%r FRT, FRB", FP, NEEDS_FP)
{
    return to_integer(t, i, 32, true, fpscr_of(t) & FPSCR_RN);
}

INSN(fctiwu, "63 FRT ///// FRB 142 Rc", "fctiwu%r FRT, FRB", FP, NEEDS_FP | SINCE_2_06)
{
    return to_integer(t, i, 32, false, fpscr_of(t) & FPSCR_RN);
}

INSN(fctiwz, "63 FRT ///// FRB 15 Rc", "fctiwz%r FRT, FRB", FP, NEEDS_FP | SHORT_BODY)
{
    return to_signed_toward_zero(t, i, 32);
}

INSN(fctiwuz, "63 FRT ///// FRB 143 Rc", "fctiwuz%r FRT, FRB", FP, NEEDS_FP | SINCE_2_06)
{
    return to_integer(t, i, 32, false, FP_TO_ZERO);
}

INSN(fcfid, "63 FRT ///// FRB 846 Rc", "fcfid%r FRT, FRB", FP, NEEDS_FP | SHORT_BODY)
{
    return unary_by_host(t, i, host_from_signed) ? NEXT : long_from_integer(t, i, false);
}

INSN(fcfidu, "63 FRT ///// FRB 974 Rc", "fcfidu%r FRT, FRB", FP, NEEDS_FP | SINCE_2_06)
{
    return from_integer(t, i, false, false);
}

INSN(fcfids, "59 FRT ///// FRB 846 Rc", "fcfids%r FRT, FRB", FP, NEEDS_FP | SHORT_BODY | SINCE_2_06)
{
    return unary_by_host(t, i, host_from_signed_single) ? NEXT : long_from_integer(t, i, true);
}

INSN(fcfidus, "59 FRT ///// FRB 974 Rc", "fcfidus%r FRT, FRB", FP, NEEDS_FP | SINCE_2_06)
{
    return from_integer(t, i, false, true);
}

INSN(frin, "63 FRT ///// FRB 392 Rc", "frin%r FRT, FRB", FP, NEEDS_FP)
{
    return to_integral(t, i, FP_TO_NEAREST_AWAY);
}

INSN(friz, "63 FRT ///// FRB 424 Rc", "friz%r FRT, FRB", FP, NEEDS_FP)
{
    return to_integral(t, i, FP_TO_ZERO);
}

INSN(frip, "63 FRT ///// FRB 456 Rc", "frip%r FRT, FRB", FP, NEEDS_FP)
{
    return to_integral(t, i, FP_TO_PLUS_INFINITY);
}

INSN(frim, "63 FRT ///// FRB 488 Rc", "frim%r FRT, FRB", FP, NEEDS_FP)
{
    return to_integral(t, i, FP_TO_MINUS_INFINITY);
}

/* ---- 4.6.8 comparison ---- */

INSN(fcmpu, "63 BF // FRA FRB 0 /", "fcmpu BF, FRA, FRB", FP, NEEDS_FP | SHORT_BODY)
{
    return compare_by_host(t, F(bf), fpr(t, F(fra)), fpr(t, F(frb))) ? NEXT : long_compare(t, i, false);
}

INSN(fcmpo, "63 BF // FRA FRB 32 /", "fcmpo BF, FRA, FRB", FP, NEEDS_FP | SHORT_BODY)
{
    return compare_by_host(t, F(bf), fpr(t, F(fra)), fpr(t, F(frb))) ? NEXT : long_compare(t, i, true);
}

/* ---- 4.6.9 selection ---- */

/* Floating Select - C if A is at least zero (of either sign), B if it is less or a NaN. */
INSN(fsel, "63 FRT FRA FRB FRC 23 Rc", "fsel%r FRT, FRA, FRC, FRB", FP, NEEDS_FP | SHORT_BODY)
{
    u64 a = fpr(t, F(fra)), b = fpr(t, F(frb)), c = fpr(t, F(frc));

    return move(t, i, !fp_is_nan_d(a) && (!(a & FP_D_SIGN) || a == FP_D_SIGN) ? c : b);
}

/* ---- 4.6.5 moves ---- */

INSN(fmr, "63 FRT ///// FRB 72 Rc", "fmr%r FRT, FRB", FP, NEEDS_FP | SHORT_BODY)
{
    return move(t, i, fpr(t, F(frb)));
}

INSN(fneg, "63 FRT ///// FRB 40 Rc", "fneg%r FRT, FRB", FP, NEEDS_FP | SHORT_BODY)
{
    return move(t, i, fpr(t, F(frb)) ^ FP_D_SIGN);
}

INSN(fabs, "63 FRT ///// FRB 264 Rc", "fabs%r FRT, FRB", FP, NEEDS_FP | SHORT_BODY)
{
    return move(t, i, fpr(t, F(frb)) & ~FP_D_SIGN);
}

INSN(fnabs, "63 FRT ///// FRB 136 Rc", "fnabs%r FRT, FRB", FP, NEEDS_FP | SHORT_BODY)
{
    return move(t, i, fpr(t, F(frb)) | FP_D_SIGN);
}

INSN(fcpsgn, "63 FRT FRA FRB 8 Rc", "fcpsgn%r FRT, FRA, FRB", FP, NEEDS_FP | SHORT_BODY)
{
    return move(t, i, (fpr(t, F(fra)) & FP_D_SIGN) | (fpr(t, F(frb)) & ~FP_D_SIGN));
}

/* Merge Even Word. */
INSN(fmrgew, "63 FRT FRA FRB 966 /", "fmrgew FRT, FRA, FRB", PM, NEEDS_FP | SHORT_BODY | SINCE_2_07)
{
    set_fpr(t, F(frt), (fpr(t, F(fra)) >> 32 << 32) | fpr(t, F(frb)) >> 32);
    return NEXT;
}

/* Merge Odd Word. */
INSN(fmrgow, "63 FRT FRA FRB 838 /", "fmrgow FRT, FRA, FRB", PM, NEEDS_FP | SHORT_BODY | SINCE_2_07)
{
    set_fpr(t, F(frt), fpr(t, F(fra)) << 32 | (u32)fpr(t, F(frb)));
    return NEXT;
}

/* ---- 4.6.10 the FPSCR itself ---- */

/* After a change: CR1 if Rc, and the interrupt if the change made FEX 1. */
inline_hot enum next fpscr_moved(struct thread *t, const struct insn *i)
{
    if (F(rc)) set_cr1(t);
    return fpscr_done(t);
}

/* Move From FPSCR. */
INSN(mffs, "63 FRT 0:5 ///// 583 Rc", "mffs%r FRT", FP, NEEDS_FP | SHORT_BODY)
{
    return move(t, i, fpscr_of(t));
}

/* Move From FPSCR & Clear Enables - the whole register, as it was. */
INSN(mffsce, "63 FRT 1:5 ///// 583 /", "mffsce FRT", FP, NEEDS_FP | SINCE_3_0)
{
    set_fpr(t, F(frt), fpscr_of(t));
    fpscr_write(t, 0, FPSCR_ENABLES);
    return NEXT;
}

INSN(mffscdrn, "63 FRT 20:5 FRB 583 /", "mffscdrn FRT, FRB", FP, NEEDS_FP | SINCE_3_0)
{
    u64 value = fpr(t, F(frb));

    set_fpr(t, F(frt), fpscr_of(t) & FPSCR_CONTROL);
    fpscr_write(t, value, FPSCR_DRN);
    return NEXT;
}

INSN(mffscdrni, "63 FRT 21:5 // DRM 583 /", "mffscdrni FRT, DRM", FP, NEEDS_FP | SINCE_3_0)
{
    u64 value = (u64)F(imm) << 32;

    set_fpr(t, F(frt), fpscr_of(t) & FPSCR_CONTROL);
    fpscr_write(t, value, FPSCR_DRN);
    return NEXT;
}

INSN(mffscrn, "63 FRT 22:5 FRB 583 /", "mffscrn FRT, FRB", FP, NEEDS_FP | SINCE_3_0)
{
    u64 value = fpr(t, F(frb));

    set_fpr(t, F(frt), fpscr_of(t) & FPSCR_CONTROL);
    fpscr_write(t, value, FPSCR_RN);
    return NEXT;
}

INSN(mffscrni, "63 FRT 23:5 /// RM 583 /", "mffscrni FRT, RM", FP, NEEDS_FP | SINCE_3_0)
{
    u64 value = (u64)F(imm);

    set_fpr(t, F(frt), fpscr_of(t) & FPSCR_CONTROL);
    fpscr_write(t, value, FPSCR_RN);
    return NEXT;
}

/* Move From FPSCR Lightweight - control bits and the status of the last operation. */
INSN(mffsl, "63 FRT 24:5 ///// 583 /", "mffsl FRT", FP, NEEDS_FP | SINCE_3_0)
{
    set_fpr(t, F(frt), fpscr_of(t) & (FPSCR_CONTROL | FPSCR_FR | FPSCR_FI | FPSCR_FPRF));
    return NEXT;
}

/* Move to Condition Register from FPSCR - the exception bits that were copied are then 0. */
INSN(mcrfs, "63 BF // BFA // ///// 64 /", "mcrfs BF, BFA", FP, NEEDS_FP)
{
    set_cr_field(t, F(bf), fpscr_read_and_clear(t, F(bfa)));
    return fpscr_done(t);
}

INSN(mtfsb0, "63 BT ///// ///// 70 Rc", "mtfsb0%r BT#", FP, NEEDS_FP)
{
    fpscr_set_bit(t, F(bt), false);
    return fpscr_moved(t, i);
}

INSN(mtfsb1, "63 BT ///// ///// 38 Rc", "mtfsb1%r BT#", FP, NEEDS_FP)
{
    fpscr_set_bit(t, F(bt), true);
    return fpscr_moved(t, i);
}

/* Move To FPSCR Field Immediate - W selects the upper word. */
INSN(mtfsfi, "63 BF ////// W U / 134 Rc", "mtfsfi%r BF#, U[, W]", FP, NEEDS_FP)
{
    unsigned shift = 28 - 4 * F(bf) + (F(x) ? 32 : 0);

    fpscr_write(t, (u64)(u32)F(imm) << shift, (u64)15 << shift);
    return fpscr_moved(t, i);
}

/* Each bit of FLM becomes the four bits of a field. */
inline_hot u64 spread_fields(unsigned flm)
{
    u64 mask = 0;

    for (unsigned n = 0; n < 8; n++)
        if (flm >> n & 1) mask |= (u64)15 << 4 * n;
    return mask;
}

/* Move To FPSCR Fields - FLM selects fields of the word that W says, L all of both. */
INSN(mtfsf, "63 L FLM W FRB 711 Rc", "mtfsf%r FLM, FRB, L, W", FP, NEEDS_FP)
{
    u64 mask = spread_fields((unsigned)F(imm));

    if (F(l)) mask = ~(u64)0;
    else if (F(x)) mask <<= 32;
    fpscr_write(t, fpr(t, F(frb)), mask);
    return fpscr_moved(t, i);
}
