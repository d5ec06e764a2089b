/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What happened: the record of a thread.  Each instruction that completed or faulted leaves one struct retire; whatever
 * else happened - interrupts, changes of context, invalidations, DMA, idle stretches - stands between them as records
 * of other kinds.  A live run, a replayed trace and a unit test feed the same sink.  A sink reads and counts; all that
 * it may change is time (retire_sink.take).
 *
 *   struct retire          one thing that happened; what is new about it
 *   struct insn_facts      what never changes for a decoded instruction: its word, row and registers
 *   struct retire_access   one storage access: of one page, so one that crosses pages is two
 *   struct walk_read       one table entry that a translation needed, and who had it
 *
 * Facts are learned, not declared: the first time an instruction of a decoded page completes it runs through the
 * learning port, whose accessors note every register by kind and number (core/isa/port.h).  From then on it runs
 * through the traced port, which notes accesses only, and its records point to what was learned.  A row whose registers
 * depend on values (insn_flag VARIES) is learned anew each time.
 *
 * Each thread has a ring, which a sink gets as a block when it is full and when the thread's turn is over.  Threads
 * take turns on one host thread, so blocks come in the order of what happened; `order` numbers the records of all of
 * them.
 * (The design draws this file in core/run; it lies one floor lower because the traced port, in core/isa, fills it.)
 */
#ifndef P9_CORE_STATE_RETIRE_H
#define P9_CORE_STATE_RETIRE_H

#include "base/bits.h"
#include "mmu/story.h"

struct thread;

/* Registers that have no number of their own kind: bits of insn_facts.named_in and named_out. */
enum retire_named {
    NAMED_CTR = 1 << 0,
    NAMED_LR = 1 << 1,
    NAMED_CA = 1 << 2, /* XER[CA] and XER[CA32] */
    NAMED_OV = 1 << 3, /* XER[OV] and XER[OV32] */
    NAMED_SO = 1 << 4,
    NAMED_XER = 1 << 5, /* what else XER holds: the length of strings, and bits without a meaning */
    NAMED_FPSCR = 1 << 6,
    NAMED_VSCR = 1 << 7,
    NAMED_MSR = 1 << 8,
    NAMED_SPR = 1 << 9, /* those of insn_facts.spr_in, spr_out */
    NAMED_SLB = 1 << 10,
    NAMED_RESERVATION = 1 << 11,
    NAMED_TRANSACTION = 1 << 12, /* the checkpointed registers of Transactional Memory */
    NAMED_HISTORY = 1 << 13,     /* the branch history rolling buffer */
    NAMED_DOORBELL = 1 << 14,    /* exceptions that messages make and msgclr takes back */
    NAMED_POWER = 1 << 15,       /* the thread stops (stop, attn) */
    NAMED_HOST = 1 << 16,        /* whatever the simulator does for a callthru */
};

enum fact_is { IS_LOAD = 1, IS_STORE = 2, IS_BRANCH = 4 };
enum { FACTS_SPRS = 4, FACTS_NO_SPR = 0xffff };
struct insn_facts {
    u64 vsr_in, vsr_out; /* bit n: VSR n; FPR n is VSR n, VR n is VSR 32 + n */
    u32 gpr_in, gpr_out; /* bit n: GPR n */
    u32 named_in, named_out;
    u16 spr_in[FACTS_SPRS], spr_out[FACTS_SPRS]; /* numbers as mfspr has them; FACTS_NO_SPR behind the last */
    u32 word;
    u16 row;          /* of struct isa; ROW_NONE (core/isa/decode.h): no instruction has this word */
    u8 cr_in, cr_out; /* bit n: CR field n */
    u8 issue_class;   /* enum issue_class */
    u8 is;            /* enum fact_is: what the book calls it, however much it moves */
    bool learned;
    u32 annotation; /* of the reader that keeps time: see retire_annotate() */
};

