/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The model `core` on small loops: cycles of a turn in the steady state, as they follow from latencies, widths and
 * queues; whose fault the cycles are; and what holds whatever runs - the stack sums to the cycles, a run repeats, and
 * the guest ends in the state in which the other models leave it.
 *
 * A turn's cycles are the difference of two runs whose numbers of turns differ, so that what comes before the loop and
 * behind it cancels out.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/isa/decode.h"
#include "core/isa/disasm.h"
#include "core/timing/cpi.h"
#include "hypervisor/account.h"
#include "machine/config.h"
#include "machine/console.h"
#include "machine/machine.h"
#include "stats/counters.h"
#include "tests/support/suite.h"

enum { ENTRY = 0x10000, CODE_MOST = 4096, DATA = 0x100000, TURNS = 1000, LOOP = 16 };

struct result {
    u64 cycles, hash;
    struct counters counters;
};

static struct isa *isa;
static u8 bytes[CODE_MOST * 4];
static size_t words;

static void word(u32 w)
{
    ck_assert_uint_lt(words, CODE_MOST);
    put_be32(bytes + 4 * words++, w);
}

/* One line of assembly, or several that semicolons separate. */
static void code(const char *text)
{
    while (*text) {
        char line[80];
        size_t length = strcspn(text, ";");
        u32 w;

        snprintf(line, sizeof line, "%.*s", (int)length, text);
        ck_assert_msg(isa_assemble(isa, line, ENTRY + words * 4, &w), "%s", line);
        word(w);
        text += length + strspn(text + length, "; ");
    }
}

static void load_address(unsigned reg, u32 value)
{
    char line[80];

    snprintf(line, sizeof line, "lis r%u,%d; ori r%u,r%u,%u", reg, (s16)(value >> 16), reg, reg, value & 0xffff);
    code(line);
}

/* r20 points to data that is aligned to 64 KiB. */
static void begin(const char *setup, u32 turns)
{
    words = 0;
    load_address(20, DATA);
    load_address(3, turns);
    code("mtctr r3");
    code(setup);
}

static void repeat(size_t loop)
{
    char line[80];

    snprintf(line, sizeof line, "bdnz 0x%llx", (unsigned long long)(ENTRY + loop * 4));
    code(line);
    code("li r3,31; li r4,0");
    word(0x000eaeb0);
}

static void run_program(const struct config *config, struct result *r)
{
    struct console *console = console_new(&(struct console_config){.terminal_fd = -1});
    struct machine_segment segment = {.blob = {"test", bytes, words * 4}, .ra = ENTRY, .memory_size = words * 4};
    const struct machine_bare bare = {
        .segments = &segment, .segment_count = 1, .entry = ENTRY, .state = BARE_HYPERVISOR};
    struct machine *m = machine_new_bare(config, &bare, console, NULL);
    const struct account_book *book;
    enum machine_end end;

    ck_assert_ptr_nonnull(m);
    end = machine_run(m, &(struct machine_limits){.max_insns = UINT64_MAX, .max_cycles = UINT64_MAX}, NULL);
    ck_assert_msg(end == MACHINE_OFF, "%s", machine_death(m));
    memset(r, 0, sizeof *r);
    book = machine_accounts(m);
    for (unsigned k = 0; k < book->count; k++) counters_add(&r->counters, &book->list[k]->counters);
    r->cycles = r->counters.cycles - r->counters.idle_cycles;
    r->hash = machine_state_hash(m);
    machine_free(m);
    console_free(console);
}

static struct config config;

static void setup(void)
{
    isa = isa_new();
    config_default(&config);
    config.mem = 64 << 20;
    config.model = MODEL_CORE;
}
static void teardown(void)
{
    isa_free(isa);
}

static struct result run_turns(const char *before, const char *body, u32 turns)
{
    struct result r;
    size_t loop;

    begin(before, turns);
    while (words % LOOP) code("nop"); /* the loop begins with a line's half */
    loop = words;
    code(body);
    repeat(loop);
    run_program(&config, &r);
    return r;
}

