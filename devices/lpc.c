/* SPDX-License-Identifier: Apache-2.0 */
/*
 * OPB decoding, host controller, OPB master and ECCB engine; see lpc.h.  LPC IO and memory cycles are bytes: a wider
 * access becomes byte cycles in ascending order, as the controller does it.  A cycle that nobody answers reads as ones
 * and sets the no-response bit in IRQSTAT; that is how firmware probes for a Super-IO chip, so it must not be a machine
 * check.  What we leave out: cycle times, DMA, bus masters, the firmware-space read cache.
 */
#include "devices/lpc.h"

#include "devices/tree.h"

enum {
    OPB_MASTER = 0xc0010000,
    OPB_MASTER_SIZE = 0x60,
    OPB_ARBITER = 0xc0011000,
    OPB_ARBITER_SIZE = 8,
    OPB_HC = 0xc0012000,
    OPB_HC_SIZE = 0x100,
    OPB_IO = 0xd0010000,
    OPB_IO_SIZE = 0x10000,
    OPB_MEM = 0xe0000000,
    OPB_FW = 0xf0000000,
    OPB_WINDOW = 0x10000000,
};

enum { /* OPB master registers */
       LS_ROUTE0 = 0x08,
       LS_ROUTE1 = 0x0c,
       LS_IRQ_STAT = 0x50,
       LS_IRQ_MASK = 0x54,
       LS_IRQ_POL = 0x58,
       LS_IRQ_INPUT = 0x5c,
       LS_IRQ_LPC = 0x800,
};

enum { /* host controller registers */
       HC_FW_SEG_IDSEL = 0x24,
       HC_FW_RD_ACC_SIZE = 0x28,
       HC_IRQSER_CTRL = 0x30,
       HC_IRQMASK = 0x34,
       HC_IRQSTAT = 0x38,
       HC_ERROR_ADDRESS = 0x40,
};

#define IRQSER_ENABLE 0x80000000u
#define IRQSER_AUTO_CLEAR 0x00800000u
#define IRQ_SERIAL_ALL 0xffff8000u
#define IRQ_NO_RESPONSE 0x00000040u
#define IRQ_ERRORS 0x000004ffu
#define FW_READ_4B 0x02000000u

#define ECCB_READ PPC_BIT(15)
#define ECCB_SIZE PPC_BITMASK(4, 7)
#define ECCB_ADDRESS PPC_BITMASK(32, 63)
#define ECCB_READ_DATA PPC_BITMASK(6, 37)
#define ECCB_DONE PPC_BIT(52)
#define ECCB_ERROR PPC_BIT(0)

static u32 serial_bit(unsigned n)
{
    return 0x80000000u >> n;
}

/*
 * Route of serialised interrupt n: two bits, in IBM numbering
 *     ROUTE1 bits 4+2n..5+2n for n = 0..13,   ROUTE0 bits 8+2(n-14)..9+2(n-14) for n = 14..16
 */
static unsigned route_of(const struct lpc *lpc, unsigned n)
{
    return n < 14 ? lpc->route1 >> (26 - 2 * n) & 3 : lpc->route0 >> (22 - 2 * (n - 14)) & 3;
}

static void update_interrupts(struct lpc *lpc)
{
    u32 active = lpc->irq_status & lpc->irq_mask;
    bool out[LPC_ROUTES] = {false};

    if (lpc->serirq_control & IRQSER_ENABLE)
        for (unsigned n = 0; n < LPC_SERIRQ_COUNT; n++)
            if (active & serial_bit(n)) out[route_of(lpc, n)] = true;
    for (unsigned k = 0; k < LPC_ROUTES; k++) line_set(&lpc->config.serirq[k], out[k]);

    /* The controller's own interrupts go through the latch in the OPB master. */
    if (active & IRQ_ERRORS) lpc->opb_input |= LS_IRQ_LPC;
    else lpc->opb_input &= ~(u32)LS_IRQ_LPC;
    lpc->opb_status |= lpc->opb_input & lpc->opb_mask;
    line_set(&lpc->config.error, lpc->opb_status != 0);
}

static void input_changed(void *to, unsigned n, bool level)
{
    struct lpc *lpc = to;
    u32 bit = serial_bit(n);

    if (level) {
        lpc->inputs |= bit;
        lpc->irq_status |= bit;
    } else {
        lpc->inputs &= ~bit;
        if (lpc->serirq_control & IRQSER_AUTO_CLEAR) lpc->irq_status &= ~bit;
    }
    update_interrupts(lpc);
}

