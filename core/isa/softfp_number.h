/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The inside of softfp: numbers, how they come out of bits and go back, and the one rounding.  Included by softfp.c and
 * softfp_convert.c only; everything is inlined with its format as a constant, so each exported function is specialised.
 */
#ifndef P9_CORE_ISA_SOFTFP_NUMBER_H
#define P9_CORE_ISA_SOFTFP_NUMBER_H

#include "core/isa/softfp.h"

#define TOP ((u128)1 << 127)
#define QUIET ((u128)1 << 126)

enum number_class { ZERO, NORMAL, INFINITE, QNAN, SNAN };

struct fp {
    u128 sig; /* NORMAL: leading one at bit 127.  NaN: the fraction starts at bit 126 */
    s32 exp;
    u8 cls, sign;
};

/* A storage format, and with `adjust` (4.4.3: 3/2 of the exponent range) also a rounding target. */
struct format {
    u8 bits, precision;
    s32 emax, adjust;
};
static const struct format HALF = {16, 11, 15, 24};
static const struct format SINGLE = {32, 24, 127, 192};
static const struct format DOUBLE = {64, 53, 1023, 1536};
static const struct format QUAD = {128, 113, 16383, 24576};
static const struct format EXTENDED = {128, 64, 16383, 24576}; /* target only: x87 precision in quad range */

inline_hot unsigned clz128(u128 v)
{
    u64 high = (u64)(v >> 64);
    return high ? (unsigned)__builtin_clzll(high) : 64 + (unsigned)__builtin_clzll((u64)v);
}

/* Shift right; what is lost survives as a one in the last bit. n > 0. */
inline_hot u128 shift_jam(u128 v, unsigned n)
{
    if (unlikely(n > 127)) return v != 0;
    return v >> n | ((v << (128 - n)) != 0);
}

/* ---- bits to numbers and back ---- */

inline_hot struct fp unpack(const struct format *f, u128 raw)
{
    unsigned frac_bits = f->precision - 1u;
    u32 biased = (u32)(raw >> frac_bits) & (2u * (u32)f->emax + 1);
    u128 frac = raw << (128 - frac_bits) >> 1;
    struct fp r = {frac | TOP, (s32)biased - f->emax, NORMAL, (u8)(raw >> (f->bits - 1) & 1)};

    if (unlikely(biased == 0)) {
        if (frac == 0) {
            r.cls = ZERO;
        } else {
            unsigned n = clz128(frac);
            r.sig = frac << n;
            r.exp = 1 - f->emax - (s32)n;
        }
    } else if (unlikely(biased > 2u * (u32)f->emax)) {
        r.cls = frac == 0 ? INFINITE : frac & QUIET ? QNAN : SNAN;
    }
    return r;
}

/* A number that was rounded to this format or to a narrower one.  Single arithmetic on operands that are no singles has
 * an undefined result (4.3.5.1); if it leaves even the double's range, the exponent just wraps. */
inline_hot u128 pack(const struct format *f, struct fp r)
{
    unsigned frac_bits = f->precision - 1u;
    u128 sign = (u128)r.sign << (f->bits - 1), top_exp = (u128)(2 * f->emax + 1) << frac_bits;

    if (likely(r.cls == NORMAL)) {
        s32 biased = r.exp + f->emax;
        if (unlikely(biased < 1)) return sign | (biased < -120 ? 0 : r.sig >> (1 - biased) >> (127 - frac_bits));
        return sign | ((u128)(u32)biased << frac_bits & top_exp) | r.sig << 1 >> (128 - frac_bits);
    }
    if (r.cls == ZERO) return sign;
    if (r.cls == INFINITE) return sign | top_exp;
    return sign | top_exp | r.sig << 1 >> (128 - frac_bits);
}

inline_hot struct fp default_nan(void)
{
    struct fp r = {TOP | QUIET, 0, QNAN, 0};
    return r;
}

inline_hot bool is_nan(const struct fp *a)
{
    return a->cls >= QNAN;
}

inline_hot struct fp quieted(struct fp a)
{
    a.sig |= QUIET;
    a.cls = QNAN;
    return a;
}

inline_hot struct fp zero_of(unsigned sign)
{
    struct fp r = {0, 0, ZERO, (u8)sign};
    return r;
}

inline_hot struct fp infinity_of(unsigned sign)
{
    struct fp r = {TOP, 0, INFINITE, (u8)sign};
    return r;
}

inline_hot struct fp invalid(struct fp_env *e, u32 why)
{
    e->flags |= why;
    return default_nan();
}

/* ---- rounding ---- */

/*
 * Does the magnitude grow?  low is the lost part, half its half-way point, odd the last bit that stays.
 *   to nearest       low > half, or low = half and odd        away        low >= half
 *   to zero, to odd  never                                    to +-inf    low != 0 and the sign agrees
 */
