/* SPDX-License-Identifier: Apache-2.0 */
/*
 * softfp.h without arithmetic: between formats, to and from integers, to integral values, comparing, classifying.
 */
#include "core/isa/softfp_number.h"

/* ---- between formats ---- */

inline_hot struct fp checked(struct fp_env *e, struct fp a)
{
    return unlikely(is_nan(&a)) ? pick_nan(e, a, a, a) : a;
}

u64 fp_round_to_single(struct fp_env *e, u64 a)
{
    return TO_S(checked(e, RAW_D(a)));
}
u32 fp_double_to_single(struct fp_env *e, u64 a)
{
    return TO_F(checked(e, RAW_D(a)));
}
u64 fp_single_to_double(struct fp_env *e, u32 a)
{
    return TO_D(checked(e, RAW_F(a)));
}
u64 fp_quad_to_double(struct fp_env *e, u128 a)
{
    return TO_D(checked(e, RAW_Q(a)));
}
u128 fp_double_to_quad(struct fp_env *e, u64 a)
{
    return TO_Q(checked(e, RAW_D(a)));
}
u128 fp_quad_to_extended(struct fp_env *e, u128 a)
{
    return deliver(e, &EXTENDED, &QUAD, checked(e, RAW_Q(a)));
}
u16 fp_double_to_half(struct fp_env *e, u64 a)
{
    return (u16)deliver(e, &HALF, &HALF, checked(e, RAW_D(a)));
}
u16 fp_single_to_half(struct fp_env *e, u32 a)
{
    return (u16)deliver(e, &HALF, &HALF, checked(e, RAW_F(a)));
}
u64 fp_half_to_double(struct fp_env *e, u16 a)
{
    return TO_D(checked(e, unpack(&HALF, a)));
}
u32 fp_half_to_single(struct fp_env *e, u16 a)
{
    return TO_F(checked(e, unpack(&HALF, a)));
}

u64 fp_widen_single(u32 a)
{
    return (u64)pack(&DOUBLE, RAW_F(a));
}

/* As stfs: exponents the single has are cut, those below shift into a denormal, the book leaves the rest undefined. */
u32 fp_narrow_double(u64 a)
{
    unsigned exp = a >> 52 & 0x7ff;
    u64 frac = (a & 0xfffffffffffffULL) | 0x10000000000000ULL;

    if (exp > 896 || (a & ~FP_D_SIGN) == 0) return (u32)(a >> 32 & 0xc0000000) | (u32)(a >> 29 & 0x3fffffff);
    if (exp < 874) return (u32)(a >> 32) & FP_F_SIGN;
    return ((u32)(a >> 32) & FP_F_SIGN) | (u32)(frac >> (29 + 897 - exp));
}

/* ---- integers ---- */

static struct fp from_int(u64 v, bool is_signed)
{
    struct fp r = {0, 0, ZERO, 0};

    if (!v) return r;
    r.cls = NORMAL;
    if (is_signed && (s64)v < 0) {
        r.sign = 1;
        v = -v;
    }
    r.exp = 63 - __builtin_clzll(v);
    r.sig = (u128)v << (127 - r.exp);
    return r;
}

u64 fp_int_to_double(struct fp_env *e, u64 v, bool is_signed)
{
    return TO_D(from_int(v, is_signed));
}
u64 fp_int_to_round_single(struct fp_env *e, u64 v, bool is_signed)
{
    return TO_S(from_int(v, is_signed));
}
u32 fp_int_to_single(struct fp_env *e, u64 v, bool is_signed)
{
    return TO_F(from_int(v, is_signed));
}
u128 fp_int_to_quad(struct fp_env *e, u64 v, bool is_signed)
{
    return TO_Q(from_int(v, is_signed));
}

/* The integral part of |a| (exp < 120) as a number, rounded; flags as for any rounding. */
static u128 integer_of(struct fp_env *e, const struct fp *a)
{
    u128 whole = a->exp < 0 ? 0 : a->sig >> (127 - a->exp);
    u128 rest = a->exp < -1 ? 1 : a->exp == -1 ? a->sig : a->sig << (a->exp + 1);

    if (!rest) return whole;
    e->flags |= FPSCR_XX | FPSCR_FI;
    if (rounds_up(e->rounding, a->sign, rest, TOP, whole & 1)) {
        e->flags |= FPSCR_FR;
        whole++;
    }
    return e->rounding == FP_TO_ODD ? whole | 1 : whole;
}

static u64 to_int(struct fp_env *e, struct fp a, unsigned bits, bool is_signed)
{
    u128 limit = is_signed ? ((u128)1 << (bits - 1)) - 1 + a.sign : a.sign ? 0 : ((u128)1 << bits) - 1, whole;
    u32 before = e->flags;

    if (is_nan(&a)) {
        e->flags |= FPSCR_VXCVI | (a.cls == SNAN ? FPSCR_VXSNAN : 0);
        return is_signed ? ~(u64)0 << (bits - 1) : 0;
    }
    if (a.cls == ZERO) return 0;
    if (a.cls == NORMAL && a.exp < 66) {
        whole = integer_of(e, &a);
        if (likely(whole <= limit)) return a.sign ? -(u64)whole : (u64)whole;
    }
    e->flags = before | FPSCR_VXCVI;
    return a.sign ? -(u64)limit : (u64)limit;
}

