/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Guests that go wrong on purpose: they loop for ever, stop for ever, die of machine checks, store over what they are
 * executing.  Each ends with a reason or by the limit it was given; none hangs the simulator or takes it down.
 */
#include <check.h>
#include <stdlib.h>

#include "bus/ram.h"
#include "core/state/context.h"
#include "machine/config.h"
#include "machine/console.h"
#include "machine/machine.h"
#include "tests/support/words.h"
#include "tests/support/suite.h"

enum { ENTRY = 0x10000, NOTHING = 0x0800 /* << 16: beyond the 16 MiB of these machines */ };
#define W_STOP 0x4c0002e4U
#define W_MFMSR(rt) (31U << 26 | (u32)(rt) << 21 | 83U << 1)

struct fixture {
    struct config config;
    struct console *console;
    struct machine *machine;
    u8 bytes[4096];
    struct machine_segment segment;
    volatile sig_atomic_t interrupted;
};

static void start_with(struct fixture *f, const u32 *code, size_t n, unsigned threads, struct log *log)
{
    *f = (struct fixture){0};
    config_default(&f->config);
    f->config.mem = 16 << 20;
    f->config.threads = threads;
    for (size_t k = 0; k < n; k++) put_be32(f->bytes + 4 * k, code[k]);
    f->segment = (struct machine_segment){.blob = {"test", f->bytes, n * 4}, .ra = ENTRY, .memory_size = n * 4};
    f->console = console_new(&(struct console_config){.terminal_fd = -1, .interrupted = &f->interrupted});
    ck_assert_ptr_nonnull(f->console);
    f->machine = machine_new_bare(
        &f->config,
        &(struct machine_bare){.segments = &f->segment, .segment_count = 1, .entry = ENTRY, .state = BARE_HYPERVISOR},
        f->console, log);
    ck_assert_ptr_nonnull(f->machine);
}

static void start(struct fixture *f, const u32 *code, size_t n, unsigned threads)
{
    start_with(f, code, n, threads, NULL);
}
#define START(f, code) start(f, code, ARRAY_SIZE(code), 1)

/* Code at a vector. */
static void vector(struct fixture *f, u64 at, const u32 *code, size_t n)
{
    for (size_t k = 0; k < n; k++) {
        u8 bytes[4];
        put_be32(bytes, code[k]);
        ck_assert(ram_store((struct ram *)(uintptr_t)machine_ram(f->machine), at + 4 * k, bytes, 4));
    }
}

static void stop(struct fixture *f)
{
    machine_free(f->machine);
    console_free(f->console);
}

static enum machine_end run(struct fixture *f, u64 max_insns, u64 max_cycles)
{
    return machine_run(f->machine, &(struct machine_limits){.max_insns = max_insns, .max_cycles = max_cycles}, NULL);
}

static const u32 branch_to_itself[] = {W_B(0)};

START_TEST(a_guest_that_prints_without_end_is_stopped_before_its_turn_is_over)
{
    static const u32 code[] = {W_LI(3, 0), W_LI(4, 0), W_LIS(5, 1), W_CALLTHRU, W_B(-16)};
    struct fixture f;

    START(&f, code);
    f.interrupted = 1;
    ck_assert_int_eq(run(&f, 1000000, UINT64_MAX), MACHINE_STOPPED);
    ck_assert_uint_lt(machine_completed(f.machine), 10);
    stop(&f);
}
END_TEST

START_TEST(counters_that_are_asked_for_for_ever_are_not_told_for_ever)
{
    static const u32 code[] = {W_LI(3, 4099), W_CALLTHRU, W_B(-8)};
    char *said = NULL;
    size_t size = 0;
    unsigned told = 0;
    struct log log = {.to = open_memstream(&said, &size), .level = LOG_INFO};
    struct fixture f;

    start_with(&f, code, ARRAY_SIZE(code), 1, &log);
    ck_assert_int_eq(run(&f, 3000, UINT64_MAX), MACHINE_LIMIT);
    stop(&f);
    fclose(log.to);
    for (const char *at = said; (at = strstr(at, "p9sim: completed ")); at++) told++;
    ck_assert_uint_eq(told, LOG_GUEST_MAX);
    ck_assert_ptr_nonnull(strstr(said, "further ones are not printed\n"));
    free(said);
}
END_TEST

START_TEST(a_branch_to_itself_ends_by_the_number_of_instructions)
{
    struct fixture f;

    START(&f, branch_to_itself);
    ck_assert_int_eq(run(&f, 1000000, UINT64_MAX), MACHINE_LIMIT);
    ck_assert_uint_eq(machine_completed(f.machine), 1000000);
    stop(&f);
}
END_TEST

START_TEST(a_branch_to_itself_ends_by_time)
{
    struct fixture f;

    START(&f, branch_to_itself);
    ck_assert_int_eq(run(&f, UINT64_MAX, 777777), MACHINE_LIMIT);
    ck_assert_uint_eq(machine_cycles(f.machine), 777777);
    stop(&f);
}
END_TEST

START_TEST(a_branch_to_itself_ends_when_the_person_says_so)
{
    struct fixture f;

    START(&f, branch_to_itself);
    f.interrupted = 1;
    ck_assert_int_eq(run(&f, UINT64_MAX, UINT64_MAX), MACHINE_STOPPED);
    stop(&f);
}
END_TEST

