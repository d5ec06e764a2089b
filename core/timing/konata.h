/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A log of the pipeline for Konata (github.com/shioyadan/Konata), in its text format "Kanata 0004": which stage each
 * instruction was in, cycle by cycle.  What timing_watch() tells is kept, because the format goes forward in time and
 * instructions are told in program order; the text is made at the end.
 *
 *     F  fetched, on its way through the front end     D  dispatched, in the issue queue
 *     X  issued, being executed                        C  finished, waiting for its elders to complete
 *
 * It retires when it completes; one that interrupted instead is flushed.
 */
#ifndef P9_CORE_TIMING_KONATA_H
#define P9_CORE_TIMING_KONATA_H

#include "base/emit.h"
#include "core/timing/timing.h"

enum { KONATA_MOST = 1 << 20 }; /* instructions; later ones are counted and left out */

struct konata_insn {
    u64 cia, number; /* number: of its thread's instructions */
    u64 fetched, dispatched, issued, finished, completed;
    u32 word;
    u16 thread;
    bool flushed;
};

struct konata {
    struct timing_watcher watcher; /* for timing_watch() */
    struct konata_insn *list;
    u32 count, room;
    u64 left_out;
    bool starved; /* the host had no memory for more */
};

void konata_open(struct konata *k);
void konata_close(struct konata *k);

/* The whole file.  A document that could not be made has e->failed. */
void konata_write(const struct konata *k, const struct isa *isa, struct emit *e);

#endif
