/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Decimal floating point (Book I chapter 5) in cases worked out by hand, each through every port: forms of results,
 * rounding, and above all what an emulator that knows no enabled exceptions and no FR cannot confirm.
 */
#include <check.h>
#include <stdlib.h>

#include "core/isa/dfp.h"
#include "core/isa/disasm.h"
#include "core/isa/fpscr.h"
#include "tests/support/slow_stub.h"
#include "tests/support/suite.h"

#define UNTOUCHED 0x1122334455667788ULL
#define QNAN 0x7c00000000000000ULL
#define SNAN 0x7e00000000000000ULL
#define INFINITE 0x7800000000000000ULL
#define MINUS 0x8000000000000000ULL
#define DRN(mode) ((u64)(mode) << 32)
#define NINES_16 9999999999999999ULL

static struct isa *isa;
static struct stub stub;
static struct thread *const t = &stub.thread;
static unsigned port;

static void setup(void)
{
    isa = isa_new();
}
static void teardown(void)
{
    isa_free(isa);
}

static u64 number(s64 digits, s32 exponent)
{
    struct dfp v = {.digits = (u64)(digits < 0 ? -digits : digits), .exponent = exponent, .negative = digits < 0};
    return (u64)dfp_pack(&dfp_long, &v);
}
static u128 extended(u128 digits, s32 exponent)
{
    struct dfp v = {.digits = digits, .exponent = exponent};
    return dfp_pack(&dfp_extended, &v);
}
static u128 nines_34(void)
{
    return (u128)NINES_16 * 1000000000000000000ULL + 999999999999999999ULL;
}

static void prepare(u64 fpscr)
{
    stub_reset(&stub, true);
    t->msr |= MSR_FE0 | MSR_FE1;
    t->fpscr = fpscr;
    for (unsigned n = 0; n < 64; n++) t->vsr[n].d[0] = t->vsr[n].d[1] = UNTOUCHED;
}
static enum stub_outcome execute(const char *text)
{
    u32 word = 0;

    ck_assert_msg(isa_assemble(isa, text, STUB_CIA, &word), "%s cannot be assembled", text);
    return stub_execute(&stub, isa, word, port);
}
static u64 register_of(unsigned n)
{
    return VSR_D(t->vsr[n], 0);
}

/* `text` reads FPRs 2 and 3 and writes 1. */
static u64 result(const char *text, u64 fpscr, u64 a, u64 b)
{
    prepare(fpscr);
    VSR_D(t->vsr[2], 0) = a;
    VSR_D(t->vsr[3], 0) = b;
    execute(text);
    return register_of(1);
}
/* `text` reads the pairs 6 and 8 and writes 4. */
static u128 result_pair(const char *text, u64 fpscr, u128 a, u128 b)
{
    prepare(fpscr);
    VSR_D(t->vsr[6], 0) = (u64)(a >> 64), VSR_D(t->vsr[7], 0) = (u64)a;
    VSR_D(t->vsr[8], 0) = (u64)(b >> 64), VSR_D(t->vsr[9], 0) = (u64)b;
    execute(text);
    return (u128)register_of(4) << 64 | register_of(5);
}
static void is_bits(u64 ours, u64 wanted)
{
    ck_assert_msg(ours == wanted, "%016llx, not %016llx", (unsigned long long)ours, (unsigned long long)wanted);
}
static void is_pair(u128 ours, u128 wanted)
{
    is_bits((u64)(ours >> 64), (u64)(wanted >> 64));
    is_bits((u64)ours, (u64)wanted);
}

/* Every test begins with the port of its round. */
#define EACH_PORT port = (unsigned)_i

