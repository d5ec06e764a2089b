/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The system chapter, one instruction at a time in every port: what returns may do to the MSR, mtmsr, system calls,
 * stop, segments, failing transactions.  Expected values follow from Book III 3.2, 3.3 and Book II chapter 5.
 *
 * rows: rfid hrfid urfid rfscv mtmsr mtmsrd sc scv mfspr mtspr mtlr mfctr stop tlbie tlbiel tlbsync
 * rows: slbiag slbieg slbmte slbfee_ slbmfee slbmfev slbie slbia tbegin_ tend_ tcheck treclaim_ trechkpt_ attn
 * rows: msgsndu msgclru
 */
#include <check.h>
#include <stdlib.h>

#include "core/isa/disasm.h"
#include "core/state/context.h"
#include "core/state/fabric.h"
#include "core/state/spr.h"
#include "tests/support/slow_stub.h"
#include "tests/support/suite.h"

static struct isa *isa;
static struct stub stub;
static struct thread *t = &stub.thread;

#define HV (MSR_SF | MSR_HV)
#define OS MSR_SF
#define USER (MSR_SF | MSR_PR | MSR_EE | MSR_IR | MSR_DR)

static void setup(void)
{
    isa = isa_new();
    stub_reset(&stub, false);
    thread_set_msr(t, HV);
}
static void teardown(void)
{
    isa_free(isa);
}

static enum stub_outcome execute(const char *text)
{
    u32 word;

    ck_assert_msg(isa_assemble(isa, text, STUB_CIA, &word), "%s", text);
    return stub_execute(&stub, isa, word, (t->msr & MSR_SF) ? (unsigned)PORT_fast_be : (unsigned)PORT_traced);
}

/* ---- returns: who may change HV, S, ME ---- */
static const struct {
    const char *text;
    u64 smfctrl, from, image, to;
} returns[] = {
    {"rfid", 0, HV, HV | MSR_ME, HV | MSR_ME},
    {"rfid", 0, HV, OS | MSR_EE, OS | MSR_EE},
    {"rfid", 0, OS, HV | MSR_EE, OS | MSR_EE}, /* rfid cannot set HV */
    {"rfid", 0, OS, OS | MSR_ME, OS},          /* nor change ME outside hypervisor state */
    {"rfid", 0, OS, OS | MSR_PR, USER},        /* problem state has EE, IR, DR */
    {"rfid", 0, HV, HV | MSR_PR | MSR_LE, USER | MSR_HV | MSR_LE},
    {"hrfid", 0, HV, OS, OS},
    {"hrfid", 0, HV, HV | MSR_S, HV},                /* hrfid cannot set S */
    {"hrfid", SMFCTRL_E, HV | MSR_S, HV, HV},        /* the ultravisor may drop it */
    {"rfid", SMFCTRL_E, OS | MSR_S, OS, OS | MSR_S}, /* a secure guest may not */
    {"urfid", SMFCTRL_E, HV | MSR_S, OS | MSR_S, OS | MSR_S},
    {"urfid", SMFCTRL_E, HV | MSR_S, HV, HV},
    {"urfid", SMFCTRL_E, HV | MSR_S, HV | MSR_S | MSR_PR, USER | MSR_S}, /* S HV PR = 111 does not exist */
    {"urfid", 0, HV, OS | MSR_S, OS},                                    /* no secure state without the facility */
    {"rfscv", 0, HV, OS, OS},
};

START_TEST(a_return_changes_only_what_it_may)
{
    t->spr.SMFCTRL = returns[_i].smfctrl;
    thread_set_msr(t, returns[_i].from);
    t->spr.SRR0 = t->spr.HSRR0 = t->spr.USRR0 = t->lr = 0x7003;
    t->spr.SRR1 = t->spr.HSRR1 = t->spr.USRR1 = t->ctr = returns[_i].image;
    ck_assert_int_eq(execute(returns[_i].text), STUB_JUMPED);
    ck_assert_uint_eq(t->msr, returns[_i].to);
    ck_assert_uint_eq(t->nia, 0x7000);
    ck_assert_uint_eq(t->le, (t->msr & MSR_LE) != 0);
    ck_assert_uint_eq(t->limit, 0);
}
END_TEST

