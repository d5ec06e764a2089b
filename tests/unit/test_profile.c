/* SPDX-License-Identifier: Apache-2.0 */
/* Cycles by instruction: nothing is lost, neighbours of one symbol are one stack, and memory is bounded. */
#include <check.h>
#include <stdio.h>

#include "stats/profile.h"
#include "tests/support/suite.h"

static struct profile p;

static void setup(void)
{
    profile_open(&p, PROFILE_PAGES);
}
static void teardown(void)
{
    profile_close(&p);
}

/* Account n is "level n"; everything from 0x1000 to 0x10ff is "first", up to 0x20ff "second". */
static void name_account(void *self, u32 account, char *out, size_t size)
{
    (void)self;
    snprintf(out, size, "level %u", account);
}
static void name_symbol(void *self, u64 address, char *out, size_t size)
{
    (void)self;
    snprintf(out, size, "%s", address >= 0x1000 && address < 0x1100 ? "first" : address < 0x2100 ? "second" : "");
}

static void expect(bool of_walks, const char *text)
{
    const struct profile_names names = {name_account, name_symbol, NULL};
    struct emit e = {0};

    profile_fold(&p, of_walks, &names, &e);
    ck_assert(!e.failed);
    ck_assert_str_eq(e.bytes ? e.bytes : "", text);
    emit_free(&e);
}

START_TEST(instructions_of_a_symbol_are_one_stack_over_pages_and_processes)
{
    profile_note(&p, 0x1ffc, 0, 0, 1, 0);
    profile_note(&p, 0x2000, 0, 0, 20, 0);
    profile_note(&p, 0x1004, 0, 0, 300, 0);
    profile_note(&p, 0x1000, 0, 7, 4000, 0);
    profile_note(&p, 0x10fc, 0, 0, 50000, 0);
    expect(false, "level 0;first 54300\nlevel 0;second 21\n");
}
END_TEST

START_TEST(accounts_are_told_apart_and_lines_are_in_order)
{
    profile_note(&p, 0x1000, 2, 0, 5, 0);
    profile_note(&p, 0x1000, 1, 0, 6, 0);
    profile_note(&p, 0x1000, 2, 0, 7, 0);
    expect(false, "level 1;first 6\nlevel 2;first 12\n");
}
END_TEST

START_TEST(an_address_without_a_name_is_told_by_its_page_and_process)
{
    profile_note(&p, 0x5004, 0, 0, 1, 0);
    profile_note(&p, 0x5ffc, 0, 0, 2, 0);
    profile_note(&p, 0x5ffc, 0, 9, 4, 0);
    expect(false, "level 0;PID 9 page 0x5000 4\nlevel 0;page 0x5000 3\n");
}
END_TEST

START_TEST(exposed_cycles_of_walks_have_stacks_of_their_own)
{
    profile_note(&p, 0x1000, 0, 0, 10, 4);
    profile_note(&p, 0x1000, 0, 0, 10, 0);
    profile_note(&p, 0x9000, 0, 0, 30, 25);
    expect(false, "level 0;first 20\nlevel 0;page 0x9000 30\n");
    expect(true, "level 0;first 4\nlevel 0;page 0x9000 25\n");
}
END_TEST

START_TEST(pages_beyond_the_limit_are_other_and_none_of_their_cycles_is_lost)
{
    profile_close(&p);
    profile_open(&p, 2);
    for (u64 page = 4; page < 10; page++) profile_note(&p, page * PROFILE_PAGE, 0, 0, page, 1);
    profile_note(&p, 5 * PROFILE_PAGE + 8, 0, 0, 100, 0);
    expect(false, "level 0;page 0x4000 4\nlevel 0;page 0x5000 105\nother 30\n");
    expect(true, "level 0;page 0x4000 1\nlevel 0;page 0x5000 1\nother 4\n");
}
END_TEST

START_TEST(what_was_forgotten_is_counted_from_nothing)
{
    profile_note(&p, 0x1000, 0, 0, 10, 1);
    profile_close(&p);
    expect(false, "");
    profile_note(&p, 0x1000, 0, 0, 3, 0);
    expect(false, "level 0;first 3\n");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("profile");
    TCase *tests = tcase_create("profile");

    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_test(tests, instructions_of_a_symbol_are_one_stack_over_pages_and_processes);
    tcase_add_test(tests, accounts_are_told_apart_and_lines_are_in_order);
    tcase_add_test(tests, an_address_without_a_name_is_told_by_its_page_and_process);
    tcase_add_test(tests, exposed_cycles_of_walks_have_stacks_of_their_own);
    tcase_add_test(tests, pages_beyond_the_limit_are_other_and_none_of_their_cycles_is_lost);
    tcase_add_test(tests, what_was_forgotten_is_counted_from_nothing);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
