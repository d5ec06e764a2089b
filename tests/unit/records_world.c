/* SPDX-License-Identifier: Apache-2.0 */
/* A machine for single instructions; see records_world.h. */
#include "tests/unit/records_world.h"

#include <check.h>
#include <stdlib.h>

#include "core/isa/fpscr.h"
#include "core/run/run.h"
#include "core/state/context.h"
#include "core/state/spr.h"
#include "core/state/timer.h"

enum { TREE = 0x90000, PARTITION_TABLE = 0x80000, PROCESS_TABLE = 0x81000, TREE_SIZE = 5 << 5 | 13, IDS = 16 };

u64 world_next(struct world *w)
{
    u64 z = w->state += 0x9e3779b97f4a7c15ULL;

    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ z >> 27) * 0x94d049bb133111ebULL;
    return z ^ z >> 31;
}

/* ---- the sink ---- */

static u64 hash_bytes(u64 hash, const u8 *bytes, unsigned n)
{
    for (unsigned k = 0; k < n; k++) hash = (hash ^ bytes[k]) * 0x100000001b3ULL;
    return hash;
}

static void take_insn(struct world *w, const struct retire_block *block, const struct retire *r)
{
    struct outcome *o = w->out;

    o->fetched = r->ra != ~0ULL && (r->cia & (WORLD_INHIBITED - 1)) - WORLD_CODE < 4 * WORLD_WORDS;
    o->completed = retire_completed(r);
    o->flags = r->flags & (u8)~RETIRE_OWN_FACTS;
    o->cia = r->cia;
    o->nia = r->nia;
    o->facts = *r->facts;
    o->after = *w->t;
    o->accesses = r->accesses;
    o->stored = 0;
    memcpy(o->access, block->access + r->access, r->accesses * sizeof o->access[0]);
    for (unsigned k = 0; k < o->accesses; k++)
        if (access_stores(o, &o->access[k]))
            o->stored = hash_bytes(o->stored, w->m->ram.host + o->access[k].ra, o->access[k].size);
    o->values = 0;
    if (block->value) {
        size_t n = (size_t)(r - block->record);
        u32 first = n ? block->value_end[n - 1] : 0;
        o->values = block->value_end[n] - first;
        memcpy(o->value, block->value + first, o->values * sizeof o->value[0]);
    }
    w->t->halt = true;
}

static u64 take(struct retire_sink *sink, const struct retire_block *block)
{
    struct world *w = container_of(sink, struct world, sink);

    if (!w->out) return 0;
    for (size_t k = 0; k < block->count; k++) {
        const struct retire *r = &block->record[k];

        if (r->kind == RETIRE_INSN) {
            take_insn(w, block, r);
            continue;
        }
        if (w->out->events < OUTCOME_EVENTS) w->out->event[w->out->events] = *r;
        w->out->events++;
        if (r->kind != RETIRE_INTERRUPT) continue;
        w->out->interrupts++;
        w->out->interrupt = *r;
    }
    return 0;
}

/* ---- the machine ---- */

static enum next call(void *self, struct thread *t)
{
    (void)self;
    t->gpr[3] = t->gpr[3] * 3 + t->gpr[4] * 5 + t->gpr[5] * 7 + t->gpr[6];
    return NEXT;
}

static u64 random_number(void *self)
{
    return ((struct world *)self)->random;
}

/* One tree for all: it maps the first GiB twice. */
static void build_tables(u8 *image)
{
    const u64 rights = PTE_R | PTE_C | PTE_EAA_READ | PTE_EAA_RW | PTE_EAA_EXEC;

    for (unsigned k = 0; k < IDS; k++) {
        put_be64(image + PARTITION_TABLE + 16 * k, PATE0_HR | 2ULL << 61 | TREE | TREE_SIZE);
        put_be64(image + PARTITION_TABLE + 16 * k + 8, PROCESS_TABLE);
        put_be64(image + PROCESS_TABLE + 16 * k, 2ULL << 61 | TREE | TREE_SIZE);
    }
    put_be64(image + TREE, PTE_VALID | (TREE + 0x10000) | 9);
    put_be64(image + TREE + 0x10000, PTE_VALID | PTE_LEAF | rights);
    put_be64(image + TREE + 0x10008, PTE_VALID | PTE_LEAF | rights | SETFIELD(PTE_ATT, 0ULL, 2));
}

