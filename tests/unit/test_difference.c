/* SPDX-License-Identifier: Apache-2.0 */
/* Figures are read as they were written, whatever the file is no harm is done, and a difference is what is beyond. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "stats/difference.h"
#include "tests/support/suite.h"

static void quiet(const char *text)
{
    (void)text;
}

static struct figures parse(const char *text)
{
    struct figures f;

    ck_assert(figures_parse(&f, strdup(text), strlen(text), "text"));
    return f;
}

START_TEST(a_line_is_name_number_and_words)
{
    struct figures f = parse("# for people\n\ncycles    12 # Cycles (cycles)\nlevel1.walk_share 0.500000\n"
                             "mark.a # b.cycle 7 # When (cycles)\n");

    ck_assert_uint_eq(f.count, 3);
    ck_assert_str_eq(figures_find(&f, "cycles")->about, "Cycles (cycles)");
    ck_assert(figures_find(&f, "cycles")->is_whole && figures_find(&f, "cycles")->whole == 12);
    ck_assert(!figures_find(&f, "level1.walk_share")->is_whole);
    ck_assert_str_eq(figures_find(&f, "mark.a # b.cycle")->value, "7");
    ck_assert_ptr_null(figures_find(&f, "walk_share"));
    ck_assert_str_eq(figure_what("level1.walk_share"), "walk_share");
    ck_assert_uint_eq(figure_place_length("level1.walk_share"), 6);
    figures_free(&f);
}
END_TEST

START_TEST(a_name_that_comes_again_is_found_by_its_number)
{
    struct figures f = parse("a 1\na 2\na 3\na.b 4\nab 5\n");

    ck_assert_str_eq(figures_find(&f, "a")->value, "1");
    ck_assert_str_eq(figures_find(&f, "a~3")->value, "3");
    ck_assert_str_eq(figures_find(&f, "a.b")->value, "4");
    ck_assert_str_eq(figures_find(&f, "ab")->value, "5");
    figures_free(&f);
}
END_TEST

static const char document[] = "{\"schema\": 1, \"host\": {\"seconds\": 3.5, \"total\": {\"x\": {\"value\": 9}}},\n"
                               " \"total\": {\"cycles\": {\"value\": 100, \"unit\": \"cycles\", \"code\": null}},\n"
                               " \"metrics\": {\"about\": {}, \"total\": {\"share\": 0.5, \"none\": null}, \"levels\": "
                               "[{\"level\": 2, \"share\": 1}]},\n"
                               " \"accounts\": [{\"level\": 1, \"lpid\": 4, \"state\": \"os\", \"pid\": 7, "
                               "\"counters\": {\"loads\": 3, \"stores\": 0},\n"
                               "                 \"walks\": {\"reads\": [[1, 2], [3]]}},\n"
                               "                {\"level\": 1, \"lpid\": 4, \"state\": \"os\", \"pid\": null, "
                               "\"pids\": 3, \"counters\": {\"loads\": 1}}],\n"
                               " \"regions\": [{\"tag\": \"5\", \"name\": \"a \\\"b\", \"counters\": {\"loads\": 8}}, "
                               "{\"tag\": \"6\", \"counters\": {\"loads\": 9}}],\n"
                               " \"run\": {\"exit_status\": 0, \"guest_seconds\": 0.25}}\n";

START_TEST(of_a_document_totals_rates_accounts_and_regions_are_figures)
{
    struct emit e = {0};

    ck_assert(figures_of_json(document, sizeof document - 1, "document", &e));
    ck_assert_str_eq(e.bytes, "cycles 100\nshare 0.5\nlevel2.share 1\nlevel1.lpid4.os.pid7.loads 3\n"
                              "level1.lpid4.os.others.loads 1\nregion.a_\"b.loads 8\nregion6.loads 9\n"
                              "exit_status 0\nguest_seconds 0.25\n");
    emit_free(&e);
}
END_TEST

START_TEST(any_document_does_no_harm)
{
    char bytes[sizeof document];
    u64 random = 1;

    log_errors_to(quiet);
    for (unsigned k = 0; k < 20000; k++) {
        struct emit e = {0};
        size_t size = sizeof document - 1;
        char *copy;

        memcpy(bytes, document, sizeof document);
        for (unsigned n = 0; n <= k % 4; n++) {
            random = random * 6364136223846793005ULL + 1442695040888963407ULL;
            bytes[(random >> 33) % size] = "{}[],:\"\\0 \n9eE-x"[random >> 60];
        }
        if (k % 3 == 0) size = (random >> 20) % size;
        copy = malloc(size ? size : 1); /* so that a sanitizer sees what is read behind it */
        ck_assert_ptr_nonnull(copy);
        memcpy(copy, bytes, size);
        if (figures_of_json(copy, size, "document", &e) && e.bytes) {
            struct figures f;
            bool ok = figures_parse(&f, e.bytes, e.size, "lines");

            ck_assert(ok || f.count == 0 || f.item);
            figures_free(&f);
        } else {
            emit_free(&e);
        }
        free(copy);
    }
    log_errors_to(NULL);
}
END_TEST

