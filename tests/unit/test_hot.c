/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where walks go: the tables by themselves (exact while they have room, bounded from then on, in one order), and what
 * the run loop notes in them - a program in problem state touches one page with each kind of access, so by hand every
 * page and every one of those instructions has one TLB miss, the one that crosses into a second page has two, and its
 * own page of code has one.  Nothing of that depends on the gear it runs in.
 */
#include <check.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/state/retire.h"
#include "experiment/program.h"
#include "experiment/tables.h"
#include "machine/config.h"
#include "machine/console.h"
#include "machine/machine.h"
#include "machine/machine_report.h"
#include "stats/hot.h"
#include "stats/report.h"
#include "tests/support/suite.h"

/* ---- the tables ---- */
static void note(struct hot *hot, u64 cia, u64 ea, u8 shift, u64 cycles)
{
    hot_note(hot, &(struct hot_place){.cia = cia, .account = 3, .pid = 7},
             &(struct hot_walk){.ea = ea, .cycles = cycles, .reads = 2, .lpid = 5, .pid = 7, .shift = shift});
}

START_TEST(walks_are_summed_by_page_and_by_instruction)
{
    struct hot hot;
    struct hot_row top[4];

    hot_open(&hot, 100);
    note(&hot, 0x1000, 0x20123, 16, 30);
    note(&hot, 0x1004, 0x2ffff, 16, 40);
    note(&hot, 0x1004, 0x30000, 16, 50);
    note(&hot, 0x1008, 0x30000, 0, 5); /* a fault: no page */
    ck_assert_uint_eq(hot_top(&hot.pages, top, 4), 3);
    ck_assert(top[0].address == 0x20000 && top[0].shift == 16 && top[0].walks == 2);
    ck_assert(top[0].cycles == 70 && top[0].reads == 4 && top[0].lpid == 5 && top[0].account == 3);
    ck_assert(top[1].address == 0x30000 && top[1].cycles == 50);
    ck_assert(top[2].address == 0x30000 && top[2].shift == 0);
    ck_assert_uint_eq(hot_top(&hot.code, top, 2), 2);
    ck_assert(top[0].address == 0x1004 && top[0].cycles == 90 && top[1].address == 0x1000);
    ck_assert(hot.pages.all.walks == 4 && hot.code.all.cycles == 125 && !hot.pages.other.walks);
    hot_close(&hot);
    ck_assert_uint_eq(hot_top(&hot.pages, top, 4), 0);
    note(&hot, 0x1000, 0x20123, 16, 30);
    ck_assert_uint_eq(hot.pages.all.walks, 1);
    hot_close(&hot);
}
END_TEST

/* ---- more pages than rows: exact counts of every page stand beside the table ---- */
enum { KEYS = 4096, ROWS = 256, STREAM = 200000 };

static u64 next_random(u64 *state)
{
    *state = *state * 6364136223846793005ULL + 1442695040888963407ULL;
    return *state >> 33;
}

static u64 uniform(u64 *state)
{
    return next_random(state) % KEYS;
}

/* Below 2, 4, 8, ... 4096 equally often: keys 0 and 1 are the most frequent, 2 and 3 half as much, 4 to 7 again. */
static u64 skewed(u64 *state)
{
    unsigned bits = 1 + (unsigned)(next_random(state) % 12);

    return next_random(state) % (1ULL << bits);
}

/* Each key in turn: the next one is always the one that lost its row longest ago. */
static u64 in_turn(u64 *state)
{
    return (*state)++ % KEYS;
}

/* What is hot comes last, when the table has long been full. */
static u64 late(u64 *state)
{
    static u64 seen;

    return ++seen % STREAM > STREAM - STREAM / 8 ? 5 : uniform(state);
}

static void stream(struct hot *hot, u64 exact[KEYS], u64 (*next)(u64 *))
{
    u64 state = 1, weights = 7;

    hot_open(hot, ROWS);
    memset(exact, 0, KEYS * sizeof *exact);
    for (unsigned k = 0; k < STREAM; k++) {
        u64 key = next(&state), cycles = next_random(&weights) % 300;

        note(hot, 4 * key, key << 12, 12, cycles);
        exact[key] += cycles;
    }
}