/* Of the steady state; in *more, if not NULL, what was counted in `TURNS` turns of it. */
static double cycles_per_turn(const char *before, const char *body, struct counters *more)
{
    struct result few = run_turns(before, body, TURNS), many = run_turns(before, body, 2 * TURNS);

    if (more) {
        *more = many.counters;
        counters_subtract(more, &few.counters);
    }
    return (double)(many.cycles - few.cycles) / TURNS;
}

#define NEAR(value, expected, tolerance) ck_assert_double_eq_tol(value, expected, tolerance)

/* ---- latencies and widths ---- */

START_TEST(dependent_additions_take_two_cycles_each)
{
    NEAR(
        cycles_per_turn("", "add r4,r4,r5; add r4,r4,r5; add r4,r4,r5; add r4,r4,r5; add r4,r4,r5; add r4,r4,r5", NULL),
        12, 0.1);
}
END_TEST

START_TEST(independent_additions_take_the_four_alus)
{
    NEAR(cycles_per_turn("",
                         "add r4,r5,r6; add r7,r5,r6; add r8,r5,r6; add r9,r5,r6; add r10,r5,r6; add r11,r5,r6; "
                         "add r12,r5,r6; add r13,r5,r6; add r14,r5,r6; add r15,r5,r6; add r16,r5,r6; add r17,r5,r6; "
                         "add r4,r5,r6; add r7,r5,r6; add r8,r5,r6; add r9,r5,r6; add r10,r5,r6; add r11,r5,r6; "
                         "add r12,r5,r6; add r13,r5,r6; add r14,r5,r6; add r15,r5,r6; add r16,r5,r6; add r17,r5,r6",
                         NULL),
         24.0 / 4, 0.3);
}
END_TEST

START_TEST(nops_complete_six_a_cycle)
{
    char body[1000] = "nop";

    for (unsigned k = 1; k < 59; k++) strcat(body, "; nop");
    NEAR(cycles_per_turn("", body, NULL), 60.0 / 6, 0.1);
}
END_TEST

START_TEST(chains_take_the_latencies_of_their_links)
{
    NEAR(cycles_per_turn("li r4,3", "mulld r4,r4,r4; mulld r4,r4,r4; mulld r4,r4,r4", NULL), 15, 0.1);
    NEAR(cycles_per_turn("li r4,3; li r5,1", "divd r4,r4,r5", NULL), 24, 0.1);
    NEAR(cycles_per_turn("", "fadd f1,f1,f2; fadd f1,f1,f2", NULL), 14, 0.1);
    NEAR(cycles_per_turn("", "vperm v1,v1,v2,v3; vperm v1,v1,v2,v3", NULL), 6, 0.1);
    NEAR(cycles_per_turn("std r20,0(r20); addi r4,r20,0", "ld r4,0(r4); ld r4,0(r4); ld r4,0(r4)", NULL), 12, 0.1);
}
END_TEST

START_TEST(sticky_and_summary_bits_do_not_make_chains)
{
    /* Four additions set FPRF and may set sticky bits of FPSCR, four cycles of one DP a turn at most. */
    NEAR(
        cycles_per_turn("", "xsadddp vs1,vs2,vs3; xsadddp vs4,vs2,vs3; xsadddp vs5,vs2,vs3; xsadddp vs6,vs2,vs3", NULL),
        2, 1);
}
END_TEST

START_TEST(a_divider_is_busy_for_eight_cycles)
{
    /* Two dividers, four divides. */
    NEAR(cycles_per_turn("li r5,1", "divd r6,r20,r5; divd r7,r20,r5; divd r8,r20,r5; divd r9,r20,r5", NULL), 16, 0.5);
}
END_TEST

/* ---- loads and stores ---- */

START_TEST(a_store_forwards_to_a_load)
{
    struct counters c;

    /* store, forwarded, add: 6 and 2 and 1 for the store's own way */
    NEAR(cycles_per_turn("", "std r4,0(r20); ld r4,0(r20); add r4,r4,r5", &c), 9, 1);
    ck_assert_uint_eq(c.store_forwards, TURNS);
    ck_assert_uint_eq(c.load_hit_store, 0);
}
END_TEST

