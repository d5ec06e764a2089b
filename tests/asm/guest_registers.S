# SPDX-License-Identifier: Apache-2.0
#
# Registers that a hypervisor keeps for its guest, and what the guest can do to them.
#
# AMOR says which keys a guest's kernel may change in AMR, IAMR and UAMOR, UAMOR which a program may change in AMR
# (III 5.7.13.1).  The virtual time base goes on from what the hypervisor wrote, and the guest's kernel reads it (7.8).
# HSPRG0, HEIR, HMER, HMEER, PCR, HFSCR, LPCR: a guest's access does nothing at all without LPCR[EVIRT] (4.4.4).  LPCR[LD]
# decides whether DEC has 56 bits or 32, so what is far away for one guest is over for another (7.3).
# qemu: no - it does not know AMOR for IAMR, and refuses a guest otherwise
.include "bare.inc"
    .set KERNEL, SF | ME | RI
    .macro KERNEL_SETS number, value
    CATCH unexpected
    LI64 5, \value
    ENTER KERNEL, .Lkernel\@
.Lkernel\@:
    mtspr \number, 5
    TO_HYPERVISOR
    .endm
    SET_RADIX 1
    # Keys.
    SETSPR 29, 0
    SETSPR 61, 0
    SETSPR 157, 0
    SETSPR 349, 0xff00ff00ff00ff00
    .macro MASKED number, value
    KERNEL_SETS \number, -1
    mfspr 6, \number
    EXPECT 6, \value
    .endm
    MASKED 29, 0xff00ff00ff00ff00
    MASKED 61, 0x5500550055005500
    MASKED 157, 0xff00ff00ff00ff00
    KERNEL_SETS 29, 0
    SETSPR 157, 0x00f000f000f000f0
    LI64 5, -1
    CATCH 1f
    ENTER KERNEL | PR | IR | DR, 2f
2:  mtspr 13, 5
    mfspr 6, 13
    sc 1
1:  EXPECT 6, 0x00f000f000f000f0
    mfspr 6, 29
    EXPECT 6, 0x00f000f000f000f0
    SETSPR 29, 0
    # The virtual time base.
    SETSPR 849, 0x123400000000
    CATCH unexpected
    ENTER KERNEL, 1f
1:  mfspr 5, 849
    mfspr 6, 849
    cmpld 5, 6
    mfcr 9
    li 7, 0
    mtspr 849, 7                    # does nothing
    mfspr 8, 849
    TO_HYPERVISOR
    EXPECT_BITS 9, 0x40000000, 0    # not greater
    EXPECT_BITS 5, ~0xffffff, 0x123400000000
    EXPECT_BITS 8, ~0xffffff, 0x123400000000
    # What is the hypervisor's.
    .irp number, 304, 305, 338, 190, 318, 339, 337, 310, 187, 180, 464, 319
    mfspr 10, \number
    KERNEL_SETS \number, 0x5a5a5a5a5a5a5a5a
    .if \number != 310
    mfspr 11, \number
    EXPECT_SAME 10, 11
    .endif
    CATCH unexpected
    LI64 5, 0x777
    ENTER KERNEL, .Lread\number
.Lread\number:
    mfspr 5, \number
    TO_HYPERVISOR
    EXPECT 5, 0x777
    .endr
    # 32 bits: 0x1c0000000 is negative.  56 bits: it is far away.
    .macro DECREMENTS lpcr, vector
    SETSPR 318, RADIX | (\lpcr)
    isync
    LI64 5, 0x1c0000000
    CATCH .Ltaken\@
    ENTER KERNEL, .Lset\@
.Lset\@:
    mtspr 22, 5
    li 6, 0
    ori 6, 6, EE | RI
    mtmsrd 6, 1
    nop
    sc 1
.Ltaken\@:
    EXPECT 31, \vector
    .if \vector == 0x900
    TO_HYPERVISOR
    .endif
    .endm
    DECREMENTS 0, 0x900
    DECREMENTS 0x20000, 0xc00
    PASS
