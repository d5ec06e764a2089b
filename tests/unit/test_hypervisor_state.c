/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is known of guests and what was counted, saved and restored (base/state.h): the tree of partitions, the
 * accounts, exits in flight and their table, shadow entries, hot pages, the timeline.
 *
 * A world is driven by random numbers: threads enter and leave guests, kernels ask for guests of their own, exits begin
 * and end, misses are counted.  A second world that was restored from the first one's state saves the very same bytes,
 * and goes on doing so when both are driven by the same numbers - whatever had been lost, or come back in another
 * order, would show sooner or later.
 *
 * Then the bytes are spoiled: whatever they say, the reader refuses them or makes of them a world that can be driven.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "bus/bus.h"
#include "core/state/interrupt.h"
#include "hypervisor/account.h"
#include "hypervisor/exits.h"
#include "hypervisor/rows.h"
#include "stats/hot.h"
#include "stats/rows.h"
#include "stats/timeline.h"
#include "tests/support/suite.h"

enum { THREADS = 4, LPIDS = 24, PROCESSORS = 3, HOT_ROWS = 3000, STEPS = 6000 };

struct world {
    struct partition_tree tree;
    struct account_book book;
    struct exits exits;
    struct hot hot;
    struct timeline timeline;
    /* What belongs to others, who save it: */
    struct thread thread[THREADS];
    struct exit_clock clock[THREADS];
    u64 now;
    unsigned tallies;
    struct ram ram;
    struct bus bus;
};

static u64 seed;

static u64 any(u64 below)
{
    seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
    return (seed >> 33) % below;
}

static struct table_leaf leaf_of(u64 gra)
{
    return (struct table_leaf){
        .is_known = gra % 7, .valid = gra % 3, .shift = gra % 2 ? 16 : 21, .prot = gra % 8, .reads = 4};
}
static struct table_leaf ask_shadow(struct guest_tables *self, u32 lpid, u64 gra)
{
    (void)self;
    return leaf_of(gra + lpid + any(9)); /* the hypervisor mends and takes away */
}
static struct table_leaf ask_parent(struct guest_tables *self, u32 lpid, u64 ptcr, u32 for_lpid, u64 gra)
{
    (void)self, (void)ptcr;
    return leaf_of(gra * 5 + lpid + for_lpid);
}
static struct guest_tables tables = {ask_shadow, ask_parent};

static void tally(void *self, unsigned thread, struct miss_tally *to, u64 until)
{
    (void)thread, (void)until;
    if (!to) return;
    ((struct world *)self)->tallies++;
    to->erat++;
}

static struct world *begin(void)
{
    struct world *w = calloc(1, sizeof *w);

    ck_assert(w && partition_tree_open(&w->tree) && exits_open(&w->exits, 1000, 10000));
    ck_assert(ram_open(&w->ram, 1 << 16));
    w->bus.ram = &w->ram;
    w->book.tree = &w->tree;
    ck_assert_ptr_nonnull(account_find(&w->book, partition_l0(&w->tree), ACCOUNT_HYPERVISOR, 0));
    w->exits.tree = &w->tree;
    w->exits.tables = &tables;
    w->exits.tally = tally;
    w->exits.tally_self = w;
    hot_open(&w->hot, HOT_ROWS);
    for (unsigned n = 0; n < THREADS; n++) {
        w->thread[n].pir = n;
        w->thread[n].bus = &w->bus;
        w->thread[n].partitions = &w->tree;
        w->thread[n].partition = partition_l0(&w->tree);
    }
    return w;
}

static void end(struct world *w)
{
    timeline_free(&w->timeline);
    hot_close(&w->hot);
    exits_close(&w->exits);
    account_book_clear(&w->book);
    partition_tree_close(&w->tree);
    ram_close(&w->ram);
    free(w);
}

/* ---- driving ---- */

/* More often an old one than a young one. */
static const struct partition *guest_of(const struct world *w)
{
    return w->tree.count > 1 ? w->tree.list[1 + any(1 + any(w->tree.count - 1))] : NULL;
}

static void fill(struct thread *t, u64 registers)
{
    for (unsigned k = 0; k < 32; k++) t->gpr[k] = registers * 1000 + k;
    t->spr.PIDR = registers;
    t->spr.HSRR0 = registers * 4;
}

static void cross(struct world *w)
{
    struct thread *t = &w->thread[any(THREADS)];

    fill(t, any(6));
    t->interrupt = INTERRUPT_HDECREMENTER;
    t->completed += any(100);
    partition_cross(t, (u32)any(LPIDS));
}

