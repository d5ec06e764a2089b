/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Curves that were measured on real POWER9s (jiegec's post "IBM POWER9" of 2026-01-17, one thread of an SMT4 part;
 * values are read off its plots, so they are good to a few per cent), drawn again by bare-metal programs of the same
 * shape. Knees must be where they were seen, plateaus within 10 %.  docs/VALIDATION.md says which of them went into the
 * model as parameters, and so are reproduced only, and which did not.
 */
#include <check.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "tests/support/suite.h"
#include "tests/timing/guest.h"

static struct config config;

static void setup(void)
{
    guest_config(&config);
}

/* ---- text of a program ---- */

static char text[1 << 17];
static size_t used;

static void begin(void)
{
    used = 0;
}

__attribute__((format(printf, 1, 2))) static void line(const char *format, ...)
{
    va_list list;
    int n;

    va_start(list, format);
    n = vsnprintf(text + used, sizeof text - used, format, list);
    va_end(list);
    used += (size_t)n;
    ck_assert_uint_lt(used, sizeof text - 1);
    text[used++] = '\n';
    text[used] = 0;
}

static void nops(unsigned n)
{
    while (n--) line(" nop");
}

/* Data in one piece of 64 MiB under leaves of 2^shift bytes; 0: real mode. */
static u64 cycles_of(unsigned shift, u32 turns)
{
    return guest_run(&config, &(struct guest){.kernel = text,
                                              .translation = shift ? GUEST_HOST : GUEST_REAL,
                                              .process_shift = (u8)(shift ? shift : 16),
                                              .footprint = 64 << 20,
                                              .step = 65536,
                                              .turns = turns})
        .cycles;
}

/* Of a turn, in the steady state. */
static double cycles_per_turn(unsigned shift, u32 turns)
{
    return (double)(cycles_of(shift, 3 * turns) - cycles_of(shift, turns)) / (2 * turns);
}

static void expect(const char *curve, unsigned at, double value, double seen)
{
    printf("%-24s at %6u: %7.2f, seen %7.2f\n", curve, at, value, seen);
    ck_assert_msg(value > 0.9 * seen && value < 1.1 * seen, "%s at %u: %.2f, seen %.2f", curve, at, value, seen);
}

/* ---- if_width ---- */

/* n + 1 instructions, all but the first of them behind the end of a page, or all in one page. */
static double fetch_loop(unsigned n, bool across)
{
    begin();
    line(" addi r23,r23,1");
    line(" b =loop");
    line(".org 0x%x", across ? 0x20000 - 4 : 0x20000);
    line("loop:");
    nops(n - 1);
    line(" addic. r23,r23,-1");
    line(" bne =loop");
    return cycles_per_turn(0, 500);
}

static double larger(double a, double b)
{
    return a > b ? a : b;
}

START_TEST(a_loop_of_nops_takes_a_cycle_for_each_8_fetched_and_each_6_completed)
{
    for (unsigned n = 3; n <= 64; n++) {
        unsigned groups = 1 + (n + 7) / 8;

        expect("if_width, one page", n, fetch_loop(n, false), larger(2, (n + 1) / 6.0));
        expect("if_width, across pages", n, fetch_loop(n, true), larger(groups, (n + 1) / 6.0));
    }
}
END_TEST

/* ---- fetch_bandwidth ---- */

static double nops_per_cycle(unsigned kib)
{
    unsigned count = kib * 1024 / 4;

    begin();
    line(" b =loop");
    line(".org 0x20000");
    line("loop:");
    nops(count - 4);
    line(" addi r23,r23,-1");
    line(" cmpdi r23,0");
    line(" beq =out");
    line(" b =loop");
    line("out:");
    return count / cycles_per_turn(0, 5);
}

START_TEST(nops_run_at_6_a_cycle_out_of_32_kib_and_at_4_7_beyond)
{
    static const unsigned small[] = {8, 16, 28, 32}, large[] = {36, 48, 56, 72, 80};

    for (unsigned k = 0; k < ARRAY_SIZE(small); k++)
        expect("fetch_bandwidth, KiB", small[k], nops_per_cycle(small[k]), 5.97);
    for (unsigned k = 0; k < ARRAY_SIZE(large); k++)
        expect("fetch_bandwidth, KiB", large[k], nops_per_cycle(large[k]), 4.7);
}
END_TEST

/* ---- itlb_size: one branch in each of n pages of 64 KiB, 64 bytes further in each ---- */

