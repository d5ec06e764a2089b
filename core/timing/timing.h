/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The model `core`: cycles of a POWER9 out of the records of what happened (core/state/retire.h).
 *
 * One pass.  Each instruction is placed once, in program order: fetched (line, page, prediction), dispatched (slots,
 * completion table, queues), issued in the first cycle in which its operands are ready and a unit is free, finished
 * after its latency, completed in order.  What it must wait for is a time that is known by then - of a register, of a
 * queue's entry, of a line of a cache - so placing it is a handful of comparisons, and no loop over cycles.
 *
 *     records -> fetch, branches (front.c) -> dispatch, issue, completion (pipeline.c) -> where the cycles went
 *                                             loads, stores, walks (lsu.c)                (stack.c)
 *     struct op       how a decoded instruction uses the core, kept with its facts (op.h)
 *     struct lane     a thread on its way through the pipeline (lane.h)
 *     struct units    execution units of a core, booked by cycle: its threads compete for them (units.h)
 *     memory.h        caches, prefetch, memory      branch.h   predictors
 *
 * Beside the cycles falls out where they went: a gap between two completions belongs to what the younger one waited
 * for (stats/cpi.def), and what of a translation's time lies in such a gap is exposed.
 *
 * Where trust ends.  Records may come from a file that anybody wrote.  Whoever hands over a block has seen to it that
 * what it refers to is there, because only he can:
 *   - accesses and their reads lie within the block's arrays, and `kept` of the former too;
 *   - the facts of an instruction are what a decoder and a learning run make of a word of this `isa`: row (or
 *     ROW_NONE), issue class; and their annotation is 0 or was written by this model.
 * Anything else may be as it likes - kinds, flags, addresses, sizes, page sizes, table entries, thread numbers, times
 * that jump or go back: the answer is defined and the same each time, and what holds of the model (timing_check())
 * still does.  (An answer for nonsense is nonsense.)
 *
 * Not modelled: what is executed on a mispredicted path (its cost is time; it fetches nothing, fills no cache), replays
 * that fail, and whatever docs/VALIDATION.md says.
 */
#ifndef P9_TIMING_TIMING_H
#define P9_TIMING_TIMING_H

#include "core/state/retire.h"
#include "core/timing/branch.h"
#include "core/timing/memory.h"

struct isa;
struct counters;
struct hot_walk;
struct state_reader;
struct state_writer;
struct walk_tally;

/* Numbers of the model; machine/config.def says where each comes from.  Times in cycles. */
struct timing_config {
    struct memory_config memory;
    struct branch_config branch;

    u32 fetch_width;                    /* instructions a cycle, 1..8 */
    u32 fetch_block;                    /* bytes: a group does not go on behind their end; a power of two, 32..4096 */
    u32 fetch_queue;                    /* instructions fetched and not dispatched, 8..256 */
    u32 front_cycles;                   /* from fetch to dispatch, 1..64 */
    u32 dispatch_slots, complete_width; /* a cycle, 1..8 */
    u32 ict, issue_queue;               /* entries of a core, 8..ICT_MOST, 8..ISSUE_QUEUE_MOST */
    u32 load_queue, store_queue;        /* 4..LSU_QUEUE_MOST */
    u32 mispredict_cycles; /* from the end of such a branch to the dispatch of the right path; >= front_cycles */
    u32 flush_cycles;      /* the same behind a context-synchronising instruction */
    u32 interrupt_cycles;  /* and for an interrupt */

    u32 tlb_hit_cycles;               /* the look-up of an ERAT miss in the TLB */
    u32 erat_misses;                  /* ERAT miss queue of a thread, 1..ROOM_MAX */
    u32 data_walkers, fetch_walkers;  /* of a core, 1..ROOM_MAX */
    bool walk_free;                   /* walks take no time and read nothing */
    bool pte_prefetch;                /* behind a walk, the line of table entries behind its last one goes to the L2 */
    bool translate_after_icache_miss; /* a fetch is translated only if its line misses the L1I */

    u32 store_forward_cycles;  /* from a store's issue to what a load gets of it */
    u32 load_hit_store_cycles; /* from when a store has left the queue to the load that needs more than it had */
    u32 sync_cycles, lwsync_cycles, eieio_cycles;
    u32 larx_cycles, stcx_cycles; /* beyond a load's and a store's */
    u32 tlbie_cycles, tlbiel_cycles, slb_cycles;
    u32 io_cycles; /* a caching-inhibited access */
};
enum { ICT_MOST = 1024, ISSUE_QUEUE_MOST = 250, LSU_QUEUE_MOST = 256 };

