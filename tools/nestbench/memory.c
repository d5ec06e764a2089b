/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Loads and stores over footprints that fit in the ERAT, in the TLB, and in neither, in pages of the kernel's size and
 * in huge ones: a chase of pointers, updates at random, one line after the other.  One more chase goes over as many
 * pages as 128 MiB have, but each in another 2 MiB, so that the last table of each walk is another one.
 *
 * Where a name says "cold", each page is visited once (by a stream, all its lines), right after its translation has
 * been forgotten.
 */
#include <sys/mman.h>
#include <unistd.h>

#include "nestbench.h"

enum { NODE_STRIDE = 4 * KIB, SPARSE_PAGES = 2048 };
enum { CHASE_OPS = 131072, UPDATE_OPS = 131072, STREAM_OPS = 524288, STREAM = 12 * MIB };

/* ---- pointer chase: each load needs the one before ---- */

/* Nodes, one in each stride in a cache line of its own choice, all in one circle in random order (Sattolo's shuffle).
 */
static void make_circle(struct run *run, char *base, size_t stride, size_t count)
{
    uint32_t *order = mmap(NULL, count * sizeof *order, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    uint64_t random = 88172645463325252u;

    if (order == MAP_FAILED) die("no room for the order of its circle");
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
    munmap(order, count * sizeof *order);
    run->next = NODE(0);
    for (size_t k = 1; k <= count; k++) {
        run->next = *run->next;
        if ((run->next == NODE(0)) != (k == count)) die("its circle is not one");
    }
#undef NODE
}

static bool open_chase(struct run *run)
{
    if (!arena_open(run)) return false;
    make_circle(run, run->arena, NODE_STRIDE, run->measure->footprint / NODE_STRIDE);
    return true;
}

/* As many operations as there are pages, of the size that the measure asks for. */
static bool open_pages(struct run *run)
{
    if (!arena_open(run)) return false;
    run->stride = run->measure->is_huge ? run->huge_size : run->page_size;
    run->most = run->count = run->measure->footprint / run->stride;
    run->at = 0;
    return true;
}

static bool open_chase_pages(struct run *run)
{
    if (!open_pages(run)) return false;
    make_circle(run, run->arena, run->stride, run->count);
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

/* One place in each page, the pages (a power of two) in an order that comes back to none before all. */
static void update_pages(struct run *run, uint64_t ops)
{
    uint64_t random = run->sum | 1;

    for (; ops; ops--) {
        size_t page = run->at++ * 2654435761u & (run->count - 1);

        random = xorshift(random);
        *(uint64_t *)(run->arena + page * run->stride + (random & (NODE_STRIDE - 1) & ~7u)) ^= random;
    }
    run->sum = random;
}

/* ---- stream: one line after the other ---- */

static void stream(struct run *run, uint64_t ops)
{
    size_t lines = run->measure->footprint / CACHE_LINE;
    uint64_t sum = 0;

    for (uint64_t n; ops; ops -= n) {
        n = ops < lines ? ops : lines;
        for (const char *at = run->arena, *end = at + n * CACHE_LINE; at < end; at += CACHE_LINE)
            sum += *(const volatile uint64_t *)at;
    }
    run->sum += sum;
}

/* ---- STREAM's copy and triad ---- */

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

/* ---- the rows ---- */

enum {
    BYTES_256k = 256 * KIB,
    BYTES_16m = 16 * MIB,
    BYTES_128m = 128 * MIB,
    BYTES_512m = 512 * MIB,
};
#define BYTES_1g GIB
#define BYTES_2g (2 * GIB)
#define BYTES_4g (4 * GIB)
#define BYTES_8g (8 * GIB)

#define SUFFIX_BASE_WARM ""
#define SUFFIX_BASE_COLD "-cold"
#define SUFFIX_THP_WARM "-thp"
#define SUFFIX_THP_COLD "-thp-cold"

#define IS_BASE false
#define IS_THP true
#define IS_WARM false
#define IS_COLD true

#define MADE_ALWAYS .set = "memory"
#define MADE_MEMORY .on_request = true, .set = "memory"
#define MADE_LARGE .on_request = true, .set = "large"

/* Every node once, or so many that the kernel's own doings are few beside them; cold at most every page once. */
#define NODES(bytes) ((bytes) / NODE_STRIDE)
#define OPS_CHASE(bytes, is_cold) ((is_cold) || (bytes) > BYTES_128m ? NODES(bytes) : CHASE_OPS)
#define OPS_UPDATE(bytes, is_cold) ((is_cold) || (bytes) > BYTES_128m ? NODES(bytes) : UPDATE_OPS)
#define OPS_STREAM(bytes, is_cold) ((bytes) / CACHE_LINE)
#define WARM_CHASE(bytes) ((bytes) > BYTES_128m ? NODES(bytes) : CHASE_OPS / 4)
#define WARM_UPDATE(bytes) ((bytes) > BYTES_128m ? NODES(bytes) : UPDATE_OPS / 8)
#define WARM_STREAM(bytes) ((bytes) / CACHE_LINE)

#define NAME_CHASE "chase-"
#define NAME_UPDATE "update-"
#define NAME_STREAM "stream-"
#define DO_CHASE_WARM .operation = "one load", .open = open_chase, .work = chase
#define DO_CHASE_COLD .operation = "one load in each page", .open = open_chase_pages, .work = chase
#define DO_UPDATE_WARM .operation = "one load and store", .open = arena_open, .work = update
#define DO_UPDATE_COLD .operation = "one load and store in each page", .open = open_pages, .work = update_pages
#define DO_STREAM_WARM .operation = "one line", .open = arena_open, .work = stream
#define DO_STREAM_COLD DO_STREAM_WARM

const struct measure memory_measures[] = {
#define MEMORY(number_, kind, size, pages, state, made)                                                                \
    {.number = number_,                                                                                                \
     .name = NAME_##kind #size SUFFIX_##pages##_##state,                                                               \
     DO_##kind##_##state,                                                                                              \
     .ops = OPS_##kind(BYTES_##size, IS_##state),                                                                      \
     .warm_up = WARM_##kind(BYTES_##size),                                                                             \
     .footprint = BYTES_##size,                                                                                        \
     .is_huge = IS_##pages,                                                                                            \
     .is_cold = IS_##state,                                                                                            \
     MADE_##made},
#define DOUBLES(number_, function, pages)                                                                              \
    {.number = number_,                                                                                                \
     .name = #function SUFFIX_##pages##_WARM,                                                                          \
     .operation = "one double",                                                                                        \
     .ops = STREAM_OPS,                                                                                                \
     .warm_up = STREAM_OPS / 4,                                                                                        \
     .open = arena_open,                                                                                               \
     .work = function,                                                                                                 \
     .footprint = STREAM,                                                                                              \
     .is_huge = IS_##pages,                                                                                            \
     MADE_ALWAYS},
#define SPARSE(number_)                                                                                                \
    {.number = number_,                                                                                                \
     .name = "chase-sparse",                                                                                           \
     .operation = "one load",                                                                                          \
     .ops = CHASE_OPS,                                                                                                 \
     .warm_up = CHASE_OPS / 4,                                                                                         \
     .open = open_sparse,                                                                                              \
     .work = chase,                                                                                                    \
     .close = close_sparse,                                                                                            \
     MADE_ALWAYS},
#include "memory.def"
    {.name = NULL},
};
