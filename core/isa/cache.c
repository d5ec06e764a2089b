/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Book II: what a program can say about caches, ordering and atomic update.  Caches are a timing matter in this
 * machine, so the touch instructions are hints without effect, and the block instructions translate their address and
 * check permission as the book says (dcbz also zeroes).  Threads take turns between instructions, so storage is
 * sequentially consistent and the barriers have nothing to order; isync also discards what was decoded ahead.
 *
 * Not BODY_INLINE: some of these hand addresses of locals to functions.
 */
#include "core/isa/insn.h"

/* ---- 4.3 cache management ---- */

/* The block that an instruction names. */
static inline u64 block_operand(struct thread *t, const struct insn *i)
{
    return port_ea(t, gpr_or_zero(t, F(ra)) + gpr(t, F(rb)));
}

/* A hint, which is not even translated.  It is specified to be treated as a Load or as a Store, for which the trace
 * interrupt asks (III 6.5.15). */
static inline enum next hint(struct thread *t, const struct insn *i, unsigned treated_as)
{
    if (PORT_TRACES) retire_access(t->ring, block_operand(t, i), 0, ACCESSED_HINT)->flags = (u8)treated_as;
    return NEXT;
}

/* Data Cache Block set to Zero: the whole 128-byte block. */
INSN(dcbz, "31 ///// RA RB 1014 /", "dcbz RA0, RB", ST, 0)
{
    TRY(zero_block(t, block_operand(t, i)));
    return NEXT;
}

/* Data Cache Block Store: treated as a load. */
INSN(dcbst, "31 ///// RA RB 54 /", "dcbst RA0, RB", CACHE, 0)
{
    TRY(touch_block(t, block_operand(t, i), ACCESS_LOAD));
    return NEXT;
}

/* Data Cache Block Flush, all levels of L: treated as a load. */
INSN(dcbf, "31 /// L2 RA RB 86 /", "dcbf RA0, RB[, L2]", CACHE, 0)
{
    TRY(touch_block(t, block_operand(t, i), ACCESS_LOAD));
    return NEXT;
}

/* Instruction Cache Block Invalidate: treated as a load.  Decoded pages follow every store: nothing to do. */
INSN(icbi, "31 ///// RA RB 982 /", "icbi RA0, RB", CACHE, 0)
{
    TRY(touch_block(t, block_operand(t, i), ACCESS_LOAD));
    return NEXT;
}

/* Hints: they never interrupt.  dcbt is treated as a load, dcbtst as a store. */
INSN(dcbt, "31 TH RA RB 278 /", "dcbt RA0, RB, TH", CACHE, 0)
{
    return hint(t, i, 0);
}

INSN(dcbtst, "31 TH RA RB 246 /", "dcbtst RA0, RB, TH", CACHE, 0)
{
    return hint(t, i, ACCESS_AS_STORE);
}

/* ---- data streams: not in the book any more, accepted as hints (Linux executes dssall on every change of address
 * space when the processor has VMX) ---- */

INSN(dst, "31 0:1 // L2 RA RB 342 /", "dst RA, RB, L2", CACHE, 0)
{
    (void)t, (void)i;
    return NEXT;
}

INSN(dstt, "31 1:1 // L2 RA RB 342 /", "dstt RA, RB, L2", CACHE, 0)
{
    (void)t, (void)i;
    return NEXT;
}

INSN(dstst, "31 0:1 // L2 RA RB 374 /", "dstst RA, RB, L2", CACHE, 0)
{
    (void)t, (void)i;
    return NEXT;
}

INSN(dststt, "31 1:1 // L2 RA RB 374 /", "dststt RA, RB, L2", CACHE, 0)
{
    (void)t, (void)i;
    return NEXT;
}

INSN(dss, "31 0:1 // L2 ///// ///// 822 /", "dss L2", CACHE, 0)
{
    (void)t, (void)i;
    return NEXT;
}

INSN(dssall, "31 1:1 //// ///// ///// 822 /", "dssall", CACHE, 0)
{
    (void)t, (void)i;
    return NEXT;
}

/* ---- 4.3 instruction cache ---- */

/* A hint as well, treated as a load. */
INSN(icbt, "31 / CT RA RB 22 /", "icbt [CT, ]RA0, RB", CACHE, 0)
{
    return hint(t, i, 0);
}

/* ---- 4.6 synchronisation ---- */

