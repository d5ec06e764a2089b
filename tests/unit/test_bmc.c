/* SPDX-License-Identifier: Apache-2.0 */
/* The BMC: block transfer handshake, the commands OPAL sends, and what a hostile host may write. */
#include <check.h>
#include <stdlib.h>

#include "devices/bmc.h"
#include "tests/support/suite.h"

static struct bus io;
static struct clock clk;
static struct bmc bmc;
static bool irq;
static int offs, reboots;

static void irq_set(void *to, unsigned n, bool level)
{
    (void)n;
    *(bool *)to = level;
}
static void power_note(void *self, enum power_request what)
{
    (void)self;
    what == POWER_OFF ? offs++ : reboots++;
}

static void setup(void)
{
    memset(&io, 0, sizeof io);
    memset(&clk, 0, sizeof clk);
    clk.next_deadline_tb = ALARM_NEVER;
    irq = false;
    offs = reboots = 0;
    ck_assert(bmc_init(&bmc, &(struct bmc_config){.io = &io,
                                                  .base = 0xe4,
                                                  .irq = {irq_set, &irq, 0},
                                                  .clock = &clk,
                                                  .start_time = 1000000,
                                                  .power = {power_note, NULL}}));
}

static u8 in(unsigned reg)
{
    u64 v;
    ck_assert(bus_read(&io, BUS_NO_THREAD, 0xe4 + reg, 1, &v));
    return (u8)v;
}

static void out(unsigned reg, u8 v)
{
    ck_assert(bus_write(&io, BUS_NO_THREAD, 0xe4 + reg, 1, v));
}

/* The host's half of one exchange; returns the completion code, the data behind it in reply[], their number in *n. */
static u8 ask(u8 netfn, u8 cmd, const u8 *data, unsigned count, u8 *reply, unsigned *n)
{
    unsigned length;
    u8 cc;

    ck_assert_uint_eq(in(0) & 0x84, 0);
    out(0, 0x01);
    out(1, (u8)(3 + count));
    out(1, (u8)(netfn << 2));
    out(1, 0x77);
    out(1, cmd);
    for (unsigned k = 0; k < count; k++) out(1, data[k]);
    out(0, 0x04);
    ck_assert_uint_eq(in(0) & 0x08, 0x08);
    out(0, 0x40); /* busy */
    ck_assert_uint_eq(in(0) & 0x40, 0x40);
    out(0, 0x08);
    out(0, 0x02);
    length = in(1);
    ck_assert_uint_ge(length, 4);
    ck_assert_uint_eq(in(1), netfn << 2 | 4);
    ck_assert_uint_eq(in(1), 0x77);
    ck_assert_uint_eq(in(1), cmd);
    cc = in(1);
    for (unsigned k = 0; k < length - 4; k++) reply[k] = in(1);
    *n = length - 4;
    out(0, 0x40);
    ck_assert_uint_eq(in(0) & 0x48, 0);
    return cc;
}

static u8 reply[64];
static unsigned n;

START_TEST(the_device_identifies_itself_as_ipmi_2)
{
    ck_assert_uint_eq(ask(6, 0x01, NULL, 0, reply, &n), 0);
    ck_assert_uint_eq(n, 11);
    ck_assert_uint_eq(reply[4], 2);
}
END_TEST

START_TEST(chassis_control_powers_off_and_reboots)
{
    ck_assert_uint_eq(ask(0, 0x02, (u8[]){0}, 1, reply, &n), 0);
    ck_assert_int_eq(offs, 1);
    ck_assert_uint_eq(ask(0, 0x02, (u8[]){3}, 1, reply, &n), 0);
    ck_assert_uint_eq(ask(0, 0x02, (u8[]){2}, 1, reply, &n), 0);
    ck_assert_int_eq(reboots, 2);
    ck_assert_uint_eq(ask(0, 0x02, (u8[]){9}, 1, reply, &n), 0xcc);
    ck_assert_int_eq(offs, 1);
}
END_TEST

