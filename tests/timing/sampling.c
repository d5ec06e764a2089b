/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Programs of which a few windows are timed against the same programs timed throughout.  The value of the full run lies
 * in the interval of the sampled one for nine programs of ten at least; no instruction is lost or counted twice; and
 * two runs say the same.  (The boot of Linux, in pieces: tests/boot/sampling.)
 *
 * Each program is in the steady state of its loop for nearly all of its instructions, and there are eight million or
 * more, so that its cold beginning, which no window may have met, is a small part of its cycles.
 */
#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "machine/machine.h"
#include "machine/machine_report.h"
#include "stats/cpi.h"
#include "stats/report.h"
#include "tests/support/suite.h"
#include "tests/timing/guest.h"
#include "tests/timing/kernel.h"

#define CPI SAMPLE_cycles_per_instruction

static const struct program {
    const char *name;
    struct guest guest;
} programs[] = {
    {"chase in 4K pages", {KERNEL_CHASE, GUEST_HOST, 12, 0, 8 << 20, 4096, 1500000}},
    {"chase in 64K pages of a guest", {KERNEL_CHASE, GUEST_NESTED, 16, 16, 256 << 20, 8192, 1000000}},
    {"chase of lines", {KERNEL_CHASE, GUEST_REAL, 16, 0, 1 << 20, 128, 1500000}},
    {"update in 4K pages of a guest on 64K", {KERNEL_UPDATE, GUEST_NESTED, 12, 16, 16 << 20, 8192, 2000000}},
    {"stream in 64K pages", {KERNEL_STREAM, GUEST_HOST, 16, 0, 64 << 20, 128, 2000000}},
    {"stream in 4K pages of a guest", {KERNEL_STREAM, GUEST_NESTED, 12, 12, 4 << 20, 128, 2000000}},
    {"mixture in 4K pages of a guest", {KERNEL_MIXTURE, GUEST_NESTED, 12, 12, 4 << 20, 4096, 500000}},
    {"mixture in 64K pages", {KERNEL_MIXTURE, GUEST_HOST, 16, 0, 16 << 20, 4096, 500000}},
    {"arithmetic", {KERNEL_ARITHMETIC, GUEST_REAL, 16, 0, 64 << 10, 128, 500000}},
    {"branches", {KERNEL_BRANCHES, GUEST_REAL, 16, 0, 64 << 10, 128, 150000}},
    {"barriers and invalidations", {KERNEL_SYSTEM, GUEST_REAL, 16, 0, 64 << 10, 128, 400000}},
};
enum { PROGRAMS = ARRAY_SIZE(programs), PERIOD = 40000, WINDOW = 1000 };

static struct config config_of(u64 period)
{
    struct config config;

    guest_config(&config);
    config.sample_period = period;
    return config;
}

/* What a report says; regions and all. */
struct seen {
    bool by_regions;
    struct report report;
};

static void turn_to_regions(void *self, struct machine *m)
{
    const struct seen *seen = self;

    if (seen->by_regions) ck_assert(machine_core_at(m, NULL));
}

static void keep_report(void *self, struct machine *m)
{
    struct seen *seen = self;

    ck_assert(machine_report(m, &seen->report));
    ck_assert_uint_eq(report_check(&seen->report, NULL, NULL).failed, 0);
}

static struct guest_run run(u64 period, const struct guest *guest, struct seen *seen)
{
    struct config config = config_of(period);

    config.warm = seen->by_regions;
    seen->report = (struct report){.end = ""};
    return guest_run_seen(&config, guest, &(struct guest_eyes){turn_to_regions, keep_report, seen});
}

static double full_value(const struct counters *c, enum sample_index s)
{
    return sample_rows[s].scale * (double)sample_read(c).sum[s] / (double)c->completed;
}

/* Is the full run's value in the interval?  Told with its name. */
static bool holds(const char *name, const struct sample_cell *cell, const struct counters *full, enum sample_index s)
{
    double is = full_value(full, s);
    struct sample_estimate x;

    ck_assert(sample_estimate(cell, s, &x) && x.is_interval);
    printf("%-38s %-28s full %9.4f, %4llu windows: %9.4f +- %7.4f  %s\n", name, sample_rows[s].name, is,
           (unsigned long long)cell->windows, x.value, x.half, fabs(is - x.value) <= x.half ? "in" : "OUT");
    fflush(stdout);
    return fabs(is - x.value) <= x.half;
}

