/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The numbers of table reads that the architecture implies, with everything of the implementation switched off: no
 * page-walk cache (pwc_entries = 0) and no guest-real entries in the TLB (tlb_guest_real = off).
 *
 * A tree with leaves of 4 or 64 KiB has 4 levels, of 2 MiB 3, of 1 GiB 2 (Book III 5.7.10).  Let the process-scoped
 * leaf be p levels down and the partition-scoped one h.
 *
 *   native    p entries; when cold the partition-table and the process-table entry before them:  p + 2
 *   nested    each of the p entries lies at a guest real address, which takes h reads and then its own; the page itself
 *             is at one more guest real address:  p * (h + 1) + h
 *             when cold, the process-table entry is at a guest real address too, h + 1, and the partition-table entry
 *             comes before all:  (p + 1) * (h + 1) + h + 1
 *
 *   4 on 4: 24 and 30      4 on 3: 19 and 24      3 on 3: 15 and 20      2 on 2: 8 and 12      native 4: 4 and 6
 *
 * "Warm" here is with the two table entries cached and the TLB entry dropped by an invalidation of that page.
 */
#include <stdlib.h>

#include "stats/counters.h"
#include "stats/walk_tally.h"
#include "tests/unit/mmu_world.h"
#include "tests/support/suite.h"

static const u8 shifts[] = {12, 16, 21, 30};

static unsigned levels(u8 shift)
{
    return shift <= 16 ? 4 : shift == 21 ? 3 : 2;
}

struct reads {
    u64 cold, warm, again; /* again: nothing invalidated but the ERAT, so the TLB answers */
};

/* One load, three times. partition_shift 0: native. */
static struct reads measure(const struct mmu_config *config, u8 process_shift, u8 partition_shift)
{
    static struct world w;
    const u64 ea = 0x123000, page = ea & ~((1ULL << process_shift) - 1);
    u64 offset = partition_shift ? GUEST : 0, table, partition_tree, tree, stall = 0;
    static const u8 ap_of[] = {[12] = 0, [16] = 5, [21] = 1, [30] = 2};
    struct counters n = {0};
    struct walk_tally tally = {0};
    struct mmu_system *system;
    struct xlate_ctx ctx;
    struct reads reads;
    struct tlbie_op op = {.prs = true, .r = true, .hv = true};
    struct xlate x;

    world_open(&w, 64);
    table = offset ? world_guest(&w, 5, partition_shift, &partition_tree) : world_host(&w);
    tree = world_tree(&w, offset);
    world_process(&w, table, 1, tree);
    world_map(&w, tree, offset, page, process_shift, offset, L_ALL);
    system = mmu_system_new(config, &w.bus, 1, 1);
    ck_assert_ptr_nonnull(system);
    mmu_set_counters(mmu_of_thread(system, 0), &n, &tally, 0);
    ctx = w.ctx;
    ctx.lpid = offset ? 5 : 0;
    ctx.pid = 1;
    if (offset) ctx.msr &= ~MSR_HV;
    mmu_set_context(mmu_of_thread(system, 0), &ctx);
    ck_assert(mmu_translate(mmu_of_thread(system, 0), ea, ACCESS_LOAD, 8, &x, &stall));
    ck_assert_uint_eq(x.ra, ea - page);
    reads.cold = n.walk_reads;
    op.rb = page | (u64)ap_of[process_shift] << 5;
    op.rs = 1ULL << 32 | ctx.lpid;
    mmu_tlbie(mmu_of_thread(system, 0), &op);
    ck_assert(mmu_translate(mmu_of_thread(system, 0), ea, ACCESS_LOAD, 8, &x, &stall));
    reads.warm = n.walk_reads - reads.cold;
    mmu_slbia(mmu_of_thread(system, 0), 7);
    ck_assert(mmu_translate(mmu_of_thread(system, 0), ea, ACCESS_LOAD, 8, &x, &stall));
    reads.again = n.walk_reads - reads.cold - reads.warm;
    ck_assert_uint_eq(n.walks, 2);
    ck_assert_uint_eq(walk_tally_reads(&tally, WALK_FROM_WALK_CACHE) + walk_tally_reads(&tally, WALK_FROM_TLB), 0);
    mmu_system_free(system);
    world_close(&w);
    return reads;
}

static struct mmu_config bare(void)
{
    struct mmu_config c = mmu_config_default();

    c.pwc_entries = 0;
    c.tlb_guest_real = false;
    return c;
}

START_TEST(a_native_walk_reads_one_entry_for_each_level)
{
    const struct mmu_config c = bare();

    for (unsigned k = 0; k < ARRAY_SIZE(shifts); k++) {
        const struct reads r = measure(&c, shifts[k], 0);

        ck_assert_uint_eq(r.cold, levels(shifts[k]) + 2);
        ck_assert_uint_eq(r.warm, levels(shifts[k]));
        ck_assert_uint_eq(r.again, 0);
    }
}
END_TEST

START_TEST(a_nested_walk_reads_what_the_two_dimensions_imply)
{
    const struct mmu_config c = bare();

    for (unsigned k = 0; k < ARRAY_SIZE(shifts); k++)
        for (unsigned j = 0; j < ARRAY_SIZE(shifts); j++) {
            const u64 p = levels(shifts[k]), h = levels(shifts[j]);
            const struct reads r = measure(&c, shifts[k], shifts[j]);

            ck_assert_uint_eq(r.cold, (p + 1) * (h + 1) + h + 1);
            ck_assert_uint_eq(r.warm, p * (h + 1) + h);
            ck_assert_uint_eq(r.again, 0);
        }
}
END_TEST

/* The figures of the literature, as plain numbers. */
START_TEST(twenty_four_thirty_nineteen_and_fifteen)
{
    const struct mmu_config c = bare();

    ck_assert_uint_eq(measure(&c, 16, 16).warm, 24);
    ck_assert_uint_eq(measure(&c, 16, 16).cold, 30);
    ck_assert_uint_eq(measure(&c, 16, 21).warm, 19);
    ck_assert_uint_eq(measure(&c, 21, 21).warm, 15);
    ck_assert_uint_eq(measure(&c, 16, 0).warm, 4);
    ck_assert_uint_eq(measure(&c, 16, 0).cold, 6);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("exact reads");
    TCase *c = tcase_create("reads");

    tcase_set_timeout(c, 60);
    tcase_add_test(c, a_native_walk_reads_one_entry_for_each_level);
    tcase_add_test(c, a_nested_walk_reads_what_the_two_dimensions_imply);
    tcase_add_test(c, twenty_four_thirty_nineteen_and_fifteen);
    suite_add_tcase(s, c);
    return run_suite(s);
}
