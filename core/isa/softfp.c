/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The arithmetic of softfp.h.  A number is unpacked to sign, exponent and a 128-bit significand with its leading one at
 * the top: sig / 2^127 * 2^exp, denormals included.  An operation computes an exact result, or one whose lost low part
 * is kept as a one in the last bit ("jammed", which rounds alike because every format leaves at least 14 spare bits),
 * and round_to() rounds it once to the precision and range of the target.  Quad products need 256 bits and have their
 * own path; everything else multiplies 64 by 64.
 *
 * Formats are constant arguments of inlined functions, so each exported function is specialised for its own.
 */
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

inline_hot bool is_nan(const struct fp *a) { return a->cls >= QNAN; }

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

/* Round a finite non-zero number, or cut a NaN to what the target can hold.  Tiny is decided before rounding (4.4.4). */
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

/* ---- add ---- */

/* The first NaN of up to three operands, made quiet. */
static noinline_cold struct fp pick_nan(struct fp_env *e, struct fp a, struct fp b, struct fp c)
{
    if (a.cls == SNAN || b.cls == SNAN || c.cls == SNAN) e->flags |= FPSCR_VXSNAN;
    return quieted(is_nan(&a) ? a : is_nan(&b) ? b : c);
}

/* At least one is not an ordinary number; no NaN. */
static noinline_cold struct fp add_special(struct fp_env *e, struct fp a, struct fp b)
{
    if (a.cls == INFINITE) return b.cls == INFINITE && a.sign != b.sign ? invalid(e, FPSCR_VXISI) : a;
    if (b.cls == INFINITE) return b;
    if (a.cls == ZERO && b.cls == ZERO) return a.sign == b.sign ? a : zero_of(e->rounding == FP_TO_MINUS_INFINITY);
    return a.cls == ZERO ? b : a;
}

inline_hot struct fp add_normal(struct fp_env *e, struct fp a, struct fp b)
{
    unsigned n;

    if (a.exp < b.exp || (a.exp == b.exp && a.sig < b.sig)) {
        struct fp swap = a;
        a = b;
        b = swap;
    }
    n = (unsigned)(a.exp - b.exp);
    if (n) b.sig = shift_jam(b.sig, n);
    if (a.sign == b.sign) {
        /* The halves are added, so that a carry has room; the last bits are zero or sticky. */
        u128 sum = (a.sig >> 1) + (b.sig >> 1 | (b.sig & 1));
        if (sum & TOP) {
            a.sig = sum;
            a.exp++;
        } else {
            a.sig = sum << 1;
        }
        return a;
    }
    a.sig -= b.sig;
    if (unlikely(a.sig == 0)) return zero_of(e->rounding == FP_TO_MINUS_INFINITY);
    n = clz128(a.sig);
    a.sig <<= n;
    a.exp -= (s32)n;
    return a;
}

inline_hot struct fp add(struct fp_env *e, struct fp a, struct fp b, bool subtract)
{
    if (likely(a.cls == NORMAL && b.cls == NORMAL)) {
        b.sign ^= subtract;
        return add_normal(e, a, b);
    }
    if (is_nan(&a) || is_nan(&b)) return pick_nan(e, a, b, b);
    b.sign ^= subtract;
    return add_special(e, a, b);
}

/* ---- multiply ---- */

static u128 multiply_wide(u128 a, u128 b, u128 *low)
{
    u64 a1 = (u64)(a >> 64), a0 = (u64)a, b1 = (u64)(b >> 64), b0 = (u64)b;
    u128 p00 = (u128)a0 * b0, p01 = (u128)a0 * b1, p10 = (u128)a1 * b0, p11 = (u128)a1 * b1;
    u128 middle = (p00 >> 64) + (u64)p01 + (u64)p10;

    *low = middle << 64 | (u64)p00;
    return p11 + (p01 >> 64) + (p10 >> 64) + (middle >> 64);
}

