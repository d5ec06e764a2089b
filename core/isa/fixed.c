/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Book I, chapter 3, fixed-point instructions that touch no storage: arithmetic, compare, trap, select, logic, rotate
 * and shift, BCD assist, moves to and from CR and XER fields.
 *
 * What the book leaves undefined is as POWER9 has it (open.def tells the evidence): the high word of a 32-bit product
 * is there twice, the upper word of a 32-bit quotient is zero, and so is a quotient that does not exist (division by
 * zero, most negative by -1, divide-extended out of range) and its remainder.  In 32-bit mode CR0, OV and CA look at
 * the low word (set_cr0, set_ov, set_ca).
 */
#define BODY_INLINE
#include "core/isa/insn.h"

#include "core/isa/dpd.h"

/* a + b + carry_in with all that can be told about it; every add and subtract is this one sum. */
inline_hot enum next finish_sum(struct thread *t, const struct insn *i, u64 a, u64 b, u64 carry_in, bool sets_ca)
{
    u64 sum = a + b + carry_in, carries = (a & b) | ((a | b) & ~sum), overflow = (a ^ sum) & (b ^ sum);

    set_gpr(t, F(rt), sum);
    if (sets_ca) set_ca(t, carries >> 63, carries >> 31 & 1);
    if (F(oe)) set_ov(t, overflow >> 63, overflow >> 31 & 1);
    if (F(rc)) set_cr0(t, sum);
    return NEXT;
}

/* ---- 3.3.9 arithmetic ---- */

INSN(addi, "14 RT RA SI", "addi RT, RA0, SI", FX, 0)
{
    set_gpr(t, F(rt), gpr_or_zero(t, F(ra)) + (u64)(s64)F(imm));
    return NEXT;
}

INSN(addis, "15 RT RA SI", "addis RT, RA0, SI", FX, 0)
{
    set_gpr(t, F(rt), gpr_or_zero(t, F(ra)) + ((u64)(s64)F(imm) << 16));
    return NEXT;
}

/* Add PC Immediate Shifted - relative to the next instruction. */
INSN(addpcis, "19 RT d1 d0 2 d2", "addpcis RT, d0", FX, SINCE_3_0)
{
    set_gpr(t, F(rt), port_ea(t, cia(t) + 4) + ((u64)(s64)F(imm) << 16));
    return NEXT;
}

INSN(add, "31 RT RA RB OE 266 Rc", "add%o%r RT, RA, RB", FX, 0)
{
    return finish_sum(t, i, gpr(t, F(ra)), gpr(t, F(rb)), 0, false);
}

INSN(subf, "31 RT RA RB OE 40 Rc", "subf%o%r RT, RA, RB", FX, 0)
{
    return finish_sum(t, i, ~gpr(t, F(ra)), gpr(t, F(rb)), 1, false);
}

INSN(addic, "12 RT RA SI", "addic RT, RA, SI", FX, 0)
{
    return finish_sum(t, i, gpr(t, F(ra)), (u64)(s64)F(imm), 0, true);
}

INSN(addic_, "13 RT RA SI", "addic. RT, RA, SI", FX, 0)
{
    u64 a = gpr(t, F(ra));

    finish_sum(t, i, a, (u64)(s64)F(imm), 0, true);
    set_cr0(t, a + (u64)(s64)F(imm));
    return NEXT;
}

INSN(subfic, "8 RT RA SI", "subfic RT, RA, SI", FX, 0)
{
    return finish_sum(t, i, ~gpr(t, F(ra)), (u64)(s64)F(imm), 1, true);
}

INSN(addc, "31 RT RA RB OE 10 Rc", "addc%o%r RT, RA, RB", FX, 0)
{
    return finish_sum(t, i, gpr(t, F(ra)), gpr(t, F(rb)), 0, true);
}

INSN(subfc, "31 RT RA RB OE 8 Rc", "subfc%o%r RT, RA, RB", FX, 0)
{
    return finish_sum(t, i, ~gpr(t, F(ra)), gpr(t, F(rb)), 1, true);
}

INSN(adde, "31 RT RA RB OE 138 Rc", "adde%o%r RT, RA, RB", FX, 0)
{
    return finish_sum(t, i, gpr(t, F(ra)), gpr(t, F(rb)), xer_ca(t), true);
}

INSN(subfe, "31 RT RA RB OE 136 Rc", "subfe%o%r RT, RA, RB", FX, 0)
{
    return finish_sum(t, i, ~gpr(t, F(ra)), gpr(t, F(rb)), xer_ca(t), true);
}

INSN(addme, "31 RT RA ///// OE 234 Rc", "addme%o%r RT, RA", FX, 0)
{
    return finish_sum(t, i, gpr(t, F(ra)), ~0ULL, xer_ca(t), true);
}

INSN(subfme, "31 RT RA ///// OE 232 Rc", "subfme%o%r RT, RA", FX, 0)
{
    return finish_sum(t, i, ~gpr(t, F(ra)), ~0ULL, xer_ca(t), true);
}

