/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The host-side tables and the modelled arrays never say anything that the pure walk does not say, and every model
 * gives the guest the same results.
 *
 * One stream of random operations - context switches, accesses, page-table changes followed by an invalidation that
 * names them (in every form that may), pages becoming code, contexts in numbers that recycle - is run under several
 * models on its own machine.  Some contexts are hash translation: two partitions with a table each, segments of every
 * kind that come and go in each thread's SLB (slbie before slbmte, as the book demands) and, with LPCR[UPRT], in
 * the segment tables of three processes (slbieg or slbiag after a change).  Before each access the
 * host-side slot for it is judged by a walk; after it the answer, the slot and R and C are.  At the end the results and
 * main storage must be the same under all models.  And whatever the model is made of, no access of the stream may have
 * been charged less than one that an array nearer to the core answered.
 */
#include <stdlib.h>

#include "mmu/price.h"
#include "mmu/model.h"
#include "tests/unit/segment_world.h"
#include "tests/support/suite.h"

enum { CORES = 2, PER_CORE = 2, THREADS = CORES * PER_CORE, PIDS = 3, LPIDS = 2, DATA = 4 << 20 };
enum { STEPS = SANITIZED ? 30000 : 100000 };
static const u32 lpids[LPIDS] = {0, 5};
enum { HASHED = 2, SEGMENTS = 5, ESIDS = 8, FIRST_HASHED = 6 }; /* LPID 6 and 7 */
static const struct hseg segments[SEGMENTS] = {
    {0x1001, false, 12}, {0x2002, false, 16}, {0x33333, true, 12}, {0x4444444444, false, 24}, {0x1ffffff, true, 16},
};
#define DEVICE 0x6000000000ULL

struct leaf_place {
    u64 entry_ra, address; /* process scope: EA; partition scope: guest real */
    unsigned shift;
    u32 lpid, pid;
    bool partition;
    const struct hseg *hashed; /* address: offset in that segment */
};

enum { BY_ERAT, BY_TLB, BY_WALK, ANSWERERS };
struct charged { /* accesses that one of them answered, or a walk refused */
    u64 accesses, least, greatest;
};

enum { VARIANTS = 8 };
struct stage_play {
    struct world w;
    struct mmu_system *system;
    struct mmu *mmu[THREADS];
    struct hostmap map[THREADS];
    struct xlate_ctx ctx[THREADS];
    struct slb slb[THREADS];
    struct hpt hpt[HASHED];
    struct stab stab[HASHED][PIDS];
    struct counters counters;
    struct leaf_place leaf[2000];
    unsigned leaves;
    u64 random, digest, translated, slots_seen;
    u8 marks[16 << 8];                   /* a decoded page of each 4 KiB page is the address of its mark */
    struct mmu_config variant[VARIANTS]; /* what-if: set before play(), which keeps them */
    struct counters counted[VARIANTS];
    unsigned variants;
    struct charged charged[ANSWERERS];
};

static u64 dice(struct stage_play *p, u64 sides)
{
    p->random = p->random * 6364136223846793005ULL + 1442695040888963407ULL;
    return (p->random >> 33) % sides;
}

static u64 random_target(struct stage_play *p, unsigned shift, u64 offset)
{
    u64 ra = (DATA + dice(p, (16 << 20) - DATA)) & ~((1ULL << shift) - 1);

    if (!dice(p, 16) && !offset) return DEVICE;
    return shift > 22 ? offset & ~((1ULL << shift) - 1) : ra + offset;
}

static u64 random_flags(struct stage_play *p)
{
    static const u64 rights[] = {L_READ, L_RW, L_READ | L_EXEC, L_RW | L_EXEC, L_EXEC, 0};
    u64 flags = rights[dice(p, ARRAY_SIZE(rights))];

    if (!dice(p, 3)) flags |= L_PRIV;
    if (!dice(p, 12)) flags |= dice(p, 2) ? L_NI : L_SAO;
    if (dice(p, 2)) flags |= L_R;
    if (flags & L_R && dice(p, 2)) flags |= L_C;
    return flags;
}

/* Pages of many base pages have R and C in each of their entries, else each would have to be set by itself. */
static void paint_hashed(struct stage_play *p, const struct leaf_place *l)
{
    u64 flags = dice(p, 4) | dice(p, 2) << 63 | H_KEY(dice(p, 3) ? 0 : dice(p, 32)) | (dice(p, 2) ? H_R : 0) | H_M;
    u64 valid = dice(p, 8) != 0, ra = dice(p, 16) ? DATA + dice(p, (16 << 20) - DATA) : DEVICE;
    bool secondary;

    if (dice(p, 2)) flags = (flags & ~(3ULL | H_PP0)) | 2;
    if (!dice(p, 12)) flags |= dice(p, 2) ? H_G | H_I : H_N;
    if (flags & H_R && dice(p, 2)) flags |= H_C;
    if (l->shift != l->hashed->base_shift) flags |= H_R | H_C;
    if (l->shift == 24) ra = 0;
    for (u64 n = 0; n < 1ULL << (l->shift - l->hashed->base_shift); n++) {
        u64 offset = l->address + (n << l->hashed->base_shift), at;

        hpt_put(&p->w, &p->hpt[l->lpid - FIRST_HASHED], l->hashed, offset, l->shift, ra, flags);
        at = hpt_slot(&p->w, &p->hpt[l->lpid - FIRST_HASHED], l->hashed, offset, l->shift, &secondary);
        if (!valid) world_put(&p->w, at, world_get(&p->w, at) & ~(u64)H_V);
    }
}

