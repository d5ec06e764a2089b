# SPDX-License-Identifier: Apache-2.0
#
# The simulator's own call, word 0x000eaeb0 (docs/USING.md): r3 = 0 writes r5 bytes at r4 and returns their number in
# r3; any state may use it; a number that means nothing returns without effect.  (r3 = 31 ends every test; off, the
# word is illegal: cli.sh.)
# qemu: no - the instruction is p9sim's own
# rows: callthru
.include "bare.inc"
    CATCH unexpected
    li 3, 0
    LA64 4, text
    li 5, 7
    .long 0x000eaeb0
    EXPECT 3, 7
    SET_RADIX 1
    ENTER SF | ME | PR | EE | IR | DR, user
user:
    li 3, 0
    li 5, 0
    .long 0x000eaeb0
    EXPECT 3, 0
    PASS
text:
    .ascii "called\n"
