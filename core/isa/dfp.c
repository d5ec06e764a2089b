/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The decimal core; dfp.h says what it promises and why it is our own.  An operation makes a struct exact - up to 76
 * digits, an exponent, and whether something smaller follows - and rounded() turns it into a result.
 */
#include "core/isa/dfp.h"

#include "core/isa/dpd.h"

const struct dfp_format dfp_short = {32, 7, 6, -101, 90, 0, 0};
const struct dfp_format dfp_long = {64, 16, 8, -398, 369, 576, 192};
const struct dfp_format dfp_extended = {128, 34, 12, -6176, 6111, 9216, 3072};

/* ---- integers of 256 bits: the product of two coefficients has 226, a shifted one 76 digits ---- */

enum { STEP = 19, WIDE_DIGITS = 76 }; /* 10**19 is the largest power of ten in 64 bits */

struct wide {
    u64 word[4]; /* the last is the most significant */
};

static u64 power64(unsigned n)
{
    static const u64 powers[] = {1ULL,
                                 10ULL,
                                 100ULL,
                                 1000ULL,
                                 10000ULL,
                                 100000ULL,
                                 1000000ULL,
                                 10000000ULL,
                                 100000000ULL,
                                 1000000000ULL,
                                 10000000000ULL,
                                 100000000000ULL,
                                 1000000000000ULL,
                                 10000000000000ULL,
                                 100000000000000ULL,
                                 1000000000000000ULL,
                                 10000000000000000ULL,
                                 100000000000000000ULL,
                                 1000000000000000000ULL,
                                 10000000000000000000ULL};
    return powers[n < ARRAY_SIZE(powers) ? n : STEP];
}

/* n <= 38 */
static u128 power(unsigned n)
{
    return n <= STEP ? power64(n) : (u128)power64(STEP) * power64(n - STEP);
}

unsigned dfp_length(u128 digits)
{
    unsigned n = 0;

    for (u128 p = 1; n < 38 && digits >= p; p *= 10) n++;
    return n == 38 && digits >= power(38) ? 39 : n;
}

static struct wide wide_of(u128 v)
{
    return (struct wide){{(u64)v, (u64)(v >> 64), 0, 0}};
}

static u128 wide_low(const struct wide *v)
{
    return (u128)v->word[1] << 64 | v->word[0];
}

static void wide_multiply(struct wide *v, u64 factor)
{
    u64 carry = 0;

    for (unsigned k = 0; k < 4; k++) {
        u128 product = (u128)v->word[k] * factor + carry;
        v->word[k] = (u64)product;
        carry = (u64)(product >> 64);
    }
}

/* Quotient in place; returns the remainder. */
static u64 wide_divide(struct wide *v, u64 divisor)
{
    u64 rest = 0;

    for (unsigned k = 4; k--;) {
        u128 part = (u128)rest << 64 | v->word[k];
        v->word[k] = (u64)(part / divisor);
        rest = (u64)(part % divisor);
    }
    return rest;
}

/* v += w, or v -= w for sign = -1: returns the carry out of the top. */
static u64 wide_add(struct wide *v, const struct wide *w, bool subtract)
{
    u64 carry = subtract;

    for (unsigned k = 0; k < 4; k++) {
        u128 sum = (u128)v->word[k] + (subtract ? ~w->word[k] : w->word[k]) + carry;
        v->word[k] = (u64)sum;
        carry = (u64)(sum >> 64);
    }
    return carry;
}

static bool wide_less(const struct wide *a, const struct wide *b)
{
    for (unsigned k = 4; k--;)
        if (a->word[k] != b->word[k]) return a->word[k] < b->word[k];
    return false;
}

static struct wide wide_product(u128 a, u128 b)
{
    struct wide low = wide_of(a), high = wide_of(a);

    wide_multiply(&low, (u64)b);
    wide_multiply(&high, (u64)(b >> 64));
    high = (struct wide){{0, high.word[0], high.word[1], high.word[2]}};
    wide_add(&low, &high, false);
    return low;
}

static void wide_scale(struct wide *v, unsigned n)
{
    for (; n > STEP; n -= STEP) wide_multiply(v, power64(STEP));
    wide_multiply(v, power64(n));
}

static unsigned wide_length(struct wide v)
{
    unsigned n = 0;

    for (; v.word[2] | v.word[3]; n += STEP) wide_divide(&v, power64(STEP));
    return n + dfp_length(wide_low(&v));
}