START_TEST(formats_are_laid_out_as_the_book_draws_them)
{
    struct dfp v;

    is_bits(number(1, 0), 0x2238000000000001);                   /* biased exponent 398 = 01 10001110 */
    is_bits(number(-9000000000000000, 369), 0xf7fc000000000000); /* 767 = 10 11111111: lead 11 10 1 */
    is_bits(number(999, 0), 0x22380000000000ff);
    is_pair(extended(1, 0), (u128)0x2208000000000000 << 64 | 1); /* 6176 = 01 100000100000 */
    v = dfp_unpack(&dfp_long, 0x22380000000003ff);               /* 999 has four spellings */
    ck_assert(v.digits == 999 && v.exponent == 0 && !v.negative && v.kind == DFP_FINITE);
    v = dfp_unpack(&dfp_short, 0x22500001); /* 101 = 01 100101 */
    ck_assert(v.digits == 1 && v.exponent == 0);
    ck_assert(dfp_unpack(&dfp_long, SNAN).kind == DFP_SNAN);
    ck_assert(dfp_unpack(&dfp_long, QNAN).kind == DFP_QNAN);
    ck_assert(dfp_unpack(&dfp_long, INFINITE | MINUS).kind == DFP_INFINITE);
}
END_TEST

START_TEST(exact_results_take_the_form_nearest_the_ideal_exponent)
{
    EACH_PORT;
    is_bits(result("dadd 1, 2, 3", 0, number(120, -2), number(34, -1)), number(460, -2));
    ck_assert_uint_eq(t->fpscr, FPRF_CODE(0x04));
    is_bits(result("dsub 1, 2, 3", 0, number(1, 3), number(100, 0)), number(900, 0));
    is_bits(result("dmul 1, 2, 3", 0, number(20, 0), number(30, 5)), number(600, 5));
    is_bits(result("ddiv 1, 2, 3", 0, number(600, 0), number(3, 1)), number(200, -1));
    is_bits(result("ddiv 1, 2, 3", 0, number(1, 0), number(4, 0)), number(25, -2));
    /* ten to the 20th plus nothing: no room for all the zeros */
    is_bits(result("dadd 1, 2, 3", 0, number(1, 20), number(0, 0)), number(1000000000000000, 5));
    /* a product of 32 digits that ends in zeros is exact */
    is_bits(result("dmul 1, 2, 3", 0, number(5000000000000000, 0), number(2000000000000000, 0)),
            number(1000000000000000, 16));
    ck_assert_uint_eq(t->fpscr, FPRF_CODE(0x04));
    /* clamped at either end */
    is_bits(result("dmul 1, 2, 3", 0, number(1, 369), number(1, 10)), number(10000000000, 369));
    is_bits(result("dmul 1, 2, 3", 0, number(0, -398), number(7, -1)), number(0, -398));
    is_bits(result("ddiv 1, 2, 3", 0, number(7, 0), INFINITE | MINUS), number(0, -398) | MINUS);
}
END_TEST

START_TEST(a_zero_difference_is_minus_only_toward_minus_infinity)
{
    EACH_PORT;
    is_bits(result("dsub 1, 2, 3", 0, number(1, 0), number(100, -2)), number(0, -2));
    ck_assert_uint_eq(t->fpscr, FPRF_CODE(0x02));
    is_bits(result("dsub 1, 2, 3", DRN(3), number(1, 0), number(100, -2)), number(0, -2) | MINUS);
    is_bits(result("dadd 1, 2, 3", 0, number(0, 1) | MINUS, number(0, 0) | MINUS), number(0, 0) | MINUS);
}
END_TEST

START_TEST(all_eight_modes_round_a_tie_their_way)
{
    /*                        even  zero  +inf  -inf  away  tozero up   05up */
    static const u8 up_5[] = {1, 0, 1, 0, 1, 0, 1, 1}, down_5[] = {1, 0, 0, 1, 1, 0, 1, 1};
    static const u8 up_4[] = {0, 0, 1, 0, 1, 0, 1, 0};

    EACH_PORT;
    for (unsigned mode = 0; mode < 8; mode++) {
        u64 r = result("dadd 1, 2, 3", DRN(mode), number(1000000000000005, 0), number(5, -1));
        is_bits(r, number(1000000000000005 + up_5[mode], 0));
        ck_assert_uint_eq(t->fpscr,
                          DRN(mode) | FPSCR_FX | FPSCR_XX | FPSCR_FI | (up_5[mode] ? FPSCR_FR : 0) | FPRF_CODE(4));
        r = result("dsub 1, 2, 3", DRN(mode), number(-1000000000000005, 0), number(5, -1));
        is_bits(r, number(-1000000000000005 - down_5[mode], 0));
        r = result("dadd 1, 2, 3", DRN(mode), number(1000000000000004, 0), number(5, -1));
        is_bits(r, number(1000000000000004 + up_4[mode], 0));
    }
}
END_TEST

