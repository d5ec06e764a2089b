/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How a decoded instruction uses the core, as placing it wants to know it: registers as numbers of one file of
 * timestamps, units as words to be added to a cycle (units.h), the rest as it stands in its schedule (schedule.h).
 * Made once from the facts of an instruction and found again through them (insn_facts.op).
 */
#ifndef P9_CORE_TIMING_OP_H
#define P9_CORE_TIMING_OP_H

#include "base/hash.h"
#include "core/timing/branch.h"
#include "core/timing/schedule.h"

/*
 * The file.  FPSCR is two: its control bits, which arithmetic reads and moves to it write, and the rest, which
 * arithmetic adds to in any order and moves from it read.  So it is with VSCR[SAT], which is sticky: only moves read
 * it.
 */
enum {
    REG_GPR = 0,
    REG_VSR = 32,
    REG_CR = 96,
    REG_CTR = 104,
    REG_LR,
    REG_CA,
    REG_OV,
    REG_SO,
    REG_XER,
    REG_FPSCR_CONTROL,
    REG_FPSCR_STATUS,
    REG_VSCR,
    REG_TAR,
    REG_NONE,   /* ready at all times: nobody writes it */
    REG_NOBODY, /* nobody reads it */
    REG_COUNT
};

enum op_kind { OP_PLAIN, OP_LOAD, OP_STORE, OP_BRANCH, OP_CACHE };
enum op_cache { CACHE_OTHER, CACHE_ZERO, CACHE_ICBI, CACHE_FLUSH, CACHE_CLEAN }; /* dcbz, icbi, dcbf, dcbst */
enum op_flag {
    OP_WIDE = 1,     /* more registers than there is room for: the masks of its facts say which */
    OP_SERIAL = 2,   /* schedule->serial is not SERIAL_NONE */
    OP_UNQUEUED = 4, /* needs no unit, so no entry of the issue queue */
    OP_LONG = 8,     /* busy, or more than two operations */
    OP_LIGHT = 16,   /* nothing of all this: one operation of one entry, few slots and registers (light.c) */
};

/* Lists of registers are filled up with REG_NONE and REG_NOBODY, so that the first few are looked at without being
 * counted. */
enum { OP_SOURCES = 9, OP_TARGETS = 4, OP_SOURCES_FEW = 4, OP_TARGETS_FEW = 2, OP_SLOTS_FEW = 3 };
struct op {
    u64 take;        /* of units and ports, by the first operation */
    u64 then_take;   /* by each of those behind it */
    u64 busy_take;   /* by the first in each of its further busy cycles: its units, whose ports others may use */
    u64 update_take; /* by the one that updates the base register; 0: there is none */
    u8 source[OP_SOURCES], target[OP_TARGETS];
    u8 sources, targets;
    u8 latency, update; /* cycles until its targets can be used; until target[0] can, if not 0 */
    u8 slots, ict;      /* of dispatch; entries of the completion table */
    u8 kind, flags;     /* enum op_kind, enum op_flag */
    u8 cache;           /* enum op_cache */
    u8 stall;           /* enum cpi: whose fault it is if it is the oldest and not finished */
    u8 serial;          /* enum serial */
    u8 rule;            /* enum dispatch_rule */
    u8 busy, times, after;
    u8 branch, hint; /* enum branch_kind, enum branch_hint */
    u8 call;         /* of a branch: its link is put on the link stack */
    u8 conditional;
};

/* Made from facts. */
struct op op_of(const struct isa *isa, const struct insn_facts *facts);

/* Target of a branch whose word says it, that stands at cia. */
u64 op_branch_target(const struct insn_facts *facts, u64 cia);

/* Those that were made: equal ones are one.  Facts are annotated with 1 + the number of theirs (retire_annotate()). */
enum { OPS_MOST = 1 << 20 };
struct op_table {
    const struct isa *isa;
    struct op *op;
    u32 count, room;
    struct hash_index index;
};
void ops_close(struct op_table *table);

/* For facts that have none yet.  keep: they hold for later executions too.  scratch: where it is made if it is not
 * kept, or there is no room; the answer is good until the next call. */
const struct op *ops_make(struct op_table *table, const struct insn_facts *facts, bool keep, struct op *scratch);

inline_hot const struct op *ops_find(struct op_table *table, const struct insn_facts *facts, bool keep,
                                     struct op *scratch)
{
    if (likely(facts->annotation && keep)) return &table->op[facts->annotation - 1];
    return ops_make(table, facts, keep, scratch);
}

#endif
