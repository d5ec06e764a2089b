# SPDX-License-Identifier: Apache-2.0
#
# slbieg, slbiag and slbsync act on every thread: in a guest they are hypervisor instructions unless LPCR[GTSE] = 1
# (III 5.9.3.1).  The ultravisor's return, urfid, is above a guest in any case, and above problem state; slbfee. is
# privileged (6.5.9).
# qemu: no - does not ask GTSE for slbieg and slbsync, has no urfid, sends slbfee. of a user to the hypervisor
# rows: slbsync slbiag
.include "bare.inc"
    .macro GUEST insn:vararg
    INTERRUPTS SF | ME, 0x700, \insn
    EXPECT_BITS 21, HV | 0x783f0000 | PR, 0x40000
    TO_HYPERVISOR
    .endm
    SET_RADIX 1
    li 3, 0
    LI64 5, 0x100000
    GUEST slbieg 3, 5
    GUEST slbsync
    GUEST .long 0x7c6006a4                          # slbiag r3
    GUEST .long 0x4c000264                          # urfid
    INTERRUPTS SF | ME | EE | PR | IR | DR | RI, 0x700, slbfee. 3, 5
    EXPECT_BITS 21, 0x783f0000 | PR, 0x40000 | PR
    TO_HYPERVISOR
    INTERRUPTS SF | ME | EE | PR | IR | DR | RI, 0x700, .long 0x4c000264
    EXPECT_BITS 21, 0x783f0000 | PR, 0x40000 | PR
    TO_HYPERVISOR
    SET_RADIX 1, 1 << 10                            # LPCR[GTSE]
    CATCH unexpected
    ENTER SF | ME, guest
guest:
    slbieg 3, 5
    slbsync
    .long 0x7c6006a4
    PASS
