/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The window, the status in HMER, and the table of plain registers; see xscom.h.  Accesses never fail on the bus: a
 * register that nobody knows reads as all ones, HMER says "address error", and a line in the log names it once.
 */
#include "devices/xscom.h"

#include "devices/tree.h"

enum plain_kind { READ_ONLY, READ_WRITE, WRITE_CLEARS, WRITE_IGNORED, CHECKSTOP };

/* Registers without behaviour of their own. Reset values not given are zero: no fault recorded, nothing masked. */
static const struct plain_register {
    u32 scom;
    enum plain_kind kind;
    const char *text;
} plain_registers[] = {
    {0x000f000f, READ_ONLY, "chip identification (CFAM id in the top word)"},
    {0x00018002, READ_ONLY, "ECID part 2: minor revision of the mask set"},
    {0x000f0033, READ_WRITE, "interrupt polling mask"},
    {0x000f0034, READ_ONLY, "interrupt polling status"},
    {0x01010c00, READ_WRITE, "PIBAM fault isolation"},
    {0x01010c03, READ_WRITE, "PIBAM fault isolation mask"},
    {0x00090012, READ_WRITE, "ADU log register (cleared after a failed XSCOM)"},
    {0x00090013, READ_WRITE, "ADU error register"},
    {0x00090018, READ_WRITE, "ADU receive status register"},
    {0x00090021, WRITE_IGNORED, "malfunction alert: raise"},
    {0x00090022, WRITE_CLEARS, "malfunction alert: chips that raised it"},
    {0x0104000c, READ_WRITE, "pervasive local fault isolation"},
    {0x02011040, READ_WRITE, "NX status"},
    {0x02011080, READ_WRITE, "NX PowerBus fault isolation"},
    {0x02011100, READ_WRITE, "NX DMA and engine fault isolation"},
    {SW_CHECKSTOP_SCOM, CHECKSTOP, "fault isolation with the software checkstop"},
    {0x05011c0c, READ_WRITE, "PowerBus hot-plug mode"},
};
_Static_assert(ARRAY_SIZE(plain_registers) <= XSCOM_PLAIN_MAX, "xscom.plain is too short");

/*
 * The identification word of a POWER9 "Nimbus": major level, 0, minor level, chip d1, manufacturer 049.  Levels are
 * those of the PVR (0x004eTMmm: M major, last digit minor), so firmware that checks either sees one chip.
 */
static u64 chip_id_value(u32 pvr)
{
    u64 major = pvr >> 8 & 0xf, minor = pvr & 0xf;

    return major << 60 | minor << 52 | 0xd1ULL << 44 | 0x049ULL << 32 | 1ULL << 31;
}

static int find_plain(u32 scom)
{
    for (unsigned k = 0; k < ARRAY_SIZE(plain_registers); k++)
        if (plain_registers[k].scom == scom) return (int)k;
    return -1;
}

/* By their numbers: another version may list others. */
static void save_plain(struct state_writer *w, const void *self)
{
    const struct xscom *xscom = self;

    state_put_number(w, ARRAY_SIZE(plain_registers));
    for (unsigned k = 0; k < ARRAY_SIZE(plain_registers); k++) {
        state_put_number(w, plain_registers[k].scom);
        state_put_number(w, xscom->plain[k]);
    }
}

static bool restore_plain(struct state_reader *r, void *self)
{
    struct xscom *xscom = self;
    u64 count = state_get_count(r, NULL, 1 << 16);

    for (u64 k = 0; k < count; k++) {
        u64 scom = state_get_number(r), value = state_get_number(r);
        int at = find_plain((u32)scom);
        if (at < 0) return state_refuse(r, "SCOM register %llx", (unsigned long long)scom);
        xscom->plain[at] = value;
    }
    return true;
}

static const struct state_row rows[] = {
    STATE_PART(struct xscom, scoms, struct bus, bus_state),
    STATE_DERIVED(struct xscom, config),
    STATE_CALL(struct xscom, plain, save_plain, restore_plain, .arch = true),
    STATE(struct xscom, said, .kept = true),
    STATE(struct xscom, said_count, .most = XSCOM_SAID_MAX, .kept = true),
};
const struct state_table xscom_state = STATE_TABLE(struct xscom, rows);

