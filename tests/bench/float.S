/* SPDX-License-Identifier: Apache-2.0 */
/* Scalar and vector floating point: multiply-add, add, and their VSX forms; 3 million turns. */
    lis     3, 3000000@ha
    addi    3, 3, 3000000@l
    mtctr   3
    lis     20, 0x10
    lis     4, 0x3ff0
    sldi    4, 4, 32
    std     4, 0(20)
    std     4, 8(20)
    lfd     1, 0(20)
    lfd     2, 0(20)
    lxvd2x  34, 0, 20
    lxvd2x  35, 0, 20
1:  fmadd   3, 1, 2, 3
    fadd    4, 3, 1
    fmul    5, 1, 2
    xvmaddadp 36, 34, 35
    xvadddp 37, 36, 34
    bdnz    1b
    li      3, 31
    li      4, 0
    .long   0x000eaeb0
