/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A single bit that differs between two traces is found where it is and named for what it is: random guests are
 * recorded with values (tests/fuzz/random_program.h), and one of the two readers of the file sees one bit of one
 * record changed - each field of a record in its turn.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/hash.h"
#include "machine/machine_internal.h"
#include "tests/fuzz/random_program.h"
#include "tests/support/suite.h"
#include "traces/ahead.h"
#include "traces/block_copy.h"
#include "traces/diff.h"
#include "traces/qtrace_sink.h"
#include "traces/state_sink.h"
#include "traces/stream.h"

enum { CASES = 4, INSNS = 3000, FAULTS = 60 };

static char path[2][40];
static struct isa *isa;

static void begin(void)
{
    for (unsigned k = 0; k < 2; k++) {
        int fd;

        strcpy(path[k], "/tmp/test_trace_diff.XXXXXX");
        fd = mkstemp(path[k]);
        ck_assert_int_ge(fd, 0);
        close(fd);
    }
    isa = isa_new();
}

static void done(void)
{
    isa_free(isa);
    for (unsigned k = 0; k < 2; k++) unlink(path[k]);
}

static u64 record_case(struct random_case *c, u64 seed)
{
    struct console *console = console_new(&(struct console_config){.terminal_fd = -1});
    struct stream_writer *stream = stream_create(path[0], true);
    struct state_sink *state;
    struct machine *m;
    u64 written;

    random_case_make(c, isa, seed, RANDOM_ANY);
    m = random_case_machine(c, console, NULL);
    ck_assert_ptr_nonnull(m);
    state = state_sink_open(stream, m->thread_count, true);
    ck_assert_ptr_nonnull(state);
    ck_assert(machine_trace(m, state_sink_of(state)));
    machine_run(m, &(struct machine_limits){.max_insns = INSNS, .max_cycles = 1000000}, NULL);
    machine_free(m);
    console_free(console);
    written = state_sink_written(state);
    state_sink_close(state);
    ck_assert(stream_finish(stream));
    return written;
}

/* ---- a reader who sees one bit changed ---- */

enum spot {
    CIA,
    NIA,
    WORD,
    REAL,
    TAKEN,
    GPR_IN,
    NAMED_OUT,
    EA,
    RA,
    SIZE,
    STEP_RA,
    STEP_LAST,
    STEP,
    SOURCE,
    BEFORE,
    AFTER,
    EVENT,
    SPOTS
};
static const char *const says[SPOTS] = {"  address: A ",
                                        "  next address: A ",
                                        "  word: A ",
                                        "  real address of the instruction: A ",
                                        "  the branch was taken: only in ",
                                        "  reads r",
                                        "  writes LR: only in ",
                                        ": effective address: A ",
                                        ": real address: A ",
                                        ": bytes: A ",
                                        ": it lies at: A ",
                                        ": it lies at: A ",
                                        ": it is: A ",
                                        ": who had it: A ",
                                        "before it: A ",
                                        "behind it: A ",
                                        ": A "};

struct spoiler {
    struct trace_source source, *from;
    struct block_copy copy;
    enum spot spot;
    u64 wait; /* records to pass over before one that has such a spot is changed */
    bool did;
    u64 insns, at; /* instructions before it */
};

static const struct retire_access *find_walked(const struct block_copy *c, const struct retire *r)
{
    for (unsigned k = 0; k < r->accesses; k++)
        if (c->access[r->access + k].reads) return &c->access[r->access + k];
    return NULL;
}

