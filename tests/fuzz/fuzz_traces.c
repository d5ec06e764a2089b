/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes as a trace: a qtrace (in either order of page sizes), a state trace, a packed one, or the index of a good
 * one.  It is read to its end or to an error line, lint asks it everything, an index is made of it and used; nothing
 * crashes, hangs or looks outside of a block.
 *
 *   random_traces [--seed N] [--cases N] [--seconds N]
 *
 * Each case is a good trace of random records, changed in a few places; one that does not end says its seed.  Built
 * with P9_LIBFUZZER libFuzzer changes it: the input's first byte says what it is.
 */
#include <inttypes.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

#include "base/hash.h"
#include "base/log.h"
#include "tests/fuzz/case_limits.h"
#include "traces/index.h"
#include "traces/lint.h"
#include "traces/qtrace.h"
#include "traces/state_sink.h"
#include "traces/stream.h"

enum { AS_KIND = 3, AS_QTLIB = 4, WITH_INDEX = 8, SEEKS = 16 }; /* of the first byte */
enum { IS_QTRACE, IS_STATE, IS_PACKED, IS_INDEX };
enum { RECORDS = 48, BLOCKS_MOST = 400, CASE_SECONDS = 60, INPUT_MOST = 64 << 10 };

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

static char folder[] = "/tmp/fuzz_traces.XXXXXX", path[64], index_path[80];
static struct isa *isa;
static FILE *nothing;
static u64 seed;

static u64 dice(u64 sides)
{
    seed = hash_mix(seed, HASH_MULTIPLIER) + 1;
    return (seed >> 16) % sides;
}

static bool is_one_in(u64 sides)
{
    return dice(sides) == 0;
}

static void say_nothing(const char *text)
{
    (void)text;
}

static void clean(void)
{
    unlink(path);
    unlink(index_path);
    rmdir(folder);
}

static void prepare(void)
{
    if (isa) return;
    isa = isa_new();
    nothing = fopen("/dev/null", "w");
    if (!isa || !nothing || !mkdtemp(folder)) abort();
    snprintf(path, sizeof path, "%s/t", folder);
    snprintf(index_path, sizeof index_path, "%s.p9idx", path);
    atexit(clean);
}

static void write_file(const char *name, const u8 *bytes, size_t size)
{
    FILE *f = fopen(name, "wb");

    if (!f || fwrite(bytes, 1, size, f) != size || fclose(f)) abort();
}

static u8 *read_file(const char *name, size_t *size)
{
    u8 *bytes = malloc(INPUT_MOST);
    FILE *f = fopen(name, "rb");

    if (!f || !bytes) abort();
    *size = fread(bytes, 1, INPUT_MOST, f);
    fclose(f);
    return bytes;
}

/* ---- good ones ---- */

static u64 address(void)
{
    return is_one_in(4) ? dice(1ULL << 48) << 2 : 0xc000000000000000ULL + (dice(1 << 14) << 2);
}

static u32 word(void)
{
    static const u32 words[] = {0x60000000, 0x48000010, 0x4e800020, 0xe8640000, 0xf8640000, 0x41820010, 0x7c0004ac};

    return is_one_in(3) ? (u32)dice(1ULL << 32) | 1U << 31 : words[dice(ARRAY_SIZE(words))];
}

static void make_page(struct qtrace_page *p)
{
    struct qtrace_walk *w = &p->walk;

    if (is_one_in(2)) return;
    p->has_rpn = true;
    p->rpn = (u32)dice(1 << 30);
    p->shift = is_one_in(2) ? 12 : 16;
    p->guest_shift = is_one_in(2) ? 21 : 0;
    if (!is_one_in(4)) return;
    w->guest = (u8)(is_one_in(2) ? QTRACE_RADIX : QTRACE_REAL);
    w->walks = w->guest == QTRACE_RADIX ? (u8)(1 + dice(QTRACE_WALKS)) : 1;
    w->ptes = w->guest == QTRACE_RADIX ? (u8)(1 + dice(QTRACE_PTES)) : QTRACE_PTES;
    for (unsigned n = 0; n < w->walks; n++)
        for (unsigned k = 0; k < w->ptes; k++) w->host_pte[n][k] = address();
}

