/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The exit table and the translation events on scripted sequences: who handled an exit, what it cost at each level,
 * which misses followed, what became of a fault.  Time is made up: each step says how many cycles the thread has come
 * to.
 *
 * The tables of the tests: L0's entry for a guest real page is there if its number is in `shadow`, the parent's if it
 * is in `parent`.
 */
#include "hypervisor/exits.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "core/state/interrupt.h"
#include "mmu/xlate.h"
#include "tests/support/suite.h"

enum { PAGE = 16, PAGES = 64, WINDOW = 1000 };
static struct exits *x;
static struct partition l0 = {.id = 0}, l1 = {.id = 1, .lpid = 1, .level = 1, .parent = &l0},
                        l2 = {.id = 2, .lpid = 2, .level = 2, .parent = &l1},
                        l3 = {.id = 3, .lpid = 3, .level = 3, .parent = &l2};
static struct exit_clock now;
static unsigned thread_number;
static u64 processor_number;
static bool shadow[PAGES], parent[PAGES];
static struct miss_tally *tallied;
static u64 tallied_until;

static struct table_leaf leaf(bool valid)
{
    return (struct table_leaf){.is_known = true, .valid = valid, .shift = PAGE, .prot = PROT_ALL, .reads = 4};
}
static struct table_leaf ask_shadow(struct guest_tables *self, u32 lpid, u64 gra)
{
    (void)self, (void)lpid;
    return leaf(shadow[(gra >> PAGE) % PAGES]);
}
static struct table_leaf ask_parent(struct guest_tables *self, u32 lpid, u64 ptcr, u32 for_lpid, u64 gra)
{
    (void)self;
    ck_assert_uint_eq(lpid, 1);
    ck_assert_uint_eq(ptcr, 0x5000);
    ck_assert_uint_eq(for_lpid, 77);
    return leaf(parent[(gra >> PAGE) % PAGES]);
}
static struct guest_tables tables = {ask_shadow, ask_parent};

static void tally(void *self, unsigned thread, struct miss_tally *to, u64 until)
{
    (void)self, (void)thread;
    tallied = to;
    tallied_until = until;
}

static void start(void)
{
    x = malloc(sizeof *x);
    ck_assert(x && exits_open(x, WINDOW, 10000));
    x->tables = &tables;
    x->tally = tally;
    now = (struct exit_clock){0};
    thread_number = 0;
    processor_number = 0;
    memset(shadow, 0, sizeof shadow);
    memset(parent, 0, sizeof parent);
    tallied = NULL;
}
static void stop(void)
{
    exits_close(x);
    free(x);
}

/* So many instructions complete, at one cycle each, and `stall` cycles pass. */
static void run(u64 instructions, u64 stall)
{
    now.completed += instructions;
    now.cycles += instructions + stall;
}

static void leave_with(const struct partition *p, unsigned interrupt, u64 r3, const struct exit_seen *more)
{
    struct exit_seen seen = more ? *more : (struct exit_seen){0};

    seen.thread = thread_number;
    seen.guest = p;
    seen.processor = processor_number;
    seen.at = now;
    seen.reason = exit_reason_of(interrupt, 1, r3);
    exits_left(x, &seen);
}
static void leave(const struct partition *p, unsigned interrupt)
{
    leave_with(p, interrupt, 0, NULL);
}
static void hypercall(const struct partition *p, u64 number)
{
    struct exit_seen seen = {0};

    if (number == 0xf804) seen.call = (struct guest_call){.kind = GUEST_CALL_ENTER, .request = {.number = 77}};
    leave_with(p, INTERRUPT_SYSTEM_CALL, number, &seen);
}
static void fault_at(const struct partition *p, u64 nia, unsigned page, bool store)
{
    struct exit_seen seen = {
        .nia = nia, .fault = {.is_fault = true, .has_address = true, .store = store, .gra = (u64)page << PAGE | 0x123}};

    leave_with(p, INTERRUPT_HDATA_STORAGE, 0, &seen);
}
static void enter_at(const struct partition *p, u64 nia)
{
    exits_entered(x, &(struct exit_seen){
                         .thread = thread_number, .guest = p, .processor = processor_number, .nia = nia, .at = now});
}
static void enter(const struct partition *p)
{
    enter_at(p, 0);
}