START_TEST(a_stop_that_nothing_can_end_is_reported)
{
    /* PSSCR: ESL, EC; LPCR[PECE] = 0: not even the decrementer */
    static const u32 code[] = {W_LIS(5, 0x30), W_MTSPR(855, 5), W_LI(5, 0), W_MTSPR(318, 5), W_STOP, W_B(0)};
    struct fixture f;

    START(&f, code);
    ck_assert_int_eq(run(&f, UINT64_MAX, UINT64_MAX), MACHINE_GUEST_DIED);
    ck_assert_ptr_nonnull(machine_death(f.machine));
    stop(&f);
}
END_TEST

START_TEST(a_machine_check_in_the_machine_check_handler_is_a_checkstop)
{
    static const u32 load[] = {W_LIS(5, NOTHING), W_LWZ(6, 0, 5)};
    struct fixture f;

    START(&f, load);
    vector(&f, 0x200, load, 2);
    ck_assert_int_eq(run(&f, 1000000, UINT64_MAX), MACHINE_GUEST_DIED);
    ck_assert(machine_thread(f.machine, 0)->checkstop);
    stop(&f);
}
END_TEST

START_TEST(a_handler_that_returns_to_what_caused_the_machine_check_runs_until_the_limit)
{
    static const u32 load[] = {W_LIS(5, NOTHING), W_LWZ(6, 0, 5)}, handler[] = {W_RFID};
    struct fixture f;

    START(&f, load);
    vector(&f, 0x200, handler, 1);
    ck_assert_int_eq(run(&f, 100000, UINT64_MAX), MACHINE_LIMIT);
    ck_assert_uint_eq(machine_thread(f.machine, 0)->spr.SRR0, ENTRY + 4);
    stop(&f);
}
END_TEST

START_TEST(interrupts_in_handlers_for_ever_run_until_the_limit)
{
    static const u32 trap[] = {0x7fe00008}, handler[] = {W_ADDI(7, 7, 1), 0x7fe00008};
    struct fixture f;

    START(&f, trap);
    vector(&f, 0x700, handler, 2);
    ck_assert_int_eq(run(&f, 100000, UINT64_MAX), MACHINE_LIMIT);
    ck_assert_uint_ge(machine_thread(f.machine, 0)->gpr[7], 99000);
    stop(&f);
}
END_TEST

START_TEST(one_thread_that_dies_ends_the_run_of_all)
{
    static const u32 load[] = {W_LIS(5, NOTHING), W_MFMSR(6), W_XOR(6, 6, 6), W_MTMSRD(6, 0), W_LWZ(6, 0, 5)};
    struct fixture f;

    start(&f, load, ARRAY_SIZE(load), 4);
    vector(&f, 0x8000, branch_to_itself, 1);
    machine_thread(f.machine, 1)->held = false;
    machine_thread(f.machine, 1)->nia = 0x8000;
    ck_assert_int_eq(run(&f, UINT64_MAX, UINT64_MAX), MACHINE_GUEST_DIED);
    stop(&f);
}
END_TEST

START_TEST(stores_into_every_page_that_holds_code_execute_as_stored)
{
    /* 256 pages in turn: write li r6,n; blr into it, call it, add up; then again with other numbers. */
    static const u32 code[] = {
        W_LIS(20, 0x38c0),
        W_LIS(21, 0x4e80),
        W_ORI(21, 21, 0x20),
        W_LI(22, 2048),
        W_MTCTR(22),
        W_LIS(5, 0x20),
        /* loop: */ W_ADDI(20, 20, 1),
        W_STW(20, 0, 5),
        W_STW(21, 4, 5),
        W_MTSPR(8, 5),
        0x4e800021 /* blrl */,
        W_ADD(7, 7, 6),
        W_ADDI(5, 5, 0x1000),
        W_D(28, 5, 8, 0) /* andi. r8,r5,0 */,
        W_X(21, 5, 5, 0, 0) | 12U << 6 | 19U << 1 /* r5 = 20 bits */,
        W_D(25, 5, 5, 0x20) /* oris */,
        W_BDNZ(-40),
        W_LI(3, 31),
        W_LI(4, 0),
        W_CALLTHRU,
    };
    struct fixture f;

    START(&f, code);
    ck_assert_int_eq(run(&f, 1000000, UINT64_MAX), MACHINE_OFF);
    ck_assert_uint_eq(machine_thread(f.machine, 0)->gpr[7], 2048 * 2049 / 2);
    stop(&f);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("hostile");
    TCase *tc = tcase_create("hostile");

    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, a_branch_to_itself_ends_by_the_number_of_instructions);
    tcase_add_test(tc, a_branch_to_itself_ends_by_time);
    tcase_add_test(tc, a_guest_that_prints_without_end_is_stopped_before_its_turn_is_over);
    tcase_add_test(tc, counters_that_are_asked_for_for_ever_are_not_told_for_ever);
    tcase_add_test(tc, a_branch_to_itself_ends_when_the_person_says_so);
    tcase_add_test(tc, a_stop_that_nothing_can_end_is_reported);
    tcase_add_test(tc, a_machine_check_in_the_machine_check_handler_is_a_checkstop);
    tcase_add_test(tc, a_handler_that_returns_to_what_caused_the_machine_check_runs_until_the_limit);
    tcase_add_test(tc, interrupts_in_handlers_for_ever_run_until_the_limit);
    tcase_add_test(tc, one_thread_that_dies_ends_the_run_of_all);
    tcase_add_test(tc, stores_into_every_page_that_holds_code_execute_as_stored);
    suite_add_tcase(suite, tc);
    return run_suite(suite);
}
