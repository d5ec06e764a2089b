/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Records for the model `core` that no run would make: a trace may be a file that anybody wrote.  Wrong kinds, sizes
 * and flags, addresses anywhere, table entries of no table, threads that there are not, times that jump and go back -
 * between stretches that are as they should be, so that the model is busy when it meets them.  None may crash or hang
 * it, the cycles of the stack sum to those of the answers, what must hold of the model holds, and the same case gives
 * the same answers.  Only what timing.h says that a caller guarantees is kept.  Meant to run under the sanitizers.
 *
 *   random_records [--seed N] [--cases N] [--seconds N] [--steps N]
 *
 * A step is a block of up to 256 records.  A case that fails says its seed.  Built with P9_LIBFUZZER the choices are
 * drawn from libFuzzer's input.
 */
#include <inttypes.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

#include "core/timing/cpi.h"
#include "core/timing/lane.h"
#include "core/timing/timing.h"
#include "machine/config.h"
#include "stats/counters.h"
#include "stats/hot.h"
#include "stats/walk_tally.h"
#include "tests/fuzz/case_limits.h"
#include "tests/fuzz/random_devices.h"
#include "tests/fuzz/word_source.h"

enum { CASE_SECONDS = 60, FACTS = 64, ACCESSES = 1024, READS = 256, ACCOUNTS = 3, CORES_MOST = 4, THREADS_MOST = 16 };

struct random_devices f;

static struct records_case {
    const struct isa *isa;
    struct word_source words;
    struct timing *timing, *twin;
    unsigned cores, threads;
    struct insn_facts facts[FACTS];
    struct retire record[RETIRE_BLOCK];
    struct retire_access access[ACCESSES];
    struct walk_read read[READS];
    u64 clock[2][THREADS_MOST + 1]; /* of the model and its twin; the last: of threads that there are not */
    u64 moved[2];                   /* cycles in which their threads went on */
    u64 cia, page;
    struct counters counters[ACCOUNTS], twin_counters;
    struct walk_tally tally[ACCOUNTS], twin_tally;
    struct hot hot;
    u64 hash, blocks, records, steps_seen;
} c;

void say_seed(const char *what)
{
    fprintf(stderr, "random_records: %s in the case with --seed %" PRIu64 "\n", what, f.seed);
}

static bool seldom(void)
{
    return dice(64) == 0;
}

/* ---- who listens ---- */

static void account_of(void *self, unsigned thread, struct timing_account *out)
{
    unsigned k = (thread + (unsigned)dice(2)) % ACCOUNTS;

    (void)self;
    HOLDS(thread < c.cores * c.threads);
    *out = (struct timing_account){&c.counters[k], &c.tally[k]};
}

static void account_of_twin(void *self, unsigned thread, struct timing_account *out)
{
    (void)self;
    HOLDS(thread < c.cores * c.threads);
    *out = (struct timing_account){&c.twin_counters, &c.twin_tally};
}

static void note_walk(void *self, unsigned thread, u64 cia, const struct hot_walk *walk)
{
    (void)self;
    hot_note(&c.hot, &(struct hot_place){.cia = cia, .account = thread}, walk);
}

static void note_step(void *self, const struct timing_step *step)
{
    (void)self;
    HOLDS(step->fetched <= step->dispatched && step->dispatched < step->completed && step->issued <= step->finished);
    HOLDS(step->walk_exposed <= step->cycles);
    c.steps_seen++;
}

/* ---- the model ---- */

static void shape_cache(u64 *bytes, u32 *ways, u32 most_sets)
{
    static const u32 some[] = {1, 2, 3, 8, 20};

    *ways = some[dice(ARRAY_SIZE(some))];
    *bytes = (u64)*ways * LINE_BYTES << dice(most_sets);
}

static struct memory_config random_memory(void)
{
    struct memory_config m = memory_config_default();

    shape_cache(&m.l1i_bytes, &m.l1i_ways, 4);
    shape_cache(&m.l1d_bytes, &m.l1d_ways, 4);
    shape_cache(&m.l2_bytes, &m.l2_ways, 6);
    shape_cache(&m.l3_bytes, &m.l3_ways, 8);
    m.l1_replacement = (enum replacement)dice(REPLACE_RANDOM + 1);
    m.l2_replacement = (enum replacement)dice(REPLACE_RANDOM + 1);
    m.l3_replacement = (enum replacement)dice(REPLACE_RANDOM + 1);
    m.memory_cycles = (u32)ONE_OF(216, 216, 500, 100000);
    m.l2_busy_cycles = (u32)ONE_OF(0, 4, 100);
    m.line_millicycles = (u32)ONE_OF(0, 2384, 100000);
    m.load_misses = (u32)ONE_OF(1, 16, 64);
    m.store_stations = (u32)ONE_OF(1, 16, 64);
    m.fetch_ahead = (u32)dice(17);
    m.streams = (u32)ONE_OF(0, 1, 16, 64);
    m.stream_stride = dice(2);
    m.sector_cycles = (u32)ONE_OF(0, 2, 1000);
    m.perfect = dice(16) == 0;
    m.prefetch_machines = (u32)ONE_OF(1, 32);
    return m;
}

