/* SPDX-License-Identifier: Apache-2.0 */
/* Two registers and a window; see nx_rng.h. */
#include "devices/nx_rng.h"

#define MMIO_BAR_ENABLE PPC_BIT(52)
#define RNG_ENABLE PPC_BIT(63)
#define RNG_PACE_RESET (0x32ULL << 2) /* pace field: cycles between samples, as the chip comes up */

static bool window_read(void *self, struct bus_access a, u64 *value)
{
    struct nx_rng *nx = self;

    if (!(nx->bar & MMIO_BAR_ENABLE) || !(nx->config & RNG_ENABLE)) return false;
    *value = rng_next(nx->rng) >> (64 - 8 * a.size);
    return true;
}

static void reset(void *self)
{
    struct nx_rng *nx = self;

    state_reset(&nx_rng_state, nx);
    nx->config = RNG_PACE_RESET | RNG_ENABLE;
    rng_seed(nx->rng, nx->rng->seed);
}

static bool bar_read(void *self, struct bus_access a, u64 *value)
{
    (void)a;
    *value = ((struct nx_rng *)self)->bar;
    return true;
}

static bool bar_write(void *self, struct bus_access a, u64 value)
{
    (void)a;
    ((struct nx_rng *)self)->bar = value;
    return true;
}

static bool config_read(void *self, struct bus_access a, u64 *value)
{
    (void)a;
    *value = ((struct nx_rng *)self)->config;
    return true;
}

static bool config_write(void *self, struct bus_access a, u64 value)
{
    (void)a;
    ((struct nx_rng *)self)->config = value;
    return true;
}

static const struct state_row rng_rows[] = {STATE_ARCH(struct rng, seed), STATE_ARCH(struct rng, state)};
const struct state_table rng_state = STATE_TABLE(struct rng, rng_rows);

static const struct state_row rows[] = {
    STATE_DERIVED(struct nx_rng, rng), /* the board's, and so is its state */
    STATE_ARCH(struct nx_rng, bar),
    STATE_ARCH(struct nx_rng, config),
};
const struct state_table nx_rng_state = STATE_TABLE(struct nx_rng, rows);

static const struct device_ops window_ops = {.read = window_read, .reset = reset};
static const struct device_ops bar_ops = {.read = bar_read, .write = bar_write};
static const struct device_ops config_ops = {.read = config_read, .write = config_write};

bool nx_rng_init(struct nx_rng *nx, struct rng *rng, struct bus *bus, struct bus *scoms)
{
    *nx = (struct nx_rng){.rng = rng};
    reset(nx);
    return bus_attach(bus,
                      &(struct region){"nx rng", NX_RNG_WINDOW_BASE, NX_RNG_WINDOW_SIZE, BUS_8, &window_ops, nx}) &&
           bus_attach(scoms, &(struct region){"nx bar", NX_MMIO_BAR_SCOM * 8ULL, 8, BUS_8, &bar_ops, nx}) &&
           bus_attach(scoms, &(struct region){"nx rng config", NX_RNG_CONFIG_SCOM * 8ULL, 8, BUS_8, &config_ops, nx});
}
