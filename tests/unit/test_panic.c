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

/* ---- whose ---- */

static const char crash[] = "sysrq triggered crash";

/* A guest of this level; each has its parent's level and one more. */
static struct partition *guest(unsigned level)
{
    struct partition_tree *tree = &m->partitions;
    struct partition *p = calloc(1, sizeof *p);

    ck_assert_ptr_nonnull(p);
    *p = (struct partition){.id = tree->count, .lpid = 4 + level, .level = level};
    tree->list[tree->count++] = p;
    return p;
}

static void printed_by_a_guest(void)
{
    print("[    3.000000] Kernel panic - not syncing: sysrq triggered crash\n");
    pass(6);
    a_program_runs();
    pass(1);
    ck_assert_int_eq(m->end, MACHINE_RUNNING);
}

static const struct report_panic *panic_of(unsigned count)
{
    unsigned there;
    const struct report_panic *p = machine_guest_panics(m, &there);

    ck_assert_uint_eq(there, count);
    return p;
}

static void is(const struct report_panic *panic, const char *want)
{
    char told[256];

    report_panic_tell(panic, told, sizeof told);
    ck_assert_str_eq(told, want);
}

START_TEST(a_guest_that_tells_its_hypervisor_is_named_by_its_level)
{
    guest(1);
    machine_guest_told(m, guest(2), 77, crash);
    is(panic_of(1), "level 2 panicked: sysrq triggered crash");
    printed_by_a_guest(); /* the same one */
    ck_assert(panic_of(1)->is_printed);
    ck_assert_uint_eq(panic_of(1)->lpid, 6);
    ck_assert_uint_eq(panic_of(1)->cycle, 77);
}
END_TEST

START_TEST(a_text_that_comes_before_the_call_is_the_same_panic)
{
    guest(1);
    printed_by_a_guest();
    is(panic_of(1), "level 1 or deeper panicked: sysrq triggered crash");
    machine_guest_told(m, guest(2), 77, crash);
    is(panic_of(1), "level 2 panicked: sysrq triggered crash");
}
END_TEST

START_TEST(two_guests_with_the_same_words_are_two)
{
    machine_guest_told(m, guest(1), 77, crash);
    machine_guest_told(m, guest(2), 78, crash);
    printed_by_a_guest();
    printed_by_a_guest();
    is(panic_of(2), "level 1 panicked: sysrq triggered crash");
    is(panic_of(2) + 1, "level 2 panicked: sysrq triggered crash");
    printed_by_a_guest();
    is(panic_of(3) + 2, "level 1 or deeper panicked: sysrq triggered crash");
}
END_TEST

START_TEST(what_is_told_does_not_save_the_host)
{
    machine_guest_told(m, guest(1), 77, "Attempted to kill init!");
    panics();
    pass(250);
    died_of("Kernel panic - not syncing: Attempted to kill init!");
}
END_TEST

START_TEST(without_guests_it_was_only_printed)
{
    printed_by_a_guest();
    panic_of(0);
}
END_TEST

START_TEST(there_is_room_for_some_of_them)
{
    struct partition *p = guest(1);

    for (unsigned k = 0; k < 10 * GUEST_PANICS; k++) machine_guest_told(m, p, k, crash);
    ck_assert_uint_eq(panic_of(GUEST_PANICS)[GUEST_PANICS - 1].cycle, GUEST_PANICS - 1);
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
    tcase_add_test(tests, a_guest_that_tells_its_hypervisor_is_named_by_its_level);
    tcase_add_test(tests, a_text_that_comes_before_the_call_is_the_same_panic);
    tcase_add_test(tests, two_guests_with_the_same_words_are_two);
    tcase_add_test(tests, what_is_told_does_not_save_the_host);
    tcase_add_test(tests, without_guests_it_was_only_printed);
    tcase_add_test(tests, there_is_room_for_some_of_them);
    tcase_add_test(tests, what_is_printed_without_a_panic_is_no_panic);
    tcase_add_test(tests, a_line_without_end_is_cut);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
