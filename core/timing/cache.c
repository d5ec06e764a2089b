/* SPDX-License-Identifier: Apache-2.0 */
/* One set-associative cache of lines; see cache.h.  What is beyond a hit in the newest way of a set. */
#include "core/timing/cache.h"

#include <stdlib.h>

#include "base/assert.h"

bool cache_open(struct cache *c, u32 lines, u32 ways, enum replacement policy, u64 seed)
{
    u32 sets = lines / ways;

    *c = (struct cache){.sets = sets,
                        .ways = ways,
                        .lines = lines,
                        .row = (ways + 7) / 8 * 8,
                        .set_shift = (u32)__builtin_ctz(sets),
                        .policy = policy,
                        .seed = seed};
    c->tag = calloc(lines, sizeof *c->tag);
    c->ready = calloc(lines, sizeof *c->ready);
    c->state = calloc(lines, sizeof *c->state);
    c->order = calloc(sets, c->row);
    c->mark = calloc(sets, c->row);
    c->tree = policy == REPLACE_PLRU ? calloc(sets, sizeof *c->tree) : NULL;
    if (!c->tag || !c->ready || !c->state || !c->order || !c->mark || (policy == REPLACE_PLRU && !c->tree))
        return false;
    cache_reset(c);
    return true;
}

void cache_close(struct cache *c)
{
    free(c->tag);
    free(c->ready);
    free(c->state);
    free(c->order);
    free(c->mark);
    free(c->tree);
    *c = (struct cache){0};
}

void cache_reset(struct cache *c)
{
    c->random = c->seed * 2 + 1;
    for (u32 at = 0; at < c->lines; at++) c->tag[at] = CACHE_EMPTY;
    memset(c->ready, 0, c->lines * sizeof *c->ready);
    memset(c->state, 0, c->lines * sizeof *c->state);
    memset(c->mark, 0, (size_t)c->sets * c->row);
    memset(c->order, 0xff, (size_t)c->sets * c->row);
    for (u32 set = 0; set < c->sets; set++)
        for (u32 way = 0; way < c->ways; way++)
            c->order[set * c->row + way] = (u8)(c->ways - 1 - way); /* 0 goes first */
    if (c->tree) memset(c->tree, 0, c->sets * sizeof *c->tree);
}

/* ---- eight bytes at a time; the first is the lowest ---- */

#define EACH_BYTE 0x0101010101010101ULL

static u64 get_bytes(const u8 *from)
{
    u64 v;

    memcpy(&v, from, 8);
    return HOST_IS_LE ? v : swap64(v);
}

static void put_bytes(u8 *to, u64 v)
{
    v = HOST_IS_LE ? v : swap64(v);
    memcpy(to, &v, 8);
}

/* The highest bit of each byte that is equal: adding 0x7f to the lower bits of what differs carries into it. */
static u64 equal_bytes(u64 bytes, u8 byte)
{
    const u64 lower = 0x7f * EACH_BYTE;
    u64 x = bytes ^ byte * EACH_BYTE;

    return ~(((x & lower) + lower) | x | lower);
}

/* ---- the list of a set ---- */

/* The way becomes the first: those before it move up by one, from one eight to the next. */
static void make_newest(u8 *order, u8 way)
{
    u64 comes = way;

    for (;; order += 8) {
        u64 list = get_bytes(order), equal = equal_bytes(list, way);
        u64 moved = equal ? ~0ULL >> (63 - __builtin_ctzll(equal)) : ~0ULL;

        put_bytes(order, (list & ~moved) | (list << 8 & moved) | comes);
        if (equal) return;
        comes = list >> 56;
    }
}

