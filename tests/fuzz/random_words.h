/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A flood of random words through one machine.
 *
 * The guest is that of random_program.h with other contents: code pages of random words at 0x10000 and 0x1a000, and in
 * every page where an interrupt can lead - real, LPCR[AIL] = 2 and 3, scv - the simulator call as handler.  The call is
 * ours: it counts, and lets the thread go on behind the word that failed, often in another state (MSR, SPRs, registers)
 * and sometimes through real handler code (rfid, hrfid, urfid, rfscv, treclaim.).  A page is gone through from its
 * beginning to its end a few times and then filled anew, so what is counted are different words, not loops over a few.
 */
#ifndef P9_TESTS_RANDOM_WORDS_H
#define P9_TESTS_RANDOM_WORDS_H

#include "core/state/retire.h"
#include "hypervisor/account.h"
#include "machine/machine_internal.h"
#include "tests/fuzz/random_program.h"
#include "tests/fuzz/word_source.h"

enum {
    FLOOD_THREADS = 8,
    CODE_PAGES = 13,
    VECTOR_PAGES = 8,
    STATES = 4,
    SKETCH = 1 << 14,
    FLOOD_WINDOW = 100,
    SHAPES = 4,
    BARREN_WINDOWS = 20,
    LOCATIONS = 4
};

/* How many words were executed, and how diverse they were; docs/FUZZING.md says what each number means. */
struct flood_tally {
    u64 machines, boards, windows, placed, completed, refused, looped, in_handlers, stuck, deaths, sleeps, checks,
        recorded, hash;
    u64 by_state[STATES][2][2]; /* words, of privilege x MSR[LE] x MSR[SF] */
    u64 by_kind[WORD_KINDS];
    u64 by_vector[LOCATIONS][256];                         /* interrupts: real, AIL 2, AIL 3, scv; vector / 32 */
    u64 done[WORD_ROWS_MAX][STATES], tried[WORD_ROWS_MAX]; /* recorded words of each row: completed, all */
    u8 placed_sketch[SKETCH], executed_sketch[SKETCH];     /* HyperLogLog: how many were different */
};

struct flood_thread {
    struct thread *t;
    u64 counted;                    /* t->completed up to here is in the tally */
    u64 in_handler;                 /* instructions of handler code that are under way */
    u64 cursor;                     /* effective address of the next word to try */
    u64 began;                      /* nia when the window began */
    u64 msr;                        /* it was let loose with this one */
    unsigned page, calls, failures; /* failures: fetches of the first word that failed one after the other */
    bool state_known;               /* the MSR is still that one, as far as the records tell */
    u8 state;
};

struct flood {
    struct random_case *c;
    const struct isa *isa;
    struct word_source words;
    struct machine *m;
    struct run_services services;
    struct retire_sink sink;
    u32 drained; /* records of the ring that are in the tally */
    struct flood_thread thread[FLOOD_THREADS];
    unsigned threads;
    unsigned barren;   /* windows in which nothing was executed at all */
    u64 lpid, pid;     /* most of the time */
    u64 shape[SHAPES]; /* the privilege states and relocation that this machine is mostly in */
    unsigned page_uses[CODE_PAGES];
    u8 page_kind[CODE_PAGES];
    bool page_le[CODE_PAGES], page_traced[CODE_PAGES];
    unsigned call_row;
    bool context_row[WORD_ROWS_MAX]; /* may change the privilege state when it completes */
    struct flood_tally *tally;
};

/* ---- random numbers ---- */

static inline u64 flood_rnd(struct flood *f)
{
    return word_source_next(&f->words);
}
static inline u64 flood_below(struct flood *f, u64 n)
{
    return flood_rnd(f) % n;
}
static inline bool flood_one_in(struct flood *f, u64 n)
{
    return !flood_below(f, n);
}
/* The list must not ask for random numbers itself: the order in which C would do that is the compiler's. */
#define FLOOD_ONE_OF(f, ...)                                                                                           \
    (((const u64[]){__VA_ARGS__})[flood_below(f, sizeof((const u64[]){__VA_ARGS__}) / sizeof(u64))])

/* words_states.c */
/* Follow from registers, and are never set by hand. */
enum { PENDING_DERIVED = PENDING_MEDIATED_EXTERNAL | PENDING_EBB | PENDING_PERFORMANCE_MONITOR | PENDING_DECREMENTER };
extern const u32 flood_code_ra[CODE_PAGES];
u64 flood_shape(struct flood *f); /* privilege and relocation */
u64 flood_msr(struct flood *f, bool le);
u64 flood_gpr(struct flood *f);
void flood_gprs(struct flood *f, struct thread *t);
void flood_vsrs(struct flood *f, struct thread *t);
void flood_set_spr(struct thread *t, unsigned number, u64 value);
void flood_change_spr(struct flood *f, struct thread *t); /* one that decides what instructions may do */
void flood_sane_sprs(struct flood *f, struct thread *t);  /* back to where most things work */

/* words_guest.c: the guest and what the handlers do */
void flood_prepare(struct flood *f);               /* lay handlers and code over the case's image */
void flood_attach(struct flood *f);                /* to f->m: services, sink, threads let loose */
void flood_repair(struct flood *f);                /* what the guest wrote over handlers and tables */
void flood_refill(struct flood *f, unsigned page); /* new words into the storage of the machine */
void flood_let_loose(struct flood *f, struct flood_thread *s);
unsigned page_lasts(const struct flood *f, unsigned page);
bool flood_is_handler(u64 cia); /* words of handlers are not counted */
void flood_follow(struct flood *f, struct flood_thread *s, u64 ea);
void flood_settle(struct flood *f, struct flood_thread *s, bool looped);

/* words_tally.c */
void tally_records(struct flood *f, const struct retire *records, size_t first, size_t end);
void tally_placed(struct flood_tally *tally, u32 word);
u64 tally_words(const struct flood_tally *tally);
void tally_print(const struct flood_tally *tally, const struct isa *isa, bool every_row);
bool tally_is_diverse(const struct flood_tally *tally); /* every privilege state, byte order and kind of interrupt */

#endif
