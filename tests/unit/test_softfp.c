/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The arithmetic core against cases worked out by hand from Book I chapter 4: rounding at the half-way point, the edges
 * of the exponent range, invalid operations, and what enabled exceptions deliver.  Random operands are compared with
 * another implementation in tests/isa.
 */
#include <check.h>
#include <stdlib.h>

#include "core/isa/softfp.h"
#include "tests/support/suite.h"

#define ONE 0x3ff0000000000000ULL
#define TWO 0x4000000000000000ULL
#define ULP 0x3ca0000000000000ULL /* 2**-53: half of the last place of 1.0 */
#define TINY 0x0000000000000001ULL
#define SMALLEST 0x0010000000000000ULL
#define LARGEST 0x7fefffffffffffffULL
#define NAN_D 0x7ff8000000000000ULL
#define INEXACT (FPSCR_XX | FPSCR_FI)

static struct fp_env env(unsigned rounding, u32 control)
{
    struct fp_env e = {control, 0, 0, (u8)rounding};
    return e;
}

START_TEST(a_half_way_sum_goes_to_even_or_where_the_mode_says)
{
    static const struct {
        u8 rounding;
        u64 a, sum;
        u32 flags;
    } c[] = {
        {FP_TO_NEAREST, ONE, ONE, INEXACT},        {FP_TO_NEAREST, ONE | 1, ONE + 2, INEXACT | FPSCR_FR},
        {FP_TO_ZERO, ONE | 1, ONE | 1, INEXACT},   {FP_TO_PLUS_INFINITY, ONE, ONE | 1, INEXACT | FPSCR_FR},
        {FP_TO_MINUS_INFINITY, ONE, ONE, INEXACT}, {FP_TO_NEAREST_AWAY, ONE, ONE | 1, INEXACT | FPSCR_FR},
        {FP_TO_ODD, ONE, ONE | 1, INEXACT},
    };
    for (unsigned n = 0; n < ARRAY_SIZE(c); n++) {
        struct fp_env e = env(c[n].rounding, 0);
        ck_assert_uint_eq(fp_add_d(&e, c[n].a, ULP, false), c[n].sum);
        ck_assert_uint_eq(e.flags, c[n].flags);
        ck_assert_uint_eq(e.fprf, FPRF_CODE(0x04));
    }
}
END_TEST

START_TEST(an_exact_zero_difference_is_negative_only_when_rounding_down)
{
    for (unsigned rounding = 0; rounding < 4; rounding++) {
        struct fp_env e = env(rounding, 0);
        u64 zero = rounding == FP_TO_MINUS_INFINITY ? FP_D_SIGN : 0;
        ck_assert_uint_eq(fp_add_d(&e, ONE, ONE, true), zero);
        ck_assert_uint_eq(fp_add_d(&e, 0, FP_D_SIGN, false), zero);
        ck_assert_uint_eq(fp_fma_d(&e, ONE, ONE, ONE, FP_FMA_SUBTRACT), zero);
        ck_assert_uint_eq(e.flags, 0);
    }
}
END_TEST

START_TEST(a_cancelling_sum_keeps_every_bit)
{
    struct fp_env e = env(FP_TO_NEAREST, 0);

    ck_assert_uint_eq(fp_add_d(&e, ONE, ONE - 1, true), ULP);
    /* (1 + 2**-52)**2 - (1 + 2**-51) = 2**-104, which only a fused operation sees */
    ck_assert_uint_eq(fp_fma_d(&e, ONE + 1, ONE + 1, ONE + 2, FP_FMA_SUBTRACT), (u64)(1023 - 104) << 52);
    ck_assert_uint_eq(e.flags, 0);
}
END_TEST

