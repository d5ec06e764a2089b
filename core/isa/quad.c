/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Book I, chapter 7: quad-precision.  Operands are whole vector registers (VSR 32-63), results are scalar: FR, FI and
 * FPRF are set, an enabled Invalid Operation or Zero Divide keeps the target.
 */
#include "core/isa/insn.h"

#include "core/isa/fp_body.h"

typedef u128 unary_q(struct fp_env *e, u128 b);
typedef u128 binary_q(struct fp_env *e, u128 a, u128 b);

inline_hot u128 quad(struct thread *t, unsigned n)
{
    return vr(t, n).q;
}

inline_hot void set_quad(struct thread *t, unsigned n, u128 value)
{
    union vsr v = {.q = value};

    set_vr(t, n, v);
}

static u128 sum_q(struct fp_env *e, u128 a, u128 b)
{
    return fp_add_q(e, a, b, false);
}
static u128 difference_q(struct fp_env *e, u128 a, u128 b)
{
    return fp_add_q(e, a, b, true);
}

inline_hot enum next finish_quad(struct thread *t, unsigned target, u128 result, const struct fp_env *e)
{
    port_target_vsr(t, target + 32);
    if (likely(fpscr_take_scalar(t, e))) set_quad(t, target, result);
    return fpscr_done(t);
}

inline_hot enum next quad_unary(struct thread *t, const struct insn *i, unary_q *op, bool to_odd)
{
    struct fp_env e = fpscr_env(t);
    u128 result;

    if (to_odd) e.rounding = FP_TO_ODD;
    result = op(&e, quad(t, F(vrb)));
    return finish_quad(t, F(vrt), result, &e);
}

inline_hot enum next quad_binary(struct thread *t, const struct insn *i, binary_q *op, bool to_odd)
{
    struct fp_env e = fpscr_env(t);
    u128 result;

    if (to_odd) e.rounding = FP_TO_ODD;
    result = op(&e, quad(t, F(vra)), quad(t, F(vrb)));
    return finish_quad(t, F(vrt), result, &e);
}

/* A * B + T. */
inline_hot enum next quad_fused(struct thread *t, const struct insn *i, unsigned how, bool to_odd)
{
    struct fp_env e = fpscr_env(t);
    u128 result;

    if (to_odd) e.rounding = FP_TO_ODD;
    result = fp_fma_q(&e, quad(t, F(vra)), quad(t, F(vrb)), quad(t, F(vrt)), how);
    return finish_quad(t, F(vrt), result, &e);
}

inline_hot enum next quad_compare(struct thread *t, const struct insn *i, bool ordered)
{
    u128 a = quad(t, F(vra)), b = quad(t, F(vrb));
    unsigned relation = fp_compare_q(a, b);
    bool unordered = relation == FP_UNORDERED, snan = unordered && (fp_is_snan_q(a) || fp_is_snan_q(b));

    return finish_compare(t, F(bf), relation, compare_exceptions(t, snan, unordered, ordered));
}

/*
 * The rounding mode of xsrqpi and xsrqpxp:
 *   R  RMC        R  RMC
 *   0  0  nearest, halves away     1  0  nearest even    1  2  toward +infinity
 *   0  3  as FPSCR[RN] says        1  1  toward zero     1  3  toward -infinity
 * R = 0 with another RMC is reserved: 2 is away from zero on POWER9; 1 we take for nearest even.
 */
inline_hot unsigned rounding_chosen(struct thread *t, const struct insn *i)
{
    if (F(r)) return F(l);
    switch (F(l)) {
    case 0: return FP_TO_NEAREST_AWAY;
    case 1: return FP_TO_NEAREST;
    case 2: return quad(t, F(vrb)) & FP_Q_SIGN ? FP_TO_MINUS_INFINITY : FP_TO_PLUS_INFINITY;
    default: return (unsigned)(fpscr_of(t) & FPSCR_RN);
    }
}

inline_hot enum next quad_integral(struct thread *t, const struct insn *i, bool inexact)
{
    struct fp_env e = fpscr_env(t);
    u128 result;

    e.rounding = (u8)rounding_chosen(t, i);
    result = fp_round_int_q(&e, quad(t, F(vrb)));
    if (!inexact) e.flags &= ~(FPSCR_XX | FPSCR_FI | FPSCR_FR);
    return finish_quad(t, F(vrt), result, &e);
}

