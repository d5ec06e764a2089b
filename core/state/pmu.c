/* SPDX-License-Identifier: Apache-2.0 */
/* The performance monitor: what counts, when it is due, and the alert; see pmu.h. */
#include "core/state/pmu.h"

#include "core/state/ebb.h"
#include "core/state/spr_hooks.h"
#include "core/state/timer.h"
#include "stats/counters.h"

enum { PMC5 = 4, PMC6 = 5 }; /* places in arrays */
enum { EVENTS_AT_ONCE = 4 }; /* at most so many misses of a kind in one instruction: it may touch two pages twice */
#define NEGATIVE 0x80000000ULL
#define NEVER UINT64_MAX

/* ---- events ---- */

struct event {
    u32 code;
    u16 offset; /* in struct counters */
    bool only_run;
};
enum { ALWAYS = 0, RUN = 1 };
static const struct event events[] = {
    {0, 0, ALWAYS}, /* nothing */
#define PMU_EVENT(code, counter, when, event) {code, offsetof(struct counters, counter), when},
#include "core/state/pmu.def"
#undef PMU_EVENT
#define COUNTER(field, unit, code, event, text) {code, offsetof(struct counters, field), ALWAYS},
#include "stats/counters.def"
#undef COUNTER
};

/* The event of a code on PMC n: rows name one PMC, or with 0 any of the four that can choose. */
static unsigned find_event(unsigned pmc, u32 code)
{
    for (unsigned k = 1; k < ARRAY_SIZE(events); k++) {
        u32 row = events[k].code;
        if (row && (row & 0xffff) == (code & 0xffff) && (row >> 16 == pmc || (row >> 16 == 0 && pmc <= 4))) return k;
    }
    return 0;
}

/* MMCR1 (III 9.4.5, as Linux's power9-pmu.c uses it): four bits of unit, two of combine, eight of selector each. */
static u32 selected_code(const struct thread *t, unsigned n)
{
    u64 mmcr1 = t->spr.MMCR1;
    u32 unit = (u32)(mmcr1 >> (60 - 4 * n)) & 0xf, combine = (u32)(mmcr1 >> (38 - 2 * n)) & 3;

    return unit << 12 | combine << 10 | ((u32)(mmcr1 >> (24 - 8 * n)) & 0xff);
}

static bool is_own(unsigned event)
{
    return events[event].offset == offsetof(struct counters, completed) ||
           events[event].offset == offsetof(struct counters, cycles);
}

/* Classes, of which an instruction has at most one, are counted in packed form until the run loop unpacks them
 * (thread.h). */
static bool is_class(u16 offset)
{
    return offset == offsetof(struct counters, loads) || offset == offsetof(struct counters, stores) ||
           offset == offsetof(struct counters, branches);
}
static u64 packed_part(const struct thread *t, u16 offset)
{
    switch (offset) {
    case offsetof(struct counters, loads): return t->class_sums >> SUM_LOADS_SHIFT & SUM_MASK;
    case offsetof(struct counters, stores): return t->class_sums >> SUM_STORES_SHIFT & SUM_MASK;
    case offsetof(struct counters, branches): return t->class_sums >> SUM_BRANCHES_SHIFT & SUM_MASK;
    default: return 0;
    }
}

static u64 source(const struct thread *t, unsigned event)
{
    u16 offset = events[event].offset;

    if (offset == offsetof(struct counters, completed)) return t->completed;
    if (offset == offsetof(struct counters, cycles)) return thread_time(t) - t->idle_cycles;
    return *(const u64 *)(const void *)((const char *)t->counters + offset) + packed_part(t, offset);
}

/* ---- counting ---- */

static u64 *pmc_field(struct thread *t, unsigned n)
{
    u64 *const fields[] = {&t->spr.PMC1, &t->spr.PMC2, &t->spr.PMC3, &t->spr.PMC4, &t->spr.PMC5, &t->spr.PMC6};

    return fields[n];
}

void pmu_settle(struct thread *t)
{
    for (unsigned left = t->pmu.running; left; left &= left - 1) {
        unsigned n = (unsigned)__builtin_ctz(left);
        u64 now = source(t, t->pmu.event[n]), *pmc = pmc_field(t, n);
        *pmc = (u32)(*pmc + now - t->pmu.base[n]);
        t->pmu.base[n] = now;
    }
}