struct world *world_open(bool values)
{
    static const struct machine_segment nothing = {.blob = {"nothing", NULL, 0}};
    struct world *w = calloc(1, sizeof *w);

    ck_assert_ptr_nonnull(w);
    config_default(&w->config);
    w->config.mem = WORLD_BYTES;
    w->config.model = MODEL_NONE;
    w->console = console_new(&(struct console_config){.terminal_fd = -1});
    ck_assert_ptr_nonnull(w->console);
    w->m = machine_new_bare(&w->config,
                            &(struct machine_bare){.segments = &nothing, .segment_count = 1, .state = BARE_HYPERVISOR},
                            w->console, NULL);
    ck_assert_ptr_nonnull(w->m);
    w->t = w->m->threads[0];
    w->isa = w->m->isa;
    w->services = (struct run_services){.callthru = call, .random = random_number, .self = w};
    w->t->services = &w->services;
    w->sink = (struct retire_sink){.take = take, .at_once = true, .values = values};
    ck_assert(machine_trace(w->m, &w->sink));
    build_tables(w->image);
    ck_assert(ram_store(&w->m->ram, 0, w->image, WORLD_BYTES));
    w->start = *w->t;
    return w;
}

void world_close(struct world *w)
{
    machine_free(w->m);
    console_free(w->console);
    free(w);
}

void world_place(struct world *w, const u32 words[WORLD_WORDS], bool le)
{
    w->le = le;
    memcpy(w->word, words, sizeof w->word);
    for (unsigned k = 0; k < WORLD_WORDS; k++)
        put_be32(w->image + WORLD_CODE + 4 * k, le ? swap32(words[k]) : words[k]);
    for (unsigned k = 0; k < WORLD_DATA_BYTES; k += 8) put_be64(w->image + WORLD_DATA + k, world_vsr_half(w));
    ck_assert(ram_store(&w->m->ram, 0, w->image, WORLD_BYTES));
}

/* ---- random states ---- */

u64 world_gpr(struct world *w)
{
    static const u64 high[] = {0, 0, 0, 0, 0, WORLD_INHIBITED, 0xc000000000000000ULL, 2ULL << 30};
    u64 r = world_next(w);

    switch (r & 15) {
    case 0: return world_next(w);
    case 1: return 1ULL << (r >> 8 & 63);
    case 2: return ~world_next(w) >> (r >> 8 & 63);
    case 3: return ~0ULL << (r >> 8 & 63);
    case 4:
    case 5: return r >> 8 & 127;
    case 6: return r & 0x300 ? (r >> 12 & 15) * 16 : 5ULL << 27 | (r >> 12 & 1); /* or a doorbell message */
    case 7: return r & 0x300 ? ~0ULL >> (r >> 12 & 3) : 1ULL << 63;
    case 8: return WORLD_DATA + 0x1000 * (1 + (r >> 8 & 7)) - (r >> 16 & 15);
    default:
        return high[r >> 8 & 7] + WORLD_DATA + WORLD_DATA_BYTES / 2 + ((r >> 16 & 0xfff) & ~(r >> 60 ? 15ULL : 0ULL));
    }
}

/* Floating-point numbers of every kind, decimal digits, text and noise. */
u64 world_vsr_half(struct world *w)
{
    static const u64 numbers[] = {
        0,
        1,
        1ULL << 63,
        ~0ULL,
        0x7ff0000000000000ULL, /* infinity */
        0xfff0000000000000ULL,
        0x7ff8000000000000ULL, /* QNaN */
        0x7ff4000000000000ULL, /* SNaN */
        0x3ff0000000000000ULL, /* 1.0 */
        0xc008000000000000ULL,
        0x000fffffffffffffULL, /* denormal */
        0x7fefffffffffffffULL, /* greatest */
        0x3810000000000000ULL, /* least of single */
        0x47efffffe0000000ULL, /* greatest of single */
        0x41dfffffffc00000ULL, /* 2^31 - 1 */
        0x43e0000000000000ULL, /* 2^63 */
        0x7f800000ff800000ULL, /* singles: infinities */
        0x7fc000007fa00000ULL, /* NaNs */
        0x3f800000c0400000ULL,
        0x0000000180000000ULL,
        0x7fff000000000000ULL, /* quad: infinity */
        0x7fff800000000000ULL,
        0x3fff000000000000ULL,
        0x2238000000000000ULL, /* decimal: 0 */
        0x2238000000000123ULL,
        0x7800000000000000ULL, /* decimal: infinity */
        0x7c00000000000000ULL,
        0x000000000012345cULL, /* packed decimal */
        0x123456789012345dULL,
        0x3031323334353637ULL, /* zoned */
    };
    u64 r = world_next(w);

    switch (r & 7) {
    case 0:
    case 1: return world_next(w);
    case 2: return SETFIELD(PPC_BITMASK(1, 11), world_next(w), 1023 - 40 + (r >> 8 & 127));
    case 3: return world_next(w) & 0x9999999999999999ULL;
    default: return numbers[(r >> 8) % ARRAY_SIZE(numbers)];
    }
}