static void paint(struct stage_play *p, const struct leaf_place *l)
{
    u64 entry = dice(p, 8) ? W_VALID | W_LEAF | random_flags(p) : 0;

    if (l->partition) entry = (entry & ~(u64)L_PRIV) | (entry ? (l->address - GUEST) & PPC_BITMASK(7, 51) : 0);
    else if (entry) entry |= random_target(p, l->shift, l->lpid ? GUEST : 0);
    if (l->partition && entry && dice(p, 2)) entry |= L_RW | L_EXEC;
    world_put(&p->w, l->entry_ra, entry);
}

static void add_leaf(struct stage_play *p, u64 tree, u64 offset, struct leaf_place l)
{
    l.entry_ra = world_entry(&p->w, tree, offset, l.address, l.shift);
    paint(p, &l);
    p->leaf[p->leaves++] = l;
}

static void build_process(struct stage_play *p, u64 table, u64 offset, u32 lpid, u32 pid)
{
    static const struct {
        u64 base;
        unsigned shift, count;
    } areas[] = {{0, 12, 40}, {0x10000000, 16, 6}, {0x40000000, 21, 3}, {0x80000000, 30, 1}};
    u64 tree = world_tree(&p->w, offset);

    world_process(&p->w, table, pid, tree);
    for (unsigned a = 0; a < ARRAY_SIZE(areas); a++)
        for (u64 n = 0; n < areas[a].count; n++)
            add_leaf(p, tree, offset,
                     (struct leaf_place){.address = areas[a].base + (n << areas[a].shift),
                                         .shift = areas[a].shift,
                                         .lpid = lpid,
                                         .pid = pid});
}

static void add_hashed(struct stage_play *p, u32 lpid, const struct hseg *s, u64 offset, unsigned shift)
{
    p->leaf[p->leaves++] = (struct leaf_place){.address = offset, .shift = shift, .lpid = lpid, .hashed = s};
}

static void build_hashed(struct stage_play *p, u32 lpid)
{
    for (unsigned n = 0; n < SEGMENTS; n++) {
        const struct hseg *s = &segments[n];

        for (u64 page = 0; page < 30; page++)
            if (s->base_shift == 12) add_hashed(p, lpid, s, page << 12, 12);
        for (u64 page = 4; page < 8; page++)
            if (s->base_shift <= 16) add_hashed(p, lpid, s, page << 16, 16);
        if (s->base_shift >= 16) add_hashed(p, lpid, s, 2 << 24, 24);
    }
}

static void build_segment_tables(struct stage_play *p, u32 n)
{
    static const struct hseg of_processes = {0x777777, true, 12}, tables[PIDS] = {
                                                                      {0x51001, false, 12},
                                                                      {0x52002, true, 16},
                                                                      {0x53003, false, 16},
                                                                  };
    u64 processes = segment_processes(&p->w, &p->hpt[n], FIRST_HASHED + n, &of_processes, 0);

    for (u32 pid = 0; pid < PIDS; pid++) {
        p->stab[n][pid] = segment_table(&p->w, &p->hpt[n], tables[pid], pid << 16, pid);
        segment_process(&p->w, processes, pid, &p->stab[n][pid]);
    }
}

/* Marks are no decoding: nothing of them goes stale when R and C are set in a table that somebody fetched from. */
static void code_was_written(void *nobody, u64 ra, u64 size_bytes)
{
    (void)nobody, (void)ra, (void)size_bytes;
}

