/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Hashed page table translation (Book III 5.7.8, 5.7.9, 5.7.13).
 *
 *   EA -> SLB entry -> virtual address: VSID || offset in the segment of 256 MiB or 1 TiB
 *   partition table [LPIDR] -> PATE0: origin and size of the table, page size of the virtual real mode area
 *   hash of the VSID and the number of the *base* page -> two groups of eight entries, 128 bytes each
 *
 *   256 MiB segment   hash = VSID ^ VPN in the segment
 *   1 TiB segment     hash = VSID ^ VSID << 25 ^ VPN in the segment     (39 bits)
 *   secondary group   the complement; an entry there has H = 1
 *
 * An entry matches if V = 1, H fits, its AVA is the address above bit 23 (above the base page size if that is larger),
 * B is the segment's, and L and LP name an actual page size that the base page size may have: a segment of 4 KiB base
 * pages may hold pages of 64 KiB and 16 MiB, one of 64 KiB pages of 16 MiB (mixed page sizes in a segment).  POWER9
 * forms virtual addresses of 68 bits and knows the entry layout of ISA 3.0 only, with B in the second doubleword.
 *
 * The table begins at any multiple of 256 KiB (KVM uses that): its origin is added, not or'ed.
 *
 * The one table is the partition's: a guest's table holds real addresses, there is no second scope.  Who hears of a
 * refusal is decided by LPCR[VPM1] (core/state/fault.c).  R and C are always the hardware's to set.
 */
#include "bus/bus.h"
#include "mmu/slb.h"
#include "mmu/walk.h"

#define PATE0_HTABORG PPC_BITMASK(4, 45)
#define PATE0_PS PPC_BITMASK(56, 58)
#define PATE0_HTABSIZE PPC_BITMASK(59, 63)
#define HPTE0_AVA PPC_BITMASK(12, 56)
#define HPTE0_L PPC_BIT(61)
#define HPTE0_H PPC_BIT(62)
#define HPTE0_V PPC_BIT(63)
#define HPTE1_PP0 PPC_BIT(0)
#define HPTE1_KEY_HIGH PPC_BITMASK(2, 3)
#define HPTE1_B PPC_BITMASK(4, 5)
#define HPTE1_RPN PPC_BITMASK(7, 51)
#define HPTE1_LP PPC_BITMASK(44, 51)
#define HPTE1_KEY_LOW PPC_BITMASK(52, 54)
#define HPTE1_R PPC_BIT(55)
#define HPTE1_C PPC_BIT(56)
#define HPTE1_W PPC_BIT(57)
#define HPTE1_I PPC_BIT(58)
#define HPTE1_M PPC_BIT(59)
#define HPTE1_G PPC_BIT(60)
#define HPTE1_N PPC_BIT(61)
#define HPTE1_PP PPC_BITMASK(62, 63)
#define VRMA_VSID (1ULL << 62 | 0x0001ffffff000000ULL) /* 5.7.3.1: a segment of 1 TiB */

enum {
    HTABSIZE_MAX = 28,
    GROUP_BYTES = 128,
    HPTE_BYTES = 16,
    HASH_BITS = 39,
    VRMA_BITS = 40,
    VA_BITS = 68,
    VA_HIGH_MASK = 15
};

struct hash_walker {
    const struct xlate_ctx *ctx;
    const struct effective *e;
    struct observer *who;
    struct xlate *out;
    struct hash_address at;
    u64 pate0;
};

struct hpte {
    u64 ra, dword0, dword1;
    unsigned shift;
};

static bool refuse(struct xlate *out, enum stage stage, enum xlate_why why)
{
    out->why = why;
    out->stage = stage;
    return false;
}

unsigned hpt_page_shift(unsigned base_shift, bool large, unsigned lp)
{
    if (!large) return base_shift == 12 ? 12 : 0;
    if (base_shift == 12) return (lp & 15) == 7 ? 16 : lp == 0x38 ? 24 : 0;
    if (base_shift == 16) return (lp & 15) == 1 ? 16 : lp == 8 ? 24 : 0;
    if (base_shift == 24) return lp == 0 ? 24 : 0;
    return base_shift == 34 && lp == 3 ? 34 : 0;
}

