/* SPDX-License-Identifier: Apache-2.0 */
/* Writing a state trace; see state_format.h. */
#include "traces/state_sink.h"

#include <stdlib.h>

#include "base/assert.h"
#include "base/hash.h"
#include "base/log.h"
#include "traces/state_format.h"
#include "traces/stream.h"

struct state_sink {
    struct retire_sink sink;
    struct stream_writer *stream;
    u64 written;
    unsigned threads;
    bool values, gaps;
    u8 *at; /* where the next byte goes */
    struct state_memory m;
    struct insn_facts known[FACTS_MOST]; /* those with a number, by it - 1 */
    struct hash_index index;
};

/* ---- bytes ---- */

static void put(struct state_sink *s, u8 byte)
{
    *s->at++ = byte;
}

static void put_number(struct state_sink *s, u64 value)
{
    for (; value >= 0x80; value >>= 7) put(s, (u8)(value | 0x80));
    put(s, (u8)value);
}

/* A difference, small in either direction. */
static void put_signed(struct state_sink *s, u64 value)
{
    put_number(s, value << 1 ^ (u64)((s64)value >> 63));
}

/* ---- facts ---- */

static u64 hash_of(const struct insn_facts *f)
{
    u64 hash = hash_mix(f->word, f->gpr_in | (u64)f->gpr_out << 32);

    hash = hash_mix(hash, f->vsr_in);
    hash = hash_mix(hash, f->vsr_out);
    return hash_mix(hash, f->named_in ^ (u64)f->named_out << 32);
}

static bool say_the_same(const struct insn_facts *a, const struct insn_facts *b)
{
    return a->word == b->word && a->row == b->row && a->vsr_in == b->vsr_in && a->vsr_out == b->vsr_out &&
           a->gpr_in == b->gpr_in && a->gpr_out == b->gpr_out && a->named_in == b->named_in &&
           a->named_out == b->named_out && a->cr_in == b->cr_in && a->cr_out == b->cr_out && a->is == b->is &&
           a->issue_class == b->issue_class && a->learned == b->learned &&
           !memcmp(a->spr_in, b->spr_in, sizeof a->spr_in) && !memcmp(a->spr_out, b->spr_out, sizeof a->spr_out);
}

/* SPRs up to the first that is none. */
static void put_sprs(struct state_sink *s, const u16 *spr)
{
    unsigned count = 0;

    while (count < FACTS_SPRS && spr[count] != FACTS_NO_SPR && (spr[count] || !count)) count++;
    put(s, (u8)count);
    for (unsigned k = 0; k < count; k++) put_number(s, spr[k]);
}

static void put_facts(struct state_sink *s, const struct insn_facts *f)
{
    put_number(s, f->word);
    put(s, (u8)((f->row == 0xffff ? 1 : 0) | (f->learned ? 2 : 0)));
    put(s, f->issue_class);
    put(s, f->is);
    put(s, f->cr_in);
    put(s, f->cr_out);
    put_number(s, f->gpr_in);
    put_number(s, f->gpr_out);
    put_number(s, f->vsr_in);
    put_number(s, f->vsr_out);
    put_number(s, f->named_in);
    put_number(s, f->named_out);
    put_sprs(s, f->spr_in);
    put_sprs(s, f->spr_out);
}

static u64 hash_of_known(const void *self, u32 row)
{
    return hash_of(&((const struct state_sink *)self)->known[row]);
}
static bool is_known(const void *self, u32 row, const void *key)
{
    return say_the_same(&((const struct state_sink *)self)->known[row], key);
}

/* Their number; in full, behind a 0, if they have none yet.  Who comes when numbers have run out gets none. */
static u32 put_number_of_facts(struct state_sink *s, const struct insn_facts *f)
{
    u64 hash = hash_of(f);
    u32 row = hash_find(&s->index, hash, is_known, s, f);

    if (row != HASH_NONE) {
        put_number(s, row + 1);
        return row + 1;
    }
    put_number(s, 0);
    put_facts(s, f);
    if (s->m.facts == FACTS_MOST || !hash_room(&s->index, s->m.facts, hash_of_known, s)) return 0;
    s->known[s->m.facts] = *f;
    hash_add(&s->index, hash, s->m.facts);
    return ++s->m.facts;
}

/* ---- accesses ---- */

static void put_read(struct state_sink *s, const struct walk_read *read)
{
    put(s, (u8)(read->step.kind | (read->step.absent ? READ_ABSENT : 0)));
    put(s, (u8)read->step.stage);
    put(s, read->step.level);
    put(s, read->step.nested_for);
    put(s, read->step.shift);
    put(s, read->source);
    put_number(s, read->step.entry_ra);
    put_number(s, read->step.entry);
    if (walk_has_second(read->step.kind)) put_number(s, read->step.second);
    put_number(s, read->step.address);
}

