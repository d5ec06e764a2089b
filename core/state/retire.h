/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What happened: one record per completed (or faulted) instruction, written by the traced port.  A live run, a replayed
 * trace and a unit test all feed the same sink, which can read and count but never change what it reads.
 * (The design draws this file in core/run; it lies one floor lower because the traced port, in core/isa, fills it.)
 */
#ifndef P9_CORE_STATE_RETIRE_H
#define P9_CORE_STATE_RETIRE_H

#include "base/bits.h"

enum retire_flag {
    RETIRE_LOAD = 1,
    RETIRE_STORE = 2,
    RETIRE_BRANCH = 4,
    RETIRE_TAKEN = 8,
    RETIRE_CR_IN = 16,
    RETIRE_CR_OUT = 32,
    RETIRE_FAULTED = 64,
    RETIRE_INTERRUPT = 128,
};

struct retire {
    u64 cia, nia, ea, ra;                 /* where it was, where control went, data access if size != 0 */
    u64 gpr_in, gpr_out, vsr_in, vsr_out; /* register use, bit n = register n: observed by the accessors */
    u32 word;
    u16 row;
    u8 size, flags;
    u16 walk_first, walk_count; /* its page-table reads, in the walk ring */
};

struct retire_sink {
    void (*take)(struct retire_sink *sink, const struct retire *records, size_t n);
};

enum { RETIRE_RING = 256 };
struct retire_ring {
    struct retire record[RETIRE_RING];
    unsigned count;
    struct retire_sink *sink; /* may be NULL: records are made and dropped */
};

#endif
