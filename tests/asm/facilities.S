# SPDX-License-Identifier: Apache-2.0
#
# Every bit of HFSCR and FSCR (III 6.2.12, 6.2.13).  HFSCR gates what is not hypervisor state: 0xf80, HSRR0 = the instruction,
# IC = the number of the bit (from the right), also for the bits that MSR[FP, VEC, VSX] gate as well: 0 for FP, 1 for VEC and
# VSX.  FSCR gates problem state: 0xf60.  scv asks FSCR in every state (II 3.3.1).  What is let through goes on to the trap.
# qemu: no - HFSCR[FP, VECVSX, DSCR, PM, TAR] are not looked at
.include "bare.inc"
.set USE, SF | ME | 0x0000000102802000              # TM, VEC, VSX, FP
.set EVERYTHING, 0x00ffffffffffffff

# A guest's kernel executes it: with the bit of HFSCR and without; and the hypervisor without.
.macro HGATE number, insn:vararg
    SETSPR 190, EVERYTHING & ~(1 << \number)
    CATCH hgate_off\@
    ENTER USE | IR | DR, hgate_it\@
hgate_it\@:
    \insn
    trap
hgate_off\@:
    mfspr 10, 190
    EXPECT 31, 0xf80
    EXPECT_AT 22, hgate_it\@
    EXPECT_BITS 10, 0xff000000000005bf, (0x5bf & ~(1 << \number)) | (\number << 56)
    CATCH hgate_on\@
    ENTER USE | HV, hgate_hv\@
hgate_hv\@:
    \insn
    SETSPR 190, 1 << \number
    ENTER USE | IR | DR, hgate_again\@
hgate_again\@:
    \insn
hgate_trap\@:
    trap
hgate_on\@:
    EXPECT 31, 0x700
    EXPECT_AT 20, hgate_trap\@
    CATCH hgate_end\@
    sc 1
hgate_end\@:
.endm

# A user executes it, HFSCR lets it.
.macro GATE number, insn:vararg
    SETSPR 190, EVERYTHING
    SETSPR 153, EVERYTHING & ~(1 << \number)
    CATCH gate_off\@
    ENTER USE | PR | EE | IR | DR, gate_it\@
gate_it\@:
    \insn
    trap
gate_off\@:
    mfspr 10, 153
    EXPECT 31, 0xf60
    EXPECT_AT 20, gate_it\@
    EXPECT_BITS 10, 0xff << 56, \number << 56
    SETSPR 153, 1 << \number
    CATCH gate_on\@
    \insn                                           # a kernel may
    LA64 0, gate_again\@
    mtspr 26, 0
    LI64 0, USE | PR | EE | IR | DR
    mtspr 27, 0
    rfid
gate_again\@:
    \insn
gate_trap\@:
    trap
gate_on\@:
    EXPECT 31, 0x700
    EXPECT_AT 20, gate_trap\@
    CATCH gate_end\@
    sc 1
gate_end\@:
.endm

    SET_RADIX 1, 0x8                                # LPES
    li 12, 0
    HGATE 0, fadd 1, 2, 3
    HGATE 0, mffs 1
    HGATE 1, vaddubm 1, 2, 3
    HGATE 1, xxlor 1, 2, 3
    HGATE 2, mfspr 11, 17
    HGATE 2, mfspr 11, 3
    HGATE 3, mfspr 11, 795
    HGATE 3, mfspr 11, 787
    HGATE 4, clrbhrb
    HGATE 5, mfspr 11, 130
    HGATE 7, mfspr 11, 806
    HGATE 8, mfspr 11, 815
    HGATE 10, msgclrp 12
    HGATE 10, mfspr 11, 176
    GATE 2, mfspr 11, 3
    GATE 7, mfspr 11, 804
    GATE 8, mfspr 11, 815

    SETSPR 190, EVERYTHING                          # scv: also a kernel, and the hypervisor
    SETSPR 153, EVERYTHING & ~0x1000
    CATCH 1f
    ENTER USE | HV, scv_hv
scv_hv: .long 0x44000001
1:  mfspr 10, 153
    EXPECT 31, 0xf60
    EXPECT_AT 20, scv_hv
    EXPECT_BITS 10, 0xff << 56, 12 << 56
    SETSPR 153, 0x1000
    CATCH 2f
    .long 0x44000001
2:  EXPECT 31, 0x7000
    PASS
