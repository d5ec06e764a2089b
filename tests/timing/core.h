/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The timing model of p9sim (core/timing/timing.h) on a block that is repeated without end.
 *
 * It is fed with records that a run would have made if everything lay in the L1 caches and the ERATs, no two accesses
 * met in storage, and nothing branched: copies of the block fill a stretch of storage, and behind its end its beginning
 * comes again.  So what is measured is what llvm-mca assumes, and the block need not be a program that could run.
 */
#ifndef P9_TESTS_TIMING_CORE_H
#define P9_TESTS_TIMING_CORE_H

#include "core/timing/timing.h"
#include "tests/timing/block.h"
#include "tests/timing/learn.h"

/* Cycles of one repetition.  insn: what was learned of the block's instructions, in order.  Less than 0: no memory. */
double core_cycles(const struct timing_config *config, const struct isa *isa, struct learned *insn, unsigned count);

#endif
