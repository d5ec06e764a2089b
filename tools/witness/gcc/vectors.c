/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Loops that gcc turns into AltiVec and VSX code at -O3, intrinsics of ISA 2.07 and 3.0, and the C library's string
 * functions (chosen for POWER9 at run time), each against plain bytes.
 */
#include <altivec.h>

#include "check.h"

#define NO_VECTORS __attribute__((noinline, optimize("no-tree-vectorize,no-tree-slp-vectorize")))
enum { N = 1021 };

#define LOOPS(name, type, expression)                                                                                  \
    static __attribute__((noinline)) void name(type *r, const type *a, const type *b)                                  \
    {                                                                                                                  \
        for (int i = 0; i < N; i++) r[i] = (type)(expression);                                                         \
    }                                                                                                                  \
    static NO_VECTORS void name##_slow(type *r, const type *a, const type *b)                                          \
    {                                                                                                                  \
        for (int i = 0; i < N; i++) {                                                                                  \
            r[i] = (type)(expression);                                                                                 \
            __asm__ volatile("" ::: "memory");                                                                         \
        }                                                                                                              \
    }                                                                                                                  \
    static void check_##name(int turns)                                                                                \
    {                                                                                                                  \
        static type a[N], b[N], fast[N], slow[N];                                                                      \
        while (turns--) {                                                                                              \
            for (int i = 0; i < N; i++) {                                                                              \
                a[i] = (type)any64();                                                                                  \
                b[i] = (type)(int64_t)random64();                                                                      \
            }                                                                                                          \
            name(fast, a, b);                                                                                          \
            name##_slow(slow, a, b);                                                                                   \
            CHECK(!memcmp(fast, slow, sizeof fast));                                                                   \
        }                                                                                                              \
    }

LOOPS(bytes_mix, uint8_t, (a[i] + b[i] + 1) >> 1)
LOOPS(bytes_product, uint8_t, a[i] * b[i])
LOOPS(halves_saturated, int16_t, a[i] + b[i] > 32767 ? 32767 : a[i] + b[i] < -32768 ? -32768 : a[i] + b[i])
LOOPS(halves_shift, uint16_t, a[i] >> (b[i] & 15) | a[i] << 3)
LOOPS(words_select, int32_t, a[i] > b[i] ? a[i] - b[i] : b[i] ^ a[i])
LOOPS(words_product, uint32_t, a[i] * b[i] + (a[i] >> 7))
LOOPS(words_rotate, uint32_t, a[i] << 13 | a[i] >> 19)
LOOPS(longs_sum, uint64_t, a[i] * 5 + (b[i] >> 9))
LOOPS(longs_shift, int64_t, a[i] >> (b[i] & 63))
LOOPS(longs_largest, int64_t, a[i] > b[i] ? a[i] : b[i])
LOOPS(float_mix, float, a[i] * 0.37f + b[i] / (a[i] + 1))
LOOPS(double_mix, double, a[i] * 0.37 - b[i] / (a[i] + 1))
LOOPS(double_select, double, a[i] < b[i] ? a[i] + 0.5 : -b[i])

static void conversions(void)
{
    static double d[N];
    static float f[N];
    static int32_t w[N];
    static int64_t l[N];

    for (int i = 0; i < N; i++) l[i] = (int64_t)random64() >> 12;
    for (int i = 0; i < N; i++) d[i] = (double)l[i];
    for (int i = 0; i < N; i++) f[i] = (float)d[i];
    for (int i = 0; i < N; i++) w[i] = (int32_t)(d[i] * 0x1p-30);
    for (int i = 0; i < N; i++) {
        CHECK((int64_t)d[i] == l[i]);
        CHECK(f[i] == (float)l[i]);
        CHECK(w[i] == l[i] / (1 << 30));
    }
}

