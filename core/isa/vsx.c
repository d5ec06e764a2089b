/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Book I, chapter 7 (VSX) without its arithmetic: storage access, moves between register files, permutes, logic.
 *
 * Storage.  A quadword access gives one number in the current byte order (port.h).  lxv and lxvx put that number into
 * the register as it is; the element forms (lxvd2x, lxvw4x, lxvh8x) load their elements in ascending addresses, so in
 * little-endian storage the elements of the number are in the opposite order; lxvb16x loads bytes and so does not
 * depend on the byte order.  One access of 16 bytes also means that no store is half done when it faults.
 *
 * A scalar load leaves doubleword 1 undefined; we set it to zero as for floating-point registers (port.h).
 */
#define BODY_INLINE
#include "core/isa/vector.h"
#include "core/isa/float_format.h"

inline_hot u64 ea_indexed(struct thread *t, const struct insn *i)
{
    return gpr_or_zero(t, F(ra)) + gpr(t, F(rb));
}
inline_hot u64 ea_displaced(struct thread *t, const struct insn *i)
{
    return gpr_or_zero(t, F(ra)) + (u64)(s64)F(imm);
}
inline_hot union vsr splat_doubleword(u64 value)
{
    union vsr v = {.d = {value, value}};
    return v;
}
inline_hot union vsr splat_word(u32 value)
{
    return splat_doubleword((u64)value << 32 | value);
}

/* A whole register in elements of `bytes`; 16 means as one number. */
inline_hot enum next load_vector(struct thread *t, const struct insn *i, u64 ea, unsigned bytes)
{
    union vsr v;

    TRY(load16(t, ea, &v.q));
    if (bytes != 16 && storage_is_le(t)) v.q = reverse_elements(v.q, bytes);
    set_vsr(t, F(xt), v);
    return NEXT;
}

inline_hot enum next store_vector(struct thread *t, const struct insn *i, u64 ea, unsigned bytes)
{
    union vsr v = vsr(t, F(xs));

    if (bytes != 16 && storage_is_le(t)) v.q = reverse_elements(v.q, bytes);
    TRY(store16(t, ea, v.q));
    return NEXT;
}

/* Bits 0:7 of RB are the length in bytes; more than 16 is 16 - Book I 7.6.1.1. */
inline_hot unsigned length_of(u64 rb)
{
    return rb >> 56 < 16 ? (unsigned)(rb >> 56) : 16;
}

/* lxvl, lxvll: the other bytes are zero.  `ascending` is byte n of storage to byte n of the register. */
inline_hot enum next load_length(struct thread *t, const struct insn *i, bool ascending)
{
    u64 ea = gpr_or_zero(t, F(ra)), byte;
    unsigned length = length_of(gpr(t, F(rb)));
    union vsr v = {.q = 0};

    if (length == 16) {
        TRY(load16(t, ea, &v.q));
        if (ascending && storage_is_le(t)) v.q = reverse_elements(v.q, 1);
    } else {
        for (unsigned k = 0; k < length; k++) {
            TRY(load1(t, ea + k, &byte));
            VSR_B(v, ascending || !storage_is_le(t) ? k : 15 - k) = (u8)byte;
        }
    }
    set_vsr(t, F(xt), v);
    return NEXT;
}

/* Both ends are asked for before the first byte is written. */
inline_hot enum next store_length(struct thread *t, const struct insn *i, bool ascending)
{
    u64 ea = gpr_or_zero(t, F(ra));
    unsigned length = length_of(gpr(t, F(rb)));
    union vsr v = vsr(t, F(xs));

    if (length == 16) {
        if (ascending && storage_is_le(t)) v.q = reverse_elements(v.q, 1);
        TRY(store16(t, ea, v.q));
        return NEXT;
    }
    if (length && (((ea + length - 1) ^ ea) & HOST_PAGE_MASK)) {
        TRY(touch_block(t, port_ea(t, ea), ACCESS_STORE));
        TRY(touch_block(t, port_ea(t, ea + length - 1), ACCESS_STORE));
    }
    for (unsigned k = 0; k < length; k++) TRY(store1(t, ea + k, VSR_B(v, ascending || !storage_is_le(t) ? k : 15 - k)));
    return NEXT;
}

