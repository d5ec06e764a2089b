/* SPDX-License-Identifier: Apache-2.0 */
/* See histogram.h. */
#include "stats/histogram.h"

#include "stats/rows.h"

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

/* Most buckets are empty: pairs of a number and what is in it. */
static void save_buckets(struct state_writer *w, const void *self)
{
    const struct histogram *h = self;
    u32 used = 0;

    for (u32 k = 0; k < HISTOGRAM_BUCKETS; k++) used += h->bucket[k] != 0;
    state_put_number(w, used);
    for (u32 k = 0; k < HISTOGRAM_BUCKETS; k++) {
        const u32 pair[] = {k, h->bucket[k]};
        if (h->bucket[k]) state_put_numbers(w, pair, 4, 2);
    }
}

static bool restore_buckets(struct state_reader *r, void *self)
{
    struct histogram *h = self;
    u64 used = state_get_count(r, NULL, HISTOGRAM_BUCKETS);
    u32 pair[2];

    memset(h->bucket, 0, sizeof h->bucket);
    for (u64 k = 0; k < used; k++) {
        if (!state_get_numbers(r, pair, 4, 2)) return false;
        if (pair[0] >= HISTOGRAM_BUCKETS) return state_refuse(r, "a histogram with a bucket that it does not have");
        h->bucket[pair[0]] = pair[1];
    }
    return !r->failed;
}

static const struct state_row rows[] = {
    STATE(struct histogram, count),
    STATE(struct histogram, sum),
    STATE(struct histogram, least),
    STATE(struct histogram, most),
    STATE_CALL(struct histogram, bucket, save_buckets, restore_buckets),
};
const struct state_table histogram_state = STATE_TABLE(struct histogram, rows);
