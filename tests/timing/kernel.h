/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Loops over a footprint, for struct guest.  r20 is where the data begin, 2^r21 the step, r22 the number of places less
 * one, CTR the turns; r24 and r25 make a congruential sequence, so that places come in an order that no prefetcher
 * sees.
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

/* Fixed and floating point, long and short, some of it in chains; stores forward to loads, wholly and not. */
#define KERNEL_ARITHMETIC                                                                                              \
    "loop:\n fadd f1,f1,f2\n fmul f3,f4,f5\n fdiv f6,f7,f8\n vperm v1,v1,v2,v3\n mulld r6,r6,r7\n divd r8,r24,r25\n"   \
    " add r9,r24,r25\n add r10,r24,r25\n add r11,r24,r25\n add r12,r24,r25\n add r13,r24,r25\n add r14,r24,r25\n"      \
    " std r9,0(r20)\n ld r15,0(r20)\n add r16,r16,r15\n stw r9,16(r20)\n ld r17,16(r20)\n add r16,r16,r17\n"           \
    " std r9,64(r20)\n std r9,192(r20)\n std r9,320(r20)\n std r9,448(r20)\n bdnz =loop\n"

/* Branches by chance, by pattern and to changing targets, and calls of calls. */
#define KERNEL_BRANCHES                                                                                                \
    " mfctr r27\n b =loop\n"                                                                                           \
    "leaf:\n addi r7,r7,1\n blr\n"                                                                                     \
    "deep:\n cmpdi r28,0\n beqlr\n mflr r29\n stdu r29,-8(r30)\n addi r28,r28,-1\n bl =deep\n"                         \
    " ld r29,0(r30)\n addi r30,r30,8\n mtlr r29\n blr\n"                                                               \
    "loop:\n mulld r26,r26,r24\n add r26,r26,r25\n"                                                                    \
    " rldicl. r14,r26,24,63\n beq =even\n addi r7,r7,3\n"                                                              \
    "even:\n addi r4,r4,1\n andi. r14,r4,7\n beq =eighth\n addi r7,r7,5\n"                                             \
    "eighth:\n andi. r14,r4,21\n bne =other\n addi r7,r7,7\n"                                                          \
    "other:\n bl =leaf\n lis r14,1\n ori r14,r14,0x200\n rldicl r15,r4,0,62\n sldi r15,r15,4\n add r14,r14,r15\n"      \
    " mtctr r14\n bctr\n"                                                                                              \
    ".org 0x10200\n addi r7,r7,1\n b =joined\n"                                                                        \
    ".org 0x10210\n addi r7,r7,2\n b =joined\n"                                                                        \
    ".org 0x10220\n addi r7,r7,3\n b =joined\n"                                                                        \
    ".org 0x10230\n addi r7,r7,4\n b =joined\n"                                                                        \
    "joined:\n andi. r14,r4,15\n bne =next\n li r28,100\n addi r30,r20,2040\n bl =deep\n"                              \
    "next:\n addi r27,r27,-1\n cmpdi r27,0\n bne =loop\n"

/* What orders, reserves, invalidates and interrupts; for the hypervisor, in real mode. */
#define KERNEL_SYSTEM                                                                                                  \
    " li r7,3072\n li r8,0\n"                                                                                          \
    "loop:\n std r4,128(r20)\n hwsync\n std r4,256(r20)\n lwsync\n ld r9,0(r20)\n std r4,384(r20)\n eieio\n"           \
    " ldarx r9,0,r20\n addi r9,r9,1\n stdcx. r9,0,r20\n isync\n tlbie r7,r8,0,1,1\n eieio\n tlbsync\n ptesync\n"       \
    " tlbiel r7,r8,0,1,1\n ptesync\n slbie r8\n isync\n ldcix r9,0,r20\n sc\n addi r4,r4,1\n bdnz =loop\n"

#endif
