/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One thread, one page of storage and nothing else: enough to execute a single instruction through any port.  It stands
 * in for core/run (slow.h): storage is a flat array at STUB_BASE, everything outside it refuses, and `refuse` makes
 * every access fail.  No translation, no interrupts: the functions of fault.h only note in thread.fault.row who was
 * called.
 */
#ifndef P9_TESTS_SLOW_STUB_H
#define P9_TESTS_SLOW_STUB_H

#include "core/isa/decode.h"
#include "core/state/retire.h"

enum { STUB_BASE = 0x10000, STUB_SIZE = 0x2000, STUB_CIA = 0x4000 };
/* What thread.fault.row holds: which function of fault.h was called. */
enum stub_fault {
    STUB_NO_FAULT,
    STUB_ILLEGAL,
    STUB_PRIVILEGED,
    STUB_TRAP,
    STUB_SOFT_PATCH,
    STUB_FP_ENABLED,
    STUB_HYPERVISOR,
    STUB_UNAVAILABLE,
    STUB_SYSTEM_CALL,
    STUB_ALIGNMENT,
    STUB_STORAGE,
};
enum stub_outcome { STUB_DONE, STUB_JUMPED, STUB_FAULTED };

struct stub {
    struct thread thread;
    struct retire_ring ring;
    struct retire_access access[RETIRE_ACCESSES_OF_ONE]; /* of the last instruction: ring.accesses of them */
    u8 shift[2 * HOST_SLOTS + FETCH_SLOTS];
    struct host_slot load[HOST_SLOTS], store[HOST_SLOTS];
    struct insn page[4]; /* the instruction and a stop behind it */
    u8 storage[STUB_SIZE];
    u64 fault_ea;  /* of a storage interrupt */
    u64 base, cia; /* where storage begins, where the instruction is: STUB_BASE and STUB_CIA unless changed */
    u32 word;
    bool refuse;  /* every access fails */
    bool mapped;  /* the storage is in the host-side table: the fast path is taken */
    bool stopped; /* fast ports: control reached the instruction behind */
};

/* A stub in 64-bit problem state with every facility on; le chooses the byte order. */
void stub_reset(struct stub *stub, bool le);

/* Execute `word` at STUB_CIA through a port.  Registers are in stub->thread before and after. */
enum stub_outcome stub_execute(struct stub *stub, const struct isa *isa, u32 word, unsigned port);

/* A stub that was copied: its pointers lead into itself again. */
void stub_copied(struct stub *stub);

#endif
