/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A small machine for translation tests: main storage, a partition table, and builders of radix tables.
 *
 * Tables are laid out upwards from 1 MiB.  A guest sees real address R as guest real R + GUEST; its own tables are
 * therefore written with `offset` GUEST, and world_guest() maps that window with leaves of one size.
 */
#ifndef P9_TESTS_MMU_WORLD_H
#define P9_TESTS_MMU_WORLD_H

#ifndef WORLD_ASSERT /* a bench has its own */
#include <check.h>
#define WORLD_ASSERT(what) ck_assert(what)
#endif

#include "base/power.h"
#include "bus/bus.h"
#include "mmu/mmu.h"

#define W_LPCR (LPCR_UPRT | LPCR_HR)
/* The tables' numbers once more, apart from those of base/power.h that mmu/ reads them by. */
#define W_VALID PPC_BIT(0)
#define W_LEAF PPC_BIT(1)
#define W_RTS52 (2ULL << 61 | 5ULL << 5) /* 21 = 52 - 31: RTS[0:1] in bits 1:2, RTS[2:4] in bits 56:58 */
enum { L_R = 0x100, L_C = 0x80, L_SAO = 0x10, L_NI = 0x20, L_TOL = 0x30, L_PRIV = 8, L_READ = 4, L_RW = 2, L_EXEC = 1 };
enum { L_ALL = L_R | L_C | L_READ | L_RW | L_EXEC };
#define GUEST 0x100000000ULL
#define Q0 0ULL
#define Q1 (1ULL << 62)
#define Q2 (2ULL << 62)
#define Q3 (3ULL << 62)

struct world {
    struct ram ram;
    struct bus bus;
    u64 next, patb;
    struct xlate_ctx ctx;
    struct walk_step step[64];
    unsigned steps;
};

struct world_observer {
    struct observer who;
    struct world *w;
};

static inline u64 world_get(struct world *w, u64 ra)
{
    return get_be64(w->ram.host + ra);
}
static inline void world_put(struct world *w, u64 ra, u64 value)
{
    put_be64(w->ram.host + ra, value);
}

static inline u64 world_alloc(struct world *w, u64 size)
{
    u64 at = (w->next + size - 1) & ~(size - 1);

    w->next = at + size;
    WORLD_ASSERT(w->next <= w->ram.size_bytes);
    return at;
}

static inline void world_open(struct world *w, u64 megabytes)
{
    *w = (struct world){.next = 1 << 20};
    WORLD_ASSERT(ram_open(&w->ram, megabytes << 20));
    w->bus.ram = &w->ram;
    w->patb = world_alloc(w, 4096);
    w->ctx = (struct xlate_ctx){.msr = MSR_HV | MSR_IR | MSR_DR, .lpcr = W_LPCR, .ptcr = w->patb, .bus = &w->bus};
}

static inline void world_close(struct world *w)
{
    ram_close(&w->ram);
}

/* A new tree: what PATE0 (or'ed with HR) or PRTE0 holds. */
static inline u64 world_tree(struct world *w, u64 offset)
{
    return W_RTS52 | (world_alloc(w, 65536) + offset) | 13;
}

static inline u64 world_root(u64 tree, u64 offset)
{
    return (tree & PPC_BITMASK(4, 55)) - offset;
}

/* Where the entry for this address is (its table is made on the way); leaves of 2^shift bytes. */
static inline u64 world_entry(struct world *w, u64 tree, u64 offset, u64 address, unsigned shift)
{
    unsigned below = 52 - 13;
    u64 table = world_root(tree, offset);
    u64 at = table + ((address >> below) & 8191) * 8;

    while (below != shift) {
        unsigned bits = below == 21 && shift == 16 ? 5 : 9;
        u64 pde = world_get(w, at);

        if (!(pde & W_VALID)) {
            pde = W_VALID | (world_alloc(w, 8ULL << bits) + offset) | bits;
            world_put(w, at, pde);
        }
        WORLD_ASSERT(!(pde & W_LEAF));
        below -= bits;
        at = (pde & PPC_BITMASK(4, 55)) - offset + ((address >> below) & ((1ULL << bits) - 1)) * 8;
    }
    return at;
}

static inline u64 world_map(struct world *w, u64 tree, u64 offset, u64 address, unsigned shift, u64 target, u64 flags)
{
    u64 at = world_entry(w, tree, offset, address, shift);

    world_put(w, at, W_VALID | W_LEAF | target | flags);
    return at;
}

static inline void world_partition(struct world *w, u32 lpid, u64 tree, u64 process_table)
{
    world_put(w, w->patb + lpid * 16, W_VALID | tree);
    world_put(w, w->patb + lpid * 16 + 8, process_table);
}

static inline void world_process(struct world *w, u64 process_table_ra, u32 pid, u64 tree)
{
    world_put(w, process_table_ra + pid * 16, tree);
}

/* LPID 0 without a tree of its own: a process table at a real address. */
static inline u64 world_host(struct world *w)
{
    u64 table = world_alloc(w, 4096);

    world_partition(w, 0, W_RTS52, table);
    return table;
}

/* A partition whose guest real GUEST.. is all of main storage, in leaves of one size. The process table's ra. */
static inline u64 world_guest(struct world *w, u32 lpid, unsigned shift, u64 *tree)
{
    u64 table = world_alloc(w, 4096);

    *tree = world_tree(w, 0);
    world_partition(w, lpid, *tree, table + GUEST);
    for (u64 ra = 0; ra < w->ram.size_bytes; ra += 1ULL << shift) world_map(w, *tree, 0, ra + GUEST, shift, ra, L_ALL);
    return table;
}

static inline void world_step(struct observer *who, const struct walk_step *s)
{
    struct world *w = ((struct world_observer *)(void *)who)->w;

    if (w->steps < 64) w->step[w->steps++] = *s;
}

static inline struct xlate world_walk(struct world *w, u64 ea, enum access access)
{
    struct world_observer o = {{world_step}, w};

    w->steps = 0;
    return mmu_walk(&w->ctx, (struct xlate_req){ea, access, 8}, &o.who);
}

#endif