/* And guest time is the full run's within 3 %. */
START_TEST(the_interval_contains_the_full_value_in_nine_of_ten_and_time_is_the_full_runs)
{
    unsigned inside = 0;

    for (unsigned p = 0; p < PROGRAMS; p++) {
        struct seen none = {0}, seen = {0};
        struct guest_run full = run(0, &programs[p].guest, &none), sampled = run(PERIOD, &programs[p].guest, &seen);

        ck_assert_uint_eq(full.counters.completed, sampled.counters.completed);
        ck_assert_uint_gt(full.counters.completed, 8000000);
        inside += holds(programs[p].name, &seen.report.sampling.total, &full.counters, CPI);
        ck_assert_double_eq_tol((double)sampled.cycles / (double)full.cycles, 1, 0.03);
        report_free(&none.report);
        report_free(&seen.report);
    }
    printf("%u of %u intervals contain the value of the full run\n", inside, PROGRAMS);
    ck_assert_uint_ge(inside * 10, PROGRAMS * 9);
}
END_TEST

/* One window in each period, of which the last may not have come; all of it stands for all instructions. */
START_TEST(every_period_has_a_window_and_no_instruction_is_lost)
{
    struct seen seen = {0};
    struct guest_run r = run(PERIOD, &programs[3].guest, &seen);
    const struct report_sampling *s = &seen.report.sampling;
    u64 periods = r.counters.completed / PERIOD;
    struct sample_cell level = s->level[0], *account = s->account;

    ck_assert_uint_eq(s->total.instructions, r.counters.completed);
    ck_assert(s->total.windows == periods || s->total.windows == periods + 1);
    ck_assert_uint_eq(s->total.n, s->total.windows * WINDOW);
    ck_assert_uint_eq(level.n + s->level[1].n, s->total.n);
    ck_assert_uint_eq(level.y[CPI] + s->level[1].y[CPI], s->total.y[CPI]);
    level = (struct sample_cell){0};
    for (unsigned k = 0; k < seen.report.account_count; k++) {
        ck_assert_uint_eq(account[k].instructions, seen.report.accounts[k].counters.completed);
        level.instructions += account[k].instructions;
        level.n += account[k].n;
    }
    ck_assert_uint_eq(level.instructions, s->total.instructions);
    ck_assert_uint_eq(level.n, s->total.n);
    report_free(&seen.report);
}
END_TEST

/* What the model does not time it does not change: every count but those of the core. */
START_TEST(what_the_guest_does_is_the_same_whatever_is_timed)
{
    struct seen none = {0}, seen = {0};
    struct guest_run full = run(0, &programs[6].guest, &none), sampled = run(PERIOD, &programs[6].guest, &seen);

    EACH_COUNTER(row)
        if (!row->of_core && row->unit == UNIT_EVENTS)
            ck_assert_uint_eq(counter_get(&full.counters, row), counter_get(&sampled.counters, row));
    report_free(&none.report);
    report_free(&seen.report);
}
END_TEST

/* A window that is the period is the full run: all that is not measured is under way at its end. */
START_TEST(when_all_is_measured_the_estimate_is_the_full_run)
{
    struct seen none = {0}, seen = {0};
    struct config config = config_of(WINDOW);
    struct guest_run full = run(0, &programs[6].guest, &none);
    struct sample_estimate x;

    config.sample_warmup = 0;
    seen.report = (struct report){.end = ""};
    guest_run_seen(&config, &programs[6].guest, &(struct guest_eyes){NULL, keep_report, &seen});
    ck_assert(sample_estimate(&seen.report.sampling.total, CPI, &x));
    ck_assert_double_eq_tol(x.value, full_value(&full.counters, CPI), 1e-3 * x.value);
    report_free(&none.report);
    report_free(&seen.report);
}
END_TEST

static char *text_of(struct seen *seen)
{
    struct emit e = {0};

    report_json(&seen->report, &e);
    ck_assert(!e.failed && e.bytes);
    report_free(&seen->report);
    return e.bytes;
}

