/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Book I, chapter 6 (Vector): integer arithmetic, compares, rotates and shifts, and operations on bits.
 *
 * Saturating forms clip each element to its range and set VSCR[SAT], which stays set until mtvscr (6.3.2).
 */
#include "core/isa/vector.h"

/* ---- operations on one element ---- */

inline_hot u64 clip_signed(struct thread *t, s64 v, unsigned bits)
{
    s64 top = (s64)low_ones(bits - 1);

    may_saturate(t);
    if (v >= -top - 1 && v <= top) return (u64)v;
    t->vscr |= VSCR_SAT;
    return (u64)(v > top ? top : -top - 1);
}
inline_hot u64 clip_unsigned(struct thread *t, s64 v, unsigned bits)
{
    may_saturate(t);
    if (v >= 0 && v <= (s64)low_ones(bits)) return (u64)v;
    t->vscr |= VSCR_SAT;
    return v < 0 ? 0 : low_ones(bits);
}

inline_hot u64 op_add(struct thread *t, u64 a, u64 b, unsigned bits)
{
    (void)t, (void)bits;
    return a + b;
}

inline_hot u64 op_sub(struct thread *t, u64 a, u64 b, unsigned bits)
{
    (void)t, (void)bits;
    return a - b;
}

inline_hot u64 op_add_unsigned(struct thread *t, u64 a, u64 b, unsigned bits)
{
    return clip_unsigned(t, (s64)(a + b), bits);
}

inline_hot u64 op_sub_unsigned(struct thread *t, u64 a, u64 b, unsigned bits)
{
    return clip_unsigned(t, (s64)(a - b), bits);
}

inline_hot u64 op_add_signed(struct thread *t, u64 a, u64 b, unsigned bits)
{
    return clip_signed(t, sign_extend(a, bits) + sign_extend(b, bits), bits);
}

inline_hot u64 op_sub_signed(struct thread *t, u64 a, u64 b, unsigned bits)
{
    return clip_signed(t, sign_extend(a, bits) - sign_extend(b, bits), bits);
}

inline_hot u64 op_carry(struct thread *t, u64 a, u64 b, unsigned bits)
{
    (void)t;
    return (a + b) >> bits;
}

inline_hot u64 op_no_borrow(struct thread *t, u64 a, u64 b, unsigned bits)
{
    (void)t, (void)bits;
    return a >= b;
}

inline_hot u64 op_average_unsigned(struct thread *t, u64 a, u64 b, unsigned bits)
{
    (void)t, (void)bits;
    return (a + b + 1) >> 1;
}

inline_hot u64 op_average_signed(struct thread *t, u64 a, u64 b, unsigned bits)
{
    (void)t;
    return (u64)((sign_extend(a, bits) + sign_extend(b, bits) + 1) >> 1);
}

inline_hot u64 op_distance(struct thread *t, u64 a, u64 b, unsigned bits)
{
    (void)t, (void)bits;
    return a > b ? a - b : b - a;
}

inline_hot u64 op_max_unsigned(struct thread *t, u64 a, u64 b, unsigned bits)
{
    (void)t, (void)bits;
    return a > b ? a : b;
}

inline_hot u64 op_min_unsigned(struct thread *t, u64 a, u64 b, unsigned bits)
{
    (void)t, (void)bits;
    return a < b ? a : b;
}

inline_hot u64 op_max_signed(struct thread *t, u64 a, u64 b, unsigned bits)
{
    (void)t;
    return sign_extend(a, bits) > sign_extend(b, bits) ? a : b;
}

inline_hot u64 op_min_signed(struct thread *t, u64 a, u64 b, unsigned bits)
{
    (void)t;
    return sign_extend(a, bits) < sign_extend(b, bits) ? a : b;
}

inline_hot u64 op_multiply(struct thread *t, u64 a, u64 b, unsigned bits)
{
    (void)t, (void)bits;
    return a * b;
}

inline_hot bool is_equal(u64 a, u64 b, unsigned bits)
{
    (void)bits;
    return a == b;
}

inline_hot bool is_not_equal(u64 a, u64 b, unsigned bits)
{
    (void)bits;
    return a != b;
}

inline_hot bool is_not_equal_or_zero(u64 a, u64 b, unsigned bits)
{
    (void)bits;
    return a != b || !a || !b;
}

inline_hot bool is_greater_unsigned(u64 a, u64 b, unsigned bits)
{
    (void)bits;
    return a > b;
}

inline_hot bool is_greater_signed(u64 a, u64 b, unsigned bits)
{
    return sign_extend(a, bits) > sign_extend(b, bits);
}

inline_hot u64 op_rotate(struct thread *t, u64 a, u64 b, unsigned bits)
{
    (void)t;
    return a << (b & (bits - 1)) | a >> (-b & (bits - 1));
}

inline_hot u64 op_shift_left(struct thread *t, u64 a, u64 b, unsigned bits)
{
    (void)t;
    return a << (b & (bits - 1));
}

inline_hot u64 op_shift_right(struct thread *t, u64 a, u64 b, unsigned bits)
{
    (void)t;
    return a >> (b & (bits - 1));
}

inline_hot u64 op_shift_right_algebraic(struct thread *t, u64 a, u64 b, unsigned bits)
{
    (void)t;
    return (u64)(sign_extend(a, bits) >> (b & (bits - 1)));
}

inline_hot u64 op_negate(struct thread *t, u64 a, u64 b, unsigned bits)
{
    (void)t, (void)a, (void)bits;
    return -b;
}

inline_hot u64 op_leading_zeros(struct thread *t, u64 a, u64 b, unsigned bits)
{
    (void)t, (void)a;
    return b ? (unsigned)__builtin_clzll(b) - (64 - bits) : bits;
}

inline_hot u64 op_trailing_zeros(struct thread *t, u64 a, u64 b, unsigned bits)
{
    (void)t, (void)a;
    return b ? (unsigned)__builtin_ctzll(b) : bits;
}

inline_hot u64 op_population(struct thread *t, u64 a, u64 b, unsigned bits)
{
    (void)t, (void)a, (void)bits;
    return (unsigned)__builtin_popcountll(b);
}

inline_hot u64 op_parity(struct thread *t, u64 a, u64 b, unsigned bits)
{
    (void)t, (void)a, (void)bits;
    return (unsigned)__builtin_parityll(b & 0x0101010101010101ULL);
}

inline_hot u64 op_extend_byte(struct thread *t, u64 a, u64 b, unsigned bits)
{
    (void)t, (void)a, (void)bits;
    return (u64)(s64)(s8)b;
}

inline_hot u64 op_extend_halfword(struct thread *t, u64 a, u64 b, unsigned bits)
{
    (void)t, (void)a, (void)bits;
    return (u64)(s64)(s16)b;
}

inline_hot u64 op_extend_word(struct thread *t, u64 a, u64 b, unsigned bits)
{
    (void)t, (void)a, (void)bits;
    return (u64)(s64)(s32)b;
}

/* ---- 6.9.1 add and subtract ---- */

/* Vector Add Unsigned Byte Modulo */
INSN(vaddubm, "4 VRT VRA VRB 0", "vaddubm VRT, VRA, VRB", VX, NEEDS_VEC)
{
    return each_pair(t, i, 1, op_add);
}