INSN(addze, "31 RT RA ///// OE 202 Rc", "addze%o%r RT, RA", FX, 0)
{
    return finish_sum(t, i, gpr(t, F(ra)), 0, xer_ca(t), true);
}

INSN(subfze, "31 RT RA ///// OE 200 Rc", "subfze%o%r RT, RA", FX, 0)
{
    return finish_sum(t, i, ~gpr(t, F(ra)), 0, xer_ca(t), true);
}

/* Add Extended using alternate carry bit: OV carries in and out, SO is left alone; CY other than 0 is reserved. */
INSN(addex, "31 RT RA RB CY 170 /", "addex RT, RA, RB, CY", FX, SINCE_3_0)
{
    u64 a = gpr(t, F(ra)), b = gpr(t, F(rb)), sum = a + b + xer_ov(t), carries = (a & b) | ((a | b) & ~sum);

    set_gpr(t, F(rt), sum);
    set_ov_only(t, carries >> 63, carries >> 31 & 1);
    return NEXT;
}

INSN(neg, "31 RT RA ///// OE 104 Rc", "neg%o%r RT, RA", FX, 0)
{
    return finish_sum(t, i, ~gpr(t, F(ra)), 0, 1, false);
}

/* ---- 3.3.9 multiply ---- */

inline_hot enum next finish_product(struct thread *t, const struct insn *i, u64 result, bool overflow)
{
    set_gpr(t, F(rt), result);
    if (F(oe)) set_ov(t, overflow, overflow);
    if (F(rc)) set_cr0(t, result);
    return NEXT;
}

INSN(mulli, "7 RT RA SI", "mulli RT, RA, SI", MUL, 0)
{
    set_gpr(t, F(rt), gpr(t, F(ra)) * (u64)(s64)F(imm));
    return NEXT;
}

INSN(mullw, "31 RT RA RB OE 235 Rc", "mullw%o%r RT, RA, RB", MUL, 0)
{
    s64 product = (s64)(s32)gpr(t, F(ra)) * (s32)gpr(t, F(rb));
    return finish_product(t, i, (u64)product, product != (s32)product);
}

/* The high word of a 32-bit product, in both words of RT. */
inline_hot enum next finish_high_word(struct thread *t, const struct insn *i, u64 product)
{
    return finish_product(t, i, (product & PPC_BITMASK(0, 31)) | product >> 32, false);
}

INSN(mulhw, "31 RT RA RB / 75 Rc", "mulhw%r RT, RA, RB", MUL, 0)
{
    return finish_high_word(t, i, (u64)((s64)(s32)gpr(t, F(ra)) * (s32)gpr(t, F(rb))));
}

INSN(mulhwu, "31 RT RA RB / 11 Rc", "mulhwu%r RT, RA, RB", MUL, 0)
{
    return finish_high_word(t, i, (u64)(u32)gpr(t, F(ra)) * (u32)gpr(t, F(rb)));
}

INSN(mulld, "31 RT RA RB OE 233 Rc", "mulld%o%r RT, RA, RB", MUL, 0)
{
    s128 product = (s128)(s64)gpr(t, F(ra)) * (s64)gpr(t, F(rb));
    return finish_product(t, i, (u64)product, product != (s64)product);
}

INSN(mulhd, "31 RT RA RB / 73 Rc", "mulhd%r RT, RA, RB", MUL, 0)
{
    s128 product = (s128)(s64)gpr(t, F(ra)) * (s64)gpr(t, F(rb));
    return finish_product(t, i, (u64)((u128)product >> 64), false);
}

INSN(mulhdu, "31 RT RA RB / 9 Rc", "mulhdu%r RT, RA, RB", MUL, 0)
{
    u128 product = (u128)gpr(t, F(ra)) * gpr(t, F(rb));
    return finish_product(t, i, (u64)(product >> 64), false);
}

INSN(maddhd, "4 RT RA RB RC 48", "maddhd RT, RA, RB, RC", MUL, SINCE_3_0)
{
    s128 sum = (s128)(s64)gpr(t, F(ra)) * (s64)gpr(t, F(rb)) + (s64)gpr(t, F(fc));

    set_gpr(t, F(rt), (u64)((u128)sum >> 64));
    return NEXT;
}

INSN(maddhdu, "4 RT RA RB RC 49", "maddhdu RT, RA, RB, RC", MUL, SINCE_3_0)
{
    u128 sum = (u128)gpr(t, F(ra)) * gpr(t, F(rb)) + gpr(t, F(fc));

    set_gpr(t, F(rt), (u64)(sum >> 64));
    return NEXT;
}

INSN(maddld, "4 RT RA RB RC 51", "maddld RT, RA, RB, RC", MUL, SINCE_3_0)
{
    set_gpr(t, F(rt), gpr(t, F(ra)) * gpr(t, F(rb)) + gpr(t, F(fc)));
    return NEXT;
}

