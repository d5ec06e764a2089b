/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Guest to simulator: the callthru word 0x000eaeb0 that Mambo's users know, in every privilege state.  r3 is the
 * command: 0 write console (r4 = effective address, r5 = bytes), 31 exit with r4 as status, 60 read console (r3 = the
 * character or -1), 70 time in timebase ticks (r3).  Ours: 4096 region begin (r4 = tag), 4097 region end, 4098 reset
 * counters, 4099 dump counters, 4100 name the region r4 (r5 = effective address, r6 = bytes), 4101 save the
 * machine, behind this instruction, into the files of --checkpoint FILE@call (r3 = 0, or -1 if there is none).  An
 * unknown command answers -1.
 */
#ifndef P9_MACHINE_CALLTHRU_H
#define P9_MACHINE_CALLTHRU_H

#include "core/state/thread.h"

/* A run_services.callthru; self is the struct machine. */
enum next machine_callthru(void *self, struct thread *t);

#endif