/* Exact product of two normal numbers: sig is the upper part, *low the rest (zero unless wide). */
inline_hot struct fp multiply_normal(struct fp a, struct fp c, bool wide, u128 *low)
{
    *low = 0;
    if (wide) a.sig = multiply_wide(a.sig, c.sig, low);
    else a.sig = (u128)(u64)(a.sig >> 64) * (u64)(c.sig >> 64);
    a.exp += c.exp + 1;
    a.sign ^= c.sign;
    if (!(a.sig & TOP)) {
        a.sig = a.sig << 1 | *low >> 127;
        *low <<= 1;
        a.exp--;
    }
    return a;
}

/* At least one is not an ordinary number; no NaN. */
static noinline_cold struct fp multiply_special(struct fp_env *e, struct fp a, struct fp c)
{
    if (a.cls == INFINITE || c.cls == INFINITE) {
        if (a.cls == ZERO || c.cls == ZERO) return invalid(e, FPSCR_VXIMZ);
        return infinity_of(a.sign ^ c.sign);
    }
    return zero_of(a.sign ^ c.sign);
}

inline_hot struct fp multiply(struct fp_env *e, struct fp a, struct fp c, bool wide)
{
    u128 low;

    if (likely(a.cls == NORMAL && c.cls == NORMAL)) {
        a = multiply_normal(a, c, wide, &low);
        a.sig |= low != 0;
        return a;
    }
    if (is_nan(&a) || is_nan(&c)) return pick_nan(e, a, c, c);
    return multiply_special(e, a, c);
}

/* ---- fused multiply-add ---- */

/* Infinity times zero is VXIMZ even if the addend is a NaN, which is then the result. */
static noinline_cold struct fp fma_special(struct fp_env *e, struct fp a, struct fp c, struct fp b, bool wide)
{
    struct fp p;

    if (!is_nan(&a) && !is_nan(&c) && (a.cls != NORMAL || c.cls != NORMAL)) p = multiply_special(e, a, c);
    else if (is_nan(&a) || is_nan(&c)) p = is_nan(&a) ? a : c;
    else p = multiply(e, a, c, wide);
    if (is_nan(&a) || is_nan(&b) || is_nan(&c)) return pick_nan(e, a, b, c);
    if (is_nan(&p)) return p;
    return p.cls == NORMAL && b.cls == NORMAL ? add_normal(e, p, b) : add_special(e, p, b);
}

/* Product (p.sig, low) plus b with 256 bits between them. */
static struct fp add_wide(struct fp_env *e, struct fp p, u128 low, struct fp b)
{
    u128 b_low = 0, sum_low;
    s32 n = p.exp - b.exp;
    unsigned shift;

    if (n < 0 || (n == 0 && p.sig < b.sig)) {
        struct fp swap = p;
        p = b;
        b = swap;
        b_low = low;
        low = 0;
        n = -n;
    }
    if (n >= 256) {
        b.sig = 0;
        b_low = 1;
    } else if (n >= 128) {
        b_low = n == 128 ? b.sig | (b_low != 0) : shift_jam(b.sig, (unsigned)n - 128) | (b_low != 0);
        b.sig = 0;
    } else if (n > 0) {
        b_low = b.sig << (128 - n) | shift_jam(b_low, (unsigned)n);
        b.sig >>= n;
    }
    if (p.sign == b.sign) {
        bool carry;
        sum_low = low + b_low;
        carry = sum_low < low;
        p.sig += carry;
        carry = carry && p.sig == 0;
        p.sig += b.sig;
        carry |= p.sig < b.sig;
        if (carry) {
            sum_low = sum_low >> 1 | (sum_low & 1) | p.sig << 127;
            p.sig = p.sig >> 1 | TOP;
            p.exp++;
        }
    } else {
        sum_low = low - b_low;
        p.sig -= b.sig + (low < b_low);
        if (!(p.sig | sum_low)) return zero_of(e->rounding == FP_TO_MINUS_INFINITY);
        if (!p.sig) {
            p.sig = sum_low;
            sum_low = 0;
            p.exp -= 128;
        }
        shift = clz128(p.sig);
        if (shift) p.sig = p.sig << shift | sum_low >> (128 - shift);
        sum_low <<= shift;
        p.exp -= (s32)shift;
    }
    p.sig |= sum_low != 0;
    return p;
}

