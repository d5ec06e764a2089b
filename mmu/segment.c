/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Segment tables in storage (Book III 5.7.6.2, 5.7.8.3): what an SLB that has no entry for an address asks if LPCR[HR]
 * = 0 and LPCR[UPRT] = 1.  All of it lies in *virtual* storage and is reached through the partition's hashed page
 * table:
 *
 *   PATE1            0     PRTB             39      PTPS  PTS   the process table is the start of a 1 TiB segment with
 *                    | /| VSID, 38 bits | / ... / |56:58|59:63| this VSID and base page size; 2^(12 + PTS) bytes of it
 *
 *   process-table    0:1 B | 2:63 STABORGU                      STABORG = STABORGU || STABORGL is bits 0:65 of a
 *   entry [PID]      0:3 STABORGL | ... | 56:59 STABSIZE        virtual address, in a segment of size B and base page
 *                    60:62 STPS | 63 V                          size STPS; 2^q bytes, q = 12 + STABSIZE, aligned so
 *
 *   segment table    groups of 128 bytes, eight entries of two doublewords each, as slbmte's RB and RS
 *
 * Four groups are searched in this order, EA(m:n) being the low q - 7 bits of the ESID:
 *
 *   level 1  primary, 256 MiB: group EA(43-q:35), entries with B = 0      3  secondary, 256 MiB: the complement
 *         2  primary, 1 TiB:   group EA(31-q:23), entries with B = 1      4  secondary, 1 TiB
 *
 * The walker has every right to these pages; it sets R in their entries.  If it finds no page, that is a storage
 * interrupt with the virtual segment of the table in ASDR and "process table" (DSISR 46); if there is no segment, an
 * entry that is not valid included, it is a segment interrupt.
 *
 * Where the formats are from, and what is argued: docs/DIVERGENCES.md.
 */
#include "bus/bus.h"
#include "mmu/slb.h"
#include "mmu/walk.h"

#define PATE1_PRTB PPC_BITMASK(1, 38)
#define PATE1_PTPS PPC_BITMASK(56, 58)
#define PRTE0_B PPC_BITMASK(0, 1)
#define PRTE0_STABORGU PPC_BITMASK(2, 63)
#define PRTE1_STABORGL PPC_BITMASK(0, 3)
#define PRTE1_STABSIZE PPC_BITMASK(56, 59)
#define PRTE1_STPS PPC_BITMASK(60, 62)
#define PRTE1_V PPC_BIT(63)

enum { GROUP_BYTES = 128, ENTRY_BYTES = 16 };

struct segment_table {
    u64 vsid;   /* of the segment that it lies in, as in an SLB entry */
    u64 offset; /* in that segment */
    unsigned q; /* 2^q bytes */
};

static bool refuse(struct hash_tables *t, enum stage stage, enum xlate_why why)
{
    t->out->stage = stage;
    t->out->why = why;
    return false;
}

static u64 vsid_doubleword(bool large, u64 vsid, u64 page_size)
{
    return (large ? SETFIELD(SLB_SEGMENT_SIZE, 0ULL, 1) | (vsid << 24 & SLB_VSID) : vsid << 12 & SLB_VSID) |
           (page_size & 4 ? SLB_L : 0) | SETFIELD(SLB_LP, 0ULL, page_size & 3);
}

/* The real address of `bytes` bytes of a table, aligned to their number. */
static bool locate(struct hash_tables *t, u64 vsid, u64 offset, u8 nested_for, u64 *ra)
{
    const struct ram *ram = t->ctx->bus->ram;
    struct hash_address at = {0};
    struct hpte h;

    t->out->for_table = true;
    if (!hpt_place(&at, vsid, offset, t->out) || !hpt_find(t, &at, nested_for, &h)) return false;
    hpt_note_rc(t->out, &h, HPTE1_R);
    *ra = hpt_real(&h, &at);
    if (!ram || !ram_holds(ram, *ra, nested_for == FOR_PROCESS_TABLE ? ENTRY_BYTES : GROUP_BYTES))
        return refuse(t, STAGE_REAL, XL_NO_STORAGE);
    t->out->for_table = false;
    t->out->segment = 0;
    return true;
}