/* Vector Add Unsigned Halfword Modulo */
INSN(vadduhm, "4 VRT VRA VRB 64", "vadduhm VRT, VRA, VRB", VX, NEEDS_VEC)
{
    return each_pair(t, i, 2, op_add);
}

/* Vector Add Unsigned Word Modulo */
INSN(vadduwm, "4 VRT VRA VRB 128", "vadduwm VRT, VRA, VRB", VX, NEEDS_VEC)
{
    return each_pair(t, i, 4, op_add);
}

/* Vector Add Unsigned Doubleword Modulo */
INSN(vaddudm, "4 VRT VRA VRB 192", "vaddudm VRT, VRA, VRB", VX, NEEDS_VEC | SINCE_2_07)
{
    return each_pair(t, i, 8, op_add);
}

/* Vector Subtract Unsigned Byte Modulo */
INSN(vsububm, "4 VRT VRA VRB 1024", "vsububm VRT, VRA, VRB", VX, NEEDS_VEC)
{
    return each_pair(t, i, 1, op_sub);
}

/* Vector Subtract Unsigned Halfword Modulo */
INSN(vsubuhm, "4 VRT VRA VRB 1088", "vsubuhm VRT, VRA, VRB", VX, NEEDS_VEC)
{
    return each_pair(t, i, 2, op_sub);
}

/* Vector Subtract Unsigned Word Modulo */
INSN(vsubuwm, "4 VRT VRA VRB 1152", "vsubuwm VRT, VRA, VRB", VX, NEEDS_VEC)
{
    return each_pair(t, i, 4, op_sub);
}

/* Vector Subtract Unsigned Doubleword Modulo */
INSN(vsubudm, "4 VRT VRA VRB 1216", "vsubudm VRT, VRA, VRB", VX, NEEDS_VEC | SINCE_2_07)
{
    return each_pair(t, i, 8, op_sub);
}

/* Vector Add Unsigned Byte Saturate */
INSN(vaddubs, "4 VRT VRA VRB 512", "vaddubs VRT, VRA, VRB", VX, NEEDS_VEC)
{
    return each_pair(t, i, 1, op_add_unsigned);
}

/* Vector Add Unsigned Halfword Saturate */
INSN(vadduhs, "4 VRT VRA VRB 576", "vadduhs VRT, VRA, VRB", VX, NEEDS_VEC)
{
    return each_pair(t, i, 2, op_add_unsigned);
}

/* Vector Add Unsigned Word Saturate */
INSN(vadduws, "4 VRT VRA VRB 640", "vadduws VRT, VRA, VRB", VX, NEEDS_VEC)
{
    return each_pair(t, i, 4, op_add_unsigned);
}

/* Vector Add Signed Byte Saturate */
INSN(vaddsbs, "4 VRT VRA VRB 768", "vaddsbs VRT, VRA, VRB", VX, NEEDS_VEC)
{
    return each_pair(t, i, 1, op_add_signed);
}

/* Vector Add Signed Halfword Saturate */
INSN(vaddshs, "4 VRT VRA VRB 832", "vaddshs VRT, VRA, VRB", VX, NEEDS_VEC)
{
    return each_pair(t, i, 2, op_add_signed);
}

/* Vector Add Signed Word Saturate */
INSN(vaddsws, "4 VRT VRA VRB 896", "vaddsws VRT, VRA, VRB", VX, NEEDS_VEC)
{
    return each_pair(t, i, 4, op_add_signed);
}

/* Vector Subtract Unsigned Byte Saturate */
INSN(vsububs, "4 VRT VRA VRB 1536", "vsububs VRT, VRA, VRB", VX, NEEDS_VEC)
{
    return each_pair(t, i, 1, op_sub_unsigned);
}

/* Vector Subtract Unsigned Halfword Saturate */
INSN(vsubuhs, "4 VRT VRA VRB 1600", "vsubuhs VRT, VRA, VRB", VX, NEEDS_VEC)
{
    return each_pair(t, i, 2, op_sub_unsigned);
}

/* Vector Subtract Unsigned Word Saturate */
INSN(vsubuws, "4 VRT VRA VRB 1664", "vsubuws VRT, VRA, VRB", VX, NEEDS_VEC)
{
    return each_pair(t, i, 4, op_sub_unsigned);
}

/* Vector Subtract Signed Byte Saturate */
INSN(vsubsbs, "4 VRT VRA VRB 1792", "vsubsbs VRT, VRA, VRB", VX, NEEDS_VEC)
{
    return each_pair(t, i, 1, op_sub_signed);
}

/* Vector Subtract Signed Halfword Saturate */
INSN(vsubshs, "4 VRT VRA VRB 1856", "vsubshs VRT, VRA, VRB", VX, NEEDS_VEC)
{
    return each_pair(t, i, 2, op_sub_signed);
}

/* Vector Subtract Signed Word Saturate */
INSN(vsubsws, "4 VRT VRA VRB 1920", "vsubsws VRT, VRA, VRB", VX, NEEDS_VEC)
{
    return each_pair(t, i, 4, op_sub_signed);
}

/* Vector Add and Write Carry-Out Unsigned Word */
INSN(vaddcuw, "4 VRT VRA VRB 384", "vaddcuw VRT, VRA, VRB", VX, NEEDS_VEC)
{
    return each_pair(t, i, 4, op_carry);
}

/* Vector Subtract and Write Carry-Out Unsigned Word - 1 means no borrow */
INSN(vsubcuw, "4 VRT VRA VRB 1408", "vsubcuw VRT, VRA, VRB", VX, NEEDS_VEC)
{
    return each_pair(t, i, 4, op_no_borrow);
}

/* a + b + carry_in on 128 bits: the sum, or with `want_carry` the carry out. */
inline_hot enum next add_quad(struct thread *t, const struct insn *i, u128 a, u128 b, unsigned carry_in,
                              bool want_carry)
{
    u128 partial = a + b, sum = partial + carry_in;

    set_vr(t, F(vrt), (union vsr){.q = want_carry ? (u128)(partial < a || sum < partial) : sum});
    return NEXT;
}
#define QUAD_A vr(t, F(vra)).q
#define QUAD_B vr(t, F(vrb)).q
#define QUAD_CARRY ((unsigned)vr(t, F(vrc)).q & 1)

/* Vector Add Unsigned Quadword Modulo */
INSN(vadduqm, "4 VRT VRA VRB 256", "vadduqm VRT, VRA, VRB", VX, NEEDS_VEC | SINCE_2_07)
{
    return add_quad(t, i, QUAD_A, QUAD_B, 0, false);
}

/* Vector Add and Write Carry-Out Unsigned Quadword */
INSN(vaddcuq, "4 VRT VRA VRB 320", "vaddcuq VRT, VRA, VRB", VX, NEEDS_VEC | SINCE_2_07)
{
    return add_quad(t, i, QUAD_A, QUAD_B, 0, true);
}

/* Vector Subtract Unsigned Quadword Modulo */
INSN(vsubuqm, "4 VRT VRA VRB 1280", "vsubuqm VRT, VRA, VRB", VX, NEEDS_VEC | SINCE_2_07)
{
    return add_quad(t, i, QUAD_A, ~QUAD_B, 1, false);
}

