/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A change of context: everything that follows from a thread's MSR and the registers of translation is chosen anew -
 * the translation context with its host-side tables, the partition that runs here, and the account that is counted for.
 */
#include "core/state/context.h"

#include "base/assert.h"
#include "core/run/run_internal.h"
#include "core/state/pmu.h"
#include "hypervisor/account.h"
#include "hypervisor/partition.h"
#include "mmu/check.h"

/* PCR speaks of problem state only, so to write it changes nothing at once (III 2.5). */
static u8 withheld_by_pcr(const struct thread *t)
{
    if (likely(!(t->msr & MSR_PR) || !t->spr.PCR)) return 0;
    return (u8)(GETFIELD(PCR_AFTER, t->spr.PCR) | (t->spr.PCR & PCR_TM ? WITHHELD_TM : 0));
}

void thread_set_account(struct thread *t, struct account *account)
{
    t->account = account;
    t->counters = &account->counters;
    mmu_set_counters(t->mmu, t->counters, &account->walks, t->partition->level);
}

static struct xlate_ctx translation_of(const struct thread *t)
{
    return (struct xlate_ctx){
        .msr = t->msr,
        .lpcr = t->spr.LPCR,
        .ptcr = t->spr.PTCR,
        .hrmor = t->spr.HRMOR,
        .urmor = t->spr.URMOR,
        .lpid = (u32)t->spr.LPIDR,
        .pid = (u32)t->spr.PIDR,
        .amr = t->spr.AMR,
        .iamr = t->spr.IAMR,
        .slb = &t->slb,
        .bus = t->bus,
        .decoding = t->pcr_withheld,
    };
}

const char *context_check(const struct thread *t)
{
    const struct account *account = t->account;
    struct xlate_ctx ctx = translation_of(t);
    bool hv = (t->msr & MSR_HV) != 0;
    u32 pid = hv ? t->host_pid : ctx.pid;

    MUST_HOLD(t->pcr_withheld == withheld_by_pcr(t));
    MUST_HOLD_OF(mmu_check_context(t->mmu, &ctx, &t->map));
    MUST_HOLD(t->guest_lpid == (hv ? 0 : ctx.lpid));
    MUST_HOLD(ctx.lpid || t->host_pid == ctx.pid);
    if (t->accounts->starved) return NULL; /* counted as somebody else */
    MUST_HOLD(t->counters == &account->counters);
    MUST_HOLD(account->partition == t->partition && account->state == account_state_of(t->msr));
    MUST_HOLD(account->pid == pid || account->pid == ACCOUNT_OTHERS);
    return NULL;
}

void thread_context_changed(struct thread *t)
{
    bool hv = (t->msr & MSR_HV) != 0;
    struct xlate_ctx ctx;
    struct account *account;
    u32 lpid;

    t->pcr_withheld = withheld_by_pcr(t);
    ctx = translation_of(t);
    lpid = hv ? 0 : ctx.lpid;
    if (unlikely(lpid != t->guest_lpid)) {
        if (t->pmu.accounted) pmu_settle(t);
        thread_settle_account(t);
        partition_cross(t, lpid);
    }
    if (!ctx.lpid) t->host_pid = ctx.pid;
    account = account_find(t->accounts, t->partition, account_state_of(t->msr), hv ? t->host_pid : ctx.pid);
    if (t->account != account) {
        if (t->pmu.accounted) pmu_settle(t);
        if (t->account) thread_settle_account(t); /* NULL: the thread is being made */
        thread_set_account(t, account);
        if (t->pmu.accounted) pmu_rebase(t);
    }
    t->map = mmu_set_context(t->mmu, &ctx);
    if (unlikely(t->traced)) record_context(t);
    if (unlikely(t->tells_context)) t->services->context(t->services->self, t);
    thread_attend(t);
}

void thread_partition_invalidated(struct thread *t, u32 lpid)
{
    partition_invalidated(t, lpid);
}
