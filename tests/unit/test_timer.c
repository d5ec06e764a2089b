/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Time: each register as a function of the cycles, DEC's exception as a level and HDEC's as an edge, the deadline that
 * the run loop gets, TFMR. In the stub the time base ticks once every eight cycles.
 */
#include <check.h>
#include <stdlib.h>

#include "core/state/context.h"
#include "core/state/interrupt.h"
#include "core/state/spr.h"
#include "core/state/timer.h"
#include "tests/support/state_stub.h"
#include "tests/support/suite.h"

static struct state_stub stub;
static struct thread *t;

enum {
    DEC = 22,
    TB = 268,
    TBU = 269,
    TBL_W = 284,
    TBU_W = 285,
    TBU40 = 286,
    SPURR = 308,
    PURR = 309,
    HDEC = 310,
    TFMR = 317,
    LPCR = 318,
    IC = 848,
    VTB = 849,
    CYCLES_PER_TICK = 8
};

static void setup(void)
{
    state_stub_reset(&stub);
    t = &stub.thread[0];
}

static u64 get(unsigned number)
{
    u64 value = 0;

    ck_assert_int_eq(spr_read(t, number, &value), SPR_DONE);
    return value;
}
static void put(unsigned number, u64 value)
{
    enum spr_result result = spr_write(t, number, value);

    ck_assert(result == SPR_DONE || result == SPR_CONTEXT);
}
static void pass_ticks(u64 ticks)
{
    t->completed += ticks * CYCLES_PER_TICK;
}

START_TEST(the_time_base_counts_ticks)
{
    ck_assert_uint_eq(get(TB), 0);
    pass_ticks(5);
    t->completed += 7;
    ck_assert_uint_eq(get(TB), 5);
    t->stall_cycles += 1;
    ck_assert_uint_eq(get(TB), 6);
}
END_TEST

/* Eight cycles a tick: at 1.5 cycles an instruction 48 of them are 9 ticks. */
START_TEST(the_pace_says_how_many_cycles_an_instruction_takes)
{
    t->pace = PACE_ONE * 3 / 2;
    t->completed = 48;
    ck_assert_uint_eq(thread_time(t), 72);
    ck_assert_uint_eq(get(TB), 9);
    for (u64 cycles = 1; cycles < 100; cycles++) {
        u64 n = thread_completed_in(t, cycles);
        ck_assert(thread_insn_cycles(t, n) >= 72 + cycles && thread_insn_cycles(t, n - 1) < 72 + cycles);
    }
}
END_TEST

START_TEST(time_goes_on_when_the_pace_changes)
{
    static const u64 paces[] = {PACE_ONE / 2, PACE_ONE * 3, 0, PACE_ONE};

    t->completed = 1000;
    t->stall_cycles = 77;
    for (unsigned k = 0; k < 4; k++) {
        thread_set_pace(t, paces[k]);
        ck_assert_uint_eq(thread_time(t), 1077);
    }
    ck_assert_uint_eq(t->stall_cycles, 77);
}
END_TEST

START_TEST(parts_of_the_time_base_are_written_alone)
{
    pass_ticks(1);
    put(TBL_W, 0xfffffff0);
    ck_assert_uint_eq(get(TB), 0xfffffff0);
    put(TBU_W, 0x12);
    ck_assert_uint_eq(get(TB), 0x12fffffff0);
    ck_assert_uint_eq(get(TBU), 0x12);
    put(TBU40, 0xabcd000000777777);
    ck_assert_uint_eq(get(TB), 0xabcd000000fffff0);
    pass_ticks(0x20);
    ck_assert_uint_eq(get(TB), 0xabcd000001000010);
}
END_TEST

