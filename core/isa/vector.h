/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the vector chapters share: elements by number, storage order, and "the same operation on every element".  The
 * functions take the operation as a constant function pointer and are always inlined, so each row is compiled for its
 * own element size and operation.  Elements are numbered as in the book (0 is the most significant), values travel
 * zero-extended in a u64.
 */
#ifndef P9_CORE_ISA_VECTOR_H
#define P9_CORE_ISA_VECTOR_H

#include "core/isa/insn.h"

#define VSCR_NJ 0x10000u /* VSCR[NJ], bit 111 of the register image - Book I 6.3.2 */
#define VSCR_SAT 1u      /* VSCR[SAT], bit 127: sticky, set when any element saturates */

inline_hot u32 vscr_of(struct thread *t)
{
    port_reads(t, NAMED_VSCR);
    return t->vscr;
}
/* Values decide whether it sets SAT. */
inline_hot void may_saturate(struct thread *t)
{
    port_reads(t, NAMED_VSCR);
    port_writes(t, NAMED_VSCR);
}

/* One function of a and b on elements of `bits` bits; the result is truncated to the element. */
typedef u64 element_op(struct thread *t, u64 a, u64 b, unsigned bits);
typedef bool element_test(u64 a, u64 b, unsigned bits);

inline_hot u64 element(const union vsr *v, unsigned bytes, unsigned n)
{
    if (bytes == 1) return VSR_B(*v, n);
    if (bytes == 2) return VSR_H(*v, n);
    if (bytes == 4) return VSR_W(*v, n);
    return VSR_D(*v, n);
}

inline_hot void set_element(union vsr *v, unsigned bytes, unsigned n, u64 value)
{
    if (bytes == 1) VSR_B(*v, n) = (u8)value;
    else if (bytes == 2) VSR_H(*v, n) = (u16)value;
    else if (bytes == 4) VSR_W(*v, n) = (u32)value;
    else VSR_D(*v, n) = value;
}

/* The same by host order, for work that treats all elements alike: a loop that the compiler can vectorise. */
inline_hot u64 any_element(const union vsr *v, unsigned bytes, unsigned n)
{
    if (bytes == 1) return v->b[n];
    if (bytes == 2) return v->h[n];
    if (bytes == 4) return v->w[n];
    return v->d[n];
}

inline_hot void set_any_element(union vsr *v, unsigned bytes, unsigned n, u64 value)
{
    if (bytes == 1) v->b[n] = (u8)value;
    else if (bytes == 2) v->h[n] = (u16)value;
    else if (bytes == 4) v->w[n] = (u32)value;
    else v->d[n] = value;
}

inline_hot u64 low_ones(unsigned bits)
{
    return ~0ULL >> (64 - bits);
}

/* Elements in the opposite order: what turns a quadword number in little-endian storage into a vector of elements. */
inline_hot u128 reverse_elements(u128 q, unsigned bytes)
{
    union vsr in = {.q = q}, out;

    for (unsigned k = 0; k < 16 / bytes; k++) set_element(&out, bytes, k, element(&in, bytes, 16 / bytes - 1 - k));
    return out.q;
}

/* VRT = op(VRA, VRB) on every element. */
inline_hot enum next each_pair(struct thread *t, const struct insn *i, unsigned bytes, element_op *op)
{
    union vsr a = vr(t, F(vra)), b = vr(t, F(vrb)), r;

    for (unsigned k = 0; k < 16 / bytes; k++)
        set_any_element(&r, bytes, k, op(t, any_element(&a, bytes, k), any_element(&b, bytes, k), 8 * bytes));
    set_vr(t, F(vrt), r);
    return NEXT;
}

/* VRT = op(VRB) on every element. */
inline_hot enum next each_one(struct thread *t, const struct insn *i, unsigned bytes, element_op *op)
{
    union vsr b = vr(t, F(vrb)), r;

    for (unsigned k = 0; k < 16 / bytes; k++)
        set_any_element(&r, bytes, k, op(t, 0, any_element(&b, bytes, k), 8 * bytes));
    set_vr(t, F(vrt), r);
    return NEXT;
}

inline_hot void set_all_ones(union vsr *v, unsigned bytes, unsigned n, bool yes)
{
    if (bytes == 1) v->b[n] = yes ? 0xff : 0;
    else if (bytes == 2) v->h[n] = yes ? 0xffff : 0;
    else if (bytes == 4) v->w[n] = yes ? ~0U : 0;
    else v->d[n] = yes ? ~0ULL : 0;
}

/* Elements of VRT are all ones where the test says yes; with Rc, CR6 says "all true", 0, "all false", 0 - Book I 6.9.3.
 */
inline_hot enum next each_test(struct thread *t, const struct insn *i, unsigned bytes, element_test *test)
{
    union vsr a = vr(t, F(vra)), b = vr(t, F(vrb)), r;

    for (unsigned k = 0; k < 16 / bytes; k++) {
        bool yes = test(any_element(&a, bytes, k), any_element(&b, bytes, k), 8 * bytes);
        set_all_ones(&r, bytes, k, yes);
    }
    set_vr(t, F(vrt), r);
    if (F(rc)) set_cr_field(t, 6, r.q == ~(u128)0 ? CR_LT : r.q == 0 ? CR_EQ : 0);
    return NEXT;
}

#endif
