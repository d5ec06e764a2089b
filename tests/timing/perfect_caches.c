/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A run with caches in which everything is (perfect_caches=on) is the limit of what caches can do: no program is slower
 * with them, and what is left is known - the chain of a loop, and of each access that misses the ERAT the look-up in
 * the TLB and its table reads, each a hit in the L2.
 */
#include <check.h>
#include <stdio.h>

#include "tests/support/suite.h"
#include "tests/timing/guest.h"
#include "tests/timing/kernel.h"

static const struct program {
    const char *name;
    struct guest guest;
} programs[] = {
    {"chase", {KERNEL_CHASE, GUEST_REAL, 16, 0, 8 << 20, 128, 4000}},
    {"chase of 4K pages", {KERNEL_CHASE, GUEST_HOST, 12, 0, 64 << 20, 4096, 4000}},
    {"chase of a guest", {KERNEL_CHASE, GUEST_NESTED, 12, 16, 64 << 20, 4096, 4000}},
    {"update", {KERNEL_UPDATE, GUEST_NESTED, 12, 12, 16 << 20, 8192, 4000}},
    {"stream", {KERNEL_STREAM, GUEST_HOST, 16, 0, 4 << 20, 128, 4000}},
    {"mixture", {KERNEL_MIXTURE, GUEST_HOST, 12, 0, 4 << 20, 4096, 2000}},
    {"branches", {KERNEL_BRANCHES, GUEST_REAL, 16, 0, 64 << 10, 128, 1000}},
    {"system", {KERNEL_SYSTEM, GUEST_REAL, 16, 0, 64 << 10, 128, 200}},
};
enum { PROGRAMS = ARRAY_SIZE(programs) };

static struct guest_run run(const struct guest *guest, bool perfect)
{
    struct config config;

    guest_config(&config);
    config.perfect_caches = perfect;
    return guest_run(&config, guest);
}

START_TEST(no_program_is_slower_with_perfect_caches)
{
    const struct program *p = &programs[_i];
    struct guest_run real = run(&p->guest, false), perfect = run(&p->guest, true);
    const struct counters *c = &perfect.counters;

    printf("%-18s %8llu cycles, perfect %8llu\n", p->name, (unsigned long long)real.cycles,
           (unsigned long long)perfect.cycles);
    fflush(stdout);
    ck_assert_uint_eq(c->completed, real.counters.completed);
    ck_assert_uint_lt(perfect.cycles, real.cycles);
    ck_assert_uint_eq(c->l1d_miss + c->l1i_miss, 0);
    ck_assert_uint_eq(c->walk_reads_l2, c->walk_reads);
    ck_assert_uint_eq(c->walk_reads, real.counters.walk_reads);
}
END_TEST

/* The chain of a turn: mulld 5, add, srdi, and, sld 2 each, ldx 4, add 2. */
START_TEST(a_chase_takes_its_chain_and_its_walks)
{
    enum { CHAIN = 19, WARM = 8000, MORE = 8000 };
    struct config config;
    struct guest g = programs[_i].guest;
    struct guest_run few, many;
    u64 expected;

    guest_config(&config);
    g.turns = WARM;
    few = run(&g, true);
    g.turns += MORE;
    many = run(&g, true);
    counters_subtract(&many.counters, &few.counters);
    expected =
        MORE * CHAIN + many.counters.tlb_access * config.tlb_hit_cycles + many.counters.walk_reads * config.l2_cycles;
    ck_assert_double_eq_tol((double)(many.cycles - few.cycles) / MORE, (double)expected / MORE, 0.05);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("perfect_caches");
    TCase *tests = tcase_create("perfect_caches");

    tcase_add_loop_test(tests, no_program_is_slower_with_perfect_caches, 0, PROGRAMS);
    tcase_add_loop_test(tests, a_chase_takes_its_chain_and_its_walks, 0, 3);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
