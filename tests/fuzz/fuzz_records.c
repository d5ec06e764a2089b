/* SPDX-License-Identifier: Apache-2.0 */
/* random_records.c as a libFuzzer target. */
#define P9_LIBFUZZER
#include "tests/fuzz/random_records.c"
