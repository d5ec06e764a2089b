/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What depends on MSR[SF] (Book I 1.10.3, 2.4, 3.3.9): the same operands in 64-bit and in 32-bit mode.  Results in
 * registers are those of 64 bits in both; CR0, OV and CA describe the doubleword or its low word, OV32 and CA32 always
 * the low word; addresses, also those that are put into RA or LR, are cut to 32 bits.
 */
#include <check.h>
#include <stdlib.h>

#include "core/isa/disasm.h"
#include "tests/support/slow_stub.h"
#include "tests/support/suite.h"

static struct isa *isa;
static struct stub stub;
static struct thread *const t = &stub.thread;

static void setup(void)
{
    isa = isa_new();
}
static void teardown(void)
{
    isa_free(isa);
}

static void begin(bool narrow)
{
    stub_reset(&stub, false);
    t->spr.FSCR = t->spr.HFSCR = ~0ULL;
    if (!narrow) return;
    t->msr &= ~MSR_SF;
    t->ea_mask = 0xffffffff;
}

static enum stub_outcome run(const char *text)
{
    u32 word;

    ck_assert_msg(isa_assemble(isa, text, STUB_CIA, &word), "%s", text);
    return stub_execute(&stub, isa, word, PORT_traced);
}

/* CR0 (with SO), then CA CA32 OV OV32, as one number; CA and OV enter as IN_*. */
enum { LT = 0x80, GT = 0x40, EQ = 0x20, SO = 0x10, CA = 8, CA32 = 4, OV = 2, OV32 = 1, IN_CA = 1, IN_OV = 2 };

