/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a failed translation, an alignment, a bad instruction look like to software: DSISR, SRR1, DAR, HDSISR, HSRR1,
 * HDAR, ASDR, HEIR (Book III 6.5.2 to 6.5.26).  Bits are written as the book numbers them: 33 no entry, 35 no-execute,
 * 36 protection, 38 store, 42 key, 44 unsupported configuration, 45 R/C, 46 table of the process scope.
 */
#include <check.h>
#include <stdlib.h>

#include "base/power.h"
#include "core/state/context.h"
#include "core/state/fault.h"
#include "core/state/interrupt.h"
#include "tests/support/state_stub.h"
#include "tests/support/suite.h"

static struct state_stub stub;
static struct thread *t;

enum { EA = 0x7000123 };
#define GRA 0x42345678ULL

static void setup(void)
{
    state_stub_reset(&stub);
    t = &stub.thread[0];
    thread_set_msr(t, MSR_SF | MSR_ME | MSR_EE | MSR_IR | MSR_DR);
    t->spr.LPCR = LPCR_HR;
}

static const struct {
    enum xlate_why why;
    enum stage stage;
    bool for_table;
    enum access access;
    unsigned vector;
    u64 status; /* DSISR, HDSISR, or the cause in SRR1, HSRR1 */
} cases[] = {
    {XL_NO_ENTRY, STAGE_PROCESS, false, ACCESS_LOAD, 0x300, PPC_BIT(33)},
    {XL_NO_ENTRY, STAGE_PROCESS, false, ACCESS_STORE, 0x300, PPC_BIT(33) | PPC_BIT(38)},
    {XL_NO_ENTRY, STAGE_PROCESS, false, ACCESS_FETCH, 0x400, PPC_BIT(33)},
    {XL_PROTECTION, STAGE_PROCESS, false, ACCESS_LOAD, 0x300, PPC_BIT(36)},
    {XL_PROTECTION, STAGE_PROCESS, false, ACCESS_STORE, 0x300, PPC_BIT(36) | PPC_BIT(38)},
    {XL_NO_EXECUTE, STAGE_PROCESS, false, ACCESS_FETCH, 0x400, PPC_BIT(35)},
    {XL_KEY, STAGE_PROCESS, false, ACCESS_LOAD, 0x300, PPC_BIT(42)},
    {XL_KEY, STAGE_PROCESS, false, ACCESS_FETCH, 0x400, PPC_BIT(42)},
    {XL_BAD_CONFIG, STAGE_PROCESS, false, ACCESS_LOAD, 0x300, PPC_BIT(44)},
    {XL_SET_RC, STAGE_PROCESS, false, ACCESS_STORE, 0x300, PPC_BIT(45) | PPC_BIT(38)},
    {XL_BAD_EA, STAGE_PROCESS, false, ACCESS_LOAD, 0x380, 0},
    {XL_BAD_EA, STAGE_PROCESS, false, ACCESS_FETCH, 0x480, 0},
    {XL_NO_SEGMENT, STAGE_PROCESS, false, ACCESS_STORE, 0x380, 0},
    {XL_NO_ENTRY, STAGE_PARTITION, false, ACCESS_LOAD, 0xe00, PPC_BIT(33)},
    {XL_NO_ENTRY, STAGE_PARTITION, false, ACCESS_STORE, 0xe00, PPC_BIT(33) | PPC_BIT(38)},
    {XL_NO_ENTRY, STAGE_PARTITION, false, ACCESS_FETCH, 0xe20, PPC_BIT(33)},
    {XL_PROTECTION, STAGE_PARTITION, false, ACCESS_STORE, 0xe00, PPC_BIT(36) | PPC_BIT(38)},
    {XL_NO_EXECUTE, STAGE_PARTITION, false, ACCESS_FETCH, 0xe20, PPC_BIT(35)},
    {XL_BAD_CONFIG, STAGE_PARTITION, false, ACCESS_LOAD, 0xe00, PPC_BIT(44)},
    {XL_NO_ENTRY, STAGE_PARTITION, true, ACCESS_LOAD, 0xe00, PPC_BIT(33) | PPC_BIT(46)},
    {XL_NO_ENTRY, STAGE_PARTITION, true, ACCESS_STORE, 0xe00, PPC_BIT(33) | PPC_BIT(46)}, /* the walk only reads */
    {XL_NO_ENTRY, STAGE_PARTITION, true, ACCESS_FETCH, 0xe20, PPC_BIT(33) | PPC_BIT(46)},
    {XL_PROTECTION, STAGE_PARTITION, true, ACCESS_LOAD, 0xe00, PPC_BIT(36) | PPC_BIT(38) | PPC_BIT(46)}, /* writes R */
    {XL_SET_RC, STAGE_PARTITION, false, ACCESS_LOAD, 0xe00, PPC_BIT(45)},
    {XL_SET_RC, STAGE_PARTITION, false, ACCESS_STORE, 0xe00, PPC_BIT(45) | PPC_BIT(38)},
    {XL_SET_RC, STAGE_PARTITION, false, ACCESS_FETCH, 0xe20, PPC_BIT(45)},
    {XL_SET_RC, STAGE_PARTITION, true, ACCESS_LOAD, 0xe00, PPC_BIT(45) | PPC_BIT(38) | PPC_BIT(46)},
    {XL_SET_RC, STAGE_PROCESS, false, ACCESS_LOAD, 0x300, PPC_BIT(45)},
    {XL_SET_RC, STAGE_PROCESS, false, ACCESS_FETCH, 0x400, PPC_BIT(45)},
    {XL_KEY, STAGE_PROCESS, false, ACCESS_STORE, 0x300, PPC_BIT(42) | PPC_BIT(38)},
    {XL_PROTECTION_KEY, STAGE_PROCESS, false, ACCESS_STORE, 0x300, PPC_BIT(36) | PPC_BIT(42) | PPC_BIT(38)},
    {XL_PROTECTION_KEY, STAGE_PROCESS, false, ACCESS_FETCH, 0x400, PPC_BIT(36) | PPC_BIT(42)},
    {XL_PROTECTION, STAGE_PARTITION, false, ACCESS_LOAD, 0xe00, PPC_BIT(36)},
    {XL_BAD_CONFIG, STAGE_PROCESS, false, ACCESS_STORE, 0x300, PPC_BIT(44) | PPC_BIT(38)},
    {XL_BAD_CONFIG, STAGE_PROCESS, false, ACCESS_FETCH, 0x400, PPC_BIT(44)},
    {XL_BAD_CONFIG, STAGE_PARTITION, false, ACCESS_FETCH, 0xe20, PPC_BIT(44)},
    {XL_BAD_CONFIG, STAGE_PARTITION, true, ACCESS_LOAD, 0xe00, PPC_BIT(44) | PPC_BIT(46)},
    {XL_NO_SEGMENT, STAGE_PROCESS, false, ACCESS_FETCH, 0x480, 0},
};

