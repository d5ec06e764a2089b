/* SPDX-License-Identifier: Apache-2.0 */
/*
 * 16550A registers (PC16550D data sheet):
 *
 *     0  RBR / THR, DLL if DLAB    2  IIR / FCR    4  MCR    6  MSR
 *     1  IER, DLM if DLAB          3  LCR          5  LSR    7  SCR
 *
 * Interrupts in order of priority: receiver line status, received data (at the trigger level) or character time-out
 * (fewer characters than that: ours comes at once, a character time is nothing here), transmitter empty, modem status.
 * The line is a level.  OUT2 does not gate it: that is a habit of PC boards, not of the chip.
 */
#include "devices/uart.h"

#include "devices/tree.h"

enum { RBR, IER, IIR, LCR, MCR, LSR, MSR, SCR, THR = RBR, FCR = IIR };

enum { IER_RECEIVED = 1, IER_TRANSMITTED = 2, IER_LINE = 4, IER_MODEM = 8, IER_MASK = 15 };
enum {
    IIR_NONE = 1,
    IIR_MODEM = 0,
    IIR_TRANSMITTED = 2,
    IIR_RECEIVED = 4,
    IIR_LINE = 6,
    IIR_TIMEOUT = 12,
    IIR_FIFO = 0xc0
};
enum { FCR_ENABLE = 1, FCR_CLEAR_RX = 2, FCR_CLEAR_TX = 4, FCR_TRIGGER_SHIFT = 6 };
enum { LCR_DLAB = 0x80 };
enum { MCR_DTR = 1, MCR_RTS = 2, MCR_OUT1 = 4, MCR_OUT2 = 8, MCR_LOOP = 16, MCR_MASK = 31 };
enum { LSR_DATA = 1, LSR_OVERRUN = 2, LSR_THR_EMPTY = 32, LSR_IDLE = 64 };
enum { MSR_CTS = 0x10, MSR_DSR = 0x20, MSR_RI = 0x40, MSR_DCD = 0x80 };

static unsigned capacity(const struct uart *u)
{
    return u->fcr & FCR_ENABLE ? UART_FIFO_BYTES : 1;
}

static unsigned trigger_level(const struct uart *u)
{
    static const u8 levels[4] = {1, 4, 8, 14};

    return u->fcr & FCR_ENABLE ? levels[u->fcr >> FCR_TRIGGER_SHIFT] : 1;
}

static u8 interrupt_id(const struct uart *u)
{
    if ((u->ier & IER_LINE) && u->lsr_errors) return IIR_LINE;
    if ((u->ier & IER_RECEIVED) && u->fifo_count) return u->fifo_count >= trigger_level(u) ? IIR_RECEIVED : IIR_TIMEOUT;
    if ((u->ier & IER_TRANSMITTED) && u->thr_empty_pending) return IIR_TRANSMITTED;
    if ((u->ier & IER_MODEM) && u->msr_delta) return IIR_MODEM;
    return IIR_NONE;
}

static void update_line(struct uart *u)
{
    line_set(&u->config.irq, interrupt_id(u) != IIR_NONE);
}

/* Modem lines: in loopback they are the four MCR outputs; otherwise a terminal that is always ready. */
static u8 modem_lines(u8 mcr)
{
    if (!(mcr & MCR_LOOP)) return MSR_CTS | MSR_DSR | MSR_DCD;
    return (u8)((mcr & MCR_RTS ? MSR_CTS : 0) | (mcr & MCR_DTR ? MSR_DSR : 0) | (mcr & MCR_OUT1 ? MSR_RI : 0) |
                (mcr & MCR_OUT2 ? MSR_DCD : 0));
}

static void push(struct uart *u, u8 c, bool typed)
{
    unsigned at = (u->fifo_first + u->fifo_count++) % UART_FIFO_BYTES;

    u->fifo[at] = c;
    u->fifo_typed = (u->fifo_typed & ~(1u << at)) | (u32)typed << at;
}

static u8 pop(struct uart *u)
{
    u8 c = 0;

    if (u->fifo_count) {
        c = u->fifo[u->fifo_first];
        u->fifo_first = (u->fifo_first + 1) % UART_FIFO_BYTES;
        u->fifo_count--;
    }
    return c;
}

/* ---- what the user types ---- */

