/* SPDX-License-Identifier: Apache-2.0 */
/* A document reaches the disk whole or not at all, in a directory that belongs to one run at a time. */
#include <check.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/emit.h"
#include "stats/results.h"
#include "tests/support/suite.h"

static char dir[64], path[200];
static struct results to;
static struct emit text;

static const char *in_dir(const char *name)
{
    snprintf(path, sizeof path, "%s/%s", dir, name);
    return path;
}

static void touch(const char *name)
{
    close(open(in_dir(name), O_WRONLY | O_CREAT | O_EXCL, 0666));
}

static void set_up(void)
{
    strcpy(dir, "/tmp/p9_results_XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(dir));
    ck_assert(results_open(&to, dir));
    emit_text(&text, "text");
}

static void tear_down(void)
{
    emit_free(&text);
    results_close(&to);
    ck_assert_int_eq(rmdir(dir), 0); /* nothing else was left behind */
}

START_TEST(a_document_is_saved_whole_or_not_at_all)
{
    ck_assert(results_save(&to, RESULT_STATS_TXT, &text));
    ck_assert(results_save(&to, RESULT_STATS_TXT, &text)); /* over the first one */
    ck_assert_int_eq(unlink(in_dir("stats.txt")), 0);
    ck_assert_int_eq(mkdir(in_dir("stats.txt"), 0777), 0);
    ck_assert(!results_save(&to, RESULT_STATS_TXT, &text));
    ck_assert_int_eq(rmdir(in_dir("stats.txt")), 0);
    text.failed = true;
    ck_assert(!results_save(&to, RESULT_STATS_TXT, &text));
}
END_TEST

START_TEST(a_symbolic_link_is_replaced_and_not_followed)
{
    char temporary[64], content[8] = "";
    int fd;

    touch("others");
    snprintf(temporary, sizeof temporary, ".stats.txt.%ld", (long)getpid());
    ck_assert(!symlink("others", in_dir("stats.txt")) && !symlink("others", in_dir(temporary)));
    ck_assert(!symlink("others", in_dir("console.log")));
    ck_assert(results_save(&to, RESULT_STATS_TXT, &text));
    fd = results_create(&to, RESULT_CONSOLE_LOG);
    ck_assert_int_eq(write(fd, "log", 3), 3);
    close(fd);
    fd = open(in_dir("others"), O_RDONLY);
    ck_assert_int_eq(read(fd, content, sizeof content), 0);
    close(fd);
    ck_assert(!unlink(in_dir("others")) && !unlink(in_dir("stats.txt")) && !unlink(in_dir("console.log")));
}
END_TEST

START_TEST(what_earlier_runs_have_left_is_removed_and_nothing_else)
{
    static const char *const others[] = {".stats.json.", ".stats.json.1a", "stats.json.1", ".stats.jso.1", "stats"};
    char name[80];

    for (unsigned k = 0; k < RESULT_COUNT; k++) {
        touch(result_name(k));
        snprintf(name, sizeof name, ".%s.12345", result_name(k));
        touch(name);
    }
    for (unsigned k = 0; k < ARRAY_SIZE(others); k++) touch(others[k]);
    ck_assert(results_clear(&to));
    ck_assert(results_clear(&to)); /* of nothing */
    for (unsigned k = 0; k < ARRAY_SIZE(others); k++) ck_assert_msg(!unlink(in_dir(others[k])), "%s", others[k]);
}
END_TEST

START_TEST(a_directory_belongs_to_one_run_at_a_time)
{
    struct results second;

    ck_assert(!results_open(&second, dir));
    results_close(&second);
    ck_assert(results_save(&to, RESULT_STATS_TXT, &text)); /* the first one still has it */
    results_close(&to);
    ck_assert(results_open(&second, dir));
    ck_assert(results_clear(&second));
    results_close(&second);
}
END_TEST

START_TEST(what_is_no_directory_is_refused)
{
    static const char *const bad[] = {"", "/dev/null", "/proc/nothing", "/dev/null/below"};
    struct results none;

    for (unsigned k = 0; k < ARRAY_SIZE(bad); k++) {
        ck_assert_msg(!results_open(&none, bad[k]), "%s", bad[k]);
        results_close(&none);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("results");
    TCase *tests = tcase_create("results");

    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, a_document_is_saved_whole_or_not_at_all);
    tcase_add_test(tests, a_symbolic_link_is_replaced_and_not_followed);
    tcase_add_test(tests, what_earlier_runs_have_left_is_removed_and_nothing_else);
    tcase_add_test(tests, a_directory_belongs_to_one_run_at_a_time);
    tcase_add_test(tests, what_is_no_directory_is_refused);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
