/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading a state trace; see state_format.h.  Nothing in the file is believed: counts are bounded before they are used,
 * numbers of facts, kinds and threads are looked at, and what does not fit ends the trace with a line that says where.
 */
#include <stdlib.h>

#include "base/log.h"
#include "traces/source_parts.h"
#include "traces/state_format.h"
#include "traces/stream.h"

enum {
    VALUES_MOST = RETIRE_BLOCK * 8 + RETIRE_VALUES_OF_ONE,
    RECORDS_MOST = RETIRE_BLOCK + RETIRE_SPARE,
    ROW_OF_NOTHING = ROW_NONE
};

struct state_source {
    struct trace_source source;
    const struct isa *isa;
    struct stream_reader *stream;
    const char *path;
    const u8 *from, *at, *end; /* of what is there; nothing is read from `end` on */
    const u8 *begun;           /* where the record that is being read begins */
    bool is_short, values, ended;
    unsigned threads, thread; /* whose block it is */
    u64 order, time, read_so_far;
    u32 kept, records, accesses, reads, value_count;
    bool in_block;
    struct part {
        u8 *bytes;
        size_t size, room;
        bool whole;
    } part[TRACE_PARTS];
    struct state_thread begins; /* the thread of the block, before its first record */
    struct state_memory m;
    struct insn_facts known[FACTS_MOST];
    struct insn_facts own[RECORDS_MOST];
    struct retire record[RECORDS_MOST];
    struct retire_access access[RETIRE_ACCESSES_ROOM];
    struct walk_read read[RETIRE_READS_ROOM];
    struct retire_value value[VALUES_MOST];
    u32 value_end[RECORDS_MOST];
};

static bool bad(struct state_source *s, const char *what)
{
    s->source.failed = true;
    return p9_error("%s: %s, in the record at byte %llu, behind %llu instructions", s->path, what,
                    (unsigned long long)stream_at(s->stream) + (unsigned long long)(s->begun - s->from),
                    (unsigned long long)s->read_so_far);
}

/* ---- bytes ---- */

static u8 get(struct state_source *s)
{
    if (s->at < s->end) return *s->at++;
    s->is_short = true;
    return 0;
}

static u64 get_number(struct state_source *s)
{
    u64 value = 0;

    for (unsigned shift = 0; shift < 64; shift += 7) {
        u8 byte = get(s);

        value |= (u64)(byte & 0x7f) << shift;
        if (!(byte & 0x80)) break;
    }
    return value;
}

static u64 get_signed(struct state_source *s)
{
    u64 value = get_number(s);

    return value >> 1 ^ -(value & 1);
}

/* ---- facts ---- */

static void get_sprs(struct state_source *s, u16 *spr)
{
    unsigned count = get(s);

    for (unsigned k = 0; k < FACTS_SPRS; k++) spr[k] = k < count ? (u16)get_number(s) : FACTS_NO_SPR;
}

static void get_facts(struct state_source *s, struct insn_facts *f)
{
    u8 bits;

    *f = (struct insn_facts){.word = (u32)get_number(s)};
    bits = get(s);
    f->row = (u16)(bits & 1 ? ROW_OF_NOTHING : isa_find(s->isa, f->word));
    f->learned = bits & 2;
    f->issue_class = get(s);
    f->is = get(s);
    f->cr_in = get(s);
    f->cr_out = get(s);
    f->gpr_in = (u32)get_number(s);
    f->gpr_out = (u32)get_number(s);
    f->vsr_in = get_number(s);
    f->vsr_out = get_number(s);
    f->named_in = (u32)get_number(s);
    f->named_out = (u32)get_number(s);
    get_sprs(s, f->spr_in);
    get_sprs(s, f->spr_out);
    if (f->row == ROW_OF_NOTHING) return;
    f->issue_class = (u8)isa_row(s->isa, f->row)->issue_class; /* whatever the file says: models count on it */
}

/* Facts behind their number, or in full; NULL: there is no such number. */
static const struct insn_facts *get_facts_of(struct state_source *s, struct state_slot *slot)
{
    u64 number = get_number(s);

    if (number > s->m.facts) return NULL;
    slot->facts = (u32)number;
    if (number) return &s->known[number - 1];
    if (s->m.facts == FACTS_MOST) {
        get_facts(s, &s->own[s->records]);
        return &s->own[s->records];
    }
    get_facts(s, &s->known[s->m.facts]);
    slot->facts = ++s->m.facts;
    return &s->known[s->m.facts - 1];
}

/* ---- accesses ---- */

