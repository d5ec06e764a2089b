/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What windows say of the whole: estimates and intervals against values that can be worked out by hand or are in
 * tables, and against populations of which the truth is known.
 */
#include <check.h>
#include <math.h>
#include <string.h>

#include "stats/sample.h"
#include "tests/support/suite.h"

#define CPI SAMPLE_cycles_per_instruction
#define EXPOSED SAMPLE_translation_exposed_per_1000

static void window(struct sample_cell *cell, u64 instructions, u64 cycles, u64 exposed)
{
    cell->part.instructions = instructions;
    cell->part.sum[CPI] = cycles;
    cell->part.sum[EXPOSED] = exposed;
    sample_end_window(cell);
}

static struct sample_estimate estimate(const struct sample_cell *cell, enum sample_index s)
{
    struct sample_estimate x;

    ck_assert(sample_estimate(cell, s, &x));
    return x;
}

/* Tables of Student's t, two-sided 5 %. */
START_TEST(the_quantiles_are_those_of_the_tables)
{
    static const struct {
        u64 degrees;
        double t, most; /* may be wrong by */
    } row[] = {{1, 12.7062, 1e-4}, {2, 4.3027, 1e-4},    {3, 3.1824, 0.012},    {4, 2.7764, 3e-3},
               {5, 2.5706, 1e-3},  {10, 2.2281, 1e-4},   {29, 2.04523, 1e-5},   {30, 2.04227, 1e-5},
               {60, 2.0003, 5e-5}, {120, 1.97993, 1e-5}, {1000, 1.96234, 1e-5}, {UINT64_MAX, 1.95996, 1e-5}};

    for (unsigned k = 0; k < ARRAY_SIZE(row); k++)
        ck_assert_double_eq_tol(sample_student(row[k].degrees), row[k].t, row[k].most);
}
END_TEST

/* 32 windows of 1000, one cycle for an instruction and three in turn: the mean is 2, the standard deviation
 * sqrt(32 / 31), so that of the mean is 1 / sqrt(31), times t(31) = 2.03951. */
START_TEST(of_equal_windows_the_ratio_is_their_mean_and_the_interval_students)
{
    struct sample_cell cell = {0};
    struct sample_estimate x;

    for (unsigned k = 0; k < 16; k++) {
        window(&cell, 1000, 1000, 10);
        window(&cell, 1000, 3000, 10);
    }
    x = estimate(&cell, CPI);
    ck_assert(x.is_interval);
    ck_assert_double_eq_tol(x.value, 2, 1e-12);
    ck_assert_double_eq_tol(x.half, 2.03951 / sqrt(31), 1e-5);
    x = estimate(&cell, EXPOSED);
    ck_assert_double_eq_tol(x.value, 10, 1e-12); /* for 1000 instructions */
    ck_assert_double_eq_tol(x.half, 0, 1e-12);
}
END_TEST

/* Twenty windows with 100 instructions and 100 cycles, twenty with 300 and 500: R = 12000 / 8000, residuals -50 and
 * 50. */
START_TEST(of_unequal_parts_it_is_the_ratio_of_sums_and_the_interval_that_of_residuals)
{
    struct sample_cell cell = {0};
    struct sample_estimate x;

    for (unsigned k = 0; k < 20; k++) window(&cell, 100, 100, 0);
    for (unsigned k = 0; k < 20; k++) window(&cell, 300, 500, 0);
    x = estimate(&cell, CPI);
    ck_assert_double_eq_tol(x.value, 1.5, 1e-12);
    ck_assert_double_eq_tol(x.half, sample_student(39) * sqrt(40.0 / 39 * 40 * 2500) / 8000, 1e-12);
}
END_TEST

START_TEST(what_is_in_proportion_has_no_variance)
{
    struct sample_cell cell = {0};

    for (unsigned k = 1; k <= 1000; k++) window(&cell, k, 7 * k, 0);
    ck_assert_double_eq_tol(estimate(&cell, CPI).value, 7, 1e-12);
    ck_assert_double_eq_tol(estimate(&cell, CPI).half, 0, 1e-12);
}
END_TEST

START_TEST(fewer_than_thirty_windows_have_a_value_and_no_interval)
{
    struct sample_cell cell = {0};
    struct sample_estimate x;

    ck_assert(!sample_estimate(&cell, CPI, &x));
    for (unsigned k = 0; k < SAMPLE_WINDOWS_LEAST - 1; k++) window(&cell, 1000, 1000 + k, 0);
    ck_assert(!estimate(&cell, CPI).is_interval);
    ck_assert_double_eq_tol(estimate(&cell, CPI).value, 1.014, 1e-12);
    window(&cell, 1000, 1029, 0);
    ck_assert(estimate(&cell, CPI).is_interval);
}
END_TEST

