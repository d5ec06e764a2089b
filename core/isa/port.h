/* SPDX-License-Identifier: Apache-2.0 */
/*
 * All that an instruction may do to the world.  Compiled once per port:
 *
 *   fast_be, fast_le   64-bit mode, byte order known: a tag compare and an addend; dispatch is a jump to the next body
 *   traced             any mode; the same text, and every storage access is noted in the thread's ring
 *                      (core/state/retire.h); dispatch returns to the run loop after each instruction
 *   learning           as traced, and every register is noted by kind and number: once for a decoded instruction
 *
 * Never test a register number or an immediate for its value here or in a body ("RA or zero" is gpr_or_zero): a later
 * port binds them as constants.
 */
#ifndef P9_CORE_ISA_PORT_H
#define P9_CORE_ISA_PORT_H

#include "core/isa/port_entry.h"
#include "core/isa/slow.h"
#include "core/state/retire.h"

#define PORT_IS(p) (INSN_CAT(PORT_NUMBER_OF, PORT) == INSN_CAT(PORT_NUMBER_OF, p))
#define PORT_NUMBER_OF_fast_be 0
#define PORT_NUMBER_OF_fast_le 1
#define PORT_NUMBER_OF_traced 2
#define PORT_NUMBER_OF_learning 3
#define PORT_LEARNS PORT_IS(learning)
#define PORT_TRACES (PORT_IS(traced) || PORT_LEARNS)

#define F(field) (i->field)
#define TRY(access)                                                                                                    \
    do {                                                                                                               \
        if (unlikely(!(access))) return FAULT;                                                                         \
    } while (0)

/* ---- what the learning port notes ---- */
#define PORT_LEARN(t, member, bits)                                                                                    \
    do {                                                                                                               \
        if (PORT_LEARNS) (t)->ring->now.member |= (bits);                                                              \
    } while (0)
/* Registers of enum retire_named. */
inline_hot void port_reads(struct thread *t, u32 names)
{
    PORT_LEARN(t, named_in, names);
}
inline_hot void port_writes(struct thread *t, u32 names)
{
    PORT_LEARN(t, named_out, names);
}

/* ---- where are we ---- */
inline_hot u64 port_cia(const struct thread *t, const struct insn *i)
{
    return t->page_ea + (u64)(i - t->page) * 4;
}
#define cia(t) port_cia(t, i)

/* The straight run ends before this instruction, which may ask what was counted or what time it is. */
inline_hot void port_settle(struct thread *t, const struct insn *i)
{
    insn_end_run(t, i);
    if (PORT_TRACES && unlikely(!t->pace)) thread_take_time(t);
}

/* ---- general registers, CR, XER ---- */
inline_hot u64 gpr(struct thread *t, unsigned n)
{
    PORT_LEARN(t, gpr_in, 1U << n);
    return t->gpr[n];
}
inline_hot u64 gpr_or_zero(struct thread *t, unsigned n)
{
    return n ? gpr(t, n) : 0;
}
inline_hot void set_gpr(struct thread *t, unsigned n, u64 value)
{
    PORT_LEARN(t, gpr_out, 1U << n);
    t->gpr[n] = value;
}

