/* SPDX-License-Identifier: Apache-2.0 */
/* What main() of every Check program ends with: the whole suite is run, and one failure is a failure.  CK_VERBOSITY
 * says how much it tells (normal). */
#ifndef P9_TESTS_SUITE_H
#define P9_TESTS_SUITE_H

#include <check.h>
#include <stdlib.h>

/* Sanitizers make every access some ten times as dear, and what they look for is on the way, not in the result: a test
 * that does the same again and again, for chance's sake or with other numbers, does less of it there.  The builds
 * without them do all. */
#ifdef __SANITIZE_ADDRESS__
enum { SANITIZED = 1 };
#else
enum { SANITIZED = 0 };
#endif

static inline int run_suite(Suite *suite)
{
    SRunner *runner = srunner_create(suite);
    int failed;

    srunner_run_all(runner, CK_ENV);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

#endif
