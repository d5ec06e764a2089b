/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The caches and the memory of a chip, as answers.  Times follow from the configuration: each test says which numbers
 * it expects and why.  Where a public curve of a real POWER9 exists, the same pattern is asked for here.
 */
#include <check.h>
#include <stdlib.h>

#include "core/timing/memory.h"
#include "tests/support/suite.h"

enum { KIB = 1 << 10, MIB = 1 << 20, LATER = 1000000 };

static struct memory_config config;
static struct memory_system *m;
static u64 random_state;

static void open_cores(unsigned cores)
{
    memory_close(m);
    m = memory_open(&config, cores);
    ck_assert_ptr_nonnull(m);
}

static void start(void)
{
    config = memory_config_default();
    random_state = 0x2545f4914f6cdd1d;
    m = NULL;
    open_cores(4);
}

static void stop(void)
{
    ck_assert_ptr_null(memory_check(m));
    memory_close(m);
}

static u64 next_random(void)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return random_state >> 11;
}

static struct memory_answer load(unsigned core, u64 ra, u64 when)
{
    return memory_load(m, core, 0, ra, when);
}

/* No streams, and as many at a time as like: what is left are the latencies. */
static void plain(void)
{
    config.streams = 0;
    config.l2_busy_cycles = config.line_millicycles = 0;
}

static void expect(struct memory_answer a, enum served_by from, u64 cycles, u64 when)
{
    ck_assert_uint_eq(a.from, from);
    ck_assert_uint_eq(a.when, when + cycles);
}

/* Lines that are `bytes` apart, so that all fall into one set of a cache with so many bytes a way. */
static void load_many(unsigned core, u64 first, u64 count, u64 bytes, u64 when)
{
    for (u64 k = 0; k < count; k++) load(core, first + k * bytes, when + k * 1000);
}

/* ---- where an access is served, and when ---- */

START_TEST(a_line_comes_from_memory_and_is_in_the_l1_then)
{
    expect(load(0, 0x1000, 100), SERVED_MEMORY, config.memory_cycles, 100);
    expect(load(0, 0x1000, LATER), SERVED_L1, config.l1d_cycles, LATER);
    expect(load(0, 0x107f, LATER), SERVED_L1, config.l1d_cycles, LATER);
    expect(load(0, 0x1080, LATER), SERVED_MEMORY, config.memory_cycles, LATER);
}
END_TEST

/* 9 lines into one set of 8 ways: 32 KiB in 8 ways are 4 KiB a way. */
START_TEST(what_the_l1_replaced_is_in_the_l2)
{
    plain();
    open_cores(1);
    load_many(0, 0, 9, 4 * KIB, 0);
    expect(load(0, 0, LATER), SERVED_L2, config.l2_cycles, LATER);
    expect(load(0, 8 * 4 * KIB, LATER), SERVED_L1, config.l1d_cycles, LATER);
}
END_TEST

/* 512 KiB in 8 ways are 64 KiB a way.  The line that comes back displaces the next one of its set. */
START_TEST(what_the_l2_replaced_is_in_the_l3_and_leaves_it_when_it_is_wanted)
{
    plain();
    open_cores(1);
    load_many(0, 0, 9, 64 * KIB, 0);
    ck_assert_uint_eq(memory_counts_of(m, 0).castout_l2, 1);
    ck_assert_ptr_null(memory_check(m)); /* no line is in both */
    expect(load(0, 0, LATER), SERVED_L3, config.l3_cycles, LATER);
    ck_assert_uint_eq(memory_counts_of(m, 0).castout_l2, 2);
    ck_assert_ptr_null(memory_check(m));
    expect(load(0, 64 * KIB, LATER), SERVED_L3, config.l3_cycles, LATER);
}
END_TEST

/* 10 MiB in 20 ways are 512 KiB a way: 8 lines in the L2 and 20 in the L3. */
START_TEST(a_set_of_l2_and_l3_holds_28_lines)
{
    plain();
    open_cores(1);
    load_many(0, 0, 28, 512 * KIB, 0);
    for (u64 k = 0; k < 28; k++) ck_assert_uint_le(load(0, k * 512 * KIB, LATER + k * 1000).from, SERVED_L3);
    load_many(0, 0, 29, 512 * KIB, 2 * LATER);
    ck_assert_uint_eq(memory_counts_of(m, 0).castout_l3, 1);
    ck_assert_uint_eq(load(0, 0, 3 * LATER).from, SERVED_MEMORY);
}
END_TEST

START_TEST(cores_of_a_pair_share_l2_and_l3_and_pairs_ask_each_other)
{
    plain();
    open_cores(4);
    load(0, 0x1000, 0);
    expect(load(1, 0x1000, LATER), SERVED_L2, config.l2_cycles, LATER);
    expect(load(2, 0x1000, LATER), SERVED_OTHER, config.other_cycles, LATER);
    expect(load(3, 0x1000, 2 * LATER), SERVED_L2, config.l2_cycles, 2 * LATER);
}
END_TEST

START_TEST(a_walk_reads_the_l2_and_leaves_the_l1_alone)
{
    plain();
    open_cores(1);
    expect(memory_table_read(m, 0, 0x1000, 0), SERVED_MEMORY, config.memory_cycles, 0);
    expect(memory_table_read(m, 0, 0x1008, LATER), SERVED_L2, config.l2_cycles, LATER);
    expect(load(0, 0x1000, LATER), SERVED_L2, config.l2_cycles, LATER);
    expect(memory_table_read(m, 0, 0x1000, LATER), SERVED_L2, config.l2_cycles, LATER);
}
END_TEST

/* ---- lines under way ---- */

