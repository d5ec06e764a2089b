/* SPDX-License-Identifier: Apache-2.0 */
/* The serial port behaves as the Linux 8250 driver and skiboot's lpc-uart expect of a 16550A. */
#include <check.h>
#include <stdlib.h>

#include "devices/uart.h"
#include "tests/support/suite.h"

struct bench {
    struct bus io;
    struct uart uart;
    bool irq;
    u8 out[64];
    unsigned out_count;
};

static struct bench b;

static void irq_set(void *to, unsigned n, bool level)
{
    (void)n;
    ((struct bench *)to)->irq = level;
}
static void sink_put(void *self, u8 c)
{
    struct bench *bench = self;
    if (bench->out_count < sizeof bench->out) bench->out[bench->out_count++] = c;
}

static void setup(void)
{
    memset(&b, 0, sizeof b);
    ck_assert(uart_init(
        &b.uart, &(struct uart_config){.io = &b.io, .base = 0x3f8, .irq = {irq_set, &b, 0}, .sink = {sink_put, &b}}));
}

static u8 in(unsigned reg)
{
    u64 v;
    ck_assert(bus_read(&b.io, BUS_NO_THREAD, 0x3f8 + reg, 1, &v));
    return (u8)v;
}

static void out(unsigned reg, u8 v)
{
    ck_assert(bus_write(&b.io, BUS_NO_THREAD, 0x3f8 + reg, 1, v));
}

START_TEST(characters_written_reach_the_sink_and_the_transmitter_is_always_empty)
{
    out(0, 'h');
    out(0, 'i');
    ck_assert_uint_eq(b.out_count, 2);
    ck_assert_mem_eq(b.out, "hi", 2);
    ck_assert_uint_eq(in(5) & 0x60, 0x60);
}
END_TEST

START_TEST(the_divisor_latch_hides_data_and_interrupt_enable)
{
    out(1, 0x05);
    out(3, 0x80);
    out(0, 12);
    out(1, 34);
    ck_assert_uint_eq(in(0), 12);
    ck_assert_uint_eq(in(1), 34);
    out(3, 0x03);
    ck_assert_uint_eq(in(1), 0x05);
    ck_assert_uint_eq(b.out_count, 0);
}
END_TEST

START_TEST(only_four_interrupt_enable_bits_exist)
{
    out(1, 0xff);
    ck_assert_uint_eq(in(1), 0x0f);
}
END_TEST

/* Somebody waits for data by polling. */
static void poll_lsr(void)
{
    in(5);
    in(5);
}

START_TEST(received_characters_interrupt_until_they_are_read)
{
    out(2, 0x07);
    out(1, 0x01);
    ck_assert(!b.irq);
    ck_assert(uart_receive(&b.uart, 'x'));
    ck_assert(b.irq);
    ck_assert_uint_eq(in(5) & 1, 1);
    ck_assert_uint_eq(in(2), 0xc4); /* trigger level 1 */
    ck_assert_uint_eq(in(0), 'x');
    ck_assert(!b.irq);
    ck_assert_uint_eq(in(2), 0xc1);
    ck_assert_uint_eq(in(5) & 1, 0);
}
END_TEST

START_TEST(fewer_characters_than_the_trigger_level_are_a_time_out)
{
    out(2, 0xc1); /* 14 */
    out(1, 0x01);
    ck_assert(uart_receive(&b.uart, 'x'));
    ck_assert_uint_eq(in(2), 0xcc);
    for (int k = 0; k < 13; k++) ck_assert(uart_receive(&b.uart, 'y'));
    ck_assert_uint_eq(in(2), 0xc4);
}
END_TEST

START_TEST(a_full_fifo_refuses_and_keeps_what_it_has)
{
    out(2, 0x01);
    poll_lsr();
    for (int k = 0; k < 16; k++) ck_assert(uart_receive(&b.uart, (u8)k));
    ck_assert(!uart_receive(&b.uart, 99));
    for (int k = 0; k < 16; k++) ck_assert_uint_eq(in(0), k);
    ck_assert_uint_eq(in(0), 0);
}
END_TEST

START_TEST(without_fifos_one_character_fits)
{
    poll_lsr();
    ck_assert(uart_receive(&b.uart, 'a'));
    ck_assert(!uart_receive(&b.uart, 'b'));
    ck_assert_uint_eq(in(2), 0x01);
}
END_TEST

START_TEST(enabling_the_transmit_interrupt_fires_it_and_reading_iir_clears_it)
{
    out(1, 0x02);
    ck_assert(b.irq);
    ck_assert_uint_eq(in(2) & 0xf, 0x2);
    ck_assert(!b.irq);
    out(0, 'z');
    ck_assert(b.irq);
    out(1, 0x00);
    ck_assert(!b.irq);
    out(1, 0x02);
    ck_assert(b.irq);
}
END_TEST

