/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Records and counters are two accounts of the same run: random guests (tests/fuzz/random_program.h) - radix and hash,
 * several threads, devices, both models - are recorded from their first instruction, and the sums must agree.  Control
 * never gets anywhere without a record: each instruction is where the last one of its thread, or the interrupt behind
 * it, said that execution would go on.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/state/context.h"
#include "core/state/retire.h"
#include "machine/machine_internal.h"
#include "tests/fuzz/random_program.h"
#include "tests/support/suite.h"
#include "tests/support/words.h"

enum { CASES = 60, INSNS = 4000, PARTS = 3 };

struct sums {
    u64 completed, interrupts, idle, rc, from_storage, from_arrays, walks, found_in_tlb, data_misses, fetch_misses,
        returns, event_branches, loads, stores, branches, contexts, barriers, invalidations, refused_fetches;
};
struct reader {
    struct retire_sink sink;
    struct sums sums;
    u64 order, waited;
    u64 place[MACHINE_MAX_THREADS]; /* where each thread goes on, as its records say */
    bool placed[MACHINE_MAX_THREADS];
    u64 strayed; /* records that say otherwise */
    bool orderly;
};

static void read_access(struct reader *s, const struct retire_block *b, const struct retire_access *a)
{
    bool fetch = a->kind == ACCESSED_FETCH, behind = false;
    bool misses = a->by > TRANSLATED_BY_ERAT || (a->by == TRANSLATED_NOT && a->flags & ACCESS_REFUSED);

    for (unsigned k = 0; k < a->reads; k++) {
        bool stored = b->read[a->read + k].source == WALK_FROM_STORAGE;
        bool of_segment = walk_is_for_segment(&b->read[a->read + k].step, behind);

        behind |= of_segment;
        s->sums.from_storage += stored;
        s->sums.from_arrays += !stored && !of_segment; /* no counter has those */
    }
    s->sums.found_in_tlb += a->by == TRANSLATED_BY_TLB;
    s->sums.walks += a->by == TRANSLATED_BY_WALK;
    s->sums.data_misses += !fetch && misses;
    s->sums.fetch_misses += fetch && misses;
}

/* From one place to the next. */
static void follow(struct reader *s, unsigned thread, u64 from, u64 to)
{
    s->strayed += s->placed[thread] && s->place[thread] != from;
    s->place[thread] = to;
    s->placed[thread] = true;
}

static void read_record(struct reader *s, const struct retire_block *b, const struct retire *r)
{
    switch ((enum retire_kind)r->kind) {
    case RETIRE_INSN:
        s->sums.completed += retire_completed(r);
        if (retire_completed(r)) {
            s->sums.loads += (r->facts->is & IS_LOAD) != 0;
            s->sums.stores += (r->facts->is & IS_STORE) != 0;
            s->sums.branches += (r->facts->is & IS_BRANCH) != 0;
        }
        s->waited += (r->flags & RETIRE_WAITED) != 0;
        s->sums.refused_fetches += r->ra == ~0ULL;
        follow(s, r->thread, r->cia, r->nia);
        for (unsigned k = 0; k < r->accesses; k++) read_access(s, b, &b->access[r->access + k]);
        break;
    case RETIRE_INTERRUPT:
        s->sums.interrupts++;
        follow(s, r->thread, r->interrupt.from, r->interrupt.to);
        break;
    case RETIRE_EVENT_BRANCH:
        s->sums.event_branches++;
        follow(s, r->thread, r->interrupt.from, r->interrupt.to);
        break;
    case RETIRE_RETURN: s->sums.returns++; break;
    case RETIRE_CONTEXT: s->sums.contexts++; break;
    case RETIRE_INVALIDATION: s->sums.invalidations++; break;
    case RETIRE_BARRIER: s->sums.barriers++; break;
    case RETIRE_RC: s->sums.rc++; break;
    case RETIRE_DMA:
    case RETIRE_STREAM:
    case RETIRE_REGISTER:
    case RETIRE_SEGMENT:
    case RETIRE_KINDS: break;
    case RETIRE_IDLE: s->sums.idle += r->idle_cycles; break;
    }
}

