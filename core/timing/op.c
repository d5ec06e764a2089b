/* SPDX-License-Identifier: Apache-2.0 */
/* From the facts of an instruction to how it uses the core; see op.h. */
#include "core/timing/op.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "core/isa/insn.h"
#include "core/timing/cpi.h"
#include "core/timing/units.h"

/* ---- registers ---- */

static void add_source(struct op *op, unsigned reg)
{
    if (op->sources < OP_SOURCES) op->source[op->sources++] = (u8)reg;
    else op->flags |= OP_WIDE;
}

static void add_target(struct op *op, unsigned reg)
{
    if (op->targets < OP_TARGETS) op->target[op->targets++] = (u8)reg;
    else op->flags |= OP_WIDE;
}

typedef void add_fn(struct op *op, unsigned reg);
static void add_file(struct op *op, add_fn *add, u64 mask, unsigned first)
{
    for (; mask; mask &= mask - 1) add(op, first + (unsigned)__builtin_ctzll(mask));
}

static void add_named(struct op *op, add_fn *add, u32 names)
{
    static const struct {
        u32 name;
        u8 reg;
    } rows[] = {{NAMED_CTR, REG_CTR}, {NAMED_LR, REG_LR}, {NAMED_CA, REG_CA},
                {NAMED_OV, REG_OV},   {NAMED_SO, REG_SO}, {NAMED_XER, REG_XER}};

    for (unsigned k = 0; k < ARRAY_SIZE(rows); k++)
        if (names & rows[k].name) add(op, rows[k].reg);
}

/* mffs, mtfsf, mcrfs, mfvscr and their kin: FPSCR or VSCR is what they move. */
static bool moves_status(const struct isa *isa, const struct insn_facts *f)
{
    static const char *const names[] = {"mffs", "mtfs", "mcrfs", "mfvscr", "mtvscr"};
    const char *name = f->row < isa_row_count(isa) ? isa_row(isa, f->row)->name : "";

    for (unsigned k = 0; k < ARRAY_SIZE(names); k++)
        if (!strncmp(name, names[k], strlen(names[k]))) return true;
    return false;
}

static bool names_tar(const u16 spr[FACTS_SPRS])
{
    enum { TAR = 815 };

    for (unsigned k = 0; k < FACTS_SPRS && spr[k] != FACTS_NO_SPR; k++)
        if (spr[k] == TAR) return true;
    return false;
}

static void add_registers(struct op *op, const struct isa *isa, const struct insn_facts *f)
{
    bool moves = moves_status(isa, f);

    /* The base of an update is the first target, so that it can have its own latency; its number is RA's. */
    if (op->update) add_target(op, REG_GPR + (f->word >> 16 & 31));
    add_file(op, add_source, f->gpr_in, REG_GPR);
    add_file(op, add_source, f->vsr_in, REG_VSR);
    add_file(op, add_source, f->cr_in, REG_CR);
    add_named(op, add_source, f->named_in);
    if (f->named_in & NAMED_FPSCR) add_source(op, REG_FPSCR_CONTROL);
    if (f->named_in & NAMED_FPSCR && moves) add_source(op, REG_FPSCR_STATUS);
    if (f->named_in & NAMED_VSCR && moves) add_source(op, REG_VSCR);
    if (f->named_in & NAMED_SPR && names_tar(f->spr_in)) add_source(op, REG_TAR);
    add_file(op, add_target, f->gpr_out & ~(op->update ? 1U << (f->word >> 16 & 31) : 0), REG_GPR);
    add_file(op, add_target, f->vsr_out, REG_VSR);
    add_file(op, add_target, f->cr_out, REG_CR);
    add_named(op, add_target, f->named_out);
    if (f->named_out & NAMED_FPSCR) add_target(op, REG_FPSCR_STATUS);
    if (f->named_out & NAMED_VSCR) add_target(op, REG_VSCR);
    if (f->named_out & NAMED_FPSCR && moves) add_target(op, REG_FPSCR_CONTROL);
    if (f->named_out & NAMED_SPR && names_tar(f->spr_out)) add_target(op, REG_TAR);
}

/* ---- what it is ---- */