static const struct exit_row *row(unsigned level, const char *reason, unsigned handled_by)
{
    static const struct exit_row none;

    exits_settle(x);
    for (unsigned k = 0; k < x->row_count; k++) {
        const struct exit_row *r = x->row[k];
        if (r->level == level && r->handled_by == handled_by && !strcmp(r->reason, reason)) return r;
    }
    return &none;
}

/* ---- names ---- */
START_TEST(every_interrupt_that_can_leave_a_guest_is_a_reason)
{
    for (unsigned k = 0; k < INTERRUPT_COUNT; k++) {
        enum exit_reason reason = exit_reason_of(k, 1, 0xe0);
        ck_assert_msg((interrupt_rows[k].hv == HV_KEEP) == (reason == EXIT_OTHER), "%s", interrupt_rows[k].name);
    }
}
END_TEST

START_TEST(reasons_have_names_of_their_own_and_a_text)
{
    for (unsigned a = 0; a < EXIT_REASONS; a++) {
        ck_assert(*exit_reason_rows[a].name && *exit_reason_rows[a].text);
        for (unsigned b = 0; b < a; b++) ck_assert_str_ne(exit_reason_rows[a].name, exit_reason_rows[b].name);
    }
}
END_TEST

START_TEST(hypercalls_and_ultracalls_are_told_by_number)
{
    ck_assert_uint_eq(exit_reason_of(INTERRUPT_SYSTEM_CALL, 1, 0xe0), EXIT_H_CEDE);
    ck_assert_uint_eq(exit_reason_of(INTERRUPT_SYSTEM_CALL, 1, 0xf804), EXIT_H_ENTER_NESTED);
    ck_assert_uint_eq(exit_reason_of(INTERRUPT_SYSTEM_CALL, 2, 0xf110), EXIT_UV_ESM);
    ck_assert_uint_eq(exit_reason_of(INTERRUPT_SYSTEM_CALL, 1, 0xdeadbeefULL), EXIT_UNKNOWN_HYPERCALL);
    ck_assert_uint_eq(exit_reason_of(INTERRUPT_SYSTEM_CALL, 1, 0x1000000e0ULL), EXIT_UNKNOWN_HYPERCALL);
    ck_assert_uint_eq(exit_reason_of(INTERRUPT_SYSTEM_CALL, 2, 0xe0), EXIT_UNKNOWN_ULTRACALL);
}
END_TEST

/* ---- the table ---- */
START_TEST(an_exit_lasts_until_the_guest_runs_again)
{
    enter(&l1);
    run(100, 0);
    leave(&l1, INTERRUPT_HDECREMENTER);
    run(30, 12);
    enter(&l1);
    ck_assert_uint_eq(row(1, "HDEC", 0)->time.count, 1);
    ck_assert_uint_eq(row(1, "HDEC", 0)->time.sum, 42);
    ck_assert_uint_eq(row(1, "HDEC", 0)->cost.cycles[0], 42);
    ck_assert_uint_eq(row(1, "HDEC", 0)->cost.instructions[0], 30);
    ck_assert_uint_eq(row(1, "HDEC", 0)->first_leg_cycles, 42);
    ck_assert_uint_eq(x->first_entries, 1);
    ck_assert(exits_agree(x, 1));
}
END_TEST

START_TEST(waiting_in_stop_is_idle_and_no_level_s_work)
{
    enter(&l1);
    hypercall(&l1, 0xe0);
    run(20, 1000);
    now.idle_cycles += 1000;
    enter(&l1);
    ck_assert_uint_eq(row(1, "H_CEDE", 0)->time.sum, 1020);
    ck_assert_uint_eq(row(1, "H_CEDE", 0)->cost.cycles[0], 20);
    ck_assert_uint_eq(row(1, "H_CEDE", 0)->cost.idle_cycles, 1000);
}
END_TEST

