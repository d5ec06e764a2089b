/* SPDX-License-Identifier: Apache-2.0 */
/* Percentiles of a bounded histogram against a sorted list. */
#include "stats/histogram.h"

#include <check.h>
#include <stdlib.h>

#include "tests/support/suite.h"

START_TEST(an_empty_one_answers_zero)
{
    static const struct histogram h;

    ck_assert_uint_eq(histogram_percentile(&h, 50), 0);
}
END_TEST

START_TEST(small_values_are_exact)
{
    struct histogram h = {0};

    for (u64 v = 0; v < 32; v++) histogram_add(&h, v);
    ck_assert_uint_eq(h.least, 0);
    ck_assert_uint_eq(h.most, 31);
    ck_assert_uint_eq(h.sum, 496);
    ck_assert_uint_eq(histogram_percentile(&h, 50), 15);
    ck_assert_uint_eq(histogram_percentile(&h, 100), 31);
    ck_assert_uint_eq(histogram_percentile(&h, 1), 0);
}
END_TEST

START_TEST(the_largest_value_has_a_bucket)
{
    struct histogram h = {0};

    histogram_add(&h, UINT64_MAX);
    ck_assert_uint_eq(h.bucket[HISTOGRAM_BUCKETS - 1], 1);
    ck_assert_uint_eq(histogram_percentile(&h, 99), UINT64_MAX);
}
END_TEST

static int by_value(const void *a, const void *b)
{
    u64 x = *(const u64 *)a, y = *(const u64 *)b;

    return x < y ? -1 : x > y;
}

START_TEST(a_percentile_is_at_most_one_32nd_too_large)
{
    enum { COUNT = 5000 };
    static u64 list[COUNT];
    struct histogram h = {0};
    u64 seed = 1;

    for (unsigned k = 0; k < COUNT; k++) {
        seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
        list[k] = seed >> (seed >> 58);
        histogram_add(&h, list[k]);
    }
    qsort(list, COUNT, sizeof *list, by_value);
    for (unsigned percent = 1; percent <= 100; percent++) {
        u64 exact = list[(COUNT * percent + 99) / 100 - 1], told = histogram_percentile(&h, percent);
        ck_assert_uint_ge(told, exact);
        ck_assert_uint_le(told - exact, exact / 32);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("histogram");
    TCase *tests = tcase_create("histogram");

    tcase_add_test(tests, an_empty_one_answers_zero);
    tcase_add_test(tests, small_values_are_exact);
    tcase_add_test(tests, the_largest_value_has_a_bucket);
    tcase_add_test(tests, a_percentile_is_at_most_one_32nd_too_large);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
