/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The run loop and the machine around it, on small bare-metal programs: every port ends in the same state, decoded
 * pages are never stale, counting is exact, two machines in one process do not know of each other.
 *
 * rows: callthru
 */
#include <check.h>
#include <stdlib.h>
#include <unistd.h>

#include "bus/ram.h"
#include "core/state/interrupt.h"
#include "core/state/retire.h"
#include "hypervisor/account.h"
#include "machine/checkpoint.h"
#include "machine/config.h"
#include "machine/console.h"
#include "machine/machine.h"
#include "tests/support/words.h"
#include "tests/support/suite.h"

enum { ENTRY = 0x10000, CODE_MAX = 4096 };

struct fixture {
    struct config config;
    struct console *console;
    struct machine *machine;
    u8 bytes[CODE_MAX * 4];
    struct machine_segment segments[2];
};

static void start(struct fixture *f, const u32 *code, size_t n, enum config_model model, bool le)
{
    config_default(&f->config);
    f->config.mem = 16 << 20;
    f->config.model = model;
    for (size_t k = 0; k < n; k++) put_be32(f->bytes + 4 * k, le ? swap32(code[k]) : code[k]);
    f->segments[0] = (struct machine_segment){.blob = {"test", f->bytes, n * 4}, .ra = ENTRY, .memory_size = n * 4};
    f->console = console_new(&(struct console_config){.terminal_fd = -1});
    ck_assert_ptr_nonnull(f->console);
    f->machine = machine_new_bare(
        &f->config,
        &(struct machine_bare){
            .segments = f->segments, .segment_count = 1, .entry = ENTRY, .state = BARE_HYPERVISOR, .le = le},
        f->console, NULL);
    ck_assert_ptr_nonnull(f->machine);
}

static void stop(struct fixture *f)
{
    machine_free(f->machine);
    console_free(f->console);
}

static enum machine_end run(struct fixture *f, u64 max_insns)
{
    return machine_run(f->machine, &(struct machine_limits){.max_insns = max_insns, .max_cycles = UINT64_MAX}, NULL);
}

#define EXIT W_LI(3, 31), W_LI(4, 0), W_CALLTHRU

START_TEST(a_store_to_the_next_instruction_is_executed_as_stored)
{
    static const u32 code[] = {
        W_LIS(5, ENTRY >> 16),
        W_LIS(6, W_LI(7, 2) >> 16),
        W_ORI(6, 6, W_LI(7, 2) & 0xffff),
        W_STW(6, 16, 5),
        W_LI(7, 1), /* becomes li r7,2 before it runs */
        EXIT,
    };
    struct fixture f;

    for (int le = 0; le < 2; le++) {
        start(&f, code, ARRAY_SIZE(code), MODEL_MMU, le);
        ck_assert_int_eq(run(&f, 1000), MACHINE_OFF);
        ck_assert_uint_eq(machine_thread(f.machine, 0)->gpr[7], 2);
        stop(&f);
    }
}
END_TEST

START_TEST(a_patched_routine_runs_as_patched_every_time)
{
    /* r7 accumulates what the routine adds; between calls the routine's immediate is rewritten to 1, 2, ... 100 */
    static const u32 code[] = {
        W_LIS(5, ENTRY >> 16),
        W_LIS(6, W_ADDI(7, 7, 0) >> 16),
        W_ORI(6, 6, 0),
        W_LI(8, 100),
        W_MTCTR(8),
        W_LI(7, 0),
        /* loop: */ W_ADDI(6, 6, 1),
        W_STW(6, 0x100, 5),
        W_BL(0x100 - 8 * 4),
        W_BDNZ(-12),
        EXIT,
        [0x40] = W_ADDI(7, 7, 0),
        W_BLR,
    };
    struct fixture f;

    start(&f, code, ARRAY_SIZE(code), MODEL_MMU, false);
    ck_assert_int_eq(run(&f, 100000), MACHINE_OFF);
    ck_assert_uint_eq(machine_thread(f.machine, 0)->gpr[7], 5050);
    stop(&f);
}
END_TEST

