/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One hardware thread: data only.  Whoever may change a field is said beside it:
 *   [derived]   computed from other state by one function, never assigned elsewhere
 *   [attention] whoever changes it calls thread_attend(), so that the run loop looks before the next taken branch
 *   [run]       owned by the run loop (core/run)
 * The first page of the struct is what every instruction touches; keep it dense.
 *
 * Counting.  A straight run of instructions is counted when it is left: completed and class_sums stand at the value
 * they had at run_start.  `due` is the value of completed at which the run loop must look up; setting it to 0
 * (thread_attend) makes it look at the next taken branch, page end or context-synchronising instruction.  `limit` is
 * what the ports compare with: `due`, or less if the run is to stand still earlier (core/run/run.h).
 *
 * Time.  Local time in cycles is completed x pace + stall_cycles: every completed instruction costs the same, the
 * translation model and idle time add to stall_cycles.  Of a thread that is timed the pace is 0: who reads its records
 * says how long instructions took, which enters stall_cycles wherever the run loop looks up and before instructions
 * that may ask for the time (thread_take_time() in core/run/run.h).
 */
#ifndef P9_CORE_STATE_THREAD_H
#define P9_CORE_STATE_THREAD_H

#include "base/bits.h"
#include "base/power.h"
#include "mmu/hostmap.h"
#include "mmu/slb.h"

/* A vector-scalar register. Elements are numbered as the book does, element 0 most significant: VSR_D(v, 0) is
 * doubleword 0, which is also the floating-point register for VSR 0-31. */
union vsr {
    u8 b[16];
    u16 h[8];
    u32 w[4];
    u64 d[2];
    u128 q;
};
#if HOST_IS_LE
#define VSR_B(v, n) ((v).b[15 - (n)])
#define VSR_H(v, n) ((v).h[7 - (n)])
#define VSR_W(v, n) ((v).w[3 - (n)])
#define VSR_D(v, n) ((v).d[1 - (n)])
#else
#define VSR_B(v, n) ((v).b[n])
#define VSR_H(v, n) ((v).h[n])
#define VSR_W(v, n) ((v).w[n])
#define VSR_D(v, n) ((v).d[n])
#endif

/* What an instruction tells the run loop. */
enum next {
    NEXT,    /* go on with the following instruction */
    JUMP,    /* go on at t->nia */
    NO_INSN, /* no instruction was there: a stub has ended the run (of a thread that is recorded; core/run/record.c) */
    FAULT,   /* an interrupt is described in t->fault; the instruction did not complete (unless fault.completed) */
};

/* What PCR takes from problem state (III 2.5): instructions and registers that came after a version, and TM. */
enum pcr_withheld { WITHHELD_AFTER_2_05 = 1, WITHHELD_AFTER_2_06 = 2, WITHHELD_AFTER_2_07 = 4, WITHHELD_TM = 8 };

/* Asynchronous interrupts: bits of t->pending, each a row of interrupt.def. */
enum pending_bit {
#define INTERRUPT(...)
#define ASYNC(name, vector, save, hv, ail, bit, ...) PENDING_##name = 1 << (bit),
#include "core/state/interrupt.def"
#undef INTERRUPT
#undef ASYNC
    PENDING_EBB = 1 << 12, /* no interrupt: an event-based branch waits (derived from BESCR, ebb.h) */
};

/* Why the run loop of a thread comes back although its turn is not up. */
enum turn {
    TURN_GOES_ON,
    TURN_OVER,  /* it told another thread something: who runs next is decided anew */
    TURN_WAITS, /* what its next instruction does must wait for threads that are behind; the instruction did nothing */
};

/* The synchronous interrupt that the current instruction raised: a value until interrupt_take() delivers it. */
struct fault {
    u16 row;        /* enum interrupt */
    bool completed; /* the instruction did its work (sc, trace): the return address is the next instruction */
    u64 srr1;       /* cause bits for SRR1/HSRR1 (the MSR bits are added on delivery) */
    u64 dar, asdr;
    u32 dsisr, heir;
    u8 lev; /* of sc and scv */
    bool sets_dar, sets_dsisr, sets_asdr, sets_heir;
    bool at_nia; /* it is found between instructions: the return address is t->nia */
};

/* Every SPR has a row in spr.def; rows with storage of their own become a field here. */
struct sprs {
#define SPR(name, ...) u64 name;
#define SPR_ALIAS(...)
#include "core/state/spr.def"
#undef SPR
#undef SPR_ALIAS
};

/* The checkpointed registers of Transactional Memory (Book II 5.3.1): trechkpt. fills them, a failing transaction gets
 * them back. */
struct checkpoint {
    u64 gpr[32], lr, ctr, xer, fpscr, amr, dscr, ppr, tar, vrsave;
    union vsr vsr[64] __attribute__((aligned(16)));
    u8 cr[8];
    u32 vscr;
};

