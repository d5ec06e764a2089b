/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Book I, sections 3.3.2 to 3.3.7: fixed-point loads and stores.  Every body computes its address, makes its access and
 * only then writes registers, so an access that faults leaves the thread as it was.  An address that is put into RA is
 * cut to 32 bits in 32-bit mode (1.10.3).  What Book II adds (reservations, atomics, copy and paste) is in cache.c.
 */
#define BODY_INLINE
#include "core/isa/insn.h"

/* A load with update puts EA = RA + step into RA.  RA = 0 and RA = RT are invalid forms, which POWER9 executes as a
 * load and an addition after it: the base is RA or zero, and RT = RA gets what was loaded plus the step (open.def). */
inline_hot void add_to_base(struct thread *t, const struct insn *i, u64 step)
{
    set_gpr(t, F(ra), port_ea(t, gpr_or_zero(t, F(ra)) + step));
}

/* ---- 3.3.2 loads ---- */

/* Load Byte and Zero, and its update and indexed forms. */
INSN(lbz, "34 RT RA D", "lbz RT, D(RA0)", LD, 0)
{
    u64 ea = gpr_or_zero(t, F(ra)) + (u64)(s64)F(imm), value;

    TRY(load1(t, ea, &value));
    set_gpr(t, F(rt), value);
    return NEXT;
}

INSN(lbzu, "35 RT RA D", "lbzu RT, D(RA)", LD, UPDATES_RA)
{
    u64 step = (u64)(s64)F(imm), value;

    TRY(load1(t, gpr_or_zero(t, F(ra)) + step, &value));
    set_gpr(t, F(rt), value);
    add_to_base(t, i, step);
    return NEXT;
}

INSN(lbzx, "31 RT RA RB 87 /", "lbzx RT, RA0, RB", LD, 0)
{
    u64 ea = gpr_or_zero(t, F(ra)) + gpr(t, F(rb)), value;

    TRY(load1(t, ea, &value));
    set_gpr(t, F(rt), value);
    return NEXT;
}

INSN(lbzux, "31 RT RA RB 119 /", "lbzux RT, RA, RB", LD, UPDATES_RA)
{
    u64 step = gpr(t, F(rb)), value;

    TRY(load1(t, gpr_or_zero(t, F(ra)) + step, &value));
    set_gpr(t, F(rt), value);
    add_to_base(t, i, step);
    return NEXT;
}

/* Load Halfword and Zero, and its update and indexed forms. */
INSN(lhz, "40 RT RA D", "lhz RT, D(RA0)", LD, 0)
{
    u64 ea = gpr_or_zero(t, F(ra)) + (u64)(s64)F(imm), value;

    TRY(load2(t, ea, &value));
    set_gpr(t, F(rt), value);
    return NEXT;
}

INSN(lhzu, "41 RT RA D", "lhzu RT, D(RA)", LD, UPDATES_RA)
{
    u64 step = (u64)(s64)F(imm), value;

    TRY(load2(t, gpr_or_zero(t, F(ra)) + step, &value));
    set_gpr(t, F(rt), value);
    add_to_base(t, i, step);
    return NEXT;
}

INSN(lhzx, "31 RT RA RB 279 /", "lhzx RT, RA0, RB", LD, 0)
{
    u64 ea = gpr_or_zero(t, F(ra)) + gpr(t, F(rb)), value;

    TRY(load2(t, ea, &value));
    set_gpr(t, F(rt), value);
    return NEXT;
}

INSN(lhzux, "31 RT RA RB 311 /", "lhzux RT, RA, RB", LD, UPDATES_RA)
{
    u64 step = gpr(t, F(rb)), value;

    TRY(load2(t, gpr_or_zero(t, F(ra)) + step, &value));
    set_gpr(t, F(rt), value);
    add_to_base(t, i, step);
    return NEXT;
}

/* Load Halfword Algebraic, and its update and indexed forms. */
INSN(lha, "42 RT RA D", "lha RT, D(RA0)", LD, 0)
{
    u64 ea = gpr_or_zero(t, F(ra)) + (u64)(s64)F(imm), value;

    TRY(load2(t, ea, &value));
    set_gpr(t, F(rt), (u64)(s64)(s16)value);
    return NEXT;
}