/* L1 asks for L2; of its two exits L0 ends the first alone, for the second it goes back to L1. */
START_TEST(an_exit_after_which_the_parent_goes_on_was_reflected_to_it)
{
    enter(&l1);
    hypercall(&l1, 0xf804);
    run(10, 0);
    enter(&l2);
    run(5, 0);
    leave(&l2, INTERRUPT_HDECREMENTER);
    run(20, 0);
    enter(&l2);
    run(5, 0);
    leave(&l2, INTERRUPT_HDECREMENTER);
    run(30, 0);
    enter(&l1); /* H_ENTER_NESTED returns */
    run(40, 0);
    hypercall(&l1, 0xf804);
    run(50, 0);
    enter(&l2);
    ck_assert_uint_eq(row(2, "HDEC", 0)->time.sum, 20);
    ck_assert_uint_eq(row(2, "HDEC", 1)->time.sum, 30 + 40 + 50);
    ck_assert_uint_eq(row(2, "HDEC", 1)->cost.cycles[0], 80);
    ck_assert_uint_eq(row(2, "HDEC", 1)->cost.cycles[1], 40);
    ck_assert_uint_eq(row(2, "HDEC", 1)->first_leg_cycles, 30);
    ck_assert_uint_eq(row(1, "H_ENTER_NESTED", 0)->time.sum, 10 + 5 + 20 + 5 + 30);
    ck_assert_uint_eq(row(1, "H_ENTER_NESTED", 0)->cost.cycles[0], 60);
    ck_assert_uint_eq(row(1, "H_ENTER_NESTED", 0)->cost.cycles[2], 10);
    ck_assert_uint_eq(row(1, "H_ENTER_NESTED", 0)->first_leg_cycles, 10);
    ck_assert_uint_eq(row(1, "H_ENTER_NESTED", 0)->open, 1);
}
END_TEST

/* An exit of L3 goes to L1, which runs L2 (its H_ENTER_NESTED returns), which asks for L3 again. */
START_TEST(the_deepest_hypervisor_that_ran_is_who_handled_it)
{
    enter(&l1);
    hypercall(&l1, 0xf804);
    enter(&l2);
    hypercall(&l2, 0xf804);
    enter(&l1);
    hypercall(&l1, 0xf804);
    enter(&l3);
    leave(&l3, INTERRUPT_EMULATION_ASSIST);
    enter(&l1);
    hypercall(&l1, 0xf804);
    enter(&l2);
    hypercall(&l2, 0xf804);
    enter(&l1);
    hypercall(&l1, 0xf804);
    enter(&l3);
    leave(&l3, INTERRUPT_EMULATION_ASSIST);
    enter(&l1);
    hypercall(&l1, 0xf804);
    enter(&l3);
    ck_assert_uint_eq(row(3, "EMULATION_ASSIST", 2)->time.count, 1);
    ck_assert_uint_eq(row(3, "EMULATION_ASSIST", 1)->time.count, 1);
    ck_assert_uint_eq(row(2, "H_ENTER_NESTED", 1)->time.count, 1);
    for (unsigned k = 1; k <= 3; k++) ck_assert(exits_agree(x, k));
}
END_TEST

START_TEST(another_processor_of_the_parent_makes_nothing_reflected)
{
    processor_number = 5;
    enter(&l1);
    leave(&l1, INTERRUPT_HDECREMENTER);
    processor_number = 4;
    enter(&l1);
    hypercall(&l1, 0xf804);
    enter(&l2);
    leave(&l2, INTERRUPT_HV_VIRTUALIZATION);
    processor_number = 5;
    enter(&l1);
    leave(&l1, INTERRUPT_HDECREMENTER);
    processor_number = 4;
    enter(&l2);
    ck_assert_uint_eq(row(2, "HVI", 0)->time.count, 1);
    ck_assert_uint_eq(row(2, "HVI", 1)->time.count, 0);
}
END_TEST

/* L0 moves the processor to another thread between L1's H_ENTER_NESTED and the guest that it asks for. */
START_TEST(a_reflection_is_seen_though_the_processor_moved)
{
    enter(&l1);
    hypercall(&l1, 0xf804);
    thread_number = 1;
    enter(&l2);
    leave(&l2, INTERRUPT_EMULATION_ASSIST);
    enter(&l1);
    hypercall(&l1, 0xf804);
    thread_number = 0;
    enter(&l2);
    leave(&l2, INTERRUPT_HDECREMENTER);
    enter(&l2);
    ck_assert_uint_eq(row(2, "EMULATION_ASSIST", 1)->time.count, 1);
    ck_assert_uint_eq(row(2, "HDEC", 0)->time.count, 1);
}
END_TEST

