/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A state trace says all that the records of a run say: of random guests (tests/fuzz/random_program.h: several threads,
 * devices, radix and hash, faults, both byte orders) every field of every record is the same when it is read again,
 * with values and without.  And whatever is done to such a file, reading it does no harm.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/hash.h"
#include "machine/machine_internal.h"
#include "tests/fuzz/random_program.h"
#include "tests/support/suite.h"
#include "traces/source.h"
#include "traces/state_sink.h"
#include "traces/stream.h"

enum { CASES = 40, INSNS = 3000, RECORDS_MOST = 1 << 20 };

static char path[] = "/tmp/test_state_trace.XXXXXX";
static struct isa *isa;

static void begin(void)
{
    int fd;

    strcpy(path, "/tmp/test_state_trace.XXXXXX");
    fd = mkstemp(path);
    ck_assert_int_ge(fd, 0);
    close(fd);
    isa = isa_new();
}

static void done(void)
{
    isa_free(isa);
    unlink(path);
}

/* ---- what a record says, as one number ---- */

static u64 mix_facts(u64 hash, const struct insn_facts *f)
{
    const u64 numbers[] = {f->word,      f->row,   f->gpr_in, f->gpr_out, f->vsr_in,  f->vsr_out,    f->named_in,
                           f->named_out, f->cr_in, f->cr_out, f->is,      f->learned, f->issue_class};

    for (unsigned k = 0; k < ARRAY_SIZE(numbers); k++) hash = hash_mix(hash, numbers[k]);
    for (unsigned k = 0; f->named_in & NAMED_SPR && k < FACTS_SPRS && f->spr_in[k] != FACTS_NO_SPR; k++)
        hash = hash_mix(hash, f->spr_in[k]);
    for (unsigned k = 0; f->named_out & NAMED_SPR && k < FACTS_SPRS && f->spr_out[k] != FACTS_NO_SPR; k++)
        hash = hash_mix(hash, f->spr_out[k]);
    return hash;
}

static u64 mix_access(u64 hash, const struct retire_access *a, const struct walk_read *read)
{
    const u64 numbers[] = {a->ea, a->ra, a->reads, a->size, a->kind, a->flags, a->by, a->page_shift};

    for (unsigned k = 0; k < ARRAY_SIZE(numbers); k++) hash = hash_mix(hash, numbers[k]);
    for (unsigned k = 0; k < a->reads; k++) {
        const struct walk_step *s = &read[a->read + k].step;
        const u64 step[] = {s->kind,    s->stage, s->level,  s->nested_for,           s->entry_ra, s->entry, s->second,
                            s->address, s->shift, s->absent, read[a->read + k].source};

        for (unsigned n = 0; n < ARRAY_SIZE(step); n++) hash = hash_mix(hash, step[n]);
    }
    return hash;
}

static u64 mix_values(u64 hash, const struct retire_block *b, size_t k)
{
    for (u32 n = k ? b->value_end[k - 1] : 0; n < b->value_end[k]; n++) {
        const struct retire_value *v = &b->value[n];
        const u64 numbers[] = {v->kind,      v->size,      v->number,   v->offset,
                               v->before[0], v->before[1], v->after[0], v->after[1]};

        for (unsigned i = 0; i < ARRAY_SIZE(numbers); i++) hash = hash_mix(hash, numbers[i]);
    }
    return hash;
}

static u64 record_as_number(const struct retire_block *b, size_t k)
{
    const struct retire *r = &b->record[k];
    u64 numbers[RETIRE_NUMBERS], hash = hash_mix(b->order + k, r->kind | (u64)r->thread << 8);
    unsigned count = retire_numbers(r, numbers);

    for (unsigned n = 0; n < count; n++) hash = hash_mix(hash, numbers[n]);
    if (r->kind != RETIRE_INSN) return b->value ? mix_values(hash, b, k) : hash;
    hash = hash_mix(hash, r->flags & ~(u64)RETIRE_OWN_FACTS);
    hash = hash_mix(hash, r->fetch_shift | (u64)r->accesses << 8);
    hash = mix_facts(hash, r->facts);
    for (unsigned n = 0; n < r->accesses; n++) hash = mix_access(hash, &b->access[r->access + n], b->read);
    return b->value ? mix_values(hash, b, k) : hash;
}

/* ---- writing and reading ---- */

