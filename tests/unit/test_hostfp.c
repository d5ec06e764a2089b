/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The host's floating point (core/isa/hostfp.h) against the integer arithmetic of softfp.h: wherever the host does not
 * refuse, result, FI, FR and FPRF are the same, and nothing but XX was raised.  Operands are drawn from what breaks
 * such code: the ends of the exponent range and of the gates, few or many bits, half-way points, near copies of each
 * other.
 */
#include <check.h>
#include <stdio.h>

#include "core/isa/hostfp.h"
#include "tests/support/suite.h"

enum { ROUNDS = 400000 };

/* splitmix64: a fixed seed per test, so that a failure repeats. */
static u64 draw(u64 *state)
{
    u64 z = *state += 0x9e3779b97f4a7c15ULL;

    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ z >> 27) * 0x94d049bb133111ebULL;
    return z ^ z >> 31;
}

static u64 draw_double(u64 *state, u64 near)
{
    static const u16 exponents[] = {0,    1,    2,    3,    52,   53,   123,  124,  522,  523,  573,  574,
                                    872,  873,  896,  897,  898,  899,  1022, 1023, 1024, 1149, 1150, 1151,
                                    1473, 1474, 1523, 1524, 1922, 1923, 2043, 2044, 2045, 2046, 2047};
    u64 r = draw(state), sign = r & FP_D_SIGN, fraction = draw(state) & (HOST_HIDDEN - 1), exponent;

    switch (r & 7) {
    case 0: return sign | (r >> 8 & 1 ? 0 : FP_D_INF) | (r >> 9 & 1 ? fraction : 0);
    case 1: return (near + (r >> 8 & 7) - 4) ^ sign;   /* a neighbour */
    case 2: return near ^ (1ULL << (r >> 8 & 63));     /* one bit apart */
    case 3: fraction &= ~0ULL << (r >> 8 & 63); break; /* few bits */
    case 4: fraction |= (1ULL << (r >> 8 & 63) % 53) - 1; break;
    case 5: fraction = (fraction & ~(u64)HOST_LOW_29) | ((r >> 8 & 3) << 28); break; /* singles and limits */
    default: break;
    }
    switch (r >> 16 & 3) {
    case 0: exponent = exponents[(r >> 20 & 0xffff) % ARRAY_SIZE(exponents)]; break;
    case 1: exponent = (near >> 52 & 0x7ff) + (r >> 20 & 127) - 64; break;
    case 2: exponent = 1023 - 32 + (r >> 20 & 63); break;
    default: exponent = r >> 20; break;
    }
    return sign | (exponent & 0x7ff) << 52 | (fraction & (HOST_HIDDEN - 1));
}

static u32 draw_single(u64 *state, u32 near)
{
    u64 r = draw(state);
    u32 sign = (u32)r & FP_F_SIGN, fraction = (u32)draw(state) & 0x7fffff, exponent;

    switch (r & 7) {
    case 0: return sign | (r >> 8 & 1 ? 0 : FP_F_INF) | (r >> 9 & 1 ? fraction : 0);
    case 1: return (near + (u32)(r >> 8 & 7) - 4) ^ sign;
    case 2: return near ^ (1U << (r >> 8 & 31));
    case 3: fraction &= ~0U << (r >> 8 & 31); break;
    case 4: fraction |= (1U << (r >> 8 & 31) % 24) - 1; break;
    default: break;
    }
    switch (r >> 16 & 3) {
    case 0: exponent = (u32)(r >> 20 & 1 ? r >> 21 & 3 : 255 - (r >> 21 & 3)); break;
    case 1: exponent = (near >> 23 & 0xff) + (u32)(r >> 20 & 63) - 32; break;
    case 2: exponent = 127 - 16 + (u32)(r >> 20 & 31); break;
    default: exponent = (u32)(r >> 20); break;
    }
    return sign | (exponent & 0xff) << 23 | fraction;
}

struct tally {
    u64 state, taken;
};

