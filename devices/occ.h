/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The on-chip controller that manages power, seen from the host: the PBA's base address registers that say where in
 * main storage HOMER (the image of the power management engines) and the OCC's common area lie, and the OCC's flag
 * register with its interrupt.  The OCC's program does not run; what it would have published by the time that firmware
 * starts is there after a reset: an "active" state, p-states, and one temperature sensor.  It answers no commands.
 *
 * There are two p-states, because firmware refuses fewer, and they are 1 MHz apart, because Linux refuses equal ones: a
 * core here runs at one frequency, and a table with more would let Linux believe that it had changed it.
 */
#ifndef P9_DEVICES_OCC_H
#define P9_DEVICES_OCC_H

#include "bus/bus.h"
#include "bus/line.h"
#include "bus/ram.h"

enum { OCC_PBA_SCOM = 0x5012b00, OCC_PBA_SCOM_COUNT = 8, OCC_SCOM_BASE = 0x6c080, OCC_SCOM_COUNT = 3 };
#define HOMER_SIZE 0x400000ULL
#define OCC_COMMON_SIZE 0x800000ULL

struct occ_config {
    struct bus *scoms;
    u64 homer_base, occ_common_base; /* aligned to their sizes */
    struct ram *ram;                 /* where they lie; NULL: nothing is published */
    u32 core_mhz;
    struct line irq;
};

struct occ {
    struct occ_config config;
    u64 pba[OCC_PBA_SCOM_COUNT], misc;
};

extern const struct state_table occ_state; /* what it published lies in main storage */

must_use bool occ_init(struct occ *occ, const struct occ_config *config);

#endif
