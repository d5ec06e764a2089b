/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The part of the NX unit that firmware sets up so that darn works: the BAR of its registers and the configuration of
 * the random number generator.  On POWER9 the BAR only says which NX a core draws from; a read of the window still
 * yields a number, as on POWER8.
 */
#ifndef P9_DEVICES_NX_RNG_H
#define P9_DEVICES_NX_RNG_H

#include "bus/bus.h"
#include "devices/rng.h"

#define NX_RNG_WINDOW_BASE 0x00060302031d0000ULL
enum { NX_RNG_WINDOW_SIZE = 0x10000, NX_MMIO_BAR_SCOM = 0x0201108d, NX_RNG_CONFIG_SCOM = 0x020110e0 };

struct nx_rng {
    struct rng *rng;
    u64 bar, config;
};

extern const struct state_table nx_rng_state;

/* Attach the window to `bus` and the two registers to `scoms`. */
must_use bool nx_rng_init(struct nx_rng *nx, struct rng *rng, struct bus *bus, struct bus *scoms);

#endif
