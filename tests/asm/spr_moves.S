# SPDX-License-Identifier: Apache-2.0
#
# mtspr, mfspr and mftb (III 4.4.4, II 6.2): what was written is read back; bits that a register lacks read as zero; the time base never
# goes backwards, TBU is its upper half; a guest reads TB but cannot write it; an SPR of the hypervisor does nothing in a guest's
# supervisor state (LPCR[EVIRT] = 0), SPRs 0, 4, 5, 6 are illegal in privileged states, an undefined one above does nothing.
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
    INTERRUPTS SF | HV | ME, 0xe40, mtspr 4, 10
    INTERRUPTS SF | HV | ME, 0xe40, mfspr 10, 5
    INTERRUPTS SF | HV | ME, 0xe40, mfspr 10, 6
    CATCH unexpected
    li 10, 7
    mfspr 10, 1000
    EXPECT 10, 7
    mtspr 1000, 10
    PASS
