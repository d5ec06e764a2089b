/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The way of an event: EAS -> END -> thread.
 *
 *   1. EAS valid and not masked: it names an END and the word to queue.
 *   2. END valid.  q: the word goes to the queue with the generation bit on top; at the end of the queue the generation
 *      flips, which is how software tells new entries from old ones without a producer index.
 *   3. Unless the END is silent (s): priority 0xff drops the event; unless n, ESn coalesces.  The NVT must be valid.
 *   4. Whoever runs the NVT is told: the CAM lines of all enabled threads of all chips are compared.
 *   5. Nobody runs it.  b: the priority is kept in the NVT's IPB until a hypervisor pushes the context.  e: unless u,
 *      ESe coalesces; then words 4 and 5 are the EAS of the next round, from 2.
 *
 * A guest can tie ENDs into a ring, which is bounded here, or point forwarding descriptors at each other, which the bus
 * bounds: a forwarded event is a store (bus/bus.h).
 */
#include "devices/xive_internal.h"

enum { ESCALATION_HOPS = 32, QUEUE_INDEX_BITS = 22 };

struct end {
    struct vst_entry at;
    u32 w[8];
};

/* Send to another chip's notify port: an ordinary store on the bus. */
static void forward(struct xive *x, u64 vsd, u64 data)
{
    bus_post(x->bus, "xive", vsd & VSD_ADDRESS, data);
}

static void end_set_w1(struct xive *x, struct end *end, u32 value)
{
    if (end->w[1] == value) return;
    end->w[1] = value;
    xive_entry_store_word(x, end->at, 1, value);
}

static void end_enqueue(struct xive *x, struct end *end, u32 data)
{
    unsigned bits = (unsigned)GETFIELD(END_W0_QSIZE, end->w[0]) + 10;
    u32 index = (u32)GETFIELD(END_W1_PAGE_OFF, end->w[1]), w1 = end->w[1];
    u64 queue = ((u64)(end->w[2] & END_W2_QUEUE_HIGH) << 32 | end->w[3]) & ~0xfffULL;
    u8 raw[4];

    if (bits > QUEUE_INDEX_BITS) bits = QUEUE_INDEX_BITS;
    index &= (1u << bits) - 1;
    put_be32(raw, (w1 & END_W1_GENERATION ? 0x80000000u : 0) | data);
    if (!bus_dma_write(x->bus, queue + 4ULL * index, raw, 4)) {
        log_guest(x->log, "xive %u: queue of END %x/%x at 0x%llx is not in main storage", x->chip_id, end->at.block,
                  end->at.index, (unsigned long long)queue);
        return;
    }
    index = (index + 1) & ((1u << bits) - 1);
    if (index == 0) w1 ^= END_W1_GENERATION;
    end_set_w1(x, end, (u32)SETFIELD(END_W1_PAGE_OFF, w1, index));
}

/* ESn or ESe: may this notification go on? */
static bool end_state_passes(struct xive *x, struct end *end, u32 mask)
{
    u8 pq = (u8)GETFIELD(mask, end->w[1]);
    bool goes_on = xive_pq_trigger(&pq);

    end_set_w1(x, end, (u32)SETFIELD(mask, end->w[1], pq));
    return goes_on;
}

/* ---- Step 4: who runs this NVT? ---- */

struct target {
    u32 block, index;
    u32 ignore; /* low bits of the CAM line that are not compared: a group or a crowd */
    u8 priority, level;
    bool user; /* format 1 */
    u32 logic_server;
};

static u32 cam_line(u32 block, u32 index)
{
    return block << NVT_INDEX_BITS | index;
}

/* Bits up to and including the lowest 0 bit of a group's number are its size, not its name. */
static u32 group_bits(u32 number)
{
    return number ^ (number + 1);
}

static bool cam_matches(const struct target *to, u32 cam)
{
    return !((cam ^ cam_line(to->block, to->index)) & TM_CAM & ~to->ignore);
}

/* Ring of this thread that runs the target, or -1. A physical thread's CAM line is block | 0...01 | thread number. */
static int matching_ring(const struct xive *x, const struct tctx *t, const struct target *to)
{
    u32 os = tm_word2(t, TM_OS), pool = tm_word2(t, TM_POOL), user = tm_word2(t, TM_USER);
    u32 thread_cam = cam_line(xive_block(x), 1u << 7 | (t->pir & 0x7f));

    if (to->user)
        return os >> 31 && user >> 31 && cam_matches(to, os & TM_CAM) && (user & TM_LOGIC_SERVER) == to->logic_server
                   ? TM_USER
                   : -1;
    if (t->reg[TM_PHYS + TM_WORD2] & TM_VALID && cam_matches(to, thread_cam)) return TM_PHYS;
    if (pool >> 31 && cam_matches(to, pool & TM_CAM)) return TM_POOL;
    if (os >> 31 && cam_matches(to, os & TM_CAM)) return TM_OS;
    return -1;
}

