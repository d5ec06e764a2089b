# SPDX-License-Identifier: Apache-2.0
#
# Two numbers of one register (III 4.4.4, 9.4.4, 9.4.7): 779 and 795 are MMCR0, 769 and 785 MMCR2, 770 and 786 MMCRA, 13 and 29
# AMR.  To privileged states both are all of it; the mask belongs to problem state, not to its number.  MMCRC has 32 bits.
#
# qemu: 10 - 7.2 has another register under number 13 than under 29
.include "bare.inc"
    .macro SAME low, high, value
    SETSPR \high, \value
    mfspr 5, \low
    EXPECT 5, \value
    SETSPR \high, 0
    SETSPR \low, \value
    mfspr 5, \high
    EXPECT 5, \value
    .endm
    SAME 770, 786, 0x3100000f00000000
    SAME 769, 785, 0xffff000000000000
    SAME 779, 795, 0x80080001                       # FC, PMCC = 10, FCH
    SETSPR 157, 0x3                                 # UAMOR
    SAME 13, 29, 0x123456789abcdef0
    SETSPR 851, -1
    mfspr 5, 851
    EXPECT 5, 0xffffffff
    SETSPR 851, 0
    SET_RADIX 0
    LI64 8, -1
    CATCH 1f
    ENTER SF | HV | ME | PR | IR | DR, problem
problem:
    mfspr 5, 779
    mfspr 6, 769
    li 7, 0
    mtspr 779, 7
    mtspr 769, 7
    mtspr 13, 8
    sc
1:  EXPECT 31, 0xc00
    EXPECT 5, 0x80000000
    EXPECT 6, 0x4020000000000000                    # FC1P0, FC2P0 of the upper 16 bits
    mfspr 5, 795
    EXPECT 5, 0x00080001
    mfspr 6, 785
    EXPECT 6, 0xbfdf000000000000
    mfspr 7, 29
    EXPECT 7, 0x123456789abcdef3
    PASS