static u64 take(struct retire_sink *sink, const struct retire_block *block)
{
    struct reader *s = container_of(sink, struct reader, sink);

    s->orderly &= block->order == s->order;
    s->order += block->count;
    for (size_t k = 0; k < block->count; k++) read_record(s, block, &block->record[k]);
    return 0;
}

static unsigned wrong;

static void compare(u64 seed, const char *what, u64 records, u64 counters)
{
    if (records == counters) return;
    if (wrong++ < 40)
        fprintf(stderr, "seed %llu: %s: %llu by records, %llu by counters\n", (unsigned long long)seed, what,
                (unsigned long long)records, (unsigned long long)counters);
}

static void compare_all(u64 seed, const struct reader *s, struct machine *m)
{
    const struct totals totals = machine_totals(m);
    const struct counters *c = &totals.counters;
    bool model = m->config->model == MODEL_MMU;

    compare(seed, "order", s->orderly, true);
    compare(seed, "records", s->order, m->records);
    compare(seed, "strayed", s->strayed, 0);
    compare(seed, "instructions", s->sums.completed, c->completed);
    compare(seed, "loads", s->sums.loads, c->loads);
    compare(seed, "stores", s->sums.stores, c->stores);
    compare(seed, "branches", s->sums.branches, c->branches);
    compare(seed, "interrupts", s->sums.interrupts, c->interrupts);
    compare(seed, "idle cycles", s->sums.idle, c->idle_cycles);
    compare(seed, "R and C", s->sums.rc, c->rc_updates);
    if (!model) return;
    compare(seed, "reads", s->sums.from_storage, c->walk_reads + c->segment_reads);
    compare(seed, "reads from arrays", s->sums.from_arrays, c->walk_reads_pwc);
    compare(seed, "TLB hits", s->sums.found_in_tlb, c->tlb_hit);
    if (!c->segment_walks) compare(seed, "walks", s->sums.walks, c->walks);
    compare(seed, "data misses", s->sums.data_misses, c->derat_miss);
    compare(seed, "fetch misses", s->sums.fetch_misses, c->ierat_miss);
}

static void add(struct sums *to, const struct sums *from)
{
    const u64 *in = (const u64 *)from;

    for (size_t k = 0; k < sizeof *to / sizeof *in; k++) ((u64 *)to)[k] += in[k];
}

static void run_case(struct random_case *c, u64 seed, struct sums *all)
{
    struct console *console = console_new(&(struct console_config){.terminal_fd = -1});
    struct reader reader = {.sink = {.take = take}, .orderly = true};
    struct machine *m;

    random_case_make(c, c->isa, seed, RANDOM_ANY);
    c->config.callthru = 0; /* it can reset the counters */
    m = random_case_machine(c, console, NULL);
    ck_assert_ptr_nonnull(m);
    ck_assert(machine_trace(m, &reader.sink));
    for (u64 part = 1; part <= PARTS; part++)
        machine_run(m, &(struct machine_limits){.max_insns = INSNS * part / PARTS, .max_cycles = 1000000 * part}, NULL);
    compare_all(seed, &reader, m);
    add(all, &reader.sums);
    machine_free(m);
    console_free(console);
}

START_TEST(records_and_counters_of_random_guests_agree)
{
    struct random_case *c = calloc(1, sizeof *c);
    struct isa *isa = isa_new();
    struct sums all = {0};

    ck_assert(c && isa);
    c->isa = isa;
    for (u64 seed = 1; seed <= CASES; seed++) run_case(c, seed, &all);
    ck_assert_uint_eq(wrong, 0);
    for (size_t k = 0; k < sizeof all / sizeof(u64); k++) /* nothing is proven by what never happened */
        ck_assert_msg(((u64 *)&all)[k], "sum %zu is 0", k);
    isa_free(isa);
    free(c);
}
END_TEST

