/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Registers, ESB pages and notification of the PSI host bridge; see psi.h.
 *
 * ESB state of a level source: 00 ready, 10 an event was sent and waits for its end, 11 another came meanwhile, 01 off.
 * A high wire in state 00 sends an event and goes to 10; the end of interrupt goes back to 00, which sends again at
 * once if the wire is still high.  Firmware masks with 01.
 *
 * ESB page, 4 KiB, operations by offset (the same for every XIVE source):
 *     load  000-3ff end of interrupt     load 800-bff read PQ     load c00-fff set PQ to bits 8:9 of the offset, old PQ
 *     store 000-3ff trigger              store c00-fff set PQ
 */
#include "devices/psi.h"

#include "devices/tree.h"

enum { /* offsets in the window */
       CONTROL = 0x20,
       ERROR_MASK = 0x28,
       INTERRUPT_CONTROL = 0x58,
       ESB_CI_BASE = 0x60,
       ESB_NOTIFY = 0x68,
       IVT_OFFSET = 0x70,
       IRQ_LEVEL = 0x78,
       IRQ_STATUS = 0x80,
};
enum { SCOM_BAR = 0xa, PQ_READY = 0, PQ_OFF = 1, PQ_PENDING = 2, PQ_QUEUED = 3 };

#define BAR_ENABLE PPC_BIT(63)
#define IRQ_METHOD_LSI PPC_BIT(0)
#define IRQ_RESET PPC_BIT(1)
#define ESB_VALID PPC_BIT(63)
#define ESB_ADDRESS PPC_BITMASK(8, 47)
#define NOTIFY_VALID PPC_BIT(63)
#define NOTIFY_ADDRESS PPC_BITMASK(8, 60)
#define TRIGGER_PQ_DONE PPC_BIT(1) /* the source has looked at its own P and Q */

static void notify(struct psi *psi, unsigned n)
{
    u64 port = psi->regs[ESB_NOTIFY / 8], number = psi->regs[IVT_OFFSET / 8] >> 32 | n;

    if (port & NOTIFY_VALID) bus_post(psi->config.bus, "psi", port & NOTIFY_ADDRESS, TRIGGER_PQ_DONE | number);
}

/* A level source looks at its wire whenever the wire or its state changes. */
static void evaluate(struct psi *psi, unsigned n)
{
    if (!(psi->levels >> n & 1) || psi->pq[n] != PQ_READY) return;
    if (psi->regs[INTERRUPT_CONTROL / 8] & IRQ_METHOD_LSI) return;
    psi->pq[n] = PQ_PENDING;
    notify(psi, n);
}

static void source_changed(void *to, unsigned n, bool level)
{
    struct psi *psi = to;

    if (level) psi->levels |= 1u << n;
    else psi->levels &= ~(1u << n);
    evaluate(psi, n);
}

struct line psi_line(struct psi *psi, enum psi_source n)
{
    return (struct line){.set = n < PSI_SOURCES ? source_changed : NULL, .to = psi, .n = n};
}

static u64 source_bits(const struct psi *psi, bool status)
{
    u64 bits = 0;

    for (unsigned n = 0; n < PSI_SOURCES; n++)
        if (status ? psi->pq[n] & PQ_PENDING : psi->levels >> n & 1) bits |= PPC_BIT(n);
    return bits;
}

static u64 read_register(const struct psi *psi, unsigned offset)
{
    switch (offset) {
    case IRQ_LEVEL: return source_bits(psi, false);
    case IRQ_STATUS: return source_bits(psi, true);
    default: return offset / 8 < PSI_REGISTERS ? psi->regs[offset / 8] : 0;
    }
}

static void reset_sources(struct psi *psi)
{
    for (unsigned n = 0; n < PSI_SOURCES; n++) psi->pq[n] = PQ_READY;
}

static void write_register(struct psi *psi, unsigned offset, u64 value)
{
    switch (offset) {
    case IRQ_LEVEL:
    case IRQ_STATUS: return;
    case INTERRUPT_CONTROL:
        if (value & IRQ_RESET) reset_sources(psi);
        value &= ~IRQ_RESET;
        break;
    case CONTROL:
    case ERROR_MASK:
    case ESB_CI_BASE:
    case ESB_NOTIFY:
    case IVT_OFFSET: break;
    default: return; /* the service processor's side: nothing behind it */
    }
    psi->regs[offset / 8] = value;
    for (unsigned n = 0; n < PSI_SOURCES; n++) evaluate(psi, n);
}

static bool window_open(const struct psi *psi)
{
    return psi->bar == (PSI_WINDOW_BASE | BAR_ENABLE);
}

static bool window_read(void *self, struct bus_access a, u64 *value)
{
    if (!window_open(self) || (a.offset & 7)) return false;
    *value = a.offset < PSI_REGISTERS * 8 ? read_register(self, (unsigned)a.offset) : 0;
    return true;
}

static bool window_write(void *self, struct bus_access a, u64 value)
{
    if (!window_open(self) || (a.offset & 7)) return false;
    if (a.offset < PSI_REGISTERS * 8) write_register(self, (unsigned)a.offset, value);
    return true;
}