enum { CR_LT = 8, CR_GT = 4, CR_EQ = 2, CR_SO = 1 };
inline_hot unsigned cr_field(struct thread *t, unsigned n)
{
    PORT_LEARN(t, cr_in, (u8)(1U << n));
    return t->cr[n];
}
inline_hot void set_cr_field(struct thread *t, unsigned n, unsigned value)
{
    PORT_LEARN(t, cr_out, (u8)(1U << n));
    t->cr[n] = (u8)value;
}
inline_hot bool cr_bit(struct thread *t, unsigned n)
{
    return (cr_field(t, n >> 2) >> (3 - (n & 3))) & 1;
}
inline_hot void set_cr_bit(struct thread *t, unsigned n, bool value)
{
    unsigned bit = 8u >> (n & 3);
    set_cr_field(t, n >> 2, (cr_field(t, n >> 2) & ~bit) | (value ? bit : 0));
}
inline_hot u32 cr_all(struct thread *t)
{
    u32 cr = 0;
    PORT_LEARN(t, cr_in, 0xff);
    for (unsigned n = 0; n < 8; n++) cr = cr << 4 | t->cr[n];
    return cr;
}
/* A result is compared in 64-bit mode as it is, in 32-bit mode by its low word. */
inline_hot bool port_is_64bit(const struct thread *t)
{
    return !PORT_TRACES || t->ea_mask == ~0ULL;
}
inline_hot unsigned cr_of_signed(s64 a, s64 b)
{
    return a < b ? CR_LT : a > b ? CR_GT : CR_EQ;
}
inline_hot unsigned cr_of_unsigned(u64 a, u64 b)
{
    return a < b ? CR_LT : a > b ? CR_GT : CR_EQ;
}
inline_hot unsigned xer_so(struct thread *t)
{
    port_reads(t, NAMED_SO);
    return t->so;
}
inline_hot void set_cr0(struct thread *t, u64 result)
{
    s64 v = port_is_64bit(t) ? (s64)result : (s32)result;
    set_cr_field(t, 0, cr_of_signed(v, 0) | xer_so(t));
}
/* OV and OV32 alone (addex). */
inline_hot void set_ov_only(struct thread *t, bool ov64, bool ov32)
{
    port_writes(t, NAMED_OV);
    t->ov = port_is_64bit(t) ? ov64 : ov32;
    t->ov32 = ov32;
}
inline_hot void set_ov(struct thread *t, bool ov64, bool ov32)
{
    set_ov_only(t, ov64, ov32);
    port_reads(t, NAMED_SO);
    port_writes(t, NAMED_SO);
    t->so |= t->ov;
}
inline_hot unsigned xer_ov(struct thread *t)
{
    port_reads(t, NAMED_OV);
    return t->ov;
}
inline_hot unsigned xer_ov32(struct thread *t)
{
    port_reads(t, NAMED_OV);
    return t->ov32;
}
inline_hot unsigned xer_ca(struct thread *t)
{
    port_reads(t, NAMED_CA);
    return t->ca;
}
inline_hot unsigned xer_ca32(struct thread *t)
{
    port_reads(t, NAMED_CA);
    return t->ca32;
}
/* The length of lswx and stswx. */
inline_hot unsigned xer_string_bytes(struct thread *t)
{
    port_reads(t, NAMED_XER);
    return t->xer_rest & 127;
}
/* carry out of bit 0 (64-bit) and of bit 32 (low word) */
inline_hot void set_ca(struct thread *t, bool ca64, bool ca32)
{
    port_writes(t, NAMED_CA);
    t->ca = port_is_64bit(t) ? ca64 : ca32;
    t->ca32 = ca32;
}

/* ---- LR and CTR ---- */
inline_hot u64 link_register(struct thread *t)
{
    port_reads(t, NAMED_LR);
    return t->lr;
}
inline_hot void set_link_register(struct thread *t, u64 value)
{
    port_writes(t, NAMED_LR);
    t->lr = value;
}
inline_hot u64 count_register(struct thread *t)
{
    port_reads(t, NAMED_CTR);
    return t->ctr;
}
inline_hot void set_count_register(struct thread *t, u64 value)
{
    port_writes(t, NAMED_CTR);
    t->ctr = value;
}

/* ---- special-purpose registers, by the number that mfspr has for them ---- */
inline_hot void port_reads_spr(struct thread *t, unsigned number)
{
    if (PORT_LEARNS) learn_spr_in(&t->ring->now, number);
}
inline_hot void port_writes_spr(struct thread *t, unsigned number)
{
    if (PORT_LEARNS) learn_spr_out(&t->ring->now, number);
}

/* ---- vector-scalar registers; FPR n is doubleword 0 of VSR n, VR n is VSR 32 + n ---- */
inline_hot union vsr vsr(struct thread *t, unsigned n)
{
    PORT_LEARN(t, vsr_in, 1ULL << n);
    return t->vsr[n];
}
inline_hot void set_vsr(struct thread *t, unsigned n, union vsr value)
{
    PORT_LEARN(t, vsr_out, 1ULL << n);
    t->vsr[n] = value;
}
/* The target of an instruction whose result an enabled exception may suppress. */
inline_hot unsigned port_target_vsr(struct thread *t, unsigned n)
{
    PORT_LEARN(t, vsr_out, 1ULL << n);
    return n;
}
inline_hot union vsr vr(struct thread *t, unsigned n)
{
    return vsr(t, n + 32);
}
inline_hot void set_vr(struct thread *t, unsigned n, union vsr value)
{
    set_vsr(t, n + 32, value);
}
inline_hot u64 fpr(struct thread *t, unsigned n)
{
    return VSR_D(vsr(t, n), 0);
}
/* Writing an FPR leaves doubleword 1 of the VSR undefined by the book; POWER9 sets it to zero. */
inline_hot void set_fpr(struct thread *t, unsigned n, u64 value)
{
    union vsr v;
    VSR_D(v, 0) = value;
    VSR_D(v, 1) = 0;
    set_vsr(t, n, v);
}

