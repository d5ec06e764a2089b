/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Book I 6.10: floating point of the vector facility: four singles, always rounded to nearest, no exception recorded
 * anywhere (6.6), the default NaN for what is invalid.
 *
 * VSCR[NJ] (6.3.2): with NJ = 1 a denormal operand counts as a zero of its sign, and a result that underflows - is tiny
 * before rounding - is a zero of its sign.  With NJ = 0 denormals are ordinary numbers.
 *
 * The estimates are better than the book asks (the nearest number for 1/x and 1/sqrt(x), some 40 bits for 2**x and
 * log2(x)), computed with integers, and so the same everywhere.
 */
#include "core/isa/vector.h"

#include "core/isa/hostfp.h"

typedef u32 unary_f(struct fp_env *e, u32 b);
typedef u32 binary_f(struct fp_env *e, u32 a, u32 b);

inline_hot bool non_java(struct thread *t)
{
    return vscr_of(t) & VSCR_NJ;
}

inline_hot u32 operand_of(struct thread *t, u32 v)
{
    return non_java(t) && !(v & FP_F_INF) ? v & FP_F_SIGN : v;
}

inline_hot u32 result_of(struct thread *t, const struct fp_env *e, u32 v)
{
    return non_java(t) && ((e->flags & FPSCR_UX) || !(v & FP_F_INF)) ? v & FP_F_SIGN : v;
}

inline_hot enum next unary(struct thread *t, const struct insn *i, unary_f *op)
{
    union vsr b = vr(t, F(vrb));

    for (unsigned n = 0; n < 4; n++) {
        struct fp_env e = {0, 0, 0, FP_TO_NEAREST};
        u32 v = op(&e, operand_of(t, b.w[n]));
        b.w[n] = result_of(t, &e, v);
    }
    set_vr(t, F(vrt), b);
    return NEXT;
}

inline_hot enum next binary(struct thread *t, const struct insn *i, binary_f *op)
{
    union vsr a = vr(t, F(vra)), b = vr(t, F(vrb));

    for (unsigned n = 0; n < 4; n++) {
        struct fp_env e = {0, 0, 0, FP_TO_NEAREST};
        u32 v = op(&e, operand_of(t, a.w[n]), operand_of(t, b.w[n]));
        a.w[n] = result_of(t, &e, v);
    }
    set_vr(t, F(vrt), a);
    return NEXT;
}

inline_hot enum next fused(struct thread *t, const struct insn *i, unsigned how)
{
    union vsr a = vr(t, F(vra)), c = vr(t, F(vrc)), b = vr(t, F(vrb));

    for (unsigned n = 0; n < 4; n++) {
        struct fp_env e = {0, 0, 0, FP_TO_NEAREST};
        u32 v = fp_fma_f(&e, operand_of(t, a.w[n]), operand_of(t, c.w[n]), operand_of(t, b.w[n]), how);
        a.w[n] = result_of(t, &e, v);
    }
    set_vr(t, F(vrt), a);
    return NEXT;
}

static u32 sum(struct fp_env *e, u32 a, u32 b)
{
    return fp_add_f(e, a, b, false);
}
static u32 difference(struct fp_env *e, u32 a, u32 b)
{
    return fp_add_f(e, a, b, true);
}

/* A NaN wins, A's before B's; +0 is greater than -0. */
inline_hot u32 better(u32 a, u32 b, bool maximum)
{
    unsigned relation = fp_compare_f(a, b);

    if (relation == FP_UNORDERED) return (fp_is_nan_f(a) ? a : b) | FP_F_QUIET;
    if (relation == FP_EQUAL) return maximum ? a & b : a | b;
    return (relation == FP_GREATER) == maximum ? a : b;
}
static u32 maximum(struct fp_env *e, u32 a, u32 b)
{
    (void)e;
    return better(a, b, true);
}
static u32 minimum(struct fp_env *e, u32 a, u32 b)
{
    (void)e;
    return better(a, b, false);
}

static u32 round_nearest(struct fp_env *e, u32 b)
{
    return fp_round_int_f(e, b);
}
static u32 round_zero(struct fp_env *e, u32 b)
{
    e->rounding = FP_TO_ZERO;
    return fp_round_int_f(e, b);
}
static u32 round_up(struct fp_env *e, u32 b)
{
    e->rounding = FP_TO_PLUS_INFINITY;
    return fp_round_int_f(e, b);
}
static u32 round_down(struct fp_env *e, u32 b)
{
    e->rounding = FP_TO_MINUS_INFINITY;
    return fp_round_int_f(e, b);
}

