/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Book I, chapter 7: the arithmetic of the vector-scalar registers.  Scalars compute like chapter 4 in doubleword 0 and
 * leave doubleword 1 zero (undefined by the book).  Vectors compute every element in one environment: they set
 * exception bits but not FR, FI or FPRF, and an enabled exception in any element leaves the target as it was.
 *
 * Forms that convert between element sizes are written over the larger element: a single in a doubleword lies in its
 * high word, a half in a word in its low half; the unused word of a result repeats the other, as POWER9 does.
 */
#include "core/isa/insn.h"

#include "core/isa/fp_body.h"

typedef u64 unary_d(struct fp_env *e, u64 b);
typedef u64 binary_d(struct fp_env *e, u64 a, u64 b);
typedef u64 fused_d(struct fp_env *e, u64 a, u64 c, u64 b, unsigned how);
typedef u32 unary_f(struct fp_env *e, u32 b);
typedef u32 binary_f(struct fp_env *e, u32 a, u32 b);

/* ---- scalar ---- */

inline_hot u64 dword(struct thread *t, unsigned n)
{
    return fpr(t, n);
}

static u64 sum_d(struct fp_env *e, u64 a, u64 b)
{
    return fp_add_d(e, a, b, false);
}
static u64 difference_d(struct fp_env *e, u64 a, u64 b)
{
    return fp_add_d(e, a, b, true);
}
static u64 sum_s(struct fp_env *e, u64 a, u64 b)
{
    return fp_add_s(e, a, b, false);
}
static u64 difference_s(struct fp_env *e, u64 a, u64 b)
{
    return fp_add_s(e, a, b, true);
}
static u32 sum_f(struct fp_env *e, u32 a, u32 b)
{
    return fp_add_f(e, a, b, false);
}
static u32 difference_f(struct fp_env *e, u32 a, u32 b)
{
    return fp_add_f(e, a, b, true);
}

inline_hot enum next scalar_unary(struct thread *t, const struct insn *i, unary_d *op)
{
    struct fp_env e = fpscr_env(t);
    u64 result = op(&e, dword(t, F(xb)));

    return finish_scalar(t, F(xt), result, &e, false);
}

inline_hot enum next scalar_binary(struct thread *t, const struct insn *i, binary_d *op)
{
    struct fp_env e = fpscr_env(t);
    u64 result = op(&e, dword(t, F(xa)), dword(t, F(xb)));

    return finish_scalar(t, F(xt), result, &e, false);
}

/* Type A: A * B + T; type M: A * T + B. */
inline_hot enum next scalar_fused(struct thread *t, const struct insn *i, fused_d *op, unsigned how, bool type_m)
{
    struct fp_env e = fpscr_env(t);
    u64 factor = dword(t, type_m ? F(xt) : F(xb)), addend = dword(t, type_m ? F(xb) : F(xt));
    u64 result = op(&e, dword(t, F(xa)), factor, addend, how);

    return finish_scalar(t, F(xt), result, &e, false);
}

inline_hot enum next scalar_to_integer(struct thread *t, const struct insn *i, unsigned bits, bool is_signed)
{
    struct fp_env e = fpscr_env(t);
    u64 result;

    e.rounding = FP_TO_ZERO;
    result = fp_double_to_int(&e, dword(t, F(xb)), bits, is_signed);
    return finish_scalar(t, F(xt), bits == 32 ? both_words(result) : result, &e, false);
}

inline_hot enum next scalar_to_integral(struct thread *t, const struct insn *i, u64 rounding, bool inexact)
{
    struct fp_env e = fpscr_env(t);
    u64 result;

    e.rounding = (u8)rounding;
    result = fp_round_int_d(&e, dword(t, F(xb)));
    if (!inexact) e.flags &= ~(FPSCR_XX | FPSCR_FI | FPSCR_FR);
    return finish_scalar(t, F(xt), result, &e, false);
}

inline_hot enum next compare_scalar(struct thread *t, const struct insn *i, bool ordered)
{
    u64 a = dword(t, F(xa)), b = dword(t, F(xb));
    unsigned relation = fp_compare_d(a, b);
    bool unordered = relation == FP_UNORDERED, snan = unordered && (fp_is_snan_d(a) || fp_is_snan_d(b));

    return finish_compare(t, F(bf), relation, compare_exceptions(t, snan, unordered, ordered));
}

/* A result that changes no FPRF, FR or FI, only exception bits; an enabled one keeps the target. */
inline_hot enum next finish_quietly(struct thread *t, const struct insn *i, u64 result, const struct fp_env *e)
{
    port_target_vsr(t, F(xt));
    if (likely(fpscr_take_vector(t, e))) set_fpr(t, F(xt), result);
    return fpscr_done(t);
}

inline_hot enum next compare_to_mask(struct thread *t, const struct insn *i, unsigned wanted, bool ordered)
{
    struct fp_env e = fpscr_env(t);
    u64 a = dword(t, F(xa)), b = dword(t, F(xb));
    unsigned relation = fp_compare_d(a, b);
    bool unordered = relation == FP_UNORDERED, snan = unordered && (fp_is_snan_d(a) || fp_is_snan_d(b));

    e.flags = compare_exceptions(t, snan, unordered, ordered);
    return finish_quietly(t, i, relation & wanted ? ~(u64)0 : 0, &e);
}

/*
 * Three ideas of the greater (or lesser) of two:
 *   xsmaxdp    IEEE: a number beats a quiet NaN, +0 beats -0, a signalling NaN is made quiet and wins
 *   xsmaxcdp   C's a > b ? a : b, so B if they are unordered, and of two zeros
 *   xsmaxjdp   Java's: the first NaN as it is; +0 beats -0
 * All set VXSNAN for a signalling operand.
 */
static u64 best_d(u64 a, u64 b, bool maximum)
{
    unsigned relation = fp_compare_d(a, b);

    if (unlikely(relation == FP_UNORDERED)) {
        if (fp_is_snan_d(a) || (fp_is_nan_d(a) && fp_is_nan_d(b))) return a | FP_D_QUIET;
        return fp_is_snan_d(b) || !fp_is_nan_d(a) ? (fp_is_snan_d(b) ? b | FP_D_QUIET : a) : b;
    }
    if (relation == FP_EQUAL) return maximum ? a & b : a | b;
    return (relation == FP_GREATER) == maximum ? a : b;
}

static u64 best_c(u64 a, u64 b, bool maximum)
{
    return fp_compare_d(a, b) == (maximum ? FP_GREATER : FP_LESS) ? a : b;
}

static u64 best_j(u64 a, u64 b, bool maximum)
{
    return fp_is_nan_d(a) ? a : fp_is_nan_d(b) ? b : best_d(a, b, maximum);
}

inline_hot enum next select_scalar(struct thread *t, const struct insn *i, u64 (*best)(u64, u64, bool), bool maximum)
{
    struct fp_env e = fpscr_env(t);
    u64 a = dword(t, F(xa)), b = dword(t, F(xb));

    if (fp_is_snan_d(a) || fp_is_snan_d(b)) e.flags = FPSCR_VXSNAN;
    return finish_quietly(t, i, best(a, b, maximum), &e);
}

/* ---- element conversions; each is both scalar (doubleword 0) and vector ---- */

static u64 double_to_both_words(struct fp_env *e, u64 b)
{
    return both_words(fp_double_to_single(e, b));
}
static u64 double_of_high_word(struct fp_env *e, u64 b)
{
    return fp_single_to_double(e, (u32)(b >> 32));
}
static u64 double_of_low_half(struct fp_env *e, u64 b)
{
    return fp_half_to_double(e, (u16)b);
}
static u64 double_to_low_half(struct fp_env *e, u64 b)
{
    return fp_double_to_half(e, b);
}
static u32 single_of_low_half(struct fp_env *e, u32 b)
{
    return fp_half_to_single(e, (u16)b);
}
static u32 single_to_low_half(struct fp_env *e, u32 b)
{
    return fp_single_to_half(e, b);
}
static u64 signed_to_d(struct fp_env *e, u64 b)
{
    return fp_int_to_double(e, b, true);
}
static u64 unsigned_to_d(struct fp_env *e, u64 b)
{
    return fp_int_to_double(e, b, false);
}
static u64 signed_to_s(struct fp_env *e, u64 b)
{
    return fp_int_to_round_single(e, b, true);
}
static u64 unsigned_to_s(struct fp_env *e, u64 b)
{
    return fp_int_to_round_single(e, b, false);
}
static u64 s32_to_d(struct fp_env *e, u64 b)
{
    return fp_int_to_double(e, (u64)((s64)b >> 32), true);
}
static u64 u32_to_d(struct fp_env *e, u64 b)
{
    return fp_int_to_double(e, b >> 32, false);
}
static u64 s64_to_f(struct fp_env *e, u64 b)
{
    return both_words(fp_int_to_single(e, b, true));
}
static u64 u64_to_f(struct fp_env *e, u64 b)
{
    return both_words(fp_int_to_single(e, b, false));
}
static u32 s32_to_f(struct fp_env *e, u32 b)
{
    return fp_int_to_single(e, (u64)(s64)(s32)b, true);
}
static u32 u32_to_f(struct fp_env *e, u32 b)
{
    return fp_int_to_single(e, b, false);
}

