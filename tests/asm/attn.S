# SPDX-License-Identifier: Apache-2.0
#
# attn, opcode 0 / 256, is an implementation's own instruction: unless HID0[3] enables it, it is an illegal
# instruction in every state (III 6.5.18): 0xe40, HEIR = the word.  (What it does when enabled, stopping the thread
# for good: test_system.c.)
# qemu: 10 - 7.2 has no HEIR
# rows: attn
.include "bare.inc"
    .macro ILLEGAL state
    INTERRUPTS \state, 0xe40, .long 0x00000200
    mfspr 9, 339
    EXPECT 9, 0x200
    .endm
    ILLEGAL SF | HV | ME
    SET_RADIX 1
    ILLEGAL SF | ME
    ILLEGAL SF | ME | PR | EE | IR | DR
    PASS
