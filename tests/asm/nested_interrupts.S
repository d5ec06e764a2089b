# SPDX-License-Identifier: Apache-2.0
#
# Interrupts in interrupt handlers, a thousand deep: the simulator keeps nothing per level, and each level's SRR0 is right.
.include "bare.inc"
    li 11, 0
    CATCH again
again:
    addi 11, 11, 1
    cmpdi 11, 1000
    beq done
here:
    trap
done:
    EXPECT_AT 20, here
    EXPECT 11, 1000
    PASS
