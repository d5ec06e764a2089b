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
 * forms virtual addresses of 68 bits and knows the entry layout of ISA 3.0 only, with B in the second doubleword: no
 * register selects the older one (docs/DIVERGENCES.md).  LPCR[TC] = 1 leaves out the secondary group (2.2).
 *
 * A segment that is not in the SLB may be in the process's segment table (segment.c), whose own addresses are virtual:
 * they come back here, without rights, as the walker's.
 *
 * The table begins at any multiple of 256 KiB (KVM uses that): its origin is added, not or'ed.
 *
 * The one table is the partition's: a guest's table holds real addresses, there is no second scope.  Who hears of a
 * refusal is decided by LPCR[VPM1] (core/state/fault.c).  R and C are always the hardware's to set.
 */
#include "bus/bus.h"
#include "mmu/slb.h"
#include "mmu/walk.h"

#define PATE0_PS PPC_BITMASK(56, 58)
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

static bool read_pate(struct hash_tables *t, u64 *ra)
{
    const struct ram *ram = t->ctx->bus->ram;

    if (!table_entry(t->ctx->ptcr, t->lpid, ra)) return refuse(t->out, STAGE_PARTITION, XL_BAD_CONFIG);
    if (!ram || !ram_holds(ram, *ra, 16)) return refuse(t->out, STAGE_REAL, XL_NO_STORAGE);
    t->pate0 = get_be64(ram->host + *ra);
    t->pate1 = get_be64(ram->host + *ra + 8);
    return true;
}

static bool pate_is_usable(const struct hash_tables *t)
{
    bool usable = !(t->pate0 & PATE0_HR) && GETFIELD(PATE0_HTABSIZE, t->pate0) <= HTABSIZE_MAX;

    return usable || refuse(t->out, STAGE_PARTITION, XL_BAD_CONFIG);
}

bool hpt_open_tables(struct hash_tables *t)
{
    struct walk_step step = {.kind = WALK_PATE,
                             .stage = STAGE_PARTITION,
                             .nested_for = t->for_segment ? FOR_SEGMENT_TABLE : 0,
                             .address = t->lpid};

    if (!read_pate(t, &step.entry_ra)) return false;
    step.entry = t->pate0;
    step.second = t->pate1;
    if (t->who) t->who->step(t->who, &step);
    return pate_is_usable(t);
}

/* As a number: 40 bits of a small segment, 28 of a large one. */
static u64 vsid_of(u64 vsid)
{
    unsigned shift = slb_segment_shift(vsid);

    return GETFIELD(SLB_VSID, vsid) >> (shift - 28) & ((1ULL << (VA_BITS - shift)) - 1);
}

bool hpt_segment(const struct xlate_ctx *ctx, const struct effective *e, u64 *vsid, struct xlate *out)
{
    const struct slb_entry *entry;
    struct hash_tables t = {.ctx = ctx, .out = out, .lpid = e->lpid};
    u64 ra;

    if (e->class == CLASS_VRMA) {
        if (!read_pate(&t, &ra) || !pate_is_usable(&t)) return false;
        *vsid = VRMA_VSID | SETFIELD(SLB_LP, 0ULL, GETFIELD(PATE0_PS, t.pate0) & 3) |
                (GETFIELD(PATE0_PS, t.pate0) & 4 ? SLB_L : 0);
        out->segment = *vsid;
        return e->ea >> VRMA_BITS ? refuse(out, STAGE_PARTITION, XL_NO_ENTRY) : true;
    }
    entry = ctx->slb ? slb_find(ctx->slb, e->ea) : NULL;
    if (!entry) return refuse(out, STAGE_PROCESS, XL_NO_SEGMENT);
    *vsid = entry->vsid;
    return true;
}

bool hpt_place(struct hash_address *h, u64 vsid, u64 offset, struct xlate *out)
{
    unsigned shift = slb_segment_shift(vsid);
    u64 number = vsid_of(vsid);

    out->segment = h->vsid = vsid;
    if (!h->base_shift) h->base_shift = (u8)slb_base_shift(vsid);
    if (!h->base_shift) return refuse(out, STAGE_PARTITION, XL_BAD_CONFIG);
    h->low = number << shift | (offset & ((1ULL << shift) - 1));
    h->tag = (u32)(number >> (64 - shift) & VA_HIGH_MASK) | (shift == 40 ? 0x10 : 0) | (u32)h->base_shift << 8;
    return true;
}

