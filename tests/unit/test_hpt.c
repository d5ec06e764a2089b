/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Hashed page tables.  By hand, with HTABSIZE 0, so 2^11 groups of 128 bytes and a mask of 0x7ff:
 *
 *   SMALL  256 MiB segment, VSID 0x12345, 4 KiB base pages, offset 0x3000 in the segment
 *          hash = 0x12345 ^ 0x3 = 0x12346, group 0x346 at 0x346 * 128 = 0x1a300; secondary ~: 0x4b9 at 0x25c80
 *          virtual address 0x12345 << 28 | 0x3000; AVA = VA >> 23 = 0x12345 << 5, at bit 56: dword 0 = 0x12345000 | V
 *   BIG    1 TiB segment, VSID 0xabcde, 64 KiB base pages, offset 0x23450000
 *          hash = 0xabcde ^ 0xabcde << 25 ^ 0x2345; its low 11 bits: 0x4de ^ 0 ^ 0x345 = 0x79b, group at 0x3cd80
 *          AVA = 0xabcde << 17 | 0x46; dword 0 = AVA << 7 | L | V, dword 1 has B = 01 in bits 4:5 and LP = 0001
 *
 * Rights by pp and by Ks or Kp (5.7.13.2):  pp 0 1 2 3 6; key 0: RW RW RW R R; key 1: - R RW R -; other pp: nothing.
 */
#include <stdlib.h>

#include "stats/counters.h"
#include "tests/unit/hpt_world.h"
#include "tests/support/suite.h"

static struct world w;
static struct slb slb;
static struct hpt table;
static const struct hseg SMALL = {0x12345, false, 12}, BIG = {0xabcde, true, 16};
#define EA_SMALL 0x10003000ULL /* ESID 1 */

static void setup(void)
{
    world_open(&w, 64);
    memset(&slb, 0, sizeof slb);
    table = hpt_open(&w, 0, 0);
    w.ctx.lpcr = 0;
    w.ctx.slb = &slb;
    hseg_slb(&slb, 4, EA_SMALL, &SMALL, 0);
    hseg_slb(&slb, 7, 3ULL << 40, &BIG, 0);
}

static void teardown(void)
{
    world_close(&w);
}

static struct xlate expect(u64 ea, enum access access, enum xlate_why why)
{
    struct xlate x = world_walk(&w, ea, access);

    ck_assert_str_eq(xlate_why_name(x.why), xlate_why_name(why));
    return x;
}

#define EA_OF_BIG ((3ULL << 40) | 0x23450000ULL)

START_TEST(the_primary_group_is_where_the_book_says)
{
    struct xlate x;

    world_put(&w, table.base + 0x1a300 + 5 * 16, 0x12345000ULL | H_V);
    world_put(&w, table.base + 0x1a300 + 5 * 16 + 8, 0x00456000ULL | H_R | H_M | 2);
    x = expect(EA_SMALL | 0x123, ACCESS_LOAD, XL_OK);
    ck_assert_uint_eq(x.ra, 0x456123);
    ck_assert_uint_eq(x.page_shift, 12);
    ck_assert_uint_eq(x.prot, PROT_ALL);
    ck_assert_uint_eq(x.rc_count, 0);
    ck_assert_uint_eq(w.steps, 2); /* partition-table entry, one group */
    ck_assert_int_eq(w.step[1].kind, WALK_PTEG);
    ck_assert_uint_eq(w.step[1].entry_ra, table.base + 0x1a300 + 5 * 16);
}
END_TEST

START_TEST(the_secondary_group_needs_h)
{
    world_put(&w, table.base + 0x25c80, 0x12345000ULL | H_V);
    world_put(&w, table.base + 0x25c88, 0x00456000ULL | H_R | 2);
    expect(EA_SMALL, ACCESS_LOAD, XL_NO_ENTRY);
    ck_assert_uint_eq(w.steps, 3);
    world_put(&w, table.base + 0x25c80, 0x12345000ULL | H_V | H_H);
    ck_assert_uint_eq(expect(EA_SMALL, ACCESS_LOAD, XL_OK).ra, 0x456000);
}
END_TEST