/* ---- storage ---- */
inline_hot bool port_swaps(const struct thread *t)
{
    if (PORT_IS(fast_be)) return HOST_IS_LE;
    if (PORT_IS(fast_le)) return !HOST_IS_LE;
    return (t->le != 0) != HOST_IS_LE;
}

/* Does storage hold numbers least significant byte first now? */
inline_hot bool storage_is_le(const struct thread *t)
{
    return port_swaps(t) != HOST_IS_LE;
}

inline_hot u64 port_ea(const struct thread *t, u64 ea)
{
    return PORT_TRACES ? ea & t->ea_mask : ea;
}
/* An access that slot `n` of the host-side tables answered: loads first, then stores. */
inline_hot void port_note(struct thread *t, u64 ea, const struct host_slot *s, unsigned n, unsigned size)
{
    struct retire_ring *ring = t->ring;
    struct retire_access *a = &ring->access[ring->accesses++];

    a->ea = ea;
    a->ra = (u64)((uintptr_t)ea + s->addend - ring->ram);
    a->read = ring->story.reads;
    a->reads = 0;
    a->size = (u8)size;
    a->kind = n < HOSTMAP_STORE ? ACCESSED_LOAD : ACCESSED_STORE;
    a->flags = n < HOSTMAP_STORE ? 0 : ACCESS_AS_STORE;
    a->by = TRANSLATED_BY_ERAT;
    a->page_shift = t->map.shift[n];
    if (unlikely(ring->values)) retire_storage_before(ring, a);
}
#define PORT_NOTE(t, ea, s, n, size)                                                                                   \
    do {                                                                                                               \
        if (PORT_TRACES) port_note(t, ea, s, n, size);                                                                 \
    } while (0)

/*
 * Each access leaves in t->at which instruction makes it, before it goes the slow way: whoever walks for it can say so
 * (stats/hot.h).  The fast way costs nothing for that.  So the accessors take i, which every body has.
 */
#define load1(t, ea, out) port_load1(t, i, ea, out)
#define load2(t, ea, out) port_load2(t, i, ea, out)
#define load4(t, ea, out) port_load4(t, i, ea, out)
#define load8(t, ea, out) port_load8(t, i, ea, out)
#define load16(t, ea, out) port_load16(t, i, ea, out)
#define store1(t, ea, value) port_store1(t, i, ea, value)
#define store2(t, ea, value) port_store2(t, i, ea, value)
#define store4(t, ea, value) port_store4(t, i, ea, value)
#define store8(t, ea, value) port_store8(t, i, ea, value)
#define store16(t, ea, value) port_store16(t, i, ea, value)

/* The rarer accesses of slow.h. */
#define load_and_reserve(t, ...) ((t)->at = i, load_and_reserve(t, __VA_ARGS__))
#define store_conditional(t, ...) ((t)->at = i, store_conditional(t, __VA_ARGS__))
#define zero_block(t, ...) ((t)->at = i, zero_block(t, __VA_ARGS__))
#define touch_block(t, ...) ((t)->at = i, touch_block(t, __VA_ARGS__))
#define needs_caching(t, ...) ((t)->at = i, needs_caching(t, __VA_ARGS__))
#define load_cache_inhibited(t, ...) ((t)->at = i, load_cache_inhibited(t, __VA_ARGS__))
#define store_cache_inhibited(t, ...) ((t)->at = i, store_cache_inhibited(t, __VA_ARGS__))
#define slow_callthru(t) ((t)->at = i, slow_callthru(t))