static void ask(struct world *w)
{
    const struct partition *by = guest_of(w);
    struct nest_request request = {.number = (u32)any(5), .token = (u32)any(2), .thread = (u32)any(THREADS)};
    struct thread scratch = {0};

    fill(&scratch, any(6));
    request.registers = nest_registers_of(scratch.gpr, scratch.spr.PIDR, scratch.spr.HSRR0);
    if (by) nesting_asked(&w->tree.nesting, w->tree.list[by->id], &request);
    if (by && !any(20)) nesting_forget(&w->tree.nesting, by, (u32)any(5));
}

static void count(struct world *w)
{
    struct account *a =
        account_find(&w->book, w->tree.list[any(w->tree.count)], (enum account_state)any(ACCOUNT_STATES), (u32)any(40));

    ck_assert_ptr_nonnull(a);
    a->counters.completed += any(1000);
    a->walks.reads[any(WALK_SOURCES)][any(WALK_ROWS)][any(WALK_COLUMNS)]++;
    hot_note(
        &w->hot, &(struct hot_place){.cia = any(500) * 4, .account = a->number, .pid = (u32)any(3)},
        &(struct hot_walk){.ea = any(9000) << 12, .cycles = any(100), .lpid = (u32)any(4), .reads = 3, .shift = 12});
}

static struct exit_seen seen(struct world *w, const struct partition *guest)
{
    unsigned n = (unsigned)any(THREADS);

    w->clock[n].completed += any(400);
    w->clock[n].cycles += 400 + any(400);
    w->clock[n].tlbies += any(2);
    return (struct exit_seen){
        .thread = n, .guest = guest, .processor = any(PROCESSORS), .nia = any(3) * 0x100, .at = w->clock[n]};
}

static void leave(struct world *w)
{
    static const u64 calls[] = {0xe0, 0xf800, 0xf804, 0xf808, 0x448, 0x99999};
    const struct partition *guest = guest_of(w);
    struct exit_seen s;
    bool system_call = any(2), fault = any(2);

    if (!guest) return;
    s = seen(w, guest);
    s.reason = exit_reason_of(system_call ? INTERRUPT_SYSTEM_CALL
                              : fault     ? INTERRUPT_HDATA_STORAGE
                                          : INTERRUPT_HDECREMENTER,
                              1, calls[any(ARRAY_SIZE(calls))]);
    if (fault && !system_call)
        s.fault =
            (struct fault_seen){.is_fault = true, .has_address = any(9) != 0, .store = any(2), .gra = any(64) << 16};
    if (s.reason == EXIT_H_SET_PARTITION_TABLE)
        s.call = (struct guest_call){.kind = GUEST_CALL_SET_TABLE, .table = any(3) << 20};
    if (s.reason == EXIT_H_ENTER_NESTED)
        s.call = (struct guest_call){.kind = GUEST_CALL_ENTER, .request = {.number = (u32)any(5)}};
    if (s.reason == EXIT_H_TLB_INVALIDATE)
        s.call = (struct guest_call){.kind = GUEST_CALL_INVALIDATE, .number = (u32)any(5), .last = any(64) << 16};
    exits_left(&w->exits, &s);
}

static void enter(struct world *w)
{
    const struct exit_open *open = &w->exits.open[any(EXITS_OPEN_MAX)];
    const struct partition *guest = open->serial && any(3) ? open->guest : guest_of(w);
    struct exit_seen s;

    if (!guest) return;
    s = seen(w, guest);
    exits_entered(&w->exits, &s);
}

static void draw_slice(struct world *w)
{
    static const char *const states[] = {"hypervisor", "guest", "idle", "os"};
    u64 start = w->now;

    w->now += any(3000);
    timeline_note(&w->timeline, &(struct timeline_slice){.start = start,
                                                         .end = w->now,
                                                         .lpid = (u32)any(3),
                                                         .level = (u8)any(3),
                                                         .state = states[any(ARRAY_SIZE(states))]});
}

static void draw(struct world *w)
{
    char name[24];

    for (unsigned k = 0; k < 8; k++) draw_slice(w);
    if (!any(30)) {
        snprintf(name, sizeof name, "burst %u", (unsigned)any(100));
        timeline_begin_burst(&w->timeline, name, w->now);
    }
    timeline_switch(&w->timeline, &(struct timeline_switch){.cycle = w->now, .lpid = (u32)any(4)});
    timeline_switch(&w->timeline, &(struct timeline_switch){.cycle = w->now,
                                                            .is_exit = true,
                                                            .reason = exit_reason_rows[any(EXIT_REASONS)].name});
}

