/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What floating-point instructions do to the FPSCR, to CR and to their target when exceptions are and are not enabled
 * (Book I 4.4, 7.4), each case through every port.  The arithmetic itself is test_softfp.
 *
 * rows: frin friz frip frim fcpsgn fctid fctidz fctiwuz xscvdpsxds xscvdpuxws xscvqpsdz xscvqpuwz
 */
#include <check.h>
#include <stdlib.h>

#include "core/isa/disasm.h"
#include "core/isa/fpscr.h"
#include "tests/support/slow_stub.h"
#include "tests/support/suite.h"

#define ONE 0x3ff0000000000000ULL
#define HALF_ULP 0x3ca0000000000000ULL
#define LARGEST 0x7fefffffffffffffULL
#define SNAN 0x7ff0000000000001ULL
#define QNAN 0x7ff8000000000001ULL
#define VSCR_NJ 0x10000u
#define UNTOUCHED 0x1122334455667788ULL

static struct isa *isa;
static struct stub stub;
static struct thread *const t = &stub.thread;

static void setup(void)
{
    isa = isa_new();
}
static void teardown(void)
{
    isa_free(isa);
}

static void prepare(u64 fpscr, u64 a, u64 b)
{
    stub_reset(&stub, true);
    t->msr |= MSR_FE0 | MSR_FE1;
    t->fpscr = fpscr;
    for (unsigned n = 0; n < 64; n++) t->vsr[n].d[0] = t->vsr[n].d[1] = UNTOUCHED;
    VSR_D(t->vsr[2], 0) = VSR_D(t->vsr[2], 1) = VSR_D(t->vsr[34], 0) = a;
    VSR_D(t->vsr[3], 0) = VSR_D(t->vsr[3], 1) = VSR_D(t->vsr[35], 0) = b;
    VSR_D(t->vsr[34], 1) = VSR_D(t->vsr[35], 1) = 0;
}

static enum stub_outcome execute(const char *text, unsigned port)
{
    u32 word = 0;

    ck_assert_msg(isa_assemble(isa, text, STUB_CIA, &word), "%s cannot be assembled", text);
    return stub_execute(&stub, isa, word, port);
}

static u64 target(void)
{
    return VSR_D(t->vsr[1], 0);
}

START_TEST(an_enabled_invalid_operation_keeps_the_target_and_interrupts)
{
    prepare(FPSCR_VE | FPSCR_FR | FPSCR_FI | FPRF_CODE(0x05), SNAN, ONE);
    ck_assert_int_eq(execute("fadd. 1, 2, 3", (unsigned)_i), STUB_FAULTED);
    ck_assert_uint_eq(t->fault.row, STUB_FP_ENABLED);
    ck_assert_uint_eq(target(), UNTOUCHED);
    ck_assert_uint_eq(t->fpscr, FPSCR_FX | FPSCR_FEX | FPSCR_VX | FPSCR_VXSNAN | FPSCR_VE | FPRF_CODE(0x05));
    ck_assert_uint_eq(t->cr[1], 14);
}
END_TEST

START_TEST(an_enabled_exception_does_not_interrupt_with_fe0_and_fe1_off)
{
    prepare(FPSCR_VE, SNAN, ONE);
    t->msr &= ~(MSR_FE0 | MSR_FE1);
    ck_assert_int_eq(execute("fadd 1, 2, 3", (unsigned)_i), STUB_DONE);
    ck_assert_uint_eq(target(), UNTOUCHED);
    ck_assert(t->fpscr & FPSCR_FEX);
}
END_TEST

START_TEST(an_enabled_overflow_delivers_an_adjusted_result_and_interrupts)
{
    prepare(FPSCR_OE, LARGEST, LARGEST);
    ck_assert_int_eq(execute("fadd 1, 2, 3", (unsigned)_i), STUB_FAULTED);
    ck_assert_uint_eq(target(), LARGEST - (1535ULL << 52));
    ck_assert_uint_eq(t->fpscr, FPSCR_FX | FPSCR_FEX | FPSCR_OX | FPSCR_OE | FPRF_CODE(0x04));
}
END_TEST

