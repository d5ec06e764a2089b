/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every row of spr.def: who may read and write it, which bits a write changes, its reset value; and the rules for
 * numbers that are not allowed or not defined (Book III 4.4.4), facilities, views and shared registers.
 */
#include <check.h>
#include <stdlib.h>

#include "core/state/interrupt.h"
#include "core/state/spr.h"
#include "tests/support/state_stub.h"
#include "tests/support/suite.h"

static struct state_stub stub;
static struct thread *t;

#define USER (MSR_SF | MSR_PR | MSR_EE | MSR_IR | MSR_DR | MSR_TM)
#define SUPERVISOR (MSR_SF | MSR_TM)
#define HYPERVISOR_MSR (MSR_SF | MSR_HV | MSR_TM)
#define ULTRAVISOR (MSR_SF | MSR_HV | MSR_S | MSR_TM)
static const u64 states[] = {USER, SUPERVISOR, HYPERVISOR_MSR, ULTRAVISOR};

static void setup(void)
{
    state_stub_reset(&stub);
    t = &stub.thread[0];
    t->spr.FSCR = t->spr.HFSCR = 0xffffff;
    t->spr.MMCR0 = 2ULL << 18; /* PMCC = 10: problem state may read and write */
    t->spr.SMFCTRL = SMFCTRL_E;
    t->spr.AMOR = t->spr.UAMOR = ~0ULL;
}

static bool is_allowed(const struct spr_row *row, u8 privilege, unsigned state)
{
    (void)row;
    return privilege != SPR_N && privilege <= state;
}

START_TEST(a_row_may_be_read_only_from_its_privilege_up)
{
    const struct spr_row *row = &spr_rows[_i];

    for (unsigned state = 0; state < ARRAY_SIZE(states) && row->number < 1024; state++) {
        u64 value;
        enum spr_result result;
        thread_set_msr(t, states[state]);
        result = spr_read(t, row->number, &value);
        ck_assert_msg((result == SPR_DONE) == is_allowed(row, row->read, state), "%s in state %u: %d", row->name, state,
                      result);
    }
}
END_TEST

START_TEST(a_row_may_be_written_only_from_its_privilege_up)
{
    const struct spr_row *row = &spr_rows[_i];

    for (unsigned state = 0; state < ARRAY_SIZE(states) && row->number < 1024; state++) {
        enum spr_result result;
        bool reserved_for_uv = state == 2 && (row->number == 464 || row->number == 850);
        setup();
        thread_set_msr(t, states[state]);
        result = spr_write(t, row->number, 0);
        ck_assert_msg((result == SPR_DONE || result == SPR_CONTEXT) ==
                          (is_allowed(row, row->write, state) && !reserved_for_uv),
                      "%s in state %u: %d", row->name, state, result);
    }
}
END_TEST

/* Rows whose put hook does more than store under the mask; each has its own test here or in test_timer. */
static bool has_own_rule(const struct spr_row *row)
{
    static const unsigned numbers[] = {22, 308, 309, 310, 317, 848, 849, 336, 276, 277, 177, 896, 152};

    for (unsigned n = 0; n < ARRAY_SIZE(numbers); n++)
        if (row->number == numbers[n]) return true;
    return row->is_alias || row->write == SPR_N || row->read == SPR_N || row->number >= 1024;
}

START_TEST(a_write_changes_the_bits_of_the_mask_and_no_others)
{
    const struct spr_row *row = &spr_rows[_i];
    u64 before, after = 0;

    if (has_own_rule(row)) return;
    thread_set_msr(t, ULTRAVISOR);
    before = *spr_field(t, row) = row->reset;
    ck_assert_int_ne(spr_write(t, row->number, ~0ULL), SPR_ILLEGAL);
    ck_assert_int_eq(spr_read(t, row->number, &after), SPR_DONE);
    ck_assert_msg(after == (before | row->mask), "%s: %016llx", row->name, (unsigned long long)after);
    ck_assert_int_ne(spr_write(t, row->number, 0), SPR_ILLEGAL);
    ck_assert_int_eq(spr_read(t, row->number, &after), SPR_DONE);
    ck_assert_msg(after == (before & ~row->mask), "%s: %016llx", row->name, (unsigned long long)after);
    for (unsigned n = 1; n < STUB_THREADS; n++)
        if (row->scope == SPR_CORE) ck_assert_uint_eq(*spr_field(&stub.thread[n], row), after);
}
END_TEST

