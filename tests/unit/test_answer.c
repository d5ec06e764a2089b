/* SPDX-License-Identifier: Apache-2.0 */
/* What a report opens with: its figures follow from the counters, its reason from the figures, and it is the same in
 * every document. */
#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "stats/answer.h"
#include "stats/report_parts.h"
#include "stats/tower.h"
#include "tests/support/suite.h"

static struct report r;
static struct report_option options[3];
static struct report_account accounts[2];
static struct report_partition partitions[2];
static struct answer a;

/* Level 1, ten walks: 1.6 reads of 24 entries on the path, at 15 cycles each, three look-ups of 20 for each miss. */
static void walk(struct report_account *to)
{
    to->counters = (struct counters){.completed = 5000,
                                     .cycles = 12000,
                                     .idle_cycles = 2000,
                                     .tlb_access = 30,
                                     .tlb_hit = 20,
                                     .tlb_miss = 10,
                                     .walks = 10,
                                     .walk_reads = 16,
                                     .walk_reads_pwc = 224,
                                     .walk_cycles = 240};
    to->walks = (struct walk_tally){.length = {[1] = 6, [2] = 3, [4] = 1}};
    to->walks.reads[WALK_FROM_STORAGE][4][0] = 16;
    to->walks.reads[WALK_FROM_WALK_CACHE][1][0] = 146;
    to->walks.reads[WALK_FROM_TLB][2][1] = 74;
    to->walks.reads[WALK_FROM_ENTRY_CACHE][0][0] = 4;
}

static struct report_option option(const char *name, const char *value, const char *could_be)
{
    struct report_option o = {.name = name,
                              .unit = "cycles",
                              .range = "any",
                              .provenance = "ASSUMED",
                              .source = "nobody",
                              .text = "a price",
                              .could_be = could_be};

    snprintf(o.value, sizeof o.value, "%s", value);
    snprintf(o.number, sizeof o.number, "%s", value);
    return o;
}

static void fill(void)
{
    options[0] = option("tlb_hit_cycles", "20", "10|40");
    options[1] = option("walk_read_cycles", "15", "13|28|216");
    accounts[0] = (struct report_account){.parent = -1, .state = "hypervisor", .pid = -1};
    accounts[0].counters = (struct counters){.completed = 1000, .cycles = 2000};
    accounts[1] = (struct report_account){.level = 1, .state = "os", .pid = -1};
    walk(&accounts[1]);
    partitions[0] = (struct report_partition){.parent = -1, .what = ""};
    partitions[1] = (struct report_partition){.level = 1, .lpid = 1, .what = ""};
    accounts[1].partition = 1;
    r = (struct report){.version = "1",
                        .commit = "unknown commit",
                        .end = "done",
                        .core_mhz = 2400,
                        .model = REPORT_MMU,
                        .look_up_cycles = 20,
                        .read_cycles = 15,
                        .options = options,
                        .option_count = 2,
                        .accounts = accounts,
                        .account_count = 2,
                        .partitions = partitions,
                        .partition_count = 2};
}

static const struct answer_line *level_1(void)
{
    answer_of(&r, &a);
    ck_assert_uint_eq(a.count, 2);
    ck_assert_uint_eq(a.line[1].level, 1);
    return &a.line[1];
}

static bool is_near(double a_value, double b_value)
{
    return fabs(a_value - b_value) < 1e-9;
}

START_TEST(a_miss_costs_the_look_up_that_fails_and_its_reads)
{
    const struct answer_line *l = level_1();

    ck_assert(is_near(l->look_up.value, 20) && is_near(l->walk.value, 24) && is_near(l->cycles.value, 44));
    ck_assert(is_near(l->entries.value, 24) && is_near(l->reads.value, 1.6));
    ck_assert(is_near(l->had[WALK_FROM_WALK_CACHE].value, 14.6) && is_near(l->had[WALK_FROM_TLB].value, 7.4));
    ck_assert(is_near(l->misses_per_1000.value, 2));
    ck_assert(is_near(l->share.value, 8.4)); /* 30 x 20 + 240 of 10000 busy cycles */
    ck_assert_uint_eq(l->longest, 4);
    ck_assert(!l->waited.is_there && !l->spared.is_there && !l->times.is_there);
}
END_TEST

