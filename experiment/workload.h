/* SPDX-License-Identifier: Apache-2.0 */
/* What `nested --workload` may name: the measures of nestbench, and sets of them (workload.def). */
#ifndef P9_EXPERIMENT_WORKLOAD_H
#define P9_EXPERIMENT_WORKLOAD_H

#include "base/bits.h"
#include "base/compiler.h"

struct emit;

/* Is there such a measure or set? False after an error line that names the nearest one. */
must_use bool workload_is_there(const char *name);

/* All of them, a line each, for `p9sim help workload`. */
void workload_help(struct emit *e);

#endif