START_TEST(reset_gives_every_row_its_value)
{
    memset(&t->spr, 0xa5, sizeof t->spr);
    thread_reset(t, 0x10);
    EACH_SPR(row)
        if (!row->is_alias && row->number != 848) ck_assert_msg(*spr_field(t, row) == row->reset, "%s", row->name);
    ck_assert_uint_eq(t->spr.PVR, 0x004e1203);
    ck_assert_uint_eq(t->msr, MSR_SF | MSR_HV);
    ck_assert_uint_eq(t->nia, 0x10);
}
END_TEST

START_TEST(numbers_and_names_are_unique)
{
    EACH_SPR(a) {
        ck_assert(a->text[0] && a->get && a->put);
        ck_assert(a->number >= 1024 || spr_find(a->number) == a);
        for (const struct spr_row *b = spr_rows; b < a; b++) {
            ck_assert_msg(a->number != b->number, "%s and %s", a->name, b->name);
            ck_assert_str_ne(a->name, b->name);
        }
    }
}
END_TEST

/* ---- what is refused, and how: the table in spr.c ---- */
static const struct {
    unsigned number;
    u64 msr, lpcr;
    enum spr_result expect;
    unsigned row; /* if a fault */
} refusals[] = {
    {100, USER, 0, SPR_ILLEGAL, 0},               /* undefined, bit 0x10 = 0 */
    {112, USER, 0, SPR_FAULT, INTERRUPT_PROGRAM}, /* undefined, bit 0x10 = 1 */
    {272, USER, 0, SPR_FAULT, INTERRUPT_PROGRAM}, /* SPRG0 */
    {318, USER, 0, SPR_FAULT, INTERRUPT_PROGRAM}, /* LPCR */
    {318, SUPERVISOR, 0, SPR_NOTHING, 0},
    {318, SUPERVISOR, LPCR_EVIRT, SPR_ILLEGAL, 0},
    {100, SUPERVISOR, 0, SPR_NOTHING, 0},
    {112, SUPERVISOR, LPCR_EVIRT, SPR_ILLEGAL, 0},
    {100, HYPERVISOR_MSR, 0, SPR_NOTHING, 0},
    {112, HYPERVISOR_MSR, LPCR_EVIRT, SPR_ILLEGAL, 0},
    {0, HYPERVISOR_MSR, 0, SPR_ILLEGAL, 0},
    {6, USER, 0, SPR_ILLEGAL, 0},
    {496, HYPERVISOR_MSR, 0, SPR_ILLEGAL, 0}, /* USPRG0, secure memory on */
    {808, USER, 0, SPR_NOTHING, 0},
    {811, HYPERVISOR_MSR, 0, SPR_NOTHING, 0},
};

START_TEST(what_is_not_allowed_is_refused_as_the_book_says)
{
    u64 value = 0x1234;

    thread_set_msr(t, refusals[_i].msr);
    t->spr.LPCR = refusals[_i].lpcr;
    ck_assert_int_eq(spr_read(t, refusals[_i].number, &value), refusals[_i].expect);
    ck_assert_uint_eq(value, 0x1234);
    if (refusals[_i].expect == SPR_FAULT) ck_assert_uint_eq(t->fault.row, refusals[_i].row);
    if (refusals[_i].number >= 4 && refusals[_i].number <= 6 && !(refusals[_i].msr & MSR_PR))
        ck_assert_int_eq(spr_write(t, refusals[_i].number, 0), SPR_NOTHING); /* only reading them is special */
    else ck_assert_int_eq(spr_write(t, refusals[_i].number, 0), refusals[_i].expect);
}
END_TEST

START_TEST(ultravisor_registers_are_the_hypervisors_while_secure_memory_is_off)
{
    u64 value;

    t->spr.SMFCTRL = 0;
    thread_set_msr(t, HYPERVISOR_MSR);
    ck_assert_int_eq(spr_read(t, 496, &value), SPR_DONE);
    ck_assert_int_eq(spr_write(t, 464, 0), SPR_CONTEXT);
    t->spr.SMFCTRL = SMFCTRL_E;
    ck_assert_int_eq(spr_write(t, 464, 0), SPR_ILLEGAL); /* PTCR is the ultravisor's then */
}
END_TEST