START_TEST(loopback_returns_data_and_modem_lines)
{
    out(4, 0x1a); /* loop, RTS, OUT2: what the 8250 probe writes */
    ck_assert_uint_eq(in(6) & 0xf0, 0x90);
    out(0, 'l');
    ck_assert_uint_eq(b.out_count, 0);
    ck_assert_uint_eq(in(0), 'l');
    out(4, 0x1f);
    ck_assert_uint_eq(in(6) & 0xf0, 0xf0);
}
END_TEST

START_TEST(the_scratch_register_holds_any_byte)
{
    out(7, 0x5a);
    ck_assert_uint_eq(in(7), 0x5a);
}
END_TEST

START_TEST(skiboots_presence_test_passes)
{
    out(3, 0x00);
    out(1, 0x01);
    ck_assert_uint_eq(in(1), 0x01);
    out(1, 0x00);
    ck_assert_uint_eq(in(1), 0x00);
}
END_TEST

START_TEST(reset_clears_the_fifo_and_the_interrupt)
{
    out(1, 0x03);
    ck_assert(uart_receive(&b.uart, 'x'));
    bus_reset(&b.io);
    ck_assert(!b.irq);
    ck_assert_uint_eq(in(5), 0x60);
    ck_assert_uint_eq(in(1), 0);
}
END_TEST

/* ---- when what is typed arrives ---- */

START_TEST(a_character_arrives_once_lsr_is_polled_whatever_mcr_says)
{
    ck_assert(!uart_receive(&b.uart, 'x'));
    in(5);
    ck_assert(!uart_receive(&b.uart, 'x')); /* whoever looks once may only want to know whether it can send */
    in(5);
    ck_assert(uart_wants_input(&b.uart));
    ck_assert(uart_receive(&b.uart, 'x'));
    ck_assert_uint_eq(in(5) & 1, 1);
    ck_assert_uint_eq(in(0), 'x');
    ck_assert(!b.irq);
}
END_TEST

START_TEST(a_character_arrives_once_received_data_interrupt)
{
    ck_assert(!uart_receive(&b.uart, 'x'));
    out(1, 0x01);
    ck_assert(uart_receive(&b.uart, 'x'));
    ck_assert(b.irq);
}
END_TEST

/* LSR, THR, LSR, THR ... is how text is printed; LSR, RBR is how a driver throws away what came before it. */
START_TEST(neither_printing_nor_throwing_away_is_polling)
{
    for (int k = 0; k < 4; k++) in(5), out(0, '.');
    ck_assert(!uart_wants_input(&b.uart));
    for (int k = 0; k < 4; k++) in(5), in(0);
    ck_assert(!uart_wants_input(&b.uart));
    in(5);
    in(6); /* loads of other registers change nothing */
    in(2);
    in(5);
    ck_assert(uart_wants_input(&b.uart));
    out(0, '.'); /* an echo neither */
    ck_assert(uart_wants_input(&b.uart));
}
END_TEST

START_TEST(a_reset_of_the_fifo_loses_nothing)
{
    static const char typed[] = "0123456789abcdef";
    unsigned n = 0;

    out(2, 0x01);
    poll_lsr();
    for (unsigned k = 0; k < 16; k++) ck_assert(uart_receive(&b.uart, (u8)typed[k]));
    ck_assert_uint_eq(in(0), '0');
    out(2, 0x07);                           /* clear both */
    ck_assert_uint_eq(in(5) & 1, 0);        /* it is empty, */
    ck_assert(!uart_receive(&b.uart, '!')); /* and new ones wait behind the old */
    out(2, 0x00);                           /* off: one character at a time */
    for (n = 1; n < 6; n++) {
        poll_lsr();
        ck_assert_uint_eq(in(5) & 1, 1);
        ck_assert_uint_eq(in(0), (u8)typed[n]);
    }
    out(2, 0x01); /* a change clears as well: one was in the FIFO, ten were not */
    out(1, 0x01);
    ck_assert(b.irq);
    for (; n < 16; n++) ck_assert_uint_eq(in(0), (u8)typed[n]);
    ck_assert(!b.irq);
    ck_assert(uart_receive(&b.uart, '!'));
    ck_assert_uint_eq(in(0), '!');
}
END_TEST

START_TEST(a_reset_of_the_machine_loses_nothing_either)
{
    out(1, 0x01);
    ck_assert(uart_receive(&b.uart, 'x'));
    bus_reset(&b.io);
    ck_assert_uint_eq(in(5), 0x60);
    ck_assert_uint_eq(in(5), 0x61);
    ck_assert_uint_eq(in(0), 'x');
}
END_TEST

START_TEST(a_loopback_test_neither_sees_nor_loses_what_is_typed)
{
    out(2, 0x01);
    poll_lsr();
    ck_assert(uart_receive(&b.uart, 'x'));
    out(2, 0x03);
    out(4, 0x10);
    ck_assert(!uart_receive(&b.uart, 'y'));
    out(0, 'l');
    poll_lsr();
    ck_assert_uint_eq(in(0), 'l');
    ck_assert_uint_eq(in(5) & 1, 0);
    out(0, 'm');
    out(2, 0x03); /* that one is lost, as it should be */
    out(4, 0x00);
    poll_lsr();
    ck_assert_uint_eq(in(0), 'x');
    ck_assert_uint_eq(in(5) & 1, 0);
}
END_TEST

