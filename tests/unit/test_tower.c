/* SPDX-License-Identifier: Apache-2.0 */
/* What a tower is started with, that a region which contradicts the guest's own clock is found out, and what comes
 * back. */
#include <check.h>
#include <math.h>
#include <stdlib.h>

#include "base/state.h"
#include "experiment/tower.h"
#include "tests/support/suite.h"

#define MIB(bytes) ((bytes) >> 20)

START_TEST(memory_grows_with_the_depth_and_the_default_is_more_than_the_least)
{
    for (unsigned depth = 0; depth <= TOWER_DEPTH_MAX; depth++) {
        ck_assert_uint_ge(tower_memory_bytes(depth), tower_least_memory_bytes(depth));
        ck_assert_uint_eq(tower_memory_bytes(depth) % (1ULL << 30), 0);
        if (depth) ck_assert_uint_gt(tower_least_memory_bytes(depth), tower_least_memory_bytes(depth - 1) - 1);
    }
    /* seen on the stock images: 1 GiB carries level 1 (512 MiB), and level 4 has 1792 MiB of 8 GiB */
    ck_assert_uint_eq(MIB(tower_least_memory_bytes(1)), 1024);
    ck_assert_uint_le(MIB(tower_least_memory_bytes(4)), 4096);
    ck_assert_uint_le(MIB(tower_memory_bytes(4)), 8192);
}
END_TEST

START_TEST(the_command_line_says_how_deep_and_what_to_measure)
{
    static const char *const two[] = {"syscall", "chase-16m"}, *const none[] = {"none"};
    struct emit out = {0};

    ck_assert(
        tower_bootargs(&(struct tower_plan){.depth = 3, .workload = two, .workload_count = 2, .append = "x=y"}, &out));
    ck_assert_str_eq(out.bytes,
                     "console=hvc0 quiet p9.run=nested p9.depth=3 p9.work=bench p9.bench=syscall,chase-16m x=y");
    emit_free(&out);
    out = (struct emit){0};
    ck_assert(tower_bootargs(
        &(struct tower_plan){.depth = 2, .workload = two, .workload_count = 1, .backing = "hugetlbfs", .append = "x=y"},
        &out));
    ck_assert_str_eq(out.bytes, "console=hvc0 quiet p9.run=nested p9.depth=2 p9.work=bench p9.bench=syscall "
                                "p9.back=hugetlbfs x=y");
    emit_free(&out);
    out = (struct emit){0};
    ck_assert(tower_bootargs(&(struct tower_plan){.depth = 1, .workload = none, .workload_count = 1}, &out));
    ck_assert_str_eq(out.bytes, "console=hvc0 quiet p9.run=nested p9.depth=1 p9.work=poweroff");
    emit_free(&out);
}
END_TEST

static unsigned failures;

static void judge(void *self, bool holds, const char *text, const char *whose, u64 left, u64 right)
{
    (void)self, (void)text, (void)whose, (void)left, (void)right;
    failures += !holds;
}

static unsigned failures_with(u64 elapsed, u64 ticks)
{
    static struct report_tower tower;
    const struct report report = {.tower = &tower};

    tower = (struct report_tower){.depth = 0, .core_mhz = 2400, .quantum_cycles = 20000, .measure_count = 1};
    tower.measure[0].cell[0] = (struct tower_cell){.is_measured = true, .ops = 1, .ticks = ticks, .elapsed = elapsed};
    failures = 0;
    tower_check(&report, judge, NULL);
    return failures;
}

/* 240000 cycles of 2400 MHz are 51200 ticks of 512 MHz; a turn of 20000 is 4266. */
START_TEST(a_region_agrees_with_the_guests_clock_within_a_turn)
{
    ck_assert_uint_eq(failures_with(240000, 51200), 0);
    ck_assert_uint_eq(failures_with(240000, 51201), 0); /* the clock's own rounding */
    ck_assert_uint_eq(failures_with(240000, 51202), 1); /* a part cannot be longer than the whole */
    ck_assert_uint_eq(failures_with(240000, 51200 - 4266), 0);
    ck_assert_uint_eq(failures_with(240000, 51200 - 4268), 1);
    ck_assert_uint_eq(failures_with(0, 51200), 1);
}
END_TEST