/* To integers: toward zero. */
static u64 d_to_int(struct fp_env *e, u64 b, unsigned bits, bool is_signed)
{
    e->rounding = FP_TO_ZERO;
    return fp_double_to_int(e, b, bits, is_signed);
}
static u64 f_to_int(struct fp_env *e, u32 b, unsigned bits, bool is_signed)
{
    e->rounding = FP_TO_ZERO;
    return fp_single_to_int(e, b, bits, is_signed);
}
static u64 d_to_s64(struct fp_env *e, u64 b)
{
    return d_to_int(e, b, 64, true);
}
static u64 d_to_u64(struct fp_env *e, u64 b)
{
    return d_to_int(e, b, 64, false);
}
static u64 d_to_s32(struct fp_env *e, u64 b)
{
    return both_words(d_to_int(e, b, 32, true));
}
static u64 d_to_u32(struct fp_env *e, u64 b)
{
    return both_words(d_to_int(e, b, 32, false));
}
static u64 f_to_s64(struct fp_env *e, u64 b)
{
    return f_to_int(e, (u32)(b >> 32), 64, true);
}
static u64 f_to_u64(struct fp_env *e, u64 b)
{
    return f_to_int(e, (u32)(b >> 32), 64, false);
}
static u32 f_to_s32(struct fp_env *e, u32 b)
{
    return (u32)f_to_int(e, b, 32, true);
}
static u32 f_to_u32(struct fp_env *e, u32 b)
{
    return (u32)f_to_int(e, b, 32, false);
}

/* ---- parts and classes ---- */

/* The significand with its implicit bit, which zeros, denormals, infinities and NaNs do not have. */
inline_hot u64 significand_d(u64 b)
{
    u64 exponent = b >> 52 & 0x7ff, fraction = b & 0xfffffffffffffULL;

    return exponent != 0 && exponent != 0x7ff ? fraction | 0x10000000000000ULL : fraction;
}
inline_hot u32 significand_f(u32 b)
{
    u32 exponent = b >> 23 & 0xff, fraction = b & 0x7fffff;

    return exponent != 0 && exponent != 0xff ? fraction | 0x800000 : fraction;
}
inline_hot u64 with_exponent_d(u64 a, u64 exponent)
{
    return (a & ~FP_D_INF) | (exponent & 0x7ff) << 52;
}
inline_hot u32 with_exponent_f(u32 a, u32 exponent)
{
    return (a & ~FP_F_INF) | (exponent & 0xff) << 23;
}

inline_hot bool is_single(u64 b)
{
    return fp_widen_single(fp_narrow_double(b)) == b;
}

/* ---- vector ---- */

inline_hot enum next finish_vector(struct thread *t, unsigned target, union vsr result, const struct fp_env *e)
{
    port_target_vsr(t, target);
    if (likely(fpscr_take_vector(t, e))) set_vsr(t, target, result);
    return fpscr_done(t);
}

inline_hot enum next each_unary_d(struct thread *t, const struct insn *i, unary_d *op)
{
    struct fp_env e = fpscr_env(t);
    union vsr b = vsr(t, F(xb));

    for (unsigned n = 0; n < 2; n++) b.d[n] = op(&e, b.d[n]);
    return finish_vector(t, F(xt), b, &e);
}

inline_hot enum next each_unary_f(struct thread *t, const struct insn *i, unary_f *op)
{
    struct fp_env e = fpscr_env(t);
    union vsr b = vsr(t, F(xb));

    for (unsigned n = 0; n < 4; n++) b.w[n] = op(&e, b.w[n]);
    return finish_vector(t, F(xt), b, &e);
}

inline_hot enum next each_binary_d(struct thread *t, const struct insn *i, binary_d *op)
{
    struct fp_env e = fpscr_env(t);
    union vsr a = vsr(t, F(xa)), b = vsr(t, F(xb));

    for (unsigned n = 0; n < 2; n++) a.d[n] = op(&e, a.d[n], b.d[n]);
    return finish_vector(t, F(xt), a, &e);
}

inline_hot enum next each_binary_f(struct thread *t, const struct insn *i, binary_f *op)
{
    struct fp_env e = fpscr_env(t);
    union vsr a = vsr(t, F(xa)), b = vsr(t, F(xb));

    for (unsigned n = 0; n < 4; n++) a.w[n] = op(&e, a.w[n], b.w[n]);
    return finish_vector(t, F(xt), a, &e);
}

inline_hot enum next each_fused_d(struct thread *t, const struct insn *i, unsigned how, bool type_m)
{
    struct fp_env e = fpscr_env(t);
    union vsr a = vsr(t, F(xa)), c = vsr(t, type_m ? F(xt) : F(xb)), b = vsr(t, type_m ? F(xb) : F(xt));

    for (unsigned n = 0; n < 2; n++) a.d[n] = fp_fma_d(&e, a.d[n], c.d[n], b.d[n], how);
    return finish_vector(t, F(xt), a, &e);
}

inline_hot enum next each_fused_f(struct thread *t, const struct insn *i, unsigned how, bool type_m)
{
    struct fp_env e = fpscr_env(t);
    union vsr a = vsr(t, F(xa)), c = vsr(t, type_m ? F(xt) : F(xb)), b = vsr(t, type_m ? F(xb) : F(xt));

    for (unsigned n = 0; n < 4; n++) a.w[n] = fp_fma_f(&e, a.w[n], c.w[n], b.w[n], how);
    return finish_vector(t, F(xt), a, &e);
}

/* Rounding to integral values; all but the "c" forms leave XX alone. */
inline_hot enum next each_integral_d(struct thread *t, const struct insn *i, u64 rounding, bool inexact)
{
    struct fp_env e = fpscr_env(t);
    union vsr b = vsr(t, F(xb));

    e.rounding = (u8)rounding;
    for (unsigned n = 0; n < 2; n++) b.d[n] = fp_round_int_d(&e, b.d[n]);
    if (!inexact) e.flags &= ~FPSCR_XX;
    return finish_vector(t, F(xt), b, &e);
}

inline_hot enum next each_integral_f(struct thread *t, const struct insn *i, u64 rounding, bool inexact)
{
    struct fp_env e = fpscr_env(t);
    union vsr b = vsr(t, F(xb));

    e.rounding = (u8)rounding;
    for (unsigned n = 0; n < 4; n++) b.w[n] = fp_round_int_f(&e, b.w[n]);
    if (!inexact) e.flags &= ~FPSCR_XX;
    return finish_vector(t, F(xt), b, &e);
}

/* The elements' tests together: fg and fe are set if they are for any. */
inline_hot enum next each_test_divide_d(struct thread *t, const struct insn *i)
{
    union vsr a = vsr(t, F(xa)), b = vsr(t, F(xb));
    unsigned any = 0;

    for (unsigned n = 0; n < 2; n++) any |= fp_test_divide_d(a.d[n], b.d[n]);
    set_cr_field(t, F(bf), any);
    return NEXT;
}

inline_hot enum next each_test_divide_f(struct thread *t, const struct insn *i)
{
    union vsr a = vsr(t, F(xa)), b = vsr(t, F(xb));
    unsigned any = 0;

    for (unsigned n = 0; n < 4; n++) any |= fp_test_divide_f(a.w[n], b.w[n]);
    set_cr_field(t, F(bf), any);
    return NEXT;
}

inline_hot enum next each_test_sqrt_d(struct thread *t, const struct insn *i)
{
    union vsr b = vsr(t, F(xb));

    set_cr_field(t, F(bf), fp_test_sqrt_d(b.d[0]) | fp_test_sqrt_d(b.d[1]));
    return NEXT;
}

inline_hot enum next each_test_sqrt_f(struct thread *t, const struct insn *i)
{
    union vsr b = vsr(t, F(xb));
    unsigned any = 0;

    for (unsigned n = 0; n < 4; n++) any |= fp_test_sqrt_f(b.w[n]);
    set_cr_field(t, F(bf), any);
    return NEXT;
}

static u64 select_d(struct fp_env *e, u64 a, u64 b, bool maximum)
{
    if (fp_is_snan_d(a) || fp_is_snan_d(b)) e->flags |= FPSCR_VXSNAN;
    return best_d(a, b, maximum);
}
static u64 maximum_d(struct fp_env *e, u64 a, u64 b)
{
    return select_d(e, a, b, true);
}
static u64 minimum_d(struct fp_env *e, u64 a, u64 b)
{
    return select_d(e, a, b, false);
}

/* Widening keeps the order, the zeros, and which NaN is which. */
static u32 select_f(struct fp_env *e, u32 a, u32 b, bool maximum)
{
    return fp_narrow_double(select_d(e, fp_widen_single(a), fp_widen_single(b), maximum));
}
static u32 maximum_f(struct fp_env *e, u32 a, u32 b)
{
    return select_f(e, a, b, true);
}
static u32 minimum_f(struct fp_env *e, u32 a, u32 b)
{
    return select_f(e, a, b, false);
}

