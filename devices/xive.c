/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The object, and the windows in real addresses.  Regions of a bus are static while BARs are registers, so each region
 * is the whole range a BAR of this chip may point into, and an access is refused unless a valid BAR covers it.
 *
 *      IC BAR   eight pages: registers, notify port (triggers below 0x800, syncs from 0xc00), two LSI pages that no
 *               source of ours uses (they read as zeros), then the TIMA of the thread that PC_TCTXT_INDIR0 names
 *      TM BAR   four pages, at one address on all chips: the TIMA of the thread that accesses
 *      PC BAR   NVTs          VC BAR   event state buffers
 *
 * See devices/xive.h for what the engine does and xive_internal.h for who does which part of it.
 */
#include "devices/xive.h"

#include <stdlib.h>

#include "devices/tree.h"
#include "devices/xive_internal.h"

/* Where firmware puts the BARs of chip 0 on Nimbus; each further chip is 4 TB higher, but for the TIMA. */
#define IC_WINDOW 0x0006030203100000ULL
#define TM_WINDOW 0x0006030203180000ULL
#define PC_WINDOW 0x0006018000000000ULL
#define VC_WINDOW 0x0006010000000000ULL
enum { CHIP_SHIFT = 42 };

enum { NOTIFY_FORWARD = 0x800, NOTIFY_SYNC = 0xc00 };

static u64 chip_base(const struct xive *x, u64 chip0_base)
{
    return chip0_base + ((u64)x->chip_id << CHIP_SHIFT);
}

/* Offset of a window access from the BAR, or false: the BAR is invalid or does not cover it. */
static bool in_bar(u64 bar, u64 bar_size, u64 address, unsigned size, u64 *offset)
{
    if (!(bar & CQ_BAR_VALID)) return false;
    *offset = address - (bar & CQ_BAR_BASE);
    return *offset < bar_size && size <= bar_size - *offset;
}

static unsigned page_shift(u64 bar)
{
    return bar & CQ_BAR_64K ? 16 : 12;
}

/* ---- IC ---- */

static struct tctx *indirect_thread(struct xive *x)
{
    u64 indirect = xive_reg(x, PC_TCTXT_INDIR0);
    struct tctx *t = NULL;

    if (indirect & PC_TCTXT_INDIR_VALID) t = x->by_local_id[GETFIELD(PC_TCTXT_INDIR_THRDID, indirect)];
    if (!t) log_guest(x->log, "xive %u: indirect TIMA access without a thread", x->chip_id);
    return t;
}

/* Second page.  A sync makes sure that all earlier events have reached their queues, which here they always have. */
static void notify_write(struct xive *x, u32 offset, u64 value)
{
    u32 line = offset >> 7 & 7;

    if (offset < NOTIFY_SYNC) xive_notify_port(x, value);
    else if (line < 5) x->regs[VC_EQC_CONFIG / 8] |= VC_EQC_SYNC_IPI >> line;
}

static bool ic_locate(struct xive *x, u64 offset, unsigned size, unsigned *page, u32 *in_page)
{
    u64 bar = xive_reg(x, CQ_IC_BAR), at;
    unsigned shift = page_shift(bar);

    if (!in_bar(bar, 8ULL << shift, chip_base(x, IC_WINDOW) + offset, size, &at)) return false;
    *page = (unsigned)(at >> shift);
    *in_page = (u32)at & ((1u << shift) - 1);
    return *page >= 4 || !(*in_page & (size - 1));
}

static bool ic_read(void *self, struct bus_access a, u64 *value)
{
    struct xive *x = self;
    struct tctx *t;
    unsigned page;
    u32 at;

    *value = 0;
    if (!ic_locate(x, a.offset, a.size, &page, &at)) return false;
    switch (page) {
    case 0:
        if (a.size != 8 || at >= 0x1000) break;
        *value = xive_ic_read(x, at);
        return true;
    case 1: break;
    case 2:
    case 3: return true;
    default: t = indirect_thread(x); return t && xive_tm_read(x, t, (struct tm_access){page - 4, at, a.size}, value);
    }
    log_guest(x->log, "xive %u: IC load of %u bytes at page %u, 0x%x", x->chip_id, a.size, page, at);
    return false;
}

