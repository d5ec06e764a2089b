/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The arithmetic of core/isa/softfp.c against the host's: results, FI, FR, OX, UX, ZX and "invalid" in the four
 * rounding modes, for single, double and quad precision.  QEMU (isa_qemu) says nothing about FR, so this is where it is
 * proven.
 *
 *     isa_host [-n operands per operation and mode] [-s seed]
 *
 * The host is x86-64: SSE rounds once as MXCSR says and has sticky flags; __float128 is libgcc's, which obeys the same
 * register.  What differs by definition is translated: FR is "larger in magnitude
 * than the truncated result", and tininess is found before rounding on POWER: the truncated result is below the normal
 * range.  Where the exact value fits into quad precision, OE and UE are tried as well.  NaNs are compared as NaNs;
 * their payloads are isa_qemu's.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <xmmintrin.h>

#include "core/isa/softfp.h"
#include "tests/isa/operands.h"

enum { MASKS = 0x1f80, INVALID = 1, DIVIDED = 4, OVERFLOWN = 8, INEXACT = 32 };
/* MXCSR[RC] of FPSCR[RN]. */
static const u8 host_mode[] = {0, 3, 2, 1};

/* An operand or result of any format, in its low bits. */
union number {
    u128 q;
    u64 d;
    u32 f;
    double as_d;
    float as_f;
    __float128 as_q;
};

struct operands {
    union number a, b, c;
};

enum format { SINGLE, DOUBLE, NARROW, QUAD }; /* NARROW: double operands, single result in double format */

struct operation {
    const char *name;
    enum format format;
    void (*ours)(struct fp_env *e, const struct operands *o, union number *r);
    void (*host)(const struct operands *o, union number *r);
    __float128 (*exact)(const struct operands *o); /* rounded to odd; NULL: overflow and underflow are not enabled */
};

/* ---- a result of more bits rounded to odd (truncated; inexact: last bit set), which rounds again without harm ---- */