/* One case: what the host says of it and what the integers say.  Vectors have no FR, conversions to integers and
 * vectors no FPRF. */
static void judge(struct tally *tally, const char *what, const u64 operand[3], struct hostfp host, u64 bits,
                  const struct fp_env *e, bool scalar, bool classed)
{
    u32 flags = host.inexact ? FPSCR_XX | FPSCR_FI | (host.above ? FPSCR_FR : 0) : 0, differ = FPSCR_FR * !scalar;

    if (host.refused) return;
    tally->taken++;
    if (host.bits == bits && !((flags ^ e->flags) & ~differ) && (!classed || host_class(bits) == e->fprf)) return;
    ck_abort_msg("%s of %016llx %016llx %016llx: host %016llx %08x, integers %016llx %08x", what,
                 (unsigned long long)operand[0], (unsigned long long)operand[1], (unsigned long long)operand[2],
                 (unsigned long long)host.bits, flags, (unsigned long long)bits, e->flags);
}

#define JUDGE(what, by_host, by_integers, scalar)                                                                      \
    do {                                                                                                               \
        struct fp_env e = {0, 0, 0, FP_TO_NEAREST};                                                                    \
        u64 bits = (by_integers);                                                                                      \
        judge(tally, what, v, by_host, bits, &e, scalar, scalar &&e.fprf);                                             \
    } while (0)

static void judge_double_format(struct tally *tally)
{
    u64 a = draw_double(&tally->state, 0x3ff0000000000000ULL), c = draw_double(&tally->state, a),
        b = draw_double(&tally->state, draw(&tally->state) & 1 ? host_bits(host_double(a) * host_double(c)) : c);
    const u64 v[3] = {a, b, c};

    JUDGE("sum", host_add(a, b), fp_add_d(&e, a, b, false), true);
    JUDGE("difference", host_subtract(a, c), fp_add_d(&e, a, c, true), true);
    JUDGE("product", host_mul(a, c), fp_mul_d(&e, a, c), true);
    JUDGE("quotient", host_div(b, c), fp_div_d(&e, b, c), true);
    JUDGE("root", host_sqrt(b), fp_sqrt_d(&e, b), true);
    JUDGE("multiply-add", host_fma(a, c, b), fp_fma_d(&e, a, c, b, 0), true);
    JUDGE("single sum", host_add_single(a, b), fp_add_s(&e, a, b, false), true);
    JUDGE("single difference", host_subtract_single(a, c), fp_add_s(&e, a, c, true), true);
    JUDGE("single product", host_mul_single(a, c), fp_mul_s(&e, a, c), true);
    JUDGE("single quotient", host_div_single(b, c), fp_div_s(&e, b, c), true);
    JUDGE("single root", host_sqrt_single(b), fp_sqrt_s(&e, b), true);
    JUDGE("single multiply-add", host_fma_single(a, c, b), fp_fma_s(&e, a, c, b, 0), true);
    JUDGE("rounding to single", host_round_to_single(b), fp_round_to_single(&e, b), true);
}

static void judge_integers(struct tally *tally)
{
    u64 a = draw_double(&tally->state, 0x43e0000000000000ULL), r = draw(&tally->state),
        whole = (u64)((s64)draw(&tally->state) >> (r & 63)) & ~0ULL << (r >> 6 & 63);
    const u64 v[3] = {a, whole, 0};

    JUDGE("integer", host_from_signed(whole), fp_int_to_double(&e, whole, true), true);
    JUDGE("integer to single", host_from_signed_single(whole), fp_int_to_round_single(&e, whole, true), true);
    JUDGE("doubleword", host_to_signed(a, 64), (e.rounding = FP_TO_ZERO, fp_double_to_int(&e, a, 64, true)), true);
    JUDGE("word", host_to_signed(a, 32), (e.rounding = FP_TO_ZERO, fp_double_to_int(&e, a, 32, true)), true);
}

