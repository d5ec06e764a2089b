/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Random operands.  Random bits alone would nearly always be ordinary numbers, so half of these are chosen: ends of the
 * range, denormals, infinities, NaNs of both kinds, halves and ties, numbers whose exponents are near each other.
 */
#ifndef P9_TESTS_ISA_OPERANDS_H
#define P9_TESTS_ISA_OPERANDS_H

#include "base/bits.h"

/* xorshift64*: the same cases on every machine.  The seed must not be 0. */
u64 draw(u64 *seed);
u64 bcd_digits(u64 *seed);
u64 double_value(u64 *seed);
u32 single_value(u64 *seed);
u64 integer_value(u64 *seed);
/* A register that is one of the above, or a quad-precision number, in its two doublewords. */
void fill_vsr(u64 *v, u64 *seed);
u64 fpscr_value(u64 *seed);

#endif
