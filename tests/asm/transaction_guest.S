# SPDX-License-Identifier: Apache-2.0
#
# Transactional memory of a guest on POWER9 DD2.3, as Linux's KVM uses it (arch/powerpc/kvm/book3s_hv_tm.c and
# book3s_hv_rmhandlers.S; the book does not know it).
#
# HFSCR[TM] = 0: 0xf80, HFSCR[IC] = 5.  In a guest trechkpt., and in its suspended state treclaim., tresume., rfid and
# mtmsrd to transactional state are soft patch interrupts: 0x1500, HSRR0 = the next instruction, HEIR = the instruction,
# which did nothing.  tsuspend., tabort., tcheck and tbegin. are not.  The hypervisor makes the guest suspended without a
# checkpoint: PSSCR bit 53, which reads as 0, lets hrfid go from N to S; without it that is a TM Bad Thing.  treclaim. in
# hypervisor state then only changes TS.
#
# qemu: no - not modelled
.include "bare.inc"
.set TM, 1 << 32
.set SUSPENDED, 1 << 33
.set TRANSACTIONAL, 1 << 34
.set GUEST, SF | ME | TM | IR | DR

.macro SOFT_PATCH label, word
    EXPECT 31, 0x1500
    EXPECT_AT 22, \label + 4
    mfspr 6, 339
    EXPECT 6, \word
.endm

    SET_RADIX 1
    SETSPR 190, 0                                   # HFSCR
    CATCH 1f
    ENTER GUEST, off
off: tbegin. 0
1:  EXPECT 31, 0xf80
    EXPECT_AT 22, off
    mfspr 6, 190
    EXPECT_BITS 6, 0xff << 56, 5 << 56
    SETSPR 190, 1 << 5
    CATCH 2f
    ENTER GUEST, g1
g1: tbegin. 0                                       # fails as everywhere; HV || PR = 00
    mfspr 7, 130
    mfcr 8
g2: trechkpt.
2:  SOFT_PATCH g2, 0x7c0007dd
    EXPECT 7, 0x010100000c000001
    srwi 8, 8, 28
    EXPECT 8, 0b1010

    # without fake suspend N to S is refused, even to the hypervisor
    LI64 14, 0x600d
    LI64 6, GUEST | SUSPENDED
    mtspr 315, 6
    LA64 6, unexpected
    mtspr 314, 6
    CATCH 1f
denied: hrfid
1:  EXPECT 31, 0x700
    EXPECT_AT 20, denied
    SETSPR 855, 0x400
    mfspr 6, 855
    EXPECT 6, 0
    CATCH 3f
    ENTER GUEST | SUSPENDED, g3
g3: mfmsr 7
    tbegin. 0
    tsuspend.
    tabort. 0
    mfcr 8
    tcheck 2
g4: tresume.
3:  SOFT_PATCH g4, 0x7c2005dd
    EXPECT_BITS 7, SUSPENDED | TRANSACTIONAL, SUSPENDED
    srwi 8, 8, 28
    EXPECT 8, 0b0010
    EXPECT_BITS 23, SUSPENDED | TRANSACTIONAL | HV, SUSPENDED
    EXPECT_BITS 26, SUSPENDED | TRANSACTIONAL | HV, SUSPENDED | HV
    CATCH 4f
    ENTER GUEST | SUSPENDED, g5
g5: treclaim. 0
4:  SOFT_PATCH g5, 0x7c00075d
    CATCH 5f
    ENTER GUEST | SUSPENDED, g6
g6: LI64 6, GUEST | TRANSACTIONAL
    mtspr 27, 6
g7: rfid
5:  SOFT_PATCH g7, 0x4c000024
    CATCH 6f
    ENTER GUEST | SUSPENDED, g8
g8: LI64 6, GUEST | TRANSACTIONAL
g9: mtmsrd 6
6:  SOFT_PATCH g9, 0x7cc00164
    CATCH 7f
    ENTER GUEST | SUSPENDED, g10
g10: LI64 6, GUEST
g11: mtmsrd 6                                       # not to N: that is no assist but a TM Bad Thing
7:  EXPECT 31, 0x700
    EXPECT_AT 20, g11
    EXPECT_BITS 26, HV | SUSPENDED, SUSPENDED       # the guest's own
    CATCH 8f
    sc 1
8:  mfmsr 6
    EXPECT_BITS 6, HV | SUSPENDED, HV | SUSPENDED
    LI64 7, TM
    or 6, 6, 7
    mtmsrd 6
    treclaim. 14                                    # no checkpoint to come back
    EXPECT 14, 0x600d
    mfmsr 6
    EXPECT_BITS 6, SUSPENDED | TRANSACTIONAL, 0
    SETSPR 855, 0
    PASS
