/* SPDX-License-Identifier: Apache-2.0 */
/* The POWER9 board as a whole: its tree holds what firmware needs, its wires lead where they should, nothing breaks it.
 */
#include <check.h>
#include <libfdt.h>
#include <stdlib.h>

#include "devices/lpc.h"
#include "devices/psi.h"
#include "devices/rng.h"
#include "devices/xscom.h"
#include "machine/board_powernv.h"
#include "tests/support/suite.h"

static struct ram ram;
static struct clock clk;
static struct log quiet;
static struct board *board;
static struct board_thread threads[8];
static u64 hmer;
static u8 fdt[BOARD_FDT_MAX];
static char console[32];
static unsigned console_count;
static int offs;

static void hmer_or(void *self, u32 pir, u64 bits)
{
    (void)self, (void)pir;
    hmer |= bits;
}
static void put_char(void *self, u8 c)
{
    (void)self;
    if (console_count < sizeof console) console[console_count++] = (char)c;
}
static void power_note(void *self, enum power_request what)
{
    (void)self;
    offs += what == POWER_OFF;
}

static struct board_config config(unsigned cores, unsigned threads_per_core)
{
    return (struct board_config){.ram = &ram,
                                 .clock = &clk,
                                 .cores = cores,
                                 .threads_per_core = threads_per_core,
                                 .pvr = 0x004e1203,
                                 .core_mhz = 3800,
                                 .threads = threads,
                                 .hmer = {hmer_or, NULL},
                                 .console = {put_char, NULL},
                                 .power = {power_note, NULL},
                                 .bootargs = "console=hvc0 quiet",
                                 .initrd_base = 0x28000000,
                                 .initrd_size = 0x123456,
                                 .start_time = 1,
                                 .seed = 7,
                                 .log = &quiet};
}

static void setup(void)
{
    struct board_config c = config(2, 4);

    memset(&clk, 0, sizeof clk);
    clk.next_deadline_tb = ALARM_NEVER;
    console_count = 0;
    hmer = 0;
    offs = 0;
    ck_assert(ram_open(&ram, 2ULL << 30));
    board = board_new(&c);
    ck_assert_ptr_nonnull(board);
}

static void teardown(void)
{
    board_free(board);
    ram_close(&ram);
}

static int node(const char *path)
{
    int at = fdt_path_offset(fdt, path);
    ck_assert_msg(at >= 0, "no node %s", path);
    return at;
}

static u32 cell_of(const char *path, const char *name, int index)
{
    int length;
    const u8 *p = fdt_getprop(fdt, node(path), name, &length);
    ck_assert_msg(p && length >= 4 * (index + 1), "%s has no %s", path, name);
    return get_be32(p + 4 * index);
}

START_TEST(the_tree_names_the_platform_and_the_payload)
{
    ck_assert(board_describe(board, fdt, sizeof fdt));
    ck_assert_int_eq(fdt_check_full(fdt, sizeof fdt), 0);
    ck_assert_int_eq(fdt_node_check_compatible(fdt, 0, "qemu,powernv9"), 0);
    ck_assert_int_eq(fdt_node_check_compatible(fdt, 0, "ibm,powernv"), 0);
    node("/qemu");
    ck_assert_str_eq(fdt_getprop(fdt, node("/chosen"), "bootargs", NULL), "console=hvc0 quiet");
    ck_assert_uint_eq(cell_of("/chosen", "linux,initrd-start", 0), 0x28000000);
    ck_assert_uint_eq(cell_of("/chosen", "linux,initrd-end", 0), 0x28123456);
}
END_TEST

/* Where skiboot would allocate; what lies below skiboot it never touches. */
START_TEST(a_ramdisk_above_firmware_is_reserved_and_must_fit)
{
    struct board_config c = config(1, 1);
    struct board *large;
    int length;

    ck_assert(board_describe(board, fdt, sizeof fdt));
    ck_assert_ptr_nonnull(fdt_getprop(fdt, 0, "reserved-ranges", &length));
    ck_assert_int_eq(length, 2 * 16);
    c.initrd_base = BOARD_HIGH_ADDRESS;
    c.initrd_size = 500000001;
    large = board_new(&c);
    ck_assert_ptr_nonnull(large);
    ck_assert(board_describe(large, fdt, sizeof fdt));
    board_free(large);
    ck_assert_ptr_nonnull(fdt_getprop(fdt, 0, "reserved-ranges", &length));
    ck_assert_int_eq(length, 3 * 16);
    ck_assert_uint_eq(cell_of("/", "reserved-ranges", 9), 0x40000000);
    ck_assert_uint_eq(cell_of("/", "reserved-ranges", 11), 0x1dce0000); /* 500,000,001 rounded up to 64 KiB */
    ck_assert_str_eq(fdt_stringlist_get(fdt, 0, "reserved-names", 2, NULL), "linux,initrd");
    c.initrd_size = 1 << 30; /* of the 2 GiB the last belong to HOMER and the OCC */
    ck_assert_ptr_null(board_new(&c));
    c.initrd_base = 4ULL << 30;
    c.initrd_size = 1;
    ck_assert_ptr_null(board_new(&c));
}
END_TEST