START_TEST(dec_is_pending_exactly_while_it_is_negative)
{
    put(DEC, 100);
    pass_ticks(100);
    timer_check(t);
    ck_assert_uint_eq(get(DEC), 0);
    ck_assert_uint_eq(t->pending, 0);
    pass_ticks(1);
    timer_check(t);
    ck_assert_uint_eq(get(DEC), 0xffffffff);
    ck_assert_uint_eq(t->pending, PENDING_DECREMENTER);
    put(DEC, 50); /* a positive value ends the exception at once */
    ck_assert_uint_eq(t->pending, 0);
    put(DEC, 0x80000000);
    ck_assert_uint_eq(t->pending, PENDING_DECREMENTER);
    pass_ticks(1); /* 0x80000000 - 1 is positive again */
    timer_check(t);
    ck_assert_uint_eq(t->pending, 0);
}
END_TEST

START_TEST(the_large_decrementer_has_56_bits)
{
    put(LPCR, LPCR_LD);
    put(DEC, 0x80000000);
    ck_assert_uint_eq(get(DEC), 0x80000000);
    ck_assert_uint_eq(t->pending, 0);
    put(DEC, 1ULL << 55);
    ck_assert_uint_eq(get(DEC), 0xff80000000000000);
    ck_assert_uint_eq(t->pending, PENDING_DECREMENTER);
    put(DEC, 0xab00000000000001); /* bits above the 56 do not exist */
    ck_assert_uint_eq(get(DEC), 1);
    ck_assert_uint_eq(t->pending, 0);
    put(DEC, 0x80000000);
    put(LPCR, 0); /* now it is a 32-bit number with its high-order bit on */
    ck_assert_uint_eq(t->pending, PENDING_DECREMENTER);
}
END_TEST

/* ---- HDEC: as DEC, but the step from 0 to -1 is the exception ---- */
static void pass_hdec(u64 ticks)
{
    pass_ticks(ticks);
    timer_check(t);
}

START_TEST(the_step_of_hdec_to_minus_one_is_pending_until_it_has_interrupted)
{
    put(LPCR, LPCR_HDICE);
    put(HDEC, 3);
    pass_hdec(3);
    ck_assert_uint_eq(t->pending, 0);
    pass_hdec(1);
    ck_assert_uint_eq(t->pending, PENDING_HDECREMENTER);
    ck_assert_uint_eq(get(HDEC), ~0ULL);
    put(HDEC, 0x7fffffff); /* positive again: the step has happened all the same */
    ck_assert_uint_eq(t->pending, PENDING_HDECREMENTER);
    interrupt_take_async(t, PENDING_HDECREMENTER, 0x100);
    ck_assert_uint_eq(t->pending, 0);
    put(HDEC, 0);
    pass_hdec(1);
    interrupt_take_async(t, PENDING_HDECREMENTER, 0x100);
    pass_hdec(1000); /* it is negative, and stays so: no step */
    put(HDEC, ~4ULL);
    put(LPCR, 0);
    put(LPCR, LPCR_HDICE);
    ck_assert_uint_eq(t->pending, 0);
}
END_TEST

START_TEST(mtspr_can_make_hdec_step)
{
    put(LPCR, LPCR_HDICE);
    put(HDEC, 1ULL << 55);
    ck_assert_uint_eq(t->pending, PENDING_HDECREMENTER);
    ck_assert_uint_eq(get(HDEC), 0xff80000000000000);
    pass_hdec(1); /* the most negative number less one is positive: nothing is taken back */
    ck_assert_uint_eq(get(HDEC), 0x7fffffffffffff);
    ck_assert_uint_eq(t->pending, PENDING_HDECREMENTER);
}
END_TEST

/* The count that a write of HDEC or LPCR ends may have stepped since the timers were looked at. */
START_TEST(a_step_just_before_a_write_is_noticed)
{
    put(LPCR, LPCR_HDICE);
    put(HDEC, 3);
    pass_ticks(4);
    put(HDEC, 100);
    ck_assert_uint_eq(t->pending, PENDING_HDECREMENTER);
    t->pending = 0;
    pass_ticks(101);
    put(LPCR, 0);
    ck_assert_uint_eq(t->pending, PENDING_HDECREMENTER);
    t->pending = 0;
    put(HDEC, 3);
    pass_ticks(4);
    put(LPCR, LPCR_HDICE);
    ck_assert_uint_eq(t->pending, 0);
}
END_TEST