START_TEST(two_runs_say_the_same)
{
    struct seen one = {.by_regions = _i}, other = {.by_regions = _i};
    char *a, *b;

    run(PERIOD, &programs[6].guest, &one);
    run(PERIOD, &programs[6].guest, &other);
    a = text_of(&one);
    b = text_of(&other);
    ck_assert_ptr_nonnull(strstr(a, "\"sampling\": {"));
    ck_assert_str_eq(a, b);
    free(a);
    free(b);
}
END_TEST

/* ---- regions ---- */

#define REGION(call, tag) " li r3," call "\n li r4," tag "\n .word 0x000eaeb0\n"

/* Behind a chase that touches all there is, region 1 is one of 3200 instructions, region 2 sums of 1400; between them
 * lie 1800 of neither. */
static const char two_regions[] =
    " mfctr r27\n lis r14,2\n mtctr r14\n"
    "first:\n and r11,r26,r22\n sld r11,r11,r21\n ldx r12,r20,r11\n addi r26,r26,1\n bdnz =first\n"
    "loop:\n" REGION("4096", "1") " li r14,400\n mtctr r14\n"
                                  "chase:\n mulld r10,r10,r24\n add r10,r10,r25\n srdi r11,r10,8\n and r11,r11,r22\n "
                                  "sld r11,r11,r21\n"
                                  " ldx r12,r20,r11\n add r10,r10,r12\n bdnz =chase\n" REGION(
                                      "4097", "1") " li r14,900\n mtctr r14\nidle:\n addi r5,r5,1\n bdnz "
                                                   "=idle\n" REGION("4096", "2") " li r14,350\n mtctr r14\n"
                                                                                 "sum:\n add r6,r6,r7\n add r7,r7,r6\n "
                                                                                 "mulld r6,r6,r7\n bdnz =sum\n" REGION(
                                                                                     "4097",
                                                                                     "2") " addi r27,r27,-1\n cmpdi "
                                                                                          "r27,0\n bne =loop\n";
static const struct guest of_regions = {two_regions, GUEST_HOST, 12, 0, 4 << 20, 4096, 1500};

/* Regions are shorter than the period, and most windows are cut by their ends. */
START_TEST(regions_have_estimates_of_their_own)
{
    struct seen full = {.by_regions = _i}, seen = {.by_regions = _i};

    run(0, &of_regions, &full);
    run(PERIOD, &of_regions, &seen);
    ck_assert_uint_eq(seen.report.region_count, 2);
    for (unsigned k = 0; k < 2; k++) {
        const struct sample_cell *cell = &seen.report.sampling.region[k];

        ck_assert_uint_gt(cell->windows, SAMPLE_WINDOWS_LEAST);
        ck_assert(holds(k ? "region of sums" : "region of a chase", cell, &full.report.regions[k].counters, CPI));
    }
    report_free(&full.report);
    report_free(&seen.report);
}
END_TEST

/* Only what regions executed is stood for, and one instruction in twenty of it was measured. */
START_TEST(inside_regions_alone_the_windows_stand_for_what_they_executed)
{
    struct seen seen = {.by_regions = true};
    const struct report_sampling *s = &seen.report.sampling;
    u64 inside = 0;

    run(PERIOD, &of_regions, &seen);
    for (unsigned k = 0; k < 2; k++) inside += s->region[k].instructions;
    ck_assert_uint_ge(s->total.instructions, inside);
    ck_assert_uint_le(s->total.instructions, inside + inside / 100); /* and the calls that begin and end them */
    ck_assert_double_eq_tol((double)s->total.n / (double)s->total.instructions, 1.0 * WINDOW / PERIOD, 0.002);
    report_free(&seen.report);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("sampling");
    TCase *tests = tcase_create("sampling");

    tcase_add_test(tests, the_interval_contains_the_full_value_in_nine_of_ten_and_time_is_the_full_runs);
    tcase_add_test(tests, every_period_has_a_window_and_no_instruction_is_lost);
    tcase_add_test(tests, what_the_guest_does_is_the_same_whatever_is_timed);
    tcase_add_test(tests, when_all_is_measured_the_estimate_is_the_full_run);
    tcase_add_loop_test(tests, two_runs_say_the_same, 0, 2);
    tcase_add_loop_test(tests, regions_have_estimates_of_their_own, 0, 2);
    tcase_add_test(tests, inside_regions_alone_the_windows_stand_for_what_they_executed);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
