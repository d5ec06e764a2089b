# SPDX-License-Identifier: Apache-2.0
#
# mtspr, mfspr and mftb (III 4.4.4, II 6.2): what was written is read back; bits that a register lacks read as zero;
# the time base never goes backwards, TBU is its upper half.  SPRs 0 and, to mfspr, 4, 5 and 6 are illegal in
# privileged states, any other undefined one does nothing.
# qemu: 10 - 7.2 keeps the upper half of DSISR
# rows: mtspr mfspr mftb mftbu
.include "bare.inc"
    .macro KEEPS number, value, read
    SETSPR \number, (\value)
    li 10, 0
    mfspr 10, \number
    EXPECT 10, (\read)
    .endm
    .set ONES, 0xffffffffffffffff
    .set MIXED, 0x8192a3b4c5d6e7f8
    CATCH unexpected
    .irp number, 272, 273, 274, 275, 304, 305, 26, 27, 314, 315, 19, 307, 8, 9, 815
    KEEPS \number, MIXED, MIXED
    .endr
    KEEPS 18, MIXED, 0xc5d6e7f8                     # DSISR
    KEEPS 306, MIXED, 0xc5d6e7f8                    # HDSISR
    KEEPS 256, MIXED, 0xc5d6e7f8                    # VRSAVE
    KEEPS 319, 0xfff, 0xfff                         # LPIDR
    KEEPS 319, 0, 0
    mfspr 10, 259                                   # SPRG3 for readers
    mfspr 11, 275
    EXPECT_SAME 10, 11
    # time
    mftb 10
    mftb 11
    cmpld 10, 11
    li 9, 0
    ble 1f
    li 9, 1
1:  EXPECT 9, 0
    mfspr 10, 269
    mftbu 11
    sub 11, 11, 10
    srdi 11, 11, 1
    EXPECT 11, 0                                    # the upper half: equal, or one more
    # nobody's numbers
    INTERRUPTS SF | HV | ME, 0xe40, mfspr 10, 0
    INTERRUPTS SF | HV | ME, 0xe40, mtspr 0, 10
    INTERRUPTS SF | HV | ME, 0xe40, mfspr 10, 4
    INTERRUPTS SF | HV | ME, 0xe40, mfspr 10, 5
    INTERRUPTS SF | HV | ME, 0xe40, mfspr 10, 6
    CATCH unexpected
    li 10, 7
    mfspr 10, 1000
    EXPECT 10, 7
    mtspr 1000, 10
    mtspr 4, 10
    mtspr 5, 10
    mtspr 6, 10
    # a guest
    SET_RADIX 1
    ENTER SF | ME, guest
guest:
    mfspr 10, 1000
    EXPECT 10, 7
    mtspr 4, 10
    mftb 10
    PASS