START_TEST(a_load_of_more_than_was_stored_waits_for_the_store)
{
    struct counters c;
    double forwarded = cycles_per_turn("", "std r4,0(r20); ld r4,0(r20); add r4,r4,r5", NULL);

    ck_assert_double_gt(cycles_per_turn("", "stw r4,0(r20); ld r4,0(r20); add r4,r4,r5", &c), forwarded);
    ck_assert_uint_eq(c.load_hit_store, TURNS);
    ck_assert_uint_gt(c.cpi_stall_lhs, 0);
}
END_TEST

/* A ring of doublewords 4 KiB and a line apart, each with the address of the next: r4 goes round. */
static void make_ring(char *text, size_t size, unsigned lines, unsigned stride)
{
    size_t n = 0;

    for (unsigned k = 0; k < lines; k++)
        n += (size_t)snprintf(
            text + n, size - n, "addis r5,r20,%u; ori r5,r5,%u; addis r6,r20,%u; ori r6,r6,%u; std r6,0(r5); ",
            k * stride >> 16, k * stride & 0xffff, (k + 1) % lines * stride >> 16, (k + 1) % lines * stride & 0xffff);
    snprintf(text + n, size - n, "addi r4,r20,0");
}

START_TEST(lines_of_one_set_that_are_too_many_come_from_the_l2)
{
    static char ring[20000];
    struct counters c;

    make_ring(ring, sizeof ring, 8, 4096);
    NEAR(cycles_per_turn(ring, "ld r4,0(r4)", &c), 4, 0.1);
    ck_assert_uint_eq(c.l1d_miss, 0);
    make_ring(ring, sizeof ring, 16, 4096); /* 16 lines in a set of eight ways */
    NEAR(cycles_per_turn(ring, "ld r4,0(r4)", &c), 16, 1);
    ck_assert_uint_eq(c.l1d_miss, TURNS);
    ck_assert_uint_eq(c.data_from_l2, TURNS);
    ck_assert_uint_gt(c.cpi_stall_dmiss_l2l3, c.cycles / 2);
}
END_TEST

/* ---- branches ---- */

START_TEST(a_branch_that_nobody_can_foresee_costs_what_the_option_says)
{
    /* r4 steps through a linear congruence; the branch hangs on a middle bit of it. */
    static const char before[] = "li r5,1103; mulli r5,r5,1001; li r4,1";
    static const char body[] = "mulld r4,r4,r5; addi r4,r4,12345; rldicl. r6,r4,40,63; bc %u,2,0x%llx; nop";
    const unsigned long long end = ENTRY + (LOOP + 5) * 4;
    struct counters c;
    char text[200];
    double cycles, base;

    snprintf(text, sizeof text, body, 12, end);
    cycles = cycles_per_turn(before, text, &c);
    snprintf(text, sizeof text, body, 20, end); /* always */
    base = cycles_per_turn(before, text, NULL);
    ck_assert_uint_gt(c.branch_mispredicted, TURNS / 3);
    ck_assert_uint_lt(c.branch_mispredicted, TURNS * 2 / 3);
    /* A chain of 5 and 2 goes on behind a mispredicted branch, so that part of the penalty is hidden. */
    ck_assert_double_gt(cycles - base, 0.3 * (16 - 10));
    ck_assert_uint_gt(c.cpi_noslot_br_mpred, 0);
}
END_TEST

/* ---- what holds of every run ---- */

static const char *const mixture[] = {
    "std r4,8(r20); ld r5,8(r20); mulld r6,r5,r4; addi r4,r4,1",
    "hwsync; larx r5,0,r20; isync; mftb r6; mtlr r4; mflr r7",
    "dcbz 0,r20; stdu r4,128(r20); divd r5,r20,r4; cmpd cr1,r5,r6",
    "lmw r24,0(r20); stmw r24,512(r20); fadd f1,f2,f3; fdiv f4,f1,f3",
};
enum { MIXTURES = ARRAY_SIZE(mixture) };

static u64 stack_of(const struct counters *c)
{
    const u64 *cell = &c->cpi_completed;
    u64 sum = 0;

    for (unsigned k = 0; k < CPI_COUNT; k++) sum += cell[k];
    return sum;
}

static struct result run_mixture(unsigned n)
{
    char text[200];
    const char *larx = strstr(mixture[n], "larx");

