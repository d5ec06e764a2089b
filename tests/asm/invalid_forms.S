# SPDX-License-Identifier: Apache-2.0
#
# Invalid forms (I 1.8.2 leaves their effect open) are illegal instructions here: emulation assistance, 0xe40, HEIR =
# the word, registers and storage as before.  They are: update forms with RA = 0, loads with update into RA itself,
# quadword and pair forms with an odd register, lq into RA, lqarx into RA or RB.
# qemu: 10 - 7.2 has no HEIR
# rows: lbzu lhzu lhau lwzu ldu lbzux lhzux lhaux lwzux lwaux ldux stbu sthu stwu stdu stbux sthux stwux stdux
# rows: lfsu lfdu lfsux lfdux stfsu stfdu stfsux stfdux lfdp lfdpx stfdp stfdpx lq stq lqarx stqcx_
.include "bare.inc"
    .set STATE, SF | HV | ME | FP
    .macro INVALID word
    INTERRUPTS STATE, 0xe40, .long \word
    mfspr 9, 339
    EXPECT_SAME 9, 10
    .endm
    LI64 5, 0x100000
    li 8, 8
    .irp opcode, 35, 41, 43, 33, 39, 45, 37, 49, 51, 53, 55  # lbzu lhzu lhau lwzu stbu sthu stwu lfsu lfdu stfsu stfdu
    INVALID (\opcode << 26) | (3 << 21) | 8         # RA = 0
    .endr
    INVALID (58 << 26) | (3 << 21) | 9              # ldu r3, 8(0)
    INVALID (62 << 26) | (3 << 21) | 9              # stdu r3, 8(0)
    .irp opcode, 35, 41, 43, 33
    INVALID (\opcode << 26) | (5 << 21) | (5 << 16) | 8
    .endr
    INVALID (58 << 26) | (5 << 21) | (5 << 16) | 9
    # lbzux lhzux lhaux lwzux lwaux ldux stbux sthux stwux stdux lfsux lfdux stfsux stfdux
    .irp opcode, 119, 311, 375, 55, 373, 53, 247, 439, 183, 181, 567, 631, 695, 759
    INVALID (31 << 26) | (3 << 21) | (8 << 11) | (\opcode << 1)
    .endr
    .irp opcode, 119, 311, 375, 55, 373, 53
    INVALID (31 << 26) | (5 << 21) | (5 << 16) | (8 << 11) | (\opcode << 1)
    .endr
    INVALID (56 << 26) | (3 << 21) | (5 << 16)      # lq r3
    INVALID (56 << 26) | (4 << 21) | (4 << 16)      # lq r4, 0(r4)
    INVALID (62 << 26) | (3 << 21) | (5 << 16) | 2  # stq r3
    INVALID 0x7c654228                              # lqarx r3
    INVALID 0x7c844228                              # lqarx r4, r4
    INVALID 0x7c852228                              # lqarx r4, r5, r4
    INVALID 0x7c65416d                              # stqcx. r3
    PASS