/* Doubleword 0 from storage; vsr number n. */
inline_hot void set_scalar(struct thread *t, unsigned n, u64 value)
{
    union vsr v;

    VSR_D(v, 0) = value;
    VSR_D(v, 1) = 0;
    set_vsr(t, n, v);
}
inline_hot u64 scalar(struct thread *t, unsigned n)
{
    return VSR_D(vsr(t, n), 0);
}

inline_hot enum next load_scalar_8(struct thread *t, const struct insn *i, unsigned n, u64 ea)
{
    u64 value;

    TRY(load8(t, ea, &value));
    set_scalar(t, n, value);
    return NEXT;
}
inline_hot enum next load_scalar_single(struct thread *t, const struct insn *i, unsigned n, u64 ea)
{
    u64 value;

    TRY(load4(t, ea, &value));
    set_scalar(t, n, double_of_single((u32)value));
    return NEXT;
}
inline_hot enum next store_scalar_8(struct thread *t, const struct insn *i, unsigned n, u64 ea)
{
    TRY(store8(t, ea, scalar(t, n)));
    return NEXT;
}
inline_hot enum next store_scalar_single(struct thread *t, const struct insn *i, unsigned n, u64 ea)
{
    TRY(store4(t, ea, single_of_double(scalar(t, n))));
    return NEXT;
}

/* ---- 7.6.3 storage access: whole registers ---- */

/* Load VSX Vector */
INSN(lxv, "61 T RA DQ TX 1", "lxv T, DQ(RA0)", LD, NEEDS_VSX_OR_VEC | SINCE_3_0)
{
    return load_vector(t, i, ea_displaced(t, i), 16);
}

/* Store VSX Vector */
INSN(stxv, "61 S RA DQ SX 5", "stxv S, DQ(RA0)", ST, NEEDS_VSX_OR_VEC | SINCE_3_0)
{
    return store_vector(t, i, ea_displaced(t, i), 16);
}

/* Load VSX Vector Indexed */
INSN(lxvx, "31 T RA RB 4:4 / 12:5 TX", "lxvx T, RA0, RB", LD, NEEDS_VSX_OR_VEC | SINCE_3_0)
{
    return load_vector(t, i, ea_indexed(t, i), 16);
}

/* Store VSX Vector Indexed */
INSN(stxvx, "31 S RA RB 396 SX", "stxvx S, RA0, RB", ST, NEEDS_VSX_OR_VEC | SINCE_3_0)
{
    return store_vector(t, i, ea_indexed(t, i), 16);
}

/* Load VSX Vector Doubleword*2 Indexed */
INSN(lxvd2x, "31 T RA RB 844 TX", "lxvd2x T, RA0, RB", LD, NEEDS_VSX)
{
    return load_vector(t, i, ea_indexed(t, i), 8);
}

/* Store VSX Vector Doubleword*2 Indexed */
INSN(stxvd2x, "31 S RA RB 972 SX", "stxvd2x S, RA0, RB", ST, NEEDS_VSX)
{
    return store_vector(t, i, ea_indexed(t, i), 8);
}

/* Load VSX Vector Word*4 Indexed */
INSN(lxvw4x, "31 T RA RB 780 TX", "lxvw4x T, RA0, RB", LD, NEEDS_VSX)
{
    return load_vector(t, i, ea_indexed(t, i), 4);
}

/* Store VSX Vector Word*4 Indexed */
INSN(stxvw4x, "31 S RA RB 908 SX", "stxvw4x S, RA0, RB", ST, NEEDS_VSX)
{
    return store_vector(t, i, ea_indexed(t, i), 4);
}

/* Load VSX Vector Halfword*8 Indexed */
INSN(lxvh8x, "31 T RA RB 812 TX", "lxvh8x T, RA0, RB", LD, NEEDS_VSX | SINCE_3_0)
{
    return load_vector(t, i, ea_indexed(t, i), 2);
}

/* Store VSX Vector Halfword*8 Indexed */
INSN(stxvh8x, "31 S RA RB 940 SX", "stxvh8x S, RA0, RB", ST, NEEDS_VSX | SINCE_3_0)
{
    return store_vector(t, i, ea_indexed(t, i), 2);
}

