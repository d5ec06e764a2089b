# SPDX-License-Identifier: Apache-2.0
#
# Load and reserve, store conditional (II 4.6.2): the store is done, CR0 = 0b001 || SO, if the reservation of the same
# place and size is still held, and ends it; else CR0 = 0b000 || SO and storage stays.  A reservation is lost by the
# store conditional, and by a store of another thread, but not by loads of one's own.  Not aligned: alignment
# interrupt.  Every size, with RA = 0 as zero.
# qemu: 10 - 7.2 never stores with stqcx.
# rows: lbarx lharx lwarx ldarx lqarx stbcx_ sthcx_ stwcx_ stdcx_ stqcx_
.include "bare.inc"
    LI64 5, 0x100000
    li 0, 0x77
    CATCH unexpected
    .macro PAIR load, store, size, old, new
    LI64 3, 0x8192a3b4c5d6e7f8
    std 3, 0(5)
    LI64 8, 0x1122334455667788
    \load 6, 0, 5
    EXPECT 6, \old
    ld 7, 0(5)                                      # one's own load
    \store 8, 0, 5
    EXPECT_CR0 2
    ld 7, 0(5)
    EXPECT 7, \new
    std 3, 0(5)
    \store 8, 0, 5                                  # it is gone
    EXPECT_CR0 0
    ld 7, 0(5)
    EXPECT_SAME 7, 3
    .if \size > 1
    addi 9, 5, \size / 2
    INTERRUPTS SF | HV | ME, 0x600, \load 6, 0, 9
    .endif
    .endm
    mtxer 0
    PAIR lbarx, stbcx., 1, 0x81, 0x8892a3b4c5d6e7f8
    PAIR lharx, sthcx., 2, 0x8192, 0x7788a3b4c5d6e7f8
    PAIR lwarx, stwcx., 4, 0x8192a3b4, 0x55667788c5d6e7f8
    PAIR ldarx, stdcx., 8, 0x8192a3b4c5d6e7f8, 0x1122334455667788
    LI64 10, 1 << 31
    mtxer 10
    ldarx 6, 0, 5
    stdcx. 6, 0, 5
    EXPECT_CR0 3
    stdcx. 6, 0, 5
    EXPECT_CR0 1
    # sixteen bytes
    mtxer 0
    LI64 3, 0x8192a3b4c5d6e7f8
    std 3, 0(5)
    li 9, 5
    std 9, 8(5)
    .long 0x7cc02a28                                # lqarx r6, 0, r5
    EXPECT_SAME 6, 3
    EXPECT 7, 5
    LI64 8, 0x1122334455667788
    li 9, 9
    .long 0x7d00296d                                # stqcx. r8, 0, r5
    EXPECT_CR0 2
    ld 6, 0(5)
    ld 7, 8(5)
    EXPECT_SAME 6, 8
    EXPECT_SAME 7, 9
    .long 0x7d00296d
    EXPECT_CR0 0
    PASS
