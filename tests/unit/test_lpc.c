/* SPDX-License-Identifier: Apache-2.0 */
/* LPC: the OPB window and the ECCB engine reach the same devices; serial interrupts are latched, masked and routed. */
#include <check.h>
#include <stdlib.h>

#include "devices/lpc.h"
#include "tests/support/suite.h"

static struct bus real, scoms;
static struct lpc lpc;
static bool route[4], error_line;
static u8 port[4];

static bool port_read(void *self, struct bus_access a, u64 *value)
{
    *value = ((u8 *)self)[a.offset];
    return true;
}

static bool port_write(void *self, struct bus_access a, u64 value)
{
    ((u8 *)self)[a.offset] = (u8)value;
    return true;
}

static const struct device_ops port_ops = {.read = port_read, .write = port_write};
static void wire(void *to, unsigned n, bool level)
{
    ((bool *)to)[n] = level;
}

#define OPB(a) (LPC_WINDOW_BASE + (a))
enum {
    IRQSER = 0xc0012030u,
    IRQMASK = 0xc0012034u,
    IRQSTAT = 0xc0012038u,
    ROUTE1 = 0xc001000cu,
    OPB_STAT = 0xc0010050u,
    OPB_MASK = 0xc0010054u
};

static void setup(void)
{
    struct lpc_config c = {.bus = &real, .scoms = &scoms, .error = {wire, &error_line, 0}};

    memset(&real, 0, sizeof real);
    memset(&scoms, 0, sizeof scoms);
    memset(route, 0, sizeof route);
    memset(port, 0, sizeof port);
    error_line = false;
    for (unsigned k = 0; k < 4; k++) c.serirq[k] = (struct line){wire, route, k};
    ck_assert(lpc_init(&lpc, &c));
    ck_assert(bus_attach(&lpc.io, &(struct region){"port", 0x80, 4, BUS_1, &port_ops, port}));
}

static void put4(u64 opb, u32 v)
{
    ck_assert(bus_write(&real, BUS_NO_THREAD, OPB(opb), 4, v));
}

static u32 get4(u64 opb)
{
    u64 v;
    ck_assert(bus_read(&real, BUS_NO_THREAD, OPB(opb), 4, &v));
    return (u32)v;
}

START_TEST(io_ports_are_reached_through_the_window)
{
    u64 v;

    ck_assert(bus_write(&real, BUS_NO_THREAD, OPB(0xd0010081), 1, 0xab));
    ck_assert_uint_eq(port[1], 0xab);
    ck_assert(bus_read(&real, BUS_NO_THREAD, OPB(0xd0010081), 1, &v));
    ck_assert_uint_eq(v, 0xab);
}
END_TEST

START_TEST(a_wide_io_access_is_made_of_byte_cycles)
{
    ck_assert(bus_write(&real, BUS_NO_THREAD, OPB(0xd0010080), 4, 0x01020304));
    ck_assert_mem_eq(port, "\1\2\3\4", 4);
    ck_assert_uint_eq(get4(0xd0010080), 0x01020304);
}
END_TEST

START_TEST(nobody_at_home_reads_as_ones_and_is_noted_as_no_response)
{
    u64 v;

    ck_assert(bus_read(&real, BUS_NO_THREAD, OPB(0xd001002f), 1, &v));
    ck_assert_uint_eq(v, 0xff);
    ck_assert_uint_eq(get4(IRQSTAT) & 0x40, 0x40);
    ck_assert_uint_eq(get4(0xc0012040), 0xd001002f);
    put4(IRQSTAT, 0x40);
    ck_assert_uint_eq(get4(IRQSTAT) & 0x40, 0);
    ck_assert(!error_line);
}
END_TEST

START_TEST(an_unmasked_error_raises_the_controllers_line_until_acknowledged_in_both_places)
{
    put4(IRQMASK, 0x40);
    put4(OPB_MASK, 0x800);
    ck_assert(bus_write(&real, BUS_NO_THREAD, OPB(0xd001002e), 1, 0xaa));
    ck_assert(error_line);
    put4(IRQSTAT, 0x40);
    ck_assert(error_line);
    put4(OPB_STAT, 0x800);
    ck_assert(!error_line);
}
END_TEST

START_TEST(a_serial_interrupt_needs_enable_and_mask_and_follows_its_route)
{
    struct line irq4 = lpc_interrupt_line(&lpc, 4);

    line_set(&irq4, true);
    ck_assert(!route[0]);
    put4(IRQMASK, 0x80000000u >> 4);
    ck_assert(!route[0]);
    put4(IRQSER, 0x80800000);
    ck_assert(route[0]);
    put4(ROUTE1, 1u << (26 - 8)); /* interrupt 4: bits 12:13 */
    ck_assert(!route[0] && route[1]);
    line_set(&irq4, false);
    ck_assert(!route[1]);
    ck_assert_uint_eq(get4(IRQSTAT), 0); /* auto-clear */
}
END_TEST

