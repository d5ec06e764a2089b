/* SPDX-License-Identifier: Apache-2.0 */
/* The guest of the flood: code pages, handlers, and what happens at an interrupt; see random_words.h. */
#include "core/state/context.h"
#include "core/state/spr.h"
#include "tests/fuzz/invariants.h"
#include "tests/fuzz/random_words.h"
#include "tests/support/words.h"

#define W_URFID 0x4c000264U
#define W_RFSCV 0x4c0000a4U
#define W_TRECLAIM 0x7c00075dU        /* treclaim. r0 */
#define W_SKIP_IF_SWAPPED 0x08000048U /* tdi 0,0,0x48; read in the other byte order it is b .+8 */
#define QUADRANT_3 0xc000000000000000ULL
enum {
    CALL_A = 4,
    CALL_B = 8,
    STUB_SRR = 0,
    STUB_HSRR = 0x10,
    STUB_URFID = 0x20,
    STUB_TRECLAIM = 0x28,
    STUB_RFSCV = 0x30,
    STUBS_B = 0x80,
    STUBS_END = 0x100
};

const u32 flood_code_ra[CODE_PAGES] = {0x10000, 0x11000, 0x12000, 0x13000, 0x14000, 0x15000, 0x16000,
                                       0x1a000, 0x1b000, 0x1c000, 0x1d000, 0x1e000, 0x1f000};
static const u32 vector_ra[VECTOR_PAGES] = {0, 0x1000, 0x3000, 0x4000, 0x5000, 0x17000, 0x18000, 0x19000};

/* ---- storage ---- */

static void put(u8 *at, u32 word, bool le)
{
    put_be32(at, le ? swap32(word) : word);
}

static void fill_stubs(u8 *at, bool le)
{
    const u32 words[] = {W_MFSPR(28, 26),   W_ADDI(28, 28, 4), W_MTSPR(26, 28), W_RFID,  W_MFSPR(29, 314),
                         W_ADDI(29, 29, 4), W_MTSPR(314, 29),  W_HRFID,         W_URFID, W_URFID,
                         W_TRECLAIM,        W_CALLTHRU,        W_RFSCV};

    for (unsigned k = 0; k < ARRAY_SIZE(words); k++) put(at + 4 * k, words[k], le);
}

/* Handlers work in either byte order, whatever LPCR[ILE] and HID0[HILE] have become. */
static void fill_vectors(struct flood *f, u8 *page, bool stubs)
{
    for (unsigned at = 0; at < 4096; at += 32) {
        put(page + at, W_SKIP_IF_SWAPPED, false);
        put(page + at + CALL_A, W_CALLTHRU, false);
        put(page + at + CALL_B, W_CALLTHRU, true);
        for (unsigned k = 12; k < 32; k += 4) put(page + at + k, word_source_word(&f->words, WORDS_ROWS), false);
    }
    if (!stubs) return;
    fill_stubs(page, false);
    fill_stubs(page + STUBS_B, true);
}

static void fill_code(struct flood *f, unsigned page, u8 *to)
{
    enum word_kind kind =
        (enum word_kind)FLOOD_ONE_OF(f, WORDS_UNIFORM, WORDS_UNIFORM, WORDS_OPCODES, WORDS_OPCODES, WORDS_ROWS,
                                     WORDS_ROWS, WORDS_ROWS, WORDS_STORAGE, WORDS_SYSTEM, WORDS_COMPUTE, WORDS_COMPUTE,
                                     WORDS_COMPUTE, WORDS_COMPUTE, WORDS_COMPUTE, WORDS_COMPUTE, WORDS_MIXED);

    f->page_kind[page] = (u8)kind;
    f->page_le[page] = flood_one_in(f, 2);
    f->page_traced[page] = flood_one_in(f, 10);
    f->page_uses[page] = 0;
    for (unsigned at = 0; at < 4096; at += 4) {
        u32 word = word_source_word(&f->words, kind);

        tally_placed(f->tally, word);
        put(to + at, word, f->page_le[page]);
    }
}

/* Code and handlers are mapped, whatever the rest of the tables looks like; data pages are as random_program.c likes.
 */
static void map_page(struct flood *f, u64 ra, bool surely)
{
    enum { LEVEL4 = 0x12000, R_C = 0x180, RWX = 7, HPT_VSID = 5 };
    static const u32 trees[] = {0x90000, 0xc0000};
    u64 pte = PTE_VALID | PTE_LEAF | ra | R_C | (!surely && flood_one_in(f, 16) ? flood_below(f, 16) : RWX);
    u8 *pteg = f->c->image + 0x140000 + ((HPT_VSID ^ ra >> 12) & 2047) * 128;

    for (unsigned k = 0; k < ARRAY_SIZE(trees); k++) put_be64(f->c->image + trees[k] + LEVEL4 + (ra >> 12) * 8, pte);
    if (!f->c->hash_table) return;
    put_be64(pteg, (u64)HPT_VSID << 12 | 1);
    put_be64(pteg + 8, ra | 0x182);
}

