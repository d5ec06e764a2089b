/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See commit.h.
 *
 *     0 os 1 3 17 c000000000826e14 7d24302a ldx     r9,r4,r6 | r9=0000000000000005 load mem[c00000007f5d1a10,8]=0000...
 *
 * Logs are long, so numbers are put together here and not by printf.
 */
#include "traces/commit.h"

#include <stdio.h>

#include "base/power.h"
#include "core/state/spr.h"
#include "traces/events.h"

/* ---- text ---- */

struct line {
    char *to;
    size_t size;
    bool has_effects;
};
enum { TEXT_COLUMN = 30, ROOM_OF_ONE = 512 }; /* the longest piece that is put without a look at what is left */

static void put_text(struct line *l, const char *text)
{
    size_t n = strlen(text);

    memcpy(l->to + l->size, text, n);
    l->size += n;
}

static void put_hex(struct line *l, u64 value, unsigned digits)
{
    for (unsigned k = digits; k--; value >>= 4) l->to[l->size + k] = "0123456789abcdef"[value & 15];
    l->size += digits;
}

static void put_decimal(struct line *l, u64 value)
{
    char digits[24];
    unsigned n = sizeof digits;

    digits[--n] = 0;
    do digits[--n] = (char)('0' + value % 10);
    while (value /= 10);
    put_text(l, digits + n);
}

static void put_thread(struct line *l, const struct retire *r)
{
    if (r->thread == RETIRE_NO_THREAD) put_text(l, "-");
    else put_decimal(l, r->thread);
}

static bool is_full(const struct line *l)
{
    return l->size > COMMIT_MOST - 2 * ROOM_OF_ONE;
}

/* Between effects. */
static void next_effect(struct line *l)
{
    put_text(l, l->has_effects ? " " : " | ");
    l->has_effects = true;
}

/* ---- registers ---- */

static void put_named(struct line *l, unsigned bit, u64 value)
{
    static const char *const names[] = {"ctr", "lr", "ca", "ov", "so", "xer", "fpscr", "vscr", "msr"};

    if (bit >= 32) { /* no writer of ours says so */
        put_text(l, "other=");
        put_hex(l, value, 16);
        return;
    }
    if (1U << bit == NAMED_RESERVATION) {
        put_text(l, "reservation=");
        if (value) put_hex(l, value & ~1ULL, 16);
        else put_text(l, "none");
        return;
    }
    put_text(l, bit < ARRAY_SIZE(names) ? names[bit] : "other");
    put_text(l, "=");
    if (1U << bit & (NAMED_CA | NAMED_OV)) { /* the 32-bit one behind it */
        put_decimal(l, value >> 1 & 1);
        put_text(l, ",");
        put_decimal(l, value & 1);
    } else if (1U << bit == NAMED_SO) put_decimal(l, value);
    else put_hex(l, value, 1U << bit == NAMED_VSCR ? 8 : 16);
}

static void put_spr(struct line *l, unsigned number, u64 value)
{
    const struct spr_row *row = spr_find(number);

    for (const char *c = row ? row->name : "spr"; *c; c++)
        l->to[l->size++] = (char)(*c >= 'A' && *c <= 'Z' ? *c + 'a' - 'A' : *c);
    if (!row) put_decimal(l, number);
    put_text(l, "=");
    put_hex(l, value, 16);
}

static void put_register(struct line *l, const struct retire_value *v)
{
    switch ((enum retire_value_kind)v->kind) {
    case VALUE_GPR:
    case VALUE_CR:
    case VALUE_VSR:
        put_text(l, v->kind == VALUE_GPR ? "r" : v->kind == VALUE_CR ? "cr" : "vs");
        put_decimal(l, v->number);
        put_text(l, "=");
        if (v->kind == VALUE_VSR) put_hex(l, v->after[1], 16);
        put_hex(l, v->after[0], v->kind == VALUE_CR ? 1 : 16);
        break;
    case VALUE_NAMED: put_named(l, v->number, v->after[0]); break;
    case VALUE_SPR: put_spr(l, v->number, v->after[0]); break;
    case VALUE_STORAGE: break;
    }
}

static bool has_spr(const u16 list[FACTS_SPRS], unsigned number)
{
    for (unsigned k = 0; k < FACTS_SPRS && list[k] != FACTS_NO_SPR; k++)
        if (list[k] == number) return true;
    return false;
}

/* Does the instruction write it? */
static bool is_written(const struct insn_facts *f, const struct retire_value *v)
{
    switch ((enum retire_value_kind)v->kind) {
    case VALUE_GPR: return v->number < 32 && f->gpr_out >> v->number & 1;
    case VALUE_VSR: return v->number < 64 && f->vsr_out >> v->number & 1;
    case VALUE_CR: return v->number < 8 && f->cr_out >> v->number & 1;
    case VALUE_NAMED: return v->number < 32 && f->named_out >> v->number & 1;
    case VALUE_SPR: return f->named_out & NAMED_SPR && has_spr(f->spr_out, v->number);
    case VALUE_STORAGE: break;
    }
    return false;
}

/* A register that is read and written is one value or two equal ones. */
static bool was_put(const struct retire_value *first, const struct retire_value *v)
{
    for (; first < v; first++)
        if (first->kind == v->kind && first->number == v->number) return true;
    return false;
}

