/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A panic on the console is level 0's if nothing but its kernel runs afterwards; machine/panic.c says what that is.
 * The machine here executes nothing: the test prints, moves the time, and counts instructions of programs and guests.
 */
#include <check.h>
#include <stdlib.h>

#include "machine/machine_internal.h"
#include "machine/console.h"
#include "tests/support/suite.h"

enum { THREADS = 2, MHZ = 2400 };
#define MS (MHZ * 1000ULL)

static struct config config;
static struct machine_segment segment = {.blob = {"nothing", (const u8 *)"\x48\0\0\0", 4}, .memory_size = 4};
static struct log quiet = {.level = LOG_ERROR};
static struct console *console;
static struct machine *m;

static void begin(void)
{
    config_default(&config);
    config.mem = 1 << 20;
    config.threads = THREADS;
    config.core_mhz = MHZ;
    quiet.to = stderr;
    console = console_new(&(struct console_config){.terminal_fd = -1});
    ck_assert_ptr_nonnull(console);
    m = machine_new_bare(&config, &(struct machine_bare){.segments = &segment, .segment_count = 1}, console, &quiet);
    ck_assert_ptr_nonnull(m);
    m->now = 1000 * MS;
}

static void end(void)
{
    machine_free(m);
    console_free(console);
}

static void print(const char *text)
{
    while (*text) machine_panic_hear(m, (u8)*text++);
}

/* Windows of half a millisecond. */
static void pass(unsigned milliseconds)
{
    for (unsigned k = 0; k < 2 * milliseconds && m->end == MACHINE_RUNNING; k++) {
        m->now += MS / 2;
        if (m->panic.watching) machine_panic_look(m);
    }
}

static void a_program_runs(void)
{
    account_find(&m->accounts, partition_l0(&m->partitions), ACCOUNT_PROBLEM, 7)->counters.completed++;
}

static void a_guest_runs(void)
{
    static struct partition guest = {.id = 1, .lpid = 1, .level = 1};

    account_find(&m->accounts, &guest, ACCOUNT_OS, 0)->counters.completed++;
}

static void everybody_sleeps(void)
{
    for (unsigned k = 0; k < m->thread_count; k++) m->threads[k]->idle_cycles++;
}

static void panics(void)
{
    print("[    1.000000] Kernel panic - not syncing: Attempted to kill init!\r\n");
}

static void died_of(const char *text)
{
    ck_assert_int_eq(m->end, MACHINE_GUEST_DIED);
    ck_assert(machine_panicked(m));
    ck_assert_str_eq(machine_death(m), text);
}

START_TEST(a_kernel_that_spins_alone_has_panicked)
{
    panics();
    pass(150);
    ck_assert_int_eq(m->end, MACHINE_RUNNING);
    pass(100);
    died_of("Kernel panic - not syncing: Attempted to kill init!");
}
END_TEST

START_TEST(so_has_firmware_that_gives_up)
{
    print("assert failed at core/stack.c:169\n");
    pass(250);
    died_of("assert failed at core/stack.c:169");
}
END_TEST

START_TEST(a_panic_is_certain_when_firmware_is_asked_for_a_restart)
{
    panics();
    pass(1);
    m->panic.asked = true;
    pass(1);
    died_of("Kernel panic - not syncing: Attempted to kill init!");
}
END_TEST

START_TEST(other_threads_may_take_a_while_until_they_have_been_stopped)
{
    panics();
    pass(2);
    a_program_runs();
    pass(150);
    ck_assert_int_eq(m->end, MACHINE_RUNNING);
    pass(100);
    ck_assert(machine_panicked(m));
}
END_TEST

START_TEST(where_programs_run_on_it_was_a_guest)
{
    panics();
    pass(6);
    a_program_runs();
    pass(1);
    ck_assert(!m->panic.watching);
    m->panic.asked = true;
    pass(1000);
    ck_assert_int_eq(m->end, MACHINE_RUNNING);
}
END_TEST

START_TEST(where_guests_run_on_it_was_a_guest)
{
    panics();
    pass(6);
    a_guest_runs();
    pass(1000);
    ck_assert_int_eq(m->end, MACHINE_RUNNING);
    ck_assert(!m->panic.watching);
}
END_TEST

START_TEST(a_kernel_that_sleeps_has_not_panicked)
{
    panics();
    for (unsigned k = 0; k < 100; k++) {
        pass(100);
        everybody_sleeps();
    }
    ck_assert_int_eq(m->end, MACHINE_RUNNING);
}
END_TEST

START_TEST(one_thread_that_spins_is_enough)
{
    panics();
    pass(1);
    for (unsigned k = 0; k < 10; k++) {
        pass(50);
        m->threads[1]->idle_cycles++;
    }
    ck_assert(machine_panicked(m));
}
END_TEST

START_TEST(behind_a_guest_the_host_may_panic)
{
    panics();
    pass(6);
    a_program_runs();
    pass(10);
    print("---[ end Kernel panic - not syncing: Attempted to kill init! ]---\n"); /* the guest's, still */
    ck_assert(!m->panic.watching);
    print("Kernel panic - not syncing: Fatal exception\n");
    pass(250);
    died_of("Kernel panic - not syncing: Fatal exception");
}
END_TEST

START_TEST(what_is_printed_without_a_panic_is_no_panic)
{
    print("Kernel panic - not syn\ncing: all\nassert\n");
    ck_assert(!m->panic.watching);
}
END_TEST

START_TEST(a_line_without_end_is_cut)
{
    for (unsigned k = 0; k < 10 * PANIC_TEXT; k++) print("x");
    print("Kernel panic - not syncing: far behind\n");
    ck_assert(!m->panic.watching);
    print("Kernel panic - not syncing: ");
    for (unsigned k = 0; k < PANIC_TEXT; k++) print("y");
    print("\n");
    ck_assert(m->panic.watching);
    ck_assert_uint_eq(strlen(m->panic.text), PANIC_TEXT - 1);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("panic");
    TCase *tests = tcase_create("panic");

    tcase_add_checked_fixture(tests, begin, end);
    tcase_add_test(tests, a_kernel_that_spins_alone_has_panicked);
    tcase_add_test(tests, so_has_firmware_that_gives_up);
    tcase_add_test(tests, a_panic_is_certain_when_firmware_is_asked_for_a_restart);
    tcase_add_test(tests, other_threads_may_take_a_while_until_they_have_been_stopped);
    tcase_add_test(tests, where_programs_run_on_it_was_a_guest);
    tcase_add_test(tests, where_guests_run_on_it_was_a_guest);
    tcase_add_test(tests, a_kernel_that_sleeps_has_not_panicked);
    tcase_add_test(tests, one_thread_that_spins_is_enough);
    tcase_add_test(tests, behind_a_guest_the_host_may_panic);
    tcase_add_test(tests, what_is_printed_without_a_panic_is_no_panic);
    tcase_add_test(tests, a_line_without_end_is_cut);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
