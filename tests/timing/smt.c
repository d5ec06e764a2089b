/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two and four threads of one core, each in a loop of its own without end: what they take from each other, and what
 * not.  Rates are instructions a cycle between two moments of a run, when the loops have long been warm.  They are held
 * against what each program does alone in the same machine, whose other threads stand still.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/run/run.h"
#include "core/timing/units.h"
#include "experiment/program.h"
#include "hypervisor/account.h"
#include "machine/console.h"
#include "machine/machine.h"
#include "tests/support/suite.h"
#include "tests/timing/guest.h"
#include "tests/timing/kernel.h"

enum { THREADS_MOST = 4, CODE = 0x10000, CODE_STEP = 0x10000, DATA = 16 << 20, DATA_STEP = 32 << 20 };
enum { WARM_CYCLES = 150000, CYCLES = 200000 };

/* A link of a chain of additions, and an addition that depends on nothing. */
#define LINK " add r4,r4,r5\n"
#define APART(reg) " add " reg ",r24,r25\n"

static const struct program {
    const char *name, *kernel;
    u64 footprint, step; /* of its data */
} programs[] = {
    {"chain", "loop:\n" LINK LINK LINK LINK LINK LINK LINK LINK "b =loop\n", 4096, 128},
    {"wide",
     "loop:\n" APART("r4") APART("r5") APART("r6") APART("r7") APART("r8") APART("r9") APART("r10") APART("r11")
         APART("r12") APART("r13") APART("r14") APART("r15") "b =loop\n",
     4096, 128},
    {"jumps", "loop:\n b =there\nback:\n b =loop\nthere:\n b =back\n", 4096, 128},
    {"lines", KERNEL_CHASE, 128 << 10, 128},
    {"memory", KERNEL_CHASE, 32 << 20, 128},
    {"stream", KERNEL_STREAM, 1 << 20, 128},
    {"mixture", KERNEL_MIXTURE, 64 << 10, 128},
    {"update", KERNEL_UPDATE, 32 << 20, 128},
};
enum { CHAIN, WIDE, JUMPS, LINES, MEMORY, STREAM, MIXTURE, UPDATE, PROGRAMS };

static struct config config;

static void setup(void)
{
    guest_config(&config);
    config.threads = THREADS_MOST;
    config.callthru = 0;
}

/* ---- running ---- */

struct together {
    struct machine *m;
    struct console *console;
    u8 *image;
    unsigned threads;
};

static void open_machine(struct together *t, unsigned threads, const u8 *image, u64 size, u64 entry)
{
    struct machine_segment segment = {.blob = {"smt", image, size}, .memory_size = size};

    t->threads = threads;
    t->console = console_new(&(struct console_config){.terminal_fd = -1});
    t->m = machine_new_bare(
        &config,
        &(struct machine_bare){.segments = &segment, .segment_count = 1, .entry = entry, .state = BARE_HYPERVISOR},
        t->console, NULL);
    ck_assert_ptr_nonnull(t->m);
    for (unsigned k = 0; k < threads; k++) machine_thread(t->m, k)->held = false;
}

static void begin(struct thread *thread, const struct program *p, unsigned place)
{
    thread->nia = CODE + place * CODE_STEP;
    thread->ctr = ~0ULL;
    thread->gpr[20] = DATA + (u64)place * DATA_STEP;
    thread->gpr[21] = (u64)__builtin_ctzll(p->step);
    thread->gpr[22] = p->footprint / p->step - 1;
    thread->gpr[24] = 1103515245;
    thread->gpr[25] = 12345;
}

/* Program which[k] on thread k.  Its code and data lie where they lie alone. */
static void open_programs(struct together *t, const unsigned *which, unsigned threads)
{
    t->image = calloc(1, DATA);
    ck_assert_ptr_nonnull(t->image);
    for (unsigned k = 0; k < threads; k++) {
        char text[8192];

        snprintf(text, sizeof text, ".org 0x%x\n%s", CODE + k * CODE_STEP, programs[which[k]].kernel);
        ck_assert(program_assemble(text, t->image, DATA));
    }
    open_machine(t, threads, t->image, CODE + THREADS_MOST * CODE_STEP, CODE);
    for (unsigned k = 0; k < threads; k++) begin(machine_thread(t->m, k), &programs[which[k]], k);
}