/* Bit by bit: the quotient fits 128 bits, the divisor has at most 113. */
static u128 wide_quotient(const struct wide *v, u128 divisor, bool *more)
{
    u128 quotient = 0, rest = 0;

    for (unsigned bit = 256; bit--;) {
        rest = rest << 1 | (v->word[bit / 64] >> bit % 64 & 1);
        quotient <<= 1;
        if (rest >= divisor) rest -= divisor, quotient |= 1;
    }
    *more = rest != 0;
    return quotient;
}

/* ---- bits ---- */

struct dfp dfp_unpack(const struct dfp_format *f, u128 bits)
{
    unsigned trailing = f->bits - 6u - f->continuation, lead = (unsigned)(bits >> (f->bits - 6)) & 31;
    u32 continuation = (u32)(bits >> trailing) & ((1u << f->continuation) - 1), top;
    struct dfp v = {.negative = bits >> (f->bits - 1) & 1};

    for (unsigned at = trailing; at; at -= 10) {
        u32 bcd = declet_to_bcd((u32)(bits >> (at - 10)) & 0x3ff);
        v.digits = v.digits * 1000 + (bcd >> 8) * 100 + (bcd >> 4 & 15) * 10 + (bcd & 15);
    }
    if (lead >= 30) {
        v.kind = lead == 30 ? DFP_INFINITE : continuation >> (f->continuation - 1) ? DFP_SNAN : DFP_QNAN;
        return v;
    }
    top = lead >= 24 ? 8 + (lead & 1) : lead & 7;
    v.digits += top * power(f->precision - 1u);
    v.exponent = (s32)((lead >= 24 ? lead >> 1 & 3 : lead >> 3) << f->continuation | continuation) + f->least;
    return v;
}

u128 dfp_pack(const struct dfp_format *f, const struct dfp *v)
{
    unsigned trailing = f->bits - 6u - f->continuation, top = (unsigned)(v->digits / power(f->precision - 1u));
    u32 biased = (u32)(v->exponent - f->least), lead = biased >> f->continuation;
    u128 bits = 0, digits = v->digits;

    for (unsigned at = 0; at < trailing; at += 10, digits /= 1000) {
        u32 group = (u32)(digits % 1000);
        bits |= (u128)bcd_to_declet(group / 100 << 8 | group / 10 % 10 << 4 | group % 10) << at;
    }
    if (v->kind == DFP_FINITE) {
        lead = top < 8 ? lead << 3 | top : 24 | lead << 1 | (top & 1);
        bits |= (u128)(biased & ((1u << f->continuation) - 1)) << trailing;
    } else {
        lead = v->kind == DFP_INFINITE ? 30 : 31;
        if (v->kind == DFP_SNAN) bits |= (u128)1 << (trailing + f->continuation - 1);
    }
    return bits | (u128)lead << (f->bits - 6) | (u128)v->negative << (f->bits - 1);
}

/* The exponent of the first digit of the smallest normal number. */
static s32 least_normal(const struct dfp_format *f)
{
    return f->least + f->precision - 1;
}

bool dfp_is_subnormal(const struct dfp_format *f, const struct dfp *v)
{
    return v->kind == DFP_FINITE && v->digits && v->exponent + (s32)dfp_length(v->digits) - 1 < least_normal(f);
}

u32 dfp_class(const struct dfp_format *f, const struct dfp *v)
{
    if (v->kind == DFP_QNAN) return FPRF_QNAN;
    if (v->kind == DFP_SNAN) return FPRF_CODE(0x01);
    if (v->kind == DFP_INFINITE) return FPRF_CODE(v->negative ? 0x09 : 0x05);
    if (!v->digits) return FPRF_CODE(v->negative ? 0x12 : 0x02);
    if (dfp_is_subnormal(f, v)) return FPRF_CODE(v->negative ? 0x18 : 0x14);
    return FPRF_CODE(v->negative ? 0x08 : 0x04);
}

/* ---- rounding ---- */

struct exact {
    struct wide digits;
    s32 exponent, ideal;
    bool negative;
    bool more; /* something other than zero follows behind the last digit */
};

