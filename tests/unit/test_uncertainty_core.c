/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Ranges of the embedded experiment under the model core: variants where time alone is another, runs where arrays are.
 *
 * By hand, for the host's single cold load with pages of 4 KiB: six table entries and the data are in memory, so with
 * memory_ns=110 instead of 90, 48 cycles of 2400 MHz more, walks cost 6 * 48 more, and the load 7 * 48.
 */
#include <check.h>

#include "experiment/uncertainty_core.h"
#include "tests/support/suite.h"

static struct embedded e;
static struct core_uncertainty *u;
static unsigned told, told_last;

/* Figures of a run are told in order: none of it yet, then one more each time. */
static void tell(void *self, const char *what, unsigned done, unsigned all)
{
    ck_assert(*what && done <= all && (!done || done == told_last + 1));
    ck_assert_ptr_eq(self, &told);
    told_last = done;
    told++;
}
static const struct crew two = {.threads = 2, .tell = tell, .self = &told};

enum { CELLS = 58 }; /* single loads of host and guests, and the host's footprints with pages of 4 KiB */
enum { MEMORY, SLB, GUEST_REAL, PARTITIONS, RUNS };
static const struct plausible few[] = {
    [MEMORY] = {"memory_ns", "110", "for the test"},
    [SLB] = {"slb_cycles", "60", "for the test: nobody changes the SLB"},
    [GUEST_REAL] = {"tlb_guest_real", "off", "for the test"},
    [PARTITIONS] = {"pate_entries", "16", "for the test"},
    {"walk_read_cycles", "20", "it decides nothing under this model"},
    {"tlb_ways", "8", "set by the user"},
    {.option = NULL},
};

static struct core_uncertainty *measured_by(const struct crew *crew)
{
    struct core_uncertainty *out;
    struct config config;

    config_default(&config);
    config.mem = EMBEDDED_MEMORY_BYTES;
    config.model = MODEL_CORE;
    config.tlb_ways = 2;
    out = core_uncertainty_new(&e, &config, 1ULL << 30, few);
    ck_assert_ptr_nonnull(out);
    ck_assert_uint_eq(out->runs, RUNS);
    ck_assert(core_uncertainty_measure(out, crew));
    return out;
}

static void measure(void)
{
    ck_assert(embedded_open(&e));
    embedded_shorten(&e, CELLS);
    u = measured_by(&two);
}

static void stop(void)
{
    core_uncertainty_free(u);
    embedded_close(&e);
}

static unsigned cell_of(enum embedded_who who, u8 process_shift)
{
    for (unsigned k = 0; k < e.cells; k++)
        if (e.cell[k].who == who && e.cell[k].phase == EMBEDDED_SINGLE_COLD && e.cell[k].process_shift == process_shift)
            return k;
    ck_abort_msg("no such cell");
}

static struct spread spread_of_cell(unsigned cell, enum core_figure figure)
{
    static struct spread_point points[CORE_RUNS_MAX];
    struct spread s;
    unsigned count;

    ck_assert(core_uncertainty_of(u, cell, figure, points, &count, &s));
    return s;
}

START_TEST(a_cold_load_takes_so_much_longer_as_its_entries_and_its_data_do)
{
    unsigned cell = cell_of(EMBEDDED_HOST, 12);
    struct spread walks = spread_of_cell(cell, CORE_WALKS), cycles = spread_of_cell(cell, CORE_CYCLES);

    ck_assert_double_eq(walks.greatest - walks.is, 6 * 48);
    ck_assert_double_eq(cycles.greatest - cycles.is, 7 * 48);
    ck_assert_str_eq(cycles.first, "memory_ns");
}
END_TEST

START_TEST(what_moves_nothing_has_no_run_and_what_moves_guests_alone_has_one)
{
    struct spread host = spread_of_cell(cell_of(EMBEDDED_HOST, 12), CORE_CYCLES);

    ck_assert(!u->run[MEMORY].is_idle && !u->run[GUEST_REAL].is_idle);
    ck_assert(u->run[SLB].is_idle && u->run[PARTITIONS].is_idle);
    ck_assert_double_eq(u->run[GUEST_REAL].cycles[cell_of(EMBEDDED_HOST, 12)], host.is);
    for (unsigned k = 0; k < e.cells; k++)
        if (e.cell[k].who == EMBEDDED_HOST) ck_assert_double_eq(u->run[GUEST_REAL].walks[k], u->as_it_is.walks[k]);
}
END_TEST

