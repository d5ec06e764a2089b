/* SPDX-License-Identifier: Apache-2.0 */
/* The console types, watches, marks and stops; terminals are played by a pipe. */
#include <check.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

#include "base/state.h"
#include "machine/console.h"
#include "tests/support/suite.h"

static struct console *c;

static void wake(int number)
{
    (void)number;
}

static void open_with(const char *const *expect, unsigned count, const char *input)
{
    c = console_new(&(struct console_config){.where = "none",
                                             .terminal_fd = -1,
                                             .expect = expect,
                                             .expect_count = count,
                                             .input = (const u8 *)input,
                                             .input_size = input ? strlen(input) : 0});
    ck_assert_ptr_nonnull(c);
}

static void guest_prints(const char *text)
{
    while (*text) console_put(c, (u8)*text++);
}

static void guest_reads(const char *text)
{
    for (; *text; text++) ck_assert_int_eq(console_get(c), (u8)*text);
    ck_assert_int_eq(console_get(c), -1);
}

START_TEST(the_input_is_typed_and_an_answer_overtakes_it)
{
    static const char *const expect[] = {"login: =type:root\\n"};

    open_with(expect, 1, "abc");
    ck_assert_int_eq(console_get(c), 'a');
    guest_prints("debian login: ");
    guest_reads("root\nbc");
    guest_prints("debian login: "); /* each expectation acts once */
    guest_reads("");
    console_free(c);
}
END_TEST

static void hear(void *self, const char *line)
{
    strcat(self, line);
    strcat(self, "|");
}

START_TEST(a_listener_hears_whole_lines_and_no_control_characters)
{
    char heard[2 * CONSOLE_LINE_MAX] = "";

    open_with(NULL, 0, NULL);
    console_listen(c, hear, heard);
    guest_prints("one\r\n\033[2J\n\npart");
    ck_assert_str_eq(heard, "one|?[2J||");
    for (unsigned k = 0; k < CONSOLE_LINE_MAX; k++) guest_prints("x");
    guest_prints("\n");
    ck_assert_uint_eq(strlen(heard), strlen("one|?[2J||") + CONSOLE_LINE_MAX);
    ck_assert(!console_wants_stop(c));
    console_stop(c, "a guest died");
    console_stop(c, "something else");
    ck_assert(console_wants_stop(c));
    ck_assert_str_eq(console_stop_reason(c), "a guest died");
    console_free(c);
}
END_TEST

START_TEST(expectations_of_one_text_act_in_order)
{
    static const char *const expect[] = {"# =type:one\\n", "# =type:two\\n", "# =stop", "a=b=mark:here"};

    open_with(expect, 4, NULL);
    guest_prints("# ");
    guest_reads("one\n");
    guest_prints("x a=b # ");
    guest_reads("two\n");
    ck_assert(!console_wants_stop(c));
    ck_assert_str_eq(console_take_mark(c), "here");
    ck_assert_ptr_null(console_take_mark(c));
    guest_prints("# ");
    ck_assert(console_wants_stop(c));
    ck_assert_ptr_nonnull(console_stop_reason(c));
    console_free(c);
}
END_TEST

START_TEST(a_text_is_found_whatever_precedes_it)
{
    static const char *const expect[] = {"aabaaab=stop"};

    open_with(expect, 1, NULL);
    guest_prints("aabaabaaa");
    ck_assert(!console_wants_stop(c));
    guest_prints("b");
    ck_assert(console_wants_stop(c));
    console_free(c);
}
END_TEST

START_TEST(ctrl_a_at_the_terminal_is_ours)
{
    int ends[2], got = -1;

    ck_assert_int_eq(pipe(ends), 0);
    c = console_new(&(struct console_config){.where = "none", .terminal_fd = ends[0]});
    ck_assert(console_is_interactive(c));
    ck_assert_int_eq(write(ends[1], "\1\1q\1x", 5), 5);
    for (unsigned k = 0; k < 1000 && got < 0; k++) got = console_get(c);
    ck_assert_int_eq(got, 1);
    ck_assert_int_eq(console_get(c), 'q');
    ck_assert(console_wants_stop(c));
    ck_assert(console_wait(c, 0.001) >= 0);
    console_free(c);
    close(ends[0]);
    close(ends[1]);
}
END_TEST

START_TEST(a_signal_is_a_wish_to_stop)
{
    volatile sig_atomic_t flag = 0;

    c = console_new(&(struct console_config){.where = "none", .terminal_fd = -1, .interrupted = &flag});
    ck_assert(!console_wants_stop(c));
    flag = 1;
    ck_assert(console_wants_stop(c));
    console_free(c);
}
END_TEST

