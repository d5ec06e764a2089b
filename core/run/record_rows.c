/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What of records is state (base/state.h), for whoever keeps time by them.  Where blocks begin and end is part of what
 * such a reader hears, so records that have not been handed over when the machine is saved go with it, and so do the
 * accesses of the instruction to come (its fetch).
 *
 * Facts of instructions are learned when they first complete; one that faults after it was learned tells more of itself
 * than one that never completed.  So facts go with the machine, too: each different one once, and for each instruction
 * of a page its number.
 */
#include <stdlib.h>

#include "base/hash.h"
#include "core/run/rows.h"
#include "core/state/interrupt.h"
#include "core/state/retire.h"

/* ---- facts ---- */

#define FACTS(member) STATE(struct insn_facts, member)
static const struct state_row facts_rows[] = {
    FACTS(vsr_in),
    FACTS(vsr_out),
    FACTS(gpr_in),
    FACTS(gpr_out),
    FACTS(named_in),
    FACTS(named_out),
    FACTS(spr_in),
    FACTS(spr_out),
    FACTS(word),
    STATE_DERIVED(struct insn_facts, row), /* of the word, as what it is: code_facts_of() */
    FACTS(cr_in),
    FACTS(cr_out),
    STATE_DERIVED(struct insn_facts, issue_class),
    STATE_DERIVED(struct insn_facts, is),
    FACTS(learned),
    STATE_DERIVED(struct insn_facts, annotation), /* made again */
};
const struct state_table insn_facts_state = STATE_TABLE(struct insn_facts, facts_rows);

/* What follows from the word. */
static void complete(const struct code *code, struct insn_facts *f)
{
    struct insn_facts of_word = code_facts_of(code, f->word, isa_find(code->isa, f->word));

    f->row = of_word.row;
    f->issue_class = of_word.issue_class;
    f->is = of_word.is;
    f->annotation = 0;
}

/* ---- what was learned ---- */

/* Different facts, in the order in which they are found. */
struct book {
    struct insn_facts *list;
    u32 count, room;
    struct hash_index index;
};

static u64 facts_hash(const struct insn_facts *f)
{
    u64 hash = hash_mix(f->vsr_in, f->vsr_out);

    hash = hash_mix(hash, (u64)f->gpr_in << 32 | f->gpr_out);
    hash = hash_mix(hash, (u64)f->named_in << 32 | f->named_out);
    return hash_mix(hash, (u64)f->word << 32 | (u64)f->cr_in << 8 | f->cr_out);
}

static u64 hash_of(const void *book, u32 row)
{
    return facts_hash(&((const struct book *)book)->list[row]);
}

static bool is_in(const void *book, u32 row, const void *key)
{
    return state_same(&insn_facts_state, &((const struct book *)book)->list[row], key);
}

static bool room_for_one(struct book *b)
{
    u32 room = b->room ? 2 * b->room : 1024;
    struct insn_facts *more;

    if (b->count < b->room) return true;
    more = realloc(b->list, room * sizeof *more);
    if (!more) return false;
    b->list = more;
    b->room = room;
    return true;
}

/* 1 + its number; 0: the host has no memory. */
static u32 number_of(struct book *b, const struct insn_facts *f)
{
    u64 hash = facts_hash(f);
    u32 row = hash_find(&b->index, hash, is_in, b, f);

    if (row != HASH_NONE) return row + 1;
    if (!hash_room(&b->index, b->count, hash_of, b) || !room_for_one(b)) return 0;
    b->list[b->count] = *f;
    hash_add(&b->index, hash, b->count);
    return ++b->count;
}

/* A page that has been decoded for records has facts, though it may have been written to since. */
static bool has_facts(const struct code *code, unsigned n)
{
    const struct code_page *p = &code->pool[n];

    return code->facts && p->decoded && p->variant >= CODE_TRACED_BE;
}

/* The numbers of a page's facts; 0: not learned. False: the host has no memory. */
static bool number_page(struct code *code, unsigned n, struct book *b, u32 to[PAGE_INSNS])
{
    const struct insn_facts *facts = code_facts(code, code->pool[n].insn);

    memset(to, 0, PAGE_INSNS * sizeof *to);
    for (unsigned k = 0; k < PAGE_INSNS; k++)
        if (facts[k].learned && !(to[k] = number_of(b, &facts[k]))) return false;
    return true;
}

static void save_learned(struct state_writer *w, const void *self)
{
    struct code *code = ((const struct code_learning *)self)->code;
    struct book book = {0};
    u32 numbers[PAGE_INSNS];

    for (unsigned n = 0; n < code->pages; n++)
        if (has_facts(code, n)) w->failed |= !number_page(code, n, &book, numbers);
    state_put_list(w, &insn_facts_state, book.list, book.count);
    for (unsigned n = 0; n < code->pages && !w->failed; n++) {
        state_put_number(w, has_facts(code, n));
        if (!has_facts(code, n)) continue;
        w->failed |= !number_page(code, n, &book, numbers);
        state_put_numbers(w, numbers, 4, PAGE_INSNS);
    }
    free(book.list);
    hash_close(&book.index);
}

