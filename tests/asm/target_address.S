# SPDX-License-Identifier: Apache-2.0
#
# bctar (I 2.4): to the address in TAR without its last two bits if BO and BI say so; LR gets the next instruction if
# LK = 1, taken or not.
# rows: bctar
.include "bare.inc"
    CATCH unexpected
    LA64 10, taken
    ori 10, 10, 3
    mtspr 815, 10
    li 3, 0
    mtlr 3
    cmpd 3, 3
    bctar 12, 2                                     # beq
    .long 4
taken:
    mflr 10
    EXPECT 10, 0
    LA64 10, linked
    mtspr 815, 10
    bctarl 4, 2                                     # bne: not taken, LR is set
here:
    mflr 11
    EXPECT_AT 11, here
    li 10, 2
    mtctr 10
    bctarl 16, 0                                    # bdnz
away:
    .long 4
linked:
    mflr 11
    EXPECT_AT 11, away
    mfctr 10
    EXPECT 10, 1
    PASS
