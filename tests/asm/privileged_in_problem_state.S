# SPDX-License-Identifier: Apache-2.0
#
# Every privileged and every hypervisor instruction in problem state (III 3.3, 4.4, 5.9.3, 6.5.9, 11.4): a program
# interrupt, SRR1 bit 45 (0x40000) for "privileged", and of bits 42 to 46 no other; SRR0 is the instruction.  Nothing
# happened: r3, the target of all that have one, keeps its value.  Here with HV = 1 (a user of the hypervisor).  An
# SPR whose number has bit 0x10 is privileged in the same way, defined or not (4.4.4).
.include "bare.inc"
.include "privileged.inc"
    .macro PROBLEM insn:vararg
    INTERRUPTS SF | HV | ME | EE | PR | IR | DR | RI, 0x700, \insn
    EXPECT_BITS 21, 0x783f0000 | PR, 0x40000 | PR
    .endm
    SET_RADIX 0
    LI64 3, 0x123456789
    LI64 5, 0x100000
    EACH_PRIVILEGED PROBLEM
    EXPECT 3, 0x123456789
    PASS