/* False: this record has no such spot. */
static bool spoil_insn(struct block_copy *c, struct retire *r, enum spot spot, u64 random)
{
    struct insn_facts *f = (struct insn_facts *)(uintptr_t)r->facts;                        /* which is in the copy */
    struct retire_access *a = r->accesses ? &c->access[r->access + r->accesses - 1] : NULL; /* of data, if any is */
    const struct retire_access *walked = a ? find_walked(c, r) : NULL;
    struct walk_read *read = walked ? &c->read[walked->read] : NULL;
    u64 bit = 1ULL << (random & 63);

    switch (spot) {
    case CIA: r->cia ^= bit; return true;
    case NIA: r->nia ^= bit; return true;
    case WORD: f->word ^= (u32)(1U << (random & 31)); return true;
    case REAL: r->ra ^= bit; return true;
    case TAKEN: r->flags ^= RETIRE_TAKEN; return true;
    case GPR_IN: f->gpr_in ^= 1U << (random & 31); return retire_completed(r);
    case NAMED_OUT: f->named_out ^= NAMED_LR; return retire_completed(r);
    case EA: return a ? a->ea ^= bit, true : false;
    case RA: return a && a->by != TRANSLATED_NOT && !(a->flags & ACCESS_REFUSED) ? a->ra ^= bit, true : false;
    case SIZE: return a ? a->size ^= 1, true : false;
    case STEP_RA: return read ? read->step.entry_ra ^= bit, true : false;
    case STEP_LAST: return read ? read[walked->reads - 1].step.entry_ra ^= bit, true : false;
    case STEP: return read ? read->step.entry ^= bit, true : false;
    case SOURCE: return read ? read->source ^= 1, true : false;
    default: return false;
    }
}

static bool spoil(struct block_copy *c, size_t k, enum spot spot, u64 random)
{
    struct retire *r = &c->record[k];
    u32 first = k ? c->value_end[k - 1] : 0;
    u64 bit = 1ULL << (random & 63), numbers[RETIRE_NUMBERS];

    if (spot == BEFORE || spot == AFTER) {
        struct retire_value *v = &c->value[first];

        if (first == c->value_end[k]) return false;
        *(spot == BEFORE ? v->before : v->after) ^= bit;
        return true;
    }
    if (spot != EVENT) return r->kind == RETIRE_INSN && spoil_insn(c, r, spot, random);
    if (r->kind == RETIRE_INSN || r->kind == RETIRE_BARRIER) return false;
    retire_numbers(r, numbers);
    numbers[0] ^= bit;
    retire_from_numbers(r, numbers);
    return true;
}

static bool next(struct trace_source *source, struct retire_block *block)
{
    struct spoiler *s = (struct spoiler *)source;

    if (!s->from->next(s->from, block)) return false;
    ck_assert(block_copy(&s->copy, block, 0, block->count));
    *block = s->copy.block;
    for (size_t k = 0; k < block->count && !s->did; k++) {
        if (s->wait) s->wait--;
        else s->did = spoil(&s->copy, k, s->spot, s->insns * HASH_MULTIPLIER >> 7);
        if (s->did) s->at = s->insns;
        s->insns += block->record[k].kind == RETIRE_INSN;
    }
    return true;
}

/* ---- comparing ---- */

static enum diff_is compare(struct trace_source *a, struct trace_source *b, unsigned ignore, u64 begin_at, char **text,
                            u64 *same)
{
    size_t size;
    FILE *to = open_memstream(text, &size);
    struct diff_options o = {.isa = isa,
                             .name_a = "A",
                             .name_b = "B",
                             .lacks_a = a->lacks,
                             .ignore = ignore,
                             .context = 5,
                             .thread = DIFF_ALL_THREADS,
                             .begin = begin_at,
                             .to = to};
    struct diff *d = diff_open(&o, b);
    struct retire_block block;
    enum diff_is is = DIFF_SAME;

    ck_assert_ptr_nonnull(d);
    while (is == DIFF_SAME && a->next(a, &block)) is = diff_take(d, &block);
    if (is == DIFF_SAME) is = diff_end(d, false);
    *same = diff_same(d);
    diff_close(d);
    fclose(to);
    return is;
}

/* True: there was such a spot, and it was found. */
static bool find_fault(enum spot spot, u64 wait)
{
    struct spoiler s = {.source = {.next = next}, .from = trace_open(path[0], isa, 0), .spot = spot, .wait = wait};
    struct trace_source *other = trace_ahead(trace_open(path[0], isa, 0));
    enum diff_is is;
    char *text = NULL;
    u64 same;

    is = compare(other, &s.source, 0, 0, &text, &same);
    ck_assert_int_eq(is, s.did ? DIFF_PARTED : DIFF_SAME);
    if (s.did) {
        ck_assert_uint_eq(same, s.at);
        ck_assert_msg(strstr(text, says[spot]) != NULL, "\"%s\" is not in:\n%s", says[spot], text);
    } else {
        ck_assert_str_eq(text, "");
    }
    free(text);
    other->close(other);
    s.from->close(s.from);
    block_copy_free(&s.copy);
    return s.did;
}

