# SPDX-License-Identifier: Apache-2.0
#
# Trace interrupt (III 6.5.15): MSR[SE] = 1: 0xd00 after every instruction that completes, SRR0 = the next one; MSR[BE] = 1: after
# branches only, taken or not.  The return that sets the bit is not traced, nor is a return that leaves it set; mtmsr that
# clears it is.  SRR1 bit 33 (0x40000000); bit 35 for a Load and what is specified to be treated as one, 36 for a Store and
# what is treated as one - dcbt counts as a load, dcbtst as a store -, however many bytes move; SDAR = the operand's address.
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
    # One instruction with MSR[SE] = 1: bits 33 to 36 of SRR1, and SDAR if there is an operand.  r11 is its address, r12 = 0.
    .set NEITHER, 8
    .set LOAD, 10
    .set STORE, 9
    .set LOAD_STORE, 11
    .macro STEP bits, sdar, insn:vararg
    SETSPR 797, 0x5150                              # SDAR
    CATCH .Lstepped\@
    ENTER SF | HV | ME | FP | VEC | VSX | SE, .Lplace\@
.Lplace\@:
    \insn
    trap
.Lstepped\@:
    EXPECT 31, 0xd00
    EXPECT_AT 20, .Lplace\@ + 4
    EXPECT_BITS 21, 0x783f0000, \bits << 27
    mfspr 10, 797
    EXPECT 10, \sdar
    .endm
    .set NONE, 0x5150
    .set AT, 0x100080
    LI64 11, AT
    li 12, 0
    li 6, 1
    STEP LOAD, AT, ld 6, 0(11)
    STEP STORE, AT + 4, stw 6, 4(11)
    STEP LOAD, AT, lvx 2, 0, 11
    STEP STORE, AT, stxvx 2, 0, 11
    STEP LOAD, AT, lswi 6, 11, 8
    STEP LOAD, AT, dcbt 0, 11
    STEP LOAD, AT, dcbt 0, 11, 16
    STEP STORE, AT, dcbtst 0, 11
    STEP LOAD, AT, dcbst 0, 11
    STEP LOAD, AT, dcbf 0, 11
    STEP LOAD, AT, icbi 0, 11
    STEP LOAD, AT, .long 0x7c00582c                 # icbt 0, 0, 11
    STEP STORE, AT, dcbz 0, 11
    STEP LOAD, AT, copy 0, 11
    STEP STORE, AT, paste. 0, 11
    STEP LOAD, AT, lwarx 6, 0, 11
    STEP STORE, AT, stwcx. 6, 0, 11
    STEP STORE, AT, stwcx. 6, 0, 11                 # without a reservation
    STEP LOAD_STORE, AT, lwat 6, 11, 0
    STEP LOAD_STORE, AT, stwat 6, 11, 0
    STEP LOAD, AT, lwzcix 6, 0, 11
    STEP STORE, AT, stdcix 6, 0, 11
    mtxer 12                                        # strings of no byte
    STEP LOAD, NONE, lswx 6, 0, 11
    STEP STORE, NONE, stswx 6, 0, 11
    STEP LOAD, NONE, lxvl 2, 11, 12
    STEP STORE, NONE, stxvl 2, 11, 12
    STEP NEITHER, NONE, sync
    STEP NEITHER, NONE, isync
    STEP NEITHER, NONE, slbsync
    STEP NEITHER, NONE, tlbsync
    STEP NEITHER, NONE, .long 0x7e00066c            # dssall
    STEP NEITHER, NONE, mtspr 272, 12
    PASS
