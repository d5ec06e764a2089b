/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What records say of accesses and of what else happens, case by case: each access with its pieces and its kind, each
 * barrier, invalidation, return and change of context, what devices do, and that a sink can take time but nothing else.
 */
#include <check.h>
#include <stdlib.h>

#include "bus/bus.h"
#include "core/run/run.h"
#include "core/state/context.h"
#include "core/state/interrupt.h"
#include "core/state/spr.h"
#include "tests/support/suite.h"
#include "tests/support/words.h"
#include "tests/unit/records_world.h"

#define D(k) (WORLD_DATA + (k))
#define W_XO(rt, ra, rb, xo) W_X(31, rt, ra, rb, xo)
#define REAL(ea) ((ea) & (WORLD_INHIBITED - 1))

struct bench {
    struct world *w;
    struct thread *from;
    struct outcome *out;
};

static struct bench open_bench(void)
{
    struct bench b = {.w = world_open(false), .out = calloc(1, sizeof *b.out)};

    ck_assert_int_eq(posix_memalign((void **)&b.from, 64, sizeof *b.from), 0);
    ck_assert_ptr_nonnull(b.out);
    return b;
}

static void close_bench(struct bench *b)
{
    world_close(b->w);
    free(b->from);
    free(b->out);
}

static void place(struct bench *b, u32 word, bool ultra)
{
    u32 words[WORLD_WORDS] = {word};

    world_place(b->w, words, false);
    world_state_of_software(b->w, b->from, ultra);
    b->from->pending = 0; /* doorbells do not wait in a guest */
}

/* ---- accesses ---- */

