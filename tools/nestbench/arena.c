/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The storage of the memory measures: one mapping as large as any of them wants, kept from one measure to the next as
 * long as its pages are of the kind wanted.  A measure gets its beginning, and only what some measure needed is ever
 * touched.
 *
 * A footprint may be three quarters of this level's memory at most, so that the kernel never has to take pages away
 * while somebody counts.
 */
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "nestbench.h"

#define ARENA (8 * GIB)
enum { FORGOTTEN_PAGES = 1024 }; /* more than the kernel drops one by one (512) */

/* A line of /proc/meminfo, in bytes; 0: it is not there. */
static uint64_t memory_bytes(const char *form)
{
    FILE *f = fopen("/proc/meminfo", "r");
    unsigned long long kib = 0;
    char line[128];

    while (f && fgets(line, sizeof line, f))
        if (sscanf(line, form, &kib) == 1) break;
    if (f) fclose(f);
    return kib * KIB;
}

uint64_t available_bytes(void)
{
    return memory_bytes("MemAvailable: %llu");
}

void arena_drop(struct run *run)
{
    if (run->arena_size) munmap(run->arena, run->arena_size);
    run->arena_size = run->arena_touched = 0;
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

/* A hashed page table is told of each page by itself, so there is no way to forget them all at once. */
static bool is_hashed(void)
{
    FILE *f = fopen("/proc/cpuinfo", "r");
    bool is = false;
    char line[128];

    while (f && !is && fgets(line, sizeof line, f)) is = !strncmp(line, "MMU\t", 4) && strstr(line, "Hash");
    if (f) fclose(f);
    return is;
}

bool arena_open(struct run *run)
{
    const struct measure *m = run->measure;
    size_t *touched = &run->arena_touched;

    if (m->is_huge && !run->huge_size) return cannot(run, "the kernel has no transparent huge pages");
    if (m->is_cold && is_hashed()) return cannot(run, "hashed page table: the kernel forgets page by page");
    if (m->footprint > memory_bytes("MemTotal: %llu") / 4 * 3)
        return cannot(run, "more than three quarters of the memory");
    if (run->arena_size && run->arena_is_huge != m->is_huge) arena_drop(run);
    if (m->footprint > *touched && available_bytes() < m->footprint - *touched + SPARE)
        return cannot(run, "too little memory is free");
    if (!run->arena_size && !arena_map(run, m->is_huge)) return cannot(run, "no room for its storage");
    for (; *touched < m->footprint; *touched += run->page_size) run->arena[*touched] = 1;
    return true;
}

/*
 * Unmapping storage that has page tables of its own makes the kernel invalidate the walk cache too, and unmapping so
 * much at once makes it invalidate everything of this process instead of page by page (radix: by PID with RIC = 2).
 * Whatever the arena's translations were in, they are gone; the tables and the data stay where they are.
 */
void forget_translations(struct run *run)
{
    size_t pages = FORGOTTEN_PAGES * run->page_size, around = 2 * (run->huge_size ? run->huge_size : 2 * (size_t)MIB);
    char *at =
        mmap(NULL, pages + 2 * around, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

    if (at == MAP_FAILED) die("no room for what it unmaps to forget its translations");
    madvise(at, pages + 2 * around, MADV_NOHUGEPAGE);
    at[around] = at[around + pages - run->page_size] = 1;
    munmap(at, pages + 2 * around);
}