static void put_registers(struct line *l, const struct retire *r, const struct retire_value *from,
                          const struct retire_value *to)
{
    bool completed = retire_completed(r);

    for (const struct retire_value *v = from; v < to && !is_full(l); v++) {
        bool changed = v->before[0] != v->after[0] || v->before[1] != v->after[1];

        if (v->kind == VALUE_STORAGE || !(changed || (completed && is_written(r->facts, v)))) continue;
        if (v->kind == VALUE_SPR && was_put(from, v)) continue;
        next_effect(l);
        put_register(l, v);
    }
}

/* ---- storage ---- */

/* The bytes as a number, as the thread's byte order has it. */
static void put_bytes(struct line *l, const u64 bytes[2], unsigned size, bool le)
{
    u8 byte[16];

    memcpy(byte, bytes, sizeof byte);
    for (unsigned k = 0; k < size && k < sizeof byte; k++) put_hex(l, byte[le ? size - 1 - k : k], 2);
}

static void put_place(struct line *l, const char *what, u64 ea, unsigned size)
{
    next_effect(l);
    put_text(l, what);
    put_text(l, " mem[");
    put_hex(l, ea, 16);
    put_text(l, ",");
    put_decimal(l, size);
    put_text(l, "]");
}

static const char *access_word(const struct retire_access *a)
{
    switch (a->kind) {
    case ACCESSED_LOAD: return "load";
    case ACCESSED_STORE: return "store";
    case ACCESSED_RESERVE: return "reserve";
    case ACCESSED_CONDITIONAL: return "conditional";
    default: return NULL;
    }
}

static void put_access(struct line *l, const struct trace_context *context, const struct retire *r, unsigned number,
                       const struct retire_access *a, const struct retire_value *from, const struct retire_value *to)
{
    bool stores = a->kind == ACCESSED_STORE || a->kind == ACCESSED_CONDITIONAL, known = false;
    const char *word = access_word(a);

    if (!word || a->flags & ACCESS_REFUSED) return;
    if (a->kind == ACCESSED_CONDITIONAL && !(r->flags & RETIRE_PERFORMED)) {
        put_place(l, word, a->ea, a->size);
        put_text(l, "=lost");
        return;
    }
    for (const struct retire_value *v = from; v < to && !is_full(l); v++) {
        if (v->kind != VALUE_STORAGE || v->number != number || v->size > 16) continue;
        put_place(l, word, a->ea + v->offset, v->size);
        put_text(l, "=");
        put_bytes(l, stores ? v->after : v->before, v->size, context->msr & MSR_LE);
        known = true;
    }
    if (!known) put_place(l, word, a->ea, a->size);
}

/* ---- lines ---- */

static void put_effects(struct line *l, const struct trace_context *context, const struct retire_block *block, size_t k)
{
    const struct retire *r = &block->record[k];
    const struct retire_value *from = NULL, *to = NULL;

    if (block->value) {
        from = block->value + (k ? block->value_end[k - 1] : 0);
        to = block->value + block->value_end[k];
    }
    put_registers(l, r, from, to);
    for (unsigned n = 0; retire_completed(r) && n < r->accesses && !is_full(l); n++)
        put_access(l, context, r, n, &block->access[r->access + n], from, to);
    if (retire_completed(r) && r->nia != r->cia + 4 && !is_full(l)) {
        next_effect(l);
        put_text(l, "nia=");
        put_hex(l, r->nia, 16);
    }
    if (is_full(l)) put_text(l, " ...");
}

static void put_insn(struct line *l, struct words *words, const struct retire *r)
{
    size_t column;

    put_hex(l, r->cia, 16);
    if (r->facts->row == ROW_NONE && r->ra == ~0ULL) { /* its fetch was refused */
        put_text(l, " -");
        return;
    }
    put_text(l, " ");
    put_hex(l, r->facts->word, 8);
    put_text(l, " ");
    column = l->size + TEXT_COLUMN;
    put_text(l, words_text(words, r->facts->word, r->cia));
    while (l->size < column) l->to[l->size++] = ' ';
}

size_t commit_begin(const char *filter, char to[COMMIT_MOST])
{
    int n = snprintf(to, COMMIT_MOST,
                     "# p9sim commit log 1%s%s\n# thread state level lpid pid address word text | effects\n",
                     filter ? ": " : "", filter ? filter : "");

    return n < 0 ? 0 : (size_t)n;
}

size_t commit_line(struct words *words, const struct trace_context *context, const struct retire_block *block, size_t k,
                   char to[COMMIT_MOST])
{
    const struct retire *r = &block->record[k];
    struct line l = {.to = to};
    char event[EVENT_TEXT];

    if (r->kind == RETIRE_INSN && r->flags & RETIRE_WAITED) return 0;
    if (!retire_completed(r)) put_text(&l, "# ");
    put_thread(&l, r);
    put_text(&l, " ");
    if (r->kind != RETIRE_INSN) {
        event_text(r, event);
        put_text(&l, event);
    } else if (r->flags & RETIRE_FAULTED) {
        put_text(&l, "did not complete ");
        put_insn(&l, words, r);
        put_effects(&l, context, block, k);
    } else {
        put_text(&l, context_state_name(context_state(context)));
        put_text(&l, " ");
        put_decimal(&l, context->level);
        put_text(&l, " ");
        put_decimal(&l, context_lpid(context));
        put_text(&l, " ");
        put_decimal(&l, context->pid);
        put_text(&l, " ");
        put_insn(&l, words, r);
        put_effects(&l, context, block, k);
    }
    while (l.size && l.to[l.size - 1] == ' ') l.size--;
    l.to[l.size++] = '\n';
    return l.size;
}
