/* SPDX-License-Identifier: Apache-2.0 */
/*
 * qtrace and the stream that it lies in: what is written is read back, whatever it is; files of other writers are read
 * as they meant them; what is damaged, cut off or hostile is told in one line and does no harm.  Bytes of foreign files
 * are written out here by hand, from the format's public description.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/hash.h"
#include "core/isa/decode.h"
#include "tests/support/suite.h"
#include "traces/qtrace.h"
#include "traces/qtrace_bits.h"
#include "traces/source.h"
#include "traces/stream.h"

static char path[] = "/tmp/test_qtrace.XXXXXX";
static u64 seed;

static u64 dice(u64 sides)
{
    seed = hash_mix(seed, 0x9e3779b97f4a7c15ULL) + 1;
    return seed >> 20 ? (seed >> 20) % sides : 0;
}

static void begin(void)
{
    int fd;

    strcpy(path, "/tmp/test_qtrace.XXXXXX");
    fd = mkstemp(path);
    ck_assert_int_ge(fd, 0);
    close(fd);
    seed = 1;
}

static void done(void)
{
    unlink(path);
}

/* ---- streams ---- */

static u8 byte_at(u64 at)
{
    return (u8)(at * 7 ^ at >> 9 ^ (at * at) >> 17);
}

static void write_bytes(u64 count, bool packed)
{
    struct stream_writer *w = stream_create(path, packed);

    ck_assert_ptr_nonnull(w);
    for (u64 at = 0; at < count;) {
        u64 n = 1 + dice(300);
        u8 *to = stream_room(w, 300);

        if (n > count - at) n = count - at;
        if (stream_is_at_start(w)) stream_mark(w, at);
        for (u64 k = 0; k < n; k++) to[k] = byte_at(at + k);
        stream_take(w, n);
        at += n;
    }
    ck_assert_uint_eq(stream_told(w), count);
    ck_assert(stream_finish(w));
}

static u64 bytes_read(struct stream_reader *r, u64 at)
{
    for (;;) {
        size_t have;
        const u8 *bytes = stream_peek(r, 1 + dice(1000), &have);

        ck_assert_ptr_nonnull(bytes);
        if (!have) return at;
        for (size_t k = 0; k < have; k++, at++)
            if (bytes[k] != byte_at(at)) ck_abort_msg("byte %llu is another one", (unsigned long long)at);
        stream_skip(r, have);
    }
}

START_TEST(a_stream_is_read_as_it_was_written_packed_or_not)
{
    static const u64 sizes[] = {0, 1, STREAM_BLOCK - 300, STREAM_BLOCK, 12 * STREAM_BLOCK + 5};

    for (unsigned k = 0; k < 2 * ARRAY_SIZE(sizes); k++) {
        struct stream_reader *r;

        write_bytes(sizes[k / 2], k & 1);
        r = stream_open(path);
        ck_assert_ptr_nonnull(r);
        ck_assert_uint_eq(bytes_read(r, 0), sizes[k / 2]);
        stream_close(r);
    }
}
END_TEST

START_TEST(equal_streams_are_equal_files)
{
    u8 *first, *second;
    size_t size = 0;
    FILE *f;

    for (unsigned k = 0; k < 2; k++) {
        seed = 1;
        write_bytes(9 * STREAM_BLOCK, true);
        f = fopen(path, "rb");
        fseek(f, 0, SEEK_END);
        if (k) ck_assert_uint_eq((size_t)ftell(f), size);
        size = (size_t)ftell(f);
        rewind(f);
        second = malloc(size);
        ck_assert_uint_eq(fread(second, 1, size, f), size);
        fclose(f);
        if (k) ck_assert_mem_eq(first, second, size);
        if (k) free(first);
        first = second;
    }
    free(first);
}
END_TEST

START_TEST(a_stream_is_entered_at_the_last_mark_that_is_not_too_far)
{
    struct stream_reader *r;
    u64 found;

    write_bytes(12 * STREAM_BLOCK, true);
    r = stream_open(path);
    for (u64 mark = 0; mark < 12 * STREAM_BLOCK; mark += 2 * STREAM_BLOCK + STREAM_BLOCK / 2) {
        ck_assert(stream_seek(r, mark, &found));
        ck_assert_uint_le(found, mark);
        ck_assert_uint_gt(found + STREAM_BLOCK, mark);
        ck_assert_uint_eq(bytes_read(r, found), 12 * STREAM_BLOCK);
    }
    stream_close(r);
    write_bytes(1000, false);
    r = stream_open(path);
    ck_assert(!stream_seek(r, 5, &found));
    ck_assert_uint_eq(bytes_read(r, 0), 1000);
    stream_close(r);
}
END_TEST

