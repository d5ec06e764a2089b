/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The self-boot engine as the host sees it after boot: four mailbox registers each way, a doorbell each way, and one
 * service that matters, a timer with microsecond resolution that skiboot uses for all its time-outs.
 */
#ifndef P9_DEVICES_SBE_H
#define P9_DEVICES_SBE_H

#include "bus/bus.h"
#include "bus/clock.h"
#include "bus/line.h"

enum { SBE_CONTROL_SCOM = 0x50008, SBE_MAILBOX_SCOM = 0xd0050, SBE_MAILBOX_SCOM_COUNT = 0x16 };

struct sbe_config {
    struct bus *scoms;
    struct clock *clock;
    struct line irq; /* host doorbell, PSI source PSU */
    struct log *log;
};

struct sbe {
    struct sbe_config config;
    struct alarm timer;
    u64 mailbox[8]; /* 0..3 host to SBE, 4..7 SBE to host */
    u64 control, host_doorbell;
};

extern const struct state_table sbe_state;

must_use bool sbe_init(struct sbe *sbe, const struct sbe_config *config);

#endif