static void tell(struct hash_tables *t, const struct walk_step *step)
{
    if (t->who) t->who->step(t->who, step);
}

static bool find_table(struct hash_tables *t, u32 pid, struct segment_table *table)
{
    u64 at = pid * 16ULL, ra, prte0, prte1;
    u64 vsid = vsid_doubleword(true, GETFIELD(PATE1_PRTB, t->pate1), GETFIELD(PATE1_PTPS, t->pate1));
    const u8 *host = t->ctx->bus->ram->host;
    unsigned shift;
    u128 origin;

    if (at >= table_bytes(t->pate1)) return refuse(t, STAGE_PROCESS, XL_NO_ENTRY);
    if (!locate(t, vsid, at, FOR_PROCESS_TABLE, &ra)) return false;
    prte0 = get_be64(host + ra);
    prte1 = get_be64(host + ra + 8);
    tell(t, &(struct walk_step){.kind = WALK_PRTE,
                                .stage = STAGE_PROCESS,
                                .entry_ra = ra,
                                .entry = prte0,
                                .second = prte1,
                                .address = pid});
    if (!(prte1 & PRTE1_V)) return refuse(t, STAGE_PROCESS, XL_NO_SEGMENT);
    shift = GETFIELD(PRTE0_B, prte0) & 1 ? 40 : 28;
    origin = ((u128)GETFIELD(PRTE0_STABORGU, prte0) << 4 | GETFIELD(PRTE1_STABORGL, prte1)) << 12;
    table->vsid = vsid_doubleword(shift == 40, (u64)(origin >> shift), GETFIELD(PRTE1_STPS, prte1));
    table->q = 12 + (unsigned)GETFIELD(PRTE1_STABSIZE, prte1);
    table->offset = (u64)origin & ((1ULL << shift) - 1) & ~((1ULL << table->q) - 1);
    return true;
}

static bool matches(const struct slb_entry *entry, u64 ea, unsigned shift)
{
    return GETFIELD(SLB_SEGMENT_SIZE, entry->vsid) == (shift == 40) && slb_holds(entry, ea);
}

static bool search_group(struct hash_tables *t, const struct segment_table *table, const struct effective *e, u8 level,
                         u64 *vsid)
{
    unsigned shift = level & 1 ? 28 : 40;
    u64 esid = e->ea >> shift, group = (level > 2 ? ~esid : esid) & ((1ULL << (table->q - 7)) - 1), ra;
    struct walk_step step = {
        .kind = WALK_STEG, .stage = STAGE_PROCESS, .level = level, .address = e->ea, .shift = (u8)shift};
    const u8 *host = t->ctx->bus->ram->host;
    bool found = false;

    if (!locate(t, table->vsid, table->offset + group * GROUP_BYTES, FOR_SEGMENT_TABLE, &ra)) return false;
    step.entry_ra = ra;
    step.entry = get_be64(host + ra);
    for (u64 n = 0; n < GROUP_BYTES && !found; n += ENTRY_BYTES) {
        const struct slb_entry entry = {get_be64(host + ra + n), get_be64(host + ra + n + 8)};

        if (!matches(&entry, e->ea, shift)) continue;
        found = true;
        step.entry_ra = ra + n;
        step.entry = entry.esid;
        step.second = entry.vsid;
        *vsid = entry.vsid;
    }
    step.absent = !found;
    tell(t, &step);
    return found;
}

bool segment_walk(struct hash_tables *t, const struct effective *e, u64 *vsid)
{
    struct segment_table table;

    if (!find_table(t, e->pid, &table)) return false;
    for (u8 level = 1; level <= 4; level++) {
        if (search_group(t, &table, e, level, vsid)) return true;
        if (t->out->why != XL_OK) return false;
    }
    return refuse(t, STAGE_PROCESS, XL_NO_SEGMENT);
}
