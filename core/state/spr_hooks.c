/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What reading or writing a special-purpose register does besides moving its bits.  Time has its own file (timer.c).
 */
#include "core/state/spr_hooks.h"

#include "core/state/context.h"
#include "core/state/retire.h"
#include "core/state/timer.h"

/* One hook a line reads as a table. */
/* clang-format off */

/* A write changes the bits of the row's mask, in every thread of the core if the register is the core's. */
static void store(struct thread *t, const struct spr_row *row, u64 value)
{
    u64 merged = (*spr_field(t, row) & ~row->mask) | (value & row->mask);

    *spr_field(t, row) = merged;
    if (row->scope != SPR_CORE) return;
    for (unsigned n = 0; n < t->threads_in_core; n++)
        if (t->sibling[n]) *spr_field(t->sibling[n], row) = merged;
}

HOOK_GET(field) { return *spr_field(t, row); }
HOOK_PUT(field)
{
    store(t, row, value);
    return SPR_DONE;
}
HOOK_GET(nothing)
{
    (void)t, (void)row;
    return 0;
}
HOOK_PUT(nothing)
{
    (void)t, (void)row, (void)value;
    return SPR_DONE;
}
/* The other threads of the core see a shared register when they look up next. */
HOOK_PUT(context)
{
    store(t, row, value);
    thread_context_changed(t);
    if (row->scope == SPR_CORE)
        for (unsigned n = 0; n < t->threads_in_core; n++)
            if (t->sibling[n] && t->sibling[n] != t) thread_context_changed(t->sibling[n]);
    return SPR_CONTEXT;
}

/* ---- XER: SO OV CA in 32:34, OV32 CA32 in 44:45, the string length in 57:63. Of the reserved bits POWER9 keeps 46:56
 * and drops 35:43 (recorded: core/isa/open.def) ---- */
#define XER_KEPT PPC_BITMASK(46, 63)
u64 xer_get(const struct thread *t)
{
    return (t->xer_rest & XER_KEPT) | (t->so ? PPC_BIT(32) : 0) | (t->ov ? PPC_BIT(33) : 0) |
           (t->ca ? PPC_BIT(34) : 0) | (t->ov32 ? PPC_BIT(44) : 0) | (t->ca32 ? PPC_BIT(45) : 0);
}

void xer_set(struct thread *t, u64 value)
{
    t->xer_rest = value & XER_KEPT;
    t->so = (value & PPC_BIT(32)) != 0;
    t->ov = (value & PPC_BIT(33)) != 0;
    t->ca = (value & PPC_BIT(34)) != 0;
    t->ov32 = (value & PPC_BIT(44)) != 0;
    t->ca32 = (value & PPC_BIT(45)) != 0;
}

#define UNUSED_ROW (void)row
HOOK_GET(xer) { UNUSED_ROW; return xer_get(t); }
HOOK_PUT(xer) { UNUSED_ROW; xer_set(t, value); return SPR_DONE; }
HOOK_GET(lr) { UNUSED_ROW; return t->lr; }
HOOK_PUT(lr) { UNUSED_ROW; t->lr = value; return SPR_DONE; }
HOOK_GET(ctr) { UNUSED_ROW; return t->ctr; }
HOOK_PUT(ctr) { UNUSED_ROW; t->ctr = value; return SPR_DONE; }

/* A view of another row: `of` is the field, `bits` what a write through this name may change. */
#define VIEW_GET(name, of, bits) HOOK_GET(name) { UNUSED_ROW; return t->spr.of & (bits); }
#define VIEW_PUT(name, of, bits)                                                                                       \
    HOOK_PUT(name) { UNUSED_ROW; t->spr.of = (t->spr.of & ~(bits)) | (value & (bits)); return SPR_DONE; }
#define ALL (~0ULL)
VIEW_GET(udscr, DSCR, ALL)
VIEW_GET(usprg3, SPRG3, ALL)
VIEW_GET(usier, SIER, ALL)
VIEW_GET(usiar, SIAR, ALL)
VIEW_GET(usdar, SDAR, ALL)
VIEW_GET(ummcr1, MMCR1, ALL)

