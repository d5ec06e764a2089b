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
 * Written with libfdt's sequential calls; an error of any of them sticks, and the last step reports it.
 */
#include "machine/board_tree.h"

#include <libfdt.h>
#include <stdio.h>

#include "devices/chiptod.h"
#include "devices/lpc.h"
#include "devices/occ.h"
#include "devices/psi.h"

enum { PHANDLE_LPC = 1, PHANDLE_CACHES = 0x100 }; /* L2 of pair k: PHANDLE_CACHES + 2k, its L3 one more */
enum {
    CACHE_LINE = 128,
    L1_SIZE = 32 << 10,
    L1_WAYS = 8,
    L2_SIZE = 512 << 10,
    L2_WAYS = 8,
    L3_SIZE = 10 << 20,
    L3_WAYS = 20
};

struct writer {
    void *fdt;
    int error; /* first libfdt error, 0 if none */
};

static void note(struct writer *w, int error)
{
    if (!w->error) w->error = error;
}

static void begin(struct writer *w, const char *name)
{
    note(w, fdt_begin_node(w->fdt, name));
}
static void end(struct writer *w)
{
    note(w, fdt_end_node(w->fdt));
}
static void flag(struct writer *w, const char *name)
{
    note(w, fdt_property(w->fdt, name, NULL, 0));
}
static void text(struct writer *w, const char *name, const char *value)
{
    note(w, fdt_property_string(w->fdt, name, value));
}
static void cell(struct writer *w, const char *name, u32 value)
{
    note(w, fdt_property_u32(w->fdt, name, value));
}
static void bytes(struct writer *w, const char *name, const void *p, size_t n)
{
    note(w, fdt_property(w->fdt, name, p, (int)n));
}

static void begin_at(struct writer *w, const char *name, u64 unit)
{
    char full[64];

    snprintf(full, sizeof full, "%s@%llx", name, (unsigned long long)unit);
    begin(w, full);
}

static void cells(struct writer *w, const char *name, const u32 *values, unsigned n)
{
    u8 raw[64 * 4];

    for (unsigned k = 0; k < n && k < 64; k++) put_be32(raw + 4 * k, values[k]);
    bytes(w, name, raw, 4 * (size_t)n);
}
#define CELLS(w, name, ...) cells(w, name, (const u32[]){__VA_ARGS__}, sizeof((const u32[]){__VA_ARGS__}) / sizeof(u32))

#define STRINGS(w, name, list) bytes(w, name, list, sizeof(list)) /* list: "a\0b" with its final NUL */

static u32 high(u64 v)
{
    return (u32)(v >> 32);
}
static u32 low(u64 v)
{
    return (u32)v;
}

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

static void write_cache_geometry(struct writer *w, const char side, u32 size, u32 ways)
{
    char name[32];

    snprintf(name, sizeof name, "%c-cache-size", side);
    cell(w, name, size);
    snprintf(name, sizeof name, "%c-cache-sets", side);
    cell(w, name, size / CACHE_LINE / ways);
    snprintf(name, sizeof name, "%c-cache-block-size", side);
    cell(w, name, CACHE_LINE);
    snprintf(name, sizeof name, "%c-cache-line-size", side);
    cell(w, name, CACHE_LINE);
}

static void write_cpu_translation(struct writer *w, const struct board_config *c)
{
    u32 entries = c->tlb_entries ? c->tlb_entries : 1024, ways = c->tlb_ways ? c->tlb_ways : 4;

    cell(w, "ibm,slb-size", 32);
    cell(w, "tlb-size", entries);
    cell(w, "tlb-sets", ways); /* HDAT's "sets" are the ways */
    cell(w, "d-tlb-size", entries);
    cell(w, "d-tlb-sets", ways);
    cell(w, "i-tlb-size", 0); /* unified */
    cell(w, "i-tlb-sets", 0);
    CELLS(w, "ibm,processor-segment-sizes", 28, 40, 0xffffffff, 0xffffffff);
    CELLS(w, "ibm,processor-page-sizes", 12, 16, 24, 34);
    cells(w, "ibm,segment-page-sizes", segment_page_sizes, ARRAY_SIZE(segment_page_sizes));
    /* AP field in bits 0:2, page shift below: 4K AP=0, 64K AP=5, 2M AP=1, 1G AP=2. */
    CELLS(w, "ibm,processor-radix-AP-encodings", 0x0000000c, 0xa0000010, 0x20000015, 0x4000001e);
    bytes(w, "ibm,pa-features", pa_features, sizeof pa_features);
}