START_TEST(figures_of_what_was_not_measured_are_missing_not_zero)
{
    static const struct report_tower tower;
    static struct tower_measure m;
    double value;

    m.cell[1] = (struct tower_cell){.is_measured = true, .ops = 4, .elapsed = 10};
    m.cell[1].sum.walk_reads = 3;
    ck_assert(!tower_value(&tower, &m, 0, TOWER_CYCLES, &value));
    ck_assert(tower_value(&tower, &m, 1, TOWER_CYCLES, &value));
    ck_assert_double_eq(value, 2.5);
    ck_assert(!tower_value(&tower, &m, 1, TOWER_READS, &value)); /* no TLB miss */
    m.cell[1].sum.tlb_miss = 2;
    ck_assert(tower_value(&tower, &m, 1, TOWER_READS, &value));
    ck_assert_double_eq(value, 1.5);
}
END_TEST

/* A measure with 1000 operations at two levels: 500 and 800 look-ups that all failed, 500 and 2000 table reads. */
static struct tower_measure *two_levels(struct report_tower *t)
{
    struct tower_measure *m = &t->measure[t->measure_count++];

    snprintf(m->name, sizeof m->name, "chase-1g");
    for (unsigned level = 0; level < 2; level++) {
        struct tower_cell *c = &m->cell[level];

        *c = (struct tower_cell){.is_measured = true, .ops = 1000, .footprint_kib = 1 << 20};
        c->sum.tlb_access = c->sum.tlb_miss = level ? 800 : 500;
        c->sum.walk_reads = level ? 2000 : 500;
        c->sum.walk_reads_pwc = level ? 14000 : 2500;
        c->sum.walk_cycles = 15 * c->sum.walk_reads;
        c->elapsed = 1000 + 20 * c->sum.tlb_access + c->sum.walk_cycles;
        c->walks.reads[WALK_FROM_STORAGE][4][0] = c->sum.walk_reads;
        c->walks.reads[WALK_FROM_WALK_CACHE][1][0] = c->sum.walk_reads_pwc - level * 4000;
        for (unsigned column = 1; column < WALK_COLUMNS; column++)
            c->walks.reads[WALK_FROM_TLB][2][column] = level * 1000;
    }
    return m;
}

static struct report two_prices(struct report_tower *t, const char *provenance)
{
    static struct report_option options[3];

    options[0] = (struct report_option){.name = "tlb_hit_cycles", .provenance = "ASSUMED", .amount = 20};
    options[1] = (struct report_option){.name = "walk_read_cycles", .provenance = provenance, .amount = 15};
    options[2] = (struct report_option){.name = "tlb_guest_real", .provenance = "SET"};
    return (struct report){.tower = t, .options = options, .option_count = 2, .thread_count = 1};
}

/* Other arrays, with which level 1 would have read 9000 entries; and some that level 0 was not measured with. */
static void what_ifs(struct tower_measure *m)
{
    static struct counters variant[2][2];
    static struct report_region region[2];

    for (unsigned level = 0; level < 2; level++) {
        variant[level][0] = variant[level][1] = m->cell[level].sum;
        region[level] = (struct report_region){.what_if = variant[level], .what_if_count = 1 + level};
        m->cell[level].region = &region[level];
    }
    variant[1][0].walk_reads = 9000;
    variant[1][1].walk_reads = 1000000;
}

/*
 * An operation costs 1 + 0.5 (a + r) cycles at level 0 and 1 + 0.8 a + 2 r at level 1; 3 r if the TLB did not have the
 * guest real addresses of a thousand tables.  The ratio grows with r and falls with a, so of 10, 20, 40 and 13, 15, 28,
 * 216 the least is at 40 and 13, the greatest at 10 and 216.
 */
