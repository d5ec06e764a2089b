/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A board that is saved and restored goes on as the one that was not: the same random traffic (fuzz/devices_traffic.c)
 * is answered in the same way, and everything that leaves the board - lines, console, power, time - is the same.  Every
 * other board that is restored has had traffic of its own before: what no row speaks of would be neither that of the
 * board that was saved nor what it was at power-on.
 */
#include <check.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "machine/board_powernv.h"
#include "tests/fuzz/devices_traffic.h"
#include "tests/fuzz/random_devices.h"
#include "tests/support/suite.h"

enum { CORES = 2, PER_CORE = 2, THREADS = CORES * PER_CORE };

struct random_devices f;

void say_seed(const char *what)
{
    fprintf(stderr, "test_board_state: %s\n", what);
}

struct side {
    struct ram ram;
    struct clock clock;
    struct log log;
    struct board *board;
    struct board_thread wires[THREADS];
    u32 pir[THREADS];
    u64 heard; /* of everything that the board answered and did */
    struct traffic traffic;
};

static void hear(struct side *s, u64 what, u64 value)
{
    const u64 both[2] = {what, value};

    s->heard = state_hash_bytes(s->heard, both, sizeof both);
}

static void line_moves(void *self, unsigned n, bool level)
{
    hear(self, n, level);
}
static void hmer_gets(void *self, u32 pir, u64 bits)
{
    hear(self, 0x100 + pir, bits);
}
static void tod_goes(void *self, u32 pir, u64 tod)
{
    hear(self, 0x200 + pir, tod);
}
static bool is_odd(void *self, u32 pir)
{
    (void)self;
    return pir & 1;
}
static void is_ordered(void *self, u32 pir)
{
    hear(self, 0x300, pir);
}
static void is_printed(void *self, u8 c)
{
    hear(self, 0x400, c);
}
static void power_is_asked(void *self, enum power_request what)
{
    hear(self, 0x500, what);
}
static void is_answered(void *self, bool ok, u64 value)
{
    hear(self, 0x600 + ok, value);
}

/* Time passes, alarms fire, somebody types. */
static void run_a_while(void *self)
{
    struct side *s = self;

    clock_advance(&s->clock, s->clock.now_tb + dice(dice(4) ? 5000 : 1ULL << 30));
    hear(s, 0x700, s->clock.next_deadline_tb);
    for (u64 k = dice(20); k; k--) hear(s, 0x800, board_input(s->board, (u8)('a' + k)));
}

static void side_open(struct side *s, u64 seed)
{
    *s = (struct side){.clock = {.next_deadline_tb = ALARM_NEVER}, .log = {.level = LOG_DEBUG}};
    ck_assert(ram_open(&s->ram, BOARD_MIN_MEMORY));
    for (unsigned k = 0; k < THREADS; k++) {
        s->pir[k] = board_pir(k / PER_CORE, k % PER_CORE);
        s->wires[k] =
            (struct board_thread){{line_moves, s, 4 * k}, {line_moves, s, 4 * k + 1}, {line_moves, s, 4 * k + 2}};
    }
    s->board = board_new(&(struct board_config){
        .ram = &s->ram,
        .clock = &s->clock,
        .cores = CORES,
        .threads_per_core = PER_CORE,
        .pvr = 0x004e1203,
        .core_mhz = 3800,
        .threads = s->wires,
        .hmer = {hmer_gets, s},
        .tod = {tod_goes, s},
        .control = {is_odd, is_odd, is_ordered, is_ordered, is_ordered, s},
        .console = {is_printed, s},
        .power = {power_is_asked, s},
        .start_time = 1,
        .seed = seed,
        .log = &s->log,
    });
    ck_assert_ptr_nonnull(s->board);
    s->traffic = (struct traffic){.bus = board_bus(s->board),
                                  .pir = s->pir,
                                  .threads = THREADS,
                                  .run_a_while = run_a_while,
                                  .told = is_answered,
                                  .self = s};
}

static void side_close(struct side *s)
{
    board_free(s->board);
    ram_close(&s->ram);
}

/* So many steps that follow from the seed; what came of them. */
static u64 drive(struct side *s, u64 seed, unsigned steps, bool begin)
{
    f.random = seed * 0x9e3779b97f4a7c15ULL;
    s->heard = STATE_HASH_START;
    traffic_to(&s->traffic);
    if (begin) traffic_begin();
    for (unsigned k = 0; k < steps; k++) traffic_step();
    if (!begin) traffic_look();
    return s->heard;
}

static void save(struct side *s, struct state_bytes *bytes)
{
    struct state_writer w = {0};

    state_put_object(&w, "clock", &clock_state, &s->clock);
    state_put_object(&w, "board", &board_state, s->board);
    ck_assert(state_written(&w, bytes));
}

static bool restore(struct side *s, const struct state_bytes *bytes)
{
    struct state_reader r;
    bool ok = state_open(&r, bytes->at, bytes->size) && state_get_object(&r, "clock", &clock_state, &s->clock) &&
              state_get_object(&r, "board", &board_state, s->board);

    ck_assert(ok || *r.why);
    state_close(&r);
    return ok;
}

/* Main storage is not the board's: the pages that hold something. */
static void copy_storage(struct ram *to, const struct ram *from)
{
    const u64 page = (u64)sysconf(_SC_PAGESIZE), pages = from->size_bytes / page;
    unsigned char *resident = malloc(pages);

    ram_reset(to);
    ck_assert(resident && !mincore(from->host, from->size_bytes, resident));
    for (u64 k = 0; k < pages; k++)
        if (resident[k] & 1) memcpy(to->host + k * page, from->host + k * page, page);
    free(resident);
}

