/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One word in one state, executed three times and compared with its record: learned; with everything disturbed that the
 * record does not name as read - the results must be the same -; and described by what was learned before.  What is
 * wrong is told on stderr and counted: the test fails when all cases have been tried.
 */
#ifndef P9_TESTS_RECORDS_CASE_H
#define P9_TESTS_RECORDS_CASE_H

#include "tests/unit/records_world.h"

enum { ROWS_MAX = 2048, OF_GPR = 20, OF_VSR, OF_CR };

/* What was seen of a row, by kind: bits of enum retire_named, and OF_GPR ... for the numbered registers. */
struct seen {
    u32 claimed, changed; /* written as facts say; really written */
    unsigned completed, faulted, varied;
    bool conditional, performed;
    bool stores, first_byte, last_byte; /* of a store access: in main storage at all; they changed */
};
extern struct seen case_seen[ROWS_MAX];
extern unsigned case_wrong, case_count, case_fetched;

struct test_case {
    struct world *w;
    unsigned slot;
    struct thread from, other;
    struct outcome learned, disturbed, again;
};

struct test_case *case_open(bool values);
void case_close(struct test_case *c);

void case_complain(const struct test_case *c, const char *what, const char *more);
void case_check(const struct test_case *c, bool holds, const char *what);

/* The hypervisor is to do the work: it counts as completed and did nothing (core/state/fault.h). */
bool case_is_assisted(const struct outcome *o);

/* Each word of a page in both byte orders, each in so many states. */
typedef void state_maker(struct world *w, struct thread *state);
void case_run_page(struct test_case *c, const u32 *words, unsigned count, state_maker *make, unsigned states);

#endif