START_TEST(unknown_commands_and_short_requests_are_refused)
{
    ck_assert_uint_eq(ask(0x3a, 0x5a, (u8[]){2, 0}, 2, reply, &n), 0xc1); /* flash access: none here */
    ck_assert_uint_eq(n, 0);
    ck_assert_uint_eq(ask(0, 0x02, NULL, 0, reply, &n), 0xc7);
    ck_assert_int_eq(offs + reboots, 0);
}
END_TEST

START_TEST(the_clock_is_the_start_time_plus_guest_time)
{
    clock_advance(&clk, 5ULL * TIMEBASE_HZ);
    ck_assert_uint_eq(ask(0xa, 0x48, NULL, 0, reply, &n), 0);
    ck_assert_uint_eq(n, 4);
    ck_assert_uint_eq(reply[0] | reply[1] << 8 | reply[2] << 16, 1000005);
    ck_assert_uint_eq(ask(0xa, 0x49, (u8[]){0x40, 0x42, 0x0f, 0x10}, 4, reply, &n), 0);
    clock_advance(&clk, 6ULL * TIMEBASE_HZ);
    ck_assert_uint_eq(ask(0xa, 0x48, NULL, 0, reply, &n), 0);
    ck_assert_uint_eq(reply[0], 0x41);
    ck_assert_uint_eq(reply[3], 0x10);
}
END_TEST

START_TEST(an_interrupt_announces_the_answer_when_enabled)
{
    out(2, 0x03);
    ck_assert(!irq);
    ask(6, 0x01, NULL, 0, reply, &n);
    ck_assert(irq);
    ck_assert_uint_eq(in(2), 0x03);
    out(2, 0x03);
    ck_assert(!irq);
    ck_assert_uint_eq(in(2), 0x01);
}
END_TEST

START_TEST(the_watchdog_must_be_set_before_it_is_started_and_reboots_when_it_expires)
{
    const u8 set[6] = {0x02, 0x01, 0, 0, 10, 0}; /* one second, hard reset */

    ck_assert_uint_eq(ask(6, 0x22, NULL, 0, reply, &n), 0x80);
    ck_assert_uint_eq(ask(6, 0x24, set, 6, reply, &n), 0);
    clock_advance(&clk, 3ULL * TIMEBASE_HZ);
    ck_assert_int_eq(reboots, 0);
    ck_assert_uint_eq(ask(6, 0x22, NULL, 0, reply, &n), 0);
    clock_advance(&clk, 4ULL * TIMEBASE_HZ - 1);
    ck_assert_int_eq(reboots, 0);
    clock_advance(&clk, 4ULL * TIMEBASE_HZ);
    ck_assert_int_eq(reboots, 1);
    ck_assert_uint_eq(ask(6, 0x25, NULL, 0, reply, &n), 0);
    ck_assert_uint_eq(reply[3], 0x04);
}
END_TEST

START_TEST(a_watchdog_that_expires_for_ever_is_not_told_for_ever)
{
    const u8 set[6] = {0x02, 0x00, 0, 0, 1, 0}; /* a tenth of a second, no action */
    char *said = NULL;
    size_t size = 0;
    unsigned lines = 0;
    struct log log = {.to = open_memstream(&said, &size), .level = LOG_INFO};

    bmc.config.log = &log;
    for (unsigned k = 1; k <= 1000; k++) {
        ck_assert_uint_eq(ask(6, 0x24, set, 6, reply, &n), 0);
        ck_assert_uint_eq(ask(6, 0x22, NULL, 0, reply, &n), 0);
        clock_advance(&clk, (u64)k * TIMEBASE_HZ);
    }
    fclose(log.to);
    for (size_t k = 0; k < size; k++) lines += said[k] == '\n';
    ck_assert_uint_eq(lines, LOG_GUEST_MAX + 1);
    free(said);
}
END_TEST

