/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Ranges of the embedded experiment: the table of plausible values against the options, and the runs against the
 * arithmetic of a cost, look-ups * tlb_hit_cycles + reads * walk_read_cycles.
 *
 * By hand, for the host's single cold load with pages of 4 KiB: one TLB look-up of 20 cycles, then 6 reads
 * (test_embedded.c).  At 15 cycles a read that is 110; with walk_read_cycles in 13..216 it is 98..1316, with a look-up
 * of 40 cycles 130, and nothing else changes it: the one load finds nothing in any ERAT, and an 8-entry page-walk cache
 * knows nothing yet.
 */
#include <check.h>
#include <stdlib.h>

#include "experiment/uncertainty.h"
#include "machine/console.h"
#include "machine/machine_report.h"
#include "tests/support/suite.h"

static struct embedded e;
static struct config config;
static struct report r;
static struct uncertainty *u;

enum { READ_PRICE, HIT_PRICE, WALK_CACHE, HELD };
static const struct plausible few[] = {
    [READ_PRICE] = {"walk_read_cycles", "13|216", "for the test"},
    [HIT_PRICE] = {"tlb_hit_cycles", "40", "for the test"},
    [WALK_CACHE] = {"pwc_entries", "8", "for the test"},
    [HELD] = {"prte_entries", "1", "for the test"},
    {.option = NULL},
};

static void run_base(void)
{
    const struct machine_limits none = {.max_insns = UINT64_MAX, .max_cycles = UINT64_MAX};
    struct log quiet = {.to = stderr, .level = LOG_ERROR};
    struct console *console = console_new(&(struct console_config){.where = "none", .terminal_fd = -1});
    struct machine *machine;

    config_default(&config);
    config.mem = EMBEDDED_MEMORY_BYTES;
    config.prte_entries = 8; /* set by the user */
    ck_assert(embedded_open(&e));
    machine = machine_new_bare(&config, &e.bare, console, &quiet);
    ck_assert_ptr_nonnull(machine);
    ck_assert_int_eq(machine_run(machine, &none, NULL), MACHINE_OFF);
    r = (struct report){.end = "test"};
    ck_assert(machine_report(machine, &r));
    machine_free(machine);
    console_free(console);
    u = uncertainty_new(&e, &config, &r, few);
    ck_assert_ptr_nonnull(u);
    ck_assert_uint_eq(u->runs, 4);
    ck_assert_uint_eq(uncertainty_machines(u), 3);
    ck_assert(uncertainty_measure(u, NULL));
}

static void stop(void)
{
    uncertainty_free(u);
    report_free(&r);
    embedded_close(&e);
}

/* The models' own: CHOICE is no property of POWER9, CONFIRMED is what it is. */
START_TEST(every_assumed_option_of_the_models_has_plausible_values_and_of_the_others_derived_ones_may)
{
    unsigned with = 0, rows = 0;

    EACH_OPTION(row) {
        bool is_of_model = option_is_of_mmu(row) || option_is_of_timing(row);
        bool has = plausible_find(row->name) != NULL;

        if (is_of_model && row->provenance == ASSUMED) ck_assert_msg(has, "plausible.def lacks %s", row->name);
        if (has) ck_assert_msg(is_of_model, "%s is of no model", row->name);
        if (has) ck_assert_msg(row->provenance == ASSUMED || row->provenance == DERIVED, "%s is known", row->name);
        with += has;
    }
    for (const struct plausible *p = plausible_rows; p->option; p++, rows++) ck_assert_uint_gt(strlen(p->why), 10);
    ck_assert_uint_eq(rows, with);
    ck_assert_uint_le(rows, UNCERTAINTY_ROWS_MAX);
}
END_TEST

/* Each value of the row alone, then with those of `deep` later rows. */
static void each_value(const struct plausible *p, const struct config *from, const struct plausible *more,
                       unsigned deep)
{
    size_t length;

    for (const char *value = p->values;; value += length + 1) {
        struct config c = *from;
        char text[CONFIG_VALUE_MAX] = "";

        length = strcspn(value, "|");
        ck_assert_uint_lt(length, sizeof text);
        memcpy(text, value, length);
        ck_assert(config_set(&c, p->option, text, "plausible.def"));
        ck_assert_msg(config_get(&c, option_find(p->option)) != option_find(p->option)->fallback,
                      "%s: %s is the default", p->option, text);
        ck_assert(config_check(&c));
        for (const struct plausible *next = more; deep && next->option; next++)
            each_value(next, &c, next + 1, deep - 1);
        if (!value[length]) return;
    }
}

/* The default is a point of the range. */
START_TEST(an_amount_has_a_value_to_either_side_or_stands_at_the_end_of_what_it_can_be)
{
    for (const struct plausible *p = plausible_rows; p->option; p++) {
        const struct option_row *row = option_find(p->option);
        bool less = false, more = false;
        char value[CONFIG_VALUE_MAX];

        if (row->type != OPTION_COUNT && row->type != OPTION_SIZE) continue;
        for (unsigned n = 0; plausible_value(p, n, value); n++) {
            struct config c;

            config_default(&c);
            ck_assert(config_set(&c, p->option, value, "plausible.def"));
            less |= config_get(&c, row) < row->fallback;
            more |= config_get(&c, row) > row->fallback;
        }
        ck_assert_msg((less || row->fallback == row->least) && (more || !strcmp(p->option, "fetch_block")),
                      "%s=%s is a range to one side of the default", p->option, p->values);
    }
}
END_TEST