    if (larx) snprintf(text, sizeof text, "hwsync; ldarx r5,0,r20; stdcx. r4,0,r20; isync; mftb r6; mtlr r4; mflr r7");
    else snprintf(text, sizeof text, "%s", mixture[n]);
    return run_turns("li r4,5; li r6,77", text, TURNS);
}

/* Loads of lines in a row, each of which waits for the one before: with DSCR[DPFD] = 1 nothing is prefetched. */
START_TEST(dscr_says_how_far_ahead_data_are_prefetched)
{
    static const char body[] = "ldx r12,r20,r10; add r10,r10,r12; addi r10,r10,128; andi. r10,r10,0xffff";
    double deep = cycles_per_turn("li r10,0; li r9,7; mtspr 17,r9", body, NULL);
    double none = cycles_per_turn("li r10,0; li r9,1; mtspr 17,r9", body, NULL);

    config.walk_twin = 1;
    config.l1d_bytes = 8 << 10; /* 64 KiB of lines come from the L2 at best */
    ck_assert_double_gt(none, deep + 2);
    ck_assert_double_gt(cycles_per_turn("li r10,0; li r9,1; mtspr 3,r9", body, NULL),
                        cycles_per_turn("li r10,0; li r9,7; mtspr 3,r9", body, NULL) + 2);
}
END_TEST

START_TEST(the_stack_sums_to_the_cycles)
{
    for (unsigned n = 0; n < MIXTURES; n++) {
        struct result r = run_mixture(n);
        ck_assert_uint_gt(r.cycles, 0);
        ck_assert_uint_eq(stack_of(&r.counters), r.cycles);
    }
}
END_TEST

START_TEST(two_runs_are_the_same_run)
{
    for (unsigned n = 0; n < MIXTURES; n++) {
        struct result a = run_mixture(n), b = run_mixture(n);
        ck_assert_mem_eq(&a, &b, sizeof a);
    }
}
END_TEST

START_TEST(the_guest_ends_in_the_same_state_as_under_the_other_models)
{
    static const enum config_model models[] = {MODEL_NONE, MODEL_MMU, MODEL_CORE};

    for (unsigned n = 0; n < MIXTURES; n++) {
        u64 hash[3];

        if (strstr(mixture[n], "mftb r6")) continue; /* it asks the time */
        for (unsigned k = 0; k < 3; k++) {
            config.model = models[k];
            hash[k] = run_mixture(n).hash;
        }
        ck_assert_uint_eq(hash[0], hash[1]);
        ck_assert_uint_eq(hash[1], hash[2]);
    }
}
END_TEST

START_TEST(the_time_base_follows_the_cycles)
{
    struct result r = run_turns("li r6,1", "divd r5,r5,r6; divd r5,r5,r6", TURNS);

    /* At core_mhz = 2400 a tick is 4.6875 cycles; two divides in a row take 48. */
    ck_assert_uint_gt(r.cycles, 48 * TURNS);
    ck_assert_uint_lt(r.cycles, 50 * TURNS);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("pipeline");
    TCase *tests = tcase_create("pipeline");

    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_test(tests, dependent_additions_take_two_cycles_each);
    tcase_add_test(tests, independent_additions_take_the_four_alus);
    tcase_add_test(tests, nops_complete_six_a_cycle);
    tcase_add_test(tests, chains_take_the_latencies_of_their_links);
    tcase_add_test(tests, sticky_and_summary_bits_do_not_make_chains);
    tcase_add_test(tests, a_divider_is_busy_for_eight_cycles);
    tcase_add_test(tests, a_store_forwards_to_a_load);
    tcase_add_test(tests, a_load_of_more_than_was_stored_waits_for_the_store);
    tcase_add_test(tests, lines_of_one_set_that_are_too_many_come_from_the_l2);
    tcase_add_test(tests, a_branch_that_nobody_can_foresee_costs_what_the_option_says);
    tcase_add_test(tests, dscr_says_how_far_ahead_data_are_prefetched);
    tcase_add_test(tests, the_stack_sums_to_the_cycles);
    tcase_add_test(tests, two_runs_are_the_same_run);
    tcase_add_test(tests, the_guest_ends_in_the_same_state_as_under_the_other_models);
    tcase_add_test(tests, the_time_base_follows_the_cycles);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
