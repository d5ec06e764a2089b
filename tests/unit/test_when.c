/* SPDX-License-Identifier: Apache-2.0 */
/*
 * WHEN (machine/when.h): how it is read, and that the machine stands still exactly there, in each port.
 *
 * The guest, word for word: it names region 7 "lap", then goes round for ever: the region begins, it prints "lap",
 * r31 counts, the region ends.
 */
#include <check.h>
#include <stdlib.h>

#include "bus/ram.h"
#include "core/isa/disasm.h"
#include "core/run/run.h"
#include "machine/config.h"
#include "machine/console.h"
#include "machine/machine.h"
#include "machine/when.h"
#include "tests/support/suite.h"

enum { ENTRY = 0x10000, TEXT_AT = 0x20000, LOOP = ENTRY + 5 * 4, CALLTHRU = 0x000eaeb0, WORDS_MAX = 64 };
enum { BEGIN_CALL = LOOP + 2 * 4, PRINT_CALL = LOOP + 6 * 4, COUNTING = LOOP + 7 * 4, END_CALL = LOOP + 10 * 4 };
enum { INSNS_BEFORE = 5, INSNS_OF_A_LAP = 12 };

static const char *const lines[] = {
    "li r3,4100",     "li r4,7",  "lis r5,2", "li r6,3",  "callthru", /* name the region "lap" */
    "li r3,4096",     "li r4,7",  "callthru",                         /* LOOP: it begins */
    "li r3,0",        "lis r4,2", "li r5,3",  "callthru",             /* print "lap" */
    "addi r31,r31,1",                                                 /* COUNTING */
    "li r3,4097",     "li r4,7",  "callthru",                         /* it ends */
    "b 0x10014",
};

struct fixture {
    struct config config;
    struct console *console;
    struct machine *machine;
    u8 bytes[WORDS_MAX * 4];
    struct machine_segment segments[2];
};

static void start(struct fixture *f, bool traced)
{
    struct isa *isa = isa_new();
    const struct machine_bare bare = {
        .segments = f->segments, .segment_count = 2, .entry = ENTRY, .state = BARE_HYPERVISOR};

    ck_assert_ptr_nonnull(isa);
    config_default(&f->config);
    f->config.mem = 16 << 20;
    for (unsigned k = 0; k < ARRAY_SIZE(lines); k++) {
        u32 word = CALLTHRU;
        if (strcmp(lines[k], "callthru") != 0) ck_assert(isa_assemble(isa, lines[k], ENTRY + 4 * k, &word));
        put_be32(f->bytes + 4 * k, word);
    }
    isa_free(isa);
    f->segments[0] = (struct machine_segment){
        .blob = {"test", f->bytes, sizeof lines / sizeof *lines * 4}, .ra = ENTRY, .memory_size = sizeof f->bytes};
    f->segments[1] = (struct machine_segment){.blob = {"text", (const u8 *)"lap", 3}, .ra = TEXT_AT, .memory_size = 16};
    f->console = console_new(&(struct console_config){.terminal_fd = -1});
    ck_assert_ptr_nonnull(f->console);
    f->machine = machine_new_bare(&f->config, &bare, f->console, NULL);
    ck_assert_ptr_nonnull(f->machine);
    if (traced) ck_assert(machine_trace(f->machine, NULL));
}

static void stop(struct fixture *f)
{
    machine_free(f->machine);
    console_free(f->console);
}

static bool find_lap(void *self, const char *name, u64 *address)
{
    (void)self;
    *address = COUNTING;
    return !strcmp(name, "lap_count");
}
static const struct when_symbols symbols = {find_lap, NULL};

/* Each place is where the next instruction lies; insns: completed before it. */
static const struct {
    const char *when;
    u64 at, insns;
} moments[] = {
    {"1", ENTRY + 4, 1},
    {"0x4", ENTRY + 16, 4},
    {"5", LOOP, 5},
    {"1K", LOOP + 4 * ((1000 - INSNS_BEFORE) % INSNS_OF_A_LAP), 1000},
    {"pc=0x10014", LOOP, 5},
    {"pc=0x10014#1", LOOP, 5},
    {"pc=0x10014#3", LOOP, 5 + 2 * INSNS_OF_A_LAP},
    {"pc=lap_count", COUNTING, 5 + 7},
    {"pc=lap_count#100", COUNTING, 5 + 7 + 99 * INSNS_OF_A_LAP},
    {"text=ap", PRINT_CALL + 4, 5 + 7},
    {"text=pla", PRINT_CALL + 4, 5 + 7 + INSNS_OF_A_LAP},
    {"text=\\x6cap", PRINT_CALL + 4, 5 + 7},
    {"region=lap", BEGIN_CALL + 4, 5 + 3},
    {"region=7", BEGIN_CALL + 4, 5 + 3},
    {"region=lap:end", END_CALL + 4, 5 + 11},
    {"state=hypervisor", ENTRY, 0},
    {"level=0", ENTRY, 0},
    {"insn-in=0:999", LOOP + 4 * ((999 - INSNS_BEFORE) % INSNS_OF_A_LAP), 999},
};

static void wait_for(struct fixture *f, const char *text)
{
    struct when when;

    ck_assert(when_parse(&when, "--at", text, &symbols));
    ck_assert(machine_stop_at(f->machine, &when, NULL));
}

static enum machine_end run(struct fixture *f, u64 max_insns)
{
    return machine_run(f->machine, &(struct machine_limits){.max_insns = max_insns, .max_cycles = UINT64_MAX}, NULL);
}