START_TEST(the_range_is_over_every_price_that_is_assumed_and_none_that_was_set)
{
    const struct answer_line *l = level_1();

    ck_assert(l->cycles.has_range);
    ck_assert(is_near(l->cycles.least, 10 + 1.6 * 13) && is_near(l->cycles.greatest, 40 + 1.6 * 216));
    options[1].provenance = "SET";
    l = level_1();
    ck_assert(is_near(l->cycles.least, 10 + 24) && is_near(l->cycles.greatest, 40 + 24));
    options[0].provenance = "SET";
    ck_assert(!level_1()->cycles.has_range);
}
END_TEST

/* The TLB had 7.4 guest real addresses a walk: as many reads more. */
START_TEST(the_range_reaches_to_a_tlb_that_keeps_no_guest_real_addresses)
{
    options[2] = option("tlb_guest_real", "on", "off");
    r.option_count = 3;
    ck_assert(is_near(level_1()->cycles.least, 10 + 1.6 * 13) && is_near(level_1()->cycles.greatest, 40 + 9.0 * 216));
    options[2].provenance = "SET";
    ck_assert(is_near(level_1()->cycles.greatest, 40 + 1.6 * 216));
}
END_TEST

/* Another array with which level 1 would have had 20 misses and 2000 cycles of walks. */
START_TEST(the_range_reaches_to_what_other_arrays_would_make_of_a_miss)
{
    static struct report_what_if what_if = {.setting = "tlb_guest_real=off", .look_up_cycles = 20};

    options[0].provenance = options[1].provenance = "SET";
    what_if.counters[1] = (struct counters){.tlb_miss = 20, .walk_cycles = 2000};
    r.what_if = &what_if;
    r.what_if_count = 1;
    ck_assert(is_near(level_1()->cycles.least, 44) && is_near(level_1()->cycles.greatest, 120));
}
END_TEST

static bool because(const char *text)
{
    char why[ANSWER_SENTENCE];

    answer_because(level_1(), why, sizeof why);
    return strstr(why, text) != NULL;
}

/* Spared 22.4 entries, 336 cycles; look-ups 60; reads 24. */
START_TEST(where_caches_spare_most_of_the_path_that_is_why)
{
    ck_assert_int_eq(level_1()->why, ANSWER_SPARED);
    ck_assert(is_near(level_1()->why_share, 0.8));
    ck_assert(because("90 % of its walks read at most two entries, because of the 24.0 on the path the walk cache had "
                      "14.6, the TLB 7.40, the entry caches 0.40"));
}
END_TEST

START_TEST(where_look_ups_are_most_of_it_that_is_why)
{
    accounts[1].counters.tlb_access = 600;
    ck_assert_int_eq(level_1()->why, ANSWER_LOOK_UPS);
    ck_assert(is_near(level_1()->why_share, 1200.0 / 1560));
    ck_assert(
        because("nearly all of translation is TLB look-ups after ERAT misses, not walks: 60.0 look-ups for each"));
    accounts[1].counters.tlb_access = 200; /* 400 cycles; spared 336, reads 24 */
    ck_assert(because("nearly all of translation"));
    accounts[1].counters.walk_reads = 40, accounts[1].counters.walk_cycles = 600; /* spared 336, reads 60 */
    ck_assert(because("most of translation"));
}
END_TEST

START_TEST(where_most_entries_come_from_storage_that_is_why)
{
    struct counters *c = &accounts[1].counters;

    c->tlb_access = 10, c->walk_reads = 160, c->walk_reads_pwc = 80, c->walk_cycles = 2400;
    ck_assert_int_eq(level_1()->why, ANSWER_READS);
    ck_assert(because("of the 24.0 entries on the path of a walk 16.0 were read from storage"));
    ck_assert(!because("memory")); /* the model mmu has none */
}
END_TEST

