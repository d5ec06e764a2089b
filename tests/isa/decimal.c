/* SPDX-License-Identifier: Apache-2.0 */
/* Draws operands for the decimal rows; decimal.h says to what end. */
#include "tests/isa/decimal.h"

#include "core/isa/dfp.h"
#include "tests/isa/operands.h"

bool is_decimal(const struct insn_row *r)
{
    return r->issue_class == CLASS_QP && r->name[0] == 'd';
}

/* Up to `width` digits: short ones, ties and their neighbours, all nines, powers of ten, anything. */
static u128 coefficient(unsigned width, u64 *seed)
{
    u64 r = draw(seed);
    unsigned length = 1 + (unsigned)(r >> 8) % width, kind = r & 15, from = (unsigned)(r >> 16) % length;
    u128 v = 0;

    if (kind == 0) return 0;
    if (kind < 4) length = width;
    for (unsigned k = 0; k < length; k++) {
        unsigned digit = (unsigned)(draw(seed) % 10);
        if (kind == 3 || kind == 4) digit = 9;
        if (kind == 5) digit = k == 0;
        if (kind == 6 || kind == 1) digit = k < from ? digit : k == from ? 5 : 0;
        if (kind == 7) digit = k < from ? digit : k == from ? 4 : 9;
        if (kind == 8) digit = k < from ? digit : 0;
        if (kind == 9) digit = k + 1 < length ? 0 : digit;
        v = v * 10 + digit;
    }
    return v;
}

static u128 decimal_bits(const struct dfp_format *f, s32 near, u64 *seed)
{
    u64 r = draw(seed);
    s32 span = f->most - f->least;
    struct dfp v = {.negative = r & 1};

    if ((r >> 1 & 31) == 0) return (u128)draw(seed) << 64 | draw(seed);
    if ((r >> 1 & 31) < 5) {
        v.kind = (r >> 1 & 31) < 3 ? DFP_INFINITE : (r >> 1 & 31) == 3 ? DFP_QNAN : DFP_SNAN;
        if (r >> 7 & 3) v.digits = coefficient(f->precision - 1u, seed);
        return dfp_pack(f, &v);
    }
    v.digits = coefficient(f->precision, seed);
    switch (r >> 8 & 7) {
    case 0: v.exponent = f->least + (s32)(draw(seed) % (2u * f->precision)); break;
    case 1: v.exponent = f->most - (s32)(draw(seed) % (2u * f->precision)); break;
    case 2: v.exponent = f->least + (s32)(draw(seed) % ((u32)span + 1)); break;
    case 3: v.exponent = (s32)(draw(seed) % 40) - 30; break;
    case 4: v.exponent = f->least / 2 + (s32)(draw(seed) % 40) - 20; break;
    default: v.exponent = near + (s32)(draw(seed) % (3u * f->precision)) - (s32)(3 * f->precision / 2); break;
    }
    if (v.exponent < f->least) v.exponent = f->least;
    if (v.exponent > f->most) v.exponent = f->most;
    return dfp_pack(f, &v);
}

static bool starts(const char *s, const char *prefix)
{
    return !strncmp(s, prefix, strlen(prefix));
}

static void put(struct isa_case *c, unsigned n, bool pair, u128 bits)
{
    if (pair) c->vsr[n++ & 31][0] = (u64)(bits >> 64);
    c->vsr[n & 31][0] = (u64)bits;
}

static u128 get(const struct isa_case *c, unsigned n, bool pair)
{
    return pair ? (u128)c->vsr[n][0] << 64 | c->vsr[n + 1][0] : c->vsr[n][0];
}

static u64 packed_digits(u64 *seed)
{
    u64 v = 0, r = draw(seed);

    for (unsigned k = 0; k < 16; k++) v = v << 4 | draw(seed) % 10;
    return r & 1 ? v : v >> (r >> 8 & 60);
}

static bool is_arithmetic(const struct insn_row *r)
{
    return starts(r->name, "dadd") || starts(r->name, "dsub") || starts(r->name, "dmul") || starts(r->name, "ddiv");
}

/* Move b so that the result falls on an end of the range, or so that b of a sum begins where a's precision ends. */
static u128 aimed(const struct dfp_format *f, const struct insn_row *r, u128 bits_a, u128 bits_b, u64 *seed)
{
    struct dfp a = dfp_unpack(f, bits_a), b = dfp_unpack(f, bits_b);
    s32 length_a = (s32)dfp_length(a.digits), length_b = (s32)dfp_length(b.digits);
    u64 v = draw(seed);
    s32 off = (s32)(v >> 8 & 3) - 2, end = v & 1 ? f->least + f->precision - 1 : f->most + f->precision - 1;

    if (a.kind != DFP_FINITE || b.kind != DFP_FINITE) return bits_b;
    if (starts(r->name, "dmul")) b.exponent = end + off + 2 - a.exponent - length_a - length_b;
    else if (starts(r->name, "ddiv")) b.exponent = a.exponent + length_a - length_b - end + off;
    else b.exponent = a.exponent + length_a - length_b - (v & 1 ? f->precision : 34 + 36) + (s32)(v >> 8 & 7) - 4;
    if (b.exponent < f->least || b.exponent > f->most) return bits_b;
    return dfp_pack(f, &b);
}