START_TEST(the_machine_stands_still_exactly_then)
{
    for (unsigned traced = 0; traced < 2; traced++) {
        struct fixture f;

        start(&f, traced);
        wait_for(&f, moments[_i].when);
        ck_assert_int_eq(run(&f, 1000000), MACHINE_REACHED);
        ck_assert(machine_reached(f.machine, 0));
        ck_assert_msg(machine_completed(f.machine) == moments[_i].insns, "%s: after %llu", moments[_i].when,
                      (unsigned long long)machine_completed(f.machine));
        ck_assert_uint_eq(machine_thread(f.machine, 0)->nia, moments[_i].at);
        ck_assert_int_eq(run(&f, moments[_i].insns + 100), MACHINE_LIMIT); /* once only */
        ck_assert_uint_eq(machine_completed(f.machine), moments[_i].insns + 100);
        stop(&f);
    }
}
END_TEST

/* Nobody waits for the first address any more when the second one comes. */
START_TEST(two_addresses_are_told_one_behind_the_other)
{
    for (unsigned traced = 0; traced < 2; traced++) {
        struct fixture f;

        start(&f, traced);
        wait_for(&f, "pc=0x10014");
        wait_for(&f, "pc=lap_count");
        ck_assert_int_eq(run(&f, 1000), MACHINE_REACHED);
        ck_assert_uint_eq(machine_completed(f.machine), 5);
        ck_assert_int_eq(run(&f, 1000), MACHINE_REACHED);
        ck_assert_uint_eq(machine_completed(f.machine), 5 + 7);
        wait_for(&f, "pc=lap_count"); /* where it stands now, which has been told: the next time */
        ck_assert_int_eq(run(&f, 1000), MACHINE_REACHED);
        ck_assert_uint_eq(machine_completed(f.machine), 5 + 7 + INSNS_OF_A_LAP);
        stop(&f);
    }
}
END_TEST

START_TEST(a_machine_that_stood_still_at_every_moment_ends_as_one_that_did_not)
{
    u64 hash[2];

    for (unsigned waits = 0; waits < 2; waits++) {
        struct fixture f;

        start(&f, false);
        for (unsigned k = 0; waits && k < ARRAY_SIZE(moments); k++) wait_for(&f, moments[k].when);
        while (run(&f, 3000) == MACHINE_REACHED) ck_assert(waits);
        for (unsigned k = 0; waits && k < ARRAY_SIZE(moments); k++) ck_assert(machine_reached(f.machine, k));
        hash[waits] = machine_state_hash(f.machine);
        ck_assert_uint_eq(machine_completed(f.machine), 3000);
        stop(&f);
    }
    ck_assert_uint_eq(hash[0], hash[1]);
}
END_TEST

START_TEST(guest_time_ends_at_the_first_taken_branch_after_it)
{
    struct fixture f;
    u64 cycles;

    start(&f, false);
    wait_for(&f, "0.000001s");
    ck_assert_int_eq(run(&f, 1000000), MACHINE_REACHED);
    cycles = machine_cycles(f.machine);
    ck_assert_uint_ge(cycles, f.config.core_mhz);
    ck_assert_uint_lt(cycles, f.config.core_mhz + 100);
    stop(&f);
}
END_TEST

static const char *const refused[] = {
    "",
    "soon",
    "bogus",
    "-1",
    "1x",
    "1.5",
    "pc=",
    "pc=nowhere",
    "pc=0x10002",
    "pc=0x10000#0",
    "pc=0x10000#x",
    "text=",
    "region=",
    "region=:end",
    "level=",
    "level=x",
    "insn-in=1",
    "insn-in=1:0",
    "insn-in=:5",
    "lpid=x",
    "pid=",
    "state=sleeping",
    "s",
};

START_TEST(what_is_no_moment_is_refused)
{
    struct when when;

    ck_assert_msg(!when_parse(&when, "--at", refused[_i], &symbols), "%s", refused[_i]);
}
END_TEST

START_TEST(a_file_and_a_moment_are_split_at_the_first_at_sign)
{
    struct when when;
    char path[4096];

    ck_assert(when_parse_file(&when, "--checkpoint", "boot.p9@text=user@host", path, NULL));
    ck_assert_str_eq(path, "boot.p9");
    ck_assert_str_eq(when.text, "user@host");
    ck_assert(!when_parse_file(&when, "--checkpoint", "boot.p9", path, NULL));
    ck_assert(!when_parse_file(&when, "--checkpoint", "@5", path, NULL));
}
END_TEST

int main(void)
{
    Suite *s = suite_create("when");
    TCase *c = tcase_create("when");

    tcase_set_timeout(c, 120);
    tcase_add_loop_test(c, the_machine_stands_still_exactly_then, 0, ARRAY_SIZE(moments));
    tcase_add_test(c, two_addresses_are_told_one_behind_the_other);
    tcase_add_test(c, a_machine_that_stood_still_at_every_moment_ends_as_one_that_did_not);
    tcase_add_test(c, guest_time_ends_at_the_first_taken_branch_after_it);
    tcase_add_loop_test(c, what_is_no_moment_is_refused, 0, ARRAY_SIZE(refused));
    tcase_add_test(c, a_file_and_a_moment_are_split_at_the_first_at_sign);
    suite_add_tcase(s, c);
    return run_suite(s);
}
