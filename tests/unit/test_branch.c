/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a front end loses by branches.  Where a public curve of a real POWER9 exists, the same program is asked for
 * here: chains of branches (next-address structure) and of calls (link stack).
 */
#include <check.h>
#include <stdlib.h>

#include "base/hash.h"
#include "core/timing/branch.h"
#include "tests/support/suite.h"

static struct branch_config config;
static struct branch_unit *u;
static u64 random_state;

static void open_unit(void)
{
    branch_close(u);
    u = branch_open(&config);
    ck_assert_ptr_nonnull(u);
}

static void start(void)
{
    config = branch_config_default();
    random_state = 0x2545f4914f6cdd1d;
    u = NULL;
    open_unit();
}

static void stop(void)
{
    ck_assert_ptr_null(branch_check(u));
    branch_close(u);
}

static u64 next_random(void)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return random_state >> 11;
}

static struct branch_outcome conditional(u64 ea, bool taken)
{
    return branch_predict(u, 0,
                          &(struct branch){.ea = ea, .target = ea + 0x400, .kind = BRANCH_CONDITIONAL, .taken = taken});
}

static struct branch_outcome always(u64 ea, u64 target)
{
    return branch_predict(u, 0, &(struct branch){.ea = ea, .target = target, .kind = BRANCH_ALWAYS, .taken = true});
}

static struct branch_outcome call(unsigned thread, u64 ea, u64 target)
{
    return branch_predict(
        u, thread, &(struct branch){.ea = ea, .target = target, .kind = BRANCH_ALWAYS, .call = true, .taken = true});
}

static struct branch_outcome go_back(unsigned thread, u64 ea, u64 target)
{
    return branch_predict(u, thread,
                          &(struct branch){.ea = ea, .target = target, .kind = BRANCH_RETURN, .taken = true});
}

static struct branch_outcome indirect(u64 ea, u64 target)
{
    return branch_predict(u, 0, &(struct branch){.ea = ea, .target = target, .kind = BRANCH_INDIRECT, .taken = true});
}

/* ---- targets in the word ---- */

/* Hundredths of a cycle for each of n branches in a chain, the last of which goes back to the first.  The program runs
 * a chain 1000 times between two readings of the clock, and what it measures for n = 1, 2, 3 ... is 1 + 1.7 / n: so the
 * readings are 1.7 cycles of each run. */
static u64 chain(u64 n)
{
    u64 cycles = 0, rounds = 2000;

    open_unit();
    for (u64 round = 0; round < rounds; round++)
        for (u64 k = 0; k < n; k++) {
            struct branch_outcome o = always(k * 0x10040, (k + 1) % n * 0x10040);

            ck_assert(!o.mispredicted);
            cycles += 1 + o.bubble;
        }
    return (cycles * 100 / rounds + 170) / n;
}

/* Read off the published plot; it is good to some tenths. */
START_TEST(a_chain_of_branches_takes_1_2_cycles_each_up_to_8_and_3_from_16_on)
{
    static const struct {
        u64 branches, hundredths;
    } measured[] = {{1, 270},  {3, 158},  {5, 135},  {7, 122},  {8, 133},  {9, 155},  {10, 195},
                    {11, 235}, {12, 245}, {14, 255}, {16, 290}, {20, 300}, {256, 300}};

    for (unsigned k = 0; k < ARRAY_SIZE(measured); k++) {
        u64 modelled = chain(measured[k].branches);

        ck_assert_uint_ge(modelled + 20, measured[k].hundredths);
        ck_assert_uint_le(modelled, measured[k].hundredths + 20);
    }
    config.next_address = 0;
    ck_assert_uint_eq(chain(170), 301);
}
END_TEST

START_TEST(a_branch_that_is_not_taken_loses_nothing)
{
    for (u64 k = 0; k < 100; k++) {
        struct branch_outcome o = conditional(0x1000 + k * 4, false);

        ck_assert(!o.mispredicted && !o.bubble && !o.predicted_taken);
    }
}
END_TEST

START_TEST(a_moved_target_is_corrected_as_early_as_the_bht_speaks)
{
    always(0x1000, 0x2000);
    ck_assert_uint_eq(always(0x1000, 0x2000).bubble, config.next_address_cycles - 1);
    ck_assert_uint_eq(always(0x1000, 0x3000).bubble, config.bht_cycles - 1);
    ck_assert_uint_eq(always(0x1000, 0x3000).bubble, config.next_address_cycles - 1);
}
END_TEST

/* ---- directions ---- */