/* ---- 3.3.9 divide: `exists` is false where the book leaves the result undefined and sets OV ---- */

INSN(divw, "31 RT RA RB OE 491 Rc", "divw%o%r RT, RA, RB", DIV, 0)
{
    s32 a = (s32)gpr(t, F(ra)), b = (s32)gpr(t, F(rb));
    bool exists = b != 0 && !(a == INT32_MIN && b == -1);
    return finish_product(t, i, exists ? (u32)(a / b) : 0, !exists);
}

INSN(divwu, "31 RT RA RB OE 459 Rc", "divwu%o%r RT, RA, RB", DIV, 0)
{
    u32 a = (u32)gpr(t, F(ra)), b = (u32)gpr(t, F(rb));
    return finish_product(t, i, b ? a / b : 0, !b);
}

INSN(divwe, "31 RT RA RB OE 427 Rc", "divwe%o%r RT, RA, RB", DIV, SINCE_2_06)
{
    s64 a = (s64)(gpr(t, F(ra)) << 32), b = (s32)gpr(t, F(rb)), quotient = 0;
    bool exists = b != 0 && !(a == INT64_MIN && b == -1);

    if (exists) quotient = a / b;
    exists = exists && quotient == (s32)quotient;
    return finish_product(t, i, exists ? (u32)quotient : 0, !exists);
}

INSN(divweu, "31 RT RA RB OE 395 Rc", "divweu%o%r RT, RA, RB", DIV, SINCE_2_06)
{
    u64 a = gpr(t, F(ra)) << 32, b = (u32)gpr(t, F(rb));
    bool exists = a >> 32 < b;
    return finish_product(t, i, exists ? a / b : 0, !exists);
}

INSN(divd, "31 RT RA RB OE 489 Rc", "divd%o%r RT, RA, RB", DIV, 0)
{
    s64 a = (s64)gpr(t, F(ra)), b = (s64)gpr(t, F(rb));
    bool exists = b != 0 && !(a == INT64_MIN && b == -1);
    return finish_product(t, i, exists ? (u64)(a / b) : 0, !exists);
}

INSN(divdu, "31 RT RA RB OE 457 Rc", "divdu%o%r RT, RA, RB", DIV, 0)
{
    u64 a = gpr(t, F(ra)), b = gpr(t, F(rb));
    return finish_product(t, i, b ? a / b : 0, !b);
}

INSN(divde, "31 RT RA RB OE 425 Rc", "divde%o%r RT, RA, RB", DIV, SINCE_2_06)
{
    s128 a = (s128)((u128)gpr(t, F(ra)) << 64), b = (s64)gpr(t, F(rb)), quotient = 0;
    bool exists = b != 0 && !(a == (s128)((u128)1 << 127) && b == -1);

    if (exists) quotient = a / b;
    exists = exists && quotient == (s64)quotient;
    return finish_product(t, i, exists ? (u64)quotient : 0, !exists);
}

INSN(divdeu, "31 RT RA RB OE 393 Rc", "divdeu%o%r RT, RA, RB", DIV, SINCE_2_06)
{
    u64 a = gpr(t, F(ra)), b = gpr(t, F(rb));
    return finish_product(t, i, a < b ? (u64)(((u128)a << 64) / b) : 0, !(a < b));
}

INSN(modsw, "31 RT RA RB 779 /", "modsw RT, RA, RB", DIV, SINCE_3_0)
{
    s32 a = (s32)gpr(t, F(ra)), b = (s32)gpr(t, F(rb));
    bool exists = b != 0 && !(a == INT32_MIN && b == -1);

    set_gpr(t, F(rt), exists ? (u64)(s64)(a % b) : 0);
    return NEXT;
}

INSN(moduw, "31 RT RA RB 267 /", "moduw RT, RA, RB", DIV, SINCE_3_0)
{
    u32 a = (u32)gpr(t, F(ra)), b = (u32)gpr(t, F(rb));

    set_gpr(t, F(rt), b ? a % b : 0);
    return NEXT;
}

INSN(modsd, "31 RT RA RB 777 /", "modsd RT, RA, RB", DIV, SINCE_3_0)
{
    s64 a = (s64)gpr(t, F(ra)), b = (s64)gpr(t, F(rb));
    bool exists = b != 0 && !(a == INT64_MIN && b == -1);

    set_gpr(t, F(rt), exists ? (u64)(a % b) : 0);
    return NEXT;
}

INSN(modud, "31 RT RA RB 265 /", "modud RT, RA, RB", DIV, SINCE_3_0)
{
    u64 a = gpr(t, F(ra)), b = gpr(t, F(rb));

    set_gpr(t, F(rt), b ? a % b : 0);
    return NEXT;
}

/* Deliver a Random Number - L: 0 = 32 conditioned bits, 1 = 64 conditioned, 2 = 64 raw; the reserved 3 answers with the
 * value that reports an error, as the book asks of a failed generator. */
