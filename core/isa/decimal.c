/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Book I, chapter 5: decimal floating point.  The arithmetic is dfp.h; what stands here is which operands go where.
 * A long operand is an FPR, an extended one an even-odd pair of which the even register is named (an odd one is an
 * invalid form), a short one the right half of an FPR.  Rounding follows FPSCR[DRN] or the instruction's own field.
 *
 * Every second row is its neighbour above with a q: the meaning is one function that is told whether the operands are
 * extended.
 */
#include "core/isa/insn.h"

#include "core/isa/dfp.h"
#include "core/isa/fp_body.h"

typedef struct dfp decimal_binary(struct fp_env *e, const struct dfp_format *f, const struct dfp *a,
                                  const struct dfp *b);

#define PAIR_T INVALID_IF_RT_ODD
#define PAIR_A INVALID_IF_RA_ODD
#define PAIR_B INVALID_IF_RB_ODD

inline_hot struct fp_env decimal_env(struct thread *t)
{
    struct fp_env e = fpscr_env(t);

    e.rounding = (u8)(fpscr_of(t) >> 32 & 7); /* DRN */
    return e;
}

inline_hot const struct dfp_format *format_of(bool q)
{
    return q ? &dfp_extended : &dfp_long;
}

inline_hot u128 bits_of(struct thread *t, unsigned n, bool q)
{
    return q ? (u128)fpr(t, n) << 64 | fpr(t, n + 1) : fpr(t, n);
}

inline_hot struct dfp operand(struct thread *t, unsigned n, bool q)
{
    return dfp_unpack(format_of(q), bits_of(t, n, q));
}

inline_hot void set_bits(struct thread *t, unsigned n, u128 bits, bool q)
{
    if (q) set_fpr(t, n++, (u64)(bits >> 64));
    set_fpr(t, n, (u64)bits);
}

inline_hot enum next finish_bits(struct thread *t, const struct insn *i, u128 bits, const struct fp_env *e, bool q)
{
    port_target_vsr(t, F(frt));
    if (q) port_target_vsr(t, F(frt) + 1u);
    if (likely(fpscr_take_scalar(t, e))) set_bits(t, F(frt), bits, q);
    if (F(rc)) set_cr1(t);
    return fpscr_done(t);
}

inline_hot enum next finish(struct thread *t, const struct insn *i, const struct dfp *r, struct fp_env *e, bool q)
{
    e->fprf = dfp_class(format_of(q), r);
    return finish_bits(t, i, dfp_pack(format_of(q), r), e, q);
}

/* Moves and formats: the FPSCR stays. */
inline_hot enum next finish_quietly(struct thread *t, const struct insn *i, u128 bits, bool q)
{
    set_bits(t, F(frt), bits, q);
    if (F(rc)) set_cr1(t);
    return NEXT;
}

/* Tests: a CR field and FPCC. */
inline_hot enum next finish_test(struct thread *t, const struct insn *i, unsigned result)
{
    fpscr_set_fpcc(t, result);
    set_cr_field(t, F(bf), result);
    return NEXT;
}

/* RMC of the quantum adjustments (5.5.2): three modes, or as DRN says. */
inline_hot unsigned primary_rounding(struct thread *t, const struct insn *i)
{
    static const u8 modes[] = {DFP_NEAREST_EVEN, DFP_TOWARD_ZERO, DFP_NEAREST_AWAY};
    return F(l) < 3 ? modes[F(l)] : (unsigned)(fpscr_of(t) >> 32 & 7);
}

/* With R = 1 the other four that a program may ask for. */
inline_hot unsigned chosen_rounding(struct thread *t, const struct insn *i)
{
    static const u8 modes[] = {DFP_TOWARD_PLUS_INFINITY, DFP_TOWARD_MINUS_INFINITY, DFP_AWAY_FROM_ZERO,
                               DFP_NEAREST_TOWARD_ZERO};
    return F(r) ? modes[F(l)] : primary_rounding(t, i);
}

