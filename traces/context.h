/* SPDX-License-Identifier: Apache-2.0 */
/*
 * In which context each thread stands, followed from its records.  A record of context that an interrupt has made
 * stands behind the interrupt and holds at once; one that an instruction has made stands before the instruction's
 * record, and holds behind it.  Of a trace with gaps (traces/sieve.h) that instruction may be missing: then the order
 * of records jumps, and what was to come is there.
 */
#ifndef P9_TRACES_CONTEXT_H
#define P9_TRACES_CONTEXT_H

#include "traces/source.h"

enum trace_state { STATE_ULTRAVISOR, STATE_HYPERVISOR, STATE_OS, STATE_PROBLEM, TRACE_STATES };
struct trace_context {
    u64 msr;
    u32 lpid, pid; /* LPIDR, PIDR */
    u32 partition, level;
    u32 change; /* how many contexts there were before, on this thread */
};

enum { CONTEXT_THREADS = 96 };
struct contexts {
    struct thread_context {
        struct trace_context now, coming;
        bool is_coming, interrupted;
        u64 order; /* of the thread's last record */
    } thread[CONTEXT_THREADS];
    bool at_once; /* whatever a record of context says holds for what comes, as in a qtrace */
};

/* What the registers say: the state of privilege; the LPID in force, which is 0 in hypervisor state. */
enum trace_state context_state(const struct trace_context *c);
const char *context_state_name(enum trace_state state);
u32 context_lpid(const struct trace_context *c);

/* A thread that is in none of the numbers that there can be counts as the first. */
unsigned contexts_thread(const struct retire *r);

/* Where records begin. */
void contexts_begin(struct contexts *c, unsigned thread, const struct retire *context);
/* The same for all threads of a trace whose first block, or first block behind trace_seek(), has been read. */
void contexts_begin_at(struct contexts *c, const struct trace_source *source);

/* In order for each record: the context in which it happens; and then, that it has happened. */
const struct trace_context *contexts_meet(struct contexts *c, const struct retire_block *block, size_t k);
void contexts_pass(struct contexts *c, const struct retire_block *block, size_t k);

#endif
