/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Text to words: the syntax strings of disasm.h read backwards, for tests and for the debugger.  Each candidate syntax
 * is tried with backtracking (optional letters and groups); a word counts only if decoding it gives back every operand,
 * so a number out of range is refused rather than cut.
 */
#include "core/isa/disasm.h"

#include <ctype.h>
#include <stdlib.h>

struct reading {
    struct insn i;
    u64 cia;
};

static const char *const condition_names[] = {"ge", "le", "ne", "ns", "lt", "gt", "eq", "so"};

static bool read_mnemonic(const char *s, const char **text, struct reading *r);

/* One optional letter: first with it, then without. */
static bool read_letter(const char *s, const char **text, struct reading *r, u8 *flag, char letter)
{
    const char *start = *text;

    *flag = 1;
    if (*start == letter && (*text = start + 1, read_mnemonic(s, text, r))) return true;
    *flag = 0;
    *text = start;
    return read_mnemonic(s, text, r);
}

static bool read_condition(const char *s, const char **text, struct reading *r)
{
    const char *start = *text;

    for (unsigned k = 0; k < 8; k++) {
        if (strncmp(start, condition_names[k], 2)) continue;
        r->i.bi = k & 3;
        r->i.bo = k & 4 ? 8 : 0;
        *text = start + 2;
        if (read_mnemonic(s, text, r)) return true;
    }
    return false;
}

static bool read_mnemonic(const char *s, const char **text, struct reading *r)
{
    while (*s && *s != ' ' && *s != '%') {
        if (*s++ != **text) return false;
        (*text)++;
    }
    if (*s != '%') return !**text || isspace((unsigned char)**text);
    switch (s[1]) {
    case 'o': return read_letter(s + 2, text, r, &r->i.oe, 'o');
    case 'r': return read_letter(s + 2, text, r, &r->i.rc, '.');
    case 'l': return read_letter(s + 2, text, r, &r->i.lk, 'l');
    case 'a': return read_letter(s + 2, text, r, &r->i.aa, 'a');
    case 'c': return read_condition(s + 2, text, r);
    case 'h':
        if (**text == '+' || **text == '-') (*text)++;
        return read_mnemonic(s + 2, text, r);
    }
    return false;
}

static const char *after_spaces(const char *s)
{
    while (isspace((unsigned char)*s)) s++;
    return s;
}

static bool read_number(const char **text, s64 *value)
{
    char *end;

    *value = strtoll(*text, &end, 0);
    if (end == *text) return false;
    if (**text != '-') *value = (s64)strtoull(*text, &end, 0); /* addresses with the high bit set */
    *text = end;
    return true;
}

static bool read_cr_bit(const char **text, s64 *value)
{
    const char *s = *text;

    *value = 0;
    if (isdigit((unsigned char)*s) && strncmp(s, "4*cr", 4)) return read_number(text, value);
    if (!strncmp(s, "4*cr", 4)) {
        *value = 4 * (s[4] - '0');
        s += 5;
        if (*s++ != '+') return false;
    }
    for (unsigned k = 4; k < 8; k++)
        if (!strncmp(s, condition_names[k], 2)) {
            *value += k - 4;
            *text = s + 2;
            return true;
        }
    return false;
}

static bool read_operand(const struct operand *o, const char **text, s64 *value)
{
    static const char *const prefix[] = {
        [OPERAND_GPR] = "r",     [OPERAND_GPR_OR_ZERO] = "r", [OPERAND_FPR] = "f",       [OPERAND_VR] = "v",
        [OPERAND_HIGH_VR] = "v", [OPERAND_VSR] = "vs",        [OPERAND_CR_FIELD] = "cr", [OPERAND_CR_OF_BI] = "cr",
        [OPERAND_PLAIN] = "",    [OPERAND_TARGET] = "",       [OPERAND_COUNT32] = "",
    };
    size_t length;

    if (o->kind == OPERAND_CR_BIT) return read_cr_bit(text, value);
    length = strlen(prefix[o->kind]);
    if (!strncmp(*text, prefix[o->kind], length)) *text += length;
    return read_number(text, value);
}