START_TEST(a_failed_translation_reports_as_the_book_says)
{
    struct xlate x = {.why = cases[_i].why, .stage = cases[_i].stage, .for_table = cases[_i].for_table, .gra = GRA};
    bool fetch = cases[_i].access == ACCESS_FETCH, hv = cases[_i].vector >= 0xe00;
    u64 msr = t->msr;

    ck_assert(!fault_storage(t, &x, EA, cases[_i].access));
    interrupt_take(t, fetch ? EA : 0x5000);
    ck_assert_uint_eq(t->nia, cases[_i].vector);
    ck_assert_uint_eq(hv ? t->spr.HSRR0 : t->spr.SRR0, fetch ? EA : 0x5000);
    ck_assert_uint_eq(hv ? t->spr.HSRR1 : t->spr.SRR1, msr | (fetch ? cases[_i].status : 0));
    ck_assert_uint_eq(hv ? t->spr.HDSISR : t->spr.DSISR, fetch ? 0 : cases[_i].status);
    ck_assert_uint_eq(hv ? t->spr.HDAR : t->spr.DAR, fetch ? 0 : EA);
    ck_assert_uint_eq(t->spr.ASDR, hv ? GRA & ~0xfffULL : 0);
    ck_assert_uint_eq(hv ? t->spr.DAR | t->spr.DSISR : t->spr.HDAR | t->spr.HDSISR, 0);
}
END_TEST

