# SPDX-License-Identifier: Apache-2.0
#
# stop below the hypervisor (III 3.3.2): with PSSCR[ESL] or [EC] set, or RL or MTL above what the hypervisor grants in PSLL,
# a hypervisor facility unavailable interrupt, 0xf80, HFSCR[0:7] = 9.  Else it waits as in hypervisor state: the
# decrementer ends it, and its interrupt follows if EE = 1.
# qemu: no - lets a guest stop
# rows: stop
.include "bare.inc"
    .macro REFUSED psscr
    SETSPR 855, \psscr
    INTERRUPTS SF | ME, 0xf80, stop
    mfspr 10, 190
    EXPECT_BITS 10, 0xff << 56, 9 << 56
    .endm
    SET_RADIX 1
    REFUSED 1 << 21                                 # ESL
    REFUSED 1 << 20                                 # EC
    REFUSED 3 << 20
    REFUSED 1                                       # RL = 1, PSLL = 0
    REFUSED 3 | 2 << 16                             # RL = 3, PSLL = 2
    REFUSED 2 | 3 << 4 | 2 << 16                    # MTL = 3: the hardware might move deeper
    SETSPR 855, 2 | 2 << 4 | 2 << 16
    SETSPR 22, 1000
    CATCH 1f
    ENTER SF | ME | EE, guest
guest:
    stop
behind:
    .long 4
1:  EXPECT 31, 0x900
    EXPECT_AT 20, behind
    EXPECT_BITS 26, HV, 0
    PASS
