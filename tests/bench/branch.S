/* SPDX-License-Identifier: Apache-2.0 */
/* Calls, returns and a branch that is taken every other time; 20 million turns. */
    lis     3, 20000000@ha
    addi    3, 3, 20000000@l
    mtctr   3
1:  bl      3f
    andi.   5, 4, 1
    beq     2f
    addi    6, 6, 1
2:  bdnz    1b
    li      3, 31
    li      4, 0
    .long   0x000eaeb0
3:  addi    4, 4, 1
    blr
