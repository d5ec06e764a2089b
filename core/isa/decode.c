/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Decode tables built from the pattern strings.  Two levels: primary opcode, then the eleven low bits of the word
 * (which hold every extended opcode); a cell lists the few rows that can match there, most fixed bits first, so a row
 * that refines another is met before it.
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

struct isa {
    struct pattern pattern[ROWS];
    struct cell cell[64][CELLS];
    u16 *list;
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
        u32 capacity = isa->list_capacity ? isa->list_capacity * 2 : 65536;
        u16 *bigger = realloc(isa->list, capacity * sizeof *bigger);
        if (!bigger) return p9_error("decode tables: out of memory");
        isa->list = bigger;
        isa->list_capacity = capacity;
    }
    isa->list[isa->list_length++] = row;
    return true;
}

static bool fill_primary(struct isa *isa, unsigned primary, const u16 *members, unsigned count)
{
    for (u32 low = 0; low < CELLS; low++) {
        struct cell *cell = &isa->cell[primary][low];
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
    const struct cell *cell = &isa->cell[word >> 26][word & (CELLS - 1)];

    for (unsigned k = 0; k < cell->count; k++) {
        unsigned row = isa->list[cell->first + k];
        if ((word & isa->pattern[row].mask) == isa->pattern[row].value) return row;
    }
    return ROW_NONE;
}

static void read_operands(const struct pattern *p, u32 word, struct insn *out)
{
    u8 *bytes = (u8 *)out;
    unsigned sign_bits = 0;

    for (unsigned k = 0; k < p->pieces; k++) {
        const struct field *f = p->piece[k].field;
        u32 value = ((word >> p->piece[k].shift) & ((1U << f->width) - 1)) << f->insert;
        if (f->is_imm) {
            out->imm |= (s32)value;
            sign_bits |= f->sign_bits;
        } else {
            bytes[f->slot] = (u8)(bytes[f->slot] | value);
        }
    }
    if (sign_bits) out->imm = (s32)sign_extend((u32)out->imm, sign_bits);
}

static bool is_invalid_form(u32 flags, const struct insn *i)
{
    return ((flags & INVALID_IF_RA0) && !i->ra) || ((flags & INVALID_IF_RA_IS_RT) && i->ra == i->rt) ||
           ((flags & INVALID_IF_RT_ODD) && (i->rt & 1)) || ((flags & INVALID_IF_RB_ODD) && (i->rb & 1)) ||
           ((flags & INVALID_IF_RA_ODD) && (i->ra & 1)) || ((flags & INVALID_IF_RB_IS_RT) && i->rb == i->rt);
}

unsigned isa_decode(const struct isa *isa, u32 word, struct insn *out)
{
    unsigned row = match(isa, word);
    insn_fn *fn = out->fn;
    u64 sums = out->sums;

    *out = (struct insn){.fn = fn, .sums = sums, .row = (u16)row};
    if (row == ROW_NONE) return ROW_NONE;
    read_operands(&isa->pattern[row], word, out);
    if (is_invalid_form(rows[row]->flags, out)) {
        out->row = ROW_NONE;
        return ROW_NONE;
    }
    return row;
}

unsigned isa_find(const struct isa *isa, u32 word)
{
    struct insn ignored = {0};

    return isa_decode(isa, word, &ignored);
}