/* Load VSX Vector Byte*16 Indexed */
INSN(lxvb16x, "31 T RA RB 876 TX", "lxvb16x T, RA0, RB", LD, NEEDS_VSX | SINCE_3_0)
{
    return load_vector(t, i, ea_indexed(t, i), 1);
}

/* Store VSX Vector Byte*16 Indexed */
INSN(stxvb16x, "31 S RA RB 1004 SX", "stxvb16x S, RA0, RB", ST, NEEDS_VSX | SINCE_3_0)
{
    return store_vector(t, i, ea_indexed(t, i), 1);
}

/* Load VSX Vector Doubleword and Splat Indexed */
INSN(lxvdsx, "31 T RA RB 332 TX", "lxvdsx T, RA0, RB", LD, NEEDS_VSX)
{
    u64 value;

    TRY(load8(t, ea_indexed(t, i), &value));
    set_vsr(t, F(xt), splat_doubleword(value));
    return NEXT;
}

/* Load VSX Vector Word and Splat Indexed */
INSN(lxvwsx, "31 T RA RB 364 TX", "lxvwsx T, RA0, RB", LD, NEEDS_VSX_OR_VEC | SINCE_3_0)
{
    u64 value;

    TRY(load4(t, ea_indexed(t, i), &value));
    set_vsr(t, F(xt), splat_word((u32)value));
    return NEXT;
}

/* Load VSX Vector with Length - the rightmost bytes in little-endian storage, the leftmost in big-endian */
INSN(lxvl, "31 T RA RB 269 TX", "lxvl T, RA0, RB", LD, NEEDS_VSX_OR_VEC | SINCE_3_0)
{
    return load_length(t, i, false);
}

/* Load VSX Vector Left-justified with Length */
INSN(lxvll, "31 T RA RB 301 TX", "lxvll T, RA0, RB", LD, NEEDS_VSX_OR_VEC | SINCE_3_0)
{
    return load_length(t, i, true);
}

/* Store VSX Vector with Length */
INSN(stxvl, "31 S RA RB 397 SX", "stxvl S, RA0, RB", ST, NEEDS_VSX_OR_VEC | SINCE_3_0)
{
    return store_length(t, i, false);
}

/* Store VSX Vector Left-justified with Length */
INSN(stxvll, "31 S RA RB 429 SX", "stxvll S, RA0, RB", ST, NEEDS_VSX_OR_VEC | SINCE_3_0)
{
    return store_length(t, i, true);
}

/* ---- 7.6.3 storage access: scalars ---- */

/* Load VSX Scalar Doubleword - registers 32-63, so MSR[VEC] */
INSN(lxsd, "57 VRT RA DS 2", "lxsd VRT, DS(RA0)", LD, NEEDS_VEC | SINCE_3_0)
{
    return load_scalar_8(t, i, F(vrt) + 32, ea_displaced(t, i));
}

/* Load VSX Scalar Single */
INSN(lxssp, "57 VRT RA DS 3", "lxssp VRT, DS(RA0)", LD, NEEDS_VEC | SINCE_3_0)
{
    return load_scalar_single(t, i, F(vrt) + 32, ea_displaced(t, i));
}

/* Store VSX Scalar Doubleword */
INSN(stxsd, "61 VRS RA DS 2", "stxsd VRS, DS(RA0)", ST, NEEDS_VEC | SINCE_3_0)
{
    return store_scalar_8(t, i, F(vrs) + 32, ea_displaced(t, i));
}

/* Store VSX Scalar Single */
INSN(stxssp, "61 VRS RA DS 3", "stxssp VRS, DS(RA0)", ST, NEEDS_VEC | SINCE_3_0)
{
    return store_scalar_single(t, i, F(vrs) + 32, ea_displaced(t, i));
}

/* Load VSX Scalar Doubleword Indexed */
INSN(lxsdx, "31 T RA RB 588 TX", "lxsdx T, RA0, RB", LD, NEEDS_VSX)
{
    return load_scalar_8(t, i, F(xt), ea_indexed(t, i));
}

