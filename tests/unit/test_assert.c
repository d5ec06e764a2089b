/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a developers' build checks (base/assert.h) is checked: each promise is broken once, by hand, and the simulator
 * ends. In other builds an assertion does not even evaluate its condition, and nothing is broken here.
 */
#include <check.h>
#include <signal.h>
#include <stdlib.h>

#include "base/assert.h"
#include "base/hash.h"
#include "bus/clock.h"
#include "core/run/code.h"
#include "machine/config.h"
#include "machine/console.h"
#include "machine/machine.h"
#include "mmu/assoc.h"
#include "mmu/check.h"
#include "stats/counters.h"
#include "tests/support/words.h"
#include "tests/unit/mmu_world.h"
#include "tests/support/suite.h"

START_TEST(a_condition_is_evaluated_in_developers_builds_alone)
{
    unsigned evaluated = 0;

    P9_ASSERT(++evaluated);
    ck_assert_uint_eq(evaluated, P9_ASSERTS);
}
END_TEST

START_TEST(a_violation_aborts)
{
    assert_violated("file.c", 1, "false");
}
END_TEST

/* ---- a machine that runs in circles ---- */

struct fixture {
    struct config config;
    struct console *console;
    struct machine *machine;
    struct machine_segment segment;
    u8 word[4];
};

enum { ENTRY = 0x10000 };

static void start_machine(struct fixture *f)
{
    config_default(&f->config);
    f->config.mem = 16 << 20;
    put_be32(f->word, W_B(0));
    f->segment = (struct machine_segment){.blob = {"test", f->word, 4}, .ra = ENTRY, .memory_size = 4};
    f->console = console_new(&(struct console_config){.terminal_fd = -1});
    f->machine = machine_new_bare(
        &f->config,
        &(struct machine_bare){.segments = &f->segment, .segment_count = 1, .entry = ENTRY, .state = BARE_HYPERVISOR},
        f->console, NULL);
    ck_assert_ptr_nonnull(f->machine);
}

/* Long enough for every kind of check to have its window. */
static void run_on(struct fixture *f)
{
    u64 until = machine_cycles(f->machine) + 400 * f->config.quantum_cycles;

    (void)machine_run(f->machine, &(struct machine_limits){.max_insns = UINT64_MAX, .max_cycles = until}, NULL);
}

/* One promise a line reads as a table. */
/* clang-format off */
static void le(struct thread *t) { t->le ^= 1; }
static void ea_mask(struct thread *t) { t->ea_mask = 0xffffffff; }
static void a_reserved_bit_of_msr(struct thread *t) { t->msr |= PPC_BIT(2); }
static void withheld(struct thread *t) { t->withheld = MSR_FP; }
static void a_cr_field(struct thread *t) { t->cr[3] = 16; }
static void a_carry(struct thread *t) { t->ca = 2; }
static void a_reservation(struct thread *t) { t->reserved = true, t->reserve_ra = 8; }
static void a_summary_of_fpscr(struct thread *t) { t->fpscr |= PPC_BIT32(2); }
static void a_mediated_interrupt(struct thread *t) { t->pending |= PENDING_MEDIATED_EXTERNAL; }
static void a_performance_monitor_interrupt(struct thread *t) { t->pending |= PENDING_PERFORMANCE_MONITOR; }
static void an_event_based_branch(struct thread *t) { t->pending |= PENDING_EBB; }
static void a_decrementer_interrupt(struct thread *t) { t->pending |= PENDING_DECREMENTER; }
static void the_timer_deadline(struct thread *t) { t->timer_deadline += 1; }
static void counting_pmcs(struct thread *t) { t->pmu.running ^= 1; }
static void branch_history(struct thread *t) { t->bhrb.on = true; }
static void pcr(struct thread *t) { t->pcr_withheld = 1; }
static void the_current_tables(struct thread *t) { t->map.load++; }
static void translation_registers(struct thread *t) { t->spr.PIDR = 5; }
static void the_guest(struct thread *t) { t->guest_lpid = 1; }
static void the_account(struct thread *t) { t->counters->completed++; }
static void what_entered_the_accounts(struct thread *t) { t->counted_completed = t->completed + 1; }
static void a_decoded_word(struct thread *t) { code_page_of(t->page)->word[(ENTRY & 0xfff) / 4] ^= 4; }
static void another_decoded_word(struct thread *t) { code_page_of(t->page)->word[77] ^= 4; }
static void storage_unseen(struct thread *t) { t->bus->ram->host[ENTRY] ^= 1; }
static void a_guard(struct thread *t) { t->bus->ram->page_flags[ENTRY >> 12] = 0; }
static void a_class_count(struct thread *t) { code_page_of(t->page)->insn[5].sums = 1ULL << 60; }
/* clang-format on */

