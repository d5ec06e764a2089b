/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Book I, chapter 6.17 (Vector): decimal integers, and the multiply-by-ten steps that convert to them.
 *
 *   packed    31 digits of four bits, then a sign: A C E F plus, B D minus; we write C or F (PS) and D
 *   unsigned  32 digits, no sign
 *   zoned     16 bytes, zone || digit, the zone of the last byte is the sign; zones are 3 (PS=0) or F (PS=1)
 *   national  7 halfwords 0x0030..0x0039, then 0x002B or 0x002D
 *
 * Digits are kept packed in a u128, so valid numbers compare as integers.  CR6 gets LT GT EQ of the unbounded result,
 * and SO if that does not fit; an operand that is no decimal number gives SO alone.  In that case the book leaves VRT
 * undefined, and we leave it unchanged, but for sums of valid digits.
 */
#include "core/isa/vector.h"

#define DIGITS_31 ((~(u128)0) >> 4)

struct decimal {
    u128 digits;                            /* without the sign */
    bool is_negative, has_digits, is_valid; /* each digit is one; and so is the sign */
};

static bool digits_valid(u128 digits)
{
    for (; digits; digits >>= 4)
        if ((digits & 15) > 9) return false;
    return true;
}

/* The low n digits; all of them if n is 32 or more. */
static u128 low_digits(u128 digits, unsigned n)
{
    return n < 32 ? digits & (((u128)1 << (4 * n)) - 1) : digits;
}

static bool sign_is_minus(unsigned sign)
{
    return sign == 0xb || sign == 0xd;
}

static struct decimal packed_decimal(union vsr v)
{
    unsigned sign = (unsigned)v.q & 15;
    bool has_digits = digits_valid(v.q >> 4);

    return (struct decimal){v.q >> 4, sign_is_minus(sign), has_digits, has_digits && sign >= 10};
}

static u128 with_sign(u128 digits, bool is_negative, unsigned ps)
{
    return digits << 4 | (is_negative ? 0xd : ps ? 0xf : 0xc);
}

static enum next give_invalid(struct thread *t, unsigned vrt)
{
    (void)port_target_vsr(t, vrt + 32);
    set_cr_field(t, 6, CR_SO);
    return NEXT;
}

static enum next give(struct thread *t, unsigned vrt, u128 image, unsigned cr)
{
    set_cr_field(t, 6, cr);
    set_vr(t, vrt, (union vsr){.q = image});
    return NEXT;
}

/* LT, GT and EQ describe the unbounded result: one that overflows is not zero, whatever digits are left of it. */
static unsigned cr_of_decimal(u128 digits, bool is_negative, bool overflows)
{
    return (!digits && !overflows ? CR_EQ : is_negative ? CR_LT : CR_GT) | (overflows ? CR_SO : 0);
}

/* ---- ~6.17.1 add and subtract ---- */

static u128 add_digits(u128 a, u128 b)
{
    u128 sum = 0;
    unsigned carry = 0;

    for (unsigned k = 0; k < 128; k += 4) {
        unsigned digit = (unsigned)(a >> k & 15) + (unsigned)(b >> k & 15) + carry;
        carry = digit > 9;
        sum |= (u128)(carry ? digit - 10 : digit) << k;
    }
    return sum;
}

/* a >= b */
static u128 subtract_digits(u128 a, u128 b)
{
    u128 difference = 0;
    unsigned borrow = 0;

    for (unsigned k = 0; k < 128; k += 4) {
        unsigned digit = 10 + (unsigned)(a >> k & 15) - (unsigned)(b >> k & 15) - borrow;
        borrow = digit < 10;
        difference |= (u128)(borrow ? digit : digit - 10) << k;
    }
    return difference;
}

/* A sign code that is none counts as plus, as POWER8 has it; CR6 is that of an invalid operand all the same. */
static enum next add_decimal(struct thread *t, const struct insn *i, struct decimal a, struct decimal b)
{
    bool is_negative = a.is_negative, is_valid = a.is_valid && b.is_valid;
    u128 sum;

    if (!a.has_digits || !b.has_digits) return give_invalid(t, F(vrt));
    if (a.is_negative == b.is_negative) {
        sum = add_digits(a.digits, b.digits);
    } else if (a.digits >= b.digits) {
        sum = subtract_digits(a.digits, b.digits);
    } else {
        sum = subtract_digits(b.digits, a.digits);
        is_negative = b.is_negative;
    }
    return give(t, F(vrt), with_sign(sum & DIGITS_31, is_negative && sum, F(ps)),
                is_valid ? cr_of_decimal(sum, is_negative, sum > DIGITS_31) : CR_SO);
}

