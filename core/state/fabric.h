/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What crosses threads besides storage: doorbell messages.  Each ends as a pending bit in the other thread, which its
 * run loop sees at its next look-up; translation broadcasts go through the mmu, which knows all threads itself.
 */
#ifndef P9_CORE_STATE_FABRIC_H
#define P9_CORE_STATE_FABRIC_H

#include "core/state/thread.h"

struct fabric {
    struct thread **threads; /* in the order of their numbers */
    unsigned count;
};

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
