/* SPDX-License-Identifier: Apache-2.0 */
/* Reports are complete and well formed, agree with themselves, and say so when the counters do not. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "stats/report.h"

static struct report r;

static void fill(void)
{
    r = (struct report){.version = "1.2.3 <test>", .end = "the guest powered off", .core_mhz = 2400, .cycles = 2400000};
    r.completed = 1000;
    r.options = calloc(2, sizeof *r.options);
    r.options[r.option_count++] = (struct report_option){
        "tlb_entries", "entries", "16..65536", "CONFIRMED", "a dump", "Entries \"of\" the TLB", "1024", "1024"};
    r.options[r.option_count++] =
        (struct report_option){"model", "", "none|mmu", "ASSUMED", "nobody", "How much", "mmu", "\"mmu\""};
    r.threads = calloc(1, sizeof *r.threads);
    r.threads[r.thread_count++] =
        (struct report_thread){.pir = 4, .completed = 1000, .cycles = 2000, .idle_cycles = 10};
    r.accounts = calloc(2, sizeof *r.accounts);
    r.accounts[r.account_count++] = (struct report_account){.parent = -1, .state = "hypervisor"};
    r.accounts[r.account_count++] = (struct report_account){.level = 1, .lpid = 7, .state = "os"};
    r.accounts[0].counters = (struct counters){.completed = 600,
                                               .cycles = 1200,
                                               .tlb_access = 5,
                                               .tlb_hit = 3,
                                               .tlb_miss = 2,
                                               .dtlb_miss = 2,
                                               .walks = 2,
                                               .derat_miss = 5};
    r.accounts[1].counters = (struct counters){.completed = 400, .cycles = 800};
    r.regions = calloc(1, sizeof *r.regions);
    r.regions[r.region_count++] = (struct report_region){.tag = 3, .times = 2};
    r.marks = calloc(1, sizeof *r.marks);
    r.marks[r.mark_count++] = (struct report_mark){"up </script>", 1000, 500};
    r.exits = calloc(1, sizeof *r.exits);
    r.exits[r.exit_count++] = (struct report_exit){.level = 1, .reason = "H_CEDE", .count = 3};
    r.accounts[0].walks.length[0] = 2;
    r.what_if = calloc(1, sizeof *r.what_if);
    r.what_if[r.what_if_count++] = (struct report_what_if){.setting = "tlb_entries=256"};
    timeline_note(&r.timeline, &(struct timeline_slice){.start = 0, .end = 100, .thread = 4, .state = "hypervisor"});
}

static void drop(void)
{
    report_free(&r);
}

/* Brackets balance and strings end: enough for what emit.c can get wrong; the command-line test parses it in full. */
static bool is_balanced_json(const char *text)
{
    int depth = 0;
    bool in_string = false;

    for (; *text; text++) {
        if (in_string && *text == '\\') text++;
        else if (*text == '"') in_string = !in_string;
        else if (!in_string && strchr("{[", *text)) depth++;
        else if (!in_string && strchr("}]", *text) && --depth < 0) return false;
    }
    return !depth && !in_string;
}

START_TEST(a_sound_report_passes_its_own_checks)
{
    struct invariants checks = report_check(&r, NULL, NULL);

    ck_assert_uint_gt(checks.checked, 20);
    ck_assert_uint_eq(checks.failed, 0);
    ck_assert_uint_eq(report_total(&r).completed, 1000);
}
END_TEST

static void count_failures(void *self, const char *sentence)
{
    ck_assert(*sentence);
    ++*(unsigned *)self;
}

START_TEST(counters_that_contradict_each_other_are_reported)
{
    unsigned said = 0;
    struct emit e = {0};

    r.accounts[0].counters.tlb_hit++;
    r.accounts[1].counters.completed++;
    ck_assert_uint_eq(report_check(&r, count_failures, &said).failed, 3); /* account, total, sum over accounts */
    ck_assert_uint_eq(said, 3);
    report_json(&r, &e);
    ck_assert_ptr_nonnull(strstr(e.bytes, "tlb_access = tlb_hit + tlb_miss (total)"));
    emit_free(&e);
}
END_TEST

START_TEST(every_counter_is_in_every_document)
{
    struct emit text = {0}, json = {0}, html = {0};

    report_text(&r, &text);
    report_json(&r, &json);
    report_html(&r, &html);
    EACH_COUNTER(row)
    {
        ck_assert_msg(strstr(text.bytes, row->name) && strstr(json.bytes, row->name) && strstr(html.bytes, row->name),
                      "%s", row->name);
        ck_assert_msg(strstr(json.bytes, row->event), "%s", row->event);
    }
    ck_assert(is_balanced_json(json.bytes));
    ck_assert_ptr_nonnull(strstr(json.bytes, "\"tlb_entries\": {\"value\": 1024, \"source\": \"CONFIRMED\""));
    ck_assert_ptr_nonnull(strstr(json.bytes, "\"parent\": null"));
    emit_free(&text);
    emit_free(&json);
    emit_free(&html);
}
END_TEST