INSN(darn, "31 RT /// L2 ///// 755 /", "darn RT, L2", FX, SINCE_3_0)
{
    u64 number = port_random(t), word = number & 0xffffffff;

    set_gpr(t, F(rt), F(l) == 0 ? word : F(l) == 3 ? ~0ULL : number);
    return NEXT;
}

/* ---- 3.3.10 compare ---- */

INSN(cmpi, "11 BF / L RA SI", "cmpi BF, L, RA, SI", FX, 0)
{
    u64 a = gpr(t, F(ra));
    s64 value = F(l) ? (s64)a : (s32)a;

    set_cr_field(t, F(bf), cr_of_signed(value, F(imm)) | xer_so(t));
    return NEXT;
}

INSN(cmp, "31 BF / L RA RB 0 /", "cmp BF, L, RA, RB", FX, 0)
{
    u64 a = gpr(t, F(ra)), b = gpr(t, F(rb));
    unsigned order = F(l) ? cr_of_signed((s64)a, (s64)b) : cr_of_signed((s32)a, (s32)b);

    set_cr_field(t, F(bf), order | xer_so(t));
    return NEXT;
}

INSN(cmpli, "10 BF / L RA UI", "cmpli BF, L, RA, UI", FX, 0)
{
    u64 a = gpr(t, F(ra)), value = F(l) ? a : (u32)a;

    set_cr_field(t, F(bf), cr_of_unsigned(value, (u32)F(imm)) | xer_so(t));
    return NEXT;
}

INSN(cmpl, "31 BF / L RA RB 32 /", "cmpl BF, L, RA, RB", FX, 0)
{
    u64 a = gpr(t, F(ra)), b = gpr(t, F(rb));
    unsigned order = F(l) ? cr_of_unsigned(a, b) : cr_of_unsigned((u32)a, (u32)b);

    set_cr_field(t, F(bf), order | xer_so(t));
    return NEXT;
}

/* Compare Ranged Byte: RB holds the ranges hi2 lo2 hi1 lo1 in its low word; L=1 looks at both. */
INSN(cmprb, "31 BF / L RA RB 192 /", "cmprb BF, L, RA, RB", FX, SINCE_3_0)
{
    u64 ranges = gpr(t, F(rb));
    u8 byte = (u8)gpr(t, F(ra));
    bool first = (u8)ranges <= byte && byte <= (u8)(ranges >> 8);
    bool second = (u8)(ranges >> 16) <= byte && byte <= (u8)(ranges >> 24);

    set_cr_field(t, F(bf), first | (second & F(l)) ? CR_GT : 0);
    return NEXT;
}

INSN(cmpeqb, "31 BF // RA RB 224 /", "cmpeqb BF, RA, RB", FX, SINCE_3_0)
{
    u64 differ = ((gpr(t, F(ra)) & 0xff) * 0x0101010101010101ULL) ^ gpr(t, F(rb));
    u64 zero_byte = (differ - 0x0101010101010101ULL) & ~differ & 0x8080808080808080ULL;

    set_cr_field(t, F(bf), zero_byte ? CR_GT : 0);
    return NEXT;
}

INSN(setb, "31 RT BFA // ///// 128 /", "setb RT, BFA", FX, SINCE_3_0)
{
    unsigned field = cr_field(t, F(bfa));

    set_gpr(t, F(rt), field & CR_LT ? ~0ULL : (field & CR_GT) != 0);
    return NEXT;
}

/* ---- 3.3.11 trap: TO = LT GT EQ, then unsigned LT GT ---- */

inline_hot enum next trap_if(struct thread *t, unsigned to, s64 a, s64 b)
{
    unsigned holds = (a < b) << 4 | (a > b) << 3 | (a == b) << 2 | ((u64)a < (u64)b) << 1 | ((u64)a > (u64)b);
    return unlikely(to & holds) ? fault_trap(t) : NEXT;
}

INSN(twi, "3 TO RA SI", "twi TO, RA, SI", FX, 0)
{
    return trap_if(t, F(to), (s32)gpr(t, F(ra)), F(imm));
}

INSN(tw, "31 TO RA RB 4 /", "tw TO, RA, RB", FX, 0)
{
    return trap_if(t, F(to), (s32)gpr(t, F(ra)), (s32)gpr(t, F(rb)));
}

INSN(tdi, "2 TO RA SI", "tdi TO, RA, SI", FX, 0)
{
    return trap_if(t, F(to), (s64)gpr(t, F(ra)), F(imm));
}

INSN(td, "31 TO RA RB 68 /", "td TO, RA, RB", FX, 0)
{
    return trap_if(t, F(to), (s64)gpr(t, F(ra)), (s64)gpr(t, F(rb)));
}

/* ---- 3.3.12 select ---- */

