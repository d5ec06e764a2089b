/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Book I, chapter 6 (Vector): storage access, permutes, merges, splats, extract and insert, shifts of the whole
 * register, logic and the VSCR.  Arithmetic on elements is in vector_int.c, decimal in vector_bcd.c, ciphers in
 * vector_crypto.c.
 *
 * Vector storage accesses ignore the low bits of the effective address (6.7): they are aligned, never an alignment
 * interrupt, and never cross a page.
 */
#define BODY_INLINE
#include "core/isa/vector.h"

inline_hot u64 ea_indexed(struct thread *t, const struct insn *i)
{
    return gpr_or_zero(t, F(ra)) + gpr(t, F(rb));
}

/* ---- 6.7.2 loads ---- */

inline_hot enum next load_quad(struct thread *t, const struct insn *i)
{
    union vsr v;

    TRY(load16(t, ea_indexed(t, i) & ~15ULL, &v.q));
    set_vr(t, F(vrt), v);
    return NEXT;
}

inline_hot enum next store_quad(struct thread *t, const struct insn *i)
{
    TRY(store16(t, ea_indexed(t, i) & ~15ULL, vr(t, F(vrs)).q));
    return NEXT;
}

/* The element that lies at this address when the whole quadword is in the register. */
inline_hot unsigned element_at(const struct thread *t, u64 ea, unsigned bytes)
{
    unsigned n = (unsigned)(ea & 15) / bytes;

    return storage_is_le(t) ? 16 / bytes - 1 - n : n;
}

/* One element to its place; the book leaves the others undefined, we leave them alone. */
inline_hot enum next load_element(struct thread *t, const struct insn *i, unsigned bytes)
{
    u64 ea = ea_indexed(t, i) & ~(u64)(bytes - 1), value;
    union vsr v = vr(t, F(vrt));

    if (bytes == 1) TRY(load1(t, ea, &value));
    else if (bytes == 2) TRY(load2(t, ea, &value));
    else TRY(load4(t, ea, &value));
    set_element(&v, bytes, element_at(t, ea, bytes), value);
    set_vr(t, F(vrt), v);
    return NEXT;
}

inline_hot enum next store_element(struct thread *t, const struct insn *i, unsigned bytes)
{
    u64 ea = ea_indexed(t, i) & ~(u64)(bytes - 1);
    union vsr v = vr(t, F(vrs));
    u64 value = element(&v, bytes, element_at(t, ea, bytes));

    if (bytes == 1) TRY(store1(t, ea, value));
    else if (bytes == 2) TRY(store2(t, ea, value));
    else TRY(store4(t, ea, value));
    return NEXT;
}

/* Load Vector Element Byte Indexed */
INSN(lvebx, "31 VRT RA RB 7 /", "lvebx VRT, RA0, RB", LD, NEEDS_VEC)
{
    return load_element(t, i, 1);
}

/* Load Vector Element Halfword Indexed */
INSN(lvehx, "31 VRT RA RB 39 /", "lvehx VRT, RA0, RB", LD, NEEDS_VEC)
{
    return load_element(t, i, 2);
}

/* Load Vector Element Word Indexed */
INSN(lvewx, "31 VRT RA RB 71 /", "lvewx VRT, RA0, RB", LD, NEEDS_VEC)
{
    return load_element(t, i, 4);
}

/* Load Vector Indexed */
INSN(lvx, "31 VRT RA RB 103 /", "lvx VRT, RA0, RB", LD, NEEDS_VEC)
{
    return load_quad(t, i);
}

/* Load Vector Indexed Last - the hint that this quadword will not be needed again has no architected effect */
INSN(lvxl, "31 VRT RA RB 359 /", "lvxl VRT, RA0, RB", LD, NEEDS_VEC)
{
    return load_quad(t, i);
}

/* ---- 6.7.3 stores ---- */

/* Store Vector Element Byte Indexed */
INSN(stvebx, "31 VRS RA RB 135 /", "stvebx VRS, RA0, RB", ST, NEEDS_VEC)
{
    return store_element(t, i, 1);
}

/* Store Vector Element Halfword Indexed */
INSN(stvehx, "31 VRS RA RB 167 /", "stvehx VRS, RA0, RB", ST, NEEDS_VEC)
{
    return store_element(t, i, 2);
}

/* Store Vector Element Word Indexed */
INSN(stvewx, "31 VRS RA RB 199 /", "stvewx VRS, RA0, RB", ST, NEEDS_VEC)
{
    return store_element(t, i, 4);
}