START_TEST(the_html_file_needs_no_other_and_escapes_what_it_shows)
{
    struct emit e = {0};

    report_html(&r, &e);
    ck_assert_ptr_null(strstr(e.bytes, "http"));
    ck_assert_ptr_null(strstr(e.bytes, "<script"));
    ck_assert_ptr_null(strstr(e.bytes, "</script"));
    ck_assert_ptr_null(strstr(e.bytes, "<test>"));
    ck_assert_ptr_nonnull(strstr(e.bytes, "prefers-color-scheme:dark"));
    ck_assert_ptr_nonnull(strstr(e.bytes, "@media print"));
    emit_free(&e);
}
END_TEST

START_TEST(only_the_member_host_tells_the_host)
{
    struct emit a = {0}, b = {0};

    report_html(&r, &a);
    report_text(&r, &a);
    report_timeline(&r, &a);
    r.host_seconds = 3.5;
    r.host_memory_bytes = 12345;
    report_html(&r, &b);
    report_text(&r, &b);
    report_timeline(&r, &b);
    ck_assert_str_eq(a.bytes, b.bytes);
    emit_free(&a);
    emit_free(&b);
}
END_TEST

START_TEST(the_files_are_written_and_a_bad_directory_is_an_error)
{
    static const char *const names[] = {"stats.txt", "stats.json", "report.html", "timeline.json", "config.txt"};
    char dir[] = "/tmp/p9_report_XXXXXX", path[100];

    ck_assert_ptr_nonnull(mkdtemp(dir));
    snprintf(path, sizeof path, "%s/a/b", dir);
    ck_assert(report_write(&r, path));
    for (unsigned k = 0; k < ARRAY_SIZE(names); k++) {
        snprintf(path, sizeof path, "%s/a/b/%s", dir, names[k]);
        ck_assert_msg(!unlink(path), "%s", path);
    }
    ck_assert(!report_write(&r, "/proc/nothing"));
    ck_assert(!report_write(&r, "/dev/null"));
    ck_assert(!report_write(&r, ""));
    snprintf(path, sizeof path, "%s/a/b", dir);
    ck_assert_int_eq(rmdir(path), 0);
    snprintf(path, sizeof path, "%s/a", dir);
    ck_assert_int_eq(rmdir(path), 0);
    ck_assert_int_eq(rmdir(dir), 0);
}
END_TEST

START_TEST(the_timeline_stays_bounded_and_covers_the_run)
{
    static const char *const states[] = {"os", "hypervisor", "problem"};
    struct timeline t = {0};
    u64 covered = 0;

    for (u64 k = 0; k < 100000; k++)
        timeline_note(
            &t, &(struct timeline_slice){.start = k * 10, .end = k * 10 + 10, .thread = 0, .state = states[k % 3]});
    ck_assert_uint_le(t.count, TIMELINE_SLICES);
    for (unsigned k = 0; k < t.count; k++) {
        if (k) ck_assert_uint_eq(t.slice[k].start, t.slice[k - 1].end);
        covered += t.slice[k].end - t.slice[k].start;
    }
    ck_assert_uint_eq(covered, 1000000);
    timeline_free(&t);
}
END_TEST

START_TEST(neighbours_of_one_account_are_one_slice)
{
    struct timeline t = {0};

    for (u64 k = 0; k < 10; k++) {
        timeline_note(&t, &(struct timeline_slice){.start = k * 10, .end = k * 10 + 10, .thread = 0, .state = "os"});
        timeline_note(&t, &(struct timeline_slice){.start = k * 10, .end = k * 10 + 10, .thread = 1, .state = "idle"});
    }
    ck_assert_uint_eq(t.count, 2);
    ck_assert_uint_eq(t.slice[0].end, 100);
    timeline_free(&t);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("report");
    TCase *tests = tcase_create("report");
    SRunner *runner = srunner_create(suite);
    int failed;

    tcase_add_checked_fixture(tests, fill, drop);
    tcase_add_test(tests, a_sound_report_passes_its_own_checks);
    tcase_add_test(tests, counters_that_contradict_each_other_are_reported);
    tcase_add_test(tests, every_counter_is_in_every_document);
    tcase_add_test(tests, the_html_file_needs_no_other_and_escapes_what_it_shows);
    tcase_add_test(tests, only_the_member_host_tells_the_host);
    tcase_add_test(tests, the_files_are_written_and_a_bad_directory_is_an_error);
    tcase_add_test(tests, the_timeline_stays_bounded_and_covers_the_run);
    tcase_add_test(tests, neighbours_of_one_account_are_one_slice);
    suite_add_tcase(suite, tests);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? 1 : 0;
}
