/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The embedded experiment against numbers derived by hand.
 *
 * Entries on the path of one load (Book III 5.7.10): a tree with leaves of 4 or 64 KiB has 4 levels, of 2 MiB 3, of
 * 1 GiB 2.  The host reads its partition-table entry, its process-table entry and p levels: p + 2.  A guest whose own
 * leaves are p levels down and its host's h: each of its p entries, and its process-table entry, lies at a guest real
 * address that takes h reads, and so does the page: (p + 1) * (h + 1) + h + 1 for the partition-table entry = 30 for
 * 4 on 4.  Without partition- and process-table entry (1 + 1 + h): 24.
 */
#include <check.h>
#include <stdlib.h>

#include "experiment/embedded.h"
#include "experiment/program.h"
#include "machine/config.h"
#include "machine/console.h"
#include "machine/machine_report.h"
#include "tests/support/suite.h"

static struct embedded e;
static struct report r;
static struct machine *machine;
static struct console *console;
static struct config config;
static struct log quiet;

static void run_with(bool caches_of_the_walker)
{
    const struct machine_limits none = {.max_insns = UINT64_MAX, .max_cycles = UINT64_MAX};

    config_default(&config);
    config.mem = EMBEDDED_MEMORY_BYTES;
    if (!caches_of_the_walker) config.pwc_entries = config.tlb_guest_real = 0;
    ck_assert(embedded_open(&e));
    quiet = (struct log){.to = stderr, .level = LOG_ERROR};
    console = console_new(&(struct console_config){.where = "none", .terminal_fd = -1});
    machine = machine_new_bare(&config, &e.bare, console, &quiet);
    ck_assert_ptr_nonnull(machine);
    ck_assert(machine_what_if(machine, "pate_entries=4"));     /* as it is, */
    ck_assert(machine_what_if(machine, "tlb_guest_real=off")); /* and less */
    ck_assert_int_eq(machine_run(machine, &none, NULL), MACHINE_OFF);
    r = (struct report){.end = "test"};
    ck_assert(machine_report(machine, &r));
}

static void run_it(void)
{
    run_with(true);
}

static void run_it_bare(void)
{
    run_with(false);
}

static void stop(void)
{
    report_free(&r);
    machine_free(machine);
    console_free(console);
    embedded_close(&e);
}

static unsigned levels(u8 shift)
{
    return shift <= 16 ? 4 : shift == 21 ? 3 : 2;
}

static u64 on_the_path(const struct embedded_cell *c)
{
    u64 p = levels(c->process_shift), h = c->partition_shift ? levels(c->partition_shift) : 0;

    return h ? (p + 1) * (h + 1) + h + 1 : p + 2;
}

START_TEST(every_cell_was_measured_and_no_invariant_fails)
{
    ck_assert_uint_gt(e.cells, 800);
    for (unsigned k = 0; k < e.cells; k++) {
        const struct report_region *region = embedded_region(&r, k);
        ck_assert_ptr_nonnull(region);
        ck_assert_uint_eq(region->times, 1);
        ck_assert_uint_ge(region->counters.completed, e.cell[k].loads * 7);
    }
    ck_assert_uint_eq(report_check(&r, NULL, NULL).failed, 0);
}
END_TEST

START_TEST(a_region_knows_what_other_arrays_would_have_counted_in_it)
{
    u64 own = 0, more = 0;

    for (unsigned k = 0; k < e.cells; k++) {
        const struct report_region *region = embedded_region(&r, k);
        const struct counters *n = &region->counters, *same = &region->what_if[0], *less = &region->what_if[1];

        ck_assert_uint_eq(region->what_if_count, 2);
        ck_assert_uint_eq(same->tlb_access, n->tlb_access);
        ck_assert_uint_eq(same->tlb_miss, n->tlb_miss);
        ck_assert_uint_eq(same->walk_reads, n->walk_reads);
        ck_assert_uint_eq(same->walk_cycles, n->walk_cycles);
        own += n->walk_reads;
        more += less->walk_reads;
    }
    ck_assert_uint_gt(more, own + own / 4);
}
END_TEST

