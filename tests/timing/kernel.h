/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Loops over a footprint, for struct guest.  r20 is where the data begin, 2^r21 the step, r22 the number of places less
 * one, CTR the turns; r24 and r25 make a congruential sequence, so that places come in an order that no prefetcher sees.
 */
#ifndef P9_TESTS_TIMING_KERNEL_H
#define P9_TESTS_TIMING_KERNEL_H

/* The next number of the sequence in `state`, and in r11 the offset of the place that it names. */
#define NEXT_PLACE(state)                                                                                              \
    " mulld " state "," state ",r24\n add " state "," state ",r25\n"                                                   \
    " srdi r11," state ",8\n and r11,r11,r22\n sld r11,r11,r21\n"

/* Each load's address hangs on the load before it. */
#define KERNEL_CHASE "loop:\n" NEXT_PLACE("r10") " ldx r12,r20,r11\n add r10,r10,r12\n bdnz =loop\n"

/* Read, changed and written, one place independent of the other. */
#define KERNEL_UPDATE "loop:\n" NEXT_PLACE("r10") " ldx r12,r20,r11\n addi r12,r12,1\n stdx r12,r20,r11\n bdnz =loop\n"

/* Place after place. */
#define KERNEL_STREAM                                                                                                  \
    "loop:\n and r11,r10,r22\n sld r11,r11,r21\n ldx r12,r20,r11\n add r7,r7,r12\n addi r10,r10,1\n bdnz =loop\n"

/* A chase, loads and stores that nothing waits for, arithmetic, and a branch that cannot be foreseen. */
#define KERNEL_MIXTURE                                                                                                 \
    "loop:\n" NEXT_PLACE("r10") " ldx r12,r20,r11\n add r10,r10,r12\n" NEXT_PLACE(                                     \
        "r26") " ldx r13,r20,r11\n" NEXT_PLACE("r26") " stdx r13,r20,r11\n"                                            \
                                                      " fadd f1,f1,f2\n fmul f3,f1,f2\n mulld r6,r6,r7\n add "         \
                                                      "r5,r5,r6\n"                                                     \
                                                      " rldicl. r14,r26,24,63\n beq =even\n addi r7,r7,3\n xor "       \
                                                      "r5,r5,r7\n"                                                     \
                                                      "even:\n bdnz =loop\n"

#endif
