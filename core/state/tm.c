/* SPDX-License-Identifier: Apache-2.0 */
/* Transactional memory: the checkpoint, the record of a failure, the changes of MSR[TS]; see tm.h. */
#include "core/state/tm.h"

#include "core/state/context.h"
#include "core/state/fault.h"
#include "core/state/retire.h"
#include "core/state/spr_hooks.h"

/* CR0 is in the checkpoint too, but every way back writes it anew. */
void tm_save_checkpoint(struct thread *t)
{
    struct checkpoint *c = &t->checkpoint;

    memcpy(c->gpr, t->gpr, sizeof c->gpr);
    memcpy(c->vsr, t->vsr, sizeof c->vsr);
    memcpy(c->cr, t->cr, sizeof c->cr);
    c->lr = t->lr;
    c->ctr = t->ctr;
    c->xer = xer_get(t);
    c->fpscr = t->fpscr;
    c->vscr = t->vscr;
    c->amr = t->spr.AMR;
    c->dscr = t->spr.DSCR;
    c->ppr = t->spr.PPR;
    c->tar = t->spr.TAR;
    c->vrsave = t->spr.VRSAVE;
}

void tm_restore_checkpoint(struct thread *t)
{
    const struct checkpoint *c = &t->checkpoint;

    memcpy(t->gpr, c->gpr, sizeof c->gpr);
    memcpy(t->vsr, c->vsr, sizeof c->vsr);
    memcpy(t->cr, c->cr, sizeof c->cr);
    t->lr = c->lr;
    t->ctr = c->ctr;
    xer_set(t, c->xer);
    t->fpscr = c->fpscr;
    t->vscr = c->vscr;
    t->spr.AMR = c->amr;
    t->spr.DSCR = c->dscr;
    t->spr.PPR = c->ppr;
    t->spr.TAR = c->tar;
    t->spr.VRSAVE = c->vrsave;
    retire_stream(t);
    thread_context_changed(t); /* AMR */
}

void tm_record_failure(struct thread *t, u64 cause, u64 address)
{
    u64 privilege = ((t->msr & MSR_HV) ? 2 : 0) | ((t->msr & MSR_PR) ? 1 : 0);
    u64 texasr = t->spr.TEXASR & (TEXASR_ROT | TEXASR_LEVEL);

    if (t->spr.TEXASR & TEXASR_FS) return;
    texasr = SETFIELD(TEXASR_HVPR, texasr | cause | TEXASR_FS | TEXASR_TFIAR_EXACT, privilege);
    if ((t->msr & MSR_TS) == MSR_TS_SUSPENDED) texasr |= TEXASR_SUSPENDED;
    t->spr.TEXASR = texasr;
    t->spr.TFIAR = (address & ~3ULL) | privilege;
}

/*
 * The book leaves the cause to the implementation.  IBM's own processor whose transactions all fail, POWER10 running
 * code for POWER9, says "implementation-specific, persistent", and programs recognise it by these two bits (Linux,
 * selftests/powerpc/tm/tm.h).  The transaction got as far as its first level.
 */
void tm_begin_and_fail(struct thread *t, u64 address, bool rollback_only)
{
    t->reserved = false;
    t->spr.TFHAR = (address + 4) & t->ea_mask;
    t->spr.TEXASR = SETFIELD(TEXASR_LEVEL, rollback_only ? TEXASR_ROT : 0ULL, 1);
    tm_record_failure(t, TEXASR_PERSISTENT | TEXASR_IMPLEMENTATION, address);
    t->cr[0] = TM_CR_FAILED;
}

/* In fake suspend there is no checkpoint to come back to; only rfscv gets here then (tm_change). */
void tm_fail(struct thread *t, u64 address)
{
    if (!t->tm_fake_suspend) tm_restore_checkpoint(t);
    t->cr[0] = TM_CR_FAILED;
    tm_record_failure(t, TEXASR_PERSISTENT | TEXASR_IMPLEMENTATION, address);
    t->reserved = false;
    thread_set_msr(t, t->msr & ~MSR_TS);
    t->nia = t->spr.TFHAR & t->ea_mask & ~3ULL;
}

bool tm_is_assisted(const struct thread *t)
{
    return !(t->msr & MSR_HV) && (t->spr.PVR & 0xfff) >= 0x202;
}

/*
 *   state          image          what happens
 *   N              N              the image
 *   N              S              only by hrfid, with fake suspend: the image; else TM Bad Thing
 *   S, TM = 0      N, TM = 0      stays S: software that does not know of TM writes zeros to bits it takes as reserved
 *   S              S              the image
 *   S              T, TM = 1      T, which fails; in a guest of DD2.2 and later: assist - but not by rfscv, which the
 *                                 hardware forgot (Linux has a way around that)
 *   anything       else           TM Bad Thing
 */
enum tm_outcome tm_change(const struct thread *t, enum tm_way way, u64 image, u64 *ts_tm)
{
    u64 now = t->msr & MSR_TS, wanted = image & MSR_TS;

    *ts_tm = image & (MSR_TS | MSR_TM);
    if (now == MSR_TS_SUSPENDED && !wanted && !((t->msr | image) & MSR_TM)) {
        *ts_tm = now;
        return TM_FINE;
    }
    if (wanted == now) return TM_FINE;
    if (!now && wanted == MSR_TS_SUSPENDED) return way == TM_BY_HRFID && t->tm_fake_suspend ? TM_FINE : TM_ILLEGAL;
    if (now != MSR_TS_SUSPENDED || wanted != MSR_TS_TRANSACTIONAL || !(image & MSR_TM)) return TM_ILLEGAL;
    return tm_is_assisted(t) && way != TM_BY_RFSCV ? TM_ASSIST : TM_FINE;
}

unsigned tm_state_as_cr(const struct thread *t)
{
    return (unsigned)GETFIELD(MSR_TS, t->msr) << 1;
}

/* ---- registers: outside a transaction, but TFHAR in Suspended state too; else TM Bad Thing (III 6.5.9) ---- */

static enum spr_result refuse_in_transaction(struct thread *t)
{
    return fault_tm_bad_thing(t) == FAULT ? SPR_FAULT : SPR_DONE;
}

HOOK_PUT(tfhar)
{
    return spr_put_field(t, row, value);
}
HOOK_PUT(tm)
{
    return (t->msr & MSR_TS) ? refuse_in_transaction(t) : spr_put_field(t, row, value);
}
HOOK_GET(texasru)
{
    (void)row;
    return t->spr.TEXASR >> 32;
}
HOOK_PUT(texasru)
{
    (void)row;
    if (t->msr & MSR_TS) return refuse_in_transaction(t);
    t->spr.TEXASR = (t->spr.TEXASR & 0xffffffffULL) | value << 32;
    return SPR_DONE;
}
