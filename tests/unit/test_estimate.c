/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The estimates.  The book gives a bound for the error and leaves the digits to the implementation, so no other
 * implementation can confirm ours: here every result is measured against its bound with the host's long double, which
 * is far more exact than any bound.
 *
 * rows: fre fres frsqrte frsqrtes xsredp xsresp xsrsqrtedp xsrsqrtesp xvredp xvresp xvrsqrtedp xvrsqrtesp
 * rows: vrefp vrsqrtefp vexptefp vlogefp
 */
#include <check.h>
#include <math.h>
#include <stdlib.h>

#include "core/isa/disasm.h"
#include "core/isa/softfp.h"
#include "tests/support/slow_stub.h"
#include "tests/support/suite.h"

static struct isa *isa;
static struct stub stub;
static struct thread *const t = &stub.thread;

static void setup(void)
{
    isa = isa_new();
    stub_reset(&stub, false);
}
static void teardown(void)
{
    isa_free(isa);
}

enum layout { FPR, VSR_DOUBLE, VSR_SINGLE, VR_SINGLE };
enum function { RECIPROCAL, RECIPROCAL_ROOT, POWER_OF_2, LOG_2 };

/* Bounds: 4.6.6.1 (fre, frsqrte), 7.6.3 (xs*, xv*), 6.10.5 (the vector facility). */
static const struct estimate {
    const char *text;
    enum layout layout;
    enum function function;
    int bound; /* the relative error is at most 2**-bound; absolute for the logarithm */
    bool single_range;
} estimates[] = {
    {"fre f3,f5", FPR, RECIPROCAL, 8, false},
    {"fres f3,f5", FPR, RECIPROCAL, 8, true},
    {"frsqrte f3,f5", FPR, RECIPROCAL_ROOT, 5, false},
    {"frsqrtes f3,f5", FPR, RECIPROCAL_ROOT, 5, true},
    {"xsredp vs3,vs5", FPR, RECIPROCAL, 14, false},
    {"xsresp vs3,vs5", FPR, RECIPROCAL, 14, true},
    {"xsrsqrtedp vs3,vs5", FPR, RECIPROCAL_ROOT, 14, false},
    {"xsrsqrtesp vs3,vs5", FPR, RECIPROCAL_ROOT, 14, true},
    {"xvredp vs3,vs5", VSR_DOUBLE, RECIPROCAL, 14, false},
    {"xvresp vs3,vs5", VSR_SINGLE, RECIPROCAL, 14, true},
    {"xvrsqrtedp vs3,vs5", VSR_DOUBLE, RECIPROCAL_ROOT, 14, false},
    {"xvrsqrtesp vs3,vs5", VSR_SINGLE, RECIPROCAL_ROOT, 14, true},
    {"vrefp v3,v5", VR_SINGLE, RECIPROCAL, 12, true},
    {"vrsqrtefp v3,v5", VR_SINGLE, RECIPROCAL_ROOT, 12, true},
    {"vexptefp v3,v5", VR_SINGLE, POWER_OF_2, 4, true},
    {"vlogefp v3,v5", VR_SINGLE, LOG_2, 5, true},
};

static unsigned elements(const struct estimate *e)
{
    return e->layout == FPR ? 1 : e->layout == VSR_DOUBLE ? 2 : 4;
}
static bool is_double(const struct estimate *e)
{
    return e->layout == FPR || e->layout == VSR_DOUBLE;
}

static union vsr *vsr_of(const struct estimate *e, unsigned n)
{
    return &t->vsr[n + (e->layout == VR_SINGLE ? 32 : 0)];
}

static double get(const struct estimate *e, unsigned n, unsigned k)
{
    const union vsr *v = vsr_of(e, n);
    double wide;
    float narrow;

    memcpy(&wide, &VSR_D(*v, k & 1), sizeof wide);
    memcpy(&narrow, &VSR_W(*v, k & 3), sizeof narrow);
    return is_double(e) ? wide : narrow;
}

static void put(const struct estimate *e, unsigned n, unsigned k, double value)
{
    union vsr *v = vsr_of(e, n);
    float narrow = (float)value;

    if (is_double(e)) memcpy(&VSR_D(*v, k & 1), &value, sizeof value);
    else memcpy(&VSR_W(*v, k & 3), &narrow, sizeof narrow);
}

static void run(const struct estimate *e, unsigned port)
{
    u32 word;

    ck_assert_msg(isa_assemble(isa, e->text, STUB_CIA, &word), "%s", e->text);
    t->fpscr = 0;
    ck_assert_int_eq(stub_execute(&stub, isa, word, port), STUB_DONE);
}

