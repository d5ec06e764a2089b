/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Machines that do not know of each other, run on several host threads.  A piece of work writes what it finds where its
 * number says and reads nothing that another piece of the same crowd writes, so what comes out does not depend on how
 * many threads there are, nor on which of them was faster.
 */
#ifndef P9_EXPERIMENT_CREW_H
#define P9_EXPERIMENT_CREW_H

#include <signal.h>

#include "base/bits.h"
#include "base/compiler.h"

struct crew {
    unsigned threads;                         /* 0: as many as the host has processors for this process */
    const volatile sig_atomic_t *interrupted; /* becoming non-zero ends the work; may be NULL */
    /* After each piece, and before the first: so many of them are done. Never from two threads at once; may be NULL. */
    void (*tell)(void *self, const char *what, unsigned done, unsigned all);
    void *self;
};

/* work(owner, 0) to work(owner, count - 1), begun in this order.  When one says false nothing more is begun; false
 * then, also if it was interrupted.  crew NULL: one thread that tells nobody.  what: "measuring". */
must_use bool crew_run(const struct crew *crew, const char *what, unsigned count,
                       bool (*work)(void *owner, unsigned number), void *owner);

#endif