START_TEST(a_segment_of_one_tebibyte)
{
    u64 at = table.base + 0x3cd80 + 7 * 16;

    world_put(&w, at, ((0xabcdeULL << 17 | 0x46) << 7) | H_L | H_V);
    world_put(&w, at + 8, 0x00770000ULL | 0x1000 | H_B_1T | H_R | 2);
    ck_assert_uint_eq(expect(EA_OF_BIG | 0x89ab, ACCESS_LOAD, XL_OK).ra, 0x7789ab);
    world_put(&w, at + 8, 0x00770000ULL | 0x1000 | H_R | 2); /* B says 256 MiB */
    expect(EA_OF_BIG, ACCESS_LOAD, XL_NO_ENTRY);
    world_put(&w, at, ((0xabcdeULL << 17 | 0x46) << 7) | H_V); /* a 4 KiB page cannot be in this segment */
    world_put(&w, at + 8, 0x00770000ULL | 0x1000 | H_B_1T | H_R | 2);
    expect(EA_OF_BIG, ACCESS_LOAD, XL_NO_ENTRY);
}
END_TEST

START_TEST(an_entry_that_differs_in_anything_is_not_it)
{
    u64 at = hpt_put(&w, &table, &SMALL, 0x3000, 12, 0x456000, H_R | 2), dword0 = world_get(&w, at);

    ck_assert_uint_eq(at, table.base + 0x1a300);
    expect(EA_SMALL, ACCESS_LOAD, XL_OK);
    for (unsigned bit = 7; bit < 52; bit++) { /* AVA */
        world_put(&w, at, dword0 ^ 1ULL << bit);
        expect(EA_SMALL, ACCESS_LOAD, XL_NO_ENTRY);
    }
    world_put(&w, at, dword0 & ~(u64)H_V);
    expect(EA_SMALL, ACCESS_LOAD, XL_NO_ENTRY);
    world_put(&w, at, dword0 | 0x78 | 0xfff0000000000000ULL); /* software bits, and those beyond 68 bits of address */
    expect(EA_SMALL, ACCESS_LOAD, XL_OK);
    for (unsigned lp = 0; lp < 256; lp++) { /* L = 1: 64 KiB is LP xxxx0111, 16 MiB 00111000 */
        world_put(&w, at, dword0 | H_L);
        world_put(&w, at + 8, 0x2000000ULL | (u64)lp << 12 | H_R | 2);
        expect(EA_SMALL, ACCESS_LOAD, (lp & 15) == 7 || lp == 0x38 ? XL_OK : XL_NO_ENTRY);
    }
}
END_TEST

static const struct {
    unsigned base_shift, shift;
} pairs[] = {{12, 12}, {12, 16}, {12, 24}, {16, 16}, {16, 24}, {24, 24}, {34, 34}};
START_TEST(every_pair_of_base_and_actual_page_size)
{
    const struct hseg s = {0x777, true, pairs[_i].base_shift};
    u64 page = 5ULL << 34, inside = pairs[_i].shift == 34 ? 0x1234567 : 0x1234567 & ((1ULL << pairs[_i].shift) - 1);
    u64 ra = pairs[_i].shift == 34 ? 0 : pairs[_i].shift == 24 ? 0x2000000 : 0x450000;
    struct xlate x;

    hseg_slb(&slb, 9, 9ULL << 40, &s, 0);
    hpt_put(&w, &table, &s, (page | inside) >> s.base_shift << s.base_shift, pairs[_i].shift, ra, H_R | 2);
    x = expect(9ULL << 40 | page | inside, ACCESS_LOAD, XL_OK);
    ck_assert_uint_eq(x.ra, ra | inside);
    ck_assert_uint_eq(x.page_shift, pairs[_i].shift);
    if (pairs[_i].shift != s.base_shift) /* the next base page hashes elsewhere, although it lies in the same page */
        expect((9ULL << 40 | page | inside) ^ 1ULL << s.base_shift, ACCESS_LOAD, XL_NO_ENTRY);
}
END_TEST

