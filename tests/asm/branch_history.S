# SPDX-License-Identifier: Apache-2.0
#
# The branch history (II chapter 8; III 9.5, 9.4.4, 9.4.8).
#
# While MMCR0[PMAE] = 1 taken branches are recorded, the most recent in entry 0: the address of the branch; an XL-form
# branch is preceded by its target with bit 62 set.  Not recorded: branches that are not taken, and everything while MMCR0
# freezes the state (here FCH).  MMCRA[IFM]: 1 only LK = 1; 2 no I form, of "branch always" no B form and only the target
# of XL form; 3 the same for every BO with BO[0] or the a bit.  clrbhrb empties it; entries that are not there are zero.
# In problem state MMCR0[BHRBA] = 0 makes both instructions facility unavailable interrupts, cause 4.
#
# rows: clrbhrb mfbhrbe
# qemu: no - filters and frozen states differ there
.include "bare.inc"
.set PMAE, 1 << 26
.set FCH, 1
.set BHRBA, 1 << 21

.macro ENTRY n, label, target=0
    mfbhrbe 6, \n
    addi 6, 6, -2 * \target
    EXPECT_AT 6, \label
.endm
.macro NO_ENTRY n
    mfbhrbe 6, \n
    EXPECT 6, 0
.endm

# The same branches each time, recorded in this state.
.macro RECORD mmcr0, ifm
    SETSPR 786, (\ifm) << 30
    SETSPR 795, 0
    clrbhrb
    LA64 9, 9f
    mtctr 9
    SETSPR 795, (\mmcr0)
    bl branches
9:  SETSPR 795, 0
.endm
    b main

branches:                                           # called: 9 entries, the bl included
    mflr 8
i_form: b 1f
1:  cmpd cr1, 8, 8
    bne cr1, 2f                                     # not taken
b_form: beq+ cr1, 2f                                # BO = 01111: a and t
2:  bl 3f
call: b .                                           # the return goes behind this
3:  li 7, 2
loop: bc 20, 0, 4f                                  # branch always, B form
4:  mtlr 8
back: blr

main:
    CATCH unexpected
    RECORD PMAE, 0
    ENTRY 0, 9b, 1
    ENTRY 1, back
    ENTRY 2, loop
    ENTRY 3, 2b
    ENTRY 4, b_form
    ENTRY 5, i_form
    mfbhrbe 6, 6
    EXPECT_AT 6, 9b - 4
    NO_ENTRY 7
    NO_ENTRY 31
    NO_ENTRY 32
    RECORD PMAE, 1
    ENTRY 0, 2b
    mfbhrbe 6, 1
    EXPECT_AT 6, 9b - 4
    NO_ENTRY 2
    RECORD PMAE, 2
    ENTRY 0, 9b, 1                                  # only the target of the blr
    ENTRY 1, b_form
    NO_ENTRY 2
    RECORD PMAE, 3
    ENTRY 0, 9b, 1
    NO_ENTRY 1
    RECORD PMAE | FCH, 0
    NO_ENTRY 0
    RECORD 0, 0
    NO_ENTRY 0
    RECORD PMAE, 0
    clrbhrb
    NO_ENTRY 0

    # more than there is room for: the oldest are gone
    SETSPR 795, PMAE
    li 7, 40
    mtctr 7
last: bdnz last
    SETSPR 795, 0
    ENTRY 0, last
    ENTRY 31, last
    NO_ENTRY 32

    SET_RADIX 0
    SETSPR 795, 0
    CATCH 1f
    ENTER SF | HV | PR | IR | DR | EE, user
user:
    mfbhrbe 6, 0
1:  EXPECT 31, 0xf60
    EXPECT_AT 20, user
    mfspr 6, 153
    EXPECT_BITS 6, 0xff << 56, 4 << 56
    CATCH 2f
    ENTER SF | HV | PR | IR | DR | EE, user2
user2:
    clrbhrb
2:  EXPECT 31, 0xf60
    EXPECT_AT 20, user2
    SETSPR 795, BHRBA
    CATCH 3f
    ENTER SF | HV | PR | IR | DR | EE, user3
user3:
    mfbhrbe 6, 0
    clrbhrb
    mfbhrbe 7, 0
    sc
3:  EXPECT 31, 0xc00
    EXPECT_AT 6, last
    EXPECT 7, 0
    PASS