INSN(lhau, "43 RT RA D", "lhau RT, D(RA)", LD, UPDATES_RA)
{
    u64 step = (u64)(s64)F(imm), value;

    TRY(load2(t, gpr_or_zero(t, F(ra)) + step, &value));
    set_gpr(t, F(rt), (u64)(s64)(s16)value);
    add_to_base(t, i, step);
    return NEXT;
}

INSN(lhax, "31 RT RA RB 343 /", "lhax RT, RA0, RB", LD, 0)
{
    u64 ea = gpr_or_zero(t, F(ra)) + gpr(t, F(rb)), value;

    TRY(load2(t, ea, &value));
    set_gpr(t, F(rt), (u64)(s64)(s16)value);
    return NEXT;
}

INSN(lhaux, "31 RT RA RB 375 /", "lhaux RT, RA, RB", LD, UPDATES_RA)
{
    u64 step = gpr(t, F(rb)), value;

    TRY(load2(t, gpr_or_zero(t, F(ra)) + step, &value));
    set_gpr(t, F(rt), (u64)(s64)(s16)value);
    add_to_base(t, i, step);
    return NEXT;
}

/* Load Word and Zero, and its update and indexed forms. */
INSN(lwz, "32 RT RA D", "lwz RT, D(RA0)", LD, 0)
{
    u64 ea = gpr_or_zero(t, F(ra)) + (u64)(s64)F(imm), value;

    TRY(load4(t, ea, &value));
    set_gpr(t, F(rt), value);
    return NEXT;
}

INSN(lwzu, "33 RT RA D", "lwzu RT, D(RA)", LD, UPDATES_RA)
{
    u64 step = (u64)(s64)F(imm), value;

    TRY(load4(t, gpr_or_zero(t, F(ra)) + step, &value));
    set_gpr(t, F(rt), value);
    add_to_base(t, i, step);
    return NEXT;
}

INSN(lwzx, "31 RT RA RB 23 /", "lwzx RT, RA0, RB", LD, 0)
{
    u64 ea = gpr_or_zero(t, F(ra)) + gpr(t, F(rb)), value;

    TRY(load4(t, ea, &value));
    set_gpr(t, F(rt), value);
    return NEXT;
}

INSN(lwzux, "31 RT RA RB 55 /", "lwzux RT, RA, RB", LD, UPDATES_RA)
{
    u64 step = gpr(t, F(rb)), value;

    TRY(load4(t, gpr_or_zero(t, F(ra)) + step, &value));
    set_gpr(t, F(rt), value);
    add_to_base(t, i, step);
    return NEXT;
}

/* Load Word Algebraic. */
INSN(lwa, "58 RT RA DS 2", "lwa RT, DS(RA0)", LD, 0)
{
    u64 ea = gpr_or_zero(t, F(ra)) + (u64)(s64)F(imm), value;

    TRY(load4(t, ea, &value));
    set_gpr(t, F(rt), (u64)(s64)(s32)value);
    return NEXT;
}

INSN(lwax, "31 RT RA RB 341 /", "lwax RT, RA0, RB", LD, 0)
{
    u64 ea = gpr_or_zero(t, F(ra)) + gpr(t, F(rb)), value;

    TRY(load4(t, ea, &value));
    set_gpr(t, F(rt), (u64)(s64)(s32)value);
    return NEXT;
}

INSN(lwaux, "31 RT RA RB 373 /", "lwaux RT, RA, RB", LD, UPDATES_RA)
{
    u64 step = gpr(t, F(rb)), value;

    TRY(load4(t, gpr_or_zero(t, F(ra)) + step, &value));
    set_gpr(t, F(rt), (u64)(s64)(s32)value);
    add_to_base(t, i, step);
    return NEXT;
}

/* Load Doubleword. */
INSN(ld, "58 RT RA DS 0", "ld RT, DS(RA0)", LD, 0)
{
    u64 ea = gpr_or_zero(t, F(ra)) + (u64)(s64)F(imm), value;

    TRY(load8(t, ea, &value));
    set_gpr(t, F(rt), value);
    return NEXT;
}

INSN(ldu, "58 RT RA DS 1", "ldu RT, DS(RA)", LD, UPDATES_RA)
{
    u64 step = (u64)(s64)F(imm), value;

    TRY(load8(t, gpr_or_zero(t, F(ra)) + step, &value));
    set_gpr(t, F(rt), value);
    add_to_base(t, i, step);
    return NEXT;
}

