/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Inside the floor: what the model is made of.
 *
 *   struct mmu_system      every thread, every core
 *     struct mmu_core      TLB, page-walk cache, table-entry caches
 *     struct mmu           D-ERAT, I-ERAT, the contexts with their host-side tables
 *
 * A translation as an ERAT or TLB entry keeps it is the same struct; a guest-real entry is one of class GUEST_REAL,
 * whether an access with relocation off made it or the walker itself.
 *
 * Host-side slots of all contexts of a thread are numbered: context * CONTEXT_SLOTS + n, loads first, then stores, then
 * fetches.  Each filled slot is linked into the list of the ERAT line it mirrors, so emptying the line empties exactly
 * its slots.  In the model `none` slots belong to no line.
 */
#ifndef P9_MMU_MODEL_H
#define P9_MMU_MODEL_H

#include "mmu/assoc.h"
#include "mmu/mmu.h"
#include "mmu/walk.h"
#include "stats/counters.h"
#include "stats/exit_table.h"
#include "stats/hot.h"
#include "stats/walk_tally.h"

enum { PAGE_SIZES = 6, PAGE_SIZE_MASK = 7 };
static const u8 page_shifts[PAGE_SIZE_MASK + 1] = {12, 16, 21, 30, 24, 34};

struct translation {
    /* Of the first byte; gra only if partition scope took part.  Hash: gra is VA[14:77]; in the TLB ea is that too and
     * pid the tag of struct hash_address. */
    u64 ea, ra, gra;
    u32 lpid, pid;
    u8 class, shift, process_shift, partition_shift;
    u8 eaa, key, partition_prot, attr;
    bool changed;
};

/* What was invalidated lately: the last entries by tag, and when, so that their return is noticed. */
enum { GRAVES = 1024 };
struct graveyard {
    struct assoc tags; /* no lines: needless_insns is 0 */
    u64 *when;
    u64 latest;
};

/* An array of translations. */
struct xarray {
    struct graveyard graves;
    struct assoc tags;
    struct translation *entry;
    u32 by_size[PAGE_SIZES]; /* how many of each size are in: sizes that are absent are not looked for */
};
struct erat {
    struct xarray x;
    u32 *slots; /* per line: first host-side slot, or SLOT_NONE */
};

enum {
    SLOT_STORE = HOSTMAP_STORE,
    SLOT_FETCH = HOSTMAP_FETCH,
    CONTEXT_SLOTS = 2 * HOST_SLOTS + FETCH_SLOTS,
    SLOT_NONE = 0xffffffff,
    FILTER_BITS = 4096
};
struct slot_link {
    u32 next, previous, line; /* SLOT_NONE, SLOT_NONE, ASSOC_NONE */
};
struct filter {
    u64 word[FILTER_BITS / 64];
};
struct context {
    u64 key, used; /* used: when it was last current */
    u32 number;
    bool clean;          /* no slot is filled */
    struct xlate_ctx id; /* what the key means, for invalidations */
    struct host_slot load[HOST_SLOTS], store[HOST_SLOTS];
    struct fetch_slot fetch[FETCH_SLOTS];
    u8 shift[CONTEXT_SLOTS]; /* page size of what the slot mirrors, for records (core/state/retire.h) */
    struct slot_link link[CONTEXT_SLOTS];
    u64 filled[CONTEXT_SLOTS / 64]; /* bit n % 64 of word n / 64: slot n is filled */
    /* Which real pages store slots, and which decoded pages fetch slots, may point to: hashed, never misses one. */
    struct filter stores, fetches;
};

/* An SLB entry that hardware made from a segment table. */
enum { SEGMENTS_CACHED = 28 };
struct cached_segment {
    bool valid;
    u64 ea, vsid; /* some address in it; the VSID doubleword */
    u32 lpid, pid;
};

enum { CONTEXT_CACHE = 128 };
struct mmu {
    struct mmu_system *system;
    struct mmu_core *core;
    const struct mmu_config *config;
    struct counters *counters;
    struct xlate_ctx ctx;
    struct context *current;
    struct erat derat, ierat;
    struct cached_segment segment[SEGMENTS_CACHED]; /* of the model `mmu` */
    unsigned next_segment;
    bool segments_cached; /* there may be any */
    bool fetched;         /* the last fetch translation may get a slot: at fetched_ea, in the current context */
    u64 fetched_ea;
    u8 fetched_shift;
    bool moved;              /* erratum: a new PID or LPID since the last broadcast tlbie */
    bool missed;             /* erratum: the ERATs did not hear of a tlbie */
    const u64 *instructions; /* this thread's time for needless_insns */
    u64 missed_until;        /* misses are added to *missed_to as long as *instructions is less */
    struct miss_tally *missed_to;
    u64 tlbies;         /* executed by this thread */
    u64 fills;          /* slots and ERAT lines filled: what a repeated tlbiel need not look at again */
    u64 last_tlbiel[4]; /* operands of the last one, and fills at that time */
    u64 clock;          /* counts context switches */
    u32 context_count;  /* made so far */
    struct context **context;
    struct context *cache[CONTEXT_CACHE];
    struct mmu_watch watch;
    struct walk_tally *tally;
    bool walked; /* the last translation cost this walk, which nobody has asked for */
    struct hot_walk last_walk;
    struct mmu_story *story; /* who listens; NULL: nobody */
    unsigned level;          /* of nesting, of the account that is counted for */
    struct counters unowned; /* counts before an owner came */
    struct walk_tally unowned_tally;
};