static void write_cpu(struct writer *w, const struct board_config *c, unsigned core)
{
    u64 hz = (u64)c->core_mhz * 1000000;
    u32 pir = board_pir(core, 0), servers[THREADS_PER_CORE_MAX];

    for (unsigned t = 0; t < c->threads_per_core; t++) servers[t] = board_pir(core, t);
    begin_at(w, "PowerPC,POWER9", pir);
    text(w, "device_type", "cpu");
    text(w, "status", "okay");
    cell(w, "reg", pir);
    cell(w, "ibm,pir", pir);
    cell(w, "ibm,chip-id", 0);
    cells(w, "ibm,ppc-interrupt-server#s", servers, c->threads_per_core);
    cell(w, "cpu-version", c->pvr);
    flag(w, "64-bit");
    cell(w, "clock-frequency", hz > 0xffffffff ? 0xffffffff : (u32)hz);
    CELLS(w, "ibm,extended-clock-frequency", high(hz), low(hz));
    cell(w, "timebase-frequency", TIMEBASE_HZ);
    CELLS(w, "ibm,extended-timebase-frequency", 0, TIMEBASE_HZ);
    cell(w, "reservation-granule-size", CACHE_LINE);
    write_cache_geometry(w, 'd', L1_SIZE, L1_WAYS);
    write_cache_geometry(w, 'i', L1_SIZE, L1_WAYS);
    cell(w, "l2-cache", PHANDLE_CACHES + core / 2 * 2);
    write_cpu_translation(w, c);
    cell(w, "ibm,vmx", 2); /* VMX and VSX */
    cell(w, "ibm,dfp", 2);
    cell(w, "ibm,purr", 1);
    cell(w, "ibm,spurr", 1);
    CELLS(w, "performance-monitor", 0, 1);
    end(w);
}

static void write_shared_cache(struct writer *w, unsigned pair, unsigned level)
{
    u32 reg = (level << 28) | pair << 3; /* HDAT's unit: level, then the first thread of the pair */

    begin_at(w, level == 2 ? "l2-cache" : "l3-cache", reg);
    text(w, "device_type", "cache");
    text(w, "status", "okay");
    cell(w, "reg", reg);
    cell(w, "phandle", PHANDLE_CACHES + pair * 2 + (level - 2));
    flag(w, "cache-unified");
    write_cache_geometry(w, 'd', level == 2 ? L2_SIZE : L3_SIZE, level == 2 ? L2_WAYS : L3_WAYS);
    if (level == 2) cell(w, "l2-cache", PHANDLE_CACHES + pair * 2 + 1);
    end(w);
}

static void write_cpus(struct writer *w, const struct board_config *c)
{
    begin(w, "cpus");
    cell(w, "#address-cells", 1);
    cell(w, "#size-cells", 0);
    for (unsigned core = 0; core < c->cores; core++) write_cpu(w, c, core);
    for (unsigned pair = 0; pair < (c->cores + 1) / 2; pair++) {
        write_shared_cache(w, pair, 2);
        write_shared_cache(w, pair, 3);
    }
    end(w);
}

static void write_memory(struct writer *w, const struct board_config *c)
{
    begin(w, "memory@0");
    text(w, "device_type", "memory");
    CELLS(w, "reg", 0, 0, high(c->ram->size_bytes), low(c->ram->size_bytes));
    cell(w, "ibm,chip-id", 0);
    end(w);
}

static void write_scom_device(struct writer *w, const char *name, u32 base, u32 count)
{
    begin_at(w, name, base);
    CELLS(w, "reg", base, count);
}

