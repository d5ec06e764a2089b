/* SPDX-License-Identifier: Apache-2.0 */
/* p9sim as a library: two machines live in one process without touching each other, and equal ones end equally; what
 * stands still can be read, written and sent on; whatever cannot be done is said, and to nobody but the caller. */
#include <check.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/time.h>
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

/* ---- registers and storage --------------------------------------------------------------------------------------- */

enum { LOOP_BEGINS = 0xc, LOOP_STORES = 0x10, EXITS = 0x1c };

enum { MODELS = 3 };
static const char *const models[MODELS] = {"none", "mmu", "core"};

static struct p9_machine *in_the_loop(int model)
{
    struct p9_machine *m;

    ck_assert(p9_config_set(config, "model", models[model]));
    m = p9_machine_bare(config, path, NULL);
    ck_assert_ptr_nonnull(m);
    ck_assert_int_eq(p9_machine_run(m, 1001), P9_END_LIMIT); /* in the middle of a straight run */
    ck_assert_uint_eq(p9_machine_completed(m), 1001);
    return m;
}

START_TEST(a_register_that_is_written_is_what_the_guest_goes_on_with)
{
    struct p9_machine *m = in_the_loop(_i);
    uint64_t value;

    ck_assert(p9_machine_set_gpr(m, 0, 5, 99990));
    ck_assert_int_eq(p9_machine_run(m, 0), P9_END_OFF);
    ck_assert_uint_lt(p9_machine_completed(m), 1001 + 4 * 11 + 4);
    ck_assert(p9_machine_gpr(m, 0, 5, &value));
    ck_assert_uint_eq(value, 100000);
    p9_machine_free(m);
}
END_TEST

/* 3 instructions, and then rounds of 4: instruction 1001 was the second of a round, the next one is the compare. */
START_TEST(the_program_counter_is_exact_and_can_be_set)
{
    struct p9_machine *m = in_the_loop(_i);
    uint64_t pc, stores, again;

    ck_assert(p9_machine_pc(m, 0, &pc));
    ck_assert_uint_eq(pc, LOOP_BEGINS + 4 * ((1001 - 3) % 4));
    ck_assert(p9_machine_counter(m, "stores", &stores));
    ck_assert(p9_machine_set_pc(m, 0, LOOP_STORES));
    ck_assert(p9_machine_pc(m, 0, &pc));
    ck_assert_uint_eq(pc, LOOP_STORES);
    ck_assert_int_eq(p9_machine_run(m, 1), P9_END_LIMIT);
    ck_assert(p9_machine_counter(m, "stores", &again));
    ck_assert_uint_eq(again, stores + 1);
    ck_assert_uint_eq(p9_machine_completed(m), 1002);
    ck_assert(p9_machine_set_pc(m, 0, EXITS));
    ck_assert_int_eq(p9_machine_run(m, 0), P9_END_OFF);
    ck_assert_uint_eq(p9_machine_completed(m), 1002 + 3); /* the call is the last */
    p9_machine_free(m);
}
END_TEST

/* The loop's addi becomes one that adds 2, just in front of the thread and in the page that it runs in. */
START_TEST(instructions_that_are_written_are_executed)
{
    static const unsigned char adds_2[] = {0x38, 0xa5, 0x00, 0x02};
    struct p9_machine *m = in_the_loop(_i);
    uint64_t before, after;

    ck_assert(p9_machine_gpr(m, 0, 5, &before));
    ck_assert(p9_machine_write(m, LOOP_BEGINS, adds_2, sizeof adds_2));
    ck_assert_int_eq(p9_machine_run(m, 4 * 10), P9_END_LIMIT);
    ck_assert(p9_machine_gpr(m, 0, 5, &after));
    ck_assert_uint_eq(after - before, 20);
    ck_assert(p9_machine_write(m, (1 << 24) - 1, "x", 1));
    ck_assert(p9_machine_write(m, 1 << 24, "x", 0) == p9_machine_read(m, 1 << 24, &before, 0));
    p9_machine_free(m);
}
END_TEST