START_TEST(a_return_to_32_bit_mode_cuts_the_address)
{
    t->spr.SRR0 = 0x123456789abcdef0ULL;
    t->spr.SRR1 = MSR_HV;
    ck_assert_int_eq(execute("rfid"), STUB_JUMPED);
    ck_assert_uint_eq(t->nia, 0x9abcdef0);
    ck_assert_uint_eq(t->ea_mask, 0xffffffff);
}
END_TEST

START_TEST(urfid_belongs_to_the_ultravisor)
{
    t->spr.SMFCTRL = SMFCTRL_E;
    ck_assert_int_eq(execute("urfid"), STUB_FAULTED);
    ck_assert_uint_eq(t->fault.row, STUB_ILLEGAL);
    thread_set_msr(t, OS);
    ck_assert_int_eq(execute("urfid"), STUB_FAULTED);
    ck_assert_uint_eq(t->fault.row, STUB_HYPERVISOR);
}
END_TEST

/* As urfid: the ultravisor's, or the hypervisor's while there is none.  The message is to this thread's PIR, 0. */
START_TEST(ultravisor_doorbells_belong_to_the_ultravisor)
{
    struct thread *threads[] = {t};
    struct fabric fabric = {.threads = threads, .count = 1};

    t->fabric = &fabric;
    t->gpr[3] = 5ULL << 27;
    ck_assert_int_ne(execute("msgsndu r3"), STUB_FAULTED);
    ck_assert_uint_eq(t->pending, 0);
    t->spr.SMFCTRL = SMFCTRL_E;
    ck_assert_int_eq(execute("msgsndu r3"), STUB_FAULTED);
    ck_assert_int_eq(execute("msgclru r3"), STUB_FAULTED);
    ck_assert_uint_eq(t->fault.row, STUB_ILLEGAL);
    thread_set_msr(t, HV | MSR_S);
    ck_assert_int_ne(execute("msgsndu r3"), STUB_FAULTED);
    ck_assert_uint_eq(t->pending, PENDING_UDOORBELL);
    ck_assert_int_ne(execute("msgclru r3"), STUB_FAULTED);
    ck_assert_uint_eq(t->pending, 0);
    t->fabric = NULL;
}
END_TEST

START_TEST(mtmsrd_leaves_hv_s_me_and_le_alone)
{
    t->gpr[3] = ~0ULL & ~(MSR_TS | MSR_PR);
    thread_set_msr(t, OS);
    ck_assert_int_eq(execute("mtmsrd r3"), STUB_JUMPED);
    ck_assert_uint_eq(t->msr & (MSR_HV | MSR_S | MSR_LE | MSR_ME), 0);
    ck_assert_uint_eq(t->msr, MSR_VALID & ~(MSR_HV | MSR_S | MSR_LE | MSR_ME | MSR_TS | MSR_PR));
    t->gpr[3] = 0;
    thread_set_msr(t, HV | MSR_LE | MSR_ME);
    ck_assert_int_eq(execute("mtmsrd r3"), STUB_JUMPED);
    ck_assert_uint_eq(t->msr, MSR_HV | MSR_ME | MSR_LE);
}
END_TEST

START_TEST(mtmsr_reaches_the_low_word_only)
{
    t->gpr[3] = MSR_EE | MSR_FP;
    ck_assert_int_eq(execute("mtmsr r3"), STUB_JUMPED);
    ck_assert_uint_eq(t->msr, HV | MSR_EE | MSR_FP);
}
END_TEST

START_TEST(mtmsrd_with_l_changes_ee_and_ri_and_looks_up_only_for_a_pending_interrupt)
{
    t->gpr[3] = ~0ULL;
    ck_assert_int_eq(execute("mtmsrd r3,1"), STUB_DONE);
    ck_assert_uint_eq(t->msr, HV | MSR_EE | MSR_RI);
    t->gpr[3] = 0;
    t->pending = PENDING_DECREMENTER;
    ck_assert_int_eq(execute("mtmsrd r3,1"), STUB_DONE);
    ck_assert_uint_eq(t->msr, HV);
    t->gpr[3] = MSR_EE;
    ck_assert_int_eq(execute("mtmsrd r3,1"), STUB_JUMPED);
    ck_assert_uint_eq(t->nia, STUB_CIA + 4);
}
END_TEST