static bool is_open(const struct uart *u)
{
    return (u->polled || (u->ier & IER_RECEIVED)) && !(u->mcr & MCR_LOOP) && u->fifo_count < capacity(u);
}

/* What a reset of the FIFO took arrives again. */
static void arrive_again(struct uart *u)
{
    while (u->kept_count && is_open(u)) {
        push(u, u->kept[0], true);
        memmove(u->kept, u->kept + 1, --u->kept_count);
    }
}

/* Empty the FIFO. What the user typed and nobody read goes in front of what is kept already: it is older. No more than
 * the FIFO holds is ever kept, since nothing new is taken while something is. */
static void clear_fifo(struct uart *u)
{
    u8 typed[UART_FIFO_BYTES];
    unsigned n = 0;

    while (u->fifo_count) {
        bool by_user = u->fifo_typed >> u->fifo_first & 1;
        u8 c = pop(u);
        if (by_user) typed[n++] = c;
    }
    memmove(u->kept + n, u->kept, u->kept_count);
    memcpy(u->kept, typed, n);
    u->kept_count += n;
    u->polled = u->looked = false;
}

bool uart_wants_input(const struct uart *uart)
{
    return !uart->kept_count && is_open(uart);
}

bool uart_receive(struct uart *uart, u8 c)
{
    if (!uart_wants_input(uart)) return false;
    push(uart, c, true);
    update_line(uart);
    return true;
}

/* Each access says something about whether anybody listens. */
static void note_access(struct uart *u, bool store, unsigned reg)
{
    bool lsr = !store && reg == LSR;

    if (lsr && u->looked) u->polled = true;
    if (lsr) u->looked = true;
    else if (store || (reg == RBR && !(u->lcr & LCR_DLAB))) u->looked = false;
    arrive_again(u);
}

/* ---- registers ---- */

/* An overrun: with FIFOs the new character is lost, without them the old one. */
static void loop_back(struct uart *u, u8 c)
{
    if (u->fifo_count >= capacity(u)) {
        u->lsr_errors |= LSR_OVERRUN;
        if (u->fcr & FCR_ENABLE) return;
        clear_fifo(u);
    }
    push(u, c, false);
}

static void transmit(struct uart *u, u8 c)
{
    u->thr_empty_pending = true;
    if (u->mcr & MCR_LOOP) loop_back(u, c);
    else if (u->config.sink.put) u->config.sink.put(u->config.sink.self, c);
}

static void write_ier(struct uart *u, u8 value)
{
    u8 rising = (u8)(value & ~u->ier);

    u->ier = value & IER_MASK;
    if (rising & IER_TRANSMITTED) u->thr_empty_pending = true; /* enabling it while empty interrupts at once */
}

static void write_fcr(struct uart *u, u8 value)
{
    if (!(value & FCR_ENABLE)) value = 0; /* the other bits are not programmed without it */
    if ((value ^ u->fcr) & FCR_ENABLE) value |= FCR_CLEAR_RX | FCR_CLEAR_TX;
    if (value & FCR_CLEAR_RX) clear_fifo(u);
    if (value & FCR_CLEAR_TX) u->thr_empty_pending = true;
    u->fcr = (u8)(value & (0xc0 | FCR_ENABLE));
}

static void write_mcr(struct uart *u, u8 value)
{
    u8 before = modem_lines(u->mcr), after;

    u->mcr = value & MCR_MASK;
    after = modem_lines(u->mcr);
    u->msr_delta |= (u8)((before ^ after) >> 4) & 0xb;
    if ((before & MSR_RI) && !(after & MSR_RI)) u->msr_delta |= 4; /* ring counts its trailing edge only */
}

static u8 read_register(struct uart *u, unsigned reg)
{
    bool dlab = u->lcr & LCR_DLAB;
    u8 value;

    switch (reg) {
    case RBR: return dlab ? u->dll : pop(u);
    case IER: return dlab ? u->dlm : u->ier;
    case IIR:
        value = interrupt_id(u);
        if (value == IIR_TRANSMITTED) u->thr_empty_pending = false;
        return value | (u->fcr & FCR_ENABLE ? IIR_FIFO : 0);
    case LCR: return u->lcr;
    case MCR: return u->mcr;
    case LSR:
        value = LSR_THR_EMPTY | LSR_IDLE | u->lsr_errors | (u->fifo_count ? LSR_DATA : 0);
        u->lsr_errors = 0;
        return value;
    case MSR:
        value = modem_lines(u->mcr) | u->msr_delta;
        u->msr_delta = 0;
        return value;
    default: return u->scr;
    }
}