static void build(struct stage_play *p)
{
    static const struct device_ops ops = {0};
    u64 host, guest, tree;

    world_open(&p->w, 16);
    p->w.ram.code_written = code_was_written;
    ck_assert(bus_attach(&p->w.bus, &(struct region){"device", DEVICE, 1 << 21, BUS_8, &ops, NULL}));
    host = world_host(&p->w);
    guest = world_alloc(&p->w, 4096);
    tree = world_tree(&p->w, 0);
    world_partition(&p->w, 5, tree, guest + GUEST);
    for (u64 ra = 0; ra < DATA; ra += 1 << 21) world_map(&p->w, tree, 0, ra + GUEST, 21, ra, L_ALL);
    for (u64 ra = DATA; ra < 2 * DATA; ra += 1 << 12)
        add_leaf(p, tree, 0, (struct leaf_place){.address = ra + GUEST, .shift = 12, .lpid = 5, .partition = true});
    for (u64 ra = 2 * DATA; ra < 3 * DATA; ra += 1 << 16)
        add_leaf(p, tree, 0, (struct leaf_place){.address = ra + GUEST, .shift = 16, .lpid = 5, .partition = true});
    for (u64 ra = 3 * DATA; ra < 4 * DATA; ra += 1 << 21)
        add_leaf(p, tree, 0, (struct leaf_place){.address = ra + GUEST, .shift = 21, .lpid = 5, .partition = true});
    for (u32 pid = 0; pid < PIDS; pid++) {
        build_process(p, host, 0, 0, pid);
        build_process(p, guest, GUEST, 5, pid);
    }
    for (u32 n = 0; n < HASHED; n++) {
        unsigned from = p->leaves;

        p->hpt[n] = hpt_open(&p->w, FIRST_HASHED + n, 0);
        build_hashed(p, FIRST_HASHED + n);
        build_segment_tables(p, n);
        for (unsigned k = from; k < p->leaves; k++) paint_hashed(p, &p->leaf[k]);
    }
    ck_assert_uint_le(p->w.next, DATA);
}

/* ---- segments ---- */
/* ESID numbers 0..7: EA of a segment is the number times 1 TiB, so that small and large ones never overlap. */
static void change_segment(struct stage_play *p, unsigned t)
{
    u64 ea = dice(p, ESIDS) << 40, flags = (dice(p, 4) ? 0 : dice(p, 4) * S_KP) | dice(p, 2) * S_CLASS;
    const struct hseg *s = &segments[dice(p, SEGMENTS)];
    unsigned ih = (unsigned)dice(p, 8);

    if (!dice(p, 12)) flags |= S_N;
    if (!dice(p, 3)) {
        slb_drop_all(&p->slb[t], ih);
        mmu_slbia(p->mmu[t], ih);
        return;
    }
    if (!dice(p, 4)) mmu_slbieg(p->mmu[t], ea, p->ctx[t].lpid, p->ctx[t].pid);
    mmu_slbie(p->mmu[t], ea, slb_drop(&p->slb[t], ea | (u64)dice(p, 2) << 25));
    if (dice(p, 8)) hseg_slb(&p->slb[t], (unsigned)(ea >> 40), ea, s, flags);
}

/* In storage, for every thread. */
static void change_segment_table(struct stage_play *p, unsigned t)
{
    u32 n = (u32)dice(p, HASHED), pid = (u32)dice(p, PIDS);
    const struct stab *s = &p->stab[n][pid];
    u64 ea = (ESIDS / 2 + dice(p, ESIDS)) << 40, flags = (dice(p, 4) ? 0 : dice(p, 4) * S_KP) | dice(p, 2) * S_CLASS;
    const struct tlbie_op op = {
        .ric = 2, .rb = (1 + dice(p, 2)) << 10, .rs = (u64)pid << 32 | (FIRST_HASHED + n), .prs = true, .hv = true};
    unsigned how = (unsigned)dice(p, 8);

    for (unsigned group = 0; group < 4; group++)
        for (u64 k = 0; k < 8; k++) {
            u64 at = segment_group(s, ea, group & 1, group & 2) + k * 16;
            if (world_get(&p->w, at) >> 40 == ea >> 40) world_put(&p->w, at, 0);
        }
    if (!dice(p, 12)) flags |= S_N;
    if (dice(p, 6)) segment_put(&p->w, s, ea, &segments[dice(p, SEGMENTS)], flags);
    if (how == 0) mmu_slbiag(p->mmu[t], FIRST_HASHED + n);
    else mmu_slbieg(p->mmu[t], ea | 1 << 25, FIRST_HASHED + n, pid);
    if (how == 1) mmu_tlbie(p->mmu[t], &op);
}

/* ---- operations ---- */
static void switch_context(struct stage_play *p, unsigned t)
{
    struct xlate_ctx *c = &p->ctx[t];

    *c = p->w.ctx;
    c->slb = &p->slb[t];
    c->msr = (dice(p, 2) ? MSR_HV : 0) | (dice(p, 2) ? MSR_PR : 0);
    if (dice(p, 8)) c->msr |= MSR_IR | MSR_DR;
    else c->msr |= (dice(p, 2) ? MSR_IR : 0) | (dice(p, 2) ? MSR_DR : 0);
    c->lpid = lpids[dice(p, LPIDS)];
    c->pid = (u32)dice(p, PIDS);
    c->msr |= dice(p, 2); /* LE */
    c->amr = dice(p, 4) ? 0 : dice(p, 4) << 62;
    c->iamr = dice(p, 4) ? 0 : PPC_BIT(1);
    if (!dice(p, 3)) {
        c->lpid = FIRST_HASHED + (u32)dice(p, HASHED);
        c->lpcr = (dice(p, 16) ? 0 : PPC_BITMASK(1, 1)) | (c->lpid == FIRST_HASHED ? 0 : SEGMENT_LPCR);
        c->amr = dice(p, 4) ? c->amr : ~0ULL / (1 + dice(p, 3));
        c->iamr = dice(p, 4) ? 0 : 0x5555555555555555ULL;
    }
    if (!dice(p, 200)) c->hrmor = dice(p, 2) << 21;
    p->map[t] = mmu_set_context(p->mmu[t], c);
}