START_TEST(a_hash_partition_handles_its_own_faults_unless_vpm)
{
    struct xlate x = {.why = XL_NO_ENTRY, .stage = STAGE_PARTITION, .gra = GRA};

    t->spr.LPCR = 0;
    fault_storage(t, &x, EA, ACCESS_LOAD);
    ck_assert_uint_eq(t->fault.row, INTERRUPT_DATA_STORAGE);
    t->spr.LPCR = LPCR_VPM1;
    fault_storage(t, &x, EA, ACCESS_LOAD);
    ck_assert_uint_eq(t->fault.row, INTERRUPT_HDATA_STORAGE);
    thread_set_msr(t, t->msr | MSR_HV);
    fault_storage(t, &x, EA, ACCESS_LOAD);
    ck_assert_uint_eq(t->fault.row, INTERRUPT_DATA_STORAGE);
}
END_TEST

/* Hash: the walker was kept from the process table or a segment table.  ASDR is the segment of that table. */
START_TEST(a_segment_table_that_cannot_be_read_says_so)
{
    static const struct {
        u64 lpcr, msr;
        enum access access;
        unsigned vector;
    } rows[] = {{LPCR_UPRT, 0, ACCESS_STORE, 0x300},
                {LPCR_UPRT, 0, ACCESS_FETCH, 0x400},
                {LPCR_UPRT | LPCR_VPM1, 0, ACCESS_STORE, 0xe00},
                {LPCR_UPRT | LPCR_VPM1, 0, ACCESS_FETCH, 0xe20},
                {LPCR_UPRT | LPCR_VPM1, MSR_HV, ACCESS_LOAD, 0x300}};
    struct xlate x = {.why = XL_NO_ENTRY, .stage = STAGE_PARTITION, .for_table = true, .segment = 0x777777000110};
    bool fetch = rows[_i].access == ACCESS_FETCH, hypervisor = rows[_i].vector >= 0xe00;
    u64 status = PPC_BIT(33) | PPC_BIT(46), msr;

    thread_set_msr(t, t->msr | rows[_i].msr);
    t->spr.LPCR = rows[_i].lpcr;
    msr = t->msr;
    ck_assert(!fault_storage(t, &x, EA, rows[_i].access));
    interrupt_take(t, fetch ? EA : 0x5000);
    ck_assert_uint_eq(t->nia, rows[_i].vector);
    ck_assert_uint_eq(hypervisor ? t->spr.HSRR1 : t->spr.SRR1, msr | (fetch ? status : 0));
    ck_assert_uint_eq(hypervisor ? t->spr.HDSISR : t->spr.DSISR, fetch ? 0 : status);
    ck_assert_uint_eq(hypervisor ? t->spr.HDAR : t->spr.DAR, fetch ? 0 : EA);
    ck_assert_uint_eq(t->spr.ASDR, hypervisor ? x.segment : 0);
}
END_TEST

/* In real mode the hypervisor's table is always virtual (VPM0's place in ISA 3.0); a segment fault is the guest's. */
START_TEST(the_virtual_real_mode_area_is_the_hypervisors)
{
    struct xlate x = {.why = XL_NO_ENTRY, .stage = STAGE_PARTITION, .segment = 0x777777000110};

    t->spr.LPCR = 0;
    thread_set_msr(t, t->msr & ~(u64)(MSR_IR | MSR_DR));
    fault_storage(t, &x, EA, ACCESS_LOAD);
    ck_assert_uint_eq(t->fault.row, INTERRUPT_HDATA_STORAGE);
    ck_assert_uint_eq(t->fault.asdr, x.segment);
    fault_storage(t, &x, EA, ACCESS_FETCH);
    ck_assert_uint_eq(t->fault.row, INTERRUPT_HINSTRUCTION_STORAGE);
    t->spr.LPCR = LPCR_VPM1;
    thread_set_msr(t, t->msr | MSR_IR | MSR_DR);
    x = (struct xlate){.why = XL_NO_SEGMENT, .stage = STAGE_PROCESS};
    fault_storage(t, &x, EA, ACCESS_LOAD);
    ck_assert_uint_eq(t->fault.row, INTERRUPT_DATA_SEGMENT);
}
END_TEST