static void look_at_table(const struct hot_table *t, const u64 exact[KEYS], unsigned shift)
{
    u64 sum = 0, bounds = 0, least = UINT64_MAX;
    bool has_row[KEYS] = {false};

    ck_assert_uint_eq(t->used, ROWS);
    for (u32 k = 0; k < t->used; k++) {
        const struct hot_row *row = &t->row[k];
        u64 key = row->address >> shift, bound = row->cycles + row->error;

        has_row[key] = true;
        ck_assert_uint_le(row->cycles, exact[key]);
        ck_assert_uint_ge(bound, exact[key]);
        sum += row->cycles;
        bounds += bound;
        least = bound < least ? bound : least;
    }
    for (unsigned key = 0; key < KEYS; key++) ck_assert(has_row[key] || exact[key] <= least);
    ck_assert_uint_eq(sum + t->other.cycles, t->all.cycles);
    ck_assert_uint_eq(bounds, t->all.cycles); /* what makes the least no more than all / rows */
    ck_assert_uint_le(least, t->all.cycles / ROWS);
}

START_TEST(what_a_page_really_cost_lies_between_its_cycles_and_these_with_the_error)
{
    u64 (*const streams[])(u64 *) = {uniform, skewed, in_turn, late};
    static u64 exact[KEYS];
    struct hot hot;

    for (unsigned k = 0; k < ARRAY_SIZE(streams); k++) {
        stream(&hot, exact, streams[k]);
        look_at_table(&hot.pages, exact, 12);
        look_at_table(&hot.code, exact, 2);
        ck_assert(hot.pages.taken && hot.pages.all.walks == STREAM);
        hot_close(&hot);
    }
}
END_TEST

START_TEST(what_is_hot_is_on_top_also_if_it_comes_late_and_what_is_mostly_error_is_not_there)
{
    static u64 exact[KEYS];
    struct hot_row top[ROWS];
    struct hot hot;

    stream(&hot, exact, late);
    ck_assert_uint_ge(hot_top(&hot.pages, top, 1), 1);
    ck_assert_uint_eq(top[0].address, 5 << 12);
    ck_assert_uint_gt(top[0].cycles, 10 * top[0].error);
    hot_close(&hot);
    stream(&hot, exact, in_turn);
    ck_assert_uint_eq(hot_top(&hot.pages, top, ROWS), 0); /* nobody keeps a row for a second visit */
    hot_close(&hot);
    stream(&hot, exact, skewed);
    for (unsigned k = 0, n = hot_top(&hot.pages, top, ROWS); k < n; k++) ck_assert_uint_le(top[k].error, top[k].cycles);
    hot_top(&hot.pages, top, 8);
    for (unsigned k = 0; k < 8; k++) ck_assert_uint_lt(top[k].address, 8 << 12);
    hot_close(&hot);
}
END_TEST

START_TEST(a_table_that_is_large_enough_is_exact)
{
    struct hot hot;
    struct hot_row top[8];

    hot_open(&hot, 5000);
    for (u64 round = 0; round < 2; round++)
        for (u64 k = 0; k < 5000; k++) note(&hot, 4 * k, k << 12, 12, k + 1);
    ck_assert(hot.pages.used == 5000 && !hot.pages.taken && !hot.pages.other.walks);
    ck_assert_uint_eq(hot_top(&hot.pages, top, 8), 8);
    for (unsigned k = 0; k < 8; k++)
        ck_assert(top[k].address == (4999ULL - k) << 12 && top[k].cycles == 2 * (5000 - k) && !top[k].error);
    hot_close(&hot);
}
END_TEST

START_TEST(equals_come_in_the_order_of_their_addresses)
{
    struct hot hot;
    struct hot_row top[3];

    hot_open(&hot, 100);
    for (u64 k = 10; k; k--) note(&hot, 4 * k, k << 12, 12, 15);
    ck_assert_uint_eq(hot_top(&hot.pages, top, 3), 3);
    for (unsigned k = 0; k < 3; k++) ck_assert_uint_eq(top[k].address, (k + 1ULL) << 12);
    hot_close(&hot);
}
END_TEST

