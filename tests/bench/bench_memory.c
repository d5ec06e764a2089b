/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Nanoseconds of the host per question to the caches, by where it is answered, and per branch.  Prints a table; asserts
 * nothing about time.  Not a test: run it by hand (build target bench_memory).
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/hash.h"
#include "core/timing/branch.h"
#include "core/timing/memory.h"

enum { ROUNDS = 20000000, TABLE = 4096 };

static struct memory_system *m;
static u64 clock_cycles; /* of the model */
static u64 address[TABLE];

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

/* The next of a repeating sequence; `random` is the state. */
static u64 next_random(u64 *random)
{
    *random ^= *random << 13;
    *random ^= *random >> 7;
    *random ^= *random << 17;
    return *random;
}

/* Addresses of so many lines, in a row or in any order, again and again. */
static void lines(u64 count, bool shuffled)
{
    u64 random = 1;

    for (u64 k = 0; k < TABLE; k++) address[k] = (shuffled ? next_random(&random) >> 8 : k) % count * LINE_BYTES;
}

static void print(const char *what, double ns, unsigned rounds, const u64 from[SERVED_COUNT])
{
    static const char *const names[SERVED_COUNT] = {"L1", "L2", "L3", "other", "memory"};

    printf("%-44s %7.2f ns  ", what, ns / rounds);
    for (unsigned k = 0; k < SERVED_COUNT; k++)
        if (from[k]) printf(" %s %.1f %%", names[k], 100.0 * (double)from[k] / rounds);
    printf("\n");
}

/* Whoever asks is at most so far ahead of an answer, as a pipeline is: so queues fill, but not without end. */
enum { WINDOW_CYCLES = 100 };

static void go_on(u64 answer)
{
    clock_cycles += 4;
    if (answer > clock_cycles + WINDOW_CYCLES) clock_cycles = answer - WINDOW_CYCLES;
}

#define MEASURE(what, rounds, question)                                                                                \
    do {                                                                                                               \
        u64 from[SERVED_COUNT] = {0};                                                                                  \
        double start;                                                                                                  \
        for (u64 k = 0; k < TABLE; k++) go_on((question).when);                                                        \
        start = now();                                                                                                 \
        for (u64 k = 0; k < (rounds); k++) {                                                                           \
            struct memory_answer a = (question);                                                                       \
            from[a.from]++;                                                                                            \
            go_on(a.when);                                                                                             \
        }                                                                                                              \
        print(what, now() - start, rounds, from);                                                                      \
    } while (0)

static void caches(void)
{
    lines(16, false);
    MEASURE("load, 16 lines in a row", ROUNDS, memory_load(m, 0, 0, address[k % TABLE], clock_cycles));
    lines(200, true);
    MEASURE("load, any of 200 lines", ROUNDS, memory_load(m, 0, 0, address[k % TABLE], clock_cycles));
    lines(2000, true);
    MEASURE("load, any of 2000 lines", ROUNDS / 10, memory_load(m, 0, 0, address[k % TABLE], clock_cycles));
    lines(16, false);
    MEASURE("store, 8 bytes in a row", ROUNDS, memory_store(m, 0, k * 8 % 65536, clock_cycles));
    MEASURE("fetch, 16 lines in a row", ROUNDS, memory_fetch(m, 0, address[k % TABLE], clock_cycles));
    MEASURE("table read, 16 lines in a row", ROUNDS / 10, memory_table_read(m, 0, address[k % TABLE], clock_cycles));
    MEASURE("load, lines in a row through 64 MiB", ROUNDS / 10,
            memory_load(m, 0, 0, k * LINE_BYTES % (64 << 20), clock_cycles));
    MEASURE("load, any line of 64 MiB", ROUNDS / 10, memory_load(m, 0, 0, k * HASH_MULTIPLIER >> 38, clock_cycles));
}

static void branches(const char *what, unsigned different, unsigned period, enum branch_kind kind)
{
    struct branch_config config = branch_config_default();
    struct branch_unit *u = branch_open(&config);
    u64 wrong = 0;
    double start;

    if (!u) exit(EXIT_FAILURE);
    start = now();
    for (u64 k = 0; k < ROUNDS; k++) {
        u64 n = k % different;
        struct branch b = {.ea = 0x10000 + n * 52, .target = 0x20000 + n * 52, .kind = kind};

        b.taken = kind != BRANCH_CONDITIONAL || (n + k / different) % period != 0;
        wrong += branch_predict(u, 0, &b).mispredicted;
    }
    printf("%-44s %7.2f ns   mispredicted %.2f %%\n", what, (now() - start) / ROUNDS, 100.0 * (double)wrong / ROUNDS);
    branch_close(u);
}

int main(void)
{
    struct memory_config config = memory_config_default();

    m = memory_open(&config, 2);
    if (!m) return EXIT_FAILURE;
    caches();
    memory_close(m);
    branches("branch, conditional, 100 of them, period 2", 100, 2, BRANCH_CONDITIONAL);
    branches("branch, conditional, 3000 of them, period 7", 3000, 7, BRANCH_CONDITIONAL);
    branches("branch, 5 `b`", 5, 1, BRANCH_ALWAYS);
    branches("branch, 100 `b`", 100, 1, BRANCH_ALWAYS);
    branches("branch, 100 bcctr", 100, 1, BRANCH_INDIRECT);
    return EXIT_SUCCESS;
}
