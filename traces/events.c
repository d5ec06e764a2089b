/* SPDX-License-Identifier: Apache-2.0 */
/* See events.h. */
#include "traces/events.h"

#include <inttypes.h>
#include <stdio.h>

#include "core/state/interrupt.h"

#define X16 "%016" PRIx64

static void invalidation_text(const struct retire *r, char out[EVENT_TEXT])
{
    static const char *const names[] = {"tlbie", "tlbiel", "slbie", "slbieg", "slbiag", "slbia"};
    const char *name = names[r->invalidation.what % ARRAY_SIZE(names)];
    const char *hv = r->invalidation.hv ? " by the hypervisor" : "";

    if (r->invalidation.what == INVALIDATE_SLBIA)
        snprintf(out, EVENT_TEXT, "invalidation slbia ih=%" PRIu64 " lpid=%" PRIu32 "%s", r->invalidation.rb,
                 r->invalidation.lpid, hv);
    else
        snprintf(out, EVENT_TEXT, "invalidation %s rb=" X16 " rs=" X16 " ric=%u prs=%u r=%u lpid=%" PRIu32 "%s", name,
                 r->invalidation.rb, r->invalidation.rs, r->invalidation.ric, r->invalidation.prs, r->invalidation.r,
                 r->invalidation.lpid, hv);
}

static const char *barrier_name(unsigned barrier)
{
    static const char *const names[] = {"sync", "lwsync", "ptesync", "eieio", "isync", "tlbsync", "slbsync", "msgsync"};

    return barrier < ARRAY_SIZE(names) ? names[barrier] : "unknown";
}

static const char *interrupt_name(unsigned number)
{
    return number < INTERRUPT_COUNT ? interrupt_rows[number].name : "unknown";
}

static void register_text(const struct retire *r, char out[EVENT_TEXT])
{
    static const char *const names[RETIRE_REGISTERS] = {"lpcr", "ptcr", "hrmor", "urmor", "amr", "iamr"};
    unsigned n = 0;

    while (n < RETIRE_REGISTERS && retire_register[n] != r->reg.spr) n++;
    if (n < RETIRE_REGISTERS) snprintf(out, EVENT_TEXT, "%s=" X16, names[n], r->reg.value);
    else snprintf(out, EVENT_TEXT, "spr%" PRIu32 "=" X16, r->reg.spr, r->reg.value);
}

void event_text(const struct retire *r, char out[EVENT_TEXT])
{
    *out = 0;
    switch ((enum retire_kind)r->kind) {
    case RETIRE_INSN: break;
    case RETIRE_INTERRUPT:
        snprintf(out, EVENT_TEXT, "interrupt %s from " X16 " to " X16 " msr " X16, interrupt_name(r->interrupt.number),
                 r->interrupt.from, r->interrupt.to, r->interrupt.msr);
        break;
    case RETIRE_EVENT_BRANCH:
        snprintf(out, EVENT_TEXT, "event-based branch from " X16 " to " X16, r->interrupt.from, r->interrupt.to);
        break;
    case RETIRE_RETURN:
        snprintf(out, EVENT_TEXT, "return from " X16 " to " X16 " msr " X16, r->back.from, r->back.to, r->back.msr);
        break;
    case RETIRE_CONTEXT:
        snprintf(out, EVENT_TEXT,
                 "context lpidr=%" PRIu32 " pidr=%" PRIu32 " partition=%" PRIu32 " level=%" PRIu32 " msr=" X16,
                 r->context.lpid, r->context.pid, r->context.partition, r->context.level, r->context.msr);
        break;
    case RETIRE_INVALIDATION: invalidation_text(r, out); break;
    case RETIRE_BARRIER: snprintf(out, EVENT_TEXT, "barrier %s", barrier_name(r->barrier)); break;
    case RETIRE_RC:
        snprintf(out, EVENT_TEXT, "sets " X16 " in the table entry " X16 " at %" PRIx64, r->rc.set, r->rc.old,
                 r->rc.entry_ra);
        break;
    case RETIRE_DMA:
        snprintf(out, EVENT_TEXT, "dma %s %" PRIu64 " bytes at %" PRIx64, r->dma.write ? "writes" : "reads",
                 r->dma.bytes, r->dma.ra);
        break;
    case RETIRE_IDLE: snprintf(out, EVENT_TEXT, "idle for %" PRIu64 " cycles", r->idle_cycles); break;
    case RETIRE_STREAM: snprintf(out, EVENT_TEXT, "dscr=%" PRIx64, r->dscr); break;
    case RETIRE_REGISTER: register_text(r, out); break;
    case RETIRE_SEGMENT:
        snprintf(out, EVENT_TEXT, "slb entry %" PRIu32 " esid " X16 " vsid " X16, r->segment.index, r->segment.esid,
                 r->segment.vsid);
        break;
    case RETIRE_KINDS: break;
    }
}
