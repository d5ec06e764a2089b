/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Inside the floor: what an effective address means before any table is read - which class of translation, for which
 * partition and process - and how the rights of a leaf are judged.  The walk and the model share these, so a hit in an
 * ERAT is judged by the same lines as a walk.
 */
#ifndef P9_MMU_WALK_H
#define P9_MMU_WALK_H

#include "base/power.h"
#include "mmu/xlate.h"

/* Hashed page tables (III 5.7.6.1, 5.7.9): what is read of them in more than one place. */
#define PATE0_HTABORG PPC_BITMASK(4, 45)
#define PATE0_HTABSIZE PPC_BITMASK(59, 63)
#define HPTE1_R PPC_BIT(55)

inline_hot u64 table_bytes(u64 table)
{
    return 1ULL << (12 + GETFIELD(TABLE_SIZE, table));
}

/* Where the entry of this number (LPID or PID) lies, two doublewords; false: behind the table's end. */
inline_hot bool table_entry(u64 table, u32 number, u64 *address)
{
    u64 at = number * 16ULL;

    *address = (table & TABLE_BASE) + at;
    return at < table_bytes(table);
}

enum { EA_BITS = 52, ROOT_BITS = 13 };
#define EA_IN_TREE (PPC_BIT(11) - 1) /* EA[12:63], what a tree translates */
#define REAL_MODE_EA PPC_BITMASK(4, 63)

enum xlate_class {
    CLASS_BAD_EA,       /* no quadrant, or EA[2:11] not zero */
    CLASS_HASH,         /* relocation on, LPCR[HR] = 0: SLB and hashed page table */
    CLASS_VRMA,         /* a guest in real mode, LPCR[HR] = 0: the virtual real mode area, a segment of 1 TiB */
    CLASS_NO_PARTITION, /* LPID 0 belongs to the hypervisor: a guest cannot be it */
    CLASS_HV_REAL,
    CLASS_UV_REAL,
    CLASS_GUEST_REAL, /* partition scope only */
    CLASS_VIRTUAL,    /* process scope, and partition scope if lpid != 0 */
};
struct effective {
    enum xlate_class class;
    u32 lpid, pid; /* the effective ones */
    u64 ea;        /* without the bits that the class ignores */
};
struct effective xlate_effective(const struct xlate_ctx *ctx, u64 ea, enum access access);

/* PROT_* and PROT_PRIVILEGED of a leaf. */
inline_hot u8 leaf_prot(u64 entry)
{
    return (u8)((entry & (PTE_EAA_READ | PTE_EAA_RW) ? PROT_READ_OK : 0) | (entry & PTE_EAA_RW ? PROT_WRITE_OK : 0) |
                (entry & PTE_EAA_EXEC ? PROT_EXEC_OK : 0) | (entry & PTE_EAA_PRIV ? PROT_PRIVILEGED : 0));
}

/* The rights that this context has: eaa of the process-scoped leaf cut by privilege, AMR, IAMR and partition scope; for
 * the hash classes what hash_rights() says. */
u8 xlate_rights(const struct xlate_ctx *ctx, enum xlate_class class, u8 eaa, u8 key, u8 partition_prot);

inline_hot bool class_is_hash(unsigned class)
{
    return class == CLASS_HASH || class == CLASS_VRMA;
}
/* Tables in storage are read for it, and the TLB keeps the result. */
inline_hot bool class_has_tables(unsigned class)
{
    return class == CLASS_VIRTUAL || class == CLASS_GUEST_REAL || class_is_hash(class);
}

inline_hot bool rights_allow(u8 prot, enum access access)
{
    return prot & (access == ACCESS_FETCH ? PROT_EXEC_OK : access == ACCESS_LOAD ? PROT_READ_OK : PROT_WRITE_OK);
}

/* The steps of a walk.  A walk that is told to record its steps writes them where they stay. */
enum { STEPS_MAX = 64 };
struct walk_record {
    struct observer who; /* first: the observer is this */
    unsigned count;
    struct walk_step step[STEPS_MAX];
};
void walk_record_start(struct walk_record *r);
struct walk_record *walk_record_of(struct observer *who); /* NULL: it is somebody else */

