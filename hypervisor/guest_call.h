/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a guest asks its hypervisor for on behalf of guests of its own, decoded once for all who want to know: the first
 * interface of nested HV KVM (Linux, asm/hvcall.h) and PAPR's H_RPT_INVALIDATE.
 *
 *   H_SET_PARTITION_TABLE   r4 the caller's partition table, as PTCR would name it
 *   H_ENTER_NESTED          r4 where its struct hv_guest_state lies, r5 its struct pt_regs: guest real addresses
 *   H_TLB_INVALIDATE        r4 the instruction, r5 RS, r6 RB of a tlbie
 *   H_RPT_INVALIDATE        r4 the guest or a PID, r6 of what kind, r8 the first byte, r9 the one behind the last
 *
 * A guest is named by its caller's own number for it, the caller's "LPID".  The two structs are in the caller's storage
 * and byte order; of the first as much is read as its version 1 has.
 */
#ifndef P9_HYPERVISOR_GUEST_CALL_H
#define P9_HYPERVISOR_GUEST_CALL_H

#include "hypervisor/exit_reason.h"
#include "hypervisor/nesting.h"

struct thread;

enum guest_call_kind {
    GUEST_CALL_OTHER, /* none of these, or not one that can be understood */
    GUEST_CALL_SET_TABLE,
    GUEST_CALL_ENTER,
    GUEST_CALL_INVALIDATE
};

struct guest_call {
    enum guest_call_kind kind;
    u64 table;                   /* SET_TABLE */
    struct nest_request request; /* ENTER: whom it asks for */
    /* INVALIDATE: of which guest, or of every one; all that is known of it, or guest real addresses, both inclusive. */
    u32 number;
    bool every_number, by_address;
    u64 first, last;
};

/* Of a system call with LEV = 1 that this thread has just taken from a guest's privileged state, so that the save
 * registers, LPIDR and the general registers are still the guest's.  reason: the call. */
struct guest_call guest_call_of(const struct thread *t, enum exit_reason reason);

#endif
