/* SPDX-License-Identifier: Apache-2.0 */
/* A cache holds and replaces what its policy says; the witness is a list per set, written down as the policies are
 * told. */
#include <check.h>
#include <stdlib.h>

#include "core/timing/cache.h"
#include "tests/support/suite.h"

static u64 random_state;

static u64 next_random(void)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return random_state >> 11;
}

static void fresh(void)
{
    random_state = 0x2545f4914f6cdd1d;
}

/* A use of the line: true if it was there. */
static bool use(struct cache *c, u64 line)
{
    if (cache_hit(c, line)) return true;
    cache_fill(c, cache_victim(c, line), line, 0);
    return false;
}

/* ---- the witness: the lines of a set in a list, those that are replaced later in front ---- */

enum { SETS_MAX = 8, WAYS_MAX = 24 };
struct witness {
    u32 sets, ways, count[SETS_MAX];
    bool fifo;
    u64 line[SETS_MAX][WAYS_MAX];
};

static void take_out(struct witness *w, u32 set, u32 place)
{
    w->count[set]--;
    for (; place < w->count[set]; place++) w->line[set][place] = w->line[set][place + 1];
}

static void put_in_front(struct witness *w, u32 set, u64 line)
{
    for (u32 place = w->count[set]++; place; place--) w->line[set][place] = w->line[set][place - 1];
    w->line[set][0] = line;
}

static u32 place_in(const struct witness *w, u32 set, u64 line)
{
    u32 place = 0;

    while (place < w->count[set] && w->line[set][place] != line) place++;
    return place;
}

static bool witness_has(const struct witness *w, u64 line)
{
    return place_in(w, line % w->sets, line) < w->count[line % w->sets];
}

static void witness_remove(struct witness *w, u64 line)
{
    if (witness_has(w, line)) take_out(w, line % w->sets, place_in(w, line % w->sets, line));
}

static bool witness_use(struct witness *w, u64 line)
{
    u32 set = line % w->sets;
    bool hit = witness_has(w, line);

    if (hit && w->fifo) return true;
    if (hit) witness_remove(w, line);
    else if (w->count[set] == w->ways) take_out(w, set, w->ways - 1);
    put_in_front(w, set, line);
    return hit;
}

static void compare_with_witness(u32 sets, u32 ways, bool fifo)
{
    struct witness w = {.sets = sets, .ways = ways, .fifo = fifo};
    struct cache c;

    ck_assert(cache_open(&c, sets * ways, ways, fifo ? REPLACE_FIFO : REPLACE_LRU, 1));
    for (unsigned step = 0; step < 5000; step++) {
        u64 line = next_random() % (sets * ways * 2), what = next_random() % 16;
        u32 at = cache_find(&c, line);

        ck_assert_msg((at != CACHE_NONE) == witness_has(&w, line), "%u sets, %u ways, step %u", sets, ways, step);
        if (what == 0) {
            if (at != CACHE_NONE) cache_remove(&c, at);
            witness_remove(&w, line);
        } else if (what == 1 && at != CACHE_NONE) {
            cache_touch(&c, at);
            witness_use(&w, line);
        } else {
            ck_assert(use(&c, line) == witness_use(&w, line));
        }
    }
    ck_assert_ptr_null(cache_check(&c));
    cache_close(&c);
}

START_TEST(lru_and_fifo_hold_what_a_list_of_each_set_holds)
{
    static const u32 all_ways[] = {1, 2, 3, 8, 20, 24};

    for (unsigned k = 0; k < ARRAY_SIZE(all_ways); k++)
        for (u32 sets = 1; sets <= SETS_MAX; sets *= 2) {
            compare_with_witness(sets, all_ways[k], false);
            compare_with_witness(sets, all_ways[k], true);
        }
}
END_TEST

START_TEST(an_empty_way_is_filled_before_any_other_is_replaced)
{
    for (enum replacement policy = REPLACE_FIFO; policy <= REPLACE_RANDOM; policy++) {
        struct cache c;

        ck_assert(cache_open(&c, 6, 6, policy, 7));
        for (u64 line = 1; line <= 6; line++) use(&c, line);
        cache_remove(&c, cache_find(&c, 3));
        use(&c, 7);
        for (u64 line = 1; line <= 7; line++) ck_assert((cache_find(&c, line) != CACHE_NONE) == (line != 3));
        ck_assert_ptr_null(cache_check(&c));
        cache_close(&c);
    }
}
END_TEST

/* Ways 0..4 of five in a tree of eight leaves; filling 0..4 in order leaves the root pointing left: {0..3}, then (0, 1)
 * because 2 and 3 were filled after them, then 0 because 1 was filled after it. */
START_TEST(tree_plru_follows_its_bits_and_never_enters_a_missing_way)
{
    struct cache c;

    ck_assert(cache_open(&c, 5, 5, REPLACE_PLRU, 1));
    for (u32 k = 0; k < 5; k++) {
        ck_assert_uint_eq(cache_victim(&c, 0), k);
        use(&c, k);
    }
    ck_assert_uint_eq(cache_victim(&c, 0), 0);
    ck_assert(use(&c, 0));
    ck_assert_uint_eq(cache_victim(&c, 0), 4); /* the root points right: only way 4 is there */
    for (u64 line = 100; line < 200; line++) {
        ck_assert_uint_lt(cache_victim(&c, line), 5);
        use(&c, line);
        ck_assert(use(&c, line)); /* what came last is not what goes next */
    }
    cache_close(&c);
}
END_TEST

