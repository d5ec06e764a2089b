/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The pure question of translation: request in, result out.  mmu_walk() reads main storage and answers; it writes
 * nothing, sets no register, fills no array, counts nothing, and does not know who asks.  Anyone may watch through an
 * observer: each table entry that is read is one step.
 */
#ifndef P9_MMU_XLATE_H
#define P9_MMU_XLATE_H

#include "base/bits.h"

struct bus;
struct slb;

enum access { ACCESS_FETCH, ACCESS_LOAD, ACCESS_STORE };

/* Which table an entry belongs to. */
enum stage { STAGE_REAL, STAGE_PROCESS, STAGE_PARTITION };

/* Why it failed: one row each in xlate.def, no register names here. */
enum xlate_why {
#define XLATE_WHY(name, text) XL_##name,
#include "mmu/xlate.def"
#undef XLATE_WHY
    XL_WHY_COUNT
};

/* A snapshot of everything that translation depends on. */
struct xlate_ctx {
    u64 msr; /* HV PR S, and IR of fetches, DR of data (SF: who asks cuts the address); LE as `decoding` */
    u64 lpcr, ptcr;
    u64 hrmor, urmor;
    u32 lpid, pid;
    u64 amr, iamr;
    const struct slb *slb;
    struct bus *bus;
    u8 decoding;         /* four bits that no walk looks at: what else a context of the caller's is told apart by */
    bool rc_by_software; /* R or C that must be set is a fault (SET_RC) instead of an rc_update */
};

struct xlate_req {
    u64 ea;
    enum access access;
    u8 size;
};

enum { PROT_READ_OK = 1, PROT_WRITE_OK = 2, PROT_EXEC_OK = 4, PROT_ALL = 7, PROT_PRIVILEGED = 8 };
/* What decides the rights to a hashed page: pp of its entry, N or G there; Ks, Kp, N and the class of its segment. */
enum { HASH_PP = 7, HASH_GUARDED = 8, HASH_KS = 0x10, HASH_KP = 0x20, HASH_SEGMENT_N = 0x40, HASH_CLASS_1 = 0x80 };
enum xlate_attr { ATTR_NORMAL, ATTR_SAO, ATTR_NON_IDEMPOTENT, ATTR_TOLERANT }; /* radix PTE ATT field */

struct rc_update { /* hardware would set these bits in the entry: applied by the caller with compare-and-swap */
    u64 entry_ra, old, set;
};
/* At most: process-table entry, four tables (or groups of a segment table) and the final address at partition scope,
 * and one process-scoped leaf. */
enum { RC_MAX = 8 };

struct xlate {
    enum xlate_why why; /* XL_OK or a row of xlate.def */
    enum stage stage;   /* whose table refused */
    bool for_table;     /* the refused access was the walk's own read of a process-scoped table entry */
    u64 ra, gra;        /* the answer; the guest real address if partition-scoped translation took part */
    u8 page_shift;      /* effective page size: the smaller of both scopes */
    u8 process_shift, partition_shift; /* leaf sizes at each scope; 0 if that scope took no part */
    u8 prot, attr;                     /* what this context may do there */
    /* What an ERAT keeps so that it can judge another access of another privilege: */
    u8 eaa;            /* PROT_* of the process-scoped leaf, PROT_PRIVILEGED; all of PROT_* if it took no part; of a
                          hashed page its HASH_* */
    u8 key;            /* storage key of a hashed page */
    u8 partition_prot; /* PROT_* of the partition-scoped leaf; all if it took no part */
    u64 segment;       /* hash: the VSID doubleword of the segment that a refused access, or the table that it
                          needed, lies in, else 0 */
    bool changed;      /* a store needs no C bit written (any more) */
    u8 rc_count;
    struct rc_update rc[RC_MAX];
};

enum walk_kind { WALK_PATE, WALK_PRTE, WALK_PDE, WALK_PTE, WALK_PTEG, WALK_STEG };
struct walk_step {
    enum walk_kind kind;
    enum stage stage;
    u8 level;      /* 1 = root; 0 for PATE and PRTE; 1 and 2 are the primary and secondary group of a hashed page
                      table, 1 to 4 those of a segment table (segment.c) */
    u8 nested_for; /* partition-scoped step: the process-scoped level whose entry address it translates; 0 = the
                      process-table entry; 15 = the final address. Hash: 1 to translate the address of the
                      process-table entry, 2 that of a segment table group (and the partition-table entry of such a
                      walk), 0 the page itself */
    u64 entry_ra, entry;
    u64 second;  /* the entry's other doubleword, where the walk needs it: PATE, PRTE of segment tables, found in a
                    group; else 0 */
    u64 address; /* what this scope translates: the effective or guest real address */
    u8 shift;    /* of a PDE or PTE: bits of the address below what it decides (page size of a leaf) */
    bool absent; /* of a group: what was looked for is not in it, and entry is its first one */
};
/* Entries of two doublewords: walk_step.second is told of them. */
static inline bool walk_has_second(enum walk_kind kind)
{
    return kind != WALK_PDE && kind != WALK_PTE;
}

struct observer {
    void (*step)(struct observer *who, const struct walk_step *step);
};

/* Answer the question. who may be NULL. */
struct xlate mmu_walk(const struct xlate_ctx *ctx, struct xlate_req req, struct observer *who);

const char *xlate_why_name(enum xlate_why why); /* "NO_PTE" */
const char *xlate_why_text(enum xlate_why why); /* a sentence */

#endif