START_TEST(output_goes_to_the_file_and_to_the_log)
{
    char a[] = "/tmp/p9_console_a_XXXXXX", b[] = "/tmp/p9_console_b_XXXXXX", where[64], text[16] = "";
    FILE *f;

    close(mkstemp(a));
    snprintf(where, sizeof where, "file:%s", a);
    c = console_new(&(struct console_config){.where = where, .terminal_fd = -1});
    ck_assert(console_log(c, mkstemp(b), b));
    guest_prints("hello");
    ck_assert(console_finish(c));
    console_free(c);
    f = fopen(a, "r");
    ck_assert_uint_eq(fread(text, 1, sizeof text, f), 5);
    fclose(f);
    f = fopen(b, "r");
    ck_assert_uint_eq(fread(text, 1, sizeof text, f), 5);
    ck_assert_mem_eq(text, "hello", 5);
    fclose(f);
    unlink(a);
    unlink(b);
}
END_TEST

/* What is said of a console whose file or log is full, on a stderr of its own. */
static void fill_up(const char *where, const char *log, char *said, size_t size)
{
    int ends[2], err = dup(STDERR_FILENO);
    char name[32];
    ssize_t n;

    ck_assert_int_eq(pipe(ends), 0);
    dup2(ends[1], STDERR_FILENO);
    c = console_new(&(struct console_config){.where = where, .terminal_fd = -1});
    if (log) {
        snprintf(name, sizeof name, "%s", log);
        ck_assert(console_log(c, open("/dev/full", O_WRONLY), name));
        memset(name, 'x', sizeof name - 1); /* the caller's array is used for something else */
    }
    for (unsigned k = 0; k < 10000; k++) guest_prints("0123456789\n");
    ck_assert(!console_finish(c));
    console_free(c);
    dup2(err, STDERR_FILENO);
    close(err);
    close(ends[1]);
    n = read(ends[0], said, size - 1);
    said[n > 0 ? n : 0] = 0;
    close(ends[0]);
}

START_TEST(output_that_cannot_be_written_is_said_once_and_remembered)
{
    char said[4096];

    if (access("/dev/full", W_OK)) return;
    fill_up(NULL, "out/console.log", said, sizeof said);
    ck_assert_str_eq(said,
                     "p9sim: out/console.log: cannot be written (No space left on device); going on without it\n");
    fill_up("file:/dev/full", NULL, said, sizeof said);
    ck_assert_str_eq(said, "p9sim: /dev/full: cannot be written (No space left on device); going on without it\n");
}
END_TEST

START_TEST(a_reader_who_does_not_read_is_given_up_once_the_run_is_to_end)
{
    char dir[] = "/tmp/p9_console_fifo_XXXXXX", where[64];
    volatile sig_atomic_t flag = 0;
    int reader;

    ck_assert_ptr_nonnull(mkdtemp(dir));
    snprintf(where, sizeof where, "file:%s/pipe", dir);
    ck_assert_int_eq(mkfifo(where + 5, 0666), 0);
    reader = open(where + 5, O_RDONLY | O_NONBLOCK);
    c = console_new(&(struct console_config){.where = where, .terminal_fd = -1, .interrupted = &flag});
    flag = 1;
    sigaction(SIGALRM, &(struct sigaction){.sa_handler = wake}, NULL);
    setitimer(ITIMER_REAL, &(struct itimerval){{0, 100000}, {0, 100000}}, NULL);
    for (unsigned k = 0; k < 100000; k++) guest_prints("0123456789\n");
    ck_assert(!console_finish(c));
    setitimer(ITIMER_REAL, &(struct itimerval){{0, 0}, {0, 0}}, NULL);
    console_free(c);
    close(reader);
    ck_assert(!unlink(where + 5) && !rmdir(dir));
}
END_TEST

/* ---- state ---- */

static void save(struct state_bytes *bytes)
{
    struct state_writer w = {0};

    state_put_object(&w, "console", &console_state, c);
    ck_assert(state_written(&w, bytes));
}

static bool restore(const struct state_bytes *bytes)
{
    struct state_reader r;
    bool ok = state_open(&r, bytes->at, bytes->size) && state_get_object(&r, "console", &console_state, c);

    ck_assert(ok || *r.why);
    state_close(&r);
    return ok;
}

