/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Inside the folder: a thread on its way through the pipeline (struct lane), the core that it shares, and what the
 * files of the folder do for each other.  All times are cycles of the thread's local time; those of the threads of a
 * core are the same clock.
 */
#ifndef P9_CORE_TIMING_LANE_H
#define P9_CORE_TIMING_LANE_H

#include "core/timing/booking.h"
#include "core/timing/cpi.h"
#include "core/timing/op.h"
#include "core/timing/timing.h"
#include "core/timing/units.h"

/* A store that may still be in the queue, by the 16 bytes that it writes to. */
enum { FORWARDS = 64, FORWARD_SHIFT = 4 };
struct forward {
    u64 granule;        /* real address / 16 */
    u64 ready, drained; /* its data can be forwarded; it has left the queue */
    u8 first, last;     /* bytes of the granule */
};

/* Translations under way, so that who needs the same page meanwhile waits for them. */
enum { PENDING = 8 };
struct pending {
    u64 page, from, ready; /* effective address >> shift; when it began, and is there */
    u8 shift;
};

/* When an instruction that is being placed had what. */
struct moments {
    u64 issue, translated, finish;
    /* If translated is later than issue: */
    u64 missed;             /* its ERAT miss has an entry of the queue; 0: it needed none */
    u64 walk_from, walk_to; /* the last walk it waited for: from the walker's start to its end; 0, 0: none */
    u8 stall;               /* enum cpi: what it waits for between `translated` and `finish` */
    bool store;             /* it has to be drained */
};

/* Completion times (or others that free an entry) of the last so many, in order. */
enum { QUEUE_MASK = LSU_QUEUE_MOST - 1, ICT_MASK = ICT_MOST - 1 };

struct lane {
    u64 ready[REG_COUNT];

    /* ---- front end ---- */
    u64 fetch_at;   /* the cycle in which the last group was fetched */
    u64 next_fetch; /* the earliest cycle of the next one, */
    u8 redirect;    /* enum cpi: because of this */
    u64 expected;   /* address of the next instruction, if it goes on in the group */
    u32 fetch_left; /* instructions that the group may still have */
    u64 line, page; /* real address / LINE_BYTES of the line fetched last; effective address >> 12 */
    u8 front;       /* enum cpi: why the group was fetched no earlier */
    u64 fetch_missed, fetch_translated; /* the group waited so long for a translation; 0, 0: not at all */
    u64 fetch_walk_from, fetch_walk_to; /* and for this walk */

    /* ---- dispatch ---- */
    u64 dispatch_at;
    u32 slots_used;
    u64 hold_until;                 /* nothing is dispatched before */
    u8 hold;                        /* enum cpi: why */
    u64 ict[ICT_MOST];              /* when their entries become free */
    u32 ict_at;                     /* of the next instruction */
    u64 dispatched[LSU_QUEUE_MOST]; /* of the last so many instructions */
    u32 placed;                     /* instructions, modulo 2^32 */
    u64 leave;                      /* units_leave() of the thread */
    u32 queued;                     /* in the issue queue, */
    u64 queued_at;                  /* at the end of this cycle */
    u64 last_issue;                 /* of all that are or were in it */

    /* ---- loads and stores ---- */
    u64 load_done[LSU_QUEUE_MOST], store_done[LSU_QUEUE_MOST];
    u32 loads, stores; /* modulo 2^32 */
    u64 stores_done;   /* all stores have left the queue */
    u64 loads_done;    /* all loads have their data */
    u64 io_done;       /* the last access to caching-inhibited storage */
    struct forward forward[FORWARDS];
    struct pending pending[PENDING];
    u32 pending_at;
    u64 pending_until; /* none of them is under way any more */
    struct room erat_misses;

    /* ---- serialisation ---- */
    u64 spr_written; /* the last mtspr that reads of SPRs wait for */
    u64 conditional; /* the last conditional store */
    u64 tlbie_done;  /* on all cores */

    /* ---- completion ---- */
    u64 complete_at;
    u32 complete_used; /* instructions in that cycle */

    /* ---- who ---- */
    struct timing_core *core;
    u32 thread, in_core; /* of the machine; of the core */
    u64 share_at;        /* when to ask again who else runs */
    u32 charged;         /* so many accesses that the next block begins with were charged by who kept time before */
    u64 number;          /* instructions placed */

    /* ---- for the watcher ---- */
    u64 walk_exposed; /* in all, */
    u64 walk_told;    /* up to the last instruction that he was told of, */
    u64 told;         /* which completed then; or the thread stood still until then */

    /* ---- counted since the block began ---- */
    struct timing_account account;
    struct timing_account before; /* of the block before */
    u64 cpi[CPI_COUNT];
};

struct timing_core {
    struct units units;
    struct timing *timing;
    struct branch_unit *branches;
    struct room data_walkers, fetch_walkers;
    struct booking fetches; /* groups, one a cycle, while several threads run */
    u32 number;
    u32 sharers;                                   /* threads that are running */
    bool lightly;                                  /* one, nobody watches, and slots are enough for light.c */
    u32 ict, issue_queue, load_queue, store_queue; /* entries for each of them */
    struct lane lane[LANES_OF_CORE];
};

struct timing {
    struct retire_sink sink;
    struct timing_config config;
    struct timing_listener listener;
    struct timing_watcher watcher;
    struct op_table *ops; /* its own, or those of the model whose twin it is */
    struct op_table own_ops;
    struct memory_system *memory;
    struct timing_core *core;
    u32 cores, threads;
    u64 tlbie_at[MEMORY_CORES_MAX]; /* of a pair: when it may begin the next one */
};

inline_hot u64 later(u64 a, u64 b)
{
    return a > b ? a : b;
}