enum { R = PROT_READ_OK | PROT_EXEC_OK, W = PROT_ALL };
START_TEST(rights_follow_pp_and_the_key_of_the_segment)
{
    static const u8 want[2][8] = {{W, W, W, R, 0, 0, R, 0}, {0, R, W, R, 0, 0, 0, 0}};
    unsigned pp = _i & 7, key = _i >> 3 & 1, problem = _i >> 4;
    u64 at = hpt_put(&w, &table, &SMALL, 0x3000, 12, 0x456000, H_R | H_C | (pp & 3) | (pp & 4 ? H_PP0 : 0));
    u8 rights = want[key][pp];

    hseg_slb(&slb, 4, EA_SMALL, &SMALL, key ? (problem ? S_KP : S_KS) : (problem ? S_KS : S_KP));
    if (problem) w.ctx.msr |= MSR_PR;
    expect(EA_SMALL, ACCESS_LOAD, rights & PROT_READ_OK ? XL_OK : XL_PROTECTION);
    expect(EA_SMALL, ACCESS_STORE, rights & PROT_WRITE_OK ? XL_OK : XL_PROTECTION);
    expect(EA_SMALL, ACCESS_FETCH, rights & PROT_EXEC_OK ? XL_OK : XL_PROTECTION);
    world_put(&w, at + 8, world_get(&w, at + 8) | H_N);
    expect(EA_SMALL, ACCESS_FETCH, XL_NO_EXECUTE);
    world_put(&w, at + 8, (world_get(&w, at + 8) & ~(u64)H_N) | H_G);
    expect(EA_SMALL, ACCESS_FETCH, XL_NO_EXECUTE);
}
END_TEST

START_TEST(storage_keys_are_two_bits_of_amr_and_one_of_iamr)
{
    unsigned key = (unsigned)_i, shift = 2 * (31 - key);

    hpt_put(&w, &table, &SMALL, 0x3000, 12, 0x456000, H_R | H_C | 2 | H_KEY(key));
    w.ctx.amr = 2ULL << shift;
    expect(EA_SMALL, ACCESS_LOAD, XL_OK);
    expect(EA_SMALL, ACCESS_STORE, XL_KEY);
    w.ctx.amr = 1ULL << shift;
    expect(EA_SMALL, ACCESS_LOAD, XL_KEY);
    expect(EA_SMALL, ACCESS_STORE, XL_OK);
    expect(EA_SMALL, ACCESS_FETCH, XL_OK);
    w.ctx.amr = ~(3ULL << shift);
    w.ctx.iamr = 0x5555555555555555ULL & ~(3ULL << shift);
    expect(EA_SMALL, ACCESS_STORE, XL_OK);
    expect(EA_SMALL, ACCESS_FETCH, XL_OK);
    w.ctx.iamr = 1ULL << shift;
    expect(EA_SMALL, ACCESS_FETCH, XL_KEY);
}
END_TEST

START_TEST(page_and_key_may_both_refuse)
{
    struct xlate x;

    hpt_put(&w, &table, &SMALL, 0x3000, 12, 0x456000, H_R | H_C | 3 | H_KEY(9));
    w.ctx.amr = 3ULL << 2 * (31 - 9);
    x = expect(EA_SMALL, ACCESS_STORE, XL_PROTECTION_KEY);
    ck_assert_int_eq(x.stage, STAGE_PARTITION);
    ck_assert_uint_eq(x.segment, 0x12345000); /* for ASDR */
}
END_TEST

START_TEST(a_segment_says_no_before_the_table_is_read)
{
    expect(0x20000000, ACCESS_LOAD, XL_NO_SEGMENT);
    ck_assert_uint_eq(w.steps, 0);
    hpt_put(&w, &table, &SMALL, 0x3000, 12, 0x456000, H_R | 2);
    hseg_slb(&slb, 4, EA_SMALL, &SMALL, S_N);
    expect(EA_SMALL, ACCESS_FETCH, XL_NO_EXECUTE);
    ck_assert_uint_eq(w.steps, 0);
    expect(EA_SMALL, ACCESS_LOAD, XL_OK);
    slb.entry[4].vsid |= 0x30; /* L || LP = 011 */
    expect(EA_SMALL, ACCESS_LOAD, XL_BAD_CONFIG);
}
END_TEST

