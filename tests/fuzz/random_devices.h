/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the parts of random_devices share: the choices of a case, which follow from its seed or from libFuzzer's input,
 * and what went through.
 */
#ifndef P9_TESTS_RANDOM_DEVICES_H
#define P9_TESTS_RANDOM_DEVICES_H

#include "tests/fuzz/invariants.h"

struct random_devices {
    u64 random, seed;
    const u8 *bytes; /* of libFuzzer, mixed in while there are any */
    size_t left;
    u64 cases, boards, accesses, answered, refused_chains, exits, partitions, deep, believed;
};
extern struct random_devices f;

static inline u64 dice(u64 sides)
{
    if (f.left) {
        f.random ^= *f.bytes++;
        f.left--;
    }
    f.random = f.random * 6364136223846793005ULL + 1442695040888963407ULL;
    return (f.random >> 33) % sides;
}
static inline u64 any64(void)
{
    return dice(1ULL << 31) << 40 ^ dice(1ULL << 31) << 20 ^ dice(1ULL << 31);
}
static inline u64 one_of(const u64 *list, size_t n)
{
    return list[dice(n)];
}
#define ONE_OF(...) one_of((const u64[]){__VA_ARGS__}, sizeof((const u64[]){__VA_ARGS__}) / sizeof(u64))

/* The POWER9 board: accesses to everything, devices aimed at devices (devices_board.c). */
void board_case(unsigned steps);

/* A bare hypervisor whose guests make hypercalls and simulator calls, and print what a tower prints
 * (devices_guests.c). */
void guests_case(unsigned steps);

#endif
