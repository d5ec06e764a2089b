# SPDX-License-Identifier: Apache-2.0
#
# scv LEV (III 3.3.1, 6.5.27): to 0x17000 + 32 LEV, or, with LPCR[AIL] = 3 and relocation on, to 0xc000000000003000 +
# 32 LEV, EE and RI unchanged, return address in LR, MSR in CTR, SRR0 and SRR1 untouched.  rfscv takes it back.
# rows: scv rfscv
.include "bare.inc"
    # Puts "li r31, LEV; mfmsr r26; rfscv" at the vector.
    .macro SERVE lev
    LI64 5, 0x17000 + 32 * \lev
    LI64 6, 0x3be00000 + \lev
    stw 6, 0(5)
    LI64 6, 0x7f4000a6
    stw 6, 4(5)
    LI64 6, 0x4c0000a4
    stw 6, 8(5)
    dcbst 0, 5
    sync
    icbi 0, 5
    isync
    .endm
    .macro CALL lev
    SERVE \lev
    SETSPR 26, 0x1234
    SETSPR 27, 0x5678
    li 31, 0x7ff
    scv \lev
.Lbehind\@:
    EXPECT 31, \lev
    mflr 10
    EXPECT_AT 10, .Lbehind\@
    mfctr 10
    mfmsr 11
    EXPECT_SAME 10, 11
    mfspr 10, 26
    EXPECT 10, 0x1234
    mfspr 10, 27
    EXPECT 10, 0x5678
    .endm
    CATCH unexpected
    ENTER SF | HV | ME | FP | RI, ready
ready:
    CALL 0
    EXPECT 26, SF | HV | ME | RI
    CALL 1
    CALL 63
    CALL 127
    ENTER SF | HV | ME | FP, unready
unready:
    CALL 5
    EXPECT 26, SF | HV | ME
    PASS
