/* SPDX-License-Identifier: Apache-2.0 */
/* Random guests (random_insns.c) as a libFuzzer target: what the fuzzer mutates is the code that runs. */
#define P9_LIBFUZZER
#include "tests/fuzz/random_insns.c"
