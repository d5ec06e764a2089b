/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Results of tests as the XML that continuous integration reads (JUnit's: testsuites, testsuite, testcase, failure).
 * There are no times in it: equal results are equal files.
 */
#ifndef P9_STATS_JUNIT_H
#define P9_STATS_JUNIT_H

#include "base/emit.h"

struct junit {
    struct emit cases;
    unsigned tests, failures;
};

/* A test of this class ("tests/walks") and name.  failure: one line, NULL if it passed; text: all there is to say. */
void junit_case(struct junit *j, const char *class, const char *name, const char *failure, const char *text);

/* Write what there is as the suite of this name, and forget it. False after an error line. */
must_use bool junit_save(struct junit *j, const char *suite, const char *path);

#endif