struct line lpc_interrupt_line(struct lpc *lpc, unsigned n)
{
    return (struct line){.set = n < LPC_SERIRQ_COUNT ? input_changed : NULL, .to = lpc, .n = n};
}

static void no_response(struct lpc *lpc, u32 address)
{
    /* The analyser takes "no space answers" (a null bus) for a null lpc. NOLINTNEXTLINE(clang-analyzer-core.*) */
    lpc->irq_status |= IRQ_NO_RESPONSE;
    lpc->error_address = address;
    update_interrupts(lpc);
}

static bool hc_read(const struct lpc *lpc, u32 offset, u64 *value)
{
    switch (offset) {
    case HC_FW_SEG_IDSEL: *value = lpc->fw_idsel; return true;
    case HC_FW_RD_ACC_SIZE: *value = lpc->fw_read_size; return true;
    case HC_IRQSER_CTRL: *value = lpc->serirq_control; return true;
    case HC_IRQMASK: *value = lpc->irq_mask; return true;
    case HC_IRQSTAT: *value = lpc->irq_status; return true;
    case HC_ERROR_ADDRESS: *value = lpc->error_address; return true;
    default: *value = 0; return offset < OPB_HC_SIZE;
    }
}

static bool hc_write(struct lpc *lpc, u32 offset, u32 value)
{
    switch (offset) {
    case HC_FW_SEG_IDSEL: lpc->fw_idsel = value & 0xf; break;
    case HC_FW_RD_ACC_SIZE: lpc->fw_read_size = value; break;
    case HC_IRQSER_CTRL: lpc->serirq_control = value; break;
    case HC_IRQMASK: lpc->irq_mask = value; break;
    case HC_IRQSTAT: lpc->irq_status &= ~(value & ~lpc->inputs); break; /* a wire still high latches again at once */
    case HC_ERROR_ADDRESS: break;
    default: return offset < OPB_HC_SIZE;
    }
    update_interrupts(lpc);
    return true;
}

static bool master_read(const struct lpc *lpc, u32 offset, u64 *value)
{
    switch (offset) {
    case LS_ROUTE0: *value = lpc->route0; return true;
    case LS_ROUTE1: *value = lpc->route1; return true;
    case LS_IRQ_STAT: *value = lpc->opb_status; return true;
    case LS_IRQ_MASK: *value = lpc->opb_mask; return true;
    case LS_IRQ_POL: *value = lpc->opb_polarity; return true;
    case LS_IRQ_INPUT: *value = lpc->opb_input; return true;
    default: *value = 0; return offset < OPB_MASTER_SIZE;
    }
}

static bool master_write(struct lpc *lpc, u32 offset, u32 value)
{
    switch (offset) {
    case LS_ROUTE0: lpc->route0 = value; break;
    case LS_ROUTE1: lpc->route1 = value; break;
    case LS_IRQ_STAT: lpc->opb_status &= ~value; break;
    case LS_IRQ_MASK: lpc->opb_mask = value; break;
    case LS_IRQ_POL: lpc->opb_polarity = value; break;
    default: return offset < OPB_MASTER_SIZE;
    }
    update_interrupts(lpc);
    return true;
}

/* Which of the three LPC spaces an OPB address selects, and the address there; NULL: none. */
static struct bus *lpc_space(struct lpc *lpc, u32 address, u64 *within)
{
    if (address >= OPB_FW) {
        *within = ((u64)lpc->fw_idsel << 28) + (address - OPB_FW);
        return &lpc->fw;
    }
    if (address >= OPB_MEM) {
        *within = address - OPB_MEM;
        return &lpc->mem;
    }
    *within = address - OPB_IO;
    return address >= OPB_IO && address - OPB_IO < OPB_IO_SIZE ? &lpc->io : NULL;
}

static bool space_read(struct lpc *lpc, struct bus *space, struct bus_access a, u64 *value)
{
    bool ok = true;

    if (space == &lpc->fw) return bus_read(space, a.by, a.offset, a.size, value);
    *value = 0;
    for (unsigned k = 0; k < a.size; k++) {
        u64 byte;
        ok &= bus_read(space, a.by, a.offset + k, 1, &byte);
        *value = *value << 8 | byte;
    }
    return ok;
}

static bool space_write(struct lpc *lpc, struct bus *space, struct bus_access a, u64 value)
{
    bool ok = true;

    if (space == &lpc->fw) return bus_write(space, a.by, a.offset, a.size, value);
    for (unsigned k = 0; k < a.size; k++)
        ok &= bus_write(space, a.by, a.offset + k, 1, value >> 8 * (a.size - 1 - k) & 0xff);
    return ok;
}

