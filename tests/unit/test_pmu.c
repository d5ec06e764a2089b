/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The performance monitor: who may count in which state, what a code selects, when the run loop is called, what an
 * alert does; the filters of the branch history.  The stub has no run loop: the tests move `completed` and
 * `stall_cycles`. Expected values follow from Book III chapter 9; what is from memory says so in docs/DIVERGENCES.md.
 */
#include <check.h>
#include <stdlib.h>

#include "core/state/ebb.h"
#include "core/state/pmu.h"
#include "core/state/spr.h"
#include "core/state/timer.h"
#include "tests/support/state_stub.h"
#include "tests/support/suite.h"

static struct state_stub stub;
static struct thread *t;

enum { MMCR2 = 785, MMCRA = 786, PMC1 = 787, PMC5 = 791, PMC6 = 792, MMCR0 = 795, MMCR1 = 798, CTRL = 152 };
#define OS MSR_SF
#define USER (MSR_SF | MSR_PR)
#define HV (MSR_SF | MSR_HV)
#define HV_USER (MSR_SF | MSR_HV | MSR_PR)

static void setup(void)
{
    state_stub_reset(&stub);
    t = &stub.thread[0];
    t->spr.HFSCR = ~0ULL;
    t->spr.FSCR = ~0ULL;
}

static u64 get(unsigned number)
{
    return spr_peek(t, spr_find(number));
}
static void put(unsigned number, u64 value)
{
    const struct spr_row *row = spr_find(number);

    ck_assert_int_ne(row->put(t, row, value), SPR_FAULT);
}
static void run_for(u64 instructions)
{
    t->completed += instructions;
}

/* ---- freezing: in which of OS, USER, HV, HV_USER does PMC1 count (bits 3..0)? ---- */
static const struct {
    u64 mmcr0, mmcr2;
    u8 counts;
} freezing[] = {
    {0, 0, 0xf},
    {MMCR0_FC, 0, 0},
    {MMCR0_FC14, 0, 0},
    {MMCR0_FC56, 0, 0xf},
    {MMCR0_FCS, 0, 0x7},
    {MMCR0_FCH, 0, 0xd},
    {MMCR0_FCP, 0, 0xa},
    {MMCR0_FCPC, 0, 0xb},             /* HV PR = 01 */
    {MMCR0_FCP | MMCR0_FCPC, 0, 0xe}, /* HV PR = 11 */
    {MMCR0_FCM0, 0, 0},               /* MSR[PMM] = 0 */
    {MMCR0_FCM1, 0, 0xf},
    {0, PPC_BIT(0), 0x7},
    {0, PPC_BIT(1), 0xb},
    {0, PPC_BIT(2), 0xe},
    {0, PPC_BIT(3), 0xf},
    {0, PPC_BIT(4), 0},
    {0, PPC_BIT(5), 0xf}, /* run latch on */
    {0, PPC_BIT(6), 0xd},
    {0, PPC_BITMASK(9, 63), 0xf}, /* other counters */
};

START_TEST(a_counter_stands_still_where_it_is_frozen)
{
    static const u64 states[] = {HV_USER, HV, USER, OS};

    put(MMCR1, 0x02000000);
    put(MMCR2, freezing[_i].mmcr2);
    put(MMCR0, freezing[_i].mmcr0);
    for (unsigned k = 0; k < ARRAY_SIZE(states); k++) {
        u64 before;
        thread_set_msr(t, states[k]);
        before = get(PMC1);
        run_for(7);
        ck_assert_uint_eq(get(PMC1) - before, freezing[_i].counts >> k & 1 ? 7 : 0);
        thread_set_msr(t, HV); /* what was counted before a change of state stays */
        ck_assert_uint_eq(get(PMC1) - before, freezing[_i].counts >> k & 1 ? 7 : 0);
    }
}
END_TEST

