/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Interrupt delivery, Book III chapter 6, and waking from stop (3.3.2).
 *
 * The new MSR (6.4.3, figure "MSR setting due to interrupt"): SF = 1; HV as the row says; S and ME stay (machine check
 * clears ME); LE from LPCR[ILE], or from HID0[HILE] if HV becomes 1; RI is cleared by interrupts that use SRR0/1 and
 * stays for those with HSRR0/1; IR and DR are 0 unless AIL applies; a transaction is suspended; everything else is 0.
 */
#include "core/state/interrupt.h"

#include "base/power.h"
#include "core/state/context.h"
#include "core/state/pmu.h"
#include "core/state/retire.h"
#include "core/state/spr.h"
#include "stats/counters.h"

/*
 * When is an exception enabled?  ee: MSR[EE], or what stands for it while stopped.  below: not in hypervisor state,
 * where what belongs to the hypervisor does not ask MSR[EE].
 */
/* clang-format off */
#define WHEN(name, condition)                                                                                          \
    static bool enabled_##name(const struct thread *t, bool ee, bool below)                                            \
    {                                                                                                                  \
        (void)t, (void)ee, (void)below;                                                                                \
        return condition;                                                                                              \
    }
WHEN(ALWAYS, true)
WHEN(EE, ee)
WHEN(HV, ee || below)
WHEN(HVICE, (ee || below) && (t->spr.LPCR & LPCR_HVICE))
WHEN(HDICE, (ee || below) && (t->spr.LPCR & LPCR_HDICE))
WHEN(EXTERNAL, below ? ee || !(t->spr.LPCR & LPCR_LPES) : ee && !(t->spr.LPCR & LPCR_HEIC))
WHEN(MEDIATED, ee && below)
WHEN(ULTRA, (t->spr.SMFCTRL & SMFCTRL_E) && (ee || !thread_is_ultravisor(t)))
#undef WHEN
/* clang-format on */

#define AIL_YES true
#define AIL_NO false
#define LASTS_EDGE true
#define LASTS_LEVEL false
const struct interrupt_row interrupt_rows[INTERRUPT_COUNT] = {
#define COMMON(name_, vector_, save_, hv_, ail_)                                                                       \
    .name = #name_, .vector = vector_, .save = SAVE_##save_, .hv = HV_##hv_, .ail = AIL_##ail_
#define INTERRUPT(name_, vector_, save_, hv_, ail_, text_) {COMMON(name_, vector_, save_, hv_, ail_), .text = text_},
#define ASYNC(name_, vector_, save_, hv_, ail_, bit_, priority_, when_, lasts_, wake_, enable_, reason_, text_)        \
    {COMMON(name_, vector_, save_, hv_, ail_),                                                                         \
     .text = text_,                                                                                                    \
     .pending = PENDING_##name_,                                                                                       \
     .priority = priority_,                                                                                            \
     .is_enabled = enabled_##when_,                                                                                    \
     .ends_when_taken = LASTS_##lasts_,                                                                                \
     .wake = wake_,                                                                                                    \
     .wake_enable = enable_,                                                                                           \
     .reason = reason_},
#include "core/state/interrupt.def"
#undef COMMON
#undef INTERRUPT
#undef ASYNC
};

/*
 * Alternate interrupt location, LPCR[AIL] (III 2.2, 6.4.3).  POWER9 has no LPCR[HAIL]; an interrupt from a guest to the
 * hypervisor can be moved only if the guest is radix.
 *
 *   row allows  AIL      MSR[IR] & MSR[DR]  HV before -> after  LPCR[HR]  applies
 *   no          any      any                any                 any       0
 *   yes         0, 1     any                any                 any       0      (1 is reserved)
 *   yes         2, 3     not both           any                 any       0
 *   yes         2, 3     both               0 -> 1              0         0
 *   yes         2, 3     both               0 -> 1              1         AIL
 *   yes         2, 3     both               0 -> 0, 1 -> 1      any       AIL
 */
unsigned ail_applies(const struct interrupt_row *row, u64 lpcr, u64 old_msr, bool new_hv)
{
    unsigned ail = (unsigned)GETFIELD(LPCR_AIL, lpcr);
    bool escalates = new_hv && !(old_msr & MSR_HV);

    if (!row->ail || ail < 2) return 0;
    if ((old_msr & (MSR_IR | MSR_DR)) != (MSR_IR | MSR_DR)) return 0;
    if (escalates && !(lpcr & LPCR_HR)) return 0;
    return ail;
}

static u64 vector_of(const struct interrupt_row *row, unsigned ail, u64 lev)
{
    if (row->save == SAVE_LRCTR) return (ail == 3 ? 0xc000000000003000ULL : 0x17000ULL) + lev * 32;
    if (ail == 3) return 0xc000000000004000ULL + row->vector;
    if (ail == 2) return 0x18000ULL + row->vector;
    return row->vector;
}