START_TEST(a_load_of_a_line_under_way_waits_for_it_and_names_its_source)
{
    struct memory_answer a = load(0, 0x1000, 100), b = load(0, 0x1010, 110), c = load(0, 0x1040, 110);

    ck_assert(!a.merged && b.merged && c.merged);
    ck_assert_uint_eq(b.when, a.when);
    ck_assert_uint_eq(c.when, a.when + config.sector_cycles);
    ck_assert_uint_eq(b.from, SERVED_MEMORY);
    ck_assert_uint_eq(c.from, SERVED_MEMORY);
    expect(load(0, 0x1040, a.when), SERVED_L1, config.l1d_cycles, a.when);
}
END_TEST

START_TEST(the_other_core_of_a_pair_waits_for_a_line_under_way_too)
{
    struct memory_answer a = load(0, 0x1000, 100), b = load(1, 0x1000, 110);

    ck_assert(b.merged);
    ck_assert_uint_eq(b.from, SERVED_MEMORY);
    ck_assert_uint_eq(b.when, a.when);
}
END_TEST

START_TEST(the_load_miss_queue_holds_so_many_lines)
{
    plain();
    open_cores(1);
    for (u64 k = 0; k < config.load_misses; k++) {
        struct memory_answer a = load(0, k * KIB, 10);

        ck_assert(!a.queued);
        ck_assert_uint_eq(a.when, 10 + config.memory_cycles);
    }
    ck_assert(!load(0, 0x40, 10).queued); /* merged */
    ck_assert(load(0, 1 * MIB, 10).queued);
    expect(load(0, 2 * MIB, 10), SERVED_MEMORY, 2 * config.memory_cycles, 10);
    ck_assert(!load(0, 3 * MIB, 10 + 3 * config.memory_cycles).queued);
}
END_TEST

/* A younger instruction, or another thread, may be asked for first. */
START_TEST(what_is_asked_for_later_does_not_take_the_place_of_what_comes_earlier)
{
    plain();
    open_cores(1);
    for (u64 k = 0; k < config.load_misses; k++) load(0, k * KIB, 100000);
    expect(load(0, 1 * MIB, 100), SERVED_MEMORY, config.memory_cycles, 100);
}
END_TEST

/* Twice as many lines as entries are asked for from cycle 50 on, so the next one waits for two of them. */
START_TEST(what_comes_earlier_takes_its_entry_too_whoever_asked_first)
{
    plain();
    open_cores(1);
    for (u64 k = 0; k < config.load_misses; k++) load(0, k * KIB, 100);
    for (u64 k = 0; k < config.load_misses; k++) load(0, 1 * MIB + k * KIB, 50);
    expect(load(0, 2 * MIB, 110), SERVED_MEMORY, 50 + 3 * config.memory_cycles - 110, 110);
}
END_TEST

/* ---- bandwidth ---- */

/* All at once: the n-th line has to wait for n - 1 others.  Each takes line_millicycles. */
START_TEST(lines_from_memory_come_as_fast_as_its_channels_deliver)
{
    u64 lines = 500, last = 0;

    config.streams = 0;
    config.l2_busy_cycles = 0;
    open_cores(24);
    for (u64 k = 0; k < lines; k++) {
        u64 when = memory_table_read(m, k % 24, k * MIB, 1000).when;

        if (when > last) last = when;
    }
    ck_assert_uint_ge(last, 1000 + config.memory_cycles + (lines - 1) * config.line_millicycles / 1000 - 3);
    ck_assert_uint_le(last, 1000 + config.memory_cycles + lines * config.line_millicycles / 1000);
}
END_TEST

START_TEST(the_arrays_of_an_l2_serve_one_access_in_so_many_cycles)
{
    u64 last = 0;

    load(0, 0x1000, 0);
    for (unsigned k = 0; k < 100; k++) {
        u64 when = memory_table_read(m, k % 2, 0x1000, LATER).when;

        if (when > last) last = when;
    }
    ck_assert_uint_eq(last, LATER + 99 * config.l2_busy_cycles + config.l2_cycles);
    expect(memory_table_read(m, 2, 0x1000, LATER), SERVED_OTHER, config.other_cycles, LATER);
}
END_TEST

/* Loads that follow each other as fast as a window of 16 lines lets them: the channels are what limits 24 cores, and
 * 128 bytes in 2.384 cycles of 2400 MHz are 120 GiB/s. */
START_TEST(a_stream_on_every_core_gets_the_bandwidth_of_the_chip_and_no_more)
{
    static u64 when[24][16];
    u64 lines = 2000, end = 0;

    open_cores(24);
    for (u64 k = 0; k < lines; k++)
        for (unsigned core = 0; core < 24; core++) {
            u64 *oldest = &when[core][k % 16];

            *oldest = load(core, ((u64)core << 30) + k * LINE_BYTES, *oldest).when;
            if (*oldest > end) end = *oldest;
        }
    ck_assert_uint_ge(end, lines * 24 * config.line_millicycles / 1000);
    ck_assert_uint_le(end, lines * 24 * config.line_millicycles / 1000 * 11 / 10);
}
END_TEST

/* ---- stores ---- */

START_TEST(a_store_does_not_fill_the_l1_and_leaves_a_copy_there_alone)
{
    plain();
    open_cores(2);
    memory_store(m, 0, 0x1000, 0);
    expect(load(0, 0x1000, LATER), SERVED_L2, config.l2_cycles, LATER);
    memory_store(m, 0, 0x1000, 2 * LATER);
    expect(load(0, 0x1000, 3 * LATER), SERVED_L1, config.l1d_cycles, 3 * LATER);
}
END_TEST

