/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an effective address means (Book III 5.7.2, 5.7.3): by MSR[HV IR/DR S] and the quadrant in EA[0:1].
 *
 *   relocation off   HV=1 S=0   real = EA[4:63], or'ed with HRMOR if EA[0]=0
 *                    HV=1 S=1   the same with URMOR (ultravisor)
 *                    HV=0       guest real = EA[4:63], through the partition-scoped table
 *
 *   relocation on    quadrant   HV=1 (LPID, PID)      HV=0 (LPID, PID)
 *                    0          0, PIDR               LPIDR, PIDR
 *                    1          LPIDR, PIDR           segment interrupt
 *                    2          LPIDR, 0              segment interrupt
 *                    3          0, 0                  LPIDR, 0
 *
 * So it is if LPCR[HR] = 1.  With HR = 0 the address goes through SLB and hashed page table (hpt.c): the partition is
 * LPIDR's in every state, there are no quadrants, and the PID matters only for segment tables (LPCR[UPRT] = 1,
 * segment.c).  A guest in real mode is then in the virtual real mode area.
 */
#include "mmu/walk.h"

#include "bus/bus.h"

#define EA_MUST_BE_ZERO PPC_BITMASK(2, 11)
enum { LPID_MASK = 0xfff, PID_MASK = 0xfffff }; /* 12 and 20 bits on POWER9 */

static const struct {
    const char *name, *text;
} why_rows[] = {
#define XLATE_WHY(name, text) {#name, text},
#include "mmu/xlate.def"
#undef XLATE_WHY
};

const char *xlate_why_name(enum xlate_why why)
{
    return why < XL_WHY_COUNT ? why_rows[why].name : "?";
}
const char *xlate_why_text(enum xlate_why why)
{
    return why < XL_WHY_COUNT ? why_rows[why].text : "?";
}

struct effective xlate_effective(const struct xlate_ctx *ctx, u64 ea, enum access access)
{
    struct effective e = {CLASS_VIRTUAL, ctx->lpid & LPID_MASK, ctx->pid & PID_MASK, ea};
    bool hv = ctx->msr & MSR_HV;

    if (!(ctx->msr & (access == ACCESS_FETCH ? MSR_IR : MSR_DR))) {
        e.pid = 0;
        if (!hv) {
            e.class = !e.lpid ? CLASS_NO_PARTITION : ctx->lpcr & LPCR_HR ? CLASS_GUEST_REAL : CLASS_VRMA;
            e.ea = ea & REAL_MODE_EA;
            return e;
        }
        e.class = ctx->msr & MSR_S ? CLASS_UV_REAL : CLASS_HV_REAL;
        e.lpid = 0;
        return e; /* EA[0] still matters */
    }
    if (!(ctx->lpcr & LPCR_HR)) {
        e.class = hv || e.lpid ? CLASS_HASH : CLASS_NO_PARTITION;
        if (!(ctx->lpcr & LPCR_UPRT)) e.pid = 0;
        return e;
    }
    if (!hv && !e.lpid) e.class = CLASS_NO_PARTITION;
    if (ea & EA_MUST_BE_ZERO) e.class = CLASS_BAD_EA;
    switch (ea >> 62) {
    case 0:
        if (hv) e.lpid = 0;
        break;
    case 1:
        if (!hv) e.class = CLASS_BAD_EA;
        break;
    case 2:
        if (!hv) e.class = CLASS_BAD_EA;
        e.pid = 0;
        break;
    default:
        if (hv) e.lpid = 0;
        e.pid = 0;
    }
    return e;
}

/*
 * Book III 5.7.10.3 and 5.7.13 (storage key 0 is the only one of radix translation):
 *   problem state,    EAA[0]=1: nothing          EAA[0]=0: EAA[1:3]
 *   privileged state, EAA[0]=1: EAA[1:3]         EAA[0]=0: EAA[1:3] less what AMR[0:1] and IAMR[1] forbid
 */