static void restart(struct world *w)
{
    struct thread *list[THREADS];

    for (unsigned n = 0; n < THREADS; n++) list[n] = &w->thread[n];
    partition_restart(&w->tree, list, THREADS);
}

static void drive(struct world *w, u64 from, unsigned steps)
{
    static void (*const ways[])(struct world *) = {cross, cross, ask, count, count, count, leave, enter, draw};

    seed = from;
    for (unsigned k = 0; k < steps; k++) {
        ways[any(ARRAY_SIZE(ways))](w);
        if (!any(1500)) restart(w);
    }
    for (unsigned k = 0; k < 100; k++) enter(w); /* so that somebody's misses are being counted */
}

/* ---- saving, restoring ---- */

static const struct {
    const char *name;
    const struct state_table *table;
    size_t offset;
} parts[] = {
    {"partitions", &partition_tree_state, offsetof(struct world, tree)},
    {"accounts", &account_book_state, offsetof(struct world, book)},
    {"exits", &exits_state, offsetof(struct world, exits)},
    {"hot", &hot_state, offsetof(struct world, hot)},
    {"timeline", &timeline_state, offsetof(struct world, timeline)},
};

static struct state_bytes save(const struct world *w)
{
    struct state_writer writer = {0};
    struct state_bytes whole;

    for (unsigned k = 0; k < ARRAY_SIZE(parts); k++)
        state_put_object(&writer, parts[k].name, parts[k].table, (const u8 *)w + parts[k].offset);
    ck_assert(state_written(&writer, &whole));
    return whole;
}

static bool restore(struct world *w, const void *bytes, size_t size)
{
    struct state_reader r;
    bool ok = state_open(&r, bytes, size);

    for (unsigned k = 0; k < ARRAY_SIZE(parts) && ok; k++)
        ok = state_get_object(&r, parts[k].name, parts[k].table, (u8 *)w + parts[k].offset);
    ck_assert(ok == !r.failed && ok == !*r.why);
    ck_assert_ptr_null(strchr(r.why, '\n'));
    state_close(&r);
    return ok && hot_accounts_below(&w->hot, w->book.count);
}

/* What the other owners would restore. */
static void copy_the_rest(struct world *to, const struct world *from)
{
    for (unsigned n = 0; n < THREADS; n++) {
        to->thread[n] = from->thread[n];
        to->thread[n].bus = &to->bus;
        to->thread[n].partitions = &to->tree;
        to->thread[n].partition = to->tree.list[from->thread[n].partition->id];
        to->clock[n] = from->clock[n];
    }
    to->now = from->now;
}

static void same(const struct world *a, const struct world *b)
{
    struct state_bytes x = save(a), y = save(b);

    ck_assert_uint_eq(x.size, y.size);
    ck_assert(!memcmp(x.at, y.at, x.size));
    state_bytes_free(&x);
    state_bytes_free(&y);
}

START_TEST(a_restored_world_is_the_one_that_was_saved_and_goes_on_as_it_would)
{
    struct world *first = begin(), *second = begin();
    struct state_bytes whole;

    drive(first, 1 + (u64)_i, _i ? STEPS * (unsigned)_i : 0);
    whole = save(first);
    ck_assert(restore(second, whole.at, whole.size));
    copy_the_rest(second, first);
    same(first, second);
    for (unsigned n = 0; n < THREADS; n++) exits_resume(&first->exits, n);
    for (unsigned n = 0; n < THREADS; n++) exits_resume(&second->exits, n);
    drive(first, 99, STEPS);
    drive(second, 99, STEPS);
    same(first, second);
    exits_settle(&first->exits);
    exits_settle(&second->exits);
    for (unsigned n = 0; n < THREADS; n++) exits_pause(&first->exits, n, &first->clock[n]);
    for (unsigned n = 0; n < THREADS; n++) exits_pause(&second->exits, n, &second->clock[n]);
    same(first, second);
    exits_clear(&first->exits);
    exits_clear(&second->exits);
    same(first, second);
    state_bytes_free(&whole);
    end(first);
    end(second);
}
END_TEST