START_TEST(the_run_latch_stops_what_depends_on_it)
{
    put(MMCR1, 0x020000fa); /* PMC1 instructions, PMC4 instructions while the latch is on */
    put(MMCR0, 0);
    put(CTRL, 0);
    run_for(5);
    ck_assert_uint_eq(get(PMC1), 5);
    ck_assert_uint_eq(get(PMC1 + 3), 0);
    ck_assert_uint_eq(get(PMC5), 0);
    put(MMCR0, MMCR0_CC56RUN | MMCR0_FCWAIT);
    run_for(5);
    ck_assert_uint_eq(get(PMC1), 5);
    ck_assert_uint_eq(get(PMC5), 5);
    put(CTRL, 1);
    run_for(5);
    ck_assert_uint_eq(get(PMC1), 10);
    ck_assert_uint_eq(get(PMC1 + 3), 5);
    ck_assert_uint_eq(get(PMC5), 10);
}
END_TEST

/* ---- events ---- */
START_TEST(a_code_counts_its_row_on_its_counter)
{
    put(MMCR0, MMCR0_FC);
    put(MMCR1, 0xc0d0000056005e5eULL); /* PMC1 0x1c056; PMC3 5e of unit d: another's; PMC4 5e of unit 0: nobody's */
    put(MMCR0, 0);
    stub.counters.derat_miss_4k += 9;
    stub.counters.branches += 4;
    ck_assert_uint_eq(get(PMC1), 9);
    ck_assert_uint_eq(get(PMC1 + 2) | get(PMC1 + 3), 0);
    put(MMCR1, 0x000d00000000005eULL); /* PMC4 0x4d05e */
    stub.counters.branches += 2;
    t->class_sums = 3ULL << SUM_BRANCHES_SHIFT;
    ck_assert_uint_eq(get(PMC1 + 3), 5);
    put(MMCR1, 0xd00000c0a8000000ULL); /* combine bits: not 0x0d0a8 */
    stub.counters.dslb_miss += 2;
    ck_assert_uint_eq(get(PMC1), 9);
    put(MMCR1, 0xd0000000a8000000ULL);
    stub.counters.dslb_miss += 2;
    ck_assert_uint_eq(get(PMC1), 11);
}
END_TEST

START_TEST(what_others_count_in_the_same_account_is_not_ours)
{
    put(MMCR1, 0xd0000000a8000000ULL);
    put(MMCR0, 0);
    stub.counters.dslb_miss += 2;
    pmu_settle(t); /* the turn ends */
    stub.counters.dslb_miss += 100;
    pmu_rebase(t);
    stub.counters.dslb_miss += 1;
    ck_assert_uint_eq(get(PMC1), 3);
}
END_TEST

START_TEST(cycles_count_stalls_but_not_stops)
{
    put(MMCR0, 0);
    run_for(10);
    t->stall_cycles += 25;
    t->idle_cycles += 5;
    ck_assert_uint_eq(get(PMC6), 30);
    put(PMC6, ~0ULL);
    run_for(3);
    ck_assert_uint_eq(get(PMC6), 2); /* 32 bits */
}
END_TEST

/* ---- alerts ---- */
START_TEST(the_deadline_is_where_the_counter_becomes_negative)
{
    put(MMCR0, MMCR0_FC);
    put(PMC5, 0x7fffff00);
    put(PMC6, 0x7fffe000);
    t->completed = 1000;
    put(MMCR0, MMCR0_PMAE | MMCR0_PMCJCE);
    ck_assert_uint_eq(t->pmu.at_completed, 1000 + 0x100);
    ck_assert_uint_eq(t->pmu.at_cycles, 1000 + t->stall_cycles + 0x2000);
    run_for(0xff);
    pmu_check(t, 0x4000);
    ck_assert_uint_eq(t->spr.MMCR0, MMCR0_PMAE | MMCR0_PMCJCE);
    run_for(1);
    pmu_check(t, 0x4000);
    ck_assert_uint_eq(t->spr.MMCR0, MMCR0_PMAO | MMCR0_PMCJCE);
    ck_assert_uint_eq(t->spr.SIAR, 0x4000);
    ck_assert(t->pending & PENDING_PERFORMANCE_MONITOR);
    ck_assert_uint_eq(t->pmu.at_completed & t->pmu.at_cycles, UINT64_MAX); /* nobody waits any more */
    put(MMCR0, MMCR0_FC);
    ck_assert(!(t->pending & PENDING_PERFORMANCE_MONITOR));
}
END_TEST