START_TEST(system_calls_beyond_the_ultravisors_are_invalid)
{
    static const char *const calls[] = {"sc", "sc 1", "sc 2"};
    for (unsigned k = 0; k < ARRAY_SIZE(calls); k++) {
        ck_assert_int_eq(execute(calls[k]), STUB_FAULTED);
        ck_assert_uint_eq(t->fault.row, STUB_SYSTEM_CALL);
    }
    ck_assert_int_eq(execute("sc 3"), STUB_FAULTED);
    ck_assert_uint_eq(t->fault.row, STUB_ILLEGAL);
    ck_assert_int_eq(execute("scv 0"), STUB_FAULTED);
    ck_assert_uint_eq(t->fault.row, STUB_UNAVAILABLE);
    t->spr.FSCR = 1 << 12;
    ck_assert_int_eq(execute("scv 127"), STUB_FAULTED);
    ck_assert_uint_eq(t->fault.row, STUB_SYSTEM_CALL);
}
END_TEST

START_TEST(an_spr_that_does_not_exist_leaves_rt_alone)
{
    t->gpr[5] = 42;
    ck_assert_int_eq(execute("mfspr r5,100"), STUB_DONE);
    ck_assert_uint_eq(t->gpr[5], 42);
    ck_assert_int_eq(execute("mfspr r5,4"), STUB_FAULTED);
    ck_assert_uint_eq(t->fault.row, STUB_ILLEGAL);
    t->gpr[5] = 0x99;
    ck_assert_int_eq(execute("mtspr 273,r5"), STUB_DONE);
    ck_assert_uint_eq(t->spr.SPRG1, 0x99);
    ck_assert_int_eq(execute("mtlr r5"), STUB_DONE);
    ck_assert_int_eq(execute("mfctr r6"), STUB_DONE);
    ck_assert_uint_eq(t->lr, 0x99);
    ck_assert_uint_eq(t->gpr[6], 0);
}
END_TEST

START_TEST(a_context_register_ends_the_run)
{
    t->gpr[5] = 3;
    ck_assert_int_eq(execute("mtspr 319,r5"), STUB_JUMPED); /* LPIDR */
    ck_assert_uint_eq(t->spr.LPIDR, 3);
    ck_assert_uint_eq(t->nia, STUB_CIA + 4);
}
END_TEST

START_TEST(a_guest_stops_only_as_deep_as_it_may)
{
    t->spr.PSSCR = 3;
    thread_set_msr(t, OS);
    ck_assert_int_eq(execute("stop"), STUB_FAULTED);
    t->spr.PSSCR = SETFIELD(PSSCR_PSLL, 3ULL, 3);
    ck_assert_int_eq(execute("stop"), STUB_JUMPED);
    ck_assert(t->stopped);
    t->stopped = false;
    t->spr.PSSCR = SETFIELD(PSSCR_MTL, t->spr.PSSCR, 4); /* the hardware might go deeper than PSLL */
    ck_assert_int_eq(execute("stop"), STUB_FAULTED);
    t->spr.PSSCR = SETFIELD(PSSCR_MTL, t->spr.PSSCR, 3);
    ck_assert_int_eq(execute("stop"), STUB_JUMPED);
    t->stopped = false;
    t->spr.PSSCR |= PSSCR_EC;
    ck_assert_int_eq(execute("stop"), STUB_FAULTED);
    thread_set_msr(t, HV);
    ck_assert_int_eq(execute("stop"), STUB_JUMPED);
    ck_assert(t->stopped);
}
END_TEST