START_TEST(what_lies_far_below_still_counts)
{
    EACH_PORT;
    is_bits(result("dadd 1, 2, 3", DRN(2), number(1, 300), number(1, -398)), number(1000000000000001, 285));
    is_bits(result("dsub 1, 2, 3", DRN(1), number(1, 300), number(1, -398)), number(NINES_16, 284));
    is_bits(result("dsub 1, 2, 3", 0, number(1, 300), number(1, -398)), number(1000000000000000, 285));
    ck_assert(t->fpscr & FPSCR_FR);
    is_pair(result_pair("dmulq 4, 6, 8", DRN(1), extended(nines_34(), 0), extended(nines_34(), 0)),
            extended(nines_34() - 1, 34)); /* (10^34 - 1)^2 = 10^68 - 2 * 10^34 + 1 */
    is_pair(result_pair("ddivq 4, 6, 8", 0, extended(2, 0), extended(3, 0)),
            extended((u128)6666666666666666 * 1000000000000000000ULL + 666666666666666667ULL, -34));
}
END_TEST

START_TEST(overflow_gives_infinity_or_the_largest_number)
{
    static const u8 plus_is_infinite[] = {1, 0, 1, 0, 1, 1, 1, 0}, minus_is_infinite[] = {1, 0, 0, 1, 1, 1, 1, 0};

    EACH_PORT;
    for (unsigned mode = 0; mode < 8; mode++) {
        u64 r = result("dmul. 1, 2, 3", DRN(mode), number(9, 369), number(1, 16));
        is_bits(r, plus_is_infinite[mode] ? INFINITE : number(NINES_16, 369));
        ck_assert_uint_eq(t->fpscr & ~(u64)(FPSCR_FR | FPSCR_DRN),
                          FPSCR_FX | FPSCR_OX | FPSCR_XX | FPSCR_FI | FPRF_CODE(plus_is_infinite[mode] ? 5 : 4));
        ck_assert_uint_eq(t->cr[1], 9);
        r = result("dmul 1, 2, 3", DRN(mode), number(-9, 369), number(1, 16));
        is_bits(r, (minus_is_infinite[mode] ? INFINITE : number(NINES_16, 369)) | MINUS);
    }
}
END_TEST

START_TEST(enabled_overflow_and_underflow_wrap_the_exponent)
{
    EACH_PORT;
    is_bits(result("dmul 1, 2, 3", FPSCR_OE, number(9, 369), number(1, 16)), number(9, 369 + 16 - 576));
    ck_assert_uint_eq(t->fpscr, FPSCR_FX | FPSCR_FEX | FPSCR_OX | FPSCR_OE | FPRF_CODE(4));
    ck_assert_uint_eq(t->fault.row, STUB_FP_ENABLED);
    is_bits(result("dmul 1, 2, 3", FPSCR_UE, number(70, -398), number(1, -300)), number(70, -698 + 576));
    ck_assert_uint_eq(t->fpscr, FPSCR_FX | FPSCR_FEX | FPSCR_UX | FPSCR_UE | FPRF_CODE(4));
    /* an exact subnormal is no underflow unless that is enabled */
    is_bits(result("dadd 1, 2, 3", FPSCR_UE, number(1, -398), number(2, -398)), number(3, 576 - 398));
    is_pair(result_pair("dmulq 4, 6, 8", FPSCR_OE, extended(1, 6111), extended(1, 6111)), extended(1, 12222 - 9216));
    is_pair(result_pair("dmulq 4, 6, 8", FPSCR_UE, extended(1, -6176), extended(1, -6176)), extended(1, 9216 - 12352));
}
END_TEST