START_TEST(the_event_log_adds_reads_and_clears)
{
    u8 record[16] = {0xff, 0xff, 2}, get[6] = {0, 0, 1, 0, 0, 0xff}, clear[6] = {0, 0, 'C', 'L', 'R', 0xaa};

    ck_assert_uint_eq(ask(0xa, 0x44, record, 16, reply, &n), 0);
    ck_assert_uint_eq(reply[0], 1);
    ck_assert_uint_eq(ask(0xa, 0x43, get, 6, reply, &n), 0);
    ck_assert_uint_eq(n, 18);
    ck_assert_uint_eq(reply[0] | reply[1] << 8, 0xffff);
    ck_assert_uint_eq(reply[2], 1);
    ck_assert_uint_eq(reply[4], 2);
    ck_assert_uint_eq(ask(0xa, 0x47, clear, 6, reply, &n), 0); /* nobody reserved yet: number 0 */
    ck_assert_uint_eq(ask(0xa, 0x42, NULL, 0, reply, &n), 0);
    ck_assert_uint_eq(ask(0xa, 0x47, clear, 6, reply, &n), 0xc5);
    ck_assert_uint_eq(ask(0xa, 0x43, get, 6, reply, &n), 0xcb);
    for (int k = 0; k < SEL_RECORDS_MAX; k++) ck_assert_uint_eq(ask(0xa, 0x44, record, 16, reply, &n), 0);
    ck_assert_uint_eq(ask(0xa, 0x44, record, 16, reply, &n), 0xc4);
}
END_TEST

START_TEST(bt_capabilities_fit_the_buffers)
{
    ck_assert_uint_eq(ask(6, 0x36, NULL, 0, reply, &n), 0);
    ck_assert_uint_eq(n, 5);
    ck_assert_uint_eq(reply[1], 64);
}
END_TEST

START_TEST(a_request_that_lies_about_its_length_gets_no_answer)
{
    out(0, 0x01);
    out(1, 60);
    out(1, 6 << 2);
    out(1, 1);
    out(1, 1);
    out(0, 0x04);
    ck_assert_uint_eq(in(0) & 0x08, 0);
    ck_assert_uint_eq(in(1), 0xff);
    ck_assert_uint_eq(ask(6, 0x01, NULL, 0, reply, &n), 0);
}
END_TEST

START_TEST(random_accesses_do_no_harm)
{
    u64 v;

    srand(2);
    for (int k = 0; k < 100000; k++) {
        unsigned reg = (unsigned)rand() % 3;
        u8 byte = (u8)rand();
        if (reg == 1 && (rand() & 1)) byte &= 0x1f;
        if (rand() & 3) out(reg, byte);
        else ck_assert(bus_read(&io, BUS_NO_THREAD, 0xe4 + reg, 1, &v));
        if (!(k & 1023)) clock_advance(&clk, clk.now_tb + TIMEBASE_HZ);
    }
}
END_TEST

int main(void)
{
    Suite *s = suite_create("bmc");
    TCase *t = tcase_create("all");

    tcase_add_checked_fixture(t, setup, NULL);
    tcase_add_test(t, the_device_identifies_itself_as_ipmi_2);
    tcase_add_test(t, chassis_control_powers_off_and_reboots);
    tcase_add_test(t, unknown_commands_and_short_requests_are_refused);
    tcase_add_test(t, the_clock_is_the_start_time_plus_guest_time);
    tcase_add_test(t, an_interrupt_announces_the_answer_when_enabled);
    tcase_add_test(t, a_watchdog_that_expires_for_ever_is_not_told_for_ever);
    tcase_add_test(t, the_watchdog_must_be_set_before_it_is_started_and_reboots_when_it_expires);
    tcase_add_test(t, the_event_log_adds_reads_and_clears);
    tcase_add_test(t, bt_capabilities_fit_the_buffers);
    tcase_add_test(t, a_request_that_lies_about_its_length_gets_no_answer);
    tcase_add_test(t, random_accesses_do_no_harm);
    suite_add_tcase(s, t);
    return run_suite(s);
}
