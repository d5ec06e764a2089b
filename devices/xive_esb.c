/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Event state buffers: two bits, P(ending) and Q(ueued), in front of every source and, twice, in every END (ESn in
 * front of the notification, ESe in front of the escalation).
 *
 *      PQ     trigger            EOI
 *      00     10, event goes on  00
 *      10     11                 00
 *      11     11                 10, the queued event goes on
 *      01     01                 01        (off: events are dropped)
 *
 * Software reaches them in the VC BAR, which is cut into 64 sets; the EDT says for each whether it shows sources or
 * ENDs and of which block.  A source has a page to trigger and a page to manage, an END a page for ESn and one for ESe.
 * In a management page the address says what to do:
 *
 *      load   000..7ff EOI    800..bff look    c00 d00 e00 f00 (..0ff each) look, then set PQ to 00 01 10 11
 *      store  000..3ff trigger   400..7ff EOI (if firmware enabled it)         c00 ... set PQ
 *
 * The value of a load is the same for every size, so a byte load gives PQ too; firmware's XICS emulation relies on it.
 */
#include "devices/xive_internal.h"

enum esb_action { ESB_TRIGGER, ESB_EOI, ESB_LOOK, ESB_SET, ESB_NOTHING };

bool xive_pq_trigger(u8 *pq)
{
    static const u8 next[4] = {PQ_PENDING, PQ_OFF, PQ_QUEUED, PQ_QUEUED};
    bool goes_on = *pq == PQ_RESET;

    *pq = next[*pq & 3];
    return goes_on;
}

bool xive_pq_eoi(u8 *pq)
{
    static const u8 next[4] = {PQ_RESET, PQ_OFF, PQ_RESET, PQ_PENDING};
    bool goes_on = *pq == PQ_QUEUED;

    *pq = next[*pq & 3];
    return goes_on;
}

static enum esb_action load_action(u32 offset)
{
    return offset < 0x800 ? ESB_EOI : offset < 0xc00 ? ESB_LOOK : ESB_SET;
}

static enum esb_action store_action(const struct xive *x, u32 offset)
{
    if (offset < 0x400) return ESB_TRIGGER;
    if (offset < 0x800) return xive_reg(x, VC_SBC_CONFIG) & VC_SBC_STORE_EOI ? ESB_EOI : ESB_NOTHING;
    return offset < 0xc00 ? ESB_NOTHING : ESB_SET;
}

/* Where an offset in the VC BAR leads. */
struct vc_place {
    u32 type, block, index;
    bool odd_page;
    u32 offset; /* in the page, 0..0xfff */
};

static bool vc_locate(struct xive *x, u64 offset, struct vc_place *p)
{
    u64 set_size = xive_window_size(x, CQ_VC_BARM) / 64, in_space;
    unsigned shift = xive_reg(x, CQ_PBI_CTL) & CQ_PBI_VC_64K ? 16 : 12, entry_shift = shift + 1;
    u64 edt;

    if (!set_size || offset / set_size >= 64) return false;
    edt = x->edt[offset / set_size];
    p->type = (u32)GETFIELD(EDT_TYPE, edt);
    p->block = (u32)GETFIELD(EDT_BLOCK, edt);
    in_space = GETFIELD(EDT_INDEX, edt) * set_size + offset % set_size;
    p->odd_page = in_space >> shift & 1;
    if (p->type == EDT_TYPE_IPI && (xive_reg(x, CQ_PBI_CTL) & CQ_PBI_LNX_TRIG)) {
        entry_shift = shift;
        p->odd_page = true;
    }
    p->index = (u32)(in_space >> entry_shift);
    p->offset = (u32)offset & 0xfff;
    if (p->type == EDT_TYPE_IPI || p->type == EDT_TYPE_END) return true;
    log_guest(x->log, "xive %u: VC access at 0x%llx: no such set", x->chip_id, (unsigned long long)offset);
    return false;
}

static bool is_asserted(const struct xive *x, u32 block, u32 index)
{
    return block == xive_block(x) && index < XIVE_LEVEL_SOURCES && (x->asserted[index / 8] >> index % 8 & 1);
}

/* One access to a source's bits; the event goes on to its EAS if the table says so. */
static bool source_access(struct xive *x, const struct vc_place *p, enum esb_action action, u64 *value)
{
    bool goes_on = false;
    u8 pq, old;

    if (!xive_pq_load(x, p->block, p->index, &pq)) return false;
    *value = old = pq;
    switch (action) {
    case ESB_TRIGGER: goes_on = xive_pq_trigger(&pq); break;
    case ESB_EOI:
        goes_on = xive_pq_eoi(&pq);
        if (!goes_on && pq == PQ_RESET && is_asserted(x, p->block, p->index)) goes_on = xive_pq_trigger(&pq);
        *value = goes_on;
        break;
    case ESB_SET: pq = p->offset >> 8 & 3; break;
    case ESB_LOOK:
    case ESB_NOTHING: break;
    }
    if (pq != old) xive_pq_store(x, p->block, p->index, pq);
    if (goes_on) xive_route_source(x, p->block, p->index);
    return true;
}