INSN(isel, "31 RT RA RB BC 15 /", "isel RT, RA0, RB, BC", FX, SINCE_2_06)
{
    u64 a = gpr_or_zero(t, F(ra)), b = gpr(t, F(rb));

    set_gpr(t, F(rt), cr_bit(t, F(bc)) ? a : b);
    return NEXT;
}

/* ---- 3.3.13 logical ---- */

inline_hot enum next finish_logical(struct thread *t, const struct insn *i, u64 result)
{
    set_gpr(t, F(ra), result);
    if (F(rc)) set_cr0(t, result);
    return NEXT;
}

INSN(andi_, "28 RS RA UI", "andi. RA, RS, UI", FX, 0)
{
    u64 result = gpr(t, F(rs)) & (u32)F(imm);

    set_gpr(t, F(ra), result);
    set_cr0(t, result);
    return NEXT;
}

INSN(andis_, "29 RS RA UI", "andis. RA, RS, UI", FX, 0)
{
    u64 result = gpr(t, F(rs)) & (u64)(u32)F(imm) << 16;

    set_gpr(t, F(ra), result);
    set_cr0(t, result);
    return NEXT;
}

/* Or Immediate - ori 0,0,0 is the preferred no-operation. */
INSN(ori, "24 RS RA UI", "ori RA, RS, UI", FX, 0)
{
    return finish_logical(t, i, gpr(t, F(rs)) | (u32)F(imm));
}

INSN(oris, "25 RS RA UI", "oris RA, RS, UI", FX, 0)
{
    return finish_logical(t, i, gpr(t, F(rs)) | (u64)(u32)F(imm) << 16);
}

INSN(xori, "26 RS RA UI", "xori RA, RS, UI", FX, 0)
{
    return finish_logical(t, i, gpr(t, F(rs)) ^ (u32)F(imm));
}

INSN(xoris, "27 RS RA UI", "xoris RA, RS, UI", FX, 0)
{
    return finish_logical(t, i, gpr(t, F(rs)) ^ (u64)(u32)F(imm) << 16);
}

INSN(and, "31 RS RA RB 28 Rc", "and%r RA, RS, RB", FX, 0)
{
    return finish_logical(t, i, gpr(t, F(rs)) & gpr(t, F(rb)));
}

/* Or - or RX,RX,RX sets the thread's priority (II 3.2), which only a timing model could notice. */
INSN(or, "31 RS RA RB 444 Rc", "or%r RA, RS, RB", FX, 0)
{
    return finish_logical(t, i, gpr(t, F(rs)) | gpr(t, F(rb)));
}

INSN(xor, "31 RS RA RB 316 Rc", "xor%r RA, RS, RB", FX, 0)
{
    return finish_logical(t, i, gpr(t, F(rs)) ^ gpr(t, F(rb)));
}

INSN(nand, "31 RS RA RB 476 Rc", "nand%r RA, RS, RB", FX, 0)
{
    return finish_logical(t, i, ~(gpr(t, F(rs)) & gpr(t, F(rb))));
}

INSN(nor, "31 RS RA RB 124 Rc", "nor%r RA, RS, RB", FX, 0)
{
    return finish_logical(t, i, ~(gpr(t, F(rs)) | gpr(t, F(rb))));
}

INSN(eqv, "31 RS RA RB 284 Rc", "eqv%r RA, RS, RB", FX, 0)
{
    return finish_logical(t, i, ~(gpr(t, F(rs)) ^ gpr(t, F(rb))));
}

INSN(andc, "31 RS RA RB 60 Rc", "andc%r RA, RS, RB", FX, 0)
{
    return finish_logical(t, i, gpr(t, F(rs)) & ~gpr(t, F(rb)));
}

INSN(orc, "31 RS RA RB 412 Rc", "orc%r RA, RS, RB", FX, 0)
{
    return finish_logical(t, i, gpr(t, F(rs)) | ~gpr(t, F(rb)));
}

INSN(extsb, "31 RS RA ///// 954 Rc", "extsb%r RA, RS", FX, 0)
{
    return finish_logical(t, i, (u64)(s64)(s8)gpr(t, F(rs)));
}

INSN(extsh, "31 RS RA ///// 922 Rc", "extsh%r RA, RS", FX, 0)
{
    return finish_logical(t, i, (u64)(s64)(s16)gpr(t, F(rs)));
}

INSN(extsw, "31 RS RA ///// 986 Rc", "extsw%r RA, RS", FX, 0)
{
    return finish_logical(t, i, (u64)(s64)(s32)gpr(t, F(rs)));
}

INSN(cntlzw, "31 RS RA ///// 26 Rc", "cntlzw%r RA, RS", FX, 0)
{
    u32 value = (u32)gpr(t, F(rs));
    return finish_logical(t, i, value ? (u64)__builtin_clz(value) : 32);
}

INSN(cnttzw, "31 RS RA ///// 538 Rc", "cnttzw%r RA, RS", FX, SINCE_3_0)
{
    u32 value = (u32)gpr(t, F(rs));
    return finish_logical(t, i, value ? (u64)__builtin_ctz(value) : 32);
}

