# SPDX-License-Identifier: Apache-2.0
#
# Caching-inhibited storage: page 0x100 is main storage mapped with ATT = tolerant I/O (0x30), page 0x101 and 0xff are ordinary.
# Aligned loads and stores are done.  Not aligned, or crossing from one class into the other: alignment interrupt, DAR = the
# operand, DSISR untouched (III 6.5.8).  dcbz: alignment.  Reservations, atomics, lq, stq, copy: data storage interrupt,
# DSISR bit 37 (0x04000000), 38 for stores (III 6.5.3).  In ordinary storage everything is done that is not a reservation,
# an atomic, a quadword or a block: these are alignment interrupts, as are multiples and strings in little-endian mode.
# qemu: no - caching-inhibited main storage is ordinary storage there
.include "bare.inc"
.macro ALIGNMENT dar, insn:vararg
    CATCH align_to\@
align_at\@:
    \insn
align_to\@:
    EXPECT 31, 0x600
    EXPECT_AT 20, align_at\@
    EXPECT 24, \dar
    EXPECT 25, 0x1234
    CATCH unexpected
    LA64 0, align_on\@
    mtspr 26, 0
    rfid
align_on\@:
.endm
.macro REFUSED dar, dsisr, insn:vararg
    CATCH refused_to\@
refused_at\@:
    \insn
refused_to\@:
    EXPECT 31, 0x300
    EXPECT_AT 20, refused_at\@
    EXPECT 24, \dar
    EXPECT 25, \dsisr
    CATCH unexpected
    SETSPR 18, 0x1234
    LA64 0, refused_on\@
    mtspr 26, 0
    rfid
refused_on\@:
.endm
    LI64 11, PAGES
    LI64 10, PAGE_OK | 0x100000 | 0x30
    std 10, 0x800(11)
    SET_RADIX 0
    SETSPR 18, 0x1234                               # DSISR
    li 12, 0
    ENTER SF | HV | ME | IR | DR | FP | 0x2800000, 1f
1:  LI64 5, 0x100000
    LI64 6, 0x101000
    li 13, 9
    LI64 7, 0x1122334455667788
    std 7, 8(5)
    ld 8, 8(5)
    EXPECT 8, 0x1122334455667788
    lhz 8, 10(5)
    EXPECT 8, 0x3344
    lxvx 35, 12, 5
    stxvx 35, 12, 5
    ALIGNMENT 0x100009, ldx 8, 13, 5
    ALIGNMENT 0x100009, lhzx 8, 13, 5
    ALIGNMENT 0x100006, stw 8, 6(5)
    ALIGNMENT 0x100006, lfs 1, 6(5)
    li 9, 8
    ALIGNMENT 0x100008, lxvx 35, 9, 5
    ALIGNMENT 0xffffc, ld 8, -4(5)                  # from ordinary storage into it
    ALIGNMENT 0xffffe, stw 8, -2(5)
    ALIGNMENT 0x100ffc, std 7, -4(6)                # and out of it
    ALIGNMENT 0x100000, dcbz 0, 5
    REFUSED 0x100000, 0x04000000, lwarx 8, 0, 5
    REFUSED 0x100000, 0x04000000, lqarx 8, 0, 5
    REFUSED 0x100000, 0x06000000, stdcx. 8, 0, 5
    REFUSED 0x100000, 0x04000000, lq 8, 0(5)
    REFUSED 0x100000, 0x06000000, stq 8, 0(5)
    REFUSED 0x100000, 0x06000000, .long 0x7d0504cc  # ldat r8, r5, 0
    REFUSED 0x100000, 0x06000000, .long 0x7d05058c  # stwat r8, r5, 0
    REFUSED 0x100000, 0x04000000, copy 0, 5
    std 7, 8(6)                                     # ordinary storage
    ldx 8, 13, 6
    lxvx 35, 13, 6
    std 7, 0xffc(6)
    ld 8, 0xffc(6)
    EXPECT 8, 0x1122334455667788
    lmw 29, 3(6)
    dcbz 0, 6
    addi 9, 6, 8
    ALIGNMENT 0x101008, lq 8, 0(9)
    addi 9, 6, 2
    ALIGNMENT 0x101002, lwarx 8, 0, 9
    ALIGNMENT 0x101002, stdcx. 8, 0, 9
    ALIGNMENT 0x101002, .long 0x7d0904cc            # ldat r8, r9, 0
    ALIGNMENT 0x101002, copy 0, 9
    PASS
