/* SPDX-License-Identifier: Apache-2.0 */
/* PSI host bridge: registers by both ways, ESB states of level sources, notification stores. */
#include <check.h>
#include <stdlib.h>

#include "devices/psi.h"
#include "tests/support/suite.h"

static struct bus real, scoms;
static struct psi psi;
static u64 notified[16];
static unsigned notifications;

static bool port_write(void *self, struct bus_access a, u64 value)
{
    (void)self;
    ck_assert_uint_eq(a.size, 8);
    ck_assert_uint_eq(a.by, BUS_NO_THREAD);
    if (notifications < 16) notified[notifications] = value;
    notifications++;
    return true;
}

static const struct device_ops port_ops = {.write = port_write};
#define PORT 0x0006030203110000ULL

static u64 get(u64 at)
{
    u64 v;
    ck_assert(bus_read(&real, 4, at, 8, &v));
    return v;
}

static void put(u64 at, u64 v)
{
    ck_assert(bus_write(&real, 4, at, 8, v));
}
static u64 esb(unsigned n, unsigned op)
{
    return get(PSI_ESB_BASE + n * 0x1000ULL + op);
}

/* What skiboot does in psi_init_p9_interrupts. */
static void setup(void)
{
    memset(&real, 0, sizeof real);
    memset(&scoms, 0, sizeof scoms);
    notifications = 0;
    ck_assert(psi_init(&psi, &(struct psi_config){.bus = &real, .scoms = &scoms}));
    ck_assert(bus_attach(&real, &(struct region){"port", PORT, 0x1000, BUS_8, &port_ops, NULL}));
    ck_assert(bus_write(&scoms, BUS_NO_THREAD, (PSI_SCOM_BASE + 0xa) * 8ULL, 8, PSI_WINDOW_BASE | 1));
    put(PSI_WINDOW_BASE + 0x60, PSI_ESB_BASE | 1);
    put(PSI_WINDOW_BASE + 0x70, 0x10000010ULL << 32);
    put(PSI_WINDOW_BASE + 0x68, PORT | 1);
    put(PSI_WINDOW_BASE + 0x58, PPC_BIT(1));
    put(PSI_WINDOW_BASE + 0x58, 0);
}

START_TEST(the_window_is_closed_until_the_bar_is_set)
{
    u64 v;

    bus_reset(&real);
    ck_assert(!bus_read(&real, 4, PSI_WINDOW_BASE + 0x20, 8, &v));
    ck_assert(!bus_read(&real, 4, PSI_ESB_BASE, 8, &v));
}
END_TEST

START_TEST(registers_are_the_same_by_xscom_and_by_window)
{
    u64 v;

    ck_assert(bus_read(&scoms, BUS_NO_THREAD, (PSI_SCOM_BASE + 0xa + 0x70 / 8) * 8ULL, 8, &v));
    ck_assert_uint_eq(v, 0x10000010ULL << 32);
}
END_TEST

START_TEST(a_raised_wire_notifies_once_with_its_number)
{
    struct line l = psi_line(&psi, PSI_LPC_SIRQ1);

    line_set(&l, true);
    line_set(&l, true);
    ck_assert_uint_eq(notifications, 1);
    ck_assert_uint_eq(notified[0], PPC_BIT(1) | 0x10000018);
    ck_assert_uint_eq(get(PSI_WINDOW_BASE + 0x78), PPC_BIT(8));
    ck_assert_uint_eq(get(PSI_WINDOW_BASE + 0x80), PPC_BIT(8));
    ck_assert_uint_eq(esb(8, 0x800), 2);
}
END_TEST

START_TEST(end_of_interrupt_notifies_again_only_while_the_wire_is_high)
{
    struct line l = psi_line(&psi, PSI_PSU);

    line_set(&l, true);
    ck_assert_uint_eq(esb(PSI_PSU, 0), 0);
    ck_assert_uint_eq(notifications, 2);
    line_set(&l, false);
    ck_assert_uint_eq(esb(PSI_PSU, 0), 0);
    ck_assert_uint_eq(notifications, 2);
    ck_assert_uint_eq(esb(PSI_PSU, 0x800), 0);
}
END_TEST

START_TEST(a_masked_source_fires_when_unmasked)
{
    struct line l = psi_line(&psi, PSI_OCC);

    ck_assert_uint_eq(esb(PSI_OCC, 0xd00), 0); /* PQ = 01 */
    line_set(&l, true);
    ck_assert_uint_eq(notifications, 0);
    ck_assert_uint_eq(esb(PSI_OCC, 0xc00), 1); /* old PQ */
    ck_assert_uint_eq(notifications, 1);
}
END_TEST