/* SMFCTRL[D]: DAWR0, CIABR and DAWRX0 are written by the ultravisor alone; reading them tells nothing secret. */
START_TEST(the_ultravisor_can_keep_the_watchpoint_for_itself)
{
    static const unsigned numbers[] = {180, 187, 188};
    u64 value;

    for (unsigned k = 0; k < ARRAY_SIZE(numbers); k++) {
        t->spr.SMFCTRL = SMFCTRL_E;
        thread_set_msr(t, HYPERVISOR_MSR);
        ck_assert_int_eq(spr_write(t, numbers[k], 0x30), SPR_CONTEXT);
        t->spr.SMFCTRL = SMFCTRL_E | SMFCTRL_D;
        ck_assert_int_eq(spr_write(t, numbers[k], 0), SPR_ILLEGAL);
        ck_assert_int_eq(spr_read(t, numbers[k], &value), SPR_DONE);
        ck_assert_uint_eq(value, 0x30);
        thread_set_msr(t, ULTRAVISOR);
        ck_assert_int_eq(spr_write(t, numbers[k], 0x28), SPR_CONTEXT);
        t->spr.SMFCTRL = SMFCTRL_D; /* no secure memory: there is no ultravisor to keep it */
        thread_set_msr(t, HYPERVISOR_MSR);
        ck_assert_int_eq(spr_write(t, numbers[k], 0x18), SPR_CONTEXT);
    }
}
END_TEST

/* III 2.2, 6.2.13, 3.2.3: what is reserved in the registers that decide most reads as zero whatever is written. */
START_TEST(reserved_bits_of_the_hypervisors_registers_stay_zero)
{
    static const struct {
        unsigned number;
        u64 kept;
    } cases[] = {
        /* LPCR: VPM ISL KBV, DPFD, HVEE, ILE AIL UPRT EVIRT HR, ONL LD PECE MER GTSE TC, HEIC, LPES, HVICE, HDICE */
        {318, 0x7070400003f7fe1b},
        {190, 0xff000000000005bf}, /* HFSCR: IC, MSGP, TAR EBB, TM BHRB PM DSCR VECVSX FP */
        {153, 0xff00000000001184}, /* FSCR: IC, SCV, TAR EBB, DSCR */
        {319, 0xfff},              /* LPIDR: 12 bits */
        {48, 0xfffff},             /* PIDR: 20 bits */
        {855, 0x7f03ff},           /* PSSCR: SD ESL EC PSLL, TR MTL RL; PLS is the hardware's */
    };
    u64 value;

    thread_set_msr(t, ULTRAVISOR);
    for (unsigned k = 0; k < ARRAY_SIZE(cases); k++) {
        *spr_field(t, spr_find(cases[k].number)) = 0;
        ck_assert_int_ne(spr_write(t, cases[k].number, ~0ULL), SPR_ILLEGAL);
        ck_assert_int_eq(spr_read(t, cases[k].number, &value), SPR_DONE);
        ck_assert_msg(value == cases[k].kept, "%u: %016llx", cases[k].number, (unsigned long long)value);
    }
}
END_TEST

/* ---- facilities: number, who asks, what is off, which interrupt, cause ---- */
static const struct {
    unsigned number;
    u64 msr;
    bool fscr_on, hfscr_on;
    unsigned row, cause; /* row 0xffff: allowed */
} gates[] = {
    {3, USER, false, true, INTERRUPT_FACILITY_UNAVAILABLE, 2},
    {3, USER, true, false, INTERRUPT_HFACILITY_UNAVAILABLE, 2},
    {3, SUPERVISOR, false, true, 0xffff, 0},
    {17, SUPERVISOR, true, false, INTERRUPT_HFACILITY_UNAVAILABLE, 2},
    {17, HYPERVISOR_MSR, false, false, 0xffff, 0},
    {815, USER, false, true, INTERRUPT_FACILITY_UNAVAILABLE, 8},
    {815, SUPERVISOR, true, false, INTERRUPT_HFACILITY_UNAVAILABLE, 8},
    {806, USER, false, true, INTERRUPT_FACILITY_UNAVAILABLE, 7},
    {176, SUPERVISOR, true, false, INTERRUPT_HFACILITY_UNAVAILABLE, 10},
    {787, SUPERVISOR, true, false, INTERRUPT_HFACILITY_UNAVAILABLE, 3},
    {130, USER & ~MSR_TM, true, true, INTERRUPT_FACILITY_UNAVAILABLE, 5},
    {130, HYPERVISOR_MSR & ~MSR_TM, true, true, INTERRUPT_FACILITY_UNAVAILABLE, 5},
    {130, USER, true, false, INTERRUPT_HFACILITY_UNAVAILABLE, 5},
};