/* A program with loads, stores, calls to other pages and a decrementer that interrupts it again and again. */
static const u32 busy[] = {
    W_LIS(20, 1),
    W_MTCTR(20), /* 65536 turns */
    W_LIS(5, 0x20),
    W_LI(6, 0),
    W_LI(9, 500),
    W_MTSPR(22, 9),
    W_LIS(10, (ENTRY + 0x2000) >> 16),
    W_ORI(10, 10, 0x2000),
    /* enable EE through mtmsrd L=1: r11 = 0x8002 */
    W_LI(11, -0x7ffe),
    W_MTMSRD(11, 1),
    /* loop at word 10: */
    W_LD(12, 0, 5),
    W_ADD(12, 12, 6),
    W_STD(12, 0, 5),
    W_ADDI(6, 6, 3),
    W_BL(0x2000 - 14 * 4),
    W_BDNZ(-20),
    W_LI(3, 31),
    W_LI(4, 0),
    W_CALLTHRU,
    [0x800] = W_XOR(13, 12, 6),
    W_LWZ(14, 4, 5),
    W_ADD(15, 15, 14),
    W_BLR,
};
static const u32 decrementer[] = {W_ADDI(30, 30, 1), W_LI(31, 777), W_MTSPR(22, 31), W_RFID};

static void start_busy(struct fixture *f, enum config_model model)
{
    static u8 vector[sizeof decrementer];

    for (size_t k = 0; k < ARRAY_SIZE(decrementer); k++) put_be32(vector + 4 * k, decrementer[k]);
    start(f, busy, ARRAY_SIZE(busy), model, false);
    ck_assert(ram_store((struct ram *)(uintptr_t)machine_ram(f->machine), 0x900, vector, sizeof vector));
}

START_TEST(every_port_and_model_ends_in_the_same_state)
{
    u64 hash[3], interrupts = 0, completed = 0;

    for (unsigned k = 0; k < 3; k++) {
        struct fixture f;
        start_busy(&f, k == 2 ? MODEL_NONE : MODEL_MMU);
        /* Interrupts come by simulated time, and the models differ in it: without table reads they agree. */
        if (k == 1) ck_assert(machine_trace(f.machine, NULL));
        ck_assert_int_eq(run(&f, 10000000), MACHINE_OFF);
        hash[k] = machine_state_hash(f.machine);
        interrupts = machine_thread(f.machine, 0)->gpr[30];
        if (k) ck_assert_uint_eq(machine_completed(f.machine), completed);
        completed = machine_completed(f.machine);
        stop(&f);
    }
    ck_assert_uint_gt(interrupts, 50);
    ck_assert_uint_eq(hash[0], hash[1]);
    ck_assert_uint_eq(hash[0], hash[2]);
}
END_TEST

struct record_count {
    struct retire_sink sink;
    u64 completed;
};

static u64 count_records(struct retire_sink *sink, const struct retire_block *block)
{
    for (size_t k = 0; k < block->count; k++)
        ((struct record_count *)sink)->completed += retire_completed(&block->record[k]);
    return 0;
}

START_TEST(a_sink_is_handed_a_record_of_every_instruction_down_to_the_last)
{
    static const u32 code[] = {W_LI(8, 1000), W_MTCTR(8), W_BDNZ(0), EXIT};
    struct record_count count = {.sink = {.take = count_records}};
    struct fixture f;

    start(&f, code, ARRAY_SIZE(code), MODEL_MMU, false);
    ck_assert(machine_trace(f.machine, &count.sink));
    ck_assert_int_eq(run(&f, 100000), MACHINE_OFF);
    ck_assert_uint_eq(machine_completed(f.machine), 1005);
    ck_assert_uint_eq(count.completed, 1005);
    stop(&f);
}
END_TEST