#define PORT_LOAD(n, type, swap)                                                                                       \
    inline_hot must_use bool port_load##n(struct thread *t, const struct insn *i, u64 ea, u64 *out)                    \
    {                                                                                                                  \
        const struct host_slot *s;                                                                                     \
        type v;                                                                                                        \
        ea = port_ea(t, ea);                                                                                           \
        s = &t->map.load[(ea >> 12) & HOST_SLOT_MASK];                                                                 \
        if (unlikely((ea & (HOST_PAGE_MASK | (n - 1))) != s->tag)) {                                                   \
            t->at = i;                                                                                                 \
            if (!slow_load(t, ea, n)) return false;                                                                    \
            *out = t->slow_value[0];                                                                                   \
            return true;                                                                                               \
        }                                                                                                              \
        PORT_NOTE(t, ea, s, (ea >> 12) & HOST_SLOT_MASK, n);                                                           \
        memcpy(&v, (const void *)((uintptr_t)ea + s->addend), n);                                                      \
        *out = port_swaps(t) ? swap(v) : v;                                                                            \
        return true;                                                                                                   \
    }
#define PORT_STORE(n, type, swap)                                                                                      \
    inline_hot must_use bool port_store##n(struct thread *t, const struct insn *i, u64 ea, u64 value)                  \
    {                                                                                                                  \
        const struct host_slot *s;                                                                                     \
        type v = port_swaps(t) ? swap((type)value) : (type)value;                                                      \
        ea = port_ea(t, ea);                                                                                           \
        s = &t->map.store[(ea >> 12) & HOST_SLOT_MASK];                                                                \
        if (unlikely((ea & (HOST_PAGE_MASK | (n - 1))) != s->tag)) {                                                   \
            t->at = i;                                                                                                 \
            return slow_store(t, ea, n, value, 0);                                                                     \
        }                                                                                                              \
        PORT_NOTE(t, ea, s, HOSTMAP_STORE + ((ea >> 12) & HOST_SLOT_MASK), n);                                         \
        memcpy((void *)((uintptr_t)ea + s->addend), &v, n);                                                            \
        return true;                                                                                                   \
    }
#define PORT_SAME(v) (v)
PORT_LOAD(1, u8, PORT_SAME)
PORT_LOAD(2, u16, swap16)
PORT_LOAD(4, u32, swap32)
PORT_LOAD(8, u64, swap64)
PORT_STORE(1, u8, PORT_SAME)
PORT_STORE(2, u16, swap16)
PORT_STORE(4, u32, swap32)
PORT_STORE(8, u64, swap64)

/* An unaligned quadword that lies wholly in the page of the slot: compilers vectorise copies without aligning them. */
inline_hot bool port_inside_page(u64 ea, u64 tag)
{
    return (ea & HOST_PAGE_MASK) == tag && (ea & 0xfff) <= 0xff0;
}

/* A quadword as one number in the current byte order (lvx, lxv: element 0 is the most significant part). Any alignment.
 */
inline_hot must_use bool port_load16(struct thread *t, const struct insn *i, u64 ea, u128 *out)
{
    u64 first, second;
    const struct host_slot *s;

    ea = port_ea(t, ea);
    s = &t->map.load[(ea >> 12) & HOST_SLOT_MASK];
    if (unlikely((ea & (HOST_PAGE_MASK | 15)) != s->tag) && !port_inside_page(ea, s->tag)) {
        t->at = i;
        if (!slow_load(t, ea, 16)) return false;
        *out = (u128)t->slow_value[1] << 64 | t->slow_value[0];
        return true;
    }
    PORT_NOTE(t, ea, s, (ea >> 12) & HOST_SLOT_MASK, 16);
    memcpy(&first, (const void *)((uintptr_t)ea + s->addend), 8);
    memcpy(&second, (const void *)((uintptr_t)ea + 8 + s->addend), 8);
    if (port_swaps(t)) {
        first = swap64(first);
        second = swap64(second);
    }
    if (port_swaps(t) == HOST_IS_LE) *out = (u128)first << 64 | second; /* big-endian storage */
    else *out = (u128)second << 64 | first;
    return true;
}
inline_hot must_use bool port_store16(struct thread *t, const struct insn *i, u64 ea, u128 value)
{
    u64 high = (u64)(value >> 64), low = (u64)value, first, second;
    const struct host_slot *s;

    ea = port_ea(t, ea);
    s = &t->map.store[(ea >> 12) & HOST_SLOT_MASK];
    if (unlikely((ea & (HOST_PAGE_MASK | 15)) != s->tag) && !port_inside_page(ea, s->tag)) {
        t->at = i;
        return slow_store(t, ea, 16, low, high);
    }
    first = port_swaps(t) == HOST_IS_LE ? high : low;
    second = port_swaps(t) == HOST_IS_LE ? low : high;
    if (port_swaps(t)) {
        first = swap64(first);
        second = swap64(second);
    }
    PORT_NOTE(t, ea, s, HOSTMAP_STORE + ((ea >> 12) & HOST_SLOT_MASK), 16);
    memcpy((void *)((uintptr_t)ea + s->addend), &first, 8);
    memcpy((void *)((uintptr_t)ea + 8 + s->addend), &second, 8);
    return true;
}
/* ---- what orders: only a record tells ---- */
inline_hot void port_barrier(struct thread *t, enum retire_barrier barrier)
{
    if (PORT_TRACES && t->traced) retire_event(t->ring, RETIRE_BARRIER)->barrier = (u8)barrier;
}

