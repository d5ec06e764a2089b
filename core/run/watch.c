/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The data address watchpoint (DAWR0, DAWRX0) and the completed instruction address breakpoint (CIABR), Book III
 * chapter 8.  Neither costs anything while it is off: a watched page gets no slot in the host-side tables (mmu_watch),
 * so its accesses arrive in access.c and are compared there; a page with a breakpoint gets no fetch slot and runs
 * through the traced port, whose loop compares after each instruction.
 *
 * Whether a match counts depends on the state of the thread, so it is decided at the access and not when the registers
 * are written: the pages are watched for all contexts alike.  A range that crosses a 512-byte boundary, which software
 * avoids, is taken as it is written.  In 32-bit mode addresses have been cut before they come here.
 */
#include "core/run/watch.h"

#include "base/assert.h"
#include "base/power.h"
#include "core/state/context.h"
#include "core/state/fault.h"
#include "mmu/mmu.h"

/* DAWRX0, CIABR (III 8.3) */
#define DAWRX_MRD PPC_BITMASK(48, 53) /* length of the range in doublewords, less one */
#define DAWRX_HRAMMC PPC_BIT(56)
#define DAWRX_DW PPC_BIT(57)
#define DAWRX_DR PPC_BIT(58)
#define DAWRX_WT PPC_BIT(59)
#define DAWRX_WTI PPC_BIT(60)
#define DAWRX_HYP PPC_BIT(61)
#define DAWRX_PNH PPC_BIT(62)
#define DAWRX_PRO PPC_BIT(63)
#define DAWRX_PRIVM PPC_BITMASK(61, 63)
#define CIABR_PRIV PPC_BITMASK(62, 63) /* 0 off, 1 problem state, 2 privileged, 3 hypervisor */

/* Secure state is not watched unless the ultravisor says so. */
static bool may_debug(const struct thread *t, u64 msr)
{
    return !(msr & MSR_S) || (t->spr.SMFCTRL & SMFCTRL_D);
}

static u64 range_bytes(const struct thread *t)
{
    return 8 * (GETFIELD(DAWRX_MRD, t->spr.DAWRX0) + 1);
}

static bool can_match(u64 x)
{
    return (x & (DAWRX_DW | DAWRX_DR)) && (x & DAWRX_PRIVM);
}

void thread_watch_changed(struct thread *t)
{
    u64 first = t->spr.DAWR0, last = first + range_bytes(t) - 1;
    struct mmu_watch watch = {{HOST_NO_PAGE, HOST_NO_PAGE}, HOST_NO_PAGE};

    t->watching = can_match(t->spr.DAWRX0);
    if (t->watching) {
        watch.data[0] = first & HOST_PAGE_MASK & ~PPC_BIT(0);
        watch.data[1] = last & HOST_PAGE_MASK & ~PPC_BIT(0);
    }
    if (t->spr.CIABR & CIABR_PRIV) watch.fetch = t->spr.CIABR & HOST_PAGE_MASK;
    mmu_watch(t->mmu, &watch);
}

/* The state of the thread is one that DAWRX0 names: privilege, and relocation unless it does not matter. */
static bool watches_state(const struct thread *t)
{
    u64 x = t->spr.DAWRX0, privilege = (t->msr & MSR_PR) ? DAWRX_PRO : (t->msr & MSR_HV) ? DAWRX_HYP : DAWRX_PNH;

    if (!(x & privilege) || !may_debug(t, t->msr)) return false;
    return (x & DAWRX_WTI) || !(x & DAWRX_WT) == !(t->msr & MSR_DR);
}

/* Hypervisor real mode may leave bit 0 of both addresses out of the comparison (DAWRX[HRAMMC]). */
static u64 compared_bits(const struct thread *t)
{
    bool real = (t->msr & (MSR_HV | MSR_DR)) == MSR_HV;

    return real && (t->spr.DAWRX0 & DAWRX_HRAMMC) ? ~PPC_BIT(0) : ~0ULL;
}

bool watch_allows(struct thread *t, u64 ea, unsigned size, bool load, bool store)
{
    u64 x = t->spr.DAWRX0, into, before, mask;

    P9_ASSERT(t->watching == can_match(x));
    if (likely(!t->watching) || !((load && (x & DAWRX_DR)) || (store && (x & DAWRX_DW))) || !watches_state(t))
        return true;
    mask = compared_bits(t);
    into = (ea - t->spr.DAWR0) & mask;   /* how far into the range the access begins */
    before = (t->spr.DAWR0 - ea) & mask; /* or how far before it */
    if (into < range_bytes(t)) return fault_watchpoint(t, ea, store);
    return before >= size || fault_watchpoint(t, ea + before, store);
}

bool watch_is_breakpoint(const struct thread *t, u64 cia, u64 msr)
{
    static const u64 state[] = {0, MSR_PR, 0, MSR_HV};
    u64 privilege = t->spr.CIABR & CIABR_PRIV;

    if (!privilege || cia != (t->spr.CIABR & ~CIABR_PRIV) || !may_debug(t, msr)) return false;
    return privilege == 1 ? (msr & MSR_PR) != 0 : (msr & (MSR_HV | MSR_PR)) == state[privilege];
}
