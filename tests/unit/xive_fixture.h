/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A chip with a XIVE set up the way firmware sets it up: BARs by SCOM, then registers, set translation and tables by
 * MMIO.  Direct tables for sources (SBE, EAS), indirect ones with 64 KiB pages for ENDs and NVTs.  The tests speak to
 * the engine through the bus only.
 */
#ifndef P9_TESTS_XIVE_FIXTURE_H
#define P9_TESTS_XIVE_FIXTURE_H

#include <check.h>
#include <stdlib.h>

#include "devices/xive.h"
#include "devices/xive_regs.h"

#define IC 0x0006030203100000ULL
#define TM 0x0006030203180000ULL
#define PC 0x0006018000000000ULL
#define VC 0x0006010000000000ULL
#define NOTIFY (IC + 0x10000)
#define INDIRECT_TM (IC + 0x40000)
#define TM_HV (TM + 0x10000)
#define TM_OSPAGE (TM + 0x20000)
#define TM_USERPAGE (TM + 0x30000)
#define SET_SIZE (1ULL << 33)
#define ESB(n) (VC + ((u64)(n) << 17))
#define END_ESB(n) (VC + 48 * SET_SIZE + ((u64)(n) << 17))

enum {
    RAM_BYTES = 16 << 20,
    SBE = 0x100000,
    EAS = 0x110000,
    END_TABLE = 0x120000,
    NVT_TABLE = 0x130000,
    END_PAGE = 0x140000,
    NVT_PAGE = 0x150000,
    QUEUES = 0x400000,
    QUEUE_BYTES = 0x10000
};
enum { OS_LINE, HV_LINE, USER_LINE, LINES };

/* PIRs 0, 1, 4 and 5: two cores of two threads. */
struct chip {
    struct ram ram;
    struct bus bus, scoms;
    u32 pir; /* of the thread whose accesses these are */
    struct xive *xive;
    bool line[8][LINES];
};

static inline void chip_line(void *to, unsigned n, bool level)
{
    ((struct chip *)to)->line[n / LINES][n % LINES] = level;
}

static inline void put8(struct chip *c, u64 at, u64 v)
{
    ck_assert(bus_write(&c->bus, c->pir, at, 8, v));
}
static inline u64 get(struct chip *c, u64 at, unsigned size)
{
    u64 v;

    ck_assert(bus_read(&c->bus, c->pir, at, size, &v));
    return v;
}
static inline u64 get8(struct chip *c, u64 at)
{
    return get(c, at, 8);
}
static inline u32 get4(struct chip *c, u64 at)
{
    return (u32)get(c, at, 4);
}
static inline void put(struct chip *c, u64 at, unsigned size, u64 v)
{
    ck_assert(bus_write(&c->bus, c->pir, at, size, v));
}
static inline void scom(struct chip *c, u32 number, u64 v)
{
    ck_assert(bus_write(&c->scoms, c->pir, (0x5013000ULL + number) * 8, 8, v));
}

static inline void as_thread(struct chip *c, u32 pir)
{
    c->pir = pir;
}

static inline void set_vsd(struct chip *c, u64 table, u64 block, u64 vsd)
{
    u64 address = SETFIELD(VST_TABLE_SELECT, 0ULL, table) | SETFIELD(VST_TABLE_BLOCK, 0ULL, block);

    put8(c, IC + VC_VSD_TABLE_ADDR, address);
    put8(c, IC + VC_VSD_TABLE_DATA, vsd);
    put8(c, IC + PC_VSD_TABLE_ADDR, address);
    put8(c, IC + PC_VSD_TABLE_DATA, vsd);
}

#define VSD_LOCAL(address, tsize) (SETFIELD(VSD_MODE, 0ULL, VSD_MODE_EXCLUSIVE) | (address) | (tsize))

static inline void chip_firmware(struct chip *c)
{
    scom(c, 0x10, IC | CQ_BAR_VALID | CQ_BAR_64K);
    scom(c, 0x12, TM | CQ_BAR_VALID | CQ_BAR_64K);
    scom(c, 0x17, ~((1ULL << 36) - 1) & CQ_PC_BARM_MASK);
    scom(c, 0x16, PC | CQ_BAR_VALID);
    scom(c, 0x19, ~((1ULL << 39) - 1) & CQ_VC_BARM_MASK);
    scom(c, 0x18, VC | CQ_BAR_VALID);
    scom(c, 0x20, CQ_PBI_PC_64K | CQ_PBI_VC_64K);
    put8(c, IC + VC_SBC_CONFIG, VC_SBC_STORE_EOI);
    put8(c, IC + VC_EQC_CONFIG, VC_EQC_END_s | VC_EQC_END_u);
    put8(c, IC + CQ_TAR, CQ_TAR_AUTOINC | CQ_TAR_TSEL_EDT);
    for (u64 k = 0; k < 48; k++) put8(c, IC + CQ_TDR, 1ULL << 62 | k << 32);
    for (u64 k = 0; k < 16; k++) put8(c, IC + CQ_TDR, 2ULL << 62 | k << 32);
    put8(c, IC + CQ_TAR, CQ_TAR_AUTOINC | CQ_TAR_TSEL_VDT);
    for (u64 k = 0; k < 16; k++) put8(c, IC + CQ_TDR, 1ULL << 63 | k << 32);
    memset(c->ram.host + SBE, 0x55, 0x10000); /* all sources off */
    set_vsd(c, VST_SBE, 0, VSD_LOCAL(SBE, 4));
    set_vsd(c, VST_EAS, 0, VSD_LOCAL(EAS, 4));
    set_vsd(c, VST_END, 0, VSD_LOCAL(END_TABLE, 4) | VSD_INDIRECT);
    set_vsd(c, VST_NVT, 0, VSD_LOCAL(NVT_TABLE, 4) | VSD_INDIRECT);
    put8(c, END_TABLE, VSD_LOCAL(END_PAGE, 4));
    put8(c, NVT_TABLE, VSD_LOCAL(NVT_PAGE, 4));
    put8(c, IC + PC_THREAD_EN_REG0_SET, PPC_BIT(0) | PPC_BIT(1) | PPC_BIT(4) | PPC_BIT(5));
}