/* Noise at the roots leaves nothing but failing fetches, so most guests have it in the leaves only. */
static void mend_roots(struct flood *f)
{
    enum { ROOT = 5 << 5 | 13 };
    static const u64 trees[] = {0x90000, 0xc0000};
    u8 *image = f->c->image;

    for (unsigned k = 0; k < 16; k++) put_be64(image + 0x81000 + k * 16, 2ULL << 61 | trees[0] | ROOT);
    for (unsigned k = 0; k < ARRAY_SIZE(trees); k++) {
        put_be64(image + trees[k], PTE_VALID | (trees[k] + 0x10000) | 9);
        put_be64(image + trees[k] + 0x10000, PTE_VALID | (trees[k] + 0x11000) | 9);
        put_be64(image + trees[k] + 0x11000, PTE_VALID | (trees[k] + 0x12000) | 9);
    }
    for (unsigned k = 0; k < 8; k++) {
        put_be64(image + 0x80000 + k * 16, f->c->hash_table ? 0x140000 : PATE0_HR | 2ULL << 61 | trees[1] | ROOT);
        put_be64(image + 0x80008 + k * 16, 0x81000);
    }
}

void flood_prepare(struct flood *f)
{
    struct config *config = &f->c->config;

    config->callthru = 1;
    config->walk_read_cycles = FLOOD_ONE_OF(f, 0, 0, 0, 0, 0, 1);
    config->tlb_hit_cycles = FLOOD_ONE_OF(f, 0, 0, 0, 0, 0, 5);
    config->host_contexts = FLOOD_ONE_OF(f, 2, 8, 16, 16, 16, 16, 16, 64);
    if (!flood_one_in(f, 16)) { /* tiny arrays have every access walk the tables */
        config->derat_entries = config->ierat_entries = FLOOD_ONE_OF(f, 16, 64, 64);
        config->tlb_entries = FLOOD_ONE_OF(f, 64, 1024);
        config->pwc_entries = 64;
    }
    if (flood_one_in(f, 4)) config->model = MODEL_NONE;
    if (!flood_one_in(f, 3)) config->cores = config->threads = 1;
    f->lpid = flood_below(f, 4);
    f->pid = flood_below(f, 8);
    for (unsigned k = 0; k < SHAPES; k++) f->shape[k] = flood_shape(f);
    config->quantum_cycles = config->walk_read_cycles || config->tlb_hit_cycles ? 10 * FLOOD_WINDOW : FLOOD_WINDOW;
    if (!flood_one_in(f, 8)) {
        mend_roots(f);
        for (u64 ra = GUEST_TABLES; ra < GUEST_TABLES_END; ra += 4096) map_page(f, ra, true);
    }
    for (unsigned k = 0; k < VECTOR_PAGES; k++) map_page(f, vector_ra[k], false);
    for (unsigned k = 0; k < CODE_PAGES; k++) map_page(f, flood_code_ra[k], false);
    for (unsigned k = 0; k < VECTOR_PAGES; k++) fill_vectors(f, f->c->image + vector_ra[k], !(vector_ra[k] & 0x3fff));
    for (unsigned k = 0; k < CODE_PAGES; k++) fill_code(f, k, f->c->image + flood_code_ra[k]);
}

void flood_refill(struct flood *f, unsigned page)
{
    u8 bytes[4096];

    fill_code(f, page, bytes);
    HOLDS(ram_store(&f->m->ram, flood_code_ra[page], bytes, sizeof bytes));
}

static void repair_page(struct flood *f, u64 ra)
{
    if (memcmp(f->m->ram.host + ra, f->c->image + ra, 4096)) HOLDS(ram_store(&f->m->ram, ra, f->c->image + ra, 4096));
}

void flood_repair(struct flood *f)
{
    for (unsigned k = 0; k < VECTOR_PAGES; k++) repair_page(f, vector_ra[k]);
    for (u64 ra = GUEST_TABLES; ra < GUEST_TABLES_END; ra += 4096) repair_page(f, ra);
}

/* ---- letting loose ---- */