INSN(ldx, "31 RT RA RB 21 /", "ldx RT, RA0, RB", LD, 0)
{
    u64 ea = gpr_or_zero(t, F(ra)) + gpr(t, F(rb)), value;

    TRY(load8(t, ea, &value));
    set_gpr(t, F(rt), value);
    return NEXT;
}

INSN(ldux, "31 RT RA RB 53 /", "ldux RT, RA, RB", LD, UPDATES_RA)
{
    u64 step = gpr(t, F(rb)), value;

    TRY(load8(t, gpr_or_zero(t, F(ra)) + step, &value));
    set_gpr(t, F(rt), value);
    add_to_base(t, i, step);
    return NEXT;
}

/* ---- 3.3.3 stores ---- */

/* Store Byte; the update forms may store the RA they are about to change. */
INSN(stb, "38 RS RA D", "stb RS, D(RA0)", ST, 0)
{
    u64 ea = gpr_or_zero(t, F(ra)) + (u64)(s64)F(imm);

    TRY(store1(t, ea, gpr(t, F(rs))));
    return NEXT;
}

INSN(stbu, "39 RS RA D", "stbu RS, D(RA)", ST, UPDATES_RA)
{
    u64 ea = gpr_or_zero(t, F(ra)) + (u64)(s64)F(imm);

    TRY(store1(t, ea, gpr(t, F(rs))));
    set_gpr(t, F(ra), port_ea(t, ea));
    return NEXT;
}

INSN(stbx, "31 RS RA RB 215 /", "stbx RS, RA0, RB", ST, 0)
{
    u64 ea = gpr_or_zero(t, F(ra)) + gpr(t, F(rb));

    TRY(store1(t, ea, gpr(t, F(rs))));
    return NEXT;
}

INSN(stbux, "31 RS RA RB 247 /", "stbux RS, RA, RB", ST, UPDATES_RA)
{
    u64 ea = gpr_or_zero(t, F(ra)) + gpr(t, F(rb));

    TRY(store1(t, ea, gpr(t, F(rs))));
    set_gpr(t, F(ra), port_ea(t, ea));
    return NEXT;
}

/* Store Halfword; the update forms may store the RA they are about to change. */
INSN(sth, "44 RS RA D", "sth RS, D(RA0)", ST, 0)
{
    u64 ea = gpr_or_zero(t, F(ra)) + (u64)(s64)F(imm);

    TRY(store2(t, ea, gpr(t, F(rs))));
    return NEXT;
}

INSN(sthu, "45 RS RA D", "sthu RS, D(RA)", ST, UPDATES_RA)
{
    u64 ea = gpr_or_zero(t, F(ra)) + (u64)(s64)F(imm);

    TRY(store2(t, ea, gpr(t, F(rs))));
    set_gpr(t, F(ra), port_ea(t, ea));
    return NEXT;
}

INSN(sthx, "31 RS RA RB 407 /", "sthx RS, RA0, RB", ST, 0)
{
    u64 ea = gpr_or_zero(t, F(ra)) + gpr(t, F(rb));

    TRY(store2(t, ea, gpr(t, F(rs))));
    return NEXT;
}

INSN(sthux, "31 RS RA RB 439 /", "sthux RS, RA, RB", ST, UPDATES_RA)
{
    u64 ea = gpr_or_zero(t, F(ra)) + gpr(t, F(rb));

    TRY(store2(t, ea, gpr(t, F(rs))));
    set_gpr(t, F(ra), port_ea(t, ea));
    return NEXT;
}

/* Store Word; the update forms may store the RA they are about to change. */
INSN(stw, "36 RS RA D", "stw RS, D(RA0)", ST, 0)
{
    u64 ea = gpr_or_zero(t, F(ra)) + (u64)(s64)F(imm);

    TRY(store4(t, ea, gpr(t, F(rs))));
    return NEXT;
}

INSN(stwu, "37 RS RA D", "stwu RS, D(RA)", ST, UPDATES_RA)
{
    u64 ea = gpr_or_zero(t, F(ra)) + (u64)(s64)F(imm);

    TRY(store4(t, ea, gpr(t, F(rs))));
    set_gpr(t, F(ra), port_ea(t, ea));
    return NEXT;
}