static const struct {
    const char *text;
    u64 a, b; /* r4, r5 */
    unsigned in;
    u64 result; /* r3 */
    unsigned wide, narrow;
} sums[] = {
    {"add. r3,r4,r5", 0x7fffffff, 1, 0, 0x80000000, GT, LT},
    {"add. r3,r4,r5", 0xffffffff, 1, 0, 0x100000000, GT, EQ},
    {"addo. r3,r4,r5", 0x7fffffff, 1, 0, 0x80000000, GT | OV32, LT | SO | OV | OV32},
    {"addo. r3,r4,r5", 0x7fffffffffffffff, 1, 0, 0x8000000000000000, LT | SO | OV, EQ}, /* low words: -1 + 1 */
    {"subfo. r3,r4,r5", 1, 0x80000000, 0, 0x7fffffff, GT | OV32, GT | SO | OV | OV32},
    {"addc. r3,r4,r5", 0xffffffff, 1, 0, 0x100000000, GT | CA32, EQ | CA | CA32},
    {"addc. r3,r4,r5", 0xffffffff00000000, 0x100000000, 0, 0, EQ | CA, EQ},
    {"subfc. r3,r4,r5", 1, 0x100000000, 0, 0xffffffff, GT | CA, LT}, /* the low word, 0 - 1, borrows */
    {"adde. r3,r4,r5", 0xfffffffe, 1, IN_CA, 0x100000000, GT | CA32, EQ | CA | CA32},
    {"subfe. r3,r4,r5", 1, 0x100000000, IN_CA, 0xffffffff, GT | CA, LT},
    {"addic r3,r4,1", 0xffffffff, 0, 0, 0x100000000, CA32, CA | CA32},
    {"addic. r3,r4,-1", 0x100000000, 0, 0, 0xffffffff, GT | CA, LT},
    {"subfic r3,r4,0", 0x100000000, 0, 0, 0xffffffff00000000, CA32, CA | CA32}, /* 0 - 0 does not borrow */
    {"addmeo. r3,r4", 0x80000000, 0, 0, 0x7fffffff, GT | CA | CA32 | OV32, GT | SO | CA | CA32 | OV | OV32},
    {"addzeo. r3,r4", 0x7fffffff, 0, IN_CA, 0x80000000, GT | OV32, LT | SO | OV | OV32},
    {"subfmeo. r3,r4", 0x7fffffff, 0, 0, 0xffffffff7fffffff, LT | CA | CA32 | OV32, GT | SO | CA | CA32 | OV | OV32},
    {"subfzeo. r3,r4", 0x80000000, 0, IN_CA, 0xffffffff80000000, LT | OV32, LT | SO | OV | OV32},
    {"nego. r3,r4", 0x80000000, 0, 0, 0xffffffff80000000, LT | OV32, LT | SO | OV | OV32},
    {"nego. r3,r4", 0x8000000000000000, 0, 0, 0x8000000000000000, LT | SO | OV, EQ},
    {"addex r3,r4,r5,0", 0xffffffff, 1, 0, 0x100000000, OV32, OV | OV32},
    {"addex r3,r4,r5,0", 0xffffffff00000000, 0xffffffff, IN_OV, 0, OV | OV32, OV | OV32},
    {"addex r3,r4,r5,0", 0xffffffff00000000, 0x100000000, 0, 0, OV, 0},
    /* products, quotients and shifts know their width themselves: only CR0 differs */
    {"mullwo. r3,r4,r5", 0x10000, 0x8000, 0, 0x80000000, GT | SO | OV | OV32, LT | SO | OV | OV32},
    {"mulldo. r3,r4,r5", 0x100000000, 0x80000000, 0, 0x8000000000000000, LT | SO | OV | OV32, EQ | SO | OV | OV32},
    {"mulldo. r3,r4,r5", 0x10000, 0x8000, 0, 0x80000000, GT, LT},
    {"mulhdu. r3,r4,r5", 0x8000000000000000, 0x100000000, 0, 0x80000000, GT, LT},
    {"divdo. r3,r4,r5", 0x100000000, 1, 0, 0x100000000, GT, EQ},
    {"divdu. r3,r4,r5", 0x8000000000000000, 0x100000000, 0, 0x80000000, GT, LT},
    {"srawi. r3,r4,1", 0x80000001, 0, 0, 0xffffffffc0000000, LT | CA | CA32, LT | CA | CA32},
    {"sradi. r3,r4,32", 0x8000000000000001, 0, 0, 0xffffffff80000000, LT | CA | CA32, LT | CA | CA32},
    {"sradi. r3,r4,4", 0x1000000000, 0, 0, 0x100000000, GT, EQ},
    {"srd. r3,r4,r5", 0x8000000000000000, 32, 0, 0x80000000, GT, LT},
    {"sld. r3,r4,r5", 1, 32, 0, 0x100000000, GT, EQ},
    {"rldicr. r3,r4,0,31", 0x123456789, 0, 0, 0x100000000, GT, EQ},
    {"rlwinm. r3,r4,0,0,31", 0x80000000, 0, 0, 0x80000000, GT, LT},
    {"and. r3,r4,r5", 0xffffffff, 0x80000000, 0, 0x80000000, GT, LT},
    {"andis. r3,r4,0x8000", 0x80000000, 0, 0, 0x80000000, GT, LT},
    {"nor. r3,r4,r5", 0x7fffffffffffffff, 0, 0, 0x8000000000000000, LT, EQ},
    /* L says how wide a comparison is, in both modes; bytes are compared in all eight places */
    {"cmp cr0,0,r4,r5", 0x100000000, 0, 0, 0, EQ, EQ},
    {"cmp cr0,1,r4,r5", 0x100000000, 0, 0, 0, GT, GT},
    {"cmpl cr0,0,r4,r5", 0x180000000, 1, 0, 0, GT, GT},
    {"cmpl cr0,1,r4,r5", 0x80000000, 0x100000000, 0, 0, LT, LT},
    {"cmpi cr0,0,r4,0", 0x80000000, 0, 0, 0, LT, LT},
    {"cmpi cr0,1,r4,0", 0x80000000, 0, 0, 0, GT, GT},
    {"cmpli cr0,0,r4,1", 0x100000001, 0, 0, 0, EQ, EQ},
    {"cmpli cr0,1,r4,1", 0x100000001, 0, 0, 0, GT, GT},
    {"cmpb r3,r4,r5", 0x1122334455667788, 0x1100330055007700, 0, 0xff00ff00ff00ff00, 0, 0},
};

