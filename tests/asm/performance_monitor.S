# SPDX-License-Identifier: Apache-2.0
#
# The performance monitor (III chapter 9, 6.5.22).
#
# PMC5 counts completed instructions, PMC6 cycles, PMC1 to PMC4 what MMCR1 selects - here PM_INST_CMPL (PMC1, 0x02), PM_CYC
# (PMC2, 0x1e), PM_LD_CMPL (PMC4, 0x3e), an event that nobody knows (PMC3) - unless a bit freezes them: MMCR0[FC], [FC56],
# [FC14], [FCH] in hypervisor state, MMCR2[FCnH] a single one; PMC5 and PMC6 while the run latch is off, unless CC56RUN.
# From one mfspr to another with five instructions between there are six.  PMCn wraps at 32 bits.
#
# PMC1 negative with PMC1CE: FCECE sets FC; PMAE becomes 0 and PMAO 1; SIAR is where the interrupt came, SIER has its
# privilege.  PMAO = 1 is the exception: 0xf00 while EE = 1, again and again until PMAO = 0.  TRIGGER: PMC2 to PMC6 wait for
# PMC1.  TBEE: bit 63 of the time base becomes 1 (TBSEL = 00).
# qemu: no - cycles and alerts are not exact there
.include "bare.inc"
.set FC, 1 << 31
.set FCS, 1 << 30
.set PMAE, 1 << 26
.set FCECE, 1 << 25
.set TBEE, 1 << 22
.set PMC1CE, 1 << 15
.set PMCJCE, 1 << 14
.set TRIGGER, 1 << 13
.set CC56RUN, 1 << 8
.set PMAO, 1 << 7
.set FC14, 1 << 5
.set FC56, 1 << 4
.set FCH, 1
.set EVENTS, 0x021ea93e

# r6 = the difference between two readings of a counter, six instructions (one a load) apart
.macro SIX number
    mfspr 5, \number
    nop
    nop
    ld 7, 0(8)
    nop
    nop
    mfspr 6, \number
    subf 6, 5, 6
.endm
    LA64 8, main
    b main
main:
    SETSPR 310, 0x7fffffffffff
    SETSPR 22, 0x7fffffff
    SETSPR 152, 1                                   # run latch
    SETSPR 798, EVENTS
    SETSPR 785, 0
    SETSPR 786, 0
    SETSPR 795, 0
    CATCH unexpected
    ld 7, 0(8)                                      # translations are there
    SIX 791
    EXPECT 6, 6
    SIX 792
    EXPECT 6, 6
    SIX 787
    EXPECT 6, 6
    SIX 788
    EXPECT 6, 6
    SIX 789
    EXPECT 6, 0
    SIX 790
    EXPECT 6, 1
    .irp frozen, FC, FC56, FCH
    SETSPR 795, \frozen
    SIX 791
    EXPECT 6, 0
    .endr
    SETSPR 795, FC14
    SIX 787
    EXPECT 6, 0
    SIX 791
    EXPECT 6, 6
    SETSPR 795, FCS                                 # not this state
    SIX 787
    EXPECT 6, 6
    SETSPR 785, 1 << (57 - 9 * 0)                   # FC1H
    SIX 787
    EXPECT 6, 0
    SIX 788
    EXPECT 6, 6
    SETSPR 785, 1 << (57 - 9 * 4)                   # FC5H
    SIX 791
    EXPECT 6, 0
    SETSPR 785, 0
    SETSPR 152, 0
    SIX 791
    EXPECT 6, 0
    SIX 787
    EXPECT 6, 6
    SETSPR 795, CC56RUN
    SIX 791
    EXPECT 6, 6
    SETSPR 152, 1
    SETSPR 795, 0
    SETSPR 791, 0xfffffffe
    nop
    nop
    nop
    mfspr 6, 791
    EXPECT_BITS 6, 0xfffffff0, 0

    # a loop of 30 instructions; the counter becomes negative in it
    SETSPR 795, FC
    SETSPR 787, 0x80000000 - 30
    SETSPR 796, 0
    SETSPR 797, 0
    CATCH alert
    li 6, 1000
    mtctr 6
    LI64 10, EE
    mtmsrd 10, 1
    SETSPR 795, PMAE | FCECE | PMC1CE
loop:
    nop
    nop
    bdnz loop
    b unexpected
alert:
    mfspr 11, 795
    mfspr 12, 796
    mfspr 13, 787
    mfspr 14, 784
    EXPECT 31, 0xf00
    EXPECT 11, FC | FCECE | PMC1CE | PMAO
    EXPECT_AT 20, loop
    EXPECT_AT 12, loop
    EXPECT_BITS 14, 0x03400000, 0x01400000          # SIPR SIHV SIARV: 0 1 1
    srdi 6, 13, 31
    EXPECT 6, 1
    LI64 6, 0x80000008
    subf 6, 13, 6
    srdi 6, 6, 63
    EXPECT 6, 0                                     # less than eight instructions late
    # a level
    CATCH 2f
    LI64 10, EE
    mtmsrd 10, 1
1:  b 1b
2:  EXPECT 31, 0xf00
    SETSPR 795, FC
    CATCH unexpected
    LI64 10, EE
    mtmsrd 10, 1
    b 3f
3:  nop
    b 4f
4:  li 10, 0
    mtmsrd 10, 1
    # PMAO by software
    CATCH 5f
    SETSPR 795, FC | PMAO
    LI64 10, EE
    mtmsrd 10, 1
    b .
5:  EXPECT 31, 0xf00
    # TRIGGER: PMC5 waits until PMC1 is negative
    SETSPR 795, FC
    SETSPR 787, 0x80000000 - 30
    SETSPR 791, 0
    SETSPR 795, TRIGGER
    mfspr 6, 791
    EXPECT 6, 0
    li 6, 20
    mtctr 6
6:  nop
    bdnz 6b
    mfspr 6, 795
    EXPECT_BITS 6, TRIGGER, 0
    SIX 791
    EXPECT 6, 6
    # time base
    SETSPR 795, FC
    CATCH 8f
    LI64 10, EE
    mtmsrd 10, 1
    SETSPR 795, FC | PMAE | TBEE
7:  b 7b
8:  mfspr 11, 795
    EXPECT 31, 0xf00
    EXPECT 11, FC | TBEE | PMAO
    PASS