INSN(cntlzd, "31 RS RA ///// 58 Rc", "cntlzd%r RA, RS", FX, 0)
{
    u64 value = gpr(t, F(rs));
    return finish_logical(t, i, value ? (u64)__builtin_clzll(value) : 64);
}

INSN(cnttzd, "31 RS RA ///// 570 Rc", "cnttzd%r RA, RS", FX, SINCE_3_0)
{
    u64 value = gpr(t, F(rs));
    return finish_logical(t, i, value ? (u64)__builtin_ctzll(value) : 64);
}

/* Compare Bytes: each byte of the result is all ones where the bytes are equal. */
INSN(cmpb, "31 RS RA RB 508 /", "cmpb RA, RS, RB", FX, 0)
{
    const u64 low_bits = 0x7f7f7f7f7f7f7f7fULL;
    u64 differ = gpr(t, F(rs)) ^ gpr(t, F(rb));
    u64 not_zero = (((differ & low_bits) + low_bits) | differ) & ~low_bits; /* the high bit of each differing byte */

    set_gpr(t, F(ra), ((not_zero ^ ~low_bits) >> 7) * 0xff);
    return NEXT;
}

/* Sums of bits in ever larger parts, stopping at `part` bits. */
inline_hot u64 count_bits_by(u64 v, unsigned part)
{
    v -= v >> 1 & 0x5555555555555555ULL;
    v = (v & 0x3333333333333333ULL) + (v >> 2 & 0x3333333333333333ULL);
    v = (v + (v >> 4)) & 0x0f0f0f0f0f0f0f0fULL;
    if (part == 8) return v;
    v += v >> 8;
    v += v >> 16;
    return v & 0x0000003f0000003fULL;
}

INSN(popcntb, "31 RS RA ///// 122 /", "popcntb RA, RS", FX, 0)
{
    set_gpr(t, F(ra), count_bits_by(gpr(t, F(rs)), 8));
    return NEXT;
}

INSN(popcntw, "31 RS RA ///// 378 /", "popcntw RA, RS", FX, SINCE_2_06)
{
    set_gpr(t, F(ra), count_bits_by(gpr(t, F(rs)), 32));
    return NEXT;
}

INSN(popcntd, "31 RS RA ///// 506 /", "popcntd RA, RS", FX, SINCE_2_06)
{
    u64 words = count_bits_by(gpr(t, F(rs)), 32);

    set_gpr(t, F(ra), (words + (words >> 32)) & 0x7f);
    return NEXT;
}

/* Parity looks only at the least significant bit of each byte. */
INSN(prtyw, "31 RS RA ///// 154 /", "prtyw RA, RS", FX, 0)
{
    u64 v = gpr(t, F(rs));

    v ^= v >> 16;
    v ^= v >> 8;
    set_gpr(t, F(ra), v & 0x0000000100000001ULL);
    return NEXT;
}

INSN(prtyd, "31 RS RA ///// 186 /", "prtyd RA, RS", FX, 0)
{
    u64 v = gpr(t, F(rs));

    v ^= v >> 32;
    v ^= v >> 16;
    v ^= v >> 8;
    set_gpr(t, F(ra), v & 1);
    return NEXT;
}

/* Bit Permute: byte k of RS names a bit of RB; the eight bits found become the low byte, those out of range are 0. */
INSN(bpermd, "31 RS RA RB 252 /", "bpermd RA, RS, RB", FX, SINCE_2_06)
{
    u64 names = gpr(t, F(rs)), source = gpr(t, F(rb)), result = 0;

    for (unsigned k = 0; k < 8; k++) {
        unsigned bit = names >> (56 - 8 * k) & 0xff;
        result = result << 1 | (bit < 64 ? source >> (63 - (bit & 63)) & 1 : 0);
    }
    set_gpr(t, F(ra), result);
    return NEXT;
}

/* ---- 3.3.14 rotate and shift ---- */

/* Ones from bit mb to bit me of a doubleword, going round if mb > me. */
inline_hot u64 rotate_mask(unsigned mb, unsigned me)
{
    u64 from_mb = ~0ULL >> mb, to_me = ~0ULL << (63 - me);
    return mb <= me ? from_mb & to_me : from_mb | to_me;
}
/* A word rotated, in both halves: the 32-bit rotates work on this. */
inline_hot u64 rotate_word(u64 v, unsigned n)
{
    u64 word = rotl32((u32)v, n);
    return word << 32 | word;
}

INSN(rlwinm, "21 RS RA SH MB ME Rc", "rlwinm%r RA, RS, SH, MB, ME", FXR, 0)
{
    return finish_logical(t, i, rotate_word(gpr(t, F(rs)), F(sh)) & rotate_mask(F(mb) + 32u, F(me) + 32u));
}

