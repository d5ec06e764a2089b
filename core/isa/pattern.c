/* SPDX-License-Identifier: Apache-2.0 */
/* Reads the field line of an INSN() block; see pattern.h for the language and field.def for the names. */
#include "core/isa/pattern.h"

#include <stdlib.h>

#include "core/isa/insn.h"

const struct field fields[] = {
#define FIELD(name, width, operand, insert, sign_bits)                                                                 \
    {#name,     width,                                                                                                 \
     insert,    offsetof(struct insn, operand),                                                                        \
     sign_bits, offsetof(struct insn, operand) == offsetof(struct insn, imm)},
#include "core/isa/field.def"
#undef FIELD
};
const unsigned field_count = ARRAY_SIZE(fields);

const struct field *field_named(const char *name, size_t length)
{
    for (unsigned k = 0; k < field_count; k++)
        if (strlen(fields[k].name) == length && !strncmp(fields[k].name, name, length)) return &fields[k];
    return NULL;
}

enum token_kind { TOKEN_FIELD, TOKEN_NUMBER, TOKEN_RESERVED };
struct token {
    enum token_kind kind;
    const struct field *field;
    u32 number;
    int width; /* -1: what is left */
};

static const char *read_token(const char *s, size_t length, bool first, struct token *out)
{
    char *end;

    if (*s == '/') {
        *out = (struct token){.kind = TOKEN_RESERVED, .width = (int)length};
        for (size_t k = 0; k < length; k++)
            if (s[k] != '/') return "a token that begins with '/' may hold nothing else";
        return NULL;
    }
    if (*s >= '0' && *s <= '9') {
        *out = (struct token){.kind = TOKEN_NUMBER, .number = (u32)strtoul(s, &end, 0), .width = first ? 6 : -1};
        if (*end == ':') out->width = (int)strtoul(end + 1, &end, 10);
        return end == s + length ? NULL : "a number has trailing characters";
    }
    *out = (struct token){.kind = TOKEN_FIELD, .field = field_named(s, length)};
    if (!out->field) return "unknown field name";
    out->width = out->field->width;
    return NULL;
}

/* Widths must add up to 32; at most one number may take what is left. */
static const char *settle_widths(struct token *tokens, unsigned count)
{
    int used = 0, open = -1;

    for (unsigned k = 0; k < count; k++) {
        if (tokens[k].width >= 0) used += tokens[k].width;
        else if (open >= 0) return "two numbers without a width";
        else open = (int)k;
    }
    if (open >= 0 && used < 32) {
        tokens[open].width = 32 - used;
        used = 32;
    }
    if (used != 32) return "the widths do not add up to 32";
    for (unsigned k = 0; k < count; k++)
        if (tokens[k].kind == TOKEN_NUMBER && (u64)tokens[k].number >> tokens[k].width)
            return "a number does not fit its width";
    return NULL;
}

bool pattern_parse(const char *text, struct pattern *out, const char **why)
{
    struct token tokens[20];
    unsigned count = 0, shift = 32;

    *out = (struct pattern){0};
    for (const char *s = text; *s;) {
        size_t length = strcspn(s, " ");
        if (count == ARRAY_SIZE(tokens)) return *why = "too many tokens", false;
        *why = read_token(s, length, !count, &tokens[count]);
        if (*why) return false;
        count++;
        s += length + (s[length] == ' ');
    }
    *why = settle_widths(tokens, count);
    if (*why) return false;
    if (!count || tokens[0].kind != TOKEN_NUMBER) return *why = "the first token must be the primary opcode", false;
    for (unsigned k = 0; k < count; k++) {
        u32 ones = tokens[k].width == 32 ? ~0U : (1U << tokens[k].width) - 1;
        shift -= (unsigned)tokens[k].width;
        if (shift > 31) return *why = "a number of no bits", false;
        if (tokens[k].kind == TOKEN_RESERVED) out->reserved |= ones << shift;
        if (tokens[k].kind == TOKEN_NUMBER) {
            out->mask |= ones << shift;
            out->value |= tokens[k].number << shift;
        }
        if (tokens[k].kind == TOKEN_FIELD) {
            if (out->pieces == ARRAY_SIZE(out->piece)) return *why = "too many fields", false;
            out->piece[out->pieces++] = (struct pattern_piece){tokens[k].field, (u8)shift};
        }
    }
    return true;
}
