/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the scalar floating-point bodies of float.c and vsx_float.c share: finishing an instruction with its result.
 * Included after insn.h, so it is compiled once per port like the chapters.
 */
#ifndef P9_CORE_ISA_FP_BODY_H
#define P9_CORE_ISA_FP_BODY_H

#include "core/isa/fpscr_port.h"
#include "core/isa/hostfp.h"

/* What is hot has two ways: the host's, if it may, and the long one, out of line, in integers. */
#define LONG_WAY static __attribute__((noinline)) enum next

/* CR1 is FX FEX VX OX (Book I 4.6). */
inline_hot void set_cr1(struct thread *t)
{
    set_cr_field(t, 1, (unsigned)(fpscr_of(t) >> 28) & 15);
}

/* An arithmetic result: target, FPSCR, CR1 if Rc, and the interrupt if one is enabled.  The environment of a conversion
 * to an integer has no class: its FPRF is 0. */
inline_hot enum next finish_scalar(struct thread *t, unsigned target, u64 result, const struct fp_env *e, bool rc)
{
    port_target_vsr(t, target);
    if (likely(fpscr_take_scalar(t, e))) set_fpr(t, target, result);
    if (rc) set_cr1(t);
    return fpscr_done(t);
}

/*
 * The same with the host's result (hostfp.h), or false and nothing done.  No exception is enabled, so FEX is 0 and
 * stays; the only exception is XX, which must have been recorded before if it occurs now: what then remains is FR, FI
 * and FPRF.
 */
inline_hot bool host_may(u64 f, bool refused, bool inexact)
{
    return likely(!refused && !(f & (FPSCR_RN | FPSCR_ENABLES)) && (!inexact || (f & FPSCR_XX)));
}

inline_hot u32 host_rounded(struct hostfp r)
{
    return (r.inexact ? FPSCR_FI : 0) | (r.inexact && r.above ? FPSCR_FR : 0);
}

inline_hot must_use bool take_host_as(struct thread *t, unsigned target, struct hostfp r, u32 fprf, bool rc)
{
    u64 f = fpscr_changes(t)->fpscr;

    if (!host_may(f, r.refused, r.inexact)) return false;
    t->fpscr = (f & ~(u64)(FPSCR_FR | FPSCR_FI | FPSCR_FPRF)) | host_rounded(r) | fprf;
    set_fpr(t, target, r.bits);
    if (rc) set_cr1(t);
    return true;
}

inline_hot must_use bool take_host(struct thread *t, unsigned target, struct hostfp r, bool rc)
{
    return take_host_as(t, target, r, host_class(r.bits), rc);
}

/* A conversion to an integer: FPRF, which the book leaves undefined, is 0 on POWER9. */
inline_hot must_use bool take_host_convert(struct thread *t, unsigned target, struct hostfp r, bool rc)
{
    return take_host_as(t, target, r, 0, rc);
}

/* The sign of B changed for the subtracting forms, and of the result for the negating ones. */
inline_hot struct hostfp host_fused(u64 a, u64 c, u64 b, unsigned how, bool single)
{
    struct hostfp r;

    b ^= how & FP_FMA_SUBTRACT ? FP_D_SIGN : 0;
    r = single ? host_fma_single(a, c, b) : host_fma(a, c, b);
    r.bits ^= how & FP_FMA_NEGATE ? FP_D_SIGN : 0;
    return r;
}

/* The relation of two numbers, 0 if one is a NaN. */
inline_hot unsigned host_relation(u64 a, u64 b)
{
    double x = host_double(a), y = host_double(b);

    return (x < y ? FP_LESS : 0u) | (x > y ? FP_GREATER : 0u) | (x == y ? FP_EQUAL : 0u);
}

/* A comparison of numbers raises nothing. */
inline_hot must_use bool compare_by_host(struct thread *t, unsigned bf, u64 a, u64 b)
{
    unsigned relation = host_relation(a, b);

    if (unlikely(!relation || (fpscr_of(t) & FPSCR_FEX))) return false;
    fpscr_set_fpcc(t, relation);
    set_cr_field(t, bf, relation);
    return true;
}

typedef struct hostfp host_binary(u64 a, u64 b);
typedef struct hostfp host_unary(u64 b);

/* ---- vectors: all elements by the host, or none ---- */
inline_hot must_use bool take_host_vector(struct thread *t, unsigned target, union vsr v, bool refused, bool inexact)
{
    if (!host_may(fpscr_changes(t)->fpscr, refused, inexact)) return false;
    set_vsr(t, target, v);
    return true;
}

/* No question but "refused?" is open: all that could be recorded is XX, and it is. */
inline_hot bool host_may_whole(u64 f)
{
    return likely((f & (FPSCR_RN | FPSCR_ENABLES | FPSCR_XX)) == FPSCR_XX);
}

