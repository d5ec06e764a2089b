/* SPDX-License-Identifier: Apache-2.0 */
/* Options are rows: every row is read here, and bad text is refused with the configuration unchanged. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#include "machine/config.h"
#include "tests/support/suite.h"

static struct config c;

static void fresh(void)
{
    config_default(&c);
}

START_TEST(every_row_has_a_text_a_source_and_a_default_in_its_range)
{
    EACH_OPTION(row) {
        ck_assert_msg(*row->text && *row->source, "%s", row->name);
        if (!row->words) ck_assert_msg(row->fallback >= row->least && row->fallback <= row->greatest, "%s", row->name);
        ck_assert_ptr_eq(option_find(row->name), row); /* names are unique */
    }
    ck_assert_uint_eq(sizeof c, option_row_count * sizeof(u64));
    ck_assert(config_check(&c));
}
END_TEST

START_TEST(every_value_is_read_back_as_it_is_written)
{
    EACH_OPTION(row) {
        u64 ends[3] = {row->fallback, row->least, row->words ? 0 : row->greatest};
        if (row->type == OPTION_FLAG) ends[2] = 1;
        for (unsigned k = 0; k < 3; k++) {
            char text[CONFIG_VALUE_MAX];
            config_format(row, ends[k], text);
            ck_assert_msg(config_set(&c, row->name, text, "test"), "%s = %s", row->name, text);
            ck_assert_msg(config_get(&c, row) == ends[k], "%s = %s", row->name, text);
        }
    }
}
END_TEST

START_TEST(sizes_and_counts_take_suffixes)
{
    ck_assert(config_assign(&c, "mem=4G", "test"));
    ck_assert_uint_eq(c.mem, 4ULL << 30);
    ck_assert(config_assign(&c, " mem = 512MiB ", "test"));
    ck_assert_uint_eq(c.mem, 512ULL << 20);
    ck_assert(config_assign(&c, "max_insns=5M", "test"));
    ck_assert_uint_eq(c.max_insns, 5000000);
    ck_assert(config_assign(&c, "max_seconds=1.25", "test"));
    ck_assert_uint_eq(c.max_seconds, 1250000000);
    ck_assert(config_assign(&c, "base_cpi=0.75", "test"));
    ck_assert_uint_eq(c.base_cpi, 750);
    ck_assert(!config_assign(&c, "base_cpi=0.7501", "test") && !config_assign(&c, "base_cpi=1s", "test"));
    ck_assert(config_assign(&c, "pvr=0x004e1202", "test"));
    ck_assert_uint_eq(c.pvr, 0x004e1202);
    ck_assert(config_assign(&c, "callthru=off", "test"));
    ck_assert_uint_eq(c.callthru, 0);
    ck_assert(config_assign(&c, "model=none", "test"));
    ck_assert_uint_eq(c.model, MODEL_NONE);
}
END_TEST

START_TEST(nonsense_is_refused_and_changes_nothing)
{
    static const char *const bad[] = {
        "mem",
        "mem=",
        "mem=-1",
        "mem= +1G",
        "mem=1Q",
        "mem=1GG",
        "mem=99999999999999999999",
        "mem=16777216T",
        "mem=4K",
        "cores=0",
        "cores=25",
        "cores=1.5",
        "threads=x",
        "nothing=1",
        "=1",
        "",
        "model=mm",
        "model=",
        "callthru=2",
        "max_seconds=.",
        "max_seconds=1e9",
        "max_seconds=99999999999999999999",
        "pvr=0x1",
        "tlb_entry=5",
    };
    struct config before = c;

    for (unsigned k = 0; k < ARRAY_SIZE(bad); k++) ck_assert_msg(!config_assign(&c, bad[k], "test"), "%s", bad[k]);
    ck_assert_mem_eq(&before, &c, sizeof c);
}
END_TEST

START_TEST(a_file_has_comments_and_errors_name_the_line)
{
    static const char good[] = "# a comment\n\n  mem = 1G   # another\r\ncores=2\nthreads = 4";
    static const char bad[] = "mem = 1G\nbogus\n";

    ck_assert(config_parse(&c, good, sizeof good - 1, "good.conf"));
    ck_assert_uint_eq(c.mem, 1ULL << 30);
    ck_assert_uint_eq(c.cores, 2);
    ck_assert_uint_eq(c.threads, 4);
    ck_assert(!config_parse(&c, bad, sizeof bad - 1, "bad.conf"));
    ck_assert(!config_parse(&c, "mem\0=1", 6, "binary"));
    ck_assert(!config_load(&c, "/nonexistent/file"));
    ck_assert(!config_load(&c, "/")); /* a directory */
}
END_TEST

START_TEST(options_that_contradict_each_other_are_refused)
{
    static const char *const bad[] = {"threads=3",    "tlb_ways=3",    "mem=100000",
                                      "derat_ways=5", "tlb_entries=4", "pwc_ways=48"};

    for (unsigned k = 0; k < ARRAY_SIZE(bad); k++) {
        fresh();
        ck_assert(config_assign(&c, bad[k], "test"));
        ck_assert_msg(!config_check(&c), "%s", bad[k]);
    }
}
END_TEST

START_TEST(a_changed_model_value_no_longer_claims_its_source)
{
    const struct option_row *row = option_find("tlb_entries");

    ck_assert_str_eq(config_provenance(&c, row), "CONFIRMED");
    ck_assert(config_assign(&c, "tlb_entries=2048", "test"));
    ck_assert_str_eq(config_provenance(&c, row), "SET");
    ck_assert(config_assign(&c, "mem=1G", "test"));
    ck_assert_str_eq(config_provenance(&c, option_find("mem")), "CHOICE");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("config");
    TCase *tests = tcase_create("config");

    tcase_add_checked_fixture(tests, fresh, NULL);
    tcase_add_test(tests, every_row_has_a_text_a_source_and_a_default_in_its_range);
    tcase_add_test(tests, every_value_is_read_back_as_it_is_written);
    tcase_add_test(tests, sizes_and_counts_take_suffixes);
    tcase_add_test(tests, nonsense_is_refused_and_changes_nothing);
    tcase_add_test(tests, a_file_has_comments_and_errors_name_the_line);
    tcase_add_test(tests, options_that_contradict_each_other_are_refused);
    tcase_add_test(tests, a_changed_model_value_no_longer_claims_its_source);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
