/* SPDX-License-Identifier: Apache-2.0 */
/* Two machines live in one process without touching each other, and equal ones end equally. */
#include <check.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "include/p9sim.h"
#include "tests/support/suite.h"

static char path[] = "/tmp/p9_public_XXXXXX";
static struct p9_config *config;

/* r5 counts to r4 = 100000 and is stored at 0x100 each time; then exit with status 0. */
static const unsigned char program[] = {
    0x3c, 0x80, 0x00, 0x01, 0x60, 0x84, 0x86, 0xa0, /* lis r4,1; ori r4,r4,0x86a0 */
    0x38, 0xa0, 0x00, 0x00,                         /* li r5,0 */
    0x38, 0xa5, 0x00, 0x01, 0x90, 0xa0, 0x01, 0x00, /* addi r5,r5,1; stw r5,0x100(0) */
    0x7c, 0x05, 0x20, 0x00, 0x40, 0x82, 0xff, 0xf4, /* cmpw r5,r4; bne .-12 */
    0x38, 0x60, 0x00, 0x1f, 0x38, 0x80, 0x00, 0x00, /* li r3,31; li r4,0 */
    0x00, 0x0e, 0xae, 0xb0, 0x48, 0x00, 0x00, 0x00, /* callthru; b . */
};

static void set_up(void)
{
    int fd;

    strcpy(path + sizeof path - 7, "XXXXXX");
    fd = mkstemp(path);
    ck_assert_int_eq(write(fd, program, sizeof program), sizeof program);
    close(fd);
    config = p9_config_new();
    ck_assert(p9_config_set(config, "mem", "16M"));
}

static void tear_down(void)
{
    p9_config_free(config);
    unlink(path);
}

START_TEST(two_machines_in_turns_end_as_one_alone)
{
    struct p9_machine *a = p9_machine_bare(config, path, NULL), *b = p9_machine_bare(config, path, NULL);
    struct p9_machine *alone = p9_machine_bare(config, path, NULL);
    enum p9_end end_a = P9_END_LIMIT, end_b = P9_END_LIMIT;
    unsigned char stored[4];
    uint64_t value = 0;

    while (end_a == P9_END_LIMIT || end_b == P9_END_LIMIT) {
        if (end_a == P9_END_LIMIT) end_a = p9_machine_run(a, 30011);
        if (end_b == P9_END_LIMIT) end_b = p9_machine_run(b, 30011);
    }
    ck_assert_int_eq(p9_machine_run(alone, 0), P9_END_OFF);
    ck_assert_int_eq(end_a, P9_END_OFF);
    ck_assert_uint_eq(p9_machine_hash(a), p9_machine_hash(b));
    ck_assert(p9_machine_gpr(alone, 0, 5, &value));
    ck_assert_uint_eq(value, 100000);
    ck_assert(p9_machine_gpr(a, 0, 5, &value));
    ck_assert_uint_eq(value, 100000);
    ck_assert(p9_machine_read(a, 0x100, stored, 4));
    ck_assert_mem_eq(stored, "\0\1\x86\xa0", 4);
    ck_assert(p9_machine_counter(a, "stores", &value));
    ck_assert_uint_eq(value, 100000);
    ck_assert_uint_gt(p9_machine_completed(a), 400000);
    ck_assert(p9_machine_seconds(a) > 0);
    p9_machine_free(a);
    p9_machine_free(b);
    p9_machine_free(alone);
}
END_TEST

START_TEST(a_report_goes_where_nobody_else_writes)
{
    static const char *const names[] = {"config.txt", "stats.txt", "stats.json", "timeline.json", "report.html"};
    char given[sizeof path], dir[] = "/tmp/p9_public_out_XXXXXX", file[64];
    struct p9_machine *m;
    int fd;

    strcpy(given, path);
    m = p9_machine_bare(config, given, NULL);
    memset(given, 'x', sizeof given - 1); /* the caller's array is used for something else */
    ck_assert_ptr_nonnull(mkdtemp(dir));
    ck_assert_int_eq(p9_machine_run(m, 0), P9_END_OFF);
    fd = open(dir, O_RDONLY);
    ck_assert(!flock(fd, LOCK_EX));
    ck_assert(!p9_machine_report(m, dir));
    close(fd);
    ck_assert(p9_machine_report(m, dir));
    ck_assert(p9_machine_report(m, dir));
    for (unsigned k = 0; k < sizeof names / sizeof *names; k++) {
        snprintf(file, sizeof file, "%s/%s", dir, names[k]);
        ck_assert_msg(!unlink(file), "%s", file);
    }
    ck_assert(!rmdir(dir));
    p9_machine_free(m);
}
END_TEST

START_TEST(what_does_not_exist_is_refused)
{
    struct p9_machine *m = p9_machine_bare(config, path, NULL);
    uint64_t value;

    ck_assert(!p9_config_set(config, "frobs", "1"));
    ck_assert(!p9_config_load(config, "/nonexistent"));
    ck_assert_ptr_null(p9_machine_bare(config, "/nonexistent", NULL));
    ck_assert_ptr_null(p9_machine_bare(config, path, "carrier pigeon"));
    ck_assert_ptr_null(p9_machine_powernv(config, "/nonexistent", NULL, NULL, NULL, NULL));
    ck_assert(!p9_machine_gpr(m, 1, 0, &value));
    ck_assert(!p9_machine_gpr(m, 0, 32, &value));
    ck_assert(!p9_machine_read(m, 1 << 24, &value, 1));
    ck_assert(!p9_machine_counter(m, "frobs", &value));
    ck_assert(!p9_machine_report(m, "/proc/nothing"));
    p9_machine_free(m);
    p9_machine_free(NULL);
    ck_assert_ptr_nonnull(p9_version());
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("public");
    TCase *tests = tcase_create("public");

    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, two_machines_in_turns_end_as_one_alone);
    tcase_add_test(tests, a_report_goes_where_nobody_else_writes);
    tcase_add_test(tests, what_does_not_exist_is_refused);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
