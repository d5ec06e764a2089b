/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Interrupt delivery: the AIL truth table, every row of interrupt.def, enabling and priority of the asynchronous ones,
 * waking from stop.  Expected values are derived from Book III chapter 6 in the comments, not from the implementation.
 */
#include <check.h>
#include <stdlib.h>

#include "base/power.h"
#include "core/state/fault.h"
#include "core/state/interrupt.h"
#include "tests/support/state_stub.h"
#include "tests/support/suite.h"

static struct state_stub stub;
static struct thread *t;

static void setup(void)
{
    state_stub_reset(&stub);
    t = &stub.thread[0];
}

#define HOST_MSR (MSR_SF | MSR_HV | MSR_ME | MSR_RI)
#define GUEST_MSR (MSR_SF | MSR_ME | MSR_RI | MSR_EE)
#define RELOCATED (MSR_IR | MSR_DR)

/* ---- LPCR[AIL] (III 6.4.3, and the table above ail_applies) ---- */
static const struct {
    const char *what;
    enum interrupt row;
    u64 old_msr;
    bool new_hv, radix;
    unsigned expect_ail_2, expect_ail_3;
} ail_cases[] = {
    {"machine check never", INTERRUPT_MACHINE_CHECK, HOST_MSR | RELOCATED, true, true, 0, 0},
    {"system reset never", INTERRUPT_SYSTEM_RESET, HOST_MSR | RELOCATED, true, true, 0, 0},
    {"hypervisor maintenance never", INTERRUPT_HMAINTENANCE, HOST_MSR | RELOCATED, true, true, 0, 0},
    {"real mode", INTERRUPT_DECREMENTER, GUEST_MSR, false, true, 0, 0},
    {"only IR", INTERRUPT_DECREMENTER, GUEST_MSR | MSR_IR, false, true, 0, 0},
    {"only DR", INTERRUPT_DECREMENTER, GUEST_MSR | MSR_DR, false, true, 0, 0},
    {"guest to guest", INTERRUPT_DECREMENTER, GUEST_MSR | RELOCATED, false, true, 2, 3},
    {"guest to guest, hash", INTERRUPT_DECREMENTER, GUEST_MSR | RELOCATED, false, false, 2, 3},
    {"guest to hypervisor, radix", INTERRUPT_HDECREMENTER, GUEST_MSR | RELOCATED, true, true, 2, 3},
    {"guest to hypervisor, hash", INTERRUPT_HDECREMENTER, GUEST_MSR | RELOCATED, true, false, 0, 0},
    {"host to host", INTERRUPT_HDECREMENTER, HOST_MSR | RELOCATED, true, false, 2, 3},
    {"host to host, radix", INTERRUPT_DATA_STORAGE, HOST_MSR | RELOCATED, true, true, 2, 3},
    {"host in real mode", INTERRUPT_DATA_STORAGE, HOST_MSR, true, true, 0, 0},
};

START_TEST(ail_moves_the_vector_only_where_the_truth_table_says)
{
    for (unsigned ail = 0; ail < 4; ail++) {
        u64 lpcr = SETFIELD(LPCR_AIL, 0ULL, ail) | (ail_cases[_i].radix ? LPCR_HR : 0);
        unsigned got =
            ail_applies(&interrupt_rows[ail_cases[_i].row], lpcr, ail_cases[_i].old_msr, ail_cases[_i].new_hv);
        unsigned expect = ail == 2 ? ail_cases[_i].expect_ail_2 : ail == 3 ? ail_cases[_i].expect_ail_3 : 0;
        ck_assert_msg(got == expect, "%s, AIL=%u: %u", ail_cases[_i].what, ail, got);
    }
}
END_TEST