START_TEST(a_ratio_has_the_range_of_all_plausible_prices)
{
    struct report_tower *t = calloc(1, sizeof *t);
    struct tower_measure *m;
    struct report r;

    *t = (struct report_tower){.depth = 1, .look_up_cycles = 20};
    m = two_levels(t);
    r = two_prices(t, "ASSUMED");
    tower_weigh(t, &r);
    ck_assert_double_eq_tol(m->cell[1].least_times, (1 + 0.8 * 40 + 2 * 13) / (1 + 0.5 * (40 + 13)), 1e-9);
    ck_assert_double_eq_tol(m->cell[1].greatest_times, (1 + 0.8 * 10 + 3 * 216) / (1 + 0.5 * (10 + 216)), 1e-9);
    ck_assert(!(m->cell[0].greatest_times > 0)); /* level 0 is what the others are compared with */
    r = two_prices(t, "SET");
    tower_weigh(t, &r);
    ck_assert_double_eq_tol(m->cell[1].greatest_times, (1 + 0.8 * 10 + 3 * 15) / (1 + 0.5 * (10 + 15)), 1e-9);
    r.option_count = 3; /* tlb_guest_real is set, too */
    tower_weigh(t, &r);
    ck_assert_double_eq_tol(m->cell[1].least_times, (1 + 0.8 * 40 + 2 * 15) / (1 + 0.5 * (40 + 15)), 1e-9);
    ck_assert_double_eq_tol(m->cell[1].greatest_times, (1 + 0.8 * 10 + 2 * 15) / (1 + 0.5 * (10 + 15)), 1e-9);
    what_ifs(m);
    tower_weigh(t, &r);
    ck_assert_double_eq_tol(m->cell[1].greatest_times, (1 + 0.8 * 10 + 9 * 15) / (1 + 0.5 * (10 + 15)), 1e-9);
    ck_assert_double_eq_tol(m->cell[1].least_times, (1 + 0.8 * 40 + 2 * 15) / (1 + 0.5 * (40 + 15)), 1e-9);
    m->cell[1].greatest_times = 0;
    r.thread_count = 2; /* then cycles are not the sum of what was done */
    tower_weigh(t, &r);
    ck_assert(!(m->cell[1].greatest_times > 0));
    r.thread_count = 1;
    m->cell[0].sum.translation_cycles = 1; /* model core: nor if translation overlaps with other things */
    tower_weigh(t, &r);
    ck_assert(!(m->cell[1].greatest_times > 0));
    free(t);
}
END_TEST

static bool has_line(const struct emit *out, const char *text, const char *level_0, const char *level_1)
{
    char line[128];

    snprintf(line, sizeof line, "\n    %-34s%13s%13s\n", text, level_0, level_1);
    return strstr(out->bytes, line) != NULL;
}