/* Decimal digits as the vector facility has them: packed, zoned, national. */
static union vsr decimal_vsr(struct world *w)
{
    union vsr v = {.q = (u128)world_next(w) << 64 | world_next(w)};
    u64 r = world_next(w);

    for (unsigned k = 0; k < 16; k++) {
        unsigned one = VSR_B(v, k) % 10, other = (VSR_B(v, k) >> 4) % 10;

        if (r % 3 == 0) VSR_B(v, k) = (u8)(k < 15 ? one << 4 | other : one << 4 | (10 + (r >> 8) % 6));
        else if (r % 3 == 1) VSR_B(v, k) = (u8)((k < 15 || r & 256 ? 0x30 : 0x70) | one);
        else if (k % 2) VSR_H(v, k / 2) = (u16)(k < 15 ? 0x30 | one : r & 256 ? 0x2b : 0x2d);
    }
    return v;
}

union vsr world_vsr(struct world *w)
{
    union vsr v;

    if (world_one_in(w, 8)) return decimal_vsr(w);
    VSR_D(v, 0) = world_vsr_half(w);
    VSR_D(v, 1) = world_vsr_half(w);
    return v;
}

u64 world_fpscr(struct world *w)
{
    u64 r = world_next(w), f = world_next(w) & world_next(w) & 0x7ffff7ffffULL & ~0x800ULL;

    if (r & 1) f &= ~0xf8ULL; /* no exception enabled */
    return fpscr_summarised(f);
}

const u16 world_plain_sprs[] = {
    SPRN_VRSAVE, SPRN_TAR,   SPRN_DSISR, SPRN_DAR,    SPRN_SRR0,   SPRN_SRR1,   SPRN_CFAR,  SPRN_HDSISR, SPRN_HDAR,
    SPRN_HSRR0,  SPRN_HSRR1, SPRN_HEIR,  SPRN_ASDR,   SPRN_USPRG0, SPRN_USPRG1, SPRN_USRR0, SPRN_USRR1,  SPRN_SPRG0,
    SPRN_SPRG1,  SPRN_SPRG2, SPRN_SPRG3, SPRN_HSPRG0, SPRN_HSPRG1, SPRN_TIDR,   SPRN_PSPB,  SPRN_DSCR,   SPRN_TFHAR,
    SPRN_TFIAR,  SPRN_EBBHR, SPRN_EBBRR, SPRN_SIER,   SPRN_SIAR,   SPRN_SDAR,   SPRN_SPMC1, SPRN_SPMC2,  SPRN_MMCRC,
    SPRN_PMICR,  SPRN_PMMAR, SPRN_RPR,   SPRN_RMOR,   SPRN_RWMR,   SPRN_TACR,   SPRN_TCSCR, SPRN_CSIGR,  SPRN_WORT,
    SPRN_TSCR,   SPRN_TTR,   SPRN_UAMOR, SPRN_AMOR,
};
const unsigned world_plain_spr_count = ARRAY_SIZE(world_plain_sprs);

