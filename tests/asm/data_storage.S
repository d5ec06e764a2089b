# SPDX-License-Identifier: Apache-2.0
#
# Data storage interrupts of process-scoped radix translation (III 6.5.3), LPID 0, hypervisor state, relocation on.
#
# DAR = the effective address, DSISR bit 33 (0x40000000) = no translation, bit 36 (0x08000000) = protection, bit 38
# (0x02000000) = it was a store.  SRR0 = the instruction.  Page 0x100 has no entry, page 0x101 may only be read.  R and C
# are set by the walk: page 0x102 starts without, a load sets R (0x100), a store C (0x80).
# qemu: no - leaves it to software to set R and C
.include "bare.inc"
    li 10, 0
    LI64 11, PAGES
    std 10, 0x800(11)
    LI64 10, 0xc000000000101184                     # R, C, read
    std 10, 0x808(11)
    LI64 10, 0xc000000000102006                     # read, write
    std 10, 0x810(11)
    SET_RADIX 0
    CATCH 1f
    ENTER SF | HV | ME | IR | DR, load
load:
    LI64 5, 0x100008
l1: ld 6, 0(5)
1:  EXPECT 31, 0x300
    EXPECT_AT 20, l1
    EXPECT 24, 0x100008
    EXPECT 25, 0x40000000
    CATCH 2f
    ENTER SF | HV | ME | IR | DR, store
store:
    LI64 5, 0x100010
s1: stw 6, 0(5)
2:  EXPECT 31, 0x300
    EXPECT_AT 20, s1
    EXPECT 24, 0x100010
    EXPECT 25, 0x42000000
    CATCH 3f
    ENTER SF | HV | ME | IR | DR, readonly
readonly:
    LI64 5, 0x101000
    ld 6, 0(5)
s2: stb 6, 3(5)
3:  EXPECT 31, 0x300
    EXPECT_AT 20, s2
    EXPECT 24, 0x101003
    EXPECT 25, 0x0a000000
    CATCH unexpected
    ENTER SF | HV | ME | IR | DR, rc
rc: LI64 5, 0x102000
    LI64 11, PAGES
    ld 6, 0(5)
    ld 7, 0x810(11)
    EXPECT 7, 0xc000000000102106
    std 6, 0(5)
    ld 7, 0x810(11)
    EXPECT 7, 0xc000000000102186
    # an access across two pages of which the second has no entry: DAR lies in it
    CATCH 4f
    LI64 5, 0xffffc
    std 6, 0(5)
4:  EXPECT 31, 0x300
    EXPECT 24, 0x100000
    EXPECT 25, 0x42000000
    PASS
