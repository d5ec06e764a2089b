/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Traffic for the devices of a board.  Accesses of every size go to every device, as those of any thread or of none.
 * Most begin as firmware does - BARs, structure tables, ports - because a XIVE without tables refuses everything; then
 * entries of these tables, ports and commands are replaced by others that lead to devices, out of storage, to each
 * other or to themselves.
 */
#include "tests/fuzz/devices_traffic.h"

#include "devices/chiptod.h"
#include "devices/lpc.h"
#include "devices/nx_rng.h"
#include "devices/occ.h"
#include "devices/psi.h"
#include "devices/sbe.h"
#include "devices/xive.h"
#include "devices/xive_regs.h"
#include "devices/xscom.h"
#include "tests/fuzz/random_devices.h"

#define XIVE_IC 0x0006030203100000ULL
#define XIVE_TM 0x0006030203180000ULL
#define XIVE_PC 0x0006018000000000ULL
#define XIVE_VC 0x0006010000000000ULL
#define SET_SIZE (1ULL << 33)
#define LPC_IO (LPC_WINDOW_BASE + 0xd0010000)
#define SCOM(n) (XSCOM_BASE + (u64)(n)*8)
#define NOTIFY_PAGE (XIVE_IC + 0x10000)

enum { UART = 0x3f8, BT = 0xe4 };
enum { /* the XIVE's tables, in storage that nothing else uses */
       SBE_TABLE = 0x4000000,
       EAS_TABLE = 0x4010000,
       END_TABLE = 0x4020000, /* indirect: descriptors */
       NVT_TABLE = 0x4030000,
       END_PAGE = 0x4040000,
       NVT_PAGE = 0x4050000,
       QUEUES = 0x4060000,
       TABLES_END = 0x4080000,
       SOURCES = 64,
       ENDS = 64,
       NVTS = 256,
};

static const struct traffic *t;
static struct bus *bus;

static const struct {
    u64 base, size;
} spans[] = {
    {SCOM(PSI_SCOM_BASE), PSI_SCOM_COUNT * 8},
    {SCOM(XIVE_SCOM_BASE), XIVE_SCOM_COUNT * 8},
    {SCOM(OCC_SCOM_BASE), OCC_SCOM_COUNT * 8},
    {SCOM(OCC_PBA_SCOM), OCC_PBA_SCOM_COUNT * 8},
    {SCOM(SBE_CONTROL_SCOM), 8},
    {SCOM(SBE_MAILBOX_SCOM), SBE_MAILBOX_SCOM_COUNT * 8},
    {SCOM(LPC_ECCB_SCOM), LPC_ECCB_SCOM_COUNT * 8},
    {SCOM(CHIPTOD_SCOM_BASE), CHIPTOD_SCOM_COUNT * 8},
    {SCOM(NX_MMIO_BAR_SCOM), 8},
    {SCOM(NX_RNG_CONFIG_SCOM), 8},
    {SCOM(0x20010a00), 0x200 * 8}, /* core 0: direct controls */
    {SCOM(0x200f0100), 0x20 * 8},
    {SCOM(0x10011000), 0x20 * 8},
    {SCOM(0x05012000), 0x10 * 8}, /* software checkstop */
    {LPC_WINDOW_BASE + 0xc0010000, 0x1000},
    {LPC_WINDOW_BASE + 0xc0012000, 0x100},
    {LPC_IO + UART, 8},
    {LPC_IO + BT, 3},
    {LPC_WINDOW_BASE, LPC_WINDOW_SIZE},
    {PSI_WINDOW_BASE, 0x100},
    {PSI_ESB_BASE, PSI_ESB_SIZE},
    {XIVE_IC, 0x1000},
    {NOTIFY_PAGE, 0x1000},
    {XIVE_IC + 0x40000, 0x40000},
    {XIVE_TM, 0x40000},
    {XIVE_VC, SOURCES << 17},
    {XIVE_VC + 48 * SET_SIZE, ENDS << 17},
    {XIVE_PC, NVTS << 16},
    {NX_RNG_WINDOW_BASE, 0x1000},
    {SBE_TABLE, TABLES_END - SBE_TABLE},
};

static u64 device_address(void)
{
    const struct region *r = &bus->regions[dice(bus->count)];
    unsigned k = (unsigned)dice(ARRAY_SIZE(spans));

    if (!dice(16)) return r->base + (any64() % r->size & ~(u64)ONE_OF(0, 3, 7));
    return spans[k].base + (any64() % spans[k].size & ~(u64)ONE_OF(0, 0, 1, 3, 7, 7, 7, 7, 0xfff));
}

