/* SPDX-License-Identifier: Apache-2.0 */
/*
 * unsigned run_case(struct isa_case *c, uint64_t code): load every register from the case, go to code, come back through
 * one of the stubs, store every register.  Not one register is free at the border, so what is needed there lies in the
 * lowest page, which an instruction reaches by its displacement alone; the slot itself loads CTR and r3 last.
 */
#define BORDER(n) 0x100+8*n(0)
#define BORDER_R1 BORDER(0)
#define BORDER_R2 BORDER(1)
#define BORDER_R13 BORDER(2)
#define BORDER_RESUME BORDER(3)
#define BORDER_R31 BORDER(6)
#define BORDER_CURRENT BORDER(7)
#define TAR 815
#define VRSAVE 256

    .abiversion 2
    .machine power9
    .text
    .globl _start, run_case, run_case_resume, run_case_forget, stub_went_on, stub_branched, stub_end
    .type _start, @function
_start:
    addis 2, 12, .TOC.-_start@ha
    addi 2, 2, .TOC.-_start@l
    .localentry _start, .-_start
    mr 3, 1
    clrrdi 1, 1, 4
    stdu 0, -64(1)
    bl harness_main
    nop

    .type run_case, @function
run_case:
    mflr 0
    std 0, 16(1)
    stdu 1, -512(1)
    mfcr 0
    std 0, 64(1)
    .irp n, 14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
    std \n, 96+8*\n(1)
    .endr
    std 1, BORDER_R1
    std 2, BORDER_R2
    std 13, BORDER_R13
    mtctr 4
    addi 5, 3, 304
    li 6, 0                 /* QEMU's record of the last operation is forgotten by an addition without exceptions */
    std 6, BORDER_R31
    lfd 0, BORDER_R31
    mtfsf 0, 0, 1, 0
run_case_forget:
    fadd 0, 0, 0
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
    ld 6, 272(3)
    mtxer 6
    ld 6, 280(3)
    mtcr 6
    ld 6, 1328(3)
    mtspr TAR, 6
    ld 6, 1336(3)
    mtspr VRSAVE, 6
    .irp n, 0,1,2,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
    ld \n, 8*\n(3)
    .endr
    bctr                    /* the slot loads CTR and r3 */

    .macro store_all outcome
    std 31, BORDER_R31
    ld 31, BORDER_CURRENT
    .irp n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30
    std \n, 8*\n(31)
    .endr
    ld 29, BORDER_R31
    std 29, 248(31)
    mflr 29
    std 29, 256(31)
    mfctr 29
    std 29, 264(31)
    mfxer 29
    std 29, 272(31)
    mfcr 29
    std 29, 280(31)
    mfspr 29, TAR
    std 29, 1328(31)
    mfspr 29, VRSAVE
    std 29, 1336(31)
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
    li 3, \outcome
    ld 1, BORDER_R1
    ld 2, BORDER_R2
    ld 13, BORDER_R13
    ld 0, BORDER_RESUME
    mtctr 0
    bctr
    .balign 8
    .endm

    .balign 8
/* Copied to where the slots branch to; position independent. */
stub_went_on:
    store_all 0
stub_branched:
    store_all 1
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
