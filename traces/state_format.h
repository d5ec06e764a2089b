/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Inside the folder: the state trace, all that records say (core/state/retire.h).  What a reader could have foreseen is
 * not written: both sides keep the same memory of what came (struct state_memory), and a record says where it differs.
 * docs/FORMATS.md has every byte.
 *
 * Each member of the stream stands for itself: it begins with the file's name, version and the state of all threads,
 * with an empty memory.
 */
#ifndef P9_TRACES_STATE_FORMAT_H
#define P9_TRACES_STATE_FORMAT_H

#include "core/state/retire.h"

#define STATE_MAGIC "p9trace\n"
enum { STATE_VERSION = 2, STATE_MAGIC_BYTES = 8, STATE_THREADS = 96 };

/* The byte behind the version. */
enum state_has { STATE_HAS_VALUES = 1, STATE_HAS_GAPS = 2 };

/* What an event's byte has above RECORD_EVENT: enum retire_kind, or */
enum state_event { EVENT_BLOCK = 100, EVENT_END = 101, EVENT_PART = 102 };

/* A piece of a part (start.h) is at most so long, and a whole one. */
enum { PART_PIECE = 1 << 15, PART_MOST = 1 << 28 };

/* The first byte of a record. */
enum state_record {
    RECORD_EVENT = 0x01,    /* no instruction: the kind is in the other bits */
    RECORD_FOLLOWS = 0x02,  /* it stands where the one before has led */
    RECORD_GOES_ON = 0x04,  /* its next address is this one + 4 */
    RECORD_AGAIN = 0x08,    /* it is the one that this place has had before, */
    RECORD_LEADS = 0x10,    /* and leads where that has led (if it does not go on) */
    RECORD_PLACE = 0x20,    /* on the page of the last one */
    RECORD_ACCESSES = 0x40, /* with as many accesses as it had */
    RECORD_FLAGS = 0x80     /* a byte of flags follows; else those that it had */
};

/* The first byte of an access. */
enum state_access {
    ACCESS_SHAPE = 0x01,  /* kind, flags, size, by, page size as it had at this place */
    ACCESS_STRIDE = 0x02, /* as far from the last one there as that from the one before */
    ACCESS_PAGE = 0x04,   /* the page is where it was */
    ACCESS_READS = 0x08,  /* table reads follow */
};

/* The first byte of a table read has the kind, and */
enum { READ_ABSENT = 0x80 };
/* ---- what both sides remember ---- */

enum { SLOTS = 1 << 14, SLOT_ACCESSES = 2, PAGES = 1 << 12, FACTS_MOST = 1 << 16 };
struct state_shape {
    u8 kind, flags, size, by, page_shift;
};
struct state_slot { /* an instruction, by its real address */
    u64 ra, nia;
    u32 facts; /* number of them, from 1; 0: there was nothing here */
    u8 flags, accesses;
    struct state_shape shape[SLOT_ACCESSES];
    u64 ea[SLOT_ACCESSES], stride[SLOT_ACCESSES];
};
struct state_page {
    u64 ea_page, ra_page; /* addresses >> 12, + 1: 0 is none */
};
struct state_thread {
    u64 next;             /* where the last record has led */
    u64 ea_page, ra_page; /* of the last instruction */
    u8 fetch_shift;
    u64 msr; /* of the last record of context */
    u32 lpid, pid, partition, level;
};
struct state_memory {
    struct state_slot slot[SLOTS];
    struct state_page page[PAGES];
    struct state_thread thread[STATE_THREADS];
    u32 facts; /* numbers given */
};

static inline struct state_slot *state_slot_of(struct state_memory *m, u64 ra)
{
    return &m->slot[(ra >> 2 ^ ra >> 16) % SLOTS];
}
static inline struct state_page *state_page_of(struct state_memory *m, u64 ea)
{
    return &m->page[(ea >> 12 ^ ea >> 24) % PAGES];
}

/* The slot of this place, empty if it was another's. */
static inline struct state_slot *state_enter_slot(struct state_memory *m, u64 ra)
{
    struct state_slot *slot = state_slot_of(m, ra);

    if (slot->ra != ra) *slot = (struct state_slot){.ra = ra};
    return slot;
}
/* Its place follows from the page that the thread was on. */
static inline bool state_is_on_page(const struct state_thread *t, const struct retire *r)
{
    return t->ea_page == r->cia >> 12 && t->ra_page == r->ra >> 12 && t->fetch_shift == r->fetch_shift &&
           !((r->ra ^ r->cia) & 0xfff);
}
static inline void state_learn_event(struct state_thread *t, const struct retire *r)
{
    if (r->kind == RETIRE_INTERRUPT || r->kind == RETIRE_EVENT_BRANCH) t->next = r->interrupt.to;
    if (r->kind != RETIRE_CONTEXT) return;
    t->msr = r->context.msr;
    t->lpid = r->context.lpid;
    t->pid = r->context.pid;
    t->partition = r->context.partition;
    t->level = r->context.level;
}
/* A new member: nothing is remembered but the contexts of threads. */
static inline void state_forget(struct state_memory *m)
{
    memset(m->slot, 0, sizeof m->slot);
    memset(m->page, 0, sizeof m->page);
    for (unsigned k = 0; k < STATE_THREADS; k++) {
        struct state_thread *t = &m->thread[k];

        t->next = t->ea_page = t->ra_page = 0;
        t->fetch_shift = 0;
    }
    m->facts = 0;
}
/* What a record was is remembered at its place and for its thread. */
static inline void state_learn_insn(struct state_thread *t, struct state_slot *slot, const struct retire *r)
{
    if (r->nia != r->cia + 4) slot->nia = r->nia;
    slot->flags = r->flags;
    slot->accesses = r->accesses;
    t->next = r->nia;
    t->ea_page = r->cia >> 12;
    t->ra_page = r->ra >> 12;
    t->fetch_shift = r->fetch_shift;
}
static inline void state_learn_access(struct state_memory *m, struct state_slot *slot, unsigned n,
                                      const struct retire_access *a)
{
    struct state_page *page = state_page_of(m, a->ea);

    page->ea_page = (a->ea >> 12) + 1;
    page->ra_page = (a->ra >> 12) + 1;
    if (n >= SLOT_ACCESSES) return;
    slot->stride[n] = a->ea - slot->ea[n];
    slot->ea[n] = a->ea;
    slot->shape[n] = (struct state_shape){a->kind, a->flags, a->size, a->by, a->page_shift};
}

#endif