enum retire_access_kind {
    ACCESSED_FETCH,
    ACCESSED_LOAD,
    ACCESSED_STORE,
    ACCESSED_RESERVE,     /* lbarx ... */
    ACCESSED_CONDITIONAL, /* stbcx. ...: RETIRE_PERFORMED says whether it stored */
    ACCESSED_CACHE,       /* dcbf, dcbst, icbi, paste. ...: translated and checked, nothing is moved */
    ACCESSED_HINT,        /* dcbt ...: not even translated */
};
enum retire_access_flag {
    ACCESS_AS_STORE = 1,  /* treated as a Store, else as a Load (a fetch as neither) */
    ACCESS_INHIBITED = 2, /* caching-inhibited: a device's registers, or storage that is mapped so */
    ACCESS_REFUSED = 4,   /* its translation failed: there is no real address */
    ACCESS_CROSSED = 16,  /* the part behind a page's end of an access whose first part is the one before */
    ACCESS_PROBED = 8,    /* looked up before the access itself, which is the same record if it comes (quadwords) */
};
struct retire_access {
    u64 ea, ra;
    u32 read; /* first of its table reads: index in the block's */
    u8 reads; /* how many; all of the walk's steps, whoever had the entry */
    u8 size;  /* bytes; 0: a block that is named and not moved */
    u8 kind, flags;
    u8 by;         /* enum translated_by */
    u8 page_shift; /* of the translation: the smaller page of both scopes; 0: not translated */
};

enum retire_kind {
    RETIRE_INSN,
    RETIRE_INTERRUPT,    /* taken: from where, to which vector */
    RETIRE_EVENT_BRANCH, /* an event-based branch (II 7) */
    RETIRE_RETURN,       /* rfid and its kin, rfebb */
    RETIRE_CONTEXT,      /* MSR, LPIDR, PIDR, the partition that runs, or what else translation depends on */
    RETIRE_INVALIDATION,
    RETIRE_BARRIER,
    RETIRE_RC,   /* the walker wrote R or C */
    RETIRE_DMA,  /* a device read or wrote main storage */
    RETIRE_IDLE, /* the thread stood still for so many cycles, before what follows; in parts, if a run ends meanwhile */
    RETIRE_STREAM,   /* DSCR was written: how far ahead data are prefetched */
    RETIRE_REGISTER, /* what else translation depends on has changed: stands before the record of the context */
    RETIRE_SEGMENT,  /* slbmte: an SLB entry */
    RETIRE_KINDS
};
enum retire_flag {
    RETIRE_TAKEN = 1,      /* a branch that was taken */
    RETIRE_FAULTED = 2,    /* it did not complete: nothing of what facts call `out` was written */
    RETIRE_WAITED = 4,     /* it did nothing yet but translate, because other threads are behind: it comes again */
    RETIRE_PERFORMED = 8,  /* a conditional store that stored */
    RETIRE_OWN_FACTS = 16, /* facts of this execution alone: the instruction has not completed yet, or its row VARIES */
    RETIRE_WROTE = 32, /* it faulted, but FPSCR and perhaps the target were written: an enabled exception (III 6.5.9) */
};
enum retire_invalidation {
    INVALIDATE_TLBIE,
    INVALIDATE_TLBIEL,
    INVALIDATE_SLBIE,
    INVALIDATE_SLBIEG,
    INVALIDATE_SLBIAG,
    INVALIDATE_SLBIA
};
enum retire_barrier {
    BARRIER_SYNC,
    BARRIER_LWSYNC,
    BARRIER_PTESYNC,
    BARRIER_EIEIO,
    BARRIER_ISYNC,
    BARRIER_TLBSYNC,
    BARRIER_SLBSYNC,
    BARRIER_MSGSYNC
};

/* What an instruction itself did (a return, a context, a barrier, R and C, a register) stands before the instruction's
 * record, an interrupt behind that of the instruction that caused it. */
