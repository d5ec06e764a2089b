/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Book III: system calls and returns, the MSR, special-purpose registers, translation management, doorbells, power
 * saving, transactional memory.  Almost everything here ends the straight run: the run loop looks up, because what
 * follows may be fetched, translated or interrupted differently.
 */
#include "core/isa/insn.h"

#include "core/isa/softfp.h"
#include "core/state/context.h"
#include "core/state/ebb.h"
#include "core/state/fabric.h"
#include "core/state/interrupt.h"
#include "core/state/pmu.h"
#include "core/state/spr.h"
#include "core/state/tm.h"
#include "mmu/invalidate.h"

/* Go on at nia; the run loop looks up first. */
static enum next leave_to(struct thread *t, u64 nia)
{
    thread_attend(t);
    t->nia = nia & t->ea_mask & ~3ULL;
    return JUMP;
}

/* ---- for records ---- */

/* tm_restore_checkpoint(): whatever the checkpoint has (NAMED_TRANSACTION names its SPRs too). */
static void learn_checkpoint(struct thread *t, bool restored)
{
    enum { XER_ALL = NAMED_CA | NAMED_OV | NAMED_SO | NAMED_XER };
    const u32 names = NAMED_LR | NAMED_CTR | XER_ALL | NAMED_FPSCR | NAMED_VSCR;

    if (restored) {
        PORT_LEARN(t, gpr_out, ~0U);
        PORT_LEARN(t, vsr_out, ~0ULL);
        PORT_LEARN(t, cr_out, 0xff);
        port_writes(t, names);
        port_reads(t, NAMED_TRANSACTION);
    } else {
        PORT_LEARN(t, gpr_in, ~0U);
        PORT_LEARN(t, vsr_in, ~0ULL);
        PORT_LEARN(t, cr_in, 0xff);
        port_reads(t, names);
        port_writes(t, NAMED_TRANSACTION);
    }
}

/* What records the failure of a transaction, and begins one that fails. */
static void learn_failure(struct thread *t)
{
    port_reads(t, NAMED_MSR);
    port_reads_spr(t, SPRN_TEXASR);
    port_writes_spr(t, SPRN_TEXASR);
    port_writes_spr(t, SPRN_TFIAR);
}

/* Of mfspr and mtspr: some numbers are names of other registers. */
static u32 named_by_spr(unsigned number)
{
    switch (number) {
    case SPRN_XER: return NAMED_CA | NAMED_OV | NAMED_SO | NAMED_XER;
    case SPRN_LR: return NAMED_LR;
    case SPRN_CTR: return NAMED_CTR;
    default: return 0;
    }
}

/* What a move to an SPR reads besides RS: what is there, if some of it stays, and what decides how much. 0: no more. */
static void learn_merging(struct thread *t, unsigned number)
{
    static const u16 reads[][4] = {
        {SPRN_UAMR, SPRN_UAMR, SPRN_UAMOR, SPRN_AMOR},
        {SPRN_AMR, SPRN_AMR, SPRN_AMOR},
        {SPRN_IAMR, SPRN_IAMR, SPRN_AMOR},
        {SPRN_UAMOR, SPRN_UAMOR, SPRN_AMOR},
        {SPRN_HMER, SPRN_HMER},
        {SPRN_PSSCR_S, SPRN_PSSCR_S},
        {SPRN_TEXASRU, SPRN_TEXASRU},
        {SPRN_TBL_W, SPRN_TB},
        {SPRN_TBU_W, SPRN_TB},
        {SPRN_TBU40, SPRN_TB},
        {SPRN_TFMR, SPRN_TFMR},
        {SPRN_SPRD, SPRN_SPRC},
        {SPRN_UMMCR0, SPRN_UMMCR0, SPRN_BESCR},
        {SPRN_MMCR0, SPRN_BESCR},
        {SPRN_UMMCR2, SPRN_UMMCR2},
        {SPRN_UMMCRA, SPRN_UMMCRA},
        {SPRN_BESCR, SPRN_MMCR0},
        {SPRN_BESCRS, SPRN_BESCRS, SPRN_MMCR0},
        {SPRN_BESCRSU, SPRN_BESCRSU, SPRN_MMCR0},
        {SPRN_BESCRR, SPRN_BESCRR, SPRN_MMCR0},
        {SPRN_BESCRRU, SPRN_BESCRRU, SPRN_MMCR0},
    };

    if (!PORT_LEARNS) return;
    for (unsigned k = 0; k < ARRAY_SIZE(reads); k++)
        for (unsigned n = 1; n < ARRAY_SIZE(reads[k]) && reads[k][n] && reads[k][0] == number; n++)
            port_reads_spr(t, reads[k][n]);
    /* An alert that waits becomes the program's event (ebb.c). */
    if (number == SPRN_MMCR0 || number == SPRN_UMMCR0) port_writes_spr(t, SPRN_BESCR);
}