START_TEST(overflow_gives_infinity_or_the_largest_number_or_an_adjusted_exponent)
{
    struct fp_env e = env(FP_TO_NEAREST, 0);

    ck_assert_uint_eq(fp_add_d(&e, LARGEST, LARGEST, false), FP_D_INF);
    ck_assert_uint_eq(e.flags & ~FPSCR_FR, FPSCR_OX | INEXACT);
    ck_assert_uint_eq(e.fprf, FPRF_CODE(0x05));
    e = env(FP_TO_ZERO, 0);
    ck_assert_uint_eq(fp_mul_d(&e, LARGEST | FP_D_SIGN, TWO), LARGEST | FP_D_SIGN);
    e = env(FP_TO_NEAREST, FPSCR_OE);
    ck_assert_uint_eq(fp_mul_d(&e, LARGEST, TWO), LARGEST - ((u64)1535 << 52));
    ck_assert_uint_eq(e.flags, FPSCR_OX);
    e = env(FP_TO_NEAREST, FPSCR_OE);
    ck_assert_uint_eq(fp_mul_s(&e, 0x47e0000000000000ULL, TWO), 0x47f0000000000000ULL - ((u64)192 << 52));
    ck_assert_uint_eq(e.flags, FPSCR_OX);
}
END_TEST

START_TEST(tininess_is_seen_before_rounding)
{
    struct fp_env e = env(FP_TO_NEAREST, 0);

    /* smallest * (1 - 2**-53) rounds up to the smallest normal number, and is an underflow all the same */
    ck_assert_uint_eq(fp_mul_d(&e, SMALLEST, ONE - 1), SMALLEST);
    ck_assert_uint_eq(e.flags, FPSCR_UX | INEXACT | FPSCR_FR);
    e = env(FP_TO_NEAREST, 0);
    ck_assert_uint_eq(fp_div_d(&e, SMALLEST, TWO), SMALLEST >> 1);
    ck_assert_uint_eq(e.flags, 0); /* exact */
    ck_assert_uint_eq(e.fprf, FPRF_CODE(0x14));
    e = env(FP_TO_NEAREST, FPSCR_UE);
    ck_assert_uint_eq(fp_div_d(&e, SMALLEST, TWO), (u64)1536 << 52);
    ck_assert_uint_eq(e.flags, FPSCR_UX);
    e = env(FP_TO_NEAREST, 0);
    ck_assert_uint_eq(fp_div_d(&e, TINY, TWO), 0);
    ck_assert_uint_eq(e.flags, FPSCR_UX | INEXACT);
}
END_TEST

START_TEST(a_single_result_is_rounded_once_and_classed_by_its_own_range)
{
    struct fp_env e = env(FP_TO_NEAREST, 0);

    /* 1 + 2**-24 + 2**-53: rounding to double first would lose the last bit and then tie to even */
    ck_assert_uint_eq(fp_add_s(&e, 0x3ff0000010000000ULL, ULP, false), 0x3ff0000020000000ULL);
    e = env(FP_TO_NEAREST, 0);
    ck_assert_uint_eq(fp_mul_s(&e, 0x3810000000000000ULL, 0x3fe0000000000000ULL), 0x3800000000000000ULL);
    ck_assert_uint_eq(e.fprf, FPRF_CODE(0x14));
    ck_assert_uint_eq(e.flags, 0);
}
END_TEST

START_TEST(invalid_operations_say_which_and_give_the_default_nan)
{
    struct fp_env e = env(FP_TO_NEAREST, 0);

    ck_assert_uint_eq(fp_add_d(&e, FP_D_INF, FP_D_INF, true), NAN_D);
    ck_assert_uint_eq(e.flags, FPSCR_VXISI);
    e.flags = 0;
    ck_assert_uint_eq(fp_mul_d(&e, FP_D_INF, 0), NAN_D);
    ck_assert_uint_eq(e.flags, FPSCR_VXIMZ);
    e.flags = 0;
    ck_assert_uint_eq(fp_div_d(&e, 0, 0), NAN_D);
    ck_assert_uint_eq(e.flags, FPSCR_VXZDZ);
    e.flags = 0;
    ck_assert_uint_eq(fp_div_d(&e, FP_D_INF, FP_D_INF), NAN_D);
    ck_assert_uint_eq(e.flags, FPSCR_VXIDI);
    e.flags = 0;
    ck_assert_uint_eq(fp_div_d(&e, ONE, FP_D_SIGN), FP_D_INF | FP_D_SIGN);
    ck_assert_uint_eq(e.flags, FPSCR_ZX);
    e.flags = 0;
    ck_assert_uint_eq(fp_sqrt_d(&e, ONE | FP_D_SIGN), NAN_D);
    ck_assert_uint_eq(e.flags, FPSCR_VXSQRT);
    e.flags = 0;
    ck_assert_uint_eq(fp_sqrt_d(&e, FP_D_SIGN), FP_D_SIGN);
    ck_assert_uint_eq(e.flags, 0);
    ck_assert_uint_eq(e.fprf, FPRF_CODE(0x12));
}
END_TEST

