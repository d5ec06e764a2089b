/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An index leads to the instruction that it names, in plain files, in gzip files of whoever packed them and in ours,
 * and what is read from there is what is read from the start.  One that is stale, damaged or hostile does no harm.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <zlib.h>

#include "base/hash.h"
#include "core/isa/decode.h"
#include "tests/support/suite.h"
#include "traces/index.h"
#include "traces/qtrace.h"
#include "traces/source.h"
#include "traces/stream.h"

enum { INSNS = 60000, EVERY = 3000 };

static char path[64], index_path[80];
static struct isa *isa;
static u64 seed;
static struct retire whole[INSNS]; /* the instructions as they are read from the start */
static u64 whole_ea[INSNS];

static u64 dice(u64 sides)
{
    seed = hash_mix(seed, HASH_MULTIPLIER) + 1;
    return (seed >> 20) % sides;
}

static void begin(void)
{
    int fd;

    strcpy(path, "/tmp/test_index.XXXXXX");
    fd = mkstemp(path);
    ck_assert_int_ge(fd, 0);
    close(fd);
    snprintf(index_path, sizeof index_path, "%s.p9idx", path);
    isa = isa_new();
    seed = 1;
}

static void done(void)
{
    unlink(path);
    unlink(index_path);
    isa_free(isa);
}

/* ---- traces ---- */

static void random_page(struct qtrace_page *p, unsigned one_in)
{
    if (dice(one_in)) return;
    p->has_rpn = true;
    p->rpn = (u32)dice(1 << 20);
    p->shift = dice(2) ? 16 : 12;
    p->guest_shift = dice(2) ? 21 : 0;
    if (dice(4)) return;
    p->walk.guest = QTRACE_UNDEFINED;
    p->walk.walks = 1;
    p->walk.ptes = QTRACE_PTES;
    for (unsigned k = 0; k < QTRACE_PTES; k++) p->walk.host_pte[0][k] = 8 + dice(1 << 30) * 8;
}

static void write_trace(bool packed)
{
    struct stream_writer *stream = stream_create(path, packed);
    struct qtrace_writer w;
    u64 iar = 0x1000;

    qtrace_begin(&w, stream);
    for (unsigned k = 0; k < INSNS; k++) {
        struct qtrace_insn i = {.iar = iar, .nia = iar + 4, .word = 0xe8640000 | (u32)dice(0x4000) << 2};

        i.has_ea = dice(2);
        i.ea = i.has_ea ? dice(1ULL << 40) : 0;
        if (i.has_ea) random_page(&i.data, 3);
        random_page(&i.fetch, 20);
        if (!dice(8)) i.termination = QTRACE_EXCEPTION, i.nia = dice(1ULL << 40) << 2;
        if (!k || !dice(100)) {
            i.fetch.walk.walks = 0;
            qtrace_put_header(&w, &(struct qtrace_header){.has_iar = true, .iar = i.iar, .fetch = i.fetch});
        }
        qtrace_put(&w, &i);
        iar = i.nia;
    }
    qtrace_end(&w);
    ck_assert(stream_finish(stream));
}

static size_t read_file(const char *name, u8 **bytes)
{
    FILE *f = fopen(name, "rb");
    size_t size;

    ck_assert_ptr_nonnull(f);
    fseek(f, 0, SEEK_END);
    size = (size_t)ftell(f);
    rewind(f);
    *bytes = malloc(size + 1);
    ck_assert_uint_eq(fread(*bytes, 1, size, f), size);
    fclose(f);
    return size;
}

static void write_file(const char *name, const u8 *bytes, size_t size)
{
    FILE *f = fopen(name, "wb");

    ck_assert_uint_eq(fwrite(bytes, 1, size, f), size);
    fclose(f);
}

/* As gzip packs it, in so many members. */
static void pack_file(unsigned members, const char *how)
{
    u8 *bytes;
    size_t size = read_file(path, &bytes), at = 0;

    unlink(path);
    for (unsigned k = 0; k < members; k++) {
        size_t n = k + 1 == members ? size - at : size / members;
        gzFile f = gzopen(path, how);

        ck_assert_int_eq(gzwrite(f, bytes + at, (unsigned)n), (int)n);
        gzclose(f);
        at += n;
    }
    free(bytes);
}

/* From instruction `number` on, at most `count` of them; as it was read from the start, or that it is. */
static u64 read_on(struct trace_source *source, u64 number, u64 count, bool learn)
{
    struct retire_block block;
    u64 from = number;

    while (number - from < count && source->next(source, &block))
        for (size_t k = 0; k < block.count; k++) {
            const struct retire *r = &block.record[k], *is;
            u64 ea =
                r->kind == RETIRE_INSN && r->accesses ? block.access[r->access].ea ^ block.access[r->access].ra : 0;

            if (r->kind != RETIRE_INSN) continue;
            ck_assert_uint_lt(number, INSNS);
            if (learn) whole[number] = *r, whole_ea[number] = ea;
            is = &whole[number];
            if (is->cia != r->cia || is->nia != r->nia || is->ra != r->ra || is->accesses != r->accesses ||
                whole_ea[number] != ea)
                ck_abort_msg("instruction %llu is another one", (unsigned long long)number);
            number++;
        }
    return number;
}

static struct trace_source *open_trace(void)
{
    struct trace_source *source = trace_open(path, isa, 0);