/* How many figures differ. */
static size_t moved(const char *a, const char *b, const char *threshold, const char *only)
{
    static struct tolerance t;
    struct figures x = parse(a), y = parse(b);
    struct differences d;
    size_t count;

    t = (struct tolerance){.thresholds = 0};
    ck_assert(!threshold || tolerance_threshold(&t, threshold, "--threshold"));
    ck_assert(!only || tolerance_only(&t, only, "--only"));
    ck_assert(differences_find(&d, &x, &y, &t));
    count = d.moved;
    differences_free(&d);
    figures_free(&x);
    figures_free(&y);
    return count;
}

START_TEST(what_is_within_its_threshold_is_none)
{
    static const char a[] = "cycles 1000\nlevel1.cycles 0.100000\n", b[] = "cycles 990\nlevel1.cycles 0.110000\n";

    ck_assert_uint_eq(moved(a, b, NULL, NULL), 2);
    ck_assert_uint_eq(moved(a, b, "cycles=10", NULL), 0);
    ck_assert_uint_eq(moved(a, b, "cycles=9", NULL), 1);
    ck_assert_uint_eq(moved(a, b, "cycles=1%", NULL), 1); /* 10 % of the other */
    ck_assert_uint_eq(moved(a, b, "level?.cycles=10%", NULL), 1);
    ck_assert_uint_eq(moved(a, b, "level?.cycles=9.99%", NULL), 2);
    ck_assert_uint_eq(moved(a, b, "all.*=any", NULL), 1);
    ck_assert_uint_eq(moved(a, b, "default=any", NULL), 0);
    ck_assert_uint_eq(moved(a, b, NULL, "all.cycles"), 1);
    ck_assert_uint_eq(moved("x 0\n", "x 1\n", "x=1000%", NULL), 1); /* of nothing any step is more */
    ck_assert_uint_eq(moved("x 18446744073709551615\n", "x 18446744073709551614\n", NULL, NULL), 1);
}
END_TEST

START_TEST(what_is_left_out_of_a_place_is_zero_and_a_place_that_is_missing_is_told_once)
{
    struct figures a = parse("x 1\nr.loads 1\nr.stores 5\n"), b = parse("x 1\nr.loads 1\n"), c = parse("x 1\n");
    static struct tolerance t;
    struct differences d;

    ck_assert(differences_find(&d, &a, &b, &t));
    ck_assert_uint_eq(d.count, 1);
    ck_assert_str_eq(d.item[0].name, "r.stores");
    ck_assert_uint_eq(d.item[0].b->whole, 0);
    differences_free(&d);
    ck_assert(differences_find(&d, &c, &a, &t));
    ck_assert_uint_eq(d.count, 1);
    ck_assert_uint_eq(d.item[0].figures, 2);
    ck_assert_ptr_null(d.item[0].a);
    differences_free(&d);
    figures_free(&a);
    figures_free(&b);
    figures_free(&c);
}
END_TEST

START_TEST(the_whole_run_is_first_then_levels_and_in_each_what_moved_most)
{
    struct figures a = parse("x 100\ny 100\nlevel10.x 1\nlevel2.x 1\nlevel0.lpid0.os.x 1\n");
    struct figures b = parse("x 101\ny 102\nlevel10.x 2\nlevel2.x 2\nlevel0.lpid0.os.x 2\n");
    static const char *const order[] = {"y", "x", "level2.x", "level10.x", "level0.lpid0.os.x"};
    static struct tolerance t;
    struct differences d;

    ck_assert(differences_find(&d, &a, &b, &t));
    ck_assert_uint_eq(d.count, ARRAY_SIZE(order));
    for (unsigned k = 0; k < ARRAY_SIZE(order); k++) ck_assert_str_eq(d.item[k].name, order[k]);
    differences_free(&d);
    figures_free(&a);
    figures_free(&b);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("difference");
    TCase *tests = tcase_create("difference");

    tcase_add_test(tests, a_line_is_name_number_and_words);
    tcase_add_test(tests, a_name_that_comes_again_is_found_by_its_number);
    tcase_add_test(tests, of_a_document_totals_rates_accounts_and_regions_are_figures);
    tcase_add_test(tests, any_document_does_no_harm);
    tcase_add_test(tests, what_is_within_its_threshold_is_none);
    tcase_add_test(tests, what_is_left_out_of_a_place_is_zero_and_a_place_that_is_missing_is_told_once);
    tcase_add_test(tests, the_whole_run_is_first_then_levels_and_in_each_what_moved_most);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
