/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Decoded pages: 4 KiB of real storage as an array of struct insn, ready to run.  They are keyed by real address,
 * variant (byte order and port) and what PCR makes illegal (0 as a rule), so every context and every thread shares
 * them.  A page is decoded whole, because each instruction carries the class counts of the page before it (struct insn
 * sums) and leaving a straight run adds one difference.
 *
 * A store into a decoded page - by any context, thread, device or loader - ends in code_written(): the page turns
 * stale at once (every slot leads out of the page) and is decoded again when it is next entered.  So stale
 * instructions never execute, whether or not the guest issues icbi.
 */
#ifndef P9_CORE_RUN_CODE_H
#define P9_CORE_RUN_CODE_H

#include "bus/ram.h"
#include "core/isa/decode.h"
#include "core/state/retire.h"
#include "core/state/thread.h"

enum { PAGE_INSNS = 1024, CODE_BUCKETS = 4096 /* a power of two */, CODE_WATCHED = 64 };

enum code_variant { CODE_FAST_BE, CODE_FAST_LE, CODE_TRACED_BE, CODE_TRACED_LE, CODE_VARIANTS };

struct code_page {
    u64 ra;
    struct code_page *next; /* in the hash bucket */
    u8 variant, pcr_withheld;
    bool stale, decoded;              /* decoded: insn and word belong together */
    struct insn insn[PAGE_INSNS + 1]; /* the last slot leaves */
    u32 word[PAGE_INSNS]; /* what they were decoded from: after a store most of it need not be decoded again */
};
/* A look-up that the first page of the bucket answers - it was looked up last - reads nothing of that page. */
struct code_bucket {
    u64 key; /* real address, variant and PCR of the first page, if it is not stale; else 0 */
    struct code_page *first;
};

struct mmu_system;

struct code {
    const struct isa *isa;
    struct ram *ram;
    struct mmu_system *mmus;
    struct code_bucket bucket[CODE_BUCKETS];
    struct code_page *pool; /* max_pages of them, the first `pages` in use: recycled round robin */
    unsigned pages, max_pages, hand;
    bool lost;                     /* what was restored had no room (code_pages): it started empty */
    struct thread *const *threads; /* whose current pages must not be recycled */
    unsigned thread_count;
    insn_fn *leave, *stale, *illegal, *pause, *learn; /* stubs of the run loop */
    struct insn_facts *facts;                         /* PAGE_INSNS + 1 for each page of the pool; NULL: not kept */
    void (*redecodes)(void *self); /* a page of the traced port is about to get other facts; may be NULL */
    void *redecodes_self;
    u64 watched[CODE_WATCHED]; /* effective addresses, sorted by nothing */
    unsigned watched_count;
};

/* max_pages: how many decoded pages (37 KiB each) to keep. */
must_use bool code_open(struct code *code, const struct isa *isa, struct ram *ram, unsigned max_pages);
void code_close(struct code *code);

/* From now on what instructions of the traced port's pages do is learned and kept (core/state/retire.h), and
 * `redecodes` is called before facts of a page are thrown away. False after an error line: the host has no address
 * space. */
must_use bool code_keep_facts(struct code *code, void (*redecodes)(void *self), void *self);

/* Facts of the first instruction of a page, those of the others behind it. NULL: they are not kept. */
struct insn_facts *code_facts(const struct code *code, const struct insn *page);

/* The instruction has been learned: from now on its slot leads to the traced port. */
void code_learned(struct code *code, const struct insn *i);

/* What is known of an instruction of this row (or ROW_NONE) without executing it. */
struct insn_facts code_facts_of(const struct code *code, u32 word, unsigned row);

/* Page n of the pool, restored: what was learned of each instruction, NULL: nothing.  A stale page is one that was
 * decoded before it was written to.  Facts are kept.  False: the page cannot have such instructions. */
must_use bool code_restore_facts(struct code *code, unsigned n, const struct insn_facts *const facts[PAGE_INSNS]);

/* Forget everything (reset). */
void code_reset(struct code *code);

/* The decoded page of real address ra (4 KiB aligned, in RAM); decodes it if need be. */
struct code_page *code_page(struct code *code, u64 ra, enum code_variant variant, unsigned pcr_withheld);

/*
 * Watched addresses: a thread that is about to execute the instruction there, in whatever context, asks
 * run_services.arrived() whether to stand still.  Which effective addresses a decoded page has is not known, so in each
 * page the slot with the same offset leads to the pause stub.  Watching the same address twice is one watch; false:
 * there is no room for more than CODE_WATCHED.
 */
must_use bool code_watch(struct code *code, u64 ea);
void code_unwatch(struct code *code, u64 ea);
bool code_is_watched(const struct code *code, u64 ea);

/* Let the slot of i, on a page that is not stale, lead to the pause stub, or again to what it means. */
void code_set_pause(struct code *code, const struct insn *i, bool pause);

/* What the instruction does, whatever its slot leads to. Not for the slot behind the last one, nor of stale pages. */
insn_fn *code_meaning(const struct code *code, const struct insn *i);

/* The page that holds this slot: its decoded pages are in one array. */
struct code_page *code_page_at(const struct code *code, const struct insn *i);

/* The next page of the pool is to be this one, as it was when the machine was saved; stale: it was written to and not
 * decoded again.  After code_reset(), in the order of the pool, whose pages are not all in use. */
void code_restore_page(struct code *code, u64 ra, enum code_variant variant, unsigned pcr_withheld, bool stale);

/* The watcher of struct ram. */
void code_written(void *self, u64 ra, u64 size_bytes);

/* Developers' builds (base/assert.h): a thread is about to run instruction i of this page. */
void code_check_page(const struct code *code, struct insn *page, const struct insn *i);
/* The same of all pages: they say what storage says, and are found. */
void code_check(struct code *code);

static inline struct code_page *code_page_of(struct insn *slot0)
{
    return (struct code_page *)(void *)((u8 *)slot0 - offsetof(struct code_page, insn));
}

#endif
