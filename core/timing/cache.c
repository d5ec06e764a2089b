/* SPDX-License-Identifier: Apache-2.0 */
/* One set-associative cache of lines; see cache.h.  What is beyond a hit in the newest way of a set. */
#include "core/timing/cache.h"

#include <stdlib.h>

#include "base/assert.h"

bool cache_open(struct cache *c, u32 lines, u32 ways, enum replacement policy, u64 seed)
{
    *c = (struct cache){.sets = lines / ways, .ways = ways, .lines = lines, .policy = policy, .seed = seed};
    c->tag = calloc(lines, sizeof *c->tag);
    c->ready = calloc(lines, sizeof *c->ready);
    c->state = calloc(lines, sizeof *c->state);
    c->order = calloc(lines, sizeof *c->order);
    c->tree = policy == REPLACE_PLRU ? calloc(c->sets, sizeof *c->tree) : NULL;
    if (!c->tag || !c->ready || !c->state || !c->order || (policy == REPLACE_PLRU && !c->tree)) return false;
    cache_reset(c);
    return true;
}

void cache_close(struct cache *c)
{
    free(c->tag);
    free(c->ready);
    free(c->state);
    free(c->order);
    free(c->tree);
    *c = (struct cache){0};
}

void cache_reset(struct cache *c)
{
    c->random = c->seed * 2 + 1;
    for (u32 at = 0; at < c->lines; at++) {
        c->tag[at] = CACHE_EMPTY;
        c->order[at] = (u8)(c->ways - 1 - at % c->ways); /* way 0 is the first to be filled */
    }
    memset(c->ready, 0, c->lines * sizeof *c->ready);
    memset(c->state, 0, c->lines * sizeof *c->state);
    if (c->tree) memset(c->tree, 0, c->sets * sizeof *c->tree);
}

/* ---- the list of a set ---- */

/* The way at this place of the list becomes the first. */
static void make_newest(u8 *order, u32 place)
{
    u8 way = order[place];

    memmove(order + 1, order, place);
    order[0] = way;
}

static void make_oldest(u8 *order, u32 place, u32 ways)
{
    u8 way = order[place];

    memmove(order + place, order + place + 1, ways - place - 1);
    order[ways - 1] = way;
}

/* Looked for from the end of the list, where those are that are filled. */
static u32 place_of(const u8 *order, u32 way, u32 ways)
{
    u32 place = ways - 1;

    while (order[place] != way) place--;
    return place;
}

/* ---- the tree of a set: node 1 is the root, a bit of 1 says that the right half is the older one ---- */

/* The smallest power of two that holds the ways: leaves beyond the last way are never entered. */
static u32 tree_leaves(u32 ways)
{
    u32 leaves = 1;

    while (leaves < ways) leaves *= 2;
    return leaves;
}

static void tree_point_away(u64 *tree, u32 ways, u32 way)
{
    u32 node = 1;

    for (u32 half = tree_leaves(ways) / 2; half; half /= 2) {
        bool right = way & half;

        if (right) *tree &= ~(1ULL << node);
        else *tree |= 1ULL << node;
        node = node * 2 + right;
    }
}

static u32 tree_victim(u64 tree, u32 ways)
{
    u32 node = 1, way = 0;

    for (u32 half = tree_leaves(ways) / 2; half; half /= 2) {
        bool right = (tree >> node & 1) && way + half < ways;

        way += right ? half : 0;
        node = node * 2 + right;
    }
    return way;
}

/* ---- looking up ---- */

u32 cache_find(const struct cache *c, u64 line)
{
    const u64 wanted = line << 1 | CACHE_CLOSER;
    u32 first = cache_first(c, line);

    for (u32 way = 0; way < c->ways; way++)
        if ((c->tag[first + way] | CACHE_CLOSER) == wanted) return first + way;
    return CACHE_NONE;
}

/* It was at this place of the list when it was used. */
static void used(struct cache *c, u32 first, u32 place)
{
    u8 *order = &c->order[first];

    if (c->policy == REPLACE_FIFO || place == 0) return;
    make_newest(order, place);
    if (c->tree) tree_point_away(&c->tree[first / c->ways], c->ways, order[0]);
}

bool cache_hit_older(struct cache *c, u64 line)
{
    u32 first = cache_first(c, line);
    const u8 *order = &c->order[first];

    for (u32 place = 1; place < c->ways; place++)
        if (c->tag[first + order[place]] == line << 1) {
            used(c, first, place);
            return true;
        }
    return false;
}

void cache_touch(struct cache *c, u32 at)
{
    u32 way = at % c->ways, first = at - way;

    if (c->order[first] != way) used(c, first, place_of(&c->order[first], way, c->ways));
}

/* ---- filling ---- */

static u32 random_way(struct cache *c)
{
    c->random ^= c->random << 13;
    c->random ^= c->random >> 7;
    c->random ^= c->random << 17;
    return (u32)(c->random >> 20) % c->ways;
}

u32 cache_victim(struct cache *c, u64 line)
{
    u32 first = cache_first(c, line), oldest = first + c->order[first + c->ways - 1];

    if (c->tag[oldest] == CACHE_EMPTY) return oldest;
    if (c->policy == REPLACE_RANDOM) return first + random_way(c);
    if (c->policy == REPLACE_PLRU) return first + tree_victim(c->tree[first / c->ways], c->ways);
    return oldest;
}

void cache_fill(struct cache *c, u32 at, u64 line, u64 ready)
{
    u32 way = at % c->ways, first = at - way;

    c->tag[at] = line << 1;
    c->ready[at] = ready;
    c->state[at] = 0;
    make_newest(&c->order[first], place_of(&c->order[first], way, c->ways));
    if (c->tree) tree_point_away(&c->tree[first / c->ways], c->ways, way);
}

void cache_remove(struct cache *c, u32 at)
{
    u32 way = at % c->ways, first = at - way;

    c->tag[at] = CACHE_EMPTY;
    make_oldest(&c->order[first], place_of(&c->order[first], way, c->ways), c->ways);
}

/* ---- what must hold ---- */

/* The list of a set names each way once, empty ones last, and no line is there twice or in a wrong set. */
static const char *check_set(const struct cache *c, u32 first)
{
    u64 seen = 0;
    bool empty = false;

    for (u32 place = 0; place < c->ways; place++) {
        u32 way = c->order[first + place], at = first + way;

        MUST_HOLD(way < c->ways && !(seen >> way & 1));
        seen |= 1ULL << way;
        if (c->tag[at] == CACHE_EMPTY) {
            empty = true;
            continue;
        }
        MUST_HOLD(!empty);
        MUST_HOLD(cache_first(c, cache_line(c, at)) == first && cache_find(c, cache_line(c, at)) == at);
    }
    return NULL;
}

const char *cache_check(const struct cache *c)
{
    for (u32 set = 0; set < c->sets; set++) MUST_HOLD_OF(check_set(c, set * c->ways));
    return NULL;
}