/* Decimal Add Modulo */
INSN(bcdadd_, "4 VRT VRA VRB 1:1 PS 1:9", "bcdadd. VRT, VRA, VRB, PS", VMUL, NEEDS_VEC | SINCE_2_07)
{
    return add_decimal(t, i, packed_decimal(vr(t, F(vra))), packed_decimal(vr(t, F(vrb))));
}

/* Decimal Subtract Modulo */
INSN(bcdsub_, "4 VRT VRA VRB 1:1 PS 65:9", "bcdsub. VRT, VRA, VRB, PS", VMUL, NEEDS_VEC | SINCE_2_07)
{
    struct decimal b = packed_decimal(vr(t, F(vrb)));

    b.is_negative = !b.is_negative;
    return add_decimal(t, i, packed_decimal(vr(t, F(vra))), b);
}

/* ---- ~6.17.2 convert ---- */

/* Decimal Convert From National */
INSN(bcdcfn_, "4 VRT 7:5 VRB 1:1 PS 385:9", "bcdcfn. VRT, VRB, PS", VMUL, NEEDS_VEC | SINCE_3_0)
{
    union vsr b = vr(t, F(vrb));
    bool is_negative = VSR_H(b, 7) == 0x2d;
    u128 digits = 0;

    if (!is_negative && VSR_H(b, 7) != 0x2b) return give_invalid(t, F(vrt));
    for (unsigned k = 0; k < 7; k++) {
        if (VSR_H(b, k) < 0x30 || VSR_H(b, k) > 0x39) return give_invalid(t, F(vrt));
        digits = digits << 4 | (VSR_H(b, k) & 15);
    }
    return give(t, F(vrt), with_sign(digits, is_negative, F(ps)), cr_of_decimal(digits, is_negative, false));
}

/* Decimal Convert From Zoned */
INSN(bcdcfz_, "4 VRT 6:5 VRB 1:1 PS 385:9", "bcdcfz. VRT, VRB, PS", VMUL, NEEDS_VEC | SINCE_3_0)
{
    union vsr b = vr(t, F(vrb));
    unsigned sign = VSR_B(b, 15) >> 4, zone = F(ps) ? 0xf : 3;
    bool is_negative = F(ps) ? sign_is_minus(sign) : (sign >> 2 & 1) != 0;
    u128 digits = 0;

    if (F(ps) && sign < 10) return give_invalid(t, F(vrt));
    for (unsigned k = 0; k < 16; k++) {
        unsigned digit = VSR_B(b, k) & 15;
        if (digit > 9 || (k < 15 && VSR_B(b, k) >> 4 != zone)) return give_invalid(t, F(vrt));
        digits = digits << 4 | digit;
    }
    return give(t, F(vrt), with_sign(digits, is_negative, 0), cr_of_decimal(digits, is_negative, false));
}

/* Decimal Convert To National - seven digits are kept. */
INSN(bcdctn_, "4 VRT 5:5 VRB 1:1 / 385:9", "bcdctn. VRT, VRB", VMUL, NEEDS_VEC | SINCE_3_0)
{
    struct decimal b = packed_decimal(vr(t, F(vrb)));
    union vsr r;

    if (!b.is_valid) return give_invalid(t, F(vrt));
    for (unsigned k = 0; k < 7; k++) VSR_H(r, k) = 0x30 | (u16)(b.digits >> (24 - 4 * k) & 15);
    VSR_H(r, 7) = b.is_negative ? 0x2d : 0x2b;
    return give(t, F(vrt), r.q, cr_of_decimal(b.digits, b.is_negative, b.digits >> 28 != 0));
}

/* Decimal Convert To Zoned - sixteen digits are kept. */
INSN(bcdctz_, "4 VRT 4:5 VRB 1:1 PS 385:9", "bcdctz. VRT, VRB, PS", VMUL, NEEDS_VEC | SINCE_3_0)
{
    struct decimal b = packed_decimal(vr(t, F(vrb)));
    unsigned zone = F(ps) ? 0xf0 : 0x30, sign = F(ps) ? (b.is_negative ? 0xd0 : 0xc0) : (b.is_negative ? 0x70 : 0x30);
    union vsr r;

    if (!b.is_valid) return give_invalid(t, F(vrt));
    for (unsigned k = 0; k < 16; k++) VSR_B(r, k) = (u8)((k < 15 ? zone : sign) | (b.digits >> (60 - 4 * k) & 15));
    return give(t, F(vrt), r.q, cr_of_decimal(b.digits, b.is_negative, b.digits >> 64 != 0));
}