INSN(isync, "19 ///// ///// ///// 150 /", "isync", CACHE, 0)
{
    port_barrier(t, BARRIER_ISYNC);
    return context_synchronise(t);
}

/* L: 0 sync, 1 lwsync, 2 ptesync. */
INSN(sync, "31 /// L2 ///// ///// 598 /", "sync L2", CACHE, 0)
{
    static const u8 kinds[] = {BARRIER_SYNC, BARRIER_LWSYNC, BARRIER_PTESYNC, BARRIER_SYNC};

    port_barrier(t, kinds[F(l) & 3]);
    return NEXT;
}

INSN(eieio, "31 ///// ///// ///// 854 /", "eieio", CACHE, 0)
{
    port_barrier(t, BARRIER_EIEIO);
    return NEXT;
}

/* Wait: execution may go on at any time (II 4.6.4), and here it does. */
INSN(wait, "31 /// WC ///// ///// 30 /", "wait [WC]", CACHE, SINCE_3_0)
{
    (void)t, (void)i;
    return NEXT;
}

/* ---- 4.6.2 load and reserve, store conditional; EH is a hint ---- */

INSN(lbarx, "31 RT RA RB 52 EH", "lbarx RT, RA0, RB[, EH]", LD, SINCE_2_07)
{
    u64 ea = port_ea(t, gpr_or_zero(t, F(ra)) + gpr(t, F(rb)));

    TRY(load_and_reserve(t, ea, 1));
    port_writes(t, NAMED_RESERVATION);
    set_gpr(t, F(rt), t->slow_value[0]);
    return NEXT;
}

INSN(lharx, "31 RT RA RB 116 EH", "lharx RT, RA0, RB[, EH]", LD, SINCE_2_07)
{
    u64 ea = port_ea(t, gpr_or_zero(t, F(ra)) + gpr(t, F(rb)));

    TRY(load_and_reserve(t, ea, 2));
    port_writes(t, NAMED_RESERVATION);
    set_gpr(t, F(rt), t->slow_value[0]);
    return NEXT;
}

INSN(lwarx, "31 RT RA RB 20 EH", "lwarx RT, RA0, RB[, EH]", LD, 0)
{
    u64 ea = port_ea(t, gpr_or_zero(t, F(ra)) + gpr(t, F(rb)));

    TRY(load_and_reserve(t, ea, 4));
    port_writes(t, NAMED_RESERVATION);
    set_gpr(t, F(rt), t->slow_value[0]);
    return NEXT;
}

INSN(ldarx, "31 RT RA RB 84 EH", "ldarx RT, RA0, RB[, EH]", LD, 0)
{
    u64 ea = port_ea(t, gpr_or_zero(t, F(ra)) + gpr(t, F(rb)));

    TRY(load_and_reserve(t, ea, 8));
    port_writes(t, NAMED_RESERVATION);
    set_gpr(t, F(rt), t->slow_value[0]);
    return NEXT;
}

INSN(lqarx, "31 RTp RA RB 276 EH", "lqarx RTp, RA0, RB[, EH]", LD,
     INVALID_IF_RT_ODD | INVALID_IF_RA_IS_RT | INVALID_IF_RB_IS_RT | SINCE_2_07)
{
    u64 ea = port_ea(t, gpr_or_zero(t, F(ra)) + gpr(t, F(rb)));

    TRY(load_and_reserve(t, ea, 16));
    port_writes(t, NAMED_RESERVATION);
    set_gpr(t, F(rt), t->slow_value[1]);
    set_gpr(t, F(rt) + 1u, t->slow_value[0]);
    return NEXT;
}

static enum next finish_conditional(struct thread *t, const struct insn *i, u64 ea, unsigned size, u64 low, u64 high)
{
    bool done;

    ea = port_ea(t, ea);
    TRY(store_conditional(t, ea, size, low, high, &done));
    port_reads(t, NAMED_RESERVATION);
    port_writes(t, NAMED_RESERVATION);
    set_cr_field(t, 0, (done ? CR_EQ : 0u) | xer_so(t));
    return NEXT;
}

INSN(stbcx_, "31 RS RA RB 694 1:1", "stbcx. RS, RA0, RB", ST, SINCE_2_07)
{
    return finish_conditional(t, i, gpr_or_zero(t, F(ra)) + gpr(t, F(rb)), 1, gpr(t, F(rs)), 0);
}

