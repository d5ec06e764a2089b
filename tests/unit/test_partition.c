/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whose child is it?  Scripts of what hardware sees when KVM-HV nests (Linux, arch/powerpc/kvm/book3s_hv_nested.c), and
 * the tree that follows.  A script's words:
 *
 *     ask(P, n, v, R)    partition P executes sc 1 with H_ENTER_NESTED; its hv_guest_state names its guest n, virtual
 *                        processor v; its registers are those of the set R (a number stands for all of them)
 *     enter(T, Z, R)     thread T goes on with registers R under LPIDR = Z
 *
 * A guest of depth 3 comes to run like this.  L1 has LPID 1, entered without anybody's asking.  L1 asks for its guest 5
 * with registers 20; L0 picks LPID 2 and enters it with these registers: 2 is a child of 1.  L2 asks for its guest 9
 * with registers 30.  L0 cannot serve a guest of level 2: it goes back to L1, whose H_ENTER_NESTED ends with "your
 * guest made a system call".  L1 serves its guest's hypercall: it gives 9 of L2 a number of its own, 6, and asks for it
 * with the same registers 30; L0 picks LPID 3 and enters it with registers 30.  Two requests had registers 30: 6 of L1
 * stands for 9 of L2, so 3 is a child of 2, not of 1.  At depth 4 three requests have the same registers.  After an
 * interrupt of L3 that L1 handles by itself it asks for 6 again, with registers that L2 never saw: 6 is still 9 of L2.
 */
#include <check.h>
#include <stdlib.h>

#include "bus/bus.h"
#include "core/state/thread.h"
#include "hypervisor/account.h"
#include "hypervisor/partition.h"
#include "tests/support/suite.h"

enum { NIA = 0x4000 };

static struct partition_tree tree;
static struct thread thread[4];
static struct ram ram;
static struct bus bus;

static void begin(void)
{
    ck_assert(partition_tree_open(&tree));
    ck_assert(ram_open(&ram, 1 << 16));
    bus.ram = &ram;
    for (unsigned k = 0; k < ARRAY_SIZE(thread); k++) {
        thread[k] = (struct thread){.pir = k, .msr = MSR_SF | MSR_HV, .partitions = &tree, .bus = &bus};
        thread[k].partition = partition_l0(&tree);
    }
}

static void end(void)
{
    partition_tree_close(&tree);
    ram_close(&ram);
}

static struct partition *of(u32 lpid)
{
    ck_assert_ptr_nonnull(tree.of_lpid[lpid]);
    return tree.of_lpid[lpid];
}

/* The same registers for the request as partition_cross() finds at the entry. */
static void fill(struct thread *t, unsigned registers)
{
    for (unsigned k = 0; k < 32; k++) t->gpr[k] = registers * 1000ULL + k;
    t->spr.PIDR = registers;
    t->spr.HSRR0 = NIA + registers * 4;
    t->spr.SRR0 = 0x9999; /* the guest's */
}

static void enter(unsigned n, u32 lpid, unsigned registers)
{
    fill(&thread[n], registers);
    partition_cross(&thread[n], lpid);
    ck_assert_ptr_eq(thread[n].partition, of(lpid));
}

/* An interrupt that is no hypercall. */
static void leave(unsigned n)
{
    partition_cross(&thread[n], 0);
    ck_assert_ptr_eq(thread[n].partition, partition_l0(&tree));
}

/* What partition.c makes of H_ENTER_NESTED once it has read the caller's storage. */
static void ask_by(unsigned n, u32 lpid, u32 number, u32 token, unsigned registers)
{
    struct thread scratch = {0};
    struct nest_request request = {.number = number, .token = token, .thread = thread[n].pir};

    fill(&scratch, registers);
    request.registers = nest_registers_of(scratch.gpr, scratch.spr.PIDR, scratch.spr.HSRR0);
    leave(n);
    nesting_asked(&tree.nesting, of(lpid), &request);
}

static void ask(u32 lpid, u32 number, u32 token, unsigned registers)
{
    ask_by(0, lpid, number, token, registers);
}

static void expect(u32 lpid, unsigned level, u32 parent_lpid)
{
    const struct partition *p = of(lpid);

    ck_assert_uint_eq(p->lpid, lpid);
    ck_assert_uint_eq(p->level, level);
    ck_assert_ptr_nonnull(p->parent);
    ck_assert_uint_eq(p->parent->lpid, parent_lpid);
    ck_assert_uint_eq(p->parent->level + 1, level);
}

