/* SPDX-License-Identifier: Apache-2.0 */
/* A set-associative array of tags with any number of sets and ways; see assoc.h. */
#include "mmu/assoc.h"

#include <stdlib.h>

#include "base/assert.h"
#include "mmu/check.h"

static u32 set_of(const struct assoc *a, u32 line)
{
    return likely(a->way_shift != NO_SHIFT) ? line >> a->way_shift : line / a->ways;
}

static bool is_power(u32 n)
{
    return !(n & (n - 1));
}

bool assoc_open(struct assoc *a, u32 lines, u32 ways, enum replacement policy, u64 seed)
{
    if (!ways || ways > lines) ways = lines;
    *a = (struct assoc){.sets = lines / ways, .ways = ways, .policy = policy, .seed = seed, .buckets = 16};
    a->lines = a->sets * ways;
    a->set_mask = is_power(a->sets) ? a->sets - 1 : 0;
    a->way_shift = is_power(ways) ? (u32)__builtin_ctz(ways) : NO_SHIFT;
    while (a->buckets < 2 * a->lines) a->buckets *= 2;
    a->line = calloc(a->lines, sizeof *a->line);
    a->oldest = calloc(a->sets, sizeof *a->oldest);
    a->newest = calloc(a->sets, sizeof *a->newest);
    a->tree = calloc(a->sets, sizeof *a->tree);
    a->bucket = calloc(a->buckets, sizeof *a->bucket);
    if (!a->line || !a->oldest || !a->newest || !a->tree || !a->bucket) return false;
    assoc_reset(a);
    return true;
}

void assoc_close(struct assoc *a)
{
    free(a->line);
    free(a->oldest);
    free(a->newest);
    free(a->tree);
    free(a->bucket);
    *a = (struct assoc){0};
}

void assoc_reset(struct assoc *a)
{
    a->used = 0;
    a->random = a->seed * 2 + 1;
    for (u32 b = 0; b < a->buckets; b++) a->bucket[b] = ASSOC_NONE;
    for (u32 s = 0; s < a->sets; s++) {
        u32 first = s * a->ways, last = first + a->ways - 1;

        a->tree[s] = 0;
        a->oldest[s] = first;
        a->newest[s] = last;
        for (u32 n = first; n <= last; n++)
            a->line[n] = (struct assoc_line){
                .newer = n == last ? ASSOC_NONE : n + 1, .older = n == first ? ASSOC_NONE : n - 1, .chain = ASSOC_NONE};
    }
}

void assoc_copy(struct assoc *to, const struct assoc *from)
{
    if (!from->lines) return;
    to->used = from->used;
    to->random = from->random;
    memcpy(to->line, from->line, from->lines * sizeof *from->line);
    memcpy(to->oldest, from->oldest, from->sets * sizeof *from->oldest);
    memcpy(to->newest, from->newest, from->sets * sizeof *from->newest);
    memcpy(to->tree, from->tree, from->sets * sizeof *from->tree);
    memcpy(to->bucket, from->bucket, from->buckets * sizeof *from->bucket);
}

static void unlink_line(struct assoc *a, u32 set, u32 n)
{
    struct assoc_line *l = &a->line[n];

    if (l->older == ASSOC_NONE) a->oldest[set] = l->newer;
    else a->line[l->older].newer = l->newer;
    if (l->newer == ASSOC_NONE) a->newest[set] = l->older;
    else a->line[l->newer].older = l->older;
}

static void make_newest(struct assoc *a, u32 set, u32 n)
{
    if (a->newest[set] == n) return;
    unlink_line(a, set, n);
    a->line[n].older = a->newest[set];
    a->line[n].newer = ASSOC_NONE;
    a->line[a->newest[set]].newer = n;
    a->newest[set] = n;
}

static void make_oldest(struct assoc *a, u32 set, u32 n)
{
    if (a->oldest[set] == n) return;
    unlink_line(a, set, n);
    a->line[n].newer = a->oldest[set];
    a->line[n].older = ASSOC_NONE;
    a->line[a->oldest[set]].older = n;
    a->oldest[set] = n;
}

/* The smallest power of two that holds the ways: the tree's leaves; those beyond the last way are never entered. */
static u32 tree_leaves(const struct assoc *a)
{
    u32 leaves = 1;

    while (leaves < a->ways) leaves *= 2;
    return leaves;
}

