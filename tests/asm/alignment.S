# SPDX-License-Identifier: Apache-2.0
#
# Alignment interrupt (III 6.5.8): reservations need their natural alignment; DAR = the effective address, SRR0 = the
# instruction, and no reservation is made.  Ordinary accesses to main storage may be unaligned, across pages too.
.include "bare.inc"
    LI64 5, 0x90000
    LI64 6, 0x0123456789abcdef
    li 9, 3
    stdx 6, 9, 5
    ldx 7, 9, 5
    EXPECT 7, 0x0123456789abcdef
    li 9, 0xffd
    stdx 6, 9, 5
    lbz 7, 0xffd(5)
    EXPECT 7, 0x01
    LI64 8, 0x91000
    lwz 7, 0(8)
    EXPECT 7, 0x6789abcd
    CATCH 1f
    li 9, 2
l1: lwarx 7, 9, 5
1:  EXPECT 31, 0x600
    EXPECT_AT 20, l1
    EXPECT 24, 0x90002
    CATCH 2f
    li 9, 4
l2: ldarx 7, 9, 5
2:  EXPECT 31, 0x600
    EXPECT_AT 20, l2
    EXPECT 24, 0x90004
    PASS