static unsigned priority_ring(int ring)
{
    return ring == TM_POOL ? TM_PHYS : (unsigned)ring;
}

struct match {
    struct tctx *thread;
    int ring;
    u8 slack; /* how far the priority is below what the thread takes now: 0 = it cannot take it now */
};

static void match_thread(const struct xive *x, struct tctx *t, const struct target *to, struct match *best)
{
    int ring = matching_ring(x, t, to);
    const u8 *regs;
    u8 limit, slack;

    if (ring < 0) return;
    regs = t->reg + priority_ring(ring);
    limit = regs[TM_CPPR] < regs[TM_PIPR] ? regs[TM_CPPR] : regs[TM_PIPR];
    slack = limit > to->priority ? (u8)(limit - to->priority) : 0;
    if (best->thread && slack <= best->slack)
        return; /* one NVT runs once; of a group, the idlest of the lowest number */
    *best = (struct match){t, ring, slack};
}

static void deliver(const struct target *to, const struct match *m)
{
    struct tctx *t = m->thread;
    struct group_event *group = m->ring == TM_OS ? &t->os_group : &t->phys_group;

    if (m->ring == TM_USER) {
        t->reg[TM_USER + TM_NSR] |= TM_NSR_EVENT;
        xive_tctx_present(t);
    } else if (!to->ignore) {
        xive_tctx_pend(t, (unsigned)m->ring, to->priority);
    } else {
        if (to->priority < group->priority) *group = (struct group_event){to->priority, to->level};
        xive_tctx_present(t);
    }
}

/* Tell the thread that runs the target. False if nobody does. */
static bool present(struct xive *x, const struct target *to)
{
    struct match best = {0};
    struct xive *chip = x;

    do {
        for (unsigned k = 0; k < chip->thread_count; k++)
            if (xive_thread_enabled(chip, &chip->threads[k])) match_thread(chip, &chip->threads[k], to, &best);
        chip = chip->next;
    } while (chip != x);
    if (!best.thread) return false;
    deliver(to, &best);
    return true;
}

static struct target end_target(const struct end *end)
{
    u32 w6 = end->w[6], w7 = end->w[7];
    struct target to = {.block = (u32)GETFIELD(END_W6_NVT_BLOCK, w6), .index = (u32)GETFIELD(END_W6_NVT_INDEX, w6)};

    to.user = w6 & END_W6_FORMAT;
    if (to.user) {
        to.logic_server = (u32)GETFIELD(END_W7_LOGIC_SERVER, w7);
        return to;
    }
    to.priority = (u8)GETFIELD(END_W7_PRIORITY, w7);
    if (w7 & END_W7_IGNORE) {
        to.ignore = group_bits(to.index) & ((1u << NVT_INDEX_BITS) - 1);
        to.level = (u8)__builtin_popcount(to.ignore) & TM_NSR_LEVEL;
        if (w7 & END_W7_BLOCK_GROUP) to.ignore |= (group_bits(to.block) & 0xf) << NVT_INDEX_BITS;
    }
    return to;
}

/* Steps 4 and 5 up to the backlog.  True: nobody took it, escalate if the END says so. */
static bool end_notify(struct xive *x, const struct end *end)
{
    struct target to = end_target(end);
    struct vst_entry nvt_at = {VST_NVT, to.block, to.index};
    u32 nvt[16];

    if (!xive_entry_load(x, nvt_at, nvt)) return false;
    if (!(nvt[0] & NVT_W0_VALID)) {
        log_guest(x->log, "xive %u: event for invalid NVT %x/%x", x->chip_id, to.block, to.index);
        return false;
    }
    if (!to.user && to.priority > 7) return false;
    if (present(x, &to)) return false;
    if (end->w[0] & END_W0_BACKLOG) {
        if (to.user || to.ignore)
            log_guest(x->log, "xive %u: END %x/%x: backlog is for a single NVT", x->chip_id, end->at.block,
                      end->at.index);
        else xive_entry_store_word(x, nvt_at, 4, nvt[4] | (u32)SETFIELD(NVT_W4_IPB, 0, 0x80u >> to.priority));
    }
    return true;
}

