# SPDX-License-Identifier: Apache-2.0
#
# Watchpoint and breakpoint that a hypervisor set for its guest (III 8.3.2, 8.3.3), as KVM-HV does for H_SET_MODE: the
# guest's kernel is told, 0x300 and 0xd00 with HV = 0.  DAWRX0[PNH] (2) is privileged state that is not the
# hypervisor's, PRO (1) problem state, HYP (4) the hypervisor; CIABR's last bits are 2 and 1 for the first two.
# qemu: no - it does not look at DAWRX[PRO, HRAMMC], and traces before the instruction is executed
.include "bare.inc"
    .set STORES, 0x40
    .set LOADS, 0x20
    .set RELOCATED, 0x10
    .set KERNEL, SF | ME | IR | DR | RI
    .set USER, KERNEL | PR
    # In this state the store at the watched address is refused and has not been done; SRR1 tells the state.
    .macro WATCHED msr
    CATCH .Lwatched\@
    ENTER \msr, .Lplace\@
.Lplace\@:
    std 6, 0(5)
    sc 1
.Lwatched\@:
    EXPECT 31, 0x300
    EXPECT_AT 20, .Lplace\@
    EXPECT_BITS 21, HV | PR | IR | DR, (\msr) & (HV | PR | IR | DR)
    EXPECT 24, 0x100008
    EXPECT 25, 0x2400000
    EXPECT_BITS 26, HV | PR | IR | DR, 0
    TO_HYPERVISOR
    .endm
    .macro NOT_WATCHED msr
    CATCH .Lback\@
    ENTER \msr, .Lplace\@
.Lplace\@:
    std 6, 0(5)
    sc 1
.Lback\@:
    EXPECT 31, 0xc00
    .endm

    SET_RADIX 1
    LI64 5, 0x100008
    li 6, 1
    SETSPR 180, 0x100008
    SETSPR 188, STORES | LOADS | RELOCATED | 2
    WATCHED KERNEL
    NOT_WATCHED USER
    std 6, 0(5)                     # the hypervisor's own
    SETSPR 188, STORES | LOADS | RELOCATED | 1
    WATCHED USER
    NOT_WATCHED KERNEL
    SETSPR 188, STORES | LOADS | RELOCATED | 4
    NOT_WATCHED USER
    NOT_WATCHED KERNEL
    SETSPR 188, LOADS | RELOCATED | 3
    NOT_WATCHED USER
    SETSPR 188, STORES | 3          # real accesses only: the guest's are relocated
    NOT_WATCHED KERNEL
    WATCHED SF | ME
    # Another guest, whose page at this address is another one, is watched just the same: the address is effective.
    SETSPR 319, 2
    LI64 11, 0x30020
    LI64 0, 0xc0000000000600ad
    std 0, 0(11)
    LI64 0, 0x31000
    std 0, 8(11)
    ptesync
    isync
    SETSPR 188, STORES | RELOCATED | 2
    WATCHED KERNEL
    SETSPR 188, 0
    SETSPR 319, 1
    isync

    # The breakpoint: after the instruction.
    .macro BREAKS msr, priv
    li 7, 0
    LA64 0, .Lbroken\@
    ori 0, 0, \priv
    mtspr 187, 0
    isync
    CATCH .Lcaught\@
    ENTER \msr, .Lbroken\@ - 4
    nop
.Lbroken\@:
    addi 7, 7, 1
    sc 1
.Lcaught\@:
    EXPECT 31, 0xd00
    EXPECT_AT 20, .Lbroken\@ + 4
    EXPECT_BITS 21, HV | PR | 0x40100000, ((\msr) & PR) | 0x40100000
    EXPECT_BITS 26, HV | PR, 0
    EXPECT 7, 1
    TO_HYPERVISOR
    .endm
    .macro BREAKS_NOT msr, priv
    LA64 0, .Lnext\@
    ori 0, 0, \priv
    mtspr 187, 0
    isync
    CATCH .Lcaught\@
    ENTER \msr, .Lnext\@
.Lnext\@:
    nop
    sc 1
.Lcaught\@:
    EXPECT 31, 0xc00
    .endm
    BREAKS KERNEL, 2
    BREAKS USER, 1
    BREAKS SF | ME, 2
    BREAKS_NOT USER, 2
    BREAKS_NOT KERNEL, 1
    BREAKS_NOT KERNEL, 3
    PASS