/* Load VSX Scalar Single-Precision Indexed */
INSN(lxsspx, "31 T RA RB 524 TX", "lxsspx T, RA0, RB", LD, NEEDS_VSX | SINCE_2_07)
{
    return load_scalar_single(t, i, F(xt), ea_indexed(t, i));
}

/* Store VSX Scalar Doubleword Indexed */
INSN(stxsdx, "31 S RA RB 716 SX", "stxsdx S, RA0, RB", ST, NEEDS_VSX)
{
    return store_scalar_8(t, i, F(xs), ea_indexed(t, i));
}

/* Store VSX Scalar Single-Precision Indexed */
INSN(stxsspx, "31 S RA RB 652 SX", "stxsspx S, RA0, RB", ST, NEEDS_VSX | SINCE_2_07)
{
    return store_scalar_single(t, i, F(xs), ea_indexed(t, i));
}

/* Load VSX Scalar as Integer Word Algebraic Indexed */
INSN(lxsiwax, "31 T RA RB 76 TX", "lxsiwax T, RA0, RB", LD, NEEDS_VSX | SINCE_2_07)
{
    u64 value;

    TRY(load4(t, ea_indexed(t, i), &value));
    set_scalar(t, F(xt), (u64)(s64)(s32)value);
    return NEXT;
}

/* Load VSX Scalar as Integer Word and Zero Indexed */
INSN(lxsiwzx, "31 T RA RB 12 TX", "lxsiwzx T, RA0, RB", LD, NEEDS_VSX | SINCE_2_07)
{
    u64 value;

    TRY(load4(t, ea_indexed(t, i), &value));
    set_scalar(t, F(xt), value);
    return NEXT;
}

/* Load VSX Scalar as Integer Halfword and Zero Indexed */
INSN(lxsihzx, "31 T RA RB 813 TX", "lxsihzx T, RA0, RB", LD, NEEDS_VSX | SINCE_3_0)
{
    u64 value;

    TRY(load2(t, ea_indexed(t, i), &value));
    set_scalar(t, F(xt), value);
    return NEXT;
}

/* Load VSX Scalar as Integer Byte and Zero Indexed */
INSN(lxsibzx, "31 T RA RB 781 TX", "lxsibzx T, RA0, RB", LD, NEEDS_VSX | SINCE_3_0)
{
    u64 value;

    TRY(load1(t, ea_indexed(t, i), &value));
    set_scalar(t, F(xt), value);
    return NEXT;
}

/* Store VSX Scalar as Integer Word Indexed */
INSN(stxsiwx, "31 S RA RB 140 SX", "stxsiwx S, RA0, RB", ST, NEEDS_VSX | SINCE_2_07)
{
    TRY(store4(t, ea_indexed(t, i), scalar(t, F(xs))));
    return NEXT;
}

/* Store VSX Scalar as Integer Halfword Indexed */
INSN(stxsihx, "31 S RA RB 941 SX", "stxsihx S, RA0, RB", ST, NEEDS_VSX | SINCE_3_0)
{
    TRY(store2(t, ea_indexed(t, i), scalar(t, F(xs))));
    return NEXT;
}

/* Store VSX Scalar as Integer Byte Indexed */
INSN(stxsibx, "31 S RA RB 909 SX", "stxsibx S, RA0, RB", ST, NEEDS_VSX | SINCE_3_0)
{
    TRY(store1(t, ea_indexed(t, i), scalar(t, F(xs))));
    return NEXT;
}

/* ---- 7.6.3 moves to and from general registers; registers 0-31 belong to MSR[FP] here, 32-63 to MSR[VEC] ---- */

/* Move From VSR Doubleword */
INSN(mfvsrd, "31 S RA ///// 51 SX", "mfvsrd RA, S", FX, NEEDS_FP_OR_VEC | SINCE_2_07)
{
    set_gpr(t, F(ra), scalar(t, F(xs)));
    return NEXT;
}

/* Move From VSR Word and Zero */
INSN(mfvsrwz, "31 S RA ///// 115 SX", "mfvsrwz RA, S", FX, NEEDS_FP_OR_VEC | SINCE_2_07)
{
    set_gpr(t, F(ra), (u32)scalar(t, F(xs)));
    return NEXT;
}