START_TEST(a_branch_that_always_goes_one_way_is_predicted_after_a_few)
{
    unsigned wrong = 0;

    for (unsigned k = 0; k < 1000; k++) wrong += conditional(0x1000, true).mispredicted;
    ck_assert_uint_le(wrong, 3);
}
END_TEST

/* A pattern of 20 without any shorter period. */
static u64 wrong_of_pattern(void)
{
    static const bool pattern[20] = {1, 1, 0, 1, 0, 0, 0, 1, 1, 1, 1, 0, 1, 0, 1, 1, 0, 0, 1, 0};
    u64 wrong = 0;

    open_unit();
    for (u64 k = 0; k < 40000; k++) {
        bool mispredicted = conditional(0x1000, pattern[k % 20]).mispredicted;

        if (k >= 20000) wrong += mispredicted;
    }
    return wrong;
}

START_TEST(the_tage_learns_a_pattern_of_20_that_the_bht_cannot)
{
    ck_assert_uint_eq(wrong_of_pattern(), 0);
    config.tage = 0;
    ck_assert_uint_gt(wrong_of_pattern(), 20000 / 4);
}
END_TEST

/* The branch goes where another one went, so many branches ago; those in between go anywhere. */
static u64 wrong_after(u64 distance)
{
    u64 wrong = 0;

    open_unit();
    for (u64 k = 0; k < 20000; k++) {
        bool way = next_random() % 2;

        conditional(0x1000, way);
        for (u64 n = 1; n < distance; n++) conditional(0x2000 + n * 4, n % 3 == 0);
        if (k >= 10000) wrong += conditional(0x3000, way).mispredicted;
        else conditional(0x3000, way);
    }
    return wrong;
}

START_TEST(history_reaches_back_200_branches_and_not_300)
{
    ck_assert_uint_lt(wrong_after(5), 100);
    ck_assert_uint_lt(wrong_after(60), 100);
    ck_assert_uint_lt(wrong_after(200), 500);
    ck_assert_uint_gt(wrong_after(300), 4000);
}
END_TEST

/* The BHT is wrong half of the time about a branch that goes to and fro, and the TAGE says so two cycles later. */
START_TEST(an_override_of_the_tage_costs_more_than_the_bht)
{
    unsigned overrides = 0;

    for (unsigned k = 0; k < 2000; k++) {
        struct branch_outcome o = conditional(0x1000, k % 2);

        if (k < 1000) continue;
        ck_assert(!o.mispredicted);
        overrides += o.bubble == config.tage_cycles - 1;
    }
    ck_assert_uint_gt(overrides, 400);
}
END_TEST

START_TEST(a_hint_overrides_the_tables_which_learn_nothing_from_it)
{
    struct branch b = {.ea = 0x1000, .target = 0x2000, .kind = BRANCH_CONDITIONAL, .taken = true};

    for (unsigned k = 0; k < 100; k++) {
        b.hint = HINT_NOT_TAKEN;
        ck_assert(branch_predict(u, 0, &b).mispredicted);
        b.hint = HINT_TAKEN;
        ck_assert(!branch_predict(u, 0, &b).mispredicted);
    }
    b.hint = HINT_NONE;
    ck_assert(branch_predict(u, 0, &b).mispredicted); /* the first time */
    config.static_hints = false;
    open_unit();
    b.hint = HINT_NOT_TAKEN;
    for (unsigned k = 0; k < 10; k++) (void)branch_predict(u, 0, &b);
    ck_assert(!branch_predict(u, 0, &b).mispredicted);
}
END_TEST

/* ---- returns ---- */

static u64 wrong_returns(u64 depth)
{
    u64 wrong = 0;

    open_unit();
    for (unsigned round = 0; round < 10; round++) {
        for (u64 k = 0; k < depth; k++) call(0, 0x1000 + k * 0x100, 0x1000 + (k + 1) * 0x100);
        for (u64 k = depth; k--;) {
            struct branch_outcome o = go_back(0, 0x1080 + (k + 1) * 0x100, 0x1004 + k * 0x100);

            ck_assert(o.mispredicted == o.target_wrong);
            wrong += o.mispredicted;
        }
    }
    return wrong;
}

START_TEST(sixty_four_calls_deep_every_return_is_known_and_deeper_ones_are_not)
{
    ck_assert_uint_eq(wrong_returns(1), 0);
    ck_assert_uint_eq(wrong_returns(64), 0);
    ck_assert_uint_eq(wrong_returns(65), 10);
    ck_assert_uint_eq(wrong_returns(80), 160);
}
END_TEST

