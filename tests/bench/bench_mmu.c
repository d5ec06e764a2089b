/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Nanoseconds per translation, by where it is found, and per context switch and invalidation.  Prints a table; asserts
 * nothing about time.  Not a test: run it by hand (build target bench_mmu).
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "stats/counters.h"

#define WORLD_ASSERT(what) ((what) ? (void)0 : abort())
#include "tests/unit/mmu_world.h"

enum { PID = 7, LPID = 5, ROUNDS = 2000000 };

static struct world w;
static struct counters n;
static struct mmu *mmu;

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

/* Load from `pages` pages in turn, `stride` bytes apart. */
static void loads(const char *what, u64 pages, u64 stride, unsigned rounds)
{
    struct xlate x;
    u64 stall = 0, bad = 0;
    double start;

    for (u64 k = 0; k < 2 * pages; k++) bad += !mmu_translate(mmu, k % pages * stride, ACCESS_LOAD, 8, &x, &stall);
    n = (struct counters){0};
    start = now();
    for (u64 k = 0, ea = 0; k < rounds; k++) {
        bad += !mmu_translate(mmu, ea, ACCESS_LOAD, 8, &x, &stall);
        ea = ea + stride < pages * stride ? ea + stride : 0;
    }
    printf("%-44s %7.1f ns   (ERAT misses %llu, walks %llu%s)\n", what, (now() - start) / rounds,
           (unsigned long long)n.derat_miss, (unsigned long long)n.walks, bad ? ", FAULTS" : "");
}

static void switches(void)
{
    struct xlate_ctx user = w.ctx, kernel = w.ctx;
    double start;

    user.msr |= MSR_PR;
    start = now();
    for (unsigned k = 0; k < ROUNDS / 2; k++) {
        mmu_set_context(mmu, &kernel);
        mmu_set_context(mmu, &user);
    }
    printf("%-44s %7.1f ns\n", "context switch, user and kernel in turn", (now() - start) / ROUNDS);
    mmu_set_context(mmu, &w.ctx);
}

static void invalidations(u32 lpid)
{
    struct tlbie_op op = {.rs = (u64)PID << 32 | lpid, .prs = true, .r = true, .hv = true};
    struct xlate x;
    u64 stall = 0;
    double start = now();

    for (u64 k = 0; k < ROUNDS / 20; k++) {
        op.rb = k % 512 << 12;
        mmu_tlbie(mmu, &op);
        if (!mmu_translate(mmu, op.rb, ACCESS_LOAD, 8, &x, &stall)) printf("fault\n");
    }
    printf("%-44s %7.1f ns\n", "tlbie of one page and its next load", (now() - start) / (ROUNDS / 20));
    start = now();
    op.local = true;
    for (u64 k = 0; k < ROUNDS / 20; k++) {
        op.rb = 1 << 10 | k % 128 << 12;
        mmu_tlbie(mmu, &op);
    }
    printf("%-44s %7.1f ns\n", "tlbiel of one class of a PID", (now() - start) / (ROUNDS / 20));
}

static void measure(const char *model, struct mmu_config config, u32 lpid)
{
    struct mmu_system *s = mmu_system_new(&config, &w.bus, 1, 4);

    if (!s) exit(EXIT_FAILURE);
    printf("-- %s, LPID %u\n", model, lpid);
    mmu = mmu_of_thread(s, 0);
    mmu_set_counters(mmu, &n, NULL, 0);
    w.ctx.lpid = lpid;
    w.ctx.msr = MSR_IR | MSR_DR | (lpid ? 0 : MSR_HV);
    mmu_set_context(mmu, &w.ctx);
    loads("ERAT hit (host-side conflict)", 32, 1 << 12, ROUNDS);
    loads("ERAT miss, TLB hit", 256, 1 << 12, ROUNDS);
    loads("TLB miss, 8 MiB of 4K pages", 2048, 1 << 12, ROUNDS / 10);
    switches();
    invalidations(lpid);
    mmu_system_free(s);
}

int main(void)
{
    struct mmu_config mmu_model = mmu_config_default(), none = mmu_model;
    u64 tree, table, partition_tree;

    none.model = MMU_MODEL_NONE;
    world_open(&w, 64);
    table = world_host(&w);
    tree = world_tree(&w, 0);
    world_process(&w, table, PID, tree);
    for (u64 page = 0; page < 2048; page++) world_map(&w, tree, 0, page << 12, 12, (32 << 20) + (page << 12), L_ALL);
    table = world_guest(&w, LPID, 21, &partition_tree);
    tree = world_tree(&w, GUEST);
    world_process(&w, table, PID, tree);
    for (u64 page = 0; page < 2048; page++)
        world_map(&w, tree, GUEST, page << 12, 12, GUEST + (32 << 20) + (page << 12), L_ALL);
    w.ctx.pid = PID;
    measure("model mmu", mmu_model, 0);
    measure("model mmu", mmu_model, LPID);
    measure("model none", none, 0);
    measure("model none", none, LPID);
    world_close(&w);
    return EXIT_SUCCESS;
}
