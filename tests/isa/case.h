/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One instruction with everything it may read, and afterwards everything it may have written.  Cases lie one after the
 * other in a file that isa_qemu writes, the harness (harness.c, run by QEMU user mode) executes in place, and isa_qemu
 * compares with our own execution.  Plain C for both sides: the harness is compiled for POWER.
 */
#ifndef P9_TESTS_ISA_CASE_H
#define P9_TESTS_ISA_CASE_H

#include <stdint.h>

/* Where the harness puts things in its address space; our side uses the same addresses. */
#define CASE_FILE_AT 0x20000000UL
#define CASE_CONTROL_AT 0x2fff0000UL
#define CASE_STORAGE_AT 0x30000000UL
#define CASE_CODE_AT 0x01000000UL
enum { CASE_SLOT = 16, CASE_SLOTS_FROM = 4096, CASE_STORAGE = 256, CASE_CODE_SIZE = 1 << 20, CASES_MAX = 16384 };
/* A slot of code: what comes first (or a no-operation), the instruction, "it went on", "it branched". */
#define CASE_CIA(k) (CASE_CODE_AT + CASE_SLOTS_FROM + (uint64_t)(k)*CASE_SLOT + 4)

enum case_outcome {
    CASE_WENT_ON,
    CASE_BRANCHED,
    CASE_ILLEGAL,
    CASE_TRAPPED,
    CASE_REFUSED,
    CASE_MISALIGNED,
    CASE_FP_EXCEPTION,
    CASE_NOT_RUN
};

struct isa_case {
    uint64_t gpr[32];              /* offset 0 */
    uint64_t lr, ctr, xer, cr;     /* 256 264 272 280 */
    uint64_t fpscr, vscr;          /* 288 296 */
    uint64_t vsr[64][2];           /* 304: doubleword 0, doubleword 1 */
    uint8_t storage[CASE_STORAGE]; /* 1328: at CASE_STORAGE_AT */
    uint32_t word, before;         /* before: executed first, 0 = nothing */
    uint32_t outcome, row;
};

#endif
