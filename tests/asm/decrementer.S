# SPDX-License-Identifier: Apache-2.0
#
# Decrementer and hypervisor decrementer (III 6.5.11, 6.5.12, 7.3).
#
# The decrementer's exception exists while DEC is negative; it interrupts when MSR[EE] = 1, to 0x900 with SRR0 and SRR1, as
# often as it is let.  With EE = 0 nothing happens.  The hypervisor decrementer needs LPCR[HDICE], and in hypervisor state
# EE; a guest it interrupts whatever EE says: 0x980, HSRR0 and HSRR1, HV = 1.  (hdec.S: once for each step from 0 to -1.)
.include "bare.inc"
    SETSPR 310, 0x7fffffff                          # HDEC
    SETSPR 22, -1                                   # DEC
    CATCH unexpected
    li 10, 100
    mtctr 10
    bdnz .                                          # EE = 0: nothing
    CATCH 1f
    LI64 10, EE
    mtmsrd 10, 1
    b .
1:  EXPECT 31, 0x900
    EXPECT_BITS 21, EE, EE
    EXPECT_BITS 26, HV | EE, HV
    CATCH 2f                                        # still negative: again at once
    LI64 10, EE
    mtmsrd 10, 1
    b .
2:  EXPECT 31, 0x900
    SETSPR 22, 0x7fffffff
    CATCH 3f
    SETSPR 318, 1                                   # LPCR: HDICE
    SETSPR 310, -1
    li 10, 100
    mtctr 10
    bdnz .                                          # hypervisor, EE = 0: nothing
    LI64 10, EE
    mtmsrd 10, 1
    b .
3:  EXPECT 31, 0x980
    EXPECT_BITS 23, EE | HV, EE | HV
    SETSPR 310, 400
    SET_RADIX 1, 1
    CATCH 4f
    ENTER SF | ME, guest                            # a guest with EE = 0
guest:
    b .
4:  EXPECT 31, 0x980
    EXPECT_AT 22, guest
    EXPECT_BITS 23, HV | EE, 0
    EXPECT_BITS 26, HV, HV
    PASS