/* ---- control ---- */
inline_hot enum next jump_to(struct thread *t, u64 target)
{
    t->nia = port_ea(t, target) & ~3ULL;
    return JUMP;
}

/* After a change of context (MSR, LPCR, PID, ...): go on behind this instruction, but let the run loop look up first.
 */
#define context_synchronise(t) (thread_attend(t), jump_to(t, cia(t) + 4))

/* ---- around every body ---- */
/* MSR[FP], MSR[VEC] or MSR[VSX] is 1, and HFSCR does not withhold it. */
inline_hot bool port_has(const struct thread *t, u64 bit)
{
    return (t->msr & ~t->withheld & bit) != 0;
}
inline_hot bool port_allows(struct thread *t, const struct insn *i, unsigned flags)
{
    if (flags & (PRIVILEGED | HYPERVISOR)) {
        if (unlikely(t->msr & MSR_PR)) return fault_privileged(t) == NEXT;
        if ((flags & HYPERVISOR) && unlikely(!(t->msr & MSR_HV))) return fault_hypervisor(t, slow_word(t, i)) == NEXT;
    }
    if ((flags & NEEDS_FP) && unlikely(!port_has(t, MSR_FP))) return fault_fp_unavailable(t) == NEXT;
    if ((flags & NEEDS_VEC) && unlikely(!port_has(t, MSR_VEC))) return fault_vec_unavailable(t) == NEXT;
    if ((flags & NEEDS_VSX) && unlikely(!port_has(t, MSR_VSX))) return fault_vsx_unavailable(t) == NEXT;
    if (flags & NEEDS_VSX_OR_VEC) {
        if (F(xt) < 32 && unlikely(!port_has(t, MSR_VSX))) return fault_vsx_unavailable(t) == NEXT;
        if (F(xt) >= 32 && unlikely(!port_has(t, MSR_VEC))) return fault_vec_unavailable(t) == NEXT;
    }
    if (flags & NEEDS_FP_OR_VEC) {
        if (F(xt) < 32 && unlikely(!port_has(t, MSR_FP))) return fault_fp_unavailable(t) == NEXT;
        if (F(xt) >= 32 && unlikely(!port_has(t, MSR_VEC))) return fault_vec_unavailable(t) == NEXT;
    }
    return true;
}

/* With tail calls every dispatch below is a jump, so a run of instructions uses no stack (port_entry.h). */
#define PORT_THREADS (PORT_TAIL_CALLS && !PORT_TRACES)

inline_hot enum next port_dispatch(struct thread *t, const struct insn *i, enum next n)
{
    u64 offset;

    if (PORT_THREADS && likely(n == NEXT)) {
        i++;
        return i->fn(t, i);
    }
    t->at = i;
    if (!PORT_THREADS || n == FAULT) return n;
    t->completed += (u64)(i - t->run_start) + 1;
    t->class_sums += (i + 1)->sums - t->run_start->sums;
    offset = t->nia - t->page_ea;
    if (likely(offset < 4096 && t->completed < t->limit)) {
        i = t->page + (offset >> 2);
        t->run_start = i;
        return i->fn(t, i);
    }
    return slow_jump(t, i);
}

#endif