static void judge_floats(struct tally *tally)
{
    u32 a = draw_single(&tally->state, 0x3f800000), c = draw_single(&tally->state, a),
        b = draw_single(&tally->state, draw(&tally->state) & 1 ? host_float_bits(host_float(a) * host_float(c)) : c);
    const u64 v[3] = {a, b, c};
    u64 wide_a = fp_widen_single(a), wide_b = fp_widen_single(b), wide_c = fp_widen_single(c);

    JUDGE("float sum", host_add_f(a, b), fp_add_f(&e, a, b, false), false);
    JUDGE("float difference", host_subtract_f(a, c), fp_add_f(&e, a, c, true), false);
    JUDGE("float product", host_mul_f(a, c), fp_mul_f(&e, a, c), false);
    JUDGE("float quotient", host_div_f(b, c), fp_div_f(&e, b, c), false);
    JUDGE("float multiply-add", host_fma_f(a, c, b), fp_fma_f(&e, a, c, b, 0), false);
    JUDGE("single multiply-add", host_fma_single(wide_a, wide_c, wide_b), fp_fma_s(&e, wide_a, wide_c, wide_b, 0),
          true);
    JUDGE("single sum", host_add_single(wide_a, wide_b), fp_add_s(&e, wide_a, wide_b, false), true);
}

/* Whole vectors: four words and two pairs per case, each element against the integers; inexact is not asked. */
static void judge_element(struct tally *tally, const char *what, const u64 operand[3], u64 host, u64 bits,
                          const struct fp_env *e)
{
    tally->taken++;
    if (host == bits && !(e->flags & ~(FPSCR_XX | FPSCR_FI | FPSCR_FR))) return;
    ck_abort_msg("%s of %016llx %016llx %016llx: host %016llx, integers %016llx %08x", what,
                 (unsigned long long)operand[0], (unsigned long long)operand[1], (unsigned long long)operand[2],
                 (unsigned long long)host, (unsigned long long)bits, e->flags);
}

#define JUDGE_VECTOR(what, count, by_host, element, by_integers)                                                       \
    do {                                                                                                               \
        if (!(by_host)) break;                                                                                         \
        for (unsigned n = 0; n < (count); n++) {                                                                       \
            struct fp_env e = {0, 0, 0, FP_TO_NEAREST};                                                                \
            const u64 v[3] = {a[n], b[n], c[n]};                                                                       \
            u64 bits = (by_integers);                                                                                  \
            judge_element(tally, what, v, element, bits, &e);                                                          \
        }                                                                                                              \
    } while (0)

static void judge_words(struct tally *tally)
{
    u32 a[4], b[4], c[4], once = draw(&tally->state) % 5; /* one wild element at most, so that vectors are accepted */
    host_words x, y, z, r;

    for (unsigned n = 0; n < 4; n++) {
        a[n] = n == once ? draw_single(&tally->state, 0x3f800000) : 0x3f000000 + (u32)draw(&tally->state) % 0x2000000;
        c[n] = n == once ? draw_single(&tally->state, a[n]) : a[n] ^ ((u32)draw(&tally->state) & 0x800003ff);
        b[n] = n == once ? draw_single(&tally->state, a[n]) : c[n] ^ ((u32)draw(&tally->state) & 0x81ffffff);
    }
    memcpy(&x, a, sizeof x);
    memcpy(&y, b, sizeof y);
    memcpy(&z, c, sizeof z);
    JUDGE_VECTOR("words sum", 4, host_add_words(x, y, &r), host_float_bits(r[n]), fp_add_f(&e, a[n], b[n], false));
    JUDGE_VECTOR("words difference", 4, host_subtract_words(x, y, &r), host_float_bits(r[n]),
                 fp_add_f(&e, a[n], b[n], true));
    JUDGE_VECTOR("words product", 4, host_mul_words(x, y, &r), host_float_bits(r[n]), fp_mul_f(&e, a[n], b[n]));
    JUDGE_VECTOR("words quotient", 4, host_div_words(x, y, &r), host_float_bits(r[n]), fp_div_f(&e, a[n], b[n]));
    JUDGE_VECTOR("words multiply-add", 4, host_fma_words(x, z, y, &r), host_float_bits(r[n]),
                 fp_fma_f(&e, a[n], c[n], b[n], 0));
}