START_TEST(ail_offsets_are_the_books)
{
    thread_set_msr(t, GUEST_MSR | RELOCATED | MSR_PR);
    t->spr.LPCR = SETFIELD(LPCR_AIL, LPCR_HR, 3);
    fault_trap(t);
    interrupt_take(t, 0x1000);
    ck_assert_uint_eq(t->nia, 0xc000000000004700ULL);
    ck_assert_uint_eq(t->msr, MSR_SF | MSR_ME | MSR_IR | MSR_DR);
    thread_set_msr(t, GUEST_MSR | RELOCATED | MSR_PR);
    t->spr.LPCR = SETFIELD(LPCR_AIL, LPCR_HR, 2);
    fault_trap(t);
    interrupt_take(t, 0x1000);
    ck_assert_uint_eq(t->nia, 0x18700);
    thread_set_msr(t, GUEST_MSR | RELOCATED | MSR_PR);
    t->spr.LPCR = SETFIELD(LPCR_AIL, LPCR_HR, 3);
    fault_system_call_vectored(t, 5);
    interrupt_take(t, 0x1000);
    ck_assert_uint_eq(t->nia, 0xc0000000000030a0ULL);
    ck_assert_uint_eq(t->msr, MSR_SF | MSR_ME | MSR_IR | MSR_DR | MSR_RI | MSR_EE);
    ck_assert_uint_eq(t->lr, 0x1004);
    ck_assert_uint_eq(interrupt_saved(t).nia, 0x1004);
    ck_assert_uint_eq(interrupt_saved(t).image, t->ctr);
}
END_TEST

/* ---- each row: vector, save registers, HV, RI, ME ---- */
START_TEST(every_synchronous_row_is_delivered_as_it_says)
{
    const struct interrupt_row *row = &interrupt_rows[_i];
    bool hsrr = row->save == SAVE_HSRR, to_hv = row->hv == HV_SET;
    u64 old = GUEST_MSR | MSR_FP | MSR_VEC | MSR_PMM;

    if (row->pending || row->save == SAVE_LRCTR) return;
    thread_set_msr(t, old);
    t->fault = (struct fault){.row = (u16)_i, .srr1 = SRR1_TRAP};
    interrupt_take(t, 0x4440);
    ck_assert_uint_eq(t->nia, row->vector);
    ck_assert_uint_eq(hsrr ? t->spr.HSRR0 : t->spr.SRR0, 0x4440);
    ck_assert_uint_eq(hsrr ? t->spr.HSRR1 : t->spr.SRR1, old | SRR1_TRAP);
    ck_assert_uint_eq(hsrr ? t->spr.SRR0 : t->spr.HSRR0, 0);
    ck_assert_uint_eq(interrupt_saved(t).nia, 0x4440);
    ck_assert_uint_eq(interrupt_saved(t).image, old | SRR1_TRAP);
    ck_assert_uint_eq(t->msr, MSR_SF | MSR_ME | (to_hv ? MSR_HV : 0) | (hsrr ? MSR_RI : 0));
    ck_assert_uint_eq(stub.counters.interrupts, 1);
}
END_TEST

START_TEST(every_asynchronous_row_is_delivered_as_it_says)
{
    const struct interrupt_row *row = &interrupt_rows[_i];
    bool hsrr = row->save != SAVE_SRR, to_hv = row->hv != HV_KEEP; /* LPES = 0 */
    bool ultra = row->save == SAVE_USRR;
    bool mce = _i == INTERRUPT_MACHINE_CHECK;

    if (!row->pending) return;
    thread_set_msr(t, GUEST_MSR);
    t->spr.LPCR = LPCR_HDICE | LPCR_HVICE;
    t->spr.SMFCTRL = SMFCTRL_E;
    thread_raise(t, row->pending);
    ck_assert_int_eq(interrupt_pick(t), (int)row->pending);
    interrupt_take_async(t, row->pending, 0x8000);
    ck_assert_uint_eq(t->nia, row->vector);
    ck_assert_uint_eq(ultra ? t->spr.USRR0 : hsrr ? t->spr.HSRR0 : t->spr.SRR0, 0x8000);
    ck_assert_uint_eq(interrupt_saved(t).nia, 0x8000);
    ck_assert_uint_eq(interrupt_saved(t).image & ~PPC_BIT(42), GUEST_MSR);
    ck_assert_uint_eq(t->msr,
                      MSR_SF | (ultra ? MSR_S : 0) | (mce ? 0 : MSR_ME) | (to_hv ? MSR_HV : 0) | (hsrr ? MSR_RI : 0));
}
END_TEST

START_TEST(rows_have_vectors_priorities_and_texts_of_their_own)
{
    for (unsigned a = 0; a < INTERRUPT_COUNT; a++) {
        ck_assert(interrupt_rows[a].name && interrupt_rows[a].text && strstr(interrupt_rows[a].text, "("));
        ck_assert((interrupt_rows[a].pending != 0) == (interrupt_rows[a].priority != 0));
        for (unsigned b = 0; b < a; b++) {
            if (interrupt_rows[a].priority) ck_assert_uint_ne(interrupt_rows[a].priority, interrupt_rows[b].priority);
            if (interrupt_rows[a].vector != 0x500)
                ck_assert_uint_ne(interrupt_rows[a].vector, interrupt_rows[b].vector);
            if (interrupt_rows[a].pending) ck_assert_uint_ne(interrupt_rows[a].pending, interrupt_rows[b].pending);
        }
    }
}
END_TEST