/* ---- a program ---- */
#define DATA (1ULL << 40) /* in another entry of the root than the code: tables_map() begins at the root */
enum { CODE = 0x10000, DATA_RA = 0x800000, IMAGE = 0x400000, TABLES = 0x100000 };
static const struct {
    const char *text;
    unsigned pages;
} accesses[] = {
    {"ld r3,8(r20)", 1},     {"lbz r3,1(r20)", 1},    {"stw r3,4(r20)", 1}, {"ldx r3,r20,r0", 1},
    {"lwarx r3,0,r20", 1},   {"stdcx. r3,0,r20", 1},  {"dcbz 0,r20", 1},    {"dcbst 0,r20", 1},
    {"lmw r28,0(r20)", 1},   {"lvx v1,0,r20", 1},     {"stvx v1,0,r20", 1}, {"lfs f1,0(r20)", 1},
    {"stfd f1,16(r20)", 1},  {"lxvd2x vs3,0,r20", 1}, {"ldat r4,r20,0", 1}, {"stxsdx vs1,0,r20", 1},
    {"lha r3,-2(r20)", 1}, /* its page is the one before */
    {"lwz r3,4093(r21)", 2},
};

struct world {
    struct config config;
    struct console *console;
    struct machine *machine;
    u8 *memory;
    struct machine_segment segment;
    struct report r;
};

/* Everything in one text; r20 moves on by two pages, so that no access touches what another one has. */
static void assemble(struct world *w)
{
    static char text[8192];
    size_t at = (size_t)snprintf(text, sizeof text,
                                 ".org 0x1000\n lis r31,1\n addi r31,r31,-4096\n"
                                 " ld r3,0(r31)\n mtspr 318,r3\n ld r3,8(r31)\n mtspr 464,r3\n li r3,1\n mtspr 48,r3\n"
                                 " ld r3,16(r31)\n mtspr 315,r3\n ld r3,24(r31)\n mtspr 314,r3\n li r0,0\n isync\n"
                                 " hrfid\n.org 0x%x\n li r20,1\n sldi r20,r20,40\n",
                                 CODE);

    for (unsigned k = 0; k < ARRAY_SIZE(accesses); k++)
        at += (size_t)snprintf(text + at, sizeof text - at, " addi r20,r20,8192\n addi r21,r20,0\n %s\n",
                               accesses[k].text);
    snprintf(text + at, sizeof text - at, " li r3,31\n li r4,0\n .word 0x000eaeb0\n");
    ck_assert(program_assemble(text, w->memory, IMAGE));
}

static void put(struct world *w, u64 ra, u64 value)
{
    put_be64(w->memory + ra, value);
}

static void setup(struct world *w, struct retire_sink *sink)
{
    struct table_builder b = {.next = TABLES, .size = IMAGE};
    u64 partitions, processes, tree, host;

    *w = (struct world){.memory = calloc(1, IMAGE)};
    b.memory = w->memory;
    assemble(w);
    partitions = tables_alloc(&b, 4096);
    processes = tables_alloc(&b, 4096);
    host = tables_tree(&b);
    tree = tables_tree(&b);
    tables_map(&b, tree, CODE, 65536, CODE, 16, true);
    tables_map(&b, tree, DATA, 1 << 20, DATA_RA, 12, true);
    ck_assert(!b.full);
    put(w, partitions, PATE0_HR | (host & ~31ULL)); /* no size: nothing of the host is translated by it */
    put(w, partitions + 8, processes);
    put(w, processes + 16, tree);
    put(w, 0xf000, LPCR_HR | LPCR_UPRT);
    put(w, 0xf008, partitions);
    put(w, 0xf010, MSR_SF | MSR_HV | MSR_VEC | MSR_VSX | MSR_EE | MSR_PR | MSR_FP | MSR_IR | MSR_DR);
    put(w, 0xf018, CODE);
    config_default(&w->config);
    w->config.mem = 32 << 20;
    w->segment = (struct machine_segment){.blob = {"test", w->memory, IMAGE}, .memory_size = IMAGE};
    w->console = console_new(&(struct console_config){.terminal_fd = -1});
    w->machine = machine_new_bare(
        &w->config,
        &(struct machine_bare){.segments = &w->segment, .segment_count = 1, .entry = 0x1000, .state = BARE_HYPERVISOR},
        w->console, NULL);
    ck_assert_ptr_nonnull(w->machine);
    if (sink) ck_assert(machine_trace(w->machine, sink));
    ck_assert_int_eq(
        machine_run(w->machine, &(struct machine_limits){.max_insns = 10000, .max_cycles = UINT64_MAX}, NULL),
        MACHINE_OFF);
    w->r = (struct report){.end = "test"};
    ck_assert(machine_report(w->machine, &w->r));
}

