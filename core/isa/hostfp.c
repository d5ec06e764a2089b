/* SPDX-License-Identifier: Apache-2.0 */
/* Whether the host may be trusted with floating point; see hostfp.h. */
#include "core/isa/hostfp.h"

bool hostfp_is_ieee(void)
{
    volatile double one = 1, half_unit = 0x1p-53, odd = 1 + 0x1p-52, least_normal = 0x1p-1022, least = 0x1p-1074;
    volatile double down = one + half_unit, up = odd + half_unit, flushed = least_normal * 0.5, kept = least + least;

    return down == 1 && up == 1 + 0x1p-51 && flushed == 0x1p-1023 && kept == 0x1p-1073;
}