/* Vector Subtract and Write Carry-Out Unsigned Quadword */
INSN(vsubcuq, "4 VRT VRA VRB 1344", "vsubcuq VRT, VRA, VRB", VX, NEEDS_VEC | SINCE_2_07)
{
    return add_quad(t, i, QUAD_A, ~QUAD_B, 1, true);
}

/* Vector Add Extended Unsigned Quadword Modulo - the carry in is bit 127 of VRC */
INSN(vaddeuqm, "4 VRT VRA VRB VRC 60", "vaddeuqm VRT, VRA, VRB, VRC", VX, NEEDS_VEC | SINCE_2_07)
{
    return add_quad(t, i, QUAD_A, QUAD_B, QUAD_CARRY, false);
}

/* Vector Add Extended and Write Carry-Out Unsigned Quadword */
INSN(vaddecuq, "4 VRT VRA VRB VRC 61", "vaddecuq VRT, VRA, VRB, VRC", VX, NEEDS_VEC | SINCE_2_07)
{
    return add_quad(t, i, QUAD_A, QUAD_B, QUAD_CARRY, true);
}

/* Vector Subtract Extended Unsigned Quadword Modulo */
INSN(vsubeuqm, "4 VRT VRA VRB VRC 62", "vsubeuqm VRT, VRA, VRB, VRC", VX, NEEDS_VEC | SINCE_2_07)
{
    return add_quad(t, i, QUAD_A, ~QUAD_B, QUAD_CARRY, false);
}

/* Vector Subtract Extended and Write Carry-Out Unsigned Quadword */
INSN(vsubecuq, "4 VRT VRA VRB VRC 63", "vsubecuq VRT, VRA, VRB, VRC", VX, NEEDS_VEC | SINCE_2_07)
{
    return add_quad(t, i, QUAD_A, ~QUAD_B, QUAD_CARRY, true);
}

/* ---- 6.9.1 average, absolute difference, maximum and minimum ---- */

/* Vector Average Unsigned Byte */
INSN(vavgub, "4 VRT VRA VRB 1026", "vavgub VRT, VRA, VRB", VX, NEEDS_VEC)
{
    return each_pair(t, i, 1, op_average_unsigned);
}

/* Vector Average Unsigned Halfword */
INSN(vavguh, "4 VRT VRA VRB 1090", "vavguh VRT, VRA, VRB", VX, NEEDS_VEC)
{
    return each_pair(t, i, 2, op_average_unsigned);
}

/* Vector Average Unsigned Word */
INSN(vavguw, "4 VRT VRA VRB 1154", "vavguw VRT, VRA, VRB", VX, NEEDS_VEC)
{
    return each_pair(t, i, 4, op_average_unsigned);
}

/* Vector Average Signed Byte */
INSN(vavgsb, "4 VRT VRA VRB 1282", "vavgsb VRT, VRA, VRB", VX, NEEDS_VEC)
{
    return each_pair(t, i, 1, op_average_signed);
}

/* Vector Average Signed Halfword */
INSN(vavgsh, "4 VRT VRA VRB 1346", "vavgsh VRT, VRA, VRB", VX, NEEDS_VEC)
{
    return each_pair(t, i, 2, op_average_signed);
}

/* Vector Average Signed Word */
INSN(vavgsw, "4 VRT VRA VRB 1410", "vavgsw VRT, VRA, VRB", VX, NEEDS_VEC)
{
    return each_pair(t, i, 4, op_average_signed);
}

/* Vector Absolute Difference Unsigned Byte */
INSN(vabsdub, "4 VRT VRA VRB 1027", "vabsdub VRT, VRA, VRB", VX, NEEDS_VEC | SINCE_3_0)
{
    return each_pair(t, i, 1, op_distance);
}

/* Vector Absolute Difference Unsigned Halfword */
INSN(vabsduh, "4 VRT VRA VRB 1091", "vabsduh VRT, VRA, VRB", VX, NEEDS_VEC | SINCE_3_0)
{
    return each_pair(t, i, 2, op_distance);
}

/* Vector Absolute Difference Unsigned Word */
INSN(vabsduw, "4 VRT VRA VRB 1155", "vabsduw VRT, VRA, VRB", VX, NEEDS_VEC | SINCE_3_0)
{
    return each_pair(t, i, 4, op_distance);
}

/* Vector Maximum Unsigned Byte */
INSN(vmaxub, "4 VRT VRA VRB 2", "vmaxub VRT, VRA, VRB", VX, NEEDS_VEC)
{
    return each_pair(t, i, 1, op_max_unsigned);
}

/* Vector Maximum Unsigned Halfword */
INSN(vmaxuh, "4 VRT VRA VRB 66", "vmaxuh VRT, VRA, VRB", VX, NEEDS_VEC)
{
    return each_pair(t, i, 2, op_max_unsigned);
}

/* Vector Maximum Unsigned Word */
INSN(vmaxuw, "4 VRT VRA VRB 130", "vmaxuw VRT, VRA, VRB", VX, NEEDS_VEC)
{
    return each_pair(t, i, 4, op_max_unsigned);
}

/* Vector Maximum Unsigned Doubleword */
INSN(vmaxud, "4 VRT VRA VRB 194", "vmaxud VRT, VRA, VRB", VX, NEEDS_VEC | SINCE_2_07)
{
    return each_pair(t, i, 8, op_max_unsigned);
}

/* Vector Maximum Signed Byte */
INSN(vmaxsb, "4 VRT VRA VRB 258", "vmaxsb VRT, VRA, VRB", VX, NEEDS_VEC)
{
    return each_pair(t, i, 1, op_max_signed);
}

/* Vector Maximum Signed Halfword */
INSN(vmaxsh, "4 VRT VRA VRB 322", "vmaxsh VRT, VRA, VRB", VX, NEEDS_VEC)
{
    return each_pair(t, i, 2, op_max_signed);
}

/* Vector Maximum Signed Word */
INSN(vmaxsw, "4 VRT VRA VRB 386", "vmaxsw VRT, VRA, VRB", VX, NEEDS_VEC)
{
    return each_pair(t, i, 4, op_max_signed);
}

/* Vector Maximum Signed Doubleword */
INSN(vmaxsd, "4 VRT VRA VRB 450", "vmaxsd VRT, VRA, VRB", VX, NEEDS_VEC | SINCE_2_07)
{
    return each_pair(t, i, 8, op_max_signed);
}

/* Vector Minimum Unsigned Byte */
INSN(vminub, "4 VRT VRA VRB 514", "vminub VRT, VRA, VRB", VX, NEEDS_VEC)
{
    return each_pair(t, i, 1, op_min_unsigned);
}

/* Vector Minimum Unsigned Halfword */
INSN(vminuh, "4 VRT VRA VRB 578", "vminuh VRT, VRA, VRB", VX, NEEDS_VEC)
{
    return each_pair(t, i, 2, op_min_unsigned);
}

/* Vector Minimum Unsigned Word */
INSN(vminuw, "4 VRT VRA VRB 642", "vminuw VRT, VRA, VRB", VX, NEEDS_VEC)
{
    return each_pair(t, i, 4, op_min_unsigned);
}

