/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a thread is, as rows (base/state.h).  State is read and written between turns, when no instruction is under way:
 * so a fault has been delivered, and where the run loop stands follows from nia.  `arch` marks what the guest can tell
 * apart from time: the same in every port, and, as far as the guest leaves its tables alone, in every model.  `kept`
 * marks what goes on when the machine is reset: time, and what was counted.
 */
#include <stdlib.h>

#include "core/state/context.h"
#include "core/state/interrupt.h"
#include "core/state/pmu.h"

static const struct state_row spr_rows[] = {
#define SPR(name, ...) STATE_ARCH(struct sprs, name),
#define SPR_ALIAS(...)
#include "core/state/spr.def"
#undef SPR
#undef SPR_ALIAS
};
static const struct state_table spr_state = STATE_TABLE(struct sprs, spr_rows);

#define CHECKPOINT(member) STATE_ARCH(struct checkpoint, member)
static const struct state_row checkpoint_rows[] = {
    CHECKPOINT(gpr),
    CHECKPOINT(lr),
    CHECKPOINT(ctr),
    CHECKPOINT(xer),
    CHECKPOINT(fpscr),
    CHECKPOINT(amr),
    CHECKPOINT(dscr),
    CHECKPOINT(ppr),
    CHECKPOINT(tar),
    CHECKPOINT(vrsave),
    STATE_OF(struct checkpoint, vsr, union vsr, .arch = true),
    STATE_ARCH(struct checkpoint, cr, .most = 15),
    CHECKPOINT(vscr),
};
static const struct state_table checkpoint_state = STATE_TABLE(struct checkpoint, checkpoint_rows);

/* When a counter that is not exact is looked at next depends on when that was decided, so its deadline is state. */
#define PMC_BITS ((1u << PMC_COUNT) - 1)
static const struct state_row pmu_rows[] = {
    STATE(struct pmu, base),
    STATE_DERIVED(struct pmu, event), /* pmu_restored() */
    STATE(struct pmu, running, .most = PMC_BITS),
    STATE(struct pmu, accounted, .most = PMC_BITS),
    STATE(struct pmu, by_state),
    STATE(struct pmu, tb_event),
    STATE(struct pmu, at_completed),
    STATE(struct pmu, at_cycles),
};
static const struct state_table pmu_state = STATE_TABLE(struct pmu, pmu_rows);

static const struct state_row bhrb_rows[] = {
    STATE_ARCH(struct bhrb, entry),
    STATE_ARCH(struct bhrb, newest, .most = BHRB_ENTRIES - 1),
    STATE(struct bhrb, on),
};
static const struct state_table bhrb_state = STATE_TABLE(struct bhrb, bhrb_rows);

enum { LPID_MOST = 0xfff, PID_MOST = 0xfffff }; /* bits of LPIDR and PIDR */

/* By name: rows may be added. */
static void save_interrupt(struct state_writer *w, const void *self)
{
    state_put_text(w, interrupt_rows[((const struct thread *)self)->interrupt].name);
}

static bool restore_interrupt(struct state_reader *r, void *self)
{
    struct thread *t = self;
    char *name = state_get_text(r);
    u32 n = 0;

    while (name && n < INTERRUPT_COUNT && strcmp(interrupt_rows[n].name, name) != 0) n++;
    if (name && n == INTERRUPT_COUNT) state_refuse(r, "no interrupt is called %.40s", name);
    else t->interrupt = n;
    free(name);
    return !r->failed;
}