static u8 stall_of(const struct insn_facts *f, const struct schedule *s, const char *name)
{
    static const u8 by_class[CLASS_COUNT] = {
        [CLASS_FX] = CPI_stall_fxu,         [CLASS_FXR] = CPI_stall_fxu,         [CLASS_MUL] = CPI_stall_fxu,
        [CLASS_DIV] = CPI_stall_fxlong,     [CLASS_CR] = CPI_stall_fxu,          [CLASS_BR] = CPI_stall_bru,
        [CLASS_LD] = CPI_stall_load_finish, [CLASS_ST] = CPI_stall_store_finish, [CLASS_CACHE] = CPI_stall_load_finish,
        [CLASS_FP] = CPI_stall_dp,          [CLASS_FPDIV] = CPI_stall_dplong,    [CLASS_VX] = CPI_stall_vfxu,
        [CLASS_VMUL] = CPI_stall_vfxlong,   [CLASS_VFP] = CPI_stall_vdp,         [CLASS_VFPDIV] = CPI_stall_vdplong,
        [CLASS_PM] = CPI_stall_pm,          [CLASS_QP] = CPI_stall_dfu,          [CLASS_CY] = CPI_stall_crypto,
        [CLASS_SPR] = CPI_stall_mfspr,      [CLASS_SYS] = CPI_stall_other};
    enum { LONG_DFU = 25 };

    switch ((enum serial)s->serial) {
    case SERIAL_SYNC:
    case SERIAL_PTESYNC: return CPI_stall_hwsync;
    case SERIAL_LWSYNC: return CPI_stall_lwsync;
    case SERIAL_EIEIO: return CPI_stall_eieio;
    case SERIAL_BROADCAST:
    case SERIAL_BROADCAST_SYNC: return CPI_stall_tlbie;
    case SERIAL_INVALIDATE: return strcmp(name, "tlbiel") != 0 ? CPI_stall_slb : CPI_stall_tlbie;
    case SERIAL_RESERVE: return CPI_stall_larx;
    case SERIAL_CONDITIONAL: return CPI_stall_stcx;
    case SERIAL_SPR_READ:
    case SERIAL_SPR_WRITE:
    case SERIAL_MMU_SPR:
    case SERIAL_TIME: return CPI_stall_mfspr;
    default: break;
    }
    if (f->row == ROW_NONE) return CPI_stall_other;
    if (f->issue_class == CLASS_QP && s->latency >= LONG_DFU) return CPI_stall_dflong;
    return by_class[f->issue_class];
}

/* BO (I 2.4): what of CTR and CR is looked at, and the hint `at`. */
static void read_bo(struct op *op, u32 word)
{
    u32 bo = word >> 21 & 31;
    bool ignores_cr = bo & 16, ignores_ctr = bo & 4;

    op->conditional = !(ignores_cr && ignores_ctr);
    if (ignores_ctr && !ignores_cr) op->hint = bo & 3;
    if (ignores_cr && !ignores_ctr) op->hint = (u8)((bo >> 2 & 2) | (bo & 1));
    if (op->hint < HINT_NOT_TAKEN) op->hint = HINT_NONE;
}

enum { OPCODE_BC = 16, OPCODE_B = 18, OPCODE_XL = 19, XO_BCLR = 16, XO_BCCTR = 528, XO_BCTAR = 560 };
#define BCL_NEXT 0x429f0005u /* bcl 20,31,$+4 */

static bool is_branch(u32 word)
{
    u32 opcode = word >> 26, xo = word >> 1 & 1023;

    return opcode == OPCODE_B || opcode == OPCODE_BC ||
           (opcode == OPCODE_XL && (xo == XO_BCLR || xo == XO_BCCTR || xo == XO_BCTAR));
}

static void read_branch(struct op *op, u32 word)
{
    u32 opcode = word >> 26, bh = word >> 11 & 3;

    op->kind = OP_BRANCH;
    op->call = (word & 1) && word != BCL_NEXT;
    if (opcode != OPCODE_B) read_bo(op, word);
    if (opcode == OPCODE_B) op->branch = BRANCH_ALWAYS;
    else if (opcode == OPCODE_BC) op->branch = op->conditional ? BRANCH_CONDITIONAL : BRANCH_ALWAYS;
    else op->branch = (word >> 1 & 1023) == XO_BCLR && !bh ? BRANCH_RETURN : BRANCH_INDIRECT;
}

u64 op_branch_target(const struct insn_facts *f, u64 cia)
{
    bool absolute = f->word & 2;
    u64 offset =
        f->word >> 26 == OPCODE_B ? (u64)sign_extend(f->word & 0x3fffffc, 26) : (u64)sign_extend(f->word & 0xfffc, 16);

    return absolute ? offset : cia + offset;
}

static enum op_cache cache_of(const char *name)
{
    static const struct {
        const char *name;
        enum op_cache what;
    } rows[] = {{"dcbz", CACHE_ZERO}, {"icbi", CACHE_ICBI}, {"dcbf", CACHE_FLUSH}, {"dcbst", CACHE_CLEAN}};