/* Does the magnitude grow?  `next` is the first digit lost, `more` whether one behind it is not zero; not all are. */
static bool rounds_up(const struct fp_env *e, bool negative, unsigned last, unsigned next, bool more)
{
    switch (e->rounding) {
    case DFP_NEAREST_EVEN: return next > 5 || (next == 5 && (more || (last & 1)));
    case DFP_TOWARD_ZERO: return false;
    case DFP_TOWARD_PLUS_INFINITY: return !negative;
    case DFP_TOWARD_MINUS_INFINITY: return negative;
    case DFP_NEAREST_AWAY: return next >= 5;
    case DFP_NEAREST_TOWARD_ZERO: return next > 5 || (next == 5 && more);
    case DFP_AWAY_FROM_ZERO: return true;
    default: return last == 0 || last == 5;
    }
}

/* Drop the last `count` digits of x (its exponent grows), rounding; FI, XX and FR tell about it. */
static void shorten(struct fp_env *e, struct exact *x, u32 count)
{
    static const struct wide one = {{1, 0, 0, 0}};
    struct wide last;
    u64 next = 0;

    x->exponent += (s32)count;
    if (count > WIDE_DIGITS + 1) count = WIDE_DIGITS + 2; /* all of them, and the first digit lost is a zero */
    for (; count > STEP; count -= STEP) x->more |= wide_divide(&x->digits, power64(STEP)) != 0;
    if (count > 1) x->more |= wide_divide(&x->digits, power64(count - 1)) != 0;
    if (count) next = wide_divide(&x->digits, 10);
    if (!next && !x->more) return;
    last = x->digits;
    e->flags |= FPSCR_XX | FPSCR_FI;
    if (!rounds_up(e, x->negative, (unsigned)wide_divide(&last, 10), (unsigned)next, x->more)) return;
    wide_add(&x->digits, &one, false);
    e->flags |= FPSCR_FR;
}

/* An exact result takes the form nearest to its ideal exponent that has it (5.4.2). */
static void approach(const struct dfp_format *range, unsigned precision, struct dfp *r, s32 ideal)
{
    if (ideal < range->least) ideal = range->least;
    if (ideal > range->most) ideal = range->most;
    if (!r->digits) r->exponent = ideal;
    for (; r->exponent > ideal && r->digits < power(precision - 1); r->exponent--) r->digits *= 10;
    for (; r->exponent < ideal && !(r->digits % 10); r->exponent++) r->digits /= 10;
}

/* 5.5.10.3, disabled: infinity or the largest number, by rounding mode and sign. */
static struct dfp overflowed(struct fp_env *e, const struct dfp_format *f, bool negative)
{
    struct dfp r = {.negative = negative, .kind = DFP_INFINITE};

    e->flags = (e->flags & ~FPSCR_FR) | FPSCR_OX | FPSCR_XX | FPSCR_FI;
    if (e->rounding == DFP_TOWARD_ZERO || e->rounding == DFP_PREPARE_SHORTER ||
        e->rounding == (negative ? DFP_TOWARD_PLUS_INFINITY : DFP_TOWARD_MINUS_INFINITY)) {
        r.kind = DFP_FINITE;
        r.digits = power(f->precision) - 1;
        r.exponent = f->most;
        return r;
    }
    e->flags |= FPSCR_FR;
    return r;
}

/*
 * The result in format f of something exact.  A wrapped result (enabled overflow or underflow) is still rounded to the
 * precision of f, but its exponent is adjusted and has the range of the source's format (5.5.10.3, 5.5.10.4).
 * Tininess is judged before rounding.
 */
static struct dfp rounded(struct fp_env *e, const struct dfp_format *f, const struct dfp_format *source,
                          struct exact *x)
{
    const struct dfp_format *range = f;
    s32 wrap = f == source ? f->wrap : source->narrowing_wrap, length = (s32)wide_length(x->digits);
    s32 drop = length - f->precision;
    bool tiny = length && x->exponent + length - 1 < least_normal(f);
    struct dfp r = {.negative = x->negative};

