/* SPDX-License-Identifier: Apache-2.0 */
/* XSCOM and what hangs on it without a bus of its own: status in HMER, core controls, ChipTOD, SBE, OCC, NX. */
#include <check.h>
#include <stdlib.h>

#include "devices/chiptod.h"
#include "devices/core_xscom.h"
#include "devices/nx_rng.h"
#include "devices/occ.h"
#include "devices/sbe.h"
#include "devices/xscom.h"
#include "tests/support/suite.h"

static struct bus real;
static struct xscom xscom;
static struct clock clk;
static struct cores cores;
static struct chiptod tod;
static struct sbe sbe;
static struct occ occ;
static struct nx_rng nx;
static struct rng rng;
static struct log quiet;

static u32 done_pir;
static u64 done_bits, loaded_tod;
static u32 loaded_pir, stopped_mask, ordered[3];
static bool psu;

static void done(void *self, u32 pir, u64 bits)
{
    (void)self;
    done_pir = pir;
    done_bits = bits;
}
static void load_tb(void *self, u32 pir, u64 value)
{
    (void)self;
    loaded_pir = pir;
    loaded_tod = value;
}
static bool is_stopped(void *self, u32 pir)
{
    (void)self;
    return pir < 32 && (stopped_mask >> pir & 1);
}
static void do_stop(void *self, u32 pir)
{
    (void)self;
    ordered[0] = pir;
    stopped_mask |= pir < 32 ? 1u << pir : 0;
}
static void do_start(void *self, u32 pir)
{
    (void)self;
    ordered[1] = pir;
    stopped_mask &= pir < 32 ? ~(1u << pir) : ~0u;
}
static void do_sreset(void *self, u32 pir)
{
    (void)self;
    ordered[2] = pir;
}
static void wire(void *to, unsigned n, bool level)
{
    (void)n;
    *(bool *)to = level;
}

static void setup(void)
{
    struct thread_control control = {.stopped = is_stopped, .stop = do_stop, .start = do_start, .sreset = do_sreset};

    memset(&real, 0, sizeof real);
    memset(&clk, 0, sizeof clk);
    clk.next_deadline_tb = ALARM_NEVER;
    memset(ordered, 0xff, sizeof ordered);
    stopped_mask = 0;
    rng_seed(&rng, 42);
    ck_assert(xscom_init(&xscom,
                         &(struct xscom_config){.bus = &real, .pvr = 0x004e1203, .done = {done, NULL}, .log = &quiet}));
    ck_assert(cores_init(
        &cores, &(struct cores_config){.scoms = &xscom.scoms, .cores = 2, .threads_per_core = 4, .control = control}));
    ck_assert(chiptod_init(&tod, &(struct chiptod_config){
                                     .scoms = &xscom.scoms, .clock = &clk, .target = {load_tb, NULL}, .log = &quiet}));
    ck_assert(sbe_init(
        &sbe, &(struct sbe_config){.scoms = &xscom.scoms, .clock = &clk, .irq = {wire, &psu, 0}, .log = &quiet}));
    ck_assert(occ_init(
        &occ, &(struct occ_config){.scoms = &xscom.scoms, .homer_base = 0x7f400000, .occ_common_base = 0x7f800000}));
    ck_assert(nx_rng_init(&nx, &rng, &real, &xscom.scoms));
}

static u64 get(u32 scom)
{
    u64 v;
    done_bits = 0;
    ck_assert(bus_read(&real, 5, XSCOM_BASE + scom * 8ULL, 8, &v));
    return v;
}

static void put(u32 scom, u64 v)
{
    done_bits = 0;
    ck_assert(bus_write(&real, 5, XSCOM_BASE + scom * 8ULL, 8, v));
}

START_TEST(a_known_register_answers_done_to_the_thread_that_asked)
{
    u64 id = get(0xf000f);

    ck_assert_uint_eq(id >> 44, 0x203d1); /* DD2.3 Nimbus */
    ck_assert_uint_eq(done_pir, 5);
    ck_assert_uint_eq(done_bits, HMER_XSCOM_DONE);
}
END_TEST

START_TEST(an_unknown_register_is_an_address_error_and_reads_as_ones)
{
    ck_assert_uint_eq(get(0x12345), ~0ULL);
    ck_assert_uint_eq(done_bits, HMER_XSCOM_DONE | HMER_XSCOM_FAIL | 4ULL << 40);
    put(0x12345, 1);
    ck_assert_uint_eq(done_bits & HMER_XSCOM_FAIL, HMER_XSCOM_FAIL);
}
END_TEST

START_TEST(an_unknown_register_is_reported_once)
{
    u32 before = quiet.guest_said;

    get(0x777);
    get(0x777);
    put(0x777, 0);
    ck_assert_uint_eq(quiet.guest_said - before, 1);
}
END_TEST

START_TEST(direct_controls_stop_start_and_reset_the_named_thread)
{
    u32 base = 0x21000000;

    put(base + 0x10a9c, PPC_BIT(7 + 8 * 2));
    ck_assert_uint_eq(ordered[0], 6);
    ck_assert_uint_eq(get(base + 0x10a02), PPC_BITMASK(16, 19));
    put(base + 0x10a9c, PPC_BIT(4 + 8 * 3));
    ck_assert_uint_eq(ordered[2], 7);
    put(base + 0x10a9c, PPC_BIT(6 + 8 * 2));
    ck_assert_uint_eq(ordered[1], 6);
    ck_assert_uint_eq(get(base + 0x10a02), 0);
    get(0x22000000 + 0x10a02); /* a core that is not there */
    ck_assert(done_bits & HMER_XSCOM_FAIL);
}
END_TEST

