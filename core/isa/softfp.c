/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The arithmetic of softfp.h.  A number is unpacked to sign, exponent and a 128-bit significand with its leading one at
 * the top: sig / 2^127 * 2^exp, denormals included (softfp_number.h).  An operation computes an exact result, or one
 * whose lost low part is kept as a one in the last bit ("jammed", which rounds alike because every format leaves at
 * least 14 spare bits), and round_to() rounds it once to the precision and range of the target.  Quad products need 256
 * bits and have their own path; everything else multiplies 64 by 64.
 */
#include "core/isa/softfp_number.h"

/* ---- add ---- */

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

/*
 * Square root with remainder of a number in [2^62, 2^64), by halves (Zimmermann): the upper half of the root one bit at
 * a time from the upper half of the number; the lower half by one division, which is at most one too great.
 */
static u64 root_of_half(u64 v, u64 *remainder)
{
    u64 top = v >> 32, s = 0, r = 0, q, rest;
    s64 left;

    for (int n = 30; n >= 0; n -= 2) {
        u64 trial = s << 2 | 1;
        u64 fits;
        r = r << 2 | (top >> n & 3);
        fits = r >= trial;
        r -= trial & -fits;
        s = s << 1 | fits;
    }
    rest = r << 16 | (v >> 16 & 0xffff);
    q = rest / (2 * s);
    left = (s64)((rest - q * (2 * s)) << 16 | (v & 0xffff)) - (s64)(q * q);
    s = (s << 16) + q;
    if (left < 0) {
        left += (s64)(2 * s - 1);
        s--;
    }
    *remainder = (u64)left;
    return s;
}

/* The same step once more: the root of a number in [2^126, 2^128), 64 bits and sticky. */
static u128 root_of(u128 v)
{
    u64 r, s = root_of_half((u64)(v >> 64), &r);
    u128 rest = (u128)r << 32 | (u32)(v >> 32), q = rest / (2 * s), root = ((u128)s << 32) + q;
    s128 left = (s128)((rest - q * (2 * s)) << 32 | (u32)v) - (s128)(q * q);

    if (left < 0) {
        left += 2 * (s128)root - 1;
        root--;
    }
    return root << 64 | (left != 0);
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

u64 fp_add_d(struct fp_env *e, u64 a, u64 b, bool subtract)
{
    return TO_D(add(e, RAW_D(a), RAW_D(b), subtract));
}
u64 fp_add_s(struct fp_env *e, u64 a, u64 b, bool subtract)
{
    return TO_S(add(e, RAW_D(a), RAW_D(b), subtract));
}
u32 fp_add_f(struct fp_env *e, u32 a, u32 b, bool subtract)
{
    return TO_F(add(e, RAW_F(a), RAW_F(b), subtract));
}
u128 fp_add_q(struct fp_env *e, u128 a, u128 b, bool subtract)
{
    return TO_Q(add(e, RAW_Q(a), RAW_Q(b), subtract));
}

u64 fp_mul_d(struct fp_env *e, u64 a, u64 c)
{
    return TO_D(multiply(e, RAW_D(a), RAW_D(c), false));
}
u64 fp_mul_s(struct fp_env *e, u64 a, u64 c)
{
    return TO_S(multiply(e, RAW_D(a), RAW_D(c), false));
}
u32 fp_mul_f(struct fp_env *e, u32 a, u32 c)
{
    return TO_F(multiply(e, RAW_F(a), RAW_F(c), false));
}
u128 fp_mul_q(struct fp_env *e, u128 a, u128 c)
{
    return TO_Q(multiply(e, RAW_Q(a), RAW_Q(c), true));
}

u64 fp_div_d(struct fp_env *e, u64 a, u64 b)
{
    return TO_D(divide(e, RAW_D(a), RAW_D(b), false));
}
u64 fp_div_s(struct fp_env *e, u64 a, u64 b)
{
    return TO_S(divide(e, RAW_D(a), RAW_D(b), false));
}
u32 fp_div_f(struct fp_env *e, u32 a, u32 b)
{
    return TO_F(divide(e, RAW_F(a), RAW_F(b), false));
}
u128 fp_div_q(struct fp_env *e, u128 a, u128 b)
{
    return TO_Q(divide(e, RAW_Q(a), RAW_Q(b), true));
}

u64 fp_sqrt_d(struct fp_env *e, u64 a)
{
    return TO_D(square_root(e, RAW_D(a), false));
}
u64 fp_sqrt_s(struct fp_env *e, u64 a)
{
    return TO_S(square_root(e, RAW_D(a), false));
}
u32 fp_sqrt_f(struct fp_env *e, u32 a)
{
    return TO_F(square_root(e, RAW_F(a), false));
}
u128 fp_sqrt_q(struct fp_env *e, u128 a)
{
    return TO_Q(square_root(e, RAW_Q(a), true));
}

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

u64 fp_reciprocal_d(struct fp_env *e, u64 a)
{
    return (u64)estimate(e, &DOUBLE, &DOUBLE, RAW_D(a), false);
}
u64 fp_reciprocal_s(struct fp_env *e, u64 a)
{
    return (u64)estimate(e, &SINGLE, &DOUBLE, RAW_D(a), false);
}
u32 fp_reciprocal_f(struct fp_env *e, u32 a)
{
    return (u32)estimate(e, &SINGLE, &SINGLE, RAW_F(a), false);
}
u64 fp_rsqrt_d(struct fp_env *e, u64 a)
{
    return (u64)estimate(e, &DOUBLE, &DOUBLE, RAW_D(a), true);
}
u64 fp_rsqrt_s(struct fp_env *e, u64 a)
{
    return (u64)estimate(e, &SINGLE, &DOUBLE, RAW_D(a), true);
}
u32 fp_rsqrt_f(struct fp_env *e, u32 a)
{
    return (u32)estimate(e, &SINGLE, &SINGLE, RAW_F(a), true);
}