inline_hot bool rounds_up(unsigned rounding, unsigned sign, u128 low, u128 half, bool odd)
{
    if (likely(rounding == FP_TO_NEAREST)) return low > half || (low == half && odd);
    if (rounding == FP_TO_NEAREST_AWAY) return low >= half;
    if (rounding == FP_TO_PLUS_INFINITY) return low && !sign;
    if (rounding == FP_TO_MINUS_INFINITY) return low && sign;
    return false;
}

/* Overflow (4.4.3).  Disabled: infinity or the largest number, as the rounding mode says; FR is undefined by the book
 * and says here whether it became infinity. */
static noinline_cold struct fp overflowed(struct fp_env *e, const struct format *to, struct fp r)
{
    bool to_infinity = e->rounding == FP_TO_NEAREST || e->rounding == FP_TO_NEAREST_AWAY ||
                       (e->rounding == FP_TO_PLUS_INFINITY && !r.sign) ||
                       (e->rounding == FP_TO_MINUS_INFINITY && r.sign);

    e->flags |= FPSCR_OX;
    if (e->control & FPSCR_OE) {
        r.exp -= to->adjust;
        return r;
    }
    e->flags = (e->flags & ~FPSCR_FR) | FPSCR_XX | FPSCR_FI | (to_infinity ? FPSCR_FR : 0);
    if (to_infinity) return infinity_of(r.sign);
    r.exp = to->emax;
    r.sig = ~(u128)0 << (128 - to->precision);
    return r;
}

/* Round a finite non-zero number, or cut a NaN to what the target can hold.  Tiny is decided before rounding (4.4.4).
 */
inline_hot struct fp round_to(struct fp_env *e, const struct format *to, struct fp r)
{
    unsigned drop = 128u - to->precision;
    u128 unit = (u128)1 << drop, low;
    s32 emin = 1 - to->emax, below = 0;
    bool up;

    if (unlikely(r.cls != NORMAL)) {
        if (r.cls >= QNAN) r.sig &= ~(unit - 1);
        return r;
    }
    if (unlikely(r.exp < emin)) {
        if (e->control & FPSCR_UE) {
            e->flags |= FPSCR_UX;
            r.exp += to->adjust;
        } else {
            below = emin - r.exp;
            r.sig = shift_jam(r.sig, (unsigned)below);
            r.exp = emin;
        }
    }
    low = r.sig & (unit - 1);
    if (low) {
        up = rounds_up(e->rounding, r.sign, low, unit >> 1, (r.sig & unit) != 0);
        r.sig -= low;
        if (e->rounding == FP_TO_ODD) r.sig |= unit;
        e->flags |= FPSCR_XX | FPSCR_FI | (up ? FPSCR_FR : 0) | (below ? FPSCR_UX : 0);
        if (up) {
            r.sig += unit;
            if (unlikely(r.sig == 0)) {
                r.sig = TOP;
                r.exp++;
            }
        }
    }
    if (unlikely(below)) {
        if (r.sig == 0) return zero_of(r.sign);
        below = (s32)clz128(r.sig);
        r.sig <<= below;
        r.exp -= below;
    }
    if (unlikely(r.exp > to->emax)) return overflowed(e, to, r);
    return r;
}

inline_hot u32 class_of(const struct format *to, const struct fp *r)
{
    if (likely(r->cls == NORMAL)) {
        if (unlikely(r->exp < 1 - to->emax)) return FPRF_CODE(r->sign ? 0x18 : 0x14);
        return FPRF_CODE(r->sign ? 0x08 : 0x04);
    }
    if (r->cls == ZERO) return FPRF_CODE(r->sign ? 0x12 : 0x02);
    if (r->cls == INFINITE) return FPRF_CODE(r->sign ? 0x09 : 0x05);
    return FPRF_QNAN;
}

inline_hot u128 deliver(struct fp_env *e, const struct format *to, const struct format *stored, struct fp r)
{
    r = round_to(e, to, r);
    e->fprf = class_of(to, &r);
    return pack(stored, r);
}

/* The first NaN of up to three operands, made quiet. */
static noinline_cold struct fp pick_nan(struct fp_env *e, struct fp a, struct fp b, struct fp c)
{
    if (a.cls == SNAN || b.cls == SNAN || c.cls == SNAN) e->flags |= FPSCR_VXSNAN;
    return quieted(is_nan(&a) ? a : is_nan(&b) ? b : c);
}

/* ---- from raw bits, and rounded to raw bits; `e` is the environment ---- */

#define RAW_D(x) unpack(&DOUBLE, x)
#define RAW_F(x) unpack(&SINGLE, x)
#define RAW_Q(x) unpack(&QUAD, x)
#define TO_D(r) ((u64)deliver(e, &DOUBLE, &DOUBLE, r))
#define TO_S(r) ((u64)deliver(e, &SINGLE, &DOUBLE, r))
#define TO_F(r) ((u32)deliver(e, &SINGLE, &SINGLE, r))
#define TO_Q(r) deliver(e, &QUAD, &QUAD, r)

#endif
