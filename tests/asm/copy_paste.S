# SPDX-License-Identifier: Apache-2.0
#
# copy, paste., cpabort (II 4.4) on a machine without an accelerator.
#
# copy reads a block of 128 bytes: the address must be a multiple of 128, else an alignment interrupt (DAR = the
# address); it is refused like a load.  paste. has no taker: CR0 = 0b00 || 0 || SO, storage stays; it is refused like
# a store (DSISR bit 38). cpabort ends what copy began; a paste. behind it is not done either.
# qemu: no - has no copy and paste.
# rows: copy paste_ cp_abort
.include "bare.inc"
    LI64 11, PAGES
    li 10, 0
    std 10, 0x800(11)                               # page 0x100: no entry
    LI64 10, 0xc000000000101184                     # page 0x101: read only
    std 10, 0x808(11)
    SET_RADIX 0
    LI64 5, 0x110000
    LI64 6, 0x101000
    LI64 7, 0x100000
    li 8, 0x80
    LI64 3, 0x1122334455667788
    std 3, 0x80(5)
    CATCH unexpected
    ENTER SF | HV | ME | IR | DR, relocated
relocated:
    mtxer 0
    copy 0, 5
    paste. 5, 8
    EXPECT_CR0 0
    LI64 9, 1 << 31
    mtxer 9
    copy 6, 8                                       # reading is enough
    paste. 5, 8
    EXPECT_CR0 1
    copy 5, 8
    cpabort
    paste. 5, 8
    EXPECT_CR0 1
    ld 9, 0x80(5)
    EXPECT_SAME 9, 3
    .set STATE, SF | HV | ME | IR | DR
    li 8, 0x44
    INTERRUPTS STATE, 0x600, copy 5, 8
    EXPECT 24, 0x110044
    INTERRUPTS STATE, 0x600, paste. 5, 8
    EXPECT 24, 0x110044
    INTERRUPTS STATE, 0x300, copy 0, 7
    EXPECT 24, 0x100000
    EXPECT 25, 0x40000000
    INTERRUPTS STATE, 0x300, paste. 0, 7
    EXPECT 24, 0x100000
    EXPECT 25, 0x42000000
    INTERRUPTS STATE, 0x300, paste. 0, 6
    EXPECT 24, 0x101000
    EXPECT 25, 0x0a000000
    PASS