/* ---- DSCR, by either of its names ---- */
HOOK_PUT(dscr)
{
    store(t, row, value);
    retire_stream(t);
    return SPR_DONE;
}
HOOK_PUT(udscr)
{
    UNUSED_ROW;
    t->spr.DSCR = (t->spr.DSCR & ~PPC_BITMASK(39, 63)) | (value & PPC_BITMASK(39, 63));
    retire_stream(t);
    return SPR_DONE;
}

/* ---- program priority: problem state may choose 001..100 (II 3.1), a supervisor 001..110; others do nothing ---- */
HOOK_PUT(ppr)
{
    u64 wanted = GETFIELD(PPC_BITMASK(11, 13), value), most = 6;

    if (t->msr & MSR_PR) most = 4;
    else if (t->msr & MSR_HV) most = 7;
    if (wanted && wanted <= most) store(t, row, value);
    return SPR_DONE;
}
HOOK_GET(ppr32) { UNUSED_ROW; return t->spr.PPR >> 32; }
HOOK_PUT(ppr32) { UNUSED_ROW; return spr_put_ppr(t, spr_find(896), value << 32); }

/* ---- authority masks: who may change which key (III 5.7.13.1) ---- */
static bool is_hypervisor(const struct thread *t) { return (t->msr & (MSR_HV | MSR_PR)) == MSR_HV; }

static enum spr_result merge_keys(struct thread *t, u64 *reg, u64 value, u64 changeable)
{
    *reg = (*reg & ~changeable) | (value & changeable);
    thread_context_changed(t);
    return SPR_CONTEXT;
}
HOOK_GET(uamr) { UNUSED_ROW; return t->spr.AMR; }
HOOK_PUT(amr) { UNUSED_ROW; return merge_keys(t, &t->spr.AMR, value, is_hypervisor(t) ? ALL : t->spr.AMOR); }
HOOK_PUT(uamr)
{
    return (t->msr & MSR_PR) ? merge_keys(t, &t->spr.AMR, value, t->spr.UAMOR) : spr_put_amr(t, row, value);
}
HOOK_PUT(iamr)
{
    return merge_keys(t, &t->spr.IAMR, value, row->mask & (is_hypervisor(t) ? ALL : t->spr.AMOR));
}
HOOK_PUT(uamor) { UNUSED_ROW; return merge_keys(t, &t->spr.UAMOR, value, is_hypervisor(t) ? ALL : t->spr.AMOR); }

/* ---- partitions ---- */
HOOK_PUT(lpcr)
{
    timer_check(t); /* an edge of HDEC belongs to the HDICE under which it came */
    store(t, row, value);
    if (t->spr.LPCR & LPCR_MER) t->pending |= PENDING_MEDIATED_EXTERNAL;
    else t->pending &= ~(u32)PENDING_MEDIATED_EXTERNAL;
    timer_update(t); /* LD */
    thread_context_changed(t);
    return SPR_CONTEXT;
}
/* With secure memory on, the partition table and in-memory collection belong to the ultravisor. */
static bool is_denied_by_ultravisor(const struct thread *t)
{
    return (t->spr.SMFCTRL & SMFCTRL_E) && !thread_is_ultravisor(t);
}
HOOK_PUT(ptcr) { return is_denied_by_ultravisor(t) ? SPR_ILLEGAL : spr_put_context(t, row, value); }
HOOK_PUT(ldbar) { return is_denied_by_ultravisor(t) ? SPR_ILLEGAL : spr_put_field(t, row, value); }

HOOK_PUT(hfscr)
{
    store(t, row, value);
    thread_facilities_changed(t);
    return SPR_DONE;
}

/* The ultravisor can keep watchpoint and breakpoint for itself.  What follows must be fetched anew: CIABR's page runs
 * through another port. */
HOOK_PUT(watch)
{
    if (is_denied_by_ultravisor(t) && (t->spr.SMFCTRL & SMFCTRL_D)) return SPR_ILLEGAL;
    store(t, row, value);
    thread_watch_changed(t);
    return SPR_CONTEXT;
}

/* ---- hypervisor maintenance: HMER is and-ed with what is written (III 6.2.10) ---- */
void hmer_changed(struct thread *t)
{
    if (t->spr.HMER & t->spr.HMEER) thread_raise(t, PENDING_HMAINTENANCE);
    else t->pending &= ~(u32)PENDING_HMAINTENANCE;
}
HOOK_PUT(hmer)
{
    UNUSED_ROW;
    t->spr.HMER &= value;
    hmer_changed(t);
    return SPR_DONE;
}
HOOK_PUT(hmeer)
{
    store(t, row, value);
    for (unsigned n = 0; n < t->threads_in_core; n++)
        if (t->sibling[n]) hmer_changed(t->sibling[n]);
    hmer_changed(t);
    return SPR_CONTEXT;
}