START_TEST(each_thread_has_a_link_stack_of_its_own)
{
    for (unsigned thread = 0; thread < BRANCH_THREADS; thread++) call(thread, 0x1000 * (thread + 1), 0x8000);
    for (unsigned thread = 0; thread < BRANCH_THREADS; thread++)
        ck_assert(!go_back(thread, 0x8040, 0x1000 * (thread + 1) + 4).mispredicted);
}
END_TEST

START_TEST(a_return_that_is_not_taken_leaves_the_link_stack_alone)
{
    struct branch b = {.ea = 0x8000, .target = 0x1004, .kind = BRANCH_RETURN, .conditional = true};

    call(0, 0x1000, 0x8000);
    ck_assert(!branch_predict(u, 0, &b).mispredicted);
    ck_assert(!go_back(0, 0x8040, 0x1004).mispredicted);
}
END_TEST

/* ---- indirect branches ---- */

START_TEST(the_count_cache_knows_the_last_target)
{
    ck_assert(indirect(0x1000, 0x2000).target_wrong);
    ck_assert(!indirect(0x1000, 0x2000).mispredicted);
    for (unsigned k = 0; k < 10; k++) indirect(0x1000, 0x2000);
    ck_assert(indirect(0x1000, 0x3000).target_wrong);
    ck_assert(!indirect(0x1000, 0x2000).mispredicted); /* once is not enough to change its mind */
}
END_TEST

/* Three targets in turn, at one of many places: of 100000 branches. */
static u64 wrong_turns(void)
{
    u64 wrong = 0;

    for (u64 place = 0; place < 50; place++) {
        open_unit();
        for (u64 k = 0; k < 4000; k++) {
            bool mispredicted = indirect(0x1000 + place * 0x124, 0x2000 + k % 3 * 0x100).mispredicted;

            if (k >= 2000) wrong += mispredicted;
        }
    }
    return wrong;
}

/* Each place has three entries, and it is rare that two of them are the same. */
START_TEST(the_pattern_cache_knows_targets_that_come_in_turn)
{
    ck_assert_uint_lt(wrong_turns(), 3000);
}
END_TEST

START_TEST(without_a_count_cache_every_indirect_branch_that_is_taken_is_mispredicted)
{
    struct branch b = {.ea = 0x1000, .target = 0x2000, .kind = BRANCH_INDIRECT, .conditional = true};

    config.count_cache = false;
    ck_assert_uint_eq(wrong_turns(), 100000);
    for (unsigned k = 0; k < 100; k++) ck_assert(indirect(0x4000, 0x5000).target_wrong);
    ck_assert(!branch_predict(u, 0, &b).mispredicted);
    ck_assert(!call(0, 0x1000, 0x2000).mispredicted);
    ck_assert(!go_back(0, 0x2000, 0x1004).mispredicted);
}
END_TEST

/* ---- all together ---- */

static u32 anything(void)
{
    struct branch b = {.ea = next_random() % 4096 * 4,
                       .target = next_random() % 8 * 0x100,
                       .kind = (enum branch_kind)(next_random() % 4),
                       .hint = (enum branch_hint)(next_random() % 16 < 14 ? 0 : next_random() % 4),
                       .conditional = next_random() % 2,
                       .call = next_random() % 8 == 0,
                       .taken = next_random() % 2};
    unsigned thread = (unsigned)(next_random() % BRANCH_THREADS);
    struct branch_outcome o;

    b.taken |= b.kind == BRANCH_ALWAYS || (b.kind != BRANCH_CONDITIONAL && !b.conditional);
    o = branch_predict(u, thread, &b);
    ck_assert(o.bubble < config.tage_cycles && (!o.bubble || !o.mispredicted) && (o.mispredicted || !o.target_wrong));
    return (u32)o.bubble << 3 | (u32)o.mispredicted << 2 | (u32)o.target_wrong << 1 | o.predicted_taken;
}

START_TEST(the_same_branches_have_the_same_outcomes_after_a_reset)
{
    static u32 first[50000];

    for (u32 k = 0; k < ARRAY_SIZE(first); k++) first[k] = anything();
    ck_assert_ptr_null(branch_check(u));
    branch_reset(u);
    random_state = 0x2545f4914f6cdd1d;
    for (u32 k = 0; k < ARRAY_SIZE(first); k++) ck_assert_uint_eq(anything(), first[k]);
}
END_TEST