struct expected {
    u64 ea;
    u8 size, kind, flags;
};
/* One instruction, with r4 = address and r5 = 0, in hypervisor real mode, or with translation. */
static const struct access_case {
    const char *what;
    u32 word;
    u64 address;
    bool translated, refused;
    u8 flags; /* of the record */
    struct expected access[3];
} access_cases[] = {
    {"ld", W_LD(3, 0, 4), D(0x100), false, false, 0, {{D(0x100), 8, ACCESSED_LOAD, 0}}},
    {"ld, not aligned", W_LD(3, 0, 4), D(0x101), false, false, 0, {{D(0x101), 8, ACCESSED_LOAD, 0}}},
    {"ld over a page's end",
     W_LD(3, 0, 4),
     D(0xffd),
     false,
     false,
     0,
     {{D(0xffd), 3, ACCESSED_LOAD, 0}, {D(0x1000), 5, ACCESSED_LOAD, ACCESS_CROSSED}}},
    {"std over a page's end",
     W_STD(3, 0, 4),
     D(0xffd),
     true,
     false,
     0,
     {{D(0xffd), 3, ACCESSED_STORE, ACCESS_AS_STORE},
      {D(0x1000), 5, ACCESSED_STORE, ACCESS_AS_STORE | ACCESS_CROSSED}}},
    {"lxvx over a page's end",
     W_XO(3, 4, 5, 268),
     D(0xff1),
     false,
     false,
     0,
     {{D(0xff1), 15, ACCESSED_LOAD, 0}, {D(0x1000), 1, ACCESSED_LOAD, ACCESS_CROSSED}}},
    {"lq", W_D(56, 6, 4, 0), D(0x20), false, false, 0, {{D(0x20), 16, ACCESSED_LOAD, 0}}},
    {"stq", W_D(62, 6, 4, 2), D(0x20), false, false, 0, {{D(0x20), 16, ACCESSED_STORE, ACCESS_AS_STORE}}},
    {"lqarx", W_XO(6, 4, 5, 276), D(0x20), false, false, 0, {{D(0x20), 16, ACCESSED_RESERVE, 0}}},
    {"ldat, fetch and add",
     W_XO(6, 4, 0, 614),
     D(0x28),
     false,
     false,
     0,
     {{D(0x28), 8, ACCESSED_LOAD, 0}, {D(0x28), 8, ACCESSED_STORE, ACCESS_AS_STORE}}},
    {"lwarx", W_XO(6, 4, 5, 20), D(0x24), true, false, 0, {{D(0x24), 4, ACCESSED_RESERVE, 0}}},
    {"stwcx. without a reservation",
     W_XO(6, 4, 5, 150) | 1,
     D(0x2024),
     false,
     false,
     0,
     {{D(0x2024), 4, ACCESSED_CONDITIONAL, ACCESS_AS_STORE}}},
    {"stdcx. with one",
     W_XO(6, 4, 5, 214) | 1,
     D(0x80),
     false,
     false,
     RETIRE_PERFORMED,
     {{D(0x80), 8, ACCESSED_CONDITIONAL, ACCESS_AS_STORE}}},
    {"dcbz", W_XO(0, 4, 5, 1014), D(0x1234), false, false, 0, {{D(0x1200), 128, ACCESSED_STORE, ACCESS_AS_STORE}}},
    {"dcbf", W_XO(0, 4, 5, 86), D(0x1234), true, false, 0, {{D(0x1234), 1, ACCESSED_CACHE, 0}}},
    {"icbi", W_XO(0, 4, 5, 982), D(0x1234), false, false, 0, {{D(0x1234), 1, ACCESSED_CACHE, 0}}},
    {"dcbt", W_XO(0, 4, 5, 278), 5ULL << 30, true, false, 0, {{5ULL << 30, 0, ACCESSED_HINT, 0}}},
    {"dcbtst", W_XO(0, 4, 5, 246), 5ULL << 30, true, false, 0, {{5ULL << 30, 0, ACCESSED_HINT, ACCESS_AS_STORE}}},
    {"lwzcix", W_XO(3, 4, 5, 789), D(0x40), false, false, 0, {{D(0x40), 4, ACCESSED_LOAD, ACCESS_INHIBITED}}},
    {"stbcix",
     W_XO(3, 4, 5, 981),
     D(0x41),
     false,
     false,
     0,
     {{D(0x41), 1, ACCESSED_STORE, ACCESS_AS_STORE | ACCESS_INHIBITED}}},
    {"lwz, caching-inhibited",
     W_LWZ(3, 0, 4),
     WORLD_INHIBITED + D(0x40),
     true,
     false,
     0,
     {{WORLD_INHIBITED + D(0x40), 4, ACCESSED_LOAD, ACCESS_INHIBITED}}},
    {"lwarx, caching-inhibited",
     W_XO(6, 4, 5, 20),
     WORLD_INHIBITED + D(0x40),
     true,
     true,
     RETIRE_FAULTED,
     {{WORLD_INHIBITED + D(0x40), 4, ACCESSED_RESERVE, ACCESS_INHIBITED}}},
    {"ld, not mapped",
     W_LD(3, 0, 4),
     5ULL << 30,
     true,
     true,
     RETIRE_FAULTED,
     {{5ULL << 30, 8, ACCESSED_LOAD, ACCESS_REFUSED}}},
    {"std over the end of storage",
     W_STD(3, 0, 4),
     WORLD_BYTES - 4,
     false,
     true,
     RETIRE_FAULTED,
     {{WORLD_BYTES - 4, 4, ACCESSED_STORE, ACCESS_AS_STORE},
      {WORLD_BYTES, 4, ACCESSED_STORE, ACCESS_AS_STORE | ACCESS_CROSSED | ACCESS_REFUSED}}},
};

static void check_expected(const struct access_case *c, const struct retire_access *a, const struct expected *e)
{
    bool real = a->kind == ACCESSED_HINT || a->flags & ACCESS_REFUSED,
         cix = !c->translated && e->flags & ACCESS_INHIBITED;

    ck_assert_msg(a->ea == e->ea && a->size == e->size && a->kind == e->kind, "%s: %llx size %u kind %u", c->what,
                  (unsigned long long)a->ea, a->size, a->kind);
    ck_assert_msg(a->flags == e->flags, "%s: flags %x", c->what, a->flags);
    ck_assert_msg(a->ra == (real ? 0 : REAL(e->ea)), "%s: ra %llx", c->what, (unsigned long long)a->ra);
    ck_assert_msg((a->page_shift != 0) == !(real || cix), "%s: page of %u", c->what, a->page_shift);
    ck_assert_msg((a->by == TRANSLATED_NOT) == (a->kind == ACCESSED_HINT || cix), "%s: by %u", c->what, a->by);
}