/* What FRA means in the rows where it is no decimal number. */
static void fill_other_a(struct isa_case *c, const struct insn_row *r, const struct insn *i, u64 *seed)
{
    u64 v = draw(seed);

    if (starts(r->name, "drrnd") || starts(r->name, "dtstsf")) put(c, i->fra, false, v & 1 ? v >> 8 : (v >> 8) % 36);
    if (starts(r->name, "diex"))
        put(c, i->fra, false, v & 3 ? (v >> 8) % (v & 4 ? 770 : 12300) : (u64)((s64)(v >> 8) % 8 - 5));
}

/* The formats of operands and near which exponents they shall lie. */
void fill_decimal_float(struct isa_case *c, const struct insn_row *r, const struct insn *i, u64 *seed)
{
    bool q = strstr(r->syntax, "FRBp") || strstr(r->syntax, "FRAp");
    const struct dfp_format *f = q ? &dfp_extended : &dfp_long;
    bool pair_a = strstr(r->syntax, "FRAp");
    u64 v = draw(seed);
    s32 near = 0;

    if (starts(r->name, "dr") && !starts(r->name, "dri") && (v & 1)) near = q ? -398 : -101;
    if (starts(r->name, "drsp") && (v & 2)) near = 97 - (s32)(v >> 8 & 15);
    if (starts(r->name, "drdpq") && (v & 2)) near = 385 - (s32)(v >> 8 & 31);
    if (strstr(r->syntax, "FRA")) {
        u128 a = decimal_bits(f, (s32)(v >> 16) % 300, seed);
        put(c, i->fra, pair_a, a);
        near = dfp_unpack(f, a).exponent;
        if (starts(r->name, "dmul") && (v & 1)) near = (v & 2 ? f->least : f->most) - near;
        if (starts(r->name, "ddiv") && (v & 1)) near -= v & 2 ? f->least : f->most;
    }
    if (strstr(r->syntax, "FRB")) put(c, i->frb, q, decimal_bits(f, near, seed));
    if (!(v & 12) && is_arithmetic(r)) put(c, i->frb, q, aimed(f, r, get(c, i->fra, q), get(c, i->frb, q), seed));
    if (starts(r->name, "dcmp") && !(v & 0x70)) put(c, i->frb, q, get(c, i->fra, pair_a));
    if (starts(r->name, "dctdp"))
        put(c, i->frb, false, (v & ~0xffffffffULL) | (u32)decimal_bits(&dfp_short, near, seed));
    if (starts(r->name, "dctqpq")) put(c, i->frb, false, decimal_bits(&dfp_long, near, seed));
    if (starts(r->name, "dcffix")) put(c, i->frb, false, (u64)((s64)draw(seed) >> (v & 63)));
    if (starts(r->name, "denbcd"))
        put(c, i->frb, q,
            (u128)packed_digits(seed) << 64 |
                ((packed_digits(seed) & ~15ULL) | (v & 16 ? (v >> 8) % 10 : 10 + (v >> 8) % 6)));
    fill_other_a(c, r, i, seed);
    c->fpscr = (c->fpscr & 0xffffffff) | (draw(seed) & 7) << 32;
}

/*
 * QEMU forgets what an infinity carries (ddedpd, diex, dscli, dscri), copies second spellings of declets (diex) and
 * reserved bits of a NaN (dscli, dscri by more than all digits), drops a payload that is too long for the narrower
 * format instead of cutting it, and takes ten for a digit (denbcd).
 */
bool decimal_differs(const struct isa_case *c, const struct insn_row *r, const struct insn *i)
{
    bool q = strstr(r->syntax, "FRBp") || strstr(r->syntax, "FRAp");
    const struct dfp_format *f = q ? &dfp_extended : &dfp_long;
    u128 bits = get(c, starts(r->name, "ds") ? i->fra : i->frb, q), digits;
    struct dfp v = dfp_unpack(f, bits);

    if (starts(r->name, "denbcd")) {
        bits = get(c, i->frb, strstr(r->syntax, "FRTp"));
        return (i->x && (bits & 15) < 10) || !dfp_from_packed(i->x ? bits >> 4 : bits, &digits);
    }
    if (starts(r->name, "drsp")) return dfp_is_nan(&v) && dfp_length(v.digits) > 6;
    if (starts(r->name, "drdpq")) return dfp_is_nan(&v) && dfp_length(v.digits) > 15;
    if (starts(r->name, "diex") && dfp_pack(f, &v) != bits) return true;
    if (starts(r->name, "diex") || starts(r->name, "ddedpd") || starts(r->name, "dsc"))
        return v.kind != DFP_FINITE && (dfp_pack(f, &v) != bits || v.kind == DFP_INFINITE) &&
               (v.digits || i->imm > f->precision);
    return false;
}

/* QEMU delivers drdpq in the odd register, and drrnd leaves a sign on the default NaN that it makes of a number. */
void forget_decimal_defects(const struct isa_case *in, struct isa_case *theirs, const struct insn_row *r,
                            const struct insn *i)
{
    bool nan = (in->vsr[i->frb][0] >> 58 & 31) == 31;

    if (!strcmp(r->name, "drdpq")) {
        u64 odd = theirs->vsr[i->frt + 1][0];
        theirs->vsr[i->frt + 1][0] = theirs->vsr[i->frt][0];
        theirs->vsr[i->frt][0] = odd;
    }
    if (starts(r->name, "drrnd") && !nan && theirs->vsr[i->frt][0] == 0xfc00000000000000 &&
        (theirs->fpscr & FPSCR_VXCVI))
        theirs->vsr[i->frt][0] &= ~(1ULL << 63);
}