START_TEST(underflow_needs_a_tiny_and_inexact_result)
{
    EACH_PORT;
    is_bits(result("dadd 1, 2, 3", 0, number(1, -398), number(2, -398)), number(3, -398));
    ck_assert_uint_eq(t->fpscr, FPRF_CODE(0x14));
    is_bits(result("dmul 1, 2, 3", 0, number(15, -398), number(1, -1)), number(2, -398));
    ck_assert_uint_eq(t->fpscr, FPSCR_FX | FPSCR_UX | FPSCR_XX | FPSCR_FI | FPSCR_FR | FPRF_CODE(0x14));
    is_bits(result("dmul 1, 2, 3", 0, number(-1, -398), number(1, -398)), number(0, -398) | MINUS);
    ck_assert_uint_eq(t->fpscr, FPSCR_FX | FPSCR_UX | FPSCR_XX | FPSCR_FI | FPRF_CODE(0x12));
    /* (10^16 - 1) * 10^15: tiny before rounding, the smallest normal number after it */
    is_bits(result("dmul 1, 2, 3", DRN(6), number(NINES_16, -398), number(1000000000000000, -16)),
            number(1000000000000000, -398));
    ck_assert_uint_eq(t->fpscr, DRN(6) | FPSCR_FX | FPSCR_UX | FPSCR_XX | FPSCR_FI | FPSCR_FR | FPRF_CODE(4));
}
END_TEST

START_TEST(invalid_operations_make_a_nan_or_keep_the_target)
{
    static const struct {
        const char *text;
        u64 a, b, flag;
    } cases[] = {
        {"dadd 1, 2, 3", INFINITE, INFINITE | MINUS, FPSCR_VXISI},
        {"dsub 1, 2, 3", INFINITE, INFINITE, FPSCR_VXISI},
        {"dmul 1, 2, 3", INFINITE, 0, FPSCR_VXIMZ},
        {"ddiv 1, 2, 3", INFINITE, INFINITE, FPSCR_VXIDI},
        {"ddiv 1, 2, 3", 0, 0, FPSCR_VXZDZ},
        {"dqua 1, 2, 3, 0", INFINITE, 0, FPSCR_VXCVI},
        {"denbcd 0, 1, 3", 0, 0x123a, FPSCR_VXCVI},
        {"denbcd 1, 1, 3", 0, 0x1235, FPSCR_VXCVI},
        {"drintx 0, 1, 3, 0", 0, SNAN, FPSCR_VXSNAN},
    };

    EACH_PORT;
    for (unsigned k = 0; k < ARRAY_SIZE(cases); k++) {
        is_bits(result(cases[k].text, FPSCR_FI | FPSCR_FR, cases[k].a, cases[k].b), QNAN);
        ck_assert_uint_eq(t->fpscr, FPSCR_FX | FPSCR_VX | cases[k].flag | FPRF_QNAN);
        is_bits(result(cases[k].text, FPSCR_VE | FPSCR_FI | FPSCR_FR | FPRF_CODE(4), cases[k].a, cases[k].b),
                UNTOUCHED);
        ck_assert_uint_eq(t->fpscr, FPSCR_FX | FPSCR_FEX | FPSCR_VX | FPSCR_VE | cases[k].flag | FPRF_CODE(4));
        ck_assert_uint_eq(t->fault.row, STUB_FP_ENABLED);
    }
    is_bits(result("ddiv 1, 2, 3", 0, number(-1, 0), number(0, 5)), INFINITE | MINUS);
    ck_assert_uint_eq(t->fpscr, FPSCR_FX | FPSCR_ZX | FPRF_CODE(9));
    is_bits(result("ddiv 1, 2, 3", FPSCR_ZE, number(-1, 0), number(0, 5)), UNTOUCHED);
}
END_TEST

