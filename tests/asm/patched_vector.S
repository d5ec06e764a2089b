# SPDX-License-Identifier: Apache-2.0
#
# A program that stores over its own vectors: the next interrupt executes what was stored, without icbi (docs/ARCHITECTURE.md;
# hardware would need it), first while the page has not been executed, then after it has, then from the handler itself.
.include "bare.inc"
    LI64 5, 0x700
    LI64 6, 0x3be00055                              # li r31, 0x55
    stw 6, 0(5)
    CATCH 1f
    trap
1:  EXPECT 31, 0x55
    LI64 6, 0x3be00066
    stw 6, 0(5)
    CATCH 2f
    trap
2:  EXPECT 31, 0x66
    LI64 6, 0x90c50008                              # stw r6, 8(r5): the word after the next
    stw 6, 0(5)
    LI64 6, 0x60000000                              # nop
    stw 6, 4(5)
    LI64 6, 0x60000000
    stw 6, 8(5)
    LI64 7, 0x3be00077                              # li r31, 0x77
    stw 7, 12(5)
    LI64 7, 0x48000000                              # a loop for ever, unless the store of r6 replaces it
    stw 7, 8(5)
    LA64 8, collect
    subi 8, 8, 0x710
    oris 8, 8, 0x4800
    stw 8, 16(5)                                    # b collect
    CATCH 3f
    trap
3:  EXPECT 31, 0x77
    PASS
