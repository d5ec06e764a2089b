# SPDX-License-Identifier: Apache-2.0
#
# Faults of a guest in its partition scope (III 6.5.16, 6.5.17), LPID 1.
#
# The guest's own tables map the page; the hypervisor's have no entry for guest real page 0x100: a load gives 0xe00 with
# HDSISR bit 33, HDAR = the effective address and ASDR = the guest real address of the page; a fetch gives 0xe20 with
# HSRR1 bit 33.  DAR, DSISR, SRR0 and SRR1 belong to the guest and stay.
.include "bare.inc"
    li 10, 0
    LI64 11, GUEST_PAGES
    std 10, 0x800(11)
    SET_RADIX 1
    SETSPR 26, 0x1111
    SETSPR 19, 0x2222                               # DAR
    SETSPR 18, 0x3333                               # DSISR
    CATCH 1f
    ENTER SF | ME | IR | DR, load
load:
    LI64 5, 0x100128
l1: ld 6, 0(5)
1:  mfspr 10, 306
    mfspr 11, 307
    mfspr 12, 816
    EXPECT 31, 0xe00
    EXPECT_AT 22, l1
    EXPECT 10, 0x40000000
    EXPECT 11, 0x100128
    EXPECT_BITS 12, 0xffffffffff000, 0x100000
    EXPECT_BITS 26, HV, HV
    EXPECT 20, 0x1111
    EXPECT 24, 0x2222
    EXPECT 25, 0x3333
    CATCH 2f
    ENTER SF | ME | IR | DR, fetch
fetch:
    LI64 5, 0x100200
    mtctr 5
    bctr
2:  mfspr 12, 816
    EXPECT 31, 0xe20
    EXPECT 22, 0x100200
    EXPECT_BITS 23, 0x78000000, 0x40000000
    EXPECT_BITS 12, 0xffffffffff000, 0x100000
    EXPECT 20, 0x1111
    PASS