static inline struct chip *chip_new(void)
{
    static const u32 pirs[] = {0, 1, 4, 5};
    struct xive_thread threads[ARRAY_SIZE(pirs)];
    struct chip *c = calloc(1, sizeof *c);

    ck_assert(ram_open(&c->ram, RAM_BYTES));
    c->pir = BUS_NO_THREAD;
    c->bus.ram = &c->ram;
    for (unsigned k = 0; k < ARRAY_SIZE(pirs); k++)
        threads[k] = (struct xive_thread){pirs[k],
                                          {chip_line, c, pirs[k] * LINES + OS_LINE},
                                          {chip_line, c, pirs[k] * LINES + HV_LINE},
                                          {chip_line, c, pirs[k] * LINES + USER_LINE}};
    c->xive = xive_new(&(struct xive_config){.thread_count = ARRAY_SIZE(pirs), .threads = threads, .bus = &c->bus});
    ck_assert_ptr_nonnull(c->xive);
    ck_assert(xive_attach(c->xive, &c->scoms));
    chip_firmware(c);
    return c;
}

static inline void chip_free(struct chip *c)
{
    xive_free(c->xive);
    ram_close(&c->ram);
    free(c);
}

/* ---- Structures ---- */

static inline u64 end_at(unsigned index)
{
    return END_PAGE + 32 * (u64)index;
}
static inline u64 nvt_at(unsigned index)
{
    return NVT_PAGE + 64 * (u64)index;
}
static inline u64 queue_at(unsigned end)
{
    return QUEUES + (u64)end * QUEUE_BYTES;
}

/* Source -> END with that word in the queue. */
static inline void set_eas(struct chip *c, unsigned source, unsigned end, u32 data)
{
    put8(c, EAS + 8 * source, EAS_VALID | (u64)end << 32 | data);
}

/* END -> NVT at a priority; flags are bits of word 0. */
static inline void set_end(struct chip *c, unsigned end, u32 flags, unsigned nvt, unsigned priority)
{
    u64 at = end_at(end);

    put(c, at, 4, END_W0_VALID | flags);
    put(c, at + 4, 4, END_W1_GENERATION);
    put8(c, at + 8, queue_at(end));
    put8(c, at + 16, 0);
    put(c, at + 24, 4, nvt);
    put(c, at + 28, 4, priority << 16);
}

static inline void set_nvt(struct chip *c, unsigned nvt)
{
    put(c, nvt_at(nvt), 4, NVT_W0_VALID);
}

static inline void unmask(struct chip *c, unsigned source)
{
    get8(c, ESB(source) + 0x10000 + 0xc00);
}
static inline void trigger(struct chip *c, unsigned source)
{
    put8(c, ESB(source), 0);
}
static inline u64 pq(struct chip *c, unsigned source)
{
    return get8(c, ESB(source) + 0x10000 + 0x800);
}

enum { HW_NVT = 0x80 }; /* NVT of thread 0; thread n has HW_NVT + n */

/* Let the physical context of the thread take everything, as Linux does. */
static inline void open_thread(struct chip *c, u32 pir)
{
    as_thread(c, pir);
    put(c, TM_HV + TM_PHYS + TM_WORD2, 1, TM_VALID);
    put(c, TM_HV + TM_PHYS + TM_CPPR, 1, 0xff);
    set_nvt(c, HW_NVT + pir);
}

/* Source 16 -> END 8 -> thread 0 at priority 6. */
static inline void simple_source(struct chip *c, u32 flags)
{
    set_eas(c, 16, 8, 0x1234);
    set_end(c, 8, END_W0_ENQUEUE | flags, HW_NVT, 6);
    open_thread(c, 0);
    unmask(c, 16);
}

static inline u32 queue_word(struct chip *c, unsigned end, unsigned n)
{
    return get4(c, queue_at(end) + 4 * n);
}

#endif