static void (*const spoils[])(struct thread *t) = {
    le,
    ea_mask,
    a_reserved_bit_of_msr,
    withheld,
    a_cr_field,
    a_carry,
    a_reservation,
    a_summary_of_fpscr,
    a_mediated_interrupt,
    a_performance_monitor_interrupt,
    an_event_based_branch,
    a_decrementer_interrupt,
    the_timer_deadline,
    counting_pmcs,
    branch_history,
    pcr,
    the_current_tables,
    translation_registers,
    the_guest,
    the_account,
    what_entered_the_accounts,
    a_decoded_word,
    another_decoded_word,
    storage_unseen,
    a_guard,
    a_class_count,
};

START_TEST(a_machine_that_keeps_its_promises_runs)
{
    struct fixture f;

    start_machine(&f);
    run_on(&f);
    run_on(&f);
    machine_free(f.machine);
    console_free(f.console);
}
END_TEST

START_TEST(what_a_thread_promises_is_checked)
{
    struct fixture f;

    start_machine(&f);
    run_on(&f);
    spoils[_i](machine_thread(f.machine, 0));
    run_on(&f);
}
END_TEST

/* ---- the translation model ---- */

enum { PID = 7 };

static struct world w;
static struct mmu_system *mmus;
static struct hostmap map;
static struct insn decoded;

static void start_mmu(void)
{
    struct mmu_config config = mmu_config_default();
    u64 process_table, tree, stall = 0;
    struct xlate x;

    world_open(&w, 64);
    process_table = world_host(&w);
    tree = world_tree(&w, 0);
    world_process(&w, process_table, PID, tree);
    w.ctx.pid = PID;
    for (u64 page = 0; page < 8; page++) world_map(&w, tree, 0, page << 12, 12, (8 << 20) + (page << 12), L_ALL);
    mmus = mmu_system_new(&config, &w.bus, 1, 1);
    ck_assert_ptr_nonnull(mmus);
    map = mmu_set_context(mmu_of_thread(mmus, 0), &w.ctx);
    for (u64 page = 0; page < 8; page++)
        ck_assert(mmu_translate(mmu_of_thread(mmus, 0), page << 12, ACCESS_STORE, 8, &x, &stall));
    ck_assert(mmu_translate(mmu_of_thread(mmus, 0), 0, ACCESS_FETCH, 4, &x, &stall));
    mmu_install_fetch(mmu_of_thread(mmus, 0), 0, &decoded, false);
    P9_ASSERT_OF(mmu_check_fetch(mmu_of_thread(mmus, 0), 0, 8 << 20));
}

START_TEST(a_model_that_keeps_its_promises_is_left_alone)
{
    start_mmu();
    P9_ASSERT_OF(mmu_check(mmus));
    mmu_system_free(mmus);
    world_close(&w);
}
END_TEST