/* CR6 of a vector comparison: all true, all false. If an enabled exception suppresses the result, CR6 (undefined by the
 * book) stays. */
inline_hot enum next finish_each_compare(struct thread *t, const struct insn *i, union vsr mask, const struct fp_env *e)
{
    port_target_vsr(t, F(xt));
    if (F(rc)) PORT_LEARN(t, cr_out, 1U << 6);
    if (likely(fpscr_take_vector(t, e))) {
        set_vsr(t, F(xt), mask);
        if (F(rc)) set_cr_field(t, 6, (~mask.q ? 0 : CR_LT) | (mask.q ? 0 : CR_EQ));
    }
    return fpscr_done(t);
}

inline_hot enum next each_compare_d(struct thread *t, const struct insn *i, unsigned wanted, bool ordered)
{
    struct fp_env e = fpscr_env(t);
    union vsr a = vsr(t, F(xa)), b = vsr(t, F(xb));

    for (unsigned n = 0; n < 2; n++) {
        unsigned relation = fp_compare_d(a.d[n], b.d[n]);
        bool unordered = relation == FP_UNORDERED, snan = unordered && (fp_is_snan_d(a.d[n]) || fp_is_snan_d(b.d[n]));
        e.flags |= compare_exceptions(t, snan, unordered, ordered);
        a.d[n] = relation & wanted ? ~(u64)0 : 0;
    }
    return finish_each_compare(t, i, a, &e);
}

inline_hot enum next each_compare_f(struct thread *t, const struct insn *i, unsigned wanted, bool ordered)
{
    struct fp_env e = fpscr_env(t);
    union vsr a = vsr(t, F(xa)), b = vsr(t, F(xb));

    for (unsigned n = 0; n < 4; n++) {
        unsigned relation = fp_compare_f(a.w[n], b.w[n]);
        bool unordered = relation == FP_UNORDERED, snan = unordered && (fp_is_snan_f(a.w[n]) || fp_is_snan_f(b.w[n]));
        e.flags |= compare_exceptions(t, snan, unordered, ordered);
        a.w[n] = relation & wanted ? ~0U : 0;
    }
    return finish_each_compare(t, i, a, &e);
}

/* Sign bits of both doublewords or all four words. */
#define sign_bits_d FP_D_SIGN
#define sign_bits_f 0x8000000080000000ULL
inline_hot u64 sign_clear(u64 b, u64 signs)
{
    return b & ~signs;
}
inline_hot u64 sign_set(u64 b, u64 signs)
{
    return b | signs;
}
inline_hot u64 sign_flip(u64 b, u64 signs)
{
    return b ^ signs;
}

inline_hot enum next each_sign(struct thread *t, const struct insn *i, u64 (*op)(u64, u64), u64 signs)
{
    union vsr b = vsr(t, F(xb));

    for (unsigned n = 0; n < 2; n++) b.d[n] = op(b.d[n], signs);
    set_vsr(t, F(xt), b);
    return NEXT;
}

inline_hot enum next each_copied_sign(struct thread *t, const struct insn *i, u64 signs)
{
    union vsr a = vsr(t, F(xa)), b = vsr(t, F(xb));

    for (unsigned n = 0; n < 2; n++) b.d[n] = (a.d[n] & signs) | (b.d[n] & ~signs);
    set_vsr(t, F(xt), b);
    return NEXT;
}

inline_hot enum next each_xexp_d(struct thread *t, const struct insn *i)
{
    union vsr b = vsr(t, F(xb));

    for (unsigned n = 0; n < 2; n++) b.d[n] = b.d[n] >> 52 & 0x7ff;
    set_vsr(t, F(xt), b);
    return NEXT;
}

inline_hot enum next each_xexp_f(struct thread *t, const struct insn *i)
{
    union vsr b = vsr(t, F(xb));

    for (unsigned n = 0; n < 4; n++) b.w[n] = b.w[n] >> 23 & 0xff;
    set_vsr(t, F(xt), b);
    return NEXT;
}

inline_hot enum next each_xsig_d(struct thread *t, const struct insn *i)
{
    union vsr b = vsr(t, F(xb));

    for (unsigned n = 0; n < 2; n++) b.d[n] = significand_d(b.d[n]);
    set_vsr(t, F(xt), b);
    return NEXT;
}

inline_hot enum next each_xsig_f(struct thread *t, const struct insn *i)
{
    union vsr b = vsr(t, F(xb));

    for (unsigned n = 0; n < 4; n++) b.w[n] = significand_f(b.w[n]);
    set_vsr(t, F(xt), b);
    return NEXT;
}

inline_hot enum next each_with_exponent_d(struct thread *t, const struct insn *i)
{
    union vsr a = vsr(t, F(xa)), b = vsr(t, F(xb));

    for (unsigned n = 0; n < 2; n++) a.d[n] = with_exponent_d(a.d[n], b.d[n]);
    set_vsr(t, F(xt), a);
    return NEXT;
}

inline_hot enum next each_with_exponent_f(struct thread *t, const struct insn *i)
{
    union vsr a = vsr(t, F(xa)), b = vsr(t, F(xb));

    for (unsigned n = 0; n < 4; n++) a.w[n] = with_exponent_f(a.w[n], b.w[n]);
    set_vsr(t, F(xt), a);
    return NEXT;
}

inline_hot enum next each_class_d(struct thread *t, const struct insn *i)
{
    union vsr b = vsr(t, F(xb));

    for (unsigned n = 0; n < 2; n++)
        b.d[n] = class_matches(fp_class_d(b.d[n]), b.d[n] >> 63 & 1, (u32)F(imm)) ? ~(u64)0 : 0;
    set_vsr(t, F(xt), b);
    return NEXT;
}

inline_hot enum next each_class_f(struct thread *t, const struct insn *i)
{
    union vsr b = vsr(t, F(xb));

    for (unsigned n = 0; n < 4; n++) b.w[n] = class_matches(fp_class_f(b.w[n]), b.w[n] >> 31, (u32)F(imm)) ? ~0U : 0;
    set_vsr(t, F(xt), b);
    return NEXT;
}

/* ---- the long way of what the host can do as well (fp_body.h) ---- */

LONG_WAY long_sum_d(struct thread *t, const struct insn *i)
{
    return scalar_binary(t, i, sum_d);
}

LONG_WAY long_difference_d(struct thread *t, const struct insn *i)
{
    return scalar_binary(t, i, difference_d);
}

LONG_WAY long_product_d(struct thread *t, const struct insn *i)
{
    return scalar_binary(t, i, fp_mul_d);
}

LONG_WAY long_quotient_d(struct thread *t, const struct insn *i)
{
    return scalar_binary(t, i, fp_div_d);
}

LONG_WAY long_root_d(struct thread *t, const struct insn *i)
{
    return scalar_unary(t, i, fp_sqrt_d);
}

LONG_WAY long_fused_d(struct thread *t, const struct insn *i, unsigned how, bool type_m)
{
    return scalar_fused(t, i, fp_fma_d, how, type_m);
}

LONG_WAY long_sum_s(struct thread *t, const struct insn *i)
{
    return scalar_binary(t, i, sum_s);
}

LONG_WAY long_difference_s(struct thread *t, const struct insn *i)
{
    return scalar_binary(t, i, difference_s);
}

LONG_WAY long_product_s(struct thread *t, const struct insn *i)
{
    return scalar_binary(t, i, fp_mul_s);
}

LONG_WAY long_quotient_s(struct thread *t, const struct insn *i)
{
    return scalar_binary(t, i, fp_div_s);
}

LONG_WAY long_root_s(struct thread *t, const struct insn *i)
{
    return scalar_unary(t, i, fp_sqrt_s);
}

LONG_WAY long_fused_s(struct thread *t, const struct insn *i, unsigned how, bool type_m)
{
    return scalar_fused(t, i, fp_fma_s, how, type_m);
}

LONG_WAY long_round_to_single(struct thread *t, const struct insn *i)
{
    return scalar_unary(t, i, fp_round_to_single);
}

LONG_WAY long_to_integer(struct thread *t, const struct insn *i, unsigned bits)
{
    return scalar_to_integer(t, i, bits, true);
}

LONG_WAY long_from_signed(struct thread *t, const struct insn *i)
{
    return scalar_unary(t, i, signed_to_d);
}

LONG_WAY long_from_signed_single(struct thread *t, const struct insn *i)
{
    return scalar_unary(t, i, signed_to_s);
}

LONG_WAY long_compare(struct thread *t, const struct insn *i, bool ordered)
{
    return compare_scalar(t, i, ordered);
}

LONG_WAY long_sums_d(struct thread *t, const struct insn *i)
{
    return each_binary_d(t, i, sum_d);
}

LONG_WAY long_differences_d(struct thread *t, const struct insn *i)
{
    return each_binary_d(t, i, difference_d);
}

LONG_WAY long_products_d(struct thread *t, const struct insn *i)
{
    return each_binary_d(t, i, fp_mul_d);
}