    if (tiny && (e->control & FPSCR_UE)) {
        e->flags |= FPSCR_UX;
        x->exponent += wrap, x->ideal += wrap;
        range = source;
    } else if (tiny && f->least - x->exponent > drop) {
        drop = f->least - x->exponent;
    }
    shorten(e, x, drop > 0 ? (u32)drop : 0);
    if (tiny && (e->flags & FPSCR_FI)) e->flags |= FPSCR_UX;
    r.digits = wide_low(&x->digits);
    r.exponent = x->exponent;
    if (r.digits == power(f->precision)) r.digits /= 10, r.exponent++;
    if (!tiny && r.digits && r.exponent + (s32)dfp_length(r.digits) > f->most + f->precision) {
        if (!(e->control & FPSCR_OE)) return overflowed(e, f, x->negative);
        e->flags |= FPSCR_OX;
        r.exponent -= wrap, x->ideal -= wrap;
        range = source;
    }
    r.wrapped = range != f;
    approach(range, f->precision, &r, e->flags & FPSCR_FI ? r.exponent : x->ideal);
    return r;
}

/* ---- NaNs and what makes them ---- */

static struct dfp invalid(struct fp_env *e, u32 why)
{
    e->flags |= why;
    return (struct dfp){.kind = DFP_QNAN};
}

static struct dfp infinity(bool negative)
{
    return (struct dfp){.kind = DFP_INFINITE, .negative = negative};
}

/* A signalling operand goes first, then the first one; it is made quiet (5.5.8). */
static struct dfp propagated(struct fp_env *e, const struct dfp *a, const struct dfp *b)
{
    const struct dfp *chosen = a->kind == DFP_SNAN ? a : b->kind == DFP_SNAN ? b : dfp_is_nan(a) ? a : b;
    struct dfp r = *chosen;

    if (r.kind == DFP_SNAN) e->flags |= FPSCR_VXSNAN;
    r.kind = DFP_QNAN;
    return r;
}

/* ---- 5.6.1 arithmetic ---- */

/*
 * a + b with a's exponent the larger one and neither zero.  If they lie so far apart that b begins behind the last
 * digit that can matter, all that is known of it is that it is there, and on which side.
 */
static void add_aligned(struct exact *x, const struct dfp *a, const struct dfp *b)
{
    struct wide other = wide_of(b->digits);
    unsigned room = 34 - dfp_length(a->digits);
    u32 apart = (u32)(a->exponent - b->exponent);
    bool subtracts = a->negative != b->negative;

    x->digits = wide_of(a->digits);
    x->negative = a->negative;
    if (apart > room + 40) {
        static const struct wide one = {{1, 0, 0, 0}};
        wide_scale(&x->digits, room + 3);
        x->exponent = a->exponent - (s32)room - 3;
        if (subtracts) wide_add(&x->digits, &one, true);
        x->more = true;
        return;
    }
    wide_scale(&x->digits, apart);
    x->exponent = b->exponent;
    if (!subtracts) {
        wide_add(&x->digits, &other, false);
    } else if (wide_less(&x->digits, &other)) {
        wide_add(&other, &x->digits, true);
        x->digits = other;
        x->negative = b->negative;
    } else {
        wide_add(&x->digits, &other, true);
    }
}

struct dfp dfp_add(struct fp_env *e, const struct dfp_format *f, const struct dfp *a, const struct dfp *b,
                   bool subtract)
{
    struct dfp addend = *b;
    struct exact x = {.ideal = a->exponent < b->exponent ? a->exponent : b->exponent};

    if (dfp_is_nan(a) || dfp_is_nan(b)) return propagated(e, a, b);
    if (subtract) addend.negative = !addend.negative;
    if (a->kind == DFP_INFINITE || b->kind == DFP_INFINITE) {
        if (a->kind == b->kind && a->negative != addend.negative) return invalid(e, FPSCR_VXISI);
        return infinity(a->kind == DFP_INFINITE ? a->negative : addend.negative);
    }
    if (!a->digits || !b->digits) {
        const struct dfp *only = a->digits ? a : &addend;
        x.digits = wide_of(only->digits);
        x.exponent = only->exponent;
        x.negative = only->negative;
    } else if (a->exponent >= b->exponent) {
        add_aligned(&x, a, &addend);
    } else {
        add_aligned(&x, &addend, a);
    }
    /* A zero of operands with different signs is minus only toward minus infinity (5.6.1). */
    if (!wide_length(x.digits))
        x.negative = a->negative == addend.negative ? a->negative : e->rounding == DFP_TOWARD_MINUS_INFINITY;
    return rounded(e, f, f, &x);
}