static bool restore_page(struct state_reader *r, struct code *code, unsigned n, const struct insn_facts *list,
                         u64 count)
{
    const struct insn_facts *facts[PAGE_INSNS];
    u32 numbers[PAGE_INSNS];

    if (!state_get_below(r, 2, "whether a page has facts")) return !r->failed;
    if (!state_get_numbers(r, numbers, 4, PAGE_INSNS)) return false;
    for (unsigned k = 0; k < PAGE_INSNS; k++) {
        if (numbers[k] > count) return state_refuse(r, "an instruction with facts that are not there");
        facts[k] = numbers[k] ? &list[numbers[k] - 1] : NULL;
        if (facts[k] && (!facts[k]->learned || facts[k]->row == ROW_NONE))
            return state_refuse(r, "facts of an instruction that cannot have been learned");
    }
    return code_restore_facts(code, n, facts) || state_refuse(r, "facts of other instructions than storage holds");
}

static bool restore_learned(struct state_reader *r, void *self)
{
    struct code *code = ((struct code_learning *)self)->code;
    u64 count;
    struct insn_facts *list;
    bool ok = true;

    if (code->lost || !code->facts) {
        r->at = r->end;
        return !r->failed;
    }
    list = state_get_list(r, &insn_facts_state, (u64)code->pages * PAGE_INSNS, &count);
    for (u64 k = 0; k < count; k++) complete(code, &list[k]);
    for (unsigned n = 0; n < code->pages && ok; n++) ok = restore_page(r, code, n, list, count);
    free(list);
    return ok && !r->failed;
}

static const struct state_row learning_rows[] = {
    STATE_CALL(struct code_learning, code, save_learned, restore_learned, .part = &insn_facts_state)};
const struct state_table code_learning_state = STATE_TABLE(struct code_learning, learning_rows);

/* ---- accesses ---- */

static const struct state_row access_rows[] = {
    STATE(struct retire_access, ea),
    STATE(struct retire_access, ra),
    STATE(struct retire_access, read),
    STATE(struct retire_access, reads),
    STATE(struct retire_access, size),
    STATE(struct retire_access, kind, .most = ACCESSED_HINT),
    STATE(struct retire_access, flags),
    STATE(struct retire_access, by, .most = TRANSLATED_REAL),
    STATE(struct retire_access, page_shift, .most = 63),
};
static const struct state_table access_state = STATE_TABLE(struct retire_access, access_rows);

static const struct state_row step_rows[] = {
    STATE(struct walk_step, kind, .most = WALK_STEG),
    STATE(struct walk_step, stage, .most = STAGE_PARTITION),
    STATE(struct walk_step, level),
    STATE(struct walk_step, nested_for),
    STATE(struct walk_step, entry_ra),
    STATE(struct walk_step, entry),
    STATE(struct walk_step, second),
    STATE(struct walk_step, address),
    STATE(struct walk_step, shift, .most = 63),
    STATE(struct walk_step, absent),
};
static const struct state_table step_state = STATE_TABLE(struct walk_step, step_rows);

static const struct state_row read_rows[] = {
    STATE_PART(struct walk_read, step, struct walk_step, step_state),
    STATE(struct walk_read, source, .most = WALK_SOURCES - 1),
};
static const struct state_table read_state = STATE_TABLE(struct walk_read, read_rows);

static void save_accesses(struct state_writer *w, const void *self)
{
    const struct retire_ring *ring = self;

    state_put_list(w, &access_state, ring->access, ring->accesses);
}

static bool restore_accesses(struct state_reader *r, void *self)
{
    struct retire_ring *ring = self;

    ring->accesses = (u32)state_get_count(r, &access_state, RETIRE_ACCESSES_ROOM);
    for (u32 k = 0; k < ring->accesses; k++)
        if (!state_get(r, &access_state, &ring->access[k])) return false;
    return !r->failed;
}

static void save_reads(struct state_writer *w, const void *self)
{
    const struct retire_ring *ring = self;

    state_put_list(w, &read_state, ring->story.read, ring->story.reads);
}

static bool restore_reads(struct state_reader *r, void *self)
{
    struct retire_ring *ring = self;

    ring->story.reads = (u32)state_get_count(r, &read_state, RETIRE_READS_ROOM);
    for (u32 k = 0; k < ring->story.reads; k++)
        if (!state_get(r, &read_state, &ring->story.read[k])) return false;
    return !r->failed;
}

/* ---- records ---- */

/* Whoever reads it finds its thread, its accesses, and names for its numbers. */
static bool record_fits(const struct retire_ring *ring, const struct retire *r)
{
    if (r->thread != ring->number && (r->kind != RETIRE_DMA || r->thread != RETIRE_NO_THREAD || ring->number))
        return false;
    if (r->access > ring->open || r->accesses > ring->open - r->access) return false;
    return retire_names_are_sane(r);
}