START_TEST(any_address_is_one_of_a_branch)
{
    static const u64 odd[] = {0, 1, 3, UINT64_MAX, UINT64_MAX - 3, 1ULL << 63};

    for (unsigned k = 0; k < ARRAY_SIZE(odd); k++)
        for (unsigned n = 0; n < ARRAY_SIZE(odd); n++) {
            conditional(odd[k], n % 2);
            always(odd[k], odd[n]);
            call(3, odd[k], odd[n]);
            go_back(3, odd[n], odd[k]);
            indirect(odd[k], odd[n]);
        }
}
END_TEST

/* Branches by the thousand, each with a way of its own that it mostly goes: what does not fit is forgotten. */
static u64 wrong_of_many(void)
{
    u64 wrong = 0;

    random_state = 0x2545f4914f6cdd1d;
    open_unit();
    for (u64 k = 0; k < 100000; k++) {
        u64 n = next_random() % 5000;

        wrong += conditional(n * 4, n * HASH_MULTIPLIER >> 63).mispredicted;
        if (n % 4 == 0) wrong += indirect(0x100000 + n % 1000 * 4, 0x200000 + n % 1000 * 16).mispredicted;
    }
    return wrong;
}

START_TEST(larger_tables_mispredict_less)
{
    u64 before = UINT64_MAX;

    config.tage = 0;
    config.count_entries = 2;
    for (config.bht = 16; config.bht <= 8192; config.bht *= 8) {
        u64 wrong = wrong_of_many();

        ck_assert_uint_lt(wrong, before);
        before = wrong;
    }
    for (config.count_entries = 64; config.count_entries <= 4096; config.count_entries *= 8) {
        u64 wrong = wrong_of_many();

        ck_assert_uint_lt(wrong, before);
        before = wrong;
    }
}
END_TEST

static bool refused(struct branch_config c)
{
    struct branch_unit *odd = branch_open(&c);

    branch_close(odd);
    return !odd;
}

START_TEST(numbers_that_make_no_unit_are_refused)
{
    struct branch_config c = branch_config_default();

    ck_assert(!refused(c));
#define REFUSED(member, value) ck_assert((c = branch_config_default(), c.member = (value), refused(c)))
    REFUSED(next_address, 65);
    REFUSED(bht, 0);
    REFUSED(bht, 1000);
    REFUSED(bht, 1u << 21);
    REFUSED(tage, 1);
    REFUSED(tage, 3000);
    REFUSED(tage_tag_bits, 3);
    REFUSED(tage_tag_bits, 16);
    REFUSED(count_entries, 0);
    REFUSED(count_entries, 100);
    REFUSED(link_stack, 0);
    REFUSED(link_stack, 1025);
    REFUSED(next_address_cycles, 0);
    REFUSED(bht_cycles, 256);
    REFUSED(tage_cycles, 0);
#undef REFUSED
}
END_TEST

int main(void)
{
    Suite *s = suite_create("branch");
    TCase *c = tcase_create("branch");

    tcase_add_checked_fixture(c, start, stop);
    tcase_add_test(c, a_chain_of_branches_takes_1_2_cycles_each_up_to_8_and_3_from_16_on);
    tcase_add_test(c, a_branch_that_is_not_taken_loses_nothing);
    tcase_add_test(c, a_moved_target_is_corrected_as_early_as_the_bht_speaks);
    tcase_add_test(c, a_branch_that_always_goes_one_way_is_predicted_after_a_few);
    tcase_add_test(c, the_tage_learns_a_pattern_of_20_that_the_bht_cannot);
    tcase_add_test(c, history_reaches_back_200_branches_and_not_300);
    tcase_add_test(c, an_override_of_the_tage_costs_more_than_the_bht);
    tcase_add_test(c, a_hint_overrides_the_tables_which_learn_nothing_from_it);
    tcase_add_test(c, sixty_four_calls_deep_every_return_is_known_and_deeper_ones_are_not);
    tcase_add_test(c, each_thread_has_a_link_stack_of_its_own);
    tcase_add_test(c, a_return_that_is_not_taken_leaves_the_link_stack_alone);
    tcase_add_test(c, the_count_cache_knows_the_last_target);
    tcase_add_test(c, the_pattern_cache_knows_targets_that_come_in_turn);
    tcase_add_test(c, without_a_count_cache_every_indirect_branch_that_is_taken_is_mispredicted);
    tcase_add_test(c, the_same_branches_have_the_same_outcomes_after_a_reset);
    tcase_add_test(c, any_address_is_one_of_a_branch);
    tcase_add_test(c, larger_tables_mispredict_less);
    tcase_add_test(c, numbers_that_make_no_unit_are_refused);
    suite_add_tcase(s, c);
    return run_suite(s);
}