    for (unsigned k = 0; k < ARRAY_SIZE(rows); k++)
        if (!strcmp(name, rows[k].name)) return rows[k].what;
    return CACHE_OTHER;
}

static bool is_light(const struct op *op)
{
    return op->kind != OP_CACHE && !op->flags && !op->times && op->ict == 1 && op->rule != DISPATCH_ALONE &&
           op->sources <= OP_SOURCES_FEW && op->targets <= OP_TARGETS_FEW && op->slots <= OP_SLOTS_FEW;
}

static enum op_kind kind_of(const struct insn_facts *f, const struct schedule *s)
{
    if (f->is & IS_LOAD) return OP_LOAD;
    if (f->is & IS_STORE) return OP_STORE;
    return s->unit == UNIT_LS ? OP_CACHE : OP_PLAIN;
}

struct op op_of(const struct isa *isa, const struct insn_facts *f)
{
    const struct schedule *s = schedule_of(isa, f);
    const char *name = f->row < isa_row_count(isa) ? isa_row(isa, f->row)->name : "";
    struct op op;

    memset(&op, 0, sizeof op); /* with its padding: equal ones are found by their bytes */
    memset(op.source, REG_NONE, sizeof op.source);
    memset(op.target, REG_NOBODY, sizeof op.target);
    op.kind = (u8)kind_of(f, s);
    op.take = unit_take(s->unit, s->width) + field_take(FIELD_EXEC, s->data);
    op.then_take = unit_take(s->then, s->then ? 1 : 0);
    op.busy_take = unit_take_without_ports(s->unit, s->width);
    op.update_take = s->update ? unit_take(UNIT_ALU, 1) : 0;
    op.times = s->then ? s->times : 0;
    op.after = s->after;
    op.busy = s->busy;
    op.latency = s->latency;
    op.update = s->update;
    op.slots = s->slots;
    op.rule = s->rule;
    op.serial = s->serial;
    op.ict = (u8)(1 + op.times + (s->update != 0));
    op.stall = stall_of(f, s, name);
    if (is_branch(f->word) && f->row != ROW_NONE) read_branch(&op, f->word);
    if (s->serial) op.flags |= OP_SERIAL;
    if (s->unit == UNIT_NONE) op.flags |= OP_UNQUEUED;
    if (s->busy > 1 || op.times > 1) op.flags |= OP_LONG;
    op.cache = (u8)cache_of(name);
    if (s->unit != UNIT_NONE) add_registers(&op, isa, f); /* a nop is a form of ori, and waits for nobody */
    if (is_light(&op)) op.flags |= OP_LIGHT;
    return op;
}

/* ---- those that were made ---- */

static u64 hash_of(const struct op *op)
{
    u64 words[sizeof *op / sizeof(u64)], hash = 0;

    memcpy(words, op, sizeof words);
    for (unsigned k = 0; k < ARRAY_SIZE(words); k++) hash = hash_mix(hash, words[k]);
    return hash;
}
static u64 hash_of_made(const void *table, u32 row)
{
    return hash_of(&((const struct op_table *)table)->op[row]);
}
static bool is_made(const void *table, u32 row, const void *key)
{
    return !memcmp(&((const struct op_table *)table)->op[row], key, sizeof(struct op));
}

static bool room_for_op(struct op_table *table)
{
    u32 room = table->room ? table->room * 2 : 1024;
    struct op *more;

    if (table->count < table->room) return true;
    if (table->count >= OPS_MOST) return false;
    more = realloc(table->op, room * sizeof *more);
    if (!more) return false;
    table->op = more;
    table->room = room;
    return true;
}

/* Its number; HASH_NONE: there is no room. */
static u32 number_of(struct op_table *table, const struct op *op)
{
    u64 hash = hash_of(op);
    u32 row = hash_find(&table->index, hash, is_made, table, op);

    if (row != HASH_NONE) return row;
    if (!hash_room(&table->index, table->count, hash_of_made, table) || !room_for_op(table)) return HASH_NONE;
    table->op[table->count] = *op;
    hash_add(&table->index, hash, table->count);
    return table->count++;
}

const struct op *ops_make(struct op_table *table, const struct insn_facts *facts, bool keep, struct op *scratch)
{
    u32 number;

    *scratch = op_of(table->isa, facts);
    if (!keep) return scratch;
    number = number_of(table, scratch);
    if (number == HASH_NONE) return scratch;
    retire_annotate(facts, number + 1);
    return &table->op[number];
}

void ops_close(struct op_table *table)
{
    free(table->op);
    hash_close(&table->index);
    *table = (struct op_table){.isa = table->isa};
}
