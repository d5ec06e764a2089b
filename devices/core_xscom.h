/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SCOM registers of the cores: direct controls (stop, start, system reset of a thread), what firmware reads to see a
 * thread's state, special wake-up, thermal sensors, and per core pair the non-cacheable unit's BARs.  The threads
 * belong to the machine, so what the registers do to them is an interface.
 */
#ifndef P9_DEVICES_CORE_XSCOM_H
#define P9_DEVICES_CORE_XSCOM_H

#include "bus/bus.h"

/* Any function may be NULL: then stopped and asleep answer "no" and the others do nothing. */
struct thread_control {
    bool (*stopped)(void *self, u32 pir); /* quiesced by direct controls */
    bool (*asleep)(void *self, u32 pir);  /* executing a stop instruction */
    void (*stop)(void *self, u32 pir);    /* quiesce */
    void (*start)(void *self, u32 pir);   /* go on where it was stopped */
    void (*sreset)(void *self, u32 pir);  /* system reset interrupt (0x100), ends a stop instruction too */
    void *self;
};

enum { CORES_MAX = 24, CORE_SCOM_COUNT = 0x100000, QUAD_SCOM_COUNT = 0x100000, THREADS_PER_CORE_MAX = 4 };

struct cores_config {
    struct bus *scoms;
    u32 chip_id;
    unsigned cores, threads_per_core;
    struct thread_control control;
    struct log *log;
};

struct core_registers {
    struct cores *all;
    unsigned core;
    u64 special_wakeup[4]; /* OTR, FSP, OCC, HYP */
};

struct pair_registers {
    u64 tm_bar, darn_bar;
};

struct quad_registers {
    struct cores *all;
    unsigned quad;
    struct pair_registers pair[2];
};

struct cores {
    struct cores_config config;
    struct core_registers core[CORES_MAX];
    struct quad_registers quad[CORES_MAX / 4];
};

extern const struct state_table cores_state;

must_use bool cores_init(struct cores *cores, const struct cores_config *config);

#endif