/* How often a page is gone through: what is mostly refused shows little that is new the third time. */
unsigned page_lasts(const struct flood *f, unsigned page)
{
    switch (f->page_kind[page]) {
    case WORDS_UNIFORM:
    case WORDS_OPCODES: return 3;
    case WORDS_COMPUTE: return 16;
    default: return 8;
    }
}

static int page_at(u64 ea)
{
    u64 ra = ea & 0xff000;

    if (ra >= 0x10000 && ra < 0x17000) return (int)(ra >> 12) - 0x10;
    if (ra >= 0x1a000 && ra < 0x20000) return (int)(ra >> 12) - 0x13;
    return -1;
}

static void next_page(struct flood *f, struct flood_thread *s)
{
    f->page_uses[s->page]++;
    s->page = (unsigned)flood_below(f, CODE_PAGES);
    s->cursor = flood_code_ra[s->page] + (flood_one_in(f, 16) ? flood_rnd(f) & 0xffc : 0);
}

/* Real mode needs no tables; if not even that works, registers must be put right. */
static u64 msr_that_works(struct flood *f, struct flood_thread *s)
{
    u64 msr = flood_msr(f, f->page_le[s->page]);

    s->failures++;
    if (s->failures > 1) {
        f->shape[flood_below(f, SHAPES)] = flood_shape(f); /* perhaps the tables of this machine do not allow it */
        flood_sane_sprs(f, s->t);
    }
    if (s->failures > 3) return (msr | MSR_HV | MSR_ME) & ~(MSR_IR | MSR_DR | MSR_PR);
    return s->failures > 1 ? msr : msr & ~MSR_IR;
}

/*
 * A page is decoded anew for every byte order and port that enters it, so most of the time it is entered in its own:
 * 32-bit mode and tracing are for the pages that are recorded anyway.
 */
static void keep_to_port(struct flood *f, struct flood_thread *s, u64 dice)
{
    if (!(dice & 0x3e0)) return;
    s->msr = (s->msr & ~MSR_LE) | (f->page_le[s->page] ? MSR_LE : 0);
    if (!f->page_traced[s->page]) s->msr = (s->msr & ~MSR_TE) | MSR_SF;
    else if (!(dice & 0xc00)) s->msr &= ~MSR_SF;
}

/* Where and with which MSR; the caller sets them, or has a return from interrupt do it. */
static void choose(struct flood *f, struct flood_thread *s, u64 msr)
{
    u64 dice = flood_rnd(f);
    int page = page_at(s->cursor);

    if (page < 0 || (unsigned)page != s->page || f->page_uses[s->page] >= page_lasts(f, s->page)) next_page(f, s);
    s->cursor &= 0xffffcULL;
    if (!(msr & MSR_IR) ? !(dice & 15) : !(msr & MSR_PR) && !(dice & 3)) s->cursor |= QUADRANT_3;
    s->msr = msr & MSR_VALID;
    if ((s->msr & (MSR_S | MSR_HV | MSR_PR)) == (MSR_S | MSR_HV | MSR_PR)) s->msr &= ~MSR_S;
    s->state = (u8)account_state_of(s->msr);
    s->state_known = true;
    keep_to_port(f, s, dice);
    for (unsigned k = 0; k < 3; k++) s->t->gpr[dice >> (16 + 5 * k) & 31] = flood_gpr(f);
    if (!(dice >> 40 & 0x1f)) flood_gprs(f, s->t);
    if (!(dice >> 45 & 0x1ff)) flood_vsrs(f, s->t);
}

/* An MSR that a guest could not have is not made here: transactional state comes and goes through instructions. */
static enum next go(struct flood_thread *s)
{
    thread_set_msr(s->t, s->msr & ~MSR_TS);
    s->t->nia = s->cursor;
    return JUMP;
}

void flood_let_loose(struct flood *f, struct flood_thread *s)
{
    flood_sane_sprs(f, s->t);
    flood_gprs(f, s->t);
    s->cursor += 4;
    choose(f, s, flood_msr(f, f->page_le[s->page]));
    go(s);
}

/* ---- interrupts ---- */

void flood_settle(struct flood *f, struct flood_thread *s, bool looped)
{
    u64 n = s->t->completed - s->counted, handler = s->in_handler < n ? s->in_handler : n;
    u64 state = account_state_of(s->msr);

    s->counted = s->t->completed;
    s->in_handler -= handler;
    f->tally->in_handlers += handler;
    n -= handler;
    if (looped) {
        f->tally->looped += n;
        return;
    }
    f->tally->completed += n;
    f->tally->by_kind[f->page_kind[s->page]] += n;
    f->tally->by_state[state][(s->msr & MSR_LE) != 0][(s->msr & MSR_SF) != 0] += n;
}

