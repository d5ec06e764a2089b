/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A variant is what a run of its own would be: each value of plausible.def that decides how long things take is tried
 * beside one run, and in a run of its own, and in every other program in one more with free walks.  The programs have
 * no timer, so time does not change what they do, and all must agree to the cycle.
 */
#include <check.h>
#include <stdio.h>

#include "machine/console.h"
#include "machine/machine.h"
#include "tests/support/suite.h"
#include "tests/timing/guest.h"
#include "tests/timing/kernel.h"

static const struct program {
    const char *name;
    struct guest guest;
} programs[] = {
    {"chase", {KERNEL_CHASE, GUEST_HOST, 12, 0, 8 << 20, 4096, 2000}},
    {"update", {KERNEL_UPDATE, GUEST_NESTED, 12, 16, 16 << 20, 8192, 2000}},
    {"mixture", {KERNEL_MIXTURE, GUEST_NESTED, 12, 12, 4 << 20, 4096, 1500}},
    {"branches", {KERNEL_BRANCHES, GUEST_REAL, 16, 0, 64 << 10, 128, 1000}},
    {"system", {KERNEL_SYSTEM, GUEST_REAL, 16, 0, 64 << 10, 128, 200}},
};
enum { PROGRAMS = ARRAY_SIZE(programs), MOST = 128 };

/* Every value that decides how long things take. */
static void list_all(struct guest_variants *variants)
{
    static struct guest_variant list[MOST];

    *variants = (struct guest_variants){.list = list};
    for (const struct plausible *p = plausible_rows; p->option; p++) {
        if (!option_is_of_timing(option_find(p->option))) continue;
        for (unsigned n = 0; plausible_value(p, n, list[variants->count].value); n++) {
            list[variants->count++].option = p->option;
            ck_assert_uint_lt(variants->count, MOST);
        }
    }
}

static u64 cycles_of_its_own_run(const struct guest_image *image, const struct guest_variant *v, bool walk_free)
{
    struct config config;

    guest_config(&config);
    config.walk_free = walk_free;
    ck_assert(config_set(&config, v->option, v->value, "test"));
    return guest_run_image(&config, image).cycles;
}

START_TEST(a_variant_is_a_run_of_its_own_to_the_cycle)
{
    const struct program *p = &programs[_i];
    struct guest_variants variants;
    struct guest_image image;
    struct guest_run run;
    struct config config;
    unsigned moved = 0;

    guest_config(&config);
    config.walk_twin = 1;
    guest_open(&image, &p->guest);
    list_all(&variants);
    run = guest_run_varied(&config, &image, &variants);
    ck_assert_uint_eq(variants.as_it_is.timed, run.cycles);
    ck_assert_uint_eq(variants.as_it_is.walks_free, run.counters.cycles_walks_free);
    for (unsigned k = 0; k < variants.count; k++) {
        const struct guest_variant *v = &variants.list[k];

        ck_assert_msg(v->cycles.timed == cycles_of_its_own_run(&image, v, false), "%s: %s=%s", p->name, v->option,
                      v->value);
        ck_assert_msg((k + (unsigned)_i) % 2 || v->cycles.walks_free == cycles_of_its_own_run(&image, v, true),
                      "%s: %s=%s, walks free", p->name, v->option, v->value);
        moved += v->cycles.timed != run.cycles;
    }
    ck_assert_uint_gt(moved, 4); /* they are not all the model as it is */
    guest_close(&image);
}
END_TEST

START_TEST(variants_change_nothing_of_the_run)
{
    struct guest_variants variants;
    struct guest_image image;
    struct guest_run with, without;
    struct config config;

    guest_config(&config);
    guest_open(&image, &programs[_i].guest);
    list_all(&variants);
    without = guest_run_image(&config, &image);
    with = guest_run_varied(&config, &image, &variants);
    ck_assert_mem_eq(&with.counters, &without.counters, sizeof with.counters);
    guest_close(&image);
}
END_TEST

/* Four million instructions, of which the first half million are looked at and a sixteenth of the others: a sample that
 * says what the whole says, within one per cent. */
START_TEST(a_long_stretch_is_sampled_and_the_sample_says_what_the_whole_says)
{
    enum { TURNS = 500000, PER_TURN = 8 };
    const struct guest g = {KERNEL_CHASE, GUEST_HOST, 16, 0, 64 << 20, 4096, TURNS};
    static struct guest_variant list[] = {{.option = "memory_ns", .value = "110"},
                                          {.option = "l2_cycles", .value = "19"}};
    struct guest_variants sample = {list, 2, {0, 0}};
    struct guest_image image;
    struct guest_run run;
    struct config config;

    guest_config(&config);
    config.variant_whole = 500000;
    config.variant_every = 16;
    guest_open(&image, &g);
    run = guest_run_varied(&config, &image, &sample);
    ck_assert_uint_ge(run.counters.completed, TURNS * PER_TURN);
    ck_assert_uint_lt(sample.as_it_is.timed * 4, run.cycles);
    for (unsigned k = 0; k < 2; k++) {
        double by_sample = (double)list[k].cycles.timed / (double)sample.as_it_is.timed;
        double whole = (double)cycles_of_its_own_run(&image, &list[k], false) / (double)run.cycles;

        ck_assert_double_gt(whole, 1.001);
        ck_assert_double_eq_tol(by_sample, whole, 0.01);
    }
    config.variant_every = 1;
    run = guest_run_varied(&config, &image, &sample);
    ck_assert_uint_eq(sample.as_it_is.timed, run.cycles);
    guest_close(&image);
}
END_TEST

static bool varies(const struct config *config, const char *option, const char *value)
{
    static const u8 nothing[4];
    const struct machine_segment segment = {.blob = {"guest", nothing, sizeof nothing}, .memory_size = sizeof nothing};
    struct console *console = console_new(&(struct console_config){.terminal_fd = -1});
    struct machine *m =
        machine_new_bare(config, &(struct machine_bare){.segments = &segment, .segment_count = 1}, console, NULL);
    bool ok;

    ck_assert_ptr_nonnull(m);
    ok = machine_vary(m, option, value);
    machine_free(m);
    console_free(console);
    return ok;
}

START_TEST(what_no_variant_can_be_is_refused)
{
    struct config config;

    guest_config(&config);
    ck_assert(varies(&config, "memory_ns", "110"));
    ck_assert(varies(&config, "tlb_hit_cycles", "40"));
    ck_assert(!varies(&config, "memory_ns", "0"));
    ck_assert(!varies(&config, "memory_n", "110"));
    ck_assert(!varies(&config, "tlb_entries", "512"));     /* other records */
    ck_assert(!varies(&config, "walk_read_cycles", "20")); /* of the model mmu */
    config.threads = 2;
    ck_assert(!varies(&config, "memory_ns", "110"));
    config.threads = 1;
    config.model = MODEL_MMU;
    ck_assert(!varies(&config, "memory_ns", "110"));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("variants");
    TCase *tests = tcase_create("variants");

    tcase_add_loop_test(tests, a_variant_is_a_run_of_its_own_to_the_cycle, 0, PROGRAMS);
    tcase_add_loop_test(tests, variants_change_nothing_of_the_run, 0, PROGRAMS);
    tcase_add_test(tests, a_long_stretch_is_sampled_and_the_sample_says_what_the_whole_says);
    tcase_add_test(tests, what_no_variant_can_be_is_refused);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
