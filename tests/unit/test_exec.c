/* SPDX-License-Identifier: Apache-2.0 */
/* What the console says of a program that is measured: output, words of the starter, and how it ended. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "experiment/exec.h"
#include "experiment/starter.h"
#include "loader/image.h"
#include "loader/needs.h"
#include "machine/console.h"
#include "tests/support/suite.h"

#define WORD(text) STARTER_OPEN text STARTER_CLOSE

/* A console that is read along with, and what came of it. */
struct world {
    struct exec exec;
    struct console *console;
    char *printed;
    size_t size;
    char told[4][64];
    unsigned count;
};

static void mapped(void *self, const char *path, u64 begin, u64 offset)
{
    struct world *w = self;

    ck_assert_uint_lt(w->count, 4);
    snprintf(w->told[w->count++], 64, "%.40s %llx %llx", path, (unsigned long long)begin, (unsigned long long)offset);
}

static void listen(struct world *w, const char *text, size_t size)
{
    *w = (struct world){.console = console_new(&(struct console_config){.where = "none", .terminal_fd = -1})};
    ck_assert_ptr_nonnull(w->console);
    w->exec = (struct exec){.program = "it", .to = open_memstream(&w->printed, &w->size), .mapped = mapped, .self = w};
    exec_watch(&w->exec, w->console);
    for (size_t k = 0; k < size; k++) console_put(w->console, (u8)text[k]);
    fclose(w->exec.to);
}

static void gone(struct world *w)
{
    console_free(w->console);
    free(w->printed);
}

static void prints(const char *text, const char *want, enum exec_stage stage)
{
    struct world w;

    listen(&w, text, strlen(text));
    ck_assert_str_eq(w.printed, want);
    ck_assert_int_eq(w.exec.stage, stage);
    gone(&w);
}

START_TEST(what_the_program_prints_is_handed_on_and_nothing_else)
{
    prints("boot\n" WORD("start\n") "one\r\ntwo\r\r\n" WORD("end 00000000") "off\n", "one\ntwo\n", EXEC_ENDED);
    prints("boot\n" WORD("start\n") "no line" WORD("end 00000000"), "no line", EXEC_ENDED);
    prints(WORD("start\n") "10%\r20%\r\n", "10%\r20%\n", EXEC_RUNS);
    prints("boot\n", "", EXEC_BOOTS);
}
END_TEST

START_TEST(what_only_resembles_a_word_is_output)
{
    prints(WORD("start\n") "\033[1mbold\033_p8:\033\033_p" WORD("end 00000000"), "\033[1mbold\033_p8:\033\033_p",
           EXEC_ENDED);
    prints(WORD("start\n") "a" WORD("nonsense") "b" WORD("end 00000000"), "ab", EXEC_ENDED);
    prints(WORD("start\n") "a" STARTER_OPEN "never closed" WORD("end 00000000"), "a", EXEC_ENDED);
    prints(WORD("end x") WORD("start\n") WORD("start\n") "a", "a", EXEC_RUNS);
}
END_TEST

START_TEST(a_word_without_end_does_not_swallow_the_rest_for_ever)
{
    size_t length = 3 * EXEC_WORD_MAX;
    char *text = malloc(length + 100);
    struct world w;

    length = (size_t)snprintf(text, 100, "%s", WORD("start\n") STARTER_OPEN);
    memset(text + length, 'x', 2 * EXEC_WORD_MAX);
    length += 2 * EXEC_WORD_MAX;
    length += (size_t)snprintf(text + length, 100, "rest" WORD("end 00000000"));
    listen(&w, text, length);
    ck_assert_int_eq(w.exec.stage, EXEC_ENDED);
    ck_assert_ptr_nonnull(strstr(w.printed, "rest"));
    gone(&w);
    free(text);
}
END_TEST

START_TEST(places_of_the_program_and_its_libraries_are_told)
{
    static const char text[] =
        WORD("libraries\n\tlinux-vdso64.so.1 (0x00007ffff7f80000)\r\n"
             "\tlibc.so.6 => /lib64/libc.so.6 (0x00007ffff7d10000)\r\n\t/lib64/ld64.so.2 (0x00007ffff7f90000)\r\n")
            WORD("start\n100000000-100010000 r-xp 00010000 00:02 28       /tmp/it\r\n"
                 "100010000-100030000 rw-p 00000000 00:02 28          /tmp/it\r\n"
                 "7ffff7f80000-7ffff7f90000 r-xp 00000000 00:00 0      [vdso]\r\n");
    struct world w;

    listen(&w, text, sizeof text - 1);
    ck_assert_uint_eq(w.count, 3);
    ck_assert_str_eq(w.told[0], "/lib64/libc.so.6 7ffff7d10000 0");
    ck_assert_str_eq(w.told[1], "/lib64/ld64.so.2 7ffff7f90000 0");
    ck_assert_str_eq(w.told[2], "/tmp/it 100000000 10000");
    gone(&w);
}
END_TEST