static void note_return(struct thread *t, u64 from)
{
    struct retire *r;

    if (!PORT_TRACES || !t->traced) return;
    r = retire_event(t->ring, RETIRE_RETURN);
    r->back.from = from;
    r->back.to = t->nia;
    r->back.msr = t->msr;
}

static void note_invalidation(struct thread *t, enum retire_invalidation what, u64 rb, u64 rs)
{
    struct retire *r;

    if (!PORT_TRACES || !t->traced) return;
    r = retire_event(t->ring, RETIRE_INVALIDATION);
    r->invalidation.what = (u8)what;
    r->invalidation.rb = rb;
    r->invalidation.rs = rs;
    r->invalidation.lpid = (u32)t->spr.LPIDR;
    r->invalidation.hv = (t->msr & MSR_HV) != 0;
}

static void note_segment(struct thread *t, u64 index, const struct slb_entry *entry)
{
    struct retire *r;

    if (!PORT_TRACES || !t->traced) return;
    r = retire_event(t->ring, RETIRE_SEGMENT);
    r->segment.index = (u32)index;
    r->segment.esid = entry->esid;
    r->segment.vsid = entry->vsid;
}

/* ---- II 5.5 transactional memory ---- */

/* The state became Transactional, which fails (II 5.3.3). */
static enum next fail_transaction(struct thread *t, u64 address)
{
    learn_failure(t);
    learn_checkpoint(t, true);
    port_writes(t, NAMED_MSR | NAMED_RESERVATION);
    port_reads_spr(t, SPRN_TFHAR);
    tm_fail(t, address);
    thread_attend(t);
    return JUMP;
}

/* In a suspended transaction nothing begins: CR0 tells, and its bit 2 sends the program to its handler (II 5.5). */
INSN(tbegin_, "31 //// R ///// ///// 654 1:1", "tbegin. [R]", SYS, SINCE_2_07 | TRANSACTIONAL)
{
    TRY(facility_allowed(t, FACILITY_TM));
    set_cr_field(t, 0, tm_state_as_cr(t));
    learn_failure(t);
    port_writes_spr(t, SPRN_TFHAR);
    port_writes(t, NAMED_RESERVATION);
    if (!(t->msr & MSR_TS)) tm_begin_and_fail(t, cia(t), F(r));
    return NEXT;
}

/* With L (the book's A) all levels end; there is none. */
INSN(tend_, "31 L ///// //// ///// 686 1:1", "tend. [L]", SYS, SINCE_2_07 | TRANSACTIONAL)
{
    TRY(facility_allowed(t, FACILITY_TM));
    port_reads(t, NAMED_MSR);
    if (t->msr & MSR_TS) return fault_tm_bad_thing(t);
    set_cr_field(t, 0, 0);
    return NEXT;
}

/* tabort. and its conditional forms: nothing outside a transaction; a suspended one is recorded as failed, with the
 * code that tabort. can give. */
static enum next abort_if(struct thread *t, const struct insn *i, bool condition, u64 code)
{
    TRY(facility_allowed(t, FACILITY_TM));
    learn_failure(t);
    if (condition && (t->msr & MSR_TS)) tm_record_failure(t, SETFIELD(TEXASR_CODE, TEXASR_ABORT, code & 0xff), cia(t));
    set_cr_field(t, 0, tm_state_as_cr(t));
    return NEXT;
}
static bool trap_condition(unsigned to, s64 a, s64 b)
{
    return ((to & 16) && a < b) || ((to & 8) && a > b) || ((to & 4) && a == b) || ((to & 2) && (u64)a < (u64)b) ||
           ((to & 1) && (u64)a > (u64)b);
}
static bool word_condition(unsigned to, s32 a, s32 b)
{
    return ((to & 16) && a < b) || ((to & 8) && a > b) || ((to & 4) && a == b) || ((to & 2) && (u32)a < (u32)b) ||
           ((to & 1) && (u32)a > (u32)b);
}
INSN(tabort_, "31 ///// RA ///// 910 1:1", "tabort. RA", SYS, SINCE_2_07 | TRANSACTIONAL)
{
    return abort_if(t, i, true, gpr_or_zero(t, F(ra)));
}
INSN(tabortwc_, "31 TO RA RB 782 1:1", "tabortwc. TO, RA, RB", SYS, SINCE_2_07 | TRANSACTIONAL)
{
    return abort_if(t, i, word_condition(F(to), (s32)gpr(t, F(ra)), (s32)gpr(t, F(rb))), 0);
}
INSN(tabortwci_, "31 TO RA SIM 846 1:1", "tabortwci. TO, RA, SIM", SYS, SINCE_2_07 | TRANSACTIONAL)
{
    return abort_if(t, i, word_condition(F(to), (s32)gpr(t, F(ra)), F(imm)), 0);
}
INSN(tabortdc_, "31 TO RA RB 814 1:1", "tabortdc. TO, RA, RB", SYS, SINCE_2_07 | TRANSACTIONAL)
{
    return abort_if(t, i, trap_condition(F(to), (s64)gpr(t, F(ra)), (s64)gpr(t, F(rb))), 0);
}
INSN(tabortdci_, "31 TO RA SIM 878 1:1", "tabortdci. TO, RA, SIM", SYS, SINCE_2_07 | TRANSACTIONAL)
{
    return abort_if(t, i, trap_condition(F(to), (s64)gpr(t, F(ra)), F(imm)), 0);
}