static void write_xscom(struct writer *w, const struct board_tree *tree)
{
    begin_at(w, "xscom", XSCOM_BASE);
    STRINGS(w, "compatible", "ibm,power9-xscom\0ibm,xscom");
    CELLS(w, "reg", high(XSCOM_BASE), low(XSCOM_BASE), high(XSCOM_SIZE), low(XSCOM_SIZE));
    cell(w, "#address-cells", 1);
    cell(w, "#size-cells", 1);
    cell(w, "ibm,chip-id", 0);
    cell(w, "ibm,primary-topology-index", 0);
    flag(w, "scom-controller");
    flag(w, "primary");

    write_scom_device(w, "chiptod", CHIPTOD_SCOM_BASE, CHIPTOD_SCOM_COUNT);
    STRINGS(w, "compatible", "ibm,power-chiptod\0ibm,power9-chiptod");
    flag(w, "primary");
    end(w);
    write_scom_device(w, "psihb", PSI_SCOM_BASE, PSI_SCOM_COUNT);
    STRINGS(w, "compatible", "ibm,power9-psihb-x\0ibm,psihb-x");
    cell(w, "#address-cells", 2);
    cell(w, "#size-cells", 1);
    end(w);
    if (!tree->describe_xive(tree->xive, w->fdt)) note(w, -FDT_ERR_INTERNAL);
    end(w);
}

static void write_opb_unit(struct writer *w, const char *name, const char *compatible, u32 base, u32 size)
{
    begin_at(w, name, base);
    text(w, "compatible", compatible);
    CELLS(w, "reg", base, size);
    end(w);
}

static void write_lpc_devices(struct writer *w)
{
    begin(w, "isa-serial@i3f8");
    text(w, "device_type", "serial"); /* Linux insists */
    STRINGS(w, "compatible", "ns16550\0pnpPNP,501");
    CELLS(w, "reg", 1, 0x3f8, 8);
    cell(w, "clock-frequency", 1843200);
    cell(w, "current-speed", 115200);
    cell(w, "interrupts", 4);
    cell(w, "interrupt-parent", PHANDLE_LPC);
    end(w);

    begin(w, "isa-ipmi-bt@ie4");
    STRINGS(w, "compatible", "bt\0ipmi-bt");
    text(w, "status", "reserved"); /* OPAL's, not the kernel's */
    CELLS(w, "reg", 1, 0xe4, 3);
    cell(w, "interrupts", 10);
    cell(w, "interrupt-parent", PHANDLE_LPC);
    end(w);
}

static void write_lpc(struct writer *w)
{
    u32 top = high(LPC_WINDOW_BASE);

    begin_at(w, "lpcm-opb", LPC_WINDOW_BASE);
    STRINGS(w, "compatible", "ibm,power9-lpcm-opb\0simple-bus");
    CELLS(w, "reg", top, low(LPC_WINDOW_BASE), high(LPC_WINDOW_SIZE), low(LPC_WINDOW_SIZE));
    cell(w, "#address-cells", 1);
    cell(w, "#size-cells", 1);
    cell(w, "ibm,chip-id", 0);
    CELLS(w, "ranges", 0, top, 0, 0x80000000, 0x80000000, top, 0x80000000, 0x80000000);
    write_opb_unit(w, "opb-master", "ibm,power9-lpcm-opb-master", 0xc0010000, 0x60);
    write_opb_unit(w, "opb-arbitrer", "ibm,power9-lpcm-opb-arbiter", 0xc0011000, 8);
    write_opb_unit(w, "lpc-controller", "ibm,power9-lpc-controller", 0xc0012000, 0x100);

    begin(w, "lpc@0");
    STRINGS(w, "compatible", "ibm,power9-lpc\0ibm,lpc");
    cell(w, "phandle", PHANDLE_LPC);
    flag(w, "primary");
    cell(w, "#address-cells", 2);
    cell(w, "#size-cells", 1);
    /* Spaces: 0 memory, 1 IO, 3 firmware. */
    CELLS(w, "ranges", 0, 0, 0xe0000000, 0x10000000, 1, 0, 0xd0010000, 0x10000, 3, 0, 0xf0000000, 0x10000000);
    write_lpc_devices(w);
    end(w);
    end(w);
}

