# SPDX-License-Identifier: Apache-2.0
#
# Cache-inhibited loads and stores (III 4.4.1), hypervisor real mode: a byte, halfword, word or doubleword at RA|0 +
# RB, zero-extended on the way in.  Main storage answers them as any storage does, in both endiannesses (the store in
# little-endian mode reverses the bytes; its code is therefore written byte-reversed).
# rows: lbzcix lhzcix lwzcix ldcix stbcix sthcix stwcix stdcix
.include "bare.inc"
    LI64 5, 0x100000
    li 6, 0x40
    LI64 3, 0x8192a3b4c5d6e7f8
    std 3, 0x40(5)
    lbzcix 7, 5, 6
    EXPECT 7, 0x81
    lhzcix 7, 5, 6
    EXPECT 7, 0x8192
    lwzcix 7, 5, 6
    EXPECT 7, 0x8192a3b4
    ldcix 7, 5, 6
    EXPECT 7, 0x8192a3b4c5d6e7f8
    addi 8, 5, 0x40
    li 0, 0x77                                      # RA = 0 is the number
    lwzcix 7, 0, 8
    EXPECT 7, 0x8192a3b4
    LI64 4, 0x1122334455667788
    stbcix 4, 5, 6
    ld 7, 0(8)
    EXPECT 7, 0x8892a3b4c5d6e7f8
    sthcix 4, 5, 6
    ld 7, 0(8)
    EXPECT 7, 0x7788a3b4c5d6e7f8
    stwcix 4, 5, 6
    ld 7, 0(8)
    EXPECT 7, 0x55667788c5d6e7f8
    li 0, 0x77
    stdcix 4, 0, 8
    ld 7, 0(8)
    EXPECT 7, 0x1122334455667788
    # little-endian: stdcix r4, 0, r8; lwzcix r9, 0, r8; hrfid
    LI64 0, SF | HV | ME | 1
    mtspr 315, 0
    LA64 0, little
    mtspr 314, 0
    hrfid
little:
    SWAPPED 0x7c8047ea                              # stdcix r4, 0, r8
    SWAPPED 0x7d20462a                              # lwzcix r9, 0, r8
    SWAPPED 0x39400000                              # li r10, 0
    SWAPPED 0x48000009                              # bl .+8: LR names the word behind
    SWAPPED 0x60000000
    SWAPPED 0x7c6802a6                              # mflr r3
    SWAPPED 0x38630028                              # addi r3, r3, big - there
    SWAPPED 0x7c7a4ba6                              # mtspr HSRR0, r3
    SWAPPED 0x7c0000a6                              # mfmsr r0
    SWAPPED 0x68000001                              # xori r0, r0, 1
    SWAPPED 0x7c1b4ba6                              # mtspr HSRR1, r0
    SWAPPED 0x4c000224                              # hrfid
    SWAPPED 0x60000000
    SWAPPED 0x60000000
big:
    ld 7, 0(8)
    EXPECT 7, 0x8877665544332211
    EXPECT 9, 0x55667788
    PASS