START_TEST(random_replacement_repeats_after_a_reset_and_reaches_every_way)
{
    struct cache c;
    u32 first[64], seen = 0;

    ck_assert(cache_open(&c, 7, 7, REPLACE_RANDOM, 42));
    for (u64 line = 0; line < 64; line++) {
        first[line] = cache_victim(&c, line);
        cache_fill(&c, first[line], line, 0);
    }
    cache_reset(&c);
    for (u64 line = 0; line < 64; line++) {
        ck_assert_uint_eq(cache_victim(&c, line), first[line]);
        cache_fill(&c, first[line], line, 0);
        seen |= 1u << first[line];
    }
    ck_assert_uint_eq(seen, 127);
    cache_close(&c);
}
END_TEST

START_TEST(a_line_that_needs_a_closer_look_is_no_plain_hit_but_is_there)
{
    struct cache c;
    u32 at;

    ck_assert(cache_open(&c, 16, 4, REPLACE_LRU, 1));
    use(&c, 5);
    at = cache_find(&c, 5);
    c.tag[at] |= CACHE_CLOSER;
    ck_assert(!cache_hit(&c, 5));
    use(&c, 9); /* the same set: 5 is no longer its newest */
    ck_assert(!cache_hit(&c, 5));
    ck_assert_uint_eq(cache_find(&c, 5), at);
    ck_assert_uint_eq(cache_line(&c, at), 5);
    c.tag[at] &= ~CACHE_CLOSER;
    ck_assert(cache_hit(&c, 5));
    ck_assert_ptr_null(cache_check(&c));
    cache_close(&c);
}
END_TEST

/* A mark is the lower seven bits above the set, exclusive-or'ed with the next ones: 0 for n * 129 as long as n
 * < 128. */
START_TEST(lines_of_one_set_whose_marks_are_the_same_are_told_apart)
{
    for (u32 ways = 1; ways <= 20; ways++) {
        struct cache c;

        ck_assert(cache_open(&c, 4 * ways, ways, REPLACE_LRU, 1));
        for (u64 n = 0; n < 100; n++) {
            ck_assert(!cache_hit(&c, (n * 129) << 2 | 3));
            use(&c, (n * 129) << 2 | 3);
            for (u64 k = 0; k < 100; k++)
                ck_assert((cache_find(&c, (k * 129) << 2 | 3) != CACHE_NONE) == (k <= n && k + ways > n));
        }
        cache_close(&c);
    }
}
END_TEST

START_TEST(any_real_address_is_a_line_and_none_is_an_empty_way)
{
    static const u64 addresses[] = {0, 127, 128, 1ULL << 63, UINT64_MAX, UINT64_MAX - 128};
    struct cache c;

    ck_assert(cache_open(&c, 32, 8, REPLACE_LRU, 1));
    for (unsigned k = 0; k < ARRAY_SIZE(addresses); k++) ck_assert(cache_find(&c, line_of(addresses[k])) == CACHE_NONE);
    for (unsigned k = 0; k < ARRAY_SIZE(addresses); k++) use(&c, line_of(addresses[k]));
    for (unsigned k = 0; k < ARRAY_SIZE(addresses); k++) ck_assert(cache_hit(&c, line_of(addresses[k])));
    ck_assert_uint_eq(line_of(0), line_of(127));
    ck_assert_uint_ne(line_of(UINT64_MAX), line_of(UINT64_MAX - 128));
    ck_assert_ptr_null(cache_check(&c));
    cache_close(&c);
}
END_TEST

/* With LRU the lines of a set of n ways are always among those of a set of n + 1 ways. */
START_TEST(more_ways_never_miss_more_with_lru)
{
    u64 before = UINT64_MAX;

    for (u32 ways = 1; ways <= 16; ways++) {
        struct cache c;
        u64 misses = 0;

        fresh();
        ck_assert(cache_open(&c, 8 * ways, ways, REPLACE_LRU, 1));
        for (unsigned k = 0; k < 20000; k++) misses += !use(&c, next_random() % 64 * (next_random() % 2 + 1));
        ck_assert_uint_le(misses, before);
        before = misses;
        cache_close(&c);
    }
    ck_assert_uint_eq(before, 96); /* the multiples: 64 lines, and the even ones of the next 64; all of them fit */
}
END_TEST

int main(void)
{
    Suite *s = suite_create("cache");
    TCase *c = tcase_create("cache");

    tcase_add_checked_fixture(c, fresh, NULL);
    tcase_add_test(c, lru_and_fifo_hold_what_a_list_of_each_set_holds);
    tcase_add_test(c, an_empty_way_is_filled_before_any_other_is_replaced);
    tcase_add_test(c, tree_plru_follows_its_bits_and_never_enters_a_missing_way);
    tcase_add_test(c, random_replacement_repeats_after_a_reset_and_reaches_every_way);
    tcase_add_test(c, a_line_that_needs_a_closer_look_is_no_plain_hit_but_is_there);
    tcase_add_test(c, lines_of_one_set_whose_marks_are_the_same_are_told_apart);
    tcase_add_test(c, any_real_address_is_a_line_and_none_is_an_empty_way);
    tcase_add_test(c, more_ways_never_miss_more_with_lru);
    suite_add_tcase(s, c);
    return run_suite(s);
}