static bool hv_after(const struct thread *t, const struct interrupt_row *row, u64 lev)
{
    if (t->msr & MSR_HV) return true;
    switch ((enum interrupt_hv)row->hv) {
    case HV_KEEP: return false;
    case HV_SET: return true;
    case HV_LPES: return !(t->spr.LPCR & LPCR_LPES);
    case HV_LEV: return lev == 1 || lev == 2;
    }
    return false;
}

/* SAVE_LPES is one of two. */
static enum interrupt_save save_of(const struct interrupt_row *row, u64 lpcr)
{
    if (row->save == SAVE_LPES) return lpcr & LPCR_LPES ? SAVE_SRR : SAVE_HSRR;
    return (enum interrupt_save)row->save;
}

struct save_registers {
    u64 *nia, *image;
};

static struct save_registers registers_of(struct thread *t, enum interrupt_save save)
{
    switch (save) {
    case SAVE_LRCTR: return (struct save_registers){&t->lr, &t->ctr};
    case SAVE_HSRR: return (struct save_registers){&t->spr.HSRR0, &t->spr.HSRR1};
    case SAVE_USRR: return (struct save_registers){&t->spr.USRR0, &t->spr.USRR1};
    case SAVE_SRR:
    case SAVE_LPES: break;
    }
    return (struct save_registers){&t->spr.SRR0, &t->spr.SRR1};
}

struct interrupt_saved interrupt_saved(const struct thread *t)
{
    enum interrupt_save save = save_of(&interrupt_rows[t->interrupt], t->spr.LPCR);
    struct save_registers registers = registers_of((struct thread *)t, save);

    return (struct interrupt_saved){*registers.nia, *registers.image};
}

static u64 new_msr(const struct thread *t, const struct interrupt_row *row, bool hv, u64 lev, enum interrupt_save save)
{
    u64 old = t->msr, msr = MSR_SF | (old & (MSR_ME | MSR_S)) | (hv ? MSR_HV : 0);

    if (row == &interrupt_rows[INTERRUPT_MACHINE_CHECK]) msr &= ~MSR_ME;
    if (row == &interrupt_rows[INTERRUPT_SYSTEM_CALL] && lev == 2 && (t->spr.SMFCTRL & SMFCTRL_E)) msr |= MSR_S;
    if (save == SAVE_USRR) msr |= MSR_S;
    if (save == SAVE_HSRR || save == SAVE_USRR) msr |= old & MSR_RI;
    if (save == SAVE_LRCTR) msr |= old & (MSR_RI | MSR_EE);
    if (old & MSR_TS) msr |= MSR_TS_SUSPENDED;
    if (hv ? t->spr.HID0 & HID0_HILE : t->spr.LPCR & LPCR_ILE) msr |= MSR_LE;
    return msr;
}

static void record_interrupt(struct thread *t, u64 from, u64 msr)
{
    struct retire *r = retire_event(t->ring, RETIRE_INTERRUPT);

    r->interrupt.from = from;
    r->interrupt.to = t->nia;
    r->interrupt.msr = msr;
    r->interrupt.number = t->interrupt;
}

/* cause: bits for SRR1 or HSRR1; lev: of a system call. */
static void enter(struct thread *t, const struct interrupt_row *row, u64 return_to, u64 cause, u64 lev)
{
    bool hv = hv_after(t, row, lev);
    enum interrupt_save save = save_of(row, t->spr.LPCR);
    struct save_registers registers = registers_of(t, save);
    unsigned ail = ail_applies(row, t->spr.LPCR, t->msr, hv);
    u64 msr = new_msr(t, row, hv, lev, save), saved = (t->msr & SRR1_SAVED_MSR) | cause;

    pmu_check(t, return_to); /* what was due in the state that ends is its own */
    *registers.nia = return_to;
    *registers.image = saved;
    if (ail) msr |= MSR_IR | MSR_DR;
    t->counters->interrupts++;
    t->interrupt = (u32)(row - interrupt_rows);
    t->nia = vector_of(row, ail, lev);
    if (unlikely(t->traced)) record_interrupt(t, return_to, msr);
    thread_set_msr(t, msr);
}

void interrupt_take(struct thread *t, u64 cia)
{
    const struct fault *f = &t->fault;
    const struct interrupt_row *row = &interrupt_rows[f->row];
    bool hv_registers = row->save == SAVE_HSRR;
    u64 return_to = (f->at_nia ? t->nia : cia + (f->completed ? 4 : 0)) & t->ea_mask;

    if (f->row == INTERRUPT_MACHINE_CHECK && !(t->msr & MSR_ME)) {
        t->nia = return_to;  /* where it died */
        thread_checkstop(t); /* 6.5.2: with ME = 0 the thread cannot tell anybody */
        return;
    }
    t->counters->data_storage += f->row == INTERRUPT_DATA_STORAGE;
    t->counters->instruction_storage += f->row == INTERRUPT_INSTRUCTION_STORAGE;
    if (f->sets_dar) *(hv_registers ? &t->spr.HDAR : &t->spr.DAR) = f->dar;
    if (f->sets_dsisr) *(hv_registers ? &t->spr.HDSISR : &t->spr.DSISR) = f->dsisr;
    if (f->sets_asdr) t->spr.ASDR = f->asdr;
    if (f->sets_heir) t->spr.HEIR = f->heir;
    enter(t, row, return_to, f->srr1, f->lev);
}

