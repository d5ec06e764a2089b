/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SBE mailbox protocol (skiboot hw/sbe-p9.c, sbe sp_intf): the host fills mailbox 0..3 and rings the SBE's doorbell;
 * the SBE says "message read" in the host's doorbell if asked to, later "response waiting" with mailbox 4..7 if that
 * was asked for.  Ours answers within the doorbell access.  Mailbox 0: flags in bits 16:31, sequence 32:47, command
 * 48:63.
 */
#include "devices/sbe.h"

enum { BOX_DOORBELL = 0x10, BOX_HOST_DOORBELL = 0x13 }; /* each: read/write, AND, OR */
enum { COMMAND_TIMER = 0xd401, FLAG_START = 1, FLAG_STOP = 2, FLAG_RESPONSE = 0x100, FLAG_ACK = 0x200 };
enum { STATUS_SUCCESS = 0, STATUS_INVALID_COMMAND = 1 };

#define DOORBELL_MESSAGE PPC_BIT(0)
#define HOST_RESPONSE PPC_BIT(0)
#define HOST_MESSAGE_READ PPC_BIT(1)
#define HOST_TIMER_EXPIRED PPC_BIT(14)
#define HOST_BITS (PPC_BITMASK(0, 4) | HOST_TIMER_EXPIRED)

static void set_host_doorbell(struct sbe *sbe, u64 value)
{
    sbe->host_doorbell = value & HOST_BITS;
    line_set(&sbe->config.irq, sbe->host_doorbell != 0);
}

static void timer_expired(void *self)
{
    struct sbe *sbe = self;

    set_host_doorbell(sbe, sbe->host_doorbell | HOST_TIMER_EXPIRED);
}

static void control_timer(struct sbe *sbe, u16 flags, u64 microseconds)
{
    u64 ticks_per_us = TIMEBASE_HZ / 1000000, limit = ALARM_NEVER / ticks_per_us / 2;

    if (flags & FLAG_START) {
        if (microseconds > limit) microseconds = limit;
        clock_arm(sbe->config.clock, &sbe->timer, sbe->config.clock->now_tb + microseconds * ticks_per_us);
    } else if (flags & FLAG_STOP) {
        clock_arm(sbe->config.clock, &sbe->timer, ALARM_NEVER);
    }
}

static void take_message(struct sbe *sbe)
{
    u64 head = sbe->mailbox[0];
    u16 flags = (u16)(head >> 32), command = (u16)head;
    u64 bits = 0, status = STATUS_SUCCESS;

    if (command == COMMAND_TIMER) {
        control_timer(sbe, flags, sbe->mailbox[1]);
    } else {
        status = STATUS_INVALID_COMMAND;
        log_guest(sbe->config.log, "sbe: command 0x%04x is not modelled", command);
    }
    if (flags & FLAG_ACK) bits |= HOST_MESSAGE_READ;
    if (flags & FLAG_RESPONSE) {
        sbe->mailbox[4] = status << 48 | (head & 0xffffffff);
        sbe->mailbox[5] = sbe->mailbox[6] = sbe->mailbox[7] = 0;
        bits |= HOST_RESPONSE;
    }
    set_host_doorbell(sbe, sbe->host_doorbell | bits);
}

static bool mailbox_read(void *self, struct bus_access a, u64 *value)
{
    struct sbe *sbe = self;
    unsigned n = (unsigned)(a.offset >> 3);

    *value = n < 8 ? sbe->mailbox[n] : n >= BOX_HOST_DOORBELL ? sbe->host_doorbell : 0;
    return true;
}

static bool mailbox_write(void *self, struct bus_access a, u64 value)
{
    struct sbe *sbe = self;
    unsigned n = (unsigned)(a.offset >> 3);

    switch (n) {
    case BOX_DOORBELL:
    case BOX_DOORBELL + 2:
        if (value & DOORBELL_MESSAGE) take_message(sbe);
        break;
    case BOX_HOST_DOORBELL: set_host_doorbell(sbe, value); break;
    case BOX_HOST_DOORBELL + 1: set_host_doorbell(sbe, sbe->host_doorbell & value); break;
    case BOX_HOST_DOORBELL + 2: set_host_doorbell(sbe, sbe->host_doorbell | value); break;
    default:
        if (n < 8) sbe->mailbox[n] = value;
        break;
    }
    return true;
}

static bool control_read(void *self, struct bus_access a, u64 *value)
{
    (void)a;
    *value = ((struct sbe *)self)->control;
    return true;
}

static bool control_write(void *self, struct bus_access a, u64 value)
{
    (void)a;
    ((struct sbe *)self)->control = value;
    return true;
}

static const struct state_row rows[] = {
    STATE_DERIVED(struct sbe, config),     STATE_PART(struct sbe, timer, struct alarm, alarm_state),
    STATE_ARCH(struct sbe, mailbox),       STATE_ARCH(struct sbe, control),
    STATE_ARCH(struct sbe, host_doorbell),
};
const struct state_table sbe_state = STATE_TABLE(struct sbe, rows);

static void reset(void *self)
{
    struct sbe *sbe = self;

    state_reset(&sbe_state, sbe);
    clock_arm(sbe->config.clock, &sbe->timer, ALARM_NEVER);
    set_host_doorbell(sbe, 0);
}

static const struct device_ops mailbox_ops = {.read = mailbox_read, .write = mailbox_write, .reset = reset};
static const struct device_ops control_ops = {.read = control_read, .write = control_write};

bool sbe_init(struct sbe *sbe, const struct sbe_config *config)
{
    memset(sbe, 0, sizeof *sbe);
    sbe->config = *config;
    clock_add(config->clock, &sbe->timer, timer_expired, sbe);
    return bus_attach(config->scoms,
                      &(struct region){"sbe control", SBE_CONTROL_SCOM * 8ULL, 8, BUS_8, &control_ops, sbe}) &&
           bus_attach(config->scoms, &(struct region){"sbe mailbox", SBE_MAILBOX_SCOM * 8ULL,
                                                      SBE_MAILBOX_SCOM_COUNT * 8ULL, BUS_8, &mailbox_ops, sbe});
}