/* The same bytes and the same values again: nothing but the looks in between is different, so nothing is. */
START_TEST(writing_what_is_there_changes_nothing)
{
    struct p9_machine *alone = in_the_loop(_i), *touched = in_the_loop(_i);
    unsigned char bytes[256];
    uint64_t value;

    ck_assert_uint_eq(p9_machine_hash(alone), p9_machine_hash(touched));
    ck_assert(p9_machine_read(touched, 0, bytes, sizeof bytes) && p9_machine_write(touched, 0, bytes, sizeof bytes));
    ck_assert(p9_machine_pc(touched, 0, &value) && p9_machine_set_pc(touched, 0, value));
    ck_assert(p9_machine_msr(touched, 0, &value) && p9_machine_set_msr(touched, 0, value));
    ck_assert(p9_machine_spr(touched, 0, "LPCR", &value) && p9_machine_set_spr(touched, 0, "LPCR", value));
    ck_assert_int_eq(p9_machine_run(alone, 0), P9_END_OFF);
    ck_assert_int_eq(p9_machine_run(touched, 0), P9_END_OFF);
    ck_assert_uint_eq(p9_machine_hash(alone), p9_machine_hash(touched));
    ck_assert_uint_eq(p9_machine_completed(alone), p9_machine_completed(touched));
    p9_machine_free(alone);
    p9_machine_free(touched);
}
END_TEST

/* MSR[LE]: words are read the other way round. 0x3860001f is a mulli then, 0x38800000 no instruction at all; the
 * interrupt of that goes to 0xe40 or 0x700. */
START_TEST(the_machine_state_is_written_as_a_whole)
{
    static const unsigned char branch_to_itself[] = {0x48, 0, 0, 0};
    struct p9_machine *m = in_the_loop(_i);
    uint64_t msr, value;

    ck_assert(p9_machine_write(m, 0xe40, branch_to_itself, 4) && p9_machine_write(m, 0x700, branch_to_itself, 4));
    ck_assert(p9_machine_msr(m, 0, &msr));
    ck_assert_uint_eq(msr >> 60, 9); /* SF and HV */
    ck_assert(p9_machine_set_msr(m, 0, msr | 1));
    ck_assert(p9_machine_set_pc(m, 0, EXITS));
    ck_assert_int_eq(p9_machine_run(m, 10), P9_END_LIMIT);
    ck_assert(p9_machine_pc(m, 0, &value));
    ck_assert(value == 0xe40 || value == 0x700);
    ck_assert(p9_machine_spr(m, 0, value == 0x700 ? "SRR0" : "HSRR0", &value));
    ck_assert_uint_eq(value, EXITS + 4);
    ck_assert(!p9_machine_set_msr(m, 0, msr | 1ULL << 33)); /* TS */
    ck_assert(!p9_machine_set_msr(m, 0, msr | 1ULL << 40));
    ck_assert_ptr_nonnull(strstr(p9_last_error(), "no bits 0x10000000000"));
    ck_assert(p9_machine_set_msr(m, 0, msr & ~(1ULL << 63)));
    ck_assert(!p9_machine_set_pc(m, 0, 1ULL << 32));
    p9_machine_free(m);
}
END_TEST

START_TEST(special_purpose_registers_have_names)
{
    struct p9_machine *m = in_the_loop(_i);
    uint64_t value;

    ck_assert(p9_machine_set_spr(m, 0, "ctr", 0x1234));
    ck_assert(p9_machine_spr(m, 0, "CTR", &value));
    ck_assert_uint_eq(value, 0x1234);
    ck_assert(p9_machine_set_spr(m, 0, "DSISR", ~0ULL)); /* 32 bits of it can be written */
    ck_assert(p9_machine_spr(m, 0, "DSISR", &value));
    ck_assert_uint_eq(value, 0xffffffff);
    ck_assert(p9_machine_spr(m, 0, "PVR", &value));
    ck_assert_uint_eq(value >> 16, 0x4e);
    ck_assert(!p9_machine_set_spr(m, 0, "PVR", 0));
    ck_assert_str_eq(p9_last_error(), "p9_machine_set_spr: PVR cannot be written");
    ck_assert(!p9_machine_spr(m, 0, "TBL_W", &value));
    ck_assert(!p9_machine_spr(m, 0, "FROBS", &value));
    ck_assert(!p9_machine_spr(m, 0, "", &value));
    ck_assert(!p9_machine_set_spr(m, 7, "CTR", 0));
    ck_assert_str_eq(p9_last_error(), "p9_machine_set_spr: there is no thread 7; the machine has 1, from 0 on");
    p9_machine_free(m);
}
END_TEST

