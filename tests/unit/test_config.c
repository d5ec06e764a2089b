/* SPDX-License-Identifier: Apache-2.0 */
/* Options are rows: every row is read here, and bad text is refused with the configuration unchanged. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/timing/timing.h"
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
    static const char *const bad[] = {"threads=3",        "tlb_ways=3",     "mem=100000",     "derat_ways=5",
                                      "tlb_entries=4",    "pwc_ways=48",    "l1d_ways=7",     "l2_bytes=384K",
                                      "l3_bytes=9M",      "l2_cycles=3",    "memory_ns=5",    "stream_boundary=96K",
                                      "bht_entries=1000", "tage_entries=1", "count_entries=3"};

    for (unsigned k = 0; k < ARRAY_SIZE(bad); k++) {
        fresh();
        ck_assert(config_assign(&c, bad[k], "test"));
        ck_assert_msg(!config_check(&c), "%s", bad[k]);
    }
}
END_TEST

/* Whoever makes caches or predictors without options gets the same ones. */
START_TEST(caches_and_predictors_have_one_set_of_defaults)
{
    struct memory_config memory = config_timing(&c).memory, own_memory = memory_config_default();
    struct branch_config branch = config_timing(&c).branch, own_branch = branch_config_default();

    ck_assert_uint_eq(c.core_mhz, 2400);
#define SAME(which, member) ck_assert_uint_eq(which.member, own_##which.member)
    SAME(memory, l1i_bytes);
    SAME(memory, l1d_bytes);
    SAME(memory, l2_bytes);
    SAME(memory, l3_bytes);
    SAME(memory, l1i_ways);
    SAME(memory, l1d_ways);
    SAME(memory, l2_ways);
    SAME(memory, l3_ways);
    SAME(memory, l1_replacement);
    SAME(memory, l2_replacement);
    SAME(memory, l3_replacement);
    SAME(memory, seed);
    SAME(memory, l1d_cycles);
    SAME(memory, l2_cycles);
    SAME(memory, l3_cycles);
    SAME(memory, other_cycles);
    SAME(memory, memory_cycles);
    SAME(memory, sector_cycles);
    SAME(memory, fetch_cycles);
    SAME(memory, l2_busy_cycles);
    SAME(memory, line_millicycles);
    SAME(memory, load_misses);
    SAME(memory, store_stations);
    SAME(memory, gather_cycles);
    SAME(memory, fetch_ahead);
    SAME(memory, streams);
    SAME(memory, stream_depth);
    SAME(memory, stream_l1_lines);
    SAME(memory, stream_l2_lines);
    SAME(memory, stream_stride);
    SAME(memory, stream_boundary);
    SAME(memory, prefetch_machines);
    SAME(memory, perfect);
    SAME(branch, next_address);
    SAME(branch, bht);
    SAME(branch, tage);
    SAME(branch, tage_tag_bits);
    SAME(branch, count_cache);
    SAME(branch, count_entries);
    SAME(branch, link_stack);
    SAME(branch, static_hints);
    SAME(branch, next_address_cycles);
    SAME(branch, bht_cycles);
    SAME(branch, tage_cycles);
#undef SAME
}
END_TEST

/* 100 ns of 4000 MHz are 400 cycles; 128 bytes at 128e9 / 4 bytes a second are 4 ns. */
START_TEST(times_of_memory_follow_the_clock)
{
    struct memory_config memory;

    ck_assert(config_assign(&c, "core_mhz=4000", "test"));
    ck_assert(config_assign(&c, "memory_ns=100", "test"));
    ck_assert(config_assign(&c, "other_cache_ns=30", "test"));
    ck_assert(config_assign(&c, "memory_bandwidth=32000000000", "test"));
    memory = config_timing(&c).memory;
    ck_assert_uint_eq(memory.memory_cycles, 400);
    ck_assert_uint_eq(memory.other_cycles, 120);
    ck_assert_uint_eq(memory.line_millicycles, 16000);
    ck_assert(config_check(&c));
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
    tcase_add_test(tests, caches_and_predictors_have_one_set_of_defaults);
    tcase_add_test(tests, times_of_memory_follow_the_clock);
    tcase_add_test(tests, a_changed_model_value_no_longer_claims_its_source);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
