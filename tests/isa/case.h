/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One instruction with everything it may read, and afterwards everything it may have written.  Cases lie one after the
 * other in a file that isa_qemu writes, the harness (harness.c, run by QEMU user mode) executes in place, and isa_qemu
 * compares with our own execution.  Plain C for both sides: the harness is compiled for POWER, in either byte order,
 * and the file is in the harness's order.
 */
#ifndef P9_TESTS_ISA_CASE_H
#define P9_TESTS_ISA_CASE_H

#include <stdint.h>

/* Where the harness puts things in its address space; our side uses the same addresses.  The page of the border lies
 * below 0x8000 because there it can be reached without a register.  The storage of a case ends where a page ends and
 * nothing follows. */
#define CASE_BORDER_AT 0x0000UL
#define CASE_WENT_ON_AT 0x4000UL
#define CASE_BRANCHED_AT 0x6000UL
#define CASE_CODE_AT 0x01000000UL
#define CASE_FILE_AT 0x20000000UL
#define CASE_PAGE_AT 0x30000000UL
#define CASE_PAGE_END 0x30010000UL
#define CASE_STORAGE_AT (CASE_PAGE_END - CASE_STORAGE)
enum { CASE_SLOT = 32, CASE_STORAGE = 256, CASE_CODE_SIZE = 1 << 19, CASES_MAX = 8192 };
/* A slot of code: three instructions that load the last registers, what comes first (or a no-operation), the
 * instruction, "it went on", "it branched". */
#define CASE_CIA(k) (CASE_CODE_AT + 4096 + (uint64_t)(k)*CASE_SLOT + 16)

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
    uint64_t tar, vrsave;          /* 1328 1336 */
    uint64_t address, at;          /* 1344 1352: after an interrupt, of the access and of the instruction */
    uint32_t word, before;         /* 1360: before: executed first, 0 = nothing */
    uint32_t outcome, row;         /* 1368 */
    uint8_t storage[CASE_STORAGE]; /* 1376: at CASE_STORAGE_AT */
};

#endif
