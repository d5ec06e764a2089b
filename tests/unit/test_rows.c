/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rows that QEMU cannot confirm because it differs from the book, lacks them, or its harness cannot run them.  Each
 * expected value is derived beside its case.
 *
 * rows: bctar dst dstt dstst dststt icbt wait slbieg slbsync clrbhrb mfbhrbe xsnmaddqpo xsnmsubqpo xststdcsp
 * rows: tabort_ tabortwc_ tabortwci_ tabortdc_ tabortdci_ tsr_ rfebb
 */
#include <check.h>
#include <stdlib.h>

#include "core/isa/disasm.h"
#include "core/isa/softfp.h"
#include "core/state/context.h"
#include "core/state/spr.h"
#include "core/state/spr_bits.h"
#include "tests/support/slow_stub.h"
#include "tests/support/suite.h"

static struct isa *isa;
static struct stub stub;
static struct thread *const t = &stub.thread;

static void setup(void)
{
    isa = isa_new();
    stub_reset(&stub, false);
    t->spr.FSCR = t->spr.HFSCR = ~0ULL;
}
static void teardown(void)
{
    isa_free(isa);
}

static enum stub_outcome run(const char *text)
{
    u32 word;

    ck_assert_msg(isa_assemble(isa, text, STUB_CIA, &word), "%s", text);
    return stub_execute(&stub, isa, word, PORT_traced);
}

/* I 2.4: to TAR without its two low bits; LR is set whether or not the branch is taken; FSCR[TAR] = bit 55 allows it.
 */
START_TEST(bctar_goes_where_tar_says)
{
    t->spr.TAR = 0x5003;
    ck_assert_int_eq(run("bctarl 20,0"), STUB_JUMPED);
    ck_assert_uint_eq(t->nia, 0x5000);
    ck_assert_uint_eq(t->lr, STUB_CIA + 4);
    t->lr = 0;
    t->cr[0] = 0;
    ck_assert_int_eq(run("bctarl 12,2"), STUB_DONE); /* CR0[EQ] is 0: not taken */
    ck_assert_uint_eq(t->lr, STUB_CIA + 4);
    t->ctr = 2;
    ck_assert_int_eq(run("bctar 16,0"), STUB_JUMPED); /* counts CTR down to one */
    ck_assert_uint_eq(t->ctr, 1);
    t->spr.FSCR = ~PPC_BIT(55);
    ck_assert_int_eq(run("bctar 20,0"), STUB_FAULTED);
    ck_assert_uint_eq(t->fault.row, STUB_UNAVAILABLE);
}
END_TEST

/* Hints access nothing: they complete where every access is refused, and no register changes. */
START_TEST(hints_do_nothing)
{
    static const char *const hints[] = {"dst r4,r5,1",  "dstt r4,r5,2", "dstst r4,r5,3", "dststt r4,r5,0",
                                        "icbt 2,r4,r5", "icbt 0,r4,r5", "wait"};
    static struct thread before;

    stub.refuse = true;
    for (unsigned k = 0; k < ARRAY_SIZE(hints); k++) {
        t->gpr[4] = t->gpr[5] = 0xdead000 + k;
        before = *t;
        ck_assert_int_eq(run(hints[k]), STUB_DONE);
        ck_assert(!memcmp(before.gpr, t->gpr, sizeof t->gpr) && !memcmp(before.cr, t->cr, sizeof t->cr));
        ck_assert(!memcmp(before.vsr, t->vsr, sizeof t->vsr) && before.lr == t->lr && before.ctr == t->ctr);
    }
}
END_TEST

/* III 5.9.3.1: slbieg and slbsync are for whoever may invalidate globally: LPCR[GTSE] for a guest. */
START_TEST(global_segment_invalidation_needs_gtse)
{
    static const char *const global[] = {"slbieg r3,r4", "slbsync"};

    for (unsigned k = 0; k < ARRAY_SIZE(global); k++) {
        thread_set_msr(t, MSR_SF);
        t->spr.LPCR = 0;
        ck_assert_int_eq(run(global[k]), STUB_FAULTED);
        ck_assert_uint_eq(t->fault.row, STUB_HYPERVISOR);
        t->spr.LPCR = LPCR_GTSE;
        ck_assert_int_ne(run(global[k]), STUB_FAULTED);
        t->spr.LPCR = 0;
        thread_set_msr(t, MSR_SF | MSR_HV);
        ck_assert_int_ne(run(global[k]), STUB_FAULTED);
    }
}
END_TEST

