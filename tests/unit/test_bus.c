/* SPDX-License-Identifier: Apache-2.0 */
/* The bus, main storage and the clock do what their headers say. */
#include <check.h>
#include <stdlib.h>

#include "bus/bus.h"
#include "bus/clock.h"
#include "tests/support/suite.h"

struct probe {
    u64 offset, value;
    u32 by, size;
    int resets;
};

static bool probe_read(void *self, struct bus_access a, u64 *value)
{
    struct probe *p = self;

    p->offset = a.offset;
    p->size = a.size;
    p->by = a.by;
    *value = 0x1234;
    return a.offset != 8;
}

static bool probe_write(void *self, struct bus_access a, u64 value)
{
    *(struct probe *)self = (struct probe){.offset = a.offset, .by = a.by, .size = a.size, .value = value};
    return true;
}

static void probe_reset(void *self)
{
    ((struct probe *)self)->resets++;
}

static const struct device_ops probe_ops = {.read = probe_read, .write = probe_write, .reset = probe_reset};

START_TEST(an_access_reaches_the_device_with_its_offset_and_says_whose_it_is)
{
    struct probe p = {0};
    struct bus bus = {0};
    u64 v;

    ck_assert(bus_attach(&bus, &(struct region){"probe", 0x1000, 0x100, BUS_4, &probe_ops, &p}));
    ck_assert(bus_read(&bus, 9, 0x1004, 4, &v));
    ck_assert_uint_eq(v, 0x1234);
    ck_assert_uint_eq(p.offset, 4);
    ck_assert_uint_eq(p.by, 9);
    ck_assert(bus_write(&bus, BUS_NO_THREAD, 0x1010, 4, 7));
    ck_assert_uint_eq(p.value, 7);
    ck_assert_uint_eq(p.by, BUS_NO_THREAD);
}
END_TEST

START_TEST(an_access_to_nothing_is_refused_and_reads_as_ones)
{
    struct probe p = {0};
    struct bus bus = {0};
    u64 v = 0;

    ck_assert(bus_attach(&bus, &(struct region){"probe", 0x1000, 0x100, BUS_4, &probe_ops, &p}));
    ck_assert(!bus_read(&bus, BUS_NO_THREAD, 0x2000, 4, &v));
    ck_assert_uint_eq(v, 0xffffffff);
    ck_assert(!bus_read(&bus, BUS_NO_THREAD, 0x1000, 2, &v)); /* a size it does not take */
    ck_assert(!bus_read(&bus, BUS_NO_THREAD, 0x1008, 4, &v)); /* the device refuses */
    ck_assert_uint_eq(v, 0xffffffff);
    ck_assert(!bus_read(&bus, BUS_NO_THREAD, 0x10fe, 4, &v)); /* runs out of the region */
}
END_TEST

/* A device that answers each store by `copies` stores to an address that it was given. */
struct echo {
    struct bus *bus;
    u64 to;
    unsigned copies, stores, failed, as_nobody;
};

static bool echo_write(void *self, struct bus_access a, u64 value)
{
    struct echo *e = self;

    e->stores++;
    e->as_nobody += a.by == BUS_NO_THREAD;
    for (unsigned k = 0; k < e->copies; k++) e->failed += !bus_post(e->bus, "echo", e->to, value);
    return true;
}

static const struct device_ops echo_ops = {.write = echo_write};

static unsigned lines_of(FILE *f)
{
    unsigned lines = 0;

    rewind(f);
    for (int c; (c = getc(f)) != EOF;) lines += c == '\n';
    return lines;
}

START_TEST(a_device_that_stores_into_itself_is_answered_error_once_it_has_gone_on_long_enough)
{
    for (unsigned copies = 1; copies <= 3; copies++) { /* one after the other, or ever more of them */
        struct log log = {.to = tmpfile(), .level = LOG_WARNING};
        struct bus bus = {.log = &log};
        struct echo e = {.bus = &bus, .to = 0x1000, .copies = copies};

        ck_assert(bus_attach(&bus, &(struct region){"echo", 0x1000, 8, BUS_8, &echo_ops, &e}));
        ck_assert(bus_write(&bus, 5, 0x1000, 8, 1));
        ck_assert_uint_eq(e.stores, 1 + BUS_CHAIN_MAX);
        ck_assert_uint_eq(e.as_nobody, BUS_CHAIN_MAX);
        ck_assert_uint_eq(e.failed, copies * (1 + BUS_CHAIN_MAX) - BUS_CHAIN_MAX);
        ck_assert_uint_eq(log.guest_said, 1);
        ck_assert_uint_eq(lines_of(log.to), 1);
        e.copies = 0;
        ck_assert(bus_write(&bus, 5, 0x1000, 8, 1)); /* the next access is another matter */
        ck_assert_uint_eq(e.stores, 2 + BUS_CHAIN_MAX);
        fclose(log.to);
    }
}
END_TEST