START_TEST(the_worlds_of_these_tests_are_full_of_everything)
{
    struct world *w = begin();
    unsigned deepest = 0, waiting = 0, windows = 0;

    drive(w, 3, 3 * STEPS);
    for (unsigned k = 0; k < w->tree.count; k++)
        if (w->tree.list[k]->level > deepest) deepest = w->tree.list[k]->level;
    for (unsigned k = 0; k < NEST_NAMES; k++) waiting += w->tree.nesting.names[k].stands_for != NULL;
    for (unsigned k = 0; k < THREADS; k++) windows += w->exits.thread[k].window != NULL;
    ck_assert_uint_gt(deepest, 3);
    ck_assert_uint_gt(waiting, 0);
    ck_assert_uint_gt(w->tree.nesting.waiting_count, 0);
    ck_assert_uint_gt(windows, 0);
    ck_assert_uint_gt(w->book.count, 1000);
    ck_assert_uint_gt(w->book.families, 100);
    ck_assert_uint_gt(w->exits.row_count, 20);
    ck_assert_uint_eq(w->exits.flow_count, EXITS_FLOWS);
    ck_assert_uint_gt(w->exits.open_end, 20);
    ck_assert_uint_gt(w->exits.nested.shadow_count, 50);
    ck_assert(w->hot.pages.taken && w->hot.pages.other.walks);
    ck_assert_uint_gt(w->timeline.least_cycles, 0);
    ck_assert_uint_gt(w->timeline.burst_count, 20);
    end(w);
}
END_TEST

/* ---- what is not to be trusted ---- */

/* Refused, or good enough to go on with. */
static void try(const void *bytes, size_t size, u64 from)
{
    struct world *w = begin();
    struct state_bytes again;

    if (restore(w, bytes, size)) {
        drive(w, from, 300);
        again = save(w);
        state_bytes_free(&again);
    }
    end(w);
}

START_TEST(spoiled_bytes_are_refused_or_make_a_world)
{
    struct world *w = begin();
    struct state_bytes whole;
    u8 *spoiled;
    u64 dice = 1000 + (u64)_i;

    drive(w, 7 + (u64)_i, 400);
    whole = save(w);
    spoiled = malloc(whole.size);
    ck_assert_ptr_nonnull(spoiled);
    for (unsigned k = 0; k < 60; k++) {
        memcpy(spoiled, whole.at, whole.size);
        seed = dice += 77;
        for (u64 n = 1 + any(4); n; n--) {
            u8 *at = &spoiled[any(whole.size)];
            *at = any(2) ? (u8)any(256) : (u8)(*at + 1);
        }
        try(spoiled, whole.size, dice);
        try(whole.at, any(whole.size), dice);
    }
    free(spoiled);
    state_bytes_free(&whole);
    end(w);
}
END_TEST

/* One object alone, into a world that is what it was. */
static bool is_refused(const struct world *spoiled, unsigned part)
{
    struct state_writer writer = {0};
    struct state_bytes whole;
    struct state_reader r;
    struct world *w = begin();
    bool ok;

    for (unsigned k = 0; k <= part; k++)
        state_put_object(&writer, parts[k].name, parts[k].table, (const u8 *)spoiled + parts[k].offset);
    ck_assert(state_written(&writer, &whole) && state_open(&r, whole.at, whole.size));
    ok = true;
    for (unsigned k = 0; k <= part && ok; k++)
        ok = state_get_object(&r, parts[k].name, parts[k].table, (u8 *)w + parts[k].offset);
    ck_assert(ok || *r.why);
    state_close(&r);
    state_bytes_free(&whole);
    end(w);
    return !ok;
}

enum { TREE, ACCOUNTS, EXITS, HOT, TIMELINE };

START_TEST(a_tree_with_a_circle_or_a_stranger_is_refused)
{
    struct world *w = begin();
    struct nest_name *name = w->tree.nesting.names;

    for (u32 lpid = 1; lpid < 4; lpid++) partition_cross(&w->thread[lpid], lpid);
    ck_assert(!is_refused(w, TREE));
    w->tree.list[1]->parent = w->tree.list[2];
    ck_assert(is_refused(w, TREE));
    w->tree.list[1]->parent = w->tree.list[1];
    ck_assert(is_refused(w, TREE));
    w->tree.list[1]->parent = NULL;
    ck_assert(is_refused(w, TREE));
    w->tree.list[1]->parent = w->tree.list[0];
    w->tree.list[0]->parent = w->tree.list[0];
    ck_assert(is_refused(w, TREE));
    w->tree.list[0]->parent = NULL;
    w->tree.list[2]->what[0] = '\n';
    ck_assert(is_refused(w, TREE));
    memset(w->tree.list[2]->what, 'x', sizeof w->tree.list[2]->what);
    ck_assert(is_refused(w, TREE));
    w->tree.list[2]->what[0] = 0;
    name->of = w->tree.list[1];
    name->stands_for = name;
    ck_assert(is_refused(w, TREE));
    name->stands_for = name + 1;
    ck_assert(is_refused(w, TREE));
    name->stands_for = NULL;
    ck_assert(!is_refused(w, TREE));
    w->tree.nesting.waiting[9].name = name + 2;
    ck_assert(is_refused(w, TREE));
    end(w);
}
END_TEST