INSN(sthcx_, "31 RS RA RB 726 1:1", "sthcx. RS, RA0, RB", ST, SINCE_2_07)
{
    return finish_conditional(t, i, gpr_or_zero(t, F(ra)) + gpr(t, F(rb)), 2, gpr(t, F(rs)), 0);
}

INSN(stwcx_, "31 RS RA RB 150 1:1", "stwcx. RS, RA0, RB", ST, 0)
{
    return finish_conditional(t, i, gpr_or_zero(t, F(ra)) + gpr(t, F(rb)), 4, gpr(t, F(rs)), 0);
}

INSN(stdcx_, "31 RS RA RB 214 1:1", "stdcx. RS, RA0, RB", ST, 0)
{
    return finish_conditional(t, i, gpr_or_zero(t, F(ra)) + gpr(t, F(rb)), 8, gpr(t, F(rs)), 0);
}

INSN(stqcx_, "31 RSp RA RB 182 1:1", "stqcx. RSp, RA0, RB", ST, INVALID_IF_RT_ODD | SINCE_2_07)
{
    return finish_conditional(t, i, gpr_or_zero(t, F(ra)) + gpr(t, F(rb)), 16, gpr(t, F(rs) + 1u), gpr(t, F(rs)));
}

/* ---- 4.5 atomic memory operations: FC chooses what becomes of the word or doubleword at EA ---- */

/* One operation at one place: what was there, what goes there, what RT is told. */
struct atomic {
    u64 ea, old, stored, told;
    unsigned size, function;
};

static u64 atomic_extend(u64 v, unsigned size)
{
    return size == 4 ? (u64)(s64)(s32)v : v;
}

/* Functions 0 to 7 are the same for lwat/ldat and stwat/stdat. */
static u64 atomic_combine(const struct atomic *a, u64 operand)
{
    u64 old = a->old, new = a->size == 4 ? (u32)operand : operand;
    s64 old_signed = (s64)atomic_extend(old, a->size), new_signed = (s64)atomic_extend(new, a->size);

    switch (a->function) {
    case 0: return old + new;
    case 1: return old ^ new;
    case 2: return old | new;
    case 3: return old & new;
    case 4: return old > new ? old : new;
    case 5: return old_signed > new_signed ? old : new;
    case 6: return old < new ? old : new;
    default: return old_signed < new_signed ? old : new;
    }
}

/* The operand must be aligned and, where two places are read, both must lie in one block of 32 bytes (4.5.1).  A wrong
 * function code is a data storage interrupt, DSISR bit 61 in place of bit 37.  The access counts as a store. */
static must_use bool atomic_begin(struct thread *t, const struct insn *i, struct atomic *a, u64 ea, u32 functions,
                                  u64 *value)
{
    ea = port_ea(t, ea);
    a->ea = ea;
    if (!(functions >> a->function & 1)) {
        bool refused = fault_storage_attribute(t, ea, ACCESS_STORE);
        t->fault.dsisr = (t->fault.dsisr & ~DSISR_ATTRIBUTE) | DSISR_FUNCTION_CODE;
        return refused;
    }
    if (ea & (a->size - 1)) return fault_alignment(t, ea, true);
    return needs_caching(t, ea, a->size, ACCESS_STORE) && watch_allows(t, ea, a->size, true, true) &&
           (a->size == 4 ? load4(t, ea, value) : load8(t, ea, value));
}

static must_use bool atomic_load_beside(struct thread *t, const struct insn *i, const struct atomic *a, u64 ea,
                                        u64 *value)
{
    if ((ea ^ a->ea) & ~31ULL) return fault_alignment(t, a->ea, true);
    return a->size == 4 ? load4(t, ea, value) : load8(t, ea, value);
}

static must_use bool atomic_store(struct thread *t, const struct insn *i, const struct atomic *a, u64 ea, u64 value)
{
    return a->size == 4 ? store4(t, ea, value) : store8(t, ea, value);
}

/* FC: 0..7 as above, 8 swap, 16 compare and swap not equal, 24 increment bounded, 25 increment equal, 28 decrement
 * bounded.  The bounded forms compare with the neighbour (above for increment, below for decrement); if the bound is
 * met RT is told the most negative number. */
enum { ATOMIC_LOAD_FUNCTIONS = 0x130101ff, ATOMIC_STORE_FUNCTIONS = 0x010000ff };