/* ---- a sink changes nothing but time ---- */

struct end_state {
    u64 hash, cycles, completed;
    struct totals totals;
};

static struct end_state end_of_case(struct random_case *c, u64 seed, struct retire_sink *sink)
{
    struct console *console = console_new(&(struct console_config){.terminal_fd = -1});
    struct end_state end;
    struct machine *m;
    u64 hash = STATE_HASH_START;

    random_case_make(c, c->isa, seed, RANDOM_ANY);
    m = random_case_machine(c, console, NULL);
    ck_assert_ptr_nonnull(m);
    if (sink) ck_assert(machine_trace(m, sink));
    machine_run(m, &(struct machine_limits){.max_insns = 2000, .max_cycles = 1000000}, NULL);
    for (unsigned k = 0; k < m->thread_count; k++) hash = state_hash(hash, &thread_state, m->threads[k]);
    hash = state_hash_bytes(hash, m->ram.host, GUEST_BYTES); /* main storage is mostly untouched */
    end = (struct end_state){hash, machine_cycles(m), machine_completed(m), machine_totals(m)};
    machine_free(m);
    console_free(console);
    return end;
}

static void compare_ends(u64 seed, const char *what, const struct end_state *with, const struct end_state *without)
{
    compare(seed, what, with->hash, without->hash);
    compare(seed, "cycles", with->cycles, without->cycles);
    compare(seed, "completed", with->completed, without->completed);
    EACH_COUNTER(row) {
        size_t at = row->offset;
        compare(seed, row->name, *(const u64 *)(const void *)((const u8 *)&with->totals.counters + at),
                *(const u64 *)(const void *)((const u8 *)&without->totals.counters + at));
    }
    ck_assert(!memcmp(&with->totals.walks, &without->totals.walks, sizeof with->totals.walks));
}

START_TEST(a_sink_that_takes_no_time_changes_nothing)
{
    struct random_case *c = calloc(1, sizeof *c);
    struct isa *isa = isa_new();

    ck_assert(c && isa);
    c->isa = isa;
    for (u64 seed = 1000; seed < 1000 + CASES / 4; seed++) {
        struct reader at_once = {.sink = {.take = take, .at_once = true}},
                      valued = {.sink = {.take = take, .values = true}};
        struct end_state without = end_of_case(c, seed, NULL), with = end_of_case(c, seed, &at_once.sink);

        compare_ends(seed, "asked at once", &with, &without);
        with = end_of_case(c, seed, &valued.sink);
        compare_ends(seed, "with values", &with, &without);
        compare(seed, "records", at_once.order, valued.order);
    }
    ck_assert_uint_eq(wrong, 0);
    isa_free(isa);
    free(c);
}
END_TEST

/* ---- programs ---- */

enum { ENTRY = 0x10000 };
struct program {
    struct config config;
    struct console *console;
    struct machine *m;
    u8 bytes[0x3000];
    struct machine_segment segment;
};

static void start(struct program *p, const u32 *words, size_t n, enum config_model model, unsigned threads)
{
    config_default(&p->config);
    p->config.mem = 16 << 20;
    p->config.model = model;
    p->config.threads = threads;
    p->config.ierat_entries = 1;
    memset(p->bytes, 0, sizeof p->bytes);
    for (size_t k = 0; k < n; k++) put_be32(p->bytes + 4 * k, words[k]);
    p->segment = (struct machine_segment){
        .blob = {"test", p->bytes, sizeof p->bytes}, .ra = ENTRY, .memory_size = sizeof p->bytes};
    p->console = console_new(&(struct console_config){.terminal_fd = -1});
    p->m = machine_new_bare(
        &p->config,
        &(struct machine_bare){.segments = &p->segment, .segment_count = 1, .entry = ENTRY, .state = BARE_HYPERVISOR},
        p->console, NULL);
    ck_assert_ptr_nonnull(p->m);
    for (unsigned k = 0; k < threads; k++) {
        p->m->threads[k]->held = false;
        p->m->threads[k]->nia = ENTRY;
    }
}