START_TEST(a_signalling_nan_goes_before_a_quiet_one_and_keeps_its_payload)
{
    EACH_PORT;
    is_bits(result("dadd 1, 2, 3", 0, QNAN | 1, SNAN | MINUS | 2), QNAN | MINUS | 2);
    ck_assert_uint_eq(t->fpscr, FPSCR_FX | FPSCR_VX | FPSCR_VXSNAN | FPRF_QNAN);
    is_bits(result("dsub 1, 2, 3", 0, number(1, 0), QNAN | 3), QNAN | 3);
    is_bits(result("dmul 1, 2, 3", 0, QNAN | 4, QNAN | 3), QNAN | 4);
    ck_assert_uint_eq(t->fpscr, FPRF_QNAN);
}
END_TEST

START_TEST(comparison_is_by_value)
{
    static const struct {
        u64 a, b;
        unsigned relation;
    } cases[] = {{0x2238000000000001, 0x2234000000000010, 2}, /* 1 and 10E-1 */
                 {0x2238000000000001, 0x2238000000000002, 8},
                 {0xa238000000000001, 0x2238000000000002, 8},
                 {0xa238000000000001, 0xa238000000000002, 4},
                 {0x2238000000000000, 0xa000000000000000, 2},
                 {INFINITE | MINUS, 0xf7fc000000000000, 8},
                 {INFINITE, INFINITE, 2},
                 {0x77fc000000000000, INFINITE, 8},
                 {0xa238000000000001, 0, 8},
                 {QNAN, 0, 1}};

    EACH_PORT;
    for (unsigned k = 0; k < ARRAY_SIZE(cases); k++) {
        result("dcmpu 3, 2, 3", FPSCR_FI | FPRF_CODE(0x10), cases[k].a, cases[k].b);
        ck_assert_uint_eq(t->cr[3], cases[k].relation);
        ck_assert_uint_eq(t->fpscr, FPSCR_FI | FPRF_CODE(0x10 | cases[k].relation));
    }
    result("dcmpo 0, 2, 3", 0, QNAN, 0);
    ck_assert_uint_eq(t->fpscr, FPSCR_FX | FPSCR_VX | FPSCR_VXVC | FPRF_CODE(1));
    result("dcmpo 0, 2, 3", FPSCR_VE, SNAN, 0);
    ck_assert_uint_eq(t->fpscr, FPSCR_FX | FPSCR_FEX | FPSCR_VX | FPSCR_VXSNAN | FPSCR_VE | FPRF_CODE(1));
    result("dcmpu 0, 2, 3", 0, 0, SNAN);
    ck_assert_uint_eq(t->fpscr, FPSCR_FX | FPSCR_VX | FPSCR_VXSNAN | FPRF_CODE(1));
}
END_TEST

START_TEST(tests_tell_class_group_exponent_and_significance)
{
    EACH_PORT;
    result("dtstdc 1, 2, 32", 0, number(0, 0) | MINUS, 0);
    ck_assert_uint_eq(t->cr[1], 10);
    result("dtstdc 1, 2, 16", 0, number(1, -398), 0);
    ck_assert_uint_eq(t->cr[1], 2);
    result("dtstdc 1, 2, 62", 0, SNAN, 0);
    ck_assert_uint_eq(t->cr[1], 0);
    result("dtstdg 1, 2, 16", 0, number(0, 369), 0);
    ck_assert_uint_eq(t->cr[1], 2);
    result("dtstdg 1, 2, 8", 0, number(1, 369), 0);
    ck_assert_uint_eq(t->cr[1], 2);
    result("dtstdg 1, 2, 4", 0, number(999999999999999, 0), 0);
    ck_assert_uint_eq(t->cr[1], 2);
    result("dtstdg 1, 2, 2", 0, number(-1000000000000000, 0), 0);
    ck_assert_uint_eq(t->cr[1], 10);
    result("dtstex 1, 2, 3", 0, number(1, 5), number(100, 3));
    ck_assert_uint_eq(t->cr[1], 4);
    result("dtstex 1, 2, 3", 0, QNAN, SNAN);
    ck_assert_uint_eq(t->cr[1], 2);
    result("dtstsf 1, 2, 3", 0, 0x100 + 3, number(123, 3));
    ck_assert_uint_eq(t->cr[1], 2);
    result("dtstsfi 1, 2, 3", 0, 0, number(123, 3));
    ck_assert_uint_eq(t->cr[1], 8);
    result("dtstsfi 1, 0, 3", 0, 0, number(0, 3));
    ck_assert_uint_eq(t->cr[1], 4);
    ck_assert_uint_eq(t->fpscr, FPRF_CODE(4));
}
END_TEST

