/* SPDX-License-Identifier: Apache-2.0 */
/* Base address registers and OCCMISC; see occ.h.  PBA: BARs 0..3, then their masks (size - 1 above the 1 MB unit). */
#include "devices/occ.h"

#define MISC_INTERRUPT PPC_BIT(0)
#define MISC_BITS PPC_BITMASK(0, 18)
#define MASK_UNIT 0xfffffULL

enum { BAR_HOMER = 0, BAR_OCC_COMMON = 2, MASKS = 4 };

static bool pba_read(void *self, u64 offset, unsigned size, u64 *value)
{
    (void)size;
    *value = ((struct occ *)self)->pba[offset >> 3];
    return true;
}

static bool pba_write(void *self, u64 offset, unsigned size, u64 value)
{
    (void)size;
    ((struct occ *)self)->pba[offset >> 3] = value;
    return true;
}

static void set_misc(struct occ *occ, u64 value)
{
    occ->misc = value & MISC_BITS;
    line_set(&occ->config.irq, (occ->misc & MISC_INTERRUPT) != 0);
}

static bool misc_read(void *self, u64 offset, unsigned size, u64 *value)
{
    (void)offset, (void)size;
    *value = ((struct occ *)self)->misc;
    return true;
}

static bool misc_write(void *self, u64 offset, unsigned size, u64 value)
{
    struct occ *occ = self;

    (void)size;
    switch (offset >> 3) {
    case 0: set_misc(occ, value); break;
    case 1: set_misc(occ, occ->misc & ~value); break; /* clear */
    default: set_misc(occ, occ->misc | value); break; /* or */
    }
    return true;
}

static void reset(void *self)
{
    struct occ *occ = self;

    memset(occ->pba, 0, sizeof occ->pba);
    occ->pba[BAR_HOMER] = occ->config.homer_base;
    occ->pba[MASKS + BAR_HOMER] = (HOMER_SIZE - 1) & ~MASK_UNIT;
    occ->pba[BAR_OCC_COMMON] = occ->config.occ_common_base;
    occ->pba[MASKS + BAR_OCC_COMMON] = (OCC_COMMON_SIZE - 1) & ~MASK_UNIT;
    set_misc(occ, 0);
}

static const struct device_ops pba_ops = {.read = pba_read, .write = pba_write, .reset = reset};
static const struct device_ops misc_ops = {.read = misc_read, .write = misc_write};

bool occ_init(struct occ *occ, const struct occ_config *config)
{
    *occ = (struct occ){.config = *config};
    reset(occ);
    return bus_attach(config->scoms,
                      &(struct region){"pba", OCC_PBA_SCOM * 8ULL, OCC_PBA_SCOM_COUNT * 8ULL, BUS_8, &pba_ops, occ}) &&
           bus_attach(config->scoms,
                      &(struct region){"occ", OCC_SCOM_BASE * 8ULL, OCC_SCOM_COUNT * 8ULL, BUS_8, &misc_ops, occ});
}