INSN(rlwnm, "23 RS RA RB MB ME Rc", "rlwnm%r RA, RS, RB, MB, ME", FXR, 0)
{
    u64 rotated = rotate_word(gpr(t, F(rs)), gpr(t, F(rb)) & 31);
    return finish_logical(t, i, rotated & rotate_mask(F(mb) + 32u, F(me) + 32u));
}

INSN(rlwimi, "20 RS RA SH MB ME Rc", "rlwimi%r RA, RS, SH, MB, ME", FXR, 0)
{
    u64 mask = rotate_mask(F(mb) + 32u, F(me) + 32u), rotated = rotate_word(gpr(t, F(rs)), F(sh));
    return finish_logical(t, i, (rotated & mask) | (gpr(t, F(ra)) & ~mask));
}

INSN(rldicl, "30 RS RA sh mb mb5 0 sh5 Rc", "rldicl%r RA, RS, sh, mb", FXR, 0)
{
    return finish_logical(t, i, rotl64(gpr(t, F(rs)), F(sh)) & ~0ULL >> F(mb));
}

INSN(rldicr, "30 RS RA sh me me5 1 sh5 Rc", "rldicr%r RA, RS, sh, me", FXR, 0)
{
    return finish_logical(t, i, rotl64(gpr(t, F(rs)), F(sh)) & ~0ULL << (63 - F(me)));
}

INSN(rldic, "30 RS RA sh mb mb5 2 sh5 Rc", "rldic%r RA, RS, sh, mb", FXR, 0)
{
    return finish_logical(t, i, rotl64(gpr(t, F(rs)), F(sh)) & rotate_mask(F(mb), 63u - F(sh)));
}

INSN(rldimi, "30 RS RA sh mb mb5 3 sh5 Rc", "rldimi%r RA, RS, sh, mb", FXR, 0)
{
    u64 mask = rotate_mask(F(mb), 63u - F(sh)), rotated = rotl64(gpr(t, F(rs)), F(sh));
    return finish_logical(t, i, (rotated & mask) | (gpr(t, F(ra)) & ~mask));
}

INSN(rldcl, "30 RS RA RB mb mb5 8 Rc", "rldcl%r RA, RS, RB, mb", FXR, 0)
{
    return finish_logical(t, i, rotl64(gpr(t, F(rs)), gpr(t, F(rb)) & 63) & ~0ULL >> F(mb));
}

INSN(rldcr, "30 RS RA RB me me5 9 Rc", "rldcr%r RA, RS, RB, me", FXR, 0)
{
    return finish_logical(t, i, rotl64(gpr(t, F(rs)), gpr(t, F(rb)) & 63) & ~0ULL << (63 - F(me)));
}

INSN(slw, "31 RS RA RB 24 Rc", "slw%r RA, RS, RB", FXR, 0)
{
    u64 n = gpr(t, F(rb)) & 63, value = (u32)gpr(t, F(rs));
    return finish_logical(t, i, (u32)(value << n));
}

INSN(srw, "31 RS RA RB 536 Rc", "srw%r RA, RS, RB", FXR, 0)
{
    u64 n = gpr(t, F(rb)) & 63, value = (u32)gpr(t, F(rs));
    return finish_logical(t, i, value >> n);
}

INSN(sld, "31 RS RA RB 27 Rc", "sld%r RA, RS, RB", FXR, 0)
{
    u64 n = gpr(t, F(rb)) & 127, value = gpr(t, F(rs));
    return finish_logical(t, i, n < 64 ? value << (n & 63) : 0);
}

INSN(srd, "31 RS RA RB 539 Rc", "srd%r RA, RS, RB", FXR, 0)
{
    u64 n = gpr(t, F(rb)) & 127, value = gpr(t, F(rs));
    return finish_logical(t, i, n < 64 ? value >> (n & 63) : 0);
}

/* Shift right algebraic: CA (and CA32) tell that a negative number lost ones.  A distance past the width fills with
 * the sign, which a shift by width - 1 gives as well. */
inline_hot enum next finish_algebraic(struct thread *t, const struct insn *i, s64 value, unsigned n)
{
    unsigned distance = n < 64 ? n : 63;
    bool lost_ones = value < 0 && (n < 64 ? (u64)value & ((1ULL << distance) - 1) : (u64)value) != 0;

    set_ca(t, lost_ones, lost_ones);
    return finish_logical(t, i, (u64)(value >> distance));
}

INSN(srawi, "31 RS RA SH 824 Rc", "srawi%r RA, RS, SH", FXR, 0)
{
    return finish_algebraic(t, i, (s32)gpr(t, F(rs)), F(sh));
}

INSN(sraw, "31 RS RA RB 792 Rc", "sraw%r RA, RS, RB", FXR, 0)
{
    return finish_algebraic(t, i, (s32)gpr(t, F(rs)), gpr(t, F(rb)) & 63);
}