START_TEST(a_processor_that_comes_back_on_another_thread_was_elsewhere)
{
    enter(&l1);
    leave(&l1, INTERRUPT_HDECREMENTER);
    run(0, 70);
    thread_number = 1;
    enter(&l1);
    ck_assert_uint_eq(row(1, "HDEC", 0)->time.sum, 70);
    ck_assert_uint_eq(row(1, "HDEC", 0)->cost.elsewhere_cycles, 70);
    ck_assert_uint_eq(row(1, "HDEC", 0)->cost.cycles[0], 0);
}
END_TEST

START_TEST(the_aftershock_is_counted_in_a_window_that_the_next_exit_cuts_short)
{
    enter(&l1);
    leave(&l1, INTERRUPT_HDECREMENTER);
    run(50, 0);
    enter(&l1);
    ck_assert_ptr_nonnull(tallied);
    ck_assert_uint_eq(tallied_until, 50 + WINDOW);
    tallied->erat += 3;
    run(400, 0);
    leave(&l1, INTERRUPT_HDECREMENTER);
    ck_assert_ptr_null(tallied);
    enter(&l1);
    tallied->erat += 4;
    run(5000, 0);
    leave(&l1, INTERRUPT_EMULATION_ASSIST);
    ck_assert_uint_eq(row(1, "HDEC", 0)->after.erat, 7);
    ck_assert_uint_eq(row(1, "HDEC", 0)->after_instructions, 400 + WINDOW);
    ck_assert_uint_eq(row(1, "HDEC", 0)->after_cut, 1);
}
END_TEST

START_TEST(more_processors_than_there_is_room_for_are_lost_but_counted)
{
    for (unsigned k = 0; k < EXITS_OPEN_MAX + 3; k++) {
        processor_number = k;
        enter(&l1);
        leave(&l1, INTERRUPT_HDECREMENTER);
    }
    ck_assert_uint_eq(x->lost, 3);
    ck_assert_uint_eq(row(1, "HDEC", 0)->open, EXITS_OPEN_MAX);
    ck_assert(exits_agree(x, 1));
}
END_TEST

START_TEST(after_a_reset_of_the_counters_open_exits_begin_anew)
{
    enter(&l1);
    leave(&l1, INTERRUPT_HDECREMENTER);
    run(100, 0);
    exits_pause(x, thread_number, &now);
    exits_clear(x);
    run(7, 0);
    enter(&l1);
    ck_assert_uint_eq(row(1, "HDEC", 0)->time.sum, 7);
    ck_assert_uint_eq(row(1, "HDEC", 0)->first_leg_cycles, 7);
    ck_assert(exits_agree(x, 1));
}
END_TEST

START_TEST(the_longest_exits_are_kept_for_the_timeline)
{
    enter(&l1);
    for (unsigned k = 1; k <= EXITS_FLOWS + 50; k++) {
        leave(&l1, INTERRUPT_HDECREMENTER);
        run(k, 0);
        enter(&l1);
    }
    ck_assert_uint_eq(x->flow_count, EXITS_FLOWS);
    for (unsigned k = 0; k < EXITS_FLOWS; k++) ck_assert_uint_gt(x->flow[k].hypervisor_cycles, 50);
}
END_TEST

/* ---- translation ---- */
static void begin_l2(void)
{
    struct exit_seen table = {.call = {.kind = GUEST_CALL_SET_TABLE, .table = 0x5000}};

    enter(&l1);
    leave_with(&l1, INTERRUPT_SYSTEM_CALL, 0xf800, &table);
    enter(&l1);
    hypercall(&l1, 0xf804);
    enter(&l2);
    run(10, 0);
}