static bool uart_read(void *self, struct bus_access a, u64 *value)
{
    note_access(self, false, (unsigned)a.offset);
    *value = read_register(self, (unsigned)a.offset);
    arrive_again(self); /* there may be room now */
    update_line(self);
    return true;
}

static bool uart_write(void *self, struct bus_access a, u64 value)
{
    struct uart *u = self;
    bool dlab = u->lcr & LCR_DLAB;
    u8 byte = (u8)value;

    switch (a.offset) {
    case THR:
        if (dlab) u->dll = byte;
        else transmit(u, byte);
        break;
    case IER:
        if (dlab) u->dlm = byte;
        else write_ier(u, byte);
        break;
    case FCR: write_fcr(u, byte); break;
    case LCR: u->lcr = byte; break;
    case MCR: write_mcr(u, byte); break;
    case SCR: u->scr = byte; break;
    default: break; /* LSR and MSR are read-only */
    }
    note_access(u, true, (unsigned)a.offset);
    update_line(u);
    return true;
}

static const struct state_row rows[] = {
    STATE_DERIVED(struct uart, config),
    STATE_ARCH(struct uart, fifo),
    STATE_ARCH(struct uart, fifo_first, .most = UART_FIFO_BYTES - 1),
    STATE_ARCH(struct uart, fifo_count, .most = UART_FIFO_BYTES),
    STATE_ARCH(struct uart, fifo_typed),
    STATE(struct uart, kept, .kept = true),
    STATE(struct uart, kept_count, .most = UART_FIFO_BYTES, .kept = true),
    STATE(struct uart, looked),
    STATE(struct uart, polled),
    STATE_ARCH(struct uart, ier),
    STATE_ARCH(struct uart, fcr),
    STATE_ARCH(struct uart, lcr),
    STATE_ARCH(struct uart, mcr),
    STATE_ARCH(struct uart, scr),
    STATE_ARCH(struct uart, dll),
    STATE_ARCH(struct uart, dlm),
    STATE_ARCH(struct uart, lsr_errors),
    STATE_ARCH(struct uart, msr_delta),
    STATE_ARCH(struct uart, thr_empty_pending),
};

/* See clear_fifo(): there must be room for what may be kept. */
static bool restored(struct state_reader *r, void *self)
{
    const struct uart *u = self;
    unsigned typed = u->kept_count;

    for (unsigned k = 0; k < u->fifo_count; k++) typed += u->fifo_typed >> (u->fifo_first + k) % UART_FIFO_BYTES & 1;
    return typed <= UART_FIFO_BYTES || state_refuse(r, "%u characters were typed and not read", typed);
}

const struct state_table uart_state = STATE_TABLE(struct uart, rows, .restored = restored);

/* What was typed is kept here as well: how much of it was in the FIFO is no business of the user's. */
void uart_reset(struct uart *uart)
{
    clear_fifo(uart);
    state_reset(&uart_state, uart);
    uart->dll = 1;
    uart->thr_empty_pending = true;
    update_line(uart);
}

static void reset_op(void *self)
{
    uart_reset(self);
}

static void describe(void *self, struct tree *tree)
{
    const struct uart_config *c = &((struct uart *)self)->config;

    tree_begin_isa(tree, "isa-serial", c->base);
    tree_text(tree, "device_type", "serial"); /* Linux insists */
    TREE_STRINGS(tree, "compatible", "ns16550\0pnpPNP,501");
    TREE_CELLS(tree, "reg", 1, (u32)c->base, UART_REGISTERS);
    tree_cell(tree, "clock-frequency", 1843200);
    tree_cell(tree, "current-speed", 115200);
    tree_interrupt(tree, &c->irq);
    tree_end(tree);
}

static const struct device_ops uart_ops = {
    .read = uart_read, .write = uart_write, .reset = reset_op, .describe = describe};

bool uart_init(struct uart *uart, const struct uart_config *config)
{
    *uart = (struct uart){.config = *config, .dll = 1, .thr_empty_pending = true};
    return bus_attach(config->io, &(struct region){"uart", config->base, UART_REGISTERS, BUS_1, &uart_ops, uart});
}