START_TEST(the_priority_column_decides_between_pending_interrupts)
{
    u32 all = 0;

    thread_set_msr(t, GUEST_MSR);
    t->spr.LPCR = LPCR_HDICE | LPCR_HVICE;
    t->spr.SMFCTRL = SMFCTRL_E;
    for (unsigned n = 0; n < INTERRUPT_COUNT; n++) all |= interrupt_rows[n].pending;
    t->pending = all;
    for (unsigned priority = 1; t->pending; priority++) {
        int bit = interrupt_pick(t);
        unsigned row = 0;
        while (row < INTERRUPT_COUNT && interrupt_rows[row].pending != (u32)bit) row++;
        ck_assert_uint_lt(row, INTERRUPT_COUNT);
        ck_assert_uint_eq(interrupt_rows[row].priority, priority);
        t->pending &= ~(u32)bit;
    }
    ck_assert_int_eq(interrupt_pick(t), 0);
}
END_TEST

/* ---- enabling: who asks MSR[EE] in which state (6.5.7, 6.5.11 to 6.5.13, 6.5.19 to 6.5.21) ---- */
enum { H0 = 1, H1 = 2, G0 = 4, G1 = 8 }; /* hypervisor or guest, EE = 0 or 1: where it is taken */
static const struct {
    u32 bit;
    u64 lpcr;
    unsigned taken_in;
} enabling[] = {
    {PENDING_SYSTEM_RESET, 0, H0 | H1 | G0 | G1},
    {PENDING_MACHINE_CHECK, 0, H0 | H1 | G0 | G1},
    {PENDING_HMAINTENANCE, 0, H1 | G0 | G1},
    {PENDING_EXTERNAL, 0, H1 | G0 | G1},
    {PENDING_EXTERNAL, LPCR_LPES, H1 | G1},
    {PENDING_EXTERNAL, LPCR_HEIC, G0 | G1},
    {PENDING_EXTERNAL, LPCR_HEIC | LPCR_LPES, G1},
    {PENDING_MEDIATED_EXTERNAL, LPCR_MER, G1},
    {PENDING_HV_VIRTUALIZATION, 0, 0},
    {PENDING_HV_VIRTUALIZATION, LPCR_HVICE, H1 | G0 | G1},
    {PENDING_DECREMENTER, 0, H1 | G1},
    {PENDING_HDECREMENTER, 0, 0},
    {PENDING_HDECREMENTER, LPCR_HDICE, H1 | G0 | G1},
    {PENDING_DOORBELL, 0, H1 | G1},
    {PENDING_HDOORBELL, 0, H1 | G0 | G1},
    {PENDING_PERFORMANCE_MONITOR, 0, H1 | G1},
    {PENDING_UDOORBELL, 0, H0 | H1 | G0 | G1}, /* none of these is ultravisor state */
};

START_TEST(an_interrupt_is_taken_only_where_it_is_enabled)
{
    for (unsigned state = 0; state < 4; state++) {
        u64 msr = MSR_SF | MSR_ME | ((state & 1) ? MSR_EE : 0) | (state < 2 ? MSR_HV : 0);
        thread_set_msr(t, msr);
        t->spr.LPCR = enabling[_i].lpcr;
        t->spr.SMFCTRL = SMFCTRL_E;
        t->pending = enabling[_i].bit;
        ck_assert_msg((interrupt_pick(t) != 0) == ((enabling[_i].taken_in >> state & 1) != 0),
                      "pending %x lpcr %llx state %u", enabling[_i].bit, (unsigned long long)enabling[_i].lpcr, state);
    }
}
END_TEST

