# SPDX-License-Identifier: Apache-2.0
#
# Transactional memory in hypervisor state (II chapter 5; III 3.2.2, 6.5.9).  No transaction succeeds.
#
# tbegin. needs MSR[TM] (0xf60, FSCR[IC] = 5).  It fails at once: CR0 = 1010, TFHAR = the next instruction, TFIAR = its own
# address with the privilege (HV || PR = 10) in the last two bits, TEXASR = persistent (7), implementation-specific (15),
# privilege (34:35), failure summary (36), TFIAR exact (37), ROT (38) = R, level 1 (52:63).  Outside a transaction tend.,
# tabort., tsr. set CR0 = 0000, tcheck its field, and change nothing else; a new TEXASR can be written.
#
# trechkpt. needs TEXASR[FS] = 1 and makes MSR[TS] = 01 (suspended) with the registers as checkpoint; treclaim. outside a
# transaction, trechkpt. and tend. inside, and mtspr of TFIAR or TEXASR (not TFHAR) are TM Bad Things (0x700, SRR1 bit 42).
# Suspended: tbegin. sets CR0 = 0010 and nothing else, tabort. records nothing because a failure is recorded, CR0 = 0010.
# An interrupt keeps TS = 01 in the new MSR and in SRR1.  tresume fails the transaction: checkpoint back, CR0 = 1010, at
# TFHAR.  So does rfid or mtmsrd to TS = 10, TM = 1.  N to S, S to N with TM on, S to T with TM off are TM Bad Things; S to
# N with TM off in both images changes nothing.
#
# rows: tbegin_ tend_ tabort_ tabortwc_ tabortwci_ tabortdc_ tabortdci_ tsr_ tcheck treclaim_ trechkpt_
# qemu: no - the cause of a failure is the implementation's, and no transaction can be built there
.include "bare.inc"
.set TM, 1 << 32
.set SUSPENDED, 1 << 33
.set TRANSACTIONAL, 1 << 34
.set HERE, SF | HV | ME
.set FAILED, 0x010100002c000001
.set BAD, 1 << 21

.macro BAD_THING label
    EXPECT 31, 0x700
    EXPECT_AT 20, \label
    EXPECT_BITS 21, 0x783f0000 & ~0x8000, BAD       # 33:36 and 42:47: only bit 42
.endm

    ENTER HERE, no_tm
no_tm:
    CATCH 2f
off: tbegin. 0
2:  EXPECT 31, 0xf60
    EXPECT_AT 20, off
    mfspr 6, 153
    EXPECT_BITS 6, 0xff << 56, 5 << 56
    CATCH unexpected
    ENTER HERE | TM, begin
begin:
    li 7, 0
    mtspr 130, 7
first: tbegin. 0
handler:
    beq 1f
    b unexpected
1:
    EXPECT_CR0 0b1010
    mfspr 6, 128
    EXPECT_AT 6, handler
    mfspr 6, 129
    addi 6, 6, -2
    EXPECT_AT 6, first
    mfspr 6, 130
    EXPECT 6, FAILED
    mfspr 6, 131
    EXPECT 6, FAILED >> 32
    tbegin. 1                                       # rollback-only
    mfspr 6, 130
    EXPECT 6, FAILED | 1 << 25
    tend. 0
    EXPECT_CR0 0
    tend. 1
    li 6, 0x55
    mtspr 130, 6
    tabort. 6
    EXPECT_CR0 0
    tabortwc. 31, 6, 6
    tabortwci. 31, 6, 1
    tabortdc. 31, 6, 6
    tabortdci. 31, 6, 1
    tsuspend.
    tresume.
    EXPECT_CR0 0
    tcheck 2
    mfcr 5
    EXPECT_BITS 5, 0x00f00000, 0
    mfspr 6, 130
    EXPECT 6, 0x55

    # nothing to reclaim; nothing that failed
    CATCH 1f
none: treclaim. 0
1:  BAD_THING none
    ENTER HERE | TM, 2f
2:  CATCH 1f
unfailed: trechkpt.
1:  BAD_THING unfailed
    ENTER HERE | TM, build
