/* SPDX-License-Identifier: Apache-2.0 */
/* See histogram.h. */
#include "stats/histogram.h"

static unsigned bucket_of(u64 value)
{
    unsigned shift;

    if (value < HISTOGRAM_STEPS) return (unsigned)value;
    shift = 63 - (unsigned)__builtin_clzll(value) - HISTOGRAM_STEPS_SHIFT;
    return (shift + 1) * HISTOGRAM_STEPS + (unsigned)((value >> shift) - HISTOGRAM_STEPS);
}

static u64 last_of(unsigned bucket)
{
    unsigned shift = bucket / HISTOGRAM_STEPS;

    if (!shift) return bucket;
    shift--;
    return ((u64)(HISTOGRAM_STEPS + bucket % HISTOGRAM_STEPS + 1) << shift) - 1; /* of the very last: 2^64 - 1 */
}

void histogram_add(struct histogram *h, u64 value)
{
    if (!h->count || value < h->least) h->least = value;
    if (value > h->most) h->most = value;
    h->count++;
    h->sum += value;
    h->bucket[bucket_of(value)]++;
}

u64 histogram_percentile(const struct histogram *h, unsigned percent)
{
    u64 wanted = (u64)(((u128)h->count * percent + 99) / 100), seen = 0;

    if (!h->count) return 0;
    for (unsigned k = 0; k < HISTOGRAM_BUCKETS; k++) {
        seen += h->bucket[k];
        if (seen >= wanted && seen) return last_of(k) < h->most ? last_of(k) : h->most;
    }
    return h->most;
}