START_TEST(flags_describe_the_doubleword_or_its_low_word)
{
    for (unsigned narrow = 0; narrow < 2; narrow++) {
        unsigned flags;

        begin(narrow);
        t->gpr[4] = sums[_i].a, t->gpr[5] = sums[_i].b;
        t->ca = (sums[_i].in & IN_CA) != 0, t->ov = (sums[_i].in & IN_OV) != 0;
        ck_assert_int_eq(run(sums[_i].text), STUB_DONE);
        flags = (unsigned)t->cr[0] << 4 | t->ca * CA | t->ca32 * CA32 | t->ov * OV | t->ov32 * OV32;
        ck_assert_msg(t->gpr[3] == sums[_i].result, "%s: %016llx", sums[_i].text, (unsigned long long)t->gpr[3]);
        ck_assert_msg(flags == (narrow ? sums[_i].narrow : sums[_i].wide), "%s: %02x in %u-bit mode", sums[_i].text,
                      flags, narrow ? 32 : 64);
    }
}
END_TEST

static bool has_field(const struct pattern *p, const char *name)
{
    for (unsigned k = 0; k < p->pieces; k++)
        if (!strcmp(p->piece[k].field->name, name)) return true;
    return false;
}

/* 3.3.9: every record form, whatever it computes, compares its result, or the low word of it, with zero. */
START_TEST(every_record_form_compares_what_the_mode_says)
{
    u64 seed = 0x9e3779b97f4a7c15ULL;
    unsigned tried = 0;

    for (unsigned row = 0; row < isa_row_count(isa); row++) {
        const struct pattern *p = isa_pattern(isa, row);

        if (isa_row(isa, row)->issue_class > CLASS_DIV || !has_field(p, "Rc")) continue;
        tried++;
        for (unsigned k = 0; k < 200; k++) {
            u32 word = p->value | (u32)(seed >> 20 & ~p->mask & ~p->reserved) | 1;
            u64 out;
            s64 result;

            begin(k & 1);
            for (unsigned n = 0; n < 32; n++) {
                seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
                t->gpr[n] = seed ^ seed >> 29;
                if (n & 1) t->gpr[n] &= 0xffffffff80000000ULL;
            }
            ck_assert_int_eq(stub_execute(&stub, isa, word, PORT_learning), STUB_DONE);
            out = stub.ring.now.gpr_out;
            ck_assert_uint_eq(out & (out - 1), 0);
            result = (s64)t->gpr[__builtin_ctzll(out)];
            if (k & 1) result = (s32)result;
            ck_assert_msg((t->cr[0] & 14) == (result < 0   ? 8
                                              : result > 0 ? 4
                                                           : 2),
                          "%s (%08x): %u for %llx", isa_row(isa, row)->name, word, t->cr[0],
                          (unsigned long long)result);
        }
    }
    ck_assert_uint_ge(tried, 50);
}
END_TEST

/* 1.10.3, 3.3.2, 3.3.3, 4.6.2, 4.6.3: 19 update forms of fixed point and 8 of floating point. */
START_TEST(every_update_form_puts_the_address_of_its_access_into_ra)
{
    enum { RT = 6 << 21, RA = 4 << 16, RB = 5 << 11, D = 8 };
    unsigned forms = 0;

    for (unsigned row = 0; row < isa_row_count(isa); row++) {
        u32 value = isa_pattern(isa, row)->value;

        if (!(isa_row(isa, row)->flags & UPDATES_RA)) continue;
        forms++;
        for (unsigned narrow = 0; narrow < 2; narrow++) {
            begin(narrow);
            stub.mapped = true;
            t->gpr[4] = STUB_BASE + (narrow ? 0xfffffff700000000 : 0);
            t->gpr[5] = D + (narrow ? 0x1234500000000 : 0);
            ck_assert_int_eq(stub_execute(&stub, isa, value | RT | RA | (value >> 26 == 31 ? RB : D), PORT_traced),
                             STUB_DONE);
            ck_assert_msg(t->gpr[4] == STUB_BASE + D, "%s: %llx", isa_row(isa, row)->name,
                          (unsigned long long)t->gpr[4]);
            ck_assert_uint_eq(stub.ring.access[0].ea, STUB_BASE + D);
        }
    }
    ck_assert_uint_eq(forms, 27);
}
END_TEST