/* Store Vector Indexed */
INSN(stvx, "31 VRS RA RB 231 /", "stvx VRS, RA0, RB", ST, NEEDS_VEC)
{
    return store_quad(t, i);
}

/* Store Vector Indexed Last */
INSN(stvxl, "31 VRS RA RB 487 /", "stvxl VRS, RA0, RB", ST, NEEDS_VEC)
{
    return store_quad(t, i);
}

/* Sixteen ascending bytes from `first`: the control vector with which vperm shifts. */
inline_hot enum next shift_control(struct thread *t, const struct insn *i, unsigned first)
{
    union vsr r;

    for (unsigned k = 0; k < 16; k++) VSR_B(r, k) = (u8)(first + k);
    set_vr(t, F(vrt), r);
    return NEXT;
}

/* ---- 6.7.4 alignment support ---- */

/* Load Vector for Shift Left - no storage access */
INSN(lvsl, "31 VRT RA RB 6 /", "lvsl VRT, RA0, RB", PM, NEEDS_VEC)
{
    return shift_control(t, i, ea_indexed(t, i) & 15);
}

/* Load Vector for Shift Right */
INSN(lvsr, "31 VRT RA RB 38 /", "lvsr VRT, RA0, RB", PM, NEEDS_VEC)
{
    return shift_control(t, i, 16 - (ea_indexed(t, i) & 15));
}

/* ---- ~6.18 the VSCR ---- */

/* Move From VSCR - right-justified */
INSN(mfvscr, "4 VRT ///// ///// 1540", "mfvscr VRT", VX, NEEDS_VEC)
{
    union vsr v = {.q = vscr_of(t)};

    set_vr(t, F(vrt), v);
    return NEXT;
}

/* Move To VSCR - the reserved bits stay zero */
INSN(mtvscr, "4 ///// ///// VRB 1604", "mtvscr VRB", VX, NEEDS_VEC)
{
    union vsr v = vr(t, F(vrb));

    port_writes(t, NAMED_VSCR);
    t->vscr = VSR_W(v, 3) & (VSCR_NJ | VSCR_SAT);
    return NEXT;
}

/* ---- ~6.9.3 logic ---- */

/* Vector Logical AND */
INSN(vand, "4 VRT VRA VRB 1028", "vand VRT, VRA, VRB", VX, NEEDS_VEC)
{
    u128 a = vr(t, F(vra)).q, b = vr(t, F(vrb)).q;

    set_vr(t, F(vrt), (union vsr){.q = a & b});
    return NEXT;
}

/* Vector Logical AND with Complement */
INSN(vandc, "4 VRT VRA VRB 1092", "vandc VRT, VRA, VRB", VX, NEEDS_VEC)
{
    u128 a = vr(t, F(vra)).q, b = vr(t, F(vrb)).q;

    set_vr(t, F(vrt), (union vsr){.q = a & ~b});
    return NEXT;
}

/* Vector Logical OR */
INSN(vor, "4 VRT VRA VRB 1156", "vor VRT, VRA, VRB", VX, NEEDS_VEC)
{
    u128 a = vr(t, F(vra)).q, b = vr(t, F(vrb)).q;

    set_vr(t, F(vrt), (union vsr){.q = a | b});
    return NEXT;
}

/* Vector Logical XOR */
INSN(vxor, "4 VRT VRA VRB 1220", "vxor VRT, VRA, VRB", VX, NEEDS_VEC)
{
    u128 a = vr(t, F(vra)).q, b = vr(t, F(vrb)).q;

    set_vr(t, F(vrt), (union vsr){.q = a ^ b});
    return NEXT;
}

/* Vector Logical NOR */
INSN(vnor, "4 VRT VRA VRB 1284", "vnor VRT, VRA, VRB", VX, NEEDS_VEC)
{
    u128 a = vr(t, F(vra)).q, b = vr(t, F(vrb)).q;

    set_vr(t, F(vrt), (union vsr){.q = ~(a | b)});
    return NEXT;
}

/* Vector Logical OR with Complement */
INSN(vorc, "4 VRT VRA VRB 1348", "vorc VRT, VRA, VRB", VX, NEEDS_VEC | SINCE_2_07)
{
    u128 a = vr(t, F(vra)).q, b = vr(t, F(vrb)).q;

    set_vr(t, F(vrt), (union vsr){.q = a | ~b});
    return NEXT;
}