struct retire {
    union {
        struct {
            u64 cia, nia; /* where it was; where control went: of an interrupt its record says where */
            u64 ra;       /* real address of the instruction; ~0: its fetch failed */
            const struct insn_facts *facts;
        };
        struct {
            u64 from, to; /* where execution would have gone on; the handler */
            u64 msr;      /* the new one */
            u32 number;   /* enum interrupt (core/state/interrupt.h) */
        } interrupt;      /* and RETIRE_EVENT_BRANCH, without number */
        struct {
            u64 from, to, msr;
        } back; /* RETIRE_RETURN */
        struct {
            u64 msr;
            u32 lpid, pid; /* LPIDR, PIDR */
            u32 partition; /* its number in the tree of partitions, 0: the host */
            u32 level;     /* of nesting */
        } context;
        struct {
            u64 rb, rs; /* as the registers were; slbia: rb is IH */
            u32 lpid;   /* of whom it speaks if rs does not say: LPIDR */
            u8 what;    /* enum retire_invalidation */
            u8 ric, prs, r;
            u8 hv; /* MSR[HV] */
        } invalidation;
        u8 barrier; /* enum retire_barrier */
        struct {
            u64 entry_ra, old, set; /* of the table entry; as the walk read it; bits that it set */
        } rc;
        struct {
            u64 ra, bytes;
            bool write; /* to main storage */
        } dma;
        u64 idle_cycles;
        u64 dscr; /* RETIRE_STREAM: as it is now */
        struct {
            u64 value;
            u32 spr; /* LPCR, PTCR, HRMOR, URMOR, AMR or IAMR */
        } reg;       /* RETIRE_REGISTER */
        struct {
            u64 esid, vsid; /* as struct slb_entry has them */
            u32 index;
        } segment;
    };
    union {
        struct {
#if HOST_IS_LE
            u16 access; /* first of its accesses: index in the block's */
            u8 accesses, flags;
            u8 kind, fetch_shift; /* page size of the page that the instruction was fetched from */
            u16 thread;           /* which one of the machine; RETIRE_NO_THREAD: DMA outside of every turn */
#else
            u16 thread;
            u8 fetch_shift, kind;
            u8 flags, accesses;
            u16 access;
#endif
        };
        u64 tail; /* all of these, for the run loop: RETIRE_TAIL */
    };
};
#define RETIRE_TAIL(access, accesses, flags) ((u64)(access) | (u64)(accesses) << 16 | (u64)(flags) << 24)
#define RETIRE_TAIL_OF_KIND(kind) ((u64)(kind) << 32)
#define RETIRE_TAIL_OF_PAGE(fetch_shift, thread) ((u64)(fetch_shift) << 40 | (u64)(thread) << 48)
enum { RETIRE_NO_THREAD = 0xffff };

/* What the union of a record says, as numbers (an instruction: cia, nia, ra, without its facts); how many. */
enum { RETIRE_NUMBERS = 8 };
unsigned retire_numbers(const struct retire *r, u64 to[RETIRE_NUMBERS]);
/* The other way: r->kind is there. */
void retire_from_numbers(struct retire *r, const u64 from[RETIRE_NUMBERS]);
/* Its kind, and what it names by number - an interrupt, a kind of invalidation, a barrier - is something. */
bool retire_names_are_sane(const struct retire *r);

/* ---- readers ---- */

/* Values of one register or of the bytes of one access, for a sink that asks (retire_sink.values). */
enum retire_value_kind { VALUE_GPR, VALUE_VSR, VALUE_CR, VALUE_NAMED, VALUE_SPR, VALUE_STORAGE };
struct retire_value {
    u8 kind;                 /* enum retire_value_kind */
    u8 size;                 /* VALUE_STORAGE: bytes, at most 16; a larger access has several */
    u16 number;              /* of the register (VALUE_NAMED: number of the bit); VALUE_STORAGE: of the access */
    u32 offset;              /* VALUE_STORAGE: in the access */
    u64 before[2], after[2]; /* [0] the low or only doubleword; storage: the bytes in order of address */
};

/* Records of one thread in the order in which they happened; pointers are good until the sink returns. */
struct retire_block {
    const struct retire *record;
    const struct retire_access *access;
    const struct walk_read *read;
    const struct retire_value *value; /* of record[n]: value_end[n - 1] up to value_end[n]; NULL if nobody asked */
    const u32 *value_end;
    size_t count;
    u32 kept;  /* so many of access[] were made before the last block was handed over: of record[0] */
    u64 order; /* of record[0], among the records of all threads */
    u64 time;  /* of a thread that is timed: its local time where the block begins, in cycles */
};