INSN(sradi, "31 RS RA sh 413 sh5 Rc", "sradi%r RA, RS, sh", FXR, 0)
{
    return finish_algebraic(t, i, (s64)gpr(t, F(rs)), F(sh));
}

INSN(srad, "31 RS RA RB 794 Rc", "srad%r RA, RS, RB", FXR, 0)
{
    return finish_algebraic(t, i, (s64)gpr(t, F(rs)), gpr(t, F(rb)) & 127);
}

/* Extend Sign Word and Shift Left Immediate. */
INSN(extswsli, "31 RS RA sh 445 sh5 Rc", "extswsli%r RA, RS, sh", FXR, SINCE_3_0)
{
    return finish_logical(t, i, (u64)(s64)(s32)gpr(t, F(rs)) << F(sh));
}

/* ---- 3.3.15 binary coded decimal assist ---- */

INSN(cdtbcd, "31 RS RA ///// 282 /", "cdtbcd RA, RS", FX, 0)
{
    u64 declets = gpr(t, F(rs)), result = 0;

    for (unsigned word = 0; word < 64; word += 32) {
        u32 low = declet_to_bcd(declets >> word & 0x3ff), high = declet_to_bcd(declets >> (word + 10) & 0x3ff);
        result |= (u64)(high << 12 | low) << word;
    }
    set_gpr(t, F(ra), result);
    return NEXT;
}

INSN(cbcdtd, "31 RS RA ///// 314 /", "cbcdtd RA, RS", FX, 0)
{
    u64 digits = gpr(t, F(rs)), result = 0;

    for (unsigned word = 0; word < 64; word += 32) {
        u32 low = bcd_to_declet(digits >> word & 0xfff), high = bcd_to_declet(digits >> (word + 12) & 0xfff);
        result |= (u64)(high << 10 | low) << word;
    }
    set_gpr(t, F(ra), result);
    return NEXT;
}

/* Add and Generate Sixes: a six in every digit position out of which the sum carries nothing. */
INSN(addg6s, "31 RT RA RB / 74 /", "addg6s RT, RA, RB", FX, 0)
{
    u64 a = gpr(t, F(ra)), b = gpr(t, F(rb)), sum = a + b, carries = (a & b) | ((a | b) & ~sum);
    u64 none = ~carries & 0x8888888888888888ULL;

    set_gpr(t, F(rt), none >> 1 | none >> 2);
    return NEXT;
}

/* ---- 3.3.17 condition register and XER fields ---- */

inline_hot enum next set_cr_fields(struct thread *t, unsigned mask, u64 value)
{
    for (unsigned n = 0; n < 8; n++)
        if (mask & (0x80u >> n)) set_cr_field(t, n, value >> (28 - 4 * n) & 15);
    return NEXT;
}

INSN(mtcrf, "31 RS 0:1 FXM / 144 /", "mtcrf FXM, RS", CR, 0)
{
    return set_cr_fields(t, (u32)F(imm), gpr(t, F(rs)));
}

/* The field that mtocrf and mfocrf move: FXM has one bit; of several the first counts, without any it is field 7. */
inline_hot unsigned chosen_field(unsigned fxm)
{
    return (unsigned)__builtin_clz(fxm << 24 | 1 << 24);
}

/* Move To One CR Field */
INSN(mtocrf, "31 RS 1:1 FXM / 144 /", "mtocrf FXM, RS", CR, 0)
{
    unsigned field = chosen_field((u32)F(imm));

    set_cr_field(t, field, gpr(t, F(rs)) >> (28 - 4 * field) & 15);
    return NEXT;
}

INSN(mfcr, "31 RT 0:1 ///////// 19 /", "mfcr RT", CR, 0)
{
    set_gpr(t, F(rt), cr_all(t));
    return NEXT;
}

/* Move From One CR Field - the other bits of RT are undefined: zero. */
INSN(mfocrf, "31 RT 1:1 FXM / 19 /", "mfocrf RT, FXM", CR, 0)
{
    unsigned field = chosen_field((u32)F(imm));

    set_gpr(t, F(rt), (u64)cr_field(t, field) << (28 - 4 * field));
    return NEXT;
}

/* Move XER to CR Extended: OV OV32 CA CA32. */
INSN(mcrxrx, "31 BF // ///// ///// 576 /", "mcrxrx BF", CR, SINCE_3_0)
{
    set_cr_field(t, F(bf), xer_ov(t) << 3 | xer_ov32(t) << 2 | xer_ca(t) << 1 | xer_ca32(t));
    return NEXT;
}

/* ---- 1.8.3 reserved no-op instructions ---- */

/* Eight extended opcodes, 530 + 32 n, kept for hints that later processors may get (POWER10 made hashst and hashchk of
 * four): they do nothing here, whatever stands in their fields. */
INSN(reserved_nop, "31 ///// ///// ///// 2:2 UIM3 18:5 /", "rnop UIM3", FX, 0)
{
    return NEXT;
}
