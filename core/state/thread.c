/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The thread as a whole: what follows from the MSR, the state after power-on, a dump to read.
 */
#include "core/state/context.h"

#include "core/state/interrupt.h"
#include "core/state/pmu.h"
#include "core/state/spr.h"
#include "core/state/timer.h"

#define MSR_CONTEXT (MSR_SF | MSR_HV | MSR_S | MSR_PR | MSR_IR | MSR_DR | MSR_LE | MSR_SE | MSR_BE)

/* HFSCR gates everything that is not hypervisor state (III 6.2.13); one bit of it is for VMX and VSX. */
void thread_facilities_changed(struct thread *t)
{
    bool hypervisor = (t->msr & (MSR_HV | MSR_PR)) == MSR_HV;
    u64 allowed = hypervisor ? ~0ULL : t->spr.HFSCR;

    t->withheld = ((allowed & FACILITY_BIT(FACILITY_FP)) ? 0 : MSR_FP) |
                  ((allowed & FACILITY_BIT(FACILITY_VECTOR)) ? 0 : MSR_VEC | MSR_VSX);
}

void thread_set_msr(struct thread *t, u64 msr)
{
    u64 changed;

    msr &= MSR_VALID;
    changed = t->msr ^ msr;
    t->msr = msr;
    t->le = (msr & MSR_LE) != 0;
    t->ea_mask = (msr & MSR_SF) ? ~0ULL : 0xffffffffULL;
    if (changed & (MSR_HV | MSR_PR)) thread_facilities_changed(t);
    if (changed & MSR_CONTEXT) thread_context_changed(t);
    if (t->pmu.by_state && (changed & (MSR_HV | MSR_PR | MSR_PMM))) pmu_update(t);
    thread_attend(t);
}

void thread_checkstop(struct thread *t)
{
    t->checkstop = true;
    thread_attend(t);
}

void thread_reset(struct thread *t, u64 nia)
{
    state_reset(&thread_state, t);
    t->fault = (struct fault){0};
    EACH_SPR(row)
        if (!row->is_alias) *spr_field(t, row) = row->reset;
    timer_reset(t);
    thread_watch_changed(t);
    pmu_reset(t);
    t->nia = nia;
    thread_set_msr(t, MSR_SF | MSR_HV);
    thread_facilities_changed(t);
    thread_context_changed(t);
}

static void dump_vectors(FILE *to, const struct thread *t)
{
    for (unsigned n = 0; n < 64; n++) {
        if (!VSR_D(t->vsr[n], 0) && !VSR_D(t->vsr[n], 1)) continue;
        fprintf(to, "  vsr%-2u %016llx %016llx\n", n, (unsigned long long)VSR_D(t->vsr[n], 0),
                (unsigned long long)VSR_D(t->vsr[n], 1));
    }
}

static void dump_sprs(FILE *to, struct thread *t)
{
    unsigned column = 0;

    EACH_SPR(row) {
        u64 value;
        if (row->is_alias || row->read == SPR_N) continue;
        value = spr_peek(t, row);
        if (!value) continue;
        fprintf(to, "  %-8s %016llx%s", row->name, (unsigned long long)value, ++column % 4 ? "" : "\n");
    }
    if (column % 4) fputc('\n', to);
}

void thread_dump(FILE *to, struct thread *t)
{
    fprintf(to, "thread %03x  nia %016llx  msr %016llx  %s%s\n", t->pir, (unsigned long long)t->nia,
            (unsigned long long)t->msr,
            t->checkstop ? "checkstop"
            : t->held    ? "held"
            : t->stopped ? "stopped"
                         : "running",
            t->le ? " little-endian" : " big-endian");
    fputs("  cr ", to);
    for (unsigned n = 0; n < 8; n++) fprintf(to, "%x", t->cr[n]);
    fprintf(to, "  xer %016llx  lr %016llx  ctr %016llx\n", (unsigned long long)xer_get(t), (unsigned long long)t->lr,
            (unsigned long long)t->ctr);
    for (unsigned n = 0; n < 32; n++)
        fprintf(to, "  r%-2u %016llx%s", n, (unsigned long long)t->gpr[n], n % 4 == 3 ? "\n" : "");
    dump_sprs(to, t);
    fprintf(to, "  pending %x  fpscr %016llx  vscr %08x\n", t->pending, (unsigned long long)t->fpscr, t->vscr);
    dump_vectors(to, t);
    state_dump(to, &slb_state, &t->slb, "  slb");
}