/* Vector Minimum Unsigned Doubleword */
INSN(vminud, "4 VRT VRA VRB 706", "vminud VRT, VRA, VRB", VX, NEEDS_VEC | SINCE_2_07)
{
    return each_pair(t, i, 8, op_min_unsigned);
}

/* Vector Minimum Signed Byte */
INSN(vminsb, "4 VRT VRA VRB 770", "vminsb VRT, VRA, VRB", VX, NEEDS_VEC)
{
    return each_pair(t, i, 1, op_min_signed);
}

/* Vector Minimum Signed Halfword */
INSN(vminsh, "4 VRT VRA VRB 834", "vminsh VRT, VRA, VRB", VX, NEEDS_VEC)
{
    return each_pair(t, i, 2, op_min_signed);
}

/* Vector Minimum Signed Word */
INSN(vminsw, "4 VRT VRA VRB 898", "vminsw VRT, VRA, VRB", VX, NEEDS_VEC)
{
    return each_pair(t, i, 4, op_min_signed);
}

/* Vector Minimum Signed Doubleword */
INSN(vminsd, "4 VRT VRA VRB 962", "vminsd VRT, VRA, VRB", VX, NEEDS_VEC | SINCE_2_07)
{
    return each_pair(t, i, 8, op_min_signed);
}

/* ---- 6.9.1.3 multiply ---- */

/* Every second element, from `odd`, into products of twice the size. */
inline_hot enum next multiply_long(struct thread *t, const struct insn *i, unsigned bytes, unsigned odd, bool is_signed)
{
    union vsr a = vr(t, F(vra)), b = vr(t, F(vrb)), r;
    unsigned bits = 8 * bytes;

    for (unsigned k = 0; k < 8 / bytes; k++) {
        u64 x = element(&a, bytes, 2 * k + odd), y = element(&b, bytes, 2 * k + odd);
        set_element(&r, 2 * bytes, k, is_signed ? (u64)(sign_extend(x, bits) * sign_extend(y, bits)) : x * y);
    }
    set_vr(t, F(vrt), r);
    return NEXT;
}

/* Vector Multiply Even Unsigned Byte */
INSN(vmuleub, "4 VRT VRA VRB 520", "vmuleub VRT, VRA, VRB", VMUL, NEEDS_VEC)
{
    return multiply_long(t, i, 1, 0, false);
}

/* Vector Multiply Even Unsigned Halfword */
INSN(vmuleuh, "4 VRT VRA VRB 584", "vmuleuh VRT, VRA, VRB", VMUL, NEEDS_VEC)
{
    return multiply_long(t, i, 2, 0, false);
}

/* Vector Multiply Even Unsigned Word */
INSN(vmuleuw, "4 VRT VRA VRB 648", "vmuleuw VRT, VRA, VRB", VMUL, NEEDS_VEC | SINCE_2_07)
{
    return multiply_long(t, i, 4, 0, false);
}

/* Vector Multiply Even Signed Byte */
INSN(vmulesb, "4 VRT VRA VRB 776", "vmulesb VRT, VRA, VRB", VMUL, NEEDS_VEC)
{
    return multiply_long(t, i, 1, 0, true);
}

/* Vector Multiply Even Signed Halfword */
INSN(vmulesh, "4 VRT VRA VRB 840", "vmulesh VRT, VRA, VRB", VMUL, NEEDS_VEC)
{
    return multiply_long(t, i, 2, 0, true);
}

/* Vector Multiply Even Signed Word */
INSN(vmulesw, "4 VRT VRA VRB 904", "vmulesw VRT, VRA, VRB", VMUL, NEEDS_VEC | SINCE_2_07)
{
    return multiply_long(t, i, 4, 0, true);
}

/* Vector Multiply Odd Unsigned Byte */
INSN(vmuloub, "4 VRT VRA VRB 8", "vmuloub VRT, VRA, VRB", VMUL, NEEDS_VEC)
{
    return multiply_long(t, i, 1, 1, false);
}

/* Vector Multiply Odd Unsigned Halfword */
INSN(vmulouh, "4 VRT VRA VRB 72", "vmulouh VRT, VRA, VRB", VMUL, NEEDS_VEC)
{
    return multiply_long(t, i, 2, 1, false);
}

/* Vector Multiply Odd Unsigned Word */
INSN(vmulouw, "4 VRT VRA VRB 136", "vmulouw VRT, VRA, VRB", VMUL, NEEDS_VEC | SINCE_2_07)
{
    return multiply_long(t, i, 4, 1, false);
}

/* Vector Multiply Odd Signed Byte */
INSN(vmulosb, "4 VRT VRA VRB 264", "vmulosb VRT, VRA, VRB", VMUL, NEEDS_VEC)
{
    return multiply_long(t, i, 1, 1, true);
}

/* Vector Multiply Odd Signed Halfword */
INSN(vmulosh, "4 VRT VRA VRB 328", "vmulosh VRT, VRA, VRB", VMUL, NEEDS_VEC)
{
    return multiply_long(t, i, 2, 1, true);
}

/* Vector Multiply Odd Signed Word */
INSN(vmulosw, "4 VRT VRA VRB 392", "vmulosw VRT, VRA, VRB", VMUL, NEEDS_VEC | SINCE_2_07)
{
    return multiply_long(t, i, 4, 1, true);
}

/* Vector Multiply Unsigned Word Modulo */
INSN(vmuluwm, "4 VRT VRA VRB 137", "vmuluwm VRT, VRA, VRB", VMUL, NEEDS_VEC | SINCE_2_07)
{
    return each_pair(t, i, 4, op_multiply);
}

/* Halfword products (rounded by `round`), shifted right, plus VRC; clipped if `saturates`. */
inline_hot enum next multiply_add_halfwords(struct thread *t, const struct insn *i, s64 round, unsigned shift,
                                            bool saturates)
{
    union vsr a = vr(t, F(vra)), b = vr(t, F(vrb)), c = vr(t, F(vrc)), r;

    for (unsigned k = 0; k < 8; k++) {
        s64 product = (s64)(s16)VSR_H(a, k) * (s16)VSR_H(b, k);
        s64 sum = ((product + round) >> shift) + (s16)VSR_H(c, k);
        VSR_H(r, k) = (u16)(saturates ? clip_signed(t, sum, 16) : (u64)sum);
    }
    set_vr(t, F(vrt), r);
    return NEXT;
}

/* ---- 6.9.1.4 multiply and add ---- */

/* Vector Multiply-High-Add Signed Halfword Saturate */
INSN(vmhaddshs, "4 VRT VRA VRB VRC 32", "vmhaddshs VRT, VRA, VRB, VRC", VMUL, NEEDS_VEC)
{
    return multiply_add_halfwords(t, i, 0, 15, true);
}

/* Vector Multiply-High-Round-Add Signed Halfword Saturate */
INSN(vmhraddshs, "4 VRT VRA VRB VRC 33", "vmhraddshs VRT, VRA, VRB, VRC", VMUL, NEEDS_VEC)
{
    return multiply_add_halfwords(t, i, 0x4000, 15, true);
}

/* Vector Multiply-Low-Add Unsigned Halfword Modulo */
INSN(vmladduhm, "4 VRT VRA VRB VRC 34", "vmladduhm VRT, VRA, VRB, VRC", VMUL, NEEDS_VEC)
{
    return multiply_add_halfwords(t, i, 0, 0, false);
}