static void random_registers(struct world *w, struct thread *t)
{
    u64 r = world_next(w);

    for (unsigned k = 0; k < 32; k++) t->gpr[k] = world_gpr(w);
    for (unsigned k = 0; k < 64; k++) t->vsr[k] = world_vsr(w);
    for (unsigned k = 0; k < 8; k++) t->cr[k] = (u8)(r >> 4 * k & 15);
    t->lr = world_gpr(w);
    t->ctr = world_one_in(w, 3) ? world_below(w, 3) : world_gpr(w);
    xer_set(t, world_next(w));
    if (world_one_in(w, 2)) t->xer_rest &= ~127ULL | 31;
    t->fpscr = world_fpscr(w);
    t->vscr = (u32)(r >> 32) & 0x10001;
    t->reserved = r >> 33 & 1;
    t->reserve_ra = (WORLD_DATA + WORLD_DATA_BYTES / 2 + (r >> 40 & 0xfff)) & ~127ULL;
    for (unsigned k = 0; k < BHRB_ENTRIES; k++) t->bhrb.entry[k] = world_next(w);
    for (unsigned k = 0; k < SLB_ENTRIES; k++)
        t->slb.entry[k] =
            (struct slb_entry){.esid = (world_gpr(w) & SLB_ESID) | (r >> k & 1 ? SLB_VALID : 0), .vsid = world_next(w)};
}

static void random_checkpoint(struct world *w, struct thread *t)
{
    struct checkpoint *c = &t->checkpoint;

    for (unsigned k = 0; k < 32; k++) c->gpr[k] = world_gpr(w);
    for (unsigned k = 0; k < 64; k++) c->vsr[k].d[0] = world_next(w);
    for (unsigned k = 0; k < 8; k++) c->cr[k] = world_next(w) & 15;
    c->lr = world_next(w);
    c->ctr = world_next(w);
    c->xer = world_next(w);
    c->fpscr = world_fpscr(w);
    c->vscr = world_next(w) & 0x10001;
    c->dscr = world_next(w) & 0xff;
    c->tar = world_next(w);
    c->vrsave = (u32)world_next(w);
    c->ppr = 4ULL << 50;
}

static void set_spr(struct thread *t, unsigned number, u64 value)
{
    *spr_field(t, spr_find(number)) = value & spr_find(number)->mask;
}

static void random_sprs(struct world *w, struct thread *t)
{
    u64 r = world_next(w);

    for (unsigned k = 0; k < world_plain_spr_count; k++) set_spr(t, world_plain_sprs[k], world_next(w));
    set_spr(t, SPRN_TEXASR, world_next(w));
    set_spr(t, SPRN_PTCR, PARTITION_TABLE);
    set_spr(t, SPRN_LPIDR, r & 3);
    set_spr(t, SPRN_PIDR, r >> 2 & 3);
    set_spr(t, SPRN_SMFCTRL, r >> 4 & 1 ? SMFCTRL_E : 0);
    set_spr(t, SPRN_LPCR, LPCR_UPRT | LPCR_HR | (world_next(w) & (LPCR_GTSE | LPCR_EVIRT | LPCR_ILE | LPCR_HVICE)));
    set_spr(t, SPRN_HFSCR, r & 0x1e0 ? ~0ULL : world_next(w));
    set_spr(t, SPRN_FSCR, r & 0x1e00 ? ~0ULL : world_next(w));
    set_spr(t, SPRN_PSSCR, world_next(w));
    set_spr(t, SPRN_BESCR, world_next(w) & ~BESCR_GE);
    set_spr(t, SPRN_PPR, (1 + world_below(w, 6)) << 50);
    set_spr(t, SPRN_SPRC, world_next(w) & 0x38);
    set_spr(t, SPRN_HMER, world_next(w));
    t->spr.HMEER = 0;
    t->spr.HID0 = r >> 13 & 1 ? HID0_ENABLE_ATTN : 0;
    t->tm_fake_suspend = (t->spr.PSSCR & PSSCR_FAKE_SUSPEND) != 0;
}

static u64 random_msr(struct world *w)
{
    static const u64 shapes[] = {MSR_PR, MSR_PR | MSR_HV, MSR_HV,        MSR_HV, MSR_HV | MSR_S,
                                 0,      MSR_PR | MSR_HV, MSR_HV | MSR_S};
    u64 r = world_next(w), msr = MSR_SF | MSR_ME | MSR_FP | MSR_VEC | MSR_VSX | shapes[r & 7];

    if (!(r & 0x70)) msr &= ~MSR_SF;
    if (!(r & 0x780)) msr ^= r & 0x800 ? MSR_FP : r & 0x1000 ? MSR_VEC : MSR_VSX;
    if (r & 0x2000) msr |= MSR_IR | MSR_DR;
    if (!(r & 0xc000)) msr |= r & 0x10000 ? MSR_FE0 : MSR_FE0 | MSR_FE1;
    if (r & 0x20000) msr |= MSR_EE | MSR_RI;
    if (r & 0x40000) msr |= MSR_TM;
    if (!(r & 0x780000)) msr |= MSR_TS_SUSPENDED;
    if (!(r & 0xf800000)) msr |= r & 1ULL << 40 ? MSR_SE : MSR_BE;
    return msr;
}