/* As the read of a file that a killed run has left: every whole member, and then one line. */
START_TEST(what_is_left_of_a_stream_is_read_up_to_its_last_whole_member)
{
    struct stream_reader *r;
    size_t have, all = 0;

    write_bytes(5 * STREAM_BLOCK, true);
    ck_assert(!truncate(path, 4 * (STREAM_BLOCK / 3)));
    r = stream_open(path);
    while (stream_peek(r, 1, &have)) {
        ck_assert_uint_gt(have, 0);
        all += have;
        stream_skip(r, have);
    }
    ck_assert_uint_gt(all, STREAM_BLOCK / 2);
    stream_close(r);
}
END_TEST

/* ---- instructions ---- */

static u8 random_shift(void)
{
    static const u8 shifts[] = {0, 0, 12, 16, 21, 30};

    return shifts[dice(ARRAY_SIZE(shifts))];
}

static void random_page(struct qtrace_page *p)
{
    memset(p, 0, sizeof *p);
    p->shift = random_shift();
    p->guest_shift = random_shift();
    p->has_rpn = dice(2);
    if (!p->has_rpn) return;
    p->rpn = (u32)dice(1ULL << 32);
    if (dice(3)) return;
    p->walk.guest = (u8)(dice(2) ? QTRACE_RADIX : dice(2) ? QTRACE_REAL : QTRACE_UNDEFINED);
    p->walk.walks = p->walk.guest == QTRACE_RADIX ? (u8)(1 + dice(QTRACE_WALKS)) : 1;
    p->walk.ptes = p->walk.guest == QTRACE_RADIX ? (u8)(1 + dice(QTRACE_PTES)) : QTRACE_PTES;
    for (unsigned n = 0; n < p->walk.walks; n++)
        for (unsigned k = 0; k < p->walk.ptes; k++) p->walk.host_pte[n][k] = dice(1ULL << 50);
    if (p->walk.guest != QTRACE_RADIX) return;
    for (unsigned n = 0; n + 1 < p->walk.walks; n++) p->walk.host_ra[n] = dice(1ULL << 50);
    for (unsigned n = 0; n < p->walk.walks; n++) p->walk.guest_ra[n] = dice(1ULL << 50);
}

static void random_values(struct qtrace_values *v)
{
    unsigned count = 0;

    memset(v, 0, sizeof *v);
    for (unsigned kind = 0; kind < QTRACE_KINDS; kind++) {
        v->in[kind] = (u8)dice(4);
        v->out[kind] = (u8)dice(4);
    }
    for (unsigned side = 0; side < 2; side++)
        for (unsigned kind = 0; kind < QTRACE_KINDS; kind++)
            for (unsigned n = side ? v->out[kind] : v->in[kind]; n; n--) {
                bool vector = kind == QTRACE_VMX || kind == QTRACE_VSX;

                v->entry[count].index = (u16)dice(kind <= QTRACE_FPR ? 32 : 1024);
                v->entry[count].value[0] = dice(1ULL << 43);
                v->entry[count++].value[1] = vector ? dice(1ULL << 43) : 0;
            }
}

static void random_insn(struct qtrace_insn *i, u64 iar, struct qtrace_values *values)
{
    static const u8 terminations[] = {QTRACE_WENT_ON, QTRACE_WENT_ON, QTRACE_CONDITIONAL, QTRACE_UNCONDITIONAL,
                                      QTRACE_EXCEPTION};

    memset(i, 0, sizeof *i);
    i->iar = iar;
    i->word = (u32)(1 + dice(0x3ffffff)) | 31U << 26;
    i->termination = terminations[dice(ARRAY_SIZE(terminations))];
    i->nia = i->termination && dice(2) ? dice(1ULL << 50) << 2 : iar + 4;
    i->has_ea = dice(2);
    if (i->has_ea) i->ea = dice(1ULL << 50);
    if (i->has_ea) random_page(&i->data);
    random_page(&i->fetch);
    random_values(values);
    if (!dice(4)) i->values = values;
}

