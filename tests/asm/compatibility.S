# SPDX-License-Identifier: Apache-2.0
# qemu: no - it keeps PCR but withholds nothing
#
# PCR takes from problem state what came after a version of the architecture (III 2.5): such an instruction or register
# is as one that does not exist, a Hypervisor Emulation Assistance interrupt with the word in HEIR; each bit speaks of
# one version only, and TM has a bit of its own.  A guest's kernel, at the same address, may still execute all of it, and
# so may problem state as soon as PCR says so: nothing decoded before is left over.
.include "bare.inc"
    .set AFTER_2_05, 2
    .set AFTER_2_06, 4
    .set AFTER_2_07, 8
    .set NO_TM, 1 << 61
    .set PROBLEM, SF | ME | PR | FP | VEC | VSX | IR | DR | RI | (1 << 32)   # the last is MSR[TM]
    .set KERNEL, PROBLEM & ~PR
    # Under each of the bits of `by` the instruction is refused, under all the others together it is not.
    .macro WITHHELD by, insn:vararg
    .irp one, AFTER_2_05, AFTER_2_06, AFTER_2_07, NO_TM
    .if \one & (\by)
    SETSPR 338, \one
    INTERRUPTS PROBLEM, 0xe40, \insn
    mfspr 12, 339                   # HEIR
    EXPECT_SAME 12, 10
    EXPECT_BITS 23, PR | IR | DR, PR | IR | DR
    .endif
    .endr
    SETSPR 338, (AFTER_2_05 | AFTER_2_06 | AFTER_2_07 | NO_TM) & ~(\by)
    COMPLETES PROBLEM, \insn
    SETSPR 338, AFTER_2_05 | AFTER_2_06 | AFTER_2_07 | NO_TM
    COMPLETES KERNEL, \insn
    .endm
    # What follows the instruction in its own state is the system call.
    .macro COMPLETES msr, insn:vararg
    CATCH .Lback\@
    ENTER \msr, .Lthere\@
.Lthere\@:
    \insn
    sc 1
.Lback\@:
    EXPECT 31, 0xc00
    .endm

    SETSPR 795, 0x80200000          # MMCR0: frozen, BHRBA
    SET_RADIX 1
    LI64 5, 0x100000
    WITHHELD AFTER_2_05, ldbrx 6, 0, 5
    WITHHELD AFTER_2_05, popcntd 6, 5
    WITHHELD AFTER_2_05, xxlor 0, 1, 2
    WITHHELD AFTER_2_05, lxvd2x 40, 0, 5
    WITHHELD AFTER_2_05, mfspr 6, 13
    WITHHELD AFTER_2_06, lq 6, 0(5)
    WITHHELD AFTER_2_06, mtvsrd 0, 5
    WITHHELD AFTER_2_06, vaddudm 0, 1, 2
    WITHHELD AFTER_2_06, xsaddsp 0, 1, 2
    WITHHELD AFTER_2_06, mfspr 6, 815
    WITHHELD AFTER_2_06, mtspr 3, 6
    WITHHELD AFTER_2_06, mfspr 6, 806
    WITHHELD AFTER_2_06, clrbhrb
    WITHHELD AFTER_2_07, addpcis 6, 1
    WITHHELD AFTER_2_07, modud 6, 5, 5
    WITHHELD AFTER_2_07, setb 6, 1
    WITHHELD AFTER_2_07, lxv 40, 0(5)
    WITHHELD AFTER_2_07, xsaddqp 0, 1, 2
    WITHHELD AFTER_2_07, vctzd 0, 1
    WITHHELD AFTER_2_07, darn 6, 1
    WITHHELD AFTER_2_06 | NO_TM, tcheck 0
    WITHHELD AFTER_2_06 | NO_TM, mfspr 6, 128
    # Old things stay, whatever PCR says; only the bits that exist can be set.
    SETSPR 338, -1
    mfspr 6, 338
    EXPECT 6, AFTER_2_05 | AFTER_2_06 | AFTER_2_07 | NO_TM
    COMPLETES PROBLEM, vadduwm 0, 1, 2
    COMPLETES PROBLEM, fadd 0, 1, 2
    COMPLETES PROBLEM, mfspr 6, 896
    COMPLETES PROBLEM, cmpb 6, 5, 5
    # A store to the page: it is decoded anew, and what was illegal is so again.
    LA64 7, patched
    lwz 8, 0(7)
    LA64 9, modern
    lwz 9, 0(9)
    .rept 2
    stw 9, 0(7)
    CATCH 1f
    ENTER PROBLEM, patched
1:  EXPECT 31, 0xe40
    EXPECT_AT 22, patched
    stw 8, 0(7)
    CATCH 1f
    ENTER PROBLEM, patched
1:  EXPECT 31, 0xc00
    .endr
    PASS
patched:
    nop
    sc 1
modern:
    cnttzd 6, 5