u64 fp_double_to_int(struct fp_env *e, u64 a, unsigned bits, bool is_signed)
{
    return to_int(e, RAW_D(a), bits, is_signed);
}
u64 fp_single_to_int(struct fp_env *e, u32 a, unsigned bits, bool is_signed)
{
    return to_int(e, RAW_F(a), bits, is_signed);
}
u64 fp_quad_to_int(struct fp_env *e, u128 a, unsigned bits, bool is_signed)
{
    return to_int(e, RAW_Q(a), bits, is_signed);
}

static struct fp round_int(struct fp_env *e, struct fp a, unsigned precision)
{
    u128 whole;
    unsigned n;

    if (is_nan(&a)) return pick_nan(e, a, a, a);
    if (a.cls != NORMAL || a.exp >= (s32)precision - 1) return a;
    whole = integer_of(e, &a);
    if (!whole) return zero_of(a.sign);
    n = clz128(whole);
    a.sig = whole << n;
    a.exp = 127 - (s32)n;
    return a;
}

u64 fp_round_int_d(struct fp_env *e, u64 a)
{
    return TO_D(round_int(e, RAW_D(a), 53));
}
u32 fp_round_int_f(struct fp_env *e, u32 a)
{
    return TO_F(round_int(e, RAW_F(a), 24));
}
u128 fp_round_int_q(struct fp_env *e, u128 a)
{
    return TO_Q(round_int(e, RAW_Q(a), 113));
}

/* ---- comparing and classifying ---- */

/* Sign and magnitude of equal formats compare as integers; the zeros are equal. */
inline_hot unsigned relation(bool nan, bool zeros, bool a_negative, bool b_negative, bool below, bool same)
{
    if (unlikely(nan)) return FP_UNORDERED;
    if (zeros || same) return FP_EQUAL;
    if (a_negative != b_negative) return a_negative ? FP_LESS : FP_GREATER;
    return below != a_negative ? FP_LESS : FP_GREATER;
}

unsigned fp_compare_d(u64 a, u64 b)
{
    return relation(fp_is_nan_d(a) || fp_is_nan_d(b), !((a | b) & ~FP_D_SIGN), a >> 63, b >> 63, a < b, a == b);
}
unsigned fp_compare_f(u32 a, u32 b)
{
    return relation(fp_is_nan_f(a) || fp_is_nan_f(b), !((a | b) & ~FP_F_SIGN), a >> 31, b >> 31, a < b, a == b);
}
unsigned fp_compare_q(u128 a, u128 b)
{
    return relation(fp_is_nan_q(a) || fp_is_nan_q(b), !((a | b) & ~FP_Q_SIGN), a >> 127 != 0, b >> 127 != 0, a < b,
                    a == b);
}

static u32 class_in(const struct format *to, struct fp a)
{
    return class_of(to, &a);
}
u32 fp_class_d(u64 a)
{
    return class_in(&DOUBLE, RAW_D(a));
}
u32 fp_class_s(u64 a)
{
    return class_in(&SINGLE, RAW_D(a));
}
u32 fp_class_f(u32 a)
{
    return class_in(&SINGLE, RAW_F(a));
}
u32 fp_class_q(u128 a)
{
    return class_in(&QUAD, RAW_Q(a));
}

/* ---- tests for software divide and square root (Book I 4.6.7) ---- */

static s32 exponent_of(const struct format *f, const struct fp *a)
{
    return a->cls == NORMAL && a->exp >= 1 - f->emax ? a->exp : -f->emax;
}

static bool is_denormal(const struct format *f, const struct fp *a)
{
    return a->cls == NORMAL && a->exp < 1 - f->emax;
}

static unsigned test_divide(const struct format *f, struct fp a, struct fp b)
{
    s32 ea = exponent_of(f, &a), eb = exponent_of(f, &b), emin = 1 - f->emax;
    bool fg = a.cls == INFINITE || b.cls == INFINITE || b.cls == ZERO || is_denormal(f, &b);
    bool fe = fg || is_nan(&a) || is_nan(&b) || eb <= emin || eb >= f->emax - 2;

    if (a.cls != ZERO) fe |= ea - eb >= f->emax || ea - eb <= emin + 1 || ea <= emin + f->precision - 1;
    return 8 | (fg ? 4 : 0) | (fe ? 2 : 0);
}

static unsigned test_sqrt(const struct format *f, struct fp a)
{
    bool fg = a.cls == ZERO || a.cls == INFINITE || is_denormal(f, &a);
    bool fe = fg || is_nan(&a) || a.sign || a.exp <= 1 - f->emax + f->precision - 1;

    return 8 | (fg ? 4 : 0) | (fe ? 2 : 0);
}

unsigned fp_test_divide_d(u64 a, u64 b)
{
    return test_divide(&DOUBLE, RAW_D(a), RAW_D(b));
}
unsigned fp_test_divide_f(u32 a, u32 b)
{
    return test_divide(&SINGLE, RAW_F(a), RAW_F(b));
}
unsigned fp_test_sqrt_d(u64 a)
{
    return test_sqrt(&DOUBLE, RAW_D(a));
}
unsigned fp_test_sqrt_f(u32 a)
{
    return test_sqrt(&SINGLE, RAW_F(a));
}
