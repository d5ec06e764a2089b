/* SPDX-License-Identifier: Apache-2.0 */
/*
 * float, double, long double (a pair of doubles) and __float128 (POWER9's own quad precision) against integers: what a
 * correctly rounded result has to satisfy is stated with the exact operands as integers of up to 128 bits. Then
 * rounding modes and exception flags through <fenv.h>, conversions, and the C library's decimal input and output both
 * ways.
 */
#include <fenv.h>
#include <float.h>
#include <math.h>

#include "check.h"

static volatile double zero; /* keeps the compiler from knowing results */

/* x rounded to `bits` significant bits, nearest, ties to even. */
static u128 rounded(u128 x, int bits)
{
    int length = 0;
    u128 half, rest;

    while (length < 128 && x >> length) length++;
    if (length <= bits) return x;
    half = (u128)1 << (length - bits - 1);
    rest = x & (half * 2 - 1);
    x -= rest;
    return rest > half || (rest == half && (x >> (length - bits) & 1)) ? x + half * 2 : x;
}

static void products_and_sums(void)
{
    for (int k = 0; k < 100000; k++) {
        uint64_t a = any64() >> 11, b = any64() >> 11; /* exact in a double */
        u128 c = (u128)(any64() >> 11) << (random64() % 50);
        CHECK((u128)((double)a * (double)b) == rounded((u128)a * b, 53));
        CHECK((u128)((double)c + (double)b) == rounded(c + b, 53));
        CHECK((u128)fma((double)a, (double)b, (double)c) == rounded((u128)a * b + c, 53));
        CHECK((u128)((float)(a & 0xffffff) * (float)(b & 0xffffff)) ==
              rounded((u128)(a & 0xffffff) * (b & 0xffffff), 24));
        CHECK((u128)(float)a == rounded(a, 24));
        CHECK((u128)(double)random64() <= (u128)1 << 64);
        CHECK((u128)(double)c == rounded(c, 53));
        CHECK((uint64_t)(int64_t)(double)a == a && (uint64_t)(double)a == a);
    }
}

/* r = sqrt(x) and q = a/b are nearest if the exact value lies within half a unit: in integers, scaled. */
static void roots_and_quotients(void)
{
    for (int k = 0; k < 100000; k++) {
        uint64_t x = random64() >> 11 | (uint64_t)1 << 52; /* 2^52 <= x < 2^53 */
        uint64_t a = random64() >> 11 | (uint64_t)1 << 52, b = random64() >> 11 | (uint64_t)1 << 52;
        u128 s = (u128)(sqrt((double)x) * 0x1p27 + zero), q; /* root < 2^26.5: 53 bits, 27 of them behind the point */
        /* (2s - 1)^2 < 4 x 2^54 < (2s + 1)^2, both sides odd or even, so never equal; where s has a spare bit it is
         * even */
        int spare = s >> 53 ? 1 : 0;
        u128 unit = (u128)1 << spare;
        CHECK((2 * s - unit) * (2 * s - unit) < (u128)x << 56 && (u128)x << 56 < (2 * s + unit) * (2 * s + unit));
        if (a < b) a += b < (uint64_t)1 << 52 ? b : 0;
        q = (u128)((double)a / (double)b * 0x1p53); /* 2^52 < q < 2^54 */
        unit = q >> 53 ? 2 : 1;
        u128 twice = (u128)a << 54, low = (2 * q - unit) * b, high = (2 * q + unit) * b;
        CHECK(low <= twice && twice <= high);
    }
}

static void quad(void)
{
    for (int k = 0; k < 20000; k++) {
        u128 a = (u128)random64() << 49 | random64() >> 15, b = any64();
        __float128 x = a, y = b;
        CHECK((u128)x == a && (u128)y == b);
        CHECK((u128)(x + y) == a + b);
        CHECK((u128)((__float128)(a >> 60) * y) == rounded((a >> 60) * b, 113));
        CHECK((double)x == (double)a);
        CHECK(x > y || a <= b);
        if (b) {
            __float128 q = x / y;
            u128 whole = (u128)q;
            CHECK(whole == a / b || (whole == a / b + 1 && a % b > b / 2)); /* up only if the fraction rounds to 1 */
        }
        CHECK((__float128)(double)b == (__float128)(double)y);
    }
}

static void pairs(void)
{
    for (int k = 0; k < 20000; k++) {
        uint64_t a = random64(), b = any64();
        long double x = a, y = b;
        CHECK((uint64_t)x == a && (uint64_t)y == b);
        CHECK((u128)(x + y) == (u128)a + b);
        CHECK((u128)(x * (long double)(b >> 32)) == (u128)a * (b >> 32));
        if (b) CHECK(fabsl(x / y * y - x) <= x * 0x1p-100L);
        CHECK(fabsl(sqrtl(x) * sqrtl(x) - x) <= x * 0x1p-100L);
    }
}