static struct timing_config random_config(void)
{
    struct config defaults;
    struct timing_config t;

    config_default(&defaults);
    t = config_timing(&defaults);
    if (dice(4) == 0) return t;
    t.memory = random_memory();
    t.fetch_width = 1 + (u32)dice(8);
    t.fetch_block = (u32)ONE_OF(32, 64, 128);
    t.fetch_queue = (u32)ONE_OF(8, 32, LSU_QUEUE_MOST - 1);
    t.dispatch_slots = (u32)ONE_OF(1, 6);
    t.complete_width = (u32)ONE_OF(1, 6, 64);
    t.ict = (u32)ONE_OF(64, 256, ICT_MOST - 64);
    t.issue_queue = (u32)ONE_OF(8, 54, ISSUE_QUEUE_MOST);
    t.load_queue = (u32)ONE_OF(8, 64, LSU_QUEUE_MOST - 1);
    t.store_queue = (u32)ONE_OF(8, 64, LSU_QUEUE_MOST - 1);
    t.erat_misses = (u32)ONE_OF(1, 8, ROOM_MAX);
    t.data_walkers = (u32)ONE_OF(1, 2, ROOM_MAX);
    t.walk_free = dice(4) == 0;
    t.pte_prefetch = dice(2);
    t.translate_after_icache_miss = dice(2);
    t.branch.tage = (u32)ONE_OF(0, 64);
    t.branch.bht = 64;
    t.branch.count_entries = 8;
    t.branch.count_cache = dice(2);
    t.branch.link_stack = (u32)ONE_OF(1, 64);
    return t;
}

/* Of any word of the table, or of none; its registers are anybody's. */
static void make_facts(struct insn_facts *facts)
{
    u32 word = word_source_word(&c.words, (enum word_kind)dice(WORD_KINDS));
    unsigned row = isa_find(c.isa, word);
    u64 few = dice(4) ? 0x11 : ~0ULL;

    *facts = (struct insn_facts){.word = word, .row = (u16)row, .learned = dice(8) != 0};
    if (row != ROW_NONE) {
        facts->issue_class = (u8)isa_row(c.isa, row)->issue_class;
        facts->is = (u8)((isa_row(c.isa, row)->flags & LOADS ? IS_LOAD : 0) |
                         (isa_row(c.isa, row)->flags & STORES ? IS_STORE : 0));
    }
    if (seldom()) facts->is = (u8)dice(256);
    facts->gpr_in = (u32)(any64() & few);
    facts->gpr_out = (u32)(any64() & few);
    facts->vsr_in = any64() & few & any64();
    facts->vsr_out = any64() & few & any64();
    facts->cr_in = (u8)(dice(256) & few);
    facts->cr_out = (u8)(dice(256) & few);
    facts->named_in = (u32)(any64() & any64() & any64());
    facts->named_out = (u32)(any64() & any64() & any64());
    for (unsigned k = 0; k < FACTS_SPRS; k++) facts->spr_in[k] = facts->spr_out[k] = (u16)ONE_OF(815, 8, FACTS_NO_SPR);
}

static void open_case(void)
{
    static const struct timing_listener deaf = {account_of_twin, NULL, NULL};
    struct timing_listener listener = {account_of, dice(2) ? note_walk : NULL, NULL};
    struct timing_config config = random_config();
    const struct isa *isa = c.isa;

    memset(&c, 0, sizeof c);
    c.isa = isa;
    word_source_open(&c.words, c.isa, any64());
    c.cores = 1 + (unsigned)dice(CORES_MOST);
    c.threads = (unsigned)ONE_OF(1, 2, 4);
    if (config.ict < 16 * c.threads) config.ict = 64;
    hot_open(&c.hot, 64);
    c.timing = timing_open(&config, c.isa, c.cores, c.threads, &listener);
    HOLDS(c.timing != NULL);
    if (dice(4) == 0) {
        c.twin = timing_open_twin(c.timing, &deaf);
        HOLDS(c.twin != NULL);
    }
    if (dice(4) == 0) timing_watch(c.timing, &(struct timing_watcher){.step = note_step});
    for (unsigned k = 0; k < FACTS; k++) make_facts(&c.facts[k]);
    c.page = any64();
}