START_TEST(a_guest_invalidates_only_what_is_its_own)
{
    thread_set_msr(t, OS);
    ck_assert_int_eq(execute("tlbie r3,r4,0,1,1"), STUB_FAULTED); /* LPCR[GTSE] = 0 */
    ck_assert_int_eq(execute("tlbsync"), STUB_FAULTED);
    ck_assert_int_eq(execute("tlbiel r3,r4,0,1,1"), STUB_JUMPED);
    t->spr.LPCR = LPCR_GTSE;
    ck_assert_int_eq(execute("tlbie r3,r4,0,1,1"), STUB_JUMPED);
    ck_assert_int_eq(execute("tlbsync"), STUB_DONE);
    ck_assert_int_eq(execute("tlbie r3,r4,0,0,1"), STUB_JUMPED); /* HR = 0: a hash partition's own, whatever R says */
    t->spr.LPCR |= LPCR_HR;
    ck_assert_int_eq(execute("tlbie r3,r4,0,0,1"), STUB_FAULTED); /* partition scope is the hypervisor's */
    ck_assert_int_eq(execute("tlbie r3,r4,0,0,0"), STUB_FAULTED);
    ck_assert_int_eq(execute("tlbiel r3,r4,0,0,0"), STUB_FAULTED);
    ck_assert_int_eq(execute("tlbiel r3,r4,0,1,0"), STUB_JUMPED);
    thread_set_msr(t, HV);
    ck_assert_int_eq(execute("tlbie r3,r4,0,0,1"), STUB_JUMPED);
}
END_TEST

/* III 5.9.3.1, with LPCR[UPRT] = 1 and HR = 0: four entries are software's; slbieg does not end those. */
START_TEST(with_segment_tables_software_has_four_entries)
{
    t->gpr[3] = 0x1234ULL << 12;
    for (unsigned n = 3; n <= 4; n++)
        for (unsigned tables = 0; tables < 2; tables++) {
            t->spr.LPCR = tables ? LPCR_UPRT : 0;
            t->slb.entry[n].esid = 0;
            t->gpr[4] = 5ULL << 28 | 1ULL << 27 | n;
            ck_assert_int_ne(execute("slbmte r3,r4"), STUB_FAULTED);
            ck_assert_uint_eq(t->slb.entry[n].esid, n == 4 && tables ? 0 : 5ULL << 28 | 1ULL << 27);
        }
    t->gpr[4] = 5ULL << 28, t->gpr[5] = 0;
    ck_assert_int_ne(execute("slbieg r5,r4"), STUB_FAULTED);
    ck_assert_uint_eq(t->slb.entry[3].esid, 5ULL << 28 | 1ULL << 27);
    ck_assert_int_ne(execute("slbie r4"), STUB_FAULTED);
    ck_assert_uint_eq(t->slb.entry[3].esid & SLB_VALID, 0);
}
END_TEST

/* III 5.9.3.1: slbiag ends what hardware made from segment tables; a guest needs LPCR[GTSE]. */
START_TEST(slbiag_spares_the_entries_of_software)
{
    t->gpr[3] = 0x1234ULL << 12, t->gpr[4] = 5ULL << 28 | 1ULL << 27 | 3;
    ck_assert_int_ne(execute("slbmte r3,r4"), STUB_FAULTED);
    ck_assert_int_ne(execute("slbiag r5"), STUB_FAULTED);
    ck_assert_int_eq(execute("slbmfee r6,r4"), STUB_DONE);
    ck_assert_uint_eq(t->gpr[6], 5ULL << 28 | 1ULL << 27);
    thread_set_msr(t, OS);
    t->spr.LPCR &= ~LPCR_GTSE;
    ck_assert_int_eq(execute("slbiag r5"), STUB_FAULTED);
    ck_assert_uint_eq(t->fault.row, STUB_HYPERVISOR);
    t->spr.LPCR |= LPCR_GTSE;
    ck_assert_int_ne(execute("slbiag r5"), STUB_FAULTED);
}
END_TEST

