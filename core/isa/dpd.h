/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Densely packed decimal (Book I, B.1 and B.2): three digits in ten bits, as cdtbcd, cbcdtd and the decimal formats
 * hold them.  24 of the 1024 declets are second spellings of a group: they are understood and never made.
 */
#ifndef P9_CORE_ISA_DPD_H
#define P9_CORE_ISA_DPD_H

#include "base/bits.h"

/*
 * abcd efgh ijkm <-> pqr stu v wxy.  The high bits a, e, i of the digits
 * tell the large digits (8 and 9), of which only the low bit need be kept:
 *
 *    a e i | p q r  s t u  v  w x y            v w x  s t |  digits
 *    0 0 0 | b c d  f g h  0  j k m            0          |  small small small
 *    0 0 1 | b c d  f g h  1  0 0 m            1 0 0      |  small small large
 *    0 1 0 | b c d  j k h  1  0 1 m            1 0 1      |  small large small
 *    1 0 0 | j k d  f g h  1  1 0 m            1 1 0      |  large small small
 *    1 1 0 | j k d  0 0 h  1  1 1 m            1 1 1  0 0 |  large large small
 *    1 0 1 | f g d  0 1 h  1  1 1 m            1 1 1  0 1 |  large small large
 *    0 1 1 | b c d  1 0 h  1  1 1 m            1 1 1  1 0 |  small large large
 *    1 1 1 | 0 0 d  1 1 h  1  1 1 m            1 1 1  1 1 |  large large large
 */
inline_hot u32 bcd_to_declet(u32 bcd)
{
    u32 low_bits = (bcd >> 8 & 1) << 7 | (bcd >> 4 & 1) << 4 | (bcd & 1); /* d, h, m */
    u32 bc = bcd >> 9 & 3, fg = bcd >> 5 & 3, jk = bcd >> 1 & 3;

    switch ((bcd >> 11 & 1) << 2 | (bcd >> 7 & 1) << 1 | (bcd >> 3 & 1)) {
    case 0: return low_bits | bc << 8 | fg << 5 | jk << 1;
    case 1: return low_bits | bc << 8 | fg << 5 | 4 << 1;
    case 2: return low_bits | bc << 8 | jk << 5 | 5 << 1;
    case 4: return low_bits | jk << 8 | fg << 5 | 6 << 1;
    case 6: return low_bits | jk << 8 | 0 << 5 | 7 << 1;
    case 5: return low_bits | fg << 8 | 1 << 5 | 7 << 1;
    case 3: return low_bits | bc << 8 | 2 << 5 | 7 << 1;
    default: return low_bits | 3 << 5 | 7 << 1;
    }
}

inline_hot u32 declet_to_bcd(u32 declet)
{
    u32 d = declet >> 7 & 1, h = declet >> 4 & 1, m = declet & 1;
    u32 pq = declet >> 8 & 3, st = declet >> 5 & 3, wx = declet >> 1 & 3;
    u32 a, e, o;

    if (!(declet & 8)) a = pq << 1, e = st << 1, o = wx << 1;
    else if (wx == 0) a = pq << 1, e = st << 1, o = 8;
    else if (wx == 1) a = pq << 1, e = 8, o = st << 1;
    else if (wx == 2) a = 8, e = st << 1, o = pq << 1;
    else if (st == 0) a = 8, e = 8, o = pq << 1;
    else if (st == 1) a = 8, e = pq << 1, o = 8;
    else if (st == 2) a = pq << 1, e = 8, o = 8;
    else a = 8, e = 8, o = 8;
    return (a | d) << 8 | (e | h) << 4 | o | m;
}

#endif