build:
    CATCH unexpected
    LI64 6, FAILED
    mtspr 130, 6
    LA64 6, failed_by_tresume
    mtspr 128, 6
    LI64 14, 0x1111
    mtcrf 0xff, 14
    mtlr 14
    mtctr 14
    mtspr 815, 14
    trechkpt.
    mfmsr 6
    EXPECT_BITS 6, SUSPENDED | TRANSACTIONAL | TM, SUSPENDED | TM
    li 14, 2
    mtlr 14
    mtspr 815, 14
    tbegin. 0
    EXPECT_CR0 0b0010
    tabort. 14
    EXPECT_CR0 0b0010
    tsuspend.
    EXPECT_CR0 0b0010
    tcheck 2
    mfcr 5
    EXPECT_BITS 5, 0x00f00000, 0x00a00000           # doomed, suspended
    mfspr 6, 130
    EXPECT 6, FAILED
    LA64 6, failed_by_tresume
    mtspr 128, 6                                    # allowed
    .irp what, tend, recheckpoint, texasr, tfiar, texasru, to_none, to_11, to_t_without_tm, sleep
    CATCH after_\what
    LI64 10, HERE | TM
    LI64 11, HERE | TM | SUSPENDED | TRANSACTIONAL
    LI64 12, HERE | TRANSACTIONAL
do_\what:
    .ifc \what, tend
    tend. 0
    .endif
    .ifc \what, recheckpoint
    trechkpt.
    .endif
    .ifc \what, texasr
    mtspr 130, 6
    .endif
    .ifc \what, tfiar
    mtspr 129, 6
    .endif
    .ifc \what, texasru
    mtspr 131, 6
    .endif
    .ifc \what, to_none
    mtmsrd 10
    .endif
    .ifc \what, to_11
    mtmsrd 11
    .endif
    .ifc \what, to_t_without_tm
    mtmsrd 12
    .endif
    .ifc \what, sleep
    stop
    .endif
    trap
after_\what:
    BAD_THING do_\what
    EXPECT_BITS 21, SUSPENDED | TRANSACTIONAL | TM, SUSPENDED | TM
    EXPECT_BITS 26, SUSPENDED | TRANSACTIONAL | TM, SUSPENDED
    ENTER HERE | TM | SUSPENDED, go_on_\what
go_on_\what:
    .endr
    CATCH unexpected
    tresume.
    b unexpected
failed_by_tresume:
    EXPECT_CR0 0b1010
    EXPECT 14, 0x1111
    mflr 6
    EXPECT 6, 0x1111
    mfspr 6, 815
    EXPECT 6, 0x1111
    mfmsr 6
    EXPECT_BITS 6, SUSPENDED | TRANSACTIONAL | TM, TM

    # by mtmsrd, then by rfid
    LA64 6, failed_by_mtmsrd
    mtspr 128, 6
    li 14, 3
    trechkpt.
    li 14, 4
    LI64 6, HERE | TM | TRANSACTIONAL
    mtmsrd 6
    b unexpected
failed_by_mtmsrd:
    EXPECT 14, 3
    EXPECT_CR0 0b1010
    LA64 6, failed_by_rfid
    mtspr 128, 6
    trechkpt.
    li 14, 4
    LA64 6, unexpected
    mtspr 26, 6
    LI64 6, HERE | TM | TRANSACTIONAL
    mtspr 27, 6
    rfid
failed_by_rfid:
    EXPECT 14, 3
    mfmsr 6
    EXPECT_BITS 6, SUSPENDED | TRANSACTIONAL | TM, TM

    # software that does not know of TM: S0 to N0 stays S0
    trechkpt.
    LI64 6, HERE | SUSPENDED
    mtmsrd 6
    LI64 6, HERE
    mtmsrd 6
    mfmsr 6
    EXPECT_BITS 6, SUSPENDED | TRANSACTIONAL | TM, SUSPENDED
    LI64 6, HERE | SUSPENDED | TM
    mtmsrd 6

    # treclaim. gives the checkpoint back and says where it was; nothing is recorded anew
    li 14, 5
    treclaim. 14
    EXPECT_CR0 0b0010
    EXPECT 14, 3
    mfspr 6, 130
    EXPECT 6, FAILED
    mfmsr 6
    EXPECT_BITS 6, SUSPENDED | TRANSACTIONAL | TM, TM
    PASS