START_TEST(a_restored_console_goes_on_where_the_other_was)
{
    static const char *const expect[] = {"one=type:1", "one=type:un\\0\n", "two=mark:second", "tutu=mark:third"};
    char heard[2 * CONSOLE_LINE_MAX] = "";
    struct state_bytes bytes;

    open_with(expect, 4, "abc");
    console_listen(c, hear, heard);
    ck_assert_int_eq(console_get(c), 'a');
    guest_prints("one two o");
    ck_assert_int_eq(console_get(c), '1');
    guest_prints("tut");
    save(&bytes);
    console_free(c);
    open_with(NULL, 0, NULL);
    console_listen(c, hear, heard);
    ck_assert(restore(&bytes));
    ck_assert_str_eq(console_take_mark(c), "second");
    ck_assert_ptr_null(console_take_mark(c));
    guest_prints("u\n");
    ck_assert_str_eq(console_take_mark(c), "third");
    ck_assert_str_eq(heard, "one two otutu|");
    guest_prints("one");
    ck_assert_int_eq(console_get(c), 'u');
    ck_assert_int_eq(console_get(c), 'n');
    ck_assert_int_eq(console_get(c), 0);
    guest_reads("\nbc");
    console_free(c);
    state_bytes_free(&bytes);
}
END_TEST

START_TEST(input_and_expectations_that_are_given_take_the_place_of_restored_ones)
{
    static const char *const before[] = {"one=type:1", "two=mark:before"}, *const now[] = {"two=type:2"};
    struct state_bytes bytes;

    open_with(before, 2, "abc");
    guest_prints("two");
    save(&bytes);
    console_free(c);
    open_with(now, 1, "xyz");
    ck_assert(restore(&bytes));
    ck_assert_ptr_null(console_take_mark(c));
    guest_prints("one two");
    guest_reads("2xyz");
    console_free(c);
    state_bytes_free(&bytes);
}
END_TEST

START_TEST(a_damaged_state_is_refused_or_does_no_harm)
{
    static const char *const expect[] = {"one=type:1", "two=mark:second", "tutu=mark:third"};
    struct state_bytes bytes;
    unsigned refused = 0, taken = 0;

    open_with(expect, 3, "abc");
    guest_prints("two tut");
    save(&bytes);
    console_free(c);
    for (size_t k = 0; k < bytes.size; k++)
        for (unsigned bit = 0; bit < 8; bit++) {
            open_with(NULL, 0, NULL);
            bytes.at[k] ^= (u8)(1 << bit);
            if (restore(&bytes)) {
                taken++;
                guest_prints("u one two tutu\n");
                while (console_take_mark(c)) {
                }
                for (unsigned n = 0; n < 8; n++) console_get(c);
            } else {
                refused++;
            }
            bytes.at[k] ^= (u8)(1 << bit);
            console_free(c);
        }
    ck_assert_uint_gt(refused, 0);
    ck_assert_uint_gt(taken, 0);
    state_bytes_free(&bytes);
}
END_TEST

START_TEST(what_cannot_be_understood_is_refused)
{
    static const char *const bad[] = {"text", "=stop", "=type:x", "text=", "text=halt", ""};

    for (unsigned k = 0; k < ARRAY_SIZE(bad); k++)
        ck_assert_msg(!console_new(&(struct console_config){.terminal_fd = -1, .expect = &bad[k], .expect_count = 1}),
                      "%s", bad[k]);
    ck_assert_ptr_null(console_new(&(struct console_config){.where = "serial", .terminal_fd = -1}));
    ck_assert_ptr_null(console_new(&(struct console_config){.where = "file:/nonexistent/x", .terminal_fd = -1}));
}
END_TEST

START_TEST(escapes_are_read_as_in_c)
{
    char text[] = "a\\n\\x41\\\\\\e\\xg\\";

    ck_assert_uint_eq(console_unescape(text), 8);
    ck_assert_mem_eq(text, "a\nA\\\033xg\\", 8);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("console");
    TCase *tests = tcase_create("console");

    tcase_set_timeout(tests, 30);
    tcase_add_test(tests, the_input_is_typed_and_an_answer_overtakes_it);
    tcase_add_test(tests, expectations_of_one_text_act_in_order);
    tcase_add_test(tests, a_text_is_found_whatever_precedes_it);
    tcase_add_test(tests, ctrl_a_at_the_terminal_is_ours);
    tcase_add_test(tests, a_signal_is_a_wish_to_stop);
    tcase_add_test(tests, output_goes_to_the_file_and_to_the_log);
    tcase_add_test(tests, output_that_cannot_be_written_is_said_once_and_remembered);
    tcase_add_test(tests, a_reader_who_does_not_read_is_given_up_once_the_run_is_to_end);
    tcase_add_test(tests, what_cannot_be_understood_is_refused);
    tcase_add_test(tests, escapes_are_read_as_in_c);
    tcase_add_test(tests, a_listener_hears_whole_lines_and_no_control_characters);
    tcase_add_test(tests, a_restored_console_goes_on_where_the_other_was);
    tcase_add_test(tests, input_and_expectations_that_are_given_take_the_place_of_restored_ones);
    tcase_add_test(tests, a_damaged_state_is_refused_or_does_no_harm);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