void pmu_rebase(struct thread *t)
{
    for (unsigned left = t->pmu.running; left; left &= left - 1) {
        unsigned n = (unsigned)__builtin_ctz(left);
        t->pmu.base[n] = source(t, t->pmu.event[n]);
    }
}

/* Freeze conditions that MMCR0 has for all counters and for the branch history (III 9.4.4). */
static bool is_frozen_in_state(const struct thread *t)
{
    u64 m = t->spr.MMCR0;
    bool hv = t->msr & MSR_HV, pr = t->msr & MSR_PR;

    if (!pr) return m & (hv ? MMCR0_FCH : MMCR0_FCS);
    if (m & MMCR0_FCPC) return (m & MMCR0_FCP) ? hv : !hv;
    return m & MMCR0_FCP;
}

static bool is_frozen_by_mark(u64 msr, bool with_mark, bool without)
{
    return (msr & MSR_PMM) ? with_mark : without;
}

/* MMCR2 has nine bits for each counter: S P0 P1 M1 M0 WAIT H and two reserved ones (III 9.4.7). */
static bool is_frozen_by_mmcr2(const struct thread *t, unsigned n)
{
    u64 bits = t->spr.MMCR2 << (9 * n), msr = t->msr;
    bool hv = msr & MSR_HV;

    if (is_frozen_by_mark(msr, bits & PPC_BIT(3), bits & PPC_BIT(4))) return true;
    if ((bits & PPC_BIT(5)) && !(t->spr.CTRL & 1)) return true;
    if (msr & MSR_PR) return bits & (hv ? PPC_BIT(2) : PPC_BIT(1));
    return bits & (hv ? PPC_BIT(6) : PPC_BIT(0));
}

static bool counts(const struct thread *t, unsigned n)
{
    u64 m = t->spr.MMCR0;
    bool run = t->spr.CTRL & 1, choosing = n < PMC5;

    if (!t->pmu.event[n] || (m & MMCR0_FC) || (m & (choosing ? MMCR0_FC14 : MMCR0_FC56))) return false;
    if (n && (m & MMCR0_TRIGGER)) return false;
    if (is_frozen_by_mark(t->msr, m & MMCR0_FCM1, m & MMCR0_FCM0)) return false;
    if (!run && (choosing ? (m & MMCR0_FCWAIT) || events[t->pmu.event[n]].only_run : !(m & MMCR0_CC56RUN)))
        return false;
    return !is_frozen_in_state(t) && !is_frozen_by_mmcr2(t, n);
}

static void choose_events(struct thread *t)
{
    for (unsigned n = 0; n < PMC5; n++) {
        u32 code = selected_code(t, n);
        t->pmu.event[n] = (u8)(code ? find_event(n + 1, code) : 0);
    }
    t->pmu.event[PMC5] = (u8)find_event(5, 0x500fa);
    t->pmu.event[PMC6] = (u8)find_event(6, 0x600f4);
}

/* ---- what is due ---- */

static bool is_negative(struct thread *t, unsigned n)
{
    return *pmc_field(t, n) & NEGATIVE;
}

/* Time-base transition: MMCR0[TBSEL] selects bit 63, 55, 51 or 47, which goes from 0 to 1; in ticks of the clock. */
static u64 next_tb_event(const struct thread *t)
{
    static const u8 bits[] = {0, 8, 12, 16};
    u64 half = 1ULL << bits[GETFIELD(MMCR0_TBSEL, t->spr.MMCR0)], tb = timer_tb(t);
    u64 next = (tb & ~(2 * half - 1)) | half;

    if (next <= tb) next += 2 * half;
    return timer_ticks(t) + (next - tb);
}

/* Does anything happen when a condition or event comes? */
static bool somebody_waits(const struct thread *t)
{
    u64 m = t->spr.MMCR0;

    return (m & (MMCR0_PMAE | MMCR0_TRIGGER)) || ((m & MMCR0_FCECE) && !(m & MMCR0_FC));
}

/* An enabled condition: a negative counter (III 9.4.4, PMC1CE and PMCjCE).  It lasts as long as the counter is
 * negative. */
static bool condition_exists(struct thread *t)
{
    u64 m = t->spr.MMCR0;

    if ((m & MMCR0_PMC1CE) && is_negative(t, 0)) return true;
    for (unsigned n = 1; (m & MMCR0_PMCJCE) && n < PMC_COUNT; n++)
        if (is_negative(t, n)) return true;
    return false;
}

