/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The thread interrupt management area: what a thread sees of its own context.  Four pages show the same 64 bytes -
 * four rings, USER, OS, HV POOL and HV PHYS - to ever less privileged software.  Below 0x800 an access is to the bytes
 * themselves (4 or 8 bytes at a time; single bytes where the architecture has an operation for them), above it the
 * address is an operation: acknowledge, pull.
 *
 * Of a ring's bytes, IPB holds one bit per pending priority, CPPR the priority below which the thread is disturbed, and
 * PIPR and NSR follow from them; xive_tctx_present() computes both afresh after every change:
 *
 *      OS      PIPR = most favored of IPB and a waiting group event       NSR.EO = VO and PIPR < CPPR    -> line os
 *      POOL    has only an IPB; it counts in PHYS's PIPR
 *      PHYS    PIPR = the better of both, of the valid ones               NSR.HE = POOL or PHYS          -> line hv
 *
 *      USER    has no priorities: NSR.EB, set by an event for its logical server                     -> line user
 *
 * Acknowledging takes CPPR to PIPR and clears that IPB bit, which lowers the line.  A context is valid while the first
 * bit of its word 2 is set: writing it pushes the context (and collects what the NVT's backlog holds), reading the pull
 * operation clears it.
 *
 * Left out: the acknowledge and pull operations that store a context into a reporting line (offsets 0xc00..), which
 * neither firmware nor Linux uses; they are refused.
 */
#include "devices/xive_internal.h"

static u8 ipb_to_pipr(u8 ipb)
{
    return ipb ? (u8)(__builtin_clz(ipb) - 24) : NO_PRIORITY;
}

static bool is_valid(const struct tctx *t, unsigned ring)
{
    return t->reg[ring + TM_WORD2] & TM_VALID;
}

static void present_os(struct tctx *t)
{
    u8 *r = t->reg + TM_OS, pipr = ipb_to_pipr(r[TM_IPB]), level = 0;

    if (t->os_group.priority < pipr) {
        pipr = t->os_group.priority;
        level = t->os_group.level;
    }
    r[TM_PIPR] = pipr;
    r[TM_NSR] = is_valid(t, TM_OS) && pipr < r[TM_CPPR] ? TM_NSR_EVENT | level : 0;
    line_set(&t->os, r[TM_NSR] != 0);
}

static void present_hv(struct tctx *t)
{
    u8 *r = t->reg + TM_PHYS, level = 0, he = TM_NSR_HE_PHYS;
    u8 pipr = is_valid(t, TM_PHYS) ? ipb_to_pipr(r[TM_IPB]) : NO_PRIORITY;
    u8 pool = is_valid(t, TM_POOL) ? ipb_to_pipr(t->reg[TM_POOL + TM_IPB]) : NO_PRIORITY;

    if (pool < pipr) {
        pipr = pool;
        he = TM_NSR_HE_POOL;
    }
    if (t->phys_group.priority < pipr) {
        pipr = t->phys_group.priority;
        level = t->phys_group.level;
        he = TM_NSR_HE_PHYS;
    }
    r[TM_PIPR] = pipr;
    r[TM_NSR] = pipr < r[TM_CPPR] ? he | level : 0;
    line_set(&t->hv, r[TM_NSR] != 0);
}

void xive_tctx_present(struct tctx *t)
{
    line_set(&t->user, is_valid(t, TM_USER) && (t->reg[TM_USER + TM_NSR] & TM_NSR_EVENT));
    present_os(t);
    present_hv(t);
}

void xive_tctx_pend(struct tctx *t, unsigned ring, u8 priority)
{
    if (priority > 7) return;
    t->reg[ring + TM_IPB] |= (u8)(0x80 >> priority);
    xive_tctx_present(t);
}

void xive_tctx_reset(struct tctx *t)
{
    memset(t->reg, 0, sizeof t->reg);
    t->reg[TM_OS + TM_LSMFB] = t->reg[TM_OS + TM_ACK_CNT] = t->reg[TM_OS + TM_AGE] = 0xff;
    t->os_group = t->phys_group = (struct group_event){NO_PRIORITY, 0};
    xive_tctx_present(t);
}

/* One bit per thread: cores 0..15 in the first register, the others in the second. */
bool xive_thread_enabled(const struct xive *x, const struct tctx *t)
{
    u32 reg = (t->pir >> 3 & 0xf) < 8 ? PC_THREAD_EN_REG0 : PC_THREAD_EN_REG1;

    return xive_reg(x, reg) & PPC_BIT(t->pir & 0x3f);
}

/* ---- Operations ---- */

static u64 acknowledge(struct tctx *t, unsigned ring)
{
    u8 *r = t->reg + ring, nsr = r[TM_NSR];
    struct group_event *group = ring == TM_OS ? &t->os_group : &t->phys_group;

    if (nsr) {
        unsigned from = ring == TM_PHYS && (nsr & TM_NSR_HE) == TM_NSR_HE_POOL ? TM_POOL : ring;

        r[TM_CPPR] = r[TM_PIPR];
        if (nsr & TM_NSR_LEVEL) *group = (struct group_event){NO_PRIORITY, 0};
        else t->reg[from + TM_IPB] &= (u8) ~(0x80 >> (r[TM_PIPR] & 7));
        xive_tctx_present(t);
    }
    return (u64)nsr << 8 | r[TM_CPPR];
}

/* Word 2 as it was; the context is no longer valid and its line, if it has one, falls. */
static u64 pull(struct tctx *t, unsigned ring, unsigned size)
{
    u64 word2 = tm_word2(t, ring);

    t->reg[ring + TM_WORD2] &= (u8)~TM_VALID;
    xive_tctx_present(t);
    return size == 8 ? word2 << 32 : size == 4 ? word2 : word2 >> 24;
}

/* A context was pushed: what waited in its NVT is pending here now. */
static void collect_backlog(struct xive *x, struct tctx *t, unsigned ring)
{
    u32 cam = tm_word2(t, ring) & TM_CAM, nvt[16];
    struct vst_entry at = {VST_NVT, cam >> NVT_INDEX_BITS & 0xf, cam & ((1u << NVT_INDEX_BITS) - 1)};
    u8 ipb;

    if (!xive_entry_load(x, at, nvt)) return;
    ipb = (u8)GETFIELD(NVT_W4_IPB, nvt[4]);
    if (!ipb) return;
    xive_entry_store_word(x, at, 4, nvt[4] & ~NVT_W4_IPB);
    t->reg[ring + TM_IPB] |= ipb;
}

static void set_cppr(struct tctx *t, unsigned ring, u8 cppr)
{
    t->reg[ring + TM_CPPR] = cppr > 7 ? NO_PRIORITY : cppr;
    xive_tctx_present(t);
}

/* ---- The bytes themselves: which may be read and written from which page (bit 0 is byte 0 of the ring) ---- */

#define BYTES(first, last) ((u16)(0xffffu >> (first) & ~(0x7fffu >> (last))))

struct ring_view {
    u16 read, write;
};

static const struct ring_view views[3][4] = {
    /* Hypervisor, pages 0 and 1 */
    {{BYTES(0, 0) | BYTES(8, 11), BYTES(0, 0) | BYTES(8, 11)},
     {BYTES(0, 11), BYTES(0, 6) | BYTES(8, 11)},
     {BYTES(2, 3) | BYTES(5, 6) | BYTES(8, 11), BYTES(2, 3) | BYTES(5, 6) | BYTES(8, 11)},
     {BYTES(0, 3) | BYTES(5, 8) | BYTES(11, 11), BYTES(0, 3) | BYTES(5, 6) | BYTES(8, 8) | BYTES(11, 11)}},
    /* Operating system, page 2 */
    {{BYTES(0, 0) | BYTES(8, 11), BYTES(0, 0) | BYTES(8, 11)}, {BYTES(0, 7), BYTES(1, 1)}, {0, 0}, {0, 0}},
    /* Problem state, page 3 */
    {{BYTES(0, 0), BYTES(0, 0)}, {0, 0}, {0, 0}, {0, 0}},
};

static const struct ring_view *view_of(struct tm_access a)
{
    return &views[a.page == TM_PAGE_USER ? 2 : a.page == TM_PAGE_OS ? 1 : 0][a.offset >> 4 & 3];
}

static bool shows(u16 mask, u32 offset)
{
    return mask & 0x8000u >> (offset & 15);
}

/* Single bytes: NSR of the user ring, CPPR, and the first byte of PHYS word 2. */
static bool byte_is_special(u32 offset)
{
    return offset == TM_USER + TM_NSR || offset == TM_OS + TM_CPPR || offset == TM_PHYS + TM_CPPR ||
           offset == TM_PHYS + TM_WORD2;
}

static bool raw_allowed(struct tm_access a)
{
    if (a.offset >= TM_BYTES || a.offset & (a.size - 1)) return false;
    return a.size >= 4 || (a.size == 1 && byte_is_special(a.offset));
}

static bool raw_read(const struct tctx *t, struct tm_access a, u64 *value)
{
    u16 mask = view_of(a)->read;
    bool any = false;

    if (!raw_allowed(a)) return false;
    *value = 0;
    for (u32 k = a.offset; k < a.offset + a.size; k++) {
        bool visible = shows(mask, k);

        *value = *value << 8 | (visible ? t->reg[k] : 0);
        any |= visible;
    }
    return any;
}

static bool raw_write(struct xive *x, struct tctx *t, struct tm_access a, u64 value)
{
    unsigned ring = a.offset & 0x30;
    u16 mask = view_of(a)->write;
    bool any = false, was_valid = is_valid(t, ring), word2 = false;

    if (!raw_allowed(a)) return false;
    for (u32 k = a.offset; k < a.offset + a.size; k++) {
        if (!shows(mask, k)) continue;
        t->reg[k] = (u8)(value >> 8 * (a.offset + a.size - 1 - k));
        any = true;
        word2 |= (k & 15) == TM_WORD2;
    }
    if (!any) return false;
    if (word2 && is_valid(t, ring) && (ring == TM_OS || ring == TM_POOL)) {
        if (was_valid) log_guest(x->log, "xive %u: thread %x: context pushed over a valid one", x->chip_id, t->pir);
        collect_backlog(x, t, ring);
    }
    xive_tctx_present(t);
    return true;
}

/* ---- Accesses ---- */

static bool refuse(const struct xive *x, const struct tctx *t, struct tm_access a, const char *what)
{
    log_guest(x->log, "xive %u: thread %x: TIMA %s of %u bytes at page %u, 0x%x", x->chip_id, t->pir, what, a.size,
              (unsigned)a.page, a.offset);
    return false;
}

static bool special_read(struct tctx *t, struct tm_access a, u64 *value)
{
    bool hv = a.page <= TM_PAGE_HV, os = a.page <= TM_PAGE_OS, word = a.size == 4 || a.size == 8;

    switch (a.offset) {
    case TM_SPC_ACK_EBB:
        if (a.size != 1) return false;
        *value = t->reg[TM_USER + TM_NSR];
        t->reg[TM_USER + TM_NSR] &= (u8)~TM_NSR_EVENT;
        xive_tctx_present(t);
        return true;
    case TM_SPC_ACK_OS:
        if (!os || a.size != 2) return false;
        *value = acknowledge(t, TM_OS);
        return true;
    case TM_SPC_ACK_HV:
        if (!hv || a.size != 2) return false;
        *value = acknowledge(t, TM_PHYS);
        return true;
    case TM_SPC_USER_CTX:
        if (!os || a.size != 4) return false;
        *value = pull(t, TM_USER, a.size);
        return true;
    case TM_SPC_PULL_OS:
        if (!hv || !word) return false;
        *value = pull(t, TM_OS, a.size);
        return true;
    case TM_SPC_PULL_POOL:
        if (!hv || !word) return false;
        *value = pull(t, TM_POOL, a.size);
        return true;
    case TM_SPC_PULL_PHYS:
        if (!hv || a.size != 1) return false;
        *value = pull(t, TM_PHYS, a.size);
        return true;
    default: return false;
    }
}

static bool special_write(struct tctx *t, struct tm_access a, u64 value)
{
    if (a.page > TM_PAGE_OS) return false;
    if (a.offset == TM_SPC_SET_OS_PENDING && a.size == 1) {
        xive_tctx_pend(t, TM_OS, (u8)value);
        return true;
    }
    if (a.offset == TM_SPC_USER_CTX && a.size == 4) {
        put_be32(t->reg + TM_USER + TM_WORD2, (u32)value);
        xive_tctx_present(t);
        return true;
    }
    return false;
}

bool xive_tm_read(struct xive *x, struct tctx *t, struct tm_access a, u64 *value)
{
    a.offset &= TM_ADDRESS;
    if (!xive_thread_enabled(x, t)) return refuse(x, t, a, "load by a thread that is not enabled");
    if (a.offset & TM_SPECIAL ? special_read(t, a, value) : raw_read(t, a, value)) return true;
    return refuse(x, t, a, "load");
}

bool xive_tm_write(struct xive *x, struct tctx *t, struct tm_access a, u64 value)
{
    a.offset &= TM_ADDRESS;
    if (!xive_thread_enabled(x, t)) return refuse(x, t, a, "store by a thread that is not enabled");
    if (a.offset & TM_SPECIAL) return special_write(t, a, value) || refuse(x, t, a, "store");
    if (a.size == 1 && (a.offset == TM_OS + TM_CPPR || a.offset == TM_PHYS + TM_CPPR) &&
        shows(view_of(a)->write, a.offset)) {
        set_cppr(t, a.offset & 0x30, (u8)value);
        return true;
    }
    return raw_write(x, t, a, value) || refuse(x, t, a, "store");
}
