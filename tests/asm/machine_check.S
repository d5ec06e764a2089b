# SPDX-License-Identifier: Apache-2.0
#
# Machine check (III 6.5.2): an access to a real address where nothing is.
#
# MSR[ME] = 1: 0x200, SRR0 = the instruction, SRR1[HV] as it was, the handler runs with ME = 0.  A fetch from nothing is one, too:
# SRR0 = the address fetched.
# qemu: 10 - 7.2 has no machine checks
.include "bare.inc"
    CATCH 1f
    LI64 5, 0x0000700000000000
l1: ld 6, 0(5)
1:  EXPECT 31, 0x200
    EXPECT_AT 20, l1
    EXPECT_BITS 21, ME | HV, ME | HV
    EXPECT_BITS 26, ME | HV, HV
    CATCH 2f
    ENTER SF | HV | ME, again
again:
    mtctr 5
    bctr
2:  EXPECT 31, 0x200
    EXPECT 20, 0x0000700000000000
    PASS