static bool read_pate0(const struct xlate_ctx *ctx, u32 lpid, u64 *ra, u64 *pate0, struct xlate *out)
{
    const struct ram *ram = ctx->bus->ram;
    u64 size = 1ULL << (12 + GETFIELD(TABLE_SIZE, ctx->ptcr)), at = lpid * 16ULL;

    *ra = (ctx->ptcr & TABLE_BASE) + at;
    if (at >= size) return refuse(out, STAGE_PARTITION, XL_BAD_CONFIG);
    if (!ram || !ram_holds(ram, *ra, 8)) return refuse(out, STAGE_REAL, XL_NO_STORAGE);
    *pate0 = get_be64(ram->host + *ra);
    if (*pate0 & PATE0_HR || GETFIELD(PATE0_HTABSIZE, *pate0) > HTABSIZE_MAX)
        return refuse(out, STAGE_PARTITION, XL_BAD_CONFIG);
    return true;
}

/* As a number: 40 bits of a small segment, 28 of a large one. */
static u64 vsid_of(u64 vsid)
{
    unsigned shift = slb_segment_shift(vsid);

    return GETFIELD(SLB_VSID, vsid) >> (shift - 28) & ((1ULL << (VA_BITS - shift)) - 1);
}

/* The segment's VSID doubleword: from the SLB, or made up for the virtual real mode area. */
static bool find_segment(const struct xlate_ctx *ctx, const struct effective *e, u64 *vsid, struct xlate *out)
{
    const struct slb_entry *entry;
    u64 pate0_ra, pate0;

    if (e->class == CLASS_VRMA) {
        if (!read_pate0(ctx, e->lpid, &pate0_ra, &pate0, out)) return false;
        *vsid = VRMA_VSID | SETFIELD(SLB_LP, 0ULL, GETFIELD(PATE0_PS, pate0) & 3) |
                (GETFIELD(PATE0_PS, pate0) & 4 ? SLB_L : 0);
        out->segment = *vsid;
        return e->ea >> VRMA_BITS ? refuse(out, STAGE_PARTITION, XL_NO_ENTRY) : true;
    }
    entry = ctx->slb ? slb_find(ctx->slb, e->ea) : NULL;
    if (!entry) return refuse(out, STAGE_PROCESS, XL_NO_SEGMENT);
    out->segment = *vsid = entry->vsid;
    return true;
}

bool hpt_address(const struct xlate_ctx *ctx, const struct effective *e, enum access access, struct hash_address *h,
                 struct xlate *out)
{
    unsigned shift;
    u64 vsid;

    if (!find_segment(ctx, e, &h->vsid, out)) return false;
    if (access == ACCESS_FETCH && h->vsid & SLB_NO_EXECUTE) return refuse(out, STAGE_PARTITION, XL_NO_EXECUTE);
    h->base_shift = (u8)slb_base_shift(h->vsid);
    if (ctx->lpcr & LPCR_ISL_BIT && e->class == CLASS_HASH) h->base_shift = 12;
    if (!h->base_shift) return refuse(out, STAGE_PARTITION, XL_BAD_CONFIG);
    shift = slb_segment_shift(h->vsid);
    vsid = vsid_of(h->vsid);
    h->low = vsid << shift | (e->ea & ((1ULL << shift) - 1));
    h->tag = (u32)(vsid >> (64 - shift) & VA_HIGH_MASK) | (shift == 40 ? 0x10 : 0) | (u32)h->base_shift << 8;
    h->rights = (u8)((h->vsid & SLB_KS ? HASH_KS : 0) | (h->vsid & SLB_KP ? HASH_KP : 0) |
                     (h->vsid & SLB_NO_EXECUTE ? HASH_SEGMENT_N : 0) | (h->vsid & SLB_CLASS ? HASH_CLASS_1 : 0));
    return true;
}

