/* SPDX-License-Identifier: Apache-2.0 */
/* A trace that another thread of the host reads ahead, some blocks in copies of their own (block_copy.h). */
#ifndef P9_TRACES_AHEAD_H
#define P9_TRACES_AHEAD_H

#include "traces/source.h"

/* The same trace, read so; it is closed with the new one.  Its member `lacks` is right at once, `failed` when next()
 * has answered false.  The source itself, if the host has no memory or no thread for that. */
struct trace_source *trace_ahead(struct trace_source *source);

#endif
