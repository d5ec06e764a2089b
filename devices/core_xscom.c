/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Register numbers (POWER9 SCOM layout): core c at (0x20 + c) << 24, quad q at (0x10 + q) << 24; within a quad bit
 * 0x400 selects the second core pair.  Thread t owns byte t of the direct controls, high nibble t of RAS status ... and
 * so on, as drawn at each register.  A register we do not know answers "address error".
 */
#include "devices/core_xscom.h"

enum { /* within a core */
       RAS_STATUS = 0x10a02,
       THREAD_INFO = 0x10a9b,
       DIRECT_CONTROLS = 0x10a9c,
       THREAD_STATE = 0x10ab3,
       DTS_RESULT0 = 0x50000,
       DTS_RESULT1 = 0x50001,
       SPECIAL_WAKEUP_OTR = 0xf010a,
       SPECIAL_WAKEUP_HYP = 0xf010d,
       STOP_STATE_HISTORY_HYP = 0xf0114,
};
enum { NCU_TM_BAR = 0x11010, NCU_DARN_BAR = 0x11011, SECOND_PAIR = 0x400 }; /* within a quad */

#define WAKEUP_REQUEST PPC_BIT(0)
#define HISTORY_WAKEUP_DONE PPC_BIT(1)
/* Four sensors of 38 degrees: bits 0:15 valid and temperature, repeated (skiboot hw/dts.c). */
#define DTS_38_DEGREES_0 0x026f024f023f0000ULL
#define DTS_38_DEGREES_1 0x024f000000000000ULL

static u32 pir_of(const struct core_registers *c, unsigned thread)
{
    return c->all->config.chip_id << 8 | c->core << 2 | thread;
}

static bool ask(bool (*question)(void *, u32), const struct core_registers *c, unsigned thread)
{
    return question && question(c->all->config.control.self, pir_of(c, thread));
}

/* RAS status: bits 0:3 of byte t all ones = thread t is quiesced. */
static u64 ras_status(const struct core_registers *c)
{
    u64 value = 0;

    for (unsigned t = 0; t < c->all->config.threads_per_core; t++)
        if (ask(c->all->config.control.stopped, c, t)) value |= PPC_BITMASK(8 * t, 8 * t + 3);
    return value;
}

/* Thread state: bit 56 + t = thread t is in a stop state. */
static u64 thread_state(const struct core_registers *c)
{
    u64 value = 0;

    for (unsigned t = 0; t < c->all->config.threads_per_core; t++)
        if (ask(c->all->config.control.asleep, c, t)) value |= PPC_BIT(56 + t);
    return value;
}

/* Thread info: bit t = thread t is active (exists and is not powered down). */
static u64 thread_info(const struct core_registers *c)
{
    return PPC_BITMASK(0, c->all->config.threads_per_core - 1);
}

static void order(void (*what)(void *, u32), const struct core_registers *c, unsigned thread)
{
    if (what) what(c->all->config.control.self, pir_of(c, thread));
}

/* Direct controls, byte t: bit 3 clear maintenance mode (resume), 4 system reset, 6 start, 7 stop. */
static void direct_controls(const struct core_registers *c, u64 value)
{
    const struct thread_control *control = &c->all->config.control;

    for (unsigned t = 0; t < c->all->config.threads_per_core; t++) {
        u8 bits = (u8)(value >> (56 - 8 * t));
        if (bits & 0x01) order(control->stop, c, t);
        if (bits & (0x02 | 0x10)) order(control->start, c, t);
        if (bits & 0x08) order(control->sreset, c, t);
    }
}

static bool core_read(void *self, struct bus_access a, u64 *value)
{
    struct core_registers *c = self;
    u32 scom = (u32)(a.offset >> 3);

    switch (scom) {
    case RAS_STATUS: *value = ras_status(c); return true;
    case THREAD_INFO: *value = thread_info(c); return true;
    case THREAD_STATE: *value = thread_state(c); return true;
    case DTS_RESULT0: *value = DTS_38_DEGREES_0; return true;
    case DTS_RESULT1: *value = DTS_38_DEGREES_1; return true;
    /* Never gated (bit 0): a core here answers SCOMs in every stop state, so a wake-up is done when asked for. */
    case STOP_STATE_HISTORY_HYP: *value = c->special_wakeup[3] & WAKEUP_REQUEST ? HISTORY_WAKEUP_DONE : 0; return true;
    default: break;
    }
    if (scom >= SPECIAL_WAKEUP_OTR && scom <= SPECIAL_WAKEUP_HYP) {
        *value = c->special_wakeup[scom - SPECIAL_WAKEUP_OTR];
        return true;
    }
    return false;
}