/* Suspend or resume: only resuming a suspended transaction does something - it fails. */
INSN(tsr_, "31 //// L ///// ///// 750 1:1", "tsr. L", SYS, SINCE_2_07 | TRANSACTIONAL | VARIES)
{
    TRY(facility_allowed(t, FACILITY_TM));
    port_reads(t, NAMED_MSR);
    if (F(l) && (t->msr & MSR_TS) == MSR_TS_SUSPENDED) {
        if (tm_is_assisted(t)) return fault_soft_patch(t, slow_word(t, i));
        return fail_transaction(t, cia(t));
    }
    set_cr_field(t, 0, tm_state_as_cr(t));
    return NEXT;
}

/* TDOOMED || MSR[TS] || 0; outside a transaction nothing is doomed. */
INSN(tcheck, "31 BF // ///// ///// 718 /", "tcheck BF", SYS, SINCE_2_07 | TRANSACTIONAL)
{
    TRY(facility_allowed(t, FACILITY_TM));
    port_reads(t, NAMED_MSR);
    set_cr_field(t, F(bf), tm_state_as_cr(t) | ((t->msr & MSR_TS) ? CR_LT : 0));
    return NEXT;
}

/* ---- III 4.4.3 a checkpoint, taken and made ---- */

/* Reclaim: the checkpointed registers come back and the transaction is gone (III 4.4.3).  In fake suspend there are
 * none. */
INSN(treclaim_, "31 ///// RA ///// 942 1:1", "treclaim. RA", SYS, PRIVILEGED)
{
    u64 code = gpr_or_zero(t, F(ra));
    unsigned before = tm_state_as_cr(t);

    TRY(facility_allowed(t, FACILITY_TM));
    if (!(t->msr & MSR_TS)) return fault_tm_bad_thing(t);
    if (tm_is_assisted(t)) return fault_soft_patch(t, slow_word(t, i));
    learn_failure(t);
    learn_checkpoint(t, true);
    port_writes(t, NAMED_MSR);
    tm_record_failure(t, SETFIELD(TEXASR_CODE, TEXASR_ABORT, code & 0xff), cia(t));
    if (!t->tm_fake_suspend) tm_restore_checkpoint(t);
    set_cr_field(t, 0, before);
    thread_set_msr(t, t->msr & ~MSR_TS);
    return context_synchronise(t);
}

/* Recheckpoint: the registers become the checkpoint of a suspended transaction, which must have failed already. */
INSN(trechkpt_, "31 ///// ///// ///// 1006 1:1", "trechkpt.", SYS, PRIVILEGED)
{
    TRY(facility_allowed(t, FACILITY_TM));
    if ((t->msr & MSR_TS) || !(t->spr.TEXASR & TEXASR_FS)) return fault_tm_bad_thing(t);
    if (tm_is_assisted(t)) return fault_soft_patch(t, slow_word(t, i));
    port_reads_spr(t, SPRN_TEXASR);
    learn_checkpoint(t, false);
    port_reads(t, NAMED_MSR);
    port_writes(t, NAMED_MSR);
    tm_save_checkpoint(t);
    set_cr_field(t, 0, 0);
    thread_set_msr(t, t->msr | MSR_TS_SUSPENDED);
    return context_synchronise(t);
}

/* ---- III 3.3.1 returns ---- */

/* What tm_change() did not find fine. */
static enum next refuse_ts(struct thread *t, const struct insn *i, enum tm_outcome outcome)
{
    return outcome == TM_ASSIST ? fault_soft_patch(t, slow_word(t, i)) : fault_tm_bad_thing(t);
}

/* Problem state runs with interrupts and relocation on; the combination S HV PR = 111 does not exist. */
static u64 legal_msr(u64 msr)
{
    if (msr & MSR_PR) msr |= MSR_EE | MSR_IR | MSR_DR;
    if ((msr & (MSR_S | MSR_HV | MSR_PR)) == (MSR_S | MSR_HV | MSR_PR)) msr &= ~MSR_HV;
    return msr;
}

/* Go on at nia with the new MSR; if that enables a floating-point exception which FPSCR[FEX] has kept, the interrupt
 * comes before the instruction there (III 6.5.9). */
static enum next go_on_with_msr(struct thread *t, u64 nia)
{
    enum next n = leave_to(t, nia);

    if (!(t->msr & (MSR_FE0 | MSR_FE1))) return n;
    port_reads(t, NAMED_FPSCR);
    return t->fpscr & FPSCR_FEX ? fault_fp_waiting(t) : n;
}

