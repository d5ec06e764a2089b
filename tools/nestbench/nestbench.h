/* SPDX-License-Identifier: Apache-2.0 */
/*
 * nestbench: the same work at every level of a tower of guests, each piece inside a region that the simulator counts.
 * A measure is a row: how it is set up, the work itself for so many operations, how it is taken down.  How often is
 * fixed, so that a run repeats; how long it took is read from the time base.  docs/NESTBENCH.md says what each is for.
 */
#ifndef NESTBENCH_H
#define NESTBENCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum { KIB = 1024, MIB = 1024 * KIB, CACHE_LINE = 128 };
#define GIB ((size_t)1024 * MIB)

/* One measure while it is under way. */
struct run {
    const struct measure *measure;
    unsigned level, cpu_count;
    int cpu[2]; /* the first two CPUs that we may use; cpu[1] if cpu_count > 1 */
    size_t page_size, huge_size;
    char *arena;          /* the storage of the memory measures, kept from one to the next */
    size_t arena_size;    /* 0: there is none */
    size_t arena_touched; /* so much of its beginning is there */
    bool arena_is_huge;
    const char *why; /* not NULL: this measure cannot be made here */
    uint64_t sum;    /* of what was read, so that the reads are needed */

    /* What a measure needs between its functions. */
    char *data;
    void **next;
    size_t stride, count, at; /* of pages, each visited once */
    uint64_t most;            /* operations that open() leaves room for; 0: any number */
    int fd[4];
    pid_t child;
    struct partner *partner;
    volatile uint16_t *device;
};

struct measure {
    unsigned number; /* of its tag: never reused for anything else */
    const char *name, *operation;
    uint64_t ops, warm_up;
    bool (*open)(struct run *run); /* false: run->why; NULL: nothing to set up */
    void (*work)(struct run *run, uint64_t ops);
    void (*close)(struct run *run);
    size_t footprint; /* of a measure in the arena; 0: it is none */
    bool is_huge;     /* in huge pages */
    bool is_cold;     /* warmed up, and then every translation of this process is forgotten */
    bool on_request;  /* not made unless it is asked for */
    const char *set;  /* a word that asks for it and others; NULL: only its name does */
};

/* A row of a measure that needs no arena. */
#define MEASURE(number_, name_, operation_, ops_, warm_up_, open_, work_, close_)                                      \
    {                                                                                                                  \
        .number = number_, .name = name_, .operation = operation_, .ops = ops_, .warm_up = warm_up_, .open = open_,    \
        .work = work_, .close = close_                                                                                 \
    }

/* The rows, file by file; the last one of each has no name. */
extern const struct measure memory_measures[], program_measures[], kernel_measures[], wake_measures[],
    device_measures[];

/* arena.c: open() of a measure in the arena: its footprint is mapped and touched, or run->why says why not. */
bool arena_open(struct run *run);
void arena_drop(struct run *run);                    /* give it back */
unsigned long arena_huge_kib(const struct run *run); /* kibibytes of it in huge pages */
uint64_t available_bytes(void);                      /* what the kernel can still give */
enum { SPARE = 32 * MIB };                           /* and what a measure leaves of it */
void forget_translations(struct run *run);           /* of this process, in every array of its scope */

/* nestbench.c: say what is wrong with the bench itself and end it. */
_Noreturn void die(const char *what);
bool cannot(struct run *run, const char *why); /* false */
void run_on(int cpu);

static inline uint64_t xorshift(uint64_t x)
{
    x ^= x << 13;
    x ^= x >> 7;
    return x ^ x << 17;
}

#endif
