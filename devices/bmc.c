/* SPDX-License-Identifier: Apache-2.0 */
/*
 * BT registers and IPMI commands (IPMI 2.0, sections 11, 20-22, 27, 28, 31); see bmc.h.
 *
 *     offset 0  BT_CTRL     B_BUSY 80  H_BUSY 40  OEM0 20  SMS_ATN 10  B2H_ATN 08  H2B_ATN 04  CLR_RD 02  CLR_WR 01
 *            1  buffer      write: host to BMC, read: BMC to host
 *            2  BT_INTMASK  HWRST 80  B2H_IRQ 02 (write 1 to clear)  B2H_IRQ_EN 01
 *
 *     request   length  netFn/LUN  sequence  command  data ...
 *     response  length  netFn+1/LUN  sequence  command  completion code  data ...
 *
 * A request is answered within the register access that sets H2B_ATN, so the BMC is never seen busy.
 */
#include "devices/bmc.h"

#include "devices/tree.h"

enum { BT_CTRL, BT_BUFFER, BT_INTMASK };
enum {
    CTRL_B_BUSY = 0x80,
    CTRL_H_BUSY = 0x40,
    CTRL_OEM0 = 0x20,
    CTRL_SMS_ATN = 0x10,
    CTRL_B2H_ATN = 0x08,
    CTRL_H2B_ATN = 0x04,
    CTRL_CLR_RD = 0x02,
    CTRL_CLR_WR = 0x01,
};
enum { INT_RESET = 0x80, INT_IRQ = 0x02, INT_ENABLE = 0x01 };
enum {
    CC_OK = 0x00,
    CC_WATCHDOG_UNSET = 0x80,
    CC_EMPTY = 0x80,
    CC_PARAMETER = 0x80,
    CC_COMMAND = 0xc1,
    CC_LENGTH = 0xc7,
    CC_RESERVATION = 0xc5,
    CC_ABSENT = 0xcb,
    CC_FIELD = 0xcc,
    CC_SPACE = 0xc4,
    CC_STATE = 0xd5,
};
enum { NETFN_CHASSIS = 0x00, NETFN_SENSOR = 0x04, NETFN_APP = 0x06, NETFN_STORAGE = 0x0a };
enum { HEADER = 4, REPLY_HEADER = 5 }; /* bytes before the data, length byte included */

struct reply {
    u8 data[BT_MESSAGE_MAX - REPLY_HEADER + 1];
    unsigned count;
};

static void put(struct reply *r, u64 value, unsigned bytes)
{
    for (; bytes && r->count < sizeof r->data; bytes--, value >>= 8) r->data[r->count++] = (u8)value;
}

static u16 get16(const u8 *p)
{
    return (u16)(p[0] | p[1] << 8);
}
static u32 get32(const u8 *p)
{
    return get16(p) | (u32)get16(p + 2) << 16;
}

static u32 sel_time(const struct bmc *b)
{
    return (u32)((s64)(b->config.start_time + b->config.clock->now_tb / TIMEBASE_HZ) + b->time_offset);
}

static void power(struct bmc *b, enum power_request what)
{
    if (b->config.power.request) b->config.power.request(b->config.power.self, what);
}

/* ---- application commands ------------------------------------------------------------------------------------- */

static u8 get_device_id(struct bmc *b, const u8 *data, unsigned n, struct reply *r)
{
    (void)b, (void)data, (void)n;
    put(r, 0x20, 1); /* device id */
    put(r, 0x00, 1); /* revision, no SDRs */
    put(r, 0x01, 1); /* firmware 1.00 */
    put(r, 0x00, 1);
    put(r, 0x02, 1); /* IPMI 2.0 */
    put(r, 0x84, 1); /* chassis device, SEL device */
    put(r, 0, 3);    /* manufacturer: unspecified */
    put(r, 0, 2);    /* product */
    return CC_OK;
}

static u8 accept(struct bmc *b, const u8 *data, unsigned n, struct reply *r)
{
    (void)b, (void)data, (void)n, (void)r;
    return CC_OK;
}

static u8 self_test(struct bmc *b, const u8 *data, unsigned n, struct reply *r)
{
    (void)b, (void)data, (void)n;
    put(r, 0x0055, 2); /* no error */
    return CC_OK;
}