inline_hot struct fp fma3(struct fp_env *e, struct fp a, struct fp c, struct fp b, unsigned how, bool wide)
{
    u128 low;

    if (!is_nan(&b)) b.sign ^= how & FP_FMA_SUBTRACT;
    if (unlikely(a.cls != NORMAL || c.cls != NORMAL || b.cls != NORMAL)) return fma_special(e, a, c, b, wide);
    a = multiply_normal(a, c, wide, &low);
    return wide ? add_wide(e, a, low, b) : add_normal(e, a, b);
}

/* Rounding comes before the negation of fnmadd. */
inline_hot u128 deliver_fma(struct fp_env *e, const struct format *to, const struct format *stored, struct fp r,
                            unsigned how)
{
    r = round_to(e, to, r);
    if ((how & FP_FMA_NEGATE) && !is_nan(&r)) r.sign ^= 1;
    e->fprf = class_of(to, &r);
    return pack(stored, r);
}

/* ---- divide and square root ---- */

static noinline_cold struct fp divide_special(struct fp_env *e, struct fp a, struct fp b)
{
    if (is_nan(&a) || is_nan(&b)) return pick_nan(e, a, b, b);
    if (a.cls == INFINITE) return b.cls == INFINITE ? invalid(e, FPSCR_VXIDI) : infinity_of(a.sign ^ b.sign);
    if (b.cls == INFINITE) return zero_of(a.sign ^ b.sign);
    if (b.cls != ZERO) return zero_of(a.sign ^ b.sign);
    if (a.cls == ZERO) return invalid(e, FPSCR_VXZDZ);
    e->flags |= FPSCR_ZX;
    return infinity_of(a.sign ^ b.sign);
}

/* 116 quotient bits, one at a time: the last one is sticky. */
static u128 divide_wide(u128 a, u128 b)
{
    u128 q = 0;

    a >>= 1;
    b >>= 1;
    for (int n = 0; n < 116; n++) {
        q <<= 1;
        if (a >= b) {
            a -= b;
            q |= 1;
        }
        a <<= 1;
    }
    return q << 12 | (a != 0);
}

inline_hot struct fp divide(struct fp_env *e, struct fp a, struct fp b, bool wide)
{
    if (unlikely(a.cls != NORMAL || b.cls != NORMAL)) return divide_special(e, a, b);
    if (wide) {
        a.sig = divide_wide(a.sig, b.sig);
    } else {
        u64 divisor = (u64)(b.sig >> 64);
        u128 dividend = a.sig >> 1;
        u64 q = (u64)(dividend / divisor);
        a.sig = (u128)q << 64 | ((u128)q * divisor != dividend);
    }
    a.exp -= b.exp;
    a.sign ^= b.sign;
    if (!(a.sig & TOP)) {
        a.sig <<= 1;
        a.exp--;
    }
    return a;
}

/* Root of a number in [2^126, 2^128): 64 bits, and sticky.  Half of the bits one at a time, the other half by one
 * division (Zimmermann's square root with remainder). */
static u128 root_of(u128 v)
{
    u64 high = (u64)(v >> 64), s = 0, r = 0;
    u128 q, rest;
    s128 remainder;

    for (int n = 62; n >= 0; n -= 2) {
        u64 trial = s << 2 | 1;
        r = r << 2 | (high >> n & 3);
        s <<= 1;
        if (r >= trial) {
            r -= trial;
            s |= 1;
        }
    }
    rest = (u128)r << 32 | (u32)((u64)v >> 32);
    q = rest / (2 * s);
    rest -= q * (2 * s);
    q += (u128)s << 32;
    remainder = (s128)(rest << 32 | (u32)v) - (s128)((q - ((u128)s << 32)) * (q - ((u128)s << 32)));
    if (remainder < 0) {
        remainder += 2 * (s128)q - 1;
        q--;
    }
    return q << 64 | (remainder != 0);
}

