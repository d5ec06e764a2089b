/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A qtrace as records.  An instruction's facts are what its word alone says; a header becomes a record of context with
 * LPID and PID; a walk becomes steps in the order in which the walker needs them, without what the entries held.
 */
#include <stdlib.h>

#include "base/hash.h"
#include "base/log.h"
#include "traces/index.h"
#include "traces/qtrace.h"
#include "traces/source_parts.h"
#include "traces/stream.h"

enum { WORDS = 1 << 14, NESTED_FOR_PAGE = 15, STEPS_MOST = 2 * QTRACE_WALKS * (QTRACE_PTES + 1) };

struct qtrace_source {
    struct trace_source source;
    const struct isa *isa;
    struct stream_reader *stream;
    struct qtrace_reader reader;
    const char *path;
    unsigned flags; /* as trace_open() has them */
    u64 order;
    struct qtrace_where where;
    bool ended;
    struct insn_facts facts[WORDS]; /* by a hash of the word; with RETIRE_OWN_FACTS those that found no place */
    struct insn_facts own[RETIRE_BLOCK];
    struct retire record[RETIRE_BLOCK];
    struct retire_access access[2 * RETIRE_BLOCK];
    struct walk_read read[2 * RETIRE_BLOCK * STEPS_MOST];
    u32 records, accesses, reads;
};

/* ---- facts ---- */

static struct insn_facts facts_of(const struct isa *isa, u32 word)
{
    struct insn_facts f = {.word = word, .row = (u16)isa_find(isa, word)};
    const struct insn_row *row;

    if (f.row == ROW_NONE) return f;
    row = isa_row(isa, f.row);
    f.issue_class = (u8)row->issue_class;
    f.is = (u8)((row->flags & LOADS ? IS_LOAD : 0) | (row->flags & STORES ? IS_STORE : 0) |
                (row->flags & BRANCHES ? IS_BRANCH : 0));
    return f;
}

/* Those of a word stay where they are, since records of the block may point to them. */
static const struct insn_facts *find_facts(struct qtrace_source *s, u32 word, u8 *flags)
{
    struct insn_facts *f = &s->facts[word * HASH_MULTIPLIER >> 50];

    if (f->word == word) return f;
    if (f->word) {
        f = &s->own[s->records];
        *flags |= RETIRE_OWN_FACTS;
    }
    *f = facts_of(s->isa, word);
    return f;
}

/* ---- walks ---- */

static void add_step(struct qtrace_source *s, struct walk_step step)
{
    if (step.entry_ra) s->read[s->reads++] = (struct walk_read){.step = step};
}

static enum walk_kind kind_of(unsigned level, unsigned levels)
{
    return level + 1 == levels ? WALK_PTE : WALK_PDE;
}

/* The steps through the host's tables for one address. */
static void add_walk(struct qtrace_source *s, const struct qtrace_walk *w, unsigned n, enum stage stage,
                     unsigned nested_for, u64 address)
{
    for (unsigned k = 0; k < w->ptes; k++)
        add_step(s, (struct walk_step){.kind = kind_of(k, w->ptes),
                                       .stage = stage,
                                       .level = (u8)(k + 1),
                                       .nested_for = (u8)nested_for,
                                       .entry_ra = w->host_pte[n][k],
                                       .address = address});
}

static void add_nested(struct qtrace_source *s, const struct qtrace_walk *w, u64 ea)
{
    unsigned last = w->walks - 1U;

    for (unsigned n = 0; n < last; n++) {
        add_walk(s, w, n, STAGE_PARTITION, n + 1, w->guest_ra[n]);
        add_step(s, (struct walk_step){.kind = kind_of(n, last),
                                       .stage = STAGE_PROCESS,
                                       .level = (u8)(n + 1),
                                       .entry_ra = w->host_ra[n],
                                       .address = ea});
    }
    add_walk(s, w, last, STAGE_PARTITION, NESTED_FOR_PAGE, w->guest_ra[last]);
}

static void add_page_walk(struct qtrace_source *s, struct retire_access *a, const struct qtrace_walk *w)
{
    if (!w->walks) return;
    a->read = s->reads;
    a->by = TRANSLATED_BY_WALK;
    if (w->guest == QTRACE_RADIX) add_nested(s, w, a->ea);
    else if (w->guest == QTRACE_REAL) add_walk(s, w, 0, STAGE_PARTITION, NESTED_FOR_PAGE, a->ea);
    else add_walk(s, w, 0, STAGE_PROCESS, 0, a->ea);
    a->reads = (u8)(s->reads - a->read);
}

/* ---- records ---- */

static u64 real_address(const struct qtrace_page *page, u64 ea, u8 shift)
{
    return (u64)page->rpn << shift | (ea & ((1ULL << shift) - 1));
}

