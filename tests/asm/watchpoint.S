# SPDX-License-Identifier: Apache-2.0
#
# Data address watchpoint (III 8.3.2, 6.5.3).  DAWRX0: 0x40 stores, 0x20 loads, 0x10 match relocated accesses (else real ones),
# 8 either, 4 hypervisor, 2 privileged, 1 problem state, 0x80 ignore bit 0 of addresses in hypervisor real mode; from bit
# 53 up: length in doublewords, less one.  A match is a data storage interrupt with DSISR bit 41 (0x00400000), bit 38
# (0x02000000) for a store, DAR = the first byte of the access that is watched; nothing has been stored or loaded.
# Cache management never matches, except dcbz, which is a store.
# qemu: no - it does not tell stores from loads, nor look at DAWRX[PRO, HRAMMC]
.include "bare.inc"
.macro WATCH address, control
    SETSPR 180, \address
    SETSPR 188, \control
.endm
.macro MATCHES at, dar, dsisr
    EXPECT 31, 0x300
    EXPECT_AT 20, \at
    EXPECT 24, \dar
    EXPECT 25, \dsisr
    CATCH unexpected
.endm
    LI64 11, 0x100000
    li 10, 77
    .irp offset, -8, 0, 8, 16, 24, 32, 40
    std 10, \offset(11)                             # the page has its slots before it is watched
    ld 6, \offset(11)
    .endr
    li 6, 5
    WATCH 0x100008, 0x6c
    CATCH 1f
l1: ld 6, 8(11)
1:  MATCHES l1, 0x100008, 0x00400000
    EXPECT 6, 5
    ld 7, 0(11)
    std 7, 16(11)
    CATCH 2f
s2: stb 6, 15(11)
2:  MATCHES s2, 0x10000f, 0x02400000
    CATCH 3f                                        # an access that reaches into it
l3: ld 6, 4(11)
3:  MATCHES l3, 0x100008, 0x00400000
    CATCH 4f
    LI64 5, SF | HV | ME | FP | 0x2800000           # VEC, VSX
    mtmsrd 5
    li 4, 0
l4: lxvx 0, 4, 11
4:  MATCHES l4, 0x100008, 0x00400000
    CATCH 5f
l5: ldarx 6, 4, 11                                  # the neighbour: none
    addi 3, 11, 8
l5b: ldarx 6, 0, 3
5:  MATCHES l5b, 0x100008, 0x00400000
    CATCH 6f
s6: stdcx. 6, 0, 3
6:  MATCHES s6, 0x100008, 0x02400000
    dcbst 0, 3
    dcbf 0, 3
    icbi 0, 3
    dcbt 0, 3
    dcbtst 0, 3
    CATCH 7f
s7: dcbz 0, 11
7:  MATCHES s7, 0x100008, 0x02400000
    WATCH 0x100008, 0x24                            # loads only, real
    std 10, 8(11)
    CATCH 8f
l8: lwz 6, 12(11)
8:  MATCHES l8, 0x10000c, 0x00400000
    WATCH 0x100008, 0x44                            # stores only
    ld 6, 8(11)
    EXPECT 6, 77
    CATCH 9f
s9: .long 0x7c83448c                                # lwat r4, r3, 8 (swap) is a store too
9:  MATCHES s9, 0x100008, 0x02400000
    ld 6, 8(11)
    EXPECT 6, 77
    WATCH 0x100008, 0xc64                           # four doublewords
    ld 6, 40(11)
    ld 6, 0(11)
    CATCH 10f
l10: ld 6, 32(11)
10: MATCHES l10, 0x100020, 0x00400000
    WATCH 0x100000, 0x64                            # crossing into the page
    ld 6, -8(11)
    CATCH 11f
l11: ld 6, -4(11)
11: MATCHES l11, 0x100000, 0x00400000
    WATCH 0xfffff8, 0x464                           # a range over a page boundary
    LI64 5, 0xfff000
    ld 6, 0xff0(5)
    WATCH 0xff8, 0x464
    li 5, 0x1000
    CATCH 12f
l12: lbz 6, 7(5)
12: MATCHES l12, 0x1007, 0x00400000
    WATCH 0x100008, 0x74                            # relocated accesses only
    ld 6, 8(11)
    WATCH 0x100008, 0x6b                            # anybody but the hypervisor
    ld 6, 8(11)
    WATCH 0x8000000000100008, 0x64
    ld 6, 8(11)
    WATCH 0x8000000000100008, 0xe4                  # bit 0 ignored
    CATCH 13f
l13: ld 6, 8(11)
13: MATCHES l13, 0x100008, 0x00400000
    WATCH 0x100008, 0xe4
    LI64 5, 0x8000000000100000
    CATCH 14f
l14: ld 6, 8(5)
14: MATCHES l14, 0x8000000000100008, 0x00400000
    WATCH 0x100008, 0x71                            # problem state, relocated
    ld 6, 8(11)
    SET_RADIX 0
    CATCH 15f
    ENTER SF | HV | ME | PR | IR | DR | EE, user
user:
    ld 6, 0(11)
l15: ld 6, 8(11)
15: MATCHES l15, 0x100008, 0x00400000
    WATCH 0x100008, 0                               # off again: the page is reached directly
    SETSPR 318, 0
    isync
    ld 6, 8(11)
    EXPECT 6, 77
    PASS
