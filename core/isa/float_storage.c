/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Book I, chapter 4.6: floating-point storage access.  Registers hold the double format only; lfs and stfs convert bit
 * patterns (4.6.2, 4.6.3) without arithmetic: no exception, no rounding, no quieting of NaNs.  An address that is put
 * into RA is cut to 32 bits in 32-bit mode (1.10.3), as in storage.c.
 */
#define BODY_INLINE
#include "core/isa/insn.h"
#include "core/isa/float_format.h"

inline_hot must_use bool load_single(struct thread *t, const struct insn *i, u64 ea, u64 *out)
{
    u64 word;

    if (!load4(t, ea, &word)) return false;
    *out = double_of_single((u32)word);
    return true;
}

inline_hot must_use bool load_word_algebraic(struct thread *t, const struct insn *i, u64 ea, u64 *out)
{
    u64 word;

    if (!load4(t, ea, &word)) return false;
    *out = (u64)(s64)(s32)word;
    return true;
}

/* Load Floating-Point Single - Book I 4.6.2. */
INSN(lfs, "48 FRT RA D", "lfs FRT, D(RA0)", LD, NEEDS_FP)
{
    u64 ea = gpr_or_zero(t, F(ra)) + (u64)(s64)F(imm), value;

    TRY(load_single(t, i, ea, &value));
    set_fpr(t, F(frt), value);
    return NEXT;
}

/* Load Floating-Point Single Indexed - Book I 4.6.2. */
INSN(lfsx, "31 FRT RA RB 535 /", "lfsx FRT, RA0, RB", LD, NEEDS_FP)
{
    u64 ea = gpr_or_zero(t, F(ra)) + gpr(t, F(rb)), value;

    TRY(load_single(t, i, ea, &value));
    set_fpr(t, F(frt), value);
    return NEXT;
}

/* Load Floating-Point Single with Update - Book I 4.6.2. */
INSN(lfsu, "49 FRT RA D", "lfsu FRT, D(RA)", LD, NEEDS_FP | UPDATES_RA)
{
    u64 ea = gpr_or_zero(t, F(ra)) + (u64)(s64)F(imm), value;

    TRY(load_single(t, i, ea, &value));
    set_fpr(t, F(frt), value);
    set_gpr(t, F(ra), port_ea(t, ea));
    return NEXT;
}

/* Load Floating-Point Single with Update Indexed - Book I 4.6.2. */
INSN(lfsux, "31 FRT RA RB 567 /", "lfsux FRT, RA, RB", LD, NEEDS_FP | UPDATES_RA)
{
    u64 ea = gpr_or_zero(t, F(ra)) + gpr(t, F(rb)), value;

    TRY(load_single(t, i, ea, &value));
    set_fpr(t, F(frt), value);
    set_gpr(t, F(ra), port_ea(t, ea));
    return NEXT;
}

/* Load Floating-Point Double - Book I 4.6.2. */
INSN(lfd, "50 FRT RA D", "lfd FRT, D(RA0)", LD, NEEDS_FP)
{
    u64 ea = gpr_or_zero(t, F(ra)) + (u64)(s64)F(imm), value;

    TRY(load8(t, ea, &value));
    set_fpr(t, F(frt), value);
    return NEXT;
}

/* Load Floating-Point Double Indexed - Book I 4.6.2. */
INSN(lfdx, "31 FRT RA RB 599 /", "lfdx FRT, RA0, RB", LD, NEEDS_FP)
{
    u64 ea = gpr_or_zero(t, F(ra)) + gpr(t, F(rb)), value;

    TRY(load8(t, ea, &value));
    set_fpr(t, F(frt), value);
    return NEXT;
}

/* Load Floating-Point Double with Update - Book I 4.6.2. */
INSN(lfdu, "51 FRT RA D", "lfdu FRT, D(RA)", LD, NEEDS_FP | UPDATES_RA)
{
    u64 ea = gpr_or_zero(t, F(ra)) + (u64)(s64)F(imm), value;

    TRY(load8(t, ea, &value));
    set_fpr(t, F(frt), value);
    set_gpr(t, F(ra), port_ea(t, ea));
    return NEXT;
}