START_TEST(no_figure_lies_outside_its_range_and_together_is_no_less_than_alone)
{
    for (unsigned k = 0; k < e.cells; k++) {
        struct spread s = spread_of_cell(k, CORE_CYCLES);

        ck_assert_double_le(s.least, s.is);
        ck_assert_double_ge(s.greatest, s.is);
        ck_assert_double_le(s.low, s.least + 1e-9);
        ck_assert_double_ge(s.high, s.greatest - 1e-9);
    }
}
END_TEST

START_TEST(pictures_get_the_same_ranges_and_none_of_other_figures)
{
    struct spread all = spread_of_cell(0, CORE_CYCLES), walks = spread_of_cell(0, CORE_WALKS);
    double least, greatest;

    ck_assert(core_uncertainty_range(u, 0, EMBEDDED_ALL, &least, &greatest));
    ck_assert(least == all.least && greatest == all.greatest);
    ck_assert(core_uncertainty_range(u, 0, EMBEDDED_FOR_WALKS, &least, &greatest));
    ck_assert(least == walks.least && greatest == walks.greatest && greatest > least);
    ck_assert(!core_uncertainty_range(u, 0, EMBEDDED_TRANSLATION, &least, &greatest));
}
END_TEST

START_TEST(the_documents_say_what_moves_nothing_and_that_ranges_are_judgement)
{
    struct emit table = {0}, json = {0};

    core_uncertainty_table(u, &table);
    ck_assert_ptr_nonnull(strstr(table.bytes, "slb_cycles pate_entries"));
    ck_assert_ptr_nonnull(strstr(table.bytes, "judgement"));
    core_uncertainty_json(u, &json);
    ck_assert_ptr_nonnull(strstr(json.bytes, "\"moves_nothing\": true"));
    emit_free(&table);
    emit_free(&json);
}
END_TEST

/* Screening is the variants, as it is, and two values of arrays; the run that counts has one of these. */
START_TEST(each_run_is_told_when_it_is_done)
{
    ck_assert_uint_eq(told, 1 + 4 + 1 + 2);
}
END_TEST

static void tell_nothing(void *self, const char *what, unsigned done, unsigned all)
{
    (void)self, (void)what, (void)done, (void)all;
}

START_TEST(one_thread_and_two_give_the_same_bytes)
{
    const struct crew one = {.threads = 1, .tell = tell_nothing};
    struct core_uncertainty *again = measured_by(&one);
    struct emit here = {0}, there = {0};

    core_uncertainty_csv(u, &here);
    core_uncertainty_csv(again, &there);
    core_uncertainty_table(u, &here);
    core_uncertainty_table(again, &there);
    ck_assert_uint_gt(here.size, 1000);
    ck_assert_str_eq(here.bytes, there.bytes);
    emit_free(&here);
    emit_free(&there);
    core_uncertainty_free(again);
}
END_TEST

START_TEST(values_that_contradict_the_options_are_refused_before_any_run)
{
    static const struct plausible odd[] = {{"pwc_ways", "5", "does not divide 64"}, {.option = NULL}};

    ck_assert_ptr_null(core_uncertainty_new(&e, &u->config, 1000, odd));
}
END_TEST

int main(void)
{
    Suite *s = suite_create("uncertainty_core");
    TCase *c = tcase_create("runs");

    tcase_add_unchecked_fixture(c, measure, stop);
    tcase_add_test(c, a_cold_load_takes_so_much_longer_as_its_entries_and_its_data_do);
    tcase_add_test(c, what_moves_nothing_has_no_run_and_what_moves_guests_alone_has_one);
    tcase_add_test(c, no_figure_lies_outside_its_range_and_together_is_no_less_than_alone);
    tcase_add_test(c, pictures_get_the_same_ranges_and_none_of_other_figures);
    tcase_add_test(c, the_documents_say_what_moves_nothing_and_that_ranges_are_judgement);
    tcase_set_timeout(c, 120);
    tcase_add_test(c, each_run_is_told_when_it_is_done);
    tcase_add_test(c, one_thread_and_two_give_the_same_bytes);
    tcase_add_test(c, values_that_contradict_the_options_are_refused_before_any_run);
    suite_add_tcase(s, c);
    return run_suite(s);
}