LONG_WAY long_quotients_d(struct thread *t, const struct insn *i)
{
    return each_binary_d(t, i, fp_div_d);
}

LONG_WAY long_each_fused_d(struct thread *t, const struct insn *i, unsigned how, bool type_m)
{
    return each_fused_d(t, i, how, type_m);
}

LONG_WAY long_sums_f(struct thread *t, const struct insn *i)
{
    return each_binary_f(t, i, sum_f);
}

LONG_WAY long_differences_f(struct thread *t, const struct insn *i)
{
    return each_binary_f(t, i, difference_f);
}

LONG_WAY long_products_f(struct thread *t, const struct insn *i)
{
    return each_binary_f(t, i, fp_mul_f);
}

LONG_WAY long_quotients_f(struct thread *t, const struct insn *i)
{
    return each_binary_f(t, i, fp_div_f);
}

LONG_WAY long_each_fused_f(struct thread *t, const struct insn *i, unsigned how, bool type_m)
{
    return each_fused_f(t, i, how, type_m);
}

/* ---- and the host's ---- */

inline_hot must_use bool by_host(struct thread *t, const struct insn *i, host_binary *op)
{
    return take_host(t, F(xt), op(dword(t, F(xa)), dword(t, F(xb))), false);
}
inline_hot must_use bool unary_by_host(struct thread *t, const struct insn *i, host_unary *op)
{
    return take_host(t, F(xt), op(dword(t, F(xb))), false);
}

inline_hot enum next fused_either_way(struct thread *t, const struct insn *i, unsigned how, bool type_m, bool single)
{
    u64 factor = dword(t, type_m ? F(xt) : F(xb)), addend = dword(t, type_m ? F(xb) : F(xt));

    if (take_host(t, F(xt), host_fused(dword(t, F(xa)), factor, addend, how, single), false)) return NEXT;
    return single ? long_fused_s(t, i, how, type_m) : long_fused_d(t, i, how, type_m);
}

inline_hot enum next to_signed_toward_zero(struct thread *t, const struct insn *i, unsigned bits)
{
    struct hostfp r = host_to_signed(dword(t, F(xb)), bits);

    if (bits == 32) r.bits = both_words(r.bits);
    return take_host_convert(t, F(xt), r, false) ? NEXT : long_to_integer(t, i, bits);
}

inline_hot enum next each_fused_d_either_way(struct thread *t, const struct insn *i, unsigned how, bool type_m)
{
    union vsr a = vsr(t, F(xa)), c = vsr(t, type_m ? F(xt) : F(xb)), b = vsr(t, type_m ? F(xb) : F(xt));
    const u64 flip_b = how & FP_FMA_SUBTRACT ? FP_D_SIGN : 0, flip = how & FP_FMA_NEGATE ? FP_D_SIGN : 0;
    struct hostfp_pair r;

    for (unsigned n = 0; n < 2; n++) b.d[n] ^= flip_b;
    r = host_fma_pair(host_pair_of(a), host_pair_of(c), host_pair_of(b));
    for (unsigned n = 0; n < 2; n++) a.d[n] = host_bits(r.value[n]) ^ flip;
    if (take_host_vector(t, F(xt), a, (r.refused[0] | r.refused[1]) != 0, (r.inexact[0] | r.inexact[1]) != 0))
        return NEXT;
    return long_each_fused_d(t, i, how, type_m);
}

inline_hot enum next each_fused_f_either_way(struct thread *t, const struct insn *i, unsigned how, bool type_m)
{
    union vsr a = vsr(t, F(xa)), c = vsr(t, type_m ? F(xt) : F(xb)), b = vsr(t, type_m ? F(xb) : F(xt));
    const u32 flip_b = how & FP_FMA_SUBTRACT ? FP_F_SIGN : 0, flip = how & FP_FMA_NEGATE ? FP_F_SIGN : 0;
    bool refused = false, inexact = false;

    if (host_may_whole(fpscr_changes(t)->fpscr)) {
        union vsr signed_b = b;
        host_words r;
        for (unsigned n = 0; n < 4; n++) signed_b.w[n] ^= flip_b;
        if (likely(host_fma_words(host_words_of(a), host_words_of(c), host_words_of(signed_b), &r))) {
            a = vsr_of_words(r);
            for (unsigned n = 0; n < 4; n++) a.w[n] ^= flip;
            set_vsr(t, F(xt), a);
            return NEXT;
        }
    }
    for (unsigned n = 0; n < 4; n++) {
        struct hostfp r = host_fma_f(a.w[n], c.w[n], b.w[n] ^ flip_b);
        a.w[n] = (u32)r.bits ^ flip;
        refused |= r.refused;
        inexact |= r.inexact;
    }
    return take_host_vector(t, F(xt), a, refused, inexact) ? NEXT : long_each_fused_f(t, i, how, type_m);
}

/* ---- 7.6.3 scalar arithmetic ---- */

INSN(xsadddp, "60 T A B 32 AX BX TX", "xsadddp T, A, B", FP, NEEDS_VSX | SHORT_BODY)
{
    return by_host(t, i, host_add) ? NEXT : long_sum_d(t, i);
}

INSN(xssubdp, "60 T A B 40 AX BX TX", "xssubdp T, A, B", FP, NEEDS_VSX | SHORT_BODY)
{
    return by_host(t, i, host_subtract) ? NEXT : long_difference_d(t, i);
}

INSN(xsmuldp, "60 T A B 48 AX BX TX", "xsmuldp T, A, B", FP, NEEDS_VSX | SHORT_BODY)
{
    return by_host(t, i, host_mul) ? NEXT : long_product_d(t, i);
}

INSN(xsdivdp, "60 T A B 56 AX BX TX", "xsdivdp T, A, B", FPDIV, NEEDS_VSX | SHORT_BODY)
{
    return by_host(t, i, host_div) ? NEXT : long_quotient_d(t, i);
}

INSN(xssqrtdp, "60 T ///// B 75 BX TX", "xssqrtdp T, B", FPDIV, NEEDS_VSX | SHORT_BODY)
{
    return unary_by_host(t, i, host_sqrt) ? NEXT : long_root_d(t, i);
}

INSN(xsredp, "60 T ///// B 90 BX TX", "xsredp T, B", FP, NEEDS_VSX)
{
    return scalar_unary(t, i, fp_reciprocal_d);
}

INSN(xsrsqrtedp, "60 T ///// B 74 BX TX", "xsrsqrtedp T, B", FP, NEEDS_VSX)
{
    return scalar_unary(t, i, fp_rsqrt_d);
}

INSN(xsmaddadp, "60 T A B 33 AX BX TX", "xsmaddadp T, A, B", FP, NEEDS_VSX | SHORT_BODY)
{
    return fused_either_way(t, i, 0, false, false);
}

INSN(xsmaddmdp, "60 T A B 41 AX BX TX", "xsmaddmdp T, A, B", FP, NEEDS_VSX | SHORT_BODY)
{
    return fused_either_way(t, i, 0, true, false);
}

INSN(xsmsubadp, "60 T A B 49 AX BX TX", "xsmsubadp T, A, B", FP, NEEDS_VSX | SHORT_BODY)
{
    return fused_either_way(t, i, FP_FMA_SUBTRACT, false, false);
}

INSN(xsmsubmdp, "60 T A B 57 AX BX TX", "xsmsubmdp T, A, B", FP, NEEDS_VSX | SHORT_BODY)
{
    return fused_either_way(t, i, FP_FMA_SUBTRACT, true, false);
}

INSN(xsnmaddadp, "60 T A B 161 AX BX TX", "xsnmaddadp T, A, B", FP, NEEDS_VSX | SHORT_BODY)
{
    return fused_either_way(t, i, FP_FMA_NEGATE, false, false);
}

INSN(xsnmaddmdp, "60 T A B 169 AX BX TX", "xsnmaddmdp T, A, B", FP, NEEDS_VSX | SHORT_BODY)
{
    return fused_either_way(t, i, FP_FMA_NEGATE, true, false);
}

INSN(xsnmsubadp, "60 T A B 177 AX BX TX", "xsnmsubadp T, A, B", FP, NEEDS_VSX | SHORT_BODY)
{
    return fused_either_way(t, i, FP_FMA_SUBTRACT | FP_FMA_NEGATE, false, false);
}

INSN(xsnmsubmdp, "60 T A B 185 AX BX TX", "xsnmsubmdp T, A, B", FP, NEEDS_VSX | SHORT_BODY)
{
    return fused_either_way(t, i, FP_FMA_SUBTRACT | FP_FMA_NEGATE, true, false);
}

INSN(xsaddsp, "60 T A B 0 AX BX TX", "xsaddsp T, A, B", FP, NEEDS_VSX | SHORT_BODY | SINCE_2_07)
{
    return by_host(t, i, host_add_single) ? NEXT : long_sum_s(t, i);
}

INSN(xssubsp, "60 T A B 8 AX BX TX", "xssubsp T, A, B", FP, NEEDS_VSX | SHORT_BODY | SINCE_2_07)
{
    return by_host(t, i, host_subtract_single) ? NEXT : long_difference_s(t, i);
}

