# SPDX-License-Identifier: Apache-2.0
#
# wait (II 4.6.4): execution goes on at the latest when an interrupt comes, and may go on at any time.  So a loop
# around it ends with the decrementer's interrupt (0x900), whose SRR0 is in the loop and whose SRR1 has EE = 1.
# rows: wait
.include "bare.inc"
    CATCH 1f
    SETSPR 22, 2000                                 # DEC
    ENTER SF | HV | ME | EE, loop
loop:
    wait
    b loop
behind:
    .long 4
1:  EXPECT 31, 0x900
    LA64 10, loop
    sub 10, 20, 10
    cmpldi 10, behind - loop
    li 11, 0
    blt 2f
    li 11, 1
2:  EXPECT 11, 0
    EXPECT_BITS 21, EE | PR | HV, EE | HV
    PASS