START_TEST(nothing_is_due_while_nobody_waits)
{
    put(PMC5, 0x7ffffff0);
    put(MMCR0, MMCR0_PMCJCE);
    ck_assert_uint_eq(t->pmu.at_completed & t->pmu.at_cycles, UINT64_MAX);
    run_for(0x100);
    put(MMCR0, MMCR0_PMCJCE | MMCR0_FCECE); /* negative already: due at once */
    ck_assert_uint_eq(t->pmu.at_completed, 0);
    pmu_check(t, 0);
    ck_assert_uint_eq(t->spr.MMCR0, MMCR0_PMCJCE | MMCR0_FCECE | MMCR0_FC);
    ck_assert_uint_eq(t->spr.SIAR, 0);
}
END_TEST

START_TEST(an_event_of_a_row_is_looked_for_until_it_has_come)
{
    put(MMCR0, MMCR0_FC);
    put(MMCR1, 0xd0000000a8000000ULL);
    put(PMC1, 0x7fffffff);
    put(MMCR0, MMCR0_PMAE | MMCR0_PMC1CE);
    ck_assert_uint_eq(t->pmu.at_completed, t->completed + 1);
    run_for(1);
    pmu_check(t, 0);
    ck_assert(t->spr.MMCR0 & MMCR0_PMAE);
    ck_assert_uint_eq(t->pmu.at_completed, t->completed + 1);
    run_for(1);
    stub.counters.dslb_miss++;
    pmu_check(t, 0);
    ck_assert(t->spr.MMCR0 & MMCR0_PMAO);
}
END_TEST

START_TEST(the_trigger_keeps_the_others_waiting)
{
    put(MMCR1, 0x02000000);
    put(PMC1, 0x7ffffff0);
    put(MMCR0, MMCR0_TRIGGER | MMCR0_FCECE | MMCR0_PMC1CE);
    run_for(0x10);
    ck_assert_uint_eq(get(PMC5), 0);
    pmu_check(t, 0);
    ck_assert_uint_eq(t->spr.MMCR0 & (MMCR0_TRIGGER | MMCR0_FC), 0);
    run_for(3);
    ck_assert_uint_eq(get(PMC5), 3);
}
END_TEST

START_TEST(the_time_base_gives_an_event)
{
    u64 start = timer_tb(t);

    put(MMCR0, SETFIELD(MMCR0_TBSEL, MMCR0_FC | MMCR0_PMAE | MMCR0_TBEE, 1)); /* bit 55 */
    t->stall_cycles += 8 * (0x100 - (start & 0xff)) - 1;
    pmu_check(t, 0);
    if (!(start & 0x100)) ck_assert(t->spr.MMCR0 & MMCR0_PMAE);
    t->stall_cycles += 1 + 8 * 0x100;
    pmu_check(t, 0);
    ck_assert(t->spr.MMCR0 & MMCR0_PMAO);
}
END_TEST

START_TEST(an_alert_that_belongs_to_the_program_branches_there)
{
    put(806, BESCR_GE | BESCR_PME);
    put(804, 0x9000);
    put(MMCR0, MMCR0_FC | MMCR0_PMAO | MMCR0_EBE);
    ck_assert_uint_eq(t->spr.BESCR, BESCR_GE | BESCR_PMEO);
    ck_assert_uint_eq(t->pending, PENDING_EBB);
    t->nia = 0x1000;
    thread_set_msr(t, OS);
    ebb_deliver(t);
    ck_assert_uint_eq(t->nia, 0x1000); /* privileged: it waits */
    thread_set_msr(t, USER | MSR_TS_SUSPENDED);
    t->spr.FSCR = 0;
    ebb_deliver(t);
    ck_assert_uint_eq(t->nia, 0x1000);
    t->spr.FSCR = ~0ULL;
    ebb_deliver(t);
    ck_assert_uint_eq(t->nia, 0x9000);
    ck_assert_uint_eq(t->spr.EBBRR, 0x1000);
    ck_assert_uint_eq(t->spr.BESCR, BESCR_PMEO | SETFIELD(BESCR_TS, 0ULL, 1));
    ck_assert_uint_eq(t->pending, 0);
}
END_TEST