static void add_data(struct qtrace_source *s, const struct qtrace_insn *i, const struct insn_facts *f)
{
    struct retire_access *a = &s->access[s->accesses++];
    u8 shift = i->data.shift ? i->data.shift : QTRACE_SHIFT;

    *a = (struct retire_access){.ea = i->ea,
                                .kind = f->is & IS_STORE  ? ACCESSED_STORE
                                        : f->is & IS_LOAD ? ACCESSED_LOAD
                                                          : ACCESSED_CACHE,
                                .flags = f->is & IS_STORE ? ACCESS_AS_STORE : 0};
    if (!i->data.has_rpn) return;
    a->by = TRANSLATED_BY_ERAT;
    a->page_shift = shift;
    a->ra = real_address(&i->data, i->ea, shift);
    add_page_walk(s, a, &i->data.walk);
}

/* A page that is named anew, with a walk: the ERAT did not have it. */
static void add_fetch(struct qtrace_source *s, const struct qtrace_insn *i)
{
    struct retire_access *a;

    qtrace_where_insn(&s->where, &i->fetch);
    if (!i->fetch.walk.walks) return;
    a = &s->access[s->accesses++];
    *a = (struct retire_access){.ea = i->iar,
                                .ra = real_address(&i->fetch, i->iar, s->where.shift),
                                .size = 4,
                                .kind = ACCESSED_FETCH,
                                .page_shift = s->where.shift};
    add_page_walk(s, a, &i->fetch.walk);
}

static void add_insn(struct qtrace_source *s, const struct qtrace_insn *i)
{
    struct retire *r = &s->record[s->records];
    u32 first = s->accesses;
    u8 flags = 0;
    const struct insn_facts *f = find_facts(s, i->word, &flags);

    add_fetch(s, i);
    if (i->has_ea) add_data(s, i, f);
    if (f->is & IS_BRANCH && i->nia != i->iar + 4) flags |= RETIRE_TAKEN; /* not every producer has its code */
    *r = (struct retire){.cia = i->iar,
                         .nia = i->nia,
                         .ra =
                             s->where.page == ~0ULL ? ~0ULL : s->where.page | (i->iar & ((1ULL << s->where.shift) - 1)),
                         .facts = f,
                         .access = (u16)first,
                         .accesses = (u8)(s->accesses - first),
                         .flags = flags,
                         .kind = RETIRE_INSN,
                         .fetch_shift = s->where.shift};
    s->records++;
}

static void add_header(struct qtrace_source *s, const struct qtrace_header *h)
{
    qtrace_where_header(&s->where, &h->fetch);
    s->record[s->records++] = (struct retire){.context = {.lpid = (u32)h->lpid, .pid = h->pid}, .kind = RETIRE_CONTEXT};
}

static bool next(struct trace_source *source, struct retire_block *block)
{
    struct qtrace_source *s = (struct qtrace_source *)source;
    struct qtrace_header header;
    struct qtrace_insn insn;

    s->order += s->records;
    s->records = s->accesses = s->reads = 0;
    while (!s->ended && s->records < RETIRE_BLOCK) {
        enum qtrace_item item = qtrace_next(&s->reader, &header, &insn);

        if (item == QTRACE_IS_INSN) add_insn(s, &insn);
        else if (item == QTRACE_IS_HEADER) add_header(s, &header);
        else s->ended = true;
        if (item == QTRACE_BAD) source->failed = true;
    }
    *block = (struct retire_block){
        .record = s->record, .access = s->access, .read = s->read, .count = s->records, .order = s->order};
    return s->records;
}

/* By the index alone: members of ours do not say how many instructions are before them. */
static bool seek(struct trace_source *source, u64 number, u64 *found)
{
    struct qtrace_source *s = (struct qtrace_source *)source;
    struct index_entry *e = malloc(sizeof *e);
    bool ok = e && index_find(s->path, s->flags, number, e) && stream_go(s->stream, &e->place, e->at);

    if (ok) {
        const struct index_qtrace *q = &e->qtrace;

        s->reader.iar = q->iar;
        s->reader.version = q->version;
        s->reader.behind_prefix = q->behind_prefix;
        s->reader.fetch = (struct qtrace_page){
            .has_rpn = q->has_rpn, .rpn = q->rpn, .shift = q->shift, .guest_shift = q->guest_shift};
        s->reader.read = *found = e->number;
        s->where = (struct qtrace_where){q->page, q->where_shift};
        s->order = s->records = 0;
        s->ended = false;
    }
    free(e);
    return ok;
}

static void close_source(struct trace_source *source)
{
    struct qtrace_source *s = (struct qtrace_source *)source;

    stream_close(s->stream);
    free(s);
}

struct trace_source *qtrace_source_open(struct stream_reader *stream, const char *path, const struct isa *isa,
                                        unsigned flags)
{
    struct qtrace_source *s = calloc(1, sizeof *s);

    if (!s) {
        p9_error("%s: the host has no memory for it", path);
        return NULL;
    }
    s->source = (struct trace_source){.next = next,
                                      .close = close_source,
                                      .seek = seek,
                                      .format = "qtrace",
                                      .lacks = TRACE_LACKS_REGISTERS | TRACE_LACKS_STATE | TRACE_LACKS_ENTRIES};
    s->isa = isa;
    s->path = path;
    s->flags = flags;
    qtrace_where_begin(&s->where);
    s->stream = stream;
    qtrace_read_from(&s->reader, stream, path);
    s->reader.as_qtlib = flags & TRACE_AS_QTLIB;
    return &s->source;
}