#define ARCH(member, ...) STATE_ARCH(struct thread, member, ##__VA_ARGS__)
#define KEPT(member, ...) STATE(struct thread, member, .kept = true, ##__VA_ARGS__)
#define DERIVED(member) STATE_DERIVED(struct thread, member)
static const struct state_row rows[] = {
    ARCH(gpr),
    ARCH(nia),
    ARCH(lr),
    ARCH(ctr),
    ARCH(cr, .most = 15),
    ARCH(so, .most = 1),
    ARCH(ov, .most = 1),
    ARCH(ca, .most = 1),
    ARCH(ov32, .most = 1),
    ARCH(ca32, .most = 1),
    DERIVED(le),
    ARCH(xer_rest),
    ARCH(msr),
    DERIVED(withheld),

    ARCH(completed, .kept = true),
    DERIVED(limit),
    KEPT(due),
    KEPT(class_sums),
    DERIVED(run_start),
    DERIVED(at),
    DERIVED(page), /* struct code says which one it is, and where it stands still there: */
    DERIVED(paused),
    DERIVED(pause_at), /* nothing is being executed */
    KEPT(page_ea),
    DERIVED(ea_mask),
    DERIVED(mmu),
    DERIVED(map),

    KEPT(slow_value),
    KEPT(reserve_ra),
    STATE(struct thread, reserved),
    DERIVED(watching),

    STATE_OF(struct thread, vsr, union vsr, .arch = true),
    ARCH(fpscr),
    ARCH(vscr),

    DERIVED(fault),
    ARCH(pending),
    STATE_CALL(struct thread, interrupt, save_interrupt, restore_interrupt),
    STATE(struct thread, stopped),
    KEPT(held),
    KEPT(external_event),
    STATE(struct thread, checkstop),

    STATE_PART(struct thread, spr, struct sprs, spr_state),
    STATE_PART(struct thread, pmu, struct pmu, pmu_state),
    STATE_PART(struct thread, bhrb, struct bhrb, bhrb_state),

    KEPT(pace, .most = PACE_MOST),
    KEPT(stall_cycles),
    KEPT(idle_cycles),
    KEPT(owed_cycles),
    KEPT(window_end),
    KEPT(others_at),
    DERIVED(in_company),
    KEPT(turn, .most = TURN_WAITS),
    KEPT(mid_turn),
    DERIVED(halt), /* whoever lets it go on forgets it */
    KEPT(arrived),
    DERIVED(told),          /* nothing is being executed */
    DERIVED(tells_context), /* somebody of this run waits for it */
    KEPT(tb_offset),
    KEPT(dec_deadline),
    KEPT(hdec_deadline),
    ARCH(hdec_was_negative),
    KEPT(timer_deadline),
    KEPT(vtb_base),
    KEPT(purr_base),
    KEPT(spurr_base),
    DERIVED(cycles_to_tb),
    KEPT(tfmr_sync_ticks),

    STATE_PART(struct thread, slb, struct slb, slb_state),
    STATE_PART(struct thread, checkpoint, struct checkpoint, checkpoint_state),
    ARCH(tm_fake_suspend),

    DERIVED(pir),
    DERIVED(core),
    DERIVED(index_in_core),
    DERIVED(threads_in_core),
    DERIVED(sibling),
    DERIVED(code),
    DERIVED(bus),
    DERIVED(fabric),
    DERIVED(counters), /* and the partition: the machine says whose they are */
    DERIVED(account),
    DERIVED(ring),
    DERIVED(config),
    DERIVED(services),
    DERIVED(traced),
    DERIVED(noting),
    DERIVED(fetch_shift),
    KEPT(pcr_withheld, .most = 15),
    DERIVED(accounts),
    DERIVED(partitions),
    DERIVED(partition),
    KEPT(guest_lpid, .most = LPID_MOST),
    KEPT(host_pid),
    DERIVED(hot),
    KEPT(counted_completed),
    KEPT(counted_cycles),
    KEPT(counted_idle),
    DERIVED(log),
    DERIVED(death), /* a machine whose thread has died is not saved */
    KEPT(barren_completed),
    KEPT(barren_interrupts),
};

static bool restored(struct state_reader *r, void *self)
{
    struct thread *t = self;

    /* Of the registers these two are used as indices; mtspr lets no other bits in. */
    if (t->spr.LPIDR > LPID_MOST || t->spr.PIDR > PID_MOST) return state_refuse(r, "LPIDR or PIDR with too many bits");
    if (t->msr & ~MSR_VALID) return state_refuse(r, "an MSR of %llx", (unsigned long long)t->msr);
    t->le = (t->msr & MSR_LE) != 0;
    t->ea_mask = (t->msr & MSR_SF) ? ~0ULL : 0xffffffffULL;
    t->limit = 0;
    t->fault = (struct fault){0};
    thread_facilities_changed(t);
    pmu_restored(t);
    return true;
}

const struct state_table thread_state = STATE_TABLE(struct thread, rows, .restored = restored);
