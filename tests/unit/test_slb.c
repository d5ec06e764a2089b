/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The SLB.  By hand: ESID is EA[0:35] of a 256 MiB segment, EA[0:23] of one of 1 TiB (B = 01), so EA 0x1_2345_6789 lies
 * in the small segment 0x12 and the big segment 0.  L || LP: 000 is 4 KiB, 101 64 KiB, 100 16 MiB, 110 16 GiB.
 */
#include <stdlib.h>

#include "mmu/slb.h"
#include "tests/support/suite.h"
#include <check.h>

#define B_1T (1ULL << 62)
static struct slb slb;

static void setup(void)
{
    memset(&slb, 0, sizeof slb);
    slb.entry[3] = (struct slb_entry){0x120000000ULL | SLB_VALID, 0x1000};
    slb.entry[5] = (struct slb_entry){0x30000000000ULL | SLB_VALID, B_1T | 0x2000000 | SLB_CLASS};
    slb.entry[0] = (struct slb_entry){0xc000000000000000ULL | SLB_VALID, 0x3000 | SLB_CLASS};
}

START_TEST(a_segment_is_found_by_its_esid)
{
    ck_assert_ptr_eq(slb_find(&slb, 0x123456789ULL), &slb.entry[3]);
    ck_assert_ptr_eq(slb_find(&slb, 0x12fffffffULL), &slb.entry[3]);
    ck_assert_ptr_null(slb_find(&slb, 0x130000000ULL));
    ck_assert_ptr_null(slb_find(&slb, 0x8000000123456789ULL));
    ck_assert_ptr_eq(slb_find(&slb, 0x3ffffffffffULL), &slb.entry[5]);
    ck_assert_ptr_null(slb_find(&slb, 0x40000000000ULL));
    slb.entry[3].esid &= ~SLB_VALID;
    ck_assert_ptr_null(slb_find(&slb, 0x123456789ULL));
}
END_TEST

START_TEST(of_two_entries_for_one_address_the_first_counts)
{
    slb.entry[1] = slb.entry[3];
    ck_assert_ptr_eq(slb_find(&slb, 0x123456789ULL), &slb.entry[1]);
}
END_TEST

START_TEST(base_page_sizes_are_l_and_lp)
{
    static const struct {
        u64 vsid;
        unsigned shift;
    } rows[] = {
        {0, 12}, {0x110, 16}, {0x100, 24}, {0x120, 34}, {0x010, 0}, {0x020, 0}, {0x030, 0}, {0x130, 0},
    };

    for (unsigned k = 0; k < ARRAY_SIZE(rows); k++) ck_assert_uint_eq(slb_base_shift(rows[k].vsid), rows[k].shift);
    ck_assert_uint_eq(slb_segment_shift(0), 28);
    ck_assert_uint_eq(slb_segment_shift(B_1T), 40);
}
END_TEST

START_TEST(slbie_drops_its_segment_only)
{
    ck_assert_uint_eq(slb_drop(&slb, 0x120000000ULL), 28);
    ck_assert_ptr_null(slb_find(&slb, 0x123456789ULL));
    ck_assert_uint_eq(slb_drop(&slb, 0x30000000000ULL), 40); /* the entry is larger than the operand says */
    ck_assert_ptr_null(slb_find(&slb, 0x30000000000ULL));
    ck_assert_uint_eq(slb_drop(&slb, 0x50000000000ULL | 1 << 25), 40); /* nothing there, but 1 TiB was named */
    ck_assert_ptr_nonnull(slb_find(&slb, 0xc000000000000000ULL));
}
END_TEST

/* Which of entries 0 (class 1), 3 (class 0) and 5 (class 1) are left. */
static const struct {
    unsigned ih, left;
} slbias[] = {{0, 1}, {1, 1}, {2, 1}, {3, 2}, {4, 0}, {5, 1}, {6, 1}, {7, 7}};
START_TEST(slbia_drops_what_ih_says)
{
    unsigned left;

    slb_drop_all(&slb, slbias[_i].ih);
    left = (slb.entry[0].esid & SLB_VALID ? 1 : 0) + (slb.entry[3].esid & SLB_VALID ? 2 : 0) +
           (slb.entry[5].esid & SLB_VALID ? 4 : 0);
    ck_assert_uint_eq(left, slbias[_i].left);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("slb");
    TCase *c = tcase_create("slb");

    tcase_add_checked_fixture(c, setup, NULL);
    tcase_add_test(c, a_segment_is_found_by_its_esid);
    tcase_add_test(c, of_two_entries_for_one_address_the_first_counts);
    tcase_add_test(c, base_page_sizes_are_l_and_lp);
    tcase_add_test(c, slbie_drops_its_segment_only);
    tcase_add_loop_test(c, slbia_drops_what_ih_says, 0, ARRAY_SIZE(slbias));
    suite_add_tcase(s, c);
    return run_suite(s);
}
