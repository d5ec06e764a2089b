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

enum { CACHE_LINE = 128 };

/* One measure while it is under way. */
struct run {
    const struct measure *measure;
    unsigned level, cpu_count;
    int cpu[2]; /* the first two CPUs that we may use; cpu[1] if cpu_count > 1 */
    size_t page_size, huge_size;
    char *arena;       /* the storage of the memory measures, kept from one to the next */
    size_t arena_size; /* 0: there is none */
    bool arena_is_huge;
    const char *why; /* not NULL: this measure cannot be made here */
    uint64_t sum;    /* of what was read, so that the reads are needed */

    /* What a measure needs between its functions. */
    char *data;
    void **next;
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
    size_t footprint; /* of a memory measure */
    bool is_huge;     /* in huge pages */
};

/* The rows, file by file; the last one of each has no name. */
extern const struct measure memory_measures[], kernel_measures[], wake_measures[], device_measures[];

/* memory.c: give the arena back; kibibytes of it in huge pages. */
void arena_drop(struct run *run);
unsigned long arena_huge_kib(const struct run *run);

/* nestbench.c: say what is wrong with the bench itself and end it. */
_Noreturn void die(const char *what);
bool cannot(struct run *run, const char *why); /* false */
void run_on(int cpu);

#endif