static void expect_page(const struct qtrace_page *is, const struct qtrace_page *was)
{
    ck_assert_uint_eq(is->shift, was->shift);
    ck_assert_uint_eq(is->guest_shift, was->guest_shift);
    ck_assert_uint_eq(is->has_rpn, was->has_rpn);
    if (!was->has_rpn) return;
    ck_assert_uint_eq(is->rpn, was->rpn);
    ck_assert_uint_eq(is->walk.walks, was->walk.walks);
    if (!was->walk.walks) return;
    ck_assert_uint_eq(is->walk.guest, was->walk.guest);
    for (unsigned n = 0; n < was->walk.walks; n++)
        for (unsigned k = 0; k < was->walk.ptes; k++)
            ck_assert_uint_eq(is->walk.host_pte[n][k], was->walk.host_pte[n][k]);
    if (was->walk.guest != QTRACE_RADIX) return;
    for (unsigned n = 0; n + 1 < was->walk.walks; n++) ck_assert_uint_eq(is->walk.host_ra[n], was->walk.host_ra[n]);
    for (unsigned n = 0; n < was->walk.walks; n++) ck_assert_uint_eq(is->walk.guest_ra[n], was->walk.guest_ra[n]);
}

static void expect_values(const struct qtrace_values *is, const struct qtrace_values *was)
{
    unsigned count = 0;

    ck_assert_mem_eq(is->in, was->in, sizeof was->in);
    ck_assert_mem_eq(is->out, was->out, sizeof was->out);
    for (unsigned kind = 0; kind < QTRACE_KINDS; kind++) count += was->in[kind] + was->out[kind];
    for (unsigned k = 0; k < count; k++) {
        ck_assert_uint_eq(is->entry[k].index, was->entry[k].index);
        ck_assert_uint_eq(is->entry[k].value[0], was->entry[k].value[0]);
        ck_assert_uint_eq(is->entry[k].value[1], was->entry[k].value[1]);
    }
}

enum { INSNS = 5000 };
static struct qtrace_insn insn[INSNS];
static struct qtrace_values values[INSNS];
static bool header_before[INSNS];

static void put_header(struct qtrace_writer *w, const struct qtrace_insn *i)
{
    const struct qtrace_header h = {.has_iar = true,
                                    .iar = i->iar,
                                    .has_lpid = true,
                                    .lpid = i->iar >> 8,
                                    .has_pid = dice(2),
                                    .pid = 7,
                                    .comment = "as it comes",
                                    .comment_size = 11,
                                    .fetch = i->fetch};
    qtrace_put_header(w, &h);
}

static void write_random(bool packed)
{
    struct stream_writer *stream = stream_create(path, packed);
    struct qtrace_writer w;
    u64 iar = 0x1000;

    qtrace_begin(&w, stream);
    for (unsigned k = 0; k < INSNS; k++) {
        header_before[k] = !k || !dice(50);
        if (header_before[k]) iar = dice(1ULL << 50) << 2;
        random_insn(&insn[k], iar, &values[k]);
        if (header_before[k]) put_header(&w, &insn[k]);
        qtrace_put(&w, &insn[k]);
        iar = insn[k].nia;
    }
    qtrace_end(&w);
    ck_assert_uint_eq(w.written, INSNS);
    ck_assert(stream_finish(stream));
}

START_TEST(instructions_are_read_as_they_were_written)
{
    for (unsigned round = 0; round < 4; round++) {
        struct stream_reader *stream;
        struct qtrace_reader r;
        struct qtrace_header h;
        struct qtrace_insn is;

        write_random(round & 1);
        stream = stream_open(path);
        qtrace_read_from(&r, stream, path);
        for (unsigned k = 0; k < INSNS; k++) {
            if (header_before[k]) {
                ck_assert_int_eq(qtrace_next(&r, &h, &is), QTRACE_IS_HEADER);
                ck_assert_uint_eq(h.iar, insn[k].iar);
                ck_assert_uint_eq(h.lpid, insn[k].iar >> 8);
                ck_assert_mem_eq(h.comment, "as it comes", 11);
            }
            ck_assert_int_eq(qtrace_next(&r, &h, &is), QTRACE_IS_INSN);
            ck_assert_uint_eq(is.iar, insn[k].iar);
            ck_assert_uint_eq(is.nia, insn[k].nia);
            ck_assert_uint_eq(is.word, insn[k].word);
            ck_assert_uint_eq(is.termination, insn[k].termination);
            ck_assert_uint_eq(is.has_ea, insn[k].has_ea);
            if (is.has_ea) ck_assert_uint_eq(is.ea, insn[k].ea);
            expect_page(&is.data, &insn[k].data);
            expect_page(&is.fetch, &insn[k].fetch);
            ck_assert_uint_eq(is.values != NULL, insn[k].values != NULL);
            if (is.values) expect_values(is.values, &values[k]);
        }
        ck_assert_int_eq(qtrace_next(&r, &h, &is), QTRACE_END);
        stream_close(stream);
    }
}
END_TEST