static void write_qtrace(bool packed)
{
    struct stream_writer *stream = stream_create(path, packed);
    struct qtrace_values values = {.out = {2}};
    struct qtrace_writer w;
    u64 iar = address();

    if (!stream) abort();
    qtrace_begin(&w, stream);
    for (unsigned k = 0; k < RECORDS; k++) {
        struct qtrace_insn i = {.iar = iar, .word = word(), .has_ea = is_one_in(2), .ea = address()};

        i.nia = is_one_in(4) ? address() : iar + 4;
        i.termination = i.nia == iar + 4 ? QTRACE_WENT_ON : QTRACE_EXCEPTION;
        make_page(&i.fetch);
        if (i.has_ea) make_page(&i.data);
        if (is_one_in(8)) i.values = &values;
        if (!k || is_one_in(12))
            qtrace_put_header(&w, &(struct qtrace_header){.has_iar = true, .iar = iar, .has_lpid = true, .lpid = k});
        qtrace_put(&w, &i);
        iar = i.nia;
    }
    qtrace_end(&w);
    if (!stream_finish(stream)) abort();
}

static void make_walk(struct retire_access *a, struct walk_read *read, u32 *reads)
{
    a->read = *reads;
    a->reads = (u8)dice(7);
    for (unsigned k = 0; k < a->reads; k++)
        read[(*reads)++] = (struct walk_read){.step = {.kind = (enum walk_kind)dice(WALK_STEG + 1),
                                                       .stage = is_one_in(2) ? STAGE_PROCESS : STAGE_PARTITION,
                                                       .level = (u8)(1 + dice(4)),
                                                       .nested_for = (u8)dice(16),
                                                       .shift = 12,
                                                       .entry_ra = address(),
                                                       .entry = dice(2) << 63 | address(),
                                                       .address = address()}};
}

static void write_state(bool packed)
{
    static struct insn_facts facts[RECORDS];
    static struct retire record[RECORDS];
    static struct retire_access access[RECORDS];
    static struct walk_read read[RECORDS * 8];
    struct stream_writer *stream = stream_create(path, packed);
    struct state_sink *sink = stream ? state_sink_open(stream, 2, false) : NULL;
    struct retire_block block = {.record = record, .access = access, .read = read, .count = RECORDS};
    u64 cia = address();
    u32 accesses = 0, reads = 0;

    if (!sink) abort();
    for (unsigned k = 0; k < RECORDS; k++) {
        struct retire *r = &record[k];
        u32 one = word();

        *r = (struct retire){.kind = is_one_in(4) ? (u8)dice(RETIRE_KINDS) : RETIRE_INSN, .access = (u16)accesses};
        if (r->kind != RETIRE_INSN) continue;
        facts[k] = (struct insn_facts){.word = one, .row = (u16)isa_find(isa, one), .learned = true, .is = (u8)dice(8)};
        r->cia = cia;
        r->nia = cia = is_one_in(4) ? address() : cia + 4;
        r->ra = r->cia & 0xffffffff;
        r->facts = &facts[k];
        r->fetch_shift = 16;
        if (is_one_in(2)) continue;
        r->accesses = 1;
        access[accesses] = (struct retire_access){
            .ea = address(), .ra = address(), .size = 8, .kind = (u8)dice(7), .by = (u8)dice(5), .page_shift = 16};
        make_walk(&access[accesses++], read, &reads);
    }
    state_sink_of(sink)->take(state_sink_of(sink), &block);
    state_sink_close(sink);
    if (!stream_finish(stream)) abort();
}

/* A good trace of each kind and some varieties, made once: to make one costs more than to read it. */
struct good {
    u8 *bytes, *index; /* index: of the packed one */
    size_t size, index_size;
};
enum { VARIETIES = 16 };

static const struct good *good_trace(unsigned kind, u64 variety)
{
    static struct good all[AS_KIND + 1][VARIETIES];
    struct good *g = &all[kind][variety % VARIETIES];
    u64 places = 0;

    if (g->bytes) return g;
    seed = variety % VARIETIES + 1;
    if (kind == IS_STATE) write_state(false);
    else write_qtrace(kind != IS_QTRACE);
    g->bytes = read_file(path, &g->size);
    if (kind != IS_INDEX) return g;
    if (!index_make(path, isa, 0, 8, &places)) abort();
    g->index = places ? read_file(index_path, &g->index_size) : NULL;
    return g;
}

/* ---- what is done with it ---- */

static void ask(const u8 first, u64 number)
{
    struct trace_source *source = trace_open(path, isa, first & AS_QTLIB ? TRACE_AS_QTLIB : 0);
    struct retire_block block;
    struct lint *lint;
    u64 found;

    if (!source) return;
    lint = lint_open(nothing, path, isa, source, 3);
    if (!lint) abort();
    if (first & SEEKS && trace_seek(source, number, &found) && found > number) abort();
    for (unsigned k = 0; k < BLOCKS_MOST && source->next(source, &block); k++) lint_block(lint, &block);
    if (!strcmp(source->format, "qtrace")) (void)!lint_terminations(lint, first & AS_QTLIB);
    lint_summary(lint);
    lint_close(lint);
    source->close(source);
}