/* Undefined: the exponent is adjusted by 192 in any case, and the result may have one that only a double has. */
START_TEST(an_enabled_overflow_beyond_the_adjusted_range_delivers_a_double)
{
    prepare(FPSCR_OE, 0x7e40000000000000ULL, 0);
    ck_assert_int_eq(execute("fadds 1, 2, 3", (unsigned)_i), STUB_FAULTED);
    ck_assert_uint_eq(target(), 0x7e40000000000000ULL - (192ULL << 52));
}
END_TEST

START_TEST(fx_is_set_only_by_an_exception_that_was_not_there)
{
    prepare(FPSCR_XX, ONE, HALF_ULP);
    ck_assert_int_eq(execute("fadd 1, 2, 3", (unsigned)_i), STUB_DONE);
    ck_assert_uint_eq(t->fpscr, FPSCR_XX | FPSCR_FI | FPRF_CODE(0x04));
    prepare(0, ONE, HALF_ULP);
    ck_assert_int_eq(execute("fadd 1, 2, 3", (unsigned)_i), STUB_DONE);
    ck_assert_uint_eq(t->fpscr, FPSCR_FX | FPSCR_XX | FPSCR_FI | FPRF_CODE(0x04));
}
END_TEST

START_TEST(moves_to_the_fpscr_recompute_the_summaries)
{
    prepare(FPSCR_XX, FPSCR_XX | FPSCR_XE | FPSCR_FEX | FPSCR_VX, 0);
    ck_assert_int_eq(execute("mtfsf 255, 2, 1, 0", (unsigned)_i), STUB_FAULTED);
    ck_assert_uint_eq(t->fpscr, FPSCR_XX | FPSCR_XE | FPSCR_FEX);
    prepare(FPSCR_XX, 0, 0);
    ck_assert_int_eq(execute("mtfsb1 28", (unsigned)_i), STUB_FAULTED);
    ck_assert_uint_eq(t->fpscr, FPSCR_XX | FPSCR_XE | FPSCR_FEX);
    prepare(0, 0, 0);
    ck_assert_int_eq(execute("mtfsb1. 7", (unsigned)_i), STUB_DONE);
    ck_assert_uint_eq(t->fpscr, FPSCR_FX | FPSCR_VX | FPSCR_VXSNAN);
    ck_assert_uint_eq(t->cr[1], 10);
    ck_assert_int_eq(execute("mtfsb0 7", (unsigned)_i), STUB_DONE);
    ck_assert_uint_eq(t->fpscr, FPSCR_FX);
    prepare(0, 0, 0);
    ck_assert_int_eq(execute("mtfsfi 7, 2, 0", (unsigned)_i), STUB_DONE);
    ck_assert_int_eq(execute("mtfsfi 7, 5, 1", (unsigned)_i), STUB_DONE);
    ck_assert_uint_eq(t->fpscr, 5ULL << 32 | FP_TO_PLUS_INFINITY);
}
END_TEST

START_TEST(mcrfs_takes_the_exceptions_it_reads)
{
    prepare(FPSCR_FX | FPSCR_VX | FPSCR_OX | FPSCR_VXSNAN | FPSCR_XX, 0, 0);
    ck_assert_int_eq(execute("mcrfs 2, 0", (unsigned)_i), STUB_DONE);
    ck_assert_uint_eq(t->cr[2], 11);
    ck_assert_uint_eq(t->fpscr, FPSCR_VX | FPSCR_VXSNAN | FPSCR_XX);
    ck_assert_int_eq(execute("mcrfs 3, 1", (unsigned)_i), STUB_DONE);
    ck_assert_uint_eq(t->cr[3], 3);
    ck_assert_uint_eq(t->fpscr, 0);
}
END_TEST

