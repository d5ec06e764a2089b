# SPDX-License-Identifier: Apache-2.0
#
# The simulator's own call, word 0x000eaeb0 (docs/USING.md): r3 = 0 writes r5 bytes at r4 and returns their number in
# r3; 4096 and 4097 begin and end the region r4, 4100 gives it a name of r6 bytes at r5; any state may use it; a number
# that means nothing returns without effect.  (r3 = 31 ends every test; off, the
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
    li 3, 4096
    li 4, 5
    .long 0x000eaeb0
    li 3, 4100          # named while it is open, and longer than a name may be
    LA64 5, text
    li 6, 200
    .long 0x000eaeb0
    EXPECT 3, 0
    EXPECT 4, 5
    li 3, 4097
    .long 0x000eaeb0
    li 3, 4100          # before it has begun
    li 4, -1
    li 6, 0
    .long 0x000eaeb0
    EXPECT 3, 0
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
