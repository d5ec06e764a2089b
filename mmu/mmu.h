/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The translation model: effective address -> ERAT -> TLB -> radix walk with a page-walk cache, as one POWER9 core does
 * it.  One struct mmu_system per machine, one TLB and page-walk cache per core, one pair of ERATs per thread.
 *
 * mmu_translate() is called when the host-side table (hostmap.h) does not answer: it looks into the modelled arrays,
 * walks if they miss, fills them, writes R and C, counts, charges cycles, and puts a slot into the host-side table when
 * the 4 KiB page is plain main storage that nobody watches.  So the next access to that page costs one compare.
 *
 * The model `none` has no arrays: a slot lives until an invalidation names it.  Both models give the same results to
 * the guest; only the counters and the cycles differ.
 *
 * Hash translations are tagged by effective address in the ERAT and by virtual address in the TLB.  The SLB is read
 * through ctx->slb, which must live as long as the context; slbie and slbia say what to forget, slbmte says nothing (as
 * in the book, software must not reuse a segment without them).
 *
 * Everything is tagged by context: mmu_set_context() on every change of MSR, PIDR, LPIDR, LPCR, AMR, IAMR, PTCR, HRMOR
 * or URMOR finds the tables of that context again; nothing is flushed (only PTCR, HRMOR and URMOR, which software
 * writes once, empty the thread's ERATs and tables).  The pointers in the hostmap stay valid until the next
 * mmu_set_context().
 */
#ifndef P9_MMU_MMU_H
#define P9_MMU_MMU_H

#include "mmu/hostmap.h"
#include "mmu/invalidate.h"
#include "mmu/xlate.h"

struct counters;
struct hot_walk;
struct miss_tally;
struct walk_tally;
struct insn;
struct mmu;        /* one thread */
struct mmu_system; /* all of them */

enum mmu_model { MMU_MODEL_NONE, MMU_MODEL_MMU };
enum replacement { REPLACE_FIFO, REPLACE_LRU, REPLACE_PLRU, REPLACE_RANDOM };

/* Numbers of the model; mmu_config_default() says where each comes from. */
struct mmu_config {
    enum mmu_model model;
    u32 derat_entries, derat_ways; /* ways 0: fully associative */
    u32 ierat_entries, ierat_ways;
    u32 tlb_entries, tlb_ways;      /* of the whole array; see tlb_halved */
    bool tlb_halved;                /* radix: half of the array belongs to the page-walk cache */
    u32 pwc_entries, pwc_ways;      /* per directory level and scope; 0 entries: there is none */
    u32 pate_entries, prte_entries; /* partition-table and process-table entry caches; fully associative */
    bool tlb_guest_real;            /* the TLB also holds guest real -> real for the walker's own reads */
    enum replacement erat_replacement, tlb_replacement, pwc_replacement;
    u64 seed;                /* for REPLACE_RANDOM */
    u32 tlb_hit_cycles;      /* charged for each TLB look-up; if it fails, what the walk reads comes on top */
    u32 walk_read_cycles;    /* charged for each table entry that the walk reads from storage */
    bool tlbiel_spares_erat; /* as POWER9 does: tlbiel by class leaves the ERAT to slbia IH=3/6/7 */
    bool erratum_tlbie_erat; /* see invalidate.c */
    u64 needless_insns;      /* a fill this soon after the kill of the same entry is counted; 0: none is */
    bool rc_by_software;     /* R or C to be set: fault SET_RC instead of setting it */
    u32 contexts;            /* host-side table sets per thread; not a model parameter */
};
struct mmu_config mmu_config_default(void);

/* NULL after an error line that names the wrong number or the lack of memory. Threads are numbered core by core. */
struct mmu_system *mmu_system_new(const struct mmu_config *config, struct bus *bus, unsigned cores,
                                  unsigned threads_per_core);
void mmu_system_free(struct mmu_system *system);
struct mmu *mmu_of_thread(struct mmu_system *system, unsigned thread);
void mmu_system_reset(struct mmu_system *system); /* power-on: every array and table is empty */

/*
 * What would other arrays behind the same ERATs have missed?  A variant sees every ERAT miss and every invalidation
 * from now on, in TLB, page-walk and table-entry caches of its own, and counts as if it were the machine: exactly what
 * a run with that configuration counts if the time that its misses take changes nothing in the guest's course.  False
 * after an error line: the numbers are impossible, differ in the ERATs (whose hits nobody sees), or the model is
 * `none`.
 */
enum { WHAT_IF_MOST = 32, WHAT_IF_LEVELS = 8 };
must_use bool mmu_what_if(struct mmu_system *system, const struct mmu_config *variant);
/* Of the variant, by order of mmu_what_if(), at a level of nesting (the last one: and deeper). NULL: there is none. */
const struct counters *mmu_what_if_counters(const struct mmu_system *system, unsigned variant, unsigned level);
void mmu_what_if_clear(struct mmu_system *system); /* counters to 0; the arrays stay as they are */

/* Each translation that the arrays (of the model `none`: the host-side tables) hold is walked for once more, and who
 * sees the table entries.  Nothing changes. */
struct observer;
void mmu_walk_contents(const struct mmu_system *system, struct observer *who);

/* Somebody else than mmu_walk() answers what the arrays do not know of pages that have tables: fills *out, and shows
 * who (may be NULL) the entries that a walk would read.  Of the threads of this system, from now on. */
struct mmu_walker {
    void (*walk)(void *self, u64 ea, struct observer *who, struct xlate *out);
    void *self;
};
void mmu_set_walker(struct mmu_system *system, const struct mmu_walker *walker);

/* From now on somebody else says what look-ups and the table reads of walks take (timed), and none is charged here; or
 * no more.  The arrays, and what mmu_price() and what-ifs say, stay as they are. */
void mmu_set_timed(struct mmu_system *system, bool timed);

/* Where this thread's events are counted from now on. NULL: nowhere that anyone looks. level: of nesting, which the
 * what-if arrays keep apart. */
void mmu_set_counters(struct mmu *mmu, struct counters *counters, struct walk_tally *tally, unsigned level);

/* Where this thread's completed instructions are counted, exact at a context switch or fault: the time of
 * needless_insns. NULL: it stands still. */
void mmu_set_clock(struct mmu *mmu, const u64 *completed);

/* Until this thread's instructions (mmu_set_clock) have come to `until`, its misses are also added to *to. An
 * instruction counts with the beginning of its straight run. NULL: no more. */
void mmu_tally_misses(struct mmu *mmu, struct miss_tally *to, u64 until);

/* Broadcast tlbie that this thread has executed. */
u64 mmu_tlbies(const struct mmu *mmu);

/* Make this the current context and say where its host-side tables are. A few nanoseconds if it was here before. */
struct hostmap mmu_set_context(struct mmu *mmu, const struct xlate_ctx *ctx);
const struct xlate_ctx *mmu_context(const struct mmu *mmu);

/*
 * Translate for real, in the current context.  False: *out says why (nothing was filled; R/C were not written).  True:
 * out->ra is the real address, out->attr its attributes, R and C are written, and a load or store slot is installed if
 * the page may have one.  The access must not cross a 4 KiB page: the caller splits.  *stall_cycles is added to.  `ea`
 * is already cut to 32 bits in 32-bit mode.  A hit in the modelled ERAT counts nothing.
 */
must_use bool mmu_translate(struct mmu *mmu, u64 ea, enum access access, unsigned size, struct xlate *out,
                            u64 *stall_cycles);

/* The walk that the last mmu_translate() charged, for whoever knows the instruction; NULL if it charged none, or if it
 * was asked for before. */
const struct hot_walk *mmu_take_walk(struct mmu *mmu);

/*
 * Pages that somebody watches never get a slot, in any context, so that each access to them comes to the slow path: two
 * data pages (bit 0 of the effective address does not count: DAWRX[HRAMMC]) and one that is fetched from. HOST_NO_PAGE:
 * none.  The model counts what it would count anyway.
 */
struct mmu_watch {
    u64 data[2], fetch;
};
void mmu_watch(struct mmu *mmu, const struct mmu_watch *watch);

/* After a successful ACCESS_FETCH translation: this is the decoded page. Does nothing if the ERAT does not hold it.
 * traced: it is decoded for the traced port, so the fast ports must not find it (HOST_TRACED). */
void mmu_install_fetch(struct mmu *mmu, u64 ea, struct insn *page, bool traced);

#endif
