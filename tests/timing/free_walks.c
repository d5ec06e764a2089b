/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a program's walks cost is what it would be shorter without them.  The model says it from one run, as the sum of
 * exposed cycles (walk_exposed); here it is held against a second run of the same program whose walks are free
 * (walk_free).  Programs reach from what the TLB holds to far beyond it, with small and large pages, natively and in a
 * guest.
 *
 * Exposed cycles say what completion waited for.  Where a program waits for one thing after the other that is what it
 * would be shorter, and they must agree within 3 % of the run.  Where it is limited by how many walks, misses or
 * accesses to the L2 there can be at a time, they need not: walks that delay a load's line behind a queue are not what
 * completion waits for in the end (too little is exposed), and a load that is no longer held up by its walk may only
 * wait in the next queue (too much is).  So for these the run with free walks is the measure, and the test knows by how
 * much both differ at most.  That run can be had beside the other (walk_twin), to the cycle.
 */
#include <check.h>
#include <stdio.h>

#include "tests/support/suite.h"
#include "tests/timing/guest.h"
#include "tests/timing/kernel.h"

static const struct row {
    const char *name, *kernel;
    double most; /* per cent of the run's cycles by which the exposed ones may be wrong */
} kernels[] = {{"chase", KERNEL_CHASE, 3},
               {"mixture", KERNEL_MIXTURE, 3},
               {"update", KERNEL_UPDATE, 45},
               {"stream", KERNEL_STREAM, 45}};
enum { KERNELS = ARRAY_SIZE(kernels) };

static const struct translation {
    const char *name;
    enum guest_translation who;
    u8 process_shift, partition_shift;
} translations[] = {{"host 4K", GUEST_HOST, 12, 0},
                    {"host 64K", GUEST_HOST, 16, 0},
                    {"guest 4K on 4K", GUEST_NESTED, 12, 12},
                    {"guest 64K on 64K", GUEST_NESTED, 16, 16},
                    {"guest 4K on 2M", GUEST_NESTED, 12, 21}};

/* Pages: more than the ERAT has entries and fewer than the TLB, a few times the TLB, and far beyond it. */
static const u32 pages[] = {256, 2048, 16384};
enum { TURNS = 6000, SIZES = ARRAY_SIZE(pages), TRANSLATIONS = ARRAY_SIZE(translations) };

/* One place in each page. */
static struct guest guest_of(const struct row *kernel, const struct translation *t, u32 count)
{
    return (struct guest){.kernel = kernel->kernel,
                          .translation = t->who,
                          .process_shift = t->process_shift,
                          .partition_shift = t->partition_shift,
                          .footprint = (u64)count << t->process_shift,
                          .step = 1ULL << t->process_shift,
                          .turns = TURNS};
}

/* Per cent of the run's cycles by which the exposed cycles are too many. */
static double excess_of(const struct guest *g, struct guest_run *run)
{
    struct config config;
    struct guest_run free_run;

    guest_config(&config);
    config.walk_twin = 1;
    *run = guest_run(&config, g);
    config.walk_twin = 0;
    config.walk_free = 1;
    free_run = guest_run(&config, g);
    ck_assert_uint_eq(run->counters.cycles_walks_free, free_run.cycles); /* the twin is that run */
    ck_assert_uint_eq(run->counters.completed, free_run.counters.completed);
    ck_assert_uint_eq(run->counters.walks, free_run.counters.walks);
    ck_assert_uint_eq(free_run.counters.walk_exposed, 0);
    return 100.0 * ((double)run->counters.walk_exposed + (double)free_run.cycles - (double)run->cycles) /
           (double)run->cycles;
}