inline_hot enum next binary(struct thread *t, const struct insn *i, decimal_binary *op, bool q)
{
    struct fp_env e = decimal_env(t);
    struct dfp a = operand(t, F(fra), q), b = operand(t, F(frb), q), r = op(&e, format_of(q), &a, &b);

    return finish(t, i, &r, &e, q);
}

static struct dfp sum(struct fp_env *e, const struct dfp_format *f, const struct dfp *a, const struct dfp *b)
{
    return dfp_add(e, f, a, b, false);
}
static struct dfp difference(struct fp_env *e, const struct dfp_format *f, const struct dfp *a, const struct dfp *b)
{
    return dfp_add(e, f, a, b, true);
}

inline_hot enum next compare(struct thread *t, const struct insn *i, bool ordered, bool q)
{
    struct dfp a = operand(t, F(fra), q), b = operand(t, F(frb), q);
    unsigned relation = dfp_compare(&a, &b);
    bool snan = a.kind == DFP_SNAN || b.kind == DFP_SNAN;

    return finish_compare(t, F(bf), relation, compare_exceptions(t, snan, relation == FP_UNORDERED, ordered));
}

/* DCM: zero, subnormal, normal, infinity, quiet NaN, signalling NaN from the left. */
inline_hot enum next test_data_class(struct thread *t, const struct insn *i, bool q)
{
    struct dfp a = operand(t, F(fra), q);
    unsigned class = a.kind == DFP_SNAN                   ? 1
                     : a.kind == DFP_QNAN                 ? 2
                     : a.kind == DFP_INFINITE             ? 4
                     : !a.digits                          ? 32
                     : dfp_is_subnormal(format_of(q), &a) ? 16
                                                          : 8;

    return finish_test(t, i, (a.negative ? 8 : 0) | ((u32)F(imm) & class ? 2 : 0));
}

/*
 * DGM from the left: zero and zero with an extreme exponent (the least or the most), subnormal or normal with an
 * extreme exponent, normal with a leftmost digit of zero, normal with another, infinity or NaN.
 */
inline_hot enum next test_data_group(struct thread *t, const struct insn *i, bool q)
{
    const struct dfp_format *f = format_of(q);
    struct dfp a = operand(t, F(fra), q);
    bool extreme = a.exponent == f->least || a.exponent == f->most;
    unsigned group;

    if (a.kind != DFP_FINITE) group = 1;
    else if (!a.digits) group = extreme ? 16 : 32;
    else if (extreme || dfp_is_subnormal(f, &a)) group = 8;
    else group = dfp_length(a.digits) < f->precision ? 4 : 2;
    return finish_test(t, i, (a.negative ? 8 : 0) | ((u32)F(imm) & group ? 2 : 0));
}

inline_hot enum next test_exponent(struct thread *t, const struct insn *i, bool q)
{
    struct dfp a = operand(t, F(fra), q), b = operand(t, F(frb), q);

    if (a.kind == DFP_FINITE && b.kind == DFP_FINITE) return finish_test(t, i, cr_of_signed(a.exponent, b.exponent));
    return finish_test(t, i, a.kind == b.kind || (dfp_is_nan(&a) && dfp_is_nan(&b)) ? FP_EQUAL : FP_UNORDERED);
}

/* The reference significance against that of the operand; a reference of zero is greater than any (5.6.3). */
inline_hot enum next test_significance(struct thread *t, const struct insn *i, unsigned reference, bool q)
{
    struct dfp b = operand(t, F(frb), q);

    if (b.kind != DFP_FINITE) return finish_test(t, i, FP_UNORDERED);
    return finish_test(t, i, reference ? cr_of_unsigned(reference, dfp_length(b.digits)) : CR_GT);
}

