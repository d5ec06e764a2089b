/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The device tree that firmware starts from: skiboot takes a flattened tree in r3 instead of hostboot's HDAT, adds what
 * it finds out (/ibm,opal, powerpc-cpu-features, interrupts, reserved memory), and hands the result to Linux.
 *
 * The base is what QEMU's powernv9 gives, because "qemu,powernv9" is the platform we ask skiboot for: the IPMI BMC
 * behind BT, serial port and OPAL console, no service processor.  That name also tells skiboot not to wait for the
 * ChipTOD, not to use direct controls at a reboot, and that there is no NX.  We differ where hardware (HDAT of a
 * Witherspoon, in skiboot's own tests) says more, or where we lack a part:
 *
 *   - no pbcq nodes: there are no PCIe host bridges, hence no six seconds of link training;
 *   - no i2cm nodes, no mc146818rtc (OPAL's clock is the BMC's), no bmc/sensors (the BMC has none);
 *   - cpu nodes: TLB, caches with l2-cache links, ibm,pa-features of the machine (radix set; TM clear, as skiboot does
 *     not enable TM on POWER9), ibm,processor-radix-AP-encodings, purr, spurr, performance monitor;
 *   - reserved-names/-ranges for HOMER and the OCC's common area, which lie in main storage as hostboot puts them;
 *   - /ibm,opal/fw-features: skiboot makes this node from HDAT only, but keeps an /ibm,opal that is already there (QEMU
 *     relies on that for power-mgt), so what we say arrives at Linux: a DD2.3 that flushes L1D by mttrig2, needs it on
 *     the way to user and guest state, has the speculation barrier, and flushes the count cache with hardware help.
 *
 * Devices write their own nodes; here is what belongs to none of them: processors, storage, firmware's own.
 */
#include "machine/board_tree.h"

#include <stdio.h>

#include "devices/occ.h"
#include "devices/tree.h"

enum {
    CACHE_LINE = 128,
    L1_SIZE = 32 << 10,
    L1_WAYS = 8,
    L2_SIZE = 512 << 10,
    L2_WAYS = 8,
    L3_SIZE = 10 << 20,
    L3_WAYS = 20
};

/* Page sizes of the hash MMU: base shift, SLB encoding, pairs of (actual shift, PTE encoding). */
/* clang-format off: one row per base page size, then ten bytes a line */
static const u32 segment_page_sizes[] = {
    0x0c,   0x000, 3,      0x0c, 0x0000, 0x10, 0x0007, 0x18,   0x0038, 0x10,  0x110, 2,    0x10,
    0x0001, 0x18,  0x0008, 0x18, 0x100,  1,    0x18,   0x0000, 0x22,   0x120, 1,     0x22, 0x0003,
};

/* Attributes a processor may have, byte by byte (LoPAR, "ibm,pa-features"); header: length, type 0. */
static const u8 pa_features[] = {
    64,   0,    0xf6, 0x3f, 0xc7, 0xc0, 0x80, 0xd0, 0x80, 0x00,
    0x00, 0x00,                                                 /*  0: MMU, FPU, SLB, no-execute; 5 little-endian */
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x80, 0x00, 0x80, 0x00, /* 10: 16 vector, 18 VSX */
    0x80, 0x00, 0x00, 0x00, 0x80, 0x00, 0x80, 0x00, 0x80, 0x00, /* 20: 20 XOR, 22 TM (no) */
    0x00, 0x00, 0x80, 0x00, 0x80, 0x00, 0x00, 0x00, 0x80, 0x00, /* 30: 32 little-endian atomics, 34 EBB */
    0x80, 0x00, 0x80, 0x00, 0x80, 0x00, 0x80, 0x00, 0x80, 0x00, /* 40: radix */
    0x80, 0x00, 0x80, 0x00, 0x80, 0x00, 0x80, 0x00, 0x80, 0x00, /* 50: quad precision, 54 and 56 decimal */
    0x80, 0x00, 0x80, 0x00,                                     /* 60: atomics, 62 random number */
};
/* clang-format on */
_Static_assert(sizeof pa_features == 66, "64 attribute bytes after the header");

static void write_cache_geometry(struct tree *t, const char side, u32 size, u32 ways)
{
    char name[32];

    snprintf(name, sizeof name, "%c-cache-size", side);
    tree_cell(t, name, size);
    snprintf(name, sizeof name, "%c-cache-sets", side);
    tree_cell(t, name, size / CACHE_LINE / ways);
    snprintf(name, sizeof name, "%c-cache-block-size", side);
    tree_cell(t, name, CACHE_LINE);
    snprintf(name, sizeof name, "%c-cache-line-size", side);
    tree_cell(t, name, CACHE_LINE);
}

static void write_cpu_translation(struct tree *t, const struct board_config *c)
{
    u32 entries = c->tlb_entries ? c->tlb_entries : 1024, ways = c->tlb_ways ? c->tlb_ways : 4;

    tree_cell(t, "ibm,slb-size", 32);
    tree_cell(t, "tlb-size", entries);
    tree_cell(t, "tlb-sets", ways); /* HDAT's "sets" are the ways */
    tree_cell(t, "d-tlb-size", entries);
    tree_cell(t, "d-tlb-sets", ways);
    tree_cell(t, "i-tlb-size", 0); /* unified */
    tree_cell(t, "i-tlb-sets", 0);
    TREE_CELLS(t, "ibm,processor-segment-sizes", 28, 40, 0xffffffff, 0xffffffff);
    TREE_CELLS(t, "ibm,processor-page-sizes", 12, 16, 24, 34);
    tree_cells(t, "ibm,segment-page-sizes", segment_page_sizes, ARRAY_SIZE(segment_page_sizes));
    /* AP field in bits 0:2, page shift below: 4K AP=0, 64K AP=5, 2M AP=1, 1G AP=2. */
    TREE_CELLS(t, "ibm,processor-radix-AP-encodings", 0x0000000c, 0xa0000010, 0x20000015, 0x4000001e);
    tree_bytes(t, "ibm,pa-features", pa_features, sizeof pa_features);
}

static void write_cpu(struct tree *t, const struct board_config *c, unsigned core)
{
    u64 hz = (u64)c->core_mhz * 1000000;
    u32 pir = board_pir(core, 0), servers[THREADS_PER_CORE_MAX];

    for (unsigned n = 0; n < c->threads_per_core; n++) servers[n] = board_pir(core, n);
    tree_begin_at(t, "PowerPC,POWER9", pir);
    tree_text(t, "device_type", "cpu");
    tree_text(t, "status", "okay");
    tree_cell(t, "reg", pir);
    tree_cell(t, "ibm,pir", pir);
    tree_cell(t, "ibm,chip-id", 0);
    tree_cells(t, "ibm,ppc-interrupt-server#s", servers, c->threads_per_core);
    tree_cell(t, "cpu-version", c->pvr);
    tree_flag(t, "64-bit");
    tree_cell(t, "clock-frequency", hz > 0xffffffff ? 0xffffffff : (u32)hz);
    TREE_CELLS(t, "ibm,extended-clock-frequency", tree_high(hz), tree_low(hz));
    tree_cell(t, "timebase-frequency", TIMEBASE_HZ);
    TREE_CELLS(t, "ibm,extended-timebase-frequency", 0, TIMEBASE_HZ);
    tree_cell(t, "reservation-granule-size", CACHE_LINE);
    write_cache_geometry(t, 'd', L1_SIZE, L1_WAYS);
    write_cache_geometry(t, 'i', L1_SIZE, L1_WAYS);
    tree_cell(t, "l2-cache", BOARD_PHANDLE_CACHES + core / 2 * 2);
    write_cpu_translation(t, c);
    tree_cell(t, "ibm,vmx", 2); /* VMX and VSX */
    tree_cell(t, "ibm,dfp", 2);
    tree_cell(t, "ibm,purr", 1);
    tree_cell(t, "ibm,spurr", 1);
    TREE_CELLS(t, "performance-monitor", 0, 1);
    tree_end(t);
}

static void write_shared_cache(struct tree *t, unsigned pair, unsigned level)
{
    u32 reg = (level << 28) | pair << 3; /* HDAT's unit: level, then the first thread of the pair */

    tree_begin_at(t, level == 2 ? "l2-cache" : "l3-cache", reg);
    tree_text(t, "device_type", "cache");
    tree_text(t, "status", "okay");
    tree_cell(t, "reg", reg);
    tree_cell(t, "phandle", BOARD_PHANDLE_CACHES + pair * 2 + (level - 2));
    tree_flag(t, "cache-unified");
    write_cache_geometry(t, 'd', level == 2 ? L2_SIZE : L3_SIZE, level == 2 ? L2_WAYS : L3_WAYS);
    if (level == 2) tree_cell(t, "l2-cache", BOARD_PHANDLE_CACHES + pair * 2 + 1);
    tree_end(t);
}

static void write_cpus(struct tree *t, const struct board_config *c)
{
    tree_begin(t, "cpus");
    tree_cell(t, "#address-cells", 1);
    tree_cell(t, "#size-cells", 0);
    for (unsigned core = 0; core < c->cores; core++) write_cpu(t, c, core);
    for (unsigned pair = 0; pair < (c->cores + 1) / 2; pair++) {
        write_shared_cache(t, pair, 2);
        write_shared_cache(t, pair, 3);
    }
    tree_end(t);
}

static void write_memory(struct tree *t, const struct board_config *c)
{
    tree_begin(t, "memory@0");
    tree_text(t, "device_type", "memory");
    TREE_CELLS(t, "reg", 0, 0, tree_high(c->ram->size_bytes), tree_low(c->ram->size_bytes));
    tree_cell(t, "ibm,chip-id", 0);
    tree_end(t);
}

/* A count cache that is switched off (option count_cache) predicts no target, so nobody needs to flush it. */
static void write_firmware_features(struct tree *t, const struct board_config *c)
{
    const struct {
        const char *name;
        bool on;
    } features[] = {
        {"tm-suspend-mode", true},
        {"inst-spec-barrier-ori31,31,0", true},
        {"fw-bcctrl-serialized", false},
        {"inst-l1d-flush-ori30,30,0", false},
        {"inst-l1d-flush-trig2", true},
        {"fw-l1d-thread-split", true},
        {"fw-branch-hints-honored", true},
        {"inst-thread-reconfig-control-trig0-1", false},
        {"fw-count-cache-disabled", c->no_count_cache},
        {"fw-count-cache-flush-bcctr2,0,0", true},
        {"needs-count-cache-flush-on-context-switch", !c->no_count_cache},
        {"fw-ltptr-serialized", false},
        {"speculation-policy-favor-security", true},
        {"needs-l1d-flush-msr-hv-1-to-0", true},
        {"needs-l1d-flush-msr-pr-0-to-1", true},
        {"needs-spec-barrier-for-bound-checks", true},
        {"no-need-l1d-flush-msr-pr-1-to-0", false},
        {"no-need-l1d-flush-kernel-on-user-access", false},
    };

    tree_begin(t, "fw-features");
    for (unsigned k = 0; k < ARRAY_SIZE(features); k++) {
        tree_begin(t, features[k].name);
        tree_flag(t, features[k].on ? "enabled" : "disabled");
        tree_end(t);
    }
    tree_end(t);
}

static void write_opal(struct tree *t, const struct board_config *c)
{
    tree_begin(t, "ibm,opal");
    tree_begin(t, "power-mgt");
    tree_cell(t, "ibm,enabled-stop-levels", 0xc0000000); /* stop 0 and 1: those that lose no state */
    tree_end(t);
    write_firmware_features(t, c);
    tree_end(t);
}

static void write_chosen(struct tree *t, const struct board_config *c)
{
    u64 initrd_end = c->initrd_base + c->initrd_size;

    tree_begin(t, "chosen");
    if (c->bootargs) tree_text(t, "bootargs", c->bootargs);
    if (c->initrd_size && initrd_end > 0xffffffff) {
        TREE_CELLS(t, "linux,initrd-start", tree_high(c->initrd_base), tree_low(c->initrd_base));
        TREE_CELLS(t, "linux,initrd-end", tree_high(initrd_end), tree_low(initrd_end));
    } else if (c->initrd_size) {
        tree_cell(t, "linux,initrd-start", tree_low(c->initrd_base));
        tree_cell(t, "linux,initrd-end", tree_low(initrd_end));
    }
    tree_end(t);
}

/*
 * What firmware and kernel are not to use as free storage. Skiboot leaves alone what lies below itself; above, it
 * allocates from the lowest addresses of its own, so that a ramdisk there has to be among the reserved ranges. Linux
 * frees its pages all the same once it has unpacked it.
 */
static void write_reserved(struct tree *t, const struct board_tree *tree)
{
    const struct board_config *c = tree->config;
    const u64 page = 0x10000, initrd_size = (c->initrd_size + page - 1) & ~(page - 1);

    if (c->initrd_size && c->initrd_base > BOARD_SKIBOOT_ADDRESS) {
        TREE_STRINGS(t, "reserved-names", "ibm,homer-image\0ibm,occ-common-area\0linux,initrd");
        TREE_CELLS(t, "reserved-ranges", tree_high(tree->homer_base), tree_low(tree->homer_base), tree_high(HOMER_SIZE),
                   tree_low(HOMER_SIZE), tree_high(tree->occ_common_base), tree_low(tree->occ_common_base),
                   tree_high(OCC_COMMON_SIZE), tree_low(OCC_COMMON_SIZE), tree_high(c->initrd_base),
                   tree_low(c->initrd_base), tree_high(initrd_size), tree_low(initrd_size));
    } else {
        TREE_STRINGS(t, "reserved-names", "ibm,homer-image\0ibm,occ-common-area");
        TREE_CELLS(t, "reserved-ranges", tree_high(tree->homer_base), tree_low(tree->homer_base), tree_high(HOMER_SIZE),
                   tree_low(HOMER_SIZE), tree_high(tree->occ_common_base), tree_low(tree->occ_common_base),
                   tree_high(OCC_COMMON_SIZE), tree_low(OCC_COMMON_SIZE));
    }
}

bool board_tree_write(const struct board_tree *tree, void *fdt, size_t size)
{
    const struct board_config *c = tree->config;
    struct tree t;

    tree_start(&t, fdt, size);
    tree_cell(&t, "#address-cells", 2);
    tree_cell(&t, "#size-cells", 2);
    tree_text(&t, "model", "IBM PowerNV (p9sim)");
    TREE_STRINGS(&t, "compatible", "qemu,powernv9\0ibm,powernv");
    TREE_CELLS(&t, "ibm,sw-checkstop-fir", SW_CHECKSTOP_SCOM, SW_CHECKSTOP_BIT);
    write_reserved(&t, tree);
    tree_begin(&t, "qemu");
    tree_end(&t);
    write_chosen(&t, c);
    write_memory(&t, c);
    write_cpus(&t, c);
    bus_describe(tree->bus, &t);
    write_opal(&t, c);
    return tree_finish(&t);
}