/* Where a port or a table may be said to lie. */
static u64 any_address(void)
{
    switch (dice(12)) {
    case 0: return ONE_OF(0, 0x10, 0x100, END_TABLE, NVT_TABLE, EAS_TABLE, SBE_TABLE, END_PAGE, QUEUES);
    case 1: return bus->ram->size_bytes - dice(4) * 8;
    case 2: return any64();
    case 3: return PSI_ESB_BASE + (dice(PSI_SOURCES) << 12) + ONE_OF(0, 0x400, 0x800, 0xc00, 0xd00, 0xe00, 0xf00);
    case 4: return PSI_WINDOW_BASE + ONE_OF(0x20, 0x28, 0x58, 0x60, 0x68, 0x70, 0x78, 0x80);
    case 5: return SCOM(PSI_SCOM_BASE + 0xa + ONE_OF(0, 4, 5, 0xb, 0xc, 0xd, 0xe));
    case 6: return ONE_OF(NOTIFY_PAGE, NOTIFY_PAGE + 0xc00, XIVE_IC, XIVE_TM + 0x10000, XIVE_VC, XIVE_PC);
    case 7: return SCOM(ONE_OF(OCC_SCOM_BASE, OCC_SCOM_BASE + 2, SBE_MAILBOX_SCOM + 0x10, LPC_ECCB_SCOM, 0x5012000));
    default: return device_address();
    }
}

static u64 any_value(void)
{
    switch (dice(10)) {
    case 0: return 0;
    case 1: return ~0ULL;
    case 2: return dice(256);
    case 3: return 1ULL << dice(64);
    case 4: return any64();
    case 5: return any_address() | 1;
    case 6: return any_address() | PPC_BIT(0);
    case 7: return ~0ULL << dice(64);
    case 8: return any64() & 0xff000000ffULL;
    default: return any_address();
    }
}

static bool access(bool store, u64 at, unsigned size, u64 value)
{
    u64 got = value;
    u32 by = dice(8) ? t->pir[dice(t->threads)] : BUS_NO_THREAD;
    bool ok;

    ok = store ? bus_write(bus, by, at, size, size == 8 ? value : value & ((1ULL << 8 * size) - 1))
               : bus_read(bus, by, at, size, &got);
    HOLDS(bus->depth == 0);
    HOLDS(store || size == 8 || got >> 8 * size == 0);
    f.accesses++;
    f.answered += ok;
    f.refused_chains += bus->chain > BUS_CHAIN_MAX;
    if (t->told) t->told(t->self, ok, got);
    return ok;
}

static void put8(u64 at, u64 value)
{
    access(true, at, 8, value);
}
static void put_byte(u64 at, u64 value)
{
    access(true, at, 1, value);
}

/* ---- the XIVE ---- */

static u64 vsd(void)
{
    static const u64 tables[] = {SBE_TABLE, EAS_TABLE, END_TABLE, NVT_TABLE, END_PAGE, NVT_PAGE};
    u64 address = dice(4) ? any_address() : one_of(tables, ARRAY_SIZE(tables));

    return SETFIELD(VSD_MODE, address & VSD_ADDRESS, dice(4)) | (dice(2) ? VSD_INDIRECT : 0) | (dice(3) ? 4 : dice(32));
}

static void set_vsd(u64 table, u64 block, u64 value)
{
    u64 address = SETFIELD(VST_TABLE_SELECT, 0ULL, table) | SETFIELD(VST_TABLE_BLOCK, 0ULL, block);

    put8(XIVE_IC + VC_VSD_TABLE_ADDR, address);
    put8(XIVE_IC + VC_VSD_TABLE_DATA, value);
    put8(XIVE_IC + PC_VSD_TABLE_ADDR, address);
    put8(XIVE_IC + PC_VSD_TABLE_DATA, value);
}

static u64 eas(void)
{
    return (dice(16) ? EAS_VALID : 0) | (dice(16) ? 0 : EAS_MASKED) | (dice(8) ? 0 : dice(16) << 56) |
           dice(dice(8) ? ENDS : 1 << 24) << 32 | dice(1ULL << 31);
}