START_TEST(a_fault_that_only_the_shadow_needed_is_l0_s_alone)
{
    const struct nested_level *n = &x->nested.level[2];

    begin_l2();
    parent[3] = true;
    fault_at(&l2, 0x100, 3, false);
    run(500, 0);
    shadow[3] = true;
    enter_at(&l2, 0x100);
    run(10, 0);
    leave(&l2, INTERRUPT_HDECREMENTER);
    ck_assert_uint_eq(n->data, 1);
    ck_assert_uint_eq(n->parent_had, 1);
    ck_assert_uint_eq(n->parent_had_and_alone, 1);
    ck_assert_uint_eq(n->parent_reads, 4);
    ck_assert_uint_eq(n->made, 1);
    ck_assert_uint_eq(n->made_first, 1);
    ck_assert_uint_eq(n->episodes[FAULT_KIND_SHADOW].time.count, 1);
    ck_assert_uint_eq(n->episodes[FAULT_KIND_SHADOW].time.sum, 500);
    ck_assert_uint_eq(n->episodes[FAULT_KIND_SHADOW].exits, 1);
}
END_TEST

/* The parent lacks it: reflected; on its return L0 only lets the instruction run, which faults again for the shadow. */
START_TEST(a_fault_of_the_parent_costs_two_exits_and_is_one_episode)
{
    const struct nested_level *n = &x->nested.level[2];

    begin_l2();
    fault_at(&l2, 0x100, 3, true);
    run(100, 0);
    enter(&l1);
    run(1000, 0);
    parent[3] = true;
    hypercall(&l1, 0xf804);
    run(50, 0);
    enter_at(&l2, 0x100);
    run(1, 0); /* the returning instruction itself */
    fault_at(&l2, 0x100, 3, true);
    run(200, 0);
    shadow[3] = true;
    enter_at(&l2, 0x100);
    run(20, 0);
    leave(&l2, INTERRUPT_HDECREMENTER);
    ck_assert_uint_eq(n->data, 2);
    ck_assert_uint_eq(n->parent_had_not, 1);
    ck_assert_uint_eq(n->parent_had, 1);
    ck_assert_uint_eq(n->parent_lacked_and_reflected, 1);
    ck_assert_uint_eq(n->unchanged, 1);
    ck_assert_uint_eq(n->made, 1);
    ck_assert_uint_eq(n->episodes[FAULT_KIND_REFLECTED].time.count, 1);
    ck_assert_uint_eq(n->episodes[FAULT_KIND_REFLECTED].exits, 2);
    ck_assert_uint_eq(n->episodes[FAULT_KIND_REFLECTED].time.sum, 1350);
    ck_assert_uint_eq(n->episodes[FAULT_KIND_REFLECTED].cost.cycles[1], 1000);
    ck_assert_uint_eq(n->episodes[FAULT_KIND_SHADOW].time.count, 0);
    ck_assert_uint_eq(row(2, "HDSI", 0)->time.count, 1);
    ck_assert_uint_eq(row(2, "HDSI", 1)->time.count, 1);
}
END_TEST

START_TEST(an_access_behind_which_the_guest_goes_on_was_emulated)
{
    enter(&l1);
    fault_at(&l1, 0x100, 9, true);
    run(300, 0);
    enter_at(&l1, 0x104);
    ck_assert_uint_eq(row(1, "EMULATED_MMIO", 0)->time.sum, 300);
    ck_assert_uint_eq(row(1, "HDSI", 0)->time.count, 0);
    ck_assert_uint_eq(x->nested.level[1].episodes[FAULT_KIND_EMULATED].time.count, 1);
}
END_TEST

START_TEST(an_interrupt_that_comes_with_the_return_does_not_hide_the_emulation)
{
    enter(&l1);
    fault_at(&l1, 0x100, 9, true);
    exits_entered(x, &(struct exit_seen){.guest = &l1, .nia = 0xc000000000004500ULL, .srr0 = 0x104, .at = now});
    fault_at(&l1, 0x200, 9, true);
    exits_entered(x, &(struct exit_seen){.guest = &l1, .nia = 0x900, .srr0 = 0x200, .at = now});
    ck_assert_uint_eq(row(1, "EMULATED_MMIO", 0)->time.count, 1);
    ck_assert_uint_eq(row(1, "HDSI", 0)->time.count, 1);
    ck_assert_uint_eq(x->nested.level[1].injected, 1);
}
END_TEST