START_TEST(lpes_chooses_who_gets_external_interrupts)
{
    thread_set_msr(t, GUEST_MSR);
    t->spr.LPCR = LPCR_LPES;
    interrupt_take_async(t, PENDING_EXTERNAL, 0x100);
    ck_assert_uint_eq(t->msr & MSR_HV, 0);
    ck_assert_uint_eq(t->spr.SRR1, GUEST_MSR);
    thread_set_msr(t, GUEST_MSR);
    t->spr.LPCR = 0;
    interrupt_take_async(t, PENDING_EXTERNAL, 0x100);
    ck_assert_uint_eq(t->msr & MSR_HV, MSR_HV);
    ck_assert_uint_eq(t->spr.HSRR1, GUEST_MSR);
    thread_set_msr(t, GUEST_MSR);
    interrupt_take_async(t, PENDING_MEDIATED_EXTERNAL, 0x100);
    ck_assert_uint_eq(t->spr.HSRR1, GUEST_MSR | PPC_BIT(42)); /* mediated: 6.5.7.2 */
}
END_TEST

START_TEST(byte_order_comes_from_ile_or_hile)
{
    for (unsigned k = 0; k < 4; k++) {
        thread_set_msr(t, GUEST_MSR);
        t->spr.LPCR = (k & 1) ? LPCR_ILE : 0;
        t->spr.HID0 = (k & 2) ? HID0_HILE : 0;
        fault_trap(t);
        interrupt_take(t, 0);
        ck_assert_uint_eq(t->le, k & 1);
        thread_set_msr(t, GUEST_MSR);
        fault_illegal(t, 0x1234);
        interrupt_take(t, 0);
        ck_assert_uint_eq(t->le, k >> 1);
        ck_assert_uint_eq(t->spr.HEIR, 0x1234);
    }
}
END_TEST

START_TEST(a_system_call_goes_where_lev_says)
{
    /* sc 2 with secure memory off is the hypervisor's; with it on, the ultravisor's (S = HV = 1), LEV in SRR1[42:43] */
    static const struct {
        unsigned lev;
        u64 smfctrl, msr, srr1;
    } cases[] = {
        {0, 0, 0, 0},
        {1, 0, MSR_HV, 0},
        {2, 0, MSR_HV, 0},
        {1, SMFCTRL_E, MSR_HV, PPC_BIT(43)},
        {2, SMFCTRL_E, MSR_HV | MSR_S, PPC_BIT(42)},
    };
    for (unsigned k = 0; k < ARRAY_SIZE(cases); k++) {
        thread_set_msr(t, GUEST_MSR | MSR_PR);
        t->spr.SMFCTRL = cases[k].smfctrl;
        fault_system_call(t, cases[k].lev);
        interrupt_take(t, 0x2000);
        ck_assert_uint_eq(t->nia, 0xc00);
        ck_assert_uint_eq(t->spr.SRR0, 0x2004);
        ck_assert_uint_eq(t->spr.SRR1, GUEST_MSR | MSR_PR | cases[k].srr1);
        ck_assert_uint_eq(t->msr & (MSR_HV | MSR_S | MSR_PR), cases[k].msr);
    }
}
END_TEST

START_TEST(secure_state_survives_an_interrupt)
{
    thread_set_msr(t, GUEST_MSR | MSR_S);
    t->spr.SMFCTRL = SMFCTRL_E;
    t->spr.LPCR = LPCR_HDICE;
    interrupt_take_async(t, PENDING_HDECREMENTER, 0x3000);
    ck_assert_uint_eq(t->msr & (MSR_S | MSR_HV | MSR_PR), MSR_S | MSR_HV); /* the ultravisor, by HSRR0/1 */
    ck_assert_uint_eq(t->spr.HSRR1, GUEST_MSR | MSR_S);
}
END_TEST

START_TEST(a_machine_check_with_me_off_is_a_checkstop)
{
    thread_set_msr(t, MSR_SF | MSR_HV);
    fault_machine_check(t, 0x1000, ACCESS_LOAD);
    interrupt_take(t, 0x100);
    ck_assert(t->checkstop);
    setup();
    thread_set_msr(t, MSR_SF | MSR_HV);
    thread_raise(t, PENDING_MACHINE_CHECK);
    interrupt_take_async(t, PENDING_MACHINE_CHECK, 0x100);
    ck_assert(t->checkstop);
}
END_TEST

START_TEST(a_32_bit_program_returns_to_a_32_bit_address)
{
    thread_set_msr(t, MSR_ME | MSR_PR | MSR_EE | MSR_IR | MSR_DR);
    fault_system_call(t, 0);
    interrupt_take(t, 0xfffffffc);
    ck_assert_uint_eq(t->spr.SRR0, 0);
    ck_assert_uint_eq(t->msr & MSR_SF, MSR_SF);
}
END_TEST