/* III 9.5: a cleared buffer reads as zeros; problem state asks MMCR0[BHRBA]. */
START_TEST(a_cleared_branch_history_is_empty)
{
    t->gpr[3] = 1;
    ck_assert_int_eq(run("mfbhrbe r3,0"), STUB_FAULTED);
    ck_assert_uint_eq(t->fault.row, STUB_UNAVAILABLE);
    ck_assert_uint_eq(t->gpr[3], 1);
    t->spr.MMCR0 = MMCR0_BHRBA;
    ck_assert_int_ne(run("clrbhrb"), STUB_FAULTED);
    ck_assert_int_eq(run("mfbhrbe r3,0"), STUB_DONE);
    ck_assert_uint_eq(t->gpr[3], 0);
}
END_TEST

/*
 * II 5.5: CR0 is 0 || MSR[TS] || 0 whether or not the condition holds; outside a transaction nothing else happens;
 * without MSR[TM] the facility is unavailable.
 */
START_TEST(aborts_say_in_which_state_they_were)
{
    static const char *const aborts[] = {"tabort. r4",         "tabortwc. 31,r4,r5", "tabortwci. 4,r4,3",
                                         "tabortdc. 31,r4,r5", "tabortdci. 0,r4,3",  "tsuspend."};
    const char *text = aborts[_i];

    thread_set_msr(t, MSR_SF | MSR_HV);
    ck_assert_int_eq(run(text), STUB_FAULTED);
    ck_assert_uint_eq(t->fault.row, STUB_UNAVAILABLE);
    thread_set_msr(t, MSR_SF | MSR_HV | MSR_TM);
    t->gpr[4] = 3, t->gpr[5] = 7;
    t->cr[0] = 15;
    t->spr.TEXASR = 0;
    ck_assert_int_eq(run(text), STUB_DONE);
    ck_assert_uint_eq(t->cr[0], 0);
    ck_assert_uint_eq(t->spr.TEXASR, 0);
    t->spr.TEXASR = PPC_BIT(36); /* a failure is recorded, so a checkpoint can be made: Suspended, TS = 0b01 */
    ck_assert_int_ne(run("trechkpt."), STUB_FAULTED);
    ck_assert_int_eq(run(text), STUB_DONE);
    ck_assert_uint_eq(t->cr[0], 2);
    ck_assert_uint_eq(t->msr & MSR_TS, MSR_TS_SUSPENDED);
}
END_TEST
enum { ABORTS = 6 };

/* II 7.3: to EBBRR without its two low bits; BESCR[GE], bit 0, becomes S. */
START_TEST(rfebb_returns_and_says_whether_more_may_come)
{
    t->spr.EBBRR = 0x6003;
    t->spr.BESCR = 0;
    ck_assert_int_eq(run("rfebb"), STUB_JUMPED);
    ck_assert_uint_eq(t->nia, 0x6000);
    ck_assert_uint_eq(t->spr.BESCR, PPC_BIT(0));
    ck_assert_int_eq(run("rfebb 0"), STUB_JUMPED);
    ck_assert_uint_eq(t->spr.BESCR, 0);
    t->spr.FSCR = ~PPC_BIT(56);
    ck_assert_int_eq(run("rfebb 0"), STUB_FAULTED);
    ck_assert_uint_eq(t->fault.row, STUB_UNAVAILABLE);
}
END_TEST

#define QUAD(high, low) ((u128)(high) << 64 | (low))

/*
 * Rounding to odd (7.3.2.6 from memory): an inexact result is truncated and its last bit set, whatever FPSCR[RN] says;
 * the negation comes after it.  With A * B = 1 and an addend of 2**-200:
 *     -(1 + 2**-200)   truncated 1, odd: 1 + 2**-112
 *     -(1 - 2**-200)   truncated 1 - 2**-113, whose last bit is one already
 */