/* Somebody answers at this real address: main storage or a device. */
bool real_address_answers(const struct xlate_ctx *ctx, u64 ra);

/* radix.c, after xlate_effective() said CLASS_GUEST_REAL or CLASS_VIRTUAL. */
void radix_walk(const struct xlate_ctx *ctx, const struct effective *e, enum access access, struct observer *who,
                struct xlate *out);

/* hpt.c, after xlate_effective() said CLASS_HASH or CLASS_VRMA. */
u8 hash_rights(const struct xlate_ctx *ctx, enum xlate_class class, u8 eaa, u8 key);

struct hash_address { /* where an effective address lies in virtual storage */
    u64 low;          /* VA[14:77] */
    u32 tag;          /* VA[10:13], segment size and base page size: what else must match */
    u64 vsid;         /* as in an SLB entry */
    u8 base_shift;
    u8 rights; /* HASH_* of the segment */
};
/* The VSID doubleword of the SLB's entry, or of the virtual real mode area. False: *out says why. */
must_use bool hpt_segment(const struct xlate_ctx *ctx, const struct effective *e, u64 *vsid, struct xlate *out);
/* Where a TLB entry of a hashed page says that it lies, without rights. */
struct hash_address hpt_address_of(u64 low, u32 tag);
/* In that segment. False: *out says why (no-execute segment, no such page size). */
must_use bool hpt_address(const struct xlate_ctx *ctx, const struct effective *e, u64 vsid, enum access access,
                          struct hash_address *h, struct xlate *out);
/* at: where e lies, if that is known. */
void hpt_walk(const struct xlate_ctx *ctx, const struct effective *e, const struct hash_address *at, enum access access,
              struct observer *who, struct xlate *out);

/* walk_step.nested_for of what a walk of segment tables needs. */
enum { FOR_PROCESS_TABLE = 1, FOR_SEGMENT_TABLE = 2 };
struct hash_tables { /* a partition whose PATE0 has HR = 0 */
    const struct xlate_ctx *ctx;
    struct observer *who;
    struct xlate *out;
    u32 lpid;
    bool for_segment; /* the walk is one of segment tables: its steps say so */
    u64 pate0, pate1;
};
struct hpte {
    u64 ra, dword0, dword1;
    unsigned shift;
};
must_use bool hpt_open_tables(struct hash_tables *t); /* false: *out says why */
/* The entry of a virtual address, searched for in both groups; nested_for: for the steps. */
must_use bool hpt_find(const struct hash_tables *t, const struct hash_address *at, u8 nested_for, struct hpte *h);
void hpt_note_rc(struct xlate *out, const struct hpte *h, u64 set); /* that of `set` which is not there yet */
u64 hpt_real(const struct hpte *h, const struct hash_address *at);
/* A virtual address of a segment: without rights. False: no such page size, and *out says so. */
must_use bool hpt_place(struct hash_address *h, u64 vsid, u64 offset, struct xlate *out);

/* segment.c: no SLB entry, and the process has a segment table. */
inline_hot bool segment_table_is_asked(const struct xlate_ctx *ctx, const struct effective *e)
{
    return e->class == CLASS_HASH && ctx->lpcr & LPCR_UPRT;
}
must_use bool segment_walk(struct hash_tables *t, const struct effective *e, u64 *vsid);

struct xlate xlate_start(void); /* nothing is known yet */
/* mmu_walk() of an effective address whose meaning, and (hash) perhaps its virtual address, is known. */
void walk_from(const struct xlate_ctx *ctx, const struct effective *e, const struct hash_address *at,
               enum access access, struct observer *who, struct xlate *x);
/* The page size that L and LP of an HPTE, or of tlbie, mean in a segment of this base page size; 0: none. */
unsigned hpt_page_shift(unsigned base_shift, bool large, unsigned lp);

#endif
