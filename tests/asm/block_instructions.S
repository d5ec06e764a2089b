# SPDX-License-Identifier: Apache-2.0
#
# dcbz, dcbst, dcbf, icbi (II 4.3.2) in relocated mode: dcbz is refused like a store and zeroes the 128 bytes that
# hold the address; the others are refused like loads, so a page that may only be read will do, and change nothing.
# DAR is in the block.
# rows: dcbz dcbst dcbf icbi
.include "bare.inc"
    .set STATE, SF | HV | ME | IR | DR
    LI64 11, PAGES
    li 10, 0
    std 10, 0x800(11)                               # page 0x100: no entry
    LI64 10, 0xc000000000101184                     # page 0x101: read only
    std 10, 0x808(11)
    SET_RADIX 0
    LI64 5, 0x110000
    LI64 6, 0x101000
    LI64 7, 0x100000
    li 8, 0x94
    li 3, -1
    .irp at, 0x78, 0x80, 0xc0, 0xf8, 0x100
    std 3, \at(5)
    .endr
    CATCH unexpected
    ENTER STATE, relocated
relocated:
    dcbst 6, 8
    dcbf 6, 8
    dcbfl 6, 8
    icbi 6, 8
    dcbz 5, 8
    .irp at, 0x80, 0xc0, 0xf8
    ld 9, \at(5)
    EXPECT 9, 0
    .endr
    ld 9, 0x78(5)
    EXPECT 9, 0xffffffffffffffff
    ld 9, 0x100(5)
    EXPECT 9, 0xffffffffffffffff
    .macro REFUSED dsisr, insn:vararg
    INTERRUPTS STATE, 0x300, \insn
    EXPECT 25, \dsisr
    .endm
    REFUSED 0x0a000000, dcbz 6, 8
    EXPECT_BITS 24, ~0x7f, 0x101080
    REFUSED 0x42000000, dcbz 7, 8
    EXPECT_BITS 24, ~0x7f, 0x100080
    REFUSED 0x40000000, dcbst 7, 8
    EXPECT_BITS 24, ~0x7f, 0x100080
    REFUSED 0x40000000, dcbf 7, 8
    EXPECT_BITS 24, ~0x7f, 0x100080
    REFUSED 0x40000000, icbi 7, 8
    EXPECT_BITS 24, ~0x7f, 0x100080
    PASS