/* ---- 2**x and log2(x) ---- */

/* 2**n as a double; n is in its normal range. */
inline_hot u64 power_of_two(int n)
{
    return (u64)(1023 + n) << 52;
}

/* 2**f for f in [0, 1) with 63 fraction bits, result likewise in [1, 2): the series of exp(f ln 2). */
static u64 exp2_fraction(u64 f)
{
    const u64 ln2 = 0x58b90bfbe8e7bcd5ULL; /* ln 2 * 2**63 */
    u64 x = (u64)((u128)f * ln2 >> 63), term = 1ULL << 63, sum_of_terms = 0;

    for (unsigned n = 1; term; n++) {
        sum_of_terms += term;
        term = (u64)((u128)term * x >> 63) / n;
    }
    return sum_of_terms;
}

static u32 exp2_estimate(struct fp_env *e, u32 b)
{
    struct fp_env exact = {0, 0, 0, FP_TO_MINUS_INFINITY};
    u64 wide = fp_widen_single(b), fraction;
    s64 whole;

    if (fp_is_nan_f(b)) return b | FP_F_QUIET;
    whole = (s64)fp_double_to_int(&exact, wide, 64, true);
    if (whole >= 128) return FP_F_INF;
    if (whole < -151) {
        e->flags |= FPSCR_UX;
        return 0;
    }
    /* x - floor(x), scaled to 63 bits; the smallest x lose bits that do not matter to 2**x */
    wide = fp_add_d(&exact, wide, fp_int_to_double(&exact, (u64)whole, true), true);
    fraction = fp_double_to_int(&exact, fp_mul_d(&exact, wide, power_of_two(63)), 64, false);
    if (fraction >> 63) fraction = (1ULL << 63) - 1;
    wide = fp_int_to_double(&exact, exp2_fraction(fraction), false);
    return fp_double_to_single(e, fp_mul_d(&exact, wide, power_of_two((int)whole - 63)));
}

/* log2 of a positive number: the exponent, and the fraction by squaring: 40 bits. */
static u32 log2_estimate(struct fp_env *e, u32 b)
{
    struct fp_env exact = {0, 0, 0, FP_TO_NEAREST};
    u64 wide = fp_widen_single(b), m;
    s64 result;

    if (fp_is_nan_f(b)) return b | FP_F_QUIET;
    if (!(b & ~FP_F_SIGN)) return FP_F_SIGN | FP_F_INF;
    if (b & FP_F_SIGN) return FP_F_INF | FP_F_QUIET;
    if (b == FP_F_INF) return b;
    result = (s64)(wide >> 52) - 1023;
    m = (wide & 0xfffffffffffffULL) << 11 | 1ULL << 63;
    for (unsigned n = 0; n < 40; n++) {
        u128 square = (u128)m * m;
        bool two = square >> 127;
        m = (u64)(square >> (two ? 64 : 63));
        result = result * 2 + two;
    }
    return fp_double_to_single(e, fp_mul_d(&exact, fp_int_to_double(&exact, (u64)result, true), power_of_two(-40)));
}

/* ---- comparison: CR6 says all true, all false ---- */

inline_hot enum next compare(struct thread *t, const struct insn *i, unsigned wanted)
{
    union vsr a = vr(t, F(vra)), b = vr(t, F(vrb));

    for (unsigned n = 0; n < 4; n++)
        a.w[n] = fp_compare_f(operand_of(t, a.w[n]), operand_of(t, b.w[n])) & wanted ? ~0U : 0;
    set_vr(t, F(vrt), a);
    if (F(rc)) set_cr_field(t, 6, (~a.q ? 0 : CR_LT) | (a.q ? 0 : CR_EQ));
    return NEXT;
}

/* ---- conversion with a scale of 2**UIM ---- */

inline_hot enum next from_fixed(struct thread *t, const struct insn *i, bool is_signed)
{
    union vsr b = vr(t, F(vrb));
    u64 scale = power_of_two(-(int)F(uim));

    for (unsigned n = 0; n < 4; n++) {
        struct fp_env e = {0, 0, 0, FP_TO_NEAREST};
        u64 v = fp_int_to_double(&e, is_signed ? (u64)(s64)(s32)b.w[n] : b.w[n], is_signed);
        b.w[n] = fp_double_to_single(&e, fp_mul_d(&e, v, scale));
    }
    set_vr(t, F(vrt), b);
    return NEXT;
}