/*
 * Return from an interrupt.  HV: rfid can only clear it, hrfid and urfid take it from the image; S: only the ultravisor
 * changes it, and only urfid sets it; ME changes only in hypervisor state.
 */
enum return_kind { RETURN_RFID, RETURN_RFSCV, RETURN_HRFID, RETURN_URFID };
static enum next return_to(struct thread *t, const struct insn *i, enum return_kind kind, u64 target, u64 image)
{
    static const u8 ways[] = {TM_BY_RETURN, TM_BY_RFSCV, TM_BY_HRFID, TM_BY_HRFID};
    u64 fixed = 0, hv = image & MSR_HV, s = t->msr & MSR_S, address = cia(t), ts_tm, msr;
    enum tm_outcome outcome = tm_change(t, (enum tm_way)ways[kind], image, &ts_tm);
    enum next next;

    if (outcome != TM_FINE) return refuse_ts(t, i, outcome);
    if (kind == RETURN_RFID || kind == RETURN_RFSCV) hv &= t->msr;
    if (thread_is_ultravisor(t)) s &= image;
    if (kind == RETURN_URFID && (t->spr.SMFCTRL & SMFCTRL_E)) s = image & MSR_S;
    if (!(t->msr & MSR_HV)) fixed |= MSR_ME;
    msr = (t->msr & fixed) | (image & MSR_VALID & ~(fixed | MSR_HV | MSR_S | MSR_TS | MSR_TM)) | hv | s | ts_tm;
    port_reads(t, NAMED_MSR);
    port_writes(t, NAMED_MSR);
    port_settle(t, i); /* what ran before the return belongs to the state that ends */
    thread_set_msr(t, legal_msr(msr));
    if ((t->msr & MSR_TS) == MSR_TS_TRANSACTIONAL) next = fail_transaction(t, address);
    else next = go_on_with_msr(t, target);
    note_return(t, address);
    return next;
}

static u64 spr_in(struct thread *t, unsigned number, u64 value)
{
    port_reads_spr(t, number);
    return value;
}
#define SPR_IN(t, name) spr_in(t, SPRN_##name, (t)->spr.name)

INSN(rfid, "19 ///// ///// ///// 18 /", "rfid", SYS, PRIVILEGED | UNTRACED | VARIES)
{
    return return_to(t, i, RETURN_RFID, SPR_IN(t, SRR0), SPR_IN(t, SRR1));
}
INSN(rfscv, "19 ///// ///// ///// 82 /", "rfscv", SYS, PRIVILEGED | UNTRACED | VARIES)
{
    return return_to(t, i, RETURN_RFSCV, link_register(t), count_register(t));
}
INSN(hrfid, "19 ///// ///// ///// 274 /", "hrfid", SYS, HYPERVISOR | UNTRACED | VARIES)
{
    return return_to(t, i, RETURN_HRFID, SPR_IN(t, HSRR0), SPR_IN(t, HSRR1));
}
/* Ultravisor: hypervisor state may execute it only while the secure memory facility is off. */
INSN(urfid, "19 ///// ///// ///// 306 /", "urfid", SYS, HYPERVISOR | UNTRACED | VARIES)
{
    if (!thread_is_ultravisor(t) && (t->spr.SMFCTRL & SMFCTRL_E)) return fault_illegal(t, slow_word(t, i));
    return return_to(t, i, RETURN_URFID, SPR_IN(t, USRR0), SPR_IN(t, USRR1));
}

/* ---- II ~7.3 event-based branches ---- */

/* Return from event-based branch (II 7.3): BESCR[GE] becomes S, and MSR[TS] what BESCR kept of it. */
INSN(rfebb, "19 ///// ///// //// S1 146 /", "rfebb S1", SYS, SINCE_2_07 | VARIES)
{
    u64 address = cia(t), ts_tm, image;
    enum tm_outcome outcome;
    enum next next;

    TRY(facility_allowed(t, FACILITY_EBB));
    image = SETFIELD(MSR_TS, t->msr, GETFIELD(BESCR_TS, SPR_IN(t, BESCR)));
    port_writes_spr(t, SPRN_BESCR);
    port_reads(t, NAMED_MSR);
    port_writes(t, NAMED_MSR);
    outcome = tm_change(t, TM_BY_RETURN, image, &ts_tm);
    if (outcome != TM_FINE) return refuse_ts(t, i, outcome);
    t->spr.BESCR = F(x) ? t->spr.BESCR | BESCR_GE : t->spr.BESCR & ~BESCR_GE;
    ebb_update(t);
    thread_set_msr(t, (t->msr & ~MSR_TS) | (ts_tm & MSR_TS));
    if ((t->msr & MSR_TS) == MSR_TS_TRANSACTIONAL) next = fail_transaction(t, address);
    else next = leave_to(t, SPR_IN(t, EBBRR));
    note_return(t, address);
    return next;
}

/* L = 1 changes EE and RI only: a straight run goes on unless an interrupt waits for EE. */
static enum next set_ee_ri(struct thread *t, const struct insn *i, u64 value)
{
    u64 msr = (t->msr & ~(MSR_EE | MSR_RI)) | (value & (MSR_EE | MSR_RI));
    bool look_up = (msr & MSR_EE) && t->pending;

