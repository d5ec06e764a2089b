/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Binary floating point, exact and our own: unpack, compute with integers, round once (Power ISA Book I 4.3, 7.3).
 * Host floating point is not used here, so neither the host's rounding mode nor its CPU can show in a result (hostfp.h
 * is the short cut, where it is provably the same).
 *
 * Every operation takes raw bits and a struct fp_env.  In: the rounding mode and FPSCR with its enable bits (an enabled
 * overflow or underflow delivers the result with its exponent adjusted, 4.4.3/4.4.4).  Out: flags collects what
 * happened, in the positions of the FPSCR (exception bits, FR, FI), and fprf is the class of the last result.  Nothing
 * here touches a thread: core/isa/fpscr.h records the flags.
 *
 * Names end in the format:
 *   _d  double          _s  double operands, rounded once to single, held in double format (fadds, xsaddsp)
 *   _f  32-bit single   _q  quad
 *
 * An operand that is a NaN is the result, made quiet, and the first of A, B, C wins (4.3.2); a NaN made by an operation
 * is the default one, positive and quiet with no other fraction bit.
 */
#ifndef P9_CORE_ISA_SOFTFP_H
#define P9_CORE_ISA_SOFTFP_H

#include "base/bits.h"

/* The low word of the FPSCR (Book I 4.2.2). */
#define FPSCR_FX PPC_BIT32(0)
#define FPSCR_FEX PPC_BIT32(1)
#define FPSCR_VX PPC_BIT32(2)
#define FPSCR_OX PPC_BIT32(3)
#define FPSCR_UX PPC_BIT32(4)
#define FPSCR_ZX PPC_BIT32(5)
#define FPSCR_XX PPC_BIT32(6)
#define FPSCR_VXSNAN PPC_BIT32(7)
#define FPSCR_VXISI PPC_BIT32(8)
#define FPSCR_VXIDI PPC_BIT32(9)
#define FPSCR_VXZDZ PPC_BIT32(10)
#define FPSCR_VXIMZ PPC_BIT32(11)
#define FPSCR_VXVC PPC_BIT32(12)
#define FPSCR_FR PPC_BIT32(13)
#define FPSCR_FI PPC_BIT32(14)
#define FPSCR_FPRF PPC_BITMASK32(15, 19)
#define FPSCR_FPCC PPC_BITMASK32(16, 19)
#define FPSCR_VXSOFT PPC_BIT32(21)
#define FPSCR_VXSQRT PPC_BIT32(22)
#define FPSCR_VXCVI PPC_BIT32(23)
#define FPSCR_VE PPC_BIT32(24)
#define FPSCR_OE PPC_BIT32(25)
#define FPSCR_UE PPC_BIT32(26)
#define FPSCR_ZE PPC_BIT32(27)
#define FPSCR_XE PPC_BIT32(28)
#define FPSCR_NI PPC_BIT32(29)
#define FPSCR_RN PPC_BITMASK32(30, 31)
#define FPSCR_VX_ALL                                                                                                   \
    (FPSCR_VXSNAN | FPSCR_VXISI | FPSCR_VXIDI | FPSCR_VXZDZ | FPSCR_VXIMZ | FPSCR_VXVC | FPSCR_VXSOFT | FPSCR_VXSQRT | \
     FPSCR_VXCVI)
#define FPSCR_EXCEPTIONS (FPSCR_OX | FPSCR_UX | FPSCR_ZX | FPSCR_XX | FPSCR_VX_ALL)

/* The first four are the values of FPSCR[RN]. */
enum fp_rounding {
    FP_TO_NEAREST,
    FP_TO_ZERO,
    FP_TO_PLUS_INFINITY,
    FP_TO_MINUS_INFINITY,
    FP_TO_ODD,          /* quad "o" forms: truncate, and an inexact result gets its last bit set */
    FP_TO_NEAREST_AWAY, /* frin, xsrdpi: halves away from zero */
};

/* Classes as FPSCR[FPRF] encodes them (Figure 47), in place. */
#define FPRF_CODE(code) ((u32)(code) << 12)
#define FPRF_QNAN FPRF_CODE(0x11)

struct fp_env {
    u32 control; /* FPSCR low word: the enable bits are looked at */
    u32 flags;   /* collected */
    u32 fprf;    /* class of the last result */
    u8 rounding; /* enum fp_rounding */
};

/* What fma does with its operands' signs: A*C +- B, and the result negated unless it is a NaN. */
enum fp_fma { FP_FMA_SUBTRACT = 1, FP_FMA_NEGATE = 2 };

/* The relation of two numbers, as bits of a CR field. */
enum fp_relation { FP_LESS = 8, FP_GREATER = 4, FP_EQUAL = 2, FP_UNORDERED = 1 };

u64 fp_add_d(struct fp_env *e, u64 a, u64 b, bool subtract);
u64 fp_mul_d(struct fp_env *e, u64 a, u64 b);
u64 fp_div_d(struct fp_env *e, u64 a, u64 b);
u64 fp_sqrt_d(struct fp_env *e, u64 a);
u64 fp_fma_d(struct fp_env *e, u64 a, u64 c, u64 b, unsigned how);

u64 fp_add_s(struct fp_env *e, u64 a, u64 b, bool subtract);
u64 fp_mul_s(struct fp_env *e, u64 a, u64 b);
u64 fp_div_s(struct fp_env *e, u64 a, u64 b);
u64 fp_sqrt_s(struct fp_env *e, u64 a);
u64 fp_fma_s(struct fp_env *e, u64 a, u64 c, u64 b, unsigned how);