/* L1 = 1; L2 = 2, which L1 calls 5; L3 = 3, which L2 calls 9 and L1 calls 6; L4 = 4, called 11, 10 and 7. */
static void grow(unsigned depth)
{
    enter(0, 1, 10);
    if (depth < 2) return;
    ask(1, 5, 0, 20);
    enter(0, 2, 20);
    if (depth < 3) return;
    ask(2, 9, 0, 30);
    enter(0, 1, 11); /* back in L1 with the trap of its guest */
    ask(1, 6, 0, 30);
    enter(0, 3, 30);
    if (depth < 4) return;
    ask(3, 11, 0, 40);
    enter(0, 1, 12); /* L1 learns that its guest 6, of L2, made a system call: that is L2's affair */
    ask(1, 5, 0, 21);
    enter(0, 2, 21); /* L2 learns it of its guest 9, and serves it */
    ask(2, 10, 0, 40);
    enter(0, 1, 13);
    ask(1, 7, 0, 40);
    enter(0, 4, 40);
}

START_TEST(who_is_entered_without_a_request_is_a_guest_of_l0)
{
    grow(1);
    expect(1, 1, 0);
    leave(0);
    enter(0, 1, 15);
    leave(0);
    enter(0, 7, 70);
    expect(7, 1, 0);
    ck_assert_uint_eq(tree.count, 3);
    ck_assert_uint_eq(of(1)->entries, 2);
}
END_TEST

START_TEST(a_request_is_joined_to_the_entry_that_answers_it)
{
    grow(2);
    expect(1, 1, 0);
    expect(2, 2, 1);
}
END_TEST

START_TEST(a_request_that_l1_makes_for_l2_gives_l2_the_child)
{
    grow(3);
    expect(2, 2, 1);
    expect(3, 3, 2);
}
END_TEST

START_TEST(a_request_climbs_three_levels)
{
    grow(4);
    expect(2, 2, 1);
    expect(3, 3, 2);
    expect(4, 4, 3);
    ck_assert_uint_eq(tree.count, 5);
}
END_TEST

START_TEST(a_hypervisor_goes_on_with_its_childs_child_by_itself)
{
    grow(3);
    leave(0);
    enter(0, 1, 14); /* L3's interrupt is L1's to handle: a page of L1's that L3 lacks */
    ask(1, 6, 0, 31);
    enter(0, 3, 31);
    expect(3, 3, 2);
    leave(0);
    enter(0, 3, 32); /* L0 solved it alone */
    expect(3, 3, 2);
    ck_assert_uint_eq(tree.count, 4);
}
END_TEST

START_TEST(two_hypervisors_side_by_side_do_not_get_each_others_guests)
{
    /* L1s 1 and 2 at threads 0 and 1 ask at the same time; L0 runs what 2 asked for on thread 0, because it preempted.
     */
    enter(0, 1, 10);
    enter(1, 2, 11);
    ask_by(0, 1, 5, 0, 20);
    ask_by(1, 2, 5, 0, 21);
    enter(0, 4, 21);
    enter(1, 3, 20);
    expect(4, 2, 2);
    expect(3, 2, 1);
}
END_TEST

START_TEST(a_request_that_waits_does_not_take_another_guests_entry)
{
    /* The thread that asked for a nested guest first runs somebody else, whom nobody asked for. */
    grow(1);
    ask(1, 5, 0, 20);
    enter(0, 8, 80);
    expect(8, 1, 0);
    leave(0);
    enter(0, 2, 20);
    expect(2, 2, 1);
}
END_TEST

START_TEST(guests_with_the_very_same_registers_belong_to_the_thread_that_asked)
{
    /* Two guests at their first instruction: equal registers.  The thread decides. */
    enter(0, 1, 10);
    enter(1, 2, 11);
    ask_by(0, 1, 5, 0, 20);
    ask_by(1, 2, 5, 0, 20);
    enter(1, 3, 20);
    enter(0, 4, 20);
    expect(3, 2, 2);
    expect(4, 2, 1);
}
END_TEST

START_TEST(virtual_processors_of_one_guest_are_one_partition)
{
    enter(0, 1, 10);
    enter(1, 1, 11);
    ask_by(0, 1, 5, 0, 20);
    ask_by(1, 1, 5, 1, 22);
    enter(1, 2, 22);
    enter(0, 2, 20);
    expect(2, 2, 1);
    ask_by(0, 2, 9, 0, 30); /* processor 0 of L2 starts L3 */
    ask_by(1, 2, 9, 1, 33);
    enter(1, 1, 12); /* L1's processors have changed their threads */
    enter(0, 1, 13);
    ask_by(1, 1, 6, 0, 30);
    enter(1, 3, 30);
    expect(3, 3, 2);
    ask_by(0, 1, 6, 1, 33);
    enter(0, 3, 33);
    expect(3, 3, 2);
    ck_assert_uint_eq(tree.count, 4);
}
END_TEST