INSN(xsmulsp, "60 T A B 16 AX BX TX", "xsmulsp T, A, B", FP, NEEDS_VSX | SHORT_BODY | SINCE_2_07)
{
    return by_host(t, i, host_mul_single) ? NEXT : long_product_s(t, i);
}

INSN(xsdivsp, "60 T A B 24 AX BX TX", "xsdivsp T, A, B", FPDIV, NEEDS_VSX | SHORT_BODY | SINCE_2_07)
{
    return by_host(t, i, host_div_single) ? NEXT : long_quotient_s(t, i);
}

INSN(xssqrtsp, "60 T ///// B 11 BX TX", "xssqrtsp T, B", FPDIV, NEEDS_VSX | SHORT_BODY | SINCE_2_07)
{
    return unary_by_host(t, i, host_sqrt_single) ? NEXT : long_root_s(t, i);
}

INSN(xsresp, "60 T ///// B 26 BX TX", "xsresp T, B", FP, NEEDS_VSX | SINCE_2_07)
{
    return scalar_unary(t, i, fp_reciprocal_s);
}

INSN(xsrsqrtesp, "60 T ///// B 10 BX TX", "xsrsqrtesp T, B", FP, NEEDS_VSX | SINCE_2_07)
{
    return scalar_unary(t, i, fp_rsqrt_s);
}

INSN(xsmaddasp, "60 T A B 1 AX BX TX", "xsmaddasp T, A, B", FP, NEEDS_VSX | SHORT_BODY | SINCE_2_07)
{
    return fused_either_way(t, i, 0, false, true);
}

INSN(xsmaddmsp, "60 T A B 9 AX BX TX", "xsmaddmsp T, A, B", FP, NEEDS_VSX | SHORT_BODY | SINCE_2_07)
{
    return fused_either_way(t, i, 0, true, true);
}

INSN(xsmsubasp, "60 T A B 17 AX BX TX", "xsmsubasp T, A, B", FP, NEEDS_VSX | SHORT_BODY | SINCE_2_07)
{
    return fused_either_way(t, i, FP_FMA_SUBTRACT, false, true);
}

INSN(xsmsubmsp, "60 T A B 25 AX BX TX", "xsmsubmsp T, A, B", FP, NEEDS_VSX | SHORT_BODY | SINCE_2_07)
{
    return fused_either_way(t, i, FP_FMA_SUBTRACT, true, true);
}

INSN(xsnmaddasp, "60 T A B 129 AX BX TX", "xsnmaddasp T, A, B", FP, NEEDS_VSX | SHORT_BODY | SINCE_2_07)
{
    return fused_either_way(t, i, FP_FMA_NEGATE, false, true);
}

INSN(xsnmaddmsp, "60 T A B 137 AX BX TX", "xsnmaddmsp T, A, B", FP, NEEDS_VSX | SHORT_BODY | SINCE_2_07)
{
    return fused_either_way(t, i, FP_FMA_NEGATE, true, true);
}

INSN(xsnmsubasp, "60 T A B 145 AX BX TX", "xsnmsubasp T, A, B", FP, NEEDS_VSX | SHORT_BODY | SINCE_2_07)
{
    return fused_either_way(t, i, FP_FMA_SUBTRACT | FP_FMA_NEGATE, false, true);
}

INSN(xsnmsubmsp, "60 T A B 153 AX BX TX", "xsnmsubmsp T, A, B", FP, NEEDS_VSX | SHORT_BODY | SINCE_2_07)
{
    return fused_either_way(t, i, FP_FMA_SUBTRACT | FP_FMA_NEGATE, true, true);
}

INSN(xstdivdp, "60 BF // A B 61 AX BX /", "xstdivdp BF, A, B", FP, NEEDS_VSX)
{
    set_cr_field(t, F(bf), fp_test_divide_d(dword(t, F(xa)), dword(t, F(xb))));
    return NEXT;
}

INSN(xstsqrtdp, "60 BF // ///// B 106 BX /", "xstsqrtdp BF, B", FP, NEEDS_VSX)
{
    set_cr_field(t, F(bf), fp_test_sqrt_d(dword(t, F(xb))));
    return NEXT;
}

/* ---- 7.6.3 scalar comparison, maximum and minimum ---- */

INSN(xscmpudp, "60 BF // A B 35 AX BX /", "xscmpudp BF, A, B", FP, NEEDS_VSX | SHORT_BODY)
{
    return compare_by_host(t, F(bf), dword(t, F(xa)), dword(t, F(xb))) ? NEXT : long_compare(t, i, false);
}

INSN(xscmpodp, "60 BF // A B 43 AX BX /", "xscmpodp BF, A, B", FP, NEEDS_VSX | SHORT_BODY)
{
    return compare_by_host(t, F(bf), dword(t, F(xa)), dword(t, F(xb))) ? NEXT : long_compare(t, i, true);
}

/* Compare Exponents - the exponent fields as integers, unordered if either is a NaN. */
INSN(xscmpexpdp, "60 BF // A B 59 AX BX /", "xscmpexpdp BF, A, B", FP, NEEDS_VSX | SINCE_3_0)
{
    u64 a = dword(t, F(xa)), b = dword(t, F(xb));
    unsigned relation = cr_of_unsigned(a >> 52 & 0x7ff, b >> 52 & 0x7ff);

    if (fp_is_nan_d(a) || fp_is_nan_d(b)) relation = FP_UNORDERED;
    fpscr_set_fpcc(t, relation);
    set_cr_field(t, F(bf), relation);
    return NEXT;
}

INSN(xscmpeqdp, "60 T A B 3 AX BX TX", "xscmpeqdp T, A, B", FP, NEEDS_VSX | SINCE_3_0)
{
    return compare_to_mask(t, i, FP_EQUAL, false);
}

INSN(xscmpgtdp, "60 T A B 11 AX BX TX", "xscmpgtdp T, A, B", FP, NEEDS_VSX | SINCE_3_0)
{
    return compare_to_mask(t, i, FP_GREATER, true);
}

INSN(xscmpgedp, "60 T A B 19 AX BX TX", "xscmpgedp T, A, B", FP, NEEDS_VSX | SINCE_3_0)
{
    return compare_to_mask(t, i, FP_GREATER | FP_EQUAL, true);
}

INSN(xsmaxdp, "60 T A B 160 AX BX TX", "xsmaxdp T, A, B", FP, NEEDS_VSX)
{
    return select_scalar(t, i, best_d, true);
}

INSN(xsmindp, "60 T A B 168 AX BX TX", "xsmindp T, A, B", FP, NEEDS_VSX)
{
    return select_scalar(t, i, best_d, false);
}

INSN(xsmaxcdp, "60 T A B 128 AX BX TX", "xsmaxcdp T, A, B", FP, NEEDS_VSX | SINCE_3_0)
{
    return select_scalar(t, i, best_c, true);
}

INSN(xsmincdp, "60 T A B 136 AX BX TX", "xsmincdp T, A, B", FP, NEEDS_VSX | SINCE_3_0)
{
    return select_scalar(t, i, best_c, false);
}

INSN(xsmaxjdp, "60 T A B 144 AX BX TX", "xsmaxjdp T, A, B", FP, NEEDS_VSX | SINCE_3_0)
{
    return select_scalar(t, i, best_j, true);
}

INSN(xsminjdp, "60 T A B 152 AX BX TX", "xsminjdp T, A, B", FP, NEEDS_VSX | SINCE_3_0)
{
    return select_scalar(t, i, best_j, false);
}

/* ---- 7.6.3 scalar conversion and rounding ---- */

/* The single is delivered in words 0 and 1; the book leaves word 1 undefined. */
INSN(xscvdpsp, "60 T ///// B 265 BX TX", "xscvdpsp T, B", FP, NEEDS_VSX)
{
    return scalar_unary(t, i, double_to_both_words);
}

/* Non-signalling: bits move as in a store, no exception. */
INSN(xscvdpspn, "60 T ///// B 267 BX TX", "xscvdpspn T, B", FP, NEEDS_VSX | SINCE_2_07)
{
    set_fpr(t, F(xt), both_words(fp_narrow_double(dword(t, F(xb)))));
    return NEXT;
}

INSN(xscvspdp, "60 T ///// B 329 BX TX", "xscvspdp T, B", FP, NEEDS_VSX)
{
    return scalar_unary(t, i, double_of_high_word);
}

/* Non-signalling. */
INSN(xscvspdpn, "60 T ///// B 331 BX TX", "xscvspdpn T, B", FP, NEEDS_VSX | SINCE_2_07)
{
    set_fpr(t, F(xt), fp_widen_single((u32)(dword(t, F(xb)) >> 32)));
    return NEXT;
}

INSN(xscvhpdp, "60 T 16:5 B 347 BX TX", "xscvhpdp T, B", FP, NEEDS_VSX | SINCE_3_0)
{
    return scalar_unary(t, i, double_of_low_half);
}