/* Each word: the products of its bytes or halfwords, and the word of VRC, in one exact sum. */
enum word_sum { SUM_MODULO, SUM_UNSIGNED, SUM_SIGNED };
inline_hot enum next multiply_sum(struct thread *t, const struct insn *i, unsigned bytes, bool a_signed, bool b_signed,
                                  enum word_sum how)
{
    union vsr a = vr(t, F(vra)), b = vr(t, F(vrb)), c = vr(t, F(vrc)), r;
    unsigned bits = 8 * bytes, per_word = 4 / bytes;

    for (unsigned w = 0; w < 4; w++) {
        s64 sum = how == SUM_SIGNED ? (s64)(s32)VSR_W(c, w) : (s64)VSR_W(c, w);
        for (unsigned k = w * per_word; k < (w + 1) * per_word; k++) {
            u64 x = element(&a, bytes, k), y = element(&b, bytes, k);
            sum += (a_signed ? sign_extend(x, bits) : (s64)x) * (b_signed ? sign_extend(y, bits) : (s64)y);
        }
        if (how == SUM_SIGNED) sum = (s64)clip_signed(t, sum, 32);
        if (how == SUM_UNSIGNED) sum = (s64)clip_unsigned(t, sum, 32);
        VSR_W(r, w) = (u32)sum;
    }
    set_vr(t, F(vrt), r);
    return NEXT;
}

/* Vector Multiply-Sum Unsigned Byte Modulo */
INSN(vmsumubm, "4 VRT VRA VRB VRC 36", "vmsumubm VRT, VRA, VRB, VRC", VMUL, NEEDS_VEC)
{
    return multiply_sum(t, i, 1, false, false, SUM_MODULO);
}

/* Vector Multiply-Sum Mixed Byte Modulo - VRA signed, VRB unsigned */
INSN(vmsummbm, "4 VRT VRA VRB VRC 37", "vmsummbm VRT, VRA, VRB, VRC", VMUL, NEEDS_VEC)
{
    return multiply_sum(t, i, 1, true, false, SUM_MODULO);
}

/* Vector Multiply-Sum Unsigned Halfword Modulo */
INSN(vmsumuhm, "4 VRT VRA VRB VRC 38", "vmsumuhm VRT, VRA, VRB, VRC", VMUL, NEEDS_VEC)
{
    return multiply_sum(t, i, 2, false, false, SUM_MODULO);
}

/* Vector Multiply-Sum Unsigned Halfword Saturate */
INSN(vmsumuhs, "4 VRT VRA VRB VRC 39", "vmsumuhs VRT, VRA, VRB, VRC", VMUL, NEEDS_VEC)
{
    return multiply_sum(t, i, 2, false, false, SUM_UNSIGNED);
}

/* Vector Multiply-Sum Signed Halfword Modulo */
INSN(vmsumshm, "4 VRT VRA VRB VRC 40", "vmsumshm VRT, VRA, VRB, VRC", VMUL, NEEDS_VEC)
{
    return multiply_sum(t, i, 2, true, true, SUM_MODULO);
}

/* Vector Multiply-Sum Signed Halfword Saturate */
INSN(vmsumshs, "4 VRT VRA VRB VRC 41", "vmsumshs VRT, VRA, VRB, VRC", VMUL, NEEDS_VEC)
{
    return multiply_sum(t, i, 2, true, true, SUM_SIGNED);
}

/* Vector Multiply-Sum Unsigned Doubleword Modulo */
INSN(vmsumudm, "4 VRT VRA VRB VRC 35", "vmsumudm VRT, VRA, VRB, VRC", VMUL, NEEDS_VEC | SINCE_3_0)
{
    union vsr a = vr(t, F(vra)), b = vr(t, F(vrb)), c = vr(t, F(vrc));
    u128 sum = (u128)VSR_D(a, 0) * VSR_D(b, 0) + (u128)VSR_D(a, 1) * VSR_D(b, 1) + c.q;

    set_vr(t, F(vrt), (union vsr){.q = sum});
    return NEXT;
}

/* ---- 6.9.1.5 sum across ---- */

/* Each word: its elements of VRA and the word of VRB. */
inline_hot enum next sum_across_word(struct thread *t, const struct insn *i, unsigned bytes, bool is_signed)
{
    union vsr a = vr(t, F(vra)), b = vr(t, F(vrb)), r;
    unsigned per_word = 4 / bytes;

    for (unsigned w = 0; w < 4; w++) {
        s64 sum = is_signed ? (s64)(s32)VSR_W(b, w) : (s64)VSR_W(b, w);
        for (unsigned k = w * per_word; k < (w + 1) * per_word; k++) {
            u64 x = element(&a, bytes, k);
            sum += is_signed ? sign_extend(x, 8 * bytes) : (s64)x;
        }
        VSR_W(r, w) = (u32)(is_signed ? clip_signed(t, sum, 32) : clip_unsigned(t, sum, 32));
    }
    set_vr(t, F(vrt), r);
    return NEXT;
}

/* The last word of each group of `words`: the words of VRA in the group and the last of VRB; the others are zero. */
inline_hot enum next sum_words(struct thread *t, const struct insn *i, unsigned words)
{
    union vsr a = vr(t, F(vra)), b = vr(t, F(vrb)), r = {.q = 0};

    for (unsigned last = words - 1; last < 4; last += words) {
        s64 sum = (s32)VSR_W(b, last);
        for (unsigned k = 0; k < words; k++) sum += (s32)VSR_W(a, last - k);
        VSR_W(r, last) = (u32)clip_signed(t, sum, 32);
    }
    set_vr(t, F(vrt), r);
    return NEXT;
}

/* Vector Sum across Quarter Unsigned Byte Saturate */
INSN(vsum4ubs, "4 VRT VRA VRB 1544", "vsum4ubs VRT, VRA, VRB", VMUL, NEEDS_VEC)
{
    return sum_across_word(t, i, 1, false);
}

/* Vector Sum across Quarter Signed Byte Saturate */
INSN(vsum4sbs, "4 VRT VRA VRB 1800", "vsum4sbs VRT, VRA, VRB", VMUL, NEEDS_VEC)
{
    return sum_across_word(t, i, 1, true);
}

/* Vector Sum across Quarter Signed Halfword Saturate */
INSN(vsum4shs, "4 VRT VRA VRB 1608", "vsum4shs VRT, VRA, VRB", VMUL, NEEDS_VEC)
{
    return sum_across_word(t, i, 2, true);
}

/* Vector Sum across Half Signed Word Saturate */
INSN(vsum2sws, "4 VRT VRA VRB 1672", "vsum2sws VRT, VRA, VRB", VMUL, NEEDS_VEC)
{
    return sum_words(t, i, 2);
}

/* Vector Sum across Signed Word Saturate */
INSN(vsumsws, "4 VRT VRA VRB 1928", "vsumsws VRT, VRA, VRB", VMUL, NEEDS_VEC)
{
    return sum_words(t, i, 4);
}

/* ---- ~6.9.2 compare ---- */

/* Vector Compare Equal Unsigned Byte */
INSN(vcmpequb, "4 VRT VRA VRB Rcv 6", "vcmpequb%r VRT, VRA, VRB", VX, NEEDS_VEC)
{
    return each_test(t, i, 1, is_equal);
}

