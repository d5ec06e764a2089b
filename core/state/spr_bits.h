/* SPDX-License-Identifier: Apache-2.0 */
/* Bits of the special-purpose registers that decide something, as the book numbers them. */
#ifndef P9_CORE_STATE_SPR_BITS_H
#define P9_CORE_STATE_SPR_BITS_H

#include "base/bits.h"

/* LPCR (III 2.2) */
#define LPCR_VPM0 PPC_BIT(0)
#define LPCR_VPM1 PPC_BIT(1)
#define LPCR_HVEE PPC_BIT(17) /* upper PECE: wake by a hypervisor virtualization exception */
#define LPCR_ILE PPC_BIT(38)
#define LPCR_AIL PPC_BITMASK(39, 40)
#define LPCR_UPRT PPC_BIT(41)
#define LPCR_EVIRT PPC_BIT(42)
#define LPCR_HR PPC_BIT(43)
#define LPCR_ONL PPC_BIT(45)
#define LPCR_LD PPC_BIT(46)
#define LPCR_PDEE PPC_BIT(47) /* lower PECE: privileged doorbell, hypervisor doorbell, external, decrementer, other */
#define LPCR_HDEE PPC_BIT(48)
#define LPCR_EEE PPC_BIT(49)
#define LPCR_DEE PPC_BIT(50)
#define LPCR_OEE PPC_BIT(51)
#define LPCR_MER PPC_BIT(52)
#define LPCR_GTSE PPC_BIT(53)
#define LPCR_TC PPC_BIT(54)
#define LPCR_HEIC PPC_BIT(59)
#define LPCR_LPES PPC_BIT(60)
#define LPCR_HVICE PPC_BIT(62)
#define LPCR_HDICE PPC_BIT(63)
#define LPCR_MASK                                                                                                      \
    (PPC_BITMASK(1, 3) | PPC_BITMASK(9, 11) | LPCR_HVEE | PPC_BITMASK(38, 43) | PPC_BITMASK(45, 54) | LPCR_HEIC |      \
     LPCR_LPES | LPCR_HVICE | LPCR_HDICE)

/* SMFCTRL, HID0 */
#define SMFCTRL_E PPC_BIT(0)
#define SMFCTRL_D PPC_BIT(1)
#define HID0_ENABLE_ATTN PPC_BIT(3)
#define HID0_HILE PPC_BIT(4)

/* FSCR and HFSCR: the interruption cause in the first byte, and bit 63 - n enables facility n (III 6.2.12) */
#define FSCR_IC PPC_BITMASK(0, 7)
enum facility {
    FACILITY_FP = 0,
    FACILITY_VECTOR = 1,
    FACILITY_DSCR = 2,
    FACILITY_PM = 3,
    FACILITY_BHRB = 4,
    FACILITY_TM = 5,
    FACILITY_EBB = 7,
    FACILITY_TAR = 8,
    FACILITY_STOP = 9,
    FACILITY_MSGP = 10,
    FACILITY_SCV = 12,
};
#define FACILITY_BIT(n) (1ULL << (n))

/* DAWRX0, CIABR (III 8.3) */
#define DAWRX_MRD PPC_BITMASK(48, 53) /* length of the range in doublewords, less one */
#define DAWRX_HRAMMC PPC_BIT(56)
#define DAWRX_DW PPC_BIT(57)
#define DAWRX_DR PPC_BIT(58)
#define DAWRX_WT PPC_BIT(59)
#define DAWRX_WTI PPC_BIT(60)
#define DAWRX_HYP PPC_BIT(61)
#define DAWRX_PNH PPC_BIT(62)
#define DAWRX_PRO PPC_BIT(63)
#define DAWRX_PRIVM PPC_BITMASK(61, 63)
#define CIABR_PRIV PPC_BITMASK(62, 63) /* 0 off, 1 problem state, 2 privileged, 3 hypervisor */

/* PSSCR (III 3.2.3) */
#define PSSCR_PLS PPC_BITMASK(0, 3)
#define PCR_TM PPC_BIT(2)
#define PCR_AFTER PPC_BITMASK(60, 62) /* what came after 2.07, 2.06, 2.05: packed as enum pcr_withheld */
#define PSSCR_SD PPC_BIT(41)
#define PSSCR_ESL PPC_BIT(42)
#define PSSCR_EC PPC_BIT(43)
#define PSSCR_PSLL PPC_BITMASK(44, 47)
#define PSSCR_FAKE_SUSPEND PPC_BIT(53) /* POWER9 DD2.2: reads as 0 */
#define PSSCR_MTL PPC_BITMASK(56, 59)
#define PSSCR_RL PPC_BITMASK(60, 63)