/* clang-format off */
static void leads_elsewhere(void) { map.store[1].addend += 4096; }
static void is_filled_unseen(void) { map.load[100].tag = 100 << 12; }
static void is_emptied_unseen(void) { map.store[2].tag = HOST_NO_PAGE; }
static void mirrors_another_page(void) { map.store[3].tag = 4 << 12; }
static void leads_to_code(void) { w.ram.page_flags[(8 << 20 >> 12) + 5] |= RAM_CODE; }
static void a_fetch_leads_elsewhere(void) { P9_ASSERT_OF(mmu_check_fetch(mmu_of_thread(mmus, 0), 0, 9 << 20)); }
/* clang-format on */

static void (*const slots[])(void) = {leads_elsewhere,      is_filled_unseen, is_emptied_unseen,
                                      mirrors_another_page, leads_to_code,    a_fetch_leads_elsewhere};

START_TEST(what_a_slot_mirrors_is_checked)
{
    start_mmu();
    slots[_i]();
    P9_ASSERT_OF(mmu_check(mmus));
}
END_TEST

/* ---- arrays, alarms, indices ---- */

static void open_array(struct assoc *a)
{
    ck_assert(assoc_open(a, 16, 4, REPLACE_LRU, 1));
    for (u64 k = 0; k < 10; k++) assoc_fill(a, assoc_victim(a, k), k, k);
    P9_ASSERT_OF(assoc_check(a));
}

/* clang-format off */
static void lost_order(struct assoc *a) { a->newest[1] = a->oldest[1]; }
static void lost_tag(struct assoc *a) { a->line[assoc_find(a, 5, 5)].key[0] = 77; }
static void a_tag_twice(struct assoc *a) { assoc_fill(a, assoc_victim(a, 3), 9, 9); }
static void lost_count(struct assoc *a) { a->used++; }
static void an_empty_line_in_use(struct assoc *a) { a->line[a->oldest[2]].valid ^= true; }
/* clang-format on */

static void (*const arrays[])(struct assoc *a) = {lost_order, lost_tag, a_tag_twice, lost_count, an_empty_line_in_use};

START_TEST(the_order_of_an_array_is_checked)
{
    struct assoc a;

    open_array(&a);
    arrays[_i](&a);
    P9_ASSERT_OF(assoc_check(&a));
}
END_TEST

static void rings(void *self)
{
    (void)self;
}

START_TEST(the_next_alarm_is_checked)
{
    struct clock clock = {0};
    struct alarm alarm;

    clock_add(&clock, &alarm, rings, NULL);
    clock_arm(&clock, &alarm, 100);
    clock.next_deadline_tb = 200;
    clock_advance(&clock, 50);
}
END_TEST

START_TEST(an_index_that_is_too_full_is_found)
{
    u32 cell[8] = {0};
    struct hash_index index = {cell, 8};

    hash_add(&index, 1, 4);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("assert");
    TCase *tcase = tcase_create("all");

    tcase_set_timeout(tcase, 120);
    tcase_add_test(tcase, a_condition_is_evaluated_in_developers_builds_alone);
    tcase_add_test_raise_signal(tcase, a_violation_aborts, SIGABRT);
    tcase_add_test(tcase, a_machine_that_keeps_its_promises_runs);
    tcase_add_test(tcase, a_model_that_keeps_its_promises_is_left_alone);
    if (P9_ASSERTS) {
        tcase_add_loop_test_raise_signal(tcase, what_a_thread_promises_is_checked, SIGABRT, 0, ARRAY_SIZE(spoils));
        tcase_add_loop_test_raise_signal(tcase, what_a_slot_mirrors_is_checked, SIGABRT, 0, ARRAY_SIZE(slots));
        tcase_add_loop_test_raise_signal(tcase, the_order_of_an_array_is_checked, SIGABRT, 0, ARRAY_SIZE(arrays));
        tcase_add_test_raise_signal(tcase, the_next_alarm_is_checked, SIGABRT);
        tcase_add_test_raise_signal(tcase, an_index_that_is_too_full_is_found, SIGABRT);
    }
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
