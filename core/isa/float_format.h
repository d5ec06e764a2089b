/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bit patterns between the single format in storage and the double format in registers, as lfs and stfs convert them
 * (Book I 4.6.2 and 4.6.3): exact, without arithmetic, NaNs untouched.
 */
#ifndef P9_CORE_ISA_FLOAT_FORMAT_H
#define P9_CORE_ISA_FLOAT_FORMAT_H

#include "base/bits.h"

/*
 *  single  s eeeeeeee f(23)      exponent field 1..254 -> rebiased by 1023 - 127 = 896
 *                                0, f != 0             -> a denormal: normalised, every one of them is a normal double
 *                                0, f == 0 or 255      -> zero, infinity, NaN: exponent stays all zeros or all ones
 */
inline_hot u64 double_of_single(u32 word)
{
    u64 sign = (u64)(word >> 31) << 63, fraction = word & 0x7fffff;
    unsigned exponent = (word >> 23) & 0xff, shift;

    if (likely(exponent - 1 < 254)) return sign | (u64)(exponent + 896) << 52 | fraction << 29;
    if (exponent) return sign | 0x7ffULL << 52 | fraction << 29;
    if (!fraction) return sign;
    shift = (unsigned)__builtin_clzll(fraction) - 40; /* brings the leading one to the implied position, bit 2^23 */
    return sign | (u64)(897 - shift) << 52 | ((fraction << shift) & 0x7fffff) << 29;
}

/*
 * stfs: a double whose exponent is in the single range is cut; 874..896 is denormalised; below that the book leaves the
 * value undefined and we store a zero of the same sign.
 */
inline_hot u32 single_of_double(u64 value)
{
    unsigned exponent = (unsigned)(value >> 52) & 0x7ff;

    if (likely(exponent > 896)) return (u32)(value >> 32 & 0xc0000000) | (u32)(value >> 29 & 0x3fffffff);
    if (exponent < 874) return (u32)(value >> 32) & 0x80000000;
    return ((u32)(value >> 32) & 0x80000000) | (u32)((PPC_BIT(11) | (value & PPC_BITMASK(12, 63))) >> (926 - exponent));
}

#endif