START_TEST(two_machines_in_one_process_do_not_know_of_each_other)
{
    struct fixture a, b, alone;

    start_busy(&alone, MODEL_MMU);
    ck_assert_int_eq(run(&alone, 10000000), MACHINE_OFF);
    start_busy(&a, MODEL_MMU);
    start_busy(&b, MODEL_MMU);
    for (u64 upto = 10000;; upto += 10000) {
        enum machine_end end_a = run(&a, upto), end_b = run(&b, upto);
        ck_assert_int_eq(end_a, end_b);
        if (end_a == MACHINE_OFF) break;
    }
    ck_assert_uint_eq(machine_state_hash(a.machine), machine_state_hash(b.machine));
    stop(&a);
    stop(&b);
    stop(&alone);
}
END_TEST

START_TEST(an_unaligned_access_to_the_first_bytes_of_storage_hits_no_empty_slot)
{
    static const u32 code[] = {
        W_LIS(6, 0x1234), W_ORI(6, 6, 0x5678), W_LI(5, 1),     W_LWZ(7, 0, 5),
        W_STW(6, 0, 5),   W_STW(6, 4, 5),      W_LWZ(8, 4, 5), EXIT,
    };
    struct fixture f;

    for (int le = 0; le < 2; le++) {
        start(&f, code, ARRAY_SIZE(code), MODEL_MMU, le);
        ck_assert_int_eq(run(&f, 1000), MACHINE_OFF);
        ck_assert_uint_eq(machine_thread(f.machine, 0)->gpr[8], 0x12345678);
        ck_assert_uint_eq(machine_ram(f.machine)->host[0], 0);
        ck_assert_uint_eq(machine_ram(f.machine)->host[le ? 8 : 5], 0x12);
        stop(&f);
    }
}
END_TEST

START_TEST(the_simulator_call_is_an_illegal_instruction_if_it_is_switched_off)
{
    static const u32 code[] = {W_LI(3, 31), W_LI(4, 0), W_CALLTHRU};
    static const u8 branch_to_itself[] = {0x48, 0, 0, 0};
    struct fixture f;

    start(&f, code, ARRAY_SIZE(code), MODEL_MMU, false);
    machine_free(f.machine);
    f.config.callthru = 0;
    f.machine = machine_new_bare(
        &f.config,
        &(struct machine_bare){.segments = f.segments, .segment_count = 1, .entry = ENTRY, .state = BARE_HYPERVISOR},
        f.console, NULL);
    ck_assert_ptr_nonnull(f.machine);
    ck_assert(ram_store((struct ram *)(uintptr_t)machine_ram(f.machine), 0xe40, branch_to_itself, 4));
    ck_assert_int_eq(run(&f, 1000), MACHINE_LIMIT);
    ck_assert_uint_eq(machine_thread(f.machine, 0)->nia, 0xe40); /* hypervisor emulation assistance */
    ck_assert_uint_eq(machine_thread(f.machine, 0)->spr.HEIR, W_CALLTHRU);
    stop(&f);
}
END_TEST

START_TEST(what_completed_is_counted_exactly)
{
    /* 10 words straight, then 7 turns of a two-instruction loop, then 3 words to leave; the callthru completes too */
    static const u32 code[] = {
        W_LI(5, 7), W_MTCTR(5), W_LIS(6, 2), W_NOP,         W_NOP,      W_NOP, W_NOP,
        W_NOP,      W_NOP,      W_NOP,       W_LD(7, 0, 6), W_BDNZ(-4), EXIT,
    };
    struct fixture f;
    struct account *account;

    start(&f, code, ARRAY_SIZE(code), MODEL_MMU, false);
    ck_assert_int_eq(run(&f, 1000), MACHINE_OFF);
    ck_assert_uint_eq(machine_completed(f.machine), 10 + 7 * 2 + 3);
    account = machine_accounts(f.machine)->list[0];
    ck_assert_int_eq(account->state, ACCOUNT_HYPERVISOR);
    ck_assert_uint_eq(account->counters.loads, 7);
    ck_assert_uint_eq(account->counters.branches, 7);
    ck_assert_uint_eq(account->counters.completed, 27);
    stop(&f);
}
END_TEST