inline_hot enum next quantize(struct thread *t, const struct insn *i, const struct dfp *a, bool q)
{
    struct fp_env e = decimal_env(t);
    struct dfp b = operand(t, F(frb), q), r;

    e.rounding = (u8)primary_rounding(t, i);
    r = dfp_quantize(&e, format_of(q), a, &b);
    return finish(t, i, &r, &e, q);
}

inline_hot enum next quantize_immediate(struct thread *t, const struct insn *i, bool q)
{
    struct dfp a = {.exponent = F(imm)};

    return quantize(t, i, &a, q);
}

inline_hot enum next quantize_like(struct thread *t, const struct insn *i, bool q)
{
    struct dfp a = operand(t, F(fra), q);

    return quantize(t, i, &a, q);
}

/* FRA is one register for both formats: its last six bits are the significance. */
inline_hot enum next reround(struct thread *t, const struct insn *i, bool q)
{
    struct fp_env e = decimal_env(t);
    struct dfp b = operand(t, F(frb), q), r;

    e.rounding = (u8)primary_rounding(t, i);
    r = dfp_reround(&e, format_of(q), fpr(t, F(fra)) & 63, &b);
    return finish(t, i, &r, &e, q);
}

inline_hot enum next to_integral(struct thread *t, const struct insn *i, bool inexact, bool q)
{
    struct fp_env e = decimal_env(t);
    struct dfp b = operand(t, F(frb), q), r;

    e.rounding = (u8)chosen_rounding(t, i);
    r = dfp_to_integral(&e, &b);
    if (!inexact) e.flags &= ~(FPSCR_XX | FPSCR_FI | FPSCR_FR);
    return finish(t, i, &r, &e, q);
}

inline_hot enum next from_integer(struct thread *t, const struct insn *i, bool q)
{
    struct fp_env e = decimal_env(t);
    struct dfp r = dfp_from_integer(&e, format_of(q), (s64)fpr(t, F(frb)));

    return finish(t, i, &r, &e, q);
}

/* FPRF is undefined: 0, as that of a binary conversion. */
inline_hot enum next to_integer(struct thread *t, const struct insn *i, bool q)
{
    struct fp_env e = decimal_env(t);
    struct dfp b = operand(t, F(frb), q);
    s64 result = dfp_to_integer(&e, &b);

    return finish_scalar(t, F(frt), (u64)result, &e, F(rc));
}

/* SP: 0x all digits, 10 and 11 one less and a sign, whose plus is 1100 or 1111. */
inline_hot enum next to_packed(struct thread *t, const struct insn *i, bool q)
{
    struct dfp b = operand(t, F(frb), q);
    unsigned count = q ? 32 : 16, sign = b.negative ? 13 : F(l) & 1 ? 15 : 12;

    if (!(F(l) & 2)) return finish_quietly(t, i, dfp_to_packed(b.digits, count), q);
    return finish_quietly(t, i, dfp_to_packed(b.digits, count - 1) << 4 | sign, q);
}

inline_hot enum next from_packed(struct thread *t, const struct insn *i, bool q)
{
    struct fp_env e = decimal_env(t);
    u128 packed = bits_of(t, F(frb), q);
    unsigned sign = F(x) ? (unsigned)packed & 15 : 12;
    struct dfp r = {.negative = sign == 11 || sign == 13};

    if (!dfp_from_packed(F(x) ? packed >> 4 : packed, &r.digits) || sign < 10) {
        e.flags |= FPSCR_VXCVI;
        r = (struct dfp){.kind = DFP_QNAN};
    }
    return finish(t, i, &r, &e, q);
}

/* Biased, or a negative number for what has no exponent: infinity -1, quiet NaN -2, signalling NaN -3. */
inline_hot enum next extract_exponent(struct thread *t, const struct insn *i, bool q)
{
    struct dfp b = operand(t, F(frb), q);
    s64 exponent = b.kind == DFP_FINITE ? b.exponent - format_of(q)->least : -(s64)b.kind;

    return finish_quietly(t, i, (u64)exponent, false);
}