/* ---- stop (3.3.2): with EC = 1 through 0x100, reason in SRR1[42:45], nothing lost in [46:47] (6.5.1) ---- */
static const struct {
    u32 bit;
    u64 lpcr;
    unsigned reason;
} wakes[] = {
    {PENDING_SYSTEM_RESET, 0, 4},      {PENDING_HMAINTENANCE, LPCR_OEE, 10}, {PENDING_HV_VIRTUALIZATION, LPCR_HVEE, 9},
    {PENDING_EXTERNAL, LPCR_EEE, 8},   {PENDING_DECREMENTER, LPCR_DEE, 6},   {PENDING_DOORBELL, LPCR_PDEE, 5},
    {PENDING_HDOORBELL, LPCR_HDEE, 3},
};

START_TEST(a_stopped_thread_wakes_by_what_lpcr_allows)
{
    thread_set_msr(t, HOST_MSR);
    t->stopped = true;
    t->nia = 0x5004;
    t->spr.PSSCR = PSSCR_EC | PSSCR_ESL | 3;
    thread_raise(t, wakes[_i].bit);
    t->spr.LPCR = ~wakes[_i].lpcr;
    if (wakes[_i].lpcr) ck_assert(!interrupt_wakes(t));
    t->spr.LPCR = wakes[_i].lpcr | LPCR_HEIC; /* keeps external exceptions from the hypervisor, nothing else */
    ck_assert_int_eq(interrupt_wakes(t), wakes[_i].bit != PENDING_EXTERNAL);
    t->spr.LPCR = wakes[_i].lpcr;
    ck_assert(interrupt_wakes(t));
    interrupt_wake(t);
    ck_assert(!t->stopped);
    ck_assert_uint_eq(t->nia, 0x100);
    ck_assert_uint_eq(t->spr.SRR0, 0x5004);
    ck_assert_uint_eq(GETFIELD(SRR1_WAKE_REASON, t->spr.SRR1), wakes[_i].reason);
    ck_assert_uint_eq(GETFIELD(SRR1_WAKE_STATE, t->spr.SRR1), 1);
    ck_assert_uint_eq(t->pending, wakes[_i].bit == PENDING_SYSTEM_RESET ? 0 : wakes[_i].bit);
}
END_TEST

/* A machine check ends a stop by its own interrupt, if LPCR[OEE] lets it (2.2). */
START_TEST(a_machine_check_ends_a_stop_as_itself)
{
    thread_set_msr(t, HOST_MSR);
    t->stopped = true;
    t->nia = 0x5004;
    t->spr.PSSCR = PSSCR_EC | PSSCR_ESL;
    t->spr.LPCR = ~LPCR_OEE;
    thread_raise(t, PENDING_MACHINE_CHECK);
    ck_assert(!interrupt_wakes(t));
    t->spr.LPCR = LPCR_OEE;
    ck_assert(interrupt_wakes(t));
    interrupt_wake(t);
    ck_assert_uint_eq(t->nia, 0x200);
    ck_assert_uint_eq(t->msr & MSR_ME, 0);
    ck_assert_uint_eq(t->pending, 0);
}
END_TEST

START_TEST(with_ec_off_a_stopped_thread_goes_on_behind_the_stop)
{
    thread_set_msr(t, HOST_MSR); /* EE = 0: the exception ends the stop and stays pending */
    t->stopped = true;
    t->nia = 0x5004;
    ck_assert(!interrupt_wakes(t));
    thread_raise(t, PENDING_DECREMENTER);
    ck_assert(interrupt_wakes(t));
    interrupt_wake(t);
    ck_assert_uint_eq(t->nia, 0x5004);
    ck_assert(!t->stopped && !interrupt_pick(t) && t->pending == PENDING_DECREMENTER);
}
END_TEST