/* An END: every flag, queues anywhere, escalation to any END, notification of any NVT, group or user context. */
static void plant_end(u64 at)
{
    u64 queue = dice(2) ? QUEUES + (dice(8) << 14) : any_address();
    u32 w0 = (dice(16) ? END_W0_VALID : 0) | (u32)(dice(256) << 24 & 0x7f000000), w6, w7 = (u32)dice(8) << 16;

    w6 = (u32)(dice(8) ? dice(NVTS) : dice(1 << 23)) | (dice(8) ? 0 : END_W6_FORMAT);
    if (!dice(4)) w7 |= (u32)any64() & 0xc0ff0000;
    put8(at, (u64)w0 << 32 | (u64)dice(16) << 48 | (dice(2) ? any64() & 0xffffffff : 0));
    put8(at + 8, queue & 0x0ffffffffffff000ULL);
    put8(at + 16, eas());
    put8(at + 24, (u64)w6 << 32 | w7);
}

static void plant(void)
{
    u64 n = dice(ENDS);

    switch (dice(6)) {
    case 0: put8(EAS_TABLE + dice(SOURCES) * 8, eas()); break;
    case 1:
    case 2: plant_end(END_PAGE + n * 32); break;
    case 3: put8(NVT_PAGE + dice(NVTS) * 64 + dice(8) * 8, dice(2) ? PPC_BIT(0) : any64()); break;
    case 4: put8(ONE_OF(END_TABLE, NVT_TABLE) + dice(4) * 8, vsd()); break;
    default: set_vsd(dice(VST_COUNT + 1), dice(8) ? 0 : dice(32), vsd()); break;
    }
}

static void event(void)
{
    u64 source = XIVE_VC + (dice(SOURCES) << 17), end = XIVE_VC + 48 * SET_SIZE + (dice(ENDS) << 17);
    u64 page = dice(2) << 16, op = ONE_OF(0, 0x400, 0x800, 0xc00, 0xd00, 0xe00, 0xf00);
    unsigned size = 1u << dice(4);

    switch (dice(5)) {
    case 0: put8(NOTIFY_PAGE, eas() | TRIGGER_IS_END); break;
    case 1: put8(NOTIFY_PAGE + dice(2) * 8, (dice(2) ? XIVE_TRIGGER_PQ_CHECKED : 0) | dice(SOURCES)); break;
    case 2: access(dice(2), end + page + op, size, 0); break;
    default: access(dice(2), source + page + op, size, 0); break;
    }
}

/* A thread's contexts: what routes find. */
static void open_thread(void)
{
    u64 at = XIVE_TM + (dice(8) ? 0x10000 : dice(4) << 16) + dice(4) * 16;

    access(true, at + TM_WORD2, ONE_OF(1, 4, 4, 4), dice(2) ? 0x80000000 | dice(NVTS) : any64());
    access(true, at + TM_CPPR, 1, ONE_OF(0xff, 0, 4, 7, any64() & 0xff));
    access(false, XIVE_TM + (dice(4) << 16) + ONE_OF(0x800, 0x810, 0x818, 0x828, 0x830, 0x838, 0xc10), 1u << dice(4),
           0);
}

static void set_up_xive(void)
{
    put8(SCOM(XIVE_SCOM_BASE + 0x10), XIVE_IC | CQ_BAR_VALID | CQ_BAR_64K);
    put8(SCOM(XIVE_SCOM_BASE + 0x12), XIVE_TM | CQ_BAR_VALID | CQ_BAR_64K);
    put8(SCOM(XIVE_SCOM_BASE + 0x17), ~((1ULL << 36) - 1) & CQ_PC_BARM_MASK);
    put8(SCOM(XIVE_SCOM_BASE + 0x16), XIVE_PC | CQ_BAR_VALID);
    put8(SCOM(XIVE_SCOM_BASE + 0x19), ~((1ULL << 39) - 1) & CQ_VC_BARM_MASK);
    put8(SCOM(XIVE_SCOM_BASE + 0x18), XIVE_VC | CQ_BAR_VALID);
    put8(SCOM(XIVE_SCOM_BASE + 0x20), CQ_PBI_PC_64K | CQ_PBI_VC_64K);
    put8(XIVE_IC + VC_SBC_CONFIG, VC_SBC_STORE_EOI);
    put8(XIVE_IC + VC_EQC_CONFIG, VC_EQC_END_s | VC_EQC_END_u);
    put8(XIVE_IC + CQ_TAR, CQ_TAR_AUTOINC | CQ_TAR_TSEL_EDT);
    for (u64 k = 0; k < 48; k++) put8(XIVE_IC + CQ_TDR, 1ULL << 62 | k << 32);
    for (u64 k = 0; k < 16; k++) put8(XIVE_IC + CQ_TDR, 2ULL << 62 | k << 32);
    put8(XIVE_IC + CQ_TAR, CQ_TAR_AUTOINC | CQ_TAR_TSEL_VDT);
    for (u64 k = 0; k < 16; k++) put8(XIVE_IC + CQ_TDR, 1ULL << 63 | k << 32);
    set_vsd(VST_SBE, 0, SETFIELD(VSD_MODE, 0ULL, VSD_MODE_EXCLUSIVE) | SBE_TABLE | 4);
    set_vsd(VST_EAS, 0, SETFIELD(VSD_MODE, 0ULL, VSD_MODE_EXCLUSIVE) | EAS_TABLE | 4);
    set_vsd(VST_END, 0, SETFIELD(VSD_MODE, 0ULL, VSD_MODE_EXCLUSIVE) | END_TABLE | VSD_INDIRECT | 4);
    set_vsd(VST_NVT, 0, SETFIELD(VSD_MODE, 0ULL, VSD_MODE_EXCLUSIVE) | NVT_TABLE | VSD_INDIRECT | 4);
    put8(END_TABLE, SETFIELD(VSD_MODE, 0ULL, VSD_MODE_EXCLUSIVE) | END_PAGE | 4);
    put8(NVT_TABLE, SETFIELD(VSD_MODE, 0ULL, VSD_MODE_EXCLUSIVE) | NVT_PAGE | 4);
    put8(XIVE_IC + PC_THREAD_EN_REG0_SET, ~0ULL);
    for (u64 k = 0; k < SOURCES; k++) put8(EAS_TABLE + k * 8, eas());
    for (u64 k = 0; k < ENDS; k++) plant_end(END_PAGE + k * 32);
    for (u64 k = 0; k < NVTS; k++) put8(NVT_PAGE + k * 64, PPC_BIT(0));
    for (unsigned k = 0; k < 8; k++) open_thread();
}