START_TEST(a_bit_of_any_field_is_found_and_named)
{
    struct random_case *c = calloc(1, sizeof *c);
    unsigned found[SPOTS] = {0};

    ck_assert_ptr_nonnull(c);
    for (u64 seed = 1; seed <= CASES; seed++) {
        u64 records = record_case(c, seed);

        for (u64 k = 0; k < FAULTS; k++)
            found[k % SPOTS] += find_fault((enum spot)(k % SPOTS), hash_mix(seed, k) % (records + 1));
    }
    for (unsigned k = 0; k < SPOTS; k++)
        ck_assert_msg(found[k], "nothing of kind %u was ever found", k); /* nor proved */
    free(c);
}
END_TEST

/* ---- a program that loads ---- */

static const struct insn_facts load = {.word = 0xe8640000, .is = IS_LOAD, .gpr_in = 1 << 4, .gpr_out = 1 << 3};

/* What the one in sixteen loads that misses the TLB finds: a page of the host. */
static const struct walk_read walk[] = {
    {.step = {.kind = WALK_PRTE, .stage = STAGE_PROCESS, .entry_ra = 0x7e000000, .entry = 0x2740000}},
    {.step = {.kind = WALK_PDE, .stage = STAGE_PROCESS, .level = 1, .entry_ra = 0x2740000, .entry = 0x7f3e0009}},
    {.step = {.kind = WALK_PDE, .stage = STAGE_PROCESS, .level = 2, .entry_ra = 0x7f3e0000, .entry = 0x7f3d0009}},
    {.step = {.kind = WALK_PTE, .stage = STAGE_PROCESS, .level = 3, .entry_ra = 0x7f3d0030, .entry = 0xc000000}},
};

/* A trace of so many loads, of which number `other` is from another address, and behind number dma_at a device reads.
 * */
static void write_loads(const char *to, u64 count, u64 other, u64 dma_at)
{
    struct stream_writer *stream = stream_create(to, true);
    struct state_sink *state = state_sink_open(stream, 1, false);
    struct retire_access a = {.kind = ACCESSED_LOAD, .size = 8, .page_shift = 16};

    for (u64 k = 0; k < count; k++) {
        const struct retire r[2] = {{.cia = k * 4 & 0xfffc,
                                     .nia = (k * 4 & 0xfffc) + 4,
                                     .ra = k * 4 & 0xfffc,
                                     .facts = &load,
                                     .accesses = 1,
                                     .fetch_shift = 16},
                                    {.dma = {.ra = 0x1000, .bytes = 8}, .kind = RETIRE_DMA}};
        const struct retire_block block = {
            .record = r, .access = &a, .read = walk, .count = k == dma_at ? 2 : 1, .order = k};

        a.ea = a.ra = hash_mix(1, k) % (1 << 30);
        a.reads = k % 16 ? 0 : ARRAY_SIZE(walk);
        a.by = k % 16 ? TRANSLATED_BY_ERAT : TRANSLATED_BY_WALK;
        if (k == other) a.ea ^= 4;
        state_sink_of(state)->take(state_sink_of(state), &block);
    }
    state_sink_close(state);
    ck_assert(stream_finish(stream));
}

/* ---- a qtrace beside it ---- */

static void write_qtrace(void)
{
    const struct qtrace_context context = {0};
    struct trace_source *from = trace_open(path[0], isa, 0);
    struct stream_writer *stream = stream_create(path[1], true);
    static struct qtrace_sink sink;
    struct retire_block block;

    ck_assert(from && stream);
    qtrace_sink_open(&sink, stream, 0, NULL, &context);
    while (from->next(from, &block)) sink.sink.take(&sink.sink, &block);
    ck_assert(!from->failed);
    qtrace_sink_close(&sink);
    ck_assert(stream_finish(stream));
    from->close(from);
}

