/* SPDX-License-Identifier: Apache-2.0 */
/* Integers of 64 and 128 bits against schoolbook arithmetic in 16-bit digits; bit counts and rotations against loops.
 */
#include "check.h"

enum { DIGITS = 8 }; /* of 16 bits: 128 */

struct digits {
    uint32_t d[DIGITS];
};

static struct digits split(u128 x)
{
    struct digits s;

    for (int k = 0; k < DIGITS; k++) s.d[k] = (uint32_t)(x >> 16 * k) & 0xffff;
    return s;
}

static u128 join(struct digits s)
{
    u128 x = 0;

    for (int k = DIGITS; k--;) x = x << 16 | s.d[k];
    return x;
}

static u128 slow_product(u128 a, u128 b)
{
    struct digits x = split(a), y = split(b), z = {{0}};

    for (int i = 0; i < DIGITS; i++) {
        uint32_t carry = 0;
        for (int k = 0; i + k < DIGITS; k++) {
            uint64_t t = (uint64_t)x.d[i] * y.d[k] + z.d[i + k] + carry;
            z.d[i + k] = t & 0xffff;
            carry = (uint32_t)(t >> 16);
        }
    }
    return join(z);
}

static u128 slow_sum(u128 a, u128 b)
{
    struct digits x = split(a), y = split(b);
    uint32_t carry = 0;

    for (int k = 0; k < DIGITS; k++) {
        carry += x.d[k] + y.d[k];
        x.d[k] = carry & 0xffff;
        carry >>= 16;
    }
    return join(x);
}

static int slow_count(uint64_t x)
{
    int n = 0;

    for (int k = 0; k < 64; k++) n += x >> k & 1;
    return n;
}

static void wide(void)
{
    for (int k = 0; k < 60000; k++) {
        u128 a = (u128)any64() << 64 | any64(), b = (u128)any64() << (random64() % 2 * 64) | any64();
        CHECK(a * b == slow_product(a, b));
        CHECK(a + b == slow_sum(a, b));
        CHECK(a - b == slow_sum(a, slow_sum(~b, 1)));
        if (b) {
            CHECK(slow_sum(slow_product(a / b, b), a % b) == a);
            CHECK(a % b < b);
        }
        s128 c = (s128)a, d = (s128)b;
        if (d && d != -1) {
            CHECK((u128)(c / d * d + c % d) == a);
            CHECK(c % d == 0 || (c % d < 0) == (c < 0));
        }
        unsigned by = (unsigned)(random64() % 127 + 1);
        CHECK(slow_product(a, (u128)1 << by) == a << by);
        CHECK((a >> by) == (u128)((s128)(a >> by)) &&
              (s128)a >> by == (s128)(a >> by | ((s128)a < 0 ? ~(u128)0 << (128 - by) : 0)));
        CHECK((a < b) == (a >> 64 < b >> 64 || (a >> 64 == b >> 64 && (uint64_t)a < (uint64_t)b)));
    }
}

static void narrow(void)
{
    for (int k = 0; k < 100000; k++) {
        uint64_t a = any64(), b = any64() | 1, t;
        int64_t c = (int64_t)(a * b), d = (int64_t)b, s;
        CHECK((u128)a * b == slow_product(a, b));
        CHECK(a / b * b + a % b == a && a % b < b);
        if (d != -1) CHECK(c / d * d + c % d == c);
        CHECK((uint32_t)a / (uint32_t)b == (uint32_t)(((uint64_t)(uint32_t)a) / (uint32_t)b));
        CHECK((int32_t)c % ((int32_t)d | 1) == (int64_t)(int32_t)c % ((int32_t)d | 1));
        CHECK(__builtin_popcountll(a) == slow_count(a));
        CHECK(__builtin_popcount((uint32_t)a) == slow_count((uint32_t)a));
        CHECK(__builtin_parityll(a) == (slow_count(a) & 1));
        if (a) {
            CHECK(a >> (63 - __builtin_clzll(a)) == 1);
            CHECK(a << (63 - __builtin_ctzll(a)) == (uint64_t)1 << 63);
        }
        CHECK(__builtin_add_overflow(a, b, &t) == ((u128)a + b > UINT64_MAX) && t == a + b);
        CHECK(__builtin_mul_overflow(c, d, &s) == ((s128)c * d != (int64_t)((s128)c * d)));
        CHECK(__builtin_sub_overflow(c, d, &s) == ((s128)c - d != (int64_t)((s128)c - d)));
        t = __builtin_bswap64(a);
        for (int i = 0; i < 8; i++) CHECK((t >> 8 * i & 255) == (a >> (56 - 8 * i) & 255));
        unsigned by = (unsigned)(b & 63);
        CHECK((a << by | a >> (-by & 63)) == (by ? slow_product(a, (u128)1 << by) >> 64 | a << by : a));
        CHECK((int64_t)(int8_t)a == (int64_t)((a & 255) ^ 128) - 128);
        CHECK((int64_t)(int16_t)a == (int64_t)((a & 65535) ^ 32768) - 32768);
    }
}

int main(void)
{
    wide();
    narrow();
    return DONE();
}