static struct state_shape shape_of(const struct retire_access *a)
{
    return (struct state_shape){a->kind, a->flags, a->size, a->by, a->page_shift};
}

static bool shapes_are_equal(const struct state_shape *a, const struct state_shape *b)
{
    return a->kind == b->kind && a->flags == b->flags && a->size == b->size && a->by == b->by &&
           a->page_shift == b->page_shift;
}

/* n: the how-manieth of its record, by which the slot remembers it. */
static void put_access(struct state_sink *s, struct state_slot *slot, unsigned n, const struct retire_access *a,
                       const struct walk_read *read)
{
    struct state_page *page = state_page_of(&s->m, a->ea);
    struct state_shape shape = shape_of(a);
    bool remembers = n < SLOT_ACCESSES, on_page;
    u64 stride = remembers ? a->ea - slot->ea[n] : a->ea;
    u8 *first = s->at++;

    on_page = page->ea_page == (a->ea >> 12) + 1 && page->ra_page == (a->ra >> 12) + 1 && !((a->ra ^ a->ea) & 0xfff);
    *first = (u8)((remembers && shapes_are_equal(&shape, &slot->shape[n]) ? ACCESS_SHAPE : 0) |
                  (remembers && stride == slot->stride[n] ? ACCESS_STRIDE : 0) | (on_page ? ACCESS_PAGE : 0) |
                  (a->reads ? ACCESS_READS : 0));
    if (!(*first & ACCESS_SHAPE)) {
        put(s, shape.kind);
        put(s, shape.flags);
        put(s, shape.size);
        put(s, shape.by);
        put(s, shape.page_shift);
    }
    if (!(*first & ACCESS_STRIDE)) put_signed(s, stride);
    if (!on_page) put_number(s, a->ra);
    if (a->reads) put(s, a->reads);
    for (unsigned k = 0; k < a->reads; k++) put_read(s, &read[a->read + k]);
    state_learn_access(&s->m, slot, n, a);
}

/* ---- values ---- */

static void put_values(struct state_sink *s, const struct retire_block *block, size_t k)
{
    u32 from = k ? block->value_end[k - 1] : 0, to = block->value_end[k];

    put_number(s, to - from);
    for (u32 n = from; n < to; n++) {
        const struct retire_value *v = &block->value[n];

        put(s, v->kind);
        put(s, v->size);
        put_number(s, v->number);
        put_number(s, v->offset);
        for (unsigned d = 0; d < 2; d++) put_number(s, v->before[d]);
        for (unsigned d = 0; d < 2; d++) put_signed(s, v->after[d] - v->before[d]);
    }
}

/* ---- records ---- */

static void put_insn(struct state_sink *s, const struct retire *r, const struct retire_block *block)
{
    struct state_thread *t = &s->m.thread[r->thread];
    struct state_slot *slot = state_enter_slot(&s->m, r->ra);
    bool goes_on = r->nia == r->cia + 4, on_page = state_is_on_page(t, r);
    bool again = slot->facts && say_the_same(&s->known[slot->facts - 1], r->facts);
    u8 *first = s->at++;

    *first =
        (u8)((r->cia == t->next ? RECORD_FOLLOWS : 0) | (goes_on ? RECORD_GOES_ON : 0) | (again ? RECORD_AGAIN : 0) |
             (!goes_on && slot->nia == r->nia ? RECORD_LEADS : 0) | (on_page ? RECORD_PLACE : 0) |
             (slot->accesses == r->accesses ? RECORD_ACCESSES : 0) | (slot->flags == r->flags ? 0 : RECORD_FLAGS));
    if (*first == STATE_MAGIC[0]) *first &= (u8)~RECORD_LEADS; /* a head would begin so */
    if (!(*first & RECORD_FOLLOWS)) put_signed(s, r->cia - t->next);
    if (!on_page) {
        put_number(s, r->ra);
        put(s, r->fetch_shift);
    }
    if (!again) slot->facts = put_number_of_facts(s, r->facts);
    if (*first & RECORD_FLAGS) put(s, r->flags);
    if (!goes_on && !(*first & RECORD_LEADS)) put_signed(s, r->nia - r->cia);
    if (!(*first & RECORD_ACCESSES)) put(s, r->accesses);
    for (unsigned k = 0; k < r->accesses; k++) put_access(s, slot, k, &block->access[r->access + k], block->read);
    state_learn_insn(t, slot, r);
    s->written++;
}

static void put_event(struct state_sink *s, const struct retire *r)
{
    u64 numbers[RETIRE_NUMBERS];
    unsigned count = retire_numbers(r, numbers);

    put(s, (u8)(RECORD_EVENT | r->kind << 1));
    if (r->kind == RETIRE_DMA) put(s, r->thread == RETIRE_NO_THREAD);
    for (unsigned k = 0; k < count; k++) put_number(s, numbers[k]);
    if (r->thread != RETIRE_NO_THREAD) state_learn_event(&s->m.thread[r->thread], r);
}