static void save_records(struct state_writer *w, const void *self)
{
    const struct retire_ring *ring = self;
    u64 numbers[RETIRE_NUMBERS];

    state_put_number(w, retire_count(ring));
    for (const struct retire *r = ring->record; r < ring->next; r++) {
        const u16 tail[] = {r->access, r->accesses, r->flags, r->kind, r->fetch_shift, r->thread};

        state_put_numbers(w, tail, 2, ARRAY_SIZE(tail));
        state_put_numbers(w, numbers, 8, retire_numbers(r, numbers));
        if (r->kind == RETIRE_INSN) state_put(w, &insn_facts_state, r->facts);
    }
}

/* Facts that hold for later executions as well are kept beside the record, too: until it is handed over. */
static bool restore_record(struct state_reader *reader, struct retire_ring *ring)
{
    struct retire *r = ring->next;
    struct insn_facts *facts = &ring->vary[retire_count(ring)];
    u64 numbers[RETIRE_NUMBERS] = {0};
    u16 tail[6];

    if (!state_get_numbers(reader, tail, 2, ARRAY_SIZE(tail))) return false;
    if (tail[1] > 0xff || tail[2] > 0xff || tail[3] >= RETIRE_KINDS || tail[4] > 63)
        return state_refuse(reader, "a record of nothing that can happen");
    *r = (struct retire){.access = tail[0],
                         .accesses = (u8)tail[1],
                         .flags = (u8)tail[2],
                         .kind = (u8)tail[3],
                         .fetch_shift = (u8)tail[4],
                         .thread = tail[5]};
    if (!state_get_numbers(reader, numbers, 8, retire_numbers(r, numbers))) return false;
    retire_from_numbers(r, numbers);
    if (!record_fits(ring, r)) return state_refuse(reader, "a record that names what is not there");
    ring->next++;
    if (r->kind != RETIRE_INSN) return true;
    if (!state_get(reader, &insn_facts_state, facts)) return false;
    complete(ring->thread->code, facts);
    r->facts = facts;
    return true;
}

static bool restore_records(struct state_reader *r, void *self)
{
    struct retire_ring *ring = self;
    u64 count = state_get_count(r, NULL, RETIRE_BLOCK + RETIRE_SPARE - 1);

    ring->next = ring->record;
    for (u64 k = 0; k < count; k++)
        if (!restore_record(r, ring)) return false;
    return !r->failed;
}

static bool ring_restored(struct state_reader *r, void *self)
{
    struct retire_ring *ring = self;

    ring->full = ring->record + RETIRE_BLOCK;
    if (ring->kept > ring->accesses) return state_refuse(r, "accesses of a block that are not there");
    for (u32 k = 0; k < ring->accesses; k++)
        if (ring->access[k].read > ring->story.reads ||
            ring->access[k].reads > ring->story.reads - ring->access[k].read)
            return state_refuse(r, "an access with table reads that are not there");
    return true;
}

static void save_open(struct state_writer *w, const void *self)
{
    state_put_number(w, ((const struct retire_ring *)self)->open);
}

/* Behind the accesses, before the records. */
static bool restore_open(struct state_reader *r, void *self)
{
    struct retire_ring *ring = self;

    ring->open = (u32)state_get_below(r, RETIRE_ACCESSES_ROOM + 1, "where accesses begin");
    return !r->failed &&
           (ring->open <= ring->accesses || state_refuse(r, "an instruction with accesses that are not there"));
}

#define DERIVED(member) STATE_DERIVED(struct retire_ring, member)
static const struct state_row ring_rows[] = {
    STATE_CALL(struct retire_ring, access, save_accesses, restore_accesses, .part = &access_state),
    STATE_WITH(struct retire_ring, accesses),
    STATE_CALL(struct retire_ring, open, save_open, restore_open),
    STATE(struct retire_ring, kept),
    STATE(struct retire_ring, flags),
    DERIVED(at_once), /* of the sink */
    DERIVED(number),
    STATE_CALL(struct retire_ring, record, save_records, restore_records, .part = &insn_facts_state),
    STATE_WITH(struct retire_ring, next),
    DERIVED(full), /* between instructions there is room */
    STATE_WITH(struct retire_ring, vary),
    DERIVED(values), /* whoever reads them has none of what came before */
    DERIVED(ram),
    DERIVED(now), /* nothing is being executed */
    STATE_CALL(struct retire_ring, story, save_reads, restore_reads, .part = &read_state),
    DERIVED(sink),
    DERIVED(thread),
    DERIVED(order),
    STATE(struct retire_ring, idle_told),
    STATE(struct retire_ring, told),
};
const struct state_table retire_ring_state = STATE_TABLE(struct retire_ring, ring_rows, .restored = ring_restored);