/* Toward zero; a word is extended to a doubleword. */
inline_hot enum next quad_to_integer(struct thread *t, const struct insn *i, unsigned bits, bool is_signed)
{
    struct fp_env e = fpscr_env(t);
    u64 result;

    e.rounding = FP_TO_ZERO;
    result = fp_quad_to_int(&e, quad(t, F(vrb)), bits, is_signed);
    return finish_scalar(t, 32u + F(vrt), result, &e, false);
}

/* ---- 7.6.3 arithmetic; the o forms round to odd ---- */

INSN(xsaddqp, "63 VRT VRA VRB 4:10 0:1", "xsaddqp VRT, VRA, VRB", QP, NEEDS_VSX | SINCE_3_0)
{
    return quad_binary(t, i, sum_q, false);
}

INSN(xsaddqpo, "63 VRT VRA VRB 4:10 1:1", "xsaddqpo VRT, VRA, VRB", QP, NEEDS_VSX | SINCE_3_0)
{
    return quad_binary(t, i, sum_q, true);
}

INSN(xssubqp, "63 VRT VRA VRB 516:10 0:1", "xssubqp VRT, VRA, VRB", QP, NEEDS_VSX | SINCE_3_0)
{
    return quad_binary(t, i, difference_q, false);
}

INSN(xssubqpo, "63 VRT VRA VRB 516:10 1:1", "xssubqpo VRT, VRA, VRB", QP, NEEDS_VSX | SINCE_3_0)
{
    return quad_binary(t, i, difference_q, true);
}

INSN(xsmulqp, "63 VRT VRA VRB 36:10 0:1", "xsmulqp VRT, VRA, VRB", QP, NEEDS_VSX | SINCE_3_0)
{
    return quad_binary(t, i, fp_mul_q, false);
}

INSN(xsmulqpo, "63 VRT VRA VRB 36:10 1:1", "xsmulqpo VRT, VRA, VRB", QP, NEEDS_VSX | SINCE_3_0)
{
    return quad_binary(t, i, fp_mul_q, true);
}

INSN(xsdivqp, "63 VRT VRA VRB 548:10 0:1", "xsdivqp VRT, VRA, VRB", QP, NEEDS_VSX | SINCE_3_0)
{
    return quad_binary(t, i, fp_div_q, false);
}

INSN(xsdivqpo, "63 VRT VRA VRB 548:10 1:1", "xsdivqpo VRT, VRA, VRB", QP, NEEDS_VSX | SINCE_3_0)
{
    return quad_binary(t, i, fp_div_q, true);
}

INSN(xsmaddqp, "63 VRT VRA VRB 388:10 0:1", "xsmaddqp VRT, VRA, VRB", QP, NEEDS_VSX | SINCE_3_0)
{
    return quad_fused(t, i, 0, false);
}

INSN(xsmaddqpo, "63 VRT VRA VRB 388:10 1:1", "xsmaddqpo VRT, VRA, VRB", QP, NEEDS_VSX | SINCE_3_0)
{
    return quad_fused(t, i, 0, true);
}

INSN(xsmsubqp, "63 VRT VRA VRB 420:10 0:1", "xsmsubqp VRT, VRA, VRB", QP, NEEDS_VSX | SINCE_3_0)
{
    return quad_fused(t, i, FP_FMA_SUBTRACT, false);
}

INSN(xsmsubqpo, "63 VRT VRA VRB 420:10 1:1", "xsmsubqpo VRT, VRA, VRB", QP, NEEDS_VSX | SINCE_3_0)
{
    return quad_fused(t, i, FP_FMA_SUBTRACT, true);
}

INSN(xsnmaddqp, "63 VRT VRA VRB 452:10 0:1", "xsnmaddqp VRT, VRA, VRB", QP, NEEDS_VSX | SINCE_3_0)
{
    return quad_fused(t, i, FP_FMA_NEGATE, false);
}

INSN(xsnmaddqpo, "63 VRT VRA VRB 452:10 1:1", "xsnmaddqpo VRT, VRA, VRB", QP, NEEDS_VSX | SINCE_3_0)
{
    return quad_fused(t, i, FP_FMA_NEGATE, true);
}

INSN(xsnmsubqp, "63 VRT VRA VRB 484:10 0:1", "xsnmsubqp VRT, VRA, VRB", QP, NEEDS_VSX | SINCE_3_0)
{
    return quad_fused(t, i, FP_FMA_SUBTRACT | FP_FMA_NEGATE, false);
}

INSN(xsnmsubqpo, "63 VRT VRA VRB 484:10 1:1", "xsnmsubqpo VRT, VRA, VRB", QP, NEEDS_VSX | SINCE_3_0)
{
    return quad_fused(t, i, FP_FMA_SUBTRACT | FP_FMA_NEGATE, true);
}

