/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The random number generator of the NX unit, deterministic here: the sequence follows from a seed, so a run repeats.
 * darn and the NX both draw from the same generator, as on the chip.
 */
#ifndef P9_DEVICES_RNG_H
#define P9_DEVICES_RNG_H

#include "base/state.h"

struct rng {
    u64 seed, state;
};

extern const struct state_table rng_state; /* nx_rng.c */

static inline void rng_seed(struct rng *rng, u64 seed)
{
    rng->seed = rng->state = seed;
}

/* SplitMix64 (Steele, Lea, Flood 2014): a counter and a mixing function; every 64-bit value occurs once per period. */
static inline u64 rng_next(struct rng *rng)
{
    u64 z = rng->state += 0x9e3779b97f4a7c15ULL;

    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ z >> 27) * 0x94d049bb133111ebULL;
    return z ^ z >> 31;
}

#endif