/* Vector Logical NAND */
INSN(vnand, "4 VRT VRA VRB 1412", "vnand VRT, VRA, VRB", VX, NEEDS_VEC | SINCE_2_07)
{
    u128 a = vr(t, F(vra)).q, b = vr(t, F(vrb)).q;

    set_vr(t, F(vrt), (union vsr){.q = ~(a & b)});
    return NEXT;
}

/* Vector Logical Equivalence */
INSN(veqv, "4 VRT VRA VRB 1668", "veqv VRT, VRA, VRB", VX, NEEDS_VEC | SINCE_2_07)
{
    u128 a = vr(t, F(vra)).q, b = vr(t, F(vrb)).q;

    set_vr(t, F(vrt), (union vsr){.q = ~(a ^ b)});
    return NEXT;
}

/* ---- 6.8.5 select ---- */

/* Vector Select - bit by bit: VRB where VRC is 1 */
INSN(vsel, "4 VRT VRA VRB VRC 42", "vsel VRT, VRA, VRB, VRC", VX, NEEDS_VEC)
{
    u128 a = vr(t, F(vra)).q, b = vr(t, F(vrb)).q, c = vr(t, F(vrc)).q;

    set_vr(t, F(vrt), (union vsr){.q = (a & ~c) | (b & c)});
    return NEXT;
}

/* ---- 6.8.4 permute ---- */

/* Bytes of VRA || VRB chosen by the low five bits of each byte of VRC; `flip` counts them from the right. */
inline_hot enum next permute_bytes(struct thread *t, const struct insn *i, unsigned flip)
{
    union vsr a = vr(t, F(vra)), b = vr(t, F(vrb)), c = vr(t, F(vrc)), r;

    for (unsigned k = 0; k < 16; k++) {
        unsigned n = (VSR_B(c, k) & 31) ^ flip;
        VSR_B(r, k) = n < 16 ? VSR_B(a, n) : VSR_B(b, n - 16);
    }
    set_vr(t, F(vrt), r);
    return NEXT;
}

/* Vector Permute */
INSN(vperm, "4 VRT VRA VRB VRC 43", "vperm VRT, VRA, VRB, VRC", PM, NEEDS_VEC)
{
    return permute_bytes(t, i, 0);
}

/* Vector Permute Right-indexed */
INSN(vpermr, "4 VRT VRA VRB VRC 59", "vpermr VRT, VRA, VRB, VRC", PM, NEEDS_VEC | SINCE_3_0)
{
    return permute_bytes(t, i, 31);
}

/* ---- 6.11.4 permute and exclusive or ---- */

/* Vector Permute and Exclusive-OR - each byte of VRC holds an index into VRA and one into VRB */
INSN(vpermxor, "4 VRT VRA VRB VRC 45", "vpermxor VRT, VRA, VRB, VRC", PM, NEEDS_VEC | SINCE_2_07)
{
    union vsr a = vr(t, F(vra)), b = vr(t, F(vrb)), c = vr(t, F(vrc)), r;

    for (unsigned k = 0; k < 16; k++) VSR_B(r, k) = VSR_B(a, VSR_B(c, k) >> 4) ^ VSR_B(b, VSR_B(c, k) & 15);
    set_vr(t, F(vrt), r);
    return NEXT;
}

/* Elements first, first + 1 ... of VRA and VRB alternate. */
inline_hot enum next merge(struct thread *t, const struct insn *i, unsigned bytes, unsigned first)
{
    union vsr a = vr(t, F(vra)), b = vr(t, F(vrb)), r;

    for (unsigned k = 0; k < 8 / bytes; k++) {
        set_element(&r, bytes, 2 * k, element(&a, bytes, first + k));
        set_element(&r, bytes, 2 * k + 1, element(&b, bytes, first + k));
    }
    set_vr(t, F(vrt), r);
    return NEXT;
}

/* ---- 6.8.2 merge ---- */

/* Vector Merge High Byte */
INSN(vmrghb, "4 VRT VRA VRB 12", "vmrghb VRT, VRA, VRB", PM, NEEDS_VEC)
{
    return merge(t, i, 1, 0);
}

/* Vector Merge High Halfword */
INSN(vmrghh, "4 VRT VRA VRB 76", "vmrghh VRT, VRA, VRB", PM, NEEDS_VEC)
{
    return merge(t, i, 2, 0);
}

/* Vector Merge High Word */
INSN(vmrghw, "4 VRT VRA VRB 140", "vmrghw VRT, VRA, VRB", PM, NEEDS_VEC)
{
    return merge(t, i, 4, 0);
}