INSN(xscvdphp, "60 T 17:5 B 347 BX TX", "xscvdphp T, B", FP, NEEDS_VSX | SINCE_3_0)
{
    return scalar_unary(t, i, double_to_low_half);
}

INSN(xsrsp, "60 T ///// B 281 BX TX", "xsrsp T, B", FP, NEEDS_VSX | SHORT_BODY | SINCE_2_07)
{
    return unary_by_host(t, i, host_round_to_single) ? NEXT : long_round_to_single(t, i);
}

INSN(xscvdpsxds, "60 T ///// B 344 BX TX", "xscvdpsxds T, B", FP, NEEDS_VSX | SHORT_BODY)
{
    return to_signed_toward_zero(t, i, 64);
}

INSN(xscvdpuxds, "60 T ///// B 328 BX TX", "xscvdpuxds T, B", FP, NEEDS_VSX)
{
    return scalar_to_integer(t, i, 64, false);
}

INSN(xscvdpsxws, "60 T ///// B 88 BX TX", "xscvdpsxws T, B", FP, NEEDS_VSX | SHORT_BODY)
{
    return to_signed_toward_zero(t, i, 32);
}

INSN(xscvdpuxws, "60 T ///// B 72 BX TX", "xscvdpuxws T, B", FP, NEEDS_VSX)
{
    return scalar_to_integer(t, i, 32, false);
}

INSN(xscvsxddp, "60 T ///// B 376 BX TX", "xscvsxddp T, B", FP, NEEDS_VSX | SHORT_BODY)
{
    return unary_by_host(t, i, host_from_signed) ? NEXT : long_from_signed(t, i);
}

INSN(xscvuxddp, "60 T ///// B 360 BX TX", "xscvuxddp T, B", FP, NEEDS_VSX)
{
    return scalar_unary(t, i, unsigned_to_d);
}

INSN(xscvsxdsp, "60 T ///// B 312 BX TX", "xscvsxdsp T, B", FP, NEEDS_VSX | SHORT_BODY | SINCE_2_07)
{
    return unary_by_host(t, i, host_from_signed_single) ? NEXT : long_from_signed_single(t, i);
}

INSN(xscvuxdsp, "60 T ///// B 296 BX TX", "xscvuxdsp T, B", FP, NEEDS_VSX | SINCE_2_07)
{
    return scalar_unary(t, i, unsigned_to_s);
}

INSN(xsrdpi, "60 T ///// B 73 BX TX", "xsrdpi T, B", FP, NEEDS_VSX)
{
    return scalar_to_integral(t, i, FP_TO_NEAREST_AWAY, false);
}

INSN(xsrdpiz, "60 T ///// B 89 BX TX", "xsrdpiz T, B", FP, NEEDS_VSX)
{
    return scalar_to_integral(t, i, FP_TO_ZERO, false);
}

INSN(xsrdpip, "60 T ///// B 105 BX TX", "xsrdpip T, B", FP, NEEDS_VSX)
{
    return scalar_to_integral(t, i, FP_TO_PLUS_INFINITY, false);
}

INSN(xsrdpim, "60 T ///// B 121 BX TX", "xsrdpim T, B", FP, NEEDS_VSX)
{
    return scalar_to_integral(t, i, FP_TO_MINUS_INFINITY, false);
}

/* In the current rounding mode; this form records inexactness. */
INSN(xsrdpic, "60 T ///// B 107 BX TX", "xsrdpic T, B", FP, NEEDS_VSX)
{
    return scalar_to_integral(t, i, fpscr_of(t) & FPSCR_RN, true);
}

/* ---- 7.6.3 signs, exponents, significands, classes ---- */

INSN(xsabsdp, "60 T ///// B 345 BX TX", "xsabsdp T, B", FP, NEEDS_VSX | SHORT_BODY)
{
    set_fpr(t, F(xt), dword(t, F(xb)) & ~FP_D_SIGN);
    return NEXT;
}

INSN(xsnabsdp, "60 T ///// B 361 BX TX", "xsnabsdp T, B", FP, NEEDS_VSX | SHORT_BODY)
{
    set_fpr(t, F(xt), dword(t, F(xb)) | FP_D_SIGN);
    return NEXT;
}

INSN(xsnegdp, "60 T ///// B 377 BX TX", "xsnegdp T, B", FP, NEEDS_VSX | SHORT_BODY)
{
    set_fpr(t, F(xt), dword(t, F(xb)) ^ FP_D_SIGN);
    return NEXT;
}

INSN(xscpsgndp, "60 T A B 176 AX BX TX", "xscpsgndp T, A, B", FP, NEEDS_VSX | SHORT_BODY)
{
    set_fpr(t, F(xt), (dword(t, F(xa)) & FP_D_SIGN) | (dword(t, F(xb)) & ~FP_D_SIGN));
    return NEXT;
}

INSN(xsxexpdp, "60 RT 0:5 B 347 BX /", "xsxexpdp RT, B", FP, NEEDS_VSX | SINCE_3_0)
{
    set_gpr(t, F(rt), dword(t, F(xb)) >> 52 & 0x7ff);
    return NEXT;
}

INSN(xsxsigdp, "60 RT 1:5 B 347 BX /", "xsxsigdp RT, B", FP, NEEDS_VSX | SINCE_3_0)
{
    set_gpr(t, F(rt), significand_d(dword(t, F(xb))));
    return NEXT;
}

INSN(xsiexpdp, "60 T RA RB 918 TX", "xsiexpdp T, RA, RB", FP, NEEDS_VSX | SINCE_3_0)
{
    set_fpr(t, F(xt), with_exponent_d(gpr(t, F(ra)), gpr(t, F(rb))));
    return NEXT;
}

INSN(xststdcdp, "60 BF DCMX B 362 BX /", "xststdcdp BF, B, DCMX", FP, NEEDS_VSX | SINCE_3_0)
{
    u64 b = dword(t, F(xb));

    return test_class(t, i, fp_class_d(b), b >> 63 & 1, false);
}

/* Denormal by the range of a single; SO says that the value is no single. */
INSN(xststdcsp, "60 BF DCMX B 298 BX /", "xststdcsp BF, B, DCMX", FP, NEEDS_VSX | SINCE_3_0)
{
    u64 b = dword(t, F(xb));

    return test_class(t, i, fp_class_s(b), b >> 63 & 1, !is_single(b));
}

/* ---- 7.6.3 vector arithmetic: no result is written if any element has an enabled exception ---- */

INSN(xvadddp, "60 T A B 96 AX BX TX", "xvadddp T, A, B", VFP, NEEDS_VSX | SHORT_BODY)
{
    return pairs_by_host(t, i, host_add_pair, host_add) ? NEXT : long_sums_d(t, i);
}

INSN(xvsubdp, "60 T A B 104 AX BX TX", "xvsubdp T, A, B", VFP, NEEDS_VSX | SHORT_BODY)
{
    return pairs_by_host(t, i, host_subtract_pair, host_subtract) ? NEXT : long_differences_d(t, i);
}

INSN(xvmuldp, "60 T A B 112 AX BX TX", "xvmuldp T, A, B", VFP, NEEDS_VSX | SHORT_BODY)
{
    return pairs_by_host(t, i, host_mul_pair, host_mul) ? NEXT : long_products_d(t, i);
}

INSN(xvdivdp, "60 T A B 120 AX BX TX", "xvdivdp T, A, B", VFPDIV, NEEDS_VSX | SHORT_BODY)
{
    return pairs_by_host(t, i, host_div_pair, host_div) ? NEXT : long_quotients_d(t, i);
}

INSN(xvsqrtdp, "60 T ///// B 203 BX TX", "xvsqrtdp T, B", VFPDIV, NEEDS_VSX)
{
    return each_unary_d(t, i, fp_sqrt_d);
}

INSN(xvredp, "60 T ///// B 218 BX TX", "xvredp T, B", VFP, NEEDS_VSX)
{
    return each_unary_d(t, i, fp_reciprocal_d);
}

INSN(xvrsqrtedp, "60 T ///// B 202 BX TX", "xvrsqrtedp T, B", VFP, NEEDS_VSX)
{
    return each_unary_d(t, i, fp_rsqrt_d);
}

INSN(xvmaddadp, "60 T A B 97 AX BX TX", "xvmaddadp T, A, B", VFP, NEEDS_VSX | SHORT_BODY)
{
    return each_fused_d_either_way(t, i, 0, false);
}

INSN(xvmaddmdp, "60 T A B 105 AX BX TX", "xvmaddmdp T, A, B", VFP, NEEDS_VSX | SHORT_BODY)
{
    return each_fused_d_either_way(t, i, 0, true);
}

INSN(xvmsubadp, "60 T A B 113 AX BX TX", "xvmsubadp T, A, B", VFP, NEEDS_VSX | SHORT_BODY)
{
    return each_fused_d_either_way(t, i, FP_FMA_SUBTRACT, false);
}

INSN(xvmsubmdp, "60 T A B 121 AX BX TX", "xvmsubmdp T, A, B", VFP, NEEDS_VSX | SHORT_BODY)
{
    return each_fused_d_either_way(t, i, FP_FMA_SUBTRACT, true);
}

