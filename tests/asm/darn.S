# SPDX-License-Identifier: Apache-2.0
#
# darn (I 3.3.9): L = 0 a conditioned number of 32 bits, the upper half of RT zero; L = 1 (conditioned) and 2 (raw) 64
# bits; all ones would report an error.  L = 3 is reserved: all ones here.  Numbers that differ are all that a test
# can ask of them.
# rows: darn
.include "bare.inc"
    CATCH unexpected
    li 9, 0
    .irp l, 0, 1, 2
    darn 3, \l
    darn 4, \l
    darn 5, \l
    cmpd 3, 4                                       # three equal ones in a row: a constant
    bne 1f
    cmpd 4, 5
    bne 1f
    addi 9, 9, 1
1:  cmpdi 3, -1
    bne 1f
    addi 9, 9, 1
1:
    .endr
    EXPECT 9, 0
    .rept 8
    darn 3, 0
    srdi 3, 3, 32
    EXPECT 3, 0
    .endr
    li 6, 0
    .rept 16
    darn 3, 1
    or 6, 6, 3
    .endr
    srdi 6, 6, 32
    cmpdi 6, 0
    li 7, 0
    beq 1f
    li 7, 1
1:  EXPECT 7, 1                                     # there is something in the upper half
    .long 0x7c6305e6                                # darn r3, 3
    EXPECT 3, 0xffffffffffffffff
    PASS