START_TEST(a_request_that_failed_is_replaced_by_the_next_of_the_same_processor)
{
    grow(1);
    ask(1, 5, 0, 20);
    enter(0, 1, 10); /* L0 could not: H_INTERRUPT */
    expect(1, 1, 0);
    ask(1, 5, 0, 20);
    enter(0, 2, 20);
    expect(2, 2, 1);
    leave(0);
    ck_assert_uint_eq(tree.nesting.waiting_count, 0);
}
END_TEST

START_TEST(an_lpid_that_comes_back_with_another_parent_is_another_partition)
{
    u32 first;

    grow(2);
    first = of(2)->id;
    leave(0);
    enter(0, 7, 70); /* a second L1, which now gets LPID 2 for its guest */
    ask(7, 5, 0, 71);
    enter(0, 2, 71);
    expect(2, 2, 7);
    ck_assert_uint_ne(of(2)->id, first);
    ck_assert_uint_eq(tree.list[first]->parent->lpid, 1);
}
END_TEST

START_TEST(a_number_that_was_given_up_says_nothing_of_its_next_bearer)
{
    /* L3 ends: L1 gives up 6, then uses it for a guest of its own. */
    grow(3);
    leave(0);
    nesting_forget(&tree.nesting, of(2), 9);
    nesting_forget(&tree.nesting, of(1), 6);
    enter(0, 1, 14);
    ask(1, 6, 0, 50);
    enter(0, 3, 50);
    expect(3, 2, 1);
    ck_assert_uint_eq(tree.count, 5);
}
END_TEST

START_TEST(a_partition_ends_with_its_table_entry)
{
    /* PTCR: a table of 4 KiB at 0x1000; entry 1 is valid, then cleared. */
    u64 entry = ~0ULL;
    u32 first;

    thread[0].spr.PTCR = 0x1000;
    ck_assert(ram_store(&ram, 0x1010, &entry, sizeof entry));
    grow(1);
    first = of(1)->id;
    leave(0);
    partition_invalidated(&thread[0], 1);
    ck_assert(!of(1)->ended); /* something else of it was invalidated */
    entry = 0;
    ck_assert(ram_store(&ram, 0x1010, &entry, sizeof entry));
    partition_invalidated(&thread[0], 1);
    ck_assert(tree.list[first]->ended);
    enter(0, 1, 10);
    ck_assert_uint_ne(of(1)->id, first);
    expect(1, 1, 0);
    leave(0);
}
END_TEST

START_TEST(requests_and_names_without_end_are_bounded)
{
    grow(1);
    for (u32 k = 0; k < 5000; k++) {
        ask(1, k, k, 100 + k);
        enter(0, 1, 10);
    }
    ck_assert_uint_le(tree.nesting.waiting_count, NEST_REQUESTS);
    for (u32 k = 0; k < 5000; k++) {
        ask(1, 6000 + k, 0, 9000 + k);
        enter(0, 2, 9000 + k);
        leave(0);
        enter(0, 1, 10);
    }
    ck_assert_uint_eq(tree.count, PARTITIONS_MAX);
    for (unsigned k = 1; k < tree.count; k++) ck_assert_uint_eq(tree.list[k]->level, tree.list[k]->parent->level + 1);
}
END_TEST

/* ---- the hooks ---- */

struct told {
    unsigned left, entered;
    u32 lpid;
};
static void note_left(void *self, const struct guest_exit *e)
{
    struct told *told = self;

    told->left++;
    told->lpid = e->from->lpid;
}
static void note_entered(void *self, const struct guest_entry *e)
{
    struct told *told = self;

    told->entered++;
    told->lpid = e->to->lpid;
}

START_TEST(watchers_are_told_of_each_world_switch)
{
    struct told told = {0};
    struct partition_watcher both = {.left = note_left, .entered = note_entered, .self = &told}, none = {0};

    partition_watch(&tree, &none);
    partition_watch(&tree, &both);
    grow(1);
    ck_assert_uint_eq(told.entered, 1);
    leave(0);
    ck_assert_uint_eq(told.left, 1);
    ck_assert_uint_eq(told.lpid, 1);
    leave(0); /* it is the hypervisor already */
    ck_assert_uint_eq(told.left, 1);
}
END_TEST