static enum next load_atomic(struct thread *t, const struct insn *i, unsigned size)
{
    struct atomic a = {.size = size, .function = (unsigned)F(imm)};
    u64 beside = 0, operand = gpr(t, (F(rt) + 1u) & 31), other = gpr(t, (F(rt) + 2u) & 31);
    u64 most_negative = 1ULL << (8 * size - 1), mask = ~0ULL >> (64 - 8 * size);
    bool steps;

    TRY(atomic_begin(t, i, &a, gpr_or_zero(t, F(ra)), ATOMIC_LOAD_FUNCTIONS, &a.old));
    a.told = a.old;
    if (a.function < 8) {
        a.stored = atomic_combine(&a, operand);
    } else if (a.function == 8) {
        a.stored = operand;
    } else if (a.function == 16) {
        a.stored = a.old != (operand & mask) ? other : a.old;
    } else {
        bool up = a.function != 28;
        TRY(atomic_load_beside(t, i, &a, up ? a.ea + size : a.ea - size, &beside));
        steps = (a.old == beside) == (a.function == 25);
        a.stored = !steps ? a.old : up ? a.old + 1 : a.old - 1;
        a.told = steps ? a.old : most_negative;
    }
    TRY(atomic_store(t, i, &a, a.ea, a.stored & mask));
    set_gpr(t, F(rt), a.told);
    return NEXT;
}

/* FC 24 is store twin: both places get the operand if they were equal. */
static enum next store_atomic(struct thread *t, const struct insn *i, unsigned size)
{
    struct atomic a = {.size = size, .function = (unsigned)F(imm)};
    u64 twin = 0, operand = gpr(t, F(rs));

    TRY(atomic_begin(t, i, &a, gpr_or_zero(t, F(ra)), ATOMIC_STORE_FUNCTIONS, &a.old));
    if (a.function == 24) {
        TRY(atomic_load_beside(t, i, &a, a.ea + size, &twin));
        if (a.old != twin) return NEXT;
        TRY(watch_allows(t, a.ea + size, size, true, true));
        TRY(atomic_store(t, i, &a, a.ea, operand));
        TRY(atomic_store(t, i, &a, a.ea + size, operand));
        return NEXT;
    }
    TRY(atomic_store(t, i, &a, a.ea, atomic_combine(&a, operand)));
    return NEXT;
}

INSN(lwat, "31 RT RA FC 582 /", "lwat RT, RA0, FC", LD, SINCE_3_0)
{
    return load_atomic(t, i, 4);
}

INSN(ldat, "31 RT RA FC 614 /", "ldat RT, RA0, FC", LD, SINCE_3_0)
{
    return load_atomic(t, i, 8);
}

INSN(stwat, "31 RS RA FC 710 /", "stwat RS, RA0, FC", ST, SINCE_3_0)
{
    return store_atomic(t, i, 4);
}

INSN(stdat, "31 RS RA FC 742 /", "stdat RS, RA0, FC", ST, SINCE_3_0)
{
    return store_atomic(t, i, 8);
}

/* ---- 4.4 copy and paste: this machine has no accelerator behind any address, so a copy is made (and forgotten) and no
 * paste ever finds a taker: CR0 says "not done", which software must handle by trying again or by doing the work
 * itself.  Both operands are whole blocks. ---- */

INSN(copy, "31 //// 1:1 RA RB 774 /", "copy RA0, RB", CACHE, SINCE_3_0)
{
    u64 ea = block_operand(t, i);

    if (ea & 127) TRY(fault_alignment(t, ea, false));
    TRY(needs_caching(t, ea, 128, ACCESS_LOAD));
    return NEXT;
}

INSN(paste_, "31 //// 1:1 RA RB 902 1:1", "paste. RA0, RB", CACHE, SINCE_3_0)
{
    u64 ea = block_operand(t, i);

    if (ea & 127) TRY(fault_alignment(t, ea, true));
    TRY(touch_block(t, ea, ACCESS_STORE));
    TRY(watch_allows(t, ea, 128, false, true));
    set_cr_field(t, 0, xer_so(t));
    return NEXT;
}

INSN(cp_abort, "31 ///// ///// ///// 838 /", "cpabort", CACHE, SINCE_3_0)
{
    (void)t, (void)i;
    return NEXT;
}
