/* SPDX-License-Identifier: Apache-2.0 */
/* The Machine State Register (Book III 4.2.1), as IBM numbers it, and the privilege states it encodes. */
#ifndef P9_CORE_STATE_MSR_H
#define P9_CORE_STATE_MSR_H

#include "base/bits.h"

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

#endif
