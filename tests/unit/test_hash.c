/* SPDX-License-Identifier: Apache-2.0 */
/* An index finds every row that was added and no other, however it grows and wherever the hashes fall. */
#include <check.h>

#include "base/hash.h"
#include "tests/support/suite.h"

enum { ROWS_MAX = 5000 };

struct owner {
    struct hash_index index;
    u64 key[ROWS_MAX];
    u32 count;
    u64 (*hash_of)(u64 key);
};

static bool is_key(const void *self, u32 row, const void *key)
{
    const struct owner *o = self;

    ck_assert_uint_lt(row, o->count);
    return o->key[row] == *(const u64 *)key;
}

static u64 hash_of_number(const void *self, u32 row)
{
    const struct owner *o = self;

    return o->hash_of(o->key[row]);
}

static u32 find(const struct owner *o, u64 key)
{
    return hash_find(&o->index, o->hash_of(key), is_key, o, &key);
}

static void add(struct owner *o, u64 key)
{
    ck_assert(hash_room(&o->index, o->count, hash_of_number, o));
    o->key[o->count] = key;
    hash_add(&o->index, o->hash_of(key), o->count++);
}

static u64 itself(u64 key)
{
    return key;
}

/* What falls on the last cell, however many cells there are: the next row must go round to the first one. */
static u64 always_the_last(u64 key)
{
    static u64 hash;

    (void)key;
    while (hash_place(hash, 1 << 16) != (1 << 16) - 1) hash++;
    return hash;
}

START_TEST(an_index_of_nothing_finds_nothing_and_takes_no_memory)
{
    struct owner o = {.hash_of = itself};

    ck_assert_uint_eq(find(&o, 0), HASH_NONE);
    hash_close(&o.index);
    ck_assert(!o.index.cell && !o.index.cells);
}
END_TEST

START_TEST(every_row_is_found_and_no_other_while_the_index_grows)
{
    struct owner o = {.hash_of = itself};

    for (u64 k = 0; k < ROWS_MAX; k++) {
        ck_assert_uint_eq(find(&o, k << 12), HASH_NONE);
        add(&o, k << 12);
        ck_assert_uint_eq(find(&o, k << 12), k);
    }
    for (u64 k = 0; k < ROWS_MAX; k++) {
        ck_assert_uint_eq(find(&o, k << 12), k);
        ck_assert_uint_eq(find(&o, k << 12 | 1), HASH_NONE);
    }
    hash_close(&o.index);
    ck_assert_uint_eq(find(&o, 0), HASH_NONE);
}
END_TEST

START_TEST(at_least_half_of_the_cells_are_empty_and_no_more_than_that_is_asked_for)
{
    struct owner o = {.hash_of = itself};
    u32 used = 0;

    for (u64 k = 0; k < 1024; k++) {
        add(&o, k);
        ck_assert_uint_le(2 * o.count, o.index.cells);
    }
    ck_assert_uint_eq(o.index.cells, 2048);
    for (u32 k = 0; k < o.index.cells; k++) used += o.index.cell[k] != 0;
    ck_assert_uint_eq(used, 1024);
    hash_close(&o.index);
}
END_TEST

/* Of rows that fall on two neighbouring places, and so push each other on, in every order. */
static u64 one_of_two(u64 key)
{
    return key & 1 ? itself(7) : always_the_last(key);
}

START_TEST(a_row_that_is_taken_out_is_gone_and_all_others_are_found)
{
    u64 (*const hashes[])(u64) = {itself, always_the_last, one_of_two};

    for (unsigned h = 0; h < ARRAY_SIZE(hashes); h++) {
        struct owner o = {.hash_of = hashes[h]};
        bool is_out[64] = {false};
        u64 at = 11;

        for (u64 k = 0; k < 64; k++) add(&o, k);
        for (unsigned n = 0; n < 64; n++, at = (at * 5 + 1) % 64) {
            hash_remove(&o.index, o.hash_of(at), (u32)at, hash_of_number, &o);
            ck_assert(!is_out[at]);
            is_out[at] = true;
            for (u64 k = 0; k < 64; k++) ck_assert_uint_eq(find(&o, k), is_out[k] ? HASH_NONE : k);
        }
        for (u32 k = 0; k < o.index.cells; k++) ck_assert_uint_eq(o.index.cell[k], 0);
        hash_close(&o.index);
    }
}
END_TEST

START_TEST(rows_of_one_hash_lie_behind_each_other_and_are_told_apart_by_their_keys)
{
    struct owner o = {.hash_of = always_the_last};

    for (u64 k = 0; k < 600; k++) add(&o, k);
    for (u64 k = 0; k < 600; k++) ck_assert_uint_eq(find(&o, k), k);
    ck_assert_uint_eq(find(&o, 600), HASH_NONE);
    ck_assert_uint_eq(o.index.cell[o.index.cells - 1], 1);
    ck_assert_uint_eq(o.index.cell[0], 2);
    hash_close(&o.index);
}
END_TEST

START_TEST(an_index_that_cannot_grow_says_so_and_stays_as_it_is)
{
    struct owner o = {.index = {.cells = 1u << 31}, .hash_of = itself};

    ck_assert(!hash_room(&o.index, 1u << 30, hash_of_number, &o));
    ck_assert(!o.index.cell && o.index.cells == 1u << 31);
}
END_TEST

START_TEST(what_is_mixed_first_and_what_is_mixed_last_both_matter)
{
    ck_assert_uint_eq(hash_mix(0, 1), HASH_MULTIPLIER ^ HASH_MULTIPLIER >> 32);
    ck_assert_uint_ne(hash_mix(hash_mix(0, 1), 2), hash_mix(hash_mix(0, 2), 1));
    ck_assert_uint_ne(hash_mix(hash_mix(0, 1), 0), hash_mix(0, 1));
}
END_TEST

/* How many of 4096 places are named by 4096 values, a multiple of 1 << shift each; at random it would be 63 %. */
static u32 named(unsigned shift, bool mixed)
{
    bool is_named[4096] = {false};
    u32 count = 0;

    for (u64 k = 0; k < 4096; k++) {
        u32 at = hash_place(mixed ? hash_mix(0, k << shift) : k << shift, 4096);
        ck_assert_uint_lt(at, 4096);
        count += !is_named[at];
        is_named[at] = true;
    }
    return count;
}

START_TEST(values_that_follow_each_other_in_any_stride_spread_over_the_places)
{
    for (unsigned shift = 0; shift <= 52; shift++) {
        ck_assert_uint_gt(named(shift, false), 1500);
        ck_assert_uint_gt(named(shift, true), 1500);
    }
}
END_TEST

int main(void)
{
    Suite *s = suite_create("hash");
    TCase *c = tcase_create("hash");

    tcase_add_test(c, an_index_of_nothing_finds_nothing_and_takes_no_memory);
    tcase_add_test(c, every_row_is_found_and_no_other_while_the_index_grows);
    tcase_add_test(c, at_least_half_of_the_cells_are_empty_and_no_more_than_that_is_asked_for);
    tcase_add_test(c, a_row_that_is_taken_out_is_gone_and_all_others_are_found);
    tcase_add_test(c, rows_of_one_hash_lie_behind_each_other_and_are_told_apart_by_their_keys);
    tcase_add_test(c, an_index_that_cannot_grow_says_so_and_stays_as_it_is);
    tcase_add_test(c, what_is_mixed_first_and_what_is_mixed_last_both_matter);
    tcase_add_test(c, values_that_follow_each_other_in_any_stride_spread_over_the_places);
    suite_add_tcase(s, c);
    return run_suite(s);
}