START_TEST(a_reset_takes_the_threads_out_of_their_guests)
{
    struct thread *const threads[] = {&thread[0], &thread[1]};
    struct told told = {0};
    struct partition_watcher both = {.left = note_left, .entered = note_entered, .self = &told};

    partition_watch(&tree, &both);
    grow(1);
    leave(0);
    enter(1, 1, 10);
    partition_restart(&tree, threads, 2);
    ck_assert_uint_eq(told.left, told.entered);
    ck_assert_uint_eq(thread[1].guest_lpid, 0);
    ck_assert_ptr_eq(thread[1].partition, partition_l0(&tree));
    ck_assert_ptr_null(tree.of_lpid[1]);
    enter(0, 1, 10);
    ck_assert_uint_eq(told.left + 1, told.entered);
}
END_TEST

/* ---- accounts ---- */

START_TEST(every_process_has_an_account_and_latecomers_share_one)
{
    struct account_book book = {0};
    struct account *first, *others;

    grow(1);
    first = account_find(&book, of(1), ACCOUNT_PROBLEM, 0);
    for (u32 pid = 1; pid < ACCOUNT_PIDS; pid++)
        ck_assert_uint_eq(account_find(&book, of(1), ACCOUNT_PROBLEM, pid)->pid, pid);
    ck_assert_ptr_eq(account_find(&book, of(1), ACCOUNT_PROBLEM, 0), first);
    others = account_find(&book, of(1), ACCOUNT_PROBLEM, 90000);
    ck_assert_uint_eq(others->pid, ACCOUNT_OTHERS);
    ck_assert_ptr_eq(account_find(&book, of(1), ACCOUNT_PROBLEM, 90001), others);
    ck_assert_uint_eq(account_find(&book, of(1), ACCOUNT_OS, 90000)->pid, 90000); /* another state has room */
    ck_assert_uint_eq(account_find(&book, partition_l0(&tree), ACCOUNT_PROBLEM, 90000)->pid, 90000);
    ck_assert_uint_eq(book.count, ACCOUNT_PIDS + 3);
    account_book_clear(&book);
}
END_TEST

START_TEST(a_full_book_still_has_an_account_of_the_right_partition_for_everybody)
{
    struct account_book book = {0};

    for (u32 lpid = 1; lpid < 100; lpid++) {
        enter(0, lpid, lpid);
        leave(0);
        for (u32 pid = 0; pid < 100; pid++)
            ck_assert_ptr_eq(account_find(&book, of(lpid), ACCOUNT_OS, pid)->partition, of(lpid));
    }
    ck_assert_uint_le(book.count, ACCOUNTS_MAX + 99);
    account_book_clear(&book);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("partition");
    TCase *tests = tcase_create("partition");

    tcase_add_checked_fixture(tests, begin, end);
    tcase_add_test(tests, who_is_entered_without_a_request_is_a_guest_of_l0);
    tcase_add_test(tests, a_request_is_joined_to_the_entry_that_answers_it);
    tcase_add_test(tests, a_request_that_l1_makes_for_l2_gives_l2_the_child);
    tcase_add_test(tests, a_request_climbs_three_levels);
    tcase_add_test(tests, a_hypervisor_goes_on_with_its_childs_child_by_itself);
    tcase_add_test(tests, two_hypervisors_side_by_side_do_not_get_each_others_guests);
    tcase_add_test(tests, a_request_that_waits_does_not_take_another_guests_entry);
    tcase_add_test(tests, guests_with_the_very_same_registers_belong_to_the_thread_that_asked);
    tcase_add_test(tests, virtual_processors_of_one_guest_are_one_partition);
    tcase_add_test(tests, a_request_that_failed_is_replaced_by_the_next_of_the_same_processor);
    tcase_add_test(tests, an_lpid_that_comes_back_with_another_parent_is_another_partition);
    tcase_add_test(tests, a_number_that_was_given_up_says_nothing_of_its_next_bearer);
    tcase_add_test(tests, a_partition_ends_with_its_table_entry);
    tcase_add_test(tests, requests_and_names_without_end_are_bounded);
    tcase_add_test(tests, watchers_are_told_of_each_world_switch);
    tcase_add_test(tests, a_reset_takes_the_threads_out_of_their_guests);
    tcase_add_test(tests, every_process_has_an_account_and_latecomers_share_one);
    tcase_add_test(tests, a_full_book_still_has_an_account_of_the_right_partition_for_everybody);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