START_TEST(a_facility_that_is_off_raises_its_interrupt)
{
    u64 value;
    enum spr_result result;

    thread_set_msr(t, gates[_i].msr);
    t->spr.FSCR = gates[_i].fscr_on ? 0xffffff : 0;
    t->spr.HFSCR = gates[_i].hfscr_on ? 0xffffff : 0;
    result = spr_read(t, gates[_i].number, &value);
    if (gates[_i].row == 0xffff) {
        ck_assert_int_eq(result, SPR_DONE);
        return;
    }
    ck_assert_int_eq(result, SPR_FAULT);
    ck_assert_uint_eq(t->fault.row, gates[_i].row);
    ck_assert_uint_eq((gates[_i].row == INTERRUPT_FACILITY_UNAVAILABLE ? t->spr.FSCR : t->spr.HFSCR) >> 56,
                      gates[_i].cause);
}
END_TEST

START_TEST(pmcc_decides_what_a_program_may_do_with_the_monitor)
{
    /* PMC1 (771) and PMC5 (775): read, write */
    static const enum spr_result expect[4][4] = {
        {SPR_DONE, SPR_ILLEGAL, SPR_DONE, SPR_ILLEGAL},
        {SPR_FAULT, SPR_FAULT, SPR_FAULT, SPR_FAULT},
        {SPR_DONE, SPR_DONE, SPR_DONE, SPR_DONE},
        {SPR_DONE, SPR_DONE, SPR_FAULT, SPR_FAULT},
    };
    u64 value;

    thread_set_msr(t, USER);
    for (unsigned pmcc = 0; pmcc < 4; pmcc++) {
        t->spr.MMCR0 = SETFIELD(MMCR0_PMCC, 0ULL, pmcc);
        ck_assert_int_eq(spr_read(t, 771, &value), expect[pmcc][0]);
        ck_assert_int_eq(spr_write(t, 771, 1), expect[pmcc][1]);
        ck_assert_int_eq(spr_read(t, 775, &value), expect[pmcc][2]);
        ck_assert_int_eq(spr_write(t, 775, 1), expect[pmcc][3]);
    }
}
END_TEST

START_TEST(xer_is_put_together_from_its_parts)
{
    thread_set_msr(t, USER);
    xer_set(t, 0);
    ck_assert_int_eq(spr_write(t, 1, ~0ULL), SPR_DONE);
    ck_assert(t->so == 1 && t->ov == 1 && t->ca == 1 && t->ov32 == 1 && t->ca32 == 1);
    ck_assert_uint_eq(xer_get(t), 0xe00fffff); /* recorded on a POWER9: 35:43 are not kept */
    xer_set(t, PPC_BIT(44) | 5);
    ck_assert(!t->so && !t->ov && !t->ca && t->ov32 && !t->ca32);
    ck_assert_uint_eq(xer_get(t), PPC_BIT(44) | 5);
}
END_TEST

START_TEST(hmer_is_anded_and_raises_what_hmeer_enables)
{
    thread_set_msr(t, HYPERVISOR_MSR);
    t->spr.HMER = 0xf0;
    ck_assert_int_eq(spr_write(t, 337, 0x10), SPR_CONTEXT);
    ck_assert_uint_eq(t->pending, PENDING_HMAINTENANCE);
    ck_assert_int_eq(spr_write(t, 336, ~0x20ULL), SPR_DONE);
    ck_assert_uint_eq(t->spr.HMER, 0xd0);
    ck_assert_uint_eq(t->pending, PENDING_HMAINTENANCE);
    ck_assert_int_eq(spr_write(t, 336, ~0x10ULL), SPR_DONE);
    ck_assert_uint_eq(t->pending, 0);
}
END_TEST

START_TEST(authority_masks_limit_what_may_be_changed)
{
    thread_set_msr(t, USER);
    t->spr.AMR = 0;
    t->spr.UAMOR = 0xff;
    ck_assert_int_eq(spr_write(t, 13, ~0ULL), SPR_CONTEXT);
    ck_assert_uint_eq(t->spr.AMR, 0xff);
    thread_set_msr(t, SUPERVISOR);
    t->spr.AMOR = 0xff00;
    ck_assert_int_eq(spr_write(t, 29, ~0ULL), SPR_CONTEXT);
    ck_assert_uint_eq(t->spr.AMR, 0xffff);
}
END_TEST