/* DSISR, HDSISR and the same bits of SRR1, HSRR1 (III 6.5.3, 6.5.5, 6.5.16, 6.5.17) */
#define DSISR_NO_ENTRY PPC_BIT32(1)       /* bit 33 */
#define SRR1_NO_EXECUTE PPC_BIT32(3)      /* bit 35 */
#define DSISR_PROTECTION PPC_BIT32(4)     /* bit 36 */
#define DSISR_ATTRIBUTE PPC_BIT32(5)      /* bit 37 */
#define DSISR_STORE PPC_BIT32(6)          /* bit 38 */
#define DSISR_WATCHPOINT PPC_BIT32(9)     /* bit 41 */
#define DSISR_KEY PPC_BIT32(10)           /* bit 42 */
#define DSISR_BAD_CONFIG PPC_BIT32(12)    /* bit 44 */
#define DSISR_SET_RC PPC_BIT32(13)        /* bit 45 */
#define DSISR_PROCESS_TABLE PPC_BIT32(14) /* bit 46: the translation of a process-scoped table's address failed */

/* SRR1 of a trace interrupt (III 6.5.15): always set; the access of the instruction; it was CIABR that matched */
#define SRR1_TRACE PPC_BIT(33)
#define SRR1_TRACE_LOAD PPC_BIT(35)
#define SRR1_TRACE_STORE PPC_BIT(36)
#define SRR1_TRACE_CIABR PPC_BIT(43)

/* SRR1 of a program interrupt (III 6.5.9), of a wake-up (III 6.5.1) */
#define SRR1_TM_BAD_THING PPC_BIT(42)
#define SRR1_FP_ENABLED PPC_BIT(43)
#define SRR1_PRIVILEGED PPC_BIT(45)
#define SRR1_TRAP PPC_BIT(46)
#define SRR1_NEXT PPC_BIT(47) /* SRR0 is not the instruction that caused it */
#define SRR1_WAKE_REASON PPC_BITMASK(42, 45)
#define SRR1_WAKE_STATE PPC_BITMASK(46, 47) /* 1: nothing was lost */
#define SRR1_SAVED_MSR (~(PPC_BITMASK(33, 36) | PPC_BITMASK(42, 47)))

/* MMCR0, MMCRA, SIER (III 9.4), BESCR (II 7.2.1), TEXASR (II 5.4.1) */
#define MMCR0_FC PPC_BIT(32)
#define MMCR0_FCS PPC_BIT(33)
#define MMCR0_FCP PPC_BIT(34)
#define MMCR0_FCM1 PPC_BIT(35)
#define MMCR0_FCM0 PPC_BIT(36)
#define MMCR0_PMAE PPC_BIT(37)
#define MMCR0_FCECE PPC_BIT(38)
#define MMCR0_TBSEL PPC_BITMASK(39, 40)
#define MMCR0_TBEE PPC_BIT(41)
#define MMCR0_BHRBA PPC_BIT(42)
#define MMCR0_EBE PPC_BIT(43)
#define MMCR0_PMCC PPC_BITMASK(44, 45)
#define MMCR0_PMC1CE PPC_BIT(48)
#define MMCR0_PMCJCE PPC_BIT(49)
#define MMCR0_TRIGGER PPC_BIT(50)
#define MMCR0_FCPC PPC_BIT(51)
#define MMCR0_CC56RUN PPC_BIT(55)
#define MMCR0_PMAO PPC_BIT(56)
#define MMCR0_FC14 PPC_BIT(58)
#define MMCR0_FC56 PPC_BIT(59)
#define MMCR0_FCWAIT PPC_BIT(62)
#define MMCR0_FCH PPC_BIT(63)
#define MMCRA_IFM PPC_BITMASK(32, 33)
#define MMCRA_SAMPLE_ENABLE PPC_BIT(63)
#define SIER_SIPR PPC_BIT(38)
#define SIER_SIHV PPC_BIT(39)
#define SIER_SIARV PPC_BIT(41)
#define BESCR_GE PPC_BIT(0)
#define BESCR_EE PPC_BIT(30)
#define BESCR_PME PPC_BIT(31)
#define BESCR_TS PPC_BITMASK(32, 33)
#define BESCR_EEO PPC_BIT(62)
#define BESCR_PMEO PPC_BIT(63)
#define BESCR_VALID (BESCR_GE | BESCR_EE | BESCR_PME | BESCR_TS | BESCR_EEO | BESCR_PMEO)
#define TEXASR_CODE PPC_BITMASK(0, 7)
#define TEXASR_PERSISTENT PPC_BIT(7)
#define TEXASR_IMPLEMENTATION PPC_BIT(15)
#define TEXASR_ABORT PPC_BIT(31)
#define TEXASR_SUSPENDED PPC_BIT(32)
#define TEXASR_HVPR PPC_BITMASK(34, 35)
#define TEXASR_FS PPC_BIT(36)
#define TEXASR_TFIAR_EXACT PPC_BIT(37)
#define TEXASR_ROT PPC_BIT(38)
#define TEXASR_LEVEL PPC_BITMASK(52, 63)
#define TM_CR_FAILED 0xa /* CR0 of a failure handler */

#endif
