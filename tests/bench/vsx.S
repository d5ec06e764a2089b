/* SPDX-License-Identifier: Apache-2.0 */
/* Vector-scalar floating point, permutes, integers, loads and stores; 2 million turns. */
    lis     3, 2000000@ha
    addi    3, 3, 2000000@l
    mtctr   3
    lis     20, 0x10
    lis     4, 0x3ff3
    ori     4, 4, 0x3333
    sldi    4, 4, 32
    oris    4, 4, 0x3333
    std     4, 0(20)
    std     4, 8(20)
    lis     5, 0x3f9d           # four singles, about 1.23
    ori     5, 5, 0x70a4
    stw     5, 16(20)
    stw     5, 20(20)
    stw     5, 24(20)
    stw     5, 28(20)
    lxv     34, 0(20)
    lxv     35, 16(20)
    xxlxor  36, 36, 36
1:  lxv     40, 0(20)
    xvmaddadp 36, 34, 40
    xvadddp 37, 36, 34
    xvmuldp 38, 37, 34
    xvaddsp 39, 35, 35
    xvmulsp 41, 35, 39
    xvmaddasp 41, 35, 35
    xxperm  42, 34, 35
    xxpermdi 43, 34, 35, 1
    vadduwm 12, 2, 3
    xxlor   45, 43, 42
    stxv    38, 32(20)
    xsmaddadp 1, 34, 40
    bdnz    1b
    li      3, 31
    li      4, 0
    .long   0x000eaeb0