static bool ic_write(void *self, struct bus_access a, u64 value)
{
    struct xive *x = self;
    struct tctx *t;
    unsigned page;
    u32 at;

    if (!ic_locate(x, a.offset, a.size, &page, &at)) return false;
    switch (page) {
    case 0:
        if (a.size != 8 || at >= 0x1000) break;
        xive_ic_write(x, at, value);
        return true;
    case 1:
        if (a.size != 8 || at >= 0x1000) break;
        notify_write(x, at, value);
        return true;
    case 2:
    case 3: return true;
    default: t = indirect_thread(x); return t && xive_tm_write(x, t, (struct tm_access){page - 4, at, a.size}, value);
    }
    log_guest(x->log, "xive %u: IC store of %u bytes at page %u, 0x%x", x->chip_id, a.size, page, at);
    return false;
}

/* ---- TM: self is the first chip, the thread says whose context it is ---- */

static bool tm_locate(struct xive *first, struct bus_access a, struct xive **owner, struct tctx **t,
                      struct tm_access *tm)
{
    struct xive *x = first;
    u64 bar, at;

    if (a.by == BUS_NO_THREAD) return false;
    while (x->chip_id != a.by >> 8)
        if ((x = x->next) == first) return false;
    for (unsigned k = 0;; k++) {
        if (k == 2) return false;
        bar = xive_reg(x, k ? CQ_TM2_BAR : CQ_TM1_BAR);
        if (in_bar(bar, 4ULL << page_shift(bar), TM_WINDOW + a.offset, a.size, &at)) break;
    }
    *owner = x;
    *t = x->by_local_id[a.by & (XIVE_LOCAL_THREADS - 1)];
    *tm = (struct tm_access){(enum tm_page)(at >> page_shift(bar)), (u32)at & ((1u << page_shift(bar)) - 1), a.size};
    return *t && (*t)->pir == a.by;
}

static bool tm_read(void *self, struct bus_access a, u64 *value)
{
    struct tm_access tm;
    struct xive *x;
    struct tctx *t;

    *value = 0;
    return tm_locate(self, a, &x, &t, &tm) && xive_tm_read(x, t, tm, value);
}

static bool tm_write(void *self, struct bus_access a, u64 value)
{
    struct tm_access tm;
    struct xive *x;
    struct tctx *t;

    return tm_locate(self, a, &x, &t, &tm) && xive_tm_write(x, t, tm, value);
}

/* ---- PC and VC ---- */

static bool in_window(const struct xive *x, u32 bar, u64 window, u64 *offset, unsigned size)
{
    u64 bar_size = xive_window_size(x, bar + 8); /* the mask register follows the BAR */

    return in_bar(xive_reg(x, bar), bar_size, chip_base(x, window) + *offset, size, offset);
}

static bool pc_read(void *self, struct bus_access a, u64 *value)
{
    return in_window(self, CQ_PC_BAR, PC_WINDOW, &a.offset, a.size) && xive_pc_read(self, a.offset, a.size, value);
}

static bool pc_write(void *self, struct bus_access a, u64 value)
{
    return in_window(self, CQ_PC_BAR, PC_WINDOW, &a.offset, a.size) && xive_pc_write(self, a.offset, a.size, value);
}

static bool vc_read(void *self, struct bus_access a, u64 *value)
{
    return in_window(self, CQ_VC_BAR, VC_WINDOW, &a.offset, a.size) && xive_vc_read(self, a.offset, a.size, value);
}

static bool vc_write(void *self, struct bus_access a, u64 value)
{
    return in_window(self, CQ_VC_BAR, VC_WINDOW, &a.offset, a.size) && xive_vc_write(self, a.offset, a.size, value);
}

/* ---- XSCOM ---- */

static bool scom_read(void *self, struct bus_access a, u64 *value)
{
    struct xive *x = self;
    u32 reg = xive_scom_to_offset((u32)(a.offset / 8));

    *value = 0;
    if (a.size != 8 || a.offset & 7) return false;
    if (reg == 0xffffffff) log_guest(x->log, "xive %u: no SCOM register 0x%x", x->chip_id, (u32)(a.offset / 8));
    else *value = xive_ic_read(x, reg);
    return true;
}