/* ---- members and blocks ---- */

static void put_head(struct state_sink *s)
{
    memcpy(s->at, STATE_MAGIC, STATE_MAGIC_BYTES);
    s->at += STATE_MAGIC_BYTES;
    put(s, STATE_VERSION);
    put(s, (u8)((s->values ? STATE_HAS_VALUES : 0) | (s->gaps ? STATE_HAS_GAPS : 0)));
    put_number(s, s->written);
    put(s, (u8)s->threads);
    for (unsigned k = 0; k < s->threads; k++) {
        const struct state_thread *t = &s->m.thread[k];

        put_number(s, t->msr);
        put_number(s, t->lpid);
        put_number(s, t->pid);
        put_number(s, t->partition);
        put_number(s, t->level);
    }
}

/* What came before is forgotten, but for the contexts of threads, which the head says. */
static void forget(struct state_sink *s)
{
    state_forget(&s->m);
    memset(s->index.cell, 0, s->index.cells * sizeof *s->index.cell);
}

static void put_block(struct state_sink *s, const struct retire_block *block, size_t k)
{
    put(s, RECORD_EVENT | EVENT_BLOCK << 1);
    put_number(s, retire_thread(block));
    put_number(s, block->order + k);
    put_number(s, block->time);
    put_number(s, k ? 0 : block->kept);
}

/* Room for what comes next; *starts: it begins a member, whose head stands there now. */
static const u8 *begin(struct state_sink *s, bool *starts)
{
    const u8 *from = s->at = stream_room(s->stream, STREAM_MOST);

    *starts = stream_is_at_start(s->stream);
    if (!*starts) return from;
    forget(s);
    stream_mark(s->stream, s->written);
    put_head(s);
    return from;
}

/* Room for one more record, behind what must stand before it: at the start of a member its head, at the start of a
 * block, and of a member within one, what is said of the block. */
static const u8 *begin_record(struct state_sink *s, const struct retire_block *block, size_t k)
{
    bool starts;
    const u8 *from = begin(s, &starts);

    if (starts || !k) put_block(s, block, k);
    return from;
}

static u64 take(struct retire_sink *sink, const struct retire_block *block)
{
    struct state_sink *s = (struct state_sink *)sink;

    for (size_t k = 0; k < block->count; k++) {
        const struct retire *r = &block->record[k];
        const u8 *from = begin_record(s, block, k);

        if (r->kind == RETIRE_INSN) put_insn(s, r, block);
        else put_event(s, r);
        if (s->values) put_values(s, block, k);
        P9_ASSERT((size_t)(s->at - from) <= STREAM_MOST);
        stream_take(s->stream, (size_t)(s->at - from));
    }
    return 0;
}

void state_sink_part(struct state_sink *s, enum trace_part part, const u8 *bytes, size_t size)
{
    size_t piece;

    for (size_t at = 0; at < size; at += piece) {
        bool starts;
        const u8 *from = begin(s, &starts);

        piece = size - at < PART_PIECE ? size - at : PART_PIECE;
        put(s, RECORD_EVENT | EVENT_PART << 1);
        put(s, (u8)part);
        put(s, at + piece == size);
        put_number(s, piece);
        memcpy(s->at, bytes + at, piece);
        s->at += piece;
        stream_take(s->stream, (size_t)(s->at - from));
    }
}

struct state_sink *state_sink_open(struct stream_writer *stream, unsigned threads, bool values)
{
    struct state_sink *s = calloc(1, sizeof *s);

    if (!s || threads > STATE_THREADS || !hash_room(&s->index, 0, hash_of_known, s)) {
        free(s);
        p9_error("a state trace: the host has no memory, or the machine more than %d threads", STATE_THREADS);
        return NULL;
    }
    s->sink = (struct retire_sink){.take = take, .values = values};
    s->stream = stream;
    s->threads = threads;
    s->values = values;
    return s;
}

void state_sink_context(struct state_sink *s, unsigned thread, const struct retire *context)
{
    state_learn_event(&s->m.thread[thread], context);
}

void state_sink_has_gaps(struct state_sink *s)
{
    s->gaps = true;
}

struct retire_sink *state_sink_of(struct state_sink *s)
{
    return &s->sink;
}

u64 state_sink_written(const struct state_sink *s)
{
    return s->written;
}

static void put_end(struct state_sink *s)
{
    bool starts;
    const u8 *from = begin(s, &starts);

    put(s, RECORD_EVENT | EVENT_END << 1);
    stream_take(s->stream, (size_t)(s->at - from));
}

void state_sink_close(struct state_sink *s)
{
    if (!s) return;
    if (stream_told(s->stream)) put_end(s);
    hash_close(&s->index);
    free(s);
}
