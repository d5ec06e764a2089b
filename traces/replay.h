/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A state trace through the models of translation and of the core, without executing anything: the records say which
 * addresses were asked for in which context, the model says what its arrays make of it.
 *
 * Main storage holds nothing here but table entries.  Every walk of the trace tells what it read, and the start of the
 * trace (start.h) tells what the arrays held then; so before an access is translated, its entries are put where they
 * lay, and the model walks for itself: with its own arrays, whatever those of the recorded run were, and with R and C
 * as in that run.  What a model with the options of the run and its arrays at the start counts is what the run counted.
 *
 * With other arrays the course of things stays as it was recorded: interrupts come where they came.  Three things are
 * not known and are taken to be as they were last seen: entries that software changed without an invalidation before
 * the recorded run needed them; a page from which instructions go on being fetched although its translation has been
 * invalidated (the model looks when the run did, or when the page changes); and where a walk finds no entry because the
 * trace has none (replay_result.lost).
 */
#ifndef P9_TRACES_REPLAY_H
#define P9_TRACES_REPLAY_H

#include "core/timing/timing.h"
#include "mmu/mmu.h"
#include "mmu/state.h"
#include "traces/start.h"

/* What is simulated. */
struct replay_model {
    struct mmu_config mmu;
    bool timed; /* by the model of the core */
    struct timing_config timing;
    bool twin; /* and by another one whose walks are free */
    u64 pace;  /* cycles of an instruction if nobody times it, in 1/65536 */
    /* If it is timed, and another replay that is timed reads the same records: that one, which is closed after this
     * one. What a model of the core keeps with each instruction is theirs together. */
    struct trace_replay *beside;
};

/* Of each level of nesting; and of records: how many instructions, translations that were served otherwise than in the
 * recorded run, and translations that succeeded there and fail here, because the trace does not have their entries. */
struct replay_result {
    struct trace_counted counted;
    u64 instructions, otherwise, lost;
    u64 unknown; /* of a qtrace: walks of which the trace says nothing */
};

struct trace_replay;

/* arrays: what the start of the trace says of them (not trusted), or NULL: all are empty.  NULL after an error line
 * that names `name`. */
struct trace_replay *trace_replay_open(const struct replay_model *model, const struct trace_start *start,
                                       struct state_reader *arrays, const struct isa *isa, const char *name);
void trace_replay_close(struct trace_replay *r); /* may be NULL */

/* Of a trace that has neither a start nor the contents of table entries (qtrace): one thread, whose accesses are all
 * translated by radix tables as the trace names them (replay_walks.c); what is at its real address without a walk is
 * taken for real mode.  Guests are level 1, whichever they are.  All arrays are empty. */
struct trace_replay *trace_replay_open_bare(const struct replay_model *model, const struct isa *isa, const char *name);

/* Which arrays begin empty, because they are others than those of the run; "": none. */
const char *trace_replay_cold(const struct trace_replay *r);

/* The next block of the trace. */
void trace_replay_take(struct trace_replay *r, const struct retire_block *block);

/* Up to the last block. */
const struct replay_result *trace_replay_result(struct trace_replay *r);

#endif
