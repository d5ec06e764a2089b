# SPDX-License-Identifier: Apache-2.0
#
# LPCR[EVIRT] = 1 (III 2.2, 4.4.4, 6.5.18): what a guest's supervisor may not do reaches the hypervisor as an
# emulation assistance interrupt, 0xe40, HSRR0 = the instruction, HEIR = its word; so do accesses to the hypervisor's
# SPRs and to those that do not exist.  Problem state is not concerned.
# qemu: no - knows EVIRT for SPRs only
.include "bare.inc"
.include "privileged.inc"
    .macro GUEST insn:vararg
    INTERRUPTS SF | ME, 0xe40, \insn
    mfspr 11, 339
    EXPECT_SAME 11, 10
    EXPECT_BITS 23, HV | 0x783f0000 | PR, 0
    EXPECT_BITS 26, HV | PR, HV
    .endm
    SET_RADIX 1, 1 << 21                            # LPCR[EVIRT]
    LI64 3, 0x123456789
    LI64 5, 0x100000
    EACH_HYPERVISOR GUEST
    GUEST tlbie 5, 3, 0, 1, 1
    GUEST tlbsync
    GUEST slbieg 3, 5
    GUEST slbsync
    GUEST mfspr 3, 318
    GUEST mtspr 318, 3
    GUEST mfspr 3, 1000
    EXPECT 3, 0x123456789
    INTERRUPTS SF | ME | EE | PR | IR | DR | RI, 0x700, hrfid
    EXPECT_BITS 21, 0x783f0000 | PR, 0x40000 | PR
    PASS
