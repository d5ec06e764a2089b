/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The commit log: records with values as lines of text, for programs that read lines; docs/FORMATS.md has the grammar.
 * `p9sim run --trace FILE,format=commit` and `p9sim trace show --commit` write the same lines.
 */
#ifndef P9_TRACES_COMMIT_H
#define P9_TRACES_COMMIT_H

#include "traces/context.h"
#include "traces/words.h"

enum { COMMIT_MOST = 64 << 10 }; /* bytes of a line */

/* The first lines of a log; filter: what of the run is in it, NULL: all.  How many bytes. */
size_t commit_begin(const char *filter, char to[COMMIT_MOST]);
/* The line of record k, which happened in this context, with its end; 0: it has none (an instruction that waits comes
 * again).  How many bytes; a line that is longer than there is room for ends with "...". */
size_t commit_line(struct words *words, const struct trace_context *context, const struct retire_block *block, size_t k,
                   char to[COMMIT_MOST]);

#endif