INSN(xssqrtqp, "63 VRT 27:5 VRB 804:10 0:1", "xssqrtqp VRT, VRB", QP, NEEDS_VSX | SINCE_3_0)
{
    return quad_unary(t, i, fp_sqrt_q, false);
}

INSN(xssqrtqpo, "63 VRT 27:5 VRB 804:10 1:1", "xssqrtqpo VRT, VRB", QP, NEEDS_VSX | SINCE_3_0)
{
    return quad_unary(t, i, fp_sqrt_q, true);
}

/* ---- 7.6.3 comparison ---- */

INSN(xscmpuqp, "63 BF // VRA VRB 644 /", "xscmpuqp BF, VRA, VRB", QP, NEEDS_VSX | SINCE_3_0)
{
    return quad_compare(t, i, false);
}

INSN(xscmpoqp, "63 BF // VRA VRB 132 /", "xscmpoqp BF, VRA, VRB", QP, NEEDS_VSX | SINCE_3_0)
{
    return quad_compare(t, i, true);
}

/* Compare Exponents - as integers, unordered if either is a NaN. */
INSN(xscmpexpqp, "63 BF // VRA VRB 164 /", "xscmpexpqp BF, VRA, VRB", QP, NEEDS_VSX | SINCE_3_0)
{
    u128 a = quad(t, F(vra)), b = quad(t, F(vrb));
    unsigned relation = cr_of_unsigned((u64)(a >> 112) & 0x7fff, (u64)(b >> 112) & 0x7fff);

    if (fp_is_nan_q(a) || fp_is_nan_q(b)) relation = FP_UNORDERED;
    fpscr_set_fpcc(t, relation);
    set_cr_field(t, F(bf), relation);
    return NEXT;
}

INSN(xststdcqp, "63 BF DCMX VRB 708 /", "xststdcqp BF, VRB, DCMX", QP, NEEDS_VSX | SINCE_3_0)
{
    u128 b = quad(t, F(vrb));

    return test_class(t, i, fp_class_q(b), b >> 127 != 0, false);
}

/* ---- 7.6.3 rounding: R and RMC choose the mode ---- */

INSN(xsrqpi, "63 VRT //// R VRB RMC 5:8 0:1", "xsrqpi R, VRT, VRB, RMC", QP, NEEDS_VSX | SINCE_3_0)
{
    return quad_integral(t, i, false);
}

/* The form that records inexactness. */
INSN(xsrqpix, "63 VRT //// R VRB RMC 5:8 1:1", "xsrqpix R, VRT, VRB, RMC", QP, NEEDS_VSX | SINCE_3_0)
{
    return quad_integral(t, i, true);
}

/* Round to the 64-bit significand of the double-extended format. */
INSN(xsrqpxp, "63 VRT //// R VRB RMC 37 /", "xsrqpxp R, VRT, VRB, RMC", QP, NEEDS_VSX | SINCE_3_0)
{
    struct fp_env e = fpscr_env(t);
    u128 result;

    e.rounding = (u8)rounding_chosen(t, i);
    result = fp_quad_to_extended(&e, quad(t, F(vrb)));
    return finish_quad(t, F(vrt), result, &e);
}

/* ---- 7.6.3 conversion ---- */

INSN(xscvqpdp, "63 VRT 20:5 VRB 836:10 0:1", "xscvqpdp VRT, VRB", QP, NEEDS_VSX | SINCE_3_0)
{
    struct fp_env e = fpscr_env(t);
    u64 result;

    result = fp_quad_to_double(&e, quad(t, F(vrb)));
    return finish_scalar(t, 32u + F(vrt), result, &e, false);
}

INSN(xscvqpdpo, "63 VRT 20:5 VRB 836:10 1:1", "xscvqpdpo VRT, VRB", QP, NEEDS_VSX | SINCE_3_0)
{
    struct fp_env e = fpscr_env(t);
    u64 result;

    e.rounding = FP_TO_ODD;
    result = fp_quad_to_double(&e, quad(t, F(vrb)));
    return finish_scalar(t, 32u + F(vrt), result, &e, false);
}

INSN(xscvdpqp, "63 VRT 22:5 VRB 836 /", "xscvdpqp VRT, VRB", QP, NEEDS_VSX | SINCE_3_0)
{
    struct fp_env e = fpscr_env(t);
    u128 result = fp_double_to_quad(&e, (u64)(quad(t, F(vrb)) >> 64));

    return finish_quad(t, F(vrt), result, &e);
}

