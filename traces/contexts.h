/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who runs on each hardware thread of a trace: its context, followed through the records.  A change that an instruction
 * makes stands before the instruction's record and holds behind it; one that an interrupt makes holds at once.  In a
 * trace that knows headers instead (qtrace) all do.
 */
#ifndef P9_TRACES_CONTEXTS_H
#define P9_TRACES_CONTEXTS_H

#include "base/compiler.h"
#include "core/state/retire.h"

struct trace_source;

enum { CONTEXTS_THREADS = 256 }; /* a record of a thread beyond counts as of the last one */

struct trace_context {
    u64 msr;
    u32 lpid;                  /* that counts: LPIDR, but 0 in hypervisor state */
    u32 pid, partition, level; /* as retire.context has them */
    u32 change;                /* how many there were before, on this thread */
};

struct contexts {
    bool at_once; /* what an instruction changes holds for itself */
    struct context_thread {
        struct trace_context now, was, coming;
        bool is_coming, interrupted;
    } thread[CONTEXTS_THREADS];
};

/* Before the first block of a trace: nobody is known yet. */
void contexts_open(struct contexts *c, const struct trace_source *source);
/* Behind its first block, before that is followed: who the trace says that there was before it. */
void contexts_begin(struct contexts *c, const struct trace_source *source);

/* A record that changes something, or behind which a change holds. */
const struct trace_context *contexts_move(struct context_thread *t, const struct retire *r, bool at_once);

/* The context that a record belongs to; each record once, in order.  Good until the next call. */
inline_hot const struct trace_context *contexts_follow(struct contexts *c, const struct retire *r)
{
    struct context_thread *t = &c->thread[r->thread < CONTEXTS_THREADS ? r->thread : CONTEXTS_THREADS - 1];

    if (likely(r->kind == RETIRE_INSN && !t->is_coming)) {
        t->interrupted = false;
        return &t->now;
    }
    return contexts_move(t, r, c->at_once);
}

#endif