/* Each node on the way down then points away from the used way. */
static void tree_point_away(struct assoc *a, u32 set, u32 way)
{
    u32 node = 1;

    for (u32 half = tree_leaves(a) / 2; half; half /= 2) {
        bool right = way & half;

        if (right) a->tree[set] &= ~(1ULL << node);
        else a->tree[set] |= 1ULL << node;
        node = node * 2 + right;
    }
}

static u32 tree_victim(const struct assoc *a, u32 set)
{
    u32 node = 1, way = 0;

    for (u32 half = tree_leaves(a) / 2; half; half /= 2) {
        bool right = (a->tree[set] >> node & 1) && way + half < a->ways;

        way += right ? half : 0;
        node = node * 2 + right;
    }
    return way;
}

void assoc_touch(struct assoc *a, u32 line)
{
    if (a->policy == REPLACE_LRU) make_newest(a, set_of(a, line), line);
    else if (a->policy == REPLACE_PLRU) tree_point_away(a, set_of(a, line), line % a->ways);
}

u32 assoc_victim(struct assoc *a, u64 index)
{
    u32 set = a->set_mask || a->sets == 1 ? (u32)index & a->set_mask : (u32)(index % a->sets), oldest = a->oldest[set];

    if (!a->line[oldest].valid) return oldest;
    if (a->policy == REPLACE_PLRU) return set * a->ways + tree_victim(a, set);
    if (a->policy != REPLACE_RANDOM) return oldest;
    a->random ^= a->random << 13;
    a->random ^= a->random >> 7;
    a->random ^= a->random << 17;
    return set * a->ways + (u32)(a->random >> 20) % a->ways;
}

void assoc_fill(struct assoc *a, u32 line, u64 key0, u64 key1)
{
    struct assoc_line *l = &a->line[line];
    u32 *bucket = &a->bucket[assoc_bucket(a, key0, key1)], set = set_of(a, line);

    l->key[0] = key0;
    l->key[1] = key1;
    l->valid = true;
    l->chain = *bucket;
    *bucket = line;
    a->used++;
    make_newest(a, set, line);
    if (a->policy == REPLACE_PLRU) tree_point_away(a, set, line % a->ways);
}

void assoc_remove(struct assoc *a, u32 line)
{
    struct assoc_line *l = &a->line[line];
    u32 *link = &a->bucket[assoc_bucket(a, l->key[0], l->key[1])];

    while (*link != line) link = &a->line[*link].chain;
    *link = l->chain;
    l->valid = false;
    a->used--;
    make_oldest(a, set_of(a, line), line);
}

/* ---- what must hold ---- */

/* The list of a set holds each of its lines once, and empty ones are older than filled ones. */
static const char *check_set(const struct assoc *a, u32 set)
{
    u32 first = set * a->ways, previous = ASSOC_NONE, n = a->oldest[set], count = 0;
    bool filled = false;

    for (; n != ASSOC_NONE && count <= a->ways; previous = n, n = a->line[n].newer, count++) {
        MUST_HOLD(n >= first && n < first + a->ways);
        MUST_HOLD(a->line[n].older == previous);
        MUST_HOLD(a->line[n].valid || !filled);
        filled |= a->line[n].valid;
    }
    MUST_HOLD(count == a->ways && a->newest[set] == previous);
    return NULL;
}

const char *assoc_check(const struct assoc *a)
{
    u32 valid = 0, chained = 0;

    for (u32 set = 0; set < a->sets; set++) MUST_HOLD_OF(check_set(a, set));
    for (u32 n = 0; n < a->lines; n++) {
        if (!a->line[n].valid) continue;
        valid++;
        MUST_HOLD(assoc_find(a, a->line[n].key[0], a->line[n].key[1]) == n); /* so no other line has this tag */
    }
    for (u32 b = 0; b < a->buckets; b++)
        for (u32 n = a->bucket[b]; n != ASSOC_NONE && chained <= a->lines; n = a->line[n].chain, chained++)
            MUST_HOLD(a->line[n].valid && assoc_bucket(a, a->line[n].key[0], a->line[n].key[1]) == b);
    MUST_HOLD(valid == a->used && chained == a->used);
    return NULL;
}
