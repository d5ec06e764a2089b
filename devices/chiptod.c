/* SPDX-License-Identifier: Apache-2.0 */
/* ChipTOD registers (skiboot hw/chiptod.c); see chiptod.h.  One chip: it is always the active master. */
#include "devices/chiptod.h"

#include "devices/tree.h"

enum {
    PSMS_CONTROL = 0x07,
    PSMS_STATUS = 0x08,
    TTYPE_0 = 0x11,
    TTYPE_4 = 0x15,
    TTYPE_5 = 0x16,
    MOVE_TOD_TO_TB = 0x17,
    LOAD_TOD_MOD = 0x18,
    TOD_VALUE = 0x20,
    LOAD_TOD = 0x21,
    START_TOD = 0x22,
    FSM = 0x24,
    TTYPE_CONTROL = 0x27,
    TOD_ERRORS = 0x30,
};

#define SLAVE_BY_SCOM PPC_BIT(35)
#define SLAVE_ADDRESS PPC_BITMASK(26, 31)
#define SLAVE_SCOM PPC_BITMASK(0, 31)
#define FSM_RUNNING PPC_BIT(4)
#define PRIMARY_MASTER (PPC_BIT(1) | PPC_BIT(2)) /* this chip, this drawer */
/* Step checkers valid, master path in use, running on the primary topology as active master. */
#define STATUS_ALWAYS (PPC_BITMASK(6, 10) | PPC_BIT(12) | PPC_BIT(21) | PPC_BIT(23) | PPC_BIT(26))
#define STATUS_RUNNING PPC_BIT(20)

static u64 tod_value(const struct chiptod *t)
{
    return t->config.clock->now_tb + t->tod_minus_clock;
}

static bool tod_read(void *self, struct bus_access a, u64 *value)
{
    struct chiptod *t = self;
    unsigned n = (unsigned)(a.offset >> 3);

    switch (n) {
    case PSMS_STATUS: *value = STATUS_ALWAYS | (t->state == TOD_RUNNING ? STATUS_RUNNING : 0); break;
    case TOD_VALUE: *value = t->state == TOD_RUNNING ? tod_value(t) : 0; break;
    case FSM: *value = t->state == TOD_RUNNING ? FSM_RUNNING : 0; break;
    case TOD_ERRORS: *value = t->error; break;
    default: *value = t->control[n]; break;
    }
    return true;
}

/* The core that TTYPE_CONTROL names, by core number or by the SCOM address of its timebase register. */
static void move_to_core(struct chiptod *t)
{
    u64 control = t->control[TTYPE_CONTROL];
    u32 core;

    if (control & SLAVE_BY_SCOM) core = (u32)(GETFIELD(SLAVE_SCOM, control) >> 24) - 0x20;
    else core = (u32)GETFIELD(SLAVE_ADDRESS, control) - 0x20;
    if (t->state != TOD_RUNNING || core >= 24) {
        log_guest(t->config.log, "chiptod: move to timebase ignored (state %d, core %u)", t->state, core);
        return;
    }
    if (t->config.target.load_tb)
        t->config.target.load_tb(t->config.target.self, t->config.chip_id << 8 | core << 2, tod_value(t));
}

static void load(struct chiptod *t, u64 value)
{
    if (t->state != TOD_NOT_SET) {
        log_guest(t->config.log, "chiptod: load in state %d ignored", t->state);
        return;
    }
    t->tod_minus_clock = value - t->config.clock->now_tb;
    t->state = value & 1 ? TOD_STOPPED : TOD_RUNNING;
}

static bool tod_write(void *self, struct bus_access a, u64 value)
{
    struct chiptod *t = self;
    unsigned n = (unsigned)(a.offset >> 3);

    switch (n) {
    case PSMS_CONTROL: t->control[n] = (value & PPC_BITMASK(0, 31)) | PRIMARY_MASTER; break;
    case PSMS_STATUS:
    case FSM:
    case TOD_VALUE: break; /* read-only */
    case LOAD_TOD_MOD:
    case TTYPE_5:
        if (value & PPC_BIT(0)) t->state = TOD_NOT_SET;
        break;
    case TTYPE_4: break; /* tells the other chips: there are none */
    case LOAD_TOD: load(t, value); break;
    case START_TOD:
        if (t->state == TOD_STOPPED) t->state = TOD_RUNNING;
        break;
    case MOVE_TOD_TO_TB:
        if (value & PPC_BIT(0)) move_to_core(t);
        break;
    case TOD_ERRORS: t->error &= ~value; break;
    default: t->control[n] = value; break;
    }
    return true;
}

static const struct state_row rows[] = {
    STATE_DERIVED(struct chiptod, config),
    STATE_OF(struct chiptod, state, enum chiptod_state, .most = TOD_NOT_SET, .arch = true),
    STATE_ARCH(struct chiptod, control),
    STATE_ARCH(struct chiptod, error),
    STATE(struct chiptod, tod_minus_clock),
};
const struct state_table chiptod_state = STATE_TABLE(struct chiptod, rows);

static void reset(void *self)
{
    struct chiptod *t = self;

    state_reset(&chiptod_state, t);
    t->control[PSMS_CONTROL] = PRIMARY_MASTER;
    t->state = TOD_ERROR_STATE;
}

static void describe(void *self, struct tree *tree)
{
    (void)self;
    tree_begin_at(tree, "chiptod", CHIPTOD_SCOM_BASE);
    TREE_CELLS(tree, "reg", CHIPTOD_SCOM_BASE, CHIPTOD_SCOM_COUNT);
    TREE_STRINGS(tree, "compatible", "ibm,power-chiptod\0ibm,power9-chiptod");
    tree_flag(tree, "primary");
    tree_end(tree);
}

static const struct device_ops tod_ops = {.read = tod_read, .write = tod_write, .reset = reset, .describe = describe};

bool chiptod_init(struct chiptod *tod, const struct chiptod_config *config)
{
    memset(tod, 0, sizeof *tod);
    tod->config = *config;
    reset(tod);
    return bus_attach(config->scoms, &(struct region){"chiptod", CHIPTOD_SCOM_BASE * 8ULL, CHIPTOD_SCOM_COUNT * 8ULL,
                                                      BUS_8, &tod_ops, tod});
}
