/* SPDX-License-Identifier: Apache-2.0 */
/* What a record says as a list of numbers, for those who keep records in files: checkpoints and traces. */
#include "core/state/interrupt.h"
#include "core/state/retire.h"
#include "mmu/slb.h"

unsigned retire_numbers(const struct retire *r, u64 to[RETIRE_NUMBERS])
{
    unsigned n = 0;

    switch ((enum retire_kind)r->kind) {
    case RETIRE_INSN: to[n++] = r->cia, to[n++] = r->nia, to[n++] = r->ra; break;
    case RETIRE_INTERRUPT:
    case RETIRE_EVENT_BRANCH:
        to[n++] = r->interrupt.from, to[n++] = r->interrupt.to, to[n++] = r->interrupt.msr;
        to[n++] = r->interrupt.number;
        break;
    case RETIRE_RETURN: to[n++] = r->back.from, to[n++] = r->back.to, to[n++] = r->back.msr; break;
    case RETIRE_CONTEXT:
        to[n++] = r->context.msr, to[n++] = r->context.lpid, to[n++] = r->context.pid;
        to[n++] = r->context.partition, to[n++] = r->context.level;
        break;
    case RETIRE_INVALIDATION:
        to[n++] = r->invalidation.rb, to[n++] = r->invalidation.rs, to[n++] = r->invalidation.lpid;
        to[n++] = r->invalidation.what, to[n++] = r->invalidation.ric, to[n++] = r->invalidation.prs;
        to[n++] = r->invalidation.r, to[n++] = r->invalidation.hv;
        break;
    case RETIRE_BARRIER: to[n++] = r->barrier; break;
    case RETIRE_RC: to[n++] = r->rc.entry_ra, to[n++] = r->rc.old, to[n++] = r->rc.set; break;
    case RETIRE_DMA: to[n++] = r->dma.ra, to[n++] = r->dma.bytes, to[n++] = r->dma.write; break;
    case RETIRE_IDLE: to[n++] = r->idle_cycles; break;
    case RETIRE_STREAM: to[n++] = r->dscr; break;
    case RETIRE_REGISTER: to[n++] = r->reg.spr, to[n++] = r->reg.value; break;
    case RETIRE_SEGMENT: to[n++] = r->segment.index, to[n++] = r->segment.esid, to[n++] = r->segment.vsid; break;
    case RETIRE_KINDS: break;
    }
    return n;
}

void retire_from_numbers(struct retire *r, const u64 from[RETIRE_NUMBERS])
{
    switch ((enum retire_kind)r->kind) {
    case RETIRE_INSN: r->cia = from[0], r->nia = from[1], r->ra = from[2]; break;
    case RETIRE_INTERRUPT:
    case RETIRE_EVENT_BRANCH:
        r->interrupt.from = from[0], r->interrupt.to = from[1], r->interrupt.msr = from[2];
        r->interrupt.number = (u32)from[3];
        break;
    case RETIRE_RETURN: r->back.from = from[0], r->back.to = from[1], r->back.msr = from[2]; break;
    case RETIRE_CONTEXT:
        r->context.msr = from[0], r->context.lpid = (u32)from[1], r->context.pid = (u32)from[2];
        r->context.partition = (u32)from[3], r->context.level = (u32)from[4];
        break;
    case RETIRE_INVALIDATION:
        r->invalidation.rb = from[0], r->invalidation.rs = from[1], r->invalidation.lpid = (u32)from[2];
        r->invalidation.what = (u8)from[3], r->invalidation.ric = (u8)from[4], r->invalidation.prs = (u8)from[5];
        r->invalidation.r = (u8)from[6], r->invalidation.hv = (u8)from[7];
        break;
    case RETIRE_BARRIER: r->barrier = (u8)from[0]; break;
    case RETIRE_RC: r->rc.entry_ra = from[0], r->rc.old = from[1], r->rc.set = from[2]; break;
    case RETIRE_DMA: r->dma.ra = from[0], r->dma.bytes = from[1], r->dma.write = from[2] != 0; break;
    case RETIRE_IDLE: r->idle_cycles = from[0]; break;
    case RETIRE_STREAM: r->dscr = from[0]; break;
    case RETIRE_REGISTER: r->reg.spr = (u32)from[0], r->reg.value = from[1]; break;
    case RETIRE_SEGMENT: r->segment.index = (u32)from[0], r->segment.esid = from[1], r->segment.vsid = from[2]; break;
    case RETIRE_KINDS: break;
    }
}

bool retire_names_are_sane(const struct retire *r)
{
    if (r->kind == RETIRE_INTERRUPT && r->interrupt.number >= INTERRUPT_COUNT) return false;
    if (r->kind == RETIRE_INVALIDATION && r->invalidation.what > INVALIDATE_SLBIA) return false;
    if (r->kind == RETIRE_SEGMENT && r->segment.index >= SLB_ENTRIES) return false;
    return r->kind < RETIRE_KINDS && (r->kind != RETIRE_BARRIER || r->barrier <= BARRIER_MSGSYNC);
}