static void run_until(struct together *t, u64 cycles)
{
    enum machine_end end =
        machine_run(t->m, &(struct machine_limits){.max_insns = UINT64_MAX, .max_cycles = cycles}, NULL);

    ck_assert_msg(end == MACHINE_LIMIT, "%s", machine_death(t->m));
}

/* Of each thread; the answer is their sum. */
static double rates_of(struct together *t, double *rate)
{
    u64 insns[THREADS_MOST], cycles[THREADS_MOST];
    double sum = 0;

    run_until(t, WARM_CYCLES);
    for (unsigned k = 0; k < t->threads; k++) {
        insns[k] = thread_completed(machine_thread(t->m, k));
        cycles[k] = thread_cycles(machine_thread(t->m, k));
    }
    run_until(t, WARM_CYCLES + CYCLES);
    for (unsigned k = 0; k < t->threads; k++) {
        const struct thread *thread = machine_thread(t->m, k);

        rate[k] = (double)(thread_completed(thread) - insns[k]) / (double)(thread_cycles(thread) - cycles[k]);
        sum += rate[k];
    }
    return sum;
}

static void close_machine(struct together *t)
{
    machine_free(t->m);
    console_free(t->console);
    free(t->image);
}

static double run_together(const unsigned *which, unsigned threads, double *rate)
{
    struct together t;
    double sum;

    open_programs(&t, which, threads);
    sum = rates_of(&t, rate);
    close_machine(&t);
    return sum;
}

static double run_alone(unsigned which)
{
    double rate[THREADS_MOST];

    return run_together(&which, 1, rate);
}

/* ---- alone and together ---- */

START_TEST(a_thread_whose_siblings_stand_still_is_as_fast_as_in_smt1)
{
    double smt4 = run_alone((unsigned)_i);

    config.threads = 1;
    ck_assert_double_eq(run_alone((unsigned)_i), smt4);
}
END_TEST

/* Together they do at least what one does alone - the misses of two chases in their L2 may cost each other a few per
 * cent - and at most what they would do in cores of their own. */
START_TEST(threads_of_one_program_do_more_than_one_and_less_than_so_many)
{
    double alone = run_alone((unsigned)_i), before = alone, rate[THREADS_MOST];

    for (unsigned threads = 2; threads <= THREADS_MOST; threads *= 2) {
        const unsigned which[THREADS_MOST] = {(unsigned)_i, (unsigned)_i, (unsigned)_i, (unsigned)_i};
        double sum = run_together(which, threads, rate);

        printf("%-8s SMT%u %.3f (alone %.3f, times %.2f)\n", programs[_i].name, threads, sum, alone, sum / alone);
        ck_assert_double_le(sum, alone * threads * 1.01);
        ck_assert_double_ge(sum, before * 0.9);
        ck_assert_double_le(sum, (double)config.dispatch_slots);
        for (unsigned k = 0; k < threads; k++) ck_assert_double_eq_tol(rate[k], sum / threads, sum / threads * 0.1);
        before = sum;
    }
    fflush(stdout);
}
END_TEST