static bool scom_read(void *self, struct bus_access a, u64 *value)
{
    struct psi *psi = self;
    unsigned n = (unsigned)(a.offset >> 3);

    if (n == SCOM_BAR) *value = psi->bar;
    else if (n > SCOM_BAR && n - SCOM_BAR < PSI_REGISTERS) *value = read_register(psi, (n - SCOM_BAR) * 8);
    else *value = 0; /* fault isolation: never a fault */
    return true;
}

static bool scom_write(void *self, struct bus_access a, u64 value)
{
    struct psi *psi = self;
    unsigned n = (unsigned)(a.offset >> 3);

    if (n == SCOM_BAR) psi->bar = value;
    else if (n > SCOM_BAR && n - SCOM_BAR < PSI_REGISTERS) write_register(psi, (n - SCOM_BAR) * 8, value);
    return true;
}

static bool esb_page(const struct psi *psi, u64 offset, unsigned *n)
{
    u64 ci = psi->regs[ESB_CI_BASE / 8];

    *n = (unsigned)(offset >> 12);
    return (ci & ESB_VALID) && (ci & ESB_ADDRESS) == PSI_ESB_BASE && *n < PSI_SOURCES;
}

static void set_pq(struct psi *psi, unsigned n, u8 pq)
{
    psi->pq[n] = pq;
    evaluate(psi, n);
}

/* End of interrupt; true if an event had been queued and goes out now. */
static bool end_of_interrupt(struct psi *psi, unsigned n)
{
    bool queued = psi->pq[n] == PQ_QUEUED;

    if (psi->pq[n] == PQ_OFF) return false;
    set_pq(psi, n, queued ? PQ_PENDING : PQ_READY);
    if (queued) notify(psi, n);
    return queued;
}

static bool esb_read(void *self, struct bus_access a, u64 *value)
{
    struct psi *psi = self;
    unsigned n, op = a.offset & 0xfff;

    if (!esb_page(psi, a.offset, &n)) return false;
    if (op < 0x400) {
        *value = end_of_interrupt(psi, n);
    } else if (op >= 0x800) {
        *value = psi->pq[n];
        if (op >= 0xc00) set_pq(psi, n, op >> 8 & 3);
    } else {
        *value = ~0ULL >> (64 - 8 * a.size);
    }
    return true;
}

static void trigger(struct psi *psi, unsigned n)
{
    if (psi->pq[n] == PQ_READY) {
        psi->pq[n] = PQ_PENDING;
        notify(psi, n);
    } else if (psi->pq[n] == PQ_PENDING) {
        psi->pq[n] = PQ_QUEUED;
    }
}

static bool esb_write(void *self, struct bus_access a, u64 value)
{
    struct psi *psi = self;
    unsigned n, op = a.offset & 0xfff;

    (void)value;
    if (!esb_page(psi, a.offset, &n)) return false;
    if (op < 0x400) trigger(psi, n);
    else if (op < 0x800) end_of_interrupt(psi, n);
    else if (op >= 0xc00) set_pq(psi, n, op >> 8 & 3);
    return true;
}

static const struct state_row rows[] = {
    STATE_DERIVED(struct psi, config),
    STATE_ARCH(struct psi, bar),
    STATE_ARCH(struct psi, regs),
    STATE_ARCH(struct psi, levels, .kept = true), /* wires stay as they are */
    STATE_ARCH(struct psi, pq, .most = PQ_QUEUED),
};
const struct state_table psi_state = STATE_TABLE(struct psi, rows);

void psi_reset(struct psi *psi)
{
    state_reset(&psi_state, psi);
    psi->bar = PSI_WINDOW_BASE;
}

static void reset_op(void *self)
{
    psi_reset(self);
}

static void describe(void *self, struct tree *tree)
{
    (void)self;
    tree_begin_at(tree, "psihb", PSI_SCOM_BASE);
    TREE_CELLS(tree, "reg", PSI_SCOM_BASE, PSI_SCOM_COUNT);
    TREE_STRINGS(tree, "compatible", "ibm,power9-psihb-x\0ibm,psihb-x");
    tree_cell(tree, "#address-cells", 2);
    tree_cell(tree, "#size-cells", 1);
    tree_end(tree);
}

static const struct device_ops window_ops = {.read = window_read, .write = window_write, .reset = reset_op};
static const struct device_ops scom_ops = {.read = scom_read, .write = scom_write, .describe = describe};
static const struct device_ops esb_ops = {.read = esb_read, .write = esb_write};

bool psi_init(struct psi *psi, const struct psi_config *config)
{
    memset(psi, 0, sizeof *psi);
    psi->config = *config;
    psi_reset(psi);
    return bus_attach(config->bus,
                      &(struct region){"psi", PSI_WINDOW_BASE, PSI_WINDOW_SIZE, BUS_8, &window_ops, psi}) &&
           bus_attach(config->bus, &(struct region){"psi esb", PSI_ESB_BASE, PSI_ESB_SIZE, BUS_ANY, &esb_ops, psi}) &&
           bus_attach(config->scoms,
                      &(struct region){"psi scom", PSI_SCOM_BASE * 8ULL, PSI_SCOM_COUNT * 8ULL, BUS_8, &scom_ops, psi});
}
