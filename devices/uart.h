/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A 16550A serial port, the console.  What the guest transmits goes to a sink at once (the transmitter is always
 * empty), what the user types waits in the receive FIFO until the guest reads it.
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
    u8 ier, fcr, lcr, mcr, scr, dll, dlm;
    u8 lsr_errors; /* overrun, until LSR is read */
    u8 msr_delta;  /* modem lines that changed, until MSR is read */
    bool thr_empty_pending;
};

must_use bool uart_init(struct uart *uart, const struct uart_config *config);
void uart_reset(struct uart *uart);

/* A character from the user; false: no room yet, offer it again later. */
bool uart_receive(struct uart *uart, u8 c);

/* RTS: somebody has set the port up.  What is sent before is lost when the FIFOs are reset. */
bool uart_wants_input(const struct uart *uart);

#endif