START_TEST(a_store_takes_the_copies_of_all_other_cores)
{
    plain();
    open_cores(4);
    for (unsigned core = 0; core < 4; core++) load(core, 0x1000, core * 1000);
    memory_fetch(m, 1, 0x1000, 10000);
    memory_fetch(m, 0, 0x1000, 10000);
    memory_store(m, 0, 0x1000, LATER);
    ck_assert_ptr_null(memory_check(m));
    expect(load(0, 0x1000, 2 * LATER), SERVED_L1, config.l1d_cycles, 2 * LATER);
    expect(load(1, 0x1000, 2 * LATER), SERVED_L2, config.l2_cycles, 2 * LATER);
    ck_assert_uint_eq(memory_fetch(m, 0, 0x1000, 2 * LATER).from, SERVED_L2); /* instructions are kept coherent too */
    expect(load(2, 0x1000, 2 * LATER), SERVED_OTHER, config.other_cycles, 2 * LATER);
    ck_assert_uint_eq(memory_counts_of(m, 1).invalidated, 2);
}
END_TEST

START_TEST(stores_to_the_same_64_bytes_are_gathered)
{
    struct memory_answer a = memory_store(m, 0, 0x1000, 100), b = memory_store(m, 0, 0x1038, 105),
                         c = memory_store(m, 0, 0x1040, 106);

    ck_assert(!a.merged && b.merged && !c.merged);
    ck_assert_uint_eq(a.when, 100);
    ck_assert_uint_eq(b.when, 105);
    ck_assert_uint_eq(b.from, SERVED_MEMORY);
    ck_assert(!memory_store(m, 0, 0x1000, LATER).merged);
}
END_TEST

START_TEST(stores_wait_when_all_stations_are_taken)
{
    plain();
    open_cores(1);
    for (u64 k = 0; k < config.store_stations; k++) ck_assert(!memory_store(m, 0, k * KIB, 10).queued);
    expect(memory_store(m, 0, 1 * MIB, 10), SERVED_MEMORY, config.gather_cycles + config.memory_cycles, 10);
    ck_assert(memory_store(m, 0, 2 * MIB, 10).queued);
    ck_assert(!memory_store(m, 0, 3 * MIB, LATER).queued);
}
END_TEST

START_TEST(dcbz_makes_a_line_without_reading_it)
{
    plain();
    open_cores(4);
    load(2, 0x1000, 0);
    memory_zero(m, 0, 0x1000, LATER);
    expect(load(0, 0x1000, 2 * LATER), SERVED_L2, config.l2_cycles, 2 * LATER);
    expect(load(2, 0x1000, 2 * LATER), SERVED_OTHER, config.other_cycles, 2 * LATER);
    config.line_millicycles = 1000000; /* one line in 1000 cycles: whoever asks memory has to wait for the one before */
    open_cores(1);
    for (u64 k = 0; k < 100; k++) memory_zero(m, 0, k * KIB, 10);
    expect(load(0, 1 * MIB, 1000), SERVED_MEMORY, config.memory_cycles, 1000);
}
END_TEST

/* ---- what takes lines away ---- */

START_TEST(dcbf_puts_a_line_into_memory_and_dcbst_keeps_it)
{
    plain();
    open_cores(4);
    for (unsigned core = 0; core < 4; core++) load(core, 0x1000, core * 1000);
    memory_flush(m, 3, 0x1000, LATER, true);
    expect(load(0, 0x1000, LATER), SERVED_L1, config.l1d_cycles, LATER);
    memory_flush(m, 3, 0x1000, LATER, false);
    expect(load(0, 0x1000, 2 * LATER), SERVED_MEMORY, config.memory_cycles, 2 * LATER);
}
END_TEST

START_TEST(what_a_device_writes_is_in_no_cache_and_what_it_reads_stays)
{
    plain();
    open_cores(4);
    for (u64 ra = 0; ra < 32 * KIB; ra += LINE_BYTES) load(ra / LINE_BYTES % 4, ra, ra * 10);
    memory_dma(m, 0, 32 * KIB, false);
    memory_dma(m, 0x1000, 0, true);
    ck_assert_uint_eq(load(0, 0x1000, LATER).from, SERVED_L1);
    memory_dma(m, 0x10ff, 2, true); /* the last byte of one line, the first of the next */
    ck_assert_uint_eq(load(0, 0x1000, LATER).from, SERVED_L1);
    ck_assert_uint_eq(load(1, 0x1080, LATER).from, SERVED_MEMORY);
    ck_assert_uint_eq(load(2, 0x1100, LATER).from, SERVED_MEMORY);
    ck_assert_uint_le(load(3, 0x1180, LATER).from, SERVED_L2);
}
END_TEST

START_TEST(a_large_write_by_a_device_is_as_many_small_ones)
{
    plain();
    for (unsigned whole = 0; whole < 2; whole++) {
        open_cores(2);
        for (u64 ra = 0; ra < 32 * MIB; ra += 3 * KIB) load(0, ra, ra);
        if (whole) memory_dma(m, 1 * MIB, 24 * MIB, true);
        else
            for (u64 ra = 1 * MIB; ra < 25 * MIB; ra += 64 * KIB) memory_dma(m, ra, 64 * KIB, true);
        ck_assert_ptr_null(memory_check(m));
        for (u64 ra = 1 * MIB - 1 * MIB % (3 * KIB) + 3 * KIB; ra < 25 * MIB; ra += 3 * KIB)
            ck_assert_uint_eq(load(1, ra, LATER * 100).from, SERVED_MEMORY);
        for (u64 ra = 32 * MIB - 32 * MIB % (3 * KIB); ra > 30 * MIB; ra -= 3 * KIB)
            ck_assert_uint_ne(load(1, ra, LATER * 100).from, SERVED_MEMORY);
    }
    memory_dma(m, UINT64_MAX - 1000, UINT64_MAX, true); /* beyond the end of everything */
    memory_dma(m, 0, UINT64_MAX, true);
    ck_assert_uint_eq(load(1, 31 * MIB, 2000 * (u64)LATER).from, SERVED_MEMORY);
}
END_TEST