/* The thread that a block belongs to: who else is in it is a device (RETIRE_NO_THREAD), which alone is in the ring of
 * the first thread. */
static inline unsigned retire_thread(const struct retire_block *block)
{
    for (size_t k = 0; k < block->count; k++)
        if (block->record[k].thread != RETIRE_NO_THREAD) return block->record[k].thread;
    return 0;
}

struct retire_sink {
    /* Takes a block and returns cycles.  A thread that is timed (pace 0) took so long for it; any other stalls for so
     * long if the sink is asked at once, else they are ignored. */
    u64 (*take)(struct retire_sink *sink, const struct retire_block *block);
    bool at_once; /* a block behind each instruction, before the next one begins */
    bool values;  /* with the values of what instructions read and wrote */
};

/* One more SPR that an instruction reads or writes; at most FACTS_SPRS. */
void learn_spr_in(struct insn_facts *f, unsigned number);
void learn_spr_out(struct insn_facts *f, unsigned number);

/* The one thing that a reader may write: what it keeps of these facts, as a number; 0 when they are new.  There is one
 * such reader in a machine (core/timing). */
static inline void retire_annotate(const struct insn_facts *facts, u32 annotation)
{
    ((struct insn_facts *)(uintptr_t)facts)->annotation = annotation; /* NOLINT(performance-no-int-to-ptr) */
}

/* Is what facts name written by this record?  Not if it faulted or waits. */
static inline bool retire_completed(const struct retire *r)
{
    return r->kind == RETIRE_INSN && !(r->flags & (RETIRE_FAULTED | RETIRE_WAITED));
}

/* ---- the ring of a thread ---- */

/*
 * A block holds RETIRE_BLOCK records and the events of the instruction that filled it.  It is handed over earlier when
 * an instruction with several accesses finds RETIRE_ACCESSES or RETIRE_READS used up; those with one access, of which
 * there are RETIRE_BLOCK at most, do not look.  The most accesses that one instruction makes are those of a string of
 * 127 bytes over a page's end, with its fetch; each may walk twice.
 */
enum {
    RETIRE_BLOCK = 256,
    RETIRE_SPARE = 64,
    RETIRE_ACCESSES = 1024,
    RETIRE_ACCESSES_OF_ONE = 160,
    RETIRE_ACCESSES_ROOM = RETIRE_ACCESSES + RETIRE_BLOCK + RETIRE_ACCESSES_OF_ONE,
    RETIRE_READS = 4096,
    RETIRE_READS_ROOM = RETIRE_READS + (RETIRE_BLOCK + RETIRE_ACCESSES_OF_ONE) * 2 * STORY_STEPS,
    RETIRE_VALUES_OF_ONE = 384,
};

struct retire_values; /* retire.c: registers as they were, and the list */

/* The registers that translation depends on, beside those that the record of a context has. */
enum { RETIRE_REGISTERS = 6 };
extern const u16 retire_register[RETIRE_REGISTERS]; /* their numbers */
u64 retire_register_value(const struct thread *t, unsigned n);

struct retire_ring {
    struct retire_access *access; /* room for RETIRE_ACCESSES_ROOM */
    u32 accesses;                 /* in access[] */
    u32 open;                     /* where those of the next record begin */
    u32 kept;                     /* those that were there when the last block was handed over */
    u8 flags;                     /* enum retire_flag of the instruction that is being executed */
    bool at_once;                 /* sink->at_once */
    u16 number;                   /* of the thread */
    struct retire *next;          /* the record to come */
    struct retire *full;          /* hand over when it gets there */
    struct retire *record;        /* room for RETIRE_BLOCK + RETIRE_SPARE */
    struct insn_facts *vary;      /* as much: facts of record[n], if they hold this time only */
    struct retire_values *values; /* NULL: nobody asked */
    uintptr_t ram;                /* where main storage begins in the host */
    struct insn_facts now;        /* what the learning port notes */
    struct mmu_story story;       /* of the last translation; room for RETIRE_READS_ROOM reads */
    struct retire_sink *sink;     /* NULL: records are made and dropped */
    struct thread *thread;
    u64 *order;                 /* the machine's */
    u64 idle_told;              /* idle cycles of the thread that records have told */
    u64 told[RETIRE_REGISTERS]; /* values of registers that records have told, or that there were when they began */
};