START_TEST(each_access_is_recorded_as_what_it_is)
{
    struct bench b = open_bench();

    for (size_t k = 0; k < ARRAY_SIZE(access_cases); k++) {
        const struct access_case *c = &access_cases[k];
        unsigned at = 0;

        place(&b, c->word, true);
        b.from->gpr[4] = c->address;
        b.from->gpr[5] = 0;
        b.from->reserved = c->flags & RETIRE_PERFORMED;
        b.from->reserve_ra = c->address & ~127ULL;
        if (c->translated) b.from->msr |= MSR_IR | MSR_DR;
        if (c->translated) b.from->msr &= ~(MSR_HV | MSR_S), b.from->spr.LPIDR = b.from->spr.PIDR = 1;
        world_run(b.w, 0, b.from, true, b.out);
        ck_assert_msg(b.out->fetched && b.out->completed == !c->refused && b.out->flags == c->flags, "%s: flags %x",
                      c->what, b.out->flags);
        for (unsigned n = 0; n < b.out->accesses; n++) {
            if (b.out->access[n].kind == ACCESSED_FETCH) continue;
            ck_assert_msg(at < 3 && c->access[at].ea, "%s: more accesses than %u", c->what, at);
            check_expected(c, &b.out->access[n], &c->access[at++]);
        }
        ck_assert_msg(at == 3 || !c->access[at].ea, "%s: %u accesses", c->what, at);
        ck_assert_uint_eq(b.out->interrupts, c->refused);
        world_undo(b.w, b.out);
    }
    close_bench(&b);
}
END_TEST

/* ---- events of one instruction ---- */

static const struct {
    u32 word;
    u8 barrier;
} barriers[] = {
    {W_XO(0, 0, 0, 598), BARRIER_SYNC},     {W_XO(1, 0, 0, 598), BARRIER_LWSYNC},
    {W_XO(2, 0, 0, 598), BARRIER_PTESYNC},  {W_XO(0, 0, 0, 854), BARRIER_EIEIO},
    {W_X(19, 0, 0, 0, 150), BARRIER_ISYNC}, {W_XO(0, 0, 0, 566), BARRIER_TLBSYNC},
    {W_XO(0, 0, 0, 338), BARRIER_SLBSYNC},  {W_XO(0, 0, 0, 886), BARRIER_MSGSYNC},
};

/* RIC, PRS and R of tlbie lie above RA and in it. */
static const struct {
    u32 word;
    u8 what, ric, prs, r;
    bool has_rb, has_rs;
} invalidations[] = {
    {W_XO(6, 2 << 2 | 1 << 1 | 1, 5, 306), INVALIDATE_TLBIE, 2, 1, 1, true, true},
    {W_XO(6, 0, 5, 306), INVALIDATE_TLBIE, 0, 0, 0, true, true},
    {W_XO(6, 1 << 2 | 1 << 1 | 1, 5, 274), INVALIDATE_TLBIEL, 1, 1, 1, true, true},
    {W_XO(0, 0, 5, 434), INVALIDATE_SLBIE, 0, 0, 0, true, false},
    {W_XO(6, 0, 5, 466), INVALIDATE_SLBIEG, 0, 0, 0, true, true},
    {W_XO(6, 0, 0, 850), INVALIDATE_SLBIAG, 0, 0, 0, false, true},
    {W_XO(0, 0, 0, 498), INVALIDATE_SLBIA, 0, 0, 0, false, false},
};