struct hash_address hpt_address_of(u64 low, u32 tag)
{
    unsigned shift = tag & 0x10 ? 40 : 28;
    u64 number = low >> shift | (u64)(tag & VA_HIGH_MASK) << (64 - shift);

    return (struct hash_address){
        .low = low,
        .tag = tag,
        .vsid = SETFIELD(SLB_SEGMENT_SIZE, SETFIELD(SLB_VSID, 0ULL, number << (shift - 28)), shift == 40),
        .base_shift = (u8)(tag >> 8)};
}

bool hpt_address(const struct xlate_ctx *ctx, const struct effective *e, u64 vsid, enum access access,
                 struct hash_address *h, struct xlate *out)
{
    *h = (struct hash_address){0};
    out->segment = vsid;
    if (access == ACCESS_FETCH && vsid & SLB_NO_EXECUTE) return refuse(out, STAGE_PARTITION, XL_NO_EXECUTE);
    if (ctx->lpcr & LPCR_ISL && e->class == CLASS_HASH) h->base_shift = 12;
    if (!hpt_place(h, vsid, e->ea, out)) return false;
    h->rights = (u8)((vsid & SLB_KS ? HASH_KS : 0) | (vsid & SLB_KP ? HASH_KP : 0) |
                     (vsid & SLB_NO_EXECUTE ? HASH_SEGMENT_N : 0) | (vsid & SLB_CLASS ? HASH_CLASS_1 : 0));
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
    u8 rights = rights_of_pp(eaa & (ctx->msr & MSR_PR ? HASH_KP : HASH_KS), eaa & HASH_PP);

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

static bool matches(const struct hash_address *at, struct hpte *h, bool secondary)
{
    u64 ava = (u64)(at->tag & VA_HIGH_MASK) << 41 | at->low >> 23;
    unsigned ignored = at->base_shift > 23 ? at->base_shift - 23 : 0;

    if (!(h->dword0 & HPTE0_V) || !(h->dword0 & HPTE0_H) == secondary) return false;
    if ((GETFIELD(HPTE0_AVA, h->dword0) ^ ava) >> ignored) return false;
    if (GETFIELD(HPTE1_B, h->dword1) != (slb_segment_shift(at->vsid) == 40)) return false;
    h->shift = hpt_page_shift(at->base_shift, h->dword0 & HPTE0_L, (unsigned)GETFIELD(HPTE1_LP, h->dword1));
    return h->shift;
}

/* One group; the step, made so far, tells the entry that matched, or the first of the group. */
static bool search_group(const struct hash_tables *t, const struct hash_address *at, struct walk_step *step,
                         struct hpte *h)
{
    u64 groups = 1ULL << (GETFIELD(PATE0_HTABSIZE, t->pate0) + 11), hash = hash_of(at);
    bool found = false, secondary = step->level == 2;
    u64 group = (t->pate0 & PATE0_HTABORG) + ((secondary ? ~hash : hash) & (groups - 1)) * GROUP_BYTES;
    const struct ram *ram = t->ctx->bus->ram;