/* Toward zero, saturating (VSCR[SAT]); a NaN gives 0 and does not saturate. */
inline_hot enum next to_fixed(struct thread *t, const struct insn *i, bool is_signed)
{
    union vsr b = vr(t, F(vrb));
    u64 scale = power_of_two(F(uim));

    may_saturate(t);
    for (unsigned n = 0; n < 4; n++) {
        struct fp_env e = {0, 0, 0, FP_TO_ZERO};
        u64 v = fp_mul_d(&e, fp_widen_single(operand_of(t, b.w[n])), scale);
        if (fp_is_nan_f(b.w[n])) {
            b.w[n] = 0;
            continue;
        }
        b.w[n] = (u32)fp_double_to_int(&e, v, 32, is_signed);
        if (e.flags & FPSCR_VXCVI) t->vscr |= VSCR_SAT;
    }
    set_vr(t, F(vrt), b);
    return NEXT;
}

/*
 * By the host (hostfp.h), if in all four words the operands are zeros or normal numbers and it does not refuse: no
 * denormal takes part, so NJ does not matter.
 */
inline_hot bool is_plain(u32 v)
{
    return host_within_f(v, 1, 254) || host_is_zero_f(v);
}

static __attribute__((noinline)) enum next long_sum(struct thread *t, const struct insn *i)
{
    return binary(t, i, sum);
}
static __attribute__((noinline)) enum next long_difference(struct thread *t, const struct insn *i)
{
    return binary(t, i, difference);
}
static __attribute__((noinline)) enum next long_fused(struct thread *t, const struct insn *i, unsigned how)
{
    return fused(t, i, how);
}

inline_hot must_use bool sum_by_host(struct thread *t, const struct insn *i, u32 flip_b)
{
    union vsr a = vr(t, F(vra)), b = vr(t, F(vrb));
    bool refused = false;

    port_reads(t, NAMED_VSCR); /* if the host refuses */
    for (unsigned n = 0; n < 4; n++) {
        struct hostfp r = host_add_f(a.w[n], b.w[n] ^ flip_b);
        refused |= r.refused || !is_plain(a.w[n]) || !is_plain(b.w[n]);
        a.w[n] = (u32)r.bits;
    }
    if (likely(!refused)) set_vr(t, F(vrt), a);
    return !refused;
}

/* A * C + B, or -(A * C - B). */
inline_hot enum next fused_either_way(struct thread *t, const struct insn *i, unsigned how)
{
    union vsr a = vr(t, F(vra)), c = vr(t, F(vrc)), b = vr(t, F(vrb));
    const u32 flip = how ? FP_F_SIGN : 0;
    bool refused = false;

    port_reads(t, NAMED_VSCR); /* if the host refuses */
    for (unsigned n = 0; n < 4; n++) {
        struct hostfp r = host_fma_f(a.w[n], c.w[n], b.w[n] ^ flip);
        refused |= r.refused || !is_plain(a.w[n]) || !is_plain(c.w[n]) || !is_plain(b.w[n]);
        a.w[n] = (u32)r.bits ^ flip;
    }
    if (unlikely(refused)) return long_fused(t, i, how);
    set_vr(t, F(vrt), a);
    return NEXT;
}

/* ---- 6.10.1 arithmetic ---- */

INSN(vaddfp, "4 VRT VRA VRB 10", "vaddfp VRT, VRA, VRB", VFP, NEEDS_VEC | SHORT_BODY)
{
    return sum_by_host(t, i, 0) ? NEXT : long_sum(t, i);
}

INSN(vsubfp, "4 VRT VRA VRB 74", "vsubfp VRT, VRA, VRB", VFP, NEEDS_VEC | SHORT_BODY)
{
    return sum_by_host(t, i, FP_F_SIGN) ? NEXT : long_difference(t, i);
}

INSN(vmaddfp, "4 VRT VRA VRB VRC 46", "vmaddfp VRT, VRA, VRC, VRB", VFP, NEEDS_VEC | SHORT_BODY)
{
    return fused_either_way(t, i, 0);
}

INSN(vnmsubfp, "4 VRT VRA VRB VRC 47", "vnmsubfp VRT, VRA, VRC, VRB", VFP, NEEDS_VEC | SHORT_BODY)
{
    return fused_either_way(t, i, FP_FMA_SUBTRACT | FP_FMA_NEGATE);
}

/* ---- 6.10.2 maximum and minimum ---- */

INSN(vmaxfp, "4 VRT VRA VRB 1034", "vmaxfp VRT, VRA, VRB", VFP, NEEDS_VEC)
{
    return binary(t, i, maximum);
}