/* Vector Merge Low Byte */
INSN(vmrglb, "4 VRT VRA VRB 268", "vmrglb VRT, VRA, VRB", PM, NEEDS_VEC)
{
    return merge(t, i, 1, 8);
}

/* Vector Merge Low Halfword */
INSN(vmrglh, "4 VRT VRA VRB 332", "vmrglh VRT, VRA, VRB", PM, NEEDS_VEC)
{
    return merge(t, i, 2, 4);
}

/* Vector Merge Low Word */
INSN(vmrglw, "4 VRT VRA VRB 396", "vmrglw VRT, VRA, VRB", PM, NEEDS_VEC)
{
    return merge(t, i, 4, 2);
}

/* Words of one parity of VRA and VRB alternate. */
inline_hot enum next merge_parity(struct thread *t, const struct insn *i, unsigned odd)
{
    union vsr a = vr(t, F(vra)), b = vr(t, F(vrb)), r;

    VSR_W(r, 0) = VSR_W(a, odd);
    VSR_W(r, 1) = VSR_W(b, odd);
    VSR_W(r, 2) = VSR_W(a, 2 + odd);
    VSR_W(r, 3) = VSR_W(b, 2 + odd);
    set_vr(t, F(vrt), r);
    return NEXT;
}

/* Vector Merge Even Word */
INSN(vmrgew, "4 VRT VRA VRB 1932", "vmrgew VRT, VRA, VRB", PM, NEEDS_VEC | SINCE_2_07)
{
    return merge_parity(t, i, 0);
}

/* Vector Merge Odd Word */
INSN(vmrgow, "4 VRT VRA VRB 1676", "vmrgow VRT, VRA, VRB", PM, NEEDS_VEC | SINCE_2_07)
{
    return merge_parity(t, i, 1);
}

/* The index wraps around the register: only its low bits count. */
inline_hot enum next splat(struct thread *t, const struct insn *i, unsigned bytes)
{
    union vsr b = vr(t, F(vrb)), r;

    for (unsigned k = 0; k < 16 / bytes; k++) set_element(&r, bytes, k, element(&b, bytes, F(uim) & (16 / bytes - 1)));
    set_vr(t, F(vrt), r);
    return NEXT;
}

inline_hot enum next splat_immediate(struct thread *t, const struct insn *i, unsigned bytes)
{
    union vsr r;

    for (unsigned k = 0; k < 16 / bytes; k++) set_element(&r, bytes, k, (u64)(s64)F(imm));
    set_vr(t, F(vrt), r);
    return NEXT;
}

/* ---- 6.8.3 splat ---- */

/* Vector Splat Byte */
INSN(vspltb, "4 VRT / UIM4 VRB 524", "vspltb VRT, VRB, UIM4", PM, NEEDS_VEC)
{
    return splat(t, i, 1);
}

/* Vector Splat Halfword */
INSN(vsplth, "4 VRT // UIM3 VRB 588", "vsplth VRT, VRB, UIM3", PM, NEEDS_VEC)
{
    return splat(t, i, 2);
}

/* Vector Splat Word */
INSN(vspltw, "4 VRT /// UIM2 VRB 652", "vspltw VRT, VRB, UIM2", PM, NEEDS_VEC)
{
    return splat(t, i, 4);
}

/* Vector Splat Immediate Signed Byte */
INSN(vspltisb, "4 VRT SIM ///// 780", "vspltisb VRT, SIM", PM, NEEDS_VEC)
{
    return splat_immediate(t, i, 1);
}

/* Vector Splat Immediate Signed Halfword */
INSN(vspltish, "4 VRT SIM ///// 844", "vspltish VRT, SIM", PM, NEEDS_VEC)
{
    return splat_immediate(t, i, 2);
}

/* Vector Splat Immediate Signed Word */
INSN(vspltisw, "4 VRT SIM ///// 908", "vspltisw VRT, SIM", PM, NEEDS_VEC)
{
    return splat_immediate(t, i, 4);
}

/* ---- 6.8.6 shifts of the whole register ---- */

/* Vector Shift Left Double by Octet Immediate - sixteen bytes of VRA || VRB from byte SHB */
INSN(vsldoi, "4 VRT VRA VRB / SHB 44", "vsldoi VRT, VRA, VRB, SHB", PM, NEEDS_VEC)
{
    union vsr a = vr(t, F(vra)), b = vr(t, F(vrb)), r;

    for (unsigned k = 0; k < 16; k++) {
        unsigned n = k + F(shb);
        VSR_B(r, k) = n < 16 ? VSR_B(a, n) : VSR_B(b, n - 16);
    }
    set_vr(t, F(vrt), r);
    return NEXT;
}