static u64 random_ea(struct stage_play *p, unsigned t)
{
    const struct leaf_place *l = &p->leaf[dice(p, p->leaves)];
    u64 ea = l->address + dice(p, 1ULL << l->shift), quadrant = dice(p, 4) ? dice(p, 2) * 3 : dice(p, 4);
    bool relocated = p->ctx[t].msr & MSR_DR;

    if (l->shift > 16 && dice(p, 2)) ea = l->address + (dice(p, 8) << 12); /* come back to the same pages often */
    if (l->partition && relocated) ea = dice(p, 40) << 12;
    if (!(p->ctx[t].lpcr & LPCR_HR)) {
        u64 places[] = {dice(p, 4) << 12, 4 << 16 | dice(p, 4) << 12, 2 << 24 | dice(p, 4) << 12}; /* come back often */

        if (p->ctx[t].lpcr & SEGMENT_LPCR && dice(p, 2)) return places[dice(p, 3)] | (ESIDS + dice(p, 4)) << 40;
        if (dice(p, 4)) return places[dice(p, 3)] | dice(p, 3) << 40;
        while (!l->hashed) l = &p->leaf[p->leaves - 1 - dice(p, 200)];
        ea = l->address + dice(p, 1ULL << l->shift);
        if (l->shift == 24 && dice(p, 2)) ea = l->address + (dice(p, 8) << 12);
        return (ea & ~7ULL) | dice(p, ESIDS) << 40;
    }
    return (ea & ~7ULL) | quadrant << 62;
}

/* What a slot for this access says: the real page, or ~0 if there is no slot. */
static u64 slot_says(struct stage_play *p, unsigned t, u64 ea, enum access access)
{
    const struct hostmap *map = &p->map[t];
    u64 page = ea & HOST_PAGE_MASK;

    if (access == ACCESS_FETCH) {
        const struct fetch_slot *s = &map->fetch[(ea >> 12) & FETCH_SLOT_MASK];
        return s->tag == page ? (u64)((const u8 *)(const void *)s->page - p->marks) << 12 : ~0ULL;
    }
    const struct host_slot *s = &(access == ACCESS_LOAD ? map->load : map->store)[(ea >> 12) & HOST_SLOT_MASK];
    return s->tag == page ? (u64)((uintptr_t)page + s->addend - (uintptr_t)p->w.ram.host) : ~0ULL;
}

static void judge_slot(struct stage_play *p, unsigned t, u64 ea, enum access access)
{
    u64 said = slot_says(p, t, ea, access);
    struct xlate x;

    if (said == ~0ULL) return;
    p->slots_seen++;
    x = mmu_walk(&p->ctx[t], (struct xlate_req){ea, access, 8}, NULL);
    ck_assert_str_eq(xlate_why_name(x.why), "OK");
    ck_assert_uint_eq(x.ra & HOST_PAGE_MASK, said);
    ck_assert_uint_eq(x.rc_count, 0);
    ck_assert(x.attr == ATTR_NORMAL || x.attr == ATTR_SAO);
    if (access == ACCESS_STORE) ck_assert(!(p->w.ram.page_flags[said >> 12] & RAM_CODE));
}

static void digest(struct stage_play *p, u64 value)
{
    p->digest = (p->digest ^ value) * 1099511628211ULL;
}

/* What mmu_price() said, and what came. */
static void judge_price(const struct mmu_price *price, const struct counters *before, const struct counters *after,
                        u64 stall)
{
    bool asked = after->tlb_access != before->tlb_access, by_segment = false;
    u64 misses = after->derat_miss - before->derat_miss + after->ierat_miss - before->ierat_miss;

    ck_assert_uint_eq(misses, !price->in_erat);
    if (asked) ck_assert_uint_eq(after->tlb_hit - before->tlb_hit, price->in_tlb);
    if (after->walks == before->walks) {
        if (asked && after->segment_walks == before->segment_walks) ck_assert_uint_eq(stall, price->look_up_cycles);
        return;
    }
    ck_assert_uint_eq(after->walk_reads + after->segment_reads - before->walk_reads - before->segment_reads,
                      price->reads);
    for (unsigned k = 0; k < price->steps; k++) by_segment |= price->step[k].kind == WALK_STEG;
    if (!by_segment) ck_assert_uint_eq(after->walk_reads_pwc - before->walk_reads_pwc, price->steps - price->reads);
    ck_assert_uint_eq(stall, price->look_up_cycles + price->cycles);
}

