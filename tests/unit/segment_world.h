/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Segment tables for translation tests (Book III 5.7.6.2, 5.7.8.3), built apart from mmu/segment.c: a process table at
 * the start of a virtual segment of 1 TiB, and segment tables anywhere in virtual storage, each page of which gets a
 * hashed page table entry.  Addresses are numbers of 128 bits.
 */
#ifndef P9_TESTS_SEGMENT_WORLD_H
#define P9_TESTS_SEGMENT_WORLD_H

#include "tests/unit/hpt_world.h"

#define SEGMENT_LPCR LPCR_UPRT /* and HR = 0 */

struct stab {
    struct hseg in; /* the virtual segment that it lies in */
    u64 offset;     /* of its origin in that segment */
    unsigned size;  /* STABSIZE: 2^(12 + size) bytes */
    u64 ra;         /* of the origin; the pages follow each other */
};

/* L || LP as three bits. */
static inline u64 segment_llp(unsigned base_shift)
{
    u64 llp = hseg_llp(base_shift);

    return (llp & 0x100 ? 4 : 0) | (llp >> 4 & 3);
}

/* Pages of base size for `bytes` of a table at an offset of a segment; storage of their own. */
static inline u64 segment_pages(struct world *w, const struct hpt *t, const struct hseg *in, u64 offset, u64 bytes)
{
    u64 page = 1ULL << in->base_shift, first = offset & ~(page - 1),
        size = (offset + bytes - first + page - 1) & ~(page - 1);
    u64 ra = world_alloc(w, page);

    for (u64 at = page; at < size; at += page) WORLD_ASSERT(world_alloc(w, page) == ra + at);
    for (u64 at = 0; at < size; at += page)
        hpt_put(w, t, in, first + at, in->base_shift, ra + at, H_M | 0); /* PP = 0: Ks = 0 and Kp = 0 may */
    return ra + (offset - first);
}

/* A process table of 4 KiB << size for this partition; the answer is its real address. */
static inline u64 segment_processes(struct world *w, const struct hpt *t, u32 lpid, const struct hseg *in,
                                    unsigned size)
{
    u64 ra = segment_pages(w, t, in, 0, 4096ULL << size);

    WORLD_ASSERT(in->big);
    world_put(w, w->patb + lpid * 16 + 8, in->vsid << 25 | segment_llp(in->base_shift) << 5 | size);
    return ra;
}

static inline void segment_process(struct world *w, u64 processes, u32 pid, const struct stab *s)
{
    u128 origin = hseg_va(&s->in, s->offset) >> 12;

    world_put(w, processes + pid * 16, (u64)s->in.big << 62 | (u64)(origin >> 4));
    world_put(w, processes + pid * 16 + 8,
              (u64)(origin & 15) << 60 | s->size << 4 | segment_llp(s->in.base_shift) << 1 | 1);
}

static inline struct stab segment_table(struct world *w, const struct hpt *t, struct hseg in, u64 offset, unsigned size)
{
    struct stab s = {in, offset, size, 0};

    s.ra = segment_pages(w, t, &in, offset, 4096ULL << size);
    return s;
}

static inline u64 segment_group(const struct stab *s, u64 ea, bool big, bool secondary)
{
    u64 esid = ea >> (big ? 40 : 28), groups = 32ULL << s->size;

    return s->ra + (secondary ? groups - 1 - esid % groups : esid % groups) * 128;
}

static inline u64 segment_put_at(struct world *w, u64 at, u64 ea, const struct hseg *to, u64 flags)
{
    world_put(w, at, (ea >> (to->big ? 40 : 28) << (to->big ? 40 : 28)) | SLB_VALID);
    world_put(w, at + 8, hseg_vsid(to, flags));
    return at;
}

/* An entry for the segment of ea: the answer is its address. */
static inline u64 segment_put(struct world *w, const struct stab *s, u64 ea, const struct hseg *to, u64 flags)
{
    for (unsigned secondary = 0; secondary < 2; secondary++)
        for (unsigned n = 0; n < 8; n++) {
            u64 at = segment_group(s, ea, to->big, secondary) + n * 16, esid = world_get(w, at);

            if (!(esid & SLB_VALID) || !((esid ^ ea) >> (to->big ? 40 : 28)))
                return segment_put_at(w, at, ea, to, flags);
        }
    WORLD_ASSERT(false);
    return 0;
}

#endif
