/* SPDX-License-Identifier: Apache-2.0 */
/* Instruction words for small programs in tests: the form's fields in the book's order, nothing clever. */
#ifndef P9_TESTS_WORDS_H
#define P9_TESTS_WORDS_H

#include "base/bits.h"

#define W_D(op, rt, ra, d) ((u32)(op) << 26 | (u32)(rt) << 21 | (u32)(ra) << 16 | ((u32)(d)&0xffff))
#define W_X(op, rt, ra, rb, xo) ((u32)(op) << 26 | (u32)(rt) << 21 | (u32)(ra) << 16 | (u32)(rb) << 11 | (u32)(xo) << 1)
#define W_LI(rt, v) W_D(14, rt, 0, v)
#define W_LIS(rt, v) W_D(15, rt, 0, v)
#define W_ADDI(rt, ra, v) W_D(14, rt, ra, v)
#define W_ORI(ra, rs, v) W_D(24, rs, ra, v)
#define W_ADD(rt, ra, rb) W_X(31, rt, ra, rb, 266)
#define W_XOR(ra, rs, rb) W_X(31, rs, ra, rb, 316)
#define W_LWZ(rt, d, ra) W_D(32, rt, ra, d)
#define W_STW(rs, d, ra) W_D(36, rs, ra, d)
#define W_LD(rt, d, ra) W_D(58, rt, ra, d)
#define W_STD(rs, d, ra) W_D(62, rs, ra, d)
#define W_SPR(n) (((u32)(n)&31) << 16 | ((u32)(n) >> 5) << 11)
#define W_MTSPR(n, rs) (31U << 26 | (u32)(rs) << 21 | W_SPR(n) | 467U << 1)
#define W_MFSPR(rt, n) (31U << 26 | (u32)(rt) << 21 | W_SPR(n) | 339U << 1)
#define W_MTCTR(rs) W_MTSPR(9, rs)
#define W_B(offset) (18U << 26 | ((u32)(offset)&0x03fffffc))
#define W_BL(offset) (W_B(offset) | 1)
#define W_BDNZ(offset) (16U << 26 | 16U << 21 | ((u32)(offset)&0xfffc))
#define W_BLR 0x4e800020U
#define W_RFID 0x4c000024U
#define W_HRFID 0x4c000224U
#define W_MTMSRD(rs, l) (31U << 26 | (u32)(rs) << 21 | (u32)(l) << 16 | 178U << 1)
#define W_NOP 0x60000000U
#define W_CALLTHRU 0x000eaeb0U

#endif