u32 fp_add_f(struct fp_env *e, u32 a, u32 b, bool subtract);
u32 fp_mul_f(struct fp_env *e, u32 a, u32 b);
u32 fp_div_f(struct fp_env *e, u32 a, u32 b);
u32 fp_sqrt_f(struct fp_env *e, u32 a);
u32 fp_fma_f(struct fp_env *e, u32 a, u32 c, u32 b, unsigned how);

u128 fp_add_q(struct fp_env *e, u128 a, u128 b, bool subtract);
u128 fp_mul_q(struct fp_env *e, u128 a, u128 b);
u128 fp_div_q(struct fp_env *e, u128 a, u128 b);
u128 fp_sqrt_q(struct fp_env *e, u128 a);
u128 fp_fma_q(struct fp_env *e, u128 a, u128 c, u128 b, unsigned how);

/* Estimates: the architected error bound is met by the correctly rounded value (nearest); XX, FR, FI are not set. */
u64 fp_reciprocal_d(struct fp_env *e, u64 a);
u64 fp_reciprocal_s(struct fp_env *e, u64 a);
u32 fp_reciprocal_f(struct fp_env *e, u32 a);
u64 fp_rsqrt_d(struct fp_env *e, u64 a);
u64 fp_rsqrt_s(struct fp_env *e, u64 a);
u32 fp_rsqrt_f(struct fp_env *e, u32 a);

/* One format to another, rounding if it is narrower.  A signalling NaN becomes quiet and sets VXSNAN. */
u64 fp_round_to_single(struct fp_env *e, u64 a); /* frsp: the result in double format */
u32 fp_double_to_single(struct fp_env *e, u64 a);
u64 fp_single_to_double(struct fp_env *e, u32 a);
u16 fp_double_to_half(struct fp_env *e, u64 a);
u64 fp_half_to_double(struct fp_env *e, u16 a);
u16 fp_single_to_half(struct fp_env *e, u32 a);
u32 fp_half_to_single(struct fp_env *e, u16 a);
u64 fp_quad_to_double(struct fp_env *e, u128 a);
u128 fp_double_to_quad(struct fp_env *e, u64 a);
u128 fp_quad_to_extended(struct fp_env *e, u128 a); /* xsrqpxp: rounded to the 64-bit significand of x87 */

/* The storage conversions of 4.6.2/4.6.3: bits move, nothing signals, a signalling NaN stays one. */
u64 fp_widen_single(u32 a);
u32 fp_narrow_double(u64 a);

/* Integers: `bits` is 32 or 64.  Out of range saturates with VXCVI; a NaN gives the most negative number or 0. */
u64 fp_double_to_int(struct fp_env *e, u64 a, unsigned bits, bool is_signed);
u64 fp_single_to_int(struct fp_env *e, u32 a, unsigned bits, bool is_signed);
u64 fp_quad_to_int(struct fp_env *e, u128 a, unsigned bits, bool is_signed);
u64 fp_int_to_double(struct fp_env *e, u64 v, bool is_signed);
u64 fp_int_to_round_single(struct fp_env *e, u64 v, bool is_signed); /* fcfids: in double format */
u32 fp_int_to_single(struct fp_env *e, u64 v, bool is_signed);
u128 fp_int_to_quad(struct fp_env *e, u64 v, bool is_signed);

/* To an integral value in the same format; XX, FR, FI as for any rounding (the callers that must not record mask). */
u64 fp_round_int_d(struct fp_env *e, u64 a);
u32 fp_round_int_f(struct fp_env *e, u32 a);
u128 fp_round_int_q(struct fp_env *e, u128 a);

/* enum fp_relation; no exception is recorded, ask the predicates. */
unsigned fp_compare_d(u64 a, u64 b);
unsigned fp_compare_f(u32 a, u32 b);
unsigned fp_compare_q(u128 a, u128 b);

/* ftdiv, ftsqrt and their VSX forms: will a software sequence work? fg and fe as bits 1 and 2 of a CR field, bit 0 set
 * because the estimates are good to 2**-14. */
unsigned fp_test_divide_d(u64 a, u64 b);
unsigned fp_test_divide_f(u32 a, u32 b);
unsigned fp_test_sqrt_d(u64 a);
unsigned fp_test_sqrt_f(u32 a);

/* The class in FPSCR[FPRF] form. */
u32 fp_class_d(u64 a);
u32 fp_class_s(u64 a); /* a single in double format: denormal by the single's range */
u32 fp_class_f(u32 a);
u32 fp_class_q(u128 a);

#define FP_D_SIGN 0x8000000000000000ULL
#define FP_D_INF 0x7ff0000000000000ULL
#define FP_D_QUIET 0x0008000000000000ULL
#define FP_F_SIGN 0x80000000U
#define FP_F_INF 0x7f800000U
#define FP_F_QUIET 0x00400000U
#define FP_Q_SIGN ((u128)1 << 127)
#define FP_Q_INF ((u128)0x7fff << 112)
#define FP_Q_QUIET ((u128)1 << 111)

inline_hot bool fp_is_nan_d(u64 a)
{
    return (a & ~FP_D_SIGN) > FP_D_INF;
}
inline_hot bool fp_is_snan_d(u64 a)
{
    return fp_is_nan_d(a) && !(a & FP_D_QUIET);
}
inline_hot bool fp_is_nan_f(u32 a)
{
    return (a & ~FP_F_SIGN) > FP_F_INF;
}
inline_hot bool fp_is_snan_f(u32 a)
{
    return fp_is_nan_f(a) && !(a & FP_F_QUIET);
}
inline_hot bool fp_is_nan_q(u128 a)
{
    return (a & ~FP_Q_SIGN) > FP_Q_INF;
}
inline_hot bool fp_is_snan_q(u128 a)
{
    return fp_is_nan_q(a) && !(a & FP_Q_QUIET);
}

#endif