START_TEST(the_3_0_moves_read_what_they_say_and_change_what_they_say)
{
    const u64 all = 3ULL << 32 | FPSCR_FX | FPSCR_XX | FPSCR_FR | FPRF_CODE(0x08) | FPSCR_VE | FPSCR_ZE | FP_TO_ZERO;
    static const struct {
        const char *text;
        u64 read, left;
    } c[] = {
        {"mffs 1", ~0ULL, ~0ULL},
        {"mffsce 1", ~0ULL, ~(u64)(FPSCR_VE | FPSCR_ZE)},
        {"mffsl 1", ~(u64)(FPSCR_FX | FPSCR_XX), ~0ULL},
    };

    for (unsigned n = 0; n < ARRAY_SIZE(c); n++) {
        prepare(all, 0, 0);
        ck_assert_int_eq(execute(c[n].text, (unsigned)_i), STUB_DONE);
        ck_assert_uint_eq(target(), all & c[n].read);
        ck_assert_uint_eq(t->fpscr, all & c[n].left);
    }
    prepare(all, FP_TO_MINUS_INFINITY | 5ULL << 32, 0);
    ck_assert_int_eq(execute("mffscrn 1, 2", (unsigned)_i), STUB_DONE);
    ck_assert_uint_eq(target(), 3ULL << 32 | FPSCR_VE | FPSCR_ZE | FP_TO_ZERO);
    ck_assert_uint_eq(t->fpscr, all | FP_TO_MINUS_INFINITY);
    ck_assert_int_eq(execute("mffscdrn 1, 2", (unsigned)_i), STUB_DONE);
    ck_assert_uint_eq(t->fpscr, ((all | FP_TO_MINUS_INFINITY) & ~FPSCR_DRN) | 5ULL << 32);
}
END_TEST

START_TEST(an_ordered_comparison_of_a_quiet_nan_is_invalid)
{
    prepare(FPSCR_FI | FPRF_CODE(0x14), QNAN, ONE);
    ck_assert_int_eq(execute("fcmpu 6, 2, 3", (unsigned)_i), STUB_DONE);
    ck_assert_uint_eq(t->cr[6], FP_UNORDERED);
    ck_assert_uint_eq(t->fpscr, FPSCR_FI | FPRF_CODE(0x11));
    ck_assert_int_eq(execute("fcmpo 5, 2, 3", (unsigned)_i), STUB_DONE);
    ck_assert_uint_eq(t->cr[5], FP_UNORDERED);
    ck_assert_uint_eq(t->fpscr, FPSCR_FX | FPSCR_VX | FPSCR_VXVC | FPSCR_FI | FPRF_CODE(0x11));
}
END_TEST

/* Undefined by the book; POWER9 clears it. */
START_TEST(a_conversion_to_an_integer_clears_fprf_unless_it_is_suppressed)
{
    static const char *const conversions[] = {"fctid 1, 3",      "fctidz 1, 3",    "fctiwuz 1, 3",   "xscvdpsxds 1, 3",
                                              "xscvdpuxws 1, 3", "xscvqpsdz 1, 3", "xscvqpuwz 1, 3", "dctfix 1, 3"};

    for (unsigned k = 0; k < ARRAY_SIZE(conversions); k++) {
        prepare(FPRF_CODE(0x15), 0, 0);
        ck_assert_int_eq(execute(conversions[k], (unsigned)_i), STUB_DONE);
        ck_assert_msg(t->fpscr == 0, "%s leaves %llx", conversions[k], (unsigned long long)t->fpscr);
    }
    prepare(FPSCR_VE | FPRF_CODE(0x15), 0, QNAN);
    ck_assert_int_eq(execute("fctidz 1, 3", (unsigned)_i), STUB_FAULTED);
    ck_assert_uint_eq(t->fpscr & FPSCR_FPRF, FPRF_CODE(0x15));
}
END_TEST

/* 4.6.7.3: FR and FI become 0, XX is not set, whatever was lost. */
/* The other word is undefined. */
START_TEST(a_word_is_delivered_in_both_halves_of_the_doubleword)
{
    static const char *const conversions[] = {"fctiwz 1, 3", "fctiwu 1, 3", "xscvdpsxws 1, 3", "xscvdpuxws 1, 3"};

    for (unsigned k = 0; k < ARRAY_SIZE(conversions); k++) {
        prepare(0, 0, 0x4000000000000000ULL);
        ck_assert_int_eq(execute(conversions[k], (unsigned)_i), STUB_DONE);
        ck_assert_uint_eq(target(), 0x0000000200000002ULL);
    }
    prepare(0, 0, 0xc000000000000000ULL);
    ck_assert_int_eq(execute("fctiw 1, 3", (unsigned)_i), STUB_DONE);
    ck_assert_uint_eq(target(), 0xfffffffefffffffeULL);
    ck_assert_int_eq(execute("xvcvdpsp 1, 3", (unsigned)_i), STUB_DONE);
    ck_assert_uint_eq(target(), 0xc0000000c0000000ULL);
}
END_TEST