START_TEST(quantum_adjustment_moves_to_the_exponent_asked_for)
{
    EACH_PORT;
    is_bits(result("dqua 1, 2, 3, 0", 0, number(1, -2), number(12345, -3)), number(1234, -2));
    ck_assert_uint_eq(t->fpscr, FPSCR_FX | FPSCR_XX | FPSCR_FI | FPRF_CODE(4));
    is_bits(result("dqua 1, 2, 3, 2", 0, number(1, -2), number(12345, -3)), number(1235, -2));
    ck_assert(t->fpscr & FPSCR_FR);
    is_bits(result("dquai -2, 1, 3, 1", 0, 0, number(-5, 0)), number(-500, -2));
    is_bits(result("dquai 3, 1, 3, 3", DRN(6), 0, number(1, 0)), number(1, 3));
    is_bits(result("dquai -1, 1, 3, 0", 0, 0, number(NINES_16, 0)), QNAN);
    ck_assert_uint_eq(t->fpscr, FPSCR_FX | FPSCR_VX | FPSCR_VXCVI | FPRF_QNAN);
    is_bits(result("drrnd 1, 2, 3, 2", 0, 2, number(995, 0)), number(10, 2));
    is_bits(result("drrnd 1, 2, 3, 2", 0, 3, number(995, 0)), number(995, 0));
    is_bits(result("drrnd 1, 2, 3, 2", 0, 1, number(95, 368)), QNAN);
    ck_assert_uint_eq(t->fpscr, FPSCR_FX | FPSCR_VX | FPSCR_VXCVI | FPRF_QNAN);
    is_bits(result("drintx 0, 1, 3, 0", 0, 0, number(25, -1)), number(2, 0));
    is_bits(result("drintx 1, 1, 3, 2", 0, 0, number(21, -1)), number(3, 0));
    ck_assert(t->fpscr & FPSCR_XX);
    is_bits(result("drintn 1, 1, 3, 1", FPSCR_XE, 0, number(-21, -1)), number(-3, 0));
    ck_assert_uint_eq(t->fpscr, FPSCR_XE | FPRF_CODE(8));
    is_bits(result("drintn 0, 1, 3, 0", 0, 0, number(7, 5)), number(7, 5));
}
END_TEST

START_TEST(conversion_between_formats_rounds_and_wraps)
{
    EACH_PORT;
    is_bits(result("dctdp 1, 3", 0, 0, 0xffffffff00000000 | 0x22500001), number(1, 0));
    is_bits(result("dctdp 1, 3", 0, 0, 0x7e000001), SNAN | 1);
    ck_assert_uint_eq(t->fpscr, FPRF_CODE(1));
    is_bits(result("drsp 1, 3", 0, 0, number(1, 0)), 0x22500001);
    is_bits(result("drsp 1, 3", 0, 0, number(1, 97)), 0x78000000); /* infinity */
    ck_assert_uint_eq(t->fpscr & ~FPSCR_FR, FPSCR_FX | FPSCR_OX | FPSCR_XX | FPSCR_FI | FPRF_CODE(5));
    is_bits(result("drsp 1, 3", FPSCR_OE, 0, number(12345678, 97)), number(1234568, 98 - 192));
    ck_assert_uint_eq(t->fpscr,
                      FPSCR_FX | FPSCR_FEX | FPSCR_OX | FPSCR_XX | FPSCR_FI | FPSCR_FR | FPSCR_OE | FPRF_CODE(4));
    is_bits(result("drsp 1, 3", 0, 0, number(1, -101)), 1);
    ck_assert_uint_eq(t->fpscr, FPRF_CODE(0x14));
    is_bits(result("drsp 1, 3", 0, 0, SNAN | MINUS | 0x40000005), 0xfe000005);
    is_pair(result_pair("drdpq 4, 8", 0, 0, extended(7, -3)), (u128)number(7, -3) << 64);
    is_pair(result_pair("drdpq 4, 8", FPSCR_UE, 0, extended(7, -999)), extended(7, 3072 - 999));
    prepare(0);
    VSR_D(t->vsr[8], 0) = number(7, -3);
    execute("dctqpq 4, 8");
    is_pair((u128)register_of(4) << 64 | register_of(5), extended(7, -3));
}
END_TEST