    port_reads(t, NAMED_MSR);
    port_writes(t, NAMED_MSR);
    t->msr = msr;
    return look_up ? context_synchronise(t) : NEXT;
}

/* HV, S, ME and LE never change here: that takes a return from interrupt (III 4.4.4). */
static enum next move_to_msr(struct thread *t, const struct insn *i, u64 value, u64 bits)
{
    u64 ts_tm, changed = MSR_VALID & bits & ~(MSR_HV | MSR_S | MSR_ME | MSR_LE | MSR_TS | MSR_TM), image;
    enum tm_outcome outcome;

    port_reads(t, NAMED_MSR);
    port_writes(t, NAMED_MSR);
    image = (t->msr & ~bits) | (value & bits);
    outcome = tm_change(t, TM_BY_RETURN, image, &ts_tm);
    if (outcome != TM_FINE) return refuse_ts(t, i, outcome);
    image = (t->msr & ~(changed | MSR_TS | MSR_TM)) | (value & changed) | ts_tm;
    thread_set_msr(t, legal_msr(image));
    if ((t->msr & MSR_TS) == MSR_TS_TRANSACTIONAL) return fail_transaction(t, cia(t));
    return go_on_with_msr(t, cia(t) + 4);
}

/* ---- III 4.4.4 the MSR ---- */

INSN(mtmsr, "31 RS //// L ///// 146 /", "mtmsr RS[, L]", SYS, PRIVILEGED | VARIES)
{
    u64 value = gpr(t, F(rs));

    return F(l) ? set_ee_ri(t, i, value) : move_to_msr(t, i, value, 0xffffffffULL);
}
INSN(mtmsrd, "31 RS //// L ///// 178 /", "mtmsrd RS[, L]", SYS, PRIVILEGED | VARIES)
{
    u64 value = gpr(t, F(rs));

    return F(l) ? set_ee_ri(t, i, value) : move_to_msr(t, i, value, ~0ULL);
}
INSN(mfmsr, "31 RT ///// ///// 83 /", "mfmsr RT", SYS, PRIVILEGED)
{
    port_reads(t, NAMED_MSR);
    set_gpr(t, F(rt), t->msr);
    return NEXT;
}

/* ---- I 2.6 system calls ---- */

/* LEV: 0 operating system, 1 hypervisor, 2 ultravisor (III 3.3.1); the bits above are a reserved field (I 2.6:
 * ignored).
 */
INSN(sc, "17 ///// ///// //// LEV /// 1:1 /", "sc [LEV]", SYS, 0)
{
    unsigned level = (unsigned)F(imm) & 3;

    if (level > 2) return fault_illegal(t, slow_word(t, i));
    return fault_system_call(t, level);
}
INSN(scv, "17 ///// ///// //// LEV /// 1:2", "scv LEV", SYS, SINCE_3_0)
{
    if (!(t->spr.FSCR & FACILITY_BIT(FACILITY_SCV))) return fault_facility(t, FACILITY_SCV);
    return fault_system_call_vectored(t, (unsigned)F(imm));
}

/* ---- III 4.4.4 special-purpose registers ---- */

static enum next move_from_spr(struct thread *t, const struct insn *i)
{
    u64 value = 0;
    u32 named = named_by_spr((unsigned)F(imm));

    /* Where the access is a no-op, it still names what it would have moved. */
    if (named) port_reads(t, named);
    else port_reads_spr(t, (unsigned)F(imm));
    if (F(imm) == SPRN_SPRD) port_reads_spr(t, SPRN_SPRC); /* which one it is */
    if (F(imm) == SPRN_PMSR) port_reads_spr(t, SPRN_PMCR); /* it shows what was asked for */
    PORT_LEARN(t, gpr_out, 1U << F(rt));
    switch (spr_read(t, (unsigned)F(imm), &value)) {
    case SPR_FAULT: return FAULT;
    case SPR_ILLEGAL: return fault_illegal(t, slow_word(t, i));
    case SPR_NOTHING: return NEXT;
    default: set_gpr(t, F(rt), value); return NEXT;
    }
}
INSN(mfspr, "31 RT sprl sprh 339 /", "mfspr RT, sprl", SPR, 0)
{
    return move_from_spr(t, i);
}
/* Move from time base: the two numbers of Book II 6.2.1; any other is an invalid form. */
static enum next move_from_tb(struct thread *t, const struct insn *i, unsigned number)
{
    u64 value = 0;
    enum spr_result result = spr_read(t, number, &value);

    port_reads_spr(t, number);
    if (result == SPR_DONE) set_gpr(t, F(rt), value);
    return result == SPR_FAULT ? FAULT : NEXT;
}

/* ---- II 6.2.1 the time base ---- */

