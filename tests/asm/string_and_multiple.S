# SPDX-License-Identifier: Apache-2.0
#
# lmw, stmw, lswi, lswx, stswi, stswx (I 3.3.5, 3.3.6) in big-endian mode; in little-endian mode:
# string_little_endian.S.
#
# lmw loads words into RT..31, zero-extended.  The string forms move NB bytes (0 means 32), lswx and stswx XER[57:63],
# four to a register from the left, the registers wrapping from 31 to 0; the rest of a last register is zero; the
# upper half of each is zero. stmw and the string stores are the reverse.  lswx of no bytes leaves RT alone here (the
# book: undefined).
# rows: lmw stmw lswi lswx stswi stswx
.include "bare.inc"
    LI64 5, 0x100000
    LI64 3, 0x8182838485868788
    std 3, 0(5)
    LI64 3, 0x9192939495969798
    std 3, 8(5)
    CATCH unexpected
    li 28, -1
    lmw 28, 0(5)
    EXPECT 28, 0x81828384
    mr 10, 29
    EXPECT 10, 0x85868788
    EXPECT 30, 0x91929394
    EXPECT 31, 0x95969798
    CATCH unexpected
    li 6, -1
    li 7, -1
    li 8, -1
    lswi 6, 5, 7
    EXPECT 6, 0x81828384
    EXPECT 7, 0x85868700
    EXPECT 8, 0xffffffffffffffff
    addi 9, 5, 1
    lswi 10, 9, 4                                   # not aligned
    EXPECT 10, 0x82838485
    li 10, 9
    mtxer 10
    li 10, 3
    lswx 11, 5, 10
    EXPECT 11, 0x84858687
    EXPECT 12, 0x88919293
    EXPECT 13, 0x94000000
    lswi 31, 5, 8                                   # 31, then 0
    mr 10, 0
    EXPECT 31, 0x81828384
    EXPECT 10, 0x85868788
    # stores
    LI64 28, 0xffffffff01020304
    LI64 31, 0xffffffff0d0e0f10
    LI64 29, 0xffffffff05060708
    LI64 30, 0xffffffff090a0b0c
    stmw 28, 0x20(5)
    CATCH unexpected
    ld 10, 0x20(5)
    EXPECT 10, 0x0102030405060708
    ld 10, 0x28(5)
    EXPECT 10, 0x090a0b0c0d0e0f10
    li 10, -1
    std 10, 0x40(5)
    std 10, 0x48(5)
    addi 9, 5, 0x41
    stswi 28, 9, 5
    LI64 6, 0xaaaaaaaa11121314
    LI64 7, 0xaaaaaaaa15161718
    ld 10, 0x40(5)
    EXPECT 10, 0xff0102030405ffff
    CATCH unexpected
    li 10, 6
    mtxer 10
    li 10, 0x48
    stswx 6, 5, 10
    ld 10, 0x48(5)
    EXPECT 10, 0x111213141516ffff
    addi 9, 5, 0x60
    li 10, 0
    mtxer 10
    std 10, 0x60(5)
    stswx 6, 5, 9
    ld 10, 0x60(5)
    EXPECT 10, 0
    # no bytes
    li 11, 0x55
    lswx 11, 0, 5
    EXPECT 11, 0x55
    PASS
