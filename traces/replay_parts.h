/* SPDX-License-Identifier: Apache-2.0 */
/* Inside the folder: a replay (replay.c) and its records as the model has them, for the model of the core
 * (replay_timed.c). */
#ifndef P9_TRACES_REPLAY_PARTS_H
#define P9_TRACES_REPLAY_PARTS_H

#include "bus/bus.h"
#include "traces/replay.h"

enum { REPLAY_READS = (RETIRE_ACCESSES_ROOM + RETIRE_BLOCK + RETIRE_SPARE) * STORY_STEPS + 2 * STORY_STEPS };

/* A block of the trace with its accesses as they are translated here. */
struct replay_block {
    struct retire record[RETIRE_BLOCK + RETIRE_SPARE];
    struct retire_access access[2 * RETIRE_ACCESSES_ROOM]; /* each instruction may have a fetch more */
    struct walk_read read[REPLAY_READS]; /* each access and fetch may walk here, whatever it did in the run */
    u32 records, accesses, open, kept;
};

struct replay_thread {
    struct mmu *mmu;
    struct hostmap map;
    struct xlate_ctx ctx;
    struct slb slb;
    struct mmu_story story;
    unsigned number;
    u64 completed, stall_cycles, counted_completed, counted_cycles;
    u64 sums, insns; /* of the block so far: loads, stores, branches (replay.c); records of instructions */
    u32 partition, level;
    struct counters *counters;
    struct walk_tally *walks;
    u64 fetch_page;    /* where the last instruction was; ~0: nobody knows */
    bool moved;        /* the context has changed since that page was looked for, */
    bool synchronised; /* by the instruction whose record comes, or it is an isync; */
    bool looks;        /* and the page of the next instruction is looked for in the new one */
    bool fetched;      /* the fetch of the next instruction has been translated */
    bool interrupted;
    u64 interrupt_msr;          /* of the context that an interrupt leads to, which comes next */
    struct replay_block *block; /* of a thread that is timed */
    u64 now, end, twin_end;     /* where its last block ended; the latter for the twin's sake (machine/core_model.c) */
    struct walk_read read[2 * STORY_STEPS]; /* of the story, if it is not timed */
};

struct trace_replay {
    struct replay_model model;
    const struct isa *isa;
    struct ram ram;
    struct bus bus;
    struct mmu_system *mmus;
    struct mmu_cold cold;
    struct timing *timing, *twin;
    struct counters unseen; /* of the twin */
    struct walk_tally unseen_walks;
    struct replay_walks *walks; /* of a qtrace */
    unsigned threads;
    struct replay_thread *thread;
    struct replay_result result;
};

/* ---- replay_walks.c ---- */
must_use bool replay_open_walks(struct trace_replay *r);
/* Is it an access of real mode? */
bool replay_is_real(const struct retire_access *a);
/* This access is what is translated next. */
void replay_walk_of(struct trace_replay *r, struct replay_thread *t, const struct retire_access *a,
                    const struct retire_block *block);

/* ---- replay_timed.c ---- */
must_use bool replay_open_timing(struct trace_replay *r, const struct trace_start *start, struct state_reader *arrays,
                                 const char *name);
void replay_close_timing(struct trace_replay *r);

/* What the block of the trace will be here: its records one after the other, each behind its accesses. */
void replay_begin_block(struct replay_thread *t);
void replay_keep_record(struct replay_thread *t, const struct retire *r);
/* As it was; from the ERAT; and as the story says, from its entry `read` on. */
void replay_keep_access(struct replay_thread *t, const struct retire_access *a);
void replay_keep_slot(struct replay_thread *t, const struct retire_access *a);
void replay_keep_translated(struct replay_thread *t, const struct retire_access *a, u32 read);
/* The model of the core takes it. */
void replay_time_block(struct trace_replay *r, struct replay_thread *t, const struct retire_block *block);

#endif
