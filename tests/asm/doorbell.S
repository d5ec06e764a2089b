# SPDX-License-Identifier: Apache-2.0
#
# Doorbells (III 6.5.13, 6.5.20, 11.4): a thread sends itself messages.
#
# msgsnd type 5 to PIR 0: directed hypervisor doorbell, 0xe80 with HSRR0, when EE = 1 in hypervisor state; it is consumed by
# the interrupt.  msgclr takes it back before that.  msgsndp: directed privileged doorbell, 0xa00 with SRR0.
# rows: msgsnd msgclr msgsndp msgsync
# qemu: 10 - 7.2 has no privileged doorbell
.include "bare.inc"
    SETSPR 22, 0x7fffffff
    SETSPR 310, 0x7fffffff
    CATCH 1f
    LI64 6, 5 << 27
    LI64 10, EE
    msgsync
    msgsnd 6
    bl .+4                                          # EE = 0: nothing yet
    mtmsrd 10, 1
    b .
1:  EXPECT 31, 0xe80
    EXPECT_BITS 26, EE | HV, HV
    CATCH unexpected
    LI64 10, EE
    mtmsrd 10, 1                                    # not again
    bl .+4
    li 10, 0
    mtmsrd 10, 1
    msgsnd 6
    msgclr 6
    LI64 10, EE
    mtmsrd 10, 1
    bl .+4
    li 10, 0
    mtmsrd 10, 1
    CATCH 2f
    msgsndp 6
    LI64 10, EE
    mtmsrd 10, 1
    b .
2:  EXPECT 31, 0xa00
    EXPECT_BITS 21, EE, EE
    PASS
