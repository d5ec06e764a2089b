/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Decode tables built from the pattern strings.  Two levels: primary opcode, then those of the eleven low bits (which
 * hold every extended opcode) that some row of this primary opcode looks at; a cell lists the few rows that can match
 * there, most fixed bits first, so a row that refines another is met before it.
 *
 * Deep nests of guests decode a hundred million words: a look-up should touch few lines of the host's cache.  So the
 * words of a D-form all share one cell, and what a row compares and extracts is kept apart from its pattern.
 */
#include "core/isa/decode.h"

#include <stdlib.h>

#include "base/log.h"

#define ISA_ROW(name) extern const struct insn_row row_##name;
#include "isa_list.h"
#undef ISA_ROW
static const struct insn_row *const rows[] = {
#define ISA_ROW(name) &row_##name,
#include "isa_list.h"
#undef ISA_ROW
};
enum { ROWS = sizeof rows / sizeof rows[0], CELLS = 2048 };

struct cell {
    u32 first; /* into isa.list */
    u16 count;
};
struct candidate {
    u32 mask, value;
    u16 row;
};
/*
 * The operands of struct insn as two numbers, byte 0 lowest: imm, rt .. fc; and me .. oe.  A piece of an operand is the
 * word turned until the field lies where it belongs, and masked; `low` or `high` is 0.
 */
struct extract {
    u64 low, high;
    u8 turn;
};
enum { PIECES_AT_ONCE = 6, OPERANDS_AT = offsetof(struct insn, imm) };
struct operands {
    u8 pieces, imm_shift; /* imm_shift: there and back extends the sign */
    struct extract piece[ARRAY_SIZE(((struct pattern *)0)->piece)];
};

struct isa {
    struct pattern pattern[ROWS];
    struct operands operands[ROWS];
    u32 low_mask[64]; /* which low bits of the word choose a cell */
    struct cell cell[64][CELLS];
    struct candidate *list;
    u32 list_length, list_capacity;
    u16 by_fixed_bits[ROWS];
};

static int fixed_bits(const struct isa *isa, unsigned row)
{
    return __builtin_popcount(isa->pattern[row].mask);
}

/* Insertion sort: most fixed bits first, book order among equals. */
static void order_rows(struct isa *isa)
{
    for (unsigned k = 0; k < ROWS; k++) {
        unsigned at = k;
        while (at > 0 && fixed_bits(isa, isa->by_fixed_bits[at - 1]) < fixed_bits(isa, k)) {
            isa->by_fixed_bits[at] = isa->by_fixed_bits[at - 1];
            at--;
        }
        isa->by_fixed_bits[at] = (u16)k;
    }
}

static bool append(struct isa *isa, u16 row)
{
    if (isa->list_length == isa->list_capacity) {
        u32 capacity = isa->list_capacity ? isa->list_capacity * 2 : 8192;
        struct candidate *bigger = realloc(isa->list, capacity * sizeof *bigger);
        if (!bigger) return p9_error("decode tables: out of memory");
        isa->list = bigger;
        isa->list_capacity = capacity;
    }
    isa->list[isa->list_length++] = (struct candidate){isa->pattern[row].mask, isa->pattern[row].value, row};
    return true;
}

static bool fill_primary(struct isa *isa, unsigned primary, const u16 *members, unsigned count)
{
    u32 looked_at = 0;

    for (unsigned k = 0; k < count; k++) looked_at |= isa->pattern[members[k]].mask & (CELLS - 1);
    isa->low_mask[primary] = looked_at;
    for (u32 low = 0; low < CELLS; low++) {
        struct cell *cell = &isa->cell[primary][low];

        if (low & ~looked_at) continue;
        cell->first = isa->list_length;
        for (unsigned k = 0; k < count; k++) {
            const struct pattern *p = &isa->pattern[members[k]];
            if ((low ^ p->value) & p->mask & (CELLS - 1)) continue;
            if (!append(isa, members[k])) return false;
            cell->count++;
        }
    }
    return true;
}

static void list_operands(const struct pattern *p, struct operands *o)
{
    for (unsigned k = 0; k < p->pieces; k++) {
        const struct field *f = p->piece[k].field;
        unsigned to = (f->slot - (unsigned)OPERANDS_AT) * 8 + f->insert;
        u64 mask = ((1ULL << f->width) - 1) << to % 64;

        o->piece[o->pieces++] = (struct extract){
            .low = to < 64 ? mask : 0, .high = to < 64 ? 0 : mask, .turn = (u8)((to - p->piece[k].shift) % 64)};
        if (f->is_imm && f->sign_bits) o->imm_shift = (u8)(32 - f->sign_bits);
    }
}

struct isa *isa_new(void)
{
    struct isa *isa = calloc(1, sizeof *isa);
    const char *why;