/* Behind the ERAT; what a segment-table walk cost is no part of it, and without tables there is nothing to compare. */
static void note_charge(struct stage_play *p, const struct counters *before, u64 stall)
{
    const struct counters *after = &p->counters;
    bool missed = after->derat_miss + after->ierat_miss != before->derat_miss + before->ierat_miss;
    u64 cycles = stall - (after->segment_cycles - before->segment_cycles);
    struct charged *c = &p->charged[!missed ? BY_ERAT : after->walks == before->walks ? BY_TLB : BY_WALK];

    if (missed && after->tlb_access == before->tlb_access) return;
    if (!c->accesses++ || cycles < c->least) c->least = cycles;
    if (cycles > c->greatest) c->greatest = cycles;
}

static void access_something(struct stage_play *p, unsigned t)
{
    enum access access = (enum access)dice(p, 3);
    u64 ea = random_ea(p, t), stall = 0;
    const struct price_question question = {.req = {ea, access, 8}};
    struct counters before = p->counters;
    static struct mmu_price price;
    struct xlate want, got;
    bool ok, priced;

    judge_slot(p, t, ea, access);
    want = mmu_walk(&p->ctx[t], (struct xlate_req){ea, access, 8}, NULL);
    priced = !(before.derat_miss & 15) && mmu_price(p->mmu[t], &question, &price);
    ok = mmu_translate(p->mmu[t], ea, access, 8, &got, &stall);
    if (priced) judge_price(&price, &before, &p->counters, stall);
    note_charge(p, &before, stall);
    ck_assert_int_eq(ok, want.why == XL_OK);
    ck_assert_str_eq(xlate_why_name(got.why), xlate_why_name(want.why));
    ck_assert_int_eq(got.stage, want.stage);
    ck_assert_int_eq(got.for_table, want.for_table);
    digest(p, got.why);
    if (!ok) return;
    p->translated++;
    ck_assert_uint_eq(got.ra, want.ra);
    ck_assert_uint_eq(got.gra, want.gra);
    ck_assert_uint_eq(got.page_shift, want.page_shift);
    ck_assert_uint_eq(got.process_shift, want.process_shift);
    ck_assert_uint_eq(got.partition_shift, want.partition_shift);
    ck_assert_uint_eq(got.prot & ~want.prot, 0); /* rights that were only added may be seen later */
    ck_assert_uint_eq(got.attr, want.attr);
    want = mmu_walk(&p->ctx[t], (struct xlate_req){ea, access, 8}, NULL);
    ck_assert_uint_eq(want.rc_count, 0); /* R and C are written */
    digest(p, got.ra);
    if (access == ACCESS_FETCH && got.ra < p->w.ram.size_bytes) {
        mmu_code_page(p->system, got.ra);
        p->w.ram.page_flags[got.ra >> 12] |= RAM_CODE;
        mmu_install_fetch(p->mmu[t], ea, (struct insn *)(void *)&p->marks[got.ra >> 12], false);
        if (got.attr <= ATTR_SAO) ck_assert_uint_eq(slot_says(p, t, ea, access), got.ra & HOST_PAGE_MASK);
    }
    judge_slot(p, t, ea, access);
}

static u64 ap_of(unsigned shift)
{
    return shift == 12 ? 0 : shift == 16 ? 5 : shift == 21 ? 1 : 2;
}

/* Every thread for itself, as software does it: all classes, then (as POWER9 needs) slbia. */
static void invalidate_locally(struct stage_play *p, const struct leaf_place *l, u64 is)
{
    for (unsigned t = 0; t < THREADS; t++) {
        struct tlbie_op op = {
            .rs = (u64)l->pid << 32, .prs = !l->partition, .r = true, .local = true, .hv = true, .lpid = l->lpid};

        if (is == 0) {
            op.rb = l->address | ap_of(l->shift) << 5;
            mmu_tlbie(p->mmu[t], &op);
            continue;
        }
        for (u64 class = 0; class < 128; class ++) {
            op.rb = is << 10 | class << 12;
            op.ric = class ? 0 : (u8)(dice(p, 2) * 2);
            mmu_tlbie(p->mmu[t], &op);
        }
        mmu_slbia(p->mmu[t], l->partition || !l->pid || dice(p, 2) ? (l->partition && dice(p, 2) ? 6 : 7) : 3);
    }
}

static void invalidate_hashed(struct stage_play *p, const struct leaf_place *l)
{
    u64 is = dice(p, 8);
    struct tlbie_op op = {.rs = l->lpid, .hv = true, .lpid = l->lpid, .local = !dice(p, 3)};

    if (is < 2 || is > 3) is = 0;
    for (unsigned t = 0; t < (op.local ? (unsigned)THREADS : 1u); t++) {
        if (is == 0) {
            for (u64 n = 0; n < 1ULL << (l->shift - l->hashed->base_shift); n += 1 + dice(p, 200)) {
                op.rb = hpt_rb(l->hashed, l->address + (n << l->hashed->base_shift), l->shift);
                mmu_tlbie(p->mmu[t], &op);
            }
            continue;
        }
        for (u64 class = 0; class < (op.local ? 256 : 1); class ++) {
            op.rb = is << 10 | class << 12;
            op.ric = class ? 0 : (u8)(dice(p, 2) * 2);
            mmu_tlbie(p->mmu[t], &op);
        }
        if (op.local) mmu_slbia(p->mmu[t], dice(p, 2) ? 7 : 6);
    }
}