enum { PWC_LEVELS = 3 };
struct mmu_core {
    struct xarray tlb, hash_tlb;     /* radix: what is left beside the page-walk cache; hash: all of it */
    struct assoc pwc[2][PWC_LEVELS]; /* [partition scope][level - 1] */
    struct assoc pate, prte;
};

/* Other arrays for the same misses; see mmu_what_if(). */
struct what_if {
    struct mmu_config config;
    struct mmu_core *core;
    struct counters counters[WHAT_IF_LEVELS];
    struct walk_tally tally; /* nobody asks for it */
};

struct mmu_system {
    struct mmu_config config;
    struct bus *bus;
    bool timed;               /* mmu_set_timed() */
    struct mmu_walker walker; /* mmu_set_walker(); .walk NULL: mmu_walk() */
    unsigned cores, threads;
    struct mmu_core *core;
    struct mmu *mmu;
    struct what_if *what_if[WHAT_IF_MOST];
    unsigned what_ifs;
};

/* One core's arrays behind the ERATs and who counts for them: the machine's own, or a variant's. */
struct tlb_model {
    const struct mmu *mmu; /* who asks */
    struct mmu_core *core;
    const struct mmu_config *config;
    struct counters *counters;
    struct walk_tally *tally;
    const struct xlate_ctx *ctx;
    u8 *source; /* of walk_charge(): for each step of the record, the enum walk_source; may be NULL */
};
inline_hot struct tlb_model model_of(struct mmu *m)
{
    return (struct tlb_model){m, m->core, m->config, m->counters, m->tally, &m->ctx, NULL};
}

/*
 * What reading this table entry costs: the one place where a read from storage gets its price.  --model mmu has one
 * latency wherever the entry lies.  A model with caches (core/timing) reads of the walk in the records and says itself
 * what it took, so nothing is charged for the machine's own arrays then.
 */
inline_hot u64 storage_read_cycles(const struct tlb_model *model, u64 entry_ra)
{
    (void)entry_ra;
    return model->mmu->system->timed && model->core == model->mmu->core ? 0 : model->config->walk_read_cycles;
}

/* What an invalidation names. */
struct kill {
    bool everything;      /* nothing else matters */
    bool partition_scope; /* what depends on partition-scoped entries, else on process-scoped ones */
    bool any_lpid, any_pid, any_address, user_only; /* user_only: pid != 0, whatever else */
    u32 lpid, pid;
    u64 first, last; /* EA[12:63] or guest real addresses */
    enum kill_hash {
        KILL_NO_HASH,
        KILL_HASH_VA, /* first .. last are VA[14:77] */
        KILL_HASH_EA, /* a segment: first .. last are effective addresses */
        KILL_HASH_CLASS_1,
        KILL_HASH_GUESTS,
        KILL_HASH
    } hash;        /* what of hashed translations */
    bool no_radix; /* and nothing else */
};

/* ---- context.c: contexts and slots ---- */
void slot_empty(struct mmu *m, struct context *c, u32 n);
void line_empty_slots(struct mmu *m, struct erat *erat, u32 line);
/* line is ASSOC_NONE in the model `none` */
void slot_fill_data(struct mmu *m, u32 line, u64 ea, const struct xlate *x, bool store);
void slot_fill_fetch(struct mmu *m, u32 line, u64 ea, struct insn *page, bool traced);
void contexts_drop_stores(struct mmu *m, u64 ra);
void contexts_drop_fetches(struct mmu *m, const struct insn *page);
struct context *context_make(struct mmu *m); /* there is room for one more; NULL: but no memory */
void contexts_free(struct mmu *m);           /* whatever their slots belong to; afterwards there is none */
void context_empty(struct mmu *m, struct context *c);
void contexts_empty(struct mmu *m);
void contexts_kill(struct mmu *m, const struct kill *k);