/* The reverse; numbers that are no exponent and none of the three make a quiet NaN.  Sign and digits are those of B. */
inline_hot enum next insert_exponent(struct thread *t, const struct insn *i, bool q)
{
    const struct dfp_format *f = format_of(q);
    struct dfp b = operand(t, F(frb), q);
    s64 exponent = (s64)fpr(t, F(fra));

    b.kind = exponent == -1 ? DFP_INFINITE : exponent == -3 ? DFP_SNAN : DFP_QNAN;
    if (exponent >= 0 && exponent <= f->most - f->least) {
        b.kind = DFP_FINITE;
        b.exponent = (s32)exponent + f->least;
    }
    return finish_quietly(t, i, dfp_pack(f, &b), q);
}

/* Infinities and NaNs have one digit less, and keep their kind. */
inline_hot enum next shift_digits(struct thread *t, const struct insn *i, int left, bool q)
{
    const struct dfp_format *f = format_of(q);
    struct dfp a = operand(t, F(fra), q);

    a.digits = dfp_shift(a.digits, left, f->precision - (a.kind != DFP_FINITE));
    return finish_quietly(t, i, dfp_pack(f, &a), q);
}

/* ---- 5.6.1 arithmetic ---- */

/* DFP Add */
INSN(dadd, "59 FRT FRA FRB 2 Rc", "dadd%r FRT, FRA, FRB", QP, NEEDS_FP)
{
    return binary(t, i, sum, false);
}

INSN(daddq, "63 FRTp FRAp FRBp 2 Rc", "daddq%r FRTp, FRAp, FRBp", QP, NEEDS_FP | PAIR_T | PAIR_A | PAIR_B)
{
    return binary(t, i, sum, true);
}

/* DFP Subtract */
INSN(dsub, "59 FRT FRA FRB 514 Rc", "dsub%r FRT, FRA, FRB", QP, NEEDS_FP)
{
    return binary(t, i, difference, false);
}

INSN(dsubq, "63 FRTp FRAp FRBp 514 Rc", "dsubq%r FRTp, FRAp, FRBp", QP, NEEDS_FP | PAIR_T | PAIR_A | PAIR_B)
{
    return binary(t, i, difference, true);
}

/* DFP Multiply */
INSN(dmul, "59 FRT FRA FRB 34 Rc", "dmul%r FRT, FRA, FRB", QP, NEEDS_FP)
{
    return binary(t, i, dfp_mul, false);
}

INSN(dmulq, "63 FRTp FRAp FRBp 34 Rc", "dmulq%r FRTp, FRAp, FRBp", QP, NEEDS_FP | PAIR_T | PAIR_A | PAIR_B)
{
    return binary(t, i, dfp_mul, true);
}

/* DFP Divide */
INSN(ddiv, "59 FRT FRA FRB 546 Rc", "ddiv%r FRT, FRA, FRB", QP, NEEDS_FP)
{
    return binary(t, i, dfp_div, false);
}

INSN(ddivq, "63 FRTp FRAp FRBp 546 Rc", "ddivq%r FRTp, FRAp, FRBp", QP, NEEDS_FP | PAIR_T | PAIR_A | PAIR_B)
{
    return binary(t, i, dfp_div, true);
}

/* ---- 5.6.2 comparison ---- */

/* DFP Compare Unordered */
INSN(dcmpu, "59 BF // FRA FRB 642 /", "dcmpu BF, FRA, FRB", QP, NEEDS_FP)
{
    return compare(t, i, false, false);
}

INSN(dcmpuq, "63 BF // FRAp FRBp 642 /", "dcmpuq BF, FRAp, FRBp", QP, NEEDS_FP | PAIR_A | PAIR_B)
{
    return compare(t, i, false, true);
}

/* DFP Compare Ordered */
INSN(dcmpo, "59 BF // FRA FRB 130 /", "dcmpo BF, FRA, FRB", QP, NEEDS_FP)
{
    return compare(t, i, true, false);
}