bool lpc_opb_read(struct lpc *lpc, struct bus_access a, u64 *value)
{
    u32 address = (u32)a.offset;
    u64 within;
    struct bus *space = lpc_space(lpc, address, &within);
    bool ok = false;

    *value = ~0ULL >> (64 - 8 * a.size);
    if (space) ok = space_read(lpc, space, (struct bus_access){within, a.by, a.size}, value);
    else if (a.size == 4 && address >> 12 == OPB_HC >> 12) ok = hc_read(lpc, address - OPB_HC, value);
    else if (a.size == 4 && address >> 12 == OPB_MASTER >> 12) ok = master_read(lpc, address - OPB_MASTER, value);
    else if (a.size == 4 && address >= OPB_ARBITER && address < OPB_ARBITER + OPB_ARBITER_SIZE) ok = (*value = 0, true);
    if (!ok) no_response(lpc, address);
    return ok;
}

bool lpc_opb_write(struct lpc *lpc, struct bus_access a, u64 value)
{
    u32 address = (u32)a.offset;
    u64 within;
    struct bus *space = lpc_space(lpc, address, &within);
    bool ok = false;

    if (space) ok = space_write(lpc, space, (struct bus_access){within, a.by, a.size}, value);
    else if (a.size == 4 && address >> 12 == OPB_HC >> 12) ok = hc_write(lpc, address - OPB_HC, (u32)value);
    else if (a.size == 4 && address >> 12 == OPB_MASTER >> 12) ok = master_write(lpc, address - OPB_MASTER, (u32)value);
    else if (a.size == 4 && address >= OPB_ARBITER && address < OPB_ARBITER + OPB_ARBITER_SIZE) ok = true;
    if (!ok) no_response(lpc, address);
    return ok;
}

static bool window_read(void *self, struct bus_access a, u64 *value)
{
    if (!lpc_opb_read(self, a, value)) *value = ~0ULL >> (64 - 8 * a.size);
    return true;
}

static bool window_write(void *self, struct bus_access a, u64 value)
{
    bool ok = lpc_opb_write(self, a, value);

    (void)ok; /* the error is in IRQSTAT */
    return true;
}

static void window_reset(void *self)
{
    struct lpc *lpc = self;

    lpc_reset(lpc);
    bus_reset(&lpc->io);
    bus_reset(&lpc->mem);
    bus_reset(&lpc->fw);
}

/* ECCB: a command names size, direction and OPB address; data travel left-justified in the top word. */
static void eccb_command(struct lpc *lpc, u32 by, u64 command)
{
    unsigned size = (unsigned)GETFIELD(ECCB_SIZE, command);
    struct bus_access a = {command & ECCB_ADDRESS, by, size};
    u64 data = 0;
    bool ok;

    lpc->eccb_status = ECCB_DONE | ECCB_ERROR;
    if (size != 1 && size != 2 && size != 4) return;
    if (command & ECCB_READ) {
        ok = lpc_opb_read(lpc, a, &data);
        data <<= 8 * (4 - size);
    } else {
        ok = lpc_opb_write(lpc, a, lpc->eccb_data >> (64 - 8 * size));
    }
    lpc->eccb_status = SETFIELD(ECCB_READ_DATA, ECCB_DONE, data);
    if (!ok) lpc->eccb_status |= ECCB_ERROR;
}

static bool eccb_read(void *self, struct bus_access a, u64 *value)
{
    struct lpc *lpc = self;

    switch (a.offset >> 3) {
    case 2:
        *value = lpc->eccb_status;
        lpc->eccb_status = 0;
        break;
    case 3: *value = lpc->eccb_data; break;
    default: *value = 0; break;
    }
    return true;
}

static bool eccb_write(void *self, struct bus_access a, u64 value)
{
    struct lpc *lpc = self;

    switch (a.offset >> 3) {
    case 0: eccb_command(lpc, a.by, value); break;
    case 1: lpc->eccb_status = 0; break;
    case 3: lpc->eccb_data = value; break;
    default: break;
    }
    return true;
}

static void describe_opb_unit(struct tree *tree, const char *name, const char *compatible, u32 base, u32 size)
{
    tree_begin_at(tree, name, base);
    tree_text(tree, "compatible", compatible);
    TREE_CELLS(tree, "reg", base, size);
    tree_end(tree);
}

