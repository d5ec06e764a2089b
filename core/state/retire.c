/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The ring of a thread, see retire.h.  Accesses and table reads come while an instruction is executed, its record when
 * it has been; events in between.  So a block can only be handed over between instructions - but events are unbounded
 * (a store to a device may start any amount of DMA): those alone may go earlier, since no access belongs to them.
 */
#include "core/state/retire.h"

#include <stdlib.h>

#include "base/assert.h"
#include "base/compiler.h"
#include "core/state/spr.h"
#include "core/state/thread.h"

enum { VALUES = RETIRE_BLOCK * 16, VALUE_BYTES = 16 };
struct retire_values {
    struct thread before;
    u32 count, open; /* values; where those of the next record begin */
    u32 end[RETIRE_BLOCK + RETIRE_SPARE];
    struct retire_value value[VALUES + RETIRE_VALUES_OF_ONE];
};

struct room {
    struct retire_ring ring;
    struct insn_facts vary[RETIRE_BLOCK + RETIRE_SPARE];
    struct retire record[RETIRE_BLOCK + RETIRE_SPARE];
    struct retire_access access[RETIRE_ACCESSES_ROOM];
    struct walk_read read[RETIRE_READS_ROOM];
};

struct retire_ring *retire_open(struct thread *t, unsigned number, u64 *order)
{
    struct room *room = malloc(sizeof *room); /* what nobody writes stays untouched */

    if (!room) return NULL;
    room->ring = (struct retire_ring){
        .access = room->access,
        .record = room->record,
        .next = room->record,
        .full = room->record + RETIRE_BLOCK,
        .vary = room->vary,
        .story.read = room->read,
        .thread = t,
        .number = (u16)number,
        .order = order,
    };
    return &room->ring;
}

void retire_close(struct retire_ring *ring)
{
    if (!ring) return;
    free(ring->values);
    free(container_of(ring, struct room, ring));
}

/* Records that are there already have none. */
static void forget_values(struct retire_ring *ring)
{
    ring->values->count = ring->values->open = 0;
    memset(ring->values->end, 0, sizeof ring->values->end);
}

bool retire_set_sink(struct retire_ring *ring, struct retire_sink *sink)
{
    void *values = NULL;

    if (sink && sink->values && posix_memalign(&values, 64, sizeof *ring->values)) return false;
    free(ring->values);
    ring->values = values;
    if (values) forget_values(ring);
    ring->sink = sink;
    ring->at_once = sink && sink->at_once;
    return true;
}

/* ---- handing over ---- */

/* What no open instruction needs any more. */
static void hand_over(struct retire_ring *ring)
{
    const struct retire_values *v = ring->values;
    const struct retire_block block = {
        .record = ring->record,
        .access = ring->access,
        .read = ring->story.read,
        .value = v ? v->value : NULL,
        .value_end = v ? v->end : NULL,
        .count = retire_count(ring),
        .kept = ring->kept,
        .order = *ring->order,
        .time = thread_time(ring->thread) + ring->thread->owed_cycles,
    };
    u64 cycles = 0;

    if (!block.count) return;
    *ring->order += block.count;
    if (ring->sink) cycles = ring->sink->take(ring->sink, &block);
    if (ring->at_once || !ring->thread->pace) ring->thread->owed_cycles += cycles;
    ring->next = ring->record;
}

struct retire_block retire_open_block(const struct retire_ring *ring, struct retire *record)
{
    *record = (struct retire){.cia = ring->thread->nia,
                              .ra = ~0ULL,
                              .access = (u16)ring->open,
                              .accesses = (u8)(ring->accesses - ring->open),
                              .flags = RETIRE_WAITED,
                              .kind = RETIRE_INSN,
                              .thread = ring->number};
    return (struct retire_block){.record = record,
                                 .access = ring->access,
                                 .read = ring->story.read,
                                 .count = 1,
                                 .kept = ring->kept,
                                 .order = *ring->order,
                                 .time = thread_time(ring->thread) + ring->thread->owed_cycles};
}

/* The values that the open instruction has so far become the first ones. */
static void keep_open_values(struct retire_values *v)
{
    v->count -= v->open;
    memmove(v->value, v->value + v->open, v->count * sizeof v->value[0]);
    v->open = 0;
}

/* What the record of the next instruction will have already - its fetch - becomes the first. */
static void keep_open(struct retire_ring *ring)
{
    u32 accesses = ring->accesses - ring->open;
    u32 first = accesses ? ring->access[ring->open].read : ring->story.reads;

    if (ring->values) keep_open_values(ring->values);
    memmove(ring->access, ring->access + ring->open, accesses * sizeof ring->access[0]);
    for (u32 k = 0; k < accesses; k++) ring->access[k].read -= first;
    ring->story.reads -= first;
    memmove(ring->story.read, ring->story.read + first, ring->story.reads * sizeof ring->story.read[0]);
    ring->accesses = ring->kept = accesses;
    ring->open = 0;
}

