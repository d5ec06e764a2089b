/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The model `core`, saved and restored (base/state.h).
 *
 * A model is driven by random records: instructions of every kind that depend on each other, accesses that hit and
 * miss and walk, branches, interrupts, what devices write; several threads, now timed, now only followed.  A second
 * model that was restored from the first one's state is the same to the byte - of each struct every member that is no
 * pointer, whether its row calls it state or derived - and gives the same answers from then on.
 *
 * With other numbers it takes what fits.  Then the bytes are spoiled: whatever they say, the reader refuses them, or
 * the check of what must hold does, or the model can be driven.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "base/state.h"
#include "core/isa/decode.h"
#include "core/timing/lane.h"
#include "core/timing/memory_parts.h"
#include "core/timing/rows.h"
#include "stats/counters.h"
#include "stats/walk_tally.h"
#include "tests/support/suite.h"

enum { CORES = 3, THREADS = 2, RECORDS = 24, BLOCKS = 1500, MORE = 400, WORDS = 16, STORAGE = 1 << 21 };

static u64 seed;

static u64 any(u64 below)
{
    seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
    return (seed >> 33) % below;
}

/* ---- what is fed ---- */

static struct isa *isa;
static struct insn_facts facts[WORDS];

static void make_facts(void)
{
    static const u32 words[WORDS] = {
        0x7c221a14 /* add */,   0x7c2213d2 /* divd */,   0xe8230000 /* ld */,    0xe8230009 /* ldu */,
        0xf8230000 /* std */,   0x48000010 /* b */,      0x40820010 /* bne */,   0x4e800020 /* blr */,
        0x4e800421 /* bctrl */, 0x7c001fec /* dcbz */,   0x7c0004ac /* sync */,  0x7c2004ac /* lwsync */,
        0x7c2018a8 /* ldarx */, 0x7c2019ad /* stdcx. */, 0x7c0022e4 /* tlbie */, 0x7c1103a6 /* mtspr */,
    };

    for (unsigned k = 0; k < WORDS; k++) {
        unsigned row = isa_find(isa, words[k]);
        const struct insn_row *of = row == ROW_NONE ? NULL : isa_row(isa, row);

        facts[k] = (struct insn_facts){.word = words[k], .row = (u16)row};
        if (!of) continue;
        facts[k].issue_class = (u8)of->issue_class;
        facts[k].is = (u8)((of->flags & LOADS ? IS_LOAD : 0) | (of->flags & STORES ? IS_STORE : 0));
        facts[k].gpr_in = 6;
        facts[k].gpr_out = 1U << (k % 4);
        facts[k].learned = k % 5 != 0;
    }
}

struct feed {
    struct retire record[RECORDS];
    struct retire_access access[2 * RECORDS];
    struct walk_read read[8 * RECORDS];
    struct retire_block block;
    unsigned number[RECORDS]; /* of the word of each */
    u32 accesses, reads;
};

static u64 real_address(void)
{
    return any(4) ? any(STORAGE / 64) & ~7ULL : any(STORAGE) & ~7ULL;
}

static void add_access(struct feed *f, struct retire *r, enum retire_access_kind kind)
{
    struct retire_access *a = &f->access[f->accesses++];

    *a =
        (struct retire_access){.ea = any(1 << 24), .ra = real_address(), .read = f->reads, .size = 8, .kind = (u8)kind};
    a->flags = (u8)((kind == ACCESSED_STORE ? ACCESS_AS_STORE : 0) | (any(40) ? 0 : ACCESS_INHIBITED));
    a->by = (u8)(any(8) ? TRANSLATED_BY_ERAT : any(2) ? TRANSLATED_BY_TLB : TRANSLATED_BY_WALK);
    a->page_shift = 12;
    for (unsigned k = 0; a->by == TRANSLATED_BY_WALK && k < 4; k++, a->reads++)
        f->read[f->reads++] = (struct walk_read){
            {.kind = WALK_PDE, .stage = STAGE_PROCESS, .level = (u8)(k + 1), .entry_ra = real_address()}, 0};
    r->accesses++;
}

