/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which words the sweep asks about.  Extended opcodes lie in bits 21-31; some instructions have more of it further left
 * (bits 11-15 of the vector unaries, 16-20, the two halves of an SPR number, BO, L, RIC).  So each value of bits 21-31
 * is combined with: operand bits of zero and of one, every operand bit alone and every one missing, all values of each
 * of the three five-bit fields over random others, and random ones.  Primary opcodes that know no extended opcode (all
 * their rows leave bits 21-31 to operands) get a few of those values only.
 *
 * Then each row: random operands, operands that make extended mnemonics, and every reserved bit alone.  Move to and
 * from SPR get every number.
 */
#include "tests/isa/sweep.h"

#include <stdlib.h>

enum { OPERANDS = 15, LOW = 11 };

static u64 draw(u64 *seed)
{
    *seed ^= *seed << 13, *seed ^= *seed >> 7, *seed ^= *seed << 17;
    return *seed * 0x2545f4914f6cdd1dULL;
}

static bool flush(struct sweep *sweep)
{
    bool more = !sweep->count || sweep->take(sweep, sweep->self);

    sweep->count = 0;
    return more;
}

static bool add(struct sweep *sweep, u32 word)
{
    if (sweep->number++ % sweep->every) return true;
    if (sweep->count == sweep->capacity && !flush(sweep)) return false;
    sweep->words[sweep->count++] = word;
    return true;
}

/* One value of bits 21-31 with all that bits 6-20 may say. */
static bool add_cell(struct sweep *sweep, u32 cell)
{
    const u32 ones = ((1u << OPERANDS) - 1) << LOW;

    if (!add(sweep, cell) || !add(sweep, cell | ones)) return false;
    for (unsigned bit = LOW; bit < LOW + OPERANDS; bit++)
        if (!add(sweep, cell | 1u << bit) || !add(sweep, cell | (ones & ~(1u << bit)))) return false;
    for (unsigned shift = LOW; shift < LOW + OPERANDS; shift += 5)
        for (u32 value = 0; value < 32; value++) {
            u32 others = (u32)(draw(&sweep->seed) >> 16) & ones & ~(31u << shift);
            if (!add(sweep, cell | others | value << shift)) return false;
        }
    for (unsigned k = 0; k < sweep->draws; k++)
        if (!add(sweep, cell | ((u32)(draw(&sweep->seed) >> 16) & ones))) return false;
    return true;
}

/* Does any row of this primary opcode fix bits 21-31, or is there none, so that objdump may know what we do not? */
static bool has_extended(const struct isa *isa, unsigned primary)
{
    bool any = false;

    for (unsigned row = 0; row < isa_row_count(isa); row++) {
        const struct pattern *p = isa_pattern(isa, row);
        if (p->value >> 26 != primary) continue;
        any = true;
        if (p->mask & ((1u << LOW) - 1)) return true;
    }
    return !any;
}

/* Operands that make extended mnemonics: sparse ones, equal registers, rotate counts that belong together. */
static u32 directed_word(u64 *seed, unsigned kind)
{
    u32 word = (u32)(draw(seed) >> 16), n = draw(seed) & 31, m = draw(seed) & 63;

    switch (kind & 15) {
    case 1:
    case 3: return word & (u32)draw(seed) & (u32)draw(seed);
    case 5: return (word & 0xffff0001) | n << 11 | (31 - n) << 1;                  /* slwi */
    case 7: return (word & 0xffff0001) | ((32 - n) & 31) << 11 | n << 6 | 31 << 1; /* srwi */
    case 9:
        return (word & 0xffff001d) | ((64 - m) & 31) << 11 | (64 - m) >> 5 << 1 | (m & 31) << 6 | (m & 32); /* srdi */
    case 11:
        return (word & 0xffff001d) | (m & 31) << 11 | m >> 5 << 1 | ((63 - m) & 31) << 6 | ((63 - m) & 32); /* sldi */
    case 13: return (word & 0xffe007ff) | n << 16 | n << 11;
    case 15: return (word & 0xfc0007ff) | n << 21 | n << 16 | n << 11;
    default: return word;
    }
}

static bool add_row(struct sweep *sweep, unsigned row)
{
    const struct pattern *p = isa_pattern(sweep->isa, row);

    for (unsigned k = 0; k < 8 * sweep->draws; k++) {
        u32 word = (directed_word(&sweep->seed, k) & ~p->mask & ~p->reserved) | p->value;
        if (!add(sweep, word)) return false;
    }
    for (u32 rest = p->reserved; rest; rest &= rest - 1)
        for (unsigned k = 0; k < 4; k++) {
            u32 word = k ? (u32)(draw(&sweep->seed) >> 16) & ~p->mask & ~p->reserved : 0;
            if (!add(sweep, word | p->value | (rest & -rest))) return false;
        }
    return true;
}

/* mfspr, mftb, mtspr, mfpmr, mtpmr, mfdcr, mtdcr and their like: every number in bits 11-20. */
static bool add_numbered(struct sweep *sweep)
{
    for (u32 extended = 0; extended < 1024; extended++) {
        if ((extended & 31) != 19) continue;
        for (u32 number = 0; number < 1024; number++)
            if (!add(sweep, 31u << 26 | 5u << 21 | number << 11 | extended << 1)) return false;
    }
    return true;
}

bool sweep_run(struct sweep *sweep)
{
    for (u32 primary = 0; primary < 64; primary++) {
        bool all = has_extended(sweep->isa, primary);
        for (u32 k = 0; k < (all ? 1u << LOW : 64u); k++) {
            u32 low = all ? k : (u32)(draw(&sweep->seed) >> 20) & ((1u << LOW) - 1);
            if (!add_cell(sweep, primary << 26 | low)) return false;
        }
    }
    for (unsigned row = 0; row < isa_row_count(sweep->isa); row++)
        if (!add_row(sweep, row)) return false;
    return add_numbered(sweep) && flush(sweep);
}

bool sweep_primary(struct sweep *sweep, unsigned primary)
{
    for (u32 k = 0; k < 1u << 26; k++)
        if (!add(sweep, (u32)primary << 26 | k)) return false;
    return flush(sweep);
}