/* The performance monitor (pmu.h): what counts, and when there is something to do. */
enum { PMC_COUNT = 6 };
struct pmu {
    u64 base[PMC_COUNT];         /* value of the source when the counter was last settled */
    u8 event[PMC_COUNT];         /* [derived] from MMCR1: index of pmu.c's events, 0 if none */
    u8 running;                  /* [derived] bit n: PMC n + 1 counts */
    u8 accounted;                /* [derived] bit n: and its source belongs to the active account */
    bool by_state;               /* [derived] MSR[HV], MSR[PR] or MSR[PMM] decide what counts */
    u64 tb_event;                /* clock ticks of the next time-base transition that MMCR0[TBSEL] selects */
    u64 at_completed, at_cycles; /* [derived] look when either is reached */
};

enum { BHRB_ENTRIES = 32 };
struct bhrb {
    u64 entry[BHRB_ENTRIES];
    u32 newest;
    bool on; /* [derived] taken branches are recorded, by the traced port */
};

/* Packed class counts: three fields of 21 bits, so a run loop must unpack before 2^21 instructions have run. */
enum { SUM_LOADS_SHIFT = 0, SUM_STORES_SHIFT = 21, SUM_BRANCHES_SHIFT = 42 };
#define SUM_MASK 0x1fffffULL

struct insn;
struct code;
struct fabric;
struct retire_ring;
struct counters;
struct hot;

struct thread {
    /* ---- hot: registers of Book I ---- */
    u64 gpr[32];
    u64 nia; /* where a JUMP goes */
    u64 lr, ctr;
    u8 cr[8];                  /* one condition-register field each: LT 8, GT 4, EQ 2, SO 1 */
    u8 so, ov, ca, ov32, ca32; /* XER, 0 or 1 each */
    u8 le;                     /* [derived] MSR[LE] */
    u64 xer_rest;              /* the other XER bits that hold what was written (46 to 63, see spr_hooks.c) */
    u64 msr;                   /* [attention] change through thread_set_msr() */
    u64 withheld;              /* [derived] of MSR[FP, VEC, VSX]: what HFSCR does not let this state use */

    /* ---- hot: the run loop ---- */
    u64 completed;                /* [run] instructions completed before run_start */
    u64 limit;                    /* [run] come back when completed reaches this; 0 = at once */
    u64 due;                      /* [run] look up when completed reaches this: limit is never beyond it */
    u64 class_sums;               /* [run] packed loads/stores/branches since the last unpacking */
    const struct insn *run_start; /* [run] first instruction of the straight run */
    const struct insn *at;        /* [run] where the last instruction stood that left, or went the slow way */
    struct insn *page;            /* [run] decoded instructions of the current page */
    u64 page_ea;                  /* [run] effective address of that page */
    const struct insn *paused;    /* [run] stands still in the middle of a straight run, before this one; or NULL */
    const struct insn *pause_at;  /* [run] to stand still before this one, whose slot leads to code.h's pause stub */
    const struct insn *told;      /* [run] the one that it goes on with, where `arrived` was true of it */
    u64 ea_mask;                  /* [derived] all ones, or 0xffffffff in 32-bit mode (traced port only) */
    struct mmu *mmu;              /* this thread's translation; its host-side tables are the fast path */
    struct hostmap map;           /* [derived] the active tables (copied from mmu at every context change) */
    u8 fetch_shift;               /* [run] page size of the current page, for records */

    /* ---- storage access, slow path ---- */
    u64 slow_value[2]; /* result of slow_load: [0] low or only doubleword, [1] high */
    u64 reserve_ra;    /* reservation granule (128 bytes) */
    bool reserved;
    bool watching; /* [derived] DAWRX0 can match something (core/run/watch.c) */
    bool noting;   /* [run] the traced port runs: accesses are noted in the ring (retire.h) */

    /* ---- vector-scalar registers ---- */
    union vsr vsr[64] __attribute__((aligned(16)));
    u64 fpscr;
    u32 vscr;

    /* ---- interrupts ---- */
    struct fault fault;
    u32 pending;         /* [attention] enum pending_bit */
    u32 interrupt;       /* enum interrupt: the last one taken */
    bool stopped;        /* in stop (PSSCR) state: executes nothing until something wakes it */
    bool held;           /* not started yet, or stopped by direct controls (SCOM): not even interrupts wake it */
    bool external_event; /* level of the line of external event-based branches (ebb.h) */
    bool checkstop;      /* died: machine check with MSR[ME]=0 and the like */

    /* ---- special-purpose registers ---- */
    struct sprs spr;

    struct pmu pmu;
    struct bhrb bhrb;