/* Vector Shift Left - by bits 125:127 of VRB; the book wants the same count in every byte */
INSN(vsl, "4 VRT VRA VRB 452", "vsl VRT, VRA, VRB", PM, NEEDS_VEC)
{
    u128 a = vr(t, F(vra)).q, b = vr(t, F(vrb)).q;

    set_vr(t, F(vrt), (union vsr){.q = a << (b & 7)});
    return NEXT;
}

/* Vector Shift Right */
INSN(vsr, "4 VRT VRA VRB 708", "vsr VRT, VRA, VRB", PM, NEEDS_VEC)
{
    u128 a = vr(t, F(vra)).q, b = vr(t, F(vrb)).q;

    set_vr(t, F(vrt), (union vsr){.q = a >> (b & 7)});
    return NEXT;
}

/* Vector Shift Left by Octet - bits 121:124 of VRB */
INSN(vslo, "4 VRT VRA VRB 1036", "vslo VRT, VRA, VRB", PM, NEEDS_VEC)
{
    u128 a = vr(t, F(vra)).q, b = vr(t, F(vrb)).q;

    set_vr(t, F(vrt), (union vsr){.q = a << (b & 0x78)});
    return NEXT;
}

/* Vector Shift Right by Octet */
INSN(vsro, "4 VRT VRA VRB 1100", "vsro VRT, VRA, VRB", PM, NEEDS_VEC)
{
    u128 a = vr(t, F(vra)).q, b = vr(t, F(vrb)).q;

    set_vr(t, F(vrt), (union vsr){.q = a >> (b & 0x78)});
    return NEXT;
}

/* Vector Shift Left Variable - each byte takes its bits from itself and the byte to its right */
INSN(vslv, "4 VRT VRA VRB 1860", "vslv VRT, VRA, VRB", PM, NEEDS_VEC | SINCE_3_0)
{
    union vsr a = vr(t, F(vra)), b = vr(t, F(vrb)), r;

    for (unsigned k = 0; k < 16; k++) {
        unsigned pair = VSR_B(a, k) << 8 | (k < 15 ? VSR_B(a, k + 1) : 0);
        VSR_B(r, k) = (u8)(pair << (VSR_B(b, k) & 7) >> 8);
    }
    set_vr(t, F(vrt), r);
    return NEXT;
}

/* Vector Shift Right Variable - each byte takes its bits from itself and the byte to its left */
INSN(vsrv, "4 VRT VRA VRB 1796", "vsrv VRT, VRA, VRB", PM, NEEDS_VEC | SINCE_3_0)
{
    union vsr a = vr(t, F(vra)), b = vr(t, F(vrb)), r;

    for (unsigned k = 0; k < 16; k++) {
        unsigned pair = (k ? VSR_B(a, k - 1) << 8 : 0) | VSR_B(a, k);
        VSR_B(r, k) = (u8)(pair >> (VSR_B(b, k) & 7));
    }
    set_vr(t, F(vrt), r);
    return NEXT;
}

/* ---- ~6.8.7 extract ---- */

/* `bytes` bytes from byte `first`, as a number; an index that runs over the end (undefined) wraps around. */
inline_hot u64 bytes_from(const union vsr *v, unsigned first, unsigned bytes)
{
    u64 value = 0;

    for (unsigned k = 0; k < bytes; k++) value = value << 8 | VSR_B(*v, (first + k) & 15);
    return value;
}

inline_hot enum next extract(struct thread *t, const struct insn *i, unsigned bytes)
{
    union vsr b = vr(t, F(vrb)), r;

    VSR_D(r, 0) = bytes_from(&b, F(uim), bytes);
    VSR_D(r, 1) = 0;
    set_vr(t, F(vrt), r);
    return NEXT;
}

/* The element that ends doubleword 0 of VRB goes to bytes UIM.. of VRT. */
inline_hot enum next insert(struct thread *t, const struct insn *i, unsigned bytes)
{
    union vsr b = vr(t, F(vrb)), r = vr(t, F(vrt));

    for (unsigned k = 0; k < bytes; k++) VSR_B(r, (F(uim) + k) & 15) = VSR_B(b, 8 - bytes + k);
    set_vr(t, F(vrt), r);
    return NEXT;
}