/* True: *eas is where the END escalates to. */
static bool end_escalates(struct xive *x, struct end *end, u64 *eas)
{
    bool unconditional = (end->w[0] & END_W0_UCOND_ESCALATE) && (xive_reg(x, VC_EQC_CONFIG) & VC_EQC_END_u);

    if (!(end->w[0] & END_W0_ESCALATE)) return false;
    if (!unconditional && !end_state_passes(x, end, END_W1_ESe)) return false;
    *eas = (u64)end->w[4] << 32 | end->w[5];
    return true;
}

/* Steps 2 to 5 for one END. True: go on with *eas. */
static bool end_event(struct xive *x, u64 *eas)
{
    struct end end = {.at = {VST_END, (u32)GETFIELD(EAS_END_BLOCK, *eas), (u32)GETFIELD(EAS_END_INDEX, *eas)}};
    u64 vsd = xive_vsd(x, VST_END, end.at.block);
    bool silent;

    if (GETFIELD(VSD_MODE, vsd) == VSD_MODE_FORWARD) {
        forward(x, vsd, *eas | TRIGGER_IS_END | XIVE_TRIGGER_PQ_CHECKED);
        return false;
    }
    if (!xive_entry_load(x, end.at, end.w)) return false;
    if (!(end.w[0] & END_W0_VALID)) {
        log_guest(x->log, "xive %u: event for invalid END %x/%x", x->chip_id, end.at.block, end.at.index);
        return false;
    }
    if (end.w[0] & END_W0_ENQUEUE) end_enqueue(x, &end, (u32)GETFIELD(EAS_END_DATA, *eas));
    silent = (end.w[0] & END_W0_SILENT) && (xive_reg(x, VC_EQC_CONFIG) & VC_EQC_END_s);
    if (!silent) {
        if (!(end.w[6] & END_W6_FORMAT) && GETFIELD(END_W7_PRIORITY, end.w[7]) == NO_PRIORITY) return false;
        if (!(end.w[0] & END_W0_UCOND_NOTIFY) && !end_state_passes(x, &end, END_W1_ESn)) return false;
        if (!end_notify(x, &end)) return false;
    }
    return end_escalates(x, &end, eas);
}

void xive_route_end(struct xive *x, u64 eas)
{
    for (unsigned hop = 0; hop < ESCALATION_HOPS; hop++)
        if (!end_event(x, &eas)) return;
    log_guest(x->log, "xive %u: escalation runs in a circle, event dropped", x->chip_id);
}

/* An EOI in an END's ESB page found a queued notification or escalation: do it again, without queueing anything. */
void xive_end_replay(struct xive *x, u32 block, u32 index, bool escalation)
{
    struct end end = {.at = {VST_END, block, index}};
    u64 eas;

    if (!xive_entry_load(x, end.at, end.w) || !(end.w[0] & END_W0_VALID)) return;
    if (escalation) xive_route_end(x, (u64)end.w[4] << 32 | end.w[5]);
    else if (end_notify(x, &end) && end_escalates(x, &end, &eas)) xive_route_end(x, eas);
}

void xive_route_source(struct xive *x, u32 block, u32 index)
{
    u64 vsd = xive_vsd(x, VST_EAS, block), eas;
    u32 w[2];

    if (GETFIELD(VSD_MODE, vsd) == VSD_MODE_FORWARD) {
        forward(x, vsd, XIVE_TRIGGER_PQ_CHECKED | (u64)block << 28 | index);
        return;
    }
    if (!xive_entry_load(x, (struct vst_entry){VST_EAS, block, index}, w)) return;
    eas = (u64)w[0] << 32 | w[1];
    if (!(eas & EAS_VALID)) {
        log_guest(x->log, "xive %u: event from source %x/%x, which has no valid EAS", x->chip_id, block, index);
        return;
    }
    if (!(eas & EAS_MASKED)) xive_route_end(x, eas);
}

void xive_trigger(struct xive *x, u32 block, u32 index)
{
    xive_route_source(x, block & 0xf, index & 0x0fffffff);
}

/* A doubleword arrived at the notify port: from a source of its own (PSI, PHB) or from another chip. */
void xive_notify_port(struct xive *x, u64 data)
{
    u32 block = data >> 28 & 0xf, index = data & 0x0fffffff;
    u8 pq;

    if (data & TRIGGER_IS_END) {
        xive_route_end(x, data);
        return;
    }
    if (!(data & XIVE_TRIGGER_PQ_CHECKED)) {
        bool goes_on;

        if (!xive_pq_load(x, block, index, &pq)) return;
        goes_on = xive_pq_trigger(&pq);
        xive_pq_store(x, block, index, pq);
        if (!goes_on) return;
    }
    xive_route_source(x, block, index);
}