static void invalidate(struct stage_play *p, const struct leaf_place *l)
{
    u64 is = dice(p, 8);
    struct tlbie_op op = {
        .rs = (u64)l->pid << 32 | l->lpid, .prs = !l->partition, .r = true, .hv = true, .lpid = (u32)dice(p, 3)};

    if (is > 3) is = 0; /* by address most of the time */
    if (is == 1 && l->partition) is = 2;
    if (!dice(p, 4)) {
        invalidate_locally(p, l, is);
        return;
    }
    op.rb = is ? is << 10 : l->address | ap_of(l->shift) << 5;
    op.ric = is && dice(p, 2) ? 2 : 0;
    if (l->lpid && dice(p, 2)) { /* by the guest itself */
        op.hv = l->partition;
        op.lpid = l->lpid;
    }
    mmu_tlbie(p->mmu[dice(p, THREADS)], &op);
}

static void change_tables(struct stage_play *p)
{
    struct leaf_place *l = &p->leaf[dice(p, p->leaves)];
    u64 entry;

    if (!l->hashed && !dice(p, 3)) l = &p->leaf[p->leaves - 1 - dice(p, 200)];
    for (unsigned n = 0; n < 20 && l->hashed && l->shift == 12 && l->address > 0x3000; n++)
        l = &p->leaf[p->leaves - 1 - dice(p, 200)];
    if (l->hashed) {
        paint_hashed(p, l);
        invalidate_hashed(p, l);
        return;
    }
    entry = world_get(&p->w, l->entry_ra);

    if (!dice(p, 4) && entry) { /* more rights need no invalidation */
        world_put(&p->w, l->entry_ra, entry | L_RW | L_R | L_C);
        return;
    }
    paint(p, l);
    invalidate(p, l);
}

static void forget_code(struct stage_play *p)
{
    u64 page = dice(p, p->w.ram.size_bytes >> 12);

    mmu_forget_fetch(p->system, (const struct insn *)(const void *)&p->marks[page]);
    p->w.ram.page_flags[page] &= (u8)~RAM_CODE;
}

static void check_counters(const struct counters *n)
{
    ck_assert_uint_eq(n->tlb_access, n->tlb_hit + n->tlb_miss);
    ck_assert_uint_eq(n->tlb_miss, n->walks);
    ck_assert_uint_eq(n->tlb_miss, n->itlb_miss + n->dtlb_miss);
    ck_assert_uint_eq(n->walks, n->pwc_miss + n->pwc_l1_hit + n->pwc_l2_hit + n->pwc_l3_hit + n->hash_walks);
    ck_assert_uint_gt(n->hash_walks, 500);
    ck_assert_uint_gt(n->segment_walks, 100);
    ck_assert_uint_gt(n->segments_killed, 20);
    ck_assert_uint_le(n->segment_walks, n->islb_miss + n->dslb_miss);
    ck_assert_uint_le(n->derat_miss_4k + n->derat_miss_64k + n->derat_miss_2m + n->derat_miss_1g + n->derat_miss_16m,
                      n->derat_miss);
    ck_assert_uint_le(n->dtlb_miss_4k + n->dtlb_miss_64k + n->dtlb_miss_2m + n->dtlb_miss_1g + n->dtlb_miss_16m,
                      n->dtlb_miss);
    ck_assert_uint_le(n->tlb_access, n->derat_miss + n->ierat_miss);
    ck_assert_uint_gt(n->walks, 1000);
    ck_assert_uint_gt(n->tlb_hit, 100);
}

static void play(struct stage_play *p, const struct mmu_config *config, u64 seed)
{
    unsigned variants = p->variants;
    struct mmu_config variant[VARIANTS];

    memcpy(variant, p->variant, sizeof variant);
    memset(p, 0, sizeof *p);
    memcpy(p->variant, variant, sizeof variant);
    p->variants = variants;
    p->random = seed;
    build(p);
    p->system = mmu_system_new(config, &p->w.bus, CORES, PER_CORE);
    ck_assert_ptr_nonnull(p->system);
    for (unsigned t = 0; t < THREADS; t++) {
        p->mmu[t] = mmu_of_thread(p->system, t);
        mmu_set_counters(p->mmu[t], &p->counters, NULL, 0);
        switch_context(p, t);
    }
    for (unsigned k = 0; k < p->variants; k++) ck_assert(mmu_what_if(p->system, &p->variant[k]));
    for (unsigned step = 0; step < STEPS; step++) {
        unsigned t = (unsigned)dice(p, THREADS), what = (unsigned)dice(p, 100);

        if (what < 10) switch_context(p, t);
        else if (what < 14) change_tables(p);
        else if (what < 16) forget_code(p);
        else if (what < 19) change_segment(p, t);
        else if (what < 21) change_segment_table(p, t);
        else access_something(p, t);
    }
    for (u64 at = 0; at < p->w.ram.size_bytes; at += 8) digest(p, world_get(&p->w, at));
    ck_assert_uint_gt(p->translated, STEPS / 20);
    ck_assert_uint_gt(p->slots_seen, STEPS / 50);
    if (config->model == MMU_MODEL_MMU) check_counters(&p->counters);
    for (unsigned k = 0; k < p->variants; k++) p->counted[k] = *mmu_what_if_counters(p->system, k, 0);
    mmu_system_free(p->system);
    world_close(&p->w);
}