/* The same for quads: 116 bits, one at a time. */
static u128 root_wide(u128 v)
{
    u128 s = 0, r = 0;

    for (int n = 0; n < 116; n++) {
        u128 trial = s << 2 | 1;
        r = r << 2 | v >> 126;
        v <<= 2;
        s <<= 1;
        if (r >= trial) {
            r -= trial;
            s |= 1;
        }
    }
    return s << 12 | (r != 0);
}

inline_hot struct fp square_root(struct fp_env *e, struct fp a, bool wide)
{
    if (unlikely(a.cls != NORMAL || a.sign)) {
        if (is_nan(&a)) return pick_nan(e, a, a, a);
        if (a.cls == ZERO || !a.sign) return a;
        return invalid(e, FPSCR_VXSQRT);
    }
    if (!(a.exp & 1)) a.sig >>= 1;
    a.exp >>= 1;
    a.sig = wide ? root_wide(a.sig) : root_of(a.sig);
    return a;
}

/* ---- the exported operations ---- */

#define RAW_D(x) unpack(&DOUBLE, x)
#define RAW_F(x) unpack(&SINGLE, x)
#define RAW_Q(x) unpack(&QUAD, x)
#define TO_D(r) ((u64)deliver(e, &DOUBLE, &DOUBLE, r))
#define TO_S(r) ((u64)deliver(e, &SINGLE, &DOUBLE, r))
#define TO_F(r) ((u32)deliver(e, &SINGLE, &SINGLE, r))
#define TO_Q(r) deliver(e, &QUAD, &QUAD, r)

u64 fp_add_d(struct fp_env *e, u64 a, u64 b, bool subtract) { return TO_D(add(e, RAW_D(a), RAW_D(b), subtract)); }
u64 fp_add_s(struct fp_env *e, u64 a, u64 b, bool subtract) { return TO_S(add(e, RAW_D(a), RAW_D(b), subtract)); }
u32 fp_add_f(struct fp_env *e, u32 a, u32 b, bool subtract) { return TO_F(add(e, RAW_F(a), RAW_F(b), subtract)); }
u128 fp_add_q(struct fp_env *e, u128 a, u128 b, bool subtract) { return TO_Q(add(e, RAW_Q(a), RAW_Q(b), subtract)); }

u64 fp_mul_d(struct fp_env *e, u64 a, u64 c) { return TO_D(multiply(e, RAW_D(a), RAW_D(c), false)); }
u64 fp_mul_s(struct fp_env *e, u64 a, u64 c) { return TO_S(multiply(e, RAW_D(a), RAW_D(c), false)); }
u32 fp_mul_f(struct fp_env *e, u32 a, u32 c) { return TO_F(multiply(e, RAW_F(a), RAW_F(c), false)); }
u128 fp_mul_q(struct fp_env *e, u128 a, u128 c) { return TO_Q(multiply(e, RAW_Q(a), RAW_Q(c), true)); }

u64 fp_div_d(struct fp_env *e, u64 a, u64 b) { return TO_D(divide(e, RAW_D(a), RAW_D(b), false)); }
u64 fp_div_s(struct fp_env *e, u64 a, u64 b) { return TO_S(divide(e, RAW_D(a), RAW_D(b), false)); }
u32 fp_div_f(struct fp_env *e, u32 a, u32 b) { return TO_F(divide(e, RAW_F(a), RAW_F(b), false)); }
u128 fp_div_q(struct fp_env *e, u128 a, u128 b) { return TO_Q(divide(e, RAW_Q(a), RAW_Q(b), true)); }

u64 fp_sqrt_d(struct fp_env *e, u64 a) { return TO_D(square_root(e, RAW_D(a), false)); }
u64 fp_sqrt_s(struct fp_env *e, u64 a) { return TO_S(square_root(e, RAW_D(a), false)); }
u32 fp_sqrt_f(struct fp_env *e, u32 a) { return TO_F(square_root(e, RAW_F(a), false)); }
u128 fp_sqrt_q(struct fp_env *e, u128 a) { return TO_Q(square_root(e, RAW_Q(a), true)); }