/* Did a word cause it that did not complete?  Fetches that failed have no word; 0x200 is counted as one of these. */
static bool is_refusal(unsigned vector)
{
    switch (vector) {
    case 0x300:
    case 0x380:
    case 0x600:
    case 0x700:
    case 0x800:
    case 0xe00:
    case 0xe40:
    case 0xf20:
    case 0xf40:
    case 0xf60:
    case 0xf80:
    case 0x1500: return true;
    default: return false;
    }
}

/* Not even the first word could be fetched. */
static bool is_fetch_failure(unsigned vector, bool at_cursor)
{
    return at_cursor && (vector == 0x400 || vector == 0x480 || vector == 0xe20 || vector == 0x200);
}

static bool saves_in_hsrr(const struct thread *t, unsigned vector)
{
    if (vector == 0x500) return !(t->spr.LPCR & LPCR_LPES);
    return vector == 0x980 || (vector >= 0xe00 && vector <= 0xea0) || vector == 0xf80 || vector == 0x1500;
}

/* Go on through handler code: the word that it returns to is the cursor, the MSR what s->msr says. */
static enum next go_through(struct flood *f, struct flood_thread *s, u64 cia)
{
    struct thread *t = s->t;
    u64 page = (cia & ~0x1fffULL) + (t->le ? STUBS_B : 0);
    u64 msr = s->msr | (flood_one_in(f, 8) ? flood_rnd(f) & MSR_TS : 0);

    t->spr.SRR0 = t->spr.HSRR0 = s->cursor - 4;
    t->spr.SRR1 = t->spr.HSRR1 = t->spr.USRR1 = t->ctr = msr;
    t->spr.USRR0 = t->lr = s->cursor;
    if ((t->msr & MSR_TS) && flood_one_in(f, 2)) {
        s->in_handler = 2;
        t->nia = page + STUB_TRECLAIM;
        return JUMP;
    }
    switch (flood_below(f, 8)) {
    case 0: t->nia = page + STUB_URFID; break;
    case 1: t->nia = page + STUB_RFSCV; break;
    default: t->nia = page + (t->msr & MSR_HV && flood_one_in(f, 2) ? STUB_HSRR : STUB_SRR); break;
    }
    s->in_handler = t->nia - page < STUB_URFID ? 4 : 1;
    return JUMP;
}

static void note_vector(struct flood *f, struct flood_thread *s, u64 cia, unsigned vector)
{
    u64 ra = cia & 0xff000, state = account_state_of(s->msr);
    unsigned location = ra < 0x2000 ? 0 : ra < 0x4000 || ra == 0x17000 ? 3 : ra < 0x6000 ? 2 : 1;

    f->tally->by_vector[location][location == 3 ? 0 : vector / 32]++;
    if (location == 3 || !is_refusal(vector)) return;
    f->tally->refused++;
    f->tally->by_kind[f->page_kind[s->page]]++;
    f->tally->by_state[state][(s->msr & MSR_LE) != 0][(s->msr & MSR_SF) != 0]++;
}

/* Straight on into the page behind, which may be the only one that was fetched from for a long time. */
void flood_follow(struct flood *f, struct flood_thread *s, u64 ea)
{
    int page = page_at(ea);

    if (page < 1 || (unsigned)page != s->page + 1 || flood_code_ra[page] != flood_code_ra[page - 1] + 4096) return;
    f->page_uses[s->page]++;
    s->page = (unsigned)page;
    s->cursor = flood_code_ra[page];
}

/* Behind what failed, and never back: a loop is left at its first interrupt. */
static void move_cursor(struct flood *f, struct flood_thread *s, u64 from, bool skip)
{
    u64 at, low = from & 0xffffc, came_from = s->t->spr.CFAR & 0xffffc;

    flood_follow(f, s, from);
    at = s->cursor & 0xffffc;
    if (page_at(from) == (int)s->page && low >= at) s->cursor = low + (skip ? 4 : 0);
    else if (page_at(came_from) == (int)s->page && came_from >= at) s->cursor = came_from + 4;
    else s->cursor = at + 4;
    if (page_at(s->cursor) != (int)s->page) next_page(f, s);
}

static enum next on_interrupt(struct flood *f, struct flood_thread *s, u64 cia)
{
    struct thread *t = s->t;
    unsigned vector = (unsigned)(cia & 0x1fe0);
    bool hsrr = saves_in_hsrr(t, vector), scv = (cia & 0xff000) == 0x3000 || (cia & 0xff000) == 0x17000;
    u64 from = scv ? t->lr : hsrr ? t->spr.HSRR0 : t->spr.SRR0;
    u64 msr = scv ? t->ctr : hsrr ? t->spr.HSRR1 : t->spr.SRR1, dice = flood_rnd(f);
    bool fetch_failed;

