/* SPDX-License-Identifier: Apache-2.0 */
/*
 * _Decimal32, _Decimal64 and _Decimal128 against integers: a decimal result is right if coefficient and exponent are
 * what integer arithmetic and round-half-even give. The operands have few enough digits for 128 bits. Narrow results go
 * through volatile variables: gcc evaluates in the widest format (DEC_EVAL_METHOD 2) and keeps it if it can.
 */
#include "check.h"

static u128 power10(int n)
{
    u128 x = 1;

    while (n--) x *= 10;
    return x;
}

/* x rounded to `digits` decimal digits, ties to even. */
static u128 rounded(u128 x, int digits)
{
    int length = 0;
    u128 unit, rest;

    while (length < 39 && x / power10(length)) length++;
    if (length <= digits) return x;
    unit = power10(length - digits);
    rest = x % unit;
    x -= rest;
    return rest > unit / 2 || (rest == unit / 2 && x / unit & 1) ? x + unit : x;
}

/* Exact up to 34 digits; libgcc has no conversion of 128-bit integers. */
static _Decimal128 decimal(u128 x)
{
    const uint64_t ten17 = 100000000000000000;

    return (_Decimal128)(uint64_t)(x / ten17) * 1E17DL + (_Decimal128)(uint64_t)(x % ten17);
}

static uint64_t few(int digits) /* up to that many digits, of every length */
{
    return random64() % (uint64_t)power10((int)(random64() % (unsigned)digits) + 1);
}

static void exact(void)
{
    for (int k = 0; k < 30000; k++) {
        uint64_t a = few(16), b = few(16), c = few(7), d = few(9);
        _Decimal64 x = a, y = b;
        volatile _Decimal64 sum = x + y, product = x * y, small_product = (_Decimal64)c * (_Decimal64)d;
        volatile _Decimal32 less = d, less_sum = (_Decimal32)c + 1.DF;
        _Decimal128 wide_x = a, wide_y = b;
        CHECK((uint64_t)x == a && (uint64_t)wide_y == b);
        CHECK(wide_x * wide_y == decimal((u128)a * b));
        CHECK(wide_x * wide_y + wide_x == decimal((u128)a * b + a));
        CHECK((uint64_t)sum == (uint64_t)rounded((u128)a + b, 16));
        CHECK((int64_t)(x - y) == (int64_t)(a - b));
        CHECK(product == decimal(rounded((u128)a * b, 16)));
        CHECK((x < y) == (a < b) && (x == y) == (a == b) && (x >= y) == (a >= b));
        CHECK((uint64_t)small_product == c * d);
        CHECK((uint64_t)less == (uint64_t)rounded(d, 7));
        CHECK((uint64_t)less_sum == (uint64_t)rounded(c + 1, 7));
    }
}

static void quotients(void)
{
    for (int k = 0; k < 20000; k++) {
        uint64_t a = few(16), b = few(16) + 1;
        _Decimal64 x = a, y = b;
        volatile _Decimal64 q = x / y;
        _Decimal128 error = (_Decimal128)q * (_Decimal128)y - (_Decimal128)x; /* exact: 32 digits */
        if (error < 0) error = -error;
        /* Half a unit of the 16th digit, relative to a quotient of at least that many digits, is 5E-16. */
        CHECK(error <= (_Decimal128)x * 5E-16DL);
        if (a % b == 0) CHECK(q == (_Decimal64)(a / b) && error == 0);
        CHECK((_Decimal128)x / (_Decimal128)y - (_Decimal128)q <= (_Decimal128)q * 6E-16DL);
    }
}

/* The sum of 1/100 a thousand times, and interest: what decimal arithmetic is there for. */
static void money(void)
{
    _Decimal64 sum = 0, account = 1000;
    volatile _Decimal64 third = 1.DD / 3, next = 9999999999999999.DD + 1, over = 1E384DD * 10;
    volatile _Decimal32 less = 1.DF / 3;
    double binary = 0;

    for (int k = 0; k < 1000; k++) {
        sum += 0.01DD;
        binary += 0.01;
    }
    CHECK(sum == 10.00DD && binary != 10);
    for (int k = 0; k < 5; k++) account *= 1.05DD;
    CHECK(account == 1276.2815625DD);
    CHECK(0.1DD + 0.2DD == 0.3DD && less == 0.3333333DF);
    CHECK(third == 0.3333333333333333DD && 2.DL / 3 == 0.6666666666666666666666666666666667DL);
    CHECK(next == 1E16DD && over > 9.999999999999999E384DD);
}

static void conversions(void)
{
    for (int k = 0; k < 20000; k++) {
        uint64_t a = few(13);
        int64_t n = (int64_t)random64();
        double binary = (double)a;
        volatile _Decimal64 rounded_n = n, small_n = n / 1000000;
        CHECK((_Decimal64)binary == (_Decimal64)a);
        CHECK((double)(_Decimal64)a == binary);
        CHECK((int64_t)(_Decimal128)n == n);
        CHECK(llabs((int64_t)rounded_n) == (int64_t)rounded((u128)llabs(n), 16));
        CHECK((_Decimal128)small_n == (_Decimal128)(n / 1000000));
        CHECK((double)((_Decimal64)a / 8) == binary / 8);
    }
}

int main(void)
{
    exact();
    quotients();
    money();
    conversions();
    return DONE();
}