/* Whom a thread's cycles belong to, just now. */
struct timing_account {
    struct counters *counters;
    struct walk_tally *tally;
};
struct timing_listener {
    void (*account)(void *self, unsigned thread, struct timing_account *out);        /* asked once for each block */
    void (*walk)(void *self, unsigned thread, u64 cia, const struct hot_walk *walk); /* may be NULL */
    void *self;
};

struct timing; /* of a machine */

/* False after an error line that names the number that does not fit.  threads: per core, which share some of them. */
must_use bool timing_config_is_sane(const struct timing_config *config, unsigned threads);

/* NULL after an error line that names the number that does not fit, or the lack of memory.  threads: per core, 1, 2 or
 * 4; they are numbered core by core. */
struct timing *timing_open(const struct timing_config *config, const struct isa *isa, unsigned cores, unsigned threads,
                           const struct timing_listener *listener);
void timing_close(struct timing *t); /* may be NULL */

/* Another model for the records that `of` reads.  Its caches, queues and clock are its own.  NULL as above; closed
 * before `of` is. */
struct timing *timing_open_beside(const struct timing *of, const struct timing_config *config,
                                  const struct timing_listener *listener);
/* The same model with free walks (walk_free): what would have been without walks. */
struct timing *timing_open_twin(const struct timing *of, const struct timing_listener *listener);

/* A block that begins later than this (36 years) is taken to begin then. */
#define TIMING_LATEST (1ULL << 62)

/* Takes the records of all threads, in the order of what happened; answers with the cycles that a block took: from its
 * beginning to the completion of what the thread has done so far.  A block of a thread that the model does not have
 * takes none, and nothing happens. */
struct retire_sink *timing_sink(struct timing *t);

/* When this model begins to keep time, an instruction may have been fetched whose record is still to come: so many
 * accesses, with which the next block begins, have been charged by who kept time before. */
void timing_charged(struct timing *t, unsigned thread, u32 accesses);

/* The same records for caches, prefetch and predictors alone: they follow what happens, and nobody keeps time. */
void timing_warm(struct timing *t, const struct retire_block *block);

/* memory_space_of() its caches. */
struct memory_space timing_cache_space(const struct timing *t, enum served_by cache);

/* What does not hold of the state, or NULL. */
const char *timing_check(const struct timing *t);

/* The DSCR of a thread of the machine, as it is where records begin; of later ones they tell (RETIRE_STREAM). */
void timing_set_stream(struct timing *t, unsigned thread, u64 dscr);

/* An instruction as it was placed, for whoever writes logs. */
struct timing_step {
    const struct retire *record;
    u64 number; /* of the instruction, per thread */
    u64 fetched, dispatched, issued, finished, completed;
    u64 cycles;       /* that its completion took beyond its elder's: they sum to the CPI stack */
    u64 walk_exposed; /* of these, those that a walk exposed: they sum to the counter */
};
struct timing_watcher {
    void (*step)(void *self, const struct timing_step *step);
    void *self;
};
void timing_watch(struct timing *t, const struct timing_watcher *watcher);

/* ---- checkpoints (base/state.h) ---- */

/* What there is of the model between two blocks, as objects whose names begin so. */
void timing_save(const struct timing *t, struct state_writer *w, const char *name);

/* A new model takes what was saved under this name, part by part as far as its numbers are still the same; bit n of
 * *cold: enum timing_part n stays as it is in a new model.  False: r->why. */
enum timing_part { TIMING_L1, TIMING_L2, TIMING_L3, TIMING_PREDICTORS, TIMING_PIPELINE, TIMING_PARTS };
const char *timing_part_name(enum timing_part part);
must_use bool timing_restore(struct timing *t, struct state_reader *r, const char *name, unsigned *cold);

/* The cycle in which the thread's last instruction completed, or to which it was moved. */
u64 timing_time(const struct timing *t, unsigned thread);
/* Whose the cycles of the thread's last block were; counters NULL: there was none.  Whoever restores says it again. */
struct timing_account *timing_account(struct timing *t, unsigned thread);

#endif