static bool has_feature(const char *name)
{
    char path[80];

    snprintf(path, sizeof path, "/ibm,opal/fw-features/%s", name);
    ck_assert_int_ne(fdt_getprop(fdt, node(path), "enabled", NULL) != NULL,
                     fdt_getprop(fdt, node(path), "disabled", NULL) != NULL);
    return fdt_getprop(fdt, node(path), "enabled", NULL) != NULL;
}

START_TEST(the_tree_says_whether_there_is_a_count_cache)
{
    struct board_config c = config(1, 1);
    struct board *other;

    ck_assert(board_describe(board, fdt, sizeof fdt));
    ck_assert(!has_feature("fw-count-cache-disabled"));
    ck_assert(has_feature("needs-count-cache-flush-on-context-switch"));
    c.no_count_cache = true;
    other = board_new(&c);
    ck_assert_ptr_nonnull(other);
    ck_assert(board_describe(other, fdt, sizeof fdt));
    board_free(other);
    ck_assert(has_feature("fw-count-cache-disabled"));
    ck_assert(!has_feature("needs-count-cache-flush-on-context-switch"));
}
END_TEST

START_TEST(every_core_is_there_with_its_threads)
{
    ck_assert(board_describe(board, fdt, sizeof fdt));
    ck_assert_uint_eq(cell_of("/cpus/PowerPC,POWER9@4", "ibm,pir", 0), 4);
    ck_assert_uint_eq(cell_of("/cpus/PowerPC,POWER9@4", "ibm,ppc-interrupt-server#s", 3), 7);
    ck_assert_uint_eq(cell_of("/cpus/PowerPC,POWER9@0", "timebase-frequency", 0), 512000000);
    ck_assert_uint_eq(cell_of("/cpus/PowerPC,POWER9@0", "cpu-version", 0), 0x004e1203);
    ck_assert_uint_eq(cell_of("/cpus/PowerPC,POWER9@0", "ibm,processor-radix-AP-encodings", 1), 0xa0000010);
    ck_assert_int_lt(fdt_path_offset(fdt, "/cpus/PowerPC,POWER9@8"), 0);
}
END_TEST

START_TEST(the_devices_and_the_mitigations_are_there)
{
    ck_assert(board_describe(board, fdt, sizeof fdt));
    node("/xscom@603fc00000000/psihb@5012900");
    node("/xscom@603fc00000000/xive@5013000");
    node("/xscom@603fc00000000/chiptod@40000");
    node("/lpcm-opb@6030000000000/lpc@0/isa-serial@i3f8");
    ck_assert_uint_eq(cell_of("/lpcm-opb@6030000000000/lpc@0/isa-serial@i3f8", "interrupts", 0), 4);
    ck_assert_uint_eq(cell_of("/lpcm-opb@6030000000000/lpc@0/isa-ipmi-bt@ie4", "interrupts", 0), 10);
    ck_assert_uint_eq(cell_of("/lpcm-opb@6030000000000/lpc@0/isa-ipmi-bt@ie4", "interrupt-parent", 0),
                      cell_of("/lpcm-opb@6030000000000/lpc@0", "phandle", 0));
    ck_assert_ptr_nonnull(fdt_getprop(fdt, node("/ibm,opal/fw-features/inst-l1d-flush-trig2"), "enabled", NULL));
    ck_assert_uint_eq(cell_of("/ibm,opal/power-mgt", "ibm,enabled-stop-levels", 0), 0xc0000000);
    ck_assert_uint_eq(cell_of("/memory@0", "reg", 3), 0x80000000);
    ck_assert_uint_eq(cell_of("/", "reserved-ranges", 1), 0x7f400000);
    ck_assert_uint_eq(cell_of("/", "reserved-ranges", 5), 0x7f800000);
}
END_TEST

START_TEST(a_tree_that_does_not_fit_is_an_error)
{
    ck_assert(!board_describe(board, fdt, 512));
}
END_TEST

START_TEST(impossible_boards_are_refused)
{
    struct board_config c = config(25, 1);

    ck_assert_ptr_null(board_new(&c));
    c = config(1, 3);
    ck_assert_ptr_null(board_new(&c));
    c = config(1, 1);
    c.pvr = 0x004b0200;
    ck_assert_ptr_null(board_new(&c));
}
END_TEST