/* ---- what others write ---- */

static struct stream_reader *open_bytes(const u8 *bytes, size_t size, struct qtrace_reader *r)
{
    FILE *f = fopen(path, "wb");
    struct stream_reader *stream;

    ck_assert_uint_eq(fwrite(bytes, 1, size, f), size);
    fclose(f);
    stream = stream_open(path);
    ck_assert_ptr_nonnull(stream);
    qtrace_read_from(r, stream, path);
    return stream;
}

/* A header with IAR 0x1000 alone. */
#define HEADER 0, 0, 0, 0, 0, 1, 0, 2, 0x20, 0, 0, 0, 0, 0, 0, 0, 0x10, 0

START_TEST(the_bytes_are_those_of_the_format)
{
    static const u8 wanted[] = {
        0,    0,    0,    0,    0,    1,    0,    3,    0x0f, 0,              /* header, flags3: no walk */
        0x68, 0x40, 7,    1,    0,    0,                                      /* version, IAR, RPN, page size */
        0,    0,    0,    0,    0,    0,    0x10, 0,                          /* IAR */
        0,    0,    0,    1,    12,                                           /* RPN, page size */
        0x7d, 0x24, 0x30, 0x2a, 0x0a, 0x01, 0x01, 0x00,                       /* ldx: EA, RPN, data page size */
        0,    0,    0,    0,    0,    2,    0x34, 0x56, 0,    0, 0, 2, 16,    /* 0x23456 on 64K */
        0x48, 0,    0,    0x10, 0xe0, 0x40, 0,    0,    8,                    /* b: node, termination, IAR */
        0,    0,    0,    0,    0,    0,    0x10, 0x14, 0x60, 0, 0, 0, 0,  0, /* nop: six bytes */
    };
    struct stream_writer *stream = stream_create(path, false);
    struct qtrace_header h = {.has_iar = true, .iar = 0x1000, .fetch = {.has_rpn = true, .rpn = 1, .shift = 12}};
    struct qtrace_insn i = {.iar = 0x1000,
                            .word = 0x7d24302a,
                            .has_ea = true,
                            .ea = 0x23456,
                            .data = {.has_rpn = true, .rpn = 2, .shift = 16}};
    struct qtrace_writer w;
    u8 is[sizeof wanted + 1];
    FILE *f;

    qtrace_begin(&w, stream);
    qtrace_put_header(&w, &h);
    qtrace_put(&w, &i);
    qtrace_put(&w, &(struct qtrace_insn){.iar = 0x1004, .word = 0x48000010, .termination = QTRACE_UNCONDITIONAL});
    qtrace_put(&w, &(struct qtrace_insn){.iar = 0x1014, .nia = 0x1018, .word = 0x60000000});
    qtrace_end(&w);
    ck_assert(stream_finish(stream));
    f = fopen(path, "rb");
    ck_assert_uint_eq(fread(is, 1, sizeof is, f), sizeof wanted);
    fclose(f);
    ck_assert_mem_eq(is, wanted, sizeof wanted);
}
END_TEST

START_TEST(no_trace_ends_with_a_page_of_the_host)
{
    static char comment[4096];

    for (unsigned size = 4000; size < 4096; size++) {
        struct stream_writer *stream = stream_create(path, false);
        struct qtrace_header h = {.has_iar = true, .comment = comment, .comment_size = (u16)size};
        struct qtrace_writer w;
        u64 told;

        qtrace_begin(&w, stream);
        qtrace_put_header(&w, &h);
        qtrace_put(&w, &(struct qtrace_insn){.iar = 0, .nia = 4, .word = 0x60000000});
        qtrace_end(&w);
        told = stream_told(stream);
        ck_assert_uint_ne(told % 4096, 0);
        ck_assert(stream_finish(stream));
    }
}
END_TEST

/* IAR page size, data page size and the guest's size of the next page, in the reader's order and in that of qtlib's
 * writer, which has the middle two the other way round. */
