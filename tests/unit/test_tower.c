/* SPDX-License-Identifier: Apache-2.0 */
/* What a tower is started with, that a region which contradicts the guest's own clock is found out, and what comes
 * back. */
#include <check.h>
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
    static struct tower_measure m;
    double value;

    m.cell[1] = (struct tower_cell){.is_measured = true, .ops = 4, .elapsed = 10};
    m.cell[1].sum.walk_reads = 3;
    ck_assert(!tower_value(&m, 0, TOWER_CYCLES, &value));
    ck_assert(tower_value(&m, 1, TOWER_CYCLES, &value));
    ck_assert_double_eq(value, 2.5);
    ck_assert(!tower_value(&m, 1, TOWER_READS, &value)); /* no TLB miss */
    m.cell[1].sum.tlb_miss = 2;
    ck_assert(tower_value(&m, 1, TOWER_READS, &value));
    ck_assert_double_eq(value, 1.5);
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
    t->result.level[0] = (struct tower_level){true, 3072};
    t->result.level[1] = (struct tower_level){true, 2048};
    t->result.stretch_count = 2;
    t->result.stretch[1] = (struct tower_stretch){.kind = TOWER_WORK, .level_of = 1, .begin = 5, .end = 9};
    t->result.stretch[1].level[2].tlb_miss = 7;
    t->result.measure_count = 1;
    t->result.measure[0] = (struct tower_measure){.name = "syscall", .cell[1] = {.ops = 3, .ticks = 8}};
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

int main(void)
{
    Suite *suite = suite_create("tower");
    TCase *tests = tcase_create("tower");

    tcase_add_test(tests, memory_grows_with_the_depth_and_the_default_is_more_than_the_least);
    tcase_add_test(tests, the_command_line_says_how_deep_and_what_to_measure);
    tcase_add_test(tests, a_region_agrees_with_the_guests_clock_within_a_turn);
    tcase_add_test(tests, figures_of_what_was_not_measured_are_missing_not_zero);
    tcase_add_test(tests, a_tower_comes_back_as_far_as_it_had_come);
    tcase_add_test(tests, a_tower_that_cannot_be_is_refused);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
