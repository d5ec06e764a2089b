/* SPDX-License-Identifier: Apache-2.0 */
/* What main() of every Check program ends with: the whole suite is run, and one failure is a failure.  CK_VERBOSITY
 * says how much it tells (normal). */
#ifndef P9_TESTS_SUITE_H
#define P9_TESTS_SUITE_H

#include <check.h>
#include <stdlib.h>

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