/* ---- asynchronous interrupts ---- */

static const struct interrupt_row *row_of_pending(u32 bit)
{
    for (unsigned n = 0; n < INTERRUPT_COUNT; n++)
        if (interrupt_rows[n].pending == bit) return &interrupt_rows[n];
    return NULL;
}

static int pick(const struct thread *t, bool ee)
{
    const struct interrupt_row *best = NULL;
    bool below = (t->msr & (MSR_HV | MSR_PR)) != MSR_HV;

    for (unsigned n = 0; n < INTERRUPT_COUNT; n++) {
        const struct interrupt_row *row = &interrupt_rows[n];
        if (!(t->pending & row->pending) || (best && best->priority < row->priority)) continue;
        if (row->is_enabled(t, ee, below)) best = row;
    }
    return best ? (int)best->pending : 0;
}

int interrupt_pick(const struct thread *t)
{
    return t->pending ? pick(t, t->msr & MSR_EE) : 0;
}

void interrupt_take_async(struct thread *t, u32 bit, u64 nia)
{
    const struct interrupt_row *row = row_of_pending(bit);
    bool mediated_to_hv = bit == PENDING_MEDIATED_EXTERNAL && !(t->spr.LPCR & LPCR_LPES);

    if (row->ends_when_taken) t->pending &= ~bit;
    if (bit == PENDING_MACHINE_CHECK && !(t->msr & MSR_ME)) {
        thread_checkstop(t);
        return;
    }
    enter(t, row, nia & t->ea_mask, mediated_to_hv ? PPC_BIT(42) : 0, 0);
}

/* ---- stop ---- */

/* With PSSCR[EC] = 1 LPCR[PECE] says what ends a stop, and SRR1[42:45] of the system reset says what did (6.5.1). */
static const struct interrupt_row *wake_cause(const struct thread *t)
{
    const struct interrupt_row *first = NULL;

    for (unsigned n = 0; n < INTERRUPT_COUNT; n++) {
        const struct interrupt_row *row = &interrupt_rows[n];
        if (!row->wake || !(t->pending & row->pending) || (first && first->wake < row->wake)) continue;
        if (row->wake_enable && !(t->spr.LPCR & row->wake_enable)) continue;
        /* Whoever stops with EC = 1 is the hypervisor, from which HEIC keeps external exceptions (2.2). */
        if (row->pending == PENDING_EXTERNAL && (t->spr.LPCR & LPCR_HEIC)) continue;
        first = row;
    }
    return first;
}

bool stop_exits_by_reset(const struct thread *t)
{
    return (t->spr.PSSCR & PSSCR_EC) != 0;
}

/* The hypervisor decrementer's exception does not outlive a stop that it cannot end (timer.c makes none meanwhile). */
void interrupt_stop(struct thread *t)
{
    t->stopped = true;
    if (stop_exits_by_reset(t)) t->pending &= ~(u32)PENDING_HDECREMENTER;
}

bool interrupt_wakes(const struct thread *t)
{
    if (!t->pending) return false;
    return stop_exits_by_reset(t) ? wake_cause(t) != NULL : pick(t, true) != 0;
}

/* No state is ever lost in this model, whatever level was asked for: SRR1[46:47] = 1, PSSCR[PLS] = 0.  An exception
 * that shows as a reason in SRR1 stays what it was, so a doorbell still waits for its interrupt or msgclr; Linux says
 * so of the hardware (irq_set_pending_from_srr1). */
void interrupt_wake(struct thread *t)
{
    const struct interrupt_row *cause;
    u64 srr1 = SETFIELD(SRR1_WAKE_STATE, 0ULL, 1);

    t->stopped = false;
    t->spr.PSSCR &= ~PSSCR_PLS;
    if (!stop_exits_by_reset(t)) return; /* goes on behind the stop; an enabled interrupt is taken there as usual */
    cause = wake_cause(t);
    if (!cause) return;
    t->pending &= ~(cause->pending & (PENDING_SYSTEM_RESET | PENDING_MACHINE_CHECK));
    if (cause->pending == PENDING_MACHINE_CHECK) {
        if (t->msr & MSR_ME) enter(t, &interrupt_rows[INTERRUPT_MACHINE_CHECK], t->nia, srr1, 0);
        else thread_checkstop(t);
        return;
    }
    srr1 = SETFIELD(SRR1_WAKE_REASON, srr1, cause->reason);
    enter(t, &interrupt_rows[INTERRUPT_SYSTEM_RESET], t->nia, srr1, 0);
}