static bool core_write(void *self, struct bus_access a, u64 value)
{
    struct core_registers *c = self;
    u32 scom = (u32)(a.offset >> 3);

    if (scom == DIRECT_CONTROLS) {
        direct_controls(c, value);
        return true;
    }
    if (scom >= SPECIAL_WAKEUP_OTR && scom <= SPECIAL_WAKEUP_HYP) {
        c->special_wakeup[scom - SPECIAL_WAKEUP_OTR] = value & WAKEUP_REQUEST;
        return true;
    }
    return false;
}

static const struct state_row core_rows[] = {
    STATE_DERIVED(struct core_registers, all),
    STATE_DERIVED(struct core_registers, core),
    STATE_ARCH(struct core_registers, special_wakeup),
};
static const struct state_table core_state = STATE_TABLE(struct core_registers, core_rows);

static const struct state_row pair_rows[] = {
    STATE_ARCH(struct pair_registers, tm_bar),
    STATE_ARCH(struct pair_registers, darn_bar),
};
static const struct state_table pair_state = STATE_TABLE(struct pair_registers, pair_rows);

static const struct state_row quad_rows[] = {
    STATE_DERIVED(struct quad_registers, all),
    STATE_DERIVED(struct quad_registers, quad),
    STATE_PART(struct quad_registers, pair, struct pair_registers, pair_state),
};
static const struct state_table quad_state = STATE_TABLE(struct quad_registers, quad_rows);

static const struct state_row rows[] = {
    STATE_DERIVED(struct cores, config),
    STATE_PART(struct cores, core, struct core_registers, core_state),
    STATE_PART(struct cores, quad, struct quad_registers, quad_state),
};
const struct state_table cores_state = STATE_TABLE(struct cores, rows);

static void core_reset(void *self)
{
    state_reset(&core_state, self);
}

static u64 *quad_register(struct quad_registers *q, u64 offset)
{
    u32 scom = (u32)(offset >> 3);
    struct pair_registers *pair = &q->pair[scom & SECOND_PAIR ? 1 : 0];

    switch (scom & ~(u32)SECOND_PAIR) {
    case NCU_TM_BAR: return &pair->tm_bar;
    case NCU_DARN_BAR: return &pair->darn_bar;
    default: return NULL;
    }
}

static bool quad_read(void *self, struct bus_access a, u64 *value)
{
    u64 *reg = quad_register(self, a.offset);

    if (reg) *value = *reg;
    return reg;
}

static bool quad_write(void *self, struct bus_access a, u64 value)
{
    u64 *reg = quad_register(self, a.offset);

    if (reg) *reg = value;
    return reg;
}

static void quad_reset(void *self)
{
    state_reset(&quad_state, self);
}

static const struct device_ops core_ops = {.read = core_read, .write = core_write, .reset = core_reset};
static const struct device_ops quad_ops = {.read = quad_read, .write = quad_write, .reset = quad_reset};

bool cores_init(struct cores *cores, const struct cores_config *config)
{
    memset(cores, 0, sizeof *cores);
    cores->config = *config;
    for (unsigned k = 0; k < config->cores; k++) {
        cores->core[k] = (struct core_registers){.all = cores, .core = k};
        if (!bus_attach(config->scoms, &(struct region){"core", (0x20ULL + k) << 24 << 3, CORE_SCOM_COUNT * 8ULL, BUS_8,
                                                        &core_ops, &cores->core[k]}))
            return false;
    }
    for (unsigned k = 0; k < (config->cores + 3) / 4; k++) {
        cores->quad[k] = (struct quad_registers){.all = cores, .quad = k};
        if (!bus_attach(config->scoms, &(struct region){"quad", (0x10ULL + k) << 24 << 3, QUAD_SCOM_COUNT * 8ULL, BUS_8,
                                                        &quad_ops, &cores->quad[k]}))
            return false;
    }
    return true;
}
