/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A custom mutator for libFuzzer that needs no corpus on disk: every few mutations it starts again from a good input
 * made by the target itself, so that what lies behind magic numbers, sizes and checksums is reached at all.
 */
#ifndef P9_TESTS_SEEDS_H
#define P9_TESTS_SEEDS_H

#include <stddef.h>

#include "base/bits.h"

/* Write a good input, at most max bytes; returns its size, 0 if there is no room. Defined by the target. */
static size_t good_input(u8 *bytes, size_t max, unsigned variety);

size_t LLVMFuzzerMutate(u8 *bytes, size_t size, size_t max);
size_t LLVMFuzzerCustomMutator(u8 *bytes, size_t size, size_t max, unsigned seed);
size_t LLVMFuzzerCustomMutator(u8 *bytes, size_t size, size_t max, unsigned seed)
{
    if (seed % 4 == 0) {
        size_t good = good_input(bytes, max, seed / 4);
        if (good) size = good;
        if (seed % 16 == 0) return size;
    }
    return LLVMFuzzerMutate(bytes, size, max);
}

#endif