void retire_drain(struct retire_ring *ring)
{
    hand_over(ring);
    keep_open(ring);
    ring->full = ring->record + RETIRE_BLOCK;
}

const u16 retire_register[RETIRE_REGISTERS] = {SPRN_LPCR, SPRN_PTCR, SPRN_HRMOR, SPRN_URMOR, SPRN_AMR, SPRN_IAMR};

u64 retire_register_value(const struct thread *t, unsigned n)
{
    const u64 value[RETIRE_REGISTERS] = {t->spr.LPCR, t->spr.PTCR, t->spr.HRMOR, t->spr.URMOR, t->spr.AMR, t->spr.IAMR};

    return value[n];
}

void retire_know_registers(struct thread *t)
{
    for (unsigned n = 0; n < RETIRE_REGISTERS; n++) t->ring->told[n] = retire_register_value(t, n);
}

void retire_tell_registers(struct thread *t)
{
    for (unsigned n = 0; n < RETIRE_REGISTERS; n++) {
        u64 value = retire_register_value(t, n);
        struct retire *r;

        if (likely(t->ring->told[n] == value)) continue;
        t->ring->told[n] = value;
        r = retire_event(t->ring, RETIRE_REGISTER);
        r->reg.spr = retire_register[n];
        r->reg.value = value;
    }
}

void retire_stream(struct thread *t)
{
    if (unlikely(t->traced)) retire_event(t->ring, RETIRE_STREAM)->dscr = t->spr.DSCR;
}

struct retire *retire_event(struct retire_ring *ring, enum retire_kind kind)
{
    struct retire *r;

    if (retire_count(ring) >= RETIRE_BLOCK + RETIRE_SPARE - 1) { /* the last place is the instruction's */
        hand_over(ring);
        if (ring->values) keep_open_values(ring->values);
    }
    r = ring->next++;
    *r = (struct retire){.access = (u16)ring->open, .thread = ring->number, .kind = (u8)kind};
    if (ring->values) ring->values->end[r - ring->record] = ring->values->open;
    return r;
}

/* ---- accesses ---- */

struct retire_access *retire_access(struct retire_ring *ring, u64 ea, unsigned size, enum retire_access_kind kind)
{
    struct retire_access *a = &ring->access[ring->accesses++];

    *a = (struct retire_access){.ea = ea, .read = ring->story.reads, .size = (u8)size, .kind = (u8)kind};
    return a;
}

void retire_translated(struct retire_ring *ring, struct retire_access *a, u32 read)
{
    const struct mmu_story *story = &ring->story;

    if (!ring->thread->traced) return; /* nobody listens to the story */
    a->read = read;
    a->reads = (u8)(story->reads - read);
    a->by = story->by;
    a->page_shift = story->page_shift;
    for (unsigned k = 0; k < story->rc_count; k++) {
        struct retire *r = retire_event(ring, RETIRE_RC);

        r->rc.entry_ra = story->rc[k].entry_ra;
        r->rc.old = story->rc[k].old;
        r->rc.set = story->rc[k].set;
    }
}

/* ---- values ---- */

void retire_values_before(struct retire_ring *ring)
{
    ring->values->before = *ring->thread;
}

static struct retire_value *add_value(struct retire_values *v, enum retire_value_kind kind, unsigned number)
{
    struct retire_value *value = &v->value[v->count++];

    *value = (struct retire_value){.kind = (u8)kind, .number = (u16)number};
    return value;
}

static void copy_storage(const struct retire_ring *ring, u64 ra, unsigned size, u64 to[2])
{
    memcpy(to, (const void *)(ring->ram + (uintptr_t)ra), size); /* NOLINT(performance-no-int-to-ptr) */
}

void retire_storage_before(struct retire_ring *ring, const struct retire_access *a)
{
    for (unsigned at = 0; at < a->size; at += VALUE_BYTES) {
        struct retire_value *value = add_value(ring->values, VALUE_STORAGE, (unsigned)(a - ring->access) - ring->open);

        value->offset = at;
        value->size = (u8)(a->size - at < VALUE_BYTES ? a->size - at : VALUE_BYTES);
        copy_storage(ring, a->ra + at, value->size, value->before);
    }
}

void retire_values_moved(struct retire_ring *ring, const u8 number[RETIRE_ACCESSES_OF_ONE])
{
    struct retire_values *v = ring->values;

    for (u32 k = v->open; k < v->count; k++) v->value[k].number = number[v->value[k].number];
}