static bool scom_write(void *self, struct bus_access a, u64 value)
{
    struct xive *x = self;
    u32 reg = xive_scom_to_offset((u32)(a.offset / 8));

    if (a.size != 8 || a.offset & 7) return false;
    if (reg == 0xffffffff) log_guest(x->log, "xive %u: no SCOM register 0x%x", x->chip_id, (u32)(a.offset / 8));
    else xive_ic_write(x, reg, value);
    return true;
}

/* ---- state ---- */

static const struct state_row group_rows[] = {
    STATE_ARCH(struct group_event, priority),
    STATE_ARCH(struct group_event, level, .most = TM_NSR_LEVEL),
};
static const struct state_table group_state = STATE_TABLE(struct group_event, group_rows);

static const struct state_row tctx_rows[] = {
    STATE_ARCH(struct tctx, pir),
    STATE_ARCH(struct tctx, reg),
    STATE_PART(struct tctx, os_group, struct group_event, group_state),
    STATE_PART(struct tctx, phys_group, struct group_event, group_state),
    STATE_DERIVED(struct tctx, os), /* who is at the other end of a line keeps its level */
    STATE_DERIVED(struct tctx, hv),
    STATE_DERIVED(struct tctx, user),
};
static const struct state_table tctx_state = STATE_TABLE(struct tctx, tctx_rows);

static const struct state_row watch_rows[] = {
    STATE_ARCH(struct cache_watch, open),   STATE_ARCH(struct cache_watch, conflict),
    STATE_ARCH(struct cache_watch, block),  STATE_ARCH(struct cache_watch, index),
    STATE_ARCH(struct cache_watch, loaded),
};
static const struct state_table watch_state = STATE_TABLE(struct cache_watch, watch_rows);

static void save_threads(struct state_writer *w, const void *self)
{
    const struct xive *x = self;

    state_put_list(w, &tctx_state, x->threads, x->thread_count);
}

/* The lines of a context are not in the file, so it is read over the one that is there. */
static bool restore_threads(struct state_reader *r, void *self)
{
    struct xive *x = self;
    u64 count = state_get_count(r, &tctx_state, XIVE_LOCAL_THREADS);

    if (count != x->thread_count) return state_refuse(r, "%llu threads at the XIVE", (unsigned long long)count);
    for (unsigned k = 0; k < x->thread_count; k++) {
        u32 pir = x->threads[k].pir;
        if (!state_get(r, &tctx_state, &x->threads[k])) return false;
        if (x->threads[k].pir != pir) return state_refuse(r, "thread %x at the XIVE", x->threads[k].pir);
    }
    return true;
}

/* Where each byte is that has a wire up, and the byte: most boards have no level source here. */
static void save_asserted(struct state_writer *w, const void *self)
{
    const struct xive *x = self;
    u64 count = 0;

    for (u32 k = 0; k < XIVE_LEVEL_SOURCES / 8; k++) count += x->asserted[k] != 0;
    state_put_number(w, count);
    for (u32 k = 0; k < XIVE_LEVEL_SOURCES / 8; k++) {
        if (!x->asserted[k]) continue;
        state_put_number(w, k);
        state_put_number(w, x->asserted[k]);
    }
}

static bool restore_asserted(struct state_reader *r, void *self)
{
    struct xive *x = self;
    u64 count = state_get_count(r, NULL, XIVE_LEVEL_SOURCES / 8);

    memset(x->asserted, 0, XIVE_LEVEL_SOURCES / 8);
    for (u64 n = 0; n < count && !r->failed; n++) {
        u64 k = state_get_below(r, XIVE_LEVEL_SOURCES / 8, "a level source of the XIVE");
        x->asserted[k] = (u8)state_get_below(r, 256, "wires of the XIVE");
    }
    return !r->failed;
}