struct dfp dfp_mul(struct fp_env *e, const struct dfp_format *f, const struct dfp *a, const struct dfp *b)
{
    struct exact x = {.negative = a->negative != b->negative};

    if (dfp_is_nan(a) || dfp_is_nan(b)) return propagated(e, a, b);
    if (a->kind == DFP_INFINITE || b->kind == DFP_INFINITE)
        return dfp_is_zero(a) || dfp_is_zero(b) ? invalid(e, FPSCR_VXIMZ) : infinity(x.negative);
    x.digits = wide_product(a->digits, b->digits);
    x.exponent = x.ideal = a->exponent + b->exponent;
    return rounded(e, f, f, &x);
}

struct dfp dfp_div(struct fp_env *e, const struct dfp_format *f, const struct dfp *a, const struct dfp *b)
{
    struct exact x = {.negative = a->negative != b->negative};
    unsigned scale;

    if (dfp_is_nan(a) || dfp_is_nan(b)) return propagated(e, a, b);
    if (a->kind == DFP_INFINITE) return b->kind == DFP_INFINITE ? invalid(e, FPSCR_VXIDI) : infinity(x.negative);
    if (b->kind == DFP_INFINITE) return (struct dfp){.negative = x.negative, .exponent = f->least}; /* true zero */
    if (!b->digits) {
        if (!a->digits) return invalid(e, FPSCR_VXZDZ);
        e->flags |= FPSCR_ZX;
        return infinity(x.negative);
    }
    x.exponent = x.ideal = a->exponent - b->exponent;
    if (a->digits) {
        scale = dfp_length(b->digits) + 36 - dfp_length(a->digits); /* 36 or 37 digits of quotient */
        x.digits = wide_of(a->digits);
        wide_scale(&x.digits, scale);
        x.digits = wide_of(wide_quotient(&x.digits, b->digits, &x.more));
        x.exponent -= (s32)scale;
    }
    return rounded(e, f, f, &x);
}

unsigned dfp_compare(const struct dfp *a, const struct dfp *b)
{
    s32 first_a = a->exponent + (s32)dfp_length(a->digits), first_b = b->exponent + (s32)dfp_length(b->digits);
    u128 x = a->digits, y = b->digits;
    unsigned relation;

    if (dfp_is_nan(a) || dfp_is_nan(b)) return FP_UNORDERED;
    if (dfp_is_zero(a) && dfp_is_zero(b)) return FP_EQUAL;
    if (a->kind == DFP_INFINITE || b->kind == DFP_INFINITE) {
        x = a->kind == DFP_INFINITE, y = b->kind == DFP_INFINITE;
        if (a->kind != b->kind) return (x ? a : b)->negative == (x != 0) ? FP_LESS : FP_GREATER;
    } else if (x && y && first_a != first_b && a->negative == b->negative) {
        x = first_a > first_b, y = first_a < first_b;
    } else if (x && y && a->negative == b->negative) {
        if (a->exponent > b->exponent) x *= power((unsigned)(a->exponent - b->exponent));
        else y *= power((unsigned)(b->exponent - a->exponent));
    }
    if (!x) return b->negative ? FP_GREATER : FP_LESS;
    if (!y) return a->negative ? FP_LESS : FP_GREATER;
    if (a->negative != b->negative) return a->negative ? FP_LESS : FP_GREATER;
    relation = x < y ? FP_LESS : x > y ? FP_GREATER : FP_EQUAL;
    return relation == FP_EQUAL || !a->negative ? relation : FP_LESS + FP_GREATER - relation;
}

/* ---- 5.6.4 quantum adjustment ---- */

/* A finite b in the form with this exponent; the caller knows that it has the room. */
static struct dfp with_exponent(struct fp_env *e, const struct dfp *b, s32 exponent)
{
    struct exact x = {.digits = wide_of(b->digits), .exponent = b->exponent, .negative = b->negative};

    if (exponent < b->exponent && b->digits) wide_scale(&x.digits, (unsigned)(b->exponent - exponent));
    if (exponent > b->exponent) shorten(e, &x, (u32)(exponent - b->exponent));
    return (struct dfp){.digits = wide_low(&x.digits), .exponent = exponent, .negative = b->negative};
}

