/* SPDX-License-Identifier: Apache-2.0 */
/*
 * unsigned run_case(struct isa_case *c, uint64_t code): load every register from the case, go to code, come back through
 * one of the stubs, store every register.  Not one register is free at the border, so the target travels in TAR, the
 * address of the case in VRSAVE (it lies below 4 GiB), and r31 waits in TAR while it is needed as a base.
 */
#define CONTROL_HIGH 0x2fff
#define TAR 815
#define VRSAVE 256

    .abiversion 2
    .machine power9
    .text
    .globl run_case, run_case_resume, stub_went_on, stub_branched, stub_end
run_case:
    mflr 0
    std 0, 16(1)
    stdu 1, -512(1)
    mfcr 0
    std 0, 64(1)
    .irp n, 14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
    std \n, 96+8*\n(1)
    .endr
    lis 5, CONTROL_HIGH
    std 1, 0(5)
    std 2, 8(5)
    std 13, 16(5)
    mtspr VRSAVE, 3
    mtspr TAR, 4
    addi 5, 3, 304
    lfd 0, 288(3)
    mtfsf 0, 0, 1, 0
    addi 6, 3, 288          /* doubleword 1 of this is vscr */
    lxvd2x 32, 0, 6
    mtvscr 0
    .irp n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31,32,33,34,35,36,37,38,39,40,41,42,43,44,45,46,47,48,49,50,51,52,53,54,55,56,57,58,59,60,61,62,63
    li 6, 16*\n
    lxvd2x \n, 5, 6
    .endr
    ld 6, 256(3)
    mtlr 6
    ld 6, 264(3)
    mtctr 6
    ld 6, 272(3)
    mtxer 6
    ld 6, 280(3)
    mtcr 6
    .irp n, 0,1,2,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
    ld \n, 8*\n(3)
    .endr
    ld 3, 24(3)
    bctar 20, 0

/* Copied in front of the slots; position independent. */
stub_went_on:
    mtspr TAR, 31
    mfspr 31, VRSAVE
    std 30, 240(31)
    li 30, 0
    b 1f
stub_branched:
    mtspr TAR, 31
    mfspr 31, VRSAVE
    std 30, 240(31)
    li 30, 1
1:
    .irp n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29
    std \n, 8*\n(31)
    .endr
    mfspr 29, TAR
    std 29, 248(31)
    mflr 29
    std 29, 256(31)
    mfctr 29
    std 29, 264(31)
    mfxer 29
    std 29, 272(31)
    mfcr 29
    std 29, 280(31)
    addi 5, 31, 304
    .irp n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31,32,33,34,35,36,37,38,39,40,41,42,43,44,45,46,47,48,49,50,51,52,53,54,55,56,57,58,59,60,61,62,63
    li 6, 16*\n
    stxvd2x \n, 5, 6
    .endr
    mfvscr 0
    addi 6, 31, 288
    stxvd2x 32, 0, 6        /* overwrites fpscr, which is stored next */
    mffs 0
    stfd 0, 288(31)
    mr 3, 30
    lis 5, CONTROL_HIGH
    ld 1, 0(5)
    ld 2, 8(5)
    ld 13, 16(5)
    ld 0, 24(5)
    mtctr 0
    bctr
stub_end:

run_case_resume:            /* r1 r2 r13 restored, r3 = outcome */
    .irp n, 14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
    ld \n, 96+8*\n(1)
    .endr
    ld 0, 64(1)
    mtcr 0
    addi 1, 1, 512
    ld 0, 16(1)
    mtlr 0
    blr
    .section .note.GNU-stack, "", @progbits
