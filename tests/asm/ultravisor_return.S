# SPDX-License-Identifier: Apache-2.0
#
# urfid (the secure memory facility, III 3.3.1): NIA = USRR0 without its last two bits, MSR from USRR1 with HV and S
# as there.  SMFCTRL[E] = 1 in this run, which starts in ultravisor state, S HV PR = 110.
#
# To hypervisor state: S = 0.  There urfid is an illegal instruction (0xe40), and neither rfid nor hrfid set S; sc 2
# leads to the ultravisor with S = 1, SRR1[42:43] = LEV.  To a secure guest: S HV PR = 100, which rfid leaves as it
# is.  S HV PR = 111 does not exist: problem state is entered with HV = 0.
# machine: --state ultravisor
# qemu: no - has no secure memory facility
# rows: urfid hrfid rfid
.include "bare.inc"
    .set S, 1 << 22
    .macro URFID image, label
    SETSPR 507, (\image)
    LA64 0, \label
    ori 0, 0, 3
    mtspr 506, 0
    .long 0x4c000264
    .endm
    mfmsr 10
    EXPECT_BITS 10, S | HV | PR, S | HV
    CATCH unexpected
    URFID SF | HV | ME | FP | RI, hypervisor
hypervisor:
    mfmsr 10
    EXPECT 10, SF | HV | ME | FP | RI
    ENTER SF | HV | ME | S, still                   # S is not the hypervisor's to set
still:
    mfmsr 10
    EXPECT 10, SF | HV | ME
    INTERRUPTS SF | HV | ME, 0xe40, .long 0x4c000264
    CATCH 1f
    sc 2
1:  EXPECT 31, 0xc00
    EXPECT_BITS 26, S | HV | PR, S | HV
    EXPECT_BITS 21, S | HV | PR | 3 << 20, HV | 2 << 20
    CATCH unexpected
    SET_RADIX 1
    URFID SF | ME | S, secure
secure:
    mfmsr 10
    EXPECT 10, SF | ME | S
    LI64 0, SF | ME | RI
    mtspr 27, 0
    LA64 0, 2f
    mtspr 26, 0
    rfid                                            # S stays
2:  mfmsr 10
    EXPECT 10, SF | ME | S | RI
    PASS