/* Translations took 9000 cycles, 240 of them walks; completion waited for 100, 60 of them walks. */
static void run_under_core(void)
{
    struct counters *c = &accounts[1].counters;

    r.model = REPORT_CORE;
    c->cpi_completed = 10000;
    c->translation_cycles = 9000;
    c->translation_exposed = 100;
    c->walk_exposed = 60;
    c->walk_reads_l2 = 12;
    c->walk_reads_memory = 4;
    c->cycles_walks_free = 9930;
}

START_TEST(where_other_work_went_on_meanwhile_that_is_why)
{
    const struct answer_line *l;

    run_under_core();
    l = level_1();
    ck_assert_int_eq(l->why, ANSWER_OVERLAPPED);
    ck_assert(is_near(l->why_share, 890.0 / (336 + 900)));
    ck_assert(is_near(l->share.value, 1) && is_near(l->waited.value, 6) && is_near(l->spared.value, 7));
    ck_assert(is_near(l->served[WALK_SERVED_L2].value, 1.2) && is_near(l->served[WALK_SERVED_MEMORY].value, 0.4));
    ck_assert(!l->cycles.has_range); /* no price decides it */
    ck_assert(because("99 % of the time that translations took was overlapped with other work")); /* 8900 of 9000 */
}
END_TEST

/* 840 cycles of look-ups are less than 224 entries at 15 cycles, and more than at one. */
START_TEST(where_completion_waits_for_look_ups_that_is_why)
{
    struct counters *c = &accounts[1].counters;

    run_under_core();
    c->translation_cycles = c->translation_exposed = 900;
    c->walk_exposed = 60;
    ck_assert_int_eq(level_1()->why, ANSWER_SPARED);
    c->walk_cycles = 16;
    c->walk_exposed = 16;
    ck_assert_int_eq(level_1()->why, ANSWER_LOOK_UPS);
    ck_assert(because("nearly all of what completion waited for is TLB look-ups after ERAT misses, not walks"));
}
END_TEST

START_TEST(what_walks_cost_has_the_range_of_the_variants)
{
    static struct report_variant variant[3] = {
        {.level[1] = {5000, 4965}},                                        /* as it is: 35 of half of it */
        {.option = "memory_ns", .value = "120", .level[1] = {5100, 5015}}, /* 85 */
        {.option = "memory_ns", .value = "60", .level[1] = {4990, 4980}}}; /* 10 */

    run_under_core();
    r.variants = variant;
    r.variant_count = 3;
    ck_assert(level_1()->spared.has_range);
    ck_assert(is_near(level_1()->spared.greatest, 7 + 50 * 2 / 10.0) &&
              is_near(level_1()->spared.least, 7 - 25 * 2 / 10.0));
}
END_TEST

START_TEST(a_run_that_was_timed_in_part_says_nothing_that_needs_all_of_it)
{
    run_under_core();
    r.partly_timed = true; /* but all of these cycles were timed */
    ck_assert(level_1()->waited.is_there && level_1()->served[WALK_SERVED_L2].is_there);
    accounts[1].counters.cpi_completed = 9800;
    ck_assert(level_1()->cycles.is_there && !level_1()->waited.is_there && !level_1()->spared.is_there);
    ck_assert(!level_1()->served[WALK_SERVED_L2].is_there);
    ck_assert_int_ne(level_1()->why, ANSWER_OVERLAPPED);
}
END_TEST