START_TEST(hdec_steps_unheard_while_hdice_is_off)
{
    put(HDEC, 3);
    pass_hdec(4);
    put(HDEC, 3);
    put(HDEC, ~0ULL);
    put(LPCR, LPCR_HDICE);
    ck_assert_uint_eq(t->pending, 0);
    put(HDEC, 3);
    pass_hdec(4);
    put(LPCR, 0); /* one that is there waits until it is enabled again */
    ck_assert_uint_eq(t->pending, PENDING_HDECREMENTER);
    ck_assert_int_eq(interrupt_pick(t), 0);
}
END_TEST

START_TEST(a_stop_that_ends_with_a_system_reset_loses_hdec)
{
    put(LPCR, LPCR_HDICE);
    for (unsigned ec = 0; ec < 2; ec++) {
        t->spr.PSSCR = ec ? PSSCR_EC : 0;
        put(HDEC, 0);
        pass_hdec(1);
        interrupt_stop(t);
        ck_assert_uint_eq(t->pending, ec ? 0 : PENDING_HDECREMENTER);
        t->pending = 0;
        put(HDEC, 0);
        pass_hdec(1);
        ck_assert_uint_eq(t->pending, ec ? 0 : PENDING_HDECREMENTER);
        ck_assert_int_eq(interrupt_wakes(t), !ec);
        t->stopped = false;
        timer_update(t); /* what was lost stays lost */
        ck_assert_uint_eq(t->pending, ec ? 0 : PENDING_HDECREMENTER);
        t->pending = 0;
    }
}
END_TEST

START_TEST(reset_forgets_hdec)
{
    put(LPCR, LPCR_HDICE);
    put(HDEC, ~0ULL);
    thread_reset(t, 0x10);
    ck_assert_uint_eq(t->pending, 0);
    put(LPCR, LPCR_HDICE);
    put(HDEC, ~0ULL);
    ck_assert_uint_eq(t->pending, PENDING_HDECREMENTER);
}
END_TEST

START_TEST(the_deadline_is_the_first_cycle_at_which_something_changes)
{
    put(LPCR, LPCR_HDICE);
    put(DEC, 10);
    ck_assert_uint_eq(timer_next_deadline_cycles(t), 11 * CYCLES_PER_TICK);
    put(HDEC, 5);
    ck_assert_uint_eq(timer_next_deadline_cycles(t), 6 * CYCLES_PER_TICK);
    t->completed = 6 * CYCLES_PER_TICK - 1;
    timer_check(t);
    ck_assert_uint_eq(t->pending, 0);
    t->completed++;
    timer_check(t);
    ck_assert_uint_eq(t->pending, PENDING_HDECREMENTER);
    ck_assert_uint_eq(timer_next_deadline_cycles(t), 11 * CYCLES_PER_TICK);
}
END_TEST

START_TEST(purr_stands_still_while_the_thread_is_idle)
{
    put(PURR, 1000);
    put(SPURR, 2000);
    put(VTB, 3000);
    pass_ticks(10);
    t->stall_cycles += 80;
    t->idle_cycles += 80;
    ck_assert_uint_eq(get(PURR), 1010);
    ck_assert_uint_eq(get(SPURR), 2010);
    ck_assert_uint_eq(get(VTB), 3020);
}
END_TEST

START_TEST(ic_counts_completed_instructions)
{
    put(IC, 7);
    t->completed += 5;
    ck_assert_uint_eq(get(IC), 12);
}
END_TEST