struct keeper {
    struct retire_sink sink;
    struct retire_sink *trace;
    u64 *record; /* as numbers */
    u64 records, kinds;
};

static u64 keep(struct retire_sink *sink, const struct retire_block *block)
{
    struct keeper *k = container_of(sink, struct keeper, sink);

    for (size_t n = 0; n < block->count && k->records < RECORDS_MOST; n++) {
        k->kinds |= 1ULL << block->record[n].kind;
        k->record[k->records++] = record_as_number(block, n);
    }
    return k->trace->take(k->trace, block);
}

static void record_case(struct random_case *c, u64 seed, bool values, struct keeper *k)
{
    struct console *console = console_new(&(struct console_config){.terminal_fd = -1});
    struct stream_writer *stream = stream_create(path, true);
    struct state_sink *state;
    struct machine *m;

    random_case_make(c, isa, seed, RANDOM_ANY);
    m = random_case_machine(c, console, NULL);
    ck_assert_ptr_nonnull(m);
    state = state_sink_open(stream, m->thread_count, values);
    ck_assert_ptr_nonnull(state);
    k->sink = (struct retire_sink){.take = keep, .values = values};
    k->trace = state_sink_of(state);
    k->records = 0;
    ck_assert(machine_trace(m, &k->sink));
    machine_run(m, &(struct machine_limits){.max_insns = INSNS, .max_cycles = 1000000}, NULL);
    machine_free(m);
    console_free(console);
    state_sink_close(state);
    ck_assert(stream_finish(stream));
}

static void expect_the_same(u64 seed, const struct keeper *k)
{
    struct trace_source *source = trace_open(path, isa, 0);
    struct retire_block block;
    u64 records = 0;

    ck_assert_ptr_nonnull(source);
    while (source->next(source, &block))
        for (size_t n = 0; n < block.count; n++, records++) {
            ck_assert_uint_lt(records, k->records);
            ck_assert_msg(record_as_number(&block, n) == k->record[records], "seed %llu: record %llu is another one",
                          (unsigned long long)seed, (unsigned long long)records);
        }
    ck_assert(!source->failed);
    ck_assert_uint_eq(records, k->records);
    source->close(source);
}

START_TEST(every_record_is_read_as_it_was)
{
    struct random_case *c = calloc(1, sizeof *c);
    struct keeper k = {.record = calloc(RECORDS_MOST, sizeof *k.record)};

    ck_assert(c && k.record);
    for (u64 seed = 1; seed <= CASES; seed++) {
        record_case(c, seed, seed & 1, &k);
        expect_the_same(seed, &k);
    }
    k.kinds |= 1ULL << RETIRE_DMA | 1ULL << RETIRE_STREAM | 1ULL << RETIRE_SEGMENT; /* have a test of their own */
    ck_assert_uint_eq(k.kinds, (1ULL << RETIRE_KINDS) - 1);                         /* what never came proves nothing */
    free(k.record);
    free(c);
}
END_TEST

/* The bits of the second one would be the first letter of a member's head: another instruction at a place where one was
 * before, reached by an interrupt, that leads where the other one led. */
START_TEST(no_instruction_begins_like_a_head)
{
    static const struct insn_facts one = {.word = 0x48001000, .row = ROW_NONE},
                                   other = {.word = 0x48001002, .row = ROW_NONE};
    static const struct retire records[] = {
        {.cia = 0x1000, .nia = 0x2000, .ra = 0x1000, .facts = &one, .fetch_shift = 12},
        {.interrupt = {.from = 0x2000, .to = 0x500}, .kind = RETIRE_INTERRUPT},
        {.cia = 0x1000, .nia = 0x2000, .ra = 0x1000, .facts = &other, .fetch_shift = 12}};
    const struct retire_block block = {.record = records, .count = ARRAY_SIZE(records)};
    struct stream_writer *stream = stream_create(path, false);
    struct state_sink *state = state_sink_open(stream, 1, false);
    struct trace_source *source;
    struct retire_block is;

    state_sink_of(state)->take(state_sink_of(state), &block);
    state_sink_close(state);
    ck_assert(stream_finish(stream));
    source = trace_open(path, isa, 0);
    ck_assert(source->next(source, &is));
    ck_assert_uint_eq(is.count, block.count);
    ck_assert_uint_eq(is.record[2].nia, 0x2000);
    ck_assert_uint_eq(is.record[2].facts->word, other.word);
    ck_assert(!source->next(source, &is));
    ck_assert(!source->failed);
    source->close(source);
}
END_TEST