static double branch_in_pages(unsigned n, unsigned shift)
{
    begin();
    line(" lis r14,0x4801");
    line(" ori r14,r14,0x40"); /* b .+0x10040 */
    line(" lis r16,1");
    line(" ori r16,r16,0x40");
    line(" mr r15,r20");
    line(" li r17,%u", n - 1);
    line(" cmpdi r17,0");
    line(" beq =last");
    line(" mtctr r17");
    line("put:");
    line(" stw r14,0(r15)");
    line(" add r15,r15,r16");
    line(" bdnz =put");
    line("last:");
    line(" lis r14,0x4e80");
    line(" ori r14,r14,0x20"); /* blr */
    line(" stw r14,0(r15)");
    line(" hwsync");
    line(" isync");
    line(" mtctr r20");
    line(" b =loop");
    line(".org 0x10f80"); /* a set of the L1I that the chain fills last */
    line("loop:");
    line(" bctrl");
    line(" addi r23,r23,-1");
    line(" cmpdi r23,0");
    line(" bne =loop");
    return cycles_per_turn(shift, 40);
}

/* What a further branch costs: the loop around them costs the same. */
static double branch_cycles(unsigned from, unsigned to, unsigned shift)
{
    return (branch_in_pages(to, shift) - branch_in_pages(from, shift)) / (to - from);
}

START_TEST(branches_in_256_pages_take_3_cycles_each_whatever_the_erat_and_28_from_319_on)
{
    static const u64 entries[] = {32, 64, 512};

    for (unsigned k = 0; k < ARRAY_SIZE(entries); k++) {
        config.ierat_entries = config.derat_entries = entries[k];
        expect("itlb_size, pages of 2M", 250, branch_cycles(32, 250, 21), 3.0);
        ck_assert_double_gt(branch_cycles(250, 290, 21), 28);
        expect("itlb_size, pages of 2M", 400, branch_in_pages(400, 21) / 400, 28);
    }
}
END_TEST

START_TEST(branches_in_more_pages_of_64k_than_the_ierat_holds_wait_for_the_tlb)
{
    config.ierat_entries = 64;
    expect("itlb_size, pages of 64K", 60, branch_cycles(32, 60, 16), 3.0);
    ck_assert_double_gt(branch_in_pages(100, 16) / 100, 0.9 * (double)config.tlb_hit_cycles);
}
END_TEST

/* ---- dtlb_size: a chain of loads through n pages of 64 KiB, 64 bytes further in each ---- */

static double load_in_pages(unsigned n, unsigned shift)
{
    begin();
    line(" lis r16,1");
    line(" ori r16,r16,0x40");
    line(" mr r15,r20");
    line(" li r17,%u", n - 1);
    line(" mtctr r17");
    line("put:");
    line(" add r14,r15,r16");
    line(" std r14,0(r15)");
    line(" mr r15,r14");
    line(" bdnz =put");
    line(" std r20,0(r15)");
    line(" hwsync");
    line(" mulli r23,r23,%u", n);
    line(" mtctr r23");
    line("loop:");
    line(" ld r20,0(r20)");
    line(" bdnz =loop");
    return cycles_per_turn(shift, 20) / n;
}

START_TEST(loads_from_256_pages_take_4_cycles_each_whatever_the_erat_and_11_4_from_291)
{
    static const u64 entries[] = {32, 64, 512};

    for (unsigned k = 0; k < ARRAY_SIZE(entries); k++) {
        config.derat_entries = entries[k];
        expect("dtlb_size, pages of 2M", 20, load_in_pages(20, 21), 4.0);
        expect("dtlb_size, pages of 2M", 256, load_in_pages(256, 21), 4.0);
        ck_assert_double_gt(load_in_pages(257, 21), 4.1);
        expect("dtlb_size, pages of 2M", 270, load_in_pages(270, 21), 7.3);
        expect("dtlb_size, pages of 2M", 280, load_in_pages(280, 21), 9.2);
        expect("dtlb_size, pages of 2M", 291, load_in_pages(291, 21), 11.4);
    }
}
END_TEST

START_TEST(loads_from_more_pages_of_64k_than_the_derat_holds_wait_for_the_tlb)
{
    config.derat_entries = 64;
    expect("dtlb_size, pages of 64K", 60, load_in_pages(60, 16), 4.0);
    ck_assert_double_eq_tol(load_in_pages(100, 16), 4.0 + (double)config.tlb_hit_cycles, 2);
}
END_TEST

/* ---- ras_size: calls of calls, each from a function of its own ---- */

static double call_cycles(unsigned depth)
{
    begin();
    line(" mr r1,r20");
    line(" addis r1,r1,1");
    line("loop:");
    line(" bl 0x20000");
    line(" addic. r23,r23,-1");
    line(" bne =loop");
    line(" b =out");
    for (unsigned k = 0; k < depth; k++) {
        line(".org 0x%x", 0x20000 + k * 64);
        if (k + 1 == depth) {
            line(" blr");
            break;
        }
        line(" addi r1,r1,-32");
        line(" std r31,24(r1)");
        line(" mflr r0");
        line(" std r0,16(r1)");
        line(" bl 0x%x", 0x20000 + (k + 1) * 64);
        line(" ld r0,16(r1)");
        line(" mtlr r0");
        line(" ld r31,24(r1)");
        line(" addi r1,r1,32");
        line(" blr");
    }
    line("out:");
    return cycles_per_turn(0, 50) / depth;
}