START_TEST(special_wakeup_is_done_as_soon_as_it_is_asked_for)
{
    ck_assert_uint_eq(get(0x200f0114), 0);
    put(0x200f010d, PPC_BIT(0));
    ck_assert_uint_eq(get(0x200f0114), PPC_BIT(1));
    put(0x200f010d, 0);
    ck_assert_uint_eq(get(0x200f010d), 0);
}
END_TEST

START_TEST(a_core_pair_has_its_bars)
{
    put(0x10011010, 0x8006030203180000ULL);
    put(0x10011410, 0x1234);
    ck_assert_uint_eq(get(0x10011010), 0x8006030203180000ULL);
    ck_assert_uint_eq(get(0x10011410), 0x1234);
}
END_TEST

START_TEST(the_tod_runs_after_set_and_load_and_moves_to_a_core)
{
    ck_assert_uint_eq(get(0x40024), 0);
    put(0x40021, 0x1000); /* in state "error": ignored */
    ck_assert_uint_eq(get(0x40024), 0);
    put(0x40018, PPC_BIT(0));
    put(0x40021, 0x1ff0);
    ck_assert_uint_eq(get(0x40024), PPC_BIT(4));
    clock_advance(&clk, 100);
    put(0x40027, 0x21ULL << 32);
    put(0x40017, PPC_BIT(0));
    ck_assert_uint_eq(loaded_pir, 4);
    ck_assert_uint_eq(loaded_tod, 0x1ff0 + 100);
    put(0x40016, PPC_BIT(0));
    ck_assert_uint_eq(get(0x40024), 0);
}
END_TEST

START_TEST(the_sbe_acknowledges_and_its_timer_rings)
{
    put(0xd0050, 0x201ULL << 32 | 1 << 16 | 0xd401);
    put(0xd0051, 1000);
    put(0xd0062, PPC_BIT(0));
    ck_assert(psu);
    ck_assert_uint_eq(get(0xd0063), PPC_BIT(1));
    put(0xd0064, ~PPC_BIT(1));
    ck_assert(!psu);
    clock_advance(&clk, 511999);
    ck_assert(!psu);
    clock_advance(&clk, 512000);
    ck_assert(psu);
    ck_assert_uint_eq(get(0xd0063), PPC_BIT(14));
}
END_TEST

START_TEST(the_sbe_answers_a_command_it_does_not_know_with_an_error)
{
    put(0xd0050, 0x300ULL << 32 | 7 << 16 | 0xd707);
    put(0xd0062, PPC_BIT(0));
    ck_assert_uint_eq(get(0xd0063), PPC_BIT(0) | PPC_BIT(1));
    ck_assert_uint_eq(get(0xd0054), 1ULL << 48 | 7 << 16 | 0xd707);
}
END_TEST

START_TEST(homer_and_the_occ_area_are_where_the_board_said)
{
    ck_assert_uint_eq(get(0x5012b00), 0x7f400000);
    ck_assert_uint_eq(get(0x5012b04), 0x300000);
    ck_assert_uint_eq(get(0x5012b02), 0x7f800000);
    ck_assert_uint_eq(get(0x5012b06), 0x700000);
}
END_TEST

START_TEST(random_numbers_repeat_for_a_seed_and_need_the_bar)
{
    u64 first, again;

    ck_assert(!bus_read(&real, BUS_NO_THREAD, NX_RNG_WINDOW_BASE, 8, &first));
    put(0x201108d, NX_RNG_WINDOW_BASE | PPC_BIT(52));
    ck_assert(bus_read(&real, BUS_NO_THREAD, NX_RNG_WINDOW_BASE, 8, &first));
    rng_seed(&rng, 42);
    ck_assert(bus_read(&real, BUS_NO_THREAD, NX_RNG_WINDOW_BASE, 8, &again));
    ck_assert_uint_eq(first, again);
    ck_assert_uint_ne(rng_next(&rng), rng_next(&rng));
}
END_TEST

START_TEST(random_accesses_do_no_harm)
{
    static const u32 bases[] = {0x40000,   0x50000,    0xd0050,    0x6c080,    0x5012b00,
                                0x2011080, 0x20010a00, 0x200f0100, 0x10011000, 0xf0000};

    srand(5);
    for (int k = 0; k < 100000; k++) {
        u32 scom = bases[rand() % 10] + ((u32)rand() & 0xff);
        if (rand() & 1) put(scom, (u64)rand() << 33 ^ (u64)rand());
        else get(scom);
        if (!(rand() & 63)) clock_advance(&clk, clk.now_tb + 1000);
    }
    bus_reset(&real);
    ck_assert(!psu);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("xscom");
    TCase *t = tcase_create("all");

    tcase_add_checked_fixture(t, setup, NULL);
    tcase_add_test(t, a_known_register_answers_done_to_the_thread_that_asked);
    tcase_add_test(t, an_unknown_register_is_an_address_error_and_reads_as_ones);
    tcase_add_test(t, an_unknown_register_is_reported_once);
    tcase_add_test(t, direct_controls_stop_start_and_reset_the_named_thread);
    tcase_add_test(t, special_wakeup_is_done_as_soon_as_it_is_asked_for);
    tcase_add_test(t, a_core_pair_has_its_bars);
    tcase_add_test(t, the_tod_runs_after_set_and_load_and_moves_to_a_core);
    tcase_add_test(t, the_sbe_acknowledges_and_its_timer_rings);
    tcase_add_test(t, the_sbe_answers_a_command_it_does_not_know_with_an_error);
    tcase_add_test(t, homer_and_the_occ_area_are_where_the_board_said);
    tcase_add_test(t, random_numbers_repeat_for_a_seed_and_need_the_bar);
    tcase_add_test(t, random_accesses_do_no_harm);
    suite_add_tcase(s, t);
    return run_suite(s);
}
