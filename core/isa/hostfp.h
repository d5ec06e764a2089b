/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Floating point by the host, for the cases in which its result is provably the one of softfp.h, flags included.
 * Everything else is refused, and the caller goes the integer way.  The conditions, in short: round to nearest and no
 * exception enabled (fp_body.h), operands finite, the result an ordinary number or an exact zero, well inside the
 * range.
 *
 * What is relied on: + - * / and sqrt of float and double are those of IEEE 754, rounded once to nearest, denormals
 * kept (FLT_EVAL_METHOD 0 and -ffp-contract=off; hostfp_is_ieee() asks the host's mode when a machine is made).  No
 * host fma: where hardware lacks it, it is a slow function.
 *
 * Beside the result stands what FI and FR need: is it inexact, and is its magnitude above that of the exact value?
 *
 * a + b: Knuth's TwoSum gives the rounding error of a sum exactly if nothing overflows; denormals do no harm.  |a|, |b|
 * < 2^1022, so no intermediate value exceeds 2^1024.
 *
 * a * b: with a = A 2^x, b = B 2^y, result p = P 2^z (53-bit integers) the error is (AB - P 2^s) 2^(x+y), s = z-x-y =
 * 52 or 53, and |AB - P 2^s| <= 2^(s-1) because p is the nearest.  So the difference of the low 64 bits, as a signed
 * number, is the error itself; no wide product is needed.
 *
 * a / b: likewise A 2^s - QB, s = x-y-z; half a unit of q times b is at most B/2 < 2^52.
 *
 * sqrt a: likewise A 2^s - R^2, s = x-2z; half a unit of r times about 2r is at most R + 1/4 < 2^54.
 *
 * ac + b: Dekker's product gives ac = p + q exactly, TwoSum p + b = s + t, t + q = v + w and s + v = r + e, so the
 * exact value is r + (e + w).  If w = 0, r is the nearest to it by construction.  Else let d be e + w rounded: the
 * exact value lies between r and r + d(1 + 2^-50), and if that, too, rounds to r, so does everything between them
 * (rounding is monotonic).  Refused if not, in about one of 2^50 cases.  All numbers are multiples of 2^-1004 and below
 * 2^902: |a|, |c| are zero or in [2^-450, 2^450], |b| zero or in [2^-900, 2^900].
 *
 * Singles, of a value v of 53 bits which is itself the rounding of an exact value: the limits between singles are
 * doubles, so v and the exact value lie on the same side of each, unless v stands exactly on a limit; that is refused
 * if v is inexact.  So the rounding of v is the rounding of the exact value.
 *
 * Floats, 32-bit operands: sums by TwoSum in single, products and quotients checked in double, where the product of two
 * singles is exact.
 */
#ifndef P9_CORE_ISA_HOSTFP_H
#define P9_CORE_ISA_HOSTFP_H

#include <float.h>
#include <string.h>

#include "core/isa/softfp.h"

_Static_assert(FLT_EVAL_METHOD == 0, "the host computes in the precision of the type");
_Static_assert(FLT_RADIX == 2 && DBL_MANT_DIG == 53 && DBL_MAX_EXP == 1024 && FLT_MANT_DIG == 24 && FLT_MAX_EXP == 128,
               "double and float are binary64 and binary32");

/* Does this host thread round to nearest and keep denormals? */
bool hostfp_is_ieee(void);

/* A result in double or (the low word) single format.  above means something if inexact, nothing does if refused. */
struct hostfp {
    u64 bits;
    bool refused, inexact, above;
};

inline_hot double host_double(u64 bits)
{
    double d;
    memcpy(&d, &bits, 8);
    return d;
}
inline_hot u64 host_bits(double d)
{
    u64 bits;
    memcpy(&bits, &d, 8);
    return bits;
}
inline_hot float host_float(u32 bits)
{
    float f;
    memcpy(&f, &bits, 4);
    return f;
}
inline_hot u32 host_float_bits(float f)
{
    u32 bits;
    memcpy(&bits, &f, 4);
    return bits;
}

/* ---- parts of a double ---- */
#define HOST_HIDDEN 0x0010000000000000ULL
#define HOST_LOW_29 0x1fffffffU

inline_hot u64 host_significand(u64 v)
{
    return (v & (HOST_HIDDEN - 1)) | HOST_HIDDEN;
}
inline_hot unsigned host_exponent(u64 v)
{
    return (unsigned)(v >> 52) & 0x7ff;
}
/* An ordinary number whose exponent field is in [first, last]; first > 0. */
inline_hot bool host_within(u64 v, unsigned first, unsigned last)
{
    return (v & ~FP_D_SIGN) - ((u64)first << 52) < (u64)(last - first + 1) << 52;
}
inline_hot bool host_is_zero(u64 v)
{
    return !(v << 1);
}
/* Less than 2^1022 in magnitude: no infinity, no NaN, and sums have room. */
inline_hot bool host_is_moderate(u64 v)
{
    return (v & ~FP_D_SIGN) < 0x7fd0000000000000ULL;
}
inline_hot bool host_is_normal(u64 v)
{
    return host_within(v, 1, 2046);
}

/* FPSCR[FPRF] of a result that was not refused, which is never a denormal, an infinity or a NaN. */
inline_hot u32 host_class(u64 bits)
{
    u32 negative = bits >> 63;

    return bits << 1 ? FPRF_CODE(4) << negative : FPRF_CODE(2 + 16 * negative);
}

static const struct hostfp host_refuses = {0, true, false, false};

/* ---- doubles ---- */

inline_hot struct hostfp host_add(u64 a, u64 b)
{
    double x = host_double(a), y = host_double(b), sum = x + y, part = sum - x;
    double error = (x - (sum - part)) + (y - part);
    struct hostfp r = {host_bits(sum), false, !host_is_zero(host_bits(error)),
                       (host_bits(error) ^ host_bits(sum)) >> 63};

    r.refused = !host_is_moderate(a) || !host_is_moderate(b) || !(host_is_normal(r.bits) || host_is_zero(r.bits));
    return r;
}
inline_hot struct hostfp host_subtract(u64 a, u64 b)
{
    return host_add(a, b ^ FP_D_SIGN);
}

/* Result fields from 2 up: the exact value is no smaller than the least normal number, and so not tiny. */
inline_hot struct hostfp host_mul(u64 a, u64 b)
{
    u64 product = host_bits(host_double(a) * host_double(b));
    unsigned shift = host_exponent(product) - host_exponent(a) - host_exponent(b) + 1075;
    s64 error = (s64)(host_significand(a) * host_significand(b) - (host_significand(product) << (shift & 63)));
    struct hostfp r = {product, false, error != 0, error < 0};

    if (likely(host_is_normal(a) && host_is_normal(b))) {
        r.refused = !host_within(product, 2, 2046);
        return r;
    }
    if (host_is_moderate(a) && host_is_moderate(b) && (host_is_zero(a) || host_is_zero(b)))
        return (struct hostfp){product, false, false, false};
    return host_refuses;
}

inline_hot struct hostfp host_div(u64 a, u64 b)
{
    u64 quotient = host_bits(host_double(a) / host_double(b));
    unsigned shift = host_exponent(a) - host_exponent(quotient) - host_exponent(b) + 1075;
    s64 error = (s64)((host_significand(a) << (shift & 63)) - host_significand(quotient) * host_significand(b));
    struct hostfp r = {quotient, false, error != 0, error < 0};

    if (unlikely(!host_is_normal(b))) return host_refuses;
    if (likely(host_is_normal(a))) {
        r.refused = !host_within(quotient, 2, 2046);
        return r;
    }
    return host_is_zero(a) ? (struct hostfp){quotient, false, false, false} : host_refuses;
}

inline_hot struct hostfp host_sqrt(u64 a)
{
    u64 root, square;
    unsigned shift;
    s64 error;

    if (unlikely(a >> 63 || !host_is_normal(a))) return host_refuses;
    root = host_bits(__builtin_sqrt(host_double(a)));
    square = host_significand(root) * host_significand(root);
    shift = host_exponent(a) - 2 * host_exponent(root) + 1075;
    error = (s64)((host_significand(a) << (shift & 63)) - square);
    return (struct hostfp){root, false, error != 0, error < 0};
}

/* Two multiply-adds side by side, in the two halves of the host's vector registers. */
typedef double host_pair __attribute__((vector_size(16)));
typedef s64 host_pair_bits __attribute__((vector_size(16)));

inline_hot host_pair_bits host_outside(host_pair v, double least, double most)
{
    host_pair magnitude = (host_pair)((host_pair_bits)v & (s64)~FP_D_SIGN);

    return ~(((magnitude >= least) & (magnitude <= most)) | (magnitude == 0));
}
inline_hot host_pair host_two_sum(host_pair a, host_pair b, host_pair *error)
{
    host_pair sum = a + b, part = sum - a;

    *error = (a - (sum - part)) + (b - part);
    return sum;
}
inline_hot host_pair host_product(host_pair a, host_pair c, host_pair *error)
{
    const double splitter = 0x1p27 + 1;
    host_pair p = a * c, ta = a * splitter, tc = c * splitter;
    host_pair ah = ta - (ta - a), al = a - ah, ch = tc - (tc - c), cl = c - ch;

    *error = ((ah * ch - p) + ah * cl + al * ch) + al * cl;
    return p;
}

struct hostfp_pair {
    host_pair value;
    host_pair_bits refused, inexact, above; /* all ones where it is so */
};

inline_hot struct hostfp_pair host_fma_pair(host_pair a, host_pair c, host_pair b)
{
    host_pair q, t, w, e, d, p = host_product(a, c, &q), s = host_two_sum(p, b, &t), v = host_two_sum(t, q, &w);
    struct hostfp_pair r = {.value = host_two_sum(s, v, &e)};

    d = e + w;
    r.refused = host_outside(a, 0x1p-450, 0x1p450) | host_outside(c, 0x1p-450, 0x1p450) |
                host_outside(b, 0x1p-900, 0x1p900) | (r.value == 0) |
                ((w != 0) & (r.value + d * (1 + 0x1p-50) != r.value));
    r.inexact = d != 0;
    r.above = ((host_pair_bits)d ^ (host_pair_bits)r.value) < 0;
    return r;
}

inline_hot struct hostfp host_fma(u64 a, u64 c, u64 b)
{
    struct hostfp_pair r =
        host_fma_pair((host_pair){host_double(a), 1}, (host_pair){host_double(c), 1}, (host_pair){host_double(b), 1});

    return (struct hostfp){host_bits(r.value[0]), r.refused[0] != 0, r.inexact[0] != 0, r.above[0] != 0};
}

/* ---- rounded to single, held in double format ---- */

inline_hot struct hostfp host_to_single(struct hostfp v)
{
    u32 low = (u32)v.bits & HOST_LOW_29, half = 1U << 28;
    bool odd = v.bits >> 29 & 1, up = low > half || (low == half && odd);
    struct hostfp r = {v.bits - low + ((u64)up << 29), false, v.inexact || low, low ? up : v.above};

    /* from 2^-125, so not tiny, to below 2^127, so no overflow */
    r.refused = v.refused || (low == half && v.inexact) || !(host_within(v.bits, 898, 1149) || host_is_zero(v.bits));
    return r;
}

inline_hot struct hostfp host_add_single(u64 a, u64 b)
{
    return host_to_single(host_add(a, b));
}
inline_hot struct hostfp host_subtract_single(u64 a, u64 b)
{
    return host_to_single(host_subtract(a, b));
}
inline_hot struct hostfp host_mul_single(u64 a, u64 b)
{
    return host_to_single(host_mul(a, b));
}
inline_hot struct hostfp host_div_single(u64 a, u64 b)
{
    return host_to_single(host_div(a, b));
}
inline_hot struct hostfp host_sqrt_single(u64 a)
{
    return host_to_single(host_sqrt(a));
}
/* Of two factors with 24 bits the product is exact. */
inline_hot struct hostfp host_fma_single(u64 a, u64 c, u64 b)
{
    struct hostfp r = host_to_single(host_add(host_bits(host_double(a) * host_double(c)), b));

    r.refused |= ((a | c) & HOST_LOW_29) != 0 || !(host_within(a, 523, 1523) || host_is_zero(a)) ||
                 !(host_within(c, 523, 1523) || host_is_zero(c));
    return r;
}
inline_hot struct hostfp host_round_to_single(u64 a)
{
    return host_to_single((struct hostfp){a, false, false, false});
}

/* ---- integers ---- */

inline_hot struct hostfp host_from_signed(u64 v)
{
    double d = (double)(s64)v;
    s64 error = (s64)v - (s64)((u64)(s64)(v + (1ULL << 62) < 1ULL << 63 ? d : 0));

    return (struct hostfp){host_bits(d), v + (1ULL << 62) >= 1ULL << 63, error != 0, (error ^ (s64)v) < 0};
}
inline_hot struct hostfp host_from_signed_single(u64 v)
{
    return host_to_single(host_from_signed(v));
}
/* Toward zero: bits is the integer, above never. */
inline_hot struct hostfp host_to_signed(u64 a, unsigned bits)
{
    bool fits = host_exponent(a) < 1023 + bits - 1;
    s64 whole = (s64)host_double(fits ? a : 0);

    return (struct hostfp){(u64)whole, !fits, (double)whole != host_double(a), false};
}

/* ---- 32-bit singles ---- */

inline_hot bool host_within_f(u32 v, unsigned first, unsigned last)
{
    return (v & ~FP_F_SIGN) - (first << 23) < (last - first + 1) << 23;
}
inline_hot bool host_is_zero_f(u32 v)
{
    return !(v << 1);
}
inline_hot struct hostfp host_add_f(u32 a, u32 b)
{
    float x = host_float(a), y = host_float(b), sum = x + y, part = sum - x;
    float error = (x - (sum - part)) + (y - part);
    u32 bits = host_float_bits(sum);
    struct hostfp r = {bits, false, !host_is_zero_f(host_float_bits(error)), false};

    r.refused = (a & ~FP_F_SIGN) >= 0x7e800000 || (b & ~FP_F_SIGN) >= 0x7e800000 ||
                !(host_within_f(bits, 1, 254) || host_is_zero_f(bits));
    return r;
}
inline_hot struct hostfp host_subtract_f(u32 a, u32 b)
{
    return host_add_f(a, b ^ FP_F_SIGN);
}
inline_hot struct hostfp host_mul_f(u32 a, u32 b)
{
    float x = host_float(a), y = host_float(b), product = x * y;
    u32 bits = host_float_bits(product);
    struct hostfp r = {bits, false, (double)x * (double)y != (double)product, false};

    r.refused = !host_within_f(bits, 2, 254) && !(host_is_zero_f(bits) && (host_is_zero_f(a) || host_is_zero_f(b)));
    return r;
}
inline_hot struct hostfp host_div_f(u32 a, u32 b)
{
    float x = host_float(a), y = host_float(b), quotient = x / y;
    u32 bits = host_float_bits(quotient);
    struct hostfp r = {bits, false, (double)quotient * (double)y != (double)x, false};

    r.refused = !host_within_f(b, 1, 254) || !(host_within_f(bits, 2, 254) || host_is_zero_f(a));
    return r;
}
/* The product is exact in double, the sum is rounded to 53 bits and then to 24. */
inline_hot struct hostfp host_fma_f(u32 a, u32 c, u32 b)
{
    double product = (double)host_float(a) * (double)host_float(c);
    struct hostfp sum = host_add(host_bits(product), host_bits((double)host_float(b))), r = host_to_single(sum);

    r.refused |= (a & ~FP_F_SIGN) >= FP_F_INF || (c & ~FP_F_SIGN) >= FP_F_INF || (b & ~FP_F_SIGN) >= FP_F_INF;
    r.bits = host_float_bits((float)host_double(r.bits));
    return r;
}

/* ---- whole vectors, where nobody asks whether a result is inexact ---- */
/*
 * False if any element is refused.  An operand that is an infinity or a NaN gives such a result, or a quotient of zero
 * that is told by its dividend, so results alone are looked at: ordinary and not tiny, or a zero that is exact.
 */
typedef float host_words __attribute__((vector_size(16)));
typedef s32 host_words_bits __attribute__((vector_size(16)));
typedef float host_half __attribute__((vector_size(8)));

inline_hot host_pair_bits host_ordinary_pair(host_pair v, double least)
{
    host_pair magnitude = (host_pair)((host_pair_bits)v & (s64)~FP_D_SIGN);

    return (magnitude >= least) & (magnitude <= DBL_MAX);
}
inline_hot host_words_bits host_ordinary_words(host_words v, float least)
{
    host_words magnitude = (host_words)((host_words_bits)v & (s32)~FP_F_SIGN);

    return (magnitude >= least) & (magnitude <= FLT_MAX);
}
inline_hot bool host_all_pair(host_pair_bits mask)
{
    return (mask[0] & mask[1]) != 0;
}
inline_hot bool host_all_words(host_words_bits mask)
{
    u64 half[2];

    memcpy(half, &mask, sizeof half);
    return (half[0] & half[1]) == ~0ULL;
}

inline_hot bool host_add_pair(host_pair a, host_pair b, host_pair *r)
{
    *r = a + b;
    return host_all_pair(host_ordinary_pair(*r, DBL_MIN) | (*r == 0));
}
inline_hot bool host_subtract_pair(host_pair a, host_pair b, host_pair *r)
{
    *r = a - b;
    return host_all_pair(host_ordinary_pair(*r, DBL_MIN) | (*r == 0));
}
inline_hot bool host_mul_pair(host_pair a, host_pair b, host_pair *r)
{
    *r = a * b;
    return host_all_pair(host_ordinary_pair(*r, 2 * DBL_MIN) | ((*r == 0) & ((a == 0) | (b == 0))));
}
inline_hot bool host_div_pair(host_pair a, host_pair b, host_pair *r)
{
    *r = a / b;
    return host_all_pair(host_ordinary_pair(*r, 2 * DBL_MIN) | ((*r == 0) & (a == 0)));
}

inline_hot bool host_add_words(host_words a, host_words b, host_words *r)
{
    *r = a + b;
    return host_all_words(host_ordinary_words(*r, FLT_MIN) | (*r == 0));
}
inline_hot bool host_subtract_words(host_words a, host_words b, host_words *r)
{
    *r = a - b;
    return host_all_words(host_ordinary_words(*r, FLT_MIN) | (*r == 0));
}
inline_hot bool host_mul_words(host_words a, host_words b, host_words *r)
{
    *r = a * b;
    return host_all_words(host_ordinary_words(*r, 2 * FLT_MIN) | ((*r == 0) & ((a == 0) | (b == 0))));
}
inline_hot bool host_div_words(host_words a, host_words b, host_words *r)
{
    *r = a / b;
    return host_all_words(host_ordinary_words(*r, 2 * FLT_MIN) | ((*r == 0) & (a == 0)));
}

/* Half a vector in double: the product is exact; a sum on the limit between two singles is refused, exact or not. */
inline_hot host_half host_fma_half(host_half a, host_half c, host_half b, host_pair_bits *on_limit)
{
    host_pair product = __builtin_convertvector(a, host_pair) * __builtin_convertvector(c, host_pair);
    host_pair sum = product + __builtin_convertvector(b, host_pair);

    *on_limit |= ((host_pair_bits)sum & HOST_LOW_29) == 1 << 28;
    return __builtin_convertvector(sum, host_half);
}
/* A zero is exact only as a sum, and a sum that becomes zero in single need not be one: zeros are refused. */
inline_hot bool host_fma_words(host_words a, host_words c, host_words b, host_words *r)
{
    host_half part[4][2];
    host_pair_bits on_limit = {0, 0};

    memcpy(part[0], &a, sizeof a);
    memcpy(part[1], &c, sizeof c);
    memcpy(part[2], &b, sizeof b);
    for (unsigned n = 0; n < 2; n++) part[3][n] = host_fma_half(part[0][n], part[1][n], part[2][n], &on_limit);
    memcpy(r, part[3], sizeof *r);
    return host_all_words(host_ordinary_words(*r, 2 * FLT_MIN)) && !(on_limit[0] | on_limit[1]);
}

#endif