START_TEST(reference_and_change_are_set_in_the_second_doubleword)
{
    u64 at = hpt_put(&w, &table, &SMALL, 0x3000, 12, 0x456000, 2);
    struct xlate x = expect(EA_SMALL, ACCESS_LOAD, XL_OK);

    ck_assert_uint_eq(x.rc_count, 1);
    ck_assert_uint_eq(x.rc[0].entry_ra, at + 8);
    ck_assert_uint_eq(x.rc[0].set, H_R);
    ck_assert(!x.changed);
    x = expect(EA_SMALL, ACCESS_STORE, XL_OK);
    ck_assert_uint_eq(x.rc[0].set, H_R | H_C);
    ck_assert(x.changed);
    w.ctx.rc_by_software = true; /* of radix only */
    expect(EA_SMALL, ACCESS_STORE, XL_OK);
}
END_TEST

static const struct {
    u64 wimg;
    enum xlate_attr attr;
} wimgs[] = {{H_M, ATTR_NORMAL},
             {0, ATTR_NORMAL},
             {H_W | H_I | H_M, ATTR_SAO},
             {H_I, ATTR_TOLERANT},
             {H_I | H_G, ATTR_NON_IDEMPOTENT},
             {H_I | H_M | H_G, ATTR_NON_IDEMPOTENT},
             {H_G, ATTR_NORMAL}};
START_TEST(wimg_says_what_kind_of_storage_it_is)
{
    hpt_put(&w, &table, &SMALL, 0x3000, 12, 0x456000, H_R | 2 | wimgs[_i].wimg);
    ck_assert_uint_eq(expect(EA_SMALL, ACCESS_LOAD, XL_OK).attr, wimgs[_i].attr);
}
END_TEST

START_TEST(a_partition_table_entry_must_fit)
{
    hpt_put(&w, &table, &SMALL, 0x3000, 12, 0x456000, H_R | 2);
    expect(EA_SMALL, ACCESS_LOAD, XL_OK);
    world_put(&w, w.patb, table.base | 29); /* HTABSIZE */
    expect(EA_SMALL, ACCESS_LOAD, XL_BAD_CONFIG);
    world_put(&w, w.patb, table.base | W_VALID); /* HR = 1: a tree */
    expect(EA_SMALL, ACCESS_LOAD, XL_BAD_CONFIG);
    world_put(&w, w.patb, 0x0fffffffc0000000ULL); /* nothing there */
    expect(EA_SMALL, ACCESS_LOAD, XL_NO_STORAGE);
    world_put(&w, w.patb, table.base);
    w.ctx.lpid = 300;
    expect(EA_SMALL, ACCESS_LOAD, XL_BAD_CONFIG);
    w.ctx.lpid = 0;
    w.ctx.msr &= ~MSR_HV; /* a guest is not partition 0 */
    expect(EA_SMALL, ACCESS_LOAD, XL_BAD_CONFIG);
    w.ctx.msr |= MSR_HV;
    w.ctx.ptcr = 1ULL << 50;
    expect(EA_SMALL, ACCESS_LOAD, XL_NO_STORAGE);
    w.ctx.slb = NULL;
    expect(EA_SMALL, ACCESS_LOAD, XL_NO_SEGMENT);
}
END_TEST

START_TEST(a_table_begins_at_any_multiple_of_256_kib)
{
    struct hpt t = {(w.next + (1 << 20)) / (1 << 20) * (1 << 20) + (1 << 18), 2}; /* 1 MiB of table */

    world_put(&w, w.patb, t.base | 2);
    ck_assert_uint_gt(hpt_put(&w, &t, &SMALL, 0x1fff000 & ~0x7ffULL, 12, 0x456000, H_R | 2), t.base);
    for (u64 page = 0; page < 64; page++) hpt_put(&w, &t, &SMALL, page << 20, 12, 0x1000000 + (page << 12), H_R | 2);
    for (u64 page = 0; page < 64; page++)
        ck_assert_uint_eq(expect(0x10000000 + (page << 20), ACCESS_LOAD, XL_OK).ra, 0x1000000 + (page << 12));
}
END_TEST

START_TEST(isl_makes_every_base_page_4_kib)
{
    const struct hseg as_small = {BIG.vsid, true, 12};

    hpt_put(&w, &table, &as_small, 0x23450000, 12, 0x456000, H_R | 2);
    expect(EA_OF_BIG, ACCESS_LOAD, XL_NO_ENTRY);
    w.ctx.lpcr = LPCR_ISL;
    ck_assert_uint_eq(expect(EA_OF_BIG, ACCESS_LOAD, XL_OK).ra, 0x456000);
}
END_TEST