INSN(dcmpoq, "63 BF // FRAp FRBp 130 /", "dcmpoq BF, FRAp, FRBp", QP, NEEDS_FP | PAIR_A | PAIR_B)
{
    return compare(t, i, true, true);
}

/* ---- 5.6.3 tests ---- */

/* DFP Test Data Class */
INSN(dtstdc, "59 BF // FRA DCM 194 /", "dtstdc BF, FRA, DCM", QP, NEEDS_FP)
{
    return test_data_class(t, i, false);
}

INSN(dtstdcq, "63 BF // FRAp DCM 194 /", "dtstdcq BF, FRAp, DCM", QP, NEEDS_FP | PAIR_A)
{
    return test_data_class(t, i, true);
}

/* DFP Test Data Group */
INSN(dtstdg, "59 BF // FRA DGM 226 /", "dtstdg BF, FRA, DGM", QP, NEEDS_FP)
{
    return test_data_group(t, i, false);
}

INSN(dtstdgq, "63 BF // FRAp DGM 226 /", "dtstdgq BF, FRAp, DGM", QP, NEEDS_FP | PAIR_A)
{
    return test_data_group(t, i, true);
}

/* DFP Test Exponent */
INSN(dtstex, "59 BF // FRA FRB 162 /", "dtstex BF, FRA, FRB", QP, NEEDS_FP)
{
    return test_exponent(t, i, false);
}

INSN(dtstexq, "63 BF // FRAp FRBp 162 /", "dtstexq BF, FRAp, FRBp", QP, NEEDS_FP | PAIR_A | PAIR_B)
{
    return test_exponent(t, i, true);
}

/* DFP Test Significance: FRA is a single register for both */
INSN(dtstsf, "59 BF // FRA FRB 674 /", "dtstsf BF, FRA, FRB", QP, NEEDS_FP)
{
    return test_significance(t, i, fpr(t, F(fra)) & 63, false);
}

INSN(dtstsfq, "63 BF // FRA FRBp 674 /", "dtstsfq BF, FRA, FRBp", QP, NEEDS_FP | PAIR_B)
{
    return test_significance(t, i, fpr(t, F(fra)) & 63, true);
}

/* DFP Test Significance Immediate */
INSN(dtstsfi, "59 BF / UIM6 FRB 675 /", "dtstsfi BF, UIM6, FRB", QP, NEEDS_FP | SINCE_3_0)
{
    return test_significance(t, i, (unsigned)F(imm), false);
}

INSN(dtstsfiq, "63 BF / UIM6 FRBp 675 /", "dtstsfiq BF, UIM6, FRBp", QP, NEEDS_FP | PAIR_B | SINCE_3_0)
{
    return test_significance(t, i, (unsigned)F(imm), true);
}

/* ---- 5.6.4 quantum adjustment ---- */

/* DFP Quantize Immediate */
INSN(dquai, "59 FRT TE FRB RMC 67 Rc", "dquai%r TE, FRT, FRB, RMC", QP, NEEDS_FP)
{
    return quantize_immediate(t, i, false);
}

INSN(dquaiq, "63 FRTp TE FRBp RMC 67 Rc", "dquaiq%r TE, FRTp, FRBp, RMC", QP, NEEDS_FP | PAIR_T | PAIR_B)
{
    return quantize_immediate(t, i, true);
}

/* DFP Quantize */
INSN(dqua, "59 FRT FRA FRB RMC 3 Rc", "dqua%r FRT, FRA, FRB, RMC", QP, NEEDS_FP)
{
    return quantize_like(t, i, false);
}

INSN(dquaq, "63 FRTp FRAp FRBp RMC 3 Rc", "dquaq%r FRTp, FRAp, FRBp, RMC", QP, NEEDS_FP | PAIR_T | PAIR_A | PAIR_B)
{
    return quantize_like(t, i, true);
}

