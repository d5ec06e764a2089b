/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The stream of accesses, for models of caches and of translation: what of storage was read and written, in order, each
 * with both of its addresses, and before it the table entries that translating it took.  Fetches are told by lines of
 * 128 bytes: one for each that a thread enters.
 *
 *     F fetched line   L load   S store   C cache instruction   W table entry that a walk read
 *     l load, s store: caching-inhibited     w table entry that somebody had: nothing was read
 *
 * So capitals are what reaches the caches.  An access whose translation failed is not there, its walk is; nor is a
 * conditional store that did not store.
 */
#include <stdlib.h>

#include "base/log.h"
#include "base/power.h"
#include "traces/export.h"

enum { LINE = 128, NO_LINE = 0, LINE_TEXT = 256, RECORD = 40 };

struct accesses {
    struct exporter exporter;
    struct output *to;
    enum export_accesses format;
    u64 line[CONTEXT_THREADS]; /* 1 + number of the line that was fetched last, of each thread */
};

/* What is told of one. */
struct told {
    const struct export_insn *insn;
    const struct walk_read *read; /* of a table entry */
    char kind;
    unsigned size;
    u64 ea, ra;
};

/* ---- text ---- */

static char *put_walk(char *at, const struct walk_read *read)
{
    static const char *const sources[] = {"storage", "walk-cache", "tlb", "entry-cache"};
    static const char *const kinds[] = {"pate", "prte", "pde", "pte", "pteg", "steg"};
    const char *words[] = {read->step.stage == STAGE_PARTITION ? "partition" : "process", kinds[read->step.kind],
                           sources[read->source]};

    for (unsigned k = 0; k < ARRAY_SIZE(words); k++) {
        *at++ = ' ';
        for (const char *c = words[k]; *c; c++) *at++ = *c;
        if (k == 1) at = output_decimal(at, read->step.level);
    }
    return at;
}

static void put_text(struct output *to, const struct told *a)
{
    const struct trace_context *c = a->insn->context;
    char *from = output_room(to, LINE_TEXT), *at = output_decimal(from, a->insn->number);
    const u64 numbers[] = {a->size, c->level, context_lpid(c), c->pid};

    *at++ = ' ';
    at = output_decimal(at, a->insn->record->thread);
    *at++ = ' ';
    *at++ = a->kind;
    *at++ = ' ';
    at = output_hex(at, a->ea);
    *at++ = ' ';
    at = output_hex(at, a->ra);
    for (unsigned k = 0; k < ARRAY_SIZE(numbers); k++) {
        *at++ = ' ';
        at = output_decimal(at, numbers[k]);
    }
    if (a->read) at = put_walk(at, a->read);
    *at++ = '\n';
    output_take(to, (size_t)(at - from));
}

/* ---- others ---- */

/* Dinero's: 0 read, 1 write, 2 instruction fetch; real address.  It knows nothing else. */
static void put_din(struct output *to, const struct told *a)
{
    char *from = output_room(to, LINE_TEXT), *at = from;

    if (a->kind >= 'a') return; /* not for the caches */
    *at++ = a->kind == 'F' ? '2' : a->kind == 'S' ? '1' : '0';
    *at++ = ' ';
    at = output_hex(at, a->ra);
    *at++ = '\n';
    output_take(to, (size_t)(at - from));
}

static void put_binary(struct output *to, const struct told *a)
{
    const struct trace_context *c = a->insn->context;
    u8 *at = (u8 *)output_room(to, RECORD);
    const struct walk_step *step = a->read ? &a->read->step : NULL;

    put_le(at, a->insn->number, 8);
    put_le(at + 8, a->ea, 8);
    put_le(at + 16, a->ra, 8);
    at[24] = (u8)a->kind;
    at[25] = (u8)a->size;
    at[26] = (u8)a->insn->record->thread;
    at[27] = (u8)c->level;
    put_le(at + 28, context_lpid(c), 2);
    at[30] = step ? (u8)(step->stage == STAGE_PARTITION ? 0x80 | step->level : step->level) : 0;
    at[31] = step ? (u8)(step->kind << 4 | a->read->source) : 0;
    put_le(at + 32, c->pid, 4);
    put_le(at + 36, c->partition, 4);
    output_take(to, RECORD);
}