#define TO_ODD(type, bits_, expression)                                                                                \
    __extension__({                                                                                                    \
        unsigned saved_ = _mm_getcsr();                                                                                \
        union number odd_ = {0};                                                                                       \
        _mm_setcsr(MASKS | 3u << 13);                                                                                  \
        odd_.as_##type = (expression);                                                                                 \
        __asm__ volatile("" : "+m"(odd_));                                                                             \
        if (_mm_getcsr() & INEXACT) odd_.bits_ |= 1;                                                                   \
        _mm_setcsr((_mm_getcsr() & (INVALID | DIVIDED)) | saved_);                                                     \
        if (odd_.as_##type == 0) odd_.as_##type = (expression); /* a zero has the sign of the real direction */        \
        odd_.as_##type;                                                                                                \
    })

#define SIMPLE(name, suffix, member, call, expression)                                                                 \
    static void ours_##name##_##suffix(struct fp_env *e, const struct operands *o, union number *r)                    \
    {                                                                                                                  \
        r->member = call;                                                                                              \
    }                                                                                                                  \
    static void host_##name##_##suffix(const struct operands *o, union number *r)                                      \
    {                                                                                                                  \
        r->as_##suffix = expression;                                                                                   \
    }

#define ARITHMETIC(suffix, root, fused)                                                                                \
    SIMPLE(add, suffix, suffix, fp_add_##suffix(e, o->a.suffix, o->b.suffix, false),                                   \
           o->a.as_##suffix + o->b.as_##suffix)                                                                        \
    SIMPLE(sub, suffix, suffix, fp_add_##suffix(e, o->a.suffix, o->b.suffix, true),                                    \
           o->a.as_##suffix - o->b.as_##suffix)                                                                        \
    SIMPLE(mul, suffix, suffix, fp_mul_##suffix(e, o->a.suffix, o->b.suffix), o->a.as_##suffix * o->b.as_##suffix)     \
    SIMPLE(div, suffix, suffix, fp_div_##suffix(e, o->a.suffix, o->b.suffix), o->a.as_##suffix / o->b.as_##suffix)     \
    SIMPLE(sqrt, suffix, suffix, fp_sqrt_##suffix(e, o->a.suffix), root(o->a.as_##suffix))                             \
    SIMPLE(fma, suffix, suffix, fp_fma_##suffix(e, o->a.suffix, o->c.suffix, o->b.suffix, 0),                          \
           fused(o->a.as_##suffix, o->c.as_##suffix, o->b.as_##suffix))                                                \
    SIMPLE(rint, suffix, suffix, fp_round_int_##suffix(e, o->a.suffix), rint_##suffix(o->a.as_##suffix))

/* libm's rounding functions may keep quiet about inexact results: say so. */
#define RINT(suffix, type, function)                                                                                   \
    static type rint_##suffix(type v)                                                                                  \
    {                                                                                                                  \
        type r = function(v);                                                                                          \
        if (v == v && r != v) _mm_setcsr(_mm_getcsr() | INEXACT);                                                      \
        else _mm_setcsr(_mm_getcsr() & ~(unsigned)INEXACT);                                                            \
        return r;                                                                                                      \
    }
RINT(d, double, rint)
RINT(f, float, rintf)

ARITHMETIC(d, sqrt, fma)
ARITHMETIC(f, sqrtf, fmaf)

SIMPLE(add, q, q, fp_add_q(e, o->a.q, o->b.q, false), o->a.as_q + o->b.as_q)
SIMPLE(sub, q, q, fp_add_q(e, o->a.q, o->b.q, true), o->a.as_q - o->b.as_q)
SIMPLE(mul, q, q, fp_mul_q(e, o->a.q, o->b.q), o->a.as_q * o->b.as_q)
SIMPLE(div, q, q, fp_div_q(e, o->a.q, o->b.q), o->a.as_q / o->b.as_q)

#define NARROWED(name, call, expression)                                                                               \
    static void ours_##name##_s(struct fp_env *e, const struct operands *o, union number *r)                           \
    {                                                                                                                  \
        r->d = call;                                                                                                   \
    }                                                                                                                  \
    static void host_##name##_s(const struct operands *o, union number *r)                                             \
    {                                                                                                                  \
        volatile float narrow = (float)(expression);                                                                   \
        r->as_d = (double)narrow;                                                                                      \
    }
#define Q(x) ((__float128)(o->x.as_d))

NARROWED(add, fp_add_s(e, o->a.d, o->b.d, false), TO_ODD(q, q, Q(a) + Q(b)))
NARROWED(sub, fp_add_s(e, o->a.d, o->b.d, true), TO_ODD(q, q, Q(a) - Q(b)))
NARROWED(mul, fp_mul_s(e, o->a.d, o->b.d), TO_ODD(q, q, Q(a) * Q(b)))
NARROWED(div, fp_div_s(e, o->a.d, o->b.d), TO_ODD(q, q, Q(a) / Q(b)))
NARROWED(fma, fp_fma_s(e, o->a.d, o->c.d, o->b.d, 0), TO_ODD(q, q, Q(a) * Q(c) + Q(b)))
NARROWED(sqrt, fp_sqrt_s(e, o->a.d), TO_ODD(d, d, sqrt(o->a.as_d)))
NARROWED(round, fp_round_to_single(e, o->a.d), o->a.as_d)
NARROWED(int, fp_int_to_round_single(e, o->a.d, true), (s64)o->a.d)
NARROWED(unsigned, fp_int_to_round_single(e, o->a.d, false), TO_ODD(q, q, (__float128)o->a.d))

SIMPLE(int, d, d, fp_int_to_double(e, o->a.d, true), (double)(s64)o->a.d)
SIMPLE(unsigned, d, d, fp_int_to_double(e, o->a.d, false), (double)(__float128)o->a.d)
SIMPLE(int, f, f, fp_int_to_single(e, o->a.d, true), (float)(s64)o->a.d)
SIMPLE(narrow, f, f, fp_double_to_single(e, o->a.d), (float)o->a.as_d)
SIMPLE(narrow, d, d, fp_quad_to_double(e, o->a.q), (double)o->a.as_q)

#define EXACT(name, expression)                                                                                        \
    static __float128 exact_##name(const struct operands *o)                                                           \
    {                                                                                                                  \
        return TO_ODD(q, q, expression);                                                                               \
    }
EXACT(add, Q(a) + Q(b))
EXACT(sub, Q(a) - Q(b))
EXACT(mul, Q(a) * Q(b))
EXACT(div, Q(a) / Q(b))
EXACT(round, Q(a))
EXACT(narrow, o->a.as_q)

#define BOTH(name, suffix) ours_##name##_##suffix, host_##name##_##suffix
static const struct operation operations[] = {
    {"double +", DOUBLE, BOTH(add, d), exact_add},
    {"double -", DOUBLE, BOTH(sub, d), exact_sub},
    {"double *", DOUBLE, BOTH(mul, d), exact_mul},
    {"double /", DOUBLE, BOTH(div, d), exact_div},
    {"double sqrt", DOUBLE, BOTH(sqrt, d), NULL},
    {"double fma", DOUBLE, BOTH(fma, d), NULL},
    {"double to integral", DOUBLE, BOTH(rint, d), NULL},
    {"s64 to double", DOUBLE, BOTH(int, d), NULL},
    {"u64 to double", DOUBLE, BOTH(unsigned, d), NULL},
    {"single +", SINGLE, BOTH(add, f), NULL},
    {"single -", SINGLE, BOTH(sub, f), NULL},
    {"single *", SINGLE, BOTH(mul, f), NULL},
    {"single /", SINGLE, BOTH(div, f), NULL},
    {"single sqrt", SINGLE, BOTH(sqrt, f), NULL},
    {"single fma", SINGLE, BOTH(fma, f), NULL},
    {"single to integral", SINGLE, BOTH(rint, f), NULL},
    {"s64 to single", SINGLE, BOTH(int, f), NULL},
    {"double to single", SINGLE, BOTH(narrow, f), NULL},
    {"doubles + once to single", NARROW, BOTH(add, s), exact_add},
    {"doubles - once to single", NARROW, BOTH(sub, s), exact_sub},
    {"doubles * once to single", NARROW, BOTH(mul, s), exact_mul},
    {"doubles / once to single", NARROW, BOTH(div, s), exact_div},
    {"double sqrt once to single", NARROW, BOTH(sqrt, s), NULL},
    {"doubles fma once to single", NARROW, BOTH(fma, s), NULL},
    {"double rounded to single", NARROW, BOTH(round, s), exact_round},
    {"s64 rounded to single", NARROW, BOTH(int, s), NULL},
    {"u64 rounded to single", NARROW, BOTH(unsigned, s), NULL},
    {"quad +", QUAD, BOTH(add, q), NULL},
    {"quad -", QUAD, BOTH(sub, q), NULL},
    {"quad *", QUAD, BOTH(mul, q), NULL},
    {"quad /", QUAD, BOTH(div, q), NULL},
    {"quad to double", DOUBLE, BOTH(narrow, d), exact_narrow},
};

/* ---- comparison ---- */

static bool is_nan(enum format f, const union number *n)
{
    if (f == SINGLE) return fp_is_nan_f(n->f);
    return f == QUAD ? fp_is_nan_q(n->q) : fp_is_nan_d(n->d);
}

static u128 magnitude(enum format f, const union number *n)
{
    if (f == SINGLE) return n->f & ~FP_F_SIGN;
    return f == QUAD ? n->q & ~FP_Q_SIGN : n->d & ~FP_D_SIGN;
}

static u128 least_normal(enum format f)
{
    if (f == SINGLE) return 1u << 23;
    if (f == NARROW) return (u64)897 << 52;
    return f == QUAD ? (u128)1 << 112 : (u128)1 << 52;
}

/* What the FPSCR has to say, from the host's flags and the truncated result. */
static u32 expected_flags(enum format f, bool integral, unsigned csr, const union number *result,
                          const union number *truncated)
{
    u32 flags = 0;

    if (csr & DIVIDED) flags |= FPSCR_ZX;
    if (csr & OVERFLOWN) flags |= FPSCR_OX;
    if (!(csr & INEXACT)) return flags;
    flags |= FPSCR_XX | FPSCR_FI;
    if (!integral && magnitude(f, truncated) < least_normal(f)) flags |= FPSCR_UX;
    if (magnitude(f, result) > magnitude(f, truncated)) flags |= FPSCR_FR;
    return flags;
}

static unsigned on_host(const struct operation *op, const struct operands *o, unsigned mode, union number *r)
{
    unsigned short status;

    _mm_setcsr(MASKS | (unsigned)mode << 13);
    __asm__ volatile("fnclex" ::: "memory");
    op->host(o, r);
    __asm__ volatile("fnstsw %0" : "=m"(status), "+m"(*r)); /* libgcc raises some flags there */
    return _mm_getcsr() | (status & 63);
}

static void show(const struct operation *op, const struct operands *o, unsigned mode, const char *what)
{
    printf("%s, rounding mode %u%s\n    a %016llx%016llx  b %016llx%016llx  c %016llx\n", op->name, mode, what,
           (unsigned long long)(o->a.q >> 64), (unsigned long long)o->a.q, (unsigned long long)(o->b.q >> 64),
           (unsigned long long)o->b.q, (unsigned long long)o->c.q);
}

static bool one(const struct operation *op, const struct operands *o, unsigned mode)
{
    struct fp_env e = {0, 0, 0, (u8)mode};
    union number ours = {0}, host = {0}, truncated = {0};
    unsigned csr = on_host(op, o, host_mode[mode], &host);
    u32 flags;

    (void)on_host(op, o, 3, &truncated);
    _mm_setcsr(MASKS);
    op->ours(&e, o, &ours);
    flags = expected_flags(op->format, strstr(op->name, "integral") != NULL, csr, &host, &truncated);
    if (is_nan(op->format, &host)) {
        u32 invalid = FPSCR_VX_ALL; /* IEEE 754 leaves open what infinity times zero plus a quiet NaN is */
        if (is_nan(op->format, &o->b)) invalid &= ~FPSCR_VXIMZ;
        if (is_nan(op->format, &ours) && !(csr & INVALID) == !(e.flags & invalid)) return true;
    } else if (ours.q == host.q && (e.flags & (FPSCR_EXCEPTIONS | FPSCR_FI | FPSCR_FR)) == flags) {
        return true;
    }
    show(op, o, mode, "");
    printf("    ours %016llx%016llx flags %08x  host %016llx%016llx flags %08x\n", (unsigned long long)(ours.q >> 64),
           (unsigned long long)ours.q, e.flags, (unsigned long long)(host.q >> 64), (unsigned long long)host.q, flags);
    return false;
}

/* 2**exponent, exactly. */
static __float128 power_of_two(int exponent)
{
    union number n = {.q = (u128)(0x3fff + exponent) << 112};
    return n.as_q;
}

/* The rounding of v in a format, with the host's flags. */
static unsigned round_to(enum format f, __float128 v, unsigned mode, union number *r)
{
    volatile float narrow;

    _mm_setcsr(MASKS | mode << 13);
    __asm__ volatile("fnclex" ::: "memory");
    if (f == NARROW) narrow = (float)v, r->as_d = (double)narrow;
    else r->as_d = (double)v;
    __asm__ volatile("" : "+m"(*r));
    return _mm_getcsr();
}

/* With OE and UE the result is that of the exact value times 2**-+1536 or 192 (4.4.3, 4.4.4). */
static bool one_enabled(const struct operation *op, const struct operands *o, unsigned mode)
{
    struct fp_env e = {FPSCR_OE | FPSCR_UE, 0, 0, (u8)mode};
    int bias = op->format == NARROW ? 192 : 1536, least = op->format == NARROW ? -126 : -1022;
    union number ours = {0}, result = {0}, truncated = {0};
    bool over = on_host(op, o, host_mode[mode], &result) & OVERFLOWN;
    __float128 exact, size, adjusted;
    unsigned csr;
    u32 flags;

    _mm_setcsr(MASKS);
    exact = op->exact(o);
    size = exact < 0 ? -exact : exact;
    if (!(size > 0) || size > power_of_two(16383) || (!over && size >= power_of_two(least))) return true;
    adjusted = exact * power_of_two(over ? -bias : bias);
    size = size * power_of_two(over ? -bias : bias);
    if (size < power_of_two(least) || size >= power_of_two(-least)) return true; /* out of range even so: undefined */
    csr = round_to(op->format, adjusted, host_mode[mode], &result);
    (void)round_to(op->format, adjusted, 3, &truncated);
    flags = (over ? FPSCR_OX : FPSCR_UX) | (csr & INEXACT ? FPSCR_XX | FPSCR_FI : 0);
    if (magnitude(op->format, &result) > magnitude(op->format, &truncated)) flags |= FPSCR_FR;
    _mm_setcsr(MASKS);
    op->ours(&e, o, &ours);
    if (ours.d == result.d && (e.flags & (FPSCR_EXCEPTIONS | FPSCR_FI | FPSCR_FR)) == flags) return true;
    show(op, o, mode, ", OE and UE");
    printf("    ours %016llx flags %08x  host %016llx flags %08x\n", (unsigned long long)ours.d, e.flags,
           (unsigned long long)result.d, flags);
    return false;
}

static u128 quad_value(u64 *seed)
{
    u64 v[2], r = draw(seed);

    fill_vsr(v, seed);
    if (r & 1) v[0] = (v[0] & 0x8000ffffffffffffULL) | (0x3fff - 130 + (r >> 8) % 260) << 48;
    if (r & 2) v[1] &= ~0ULL << (r >> 24 & 63);
    if ((r & 0x3c) == 0) v[0] = (v[0] & 0x8000ffffffffffffULL) | (r >> 32 & 0x7f) << 48;
    if ((r & 0x3c) == 4) v[0] = (v[0] & 0x8000ffffffffffffULL) | (0x7fff - (r >> 32 & 0x7f)) << 48;
    return (u128)v[0] << 64 | v[1];
}

static union number operand(const struct operation *op, u64 *seed)
{
    union number n = {0};
    bool integer = strstr(op->name, "64 ") != NULL;

    if (integer) n.d = integer_value(seed);
    else if (op->format == QUAD || !strcmp(op->name, "quad to double")) n.q = quad_value(seed);
    else if (op->format == SINGLE && strcmp(op->name, "double to single")) n.f = single_value(seed);
    else n.d = double_value(seed);
    return n;
}

int main(int argc, char **argv)
{
    u64 seed = 1, each = 200000, failures = 0;
    int option;

    while ((option = getopt(argc, argv, "n:s:")) != -1) {
        if (option == 'n') each = strtoull(optarg, NULL, 0);
        else if (option == 's') seed = strtoull(optarg, NULL, 0);
        else return printf("usage: isa_host [-n N] [-s SEED]\n"), 2;
    }
    for (unsigned k = 0; k < ARRAY_SIZE(operations); k++) {
        u64 state = seed + k * 0x9e3779b97f4a7c15ULL, wrong = 0;
        for (u64 n = 0; n < each && wrong < 4; n++) {
            struct operands o = {operand(&operations[k], &state), operand(&operations[k], &state),
                                 operand(&operations[k], &state)};
            for (unsigned mode = 0; mode < 4; mode++) {
                wrong += !one(&operations[k], &o, mode);
                if (operations[k].exact) wrong += !one_enabled(&operations[k], &o, mode);
            }
        }
        failures += wrong;
    }
    printf("%zu operations, %llu operands each in 4 rounding modes, %llu differences (seed %llu)\n",
           ARRAY_SIZE(operations), (unsigned long long)each, (unsigned long long)failures, (unsigned long long)seed);
    return failures ? 1 : 0;
}
