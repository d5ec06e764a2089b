# SPDX-License-Identifier: Apache-2.0
#
# scv and LPCR[AIL] (III 2.2, 6.4.3, 6.5.27).  AIL = 3 and IR = DR = 1: to 0xc000000000003000 + 32 LEV with relocation
# on, in hypervisor state and in a guest's own; IR or DR = 0: to 0x17000 + 32 LEV with relocation off, as without AIL.
# AIL = 2 leaves the place and turns relocation on.  LR, CTR and rfscv do as ever.
# qemu: 10 - 7.2 has no scv in hypervisor state
# rows: scv rfscv
.include "bare.inc"
    # The handler, at this real address.
    .macro SERVE at
    LI64 5, (\at)
    LA64 6, handler
    li 7, 6
    mtctr 7
0:  lwz 8, 0(6)
    stw 8, 0(5)
    dcbst 0, 5
    sync
    icbi 0, 5
    isync
    addi 5, 5, 4
    addi 6, 6, 4
    bdnz 0b
    .endm
    # In this state scv arrives there, with this MSR, and comes back.
    .macro CALL msr, lev, place, inside
    CATCH unexpected
    ENTER \msr, .Lstate\@
.Lstate\@:
    scv \lev
.Lbehind\@:
    EXPECT 12, (\place) + 8
    EXPECT 26, \inside
    EXPECT_AT 10, .Lbehind\@
    mfctr 9
    EXPECT 9, \msr
    mfmsr 9
    EXPECT 9, \msr
    .endm
    .set HYPERVISOR, SF | HV | ME | RI
    .set RELOCATED, IR | DR
    .irp lev, 0, 5, 127
    SERVE 0x3000 + 32 * \lev
    SERVE 0x17000 + 32 * \lev
    .endr
    SET_RADIX 0, 3 << 23
    .irp lev, 0, 5, 127
    CALL HYPERVISOR | RELOCATED, \lev, 0xc000000000003000 + 32 * \lev, HYPERVISOR | RELOCATED
    CALL HYPERVISOR, \lev, 0x17000 + 32 * \lev, HYPERVISOR
    .endr
    CALL SF | HV | ME | RELOCATED, 5, 0xc0000000000030a0, SF | HV | ME | RELOCATED
    CALL HYPERVISOR | IR, 5, 0x170a0, HYPERVISOR
    CALL HYPERVISOR | DR, 5, 0x170a0, HYPERVISOR
    ENTER SF | HV | ME, 1f
1:  SET_RADIX 0, 2 << 23
    CALL HYPERVISOR | RELOCATED, 5, 0x170a0, HYPERVISOR | RELOCATED
    ENTER SF | HV | ME, 2f
    # a guest
2:  SET_RADIX 1, 3 << 23
    .set GUEST, SF | ME | RI
    CATCH unexpected
    ENTER GUEST | RELOCATED, guest
guest:
    scv 5
behind:
    EXPECT 12, 0xc0000000000030a8
    EXPECT 26, GUEST | RELOCATED
    EXPECT_AT 10, behind
    mfmsr 9
    EXPECT 9, GUEST | RELOCATED
    TO_HYPERVISOR
    PASS

handler:
    mflr 10
    bcl 20, 31, .+4
    mflr 12
    mtlr 10
    mfmsr 26
    rfscv