START_TEST(calls_up_to_64_deep_return_as_foreseen)
{
    double known = call_cycles(63);

    /* The plateau itself was seen at 12 cycles; see docs/VALIDATION.md. */
    printf("ras_size: %.2f cycles a call 20 deep, %.2f 63 deep, %.2f 66 deep, %.2f 128 deep\n", call_cycles(20), known,
           call_cycles(66), call_cycles(128));
    ck_assert_double_eq_tol(call_cycles(20), known, 0.1 * known);
    ck_assert_double_gt(call_cycles(68), known + 0.4);
    ck_assert_double_gt(call_cycles(128), 1.5 * known);
}
END_TEST

/* ---- rob_size: two loads that miss everything, n nops apart, then a sync ---- */

static double pair_of_misses(unsigned n)
{
    begin();
    line(" addis r9,r20,0x100");
    line(" addi r23,r23,1");
    line("loop:");
    line(" addi r20,r20,8320");
    line(" addi r9,r9,8320");
    line(" hwsync");
    line(" ld r12,0(r20)");
    nops(n);
    line(" ld r13,0(r9)");
    line(" hwsync");
    line(" addic. r23,r23,-1");
    line(" bne =loop");
    return cycles_per_turn(0, 100);
}

START_TEST(two_misses_overlap_if_fewer_than_256_entries_are_between_them)
{
    double together = pair_of_misses(240), apart = pair_of_misses(260);
    double memory = (double)(config.memory_ns * config.core_mhz) / 1000;

    printf("rob_size: %.1f cycles with 100 nops, %.1f with 240, %.1f with 260\n", pair_of_misses(100), together, apart);
    expect("rob_size, nops", 100, pair_of_misses(100), together);
    ck_assert_double_gt(apart, together + 0.7 * memory);
}
END_TEST

/* ---- prefetcher_cacheline: five lines in a row are loaded, then one ---- */

static u64 cycles_behind_five(unsigned probed)
{
    begin();
    line(" hwsync");
    for (unsigned k = 0; k < 5; k++) line(" ld r12,%u(r20)", k * 128);
    line(" hwsync");
    line(" ld r12,%u(r20)", probed * 128);
    line(" hwsync");
    return cycles_of(0, 1);
}

START_TEST(five_lines_in_a_row_bring_eleven_near_and_one_nearer_than_memory)
{
    u64 hit = cycles_behind_five(2), twelfth = cycles_behind_five(16), none = cycles_behind_five(20);

    for (unsigned k = 6; k <= 15; k++) {
        u64 more = cycles_behind_five(k) - hit;

        printf("prefetcher_cacheline, line %u: %llu cycles more than a hit\n", k, (unsigned long long)more);
        ck_assert_uint_ge(more, 6);
        ck_assert_uint_le(more, 14);
    }
    printf("line 16: %llu more, line 20: %llu more\n", (unsigned long long)(twelfth - hit),
           (unsigned long long)(none - hit));
    ck_assert_uint_gt(twelfth, cycles_behind_five(15));
    ck_assert_uint_gt(none, twelfth);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("curves");
    TCase *tests = tcase_create("curves");

    tcase_add_checked_fixture(tests, setup, NULL);
    tcase_add_test(tests, a_loop_of_nops_takes_a_cycle_for_each_8_fetched_and_each_6_completed);
    tcase_add_test(tests, nops_run_at_6_a_cycle_out_of_32_kib_and_at_4_7_beyond);
    tcase_add_test(tests, branches_in_256_pages_take_3_cycles_each_whatever_the_erat_and_28_from_319_on);
    tcase_add_test(tests, branches_in_more_pages_of_64k_than_the_ierat_holds_wait_for_the_tlb);
    tcase_add_test(tests, loads_from_256_pages_take_4_cycles_each_whatever_the_erat_and_11_4_from_291);
    tcase_add_test(tests, loads_from_more_pages_of_64k_than_the_derat_holds_wait_for_the_tlb);
    tcase_add_test(tests, calls_up_to_64_deep_return_as_foreseen);
    tcase_add_test(tests, two_misses_overlap_if_fewer_than_256_entries_are_between_them);
    tcase_add_test(tests, five_lines_in_a_row_bring_eleven_near_and_one_nearer_than_memory);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
