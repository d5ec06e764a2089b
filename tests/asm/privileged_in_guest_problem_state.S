# SPDX-License-Identifier: Apache-2.0
#
# As privileged_in_problem_state.S for a user of a guest, HV = 0: the guest's own supervisor is told (III 6.5.9).
.include "bare.inc"
.include "privileged.inc"
    .macro PROBLEM insn:vararg
    INTERRUPTS SF | ME | EE | PR | IR | DR | RI, 0x700, \insn
    EXPECT_BITS 21, 0x783f0000 | PR, 0x40000 | PR
    EXPECT_BITS 26, HV | PR, 0
    TO_HYPERVISOR
    .endm
    SET_RADIX 1
    LI64 3, 0x123456789
    LI64 5, 0x100000
    EACH_PRIVILEGED PROBLEM
    EXPECT 3, 0x123456789
    PASS
