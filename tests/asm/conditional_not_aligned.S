# SPDX-License-Identifier: Apache-2.0
#
# A store conditional whose address is not a multiple of its size: alignment interrupt (II 4.6.2, III 6.5.8), whether
# or not there is a reservation; DAR = the address.
# qemu: no - says "not done" without a reservation
# rows: sthcx_ stwcx_ stdcx_ stqcx_
.include "bare.inc"
    .macro REFUSED insn:vararg
    INTERRUPTS SF | HV | ME, 0x600, \insn
    EXPECT 24, 0x100009
    .endm
    LI64 5, 0x100009
    LI64 6, 0x100000
    .rept 2
    REFUSED sthcx. 8, 0, 5
    REFUSED stwcx. 8, 0, 5
    REFUSED stdcx. 8, 0, 5
    REFUSED .long 0x7d00296d                        # stqcx. r8, 0, r5
    ldarx 7, 0, 6
    .endr
    PASS