START_TEST(a_store_of_a_double_that_no_single_is_near_stores_zero)
{
    prepare(0, 0x8010000000000001ULL, 0);
    t->gpr[4] = STUB_BASE;
    ck_assert_int_eq(execute("stfs 2, 0(4)", (unsigned)_i), STUB_DONE);
    ck_assert_int_eq(execute("lwz 5, 0(4)", (unsigned)_i), STUB_DONE);
    ck_assert_uint_eq(t->gpr[5], 0x80000000);
}
END_TEST

START_TEST(rounding_to_an_integer_in_the_format_says_nothing_of_what_it_lost)
{
    static const struct {
        const char *text;
        u64 b, result;
    } cases[] = {
        {"frin 1, 3", 0x4004000000000000ULL, 0x4008000000000000ULL}, /* 2.5: 3 */
        {"frin 1, 3", 0xc004000000000000ULL, 0xc008000000000000ULL},
        {"friz 1, 3", 0xc00599999999999aULL, 0xc000000000000000ULL}, /* -2.7: -2 */
        {"frip 1, 3", 0x4000cccccccccccdULL, 0x4008000000000000ULL}, /* 2.1: 3 */
        {"frim 1, 3", 0xc000cccccccccccdULL, 0xc008000000000000ULL},
        {"frip 1, 3", 0xbfe0000000000000ULL, 0x8000000000000000ULL}, /* -0.5: -0 */
    };

    for (unsigned k = 0; k < ARRAY_SIZE(cases); k++) {
        prepare(FPSCR_FR | FPSCR_FI, ONE, cases[k].b);
        ck_assert_int_eq(execute(cases[k].text, (unsigned)_i), STUB_DONE);
        ck_assert_uint_eq(target(), cases[k].result);
        ck_assert_uint_eq(t->fpscr & ~(u64)FPSCR_FPRF, 0);
    }
}
END_TEST

START_TEST(copying_a_sign_changes_nothing_else)
{
    prepare(FPSCR_FI, 0x8000000000000000ULL, SNAN);
    ck_assert_int_eq(execute("fcpsgn 1, 2, 3", (unsigned)_i), STUB_DONE);
    ck_assert_uint_eq(target(), SNAN | 1ULL << 63);
    ck_assert_uint_eq(t->fpscr, FPSCR_FI);
}
END_TEST

START_TEST(a_vector_with_one_enabled_exception_is_not_written)
{
    prepare(FPSCR_ZE | FPSCR_FI | FPRF_CODE(0x05), ONE, ONE);
    VSR_D(t->vsr[3], 1) = 0;
    ck_assert_int_eq(execute("xvdivdp 1, 2, 3", (unsigned)_i), STUB_FAULTED);
    ck_assert_uint_eq(target(), UNTOUCHED);
    ck_assert_uint_eq(t->fpscr, FPSCR_FX | FPSCR_FEX | FPSCR_ZX | FPSCR_ZE | FPSCR_FI | FPRF_CODE(0x05));
}
END_TEST

/* CR6 is undefined then. */
START_TEST(a_vector_comparison_that_is_suppressed_leaves_target_and_cr6)
{
    prepare(FPSCR_VE, QNAN, ONE);
    t->cr[6] = 5;
    ck_assert_int_eq(execute("xvcmpgtdp. 1, 2, 3", (unsigned)_i), STUB_FAULTED);
    ck_assert_uint_eq(target(), UNTOUCHED);
    ck_assert_uint_eq(t->cr[6], 5);
}
END_TEST

START_TEST(a_scalar_of_vsx_clears_the_other_half_and_type_m_multiplies_the_target)
{
    prepare(0, 0x4000000000000000ULL, ONE);
    VSR_D(t->vsr[1], 0) = 0x4008000000000000ULL;
    ck_assert_int_eq(execute("xsmaddmdp 1, 2, 3", (unsigned)_i), STUB_DONE);
    ck_assert_uint_eq(target(), 0x401c000000000000ULL); /* 2 * 3 + 1 */
    ck_assert_uint_eq(VSR_D(t->vsr[1], 1), 0);
    VSR_D(t->vsr[1], 0) = 0x4008000000000000ULL;
    ck_assert_int_eq(execute("xsmaddadp 1, 2, 3", (unsigned)_i), STUB_DONE);
    ck_assert_uint_eq(target(), 0x4014000000000000ULL); /* 2 * 1 + 3 */
}
END_TEST

