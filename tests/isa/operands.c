/* SPDX-License-Identifier: Apache-2.0 */
/* Values that meet the edges of every format; operands.h says what each is for. */
#include "tests/isa/operands.h"

#include "base/compiler.h"
#include "core/isa/fpscr.h"

u64 draw(u64 *seed)
{
    *seed ^= *seed << 13, *seed ^= *seed >> 7, *seed ^= *seed << 17;
    return *seed * 0x2545f4914f6cdd1dULL;
}

u64 bcd_digits(u64 *seed)
{
    u64 v = 0;
    for (unsigned k = 0; k < 16; k++) v = v << 4 | draw(seed) % 10;
    return v;
}

u64 double_value(u64 *seed)
{
    static const u64 special[] = {
        0,
        1,
        0x000fffffffffffff,
        0x0010000000000000,
        0x3ff0000000000000,
        0x3ff8000000000000,
        0x4000000000000000,
        0x7fefffffffffffff,
        0x7ff0000000000000,
        0x7ff8000000000000,
        0x7ff0000000000001,
        0x7ff4000000000000,
        0x41dfffffffc00000,
        0x41e0000000000000,
        0x43e0000000000000,
        0x43f0000000000000,
        0x36a0000000000000,
        0x3810000000000000,
        0x380fffffffffffff,
        0x47efffffe0000000,
        0x47effffff0000000,
        0x3fe0000000000000,
    };
    u64 r = draw(seed);

    switch (r & 7) {
    case 0:
    case 1: return special[(r >> 8) % ARRAY_SIZE(special)] | (r >> 3 & 1) << 63;
    case 2: return (draw(seed) & 0x800fffffffffffffULL) | (1023 - 70 + (r >> 8) % 140) << 52;
    case 3: return (draw(seed) & 0x800fffffe0000000ULL) | (1023 - 30 + (r >> 8) % 60) << 52; /* a single */
    case 4: return (draw(seed) & 0x800ff00000000000ULL) | (1023 - 2 + (r >> 8) % 40) << 52;  /* short */
    case 5: return (draw(seed) & 0x800fffffffffffffULL) | (896 - 30 + (r >> 8) % 40) << 52;  /* near single denormals */
    default: return draw(seed);
    }
}

u32 single_value(u64 *seed)
{
    static const u32 special[] = {0,          1,          0x007fffff, 0x00800000, 0x3f800000,
                                  0x3fc00000, 0x7f7fffff, 0x7f800000, 0x7fc00000, 0x7f800001,
                                  0x4f000000, 0x5f000000, 0x4effffff, 0x3f000000, 0x4b000000};
    u64 r = draw(seed);

    switch (r & 3) {
    case 0: return special[(r >> 8) % ARRAY_SIZE(special)] | (u32)(r >> 3 & 1) << 31;
    case 1: return ((u32)draw(seed) & 0x807fffff) | (u32)(127 - 30 + (r >> 8) % 60) << 23;
    default: return (u32)draw(seed);
    }
}

u64 integer_value(u64 *seed)
{
    static const u64 special[] = {0,
                                  1,
                                  2,
                                  ~0ULL,
                                  ~1ULL,
                                  0x7f,
                                  0x80,
                                  0xff,
                                  0x7fff,
                                  0x8000,
                                  0x7fffffff,
                                  0x80000000,
                                  0xffffffff,
                                  0x100000000,
                                  0xffffffff80000000,
                                  0x7fffffffffffffff,
                                  0x8000000000000000};
    u64 r = draw(seed);

    switch (r & 7) {
    case 0:
    case 1: return special[(r >> 8) % ARRAY_SIZE(special)];
    case 2: return draw(seed) >> (r >> 8 & 63);
    case 3: return (u64)((s64)draw(seed) >> (r >> 8 & 63));
    case 4: return (draw(seed) & 0xff) * 0x0101010101010101ULL;
    case 5: return (draw(seed) & 0xffffffff) * 0x0000000100000001ULL;
    default: return draw(seed);
    }
}

void fill_vsr(u64 *v, u64 *seed)
{
    u64 r = draw(seed);

    switch (r % 8) {
    case 0:
    case 1: v[0] = double_value(seed), v[1] = double_value(seed); break;
    case 2:
    case 3:
        for (unsigned k = 0; k < 2; k++) {
            v[k] = (u64)single_value(seed) << 32;
            v[k] |= single_value(seed);
        }
        break;
    case 4:
        v[0] = r & 0x100 ? 0 : bcd_digits(seed);
        v[1] = (bcd_digits(seed) & ~15ULL) | (10 + (r >> 16) % 6);
        break;
    case 5:
        v[0] = (draw(seed) & 0x8000ffffffffffffULL) | (0x3fff - 140 + (r >> 16) % 280) << 48, v[1] = draw(seed);
        break;
    default: v[0] = integer_value(seed), v[1] = integer_value(seed); break;
    }
}

/*
 * Any control bits, sticky bits and result flags that belong together: VX is the sum of its kinds, and FEX is 0, for a
 * program in which FEX is 1 does not come here (MSR[FE0,FE1] are set): what is enabled has not happened yet.
 */
u64 fpscr_value(u64 *seed)
{
    u64 r = draw(seed), v = draw(seed) & FPSCR_RN;

    if (r & 1) v |= draw(seed) & (FPSCR_FR | FPSCR_FI | FPSCR_FPRF);
    if (r & 2) v |= draw(seed) & draw(seed) & (FPSCR_EXCEPTIONS | FPSCR_FX);
    if (!(r & 0x1c)) v |= draw(seed) & FPSCR_ENABLES;
    if (!(r & 0x60)) v |= FPSCR_EXCEPTIONS & ~(u64)FPSCR_VX_ALL;
    if (!(r & 0x380)) v |= draw(seed) & FPSCR_DRN;
    v = fpscr_summarised(v);
    if (v & FPSCR_FEX) v = fpscr_summarised(v & ~(u64)FPSCR_ENABLES);
    return v;
}
