# SPDX-License-Identifier: Apache-2.0
#
# A floating-point exception that waits (III 6.5.9): with FPSCR[VE] and an invalid operation FPSCR[FEX] = 1, and nothing happens
# while MSR[FE0] = MSR[FE1] = 0.  The mtmsrd, mtmsr, rfid or hrfid that makes one of them 1 completes, then a program interrupt
# comes: SRR0 = the instruction that would be executed next, SRR1 bit 43 (0x00100000) and 47 (0x00010000), MSR as changed.
# qemu: no - it does not look at FPSCR[FEX] when the MSR changes
.include "bare.inc"
.set FE0, 0x800
.set FE1, 0x100
.macro WAITING next, fe
    EXPECT 31, 0x700
    EXPECT_AT 20, \next
    EXPECT_BITS 21, 0x783f0000, 0x00110000
    EXPECT_BITS 21, FE0 | FE1, \fe
    EXPECT_BITS 26, FE0 | FE1, 0
    CATCH unexpected
.endm
    LI64 5, SF | HV | ME | FP
    mtmsrd 5
    mtfsb1 24                                       # VE
    mtfsb1 21                                       # VXSOFT: FX, VX, FEX
    CATCH 1f
    LI64 6, SF | HV | ME | FP | FE0 | FE1
    mtmsrd 6
next1: trap
1:  WAITING next1, FE0 | FE1
    CATCH 2f
    li 7, FP | ME | FE1
    mtmsr 7
next2: trap
2:  WAITING next2, FE1
    CATCH 3f
    LI64 6, SF | HV | ME | FE0                      # MSR[FP] does not matter
    LA64 8, target3
    mtspr 27, 6
    mtspr 26, 8
    rfid
    trap
    trap
target3: trap
3:  WAITING target3, FE0
    CATCH 4f
    ENTER SF | HV | ME | FE1, target4
    trap
target4: trap
4:  WAITING target4, FE1
    li 9, 0
    mtmsrd 9, 1                                     # EE and RI only
    mtmsrd 5
    mtfsb0 24                                       # FEX is 0 again
    mtmsrd 6
    EXPECT 31, 0x700
    PASS