static bool get_read(struct state_source *s)
{
    struct walk_read *read = &s->read[s->reads++];
    u8 first = get(s);

    *read = (struct walk_read){.step = {.kind = (enum walk_kind)(first & ~READ_ABSENT),
                                        .stage = (enum stage)get(s),
                                        .absent = first & READ_ABSENT}};
    read->step.level = get(s);
    read->step.nested_for = get(s);
    read->step.shift = get(s);
    read->source = get(s);
    read->step.entry_ra = get_number(s);
    read->step.entry = get_number(s);
    if (walk_has_second(read->step.kind)) read->step.second = get_number(s);
    read->step.address = get_number(s);
    return read->step.kind <= WALK_STEG && read->step.stage <= STAGE_PARTITION && read->source < WALK_SOURCES;
}

static bool get_reads(struct state_source *s, struct retire_access *a)
{
    a->read = s->reads;
    a->reads = get(s);
    if (s->reads + a->reads > RETIRE_READS_ROOM) return bad(s, "more table reads than a block has room for");
    for (unsigned k = 0; k < a->reads; k++)
        if (!get_read(s)) return bad(s, "a table entry of no kind");
    return true;
}

static bool get_access(struct state_source *s, struct state_slot *slot, unsigned n)
{
    struct retire_access *a = &s->access[s->accesses++];
    struct state_page *page;
    struct state_shape shape = {0};
    u8 first = get(s);

    if (n < SLOT_ACCESSES) shape = slot->shape[n];
    if (!(first & ACCESS_SHAPE)) {
        shape.kind = get(s);
        shape.flags = get(s);
        shape.size = get(s);
        shape.by = get(s);
        shape.page_shift = get(s);
    }
    *a = (struct retire_access){.kind = shape.kind,
                                .flags = shape.flags,
                                .size = shape.size,
                                .by = shape.by,
                                .page_shift = shape.page_shift,
                                .read = s->reads};
    a->ea = (first & ACCESS_STRIDE && n < SLOT_ACCESSES ? slot->stride[n] : get_signed(s)) +
            (n < SLOT_ACCESSES ? slot->ea[n] : 0);
    page = state_page_of(&s->m, a->ea);
    a->ra = first & ACCESS_PAGE ? (page->ra_page - 1) << 12 | (a->ea & 0xfff) : get_number(s);
    if (a->kind > ACCESSED_HINT || a->by > TRANSLATED_REAL || a->page_shift > 63) return bad(s, "an access of no kind");
    if (first & ACCESS_READS && !get_reads(s, a)) return false;
    state_learn_access(&s->m, slot, n, a);
    return true;
}

/* ---- values ---- */

static bool get_values(struct state_source *s)
{
    u64 count = get_number(s);

    if (count > VALUES_MOST - s->value_count) return bad(s, "more values than a block has room for");
    for (u64 n = 0; n < count; n++) {
        struct retire_value *v = &s->value[s->value_count++];

        v->kind = get(s);
        v->size = get(s);
        v->number = (u16)get_number(s);
        v->offset = (u32)get_number(s);
        for (unsigned d = 0; d < 2; d++) v->before[d] = get_number(s);
        for (unsigned d = 0; d < 2; d++) v->after[d] = v->before[d] + get_signed(s);
        if (v->kind > VALUE_STORAGE) return bad(s, "a value of no kind");
    }
    return true;
}

/* ---- records ---- */

static bool get_insn(struct state_source *s, u8 first)
{
    struct state_thread *t = &s->m.thread[s->thread];
    struct retire *r = &s->record[s->records];
    struct state_slot *slot;

    *r = (struct retire){.kind = RETIRE_INSN, .thread = (u16)s->thread, .access = (u16)s->accesses};
    r->cia = t->next + (first & RECORD_FOLLOWS ? 0 : get_signed(s));
    r->ra = first & RECORD_PLACE ? t->ra_page << 12 | (r->cia & 0xfff) : get_number(s);
    r->fetch_shift = first & RECORD_PLACE ? t->fetch_shift : get(s);
    slot = state_enter_slot(&s->m, r->ra);
    r->facts = first & RECORD_AGAIN ? slot->facts ? &s->known[slot->facts - 1] : NULL : get_facts_of(s, slot);
    r->flags = first & RECORD_FLAGS ? get(s) : slot->flags;
    r->nia = first & RECORD_GOES_ON ? r->cia + 4 : first & RECORD_LEADS ? slot->nia : r->cia + get_signed(s);
    r->accesses = first & RECORD_ACCESSES ? slot->accesses : get(s);
    if (!r->facts || r->fetch_shift > 63) return bad(s, "an instruction of which nothing is known");
    if (s->accesses + r->accesses > RETIRE_ACCESSES_ROOM || r->accesses > RETIRE_ACCESSES_OF_ONE)
        return bad(s, "more accesses than a block has room for");
    for (unsigned k = 0; k < r->accesses; k++)
        if (!get_access(s, slot, k)) return false;
    state_learn_insn(t, slot, r);
    s->read_so_far++;
    return true;
}

