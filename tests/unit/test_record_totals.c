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

#include "core/state/retire.h"
#include "machine/machine_internal.h"
#include "tests/fuzz/random_program.h"
#include "tests/support/suite.h"

enum { CASES = 120, INSNS = 4000, PARTS = 3 };

struct sums {
    u64 completed, interrupts, idle, rc, from_storage, from_arrays, walks, data_misses, fetch_misses, returns, branches,
        contexts, barriers, invalidations, refused_fetches;
};
struct reader {
    struct retire_sink sink;
    struct sums sums;
    u64 order;
    u64 place[MACHINE_MAX_THREADS]; /* where each thread goes on, as its records say */
    bool placed[MACHINE_MAX_THREADS];
    u64 strayed; /* records that say otherwise */
    bool orderly;
};

static void read_access(struct reader *s, const struct retire_block *b, const struct retire_access *a)
{
    bool fetch = a->kind == ACCESSED_FETCH;
    bool misses = a->by > TRANSLATED_BY_ERAT || (a->by == TRANSLATED_NOT && a->flags & ACCESS_REFUSED);

    for (unsigned k = 0; k < a->reads; k++) {
        bool stored = b->read[a->read + k].source == WALK_FROM_STORAGE;
        s->sums.from_storage += stored;
        s->sums.from_arrays += !stored;
    }
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
        s->sums.refused_fetches += r->ra == ~0ULL;
        follow(s, r->thread, r->cia, r->nia);
        for (unsigned k = 0; k < r->accesses; k++) read_access(s, b, &b->access[r->access + k]);
        break;
    case RETIRE_INTERRUPT:
        s->sums.interrupts++;
        follow(s, r->thread, r->interrupt.from, r->interrupt.to);
        break;
    case RETIRE_EVENT_BRANCH:
        s->sums.branches++;
        follow(s, r->thread, r->interrupt.from, r->interrupt.to);
        break;
    case RETIRE_RETURN: s->sums.returns++; break;
    case RETIRE_CONTEXT: s->sums.contexts++; break;
    case RETIRE_INVALIDATION: s->sums.invalidations++; break;
    case RETIRE_BARRIER: s->sums.barriers++; break;
    case RETIRE_RC: s->sums.rc++; break;
    case RETIRE_DMA: break;
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
    compare(seed, "interrupts", s->sums.interrupts, c->interrupts);
    compare(seed, "idle cycles", s->sums.idle, c->idle_cycles);
    compare(seed, "R and C", s->sums.rc, c->rc_updates);
    if (!model) return;
    compare(seed, "reads", s->sums.from_storage, c->walk_reads + c->segment_reads);
    compare(seed, "reads from arrays", s->sums.from_arrays, c->walk_reads_pwc);
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
        machine_run(m, &(struct machine_limits){.max_insns = INSNS * part / PARTS, .max_cycles = 10000000 * part},
                    NULL);
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

int main(void)
{
    Suite *suite = suite_create("record_totals");
    TCase *tc = tcase_create("record_totals");

    tcase_add_test(tc, records_and_counters_of_random_guests_agree);
    suite_add_tcase(suite, tc);
    return run_suite(suite);
}