INSN(stwx, "31 RS RA RB 151 /", "stwx RS, RA0, RB", ST, 0)
{
    u64 ea = gpr_or_zero(t, F(ra)) + gpr(t, F(rb));

    TRY(store4(t, ea, gpr(t, F(rs))));
    return NEXT;
}

INSN(stwux, "31 RS RA RB 183 /", "stwux RS, RA, RB", ST, UPDATES_RA)
{
    u64 ea = gpr_or_zero(t, F(ra)) + gpr(t, F(rb));

    TRY(store4(t, ea, gpr(t, F(rs))));
    set_gpr(t, F(ra), port_ea(t, ea));
    return NEXT;
}

/* Store Doubleword. */
INSN(std, "62 RS RA DS 0", "std RS, DS(RA0)", ST, 0)
{
    u64 ea = gpr_or_zero(t, F(ra)) + (u64)(s64)F(imm);

    TRY(store8(t, ea, gpr(t, F(rs))));
    return NEXT;
}

INSN(stdu, "62 RS RA DS 1", "stdu RS, DS(RA)", ST, UPDATES_RA)
{
    u64 ea = gpr_or_zero(t, F(ra)) + (u64)(s64)F(imm);

    TRY(store8(t, ea, gpr(t, F(rs))));
    set_gpr(t, F(ra), port_ea(t, ea));
    return NEXT;
}

INSN(stdx, "31 RS RA RB 149 /", "stdx RS, RA0, RB", ST, 0)
{
    u64 ea = gpr_or_zero(t, F(ra)) + gpr(t, F(rb));

    TRY(store8(t, ea, gpr(t, F(rs))));
    return NEXT;
}

INSN(stdux, "31 RS RA RB 181 /", "stdux RS, RA, RB", ST, UPDATES_RA)
{
    u64 ea = gpr_or_zero(t, F(ra)) + gpr(t, F(rb));

    TRY(store8(t, ea, gpr(t, F(rs))));
    set_gpr(t, F(ra), port_ea(t, ea));
    return NEXT;
}

/* ---- 3.3.5 byte reversal ---- */

INSN(lhbrx, "31 RT RA RB 790 /", "lhbrx RT, RA0, RB", LD, 0)
{
    u64 ea = gpr_or_zero(t, F(ra)) + gpr(t, F(rb)), value;

    TRY(load2(t, ea, &value));
    set_gpr(t, F(rt), swap16((u16)value));
    return NEXT;
}

INSN(lwbrx, "31 RT RA RB 534 /", "lwbrx RT, RA0, RB", LD, 0)
{
    u64 ea = gpr_or_zero(t, F(ra)) + gpr(t, F(rb)), value;

    TRY(load4(t, ea, &value));
    set_gpr(t, F(rt), swap32((u32)value));
    return NEXT;
}

INSN(ldbrx, "31 RT RA RB 532 /", "ldbrx RT, RA0, RB", LD, SINCE_2_06)
{
    u64 ea = gpr_or_zero(t, F(ra)) + gpr(t, F(rb)), value;

    TRY(load8(t, ea, &value));
    set_gpr(t, F(rt), swap64((u64)value));
    return NEXT;
}

INSN(sthbrx, "31 RS RA RB 918 /", "sthbrx RS, RA0, RB", ST, 0)
{
    u64 ea = gpr_or_zero(t, F(ra)) + gpr(t, F(rb));

    TRY(store2(t, ea, swap16((u16)gpr(t, F(rs)))));
    return NEXT;
}

INSN(stwbrx, "31 RS RA RB 662 /", "stwbrx RS, RA0, RB", ST, 0)
{
    u64 ea = gpr_or_zero(t, F(ra)) + gpr(t, F(rb));

    TRY(store4(t, ea, swap32((u32)gpr(t, F(rs)))));
    return NEXT;
}

INSN(stdbrx, "31 RS RA RB 660 /", "stdbrx RS, RA0, RB", ST, SINCE_2_06)
{
    u64 ea = gpr_or_zero(t, F(ra)) + gpr(t, F(rb));

    TRY(store8(t, ea, swap64((u64)gpr(t, F(rs)))));
    return NEXT;
}

/* ---- 3.3.4 quadword: the even register holds the high doubleword of the 16-byte number in either byte order.  An
 * access that is not aligned would not be single-copy atomic: alignment interrupt. ---- */