static u8 set_acpi_state(struct bmc *b, const u8 *data, unsigned n, struct reply *r)
{
    (void)n, (void)r;
    if (data[0] & 0x80) b->acpi_system = data[0] & 0x7f;
    if (data[1] & 0x80) b->acpi_device = data[1] & 0x7f;
    return CC_OK;
}

static u8 get_acpi_state(struct bmc *b, const u8 *data, unsigned n, struct reply *r)
{
    (void)data, (void)n;
    put(r, b->acpi_system, 1);
    put(r, b->acpi_device, 1);
    return CC_OK;
}

static u8 get_guid(struct bmc *b, const u8 *data, unsigned n, struct reply *r)
{
    (void)b, (void)data, (void)n;
    put(r, 0, 8);
    put(r, 0, 8);
    return CC_OK;
}

static u8 set_enables(struct bmc *b, const u8 *data, unsigned n, struct reply *r)
{
    (void)n, (void)r;
    b->enables = data[0];
    return CC_OK;
}

static u8 get_enables(struct bmc *b, const u8 *data, unsigned n, struct reply *r)
{
    (void)data, (void)n;
    put(r, b->enables, 1);
    return CC_OK;
}

static u8 get_message_flags(struct bmc *b, const u8 *data, unsigned n, struct reply *r)
{
    (void)b, (void)data, (void)n;
    put(r, 0, 1);
    return CC_OK;
}

static u8 nothing_queued(struct bmc *b, const u8 *data, unsigned n, struct reply *r)
{
    (void)b, (void)data, (void)n, (void)r;
    return CC_EMPTY;
}

static u8 get_bt_capabilities(struct bmc *b, const u8 *data, unsigned n, struct reply *r)
{
    (void)b, (void)data, (void)n;
    put(r, 1, 1);              /* one request at a time */
    put(r, BT_MESSAGE_MAX, 1); /* input and output buffer */
    put(r, BT_MESSAGE_MAX, 1);
    put(r, 10, 1); /* answers within seconds */
    put(r, 0, 1);  /* retries */
    return CC_OK;
}

/* ---- watchdog -------------------------------------------------------------------------------------------------- */

enum { WATCHDOG_NONE, WATCHDOG_RESET, WATCHDOG_OFF, WATCHDOG_CYCLE };
enum { TICKS_PER_100MS = TIMEBASE_HZ / 10, WATCHDOG_RUN_ON = 0x40 };

static void watchdog_fired(void *self)
{
    struct bmc *b = self;
    unsigned action = b->watchdog_action & 7;

    b->watchdog_expired |= (u8)(1u << (b->watchdog_use & 7));
    log_guest(b->config.log, "bmc: the guest's watchdog expired (action %u)", action);
    if (action == WATCHDOG_RESET || action == WATCHDOG_CYCLE) power(b, POWER_REBOOT);
    else if (action == WATCHDOG_OFF) power(b, POWER_OFF);
}

static void watchdog_start(struct bmc *b)
{
    clock_arm(b->config.clock, &b->watchdog, b->config.clock->now_tb + (u64)b->watchdog_count * TICKS_PER_100MS);
}

static u8 reset_watchdog(struct bmc *b, const u8 *data, unsigned n, struct reply *r)
{
    (void)data, (void)n, (void)r;
    if (!b->watchdog_set) return CC_WATCHDOG_UNSET;
    watchdog_start(b);
    return CC_OK;
}

static u8 set_watchdog(struct bmc *b, const u8 *data, unsigned n, struct reply *r)
{
    bool running = b->watchdog.deadline_tb != ALARM_NEVER;

    (void)n, (void)r;
    b->watchdog_use = data[0] & 0x87;
    b->watchdog_action = data[1];
    b->watchdog_pretimeout = data[2];
    b->watchdog_expired &= (u8)~data[3];
    b->watchdog_count = get16(data + 4);
    b->watchdog_set = true;
    if (running && (data[0] & WATCHDOG_RUN_ON)) watchdog_start(b);
    else clock_arm(b->config.clock, &b->watchdog, ALARM_NEVER);
    return CC_OK;
}