/* The virtual real mode area: a segment of 1 TiB with VSID 0x1ffffff, base page size L || LP in PATE0[56:58]. */
START_TEST(a_guest_in_real_mode_is_in_its_virtual_real_mode_area)
{
    const struct hseg area = {0x1ffffff, true, 16};
    struct hpt guest = hpt_open(&w, 5, 0);
    struct xlate x;

    world_put(&w, w.patb + 5 * 16, guest.base | 5 << 5);
    hpt_put(&w, &guest, &area, 0x120000, 16, 0x450000, H_R | H_KEY(31) | 2);
    w.ctx.lpid = 5;
    w.ctx.msr = 0;
    w.ctx.amr = 3; /* key 31 is not looked at */
    ck_assert_uint_eq(expect(0x123456, ACCESS_LOAD, XL_OK).ra, 0x453456);
    ck_assert_uint_eq(expect(0x8000000000123456ULL, ACCESS_FETCH, XL_OK).ra, 0x453456);
    x = expect(0x20123456, ACCESS_LOAD, XL_NO_ENTRY);
    ck_assert_int_eq(x.stage, STAGE_PARTITION);
    ck_assert_uint_eq(x.segment, 1ULL << 62 | 0x1ffffff000000ULL | S_64K);
    expect(1ULL << 40, ACCESS_LOAD, XL_NO_ENTRY);
    world_put(&w, w.patb + 5 * 16, guest.base | 3 << 5); /* L || LP = 011 */
    expect(0x123456, ACCESS_LOAD, XL_BAD_CONFIG);
}
END_TEST

/* ---- the model ---- */
static struct mmu_system *machine;
static struct counters n;

static struct mmu *model(u32 contexts)
{
    struct mmu_config c = mmu_config_default();

    c.contexts = contexts;
    machine = mmu_system_new(&c, &w.bus, 1, 2);
    ck_assert_ptr_nonnull(machine);
    memset(&n, 0, sizeof n);
    for (unsigned t = 0; t < 2; t++) {
        mmu_set_counters(mmu_of_thread(machine, t), &n, NULL, 0);
        mmu_set_context(mmu_of_thread(machine, t), &w.ctx);
    }
    return mmu_of_thread(machine, 0);
}

static bool reach(struct mmu *m, u64 ea, enum access access)
{
    struct xlate x;
    u64 stall = 0;

    return mmu_translate(m, ea, access, 8, &x, &stall);
}

START_TEST(hash_has_the_whole_tlb)
{
    struct mmu *m;

    for (u64 k = 0; k < 1024; k++) hpt_put(&w, &table, &SMALL, k << 12, 12, 0x1000000 + (k << 12), H_R | H_C | 2);
    m = model(64);
    for (unsigned pass = 0; pass < 2; pass++)
        for (u64 k = 0; k < 1024; k++) ck_assert(reach(m, 0x10000000 + (k << 12), ACCESS_LOAD));
    ck_assert_uint_eq(n.walks, 1024);
    ck_assert_uint_eq(n.hash_walks, 1024);
    ck_assert_uint_eq(n.dtlb_miss_4k, 1024);
    ck_assert_uint_eq(n.tlb_hit, 1024);
    ck_assert_uint_eq(n.walk_reads, 1025); /* a group each, and the partition-table entry once */
    mmu_system_free(machine);
}
END_TEST

START_TEST(two_threads_share_a_tlb_entry_by_virtual_address)
{
    const struct hseg big = {0x5, true, 24};
    struct slb other = {0};
    struct xlate_ctx ctx;
    struct mmu *m;

    hseg_slb(&slb, 1, 5ULL << 40, &big, 0);
    hseg_slb(&other, 1, 6ULL << 40, &big, 0);
    hpt_put(&w, &table, &big, 0, 24, 0x1000000, H_R | H_C | 2);
    m = model(64);
    ctx = w.ctx;
    ctx.slb = &other;
    mmu_set_context(mmu_of_thread(machine, 1), &ctx);
    ck_assert(reach(m, 5ULL << 40 | 0x1000, ACCESS_LOAD));
    ck_assert(reach(mmu_of_thread(machine, 1), 6ULL << 40 | 0x2000, ACCESS_LOAD));
    ck_assert_uint_eq(n.tlb_miss, 1);
    ck_assert_uint_eq(n.dtlb_miss_16m, 1);
    ck_assert_uint_eq(n.derat_miss_16m, 2);
    ck_assert(!reach(m, 6ULL << 40, ACCESS_LOAD));
    ck_assert_uint_eq(n.dslb_miss, 1);
    ck_assert(!reach(m, 7ULL << 40, ACCESS_FETCH));
    ck_assert_uint_eq(n.islb_miss, 1);
    mmu_system_free(machine);
}
END_TEST