START_TEST(what_is_twice_or_belongs_to_nobody_is_refused)
{
    struct world *w = begin();
    struct account *a, *b;

    partition_cross(&w->thread[0], 1);
    a = account_find(&w->book, w->tree.list[1], ACCOUNT_OS, 5);
    b = account_find(&w->book, w->tree.list[1], ACCOUNT_OS, 6);
    ck_assert(!is_refused(w, ACCOUNTS));
    b->pid = 5;
    ck_assert(is_refused(w, ACCOUNTS));
    b->pid = 6;
    a->partition = NULL;
    ck_assert(is_refused(w, ACCOUNTS));
    a->partition = w->tree.list[1];

    exits_left(&w->exits, &(struct exit_seen){.guest = w->tree.list[1], .reason = EXIT_HDSI});
    exits_settle(&w->exits);
    exits_row(&w->exits, 1, EXIT_HISI, 0)->reason = "HISI";
    ck_assert(!is_refused(w, EXITS));
    exits_row(&w->exits, 1, EXIT_HISI, 0)->reason = "HDSI";
    ck_assert(is_refused(w, EXITS));
    exits_row(&w->exits, 1, EXIT_HISI, 0)->reason = "nothing";
    ck_assert(is_refused(w, EXITS));
    exits_row(&w->exits, 1, EXIT_HISI, 0)->reason = "HISI";
    w->exits.open[0].guest = NULL;
    ck_assert(is_refused(w, EXITS));
    w->exits.open[0].guest = w->tree.list[1];
    w->exits.nested.party[0].ptcr = 8;
    ck_assert(is_refused(w, EXITS));
    w->exits.nested.party[0].ptcr = 0;
    w->exits.nested.party[1].caller = PARTITIONS_MAX;
    ck_assert(is_refused(w, EXITS));
    w->exits.nested.party[1].caller = NO_PARTY;
    ck_assert(!is_refused(w, EXITS));

    for (u64 k = 0; k < 2; k++) hot_note(&w->hot, &(struct hot_place){.cia = k * 4}, &(struct hot_walk){.ea = k << 12});
    ck_assert(!is_refused(w, HOT));
    w->hot.code.row[1].address = 0;
    ck_assert(is_refused(w, HOT));
    w->hot.code.row[1].address = 4;
    w->hot.code.row[1].account = 17;
    ck_assert(!hot_accounts_below(&w->hot, 17) && hot_accounts_below(&w->hot, 18));

    timeline_begin_burst(&w->timeline, "a", 1);
    timeline_switch(&w->timeline, &(struct timeline_switch){.cycle = 2});
    ck_assert(!is_refused(w, TIMELINE));
    w->timeline.burst[0].first = 1;
    ck_assert(is_refused(w, TIMELINE));
    w->timeline.burst[0].first = 0;
    w->timeline.burst[0].count = TIMELINE_BURST + 1;
    ck_assert(is_refused(w, TIMELINE));
    w->timeline.burst[0].count = 1;
    memset(w->timeline.burst[0].name, 'x', sizeof w->timeline.burst[0].name);
    ck_assert(is_refused(w, TIMELINE));
    w->timeline.burst[0].name[1] = 0;
    w->timeline.switches[0].is_exit = true; /* without a reason */
    ck_assert(is_refused(w, TIMELINE));
    end(w);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("hypervisor_state");
    TCase *tests = tcase_create("hypervisor_state");

    tcase_set_timeout(tests, 120);
    tcase_add_loop_test(tests, a_restored_world_is_the_one_that_was_saved_and_goes_on_as_it_would, 0, 5);
    tcase_add_test(tests, the_worlds_of_these_tests_are_full_of_everything);
    tcase_add_loop_test(tests, spoiled_bytes_are_refused_or_make_a_world, 0, 8);
    tcase_add_test(tests, a_tree_with_a_circle_or_a_stranger_is_refused);
    tcase_add_test(tests, what_is_twice_or_belongs_to_nobody_is_refused);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