inline_hot enum next extract_to_gpr(struct thread *t, const struct insn *i, unsigned bytes, bool from_right)
{
    union vsr b = vr(t, F(vrb));
    unsigned n = gpr(t, F(ra)) & 15;

    set_gpr(t, F(rt), bytes_from(&b, from_right ? 16 - bytes - n : n, bytes));
    return NEXT;
}

/* Vector Extract Unsigned Byte */
INSN(vextractub, "4 VRT / UIM4 VRB 525", "vextractub VRT, VRB, UIM4", PM, NEEDS_VEC | SINCE_3_0)
{
    return extract(t, i, 1);
}

/* Vector Extract Unsigned Halfword */
INSN(vextractuh, "4 VRT / UIM4 VRB 589", "vextractuh VRT, VRB, UIM4", PM, NEEDS_VEC | SINCE_3_0)
{
    return extract(t, i, 2);
}

/* Vector Extract Unsigned Word */
INSN(vextractuw, "4 VRT / UIM4 VRB 653", "vextractuw VRT, VRB, UIM4", PM, NEEDS_VEC | SINCE_3_0)
{
    return extract(t, i, 4);
}

/* Vector Extract Doubleword */
INSN(vextractd, "4 VRT / UIM4 VRB 717", "vextractd VRT, VRB, UIM4", PM, NEEDS_VEC | SINCE_3_0)
{
    return extract(t, i, 8);
}

/* ---- ~6.8.8 insert ---- */

/* Vector Insert Byte */
INSN(vinsertb, "4 VRT / UIM4 VRB 781", "vinsertb VRT, VRB, UIM4", PM, NEEDS_VEC | SINCE_3_0)
{
    return insert(t, i, 1);
}

/* Vector Insert Halfword */
INSN(vinserth, "4 VRT / UIM4 VRB 845", "vinserth VRT, VRB, UIM4", PM, NEEDS_VEC | SINCE_3_0)
{
    return insert(t, i, 2);
}

/* Vector Insert Word */
INSN(vinsertw, "4 VRT / UIM4 VRB 909", "vinsertw VRT, VRB, UIM4", PM, NEEDS_VEC | SINCE_3_0)
{
    return insert(t, i, 4);
}

/* Vector Insert Doubleword */
INSN(vinsertd, "4 VRT / UIM4 VRB 973", "vinsertd VRT, VRB, UIM4", PM, NEEDS_VEC | SINCE_3_0)
{
    return insert(t, i, 8);
}

/* ---- ~6.8.7 extract to a general register ---- */

/* Vector Extract Unsigned Byte to GPR using GPR-specified Left-Index */
INSN(vextublx, "4 RT RA VRB 1549", "vextublx RT, RA, VRB", PM, NEEDS_VEC | SINCE_3_0)
{
    return extract_to_gpr(t, i, 1, false);
}

/* Vector Extract Unsigned Halfword to GPR using GPR-specified Left-Index */
INSN(vextuhlx, "4 RT RA VRB 1613", "vextuhlx RT, RA, VRB", PM, NEEDS_VEC | SINCE_3_0)
{
    return extract_to_gpr(t, i, 2, false);
}

/* Vector Extract Unsigned Word to GPR using GPR-specified Left-Index */
INSN(vextuwlx, "4 RT RA VRB 1677", "vextuwlx RT, RA, VRB", PM, NEEDS_VEC | SINCE_3_0)
{
    return extract_to_gpr(t, i, 4, false);
}

/* Vector Extract Unsigned Byte to GPR using GPR-specified Right-Index */
INSN(vextubrx, "4 RT RA VRB 1805", "vextubrx RT, RA, VRB", PM, NEEDS_VEC | SINCE_3_0)
{
    return extract_to_gpr(t, i, 1, true);
}

/* Vector Extract Unsigned Halfword to GPR using GPR-specified Right-Index */
INSN(vextuhrx, "4 RT RA VRB 1869", "vextuhrx RT, RA, VRB", PM, NEEDS_VEC | SINCE_3_0)
{
    return extract_to_gpr(t, i, 2, true);
}

/* Vector Extract Unsigned Word to GPR using GPR-specified Right-Index */
INSN(vextuwrx, "4 RT RA VRB 1933", "vextuwrx RT, RA, VRB", PM, NEEDS_VEC | SINCE_3_0)
{
    return extract_to_gpr(t, i, 4, true);
}

/* ---- 6.8.1 pack and unpack ---- */