static u8 get_watchdog(struct bmc *b, const u8 *data, unsigned n, struct reply *r)
{
    bool running = b->watchdog.deadline_tb != ALARM_NEVER;
    u64 now = b->config.clock->now_tb, left = b->watchdog_count;

    (void)data, (void)n;
    if (running) left = b->watchdog.deadline_tb > now ? (b->watchdog.deadline_tb - now) / TICKS_PER_100MS : 0;
    put(r, b->watchdog_use | (running ? 0x40 : 0), 1);
    put(r, b->watchdog_action, 1);
    put(r, b->watchdog_pretimeout, 1);
    put(r, b->watchdog_expired, 1);
    put(r, b->watchdog_count, 2);
    put(r, left, 2);
    return CC_OK;
}

/* ---- chassis --------------------------------------------------------------------------------------------------- */

static u8 chassis_capabilities(struct bmc *b, const u8 *data, unsigned n, struct reply *r)
{
    (void)b, (void)data, (void)n;
    put(r, 0, 1);
    for (unsigned k = 0; k < 4; k++) put(r, 0x20, 1); /* FRU, SDR, SEL, management device: this BMC */
    return CC_OK;
}

static u8 chassis_status(struct bmc *b, const u8 *data, unsigned n, struct reply *r)
{
    (void)b, (void)data, (void)n;
    put(r, 0x01, 1); /* power is on */
    put(r, 0x00, 1); /* last power event: none of note */
    put(r, 0x00, 1);
    return CC_OK;
}

/* 28.3: 0 down, 1 up, 2 cycle, 3 hard reset, 4 diagnostic interrupt, 5 soft shutdown. */
static u8 chassis_control(struct bmc *b, const u8 *data, unsigned n, struct reply *r)
{
    (void)n, (void)r;
    switch (data[0] & 0xf) {
    case 0:
    case 5: power(b, POWER_OFF); return CC_OK;
    case 1: return CC_OK;
    case 2:
    case 3: power(b, POWER_REBOOT); return CC_OK;
    default: return CC_FIELD;
    }
}

static u8 restart_cause(struct bmc *b, const u8 *data, unsigned n, struct reply *r)
{
    (void)b, (void)data, (void)n;
    put(r, 0x0001, 2); /* chassis control command, channel 0 */
    return CC_OK;
}

/* Boot flags (parameter 5) are "not valid": boot as you like.  0x62 is OpenPOWER's SBE validation flag: off. */
static u8 get_boot_options(struct bmc *b, const u8 *data, unsigned n, struct reply *r)
{
    (void)b, (void)n;
    if (data[0] != 5 && data[0] != 0x62) return CC_PARAMETER;
    put(r, 0x01, 1);
    put(r, data[0], 1);
    put(r, 0, data[0] == 5 ? 5 : 1);
    return CC_OK;
}

/* ---- event log and clock --------------------------------------------------------------------------------------- */

static u8 sel_info(struct bmc *b, const u8 *data, unsigned n, struct reply *r)
{
    (void)data, (void)n;
    put(r, 0x51, 1); /* version */
    put(r, b->sel_count, 2);
    put(r, (SEL_RECORDS_MAX - b->sel_count) * SEL_RECORD_BYTES, 2);
    put(r, b->sel_added_at, 4);
    put(r, b->sel_erased_at, 4);
    put(r, 0x02, 1); /* reservations are supported */
    return CC_OK;
}

static u8 reserve_sel(struct bmc *b, const u8 *data, unsigned n, struct reply *r)
{
    (void)data, (void)n;
    if (++b->sel_reservation == 0) b->sel_reservation = 1;
    put(r, b->sel_reservation, 2);
    return CC_OK;
}

/* Record ids are 1, 2, ...; 0 asks for the first and 0xffff for the last. */
static u8 get_sel_entry(struct bmc *b, const u8 *data, unsigned n, struct reply *r)
{
    unsigned id = get16(data + 2), first = data[4], count = data[5];

    (void)n;
    if (id == 0) id = 1;
    if (id == 0xffff) id = b->sel_count;
    if (!id || id > b->sel_count) return CC_ABSENT;
    if (first >= SEL_RECORD_BYTES) return CC_FIELD;
    if (count > SEL_RECORD_BYTES - first) count = SEL_RECORD_BYTES - first;
    put(r, id < b->sel_count ? id + 1 : 0xffff, 2);
    for (unsigned k = 0; k < count; k++) put(r, b->sel[id - 1][first + k], 1);
    return CC_OK;
}