/* The steps of firmware: clear errors, load the modulus, ask for the value, get it after a sync pulse. */
START_TEST(tfmr_steps_to_running_as_firmware_drives_it)
{
    const u64 state = PPC_BITMASK(28, 31), base = PPC_BIT(14);

    put(TFMR, base | PPC_BIT(24));
    ck_assert_uint_eq(get(TFMR) & (state | PPC_BIT(24)), 0);
    put(TFMR, base | PPC_BIT(16));
    ck_assert_uint_eq(GETFIELD(state, get(TFMR)), 2);
    ck_assert_uint_eq(get(TFMR) & PPC_BIT(16), 0);
    put(TFMR, base | PPC_BIT(18));
    ck_assert_uint_eq(GETFIELD(state, get(TFMR)), 6);
    pass_ticks(1024);
    ck_assert_uint_eq(GETFIELD(state, get(TFMR)), 7);
    timer_load_tod(t, 0x123456789abcULL);
    ck_assert_uint_eq(GETFIELD(state, get(TFMR)), 8);
    ck_assert_uint_eq(get(TFMR) & (PPC_BIT(18) | PPC_BIT(41)), PPC_BIT(41));
    for (unsigned n = 0; n < STUB_THREADS; n++) ck_assert_uint_eq(GETFIELD(state, stub.thread[n].spr.TFMR), 8);
    ck_assert_uint_eq(get(TB), 0x123456789abcULL);
    timer_load_tod(t, 5); /* nobody waits for it */
    ck_assert_uint_eq(get(TB), 0x123456789abcULL);
    put(TFMR, base | PPC_BIT(18)); /* from running: an error that only CLEAR_TB_ERRORS ends */
    ck_assert_uint_eq(GETFIELD(state, get(TFMR)), 9);
    put(TFMR, base | PPC_BIT(16));
    ck_assert_uint_eq(GETFIELD(state, get(TFMR)), 9);
}
END_TEST

START_TEST(a_sync_pulse_is_reported_after_a_write)
{
    put(TFMR, PPC_BIT(14));
    ck_assert_uint_eq(get(TFMR) & PPC_BIT(42), 0);
    pass_ticks(1024);
    ck_assert_uint_eq(get(TFMR) & PPC_BIT(42), PPC_BIT(42));
    put(TFMR, PPC_BIT(14));
    ck_assert_uint_eq(get(TFMR) & PPC_BIT(42), 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("timer");
    TCase *tests = tcase_create("time");

    tcase_add_checked_fixture(tests, setup, NULL);
    tcase_add_test(tests, the_time_base_counts_ticks);
    tcase_add_test(tests, the_pace_says_how_many_cycles_an_instruction_takes);
    tcase_add_test(tests, time_goes_on_when_the_pace_changes);
    tcase_add_test(tests, parts_of_the_time_base_are_written_alone);
    tcase_add_test(tests, dec_is_pending_exactly_while_it_is_negative);
    tcase_add_test(tests, the_large_decrementer_has_56_bits);
    tcase_add_test(tests, the_step_of_hdec_to_minus_one_is_pending_until_it_has_interrupted);
    tcase_add_test(tests, mtspr_can_make_hdec_step);
    tcase_add_test(tests, a_step_just_before_a_write_is_noticed);
    tcase_add_test(tests, hdec_steps_unheard_while_hdice_is_off);
    tcase_add_test(tests, a_stop_that_ends_with_a_system_reset_loses_hdec);
    tcase_add_test(tests, reset_forgets_hdec);
    tcase_add_test(tests, the_deadline_is_the_first_cycle_at_which_something_changes);
    tcase_add_test(tests, purr_stands_still_while_the_thread_is_idle);
    tcase_add_test(tests, ic_counts_completed_instructions);
    tcase_add_test(tests, tfmr_steps_to_running_as_firmware_drives_it);
    tcase_add_test(tests, a_sync_pulse_is_reported_after_a_write);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
