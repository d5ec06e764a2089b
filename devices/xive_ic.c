/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The registers: the first page of the IC BAR, and the same registers by SCOM, which is how firmware reaches them
 * before a BAR is valid.  Every register remembers what was written; those listed here do something besides.
 *
 * What firmware polls for, and why it never waits:
 *      *_SCRUB_TRIG, VC_AT_MACRO_KILL, PC_AT_KILL   the valid bit reads 0: there is no cache to write back
 *      *_CWATCH_SPEC                                conflict reads 1 only if the entry changed under a full watch
 *      VC_EQC_CONFIG                                a store to a sync address of the notify page sets the bit at once
 *      PC_THREAD_EN_REG0/1                          read back what _SET and _CLR left
 */
#include "devices/xive_internal.h"

/*
 * SCOM numbers: each quarter of the page has its own offset, and three VC registers live elsewhere.
 *
 *      CQ 0x000..0x3f8 -> 0x000..0x07f      PC 0x400..0x7f8 -> 0x100..0x17f      VC 0x800..0x8f8 -> 0x200..0x20f
 *      VC 0x900..0xbf8 -> 0x210..0x26f
 */
u32 xive_scom_to_offset(u32 scom)
{
    switch (scom) {
    case 0x22d: return 0x890; /* VC_AIB_TX_ORDER_TAG2 */
    case 0x23e: return VC_AT_MACRO_KILL;
    case 0x23f: return VC_AT_MACRO_KILL + 8;
    default: break;
    }
    if (scom < 0x80) return scom * 8;
    if (scom >= 0x100 && scom < 0x180) return (scom - 0x80) * 8;
    if (scom >= 0x200 && scom < 0x210) return (scom - 0x100) * 8;
    if (scom >= 0x210 && scom < 0x270) return (scom - 0xf0) * 8;
    return 0xffffffff;
}

u32 xive_block(const struct xive *x)
{
    u64 cfg = xive_reg(x, PC_TCTXT_CFG);

    return cfg & PC_TCTXT_CHIPID_OVERRIDE ? (u32)GETFIELD(PC_TCTXT_CHIPID, cfg) : x->chip_id & 0xf;
}

/* The mask registers hold ones above the window's size; its lowest one is the size. */
u64 xive_window_size(const struct xive *x, u32 barm)
{
    u64 mask = xive_reg(x, barm) & (barm == CQ_PC_BARM ? CQ_PC_BARM_MASK : CQ_VC_BARM_MASK);

    return mask & -mask;
}

void xive_registers_reset(struct xive *x)
{
    state_reset(&xive_state, x);
    x->regs[CQ_MSGSND / 8] = PPC_BITMASK(0, 23); /* every core may be sent messages */
}

/* ---- Set translation tables: CQ_TAR selects, CQ_TDR is the entry ---- */

static u64 *set_table_entry(struct xive *x)
{
    u64 tar = xive_reg(x, CQ_TAR);
    u32 index = (u32)GETFIELD(CQ_TAR_INDEX, tar);

    switch (tar & CQ_TAR_TSEL) {
    case CQ_TAR_TSEL_BLK: return index < ARRAY_SIZE(x->blk) ? &x->blk[index] : NULL;
    case CQ_TAR_TSEL_MIG: return index < ARRAY_SIZE(x->mig) ? &x->mig[index] : NULL;
    case CQ_TAR_TSEL_VDT: return index < ARRAY_SIZE(x->vdt) ? &x->vdt[index] : NULL;
    case CQ_TAR_TSEL_EDT: return index < ARRAY_SIZE(x->edt) ? &x->edt[index] : NULL;
    default: return NULL;
    }
}

static void set_table_write(struct xive *x, u64 value)
{
    u64 *entry = set_table_entry(x), tar = xive_reg(x, CQ_TAR);

    if (entry) *entry = value;
    else log_guest(x->log, "xive %u: no set translation entry 0x%llx", x->chip_id, (unsigned long long)tar);
    if (tar & CQ_TAR_AUTOINC) x->regs[CQ_TAR / 8] = SETFIELD(CQ_TAR_INDEX, tar, GETFIELD(CQ_TAR_INDEX, tar) + 1);
}

/* ---- Virtual structure descriptors: the VC and the PC have a copy each ---- */

static u64 *vsd_entry(struct xive *x, u32 address_reg)
{
    u64 address = xive_reg(x, address_reg);
    u32 table = (u32)GETFIELD(VST_TABLE_SELECT, address), block = (u32)GETFIELD(VST_TABLE_BLOCK, address);

    if (table >= VST_COUNT) return NULL;
    return address_reg == VC_VSD_TABLE_ADDR ? &x->vsd_vc[table][block] : &x->vsd_pc[table][block];
}

static void vsd_write(struct xive *x, u32 address_reg, u64 value)
{
    u64 *entry = vsd_entry(x, address_reg), address = xive_reg(x, address_reg);

    if (entry) *entry = value;
    else log_guest(x->log, "xive %u: no structure table 0x%llx", x->chip_id, (unsigned long long)address);
    if (address & VST_ADDR_AUTOINC)
        x->regs[address_reg / 8] = SETFIELD(VST_TABLE_BLOCK, address, GETFIELD(VST_TABLE_BLOCK, address) + 1);
}