/* Decimal Convert From Signed Quadword - 31 digits are kept. */
INSN(bcdcfsq_, "4 VRT 2:5 VRB 1:1 PS 385:9", "bcdcfsq. VRT, VRB, PS", VMUL, NEEDS_VEC | SINCE_3_0)
{
    s128 value = (s128)vr(t, F(vrb)).q;
    u128 rest = value < 0 ? -(u128)value : (u128)value, digits = 0;

    for (unsigned k = 0; k < 31; k++, rest /= 10) digits |= rest % 10 << (4 * k);
    return give(t, F(vrt), with_sign(digits, value < 0, F(ps)), cr_of_decimal(value != 0, value < 0, rest != 0));
}

/* Decimal Convert To Signed Quadword - every packed number fits. */
INSN(bcdctsq_, "4 VRT 0:5 VRB 1:1 / 385:9", "bcdctsq. VRT, VRB", VMUL, NEEDS_VEC | SINCE_3_0)
{
    struct decimal b = packed_decimal(vr(t, F(vrb)));
    u128 value = 0;

    if (!b.is_valid) return give_invalid(t, F(vrt));
    for (unsigned k = 0; k < 31; k++) value = value * 10 + (b.digits >> (120 - 4 * k) & 15);
    return give(t, F(vrt), b.is_negative ? -value : value, cr_of_decimal(b.digits, b.is_negative, false));
}

/* ---- ~6.17.3 sign ---- */

/* Decimal Copy Sign - digits of VRA, sign code of VRB as it is. */
INSN(bcdcpsgn_, "4 VRT VRA VRB 833", "bcdcpsgn. VRT, VRA, VRB", VX, NEEDS_VEC | SINCE_3_0)
{
    union vsr a = vr(t, F(vra)), b = vr(t, F(vrb));
    struct decimal digits = packed_decimal(a), sign = packed_decimal(b);

    if (!digits.is_valid || !sign.is_valid) return give_invalid(t, F(vrt));
    return give(t, F(vrt), (a.q & ~(u128)15) | (b.q & 15), cr_of_decimal(digits.digits, sign.is_negative, false));
}

/* Decimal Set Sign - the preferred code of the same sign. */
INSN(bcdsetsgn_, "4 VRT 31:5 VRB 1:1 PS 385:9", "bcdsetsgn. VRT, VRB, PS", VX, NEEDS_VEC | SINCE_3_0)
{
    struct decimal b = packed_decimal(vr(t, F(vrb)));

    if (!b.is_valid) return give_invalid(t, F(vrt));
    return give(t, F(vrt), with_sign(b.digits, b.is_negative, F(ps)), cr_of_decimal(b.digits, b.is_negative, false));
}

/* ---- ~6.17.4 shift and truncate ---- */

/* By n digits to the left, or -n to the right, within `width` digits. */
static u128 shift_digits(u128 digits, int n, unsigned width, bool *overflows)
{
    *overflows = false;
    if (n >= 0) {
        unsigned keep = (unsigned)n < width ? width - (unsigned)n : 0;
        *overflows = digits != low_digits(digits, keep);
        return keep ? low_digits(digits, keep) << (4 * n) : 0;
    }
    return n > -(int)width ? digits >> (-4 * n) : 0;
}

static int shift_count(union vsr a)
{
    return (s8)VSR_B(a, 7);
}

/* Decimal Shift - by the signed number in byte 7 of VRA. */
INSN(bcds_, "4 VRT VRA VRB 1:1 PS 193:9", "bcds. VRT, VRA, VRB, PS", VMUL, NEEDS_VEC | SINCE_3_0)
{
    struct decimal b = packed_decimal(vr(t, F(vrb)));
    bool overflows;
    u128 r = shift_digits(b.digits, shift_count(vr(t, F(vra))), 31, &overflows);

    if (!b.is_valid) return give_invalid(t, F(vrt));
    return give(t, F(vrt), with_sign(r, b.is_negative, F(ps)), cr_of_decimal(r, b.is_negative, overflows));
}

/* Decimal Unsigned Shift */
INSN(bcdus_, "4 VRT VRA VRB 1:1 / 129:9", "bcdus. VRT, VRA, VRB", VMUL, NEEDS_VEC | SINCE_3_0)
{
    u128 digits = vr(t, F(vrb)).q;
    bool overflows;
    u128 r = shift_digits(digits, shift_count(vr(t, F(vra))), 32, &overflows);

    if (!digits_valid(digits)) return give_invalid(t, F(vrt));
    return give(t, F(vrt), r, cr_of_decimal(r, false, overflows));
}