static void put(struct accesses *s, const struct told *a)
{
    if (s->format == ACCESSES_TEXT) put_text(s->to, a);
    else if (s->format == ACCESSES_DIN) put_din(s->to, a);
    else put_binary(s->to, a);
}

/* ---- what is told ---- */

static void take_walk(struct accesses *s, const struct export_insn *i, const struct retire_access *a)
{
    enum { ENTRY = 8, GROUP = 128 };

    for (unsigned k = 0; k < a->reads; k++) {
        const struct walk_read *read = &i->block->read[a->read + k];
        bool group = read->step.kind == WALK_PTEG || read->step.kind == WALK_STEG;
        const struct told told = {.insn = i,
                                  .read = read,
                                  .kind = read->source == WALK_FROM_STORAGE ? 'W' : 'w',
                                  .size = group                          ? GROUP
                                          : read->step.kind == WALK_PATE ? 2 * ENTRY
                                          : read->step.kind == WALK_PRTE ? 2 * ENTRY
                                                                         : ENTRY,
                                  .ea = read->step.address,
                                  .ra = read->step.entry_ra};

        put(s, &told);
    }
}

/* 0: it is not there. */
static char kind_of(const struct retire_access *a, const struct retire *r)
{
    bool inhibited = a->flags & ACCESS_INHIBITED;

    if (a->flags & (ACCESS_REFUSED | ACCESS_PROBED) || a->by == TRANSLATED_NOT || r->flags & RETIRE_WAITED) return 0;
    switch ((enum retire_access_kind)a->kind) {
    case ACCESSED_LOAD:
    case ACCESSED_RESERVE: return inhibited ? 'l' : 'L';
    case ACCESSED_CONDITIONAL:
        if (!(r->flags & RETIRE_PERFORMED)) return 0;
        return inhibited ? 's' : 'S';
    case ACCESSED_STORE: return inhibited ? 's' : 'S';
    case ACCESSED_CACHE: return 'C';
    default: return 0;
    }
}

static void take_access(struct accesses *s, const struct export_insn *i, const struct retire_access *a)
{
    struct told told = {.insn = i, .kind = kind_of(a, i->record), .size = a->size, .ea = a->ea, .ra = a->ra};

    take_walk(s, i, a);
    if (told.kind) put(s, &told);
}

static void take_fetch(struct accesses *s, const struct export_insn *i)
{
    const struct retire *r = i->record;
    u64 *line = &s->line[r->thread < CONTEXT_THREADS ? r->thread : CONTEXT_THREADS - 1], now = r->ra / LINE + 1;
    const u64 inside = ~(u64)(LINE - 1);

    if (*line == now || r->ra == ~0ULL) return;
    *line = now;
    put(s, &(struct told){.insn = i, .kind = 'F', .size = LINE, .ea = r->cia & inside, .ra = r->ra & inside});
}

static void take(struct exporter *e, const struct export_insn *i)
{
    struct accesses *s = (struct accesses *)e;
    const struct retire *r = i->record;
    const struct retire_access *a = &i->block->access[r->access];
    unsigned k = 0;

    for (; k < r->accesses && a[k].kind == ACCESSED_FETCH; k++) take_walk(s, i, &a[k]);
    take_fetch(s, i);
    for (; k < r->accesses; k++) take_access(s, i, &a[k]);
}

static bool finish(struct exporter *e)
{
    free(e);
    return true;
}

struct exporter *export_accesses(struct output *to, enum export_accesses format)
{
    static const u8 head[16] = {'p', '9', 'a', 'c', 'c', 'e', 's', 's', 1, RECORD};
    struct accesses *s = calloc(1, sizeof *s);

    if (!s) {
        p9_error("the host has no memory for an export");
        return NULL;
    }
    s->exporter = (struct exporter){.take = take, .finish = finish};
    s->to = to;
    s->format = format;
    if (format == ACCESSES_BINARY) output_bytes(to, head, sizeof head);
    return &s->exporter;
}
