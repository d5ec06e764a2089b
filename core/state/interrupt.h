/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From "what happened" to registers and a vector: row x MSR x LPCR (x secure memory) -> save registers, new MSR, where
 * to go.  Nothing here decides why (fault.c) or when (the run loop asks interrupt_pick).
 */
#ifndef P9_CORE_STATE_INTERRUPT_H
#define P9_CORE_STATE_INTERRUPT_H

#include "core/state/thread.h"

enum interrupt {
#define INTERRUPT(name, ...) INTERRUPT_##name,
#define ASYNC INTERRUPT
#include "core/state/interrupt.def"
#undef INTERRUPT
#undef ASYNC
    INTERRUPT_COUNT
};

enum interrupt_save { SAVE_SRR, SAVE_HSRR, SAVE_USRR, SAVE_LPES, SAVE_LRCTR };
enum interrupt_hv { HV_KEEP, HV_SET, HV_LPES, HV_LEV };
struct interrupt_row { /* columns of interrupt.def */
    const char *name, *text;
    u32 vector, pending; /* pending: its bit of t->pending; 0: an instruction causes it */
    u8 save, hv;
    bool ail;
    u8 priority, wake, reason;
    bool ends_when_taken;
    u64 wake_enable;
    bool (*is_enabled)(const struct thread *t, bool ee, bool below);
};
extern const struct interrupt_row interrupt_rows[INTERRUPT_COUNT];

/* Deliver t->fault, raised by the instruction (or fetch) at cia: t->nia is the first instruction of the handler. A
 * fault that completed returns to cia + 4. */
void interrupt_take(struct thread *t, u64 cia);

/* What the interrupt that the thread has just taken saved: where execution would have gone on, and the MSR with the
 * bits of the cause. */
struct interrupt_saved {
    u64 nia, image;
};
struct interrupt_saved interrupt_saved(const struct thread *t);

/* The highest-priority asynchronous interrupt that is pending and enabled, as its bit of t->pending; 0 if none. */
int interrupt_pick(const struct thread *t);
/* Deliver it; nia is where execution would have gone on. */
void interrupt_take_async(struct thread *t, u32 bit, u64 nia);

/* stop (III 3.3.2).  With PSSCR[EC] = 1 a system reset interrupt ends it, for what LPCR[PECE] lets through. */
void interrupt_stop(struct thread *t);
bool stop_exits_by_reset(const struct thread *t);

/* Of a stopped thread (PSSCR): does anything pending end the stop?  interrupt_wake does it: t->nia is where it goes on.
 */
bool interrupt_wakes(const struct thread *t);
void interrupt_wake(struct thread *t);

/* LPCR[AIL] that applies to an interrupt of this row: 0, 2 or 3. */
unsigned ail_applies(const struct interrupt_row *row, u64 lpcr, u64 old_msr, bool new_hv);

#endif
