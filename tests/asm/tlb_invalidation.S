# SPDX-License-Identifier: Apache-2.0
#
# tlbie and tlbiel for radix translations (III 5.9.3.3): which translations must be gone.
#
# Each case makes the processor know pages A and B of the hypervisor's process 0 (LPID 0), then changes both entries
# of the tree in storage to other pages, executes the instruction, and looks again.  What the instruction names must
# be read anew; anything else may be, so nothing is said about it: a machine that remembers nothing is right.  RIC 0
# with IS = 0 names one page by address and AP, RIC 0 and 2 with IS = 1 all of the PID in RS, IS = 2 all of the LPID
# in RS, IS = 3 everything. tlbiel with IS > 0 works on one congruence class: software goes through 128 of them and
# ends with slbia 7, as POWER9 needs it. An unmapped page that becomes mapped needs no invalidation.
# rows: tlbie tlbiel
.include "bare.inc"
    .set A, 0x100000
    .set B, 0x101000
    # Page A shows 0x110000 (first = 0) or 0x112000 (1), page B 0x111000 or 0x113000; each holds its own number.
    .macro SHOW a, b
    LI64 11, PAGES
    LI64 10, PAGE_OK | (\a)
    std 10, 0x800(11)
    LI64 10, PAGE_OK | (\b)
    std 10, 0x808(11)
    ptesync
    .endm
    .macro KNOW
    LI64 5, A
    LI64 6, B
    ld 7, 0(5)
    EXPECT 7, 0x110000
    ld 7, 0(6)
    EXPECT 7, 0x111000
    SHOW 0x112000, 0x113000
    .endm
    .macro LOOK both
    ptesync
    isync
    ld 7, 0(5)
    EXPECT 7, 0x112000
    .if \both
    ld 7, 0(6)
    EXPECT 7, 0x113000
    .endif
    SHOW 0x110000, 0x111000
    li 8, 0                                         # the stage for the next case: everything goes
    LI64 9, 0xc00
    tlbie 9, 8, 2, 1, 1
    ptesync
    isync
    .endm
    # RB, RS; RIC, PRS, R; does it name both pages?
    .macro NAMED rb, rs, ric, prs, both
    KNOW
    LI64 9, \rb
    LI64 8, \rs
    tlbie 9, 8, \ric, \prs, 1
    eieio
    tlbsync
    LOOK \both
    .endm
    .macro NAMED_HERE rb, rs, ric, prs, both
    KNOW
    LI64 9, \rb
    LI64 8, \rs
    .if \rb & 0xc00
    li 3, 128
    mtctr 3
.Lclass\@:
    tlbiel 9, 8, \ric, \prs, 1
    addi 9, 9, 0x1000
    bdnz .Lclass\@
    slbia 7
    .else
    tlbiel 9, 8, \ric, \prs, 1
    .endif
    LOOK \both
    .endm
    .irp page, 0x110000, 0x111000, 0x112000, 0x113000
    LI64 5, \page
    std 5, 0(5)
    .endr
    CATCH unexpected
    li 10, 0
    LI64 11, PAGES
    std 10, 0x800(11)
    SHOW 0x110000, 0x111000
    SET_RADIX 0
    ENTER SF | HV | ME | IR | DR, relocated
relocated:
    .set PID0, 0 << 32
    NAMED A, PID0, 0, 1, 0                          # IS = 0: by address
    NAMED 0x400, PID0, 0, 1, 1                      # IS = 1: by PID
    NAMED 0x400, PID0, 2, 1, 1
    NAMED 0x800, 0, 0, 1, 1                         # IS = 2: by LPID
    NAMED 0x800, 0, 2, 1, 1
    NAMED 0xc00, 0, 0, 1, 1                         # IS = 3: everything
    NAMED 0xc00, 0, 2, 1, 1
    NAMED_HERE A, PID0, 0, 1, 0
    NAMED_HERE 0x400, PID0, 0, 1, 1
    NAMED_HERE 0x400, PID0, 2, 1, 1
    NAMED_HERE 0x800, 0, 0, 1, 1
    NAMED_HERE 0x800, 0, 2, 1, 1
    NAMED_HERE 0xc00, 0, 2, 1, 1

    # RIC = 1: what is remembered of the tree's directories.  The last level's table moves to 0x140000, with page A changed.
    LI64 11, PAGES
    LI64 12, 0x140000
    li 3, 512
    mtctr 3
0:  ld 10, 0(11)
    std 10, 0(12)
    addi 11, 11, 8
    addi 12, 12, 8
    bdnz 0b
    LI64 12, 0x140000
    LI64 10, PAGE_OK | 0x112000
    std 10, 0x800(12)
    LI64 5, A
    ld 7, 0(5)
    EXPECT 7, 0x110000
    LI64 11, 0x51000
    LI64 10, 0x8000000000140009
    std 10, 0(11)
    ptesync
    LI64 9, A
    li 8, 0
    tlbie 9, 8, 0, 1, 1                             # the page
    LI64 9, 0x400
    tlbie 9, 8, 1, 1, 1                             # the directories of the PID
    eieio
    tlbsync
    ptesync
    isync
    ld 7, 0(5)
    EXPECT 7, 0x112000
    PASS