static void stop(struct program *p)
{
    machine_free(p->m);
    console_free(p->console);
}

static const u32 loop[] = {W_LI(5, 1000), W_MTCTR(5),  W_ADDI(6, 6, 1), W_LD(7, 0, 0),
                           W_BDNZ(-8),    W_LI(3, 31), W_LI(4, 0),      W_CALLTHRU};

struct slow_sink {
    struct retire_sink sink;
    u64 instructions, cycles;
};

static u64 take_time(struct retire_sink *sink, const struct retire_block *block)
{
    struct slow_sink *s = container_of(sink, struct slow_sink, sink);
    u64 n = 0;

    for (size_t k = 0; k < block->count; k++) n += retire_completed(&block->record[k]);
    ck_assert(!sink->at_once || n <= 1);
    s->instructions += n;
    return n * s->cycles;
}

START_TEST(a_sink_that_is_asked_at_once_takes_time_and_others_do_not)
{
    u64 cycles[3];

    for (unsigned k = 0; k < 3; k++) {
        struct slow_sink slow = {.sink = {.take = take_time, .at_once = k == 1}, .cycles = 7};
        struct program p;

        start(&p, loop, ARRAY_SIZE(loop), MODEL_NONE, 1);
        if (k) ck_assert(machine_trace(p.m, &slow.sink));
        ck_assert_int_eq(
            machine_run(p.m, &(struct machine_limits){.max_insns = 1 << 20, .max_cycles = UINT64_MAX}, NULL),
            MACHINE_OFF);
        ck_assert_uint_eq(machine_completed(p.m), 3005);
        cycles[k] = p.m->threads[0]->completed + p.m->threads[0]->stall_cycles - p.m->threads[0]->idle_cycles;
        if (k) ck_assert_uint_eq(slow.instructions, 3005);
        stop(&p);
    }
    ck_assert_uint_eq(cycles[0], 3005);
    ck_assert_uint_eq(cycles[1], 3005 * 8);
    ck_assert_uint_eq(cycles[2], 3005);
}
END_TEST

/* Two threads read the time in turns, each time in a page that has to be translated: what waits has translated, and is
 * told, and nothing is told twice. */
START_TEST(an_instruction_that_waits_for_others_tells_what_it_translated)
{
    u32 words[0x402] = {[0] = W_MFSPR(5, 268), [1] = W_B(0xffc), [0x400] = W_MFSPR(6, 268), [0x401] = W_B(-0x1004)};
    struct reader reader = {.sink = {.take = take}, .orderly = true};
    struct program p;

    start(&p, words, ARRAY_SIZE(words), MODEL_MMU, 2);
    ck_assert(machine_trace(p.m, &reader.sink));
    machine_run(p.m, &(struct machine_limits){.max_insns = 10000, .max_cycles = UINT64_MAX}, NULL);
    compare_all(0, &reader, p.m);
    ck_assert_uint_eq(wrong, 0);
    ck_assert_uint_gt(reader.waited, 100);
    stop(&p);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("record_totals");
    TCase *tc = tcase_create("record_totals");

    tcase_add_test(tc, records_and_counters_of_random_guests_agree);
    tcase_add_test(tc, a_sink_that_takes_no_time_changes_nothing);
    tcase_add_test(tc, a_sink_that_is_asked_at_once_takes_time_and_others_do_not);
    tcase_add_test(tc, an_instruction_that_waits_for_others_tells_what_it_translated);
    suite_add_tcase(suite, tc);
    return run_suite(suite);
}