/* ---- Cache watches ---- */

static void watch_open(struct cache_watch *w, u32 block, u32 index)
{
    *w = (struct cache_watch){.open = true, .block = block, .index = index};
}

/* ---- Threads: taking one out of the engine resets its context ---- */

static void thread_enable_write(struct xive *x, u32 reg, u64 value)
{
    u64 removed = xive_reg(x, reg) & ~value;

    x->regs[reg / 8] = value;
    for (unsigned k = 0; k < x->thread_count; k++) {
        struct tctx *t = &x->threads[k];
        bool mine = reg == ((t->pir >> 3 & 0xf) < 8 ? PC_THREAD_EN_REG0 : PC_THREAD_EN_REG1);

        if (mine && (removed & PPC_BIT(t->pir & 0x3f))) xive_tctx_reset(t);
    }
}

static void reset_bars(struct xive *x)
{
    static const u32 bars[] = {CQ_IC_BAR, CQ_TM1_BAR, CQ_TM2_BAR, CQ_PC_BAR, CQ_PC_BARM, CQ_VC_BAR, CQ_VC_BARM};

    for (unsigned k = 0; k < ARRAY_SIZE(bars); k++) x->regs[bars[k] / 8] = 0;
}

static void write_vc_pc(struct xive *x, u32 offset, u64 value)
{
    u64 *reg = &x->regs[offset / 8];

    switch (offset) {
    case PC_THREAD_EN_REG0:
    case PC_THREAD_EN_REG1: thread_enable_write(x, offset, value); break;
    case PC_THREAD_EN_REG0_SET:
    case PC_THREAD_EN_REG1_SET: thread_enable_write(x, offset - 8, xive_reg(x, offset - 8) | value); break;
    case PC_THREAD_EN_REG0_CLR:
    case PC_THREAD_EN_REG1_CLR: thread_enable_write(x, offset - 16, xive_reg(x, offset - 16) & ~value); break;
    case VC_VSD_TABLE_DATA:
    case PC_VSD_TABLE_DATA: vsd_write(x, offset - 8, value); break;
    case VC_EQC_CWATCH_SPEC:
        *reg = value & ~CWATCH_CONFLICT;
        watch_open(&x->end_watch, (u32)GETFIELD(VC_EQC_CWATCH_BLOCK, value), (u32)GETFIELD(VC_EQC_CWATCH_INDEX, value));
        break;
    case PC_VPC_CWATCH_SPEC:
        *reg = value & ~CWATCH_CONFLICT;
        watch_open(&x->nvt_watch, (u32)GETFIELD(PC_VPC_CWATCH_BLOCK, value), (u32)GETFIELD(PC_VPC_CWATCH_INDEX, value));
        break;
    case VC_EQC_CWATCH_DAT0:
        *reg = value;
        xive_watch_commit(x, VST_END, reg);
        break;
    case PC_VPC_CWATCH_DAT0:
        *reg = value;
        xive_watch_commit(x, VST_NVT, reg);
        break;
    case PC_VPC_SCRUB_TRIG:
    case VC_EQC_SCRUB_TRIG:
    case VC_IVC_SCRUB_TRIG:
    case VC_SBC_SCRUB_TRIG:
    case PC_AT_KILL:
    case VC_AT_MACRO_KILL: *reg = value & ~TRIG_VALID; break;
    default: *reg = value; break;
    }
}

void xive_ic_write(struct xive *x, u32 offset, u64 value)
{
    u64 *reg = &x->regs[offset / 8 & 0x1ff];

    switch (offset) {
    case CQ_TDR: set_table_write(x, value); break;
    case CQ_RST_CTL:
        *reg = value;
        if (value & CQ_RST_BARS) reset_bars(x);
        break;
    case CQ_FIRMASK_AND: x->regs[CQ_FIRMASK / 8] &= value; break;
    case CQ_FIRMASK_OR: x->regs[CQ_FIRMASK / 8] |= value; break;
    default: write_vc_pc(x, offset & 0xff8, value); break;
    }
}

u64 xive_ic_read(struct xive *x, u32 offset)
{
    u64 *reg = &x->regs[offset / 8 & 0x1ff], *entry;

    switch (offset) {
    case CQ_TDR: entry = set_table_entry(x); return entry ? *entry : 0;
    case VC_VSD_TABLE_DATA:
    case PC_VSD_TABLE_DATA: entry = vsd_entry(x, offset - 8); return entry ? *entry : 0;
    case CQ_FIRMASK_AND:
    case CQ_FIRMASK_OR: return xive_reg(x, CQ_FIRMASK);
    case PC_THREAD_EN_REG0_SET:
    case PC_THREAD_EN_REG1_SET: return xive_reg(x, offset - 8);
    case PC_THREAD_EN_REG0_CLR:
    case PC_THREAD_EN_REG1_CLR: return xive_reg(x, offset - 16);
    case VC_EQC_CWATCH_DAT0: xive_watch_load(x, VST_END, reg); return *reg;
    case PC_VPC_CWATCH_DAT0: xive_watch_load(x, VST_NVT, reg); return *reg;
    default: return *reg;
    }
}
