/* SPDX-License-Identifier: Apache-2.0 */
/* Words to text: disasm.h says what the strings mean; disasm_alias.def holds the extended mnemonics. */
#include "core/isa/disasm.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#define ISA_ROW(name) extern const struct insn_row row_##name;
#include "isa_list.h"
#undef ISA_ROW

const struct alias isa_aliases[] = {
#define ALIAS(row, condition, syntax) {&row_##row, condition, syntax},
#include "core/isa/disasm_alias.def"
#undef ALIAS
};
const unsigned isa_alias_count = ARRAY_SIZE(isa_aliases);

/* ---- operands ---- */

/* Names that are not a field of their own, and the kinds of those whose names do not say it. */
static const struct operand_name {
    const char *name, *field;
    enum operand_kind kind;
} operand_names[] = {
    {"RA0", "RA", OPERAND_GPR_OR_ZERO},
    {"CRF", "BI", OPERAND_CR_OF_BI},
    {"NB", "NB", OPERAND_COUNT32},
    {"RT", "RT", OPERAND_GPR},
    {"RS", "RS", OPERAND_GPR},
    {"RA", "RA", OPERAND_GPR},
    {"RB", "RB", OPERAND_GPR},
    {"RC", "RC", OPERAND_GPR},
    {"RTp", "RTp", OPERAND_GPR},
    {"RSp", "RSp", OPERAND_GPR},
    {"FRT", "FRT", OPERAND_FPR},
    {"FRS", "FRS", OPERAND_FPR},
    {"FRA", "FRA", OPERAND_FPR},
    {"FRB", "FRB", OPERAND_FPR},
    {"FRC", "FRC", OPERAND_FPR},
    {"FRTp", "FRTp", OPERAND_FPR},
    {"FRSp", "FRSp", OPERAND_FPR},
    {"FRAp", "FRAp", OPERAND_FPR},
    {"FRBp", "FRBp", OPERAND_FPR},
    {"VRT", "VRT", OPERAND_VR},
    {"VRS", "VRS", OPERAND_VR},
    {"VRA", "VRA", OPERAND_VR},
    {"VRB", "VRB", OPERAND_VR},
    {"VRC", "VRC", OPERAND_VR},
    {"XT", "T", OPERAND_VSR},
    {"XS", "S", OPERAND_VSR},
    {"XA", "A", OPERAND_VSR},
    {"XB", "B", OPERAND_VSR},
    {"XC", "C", OPERAND_VSR},
    {"T", "T", OPERAND_VSR},
    {"S", "S", OPERAND_VSR},
    {"A", "A", OPERAND_VSR},
    {"B", "B", OPERAND_VSR},
    {"C", "C", OPERAND_VSR},
    {"VXT", "T", OPERAND_HIGH_VR},
    {"VXS", "S", OPERAND_HIGH_VR},
    {"BF", "BF", OPERAND_CR_FIELD},
    {"BFA", "BFA", OPERAND_CR_FIELD},
    {"BI", "BI", OPERAND_CR_BIT},
    {"BT", "BT", OPERAND_CR_BIT},
    {"BA", "BA", OPERAND_CR_BIT},
    {"BB", "BB", OPERAND_CR_BIT},
    {"BC", "BC", OPERAND_CR_BIT},
    {"LI", "LI", OPERAND_TARGET},
    {"BD", "BD", OPERAND_TARGET},
};

bool operand_read(const char *s, struct operand *out)
{
    size_t length = 0;

    while (isalnum((unsigned char)s[length])) length++;
    *out = (struct operand){.length = length, .field = field_named(s, length)};
    for (unsigned k = 0; k < ARRAY_SIZE(operand_names); k++) {
        const struct operand_name *o = &operand_names[k];
        if (strlen(o->name) != length || strncmp(o->name, s, length)) continue;
        out->kind = o->kind;
        out->field = field_named(o->field, strlen(o->field));
        break;
    }
    if (s[length] == '#') {
        out->length++;
        out->kind = OPERAND_PLAIN;
    }
    return out->field != NULL;
}