static void write_firmware_features(struct writer *w)
{
    static const struct {
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
        {"fw-count-cache-disabled", false},
        {"fw-count-cache-flush-bcctr2,0,0", true},
        {"needs-count-cache-flush-on-context-switch", true},
        {"fw-ltptr-serialized", false},
        {"speculation-policy-favor-security", true},
        {"needs-l1d-flush-msr-hv-1-to-0", true},
        {"needs-l1d-flush-msr-pr-0-to-1", true},
        {"needs-spec-barrier-for-bound-checks", true},
        {"no-need-l1d-flush-msr-pr-1-to-0", false},
        {"no-need-l1d-flush-kernel-on-user-access", false},
    };

    begin(w, "fw-features");
    for (unsigned k = 0; k < ARRAY_SIZE(features); k++) {
        begin(w, features[k].name);
        flag(w, features[k].on ? "enabled" : "disabled");
        end(w);
    }
    end(w);
}

static void write_opal(struct writer *w)
{
    begin(w, "ibm,opal");
    begin(w, "power-mgt");
    cell(w, "ibm,enabled-stop-levels", 0xc0000000); /* stop 0 and 1: those that lose no state */
    end(w);
    write_firmware_features(w);
    end(w);
}

static void write_chosen(struct writer *w, const struct board_config *c)
{
    u64 initrd_end = c->initrd_base + c->initrd_size;

    begin(w, "chosen");
    if (c->bootargs) text(w, "bootargs", c->bootargs);
    if (c->initrd_size && initrd_end > 0xffffffff) {
        CELLS(w, "linux,initrd-start", high(c->initrd_base), low(c->initrd_base));
        CELLS(w, "linux,initrd-end", high(initrd_end), low(initrd_end));
    } else if (c->initrd_size) {
        cell(w, "linux,initrd-start", low(c->initrd_base));
        cell(w, "linux,initrd-end", low(initrd_end));
    }
    end(w);
}

/*
 * What firmware and kernel are not to use as free storage. Skiboot leaves alone what lies below itself; above, it
 * allocates from the lowest addresses of its own, so that a ramdisk there has to be among the reserved ranges. Linux
 * frees its pages all the same once it has unpacked it.
 */
static void write_reserved(struct writer *w, const struct board_tree *tree)
{
    const struct board_config *c = tree->config;
    const u64 page = 0x10000, initrd_size = (c->initrd_size + page - 1) & ~(page - 1);

    if (c->initrd_size && c->initrd_base > BOARD_SKIBOOT_ADDRESS) {
        STRINGS(w, "reserved-names", "ibm,homer-image\0ibm,occ-common-area\0linux,initrd");
        CELLS(w, "reserved-ranges", high(tree->homer_base), low(tree->homer_base), high(HOMER_SIZE), low(HOMER_SIZE),
              high(tree->occ_common_base), low(tree->occ_common_base), high(OCC_COMMON_SIZE), low(OCC_COMMON_SIZE),
              high(c->initrd_base), low(c->initrd_base), high(initrd_size), low(initrd_size));
    } else {
        STRINGS(w, "reserved-names", "ibm,homer-image\0ibm,occ-common-area");
        CELLS(w, "reserved-ranges", high(tree->homer_base), low(tree->homer_base), high(HOMER_SIZE), low(HOMER_SIZE),
              high(tree->occ_common_base), low(tree->occ_common_base), high(OCC_COMMON_SIZE), low(OCC_COMMON_SIZE));
    }
}

bool board_tree_write(const struct board_tree *tree, void *fdt, size_t size)
{
    const struct board_config *c = tree->config;
    struct writer w = {.fdt = fdt};

    note(&w, fdt_create(fdt, (int)size));
    note(&w, fdt_finish_reservemap(fdt));
    begin(&w, "");
    cell(&w, "#address-cells", 2);
    cell(&w, "#size-cells", 2);
    text(&w, "model", "IBM PowerNV (p9sim)");
    STRINGS(&w, "compatible", "qemu,powernv9\0ibm,powernv");
    CELLS(&w, "ibm,sw-checkstop-fir", SW_CHECKSTOP_SCOM, SW_CHECKSTOP_BIT);
    write_reserved(&w, tree);
    begin(&w, "qemu");
    end(&w);
    write_chosen(&w, c);
    write_memory(&w, c);
    write_cpus(&w, c);
    write_xscom(&w, tree);
    write_lpc(&w);
    write_opal(&w);
    end(&w);
    note(&w, fdt_finish(fdt));
    return !w.error || p9_error("board: device tree: %s", fdt_strerror(w.error));
}