START_TEST(what_devices_did_is_nobodys)
{
    static const struct retire records[] = {
        {.dma = {.ra = 0x1234567, .bytes = 512, .write = true}, .kind = RETIRE_DMA, .thread = RETIRE_NO_THREAD},
        {.dma = {.ra = 0x40, .bytes = 8}, .kind = RETIRE_DMA},
        {.segment = {0xc000000008000000, 0x1234000, 31}, .kind = RETIRE_SEGMENT},
        {.dscr = 0x1f, .kind = RETIRE_STREAM}};
    const struct retire_block block = {
        .record = records, .count = ARRAY_SIZE(records), .order = 77, .time = 99, .kept = 3};
    struct stream_writer *stream = stream_create(path, false);
    struct state_sink *state = state_sink_open(stream, 1, false);
    struct trace_source *source;
    struct retire_block is;

    state_sink_of(state)->take(state_sink_of(state), &block);
    state_sink_close(state);
    ck_assert(stream_finish(stream));
    source = trace_open(path, isa, 0);
    ck_assert(source->next(source, &is));
    ck_assert_uint_eq(is.count, block.count);
    ck_assert_uint_eq(is.time, 99);
    ck_assert_uint_eq(is.kept, 3);
    for (size_t n = 0; n < is.count; n++) ck_assert_uint_eq(record_as_number(&is, n), record_as_number(&block, n));
    ck_assert(!source->next(source, &is));
    ck_assert(!source->failed);
    source->close(source);
}
END_TEST

/* Unpacked, so that changes are not found by gzip's CRC. */
static size_t unpacked(u8 *to, size_t room)
{
    struct stream_reader *r = stream_open(path);
    size_t size = 0, have;

    for (;;) {
        const u8 *bytes = stream_peek(r, 1, &have);

        ck_assert_ptr_nonnull(bytes);
        if (!have) break;
        if (have > room - size) have = room - size;
        if (!have) break;
        memcpy(to + size, bytes, have);
        size += have;
        stream_skip(r, have);
    }
    stream_close(r);
    return size;
}

static void write_file(const u8 *bytes, size_t size)
{
    FILE *f = fopen(path, "wb");

    ck_assert_uint_eq(fwrite(bytes, 1, size, f), size);
    fclose(f);
}

static bool reads_to_its_end(void)
{
    struct trace_source *source = trace_open(path, isa, 0);
    struct retire_block block;
    u64 sum = 0;
    bool whole;

    if (!source) return false;
    while (source->next(source, &block))
        for (size_t n = 0; n < block.count; n++) sum += record_as_number(&block, n);
    whole = !source->failed;
    source->close(source);
    return whole && sum;
}

START_TEST(a_state_trace_that_was_changed_or_cut_off_does_no_harm)
{
    enum { ROOM = 1 << 20, ROUNDS = 400 };
    struct random_case *c = calloc(1, sizeof *c);
    struct keeper k = {.record = calloc(RECORDS_MOST, sizeof *k.record)};
    u8 *whole = malloc(ROOM), *changed = malloc(ROOM);
    u64 seed = 99;
    size_t size;

    ck_assert(c && k.record && whole && changed);
    record_case(c, 7, true, &k);
    size = unpacked(whole, ROOM);
    write_file(whole, size);
    ck_assert(reads_to_its_end());
    for (unsigned round = 0; round < ROUNDS; round++) {
        memcpy(changed, whole, size);
        for (unsigned n = 0; n < 3; n++) {
            seed = hash_mix(seed, round * 3 + n + 1);
            changed[(seed >> 16) % size] = (u8)(seed >> 8);
        }
        write_file(changed, size);
        reads_to_its_end();
    }
    for (size_t cut = size - 1; cut > size - 300; cut--) {
        write_file(whole, cut);
        ck_assert(!reads_to_its_end());
    }
    free(changed);
    free(whole);
    free(k.record);
    free(c);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("state_trace");
    TCase *tests = tcase_create("state_trace");

    tcase_add_checked_fixture(tests, begin, done);
    tcase_add_test(tests, every_record_is_read_as_it_was);
    tcase_add_test(tests, what_devices_did_is_nobodys);
    tcase_add_test(tests, no_instruction_begins_like_a_head);
    tcase_add_test(tests, a_state_trace_that_was_changed_or_cut_off_does_no_harm);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