static void models(unsigned n, struct mmu_config *c)
{
    *c = mmu_config_default();
    if (n == 0) c->model = MMU_MODEL_NONE;
    if (n == 1) c->contexts = 3;
    if (n == 2)
        *c = (struct mmu_config){.model = MMU_MODEL_MMU,
                                 .derat_entries = 3,
                                 .ierat_entries = 1,
                                 .tlb_entries = 15,
                                 .tlb_ways = 5,
                                 .pwc_entries = 6,
                                 .pwc_ways = 3,
                                 .pate_entries = 1,
                                 .prte_entries = 2,
                                 .tlb_guest_real = true,
                                 .contexts = 64,
                                 .erat_replacement = REPLACE_RANDOM,
                                 .tlb_replacement = REPLACE_PLRU,
                                 .pwc_replacement = REPLACE_FIFO,
                                 .seed = 99};
    if (n == 3) c->tlbiel_spares_erat = true;
    if (n == 4) {
        c->tlb_guest_real = false;
        c->derat_ways = 4;
        c->erat_replacement = REPLACE_LRU;
    }
    if (n == 5) {
        c->model = MMU_MODEL_NONE;
        c->contexts = 2;
    }
}

START_TEST(slots_agree_with_the_walk_and_all_models_agree_with_each_other)
{
    static struct stage_play p;
    struct mmu_config config;
    u64 first = 0;

    for (unsigned n = 0; n < 6; n++) {
        models(n, &config);
        play(&p, &config, 20261122);
        if (!n) first = p.digest;
        else ck_assert_uint_eq(p.digest, first);
    }
}
END_TEST

START_TEST(the_same_run_counts_the_same)
{
    static struct stage_play p;
    struct counters before;
    struct mmu_config config;

    models(2, &config);
    play(&p, &config, 4711);
    before = p.counters;
    play(&p, &config, 4711);
    ck_assert_mem_eq(&before, &p.counters, sizeof before);
}
END_TEST

/* Any sizes, policies and latencies that a machine may have. */
static struct mmu_config random_model(u64 seed)
{
    static const u32 erat[][2] = {{3, 0}, {16, 4}, {64, 0}, {64, 16}},
                     tlb[][2] = {{40, 2}, {64, 8}, {256, 0}, {1024, 4}}, pwc[][2] = {{0, 4}, {3, 1}, {16, 0}, {64, 4}},
                     few[] = {1, 2, 7, 16};
    static struct stage_play dicer;
    struct mmu_config c = mmu_config_default();
    u64 d, i, t, p;

    dicer.random = seed;
    d = dice(&dicer, 4), i = dice(&dicer, 4), t = dice(&dicer, 4), p = dice(&dicer, 4);
    c.derat_entries = erat[d][0], c.derat_ways = erat[d][1];
    c.ierat_entries = erat[i][0], c.ierat_ways = erat[i][1];
    c.tlb_entries = tlb[t][0], c.tlb_ways = tlb[t][1];
    c.pwc_entries = pwc[p][0], c.pwc_ways = pwc[p][1];
    c.pate_entries = few[dice(&dicer, 4)];
    c.prte_entries = few[dice(&dicer, 4)];
    c.tlb_halved = dice(&dicer, 2);
    c.tlb_guest_real = dice(&dicer, 2);
    c.erat_replacement = (enum replacement)dice(&dicer, 4);
    c.tlb_replacement = (enum replacement)dice(&dicer, 4);
    c.pwc_replacement = (enum replacement)dice(&dicer, 4);
    c.tlb_hit_cycles = (u32)dice(&dicer, 100);
    c.walk_read_cycles = (u32)dice(&dicer, 2) * (u32)dice(&dicer, 300);
    return c;
}

