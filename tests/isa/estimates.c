/* SPDX-License-Identifier: Apache-2.0 */
/* See deviations.h: estimates may be any value within the bound. */
#include <math.h>

#include "tests/isa/deviations_float.h"

bool is_estimate(const char *name)
{
    static const char *const list[] = {"fre",        "fres",       "frsqrte", "frsqrtes", "xsredp",     "xsresp",
                                       "xsrsqrtedp", "xsrsqrtesp", "xvredp",  "xvresp",   "xvrsqrtedp", "xvrsqrtesp",
                                       "vrefp",      "vrsqrtefp",  "vlogefp", "vexptefp", NULL};
    return name_is(name, list);
}

/* ---- estimates: any value within the bound is right (I 4.6.6.1, 6.9.5, 7.6.1) ---- */

static bool is_near(double a, double b, double bound)
{
    double difference = a - b;

    if (difference < 0) difference = -difference;
    return difference <= (b < 0 ? -b : b) * bound;
}

static bool near_double(u64 a, u64 b)
{
    double x, y;

    memcpy(&x, &a, 8), memcpy(&y, &b, 8);
    return is_near(x, y, 0x1p-14);
}

static bool near_single(u32 a, u32 b, double bound)
{
    float x, y;

    memcpy(&x, &a, 4), memcpy(&y, &b, 4);
    return is_near((double)x, (double)y, bound);
}

/* Element n of a register: a double, or a word. */
static u64 element(const u64 *register_, unsigned n, bool words)
{
    return words ? (u64)(u32)(register_[n / 2] >> (n & 1 ? 0 : 32)) << 32 : register_[n];
}

/* vexptefp: QEMU's is poor or infinite for large negative exponents; the host's library knows (bound: 1/16). */
static bool is_power_of_two(u32 exponent, u32 estimate)
{
    float e, x;

    memcpy(&e, &exponent, 4), memcpy(&x, &estimate, 4);
    if (e != e) return estimate == (exponent | 0x400000);
    if (e >= 128) return estimate == 0x7f800000;
    if (e < -126) return x >= 0 && x < 0x1p-126f * 1.1f;
    return is_near((double)x, exp2((double)e), 0x1p-4);
}

/* One element.  Of zero QEMU's estimates are one half or lack ZX; where the result leaves the range QEMU rounds by
 * FPSCR[RN] and we to nearest.  Both are known: infinity, and infinity or something tiny. */
static void estimate_element(struct view *v, unsigned n, bool words, unsigned source, unsigned target)
{
    const char *name = v->row->name;
    double bound = !strcmp(name, "vexptefp") ? 0x1p-4 : !strcmp(name, "vlogefp") ? 0x1p-5 : words ? 0x1p-12 : 0x1p-14;
    u64 operand = element(v->in->vsr[source], n, words), ours = element(v->ours->vsr[target], n, words);
    u64 theirs = element(v->theirs->vsr[target], n, words), infinity = words ? 0x7f80000000000000ULL : 0x7ffULL << 52;
    u64 least = words ? 0x0080000000000000ULL : is_single(name) ? 897ULL << 52 : 1ULL << 52, sign = 1ULL << 63;
    u64 most = words ? 0x7f7fffff00000000ULL : is_single(name) ? 0x47efffffe0000000ULL : infinity - 1;
    bool same = words ? near_single((u32)(ours >> 32), (u32)(theirs >> 32), bound) : near_double(ours, theirs);

    if (!strcmp(name, "vexptefp")) same = is_power_of_two((u32)(operand >> 32), (u32)(ours >> 32));
    else if (!(operand & ~sign)) same = (ours & ~sign) == infinity;
    else if ((ours & ~sign) == infinity || (ours & ~sign) < least)
        same |= (theirs & ~sign) <= least || ((theirs & ~sign) <= infinity && (theirs & ~sign) >= most);
    if (!same) return;
    if (!words) v->theirs->vsr[target][n] = ours;
    else if (n & 1) v->theirs->vsr[target][n / 2] = (v->theirs->vsr[target][n / 2] & ~0xffffffffULL) | ours >> 32;
    else v->theirs->vsr[target][n / 2] = (u32)v->theirs->vsr[target][n / 2] | ours;
}

void reconcile_estimate(struct view *v)
{
    const char *name = v->row->name;
    const u64 open = FPSCR_XX | FPSCR_FI | FPSCR_FR, by_range = FPSCR_OX | FPSCR_UX | FPSCR_FPRF, sign = 1ULL << 63;
    unsigned source = name[0] == 'f' ? v->i->frb : name[0] == 'v' ? 32 + v->i->vrb : v->i->xb & 63;
    unsigned target = name[0] == 'f' ? v->i->frt : name[0] == 'v' ? 32 + v->i->vrt : v->i->xt & 63;
    bool words = name[0] == 'v' || (starts(name, "xv") && !strcmp(name + strlen(name) - 2, "sp")), zero = false;
    unsigned count = words ? 4 : starts(name, "xv") ? 2 : 1;
    u64 theirs = v->theirs->fpscr;

    if (!is_estimate(name)) return;
    for (unsigned n = 0; n < count; n++) {
        estimate_element(v, n, words, source, target);
        zero |= !(element(v->in->vsr[source], n, words) & ~sign);
    }
    if (name[0] == 'v') return;
    theirs = (theirs & ~open) | (v->ours->fpscr & open) | (v->in->fpscr & FPSCR_XE);
    if (zero) theirs |= FPSCR_ZX;
    if (zero || ((v->ours->fpscr | theirs) & (FPSCR_OX | FPSCR_UX)))
        theirs = (theirs & ~by_range) | (v->ours->fpscr & by_range);
    v->theirs->fpscr = theirs = fpscr_summarised(theirs);
    if (!(theirs & FPSCR_FEX) == (v->theirs->outcome == CASE_WENT_ON)) return;
    if (!zero && !(v->theirs->fpscr & (FPSCR_OX | FPSCR_UX))) return;
    memcpy(v->theirs->vsr[target], v->ours->vsr[target], 16);
    v->theirs->outcome = theirs & FPSCR_FEX ? CASE_FP_EXCEPTION : CASE_WENT_ON;
    v->theirs->at = v->ours->at;
}