START_TEST(icbi_takes_a_line_from_every_l1i)
{
    plain();
    open_cores(4);
    for (unsigned core = 0; core < 4; core++) memory_fetch(m, core, 0x1000, 0);
    memory_icbi(m, 0x1000);
    for (unsigned core = 0; core < 4; core++) ck_assert_uint_eq(memory_fetch(m, core, 0x1000, LATER).from, SERVED_L2);
}
END_TEST

/* ---- instructions ---- */

START_TEST(a_fetch_that_hits_costs_nothing_and_one_from_the_l2_25_cycles)
{
    plain();
    config.fetch_ahead = 0;
    open_cores(1);
    expect(memory_fetch(m, 0, 0x1000, 10), SERVED_MEMORY, config.memory_cycles + config.fetch_cycles, 10);
    ck_assert(memory_fetch(m, 0, 0x1020, 20).merged);
    expect(memory_fetch(m, 0, 0x1020, LATER), SERVED_L1, 0, LATER);
    memory_table_read(m, 0, 0x8000, 0);
    expect(memory_fetch(m, 0, 0x8000, LATER), SERVED_L2, 25, LATER);
}
END_TEST

/* A branch in each of n pages of 64 KiB, 64 bytes further in each: measured, the first misses are at 257 pages, and
 * from 319 on every branch misses and takes 28 cycles, 3 of which it takes anyway. */
static u64 chain_cycles;

static u64 misses_of_chain(u64 pages)
{
    u64 misses = 0, when = 0, begin = 0;

    open_cores(1);
    for (unsigned round = 0; round < 12; round++)
        for (u64 page = 0; page < pages; page++) {
            struct memory_answer a = memory_fetch(m, 0, page * (64 * KIB + 64), when + 3);

            if (round >= 4) misses += a.from != SERVED_L1;
            if (round < 4) begin = a.when;
            when = a.when;
        }
    chain_cycles = (when - begin) / (8 * pages);
    return misses / 8;
}

/* Of 256 pages 8 lines fall into each of the 32 sets.  Pages 256 and 257 are the ninth and tenth lines of the first
 * set, and so on; in a set with more than 8 lines each misses. */
START_TEST(a_chain_of_branches_misses_the_l1i_from_257_pages_on_and_always_from_319_on)
{
    ck_assert_uint_eq(misses_of_chain(200), 0);
    ck_assert_uint_eq(misses_of_chain(256), 0);
    ck_assert_uint_eq(chain_cycles, 3);
    ck_assert_uint_eq(misses_of_chain(257), 9);
    ck_assert_uint_eq(misses_of_chain(288), 16 * 10);
    ck_assert_uint_eq(misses_of_chain(318), 31 * 10);
    ck_assert_uint_eq(misses_of_chain(319), 319);
    ck_assert_uint_eq(misses_of_chain(460), 460);
    ck_assert_uint_eq(chain_cycles, 28);
}
END_TEST

/* Nops, six of them a cycle: a line of 32 in 5.33 cycles.  Measured: 5.97 a cycle up to 32 KiB, 4.7 from 36 KiB on. */
static u64 nops_in_100_cycles(u64 bytes)
{
    u64 when = 0, nops = 0, begin = 0, thirds = 0;

    open_cores(1);
    for (unsigned round = 0; round < 6; round++)
        for (u64 ra = 0; ra < bytes; ra += LINE_BYTES) {
            u64 there = memory_fetch(m, 0, ra, when).when;

            if (round == 2 && ra == 0) begin = when;
            if (there > when) thirds = 0;
            thirds += 16;
            when = there + thirds / 3;
            thirds %= 3;
            if (round >= 2) nops += 32;
        }
    return nops * 100 / (when - begin);
}

START_TEST(code_beyond_the_l1i_is_fetched_ahead_at_4_7_nops_a_cycle)
{
    ck_assert_uint_ge(nops_in_100_cycles(32 * KIB), 598);
    ck_assert_uint_ge(nops_in_100_cycles(40 * KIB), 455);
    ck_assert_uint_le(nops_in_100_cycles(40 * KIB), 485);
    ck_assert_uint_ge(nops_in_100_cycles(96 * KIB), 455);
    ck_assert_uint_le(nops_in_100_cycles(96 * KIB), 485);
    config.fetch_ahead = 0;
    ck_assert_uint_lt(nops_in_100_cycles(96 * KIB), 150);
}
END_TEST

START_TEST(fetching_ahead_ends_with_the_page)
{
    memory_fetch(m, 0, 0x1f80, 0);
    ck_assert_uint_eq(memory_counts_of(m, 0).fetch_ahead, 0);
    ck_assert_uint_eq(memory_counts_of(m, 0).fetch_ahead_at_page_end, 1);
    for (u64 ra = 0x5c00; ra < 0x6000; ra += LINE_BYTES) memory_fetch(m, 0, ra, LATER + ra * 1000);
    ck_assert_uint_eq(memory_counts_of(m, 0).fetch_ahead, 7); /* each of the last eight but the first */
    ck_assert_uint_eq(memory_counts_of(m, 0).fetch_ahead_used, 7);
    ck_assert_uint_eq(memory_fetch(m, 0, 0x2000, LATER).from, SERVED_MEMORY);
}
END_TEST

/* ---- prefetch streams ---- */

/* Measured on a POWER9 with the default DSCR: after loads of five lines in a row, the next eleven cost some ten cycles
 * more than an L1 hit, the twelfth is somewhat farther, and the next ones come from memory. */