static void modes_and_flags(void)
{
    static const int modes[] = {FE_TONEAREST, FE_TOWARDZERO, FE_UPWARD, FE_DOWNWARD};
    volatile double third, one = 1, three = 3, huge = DBL_MAX, tiny = DBL_MIN;
    double at[4], negative[4];

    for (int k = 0; k < 4; k++) {
        fesetround(modes[k]);
        at[k] = one / three;
        negative[k] = -one / three;
        CHECK(rint(2.5 + zero) == (k == 2 ? 3 : 2) && rint(-3.5 + zero) == (k == 0 || k == 3 ? -4 : -3));
        CHECK(lrint(1e15 + 0.5 + zero) == (k == 2 ? 1000000000000001 : 1000000000000000));
    }
    fesetround(FE_TONEAREST);
    CHECK(at[0] == at[1] && at[1] == at[3] && nextafter(at[1], 1) == at[2]);
    CHECK(negative[3] == -at[2] && negative[2] == -at[3]);
    feclearexcept(FE_ALL_EXCEPT);
    third = one / zero;
    CHECK(isinf(third) && fetestexcept(FE_ALL_EXCEPT) == FE_DIVBYZERO);
    feclearexcept(FE_ALL_EXCEPT);
    third = zero / zero;
    CHECK(isnan(third) && fetestexcept(FE_INVALID));
    feclearexcept(FE_ALL_EXCEPT);
    third = huge * three;
    CHECK(isinf(third) && fetestexcept(FE_ALL_EXCEPT) == (FE_OVERFLOW | FE_INEXACT));
    feclearexcept(FE_ALL_EXCEPT);
    third = tiny / three;
    CHECK(third > 0 && third < DBL_MIN && fetestexcept(FE_ALL_EXCEPT) == (FE_UNDERFLOW | FE_INEXACT));
    feclearexcept(FE_ALL_EXCEPT);
    third = tiny / 4;
    CHECK(third * 4 == DBL_MIN && !fetestexcept(FE_ALL_EXCEPT));
    CHECK((int)lrint(-huge / huge) == -1 && !fetestexcept(FE_ALL_EXCEPT));
}

static void text(void)
{
    char line[64];

    for (int k = 0; k < 20000; k++) {
        uint64_t bits = random64(), back;
        uint32_t short_bits = (uint32_t)random64(), short_back;
        double x, y;
        float f, g;
        memcpy(&x, &bits, 8);
        memcpy(&f, &short_bits, 4);
        if (isnan(x) || isnan(f)) continue;
        snprintf(line, sizeof line, k & 1 ? "%.17g" : "%a", x);
        y = strtod(line, NULL);
        memcpy(&back, &y, 8);
        CHECK(back == bits);
        snprintf(line, sizeof line, "%.9g", f);
        g = strtof(line, NULL);
        memcpy(&short_back, &g, 4);
        CHECK(short_back == short_bits);
        CHECK((float)(double)f == f);
    }
}

static void functions(void)
{
    for (int k = 0; k < 5000; k++) {
        double x = (double)(int64_t)random64() * 0x1p-58, p = fabs(x) + 0x1p-30; /* |x| < 32 */
        CHECK(fabs(sin(x) * sin(x) + cos(x) * cos(x) - 1) < 0x1p-51);
        CHECK(fabs(exp(log(p)) - p) <= p * 0x1p-48);
        CHECK(fabs(log(exp(x)) - x) <= fabs(x) * 0x1p-52 + 0x1p-51);
        CHECK(fabs(tan(atan(x)) - x) <= (1 + x * x) * 0x1p-51);
        CHECK(fabs(pow(p, 3) - p * p * p) <= p * p * p * 0x1p-51);
        CHECK(fabs(cbrt(p) * cbrt(p) * cbrt(p) - p) <= p * 0x1p-49);
        CHECK(hypot(3 * p, 4 * p) - 5 * p <= p * 0x1p-49);
        CHECK(floor(x) <= x && x < floor(x) + 1 && ceil(x) == -floor(-x) && trunc(x) == (x < 0 ? ceil(x) : floor(x)));
        CHECK(fabs(round(x) - x) <= 0.5 && fmod(x, 1) == x - trunc(x));
        CHECK(fabs(tgamma(k % 15 + 2.0) - (k % 15 + 1) * tgamma(k % 15 + 1.0)) <= tgamma(k % 15 + 2.0) * 0x1p-48);
    }
}

int main(void)
{
    products_and_sums();
    roots_and_quotients();
    quad();
    pairs();
    modes_and_flags();
    text();
    functions();
    return DONE();
}