/* ---- identity.  In LPAR-per-thread mode, POWER9's, each thread is thread 0 of its partition ---- */
HOOK_GET(pir) { UNUSED_ROW; return t->pir; }
HOOK_GET(tir) { UNUSED_ROW; return (t->msr & MSR_HV) ? t->index_in_core : 0; }
/* CTRL: RUN, and in TS (bits 48:55) the RUN of each thread that the reader may know: the hypervisor all, a supervisor
 * its own, problem state none (III 4.3.5). */
HOOK_GET(ctrl)
{
    u64 value = t->spr.CTRL & 1;

    UNUSED_ROW;
    if (t->msr & MSR_PR) return value;
    if (!(t->msr & MSR_HV)) return value | value << 15;
    for (unsigned n = 0; n < t->threads_in_core; n++)
        if (t->sibling[n] && (t->sibling[n]->spr.CTRL & 1)) value |= 1ULL << (15 - n);
    return value;
}
/* Local and global p-state are what was asked for; version 1. */
HOOK_GET(pmsr)
{
    u64 state = GETFIELD(PPC_BITMASK(8, 15), t->spr.PMCR);

    UNUSED_ROW;
    return state << 56 | state << 48 | 1;
}

/* ---- doorbell state: bit 63 is this thread's (LPAR per thread) ---- */
static enum spr_result set_doorbell(struct thread *t, u32 bit, bool on)
{
    if (on) thread_raise(t, bit);
    else t->pending &= ~bit;
    return SPR_CONTEXT;
}
HOOK_GET(dpdes) { UNUSED_ROW; return (t->pending & PENDING_DOORBELL) != 0; }
HOOK_PUT(dpdes) { UNUSED_ROW; return set_doorbell(t, PENDING_DOORBELL, value & 1); }
HOOK_GET(dhdes) { UNUSED_ROW; return (t->pending & PENDING_HDOORBELL) != 0; }
HOOK_PUT(dhdes) { UNUSED_ROW; return set_doorbell(t, PENDING_HDOORBELL, value & 1); }

/* ---- PSSCR: with SD, PLS reads as 0; the guest's name shows PLS and 54:63 (Linux, PSSCR_GUEST_VIS) ---- */
HOOK_GET(psscr) { return *spr_field(t, row) & ((*spr_field(t, row) & PSSCR_SD) ? ~PSSCR_PLS : ALL); }
HOOK_PUT(psscr)
{
    t->tm_fake_suspend = (value & PSSCR_FAKE_SUSPEND) != 0;
    store(t, row, value);
    return SPR_DONE;
}
HOOK_GET(psscr_s)
{
    u64 value = t->spr.PSSCR;

    UNUSED_ROW;
    if (value & PSSCR_SD) value &= ~PSSCR_PLS;
    return value & (PSSCR_PLS | PPC_BITMASK(54, 63));
}
HOOK_PUT(psscr_s)
{
    const u64 visible = PPC_BITMASK(54, 63);

    UNUSED_ROW;
    t->spr.PSSCR = (t->spr.PSSCR & ~visible) | (value & visible);
    return SPR_DONE;
}

/* ---- scratch registers of the core behind SPRC and SPRD: indices 0x00..0x38 in steps of 8 ---- */
HOOK_PUT(sprc)
{
    if (value & ~row->mask) return SPR_DONE; /* not an index: nothing is selected anew */
    store(t, row, value);
    return SPR_DONE;
}
static const struct spr_row *selected_scratch(const struct thread *t)
{
    u64 index = (t->spr.SPRC >> 3) & 7;

    return !(t->spr.SPRC & ~0x38ULL) ? spr_scratch((unsigned)index) : NULL;
}
HOOK_GET(sprd)
{
    const struct spr_row *scratch = selected_scratch(t);

    UNUSED_ROW;
    return scratch ? *spr_field(t, scratch) : 0;
}
HOOK_PUT(sprd)
{
    const struct spr_row *scratch = selected_scratch(t);

    UNUSED_ROW;
    if (scratch) store(t, scratch, value);
    return SPR_DONE;
}