START_TEST(storage_that_does_not_answer_is_a_machine_check)
{
    struct xlate x = {.why = XL_NO_STORAGE, .stage = STAGE_PARTITION};

    fault_storage(t, &x, EA, ACCESS_STORE);
    interrupt_take(t, 0x5000);
    ck_assert_uint_eq(t->nia, 0x200);
    ck_assert_uint_eq(t->spr.DAR, EA);
    ck_assert_uint_eq(t->spr.SRR1 & PPC_BIT(42), PPC_BIT(42)); /* look into DSISR */
    ck_assert_uint_eq(t->spr.DSISR, PPC_BIT(48));
    setup();
    fault_machine_check(t, EA, ACCESS_FETCH);
    interrupt_take(t, EA);
    ck_assert_uint_eq(t->spr.SRR1 & PPC_BITMASK(42, 45), PPC_BIT(45));
    ck_assert_uint_eq(t->spr.DSISR, 0);
}
END_TEST

static const struct {
    enum next (*raise)(struct thread *);
    unsigned vector;
    u64 srr1;
} simple[] = {
    {fault_privileged, 0x700, PPC_BIT(45)},   {fault_trap, 0x700, PPC_BIT(46)}, {fault_fp_enabled, 0x700, PPC_BIT(43)},
    {fault_tm_bad_thing, 0x700, PPC_BIT(42)}, {fault_fp_unavailable, 0x800, 0}, {fault_vec_unavailable, 0xf20, 0},
    {fault_vsx_unavailable, 0xf40, 0},
};

START_TEST(simple_faults_have_their_vector_and_cause)
{
    u64 msr = t->msr;

    t->spr.HFSCR = ~0ULL;
    thread_facilities_changed(t);
    ck_assert_int_eq(simple[_i].raise(t), FAULT);
    interrupt_take(t, 0x5000);
    ck_assert_uint_eq(t->nia, simple[_i].vector);
    ck_assert_uint_eq(t->spr.SRR1, msr | simple[_i].srr1);
    ck_assert_uint_eq(t->spr.SRR0, 0x5000);
}
END_TEST

START_TEST(what_hfscr_withholds_is_the_hypervisors_to_hear)
{
    static enum next (*const raise[])(struct thread *) = {fault_fp_unavailable, fault_vec_unavailable,
                                                          fault_vsx_unavailable};

    t->spr.HFSCR = FACILITY_BIT(_i ? FACILITY_FP : FACILITY_VECTOR);
    thread_facilities_changed(t);
    ck_assert_int_eq(raise[_i](t), FAULT);
    interrupt_take(t, 0x5000);
    ck_assert_uint_eq(t->nia, 0xf80);
    ck_assert_uint_eq(t->spr.HFSCR >> 56, _i != 0);
    ck_assert_uint_eq(t->withheld, 0); /* the handler is the hypervisor */
}
END_TEST

START_TEST(the_facility_that_is_missing_is_named)
{
    t->spr.FSCR = PPC_BITMASK(0, 7) | 0x100;
    fault_facility(t, FACILITY_TAR);
    interrupt_take(t, 0x5000);
    ck_assert_uint_eq(t->nia, 0xf60);
    ck_assert_uint_eq(t->spr.FSCR, 8ULL << 56 | 0x100);
    fault_hypervisor_facility(t, FACILITY_STOP);
    interrupt_take(t, 0x5000);
    ck_assert_uint_eq(t->nia, 0xf80);
    ck_assert_uint_eq(t->spr.HFSCR, 9ULL << 56);
}
END_TEST

START_TEST(alignment_names_the_address)
{
    ck_assert(!fault_alignment(t, EA, true));
    interrupt_take(t, 0x5000);
    ck_assert_uint_eq(t->nia, 0x600);
    ck_assert_uint_eq(t->spr.DAR, EA);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("fault");
    TCase *tests = tcase_create("reporting");

    tcase_add_checked_fixture(tests, setup, NULL);
    tcase_add_loop_test(tests, a_failed_translation_reports_as_the_book_says, 0, ARRAY_SIZE(cases));
    tcase_add_test(tests, a_hash_partition_handles_its_own_faults_unless_vpm);
    tcase_add_loop_test(tests, a_segment_table_that_cannot_be_read_says_so, 0, 5);
    tcase_add_test(tests, the_virtual_real_mode_area_is_the_hypervisors);
    tcase_add_test(tests, storage_that_does_not_answer_is_a_machine_check);
    tcase_add_loop_test(tests, simple_faults_have_their_vector_and_cause, 0, ARRAY_SIZE(simple));
    tcase_add_loop_test(tests, what_hfscr_withholds_is_the_hypervisors_to_hear, 0, 3);
    tcase_add_test(tests, the_facility_that_is_missing_is_named);
    tcase_add_test(tests, alignment_names_the_address);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
