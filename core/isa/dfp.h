/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Decimal floating point, exact and our own: coefficients are integers, every operation computes without error and
 * rounds once (Power ISA Book I chapter 5).  The libraries that a distribution offers work on the binary encoding or on
 * the host's own format and know neither DRN nor the bits of the FPSCR, so nothing of them is used.
 *
 * A datum is a sign, an exponent and a coefficient: one value has as many forms as its coefficient has room for zeros,
 * and the book says which form a result takes - the one whose exponent is nearest to the ideal exponent if the result
 * is exact, the one with the smallest exponent if it is not (5.4.2).
 *
 * As in softfp.h an operation takes a struct fp_env: `rounding` is a value of FPSCR[DRN], `control` the enable bits,
 * and flags collects exception bits, FR and FI.  FPRF is the caller's, from dfp_class().
 */
#ifndef P9_CORE_ISA_DFP_H
#define P9_CORE_ISA_DFP_H

#include "core/isa/softfp.h"

/* The values of FPSCR[DRN] (5.2.1). */
enum dfp_rounding {
    DFP_NEAREST_EVEN,
    DFP_TOWARD_ZERO,
    DFP_TOWARD_PLUS_INFINITY,
    DFP_TOWARD_MINUS_INFINITY,
    DFP_NEAREST_AWAY,
    DFP_NEAREST_TOWARD_ZERO,
    DFP_AWAY_FROM_ZERO,
    DFP_PREPARE_SHORTER, /* up if the last digit kept is 0 or 5: a later rounding then comes out as if it were the only
                            one */
};

enum dfp_kind { DFP_FINITE, DFP_INFINITE, DFP_QNAN, DFP_SNAN };

struct dfp_format {
    u8 bits, precision, continuation; /* digits; bits of the exponent behind the five leading combination bits */
    s32 least, most;                  /* exponent of the coefficient's last digit */
    s32 wrap, narrowing_wrap; /* exponent adjustments of enabled OX and UX: here, and rounding from here (5.5.10) */
};
extern const struct dfp_format dfp_short, dfp_long, dfp_extended;

struct dfp {
    u128 digits;  /* coefficient; for infinities and NaNs the trailing significand (a NaN's payload) */
    s32 exponent; /* of the last digit */
    enum dfp_kind kind;
    bool negative;
    bool wrapped; /* result of a narrowing with its exponent adjusted: still of the source's format */
};

inline_hot bool dfp_is_nan(const struct dfp *v)
{
    return v->kind >= DFP_QNAN;
}
inline_hot bool dfp_is_zero(const struct dfp *v)
{
    return v->kind == DFP_FINITE && !v->digits;
}

/* Bits to datum and back, right-justified in 128.  Every declet is understood, only canonical ones are made. */
struct dfp dfp_unpack(const struct dfp_format *f, u128 bits);
u128 dfp_pack(const struct dfp_format *f, const struct dfp *v);

u32 dfp_class(const struct dfp_format *f, const struct dfp *v); /* as FPRF shows it, in place */
bool dfp_is_subnormal(const struct dfp_format *f, const struct dfp *v);
unsigned dfp_length(u128 digits); /* significant digits; none for zero */

struct dfp dfp_add(struct fp_env *e, const struct dfp_format *f, const struct dfp *a, const struct dfp *b,
                   bool subtract);
struct dfp dfp_mul(struct fp_env *e, const struct dfp_format *f, const struct dfp *a, const struct dfp *b);
struct dfp dfp_div(struct fp_env *e, const struct dfp_format *f, const struct dfp *a, const struct dfp *b);
unsigned dfp_compare(const struct dfp *a, const struct dfp *b); /* enum fp_relation; exceptions are the caller's */

/* b in the form with the exponent of a (dqua); a is only looked at for its kind and exponent. */
struct dfp dfp_quantize(struct fp_env *e, const struct dfp_format *f, const struct dfp *a, const struct dfp *b);
/* b with at most `significance` digits (drrnd). */
struct dfp dfp_reround(struct fp_env *e, const struct dfp_format *f, unsigned significance, const struct dfp *b);
struct dfp dfp_to_integral(struct fp_env *e, const struct dfp *b);

/* From one format to another.  A signalling NaN stays one unless `quiets`. */
struct dfp dfp_convert(struct fp_env *e, const struct dfp_format *to, const struct dfp_format *from,
                       const struct dfp *b, bool quiets);
struct dfp dfp_from_integer(struct fp_env *e, const struct dfp_format *f, s64 value);
s64 dfp_to_integer(struct fp_env *e, const struct dfp *b);

/* The rightmost `count` digits as packed decimal, and back (false: a code above 9). */
u128 dfp_to_packed(u128 digits, unsigned count);
must_use bool dfp_from_packed(u128 packed, u128 *digits);
/* The digits moved left (right if negative) inside a field of `width`: what leaves it is lost (dscli, dscri). */
u128 dfp_shift(u128 digits, int left, unsigned width);

#endif