START_TEST(rounding_to_odd_marks_what_was_lost)
{
    prepare(0, 0x3fff000000000000ULL, 0x3f00000000000000ULL);
    ck_assert_int_eq(execute("xsaddqpo 1, 2, 3", (unsigned)_i), STUB_DONE);
    ck_assert_uint_eq(VSR_D(t->vsr[33], 0), 0x3fff000000000000ULL);
    ck_assert_uint_eq(VSR_D(t->vsr[33], 1), 1);
    ck_assert_int_eq(execute("xsaddqp 1, 2, 3", (unsigned)_i), STUB_DONE);
    ck_assert_uint_eq(VSR_D(t->vsr[33], 1), 0);
}
END_TEST

START_TEST(vmx_flushes_denormals_only_in_non_java_mode_and_records_nothing)
{
    const u64 smallest = 0x0080000000800000ULL, half = 0x3f0000003f000000ULL;

    prepare(FPSCR_VE | FPSCR_UE, smallest, half);
    VSR_D(t->vsr[36], 0) = VSR_D(t->vsr[36], 1) = 0;
    ck_assert_int_eq(execute("vmaddfp 1, 2, 3, 4", (unsigned)_i), STUB_DONE);
    ck_assert_uint_eq(VSR_D(t->vsr[33], 0), 0x0040000000400000ULL);
    t->vscr = VSCR_NJ;
    ck_assert_int_eq(execute("vmaddfp 1, 2, 3, 4", (unsigned)_i), STUB_DONE);
    ck_assert_uint_eq(VSR_D(t->vsr[33], 0), 0);
    ck_assert_uint_eq(t->fpscr, FPSCR_VE | FPSCR_UE);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("fpscr");
    TCase *c = tcase_create("every port");

    tcase_add_checked_fixture(c, setup, teardown);
    tcase_add_loop_test(c, an_enabled_invalid_operation_keeps_the_target_and_interrupts, 0, PORT_COUNT);
    tcase_add_loop_test(c, an_enabled_exception_does_not_interrupt_with_fe0_and_fe1_off, 0, PORT_COUNT);
    tcase_add_loop_test(c, an_enabled_overflow_delivers_an_adjusted_result_and_interrupts, 0, PORT_COUNT);
    tcase_add_loop_test(c, an_enabled_overflow_beyond_the_adjusted_range_delivers_a_double, 0, PORT_COUNT);
    tcase_add_loop_test(c, fx_is_set_only_by_an_exception_that_was_not_there, 0, PORT_COUNT);
    tcase_add_loop_test(c, moves_to_the_fpscr_recompute_the_summaries, 0, PORT_COUNT);
    tcase_add_loop_test(c, mcrfs_takes_the_exceptions_it_reads, 0, PORT_COUNT);
    tcase_add_loop_test(c, the_3_0_moves_read_what_they_say_and_change_what_they_say, 0, PORT_COUNT);
    tcase_add_loop_test(c, an_ordered_comparison_of_a_quiet_nan_is_invalid, 0, PORT_COUNT);
    tcase_add_loop_test(c, a_conversion_to_an_integer_clears_fprf_unless_it_is_suppressed, 0, PORT_COUNT);
    tcase_add_loop_test(c, a_word_is_delivered_in_both_halves_of_the_doubleword, 0, PORT_COUNT);
    tcase_add_loop_test(c, a_store_of_a_double_that_no_single_is_near_stores_zero, 0, PORT_COUNT);
    tcase_add_loop_test(c, rounding_to_an_integer_in_the_format_says_nothing_of_what_it_lost, 0, PORT_COUNT);
    tcase_add_loop_test(c, copying_a_sign_changes_nothing_else, 0, PORT_COUNT);
    tcase_add_loop_test(c, a_vector_with_one_enabled_exception_is_not_written, 0, PORT_COUNT);
    tcase_add_loop_test(c, a_vector_comparison_that_is_suppressed_leaves_target_and_cr6, 0, PORT_COUNT);
    tcase_add_loop_test(c, a_scalar_of_vsx_clears_the_other_half_and_type_m_multiplies_the_target, 0, PORT_COUNT);
    tcase_add_loop_test(c, rounding_to_odd_marks_what_was_lost, 0, PORT_COUNT);
    tcase_add_loop_test(c, vmx_flushes_denormals_only_in_non_java_mode_and_records_nothing, 0, PORT_COUNT);
    suite_add_tcase(s, c);
    return run_suite(s);
}