INSN(mftb, "31 RT 12:5 8:5 371 /", "mftb RT, 268", SPR, 0)
{
    return move_from_tb(t, i, 268);
}
INSN(mftbu, "31 RT 13:5 8:5 371 /", "mftb RT, 269", SPR, 0)
{
    return move_from_tb(t, i, 269);
}

/* ---- III 4.4.4 to a special-purpose register ---- */

INSN(mtspr, "31 RS sprl sprh 467 /", "mtspr sprl, RS", SPR, 0)
{
    u32 named = named_by_spr((unsigned)F(imm));

    if (named) port_writes(t, named);
    else port_writes_spr(t, (unsigned)F(imm));
    learn_merging(t, (unsigned)F(imm));
    switch (spr_write(t, (unsigned)F(imm), gpr(t, F(rs)))) {
    case SPR_FAULT: return FAULT;
    case SPR_ILLEGAL: return fault_illegal(t, slow_word(t, i));
    case SPR_CONTEXT: return leave_to(t, cia(t) + 4);
    default: return NEXT;
    }
}

/* ---- I 3.3.17 LR and CTR ---- */

/* The two that every function call uses, without the detour. */
INSN(mflr, "31 RT 8:5 0:5 339 /", "mflr RT", FX, REFINES)
{
    set_gpr(t, F(rt), link_register(t));
    return NEXT;
}
INSN(mtlr, "31 RS 8:5 0:5 467 /", "mtlr RS", FX, REFINES)
{
    set_link_register(t, gpr(t, F(rs)));
    return NEXT;
}
INSN(mfctr, "31 RT 9:5 0:5 339 /", "mfctr RT", FX, REFINES)
{
    set_gpr(t, F(rt), count_register(t));
    return NEXT;
}
INSN(mtctr, "31 RS 9:5 0:5 467 /", "mtctr RS", FX, REFINES)
{
    set_count_register(t, gpr(t, F(rs)));
    return NEXT;
}

/* ---- segments (III 5.9.3.1) ---- */

INSN(slbie, "31 ///// ///// RB 434 /", "slbie RB", SYS, PRIVILEGED)
{
    u64 rb = gpr(t, F(rb));

    port_reads(t, NAMED_SLB);
    port_writes(t, NAMED_SLB);
    note_invalidation(t, INVALIDATE_SLBIE, rb, 0);
    mmu_slbie(t->mmu, rb, slb_drop(&t->slb, rb));
    return context_synchronise(t);
}
/* A guest speaks of its own partition.  Software's own entries stay (5.9.3.1), what hardware made from the segment
 * table of the process goes in every thread. */
INSN(slbieg, "31 RS ///// RB 466 /", "slbieg RS, RB", SYS, PRIVILEGED)
{
    u64 rs = gpr(t, F(rs));
    u32 lpid = t->msr & MSR_HV ? (u32)rs : (u32)t->spr.LPIDR;

    if (!(t->msr & MSR_HV) && !(t->spr.LPCR & LPCR_GTSE)) return fault_hypervisor(t, slow_word(t, i));
    note_invalidation(t, INVALIDATE_SLBIEG, gpr(t, F(rb)), rs);
    mmu_slbieg(t->mmu, gpr(t, F(rb)), lpid, (u32)(rs >> 32));
    return context_synchronise(t);
}
/* What hardware made from the segment tables of a partition, everywhere; the entries of software stay. */
INSN(slbiag, "31 RS ///// ///// 850 /", "slbiag RS", SYS, PRIVILEGED)
{
    if (!(t->msr & MSR_HV) && !(t->spr.LPCR & LPCR_GTSE)) return fault_hypervisor(t, slow_word(t, i));
    note_invalidation(t, INVALIDATE_SLBIAG, 0, gpr(t, F(rs)));
    mmu_slbiag(t->mmu, t->msr & MSR_HV ? (u32)gpr(t, F(rs)) : (u32)t->spr.LPIDR);
    return context_synchronise(t);
}
INSN(slbia, "31 // IH ///// ///// 498 /", "slbia [IH]", SYS, PRIVILEGED)
{
    port_reads(t, NAMED_SLB); /* what is not dropped stays */
    port_writes(t, NAMED_SLB);
    note_invalidation(t, INVALIDATE_SLBIA, F(l), 0);
    slb_drop_all(&t->slb, F(l));
    mmu_slbia(t->mmu, F(l));
    thread_context_changed(t);
    return context_synchronise(t);
}
/* The ERAT is left alone: software that gives a segment another meaning executes slbie before.  With segment tables in
 * use four entries are software's, the others are hardware's: nothing is written there. */
