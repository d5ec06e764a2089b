# SPDX-License-Identifier: Apache-2.0
#
# rfid, hrfid, rfscv (III 3.3.1): NIA = SRR0, HSRR0 or LR without its last two bits; MSR from SRR1, HSRR1 or CTR,
# except that EE, IR and DR become 1 if PR does; HV: rfid and rfscv can only clear it, hrfid sets it as well; ME stays
# as it was unless the processor is in hypervisor state.  To 32-bit mode: the upper half of the address does not
# count.
# rows: rfid hrfid rfscv
# qemu: 10 - 7.2 lets a guest change ME
.include "bare.inc"
    .macro RETURN how, image, label
    LI64 0, (\image)
    .ifc \how, rfscv
    mtctr 0
    .else
    .ifc \how, hrfid
    mtspr 315, 0
    .else
    mtspr 27, 0
    .endif
    .endif
    LA64 0, \label
    ori 0, 0, 3                                     # ignored
    .ifc \how, rfscv
    mtlr 0
    .else
    .ifc \how, hrfid
    mtspr 314, 0
    .else
    mtspr 26, 0
    .endif
    .endif
    \how
    .long 4
    .endm
    # Each of these bits, HV kept.
    .macro TAKES how, bits:vararg
    CATCH unexpected
    RETURN \how, SF | HV | (\bits), .Lto\@
.Lto\@:
    mfmsr 10
    EXPECT 10, SF | HV | (\bits)
    .endm
    # Problem state: EE, IR, DR come with it.
    .macro TO_USER how
    CATCH .Luser\@
    RETURN \how, SF | ME | PR, .Lin\@
.Lin\@:
    sc 1
.Luser\@:
    EXPECT 31, 0xc00
    EXPECT 21, SF | ME | PR | EE | IR | DR
    .endm
    # 32-bit mode: the instruction is fetched from the low half of the address, and so is SRR0's value of sc.
    .macro NARROW how, image, address
    CATCH .Lnarrow\@
    LA64 9, .Lto\@
    li 8, -1
    sldi 8, 8, 32
    or 9, 9, 8
    LI64 0, HV | ME
    \image 0
    \address 9
    \how
.Lto\@:
    sc
.Lafter\@:
    .long 4
.Lnarrow\@:
    EXPECT_AT 20, .Lafter\@
    EXPECT 21, HV | ME
    EXPECT_BITS 26, SF | HV, SF | HV
    .endm
    .macro mtsrr0 reg
    mtspr 26, \reg
    .endm
    .macro mtsrr1 reg
    mtspr 27, \reg
    .endm
    .macro mthsrr0 reg
    mtspr 314, \reg
    .endm
    .macro mthsrr1 reg
    mtspr 315, \reg
    .endm
    # A guest can neither set HV nor change ME.
    .macro GUEST how, me
    CATCH unexpected
    ENTER SF | \me, .Lguest\@
.Lguest\@:
    RETURN \how, SF | HV | (ME - \me) | RI, .Lagain\@
.Lagain\@:
    mfmsr 10
    EXPECT 10, SF | \me | RI
    TO_HYPERVISOR
    .endm

    SET_RADIX 1
    .irp how, rfid, hrfid, rfscv
    TAKES \how, 0
    TAKES \how, VEC
    TAKES \how, VSX
    TAKES \how, FP
    TAKES \how, ME
    TAKES \how, RI
    TAKES \how, 0x900                               # FE0, FE1
    TAKES \how, VEC | VSX | FP | ME | RI
    TO_USER \how
    .endr
    NARROW rfid, mtsrr1, mtsrr0
    NARROW hrfid, mthsrr1, mthsrr0
    NARROW rfscv, mtctr, mtlr
    GUEST rfid, 0
    GUEST rfid, ME
    GUEST rfscv, 0
    GUEST rfscv, ME
    PASS
