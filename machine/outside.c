/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Somebody outside changes registers and storage of a machine that stands still (include/p9sim.h).  A thread may stand
 * in the middle of a straight run, whose instructions are not counted yet, which has found no interrupt on its way, and
 * whose page may be the one that is written to: so every straight run ends first, and each thread looks up before it
 * goes on.  When threads do what next may have changed too, so the turns are dealt anew.
 */
#include "core/state/context.h"
#include "core/state/spr.h"
#include "machine/machine_internal.h"

static void interfere(struct machine *m)
{
    for (unsigned k = 0; k < m->thread_count; k++) thread_end_run(m->threads[k]);
    m->places_known = false;
}

bool machine_write(struct machine *m, u64 ra, const void *from, u64 size)
{
    if (!ram_holds(&m->ram, ra, size)) return false;
    interfere(m);
    for (unsigned k = 0; k < m->thread_count; k++) m->threads[k]->reserved = false;
    return ram_store(&m->ram, ra, from, size);
}

void machine_set_pc(struct machine *m, unsigned n, u64 ea)
{
    interfere(m);
    thread_go_to(m->threads[n], ea);
}

void machine_set_msr(struct machine *m, unsigned n, u64 msr)
{
    interfere(m);
    thread_set_msr(m->threads[n], msr);
}

/* A hook that refuses may have described the interrupt that the guest's mtspr would have ended in. */
bool machine_set_spr(struct machine *m, unsigned n, const struct spr_row *row, u64 value)
{
    struct thread *t = m->threads[n];
    struct fault before = t->fault;
    enum spr_result result;

    interfere(m);
    result = row->put(t, row, value);
    t->fault = before;
    for (unsigned k = 0; k < m->thread_count; k++) thread_attend(m->threads[k]);
    return result == SPR_DONE || result == SPR_CONTEXT;
}