START_TEST(the_table_of_translation_leaves_out_what_no_level_has)
{
    struct report_tower *t = calloc(1, sizeof *t);
    struct emit out = {0};

    *t = (struct report_tower){.depth = 1, .look_up_cycles = 20};
    two_levels(t);
    tower_translation_table(t, &out);
    ck_assert_ptr_nonnull(strstr(out.bytes, "\n  chase-1g: 1024 MiB\n"));
    ck_assert(has_line(&out, "cycles", "18.5", "47.0"));
    ck_assert(has_line(&out, "times L0", "-", "2.54"));
    ck_assert(has_line(&out, "for translation, of these", "17.5", "46.0"));
    ck_assert(has_line(&out, "entries on the path of a miss", "6.00", "20.00"));
    ck_assert(has_line(&out, "  read from storage", "1.00", "2.50"));
    ck_assert(has_line(&out, "  the walk cache had", "5.00", "12.50"));
    ck_assert(has_line(&out, "  the TLB had", "0.00", "5.00"));
    ck_assert_ptr_null(strstr(out.bytes, "entry cache"));
    ck_assert_ptr_null(strstr(out.bytes, "      could be"));
    ck_assert_ptr_null(strstr(out.bytes, "huge"));
    t->measure[0].cell[0].sum.tlb_miss = 0;                             /* what was a miss made of? */
    t->measure[0].cell[1].walks.reads[WALK_FROM_ENTRY_CACHE][0][0] = 3; /* 0.00 of 800 misses */
    out.size = 0;
    tower_translation_table(t, &out);
    ck_assert(has_line(&out, "TLB misses", "0.000", "0.800"));
    ck_assert(has_line(&out, "entries on the path of a miss", "-", "20.00"));
    ck_assert(has_line(&out, "  the TLB had", "-", "5.00"));
    ck_assert_ptr_null(strstr(out.bytes, "entry cache"));
    t->measure[0].cell[1].least_times = 2;
    t->measure[0].cell[1].greatest_times = 3.25;
    out.size = 0;
    tower_translation_table(t, &out);
    ck_assert(has_line(&out, "  could be", "-", "2.00..3.25"));
    t->measure[0].cell[1].least_times = 30.34;
    t->measure[0].cell[1].greatest_times = 540.3;
    out.size = 0;
    tower_translation_table(t, &out);
    ck_assert(has_line(&out, "  could be", "-", "30.3..540"));
    for (unsigned level = 0; level < 2; level++) { /* what the model core knows beside */
        struct counters *n = &t->measure[0].cell[level].sum;

        n->translation_cycles = 9000;
        n->translation_exposed = 4500;
        n->walk_reads_l2 = n->walk_reads_memory = 400;
    }
    out.size = 0;
    tower_translation_table(t, &out);
    ck_assert(has_line(&out, "for translation, of these", "9.0", "9.0"));
    ck_assert(has_line(&out, "  completion waited for", "4.5", "4.5"));
    ck_assert(has_line(&out, "    the L2 had", "-", "0.50"));
    ck_assert(has_line(&out, "    memory had", "-", "0.50"));
    ck_assert_ptr_null(strstr(out.bytes, "the L3 had"));
    t->measure[0].cell[0].footprint_kib = t->measure[0].cell[1].footprint_kib = 0;
    out.size = 0;
    tower_translation_table(t, &out);
    ck_assert_uint_eq(out.size, 0);
    emit_free(&out);
    free(t);
}
END_TEST

/* ---- state ---- */

static struct state_bytes saved(const struct tower *t)
{
    struct state_writer w = {0};
    struct state_bytes whole;

    state_put_object(&w, "tower", &tower_state, t);
    ck_assert(state_written(&w, &whole));
    return whole;
}

static bool restored(const struct state_bytes *from, struct tower *t)
{
    struct state_reader r;
    bool ok = state_open(&r, from->at, from->size) && state_get_object(&r, "tower", &tower_state, t);

    ck_assert(ok == !*r.why);
    state_close(&r);
    return ok;
}

static bool comes_back(const struct tower *t, struct tower *to)
{
    struct state_bytes whole = saved(t);
    bool ok = restored(&whole, to);

    state_bytes_free(&whole);
    return ok;
}

static struct tower *half_way(void)
{
    struct tower *t = calloc(1, sizeof *t);

    ck_assert_ptr_nonnull(t);
    t->result.depth = 2;
    t->result.level[0] = (struct tower_level){true, 3072, BACKING_NOT_SAID};
    t->result.level[1] = (struct tower_level){true, 2048, BACKING_THP};
    t->result.stretch_count = 2;
    t->result.stretch[1] = (struct tower_stretch){.kind = TOWER_WORK, .level_of = 1, .begin = 5, .end = 9};
    t->result.stretch[1].level[2].tlb_miss = 7;
    t->result.measure_count = 1;
    t->result.measure[0] =
        (struct tower_measure){.name = "syscall", .cell[1] = {.ops = 3, .ticks = 8, .footprint_kib = 256}};
    t->before[2].counters.completed = 11;
    t->before[2].walks.length[3] = 12;
    t->begun = 9;
    t->kind = TOWER_BOOT;
    t->level = 2;
    snprintf(t->panic, sizeof t->panic, "Kernel panic");
    t->ended[2] = true;
    return t;
}