/* A decrementer that has just run out, with MSR[EE]: the thread looks before its next instruction. */
START_TEST(an_interrupt_that_a_write_causes_comes_before_the_next_instruction)
{
    struct p9_machine *m = in_the_loop(_i);
    uint64_t msr, stood, value;

    ck_assert(p9_machine_pc(m, 0, &stood) && p9_machine_msr(m, 0, &msr));
    ck_assert(p9_machine_set_spr(m, 0, "DEC", ~0ULL) && p9_machine_set_msr(m, 0, msr | 0x8000));
    ck_assert(p9_machine_write(m, 0x900, "\x48\0\0\0", 4));
    ck_assert_int_eq(p9_machine_run(m, 1), P9_END_LIMIT);
    ck_assert(p9_machine_pc(m, 0, &value));
    ck_assert_uint_eq(value, 0x900);
    ck_assert(p9_machine_spr(m, 0, "SRR0", &value));
    ck_assert_uint_eq(value, stood);
    p9_machine_free(m);
}
END_TEST

/* ---- standing still on demand ------------------------------------------------------------------------------------ */

struct asked {
    unsigned times, until;
    uint64_t at[8];
};

static bool count_questions(void *self, struct p9_machine *m)
{
    struct asked *asked = self;

    asked->at[asked->times++] = p9_machine_completed(m);
    return asked->times < asked->until;
}

START_TEST(who_asks_is_asked_exactly_then)
{
    struct p9_machine *alone = in_the_loop(_i), *m = in_the_loop(_i);
    struct asked asked = {.until = 3};

    ck_assert(p9_machine_ask(m, 1000, count_questions, &asked));
    ck_assert_int_eq(p9_machine_run(m, 1000), P9_END_LIMIT);
    ck_assert_uint_eq(asked.times, 1);
    ck_assert_int_eq(p9_machine_run(m, 0), P9_END_STOPPED);
    ck_assert_uint_eq(asked.times, 3);
    for (unsigned k = 0; k < 3; k++) ck_assert_uint_eq(asked.at[k], 1001 + 1000 * (k + 1));
    ck_assert_uint_eq(p9_machine_completed(m), 4001);
    ck_assert(!p9_machine_ask(m, 0, count_questions, &asked));
    ck_assert(p9_machine_ask(m, UINT64_MAX, count_questions, &asked));
    ck_assert_int_eq(p9_machine_run(m, UINT64_MAX), P9_END_OFF);
    ck_assert_uint_eq(asked.times, 3);
    ck_assert(p9_machine_ask(m, 0, NULL, NULL));
    ck_assert_int_eq(p9_machine_run(m, 0), P9_END_OFF);
    ck_assert_int_eq(p9_machine_run(alone, 0), P9_END_OFF);
    ck_assert_uint_eq(p9_machine_hash(alone), p9_machine_hash(m));
    p9_machine_free(alone);
    p9_machine_free(m);
}
END_TEST

static struct p9_machine *rung;
static void ring(int number)
{
    (void)number;
    p9_machine_stop(rung);
}

/* b . has no end of its own; a timer of the host has. */
START_TEST(a_signal_handler_can_stop_a_run)
{
    struct sigaction on_alarm = {.sa_handler = ring};
    struct p9_machine *m = in_the_loop(_i);

    p9_machine_stop(m);
    p9_machine_stop(m);
    ck_assert_int_eq(p9_machine_run(m, 100), P9_END_STOPPED);
    ck_assert_uint_eq(p9_machine_completed(m), 1001);
    ck_assert_int_eq(p9_machine_run(m, 100), P9_END_LIMIT);
    ck_assert(p9_machine_write(m, 0x100, "\x48\0\0\0", 4) && p9_machine_set_pc(m, 0, 0x100));
    rung = m;
    ck_assert(!sigaction(SIGALRM, &on_alarm, NULL));
    ck_assert(!setitimer(ITIMER_REAL, &(struct itimerval){.it_value.tv_usec = 50000}, NULL));
    ck_assert_int_eq(p9_machine_run(m, 0), P9_END_STOPPED);
    ck_assert_uint_gt(p9_machine_completed(m), 1101);
    ck_assert_int_eq(p9_machine_run(m, 1), P9_END_LIMIT);
    p9_machine_stop(NULL);
    p9_machine_free(m);
}
END_TEST