START_TEST(a_guest_that_jumps_into_nothing_is_reported_and_does_not_hang)
{
    static const u32 code[] = {W_LIS(5, 0x80), W_MTSPR(8, 5), W_BLR};
    struct fixture f;

    start(&f, code, ARRAY_SIZE(code), MODEL_MMU, false);
    ck_assert_int_eq(run(&f, 1000000), MACHINE_GUEST_DIED);
    ck_assert_ptr_nonnull(machine_death(f.machine));
    stop(&f);
}
END_TEST

/* Each makes a machine that no run can come to; the rows alone would take it. */
/* clang-format off */
static void nothing(struct thread *t) { (void)t; }
static void of_another_partition(struct thread *t) { t->spr.LPIDR = 5; }
static void in_another_state(struct thread *t) { t->msr ^= MSR_DR; }
static void counted_more_than_it_did(struct thread *t) { t->counted_completed += 1 << 20; }
static void idle_for_longer_than_it_was(struct thread *t) { t->counters->idle_cycles = t->counters->cycles + 1; }
static void waits_for_what_nobody_sent(struct thread *t) { t->pending ^= PENDING_MEDIATED_EXTERNAL; }
static void with_another_deadline(struct thread *t) { t->timer_deadline++; }
/* clang-format on */
static void (*const contradictions[])(struct thread *t) = {
    nothing,
    of_another_partition,
    in_another_state,
    counted_more_than_it_did,
    idle_for_longer_than_it_was,
    waits_for_what_nobody_sent,
    with_another_deadline,
};

START_TEST(a_file_of_a_machine_that_contradicts_itself_is_refused)
{
    char path[64];
    struct fixture f, g = {.console = NULL};
    struct saved_machine *saved;

    snprintf(path, sizeof path, "/tmp/test_machine.%ld", (long)getpid());
    start_busy(&f, MODEL_MMU);
    ck_assert_int_eq(run(&f, 10001), MACHINE_LIMIT);
    contradictions[_i](machine_thread(f.machine, 0));
    ck_assert(machine_checkpoint(f.machine, path, NULL));
    stop(&f);
    saved = checkpoint_open(path, NULL);
    ck_assert_ptr_nonnull(saved);
    g.console = console_new(&(struct console_config){.terminal_fd = -1});
    g.machine = machine_new_restored(saved, checkpoint_config(saved), g.console, NULL);
    ck_assert_int_eq(g.machine != NULL, _i == 0);
    stop(&g);
    checkpoint_close(saved);
    unlink(path);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("machine");
    TCase *tc = tcase_create("machine");

    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, a_store_to_the_next_instruction_is_executed_as_stored);
    tcase_add_test(tc, a_patched_routine_runs_as_patched_every_time);
    tcase_add_test(tc, every_port_and_model_ends_in_the_same_state);
    tcase_add_test(tc, a_sink_is_handed_a_record_of_every_instruction_down_to_the_last);
    tcase_add_test(tc, two_machines_in_one_process_do_not_know_of_each_other);
    tcase_add_test(tc, an_unaligned_access_to_the_first_bytes_of_storage_hits_no_empty_slot);
    tcase_add_test(tc, the_simulator_call_is_an_illegal_instruction_if_it_is_switched_off);
    tcase_add_test(tc, what_completed_is_counted_exactly);
    tcase_add_test(tc, a_guest_that_jumps_into_nothing_is_reported_and_does_not_hang);
    tcase_add_loop_test(tc, a_file_of_a_machine_that_contradicts_itself_is_refused, 0, ARRAY_SIZE(contradictions));
    suite_add_tcase(suite, tc);
    return run_suite(suite);
}