    if (!isa) {
        p9_error("decode tables: out of memory");
        return NULL;
    }
    for (unsigned k = 0; k < ROWS; k++)
        if (!pattern_parse(rows[k]->pattern, &isa->pattern[k], &why)) {
            p9_error("instruction %s: pattern \"%s\": %s", rows[k]->name, rows[k]->pattern, why);
            isa_free(isa);
            return NULL;
        }
    for (unsigned k = 0; k < ROWS; k++) list_operands(&isa->pattern[k], &isa->operands[k]);
    order_rows(isa);
    for (unsigned primary = 0; primary < 64; primary++) {
        u16 members[ROWS];
        unsigned count = 0;
        for (unsigned k = 0; k < ROWS; k++)
            if (isa->pattern[isa->by_fixed_bits[k]].value >> 26 == primary) members[count++] = isa->by_fixed_bits[k];
        if (count && !fill_primary(isa, primary, members, count)) {
            isa_free(isa);
            return NULL;
        }
    }
    return isa;
}

void isa_free(struct isa *isa)
{
    if (!isa) return;
    free(isa->list);
    free(isa);
}

unsigned isa_row_count(const struct isa *isa)
{
    (void)isa;
    return ROWS;
}

const struct insn_row *isa_row(const struct isa *isa, unsigned row)
{
    (void)isa;
    return rows[row];
}

const struct pattern *isa_pattern(const struct isa *isa, unsigned row)
{
    return &isa->pattern[row];
}

bool isa_is_withheld(const struct insn_row *row, unsigned withheld)
{
    const u32 vsx = NEEDS_VSX | NEEDS_VSX_OR_VEC, newer = SINCE_2_07 | SINCE_3_0;
    unsigned by = 0;

    if ((row->flags & SINCE_2_06) || ((row->flags & vsx) && !(row->flags & newer))) by |= WITHHELD_AFTER_2_05;
    if (row->flags & SINCE_2_07) by |= WITHHELD_AFTER_2_06;
    if (row->flags & SINCE_3_0) by |= WITHHELD_AFTER_2_07;
    if (row->flags & TRANSACTIONAL) by |= WITHHELD_TM;
    return by & withheld;
}

static unsigned match(const struct isa *isa, u32 word)
{
    unsigned primary = word >> 26;
    const struct cell *cell = &isa->cell[primary][word & isa->low_mask[primary]];
    const struct candidate *c = isa->list + cell->first;

    for (unsigned k = 0; k < cell->count; k++, c++)
        if ((word & c->mask) == c->value) return c->row;
    return ROW_NONE;
}

/* Most rows have at most PIECES_AT_ONCE: the others are empty, and a host need not guess how many there are. */
static void read_operands(const struct operands *o, u32 word, struct insn *out)
{
    u64 low = 0, high = 0;

    for (unsigned k = 0; k < PIECES_AT_ONCE; k++) {
        u64 turned = rotl64(word, o->piece[k].turn);
        low |= turned & o->piece[k].low;
        high |= turned & o->piece[k].high;
    }
    for (unsigned k = PIECES_AT_ONCE; unlikely(k < o->pieces); k++) {
        u64 turned = rotl64(word, o->piece[k].turn);
        low |= turned & o->piece[k].low;
        high |= turned & o->piece[k].high;
    }
    out->imm = (s32)((u32)low << o->imm_shift) >> o->imm_shift;
    out->rt = (u8)(low >> 32);
    out->ra = (u8)(low >> 40);
    out->rb = (u8)(low >> 48);
    out->fc = (u8)(low >> 56);
    out->me = (u8)high;
    out->bf = (u8)(high >> 8);
    out->l = (u8)(high >> 16);
    out->x = (u8)(high >> 24);
    out->rc = (u8)(high >> 32);
    out->oe = (u8)(high >> 40);
}

static bool is_invalid_form(u32 flags, const struct insn *i)
{
    return ((flags & INVALID_IF_RA_IS_RT) && i->ra == i->rt) || ((flags & INVALID_IF_RT_ODD) && (i->rt & 1)) ||
           ((flags & INVALID_IF_RB_ODD) && (i->rb & 1)) || ((flags & INVALID_IF_RA_ODD) && (i->ra & 1)) ||
           ((flags & INVALID_IF_RB_IS_RT) && i->rb == i->rt);
}

unsigned isa_decode(const struct isa *isa, u32 word, struct insn *out)
{
    static const struct operands none;
    unsigned row = match(isa, word);

    read_operands(row == ROW_NONE ? &none : &isa->operands[row], word, out);
    if (row != ROW_NONE && unlikely(is_invalid_form(rows[row]->flags, out))) row = ROW_NONE;
    out->row = (u16)row;
    return row;
}

unsigned isa_find(const struct isa *isa, u32 word)
{
    struct insn ignored = {0};

    return isa_decode(isa, word, &ignored);
}
