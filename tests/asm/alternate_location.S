# SPDX-License-Identifier: Apache-2.0
#
# LPCR[AIL] = 3 (III 2.2, 6.4): interrupts taken with IR = DR = 1 go to 0xc000000000004000 + vector with relocation on; with
# LPCR[HR] = 1 also those that make HV 1.  All others, and always machine check, stay at their real address with it off.
# qemu: 10 - 7.2 has no machine checks
.include "bare.inc"
    SET_RADIX 0, 3 << 23
    CATCH 1f
    ENTER SF | HV | ME | IR | DR, a
a:  trap
1:  EXPECT 31, 0x4700
    EXPECT_AT 20, a
    EXPECT_BITS 26, HV | IR | DR, HV | IR | DR
    bl 2f
2:  mflr 10
    srdi 10, 10, 60
    EXPECT 10, 0                                    # bctr of the handler left quadrant 3
    CATCH 3f
    ENTER SF | HV | ME, b                           # relocation off: AIL does not apply
b:  trap
3:  EXPECT 31, 0x700
    EXPECT_BITS 26, IR | DR, 0
    CATCH 4f
    ENTER SF | HV | ME | IR | DR, c
c:  LI64 5, 0x180000
    LI64 6, 0x7000000000
    ld 6, 0(6)                                      # no translation: data storage goes to 0x4300
4:  EXPECT 31, 0x4300
    EXPECT 24, 0x7000000000
    SET_RADIX 1, 3 << 23
    CATCH 5f
    ENTER SF | ME | IR | DR, d
d:  sc 1                                            # HV becomes 1
5:  EXPECT 31, 0x4c00
    EXPECT_BITS 26, HV | IR | DR, HV | IR | DR
    CATCH 6f
    ENTER SF | ME | IR | DR, e
e:  sc 0                                            # HV stays 0: applies
6:  EXPECT 31, 0x4c00
    EXPECT_BITS 26, HV | IR | DR, IR | DR
    CATCH 8f
    sc 1
8:  SET_RADIX 0, 3 << 23
    CATCH 7f
    LI64 10, PAGES
    LI64 11, 0xc000700000000187                     # page 0x100 lies where nothing is
    std 11, 0x800(10)
    ENTER SF | HV | ME | IR | DR, g
g:  LI64 5, 0x100000
    ld 6, 0(5)
7:  EXPECT 31, 0x200
    EXPECT_BITS 26, HV | IR | DR, HV
    PASS