START_TEST(what_each_level_did_in_a_region_is_told_apart)
{
    for (unsigned k = 0; k < e.cells; k++) {
        const struct report_region *region = embedded_region(&r, k);
        bool is_guest = e.cell[k].who != EMBEDDED_HOST;
        u64 guest = region->level_count > 1 ? region->levels[1].counters.completed : 0;

        if (e.cell[k].phase == EMBEDDED_SINGLE_COLD || e.cell[k].phase == EMBEDDED_SINGLE_WALK) continue;
        /* of the loop nothing runs anywhere else; the hypervisor of a nested guest fills its tree on the first touch */
        ck_assert_uint_eq(guest > 7 * e.cell[k].loads, is_guest);
        if (e.cell[k].phase == EMBEDDED_WARM) ck_assert_uint_eq(guest, is_guest ? region->counters.completed : 0);
        if (e.cell[k].phase == EMBEDDED_TOUCH)
            ck_assert_uint_gt(region->levels[0].counters.completed, region->levels[1].counters.interrupts);
        ck_assert_uint_eq(region->elapsed, region->counters.cycles);
    }
}
END_TEST

START_TEST(a_cold_load_has_the_table_entries_that_the_book_implies_on_its_path)
{
    unsigned seen = 0;

    for (unsigned k = 0; k < e.cells; k++) {
        const struct embedded_cell *c = &e.cell[k];
        const struct counters *n = &embedded_region(&r, k)->counters;

        if (c->phase > EMBEDDED_SINGLE_WALK) continue;
        ck_assert_uint_eq(n->tlb_miss, 1);
        ck_assert_uint_eq(n->walk_reads + n->walk_reads_pwc, on_the_path(c));
        seen++;
    }
    ck_assert_uint_eq(seen, 40);
}
END_TEST

/* Without page-walk cache and guest-real entries nothing is spared: p + 2 and (p + 1) * (h + 1) + h + 1 when all is
 * cold, less the process-table entry and what leads to it (h + 1) and the partition-table entry when those are cached.
 * The guest's guest walks a shadow tree whose leaves are the smaller of the two pages under it. */
START_TEST(bare_walks_read_exactly_what_the_book_implies)
{
    unsigned seen = 0;

    for (unsigned k = 0; k < e.cells; k++) {
        const struct embedded_cell *c = &e.cell[k];
        u64 entries = c->partition_shift ? levels(c->partition_shift) + 2 : 2;

        if (c->phase > EMBEDDED_SINGLE_WALK || c->who == EMBEDDED_NESTED) continue;
        ck_assert_uint_eq(embedded_region(&r, k)->counters.walk_reads,
                          on_the_path(c) - (c->phase == EMBEDDED_SINGLE_WALK ? entries : 0));
        seen++;
    }
    ck_assert_uint_eq(seen, 40);
    ck_assert_uint_eq(report_check(&r, NULL, NULL).failed, 0);
}
END_TEST

/* On 64 KiB under 64 KiB: (4 + 1) * (4 + 1) + 4 + 1 = 30 entries; the third, fourth ... share partition pages. */
START_TEST(a_native_cold_load_reads_every_entry_of_its_path)
{
    for (unsigned k = 0; k < e.cells; k++) {
        const struct counters *n = &embedded_region(&r, k)->counters;
        if (e.cell[k].who == EMBEDDED_HOST && e.cell[k].phase == EMBEDDED_SINGLE_COLD)
            ck_assert_uint_eq(n->walk_reads, on_the_path(&e.cell[k]));
        if (e.cell[k].who == EMBEDDED_HOST && e.cell[k].phase == EMBEDDED_SINGLE_WALK)
            ck_assert_uint_eq(n->walk_reads, on_the_path(&e.cell[k]) - 2);
    }
}
END_TEST