START_TEST(five_lines_in_a_row_bring_eleven_to_the_l2_and_one_to_the_l3)
{
    for (u64 probe = 5; probe < 20; probe++) {
        enum served_by from;

        memory_reset(m);
        for (u64 k = 0; k < 5; k++) load(0, 0x10000 + k * LINE_BYTES, 10 + k);
        from = load(0, 0x10000 + probe * LINE_BYTES, LATER).from;
        ck_assert_uint_eq(from, probe < 16 ? SERVED_L2 : probe == 16 ? SERVED_L3 : SERVED_MEMORY);
    }
}
END_TEST

/* How many of the lines that follow `loads` lines in a row, in this direction, are nearer than memory. */
static u64 lines_ahead(u64 loads, s64 step, u64 dscr)
{
    u64 ra = 0x48000, ahead = 0;

    memory_reset(m);
    memory_set_stream(m, 0, 0, dscr);
    for (u64 k = 0; k < loads; k++, ra += (u64)(step * LINE_BYTES)) load(0, ra, k * 1000);
    memory_set_stream(m, 0, 0, 1); /* looking must not set off more */
    while (load(0, ra, LATER + ahead * 1000).from < SERVED_MEMORY) {
        ra += (u64)(step * LINE_BYTES);
        ahead++;
    }
    return ahead;
}

START_TEST(a_stream_goes_up_or_down_and_looks_farther_with_each_line)
{
    for (s64 step = -1; step <= 1; step += 2) {
        ck_assert_uint_eq(lines_ahead(1, step, 0), 0);
        ck_assert_uint_eq(lines_ahead(2, step, 0), 2);
        ck_assert_uint_eq(lines_ahead(3, step, 0), 4);
        ck_assert_uint_eq(lines_ahead(4, step, 0), 8);
        ck_assert_uint_eq(lines_ahead(5, step, 0), 12);
        ck_assert_uint_eq(lines_ahead(20, step, 0), 12);
    }
}
END_TEST

START_TEST(dscr_says_how_far_a_stream_looks)
{
    u64 before = 0;

    ck_assert_uint_eq(lines_ahead(20, 1, 1), 0);
    for (u64 depth = 2; depth <= 7; depth++) {
        u64 ahead = lines_ahead(20, 1, depth);

        ck_assert_uint_gt(ahead, before);
        before = ahead;
    }
    config.streams = 0;
    open_cores(1);
    ck_assert_uint_eq(lines_ahead(20, 1, 7), 0);
}
END_TEST

START_TEST(a_stride_is_followed_only_if_dscr_asks_for_it)
{
    ck_assert_uint_eq(lines_ahead(6, 5, 0), 0);
    ck_assert_uint_gt(lines_ahead(6, 5, 0x10), 2); /* SNSE */
    ck_assert_uint_gt(lines_ahead(6, -5, 0x10), 2);
    ck_assert_uint_eq(lines_ahead(2, 5, 0x10), 0);
    ck_assert_uint_eq(lines_ahead(6, 40, 0x10), 0); /* too far apart */
}
END_TEST

START_TEST(a_stream_goes_on_over_a_line_that_is_left_out)
{
    for (u64 k = 0; k < 6; k++) load(0, 0x10000 + k * LINE_BYTES, k * 1000);
    load(0, 0x10000 + 7 * LINE_BYTES, 10000);
    ck_assert_uint_eq(memory_counts_of(m, 0).stream_allocated, 1);
    ck_assert_uint_eq(load(0, 0x10000 + 19 * LINE_BYTES, LATER).from, SERVED_L3);
}
END_TEST

START_TEST(a_stream_ends_at_the_boundary)
{
    for (u64 k = 0; k < 8; k++) load(0, 0x20000 - (8 - k) * LINE_BYTES, k * 1000);
    ck_assert_uint_eq(load(0, 0x20000, LATER).from, SERVED_MEMORY);
    memory_reset(m);
    for (u64 k = 0; k < 8; k++) load(0, 0x20000 + (7 - k) * LINE_BYTES, k * 1000);
    ck_assert_uint_eq(load(0, 0x20000 - LINE_BYTES, LATER).from, SERVED_MEMORY);
}
END_TEST

/* One more stream than there are: with the oldest replaced in turn, none of them is ever confirmed. */
START_TEST(there_are_so_many_streams)
{
    for (unsigned more = 0; more < 2; more++) {
        memory_reset(m);
        for (u64 k = 0; k < 4; k++)
            for (u64 n = 0; n < config.streams + more; n++) load(0, n * MIB + k * LINE_BYTES, k * 100000 + n * 1000);
        ck_assert_uint_eq(memory_counts_of(m, 0).stream_confirmed, more ? 0 : config.streams);
    }
}
END_TEST

START_TEST(a_running_stream_has_its_next_line_in_the_l1)
{
    u64 hits = 0, when = 0;

    for (u64 k = 0; k < 400; k++) {
        struct memory_answer a = load(0, 0x100000 + k * LINE_BYTES, when);

        hits += a.from == SERVED_L1;
        when = a.when + 40;
    }
    ck_assert_uint_ge(hits, 390);
    ck_assert_uint_ge(memory_counts_of(m, 0).prefetch_used, 390);
}
END_TEST

START_TEST(prefetches_that_find_no_machine_are_dropped)
{
    config.prefetch_machines = 2;
    open_cores(1);
    for (u64 k = 0; k < 5; k++) load(0, 0x10000 + k * LINE_BYTES, 10 + k);
    ck_assert_uint_eq(memory_counts_of(m, 0).prefetch[SERVED_L2], 2);
    ck_assert_uint_gt(memory_counts_of(m, 0).prefetch_dropped, 0);
}
END_TEST