START_TEST(a_store_to_the_page_triggers)
{
    put(PSI_ESB_BASE + 0x2000, 0);
    put(PSI_ESB_BASE + 0x2000, 0);
    ck_assert_uint_eq(notifications, 1);
    ck_assert_uint_eq(esb(2, 0x800), 3);
    ck_assert_uint_eq(esb(2, 0), 1); /* the queued one goes out */
    ck_assert_uint_eq(notifications, 2);
}
END_TEST

START_TEST(without_a_valid_port_nothing_is_stored)
{
    struct line l = psi_line(&psi, PSI_OCC);

    put(PSI_WINDOW_BASE + 0x68, PORT);
    line_set(&l, true);
    ck_assert_uint_eq(notifications, 0);
}
END_TEST

START_TEST(there_are_fourteen_sources)
{
    u64 v;

    ck_assert_ptr_null((void *)psi_line(&psi, PSI_SOURCES).set);
    ck_assert(!bus_read(&real, 4, PSI_ESB_BASE + 0xe000, 8, &v));
}
END_TEST

/* Firmware may name any address as the port, also one that makes the bridge notify again. */
START_TEST(a_port_that_is_the_bridge_itself_ends_in_an_error)
{
    static const u64 ports[] = {
        PSI_ESB_BASE + 0x400,   /* end of interrupt of source 0 */
        PSI_ESB_BASE + 0xc00,   /* set PQ to 00 */
        PSI_ESB_BASE,           /* trigger */
        PSI_WINDOW_BASE + 0x58, /* interrupt control: the message has the bit that resets all sources */
        PSI_WINDOW_BASE + 0x68, /* the port */
        PSI_ESB_BASE + 0x1c00,  /* set PQ of another source */
    };

    for (unsigned k = 0; k < ARRAY_SIZE(ports); k++) {
        struct line first, second;
        struct log log = {.level = LOG_WARNING};
        setup();
        real.log = &log;
        put(PSI_WINDOW_BASE + 0x68, ports[k] | 1);
        first = psi_line(&psi, 0);
        second = psi_line(&psi, 1);
        line_set(&first, true);
        line_set(&second, true);
        ck_assert_uint_eq(real.depth, 0);
        if (k == 0 || k == 1 || k == 3) ck_assert_uint_ge(log.guest_said, 1);
        put(PSI_WINDOW_BASE + 0x68, PORT | 1); /* it works again */
        put(PSI_WINDOW_BASE + 0x58, PPC_BIT(1));
        ck_assert_uint_eq(notifications, 2);
    }
}
END_TEST

START_TEST(random_accesses_do_no_harm)
{
    u64 v;
    bool ok;

    srand(4);
    for (int k = 0; k < 100000; k++) {
        u64 at = rand() & 1 ? PSI_WINDOW_BASE + ((u64)rand() & 0x1ff) : PSI_ESB_BASE + ((u64)rand() & 0xffff);
        unsigned size = 1u << (rand() & 3);
        struct line l = psi_line(&psi, (unsigned)rand() % PSI_SOURCES);
        u64 value = (u64)rand() << 33 ^ (u64)rand();
        ok = rand() & 1 ? bus_write(&real, 4, at, size, value) : bus_read(&real, 4, at, size, &v);
        ok = rand() & 1 && bus_write(&scoms, BUS_NO_THREAD, (PSI_SCOM_BASE + ((u64)rand() & 0xff)) * 8, 8, value);
        (void)ok;
        line_set(&l, rand() & 1);
        if (!(rand() & 15)) setup();
    }
}
END_TEST

int main(void)
{
    Suite *s = suite_create("psi");
    TCase *t = tcase_create("all");

    tcase_set_timeout(t, 30);
    tcase_add_checked_fixture(t, setup, NULL);
    tcase_add_test(t, the_window_is_closed_until_the_bar_is_set);
    tcase_add_test(t, registers_are_the_same_by_xscom_and_by_window);
    tcase_add_test(t, a_raised_wire_notifies_once_with_its_number);
    tcase_add_test(t, end_of_interrupt_notifies_again_only_while_the_wire_is_high);
    tcase_add_test(t, a_masked_source_fires_when_unmasked);
    tcase_add_test(t, a_store_to_the_page_triggers);
    tcase_add_test(t, without_a_valid_port_nothing_is_stored);
    tcase_add_test(t, there_are_fourteen_sources);
    tcase_add_test(t, a_port_that_is_the_bridge_itself_ends_in_an_error);
    tcase_add_test(t, random_accesses_do_no_harm);
    suite_add_tcase(s, t);
    return run_suite(s);
}
