/* SPDX-License-Identifier: Apache-2.0 */
/* Reports are complete and well formed, agree with themselves, and say so when the counters do not. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "stats/metrics.h"
#include "stats/recipe.h"
#include "stats/report_parts.h"
#include "stats/results.h"
#include "tests/support/suite.h"

static struct report r;

/* The first account is two processes' work, 100 instructions of it the second one's. */
static void tell_processes(void)
{
    r.processes = calloc(3, sizeof *r.processes);
    r.processes[0] = r.processes[1] = r.accounts[0];
    r.processes[0].pid = 1;
    r.processes[0].counters.completed -= 100;
    r.processes[1].pid = 9;
    r.processes[1].counters = (struct counters){.completed = 100};
    r.processes[1].walks = (struct walk_tally){0};
    r.processes[2] = r.accounts[1];
    r.process_count = 3;
}

static void fill(void)
{
    r = (struct report){.version = "1.2.3 <test>",
                        .commit = "commit 0123456789ab",
                        .end = "the guest powered off",
                        .core_mhz = 2400,
                        .model = REPORT_MMU,
                        .look_up_cycles = 20,
                        .cycles = 2400000};
    r.completed = 1000;
    r.options = calloc(5, sizeof *r.options);
    r.options[r.option_count++] =
        (struct report_option){"tlb_entries", "entries", "16..65536", "CONFIRMED", "a dump", "Entries \"of\" the TLB",
                               "1024",        "1024",    true,        1024,        NULL,     NULL};
    r.options[r.option_count++] = (struct report_option){
        "model", "", "none|mmu", "ASSUMED", "nobody", "How much", "mmu", "\"mmu\"", false, 0, NULL, NULL};
    r.options[r.option_count++] = (struct report_option){"tlb_hit_cycles",  "cycles",      "any", "ASSUMED", "nobody",
                                                         "Cycles of a hit", "20",          "20",  true,      20,
                                                         "10|40",           "twice & half"};
    r.options[r.option_count++] = (struct report_option){
        "pwc_ways", "ways", "any", "SET", "--set pwc_ways", "Ways", "8", "8", true, 8, NULL, NULL};
    r.threads = calloc(1, sizeof *r.threads);
    r.threads[r.thread_count++] =
        (struct report_thread){.pir = 4, .completed = 1000, .cycles = 2000, .idle_cycles = 10};
    r.partitions = calloc(2, sizeof *r.partitions);
    r.partitions[r.partition_count++] =
        (struct report_partition){.parent = -1, .last_cycle = 2000, .what = "Linux 6.1"};
    r.partitions[r.partition_count++] =
        (struct report_partition){.level = 1, .lpid = 7, .first_cycle = 5, .last_cycle = 900, .entries = 3, .what = ""};
    r.accounts = calloc(2, sizeof *r.accounts);
    r.accounts[r.account_count++] = (struct report_account){.parent = -1, .state = "hypervisor", .pid = -1, .pids = 2};
    r.accounts[r.account_count++] = (struct report_account){.partition = 1, .level = 1, .lpid = 7, .state = "os"};
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
    r.has_hot = true;
    r.hot_pages.all.walks = r.hot_code.all.walks = 2;
    r.hot_code.distinct = r.hot_code.count = 1;
    r.hot_code.row[0] = (struct report_hot_row){
        .state = "hypervisor", .what = {.address = 0xc000000000001234, .walks = 2}, .name = "<copy>+0x4"};
    r.hot_pages.distinct = 2;
    r.hot_pages.other.walks = 1;
    r.hot_pages.count = 1;
    r.hot_pages.row[0] =
        (struct report_hot_row){.level = 1,
                                .lpid = 7,
                                .state = "os",
                                .what = {.address = 0x200000, .lpid = 9, .pid = 4, .shift = 21, .walks = 1}};
    r.what_if = calloc(1, sizeof *r.what_if);
    r.what_if[r.what_if_count++] = (struct report_what_if){.setting = "tlb_entries=256"};
    tell_processes();
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

static bool has(const struct emit *e, const char *text)
{
    return strstr(e->bytes, text) != NULL;
}

/* The three documents of a run with this model. */
static struct documents {
    struct emit text, json, html;
} documents_of(enum report_model model)
{
    struct documents d = {0};

    r.model = model;
    report_text(&r, &d.text);
    report_json(&r, &d.json);
    report_html(&r, &d.html);
    return d;
}

static void forget(struct documents *d)
{
    emit_free(&d->text);
    emit_free(&d->json);
    emit_free(&d->html);
}

static bool is_in_all(const struct documents *d, const char *text)
{
    return has(&d->text, text) && has(&d->json, text) && has(&d->html, text);
}

static bool is_in_none(const struct documents *d, const char *text)
{
    return !has(&d->text, text) && !has(&d->json, text) && !has(&d->html, text);
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
    ck_assert_uint_eq(report_check(&r, count_failures, &said).failed,
                      5); /* account, total, sum over accounts, both of processes */
    ck_assert_uint_eq(said, 5);
    report_json(&r, &e);
    ck_assert_ptr_nonnull(strstr(e.bytes, "tlb_access = tlb_hit + tlb_miss (total)"));
    emit_free(&e);
}
END_TEST

/* The host's two walks of three reads each, under the model core: of 1200 cycles 200 are idle, 300 went to loads from
 * memory, 150 to translation (100 of them to walks) and 400 to nothing that could be translated or read. */
static void run_under_core(void)
{
    struct counters *n = &r.accounts[0].counters;

    r.model = REPORT_CORE;
    r.process_count = 0;
    n->idle_cycles = 200;
    n->cpi_completed = 400;
    n->cpi_stall_dmiss_lmem = 300;
    n->cpi_stall_erat_miss = 100;
    n->cpi_noslot_translation = 50;
    n->cpi_noslot_br_mpred = 150;
    n->translation_cycles = 600;
    n->translation_exposed = 150;
    n->walk_exposed = 100;
    n->walk_cycles = r.hot_pages.all.cycles = r.hot_code.all.cycles = 500;
    n->walk_reads = r.hot_pages.all.reads = r.hot_code.all.reads = 6;
    n->walk_reads_l2 = 3;
    n->walk_reads_l3 = 1;
    n->walk_reads_memory = 2;
    n->l1d_miss = 12;
    n->data_from_l2 = 9;
    n->data_from_memory = 3;
    n->l1i_miss = 4;
    n->fetch_from_l3 = 4;
    r.caches[0] = (struct report_cache){"L2", 4096, 400, 30};
    r.caches[1] = (struct report_cache){"L3", 81920, 0, 0};
    n->branch_mispredicted = 6;
    n->branch_target_wrong = 2;
    r.accounts[0].walks = (struct walk_tally){.partition_table = {[WALK_FROM_STORAGE] = 1},
                                              .group = {2},
                                              .partition_table_cycles = 200,
                                              .group_cycles = 100,
                                              .length = {[3] = 2},
                                              .partition_table_served = {[WALK_SERVED_MEMORY] = 1},
                                              .group_served = {[WALK_SERVED_MEMORY] = 1, [WALK_SERVED_L2] = 1}};
    r.accounts[0].walks.reads[WALK_FROM_STORAGE][1][0] = 3;
    r.accounts[0].walks.cycles[1][0] = 200;
    r.accounts[0].walks.served[WALK_SERVED_L2][1][0] = 2;
    r.accounts[0].walks.served[WALK_SERVED_L3][1][0] = 1;
    r.accounts[1].counters.cpi_completed = r.accounts[1].counters.cycles;
    r.regions[0].level_count = 1;
    r.regions[0].levels = calloc(1, sizeof *r.regions[0].levels);
    r.regions[0].counters = r.regions[0].levels[0].counters = *n;
    r.regions[0].walks = r.regions[0].levels[0].walks = r.accounts[0].walks;
}

/* So many relations fail if this figure of the first account is one more. */
static unsigned failed_with_one_more(u64 *figure)
{
    unsigned failed;

    ++*figure;
    failed = report_check(&r, NULL, NULL).failed;
    --*figure;
    return failed;
}

START_TEST(what_the_model_core_counts_must_add_up)
{
    struct counters *n = &r.accounts[0].counters;
    struct walk_tally *w = &r.accounts[0].walks;

    run_under_core();
    ck_assert_uint_eq(report_check(&r, NULL, NULL).failed, 0);
    ck_assert_uint_eq(failed_with_one_more(&n->cpi_stall_lhs), 2);
    ck_assert_uint_eq(failed_with_one_more(&n->data_from_other), 2);
    ck_assert_uint_eq(failed_with_one_more(&n->l1d_miss), 2);
    ck_assert_uint_eq(failed_with_one_more(&n->fetch_from_l2), 2);
    ck_assert_uint_eq(failed_with_one_more(&n->walk_reads_other), 2);
    ck_assert_uint_eq(failed_with_one_more(&w->served[WALK_SERVED_L3][5][4]), 2);
    ck_assert_uint_eq(failed_with_one_more(&w->group_served[WALK_SERVED_OTHER]), 2);
    ck_assert_uint_eq(failed_with_one_more(&w->partition_table_served[WALK_SERVED_L2]), 2);
    n->walk_exposed = n->translation_exposed;
    ck_assert_uint_eq(failed_with_one_more(&n->walk_exposed), 2);
    n->translation_exposed = n->walk_exposed = n->translation_cycles = 700;
    ck_assert_uint_eq(report_check(&r, NULL, NULL).failed, 0);
    ck_assert_uint_eq(failed_with_one_more(&n->walk_exposed), 2);
    ck_assert_uint_eq(failed_with_one_more(&n->translation_exposed), 2);
    n->branch_target_wrong = n->branch_mispredicted;
    ck_assert_uint_eq(failed_with_one_more(&n->branch_target_wrong), 2);
}
END_TEST

START_TEST(of_a_run_that_was_timed_in_part_the_stack_is_a_part)
{
    struct counters *n = &r.accounts[0].counters;
    struct documents d;

    run_under_core();
    r.partly_timed = true;
    n->cpi_noslot_br_mpred = 50; /* 100 cycles less */
    r.accounts[1].counters.cpi_completed = 0;
    ck_assert_uint_eq(report_check(&r, NULL, NULL).failed, 0);
    d = documents_of(REPORT_CORE); /* 900 of 1800 */
    ck_assert(has(&d.text, "# The model core timed 50.00% of the cycles"));
    ck_assert(has(&d.text, "#          44.44%           44.44%            0.00%  Completing\n"));
    ck_assert(has(&d.html, "timed 50.00&#8239;% of the cycles"));
    forget(&d);
    n->cpi_noslot_br_mpred = 151;
    ck_assert_uint_eq(report_check(&r, NULL, NULL).failed, 2);
    n->cpi_noslot_br_mpred = 150;
    n->walk_reads_l2 += 100, r.accounts[0].walks.served[WALK_SERVED_L2][1][0] += 100;
    ck_assert_uint_eq(report_check(&r, NULL, NULL).failed, 2);
}
END_TEST

/* 40 windows of 1000 instructions: an instruction takes 2 cycles, in one of four windows a walk is exposed. */
static void fill_cell(struct sample_cell *cell, unsigned windows)
{
    for (unsigned k = 0; k < windows; k++) {
        cell->part.instructions = 1000;
        cell->part.sum[SAMPLE_cycles_per_instruction] = k % 2 ? 1900 : 2100;
        cell->part.sum[SAMPLE_walk_exposed_per_1000] = k % 4 ? 0 : 100;
        sample_end_window(cell);
    }
    cell->instructions = 50000000;
}

static void sample_run(void)
{
    run_under_core();
    r.partly_timed = true;
    r.sampling.period = 1250000, r.sampling.warm_up = 2000, r.sampling.window = 1000;
    r.sampling.account = calloc(r.account_count, sizeof *r.sampling.account);
    r.sampling.region = calloc(r.region_count, sizeof *r.sampling.region);
    ck_assert(r.sampling.account && r.sampling.region);
    fill_cell(&r.sampling.total, 40);
    fill_cell(&r.sampling.level[0], 29);
    fill_cell(&r.sampling.account[0], 40);
}

/* A line of stats.txt with this name and value. */
static bool tells(const struct documents *d, const char *name, const char *value)
{
    char line[128];

    snprintf(line, sizeof line, "\n%-44s %20s #", name, value);
    return has(&d->text, line);
}

/* The mean of 1900 and 2100 in turn is 2000, s = 100 sqrt(40 / 39), so that of the mean is 100 / sqrt(39), times
 * t(39) = 2.02269: 32.389 cycles of 1000 instructions. */
START_TEST(a_sampled_run_tells_estimates_and_how_sure_they_are)
{
    struct documents d;

    sample_run();
    d = documents_of(REPORT_CORE);
    ck_assert(has(&d.text, "# Sampled: in each 1250000 instructions of all threads 2000 to warm up and 1000 measured"));
    ck_assert(has(&d.text, "2.0000 +-  0.0324"));
    ck_assert(tells(&d, "sampling.windows", "40"));
    ck_assert(tells(&d, "sampling.instructions", "50000000"));
    ck_assert(tells(&d, "sampling.cycles", "100000000.000000"));
    ck_assert(tells(&d, "sampling.cycles.half", "1619448.807072"));
    ck_assert(tells(&d, "sampling.cycles_per_instruction", "2.000000"));
    ck_assert(tells(&d, "sampling.cycles_per_instruction.half", "0.032389"));
    ck_assert(has(&d.json, "\"cycles_per_instruction\": {\"value\": 2.000000, \"half\": 0.032389}"));
    ck_assert(has(&d.html, "<td>2.0000 <small>&#177;&#8239;0.0324</small></td>"));
    forget(&d);
}
END_TEST

START_TEST(a_sampled_run_says_where_windows_are_too_few)
{
    struct documents d;

    sample_run();
    d = documents_of(REPORT_CORE);
    ck_assert(tells(&d, "sampling.level0.cycles_per_instruction", "2.003448"));
    ck_assert(!has(&d.text, "\nsampling.level0.cycles_per_instruction.half"));
    ck_assert(tells(&d, "sampling.walk_exposed_per_1000", "25.000000"));
    ck_assert(!has(&d.text, "\nsampling.walk_exposed_per_1000.half")); /* ten windows had any */
    ck_assert(has(&d.text, "2.0034        few"));
    ck_assert(has(&d.json, "\"walk_exposed_per_1000\": {\"value\": 25.000000, \"half\": null}"));
    ck_assert(has(&d.html, "<td>2.0034 <small>few windows</small></td>"));
    forget(&d);
}
END_TEST

/* What was counted in windows alone is divided by nothing that was counted all the time. */
START_TEST(a_sampled_run_has_no_rates_of_windows_over_all)
{
    struct documents d;

    sample_run();
    d = documents_of(REPORT_CORE);
    for (unsigned m = 0; m < METRICS; m++) {
        char name[64];
        snprintf(name, sizeof name, "\n%s ", metric_rows[m].name);
        if (!metric_is_of(m, METRICS_OF_SAMPLED)) ck_assert_msg(!has(&d.text, name), "%s", metric_rows[m].name);
    }
    ck_assert(!metric_is_of(METRIC_l1d_miss_per_1000, METRICS_OF_SAMPLED));
    ck_assert(!metric_is_of(METRIC_cycles_per_walk, METRICS_OF_SAMPLED));
    ck_assert(metric_is_of(METRIC_cpi_lsu_share, METRICS_OF_SAMPLED));
    forget(&d);
    r.sampling.period = 0; /* the same run, timed throughout */
    d = documents_of(REPORT_CORE);
    ck_assert(!has(&d.text, "sampling.") && !has(&d.json, "\"sampling\"") && !has(&d.html, "id=sampling"));
    forget(&d);
}
END_TEST

START_TEST(what_the_model_core_counts_must_add_up_in_regions_too)
{
    run_under_core();
    r.regions[0].counters.cpi_stall_lhs++;
    ck_assert_uint_eq(report_check(&r, NULL, NULL).failed, 1);
    r.regions[0].levels[0].walks.served[WALK_SERVED_L2][1][0]++;
    ck_assert_uint_eq(report_check(&r, NULL, NULL).failed, 2);
}
END_TEST

START_TEST(reads_of_walks_are_served_but_for_those_under_way)
{
    u64 *reads = &r.accounts[0].counters.walk_reads, *of_plane = &r.accounts[0].walks.reads[WALK_FROM_STORAGE][1][0];

    run_under_core();
    *reads += 64, *of_plane += 64; /* begun by one thread's instruction, at both ends */
    r.hot_pages.all.reads = r.hot_code.all.reads = *reads;
    ck_assert_uint_eq(report_check(&r, NULL, NULL).failed, 0);
    ++*reads, ++*of_plane;
    r.hot_pages.all.reads = r.hot_code.all.reads = *reads;
    ck_assert_uint_eq(report_check(&r, NULL, NULL).failed, 2);
}
END_TEST

START_TEST(free_walks_are_served_nowhere)
{
    struct counters *n = &r.accounts[0].counters;

    run_under_core();
    r.walks_are_free = true;
    ck_assert_uint_eq(report_check(&r, NULL, NULL).failed, 4); /* account, its level; the region, its level */
    r.regions[0].counters = r.regions[0].levels[0].counters = (struct counters){0};
    r.regions[0].walks = r.regions[0].levels[0].walks = (struct walk_tally){0};
    n->walk_reads_l2 = n->walk_reads_l3 = n->walk_reads_memory = 0;
    memset(r.accounts[0].walks.served, 0, sizeof r.accounts[0].walks.served);
    memset(r.accounts[0].walks.group_served, 0, sizeof r.accounts[0].walks.group_served);
    memset(r.accounts[0].walks.partition_table_served, 0, sizeof r.accounts[0].walks.partition_table_served);
    ck_assert_uint_eq(report_check(&r, NULL, NULL).failed, 0);
}
END_TEST

START_TEST(only_exposed_translation_must_fit_into_the_cycles_of_the_model_core)
{
    struct counters *n = &r.accounts[0].counters;

    run_under_core();
    n->tlb_access = n->derat_miss = 5000; /* look-ups of 20 cycles each, all of them hidden */
    n->tlb_hit = n->tlb_access - n->tlb_miss;
    n->translation_cycles = 100000;
    ck_assert_uint_eq(report_check(&r, NULL, NULL).failed, 0);
    r.model = REPORT_MMU;
    ck_assert_uint_eq(report_check(&r, NULL, NULL).failed, 1);
}
END_TEST

START_TEST(a_tree_that_is_none_is_reported)
{
    unsigned said = 0;

    r.partitions[1].level = 2;
    ck_assert_uint_eq(report_check(&r, count_failures, &said).failed, 2); /* the partition, its account */
    r.partitions[1].level = 1;
    r.partitions[1].parent = 1;
    ck_assert_uint_ge(report_check(&r, count_failures, &said).failed, 1);
    r.partitions[1].parent = 0;
    r.accounts[1].partition = 2;
    ck_assert_uint_ge(report_check(&r, count_failures, &said).failed, 1);
}
END_TEST

START_TEST(processes_that_do_not_add_up_to_their_account_are_reported)
{
    unsigned said = 0;

    r.processes[1].counters.loads++;
    ck_assert_uint_eq(report_check(&r, count_failures, &said).failed, 1);
    r.processes[1].counters.loads--;
    r.processes[0].walks.length[1]++;
    ck_assert_uint_eq(report_check(&r, count_failures, &said).failed, 1);
    r.processes[0].walks.length[1]--;
    ck_assert_uint_eq(report_check(&r, count_failures, &said).failed, 0);
    r.process_count--;
    ck_assert_uint_ge(report_check(&r, count_failures, &said).failed, 1);
}
END_TEST

START_TEST(who_ran_is_in_every_document)
{
    struct emit text = {0}, json = {0}, html = {0};

    report_text(&r, &text);
    report_json(&r, &json);
    report_html(&r, &html);
    ck_assert_ptr_nonnull(strstr(text.bytes, "Linux 6.1\n"));
    ck_assert_ptr_nonnull(strstr(text.bytes, "level0.lpid0.hypervisor.pid9.completed"));
    ck_assert_ptr_nonnull(strstr(text.bytes, "partition1.parent"));
    ck_assert_ptr_nonnull(strstr(json.bytes, "\"id\": 1, \"level\": 1, \"lpid\": 7, \"parent\": 0, \"what\": null"));
    ck_assert_ptr_nonnull(strstr(json.bytes, "\"state\": \"hypervisor\", \"pid\": 9"));
    ck_assert_ptr_nonnull(strstr(html.bytes, "The tree of partitions"));
    ck_assert_ptr_nonnull(strstr(html.bytes, "L0, LPID 0"));
    emit_free(&text);
    emit_free(&json);
    emit_free(&html);
}
END_TEST

START_TEST(an_lpid_that_was_two_partitions_has_two_names)
{
    struct report_account a = {.partition = 1, .level = 1, .lpid = 7, .state = "os"};
    char name[64];

    report_account_name(&r, &a, name, sizeof name);
    ck_assert_str_eq(name, "level1.lpid7.os.");
    r.partitions[0] = r.partitions[1];
    report_account_name(&r, &a, name, sizeof name);
    ck_assert_str_eq(name, "level1.lpid7.partition1.os.");
}
END_TEST

/* One kind of exit that agrees with itself, and a fault of each level that has one. */
static void fill_exits(void)
{
    struct report_exit *x = &r.exits[0];

    *x = (struct report_exit){.level = 2,
                              .handled_by = 1,
                              .reason = "HDSI",
                              .symbol = "H_DATA_STORAGE",
                              .text = "a fault <b>",
                              .count = 3,
                              .open = 1,
                              .cycles = 400,
                              .least = 100,
                              .most = 150,
                              .first_leg_cycles = 200,
                              .cost = {.cycles = {250, 140}, .idle_cycles = 10},
                              .after = {7, 5, 1},
                              .misses_after = 7,
                              .after_instructions = 2000};
    r.switches = (struct report_switches){.entries = 5, .exits = 4, .inside = 1, .first_entries = 2, .window = 1000};
    r.nested = calloc(EXIT_LEVELS, sizeof *r.nested);
    r.nested_count = EXIT_LEVELS;
    r.nested[2].data = 4;
    r.nested[2].parent_had = 4321;
}

START_TEST(exits_and_faults_of_guests_are_in_every_document)
{
    struct emit text = {0}, json = {0}, html = {0};

    fill_exits();
    report_text(&r, &text);
    report_json(&r, &json);
    report_html(&r, &html);
    ck_assert(is_balanced_json(json.bytes));
    ck_assert_ptr_nonnull(strstr(text.bytes, "exit.level2.HDSI.by1.hypervisor_cycles"));
    ck_assert_ptr_nonnull(strstr(text.bytes, "# HDSI                       L1"));
    ck_assert_ptr_nonnull(strstr(text.bytes, "nested.level2.parent_had "));
    ck_assert_ptr_nonnull(strstr(json.bytes, "\"hypervisor_cycles\": 390"));
    ck_assert_ptr_nonnull(strstr(json.bytes, "\"perf\": \"H_DATA_STORAGE\""));
    ck_assert_ptr_nonnull(strstr(json.bytes, "\"parent_had\": 4321"));
    ck_assert_ptr_nonnull(strstr(html.bytes, "title=\"a fault &#60;b&#62;\">HDSI</th><td>L1</td>"));
    ck_assert_ptr_nonnull(strstr(html.bytes, "<h2 id=nested>"));
    ck_assert_ptr_nonnull(strstr(html.bytes, "<a href=\"#nested\">"));
    emit_free(&text);
    emit_free(&json);
    emit_free(&html);
}
END_TEST

START_TEST(exits_that_do_not_add_up_are_reported)
{
    unsigned before = report_check(&r, NULL, NULL).failed;

    fill_exits();
    ck_assert_uint_eq(report_check(&r, NULL, NULL).failed, before);
    r.exits[0].cost.cycles[1]++;
    ck_assert_uint_eq(report_check(&r, NULL, NULL).failed, before + 1);
    r.exits[0].open++;
    ck_assert_uint_eq(report_check(&r, NULL, NULL).failed, before + 2);
    r.switches.first_entries++;
    ck_assert_uint_eq(report_check(&r, NULL, NULL).failed, before + 3);
    r.exits[0].first_leg_cycles = 1ULL << 40;
    ck_assert_uint_eq(report_check(&r, NULL, NULL).failed, before + 4);
    r.switches.disagreeing = 1;
    ck_assert_uint_eq(report_check(&r, NULL, NULL).failed, before + 5);
}
END_TEST

START_TEST(every_counter_is_in_every_document)
{
    struct documents d = documents_of(REPORT_CORE);

    EACH_COUNTER(row) {
        ck_assert_msg(is_in_all(&d, row->name), "%s", row->name);
        ck_assert_msg(has(&d.json, row->event), "%s", row->event);
    }
    ck_assert(is_balanced_json(d.json.bytes));
    ck_assert(has(&d.json, "\"tlb_entries\": {\"value\": 1024, \"source\": \"CONFIRMED\""));
    ck_assert(has(&d.json, "\"parent\": null"));
    forget(&d);
}
END_TEST

START_TEST(what_only_the_model_core_counts_is_in_no_other_report)
{
    for (enum report_model model = REPORT_NONE; model <= REPORT_MMU; model++) {
        struct documents d = documents_of(model);

        EACH_COUNTER(row) {
            char name[64];
            snprintf(name, sizeof name, "\n%s ", row->name);
            ck_assert_msg(has(&d.text, name) != row->of_core, "%s", row->name);
            ck_assert_msg(has(&d.json, row->event) != row->of_core, "%s", row->event);
        }
        ck_assert(is_in_none(&d, "cpi_"));
        ck_assert(is_in_none(&d, "PM_CMPLU_STALL"));
        ck_assert(is_in_none(&d, "\"served\""));
        forget(&d);
    }
}
END_TEST

/* Is a row of metrics.def, with its value, in the three documents? */
static void look_for_rate(const struct documents *d, unsigned m)
{
    const struct metric_row *row = &metric_rows[m];
    struct emit escaped = {0};
    struct counters total = report_total(&r);
    char line[128];
    double value;

    emit_escaped(&escaped, row->text);
    ck_assert_msg(has(&d->html, escaped.bytes) && has(&d->html, row->name), "html: %s", row->name);
    emit_free(&escaped);
    ck_assert_msg(has(&d->json, row->text), "json: %s", row->text);
    if (metric_value(m, &total, r.look_up_cycles, &value)) {
        snprintf(line, sizeof line, "\n%-44s %20.6f # ", row->name, value);
        ck_assert_msg(has(&d->text, line), "text: %s", row->name);
        ck_assert_msg(has(&d->text, row->text), "text, for people: %s", row->text);
        snprintf(line, sizeof line, "\"%s\": %.6f", row->name, value);
    } else {
        snprintf(line, sizeof line, "\"%s\": null", row->name);
    }
    ck_assert_msg(has(&d->json, line), "json: %s", line);
}

START_TEST(every_rate_of_a_model_is_in_every_document_of_it_and_no_other)
{
    r.accounts[1].counters = (struct counters){.completed = 400, .cycles = 800};
    for (enum report_model model = REPORT_NONE; model <= REPORT_CORE; model++) {
        struct documents d = documents_of(model);

        for (unsigned m = 0; m < METRICS; m++) {
            char name[64], member[64];
            snprintf(name, sizeof name, "\n%s ", metric_rows[m].name);
            snprintf(member, sizeof member, "\"%s\": {\"unit\"", metric_rows[m].name);
            if (metric_is_of(m, model)) look_for_rate(&d, m);
            else ck_assert_msg(!has(&d.text, name) && !has(&d.json, member), "%s", metric_rows[m].name);
        }
        forget(&d);
    }
}
END_TEST

START_TEST(top_pages_and_code_are_in_every_document)
{
    struct emit text = {0}, json = {0}, html = {0};

    report_text(&r, &text);
    report_json(&r, &json);
    report_html(&r, &html);
    ck_assert(has(&text, "# Top pages by walk cycles: 1 of 2\n"));
    ck_assert(has(&text, "0x0000000000200000 2M    data  L1 LPID 7 os PID 4, of LPID 9\n"));
    ck_assert(has(&text, "0xc000000000001234 data  L0 LPID 0 hypervisor  <copy>+0x4\n"));
    ck_assert(has(&text, "  all others\n"));
    ck_assert(has(&json, "\"exact\": false"));
    ck_assert(!has(&text, "error") && !has(&html, "Could be more by"));
    ck_assert(has(&json, "\"hot\": {"));
    ck_assert(has(&json, "\"address\": \"0x0000000000200000\", \"symbol\": null"));
    ck_assert(has(&json, "\"symbol\": \"<copy>+0x4\""));
    ck_assert(has(&html, "<code>0xc000000000001234</code> <span class=name>&#60;copy&#62;+0x4</span>"));
    ck_assert(has(&html, "page of LPID 9"));
    ck_assert_uint_eq(report_check(&r, NULL, NULL).failed, 0);
    r.hot_code.all.walks++;
    ck_assert_uint_eq(report_check(&r, NULL, NULL).failed, 1);
    emit_free(&text);
    emit_free(&json);
    emit_free(&html);
}
END_TEST

START_TEST(a_table_of_pages_that_is_not_exact_says_how_much_more_it_could_be_and_a_flat_one_is_not_shown)
{
    struct hot_row *row = &r.hot_pages.row[0].what;
    struct emit text = {0}, json = {0}, html = {0};

    r.hot_pages.taken = 3;
    r.hot_pages.all.cycles = 1000;
    row->cycles = 100;
    row->error = 37;
    report_text(&r, &text);
    report_json(&r, &json);
    report_html(&r, &html);
    ck_assert(has(&text, "# Top pages by walk cycles: 1 of more than 2\n# cycles, least        error"));
    ck_assert(has(&text, "#          100           37  10.00%"));
    ck_assert(has(&json, "\"cycles\": 100, \"cycles_error\": 37"));
    ck_assert(has(&html, "Could be more by") && has(&html, "<td>37</td><td>10.00"));
    emit_free(&text);
    emit_free(&html);
    row->cycles = 99;
    report_text(&r, &text);
    report_html(&r, &html);
    ck_assert(has(
        &text, "# Top pages by walk cycles: no table, for no few of them stand out: the first 1 certainly have 9.90%"));
    ck_assert(has(&html, "No table: no few pages stand out.") && !has(&html, "0x0000000000200000"));
    emit_free(&text);
    emit_free(&json);
    emit_free(&html);
}
END_TEST

START_TEST(the_cpi_stack_and_what_translation_cost_are_told_of_the_model_core)
{
    struct documents d;

    run_under_core();
    d = documents_of(REPORT_CORE);
    ck_assert(is_balanced_json(d.json.bytes));
    /* Of the host's 1000 cycles and the guest's 800: in all, the host, the guest. */
    ck_assert(has(&d.text, "#          66.67%           40.00%          100.00%  Completing\n"));
    ck_assert(has(&d.text,
                  "#          16.67%           30.00%            0.00%    PM_CMPLU_STALL_DMISS_LMEM: the oldest is"));
    ck_assert(has(&d.text, "# These figures lean on ASSUMED values of the model:\n#   tlb_hit_cycles=20\n"));
    ck_assert(has(&d.json, "\"counter\": \"cpi_stall_lhs\", \"branch\": \"Loads and stores\""));
    ck_assert(has(&d.json, "\"served\": {\"l2\": {\"reads\": [[0, 0, 0, 0, 0], [2, 0, 0, 0, 0]"));
    ck_assert(has(&d.json, "\"partition_table\": 1, \"hash_groups\": 1"));
    ck_assert(has(&d.html, "aria-label=\"Level 0: Completing 40.00 percent; Nothing to complete 20.00 percent; "
                           "Loads and stores 40.00 percent;\""));
    ck_assert(has(&d.html, "PM_CMPLU_STALL_DMISS_LMEM <span class=name>the oldest is a load from memory</span></th>"
                           "<td class=meter>30.00&#8239;% <small>0.5000</small>"));
    ck_assert(!has(&d.html, "PM_CMPLU_STALL_LHS <span"));
    ck_assert(has(&d.html,
                  "aria-label=\"Level 0: Exposed: walks 16.67 percent; Exposed: look-ups, waiting for a walker "
                  "8.33 percent; Overlapped with other work 75.00 percent;\""));
    ck_assert(has(&d.text, "cache.L2.tables "));
    ck_assert(has(&d.text, "Of these, lines of which walks read table entries: 7.50%"));
    ck_assert(has(&d.json, "\"name\": \"L2\", \"lines\": 4096, \"held\": 400, \"tables\": 30}"));
    ck_assert(has(&d.html, "<td>400</td><td class=meter>30<span class=bar aria-hidden=true "
                           "style=\"width:7.5%\"></span></td><td>7.50&#8239;%</td>"));
    ck_assert(has(&d.html, "<b>3</b><small>200 cycles</small><small>L2 2</small><small>L3 1</small></td>"));
    ck_assert(has(&d.html, "took 250.00 cycles on average, of which completion waited for 50.00."));
    forget(&d);
}
END_TEST

START_TEST(prices_of_the_model_mmu_decide_nothing_under_core)
{
    struct report_option charged = {.name = "walk_read_cycles", .text = "What a read costs"};
    struct report_option of_core = {.name = "l3_cycles", .text = "Model core: load to use"};
    struct report_option instruction = {.name = "base_cpi", .text = "What one takes"};
    struct report_option look_up = {.name = "tlb_hit_cycles", .text = "A look-up"};

    r.model = REPORT_MMU;
    ck_assert_uint_eq(report_lean_of(&r, &charged), LEAN_CYCLES);
    ck_assert_uint_eq(report_lean_of(&r, &of_core), 0);
    ck_assert_uint_eq(report_lean_of(&r, &look_up), LEAN_CYCLES);
    ck_assert_uint_eq(report_lean_of(&r, &instruction), LEAN_CYCLES);
    r.model = REPORT_CORE;
    ck_assert_uint_eq(report_lean_of(&r, &instruction), 0);
    ck_assert_uint_eq(report_lean_of(&r, &charged), 0);
    ck_assert_uint_eq(report_lean_of(&r, &of_core), LEAN_CYCLES);
    ck_assert_uint_eq(report_lean_of(&r, &look_up), LEAN_CYCLES);
    r.model = REPORT_NONE;
    ck_assert_uint_eq(report_lean_of(&r, &look_up), 0);
    ck_assert_uint_eq(report_lean_of(&r, &instruction), LEAN_CYCLES);
}
END_TEST

START_TEST(rates_are_the_quotients_that_their_names_say)
{
    const struct counters c = {.completed = 2000,
                               .cycles = 10000,
                               .idle_cycles = 2000,
                               .loads = 100,
                               .stores = 50,
                               .derat_access_extra = 50,
                               .derat_miss = 40,
                               .ierat_miss = 10,
                               .tlb_access = 50,
                               .tlb_hit = 30,
                               .tlb_miss = 20,
                               .walks = 20,
                               .walk_reads = 60,
                               .walk_reads_pwc = 40,
                               .walk_cycles = 1000,
                               .cpi_completed = 4000, /* 8000 in all, the busy cycles */
                               .cpi_noslot_flush = 300,
                               .cpi_noslot_fetch = 500,
                               .cpi_stall_bru = 400,
                               .cpi_stall_erat_miss = 2400,
                               .cpi_stall_lwsync = 80,
                               .cpi_stall_exception = 320,
                               .translation_cycles = 3200,
                               .translation_exposed = 2400,
                               .walk_exposed = 800,
                               .walk_reads_l2 = 30,
                               .walk_reads_l3 = 15,
                               .walk_reads_other = 9,
                               .walk_reads_memory = 6,
                               .branches = 500,
                               .branch_mispredicted = 10,
                               .l1d_miss = 60,
                               .l1i_miss = 4};
    static const struct {
        enum metric_index metric;
        double value;
    } expected[] = {{METRIC_cycles_per_instruction, 4},
                    {METRIC_translation_cycles_per_instruction, (1000 + 50 * 20) / 2000.0},
                    {METRIC_translation_share, 25},
                    {METRIC_walk_share, 12.5},
                    {METRIC_idle_share, 20},
                    {METRIC_erat_miss_per_1000, 25},
                    {METRIC_derat_miss_share, 20},
                    {METRIC_tlb_miss_per_1000, 10},
                    {METRIC_tlb_hit_share, 60},
                    {METRIC_walk_spared_share, 40},
                    {METRIC_entries_per_walk, 5},
                    {METRIC_reads_per_walk, 3},
                    {METRIC_cycles_per_walk, 50},
                    {METRIC_cpi_completed_share, 50},
                    {METRIC_cpi_noslot_share, 10},
                    {METRIC_cpi_exec_share, 5},
                    {METRIC_cpi_lsu_share, 30},
                    {METRIC_cpi_sync_share, 1},
                    {METRIC_cpi_other_share, 4},
                    {METRIC_translation_exposed_share, 30},
                    {METRIC_walk_exposed_share, 10},
                    {METRIC_translation_exposed_part, 75},
                    {METRIC_exposed_cycles_per_walk, 40},
                    {METRIC_exposed_cycles_per_tlb_miss, 120},
                    {METRIC_walk_reads_l2_share, 50},
                    {METRIC_walk_reads_l3_share, 25},
                    {METRIC_walk_reads_other_share, 15},
                    {METRIC_walk_reads_memory_share, 10},
                    {METRIC_branch_mispredicted_per_1000, 5},
                    {METRIC_branch_mispredicted_share, 2},
                    {METRIC_l1d_miss_per_1000, 30},
                    {METRIC_l1i_miss_per_1000, 2}};
    double value;

    for (unsigned k = 0; k < ARRAY_SIZE(expected); k++) {
        ck_assert(metric_value(expected[k].metric, &c, 20, &value));
        ck_assert_msg(value == expected[k].value, "%s: %f", metric_rows[expected[k].metric].name, value);
    }
    ck_assert(!metric_value(METRIC_killed_per_invalidation, &c, 20, &value));
}
END_TEST

/* A guest's walks: 3 of 2 reads each; the page's own partition-scoped level 3 twice from storage, once from the TLB. */
static void walk_a_guest(void)
{
    struct report_account *a = &r.accounts[1];

    r.process_count = 0;
    a->counters = (struct counters){.completed = 400,
                                    .cycles = 1000,
                                    .derat_miss = 3,
                                    .derat_miss_64k = 3,
                                    .dtlb_miss_64k = 3,
                                    .tlb_access = 3,
                                    .tlb_miss = 3,
                                    .dtlb_miss = 3,
                                    .walks = 3,
                                    .walk_reads = 6,
                                    .walk_reads_pwc = 1,
                                    .walk_cycles = 90};
    a->walks.reads[WALK_FROM_STORAGE][4][0] = 4;
    a->walks.cycles[4][0] = 60;
    a->walks.reads[WALK_FROM_STORAGE][5][3] = 2;
    a->walks.reads[WALK_FROM_TLB][5][3] = 1;
    a->walks.cycles[5][3] = 30;
    a->walks.length[2] = 3;
    a->walks.fault[1] = 7;
    r.fault_names[1] = "NO_<ENTRY>";
    r.has_hot = false;
}

START_TEST(the_plane_of_the_walk_is_drawn_with_its_numbers)
{
    struct emit e = {0};

    walk_a_guest();
    ck_assert_uint_eq(report_check(&r, NULL, NULL).failed, 0);
    report_html(&r, &e);
    ck_assert(has(&e,
                  "<tr><th scope=row>Process level 4</th><td class=\"heat h9\"><b>4</b><small>60 cycles</small></td>"
                  "<td class=\"heat h0\"><b>0</b></td>"));
    ck_assert(has(&e, "<td class=\"heat h7\"><b>2</b><small>30 cycles</small><small>TLB 1</small></td></tr>"));
    ck_assert(has(&e, "NO_&#60;ENTRY&#62;"));
    ck_assert(has(&e,
                  "Level 1: Instructions 85.00 percent; TLB look-ups 6.00 percent; Process-scoped reads 6.00 percent; "
                  "Partition-scoped reads 3.00 percent;\""));
    ck_assert(has(&e, "<th scope=row>Level 1, 64 KiB</th>"));
    emit_free(&e);
}
END_TEST

START_TEST(figures_name_the_assumptions_that_they_lean_on)
{
    struct emit e = {0};

    report_html(&r, &e);
    ck_assert(
        has(&e, "lean on ASSUMED values: <a href=\"#option-tlb_hit_cycles\">tlb_hit_cycles</a>&#8239;=&#8239;20"));
    ck_assert(has(&e, "Changed for this run: <a href=\"#option-pwc_ways\">pwc_ways</a>&#8239;=&#8239;8"));
    ck_assert(has(&e, "<tr id=\"option-tlb_hit_cycles\">") && has(&e, "<tr id=\"option-pwc_ways\">"));
    ck_assert(has(&e, "No value of the model that these figures lean on is marked ASSUMED. ")); /* misses by number */
    ck_assert(has(&e, "<td class=text title=\"twice &#38; half\">10|40</td>"));
    emit_free(&e);
    e = (struct emit){0};
    report_json(&r, &e);
    ck_assert(has(&e, "\"could_be\": \"10|40\""));
    emit_free(&e);
}
END_TEST

/* 256 and 4096 beside the run's 1024: three points in the order of their values; words have no curve. */
START_TEST(what_if_is_a_curve_for_numbers_and_a_table_for_all)
{
    struct emit e = {0};

    free(r.what_if);
    r.what_if = calloc(3, sizeof *r.what_if);
    r.what_if_count = 3;
    r.what_if[0] =
        (struct report_what_if){.setting = "tlb_entries=4096", .look_up_cycles = 20, .is_amount = true, .amount = 4096};
    r.what_if[1] =
        (struct report_what_if){.setting = "tlb_entries=256", .look_up_cycles = 20, .is_amount = true, .amount = 256};
    r.what_if[2] = (struct report_what_if){.setting = "model=none"};
    r.what_if[0].counters[0] = (struct counters){.tlb_access = 5, .tlb_hit = 4, .tlb_miss = 1};
    r.what_if[1].counters[0] = (struct counters){.tlb_access = 5, .tlb_miss = 5, .walk_cycles = 300};
    report_html(&r, &e);
    ck_assert(has(&e, "aria-label=\"TLB misses by tlb_entries: 256: 5; 1024 (this run): 2; 4096: 1;\""));
    ck_assert(has(&e, "aria-label=\"Translation cycles by tlb_entries: 256: 400; 1024 (this run): 100; 4096: 100;\""));
    ck_assert(has(&e, "<tr class=base><th scope=row>1024 (this run)</th>"));
    ck_assert(has(&e, "<td>+300.00&#8239;%</td>"));
    ck_assert(has(&e, "other values of model") && !has(&e, "by model:"));
    emit_free(&e);
}
END_TEST

START_TEST(many_regions_are_folded_but_there)
{
    struct emit e = {0};

    free(r.regions);
    r.region_count = 300;
    r.regions = calloc(r.region_count, sizeof *r.regions);
    for (unsigned k = 0; k < r.region_count; k++) r.regions[k] = (struct report_region){.tag = 1000 + k, .times = 1};
    report_html(&r, &e);
    ck_assert(has(&e, "<details><summary>300 regions</summary>"));
    ck_assert(has(&e, "<th scope=row>1299</th>"));
    emit_free(&e);
}
END_TEST

START_TEST(a_region_with_a_name_goes_by_it)
{
    struct emit text = {0}, json = {0}, html = {0};

    snprintf(r.regions[0].name, sizeof r.regions[0].name, "level2.chase-16m");
    r.regions[0].counters.completed = 77;
    report_text(&r, &text);
    report_json(&r, &json);
    report_html(&r, &html);
    ck_assert(has(&text, "\nregion.level2.chase-16m.completed ") && !has(&text, "\nregion3."));
    ck_assert(has(&json, "\"tag\": \"3\"") && has(&json, "\"name\": \"level2.chase-16m\""));
    ck_assert(has(&html, "<th scope=row>level2.chase-16m</th>"));
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

START_TEST(what_made_a_run_is_in_every_document_without_a_path)
{
    static const char digest[] = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    static const char *const arguments[] = {"p9sim", "run"};
    void (*const documents[])(const struct report *, struct emit *) = {report_text, report_json, report_html,
                                                                       report_config};
    struct recipe recipe = {.subcommand = "run"};

    ck_assert(recipe_image(&recipe, "kernel<", "@4", 471, digest, "/home/somebody/vmlinux") &&
              recipe_option(&recipe, "append", "<b>"));
    r.recipe = &recipe;
    for (unsigned k = 0; k < ARRAY_SIZE(documents); k++) {
        struct emit e = {0};

        documents[k](&r, &e);
        ck_assert(has(&e, digest) && has(&e, "471") && has(&e, "commit 0123456789ab") && has(&e, "@4"));
        if (documents[k] == report_html) ck_assert(has(&e, "kernel&#60;") && has(&e, "&#60;b&#62;"));
        ck_assert_int_eq(has(&e, "somebody"), documents[k] == report_json);
        emit_free(&e);
    }
    r.host = (struct report_host){
        .date = "2026-01-01T00:00:00Z", .arguments = arguments, .argument_count = 2, .out = "here"};
    struct emit json = {0};
    report_json(&r, &json);
    ck_assert(has(&json, "\"command\": [\"p9sim\", \"run\"]") && has(&json, "\"out\": \"here\"") &&
              has(&json, "\"date\": \"2026-01-01T00:00:00Z\"") &&
              has(&json, "\"paths\": [\"/home/somebody/vmlinux\"]"));
    emit_free(&json);
    recipe_free(&recipe);
    r.recipe = NULL;
}
END_TEST

START_TEST(only_the_member_host_tells_the_host)
{
    struct emit a = {0}, b = {0};

    report_html(&r, &a);
    report_text(&r, &a);
    report_timeline(&r, &a);
    r.host.seconds = 3.5;
    r.host.memory_bytes = 12345;
    report_html(&r, &b);
    report_text(&r, &b);
    report_timeline(&r, &b);
    ck_assert_str_eq(a.bytes, b.bytes);
    emit_free(&a);
    emit_free(&b);
}
END_TEST

/* Also where counters were reset on the way: 1000 instructions are counted, 7 millions were executed. */
START_TEST(the_speed_is_of_all_that_was_executed)
{
    struct emit json = {0};

    r.host.seconds = 2;
    r.host.completed = 7000000;
    report_json(&r, &json);
    ck_assert(has(&json, "\"mips\": 3.500"));
    emit_free(&json);
}
END_TEST

/* Guests' kernels that gave up, in the order in which they did. */
START_TEST(panics_of_guests_are_listed_with_their_level)
{
    static const struct report_panic panics[] = {
        {.level = 2, .is_told = true, .partition = 1, .lpid = 7, .cycle = 2400000000, .words = "sysrq \"crash\""},
        {.level = 1, .words = "early"}};
    struct emit json = {0};
    char told[64];

    r.core_mhz = 2400;
    r.panics = panics;
    r.panic_count = ARRAY_SIZE(panics);
    report_json(&r, &json);
    ck_assert(has(&json,
                  "\"level\": 2, \"level_is_exact\": true, \"partition\": 1, \"lpid\": 7, \"cycle\": 2400000000, "
                  "\"guest_seconds\": 1.000000000, \"text\": \"sysrq \\\"crash\\\"\""));
    ck_assert(has(&json, "\"level\": 1, \"level_is_exact\": false, \"partition\": null, \"lpid\": null, "));
    emit_free(&json);
    report_panic_tell(&panics[1], told, sizeof told);
    ck_assert_str_eq(told, "level 1 or deeper panicked: early");
}
END_TEST

static bool write_into(const char *dir)
{
    struct results to;
    bool ok = results_open(&to, dir) && report_write(&r, &to);

    results_close(&to);
    return ok;
}

START_TEST(the_files_are_written_and_a_bad_directory_is_an_error)
{
    static const char *const names[] = {"stats.txt", "stats.json", "report.html", "timeline.json", "config.txt"};
    char dir[] = "/tmp/p9_report_XXXXXX", path[100];

    ck_assert_ptr_nonnull(mkdtemp(dir));
    snprintf(path, sizeof path, "%s/a/b", dir);
    ck_assert(write_into(path));
    for (unsigned k = 0; k < ARRAY_SIZE(names); k++) {
        snprintf(path, sizeof path, "%s/a/b/%s", dir, names[k]);
        ck_assert_msg(!unlink(path), "%s", path);
    }
    ck_assert(!write_into("/proc/nothing"));
    ck_assert(!write_into("/dev/null"));
    ck_assert(!write_into(""));
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

START_TEST(a_burst_keeps_the_switches_behind_it_and_no_more)
{
    static struct timeline t, copy;

    timeline_switch(&t, &(struct timeline_switch){.cycle = 1}); /* before the first burst: only the overview shows it */
    ck_assert_uint_eq(t.switch_count, 0);
    for (unsigned b = 0; b < TIMELINE_BURSTS + 3; b++) {
        timeline_begin_burst(&t, "forgotten: nothing happens in it", b * 1000);
        timeline_begin_burst(&t, "here", b * 1000);
        for (u64 k = 0; k < (b == 1 ? 2 : TIMELINE_BURST + 5); k++)
            timeline_switch(&t, &(struct timeline_switch){.cycle = b * 1000 + k, .is_exit = k & 1, .reason = "x"});
    }
    ck_assert_uint_eq(t.burst_count, TIMELINE_BURSTS);
    ck_assert_uint_eq(t.burst[0].count, TIMELINE_BURST);
    ck_assert_str_eq(t.burst[0].name, "here");
    ck_assert_uint_eq(t.burst[1].count, 2); /* the next one ends it */
    ck_assert_uint_eq(t.switch_count, (TIMELINE_BURSTS - 1) * TIMELINE_BURST + 2);
    ck_assert(timeline_copy(&copy, &t));
    ck_assert_uint_eq(copy.switches[copy.burst[2].first].cycle, 2000);
    timeline_free(&t);
    timeline_free(&copy);
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

    tcase_add_checked_fixture(tests, fill, drop);
    tcase_add_test(tests, a_sound_report_passes_its_own_checks);
    tcase_add_test(tests, counters_that_contradict_each_other_are_reported);
    tcase_add_test(tests, exits_and_faults_of_guests_are_in_every_document);
    tcase_add_test(tests, exits_that_do_not_add_up_are_reported);
    tcase_add_test(tests, every_counter_is_in_every_document);
    tcase_add_test(tests, top_pages_and_code_are_in_every_document);
    tcase_add_test(tests,
                   a_table_of_pages_that_is_not_exact_says_how_much_more_it_could_be_and_a_flat_one_is_not_shown);
    tcase_add_test(tests, a_sampled_run_tells_estimates_and_how_sure_they_are);
    tcase_add_test(tests, a_sampled_run_says_where_windows_are_too_few);
    tcase_add_test(tests, a_sampled_run_has_no_rates_of_windows_over_all);
    tcase_add_test(tests, what_the_model_core_counts_must_add_up);
    tcase_add_test(tests, of_a_run_that_was_timed_in_part_the_stack_is_a_part);
    tcase_add_test(tests, what_the_model_core_counts_must_add_up_in_regions_too);
    tcase_add_test(tests, reads_of_walks_are_served_but_for_those_under_way);
    tcase_add_test(tests, free_walks_are_served_nowhere);
    tcase_add_test(tests, only_exposed_translation_must_fit_into_the_cycles_of_the_model_core);
    tcase_add_test(tests, a_tree_that_is_none_is_reported);
    tcase_add_test(tests, processes_that_do_not_add_up_to_their_account_are_reported);
    tcase_add_test(tests, who_ran_is_in_every_document);
    tcase_add_test(tests, an_lpid_that_was_two_partitions_has_two_names);
    tcase_add_test(tests, what_only_the_model_core_counts_is_in_no_other_report);
    tcase_add_test(tests, every_rate_of_a_model_is_in_every_document_of_it_and_no_other);
    tcase_add_test(tests, the_cpi_stack_and_what_translation_cost_are_told_of_the_model_core);
    tcase_add_test(tests, prices_of_the_model_mmu_decide_nothing_under_core);
    tcase_add_test(tests, rates_are_the_quotients_that_their_names_say);
    tcase_add_test(tests, the_plane_of_the_walk_is_drawn_with_its_numbers);
    tcase_add_test(tests, figures_name_the_assumptions_that_they_lean_on);
    tcase_add_test(tests, what_if_is_a_curve_for_numbers_and_a_table_for_all);
    tcase_add_test(tests, many_regions_are_folded_but_there);
    tcase_add_test(tests, a_region_with_a_name_goes_by_it);
    tcase_add_test(tests, the_html_file_needs_no_other_and_escapes_what_it_shows);
    tcase_add_test(tests, what_made_a_run_is_in_every_document_without_a_path);
    tcase_add_test(tests, only_the_member_host_tells_the_host);
    tcase_add_test(tests, the_speed_is_of_all_that_was_executed);
    tcase_add_test(tests, panics_of_guests_are_listed_with_their_level);
    tcase_add_test(tests, the_files_are_written_and_a_bad_directory_is_an_error);
    tcase_add_test(tests, the_timeline_stays_bounded_and_covers_the_run);
    tcase_add_test(tests, a_burst_keeps_the_switches_behind_it_and_no_more);
    tcase_add_test(tests, neighbours_of_one_account_are_one_slice);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
