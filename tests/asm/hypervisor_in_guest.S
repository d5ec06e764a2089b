# SPDX-License-Identifier: Apache-2.0
#
# Every hypervisor instruction in a guest's supervisor state, LPCR[EVIRT] = 0 (III 2.2, 6.5.9): a program interrupt to
# the guest, SRR1 bit 45 for "privileged".  Instructions that manage translation for the whole machine belong to the
# hypervisor as well unless LPCR[GTSE] = 1: tlbie, tlbsync, slbieg, slbsync; and a guest never invalidates radix
# translations of partition scope (5.9.3.3).  With GTSE = 1 these are the guest's own. slbieg and slbsync:
# guest_segments.S.
# rows: tlbsync
.include "bare.inc"
.include "privileged.inc"
    .macro GUEST insn:vararg
    INTERRUPTS SF | ME, 0x700, \insn
    EXPECT_BITS 21, HV | 0x783f0000 | PR, 0x40000
    EXPECT_BITS 26, HV | PR, 0
    TO_HYPERVISOR
    .endm
    SET_RADIX 1
    LI64 3, 0x123456789
    LI64 5, 0x100000
    EACH_HYPERVISOR GUEST
    EXPECT 3, 0x123456789
    GUEST tlbie 5, 3, 0, 1, 1
    GUEST tlbsync
    GUEST tlbie 5, 3, 0, 0, 1
    GUEST tlbiel 5, 3, 0, 0, 1

    SET_RADIX 1, 1 << 10                            # LPCR[GTSE]
    GUEST tlbie 5, 3, 0, 0, 1
    li 3, 0
    CATCH unexpected
    ENTER SF | ME, guest
guest:
    tlbie 5, 3, 0, 1, 1
    tlbiel 5, 3, 0, 1, 1
    tlbsync
    PASS