START_TEST(a_message_that_nothing_takes_is_told)
{
    struct log log = {.level = LOG_WARNING};
    struct bus bus = {.log = &log};
    struct echo e = {.bus = &bus, .to = 0x2000, .copies = 2};

    ck_assert(bus_attach(&bus, &(struct region){"echo", 0x1000, 8, BUS_8, &echo_ops, &e}));
    ck_assert(bus_write(&bus, 5, 0x1000, 8, 1));
    ck_assert_uint_eq(e.failed, 2);
    ck_assert_uint_eq(log.guest_said, 2);
}
END_TEST

START_TEST(overlapping_regions_are_refused)
{
    struct probe p = {0};
    struct bus bus = {0};

    ck_assert(bus_attach(&bus, &(struct region){"a", 0x1000, 0x100, BUS_4, &probe_ops, &p}));
    ck_assert(!bus_attach(&bus, &(struct region){"b", 0x10ff, 0x100, BUS_4, &probe_ops, &p}));
    ck_assert(!bus_attach(&bus, &(struct region){"c", 0xff0, 0x11, BUS_4, &probe_ops, &p}));
    ck_assert(bus_attach(&bus, &(struct region){"d", 0xff0, 0x10, BUS_4, &probe_ops, &p}));
    bus_reset(&bus);
    ck_assert_int_eq(p.resets, 2);
}
END_TEST

static void note_write(void *self, u64 ra, u64 size)
{
    ((u64 *)self)[0] = ra;
    ((u64 *)self)[1] = size;
}

START_TEST(main_storage_is_big_endian_on_the_bus_and_reports_writes_to_code)
{
    struct ram ram;
    struct bus bus = {.ram = &ram};
    u64 v, seen[2] = {0, 0};

    ck_assert(ram_open(&ram, 1 << 20));
    ram.code_written = note_write;
    ram.watcher = seen;
    ck_assert(bus_write(&bus, BUS_NO_THREAD, 0x100, 4, 0x11223344));
    ck_assert_uint_eq(ram.host[0x100], 0x11);
    ck_assert(bus_read(&bus, BUS_NO_THREAD, 0x102, 2, &v));
    ck_assert_uint_eq(v, 0x3344);
    ck_assert_uint_eq(seen[1], 0);
    ram.page_flags[1] |= RAM_CODE;
    ck_assert(bus_dma_write(&bus, 0xffe, "abcd", 4));
    ck_assert_uint_eq(seen[0], 0xffe);
    ck_assert_uint_eq(seen[1], 4);
    ck_assert(!bus_dma_write(&bus, (1 << 20) - 2, "abcd", 4));
    ram_reset(&ram);
    ck_assert_uint_eq(ram.host[0x100], 0);
    ram_close(&ram);
}
END_TEST

static void count_fire(void *self)
{
    ++*(int *)self;
}

START_TEST(alarms_fire_once_when_time_reaches_them)
{
    struct clock clock = {.next_deadline_tb = ALARM_NEVER};
    struct alarm a, b;
    int fired_a = 0, fired_b = 0;

    clock_add(&clock, &a, count_fire, &fired_a);
    clock_add(&clock, &b, count_fire, &fired_b);
    clock_arm(&clock, &a, 100);
    clock_arm(&clock, &b, 50);
    ck_assert_uint_eq(clock.next_deadline_tb, 50);
    clock_advance(&clock, 60);
    ck_assert_int_eq(fired_b, 1);
    ck_assert_int_eq(fired_a, 0);
    clock_advance(&clock, 200);
    clock_advance(&clock, 300);
    ck_assert_int_eq(fired_a, 1);
    ck_assert_uint_eq(clock.next_deadline_tb, ALARM_NEVER);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("bus");
    TCase *tc = tcase_create("bus");

    tcase_add_test(tc, an_access_reaches_the_device_with_its_offset_and_says_whose_it_is);
    tcase_add_test(tc, an_access_to_nothing_is_refused_and_reads_as_ones);
    tcase_add_test(tc, a_device_that_stores_into_itself_is_answered_error_once_it_has_gone_on_long_enough);
    tcase_add_test(tc, a_message_that_nothing_takes_is_told);
    tcase_add_test(tc, overlapping_regions_are_refused);
    tcase_add_test(tc, main_storage_is_big_endian_on_the_bus_and_reports_writes_to_code);
    tcase_add_test(tc, alarms_fire_once_when_time_reaches_them);
    suite_add_tcase(suite, tc);
    return run_suite(suite);
}