/* DFP Reround */
INSN(drrnd, "59 FRT FRA FRB RMC 35 Rc", "drrnd%r FRT, FRA, FRB, RMC", QP, NEEDS_FP)
{
    return reround(t, i, false);
}

INSN(drrndq, "63 FRTp FRA FRBp RMC 35 Rc", "drrndq%r FRTp, FRA, FRBp, RMC", QP, NEEDS_FP | PAIR_T | PAIR_B)
{
    return reround(t, i, true);
}

/* DFP Round To FP Integer With Inexact */
INSN(drintx, "59 FRT //// R FRB RMC 99 Rc", "drintx%r R, FRT, FRB, RMC", QP, NEEDS_FP)
{
    return to_integral(t, i, true, false);
}

INSN(drintxq, "63 FRTp //// R FRBp RMC 99 Rc", "drintxq%r R, FRTp, FRBp, RMC", QP, NEEDS_FP | PAIR_T | PAIR_B)
{
    return to_integral(t, i, true, true);
}

/* DFP Round To FP Integer Without Inexact */
INSN(drintn, "59 FRT //// R FRB RMC 227 Rc", "drintn%r R, FRT, FRB, RMC", QP, NEEDS_FP)
{
    return to_integral(t, i, false, false);
}

INSN(drintnq, "63 FRTp //// R FRBp RMC 227 Rc", "drintnq%r R, FRTp, FRBp, RMC", QP, NEEDS_FP | PAIR_T | PAIR_B)
{
    return to_integral(t, i, false, true);
}

/* ---- 5.6.5 conversion ---- */

/* DFP Convert To DFP Long - from the short format, exactly; a signalling NaN stays one and is no exception. */
INSN(dctdp, "59 FRT ///// FRB 258 Rc", "dctdp%r FRT, FRB", QP, NEEDS_FP)
{
    struct fp_env e = decimal_env(t);
    struct dfp b = dfp_unpack(&dfp_short, (u32)fpr(t, F(frb)));
    struct dfp r = dfp_convert(&e, &dfp_long, &dfp_long, &b, false);

    return finish(t, i, &r, &e, false);
}

/* DFP Convert To DFP Extended */
INSN(dctqpq, "63 FRTp ///// FRB 258 Rc", "dctqpq%r FRTp, FRB", QP, NEEDS_FP | PAIR_T)
{
    struct fp_env e = decimal_env(t);
    struct dfp b = operand(t, F(frb), false), r = dfp_convert(&e, &dfp_extended, &dfp_extended, &b, true);

    return finish(t, i, &r, &e, true);
}

/* DFP Round To DFP Short - a short number in the right half; wrapped by an enabled OX or UX it is still a long one. */
INSN(drsp, "59 FRT ///// FRB 770 Rc", "drsp%r FRT, FRB", QP, NEEDS_FP)
{
    struct fp_env e = decimal_env(t);
    struct dfp b = operand(t, F(frb), false), r = dfp_convert(&e, &dfp_short, &dfp_long, &b, false);
    const struct dfp_format *f = r.wrapped ? &dfp_long : &dfp_short;

    e.fprf = dfp_class(f, &r);
    return finish_bits(t, i, dfp_pack(f, &r), &e, false);
}

/* DFP Round To DFP Long - a long number in the even register and zeros in the odd one; wrapped, an extended number. */
INSN(drdpq, "63 FRTp ///// FRBp 770 Rc", "drdpq%r FRTp, FRBp", QP, NEEDS_FP | PAIR_T | PAIR_B)
{
    struct fp_env e = decimal_env(t);
    struct dfp b = operand(t, F(frb), true), r = dfp_convert(&e, &dfp_long, &dfp_extended, &b, true);
    const struct dfp_format *f = r.wrapped ? &dfp_extended : &dfp_long;

    e.fprf = dfp_class(f, &r);
    return finish_bits(t, i, dfp_pack(f, &r) << (r.wrapped ? 0 : 64), &e, true);
}