START_TEST(without_auto_clear_the_latch_stays_and_a_high_wire_latches_again)
{
    struct line irq10 = lpc_interrupt_line(&lpc, 10);
    u32 bit = 0x80000000u >> 10;

    put4(IRQMASK, bit);
    put4(IRQSER, 0x80000000);
    line_set(&irq10, true);
    put4(IRQSTAT, bit);
    ck_assert_uint_eq(get4(IRQSTAT), bit);
    line_set(&irq10, false);
    ck_assert(route[0]);
    put4(IRQSTAT, bit);
    ck_assert(!route[0]);
}
END_TEST

static u64 eccb(unsigned n)
{
    u64 v;
    ck_assert(bus_read(&scoms, BUS_NO_THREAD, (LPC_ECCB_SCOM + n) * 8ULL, 8, &v));
    return v;
}

START_TEST(the_eccb_engine_reads_and_writes)
{
    u64 write = 0xd000000000000000ULL | 1ULL << 56 | 0xd0010082, read = write | PPC_BIT(15);

    ck_assert(bus_write(&scoms, BUS_NO_THREAD, (LPC_ECCB_SCOM + 3) * 8ULL, 8, 0x5aULL << 56));
    ck_assert(bus_write(&scoms, BUS_NO_THREAD, LPC_ECCB_SCOM * 8ULL, 8, write));
    ck_assert_uint_eq(eccb(2), PPC_BIT(52));
    ck_assert_uint_eq(port[2], 0x5a);
    ck_assert(bus_write(&scoms, BUS_NO_THREAD, LPC_ECCB_SCOM * 8ULL, 8, read));
    ck_assert_uint_eq(GETFIELD(PPC_BITMASK(6, 37), eccb(2)) >> 24, 0x5a);
    ck_assert_uint_eq(eccb(2), 0); /* reading the status clears it */
    ck_assert(bus_write(&scoms, BUS_NO_THREAD, LPC_ECCB_SCOM * 8ULL, 8, 0xd00000000000002eULL | 9ULL << 56));
    ck_assert(eccb(2) & PPC_BIT(0));
}
END_TEST

START_TEST(firmware_space_is_selected_by_segment)
{
    u64 v;

    ck_assert(bus_attach(&lpc.fw, &(struct region){"flash", 0x30000000, 4, BUS_1 | BUS_4, &port_ops, port}));
    put4(0xc0012024, 3);
    ck_assert(bus_write(&real, BUS_NO_THREAD, OPB(0xf0000001), 1, 0x11));
    ck_assert_uint_eq(port[1], 0x11);
    put4(0xc0012024, 2);
    ck_assert(bus_read(&real, BUS_NO_THREAD, OPB(0xf0000001), 1, &v));
    ck_assert_uint_eq(v, 0xff);
}
END_TEST

START_TEST(random_accesses_do_no_harm)
{
    static const u32 areas[] = {0xc0010000, 0xc0011000, 0xc0012000, 0xd0010000, 0xe0000000, 0xf0000000, 0};
    u64 v;

    srand(3);
    for (int k = 0; k < 100000; k++) {
        u64 at = (areas[rand() % 7] + ((u32)rand() & 0xff)) & 0xffffffff;
        unsigned size = 1u << (rand() % 3);
        if (at + size > 0x100000000ULL) continue;
        if (rand() & 1) ck_assert(bus_write(&real, BUS_NO_THREAD, OPB(at), size, (u64)rand()));
        else ck_assert(bus_read(&real, BUS_NO_THREAD, OPB(at), size, &v));
        if (!(rand() & 3)) {
            struct line l = lpc_interrupt_line(&lpc, (unsigned)rand() % 20);
            line_set(&l, rand() & 1);
        }
        ck_assert(bus_write(&scoms, BUS_NO_THREAD, (LPC_ECCB_SCOM + ((unsigned)rand() & 3)) * 8ULL, 8,
                            (u64)rand() << 33 | (u64)rand()));
    }
}
END_TEST

int main(void)
{
    Suite *s = suite_create("lpc");
    TCase *t = tcase_create("all");

    tcase_add_checked_fixture(t, setup, NULL);
    tcase_add_test(t, io_ports_are_reached_through_the_window);
    tcase_add_test(t, a_wide_io_access_is_made_of_byte_cycles);
    tcase_add_test(t, nobody_at_home_reads_as_ones_and_is_noted_as_no_response);
    tcase_add_test(t, an_unmasked_error_raises_the_controllers_line_until_acknowledged_in_both_places);
    tcase_add_test(t, a_serial_interrupt_needs_enable_and_mask_and_follows_its_route);
    tcase_add_test(t, without_auto_clear_the_latch_stays_and_a_high_wire_latches_again);
    tcase_add_test(t, the_eccb_engine_reads_and_writes);
    tcase_add_test(t, firmware_space_is_selected_by_segment);
    tcase_add_test(t, random_accesses_do_no_harm);
    suite_add_tcase(s, t);
    return run_suite(s);
}