START_TEST(dcbt_brings_a_line_that_a_later_load_finds)
{
    memory_touch(m, 0, 0x1000, 0);
    ck_assert(load(0, 0x1000, 100).merged);
    expect(load(0, 0x1000, LATER), SERVED_L1, config.l1d_cycles, LATER);
}
END_TEST

/* ---- space that tables take ---- */

static void expect_space(enum served_by cache, u64 held, u64 tables)
{
    struct memory_space space = memory_space_of(m, cache);

    ck_assert_uint_eq(space.lines, cache == SERVED_L2 ? 2 * 4096 : 2 * 81920); /* of two pairs */
    ck_assert_uint_eq(space.held, held);
    ck_assert_uint_eq(space.tables, tables);
}

START_TEST(lines_of_tables_are_known_as_such_wherever_they_go)
{
    const u64 set = 512 * LINE_BYTES; /* from line to line of one set of the L2 */

    plain();
    open_cores(4);
    expect_space(SERVED_L2, 0, 0);
    load(0, 0, LATER); /* data, */
    expect_space(SERVED_L2, 1, 0);
    memory_table_read(m, 0, 8, LATER); /* and an entry in the same line */
    memory_table_read(m, 0, 16, LATER);
    memory_table_read(m, 2, 1 * MIB, LATER); /* in the other pair */
    expect_space(SERVED_L2, 2, 2);
    for (u64 k = 1; k <= 8; k++) load(0, k * set, 2 * LATER);
    expect_space(SERVED_L2, 9, 1);
    expect_space(SERVED_L3, 1, 1);
    load(0, 0, 3 * LATER); /* back to the L2, for whomever */
    expect_space(SERVED_L2, 9, 2);
    expect_space(SERVED_L3, 1, 0);
    memory_dma(m, 0, 1, true);
    expect_space(SERVED_L2, 8, 1);
    load(0, 0, 4 * LATER); /* what comes anew is data */
    expect_space(SERVED_L2, 9, 1);
    memory_reset(m);
    expect_space(SERVED_L2, 0, 0);
}
END_TEST

/* ---- limits and options ---- */

START_TEST(the_sector_that_was_asked_for_comes_first)
{
    u64 there = LATER + config.memory_cycles;

    plain();
    config.sector_cycles = 10;
    open_cores(1);
    for (unsigned first = 0; first < 2; first++) {
        u64 ra = 0x10000 + first * 0x1000, other = ra + (first ? 0 : 64);

        ra += first * 64;
        expect(load(0, ra, LATER), SERVED_MEMORY, config.memory_cycles, LATER);
        ck_assert_uint_eq(load(0, other + 8, LATER + 5).when, there + 10);
        ck_assert_uint_eq(load(0, ra + 8, LATER + 5).when, there);
        ck_assert_uint_eq(load(0, ra + 8, there).when, there + config.l1d_cycles);
        ck_assert_uint_eq(load(0, other, there).when, there + 10);
        expect(load(0, other, there + 10), SERVED_L1, config.l1d_cycles, there + 10);
        expect(load(0, ra, there + 10), SERVED_L1, config.l1d_cycles, there + 10);
    }
}
END_TEST

START_TEST(behind_a_walk_the_next_line_of_entries_is_on_its_way)
{
    plain();
    open_cores(1);
    expect(memory_table_read(m, 0, 0x10000, LATER), SERVED_MEMORY, config.memory_cycles, LATER);
    memory_table_prefetch(m, 0, 0x10008, 2 * LATER);
    ck_assert_uint_eq(memory_counts_of(m, 0).prefetch[SERVED_L2], 1);
    expect(memory_table_read(m, 0, 0x10080, 3 * LATER), SERVED_L2, config.l2_cycles, 3 * LATER);
    memory_table_prefetch(m, 0, 0x10080 - 8, 4 * LATER); /* it is there already */
    memory_table_prefetch(m, 0, 0x10ff8, 4 * LATER);     /* the page of the table ends there */
    ck_assert_uint_eq(memory_counts_of(m, 0).prefetch[SERVED_L2], 1);
    expect(memory_table_read(m, 0, 0x11000, 5 * LATER), SERVED_MEMORY, config.memory_cycles, 5 * LATER);
}
END_TEST

START_TEST(perfect_caches_have_every_line)
{
    config.perfect = true;
    config.store_stations = 1;
    open_cores(1);
    for (u64 k = 0; k < 1000; k++) {
        u64 ra = next_random(), when = LATER + k;

        expect(load(0, ra, when), SERVED_L1, config.l1d_cycles, when);
        expect(memory_fetch(m, 0, ra, when), SERVED_L1, 0, when);
        expect(memory_table_read(m, 0, ra, when), SERVED_L2, config.l2_cycles, when);
        expect(memory_store(m, 0, ra, when), SERVED_L2, 0, when);
        memory_touch(m, 0, ra, when);
        memory_table_prefetch(m, 0, ra, when);
    }
    ck_assert_uint_eq(memory_counts_of(m, 0).prefetch[SERVED_L2], 0);
}
END_TEST

/* ---- all together ---- */

/* Caches so small that everything happens often. */
static void small(void)
{
    config.l1i_bytes = config.l1d_bytes = 2 * KIB;
    config.l1i_ways = config.l1d_ways = 2;
    config.l2_bytes = 8 * KIB;
    config.l2_ways = 4;
    config.l3_bytes = 40 * KIB;
    config.l3_ways = 5;
    config.load_misses = config.store_stations = 4;
}

