/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Between a run and the writer of a trace: only records that are wanted (filter.h) go on, and interrupts.  Each stretch
 * of them is a block of its own, whose `order` says where it was among all records, so a reader sees that something is
 * missing.
 */
#ifndef P9_TRACES_SIEVE_H
#define P9_TRACES_SIEVE_H

#include "traces/filter.h"

struct sieve {
    struct picker picker;
    struct retire_sink *to;
    /* Instructions of a thread are missing before what comes next, which begins in this context; may be NULL. */
    void (*gap)(void *self, unsigned thread, const struct trace_context *now);
    void *self;
    bool lost[CONTEXT_THREADS]; /* instructions, since something of this thread went on */
    u32 value_end[RETIRE_BLOCK + RETIRE_SPARE];
};

void sieve_take(struct sieve *s, const struct retire_block *block);

#endif
