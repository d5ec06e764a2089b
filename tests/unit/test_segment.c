/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Segment tables in storage (Book III 5.7.6.2, 5.7.8.3).
 *
 * The formats against programs that IBM published for the verification of a core with this architecture (the A2O test
 * programs; each line there has the doublewords and what their fields are):
 *
 *   PATE1 000618E1E5836C87                    PRTB 0x30C70F2, PTS 7, PTPS 4
 *   PATE1 00181E003F0D9FC1                    PRTB 0xC0F001F, PTS 1, PTPS 6
 *   PRTE  400AC1CD9CEF5637 6DF7C045D17603CB   B 1, STABORGU 0x000AC1CD9CEF5637, STABORGL 6, STABSIZE 0xC, STPS 5
 *   PRTE  000D02BAF8C4B60D FAE685694DA0D669   B 0, STABORGU 0x000D02BAF8C4B60D, STABORGL 15, STABSIZE 6, STPS 4
 *
 * By hand, of the first entry: the origin is 0xAC1CD9CEF56376 << 12 = 0xAC1CD9CEF56376000; B = 1, so VSID
 * 0xAC1CD9C and offset 0xEF56376000; STPS 5 is 64 KiB; 2^24 bytes, so the table begins at 0xEF56000000.  The second:
 * 0xD02BAF8C4B60DF000 is VSID 0xD02BAF8C4B of a 256 MiB segment, offset 0x60DF000; STPS 4 is 16 MiB; 2^18
 * bytes: 0x60C0000.
 *
 * The groups of a table of 2^12 bytes (q = 12, 32 groups): EA(31:35) for 256 MiB, EA(19:23) for 1 TiB.  EA
 * 0x0000_0123_5000_0000 has ESID 0x1235, group 0x15 at 0xa80, secondary 0x0a at 0x500; ESID of 1 TiB 1, group 1 at
 * 0x80, secondary 0x1e at 0xf00.
 */
#include <stdlib.h>

#include "mmu/explain.h"
#include "mmu/price.h"
#include "stats/counters.h"
#include "tests/unit/segment_world.h"
#include "tests/support/suite.h"

enum { PID = 7 };
#define EA 0x0000012350003000ULL
static struct world w;
static struct slb slb;
static struct hpt table;
static struct stab stab;
static u64 processes;
static const struct hseg PROCESSES = {0x1234567, true, 16}, TABLES = {0x76543, false, 12}, SMALL = {0x12345, false, 12},
                         BIG = {0xabcde, true, 16};