/* 40 windows of 1000 instructions, 2000 cycles each, 60 of walks and 40 waited for: at 2 misses in 1000, 30 a miss. */
START_TEST(a_sampled_run_answers_with_its_estimates)
{
    struct sample_cell *cell = &r.sampling.level[1];

    run_under_core();
    r.partly_timed = true;
    r.sampling.period = 1000000, r.sampling.window = 1000;
    for (unsigned k = 0; k < 40; k++) {
        cell->part.instructions = 1000;
        cell->part.sum[SAMPLE_cycles_per_instruction] = 2000;
        cell->part.sum[SAMPLE_walk_cycles_per_1000] = 60;
        cell->part.sum[SAMPLE_translation_cycles_per_1000] = 100;
        cell->part.sum[SAMPLE_translation_exposed_per_1000] = 40;
        sample_end_window(cell);
    }
    ck_assert(is_near(level_1()->cycles.value, 50) && is_near(level_1()->share.value, 2));
    ck_assert(level_1()->cycles.has_range && is_near(level_1()->cycles.least, 50)); /* all windows alike */
    /* a miss: 20 of look-ups and 30 of 1.6 reads, of which 20 were waited for; at 18.75 a read 420 were spared */
    ck_assert_int_eq(level_1()->why, ANSWER_SPARED);
    ck_assert(is_near(level_1()->why_share, 420.0 / 470));
    r.sampling.level[1] = (struct sample_cell){.windows = 0};
    ck_assert(!level_1()->cycles.is_there);
}
END_TEST

/* ---- the documents ---- */

