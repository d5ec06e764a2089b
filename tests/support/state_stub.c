/* SPDX-License-Identifier: Apache-2.0 */
/* See state_stub.h. */
#include "tests/support/state_stub.h"

/* core/run would choose the translation context here; nothing in core/state depends on it. */
void thread_context_changed(struct thread *t)
{
    thread_attend(t);
}

void thread_watch_changed(struct thread *t)
{
    thread_attend(t);
}

void state_stub_reset(struct state_stub *stub)
{
    memset(stub, 0, sizeof *stub);
    stub->fabric = (struct fabric){.threads = stub->list, .count = STUB_THREADS};
    for (unsigned n = 0; n < STUB_THREADS; n++) {
        struct thread *t = stub->list[n] = &stub->thread[n];
        t->pir = 8 + n;
        t->core = 2;
        t->index_in_core = n;
        t->threads_in_core = STUB_THREADS;
        t->cycles_to_tb = 1ULL << 29;
        t->pace = PACE_ONE;
        t->fabric = &stub->fabric;
        t->counters = &stub->counters;
        for (unsigned k = 0; k < STUB_THREADS; k++) t->sibling[k] = &stub->thread[k];
    }
    for (unsigned n = 0; n < STUB_THREADS; n++) thread_reset(&stub->thread[n], 0x10);
}
