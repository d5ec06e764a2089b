/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Counters that begin again while a guest runs (callthru 4098): entries and exits must still balance.  A hypervisor
 * enters a guest in real mode, which makes the call and then leaves by sc 1.
 */
#include <check.h>
#include <stdlib.h>

#include "experiment/program.h"
#include "experiment/tables.h"
#include "machine/config.h"
#include "machine/console.h"
#include "machine/machine.h"
#include "machine/machine_report.h"
#include "stats/report.h"
#include "tests/support/suite.h"

enum { IMAGE = 2 << 20, TABLES = 0x100000, REGISTERS = 0x8000, GUEST = 0x9000, LPID = 3 };

static const char program[] = ".org 0xc00\n"
                              " addi r20,r20,-1\n cmpdi r20,0\n bne =enter\n"
                              " li r3,31\n li r4,0\n .word 0x000eaeb0\n"
                              ".org 0x1000\n"
                              " lis r4,0\n ori r4,r4,0x8000\n"
                              " ld r3,0(r4)\n mtspr 318,r3\n ld r3,8(r4)\n mtspr 464,r3\n"
                              " li r20,3\n"
                              "enter:\n"
                              " li r3,3\n mtspr 319,r3\n"
                              " lis r3,0\n ori r3,r3,0x9000\n mtspr 314,r3\n ld r3,16(r4)\n mtspr 315,r3\n"
                              " li r3,4098\n isync\n hrfid\n"
                              ".org 0x9000\n"
                              " .word 0x000eaeb0\n sc 1\n";

START_TEST(who_is_in_a_guest_when_counters_begin_again_has_entered_it)
{
    u8 *memory = calloc(1, IMAGE);
    struct table_builder b = {.memory = memory, .next = TABLES, .size = IMAGE};
    u64 partitions = tables_alloc(&b, 4096), tree = tables_tree(&b);
    struct machine_segment segment = {.blob = {"test", memory, IMAGE}, .memory_size = IMAGE};
    struct console *console = console_new(&(struct console_config){.terminal_fd = -1});
    struct report report = {.end = "test"};
    struct counters total;
    struct config config;
    struct machine *m;

    ck_assert(program_assemble(program, memory, TABLES));
    tables_map(&b, tree, 0, 1 << 20, 0, 16, true);
    put_be64(memory + partitions + LPID * 16, PATE0_HR | tree);
    put_be64(memory + REGISTERS, LPCR_HR | LPCR_UPRT);
    put_be64(memory + REGISTERS + 8, partitions);
    put_be64(memory + REGISTERS + 16, MSR_SF | MSR_ME);
    config_default(&config);
    config.mem = 8 << 20;
    m = machine_new_bare(
        &config,
        &(struct machine_bare){.segments = &segment, .segment_count = 1, .entry = 0x1000, .state = BARE_HYPERVISOR},
        console, NULL);
    ck_assert_ptr_nonnull(m);
    ck_assert_int_eq(machine_run(m, &(struct machine_limits){.max_insns = 1000, .max_cycles = UINT64_MAX}, NULL),
                     MACHINE_OFF);
    ck_assert(machine_report(m, &report));
    total = report_total(&report);
    ck_assert_uint_eq(total.guest_entries, 1); /* of three: the last call was made in the third */
    ck_assert_uint_eq(total.guest_exits, 1);
    ck_assert_uint_eq(report.switches.entries, 1);
    ck_assert_uint_eq(report.switches.exits, 1);
    ck_assert_uint_eq(report_check(&report, NULL, NULL).failed, 0);
    report_free(&report);
    machine_free(m);
    console_free(console);
    free(memory);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("resets");
    TCase *tests = tcase_create("all");

    tcase_add_test(tests, who_is_in_a_guest_when_counters_begin_again_has_entered_it);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