START_TEST(segment_entries_are_written_found_and_dropped)
{
    t->gpr[3] = 0x1234000; /* VSID, 256 MB */
    t->gpr[4] = 0x50000000 | SLB_VALID | 5;
    ck_assert_int_eq(execute("slbmte r3,r4"), STUB_JUMPED);
    t->gpr[5] = 0x5abcdef0;
    ck_assert_int_eq(execute("slbfee. r6,r5"), STUB_DONE);
    ck_assert_uint_eq(t->gpr[6], 0x1234000);
    ck_assert_uint_eq(t->cr[0], 2);
    t->gpr[4] = 5;
    ck_assert_int_eq(execute("slbmfee r6,r4"), STUB_DONE);
    ck_assert_uint_eq(t->gpr[6], 0x50000000 | SLB_VALID);
    ck_assert_int_eq(execute("slbmfev r6,r4"), STUB_DONE);
    ck_assert_uint_eq(t->gpr[6], 0x1234000);
    ck_assert_int_eq(execute("slbie r5"), STUB_JUMPED);
    ck_assert_int_eq(execute("slbfee. r6,r5"), STUB_DONE);
    ck_assert_uint_eq(t->gpr[6] | t->cr[0], 0);
    t->slb.entry[0].esid = t->slb.entry[7].esid = SLB_VALID;
    ck_assert_int_eq(execute("slbia"), STUB_JUMPED);
    ck_assert_uint_eq(t->slb.entry[0].esid, SLB_VALID);
    ck_assert_uint_eq(t->slb.entry[7].esid, 0);
    t->gpr[4] = 0xfff; /* no such entry */
    ck_assert_int_eq(execute("slbmte r3,r4"), STUB_JUMPED);
    ck_assert_int_eq(execute("slbmfee r6,r4"), STUB_DONE);
    ck_assert_uint_eq(t->gpr[6], 0);
}
END_TEST

/* ---- transactional memory: every transaction fails ---- */
START_TEST(a_transaction_fails_where_it_begins)
{
    ck_assert_int_eq(execute("tbegin."), STUB_FAULTED); /* MSR[TM] = 0 */
    ck_assert_uint_eq(t->fault.row, STUB_UNAVAILABLE);
    thread_set_msr(t, HV | MSR_TM);
    ck_assert_int_eq(execute("tbegin."), STUB_DONE);
    ck_assert_uint_eq(t->cr[0], 10); /* 1010: the handler's branch is taken */
    ck_assert_uint_eq(t->spr.TFHAR, STUB_CIA + 4);
    ck_assert_uint_eq(t->spr.TEXASR & (PPC_BIT(7) | PPC_BIT(36)), PPC_BIT(7) | PPC_BIT(36)); /* persistent, summary */
    ck_assert_uint_eq(t->msr & MSR_TS, 0);
    ck_assert_int_eq(execute("tend."), STUB_DONE);
    ck_assert_uint_eq(t->cr[0], 0);
}
END_TEST

START_TEST(a_transaction_built_by_software_fails_when_it_is_resumed)
{
    thread_set_msr(t, HV | MSR_TM);
    ck_assert_int_eq(execute("treclaim. r0"), STUB_FAULTED); /* nothing to reclaim: TM Bad Thing */
    ck_assert_int_eq(execute("trechkpt."), STUB_FAULTED);    /* TEXASR[FS] = 0 */
    t->spr.TEXASR = PPC_BIT(36);
    t->spr.TFHAR = 0x9000;
    t->gpr[7] = 0x111;
    ck_assert_int_eq(execute("trechkpt."), STUB_JUMPED);
    ck_assert_uint_eq(t->msr & MSR_TS, MSR_TS_SUSPENDED);
    t->gpr[7] = 0x222;
    t->spr.SRR0 = 0x8000;
    t->spr.SRR1 = HV | MSR_TM | MSR_TS_TRANSACTIONAL;
    ck_assert_int_eq(execute("rfid"), STUB_JUMPED);
    ck_assert_uint_eq(t->nia, 0x9000);
    ck_assert_uint_eq(t->gpr[7], 0x111); /* the checkpoint */
    ck_assert_uint_eq(t->cr[0], 10);
    ck_assert_uint_eq(t->msr, HV | MSR_TM);
}
END_TEST

START_TEST(states_of_a_transaction_that_do_not_exist_cannot_be_made)
{
    static const struct {
        u64 from, image;
        bool good;
    } cases[] = {
        {HV | MSR_TM, HV | MSR_TM | MSR_TS, false},
        {HV | MSR_TM, HV | MSR_TM | MSR_TS_SUSPENDED, false},
        {HV | MSR_TM, HV | MSR_TM | MSR_TS_TRANSACTIONAL, false},
        {HV | MSR_TM | MSR_TS_SUSPENDED, HV | MSR_TM, false},
        {HV | MSR_TM | MSR_TS_SUSPENDED, HV | MSR_TM | MSR_TS_SUSPENDED, true},
        {HV | MSR_TS_SUSPENDED, HV, true}, /* TM off in both: the image does not know */
    };
    for (unsigned k = 0; k < ARRAY_SIZE(cases); k++) {
        thread_set_msr(t, cases[k].from);
        t->spr.SRR1 = t->gpr[3] = cases[k].image;
        ck_assert_int_eq(execute("rfid"), cases[k].good ? STUB_JUMPED : STUB_FAULTED);
        if (cases[k].good) ck_assert_uint_eq(t->msr & MSR_TS, MSR_TS_SUSPENDED);
        thread_set_msr(t, cases[k].from);
        ck_assert_int_eq(execute("mtmsrd r3"), cases[k].good ? STUB_JUMPED : STUB_FAULTED);
    }
}
END_TEST

