/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Book I, chapter 2: branches, condition-register logic, system call.  BO decides (2.4): bit 0 ignores the condition,
 * bit 1 is the value wanted, bit 2 leaves CTR alone, bit 3 wants CTR = 0; the hint bits change nothing architected.
 */
#define BODY_INLINE
#include "base/power.h"
#include "core/isa/insn.h"
#include "core/state/pmu.h"
#include "core/state/spr.h"

/* True if the branch is taken; decrements CTR where BO says so.  In 32-bit mode the low word of CTR is tested. */
inline_hot bool branch_taken(struct thread *t, unsigned bo, unsigned bi)
{
    bool ctr_ok = true;

    if (PORT_LEARNS && !(bo & 16)) (void)cr_bit(t, bi); /* named whether CTR has decided already or not */
    if (!(bo & 4)) {
        port_reads(t, NAMED_CTR);
        port_writes(t, NAMED_CTR);
        t->ctr--;
        ctr_ok = ((port_ea(t, t->ctr) != 0) ^ ((bo >> 1) & 1)) != 0;
    }
    return ctr_ok && ((bo & 16) || cr_bit(t, bi) == ((bo >> 3) & 1));
}

/* What every branch leaves behind: a taken one its address in CFAR (Book III 8.2). */
inline_hot void note_branch(struct thread *t, u64 cia, bool taken)
{
    if (taken) t->spr.CFAR = cia;
    if (PORT_TRACES && taken) t->ring->flags |= RETIRE_TAKEN;
}

/* A taken branch enters the history; only the traced port runs while that is on. Returns the JUMP. */
inline_hot enum next take_branch(struct thread *t, const struct insn *i, enum branch_form form, unsigned bo, u64 target)
{
    enum next jump = jump_to(t, target);

    if (PORT_TRACES && unlikely(t->bhrb.on)) bhrb_record(t, form, bo, F(lk), port_ea(t, cia(t)), t->nia);
    return jump;
}

/* ---- 2.4 branches ---- */

/* Branch - Book I 2.4. */
INSN(b, "18 LI AA LK", "b%l%a LI", BR, 0)
{
    note_branch(t, cia(t), true);
    if (F(lk)) set_link_register(t, port_ea(t, cia(t) + 4));
    return take_branch(t, i, BRANCH_I, 20, (F(aa) ? 0 : cia(t)) + (u64)(s64)F(imm));
}

/* Branch Conditional - LR is set whether or not the branch is taken. */
INSN(bc, "16 BO BI BD AA LK", "bc%l%a%h BO, BI, BD", BR, 0)
{
    bool taken = branch_taken(t, F(bo), F(bi));

    note_branch(t, cia(t), taken);
    if (F(lk)) set_link_register(t, port_ea(t, cia(t) + 4));
    if (!taken) return NEXT;
    return take_branch(t, i, BRANCH_B, F(bo), (F(aa) ? 0 : cia(t)) + (u64)(s64)F(imm));
}

/* Branch Conditional to Link Register - the target is read before LR is set. */
INSN(bclr, "19 BO BI /// BH 16 LK", "bclr%l%h BO, BI[, BH]", BR, 0)
{
    bool taken = branch_taken(t, F(bo), F(bi));
    u64 target = link_register(t);

    note_branch(t, cia(t), taken);
    if (F(lk)) set_link_register(t, port_ea(t, cia(t) + 4));
    return taken ? take_branch(t, i, BRANCH_XL, F(bo), target) : NEXT;
}

/* Branch Conditional to Count Register.  A BO that also decrements CTR is an invalid form (2.4), which server
 * processors execute as test-and-decrement; POWER9 gives bcctr 2,0,0 the side effect of flushing the count cache, and
 * Linux and skiboot's mitigations execute it with a CTR that makes it fall through. */
INSN(bcctr, "19 BO BI /// BH 528 LK", "bcctr%l%h BO, BI[, BH]", BR, 0)
{
    u64 target = count_register(t);
    bool taken = branch_taken(t, F(bo), F(bi));

    note_branch(t, cia(t), taken);
    if (F(lk)) set_link_register(t, port_ea(t, cia(t) + 4));
    return taken ? take_branch(t, i, BRANCH_XL, F(bo), target) : NEXT;
}

/* Branch Conditional to Target Address Register - Book I 2.4; a facility of its own (FSCR[TAR]). */
INSN(bctar, "19 BO BI /// BH 560 LK", "bctar%l%h BO, BI[, BH]", BR, SINCE_2_07)
{
    bool taken;

    if (unlikely(!facility_allowed(t, FACILITY_TAR))) return FAULT;
    taken = branch_taken(t, F(bo), F(bi));
    port_reads_spr(t, SPRN_TAR);
    note_branch(t, cia(t), taken);
    if (F(lk)) set_link_register(t, port_ea(t, cia(t) + 4));
    return taken ? take_branch(t, i, BRANCH_XL, F(bo), t->spr.TAR) : NEXT;
}

/* ---- 2.5 condition register ---- */

INSN(crand, "19 BT BA BB 257 /", "crand BT, BA, BB", CR, 0)
{
    bool a = cr_bit(t, F(ba)), b = cr_bit(t, F(bb));

    set_cr_bit(t, F(bt), a & b);
    return NEXT;
}

INSN(crnand, "19 BT BA BB 225 /", "crnand BT, BA, BB", CR, 0)
{
    bool a = cr_bit(t, F(ba)), b = cr_bit(t, F(bb));

    set_cr_bit(t, F(bt), !(a && b));
    return NEXT;
}

INSN(cror, "19 BT BA BB 449 /", "cror BT, BA, BB", CR, 0)
{
    bool a = cr_bit(t, F(ba)), b = cr_bit(t, F(bb));

    set_cr_bit(t, F(bt), a | b);
    return NEXT;
}

INSN(crxor, "19 BT BA BB 193 /", "crxor BT, BA, BB", CR, 0)
{
    bool a = cr_bit(t, F(ba)), b = cr_bit(t, F(bb));

    set_cr_bit(t, F(bt), a ^ b);
    return NEXT;
}

INSN(crnor, "19 BT BA BB 33 /", "crnor BT, BA, BB", CR, 0)
{
    bool a = cr_bit(t, F(ba)), b = cr_bit(t, F(bb));

    set_cr_bit(t, F(bt), !(a | b));
    return NEXT;
}

INSN(creqv, "19 BT BA BB 289 /", "creqv BT, BA, BB", CR, 0)
{
    bool a = cr_bit(t, F(ba)), b = cr_bit(t, F(bb));

    set_cr_bit(t, F(bt), !(a ^ b));
    return NEXT;
}

INSN(crandc, "19 BT BA BB 129 /", "crandc BT, BA, BB", CR, 0)
{
    bool a = cr_bit(t, F(ba)), b = cr_bit(t, F(bb));

    set_cr_bit(t, F(bt), a & !b);
    return NEXT;
}

INSN(crorc, "19 BT BA BB 417 /", "crorc BT, BA, BB", CR, 0)
{
    bool a = cr_bit(t, F(ba)), b = cr_bit(t, F(bb));

    set_cr_bit(t, F(bt), a | !b);
    return NEXT;
}

/* Move Condition Register Field. */
INSN(mcrf, "19 BF // BFA // ///// 0 /", "mcrf BF, BFA", CR, 0)
{
    set_cr_field(t, F(bf), cr_field(t, F(bfa)));
    return NEXT;
}
