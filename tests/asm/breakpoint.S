# SPDX-License-Identifier: Apache-2.0
#
# Completed instruction address breakpoint (III 8.3.3, 6.5.15): CIABR = address of the instruction, bits 62:63 = 1 problem state, 2
# privileged, 3 hypervisor.  After it has completed: 0xd00, SRR0 = the next instruction, SRR1 bits 33 and 43, and nothing about
# its access: bits 35 and 36 stay 0, SIAR and SDAR too unless MSR[SE] wants the instruction traced as well.  An instruction
# that interrupts has not completed; returns are not traced.
# qemu: no - it traces before the instruction is executed
.include "bare.inc"
.macro BREAK label, privilege
    LA64 0, \label
    ori 0, 0, \privilege
    mtspr 187, 0
.endm
.macro TRACED next, srr1
    EXPECT 31, 0xd00
    EXPECT_AT 20, \next
    EXPECT_BITS 21, 0x783f0000, \srr1
    CATCH unexpected
.endm
    li 10, 0
    li 11, 0x100
    sldi 11, 11, 12
    .rept 3                                         # warm
    bl touched
    .endr
    EXPECT 10, 3
    CATCH 1f
    BREAK touched, 3
    bl touched
    trap
1:  TRACED after, 0x40100000
    EXPECT 10, 4
    BREAK touched, 1                                # not this state
    bl touched
    BREAK touched, 2
    bl touched
    BREAK touched, 0
    bl touched
    EXPECT 10, 7
    BREAK after, 3                                  # a branch, and a load and a store
    CATCH 2f
    bl touched
back:
    trap
2:  TRACED back, 0x40100000
    SETSPR 796, 0x1230                              # SIAR
    SETSPR 797, 0x4560                              # SDAR
    BREAK loads, 3
    CATCH 3f
loads: ld 6, 0(11)
stores: std 6, 8(11)
    trap
3:  TRACED stores, 0x40100000
    BREAK stores, 3
    CATCH 4f
    b stores
4:  TRACED stores + 4, 0x40100000
    mfspr 5, 796
    EXPECT 5, 0x1230
    mfspr 5, 797
    EXPECT 5, 0x4560
    CATCH 8f
    ENTER SF | HV | ME | SE, stores
8:  TRACED stores + 4, 0x40100000
    mfspr 5, 796
    EXPECT_AT 5, stores
    mfspr 5, 797
    addi 6, 11, 8
    EXPECT_SAME 5, 6
    BREAK faults, 3
    CATCH 5f
faults:
    .long 0
5:  EXPECT 31, 0xe40
    BREAK nextpage, 3                               # reached by falling off the page before it
    CATCH 6f
    b lastinpage
6:  TRACED nextpage + 4, 0x40100000
    EXPECT 10, 11
    BREAK returns, 3
    CATCH unexpected
    LA64 0, over
    mtspr 314, 0
    LI64 0, SF | HV | ME
    mtspr 315, 0
returns:
    hrfid
    trap
over:
    BREAK problem, 1
    SET_RADIX 0
    CATCH 7f
    ENTER SF | HV | ME | PR | IR | DR | EE, problem
problem: addi 10, 10, 1
next: trap
7:  TRACED next, 0x40100000
    EXPECT 10, 12
    PASS
touched:
    addi 10, 10, 1
after:
    blr
    .balign 4096
    .skip 4088
lastinpage:
    addi 10, 10, 1
    addi 10, 10, 1
nextpage:
    addi 10, 10, 1
    trap
