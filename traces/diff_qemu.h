/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A trace against a log of QEMU (qemu_log.h): the addresses of the instructions that one hardware thread executed, in
 * order.  QEMU takes interrupts behind other instructions and reads other times, so two runs of the same image may part
 * for a while and meet again: with `resync` such detours are passed over and counted.
 */
#ifndef P9_TRACES_DIFF_QEMU_H
#define P9_TRACES_DIFF_QEMU_H

#include <stdio.h>

#include "traces/diff.h"

enum { DIFF_QEMU_RESYNC_MOST = 8192, DIFF_QEMU_MEETING = 16 /* instructions that must be the same behind a detour */ };

struct diff_qemu {
    const struct isa *isa;
    struct trace_source *a; /* stays the caller's */
    const char *name_a;
    unsigned thread;  /* of A; in the log the processor of that number */
    unsigned context; /* instructions before the place, and behind it on both sides */
    unsigned resync;  /* at most DIFF_QEMU_RESYNC_MOST; 0: the first difference is the end */
    FILE *to;
    void (*name)(void *self, u64 address, char out[128]); /* may be NULL */
    void *self;
};

/* DIFF_SAME: as far as both go, but for detours; DIFF_PARTED: the place is told; DIFF_FAILED: after an error line. */
enum diff_is diff_qemu(const struct diff_qemu *options, const char *log);

#endif
