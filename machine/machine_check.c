/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the machine promises itself (base/assert.h): nobody's turn is running between windows, the accounts hold what
 * the threads did, and what mirrors something else - host-side slots, decoded pages - shows it.  Developers' builds
 * look between windows, at the large mirrors once in some of them; which ones depends on simulated time alone.  What
 * was restored is asked once in every build: no file may make a machine that contradicts itself.
 */
#include "base/assert.h"
#include "machine/machine_internal.h"
#include "mmu/check.h"

enum { WINDOWS_PER_MMU_CHECK = 16, WINDOWS_PER_CODE_CHECK = 256 };

static const char *check_accounts(struct machine *m)
{
    u64 in_accounts = m->completed_at_reset, counted = 0, cycles = 0, idle = 0;

    for (unsigned k = 0; k < m->accounts.count; k++) {
        struct account *a = m->accounts.list[k];

        in_accounts += a->counters.completed;
        cycles += a->counters.cycles;
        idle += a->counters.idle_cycles;
        MUST_HOLD(a->counters.idle_cycles <= a->counters.cycles);
        if (a->pid != ACCOUNT_OTHERS) MUST_HOLD(account_find(&m->accounts, a->partition, a->state, a->pid) == a);
    }
    for (unsigned k = 0; k < m->thread_count; k++) counted += m->threads[k]->counted_completed;
    MUST_HOLD(in_accounts == counted);
    MUST_HOLD(idle <= cycles);
    return NULL;
}

static const char *check_cycles(const struct machine *m)
{
    for (unsigned k = 0; k < m->thread_count; k++) {
        const struct thread *t = m->threads[k];

        MUST_HOLD(t->counted_cycles <= thread_cycles(t) + t->owed_cycles);
    }
    return NULL;
}

void machine_check(struct machine *m)
{
    u64 window = m->now / m->quantum;

    P9_ASSERT(!m->fabric.running);
    P9_ASSERT_OF(check_accounts(m));
    P9_ASSERT_OF(check_cycles(m));
    if (window % WINDOWS_PER_MMU_CHECK == 0) P9_ASSERT_OF(mmu_check(m->mmus));
    if (window % WINDOWS_PER_CODE_CHECK == 0) code_check(&m->code);
}

const char *machine_contradiction(struct machine *m)
{
    MUST_HOLD_OF(check_accounts(m));
    MUST_HOLD_OF(check_cycles(m));
    for (unsigned k = 0; k < m->thread_count; k++) MUST_HOLD_OF(thread_contradiction(m->threads[k]));
    MUST_HOLD_OF(machine_core_contradiction(m));
    return mmu_check(m->mmus);
}