static void add_instruction(struct feed *f, struct retire *r, u64 *cia)
{
    unsigned k = (unsigned)any(WORDS);
    bool branches = k >= 5 && k <= 8, jumps = branches && any(2);

    *r = (struct retire){.access = (u16)f->accesses, .thread = r->thread};
    r->cia = *cia;
    r->ra = *cia & (STORAGE - 1);
    r->nia = *cia = jumps ? 0x10000 + (any(2000) & ~3ULL) * 4 : *cia + 4;
    f->number[r - f->record] = k;
    r->flags = (u8)(jumps ? RETIRE_TAKEN : k == 13 ? RETIRE_PERFORMED : any(60) ? 0 : RETIRE_FAULTED);
    if (!any(20)) add_access(f, r, ACCESSED_FETCH);
    if (facts[k].is & IS_LOAD) add_access(f, r, k == 12 ? ACCESSED_RESERVE : ACCESSED_LOAD);
    if (facts[k].is & IS_STORE) add_access(f, r, k == 13 ? ACCESSED_CONDITIONAL : ACCESSED_STORE);
    if (k == 9) add_access(f, r, ACCESSED_CACHE);
}

static void add_other(struct retire *r)
{
    u16 thread = r->thread;

    *r = (struct retire){.kind = any(2) ? RETIRE_INTERRUPT : RETIRE_DMA, .thread = thread};
    if (r->kind == RETIRE_DMA) {
        r->dma.ra = real_address();
        r->dma.bytes = 1 + any(600);
        r->dma.write = any(2);
    }
}

/* The next block of a thread, at this time. */
static void make_block(struct feed *f, u16 thread, u64 time)
{
    static u64 cia;

    f->accesses = f->reads = 0;
    if (!any(4) || !cia) cia = 0x10000 + any(1 << 12) * 16;
    for (unsigned k = 0; k < RECORDS; k++) {
        f->record[k].thread = thread;
        if (any(50)) add_instruction(f, &f->record[k], &cia);
        else add_other(&f->record[k]);
    }
    f->block = (struct retire_block){
        .record = f->record, .access = f->access, .read = f->read, .count = RECORDS, .time = time};
}

/* ---- a model and its world ---- */

struct world {
    struct timing *timing;
    struct insn_facts facts[WORDS]; /* its own: they are annotated by the model that reads them */
    struct counters counters[CORES * THREADS];
    struct walk_tally tally[CORES * THREADS];
    u64 now[CORES * THREADS];
};

static void account(void *self, unsigned thread, struct timing_account *out)
{
    struct world *w = self;

    *out = (struct timing_account){&w->counters[thread], &w->tally[thread]};
}

static struct timing_config small_config(void)
{
    return (struct timing_config){.memory = {.l1i_bytes = 2048,
                                             .l1d_bytes = 4096,
                                             .l2_bytes = 32768,
                                             .l3_bytes = 5 * 16384,
                                             .l1i_ways = 2,
                                             .l1d_ways = 4,
                                             .l2_ways = 8,
                                             .l3_ways = 5,
                                             .l1_replacement = REPLACE_PLRU,
                                             .l2_replacement = REPLACE_LRU,
                                             .l3_replacement = REPLACE_RANDOM,
                                             .seed = 7,
                                             .l1d_cycles = 4,
                                             .l2_cycles = 16,
                                             .l3_cycles = 28,
                                             .other_cycles = 134,
                                             .memory_cycles = 216,
                                             .fetch_cycles = 9,
                                             .l2_busy_cycles = 4,
                                             .line_millicycles = 2384,
                                             .load_misses = 6,
                                             .store_stations = 4,
                                             .gather_cycles = 16,
                                             .fetch_ahead = 3,
                                             .streams = 4,
                                             .stream_depth = 12,
                                             .stream_l1_lines = 1,
                                             .stream_l2_lines = 6,
                                             .stream_boundary = 65536,
                                             .prefetch_machines = 3},
                                  .branch = {.next_address = 8,
                                             .bht = 64,
                                             .tage = 32,
                                             .tage_tag_bits = 8,
                                             .count_cache = true,
                                             .count_entries = 16,
                                             .link_stack = 8,
                                             .static_hints = true,
                                             .next_address_cycles = 1,
                                             .bht_cycles = 3,
                                             .tage_cycles = 5},
                                  .fetch_width = 8,
                                  .fetch_block = 32,
                                  .fetch_queue = 64,
                                  .front_cycles = 6,
                                  .dispatch_slots = 6,
                                  .complete_width = 8,
                                  .ict = 256,
                                  .issue_queue = 52,
                                  .load_queue = 64,
                                  .store_queue = 60,
                                  .mispredict_cycles = 13,
                                  .flush_cycles = 20,
                                  .interrupt_cycles = 30,
                                  .tlb_hit_cycles = 9,
                                  .erat_misses = 4,
                                  .data_walkers = 2,
                                  .fetch_walkers = 1,
                                  .store_forward_cycles = 7,
                                  .load_hit_store_cycles = 8,
                                  .sync_cycles = 20,
                                  .lwsync_cycles = 4,
                                  .eieio_cycles = 4,
                                  .larx_cycles = 4,
                                  .stcx_cycles = 10,
                                  .tlbie_cycles = 400,
                                  .tlbiel_cycles = 20,
                                  .slb_cycles = 20,
                                  .io_cycles = 300};
}

