# SPDX-License-Identifier: Apache-2.0
#
# sc and scv (III 3.3.1, 6.5.14, 6.5.27).
#
# sc 0 from hypervisor state: vector 0xc00, SRR0 = the next instruction, SRR1 = MSR with bits 33:36 and 42:47 zero (of
# those only bit 42.. could be set here), HV stays.  In the guest's problem state (HV = 0): sc 0 goes to the guest's
# supervisor (HV = 0, PR = 0); sc 1 to the hypervisor (HV = 1), also with SRR0 and SRR1.  scv 0 leads to 0x17000, saves
# in LR and CTR and does not touch SRR0; with FSCR[SCV] = 0 it is a facility unavailable interrupt, cause 12.
# rows: sc scv
.include "bare.inc"
    CATCH 1f
    sc 0
next:
    trap
1:  EXPECT 31, 0xc00
    EXPECT_AT 20, next
    EXPECT 21, SF | HV | 0x2802000 | ME | 0         # the state p9sim bare starts in: SF HV VEC VSX FP ME
    EXPECT_BITS 26, HV | PR | IR | DR, HV

    SET_RADIX 1
    SETSPR 190, 0xffffffffffffff                    # HFSCR: everything
    SETSPR 153, 1 << 12                             # FSCR: SCV
    CATCH 2f
    ENTER SF | EE | PR | IR | DR | RI, user0
user0:
    sc 0
after0:
    trap
2:  EXPECT 31, 0xc00
    EXPECT_AT 20, after0
    EXPECT 21, SF | EE | PR | IR | DR | RI
    EXPECT_BITS 26, HV | PR | EE | IR | DR | RI, 0
    CATCH 3f
    sc 1
after1:
    trap
3:  EXPECT 31, 0xc00
    EXPECT_AT 20, after1
    EXPECT_BITS 21, HV | PR, 0
    EXPECT_BITS 26, HV | PR, HV
    SETSPR 26, 0x1234
    CATCH 4f
    ENTER SF | EE | PR | IR | DR | RI, user2
user2:
    scv 0
after2:
    trap
4:  mflr 10
    EXPECT 31, 0x7000
    EXPECT_AT 10, after2
    EXPECT 20, 0x1234
    EXPECT_BITS 26, HV | PR, 0
    CATCH 5f
    sc 1                                            # back to the hypervisor
5:  SETSPR 153, 0
    CATCH 6f
    ENTER SF | EE | PR | IR | DR | RI, user3
user3:
    scv 0
6:  mfspr 10, 153
    EXPECT 31, 0xf60
    EXPECT_AT 20, user3
    EXPECT_BITS 10, 0xff << 56, 12 << 56
    PASS
