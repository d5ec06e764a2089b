/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Instructions that wait for more than their operands, or for which others wait (serial.def): barriers, moves of
 * special-purpose registers, reservations, invalidations, and what changes the context.  In which order is architecture
 * or reported by kernel developers; how long it takes is ASSUMED (machine/config.def).
 */
#include "core/timing/lane.h"

u64 serial_issue(const struct lane *l, const struct op *op, u64 when)
{
    switch ((enum serial)op->serial) {
    case SERIAL_SPR_READ:
    case SERIAL_TIME: return later(when, l->spr_written);
    case SERIAL_SPR_WRITE:
    case SERIAL_MMU_SPR:
    case SERIAL_EXECUTION:
    case SERIAL_CONTEXT:
    case SERIAL_INVALIDATE:
    case SERIAL_SYNC:
    case SERIAL_PTESYNC:
    case SERIAL_CONDITIONAL: return later(when, l->complete_at);
    case SERIAL_RESERVE: return later(when, l->conditional);
    default: return when;
    }
}

/* tlbie goes out to all cores: a pair sends them one after the other. */
static u64 broadcast(struct lane *l, u64 when)
{
    struct timing *t = l->core->timing;
    u64 *pair = &t->tlbie_at[l->core->number / 2], start = later(when, *pair);

    *pair = start + t->config.tlbie_cycles;
    return *pair;
}

void serial_finish(struct lane *l, const struct op *op, struct moments *m)
{
    const struct timing_config *c = &l->core->timing->config;

    switch ((enum serial)op->serial) {
    case SERIAL_SYNC:
        m->finish = later(later(m->finish, l->loads_done), later(l->stores_done, l->io_done)) + c->sync_cycles;
        break;
    case SERIAL_PTESYNC:
        m->finish = later(later(m->finish, l->loads_done), later(later(l->stores_done, l->io_done), l->tlbie_done)) +
                    c->sync_cycles;
        break;
    case SERIAL_LWSYNC: m->finish = later(m->finish, l->loads_done) + c->lwsync_cycles; break;
    case SERIAL_EIEIO: m->finish += c->eieio_cycles; break;
    case SERIAL_BROADCAST: l->tlbie_done = later(l->tlbie_done, broadcast(l, m->finish)); break;
    case SERIAL_BROADCAST_SYNC: m->finish = later(m->finish, l->tlbie_done); break;
    case SERIAL_INVALIDATE: m->finish += op->stall == CPI_stall_tlbie ? c->tlbiel_cycles : c->slb_cycles; break;
    case SERIAL_RESERVE: m->finish += c->larx_cycles; break;
    case SERIAL_CONDITIONAL: m->finish = later(m->finish, l->stores_done) + c->stcx_cycles; break;
    default: break;
    }
    if (op->stall >= CPI_stall_larx && op->stall <= CPI_stall_tlbie) m->stall = op->stall;
}

static void hold(struct lane *l, u64 until)
{
    l->hold_until = later(l->hold_until, until);
    l->hold = CPI_noslot_held_sync;
}

void serial_completed(struct lane *l, const struct op *op)
{
    const struct timing_config *c = &l->core->timing->config;

    switch ((enum serial)op->serial) {
    case SERIAL_SPR_WRITE: l->spr_written = l->complete_at; break;
    case SERIAL_MMU_SPR:
    case SERIAL_EXECUTION:
    case SERIAL_INVALIDATE:
    case SERIAL_SYNC:
    case SERIAL_PTESYNC: hold(l, l->complete_at + 1); break;
    case SERIAL_CONTEXT: front_restart(l, l->complete_at + c->flush_cycles, CPI_noslot_flush); break;
    case SERIAL_CONDITIONAL: l->conditional = l->complete_at; break;
    default: break;
    }
}
