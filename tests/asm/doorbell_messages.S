# SPDX-License-Identifier: Apache-2.0
#
# What msgsnd, msgclr, msgsndp and msgclrp do with each field of their message (III 11.4), on a thread alone in its
# core, PIR and TIR 0.
#
# Type (bits 32:36): 5 is the doorbell, any other type does nothing.  PROCIDTAG (44:63) of a thread that does not
# exist: nothing. Broadcast (37:38) = 1, 2: all threads of the sub-processor or core of the named thread, itself among
# them.  msgclr and msgclrp take back a doorbell that was not taken, if they say type 5.  msgsndp and msgclrp belong
# to a guest as well if HFSCR[53] lets it (6.2.13, cause 10); the interrupt is the guest's own then, 0xa00 with SRR0
# and SRR1, when EE = 1 (6.5.13).  DPDES shows the privileged doorbell that waits; the hypervisor makes and withdraws it
# by writing there (11.2), a guest only reads.
# qemu: 10 - 7.2 has no privileged doorbell
# rows: msgsnd msgclr msgsndp msgclrp
.include "bare.inc"
    .set DOORBELL, 5 << 27
    .set OTHER, 4 << 27
    .macro MESSAGE value
    LI64 6, (\value)
    .endm
    # Let interrupts in: none comes.
    .macro NOTHING
    CATCH unexpected
    LI64 10, EE
    mtmsrd 10, 1
    bl .+4
    li 10, 0
    mtmsrd 10, 1
    .endm
    .macro COMES vector
    CATCH .Lcaught\@
    LI64 10, EE
    mtmsrd 10, 1
    bl .+4
    .long 4
.Lcaught\@:
    EXPECT 31, \vector
    EXPECT_BITS 26, EE | HV, HV
    NOTHING                                         # it was consumed
    .endm
    MESSAGE OTHER
    msgsnd 6
    msgsndp 6
    NOTHING
    MESSAGE DOORBELL | 0x13                         # nobody
    msgsnd 6
    msgsndp 6
    NOTHING
    MESSAGE DOORBELL
    msgsnd 6
    COMES 0xe80
    MESSAGE DOORBELL | 1 << 25                      # broadcast 1: the sub-processor
    msgsnd 6
    COMES 0xe80
    MESSAGE DOORBELL | 1 << 26                      # broadcast 2: the core
    msgsnd 6
    COMES 0xe80
    MESSAGE DOORBELL
    msgsnd 6
    MESSAGE OTHER
    msgclr 6                                        # another type: it stays
    COMES 0xe80
    MESSAGE DOORBELL
    msgsnd 6
    msgclr 6
    NOTHING
    msgsndp 6
    COMES 0xa00
    msgsndp 6
    MESSAGE OTHER
    msgclrp 6
    COMES 0xa00
    MESSAGE DOORBELL
    msgsndp 6
    msgclrp 6
    NOTHING

    .macro DPDES value
    mfspr 10, 176
    EXPECT 10, \value
    .endm
    DPDES 0
    msgsndp 6
    DPDES 1
    COMES 0xa00
    DPDES 0
    SETSPR 176, 1
    DPDES 1
    COMES 0xa00
    msgsndp 6
    SETSPR 176, 0
    NOTHING

    # below the hypervisor
    SET_RADIX 1
    CATCH 2f
    ENTER SF | ME, own
own:
    msgsndp 6
    mfspr 11, 176
    LI64 10, EE
    mtmsrd 10, 1
    bl .+4
    .long 4
2:  EXPECT 11, 1
    EXPECT 31, 0xa00
    EXPECT_BITS 21, EE | HV | PR, EE
    EXPECT_BITS 26, EE | HV, 0
    TO_HYPERVISOR
    SETSPR 190, 0x00fffffffffffbff                  # HFSCR without MSGP
    INTERRUPTS SF | ME, 0xf80, msgsndp 6
    mfspr 10, 190
    EXPECT_BITS 10, 0xff << 56, 10 << 56
    INTERRUPTS SF | ME, 0xf80, msgclrp 6
    PASS