START_TEST(the_first_nan_wins_and_becomes_quiet)
{
    struct fp_env e = env(FP_TO_NEAREST, 0);

    ck_assert_uint_eq(fp_add_d(&e, 0xfff8000000000001ULL, 0x7ff0000000000002ULL, false), 0xfff8000000000001ULL);
    ck_assert_uint_eq(e.flags, FPSCR_VXSNAN);
    e.flags = 0;
    ck_assert_uint_eq(fp_fma_d(&e, FP_D_INF, 0, 0xfff8000000000003ULL, FP_FMA_SUBTRACT | FP_FMA_NEGATE),
                      0xfff8000000000003ULL);
    ck_assert_uint_eq(e.flags, FPSCR_VXIMZ);
    e.flags = 0;
    ck_assert_uint_eq(fp_round_to_single(&e, 0x7ff0000000000001ULL), NAN_D);
    ck_assert_uint_eq(e.flags, FPSCR_VXSNAN);
}
END_TEST

START_TEST(a_negated_fma_is_rounded_before_it_is_negated)
{
    struct fp_env e = env(FP_TO_PLUS_INFINITY, 0);

    ck_assert_uint_eq(fp_fma_d(&e, ONE, ONE, ULP, FP_FMA_NEGATE), (ONE | 1) | FP_D_SIGN);
}
END_TEST

START_TEST(square_roots_are_exact_when_they_can_be)
{
    struct fp_env e = env(FP_TO_NEAREST, 0);

    for (u64 n = 1; n < 94906265; n = n * 3 + 1) {
        u64 square = fp_int_to_double(&e, n * n, false);
        ck_assert_uint_eq(fp_sqrt_d(&e, square), fp_int_to_double(&e, n, false));
    }
    ck_assert_uint_eq(e.flags, 0);
    ck_assert_uint_eq(fp_sqrt_d(&e, TWO), 0x3ff6a09e667f3bcdULL);
    ck_assert_uint_eq(e.flags, INEXACT | FPSCR_FR);
}
END_TEST

START_TEST(integers_saturate_and_say_so)
{
    struct fp_env e = env(FP_TO_NEAREST, 0);

    ck_assert_uint_eq(fp_double_to_int(&e, 0x43e0000000000000ULL, 64, true), 0x7fffffffffffffffULL);
    ck_assert_uint_eq(e.flags, FPSCR_VXCVI);
    e.flags = 0;
    ck_assert_uint_eq(fp_double_to_int(&e, 0xc3e0000000000000ULL, 64, true), 0x8000000000000000ULL);
    ck_assert_uint_eq(e.flags, 0);
    ck_assert_uint_eq(fp_double_to_int(&e, 0xbfe0000000000000ULL, 32, false), 0); /* -0.5 to even: 0 */
    ck_assert_uint_eq(e.flags, INEXACT);
    e.flags = 0;
    ck_assert_uint_eq(fp_double_to_int(&e, 0xbff0000000000000ULL, 32, false), 0);
    ck_assert_uint_eq(e.flags, FPSCR_VXCVI);
    e.flags = 0;
    ck_assert_uint_eq((u32)fp_double_to_int(&e, NAN_D, 32, true), 0x80000000U);
    ck_assert_uint_eq(e.flags, FPSCR_VXCVI);
    e.flags = 0;
    ck_assert_uint_eq(fp_int_to_double(&e, 0xffffffffffffffffULL, false), 0x43f0000000000000ULL);
    ck_assert_uint_eq(e.flags, INEXACT | FPSCR_FR);
    ck_assert_uint_eq(fp_int_to_double(&e, 0xffffffffffffffffULL, true), ONE | FP_D_SIGN);
}
END_TEST

