# SPDX-License-Identifier: Apache-2.0
#
# The byte order of interrupt handlers (III 2.2, 3.2.1, 6.4): HID0[HILE] (POWER9's bit 4) for interrupts to hypervisor state, LPCR[ILE]
# for those of a guest.  The handlers here are read either way: the first word is tdi 0,0,0x48 (does nothing) in big-endian order
# and a branch over the next in little-endian order.
.include "bare.inc"
    # Put the two-way handler over the program interrupt's
    LI64 5, 0x700
    LA64 6, twoway
    li 7, 16
    mtctr 7
0:  lwz 8, 0(6)
    stw 8, 0(5)
    addi 5, 5, 4
    addi 6, 6, 4
    bdnz 0b
    CATCH 1f
    trap                                            # HILE = 0
1:  EXPECT 31, 0x700
    SETSPR 1008, 1 << 59                            # HID0[HILE]
    CATCH 2f
    trap
2:  EXPECT 31, 1
    EXPECT_BITS 23, 1, 0                            # what the little-endian handler found in SRR1: the state before was big-endian
    SETSPR 1008, 0
    SET_RADIX 1
    CATCH 3f
    ENTER SF | ME, a
a:  trap                                            # guest, ILE = 0
3:  EXPECT 31, 0x700
    EXPECT_BITS 26, HV, 0
    CATCH 4f
    sc 1
4:  SETSPR 318, RADIX | (1 << 25)                   # LPCR[ILE]
    CATCH 5f
    ENTER SF | ME, b
b:  trap
5:  EXPECT 31, 1
    PASS

twoway:
    .long 0x08000048                                # little-endian: b .+8
    b big
    SWAPPED 0x3be00001                              # li r31, 1
    SWAPPED 0x7efb02a6                              # mfspr r23, SRR1
    SWAPPED 0x7fda03a6                              # mtspr SRR0, r30
    SWAPPED 0x4c000024                              # rfid: SRR1 still says big-endian
big:
    li 31, 0x700
    mfmsr 26
    mtctr 30
    bctr