static void describe(void *self, struct tree *tree)
{
    struct lpc *lpc = self;
    u32 top = tree_high(LPC_WINDOW_BASE), parent = tree->interrupt_parent;

    tree_begin_at(tree, "lpcm-opb", LPC_WINDOW_BASE);
    TREE_STRINGS(tree, "compatible", "ibm,power9-lpcm-opb\0simple-bus");
    TREE_CELLS(tree, "reg", top, tree_low(LPC_WINDOW_BASE), tree_high(LPC_WINDOW_SIZE), tree_low(LPC_WINDOW_SIZE));
    tree_cell(tree, "#address-cells", 1);
    tree_cell(tree, "#size-cells", 1);
    tree_cell(tree, "ibm,chip-id", 0);
    TREE_CELLS(tree, "ranges", 0, top, 0, 0x80000000, 0x80000000, top, 0x80000000, 0x80000000);
    describe_opb_unit(tree, "opb-master", "ibm,power9-lpcm-opb-master", OPB_MASTER, OPB_MASTER_SIZE);
    describe_opb_unit(tree, "opb-arbitrer", "ibm,power9-lpcm-opb-arbiter", OPB_ARBITER, OPB_ARBITER_SIZE);
    describe_opb_unit(tree, "lpc-controller", "ibm,power9-lpc-controller", OPB_HC, OPB_HC_SIZE);

    tree_begin(tree, "lpc@0");
    TREE_STRINGS(tree, "compatible", "ibm,power9-lpc\0ibm,lpc");
    tree_cell(tree, "phandle", lpc->config.phandle);
    tree_flag(tree, "primary");
    tree_cell(tree, "#address-cells", 2);
    tree_cell(tree, "#size-cells", 1);
    /* Spaces: 0 memory, 1 IO, 3 firmware. */
    TREE_CELLS(tree, "ranges", 0, 0, OPB_MEM, OPB_WINDOW, 1, 0, OPB_IO, OPB_IO_SIZE, 3, 0, OPB_FW, OPB_WINDOW);
    tree->interrupt_parent = lpc->config.phandle;
    bus_describe(&lpc->io, tree);
    bus_describe(&lpc->mem, tree);
    bus_describe(&lpc->fw, tree);
    tree->interrupt_parent = parent;
    tree_end(tree);
    tree_end(tree);
}

static const struct device_ops window_ops = {
    .read = window_read, .write = window_write, .reset = window_reset, .describe = describe};
static const struct device_ops eccb_ops = {.read = eccb_read, .write = eccb_write};

static const struct state_row rows[] = {
    STATE_PART(struct lpc, io, struct bus, bus_state),
    STATE_PART(struct lpc, mem, struct bus, bus_state),
    STATE_PART(struct lpc, fw, struct bus, bus_state),
    STATE_DERIVED(struct lpc, config),
    STATE_ARCH(struct lpc, fw_idsel, .most = 15),
    STATE_ARCH(struct lpc, fw_read_size),
    STATE_ARCH(struct lpc, serirq_control),
    STATE_ARCH(struct lpc, irq_mask),
    STATE_ARCH(struct lpc, irq_status),
    STATE_ARCH(struct lpc, error_address),
    STATE_ARCH(struct lpc, route0),
    STATE_ARCH(struct lpc, route1),
    STATE_ARCH(struct lpc, opb_status),
    STATE_ARCH(struct lpc, opb_mask),
    STATE_ARCH(struct lpc, opb_polarity),
    STATE_ARCH(struct lpc, opb_input),
    STATE_ARCH(struct lpc, inputs, .kept = true), /* wires stay as they are */
    STATE_ARCH(struct lpc, eccb_status),
    STATE_ARCH(struct lpc, eccb_data),
};
const struct state_table lpc_state = STATE_TABLE(struct lpc, rows);

void lpc_reset(struct lpc *lpc)
{
    state_reset(&lpc_state, lpc);
    lpc->fw_read_size = FW_READ_4B;
    lpc->irq_status = lpc->inputs;
    update_interrupts(lpc);
}

bool lpc_init(struct lpc *lpc, const struct lpc_config *config)
{
    memset(lpc, 0, sizeof *lpc);
    lpc->config = *config;
    lpc->io.log = lpc->mem.log = lpc->fw.log = config->log;
    lpc->fw_read_size = FW_READ_4B;
    if (!bus_attach(config->bus,
                    &(struct region){"lpc", LPC_WINDOW_BASE, LPC_WINDOW_SIZE, BUS_1 | BUS_2 | BUS_4, &window_ops, lpc}))
        return false;
    return !config->scoms ||
           bus_attach(config->scoms, &(struct region){"lpc eccb", (u64)LPC_ECCB_SCOM * 8, LPC_ECCB_SCOM_COUNT * 8,
                                                      BUS_8, &eccb_ops, lpc});
}