/* True: it was found.  Not everything that a state trace says is in a qtrace. */
static bool find_in_qtrace(enum spot spot, u64 wait, const char *phrase)
{
    struct spoiler s = {.source = {.next = next}, .from = trace_open(path[0], isa, 0), .spot = spot, .wait = wait};
    struct trace_source *qtrace = trace_open(path[1], isa, 0);
    enum diff_is is;
    char *text = NULL;
    u64 same;

    is = compare(&s.source, qtrace, 0, 0, &text, &same);
    ck_assert(is == DIFF_SAME || (is == DIFF_PARTED && s.did));
    if (is == DIFF_PARTED) {
        ck_assert_uint_eq(same, s.at);
        ck_assert_msg(strstr(text, phrase) != NULL, "\"%s\" is not in:\n%s", phrase, text);
    }
    free(text);
    qtrace->close(qtrace);
    s.from->close(s.from);
    block_copy_free(&s.copy);
    return is == DIFF_PARTED;
}

START_TEST(so_is_one_of_what_a_qtrace_says)
{
    static const struct {
        enum spot spot;
        const char *phrase;
    } spots[] = {{CIA, "  address: A "},
                 {WORD, "  word: A "},
                 {REAL, "  real address: A "},
                 {EA, "its access: effective address: A "},
                 {RA, "its access: real address: A "},
                 {STEP_LAST, "process-scoped PTE of level 3: the entry lies at: A "}};
    enum { RECORDS = 1000, ROUNDS = 10 };
    unsigned found = 0;

    write_loads(path[0], RECORDS, RECORDS, RECORDS);
    write_qtrace();
    ck_assert(!find_in_qtrace(CIA, UINT64_MAX, ""));
    for (unsigned n = 0; n < ARRAY_SIZE(spots); n++)
        for (u64 k = 0; k < ROUNDS; k++)
            found += find_in_qtrace(spots[n].spot, hash_mix(n, k) % (RECORDS - 16), spots[n].phrase);
    ck_assert_uint_eq(found, ROUNDS * ARRAY_SIZE(spots));
}
END_TEST

/* ---- what is ignored, and ends ---- */

static enum diff_is compare_files(unsigned ignore, bool skip, u64 *skipped, char **text, u64 *same)
{
    struct trace_source *a = trace_open(path[0], isa, 0), *b = trace_open(path[1], isa, 0);
    enum diff_is is;

    ck_assert(a && b);
    *skipped = 0;
    if (skip) ck_assert(trace_skip_same(a, b, skipped) == (*skipped > 0));
    is = compare(a, b, ignore, *skipped, text, same);
    a->close(a);
    b->close(b);
    return is;
}

START_TEST(equal_parts_of_files_are_passed_over)
{
    enum { COUNT = 1000000, OTHER = COUNT - 5000 };
    u64 skipped, same[2];
    char *text[2];

    write_loads(path[0], COUNT, COUNT, COUNT);
    write_loads(path[1], COUNT, OTHER, COUNT);
    ck_assert_int_eq(compare_files(0, true, &skipped, &text[0], &same[0]), DIFF_PARTED);
    ck_assert_uint_gt(skipped, 100000);
    ck_assert_uint_lt(skipped, OTHER);
    ck_assert_uint_eq(same[0], OTHER);
    ck_assert_int_eq(compare_files(0, false, &skipped, &text[1], &same[1]), DIFF_PARTED);
    ck_assert_uint_eq(same[1], OTHER);
    ck_assert_str_eq(text[0], text[1]); /* the same report, with what came before the place */
    ck_assert_ptr_nonnull(strstr(text[0], "994996  "));
    free(text[0]);
    free(text[1]);
}
END_TEST

START_TEST(the_shorter_one_differs_where_it_ends)
{
    u64 skipped, same;
    char *text;

    write_loads(path[0], 1000, 1000, 1000);
    write_loads(path[1], 900, 1000, 1000);
    ck_assert_int_eq(compare_files(0, false, &skipped, &text, &same), DIFF_PARTED);
    ck_assert_uint_eq(same, 900);
    ck_assert_ptr_nonnull(strstr(text, "  B ends here, A goes on\n"));
    free(text);
    write_loads(path[0], 800, 1000, 1000);
    ck_assert_int_eq(compare_files(0, false, &skipped, &text, &same), DIFF_PARTED);
    ck_assert_uint_eq(same, 800);
    ck_assert_ptr_nonnull(strstr(text, "  A ends here, B goes on\n"));
    free(text);
}
END_TEST

