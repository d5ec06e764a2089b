# SPDX-License-Identifier: Apache-2.0
#
# A directed hypervisor doorbell does not ask MSR[EE] below hypervisor state (III 6.5.20): one that was sent with EE =
# 0 arrives as soon as a guest runs, HSRR0 = its first instruction.
# qemu: no - asks MSR[EE]
# rows: msgsnd
.include "bare.inc"
    LI64 6, 5 << 27
    SET_RADIX 1
    msgsnd 6
    CATCH 1f
    ENTER SF | ME, guest
guest:
    .long 4
1:  EXPECT 31, 0xe80
    EXPECT_AT 22, guest
    EXPECT_BITS 23, EE | HV, 0
    PASS
