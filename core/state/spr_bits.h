/* SPDX-License-Identifier: Apache-2.0 */
/* Bits of special-purpose registers that only this folder decides by; base/power.h has those that others need. */
#ifndef P9_CORE_STATE_SPR_BITS_H
#define P9_CORE_STATE_SPR_BITS_H

#include "base/power.h"

/* What can be set in LPCR (III 2.2) and BESCR (II 7.2.1) */
#define LPCR_MASK                                                                                                      \
    (PPC_BITMASK(1, 3) | PPC_BITMASK(9, 11) | LPCR_HVEE | PPC_BITMASK(38, 43) | PPC_BITMASK(45, 54) | LPCR_HEIC |      \
     LPCR_LPES | LPCR_HVICE | LPCR_HDICE)
#define BESCR_VALID (BESCR_GE | BESCR_EE | BESCR_PME | BESCR_TS | BESCR_EEO | BESCR_PMEO)

/* MMCR0, MMCRA, SIER (III 9.4) */
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

#define TM_CR_FAILED 0xa /* CR0 of a failure handler */

#endif