/* Any question; the answer as one number. */
static u64 anything(unsigned cores, u64 bytes, u64 when)
{
    unsigned core = (unsigned)(next_random() % cores), thread = (unsigned)(next_random() % MEMORY_THREADS);
    u64 ra = next_random() % bytes, question = next_random() % 64;
    struct memory_answer a = {0};

    when += next_random() % 300;
    if (question < 30) a = memory_load(m, core, thread, ra, when);
    else if (question < 40) a = memory_store(m, core, ra, when);
    else if (question < 50) a = memory_fetch(m, core, ra, when);
    else if (question < 56) a = memory_table_read(m, core, ra, when);
    else if (question == 56) memory_touch(m, core, ra, when);
    else if (question == 57) a = memory_zero(m, core, ra, when);
    else if (question == 58) a = memory_flush(m, core, ra, when, next_random() % 2);
    else if (question == 59) memory_icbi(m, ra);
    else if (question == 60) memory_dma(m, ra, next_random() % 1000, next_random() % 2);
    else if (question == 61) memory_set_stream(m, core, thread, next_random() % 32);
    else
        for (u64 k = 0; k < 4; k++) a = memory_load(m, core, thread, ra + k * LINE_BYTES, when);
    if (a.when) ck_assert_uint_ge(a.when, when);
    return a.when ^ (u64)a.from << 60 ^ (u64)a.merged << 59 ^ (u64)a.queued << 58;
}

START_TEST(l1s_are_in_their_l2_and_no_line_is_where_it_must_not_be_whatever_is_asked)
{
    small();
    for (enum replacement policy = REPLACE_FIFO; policy <= REPLACE_RANDOM; policy++) {
        config.l1_replacement = config.l2_replacement = config.l3_replacement = policy;
        for (unsigned cores = 1; cores <= 5; cores += 2) {
            open_cores(cores);
            for (u64 k = 0; k < 20000; k++) {
                anything(cores, 128 * KIB, k * 20);
                if (k % 64 == 0) ck_assert_ptr_null(memory_check(m));
            }
        }
    }
}
END_TEST

START_TEST(the_same_questions_get_the_same_answers_after_a_reset)
{
    static u64 first[20000];

    small();
    open_cores(4);
    for (u64 k = 0; k < ARRAY_SIZE(first); k++) first[k] = anything(4, 128 * KIB, k * 20);
    memory_reset(m);
    random_state = 0x2545f4914f6cdd1d;
    for (u64 k = 0; k < ARRAY_SIZE(first); k++) ck_assert_uint_eq(anything(4, 128 * KIB, k * 20), first[k]);
}
END_TEST

START_TEST(any_address_and_any_time_has_an_answer)
{
    static const u64 odd[] = {0, 1, UINT64_MAX, UINT64_MAX - 127, 1ULL << 63, 0x8000000000000080, 1ULL << 57};

    for (unsigned k = 0; k < ARRAY_SIZE(odd); k++)
        for (unsigned n = 0; n < ARRAY_SIZE(odd); n++) {
            (void)memory_load(m, 0, 0, odd[k], odd[n]);
            (void)memory_load(m, 0, 0, odd[k] + LINE_BYTES, odd[n]);
            (void)memory_store(m, 1, odd[k], odd[n]);
            (void)memory_fetch(m, 2, odd[k], odd[n]);
            (void)memory_table_read(m, 3, odd[k], odd[n]);
            (void)memory_zero(m, 3, odd[k], odd[n]);
            (void)memory_flush(m, 3, odd[k], odd[n], n % 2);
            memory_touch(m, 3, odd[k], odd[n]);
            memory_dma(m, odd[k], odd[n], k % 2);
        }
    ck_assert_ptr_null(memory_check(m));
}
END_TEST

/* Of loads in any order within 256 KiB: how many are not served by the L1, the L2, the L3. */
static void misses_of(u64 missed[3])
{
    missed[0] = missed[1] = missed[2] = 0;
    random_state = 0x2545f4914f6cdd1d;
    open_cores(1);
    for (u64 k = 0; k < 30000; k++) {
        enum served_by from = load(0, next_random() % (256 * KIB), k * 1000).from;

        for (unsigned n = 0; n < 3; n++) missed[n] += from > (enum served_by)n;
    }
}

START_TEST(a_larger_cache_misses_less)
{
    u64 before[3] = {UINT64_MAX, UINT64_MAX, UINT64_MAX}, now[3];

    plain();
    config.l2_bytes = 256 * KIB;
    for (config.l1d_bytes = 4 * KIB; config.l1d_bytes <= 128 * KIB; config.l1d_bytes *= 2, before[0] = now[0]) {
        misses_of(now);
        ck_assert_uint_lt(now[0], before[0]);
    }
    config.l1d_bytes = 4 * KIB;
    config.l3_bytes = 20 * KIB;
    for (config.l2_bytes = 8 * KIB; config.l2_bytes <= 256 * KIB; config.l2_bytes *= 2, before[1] = now[1]) {
        misses_of(now);
        ck_assert_uint_lt(now[1], before[1]);
    }
    config.l2_bytes = 8 * KIB;
    for (config.l3_bytes = 20 * KIB; config.l3_bytes <= 160 * KIB; config.l3_bytes *= 2, before[2] = now[2]) {
        misses_of(now);
        ck_assert_uint_lt(now[2], before[2]);
    }
}
END_TEST

static bool refused(struct memory_config c, unsigned cores)
{
    struct memory_system *odd = memory_open(&c, cores);

    memory_close(odd);
    return !odd;
}