u8 xlate_rights(const struct xlate_ctx *ctx, enum xlate_class class, u8 eaa, u8 key, u8 partition_prot)
{
    u8 rights = eaa & PROT_ALL;

    if (class_is_hash(class)) return hash_rights(ctx, class, eaa, key);
    if (class == CLASS_VIRTUAL) {
        bool privileged_page = eaa & PROT_PRIVILEGED;

        if (ctx->msr & MSR_PR) {
            if (privileged_page) rights = 0;
        } else if (!privileged_page) {
            if (ctx->amr & PPC_BIT(0)) rights &= (u8)~PROT_WRITE_OK;
            if (ctx->amr & PPC_BIT(1)) rights &= (u8)~PROT_READ_OK;
            if (ctx->iamr & PPC_BIT(1)) rights &= (u8)~PROT_EXEC_OK;
        }
    }
    return rights & partition_prot;
}

bool real_address_answers(const struct xlate_ctx *ctx, u64 ra)
{
    return (ctx->bus->ram && ram_holds(ctx->bus->ram, ra, 1)) || bus_find(ctx->bus, ra, 1);
}

static void record_step(struct observer *who, const struct walk_step *step)
{
    struct walk_record *r = (struct walk_record *)(void *)who;

    if (r->count < STEPS_MAX) r->step[r->count++] = *step;
}

void walk_record_start(struct walk_record *r)
{
    r->who.step = record_step;
    r->count = 0;
}

struct walk_record *walk_record_of(struct observer *who)
{
    return who && who->step == record_step ? (struct walk_record *)(void *)who : NULL;
}

/* Field by field: most of it is the list of R and C updates, which is empty. */
static void start_empty(struct xlate *x)
{
    x->why = XL_OK;
    x->stage = STAGE_REAL;
    x->for_table = false;
    x->ra = x->gra = 0;
    x->page_shift = 12;
    x->process_shift = x->partition_shift = 0;
    x->prot = x->eaa = x->partition_prot = PROT_ALL;
    x->attr = ATTR_NORMAL;
    x->key = 0;
    x->segment = 0;
    x->changed = true;
    x->rc_count = 0;
}

struct xlate xlate_start(void)
{
    struct xlate x = {0};

    start_empty(&x);
    return x;
}

/* Hypervisor or ultravisor real mode.  A real page of 4 KiB: the finest grain at which anything could differ. */
static void real_mode(const struct xlate_ctx *ctx, const struct effective *e, struct xlate *x)
{
    u64 offset = e->class == CLASS_UV_REAL ? ctx->urmor : ctx->hrmor;

    x->ra = (e->ea & REAL_MODE_EA) | (e->ea & PPC_BIT(0) ? 0 : offset & REAL_MODE_EA);
    if (!ctx->bus->ram || !ram_holds(ctx->bus->ram, x->ra, 1)) x->attr = ATTR_NON_IDEMPOTENT;
}

void walk_from(const struct xlate_ctx *ctx, const struct effective *e, const struct hash_address *at,
               enum access access, struct observer *who, struct xlate *x)
{
    start_empty(x);
    switch (e->class) {
    case CLASS_BAD_EA:
        x->why = XL_BAD_EA;
        x->stage = STAGE_PROCESS;
        break;
    case CLASS_HASH:
    case CLASS_VRMA: hpt_walk(ctx, e, at, access, who, x); break;
    case CLASS_NO_PARTITION:
        x->why = XL_BAD_CONFIG;
        x->stage = STAGE_PARTITION;
        x->gra = e->ea;
        break;
    case CLASS_HV_REAL:
    case CLASS_UV_REAL: real_mode(ctx, e, x); break;
    default: radix_walk(ctx, e, access, who, x);
    }
    if (x->why == XL_OK && !real_address_answers(ctx, x->ra)) {
        x->why = XL_NO_STORAGE;
        x->stage = STAGE_REAL;
    }
    if (x->why != XL_OK) x->rc_count = 0;
}

struct xlate mmu_walk(const struct xlate_ctx *ctx, struct xlate_req req, struct observer *who)
{
    struct effective e = xlate_effective(ctx, req.ea, req.access);
    struct xlate x;

    walk_from(ctx, &e, NULL, req.access, who, &x);
    return x;
}
