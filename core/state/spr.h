/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Special-purpose registers by number.  spr_read() and spr_write() are the whole of mfspr and mtspr (Book III 4.4.4):
 * privilege, facilities, reserved bits, what an undefined number does, and the effect on the rest of the thread.
 */
#ifndef P9_CORE_STATE_SPR_H
#define P9_CORE_STATE_SPR_H

#include "core/state/spr_bits.h"
#include "core/state/thread.h"

enum spr_privilege { SPR_P, SPR_S, SPR_H, SPR_U, SPR_N };
enum spr_scope { SPR_THREAD, SPR_CORE };

/* Which facility guards a register. */
enum spr_gate {
    GATE_NONE,
    GATE_DSCR,  /* FSCR in problem state, HFSCR */
    GATE_HDSCR, /* the privileged number: HFSCR only */
    GATE_TAR,
    GATE_EBB,
    GATE_TM, /* MSR[TM], HFSCR */
    GATE_MSGP,
    GATE_PM, /* HFSCR only */
    GATE_PMU_R,
    GATE_PMU_RW,
    GATE_PMU_RW56, /* problem-state names: MMCR0[PMCC], HFSCR */
};

enum spr_result {
    SPR_DONE,
    SPR_NOTHING, /* a no-op: RT keeps its value */
    SPR_CONTEXT, /* done, and what follows must be fetched and translated anew */
    SPR_ILLEGAL, /* HEAI: the caller knows the instruction word */
    SPR_FAULT,   /* t->fault is set, or it is too early (fabric_in_order) */
};

struct spr_row {
    const char *name, *text;
    u16 number;
    u8 read, write, scope, gate;
    bool is_alias;
    u16 offset; /* in struct sprs */
    u64 reset, mask;
    u64 (*get)(struct thread *t, const struct spr_row *row);
    enum spr_result (*put)(struct thread *t, const struct spr_row *row, u64 value);
};
extern const struct spr_row spr_rows[];
extern const unsigned spr_row_count;
#define EACH_SPR(row) for (const struct spr_row *row = spr_rows; row < spr_rows + spr_row_count; row++)

static inline u64 *spr_field(struct thread *t, const struct spr_row *row)
{
    return (u64 *)(void *)((char *)&t->spr + row->offset);
}

/* Numbers as mfspr and mtspr have them. */
enum spr_number {
#define SPR(name, number, ...) SPRN_##name = (number),
#define SPR_ALIAS SPR
#include "core/state/spr.def"
#undef SPR
#undef SPR_ALIAS
};

/* The row of a number, or NULL. */
const struct spr_row *spr_find(unsigned number);

/* The core's scratch register 0..7, which has no number of its own. */
const struct spr_row *spr_scratch(unsigned index);

/* What the register would read as now, whoever asks (dumps, debuggers). */
u64 spr_peek(struct thread *t, const struct spr_row *row);

/* mfspr, mtspr. */
must_use enum spr_result spr_read(struct thread *t, unsigned number, u64 *value);
must_use enum spr_result spr_write(struct thread *t, unsigned number, u64 value);

/* True if the facility may be used; else t->fault describes the interrupt. */
must_use bool facility_allowed(struct thread *t, enum facility facility);

/* Hooks that others need as well. */
u64 xer_get(const struct thread *t);
void xer_set(struct thread *t, u64 value);
bool thread_is_ultravisor(const struct thread *t);
void hmer_changed(struct thread *t); /* HMER or HMEER was changed by hardware: pending follows */

#endif