START_TEST(page_sizes_are_read_in_either_order)
{
    static const u8 bytes[] = {HEADER, 0x7d, 0x24, 0x30, 0x2a, 0x08, 0x01, 0x03, 0x08, 0,
                               0,      0,    0,    0,    0,    0x12, 0x34, 16,   21,   12};
    struct qtrace_header h;
    struct qtrace_insn i;
    struct qtrace_reader r;

    for (unsigned as_qtlib = 0; as_qtlib < 2; as_qtlib++) {
        struct stream_reader *stream = open_bytes(bytes, sizeof bytes, &r);

        r.as_qtlib = as_qtlib;
        ck_assert_int_eq(qtrace_next(&r, &h, &i), QTRACE_IS_HEADER);
        ck_assert_int_eq(qtrace_next(&r, &h, &i), QTRACE_IS_INSN);
        ck_assert_uint_eq(i.data.shift, as_qtlib ? 12 : 21);
        ck_assert_uint_eq(r.fetch.shift, 16);
        ck_assert_uint_eq(r.fetch.guest_shift, as_qtlib ? 21 : 12);
        stream_close(stream);
    }
}
END_TEST

/* A fetch of a guest in real mode: qtlib's writer has "real" in the bits of the access (flags3 is 0x1300). */
START_TEST(a_walk_of_a_guest_in_real_mode_is_known_in_either_way)
{
    static const u8 bytes[] = {HEADER, 0x48, 0, 0, 0, 0x00, 0x11, 0, 1, 0x13, 0, /* RPN of the next; flags3 */
                               0,      0,    0, 0, 0, 0,    1,    0, 0, 0,    0, 0, 0, 0, 2, 0,    0, 0, 0, 0, 0,
                               0,      3,    0, 0, 0, 0,    0,    0, 0, 4,    0, 0, 0, 0, 5, 0x60, 0, 0, 0, 0, 0};
    struct qtrace_header h;
    struct qtrace_insn i;
    struct qtrace_reader r;

    for (unsigned as_qtlib = 0; as_qtlib < 2; as_qtlib++) {
        struct stream_reader *stream = open_bytes(bytes, sizeof bytes, &r);

        r.as_qtlib = as_qtlib;
        ck_assert_int_eq(qtrace_next(&r, &h, &i), QTRACE_IS_HEADER);
        ck_assert_int_eq(qtrace_next(&r, &h, &i), QTRACE_IS_INSN);
        ck_assert_int_eq(qtrace_next(&r, &h, &i), QTRACE_IS_INSN);
        ck_assert_uint_eq(i.fetch.rpn, 5);
        ck_assert_uint_eq(i.fetch.walk.guest, as_qtlib ? QTRACE_REAL : QTRACE_UNDEFINED);
        ck_assert_uint_eq(i.fetch.walk.host_pte[0][3], 0x400);
        stream_close(stream);
    }
}
END_TEST

/* The size of the page that follows in sequence counts if no other is given; its number, too. */
START_TEST(what_is_said_of_the_next_page_in_sequence_holds_for_it)
{
    static const u8 bytes[] = {HEADER, 0x60, 0,  0,  0,    0x00, 0x01, 0x40, 0x20, 0, 0, 0, 9, 21, /* number and size */
                               0x60,   0,    0,  0,  0x00, 0x11, 0x42, 0x20, 0,    0, 0, 8, 0, 0,
                               0,      7,    12, 16, /* both ways */
                               0x60,   0,    0,  0,  0,    0};
    struct qtrace_header h;
    struct qtrace_insn i;
    struct qtrace_reader r;
    struct stream_reader *stream = open_bytes(bytes, sizeof bytes, &r);

    ck_assert_int_eq(qtrace_next(&r, &h, &i), QTRACE_IS_HEADER);
    ck_assert_int_eq(qtrace_next(&r, &h, &i), QTRACE_IS_INSN);
    ck_assert_int_eq(qtrace_next(&r, &h, &i), QTRACE_IS_INSN);
    ck_assert_uint_eq(i.fetch.rpn, 9);
    ck_assert_uint_eq(i.fetch.shift, 21);
    ck_assert_int_eq(qtrace_next(&r, &h, &i), QTRACE_IS_INSN);
    ck_assert_uint_eq(i.fetch.rpn, 8);
    ck_assert_uint_eq(i.fetch.shift, 16);
    stream_close(stream);
}
END_TEST