/* Elements of VRA || VRB, each narrowed by op to half its size. */
inline_hot enum next pack(struct thread *t, const struct insn *i, unsigned bytes, element_op *op)
{
    union vsr a = vr(t, F(vra)), b = vr(t, F(vrb)), r;
    unsigned half = 16 / bytes;

    for (unsigned k = 0; k < half; k++) {
        set_element(&r, bytes / 2, k, op(t, 0, element(&a, bytes, k), 8 * bytes));
        set_element(&r, bytes / 2, half + k, op(t, 0, element(&b, bytes, k), 8 * bytes));
    }
    set_vr(t, F(vrt), r);
    return NEXT;
}

inline_hot u64 saturated(struct thread *t, u64 limit)
{
    t->vscr |= VSCR_SAT;
    return limit;
}
inline_hot u64 narrow_modulo(struct thread *t, u64 a, u64 b, unsigned bits)
{
    (void)t, (void)a, (void)bits;
    return b;
}
inline_hot u64 narrow_unsigned(struct thread *t, u64 a, u64 b, unsigned bits)
{
    (void)a;
    may_saturate(t);
    return b > low_ones(bits / 2) ? saturated(t, low_ones(bits / 2)) : b;
}
inline_hot u64 narrow_signed_unsigned(struct thread *t, u64 a, u64 b, unsigned bits)
{
    (void)a;
    may_saturate(t);
    if (sign_extend(b, bits) < 0) return saturated(t, 0);
    return b > low_ones(bits / 2) ? saturated(t, low_ones(bits / 2)) : b;
}
inline_hot u64 narrow_signed(struct thread *t, u64 a, u64 b, unsigned bits)
{
    s64 v = sign_extend(b, bits), top = (s64)low_ones(bits / 2 - 1);

    (void)a;
    may_saturate(t);
    if (v > top) return saturated(t, (u64)top);
    return v < -top - 1 ? saturated(t, (u64)(-top - 1)) : (u64)v;
}
/* 1/5/5/5 from the low bit of the first byte and the high five of the others. */
inline_hot u64 narrow_pixel(struct thread *t, u64 a, u64 b, unsigned bits)
{
    (void)t, (void)a, (void)bits;
    return (b >> 9 & 0x8000) | (b >> 9 & 0x7c00) | (b >> 6 & 0x3e0) | (b >> 3 & 0x1f);
}

/* Vector Pack Unsigned Halfword Unsigned Modulo */
INSN(vpkuhum, "4 VRT VRA VRB 14", "vpkuhum VRT, VRA, VRB", PM, NEEDS_VEC)
{
    return pack(t, i, 2, narrow_modulo);
}

/* Vector Pack Unsigned Word Unsigned Modulo */
INSN(vpkuwum, "4 VRT VRA VRB 78", "vpkuwum VRT, VRA, VRB", PM, NEEDS_VEC)
{
    return pack(t, i, 4, narrow_modulo);
}

/* Vector Pack Unsigned Doubleword Unsigned Modulo */
INSN(vpkudum, "4 VRT VRA VRB 1102", "vpkudum VRT, VRA, VRB", PM, NEEDS_VEC | SINCE_2_07)
{
    return pack(t, i, 8, narrow_modulo);
}

/* Vector Pack Unsigned Halfword Unsigned Saturate */
INSN(vpkuhus, "4 VRT VRA VRB 142", "vpkuhus VRT, VRA, VRB", PM, NEEDS_VEC)
{
    return pack(t, i, 2, narrow_unsigned);
}

/* Vector Pack Unsigned Word Unsigned Saturate */
INSN(vpkuwus, "4 VRT VRA VRB 206", "vpkuwus VRT, VRA, VRB", PM, NEEDS_VEC)
{
    return pack(t, i, 4, narrow_unsigned);
}

/* Vector Pack Unsigned Doubleword Unsigned Saturate */
INSN(vpkudus, "4 VRT VRA VRB 1230", "vpkudus VRT, VRA, VRB", PM, NEEDS_VEC | SINCE_2_07)
{
    return pack(t, i, 8, narrow_unsigned);
}

/* Vector Pack Signed Halfword Unsigned Saturate */
INSN(vpkshus, "4 VRT VRA VRB 270", "vpkshus VRT, VRA, VRB", PM, NEEDS_VEC)
{
    return pack(t, i, 2, narrow_signed_unsigned);
}

/* Vector Pack Signed Word Unsigned Saturate */
INSN(vpkswus, "4 VRT VRA VRB 334", "vpkswus VRT, VRA, VRB", PM, NEEDS_VEC)
{
    return pack(t, i, 4, narrow_signed_unsigned);
}