static bool walks(struct mmu *m, u64 ea)
{
    u64 before = n.walks;

    (void)!reach(m, ea, ACCESS_LOAD);
    return n.walks != before;
}

/* Found by random_tables, seed 21: the segment belongs to the fault also if the model was already behind the SLB. */
START_TEST(a_partition_that_goes_bad_is_told_with_its_segment)
{
    struct xlate x, want;
    struct mmu *m;
    u64 stall = 0;

    hpt_put(&w, &table, &SMALL, 0x3000, 12, 0x456000, H_R | H_C | 2);
    m = model(64);
    world_put(&w, w.patb, table.base | W_VALID); /* HR = 1 */
    want = expect(EA_SMALL, ACCESS_LOAD, XL_BAD_CONFIG);
    ck_assert(!mmu_translate(m, EA_SMALL, ACCESS_LOAD, 8, &x, &stall));
    ck_assert_int_eq(x.why, XL_BAD_CONFIG);
    ck_assert_uint_eq(want.segment, 0x12345000);
    ck_assert_uint_eq(x.segment, want.segment);
    mmu_system_free(machine);
}
END_TEST

/* tlbie of one page of one size leaves the page beside it, whatever forms the operand has. */
START_TEST(tlbie_names_a_virtual_page)
{
    const struct hseg s = {0x777, _i & 1, pairs[_i / 2].base_shift};
    unsigned shift = pairs[_i / 2].shift;
    u64 ea = s.big ? 9ULL << 40 : 9ULL << 28, step = 1ULL << shift;
    struct tlbie_op op = {.rb = hpt_rb(&s, 0, shift), .hv = true};
    struct mmu *m;

    if (shift == 34) return; /* two of them do not fit */
    hseg_slb(&slb, 9, ea, &s, 0);
    hpt_put(&w, &table, &s, 0, shift, 0x1000000, H_R | H_C | 2);
    hpt_put(&w, &table, &s, step, shift, 0x2000000, H_R | H_C | 2);
    m = model(64);
    ck_assert(walks(m, ea) && walks(m, ea + step));
    ck_assert(!walks(m, ea) && !walks(m, ea + step));
    op.r = true; /* radix: another thing */
    op.prs = true;
    mmu_tlbie(m, &op);
    ck_assert(!walks(m, ea));
    op.r = op.prs = false;
    op.rs = 77; /* another partition */
    mmu_tlbie(m, &op);
    ck_assert(!walks(m, ea));
    op.rs = 0;
    op.local = _i % 4 < 2;
    mmu_tlbie(m, &op);
    ck_assert(!walks(m, ea + step));
    ck_assert(walks(m, ea));
    ck_assert_uint_eq(n.tlb_killed, 1);
    ck_assert_uint_eq(n.erat_killed, 1);
    op = (struct tlbie_op){.rb = 3 << 10, .hv = true};
    mmu_tlbie(m, &op);
    ck_assert(walks(m, ea + step));
    mmu_system_free(machine);
}
END_TEST