/* Magic, VSID, RPN, sizes, PTCR, LPID, PID and comment: what a header of others may have stands where it belongs. */
START_TEST(every_part_of_a_header_is_read_or_stepped_over)
{
    static const u8 bytes[] = {
        0,    0, 0, 0, 0,    1, 0,    3,    0x0f, 0xe0, 0xf8, 0x52,     /* flags3: no walk, PTCR, LPID, PID */
        1,    2, 3, 4, 6,    0, 0,    0,                                /* magic, version */
        0,    0, 0, 0, 0,    0, 0x20, 0,                                /* IAR */
        9,    9, 9, 9, 9,    9, 9,    0,    0,    0,    3,    16,   21, /* VSID, RPN, both sizes */
        0,    0, 0, 0, 0,    0, 0,    0x11, 0,    0,    0,    0,    0,  0, 0,
        0x12, 0, 0, 0, 0x13, 0, 2,    'o',  'k',  0x60, 0,    0,    0,  0, 0};
    struct qtrace_header h;
    struct qtrace_insn i;
    struct qtrace_reader r;
    struct stream_reader *stream = open_bytes(bytes, sizeof bytes, &r);

    ck_assert_int_eq(qtrace_next(&r, &h, &i), QTRACE_IS_HEADER);
    ck_assert_uint_eq(h.version, 0x06000000);
    ck_assert_uint_eq(h.fetch.rpn, 3);
    ck_assert_uint_eq(h.fetch.shift, 16);
    ck_assert_uint_eq(h.fetch.guest_shift, 21);
    ck_assert_uint_eq(h.ptcr, 0x11);
    ck_assert_uint_eq(h.lpid, 0x12);
    ck_assert_uint_eq(h.pid, 0x13);
    ck_assert_uint_eq(h.comment_size, 2);
    ck_assert_mem_eq(h.comment, "ok", 2);
    ck_assert_int_eq(qtrace_next(&r, &h, &i), QTRACE_IS_INSN);
    ck_assert_uint_eq(i.iar, 0x2000);
    ck_assert_int_eq(qtrace_next(&r, &h, &i), QTRACE_END);
    stream_close(stream);
}
END_TEST

/* From version 7 on register blocks count VSX registers. */
START_TEST(a_register_block_is_read_by_the_version_of_its_header)
{
    for (u8 version = 6; version <= 7; version++) {
        const u8 bytes[] = {
            0,    0,    0, 0,    0, 1, 0, 2,    0x60, 0, version, 0, 0, 0, 0, 0, 0, 0, 0,
            0,    0x10, 0, 0x60, 0, 0, 0, 0x00, 0x08, 0, 0,       0, 0, 0, 0, 0, 0, 0, 0, /* 8 counts, or 10 of 0 */
            0x60, 0,    0, 0,    0, 0};
        struct qtrace_header h;
        struct qtrace_insn i;
        struct qtrace_reader r;
        struct stream_reader *stream = open_bytes(bytes, sizeof bytes, &r);

        ck_assert_int_eq(qtrace_next(&r, &h, &i), QTRACE_IS_HEADER);
        ck_assert_int_eq(qtrace_next(&r, &h, &i), QTRACE_IS_INSN);
        ck_assert_uint_eq(stream_at(stream), 22 + 6 + (version == 6 ? 8 : 10));
        stream_close(stream);
    }
}
END_TEST

/* Length and bytes of data are there with some producers; a register block of an old version counts no VSX. */
START_TEST(parts_that_nobody_needs_are_stepped_over)
{
    static const u8 bytes[] = {HEADER, 0x7d, 0x24, 0x30, 0x2a, 0x1d, 0x88,             /* processor, EA ... */
                               3,      0,    0,    0,    0,    0,    0,    0x12, 0x34, /* processor, EA */
                               1,      2,    3,    4,    5,    6,    7,                /* VSID */
                               4,      9,    9,    9,    9,                            /* length, data */
                               1,      0,    0,    0,    0,    0,    0,    0,          /* a GPR in */
                               5,      0,    0,    0,    0,    0,    0,    0,    0x77, /* r5 */
                               0x60,   0,    0,    0,    0,    0};
    struct qtrace_header h;
    struct qtrace_insn i;
    struct qtrace_reader r;
    struct stream_reader *stream = open_bytes(bytes, sizeof bytes, &r);

    ck_assert_int_eq(qtrace_next(&r, &h, &i), QTRACE_IS_HEADER);
    ck_assert_int_eq(qtrace_next(&r, &h, &i), QTRACE_IS_INSN);
    ck_assert_uint_eq(i.ea, 0x1234);
    ck_assert_ptr_nonnull(i.values);
    ck_assert_uint_eq(i.values->entry[0].index, 5);
    ck_assert_uint_eq(i.values->entry[0].value[0], 0x77);
    ck_assert_int_eq(qtrace_next(&r, &h, &i), QTRACE_IS_INSN);
    ck_assert_uint_eq(i.word, 0x60000000);
    ck_assert_int_eq(qtrace_next(&r, &h, &i), QTRACE_END);
    stream_close(stream);
}
END_TEST