START_TEST(halves_singles_and_quads_convert)
{
    struct fp_env e = env(FP_TO_NEAREST, 0);

    ck_assert_uint_eq(fp_half_to_double(&e, 0x0001), (u64)(1023 - 24) << 52);
    ck_assert_uint_eq(fp_double_to_half(&e, 0x40effe0000000000ULL), 0x7c00); /* 65520 is half-way to 65536 */
    ck_assert_uint_eq(e.flags & FPSCR_OX, FPSCR_OX);
    e.flags = 0;
    ck_assert_uint_eq(fp_widen_single(0x7f800001), 0x7ff0000020000000ULL);
    ck_assert_uint_eq(fp_narrow_double(0x36a0000000000000ULL), 1);
    ck_assert(fp_double_to_quad(&e, TINY) == (u128)(16383 - 1074) << 112);
    ck_assert_uint_eq(fp_quad_to_double(&e, (u128)(16383 - 1074) << 112), TINY);
    ck_assert_uint_eq(e.flags, 0);
}
END_TEST

START_TEST(quads_multiply_with_all_their_bits)
{
    struct fp_env e = env(FP_TO_NEAREST, 0);
    u128 one = (u128)0x3fff << 112, a = one | 1;

    /* (1 + u)**2 - (1 + 2u) = u**2 with u = 2**-112 */
    ck_assert(fp_fma_q(&e, a, a, one | 2, FP_FMA_SUBTRACT) == (u128)(16383 - 224) << 112);
    ck_assert_uint_eq(e.flags, 0);
    ck_assert(fp_div_q(&e, a, a) == one);
    ck_assert(fp_sqrt_q(&e, (u128)0x4001 << 112) == (u128)0x4000 << 112);
    ck_assert_uint_eq(e.flags, 0);
    e.rounding = FP_TO_ODD;
    ck_assert(fp_div_q(&e, one, (u128)0x4000 << 112 | (u128)1 << 111) ==
              (((u128)0x3ffd5555 << 96) | ((u128)0x5555555555555555ULL << 32) | 0x55555555));
}
END_TEST

START_TEST(zeros_are_equal_and_nans_are_unordered)
{
    ck_assert_uint_eq(fp_compare_d(0, FP_D_SIGN), FP_EQUAL);
    ck_assert_uint_eq(fp_compare_d(ONE | FP_D_SIGN, TINY | FP_D_SIGN), FP_LESS);
    ck_assert_uint_eq(fp_compare_d(ONE, TINY | FP_D_SIGN), FP_GREATER);
    ck_assert_uint_eq(fp_compare_d(NAN_D, NAN_D), FP_UNORDERED);
    ck_assert_uint_eq(fp_compare_q(FP_Q_INF, FP_Q_INF | FP_Q_SIGN), FP_GREATER);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("softfp");
    TCase *c = tcase_create("arithmetic");

    tcase_add_test(c, a_half_way_sum_goes_to_even_or_where_the_mode_says);
    tcase_add_test(c, an_exact_zero_difference_is_negative_only_when_rounding_down);
    tcase_add_test(c, a_cancelling_sum_keeps_every_bit);
    tcase_add_test(c, overflow_gives_infinity_or_the_largest_number_or_an_adjusted_exponent);
    tcase_add_test(c, tininess_is_seen_before_rounding);
    tcase_add_test(c, a_single_result_is_rounded_once_and_classed_by_its_own_range);
    tcase_add_test(c, invalid_operations_say_which_and_give_the_default_nan);
    tcase_add_test(c, the_first_nan_wins_and_becomes_quiet);
    tcase_add_test(c, a_negated_fma_is_rounded_before_it_is_negated);
    tcase_add_test(c, square_roots_are_exact_when_they_can_be);
    tcase_add_test(c, integers_saturate_and_say_so);
    tcase_add_test(c, halves_singles_and_quads_convert);
    tcase_add_test(c, quads_multiply_with_all_their_bits);
    tcase_add_test(c, zeros_are_equal_and_nans_are_unordered);
    suite_add_tcase(s, c);
    return run_suite(s);
}
