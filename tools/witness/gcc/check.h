/* SPDX-License-Identifier: Apache-2.0 */
/*
 * For the programs that the guest's own gcc compiles and runs: each computes everything twice, once the way under test
 * and once with 32-bit integers or digit by digit, and ends with the number of checks, or with the first that failed.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef unsigned __int128 u128;
typedef __int128 s128;

static unsigned long checks;
static uint64_t seed = 88172645463325252;

static inline uint64_t random64(void)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return seed * 2685821657736338717;
}

/* Numbers of every magnitude: uniform bits would hardly ever be small. */
static inline uint64_t any64(void)
{
    uint64_t x = random64();

    return x >> (random64() % 64);
}

#define CHECK(what)                                                                                                    \
    do {                                                                                                               \
        checks++;                                                                                                      \
        if (!(what)) {                                                                                                 \
            printf("%s:%d: check %lu failed: %s\n", __FILE__, __LINE__, checks, #what);                                \
            exit(1);                                                                                                   \
        }                                                                                                              \
    } while (0)

#define DONE() (printf("%lu checks\n", checks), 0)