/* Radix and hash, host and guests, whatever the walk-, partition- and process-table-entry caches spare. */
START_TEST(an_access_is_never_charged_less_than_one_that_a_nearer_array_answers)
{
    static struct stage_play p;
    struct mmu_config config = random_model(20261130 + (u64)_i);
    const struct charged *c = p.charged;

    play(&p, &config, 5 + (u64)_i);
    for (unsigned by = BY_ERAT; by < ANSWERERS; by++) ck_assert_uint_gt(c[by].accesses, 100);
    ck_assert_uint_eq(c[BY_ERAT].greatest, 0);
    ck_assert_uint_ge(c[BY_TLB].least, c[BY_ERAT].greatest);
    ck_assert_uint_ge(c[BY_WALK].least, c[BY_TLB].greatest);
    ck_assert_uint_eq(c[BY_TLB].least, config.tlb_hit_cycles);
    ck_assert_uint_eq(c[BY_TLB].greatest, config.tlb_hit_cycles);
    ck_assert(c[BY_WALK].greatest > c[BY_TLB].greatest || !config.walk_read_cycles);
}
END_TEST

static void vary(struct mmu_config c[VARIANTS], const struct mmu_config *base)
{
    for (unsigned k = 0; k < VARIANTS; k++) c[k] = *base;
    c[0].tlb_entries *= 4;
    c[1].tlb_entries = 30, c[1].tlb_ways = 5;
    c[2].tlb_replacement = REPLACE_FIFO;
    c[3].tlb_replacement = REPLACE_RANDOM;
    c[4].tlb_guest_real = !base->tlb_guest_real;
    c[5].pwc_entries = 3, c[5].pwc_ways = 1;
    c[6].pate_entries = 7, c[6].prte_entries = 1, c[6].pwc_entries = 0;
    c[7].tlb_halved = !base->tlb_halved, c[7].tlb_entries = 40, c[7].walk_read_cycles = 100;
}

/* Everything that lies behind the ERATs: what a run with that configuration counts is what the shadow counted. */
START_TEST(what_if_counts_what_a_run_with_that_configuration_counts)
{
    static struct stage_play p;
    static struct counters shadow[VARIANTS];
    struct mmu_config base, variant[VARIANTS];

    models(_i, &base);
    vary(variant, &base);
    memcpy(p.variant, variant, sizeof variant);
    p.variants = VARIANTS;
    play(&p, &base, 1905 + (u64)_i);
    memcpy(shadow, p.counted, sizeof shadow);
    for (unsigned k = (unsigned)_i - 1; k < VARIANTS; k += 4) {
        p.variants = 0;
        play(&p, &variant[k], 1905 + (u64)_i);
#define SAME(field) ck_assert_msg(p.counters.field == shadow[k].field, "variant %u: " #field, k)
        SAME(tlb_access), SAME(tlb_hit), SAME(tlb_miss), SAME(itlb_miss), SAME(dtlb_miss), SAME(walks);
        SAME(dtlb_miss_4k), SAME(dtlb_miss_64k), SAME(dtlb_miss_2m), SAME(dtlb_miss_16m), SAME(walk_faults);
        SAME(walk_reads), SAME(walk_reads_pwc), SAME(walk_cycles), SAME(hash_walks), SAME(tlb_killed), SAME(pwc_killed);
        SAME(table_entries_killed), SAME(tlb_refilled);
        SAME(pwc_miss), SAME(pwc_l1_hit), SAME(pwc_l2_hit), SAME(pwc_l3_hit);
#undef SAME
    }
}
END_TEST

START_TEST(what_if_refuses_what_it_cannot_see)
{
    struct world w;
    struct mmu_config base = mmu_config_default(), variant = base;
    struct mmu_system *s;

    world_open(&w, 8);
    s = mmu_system_new(&base, &w.bus, 1, 1);
    variant.derat_entries = 32;
    ck_assert(!mmu_what_if(s, &variant));
    variant = base, variant.tlb_entries = 1000, variant.tlb_ways = 7;
    ck_assert(!mmu_what_if(s, &variant));
    for (unsigned k = 0; k < WHAT_IF_MOST; k++) ck_assert(mmu_what_if(s, &base));
    ck_assert(!mmu_what_if(s, &base));
    ck_assert_ptr_null(mmu_what_if_counters(s, WHAT_IF_MOST, 0));
    mmu_system_free(s);
    base.model = MMU_MODEL_NONE;
    s = mmu_system_new(&base, &w.bus, 1, 1);
    ck_assert(!mmu_what_if(s, &base));
    mmu_system_free(s);
    world_close(&w);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("mmu models");
    TCase *c = tcase_create("models");

    tcase_set_timeout(c, 300);
    tcase_add_test(c, slots_agree_with_the_walk_and_all_models_agree_with_each_other);
    tcase_add_test(c, the_same_run_counts_the_same);
    tcase_add_loop_test(c, what_if_counts_what_a_run_with_that_configuration_counts, 1, SANITIZED ? 3 : 5);
    tcase_add_loop_test(c, an_access_is_never_charged_less_than_one_that_a_nearer_array_answers, 0, SANITIZED ? 3 : 8);
    tcase_add_test(c, what_if_refuses_what_it_cannot_see);
    suite_add_tcase(s, c);
    return run_suite(s);
}