/* ---- the PSI bridge, and what raises its sources ---- */

static void aim_psi(void)
{
    u64 control = dice(8) ? 0 : any_value();

    put8(SCOM(PSI_SCOM_BASE + 0xa), PSI_WINDOW_BASE | 1);
    put8(SCOM(PSI_SCOM_BASE + 0x16), PSI_ESB_BASE | 1);
    put8(SCOM(PSI_SCOM_BASE + 0x18), dice(4) ? dice(SOURCES) << 32 : any_value());
    if (control) put8(SCOM(PSI_SCOM_BASE + 0x15), control);
    put8(SCOM(PSI_SCOM_BASE + 0x17), any_address() | 1);
}

static void raise_sources(void)
{
    u64 esb = PSI_ESB_BASE + (dice(PSI_SOURCES) << 12);

    if (dice(2)) put8(SCOM(OCC_SCOM_BASE), dice(2) << 63);
    if (dice(2)) put8(SCOM(SBE_MAILBOX_SCOM + 0x13), dice(2) << 63);
    if (!dice(4)) put_byte(LPC_IO + 0x80 + dice(16), 0); /* nothing there: the controller's own error */
    if (!dice(4)) access(true, LPC_WINDOW_BASE + 0xc0012034, 4, 0xffffffff);
    if (!dice(4)) access(true, LPC_WINDOW_BASE + 0xc0010054, 4, 0xffffffff);
    if (!dice(4)) access(true, LPC_WINDOW_BASE + 0xc0012030, 4, 0x80000000);
    access(dice(2), esb + ONE_OF(0, 0x400, 0x800, 0xc00, 0xd00, 0xe00, 0xf00), 8, 0);
}

/* ---- engines that take commands ---- */

static void eccb(void)
{
    u64 target = ONE_OF(0xd0010000 + UART + dice(8), 0xd0010000 + BT + dice(3), 0xc0012000 + dice(0x100),
                        0xc0010000 + dice(0x60), 0xe0000000 + dice(1 << 28), 0xf0000000 + dice(1 << 28), any64());

    put8(SCOM(LPC_ECCB_SCOM + 3), any_value());
    put8(SCOM(LPC_ECCB_SCOM), (target & 0xffffffff) | (dice(2) ? PPC_BIT(15) : 0) | ONE_OF(1, 2, 4, dice(16)) << 56);
    access(false, SCOM(LPC_ECCB_SCOM + 2), 8, 0);
}

