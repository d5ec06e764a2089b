# SPDX-License-Identifier: Apache-2.0
#
# Event-based branches (II chapter 7; III 9.4.4, 6.2.12).
#
# A performance monitor alert (PMC5 became negative, MMCR0[PMCjCE] and [PMAE] set) clears PMAE and sets PMAO.  With
# MMCR0[EBE] = 1 it is no interrupt: BESCR[PME] = 1 becomes 0 and BESCR[PMEO] 1, and in problem state with BESCR[GE] = 1
# execution goes on at EBBHR, with GE = 0, EBBRR = the next instruction and BESCR[TS] = MSR[TS] = 00.  rfebb 1 returns
# there and sets GE.  In privileged state the branch waits.  Software can set BESCR[EEO] itself.  An EBBRR, BESCR[TS] that
# would begin a transaction is a TM Bad Thing.  FSCR[EBB] = 0: rfebb and the registers are facility unavailable in problem
# state, cause 7, and a branch waits.
#
# rows: rfebb
# qemu: no - the alert comes later there
.include "bare.inc"
.set USER, SF | HV | PR | IR | DR | EE
.set GIVEN, 1 << 26 | 1 << 20 | 2 << 18 | 1 << 14 | 1 << 8      # PMAE EBE PMCC=10 PMCjCE CC56RUN
.set GE, 1 << 63
.set PME, 1 << 32

    SET_RADIX 0
    SETSPR 153, 1 << 7                              # FSCR[EBB]
    CATCH end1
    ENTER USER, user
user:                                               # r14: how many branches
    li 14, 0
    LA64 6, handler
    mtspr 804, 6
    SETSPR 806, GE | PME
    CATCH end1
    sc                                              # the operating system starts the monitor
end1:
    EXPECT 31, 0xc00
    SETSPR 791, 0x80000000 - 60
    SETSPR 795, GIVEN
    CATCH end2
    ENTER USER, count
count:
    li 6, 500
    mtctr 6
loop:
    bdnz loop
after:
    sc
end2:
    EXPECT 31, 0xc00
    EXPECT_AT 20, after + 4
    EXPECT 14, 1
    EXPECT 15, 1                                    # BESCR: PMEO alone
    EXPECT_AT 16, loop                              # EBBRR
    EXPECT_BITS 17, 1 << 31 | 1 << 26 | 1 << 7, 1 << 7  # FC PMAE PMAO
    srdi 18, 18, 31
    EXPECT 18, 1                                    # negative
    mfspr 6, 806
    EXPECT 6, GE | PME
    mfspr 6, 795
    EXPECT_BITS 6, 1 << 26 | 1 << 7, 1 << 26

    # an event that comes in privileged state waits for problem state; EEO by software
    SETSPR 795, 0
    SETSPR 800, 2                                   # BESCRS: EEO
    li 14, 0
    CATCH end3
    ENTER USER, waited
waited:
    nop
    sc
end3:
    EXPECT 31, 0xc00
    EXPECT_AT 20, waited + 8
    EXPECT 14, 1
    EXPECT 15, PME | 2
    EXPECT_AT 16, waited

    # facility off: it waits longer
    SETSPR 153, 0
    SETSPR 806, GE | 2
    li 14, 0
    CATCH end4
    ENTER USER, off
off:
    rfebb
end4:
    EXPECT 31, 0xf60
    EXPECT_AT 20, off
    mfspr 6, 153
    EXPECT_BITS 6, 0xff << 56, 7 << 56
    EXPECT 14, 0
    CATCH end5
    ENTER USER, off2
off2:
    mfspr 6, 806
end5:
    EXPECT 31, 0xf60
    EXPECT_AT 20, off2

    # privileged rfebb: to EBBRR; TS = 10 is a TM Bad Thing and changes nothing
    SETSPR 806, GE | 1 << 31
    CATCH end6
bad: rfebb 0
end6:
    EXPECT 31, 0x700
    EXPECT_AT 20, bad
    EXPECT_BITS 21, 1 << 21, 1 << 21
    mfspr 6, 806
    EXPECT 6, GE | 1 << 31
    ENTER SF | HV | ME, 7f
7:  SETSPR 806, GE
    LA64 6, returned
    mtspr 805, 6
    CATCH unexpected
    rfebb 0
    b unexpected
returned:
    mfspr 6, 806
    EXPECT 6, 0
    PASS

handler:
    addi 14, 14, 1
    mfspr 15, 806
    mfspr 16, 805
    mfspr 17, 779                                   # MMCR0 as problem state sees it
    mfspr 18, 775                                   # PMC5
    rldicl. 19, 15, 0, 63
    beq 1f
    li 19, 0
    mtspr 775, 19
    lis 19, 1 << 10
    mtspr 779, 19                                   # PMAE
    li 19, 1
    mtspr 802, 19                                   # not PMEO
    lis 19, 0
    ori 19, 19, 1
    mtspr 801, 19                                   # PME
    rfebb 1
1:  li 19, 2
    mtspr 802, 19                                   # not EEO
    rfebb 1