START_TEST(a_guest_that_dies_says_why)
{
    struct p9_machine *m = in_the_loop(_i);

    ck_assert_ptr_null(p9_machine_death(m));
    ck_assert(p9_machine_write(m, 0x20, "\x38\x80\0\7", 4)); /* li r4,7: its status */
    ck_assert_int_eq(p9_machine_run(m, 0), P9_END_GUEST_DIED);
    ck_assert_ptr_nonnull(p9_machine_death(m));
    p9_machine_free(m);
}
END_TEST

/* ---- errors ------------------------------------------------------------------------------------------------------ */

static void keep_line(void *self, const char *text)
{
    snprintf(self, 200, "%s", text);
}

START_TEST(errors_are_the_callers_and_not_on_stderr)
{
    char heard[200] = "", seen[8] = "";
    int kept = dup(2), file = fileno(tmpfile());

    ck_assert_str_eq(p9_last_error(), "");
    ck_assert_int_eq(dup2(file, 2), 2);
    ck_assert(!p9_config_set(config, "frobs", "1"));
    ck_assert_ptr_nonnull(strstr(p9_last_error(), "frobs"));
    ck_assert(p9_config_set(config, "mem", "16M"));
    ck_assert_ptr_nonnull(strstr(p9_last_error(), "frobs")); /* until the next failure */
    p9_on_error(keep_line, heard);
    ck_assert_ptr_null(p9_machine_bare(config, "/nonexistent", NULL));
    ck_assert_ptr_nonnull(strstr(heard, "/nonexistent"));
    ck_assert_str_eq(heard, p9_last_error());
    p9_on_error(NULL, NULL);
    ck_assert(!p9_config_set(config, "mem", "7"));
    ck_assert_ptr_nonnull(strstr(heard, "/nonexistent"));
    ck_assert_int_eq(dup2(kept, 2), 2);
    ck_assert_int_eq(pread(file, seen, sizeof seen, 0), 0);
}
END_TEST

static void nothing_of_nothing(void)
{
    uint64_t value;

    ck_assert_int_eq(p9_machine_run(NULL, 1), P9_END_ERROR);
    ck_assert(!p9_machine_ask(NULL, 1, count_questions, NULL));
    ck_assert(!p9_machine_completed(NULL) && !p9_machine_hash(NULL) && !p9_machine_threads(NULL));
    ck_assert(p9_machine_seconds(NULL) == 0 && !p9_machine_death(NULL));
    ck_assert(!p9_machine_gpr(NULL, 0, 0, &value) && !p9_machine_set_gpr(NULL, 0, 0, 0));
    ck_assert(!p9_machine_pc(NULL, 0, &value) && !p9_machine_set_pc(NULL, 0, 0));
    ck_assert(!p9_machine_msr(NULL, 0, &value) && !p9_machine_set_msr(NULL, 0, 0));
    ck_assert(!p9_machine_spr(NULL, 0, "LR", &value) && !p9_machine_set_spr(NULL, 0, "LR", 0));
    ck_assert(!p9_machine_read(NULL, 0, &value, 1) && !p9_machine_write(NULL, 0, &value, 1));
    ck_assert(!p9_machine_counter(NULL, "loads", &value) && !p9_machine_report(NULL, "/tmp"));
}