static bool ends_trigger(struct thread *t)
{
    return (t->spr.MMCR0 & MMCR0_TRIGGER) && is_negative(t, 0);
}

static void earlier(u64 *deadline, u64 when)
{
    if (when < *deadline) *deadline = when;
}

static void set_deadline_of(struct thread *t, unsigned n)
{
    u64 left = NEGATIVE - *pmc_field(t, n);
    unsigned event = t->pmu.event[n];

    if (events[event].offset == offsetof(struct counters, cycles)) earlier(&t->pmu.at_cycles, thread_time(t) + left);
    else if (is_own(event) || is_class(events[event].offset))
        earlier(&t->pmu.at_completed, t->completed + left); /* at most one per instruction */
    else earlier(&t->pmu.at_completed, t->completed + (left > EVENTS_AT_ONCE ? left / EVENTS_AT_ONCE : 1));
}

static void set_deadlines(struct thread *t)
{
    u64 m = t->spr.MMCR0;

    t->pmu.at_completed = t->pmu.at_cycles = NEVER;
    if (!somebody_waits(t)) return;
    if (condition_exists(t) || ends_trigger(t)) {
        t->pmu.at_completed = 0;
        return;
    }
    for (unsigned left = t->pmu.running; left; left &= left - 1) {
        unsigned n = (unsigned)__builtin_ctz(left);
        if (!is_negative(t, n) && (m & (n ? MMCR0_PMCJCE : MMCR0_PMC1CE | MMCR0_TRIGGER))) set_deadline_of(t, n);
    }
    if (m & MMCR0_TBEE) earlier(&t->pmu.at_cycles, timer_cycles_at(t, t->pmu.tb_event));
}

/* The freeze bits of MMCR0 and MMCR2 that the MSR decides about matter for counters and, while alerts are enabled, for
 * the branch history, which is written only then. */
#define BY_STATE (MMCR0_FCS | MMCR0_FCP | MMCR0_FCM1 | MMCR0_FCM0 | MMCR0_FCPC | MMCR0_FCH)

void pmu_update(struct thread *t)
{
    u64 m = t->spr.MMCR0;
    unsigned running = 0;

    pmu_settle(t);
    t->pmu.by_state = ((m & BY_STATE) || t->spr.MMCR2) && (!(m & MMCR0_FC) || (m & MMCR0_PMAE));
    for (unsigned n = 0; n < PMC_COUNT; n++)
        if (counts(t, n)) running |= 1u << n;
    t->pmu.running = (u8)running;
    t->pmu.accounted = 0;
    for (unsigned n = 0; n < PMC5; n++)
        if ((running & (1u << n)) && !is_own(t->pmu.event[n])) t->pmu.accounted |= (u8)(1u << n);
    pmu_rebase(t);
    t->bhrb.on = (m & MMCR0_PMAE) && !is_frozen_in_state(t);
    set_deadlines(t);
    thread_attend(t);
}

/* ---- the alert ---- */

/* PMAO is the exception: the operating system's, or with EBE the program's (III 9.4.4). */
static void pass_on_alert(struct thread *t)
{
    u64 m = t->spr.MMCR0;

    if ((m & MMCR0_PMAO) && !(m & MMCR0_EBE)) thread_raise(t, PENDING_PERFORMANCE_MONITOR);
    else t->pending &= ~(u32)PENDING_PERFORMANCE_MONITOR;
    ebb_update(t);
}

/* Without random sampling SIAR is some instruction near the alert: the next one (III 9.4.2). */
static void sample(struct thread *t, u64 nia)
{
    if (t->spr.MMCRA & MMCRA_SAMPLE_ENABLE) return;
    t->spr.SIAR = nia;
    t->spr.SIER = SIER_SIARV | ((t->msr & MSR_PR) ? SIER_SIPR : 0) | ((t->msr & MSR_HV) ? SIER_SIHV : 0);
}

