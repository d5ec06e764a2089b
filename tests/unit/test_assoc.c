/* SPDX-License-Identifier: Apache-2.0 */
/* The set-associative array replaces as its policy says, for any number of sets and ways. */
#include <check.h>
#include <stdlib.h>

#include "mmu/assoc.h"
#include "tests/support/suite.h"

static u32 put(struct assoc *a, u64 index, u64 key)
{
    u32 line = assoc_victim(a, index);

    if (a->line[line].valid) assoc_remove(a, line);
    assoc_fill(a, line, key, ~key);
    return line;
}

static bool holds(const struct assoc *a, u64 key)
{
    return assoc_find(a, key, ~key) != ASSOC_NONE;
}

static void touch(struct assoc *a, u64 key)
{
    assoc_touch(a, assoc_find(a, key, ~key));
}

START_TEST(fifo_replaces_the_oldest_filled_whatever_is_used)
{
    struct assoc a;

    ck_assert(assoc_open(&a, 3, 0, REPLACE_FIFO, 1));
    for (u64 k = 1; k <= 3; k++) put(&a, 0, k);
    touch(&a, 1);
    put(&a, 0, 4);
    ck_assert(!holds(&a, 1) && holds(&a, 2) && holds(&a, 3) && holds(&a, 4));
    assoc_close(&a);
}
END_TEST

START_TEST(lru_replaces_the_one_unused_for_longest)
{
    struct assoc a;

    ck_assert(assoc_open(&a, 3, 0, REPLACE_LRU, 1));
    for (u64 k = 1; k <= 3; k++) put(&a, 0, k);
    touch(&a, 1);
    touch(&a, 2);
    put(&a, 0, 4);
    ck_assert(holds(&a, 1) && holds(&a, 2) && !holds(&a, 3) && holds(&a, 4));
    assoc_close(&a);
}
END_TEST

START_TEST(an_empty_line_is_filled_before_any_other_is_replaced)
{
    for (enum replacement policy = REPLACE_FIFO; policy <= REPLACE_RANDOM; policy++) {
        struct assoc a;

        ck_assert(assoc_open(&a, 6, 0, policy, 7));
        for (u64 k = 1; k <= 6; k++) put(&a, 0, k);
        assoc_remove(&a, assoc_find(&a, 3, ~3ULL));
        ck_assert_uint_eq(a.used, 5);
        put(&a, 0, 7);
        for (u64 k = 1; k <= 7; k++) ck_assert(holds(&a, k) == (k != 3));
        assoc_close(&a);
    }
}
END_TEST

/* Ways 0..4 of five in a tree of eight leaves; filling 0..4 in order leaves the root pointing left: {0..3}, then
 * (0, 1) because 2 and 3 were filled after them, then 0 because 1 was filled after it. */
START_TEST(tree_plru_follows_its_bits_and_never_enters_a_missing_way)
{
    struct assoc a;

    ck_assert(assoc_open(&a, 5, 0, REPLACE_PLRU, 1));
    for (u64 k = 0; k < 5; k++) ck_assert_uint_eq(put(&a, 0, k), k);
    ck_assert_uint_eq(assoc_victim(&a, 0), 0);
    touch(&a, 0);
    ck_assert_uint_eq(assoc_victim(&a, 0), 4); /* the root points right: only way 4 is there */
    for (u64 k = 100; k < 200; k++) ck_assert_uint_lt(put(&a, 0, k), 5);
    assoc_close(&a);
}
END_TEST

START_TEST(random_replacement_repeats_after_a_reset_and_reaches_every_way)
{
    struct assoc a;
    u32 first[64], seen = 0;

    ck_assert(assoc_open(&a, 7, 0, REPLACE_RANDOM, 42));
    for (u64 k = 0; k < 64; k++) first[k] = put(&a, 0, k);
    assoc_reset(&a);
    for (u64 k = 0; k < 64; k++) {
        ck_assert_uint_eq(put(&a, 0, k), first[k]);
        seen |= 1u << first[k];
    }
    ck_assert_uint_eq(seen, 127);
    assoc_close(&a);
}
END_TEST

START_TEST(an_index_reaches_only_its_own_set)
{
    struct assoc a;

    ck_assert(assoc_open(&a, 15, 5, REPLACE_LRU, 1));
    ck_assert_uint_eq(a.sets, 3);
    for (u64 k = 0; k < 100; k++) ck_assert_uint_eq(put(&a, k, k) / 5, k % 3);
    for (u64 k = 0; k < 100; k++) ck_assert(holds(&a, k) == (k >= 85));
    assoc_close(&a);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("assoc");
    TCase *c = tcase_create("assoc");

    tcase_add_test(c, fifo_replaces_the_oldest_filled_whatever_is_used);
    tcase_add_test(c, lru_replaces_the_one_unused_for_longest);
    tcase_add_test(c, an_empty_line_is_filled_before_any_other_is_replaced);
    tcase_add_test(c, tree_plru_follows_its_bits_and_never_enters_a_missing_way);
    tcase_add_test(c, random_replacement_repeats_after_a_reset_and_reaches_every_way);
    tcase_add_test(c, an_index_reaches_only_its_own_set);
    suite_add_tcase(s, c);
    return run_suite(s);
}