/* A good trace, and its index with bytes of the input instead of some of its own: place and value. */
static void change_index(const u8 *data, size_t size)
{
    const struct good *g = good_trace(IS_INDEX, size ? data[0] : 0);
    u8 bytes[4096];

    if (!g->index || g->index_size > sizeof bytes) return;
    memcpy(bytes, g->index, g->index_size);
    for (size_t k = 1; k + 3 <= size; k += 3) bytes[(data[k] << 8 | data[k + 1]) % g->index_size] = data[k + 2];
    write_file(path, g->bytes, g->size);
    write_file(index_path, bytes, g->index_size);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
    u64 places, number;
    u8 first;

    if (!size) return 0;
    prepare();
    log_errors_to(say_nothing);
    first = data[0];
    number = size > 1 ? data[1] : 0;
    if ((first & AS_KIND) == IS_INDEX) {
        change_index(data + 1, size - 1);
        first |= SEEKS;
    } else {
        unlink(index_path);
        write_file(path, data + 1, size - 1);
        if (first & WITH_INDEX) (void)!index_make(path, isa, first & AS_QTLIB ? TRACE_AS_QTLIB : 0, 5, &places);
    }
    ask(first, number);
    return 0;
}

/* ---- random cases ---- */

/* In a few places other bytes; some bytes less, or more. */
static size_t change(u8 *bytes, size_t size, size_t most)
{
    for (u64 changes = dice(6); changes && size > 1; changes--) {
        size_t at = 1 + dice(size - 1), count = 1 + dice(8);

        if (is_one_in(8) && at + count < size) {
            memmove(bytes + at, bytes + at + count, size - at - count);
            size -= count;
        } else if (is_one_in(8) && size + count < most) {
            memmove(bytes + at + count, bytes + at, size - at);
            size += count;
        } else if (is_one_in(3)) {
            bytes[at] ^= (u8)(1 << dice(8));
        } else {
            bytes[at] = (u8)(is_one_in(4) ? 255 : dice(256));
        }
    }
    return is_one_in(10) && size > 1 ? 1 + dice(size - 1) : size;
}

static size_t random_input(u8 *bytes, size_t most)
{
    u8 first = (u8)dice(32);
    u64 variety = dice(VARIETIES), now = seed;
    const struct good *g = good_trace(first & AS_KIND, variety);
    size_t size = 1;

    seed = now;
    bytes[0] = first;
    if ((first & AS_KIND) != IS_INDEX && g->size < most) {
        memcpy(bytes + 1, g->bytes, g->size);
        return change(bytes, g->size + 1, most);
    }
    for (u64 end = 2 + 3 * (1 + dice(4)); size < end; size++) bytes[size] = (u8)dice(256);
    return size;
}

#ifdef P9_LIBFUZZER
#include "tests/fuzz/seeds.h"

static size_t good_input(u8 *bytes, size_t max, unsigned variety)
{
    static u8 input[INPUT_MOST];
    size_t size;

    prepare();
    seed = variety + 1;
    size = random_input(input, sizeof input);
    if (size > max) size = max;
    memcpy(bytes, input, size);
    return size;
}
#else
static char hangs[80]; /* what is said of a case that does not end */
static size_t hangs_size;

static void on_alarm(int number)
{
    (void)number;
    (void)!write(STDERR_FILENO, hangs, hangs_size);
    _exit(1);
}

int main(int argc, char **argv)
{
    static u8 bytes[INPUT_MOST];
    struct case_limits limits = {.seed = 1, .cases = ~0ULL};
    u64 now;
    time_t end;

    if (!case_limits_read(&limits, "random_traces", argc, argv)) return 2;
    end = limits.seconds ? time(NULL) + (time_t)limits.seconds : 0;
    prepare();
    signal(SIGALRM, on_alarm);
    for (now = limits.seed; now - limits.seed < limits.cases && (!end || time(NULL) < end); now++) {
        size_t size;

        hangs_size = (size_t)snprintf(hangs, sizeof hangs, "random_traces: no end with --seed %" PRIu64 "\n", now);
        alarm(CASE_SECONDS);
        seed = now;
        log_errors_to(say_nothing);
        size = random_input(bytes, sizeof bytes);
        LLVMFuzzerTestOneInput(bytes, size);
    }
    printf("random_traces: %" PRIu64 " cases\n", now - limits.seed);
    return 0;
}
#endif