/* An operand of the syntax, a number minus an operand, or a number that must stand there. */
static bool read_one(const char **s, const char **text, struct reading *r)
{
    struct operand o;
    s64 value, number = 0;
    bool minus = false;
    char *end;

    if (isdigit((unsigned char)**s)) {
        number = strtoll(*s, &end, 10);
        *s = end;
        if (**s != '-') return read_number(text, &value) && value == number;
        minus = true;
        (*s)++;
    }
    if (!operand_read(*s, &o) || !read_operand(&o, text, &value)) return false;
    *s += o.length;
    if (minus) value = number - value;
    if (o.kind == OPERAND_TARGET && !r->i.aa) value -= (s64)r->cia;
    operand_set(&o, &r->i, value);
    return true;
}

static bool read_operands(const char *s, const char *text, struct reading *r)
{
    while (*s) {
        s = after_spaces(s);
        text = after_spaces(text);
        if (*s == '[') {
            struct reading saved = *r;
            if (read_operands(s + 1, text, r)) return true;
            *r = saved;
            s = strchr(s, ']') + 1;
        } else if (*s == ']') {
            s++;
        } else if (isalnum((unsigned char)*s)) {
            if (!read_one(&s, &text, r)) return false;
        } else if (*s) {
            if (*s++ != *text++) return false;
        }
    }
    return !*after_spaces(text);
}

/* What the condition of an alias says about operands that the text leaves out. */
static void complete(const struct alias *alias, struct reading *r)
{
    const char *s = alias->condition;
    struct alias_term term;

    while (alias_term_read(&s, &term)) {
        s64 have = operand_value(&term.left, &r->i);
        operand_set(&term.left, &r->i, (have & ~term.mask) | alias_term_wanted(&term, &r->i));
    }
}

static u32 encode(const struct pattern *p, const struct insn *i)
{
    u32 word = p->value;

    for (unsigned k = 0; k < p->pieces; k++) {
        const struct field *f = p->piece[k].field;
        u32 value = f->is_imm ? (u32)i->imm : ((const u8 *)i)[f->slot];
        word |= (value >> f->insert & ((1U << f->width) - 1)) << p->piece[k].shift;
    }
    return word;
}

static bool same_operands(const struct pattern *p, const struct insn *a, const struct insn *b)
{
    for (unsigned k = 0; k < p->pieces; k++) {
        const struct field *f = p->piece[k].field;
        if (f->is_imm ? a->imm != b->imm : ((const u8 *)a)[f->slot] != ((const u8 *)b)[f->slot]) return false;
    }
    return true;
}

static bool try_syntax(const struct isa *isa, unsigned row, const struct alias *alias, struct reading *r,
                       const char *text, u32 *word)
{
    const char *syntax = alias ? alias->syntax : isa_row(isa, row)->syntax, *rest = text;
    const struct pattern *p = isa_pattern(isa, row);
    u64 cia = r->cia;
    char wanted[32], given[128];
    struct insn back = {0};
    size_t length;

    *r = (struct reading){.cia = cia};
    if (!read_mnemonic(syntax, &rest, r)) return false;
    length = (size_t)(rest - text);
    syntax += strcspn(syntax, " ");
    if (!read_operands(syntax, rest, r)) return false;
    if (alias) complete(alias, r);
    *word = encode(p, &r->i);
    if (isa_decode(isa, *word, &back) != row || !same_operands(p, &r->i, &back)) return false;
    if (!alias) return true;
    /* %c and %h only announce BO: what the alias made of it must read the same. */
    isa_disassemble(isa, *word, cia, given, sizeof given);
    if (length >= sizeof wanted) return false;
    memcpy(wanted, text, length);
    wanted[length] = 0;
    given[strcspn(given, " ")] = 0;
    return !strcmp(wanted, given);
}

bool isa_assemble(const struct isa *isa, const char *text, u64 cia, u32 *word)
{
    struct reading r = {.cia = cia};
    unsigned rows = isa_row_count(isa);

    text = after_spaces(text);
    /* Every mnemonic begins with a letter of its own: most rows are out after one comparison. */
    for (unsigned row = 0; row < rows; row++)
        if (isa_row(isa, row)->syntax[0] == *text && try_syntax(isa, row, NULL, &r, text, word)) return true;
    for (unsigned k = 0; k < isa_alias_count; k++) {
        unsigned row = 0;
        if (isa_aliases[k].syntax[0] != *text) continue;
        while (row < rows && isa_row(isa, row) != isa_aliases[k].row) row++;
        if (row < rows && try_syntax(isa, row, &isa_aliases[k], &r, text, word)) return true;
    }
    return false;
}