static struct world *begin(const struct timing_config *config)
{
    struct world *w = calloc(1, sizeof *w);
    const struct timing_listener listener = {account, NULL, w};

    ck_assert_ptr_nonnull(w);
    memcpy(w->facts, facts, sizeof facts);
    w->timing = timing_open(config, isa, CORES, THREADS, &listener);
    ck_assert_ptr_nonnull(w->timing);
    return w;
}

static void end(struct world *w)
{
    timing_close(w->timing);
    free(w);
}

static void give_facts_of(const struct world *w, struct feed *f)
{
    for (unsigned k = 0; k < RECORDS; k++)
        if (f->record[k].kind == RETIRE_INSN) f->record[k].facts = &w->facts[f->number[k]];
}

/* One block for each world, which stands where the first one stands; they must answer the same. */
static void drive(struct world *const worlds[], unsigned count, unsigned blocks)
{
    static struct feed feed;

    for (unsigned n = 0; n < blocks; n++) {
        u16 thread = (u16)any(CORES * THREADS);
        bool timed = any(8);
        u64 answer = 0;

        if (!any(10)) worlds[0]->now[thread] += any(3000);
        make_block(&feed, thread, worlds[0]->now[thread]);
        for (unsigned k = 0; k < count; k++) {
            struct retire_sink *sink = timing_sink(worlds[k]->timing);
            u64 cycles = 100;

            give_facts_of(worlds[k], &feed);
            if (timed) cycles = sink->take(sink, &feed.block);
            else timing_warm(worlds[k]->timing, &feed.block);
            if (k) ck_assert_uint_eq(cycles, answer);
            answer = cycles;
        }
        if (!any(30))
            for (unsigned k = 0; k < count; k++)
                memory_set_stream(worlds[k]->timing->memory, thread / THREADS, 0, n % 8);
        worlds[0]->now[thread] += answer;
    }
}

static struct state_bytes save(const struct world *w)
{
    struct state_writer writer = {0};
    struct state_bytes bytes;

    timing_save(w->timing, &writer, "core");
    ck_assert(state_written(&writer, &bytes));
    return bytes;
}

/* Whose the last cycles were is for others to save. */
static bool restore(struct world *w, const struct state_bytes *bytes, unsigned *cold)
{
    struct state_reader r;
    bool ok = state_open(&r, bytes->at, bytes->size);

    *cold = 0;
    ok = ok && timing_restore(w->timing, &r, "core", cold);
    ck_assert(ok || *r.why);
    state_close(&r);
    for (unsigned n = 0; ok && n < CORES * THREADS; n++) account(w, n, timing_account(w->timing, n));
    return ok;
}

static void ck_assert_same_bytes(const struct world *a, const struct world *b)
{
    struct state_bytes one = save(a), other = save(b);

    ck_assert_uint_eq(one.size, other.size);
    ck_assert(!memcmp(one.at, other.at, one.size));
    state_bytes_free(&one);
    state_bytes_free(&other);
}

/* ---- member by member ---- */

static bool is_pointer(const struct state_table *table, const struct state_row *row)
{
    static const char *const pointers[] = {"struct lane core",
                                           "struct lane account",
                                           "struct lane before",
                                           "struct timing_core timing",
                                           "struct timing_core branches",
                                           "struct memory_pair l2",
                                           "struct memory_pair l3",
                                           "struct cache tag",
                                           "struct cache ready",
                                           "struct cache state",
                                           "struct cache order",
                                           "struct cache mark",
                                           "struct cache tree",
                                           "struct memory_level pair"};
    char name[80];

    snprintf(name, sizeof name, "%s %s", table->name, row->name);
    for (unsigned k = 0; k < ARRAY_SIZE(pointers); k++)
        if (!strcmp(pointers[k], name)) return true;
    return false;
}

