/* SPDX-License-Identifier: Apache-2.0 */
/* The vector facility: integers, compares, permutes, splats, loads and stores, and its floating point; 2 million turns. */
    lis     3, 2000000@ha
    addi    3, 3, 2000000@l
    mtctr   3
    lis     20, 0x10
    lis     5, 0x3f9d
    ori     5, 5, 0x70a4
    stw     5, 16(20)
    stw     5, 20(20)
    stw     5, 24(20)
    stw     5, 28(20)
    li      21, 16
    lvx     2, 20, 21
    vspltisb 3, 3
    vspltisw 4, 1
1:  lvx     5, 20, 21
    vaddubm 6, 5, 3
    vadduwm 7, 6, 4
    vsubuhm 8, 7, 5
    vcmpequb. 9, 8, 5
    vsel    10, 8, 7, 9
    vperm   11, 10, 5, 3
    vmuluwm 12, 11, 7
    vslw    13, 12, 4
    vand    14, 13, 12
    vaddfp  15, 2, 2
    vmaddfp 16, 15, 2, 15
    stvx    14, 0, 20
    bdnz    1b
    li      3, 31
    li      4, 0
    .long   0x000eaeb0
