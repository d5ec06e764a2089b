# SPDX-License-Identifier: Apache-2.0
#
# LPCR[MER] (III 6.5.7.2): an external interrupt for a guest, held back until the guest's EE = 1, to 0x500; LPES = 1: SRR0, HV = 0. It is
# never taken in hypervisor state.
# qemu: no - does not model LPCR[MER]
.include "bare.inc"
    SETSPR 22, 0x7fffffff
    SETSPR 310, 0x7fffffff
    SET_RADIX 1, 0x808                              # MER, LPES
    CATCH unexpected
    LI64 10, EE
    mtmsrd 10, 1
    bl .+4                                          # hypervisor state: nothing
    CATCH 1f
    ENTER SF | ME, guest
guest:
    bl .+4                                          # EE = 0: nothing
    LI64 10, EE
    mtmsrd 10, 1
    b .
1:  EXPECT 31, 0x500
    EXPECT_BITS 21, EE, EE
    EXPECT_BITS 26, HV, 0
    PASS