/* Room for a thread's records; order: the number of the machine's next record. NULL: the host has no memory. */
struct retire_ring *retire_open(struct thread *t, unsigned number, u64 *order);
void retire_close(struct retire_ring *ring);

/* Who gets the blocks from now on; NULL: nobody.  False: the host has no memory for values. */
must_use bool retire_set_sink(struct retire_ring *ring, struct retire_sink *sink);

/* Hand over what there is.  The cycles that the sink answers, if they count, are owed to the thread (owed_cycles). */
void retire_drain(struct retire_ring *ring);

/* What the instruction that is not recorded yet has accessed so far: its fetch, if the ring was drained behind that.
 * *record becomes one of an instruction that waits (RETIRE_WAITED), the only one of the block. */
struct retire_block retire_open_block(const struct retire_ring *ring, struct retire *record);

/* Forget the accesses of the instruction that begins: who runs the traced port without keeping records. */
static inline void retire_forget(struct retire_ring *ring)
{
    ring->accesses = ring->open = 0;
    ring->story.reads = 0;
    ring->flags = 0;
}

/* ---- filling it: only while the thread is recorded (t->traced), but for accesses ---- */

/* One more event; the caller fills in what its kind has. */
struct retire *retire_event(struct retire_ring *ring, enum retire_kind kind);

/* Of the registers that translation depends on each that has another value than was told: an event. */
void retire_tell_registers(struct thread *t);
/* Those that there are need not be told: records begin here. */
void retire_know_registers(struct thread *t);

/* The thread's DSCR was written: an event, if it is recorded. */
void retire_stream(struct thread *t);

/* One more access, of which nothing is known yet but this. */
struct retire_access *retire_access(struct retire_ring *ring, u64 ea, unsigned size, enum retire_access_kind kind);
/* It was translated just now, for the first time: the ring's story tells how, from entry `read` on. */
void retire_translated(struct retire_ring *ring, struct retire_access *a, u32 read);

/* For a sink that wants values: the thread as it is before an instruction; what there is at a real address of main
 * storage before the access that was noted last is done; and behind the instruction, what its record names. */
void retire_values_before(struct retire_ring *ring);
void retire_storage_before(struct retire_ring *ring, const struct retire_access *a);
void retire_values_after(struct retire_ring *ring, const struct retire *r);
/* Accesses of the open instruction were put together: what was number n of them is number[n] now. */
void retire_values_moved(struct retire_ring *ring, const u8 number[RETIRE_ACCESSES_OF_ONE]);

/* Records that wait to be handed over. */
inline_hot u32 retire_count(const struct retire_ring *ring)
{
    return (u32)(ring->next - ring->record);
}

/* The record of an instruction: what the run loop knows of it, without facts. The accesses since the last one are its.
 */
inline_hot struct retire *retire_insn(struct retire_ring *ring, u64 cia, u64 nia, u64 ra, u64 tail_of_page)
{
    struct retire *r = ring->next++;
    u32 open = ring->open, accesses = ring->accesses;

    r->cia = cia;
    r->nia = nia;
    r->ra = ra;
    r->tail = tail_of_page | RETIRE_TAIL(open, accesses - open, ring->flags);
    ring->open = accesses;
    ring->flags = 0;
    return r;
}

inline_hot bool retire_is_full(const struct retire_ring *ring)
{
    return unlikely(ring->next >= ring->full);
}
/* Behind an instruction with several accesses, or values: if there is little room left, retire_is_full() says so. */
void retire_look_for_room(struct retire_ring *ring);

#endif
