# SPDX-License-Identifier: Apache-2.0
#
# A store conditional of another size than its reservation, or to another place in the same 128 bytes: the book leaves
# open whether the store is performed (II 4.6.2).  POWER9 performs it (core/isa/open.def); to other 128 bytes it does not.
# qemu: no - asks for the same place
# rows: lbarx lharx lwarx ldarx stbcx_ sthcx_ stwcx_ stdcx_
.include "bare.inc"
    LI64 5, 0x100000
    li 0, 0
    mtxer 0
    # Reserve at `from`, store r3 to `to`: CR0 = cr0, and the doubleword there afterwards.
    .macro ATTEMPT load, from, store, to, cr0, word
    li 4, -1
    std 4, (\to) & ~7(5)
    addi 6, 5, \from
    \load 4, 0, 6
    addi 6, 5, \to
    \store 3, 0, 6
    EXPECT_CR0 \cr0
    ld 10, (\to) & ~7(5)
    EXPECT 10, \word
    .endm
    LI64 3, 0x0102030405060708
    ATTEMPT lbarx, 0, stdcx., 0, 2, 0x0102030405060708
    ATTEMPT ldarx, 0, stbcx., 0, 2, 0x08ffffffffffffff
    ATTEMPT lharx, 0x40, stwcx., 0x44, 2, 0xffffffff05060708
    ATTEMPT lwarx, 0x7c, stdcx., 0, 2, 0x0102030405060708
    ATTEMPT lwarx, 0, sthcx., 0x7e, 2, 0xffffffffffff0708
    ATTEMPT ldarx, 0x78, stdcx., 0x80, 0, 0xffffffffffffffff
    ATTEMPT ldarx, 0x80, stdcx., 0x78, 0, 0xffffffffffffffff
    PASS