INSN(vminfp, "4 VRT VRA VRB 1098", "vminfp VRT, VRA, VRB", VFP, NEEDS_VEC)
{
    return binary(t, i, minimum);
}

/* ---- 6.10.3 rounding and conversion ---- */

INSN(vrfin, "4 VRT ///// VRB 522", "vrfin VRT, VRB", VFP, NEEDS_VEC)
{
    return unary(t, i, round_nearest);
}

INSN(vrfiz, "4 VRT ///// VRB 586", "vrfiz VRT, VRB", VFP, NEEDS_VEC)
{
    return unary(t, i, round_zero);
}

INSN(vrfip, "4 VRT ///// VRB 650", "vrfip VRT, VRB", VFP, NEEDS_VEC)
{
    return unary(t, i, round_up);
}

INSN(vrfim, "4 VRT ///// VRB 714", "vrfim VRT, VRB", VFP, NEEDS_VEC)
{
    return unary(t, i, round_down);
}

INSN(vcfux, "4 VRT UIM VRB 778", "vcfux VRT, VRB, UIM", VFP, NEEDS_VEC)
{
    return from_fixed(t, i, false);
}

INSN(vcfsx, "4 VRT UIM VRB 842", "vcfsx VRT, VRB, UIM", VFP, NEEDS_VEC)
{
    return from_fixed(t, i, true);
}

INSN(vctuxs, "4 VRT UIM VRB 906", "vctuxs VRT, VRB, UIM", VFP, NEEDS_VEC)
{
    return to_fixed(t, i, false);
}

INSN(vctsxs, "4 VRT UIM VRB 970", "vctsxs VRT, VRB, UIM", VFP, NEEDS_VEC)
{
    return to_fixed(t, i, true);
}

/* ---- 6.10.4 comparison ---- */

INSN(vcmpeqfp, "4 VRT VRA VRB Rcv 198", "vcmpeqfp%r VRT, VRA, VRB", VFP, NEEDS_VEC)
{
    return compare(t, i, FP_EQUAL);
}

INSN(vcmpgefp, "4 VRT VRA VRB Rcv 454", "vcmpgefp%r VRT, VRA, VRB", VFP, NEEDS_VEC)
{
    return compare(t, i, FP_GREATER | FP_EQUAL);
}

INSN(vcmpgtfp, "4 VRT VRA VRB Rcv 710", "vcmpgtfp%r VRT, VRA, VRB", VFP, NEEDS_VEC)
{
    return compare(t, i, FP_GREATER);
}

/* Vector Compare Bounds: bit 0 "A is not <= B", bit 1 "A is not >= -B"; CR6 has EQ if every element is within bounds.
 */
INSN(vcmpbfp, "4 VRT VRA VRB Rcv 966", "vcmpbfp%r VRT, VRA, VRB", VFP, NEEDS_VEC)
{
    union vsr a = vr(t, F(vra)), b = vr(t, F(vrb));

    for (unsigned n = 0; n < 4; n++) {
        u32 x = operand_of(t, a.w[n]), bound = operand_of(t, b.w[n]);
        bool above = !(fp_compare_f(x, bound) & (FP_LESS | FP_EQUAL));
        bool below = !(fp_compare_f(x, bound ^ FP_F_SIGN) & (FP_GREATER | FP_EQUAL));
        a.w[n] = (above ? 0x80000000U : 0) | (below ? 0x40000000U : 0);
    }
    set_vr(t, F(vrt), a);
    if (F(rc)) set_cr_field(t, 6, a.q ? 0 : CR_EQ);
    return NEXT;
}

/* ---- 6.10.5 estimates ---- */

INSN(vrefp, "4 VRT ///// VRB 266", "vrefp VRT, VRB", VFP, NEEDS_VEC)
{
    return unary(t, i, fp_reciprocal_f);
}

INSN(vrsqrtefp, "4 VRT ///// VRB 330", "vrsqrtefp VRT, VRB", VFP, NEEDS_VEC)
{
    return unary(t, i, fp_rsqrt_f);
}

INSN(vexptefp, "4 VRT ///// VRB 394", "vexptefp VRT, VRB", VFP, NEEDS_VEC)
{
    return unary(t, i, exp2_estimate);
}

INSN(vlogefp, "4 VRT ///// VRB 458", "vlogefp VRT, VRB", VFP, NEEDS_VEC)
{
    return unary(t, i, log2_estimate);
}