/* Rights by pp for key 0 (Ks or Kp is 0) and key 1; pp = 4, 5 and 7 are reserved: nothing. */
static u8 rights_of_pp(bool key, unsigned pp)
{
    enum { R = PROT_READ_OK | PROT_EXEC_OK, W = PROT_ALL };
    static const u8 rights[2][8] = {{W, W, W, R, 0, 0, R, 0}, {0, R, W, R, 0, 0, 0, 0}};

    return rights[key][pp];
}

/* 5.7.13.1: two bits of the AMR and one of the IAMR for each key; not in the virtual real mode area. */
static u8 rights_of_key(const struct xlate_ctx *ctx, enum xlate_class class, u8 key)
{
    unsigned amr = (unsigned)(ctx->amr >> 2 * (31 - (key & 31))) & 3;
    unsigned iamr = (unsigned)(ctx->iamr >> 2 * (31 - (key & 31))) & 1;

    if (class == CLASS_VRMA) return PROT_ALL;
    return (u8)(PROT_ALL & ~((amr & 2 ? PROT_WRITE_OK : 0) | (amr & 1 ? PROT_READ_OK : 0) | (iamr ? PROT_EXEC_OK : 0)));
}

u8 hash_rights(const struct xlate_ctx *ctx, enum xlate_class class, u8 eaa, u8 key)
{
    u8 rights = rights_of_pp(eaa & (ctx->msr & MSR_PR_BIT ? HASH_KP : HASH_KS), eaa & HASH_PP);

    if (eaa & (HASH_GUARDED | HASH_SEGMENT_N)) rights &= (u8)~PROT_EXEC_OK;
    return rights & rights_of_key(ctx, class, key);
}

static u64 hash_of(const struct hash_address *h)
{
    unsigned shift = slb_segment_shift(h->vsid);
    u64 vsid = vsid_of(h->vsid);
    u64 page = (h->low & ((1ULL << shift) - 1)) >> h->base_shift;

    return (vsid ^ (shift == 40 ? vsid << 25 : 0) ^ page) & ((1ULL << HASH_BITS) - 1);
}

static bool matches(const struct hash_walker *w, struct hpte *h, bool secondary)
{
    const struct hash_address *at = &w->at;
    u64 ava = (u64)(at->tag & VA_HIGH_MASK) << 41 | at->low >> 23;
    unsigned ignored = at->base_shift > 23 ? at->base_shift - 23 : 0;

    if (!(h->dword0 & HPTE0_V) || !(h->dword0 & HPTE0_H) == secondary) return false;
    if ((GETFIELD(HPTE0_AVA, h->dword0) ^ ava) >> ignored) return false;
    if (GETFIELD(HPTE1_B, h->dword1) != (slb_segment_shift(at->vsid) == 40)) return false;
    h->shift = hpt_page_shift(at->base_shift, h->dword0 & HPTE0_L, (unsigned)GETFIELD(HPTE1_LP, h->dword1));
    return h->shift;
}

/* One group; the step tells the entry that matched, or the first of the group. */
static bool search_group(struct hash_walker *w, bool secondary, struct hpte *h)
{
    u64 groups = 1ULL << (GETFIELD(PATE0_HTABSIZE, w->pate0) + 11), hash = hash_of(&w->at);
    u64 group = (w->pate0 & PATE0_HTABORG) + ((secondary ? ~hash : hash) & (groups - 1)) * GROUP_BYTES;
    const struct ram *ram = w->ctx->bus->ram;
    struct walk_step step = {.kind = WALK_PTEG,
                             .stage = STAGE_PARTITION,
                             .level = secondary ? 2 : 1,
                             .entry_ra = group,
                             .address = w->at.low,
                             .shift = w->at.base_shift};
    bool found = false;

    if (!ram || !ram_holds(ram, group, GROUP_BYTES)) return refuse(w->out, STAGE_REAL, XL_NO_STORAGE);
    step.entry = get_be64(ram->host + group);
    for (unsigned n = 0; n < GROUP_BYTES / HPTE_BYTES && !found; n++) {
        h->ra = group + n * HPTE_BYTES;
        h->dword0 = get_be64(ram->host + h->ra);
        h->dword1 = get_be64(ram->host + h->ra + 8);
        found = matches(w, h, secondary);
    }
    if (found) {
        step.entry_ra = h->ra;
        step.entry = h->dword0;
        step.shift = (u8)h->shift;
    }
    if (w->who) w->who->step(w->who, &step);
    return found;
}