INSN(slbmte, "31 RS ///// RB 402 /", "slbmte RS, RB", SYS, PRIVILEGED)
{
    u64 rb = gpr(t, F(rb)), rs = gpr(t, F(rs)), index = rb & SLB_INDEX;

    port_reads(t, NAMED_SLB); /* the other entries stay */
    port_writes(t, NAMED_SLB);
    if (index < (t->spr.LPCR & LPCR_UPRT && !(t->spr.LPCR & LPCR_HR) ? SLB_OF_SOFTWARE : SLB_ENTRIES)) {
        t->slb.entry[index] = (struct slb_entry){.esid = rb & (SLB_ESID | SLB_VALID), .vsid = rs};
        note_segment(t, index, &t->slb.entry[index]);
    }
    return context_synchronise(t);
}
INSN(slbmfev, "31 RT //// L RB 851 /", "slbmfev RT, RB[, L]", SYS, PRIVILEGED)
{
    u64 index = gpr(t, F(rb)) & SLB_INDEX;

    port_reads(t, NAMED_SLB);
    set_gpr(t, F(rt), index < SLB_ENTRIES && (t->slb.entry[index].esid & SLB_VALID) ? t->slb.entry[index].vsid : 0);
    return NEXT;
}
INSN(slbmfee, "31 RT //// L RB 915 /", "slbmfee RT, RB[, L]", SYS, PRIVILEGED)
{
    u64 index = gpr(t, F(rb)) & SLB_INDEX;

    port_reads(t, NAMED_SLB);
    set_gpr(t, F(rt), index < SLB_ENTRIES ? t->slb.entry[index].esid : 0);
    return NEXT;
}
INSN(slbfee_, "31 RT ///// RB 979 1:1", "slbfee. RT, RB", SYS, PRIVILEGED)
{
    const struct slb_entry *e = slb_find(&t->slb, gpr(t, F(rb)));
    u64 vsid = 0;
    unsigned found = 0;

    port_reads(t, NAMED_SLB);
    if (e) {
        vsid = e->vsid;
        found = CR_EQ;
    }
    set_gpr(t, F(rt), vsid);
    set_cr_field(t, 0, found | xer_so(t));
    return NEXT;
}
INSN(slbsync, "31 ///// ///// ///// 338 /", "slbsync", SYS, PRIVILEGED)
{
    if (!(t->msr & MSR_HV) && !(t->spr.LPCR & LPCR_GTSE)) return fault_hypervisor(t, slow_word(t, i));
    port_barrier(t, BARRIER_SLBSYNC);
    return NEXT;
}

/* ---- translation look-aside buffers (III 5.9.3.3) ---- */

static void note_tlbie(struct thread *t, const struct tlbie_op *op)
{
    struct retire *r;

    if (!PORT_TRACES || !t->traced) return;
    note_invalidation(t, op->local ? INVALIDATE_TLBIEL : INVALIDATE_TLBIE, op->rb, op->rs);
    r = t->ring->next - 1;
    r->invalidation.ric = op->ric;
    r->invalidation.prs = op->prs;
    r->invalidation.r = op->r;
}

/* R is the hypervisor's to say; of a guest the kind of translation is LPCR[HR], whatever R is. */
static enum next invalidate_tlb(struct thread *t, const struct insn *i, bool local)
{
    bool hv = (t->msr & MSR_HV) != 0;
    struct tlbie_op op = {
        .rb = gpr(t, F(rb)),
        .rs = gpr(t, F(rs)),
        .ric = F(l),
        .prs = F(me),
        .r = hv ? F(r) : (t->spr.LPCR & LPCR_HR) != 0,
        .local = local,
        .hv = hv,
        .lpid = (u32)t->spr.LPIDR,
    };

    /* A guest may invalidate what its own tables translate: process scope, and broadcast only if LPCR[GTSE] lets it. */
    if (!op.hv && ((!local && !(t->spr.LPCR & LPCR_GTSE)) || (op.r && !op.prs)))
        return fault_hypervisor(t, slow_word(t, i));
    note_tlbie(t, &op);
    mmu_tlbie(t->mmu, &op);
    if (hv && op.ric == 2 && !op.prs && GETFIELD(RB_IS, op.rb) == RB_IS_LPID)
        thread_partition_invalidated(t, (u32)op.rs);
    return leave_to(t, cia(t) + 4);
}
INSN(tlbie, "31 RS / RIC PRS R RB 306 /", "tlbie RB, RS, RIC, PRS, R", SYS, PRIVILEGED)
{
    return invalidate_tlb(t, i, false);
}
INSN(tlbiel, "31 RS / RIC PRS R RB 274 /", "tlbiel RB, RS, RIC, PRS, R", SYS, PRIVILEGED)
{
    return invalidate_tlb(t, i, true);
}
INSN(tlbsync, "31 ///// ///// ///// 566 /", "tlbsync", SYS, PRIVILEGED)
{
    if (!(t->msr & MSR_HV) && !(t->spr.LPCR & LPCR_GTSE)) return fault_hypervisor(t, slow_word(t, i));
    port_barrier(t, BARRIER_TLBSYNC);
    return NEXT;
}

/* ---- doorbells (III 11.4) ---- */