u64 fp_fma_d(struct fp_env *e, u64 a, u64 c, u64 b, unsigned how)
{
    return (u64)deliver_fma(e, &DOUBLE, &DOUBLE, fma3(e, RAW_D(a), RAW_D(c), RAW_D(b), how, false), how);
}
u64 fp_fma_s(struct fp_env *e, u64 a, u64 c, u64 b, unsigned how)
{
    return (u64)deliver_fma(e, &SINGLE, &DOUBLE, fma3(e, RAW_D(a), RAW_D(c), RAW_D(b), how, false), how);
}
u32 fp_fma_f(struct fp_env *e, u32 a, u32 c, u32 b, unsigned how)
{
    return (u32)deliver_fma(e, &SINGLE, &SINGLE, fma3(e, RAW_F(a), RAW_F(c), RAW_F(b), how, false), how);
}
u128 fp_fma_q(struct fp_env *e, u128 a, u128 c, u128 b, unsigned how)
{
    return deliver_fma(e, &QUAD, &QUAD, fma3(e, RAW_Q(a), RAW_Q(c), RAW_Q(b), how, true), how);
}

/* ---- estimates ---- */

/* 1/a (root false) or 1/sqrt(a), rounded to nearest whatever the mode; inexactness is nobody's business. */
static u128 estimate(struct fp_env *e, const struct format *to, const struct format *stored, struct fp a, bool root)
{
    struct fp_env inner = {e->control, 0, 0, FP_TO_NEAREST};
    struct fp one = {TOP, 0, NORMAL, 0};
    u128 result;

    if (root && a.cls == ZERO) {
        inner.flags |= FPSCR_ZX;
        a = infinity_of(a.sign);
    } else {
        if (root) a = square_root(&inner, a, false);
        a = is_nan(&a) && inner.flags ? a : divide(&inner, one, a, false);
    }
    result = deliver(&inner, to, stored, a);
    e->flags |= inner.flags & ~(FPSCR_XX | FPSCR_FI | FPSCR_FR);
    e->fprf = inner.fprf;
    return result;
}

u64 fp_reciprocal_d(struct fp_env *e, u64 a) { return (u64)estimate(e, &DOUBLE, &DOUBLE, RAW_D(a), false); }
u64 fp_reciprocal_s(struct fp_env *e, u64 a) { return (u64)estimate(e, &SINGLE, &DOUBLE, RAW_D(a), false); }
u32 fp_reciprocal_f(struct fp_env *e, u32 a) { return (u32)estimate(e, &SINGLE, &SINGLE, RAW_F(a), false); }
u64 fp_rsqrt_d(struct fp_env *e, u64 a) { return (u64)estimate(e, &DOUBLE, &DOUBLE, RAW_D(a), true); }
u64 fp_rsqrt_s(struct fp_env *e, u64 a) { return (u64)estimate(e, &SINGLE, &DOUBLE, RAW_D(a), true); }
u32 fp_rsqrt_f(struct fp_env *e, u32 a) { return (u32)estimate(e, &SINGLE, &SINGLE, RAW_F(a), true); }

/* ---- between formats ---- */

inline_hot struct fp checked(struct fp_env *e, struct fp a)
{
    return unlikely(is_nan(&a)) ? pick_nan(e, a, a, a) : a;
}