START_TEST(an_invalidation_of_the_parent_kills_what_it_names_and_a_refill_is_told)
{
    struct exit_seen by_address = {.call = {.kind = GUEST_CALL_INVALIDATE,
                                            .number = 77,
                                            .by_address = true,
                                            .first = 3ULL << PAGE,
                                            .last = (4ULL << PAGE) - 1}};
    const struct nested_level *n = &x->nested.level[2];

    begin_l2();
    for (unsigned page = 3; page <= 4; page++) {
        parent[page] = true;
        fault_at(&l2, 0x100 + page * 4, page, false);
        shadow[page] = true;
        enter_at(&l2, 0x100 + page * 4);
        run(10, 0);
    }
    leave(&l2, INTERRUPT_HDECREMENTER);
    enter(&l1);
    leave_with(&l1, INTERRUPT_SYSTEM_CALL, 0xf808, &by_address);
    shadow[3] = false;
    shadow[4] = false; /* L0's own doing: the call did not name it */
    now.tlbies += 2;
    run(60, 0);
    enter(&l1);
    ck_assert_uint_eq(n->calls, 1);
    ck_assert_uint_eq(n->calls_address, 1);
    ck_assert_uint_eq(n->calls_tlbies, 2);
    ck_assert_uint_eq(n->calls_cost.cycles[0], 60);
    ck_assert_uint_eq(n->killed, 1);
    hypercall(&l1, 0xf804);
    enter(&l2);
    run(10, 0);
    for (unsigned page = 3; page <= 4; page++) {
        fault_at(&l2, 0x200 + page * 4, page, false);
        shadow[page] = true;
        enter_at(&l2, 0x200 + page * 4);
        run(10, 0);
    }
    exits_settle(x);
    ck_assert_uint_eq(n->made_first, 2);
    ck_assert_uint_eq(n->made_again, 2);
    ck_assert_uint_eq(n->made_again_soon, 1);
    ck_assert_uint_eq(n->made_again_unseen, 1);
    ck_assert_uint_eq(n->alive, 2);
}
END_TEST

START_TEST(without_tables_faults_are_counted_all_the_same)
{
    x->tables = NULL;
    enter(&l1);
    fault_at(&l1, 0x100, 1, false);
    enter_at(&l1, 0x100);
    ck_assert_uint_eq(x->nested.level[1].data, 1);
    ck_assert_uint_eq(x->nested.level[1].unchanged, 1);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("exits");
    TCase *tests = tcase_create("exits");

    tcase_add_checked_fixture(tests, start, stop);
    tcase_add_test(tests, every_interrupt_that_can_leave_a_guest_is_a_reason);
    tcase_add_test(tests, reasons_have_names_of_their_own_and_a_text);
    tcase_add_test(tests, hypercalls_and_ultracalls_are_told_by_number);
    tcase_add_test(tests, an_exit_lasts_until_the_guest_runs_again);
    tcase_add_test(tests, waiting_in_stop_is_idle_and_no_level_s_work);
    tcase_add_test(tests, an_exit_after_which_the_parent_goes_on_was_reflected_to_it);
    tcase_add_test(tests, the_deepest_hypervisor_that_ran_is_who_handled_it);
    tcase_add_test(tests, another_processor_of_the_parent_makes_nothing_reflected);
    tcase_add_test(tests, a_reflection_is_seen_though_the_processor_moved);
    tcase_add_test(tests, a_processor_that_comes_back_on_another_thread_was_elsewhere);
    tcase_add_test(tests, the_aftershock_is_counted_in_a_window_that_the_next_exit_cuts_short);
    tcase_add_test(tests, more_processors_than_there_is_room_for_are_lost_but_counted);
    tcase_add_test(tests, after_a_reset_of_the_counters_open_exits_begin_anew);
    tcase_add_test(tests, the_longest_exits_are_kept_for_the_timeline);
    tcase_add_test(tests, a_fault_that_only_the_shadow_needed_is_l0_s_alone);
    tcase_add_test(tests, a_fault_of_the_parent_costs_two_exits_and_is_one_episode);
    tcase_add_test(tests, an_access_behind_which_the_guest_goes_on_was_emulated);
    tcase_add_test(tests, an_interrupt_that_comes_with_the_return_does_not_hide_the_emulation);
    tcase_add_test(tests, an_invalidation_of_the_parent_kills_what_it_names_and_a_refill_is_told);
    tcase_add_test(tests, without_tables_faults_are_counted_all_the_same);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
