/* SPDX-License-Identifier: Apache-2.0 */
/* The heart of the model: instructions are placed, each behind those before it; see pipeline.c. */
#ifndef P9_CORE_TIMING_PIPELINE_H
#define P9_CORE_TIMING_PIPELINE_H

#include "core/timing/lane.h"

/* Place the instructions of a block; records of other kinds go to `other`, in their order. */
typedef void pipeline_other(struct lane *l, const struct retire *r);
void pipeline_place(struct lane *l, const struct retire_block *block, pipeline_other *other);

#endif
