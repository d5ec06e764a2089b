# SPDX-License-Identifier: Apache-2.0
#
# stop (III 3.3.2, 6.5.1).
#
# PSSCR[EC] = 0 (and ESL = 0, RL = 0): an exception that LPCR[PECE] lets through, or that would interrupt, ends the wait and
# execution continues behind the stop; EE = 0, so no interrupt follows.  PSSCR[EC] = 1: a system reset interrupt, SRR1[42:45] =
# 0110 for the decrementer, 0011 for a hypervisor doorbell, 46:47 says what was lost.
# rows: stop
.include "bare.inc"
    SETSPR 310, 0x7fffffff                          # HDEC
    SETSPR 318, 0x400000000001e000                  # LPCR: PECE (HDEE lower) without HVEE
    SETSPR 318, 0x000040000001e000                  # LPCR: all of PECE
    SETSPR 855, 0                                   # PSSCR
    SETSPR 22, 1000
    CATCH unexpected
    stop
    mfspr 10, 22
    extsw 10, 10
    srdi 10, 10, 63
    EXPECT 10, 1                                    # DEC is negative
    SETSPR 855, 3 << 20                             # PSSCR: ESL, EC
    SETSPR 22, 1000
    CATCH 1f
    stop
    b unexpected
1:  EXPECT 31, 0x100
    EXPECT_BITS 21, 0x3c0000, 6 << 18
    EXPECT_BITS 26, HV | EE, HV
    SETSPR 22, 0x7fffffff
    LI64 6, 5 << 27
    msgsnd 6
    CATCH 2f
    stop
    b unexpected
2:  EXPECT 31, 0x100
    EXPECT_BITS 21, 0x3c0000, 3 << 18
    PASS