    if (!ram || !ram_holds(ram, group, GROUP_BYTES)) return refuse(t->out, STAGE_REAL, XL_NO_STORAGE);
    step->entry_ra = group;
    step->entry = get_be64(ram->host + group);
    step->second = 0;
    for (unsigned n = 0; n < GROUP_BYTES / HPTE_BYTES && !found; n++) {
        h->ra = group + n * HPTE_BYTES;
        h->dword0 = get_be64(ram->host + h->ra);
        h->dword1 = get_be64(ram->host + h->ra + 8);
        found = matches(at, h, secondary);
    }
    if (found) {
        step->entry_ra = h->ra;
        step->entry = h->dword0;
        step->second = h->dword1;
        step->shift = (u8)h->shift;
    }
    step->absent = !found;
    if (t->who) t->who->step(t->who, step);
    return found;
}

bool hpt_find(const struct hash_tables *t, const struct hash_address *at, u8 nested_for, struct hpte *h)
{
    const u8 last = t->ctx->lpcr & LPCR_TC ? 1 : 2;

    for (u8 level = 1; level <= last; level++) {
        struct walk_step step = {.kind = WALK_PTEG,
                                 .stage = STAGE_PARTITION,
                                 .level = level,
                                 .nested_for = nested_for,
                                 .address = at->low,
                                 .shift = at->base_shift};

        if (search_group(t, at, &step, h)) return true;
        if (t->out->why != XL_OK) return false;
    }
    return refuse(t->out, STAGE_PARTITION, XL_NO_ENTRY);
}

void hpt_note_rc(struct xlate *out, const struct hpte *h, u64 set)
{
    u64 missing = set & ~h->dword1;

    for (unsigned k = 0; k < out->rc_count; k++)
        if (out->rc[k].entry_ra == h->ra + 8) {
            out->rc[k].set |= missing;
            return;
        }
    if (missing) out->rc[out->rc_count++] = (struct rc_update){h->ra + 8, h->dword1, missing};
}

u64 hpt_real(const struct hpte *h, const struct hash_address *at)
{
    u64 offset = (1ULL << h->shift) - 1;

    return (h->dword1 & HPTE1_RPN & ~offset) | (at->low & offset);
}

/* W I M G: 1110 is strong access order, I alone tolerant, I and G non-idempotent storage (5.8.2). */
static u8 attr_of(u64 dword1)
{
    if ((dword1 & (HPTE1_W | HPTE1_I | HPTE1_M | HPTE1_G)) == (HPTE1_W | HPTE1_I | HPTE1_M)) return ATTR_SAO;
    if (!(dword1 & HPTE1_I)) return ATTR_NORMAL;
    return dword1 & HPTE1_G ? ATTR_NON_IDEMPOTENT : ATTR_TOLERANT;
}

/* Page protection and storage keys are judged together: both may be the cause (6.5.3). */
static bool permits(const struct xlate_ctx *ctx, enum xlate_class class, enum access access, struct xlate *x)
{
    bool by_page =
        rights_allow(rights_of_pp(x->eaa & (ctx->msr & MSR_PR ? HASH_KP : HASH_KS), x->eaa & HASH_PP), access);
    bool by_key = rights_allow(rights_of_key(ctx, class, x->key), access);

    if (access == ACCESS_FETCH && x->eaa & HASH_GUARDED) return refuse(x, STAGE_PARTITION, XL_NO_EXECUTE);
    if (by_page && by_key) return true;
    return refuse(x, STAGE_PARTITION, by_page ? XL_KEY : by_key ? XL_PROTECTION : XL_PROTECTION_KEY);
}

/* The SLB reads nothing, so the partition-table entry comes behind it, but before a segment table. */
static bool find_address(struct hash_tables *t, const struct effective *e, enum access access, struct hash_address *at)
{
    u64 vsid;

    if (hpt_segment(t->ctx, e, &vsid, t->out))
        return hpt_address(t->ctx, e, vsid, access, at, t->out) && hpt_open_tables(t);
    if (t->out->why != XL_NO_SEGMENT || !segment_table_is_asked(t->ctx, e)) return false;
    t->out->why = XL_OK;
    return hpt_open_tables(t) && segment_walk(t, e, &vsid) && hpt_address(t->ctx, e, vsid, access, at, t->out);
}

static bool translate(struct hash_tables *t, const struct effective *e, const struct hash_address *known,
                      enum access access)
{
    struct xlate *x = t->out;
    struct hash_address at;
    struct hpte h;

    if (known) {
        at = *known;
        x->segment = at.vsid;
        if (!hpt_open_tables(t)) return false;
    } else if (!find_address(t, e, access, &at)) {
        return false;
    }
    x->segment = at.vsid;
    if (!hpt_find(t, &at, 0, &h)) return false;
    x->eaa = (u8)(at.rights | (h.dword1 & HPTE1_PP0 ? 4 : 0) | GETFIELD(HPTE1_PP, h.dword1) |
                  (h.dword1 & (HPTE1_N | HPTE1_G) ? HASH_GUARDED : 0));
    x->key = (u8)(GETFIELD(HPTE1_KEY_HIGH, h.dword1) << 3 | GETFIELD(HPTE1_KEY_LOW, h.dword1));
    x->attr = attr_of(h.dword1);
    if (!permits(t->ctx, e->class, access, x)) return false;
    hpt_note_rc(x, &h, HPTE1_R | (access == ACCESS_STORE ? HPTE1_C : 0));
    x->ra = hpt_real(&h, &at);
    x->page_shift = x->process_shift = (u8)h.shift;
    x->stage = STAGE_PROCESS;
    x->segment = 0;
    x->changed = h.dword1 & HPTE1_C || access == ACCESS_STORE;
    x->prot = hash_rights(t->ctx, e->class, x->eaa, x->key);
    return true;
}

void hpt_walk(const struct xlate_ctx *ctx, const struct effective *e, const struct hash_address *at, enum access access,
              struct observer *who, struct xlate *out)
{
    struct hash_tables t = {.ctx = ctx, .who = who, .out = out, .lpid = e->lpid};

    (void)translate(&t, e, at, access);
}