/* Sums, products, quotients of doubles and of singles: the whole vector at once, or else element by element. */
typedef struct hostfp host_binary_f(u32 a, u32 b);
typedef bool host_pair_op(host_pair a, host_pair b, host_pair *r);
typedef bool host_words_op(host_words a, host_words b, host_words *r);

inline_hot host_pair host_pair_of(union vsr v)
{
    host_pair p;
    memcpy(&p, &v, sizeof p);
    return p;
}
inline_hot host_words host_words_of(union vsr v)
{
    host_words w;
    memcpy(&w, &v, sizeof w);
    return w;
}
inline_hot union vsr vsr_of_pair(host_pair p)
{
    union vsr v;
    memcpy(&v, &p, sizeof v);
    return v;
}
inline_hot union vsr vsr_of_words(host_words w)
{
    union vsr v;
    memcpy(&v, &w, sizeof v);
    return v;
}

inline_hot must_use bool pairs_by_host(struct thread *t, const struct insn *i, host_pair_op *whole, host_binary *op)
{
    union vsr a = vsr(t, F(xa)), b = vsr(t, F(xb));
    struct hostfp x, y;

    if (host_may_whole(fpscr_changes(t)->fpscr)) {
        host_pair r;
        if (unlikely(!whole(host_pair_of(a), host_pair_of(b), &r))) return false;
        set_vsr(t, F(xt), vsr_of_pair(r));
        return true;
    }
    x = op(a.d[0], b.d[0]);
    y = op(a.d[1], b.d[1]);
    a.d[0] = x.bits;
    a.d[1] = y.bits;
    return take_host_vector(t, F(xt), a, x.refused | y.refused, x.inexact | y.inexact);
}

inline_hot must_use bool words_by_host(struct thread *t, const struct insn *i, host_words_op *whole, host_binary_f *op)
{
    union vsr a = vsr(t, F(xa)), b = vsr(t, F(xb));
    bool refused = false, inexact = false;

    if (host_may_whole(fpscr_changes(t)->fpscr)) {
        host_words r;
        if (unlikely(!whole(host_words_of(a), host_words_of(b), &r))) return false;
        set_vsr(t, F(xt), vsr_of_words(r));
        return true;
    }
    for (unsigned n = 0; n < 4; n++) {
        struct hostfp r = op(a.w[n], b.w[n]);
        a.w[n] = (u32)r.bits;
        refused |= r.refused;
        inexact |= r.inexact;
    }
    return take_host_vector(t, F(xt), a, refused, inexact);
}

/* A comparison: an ordered one also has VXVC for quiet NaNs, and for signalling ones unless VE is set (4.6.8). */
inline_hot u32 compare_exceptions(struct thread *t, bool any_snan, bool unordered, bool ordered)
{
    u32 flags = any_snan ? FPSCR_VXSNAN : 0;

    if (ordered && unordered && !(any_snan && (fpscr_of(t) & FPSCR_VE))) flags |= FPSCR_VXVC;
    return flags;
}

inline_hot enum next finish_compare(struct thread *t, unsigned bf, unsigned relation, u32 exceptions)
{
    struct fp_env e = {0, exceptions, 0, 0};

    fpscr_set_fpcc(t, relation);
    set_cr_field(t, bf, relation);
    fpscr_take_status(t, &e);
    return fpscr_done(t);
}

/* A word result is delivered in both words of the doubleword, as POWER9 does; the upper one is undefined by the book.
 */
inline_hot u64 both_words(u64 word)
{
    return word << 32 | (u32)word;
}

/*
 * Test Data Class: does the class (as FPRF encodes it) have its bit in DCMX?
 *   64 NaN   32 +infinity   16 -infinity   8 +0   4 -0   2 +denormal   1 -denormal
 */
inline_hot bool class_matches(u32 class, bool negative, u32 dcmx)
{
    switch (class / FPRF_CODE(1)) {
    case 0x11: return dcmx & 64;
    case 0x05:
    case 0x09: return dcmx & (negative ? 16 : 32);
    case 0x02:
    case 0x12: return dcmx & (negative ? 4 : 8);
    case 0x14:
    case 0x18: return dcmx & (negative ? 1 : 2);
    default: return false;
    }
}

/* Sign, match and (for singles) "is none" go to the CR field and to FPCC. */
inline_hot enum next test_class(struct thread *t, const struct insn *i, u32 class, bool negative, bool not_single)
{
    unsigned result = (negative ? 8 : 0) | (class_matches(class, negative, (u32)F(imm)) ? 2 : 0) | (not_single ? 1 : 0);

    fpscr_set_fpcc(t, result);
    set_cr_field(t, F(bf), result);
    return NEXT;
}

#endif
