# SPDX-License-Identifier: Apache-2.0
#
# Update forms with RA = 0, and loads with update into RA itself, are invalid (I 3.3.2, 3.3.3, 4.6.2, 4.6.3: boundedly
# undefined).  POWER9 executes them (core/isa/open.def tells who says so): RA = 0 means a base of zero, and the address is
# put into R0; RA = RT gets the displacement, or RB, added to what was loaded.  R0 holds a number that would lead outside
# main storage, so a base of R0 is noticed.
# qemu: no - these forms are illegal there
# rows: lbzu lhzu lhau lwzu ldu lbzux lhzux lhaux lwzux lwaux ldux stbu sthu stwu stdu stbux sthux stwux stdux
# rows: lfsu lfdu lfsux lfdux stfsu stfdu stfsux stfdux
.include "bare.inc"
    .set AT, 0x7000                 # reached by a displacement as well

    # A load with update whose RA is 0: the result in r3, AT in r0. `word` has neither RT nor RA.
    .macro FROM_ZERO word, result
    li 0, -1
    .long (\word) | (3 << 21)
    mr 10, 0
    EXPECT 10, AT
    EXPECT 3, \result
    .endm
    # Into RA itself: r6 leads to the operand and ends as operand plus step.
    .macro INTO_BASE word, base, result
    li 6, \base
    .long (\word) | (6 << 21) | (6 << 16)
    EXPECT 6, \result
    .endm
    # A store of r3 or f3 through a base of zero: AT in r0, r10 = the doubleword there.
    .macro TO_ZERO word, result
    std 9, AT(0)
    li 0, -1
    .long (\word) | (3 << 21)
    mr 10, 0
    EXPECT 10, AT
    ld 10, AT(0)
    EXPECT 10, \result
    .endm

    li 8, AT
    li 7, 0x10
    li 9, 0
    LI64 5, 0x8182838485868788
    std 5, AT(0)
    .set I, 0x7c000000              # opcode 31
    FROM_ZERO (35 << 26) | AT, 0x81                        # lbzu
    FROM_ZERO (41 << 26) | AT, 0x8182                      # lhzu
    FROM_ZERO (43 << 26) | AT, 0xffffffffffff8182          # lhau
    FROM_ZERO (33 << 26) | AT, 0x81828384                  # lwzu
    FROM_ZERO (58 << 26) | AT | 1, 0x8182838485868788      # ldu
    FROM_ZERO I | (8 << 11) | (119 << 1), 0x81             # lbzux
    FROM_ZERO I | (8 << 11) | (311 << 1), 0x8182           # lhzux
    FROM_ZERO I | (8 << 11) | (375 << 1), 0xffffffffffff8182
    FROM_ZERO I | (8 << 11) | (55 << 1), 0x81828384        # lwzux
    FROM_ZERO I | (8 << 11) | (373 << 1), 0xffffffff81828384
    FROM_ZERO I | (8 << 11) | (53 << 1), 0x8182838485868788
    INTO_BASE (35 << 26) | 0x10, AT - 0x10, 0x91
    INTO_BASE (41 << 26) | 0x10, AT - 0x10, 0x8192
    INTO_BASE (43 << 26) | 0x10, AT - 0x10, 0xffffffffffff8192
    INTO_BASE (33 << 26) | 0x10, AT - 0x10, 0x81828394
    INTO_BASE (58 << 26) | 0x10 | 1, AT - 0x10, 0x8182838485868798
    INTO_BASE (58 << 26) | 0xfff0 | 1, AT + 0x10, 0x8182838485868778
    INTO_BASE I | (7 << 11) | (119 << 1), AT - 0x10, 0x91
    INTO_BASE I | (7 << 11) | (311 << 1), AT - 0x10, 0x8192
    INTO_BASE I | (7 << 11) | (375 << 1), AT - 0x10, 0xffffffffffff8192
    INTO_BASE I | (7 << 11) | (55 << 1), AT - 0x10, 0x81828394
    INTO_BASE I | (7 << 11) | (373 << 1), AT - 0x10, 0xffffffff81828394
    INTO_BASE I | (7 << 11) | (53 << 1), AT - 0x10, 0x8182838485868798
    CATCH unexpected
    # RT = RB is no invalid form: the address is made of what RB was.
    li 6, AT - 0x10
    li 4, 0x10
    ldux 4, 6, 4
    EXPECT 4, 0x8182838485868788
    EXPECT 6, AT
    # stores
    LI64 3, 0x0102030405060708
    TO_ZERO (39 << 26) | AT, 0x0800000000000000            # stbu
    TO_ZERO (45 << 26) | AT, 0x0708000000000000            # sthu
    TO_ZERO (37 << 26) | AT, 0x0506070800000000            # stwu
    TO_ZERO (62 << 26) | AT | 1, 0x0102030405060708        # stdu
    TO_ZERO I | (8 << 11) | (247 << 1), 0x0800000000000000 # stbux
    TO_ZERO I | (8 << 11) | (439 << 1), 0x0708000000000000 # sthux
    TO_ZERO I | (8 << 11) | (183 << 1), 0x0506070800000000 # stwux
    TO_ZERO I | (8 << 11) | (181 << 1), 0x0102030405060708 # stdux
    # floating point: 1.5 as a single and as a double
    lis 4, 0x3fc0
    stw 4, AT(0)
    lfs 3, AT(0)
    .macro FLOAT_FROM_ZERO word, single
    lis 4, 0x3fc0
    .if \single == 0
    lis 4, 0x3ff8
    .endif
    stw 4, AT(0)
    stw 9, AT + 4(0)
    lfs 3, 0x100(0)
    li 0, -1
    .long (\word) | (3 << 21)
    mr 10, 0
    EXPECT 10, AT
    stfd 3, AT(0)
    ld 10, AT(0)
    EXPECT 10, 0x3ff8000000000000
    .endm
    FLOAT_FROM_ZERO (49 << 26) | AT, 1                     # lfsu
    FLOAT_FROM_ZERO (51 << 26) | AT, 0                     # lfdu
    FLOAT_FROM_ZERO I | (8 << 11) | (567 << 1), 1          # lfsux
    FLOAT_FROM_ZERO I | (8 << 11) | (631 << 1), 0          # lfdux
    TO_ZERO (53 << 26) | AT, 0x3fc0000000000000            # stfsu
    TO_ZERO (55 << 26) | AT, 0x3ff8000000000000            # stfdu
    TO_ZERO I | (8 << 11) | (695 << 1), 0x3fc0000000000000 # stfsux
    TO_ZERO I | (8 << 11) | (759 << 1), 0x3ff8000000000000 # stfdux
    PASS