static void drop(struct world *w)
{
    report_free(&w->r);
    machine_free(w->machine);
    console_free(w->console);
    free(w->memory);
}

static const struct report_hot_row *find(const struct report_hot *hot, u64 address, bool fetch)
{
    for (unsigned k = 0; k < hot->count; k++)
        if (hot->row[k].what.address == address && hot->row[k].what.fetch == fetch) return &hot->row[k];
    return NULL;
}

static void look_at(struct world *w)
{
    ck_assert_uint_eq(w->r.hot_code.distinct, ARRAY_SIZE(accesses) + 1);
    ck_assert_uint_eq(w->r.hot_pages.distinct, ARRAY_SIZE(accesses) + 2);
    for (unsigned k = 0; k < ARRAY_SIZE(accesses); k++) {
        u64 cia = CODE + 8 + 12 * k + 8;
        const struct report_hot_row *row = find(&w->r.hot_code, cia, false);
        ck_assert_msg(row && row->what.walks == accesses[k].pages, "%s at 0x%" PRIx64 ": %" PRIu64 " walks",
                      accesses[k].text, cia, row ? row->what.walks : 0);
        ck_assert(row->what.pid == 1 && row->level == 0 && !strcmp(row->state, "problem"));
    }
    ck_assert(find(&w->r.hot_code, CODE, true) && find(&w->r.hot_pages, CODE, true));
    ck_assert_uint_eq(find(&w->r.hot_pages, CODE, true)->what.shift, 16);
    for (unsigned k = 0; k < w->r.hot_pages.count; k++) {
        const struct hot_row *what = &w->r.hot_pages.row[k].what;
        ck_assert(what->walks == 1 && what->lpid == 0 && what->pid == 1 && what->shift == (what->fetch ? 16 : 12));
    }
    ck_assert_uint_eq(report_check(&w->r, NULL, NULL).failed, 0);
}

START_TEST(each_kind_of_access_is_charged_to_its_own_instruction_and_page)
{
    struct world w;

    setup(&w, NULL);
    look_at(&w);
    drop(&w);
}
END_TEST

static u64 take_nothing(struct retire_sink *sink, const struct retire_block *block)
{
    (void)sink, (void)block;
    return 0;
}

START_TEST(the_traced_gear_charges_the_same)
{
    struct retire_sink sink = {.take = take_nothing};
    struct world w;

    setup(&w, &sink);
    look_at(&w);
    drop(&w);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("where walks go");
    TCase *tcase = tcase_create("hot");

    suite_add_tcase(s, tcase);
    tcase_add_test(tcase, walks_are_summed_by_page_and_by_instruction);
    tcase_add_test(tcase, what_a_page_really_cost_lies_between_its_cycles_and_these_with_the_error);
    tcase_add_test(tcase, what_is_hot_is_on_top_also_if_it_comes_late_and_what_is_mostly_error_is_not_there);
    tcase_add_test(tcase, a_table_that_is_large_enough_is_exact);
    tcase_add_test(tcase, equals_come_in_the_order_of_their_addresses);
    tcase_add_test(tcase, each_kind_of_access_is_charged_to_its_own_instruction_and_page);
    tcase_add_test(tcase, the_traced_gear_charges_the_same);
    return run_suite(s);
}