static u8 add_sel_entry(struct bmc *b, const u8 *data, unsigned n, struct reply *r)
{
    u8 *record = b->sel[b->sel_count];

    (void)n;
    if (b->sel_count == SEL_RECORDS_MAX) return CC_SPACE;
    memcpy(record, data, SEL_RECORD_BYTES);
    b->sel_count++;
    record[0] = (u8)b->sel_count;
    record[1] = (u8)(b->sel_count >> 8);
    b->sel_added_at = sel_time(b);
    put(r, b->sel_count, 2);
    return CC_OK;
}

static u8 clear_sel(struct bmc *b, const u8 *data, unsigned n, struct reply *r)
{
    (void)n;
    if (get16(data) != b->sel_reservation) return CC_RESERVATION;
    if (data[2] != 'C' || data[3] != 'L' || data[4] != 'R') return CC_FIELD;
    if (data[5] == 0xaa) {
        b->sel_count = 0;
        b->sel_erased_at = sel_time(b);
    }
    put(r, 1, 1); /* erasure completed */
    return CC_OK;
}

static u8 get_sel_time(struct bmc *b, const u8 *data, unsigned n, struct reply *r)
{
    (void)data, (void)n;
    put(r, sel_time(b), 4);
    return CC_OK;
}

static u8 set_sel_time(struct bmc *b, const u8 *data, unsigned n, struct reply *r)
{
    (void)n, (void)r;
    b->time_offset += (s64)get32(data) - (s64)sel_time(b);
    return CC_OK;
}

static u8 sdr_info(struct bmc *b, const u8 *data, unsigned n, struct reply *r)
{
    (void)b, (void)data, (void)n;
    put(r, 0x51, 1);
    put(r, 0, 8); /* no records, no free space, never added */
    put(r, 0, 4);
    put(r, 0, 1);
    return CC_OK;
}

static u8 reserve_sdr(struct bmc *b, const u8 *data, unsigned n, struct reply *r)
{
    (void)b, (void)data, (void)n;
    put(r, 1, 2);
    return CC_OK;
}

static u8 absent(struct bmc *b, const u8 *data, unsigned n, struct reply *r)
{
    (void)b, (void)data, (void)n, (void)r;
    return CC_ABSENT;
}

/* Every command we know: a shorter request than `least` data bytes is refused with "length invalid". */
static const struct command {
    u8 netfn, cmd, least;
    u8 (*run)(struct bmc *, const u8 *data, unsigned n, struct reply *);
} commands[] = {
    {NETFN_APP, 0x01, 0, get_device_id},
    {NETFN_APP, 0x04, 0, self_test},
    {NETFN_APP, 0x06, 2, set_acpi_state},
    {NETFN_APP, 0x07, 0, get_acpi_state},
    {NETFN_APP, 0x08, 0, get_guid},
    {NETFN_APP, 0x22, 0, reset_watchdog},
    {NETFN_APP, 0x24, 6, set_watchdog},
    {NETFN_APP, 0x25, 0, get_watchdog},
    {NETFN_APP, 0x2e, 1, set_enables},
    {NETFN_APP, 0x2f, 0, get_enables},
    {NETFN_APP, 0x30, 1, accept}, /* clear message flags: none is ever set */
    {NETFN_APP, 0x31, 0, get_message_flags},
    {NETFN_APP, 0x33, 0, nothing_queued}, /* get message */
    {NETFN_APP, 0x35, 0, nothing_queued}, /* read event message buffer */
    {NETFN_APP, 0x36, 0, get_bt_capabilities},
    {NETFN_APP, 0x37, 0, get_guid}, /* system GUID */
    {NETFN_CHASSIS, 0x00, 0, chassis_capabilities},
    {NETFN_CHASSIS, 0x01, 0, chassis_status},
    {NETFN_CHASSIS, 0x02, 1, chassis_control},
    {NETFN_CHASSIS, 0x07, 0, restart_cause},
    {NETFN_CHASSIS, 0x08, 1, accept}, /* set boot options: nothing here would look at them */
    {NETFN_CHASSIS, 0x09, 3, get_boot_options},
    {NETFN_SENSOR, 0x2d, 1, absent},  /* get sensor reading */
    {NETFN_SENSOR, 0x30, 1, accept},  /* set sensor reading: boot progress and the like */
    {NETFN_STORAGE, 0x10, 1, absent}, /* FRU inventory area info, read, write */
    {NETFN_STORAGE, 0x11, 4, absent},
    {NETFN_STORAGE, 0x12, 3, absent},
    {NETFN_STORAGE, 0x20, 0, sdr_info},
    {NETFN_STORAGE, 0x22, 0, reserve_sdr},
    {NETFN_STORAGE, 0x23, 6, absent},
    {NETFN_STORAGE, 0x40, 0, sel_info},
    {NETFN_STORAGE, 0x42, 0, reserve_sel},
    {NETFN_STORAGE, 0x43, 6, get_sel_entry},
    {NETFN_STORAGE, 0x44, SEL_RECORD_BYTES, add_sel_entry},
    {NETFN_STORAGE, 0x47, 6, clear_sel},
    {NETFN_STORAGE, 0x48, 0, get_sel_time},
    {NETFN_STORAGE, 0x49, 4, set_sel_time},
};