static const struct state_row rows[] = {
    STATE_DERIVED(struct xive, chip_id),
    STATE_DERIVED(struct xive, bus),
    STATE_DERIVED(struct xive, log),
    STATE_WITH(struct xive, thread_count),
    STATE_CALL(struct xive, threads, save_threads, restore_threads, .part = &tctx_state, .arch = true),
    STATE_DERIVED(struct xive, by_local_id),
    STATE_DERIVED(struct xive, next),
    STATE_ARCH(struct xive, regs),
    STATE_OF(struct xive, vsd_vc, u64, .arch = true),
    STATE_OF(struct xive, vsd_pc, u64, .arch = true),
    STATE_ARCH(struct xive, blk),
    STATE_ARCH(struct xive, mig),
    STATE_ARCH(struct xive, vdt),
    STATE_ARCH(struct xive, edt),
    STATE_PART(struct xive, end_watch, struct cache_watch, watch_state),
    STATE_PART(struct xive, nvt_watch, struct cache_watch, watch_state),
    STATE_CALL(struct xive, asserted, save_asserted, restore_asserted, .arch = true),
};
const struct state_table xive_state = STATE_TABLE(struct xive, rows);

static void reset(void *self)
{
    struct xive *x = self;

    xive_registers_reset(x);
    memset(x->asserted, 0, XIVE_LEVEL_SOURCES / 8);
    for (unsigned k = 0; k < x->thread_count; k++) xive_tctx_reset(&x->threads[k]);
}

static void describe(void *self, struct tree *tree)
{
    (void)self;
    tree_begin_at(tree, "xive", XIVE_SCOM_BASE);
    TREE_CELLS(tree, "reg", XIVE_SCOM_BASE, XIVE_SCOM_COUNT);
    tree_text(tree, "compatible", "ibm,power9-xive-x");
    tree_end(tree);
}

const struct device_ops xive_xscom_ops = {.read = scom_read, .write = scom_write, .reset = reset, .describe = describe};
static const struct device_ops ic_ops = {.read = ic_read, .write = ic_write, .reset = reset};
static const struct device_ops tm_ops = {.read = tm_read, .write = tm_write};
static const struct device_ops pc_ops = {.read = pc_read, .write = pc_write};
static const struct device_ops vc_ops = {.read = vc_read, .write = vc_write};

bool xive_attach(struct xive *x, struct bus *xscom)
{
    const struct region regions[] = {
        {"xive-ic", chip_base(x, IC_WINDOW), 8 << 16, BUS_ANY, &ic_ops, x},
        {"xive-pc", chip_base(x, PC_WINDOW), 1ULL << 36, BUS_ANY, &pc_ops, x},
        {"xive-vc", chip_base(x, VC_WINDOW), 1ULL << 39, BUS_ANY, &vc_ops, x},
        {"xive-tm", TM_WINDOW, 4 << 16, BUS_ANY, &tm_ops, x}, /* last: only the first chip has it */
    };

    for (unsigned k = 0; k < ARRAY_SIZE(regions) - (x->chip_id != 0); k++)
        if (!bus_attach(x->bus, &regions[k])) return false;
    return bus_attach(
        xscom, &(struct region){"xive-scom", (u64)XIVE_SCOM_BASE * 8, XIVE_SCOM_COUNT * 8, BUS_8, &xive_xscom_ops, x});
}

void xive_join(struct xive *first, struct xive *other)
{
    other->next = first->next;
    first->next = other;
}

struct xive *xive_new(const struct xive_config *config)
{
    struct xive *x = calloc(1, sizeof *x);

    if (x) {
        x->threads = calloc(config->thread_count ? config->thread_count : 1, sizeof *x->threads);
        x->asserted = calloc(XIVE_LEVEL_SOURCES / 8, 1);
    }
    if (!x || !x->threads || !x->asserted) {
        xive_free(x);
        p9_error("xive: the host has no memory");
        return NULL;
    }
    x->chip_id = config->chip_id;
    x->bus = config->bus;
    x->log = config->log;
    x->next = x;
    x->thread_count = config->thread_count;
    for (unsigned k = 0; k < x->thread_count; k++) {
        const struct xive_thread *from = &config->threads[k];

        x->threads[k] = (struct tctx){.pir = from->pir, .os = from->os, .hv = from->hv, .user = from->user};
        x->by_local_id[from->pir & (XIVE_LOCAL_THREADS - 1)] = &x->threads[k];
    }
    reset(x);
    return x;
}

void xive_free(struct xive *x)
{
    if (!x) return;
    free(x->threads);
    free(x->asserted);
    free(x);
}
