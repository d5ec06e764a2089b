/* SPDX-License-Identifier: Apache-2.0 */
/* Random words from one 64-bit number each; see word_source.h. */
#include "tests/fuzz/word_source.h"

#include "core/state/spr.h"
#include "tests/support/words.h"

static bool has_field(const struct pattern *p, const char *name)
{
    for (unsigned k = 0; k < p->pieces; k++)
        if (!strcmp(p->piece[k].field->name, name)) return true;
    return false;
}

void word_source_open(struct word_source *s, const struct isa *isa, u64 seed)
{
    *s = (struct word_source){.state = seed, .rows = isa_row_count(isa)};
    if (s->rows > WORD_ROWS_MAX) s->rows = WORD_ROWS_MAX;
    for (unsigned k = 0; k < s->rows; k++) {
        const struct pattern *p = isa_pattern(isa, k);
        enum issue_class class = isa_row(isa, k)->issue_class;

        s->row[k] = (struct word_template){.value = p->value,
                                           .free = ~p->mask,
                                           .reserved = p->reserved,
                                           .branch = has_field(p, "LI")   ? 1
                                                     : has_field(p, "BD") ? 2
                                                                          : 0};
        s->compute[s->compute_count++] = (u16)k; /* unless one of these: */
        if (class == CLASS_LD || class == CLASS_ST || class == CLASS_CACHE) s->storage[s->storage_count++] = (u16)k;
        if (class == CLASS_SYS || class == CLASS_SPR || class == CLASS_BR) s->system[s->system_count++] = (u16)k;
        s->compute_count -= class == CLASS_LD || class == CLASS_ST || class == CLASS_CACHE || class == CLASS_SYS ||
                            class == CLASS_SPR || class == CLASS_BR;
    }
}

/* r: 32 bits of operands, the others decide. */
static u32 word_of_row(const struct word_source *s, unsigned row, u64 r)
{
    const struct word_template *w = &s->row[row];
    u32 noise = (u32)r, word;

    if (r >> 60) noise &= ~w->reserved;
    word = w->value | (noise & w->free);
    if (w->branch == 1) word = (word & 0xfc000001) | (noise & 0x3c);
    if (w->branch == 2)
        word = (word & 0xffff0001) | (r & 1ULL << 59 ? noise & 0x3c : (0x10000 - (noise & 0x3c)) & 0xfffc);
    return word;
}

static unsigned pick(u64 r, unsigned n)
{
    return (unsigned)((r >> 32 & 0xffffff) * n >> 24);
}

static u32 word_of_spr(u64 r)
{
    const struct spr_row *row = &spr_rows[pick(r, spr_row_count)];
    unsigned gpr = (unsigned)r & 31;

    return r & 32 ? W_MTSPR(row->number & 1023U, gpr) : W_MFSPR(gpr, row->number & 1023U);
}

u32 word_source_word(struct word_source *s, enum word_kind kind)
{
    static const u8 opcodes[] = {4, 4, 19, 30, 31, 31, 31, 56, 57, 58, 59, 60, 60, 61, 62, 63};
    u64 r = word_source_next(s);
    unsigned dice = (unsigned)(r >> 56) & 15;

    if (kind == WORDS_MIXED) kind = (enum word_kind)((unsigned)(r * 0x9e3779b97f4a7c15ULL >> 61) % WORDS_MIXED);
    switch (kind) {
    case WORDS_UNIFORM: return (u32)r;
    case WORDS_OPCODES: return (u32)opcodes[dice] << 26 | ((u32)r & 0x03ffffff);
    case WORDS_STORAGE:
        if (dice < 8) return word_of_row(s, s->storage[pick(r, s->storage_count)], r);
        break;
    case WORDS_SYSTEM:
        if (dice < 4) return word_of_spr(r);
        if (dice < 8) return word_of_row(s, s->system[pick(r, s->system_count)], r);
        break;
    case WORDS_COMPUTE: return word_of_row(s, s->compute[pick(r, s->compute_count)], r);
    default: break;
    }
    return word_of_row(s, pick(r, s->rows), r);
}