START_TEST(what_is_ignored_is_not_compared)
{
    unsigned ignore = 0;
    u64 skipped, same;
    char *text;

    write_loads(path[0], 1000, 1000, 1000);
    write_loads(path[1], 1000, 1000, 500);
    ck_assert_int_eq(compare_files(0, false, &skipped, &text, &same), DIFF_PARTED);
    ck_assert_uint_eq(same, 501);
    ck_assert_ptr_nonnull(strstr(text, "  A has an instruction, B has DMA\n"));
    free(text);
    ck_assert(diff_read_words("idle,dma", &ignore));
    ck_assert_int_eq(compare_files(ignore, false, &skipped, &text, &same), DIFF_SAME);
    ck_assert_uint_eq(same, 1000);
    free(text);
    for (const struct diff_word *w = diff_words; w->name; w++) {
        ck_assert(diff_read_words(w->name, &ignore));
        ck_assert_uint_eq(ignore, w->bits);
    }
}
END_TEST

/* A load of 8 bytes, whose page the fetch did not find in the ERAT in one of the two runs. */
static void write_load(const char *to, bool is_fetched, u64 value)
{
    struct stream_writer *stream = stream_create(to, true);
    struct state_sink *state = state_sink_open(stream, 1, true);
    const struct retire_access a[] = {{.kind = ACCESSED_FETCH, .size = 4, .by = TRANSLATED_BY_TLB, .page_shift = 16},
                                      {.kind = ACCESSED_LOAD,
                                       .size = 8,
                                       .ea = 0x100,
                                       .ra = 0x100,
                                       .by = is_fetched ? TRANSLATED_BY_TLB : TRANSLATED_BY_ERAT,
                                       .page_shift = 16}};
    const struct retire r = {.nia = 4, .facts = &load, .access = !is_fetched, .accesses = is_fetched ? 2 : 1};
    const struct retire_value v = {.kind = VALUE_STORAGE, .size = 8, .number = is_fetched, .before = {value}};
    const u32 end = 1;
    const struct retire_block block = {.record = &r, .access = a, .value = &v, .value_end = &end, .count = 1};

    state_sink_of(state)->take(state_sink_of(state), &block);
    state_sink_close(state);
    ck_assert(stream_finish(stream));
}

START_TEST(fetches_of_pages_go_with_the_walks)
{
    u64 skipped, same;
    char *text;

    write_load(path[0], true, 1);
    write_load(path[1], false, 1);
    ck_assert_int_eq(compare_files(0, false, &skipped, &text, &same), DIFF_PARTED);
    ck_assert_ptr_nonnull(strstr(text, "  accesses to storage, how many: A 2, B 1\n"));
    free(text);
    ck_assert_int_eq(compare_files(DIFF_WALKS, false, &skipped, &text, &same), DIFF_SAME);
    free(text);
    write_load(path[1], false, 3);
    ck_assert_int_eq(compare_files(DIFF_WALKS, false, &skipped, &text, &same), DIFF_PARTED);
    ck_assert_ptr_nonnull(strstr(text, "  storage at 100, bytes 0 to 7, before it: A 1, B 3\n"));
    free(text);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("trace_diff");
    TCase *tests = tcase_create("trace_diff");

    tcase_add_checked_fixture(tests, begin, done);
    tcase_add_test(tests, a_bit_of_any_field_is_found_and_named);
    tcase_add_test(tests, so_is_one_of_what_a_qtrace_says);
    tcase_add_test(tests, equal_parts_of_files_are_passed_over);
    tcase_add_test(tests, the_shorter_one_differs_where_it_ends);
    tcase_add_test(tests, what_is_ignored_is_not_compared);
    tcase_add_test(tests, fetches_of_pages_go_with_the_walks);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