    if (vector == 0xfa0) {
        from = t->spr.USRR0;
        msr = t->spr.USRR1;
    }
    note_vector(f, s, cia, vector);
    fetch_failed = is_fetch_failure(vector, from == s->cursor);
    move_cursor(f, s, from, is_refusal(vector));
    if (vector == 0x900) flood_set_spr(t, 22, 0x7fffffff & dice >> (dice & 31));
    if (vector == 0x980) flood_set_spr(t, 310, 0x7fffffff & dice >> (dice & 31));
    if (vector == 0x500 || vector == 0xea0 || vector == 0xe60 || !(dice >> 56)) t->pending &= PENDING_DERIVED;
    if (!(dice >> 40 & 0x3f)) {
        u64 now = t->msr;
        thread_set_msr(t, MSR_SF | MSR_HV | MSR_S | MSR_ME | (now & (MSR_LE | MSR_TS)));
        flood_change_spr(f, t);
        thread_set_msr(t, now);
    }
    if (!fetch_failed) s->failures = 0;
    if (fetch_failed) msr = msr_that_works(f, s);
    else if (!(dice >> 32 & 7) || !(msr & MSR_ME)) msr = flood_msr(f, f->page_le[s->page]);
    choose(f, s, msr);
    if (!scv && ((t->msr & MSR_TS) || !(dice >> 46 & 15))) return go_through(f, s, cia);
    return go(s);
}

static struct flood_thread *whose(struct flood *f, const struct thread *t)
{
    for (unsigned k = 0; k < f->threads; k++)
        if (f->thread[k].t == t) return &f->thread[k];
    return NULL;
}

static bool is_vector_page(u64 ra)
{
    for (unsigned k = 0; k < VECTOR_PAGES; k++)
        if (vector_ra[k] == ra) return true;
    return false;
}

bool flood_is_handler(u64 cia)
{
    return is_vector_page(cia & 0xff000);
}

/* The simulator call.  In a code page it is a word like any other. */
static enum next on_call(void *self, struct thread *t)
{
    struct flood *f = self;
    struct flood_thread *s = whose(f, t);
    u64 cia = t->page_ea + (u64)(t->run_start - t->page) * 4, in_page = cia & 0xfff;

    if (t->traced && retire_count(t->ring) > f->drained) {
        tally_records(f, t->ring->record, f->drained, retire_count(t->ring));
        f->drained = retire_count(t->ring);
    }
    if (!is_vector_page(cia & 0xff000) ||
        ((in_page & 31) != CALL_A && (in_page & 31) != CALL_B && in_page >= STUBS_END)) {
        t->gpr[3] = ~0ULL;
        return NEXT;
    }
    s->calls++;
    if ((cia & 0x1fff) >= STUBS_END) s->in_handler++; /* the word before the call */
    flood_settle(f, s, false);
    s->in_handler = 0;
    s->counted++; /* the call itself, which completes when we return */
    f->tally->in_handlers++;
    if ((cia & 0x1fff) >= STUBS_END || (cia & 0xff000) == 0x3000 || (cia & 0xff000) == 0x17000)
        return on_interrupt(f, s, cia);
    choose(f, s, flood_msr(f, f->page_le[s->page])); /* back from treclaim. */
    return go(s);
}

static u64 on_random(void *self)
{
    return flood_rnd(self);
}

static u64 take_records(struct retire_sink *sink, const struct retire_block *block)
{
    struct flood *f = (struct flood *)(void *)((char *)sink - offsetof(struct flood, sink));

    tally_records(f, block->record, f->drained, block->count);
    f->drained = 0;
    return 0;
}

void flood_attach(struct flood *f)
{
    f->services = (struct run_services){.callthru = on_call, .random = on_random, .self = f};
    f->sink = (struct retire_sink){.take = take_records};
    f->drained = 0;
    HOLDS(machine_trace(f->m, &f->sink));
    f->threads = f->m->thread_count;
    HOLDS(f->threads <= FLOOD_THREADS);
    for (unsigned k = 0; k < f->threads; k++) {
        struct flood_thread *s = &f->thread[k];

        *s = (struct flood_thread){.t = f->m->threads[k], .page = (unsigned)flood_below(f, CODE_PAGES)};
        s->cursor = flood_code_ra[s->page];
        s->t->services = &f->services;
        thread_record(s->t, false);
        s->t->held = false;
        flood_vsrs(f, s->t);
        flood_let_loose(f, s);
        s->counted = s->t->completed;
    }
}
