# SPDX-License-Identifier: Apache-2.0
#
# Invalid forms (I 1.8.2 leaves their effect open) are illegal instructions here: emulation assistance, 0xe40, HEIR =
# the word, registers and storage as before.  They are: quadword and pair forms with an odd register, lq into RA, lqarx
# into RA or RB.  (Those of the update forms are executed: update_forms.S.)
# qemu: 10 - 7.2 has no HEIR
# rows: lfdp lfdpx stfdp stfdpx lq stq lqarx stqcx_
.include "bare.inc"
    .set STATE, SF | HV | ME | FP
    .macro INVALID word
    INTERRUPTS STATE, 0xe40, .long \word
    mfspr 9, 339
    EXPECT_SAME 9, 10
    .endm
    LI64 5, 0x100000
    li 8, 8
    INVALID (56 << 26) | (3 << 21) | (5 << 16)      # lq r3
    INVALID (56 << 26) | (4 << 21) | (4 << 16)      # lq r4, 0(r4)
    INVALID (62 << 26) | (3 << 21) | (5 << 16) | 2  # stq r3
    INVALID 0x7c654228                              # lqarx r3
    INVALID 0x7c844228                              # lqarx r4, r4
    INVALID 0x7c852228                              # lqarx r4, r5, r4
    INVALID 0x7c65416d                              # stqcx. r3
    INVALID (57 << 26) | (3 << 21) | (5 << 16)      # lfdp f3
    INVALID (61 << 26) | (3 << 21) | (5 << 16)      # stfdp f3
    INVALID 0x7c65462e                              # lfdpx f3
    INVALID 0x7c65472e                              # stfdpx f3
    PASS
