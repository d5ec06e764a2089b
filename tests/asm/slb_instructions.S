# SPDX-License-Identifier: Apache-2.0
#
# slbmte, slbmfee, slbmfev, slbfee., slbie, slbia of every IH (III 5.9.3.1); slbieg: test_segment.c.
#
# slbmte: entry RB[52:63] gets ESID and V from RB, the rest from RS.  slbmfee returns ESID and V, slbmfev B, VSID, Ks,
# Kp, N, L, C, LP.  slbfee. finds the entry that translates the EA in RB: RT = its VSID doubleword, CR0 = 0b001 || SO;
# none: RT = 0, CR0 = 0b000 || SO.  slbie takes V from the entry of that ESID, B and class.  slbia: IH 0, 1, 2, 6 all
# but entry 0; 3 every entry of class 1, 4 every entry, both entry 0 included; 7 none.  Entries: 0 and 3 of class 0, 1
# and 2 of class 1; 3 is a segment of 1 TB.
# rows: slbmte slbmfee slbmfev slbfee_ slbie slbia
.include "bare.inc"
    .set V, 1 << 27
    .set ESID0, 0x1000000000000000
    .set ESID1, 0x2000000010000000
    .set ESID2, 0x3000000020000000
    .set ESID3, 0x4000010000000000
    .set E0, ESID0 | V
    .set E1, ESID1 | V
    .set E2, ESID2 | V
    .set E3, ESID3 | V
    .set E31, 0x5000000000000000
    .set VSID0, 0x0000123456789000 | 0x400          # Kp
    .set VSID1, 0x0000abcdef012000 | 0xe80 | 0x100  # Ks Kp N, L, class 1
    .set VSID2, 0x0000000000042000 | 0x80 | 0x110   # class 1, L || LP: 64 KiB
    .set VSID3, 0x4000000001000000 | 0x400          # B = 1
    .macro ENTRY index, esid, vsid
    LI64 5, \index | (\esid)
    LI64 4, (\vsid)
    slbmte 4, 5
    .endm
    .macro FILL
    ENTRY 0, E0, VSID0
    ENTRY 1, E1, VSID1
    ENTRY 2, E2, VSID2
    ENTRY 3, E3, VSID3
    isync
    .endm
    # What entry \index holds now.
    .macro HOLDS index, esid, vsid
    li 5, \index
    slbmfee 6, 5
    EXPECT 6, (\esid)
    slbmfev 7, 5
    EXPECT 7, (\vsid)
    .endm
    .macro VALID_ARE which:vararg                       # V of entries 0 to 3
    .set index, 0
    .irp v, \which
    li 5, index
    slbmfee 6, 5
    EXPECT_BITS 6, V, \v * V
    .set index, index + 1
    .endr
    .endm
    .macro FINDS ea, vsid, cr
    LI64 5, (\ea)
    slbfee. 6, 5
    EXPECT_CR0 \cr
    EXPECT 6, (\vsid)
    .endm
    CATCH unexpected
    SETSPR 464, 0x30000
    SETSPR 318, 0                                   # hashed, segments in the SLB
    slbmte 0, 0                                     # entry 0 is spared by slbia
    slbia 4
    FILL
    HOLDS 0, E0, VSID0
    HOLDS 1, E1, VSID1
    HOLDS 2, E2, VSID2
    HOLDS 3, E3, VSID3
    li 5, 4
    slbmfee 6, 5
    EXPECT_BITS 6, V, 0
    ENTRY 31, (E31 | V), VSID0        # the last entry
    HOLDS 31, (E31 | V), VSID0
    ENTRY 31, E31, VSID0            # without V
    li 5, 31
    slbmfee 6, 5
    EXPECT_BITS 6, V, 0

    mtxer 0
    FINDS ESID1, VSID1, 2
    FINDS ESID1 + 0xf000000, VSID1, 2               # anywhere in the 256 MB
    FINDS ESID1 + 0x10000000, 0, 0
    FINDS ESID3 + 0xff00000000, VSID3, 2            # anywhere in the terabyte
    FINDS ESID3 + 0x10000000000, 0, 0
    LI64 6, 1 << 31
    mtxer 6
    FINDS ESID0, VSID0, 3                           # SO comes along
    FINDS 0x7000000000000000, 0, 1
    mtxer 0

    LI64 5, ESID1 | 1 << 27 | 0                     # class 1
    slbie 5
    isync
    VALID_ARE 1, 0, 1, 1
    LI64 5, ESID3 | 1 << 25                         # B = 1
    slbie 5
    isync
    VALID_ARE 1, 0, 1, 0
    LI64 5, ESID0
    slbie 5
    isync
    VALID_ARE 0, 0, 1, 0

    .macro DROPS ih, which:vararg
    FILL
    slbia \ih
    isync
    VALID_ARE \which
    .endm
    DROPS 0, 1, 0, 0, 0
    DROPS 1, 1, 0, 0, 0
    DROPS 2, 1, 0, 0, 0
    DROPS 3, 1, 0, 0, 1
    DROPS 4, 0, 0, 0, 0
    DROPS 6, 1, 0, 0, 0
    DROPS 7, 1, 1, 1, 1
    PASS