/* Which program, and how many threads of it are how many times as fast. */
START_TEST(what_waits_gains_and_what_fills_the_core_does_not)
{
    static const struct {
        unsigned which, threads;
        double least, most;
    } rows[] = {
        {CHAIN, 2, 1.9, 2.01}, /* eight of nine instructions wait for each other: there is room for four threads */
        {CHAIN, 4, 3.5, 4.01}, /* but the four units are nearly full */
        {WIDE, 2, 0.9, 1.1},   /* one thread fills the four units */
        {WIDE, 4, 0.9, 1.1},    {JUMPS, 4, 0.9, 1.1}, /* a taken branch a cycle is what the one BR takes */
        {MEMORY, 2, 1.9, 2.01},                       /* misses of two threads overlap, */
        {MEMORY, 4, 3.6, 4.01},                       /* of four too */
    };

    for (unsigned k = 0; k < ARRAY_SIZE(rows); k++) {
        const unsigned which[THREADS_MOST] = {rows[k].which, rows[k].which, rows[k].which, rows[k].which};
        double rate[THREADS_MOST], times = run_together(which, rows[k].threads, rate) / run_alone(rows[k].which);

        ck_assert_msg(times >= rows[k].least && times <= rows[k].most, "%s: SMT%u is %.2f times as fast",
                      programs[rows[k].which].name, rows[k].threads, times);
    }
}
END_TEST

/* Of different programs each gets on: at least half of what an equal share of the core would give it. */
START_TEST(no_thread_starves_beside_other_programs)
{
    double alone[PROGRAMS], rate[THREADS_MOST];

    for (unsigned p = 0; p < PROGRAMS; p++) alone[p] = run_alone(p);
    for (unsigned p = 0; p < PROGRAMS; p++) {
        const unsigned which[THREADS_MOST] = {p, (p + 1) % PROGRAMS, (p + 3) % PROGRAMS, (p + 4) % PROGRAMS};

        for (unsigned threads = 2; threads <= THREADS_MOST; threads *= 2) {
            double sum = run_together(which, threads, rate);

            ck_assert_double_le(sum, (double)config.dispatch_slots);
            for (unsigned k = 0; k < threads; k++) {
                ck_assert_double_le(rate[k], alone[which[k]] * 1.02);
                ck_assert_msg(rate[k] >= alone[which[k]] / threads / 2, "%s, one of %u: %.3f, alone %.3f",
                              programs[which[k]].name, threads, rate[k], alone[which[k]]);
            }
        }
    }
}
END_TEST

START_TEST(which_thread_runs_which_program_makes_no_difference)
{
    enum { PER_CENT = 4 };
    double rate[THREADS_MOST];

    for (unsigned p = 0; p < PROGRAMS; p++) {
        const unsigned q = (p + 3) % PROGRAMS, r = (p + 4) % PROGRAMS;
        const unsigned one[THREADS_MOST] = {p, q, r, r}, other[THREADS_MOST] = {r, p, r, q};
        double sum = run_together(one, THREADS_MOST, rate), swapped = run_together(other, THREADS_MOST, rate);

        ck_assert_msg(swapped > sum * (1 - PER_CENT / 100.0) && swapped < sum * (1 + PER_CENT / 100.0),
                      "%s, %s, %s, %s: %.3f, swapped %.3f", programs[p].name, programs[q].name, programs[r].name,
                      programs[r].name, sum, swapped);
    }
}
END_TEST

/* ---- what is shared ---- */

START_TEST(threads_fetch_one_group_a_cycle_between_them)
{
    const unsigned which[THREADS_MOST] = {WIDE, WIDE, WIDE, WIDE};
    double rate[THREADS_MOST];

    config.fetch_width = 2;
    ck_assert_double_eq_tol(run_alone(WIDE), 2, 0.2);
    ck_assert_double_eq_tol(run_together(which, THREADS_MOST, rate), 2, 0.2);
}
END_TEST

/* Loads that miss, and nobody waits for them: as many are under way as the completion table holds. */
static double alone_with(u64 ict)
{
    config.ict_entries = ict;
    return run_alone(UPDATE);
}

START_TEST(a_sibling_that_runs_takes_half_of_the_tables)
{
    const unsigned which[2] = {UPDATE, CHAIN};
    double whole, half, rate[THREADS_MOST];

    config.load_queue = config.store_queue = 255;
    config.issue_queue = 250;
    config.load_misses = 64;
    config.store_stations = 64;
    whole = alone_with(128);
    half = alone_with(64);
    ck_assert_double_gt(whole, half * 1.3);
    config.ict_entries = 128;
    run_together(which, 2, rate);
    ck_assert_double_eq_tol(rate[0], half, half * 0.1);
}
END_TEST