/* The same for an END's ESn (even page) or ESe (odd page). A trigger there is not defined and does nothing. */
static bool end_access(struct xive *x, const struct vc_place *p, enum esb_action action, u64 *value)
{
    struct vst_entry e = {VST_END, p->block, p->index};
    u32 mask = p->odd_page ? END_W1_ESe : END_W1_ESn, end[8];
    bool goes_on = false;
    u8 pq, old;

    if (!xive_entry_load(x, e, end)) return false;
    *value = old = pq = (u8)GETFIELD(mask, end[1]);
    if (action == ESB_EOI) *value = goes_on = xive_pq_eoi(&pq);
    if (action == ESB_SET) pq = p->offset >> 8 & 3;
    if (pq != old) xive_entry_store_word(x, e, 1, (u32)SETFIELD(mask, end[1], pq));
    if (goes_on) xive_end_replay(x, p->block, p->index, p->odd_page);
    return true;
}

bool xive_vc_read(struct xive *x, u64 offset, unsigned size, u64 *value)
{
    u64 ones = ~0ULL >> (64 - 8 * size);
    struct vc_place p;

    *value = ones;
    if (!vc_locate(x, offset, &p)) return true;
    if (p.type == EDT_TYPE_IPI && !p.odd_page) {
        log_guest(x->log, "xive %u: load from the trigger page of source %x/%x", x->chip_id, p.block, p.index);
        return true; /* firmware masks this error, the load gives ones */
    }
    if (!(p.type == EDT_TYPE_IPI ? source_access : end_access)(x, &p, load_action(p.offset), value)) *value = ones;
    return true;
}

bool xive_vc_write(struct xive *x, u64 offset, unsigned size, u64 value)
{
    enum esb_action action;
    struct vc_place p;

    (void)size;
    if (!vc_locate(x, offset, &p)) return true;
    if (p.type == EDT_TYPE_IPI && !p.odd_page) action = ESB_TRIGGER;
    else action = store_action(x, p.offset);
    if (action == ESB_NOTHING)
        log_guest(x->log, "xive %u: store to ESB page of %x/%x at 0x%x means nothing", x->chip_id, p.block, p.index,
                  p.offset);
    (void)(p.type == EDT_TYPE_IPI ? source_access : end_access)(x, &p, action, &value);
    return true;
}

void xive_set_source(struct xive *x, u32 index, bool level)
{
    u32 block = xive_block(x);
    u8 pq, bit = (u8)(1 << index % 8);

    if (index >= XIVE_LEVEL_SOURCES) return;
    if (!level) {
        x->asserted[index / 8] &= (u8)~bit;
        return;
    }
    x->asserted[index / 8] |= bit;
    if (!xive_pq_load(x, block, index, &pq) || pq != PQ_RESET) return; /* a level never queues: EOI looks at the wire */
    xive_pq_store(x, block, index, PQ_PENDING);
    xive_route_source(x, block, index);
}

/*
 * The PC BAR: sixteen sets, the VDT gives each a block; one page per NVT, which shows the structure itself in its first
 * 64 bytes.
 */
static bool pc_locate(struct xive *x, u64 offset, unsigned size, u64 *ra)
{
    u64 set_size = xive_window_size(x, CQ_PC_BARM) / 16, vdt, in_space;
    unsigned shift = xive_reg(x, CQ_PBI_CTL) & CQ_PBI_PC_64K ? 16 : 12;
    u32 in_page = (u32)(offset & ((1u << shift) - 1));

    if (!set_size || offset / set_size >= 16 || in_page + size > 64) return false;
    vdt = x->vdt[offset / set_size];
    if (!(vdt & VDT_VALID)) return false;
    in_space = GETFIELD(VDT_INDEX, vdt) * set_size + offset % set_size;
    if (!xive_entry_address(x, (struct vst_entry){VST_NVT, (u32)GETFIELD(VDT_BLOCK, vdt), (u32)(in_space >> shift)},
                            ra))
        return false;
    *ra += in_page;
    return true;
}

bool xive_pc_read(struct xive *x, u64 offset, unsigned size, u64 *value)
{
    u8 raw[8] = {0};
    u64 ra;

    if (!pc_locate(x, offset, size, &ra) || !bus_dma_read(x->bus, ra, raw + 8 - size, size)) {
        log_guest(x->log, "xive %u: PC load at 0x%llx", x->chip_id, (unsigned long long)offset);
        *value = ~0ULL >> (64 - 8 * size);
        return true;
    }
    *value = get_be64(raw);
    return true;
}

bool xive_pc_write(struct xive *x, u64 offset, unsigned size, u64 value)
{
    u8 raw[8];
    u64 ra;

    put_be64(raw, value);
    if (!pc_locate(x, offset, size, &ra) || !bus_dma_write(x->bus, ra, raw + 8 - size, size))
        log_guest(x->log, "xive %u: PC store at 0x%llx", x->chip_id, (unsigned long long)offset);
    return true;
}