START_TEST(numbers_that_make_no_system_are_refused)
{
    struct memory_config c = memory_config_default();

    ck_assert(!refused(c, 1) && !refused(c, MEMORY_CORES_MAX));
    ck_assert(refused(c, 0) && refused(c, MEMORY_CORES_MAX + 1));
#define REFUSED(member, value) ck_assert((c = memory_config_default(), c.member = (value), refused(c, 1)))
    REFUSED(l1d_bytes, 0);
    REFUSED(l1d_bytes, 33 * KIB);
    REFUSED(l1i_ways, 0);
    REFUSED(l1i_ways, 65);
    REFUSED(l2_bytes, 384 * KIB);
    REFUSED(l3_bytes, 2ULL << 30);
    REFUSED(l3_bytes, UINT64_MAX);
    REFUSED(l3_ways, 21);
    REFUSED(l2_cycles, 3);
    REFUSED(memory_cycles, 20);
    REFUSED(memory_cycles, 2000000);
    REFUSED(other_cycles, 10);
    REFUSED(fetch_cycles, 2000000);
    REFUSED(l2_busy_cycles, 1001);
    REFUSED(line_millicycles, 1000001);
    REFUSED(load_misses, 0);
    REFUSED(load_misses, 65);
    REFUSED(store_stations, 0);
    REFUSED(gather_cycles, 1001);
    REFUSED(fetch_ahead, 17);
    REFUSED(streams, 65);
    REFUSED(stream_depth, 65);
    REFUSED(stream_l1_lines, 65);
    REFUSED(stream_l2_lines, 65);
    REFUSED(stream_boundary, 96 * KIB);
    REFUSED(stream_boundary, 64);
    REFUSED(prefetch_machines, 0);
#undef REFUSED
}
END_TEST

int main(void)
{
    Suite *s = suite_create("memory");
    TCase *c = tcase_create("memory");

    tcase_add_checked_fixture(c, start, stop);
    tcase_add_test(c, a_line_comes_from_memory_and_is_in_the_l1_then);
    tcase_add_test(c, what_the_l1_replaced_is_in_the_l2);
    tcase_add_test(c, what_the_l2_replaced_is_in_the_l3_and_leaves_it_when_it_is_wanted);
    tcase_add_test(c, a_set_of_l2_and_l3_holds_28_lines);
    tcase_add_test(c, cores_of_a_pair_share_l2_and_l3_and_pairs_ask_each_other);
    tcase_add_test(c, a_walk_reads_the_l2_and_leaves_the_l1_alone);
    tcase_add_test(c, a_load_of_a_line_under_way_waits_for_it_and_names_its_source);
    tcase_add_test(c, the_other_core_of_a_pair_waits_for_a_line_under_way_too);
    tcase_add_test(c, the_load_miss_queue_holds_so_many_lines);
    tcase_add_test(c, what_is_asked_for_later_does_not_take_the_place_of_what_comes_earlier);
    tcase_add_test(c, what_comes_earlier_takes_its_entry_too_whoever_asked_first);
    tcase_add_test(c, lines_from_memory_come_as_fast_as_its_channels_deliver);
    tcase_add_test(c, the_arrays_of_an_l2_serve_one_access_in_so_many_cycles);
    tcase_add_test(c, a_stream_on_every_core_gets_the_bandwidth_of_the_chip_and_no_more);
    tcase_add_test(c, a_store_does_not_fill_the_l1_and_leaves_a_copy_there_alone);
    tcase_add_test(c, a_store_takes_the_copies_of_all_other_cores);
    tcase_add_test(c, stores_to_the_same_64_bytes_are_gathered);
    tcase_add_test(c, stores_wait_when_all_stations_are_taken);
    tcase_add_test(c, dcbz_makes_a_line_without_reading_it);
    tcase_add_test(c, dcbf_puts_a_line_into_memory_and_dcbst_keeps_it);
    tcase_add_test(c, what_a_device_writes_is_in_no_cache_and_what_it_reads_stays);
    tcase_add_test(c, a_large_write_by_a_device_is_as_many_small_ones);
    tcase_add_test(c, icbi_takes_a_line_from_every_l1i);
    tcase_add_test(c, a_fetch_that_hits_costs_nothing_and_one_from_the_l2_25_cycles);
    tcase_add_test(c, a_chain_of_branches_misses_the_l1i_from_257_pages_on_and_always_from_319_on);
    tcase_add_test(c, code_beyond_the_l1i_is_fetched_ahead_at_4_7_nops_a_cycle);
    tcase_add_test(c, fetching_ahead_ends_with_the_page);
    tcase_add_test(c, five_lines_in_a_row_bring_eleven_to_the_l2_and_one_to_the_l3);
    tcase_add_test(c, a_stream_goes_up_or_down_and_looks_farther_with_each_line);
    tcase_add_test(c, dscr_says_how_far_a_stream_looks);
    tcase_add_test(c, a_stride_is_followed_only_if_dscr_asks_for_it);
    tcase_add_test(c, a_stream_goes_on_over_a_line_that_is_left_out);
    tcase_add_test(c, a_stream_ends_at_the_boundary);
    tcase_add_test(c, there_are_so_many_streams);
    tcase_add_test(c, a_running_stream_has_its_next_line_in_the_l1);
    tcase_add_test(c, prefetches_that_find_no_machine_are_dropped);
    tcase_add_test(c, dcbt_brings_a_line_that_a_later_load_finds);
    tcase_add_test(c, lines_of_tables_are_known_as_such_wherever_they_go);
    tcase_add_test(c, the_sector_that_was_asked_for_comes_first);
    tcase_add_test(c, behind_a_walk_the_next_line_of_entries_is_on_its_way);
    tcase_add_test(c, perfect_caches_have_every_line);
    tcase_add_test(c, l1s_are_in_their_l2_and_no_line_is_where_it_must_not_be_whatever_is_asked);
    tcase_add_test(c, the_same_questions_get_the_same_answers_after_a_reset);
    tcase_add_test(c, any_address_and_any_time_has_an_answer);
    tcase_add_test(c, a_larger_cache_misses_less);
    tcase_add_test(c, numbers_that_make_no_system_are_refused);
    suite_add_tcase(s, c);
    return run_suite(s);
}
