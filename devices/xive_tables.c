/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The virtual structure tables: arrays in main storage, one per block and kind, each described by a VSD.  A direct VSD
 * points to the array; an indirect one points to an array of VSDs that each describe one page of it.  The engine keeps
 * no copy: every step reads and writes main storage, so software that looks there after a scrub sees the truth, and an
 * entry that software changed by an ordinary store is seen at once (real hardware would see it after a scrub).
 *
 * The cache watch is the one place where time matters: between reading and writing back, an event may move a queue's
 * pointer.  A full watch then reports a conflict and writes nothing; a light watch writes only what software changed.
 */
#include "devices/xive_internal.h"

static const struct {
    const char *name;
    u32 bytes;
} tables[VST_COUNT] = {
    [VST_EAS] = {"EAS", 8},  [VST_SBE] = {"SBE", 1}, [VST_END] = {"END", 32},
    [VST_NVT] = {"NVT", 64}, [VST_IRQ] = {"IRQ", 1},
};

u64 xive_vsd(const struct xive *x, enum vst table, u32 block)
{
    if (block >= XIVE_BLOCKS) return 0;
    return table == VST_NVT ? x->vsd_pc[table][block] : x->vsd_vc[table][block];
}

static bool no_entry(struct xive *x, struct vst_entry e, const char *why)
{
    log_guest(x->log, "xive %u: %s %x/%x: %s", x->chip_id, tables[e.table].name, e.block, e.index, why);
    return false;
}

/* 4K, 64K, 2M and 16M pages exist in indirect tables. */
static bool page_size_exists(unsigned shift)
{
    return shift == 12 || shift == 16 || shift == 21 || shift == 24;
}

static bool direct_address(struct xive *x, struct vst_entry e, u64 vsd, u64 *ra)
{
    u64 size = 1ULL << (GETFIELD(VSD_TSIZE, vsd) + 12);
    u64 offset = (u64)e.index * tables[e.table].bytes;

    if (!(vsd & VSD_ADDRESS)) return no_entry(x, e, "not backed");
    if (offset >= size) return no_entry(x, e, "beyond the table");
    *ra = (vsd & VSD_ADDRESS) + offset;
    return true;
}

static bool indirect_address(struct xive *x, struct vst_entry e, u64 vsd, u64 *ra)
{
    unsigned shift = (unsigned)GETFIELD(VSD_TSIZE, vsd) + 12;
    u64 per_page = (1ULL << shift) / tables[e.table].bytes, page = e.index / per_page;
    u8 raw[8];

    if (!page_size_exists(shift)) return no_entry(x, e, "indirect table with an impossible page size");
    if (page * 8 >= 1ULL << shift) return no_entry(x, e, "beyond the indirect table");
    if (!bus_dma_read(x->bus, (vsd & VSD_ADDRESS) + page * 8, raw, 8))
        return no_entry(x, e, "indirect table not in storage");
    vsd = get_be64(raw);
    if (!(vsd & VSD_ADDRESS)) return no_entry(x, e, "page not backed");
    if (GETFIELD(VSD_TSIZE, vsd) + 12 != shift) return no_entry(x, e, "pages of unlike size");
    e.index = (u32)(e.index % per_page);
    return direct_address(x, e, vsd, ra);
}

/* A forwarded NVT block belongs to the chip whose PC BAR the descriptor names. */
static struct xive *nvt_owner(struct xive *x, u64 vsd)
{
    for (struct xive *other = x->next; other != x; other = other->next)
        if ((xive_reg(other, CQ_PC_BAR) & CQ_BAR_VALID) &&
            (xive_reg(other, CQ_PC_BAR) & CQ_BAR_BASE) == (vsd & VSD_ADDRESS))
            return other;
    return NULL;
}

bool xive_entry_address(struct xive *x, struct vst_entry e, u64 *ra)
{
    u64 vsd = xive_vsd(x, e.table, e.block);

    if (e.table == VST_SBE) e.index /= 4; /* four sources to a byte */
    if (e.table == VST_NVT && GETFIELD(VSD_MODE, vsd) == VSD_MODE_FORWARD) {
        x = nvt_owner(x, vsd);
        if (!x) return false;
        vsd = xive_vsd(x, e.table, e.block);
    }
    switch (GETFIELD(VSD_MODE, vsd)) {
    case VSD_MODE_SHARED:
    case VSD_MODE_EXCLUSIVE:
        return vsd & VSD_INDIRECT ? indirect_address(x, e, vsd, ra) : direct_address(x, e, vsd, ra);
    case VSD_MODE_FORWARD: return no_entry(x, e, "belongs to another chip");
    default: return no_entry(x, e, "no table for this block");
    }
}

