# SPDX-License-Identifier: Apache-2.0
#
# Instruction storage interrupts of process-scoped radix translation (III 6.5.5), hypervisor state, relocation on.
#
# SRR0 = the address that could not be fetched; SRR1 bit 33 (0x40000000) = no translation, bit 35 (0x10000000) = no execute
# permission.
.include "bare.inc"
    li 10, 0
    LI64 11, PAGES
    std 10, 0x800(11)                               # page 0x100: no entry
    LI64 10, 0xc000000000101186                     # page 0x101: no execute
    std 10, 0x808(11)
    SET_RADIX 0
    CATCH 1f
    ENTER SF | HV | ME | IR | DR, go
go: LI64 5, 0x100040
    mtctr 5
    bctr
1:  EXPECT 31, 0x400
    EXPECT 20, 0x100040
    EXPECT_BITS 21, 0x783f0000, 0x40000000
    CATCH 2f
    ENTER SF | HV | ME | IR | DR, noexec
noexec:
    LI64 5, 0x101040
    mtlr 5
    blr
2:  EXPECT 31, 0x400
    EXPECT 20, 0x101040
    EXPECT_BITS 21, 0x783f0000, 0x10000000
    PASS