/* ---- doorbells (III 11.4): type 5 in bits 32:36 ---- */
#define TYPE_5 (5ULL << 27)
START_TEST(doorbells_reach_the_thread_that_is_named)
{
    fabric_msgsnd(t, TYPE_5 | 10);
    ck_assert_uint_eq(stub.thread[2].pending, PENDING_HDOORBELL);
    ck_assert_uint_eq(stub.thread[0].pending | stub.thread[1].pending | stub.thread[3].pending, 0);
    fabric_msgsnd(t, TYPE_5 | 99);      /* nobody */
    fabric_msgsnd(t, (4ULL << 27) | 9); /* no such type */
    ck_assert_uint_eq(stub.thread[1].pending, 0);
    fabric_msgclr(&stub.thread[2], TYPE_5);
    ck_assert_uint_eq(stub.thread[2].pending, 0);
    fabric_msgsnd(t, TYPE_5 | 2ULL << 25 | 8);
    for (unsigned n = 0; n < STUB_THREADS; n++) ck_assert_uint_eq(stub.thread[n].pending, PENDING_HDOORBELL);
    fabric_msgsndp(t, TYPE_5);
    ck_assert_uint_eq(t->pending, PENDING_HDOORBELL | PENDING_DOORBELL);
    fabric_msgclrp(t, TYPE_5);
    ck_assert_uint_eq(t->pending, PENDING_HDOORBELL);
}
END_TEST

START_TEST(an_ultravisor_doorbell_waits_for_ee_in_ultravisor_state)
{
    const u64 ultravisor = MSR_SF | MSR_HV | MSR_S | MSR_ME;

    thread_set_msr(t, ultravisor);
    fabric_msgsndu(t, TYPE_5 | 10);
    ck_assert_uint_eq(stub.thread[2].pending, 0); /* no secure memory facility */
    t->spr.SMFCTRL = SMFCTRL_E;
    fabric_msgsndu(t, TYPE_5 | 10);
    ck_assert_uint_eq(stub.thread[2].pending, PENDING_UDOORBELL);
    fabric_msgclru(&stub.thread[2], TYPE_5);
    ck_assert_uint_eq(stub.thread[2].pending, 0);
    t->pending = PENDING_UDOORBELL;
    ck_assert_int_eq(interrupt_pick(t), 0);
    thread_set_msr(t, ultravisor | MSR_EE);
    ck_assert_int_eq(interrupt_pick(t), PENDING_UDOORBELL);
    interrupt_take_async(t, PENDING_UDOORBELL, 0x8000);
    ck_assert_uint_eq(t->nia, 0xfa0);
    ck_assert_uint_eq(t->spr.USRR0, 0x8000);
    ck_assert_uint_eq(t->spr.USRR1, ultravisor | MSR_EE);
    ck_assert_uint_eq(t->msr, ultravisor);
    ck_assert_uint_eq(t->pending, 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("interrupt");
    TCase *cases = tcase_create("delivery");

    tcase_add_checked_fixture(cases, setup, NULL);
    tcase_add_loop_test(cases, ail_moves_the_vector_only_where_the_truth_table_says, 0, ARRAY_SIZE(ail_cases));
    tcase_add_test(cases, ail_offsets_are_the_books);
    tcase_add_loop_test(cases, every_synchronous_row_is_delivered_as_it_says, 0, INTERRUPT_COUNT);
    tcase_add_loop_test(cases, every_asynchronous_row_is_delivered_as_it_says, 0, INTERRUPT_COUNT);
    tcase_add_test(cases, rows_have_vectors_priorities_and_texts_of_their_own);
    tcase_add_test(cases, the_priority_column_decides_between_pending_interrupts);
    tcase_add_loop_test(cases, an_interrupt_is_taken_only_where_it_is_enabled, 0, ARRAY_SIZE(enabling));
    tcase_add_test(cases, lpes_chooses_who_gets_external_interrupts);
    tcase_add_test(cases, byte_order_comes_from_ile_or_hile);
    tcase_add_test(cases, a_system_call_goes_where_lev_says);
    tcase_add_test(cases, secure_state_survives_an_interrupt);
    tcase_add_test(cases, a_machine_check_with_me_off_is_a_checkstop);
    tcase_add_test(cases, a_32_bit_program_returns_to_a_32_bit_address);
    tcase_add_loop_test(cases, a_stopped_thread_wakes_by_what_lpcr_allows, 0, ARRAY_SIZE(wakes));
    tcase_add_test(cases, a_machine_check_ends_a_stop_as_itself);
    tcase_add_test(cases, with_ec_off_a_stopped_thread_goes_on_behind_the_stop);
    tcase_add_test(cases, doorbells_reach_the_thread_that_is_named);
    tcase_add_test(cases, an_ultravisor_doorbell_waits_for_ee_in_ultravisor_state);
    suite_add_tcase(suite, cases);
    return run_suite(suite);
}