static void make_oldest(u8 *order, u8 way, u32 ways)
{
    u32 place = 0;

    while (order[place] != way) place++;
    memmove(order + place, order + place + 1, ways - place - 1);
    order[ways - 1] = way;
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

/* Of two lines of a set the marks mostly differ. */
static u8 mark_of(const struct cache *c, u64 line)
{
    u64 above = line >> c->set_shift;

    return (u8)((above ^ above >> 7) << 1 | 1);
}

void cache_set_marks(struct cache *c)
{
    for (u32 at = 0; at < c->lines; at++)
        c->mark[at / c->ways * c->row + at % c->ways] = c->tag[at] == CACHE_EMPTY ? 0 : mark_of(c, cache_line(c, at));
}

/* The way that holds the line, whose tag is `wanted` but for the bits of `ignored`. */
inline_hot u32 find(const struct cache *c, u64 line, u64 wanted, u64 ignored)
{
    u32 set = cache_set(c, line), first = set * c->ways;
    const u8 *marks = &c->mark[set * c->row], mark = mark_of(c, line);

    for (u32 way = 0; way < c->ways; way += 8)
        for (u64 equal = equal_bytes(get_bytes(marks + way), mark); equal; equal &= equal - 1) {
            u32 at = first + way + (u32)__builtin_ctzll(equal) / 8;

            if ((c->tag[at] | ignored) == wanted) return at;
        }
    return CACHE_NONE;
}

u32 cache_find(const struct cache *c, u64 line)
{
    return find(c, line, line << 1 | CACHE_CLOSER, CACHE_CLOSER);
}

/* A way of the set was used. */
inline_hot void used(struct cache *c, u32 set, u32 way)
{
    u8 *order = &c->order[set * c->row];

    if (c->policy == REPLACE_FIFO || order[0] == way) return;
    make_newest(order, (u8)way);
    if (c->tree) tree_point_away(&c->tree[set], c->ways, way);
}

bool cache_hit_older(struct cache *c, u64 line)
{
    u32 at = find(c, line, line << 1, 0), set = cache_set(c, line);

    if (at == CACHE_NONE) return false;
    used(c, set, at - set * c->ways);
    return true;
}

void cache_touch(struct cache *c, u32 at)
{
    used(c, at / c->ways, at % c->ways);
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
    u32 set = cache_set(c, line), first = set * c->ways, oldest = first + c->order[set * c->row + c->ways - 1];

    if (c->tag[oldest] == CACHE_EMPTY) return oldest;
    if (c->policy == REPLACE_RANDOM) return first + random_way(c);
    if (c->policy == REPLACE_PLRU) return first + tree_victim(c->tree[set], c->ways);
    return oldest;
}

void cache_fill(struct cache *c, u32 at, u64 line, u64 ready)
{
    u32 set = cache_set(c, line), way = at - set * c->ways;
    u8 *order = &c->order[set * c->row];

    c->tag[at] = line << 1;
    c->ready[at] = ready;
    c->state[at] = 0;
    c->mark[set * c->row + way] = mark_of(c, line);
    make_newest(order, (u8)way);
    if (c->tree) tree_point_away(&c->tree[set], c->ways, way);
}

void cache_remove(struct cache *c, u32 at)
{
    u32 set = at / c->ways, way = at % c->ways;
    u8 *order = &c->order[set * c->row];

    c->tag[at] = CACHE_EMPTY;
    c->mark[set * c->row + way] = 0;
    make_oldest(order, (u8)way, c->ways);
}

/* ---- what must hold ---- */

/* The list of a set names each way once, empty ones last, and no line is there twice or in a wrong set. */
static const char *check_set(const struct cache *c, u32 set)
{
    const u8 *order = &c->order[set * c->row], *mark = &c->mark[set * c->row];
    u64 seen = 0;
    bool empty = false;

    for (u32 place = 0; place < c->ways; place++) {
        u32 way = order[place], at = set * c->ways + way;

        MUST_HOLD(way < c->ways && !(seen >> way & 1));
        seen |= 1ULL << way;
        if (c->tag[at] == CACHE_EMPTY) {
            MUST_HOLD(!mark[way]);
            empty = true;
            continue;
        }
        MUST_HOLD(!empty && mark[way] == mark_of(c, cache_line(c, at)));
        MUST_HOLD(cache_set(c, cache_line(c, at)) == set && cache_find(c, cache_line(c, at)) == at);
    }
    for (u32 way = c->ways; way < c->row; way++) MUST_HOLD(order[way] == 0xff && !mark[way]);
    return NULL;
}

const char *cache_check(const struct cache *c)
{
    for (u32 set = 0; set < c->sets; set++) MUST_HOLD_OF(check_set(c, set));
    return NULL;
}