/* A footprint of 1 GiB in one leaf of 1 GiB at each scope is one ERAT entry: no miss when warm. */
START_TEST(one_large_page_is_enough_for_its_footprint)
{
    for (unsigned k = 0; k < e.cells; k++) {
        const struct embedded_cell *c = &e.cell[k];
        if (c->phase != EMBEDDED_WARM || c->footprint_bytes > 1 << 30 || c->process_shift < 30) continue;
        if (c->partition_shift && c->partition_shift < 30) continue;
        ck_assert_uint_eq(embedded_region(&r, k)->counters.walks, 0);
    }
}
END_TEST

/* A guest's guest is one more table walk away only until the shadow tree has its page: then it costs what a guest with
 * the smaller of the two pages costs. */
START_TEST(a_warm_nested_guest_costs_what_a_guest_with_the_smaller_page_costs)
{
    unsigned compared = 0;

    for (unsigned k = 0; k < e.cells; k++)
        for (unsigned j = 0; j < e.cells; j++) {
            const struct embedded_cell *n = &e.cell[k], *g = &e.cell[j];
            u8 least = n->guest_shift < n->partition_shift ? n->guest_shift : n->partition_shift;
            s64 reads[2];

            if (n->who != EMBEDDED_NESTED || g->who != EMBEDDED_GUEST || n->phase != EMBEDDED_WARM) continue;
            if (g->phase != n->phase || g->footprint_bytes != n->footprint_bytes) continue;
            if (g->process_shift != n->process_shift || g->partition_shift != least) continue;
            reads[0] = (s64)embedded_region(&r, k)->counters.walk_reads;
            reads[1] = (s64)embedded_region(&r, j)->counters.walk_reads;
            ck_assert_int_le(llabs(reads[0] - reads[1]), 8 + reads[1] / 20); /* other tables, other classes */
            compared++;
        }
    ck_assert_uint_eq(compared, 16 * EMBEDDED_FOOTPRINTS);
}
END_TEST

START_TEST(the_assembler_says_which_line_it_does_not_know)
{
    static u8 memory[64];

    ck_assert(program_assemble("a: \n b =a # back\n .word 0x12345678\n", memory, sizeof memory));
    ck_assert_uint_eq(get_be32(memory), 0x48000000);
    ck_assert_uint_eq(get_be32(memory + 4), 0x12345678);
    ck_assert(!program_assemble(" b =nowhere\n", memory, sizeof memory));
    ck_assert(!program_assemble(" hello r1\n", memory, sizeof memory));
    ck_assert(!program_assemble(".org 64\n nop\n", memory, sizeof memory));
}
END_TEST

/* Nothing that the other run does not execute, but other numbers. */
static TCase *bare_walks(void)
{
    TCase *bare = tcase_create("bare");

    tcase_set_timeout(bare, 300);
    tcase_add_unchecked_fixture(bare, run_it_bare, stop);
    tcase_add_test(bare, bare_walks_read_exactly_what_the_book_implies);
    return bare;
}

int main(void)
{
    Suite *s = suite_create("embedded experiment");
    TCase *c = tcase_create("run"), *text = tcase_create("text");

    tcase_set_timeout(c, 300);
    tcase_add_unchecked_fixture(c, run_it, stop);
    tcase_add_test(c, every_cell_was_measured_and_no_invariant_fails);
    tcase_add_test(c, a_region_knows_what_other_arrays_would_have_counted_in_it);
    tcase_add_test(c, what_each_level_did_in_a_region_is_told_apart);
    tcase_add_test(c, a_cold_load_has_the_table_entries_that_the_book_implies_on_its_path);
    tcase_add_test(c, a_native_cold_load_reads_every_entry_of_its_path);
    tcase_add_test(c, one_large_page_is_enough_for_its_footprint);
    tcase_add_test(c, a_warm_nested_guest_costs_what_a_guest_with_the_smaller_page_costs);
    tcase_add_test(text, the_assembler_says_which_line_it_does_not_know);
    suite_add_tcase(s, c);
    if (!SANITIZED) suite_add_tcase(s, bare_walks());
    suite_add_tcase(s, text);
    return run_suite(s);
}