START_TEST(a_guest_sees_part_of_psscr)
{
    u64 value;

    thread_set_msr(t, SUPERVISOR);
    t->spr.PSSCR = PSSCR_EC | PSSCR_ESL;
    ck_assert_int_eq(spr_write(t, 823, ~0ULL), SPR_DONE);
    ck_assert_uint_eq(t->spr.PSSCR, PSSCR_EC | PSSCR_ESL | 0x3ff);
    ck_assert_int_eq(spr_read(t, 823, &value), SPR_DONE);
    ck_assert_uint_eq(value, 0x3ff);
    t->spr.PSSCR = SETFIELD(PSSCR_PLS, 0ULL, 2) | PSSCR_ESL;
    ck_assert_int_eq(spr_read(t, 823, &value), SPR_DONE);
    ck_assert_uint_eq(value, SETFIELD(PSSCR_PLS, 0ULL, 2));
    t->spr.PSSCR |= PSSCR_SD; /* the hypervisor hides how deep it was */
    ck_assert_int_eq(spr_read(t, 823, &value), SPR_DONE);
    ck_assert_uint_eq(value, 0);
    ck_assert_int_eq(spr_read(t, 855, &value), SPR_NOTHING); /* the hypervisor's own name */
    ck_assert_int_eq(spr_write(t, 855, 0), SPR_NOTHING);
    ck_assert_uint_eq(t->spr.PSSCR, SETFIELD(PSSCR_PLS, 0ULL, 2) | PSSCR_SD | PSSCR_ESL);
}
END_TEST

START_TEST(scratch_registers_are_reached_through_sprc_and_shared_by_the_core)
{
    u64 value;

    thread_set_msr(t, HYPERVISOR_MSR);
    ck_assert_int_eq(spr_write(t, 276, 0x18), SPR_DONE);
    ck_assert_int_eq(spr_write(t, 277, 0x1234), SPR_DONE);
    t = &stub.thread[1];
    thread_set_msr(t, HYPERVISOR_MSR);
    ck_assert_int_eq(spr_write(t, 276, 0x18), SPR_DONE);
    ck_assert_int_eq(spr_read(t, 277, &value), SPR_DONE);
    ck_assert_uint_eq(value, 0x1234);
    ck_assert_int_eq(spr_write(t, 276, 0x1e0), SPR_DONE); /* core thread state: not a fused core */
    ck_assert_int_eq(spr_read(t, 277, &value), SPR_DONE);
    ck_assert_uint_eq(value, 0);
}
END_TEST

START_TEST(a_program_may_choose_only_its_priorities)
{
    static const struct {
        u64 msr;
        unsigned wanted, got;
    } cases[] = {{USER, 2, 2},       {USER, 5, 4},       {USER, 0, 4},
                 {SUPERVISOR, 6, 6}, {SUPERVISOR, 7, 4}, {HYPERVISOR_MSR, 7, 7}};
    for (unsigned k = 0; k < ARRAY_SIZE(cases); k++) {
        thread_set_msr(t, cases[k].msr);
        t->spr.PPR = 4ULL << 50;
        ck_assert_int_eq(spr_write(t, 896, (u64)cases[k].wanted << 50), SPR_DONE);
        ck_assert_uint_eq(t->spr.PPR, (u64)cases[k].got << 50);
    }
}
END_TEST

START_TEST(views_show_the_register_behind_them)
{
    u64 value;

    thread_set_msr(t, USER);
    ck_assert_int_eq(spr_write(t, 800, ~(u64)(BESCR_GE | BESCR_PMEO | BESCR_EEO)), SPR_DONE);
    ck_assert_uint_eq(t->spr.BESCR, BESCR_EE | BESCR_PME | BESCR_TS); /* the others do not exist */
    ck_assert_int_eq(spr_write(t, 803, 1), SPR_DONE);
    ck_assert_int_eq(spr_write(t, 801, 0x80000000), SPR_DONE);
    ck_assert_int_eq(spr_write(t, 802, BESCR_TS), SPR_DONE);
    ck_assert_uint_eq(t->spr.BESCR, BESCR_GE | BESCR_EE);
    t->spr.SPRG3 = 77;
    ck_assert_int_eq(spr_read(t, 259, &value), SPR_DONE);
    ck_assert_uint_eq(value, 77);
    ck_assert_int_eq(spr_write(t, 131, 0x89abcdef), SPR_DONE);
    ck_assert_uint_eq(t->spr.TEXASR, 0x89abcdef00000000);
    ck_assert_int_eq(spr_read(t, 268, &value), SPR_DONE);
}
END_TEST