START_TEST(conversion_to_and_from_integers)
{
    EACH_PORT;
    is_bits(result("dcffix 1, 3", 0, 0, (u64)-12), number(-12, 0));
    is_bits(result("dcffix 1, 3", 0, 0, 1ULL << 63), number(-9223372036854776, 3));
    ck_assert_uint_eq(t->fpscr, FPSCR_FX | FPSCR_XX | FPSCR_FI | FPSCR_FR | FPRF_CODE(8));
    is_bits(result("dctfix 1, 3", FPRF_CODE(4), 0, number(-25, -1)), (u64)-2);
    ck_assert_uint_eq(t->fpscr, FPSCR_FX | FPSCR_XX | FPSCR_FI);
    is_bits(result("dctfix 1, 3", 0, 0, number(9223372036854776, 3)), INT64_MAX);
    ck_assert_uint_eq(t->fpscr, FPSCR_FX | FPSCR_VX | FPSCR_VXCVI);
    is_bits(result("dctfix 1, 3", 0, 0, number(-1, 300)), 1ULL << 63);
    is_bits(result("dctfix 1, 3", 0, 0, SNAN), 1ULL << 63);
    ck_assert_uint_eq(t->fpscr, FPSCR_FX | FPSCR_VX | FPSCR_VXCVI | FPSCR_VXSNAN);
    result_pair("dctfixq 4, 8", 0, 0, extended(9223372036854775807, 0));
    is_bits(register_of(4), INT64_MAX);
    ck_assert_uint_eq(t->fpscr, 0);
}
END_TEST

START_TEST(digits_can_be_taken_apart_and_put_together)
{
    EACH_PORT;
    is_bits(result("ddedpd 0, 1, 3", 0, 0, number(-1234567890123456, 9)), 0x1234567890123456);
    is_bits(result("ddedpd 2, 1, 3", 0, 0, number(-1234567890123456, 9)), 0x234567890123456d);
    is_bits(result("ddedpd 3, 1, 3", 0, 0, number(12, 9)), 0x12f);
    is_bits(result("ddedpd 2, 1, 3", 0, 0, INFINITE | 0x25), 0x25c); /* what an infinity carries counts */
    is_bits(result("denbcd 0, 1, 3", 0, 0, 0x9876543210987654), number(9876543210987654, 0));
    is_bits(result("denbcd 1, 1, 3", 0, 0, 0x98b), number(-98, 0));
    is_bits(result("dxex 1, 3", 0, 0, number(5, 2)), 400);
    is_bits(result("dxex 1, 3", 0, 0, INFINITE), (u64)-1);
    is_bits(result("dxex 1, 3", 0, 0, QNAN | 7), (u64)-2);
    is_bits(result("dxex 1, 3", 0, 0, SNAN), (u64)-3);
    is_bits(result("diex 1, 2, 3", 0, 400, number(-5, 0)), number(-5, 2));
    is_bits(result("diex 1, 2, 3", 0, 768, number(5, 0)), QNAN | 5);
    is_bits(result("diex 1, 2, 3", 0, (u64)-3, number(5, 0)), SNAN | 5);
    is_bits(result("diex 1, 2, 3", 0, (u64)-1, number(5, 0)), INFINITE | 5);
    is_bits(result("diex 1, 2, 3", 0, 398, INFINITE | 5), number(5, 0));
    is_bits(result("dscli 1, 2, 15", 0, number(-45, 3), 0), number(-5000000000000000, 3));
    is_bits(result("dscli 1, 2, 16", 0, number(45, 3), 0), number(0, 3));
    is_bits(result("dscri 1, 2, 1", 0, number(45, 3), 0), number(4, 3));
    is_bits(result("dscri 1, 2, 63", 0, SNAN | 5, 0), SNAN);
    is_bits(result("dscli 1, 2, 1", 0, INFINITE | 5, 0), INFINITE | 0x50);
    is_pair(result_pair("ddedpdq 0, 4, 8", 0, 0, extended(nines_34(), 0)),
            (u128)0x9999999999999999 << 64 | 0x9999999999999999);
    is_pair(result_pair("dscriq 4, 6, 30", 0, extended(nines_34(), 2), 0), extended(9999, 2));
}
END_TEST

