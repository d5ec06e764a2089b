/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ChipTOD: the time-of-day unit that the timebases of all cores are loaded from.  Its state machine is
 *
 *     error --LOAD_TOD_MOD, TTYPE5--> not set --LOAD_TOD (bit 63 = 0), TTYPE4--> running
 *                                     not set --LOAD_TOD (bit 63 = 1)--> stopped --START_TOD--> running
 *
 * and from every state LOAD_TOD_MOD and TTYPE5 lead to "not set".  TFMR, the core's side, is an SPR and not here: when
 * firmware tells the unit to move its value, the core gets it through `target`.
 */
#ifndef P9_DEVICES_CHIPTOD_H
#define P9_DEVICES_CHIPTOD_H

#include "bus/bus.h"
#include "bus/clock.h"

enum { CHIPTOD_SCOM_BASE = 0x40000, CHIPTOD_SCOM_COUNT = 0x31 };

struct tod_target {
    void (*load_tb)(void *self, u32 pir, u64 tod); /* thread 0 of the core that waits for it; may be NULL */
    void *self;
};

enum chiptod_state { TOD_ERROR_STATE = 0, TOD_STOPPED = 1, TOD_RUNNING = 2, TOD_NOT_SET = 7 };

struct chiptod_config {
    struct bus *scoms;
    struct clock *clock;
    u32 chip_id;
    struct tod_target target;
    struct log *log;
};

struct chiptod {
    struct chiptod_config config;
    enum chiptod_state state;
    u64 control[CHIPTOD_SCOM_COUNT]; /* path, port and chip control: storage only */
    u64 error, tod_minus_clock;      /* value = clock + this while running */
};

extern const struct state_table chiptod_state;

must_use bool chiptod_init(struct chiptod *tod, const struct chiptod_config *config);

#endif