/* Load Floating-Point Double with Update Indexed - Book I 4.6.2. */
INSN(lfdux, "31 FRT RA RB 631 /", "lfdux FRT, RA, RB", LD, NEEDS_FP | UPDATES_RA)
{
    u64 ea = gpr_or_zero(t, F(ra)) + gpr(t, F(rb)), value;

    TRY(load8(t, ea, &value));
    set_fpr(t, F(frt), value);
    set_gpr(t, F(ra), port_ea(t, ea));
    return NEXT;
}

/* Load Floating-Point as Integer Word Algebraic Indexed - Book I 4.6.2. */
INSN(lfiwax, "31 FRT RA RB 855 /", "lfiwax FRT, RA0, RB", LD, NEEDS_FP)
{
    u64 ea = gpr_or_zero(t, F(ra)) + gpr(t, F(rb)), value;

    TRY(load_word_algebraic(t, i, ea, &value));
    set_fpr(t, F(frt), value);
    return NEXT;
}

/* Load Floating-Point as Integer Word and Zero Indexed - Book I 4.6.2. */
INSN(lfiwzx, "31 FRT RA RB 887 /", "lfiwzx FRT, RA0, RB", LD, NEEDS_FP | SINCE_2_06)
{
    u64 ea = gpr_or_zero(t, F(ra)) + gpr(t, F(rb)), value;

    TRY(load4(t, ea, &value));
    set_fpr(t, F(frt), value);
    return NEXT;
}

/* Store Floating-Point Single - Book I 4.6.3. */
INSN(stfs, "52 FRS RA D", "stfs FRS, D(RA0)", ST, NEEDS_FP)
{
    TRY(store4(t, gpr_or_zero(t, F(ra)) + (u64)(s64)F(imm), single_of_double(fpr(t, F(frs)))));
    return NEXT;
}

/* Store Floating-Point Single Indexed - Book I 4.6.3. */
INSN(stfsx, "31 FRS RA RB 663 /", "stfsx FRS, RA0, RB", ST, NEEDS_FP)
{
    TRY(store4(t, gpr_or_zero(t, F(ra)) + gpr(t, F(rb)), single_of_double(fpr(t, F(frs)))));
    return NEXT;
}

/* Store Floating-Point Single with Update - Book I 4.6.3. */
INSN(stfsu, "53 FRS RA D", "stfsu FRS, D(RA)", ST, NEEDS_FP | UPDATES_RA)
{
    u64 ea = gpr_or_zero(t, F(ra)) + (u64)(s64)F(imm);

    TRY(store4(t, ea, single_of_double(fpr(t, F(frs)))));
    set_gpr(t, F(ra), port_ea(t, ea));
    return NEXT;
}

/* Store Floating-Point Single with Update Indexed - Book I 4.6.3. */
INSN(stfsux, "31 FRS RA RB 695 /", "stfsux FRS, RA, RB", ST, NEEDS_FP | UPDATES_RA)
{
    u64 ea = gpr_or_zero(t, F(ra)) + gpr(t, F(rb));

    TRY(store4(t, ea, single_of_double(fpr(t, F(frs)))));
    set_gpr(t, F(ra), port_ea(t, ea));
    return NEXT;
}

/* Store Floating-Point Double - Book I 4.6.3. */
INSN(stfd, "54 FRS RA D", "stfd FRS, D(RA0)", ST, NEEDS_FP)
{
    TRY(store8(t, gpr_or_zero(t, F(ra)) + (u64)(s64)F(imm), fpr(t, F(frs))));
    return NEXT;
}

/* Store Floating-Point Double Indexed - Book I 4.6.3. */
INSN(stfdx, "31 FRS RA RB 727 /", "stfdx FRS, RA0, RB", ST, NEEDS_FP)
{
    TRY(store8(t, gpr_or_zero(t, F(ra)) + gpr(t, F(rb)), fpr(t, F(frs))));
    return NEXT;
}

