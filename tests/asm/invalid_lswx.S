# SPDX-License-Identifier: Apache-2.0
#
# lswx into RA or RB is an invalid form (I 3.3.6): emulation assistance as for the others (invalid_forms.S), here as
# soon as RT is one of the two, whatever XER says of the length.
# qemu: no - a program interrupt, as before version 3.0 of the book, and only if bytes would be loaded
# rows: lswx
.include "bare.inc"
    .macro INVALID insn:vararg
    INTERRUPTS SF | HV | ME, 0xe40, \insn
    mfspr 9, 339
    EXPECT_SAME 9, 10
    .endm
    LI64 5, 0x100000
    li 8, 8
    mtxer 8
    INVALID .long 0x7c63442a                        # lswx r3, r3, r8
    INVALID .long 0x7c651c2a                        # lswx r3, r5, r3
    PASS