static void intrinsics(void)
{
    for (int k = 0; k < 5000; k++) {
        union {
            vector unsigned char v;
            vector unsigned int w;
            vector unsigned long long l;
            vector unsigned __int128 q;
            uint8_t b[16];
            uint32_t i[4];
            uint64_t d[2];
            u128 x;
        } a, b, p, r;
        int sum = 0;
        for (int i = 0; i < 2; i++) a.d[i] = random64(), b.d[i] = any64(), p.d[i] = random64();
        r.v = vec_perm(a.v, b.v, p.v);
        for (int i = 0; i < 16; i++) CHECK(r.b[i] == ((p.b[i] & 16) ? b.b[p.b[i] & 15] : a.b[p.b[i] & 15]));
        r.v = vec_sel(a.v, b.v, p.v);
        CHECK(r.x == ((a.x & ~p.x) | (b.x & p.x)));
        r.v = vec_popcnt(a.v);
        for (int i = 0; i < 16; i++) CHECK(r.b[i] == __builtin_popcount(a.b[i]));
        r.v = vec_cntlz(b.v);
        for (int i = 0; i < 16; i++) CHECK(r.b[i] == (b.b[i] ? __builtin_clz(b.b[i]) - 24 : 8));
        r.v = vec_cnttz(b.v);
        for (int i = 0; i < 16; i++) CHECK(r.b[i] == (b.b[i] ? __builtin_ctz(b.b[i]) : 8));
        r.v = vec_absd(a.v, b.v);
        for (int i = 0; i < 16; i++) CHECK(r.b[i] == abs(a.b[i] - b.b[i]));
        r.v = vec_adds(a.v, b.v);
        for (int i = 0; i < 16; i++) CHECK(r.b[i] == (a.b[i] + b.b[i] > 255 ? 255 : a.b[i] + b.b[i]));
        r.q = vec_add(a.q, b.q);
        CHECK(r.x == a.x + b.x);
        for (int i = 0; i < 16; i++) sum += a.b[i] == b.b[i];
        CHECK(vec_any_eq(a.v, b.v) == (sum > 0));
        r.w = vec_mergeh(a.w, b.w);
        CHECK(r.i[0] == a.i[0] && r.i[1] == b.i[0] && r.i[2] == a.i[1] && r.i[3] == b.i[1]);
        r.l = vec_revb(a.l);
        CHECK(r.d[0] == __builtin_bswap64(a.d[0]) && r.d[1] == __builtin_bswap64(a.d[1]));
        size_t n = random64() % 17;
        memset(r.b, 0, 16);
        r.v = vec_xl_len(a.b, n);
        for (size_t i = 0; i < 16; i++) CHECK(r.b[i] == (i < n ? a.b[i] : 0));
        memcpy(r.b, b.b, 16);
        vec_xst_len(a.v, r.b, n);
        for (size_t i = 0; i < 16; i++) CHECK(r.b[i] == (i < n ? a.b[i] : b.b[i]));
    }
}

static NO_VECTORS int slow_compare(const char *a, const char *b)
{
    while (*a && *a == *b) a++, b++;
    return (uint8_t)*a - (uint8_t)*b;
}

static void strings(void)
{
    static char a[600], b[600];

    for (int k = 0; k < 20000; k++) {
        size_t from = random64() % 64, to = random64() % 64, n = random64() % 400, at = random64() % (n + 1);
        char c = (char)('a' + random64() % 26);
        for (size_t i = 0; i < sizeof a; i++) a[i] = (char)('a' + (i * 7 + (size_t)k) % 26);
        memset(b, '.', sizeof b);
        memcpy(b + to, a + from, n);
        for (size_t i = 0; i < sizeof b; i++) CHECK(b[i] == (i >= to && i < to + n ? a[from + i - to] : '.'));
        CHECK(!memcmp(b + to, a + from, n));
        b[to + n] = 0;
        CHECK(strlen(b + to) == n);
        char *found = memchr(b + to, c, n);
        for (size_t i = 0; i < n; i++) {
            if (b[to + i] != c) continue;
            CHECK(found == b + to + i && strchr(b + to, c) == found);
            break;
        }
        memmove(a + at, a, n);
        strcpy(a + 450, "x");
        strcpy(a, b + to);
        CHECK(!strcmp(a, b + to) && !slow_compare(a, b + to));
        if (at < n) {
            a[at] = '~';
            CHECK((strcmp(a, b + to) > 0) == (slow_compare(a, b + to) > 0) && strncmp(a, b + to, at) == 0);
            CHECK(memcmp(a, b + to, n) > 0 && strrchr(a, '~') == a + at);
        }
        memset(a + from, c, n);
        CHECK(strnlen(a + from, n) == n && (n == 0 || a[from + n - 1] == c));
    }
}

int main(void)
{
    check_bytes_mix(40), check_bytes_product(40), check_halves_saturated(40), check_halves_shift(40);
    check_words_select(40), check_words_product(40), check_words_rotate(40);
    check_longs_sum(40), check_longs_shift(40), check_longs_largest(40);
    check_float_mix(40), check_double_mix(40), check_double_select(40);
    conversions();
    intrinsics();
    strings();
    return DONE();
}
