# SPDX-License-Identifier: Apache-2.0
#
# Illegal instructions and instructions above one's state (III 6.5.9, 6.5.18).
#
# A word that is no instruction: hypervisor emulation assistance, 0xe40, HSRR0 = its address, HEIR = the word, from any
# state.  Privileged instructions in problem state: program interrupt, SRR1 bit 45 (0x40000).  So are hypervisor
# instructions in a guest's supervisor state, unless LPCR[EVIRT] gives them to the hypervisor (evirt.S).  A trap: SRR1
# bit 46 (0x20000).
# qemu: 10 - 7.2 has no HEIR
.include "bare.inc"
    CATCH 1f
bad:
    .long 0x00000004
1:  mfspr 10, 339
    EXPECT 31, 0xe40
    EXPECT_AT 22, bad
    EXPECT 10, 4
    EXPECT_BITS 23, HV | PR, HV

    CATCH 2f
trapping:
    trap
2:  EXPECT 31, 0x700
    EXPECT_AT 20, trapping
    EXPECT_BITS 21, 0x783f0000, 0x20000

    SET_RADIX 1
    CATCH 3f
    ENTER SF | EE | PR | IR | DR | RI, user
user:
    mfmsr 3
3:  EXPECT 31, 0x700
    EXPECT_AT 20, user
    EXPECT_BITS 21, 0x783f0000, 0x40000
    EXPECT_BITS 26, HV | PR, 0
    CATCH 4f
supervisor:
    hrfid
4:  EXPECT 31, 0x700
    EXPECT_AT 20, supervisor
    EXPECT_BITS 21, 0x783f0000 | PR, 0x40000
    EXPECT_BITS 26, HV | PR, 0
    PASS