START_TEST(arguments_that_are_null_are_refused)
{
    struct p9_machine *m = in_the_loop(1);

    nothing_of_nothing();
    ck_assert(!p9_config_set(NULL, "mem", "1M") && !p9_config_set(config, NULL, "1M"));
    ck_assert(!p9_config_set(config, "mem", NULL) && !p9_config_load(NULL, path) && !p9_config_load(config, NULL));
    ck_assert(!p9_machine_bare(NULL, path, NULL) && !p9_machine_bare(config, NULL, NULL));
    ck_assert(!p9_machine_powernv(NULL, path, NULL, NULL, NULL, NULL));
    ck_assert(!p9_machine_powernv(config, NULL, NULL, NULL, NULL, NULL));
    ck_assert_str_eq(p9_last_error(), "p9_machine_powernv: an argument is NULL");
    ck_assert(!p9_machine_gpr(m, 0, 0, NULL) && !p9_machine_pc(m, 0, NULL) && !p9_machine_msr(m, 0, NULL));
    ck_assert(!p9_machine_spr(m, 0, "LR", NULL) && !p9_machine_spr(m, 0, NULL, &(uint64_t){0}));
    ck_assert(!p9_machine_set_spr(m, 0, NULL, 0));
    ck_assert(!p9_machine_read(m, 0, NULL, 1) && !p9_machine_write(m, 0, NULL, 1));
    ck_assert(!p9_machine_counter(m, NULL, &(uint64_t){0}) && !p9_machine_counter(m, "loads", NULL));
    ck_assert(!p9_machine_report(m, NULL));
    p9_config_free(NULL);
    p9_machine_free(m);
}
END_TEST

START_TEST(numbers_out_of_range_are_refused_and_change_nothing)
{
    struct p9_machine *m = in_the_loop(1);
    uint64_t before = p9_machine_hash(m);

    ck_assert(!p9_machine_set_gpr(m, 1, 0, 1) && !p9_machine_set_gpr(m, UINT32_MAX, 0, 1));
    ck_assert(!p9_machine_set_gpr(m, 0, 32, 1) && !p9_machine_set_gpr(m, 0, UINT32_MAX, 1));
    ck_assert(!p9_machine_set_pc(m, 0, 2) && !p9_machine_set_pc(m, 1, 0) && !p9_machine_set_msr(m, 1, 0));
    ck_assert(!p9_machine_write(m, 1 << 24, "x", 1) && !p9_machine_write(m, (1 << 24) - 1, "xx", 2));
    ck_assert(!p9_machine_write(m, UINT64_MAX, "xx", 2) && !p9_machine_write(m, 8, "x", SIZE_MAX));
    ck_assert_uint_eq(p9_machine_hash(m), before);
    ck_assert_uint_eq(p9_machine_threads(m), 1);
    p9_machine_free(m);
}
END_TEST

static TCase *case_of_writes(void)
{
    TCase *tests = tcase_create("writes");

    tcase_add_loop_test(tests, a_register_that_is_written_is_what_the_guest_goes_on_with, 0, MODELS);
    tcase_add_loop_test(tests, the_program_counter_is_exact_and_can_be_set, 0, MODELS);
    tcase_add_loop_test(tests, instructions_that_are_written_are_executed, 0, MODELS);
    tcase_add_loop_test(tests, writing_what_is_there_changes_nothing, 0, MODELS);
    tcase_add_loop_test(tests, the_machine_state_is_written_as_a_whole, 0, MODELS);
    tcase_add_loop_test(tests, special_purpose_registers_have_names, 0, MODELS);
    tcase_add_loop_test(tests, an_interrupt_that_a_write_causes_comes_before_the_next_instruction, 0, MODELS);
    tcase_add_loop_test(tests, who_asks_is_asked_exactly_then, 0, MODELS);
    tcase_add_loop_test(tests, a_signal_handler_can_stop_a_run, 0, MODELS);
    tcase_add_loop_test(tests, a_guest_that_dies_says_why, 0, MODELS);
    return tests;
}

int main(void)
{
    Suite *suite = suite_create("public");
    TCase *tests = tcase_create("public"), *writes = case_of_writes();

    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_checked_fixture(writes, set_up, tear_down);
    tcase_set_timeout(tests, 60);
    tcase_set_timeout(writes, 60);
    tcase_add_test(tests, two_machines_in_turns_end_as_one_alone);
    tcase_add_test(tests, a_report_goes_where_nobody_else_writes);
    tcase_add_test(tests, what_does_not_exist_is_refused);
    tcase_add_test(tests, errors_are_the_callers_and_not_on_stderr);
    tcase_add_test(tests, arguments_that_are_null_are_refused);
    tcase_add_test(tests, numbers_out_of_range_are_refused_and_change_nothing);
    suite_add_tcase(suite, tests);
    suite_add_tcase(suite, writes);
    return run_suite(suite);
}