static struct documents {
    struct emit text, json, html;
} documents(void)
{
    struct documents d = {0};

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

static bool has(const struct emit *e, const char *text)
{
    return strstr(e->bytes, text) != NULL;
}

START_TEST(every_document_has_the_answer_and_marks_what_it_leans_on)
{
    struct documents d = documents();

    ck_assert(has(&d.text, "\n# A TLB miss of level 1 costs 44.0* cycles (could be 30.8 to 386): 20.0* for the "));
    ck_assert(has(&d.text, "# Nothing of level 0 missed the TLB: no walk."));
    ck_assert(has(&d.text, "* leans on ASSUMED values of the model, listed below."));
    ck_assert(has(&d.html, "<b>A TLB miss of level 1 costs 44.0<sup><a href=\"#assumed\""));
    ck_assert(has(&d.html, "Why: 90 % of its walks read at most two entries"));
    ck_assert(has(&d.json, "\"cycles\": {\"value\": 44.000000, \"least\": 30.800000, \"greatest\": 385.600000}"));
    ck_assert(has(&d.json, "\"why\": \"spared\", \"why_share\": 0.800000"));
    forget(&d);
    options[0].provenance = options[1].provenance = "CONFIRMED";
    d = documents();
    ck_assert(has(&d.text, "# A TLB miss of level 1 costs 44.0 cycles: 20.0 for"));
    ck_assert(!has(&d.html, "&#8224;</a></sup>") && has(&d.html, "<b>A TLB miss of level 1 costs 44.0 cycles</b>"));
    forget(&d);
}
END_TEST

START_TEST(the_answer_stands_before_everything_else)
{
    struct documents d = documents();
    const char *answer = strstr(d.html.bytes, "<h2 id=answer>"), *levels = strstr(d.html.bytes, "<h2 id=levels>");

    ck_assert_ptr_nonnull(answer);
    ck_assert_ptr_eq(strstr(d.html.bytes, "<h2 "), answer);
    ck_assert(levels > answer && strstr(d.html.bytes, "<h2 id=costs>") > strstr(d.html.bytes, "<h2 id=walks>"));
    ck_assert(strstr(d.html.bytes, "<h2 id=assumed>") > strstr(d.html.bytes, "<h2 id=counters>"));
    forget(&d);
    run_under_core(); /* the stack stands directly behind the levels */
    d = documents();
    ck_assert(strstr(d.html.bytes, "<h2 id=costs>") < strstr(d.html.bytes, "<h2 id=accounts>"));
    forget(&d);
}
END_TEST

/* The longest walk read 4 entries, at 15 cycles. */
START_TEST(a_cold_walk_is_told_beside_what_the_level_pays)
{
    struct documents d = documents();

    ck_assert(has(&d.html, "all of the 24.0 entries on its path, at the 15.0<sup>"));
    ck_assert(has(&d.html, "costs here up to 360<sup>") && has(&d.html, "The longest of level 1 read 4: 60.0<sup>"));
    ck_assert(has(&d.html, "<code>p9sim walk</code>") && has(&d.text, "Could be: with each plausible price of a TLB"));
    ck_assert(has(&d.html, "What runs pays 24.0<sup>"));
    forget(&d);
}
END_TEST

/* In the first table: the last one, of the values that are assumed, has such a column too. */
static bool has_ranges(const struct documents *d)
{
    const char *column = strstr(d->html.bytes, ">Could be<");

    return column && column < strstr(d->html.bytes, "<h2 id=assumed>");
}

START_TEST(the_column_of_ranges_is_there_if_one_is)
{
    static struct report_variant variant[2] = {{.level[1] = {5000, 4965}},
                                               {.option = "memory_ns", .value = "120", .level[1] = {5100, 5015}}};
    struct documents d = documents();

    ck_assert(has_ranges(&d));
    forget(&d);
    run_under_core();
    d = documents();
    ck_assert(!has_ranges(&d) && has(&d.html, ">Less, were walks free<"));
    forget(&d);
    r.variants = variant;
    r.variant_count = ARRAY_SIZE(variant);
    d = documents();
    ck_assert(has_ranges(&d));
    forget(&d);
}
END_TEST

START_TEST(a_run_without_a_model_or_without_walks_says_so)
{
    struct documents d;

    accounts[1].counters = (struct counters){.completed = 10, .cycles = 10, .tlb_access = 3, .tlb_hit = 3};
    accounts[1].walks = (struct walk_tally){.length = {0}};
    d = documents();
    ck_assert(has(&d.text,
                  "# No access of this run missed the TLB: there was no walk, and translation cost nothing but 3 TLB"));
    ck_assert(has(&d.html, "<li>No access of this run missed the TLB") && has(&d.json, "\"answer\": []"));
    forget(&d);
    r.model = REPORT_NONE;
    d = documents();
    ck_assert(has(&d.text, "# This run did not model translation (--model none)"));
    ck_assert(!has(&d.html, "A TLB miss of"));
    forget(&d);
}
END_TEST

START_TEST(an_experiment_may_bring_its_own_answer)
{
    static struct answer own;
    struct documents d;

    own.first_level = 1;
    answer_add(&own, &r, 2, &accounts[1].counters, &accounts[1].walks, "a guest's guest, 64K on %s", "2M");
    snprintf(own.line[0].because, sizeof own.line[0].because, "the hypervisor <said> so");
    r.answer = &own;
    d = documents();
    ck_assert(has(&d.html, "A TLB miss of a guest&#39;s guest, 64K on 2M costs"));
    ck_assert(has(&d.html, "Why: the hypervisor &#60;said&#62; so.") && !has(&d.html, "A TLB miss of level 1"));
    forget(&d);
}
END_TEST

/* ---- a tower ---- */

static struct report_tower tower;

static void measure(const char *name, u64 footprint_kib, const u64 *elapsed)
{
    struct tower_measure *m = &tower.measure[tower.measure_count++];

    *m = (struct tower_measure){.cell[0].ops = 0};
    snprintf(m->name, sizeof m->name, "%s", name);
    for (unsigned level = 0; level < 3; level++) {
        struct tower_cell *c = &m->cell[level];

        *c = (struct tower_cell){
            .is_measured = true, .ops = 10, .footprint_kib = footprint_kib, .elapsed = elapsed[level]};
        c->sum = accounts[1].counters;
        c->walks = accounts[1].walks;
    }
}

static void build_tower(void)
{
    tower = (struct report_tower){.depth = 2, .core_mhz = 2400, .look_up_cycles = 20, .read_cycles = 15};
    for (unsigned level = 0; level < 3; level++) tower.level[level].is_up = true;
    measure("syscall", 0, (const u64[]){100, 800, 6400});
    measure("chase-16m", 16384, (const u64[]){100, 100, 200});
    measure("chase-512m", 524288, (const u64[]){100, 120, 50});
    measure("dawr", 0, (const u64[]){200, 400, 100});
    r.tower = &tower;
}

START_TEST(a_tower_answers_with_its_largest_chase_and_then_with_its_levels)
{
    static struct counters with_other_arrays = {.tlb_miss = 10, .walk_cycles = 10000};
    static struct report_region region = {.what_if = &with_other_arrays, .what_if_count = 1};
    static struct report_what_if what_if;

    build_tower();
    tower.measure[2].cell[1].region = &region; /* other arrays would make 1000 cycles of a walk there */
    what_if.look_up_cycles = 20;
    r.what_if = &what_if, r.what_if_count = 1;
    tower.measure[2].cell[1].least_times = 1.1;
    tower.measure[2].cell[1].greatest_times = 1.9;
    answer_of(&r, &a);
    ck_assert_uint_eq(a.count, 3 + 2);
    ck_assert_uint_eq(a.first_level, 3);
    ck_assert_str_eq(a.line[1].name, "level 1 in chase-512m");
    ck_assert_str_eq(a.line[4].name, "level 1 in the whole run");
    ck_assert(is_near(a.line[1].times.value, 1.2) && is_near(a.line[1].times.least, 1.1));
    ck_assert(is_near(a.line[1].times.greatest, 1.9) && !a.line[2].times.has_range && !a.line[0].times.is_there);
    ck_assert(is_near(a.line[1].cycles.greatest, 1020) && a.line[2].cycles.greatest < 1000);
    tower.measure[2].cell[2].sum.tlb_miss = 0; /* no miss at one level: it says nothing there */
    answer_of(&r, &a);
    ck_assert_str_eq(a.line[0].name, "level 0 in chase-16m");
}
END_TEST

/* What stands first in a tower's chapter is about misses. */
START_TEST(measures_of_memory_stand_before_the_others)
{
    struct documents d;
    const char *misses, *syscall;

    build_tower();
    d = documents();
    misses = strstr(d.html.bytes, "<span>Cycles per TLB miss");
    syscall = strstr(d.html.bytes, "<th scope=row>syscall</th>");
    ck_assert(misses && syscall && misses < syscall);
    ck_assert(strstr(d.html.bytes, "<h2 id=tower>") < misses);
    forget(&d);
}
END_TEST

/* The number behind `key`, looked for from *at on; *at goes behind it. */
static double number_behind(const char **at, const char *key)
{
    char *end;
    double value;

    *at = strstr(*at, key);
    ck_assert_ptr_nonnull(*at);
    value = strtod(*at + strlen(key), &end);
    *at = end;
    return value;
}

/* Where the drawing of a measure puts its dot at a level, and the tick with this label. */
static double dot(const char *html, const char *name, unsigned level)
{
    char caption[64];
    const char *at;
    double y = 0;

    snprintf(caption, sizeof caption, "<figcaption>%s, times level", name);
    at = strstr(html, caption);
    for (unsigned k = 0; k <= level; k++) y = number_behind(&at, " cy=\"");
    return y;
}

static double tick(const char *html, const char *name, const char *label)
{
    char caption[64], text[64];
    const char *at, *found;
    double y;

    snprintf(caption, sizeof caption, "<figcaption>%s, times level", name);
    snprintf(text, sizeof text, "text-anchor=end>%s</text>", label);
    at = strstr(html, caption);
    ck_assert_ptr_nonnull(at);
    found = strstr(at, text);
    ck_assert_ptr_nonnull(found);
    while (strncmp(found, " y=\"", 4) != 0) found--;
    y = number_behind(&found, " y=\"");
    return y - 4; /* a label stands a little below its line */
}

/* syscall is 1, 8 and 64 times, dawr 1, 2 and 1/2: from 1/2 to 64 there are seven doublings; of the chases 1/2 to 2. */
START_TEST(the_drawings_of_a_section_share_one_scale_with_ticks)
{
    struct documents d;
    const char *html;
    double doubling;

    build_tower();
    d = documents();
    html = d.html.bytes;
    doubling = (dot(html, "syscall", 0) - dot(html, "syscall", 2)) / 6;
    ck_assert(doubling > 5);
    ck_assert(fabs(dot(html, "syscall", 0) - dot(html, "syscall", 1) - 3 * doubling) < 0.2);
    ck_assert(fabs(dot(html, "dawr", 0) - dot(html, "dawr", 1) - doubling) < 0.2);
    ck_assert(fabs(dot(html, "dawr", 2) - dot(html, "dawr", 0) - doubling) < 0.2);
    ck_assert(fabs(dot(html, "dawr", 0) - dot(html, "syscall", 0)) < 0.05);
    ck_assert(fabs(tick(html, "dawr", "1/2") - dot(html, "dawr", 2)) < 0.2);
    ck_assert(fabs(tick(html, "dawr", "32") - tick(html, "syscall", "32")) < 0.05);
    ck_assert(fabs(dot(html, "chase-16m", 2) - tick(html, "chase-512m", "2")) < 0.2);
    ck_assert(fabs(dot(html, "chase-512m", 2) - tick(html, "chase-16m", "1/2")) < 0.2);
    forget(&d);
}
END_TEST

/* 1000000 look-ups, and one less: a change of a ten thousandth of a percent is none as it is written. */
START_TEST(a_change_that_is_none_as_it_is_written_has_no_sign)
{
    static struct report_what_if what_if = {.setting = "tlb_hit_cycles=20", .look_up_cycles = 20, .is_amount = true};
    struct documents d;

    accounts[1].counters.tlb_access = accounts[1].counters.tlb_hit = 1000000;
    what_if.counters[1] = accounts[1].counters;
    what_if.counters[1].tlb_access--;
    r.what_if = &what_if;
    r.what_if_count = 1;
    d = documents();
    ck_assert(has(&d.html, "<td>+0.00&#8239;%</td>") && !has(&d.html, "-0.00"));
    forget(&d);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("answer");
    TCase *tests = tcase_create("answer");

    tcase_add_checked_fixture(tests, fill, NULL);
    tcase_add_test(tests, a_miss_costs_the_look_up_that_fails_and_its_reads);
    tcase_add_test(tests, the_range_is_over_every_price_that_is_assumed_and_none_that_was_set);
    tcase_add_test(tests, the_range_reaches_to_a_tlb_that_keeps_no_guest_real_addresses);
    tcase_add_test(tests, the_range_reaches_to_what_other_arrays_would_make_of_a_miss);
    tcase_add_test(tests, where_caches_spare_most_of_the_path_that_is_why);
    tcase_add_test(tests, where_look_ups_are_most_of_it_that_is_why);
    tcase_add_test(tests, where_most_entries_come_from_storage_that_is_why);
    tcase_add_test(tests, where_other_work_went_on_meanwhile_that_is_why);
    tcase_add_test(tests, where_completion_waits_for_look_ups_that_is_why);
    tcase_add_test(tests, what_walks_cost_has_the_range_of_the_variants);
    tcase_add_test(tests, a_run_that_was_timed_in_part_says_nothing_that_needs_all_of_it);
    tcase_add_test(tests, a_sampled_run_answers_with_its_estimates);
    tcase_add_test(tests, every_document_has_the_answer_and_marks_what_it_leans_on);
    tcase_add_test(tests, the_answer_stands_before_everything_else);
    tcase_add_test(tests, a_cold_walk_is_told_beside_what_the_level_pays);
    tcase_add_test(tests, the_column_of_ranges_is_there_if_one_is);
    tcase_add_test(tests, a_run_without_a_model_or_without_walks_says_so);
    tcase_add_test(tests, an_experiment_may_bring_its_own_answer);
    tcase_add_test(tests, a_tower_answers_with_its_largest_chase_and_then_with_its_levels);
    tcase_add_test(tests, measures_of_memory_stand_before_the_others);
    tcase_add_test(tests, the_drawings_of_a_section_share_one_scale_with_ticks);
    tcase_add_test(tests, a_change_that_is_none_as_it_is_written_has_no_sign);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