START_TEST(plausible_values_are_legal_and_so_are_three_of_them_together)
{
    config_default(&config);
    for (const struct plausible *p = plausible_rows; p->option; p++) each_value(p, &config, p + 1, 2);
}
END_TEST

START_TEST(the_range_of_a_bare_walk_is_its_reads_times_the_price_of_a_read)
{
    for (unsigned k = 0; k < e.cells; k++) {
        struct uncertainty_cell c;

        if (e.cell[k].who != EMBEDDED_HOST || e.cell[k].phase != EMBEDDED_SINGLE_COLD) continue;
        if (e.cell[k].process_shift != 12) continue;
        c = uncertainty_of(u, k);
        ck_assert_double_eq(u->base[k], 110);
        ck_assert_double_eq(c.least, 98);
        ck_assert_double_eq(c.greatest, 1316);
        ck_assert_int_eq(c.dominant, READ_PRICE);
        ck_assert_double_eq(c.dominant_share, 1218.0 / (1218 + 20));
        ck_assert_int_eq(c.second, HIT_PRICE);
        ck_assert_double_eq(u->cheapest[k], 98);
        ck_assert_double_eq(u->dearest[k], 1336);
    }
}
END_TEST

START_TEST(a_price_is_what_the_machine_itself_charged)
{
    for (unsigned k = 0; k < e.cells; k++) {
        const struct counters *n = &embedded_region(&r, k)->counters;

        ck_assert_double_eq(u->base[k] * (double)e.cell[k].loads, (double)(n->walk_cycles + n->tlb_access * 20));
    }
}
END_TEST

/* dearest is the one run with other latencies and another geometry: pricing again and running again must agree on it.
 */
START_TEST(pricing_again_is_as_good_as_running_again)
{
    const struct uncertainty_run *walk_cache = &u->run[3];

    ck_assert_uint_eq(walk_cache->row, WALK_CACHE);
    ck_assert_uint_eq(u->dear.walk_read_cycles, 216);
    ck_assert_uint_eq(u->dear.tlb_hit_cycles, 40);
    ck_assert_uint_eq(u->dear.pwc_entries, 8);
    ck_assert_uint_eq(u->cheap.walk_read_cycles, 13);
    ck_assert_uint_eq(u->cheap.tlb_hit_cycles, 20);
    ck_assert_uint_eq(u->cheap.pwc_entries, 64);
    for (unsigned k = 0; k < e.cells; k++) { /* cheap: the geometry of the base run, another price, and run again */
        const struct uncertainty_run *priced = &u->run[0];

        ck_assert_str_eq(priced->value, "13");
        ck_assert_double_eq(priced->cost[k], u->cheapest[k]);
        ck_assert_double_ge(u->dearest[k], walk_cache->cost[k]);
    }
}
END_TEST

START_TEST(no_cell_lies_outside_its_own_range_and_shares_add_up)
{
    for (unsigned k = 0; k < e.cells; k++) {
        const struct uncertainty_cell c = uncertainty_of(u, k);

        ck_assert_double_le(c.least, u->base[k]);
        ck_assert_double_ge(c.greatest, u->base[k]);
        ck_assert_double_le(c.dominant_share + c.second_share, 1.0 + 1e-9);
        ck_assert_double_ge(c.dominant_share, c.second_share);
        ck_assert(c.dominant != HELD && c.second != HELD);
        ck_assert_int_eq(c.dominant < 0, c.greatest <= c.least);
    }
}
END_TEST

START_TEST(the_table_says_what_was_held_and_that_ranges_are_judgement)
{
    struct emit table = {0};

    uncertainty_table(u, &table);
    ck_assert_ptr_nonnull(strstr(table.bytes, "was set, so it stays"));
    ck_assert_ptr_nonnull(strstr(table.bytes, "judgement"));
    ck_assert_ptr_nonnull(strstr(table.bytes, "no bound"));
    emit_free(&table);
}
END_TEST

START_TEST(values_that_contradict_the_options_are_refused_before_any_run)
{
    static const struct plausible odd[] = {{"pwc_ways", "5", "does not divide 64"}, {.option = NULL}};

    ck_assert_ptr_null(uncertainty_new(&e, &config, &r, odd));
}
END_TEST

int main(void)
{
    Suite *s = suite_create("uncertainty");
    TCase *c = tcase_create("runs"), *table = tcase_create("table");

    tcase_set_timeout(c, 300);
    tcase_add_unchecked_fixture(c, run_base, stop);
    tcase_add_test(c, the_range_of_a_bare_walk_is_its_reads_times_the_price_of_a_read);
    tcase_add_test(c, a_price_is_what_the_machine_itself_charged);
    tcase_add_test(c, pricing_again_is_as_good_as_running_again);
    tcase_add_test(c, no_cell_lies_outside_its_own_range_and_shares_add_up);
    tcase_add_test(c, the_table_says_what_was_held_and_that_ranges_are_judgement);
    tcase_add_test(c, values_that_contradict_the_options_are_refused_before_any_run);
    tcase_add_test(table, every_assumed_option_of_the_models_has_plausible_values_and_of_the_others_derived_ones_may);
    tcase_add_test(table, an_amount_has_a_value_to_either_side_or_stands_at_the_end_of_what_it_can_be);
    tcase_add_test(table, plausible_values_are_legal_and_so_are_three_of_them_together);
    suite_add_tcase(s, table);
    suite_add_tcase(s, c);
    return run_suite(s);
}
