/* SPDX-License-Identifier: Apache-2.0 */
/* Fixed point without storage: eight dependent and independent adds, rotates and logic a turn; 20 million turns. */
    lis     3, 20000000@ha
    addi    3, 3, 20000000@l
    mtctr   3
1:  add     4, 4, 3
    xor     5, 5, 4
    rldicl  6, 5, 7, 1
    subf    7, 4, 6
    and     8, 7, 5
    addi    9, 9, 1
    cmpd    cr0, 9, 8
    mulld   10, 9, 4
    bdnz    1b
    li      3, 31
    li      4, 0
    .long   0x000eaeb0
