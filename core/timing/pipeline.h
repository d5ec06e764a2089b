/* SPDX-License-Identifier: Apache-2.0 */
/* The heart of the model: one instruction is placed behind those before it; see pipeline.c. */
#ifndef P9_CORE_TIMING_PIPELINE_H
#define P9_CORE_TIMING_PIPELINE_H

#include "core/timing/lane.h"

/* r is a RETIRE_INSN of the block, and op made from its facts. */
void pipeline_place(struct lane *l, const struct op *op, const struct retire *r, const struct retire_block *block);

#endif
