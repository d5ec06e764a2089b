/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What crosses threads besides storage: doorbell messages, and what devices do to a thread while another one runs. Each
 * ends as a pending bit in the other thread, which its run loop sees at its next look-up; translation broadcasts go
 * through the mmu, which knows all threads itself.
 *
 * Order of time.  Threads are simulated one after the other, so one of them is ahead of the others in its own time, and
 * what it does is seen by threads whose clocks show less.  For most instructions nobody can tell.  Those that tell the
 * time or talk - reads of the time base, doorbells, accesses to devices, loads with reservation, calls of the simulator
 * - ask fabric_in_order() first: it refuses while another thread is behind, the instruction does nothing (as if it had
 * not been reached), and is executed again when the others have caught up.  Hence, whatever the length of turns:
 *
 *     these instructions happen in the order of their local times, so no time base that is read is less than one
 *     that was read before on any thread;
 *     a thread that stood still when it was told something goes on at the time of the one who told it.
 *
 * machine/turns.c decides who runs, and bounds how far a thread gets ahead.
 */
#ifndef P9_CORE_STATE_FABRIC_H
#define P9_CORE_STATE_FABRIC_H

#include "base/state.h"
#include "core/state/thread.h"

struct fabric {
    struct thread **threads; /* in the order of their numbers */
    unsigned count;
    struct thread *running; /* whose turn it is; NULL between turns */
    u64 told_at;            /* when, in cycles, a thread last told another one something */
    bool told;              /* and that this happened in the present turn */
    u64 ordered_at;         /* developers' builds: when the last thread did what others can tell the time of */
};

extern const struct state_table fabric_state;

/* May the thread now do what others can tell the time of?  Its local time must be exact (insn_end_run).  False: not
 * yet; its turn ends, and the instruction must leave everything as it is and return FAULT, with nothing in t->fault. */
must_use bool fabric_in_order(struct thread *t);

/* Local time goes on to this cycle, if it is behind, without anything being executed. */
void fabric_stand_still(struct thread *t, u64 cycles);

/* The thread whose turn it is has told this one something that may change what it does next: they meet in time. */
void fabric_told(struct thread *to);

/* The same with a pending bit. */
void fabric_raise(struct thread *to, u32 bit);

/* The thread with this PIR, or NULL. */
struct thread *fabric_thread(const struct fabric *fabric, u32 pir);

/* msgsnd: the message in RB (III 11.4): type 5; to one thread by PIR, or to all threads of its core. */
void fabric_msgsnd(struct thread *from, u64 message);
/* msgsndp: within the core, by thread number; LPAR-per-thread: only thread 0, the sender itself. */
void fabric_msgsndp(struct thread *from, u64 message);
/* msgsndu: as msgsnd, for the ultravisor; nobody hears it while the secure memory facility is off. */
void fabric_msgsndu(struct thread *from, u64 message);
/* msgclr, msgclrp, msgclru: end a doorbell exception of this thread. */
void fabric_msgclr(struct thread *t, u64 message);
void fabric_msgclrp(struct thread *t, u64 message);
void fabric_msgclru(struct thread *t, u64 message);

#endif