/* Move From VSR Lower Doubleword */
INSN(mfvsrld, "31 S RA ///// 307 SX", "mfvsrld RA, S", FX, NEEDS_VSX_OR_VEC | SINCE_3_0)
{
    set_gpr(t, F(ra), VSR_D(vsr(t, F(xs)), 1));
    return NEXT;
}

/* Move To VSR Doubleword */
INSN(mtvsrd, "31 T RA ///// 179 TX", "mtvsrd T, RA", FX, NEEDS_FP_OR_VEC | SINCE_2_07)
{
    set_scalar(t, F(xt), gpr(t, F(ra)));
    return NEXT;
}

/* Move To VSR Word Algebraic */
INSN(mtvsrwa, "31 T RA ///// 211 TX", "mtvsrwa T, RA", FX, NEEDS_FP_OR_VEC | SINCE_2_07)
{
    set_scalar(t, F(xt), (u64)(s64)(s32)gpr(t, F(ra)));
    return NEXT;
}

/* Move To VSR Word and Zero */
INSN(mtvsrwz, "31 T RA ///// 243 TX", "mtvsrwz T, RA", FX, NEEDS_FP_OR_VEC | SINCE_2_07)
{
    set_scalar(t, F(xt), (u32)gpr(t, F(ra)));
    return NEXT;
}

/* Move To VSR Word and Splat */
INSN(mtvsrws, "31 T RA ///// 403 TX", "mtvsrws T, RA", FX, NEEDS_VSX_OR_VEC | SINCE_3_0)
{
    set_vsr(t, F(xt), splat_word((u32)gpr(t, F(ra))));
    return NEXT;
}

/* Move To VSR Double Doubleword */
INSN(mtvsrdd, "31 T RA RB 435 TX", "mtvsrdd T, RA0, RB", FX, NEEDS_VSX_OR_VEC | SINCE_3_0)
{
    union vsr v;

    VSR_D(v, 0) = gpr_or_zero(t, F(ra));
    VSR_D(v, 1) = gpr(t, F(rb));
    set_vsr(t, F(xt), v);
    return NEXT;
}

/* ---- 7.6.3 logic: the same expression on all 128 bits ---- */

/* VSX Vector Logical AND */
INSN(xxland, "60 T A B 130 AX BX TX", "xxland T, A, B", VX, NEEDS_VSX)
{
    u128 a = vsr(t, F(xa)).q, b = vsr(t, F(xb)).q;

    set_vsr(t, F(xt), (union vsr){.q = a & b});
    return NEXT;
}

/* VSX Vector Logical AND with Complement */
INSN(xxlandc, "60 T A B 138 AX BX TX", "xxlandc T, A, B", VX, NEEDS_VSX)
{
    u128 a = vsr(t, F(xa)).q, b = vsr(t, F(xb)).q;

    set_vsr(t, F(xt), (union vsr){.q = a & ~b});
    return NEXT;
}

/* VSX Vector Logical OR */
INSN(xxlor, "60 T A B 146 AX BX TX", "xxlor T, A, B", VX, NEEDS_VSX)
{
    u128 a = vsr(t, F(xa)).q, b = vsr(t, F(xb)).q;

    set_vsr(t, F(xt), (union vsr){.q = a | b});
    return NEXT;
}

/* VSX Vector Logical XOR */
INSN(xxlxor, "60 T A B 154 AX BX TX", "xxlxor T, A, B", VX, NEEDS_VSX)
{
    u128 a = vsr(t, F(xa)).q, b = vsr(t, F(xb)).q;

    set_vsr(t, F(xt), (union vsr){.q = a ^ b});
    return NEXT;
}

/* VSX Vector Logical NOR */
INSN(xxlnor, "60 T A B 162 AX BX TX", "xxlnor T, A, B", VX, NEEDS_VSX)
{
    u128 a = vsr(t, F(xa)).q, b = vsr(t, F(xb)).q;

    set_vsr(t, F(xt), (union vsr){.q = ~(a | b)});
    return NEXT;
}

