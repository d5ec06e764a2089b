/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Loads and stores over footprints that fit in the ERAT, in the TLB, and in neither, in pages of the kernel's size and
 * in huge ones.  The arena is one mapping of the largest footprint for each page size; a smaller one is its beginning,
 * and only what a measure needs is ever touched.  One more chase goes over as many pages as the largest, but each in
 * another 2 MiB, so that the last table of each walk is another one.
 */
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "nestbench.h"

enum { KIB = 1024, MIB = 1024 * KIB, ARENA = 128 * MIB, SPARE = 32 * MIB, NODE_STRIDE = 4 * KIB };
enum { SPARSE_PAGES = 2048 };
enum { CHASE_OPS = 131072, UPDATE_OPS = 131072, STREAM_OPS = 524288, STREAM = 12 * MIB };

static uint64_t xorshift(uint64_t x)
{
    x ^= x << 13;
    x ^= x >> 7;
    return x ^ x << 17;
}

static uint64_t available_bytes(void)
{
    FILE *f = fopen("/proc/meminfo", "r");
    unsigned long long kib = 0;
    char line[128];

    while (f && fgets(line, sizeof line, f))
        if (sscanf(line, "MemAvailable: %llu", &kib) == 1) break;
    if (f) fclose(f);
    return kib * KIB;
}

void arena_drop(struct run *run)
{
    if (run->arena_size) munmap(run->arena, run->arena_size);
    run->arena_size = 0;
}