START_TEST(an_external_event_comes_once)
{
    ebb_external(t, true);
    ck_assert_uint_eq(t->spr.BESCR, 0); /* not enabled: it waits */
    put(806, BESCR_GE | BESCR_EE);
    ck_assert_uint_eq(t->spr.BESCR, BESCR_GE | BESCR_EEO);
    ck_assert_uint_eq(t->pending, PENDING_EBB);
    put(802, BESCR_EEO);
    ck_assert_uint_eq(t->pending, 0);
    ebb_external(t, false);
    put(800, BESCR_EE); /* taken back before it was let through */
    ck_assert_uint_eq(t->spr.BESCR, BESCR_GE | BESCR_EE);
}
END_TEST

/* ---- branch history: entries of I, B and XL form with LK = 0 ---- */
static const struct {
    unsigned filter, bo;
    u8 entries[3];
} filters[] = {
    {0, 20, {1, 1, 2}}, {1, 20, {0, 0, 0}}, {2, 20, {0, 0, 1}}, {2, 12, {0, 1, 2}}, {2, 16, {0, 1, 2}},
    {3, 20, {0, 0, 1}}, {3, 16, {0, 0, 1}}, {3, 12, {0, 1, 2}}, {3, 14, {0, 0, 1}}, {3, 8, {0, 1, 2}},
};

START_TEST(the_history_is_filtered)
{
    put(MMCRA, SETFIELD(MMCRA_IFM, 0ULL, filters[_i].filter));
    for (unsigned form = BRANCH_I; form <= BRANCH_XL; form++) {
        unsigned n = 0;
        bhrb_clear(t);
        bhrb_record(t, (enum branch_form)form, filters[_i].bo, false, 0x1000, 0x2000);
        while (bhrb_read(t, n)) n++;
        ck_assert_uint_eq(n, filters[_i].entries[form]);
        if (form == BRANCH_XL && n) ck_assert_uint_eq(bhrb_read(t, 0), 0x2002);
        if (form != BRANCH_XL && n) ck_assert_uint_eq(bhrb_read(t, 0), 0x1000);
    }
    bhrb_clear(t);
    bhrb_record(t, BRANCH_I, 20, true, 0x1000, 0x2000);
    ck_assert_uint_eq(bhrb_read(t, 0), filters[_i].filter < 2 ? 0x1000 : 0);
    ck_assert_uint_eq(bhrb_read(t, 1000), 0);
}
END_TEST

START_TEST(the_history_is_written_while_alerts_are_enabled_and_the_state_is_not_frozen)
{
    thread_set_msr(t, OS);
    put(MMCR0, MMCR0_PMAE | MMCR0_FC);
    ck_assert(t->bhrb.on);
    put(MMCR0, MMCR0_PMAE | MMCR0_FCS | MMCR0_FC);
    ck_assert(!t->bhrb.on);
    thread_set_msr(t, USER);
    ck_assert(t->bhrb.on);
    put(MMCR0, 0);
    ck_assert(!t->bhrb.on);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("pmu");
    TCase *tests = tcase_create("monitor");

    tcase_add_checked_fixture(tests, setup, NULL);
    tcase_add_loop_test(tests, a_counter_stands_still_where_it_is_frozen, 0, ARRAY_SIZE(freezing));
    tcase_add_test(tests, the_run_latch_stops_what_depends_on_it);
    tcase_add_test(tests, a_code_counts_its_row_on_its_counter);
    tcase_add_test(tests, what_others_count_in_the_same_account_is_not_ours);
    tcase_add_test(tests, cycles_count_stalls_but_not_stops);
    tcase_add_test(tests, the_deadline_is_where_the_counter_becomes_negative);
    tcase_add_test(tests, nothing_is_due_while_nobody_waits);
    tcase_add_test(tests, an_event_of_a_row_is_looked_for_until_it_has_come);
    tcase_add_test(tests, the_trigger_keeps_the_others_waiting);
    tcase_add_test(tests, the_time_base_gives_an_event);
    tcase_add_test(tests, an_alert_that_belongs_to_the_program_branches_there);
    tcase_add_test(tests, an_external_event_comes_once);
    tcase_add_loop_test(tests, the_history_is_filtered, 0, ARRAY_SIZE(filters));
    tcase_add_test(tests, the_history_is_written_while_alerts_are_enabled_and_the_state_is_not_frozen);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