START_TEST(exposed_cycles_are_what_the_run_is_shorter_with_free_walks)
{
    const struct row *kernel = &kernels[_i];
    double worst = 0;

    for (unsigned t = 0; t < TRANSLATIONS; t++)
        for (unsigned p = 0; p < SIZES; p++) {
            struct guest g = guest_of(kernel, &translations[t], pages[p]);
            struct guest_run r;
            double excess = excess_of(&g, &r);

            printf("%-8s %-17s %6u pages: %8llu cycles, %8llu exposed to walks, %+.2f %% of the run too many\n",
                   kernel->name, translations[t].name, pages[p], (unsigned long long)r.cycles,
                   (unsigned long long)r.counters.walk_exposed, excess);
            ck_assert_uint_gt(r.counters.walks, 0);
            if (excess > worst) worst = excess;
            if (-excess > worst) worst = -excess;
        }
    printf("%s: wrong by %.2f %% of the run at most\n", kernel->name, worst);
    ck_assert_double_le(worst, kernel->most);
}
END_TEST

/* More pages mean more misses, of the ERAT, the TLB and the caches. */
START_TEST(more_pages_never_take_fewer_cycles)
{
    struct config config;

    guest_config(&config);
    for (unsigned t = 0; t < TRANSLATIONS; t++)
        for (unsigned p = 1; p < SIZES; p++) {
            struct guest few = guest_of(&kernels[_i], &translations[t], pages[p - 1]);
            struct guest many = guest_of(&kernels[_i], &translations[t], pages[p]);

            ck_assert_uint_le(guest_run(&config, &few).cycles, guest_run(&config, &many).cycles);
        }
}
END_TEST

/* Then a turn of the chase is its chain: mulld 5, add, srdi, and, sld 2 each, ldx 4, add 2. */
START_TEST(with_free_walks_and_all_in_the_l1_and_erat_a_chase_takes_its_chain)
{
    enum { CHAIN = 19, PLACES = 256, WARM = 8000, MORE = 8000 };
    struct guest g = guest_of(&kernels[0], &translations[0], PLACES);
    struct config config;
    u64 warm;

    guest_config(&config);
    config.walk_free = 1;
    config.derat_entries = 2 * PLACES;
    config.l1d_bytes = 1 << 20; /* places 4 KiB apart are in every 32nd of 128 sets */
    config.l1d_ways = 64;
    config.l2_bytes = 8 << 20; /* which keeps what the L1 has */
    g.turns = WARM;
    warm = guest_run(&config, &g).cycles;
    g.turns += MORE;
    ck_assert_double_eq_tol((double)(guest_run(&config, &g).cycles - warm) / MORE, CHAIN, 0.01);
}
END_TEST

/* Entries of 16384 pages are 1024 lines.  Those of the data, one in each page, lie in every 32nd set of the L2 and L3,
 * so they drive away few of them. */
START_TEST(the_caches_hold_the_lines_of_the_tables)
{
    enum { PLACES = 16384, LINES = PLACES * 8 / 128, UPPER = 16 };
    struct guest g = guest_of(&kernels[3], &translations[0], PLACES);
    struct config config;
    struct guest_run r;

    guest_config(&config);
    g.turns = PLACES;
    r = guest_run(&config, &g);
    ck_assert_uint_ge(r.caches[0].tables + r.caches[1].tables, LINES - LINES / 16);
    ck_assert_uint_le(r.caches[0].tables + r.caches[1].tables, LINES + UPPER);
    for (unsigned k = 0; k < REPORT_CACHES; k++) {
        ck_assert_uint_le(r.caches[k].tables, r.caches[k].held);
        ck_assert_uint_le(r.caches[k].held, r.caches[k].lines);
    }
    config.walk_free = 1;
    r = guest_run(&config, &g);
    ck_assert_uint_eq(r.caches[0].tables + r.caches[1].tables, 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("free_walks");
    TCase *tests = tcase_create("free_walks");

    tcase_add_loop_test(tests, exposed_cycles_are_what_the_run_is_shorter_with_free_walks, 0, KERNELS);
    tcase_add_loop_test(tests, more_pages_never_take_fewer_cycles, 0, KERNELS);
    tcase_add_test(tests, the_caches_hold_the_lines_of_the_tables);
    tcase_add_test(tests, with_free_walks_and_all_in_the_l1_and_erat_a_chase_takes_its_chain);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