void xscom_reset(struct xscom *xscom)
{
    memset(xscom->plain, 0, sizeof xscom->plain);
    xscom->plain[0] = chip_id_value(xscom->config.pvr);
}

static bool write_plain(struct xscom *xscom, unsigned at, u64 value)
{
    switch (plain_registers[at].kind) {
    case READ_ONLY: return false;
    case READ_WRITE: xscom->plain[at] = value; break;
    case WRITE_CLEARS: xscom->plain[at] &= ~value; break;
    case WRITE_IGNORED: break;
    case CHECKSTOP:
        xscom->plain[at] = value;
        line_set(&xscom->config.checkstop, (value & PPC_BIT(SW_CHECKSTOP_BIT)) != 0);
        break;
    }
    return true;
}

/* One line for each unknown register, however often it is touched. */
static void report_unknown(struct xscom *xscom, u32 scom, const char *what)
{
    for (unsigned k = 0; k < xscom->said_count; k++)
        if (xscom->said[k] == scom) return;
    if (xscom->said_count == XSCOM_SAID_MAX) return;
    xscom->said[xscom->said_count++] = scom;
    log_guest(xscom->config.log, "xscom: %s of unknown register 0x%08x", what, scom);
}

static void finish(struct xscom *xscom, u32 by, bool ok)
{
    const struct xscom_done *d = &xscom->config.done;
    u64 bits = HMER_XSCOM_DONE;

    if (!ok) bits |= HMER_XSCOM_FAIL | SETFIELD(HMER_XSCOM_STATUS, 0, XSCOM_STATUS_ADDRESS);
    if (d->done && by != BUS_NO_THREAD) d->done(d->self, by, bits);
}

static bool window_read(void *self, struct bus_access a, u64 *value)
{
    struct xscom *xscom = self;
    u32 scom = (u32)(a.offset >> 3);
    int at = find_plain(scom);
    bool ok = true;

    if (a.offset & 7) return false;
    if (at >= 0) *value = xscom->plain[at];
    else ok = bus_read(&xscom->scoms, a.by, a.offset, a.size, value);
    if (!ok) report_unknown(xscom, scom, "read");
    finish(xscom, a.by, ok);
    return true;
}

static bool window_write(void *self, struct bus_access a, u64 value)
{
    struct xscom *xscom = self;
    u32 scom = (u32)(a.offset >> 3);
    int at = find_plain(scom);
    bool ok;

    if (a.offset & 7) return false;
    ok = at >= 0 ? write_plain(xscom, (unsigned)at, value) : bus_write(&xscom->scoms, a.by, a.offset, a.size, value);
    if (!ok) report_unknown(xscom, scom, "write");
    finish(xscom, a.by, ok);
    return true;
}

static void window_reset(void *self)
{
    struct xscom *xscom = self;

    xscom_reset(xscom);
    bus_reset(&xscom->scoms);
}

static void describe(void *self, struct tree *tree)
{
    struct xscom *xscom = self;

    tree_begin_at(tree, "xscom", XSCOM_BASE);
    TREE_STRINGS(tree, "compatible", "ibm,power9-xscom\0ibm,xscom");
    TREE_CELLS(tree, "reg", tree_high(XSCOM_BASE), tree_low(XSCOM_BASE), tree_high(XSCOM_SIZE), tree_low(XSCOM_SIZE));
    tree_cell(tree, "#address-cells", 1);
    tree_cell(tree, "#size-cells", 1);
    tree_cell(tree, "ibm,chip-id", 0);
    tree_cell(tree, "ibm,primary-topology-index", 0);
    tree_flag(tree, "scom-controller");
    tree_flag(tree, "primary");
    bus_describe(&xscom->scoms, tree);
    tree_end(tree);
}

static const struct device_ops window_ops = {
    .read = window_read, .write = window_write, .reset = window_reset, .describe = describe};

bool xscom_init(struct xscom *xscom, const struct xscom_config *config)
{
    memset(xscom, 0, sizeof *xscom);
    xscom->config = *config;
    xscom->scoms.log = config->log;
    xscom_reset(xscom);
    return bus_attach(config->bus, &(struct region){"xscom", XSCOM_BASE, XSCOM_SIZE, BUS_8, &window_ops, xscom});
}