INSN(xvnmaddadp, "60 T A B 225 AX BX TX", "xvnmaddadp T, A, B", VFP, NEEDS_VSX | SHORT_BODY)
{
    return each_fused_d_either_way(t, i, FP_FMA_NEGATE, false);
}

INSN(xvnmaddmdp, "60 T A B 233 AX BX TX", "xvnmaddmdp T, A, B", VFP, NEEDS_VSX | SHORT_BODY)
{
    return each_fused_d_either_way(t, i, FP_FMA_NEGATE, true);
}

INSN(xvnmsubadp, "60 T A B 241 AX BX TX", "xvnmsubadp T, A, B", VFP, NEEDS_VSX | SHORT_BODY)
{
    return each_fused_d_either_way(t, i, FP_FMA_SUBTRACT | FP_FMA_NEGATE, false);
}

INSN(xvnmsubmdp, "60 T A B 249 AX BX TX", "xvnmsubmdp T, A, B", VFP, NEEDS_VSX | SHORT_BODY)
{
    return each_fused_d_either_way(t, i, FP_FMA_SUBTRACT | FP_FMA_NEGATE, true);
}

INSN(xvtdivdp, "60 BF // A B 125 AX BX /", "xvtdivdp BF, A, B", VFP, NEEDS_VSX)
{
    return each_test_divide_d(t, i);
}

INSN(xvtsqrtdp, "60 BF // ///// B 234 BX /", "xvtsqrtdp BF, B", VFP, NEEDS_VSX)
{
    return each_test_sqrt_d(t, i);
}

INSN(xvmaxdp, "60 T A B 224 AX BX TX", "xvmaxdp T, A, B", VFP, NEEDS_VSX)
{
    return each_binary_d(t, i, maximum_d);
}

INSN(xvmindp, "60 T A B 232 AX BX TX", "xvmindp T, A, B", VFP, NEEDS_VSX)
{
    return each_binary_d(t, i, minimum_d);
}

INSN(xvcmpeqdp, "60 T A B Rc 99 AX BX TX", "xvcmpeqdp%r T, A, B", VFP, NEEDS_VSX)
{
    return each_compare_d(t, i, FP_EQUAL, false);
}

INSN(xvcmpgtdp, "60 T A B Rc 107 AX BX TX", "xvcmpgtdp%r T, A, B", VFP, NEEDS_VSX)
{
    return each_compare_d(t, i, FP_GREATER, true);
}

INSN(xvcmpgedp, "60 T A B Rc 115 AX BX TX", "xvcmpgedp%r T, A, B", VFP, NEEDS_VSX)
{
    return each_compare_d(t, i, FP_GREATER | FP_EQUAL, true);
}

INSN(xvrdpi, "60 T ///// B 201 BX TX", "xvrdpi T, B", VFP, NEEDS_VSX)
{
    return each_integral_d(t, i, FP_TO_NEAREST_AWAY, false);
}

INSN(xvrdpiz, "60 T ///// B 217 BX TX", "xvrdpiz T, B", VFP, NEEDS_VSX)
{
    return each_integral_d(t, i, FP_TO_ZERO, false);
}

INSN(xvrdpip, "60 T ///// B 233 BX TX", "xvrdpip T, B", VFP, NEEDS_VSX)
{
    return each_integral_d(t, i, FP_TO_PLUS_INFINITY, false);
}

INSN(xvrdpim, "60 T ///// B 249 BX TX", "xvrdpim T, B", VFP, NEEDS_VSX)
{
    return each_integral_d(t, i, FP_TO_MINUS_INFINITY, false);
}

INSN(xvrdpic, "60 T ///// B 235 BX TX", "xvrdpic T, B", VFP, NEEDS_VSX)
{
    return each_integral_d(t, i, fpscr_of(t) & FPSCR_RN, true);
}

INSN(xvabsdp, "60 T ///// B 473 BX TX", "xvabsdp T, B", VFP, NEEDS_VSX | SHORT_BODY)
{
    return each_sign(t, i, sign_clear, sign_bits_d);
}

INSN(xvnabsdp, "60 T ///// B 489 BX TX", "xvnabsdp T, B", VFP, NEEDS_VSX | SHORT_BODY)
{
    return each_sign(t, i, sign_set, sign_bits_d);
}

INSN(xvnegdp, "60 T ///// B 505 BX TX", "xvnegdp T, B", VFP, NEEDS_VSX | SHORT_BODY)
{
    return each_sign(t, i, sign_flip, sign_bits_d);
}

INSN(xvcpsgndp, "60 T A B 240 AX BX TX", "xvcpsgndp T, A, B", VFP, NEEDS_VSX | SHORT_BODY)
{
    return each_copied_sign(t, i, sign_bits_d);
}

INSN(xvaddsp, "60 T A B 64 AX BX TX", "xvaddsp T, A, B", VFP, NEEDS_VSX | SHORT_BODY)
{
    return words_by_host(t, i, host_add_words, host_add_f) ? NEXT : long_sums_f(t, i);
}

INSN(xvsubsp, "60 T A B 72 AX BX TX", "xvsubsp T, A, B", VFP, NEEDS_VSX | SHORT_BODY)
{
    return words_by_host(t, i, host_subtract_words, host_subtract_f) ? NEXT : long_differences_f(t, i);
}

INSN(xvmulsp, "60 T A B 80 AX BX TX", "xvmulsp T, A, B", VFP, NEEDS_VSX | SHORT_BODY)
{
    return words_by_host(t, i, host_mul_words, host_mul_f) ? NEXT : long_products_f(t, i);
}

INSN(xvdivsp, "60 T A B 88 AX BX TX", "xvdivsp T, A, B", VFPDIV, NEEDS_VSX | SHORT_BODY)
{
    return words_by_host(t, i, host_div_words, host_div_f) ? NEXT : long_quotients_f(t, i);
}

INSN(xvsqrtsp, "60 T ///// B 139 BX TX", "xvsqrtsp T, B", VFPDIV, NEEDS_VSX)
{
    return each_unary_f(t, i, fp_sqrt_f);
}

INSN(xvresp, "60 T ///// B 154 BX TX", "xvresp T, B", VFP, NEEDS_VSX)
{
    return each_unary_f(t, i, fp_reciprocal_f);
}

INSN(xvrsqrtesp, "60 T ///// B 138 BX TX", "xvrsqrtesp T, B", VFP, NEEDS_VSX)
{
    return each_unary_f(t, i, fp_rsqrt_f);
}

INSN(xvmaddasp, "60 T A B 65 AX BX TX", "xvmaddasp T, A, B", VFP, NEEDS_VSX | SHORT_BODY)
{
    return each_fused_f_either_way(t, i, 0, false);
}

INSN(xvmaddmsp, "60 T A B 73 AX BX TX", "xvmaddmsp T, A, B", VFP, NEEDS_VSX | SHORT_BODY)
{
    return each_fused_f_either_way(t, i, 0, true);
}

INSN(xvmsubasp, "60 T A B 81 AX BX TX", "xvmsubasp T, A, B", VFP, NEEDS_VSX | SHORT_BODY)
{
    return each_fused_f_either_way(t, i, FP_FMA_SUBTRACT, false);
}

INSN(xvmsubmsp, "60 T A B 89 AX BX TX", "xvmsubmsp T, A, B", VFP, NEEDS_VSX | SHORT_BODY)
{
    return each_fused_f_either_way(t, i, FP_FMA_SUBTRACT, true);
}

INSN(xvnmaddasp, "60 T A B 193 AX BX TX", "xvnmaddasp T, A, B", VFP, NEEDS_VSX | SHORT_BODY)
{
    return each_fused_f_either_way(t, i, FP_FMA_NEGATE, false);
}

INSN(xvnmaddmsp, "60 T A B 201 AX BX TX", "xvnmaddmsp T, A, B", VFP, NEEDS_VSX | SHORT_BODY)
{
    return each_fused_f_either_way(t, i, FP_FMA_NEGATE, true);
}

INSN(xvnmsubasp, "60 T A B 209 AX BX TX", "xvnmsubasp T, A, B", VFP, NEEDS_VSX | SHORT_BODY)
{
    return each_fused_f_either_way(t, i, FP_FMA_SUBTRACT | FP_FMA_NEGATE, false);
}

INSN(xvnmsubmsp, "60 T A B 217 AX BX TX", "xvnmsubmsp T, A, B", VFP, NEEDS_VSX | SHORT_BODY)
{
    return each_fused_f_either_way(t, i, FP_FMA_SUBTRACT | FP_FMA_NEGATE, true);
}

INSN(xvtdivsp, "60 BF // A B 93 AX BX /", "xvtdivsp BF, A, B", VFP, NEEDS_VSX)
{
    return each_test_divide_f(t, i);
}

INSN(xvtsqrtsp, "60 BF // ///// B 170 BX /", "xvtsqrtsp BF, B", VFP, NEEDS_VSX)
{
    return each_test_sqrt_f(t, i);
}

INSN(xvmaxsp, "60 T A B 192 AX BX TX", "xvmaxsp T, A, B", VFP, NEEDS_VSX)
{
    return each_binary_f(t, i, maximum_f);
}