static bool find_entry(struct hash_walker *w, struct hpte *h)
{
    for (unsigned secondary = 0; secondary < 2; secondary++) {
        if (search_group(w, secondary, h)) return true;
        if (w->out->why != XL_OK) return false;
    }
    return refuse(w->out, STAGE_PARTITION, XL_NO_ENTRY);
}

/* W I M G: 1110 is strong access order, I alone tolerant, I and G non-idempotent storage (5.8.2). */
static u8 attr_of(u64 dword1)
{
    if ((dword1 & (HPTE1_W | HPTE1_I | HPTE1_M | HPTE1_G)) == (HPTE1_W | HPTE1_I | HPTE1_M)) return ATTR_SAO;
    if (!(dword1 & HPTE1_I)) return ATTR_NORMAL;
    return dword1 & HPTE1_G ? ATTR_NON_IDEMPOTENT : ATTR_TOLERANT;
}

/* Page protection and storage keys are judged together: both may be the cause (6.5.3). */
static bool permits(struct hash_walker *w, enum access access)
{
    struct xlate *x = w->out;
    bool by_page =
        rights_allow(rights_of_pp(x->eaa & (w->ctx->msr & MSR_PR_BIT ? HASH_KP : HASH_KS), x->eaa & HASH_PP), access);
    bool by_key = rights_allow(rights_of_key(w->ctx, w->e->class, x->key), access);

    if (access == ACCESS_FETCH && x->eaa & HASH_GUARDED) return refuse(x, STAGE_PARTITION, XL_NO_EXECUTE);
    if (by_page && by_key) return true;
    return refuse(x, STAGE_PARTITION, by_page ? XL_KEY : by_key ? XL_PROTECTION : XL_PROTECTION_KEY);
}

static bool translate(struct hash_walker *w, enum access access)
{
    struct xlate *x = w->out;
    u64 pate0_ra, missing, offset;
    struct hpte h;

    if (!hpt_address(w->ctx, w->e, access, &w->at, x)) return false;
    if (!read_pate0(w->ctx, w->e->lpid, &pate0_ra, &w->pate0, x)) return false;
    if (w->who)
        w->who->step(w->who, &(struct walk_step){.kind = WALK_PATE,
                                                 .stage = STAGE_PARTITION,
                                                 .entry_ra = pate0_ra,
                                                 .entry = w->pate0,
                                                 .address = w->e->lpid});
    if (!find_entry(w, &h)) return false;
    x->eaa = (u8)(w->at.rights | (h.dword1 & HPTE1_PP0 ? 4 : 0) | GETFIELD(HPTE1_PP, h.dword1) |
                  (h.dword1 & (HPTE1_N | HPTE1_G) ? HASH_GUARDED : 0));
    x->key = (u8)(GETFIELD(HPTE1_KEY_HIGH, h.dword1) << 3 | GETFIELD(HPTE1_KEY_LOW, h.dword1));
    x->attr = attr_of(h.dword1);
    if (!permits(w, access)) return false;
    missing = (HPTE1_R | (access == ACCESS_STORE ? HPTE1_C : 0)) & ~h.dword1;
    if (missing) x->rc[x->rc_count++] = (struct rc_update){h.ra + 8, h.dword1, missing};
    offset = (1ULL << h.shift) - 1;
    x->ra = (h.dword1 & HPTE1_RPN & ~offset) | (w->at.low & offset);
    x->page_shift = x->process_shift = (u8)h.shift;
    x->stage = STAGE_PROCESS;
    x->segment = 0;
    x->changed = h.dword1 & HPTE1_C || access == ACCESS_STORE;
    x->prot = hash_rights(w->ctx, w->e->class, x->eaa, x->key);
    return true;
}

void hpt_walk(const struct xlate_ctx *ctx, const struct effective *e, enum access access, struct observer *who,
              struct xlate *out)
{
    struct hash_walker w = {.ctx = ctx, .e = e, .who = who, .out = out};

    (void)translate(&w, access);
}
