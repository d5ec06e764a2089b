# SPDX-License-Identifier: Apache-2.0
#
# Cache-inhibited loads and stores whose address is not a multiple of their size: an alignment interrupt in either byte
# order, DAR = the address, and neither register nor storage changes.  (III 6.5.8 lets the processor take it for any
# operand in caching-inhibited storage that is not aligned; we take it always.)
# qemu: no - accesses it
# rows: lhzcix lwzcix ldcix sthcix stwcix stdcix
.include "bare.inc"
    .set TARGET, 0x8192a3b4c5d6e7f8
    .macro REFUSED offset, word
    li 6, \offset
    INTERRUPTS SF | HV | ME, 0x600, .long \word
    EXPECT 24, 0x100040 + \offset
    EXPECT 7, TARGET
    INTERRUPTS SF | HV | ME | 1, 0x600, SWAPPED \word
    EXPECT 24, 0x100040 + \offset
    EXPECT 7, TARGET
    ld 9, 0(8)
    EXPECT 9, 0
    ld 9, 8(8)
    EXPECT 9, 0
    .endm
    LI64 7, TARGET
    LI64 8, 0x100040
    li 9, 0
    std 9, 0(8)
    std 9, 8(8)
    REFUSED 1, 0x7ce8366a                           # lhzcix r7, r8, r6
    REFUSED 3, 0x7ce8366a
    REFUSED 1, 0x7ce8362a                           # lwzcix
    REFUSED 2, 0x7ce8362a
    REFUSED 3, 0x7ce8362a
    REFUSED 1, 0x7ce836ea                           # ldcix
    REFUSED 4, 0x7ce836ea
    REFUSED 7, 0x7ce836ea
    REFUSED 1, 0x7ce8376a                           # sthcix r7, r8, r6
    REFUSED 1, 0x7ce8372a                           # stwcix
    REFUSED 2, 0x7ce8372a
    REFUSED 4, 0x7ce837ea                           # stdcix
    REFUSED 7, 0x7ce837ea
    PASS