static void ck_assert_members_same(const struct state_table *table, const void *a, const void *b)
{
    for (unsigned k = 0; k < table->count; k++) {
        const struct state_row *row = &table->row[k];
        const u8 *of_a = (const u8 *)a + row->offset, *of_b = (const u8 *)b + row->offset;

        if (is_pointer(table, row)) continue;
        if (row->kind == STATE_IS_PART)
            for (u32 n = 0; n < row->bytes / row->element; n++)
                ck_assert_members_same(row->part, of_a + (size_t)n * row->element, of_b + (size_t)n * row->element);
        else ck_assert_msg(!memcmp(of_a, of_b, row->bytes), "%s %s is not what it was", table->name, row->name);
    }
}

static void ck_assert_caches_same(const struct cache *a, const struct cache *b)
{
    ck_assert_members_same(&cache_state, a, b);
    ck_assert(!memcmp(a->tag, b->tag, a->lines * sizeof *a->tag));
    ck_assert(!memcmp(a->ready, b->ready, a->lines * sizeof *a->ready));
    ck_assert(!memcmp(a->state, b->state, a->lines));
    ck_assert(!memcmp(a->order, b->order, (size_t)a->sets * a->row));
    ck_assert(!memcmp(a->mark, b->mark, (size_t)a->sets * a->row));
    ck_assert(!a->tree == !b->tree && (!a->tree || !memcmp(a->tree, b->tree, a->sets * sizeof *a->tree)));
}

static void ck_assert_same(const struct timing *a, const struct timing *b)
{
    ck_assert(!memcmp(a->tlbie_at, b->tlbie_at, sizeof a->tlbie_at));
    for (unsigned n = 0; n < CORES; n++) {
        ck_assert_members_same(&timing_core_state, &a->core[n], &b->core[n]);
        ck_assert_members_same(&memory_core_state, &a->memory->core[n], &b->memory->core[n]);
        ck_assert_caches_same(&a->memory->l1d[n], &b->memory->l1d[n]);
        ck_assert_caches_same(&a->memory->l1i[n], &b->memory->l1i[n]);
    }
    ck_assert_members_same(&memory_level_state, a->memory->level, b->memory->level);
    for (unsigned n = 0; n < a->memory->level->pairs; n++) {
        const struct memory_pair *p = &a->memory->level->pair[n], *q = &b->memory->level->pair[n];

        ck_assert_members_same(&memory_pair_state, p, q);
        ck_assert_caches_same(&p->l2, &q->l2);
        ck_assert_caches_same(&p->l3, &q->l3);
    }
}

/* ---- tests ---- */

START_TEST(a_restored_model_is_the_same_and_goes_on_so)
{
    const struct timing_config config = small_config();
    struct world *a = begin(&config), *b = begin(&config);
    struct world *both[] = {a, b};
    struct state_bytes bytes;
    unsigned cold;

    seed = (u64)_i + 1;
    drive(both, 1, BLOCKS + 100 * (unsigned)_i);
    ck_assert_ptr_null(timing_check(a->timing));
    bytes = save(a);
    ck_assert(restore(b, &bytes, &cold));
    ck_assert_uint_eq(cold, 0);
    ck_assert_ptr_null(timing_check(b->timing));
    ck_assert_same(a->timing, b->timing);
    ck_assert_same_bytes(a, b);
    memset(a->counters, 0, sizeof a->counters);
    memset(a->tally, 0, sizeof a->tally);
    drive(both, 2, MORE);
    ck_assert(!memcmp(a->counters, b->counters, sizeof a->counters));
    ck_assert(!memcmp(a->tally, b->tally, sizeof a->tally));
    ck_assert_same(a->timing, b->timing);
    ck_assert_same_bytes(a, b);
    state_bytes_free(&bytes);
    end(a);
    end(b);
}
END_TEST

#define BIT(part) (1U << (part))
static struct timing_config other_config(int number, unsigned *cold)
{
    struct timing_config c = small_config();