/* ---- the data sheet ---- */

START_TEST(an_overrun_loses_the_new_character_with_fifos_and_the_old_one_without)
{
    out(4, 0x10);
    out(0, 'a');
    out(0, 'b');
    ck_assert_uint_eq(in(5), 0x63);
    ck_assert_uint_eq(in(5), 0x61); /* reading LSR takes the error away */
    ck_assert_uint_eq(in(0), 'b');
    out(2, 0x01);
    for (int k = 0; k < 17; k++) out(0, (u8)k);
    ck_assert_uint_eq(in(5), 0x63);
    for (int k = 0; k < 16; k++) ck_assert_uint_eq(in(0), k);
    ck_assert_uint_eq(in(5), 0x60);
}
END_TEST

START_TEST(fcr_bits_without_the_enable_bit_are_not_programmed)
{
    poll_lsr();
    ck_assert(uart_receive(&b.uart, 'x'));
    out(2, 0x06);
    ck_assert_uint_eq(in(5) & 1, 1);
    ck_assert_uint_eq(in(0), 'x');
    ck_assert_uint_eq(in(2), 0x01);
}
END_TEST

START_TEST(each_trigger_level_interrupts_at_its_count_and_is_a_time_out_below)
{
    static const u8 level[] = {1, 4, 8, 14};

    for (unsigned k = 0; k < 4; k++) {
        out(2, (u8)(k << 6 | 7));
        out(1, 0x01);
        for (unsigned n = 1; n <= 16; n++) {
            ck_assert(uart_receive(&b.uart, 'x'));
            ck_assert_uint_eq(in(2), n < level[k] ? 0xcc : 0xc4);
        }
        for (unsigned n = 15; n; n--) {
            in(0);
            ck_assert_uint_eq(in(2), n < level[k] ? 0xcc : 0xc4);
        }
        in(0);
        ck_assert_uint_eq(in(2), 0xc1);
    }
}
END_TEST

START_TEST(random_accesses_do_no_harm)
{
    u64 v;

    srand(1);
    for (int k = 0; k < 100000; k++) {
        unsigned reg = (unsigned)rand() & 7;
        if (rand() & 1) out(reg, (u8)rand());
        else ck_assert(bus_read(&b.io, BUS_NO_THREAD, 0x3f8 + reg, 1, &v));
        if (!(rand() & 7)) uart_receive(&b.uart, (u8)rand());
        ck_assert(b.uart.fifo_count <= UART_FIFO_BYTES && b.uart.kept_count <= UART_FIFO_BYTES);
    }
}
END_TEST

int main(void)
{
    Suite *s = suite_create("uart");
    TCase *t = tcase_create("all");

    tcase_set_timeout(t, 30);
    tcase_add_checked_fixture(t, setup, NULL);
    tcase_add_test(t, characters_written_reach_the_sink_and_the_transmitter_is_always_empty);
    tcase_add_test(t, the_divisor_latch_hides_data_and_interrupt_enable);
    tcase_add_test(t, only_four_interrupt_enable_bits_exist);
    tcase_add_test(t, received_characters_interrupt_until_they_are_read);
    tcase_add_test(t, fewer_characters_than_the_trigger_level_are_a_time_out);
    tcase_add_test(t, a_full_fifo_refuses_and_keeps_what_it_has);
    tcase_add_test(t, without_fifos_one_character_fits);
    tcase_add_test(t, enabling_the_transmit_interrupt_fires_it_and_reading_iir_clears_it);
    tcase_add_test(t, loopback_returns_data_and_modem_lines);
    tcase_add_test(t, the_scratch_register_holds_any_byte);
    tcase_add_test(t, skiboots_presence_test_passes);
    tcase_add_test(t, reset_clears_the_fifo_and_the_interrupt);
    tcase_add_test(t, a_character_arrives_once_lsr_is_polled_whatever_mcr_says);
    tcase_add_test(t, a_character_arrives_once_received_data_interrupt);
    tcase_add_test(t, neither_printing_nor_throwing_away_is_polling);
    tcase_add_test(t, a_reset_of_the_fifo_loses_nothing);
    tcase_add_test(t, a_reset_of_the_machine_loses_nothing_either);
    tcase_add_test(t, a_loopback_test_neither_sees_nor_loses_what_is_typed);
    tcase_add_test(t, an_overrun_loses_the_new_character_with_fifos_and_the_old_one_without);
    tcase_add_test(t, fcr_bits_without_the_enable_bit_are_not_programmed);
    tcase_add_test(t, each_trigger_level_interrupts_at_its_count_and_is_a_time_out_below);
    tcase_add_test(t, random_accesses_do_no_harm);
    suite_add_tcase(s, t);
    return run_suite(s);
}