void pmu_alert(struct thread *t, u64 nia)
{
    u64 m = t->spr.MMCR0;
    bool due;

    pmu_settle(t);
    due = condition_exists(t);
    if ((m & MMCR0_TBEE) && timer_ticks(t) >= t->pmu.tb_event) {
        due = true;
        t->pmu.tb_event = next_tb_event(t);
    }
    if (m & MMCR0_TRIGGER) {
        if (due || is_negative(t, 0)) m &= ~MMCR0_TRIGGER; /* and FCECE is taken as 0 this time */
    } else if (due && (m & MMCR0_FCECE)) {
        m |= MMCR0_FC;
    }
    if (due && (m & MMCR0_PMAE)) {
        m = (m & ~MMCR0_PMAE) | MMCR0_PMAO;
        sample(t, nia);
    }
    t->spr.MMCR0 = m;
    pass_on_alert(t);
    pmu_update(t);
}

void pmu_time_changed(struct thread *t)
{
    if (!(t->spr.MMCR0 & MMCR0_TBEE)) return;
    t->pmu.tb_event = next_tb_event(t);
    pmu_update(t);
}

void pmu_reset(struct thread *t)
{
    t->pmu = (struct pmu){0};
    t->bhrb = (struct bhrb){0};
    choose_events(t);
    pmu_update(t);
}

void pmu_restored(struct thread *t)
{
    choose_events(t);
}

/* ---- registers ---- */

static enum spr_result set_control(struct thread *t, u64 *reg, u64 value, u64 changeable)
{
    pmu_settle(t);
    t->pmu.running = 0;
    *reg = (*reg & ~changeable) | (value & changeable);
    choose_events(t);
    t->pmu.tb_event = next_tb_event(t);
    pass_on_alert(t);
    pmu_update(t);
    return SPR_CONTEXT;
}

static enum spr_result set_pmc(struct thread *t, unsigned n, u64 value)
{
    pmu_settle(t);
    *pmc_field(t, n) = (u32)value;
    pmu_update(t);
    return SPR_DONE; /* the deadline is looked at next, before anything can be read of it */
}

static u64 get_pmc(struct thread *t, unsigned n)
{
    pmu_settle(t);
    return *pmc_field(t, n);
}

/* One hook a line reads as a table. */
/* clang-format off */
#define UNUSED_ROW (void)row
HOOK_PUT(mmcr) { return set_control(t, spr_field(t, row), value, row->mask); }
HOOK_GET(pmc) { return get_pmc(t, row->number - 787u); }
HOOK_PUT(pmc) { return set_pmc(t, row->number - 787u, value); }
HOOK_GET(upmc) { return get_pmc(t, row->number - 771u); }
HOOK_PUT(upmc) { return set_pmc(t, row->number - 771u, value); }

/* Through the numbers that it may use problem state sees and changes of MMCR0 only FC, PMAE and PMAO, of MMCR2 the
 * FCnP0 bits, and of MMCRA it changes nothing (III 9.4.4, 9.4.7, 9.4.8); to the others they are second names. */
#define UMMCR0_BITS (MMCR0_FC | MMCR0_PMAE | MMCR0_PMAO)
#define UMMCR2_BITS (PPC_BIT(1) | PPC_BIT(10) | PPC_BIT(19) | PPC_BIT(28) | PPC_BIT(37) | PPC_BIT(46))
static u64 reach(const struct thread *t, u64 of_problem_state) { return (t->msr & MSR_PR) ? of_problem_state : ~0ULL; }
HOOK_GET(ummcr0) { UNUSED_ROW; return t->spr.MMCR0 & reach(t, UMMCR0_BITS); }
HOOK_PUT(ummcr0) { UNUSED_ROW; return set_control(t, &t->spr.MMCR0, value, reach(t, UMMCR0_BITS)); }
HOOK_GET(ummcr2) { UNUSED_ROW; return t->spr.MMCR2 & reach(t, UMMCR2_BITS); }
HOOK_PUT(ummcr2) { UNUSED_ROW; return set_control(t, &t->spr.MMCR2, value, reach(t, UMMCR2_BITS)); }
HOOK_GET(ummcra) { UNUSED_ROW; return t->spr.MMCRA; }
HOOK_PUT(ummcra) { UNUSED_ROW; return set_control(t, &t->spr.MMCRA, value, reach(t, 0)); }

/* The run latch: some counters count only while it is on. */
HOOK_PUT(run_latch)
{
    t->spr.CTRL = (t->spr.CTRL & ~row->mask) | (value & row->mask);
    if (!(t->spr.MMCR0 & MMCR0_FC)) pmu_update(t);
    return SPR_DONE;
}
