/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What random_tables.c works on: the state of a case, its choices, and four partitions with sound tables (host and
 * guest radix, hashed with SLBs, hashed with segment tables) whose every doubleword of interest is a place that can be
 * spoilt.
 */
#ifndef P9_TESTS_FUZZ_RANDOM_TABLES_H
#define P9_TESTS_FUZZ_RANDOM_TABLES_H

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define WORLD_ASSERT(what) ((what) ? (void)0 : fail("the world: " #what))
static void fail(const char *what) __attribute__((noreturn));

#include "base/assert.h"
#include "mmu/check.h"
#include "mmu/explain.h"
#include "mmu/model.h"
#include "mmu/price.h"
#include "stats/counters.h"
#include "tests/unit/segment_world.h"

enum { MEGABYTES = 8, MOST_STEPS = 45, THREADS = 4, PIDS = 3, ESIDS = 6, CASE_SECONDS = 60, CHANGES = 12, NOTES = 256 };
enum { HOST = 0, GUEST_LPID = 5, SLB_LPID = 6, STAB_LPID = 7, PLACES = 1500 };
#define DEVICE 0x6000000000ULL
static const struct hseg kinds[] = {
    {0x1001, false, 12}, {0x2002, false, 16}, {0x33333, true, 12}, {0x4444444444, false, 24}, {0x1ffffff, true, 16},
};

/* A doubleword that translation reads, and which translations depend on it: for an invalidation that names it. */
struct place {
    u64 at, original, address; /* address: EA or guest real; hashed: offset in the segment */
    u32 lpid, pid;
    u8 shift; /* of a leaf; 0: anything else */
    bool partition;
    const struct hseg *hashed;
};
struct change { /* version n + 1 came by this */
    u64 at, old;
};
enum kind { NOTE_TLBIE, NOTE_SEGMENT };
struct note { /* an invalidation, and how many changes there were */
    enum kind kind;
    unsigned version, thread; /* thread: THREADS if it is every one's */
    struct tlbie_op op;
    struct segment_kill segment;
    bool erat_too;
};

struct play { /* one machine; the exact case has two of them */
    struct world w;
    struct mmu_system *system;
    struct mmu *mmu[THREADS];
    struct hostmap map[THREADS];
    struct slb slb[THREADS];
    struct xlate_ctx ctx[THREADS];
    struct hpt hpt[2];
    struct stab stab[PIDS];
    struct counters counters;
};
static struct {
    struct play play[2];
    unsigned plays;
    bool lazy, rc_by_software;
    bool ambiguous; /* a hashed page whose base pages do not say the same: two answers are right, also of R and C */
    struct place place[PLACES];
    unsigned places;
    struct change change[CHANGES];
    unsigned changes;
    struct note note[NOTES];
    unsigned notes;
    u64 random, seed, accesses, answers, cases, faults, old_answers;
    u64 why[XL_WHY_COUNT];
    u32 focus; /* an LPID */
    const u8 *bytes;
    size_t left;
} f;

static void fail(const char *what)
{
    fprintf(stderr, "random_tables: %s in the case with --seed %" PRIu64 "\n", what, f.seed);
    abort();
}
#define HOLDS(what) ((what) ? (void)0 : fail(#what))

static u64 dice(u64 sides)
{
    if (f.left) {
        f.random ^= *f.bytes++;
        f.left--;
    }
    f.random = f.random * 6364136223846793005ULL + 1442695040888963407ULL;
    return (f.random >> 33) % sides;
}
static u64 any64(void)
{
    return dice(1ULL << 31) << 40 ^ dice(1ULL << 31) << 20 ^ dice(1ULL << 31);
}

/* ---- tables ---- */
static void add(struct place place)
{
    if (f.places == PLACES) return;
    place.original = world_get(&f.play[0].w, place.at);
    f.place[f.places++] = place;
}

static u64 random_target(u64 offset)
{
    u64 top = MEGABYTES << 20;

    switch (dice(24)) {
    case 0: return DEVICE;
    case 1: return top + dice(1 << 20);                /* behind main storage */
    case 2: return any64() & PPC_BITMASK(7, 51);       /* anywhere */
    case 3: return (1 << 20) + dice(3 << 20) + offset; /* the tables themselves */
    default: return (top / 2 + dice(top / 2)) + offset;
    }
}

static u64 random_leaf(u64 offset, unsigned shift)
{
    static const u64 rights[] = {L_RW | L_EXEC, L_RW | L_EXEC, L_RW, L_READ, L_READ | L_EXEC, L_EXEC, 0};
    u64 flags = rights[dice(ARRAY_SIZE(rights))] | (dice(5) ? 0 : L_PRIV) | (dice(14) ? 0 : dice(2) ? L_NI : L_SAO);

    if (dice(2)) flags |= L_R;
    if (flags & L_R && dice(2)) flags |= L_C;
    return W_VALID | W_LEAF | (random_target(offset) & PPC_BITMASK(7, 51) & ~((1ULL << shift) - 1)) | flags;
}

static void build_process(struct play *p, u64 table, u64 offset, u32 lpid, u32 pid)
{
    static const struct {
        u64 base;
        unsigned shift, count;
    } areas[] = {{0, 12, 12}, {0x10000000, 16, 4}, {0x40000000, 21, 2}, {0x80000000, 30, 1}};
    u64 tree = world_tree(&p->w, offset);

    world_process(&p->w, table, pid, tree);
    for (unsigned a = 0; a < ARRAY_SIZE(areas); a++)
        for (u64 n = 0; n < areas[a].count; n++) {
            u64 ea = areas[a].base + (n << areas[a].shift), at = world_entry(&p->w, tree, offset, ea, areas[a].shift);

            world_put(&p->w, at, random_leaf(offset, areas[a].shift));
            if (p == f.play)
                add((struct place){.at = at, .address = ea, .lpid = lpid, .pid = pid, .shift = (u8)areas[a].shift});
        }
}

static void build_guest(struct play *p, u64 guest)
{
    u64 tree = world_tree(&p->w, 0);

    world_partition(&p->w, GUEST_LPID, tree, guest + GUEST);
    for (u64 ra = 0; ra < MEGABYTES / 2 << 20; ra += 1 << 21) world_map(&p->w, tree, 0, ra + GUEST, 21, ra, L_ALL);
    for (u64 ra = MEGABYTES / 2 << 20; ra < MEGABYTES << 20; ra += 1 << 16) {
        u64 at = world_map(&p->w, tree, 0, ra + GUEST, 16, ra, dice(3) ? L_ALL : L_READ | (dice(2) ? L_R : 0));
        if (p == f.play)
            add((struct place){.at = at, .address = ra + GUEST, .lpid = GUEST_LPID, .shift = 16, .partition = true});
    }
}

static u64 random_hpte1(unsigned shift)
{
    u64 flags = dice(3) ? 2 : dice(4) | dice(2) << 63;

    flags |= H_KEY(dice(3) ? 0 : dice(32)) | (dice(2) ? H_R : 0) | H_M;
    if (!dice(12)) flags |= dice(2) ? H_G | H_I : H_N;
    if (flags & H_R && dice(2)) flags |= H_C;
    return (random_target(0) & PPC_BITMASK(7, 51) & ~((1ULL << shift) - 1)) | flags;
}

static void build_hashed(struct play *p, unsigned n)
{
    p->hpt[n] = hpt_open(&p->w, SLB_LPID + n, 0);
    for (unsigned k = 0; k < ARRAY_SIZE(kinds); k++) {
        const struct hseg *s = &kinds[k];

        for (u64 page = 0; page < 6; page++) {
            unsigned shift = s->base_shift == 12 && page == 4  ? 16
                             : s->base_shift < 24 && page == 5 ? 24
                                                               : s->base_shift;
            u64 offset = page << (shift == 24 ? 24 : 16), at, word = random_hpte1(shift);

            at = hpt_put(&p->w, &p->hpt[n], s, offset, shift, word & PPC_BITMASK(7, 51), word & ~PPC_BITMASK(7, 51));
            if (p != f.play) continue;
            add((struct place){.at = at, .address = offset, .lpid = SLB_LPID + n, .shift = (u8)shift, .hashed = s});
            add((struct place){.at = at + 8, .address = offset, .lpid = SLB_LPID + n, .shift = (u8)shift, .hashed = s});
        }
    }
}

static void build_segments(struct play *p)
{
    static const struct hseg of_processes = {0x777777, true, 12}, tables[PIDS] = {
                                                                      {0x51001, false, 12},
                                                                      {0x52002, true, 16},
                                                                      {0x53003, false, 12},
                                                                  };
    u64 processes = segment_processes(&p->w, &p->hpt[1], STAB_LPID, &of_processes, 0);

    for (u32 pid = 0; pid < PIDS; pid++) {
        struct stab *s = &p->stab[pid];

        *s = segment_table(&p->w, &p->hpt[1], tables[pid], pid << 16, pid);
        segment_process(&p->w, processes, pid, s);
        for (u64 n = 0; n < ESIDS; n++)
            segment_put(&p->w, s, n << 40, &kinds[dice(ARRAY_SIZE(kinds))], dice(4) ? 0 : dice(8) << 9);
        if (p != f.play) continue;
        add((struct place){.at = processes + pid * 16, .lpid = STAB_LPID, .pid = pid});
        add((struct place){.at = processes + pid * 16 + 8, .lpid = STAB_LPID, .pid = pid});
        for (u64 n = 0; n < ESIDS; n++)
            for (unsigned k = 0; k < 4; k++)
                add((struct place){
                    .at = segment_group(s, n << 40, k & 1, k & 2) + (n & 3) * 8, .lpid = STAB_LPID, .pid = pid});
    }
}

static void build(struct play *p)
{
    static const struct device_ops ops = {0};
    u64 host, guest;

    world_open(&p->w, MEGABYTES);
    HOLDS(bus_attach(&p->w.bus, &(struct region){"device", DEVICE, 1 << 21, BUS_8, &ops, NULL}));
    host = world_host(&p->w);
    guest = world_alloc(&p->w, 4096);
    build_guest(p, guest);
    for (u32 pid = 0; pid < PIDS; pid++) {
        build_process(p, host, 0, HOST, pid);
        build_process(p, guest, GUEST, GUEST_LPID, pid);
    }
    build_hashed(p, 0);
    build_hashed(p, 1);
    build_segments(p);
    HOLDS(p->w.next <= MEGABYTES / 2 << 20);
    if (p != f.play) return;
    for (u32 lpid = HOST; lpid <= STAB_LPID; lpid += lpid ? 1 : GUEST_LPID)
        for (u64 k = 0; k < 2; k++)
            add((struct place){.at = p->w.patb + lpid * 16 + k * 8, .lpid = lpid, .partition = true});
    for (unsigned k = 0; k < 40 && f.places < PLACES; k++) { /* directories, and what nobody asks for */
        u64 at = (1 << 20) + dice(p->w.next - (1 << 20)) / 8 * 8;
        for (unsigned n = 0; n < 40 && !(world_get(&p->w, at) & W_VALID); n++)
            at = (1 << 20) + dice(p->w.next - (1 << 20)) / 8 * 8;
        add((struct place){.at = at, .lpid = HOST, .pid = 0});
    }
}

/* Another word for this place: sound, spoilt, or anything. */
static u64 another_word(const struct place *l)
{
    u64 now = world_get(&f.play[0].w, l->at), table = (1 << 20) + (dice(3 << 20) & ~0xfffULL);

    switch (dice(14)) {
    case 0: return any64();
    case 1: return now ^ 1ULL << dice(64);
    case 2: return W_VALID | table | 9;        /* a directory: any table there is, circles included */
    case 3: return W_VALID | table | dice(32); /* of any size */
    case 4: return W_VALID | W_LEAF | (any64() & PPC_BITMASK(2, 63));
    case 5: return 0;
    case 6: return now ^ W_LEAF;
    case 7: return f.place[dice(f.places)].original;
    case 8:
    case 9: return l->original;
    default: break;
    }
    if (l->shift && !l->hashed) return random_leaf(l->lpid && !l->partition ? GUEST : 0, l->shift);
    if (l->hashed && !(l->at & 8)) return l->original ^ (dice(2) ? 1 : 0);
    if (l->hashed)
        return random_hpte1(l->shift) | (l->original & 0x0c000000000ff000ULL & ~((1ULL << l->shift) - 1 - 0xff000));
    return l->original;
}

#endif
