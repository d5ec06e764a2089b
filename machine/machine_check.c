/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the machine promises itself between windows, for developers' builds (base/assert.h): nobody's turn is running,
 * the accounts hold what the threads did, and what mirrors something else - host-side slots, decoded pages - shows
 * it.  The large mirrors are looked at once in some windows; which ones depends on simulated time alone.
 */
#include "base/assert.h"
#include "machine/machine_internal.h"
#include "mmu/check.h"

enum { WINDOWS_PER_MMU_CHECK = 16, WINDOWS_PER_CODE_CHECK = 256 };

static void check_accounts(struct machine *m)
{
    u64 in_accounts = m->completed_at_reset, counted = 0, cycles = 0, idle = 0;

    for (unsigned k = 0; k < m->accounts.count; k++) {
        struct account *a = m->accounts.list[k];

        in_accounts += a->counters.completed;
        cycles += a->counters.cycles;
        idle += a->counters.idle_cycles;
        P9_ASSERT(a->counters.idle_cycles <= a->counters.cycles);
        if (a->pid != ACCOUNT_OTHERS) P9_ASSERT(account_find(&m->accounts, a->partition, a->state, a->pid) == a);
    }
    for (unsigned k = 0; k < m->thread_count; k++) counted += m->threads[k]->counted_completed;
    P9_ASSERT(in_accounts == counted);
    P9_ASSERT(idle <= cycles);
}

void machine_check(struct machine *m)
{
    u64 window = m->now / m->quantum;

    P9_ASSERT(!m->fabric.running);
    check_accounts(m);
    for (unsigned k = 0; k < m->thread_count; k++) P9_ASSERT(thread_cycles(m->threads[k]) >= m->threads[k]->completed);
    if (window % WINDOWS_PER_MMU_CHECK == 0) mmu_check(m->mmus);
    if (window % WINDOWS_PER_CODE_CHECK == 0) code_check(&m->code);
}