static bool get_event(struct state_source *s, unsigned kind)
{
    struct retire *r = &s->record[s->records];
    u64 numbers[RETIRE_NUMBERS] = {0};
    unsigned count;

    *r = (struct retire){.kind = (u8)kind, .thread = (u16)s->thread, .access = (u16)s->accesses};
    if (kind >= RETIRE_KINDS || kind == RETIRE_INSN) return bad(s, "an event of no kind");
    if (kind == RETIRE_DMA && get(s)) r->thread = RETIRE_NO_THREAD;
    count = retire_numbers(r, numbers);
    for (unsigned k = 0; k < count; k++) numbers[k] = get_number(s);
    retire_from_numbers(r, numbers);
    if (!retire_names_are_sane(r)) return bad(s, "an event of no kind");
    if (r->thread != RETIRE_NO_THREAD) state_learn_event(&s->m.thread[s->thread], r);
    return true;
}

/* ---- members and blocks ---- */

static bool other_version(struct state_source *s, u8 version)
{
    s->source.failed = true;
    return p9_error("%s: is a state trace of version %u, and this p9sim reads version %u alone; record it again",
                    s->path, version, STATE_VERSION);
}

static bool get_head(struct state_source *s)
{
    bool is_ours = s->end - s->at >= STATE_MAGIC_BYTES && !memcmp(s->at, STATE_MAGIC, STATE_MAGIC_BYTES);
    u8 has, version;

    if (!is_ours) return bad(s, "is no state trace");
    s->at += STATE_MAGIC_BYTES;
    version = get(s);
    if (version != STATE_VERSION) return other_version(s, version);
    has = get(s);
    s->values = has & STATE_HAS_VALUES;
    s->source.has_gaps = has & STATE_HAS_GAPS;
    s->read_so_far = get_number(s);
    s->threads = get(s);
    if (s->threads > STATE_THREADS || !s->threads) return bad(s, "of more threads than a machine has");
    state_forget(&s->m);
    for (unsigned k = 0; k < s->threads; k++) {
        struct state_thread *t = &s->m.thread[k];

        t->msr = get_number(s);
        t->lpid = (u32)get_number(s);
        t->pid = (u32)get_number(s);
        t->partition = (u32)get_number(s);
        t->level = (u32)get_number(s);
    }
    return true;
}

static bool get_block(struct state_source *s)
{
    u64 thread = get_number(s);

    s->order = get_number(s);
    s->time = get_number(s);
    s->kept = (u32)get_number(s);
    s->thread = (unsigned)thread;
    if (thread >= s->threads) return bad(s, "a block of a thread that there is not");
    s->in_block = true;
    return true;
}

static bool get_part(struct state_source *s)
{
    u8 number = get(s);
    bool is_last = get(s);
    u64 size = get_number(s);
    struct part *p = &s->part[number < TRACE_PARTS ? number : 0];

    if (number >= TRACE_PARTS || p->whole) return bad(s, "a part that there cannot be");
    if (size > PART_PIECE || size > PART_MOST - p->size) return bad(s, "a part that is too large");
    if (size > (size_t)(s->end - s->at)) return bad(s, "is cut off");
    if (p->size + size > p->room) {
        size_t room = 2 * p->room + PART_PIECE;
        u8 *more = realloc(p->bytes, room);

        if (!more) return bad(s, "the host has no memory for a part");
        p->bytes = more;
        p->room = room;
    }
    memcpy(p->bytes + p->size, s->at, size);
    p->size += size;
    s->at += size;
    p->whole = is_last;
    return true;
}

static bool part(const struct trace_source *source, enum trace_part part, const u8 **bytes, size_t *size)
{
    const struct part *p = &((const struct state_source *)source)->part[part];

    *bytes = p->bytes;
    *size = p->size;
    return p->whole;
}

/* What stands between records.  False: it ends the trace. */
static bool step_between(struct state_source *s, u8 first)
{
    if (first == STATE_MAGIC[0]) return get_head(s);
    s->at++;
    if (first == (RECORD_EVENT | EVENT_BLOCK << 1)) return get_block(s);
    if (first == (RECORD_EVENT | EVENT_PART << 1)) return get_part(s);
    s->ended = true; /* EVENT_END */
    return true;
}