/* DFP Convert From Fixed */
INSN(dcffix, "59 FRT ///// FRB 802 Rc", "dcffix%r FRT, FRB", QP, NEEDS_FP | SINCE_2_06)
{
    return from_integer(t, i, false);
}

INSN(dcffixq, "63 FRTp ///// FRB 802 Rc", "dcffixq%r FRTp, FRB", QP, NEEDS_FP | PAIR_T)
{
    return from_integer(t, i, true);
}

/* DFP Convert To Fixed */
INSN(dctfix, "59 FRT ///// FRB 290 Rc", "dctfix%r FRT, FRB", QP, NEEDS_FP)
{
    return to_integer(t, i, false);
}

INSN(dctfixq, "63 FRT ///// FRBp 290 Rc", "dctfixq%r FRT, FRBp", QP, NEEDS_FP | PAIR_B)
{
    return to_integer(t, i, true);
}

/* ---- 5.6.6 formats ---- */

/* DFP Decode DPD To BCD */
INSN(ddedpd, "59 FRT SP /// FRB 322 Rc", "ddedpd%r SP, FRT, FRB", QP, NEEDS_FP)
{
    return to_packed(t, i, false);
}

INSN(ddedpdq, "63 FRTp SP /// FRBp 322 Rc", "ddedpdq%r SP, FRTp, FRBp", QP, NEEDS_FP | PAIR_T | PAIR_B)
{
    return to_packed(t, i, true);
}

/* DFP Encode BCD To DPD */
INSN(denbcd, "59 FRT S1 //// FRB 834 Rc", "denbcd%r S1, FRT, FRB", QP, NEEDS_FP)
{
    return from_packed(t, i, false);
}

INSN(denbcdq, "63 FRTp S1 //// FRBp 834 Rc", "denbcdq%r S1, FRTp, FRBp", QP, NEEDS_FP | PAIR_T | PAIR_B)
{
    return from_packed(t, i, true);
}

/* DFP Extract Biased Exponent */
INSN(dxex, "59 FRT ///// FRB 354 Rc", "dxex%r FRT, FRB", QP, NEEDS_FP)
{
    return extract_exponent(t, i, false);
}

INSN(dxexq, "63 FRT ///// FRBp 354 Rc", "dxexq%r FRT, FRBp", QP, NEEDS_FP | PAIR_B)
{
    return extract_exponent(t, i, true);
}

/* DFP Insert Biased Exponent */
INSN(diex, "59 FRT FRA FRB 866 Rc", "diex%r FRT, FRA, FRB", QP, NEEDS_FP)
{
    return insert_exponent(t, i, false);
}

INSN(diexq, "63 FRTp FRA FRBp 866 Rc", "diexq%r FRTp, FRA, FRBp", QP, NEEDS_FP | PAIR_T | PAIR_B)
{
    return insert_exponent(t, i, true);
}

/* DFP Shift Significand Left Immediate */
INSN(dscli, "59 FRT FRA SH6 66 Rc", "dscli%r FRT, FRA, SH6", QP, NEEDS_FP)
{
    return shift_digits(t, i, F(imm), false);
}

INSN(dscliq, "63 FRTp FRAp SH6 66 Rc", "dscliq%r FRTp, FRAp, SH6", QP, NEEDS_FP | PAIR_T | PAIR_A)
{
    return shift_digits(t, i, F(imm), true);
}

/* DFP Shift Significand Right Immediate */
INSN(dscri, "59 FRT FRA SH6 98 Rc", "dscri%r FRT, FRA, SH6", QP, NEEDS_FP)
{
    return shift_digits(t, i, -F(imm), false);
}

INSN(dscriq, "63 FRTp FRAp SH6 98 Rc", "dscriq%r FRTp, FRAp, SH6", QP, NEEDS_FP | PAIR_T | PAIR_A)
{
    return shift_digits(t, i, -F(imm), true);
}
