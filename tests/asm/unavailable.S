# SPDX-License-Identifier: Apache-2.0
#
# Facilities that are switched off (III 6.5.10, 6.5.23 to 6.5.26, 6.2.12).
#
# MSR[FP], MSR[VEC], MSR[VSX] = 0: 0x800, 0xf20, 0xf40 with SRR0 = the instruction, which changed nothing.  FSCR stops
# problem state only: 0xf60, FSCR[IC] = 8 for the Target Address Register.  HFSCR stops a guest, whatever FSCR says: 0xf80
# with HSRR0 and HFSCR[IC] = 8.
# qemu: no - TAR is not gated by HFSCR
.include "bare.inc"
    ENTER SF | HV | ME, 1f
1:  CATCH 2f
fp: fadd 1, 2, 3
2:  EXPECT 31, 0x800
    EXPECT_AT 20, fp
    CATCH 3f
vec: vaddubm 1, 2, 3
3:  EXPECT 31, 0xf20
    EXPECT_AT 20, vec
    CATCH 4f
vsx: xxlor 1, 2, 3
4:  EXPECT 31, 0xf40
    EXPECT_AT 20, vsx

    SET_RADIX 1
    SETSPR 190, 0xffffffffffffff                    # HFSCR
    SETSPR 153, 0                                   # FSCR
    CATCH 5f
    ENTER SF | EE | PR | IR | DR | RI, tar
tar: mfspr 3, 815
5:  mfspr 10, 153
    EXPECT 31, 0xf60
    EXPECT_AT 20, tar
    EXPECT_BITS 10, 0xff << 56, 8 << 56
    EXPECT_BITS 26, HV | PR, 0
    CATCH 6f
    sc 1
6:  SETSPR 153, 1 << 8                              # FSCR: TAR
    SETSPR 190, 0xfffffffffffeff                    # HFSCR: all but TAR
    CATCH 7f
    ENTER SF | EE | PR | IR | DR | RI, htar
htar: mfspr 3, 815
7:  mfspr 10, 190
    EXPECT 31, 0xf80
    EXPECT_AT 22, htar
    EXPECT_BITS 10, 0xff << 56, 8 << 56
    EXPECT_BITS 26, HV | PR, HV
    PASS