START_TEST(a_tower_comes_back_as_far_as_it_had_come)
{
    struct tower *t = half_way(), *to = calloc(1, sizeof *to);
    struct state_bytes first = saved(t), again;

    ck_assert(restored(&first, to));
    again = saved(to);
    ck_assert(first.size == again.size && !memcmp(first.at, again.at, first.size));
    ck_assert_uint_eq(to->result.stretch[1].level[2].tlb_miss, 7);
    ck_assert_uint_eq(to->result.measure[0].cell[1].ticks, 8);
    ck_assert_uint_eq(to->before[2].walks.length[3], 12);
    ck_assert(to->result.level[1].is_up && !to->result.level[2].is_up && to->ended[2]);
    ck_assert_uint_eq(to->level, 2);
    ck_assert_int_eq(to->result.level[1].backing, BACKING_THP);
    ck_assert_uint_eq(to->result.measure[0].cell[1].footprint_kib, 256);
    state_bytes_free(&first);
    state_bytes_free(&again);
    free(t);
    free(to);
}
END_TEST

START_TEST(a_tower_that_cannot_be_is_refused)
{
    struct tower *t = half_way(), *to = calloc(1, sizeof *to);

    ck_assert(comes_back(t, to));
    t->result.depth = TOWER_DEPTH_MAX + 1;
    ck_assert(!comes_back(t, to));
    t->result.depth = 2;
    t->level = TOWER_LEVELS;
    ck_assert(!comes_back(t, to));
    t->level = 1;
    t->result.stretch[0].level_of = TOWER_LEVELS;
    ck_assert(!comes_back(t, to));
    t->result.stretch[0].level_of = 0;
    memset(t->panic, 'x', sizeof t->panic);
    ck_assert(!comes_back(t, to));
    t->panic[3] = 0;
    memset(t->result.measure[0].name, 'x', TOWER_NAME);
    ck_assert(!comes_back(t, to));
    snprintf(t->result.measure[0].name, TOWER_NAME, "<b>");
    ck_assert(!comes_back(t, to));
    snprintf(t->result.measure[0].name, TOWER_NAME, "pipe");
    ck_assert(comes_back(t, to));
    free(t);
    free(to);
}
END_TEST

START_TEST(the_share_of_translation_is_what_was_charged_or_what_was_waited_for)
{
    static const struct report_tower t = {.look_up_cycles = 20};
    struct counters n = {.cycles = 1100, .idle_cycles = 100, .tlb_access = 10, .walk_cycles = 50};
    double value;

    ck_assert(tower_translation_share(&t, &n, &value));
    ck_assert_double_eq(value, 25); /* 10 * 20 + 50 of 1000 */
    n.translation_cycles = 250;
    n.translation_exposed = 30;
    n.cpi_completed = 1000;
    ck_assert(tower_translation_share(&t, &n, &value));
    ck_assert_double_eq(value, 3);
    ck_assert(!tower_translation_share(&t, &(struct counters){.cycles = 5, .idle_cycles = 5}, &value));
}
END_TEST

/* A measure of 1000 operations at two levels under three variants: as it is, a at 1, a at 2, b at 1.  Of level 1 a half
 * was looked at. */