/* Of a thousand windows 29 had any. */
START_TEST(what_was_seen_in_few_windows_has_no_interval_however_many_there_are)
{
    struct sample_cell cell = {0};

    for (unsigned k = 0; k < 1000; k++) window(&cell, 1000, 1000, k < 29 ? 100 : 0);
    ck_assert(estimate(&cell, CPI).is_interval);
    ck_assert(!estimate(&cell, EXPOSED).is_interval);
    window(&cell, 1000, 1000, 100);
    ck_assert(estimate(&cell, EXPOSED).is_interval);
}
END_TEST

/* A window in which the cell had no part is none of its windows. */
START_TEST(an_empty_part_is_no_window)
{
    struct sample_cell cell = {0};

    sample_end_window(&cell);
    window(&cell, 5, 10, 0);
    sample_end_window(&cell);
    ck_assert_uint_eq(cell.windows, 1);
    ck_assert_uint_eq(cell.n, 5);
}
END_TEST

START_TEST(the_order_of_windows_does_not_matter)
{
    struct sample_cell up = {0}, down = {0};

    for (u64 k = 1; k <= 100; k++) window(&up, k * 77, k * k * 1009, k * 3);
    for (u64 k = 100; k; k--) window(&down, k * 77, k * k * 1009, k * 3);
    ck_assert(!memcmp(&up, &down, sizeof up));
}
END_TEST

/* ---- populations of which the truth is known ---- */

static u64 draw(u64 *state)
{
    *state = *state * 6364136223846793005ULL + 1442695040888963407ULL;
    return *state >> 33;
}

/* A program's windows: most cost a cycle for an instruction, some twice or four times that, a few ten times. */
static u64 dear(u64 random)
{
    static const u64 cpi[16] = {1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 4, 4, 10};

    return 1000 * cpi[random % 16] + random / 16 % 500;
}

START_TEST(of_a_thousand_samples_some_950_contain_the_truth)
{
    enum { TRIALS = 1000, WINDOWS = 400 };
    const double truth = (9 * 1 + 4 * 2 + 2 * 4 + 10) / 16.0 + 249.5 / 1000;
    u64 state = 1, inside = 0;

    for (unsigned trial = 0; trial < TRIALS; trial++) {
        struct sample_cell cell = {0};
        struct sample_estimate x;

        for (unsigned k = 0; k < WINDOWS; k++) window(&cell, 1000, dear(draw(&state)), 0);
        x = estimate(&cell, CPI);
        inside += fabs(x.value - truth) <= x.half;
    }
    ck_assert_uint_ge(inside, 930);
    ck_assert_uint_le(inside, 970);
}
END_TEST

START_TEST(counters_become_what_the_rows_say)
{
    struct counters c = {.completed = 5000,
                         .cpi_completed = 100,
                         .cpi_stall_erat_miss = 20,
                         .cpi_noslot_fetch = 3,
                         .translation_exposed = 17,
                         .l1d_miss = 9};
    struct sample_unit u = sample_read(&c), twice = u;

    ck_assert_uint_eq(u.instructions, 5000);
    ck_assert_uint_eq(u.sum[CPI], 123);
    ck_assert_uint_eq(u.sum[SAMPLE_cpi_lsu], 20);
    ck_assert_uint_eq(u.sum[SAMPLE_cpi_noslot], 3);
    ck_assert_uint_eq(u.sum[EXPOSED], 17);
    ck_assert_uint_eq(u.sum[SAMPLE_l1d_miss_per_1000], 9);
    sample_add(&twice, &u);
    ck_assert_uint_eq(twice.sum[CPI], 246);
    sample_subtract(&twice, &u);
    ck_assert(!memcmp(&twice, &u, sizeof u));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("sample");
    TCase *tests = tcase_create("sample");

    tcase_add_test(tests, the_quantiles_are_those_of_the_tables);
    tcase_add_test(tests, of_equal_windows_the_ratio_is_their_mean_and_the_interval_students);
    tcase_add_test(tests, of_unequal_parts_it_is_the_ratio_of_sums_and_the_interval_that_of_residuals);
    tcase_add_test(tests, what_is_in_proportion_has_no_variance);
    tcase_add_test(tests, fewer_than_thirty_windows_have_a_value_and_no_interval);
    tcase_add_test(tests, what_was_seen_in_few_windows_has_no_interval_however_many_there_are);
    tcase_add_test(tests, an_empty_part_is_no_window);
    tcase_add_test(tests, the_order_of_windows_does_not_matter);
    tcase_add_test(tests, of_a_thousand_samples_some_950_contain_the_truth);
    tcase_add_test(tests, counters_become_what_the_rows_say);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