START_TEST(identity_tells_core_and_thread)
{
    u64 value;

    t = &stub.thread[3];
    thread_set_msr(t, HYPERVISOR_MSR);
    ck_assert_int_eq(spr_read(t, 1023, &value), SPR_DONE);
    ck_assert_uint_eq(value, 11);
    ck_assert_int_eq(spr_read(t, 446, &value), SPR_DONE);
    ck_assert_uint_eq(value, 3);
    ck_assert_int_eq(spr_write(t, 152, 0), SPR_DONE);
    ck_assert_int_eq(spr_read(t, 136, &value), SPR_DONE);
    ck_assert_uint_eq(value, 7 << 13); /* run latches of threads 0, 1 and 2; ours is off */
    for (unsigned run = 0; run < 2; run++) {
        thread_set_msr(t, SUPERVISOR);
        ck_assert_int_eq(spr_write(t, 152, run), SPR_DONE);
        ck_assert_int_eq(spr_read(t, 136, &value), SPR_DONE);
        ck_assert_uint_eq(value, run << 15 | run); /* thread 0 of its partition; the others are not its business */
        thread_set_msr(t, USER);
        ck_assert_int_eq(spr_read(t, 136, &value), SPR_DONE);
        ck_assert_uint_eq(value, run);
    }
}
END_TEST

START_TEST(the_dump_shows_what_is_set)
{
    static char text[32768];
    FILE *f = fmemopen(text, sizeof text - 1, "w");

    thread_set_msr(t, HYPERVISOR_MSR);
    t->spr.SPRG2 = 0xdeadbeef;
    t->gpr[7] = 0x77;
    t->slb.entry[3].esid = SLB_VALID;
    thread_dump(f, t);
    fclose(f);
    ck_assert_ptr_nonnull(strstr(text, "SPRG2    00000000deadbeef"));
    ck_assert_ptr_nonnull(strstr(text, "r7  0000000000000077"));
    ck_assert_ptr_nonnull(strstr(text, "slb.entry[3].esid 0000000008000000\n"));
    ck_assert_ptr_null(strstr(text, "slb.entry[2]"));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("spr");
    TCase *tests = tcase_create("rows");
    int rows = (int)spr_row_count;

    tcase_add_checked_fixture(tests, setup, NULL);
    tcase_add_loop_test(tests, a_row_may_be_read_only_from_its_privilege_up, 0, rows);
    tcase_add_loop_test(tests, a_row_may_be_written_only_from_its_privilege_up, 0, rows);
    tcase_add_loop_test(tests, a_write_changes_the_bits_of_the_mask_and_no_others, 0, rows);
    tcase_add_test(tests, reset_gives_every_row_its_value);
    tcase_add_test(tests, numbers_and_names_are_unique);
    tcase_add_loop_test(tests, what_is_not_allowed_is_refused_as_the_book_says, 0, ARRAY_SIZE(refusals));
    tcase_add_test(tests, ultravisor_registers_are_the_hypervisors_while_secure_memory_is_off);
    tcase_add_test(tests, the_ultravisor_can_keep_the_watchpoint_for_itself);
    tcase_add_test(tests, reserved_bits_of_the_hypervisors_registers_stay_zero);
    tcase_add_loop_test(tests, a_facility_that_is_off_raises_its_interrupt, 0, ARRAY_SIZE(gates));
    tcase_add_test(tests, pmcc_decides_what_a_program_may_do_with_the_monitor);
    tcase_add_test(tests, xer_is_put_together_from_its_parts);
    tcase_add_test(tests, hmer_is_anded_and_raises_what_hmeer_enables);
    tcase_add_test(tests, authority_masks_limit_what_may_be_changed);
    tcase_add_test(tests, a_guest_sees_part_of_psscr);
    tcase_add_test(tests, scratch_registers_are_reached_through_sprc_and_shared_by_the_core);
    tcase_add_test(tests, a_program_may_choose_only_its_priorities);
    tcase_add_test(tests, views_show_the_register_behind_them);
    tcase_add_test(tests, identity_tells_core_and_thread);
    tcase_add_test(tests, the_dump_shows_what_is_set);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
