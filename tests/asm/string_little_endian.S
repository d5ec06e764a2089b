# SPDX-License-Identifier: Apache-2.0
#
# lmw, stmw, lswi, lswx, stswi, stswx in little-endian mode (I 3.3.5, 3.3.6; III 6.5.8): an alignment interrupt, DAR =
# the address.
# qemu: no - does not set DAR
# rows: lmw stmw lswi lswx stswi stswx
.include "bare.inc"
    .macro REFUSED word
    INTERRUPTS SF | HV | ME | 1, 0x600, SWAPPED \word
    EXPECT 24, 0x100008
    .endm
    LI64 5, 0x100000
    li 8, 8
    REFUSED 0xbb850008                              # lmw r28, 8(r5)
    REFUSED 0xbf850008                              # stmw r28, 8(r5)
    addi 5, 5, 8
    REFUSED 0x7cc544aa                              # lswi r6, r5, 8
    REFUSED 0x7cc545aa                              # stswi r6, r5, 8
    subi 5, 5, 8
    mtxer 8
    REFUSED 0x7cc5442a                              # lswx r6, r5, r8
    REFUSED 0x7cc5452a                              # stswx r6, r5, r8
    PASS
