/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every number from 0 to 1023 in every state, read and written, against rules that are derived here: a list of who may
 * do what, taken from the figure of Book III 4.4.4 and, for what POWER9 adds, from skiboot, Linux and QEMU - and not
 * from spr.def - and the text of mfspr and mtspr about everything else:
 *
 * - allowed: done; 808 to 811: no-op;
 * - problem state: bit 0 of the field (0x10 of the number) = 1: privileged instruction; else emulation assistance;
 * - privileged, undefined: 0, and for mfspr 4, 5 and 6: emulation assistance; else as LPCR[EVIRT] says;
 * - guest, not allowed: LPCR[EVIRT] = 1: emulation assistance; else no-op;
 * - hypervisor, not allowed (the ultravisor's): emulation assistance.
 */
#include <check.h>
#include <stdlib.h>

#include "core/state/context.h"
#include "core/state/interrupt.h"
#include "core/state/spr.h"
#include "tests/support/state_stub.h"
#include "tests/support/suite.h"

enum { P, S, H, U, NOBODY };
static const struct {
    unsigned first, last, read, write;
} known[] = {
    {1, 1, P, P},          {3, 3, P, P},          {8, 9, P, P},
    {13, 13, P, P},        {17, 19, S, S},        {22, 22, S, S},
    {26, 29, S, S},        {48, 48, S, S},        {61, 61, S, S},
    {128, 131, P, P},      {136, 136, P, NOBODY}, {144, 144, S, S},
    {152, 152, NOBODY, S}, {153, 153, S, S},      {157, 157, S, S},
    {159, 159, S, S},      {176, 176, S, H},      {177, 177, H, H},
    {180, 180, H, H},      {186, 188, H, H},      {190, 190, H, H},
    {256, 256, P, P},      {259, 259, P, NOBODY}, {268, 269, P, NOBODY},
    {272, 275, S, S},      {276, 277, H, H},      {283, 283, S, NOBODY},
    {284, 286, NOBODY, H}, {287, 287, S, NOBODY}, {304, 307, H, H},
    {308, 309, S, H},      {310, 310, H, H},      {312, 315, H, H},
    {317, 319, H, H},      {336, 339, H, H},      {349, 349, H, H},
    {446, 446, S, NOBODY}, {464, 464, H, U},      {496, 497, U, U},
    {505, 507, U, U},      {511, 511, U, U},      {768, 768, P, NOBODY},
    {769, 776, P, P},      {779, 779, P, P},      {780, 782, P, NOBODY},
    {784, 792, S, S},      {795, 798, S, S},      {800, 806, P, P},
    {815, 815, P, P},      {816, 816, H, H},      {823, 823, S, S},
    {848, 849, S, H},      {850, 850, H, U},      {851, 852, H, H},
    {853, 853, H, NOBODY}, {854, 855, H, H},      {880, 880, NOBODY, H},
    {881, 882, NOBODY, S}, {884, 885, H, H},      {888, 890, S, S},
    {892, 895, S, S},      {896, 896, P, P},      {898, 898, P, P},
    {921, 922, H, H},      {1008, 1008, H, H},    {1023, 1023, S, NOBODY},
};

static const struct {
    u64 msr, lpcr;
    unsigned privilege;
} states[] = {
    {MSR_PR | MSR_EE | MSR_IR | MSR_DR, 0, P},
    {MSR_PR | MSR_HV | MSR_EE | MSR_IR | MSR_DR, LPCR_EVIRT, P},
    {0, 0, S},
    {0, LPCR_EVIRT, S},
    {MSR_HV, 0, H},
    {MSR_HV, LPCR_EVIRT, H},
    {MSR_HV | MSR_S, 0, U},
};

enum outcome { DONE, NO_OP, ASSIST, PRIVILEGE };

static enum outcome derive(unsigned number, bool write, unsigned state)
{
    unsigned needed = NOBODY;

    for (unsigned k = 0; k < ARRAY_SIZE(known); k++)
        if (number >= known[k].first && number <= known[k].last) needed = write ? known[k].write : known[k].read;
    if (number >= 808 && number <= 811) return NO_OP;
    if (needed <= states[state].privilege) return DONE;
    if (states[state].privilege == P) return number & 0x10 ? PRIVILEGE : ASSIST;
    if (needed == NOBODY && (number == 0 || (!write && number >= 4 && number <= 6))) return ASSIST;
    if (states[state].privilege == S || needed == NOBODY) return states[state].lpcr ? ASSIST : NO_OP;
    return ASSIST;
}

static struct state_stub stub;

static enum outcome observe(struct thread *t, unsigned number, bool write)
{
    u64 value = 0x5a5a;

    switch (write ? spr_write(t, number, 0) : spr_read(t, number, &value)) {
    case SPR_DONE:
    case SPR_CONTEXT: return DONE;
    case SPR_NOTHING: return value == 0x5a5a ? NO_OP : DONE;
    case SPR_ILLEGAL: return ASSIST;
    default: ck_assert_uint_eq(t->fault.row, INTERRUPT_PROGRAM); return PRIVILEGE;
    }
}

START_TEST(each_number_does_in_each_state_what_the_book_says)
{
    for (unsigned number = 0; number < 1024; number++)
        for (unsigned write = 0; write < 2; write++) {
            struct thread *t = &stub.thread[0];
            enum outcome expect = derive(number, write, (unsigned)_i), got;

            state_stub_reset(&stub);
            t->spr.FSCR = t->spr.HFSCR = FSCR_IC ^ ~0ULL; /* every facility is there */
            t->spr.MMCR0 = SETFIELD(MMCR0_PMCC, 0ULL, 2);
            t->spr.SMFCTRL = SMFCTRL_E;
            t->spr.LPCR = states[_i].lpcr;
            thread_set_msr(t, states[_i].msr | MSR_SF | MSR_TM);
            got = observe(t, number, write);
            ck_assert_msg(got == expect, "%s of %u in state %d: %d, not %d", write ? "write" : "read", number, _i, got,
                          expect);
        }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("spr_numbers");
    TCase *tests = tcase_create("numbers");

    tcase_add_loop_test(tests, each_number_does_in_each_state_what_the_book_says, 0, ARRAY_SIZE(states));
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