/* The first cycle that the ring of units may not hold yet. */
inline_hot u64 lane_horizon(const struct lane *l)
{
    return l->queued_at + UNITS_RING;
}

/* When the entry of the load or store queue that an operation of this kind takes becomes free; 0: it takes none. */
inline_hot u64 lane_gate_of_queue(const struct lane *l, enum op_kind kind)
{
    if (kind == OP_LOAD) return l->load_done[(l->loads - l->core->load_queue) & QUEUE_MASK];
    if (kind == OP_STORE) return l->store_done[(l->stores - l->core->store_queue) & QUEUE_MASK];
    return 0;
}

/* The translation of its fetch, if the ERAT did not have it; NULL: it had. */
inline_hot const struct retire_access *lane_fetch_access(const struct retire *r, const struct retire_block *block)
{
    return r->accesses && block->access[r->access].kind == ACCESSED_FETCH ? &block->access[r->access] : NULL;
}

/* ---- timing.c ---- */
/* The tables and queues of a core are divided among the threads that run, 1 to as many as it has. */
void core_share(struct timing_core *core, u32 sharers);
/* Who runs beside it, and what its share of tables and queues is. */
void lane_count_sharers(struct lane *l);

/* ---- front.c ---- */
/* The group that r begins: l->fetch_at, fetch_left, front. */
void front_begin_group(struct lane *l, const struct retire *r, const struct retire_block *block);
/* Its parts: nothing is known of the group yet but why it was not fetched earlier; */
inline_hot void front_open_group(struct lane *l)
{
    l->fetch_missed = l->fetch_translated = 0;
    l->front = l->redirect;
    l->redirect = CPI_noslot_fetch;
}
/* the cycle in which its fetch may begin, if so many instructions (modulo 2^32) were placed before; */
inline_hot u64 front_earliest(const struct lane *l, u32 placed)
{
    return later(l->next_fetch, l->dispatched[(placed - l->core->timing->config.fetch_queue) & QUEUE_MASK]);
}
/* how many instructions it may have. */
inline_hot u32 front_group_length(const struct lane *l, const struct retire *r)
{
    const struct timing_config *c = &l->core->timing->config;
    u32 left = (c->fetch_block - ((u32)r->cia & (c->fetch_block - 4))) / 4;

    return left < c->fetch_width ? left : c->fetch_width;
}
/* The predictors see a branch. */
struct branch_outcome front_predict(struct lane *l, const struct op *op, const struct retire *r);
/* A branch has been issued, and finishes then: where the next group comes from, and whether it ends this one. */
bool front_branch(struct lane *l, const struct op *op, const struct retire *r, u64 finish);
/* What is behind is fetched anew; nothing is dispatched before `when`, and `why`. */
void front_restart(struct lane *l, u64 when, enum cpi why);

/* ---- lsu.c ---- */
void lsu_load(struct lane *l, const struct op *op, const struct retire *r, const struct retire_block *block,
              struct moments *m);
void lsu_store(struct lane *l, const struct op *op, const struct retire *r, const struct retire_block *block,
               struct moments *m);
void lsu_cache(struct lane *l, const struct op *op, const struct retire *r, const struct retire_block *block,
               struct moments *m);
/* Latencies of loads in schedule.def are those of hits in an L1 of 4 cycles; what is beyond them comes behind the
 * data. */
enum { LSU_PLAIN_LOAD = 4 };
inline_hot u64 lsu_behind_data(const struct op *op)
{
    return op->latency > LSU_PLAIN_LOAD ? op->latency - LSU_PLAIN_LOAD : 0;
}
/* Its stores, whose data was there in cycle `finish`, leave the queue, completed in that cycle. */
void lsu_drain(struct lane *l, const struct op *op, const struct retire *r, const struct retire_block *block,
               u64 finish, u64 completed);
/* r did nothing yet but translate (RETIRE_WAITED); it will come again. */
void lsu_waited(struct lane *l, const struct retire *r, const struct retire_block *block);
/* An access whose ERAT look-up in cycle `when` missed, or meets a miss under way: when its translation is there. */
u64 lsu_translate(struct lane *l, const struct retire *r, const struct retire_access *a,
                  const struct retire_block *block, u64 when, bool fetch, struct moments *m);

/* ---- serial.c ---- */
/* The earliest cycle in which it may issue, if it could in cycle `when`. */
u64 serial_issue(const struct lane *l, const struct op *op, u64 when);
/* It was issued and finishes at m->finish; that may move. */
void serial_finish(struct lane *l, const struct op *op, struct moments *m);
/* It has completed. */
void serial_completed(struct lane *l, const struct op *op);

/* ---- pipeline.c ---- */
/* What an instruction waits for before it is dispatched, as the cycle of each. */
struct gates {
    u64 front, held, ict, queue;
    u64 open, room; /* the last of them; and an entry of the issue queue */
};
/* Why it was dispatched no earlier, as far as the gates say. */
enum cpi pipeline_why_late(const struct lane *l, const struct op *op, const struct gates *g);
/* The first cycle from `when` on in which the issue queue has an entry. */
u64 pipeline_room_in_queue(struct lane *l, u64 when);

/* ---- light.c ---- */
/* In a core that one thread has for itself: the instructions from record k on, as long as they are light and nothing
 * about them is unusual; the answer is the first record that was not placed. */
size_t light_place(struct lane *l, const struct retire_block *block, size_t k);

/* ---- stack.c ---- */
/* Completed in cycle `completed`; dispatched: when, late: why no earlier. */
void stack_gap(struct lane *l, const struct moments *m, u64 dispatched, enum cpi late, u64 completed);

#endif
