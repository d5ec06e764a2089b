/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Hashed page tables for translation tests: a partition whose PATE0 has HR = 0, segments, and entries put where the
 * book says they are looked for.  Written apart from mmu/hpt.c on purpose: it forms the virtual address as one number
 * of 128 bits.
 */
#ifndef P9_TESTS_HPT_WORLD_H
#define P9_TESTS_HPT_WORLD_H

#include "mmu/slb.h"
#include "tests/unit/mmu_world.h"

enum { H_V = 1, H_H = 2, H_L = 4, H_R = 0x100, H_C = 0x80, H_W = 0x40, H_I = 0x20, H_M = 0x10, H_G = 8, H_N = 4 };
#define H_B_1T (1ULL << 58)
#define H_PP0 (1ULL << 63)
#define H_KEY(k) ((u64)((k) >> 3) << 60 | (u64)((k)&7) << 9)
enum { S_KS = 0x800, S_KP = 0x400, S_N = 0x200, S_CLASS = 0x80, S_4K = 0, S_64K = 0x110, S_16M = 0x100, S_16G = 0x120 };
#define S_1T (1ULL << 62)

struct hpt {
    u64 base;
    unsigned size; /* HTABSIZE: 2^(18 + size) bytes */
};
struct hseg { /* what an SLB entry says */
    u64 vsid; /* 50 bits, or 38 of a segment of 1 TiB */
    bool big;
    unsigned base_shift;
};

static inline struct hpt hpt_open(struct world *w, u32 lpid, unsigned size)
{
    struct hpt t = {world_alloc(w, 1ULL << (18 + size)), size};

    world_put(w, w->patb + lpid * 16, t.base | size);
    world_put(w, w->patb + lpid * 16 + 8, 0);
    return t;
}

static inline u64 hseg_llp(unsigned base_shift)
{
    return base_shift == 12 ? S_4K : base_shift == 16 ? S_64K : base_shift == 24 ? S_16M : S_16G;
}

static inline u64 hseg_vsid(const struct hseg *s, u64 flags)
{
    return (s->big ? S_1T | s->vsid << 24 : s->vsid << 12) | hseg_llp(s->base_shift) | flags;
}

static inline void hseg_slb(struct slb *slb, unsigned index, u64 ea, const struct hseg *s, u64 flags)
{
    unsigned shift = s->big ? 40 : 28;

    slb->entry[index] = (struct slb_entry){(ea >> shift << shift) | SLB_VALID, hseg_vsid(s, flags)};
}

static inline u128 hseg_va(const struct hseg *s, u64 offset)
{
    return (u128)s->vsid << (s->big ? 40 : 28) | offset;
}

static inline u64 hpt_group(const struct hpt *t, const struct hseg *s, u64 offset, bool secondary)
{
    u64 hash = s->vsid ^ offset >> s->base_shift;

    if (s->big) hash ^= s->vsid << 25;
    if (secondary) hash = ~hash;
    return t->base + (hash & ((2048ULL << t->size) - 1)) * 128;
}

static inline u64 hpt_lp(unsigned base_shift, unsigned shift)
{
    if (shift == 12) return 0;
    if (base_shift == 12) return shift == 16 ? 0x7 : 0x38;
    if (base_shift == 16) return shift == 16 ? 0x1 : 0x8;
    return base_shift == 24 ? 0 : 3;
}

static inline u64 hpt_dword0(const struct hseg *s, u64 offset, unsigned shift, bool secondary)
{
    u64 ava = (u64)(hseg_va(s, offset) >> 23) & ((1ULL << 45) - 1);

    if (s->base_shift > 23) ava &= ~((1ULL << (s->base_shift - 23)) - 1);
    return ava << 7 | (shift > 12 ? H_L : 0) | (secondary ? H_H : 0) | H_V;
}

/* Where this page's entry is or can be: the same AVA, else an empty one; primary group first.  0: no room. */
static inline u64 hpt_slot(struct world *w, const struct hpt *t, const struct hseg *s, u64 offset, unsigned shift,
                           bool *secondary)
{
    for (unsigned pass = 0; pass < 2; pass++)
        for (unsigned second = 0; second < 2; second++)
            for (unsigned n = 0; n < 8; n++) {
                u64 at = hpt_group(t, s, offset, second) + n * 16, want = hpt_dword0(s, offset, shift, second);
                u64 mark = world_get(w, at + 8) & H_B_1T;

                *secondary = second;
                if (!pass && (world_get(w, at) & ~1ULL) == (want & ~1ULL) && !mark == !s->big && world_get(w, at + 8))
                    return at;
                if (pass && !world_get(w, at + 8)) return at;
            }
    return 0;
}

/* An entry for one base page; the answer is its address. */
static inline u64 hpt_put(struct world *w, const struct hpt *t, const struct hseg *s, u64 offset, unsigned shift,
                          u64 ra, u64 flags)
{
    bool secondary;
    u64 at = hpt_slot(w, t, s, offset, shift, &secondary);

    WORLD_ASSERT(at);
    world_put(w, at, hpt_dword0(s, offset, shift, secondary));
    flags |= hpt_lp(s->base_shift, shift) << 12 | (s->big ? H_B_1T : 0);
    world_put(w, at + 8, (ra & ~((1ULL << shift) - 1)) | flags);
    return at;
}

/* tlbie's RB, R = 0, IS = 0. */
static inline u64 hpt_rb(const struct hseg *s, u64 offset, unsigned shift)
{
    u64 va = (u64)hseg_va(s, offset), page = va & ~((1ULL << shift) - 1);

    if (s->base_shift == 12) return page | (s->big ? 1 << 8 : 0) | (shift == 12 ? 0 : shift == 16 ? 5 : 4) << 5;
    return (page & ~0xfffffULL) | hpt_lp(s->base_shift, shift) << 12 | (shift == 16 ? page & 0xf0000 : 0) |
           (s->big ? 1 << 8 : 0) | (va >> 12 & 0xfe) | 1;
}

#endif