/* VSX Vector Logical OR with Complement */
INSN(xxlorc, "60 T A B 170 AX BX TX", "xxlorc T, A, B", VX, NEEDS_VSX | SINCE_2_07)
{
    u128 a = vsr(t, F(xa)).q, b = vsr(t, F(xb)).q;

    set_vsr(t, F(xt), (union vsr){.q = a | ~b});
    return NEXT;
}

/* VSX Vector Logical NAND */
INSN(xxlnand, "60 T A B 178 AX BX TX", "xxlnand T, A, B", VX, NEEDS_VSX | SINCE_2_07)
{
    u128 a = vsr(t, F(xa)).q, b = vsr(t, F(xb)).q;

    set_vsr(t, F(xt), (union vsr){.q = ~(a & b)});
    return NEXT;
}

/* VSX Vector Logical Equivalence */
INSN(xxleqv, "60 T A B 186 AX BX TX", "xxleqv T, A, B", VX, NEEDS_VSX | SINCE_2_07)
{
    u128 a = vsr(t, F(xa)).q, b = vsr(t, F(xb)).q;

    set_vsr(t, F(xt), (union vsr){.q = ~(a ^ b)});
    return NEXT;
}

/* VSX Vector Select - bit by bit: B where C is 1 */
INSN(xxsel, "60 T A B C 3:2 CX AX BX TX", "xxsel T, A, B, C", VX, NEEDS_VSX)
{
    u128 a = vsr(t, F(xa)).q, b = vsr(t, F(xb)).q, c = vsr(t, F(xc)).q;

    set_vsr(t, F(xt), (union vsr){.q = (a & ~c) | (b & c)});
    return NEXT;
}

/* ---- 7.6.3 permutes ---- */

inline_hot enum next merge_words(struct thread *t, const struct insn *i, unsigned first)
{
    union vsr a = vsr(t, F(xa)), b = vsr(t, F(xb)), r;

    VSR_W(r, 0) = VSR_W(a, first);
    VSR_W(r, 1) = VSR_W(b, first);
    VSR_W(r, 2) = VSR_W(a, first + 1);
    VSR_W(r, 3) = VSR_W(b, first + 1);
    set_vsr(t, F(xt), r);
    return NEXT;
}

/* VSX Vector Merge High Word */
INSN(xxmrghw, "60 T A B 18 AX BX TX", "xxmrghw T, A, B", PM, NEEDS_VSX)
{
    return merge_words(t, i, 0);
}

/* VSX Vector Merge Low Word */
INSN(xxmrglw, "60 T A B 50 AX BX TX", "xxmrglw T, A, B", PM, NEEDS_VSX)
{
    return merge_words(t, i, 2);
}

/* Bytes of A || T chosen by the low five bits of each byte of B; `flip` counts them from the right. */
inline_hot enum next permute_bytes(struct thread *t, const struct insn *i, unsigned flip)
{
    union vsr a = vsr(t, F(xa)), old = vsr(t, F(xt)), c = vsr(t, F(xb)), r;

    for (unsigned k = 0; k < 16; k++) {
        unsigned n = (VSR_B(c, k) & 31) ^ flip;
        VSR_B(r, k) = n < 16 ? VSR_B(a, n) : VSR_B(old, n - 16);
    }
    set_vsr(t, F(xt), r);
    return NEXT;
}

/* VSX Vector Permute */
INSN(xxperm, "60 T A B 26 AX BX TX", "xxperm T, A, B", PM, NEEDS_VSX | SINCE_3_0)
{
    return permute_bytes(t, i, 0);
}

/* VSX Vector Permute Right-indexed */
INSN(xxpermr, "60 T A B 58 AX BX TX", "xxpermr T, A, B", PM, NEEDS_VSX | SINCE_3_0)
{
    return permute_bytes(t, i, 31);
}

/* VSX Vector Permute Doubleword Immediate - DM picks a doubleword of A, then one of B */
INSN(xxpermdi, "60 T A B 0:1 DM 10:5 AX BX TX", "xxpermdi T, A, B, DM", PM, NEEDS_VSX)
{
    union vsr a = vsr(t, F(xa)), b = vsr(t, F(xb)), r;

    VSR_D(r, 0) = VSR_D(a, F(dm) >> 1);
    VSR_D(r, 1) = VSR_D(b, F(dm) & 1);
    set_vsr(t, F(xt), r);
    return NEXT;
}