bool xive_entry_load(struct xive *x, struct vst_entry e, u32 *words)
{
    u8 raw[64];
    u64 ra;

    if (!xive_entry_address(x, e, &ra)) return false;
    if (!bus_dma_read(x->bus, ra, raw, tables[e.table].bytes)) return no_entry(x, e, "not in main storage");
    for (unsigned k = 0; k < tables[e.table].bytes / 4; k++) words[k] = get_be32(raw + 4 * k);
    return true;
}

bool xive_entry_store_word(struct xive *x, struct vst_entry e, unsigned word, u32 value)
{
    u8 raw[4];
    u64 ra;

    put_be32(raw, value);
    if (!xive_entry_address(x, e, &ra)) return false;
    if (!bus_dma_write(x->bus, ra + 4 * word, raw, 4)) return no_entry(x, e, "not in main storage");
    for (struct xive *c = x;; c = c->next) {
        struct cache_watch *w = e.table == VST_END ? &c->end_watch : &c->nvt_watch;
        if (w->open && w->block == e.block && w->index == e.index) w->conflict = true;
        if (c->next == x) return true;
    }
}

bool xive_pq_load(struct xive *x, u32 block, u32 index, u8 *pq)
{
    struct vst_entry e = {VST_SBE, block, index};
    u64 ra;
    u8 byte;

    if (!xive_entry_address(x, e, &ra)) return false;
    if (!bus_dma_read(x->bus, ra, &byte, 1)) return no_entry(x, e, "not in main storage");
    *pq = byte >> (6 - 2 * (index & 3)) & 3;
    return true;
}

bool xive_pq_store(struct xive *x, u32 block, u32 index, u8 pq)
{
    struct vst_entry e = {VST_SBE, block, index};
    unsigned shift = 6 - 2 * (index & 3);
    u64 ra;
    u8 byte;

    if (!xive_entry_address(x, e, &ra) || !bus_dma_read(x->bus, ra, &byte, 1)) return false;
    byte = (u8)((byte & ~(3u << shift)) | (pq & 3u) << shift);
    return bus_dma_write(x->bus, ra, &byte, 1);
}

static struct cache_watch *watch_of(struct xive *x, enum vst table)
{
    return table == VST_END ? &x->end_watch : &x->nvt_watch;
}

static unsigned watch_dwords(enum vst table)
{
    return tables[table].bytes / 8;
}

/* Reading data register 0 fills all of them with the entry that the SPEC register names. */
void xive_watch_load(struct xive *x, enum vst table, u64 *dat)
{
    struct cache_watch *w = watch_of(x, table);
    u32 words[16] = {0};

    if (!w->open) return;
    w->conflict = false;
    if (!xive_entry_load(x, (struct vst_entry){table, w->block, w->index}, words)) memset(words, 0, sizeof words);
    for (unsigned k = 0; k < watch_dwords(table); k++)
        w->loaded[k] = dat[k] = (u64)words[2 * k] << 32 | words[2 * k + 1];
}

/* Writing data register 0 ends the watch. */
void xive_watch_commit(struct xive *x, enum vst table, const u64 *dat)
{
    struct cache_watch *w = watch_of(x, table);
    u32 spec = table == VST_END ? VC_EQC_CWATCH_SPEC : PC_VPC_CWATCH_SPEC;
    bool full = xive_reg(x, spec) & CWATCH_FULL;
    u8 raw[8];
    u64 ra;

    if (!w->open) return;
    w->open = false;
    if (full && w->conflict) {
        x->regs[spec / 8] |= CWATCH_CONFLICT;
        return;
    }
    if (!xive_entry_address(x, (struct vst_entry){table, w->block, w->index}, &ra)) return;
    for (unsigned k = 0; k < watch_dwords(table); k++) {
        if (!full && dat[k] == w->loaded[k]) continue;
        put_be64(raw, dat[k]);
        if (!bus_dma_write(x->bus, ra + 8 * k, raw, 8)) return;
    }
}