static void resume_counting(struct world *w, const struct thread *now)
{
    struct thread *t = w->t;

    t->account = now->account;
    t->counters = now->counters;
    t->partition = now->partition;
    t->guest_lpid = now->guest_lpid;
    t->host_pid = now->host_pid;
    t->counted_completed = t->completed;
    t->counted_cycles = t->completed + t->stall_cycles;
    t->counted_idle = t->idle_cycles;
    t->ring->idle_told = t->idle_cycles;
}

/* The machine's thread becomes what it was in `from`; time too. */
static void restore(struct world *w, const struct thread *from)
{
    struct thread *t = w->t, now;

    thread_settle_account(t);
    now = *t;
    *t = *from;
    resume_counting(w, &now);
    t->paused = t->pause_at = NULL;
    t->halt = t->mid_turn = false;
    t->turn = TURN_GOES_ON;
    t->class_sums = 0;
    t->at = t->run_start = t->page;
    t->barren_interrupts = 0;
    thread_context_changed(t);
    w->out = NULL;
    retire_drain(t->ring);
}

static void finish_state(struct world *w, struct thread *state, u64 msr)
{
    struct thread *t = w->t;

    thread_facilities_changed(t);
    thread_set_msr(t, (msr & ~MSR_LE) | (w->le ? MSR_LE : 0));
    timer_update(t);
    if ((msr & (MSR_HV | MSR_PR | MSR_EE)) == MSR_HV) /* where doorbells wait */
        t->pending |= world_next(w) & (PENDING_DOORBELL | PENDING_HDOORBELL | (msr & MSR_S ? PENDING_UDOORBELL : 0));
    *state = *t;
}

void world_state(struct world *w, struct thread *state)
{
    restore(w, &w->start);
    random_registers(w, w->t);
    random_checkpoint(w, w->t);
    random_sprs(w, w->t);
    finish_state(w, state, random_msr(w));
}

void world_state_of_software(struct world *w, struct thread *state, bool ultra)
{
    u64 msr = MSR_SF | MSR_ME | MSR_FP | MSR_VEC | MSR_VSX | MSR_TM | MSR_HV | (ultra ? MSR_S : 0);

    restore(w, &w->start);
    random_registers(w, w->t);
    random_sprs(w, w->t);
    w->t->spr.SMFCTRL = ultra ? SMFCTRL_E : 0;
    w->t->spr.FSCR = w->t->spr.HFSCR = ~FSCR_IC;
    finish_state(w, state, msr);
}

/* ---- executing ---- */

static void forget_facts(struct world *w, const struct code_page *page, unsigned slot)
{
    struct code *code = &w->m->code;
    struct insn *i = (struct insn *)(uintptr_t)&page->insn[slot];
    struct insn_facts *facts = code_facts(code, page->insn) + slot;

    if (page->ra != WORLD_CODE || page->stale || !facts->learned) return;
    *facts =
        (struct insn_facts){.word = facts->word, .row = facts->row, .issue_class = facts->issue_class, .is = facts->is};
    i->fn = code_meaning(code, i);
}

void world_run(struct world *w, unsigned slot, const struct thread *from, bool learn, struct outcome *out)
{
    struct thread *t = w->t;
    struct run_stop stop;

    restore(w, from);
    if (learn)
        for (unsigned k = 0; k < w->m->code.pages; k++) forget_facts(w, &w->m->code.pool[k], slot);
    out->fetched = out->completed = false;
    out->accesses = out->interrupts = out->events = out->values = 0;
    w->out = out;
    t->nia = WORLD_CODE + 4 * slot;
    stop = (struct run_stop){.completed = t->completed + 1, .cycles = UINT64_MAX};
    ck_assert(!thread_run(t, t->completed + t->stall_cycles + 100000, &stop));
    retire_drain(t->ring);
    w->out = NULL;
}

void world_undo(struct world *w, const struct outcome *out)
{
    for (unsigned k = 0; k < out->accesses; k++) {
        const struct retire_access *a = &out->access[k];

        if (access_stores(out, a)) ck_assert(ram_store(&w->m->ram, a->ra, w->image + a->ra, a->size));
    }
}