static u8 run_command(struct bmc *b, u8 netfn, u8 cmd, unsigned n, struct reply *r)
{
    for (unsigned k = 0; k < ARRAY_SIZE(commands); k++)
        if (commands[k].netfn == netfn && commands[k].cmd == cmd)
            return n < commands[k].least ? CC_LENGTH : commands[k].run(b, b->in + HEADER, n, r);
    log_say(b->config.log, LOG_DEBUG, "bmc: IPMI command %02x/%02x is not known", netfn, cmd);
    return CC_COMMAND;
}

/* ---- block transfer interface ---------------------------------------------------------------------------------- */

static void update_line(struct bmc *b)
{
    line_set(&b->config.irq, (b->intmask & INT_IRQ) && (b->intmask & INT_ENABLE));
}

static void take_request(struct bmc *b)
{
    struct reply r = {.count = 0};
    unsigned length = b->in[0];
    u8 cc;

    if (b->in_count < HEADER || length < HEADER - 1 || length + 1 > b->in_count || length > BT_MESSAGE_MAX) {
        b->in_count = 0; /* not a message: the host will time out */
        return;
    }
    cc = run_command(b, b->in[1] >> 2, b->in[3], length + 1 - HEADER, &r);
    if (cc != CC_OK) r.count = 0;
    b->out[0] = (u8)(REPLY_HEADER - 1 + r.count);
    b->out[1] = b->in[1] | 0x04; /* response netFn is request + 1 */
    b->out[2] = b->in[2];
    b->out[3] = b->in[3];
    b->out[4] = cc;
    memcpy(b->out + REPLY_HEADER, r.data, r.count);
    b->out_count = REPLY_HEADER + r.count;
    b->out_at = b->in_count = 0;
    b->control |= CTRL_B2H_ATN;
    if (b->intmask & INT_ENABLE) b->intmask |= INT_IRQ;
}

static void write_control(struct bmc *b, u8 value)
{
    if (value & CTRL_CLR_WR) b->in_count = 0;
    if (value & CTRL_CLR_RD) b->out_at = 0;
    if (value & CTRL_B2H_ATN) b->control &= (u8)~CTRL_B2H_ATN;
    if (value & CTRL_SMS_ATN) b->control &= (u8)~CTRL_SMS_ATN;
    if (value & CTRL_H_BUSY) b->control ^= CTRL_H_BUSY; /* writing 1 toggles */
    if (value & CTRL_OEM0) b->control |= CTRL_OEM0;
    if (value & CTRL_H2B_ATN) take_request(b);
}

static void write_intmask(struct bmc *b, u8 value)
{
    if (value & INT_RESET) {
        b->in_count = b->out_count = b->out_at = 0;
        b->control = b->intmask = 0;
        return;
    }
    if (value & INT_IRQ) b->intmask &= (u8)~INT_IRQ;
    if (!(b->intmask & INT_ENABLE) && (value & INT_ENABLE) && (b->control & CTRL_B2H_ATN)) b->intmask |= INT_IRQ;
    b->intmask = (u8)((b->intmask & ~INT_ENABLE) | (value & INT_ENABLE));
}