/* 2.4: CTR is decremented as a doubleword, its low word is what 32-bit mode tests; targets and LR are cut. */
static const struct {
    const char *text;
    u64 ctr, lr, tar;
    bool wide_taken, narrow_taken;
    u64 ctr_after, wide_nia, narrow_nia;
} branches[] = {
    {"bc 16,0,0x4100", 0x100000001, 0, 0, true, false, 0x100000000, 0x4100, 0},
    {"bc 18,0,0x4100", 0x100000001, 0, 0, false, true, 0x100000000, 0, 0x4100},
    {"bc 16,0,0x4100", 0x100000000, 0, 0, true, true, 0xffffffff, 0x4100, 0x4100},
    {"bc 16,0,0x4100", 0, 0, 0, true, true, ~0ULL, 0x4100, 0x4100},
    {"bclr 20,0,0", 7, 0x1234567800005003, 0, true, true, 7, 0x1234567800005000, 0x5000},
    {"bcctr 20,0,0", 0x1234567800006003, 0, 0, true, true, 0x1234567800006003, 0x1234567800006000, 0x6000},
    {"bctar 20,0,0", 7, 0, 0x1234567800007003, true, true, 7, 0x1234567800007000, 0x7000},
    {"b 0xfffffffffffffff0", 7, 0, 0, true, true, 7, 0xfffffffffffffff0, 0xfffffff0},
};

START_TEST(branches_test_and_go_as_wide_as_the_mode)
{
    for (unsigned narrow = 0; narrow < 2; narrow++) {
        bool taken = narrow ? branches[_i].narrow_taken : branches[_i].wide_taken;

        begin(narrow);
        t->ctr = branches[_i].ctr, t->lr = branches[_i].lr, t->spr.TAR = branches[_i].tar;
        ck_assert_int_eq(run(branches[_i].text), taken ? STUB_JUMPED : STUB_DONE);
        if (taken) ck_assert_uint_eq(t->nia, narrow ? branches[_i].narrow_nia : branches[_i].wide_nia);
        ck_assert_uint_eq(t->ctr, branches[_i].ctr_after);
    }
}
END_TEST

START_TEST(links_and_addpcis_begin_with_the_cut_address)
{
    static const char *const linking[] = {"bl 0xfffffffc", "bcl 20,0,0xfffffffc", "bclrl 20,0,0", "bcctrl 20,0,0",
                                          "bctarl 20,0,0"};
    u32 word;

    for (unsigned k = 0; k < ARRAY_SIZE(linking); k++) {
        begin(true);
        stub.cia = 0xfffffffc;
        ck_assert(isa_assemble(isa, linking[k], stub.cia, &word));
        ck_assert_int_eq(stub_execute(&stub, isa, word, PORT_traced), STUB_JUMPED);
        ck_assert_uint_eq(t->lr, 0);
    }
    begin(true);
    stub.cia = 0xfffffffc;
    ck_assert(isa_assemble(isa, "addpcis r3,1", stub.cia, &word));
    ck_assert_int_eq(stub_execute(&stub, isa, word, PORT_learning), STUB_DONE);
    ck_assert_uint_eq(t->gpr[3], 0x10000);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("mode32");
    TCase *cases = tcase_create("mode32");

    tcase_add_checked_fixture(cases, setup, teardown);
    tcase_add_loop_test(cases, flags_describe_the_doubleword_or_its_low_word, 0, ARRAY_SIZE(sums));
    tcase_add_test(cases, every_record_form_compares_what_the_mode_says);
    tcase_add_test(cases, every_update_form_puts_the_address_of_its_access_into_ra);
    tcase_add_loop_test(cases, branches_test_and_go_as_wide_as_the_mode, 0, ARRAY_SIZE(branches));
    tcase_add_test(cases, links_and_addpcis_begin_with_the_cut_address);
    suite_add_tcase(suite, cases);
    return run_suite(suite);
}