static void setup(void)
{
    world_open(&w, 64);
    memset(&slb, 0, sizeof slb);
    table = hpt_open(&w, 0, 0);
    processes = segment_processes(&w, &table, 0, &PROCESSES, 0);
    stab = segment_table(&w, &table, TABLES, 0x40000, 0);
    segment_process(&w, processes, PID, &stab);
    w.ctx.lpcr = SEGMENT_LPCR;
    w.ctx.slb = &slb;
    w.ctx.pid = PID;
    hpt_put(&w, &table, &SMALL, 0x3000, 12, 0x456000, H_R | H_C | 2);
    hpt_put(&w, &table, &BIG, 0x2350000000, 16, 0x460000, H_R | H_C | 2);
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

START_TEST(the_entry_is_in_one_of_four_groups)
{
    static const struct {
        u64 at;
        bool big;
        unsigned level;
    } groups[] = {{0xa80, false, 1}, {0x80, true, 2}, {0x500, false, 3}, {0xf00, true, 4}};
    const struct hseg *to = groups[_i].big ? &BIG : &SMALL;
    u64 at = segment_put_at(&w, stab.ra + groups[_i].at + 3 * 16, EA, to, 0);
    struct xlate x = expect(EA, ACCESS_LOAD, XL_OK);
    unsigned last = w.steps - 2, level = groups[_i].level;

    ck_assert_uint_eq(x.ra, groups[_i].big ? 0x463000 : 0x456000);
    ck_assert_uint_eq(w.steps, 3 + 2 * level + 1); /* PATE, PTEG PRTE, (PTEG STEG) of each group, PTEG of the page */
    ck_assert_int_eq(w.step[0].kind, WALK_PATE);
    ck_assert_int_eq(w.step[1].kind, WALK_PTEG);
    ck_assert_uint_eq(w.step[1].nested_for, 1);
    ck_assert_int_eq(w.step[2].kind, WALK_PRTE);
    ck_assert_uint_eq(w.step[2].entry_ra, processes + PID * 16);
    ck_assert_int_eq(w.step[last].kind, WALK_STEG);
    ck_assert_uint_eq(w.step[last].level, level);
    ck_assert_uint_eq(w.step[last].entry_ra, at);
    ck_assert_uint_eq(w.step[last - 1].nested_for, 2);
    ck_assert_uint_eq(w.step[last + 1].nested_for, 0);
    ck_assert_uint_eq(x.rc_count, 2); /* R of the pages of both tables; the page itself had it */
    expect(EA + (groups[_i].big ? 1ULL << 40 : 1ULL << 28), ACCESS_LOAD, XL_NO_SEGMENT);
    world_put(&w, at + 8, world_get(&w, at + 8) ^ S_1T); /* B must fit the search */
    expect(EA, ACCESS_LOAD, XL_NO_SEGMENT);
}
END_TEST

/* Fields as the verification programs name them: where the walk looks says how it read them. */
static const struct {
    u64 pate1, prte0, prte1, table_offset;
    struct hseg processes, in;
    unsigned q, pid_limit;
} published[] = {
    {0x000618E1E5836C87,
     0x400AC1CD9CEF5637,
     0x6DF7C045D17603CB,
     0xEF56000000,
     {0x30C70F2, true, 24},
     {0xAC1CD9C, true, 16},
     24,
     1 << 15},
    {0x00181E003F0D9FC1,
     0x000D02BAF8C4B60D,
     0xFAE685694DA0D669,
     0x60C0000,
     {0xC0F001F, true, 34},
     {0xD02BAF8C4B, false, 24},
     18,
     1 << 9},
};
START_TEST(fields_are_where_published_test_programs_have_them)
{
    const struct hseg *in = &published[_i].in, *prt = &published[_i].processes;
    u64 group = (EA >> 28) & ((1ULL << (published[_i].q - 7)) - 1), offset = published[_i].table_offset + group * 128;
    u64 steg, page = 1ULL << in->base_shift;

    world_put(&w, w.patb + 8, published[_i].pate1);
    hpt_put(&w, &table, prt, 0, prt->base_shift, 0, H_R);
    world_put(&w, PID * 16, published[_i].prte0);
    world_put(&w, PID * 16 + 8, published[_i].prte1);
    hpt_put(&w, &table, in, offset & ~(page - 1), in->base_shift, 0x2000000, H_R);
    steg = 0x2000000 + (offset & (page - 1));
    segment_put_at(&w, steg, EA, &SMALL, 0);
    ck_assert_uint_eq(expect(EA, ACCESS_LOAD, XL_OK).ra, 0x456000);
    ck_assert_uint_eq(w.step[4].entry_ra, steg);
    w.ctx.pid = published[_i].pid_limit;
    ck_assert_int_eq(expect(EA, ACCESS_LOAD, XL_NO_ENTRY).stage, STAGE_PROCESS);
    ck_assert_uint_eq(w.steps, 1);
    w.ctx.pid = published[_i].pid_limit - 1;
    expect(EA, ACCESS_LOAD, XL_NO_SEGMENT); /* not valid */
    ck_assert_uint_eq(w.steps, 3);
}
END_TEST

START_TEST(the_slb_comes_first_and_reads_nothing)
{
    hseg_slb(&slb, 2, EA, &BIG, 0);
    segment_put(&w, &stab, EA, &SMALL, 0);
    ck_assert_uint_eq(expect(EA, ACCESS_LOAD, XL_OK).ra, 0x463000);
    ck_assert_uint_eq(w.steps, 2);
    slb.entry[2].esid = 0;
    ck_assert_uint_eq(expect(EA, ACCESS_LOAD, XL_OK).ra, 0x456000);
    w.ctx.lpcr = 0; /* UPRT = 0 */
    expect(EA, ACCESS_LOAD, XL_NO_SEGMENT);
    ck_assert_uint_eq(w.steps, 0);
}
END_TEST

START_TEST(a_segment_from_a_table_has_its_keys_and_n)
{
    u64 at = segment_put(&w, &stab, EA, &SMALL, S_N | S_KP);
    struct xlate x = expect(EA, ACCESS_FETCH, XL_NO_EXECUTE);

    ck_assert_uint_eq(x.segment, hseg_vsid(&SMALL, S_N | S_KP));
    ck_assert(!x.for_table);
    ck_assert_uint_eq(x.rc_count, 0); /* a refused translation sets none */
    expect(EA, ACCESS_STORE, XL_OK);
    world_put(&w, at + 8, hseg_vsid(&SMALL, S_KS) | 0x30); /* L || LP = 011 */
    expect(EA, ACCESS_STORE, XL_BAD_CONFIG);
    hpt_put(&w, &table, &SMALL, 0x3000, 12, 0x456000, H_R | H_C | 0);
    world_put(&w, at + 8, hseg_vsid(&SMALL, S_KS));
    expect(EA, ACCESS_LOAD, XL_PROTECTION);
    w.ctx.msr |= MSR_PR; /* Kp = 0 */
    expect(EA, ACCESS_LOAD, XL_OK);
}
END_TEST

/* The tables' own pages: missing, of a reserved page size, outside storage.  Rights and keys are not asked. */
START_TEST(what_keeps_the_walker_from_the_tables)
{
    u64 prt = world_get(&w, w.patb + 8), prte1 = world_get(&w, processes + PID * 16 + 8);
    u64 page = hpt_put(&w, &table, &TABLES, 0x40000, 12, stab.ra, H_M | H_N | H_G | H_KEY(5) | 3), entry;
    struct xlate x;

    segment_put(&w, &stab, EA, &SMALL, 0);
    w.ctx.amr = w.ctx.iamr = ~3ULL; /* but for key 31; the page of SMALL has key 0 */
    w.ctx.amr &= ~(3ULL << 62);
    expect(EA, ACCESS_LOAD, XL_OK);
    w.ctx.lpcr |= LPCR_ISL; /* ISL is for segments, not for tables */
    expect(EA, ACCESS_LOAD, XL_OK);
    entry = world_get(&w, page);
    world_put(&w, page, 0);
    x = expect(EA, ACCESS_STORE, XL_NO_ENTRY);
    ck_assert_int_eq(x.stage, STAGE_PARTITION);
    ck_assert(x.for_table);
    ck_assert_uint_eq(x.segment, hseg_vsid(&TABLES, 0));
    world_put(&w, page, entry);
    world_put(&w, page + 8, (world_get(&w, page + 8) & 0xfff) | 0x00ff000000000000);
    x = expect(EA, ACCESS_LOAD, XL_NO_STORAGE);
    world_put(&w, processes + PID * 16 + 8, prte1 | 6); /* STPS = 011 */
    x = expect(EA, ACCESS_LOAD, XL_BAD_CONFIG);
    ck_assert(x.for_table);
    world_put(&w, w.patb + 8, prt ^ 1ULL << 30); /* another VSID: nothing there */
    x = expect(EA, ACCESS_FETCH, XL_NO_ENTRY);
    ck_assert(x.for_table);
    ck_assert_uint_eq(x.segment, hseg_vsid(&PROCESSES, 0) ^ 1ULL << 29);
    world_put(&w, w.patb + 8, prt | 3 << 5); /* PTPS = 111 */
    expect(EA, ACCESS_LOAD, XL_BAD_CONFIG);
}
END_TEST

/* LPCR[TC] (III 2.2): of a hashed page table only the primary group. */
START_TEST(tc_leaves_out_secondary_groups)
{
    u64 at = hpt_put(&w, &table, &SMALL, 0x3000, 12, 0x456000, H_R | 2);

    hseg_slb(&slb, 0, EA, &SMALL, 0);
    world_put(&w, hpt_group(&table, &SMALL, 0x3000, true), world_get(&w, at) | H_H);
    world_put(&w, hpt_group(&table, &SMALL, 0x3000, true) + 8, world_get(&w, at + 8));
    world_put(&w, at, 0);
    expect(EA, ACCESS_LOAD, XL_OK);
    w.ctx.lpcr |= LPCR_TC;
    expect(EA, ACCESS_LOAD, XL_NO_ENTRY);
    ck_assert_uint_eq(w.steps, 2);
}
END_TEST

/* ---- the model ---- */
static struct mmu_system *machine;
static struct mmu *mmu[4];
static struct counters n;

static void start_model(void)
{
    struct mmu_config c = mmu_config_default();

    machine = mmu_system_new(&c, &w.bus, 2, 2);
    ck_assert_ptr_nonnull(machine);
    memset(&n, 0, sizeof n);
    for (unsigned t = 0; t < 4; t++) {
        mmu[t] = mmu_of_thread(machine, t);
        mmu_set_counters(mmu[t], &n, NULL, 0);
        mmu_set_context(mmu[t], &w.ctx);
    }
}

static enum xlate_why reach(struct mmu *m, u64 ea)
{
    struct xlate x;
    u64 stall = 0;

    (void)!mmu_translate(m, ea, ACCESS_LOAD, 8, &x, &stall);
    return x.why;
}

/*
 * 2 reads for the process-table entry (its page table group and itself) and 2 for each segment table group; the
 * partition-table entry once for both walks.
 */
START_TEST(segments_are_kept_and_counted)
{
    segment_put(&w, &stab, EA, &SMALL, 0);
    segment_put(&w, &stab, 3ULL << 40, &BIG, 0);
    hpt_put(&w, &table, &SMALL, 0x4000, 12, 0x457000, H_R | H_C | 2);
    hpt_put(&w, &table, &BIG, 0, 16, 0x470000, H_R | H_C | 2);
    start_model();
    ck_assert_int_eq(reach(mmu[0], EA), XL_OK);
    ck_assert_uint_eq(n.dslb_miss, 1);
    ck_assert_uint_eq(n.segment_walks, 1);
    ck_assert_uint_eq(n.segment_reads, 5);
    ck_assert_uint_eq(n.segment_cycles, 5 * 15);
    ck_assert_uint_eq(n.walks, 1);
    ck_assert_uint_eq(n.walk_reads, 1);
    ck_assert_uint_eq(n.rc_updates, 2);
    ck_assert_int_eq(reach(mmu[0], EA + 0x1000), XL_OK);
    ck_assert_uint_eq(n.segment_walks, 1);
    ck_assert_uint_eq(n.walks, 2);
    ck_assert_int_eq(reach(mmu[0], 3ULL << 40), XL_OK);
    ck_assert_uint_eq(n.segment_walks, 2);
    ck_assert_uint_eq(n.segment_reads, 5 + 4); /* groups 1 and 2; the process-table entry is known */
    ck_assert_int_eq(reach(mmu[0], 9ULL << 40), XL_NO_SEGMENT);
    ck_assert_uint_eq(n.segment_walks, 3);
    ck_assert_uint_eq(n.dslb_miss, 3);
    mmu_system_free(machine);
}
END_TEST

/* Who drops the segment that thread 1 and, on another core, thread 2 have. */
static void drop(unsigned how)
{
    struct tlbie_op op = {.ric = 2, .prs = true, .rb = 1 << 10, .rs = (u64)PID << 32, .hv = true};

    switch (how) {
    case 0: mmu_slbieg(mmu[0], EA, 0, PID); break;
    case 1: mmu_slbiag(mmu[0], 0); break;
    case 2: mmu_tlbie(mmu[0], &op); break;
    case 3: mmu_slbie(mmu[1], EA, 28); break;
    case 4:
        op.local = true;
        mmu_tlbie(mmu[0], &op);
        break;
    case 5: mmu_slbia(mmu[1], 0); break;
    case 6: mmu_slbia(mmu[1], 3); break; /* class 0: stays */
    case 7: mmu_slbia(mmu[1], 7); break;
    case 8: mmu_slbieg(mmu[0], EA, 0, PID + 1); break;
    case 9: mmu_slbiag(mmu[0], 5); break;
    case 10: mmu_slbieg(mmu[0], EA + (1ULL << 28), 0, PID); break;
    default:
        op.ric = 0; /* translations, not table entries */
        mmu_tlbie(mmu[0], &op);
    }
}
static const struct {
    bool own, other; /* thread 1 and 2 walk the table again */
} dropped[] = {{1, 1}, {1, 1}, {1, 1}, {1, 0}, {1, 0}, {1, 0}, {0, 0}, {0, 0}, {0, 0}, {0, 0}, {0, 0}, {0, 0}};
START_TEST(what_drops_segments_made_by_hardware)
{
    u64 killed = (u64)dropped[_i].own + dropped[_i].other, walks;

    segment_put(&w, &stab, EA, &SMALL, 0);
    hpt_put(&w, &table, &SMALL, 0x4000, 12, 0x457000, H_R | H_C | 2);
    start_model();
    ck_assert_int_eq(reach(mmu[1], EA), XL_OK);
    ck_assert_int_eq(reach(mmu[2], EA), XL_OK);
    drop((unsigned)_i);
    ck_assert_uint_eq(n.segments_killed, killed);
    walks = n.segment_walks;
    ck_assert_int_eq(reach(mmu[1], EA + 0x1000), XL_OK);
    ck_assert_uint_eq(n.segment_walks - walks, dropped[_i].own);
    ck_assert_int_eq(reach(mmu[2], EA + 0x1000), XL_OK);
    ck_assert_uint_eq(n.segment_walks - walks, killed);
    mmu_system_free(machine);
}
END_TEST

START_TEST(each_process_has_segments_of_its_own)
{
    struct xlate_ctx other = w.ctx;
    struct xlate x;
    u64 stall = 0;

    segment_put(&w, &stab, EA, &SMALL, 0);
    start_model();
    ck_assert_int_eq(reach(mmu[0], EA), XL_OK);
    other.pid = PID + 1;
    mmu_set_context(mmu[0], &other);
    ck_assert_int_eq(reach(mmu[0], EA), XL_NO_SEGMENT);
    segment_process(&w, processes, PID + 1, &stab); /* shared */
    ck_assert(mmu_translate(mmu[0], EA, ACCESS_STORE, 8, &x, &stall));
    ck_assert_uint_eq(x.ra, 0x456000);
    mmu_set_context(mmu[0], &w.ctx);
    ck_assert_uint_eq(n.segment_walks, 3);
    ck_assert_int_eq(reach(mmu[0], EA), XL_OK);
    ck_assert_uint_eq(n.segment_walks, 3);
    mmu_system_free(machine);
}
END_TEST

/* More segments than there are entries for: all is well, the first ones are walked again. */
START_TEST(the_oldest_segment_gives_way)
{
    const struct hseg big = {0x9999, true, 24};

    for (u64 k = 0; k < 40; k++) segment_put(&w, &stab, k << 40, &big, 0);
    hpt_put(&w, &table, &big, 0, 24, 0x1000000, H_R | H_C | 2);
    start_model();
    for (u64 k = 0; k < 40; k++) ck_assert_int_eq(reach(mmu[0], k << 40), XL_OK);
    for (u64 k = 40 - 28; k < 40; k++) ck_assert_int_eq(reach(mmu[0], k << 40 | 0x1000), XL_OK);
    ck_assert_uint_eq(n.segment_walks, 40);
    ck_assert_int_eq(reach(mmu[0], 0x1000), XL_OK);
    ck_assert_uint_eq(n.segment_walks, 40); /* the ERAT knows */
    mmu_slbie(mmu[0], 0, 40);
    ck_assert_int_eq(reach(mmu[0], 0x1000), XL_OK);
    ck_assert_uint_eq(n.segment_walks, 41);
    mmu_system_free(machine);
}
END_TEST

START_TEST(a_price_is_what_it_then_costs)
{
    struct price_question q = {.req = {EA, ACCESS_LOAD, 8}};
    static struct mmu_price price;
    struct xlate x;
    u64 stall = 0;

    segment_put(&w, &stab, EA, &SMALL, 0);
    hpt_put(&w, &table, &SMALL, 0x4000, 12, 0x457000, H_R | H_C | 2);
    start_model();
    ck_assert(mmu_price(mmu[0], &q, &price));
    ck_assert_uint_eq(price.reads, 6);
    ck_assert_uint_eq(price.steps, 6);
    ck_assert(mmu_translate(mmu[0], EA, ACCESS_LOAD, 8, &x, &stall));
    ck_assert_uint_eq(price.look_up_cycles + price.cycles, stall);
    q.req.ea += 0x1000;
    ck_assert(mmu_price(mmu[0], &q, &price));
    ck_assert_uint_eq(price.reads, 1);
    ck_assert_int_eq(price.source[4], WALK_FROM_ENTRY_CACHE);
    ck_assert_int_eq(price.source[5], WALK_FROM_STORAGE);
    stall = 0;
    ck_assert(mmu_translate(mmu[0], EA + 0x1000, ACCESS_LOAD, 8, &x, &stall));
    ck_assert_uint_eq(price.look_up_cycles + price.cycles, stall);
    mmu_system_free(machine);
}
END_TEST

START_TEST(the_walk_is_told_step_by_step)
{
    char text[4096] = "";
    FILE *to = fmemopen(text, sizeof text, "w");

    segment_put(&w, &stab, EA, &SMALL, 0);
    mmu_explain(to, &w.ctx, (struct xlate_req){EA, ACCESS_LOAD, 8}, NULL);
    fclose(to);
    ck_assert_ptr_nonnull(strstr(text, "process table, primary group"));
    ck_assert_ptr_nonnull(strstr(text, "PRTE [7]"));
    ck_assert_ptr_nonnull(strstr(text, "segment table, primary group"));
    ck_assert_ptr_nonnull(strstr(text, "STEG primary group of segments of 256 MiB for 0x12350003000"));
    ck_assert_ptr_nonnull(strstr(text, "real 0x456000"));
}
END_TEST

int main(void)
{
    Suite *s = suite_create("segment");
    TCase *c = tcase_create("segment");

    tcase_add_checked_fixture(c, setup, teardown);
    tcase_add_loop_test(c, the_entry_is_in_one_of_four_groups, 0, 4);
    tcase_add_loop_test(c, fields_are_where_published_test_programs_have_them, 0, ARRAY_SIZE(published));
    tcase_add_test(c, the_slb_comes_first_and_reads_nothing);
    tcase_add_test(c, a_segment_from_a_table_has_its_keys_and_n);
    tcase_add_test(c, what_keeps_the_walker_from_the_tables);
    tcase_add_test(c, tc_leaves_out_secondary_groups);
    tcase_add_test(c, segments_are_kept_and_counted);
    tcase_add_loop_test(c, what_drops_segments_made_by_hardware, 0, ARRAY_SIZE(dropped));
    tcase_add_test(c, each_process_has_segments_of_its_own);
    tcase_add_test(c, the_oldest_segment_gives_way);
    tcase_add_test(c, a_price_is_what_it_then_costs);
    tcase_add_test(c, the_walk_is_told_step_by_step);
    suite_add_tcase(s, c);
    return run_suite(s);
}