u64 fp_round_to_single(struct fp_env *e, u64 a) { return TO_S(checked(e, RAW_D(a))); }
u32 fp_double_to_single(struct fp_env *e, u64 a) { return TO_F(checked(e, RAW_D(a))); }
u64 fp_single_to_double(struct fp_env *e, u32 a) { return TO_D(checked(e, RAW_F(a))); }
u64 fp_quad_to_double(struct fp_env *e, u128 a) { return TO_D(checked(e, RAW_Q(a))); }
u128 fp_double_to_quad(struct fp_env *e, u64 a) { return TO_Q(checked(e, RAW_D(a))); }
u128 fp_quad_to_extended(struct fp_env *e, u128 a) { return deliver(e, &EXTENDED, &QUAD, checked(e, RAW_Q(a))); }
u16 fp_double_to_half(struct fp_env *e, u64 a) { return (u16)deliver(e, &HALF, &HALF, checked(e, RAW_D(a))); }
u16 fp_single_to_half(struct fp_env *e, u32 a) { return (u16)deliver(e, &HALF, &HALF, checked(e, RAW_F(a))); }
u64 fp_half_to_double(struct fp_env *e, u16 a) { return TO_D(checked(e, unpack(&HALF, a))); }
u32 fp_half_to_single(struct fp_env *e, u16 a) { return TO_F(checked(e, unpack(&HALF, a))); }

u64 fp_widen_single(u32 a) { return (u64)pack(&DOUBLE, RAW_F(a)); }

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

u64 fp_int_to_double(struct fp_env *e, u64 v, bool is_signed) { return TO_D(from_int(v, is_signed)); }
u64 fp_int_to_round_single(struct fp_env *e, u64 v, bool is_signed) { return TO_S(from_int(v, is_signed)); }
u32 fp_int_to_single(struct fp_env *e, u64 v, bool is_signed) { return TO_F(from_int(v, is_signed)); }
u128 fp_int_to_quad(struct fp_env *e, u64 v, bool is_signed) { return TO_Q(from_int(v, is_signed)); }

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

u64 fp_double_to_int(struct fp_env *e, u64 a, unsigned bits, bool is_signed) { return to_int(e, RAW_D(a), bits, is_signed); }
u64 fp_single_to_int(struct fp_env *e, u32 a, unsigned bits, bool is_signed) { return to_int(e, RAW_F(a), bits, is_signed); }
u64 fp_quad_to_int(struct fp_env *e, u128 a, unsigned bits, bool is_signed) { return to_int(e, RAW_Q(a), bits, is_signed); }

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

u64 fp_round_int_d(struct fp_env *e, u64 a) { return TO_D(round_int(e, RAW_D(a), 53)); }
u32 fp_round_int_f(struct fp_env *e, u32 a) { return TO_F(round_int(e, RAW_F(a), 24)); }
u128 fp_round_int_q(struct fp_env *e, u128 a) { return TO_Q(round_int(e, RAW_Q(a), 113)); }

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
    return relation(fp_is_nan_q(a) || fp_is_nan_q(b), !((a | b) & ~FP_Q_SIGN), a >> 127 != 0, b >> 127 != 0, a < b, a == b);
}

static u32 class_in(const struct format *to, struct fp a) { return class_of(to, &a); }
u32 fp_class_d(u64 a) { return class_in(&DOUBLE, RAW_D(a)); }
u32 fp_class_s(u64 a) { return class_in(&SINGLE, RAW_D(a)); }
u32 fp_class_f(u32 a) { return class_in(&SINGLE, RAW_F(a)); }
u32 fp_class_q(u128 a) { return class_in(&QUAD, RAW_Q(a)); }

/* ---- tests for software divide and square root (Book I 4.6.7) ---- */

static s32 exponent_of(const struct format *f, const struct fp *a)
{
    return a->cls == NORMAL && a->exp >= 1 - f->emax ? a->exp : -f->emax;
}

static bool is_denormal(const struct format *f, const struct fp *a) { return a->cls == NORMAL && a->exp < 1 - f->emax; }

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

unsigned fp_test_divide_d(u64 a, u64 b) { return test_divide(&DOUBLE, RAW_D(a), RAW_D(b)); }
unsigned fp_test_divide_f(u32 a, u32 b) { return test_divide(&SINGLE, RAW_F(a), RAW_F(b)); }
unsigned fp_test_sqrt_d(u64 a) { return test_sqrt(&DOUBLE, RAW_D(a)); }
unsigned fp_test_sqrt_f(u32 a) { return test_sqrt(&SINGLE, RAW_F(a)); }
