/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A bare machine in which single instructions are executed from random states, through the run loop and with a sink
 * that is asked at once: so the record of each is compared with what really changed.  A case is a thread (all of its
 * registers), a word in the code page and the image of main storage; it can be executed again and again.
 *
 * Main storage (2 MiB): code at 0x10000, data at 0x20000, tables from 0x80000 on.  Effective addresses below 1 GiB are
 * real ones, with translation as well as without; the next GiB leads to the same storage, mapped caching-inhibited;
 * what lies behind is not mapped.
 */
#ifndef P9_TESTS_RECORDS_WORLD_H
#define P9_TESTS_RECORDS_WORLD_H

#include "core/isa/decode.h"
#include "core/state/retire.h"
#include "machine/console.h"
#include "machine/machine_internal.h"

enum {
    WORLD_BYTES = 2 << 20,
    WORLD_CODE = 0x10000,
    WORLD_WORDS = 1024,
    WORLD_DATA = 0x20000,
    WORLD_DATA_BYTES = 0x10000,
    WORLD_INHIBITED = 1 << 30,
};

enum { OUTCOME_EVENTS = 8 };
/* What an instruction did: its record, and the thread as it was when the record came - before an interrupt. */
struct outcome {
    bool fetched, completed;
    u8 flags;
    u64 cia, nia;
    struct insn_facts facts;
    struct thread after;
    unsigned accesses;
    struct retire_access access[RETIRE_ACCESSES_OF_ONE];
    u64 stored;                  /* hash of the bytes that stores and performed conditional stores left behind */
    unsigned interrupts, events; /* what else there was; the first OUTCOME_EVENTS of them */
    struct retire interrupt;     /* the last one */
    struct retire event[OUTCOME_EVENTS];
    unsigned values;
    struct retire_value value[RETIRE_VALUES_OF_ONE];
};

struct world {
    struct config config;
    struct console *console;
    struct machine *m;
    struct thread *t;
    const struct isa *isa;
    struct run_services services;
    struct retire_sink sink;
    struct thread start; /* as the machine began */
    struct outcome *out; /* NULL: nobody looks */
    u64 state, random;   /* of the generator; what darn gets */
    bool le;             /* byte order of the code page */
    u32 word[WORLD_WORDS];
    u8 image[WORLD_BYTES]; /* main storage before each case */
};

/* values: the sink wants them. */
struct world *world_open(bool values);
void world_close(struct world *w);

u64 world_next(struct world *w);
static inline u64 world_below(struct world *w, u64 n)
{
    return world_next(w) % n;
}
static inline bool world_one_in(struct world *w, u64 n)
{
    return !world_below(w, n);
}

/* Fill the code page; data gets other contents. */
void world_place(struct world *w, const u32 words[WORLD_WORDS], bool le);

/* A random state of a thread that may execute most things. */
void world_state(struct world *w, struct thread *state);
/* The same where every SPR that the machine has may be read and written: hypervisor or, with `ultra`, ultravisor. */
void world_state_of_software(struct world *w, struct thread *state, bool ultra);
u64 world_vsr_half(struct world *w);
union vsr world_vsr(struct world *w);
u64 world_gpr(struct world *w);
u64 world_fpscr(struct world *w);

/* SPRs that are nothing but storage: any value is as good as any other. */
extern const u16 world_plain_sprs[];
extern const unsigned world_plain_spr_count;

/* Execute the word of this slot from `from`.  Storage is the image before; world_undo() has it be so again.  learn:
 * what was learned of this word is forgotten before. */
void world_run(struct world *w, unsigned slot, const struct thread *from, bool learn, struct outcome *out);
/* Takes back what the outcome says that was stored. */
void world_undo(struct world *w, const struct outcome *out);

static inline bool access_stores(const struct outcome *o, const struct retire_access *a)
{
    if (a->flags & ACCESS_REFUSED || !o->completed) return false;
    return a->kind == ACCESSED_STORE || (a->kind == ACCESSED_CONDITIONAL && o->flags & RETIRE_PERFORMED);
}

/* ---- records_delta.c: two states of a thread, side by side ---- */

enum { DELTA_SPRS = 4 }; /* words of a bitmap of spr_rows */
struct delta {
    u64 vsr;
    u32 gpr, named; /* named: enum retire_named, without NAMED_SPR and NAMED_HOST */
    u8 cr;
    u64 spr[DELTA_SPRS];
};
void delta_find(const struct thread *before, const struct thread *after, struct delta *d);

/* All that facts and flags of a record allow to change; in: all that facts name as read. */
void delta_allowed(const struct insn_facts *f, unsigned flags, struct delta *d);
void delta_read(const struct insn_facts *f, struct delta *d);

void delta_add_spr(struct delta *d, unsigned number);
/* a without b; true if nothing is left. */
bool delta_minus(const struct delta *a, const struct delta *b, struct delta *rest);
bool facts_equal(const struct insn_facts *a, const struct insn_facts *b);
/* Names of what a delta holds, for messages. */
const char *delta_text(const struct delta *d);

/* Index in spr_rows of the register that an SPR number is a name of; -1: of none with a field. */
int spr_row_of(unsigned number);

/* Give another value to everything that is not in `keep`: registers whose values decide nothing but results. */
void delta_disturb(struct world *w, const struct delta *keep, struct thread *t);

#endif
