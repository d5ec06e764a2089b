/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names of the XIVE's registers, table entries and thread context bytes, as the POWER9 firmware knows them.  Register
 * offsets are those of the first page of the IC BAR; the SCOM number of a register is another one (xive_ic.c).
 */
#ifndef P9_DEVICES_XIVE_REGS_H
#define P9_DEVICES_XIVE_REGS_H

#include "base/bits.h"

/* Common queue (CQ): the PowerBus bridge, 0x000..0x3ff */
#define CQ_MSGSND 0x058u
#define CQ_IC_BAR 0x080u
#define CQ_TM1_BAR 0x090u
#define CQ_TM2_BAR 0x0a0u
#define CQ_PC_BAR 0x0b0u
#define CQ_PC_BARM 0x0b8u
#define CQ_VC_BAR 0x0c0u
#define CQ_VC_BARM 0x0c8u
#define CQ_BAR_VALID PPC_BIT(0)
#define CQ_BAR_64K PPC_BIT(1) /* IC and TM only */
#define CQ_BAR_BASE PPC_BITMASK(8, 51)
#define CQ_PC_BARM_MASK PPC_BITMASK(26, 38)
#define CQ_VC_BARM_MASK PPC_BITMASK(21, 37)
#define CQ_TAR 0x0f0u /* set translation tables: address */
#define CQ_TAR_AUTOINC PPC_BIT(0)
#define CQ_TAR_TSEL_BLK PPC_BIT(12)
#define CQ_TAR_TSEL_MIG PPC_BIT(13)
#define CQ_TAR_TSEL_VDT PPC_BIT(14)
#define CQ_TAR_TSEL_EDT PPC_BIT(15)
#define CQ_TAR_TSEL PPC_BITMASK(12, 15)
#define CQ_TAR_INDEX PPC_BITMASK(26, 31)
#define CQ_TDR 0x0f8u /* ... and data */
#define EDT_TYPE PPC_BITMASK(0, 1)
#define EDT_TYPE_IPI 1
#define EDT_TYPE_END 2
#define EDT_BLOCK PPC_BITMASK(12, 15)
#define EDT_INDEX PPC_BITMASK(26, 31)
#define VDT_VALID PPC_BIT(0)
#define VDT_BLOCK PPC_BITMASK(11, 15)
#define VDT_INDEX PPC_BITMASK(28, 31)
#define CQ_PBI_CTL 0x100u
#define CQ_PBI_PC_64K PPC_BIT(5)
#define CQ_PBI_VC_64K PPC_BIT(6)
#define CQ_PBI_LNX_TRIG PPC_BIT(7) /* one page per source instead of trigger page and management page */
#define CQ_RST_CTL 0x118u
#define CQ_RST_BARS PPC_BIT(4)
#define CQ_FIRMASK 0x198u
#define CQ_FIRMASK_AND 0x1a0u
#define CQ_FIRMASK_OR 0x1a8u

/* Presentation controller (PC), 0x400..0x7ff */
#define PC_TCTXT_CFG 0x400u
#define PC_TCTXT_CHIPID_OVERRIDE PPC_BIT(9)
#define PC_TCTXT_CHIPID PPC_BITMASK(12, 15)
#define PC_TCTXT_INDIR0 0x420u
#define PC_TCTXT_INDIR_VALID PPC_BIT(0)
#define PC_TCTXT_INDIR_THRDID PPC_BITMASK(9, 15)
#define PC_THREAD_EN_REG0 0x440u
#define PC_THREAD_EN_REG0_SET 0x448u
#define PC_THREAD_EN_REG0_CLR 0x450u
#define PC_THREAD_EN_REG1 0x460u
#define PC_THREAD_EN_REG1_SET 0x468u
#define PC_THREAD_EN_REG1_CLR 0x470u
#define PC_VSD_TABLE_ADDR 0x488u
#define PC_VSD_TABLE_DATA 0x490u
#define PC_AT_KILL 0x4b0u
#define PC_VPC_SCRUB_TRIG 0x710u
#define PC_VPC_CWATCH_SPEC 0x738u
#define PC_VPC_CWATCH_BLOCK PPC_BITMASK(27, 31)
#define PC_VPC_CWATCH_INDEX PPC_BITMASK(45, 63)
#define PC_VPC_CWATCH_DAT0 0x740u
#define PC_VPC_CWATCH_DAT7 0x778u

/* Virtualization controller (VC), 0x800..0xfff */
#define VC_GLOBAL_CONFIG 0x800u
#define VC_VSD_TABLE_ADDR 0x808u
#define VC_VSD_TABLE_DATA 0x810u
#define VC_AT_MACRO_KILL 0x8b0u
#define VC_EQC_SCRUB_TRIG 0x910u
#define VC_EQC_CONFIG 0x920u
#define VC_EQC_SYNC_IPI PPC_BIT(32) /* the next four follow: HW, first and second escalation, redistribution */
#define VC_EQC_END_s PPC_BIT(39)    /* END bits s and u have a meaning */
#define VC_EQC_END_u PPC_BIT(40)
#define VC_EQC_CWATCH_SPEC 0x928u
#define VC_EQC_CWATCH_BLOCK PPC_BITMASK(28, 31)
#define VC_EQC_CWATCH_INDEX PPC_BITMASK(40, 63)
#define VC_EQC_CWATCH_DAT0 0x930u
#define VC_EQC_CWATCH_DAT3 0x948u
#define VC_IVC_SCRUB_TRIG 0x990u
#define VC_SBC_SCRUB_TRIG 0xa10u
#define VC_SBC_CONFIG 0xa20u
#define VC_SBC_STORE_EOI (PPC_BIT(44) | PPC_BIT(45)) /* CPLX_CIST, CIST_BOTH */