struct dfp dfp_quantize(struct fp_env *e, const struct dfp_format *f, const struct dfp *a, const struct dfp *b)
{
    if (dfp_is_nan(a) || dfp_is_nan(b)) return propagated(e, a, b);
    if (a->kind != b->kind) return invalid(e, FPSCR_VXCVI);
    if (a->kind == DFP_INFINITE) return infinity(b->negative);
    if (b->digits && b->exponent - a->exponent + (s32)dfp_length(b->digits) > f->precision)
        return invalid(e, FPSCR_VXCVI);
    return with_exponent(e, b, a->exponent);
}

struct dfp dfp_reround(struct fp_env *e, const struct dfp_format *f, unsigned significance, const struct dfp *b)
{
    unsigned length = dfp_length(b->digits);
    struct fp_env trial = *e;
    struct dfp r;

    if (dfp_is_nan(b)) return propagated(e, b, b);
    if (b->kind == DFP_INFINITE) return infinity(b->negative);
    if (!significance || length <= significance) return *b;
    r = with_exponent(&trial, b, b->exponent + (s32)(length - significance));
    if (r.digits == power(significance)) r.digits /= 10, r.exponent++;
    if (r.exponent > f->most) return invalid(e, FPSCR_VXCVI);
    *e = trial;
    return r;
}

struct dfp dfp_to_integral(struct fp_env *e, const struct dfp *b)
{
    if (dfp_is_nan(b)) return propagated(e, b, b);
    if (b->kind == DFP_INFINITE) return infinity(b->negative);
    return b->exponent >= 0 ? *b : with_exponent(e, b, 0);
}

/* ---- 5.6.5 conversion ---- */

struct dfp dfp_convert(struct fp_env *e, const struct dfp_format *to, const struct dfp_format *from,
                       const struct dfp *b, bool quiets)
{
    struct exact x = {.exponent = b->exponent, .ideal = b->exponent, .negative = b->negative};
    struct dfp r = *b;

    if (b->kind == DFP_INFINITE) return infinity(b->negative);
    if (dfp_is_nan(b)) {
        if (quiets) r = propagated(e, b, b);
        r.digits %= power(to->precision - 1u); /* the rightmost digits of a payload are kept */
        return r;
    }
    x.digits = wide_of(b->digits);
    return rounded(e, to, from, &x);
}

struct dfp dfp_from_integer(struct fp_env *e, const struct dfp_format *f, s64 value)
{
    struct exact x = {.digits = wide_of(value < 0 ? 0 - (u64)value : (u64)value), .negative = value < 0};

    return rounded(e, f, f, &x);
}

s64 dfp_to_integer(struct fp_env *e, const struct dfp *b)
{
    u64 limit = (1ULL << 63) - !b->negative;
    struct fp_env trial = *e;
    struct dfp r = *b;
    u128 magnitude = 0;

    if (b->kind == DFP_FINITE && b->digits) {
        if (b->exponent < 0) r = dfp_to_integral(&trial, b);
        if (r.exponent + (s32)dfp_length(r.digits) > STEP) magnitude = (u128)1 << 64;
        else magnitude = r.digits * power64((unsigned)r.exponent);
    }
    if (b->kind != DFP_FINITE || magnitude > limit) {
        e->flags |= FPSCR_VXCVI | (b->kind == DFP_SNAN ? FPSCR_VXSNAN : 0);
        return dfp_is_nan(b) || b->negative ? INT64_MIN : INT64_MAX;
    }
    *e = trial;
    return (s64)(b->negative ? 0 - (u64)magnitude : (u64)magnitude);
}

/* ---- 5.6.6 formats ---- */

u128 dfp_to_packed(u128 digits, unsigned count)
{
    u128 packed = 0;

    for (unsigned k = 0; k < count; k++, digits /= 10) packed |= (u128)(unsigned)(digits % 10) << 4 * k;
    return packed;
}

bool dfp_from_packed(u128 packed, u128 *digits)
{
    *digits = 0;
    for (int at = 124; at >= 0; at -= 4) {
        unsigned code = (unsigned)(packed >> at) & 15;
        if (code > 9) return false;
        *digits = *digits * 10 + code;
    }
    return true;
}

u128 dfp_shift(u128 digits, int left, unsigned width)
{
    if ((unsigned)(left < 0 ? -left : left) >= width) return 0;
    if (left < 0) return digits / power((unsigned)-left) % power(width);
    return digits % power(width - (unsigned)left) * power((unsigned)left);
}