/* Store Floating-Point Double with Update - Book I 4.6.3. */
INSN(stfdu, "55 FRS RA D", "stfdu FRS, D(RA)", ST, NEEDS_FP | UPDATES_RA)
{
    u64 ea = gpr_or_zero(t, F(ra)) + (u64)(s64)F(imm);

    TRY(store8(t, ea, fpr(t, F(frs))));
    set_gpr(t, F(ra), port_ea(t, ea));
    return NEXT;
}

/* Store Floating-Point Double with Update Indexed - Book I 4.6.3. */
INSN(stfdux, "31 FRS RA RB 759 /", "stfdux FRS, RA, RB", ST, NEEDS_FP | UPDATES_RA)
{
    u64 ea = gpr_or_zero(t, F(ra)) + gpr(t, F(rb));

    TRY(store8(t, ea, fpr(t, F(frs))));
    set_gpr(t, F(ra), port_ea(t, ea));
    return NEXT;
}

/* Store Floating-Point as Integer Word Indexed - the low word of the register, Book I 4.6.3. */
INSN(stfiwx, "31 FRS RA RB 983 /", "stfiwx FRS, RA0, RB", ST, NEEDS_FP)
{
    TRY(store4(t, gpr_or_zero(t, F(ra)) + gpr(t, F(rb)), fpr(t, F(frs))));
    return NEXT;
}

/* A pair is two doublewords, the first for the even register in either byte order - Book I 4.6.4.  One access of
 * sixteen bytes makes them, so that both or none are done; as a number in little-endian order, the first is its low
 * half. */
inline_hot u128 first_doubleword_high(const struct thread *t, u128 pair)
{
    return storage_is_le(t) ? pair << 64 | pair >> 64 : pair;
}

inline_hot enum next load_pair(struct thread *t, const struct insn *i, u64 ea)
{
    u128 value;

    TRY(load16(t, ea, &value));
    value = first_doubleword_high(t, value);
    set_fpr(t, F(frt), (u64)(value >> 64));
    set_fpr(t, F(frt) + 1, (u64)value);
    return NEXT;
}

inline_hot enum next store_pair(struct thread *t, const struct insn *i, u64 ea)
{
    TRY(store16(t, ea, first_doubleword_high(t, (u128)fpr(t, F(frs)) << 64 | fpr(t, F(frs) + 1))));
    return NEXT;
}

/* ---- 4.6.4 pairs ---- */

/* Load Floating-Point Double Pair - an odd FRTp is an invalid form. */
INSN(lfdp, "57 FRTp RA DS 0", "lfdp FRTp, DS(RA0)", LD, NEEDS_FP | INVALID_IF_RT_ODD)
{
    return load_pair(t, i, gpr_or_zero(t, F(ra)) + (u64)(s64)F(imm));
}

/* Load Floating-Point Double Pair Indexed */
INSN(lfdpx, "31 FRTp RA RB 791 /", "lfdpx FRTp, RA0, RB", LD, NEEDS_FP | INVALID_IF_RT_ODD)
{
    return load_pair(t, i, gpr_or_zero(t, F(ra)) + gpr(t, F(rb)));
}

/* Store Floating-Point Double Pair */
INSN(stfdp, "61 FRSp RA DS 0", "stfdp FRSp, DS(RA0)", ST, NEEDS_FP | INVALID_IF_RT_ODD)
{
    return store_pair(t, i, gpr_or_zero(t, F(ra)) + (u64)(s64)F(imm));
}

/* Store Floating-Point Double Pair Indexed */
INSN(stfdpx, "31 FRSp RA RB 919 /", "stfdpx FRSp, RA0, RB", ST, NEEDS_FP | INVALID_IF_RT_ODD)
{
    return store_pair(t, i, gpr_or_zero(t, F(ra)) + gpr(t, F(rb)));
}