static long double wanted(const struct estimate *e, double b)
{
    switch (e->function) {
    case RECIPROCAL: return 1.0L / b;
    case RECIPROCAL_ROOT: return 1.0L / sqrtl(b);
    case POWER_OF_2: return exp2l(b);
    default: return log2l(b);
    }
}

/* Operands whose result is an ordinary number of the format, from a hundred powers of two and from near one. */
static double draw_operand(const struct estimate *e, u64 *seed)
{
    double fraction, b;

    *seed ^= *seed << 13, *seed ^= *seed >> 7, *seed ^= *seed << 17;
    fraction = 1 + (double)(*seed >> 12 & 0x7fffff) / 0x800000;
    b = ldexp(fraction, (int)(*seed >> 40 & 127) - 64);
    if (e->function == POWER_OF_2) return ldexp(fraction, (int)(*seed >> 40 & 7) - 2) * (*seed & 1 ? -1 : 1);
    if (e->function == RECIPROCAL && (*seed & 1)) b = -b;
    return b;
}

START_TEST(the_error_is_within_the_bound)
{
    const struct estimate *e = &estimates[_i];
    u64 seed = 0x9e3779b97f4a7c15ULL + (u64)_i;

    for (unsigned n = 0; n < 3000; n++) {
        double b[4];
        for (unsigned k = 0; k < elements(e); k++) put(e, 5, k, b[k] = draw_operand(e, &seed));
        run(e, n % PORT_COUNT == PORT_fast_le ? (unsigned)PORT_traced : n % PORT_COUNT);
        for (unsigned k = 0; k < elements(e); k++) {
            long double exact = wanted(e, get(e, 5, k)), error = fabsl(get(e, 3, k) - exact);
            if (e->function != LOG_2) error /= fabsl(exact);
            ck_assert_msg(error <= ldexpl(1, -e->bound), "%s of %a is %a", e->text, b[k], get(e, 3, k));
        }
    }
}
END_TEST

/* What the tables beside the descriptions say of infinities, zeros, NaNs and numbers below zero. */
START_TEST(special_operands_give_special_results)
{
    const struct estimate *e = &estimates[_i];
    const bool root = e->function == RECIPROCAL_ROOT, flags = e->layout != VR_SINGLE;

    if (e->function == RECIPROCAL || root) {
        put(e, 5, 0, INFINITY), run(e, PORT_traced);
        ck_assert(get(e, 3, 0) == 0 && !signbit(get(e, 3, 0)));
        put(e, 5, 0, 0.0), run(e, PORT_traced);
        ck_assert(get(e, 3, 0) == INFINITY);
        if (flags) ck_assert(t->fpscr & FPSCR_ZX);
        put(e, 5, 0, -0.0), run(e, PORT_traced);
        ck_assert(get(e, 3, 0) == -INFINITY);
        put(e, 5, 0, -INFINITY), run(e, PORT_traced);
        ck_assert(root ? isnan(get(e, 3, 0)) : get(e, 3, 0) == 0 && signbit(get(e, 3, 0)));
        if (root) {
            put(e, 5, 0, -2.0), run(e, PORT_traced);
            ck_assert(isnan(get(e, 3, 0)));
            if (flags) ck_assert(t->fpscr & FPSCR_VXSQRT);
        }
    } else {
        put(e, 5, 0, INFINITY), put(e, 5, 1, -INFINITY), put(e, 5, 2, 0.0), put(e, 5, 3, -0.0), run(e, PORT_traced);
        ck_assert(get(e, 3, 0) == INFINITY);
        if (e->function == POWER_OF_2) ck_assert(get(e, 3, 1) == 0 && get(e, 3, 2) == 1 && get(e, 3, 3) == 1);
        else ck_assert(isnan(get(e, 3, 1)) && get(e, 3, 2) == -INFINITY && get(e, 3, 3) == -INFINITY);
    }
    put(e, 5, 0, NAN), run(e, PORT_traced);
    ck_assert(isnan(get(e, 3, 0)));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("estimate");
    TCase *cases = tcase_create("rows");

    tcase_add_checked_fixture(cases, setup, teardown);
    tcase_add_loop_test(cases, the_error_is_within_the_bound, 0, ARRAY_SIZE(estimates));
    tcase_add_loop_test(cases, special_operands_give_special_results, 0, ARRAY_SIZE(estimates));
    suite_add_tcase(suite, cases);
    return run_suite(suite);
}