static void assert_same_state(struct side *a, struct side *b)
{
    struct state_bytes of_a, of_b;

    save(a, &of_a);
    save(b, &of_b);
    ck_assert_uint_eq(of_a.size, of_b.size);
    ck_assert(!memcmp(of_a.at, of_b.at, of_a.size));
    state_bytes_free(&of_a);
    state_bytes_free(&of_b);
}

START_TEST(a_restored_board_goes_on_as_the_one_that_was_saved)
{
    static struct side first, second;
    struct state_bytes bytes;

    side_open(&first, 7);
    side_open(&second, 8);
    drive(&first, (u64)_i, 2000 + 100 * (unsigned)(_i % 7), true);
    if (_i & 1) drive(&second, (u64)_i + 1000, 300, true);
    save(&first, &bytes);
    copy_storage(&second.ram, &first.ram);
    ck_assert(restore(&second, &bytes));
    state_bytes_free(&bytes);
    ck_assert_uint_eq(second.clock.next_deadline_tb, first.clock.next_deadline_tb);
    assert_same_state(&first, &second);
    for (unsigned part = 0; part < 4; part++) { /* the first only looks */
        u64 seed = (u64)_i * 10 + part;
        ck_assert_uint_eq(drive(&first, seed, 200 * part, false), drive(&second, seed, 200 * part, false));
    }
    assert_same_state(&first, &second);
    board_reset(first.board);
    board_reset(second.board);
    assert_same_state(&first, &second);
    side_close(&first);
    side_close(&second);
}
END_TEST

START_TEST(alarms_of_a_restored_board_fire_when_they_were_to)
{
    static struct side first, second;
    struct state_bytes bytes;
    const u64 sbe_mailbox = XSCOM_BASE + 0xd0050 * 8ULL;

    side_open(&first, 7);
    side_open(&second, 7);
    clock_advance(&first.clock, 1000);
    ck_assert(bus_write(board_bus(first.board), 0, sbe_mailbox, 8, 1ULL << 32 | 0xd401)); /* start the timer */
    ck_assert(bus_write(board_bus(first.board), 0, sbe_mailbox + 8, 8, 10));              /* microseconds */
    ck_assert(bus_write(board_bus(first.board), 0, sbe_mailbox + 0x10 * 8, 8, PPC_BIT(0)));
    ck_assert_uint_eq(first.clock.next_deadline_tb, 1000 + 5120);
    save(&first, &bytes);
    ck_assert(restore(&second, &bytes));
    state_bytes_free(&bytes);
    ck_assert_uint_eq(second.clock.now_tb, 1000);
    ck_assert_uint_eq(second.clock.next_deadline_tb, 1000 + 5120);
    for (u64 now = 1000 + 5119; now <= 1000 + 5120; now++) {
        u64 doorbell;
        clock_advance(&second.clock, now);
        ck_assert(bus_read(board_bus(second.board), 0, sbe_mailbox + 0x13 * 8, 8, &doorbell));
        ck_assert_uint_eq(doorbell != 0, now == 1000 + 5120);
    }
    side_close(&first);
    side_close(&second);
}
END_TEST

START_TEST(a_hash_sees_the_registers_of_devices_and_no_time)
{
    const u64 scratch = 0x00060300d00103ff; /* SCR of the serial port */
    static struct side side;
    u64 before;

    side_open(&side, 7);
    before = state_hash(STATE_HASH_START, &board_state, side.board);
    clock_advance(&side.clock, 1000);
    ck_assert(bus_write(board_bus(side.board), 0, XSCOM_BASE + 0xd0050 * 8ULL, 8, 0));
    ck_assert_uint_eq(state_hash(STATE_HASH_START, &board_state, side.board), before);
    ck_assert(bus_write(board_bus(side.board), 0, scratch, 1, 0x5a));
    ck_assert_uint_ne(state_hash(STATE_HASH_START, &board_state, side.board), before);
    ck_assert(bus_write(board_bus(side.board), 0, scratch, 1, 0));
    ck_assert_uint_eq(state_hash(STATE_HASH_START, &board_state, side.board), before);
    side_close(&side);
}
END_TEST

/* Whatever stands in a file: it is refused, or the board lives with it as with what firmware may write. */
START_TEST(a_damaged_state_is_refused_or_does_no_harm)
{
    static struct side side;
    struct state_bytes bytes;
    unsigned refused = 0, taken = 0;

    side_open(&side, 7);
    drive(&side, (u64)_i, 800, true);
    save(&side, &bytes);
    for (unsigned k = 0; k < 300; k++) {
        u8 before;
        size_t at;
        f.random = (u64)_i * 1000 + k;
        at = (size_t)(any64() % bytes.size);
        before = bytes.at[at];
        bytes.at[at] = (u8)(dice(2) ? 0xff : any64());
        if (restore(&side, &bytes)) {
            taken++;
            drive(&side, (u64)_i * 1000 + k, 30, false);
        } else {
            refused++;
        }
        bytes.at[at] = before;
    }
    ck_assert_uint_gt(refused, 0);
    ck_assert_uint_gt(taken, 0);
    ck_assert(restore(&side, &bytes));
    state_bytes_free(&bytes);
    side_close(&side);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("board_state");
    TCase *tc = tcase_create("board_state");

    tcase_set_timeout(tc, 300);
    tcase_add_loop_test(tc, a_restored_board_goes_on_as_the_one_that_was_saved, 0, 12);
    tcase_add_test(tc, alarms_of_a_restored_board_fire_when_they_were_to);
    tcase_add_test(tc, a_hash_sees_the_registers_of_devices_and_no_time);
    tcase_add_loop_test(tc, a_damaged_state_is_refused_or_does_no_harm, 0, 4);
    suite_add_tcase(suite, tc);
    return run_suite(suite);
}
