/* SPDX-License-Identifier: Apache-2.0 */
/* Inside the folder: the sources of each format; they close the stream.  NULL after an error line. */
#ifndef P9_TRACES_SOURCE_PARTS_H
#define P9_TRACES_SOURCE_PARTS_H

#include "traces/source.h"

struct stream_reader;
struct trace_source *qtrace_source_open(struct stream_reader *stream, const char *path, const struct isa *isa,
                                        unsigned flags);
struct trace_source *state_source_open(struct stream_reader *stream, const char *path, const struct isa *isa);

#endif
