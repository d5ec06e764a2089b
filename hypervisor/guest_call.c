/* SPDX-License-Identifier: Apache-2.0 */
/* See guest_call.h.  The caller wrote the structs: nothing in them is believed, whatever cannot be read is no call. */
#include "hypervisor/guest_call.h"

#include "base/power.h"
#include "core/state/interrupt.h"
#include "hypervisor/guest_storage.h"
#include "hypervisor/rows.h"

/* struct hv_guest_state, version 1, and the beginning of struct pt_regs. */
struct nested_state {
    u64 version;
    u32 number, token;
    u64 between[24];
    u64 pid;
};
struct nested_gprs {
    u64 gpr[32], nia;
};

static u64 in_order8(u64 value, bool le)
{
    return le == (bool)HOST_IS_LE ? value : __builtin_bswap64(value);
}

static u32 in_order4(u32 value, bool le)
{
    return le == (bool)HOST_IS_LE ? value : __builtin_bswap32(value);
}

static struct guest_call enter(const struct thread *t)
{
    bool le = (interrupt_saved(t).image & MSR_LE) != 0, here;
    struct guest_call call = {.kind = GUEST_CALL_ENTER};
    struct nested_state state;
    struct nested_gprs regs = {0};

    if (!guest_load(t, t->gpr[4], &state, sizeof state)) return (struct guest_call){0}; /* nobody can tell for whom */
    here = guest_load(t, t->gpr[5], &regs, sizeof regs);
    for (unsigned k = 0; k < 32; k++) regs.gpr[k] = in_order8(regs.gpr[k], le);
    call.request = (struct nest_request){
        .number = in_order4(state.number, le),
        .token = in_order4(state.token, le),
        .thread = t->pir,
        .registers = nest_registers_of(regs.gpr, in_order8(state.pid, le), in_order8(regs.nia, le))};
    call.request.registers.unknown = !here;
    return call;
}

static unsigned shift_of_ap(u64 ap)
{
    return ap == 5 ? 16 : ap == 1 ? 21 : ap == 2 ? 30 : 12;
}

static struct guest_call tlb_invalidate(u64 rs, u64 rb)
{
    u64 page = 1ULL << shift_of_ap(GETFIELD(RB_AP, rb)), first = rb & RB_EPN & ~(page - 1);
    bool by_address = GETFIELD(RB_IS, rb) == RB_IS_ADDRESS;

    return (struct guest_call){.kind = GUEST_CALL_INVALIDATE,
                               .number = (u32)rs,
                               .every_number = GETFIELD(RB_IS, rb) == RB_IS_ALL,
                               .by_address = by_address,
                               .first = by_address ? first : 0,
                               .last = by_address ? first + page - 1 : ~0ULL};
}

/* Without the bit for nested translations it is about processes of the caller, not about a guest. */
static struct guest_call rpt_invalidate(u64 number, u64 what, u64 first, u64 behind)
{
    enum { NESTED = 1 };
    bool by_address = first != 0 || behind != ~0ULL;

    if (!(what & NESTED)) return (struct guest_call){0};
    return (struct guest_call){.kind = GUEST_CALL_INVALIDATE,
                               .number = (u32)number,
                               .by_address = by_address,
                               .first = first,
                               .last = !by_address ? ~0ULL
                                       : behind    ? behind - 1
                                                   : 0};
}

struct guest_call guest_call_of(const struct thread *t, enum exit_reason reason)
{
    const u64 *r = t->gpr;

    switch (reason) {
    case EXIT_H_SET_PARTITION_TABLE: return (struct guest_call){.kind = GUEST_CALL_SET_TABLE, .table = r[4]};
    case EXIT_H_ENTER_NESTED: return enter(t);
    case EXIT_H_TLB_INVALIDATE: return tlb_invalidate(r[5], r[6]);
    case EXIT_H_RPT_INVALIDATE: return rpt_invalidate(r[4], r[6], r[8], r[9]);
    default: return (struct guest_call){0};
    }
}

static const struct state_row rows[] = {
    STATE(struct guest_call, kind, .most = GUEST_CALL_INVALIDATE),
    STATE(struct guest_call, table),
    STATE_PART(struct guest_call, request, struct nest_request, nest_request_state),
    STATE(struct guest_call, number),
    STATE(struct guest_call, every_number),
    STATE(struct guest_call, by_address),
    STATE(struct guest_call, first),
    STATE(struct guest_call, last),
};
const struct state_table guest_call_state = STATE_TABLE(struct guest_call, rows);