    ck_assert_ptr_nonnull(source);
    return source;
}

static u64 make_index(void)
{
    u64 places = 0;

    ck_assert(index_make(path, isa, 0, EVERY, &places));
    return places;
}

static void expect_places(void)
{
    struct trace_source *source = open_trace();
    u64 places = make_index(), found;

    ck_assert_uint_ge(places, 3);
    ck_assert_uint_eq(read_on(source, 0, INSNS, true), INSNS);
    source->close(source);
    source = open_trace();
    for (unsigned k = 0; k < 8; k++) {
        u64 number = INSNS / 2 + dice(INSNS / 2);

        ck_assert(trace_seek(source, number, &found));
        ck_assert_uint_le(found, number);
        ck_assert_uint_gt(found, 0);
        read_on(source, found, k ? number - found + 500 : INSNS, false);
        ck_assert(!source->failed);
    }
    source->close(source);
}

START_TEST(a_plain_file_is_entered_where_its_index_says)
{
    write_trace(false);
    expect_places();
}
END_TEST

START_TEST(a_gzip_file_of_another_packer_is_entered_within)
{
    write_trace(false);
    pack_file(1, "ab6");
    expect_places();
}
END_TEST

START_TEST(so_is_one_of_stored_blocks_and_several_members)
{
    write_trace(false);
    pack_file(7, "ab0");
    expect_places();
    unlink(index_path);
    write_trace(false);
    pack_file(5, "ab9");
    expect_places();
}
END_TEST

START_TEST(a_qtrace_of_ours_is_entered_at_its_members)
{
    write_trace(true);
    if (make_index()) expect_places();
}
END_TEST

START_TEST(before_the_first_place_and_without_an_index_nothing_is_found)
{
    struct trace_source *source;
    u64 found;

    write_trace(false);
    source = open_trace();
    ck_assert(!trace_seek(source, INSNS / 2, &found));
    ck_assert_uint_gt(make_index(), 0);
    ck_assert(!trace_seek(source, EVERY - 1, &found));
    ck_assert_uint_eq(read_on(source, 0, INSNS, true), INSNS);
    source->close(source);
}
END_TEST

START_TEST(an_index_of_another_file_is_not_used)
{
    struct trace_source *source;
    u64 found;
    u8 *bytes;
    size_t size;

    write_trace(false);
    ck_assert_uint_gt(make_index(), 0);
    size = read_file(path, &bytes);
    bytes[size - 1] ^= 1;
    write_file(path, bytes, size);
    free(bytes);
    source = open_trace();
    ck_assert(!trace_seek(source, INSNS / 2, &found));
    source->close(source);
    source = trace_open(path, isa, TRACE_AS_QTLIB);
    ck_assert(!trace_seek(source, INSNS / 2, &found));
    source->close(source);
}
END_TEST

START_TEST(a_trace_that_cannot_be_read_gets_no_index)
{
    u64 places;
    u8 *bytes;
    size_t size;

    write_trace(false);
    size = read_file(path, &bytes);
    write_file(path, bytes, size - 3);
    free(bytes);
    ck_assert(!index_make(path, isa, 0, EVERY, &places));
    ck_assert_int_ne(access(index_path, F_OK), 0);
    strcat(index_path, ".new");
    ck_assert_int_ne(access(index_path, F_OK), 0);
}
END_TEST

/* Whatever an index says, a reader ends, with or without a line. */
START_TEST(an_index_that_was_changed_does_no_harm)
{
    u8 *good, *bytes;
    size_t size;

    write_trace(false);
    pack_file(3, "ab6");
    ck_assert_uint_gt(make_index(), 0);
    size = read_file(index_path, &good);
    bytes = malloc(size);
    for (unsigned round = 0; round < 150; round++) {
        struct trace_source *source = open_trace();
        struct retire_block block;
        u64 found;

        memcpy(bytes, good, size);
        for (unsigned k = 0; k < 3; k++) {
            size_t at = dice(3) ? size - 1 - dice(size < 400 ? size : 400) : dice(2) ? dice(48) : dice(size);
            bytes[at] = (u8)dice(256);
        }
        write_file(index_path, bytes, round % 5 ? size : dice(size));
        if (trace_seek(source, dice(INSNS), &found))
            for (unsigned k = 0; k < 5 && source->next(source, &block); k++)
                ck_assert_uint_le(block.count, RETIRE_BLOCK);
        source->close(source);
    }
    free(bytes);
    free(good);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("index");
    TCase *t = tcase_create("index");

    tcase_add_checked_fixture(t, begin, done);
    tcase_add_test(t, a_plain_file_is_entered_where_its_index_says);
    tcase_add_test(t, a_gzip_file_of_another_packer_is_entered_within);
    tcase_add_test(t, so_is_one_of_stored_blocks_and_several_members);
    tcase_add_test(t, a_qtrace_of_ours_is_entered_at_its_members);
    tcase_add_test(t, before_the_first_place_and_without_an_index_nothing_is_found);
    tcase_add_test(t, an_index_of_another_file_is_not_used);
    tcase_add_test(t, a_trace_that_cannot_be_read_gets_no_index);
    tcase_add_test(t, an_index_that_was_changed_does_no_harm);
    suite_add_tcase(s, t);
    return run_suite(s);
}