START_TEST(slbie_and_slbia_forget_what_segments_made)
{
    struct mmu *m;

    hpt_put(&w, &table, &SMALL, 0x3000, 12, 0x456000, H_R | H_C | 2);
    hpt_put(&w, &table, &BIG, 0x23450000, 16, 0x460000, H_R | H_C | 2);
    hseg_slb(&slb, 7, 3ULL << 40, &BIG, S_CLASS);
    m = model(64);
    ck_assert(reach(m, EA_SMALL, ACCESS_LOAD) && reach(m, EA_OF_BIG, ACCESS_LOAD));
    memset(&n, 0, sizeof n);
    mmu_slbie(m, EA_SMALL, slb_drop(&slb, EA_SMALL & ~0xfffffffULL));
    ck_assert_uint_eq(n.erat_killed, 1);
    ck_assert(!reach(m, EA_SMALL, ACCESS_LOAD));
    ck_assert(reach(m, EA_OF_BIG, ACCESS_LOAD));
    hseg_slb(&slb, 4, EA_SMALL, &SMALL, 0);
    ck_assert(reach(m, EA_SMALL, ACCESS_LOAD));
    slb_drop_all(&slb, 3);
    mmu_slbia(m, 3); /* class 1 */
    ck_assert_uint_eq(n.erat_killed, 2);
    ck_assert(reach(m, EA_SMALL, ACCESS_LOAD));
    ck_assert(!reach(m, EA_OF_BIG, ACCESS_LOAD));
    mmu_slbia(m, 6); /* guests: nothing here is theirs */
    ck_assert_uint_eq(n.erat_killed, 2);
    mmu_slbia(m, 7);
    ck_assert_uint_eq(n.erat_killed, 3);
    ck_assert(!walks(m, EA_SMALL)); /* the TLB is not concerned */
    mmu_system_free(machine);
}
END_TEST

START_TEST(contexts_of_many_keys_do_not_serve_each_other)
{
    struct xlate_ctx ctx = w.ctx;
    struct mmu *m;

    hpt_put(&w, &table, &SMALL, 0x3000, 12, 0x456000, H_R | H_C | 2 | H_KEY(3));
    m = model(4);
    for (u64 k = 0; k < 200; k++) {
        struct hostmap map;
        bool refused = k % 3 == 0;

        ctx.amr = k << 2 | (refused ? 3ULL << 56 : 0);
        map = mmu_set_context(m, &ctx);
        if (map.load[(EA_SMALL >> 12) & HOST_SLOT_MASK].tag == EA_SMALL) ck_assert(!refused);
        ck_assert_int_eq(reach(m, EA_SMALL, ACCESS_LOAD), !refused);
    }
    mmu_system_free(machine);
}
END_TEST

START_TEST(a_context_of_another_iamr_has_other_fetch_slots)
{
    struct xlate_ctx ctx = w.ctx;
    struct mmu *m;

    hpt_put(&w, &table, &SMALL, 0x3000, 12, 0x456000, H_R | H_C | 2 | H_KEY(3));
    m = model(4);
    ck_assert(reach(m, EA_SMALL, ACCESS_FETCH));
    mmu_install_fetch(m, EA_SMALL, (struct insn *)(void *)&w, false);
    ck_assert_uint_eq(mmu_set_context(m, &w.ctx).fetch[(EA_SMALL >> 12) & FETCH_SLOT_MASK].tag, EA_SMALL);
    ctx.iamr = 1ULL << 56;
    ck_assert_uint_eq(mmu_set_context(m, &ctx).fetch[(EA_SMALL >> 12) & FETCH_SLOT_MASK].tag, HOST_NO_PAGE);
    ck_assert(!reach(m, EA_SMALL, ACCESS_FETCH));
    mmu_system_free(machine);
}
END_TEST

/* The model `none`: a slot knows the low 28 bits of its virtual address. */
START_TEST(without_arrays_tlbie_empties_every_slot_of_the_page)
{
    struct mmu_config c = mmu_config_default();
    struct tlbie_op op = {.rb = hpt_rb(&BIG, 0x23450000, 16), .hv = true};
    struct hostmap map;
    struct mmu *m;

    c.model = MMU_MODEL_NONE;
    hpt_put(&w, &table, &BIG, 0x23450000, 16, 0x460000, H_R | H_C | 2);
    hpt_put(&w, &table, &BIG, 0x23460000, 16, 0x470000, H_R | H_C | 2);
    machine = mmu_system_new(&c, &w.bus, 1, 1);
    m = mmu_of_thread(machine, 0);
    map = mmu_set_context(m, &w.ctx);
    for (u64 page = 0; page < 17; page++) ck_assert(reach(m, EA_OF_BIG + page * 4096, ACCESS_LOAD));
    mmu_tlbie(m, &op);
    for (u64 page = 0; page < 17; page++)
        ck_assert_int_eq(map.load[((EA_OF_BIG >> 12) + page) & HOST_SLOT_MASK].tag == HOST_NO_PAGE, page < 16);
    mmu_slbie(m, EA_OF_BIG, 40);
    ck_assert_uint_eq(map.load[((EA_OF_BIG >> 12) + 16) & HOST_SLOT_MASK].tag, HOST_NO_PAGE);
    mmu_system_free(machine);
}
END_TEST