static void ends(const char *text, enum machine_end end, const char *said, enum exec_end want)
{
    char out[300];
    struct world w;

    listen(&w, text, strlen(text));
    ck_assert_int_eq(exec_judge(&w.exec, end, "the machine says so", out, sizeof out), want);
    ck_assert_str_eq(out, said);
    gone(&w);
}

START_TEST(how_it_ended_is_said)
{
    ends(WORD("start\n") WORD("end 00000000"), MACHINE_STOPPED, "it ended with status 0", EXEC_FINE);
    ends(WORD("start\n") WORD("end 00000700"), MACHINE_STOPPED, "it ended with status 7", EXEC_FAILED);
    ends(WORD("start\n") WORD("end 00000009"), MACHINE_STOPPED, "it was ended by signal 9 (Killed)", EXEC_FAILED);
    ends(WORD("start\n") WORD("end 0000008b"), MACHINE_STOPPED,
         "it was ended by signal 11 (Segmentation fault), core dumped", EXEC_FAILED);
    ends(WORD("end 00000200"), MACHINE_STOPPED, "the guest's kernel could not start it: No such file or directory",
         EXEC_FAILED);
    ends("p9sim: level 1 failed: no disk\n", MACHINE_STOPPED, "it was not started: level 1 failed: no disk",
         EXEC_FAILED);
    ends("[1.0] Kernel panic - not syncing: x\n", MACHINE_STOPPED, "it was not started: Kernel panic - not syncing: x",
         EXEC_FAILED);
    ends("", MACHINE_LIMIT, "it was not started: the machine says so", EXEC_UNFINISHED);
    ends(WORD("start\n"), MACHINE_LIMIT, "it did not end: the machine says so", EXEC_UNFINISHED);
    ends(WORD("start\n"), MACHINE_OFF, "it did not end: the machine says so", EXEC_FAILED);
}
END_TEST

START_TEST(failures_of_the_boot_are_no_matter_once_it_runs)
{
    ends(WORD("start\n") "p9sim: level 1 failed: not true\n" WORD("end 00000000"), MACHINE_STOPPED,
         "it ended with status 0", EXEC_FINE);
}
END_TEST

START_TEST(the_starter_is_a_program_for_ppc64le_that_needs_nothing)
{
    struct emit file = {0};
    struct image image;
    struct needs needs;

    ck_assert(starter_program(&file));
    ck_assert(image_from(&image, "starter", (u8 *)file.bytes, file.size, IMAGE_AS_IT_IS, 1 << 20));
    ck_assert(needs_read(&image, &needs));
    ck_assert_str_eq(needs.loader, "");
    ck_assert_uint_eq(needs.count, 0);
    image_close(&image);
    emit_free(&file);
}
END_TEST

START_TEST(words_for_the_shell_are_quoted)
{
    static const char *const words[] = {"/tmp/it", "a'b", "", "$(x) `y` \\"};
    struct emit out = {0};

    starter_init(words, 4, STARTER_STATIC, &out);
    ck_assert_ptr_nonnull(strstr(out.bytes, "\nexec /p9/starter '/tmp/it' 'a'\\''b' '' '$(x) `y` \\' </p9/input\n"));
    ck_assert_ptr_null(strstr(out.bytes, "LD_"));
    emit_free(&out);
    out = (struct emit){0};
    starter_init(words, 1, STARTER_DYNAMIC, &out); /* a loader that does not know the name would run the program */
    ck_assert_ptr_null(strstr(out.bytes, "LD_TRACE"));
    ck_assert_ptr_nonnull(strstr(out.bytes, "LD_LIBRARY_PATH=/lib64\n"));
    emit_free(&out);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("exec");
    TCase *c = tcase_create("console");

    tcase_add_test(c, what_the_program_prints_is_handed_on_and_nothing_else);
    tcase_add_test(c, what_only_resembles_a_word_is_output);
    tcase_add_test(c, a_word_without_end_does_not_swallow_the_rest_for_ever);
    tcase_add_test(c, places_of_the_program_and_its_libraries_are_told);
    tcase_add_test(c, how_it_ended_is_said);
    tcase_add_test(c, failures_of_the_boot_are_no_matter_once_it_runs);
    tcase_add_test(c, the_starter_is_a_program_for_ppc64le_that_needs_nothing);
    tcase_add_test(c, words_for_the_shell_are_quoted);
    suite_add_tcase(suite, c);
    return run_suite(suite);
}