INSN(xscvqpsdz, "63 VRT 25:5 VRB 836 /", "xscvqpsdz VRT, VRB", QP, NEEDS_VSX | SINCE_3_0)
{
    return quad_to_integer(t, i, 64, true);
}

INSN(xscvqpudz, "63 VRT 17:5 VRB 836 /", "xscvqpudz VRT, VRB", QP, NEEDS_VSX | SINCE_3_0)
{
    return quad_to_integer(t, i, 64, false);
}

INSN(xscvqpswz, "63 VRT 9:5 VRB 836 /", "xscvqpswz VRT, VRB", QP, NEEDS_VSX | SINCE_3_0)
{
    return quad_to_integer(t, i, 32, true);
}

INSN(xscvqpuwz, "63 VRT 1:5 VRB 836 /", "xscvqpuwz VRT, VRB", QP, NEEDS_VSX | SINCE_3_0)
{
    return quad_to_integer(t, i, 32, false);
}

INSN(xscvsdqp, "63 VRT 10:5 VRB 836 /", "xscvsdqp VRT, VRB", QP, NEEDS_VSX | SINCE_3_0)
{
    struct fp_env e = fpscr_env(t);
    u128 result = fp_int_to_quad(&e, (u64)(quad(t, F(vrb)) >> 64), true);

    return finish_quad(t, F(vrt), result, &e);
}

INSN(xscvudqp, "63 VRT 2:5 VRB 836 /", "xscvudqp VRT, VRB", QP, NEEDS_VSX | SINCE_3_0)
{
    struct fp_env e = fpscr_env(t);
    u128 result = fp_int_to_quad(&e, (u64)(quad(t, F(vrb)) >> 64), false);

    return finish_quad(t, F(vrt), result, &e);
}

/* ---- 7.6.3 signs, exponents, significands ---- */

INSN(xsabsqp, "63 VRT 0:5 VRB 804 /", "xsabsqp VRT, VRB", QP, NEEDS_VSX | SINCE_3_0)
{
    set_quad(t, F(vrt), quad(t, F(vrb)) & ~FP_Q_SIGN);
    return NEXT;
}

INSN(xsnabsqp, "63 VRT 8:5 VRB 804 /", "xsnabsqp VRT, VRB", QP, NEEDS_VSX | SINCE_3_0)
{
    set_quad(t, F(vrt), quad(t, F(vrb)) | FP_Q_SIGN);
    return NEXT;
}

INSN(xsnegqp, "63 VRT 16:5 VRB 804 /", "xsnegqp VRT, VRB", QP, NEEDS_VSX | SINCE_3_0)
{
    set_quad(t, F(vrt), quad(t, F(vrb)) ^ FP_Q_SIGN);
    return NEXT;
}

INSN(xscpsgnqp, "63 VRT VRA VRB 100 /", "xscpsgnqp VRT, VRA, VRB", QP, NEEDS_VSX | SINCE_3_0)
{
    set_quad(t, F(vrt), (quad(t, F(vra)) & FP_Q_SIGN) | (quad(t, F(vrb)) & ~FP_Q_SIGN));
    return NEXT;
}

INSN(xsxexpqp, "63 VRT 2:5 VRB 804 /", "xsxexpqp VRT, VRB", QP, NEEDS_VSX | SINCE_3_0)
{
    set_fpr(t, 32u + F(vrt), (u64)(quad(t, F(vrb)) >> 112) & 0x7fff);
    return NEXT;
}

INSN(xsxsigqp, "63 VRT 18:5 VRB 804 /", "xsxsigqp VRT, VRB", QP, NEEDS_VSX | SINCE_3_0)
{
    u128 b = quad(t, F(vrb)), exponent = b >> 112 & 0x7fff, fraction = b & (((u128)1 << 112) - 1);

    set_quad(t, F(vrt), exponent && exponent != 0x7fff ? fraction | (u128)1 << 112 : fraction);
    return NEXT;
}

INSN(xsiexpqp, "63 VRT VRA VRB 868 /", "xsiexpqp VRT, VRA, VRB", QP, NEEDS_VSX | SINCE_3_0)
{
    u128 exponent = quad(t, F(vrb)) >> 64 & 0x7fff, mask = (u128)0x7fff << 112;

    set_quad(t, F(vrt), (quad(t, F(vra)) & ~mask) | exponent << 112);
    return NEXT;
}