    switch (number) {
    case 0: c.memory.l2_cycles++, *cold = BIT(TIMING_PIPELINE); break;
    case 1: c.memory.l3_ways = 10, c.memory.l3_bytes *= 2, *cold = BIT(TIMING_L3) | BIT(TIMING_PIPELINE); break;
    case 2: c.memory.l2_bytes *= 2, *cold = BIT(TIMING_L1) | BIT(TIMING_L2) | BIT(TIMING_PIPELINE); break;
    case 3: c.memory.l1_replacement = REPLACE_FIFO, *cold = BIT(TIMING_L1) | BIT(TIMING_PIPELINE); break;
    case 4: c.branch.bht *= 2, *cold = BIT(TIMING_PREDICTORS) | BIT(TIMING_PIPELINE); break;
    case 5: c.branch.tage_cycles++, *cold = BIT(TIMING_PIPELINE); break;
    case 6: c.walk_free = true, *cold = BIT(TIMING_PIPELINE); break;
    default: c.ict = 64, c.memory.streams = 0, *cold = BIT(TIMING_PIPELINE); break;
    }
    return c;
}

START_TEST(with_other_numbers_what_fits_is_taken)
{
    const struct timing_config config = small_config();
    unsigned expected, cold;
    struct timing_config other = other_config(_i, &expected);
    struct world *a = begin(&config), *b = begin(&other);
    struct state_bytes bytes;
    bool l3_came;

    seed = 99;
    drive(&a, 1, BLOCKS);
    bytes = save(a);
    ck_assert(restore(b, &bytes, &cold));
    ck_assert_uint_eq(cold, expected);
    ck_assert_ptr_null(timing_check(b->timing));
    l3_came = !memcmp(&a->timing->memory->level->pair[0].l3.random, &b->timing->memory->level->pair[0].l3.random, 8);
    ck_assert_int_eq(l3_came, !(expected & BIT(TIMING_L3)));
    memcpy(b->now, a->now, sizeof b->now);
    drive(&b, 1, MORE);
    ck_assert_ptr_null(timing_check(b->timing));
    state_bytes_free(&bytes);
    end(a);
    end(b);
}
END_TEST

START_TEST(nothing_that_was_saved_is_no_error)
{
    const struct timing_config config = small_config();
    struct world *a = begin(&config), *b = begin(&config);
    struct state_writer w = {0};
    struct state_bytes bytes;
    unsigned cold;

    timing_save(a->timing, &w, "another");
    ck_assert(state_written(&w, &bytes));
    ck_assert(restore(b, &bytes, &cold));
    ck_assert_uint_eq(cold, (1U << TIMING_PARTS) - 1);
    ck_assert_same(a->timing, b->timing);
    state_bytes_free(&bytes);
    end(a);
    end(b);
}
END_TEST

static void spoil(struct state_bytes *b)
{
    for (u64 n = 1 + any(4); n; n--) {
        u64 at = any(b->size), value = any(1 << 16);

        if (any(3)) b->at[at] = value & 1 ? 0xff : (u8)(value >> 8);
        else memset(b->at + at, value & 1 ? 0xff : (u8)(value >> 8), b->size - at < 8 ? b->size - at : 8);
    }
}

START_TEST(spoiled_bytes_are_refused_or_can_be_driven)
{
    const struct timing_config config = small_config();
    struct world *a = begin(&config);
    struct state_bytes good, bad;
    unsigned refused = 0, cold;

    seed = (u64)_i + 1000;
    drive(&a, 1, BLOCKS / 4);
    good = save(a);
    bad = (struct state_bytes){.at = malloc(good.size), .size = good.size};
    ck_assert_ptr_nonnull(bad.at);
    for (unsigned n = 0; n < 40; n++) {
        struct world *b = begin(&config);

        memcpy(bad.at, good.at, good.size);
        spoil(&bad);
        if (!restore(b, &bad, &cold) || timing_check(b->timing)) refused++;
        else drive(&b, 1, 20);
        end(b);
    }
    ck_assert_uint_gt(refused, 0);
    free(bad.at);
    state_bytes_free(&good);
    end(a);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("timing_state");
    TCase *tc = tcase_create("core");
    int failed;

    isa = isa_new();
    if (!isa) return EXIT_FAILURE;
    make_facts();
    tcase_add_loop_test(tc, a_restored_model_is_the_same_and_goes_on_so, 0, 4);
    tcase_add_loop_test(tc, with_other_numbers_what_fits_is_taken, 0, 8);
    tcase_add_test(tc, nothing_that_was_saved_is_no_error);
    tcase_add_loop_test(tc, spoiled_bytes_are_refused_or_can_be_driven, 0, 5);
    suite_add_tcase(suite, tc);
    failed = run_suite(suite);
    isa_free(isa);
    return failed;
}