/* Decimal Shift and Round - to the right, the last digit that leaves rounds the rest half up. */
INSN(bcdsr_, "4 VRT VRA VRB 1:1 PS 449:9", "bcdsr. VRT, VRA, VRB, PS", VMUL, NEEDS_VEC | SINCE_3_0)
{
    struct decimal b = packed_decimal(vr(t, F(vrb)));
    int n = shift_count(vr(t, F(vra)));
    bool overflows;
    u128 r = shift_digits(b.digits, n, 31, &overflows);

    if (!b.is_valid) return give_invalid(t, F(vrt));
    if (n < 0 && n >= -31 && (b.digits >> (-4 * n - 4) & 15) >= 5) r = add_digits(r, 1);
    return give(t, F(vrt), with_sign(r, b.is_negative, F(ps)), cr_of_decimal(r, b.is_negative, overflows));
}

/* Decimal Truncate - to the number of digits in halfword 3 of VRA. */
INSN(bcdtrunc_, "4 VRT VRA VRB 1:1 PS 257:9", "bcdtrunc. VRT, VRA, VRB, PS", VMUL, NEEDS_VEC | SINCE_3_0)
{
    struct decimal b = packed_decimal(vr(t, F(vrb)));
    union vsr a = vr(t, F(vra));
    u128 r = low_digits(b.digits, VSR_H(a, 3));

    if (!b.is_valid) return give_invalid(t, F(vrt));
    return give(t, F(vrt), with_sign(r, b.is_negative, F(ps)), cr_of_decimal(r, b.is_negative, r != b.digits));
}

/* Decimal Unsigned Truncate */
INSN(bcdutrunc_, "4 VRT VRA VRB 1:1 / 321:9", "bcdutrunc. VRT, VRA, VRB", VMUL, NEEDS_VEC | SINCE_3_0)
{
    union vsr a = vr(t, F(vra));
    u128 digits = vr(t, F(vrb)).q, r = low_digits(digits, VSR_H(a, 3));

    if (!digits_valid(digits)) return give_invalid(t, F(vrt));
    return give(t, F(vrt), r, cr_of_decimal(r, false, r != digits));
}

/* ---- ~6.9.1.3 multiply by ten: the steps of a conversion ---- */

/* value * 10 + carry_in: the low 128 bits, or what does not fit into them. */
static u128 times_ten(u128 value, unsigned carry_in, bool want_carry)
{
    u128 low = (u128)(u64)value * 10 + carry_in, high = (value >> 64) * 10 + (low >> 64);

    return want_carry ? high >> 64 : high << 64 | (u64)low;
}

/* The digit that comes in is the last one of VRB.  Above nine the book leaves the result undefined, and POWER9 counts
 * it as 8 and its last bit. */
static unsigned digit_in(union vsr b)
{
    unsigned digit = (unsigned)b.q & 15;

    return digit > 9 ? digit & 9 : digit;
}

/* Vector Multiply-by-10 Unsigned Quadword */
INSN(vmul10uq, "4 VRT VRA ///// 513", "vmul10uq VRT, VRA", VMUL, NEEDS_VEC | SINCE_3_0)
{
    set_vr(t, F(vrt), (union vsr){.q = times_ten(vr(t, F(vra)).q, 0, false)});
    return NEXT;
}

/* Vector Multiply-by-10 and write Carry Unsigned Quadword */
INSN(vmul10cuq, "4 VRT VRA ///// 1", "vmul10cuq VRT, VRA", VMUL, NEEDS_VEC | SINCE_3_0)
{
    set_vr(t, F(vrt), (union vsr){.q = times_ten(vr(t, F(vra)).q, 0, true)});
    return NEXT;
}

/* Vector Multiply-by-10 Extended Unsigned Quadword */
INSN(vmul10euq, "4 VRT VRA VRB 577", "vmul10euq VRT, VRA, VRB", VMUL, NEEDS_VEC | SINCE_3_0)
{
    set_vr(t, F(vrt), (union vsr){.q = times_ten(vr(t, F(vra)).q, digit_in(vr(t, F(vrb))), false)});
    return NEXT;
}

/* Vector Multiply-by-10 Extended and write Carry Unsigned Quadword */
INSN(vmul10ecuq, "4 VRT VRA VRB 65", "vmul10ecuq VRT, VRA, VRB", VMUL, NEEDS_VEC | SINCE_3_0)
{
    set_vr(t, F(vrt), (union vsr){.q = times_ten(vr(t, F(vra)).q, digit_in(vr(t, F(vrb))), true)});
    return NEXT;
}