static const struct report *with_variants(struct report_tower *t)
{
    static struct report_variant variants[] = {
        {"", "", {{0, 0}}}, {"a", "1", {{0, 0}}}, {"a", "2", {{0, 0}}}, {"b", "1", {{0, 0}}}};
    static struct variant_cycles low[] = {{10000, 8000}, {9000, 8000}, {12000, 8000}, {10400, 8400}},
                                 high[] = {{20000, 10000}, {17000, 9000}, {26000, 10000}, {20000, 10000}};
    static struct report_region region[] = {{.variant = low, .variant_count = 4},
                                            {.variant = high, .variant_count = 4}};
    static struct report r;

    *t = (struct report_tower){.depth = 1, .measure_count = 1};
    for (unsigned level = 0; level < 2; level++) {
        struct tower_cell *c = &t->measure[0].cell[level];

        *c = (struct tower_cell){.is_measured = true, .ops = 1000, .region = &region[level]};
        c->sum.cpi_completed = level ? 40000 : 10000;
        c->sum.cycles_walks_free = level ? 20000 : 8000;
        c->elapsed = c->sum.cpi_completed + 5000; /* idle */
    }
    r = (struct report){.tower = t, .variants = variants, .variant_count = 4};
    return &r;
}

/* Level 1 takes 45 cycles as it is; a makes 39 or 57 of it, b nothing: 15 more and 6 fewer, all of it a's.  Level 0
 * takes 15, a makes 14 or 17 of it, b 15.4: root of 2^2 + 0.4^2 more. */
START_TEST(a_range_is_what_variants_make_of_the_sample_in_proportion)
{
    static struct report_tower t;
    const struct report *r = with_variants(&t);
    struct tower_range range;
    char who[64];

    ck_assert(tower_range(r, &t.measure[0], 1, RANGED_CYCLES, &range));
    ck_assert_double_eq_tol(range.spread.is, 45, 1e-9);
    ck_assert_double_eq_tol(range.spread.least, 39, 1e-9);
    ck_assert_double_eq_tol(range.spread.greatest, 57, 1e-9);
    ck_assert_str_eq(range.spread.greatest_by->value, "2");
    ck_assert_double_eq_tol(range.spread.low, 39, 1e-9);
    ck_assert_double_eq_tol(range.spread.high, 57, 1e-9);
    spread_tell(&range.spread, who, sizeof who);
    ck_assert_str_eq(who, "a 100 %");
    ck_assert(tower_range(r, &t.measure[0], 0, RANGED_CYCLES, &range));
    ck_assert_double_eq_tol(range.spread.low, 14, 1e-9);
    ck_assert_double_eq_tol(range.spread.high, 15 + sqrt(2 * 2 + 0.4 * 0.4), 1e-9);
    spread_tell(&range.spread, who, sizeof who);
    ck_assert_str_eq(who, "a 88 %, b 12 %");
}
END_TEST

/* Walks: 20 cycles of level 1, of which a spares 4 or adds 12; 2 of level 0, which a makes 1 or 4, and b leaves
 * alone. */
START_TEST(what_walks_cost_is_the_difference_of_both_of_a_pair)
{
    static struct report_tower t;
    const struct report *r = with_variants(&t);
    struct tower_range range;

    ck_assert(tower_range(r, &t.measure[0], 1, RANGED_WALKS, &range));
    ck_assert_double_eq_tol(range.spread.is, 20, 1e-9);
    ck_assert_double_eq_tol(range.spread.least, 16, 1e-9);
    ck_assert_double_eq_tol(range.spread.greatest, 32, 1e-9);
    ck_assert(tower_range(r, &t.measure[0], 0, RANGED_WALKS, &range));
    ck_assert_double_eq_tol(range.spread.least, 1, 1e-9);
    ck_assert_double_eq_tol(range.spread.greatest, 4, 1e-9);
    ck_assert(tower_is_moved_by(r, "a") && tower_is_moved_by(r, "b"));
}
END_TEST