/* Anything in SLB, table and registers is answered: no crash, no hang (run with sanitizers). */
START_TEST(random_segments_and_tables_have_answers)
{
    u64 random = 4711 + (u64)_i, found = 0;

    for (unsigned round = 0; round < 4000; round++) {
        random = random * 6364136223846793005ULL + 1442695040888963407ULL;
        world_put(&w, table.base + (random >> 20) % (1 << 18) / 8 * 8, random * random);
        slb.entry[random >> 40 & 31] = (struct slb_entry){random * 3, random * 7};
        if (random >> 33 & 1) slb.entry[random >> 50 & 31] = (struct slb_entry){SLB_VALID, random >> 3 << 62 >> 1};
        if (!(random >> 60)) world_put(&w, w.patb, table.base | (random >> 30 & 0xff));
        if (random >> 61 == 1) world_put(&w, w.patb, random);
        if (random >> 61 == 2) world_put(&w, w.patb, table.base);
        w.ctx.lpid = random >> 59 == 3;
        w.ctx.msr = random & (MSR_HV | MSR_PR | MSR_IR | MSR_DR);
        w.ctx.lpcr = random & PPC_BITMASK(0, 3);
        found += world_walk(&w, random >> 62 ? random << 17 >> 17 : random >> 38, random % 3).why == XL_OK;
    }
    ck_assert_uint_gt(found, 0); /* hypervisor real mode, if nothing else */
}
END_TEST

int main(void)
{
    Suite *s = suite_create("hpt");
    TCase *c = tcase_create("hpt");

    tcase_add_checked_fixture(c, setup, teardown);
    tcase_add_test(c, the_primary_group_is_where_the_book_says);
    tcase_add_test(c, the_secondary_group_needs_h);
    tcase_add_test(c, a_segment_of_one_tebibyte);
    tcase_add_test(c, an_entry_that_differs_in_anything_is_not_it);
    tcase_add_loop_test(c, every_pair_of_base_and_actual_page_size, 0, ARRAY_SIZE(pairs));
    tcase_add_loop_test(c, rights_follow_pp_and_the_key_of_the_segment, 0, 32);
    tcase_add_loop_test(c, storage_keys_are_two_bits_of_amr_and_one_of_iamr, 0, 32);
    tcase_add_test(c, page_and_key_may_both_refuse);
    tcase_add_test(c, a_segment_says_no_before_the_table_is_read);
    tcase_add_test(c, reference_and_change_are_set_in_the_second_doubleword);
    tcase_add_loop_test(c, wimg_says_what_kind_of_storage_it_is, 0, ARRAY_SIZE(wimgs));
    tcase_add_test(c, a_partition_table_entry_must_fit);
    tcase_add_test(c, a_table_begins_at_any_multiple_of_256_kib);
    tcase_add_test(c, isl_makes_every_base_page_4_kib);
    tcase_add_test(c, a_guest_in_real_mode_is_in_its_virtual_real_mode_area);
    tcase_add_test(c, hash_has_the_whole_tlb);
    tcase_add_test(c, two_threads_share_a_tlb_entry_by_virtual_address);
    tcase_add_test(c, a_partition_that_goes_bad_is_told_with_its_segment);
    tcase_add_loop_test(c, tlbie_names_a_virtual_page, 0, 2 * ARRAY_SIZE(pairs));
    tcase_add_test(c, slbie_and_slbia_forget_what_segments_made);
    tcase_add_test(c, contexts_of_many_keys_do_not_serve_each_other);
    tcase_add_test(c, a_context_of_another_iamr_has_other_fetch_slots);
    tcase_add_test(c, without_arrays_tlbie_empties_every_slot_of_the_page);
    tcase_add_loop_test(c, random_segments_and_tables_have_answers, 0, 8);
    suite_add_tcase(s, c);
    return run_suite(s);
}