static const struct retire *only_event(const struct bench *b, enum retire_kind kind)
{
    const struct retire *found = NULL;

    ck_assert(b->out->fetched && b->out->completed);
    ck_assert_uint_le(b->out->events, OUTCOME_EVENTS);
    for (unsigned k = 0; k < b->out->events; k++) {
        if (b->out->event[k].kind != kind) continue;
        ck_assert_ptr_null(found);
        found = &b->out->event[k];
    }
    ck_assert_ptr_nonnull(found);
    return found;
}

START_TEST(each_barrier_and_invalidation_is_an_event)
{
    struct bench b = open_bench();

    for (size_t k = 0; k < ARRAY_SIZE(barriers); k++) {
        place(&b, barriers[k].word, false);
        world_run(b.w, 0, b.from, true, b.out);
        ck_assert_uint_eq(only_event(&b, RETIRE_BARRIER)->barrier, barriers[k].barrier);
    }
    for (size_t k = 0; k < ARRAY_SIZE(invalidations); k++) {
        const struct retire *r;

        place(&b, invalidations[k].word, false);
        b.from->spr.LPIDR = 3;
        b.from->gpr[5] = 0x12345000 | 3 << 10;
        b.from->gpr[6] = 7ULL << 32 | 2;
        world_run(b.w, 0, b.from, true, b.out);
        r = only_event(&b, RETIRE_INVALIDATION);
        ck_assert_uint_eq(r->invalidation.what, invalidations[k].what);
        ck_assert_uint_eq(r->invalidation.rb, invalidations[k].has_rb ? b.from->gpr[5] : 0);
        ck_assert_uint_eq(r->invalidation.rs, invalidations[k].has_rs ? b.from->gpr[6] : 0);
        ck_assert_uint_eq(r->invalidation.ric, invalidations[k].ric);
        ck_assert_uint_eq(r->invalidation.prs, invalidations[k].prs);
        ck_assert_uint_eq(r->invalidation.r, invalidations[k].r);
        ck_assert_uint_eq(r->invalidation.lpid, 3);
        ck_assert(r->invalidation.hv);
    }
    close_bench(&b);
}
END_TEST

START_TEST(returns_and_changes_of_context_are_events)
{
    static const struct {
        u32 word;
        u16 nia, msr;
    } returns[] = {
        {W_RFID, SPRN_SRR0, SPRN_SRR1}, {W_HRFID, SPRN_HSRR0, SPRN_HSRR1}, {0x4c000264, SPRN_USRR0, SPRN_USRR1}};
    struct bench b = open_bench();
    const struct retire *r;

    for (size_t k = 0; k < ARRAY_SIZE(returns); k++) {
        place(&b, returns[k].word, true);
        *spr_field(b.from, spr_find(returns[k].nia)) = D(0x40);
        *spr_field(b.from, spr_find(returns[k].msr)) = MSR_SF | MSR_PR;
        world_run(b.w, 0, b.from, true, b.out);
        r = only_event(&b, RETIRE_RETURN);
        ck_assert_uint_eq(r->back.from, WORLD_CODE);
        ck_assert_uint_eq(r->back.to, D(0x40));
        ck_assert_uint_eq(r->back.msr, MSR_SF | MSR_PR | MSR_EE | MSR_IR | MSR_DR);
        ck_assert_uint_eq(b.out->nia, D(0x40));
        r = only_event(&b, RETIRE_CONTEXT);
        ck_assert_uint_eq(r->context.msr, MSR_SF | MSR_PR | MSR_EE | MSR_IR | MSR_DR);
    }
    for (unsigned k = 0; k < 2; k++) {
        place(&b, W_MTSPR(k ? SPRN_UDSCR : SPRN_DSCR, 6), false);
        b.from->gpr[6] = ~0ULL;
        b.from->spr.HFSCR = b.from->spr.FSCR = ~0ULL;
        world_run(b.w, 0, b.from, true, b.out);
        r = only_event(&b, RETIRE_STREAM);
        ck_assert_uint_eq(r->dscr, PPC_BITMASK(39, 63));
    }
    place(&b, W_MTSPR(SPRN_PIDR, 6), false);
    b.from->gpr[6] = 9;
    world_run(b.w, 0, b.from, true, b.out);
    r = only_event(&b, RETIRE_CONTEXT);
    ck_assert_uint_eq(r->context.pid, 9);
    ck_assert_uint_eq(r->context.lpid, b.from->spr.LPIDR);
    place(&b, 0x44000002, false); /* sc: the interrupt stands behind the instruction */
    world_run(b.w, 0, b.from, true, b.out);
    ck_assert_uint_eq(b.out->interrupts, 1);
    ck_assert_uint_eq(b.out->interrupt.interrupt.number, INTERRUPT_SYSTEM_CALL);
    ck_assert_uint_eq(b.out->interrupt.interrupt.from, WORLD_CODE + 4);
    ck_assert_uint_eq(b.out->interrupt.interrupt.to, 0xc00);
    ck_assert_uint_eq(b.out->interrupt.interrupt.msr, b.w->t->msr);
    close_bench(&b);
}
END_TEST

