# SPDX-License-Identifier: Apache-2.0
#
# mtmsrd, mtmsr, mfmsr (III 4.4.4).  mtmsrd takes all bits from RS but HV, S, ME and LE; mtmsr the same of the lower
# half only. EE, IR and DR become 1 if PR does.  With L = 1 both change EE and RI and nothing else.  mfmsr changes
# nothing.
# rows: mtmsrd mtmsr mfmsr
.include "bare.inc"
    .set START, SF | HV | ME | RI
    .macro MOVED how, value, now, l=0
    ENTER START, .Lmove\@
.Lmove\@:
    LI64 10, (\value)
    \how 10, \l
    mfmsr 11
    EXPECT 11, (\now)
    .endm
    CATCH unexpected
    MOVED mtmsrd, SF, SF | HV | ME                  # HV and ME stay
    MOVED mtmsrd, SF | VEC | VSX | FP | 0x900, (START - RI) | VEC | VSX | FP | 0x900
    MOVED mtmsrd, HV | RI | 1, HV | ME | RI         # 32-bit mode, LE stays
    MOVED mtmsr, 0, (START - RI)                      # SF is in the upper half
    MOVED mtmsr, VEC | FP | 1 | 1 << 22, (START - RI) | VEC | FP
    MOVED mtmsr, 0x100000000 | VSX, (START - RI) | VSX
    MOVED mtmsrd, EE | FP | VEC, (START - RI) | EE, 1
    MOVED mtmsrd, RI | PR, START, 1
    MOVED mtmsr, EE | FP | IR, (START - RI) | EE, 1
    MOVED mtmsr, 0, (START - RI), 1

    .macro TO_USER how
    CATCH .Lcaught\@
    ENTER START, .Lp\@
.Lp\@:
    LI64 10, SF | PR
    \how 10
    sc
.Lcaught\@:
    EXPECT 31, 0xc00
    EXPECT 21, SF | HV | ME | PR | EE | IR | DR
    .endm
    SET_RADIX 0
    TO_USER mtmsr
    TO_USER mtmsrd
    # a guest cannot give itself HV nor ME
    SET_RADIX 1
    CATCH unexpected
    ENTER SF, guest
guest:
    LI64 10, SF | HV | ME | RI
    mtmsrd 10
    mfmsr 11
    EXPECT 11, SF | RI
    PASS