/* Not every producer has termination codes: the word and where it led say enough. */
START_TEST(a_branch_is_taken_by_its_word_whatever_its_termination_code)
{
    static const u8 bytes[] = {HEADER, 0x48, 0, 0, 0x10, 0x80, 0x40, 0,    0, 0, 0, 0, 0, 0x10, 0x10, /* b, no code */
                               0x60,   0,    0, 0, 0xa0, 0x40, 0,    0x10, 0, 0, 0, 0, 0, 0,    0x05,
                               0}; /* nop, interrupted */
    struct isa *isa = isa_new();
    struct trace_source *source;
    struct retire_block block;
    struct qtrace_reader r;

    stream_close(open_bytes(bytes, sizeof bytes, &r));
    source = trace_open(path, isa, 0);
    ck_assert_ptr_nonnull(source);
    ck_assert(source->next(source, &block));
    ck_assert_uint_eq(block.count, 3);
    ck_assert_uint_eq(block.record[1].flags & RETIRE_TAKEN, RETIRE_TAKEN);
    ck_assert_uint_eq(block.record[1].nia, 0x1010);
    ck_assert_uint_eq(block.record[2].flags & RETIRE_TAKEN, 0);
    ck_assert_uint_eq(block.record[2].nia, 0x500);
    source->close(source);
    isa_free(isa);
}
END_TEST

/* A suffix of zero is no header. */
START_TEST(a_zero_word_behind_a_prefix_is_an_instruction)
{
    static const u8 bytes[] = {HEADER, 0x06, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x60, 0, 0, 0, 0, 0};
    struct qtrace_header h;
    struct qtrace_insn i;
    struct qtrace_reader r;
    struct stream_reader *stream = open_bytes(bytes, sizeof bytes, &r);

    ck_assert_int_eq(qtrace_next(&r, &h, &i), QTRACE_IS_HEADER);
    for (unsigned k = 0; k < 3; k++) {
        ck_assert_int_eq(qtrace_next(&r, &h, &i), QTRACE_IS_INSN);
        ck_assert_uint_eq(i.iar, 0x1000 + 4 * k);
    }
    ck_assert_int_eq(qtrace_next(&r, &h, &i), QTRACE_END);
    stream_close(stream);
}
END_TEST

/* ---- what is wrong ---- */

static void expect_bad(const u8 *bytes, size_t size)
{
    struct qtrace_header h;
    struct qtrace_insn i;
    struct qtrace_reader r;
    struct stream_reader *stream = open_bytes(bytes, size, &r);
    enum qtrace_item item;

    do item = qtrace_next(&r, &h, &i);
    while (item == QTRACE_IS_HEADER || item == QTRACE_IS_INSN);
    ck_assert_int_eq(item, QTRACE_BAD);
    stream_close(stream);
}
#define EXPECT_BAD(...) expect_bad((const u8[]){__VA_ARGS__}, sizeof((const u8[]){__VA_ARGS__}))

START_TEST(what_no_trace_can_have_is_refused)
{
    EXPECT_BAD(0x7f, 'E', 'L', 'F', 2, 1, 1, 0);                       /* no header */
    EXPECT_BAD(0, 0, 0, 0, 0, 0, 0, 2, 0x20, 0);                       /* a header without its flag */
    EXPECT_BAD(0, 0, 0, 0, 0, 1, 0, 0, 0x20, 0);                       /* that is none */
    EXPECT_BAD(0, 0, 0, 0, 0, 1, 0, 2, 0x00, 1);                       /* with unknown parts */
    EXPECT_BAD(HEADER, 0x60, 0, 0, 0, 0, 2);                           /* unknown flags */
    EXPECT_BAD(HEADER, 0x60, 0, 0, 0, 0, 1, 0x80, 0);                  /* in the second word */
    EXPECT_BAD(HEADER, 0x60, 0, 0, 0, 0x20, 0, 0, 0x55);               /* a termination code */
    EXPECT_BAD(HEADER, 0x60, 0, 0, 0, 0, 1, 1, 0, 70);                 /* a page of 2^70 bytes */
    EXPECT_BAD(HEADER, 0x60, 0, 0, 0, 2, 1, 0, 1, 0, 0, 5, 5);         /* walks of 5 entries */
    EXPECT_BAD(HEADER, 0x60, 0, 0, 0, 2, 1, 0, 1, 0, 0, 4, 6);         /* 6 of them */
    EXPECT_BAD(HEADER, 0x60, 0, 0, 0, 0, 8, 255, 0, 0, 0, 0, 0, 0, 0); /* 255 registers */
}
END_TEST

