/* SPDX-License-Identifier: Apache-2.0 */
/* Base address registers and OCCMISC; see occ.h.  PBA: BARs 0..3, then their masks (size - 1 above the 1 MB unit). */
#include "devices/occ.h"

#define MISC_INTERRUPT PPC_BIT(0)
#define MISC_BITS PPC_BITMASK(0, 18)
#define MASK_UNIT 0xfffffULL

enum { BAR_HOMER = 0, BAR_OCC_COMMON = 2, MASKS = 4 };

static bool pba_read(void *self, struct bus_access a, u64 *value)
{
    *value = ((struct occ *)self)->pba[a.offset >> 3];
    return true;
}

static bool pba_write(void *self, struct bus_access a, u64 value)
{
    ((struct occ *)self)->pba[a.offset >> 3] = value;
    return true;
}

static void set_misc(struct occ *occ, u64 value)
{
    occ->misc = value & MISC_BITS;
    line_set(&occ->config.irq, (occ->misc & MISC_INTERRUPT) != 0);
}

static bool misc_read(void *self, struct bus_access a, u64 *value)
{
    (void)a;
    *value = ((struct occ *)self)->misc;
    return true;
}

static bool misc_write(void *self, struct bus_access a, u64 value)
{
    struct occ *occ = self;

    switch (a.offset >> 3) {
    case 0: set_misc(occ, value); break;
    case 1: set_misc(occ, occ->misc & ~value); break; /* clear */
    default: set_misc(occ, occ->misc | value); break; /* or */
    }
    return true;
}

/*
 * What the host finds in storage (OCC/OpenPOWER firmware interfaces; skiboot hw/occ.c, include/occ.h), big-endian:
 *
 *   HOMER + e2000     p-states    0 valid  1 version 90  2 role (1 master)  3 min  4 nominal  5 turbo  6 ultra turbo
 *                                 24 + 8n: id, flags, 2 reserved, kHz
 *           + b80     dynamic     0 state (3 active)  1 major version
 *   common + 580000   sensors     0 valid  1 version  2 count  4 reading version  8 offset of names  12 names version
 *                                 13 length of a name  16, 20 offsets of the ping and pong buffers
 *          + names                0 name  16 unit  20 id  22 rate  26 scale  30 type  32 place  34 form  35 offset
 *          + ping, pong           0 valid; 8 + offset: 0 id  2 time  10 sample  12 min  14 max ...
 */
enum { PSTATES = 0xe2000, PSTATES_SIZE = 40, DYNAMIC = PSTATES + 0xb80, DYNAMIC_SIZE = 4, OCC_ACTIVE = 3 };
enum { SENSORS = 0x580000, SENSOR_NAMES = 0x400, SENSOR_PING = 0xdc00, SENSOR_PONG = 0x18c00, SENSOR_RECORD = 48 };
enum { SENSOR_TEMPERATURE = 8, SENSOR_OF_PROCESSOR = 2, SENSOR_FULL = 1, DEGREES = 38 };

static bool publish_pstates(const struct occ *occ)
{
    u8 table[PSTATES_SIZE] = {1, 0x90, 1, 1, 0, 0, 0}, dynamic[DYNAMIC_SIZE] = {OCC_ACTIVE, 0x90};

    for (u8 n = 0; n < 2; n++) {
        table[24 + 8 * n] = n;
        put_be32(table + 28 + 8 * n, (occ->config.core_mhz - n) * 1000);
    }
    return ram_store(occ->config.ram, occ->config.homer_base + PSTATES, table, sizeof table) &&
           ram_store(occ->config.ram, occ->config.homer_base + DYNAMIC, dynamic, sizeof dynamic);
}

static bool publish_sensor(const struct occ *occ)
{
    u64 at = occ->config.occ_common_base + SENSORS;
    u8 header[24] = {1, 1}, name[SENSOR_RECORD] = "TEMPNEST", readings[8 + SENSOR_RECORD] = {1};

    put_be16(header + 2, 1);
    header[4] = 1;
    put_be32(header + 8, SENSOR_NAMES);
    header[12] = 1;
    header[13] = SENSOR_RECORD;
    put_be32(header + 16, SENSOR_PING);
    put_be32(header + 20, SENSOR_PONG);
    name[16] = 'C';
    put_be32(name + 26, 1 << 8); /* times 1, exponent 0 */
    put_be16(name + 30, SENSOR_TEMPERATURE);
    put_be16(name + 32, SENSOR_OF_PROCESSOR);
    name[34] = SENSOR_FULL;
    put_be32(name + 35, 8);
    for (unsigned k = 10; k < 28; k += 2)
        put_be16(readings + 8 + k, DEGREES); /* sample, and every least and greatest */
    return ram_store(occ->config.ram, at, header, sizeof header) &&
           ram_store(occ->config.ram, at + SENSOR_NAMES, name, sizeof name) &&
           ram_store(occ->config.ram, at + SENSOR_PING, readings, sizeof readings) &&
           ram_store(occ->config.ram, at + SENSOR_PONG, readings, sizeof readings);
}

static const struct state_row rows[] = {
    STATE_DERIVED(struct occ, config),
    STATE_ARCH(struct occ, pba),
    STATE_ARCH(struct occ, misc),
};
const struct state_table occ_state = STATE_TABLE(struct occ, rows);

static void reset(void *self)
{
    struct occ *occ = self;

    state_reset(&occ_state, occ);
    occ->pba[BAR_HOMER] = occ->config.homer_base;
    occ->pba[MASKS + BAR_HOMER] = (HOMER_SIZE - 1) & ~MASK_UNIT;
    occ->pba[BAR_OCC_COMMON] = occ->config.occ_common_base;
    occ->pba[MASKS + BAR_OCC_COMMON] = (OCC_COMMON_SIZE - 1) & ~MASK_UNIT;
    set_misc(occ, 0);
    /* The board has checked that storage is large enough for both areas. */
    if (occ->config.ram && (!publish_pstates(occ) || !publish_sensor(occ)))
        p9_error("occ: its areas are not in storage");
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
