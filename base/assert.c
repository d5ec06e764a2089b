/* SPDX-License-Identifier: Apache-2.0 */
/* The end of a run whose books are wrong; see assert.h. */
#include "base/assert.h"

#include <stdio.h>
#include <stdlib.h>

void assert_violated(const char *file, int line, const char *condition)
{
    fflush(stdout);
    fprintf(stderr, "p9sim: %s:%d: this must be true and is not: %s\n", file, line, condition);
    abort();
}