/* Wherever the file ends, it is told or the end is one between two records. */
START_TEST(a_trace_that_is_cut_off_says_so)
{
    u8 bytes[1200];
    unsigned told = 0;
    FILE *f;

    write_random(false);
    f = fopen(path, "rb");
    ck_assert_uint_eq(fread(bytes, 1, sizeof bytes, f), sizeof bytes);
    fclose(f);
    for (size_t size = 1; size < sizeof bytes; size++) {
        struct qtrace_header h;
        struct qtrace_insn i;
        struct qtrace_reader r;
        struct stream_reader *stream = open_bytes(bytes, size, &r);
        enum qtrace_item item;

        do item = qtrace_next(&r, &h, &i);
        while (item == QTRACE_IS_HEADER || item == QTRACE_IS_INSN);
        if (item == QTRACE_BAD) told++;
        else ck_assert_uint_eq(stream_at(stream), size);
        stream_close(stream);
    }
    ck_assert_uint_gt(told, sizeof bytes / 2);
}
END_TEST

/* Any bytes at all, also as records of a source: every index stays within its block. */
START_TEST(bytes_that_were_changed_do_no_harm)
{
    static u8 whole[20000], bytes[20000];
    struct isa *isa = isa_new();
    FILE *f;

    write_random(false);
    f = fopen(path, "rb");
    ck_assert_uint_eq(fread(whole, 1, sizeof whole, f), sizeof whole);
    fclose(f);
    for (unsigned round = 0; round < 300; round++) {
        struct trace_source *source;
        struct retire_block block;

        memcpy(bytes, whole, sizeof bytes);
        for (unsigned k = 0; k < 4; k++) bytes[dice(sizeof bytes)] = (u8)dice(256);
        f = fopen(path, "wb");
        ck_assert_uint_eq(fwrite(bytes, 1, sizeof bytes, f), sizeof bytes);
        fclose(f);
        source = trace_open(path, isa, 0);
        ck_assert_ptr_nonnull(source);
        while (source->next(source, &block))
            for (size_t k = 0; k < block.count; k++) {
                const struct retire *r = &block.record[k];

                ck_assert(r->kind == RETIRE_INSN || r->kind == RETIRE_CONTEXT);
                for (unsigned n = 0; r->kind == RETIRE_INSN && n < r->accesses; n++)
                    ck_assert_uint_le(block.access[r->access + n].reads, 24);
            }
        source->close(source);
    }
    isa_free(isa);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("qtrace");
    TCase *t = tcase_create("qtrace");

    tcase_add_checked_fixture(t, begin, done);
    tcase_add_test(t, a_stream_is_read_as_it_was_written_packed_or_not);
    tcase_add_test(t, equal_streams_are_equal_files);
    tcase_add_test(t, a_stream_is_entered_at_the_last_mark_that_is_not_too_far);
    tcase_add_test(t, what_is_left_of_a_stream_is_read_up_to_its_last_whole_member);
    tcase_add_test(t, instructions_are_read_as_they_were_written);
    tcase_add_test(t, the_bytes_are_those_of_the_format);
    tcase_add_test(t, no_trace_ends_with_a_page_of_the_host);
    tcase_add_test(t, page_sizes_are_read_in_either_order);
    tcase_add_test(t, a_walk_of_a_guest_in_real_mode_is_known_in_either_way);
    tcase_add_test(t, what_is_said_of_the_next_page_in_sequence_holds_for_it);
    tcase_add_test(t, every_part_of_a_header_is_read_or_stepped_over);
    tcase_add_test(t, a_register_block_is_read_by_the_version_of_its_header);
    tcase_add_test(t, parts_that_nobody_needs_are_stepped_over);
    tcase_add_test(t, a_branch_is_taken_by_its_word_whatever_its_termination_code);
    tcase_add_test(t, a_zero_word_behind_a_prefix_is_an_instruction);
    tcase_add_test(t, what_no_trace_can_have_is_refused);
    tcase_add_test(t, a_trace_that_is_cut_off_says_so);
    tcase_add_test(t, bytes_that_were_changed_do_no_harm);
    suite_add_tcase(s, t);
    return run_suite(s);
}