/* ---- erat.c: arrays of translations ---- */
must_use bool xarray_open(struct xarray *x, u32 lines, u32 ways, enum replacement policy, u64 seed);
void xarray_close(struct xarray *x);
void xarray_reset(struct xarray *x);
u32 xarray_find(const struct xarray *x, const struct xlate_ctx *ctx, const struct effective *e);
void xarray_remove(struct xarray *x, u32 line);
must_use bool xarray_open_graves(struct xarray *x);
/* Invalidated, not replaced: to be called before it is removed. */
void xarray_bury(struct xarray *x, u32 line, u64 now);
bool xarray_returns(struct xarray *x, const struct xlate_ctx *ctx, const struct translation *t, u64 now, u64 window);
u64 core_instructions(const struct mmu *m); /* of all threads that share the core of this one */
u32 xarray_fill(struct xarray *x, u32 line, const struct xlate_ctx *ctx, const struct translation *t);
u64 xarray_index(const struct translation *t);
void xarray_copy(struct xarray *to, const struct xarray *from); /* of one geometry, both open */
u32 erat_fill(struct mmu *m, struct erat *erat, const struct translation *t);
void erat_remove(struct mmu *m, struct erat *erat, u32 line);
void erat_reset(struct mmu *m, struct erat *erat);
/* At most 16 pages of 4 KiB, with 8 aliases each, and the larger pages that they may lie in. */
enum { PROBE_PAGES = 16, PROBE_MAX = 8 * (PROBE_PAGES + PAGE_SIZES - 1) };
bool xarray_probe(const struct xarray *x, const struct kill *k, u32 found[PROBE_MAX], u32 *count);
bool kill_names(const struct kill *k, const struct translation *t);

/* ---- tlb.c: TLB, page-walk cache, what a walk costs ---- */
/* A look-up, counted: true if the entry gives the right. key: what the TLB is asked for - the effective address, or the
 * virtual one of a hashed page; segment: the rights of its segment. */
bool tlb_look_up(const struct tlb_model *model, const struct effective *e, const struct effective *key, u8 segment,
                 enum access access, struct translation *t);
bool entry_allows(const struct xlate_ctx *ctx, const struct effective *e, const struct translation *t, u8 segment,
                  enum access access);
/* What the walk found, as the TLB keeps it. */
void tlb_keep(const struct tlb_model *model, const struct effective *key, const struct xlate *x, enum access access);
struct translation translation_of(const struct effective *e, const struct xlate *x);
/* Count the walk, fill the caches; the answer is its cycles. complete: it translated. */
u64 walk_charge(const struct tlb_model *model, const struct effective *e, const struct walk_record *r, bool complete);
u64 pwc_kill(struct mmu_core *core, const struct kill *k);
u64 table_entries_kill(struct mmu_core *core, const struct kill *k);

bool tag_known(struct assoc *a, u64 key0, u64 key1); /* of a small cache of tags; then it is the newest */
void tag_keep(struct assoc *a, u64 index, u64 key0, u64 key1);

/* ---- segment_cache.c ---- */
struct segment_kill {
    bool any_lpid, any_pid, class_1;
    u32 lpid, pid;
    u64 first, last; /* effective addresses */
};
const struct cached_segment *segment_find(const struct mmu *m, const struct effective *e); /* NULL: none */
void segment_keep(struct mmu *m, const struct effective *e, u64 vsid);
u64 segments_kill(struct mmu *m, const struct segment_kill *k);
/* How many are for the segment, the partition-table entry included. */
unsigned segment_steps(const struct walk_record *r);
/* Count a walk of segment tables, the first `steps` of r, fill the caches; the answer is its cycles. */
u64 segment_charge(const struct tlb_model *model, const struct effective *e, const struct walk_record *r,
                   unsigned steps);

/* ---- system.c ---- */
must_use bool core_open(struct mmu_core *core, const struct mmu_config *c, u64 seed);
void core_close(struct mmu_core *core);
void core_reset(struct mmu_core *core);
must_use bool mmu_config_is_sane(const struct mmu_config *c);

/* ---- what_if.c ---- */
/* What the TLB is asked for: the effective address itself, or the virtual one of a hashed page. */
struct tlb_question {
    const struct effective *e, *key;
    const struct hash_address *at; /* NULL: radix */
    struct xlate_req req;
};
/* An ERAT miss for which the TLB was asked. record: the walk that followed, or NULL if the TLB knew. */
void what_if_miss(struct mmu *m, const struct tlb_question *q, const struct walk_record *record,
                  const struct xlate *out);
void what_if_segment(struct mmu *m, const struct effective *e, const struct walk_record *record);
void what_if_free(struct mmu_system *system);
void what_if_reset(struct mmu_system *system);

#endif