/* A message to the BMC: sometimes a command that it knows. Those that end the run are rare. */
static void ipmi(void)
{
    static const u16 known[] = {0x1801, 0x1804, 0x1806, 0x1807, 0x1808, 0x1822, 0x1824, 0x1825, 0x182e, 0x182f,
                                0x1830, 0x1831, 0x1833, 0x1836, 0x0000, 0x0001, 0x0007, 0x0009, 0x102d, 0x2840,
                                0x2842, 0x2843, 0x2844, 0x2847, 0x2848, 0x2849, 0x2820, 0x2823};
    u16 what = dice(64) ? known[dice(ARRAY_SIZE(known))] : 0x0002;
    unsigned length = (unsigned)(dice(8) ? 3 + dice(20) : dice(256));
    u64 io = LPC_IO + BT;

    if (dice(2)) put_byte(io, 1);
    put_byte(io + 1, length);
    put_byte(io + 1, dice(8) ? what >> 8 : any64());
    put_byte(io + 1, any64());
    put_byte(io + 1, dice(8) ? what & 0xff : any64());
    for (unsigned k = 3; k < length && k < 80; k++) put_byte(io + 1, ONE_OF(0, 1, 'C', 'L', 'R', 0xaa, 0xff, any64()));
    if (dice(2)) put_byte(io + 2, any64());
    put_byte(io, dice(8) ? 4 : any64());
    for (unsigned k = (unsigned)dice(40); k; k--) access(false, io + 1, 1, 0);
}

static void sbe(void)
{
    for (unsigned k = 0; k < 4; k++)
        put8(SCOM(SBE_MAILBOX_SCOM + k), k ? ONE_OF(0, 1, 1000, any64()) : (any64() & ~0xffffULL) | 0xd401);
    if (!dice(8)) put8(SCOM(SBE_MAILBOX_SCOM), any_value());
    put8(SCOM(SBE_MAILBOX_SCOM + 0x10 + dice(2) * 2), PPC_BIT(0));
}

static void serial(void)
{
    for (unsigned k = 1 + (unsigned)dice(12); k; k--)
        access(dice(2), LPC_IO + UART + ONE_OF(0, 0, 1, 2, 4, 5, 5, 5, dice(8)), 1,
               ONE_OF(0, 1, 2, 7, 0x0f, 0x10, 0x83, 0xc7, any64()));
}

/* ---- all of it ---- */

void traffic_to(const struct traffic *traffic)
{
    t = traffic;
    bus = t->bus;
}

void traffic_begin(void)
{
    if (dice(8)) set_up_xive();
    if (dice(2)) aim_psi();
}

static void look_at(u64 at, unsigned size)
{
    u64 got;
    bool ok = bus_read(bus, t->pir[0], at, size, &got);

    if (t->told) t->told(t->self, ok, got);
}

/* A command of the BMC with six bytes of data, and its answer. */
static void ask_bmc(unsigned netfn, unsigned command, unsigned record)
{
    const u8 message[] = {9, (u8)(netfn << 2), 0, (u8)command, 0, 0, (u8)record, 0, 0, 0xff};

    HOLDS(bus_write(bus, t->pir[0], LPC_IO + BT, 1, 1));
    for (unsigned k = 0; k < sizeof message; k++) HOLDS(bus_write(bus, t->pir[0], LPC_IO + BT + 1, 1, message[k]));
    HOLDS(bus_write(bus, t->pir[0], LPC_IO + BT, 1, 4));
    for (unsigned k = 0; k < 40; k++) look_at(LPC_IO + BT + 1, 1);
}

void traffic_look(void)
{
    static const u8 what[][2] = {{6, 0x07}, {6, 0x25}, {6, 0x2f}, {10, 0x40}, {10, 0x42}, {10, 0x48}};

    for (unsigned k = 0; k < ARRAY_SIZE(spans); k++)
        for (unsigned size = spans[k].base < LPC_WINDOW_BASE || spans[k].base >= XSCOM_BASE ? 8 : 1; size <= 8;
             size *= 2)
            for (u64 at = 0; at < spans[k].size && at < 0x1000; at += size) look_at(spans[k].base + at, size);
    for (unsigned k = 0; k < ARRAY_SIZE(what); k++) ask_bmc(what[k][0], what[k][1], 0);
    for (unsigned record = 1; record < 4; record++) ask_bmc(10, 0x43, record);
}

void traffic_step(void)
{
    u64 what = dice(100);

    if (what < 35) access(dice(2), dice(8) ? device_address() : any_address(), 1u << dice(4), any_value());
    else if (what < 45) put8(device_address(), any_value());
    else if (what < 55) plant();
    else if (what < 65) event();
    else if (what < 70) aim_psi();
    else if (what < 77) raise_sources();
    else if (what < 81) eccb();
    else if (what < 85) ipmi();
    else if (what < 88) sbe();
    else if (what < 93) serial();
    else if (what < 95) open_thread();
    else if (what < 99) t->run_a_while(t->self);
    else if (!dice(8)) bus_reset(bus);
    else put8(XIVE_IC + (dice(0x1000) & ~7ULL), any_value());
}