/* VSX Vector Shift Left Double by Word Immediate - four words of A || B from word SHW */
INSN(xxsldwi, "60 T A B 0:1 SHW 2:5 AX BX TX", "xxsldwi T, A, B, SHW", PM, NEEDS_VSX)
{
    union vsr a = vsr(t, F(xa)), b = vsr(t, F(xb)), r;

    for (unsigned k = 0; k < 4; k++) {
        unsigned n = k + F(dm);
        VSR_W(r, k) = n < 4 ? VSR_W(a, n) : VSR_W(b, n - 4);
    }
    set_vsr(t, F(xt), r);
    return NEXT;
}

/* VSX Vector Splat Word */
INSN(xxspltw, "60 T /// UIM2 B 164 BX TX", "xxspltw T, B, UIM2", PM, NEEDS_VSX)
{
    set_vsr(t, F(xt), splat_word(VSR_W(vsr(t, F(xb)), F(uim))));
    return NEXT;
}

/* VSX Vector Splat Immediate Byte */
INSN(xxspltib, "60 T 0:2 IMM8 360:10 TX", "xxspltib T, IMM8", PM, NEEDS_VSX_OR_VEC | SINCE_3_0)
{
    set_vsr(t, F(xt), splat_doubleword((u64)F(imm) * 0x0101010101010101ULL));
    return NEXT;
}

/* VSX Vector Extract Unsigned Word - from byte UIM; beyond byte 12 the book leaves it undefined, we wrap around */
INSN(xxextractuw, "60 T / UIM4 B 165 BX TX", "xxextractuw T, B, UIM4", PM, NEEDS_VSX | SINCE_3_0)
{
    union vsr b = vsr(t, F(xb));
    u64 word = 0;

    for (unsigned k = 0; k < 4; k++) word = word << 8 | VSR_B(b, (F(uim) + k) & 15);
    set_scalar(t, F(xt), word);
    return NEXT;
}

/* VSX Vector Insert Word - word 1 of B to bytes UIM.. of T */
INSN(xxinsertw, "60 T / UIM4 B 181 BX TX", "xxinsertw T, B, UIM4", PM, NEEDS_VSX | SINCE_3_0)
{
    union vsr b = vsr(t, F(xb)), r = vsr(t, F(xt));

    for (unsigned k = 0; k < 4; k++) VSR_B(r, (F(uim) + k) & 15) = VSR_B(b, 4 + k);
    set_vsr(t, F(xt), r);
    return NEXT;
}

/* Bytes in the opposite order within each element of `bytes`. */
inline_hot enum next reverse_bytes(struct thread *t, const struct insn *i, unsigned bytes)
{
    union vsr b = vsr(t, F(xb)), r;

    for (unsigned k = 0; k < 16; k++) VSR_B(r, k) = VSR_B(b, k ^ (bytes - 1));
    set_vsr(t, F(xt), r);
    return NEXT;
}

/* VSX Vector Byte-Reverse Halfword */
INSN(xxbrh, "60 T 7:5 B 475:9 BX TX", "xxbrh T, B", PM, NEEDS_VSX | SINCE_3_0)
{
    return reverse_bytes(t, i, 2);
}

/* VSX Vector Byte-Reverse Word */
INSN(xxbrw, "60 T 15:5 B 475:9 BX TX", "xxbrw T, B", PM, NEEDS_VSX | SINCE_3_0)
{
    return reverse_bytes(t, i, 4);
}

/* VSX Vector Byte-Reverse Doubleword */
INSN(xxbrd, "60 T 23:5 B 475:9 BX TX", "xxbrd T, B", PM, NEEDS_VSX | SINCE_3_0)
{
    return reverse_bytes(t, i, 8);
}

/* VSX Vector Byte-Reverse Quadword */
INSN(xxbrq, "60 T 31:5 B 475:9 BX TX", "xxbrq T, B", PM, NEEDS_VSX | SINCE_3_0)
{
    return reverse_bytes(t, i, 16);
}
