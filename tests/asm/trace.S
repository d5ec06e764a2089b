# SPDX-License-Identifier: Apache-2.0
#
# Trace interrupt (III 6.5.15): MSR[SE] = 1: 0xd00 after every instruction that completes, SRR0 = the next one; MSR[BE] = 1: after
# branches only, taken or not.  The return that sets the bit is not traced, nor is a return that leaves it set; mtmsr that
# clears it is.  SRR1 bit 33 (0x40000000).
# qemu: no - version 10 gives no answer: it goes on after a traced mtmsr or return in another way
.include "bare.inc"
    CATCH 1f
    li 10, 0
    ENTER SF | HV | ME | SE, step
step:
    addi 10, 10, 1
after:
    addi 10, 10, 1
1:  EXPECT 31, 0xd00
    EXPECT_AT 20, after
    EXPECT 10, 1
    EXPECT_BITS 21, SE, SE
    EXPECT_BITS 26, SE | BE, 0
    CATCH 2f
    ENTER SF | HV | ME | BE, branches
branches:
    addi 10, 10, 1
    addi 10, 10, 1
    b target
    trap
target:
    trap
2:  EXPECT 31, 0xd00
    EXPECT_AT 20, target
    EXPECT 10, 3
    EXPECT_BITS 21, 0x783f0000, 0x40000000
    CATCH 3f
    ENTER SF | HV | ME | BE, nottaken
nottaken:
    isync                                           # no branch
    cmpd 10, 10
    bne target
fallthrough:
    trap
3:  EXPECT 31, 0xd00
    EXPECT_AT 20, fallthrough
    CATCH 4f
    LI64 5, SF | HV | ME | SE
    LA64 6, returned
    mtspr 27, 5
    mtspr 26, 6
    ENTER SF | HV | ME | SE, return
return:
    rfid
returned:
    addi 10, 10, 1
stepped:
    trap
4:  EXPECT 31, 0xd00
    EXPECT_AT 20, stepped
    EXPECT 10, 4
    CATCH 5f
    LI64 5, SF | HV | ME
    ENTER SF | HV | ME | SE, clears
clears:
    mtmsrd 5
cleared:
    trap
5:  EXPECT 31, 0xd00
    EXPECT_AT 20, cleared
    PASS