s64 operand_value(const struct operand *o, const struct insn *i)
{
    s64 value = o->field->is_imm ? i->imm : ((const u8 *)i)[o->field->slot];

    if (o->kind == OPERAND_CR_OF_BI) return value >> 2;
    if (o->kind == OPERAND_COUNT32) return value ? value : 32;
    if (o->kind == OPERAND_HIGH_VR) return value & 31;
    return value;
}

void operand_set(const struct operand *o, struct insn *i, s64 value)
{
    u8 *bytes = (u8 *)i;

    if (o->kind == OPERAND_COUNT32) value &= 31;
    if (o->kind == OPERAND_HIGH_VR) value |= 32;
    if (o->kind == OPERAND_CR_OF_BI) value = bytes[o->field->slot] | value * 4;
    if (o->field->is_imm) i->imm = (s32)value;
    else bytes[o->field->slot] = (u8)value;
}

/* ---- conditions of aliases ---- */

bool alias_term_read(const char **s, struct alias_term *out)
{
    char *end;
    const char *at = *s;

    if (*at == ',') at++;
    *out = (struct alias_term){.mask = -1};
    if (!*at || !operand_read(at, &out->left)) return false;
    at += out->left.length;
    if (*at == '&') {
        out->mask = strtol(at + 1, &end, 0);
        at = end;
    }
    if (*at++ != '=') return false;
    if (isdigit((unsigned char)*at)) {
        out->constant = strtol(at, &end, 0);
        at = end;
        if (*at == '-') at++, out->minus = true;
    }
    if (isalpha((unsigned char)*at)) {
        if (!operand_read(at, &out->right)) return false;
        at += out->right.length;
    }
    *s = at;
    return *at == ',' || !*at;
}

s64 alias_term_wanted(const struct alias_term *term, const struct insn *i)
{
    s64 right = term->right.field ? operand_value(&term->right, i) : 0;
    return term->minus ? term->constant - right : term->constant + right;
}

static bool alias_applies(const struct alias *alias, const struct insn *i)
{
    const char *s = alias->condition;
    struct alias_term term;

    while (alias_term_read(&s, &term))
        if ((operand_value(&term.left, i) & term.mask) != alias_term_wanted(&term, i)) return false;
    return true;
}

/* ---- text ---- */

struct text {
    char *out;
    size_t size, length;
};

static void put(struct text *x, const char *format, ...) printf_like(2, 3);
static void put(struct text *x, const char *format, ...)
{
    va_list args;
    int n;

    va_start(args, format);
    n = vsnprintf(x->out + x->length, x->size - x->length, format, args);
    va_end(args);
    if (n > 0) x->length += (size_t)n;
    if (x->length >= x->size) x->length = x->size - 1;
}

static void put_target(struct text *x, u64 target)
{
    put(x, "0x%llx", (unsigned long long)target);
}

static const char *const cr_bit_names[] = {"lt", "gt", "eq", "so"};
static const char *const cr_bit_unset_names[] = {"ge", "le", "ne", "ns"};

static void put_operand(struct text *x, const struct operand *o, const struct insn *i, u64 cia)
{
    s64 v = operand_value(o, i);

    switch (o->kind) {
    case OPERAND_GPR: put(x, "r%d", (int)v); break;
    case OPERAND_GPR_OR_ZERO: put(x, v ? "r%d" : "%d", (int)v); break;
    case OPERAND_FPR: put(x, "f%d", (int)v); break;
    case OPERAND_HIGH_VR:
    case OPERAND_VR: put(x, "v%d", (int)v); break;
    case OPERAND_VSR: put(x, "vs%d", (int)v); break;
    case OPERAND_CR_FIELD:
    case OPERAND_CR_OF_BI: put(x, "cr%d", (int)v); break;
    case OPERAND_CR_BIT:
        if (v >> 2) put(x, "4*cr%d+", (int)(v >> 2));
        put(x, "%s", cr_bit_names[v & 3]);
        break;
    case OPERAND_TARGET: put_target(x, (i->aa ? 0 : cia) + (u64)v); break;
    case OPERAND_COUNT32:
    case OPERAND_PLAIN: put(x, "%lld", (long long)v); break;
    }
}