INSN(xvminsp, "60 T A B 200 AX BX TX", "xvminsp T, A, B", VFP, NEEDS_VSX)
{
    return each_binary_f(t, i, minimum_f);
}

INSN(xvcmpeqsp, "60 T A B Rc 67 AX BX TX", "xvcmpeqsp%r T, A, B", VFP, NEEDS_VSX)
{
    return each_compare_f(t, i, FP_EQUAL, false);
}

INSN(xvcmpgtsp, "60 T A B Rc 75 AX BX TX", "xvcmpgtsp%r T, A, B", VFP, NEEDS_VSX)
{
    return each_compare_f(t, i, FP_GREATER, true);
}

INSN(xvcmpgesp, "60 T A B Rc 83 AX BX TX", "xvcmpgesp%r T, A, B", VFP, NEEDS_VSX)
{
    return each_compare_f(t, i, FP_GREATER | FP_EQUAL, true);
}

INSN(xvrspi, "60 T ///// B 137 BX TX", "xvrspi T, B", VFP, NEEDS_VSX)
{
    return each_integral_f(t, i, FP_TO_NEAREST_AWAY, false);
}

INSN(xvrspiz, "60 T ///// B 153 BX TX", "xvrspiz T, B", VFP, NEEDS_VSX)
{
    return each_integral_f(t, i, FP_TO_ZERO, false);
}

INSN(xvrspip, "60 T ///// B 169 BX TX", "xvrspip T, B", VFP, NEEDS_VSX)
{
    return each_integral_f(t, i, FP_TO_PLUS_INFINITY, false);
}

INSN(xvrspim, "60 T ///// B 185 BX TX", "xvrspim T, B", VFP, NEEDS_VSX)
{
    return each_integral_f(t, i, FP_TO_MINUS_INFINITY, false);
}

INSN(xvrspic, "60 T ///// B 171 BX TX", "xvrspic T, B", VFP, NEEDS_VSX)
{
    return each_integral_f(t, i, fpscr_of(t) & FPSCR_RN, true);
}

INSN(xvabssp, "60 T ///// B 409 BX TX", "xvabssp T, B", VFP, NEEDS_VSX | SHORT_BODY)
{
    return each_sign(t, i, sign_clear, sign_bits_f);
}

INSN(xvnabssp, "60 T ///// B 425 BX TX", "xvnabssp T, B", VFP, NEEDS_VSX | SHORT_BODY)
{
    return each_sign(t, i, sign_set, sign_bits_f);
}

INSN(xvnegsp, "60 T ///// B 441 BX TX", "xvnegsp T, B", VFP, NEEDS_VSX | SHORT_BODY)
{
    return each_sign(t, i, sign_flip, sign_bits_f);
}

INSN(xvcpsgnsp, "60 T A B 208 AX BX TX", "xvcpsgnsp T, A, B", VFP, NEEDS_VSX | SHORT_BODY)
{
    return each_copied_sign(t, i, sign_bits_f);
}

/* ---- 7.6.3 vector conversion ---- */

INSN(xvcvdpsxds, "60 T ///// B 472 BX TX", "xvcvdpsxds T, B", VFP, NEEDS_VSX)
{
    return each_unary_d(t, i, d_to_s64);
}

INSN(xvcvdpuxds, "60 T ///// B 456 BX TX", "xvcvdpuxds T, B", VFP, NEEDS_VSX)
{
    return each_unary_d(t, i, d_to_u64);
}

INSN(xvcvdpsxws, "60 T ///// B 216 BX TX", "xvcvdpsxws T, B", VFP, NEEDS_VSX)
{
    return each_unary_d(t, i, d_to_s32);
}

INSN(xvcvdpuxws, "60 T ///// B 200 BX TX", "xvcvdpuxws T, B", VFP, NEEDS_VSX)
{
    return each_unary_d(t, i, d_to_u32);
}

INSN(xvcvsxddp, "60 T ///// B 504 BX TX", "xvcvsxddp T, B", VFP, NEEDS_VSX)
{
    return each_unary_d(t, i, signed_to_d);
}

INSN(xvcvuxddp, "60 T ///// B 488 BX TX", "xvcvuxddp T, B", VFP, NEEDS_VSX)
{
    return each_unary_d(t, i, unsigned_to_d);
}

INSN(xvcvsxwdp, "60 T ///// B 248 BX TX", "xvcvsxwdp T, B", VFP, NEEDS_VSX)
{
    return each_unary_d(t, i, s32_to_d);
}

INSN(xvcvuxwdp, "60 T ///// B 232 BX TX", "xvcvuxwdp T, B", VFP, NEEDS_VSX)
{
    return each_unary_d(t, i, u32_to_d);
}

INSN(xvcvspdp, "60 T ///// B 457 BX TX", "xvcvspdp T, B", VFP, NEEDS_VSX)
{
    return each_unary_d(t, i, double_of_high_word);
}

INSN(xvcvdpsp, "60 T ///// B 393 BX TX", "xvcvdpsp T, B", VFP, NEEDS_VSX)
{
    return each_unary_d(t, i, double_to_both_words);
}

INSN(xvcvspsxds, "60 T ///// B 408 BX TX", "xvcvspsxds T, B", VFP, NEEDS_VSX)
{
    return each_unary_d(t, i, f_to_s64);
}

INSN(xvcvspuxds, "60 T ///// B 392 BX TX", "xvcvspuxds T, B", VFP, NEEDS_VSX)
{
    return each_unary_d(t, i, f_to_u64);
}

INSN(xvcvsxdsp, "60 T ///// B 440 BX TX", "xvcvsxdsp T, B", VFP, NEEDS_VSX)
{
    return each_unary_d(t, i, s64_to_f);
}

INSN(xvcvuxdsp, "60 T ///// B 424 BX TX", "xvcvuxdsp T, B", VFP, NEEDS_VSX)
{
    return each_unary_d(t, i, u64_to_f);
}

INSN(xvcvspsxws, "60 T ///// B 152 BX TX", "xvcvspsxws T, B", VFP, NEEDS_VSX)
{
    return each_unary_f(t, i, f_to_s32);
}

INSN(xvcvspuxws, "60 T ///// B 136 BX TX", "xvcvspuxws T, B", VFP, NEEDS_VSX)
{
    return each_unary_f(t, i, f_to_u32);
}

INSN(xvcvsxwsp, "60 T ///// B 184 BX TX", "xvcvsxwsp T, B", VFP, NEEDS_VSX)
{
    return each_unary_f(t, i, s32_to_f);
}

INSN(xvcvuxwsp, "60 T ///// B 168 BX TX", "xvcvuxwsp T, B", VFP, NEEDS_VSX)
{
    return each_unary_f(t, i, u32_to_f);
}

INSN(xvcvhpsp, "60 T 24:5 B 475 BX TX", "xvcvhpsp T, B", VFP, NEEDS_VSX | SINCE_3_0)
{
    return each_unary_f(t, i, single_of_low_half);
}

INSN(xvcvsphp, "60 T 25:5 B 475 BX TX", "xvcvsphp T, B", VFP, NEEDS_VSX | SINCE_3_0)
{
    return each_unary_f(t, i, single_to_low_half);
}

/* ---- 7.6.3 vector exponents, significands, classes ---- */

INSN(xvxexpdp, "60 T 0:5 B 475 BX TX", "xvxexpdp T, B", VFP, NEEDS_VSX | SINCE_3_0)
{
    return each_xexp_d(t, i);
}

INSN(xvxsigdp, "60 T 1:5 B 475 BX TX", "xvxsigdp T, B", VFP, NEEDS_VSX | SINCE_3_0)
{
    return each_xsig_d(t, i);
}

INSN(xvxexpsp, "60 T 8:5 B 475 BX TX", "xvxexpsp T, B", VFP, NEEDS_VSX | SINCE_3_0)
{
    return each_xexp_f(t, i);
}

INSN(xvxsigsp, "60 T 9:5 B 475 BX TX", "xvxsigsp T, B", VFP, NEEDS_VSX | SINCE_3_0)
{
    return each_xsig_f(t, i);
}

INSN(xviexpdp, "60 T A B 248 AX BX TX", "xviexpdp T, A, B", VFP, NEEDS_VSX | SINCE_3_0)
{
    return each_with_exponent_d(t, i);
}

INSN(xviexpsp, "60 T A B 216 AX BX TX", "xviexpsp T, A, B", VFP, NEEDS_VSX | SINCE_3_0)
{
    return each_with_exponent_f(t, i);
}

INSN(xvtstdcdp, "60 T dx B 15:4 dc 5:3 dm BX TX", "xvtstdcdp T, B, dx", VFP, NEEDS_VSX | SINCE_3_0)
{
    return each_class_d(t, i);
}

INSN(xvtstdcsp, "60 T dx B 13:4 dc 5:3 dm BX TX", "xvtstdcsp T, B, dx", VFP, NEEDS_VSX | SINCE_3_0)
{
    return each_class_f(t, i);
}