/* Vector Pack Signed Doubleword Unsigned Saturate */
INSN(vpksdus, "4 VRT VRA VRB 1358", "vpksdus VRT, VRA, VRB", PM, NEEDS_VEC | SINCE_2_07)
{
    return pack(t, i, 8, narrow_signed_unsigned);
}

/* Vector Pack Signed Halfword Signed Saturate */
INSN(vpkshss, "4 VRT VRA VRB 398", "vpkshss VRT, VRA, VRB", PM, NEEDS_VEC)
{
    return pack(t, i, 2, narrow_signed);
}

/* Vector Pack Signed Word Signed Saturate */
INSN(vpkswss, "4 VRT VRA VRB 462", "vpkswss VRT, VRA, VRB", PM, NEEDS_VEC)
{
    return pack(t, i, 4, narrow_signed);
}

/* Vector Pack Signed Doubleword Signed Saturate */
INSN(vpksdss, "4 VRT VRA VRB 1486", "vpksdss VRT, VRA, VRB", PM, NEEDS_VEC | SINCE_2_07)
{
    return pack(t, i, 8, narrow_signed);
}

/* Vector Pack Pixel */
INSN(vpkpx, "4 VRT VRA VRB 782", "vpkpx VRT, VRA, VRB", PM, NEEDS_VEC)
{
    return pack(t, i, 4, narrow_pixel);
}

/* Elements first.. of VRB, sign-extended to twice their size. */
inline_hot enum next unpack(struct thread *t, const struct insn *i, unsigned bytes, unsigned first)
{
    union vsr b = vr(t, F(vrb)), r;

    for (unsigned k = 0; k < 8 / bytes; k++)
        set_element(&r, 2 * bytes, k, (u64)sign_extend(element(&b, bytes, first + k), 8 * bytes));
    set_vr(t, F(vrt), r);
    return NEXT;
}

/* The first bit fills a byte, each five bits lie in a byte of their own. */
inline_hot enum next unpack_pixel(struct thread *t, const struct insn *i, unsigned first)
{
    union vsr b = vr(t, F(vrb)), r;

    for (unsigned k = 0; k < 4; k++) {
        u32 h = VSR_H(b, first + k);
        VSR_W(r, k) = (h & 0x8000 ? 0xff000000 : 0) | (h & 0x7c00) << 6 | (h & 0x3e0) << 3 | (h & 0x1f);
    }
    set_vr(t, F(vrt), r);
    return NEXT;
}

/* Vector Unpack High Signed Byte */
INSN(vupkhsb, "4 VRT ///// VRB 526", "vupkhsb VRT, VRB", PM, NEEDS_VEC)
{
    return unpack(t, i, 1, 0);
}

/* Vector Unpack High Signed Halfword */
INSN(vupkhsh, "4 VRT ///// VRB 590", "vupkhsh VRT, VRB", PM, NEEDS_VEC)
{
    return unpack(t, i, 2, 0);
}

/* Vector Unpack High Signed Word */
INSN(vupkhsw, "4 VRT ///// VRB 1614", "vupkhsw VRT, VRB", PM, NEEDS_VEC | SINCE_2_07)
{
    return unpack(t, i, 4, 0);
}

/* Vector Unpack Low Signed Byte */
INSN(vupklsb, "4 VRT ///// VRB 654", "vupklsb VRT, VRB", PM, NEEDS_VEC)
{
    return unpack(t, i, 1, 8);
}

/* Vector Unpack Low Signed Halfword */
INSN(vupklsh, "4 VRT ///// VRB 718", "vupklsh VRT, VRB", PM, NEEDS_VEC)
{
    return unpack(t, i, 2, 4);
}

/* Vector Unpack Low Signed Word */
INSN(vupklsw, "4 VRT ///// VRB 1742", "vupklsw VRT, VRB", PM, NEEDS_VEC | SINCE_2_07)
{
    return unpack(t, i, 4, 2);
}

/* Vector Unpack High Pixel */
INSN(vupkhpx, "4 VRT ///// VRB 846", "vupkhpx VRT, VRB", PM, NEEDS_VEC)
{
    return unpack_pixel(t, i, 0);
}

/* Vector Unpack Low Pixel */
INSN(vupklpx, "4 VRT ///// VRB 974", "vupklpx VRT, VRB", PM, NEEDS_VEC)
{
    return unpack_pixel(t, i, 4);
}