/* ---- records ---- */

static u64 any_time(void)
{
    return ONE_OF(0, 1, 1000, 1ULL << 20, 1ULL << 32, BOOKING_LATEST - 100, BOOKING_LATEST, TIMING_LATEST - 1000,
                  TIMING_LATEST, ~0ULL, any64());
}

/* Mostly some lines of a few pages. */
static u64 any_address(void)
{
    if (seldom()) return ONE_OF(0, 1, ~0ULL, ~0ULL - 126, 1ULL << 63, any64());
    return (c.page & ~0xfffffULL) + (dice(8) << 16) + dice(1024) * (dice(4) ? 128 : 8);
}

static void make_read(struct walk_read *r)
{
    memset(r, 0, sizeof *r);
    r->step.entry_ra = any_address();
    r->step.kind = (u8)(seldom() ? dice(256) : dice(6));
    r->step.stage = (u8)(seldom() ? dice(256) : dice(2));
    r->step.level = (u8)(seldom() ? dice(256) : dice(5));
    r->step.nested_for = (u8)(seldom() ? dice(256) : dice(16));
    r->source = (u8)(seldom() ? dice(256) : dice(WALK_SOURCES));
}

static void make_access(struct retire_access *a)
{
    u8 reads = (u8)(seldom() ? dice(256) : dice(5));

    *a = (struct retire_access){.ea = any_address(), .ra = any_address(), .reads = reads};
    a->read = (u32)dice(READS - reads + 1);
    a->size = (u8)(seldom() ? dice(256) : 1ULL << dice(5));
    a->kind = (u8)(seldom() ? dice(256) : dice(ACCESSED_HINT + 1));
    a->flags = (u8)(dice(8) ? dice(2) : dice(256));
    a->by = (u8)(seldom() ? dice(256) : dice(8) ? TRANSLATED_BY_ERAT : dice(TRANSLATED_REAL + 1));
    a->page_shift = (u8)(seldom() ? dice(256) : ONE_OF(0, 12, 16, 21, 30));
}

static void make_insn(struct retire *r)
{
    bool goes_on = dice(16) != 0;

    if (seldom()) c.cia = any_address() + dice(4);
    r->cia = c.cia;
    r->nia = c.cia = goes_on ? c.cia + 4 : any_address();
    r->ra = seldom() ? ~0ULL : r->cia;
    r->facts = &c.facts[dice(FACTS)];
    r->accesses = (u8)(seldom() ? dice(256) : dice(3) ? dice(2) : dice(5));
    r->access = (u16)dice(ACCESSES - r->accesses + 1);
    r->flags = (u8)((goes_on ? 0 : RETIRE_TAKEN) | (dice(16) ? 0 : dice(256)));
}

static void make_record(struct retire *r, unsigned thread)
{
    memset(r, 0, sizeof *r);
    make_insn(r);
    r->kind = (u8)RETIRE_INSN;
    if (dice(16) == 0) r->kind = (u8)(seldom() ? dice(256) : dice(RETIRE_KINDS));
    if (r->kind == RETIRE_DMA) {
        r->dma.ra = any_address();
        r->dma.bytes = seldom() ? any64() : dice(4096);
        r->dma.write = dice(2);
    } else if (r->kind != RETIRE_INSN) {
        r->cia = any64(), r->nia = any64(), r->ra = any64(), r->facts = NULL;
    }
    r->fetch_shift = (u8)dice(256);
    r->thread = (u16)(seldom() ? dice(1 << 16) : thread);
}

/* Everything is new: facts of one execution lie in the same place as those of another did. */
static void make_block(struct retire_block *block, unsigned thread)
{
    for (unsigned k = 0; k < 8; k++) make_facts(&c.facts[dice(FACTS)]);
    for (unsigned k = 0; k < READS; k++) make_read(&c.read[k]);
    for (unsigned k = 0; k < ACCESSES; k++) make_access(&c.access[k]);
    *block = (struct retire_block){.record = c.record, .access = c.access, .read = c.read, .order = any64()};
    block->count = seldom() ? 0 : 1 + dice(RETIRE_BLOCK);
    block->kept = (u32)dice(8);
    for (size_t k = 0; k < block->count; k++) make_record(&c.record[k], thread);
}

