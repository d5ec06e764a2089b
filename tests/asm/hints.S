# SPDX-License-Identifier: Apache-2.0
#
# Hints (II 4.3.2, and dst of earlier versions): they change nothing that a program can see and never interrupt, not
# even at an address without translation.  dcbflp (dcbf with L = 3) flushes what is mapped.
# qemu: no - has no dst, dstst, icbt and dcbflp
# rows: dst dstt dstst dststt dss dssall icbt dcbt dcbtst dcbf
.include "bare.inc"
    LI64 11, PAGES
    li 10, 0
    std 10, 0x800(11)
    SET_RADIX 0
    CATCH unexpected
    LI64 5, 0x100000                                # no entry
    LI64 6, 0x12345678
    ENTER SF | HV | ME | IR | DR, relocated
relocated:
    .irp word, 0x7c0532ac, 0x7e0532ac, 0x7c0532ec, 0x7e0532ec, 0x7c00066c, 0x7e00066c   # dst dstt dstst dststt dss dssall
    .long \word
    .endr
    icbt 0, 0, 5
    LI64 7, 0x110000
    dcbflp 0, 7                                     # QEMU: illegal
    icbt 2, 5, 0
    .irp th, 0, 1, 8, 10, 16, 17, 31
    dcbt 0, 5, \th
    dcbtst 0, 5, \th
    .endr
    EXPECT 5, 0x100000
    EXPECT 6, 0x12345678
    PASS
