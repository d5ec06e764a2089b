# SPDX-License-Identifier: Apache-2.0
#
# What a user may touch (III 5.7.11): EAA bit 0 (8) makes a page privileged: problem state may not touch it, and privileged state may not
# touch a page without it only if the key says so (AMR 0: it may).  A user's access to a privileged page: DSISR bit 36.
.include "bare.inc"
    LI64 11, PAGES
    LI64 10, 0xc00000000010018f                     # page 0x100: privileged
    std 10, 0x800(11)
    SET_RADIX 0
    CATCH unexpected
    ENTER SF | HV | ME | IR | DR, hypervisor
hypervisor:
    LI64 5, 0x100000
    ld 6, 0(5)                                      # allowed
    CATCH 1f
    LI64 0, SF | HV | PR | IR | DR | EE
    mtspr 315, 0
    LA64 0, user
    mtspr 314, 0
    hrfid
user:
    ld 6, 0(5)
1:  EXPECT 31, 0x300
    EXPECT_AT 20, user
    EXPECT 24, 0x100000
    EXPECT 25, 0x08000000
    EXPECT_BITS 21, PR | HV, PR | HV
    EXPECT_BITS 26, PR | HV, HV
    PASS
