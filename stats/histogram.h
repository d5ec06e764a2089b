/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A bounded histogram of any 64-bit values: values below 32 have a bucket each, above that every power of two has 32
 * equal buckets.  Least, most, sum and count are exact; a percentile is the upper end of the bucket that holds it, so
 * it is at most 1/32 (3.2 %) too large and never too small.  The same values give the same figures in any order.
 */
#ifndef P9_STATS_HISTOGRAM_H
#define P9_STATS_HISTOGRAM_H

#include "base/bits.h"

enum { HISTOGRAM_STEPS_SHIFT = 5, HISTOGRAM_STEPS = 1 << HISTOGRAM_STEPS_SHIFT };
enum { HISTOGRAM_BUCKETS = (64 - HISTOGRAM_STEPS_SHIFT + 1) * HISTOGRAM_STEPS };

struct histogram {
    u64 count, sum, least, most; /* least and most: 0 while it is empty */
    u32 bucket[HISTOGRAM_BUCKETS];
};

void histogram_add(struct histogram *h, u64 value);

/* The least value that percent (1..100) of the values do not exceed, as far as the buckets tell; 0 if it is empty. */
u64 histogram_percentile(const struct histogram *h, unsigned percent);

#endif
