/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A 16550A serial port, the console.  What the guest transmits goes to a sink at once (the transmitter is always
 * empty), what the user types waits in the receive FIFO until the guest reads it.
 *
 * Scripted input is there from the start, and a person types while the machine boots; when a character arrives is ours
 * to choose.  It arrives when somebody listens: received data interrupts are enabled, or LSR is polled - read twice
 * with neither a store to the port nor a load of received data between, which is neither how a driver waits for room
 * nor how it discards what came before it.  A driver that resets the FIFO does not lose what it had not read: that
 * arrives again, behind the reset.
 */
#ifndef P9_DEVICES_UART_H
#define P9_DEVICES_UART_H

#include "bus/bus.h"
#include "bus/line.h"

struct console_sink {
    void (*put)(void *self, u8 c); /* may be NULL: output is dropped */
    void *self;
};

enum { UART_FIFO_BYTES = 16, UART_REGISTERS = 8 };

struct uart_config {
    struct bus *io; /* LPC IO space: eight registers are attached at base */
    u64 base;
    struct line irq;
    struct console_sink sink;
};

struct uart {
    struct uart_config config;
    u8 fifo[UART_FIFO_BYTES];
    unsigned fifo_first, fifo_count;
    u32 fifo_typed;           /* bit per place of fifo: it came from the user, not through the loop */
    u8 kept[UART_FIFO_BYTES]; /* typed, and taken from the FIFO unread by a reset: older than what is typed next */
    unsigned kept_count;
    bool looked, polled; /* LSR was read; read again: somebody waits for data */
    u8 ier, fcr, lcr, mcr, scr, dll, dlm;
    u8 lsr_errors; /* overrun, until LSR is read */
    u8 msr_delta;  /* modem lines that changed, until MSR is read */
    bool thr_empty_pending;
};

extern const struct state_table uart_state;

must_use bool uart_init(struct uart *uart, const struct uart_config *config);
void uart_reset(struct uart *uart);

/* Somebody listens, and there is room for a character. */
bool uart_wants_input(const struct uart *uart);

/* A character from the user; false: not wanted yet, offer it again later. */
bool uart_receive(struct uart *uart, u8 c);

#endif
