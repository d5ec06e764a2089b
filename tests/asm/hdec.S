# SPDX-License-Identifier: Apache-2.0
#
# The hypervisor decrementer's exception is an edge (III 7.4): it comes when HDEC goes from 0 to -1 - by counting, or by mtspr -
# waits for MSR[EE] whatever HDEC holds meanwhile, and is gone once it has interrupted, although HDEC is still negative.  A
# negative HDEC makes none without such a step.  No step is noticed while LPCR[HDICE] = 0, nor during a stop with
# PSSCR[EC] = 1, which also loses what was pending; a stop with EC = 0 ends by it.  A guest is interrupted at once by what the
# hypervisor left pending.
# qemu: no - asks LPCR[HDICE] only when it delivers
.include "bare.inc"
    .set HDICE, 1
    .macro UNTIL_NEGATIVE
    SETSPR 310, 1
.Lwait\@:
    mfspr 10, 310
    cmpdi 10, 0
    bge .Lwait\@
    .endm
    .macro ENABLE                                   # EE = 1 for a moment
    LI64 10, EE
    mtmsrd 10, 1
    nop
    li 10, 0
    mtmsrd 10, 1
    .endm
    .macro INTERRUPTED
    CATCH .Lhere\@
    ENABLE
    b unexpected
.Lhere\@:
    EXPECT 31, 0x980
    CATCH unexpected
    .endm
    SETSPR 22, 0x7fffffff                           # DEC
    SETSPR 310, 0x7fffffff                          # HDEC
    SETSPR 318, HDICE                               # LPCR
    ENABLE
    UNTIL_NEGATIVE
    SETSPR 310, 0x7fffffff                          # does not take it back
    INTERRUPTED
    ENABLE
    UNTIL_NEGATIVE
    INTERRUPTED
    ENABLE                                          # still negative: no second one
    SETSPR 310, -5                                  # negative before: no step
    ENABLE
    SETSPR 310, 0x7fffffff
    SETSPR 310, -1                                  # a step by mtspr
    INTERRUPTED
    SETSPR 310, 0x7fffffff                          # HDICE = 0: a step by counting, a step by mtspr
    SETSPR 318, 0
    UNTIL_NEGATIVE
    SETSPR 310, 0x7fffffff
    SETSPR 310, -1
    SETSPR 318, HDICE
    ENABLE
    UNTIL_NEGATIVE
    SETSPR 318, 0                                   # one that is there already waits
    ENABLE
    SETSPR 318, HDICE
    INTERRUPTED
    UNTIL_NEGATIVE
    SETSPR 310, 0x7fffffff
    SET_RADIX 1, HDICE
    CATCH 1f
    ENTER SF | ME, guest
guest:
    .long 4
1:  EXPECT 31, 0x980
    EXPECT_AT 22, guest
    SETSPR 318, HDICE | 0x1e000                     # and the lower PECE
    SETSPR 855, 1 << 20                             # PSSCR: EC
    UNTIL_NEGATIVE
    SETSPR 310, 500
    SETSPR 22, 1000
    CATCH 2f
    stop
    b unexpected
2:  EXPECT 31, 0x100
    EXPECT_BITS 21, 0x3c0000, 6 << 18               # by the decrementer
    SETSPR 22, 0x7fffffff
    mfspr 10, 310
    srdi 10, 10, 63
    EXPECT 10, 1
    CATCH unexpected
    ENABLE                                          # both are lost
    SETSPR 855, 0
    SETSPR 310, 500
    stop
    INTERRUPTED
    PASS