/* 45 / 15 = 3; 39 / 14, 57 / 17, 45 / 15.4. */
START_TEST(a_ratio_is_made_within_each_variant)
{
    static struct report_tower t;
    const struct report *r = with_variants(&t);
    struct tower_range range;

    ck_assert(!tower_range(r, &t.measure[0], 0, RANGED_TIMES, &range));
    ck_assert(tower_range(r, &t.measure[0], 1, RANGED_TIMES, &range));
    ck_assert_double_eq_tol(range.spread.is, 3, 1e-9);
    ck_assert_double_eq_tol(range.spread.least, 39.0 / 14, 1e-9);
    ck_assert_double_eq_tol(range.spread.greatest, 57.0 / 17, 1e-9);
    ck_assert_double_eq_tol(range.spread.low, 3 - hypot(3 - 39.0 / 14, 3 - 45 / 15.4), 1e-9);
}
END_TEST

/* A tower that was restored measured level 0 without. */
START_TEST(without_variants_at_both_levels_a_ratio_has_no_range)
{
    static struct report_tower t;
    const struct report *r = with_variants(&t);
    struct tower_range range;

    t.measure[0].cell[0].region = &(const struct report_region){.variant_count = 0};
    ck_assert(tower_range(r, &t.measure[0], 1, RANGED_CYCLES, &range));
    ck_assert(!tower_range(r, &t.measure[0], 1, RANGED_TIMES, &range));
    ck_assert(!tower_range(r, &t.measure[0], 0, RANGED_CYCLES, &range));
}
END_TEST

/* The table, the lines for programs and the JSON say it, and name what moves nothing. */
START_TEST(the_documents_have_the_ranges)
{
    static struct report_tower t;
    const struct report *r = with_variants(&t);
    struct emit text = {0}, csv = {0}, json = {0};

    snprintf(t.measure[0].name, sizeof t.measure[0].name, "chase-1g");
    tower_uncertainty_table(r, &text);
    ck_assert_ptr_nonnull(strstr(text.bytes, "chase-1g"));
    ck_assert_ptr_nonnull(strstr(text.bytes, "39.0..57.0"));
    ck_assert_ptr_nonnull(strstr(text.bytes, "judgement"));
    tower_uncertainty_csv(r, &csv);
    ck_assert_ptr_nonnull(strstr(csv.bytes, "chase-1g,1,cycles_per_op,a,2,57.000000\n"));
    emit_open(&json, NULL, '{');
    tower_uncertainty_json(r, &t.measure[0], 1, &json);
    emit_close(&json, '}');
    ck_assert_ptr_nonnull(strstr(json.bytes, "\"greatest_by\": \"a=2\""));
    emit_free(&text);
    emit_free(&csv);
    emit_free(&json);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("tower");
    TCase *tests = tcase_create("tower");

    tcase_add_test(tests, memory_grows_with_the_depth_and_the_default_is_more_than_the_least);
    tcase_add_test(tests, the_command_line_says_how_deep_and_what_to_measure);
    tcase_add_test(tests, a_region_agrees_with_the_guests_clock_within_a_turn);
    tcase_add_test(tests, figures_of_what_was_not_measured_are_missing_not_zero);
    tcase_add_test(tests, a_ratio_has_the_range_of_all_plausible_prices);
    tcase_add_test(tests, the_table_of_translation_leaves_out_what_no_level_has);
    tcase_add_test(tests, a_tower_comes_back_as_far_as_it_had_come);
    tcase_add_test(tests, the_share_of_translation_is_what_was_charged_or_what_was_waited_for);
    tcase_add_test(tests, a_tower_that_cannot_be_is_refused);
    tcase_add_test(tests, a_range_is_what_variants_make_of_the_sample_in_proportion);
    tcase_add_test(tests, what_walks_cost_is_the_difference_of_both_of_a_pair);
    tcase_add_test(tests, a_ratio_is_made_within_each_variant);
    tcase_add_test(tests, without_variants_at_both_levels_a_ratio_has_no_range);
    tcase_add_test(tests, the_documents_have_the_ranges);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