START_TEST(negated_quad_sums_are_rounded_to_odd_and_then_negated)
{
    for (u64 rn = 0; rn < 4; rn++) {
        t->vsr[33].q = t->vsr[34].q = QUAD(0x3fffULL << 48, 0);
        t->vsr[35].q = QUAD((0x3fffULL - 200) << 48, 0);
        t->fpscr = rn;
        ck_assert_int_eq(run("xsnmaddqpo v3,v1,v2"), STUB_DONE);
        ck_assert(t->vsr[35].q == QUAD(0xbfffULL << 48, 1));
        ck_assert(t->fpscr & FPSCR_XX);
        t->vsr[35].q = QUAD((0x3fffULL - 200) << 48, 0);
        ck_assert_int_eq(run("xsnmsubqpo v3,v1,v2"), STUB_DONE);
        ck_assert(t->vsr[35].q == QUAD(0xbffeffffffffffffULL, ~0ULL));
        /* exact: -(1 * 1 + 1) and -(1 * 1 - 1), a zero of the product's sign, negated */
        t->vsr[35].q = QUAD(0x3fffULL << 48, 0);
        ck_assert_int_eq(run("xsnmaddqpo v3,v1,v2"), STUB_DONE);
        ck_assert(t->vsr[35].q == QUAD(0xc000ULL << 48, 0));
    }
}
END_TEST

/* 7.6.3: CR = sign, 0, one of the classes asked for, not a single; DCMX = NaN +inf -inf +0 -0 +denormal -denormal. */
START_TEST(xststdcsp_sees_the_denormals_of_the_single_format)
{
    static const struct {
        u64 b;
        const char *text;
        u8 cr;
    } cases[] = {
        {0x37d0000000000000, "xststdcsp cr1,vs5,2", 2},   /* 2**-130: a denormal single */
        {0x37d0000000000000, "xststdcsp cr1,vs5,124", 0}, /* ... and nothing else */
        {0xb7d0000000000000, "xststdcsp cr1,vs5,1", 10},  /* -2**-130 */
        {0xb7d0000000000000, "xststdcsp cr1,vs5,126", 8},
        {0x3ff0000000001000, "xststdcsp cr1,vs5,127", 1}, /* 1 + 2**-40 is no single */
        {0x3ff0000000000000, "xststdcsp cr1,vs5,127", 0}, /* a normal number is in no class */
        {0x7ff0000000000000, "xststdcsp cr1,vs5,32", 2},
        {0xfff0000000000000, "xststdcsp cr1,vs5,16", 10},
        {0x0000000000000000, "xststdcsp cr1,vs5,8", 2},
        {0x8000000000000000, "xststdcsp cr1,vs5,4", 10},
        {0x7ff8000000000000, "xststdcsp cr1,vs5,64", 2},
    };

    VSR_D(t->vsr[5], 0) = cases[_i].b;
    ck_assert_int_eq(run(cases[_i].text), STUB_DONE);
    ck_assert_uint_eq(t->cr[1], cases[_i].cr);
}
END_TEST
enum { CLASS_CASES = 11 };

int main(void)
{
    Suite *suite = suite_create("rows");
    TCase *cases = tcase_create("rows");

    tcase_add_checked_fixture(cases, setup, teardown);
    tcase_add_test(cases, bctar_goes_where_tar_says);
    tcase_add_test(cases, hints_do_nothing);
    tcase_add_test(cases, global_segment_invalidation_needs_gtse);
    tcase_add_test(cases, a_cleared_branch_history_is_empty);
    tcase_add_loop_test(cases, aborts_say_in_which_state_they_were, 0, ABORTS);
    tcase_add_test(cases, rfebb_returns_and_says_whether_more_may_come);
    tcase_add_test(cases, negated_quad_sums_are_rounded_to_odd_and_then_negated);
    tcase_add_loop_test(cases, xststdcsp_sees_the_denormals_of_the_single_format, 0, CLASS_CASES);
    suite_add_tcase(suite, cases);
    return run_suite(suite);
}