static bool is_between(u8 first)
{
    return first == STATE_MAGIC[0] || (first & RECORD_EVENT && first >> 1 >= EVENT_BLOCK && first >> 1 <= EVENT_PART);
}

/* One record, or what stands between them; *ends: the block that is being read has ended before it, so it is left for
 * the next one. */
static bool step(struct state_source *s, bool *ends)
{
    const u8 *from = s->at;
    u8 first = *from;
    bool ok;

    s->is_short = false;
    s->begun = from;
    if (unlikely(is_between(first))) {
        *ends = s->records && (first == STATE_MAGIC[0] || first == (RECORD_EVENT | EVENT_BLOCK << 1));
        if (*ends) return true;
        ok = step_between(s, first);
    } else if (unlikely(!s->in_block)) {
        ok = bad(s, "a record in no block");
    } else {
        s->at++;
        if (!s->records) s->begins = s->m.thread[s->thread];
        ok = (first & RECORD_EVENT ? get_event(s, first >> 1) : get_insn(s, first)) && (!s->values || get_values(s));
        s->value_end[s->records] = s->value_count;
        s->records += ok && !s->is_short;
    }
    if (ok && unlikely(s->is_short)) ok = bad(s, "is cut off");
    if (!ok) s->at = from;
    return ok;
}

/* Records as long as what is there surely holds one, or all there is. */
static bool steps(struct state_source *s, bool *ends)
{
    size_t have;
    const u8 *from = stream_peek(s->stream, STREAM_MOST, &have), *enough;
    bool ok = true;

    if (!from) return !(s->source.failed = true);
    s->begun = s->from = from;
    if (!have) return bad(s, "is cut off: it has no end");
    s->at = from;
    s->end = from + have;
    enough = have > STREAM_MOST ? s->end - STREAM_MOST : from;
    do ok = step(s, ends);
    while (ok && !*ends && !s->ended && s->at <= enough && s->records < RECORDS_MOST);
    stream_skip(s->stream, (size_t)(s->at - from));
    return ok;
}

static bool next(struct trace_source *source, struct retire_block *block)
{
    struct state_source *s = (struct state_source *)source;
    bool ends = false;

    s->order += s->records; /* unless a block begins */
    s->records = s->accesses = s->reads = s->value_count = 0;
    while (!s->ended && !ends && s->records < RECORDS_MOST)
        if (!steps(s, &ends)) s->ended = true; /* what is whole before the fault is handed over */
    *block = (struct retire_block){.record = s->record,
                                   .access = s->access,
                                   .read = s->read,
                                   .value = s->values ? s->value : NULL,
                                   .value_end = s->values ? s->value_end : NULL,
                                   .count = s->records,
                                   .kept = s->kept,
                                   .order = s->order,
                                   .time = s->time};
    return s->records;
}

static bool seek(struct trace_source *source, u64 number, u64 *found)
{
    struct state_source *s = (struct state_source *)source;

    if (!stream_seek(s->stream, number, found)) return false;
    s->in_block = s->ended = false;
    s->order = s->records = 0;
    return true;
}

static bool context(const struct trace_source *source, unsigned thread, struct retire *context)
{
    const struct state_source *s = (const struct state_source *)source;
    const struct state_thread *t = thread == s->thread ? &s->begins : &s->m.thread[thread];

    if (thread >= s->threads) return false;
    *context = (struct retire){
        .context = {.msr = t->msr, .lpid = t->lpid, .pid = t->pid, .partition = t->partition, .level = t->level},
        .kind = RETIRE_CONTEXT,
        .thread = (u16)thread};
    return true;
}

static void close_source(struct trace_source *source)
{
    struct state_source *s = (struct state_source *)source;

    stream_close(s->stream);
    for (unsigned k = 0; k < TRACE_PARTS; k++) free(s->part[k].bytes);
    free(s);
}

bool trace_skip_same(struct trace_source *a, struct trace_source *b, u64 *insns)
{
    if (a->next != next || b->next != next) return false;
    return stream_skip_same(((struct state_source *)a)->stream, ((struct state_source *)b)->stream, insns);
}

struct trace_source *state_source_open(struct stream_reader *stream, const char *path, const struct isa *isa)
{
    struct state_source *s = calloc(1, sizeof *s);

    if (!s) {
        p9_error("%s: the host has no memory for it", path);
        return NULL;
    }
    s->source = (struct trace_source){
        .part = part, .next = next, .close = close_source, .seek = seek, .context = context, .format = "state"};
    s->isa = isa;
    s->stream = stream;
    s->path = path;
    return &s->source;
}
