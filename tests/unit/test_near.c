/* SPDX-License-Identifier: Apache-2.0 */
/* The name that was meant is found among those that there are, and what was not meant is not; SHA-256 is SHA-256. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/digest.h"
#include "base/near.h"
#include "tests/support/suite.h"

static const char *nearest(const char *typed)
{
    static const char *const names[] = {
        "",       "kernel",  "initrd",    "mem",         "cores",      "threads",        "out",
        "config", "symbols", "max-insns", "max-seconds", "checkpoint", "checkpoint-base"};
    struct near near = near_to(typed);

    for (unsigned k = 0; k < ARRAY_SIZE(names); k++) near_offer(&near, names[k]);
    return near.best;
}

START_TEST(the_distance_is_how_many_letters_are_wrong)
{
    ck_assert_uint_eq(near_distance("", ""), 0);
    ck_assert_uint_eq(near_distance("", "abc"), 3);
    ck_assert_uint_eq(near_distance("kitten", "sitting"), 3);
    ck_assert_uint_eq(near_distance("kernel", "kernel"), 0);
    ck_assert_uint_eq(near_distance("kernel", "kenrel"), 1); /* neighbours exchanged */
    ck_assert_uint_eq(near_distance("abcdef", "bacdfe"), 2);
    ck_assert_uint_eq(near_distance("threads", "thread"), 1);
}
END_TEST

START_TEST(the_distance_is_the_same_from_both_sides_and_never_above_the_longer_name)
{
    static const char *const names[] = {"", "a", "ab", "ba", "tlb_entries", "tlb_entires", "pwc_ways", "walk_twin"};

    for (unsigned a = 0; a < ARRAY_SIZE(names); a++)
        for (unsigned b = 0; b < ARRAY_SIZE(names); b++) {
            unsigned distance = near_distance(names[a], names[b]);
            size_t longer = strlen(names[a]) > strlen(names[b]) ? strlen(names[a]) : strlen(names[b]);

            ck_assert_uint_eq(distance, near_distance(names[b], names[a]));
            ck_assert_uint_le(distance, longer);
            ck_assert_int_eq(!distance, a == b);
        }
}
END_TEST

START_TEST(a_mistyped_name_finds_the_one_that_was_meant)
{
    ck_assert_str_eq(nearest("kernal"), "kernel");
    ck_assert_str_eq(nearest("krenel"), "kernel");
    ck_assert_str_eq(nearest("max_insns"), "max-insns");
    ck_assert_str_eq(nearest("thread"), "threads");
    ck_assert_str_eq(nearest("memory"), "mem");  /* the name begins what was typed */
    ck_assert_str_eq(nearest("sym"), "symbols"); /* and the other way round */
    ck_assert_str_eq(nearest("mme"), "mem");
    ck_assert_str_eq(nearest("checkpont"), "checkpoint");
}
END_TEST

START_TEST(what_nobody_can_have_meant_finds_nothing)
{
    ck_assert_ptr_null(nearest("frobnicate"));
    ck_assert_ptr_null(nearest("x"));
    ck_assert_ptr_null(nearest(""));
    ck_assert_ptr_null(nearest("xyz"));
}
END_TEST

START_TEST(long_names_are_compared_as_far_as_there_is_room)
{
    char a[4 * NEAR_LETTERS], b[sizeof a];
    struct near near;

    memset(a, 'x', sizeof a);
    memset(b, 'x', sizeof b);
    a[sizeof a - 1] = b[sizeof b - 1] = 0;
    b[sizeof b - 2] = 'y';
    near = near_to(a);
    near_offer(&near, b);
    ck_assert_ptr_eq(near.best, b);
    ck_assert_uint_lt(strlen(near_words(&near)), sizeof near.words);
}
END_TEST

/* FIPS 180-4's examples (NIST, SHA256.pdf). */
START_TEST(the_digest_is_that_of_the_standard)
{
    char out[DIGEST_TEXT];

    digest_of("abc", 3, out);
    ck_assert_str_eq(out, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    digest_of("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 56, out);
    ck_assert_str_eq(out, "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    digest_of("", 0, out);
    ck_assert_str_eq(out, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    ck_assert(digest_is_one(out));
    out[5] = 'G';
    ck_assert(!digest_is_one(out));
    ck_assert(!digest_is_one("e3b0") && !digest_is_one(""));
}
END_TEST

START_TEST(a_file_has_the_digest_of_its_bytes_and_what_is_no_file_has_none)
{
    char path[] = "/tmp/p9_digest_XXXXXX", whole[DIGEST_TEXT], file[DIGEST_TEXT];
    static u8 bytes[200001];
    int fd = mkstemp(path);
    u64 size;

    for (unsigned k = 0; k < sizeof bytes; k++) bytes[k] = (u8)(k * 7 + k / 256);
    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(write(fd, bytes, sizeof bytes), sizeof bytes);
    close(fd);
    digest_of(bytes, sizeof bytes, whole);
    ck_assert(digest_of_file(path, &size, file));
    ck_assert_uint_eq(size, sizeof bytes);
    ck_assert_str_eq(whole, file);
    unlink(path);
    ck_assert(!digest_of_file(path, &size, file));
    ck_assert(!digest_of_file("/tmp", &size, file));
    ck_assert(!digest_of_file("/dev/null", &size, file));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("near");
    TCase *tests = tcase_create("names and digests");

    tcase_add_test(tests, the_distance_is_how_many_letters_are_wrong);
    tcase_add_test(tests, the_distance_is_the_same_from_both_sides_and_never_above_the_longer_name);
    tcase_add_test(tests, a_mistyped_name_finds_the_one_that_was_meant);
    tcase_add_test(tests, what_nobody_can_have_meant_finds_nothing);
    tcase_add_test(tests, long_names_are_compared_as_far_as_there_is_room);
    tcase_add_test(tests, the_digest_is_that_of_the_standard);
    tcase_add_test(tests, a_file_has_the_digest_of_its_bytes_and_what_is_no_file_has_none);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