INSN(lq, "56 RTp RA DQ ////", "lq RTp, DQ(RA0)", LD, INVALID_IF_RT_ODD | INVALID_IF_RA_IS_RT | SINCE_2_07)
{
    u64 ea = gpr_or_zero(t, F(ra)) + (u64)(s64)F(imm);
    u128 value;

    if (unlikely(ea & 15)) TRY(fault_alignment(t, port_ea(t, ea), false));
    TRY(needs_caching(t, port_ea(t, ea), 16, ACCESS_LOAD));
    TRY(load16(t, ea, &value));
    set_gpr(t, F(rt), (u64)(value >> 64));
    set_gpr(t, F(rt) + 1u, (u64)value);
    return NEXT;
}

INSN(stq, "62 RSp RA DS 2", "stq RSp, DS(RA0)", ST, INVALID_IF_RT_ODD | SINCE_2_07)
{
    u64 ea = gpr_or_zero(t, F(ra)) + (u64)(s64)F(imm);
    u128 value = (u128)gpr(t, F(rs)) << 64 | gpr(t, F(rs) + 1u);

    if (unlikely(ea & 15)) TRY(fault_alignment(t, port_ea(t, ea), true));
    TRY(needs_caching(t, port_ea(t, ea), 16, ACCESS_STORE));
    TRY(store16(t, ea, value));
    return NEXT;
}

/* ---- 3.3.6 multiple and 3.3.7 string: big-endian only; in little-endian mode POWER9 takes an alignment interrupt.
 * A store that faults in the middle has stored its first words, as the book allows; a load has changed nothing. ---- */

INSN(lmw, "46 RT RA D", "lmw RT, D(RA0)", LD, 0)
{
    u64 ea = gpr_or_zero(t, F(ra)) + (u64)(s64)F(imm), value[32];
    unsigned count = 32u - F(rt);

    if (t->le) TRY(fault_alignment(t, port_ea(t, ea), false));
    for (unsigned k = 0; k < count; k++) TRY(load4(t, ea + 4 * k, &value[k]));
    for (unsigned k = 0; k < count; k++) set_gpr(t, F(rt) + k, value[k]);
    return NEXT;
}

INSN(stmw, "47 RS RA D", "stmw RS, D(RA0)", ST, 0)
{
    u64 ea = gpr_or_zero(t, F(ra)) + (u64)(s64)F(imm);
    unsigned count = 32u - F(rs);

    if (t->le) TRY(fault_alignment(t, port_ea(t, ea), true));
    for (unsigned k = 0; k < count; k++) TRY(store4(t, ea + 4 * k, gpr(t, F(rs) + k)));
    return NEXT;
}

/* `bytes` bytes at ea into the low words of consecutive registers, going round from 31 to 0. */
inline_hot enum next load_string(struct thread *t, const struct insn *i, u64 ea, unsigned bytes)
{
    u64 word[32] = {0}, value;
    unsigned count = (bytes + 3) / 4;

    if (t->le) TRY(fault_alignment(t, port_ea(t, ea), false));
    for (unsigned k = 0; k < bytes; k++) {
        TRY(load1(t, ea + k, &value));
        word[k / 4] |= value << (24 - 8 * (k & 3));
    }
    for (unsigned k = 0; k < count; k++) set_gpr(t, (F(rt) + k) & 31, word[k]);
    return NEXT;
}

inline_hot enum next store_string(struct thread *t, const struct insn *i, u64 ea, unsigned bytes)
{
    if (t->le) TRY(fault_alignment(t, port_ea(t, ea), true));
    for (unsigned k = 0; k < bytes; k++) TRY(store1(t, ea + k, gpr(t, (F(rs) + k / 4) & 31) >> (24 - 8 * (k & 3))));
    return NEXT;
}

/* ---- 3.3.7 strings ---- */

/* NB = 0 means 32.  RA among the registers to be loaded is an invalid form. */
INSN(lswi, "31 RT RA NB 597 /", "lswi RT, RA0, NB", LD, 0)
{
    unsigned bytes = ((F(rb) + 31u) & 31) + 1, count = (bytes + 3) / 4;

    if (unlikely(((F(ra) - F(rt)) & 31u) < count)) return fault_illegal(t, slow_word(t, i));
    return load_string(t, i, gpr_or_zero(t, F(ra)), bytes);
}