START_TEST(the_console_and_the_power_switch_work_through_the_window)
{
    static const u8 down[] = {4, 0, 1, 2, 0};
    struct bus *bus = board_bus(board);
    u64 io = LPC_WINDOW_BASE + 0xd0010000, v;

    ck_assert(bus_write(bus, BUS_NO_THREAD, io + 0x3f8, 1, 'A'));
    ck_assert_uint_eq(console[0], 'A');
    ck_assert(bus_write(bus, BUS_NO_THREAD, io + 0x3f9, 1, 1)); /* received data interrupts */
    ck_assert(board_wants_input(board));
    ck_assert(board_input(board, 'B'));
    ck_assert(bus_read(bus, BUS_NO_THREAD, io + 0x3f8, 1, &v));
    ck_assert_uint_eq(v, 'B');
    ck_assert(bus_write(bus, BUS_NO_THREAD, io + 0xe4, 1, 1));
    for (unsigned k = 0; k < sizeof down; k++) ck_assert(bus_write(bus, BUS_NO_THREAD, io + 0xe5, 1, down[k]));
    ck_assert(bus_write(bus, BUS_NO_THREAD, io + 0xe4, 1, 4));
    ck_assert_int_eq(offs, 1);
}
END_TEST

START_TEST(two_boards_in_one_process_do_not_meet)
{
    struct clock other_clock = {.next_deadline_tb = ALARM_NEVER};
    struct board_config c = config(1, 1);
    struct board *other;
    u64 a, b;

    c.clock = &other_clock;
    other = board_new(&c);
    ck_assert_ptr_nonnull(other);
    a = rng_next(board_rng(board));
    b = rng_next(board_rng(other));
    ck_assert_uint_eq(a, b);             /* same seed, own state */
    ck_assert(!board_input(other, 'x')); /* nobody listens */
    ck_assert(bus_write(board_bus(other), BUS_NO_THREAD, LPC_WINDOW_BASE + 0xd00103f9, 1, 1));
    ck_assert(board_input(other, 'x'));
    ck_assert(bus_read(board_bus(board), BUS_NO_THREAD, LPC_WINDOW_BASE + 0xd00103fd, 1, &a));
    ck_assert_uint_eq(a & 1, 0);
    board_free(other);
}
END_TEST

/* Whatever a guest writes anywhere: no crash, no hang, no sanitizer report. */
START_TEST(random_accesses_anywhere_do_no_harm)
{
    static const struct {
        u64 base, span;
    } areas[] = {
        {XSCOM_BASE + 0x5012900ULL * 8, 0x800},
        {XSCOM_BASE + 0x5013000ULL * 8, 0x300 * 8},
        {XSCOM_BASE + 0x40000 * 8, 0x188},
        {XSCOM_BASE, XSCOM_SIZE},
        {LPC_WINDOW_BASE + 0xc0010000, 0x2100},
        {LPC_WINDOW_BASE + 0xd0010000, 0x10000},
        {LPC_WINDOW_BASE + 0xd00103f8, 8},
        {LPC_WINDOW_BASE + 0xd00100e4, 3},
        {PSI_WINDOW_BASE, 0x100},
        {PSI_ESB_BASE, 0x10000},
        {0x0006030203100000ULL, 0x80000},
        {0x0006030203180000ULL, 0x40000},
        {0x0006010000000000ULL, 0x8000000000ULL},
        {0x0006018000000000ULL, 0x1000000000ULL},
        {0x00060302031d0000ULL, 0x10000},
    };
    struct bus *bus = board_bus(board);
    struct rng dice = {.state = 99};
    u64 v, x, answered = 0;
    bool ok;

    for (int k = 0; k < 100000; k++) {
        unsigned a, size;
        u64 at;
        u32 by;
        x = rng_next(&dice);
        a = (unsigned)(x >> 8) % ARRAY_SIZE(areas);
        size = 1u << (x & 3);
        at = areas[a].base + (rng_next(&dice) % areas[a].span & ~(u64)(size - 1));
        by = (u32)(x >> 4 & 7);
        v = rng_next(&dice);
        if (x >> 40 & 1) v &= 0xffffff00ff; /* small numbers are likelier to be addresses and indices */
        ok = x >> 32 & 1 ? bus_write(bus, by, at, size, v) : bus_read(bus, by, at, size, &v);
        answered += ok;
        if (!(x >> 48 & 0xff)) clock_advance(&clk, clk.now_tb + 5120);
        if (!(x >> 48 & 0x3fff)) board_reset(board);
    }
    board_reset(board);
    ck_assert_uint_gt(answered, 10000);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("board");
    TCase *t = tcase_create("all");

    tcase_set_timeout(t, 60);
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_test(t, the_tree_names_the_platform_and_the_payload);
    tcase_add_test(t, a_ramdisk_above_firmware_is_reserved_and_must_fit);
    tcase_add_test(t, the_tree_says_whether_there_is_a_count_cache);
    tcase_add_test(t, every_core_is_there_with_its_threads);
    tcase_add_test(t, the_devices_and_the_mitigations_are_there);
    tcase_add_test(t, a_tree_that_does_not_fit_is_an_error);
    tcase_add_test(t, impossible_boards_are_refused);
    tcase_add_test(t, the_console_and_the_power_switch_work_through_the_window);
    tcase_add_test(t, two_boards_in_one_process_do_not_meet);
    tcase_add_test(t, random_accesses_anywhere_do_no_harm);
    suite_add_tcase(s, t);
    return run_suite(s);
}
