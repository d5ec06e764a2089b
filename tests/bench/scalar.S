/* SPDX-License-Identifier: Apache-2.0 */
/* Scalar floating point as compilers emit it: loads, sums, products, multiply-add, quotient, conversions; 2 million turns. */
    lis     3, 2000000@ha
    addi    3, 3, 2000000@l
    mtctr   3
    lis     20, 0x10
    lis     4, 0x3ff3           # 1.2 and something: inexact products and sums
    ori     4, 4, 0x3333
    sldi    4, 4, 32
    oris    4, 4, 0x3333
    std     4, 0(20)
    lis     5, 0x4009           # about 3.2
    ori     5, 5, 0x21fb
    sldi    5, 5, 32
    std     5, 8(20)
    lfd     1, 0(20)
    lfd     2, 8(20)
    fmr     3, 1
1:  lfd     4, 0(20)
    fadd    3, 3, 4
    fmul    5, 3, 2
    fmadd   6, 5, 1, 4
    fsub    7, 6, 5
    fcmpu   1, 7, 4
    fdiv    8, 3, 2
    frsp    9, 8
    fctidz  10, 3
    fcfid   11, 10
    fmuls   12, 9, 9
    fmadds  13, 12, 9, 9
    stfd    8, 16(20)
    bdnz    1b
    li      3, 31
    li      4, 0
    .long   0x000eaeb0
