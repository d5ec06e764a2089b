# SPDX-License-Identifier: Apache-2.0
#
# 32-bit mode (I 1.10.3, III 3.2.1): effective addresses are cut to 32 bits, also by the branch that goes past the top; CR0 looks at
# the low word; the interrupt sets SF.
.include "bare.inc"
    CATCH 1f
    LI64 5, 0xffffffff00090000
    LI64 6, 0x0000000112345678
    LI64 7, 0x90000
    std 6, 0(7)
    ENTER HV | ME, go
go: lwz 8, 4(5)                                     # 0x90004
    addi 9, 6, 0
    andis. 10, 9, 0
    li 11, -1
    clrldi 11, 11, 32                               # 0x00000000ffffffff: negative as a word
    addic. 12, 11, 0
    mfcr 13
    bl 2f
2:  mflr 14
    trap
1:  EXPECT 31, 0x700
    EXPECT 8, 0x12345678
    EXPECT_BITS 13, 0xe0000000, 0x80000000
    EXPECT_AT 14, 2b
    EXPECT_BITS 21, SF, 0
    EXPECT_BITS 26, SF, SF
    PASS