/* The length is XER[57:63].  RA or RB among the registers to be loaded is an invalid form, as is RT = RA or RT = RB. */
INSN(lswx, "31 RT RA RB 533 /", "lswx RT, RA0, RB", LD, INVALID_IF_RA_IS_RT | INVALID_IF_RB_IS_RT | VARIES)
{
    unsigned bytes = xer_string_bytes(t), count = (bytes + 3) / 4;

    if (unlikely(((F(ra) - F(rt)) & 31u) < count || ((F(rb) - F(rt)) & 31u) < count))
        return fault_illegal(t, slow_word(t, i));
    return load_string(t, i, gpr_or_zero(t, F(ra)) + gpr(t, F(rb)), bytes);
}

INSN(stswi, "31 RS RA NB 725 /", "stswi RS, RA0, NB", ST, 0)
{
    return store_string(t, i, gpr_or_zero(t, F(ra)), ((F(rb) + 31u) & 31) + 1);
}

INSN(stswx, "31 RS RA RB 661 /", "stswx RS, RA0, RB", ST, VARIES)
{
    return store_string(t, i, gpr_or_zero(t, F(ra)) + gpr(t, F(rb)), xer_string_bytes(t));
}

/* ---- III 4.4.1: cache-inhibited forms, hypervisor real mode ---- */

INSN(lbzcix, "31 RT RA RB 853 /", "lbzcix RT, RA0, RB", LD, HYPERVISOR)
{
    u64 ea = port_ea(t, gpr_or_zero(t, F(ra)) + gpr(t, F(rb)));

    TRY(load_cache_inhibited(t, ea, 1));
    set_gpr(t, F(rt), t->slow_value[0]);
    return NEXT;
}

INSN(lhzcix, "31 RT RA RB 821 /", "lhzcix RT, RA0, RB", LD, HYPERVISOR)
{
    u64 ea = port_ea(t, gpr_or_zero(t, F(ra)) + gpr(t, F(rb)));

    TRY(load_cache_inhibited(t, ea, 2));
    set_gpr(t, F(rt), t->slow_value[0]);
    return NEXT;
}

INSN(lwzcix, "31 RT RA RB 789 /", "lwzcix RT, RA0, RB", LD, HYPERVISOR)
{
    u64 ea = port_ea(t, gpr_or_zero(t, F(ra)) + gpr(t, F(rb)));

    TRY(load_cache_inhibited(t, ea, 4));
    set_gpr(t, F(rt), t->slow_value[0]);
    return NEXT;
}

INSN(ldcix, "31 RT RA RB 885 /", "ldcix RT, RA0, RB", LD, HYPERVISOR)
{
    u64 ea = port_ea(t, gpr_or_zero(t, F(ra)) + gpr(t, F(rb)));

    TRY(load_cache_inhibited(t, ea, 8));
    set_gpr(t, F(rt), t->slow_value[0]);
    return NEXT;
}

INSN(stbcix, "31 RS RA RB 981 /", "stbcix RS, RA0, RB", ST, HYPERVISOR)
{
    u64 ea = port_ea(t, gpr_or_zero(t, F(ra)) + gpr(t, F(rb)));

    TRY(store_cache_inhibited(t, ea, 1, gpr(t, F(rs))));
    return NEXT;
}

INSN(sthcix, "31 RS RA RB 949 /", "sthcix RS, RA0, RB", ST, HYPERVISOR)
{
    u64 ea = port_ea(t, gpr_or_zero(t, F(ra)) + gpr(t, F(rb)));

    TRY(store_cache_inhibited(t, ea, 2, gpr(t, F(rs))));
    return NEXT;
}

INSN(stwcix, "31 RS RA RB 917 /", "stwcix RS, RA0, RB", ST, HYPERVISOR)
{
    u64 ea = port_ea(t, gpr_or_zero(t, F(ra)) + gpr(t, F(rb)));

    TRY(store_cache_inhibited(t, ea, 4, gpr(t, F(rs))));
    return NEXT;
}

INSN(stdcix, "31 RS RA RB 1013 /", "stdcix RS, RA0, RB", ST, HYPERVISOR)
{
    u64 ea = port_ea(t, gpr_or_zero(t, F(ra)) + gpr(t, F(rb)));

    TRY(store_cache_inhibited(t, ea, 8, gpr(t, F(rs))));
    return NEXT;
}
