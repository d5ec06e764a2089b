# SPDX-License-Identifier: Apache-2.0
#
# stop (III 3.3.2, 6.5.1).
#
# PSSCR[EC] = 0 (and ESL = 0, RL = 0): an exception that would interrupt if EE were 1 ends the wait and execution
# continues behind the stop; with EE = 0 no interrupt follows, with EE = 1 the interrupt's SRR0 is the instruction there.
# PSSCR[EC] = 1, whatever EE and ESL: an exception that LPCR[PECE] lets through ends it by a system reset interrupt, with
# the reason in SRR1[42:45] (0110 decrementer, 0101 privileged doorbell, 0011 hypervisor doorbell) and what was lost in
# 46:47. A doorbell that did it is still there, until msgclr or its interrupt.
# qemu: 10 - 7.2 loses a doorbell that ends a stop
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
    .macro WAKES reason
    CATCH .Lwoken\@
    stop
    b unexpected
.Lwoken\@:
    EXPECT 31, 0x100
    EXPECT_BITS 21, 0x3c0000, \reason << 18
    .endm
    SETSPR 855, 1 << 20                             # EC alone
    WAKES 6
    LI64 6, 5 << 27
    SETSPR 22, 0x7fffffff
    msgsndp 6
    WAKES 5
    msgclrp 6
    SETSPR 855, 3 << 20
    msgsnd 6
    SETSPR 318, 0x0000400000016000                  # without HDEE
    SETSPR 22, 1000
    WAKES 6                                         # only the decrementer
    SETSPR 22, 0x7fffffff
    SETSPR 318, 0x000040000001c000                  # without DEE
    WAKES 3                                         # the doorbell was not lost
    CATCH 2f
    LI64 10, EE
    mtmsrd 10, 1
    bl .+4
    .long 4
2:  EXPECT 31, 0xe80                                # nor by the wake-up
    # EC = 0 and EE = 1
    SETSPR 855, 0
    SETSPR 22, 10000000                             # enough to reach the stop on a slow host
    CATCH 3f
    ENTER SF | HV | ME | EE, enabled
enabled:
    stop
behind:
    .long 4
3:  EXPECT 31, 0x900
    EXPECT_AT 20, behind
    PASS