#define TRIG_VALID PPC_BIT(0) /* scrub and kill registers: busy */
#define CWATCH_CONFLICT PPC_BIT(0)
#define CWATCH_FULL PPC_BIT(8)

/* Virtual structure tables and their descriptors (VSD) */
enum vst { VST_EAS, VST_SBE, VST_END, VST_NVT, VST_IRQ, VST_COUNT };
#define VST_ADDR_AUTOINC PPC_BIT(0)
#define VST_TABLE_SELECT PPC_BITMASK(13, 15)
#define VST_TABLE_BLOCK PPC_BITMASK(27, 31)
#define VSD_MODE PPC_BITMASK(0, 1)
#define VSD_MODE_SHARED 1
#define VSD_MODE_EXCLUSIVE 2
#define VSD_MODE_FORWARD 3
#define VSD_ADDRESS 0x0ffffffffffff000ULL
#define VSD_INDIRECT PPC_BIT(56)
#define VSD_TSIZE PPC_BITMASK(59, 63) /* log2(bytes) - 12 of the table, or of each page of an indirect one */

/* EAS: one doubleword.  The second half of an END (words 4 and 5) has the same form: where it escalates to. */
#define EAS_VALID PPC_BIT(0)
#define EAS_END_BLOCK PPC_BITMASK(4, 7)
#define EAS_END_INDEX PPC_BITMASK(8, 31)
#define EAS_MASKED PPC_BIT(32)
#define EAS_END_DATA PPC_BITMASK(33, 63)

/* END: eight words */
#define END_W0_VALID PPC_BIT32(0)
#define END_W0_ENQUEUE PPC_BIT32(1)        /* q: there is a queue */
#define END_W0_UCOND_NOTIFY PPC_BIT32(2)   /* n: every event notifies, ESn is not asked */
#define END_W0_BACKLOG PPC_BIT32(3)        /* b: an event for an absent target is kept in the NVT */
#define END_W0_ESCALATE PPC_BIT32(5)       /* e: ... and told to the END in words 4, 5 */
#define END_W0_UCOND_ESCALATE PPC_BIT32(6) /* u: ... without asking ESe */
#define END_W0_SILENT PPC_BIT32(7)         /* s: only escalates */
#define END_W0_QSIZE PPC_BITMASK32(12, 15)
#define END_W1_ESn PPC_BITMASK32(0, 1)
#define END_W1_ESe PPC_BITMASK32(2, 3)
#define END_W1_GENERATION PPC_BIT32(9)
#define END_W1_PAGE_OFF PPC_BITMASK32(10, 31)
#define END_W2_QUEUE_HIGH PPC_BITMASK32(4, 31)
#define END_W6_FORMAT PPC_BIT32(8) /* 0: an NVT or a group of them; 1: event-based branch of a user context */
#define END_W6_NVT_BLOCK PPC_BITMASK32(9, 12)
#define END_W6_NVT_INDEX PPC_BITMASK32(13, 31)
#define END_W7_IGNORE PPC_BIT32(0)      /* F=0: a group, low bits of the index are its size */
#define END_W7_BLOCK_GROUP PPC_BIT32(1) /* ... and of the block too: a crowd */
#define END_W7_PRIORITY PPC_BITMASK32(8, 15)
#define END_W7_LOGIC_SERVER PPC_BITMASK32(1, 31) /* F=1 */

/* NVT: sixteen words */
#define NVT_W0_VALID PPC_BIT32(0)
#define NVT_W4_IPB PPC_BITMASK32(16, 23)
#define NVT_INDEX_BITS 19

/* The thread interrupt management area: four rings of 16 bytes */
enum { TM_USER = 0x00, TM_OS = 0x10, TM_POOL = 0x20, TM_PHYS = 0x30, TM_BYTES = 0x40 };
enum { TM_NSR, TM_CPPR, TM_IPB, TM_LSMFB, TM_ACK_CNT, TM_INC, TM_AGE, TM_PIPR, TM_WORD2 };
#define TM_VALID 0x80      /* first byte of word 2: VU, VO, VP, VT */
#define TM_CAM 0x00ffffffu /* word 2 of OS and POOL */
#define TM_LOGIC_SERVER 0x7fffffffu
#define TM_NSR_EVENT 0x80 /* EB in the user ring, EO in the OS ring */
#define TM_NSR_HE_POOL 0x40
#define TM_NSR_HE_PHYS 0x80
#define TM_NSR_HE 0xc0
#define TM_NSR_LEVEL 0x1f
#define TM_ADDRESS 0xc3fu /* address bits that matter: 0x180 choose a snoop port, the rest is not decoded */
#define TM_SPECIAL 0x800u
#define TM_SPC_ACK_EBB 0x800u
#define TM_SPC_USER_CTX 0x808u
#define TM_SPC_ACK_OS 0x810u
#define TM_SPC_SET_OS_PENDING 0x812u
#define TM_SPC_PULL_OS 0x818u
#define TM_SPC_PULL_POOL 0x828u
#define TM_SPC_ACK_HV 0x830u
#define TM_SPC_PULL_PHYS 0x838u

/* What a doubleword store to the notify port says */
#define TRIGGER_IS_END PPC_BIT(0) /* the rest is an EAS: an END's block, index and data */

#endif
