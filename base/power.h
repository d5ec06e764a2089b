/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bits and fields of the Power ISA (version 3.0) that more than one folder needs: registers, operands of instructions,
 * entries of tables in storage.  Numbers and sections are the book's, and so are the names where it has one.  What
 * stands here is said nowhere else, and the bits of one register or entry stand together though some be one folder's
 * alone.  What only one folder asks for, and what is not the book's but POWER9's (the causes of machine checks), stays
 * there.
 */
#ifndef P9_BASE_POWER_H
#define P9_BASE_POWER_H

#include "base/bits.h"

/* ---- registers ---- */

/* MSR, the Machine State Register (III 4.2.1) */
#define MSR_SF PPC_BIT(0)
#define MSR_HV PPC_BIT(3)
#define MSR_TS PPC_BITMASK(29, 30)
#define MSR_TS_SUSPENDED PPC_BIT(30)
#define MSR_TS_TRANSACTIONAL PPC_BIT(29)
#define MSR_TM PPC_BIT(31)
#define MSR_VEC PPC_BIT(38)
#define MSR_VSX PPC_BIT(40)
#define MSR_S PPC_BIT(41)
#define MSR_EE PPC_BIT(48)
#define MSR_PR PPC_BIT(49)
#define MSR_FP PPC_BIT(50)
#define MSR_ME PPC_BIT(51)
#define MSR_FE0 PPC_BIT(52)
#define MSR_SE PPC_BIT(53)
#define MSR_BE PPC_BIT(54)
#define MSR_TE PPC_BITMASK(53, 54)
#define MSR_FE1 PPC_BIT(55)
#define MSR_IR PPC_BIT(58)
#define MSR_DR PPC_BIT(59)
#define MSR_PMM PPC_BIT(61)
#define MSR_RI PPC_BIT(62)
#define MSR_LE PPC_BIT(63)

/* LPCR (III 2.2) */
#define LPCR_VPM0 PPC_BIT(0)
#define LPCR_VPM1 PPC_BIT(1)
#define LPCR_ISL PPC_BIT(2)
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

/* SMFCTRL (newer than 3.0B: the Secure Memory Facility), HID0 (POWER9's own) */
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

/* PCR (III 2.5) */
#define PCR_TM PPC_BIT(2)
#define PCR_AFTER PPC_BITMASK(60, 62) /* what came after 2.07, 2.06, 2.05: packed as enum pcr_withheld */

/* PSSCR (III 3.2.3) */
#define PSSCR_PLS PPC_BITMASK(0, 3)
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
#define DSISR_FUNCTION_CODE PPC_BIT32(29) /* bit 61: an atomic memory operation without a meaning (II 4.5.1) */

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

/* BESCR (II 7.2.1), TEXASR (II 5.4.1) */
#define BESCR_GE PPC_BIT(0)
#define BESCR_EE PPC_BIT(30)
#define BESCR_PME PPC_BIT(31)
#define BESCR_TS PPC_BITMASK(32, 33)
#define BESCR_EEO PPC_BIT(62)
#define BESCR_PMEO PPC_BIT(63)
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

/* ---- operands ---- */

/* RB and RS of tlbie and tlbiel (III 5.9.3.3): IS says what is invalidated, AP the size of a radix page */
#define RB_EPN PPC_BITMASK(0, 51)
#define RB_SET PPC_BITMASK(40, 51) /* tlbiel */
#define RB_LP PPC_BITMASK(44, 51)
#define RB_IS PPC_BITMASK(52, 53)
#define RB_AP PPC_BITMASK(56, 58)
#define RB_AVAL_16 PPC_BITMASK(56, 59) /* L=1: VA[58:61], which LP hides */
#define RB_L PPC_BIT(63)
#define RS_PID PPC_BITMASK(0, 31)
#define RS_LPID PPC_BITMASK(32, 63)
enum rb_is { RB_IS_ADDRESS, RB_IS_PID, RB_IS_LPID, RB_IS_ALL };

/* RB and RS of slbmte, which are the two doublewords of an SLB entry (III 5.7.8), and RB of slbie */
#define SLB_ESID PPC_BITMASK(0, 35)
#define SLB_VALID PPC_BIT(36)
#define SLB_INDEX PPC_BITMASK(52, 63)
#define SLB_SEGMENT_SIZE PPC_BITMASK(0, 1) /* B of the VSID doubleword: 0 is 256 MB, 1 is 1 TB */
#define SLB_VSID PPC_BITMASK(2, 51)
#define SLB_KS PPC_BIT(52)
#define SLB_KP PPC_BIT(53)
#define SLB_NO_EXECUTE PPC_BIT(54)
#define SLB_L PPC_BIT(55)
#define SLB_CLASS PPC_BIT(56)
#define SLB_LP PPC_BITMASK(58, 59)
#define SLBIE_SEGMENT_SIZE PPC_BITMASK(37, 38) /* B of slbie's operand */

/* ---- tables in storage ---- */

/* Radix page-table entries and page directory entries (III 5.7.10.2) */
#define PTE_VALID PPC_BIT(0)
#define PTE_LEAF PPC_BIT(1)
#define PTE_RPN PPC_BITMASK(7, 51)
#define PTE_R PPC_BIT(55)
#define PTE_C PPC_BIT(56)
#define PTE_ATT PPC_BITMASK(58, 59)
#define PTE_EAA_PRIV PPC_BIT(60)
#define PTE_EAA_READ PPC_BIT(61)
#define PTE_EAA_RW PPC_BIT(62)
#define PTE_EAA_EXEC PPC_BIT(63)
#define PDE_NLB PPC_BITMASK(4, 55)
#define PDE_NLS PPC_BITMASK(59, 63)

/*
 * Partition-table and process-table entries (III 5.7.6): doubleword 0 of a radix tree, PATE0 with HR in front; PTCR,
 * and PATE1 with HR = 1, name a table: PATB or PRTB, and PATS or PRTS, log2 of its size less 12.
 */
#define PATE0_HR PPC_BIT(0)
#define ROOT_RTS1 PPC_BITMASK(1, 2)
#define ROOT_RTS2 PPC_BITMASK(56, 58)
#define ROOT_RPDB PPC_BITMASK(4, 55)
#define ROOT_RPDS PPC_BITMASK(59, 63)
#define TABLE_BASE PPC_BITMASK(4, 51)
#define TABLE_SIZE PPC_BITMASK(59, 63)

#endif
