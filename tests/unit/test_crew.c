/* SPDX-License-Identifier: Apache-2.0 */
/* Pieces of work on several threads: each is done once, whoever does it, and one that fails ends it. */
#include <check.h>
#include <stdatomic.h>

#include "experiment/crew.h"
#include "tests/support/suite.h"

enum { PIECES = 200 };

struct pieces {
    unsigned times[PIECES]; /* of each piece: its own thread alone writes it */
    atomic_uint begun;
    unsigned fails_at, told, last;
    volatile sig_atomic_t stop;
};

static bool work(void *owner, unsigned number)
{
    struct pieces *p = owner;

    p->times[number]++;
    atomic_fetch_add(&p->begun, 1);
    return number != p->fails_at;
}

/* One after the other, so no lock is needed here. */
static void tell(void *self, const char *what, unsigned done, unsigned all)
{
    struct pieces *p = self;

    ck_assert(!strcmp(what, "counting") && all == PIECES && done == p->told);
    p->told++;
    p->last = done;
}

START_TEST(each_piece_is_done_once_whatever_the_number_of_threads)
{
    for (unsigned threads = 0; threads < 300; threads = threads * 3 + 1) {
        struct pieces p = {.fails_at = PIECES};
        const struct crew crew = {.threads = threads, .tell = tell, .self = &p};

        ck_assert(crew_run(&crew, "counting", PIECES, work, &p));
        for (unsigned k = 0; k < PIECES; k++) ck_assert_uint_eq(p.times[k], 1);
        ck_assert(p.told == PIECES + 1 && p.last == PIECES);
    }
}
END_TEST

START_TEST(a_piece_that_fails_is_the_last_one_of_one_thread_and_nothing_new_is_begun_by_others)
{
    struct pieces alone = {.fails_at = 10}, both = {.fails_at = 10};
    const struct crew two = {.threads = 2};

    ck_assert(!crew_run(NULL, "counting", PIECES, work, &alone));
    ck_assert_uint_eq(alone.begun, 11);
    ck_assert(!crew_run(&two, "counting", PIECES, work, &both));
    ck_assert_uint_ge(both.begun, 11);
    for (unsigned k = 0; k < PIECES; k++) ck_assert_uint_eq(both.times[k], k < both.begun);
}
END_TEST

static void stop_after_three(void *self, const char *what, unsigned done, unsigned all)
{
    (void)what, (void)all;
    if (done == 3) ((struct pieces *)self)->stop = 1;
}

START_TEST(a_signal_ends_it_before_the_next_piece_and_no_pieces_are_no_failure)
{
    struct pieces p = {.fails_at = PIECES};
    const struct crew crew = {.threads = 1, .interrupted = &p.stop, .tell = stop_after_three, .self = &p};

    ck_assert(!crew_run(&crew, "counting", PIECES, work, &p));
    ck_assert_uint_eq(p.begun, 3);
    ck_assert(crew_run(NULL, "counting", 0, work, &p));
}
END_TEST

int main(void)
{
    Suite *s = suite_create("crew");
    TCase *c = tcase_create("crew");

    suite_add_tcase(s, c);
    tcase_add_test(c, each_piece_is_done_once_whatever_the_number_of_threads);
    tcase_add_test(c, a_piece_that_fails_is_the_last_one_of_one_thread_and_nothing_new_is_begun_by_others);
    tcase_add_test(c, a_signal_ends_it_before_the_next_piece_and_no_pieces_are_no_failure);
    return run_suite(s);
}