static void judge_pairs(struct tally *tally)
{
    u64 a[2], b[2], c[2];
    host_pair x, y, z, r;
    struct hostfp_pair fused;

    for (unsigned n = 0; n < 2; n++) {
        a[n] = draw_double(&tally->state, 0x3ff0000000000000ULL);
        c[n] = draw_double(&tally->state, a[n]);
        b[n] = draw_double(&tally->state,
                           draw(&tally->state) & 1 ? host_bits(host_double(a[n]) * host_double(c[n])) : c[n]);
    }
    memcpy(&x, a, sizeof x);
    memcpy(&y, b, sizeof y);
    memcpy(&z, c, sizeof z);
    JUDGE_VECTOR("pair sum", 2, host_add_pair(x, y, &r), host_bits(r[n]), fp_add_d(&e, a[n], b[n], false));
    JUDGE_VECTOR("pair difference", 2, host_subtract_pair(x, z, &r), host_bits(r[n]), fp_add_d(&e, a[n], c[n], true));
    JUDGE_VECTOR("pair product", 2, host_mul_pair(x, z, &r), host_bits(r[n]), fp_mul_d(&e, a[n], c[n]));
    JUDGE_VECTOR("pair quotient", 2, host_div_pair(y, z, &r), host_bits(r[n]), fp_div_d(&e, b[n], c[n]));
    fused = host_fma_pair(x, z, y);
    JUDGE_VECTOR("pair multiply-add", 2, !(fused.refused[0] | fused.refused[1]), host_bits(fused.value[n]),
                 fp_fma_d(&e, a[n], c[n], b[n], 0));
}

/* A gate that always refuses would pass as well: most cases must be the host's. */
static void run(void (*cases)(struct tally *), unsigned rounds, unsigned each, u64 seed)
{
    struct tally tally = {seed, 0};

    for (unsigned n = 0; n < rounds; n++) cases(&tally);
    printf("seed %llu: %llu of %llu cases were the host's\n", (unsigned long long)seed, (unsigned long long)tally.taken,
           (unsigned long long)rounds * each);
    ck_assert_uint_gt(tally.taken, (u64)rounds * each / 4);
}

START_TEST(the_host_is_ieee)
{
    ck_assert(hostfp_is_ieee());
}
END_TEST

START_TEST(double_format_results_are_those_of_the_integers)
{
    run(judge_double_format, ROUNDS, 13, (u64)_i + 1);
}
END_TEST

START_TEST(conversions_are_those_of_the_integers)
{
    run(judge_integers, ROUNDS, 4, (u64)_i + 1);
}
END_TEST

START_TEST(whole_vectors_are_those_of_the_integers)
{
    run(judge_words, ROUNDS, 20, (u64)_i + 1);
    run(judge_pairs, ROUNDS, 5, (u64)_i + 1);
}
END_TEST

START_TEST(float_results_are_those_of_the_integers)
{
    run(judge_floats, ROUNDS, 7, (u64)_i + 1);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("hostfp");
    TCase *c = tcase_create("hostfp");

    tcase_set_timeout(c, 300);
    tcase_add_test(c, the_host_is_ieee);
    tcase_add_loop_test(c, double_format_results_are_those_of_the_integers, 0, 5);
    tcase_add_loop_test(c, conversions_are_those_of_the_integers, 0, 2);
    tcase_add_loop_test(c, float_results_are_those_of_the_integers, 0, 4);
    tcase_add_loop_test(c, whole_vectors_are_those_of_the_integers, 0, 2);
    suite_add_tcase(s, c);
    return run_suite(s);
}