static u64 named_value(const struct thread *t, unsigned bit)
{
    switch (1U << bit) {
    case NAMED_CTR: return t->ctr;
    case NAMED_LR: return t->lr;
    case NAMED_CA: return (u64)t->ca << 1 | t->ca32;
    case NAMED_OV: return (u64)t->ov << 1 | t->ov32;
    case NAMED_SO: return t->so;
    case NAMED_XER: return t->xer_rest;
    case NAMED_FPSCR: return t->fpscr;
    case NAMED_VSCR: return t->vscr;
    case NAMED_MSR: return t->msr;
    case NAMED_RESERVATION: return t->reserved ? t->reserve_ra | 1 : 0;
    default: return 0;
    }
}

/* Those of enum retire_named that are one number. */
#define NAMED_NUMBERS                                                                                                  \
    (NAMED_CTR | NAMED_LR | NAMED_CA | NAMED_OV | NAMED_SO | NAMED_XER | NAMED_FPSCR | NAMED_VSCR | NAMED_MSR |        \
     NAMED_RESERVATION)

static void add_spr(struct retire_ring *ring, unsigned number)
{
    const struct spr_row *row = spr_find(number);
    struct retire_value *value;

    if (!row) return;
    value = add_value(ring->values, VALUE_SPR, number);
    value->before[0] = spr_peek(&ring->values->before, row);
    value->after[0] = spr_peek(ring->thread, row);
}

static void add_registers(struct retire_ring *ring, const struct insn_facts *f)
{
    struct retire_values *v = ring->values;
    struct thread *before = &v->before, *after = ring->thread;

    for (u32 rest = f->gpr_in | f->gpr_out; rest; rest &= rest - 1) {
        unsigned n = (unsigned)__builtin_ctz(rest);
        struct retire_value *value = add_value(v, VALUE_GPR, n);
        value->before[0] = before->gpr[n];
        value->after[0] = after->gpr[n];
    }
    for (u64 rest = f->vsr_in | f->vsr_out; rest; rest &= rest - 1) {
        unsigned n = (unsigned)__builtin_ctzll(rest);
        struct retire_value *value = add_value(v, VALUE_VSR, n);
        memcpy(value->before, &before->vsr[n], sizeof value->before);
        memcpy(value->after, &after->vsr[n], sizeof value->after);
    }
    for (u32 rest = (u32)f->cr_in | f->cr_out; rest; rest &= rest - 1) {
        unsigned n = (unsigned)__builtin_ctz(rest);
        struct retire_value *value = add_value(v, VALUE_CR, n);
        value->before[0] = before->cr[n];
        value->after[0] = after->cr[n];
    }
    for (u32 rest = (f->named_in | f->named_out) & NAMED_NUMBERS; rest; rest &= rest - 1) {
        unsigned n = (unsigned)__builtin_ctz(rest);
        struct retire_value *value = add_value(v, VALUE_NAMED, n);
        value->before[0] = named_value(before, n);
        value->after[0] = named_value(after, n);
    }
    for (unsigned k = 0; k < FACTS_SPRS && f->named_in & NAMED_SPR && f->spr_in[k] != FACTS_NO_SPR; k++)
        add_spr(ring, f->spr_in[k]);
    for (unsigned k = 0; k < FACTS_SPRS && f->named_out & NAMED_SPR && f->spr_out[k] != FACTS_NO_SPR; k++)
        add_spr(ring, f->spr_out[k]);
}

void retire_look_for_room(struct retire_ring *ring)
{
    if (ring->accesses >= RETIRE_ACCESSES || ring->story.reads >= RETIRE_READS ||
        (ring->values && ring->values->count >= VALUES))
        ring->full = ring->record;
}

void retire_values_after(struct retire_ring *ring, const struct retire *r)
{
    struct retire_values *v = ring->values;

    for (u32 k = v->open; k < v->count; k++) {
        const struct retire_access *a = &ring->access[r->access + v->value[k].number];
        copy_storage(ring, a->ra + v->value[k].offset, v->value[k].size, v->value[k].after);
    }
    add_registers(ring, r->facts);
    v->open = v->end[r - ring->record] = v->count;
}

/* ---- learning ---- */

static void add_number(u16 list[FACTS_SPRS], bool first, unsigned number)
{
    if (first)
        for (unsigned k = 0; k < FACTS_SPRS; k++) list[k] = FACTS_NO_SPR;
    for (unsigned k = 0; k < FACTS_SPRS; k++) {
        if (list[k] == number) return;
        if (list[k] != FACTS_NO_SPR) continue;
        list[k] = (u16)number;
        return;
    }
    P9_ASSERT(!"an instruction with more SPRs than facts have room for");
}

void learn_spr_in(struct insn_facts *f, unsigned number)
{
    add_number(f->spr_in, !(f->named_in & NAMED_SPR), number);
    f->named_in |= NAMED_SPR;
}

void learn_spr_out(struct insn_facts *f, unsigned number)
{
    add_number(f->spr_out, !(f->named_out & NAMED_SPR), number);
    f->named_out |= NAMED_SPR;
}