/* Vector Compare Equal Unsigned Halfword */
INSN(vcmpequh, "4 VRT VRA VRB Rcv 70", "vcmpequh%r VRT, VRA, VRB", VX, NEEDS_VEC)
{
    return each_test(t, i, 2, is_equal);
}

/* Vector Compare Equal Unsigned Word */
INSN(vcmpequw, "4 VRT VRA VRB Rcv 134", "vcmpequw%r VRT, VRA, VRB", VX, NEEDS_VEC)
{
    return each_test(t, i, 4, is_equal);
}

/* Vector Compare Equal Unsigned Doubleword */
INSN(vcmpequd, "4 VRT VRA VRB Rcv 199", "vcmpequd%r VRT, VRA, VRB", VX, NEEDS_VEC | SINCE_2_07)
{
    return each_test(t, i, 8, is_equal);
}

/* Vector Compare Greater Than Signed Byte */
INSN(vcmpgtsb, "4 VRT VRA VRB Rcv 774", "vcmpgtsb%r VRT, VRA, VRB", VX, NEEDS_VEC)
{
    return each_test(t, i, 1, is_greater_signed);
}

/* Vector Compare Greater Than Signed Halfword */
INSN(vcmpgtsh, "4 VRT VRA VRB Rcv 838", "vcmpgtsh%r VRT, VRA, VRB", VX, NEEDS_VEC)
{
    return each_test(t, i, 2, is_greater_signed);
}

/* Vector Compare Greater Than Signed Word */
INSN(vcmpgtsw, "4 VRT VRA VRB Rcv 902", "vcmpgtsw%r VRT, VRA, VRB", VX, NEEDS_VEC)
{
    return each_test(t, i, 4, is_greater_signed);
}

/* Vector Compare Greater Than Signed Doubleword */
INSN(vcmpgtsd, "4 VRT VRA VRB Rcv 967", "vcmpgtsd%r VRT, VRA, VRB", VX, NEEDS_VEC | SINCE_2_07)
{
    return each_test(t, i, 8, is_greater_signed);
}

/* Vector Compare Greater Than Unsigned Byte */
INSN(vcmpgtub, "4 VRT VRA VRB Rcv 518", "vcmpgtub%r VRT, VRA, VRB", VX, NEEDS_VEC)
{
    return each_test(t, i, 1, is_greater_unsigned);
}

/* Vector Compare Greater Than Unsigned Halfword */
INSN(vcmpgtuh, "4 VRT VRA VRB Rcv 582", "vcmpgtuh%r VRT, VRA, VRB", VX, NEEDS_VEC)
{
    return each_test(t, i, 2, is_greater_unsigned);
}

/* Vector Compare Greater Than Unsigned Word */
INSN(vcmpgtuw, "4 VRT VRA VRB Rcv 646", "vcmpgtuw%r VRT, VRA, VRB", VX, NEEDS_VEC)
{
    return each_test(t, i, 4, is_greater_unsigned);
}

/* Vector Compare Greater Than Unsigned Doubleword */
INSN(vcmpgtud, "4 VRT VRA VRB Rcv 711", "vcmpgtud%r VRT, VRA, VRB", VX, NEEDS_VEC | SINCE_2_07)
{
    return each_test(t, i, 8, is_greater_unsigned);
}

/* Vector Compare Not Equal Byte */
INSN(vcmpneb, "4 VRT VRA VRB Rcv 7", "vcmpneb%r VRT, VRA, VRB", VX, NEEDS_VEC | SINCE_3_0)
{
    return each_test(t, i, 1, is_not_equal);
}

/* Vector Compare Not Equal Halfword */
INSN(vcmpneh, "4 VRT VRA VRB Rcv 71", "vcmpneh%r VRT, VRA, VRB", VX, NEEDS_VEC | SINCE_3_0)
{
    return each_test(t, i, 2, is_not_equal);
}

/* Vector Compare Not Equal Word */
INSN(vcmpnew, "4 VRT VRA VRB Rcv 135", "vcmpnew%r VRT, VRA, VRB", VX, NEEDS_VEC | SINCE_3_0)
{
    return each_test(t, i, 4, is_not_equal);
}

/* Vector Compare Not Equal or Zero Byte */
INSN(vcmpnezb, "4 VRT VRA VRB Rcv 263", "vcmpnezb%r VRT, VRA, VRB", VX, NEEDS_VEC | SINCE_3_0)
{
    return each_test(t, i, 1, is_not_equal_or_zero);
}

/* Vector Compare Not Equal or Zero Halfword */
INSN(vcmpnezh, "4 VRT VRA VRB Rcv 327", "vcmpnezh%r VRT, VRA, VRB", VX, NEEDS_VEC | SINCE_3_0)
{
    return each_test(t, i, 2, is_not_equal_or_zero);
}

/* Vector Compare Not Equal or Zero Word */
INSN(vcmpnezw, "4 VRT VRA VRB Rcv 391", "vcmpnezw%r VRT, VRA, VRB", VX, NEEDS_VEC | SINCE_3_0)
{
    return each_test(t, i, 4, is_not_equal_or_zero);
}

/* ---- ~6.9.4 rotate and shift ---- */

/* Vector Rotate Left Byte */
INSN(vrlb, "4 VRT VRA VRB 4", "vrlb VRT, VRA, VRB", VX, NEEDS_VEC)
{
    return each_pair(t, i, 1, op_rotate);
}

/* Vector Rotate Left Halfword */
INSN(vrlh, "4 VRT VRA VRB 68", "vrlh VRT, VRA, VRB", VX, NEEDS_VEC)
{
    return each_pair(t, i, 2, op_rotate);
}

/* Vector Rotate Left Word */
INSN(vrlw, "4 VRT VRA VRB 132", "vrlw VRT, VRA, VRB", VX, NEEDS_VEC)
{
    return each_pair(t, i, 4, op_rotate);
}

/* Vector Rotate Left Doubleword */
INSN(vrld, "4 VRT VRA VRB 196", "vrld VRT, VRA, VRB", VX, NEEDS_VEC | SINCE_2_07)
{
    return each_pair(t, i, 8, op_rotate);
}

/* Vector Shift Left Byte */
INSN(vslb, "4 VRT VRA VRB 260", "vslb VRT, VRA, VRB", VX, NEEDS_VEC)
{
    return each_pair(t, i, 1, op_shift_left);
}

/* Vector Shift Left Halfword */
INSN(vslh, "4 VRT VRA VRB 324", "vslh VRT, VRA, VRB", VX, NEEDS_VEC)
{
    return each_pair(t, i, 2, op_shift_left);
}

/* Vector Shift Left Word */
INSN(vslw, "4 VRT VRA VRB 388", "vslw VRT, VRA, VRB", VX, NEEDS_VEC)
{
    return each_pair(t, i, 4, op_shift_left);
}

/* Vector Shift Left Doubleword */
INSN(vsld, "4 VRT VRA VRB 1476", "vsld VRT, VRA, VRB", VX, NEEDS_VEC | SINCE_2_07)
{
    return each_pair(t, i, 8, op_shift_left);
}

