/* SPDX-License-Identifier: Apache-2.0 */
/* Loads and stores of all sizes to one page; 15 million turns. */
    lis     3, 15000000@ha
    addi    3, 3, 15000000@l
    mtctr   3
    lis     20, 0x10
1:  ld      4, 0(20)
    addi    4, 4, 1
    std     4, 0(20)
    lwz     5, 8(20)
    stw     5, 16(20)
    lbz     6, 24(20)
    stb     6, 25(20)
    lhz     7, 32(20)
    sth     7, 34(20)
    bdnz    1b
    li      3, 31
    li      4, 0
    .long   0x000eaeb0