START_TEST(a_suspended_transaction_is_reclaimed)
{
    thread_set_msr(t, HV | MSR_TM);
    t->spr.TEXASR = PPC_BIT(36);
    t->gpr[9] = 5;
    ck_assert_int_eq(execute("trechkpt."), STUB_JUMPED);
    t->gpr[9] = 6;
    ck_assert_int_eq(execute("tcheck cr3"), STUB_DONE);
    ck_assert_uint_eq(t->cr[3], 10); /* doomed, suspended */
    ck_assert_int_eq(execute("stop"), STUB_FAULTED);
    ck_assert_int_eq(execute("treclaim. r0"), STUB_JUMPED);
    ck_assert_uint_eq(t->gpr[9], 5);
    ck_assert_uint_eq(t->cr[0], 2); /* it was suspended */
    ck_assert_uint_eq(t->msr & MSR_TS, 0);
}
END_TEST

START_TEST(attn_needs_hid0)
{
    ck_assert_int_eq(execute("attn"), STUB_FAULTED);
    t->spr.HID0 = HID0_ENABLE_ATTN;
    ck_assert_int_eq(execute("attn"), STUB_JUMPED);
    ck_assert(t->checkstop);
}
END_TEST

START_TEST(power8s_power_saving_instructions_are_gone)
{
    static const u32 words[] = {0x4c000324, 0x4c000364, 0x4c0003a4, 0x4c0003e4}; /* doze nap sleep rvwinkle */

    for (unsigned k = 0; k < ARRAY_SIZE(words); k++) ck_assert_uint_eq(isa_find(isa, words[k]), ROW_NONE);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("system");
    TCase *tests = tcase_create("instructions");

    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_loop_test(tests, a_return_changes_only_what_it_may, 0, ARRAY_SIZE(returns));
    tcase_add_test(tests, a_return_to_32_bit_mode_cuts_the_address);
    tcase_add_test(tests, ultravisor_doorbells_belong_to_the_ultravisor);
    tcase_add_test(tests, urfid_belongs_to_the_ultravisor);
    tcase_add_test(tests, mtmsrd_leaves_hv_s_me_and_le_alone);
    tcase_add_test(tests, mtmsr_reaches_the_low_word_only);
    tcase_add_test(tests, mtmsrd_with_l_changes_ee_and_ri_and_looks_up_only_for_a_pending_interrupt);
    tcase_add_test(tests, system_calls_beyond_the_ultravisors_are_invalid);
    tcase_add_test(tests, an_spr_that_does_not_exist_leaves_rt_alone);
    tcase_add_test(tests, a_context_register_ends_the_run);
    tcase_add_test(tests, a_guest_stops_only_as_deep_as_it_may);
    tcase_add_test(tests, a_guest_invalidates_only_what_is_its_own);
    tcase_add_test(tests, with_segment_tables_software_has_four_entries);
    tcase_add_test(tests, slbiag_spares_the_entries_of_software);
    tcase_add_test(tests, segment_entries_are_written_found_and_dropped);
    tcase_add_test(tests, a_transaction_fails_where_it_begins);
    tcase_add_test(tests, a_transaction_built_by_software_fails_when_it_is_resumed);
    tcase_add_test(tests, states_of_a_transaction_that_do_not_exist_cannot_be_made);
    tcase_add_test(tests, a_suspended_transaction_is_reclaimed);
    tcase_add_test(tests, attn_needs_hid0);
    tcase_add_test(tests, power8s_power_saving_instructions_are_gone);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