/* Misses of the TLB when so many threads of the core go round the same pages: more than an ERAT knows, fewer than the
 * TLB. */
static u64 tlb_misses(unsigned threads, unsigned cores)
{
    struct guest g = {KERNEL_CHASE, GUEST_HOST, 12, 0, 256 * 4096, 4096, UINT32_MAX};
    struct guest_image image;
    struct together t = {0};
    struct counters all = {0};
    const struct account_book *book;

    config.cores = cores;
    config.threads = threads / cores;
    guest_open(&image, &g);
    open_machine(&t, threads, image.bytes, image.size, 0x4000);
    run_until(&t, 3000000);
    book = machine_accounts(t.m);
    for (unsigned k = 0; k < book->count; k++) counters_add(&all, &book->list[k]->counters);
    close_machine(&t);
    guest_close(&image);
    ck_assert_uint_gt(all.derat_miss, 2000);
    return all.dtlb_miss;
}

START_TEST(threads_of_a_core_have_one_tlb_and_an_erat_each)
{
    u64 one = tlb_misses(1, 1), two = tlb_misses(2, 1), apart = tlb_misses(2, 2);

    ck_assert_uint_ge(one, 256);
    ck_assert_uint_le(two, one + one / 4);
    ck_assert_uint_ge(apart, 2 * one - one / 4);
}
END_TEST

/* ---- time ---- */

struct reader {
    struct retire_sink sink;
    u64 time[THREADS_MOST], blocks, furthest;
};

/* How far is a thread behind the others when it begins a turn?  Asked when the caches are warm. */
static u64 take(struct retire_sink *sink, const struct retire_block *block)
{
    struct reader *r = container_of(sink, struct reader, sink);

    r->time[retire_thread(block)] = block->time;
    for (unsigned k = 0; k < THREADS_MOST; k++)
        if (block->time > CYCLES / 4 && r->time[k] > block->time + r->furthest) r->furthest = r->time[k] - block->time;
    r->blocks++;
    return 0;
}

/* Cycles of units are kept for UNITS_RING, half of which a thread looks ahead.  A turn is up to some hundred
 * instructions, so one that waits for memory may be longer; but then it takes few units. */
START_TEST(turns_of_threads_that_keep_units_busy_are_shorter_than_units_are_booked)
{
    const unsigned which[THREADS_MOST] = {CHAIN, WIDE, MIXTURE, STREAM};
    struct reader reader = {.sink = {.take = take}};
    struct together t;

    open_programs(&t, which, THREADS_MOST);
    ck_assert(machine_trace(t.m, &reader.sink));
    run_until(&t, CYCLES);
    ck_assert_uint_gt(reader.blocks, CYCLES / UNITS_RING);
    ck_assert_uint_gt(reader.furthest, 0);
    ck_assert_uint_lt(reader.furthest, UNITS_RING / 2);
    close_machine(&t);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("smt");
    TCase *tests = tcase_create("smt");

    tcase_add_checked_fixture(tests, setup, NULL);
    tcase_add_loop_test(tests, a_thread_whose_siblings_stand_still_is_as_fast_as_in_smt1, 0, PROGRAMS);
    tcase_add_loop_test(tests, threads_of_one_program_do_more_than_one_and_less_than_so_many, 0, PROGRAMS);
    tcase_add_test(tests, what_waits_gains_and_what_fills_the_core_does_not);
    tcase_add_test(tests, no_thread_starves_beside_other_programs);
    tcase_add_test(tests, which_thread_runs_which_program_makes_no_difference);
    tcase_add_test(tests, threads_fetch_one_group_a_cycle_between_them);
    tcase_add_test(tests, a_sibling_that_runs_takes_half_of_the_tables);
    tcase_add_test(tests, threads_of_a_core_have_one_tlb_and_an_erat_each);
    tcase_add_test(tests, turns_of_threads_that_keep_units_busy_are_shorter_than_units_are_booked);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