/* A mapping that begins at a huge page, with or without such pages. */
static bool arena_map(struct run *run, bool is_huge)
{
    size_t align = run->huge_size ? run->huge_size : run->page_size, skip;
    char *at = mmap(NULL, ARENA + align, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

    if (at == MAP_FAILED) return false;
    skip = (align - (uintptr_t)at % align) % align;
    if (skip) munmap(at, skip);
    munmap(at + skip + ARENA, align - skip);
    run->arena = at + skip;
    run->arena_size = ARENA;
    run->arena_is_huge = is_huge;
    /* Where the kernel has no such pages it refuses either; the smaller pages are then what we get. */
    madvise(run->arena, ARENA, is_huge ? MADV_HUGEPAGE : MADV_NOHUGEPAGE);
    return true;
}

/* AnonHugePages of the mapping in which the arena lies: what the kernel really gave. */
unsigned long arena_huge_kib(const struct run *run)
{
    FILE *f = fopen("/proc/self/smaps", "r");
    unsigned long from, to, kib = 0;
    bool is_inside = false;
    char line[256];

    while (f && fgets(line, sizeof line, f)) {
        if (sscanf(line, "%lx-%lx ", &from, &to) == 2)
            is_inside = from <= (uintptr_t)run->arena && (uintptr_t)run->arena < to;
        else if (is_inside && sscanf(line, "AnonHugePages: %lu", &kib) == 1) break;
    }
    if (f) fclose(f);
    return kib;
}

static bool open_arena(struct run *run)
{
    const struct measure *m = run->measure;

    if (m->is_huge && !run->huge_size) return cannot(run, "the kernel has no transparent huge pages");
    if (run->arena_size && run->arena_is_huge != m->is_huge) arena_drop(run);
    if (!run->arena_size) {
        if (available_bytes() < m->footprint + SPARE) return cannot(run, "too little memory is free");
        if (!arena_map(run, m->is_huge)) return cannot(run, "no room for its storage");
    }
    for (size_t at = 0; at < m->footprint; at += run->page_size) run->arena[at] = 1;
    return true;
}

/* ---- pointer chase: each load needs the one before ---- */

/* Nodes, one in each stride in a cache line of its own choice, all in one circle in random order (Sattolo's shuffle).
 */
static void make_circle(struct run *run, char *base, size_t stride, size_t count)
{
    static uint32_t order[ARENA / NODE_STRIDE];
    uint64_t random = 88172645463325252u;

    for (size_t k = 0; k < count; k++) order[k] = (uint32_t)k;
    for (size_t k = count - 1; k > 0; k--) {
        random = xorshift(random);
        size_t other = random % k;
        uint32_t saved = order[k];
        order[k] = order[other];
        order[other] = saved;
    }
#define NODE(k) (void **)(base + (k)*stride + (size_t)(k)*7 % (NODE_STRIDE / CACHE_LINE) * CACHE_LINE)
    for (size_t k = 0; k < count; k++) *NODE(order[k]) = NODE(order[(k + 1) % count]);
    run->next = NODE(0);
    for (size_t k = 1; k <= count; k++) {
        run->next = *run->next;
        if ((run->next == NODE(0)) != (k == count)) die("its circle is not one");
    }
#undef NODE
}

static bool open_chase(struct run *run)
{
    if (!open_arena(run)) return false;
    make_circle(run, run->arena, NODE_STRIDE, run->measure->footprint / NODE_STRIDE);
    return true;
}

/* One page of each 2 MiB, and a page further each time, so that the pages do not compete for the same sets of a TLB. */
static size_t sparse_stride(const struct run *run)
{
    return 2 * MIB + run->page_size;
}

static bool open_sparse(struct run *run)
{
    size_t stride = sparse_stride(run), size = SPARSE_PAGES * stride;

    if (available_bytes() < SPARSE_PAGES * run->page_size + SPARE) return cannot(run, "too little memory is free");
    run->data = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (run->data == MAP_FAILED) return cannot(run, "no room for its storage");
    madvise(run->data, size, MADV_NOHUGEPAGE);
    make_circle(run, run->data, stride, SPARSE_PAGES);
    return true;
}

static void close_sparse(struct run *run)
{
    munmap(run->data, SPARSE_PAGES * sparse_stride(run));
}

static void chase(struct run *run, uint64_t ops)
{
    void **at = run->next;

    for (; ops >= 8; ops -= 8) {
        at = *at, at = *at, at = *at, at = *at;
        at = *at, at = *at, at = *at, at = *at;
        __asm__ volatile("" : "+r"(at)); /* keeps the eight loads from being more than one turn of the loop */
    }
    for (; ops; ops--) at = *at;
    run->next = at;
}

/* ---- random update: a load and a store that need nobody else's result ---- */

static void update(struct run *run, uint64_t ops)
{
    uint64_t *table = (uint64_t *)run->arena, mask = run->measure->footprint / sizeof *table - 1, random = run->sum | 1;

    for (; ops; ops--) {
        random = xorshift(random);
        table[random & mask] ^= random;
    }
    run->sum = random;
}

/* ---- stream: one after the other ---- */

#define ARRAY(n) ((double *)(run->arena + (size_t)(n) * (STREAM / 3)))

static void copy(struct run *run, uint64_t ops)
{
    double *restrict to = ARRAY(0);
    const double *restrict from = ARRAY(1);
    enum { LENGTH = STREAM / 3 / sizeof(double) };

    for (uint64_t n; ops; ops -= n) {
        n = ops < LENGTH ? ops : LENGTH;
        for (uint64_t k = 0; k < n; k++) {
            to[k] = from[k];
            __asm__ volatile("" : : : "memory"); /* a loop of loads and stores, not a call of memcpy */
        }
    }
}

static void triad(struct run *run, uint64_t ops)
{
    double *restrict to = ARRAY(0);
    const double *restrict b = ARRAY(1), *restrict c = ARRAY(2);
    enum { LENGTH = STREAM / 3 / sizeof(double) };

    for (uint64_t n; ops; ops -= n) {
        n = ops < LENGTH ? ops : LENGTH;
        for (uint64_t k = 0; k < n; k++) to[k] = b[k] + 3.0 * c[k];
        __asm__ volatile("" : : : "memory");
    }
}

#define CHASE(number, size, bytes, suffix, huge)                                                                       \
    {                                                                                                                  \
        number, "chase-" size suffix, "one load", CHASE_OPS, 32768, open_chase, chase, NULL, bytes, huge               \
    }
#define UPDATE(number, size, bytes, suffix, huge)                                                                      \
    {                                                                                                                  \
        number, "update-" size suffix, "one load and store", UPDATE_OPS, 16384, open_arena, update, NULL, bytes, huge  \
    }
#define STREAMS(number, name, function, suffix, huge)                                                                  \
    {                                                                                                                  \
        number, name suffix, "one double", STREAM_OPS, STREAM_OPS / 4, open_arena, function, NULL, STREAM, huge        \
    }

const struct measure memory_measures[] = {
    CHASE(1, "256k", 256 * KIB, "", false),
    CHASE(2, "16m", 16 * MIB, "", false),
    CHASE(3, "128m", ARENA, "", false),
    UPDATE(4, "256k", 256 * KIB, "", false),
    UPDATE(5, "16m", 16 * MIB, "", false),
    UPDATE(6, "128m", ARENA, "", false),
    STREAMS(7, "copy", copy, "", false),
    STREAMS(8, "triad", triad, "", false),
    {17, "chase-sparse", "one load", CHASE_OPS, 32768, open_sparse, chase, close_sparse, 0, false},
    CHASE(9, "256k", 256 * KIB, "-thp", true),
    CHASE(10, "16m", 16 * MIB, "-thp", true),
    CHASE(11, "128m", ARENA, "-thp", true),
    UPDATE(12, "256k", 256 * KIB, "-thp", true),
    UPDATE(13, "16m", 16 * MIB, "-thp", true),
    UPDATE(14, "128m", ARENA, "-thp", true),
    STREAMS(15, "copy", copy, "-thp", true),
    STREAMS(16, "triad", triad, "-thp", true),
    {.name = NULL},
};