static bool bt_read(void *self, struct bus_access a, u64 *value)
{
    struct bmc *b = self;

    switch (a.offset) {
    case BT_CTRL: *value = b->control; break;
    case BT_BUFFER: *value = b->out_at < b->out_count ? b->out[b->out_at++] : 0xff; break;
    default: *value = b->intmask; break;
    }
    return true;
}

static bool bt_write(void *self, struct bus_access a, u64 value)
{
    struct bmc *b = self;

    switch (a.offset) {
    case BT_CTRL: write_control(b, (u8)value); break;
    case BT_BUFFER:
        if (b->in_count < sizeof b->in) b->in[b->in_count++] = (u8)value;
        break;
    default: write_intmask(b, (u8)value); break;
    }
    update_line(b);
    return true;
}

/* What a reset leaves alone is the BMC's own. */
static const struct state_row rows[] = {
    STATE_DERIVED(struct bmc, config),
    STATE_ARCH(struct bmc, control),
    STATE_ARCH(struct bmc, intmask),
    STATE_ARCH(struct bmc, in, .kept = true),
    STATE_ARCH(struct bmc, out, .kept = true),
    STATE_ARCH(struct bmc, in_count, .most = BT_MESSAGE_MAX + 1),
    STATE_ARCH(struct bmc, out_count, .most = BT_MESSAGE_MAX + 1),
    STATE_ARCH(struct bmc, out_at, .most = BT_MESSAGE_MAX + 1),
    STATE_ARCH(struct bmc, enables),
    STATE_ARCH(struct bmc, acpi_system, .kept = true),
    STATE_ARCH(struct bmc, acpi_device, .kept = true),
    STATE(struct bmc, time_offset, .kept = true),
    STATE_PART(struct bmc, watchdog, struct alarm, alarm_state),
    STATE_ARCH(struct bmc, watchdog_use, .kept = true),
    STATE_ARCH(struct bmc, watchdog_action, .kept = true),
    STATE_ARCH(struct bmc, watchdog_pretimeout, .kept = true),
    STATE_ARCH(struct bmc, watchdog_expired, .kept = true),
    STATE_ARCH(struct bmc, watchdog_count, .kept = true),
    STATE_ARCH(struct bmc, watchdog_set),
    STATE_ARCH(struct bmc, sel_reservation, .kept = true),
    STATE_ARCH(struct bmc, sel_count, .most = SEL_RECORDS_MAX, .kept = true),
    STATE(struct bmc, sel_erased_at, .kept = true),
    STATE(struct bmc, sel_added_at, .kept = true),
    STATE_OF(struct bmc, sel, u8, .kept = true),
};
const struct state_table bmc_state = STATE_TABLE(struct bmc, rows);

/* A reset of the host leaves the BMC's clock and log alone, but not the interface and the watchdog. */
static void bt_reset(void *self)
{
    struct bmc *b = self;

    state_reset(&bmc_state, b);
    clock_arm(b->config.clock, &b->watchdog, ALARM_NEVER);
    update_line(b);
}

static void describe(void *self, struct tree *tree)
{
    const struct bmc_config *c = &((struct bmc *)self)->config;

    tree_begin_isa(tree, "isa-ipmi-bt", c->base);
    TREE_STRINGS(tree, "compatible", "bt\0ipmi-bt");
    tree_text(tree, "status", "reserved"); /* OPAL's, not the kernel's */
    TREE_CELLS(tree, "reg", 1, (u32)c->base, BT_REGISTERS);
    tree_interrupt(tree, &c->irq);
    tree_end(tree);
}

static const struct device_ops bt_ops = {.read = bt_read, .write = bt_write, .reset = bt_reset, .describe = describe};

bool bmc_init(struct bmc *bmc, const struct bmc_config *config)
{
    memset(bmc, 0, sizeof *bmc);
    bmc->config = *config;
    clock_add(config->clock, &bmc->watchdog, watchdog_fired, bmc);
    return bus_attach(config->io, &(struct region){"bmc bt", config->base, BT_REGISTERS, BUS_1, &bt_ops, bmc});
}
