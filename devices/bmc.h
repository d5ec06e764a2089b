/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The baseboard management controller: an IPMI 2.0 system interface of the block transfer kind (BT) on the LPC bus, and
 * behind it the commands that OPAL and Linux need - power control, watchdog, clock, a small event log.  It has no
 * sensors, no FRU and no flash to offer and says so.
 */
#ifndef P9_DEVICES_BMC_H
#define P9_DEVICES_BMC_H

#include "bus/bus.h"
#include "bus/clock.h"
#include "bus/line.h"

enum power_request { POWER_OFF, POWER_REBOOT, POWER_CHECKSTOP };

struct power_control {
    void (*request)(void *self, enum power_request what); /* inside a device access: note it, act later; may be NULL */
    void *self;
};

enum { BT_REGISTERS = 3, BT_MESSAGE_MAX = 64, SEL_RECORD_BYTES = 16, SEL_RECORDS_MAX = 64 };

struct bmc_config {
    struct bus *io; /* LPC IO space: three registers at base */
    u64 base;
    struct line irq;
    struct clock *clock;
    u64 start_time; /* seconds since 1970 at power-on: never the host's clock */
    struct power_control power;
    struct log *log;
};

struct bmc {
    struct bmc_config config;
    u8 control, intmask;                                /* BT registers */
    u8 in[BT_MESSAGE_MAX + 1], out[BT_MESSAGE_MAX + 1]; /* length byte first */
    unsigned in_count, out_count, out_at;
    u8 enables; /* BMC global enables */
    u8 acpi_system, acpi_device;
    s64 time_offset; /* set by Set SEL Time */
    struct alarm watchdog;
    u8 watchdog_use, watchdog_action, watchdog_pretimeout, watchdog_expired;
    u16 watchdog_count; /* 100 ms */
    bool watchdog_set;
    u16 sel_reservation;
    unsigned sel_count;
    u64 sel_erased_at, sel_added_at;
    u8 sel[SEL_RECORDS_MAX][SEL_RECORD_BYTES];
};

extern const struct state_table bmc_state;

must_use bool bmc_init(struct bmc *bmc, const struct bmc_config *config);

#endif