START_TEST(a_pair_begins_with_an_even_register)
{
    static const char *const odd[] = {"daddq 5, 6, 8", "daddq 4, 7, 8", "daddq 4, 6, 9", "dctqpq 5, 8",
                                      "drrndq 4, 6, 9, 0"};
    u32 word;

    for (unsigned k = 0; k < ARRAY_SIZE(odd); k++)
        if (isa_assemble(isa, odd[k], 0, &word)) ck_assert_uint_eq(isa_find(isa, word), ROW_NONE);
    ck_assert(isa_assemble(isa, "drrndq 4, 7, 8, 0", 0, &word));
    ck_assert(isa_find(isa, word) != ROW_NONE);
    ck_assert_uint_eq(isa_find(isa, 0xfcc74004), ROW_NONE); /* daddq 6, 7, 8 */
    ck_assert(isa_find(isa, 0xfcc64004) != ROW_NONE);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("dfp");
    TCase *c = tcase_create("dfp");

    tcase_add_checked_fixture(c, setup, teardown);
    tcase_add_test(c, formats_are_laid_out_as_the_book_draws_them);
    tcase_add_test(c, a_pair_begins_with_an_even_register);
    tcase_add_loop_test(c, exact_results_take_the_form_nearest_the_ideal_exponent, 0, PORT_COUNT);
    tcase_add_loop_test(c, a_zero_difference_is_minus_only_toward_minus_infinity, 0, PORT_COUNT);
    tcase_add_loop_test(c, all_eight_modes_round_a_tie_their_way, 0, PORT_COUNT);
    tcase_add_loop_test(c, what_lies_far_below_still_counts, 0, PORT_COUNT);
    tcase_add_loop_test(c, overflow_gives_infinity_or_the_largest_number, 0, PORT_COUNT);
    tcase_add_loop_test(c, enabled_overflow_and_underflow_wrap_the_exponent, 0, PORT_COUNT);
    tcase_add_loop_test(c, underflow_needs_a_tiny_and_inexact_result, 0, PORT_COUNT);
    tcase_add_loop_test(c, invalid_operations_make_a_nan_or_keep_the_target, 0, PORT_COUNT);
    tcase_add_loop_test(c, a_signalling_nan_goes_before_a_quiet_one_and_keeps_its_payload, 0, PORT_COUNT);
    tcase_add_loop_test(c, comparison_is_by_value, 0, PORT_COUNT);
    tcase_add_loop_test(c, tests_tell_class_group_exponent_and_significance, 0, PORT_COUNT);
    tcase_add_loop_test(c, quantum_adjustment_moves_to_the_exponent_asked_for, 0, PORT_COUNT);
    tcase_add_loop_test(c, conversion_between_formats_rounds_and_wraps, 0, PORT_COUNT);
    tcase_add_loop_test(c, conversion_to_and_from_integers, 0, PORT_COUNT);
    tcase_add_loop_test(c, digits_can_be_taken_apart_and_put_together, 0, PORT_COUNT);
    suite_add_tcase(s, c);
    return run_suite(s);
}
