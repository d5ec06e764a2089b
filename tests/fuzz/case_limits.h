/* SPDX-License-Identifier: Apache-2.0 */
/* The command line of the programs that draw case after case from seeds: where to begin, and when it is enough. */
#ifndef P9_TESTS_CASE_LIMITS_H
#define P9_TESTS_CASE_LIMITS_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bits.h"

struct case_limits {
    u64 seed, cases, seconds, steps; /* steps: of one case */
};

/* --seed N --cases N --seconds N --steps N, in any order, over what is there; false after a line of usage. */
static inline bool case_limits_read(struct case_limits *limits, const char *program, int argc, char **argv)
{
    for (int k = 1; k < argc; k++) {
        u64 *number = !strcmp(argv[k], "--seed")      ? &limits->seed
                      : !strcmp(argv[k], "--cases")   ? &limits->cases
                      : !strcmp(argv[k], "--seconds") ? &limits->seconds
                      : !strcmp(argv[k], "--steps")   ? &limits->steps
                                                      : NULL;
        if (!number || k + 1 == argc) {
            fprintf(stderr, "usage: %s [--seed N] [--cases N] [--seconds N] [--steps N]\n", program);
            return false;
        }
        *number = strtoull(argv[++k], NULL, 0);
    }
    return true;
}

#endif