/* Vector Shift Right Byte */
INSN(vsrb, "4 VRT VRA VRB 516", "vsrb VRT, VRA, VRB", VX, NEEDS_VEC)
{
    return each_pair(t, i, 1, op_shift_right);
}

/* Vector Shift Right Halfword */
INSN(vsrh, "4 VRT VRA VRB 580", "vsrh VRT, VRA, VRB", VX, NEEDS_VEC)
{
    return each_pair(t, i, 2, op_shift_right);
}

/* Vector Shift Right Word */
INSN(vsrw, "4 VRT VRA VRB 644", "vsrw VRT, VRA, VRB", VX, NEEDS_VEC)
{
    return each_pair(t, i, 4, op_shift_right);
}

/* Vector Shift Right Doubleword */
INSN(vsrd, "4 VRT VRA VRB 1732", "vsrd VRT, VRA, VRB", VX, NEEDS_VEC | SINCE_2_07)
{
    return each_pair(t, i, 8, op_shift_right);
}

/* Vector Shift Right Algebraic Byte */
INSN(vsrab, "4 VRT VRA VRB 772", "vsrab VRT, VRA, VRB", VX, NEEDS_VEC)
{
    return each_pair(t, i, 1, op_shift_right_algebraic);
}

/* Vector Shift Right Algebraic Halfword */
INSN(vsrah, "4 VRT VRA VRB 836", "vsrah VRT, VRA, VRB", VX, NEEDS_VEC)
{
    return each_pair(t, i, 2, op_shift_right_algebraic);
}

/* Vector Shift Right Algebraic Word */
INSN(vsraw, "4 VRT VRA VRB 900", "vsraw VRT, VRA, VRB", VX, NEEDS_VEC)
{
    return each_pair(t, i, 4, op_shift_right_algebraic);
}

/* Vector Shift Right Algebraic Doubleword */
INSN(vsrad, "4 VRT VRA VRB 964", "vsrad VRT, VRA, VRB", VX, NEEDS_VEC | SINCE_2_07)
{
    return each_pair(t, i, 8, op_shift_right_algebraic);
}

/* Ones from bit `first` to bit `last` of an element, around the end if first > last (MASK of 3.3.14). */
inline_hot u64 rotate_mask(unsigned first, unsigned last, unsigned bits)
{
    u64 from = low_ones(bits) >> first, to = low_ones(bits) & ~(low_ones(bits) >> last >> 1);

    return first <= last ? from & to : from | to;
}

/* VRB holds the count in its last byte, the end of the mask in the byte before, its begin in the one before that. */
inline_hot enum next rotate_and_mask(struct thread *t, const struct insn *i, unsigned bytes, bool inserts)
{
    union vsr a = vr(t, F(vra)), b = vr(t, F(vrb)), r;
    unsigned bits = 8 * bytes;

    if (inserts) r = vr(t, F(vrt));
    else r.q = 0;
    for (unsigned k = 0; k < 16 / bytes; k++) {
        u64 how = element(&b, bytes, k), rotated = op_rotate(t, element(&a, bytes, k), how, bits);
        u64 mask = rotate_mask((unsigned)(how >> 16) & (bits - 1), (unsigned)(how >> 8) & (bits - 1), bits);
        set_element(&r, bytes, k, (rotated & mask) | (element(&r, bytes, k) & ~mask));
    }
    set_vr(t, F(vrt), r);
    return NEXT;
}

/* Vector Rotate Left Word then AND with Mask */
INSN(vrlwnm, "4 VRT VRA VRB 389", "vrlwnm VRT, VRA, VRB", VX, NEEDS_VEC | SINCE_3_0)
{
    return rotate_and_mask(t, i, 4, false);
}

/* Vector Rotate Left Word then Mask Insert */
INSN(vrlwmi, "4 VRT VRA VRB 133", "vrlwmi VRT, VRA, VRB", VX, NEEDS_VEC | SINCE_3_0)
{
    return rotate_and_mask(t, i, 4, true);
}

/* Vector Rotate Left Doubleword then AND with Mask */
INSN(vrldnm, "4 VRT VRA VRB 453", "vrldnm VRT, VRA, VRB", VX, NEEDS_VEC | SINCE_3_0)
{
    return rotate_and_mask(t, i, 8, false);
}

/* Vector Rotate Left Doubleword then Mask Insert */
INSN(vrldmi, "4 VRT VRA VRB 197", "vrldmi VRT, VRA, VRB", VX, NEEDS_VEC | SINCE_3_0)
{
    return rotate_and_mask(t, i, 8, true);
}

/* ---- 6.9.1 negate, extend sign ---- */

/* Vector Negate Word */
INSN(vnegw, "4 VRT 6:5 VRB 1538:11", "vnegw VRT, VRB", VX, NEEDS_VEC | SINCE_3_0)
{
    return each_one(t, i, 4, op_negate);
}

/* Vector Negate Doubleword */
INSN(vnegd, "4 VRT 7:5 VRB 1538:11", "vnegd VRT, VRB", VX, NEEDS_VEC | SINCE_3_0)
{
    return each_one(t, i, 8, op_negate);
}

/* Vector Extend Sign Byte to Word */
INSN(vextsb2w, "4 VRT 16:5 VRB 1538:11", "vextsb2w VRT, VRB", VX, NEEDS_VEC | SINCE_3_0)
{
    return each_one(t, i, 4, op_extend_byte);
}

/* Vector Extend Sign Halfword to Word */
INSN(vextsh2w, "4 VRT 17:5 VRB 1538:11", "vextsh2w VRT, VRB", VX, NEEDS_VEC | SINCE_3_0)
{
    return each_one(t, i, 4, op_extend_halfword);
}

/* Vector Extend Sign Byte to Doubleword */
INSN(vextsb2d, "4 VRT 24:5 VRB 1538:11", "vextsb2d VRT, VRB", VX, NEEDS_VEC | SINCE_3_0)
{
    return each_one(t, i, 8, op_extend_byte);
}

/* Vector Extend Sign Halfword to Doubleword */
INSN(vextsh2d, "4 VRT 25:5 VRB 1538:11", "vextsh2d VRT, VRB", VX, NEEDS_VEC | SINCE_3_0)
{
    return each_one(t, i, 8, op_extend_halfword);
}

/* Vector Extend Sign Word to Doubleword */
INSN(vextsw2d, "4 VRT 26:5 VRB 1538:11", "vextsw2d VRT, VRB", VX, NEEDS_VEC | SINCE_3_0)
{
    return each_one(t, i, 8, op_extend_word);
}

/* ---- ~6.14 count trailing zeros ---- */

/* Vector Count Trailing Zeros Byte */
INSN(vctzb, "4 VRT 28:5 VRB 1538:11", "vctzb VRT, VRB", VX, NEEDS_VEC | SINCE_3_0)
{
    return each_one(t, i, 1, op_trailing_zeros);
}

/* Vector Count Trailing Zeros Halfword */
INSN(vctzh, "4 VRT 29:5 VRB 1538:11", "vctzh VRT, VRB", VX, NEEDS_VEC | SINCE_3_0)
{
    return each_one(t, i, 2, op_trailing_zeros);
}

/* Vector Count Trailing Zeros Word */
INSN(vctzw, "4 VRT 30:5 VRB 1538:11", "vctzw VRT, VRB", VX, NEEDS_VEC | SINCE_3_0)
{
    return each_one(t, i, 4, op_trailing_zeros);
}