/* ---- what must come of it ---- */

static void hand_over(struct timing *t, unsigned which, struct retire_block *block, bool odd, u64 odd_time)
{
    unsigned thread = retire_thread(block), threads = c.cores * c.threads;
    u64 *clock = &c.clock[which][thread < threads ? thread : THREADS_MOST], begins, end;

    block->time = odd ? odd_time : *clock;
    begins = block->time < TIMING_LATEST ? block->time : TIMING_LATEST;
    end = begins + timing_sink(t)->take(timing_sink(t), block);
    HOLDS(thread < threads || end == begins);
    if (thread >= threads) return;
    HOLDS(end >= *clock && end >= begins);
    c.moved[which] += end - (begins > *clock ? begins : *clock);
    *clock = end;
    c.hash = c.hash * 0x100000001b3 ^ end;
}

static u64 stack_of(const struct counters *counters)
{
    const u64 *cell = &counters->cpi_completed;
    u64 sum = 0;

    for (unsigned k = 0; k < CPI_COUNT; k++) sum += cell[k];
    return sum;
}

static void step(void)
{
    unsigned threads = c.cores * c.threads, thread = (unsigned)dice(threads);
    bool odd = dice(32) == 0;
    struct retire_block block;
    u64 odd_time = any_time();

    make_block(&block, thread);
    if (dice(32) == 0) timing_warm(c.timing, &block);
    else hand_over(c.timing, 0, &block, odd, odd_time);
    if (c.twin) hand_over(c.twin, 1, &block, odd, odd_time);
    c.blocks++;
    c.records += block.count;
}

static void check_counters(void)
{
    u64 stack = 0;

    for (unsigned k = 0; k < ACCOUNTS; k++) {
        const struct counters *n = &c.counters[k];

        stack += stack_of(n);
        HOLDS(n->branch_target_wrong <= n->branch_mispredicted);
        for (unsigned w = 0; w < sizeof *n / sizeof(u64); w++) c.hash = c.hash * 0x100000001b3 ^ ((const u64 *)n)[w];
    }
    HOLDS(stack == c.moved[0]);
    HOLDS(!c.twin || stack_of(&c.twin_counters) == c.moved[1]);
    HOLDS(!c.twin || !c.twin_counters.walk_exposed);
}

static void must_hold(const char *what_does_not)
{
    if (what_does_not) say_seed(what_does_not);
    HOLDS(!what_does_not);
}

static u64 run_case(unsigned steps)
{
    open_case();
    for (unsigned k = 0; k < steps; k++) {
        step();
        if (k % 16 == 0) must_hold(timing_check(c.timing));
    }
    must_hold(timing_check(c.timing));
    if (c.twin) must_hold(timing_check(c.twin));
    check_counters();
    timing_close(c.twin);
    timing_close(c.timing);
    hot_close(&c.hot);
    return c.hash;
}

#ifdef P9_LIBFUZZER

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);
int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
    if (!c.isa) c.isa = isa_new();
    f.random = 1;
    f.bytes = data;
    f.left = size;
    if (c.isa) run_case(8);
    return 0;
}

#else

static void on_alarm(int number)
{
    (void)number;
    say_seed("no end");
    abort();
}

static u64 begin_case(u64 seed, unsigned steps)
{
    f.seed = seed;
    f.random = seed * 0x9e3779b97f4a7c15ULL;
    alarm(CASE_SECONDS);
    return run_case(steps);
}

int main(int argc, char **argv)
{
    struct case_limits limits = {.seed = 1, .cases = UINT64_MAX, .seconds = 10, .steps = 50};
    struct isa *isa = isa_new();
    time_t start = time(NULL);
    u64 blocks = 0, records = 0;

    if (!isa || !case_limits_read(&limits, "random_records", argc, argv)) return 2;
    c.isa = isa;
    signal(SIGALRM, on_alarm);
    for (; f.cases < limits.cases && (u64)(time(NULL) - start) < limits.seconds; f.cases++) {
        u64 hash = begin_case(limits.seed + f.cases, (unsigned)limits.steps);

        blocks += c.blocks;
        records += c.records;
        if (f.cases % 8 == 0) HOLDS(begin_case(f.seed, (unsigned)limits.steps) == hash);
    }
    alarm(0);
    printf("random_records: seeds %" PRIu64 " to %" PRIu64 ": %" PRIu64 " cases, %" PRIu64 " blocks, %" PRIu64
           " records\n",
           limits.seed, f.seed, f.cases, blocks, records);
    isa_free(isa);
    return 0;
}

#endif