INSN(msgsnd, "31 ///// ///// RB 206 /", "msgsnd RB", SYS, HYPERVISOR)
{
    TRY(fabric_in_order(t));
    port_writes(t, NAMED_DOORBELL);
    fabric_msgsnd(t, gpr(t, F(rb)));
    return context_synchronise(t);
}
INSN(msgclr, "31 ///// ///// RB 238 /", "msgclr RB", SYS, HYPERVISOR)
{
    port_writes(t, NAMED_DOORBELL);
    fabric_msgclr(t, gpr(t, F(rb)));
    return NEXT;
}
INSN(msgsndp, "31 ///// ///// RB 142 /", "msgsndp RB", SYS, PRIVILEGED)
{
    TRY(facility_allowed(t, FACILITY_MSGP));
    port_writes(t, NAMED_DOORBELL);
    fabric_msgsndp(t, gpr(t, F(rb)));
    return context_synchronise(t);
}
INSN(msgclrp, "31 ///// ///// RB 174 /", "msgclrp RB", SYS, PRIVILEGED)
{
    TRY(facility_allowed(t, FACILITY_MSGP));
    port_writes(t, NAMED_DOORBELL);
    fabric_msgclrp(t, gpr(t, F(rb)));
    return NEXT;
}
/* Of the ultravisor, and like its urfid the hypervisor's while the secure memory facility is off.  Newer than 3.0B:
 * what we know is in docs/DIVERGENCES.md. */
INSN(msgsndu, "31 ///// ///// RB 78 /", "msgsndu RB", SYS, HYPERVISOR)
{
    if (!thread_is_ultravisor(t) && (t->spr.SMFCTRL & SMFCTRL_E)) return fault_illegal(t, slow_word(t, i));
    TRY(fabric_in_order(t));
    port_writes(t, NAMED_DOORBELL);
    fabric_msgsndu(t, gpr(t, F(rb)));
    return context_synchronise(t);
}
INSN(msgclru, "31 ///// ///// RB 110 /", "msgclru RB", SYS, HYPERVISOR)
{
    if (!thread_is_ultravisor(t) && (t->spr.SMFCTRL & SMFCTRL_E)) return fault_illegal(t, slow_word(t, i));
    port_writes(t, NAMED_DOORBELL);
    fabric_msgclru(t, gpr(t, F(rb)));
    return NEXT;
}
INSN(msgsync, "31 ///// ///// ///// 886 /", "msgsync", SYS, HYPERVISOR)
{
    port_barrier(t, BARRIER_MSGSYNC);
    return NEXT;
}

/* ---- stop (III 3.3.2) ---- */

/* A guest may stop only without state loss, and neither ask for a level deeper than PSSCR[PSLL] nor let the hardware
 * move into one (MTL). */
static bool guest_may_stop(u64 psscr)
{
    u64 limit = GETFIELD(PSSCR_PSLL, psscr);

    return !(psscr & (PSSCR_EC | PSSCR_ESL)) && GETFIELD(PSSCR_RL, psscr) <= limit &&
           GETFIELD(PSSCR_MTL, psscr) <= limit;
}

INSN(stop, "19 ///// ///// ///// 370 /", "stop", SYS, PRIVILEGED | UNTRACED)
{
    if (!(t->msr & MSR_HV) && !guest_may_stop(t->spr.PSSCR)) return fault_hypervisor_facility(t, FACILITY_STOP);
    if (t->msr & MSR_TS) return fault_tm_bad_thing(t);
    port_reads_spr(t, SPRN_PSSCR);
    port_writes(t, NAMED_POWER);
    interrupt_stop(t);
    return context_synchronise(t);
}

/* ---- branch history (III 9.5) ---- */
INSN(clrbhrb, "31 ///// ///// ///// 430 /", "clrbhrb", SYS, SINCE_2_07)
{
    TRY(facility_allowed(t, FACILITY_BHRB));
    port_writes(t, NAMED_HISTORY);
    bhrb_clear(t);
    return NEXT;
}
INSN(mfbhrbe, "31 RT BHRBE 302 /", "mfbhrbe RT, BHRBE", SYS, SINCE_2_07)
{
    TRY(facility_allowed(t, FACILITY_BHRB));
    port_reads(t, NAMED_HISTORY);
    set_gpr(t, F(rt), bhrb_read(t, (unsigned)F(imm)));
    return NEXT;
}

/* ---- opcode 0, not in the book ---- */

/* Service processor attention: stops the thread if HID0 enables it; to an operating system it is illegal. */
INSN(attn, "0 ///// ///// ///// 256 /", "attn", SYS, 0)
{
    if (!(t->spr.HID0 & HID0_ENABLE_ATTN)) return fault_illegal(t, slow_word(t, i));
    port_writes(t, NAMED_POWER);
    thread_checkstop(t);
    return context_synchronise(t);
}
/* The Mambo simulator's call to its host: illegal unless the machine offers it. */
INSN(callthru, "0 0xeaeb0", "callthru", SYS, 0)
{
    PORT_LEARN(t, gpr_in, 0xfU << 3);
    PORT_LEARN(t, gpr_out, 1U << 3);
    port_writes(t, NAMED_HOST);
    return slow_callthru(t);
}