/* Vector Count Trailing Zeros Doubleword */
INSN(vctzd, "4 VRT 31:5 VRB 1538:11", "vctzd VRT, VRB", VX, NEEDS_VEC | SINCE_3_0)
{
    return each_one(t, i, 8, op_trailing_zeros);
}

/* ---- 6.13 count leading zeros ---- */

/* Vector Count Leading Zeros Byte */
INSN(vclzb, "4 VRT ///// VRB 1794", "vclzb VRT, VRB", VX, NEEDS_VEC | SINCE_2_07)
{
    return each_one(t, i, 1, op_leading_zeros);
}

/* Vector Count Leading Zeros Halfword */
INSN(vclzh, "4 VRT ///// VRB 1858", "vclzh VRT, VRB", VX, NEEDS_VEC | SINCE_2_07)
{
    return each_one(t, i, 2, op_leading_zeros);
}

/* Vector Count Leading Zeros Word */
INSN(vclzw, "4 VRT ///// VRB 1922", "vclzw VRT, VRB", VX, NEEDS_VEC | SINCE_2_07)
{
    return each_one(t, i, 4, op_leading_zeros);
}

/* Vector Count Leading Zeros Doubleword */
INSN(vclzd, "4 VRT ///// VRB 1986", "vclzd VRT, VRB", VX, NEEDS_VEC | SINCE_2_07)
{
    return each_one(t, i, 8, op_leading_zeros);
}

/* ---- ~6.15 population count ---- */

/* Vector Population Count Byte */
INSN(vpopcntb, "4 VRT ///// VRB 1795", "vpopcntb VRT, VRB", VX, NEEDS_VEC | SINCE_2_07)
{
    return each_one(t, i, 1, op_population);
}

/* Vector Population Count Halfword */
INSN(vpopcnth, "4 VRT ///// VRB 1859", "vpopcnth VRT, VRB", VX, NEEDS_VEC | SINCE_2_07)
{
    return each_one(t, i, 2, op_population);
}

/* Vector Population Count Word */
INSN(vpopcntw, "4 VRT ///// VRB 1923", "vpopcntw VRT, VRB", VX, NEEDS_VEC | SINCE_2_07)
{
    return each_one(t, i, 4, op_population);
}

/* Vector Population Count Doubleword */
INSN(vpopcntd, "4 VRT ///// VRB 1987", "vpopcntd VRT, VRB", VX, NEEDS_VEC | SINCE_2_07)
{
    return each_one(t, i, 8, op_population);
}

/* ---- ~6.9 parity ---- */

/* Vector Parity Byte Word - of the low bits of the bytes */
INSN(vprtybw, "4 VRT 8:5 VRB 1538:11", "vprtybw VRT, VRB", VX, NEEDS_VEC | SINCE_3_0)
{
    return each_one(t, i, 4, op_parity);
}

/* Vector Parity Byte Doubleword */
INSN(vprtybd, "4 VRT 9:5 VRB 1538:11", "vprtybd VRT, VRB", VX, NEEDS_VEC | SINCE_3_0)
{
    return each_one(t, i, 8, op_parity);
}

/* Vector Parity Byte Quadword */
INSN(vprtybq, "4 VRT 10:5 VRB 1538:11", "vprtybq VRT, VRB", VX, NEEDS_VEC | SINCE_3_0)
{
    union vsr b = vr(t, F(vrb));

    set_vr(t, F(vrt), (union vsr){.q = op_parity(t, 0, VSR_D(b, 0) ^ VSR_D(b, 1), 64)});
    return NEXT;
}

/* ---- ~6.14 count bytes whose low bit is zero ---- */

/* Vector Count Leading Zero Least-Significant Bits Byte */
INSN(vclzlsbb, "4 RT 0:5 VRB 1538:11", "vclzlsbb RT, VRB", VX, NEEDS_VEC | SINCE_3_0)
{
    union vsr b = vr(t, F(vrb));
    unsigned n = 0;

    while (n < 16 && !(VSR_B(b, n) & 1)) n++;
    set_gpr(t, F(rt), n);
    return NEXT;
}

/* Vector Count Trailing Zero Least-Significant Bits Byte */
INSN(vctzlsbb, "4 RT 1:5 VRB 1538:11", "vctzlsbb RT, VRB", VX, NEEDS_VEC | SINCE_3_0)
{
    union vsr b = vr(t, F(vrb));
    unsigned n = 0;

    while (n < 16 && !(VSR_B(b, 15 - n) & 1)) n++;
    set_gpr(t, F(rt), n);
    return NEXT;
}

/* ---- ~6.16 bit permute ---- */

/* Vector Bit Permute Quadword - sixteen bits of VRA chosen by the bytes of VRB, at the end of doubleword 0 */
INSN(vbpermq, "4 VRT VRA VRB 1356", "vbpermq VRT, VRA, VRB", PM, NEEDS_VEC | SINCE_2_07)
{
    union vsr a = vr(t, F(vra)), b = vr(t, F(vrb));
    u64 bits = 0;

    for (unsigned k = 0; k < 16; k++) {
        unsigned n = VSR_B(b, k);
        bits = bits << 1 | (n < 128 ? (u64)(a.q >> (127 - n)) & 1 : 0);
    }
    set_vr(t, F(vrt), (union vsr){.q = (u128)bits << 64});
    return NEXT;
}

/* Vector Bit Permute Doubleword - eight bits of each doubleword */
INSN(vbpermd, "4 VRT VRA VRB 1484", "vbpermd VRT, VRA, VRB", PM, NEEDS_VEC | SINCE_3_0)
{
    union vsr a = vr(t, F(vra)), b = vr(t, F(vrb)), r = {.q = 0};

    for (unsigned k = 0; k < 16; k++) {
        unsigned n = VSR_B(b, k);
        u64 bit = n < 64 ? VSR_D(a, k / 8) >> (63 - n) & 1 : 0;
        VSR_D(r, k / 8) = VSR_D(r, k / 8) << 1 | bit;
    }
    set_vr(t, F(vrt), r);
    return NEXT;
}

/* ---- 6.12 gather ---- */

/* An 8x8 matrix of bits, transposed: blocks of 1, of 2 and of 4 rows and columns change places across the diagonal. */
static u64 transposed(u64 m)
{
    u64 x;

    x = (m ^ m >> 7) & 0x00aa00aa00aa00aa, m ^= x ^ x << 7;
    x = (m ^ m >> 14) & 0x0000cccc0000cccc, m ^= x ^ x << 14;
    x = (m ^ m >> 28) & 0x00000000f0f0f0f0, m ^= x ^ x << 28;
    return m;
}

/* Vector Gather Bits by Bytes by Doubleword; glibc's string functions for POWER8 find their byte with it */
INSN(vgbbd, "4 VRT ///// VRB 1292", "vgbbd VRT, VRB", PM, NEEDS_VEC | SINCE_2_07)
{
    union vsr r = vr(t, F(vrb));

    for (unsigned k = 0; k < 2; k++) VSR_D(r, k) = transposed(VSR_D(r, k));
    set_vr(t, F(vrt), r);
    return NEXT;
}