/* The "at" bits of BO: 0b10 not likely, 0b11 likely; a branch on CR has them last, one on CTR around bit 2 (2.4). */
static const char *hint_text(unsigned bo)
{
    unsigned at = 0;

    if ((bo & 20) == 4) at = bo & 3;
    if ((bo & 20) == 16) at = (bo >> 2 & 2) | (bo & 1);
    return at == 2 ? "-" : at == 3 ? "+" : "";
}

static const char *put_mnemonic(struct text *x, const char *s, const struct insn *i)
{
    for (; *s && *s != ' '; s++) {
        if (*s != '%') {
            put(x, "%c", *s);
            continue;
        }
        switch (*++s) {
        case 'o': put(x, "%s", i->oe ? "o" : ""); break;
        case 'r': put(x, "%s", i->rc ? "." : ""); break;
        case 'l': put(x, "%s", i->lk ? "l" : ""); break;
        case 'a': put(x, "%s", i->aa ? "a" : ""); break;
        case 'c': put(x, "%s", (i->bo & 8 ? cr_bit_names : cr_bit_unset_names)[i->bi & 3]); break;
        case 'h': put(x, "%s", hint_text(i->bo)); break;
        }
    }
    return s;
}

/* Is every operand up to the closing bracket zero? */
static bool group_is_zero(const char *s, const struct insn *i)
{
    struct operand o;

    while (*s != ']') {
        if (isalpha((unsigned char)*s) && operand_read(s, &o)) {
            if (operand_value(&o, i)) return false;
            s += o.length;
        } else {
            s++;
        }
    }
    return true;
}

static void put_operands(struct text *x, const char *s, const struct insn *i, u64 cia)
{
    struct operand o;
    size_t mnemonic = x->length;
    bool any = false;
    char *end;

    while (*s) {
        if (*s == '[' && group_is_zero(s, i)) s = strchr(s, ']');
        if (*s == '[' || *s == ']' || *s == ' ') {
            s++;
            continue;
        }
        if (!any) put(x, "%*s", mnemonic < 8 ? (int)(8 - mnemonic) : 1, "");
        any = true;
        if (isdigit((unsigned char)*s)) {
            s64 number = strtol(s, &end, 10);
            s = end;
            if (*s == '-' && operand_read(s + 1, &o)) {
                number -= operand_value(&o, i);
                s += 1 + o.length;
            }
            put(x, "%lld", (long long)number);
        } else if (isalpha((unsigned char)*s) && operand_read(s, &o)) {
            put_operand(x, &o, i, cia);
            s += o.length;
        } else {
            put(x, "%c", *s++);
        }
    }
}

void isa_disassemble(const struct isa *isa, u32 word, u64 cia, char *out, size_t size)
{
    struct insn i = {0};
    struct text x = {out, size, 0};
    unsigned row = isa_decode(isa, word, &i);
    const char *syntax;

    out[0] = 0;
    if (row == ROW_NONE) {
        put(&x, ".long 0x%x", word);
        return;
    }
    syntax = isa_row(isa, row)->syntax;
    for (unsigned k = 0; k < isa_alias_count; k++)
        if (isa_aliases[k].row == isa_row(isa, row) && alias_applies(&isa_aliases[k], &i)) {
            syntax = isa_aliases[k].syntax;
            break;
        }
    put_operands(&x, put_mnemonic(&x, syntax, &i), &i, cia);
}