    /* ---- time ---- */
    u64 pace;           /* cycles of an instruction, in 1/65536: PACE_ONE is 1; 0: it is timed */
    u64 stall_cycles;   /* cycles that the pace does not account for: walks, idle; negative after a change of pace */
    u64 idle_cycles;    /* part of them spent stopped */
    u64 owed_cycles;    /* of a thread that is timed: what its records took that has not entered stall_cycles yet */
    u64 window_end;     /* [run] local time at which this turn ends */
    u64 others_at;      /* [run] local time of the one that is furthest behind of the other threads (fabric.h) */
    bool in_company;    /* there are other threads: what they can tell the time of happens in order of time */
    u8 turn;            /* [run] enum turn */
    bool mid_turn;      /* [run] the turn is not over: the thread only stands still */
    bool halt;          /* [attention] stand still behind this instruction: thread_halt() */
    bool arrived;       /* [run] the address of the next instruction has been told to whoever waits for it */
    bool tells_context; /* run_services.context wants to hear of changes of context */
    s64 tb_offset;      /* timebase ticks added to the clock (mttbl/mttbu, TOD) */
    u64 dec_deadline;   /* [attention] clock ticks at which DEC becomes negative; see timer.c */
    u64 hdec_deadline;
    bool hdec_was_negative; /* at the last timer_update(): the edge of HDEC is its exception */
    u64 timer_deadline;     /* [derived] local time in cycles at which either changes sign (timer.c) */
    u64 vtb_base, purr_base, spurr_base;
    u64 cycles_to_tb;    /* timebase ticks per 2^32 cycles */
    u64 tfmr_sync_ticks; /* clock at the last write of TFMR: a sync pulse is reported if one came since */

    struct slb slb;               /* [attention] */
    struct checkpoint checkpoint; /* of the suspended transaction, if MSR[TS] says so */
    bool tm_fake_suspend;         /* PSSCR[53]: the hypervisor may say "suspended" without a checkpoint (tm.h) */

    /* ---- who and where ---- */
    u32 pir, core, index_in_core, threads_in_core;
    struct thread *sibling[8]; /* the threads of this core, itself included, in order of index */
    struct code *code;         /* [run] decoded pages of the machine */
    struct bus *bus;
    struct fabric *fabric;     /* what crosses threads */
    struct counters *counters; /* the active account's; switching accounts switches the pointer */
    struct account *account;   /* [run] the active one */
    struct retire_ring *ring;  /* where accesses are noted, and records go (never NULL while the traced port runs) */
    const struct core_config *config;
    const struct run_services *services; /* what the machine does for an instruction: callthru, random numbers */
    bool traced;                         /* recorded: through the traced port, with a record of each instruction */
    u8 pcr_withheld;                     /* [derived] enum pcr_withheld; 0 but in problem state under a PCR */
    struct account_book *accounts;
    struct partition_tree *partitions;
    struct partition *partition; /* [run] that runs here: L0's while HV = 1 */
    u32 guest_lpid;              /* [run] LPIDR of the guest that runs here; 0: L0 */
    u32 host_pid;                /* [run] PIDR when LPIDR was 0: during a world switch it is the guest's already */
    struct hot *hot;             /* where the walks of all threads are noted; may be NULL */
    u64 counted_completed, counted_cycles, counted_idle; /* [run] what the accounts have received so far */
    struct log *log;
    const char *death;    /* why checkstop, in words (static text) */
    u64 barren_completed; /* [run] completed at the last interrupt, and how many came since without one */
    u32 barren_interrupts;
};

/* Ask the run loop to look up at the next taken branch, page end or context-synchronising instruction. */
static inline void thread_attend(struct thread *t)
{
    t->limit = t->due = 0;
}

static inline void thread_raise(struct thread *t, u32 bit)
{
    t->pending |= bit;
    thread_attend(t);
}

/* ---- local time ---- */

enum { PACE_SHIFT = 16, PACE_ONE = 1 << PACE_SHIFT, PACE_MOST = PACE_ONE * 1000 };

/* Cycles of its first `insns` instructions. */
static inline u64 thread_insn_cycles(const struct thread *t, u64 insns)
{
    return (u64)((u128)insns * t->pace >> PACE_SHIFT);
}

/* In cycles, at run_start. */
static inline u64 thread_time(const struct thread *t)
{
    return thread_insn_cycles(t, t->completed) + t->stall_cycles;
}

/* From now on instructions take so long; 0: its records will tell.  Time itself goes on from where it is. */
static inline void thread_set_pace(struct thread *t, u64 pace)
{
    u64 now = thread_time(t);

    t->pace = pace;
    t->stall_cycles = now - thread_insn_cycles(t, t->completed);
}

/* The value of completed at which so many cycles will have passed; of a thread that is timed an instruction counts as a
 * cycle, and the caller looks at the time again when it gets there. */
static inline u64 thread_completed_in(const struct thread *t, u64 cycles)
{
    u128 sum = thread_insn_cycles(t, t->completed);

    if (likely(t->pace == PACE_ONE) || !t->pace) return t->completed + cycles;
    return (u64)((((sum + cycles) << PACE_SHIFT) + t->pace - 1) / t->pace);
}

/* Charge cycles that the pace does not account for; the turn ends as much earlier. */
static inline void thread_stall(struct thread *t, u64 cycles)
{
    u64 insns = likely(t->pace == PACE_ONE) || !t->pace ? cycles : (u64)(((u128)cycles << PACE_SHIFT) / t->pace);

    t->stall_cycles += cycles;
    t->limit = t->limit > insns ? t->limit - insns : 0;
    t->due = t->due > insns ? t->due - insns : 0;
}

#endif