/* ---- devices ---- */

struct dma_count {
    struct retire_sink sink;
    u64 order, next, inside, outside, bytes;
};

static u64 count_dma(struct retire_sink *sink, const struct retire_block *block)
{
    struct dma_count *d = container_of(sink, struct dma_count, sink);

    ck_assert_uint_eq(block->order, d->order);
    d->order += block->count;
    for (size_t k = 0; k < block->count; k++) {
        const struct retire *r = &block->record[k];
        if (r->kind != RETIRE_DMA) continue;
        ck_assert_uint_eq(r->dma.ra, D(8 * d->next++));
        d->bytes += r->dma.bytes;
        ck_assert(r->dma.write == (d->next % 2 == 1));
        if (r->thread == RETIRE_NO_THREAD) d->outside++;
        else d->inside++;
    }
    return 0;
}

/* Reads and writes, one after the other, doubleword by doubleword. */
static void some_dma(struct bus *bus, unsigned first, unsigned count)
{
    u64 value = 0;

    for (unsigned k = first; k < first + count; k++)
        ck_assert(k % 2 ? bus_dma_read(bus, D(8 * k), &value, 8) : bus_dma_write(bus, D(8 * k), &value, 8));
}

enum { DMA_INSIDE = 1000, DMA_OUTSIDE = 500 };
static enum next call_device(void *self, struct thread *t)
{
    (void)self;
    some_dma(t->bus, 0, DMA_INSIDE);
    return NEXT;
}

START_TEST(what_devices_do_to_storage_is_recorded_inside_and_outside_of_turns)
{
    struct dma_count count = {.sink = {.take = count_dma}};
    struct run_services services = {.callthru = call_device};
    struct bench b = open_bench();

    place(&b, W_CALLTHRU, false);
    b.from->services = &services;
    ck_assert(machine_trace(b.w->m, &count.sink));
    count.order = b.w->m->records;
    b.w->m->fabric.running = b.w->t; /* as in a turn */
    world_run(b.w, 0, b.from, true, b.out);
    b.w->m->fabric.running = NULL;
    ck_assert_uint_eq(count.inside, DMA_INSIDE);
    some_dma(b.w->m->bus, DMA_INSIDE, DMA_OUTSIDE);
    retire_drain(b.w->t->ring);
    ck_assert_uint_eq(count.outside, DMA_OUTSIDE);
    ck_assert_uint_eq(count.bytes, 8 * (DMA_INSIDE + DMA_OUTSIDE));
    ck_assert_uint_eq(count.order, b.w->m->records);
    close_bench(&b);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("record_events");
    TCase *tc = tcase_create("record_events");

    tcase_add_test(tc, each_access_is_recorded_as_what_it_is);
    tcase_add_test(tc, each_barrier_and_invalidation_is_an_event);
    tcase_add_test(tc, returns_and_changes_of_context_are_events);
    tcase_add_test(tc, what_devices_do_to_storage_is_recorded_inside_and_outside_of_turns);
    suite_add_tcase(suite, tc);
    return run_suite(suite);
}
